/* Series of numbers: a handful of rows, kept by the writer between batches, or drawn from in blocks by several. */
#include "numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const number_modes[] = {"sequential", "random", NULL};

static const struct rec_field number_series_fields[] = {
    FIELD(struct number_series, code, .flags = REC_KEY | REC_READONLY, .max = 40, .doc = "Name of the series",
          .example = "order"),
    FIELD(struct number_series, prefix, .max = 12, .doc = "Stands before each number", .example = "SO-"),
    FIELD_AS(REC_ENUM, struct number_series, mode, .names = number_modes,
             .doc = "sequential, or random: a permutation of the sequence, so that numbers tell nothing about volume"),
    FIELD(struct number_series, digits, .min = 4, .max = 12, .doc = "Digits, padded with zeros", .example = "6"),
    FIELD(struct number_series, next_value, .flags = REC_READONLY, .doc = "Next value of the sequence",
          .example = "100001"),
    FIELD(struct number_series, version, .flags = REC_READONLY, .doc = "Moves with each change of the settings",
          .example = "1"),
    FIELD(struct number_series, gapless, .flags = REC_READONLY,
          .doc = "Of legal documents: sequential, and no number is ever left out", .example = "false"),
};
const struct rec number_series_rec =
    REC(struct number_series, "NumberSeries", number_series_fields, "A series that human numbers are drawn from");
const struct db_table number_series_table = {"number_series", &number_series_rec};

enum { SERIES_MAX = 64, FIRST_VALUE = 100001, DIGITS = 6, FIRST_GAPLESS = 1, BLOCK_MIN = 16, BLOCK_TIMES = 4 };

struct kept {
  char code[48], prefix[16];
  struct number_series row; /* next_value = the next to draw */
  bool drawn;               /* in this transaction */
  int64_t settled;          /* blocks: next_value as it is committed */
  int64_t end;              /* blocks: the first value that is not ours */
  bool fresh;               /* blocks: taken in this transaction, and lost with it */
  int64_t drawn_n, most;    /* blocks: drawn in this transaction; in one of late */
};

struct numbers_batch {
  bool in_blocks;
  bool gate; /* ours until the transaction ends */
  struct kept kept[SERIES_MAX];
  int n;
};

struct numbers_batch *numbers_new(bool in_blocks)
{
  struct numbers_batch *n = calloc(1, sizeof *n);
  if (!n)
    abort();
  n->in_blocks = in_blocks;
  return n;
}

void numbers_free(struct numbers_batch *n)
{
  free(n);
}

/* Texts of a kept series point into its own struct, so it cannot just be copied. */
static void keep_as(struct kept *k, const struct kept *from)
{
  *k = *from;
  k->row.code = k->code;
  k->row.prefix = k->prefix;
}

static void leave(struct numbers_batch *n, int i)
{
  n->n--;
  if (i < n->n)
    keep_as(&n->kept[i], &n->kept[n->n]);
}

/* Beside other writers a gapless series is ours only as long as the gate is. */
static void leave_gapless(struct numbers_batch *n)
{
  n->gate = false;
  for (int i = n->n - 1; i >= 0 && n->in_blocks; i--)
    if (n->kept[i].row.gapless)
      leave(n, i);
}

void numbers_forget(struct numbers_batch *n)
{
  leave_gapless(n);
  if (!n->in_blocks)
    n->n = 0;
  for (int i = n->n - 1; i >= 0; i--) {
    struct kept *k = &n->kept[i];
    k->row.next_value = k->settled;
    k->drawn = false;
    k->drawn_n = 0;
    if (k->fresh)
      leave(n, i);
  }
}

void numbers_drop(struct numbers_batch *n)
{
  n->gate = false;
  n->n = 0;
}

void numbers_settle(struct numbers_batch *n)
{
  leave_gapless(n);
  for (int i = 0; i < n->n; i++) {
    struct kept *k = &n->kept[i];
    int64_t most = k->most - k->most / 8; /* a request of many orders is remembered for a while */
    k->settled = k->row.next_value;
    k->most = k->drawn_n > most ? k->drawn_n : most;
    k->drawn_n = 0;
    k->drawn = k->fresh = false;
  }
}

/* ---- Series ---- */

static enum err add_series(struct ctx *cx, const struct number_series *made)
{
  static const struct db_stmt add = {
      "INSERT INTO number_series (code, prefix, mode, digits, next_value, gapless, version)"
      " VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (code) DO NOTHING",
      DB_KEYED};
  return db_run(cx->db, &add, NULL,
                DB_ARGS(TEXT(made->code), TEXT(made->prefix), TEXT(number_modes[NUMBER_SEQUENTIAL]), I64(made->digits),
                        I64(made->next_value), I64(made->gapless)));
}

/* *out with texts in the arena; made = how it begins where it is not there. */
static enum err get_series(struct ctx *cx, const struct number_series *made, struct number_series *out)
{
  *out = (struct number_series){.code = made->code};
  enum err err = db_get(cx->db, &number_series_table, out);
  if (err != ERR_NOT_FOUND)
    return err;
  TRY(add_series(cx, made));
  return db_get(cx->db, &number_series_table, out);
}

static enum err read_series(struct ctx *cx, const char *code, const char *prefix, struct number_series *out)
{
  return get_series(
      cx, &(struct number_series){.code = code, .prefix = prefix, .digits = DIGITS, .next_value = FIRST_VALUE}, out);
}

/* Moves the row by size and reads where it came to: between the two it is ours. */
static enum err take_block(struct ctx *cx, const char *code, int64_t size, struct number_series *out)
{
  static const struct db_stmt move = {"UPDATE number_series SET next_value = next_value + $2 WHERE code = $1", DB_KEYED};
  TRY(db_run(cx->db, &move, NULL, DB_ARGS(TEXT(code), I64(size))));
  TRY(read_series(cx, code, "", out));
  out->next_value -= size;
  return ERR_OK;
}

static void keep_block(struct kept *k, const struct number_series *row, int64_t end)
{
  *k = (struct kept){.row = *row,
                     .settled = row->next_value,
                     .end = end,
                     .fresh = true,
                     .drawn_n = k->drawn_n,
                     .most = k->most};
  snprintf(k->code, sizeof k->code, "%s", row->code);
  snprintf(k->prefix, sizeof k->prefix, "%s", row->prefix);
  k->row.code = k->code;
  k->row.prefix = k->prefix;
}

static struct kept *find(struct numbers_batch *n, const char *code)
{
  for (int i = 0; i < n->n; i++)
    if (strcmp(n->kept[i].code, code) == 0)
      return &n->kept[i];
  return NULL;
}

static enum err keep_place(struct ctx *cx, struct kept **out)
{
  struct numbers_batch *n = cx->batch->numbers;
  if (*out)
    return ERR_OK;
  if (n->n == SERIES_MAX)
    return err_fail(cx, ERR_INTERNAL, "", "more than %d number series in use", SERIES_MAX);
  *out = &n->kept[n->n++];
  **out = (struct kept){0};
  return ERR_OK;
}

static enum err keep(struct ctx *cx, const char *code, const char *prefix, struct kept **out)
{
  struct numbers_batch *n = cx->batch->numbers;
  struct number_series row;
  *out = find(n, code);
  if (*out && (!n->in_blocks || (*out)->row.next_value < (*out)->end))
    return ERR_OK;
  /* it ran out in the middle: the more it has drawn, the more it may go on to draw */
  int64_t size = *out && (*out)->drawn_n * 2 > BLOCK_MIN ? (*out)->drawn_n * 2 : BLOCK_MIN;
  TRY(read_series(cx, code, prefix, &row));
  if (n->in_blocks)
    TRY(take_block(cx, code, size, &row));
  TRY(keep_place(cx, out));
  keep_block(*out, &row, n->in_blocks ? row.next_value + size : INT64_MAX);
  return ERR_OK;
}

/* ---- Without gaps ---- */

/* The question behind the write makes sure that it was sent: the row is ours when it is answered. */
static enum err take_gate(struct ctx *cx)
{
  static const struct db_stmt take = {
      "INSERT INTO number_gate (id, taken_at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET taken_at = excluded.taken_at",
      DB_KEYED};
  static const struct db_stmt taken = {"SELECT taken_at FROM number_gate WHERE id = 1", DB_KEYED};
  struct numbers_batch *n = cx->batch->numbers;
  int64_t at = 0;
  if (!n->in_blocks || n->gate)
    return ERR_OK;
  TRY(db_run(cx->db, &take, NULL, DB_ARGS(I64(cx->now.ms))));
  TRY(db_one_i64(cx->db, &taken, &at, DB_NO_ARGS));
  n->gate = true;
  return ERR_OK;
}

/* Touches the row before it is read: then what is read is what the last one committed, whatever was read before. */
static enum err keep_gapless(struct ctx *cx, const struct gapless_series *series, struct kept **out)
{
  static const struct db_stmt touch = {"UPDATE number_series SET next_value = next_value + 0 WHERE code = $1", DB_KEYED};
  struct numbers_batch *n = cx->batch->numbers;
  struct number_series row;
  *out = find(n, series->code);
  if (*out)
    return ERR_OK;
  TRY(take_gate(cx));
  if (n->in_blocks)
    TRY(db_run(cx->db, &touch, NULL, DB_ARGS(TEXT(series->code))));
  TRY(get_series(cx,
                 &(struct number_series){.code = series->code,
                                         .prefix = series->prefix,
                                         .digits = series->digits ? series->digits : DIGITS,
                                         .next_value = series->first ? series->first : FIRST_GAPLESS,
                                         .gapless = true},
                 &row));
  assert(row.gapless);
  TRY(keep_place(cx, out));
  keep_block(*out, &row, INT64_MAX);
  return ERR_OK;
}

enum err number_draw_gapless(struct ctx *cx, const struct gapless_series *series, const char **out, int64_t *out_value)
{
  struct kept *k;
  TRY(keep_gapless(cx, series, &k));
  *out_value = k->row.next_value++;
  k->drawn = true;
  *out = arena_printf(cx->arena, "%s%0*lld", k->row.prefix, (int)k->row.digits, (long long)*out_value);
  return ERR_OK;
}

void numbers_leave(struct numbers_batch *n, const char *code)
{
  struct kept *k = find(n, code);
  if (k)
    leave(n, (int)(k - n->kept));
}

/* ---- Blocks ---- */

static int64_t expected(const struct kept *k, int64_t draws)
{
  return k->most > draws ? k->most : draws;
}

static bool runs_out(const struct kept *k, int64_t draws)
{
  return k->end - k->row.next_value < expected(k, draws);
}

bool numbers_short(const struct numbers_batch *n, int64_t draws)
{
  for (int i = 0; i < n->n && n->in_blocks; i++)
    if (runs_out(&n->kept[i], draws))
      return true;
  return false;
}

/* What is left of a block is drawn by nobody: numbers go up, and one gap is better than two that are filled later. */
enum err numbers_top_up(struct ctx *cx, int64_t draws)
{
  struct numbers_batch *n = cx->batch->numbers;
  for (int i = 0; i < n->n; i++) {
    struct kept *k = &n->kept[i];
    struct number_series row;
    if (!runs_out(k, draws))
      continue;
    int64_t size = expected(k, draws) * BLOCK_TIMES > BLOCK_MIN ? expected(k, draws) * BLOCK_TIMES : BLOCK_MIN;
    TRY(take_block(cx, k->code, size, &row));
    bool goes_on = row.next_value == k->end; /* nobody has drawn since: the rest is drawn first */
    int64_t end = row.next_value + size;
    if (goes_on)
      row.next_value = k->row.next_value;
    keep_block(k, &row, end);
  }
  return ERR_OK;
}

enum err numbers_refresh(struct ctx *cx)
{
  struct numbers_batch *n = cx->batch->numbers;
  for (int i = n->n - 1; i >= 0 && n->in_blocks; i--) {
    struct number_series row;
    TRY(read_series(cx, n->kept[i].code, "", &row));
    if (row.version != n->kept[i].row.version)
      leave(n, i);
  }
  return ERR_OK;
}

enum err numbers_return(struct ctx *cx)
{
  static const struct db_stmt give = {"UPDATE number_series SET next_value = $2 WHERE code = $1 AND next_value = $3",
                                      DB_KEYED};
  struct numbers_batch *n = cx->batch->numbers;
  leave_gapless(n);
  for (int i = 0; i < n->n && n->in_blocks; i++)
    TRY(db_run(cx->db, &give, NULL,
               DB_ARGS(TEXT(n->kept[i].code), I64(n->kept[i].row.next_value), I64(n->kept[i].end))));
  n->n = 0;
  return ERR_OK;
}

/* A keyed permutation of 0 .. 10^digits - 1: four Feistel rounds over two halves in base 10^h, walked until the result is in
 * range (cycle walking). It hides volume from a curious customer; it is no secret. */
static int64_t permute(const char *code, int64_t digits, int64_t value)
{
  int64_t range = 1, half = 1;
  for (int64_t i = 0; i < digits; i++)
    range *= 10;
  for (int64_t i = 0; i < (digits + 1) / 2; i++)
    half *= 10;
  uint64_t key = hash_text(code);
  value %= range;
  do {
    int64_t left = value / half, right = value % half;
    for (uint64_t round = 0; round < 4; round++) {
      int64_t mixed = (left + (int64_t)(hash_mix(key + round, (uint64_t)right) % (uint64_t)half)) % half;
      left = right;
      right = mixed;
    }
    value = left * half + right;
  } while (value >= range);
  return value;
}

enum err number_draw(struct ctx *cx, const char *code, const char *prefix, const char **out)
{
  struct kept *k;
  TRY(keep(cx, code, prefix, &k));
  int64_t value = k->row.next_value++;
  k->drawn = true;
  k->drawn_n++;
  if (k->row.mode == NUMBER_RANDOM)
    value = permute(code, k->row.digits, value);
  *out = arena_printf(cx->arena, "%s%0*lld", k->row.prefix, (int)k->row.digits, (long long)value);
  return ERR_OK;
}

enum err numbers_flush(struct ctx *cx)
{
  static const struct db_stmt put = {"UPDATE number_series SET next_value = $2 WHERE code = $1", DB_KEYED};
  struct numbers_batch *n = cx->batch->numbers;
  for (int i = 0; i < n->n; i++) {
    struct kept *k = &n->kept[i];
    if (!k->drawn || (n->in_blocks && !k->row.gapless))
      continue;
    TRY(db_run(cx->db, &put, NULL, DB_ARGS(TEXT(k->code), I64(k->row.next_value))));
    k->drawn = false;
  }
  return ERR_OK;
}
