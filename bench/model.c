/* The rules, by what a value looks like: near the order's id or instant, or with its serial or number in it. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_MS = 4, SERIAL_DIGITS = 9, NUMBER_DIGITS = 6, COPY_SERIALS = 500000000 };
#define ID_STEP  (INT64_C(1) << 22) /* a millisecond of an id */
#define ID_OTHER (INT64_C(1) << 21) /* flips the highest bit of the node, so that no copy has an id of Ordo's */
#define ID_NEAR  (INT64_C(16) * ID_STEP)
#define DAYS_90  (INT64_C(90) * 24 * 3600 * 1000)

/* ---- Taking ---- */

static int64_t distance(int64_t a, int64_t b)
{
  return a > b ? a - b : b - a;
}

static void take_product(struct model *m, struct cell *cell, int64_t value)
{
  int p = 0;
  while (p < m->n_products && m->products[p] != value)
    p++;
  if (p == m->n_products && p < MODEL_PRODUCTS_MAX)
    m->products[m->n_products++] = value;
  cell->rule = PRODUCT;
  cell->i64 = p;
}

void cell_take_i64(struct model *m, struct cell *cell, const char *column, bool update, int64_t value)
{
  *cell = (struct cell){.type = CELL_I64, .i64 = value};
  if (strcmp(column, "product_id") == 0)
    take_product(m, cell, value);
  else if (strcmp(column, "seq") == 0)
    cell->rule = SEQUENCE_UP;
  else if (update && (strcmp(column, "reserved") == 0 || strcmp(column, "version") == 0))
    cell->rule = COUNT_UP;
  else if (strcmp(column, "location_id") == 0 || strcmp(column, "actor_id") == 0)
    cell->rule = AS_IT_IS; /* not drawn with the order, but perhaps not long before it */
  else if (distance(value, m->order_id) < ID_NEAR)
    cell->rule = ID_UP;
  else if (distance(value, m->created_at) < DAYS_90)
    cell->rule = INSTANT_UP;
}

static void find_all(const char *text, int n, const char *word, int *places, int *n_places)
{
  int length = (int)strlen(word);
  for (int i = 0; i + length <= n && *n_places < CELL_PLACES_MAX; i++)
    if (memcmp(text + i, word, (size_t)length) == 0)
      places[(*n_places)++] = i;
}

void cell_take_bytes(struct cell *cell, const void *bytes, int n)
{
  *cell = (struct cell){.type = CELL_BYTES, .n = n, .text = malloc((size_t)n + CELL_EXTRA)};
  memcpy(cell->text, bytes, (size_t)n);
}

void cell_take_text(const struct model *m, struct cell *cell, const char *text, int n)
{
  char serial[16], number[24];
  snprintf(serial, sizeof serial, "%0*lld", SERIAL_DIGITS, (long long)m->serial);
  snprintf(number, sizeof number, "SO-%lld", (long long)m->number);
  cell_take_bytes(cell, text, n);
  cell->type = CELL_TEXT;
  find_all(text, n, serial, cell->serials, &cell->n_serials);
  find_all(text, n, number, cell->numbers, &cell->n_numbers);
  cell->rule = cell->n_serials || cell->n_numbers ? TEXT_SERIAL : AS_IT_IS;
}

void cell_done(struct cell *cell)
{
  free(cell->text);
}

/* ---- Copies ---- */

int64_t cell_i64(const struct cell *cell, int64_t k, const int64_t *products, int64_t seq)
{
  switch (cell->rule) {
  case ID_UP:
    return (cell->i64 ^ ID_OTHER) + k * ID_STEP;
  case INSTANT_UP:
    return cell->i64 + k / PER_MS;
  case SEQUENCE_UP:
    return seq;
  case COUNT_UP:
    return cell->i64 + k;
  case PRODUCT:
    return products[cell->i64];
  case AS_IT_IS:
  case TEXT_SERIAL:
    break;
  }
  return cell->i64;
}

static void write_digits(char *at, int n, int64_t value)
{
  for (int i = n - 1; i >= 0; i--, value /= 10)
    at[i] = (char)('0' + value % 10);
}

void cell_text(const struct cell *cell, int64_t k, char *into)
{
  for (int i = 0; i < cell->n_serials; i++)
    write_digits(into + cell->serials[i], SERIAL_DIGITS, COPY_SERIALS + k);
  for (int i = 0; i < cell->n_numbers; i++) { /* TO-: after all of Ordo's numbers, never one of them */
    into[cell->numbers[i]] = 'T';
    write_digits(into + cell->numbers[i] + 3, NUMBER_DIGITS, k);
  }
}

int64_t model_draw(uint64_t *random, int64_t n)
{
  *random ^= *random << 13;
  *random ^= *random >> 7;
  *random ^= *random << 17;
  return (int64_t)(*random % (uint64_t)n);
}
