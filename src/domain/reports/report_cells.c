/* Cells: where facts are summed, and how a fact is counted there. */
#include "reports_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- Bins ---- */

int64_t report_bin(int64_t value)
{
  int shift = 0;
  if (value < 64)
    return value < 0 ? 0 : value;
  while (value >> shift >= 64)
    shift++;
  return 32 + 32 * shift + ((value >> shift) - 32);
}

int64_t report_bin_middle(int64_t bin)
{
  if (bin < 64)
    return bin;
  int64_t shift = (bin - 64) / 32 + 1, low = (32 + bin % 32) << shift;
  return low + ((INT64_C(1) << shift) - 1) / 2;
}

/* ---- Cells by key ---- */

void cells_init(struct cells *c, struct arena *a)
{
  *c = (struct cells){.arena = a, .cap = 64, .slots = ARENA_ARRAY(a, struct cell *, 64)};
}

static int compare_keys(const struct cell *a, const struct cell *b)
{
  const int64_t left[] = {a->kind, a->day, a->bin}, right[] = {b->kind, b->day, b->bin};
  const char *const texts[][2] = {
      {a->channel, b->channel}, {a->location, b->location}, {a->currency, b->currency}, {a->detail, b->detail}};
  for (size_t i = 0; i < COUNT_OF(left); i++)
    if (left[i] != right[i])
      return left[i] < right[i] ? -1 : 1;
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    int order = strcmp(texts[i][0], texts[i][1]);
    if (order)
      return order;
  }
  return 0;
}

static struct cell **cell_slot(const struct cells *c, const struct cell *key)
{
  uint64_t hash = hash_mix((uint64_t)key->kind * 31 + (uint64_t)key->bin, (uint64_t)key->day);
  hash = hash_mix(hash_mix(hash, hash_text(key->channel)), hash_text(key->location));
  hash = hash_mix(hash_mix(hash, hash_text(key->currency)), hash_text(key->detail));
  size_t i = (size_t)hash & (c->cap - 1);
  while (c->slots[i] && compare_keys(c->slots[i], key) != 0)
    i = (i + 1) & (c->cap - 1);
  return &c->slots[i];
}

static void cells_widen(struct cells *c)
{
  struct cell **old = c->slots;
  size_t n = c->cap;
  c->cap *= 2;
  c->slots = ARENA_ARRAY(c->arena, struct cell *, c->cap);
  for (size_t i = 0; i < n; i++)
    if (old[i])
      *cell_slot(c, old[i]) = old[i];
}

struct cell *cells_at(struct cells *c, const struct cell *key)
{
  struct cell **slot = cell_slot(c, key);
  if (*slot)
    return *slot;
  struct cell *made = arena_copy(c->arena, key, sizeof *key);
  memset(made->v, 0, sizeof made->v);
  made->channel = arena_text(c->arena, key->channel);
  made->location = arena_text(c->arena, key->location);
  made->currency = arena_text(c->arena, key->currency);
  made->detail = arena_text(c->arena, key->detail);
  *slot = made;
  if (++c->n * 2 > c->cap)
    cells_widen(c);
  return made;
}

static int by_key(const void *left, const void *right)
{
  return compare_keys(*(struct cell *const *)left, *(struct cell *const *)right);
}

struct cell **cells_sorted(struct cells *c, size_t *out_n)
{
  struct cell **sorted = ARENA_ARRAY(c->arena, struct cell *, c->n + 1);
  *out_n = 0;
  for (size_t i = 0; i < c->cap; i++)
    if (c->slots[i])
      sorted[(*out_n)++] = c->slots[i];
  qsort(sorted, *out_n, sizeof *sorted, by_key);
  return sorted;
}

/* ---- Counting ---- */

static void count_time(struct cells *c, const struct fact *f, enum fact_kind kind, const char *detail, int64_t seconds,
                       int64_t sign)
{
  struct cell key = {.kind = kind,
                     .day = f->day,
                     .channel = f->channel,
                     .location = f->location,
                     .currency = "",
                     .detail = detail,
                     .bin = report_bin(seconds)};
  if (seconds < 0)
    return;
  struct cell *cell = cells_at(c, &key);
  cell->v[TIMES_COUNT] += sign;
  cell->v[TIMES_SECONDS] += sign * seconds;
}

/* Values that are sums; what is -1 for "not known" goes into bins alone. */
static int summed(enum fact_kind kind)
{
  return kind == FACT_WORK ? WORK_STAGE : kind == FACT_HOLD ? HOLD_SECONDS : VALUES;
}

void cells_count(struct cells *c, const struct fact *f, int64_t sign)
{
  struct cell key = {.kind = f->kind,
                     .day = f->day,
                     .channel = f->channel,
                     .location = f->location,
                     .currency = f->currency,
                     .detail = f->detail};
  struct cell *cell = cells_at(c, &key);
  for (int i = 0; i < summed(f->kind); i++)
    cell->v[i] += sign * f->v[i];
  for (int i = 0; f->kind == FACT_WORK && i < WORK_STAGES; i++)
    count_time(c, f, FACT_STAGE, stage_names[i], f->v[WORK_STAGE + i], sign);
  if (f->kind == FACT_HOLD)
    count_time(c, f, FACT_DECIDE, f->detail, f->v[HOLD_SECONDS], sign);
}

/* ---- Writing ---- */

static bool is_empty(const struct cell *cell)
{
  for (int i = 0; i < VALUES; i++)
    if (cell->v[i])
      return false;
  return true;
}

void cells_to_months(struct cells *days, struct cells *out)
{
  size_t n;
  struct cell **sorted = cells_sorted(days, &n);
  for (size_t i = 0; i < n; i++) {
    struct cell key = *sorted[i];
    key.day = span_begin(REPORT_MONTH, key.day);
    struct cell *month = cells_at(out, &key);
    for (int v = 0; v < VALUES; v++)
      month->v[v] += sorted[i]->v[v];
  }
}

static enum err put_all(struct ctx *cx, struct cells *cells, const char *const *names)
{
  static const struct db_stmt put = {
      "INSERT INTO report_cell (kind, day, channel, location, currency, detail, bin, v1, v2, v3, v4, v5, v6, v7, v8, "
      "v9,"
      " v10) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
      " ON CONFLICT (kind, day, channel, location, currency, detail, bin) DO UPDATE SET"
      " v1 = report_cell.v1 + excluded.v1, v2 = report_cell.v2 + excluded.v2, v3 = report_cell.v3 + excluded.v3,"
      " v4 = report_cell.v4 + excluded.v4, v5 = report_cell.v5 + excluded.v5, v6 = report_cell.v6 + excluded.v6,"
      " v7 = report_cell.v7 + excluded.v7, v8 = report_cell.v8 + excluded.v8, v9 = report_cell.v9 + excluded.v9,"
      " v10 = report_cell.v10 + excluded.v10",
      DB_KEYED};
  size_t n;
  struct cell **sorted = cells_sorted(cells, &n);
  for (size_t i = 0; i < n; i++) {
    const struct cell *c = sorted[i];
    if (is_empty(c))
      continue;
    TRY(db_run(cx->db, &put, NULL,
               DB_ARGS(TEXT(names[c->kind]), I64(c->day), TEXT(c->channel), TEXT(c->location), TEXT(c->currency),
                       TEXT(c->detail), I64(c->bin), I64(c->v[0]), I64(c->v[1]), I64(c->v[2]), I64(c->v[3]),
                       I64(c->v[4]), I64(c->v[5]), I64(c->v[6]), I64(c->v[7]), I64(c->v[8]), I64(c->v[9]))));
  }
  return ERR_OK;
}

enum err put_cells(struct ctx *cx, struct cells *cells)
{
  struct cells months;
  cells_init(&months, cx->arena);
  cells_to_months(cells, &months);
  TRY(put_all(cx, cells, fact_names));
  return put_all(cx, &months, month_names);
}
