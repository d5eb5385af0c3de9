/* search - full-text search over orders, products and customers: terms, folded and segmented, in one table.
 *
 * A text becomes terms by Unicode NFKC case folding: runs of letters and digits are words, Chinese, Japanese and Korean
 * text becomes pairs of neighboring characters (and single ones where they stand alone). The terms of a record are
 * written by a background consumer of the event feed (search_index_act, at least once, harmless to repeat), never by the
 * acts themselves: a write is found within about a second.
 *
 * A query finds the records that have all its words; the last word may be unfinished.
 */
#ifndef ORDO_SEARCH_H
#define ORDO_SEARCH_H

#include "acts.h"
#include "context.h"

#define SEARCH_TERM_MAX    40   /* code points; longer words are cut */
#define SEARCH_TERMS_MAX   300  /* of one record */
#define SEARCH_WORDS_MAX   8    /* of one query */
#define SEARCH_SCAN_MAX    2000 /* candidates that are looked at for one answer */

typedef LIST(const char *) search_terms; /* an anonymous struct type must be shared */
/* Adds the terms of a text; NULL has none. Doubles are left out; at most SEARCH_TERMS_MAX. */
void search_terms_add(struct arena *a, search_terms *terms, const char *text);

/* ---- Index ---- */

/* One run of the consumer: reads at most limit events after its durable cursor and indexes what they changed. Body of
 * search_index_act is made by search_collect on a reader; *out_n = events seen (0 = nothing to do). The act does nothing
 * when the cursor has moved since: another process was here. */
struct search_work;
MUST_CHECK enum err search_collect(struct ctx *cx, int64_t limit, struct search_work **out, int64_t *out_n);
extern const struct act search_index_act;

/* ---- Query ---- */

/* Ids of records of a kind ("order", "product", "customer") that have all words of q, newest first, below before_id (0 =
 * from the newest), at most limit. An empty query finds nothing. */
MUST_CHECK enum err search_find(struct ctx *cx, const char *kind, const char *q, int64_t before_id, int64_t limit,
                                int64_t *out_ids, size_t *out_n);

#endif
