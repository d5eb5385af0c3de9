/* Series of numbers: a handful of rows, kept by the writer between batches. */
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
};
const struct rec number_series_rec =
    REC(struct number_series, "NumberSeries", number_series_fields, "A series that human numbers are drawn from");
const struct db_table number_series_table = {"number_series", &number_series_rec};

enum { SERIES_MAX = 64, FIRST_VALUE = 100001, DIGITS = 6 };

struct kept {
  char code[48], prefix[16];
  struct number_series row;
  bool drawn;
};

struct numbers_batch {
  struct kept kept[SERIES_MAX];
  int n;
};

struct numbers_batch *numbers_new(void)
{
  struct numbers_batch *n = calloc(1, sizeof *n);
  if (!n)
    abort();
  return n;
}

void numbers_free(struct numbers_batch *n)
{
  free(n);
}

void numbers_forget(struct numbers_batch *n)
{
  n->n = 0;
}

static enum err keep(struct ctx *cx, const char *code, const char *prefix, struct kept **out)
{
  struct numbers_batch *n = cx->batch->numbers;
  for (int i = 0; i < n->n; i++) {
    if (strcmp(n->kept[i].code, code) == 0) {
      *out = &n->kept[i];
      return ERR_OK;
    }
  }
  struct number_series row = {.code = code};
  enum err err = db_get(cx->db, &number_series_table, &row);
  if (err == ERR_NOT_FOUND) {
    row = (struct number_series){code, prefix, NUMBER_SEQUENTIAL, DIGITS, FIRST_VALUE, 1};
    err = db_insert(cx->db, &number_series_table, &row);
  }
  TRY(err);
  if (n->n == SERIES_MAX)
    return err_fail(cx, ERR_INTERNAL, "", "more than %d number series in use", SERIES_MAX);
  struct kept *k = &n->kept[n->n++];
  *k = (struct kept){.row = row};
  snprintf(k->code, sizeof k->code, "%s", row.code);
  snprintf(k->prefix, sizeof k->prefix, "%s", row.prefix);
  k->row.code = k->code;
  k->row.prefix = k->prefix;
  *out = k;
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
    if (!k->drawn)
      continue;
    TRY(db_run(cx->db, &put, NULL, DB_ARGS(TEXT(k->code), I64(k->row.next_value))));
    k->drawn = false;
  }
  return ERR_OK;
}
