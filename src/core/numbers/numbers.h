/* numbers - series of human numbers: SO-100023. Sequential or random-looking, unique, without gaps that nobody can
 * explain: a number is drawn in apply, in the transaction that uses it; a batch that rolls back gives it back.
 *
 * A series is a row of number_series (reference). Where there is one writer, it keeps the next value in memory and writes
 * it back once per batch (numbers_flush); what it keeps is dropped when another process committed (numbers_forget).
 *
 * Where several write (PostgreSQL), each takes a block of values in a short transaction of its own (numbers_top_up), so that
 * nobody waits for the series' row: numbers rise in each writer, and what is left of a block at its end is given back if
 * nobody has drawn since (numbers_return), or is a gap that the row's next_value explains.
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
  int64_t next_value; /* the sequence's next; 100001 at first, 1 of a gapless one */
  int64_t version;
  bool gapless;       /* of legal documents: always sequential */
};
extern const struct rec number_series_rec;
extern const struct db_table number_series_table;

/* The writer's own copy of the series in use; in_blocks = one of several writers. */
struct numbers_batch;
struct numbers_batch *numbers_new(bool in_blocks);
void numbers_free(struct numbers_batch *n);
/* After a rollback: what was drawn in it is drawn again. One writer forgets the series, since another process may have
 * committed. */
void numbers_forget(struct numbers_batch *n);
/* A series whose row is being changed: it is read again when it is next drawn from. Flush before. */
void numbers_leave(struct numbers_batch *n, const char *code);
/* After a commit whose outcome nobody could tell: what may have been drawn is drawn no more. */
void numbers_drop(struct numbers_batch *n);
/* After a commit. */
void numbers_settle(struct numbers_batch *n);

/* ---- Blocks ---- */

/* Whether a transaction that draws so many numbers of a series in use may run out of them. */
bool numbers_short(const struct numbers_batch *n, int64_t draws);
/* In a transaction of its own: a new block for each series that is short, several times as many as are drawn at once. */
MUST_CHECK enum err numbers_top_up(struct ctx *cx, int64_t draws);
/* In a transaction: blocks of series that somebody has changed since are left. Ask when masters have moved. */
MUST_CHECK enum err numbers_refresh(struct ctx *cx);
/* In the last transaction: gives back what is left. */
MUST_CHECK enum err numbers_return(struct ctx *cx);

/* Draws the next number of a series (created with prefix and sequential mode when it does not exist), in the arena. */
MUST_CHECK enum err number_draw(struct ctx *cx, const char *code, const char *prefix, const char **out);
/* The same without gaps (created with first as its first value when it does not exist). *out_value is its place in the
 * sequence, for who proves later that none is missing. */
struct gapless_series {
  const char *code, *prefix;
  int64_t first, digits; /* of a series that is made; 0 = from 1, and 6 */
};
MUST_CHECK enum err number_draw_gapless(struct ctx *cx, const struct gapless_series *series, const char **out,
                                        int64_t *out_value);
/* Writes back what was drawn in this batch. */
MUST_CHECK enum err numbers_flush(struct ctx *cx);

#endif
