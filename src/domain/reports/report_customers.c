/* Customers by recency, frequency and money. Scores are fifths of all customers who bought; the fifths are found on counts
 * by day, by number of orders and by bin of value, so no customer is sorted. */
#include "reports_priv.h"

#include "settings.h"

#include <string.h>

/* ---- Scores ---- */

static const struct db_stmt by_last_day = {
    "SELECT 0 - last_day, count(*) FROM report_customer GROUP BY last_day ORDER BY last_day DESC", DB_REPORT};
static const struct db_stmt by_orders = {"SELECT orders, count(*) FROM report_customer GROUP BY orders ORDER BY orders",
                                         DB_REPORT};
static const struct db_stmt by_revenue = {
    "SELECT revenue_bin, count(*) FROM report_customer GROUP BY revenue_bin ORDER BY revenue_bin", DB_REPORT};

struct counted {
  int64_t value, n;
};

/* Each limit is the first value up to which at least that many fifths of all lie. */
static enum err fifths_load(struct ctx *cx, const struct db_stmt *stmt, struct fifths *out)
{
  LIST(struct counted) counted = {0};
  struct db_rows rows;
  int64_t all = 0, seen = 0;
  size_t fifth = 0;
  TRY(db_query(cx->db, stmt, &rows, DB_NO_ARGS));
  while (db_next(&rows)) {
    struct counted *one = LIST_ADD(cx->arena, &counted);
    *one = (struct counted){db_i64(&rows, 0), db_i64(&rows, 1)};
    all += one->n;
  }
  TRY(db_done(&rows));
  for (size_t i = 0; i < COUNT_OF(out->limits); i++)
    out->limits[i] = INT64_MAX;
  for (size_t i = 0; i < counted.n; i++) {
    seen += counted.at[i].n;
    for (; fifth < COUNT_OF(out->limits) && seen * 5 >= all * (int64_t)(fifth + 1); fifth++)
      out->limits[fifth] = counted.at[i].value;
  }
  return ERR_OK;
}

enum err scores_load(struct ctx *cx, struct scores *out)
{
  TRY(fifths_load(cx, &by_last_day, &out->recency));
  TRY(fifths_load(cx, &by_orders, &out->frequency));
  return fifths_load(cx, &by_revenue, &out->monetary);
}

/* Who is no better than all others has score 1, so that one order is never many. */
int64_t score_of(const struct fifths *f, int64_t value)
{
  int64_t score = 1;
  for (size_t i = 0; i < COUNT_OF(f->limits); i++)
    score += value > f->limits[i];
  return score;
}

/* Counted from the newest day back: who bought on the newest one has 5, even where everybody did. */
int64_t recency_of(const struct scores *s, int64_t last_day)
{
  return 6 - score_of(&s->recency, -last_day);
}

/* By recency (down) and frequency (across), both 1..5. */
static const char *const segments[5][5] = {
    {"lost", "lost", "hibernating", "at_risk", "at_risk"},
    {"lost", "hibernating", "hibernating", "at_risk", "at_risk"},
    {"attention", "attention", "attention", "loyal", "loyal"},
    {"new", "promising", "promising", "loyal", "loyal"},
    {"new", "promising", "promising", "champions", "champions"},
};

const char *segment_of(int64_t recency, int64_t frequency)
{
  assert(recency >= 1 && recency <= 5 && frequency >= 1 && frequency <= 5);
  return segments[recency - 1][frequency - 1];
}

/* ---- The report ---- */

enum err load_segments(struct ctx *cx, const struct question *q, struct groups *out)
{
  static const struct db_stmt cells = {"SELECT last_day, orders, count(*), CAST(sum(revenue) AS BIGINT)"
                                       " FROM report_customer GROUP BY last_day, orders",
                                       DB_REPORT};
  struct scores scores;
  struct db_rows rows;
  if (cx->actor.scope && (cx->actor.scope->n_locations || cx->actor.scope->n_channels))
    return ERR_OK; /* a customer is nobody's channel */
  TRY(scores_load(cx, &scores));
  TRY(db_query(cx->db, &cells, &rows, DB_NO_ARGS));
  while (db_next(&rows)) {
    int64_t r = recency_of(&scores, db_i64(&rows, 0)), f = score_of(&scores.frequency, db_i64(&rows, 1));
    const char *key =
        q->by == REPORT_SEGMENT ? segment_of(r, f) : arena_printf(cx->arena, "%lld%lld", (long long)r, (long long)f);
    int64_t *sums = groups_at(out, key, q->company_currency)->sums[FACT_SEGMENT];
    sums[SEGMENT_CUSTOMERS] += db_i64(&rows, 2);
    sums[SEGMENT_ORDERS] += db_i64(&rows, 1) * db_i64(&rows, 2);
    sums[SEGMENT_REVENUE] += db_i64(&rows, 3);
  }
  return db_done(&rows);
}

/* ---- One customer ---- */

/* Of the same facts as the whole, so that they add up to it. */
static enum err add_channels(struct ctx *cx, int64_t customer_id, struct customer_profile *p)
{
  static const struct db_stmt sums = {
      "SELECT channel, count(*), CAST(sum(v9) AS BIGINT), max(at) FROM report_fact WHERE kind = 'order'"
      " AND customer_id = $1 AND customer_id <> 0 AND v10 = 1 GROUP BY channel"
      " ORDER BY count(*) DESC, channel LIMIT $2",
      DB_REPORT};
  struct db_rows rows;
  TRY(db_query(cx->db, &sums, &rows, DB_ARGS(I64(customer_id), I64(CUSTOMER_CHANNELS_MAX))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, &p->channels) = (struct customer_channel){.channel = db_text(&rows, 0),
                                                                   .orders = db_i64(&rows, 1),
                                                                   .lifetime_value = MONEY(db_i64(&rows, 2)),
                                                                   .last_order_at = INSTANT(db_i64(&rows, 3))};
  return db_done(&rows);
}

enum err report_customer_profile(struct ctx *cx, int64_t customer_id, struct customer_profile *out)
{
  static const struct db_stmt find = {"SELECT orders, revenue, revenue_bin, first_at, last_at, last_day"
                                      " FROM report_customer WHERE bucket = $1 AND customer_id = $2",
                                      DB_KEYED};
  struct customer_profile p = {.customer_id = customer_id,
                               .average_value = MONEY(ABSENT),
                               .first_order_at = INSTANT(ABSENT),
                               .last_order_at = INSTANT(ABSENT)};
  struct scores scores;
  struct db_rows rows;
  int64_t bin = 0, last_day = 0;
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &p.currency));
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(bucket_of_id(customer_id)), I64(customer_id))));
  if (db_next(&rows)) {
    p.orders = db_i64(&rows, 0);
    p.lifetime_value.minor = db_i64(&rows, 1);
    bin = db_i64(&rows, 2);
    p.first_order_at.ms = db_i64(&rows, 3);
    p.last_order_at.ms = db_i64(&rows, 4);
    last_day = db_i64(&rows, 5);
  }
  TRY(db_done(&rows));
  if (p.orders) {
    TRY(scores_load(cx, &scores));
    p.average_value.minor = div_round(p.lifetime_value.minor, p.orders);
    p.recency = recency_of(&scores, last_day);
    p.frequency = score_of(&scores.frequency, p.orders);
    p.monetary = score_of(&scores.monetary, bin);
    p.segment = segment_of(p.recency, p.frequency);
    TRY(add_channels(cx, customer_id, &p));
  }
  *out = p;
  return ERR_OK;
}
