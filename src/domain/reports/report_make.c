/* An answer: cells become groups, groups become rows, rows meet those of the time before. */
#include "reports_priv.h"

#include "catalog.h"
#include "inventory.h"

#include <stdlib.h>
#include <string.h>

/* ---- Groups ---- */

void groups_init(struct groups *g, struct arena *a)
{
  *g = (struct groups){.arena = a, .cap = 64, .slots = ARENA_ARRAY(a, struct group *, 64)};
}

static struct group **group_slot(const struct groups *g, const char *key, const char *currency)
{
  size_t i = (size_t)hash_mix(hash_text(key), hash_text(currency)) & (g->cap - 1);
  while (g->slots[i] && (strcmp(g->slots[i]->key, key) != 0 || strcmp(g->slots[i]->currency, currency) != 0))
    i = (i + 1) & (g->cap - 1);
  return &g->slots[i];
}

static void groups_widen(struct groups *g)
{
  g->cap *= 2;
  g->slots = ARENA_ARRAY(g->arena, struct group *, g->cap);
  EACH (struct group *, group, &g->all)
    *group_slot(g, (*group)->key, (*group)->currency) = *group;
}

struct group *groups_at(struct groups *g, const char *key, const char *currency)
{
  struct group **slot = group_slot(g, key, currency);
  if (*slot)
    return *slot;
  struct group *made = ARENA_NEW(g->arena, struct group);
  made->key = arena_text(g->arena, key);
  made->currency = arena_text(g->arena, currency);
  *slot = made;
  *LIST_ADD(g->arena, &g->all) = made;
  if (++g->n * 2 > g->cap)
    groups_widen(g);
  return made;
}

/* The same bin may come several times: they are added up when somebody asks. */
static void add_bin(struct arena *a, struct group *g, struct bin bin)
{
  *LIST_ADD(a, &g->bins) = bin;
}

/* ---- Values ---- */

static int64_t sum_of(const struct group *g, struct source s, struct source minus)
{
  int64_t sum = g->sums[s.kind][s.value];
  return minus.kind == FACT_NONE ? sum : sum - g->sums[minus.kind][minus.value];
}

static int compare_bins(const void *left, const void *right)
{
  const struct bin *a = left, *b = right;
  return (a->bin > b->bin) - (a->bin < b->bin);
}

/* The value at or below which the wanted part of all lies: percent of them, rounded up. */
static int64_t percentile(struct arena *a, const struct group *g, const struct report_measure *m, int64_t percent)
{
  LIST(struct bin) own = {0};
  int64_t all = 0, seen = 0;
  EACH (const struct bin, bin, &g->bins)
    if (bin->kind == m->a.kind && (!m->stage || text_eq(bin->stage, m->stage)) && bin->n > 0) {
      *LIST_ADD(a, &own) = *bin;
      all += bin->n;
    }
  if (own.n == 0)
    return ABSENT;
  qsort(own.at, own.n, sizeof *own.at, compare_bins);
  int64_t rank = (all * percent + 99) / 100;
  EACH (const struct bin, bin, &own) {
    seen += bin->n;
    if (seen >= rank)
      return report_bin_middle(bin->bin);
  }
  return ABSENT;
}

int64_t group_value(struct arena *a, const struct group *g, const struct report_measure *m)
{
  if (m->how == HOW_MEDIAN || m->how == HOW_P90)
    return percentile(a, g, m, m->how == HOW_P90 ? 90 : 50);
  int64_t value = sum_of(g, m->a, m->a_minus);
  if (m->how == HOW_SUM)
    return value;
  int64_t by = sum_of(g, m->b, m->b_minus);
  __int128 scale = m->unit == REPORT_RATIO || m->unit == REPORT_DAYS ? SCALE : 1;
  return by > 0 ? div_round((__int128)value * scale, by) : ABSENT;
}

const char *report_number(struct arena *a, enum report_unit unit, int64_t value)
{
  char text[40];
  if (value == ABSENT)
    return NULL;
  decimal_format(value, report_unit_places(unit), text);
  return arena_text(a, text);
}

/* ---- Cells to groups ---- */

#define SUMS                                                                                                           \
  "CAST(sum(v1) AS BIGINT), CAST(sum(v2) AS BIGINT), CAST(sum(v3) AS BIGINT), CAST(sum(v4) AS BIGINT), "               \
  "CAST(sum(v5) AS BIGINT), CAST(sum(v6) AS BIGINT), CAST(sum(v7) AS BIGINT), CAST(sum(v8) AS BIGINT), "               \
  "CAST(sum(v9) AS BIGINT), CAST(sum(v10) AS BIGINT)"
#define FROM_CELLS                                                                                                     \
  " FROM report_cell WHERE kind = $1 AND day >= $2 AND day <= $3 AND (CAST($4 AS TEXT) = '' OR detail = $4) "

/* day, detail, bin, channel, location, currency, sums; what the question does not group by is one constant. */
static const struct db_stmt by_day = {"SELECT day, '', bin, channel, location, currency, " SUMS FROM_CELLS
                                      "GROUP BY day, bin, channel, location, currency",
                                      DB_REPORT};
static const struct db_stmt by_place = {"SELECT 0, '', bin, channel, location, currency, " SUMS FROM_CELLS
                                        "GROUP BY bin, channel, location, currency",
                                        DB_REPORT};
static const struct db_stmt by_detail = {"SELECT 0, detail, bin, channel, location, currency, " SUMS FROM_CELLS
                                         "GROUP BY detail, bin, channel, location, currency",
                                         DB_REPORT};

static const struct db_stmt *statement_by(enum report_by by)
{
  if (by_time(by))
    return &by_day;
  return by == REPORT_PRODUCT || by == REPORT_REASON ? &by_detail : &by_place;
}

static const char *key_of_row(const struct question *q, struct arena *a, const struct db_rows *rows)
{
  switch (q->by) {
  case REPORT_CHANNEL:
    return db_text(rows, 3);
  case REPORT_LOCATION:
    return db_text(rows, 4);
  case REPORT_PRODUCT:
  case REPORT_REASON:
    return db_text(rows, 1);
  default:
    return date_text(a, span_begin(q->by, db_i64(rows, 0)));
  }
}

static void take_row(struct ctx *cx, const struct question *q, enum fact_kind kind, const char *stage,
                     const struct db_rows *rows, struct groups *out)
{
  const char *currency = db_text(rows, 5);
  if (!counts(cx, q, db_text(rows, 3), db_text(rows, 4)) || (q->currency && strcmp(q->currency, currency) != 0))
    return;
  struct group *g =
      groups_at(out, key_of_row(q, cx->arena, rows), q->definition->by_currency ? currency : q->company_currency);
  for (int i = 0; i < VALUES; i++)
    g->sums[kind][i] += db_i64(rows, 6 + i);
  if (kind == FACT_STAGE || kind == FACT_DECIDE)
    add_bin(cx->arena, g, (struct bin){stage, kind, db_i64(rows, 2), db_i64(rows, 6)});
}

static enum err load_days(struct ctx *cx, const struct question *q, enum fact_kind kind, const char *name,
                          const char *stage, int64_t from, int64_t to, struct groups *out)
{
  const char *detail = stage ? stage : q->detail ? q->detail : "";
  struct db_rows rows;
  if (from > to)
    return ERR_OK;
  TRY(db_query(cx->db, statement_by(q->by), &rows, DB_ARGS(TEXT(name), I64(from), I64(to), TEXT(detail))));
  while (db_next(&rows))
    take_row(cx, q, kind, stage, &rows, out);
  return db_done(&rows);
}

/* Whole months from their own cells, where rows are no shorter; the days before and after from theirs. */
static enum err load_kind(struct ctx *cx, const struct question *q, enum fact_kind kind, const char *stage,
                          struct groups *out)
{
  int64_t first = span_begin(REPORT_MONTH, q->from), last = span_begin(REPORT_MONTH, q->to + 1);
  if (first < q->from)
    first = span_end(REPORT_MONTH, first) + 1;
  if (q->by == REPORT_DAY || q->by == REPORT_WEEK || first >= last)
    return load_days(cx, q, kind, fact_names[kind], stage, q->from, q->to, out);
  TRY(load_days(cx, q, kind, fact_names[kind], stage, q->from, first - 1, out));
  TRY(load_days(cx, q, kind, month_names[kind], stage, first, last - 1, out));
  return load_days(cx, q, kind, fact_names[kind], stage, last, q->to, out);
}

/* Whether the measure can be told by these rows under these filters. */
static bool fits(const struct question *q, const struct report_measure *m)
{
  unsigned asked = q->narrowed | 1u << q->by;
  return (measure_knows(m) & asked) == asked;
}

static unsigned kinds_of(const struct report_measure *m)
{
  const struct source *sources[] = {&m->a, &m->a_minus, &m->b, &m->b_minus};
  unsigned kinds = 0;
  for (size_t i = 0; i < COUNT_OF(sources); i++)
    if (sources[i]->kind != FACT_NONE)
      kinds |= 1u << sources[i]->kind;
  return kinds;
}

static enum err load(struct ctx *cx, const struct question *q, struct groups *out)
{
  unsigned kinds = 0;
  for (size_t i = 0; i < q->definition->n; i++)
    if (fits(q, &q->definition->measures[i]))
      kinds |= kinds_of(&q->definition->measures[i]);
  for (int kind = 0; kind < FACT_CELLS; kind++) {
    if (!(kinds & 1u << kind))
      continue;
    for (int stage = 0; stage < (kind == FACT_STAGE ? WORK_STAGES : 1); stage++)
      TRY(load_kind(cx, q, (enum fact_kind)kind, kind == FACT_STAGE ? stage_names[stage] : NULL, out));
  }
  return q->definition->load ? q->definition->load(cx, q, out) : ERR_OK;
}

/* ---- Groups to rows ---- */

/* Every span of days has its row in every currency that was met: charts have no gaps. */
static void fill_spans(const struct question *q, struct groups *g)
{
  LIST(const char *) currencies = {0};
  EACH (struct group *, group, &g->all) {
    bool known = false;
    EACH (const char *, c, &currencies)
      known = known || strcmp(*c, (*group)->currency) == 0;
    if (!known)
      *LIST_ADD(g->arena, &currencies) = (*group)->currency;
  }
  if (currencies.n == 0)
    *LIST_ADD(g->arena, &currencies) = q->currency ? q->currency : q->company_currency;
  EACH (const char *, c, &currencies)
    for (int64_t day = span_begin(q->by, q->from); day <= q->to; day = span_end(q->by, day) + 1)
      groups_at(g, date_text(g->arena, day), *c);
}

static void add_totals(struct group *total, const struct group *g, struct arena *a)
{
  for (int kind = 0; kind < FACT_KINDS; kind++)
    for (int i = 0; i < VALUES; i++)
      total->sums[kind][i] += g->sums[kind][i];
  EACH (const struct bin, bin, &g->bins)
    add_bin(a, total, *bin);
}

static int compare_groups(const void *left, const void *right)
{
  const struct group *a = *(struct group *const *)left, *b = *(struct group *const *)right;
  int order = strcmp(a->key, b->key);
  return order ? order : strcmp(a->currency, b->currency);
}

/* One period: its groups in the order of their keys, and a total per currency. */
struct period {
  struct groups groups, totals;
};

static enum err period_load(struct ctx *cx, const struct question *q, struct period *out)
{
  groups_init(&out->groups, cx->arena);
  groups_init(&out->totals, cx->arena);
  TRY(load(cx, q, &out->groups));
  if (by_time(q->by))
    fill_spans(q, &out->groups);
  if (out->groups.all.n)
    qsort(out->groups.all.at, out->groups.all.n, sizeof *out->groups.all.at, compare_groups);
  EACH (struct group *, g, &out->groups.all) {
    struct group *total = groups_at(&out->totals, "", (*g)->currency);
    if (by_time(q->by)) /* what is a level, not a flow, is as it was in the last span */
      memset(total->sums[FACT_LEVEL], 0, sizeof total->sums[FACT_LEVEL]);
    add_totals(total, *g, cx->arena);
  }
  return ERR_OK;
}

/* The same day so many months before; the last one of a month that is shorter. */
static int64_t months_before(int64_t day, int64_t months)
{
  int64_t begin = span_begin(REPORT_MONTH, day), of_month = day - begin;
  for (; months > 0; months--)
    begin = span_begin(REPORT_MONTH, begin - 1);
  int64_t end = span_end(REPORT_MONTH, begin);
  return begin + of_month < end ? begin + of_month : end;
}

/* Whole months before whole months, else as many days. */
static struct question before(const struct question *q)
{
  struct question p = *q;
  int64_t months = 0;
  if (q->compare == REPORT_COMPARE_YEAR && q->by == REPORT_WEEK) {
    p.from = q->from - 364;
    p.to = q->to - 364;
    return p;
  }
  if (q->compare == REPORT_COMPARE_YEAR) {
    p.from = months_before(q->from, 12);
    p.to = months_before(q->to, 12);
    return p;
  }
  p.to = q->from - 1;
  p.from = q->from - (q->to - q->from + 1);
  if (span_begin(REPORT_MONTH, q->from) != q->from || span_begin(REPORT_MONTH, q->to + 1) != q->to + 1)
    return p;
  for (int64_t day = q->from; day <= q->to; day = span_end(REPORT_MONTH, day) + 1)
    months++;
  p.from = months_before(q->from, months);
  return p;
}

static int64_t change_of(int64_t value, int64_t previous)
{
  if (value == ABSENT || previous == ABSENT || previous == 0)
    return ABSENT;
  return div_round(((__int128)value - previous) * SCALE, previous < 0 ? -(__int128)previous : previous);
}

/* The group that a row is compared with: the span at the same place, or the same key; NULL = nothing there. */
static const struct group *counterpart(const struct question *q, const struct question *p, const struct group *g,
                                       struct groups *then)
{
  const char *key = g->key;
  if (by_time(q->by)) {
    int64_t day = span_begin(p->by, p->from);
    for (int64_t at = span_begin(q->by, q->from); at < date_days(g->key); at = span_end(q->by, at) + 1)
      day = span_end(p->by, day) + 1;
    key = date_text(then->arena, day);
  }
  return *group_slot(then, key, g->currency);
}

static struct report_value *values_of(struct ctx *cx, const struct report *r, const struct group *now, bool compared,
                                      const struct group *then)
{
  static const struct group nothing;
  struct report_value *values = ARENA_ARRAY(cx->arena, struct report_value, r->n);
  for (size_t i = 0; i < r->n; i++) {
    const struct report_measure *m = r->measures[i];
    int64_t value = group_value(cx->arena, now, m), previous = ABSENT;
    if (compared && !measure_is_of_now(m))
      previous = group_value(cx->arena, then ? then : &nothing, m);
    values[i] = (struct report_value){m, value, previous, change_of(value, previous)};
  }
  return values;
}

/* ---- Names for people ---- */

static enum err label_of(struct ctx *cx, enum report_by by, const char *key, const char **out)
{
  const struct location *location;
  const struct product *product;
  enum err err = ERR_OK;
  if (by == REPORT_LOCATION && (err = location_by_code(cx, key, &location)) == ERR_OK)
    *out = location->name;
  if (by == REPORT_PRODUCT && (err = catalog_product_by_sku(cx, key, &product)) == ERR_OK)
    *out = product->name;
  if (err == ERR_NOT_FOUND)
    fault_clear(&cx->fault);
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- The answer ---- */

static int largest_first(const void *left, const void *right)
{
  const struct report_row *a = left, *b = right;
  int64_t x = a->values[0].value, y = b->values[0].value;
  if (x != y)
    return x < y ? 1 : -1;
  int order = strcmp(a->key, b->key);
  return order ? order : strcmp(a->currency, b->currency);
}

static enum err read_state(struct ctx *cx, const char *zone, struct report *out)
{
  static const struct db_stmt newest = {"SELECT coalesce(max(seq), 0) FROM feed WHERE feed_group = 0", DB_LIST};
  int64_t seq, head = 0;
  TRY(feed_cursor(cx, report_consumer(cx, zone), &seq, &out->as_of.ms));
  TRY(db_one_i64(cx->db, &newest, &head, DB_NO_ARGS));
  out->waiting = head > seq ? head - seq : 0;
  return ERR_OK;
}

static void take_measures(struct ctx *cx, const struct question *q, struct report *out)
{
  out->measures = ARENA_ARRAY(cx->arena, const struct report_measure *, q->definition->n);
  for (size_t i = 0; i < q->definition->n; i++)
    if (fits(q, &q->definition->measures[i]))
      out->measures[out->n++] = &q->definition->measures[i];
}

static void take_rows(struct ctx *cx, const struct question *q, struct period *now, const struct question *p,
                      struct period *then, struct report *out)
{
  EACH (struct group *, g, &now->groups.all) {
    struct report_row *row = LIST_ADD(cx->arena, &out->rows);
    *row = (struct report_row){.key = (*g)->key, .currency = (*g)->currency};
    if (by_time(q->by)) {
      int64_t begin = date_days((*g)->key), end = span_end(q->by, begin);
      row->from = date_text(cx->arena, begin > q->from ? begin : q->from);
      row->to = date_text(cx->arena, end < q->to ? end : q->to);
    }
    row->values = values_of(cx, out, *g, then != NULL, then ? counterpart(q, p, *g, &then->groups) : NULL);
  }
  EACH (struct group *, g, &now->totals.all) {
    struct report_row *row = LIST_ADD(cx->arena, &out->totals);
    *row = (struct report_row){.currency = (*g)->currency};
    row->values = values_of(cx, out, *g, then != NULL, then ? *group_slot(&then->totals, "", (*g)->currency) : NULL);
  }
}

static enum err order_rows(struct ctx *cx, const struct question *q, struct report *out)
{
  if (!by_time(q->by) && out->n && out->rows.n)
    qsort(out->rows.at, out->rows.n, sizeof *out->rows.at, largest_first);
  if (q->limit != ABSENT && (size_t)q->limit < out->rows.n) {
    out->left_off = (int64_t)out->rows.n - q->limit;
    out->rows.n = (size_t)q->limit;
  }
  EACH (struct report_row, row, &out->rows)
    TRY(label_of(cx, q->by, row->key, &row->label));
  return ERR_OK;
}

enum err report_make(struct ctx *cx, const char *name, const struct report_request *rq, struct report *out)
{
  struct question q, p;
  struct period now, then;
  TRY(question_read(cx, name, rq, &q));
  *out = (struct report){.definition = q.definition,
                         .name = q.definition->name,
                         .zone = q.zone,
                         .by = report_by_names[q.by],
                         .from = date_text(cx->arena, q.from),
                         .to = date_text(cx->arena, q.to)};
  TRY(read_state(cx, q.zone, out));
  take_measures(cx, &q, out);
  TRY(period_load(cx, &q, &now));
  if (q.compare) {
    p = before(&q);
    out->compare = q.compare == REPORT_COMPARE_YEAR ? "year" : "previous";
    out->previous_from = date_text(cx->arena, p.from);
    out->previous_to = date_text(cx->arena, p.to);
    TRY(period_load(cx, &p, &then));
  }
  take_rows(cx, &q, &now, &p, q.compare ? &then : NULL, out);
  return order_rows(cx, &q, out);
}
