/* Finding: the records of the rarest word, newest first, that have all the other words too. */
#include "search.h"

#include <string.h>

enum { RARITY_MAX = 1000 }; /* beyond this many records a word is common, whatever the number */

struct word {
  const char *from, *to; /* terms in [from, to): one term, or all that begin with it */
  bool prefix;
  int64_t records; /* at most RARITY_MAX are counted */
};

/* The first text after all that begin with prefix: no valid UTF-8 holds the byte 0xff. */
static const char *after_prefix(struct arena *a, const char *prefix)
{
  return arena_printf(a, "%s\xf4\x8f\xbf\xbf", prefix);
}

static enum err count_records(struct ctx *cx, const char *kind, struct word *w)
{
  static const struct db_stmt count = {"SELECT count(*) FROM (SELECT subject_id FROM search_term WHERE term >= $1 AND "
                                       "term <= $2 AND kind = $3 LIMIT $4) AS found",
                                       DB_LIST};
  return db_one_i64(cx->db, &count, &w->records, DB_ARGS(TEXT(w->from), TEXT(w->to), TEXT(kind), I64(RARITY_MAX)));
}

static enum err words_of(struct ctx *cx, const char *kind, const char *q, struct word *words, size_t *out_n)
{
  search_terms terms = {0};
  search_terms_add(cx->arena, &terms, q);
  *out_n = 0;
  for (size_t i = 0; i < terms.n && i < SEARCH_WORDS_MAX; i++) {
    bool last = i + 1 == terms.n;
    words[i] = (struct word){terms.at[i], last ? after_prefix(cx->arena, terms.at[i]) : terms.at[i], last, 0};
    TRY(count_records(cx, kind, &words[i]));
    *out_n = i + 1;
  }
  return ERR_OK;
}

static enum err has_word(struct ctx *cx, const char *kind, const struct word *w, int64_t id, bool *out)
{
  static const struct db_stmt has = {
      "SELECT 1 FROM search_term WHERE subject_id = $1 AND kind = $2 AND term >= $3 AND term <= $4 LIMIT 1", DB_LIST};
  int64_t found = 0;
  TRY(db_one_i64(cx->db, &has, &found, DB_ARGS(I64(id), TEXT(kind), TEXT(w->from), TEXT(w->to))));
  *out = found == 1;
  return ERR_OK;
}

/* Candidates of the rarest word. One term is read in the order of ids; many terms (a prefix) have to be sorted, so a
 * common prefix looks only at the newest records of the first SEARCH_SCAN_MAX entries. */
static enum err candidates(struct ctx *cx, const char *kind, const struct word *w, int64_t before, int64_t *ids,
                           size_t *n)
{
  static const struct db_stmt of_term = {"SELECT subject_id FROM search_term WHERE term = $1 AND kind = $2 AND "
                                         "subject_id < $3 ORDER BY subject_id DESC LIMIT $4",
                                         DB_LIST};
  static const struct db_stmt of_prefix = {"SELECT DISTINCT subject_id FROM (SELECT subject_id FROM search_term WHERE "
                                           "term >= $1 AND term <= $2 AND kind = $3"
                                           " AND subject_id < $4 ORDER BY term, subject_id LIMIT $5)"
                                           " AS found ORDER BY subject_id DESC",
                                           DB_LIST};
  struct db_rows rows;
  *n = 0;
  if (w->prefix)
    TRY(db_query(cx->db, &of_prefix, &rows,
                 DB_ARGS(TEXT(w->from), TEXT(w->to), TEXT(kind), I64(before), I64(SEARCH_SCAN_MAX))));
  else
    TRY(db_query(cx->db, &of_term, &rows, DB_ARGS(TEXT(w->from), TEXT(kind), I64(before), I64(SEARCH_SCAN_MAX))));
  while (*n < SEARCH_SCAN_MAX && db_next(&rows))
    ids[(*n)++] = db_i64(&rows, 0);
  return db_done(&rows);
}

static enum err has_all(struct ctx *cx, const char *kind, const struct word *words, size_t n, size_t but, int64_t id,
                        bool *out)
{
  *out = true;
  for (size_t i = 0; i < n && *out; i++)
    if (i != but)
      TRY(has_word(cx, kind, &words[i], id, out));
  return ERR_OK;
}

enum err search_find(struct ctx *cx, const char *kind, const char *q, int64_t before_id, int64_t limit,
                     int64_t *out_ids, size_t *out_n)
{
  struct word words[SEARCH_WORDS_MAX];
  int64_t ids[SEARCH_SCAN_MAX];
  size_t n_words, n, rarest = 0;
  *out_n = 0;
  TRY(words_of(cx, kind, q, words, &n_words));
  if (n_words == 0)
    return ERR_OK;
  for (size_t i = 1; i < n_words; i++)
    if (words[i].records < words[rarest].records)
      rarest = i;
  TRY(candidates(cx, kind, &words[rarest], before_id ? before_id : INT64_MAX, ids, &n));
  for (size_t i = 0; i < n && (int64_t)*out_n < limit; i++) {
    bool all;
    TRY(has_all(cx, kind, words, n_words, rarest, ids[i], &all));
    if (all)
      out_ids[(*out_n)++] = ids[i];
  }
  return ERR_OK;
}
