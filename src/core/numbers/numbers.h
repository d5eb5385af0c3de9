/* numbers - series of human numbers: SO-100023. Sequential or random-looking, unique, without gaps that nobody can
 * explain: a number is drawn in apply, in the transaction that uses it; a batch that rolls back gives it back.
 *
 * A series is a row of number_series (reference). The writer keeps the next value in memory and writes it back once per
 * batch (numbers_flush); what it keeps is dropped when another process committed (numbers_forget).
 */
#ifndef ORDO_NUMBERS_H
#define ORDO_NUMBERS_H

#include "context.h"

enum number_mode { NUMBER_SEQUENTIAL, NUMBER_RANDOM };
extern const char *const number_modes[]; /* "sequential", "random" */

struct number_series {
  const char *code;   /* "order", "order-web", "return" */
  const char *prefix; /* "SO-" */
  int mode;           /* enum number_mode; random = a permutation of the sequence, never twice the same */
  int64_t digits;     /* padded to this many; random numbers have exactly these */
  int64_t next_value; /* the sequence's next; 100001 at first */
  int64_t version;
};
extern const struct rec number_series_rec;
extern const struct db_table number_series_table;

/* The writer's own copy of the series in use. */
struct numbers_batch;
struct numbers_batch *numbers_new(void);
void numbers_free(struct numbers_batch *n);
void numbers_forget(struct numbers_batch *n); /* after a rollback, or when another process committed */

/* Draws the next number of a series (created with prefix and sequential mode when it does not exist), in the arena. */
MUST_CHECK enum err number_draw(struct ctx *cx, const char *code, const char *prefix, const char **out);
/* Writes back what was drawn in this batch. */
MUST_CHECK enum err numbers_flush(struct ctx *cx);

#endif
