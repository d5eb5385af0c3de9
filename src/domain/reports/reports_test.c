/* Bins, spans of days, the time compared with, fifths; and that cells do not care how often an event was seen. */
#include "reports_priv.h"

#include "scratch.h"
#include "settings.h"

#include <string.h>

TEST(bins_are_at_most_three_percent_wide_and_the_middle_is_inside)
{
  int64_t last = -1;
  for (int64_t v = 0; v < 200000; v++) {
    int64_t bin = report_bin(v), middle = report_bin_middle(bin);
    CHECK(bin == last || bin == last + 1);
    CHECK_INT(report_bin(middle), bin);
    CHECK((middle > v ? middle - v : v - middle) * 64 <= v);
    last = bin;
  }
  CHECK_INT(report_bin(-5), 0);
  CHECK(report_bin_middle(report_bin(INT64_MAX / 2)) > 0);
}

TEST(weeks_begin_on_monday_and_months_on_the_first)
{
  CHECK_TEXT(date_text(t->arena, span_begin(REPORT_WEEK, date_days("2026-11-22"))), "2026-11-16");
  CHECK_TEXT(date_text(t->arena, span_end(REPORT_WEEK, date_days("2026-11-16"))), "2026-11-22");
  CHECK_TEXT(date_text(t->arena, span_begin(REPORT_MONTH, date_days("2024-02-29"))), "2024-02-01");
  CHECK_TEXT(date_text(t->arena, span_end(REPORT_MONTH, date_days("2024-02-01"))), "2024-02-29");
  CHECK_TEXT(date_text(t->arena, span_end(REPORT_MONTH, date_days("2026-12-01"))), "2026-12-31");
  CHECK_TEXT(date_text(t->arena, span_end(REPORT_DAY, date_days("2026-12-01"))), "2026-12-01");
}

/* "from..to" of the time a question is compared with. */
static const char *compared(struct ctx *cx, const char *from, const char *to, const char *by, const char *compare)
{
  struct report_request rq = {.from = from, .to = to, .by = by, .compare = compare, .limit = ABSENT};
  struct report r;
  CHECK_OK(report_make(cx, "orders", &rq, &r));
  return arena_printf(cx->arena, "%s..%s", r.previous_from, r.previous_to);
}

TEST(the_time_before_is_as_long_and_months_are_compared_with_months)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  CHECK_TEXT(compared(cx, "2026-11-11", "2026-11-20", "day", "previous"), "2026-11-01..2026-11-10");
  CHECK_TEXT(compared(cx, "2026-03-01", "2026-03-31", "day", "previous"), "2026-02-01..2026-02-28");
  CHECK_TEXT(compared(cx, "2026-01-01", "2026-03-31", "month", "previous"), "2025-10-01..2025-12-31");
  CHECK_TEXT(compared(cx, "2024-02-29", "2024-03-31", "day", "year"), "2023-02-28..2023-03-31");
  CHECK_TEXT(compared(cx, "2026-11-16", "2026-11-22", "week", "year"), "2025-11-17..2025-11-23");
}

static void put_cell(struct ctx *cx, const char *kind, const char *day, const char *channel, const char *currency,
                     int64_t orders, int64_t revenue)
{
  static const struct db_stmt put = {"INSERT INTO report_cell (kind, day, channel, location, currency, detail, bin, "
                                     "v1, v2, v3, v4, v5, v6, v7, v8, v9,"
                                     " v10) VALUES ($1, $2, $3, '', $4, '', 0, $5, 0, 0, 0, 0, 0, $6, 0, 0, 0)",
                                     DB_KEYED};
  CHECK_OK(db_run(cx->db, &put, NULL,
                  DB_ARGS(TEXT(kind), I64(date_days(day)), TEXT(channel), TEXT(currency), I64(orders), I64(revenue))));
}

static int64_t value(const struct report_row *row, const char *measure)
{
  for (size_t i = 0;; i++)
    if (strcmp(report_measure_name(row->values[i].measure), measure) == 0)
      return row->values[i].value;
}

TEST(rows_are_told_apart_by_currency_and_compared_with_their_own_past)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  struct report r;
  put_cell(cx, "order", "2026-11-19", "web", "USD", 2, 300);
  put_cell(cx, "order", "2026-11-19", "shop", "USD", 1, 100);
  put_cell(cx, "order", "2026-11-20", "web", "EUR", 4, 900);
  put_cell(cx, "order", "2026-11-17", "web", "USD", 5, 800);
  struct report_request rq = {.from = "2026-11-19", .to = "2026-11-20", .compare = "previous", .limit = ABSENT};
  CHECK_OK(report_make(cx, "orders", &rq, &r));
  CHECK_INT(r.rows.n, 4); /* two days in two currencies */
  CHECK_INT(r.totals.n, 2);
  CHECK_TEXT(r.rows.at[0].key, "2026-11-19");
  CHECK_TEXT(r.rows.at[1].currency, "USD");
  CHECK_INT(value(&r.rows.at[1], "revenue"), 400);
  CHECK_INT(r.rows.at[1].values[0].previous, 5); /* of the 17th */
  CHECK_INT(r.rows.at[1].values[0].change, -400000);
  rq =
      (struct report_request){.from = "2026-11-19", .to = "2026-11-20", .by = "channel", .currency = "USD", .limit = 1};
  CHECK_OK(report_make(cx, "orders", &rq, &r));
  CHECK_INT(r.rows.n, 1);
  CHECK_INT(r.left_off, 1);
  CHECK_TEXT(r.rows.at[0].key, "web");
  CHECK_INT(value(&r.totals.at[0], "revenue"), 400);
  CHECK_INT(value(&r.totals.at[0], "average_value"), 133);
}

TEST(who_may_see_one_channel_counts_one_channel)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  const char *const channels[] = {"shop"};
  struct row_scope scope = {.channels = channels, .n_channels = 1};
  struct report_request rq = {.by = "channel", .limit = ABSENT};
  struct report r;
  put_cell(cx, "order", "2026-11-19", "web", "USD", 2, 300);
  put_cell(cx, "order", "2026-11-19", "shop", "USD", 1, 100);
  cx->actor.scope = &scope;
  CHECK_OK(report_make(cx, "orders", &rq, &r));
  CHECK_INT(r.rows.n, 1);
  CHECK_INT(value(&r.totals.at[0], "revenue"), 100);
}

TEST(who_is_bound_to_a_place_is_told_nothing_that_knows_no_places)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  const char *const locations[] = {"NJ1"};
  struct row_scope scope = {.locations = locations, .n_locations = 1};
  struct report_request rq = {.limit = ABSENT};
  struct report r;
  report_infos all = {0}, own = {0};
  put_cell(cx, "order", "2026-11-19", "web", "USD", 2, 300);
  report_list(cx->arena, NULL, &all);
  cx->actor.scope = &scope;
  CHECK_ERR(report_make(cx, "orders", &rq, &r), ERR_FORBIDDEN); /* and no revenue of 0 */
  fault_clear(&cx->fault);
  CHECK_OK(report_make(cx, "flow", &rq, &r));
  for (size_t i = 0; i < r.n; i++)
    CHECK(strcmp(report_measure_name(r.measures[i]), "shipped_orders") != 0);
  report_list(cx->arena, &scope, &own);
  CHECK_INT(all.n, 8);
  CHECK_INT(own.n, 3); /* flow, backlog, stock */
}

TEST(scores_are_fifths_and_one_order_is_never_many)
{
  struct fifths tens = {{10, 20, 30, 40}};
  CHECK_INT(score_of(&tens, 5), 1);
  CHECK_INT(score_of(&tens, 10), 1);
  CHECK_INT(score_of(&tens, 11), 2);
  CHECK_INT(score_of(&tens, 99), 5);
  for (int r = 1; r <= 5; r++)
    for (int f = 1; f <= 5; f++)
      CHECK(segment_of(r, f) != NULL);
}

/* What a fact adds, it takes back: cells of a fact that went are empty. */
TEST(a_fact_that_changes_leaves_its_old_cell_empty)
{
  struct cells cells;
  struct fact f = {.kind = FACT_WORK,
                   .day = 20000,
                   .channel = "web",
                   .location = "NJ1",
                   .currency = "",
                   .detail = "",
                   .v = {1, 1, 0, 5, 70, -1, 900, 86400}};
  size_t n;
  cells_init(&cells, t->arena);
  cells_count(&cells, &f, 1);
  struct cell **all = cells_sorted(&cells, &n);
  CHECK_INT(n, 5); /* itself and four stages: one is not known */
  CHECK_INT(all[0]->v[WORK_DONE], 1);
  CHECK_INT(all[0]->v[WORK_STAGE], 0); /* seconds go to stages alone */
  cells_count(&cells, &f, -1);
  all = cells_sorted(&cells, &n);
  CHECK_INT(n, 5);
  for (size_t i = 0; i < n; i++)
    for (int v = 0; v < VALUES; v++)
      CHECK_INT(all[i]->v[v], 0);
}

TEST(whole_months_are_read_from_their_own_cells_and_the_days_around_them_from_theirs)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  struct report_request rq = {.from = "2026-09-30", .to = "2026-11-01", .by = "channel", .limit = ABSENT};
  struct report r;
  put_cell(cx, "order", "2026-09-29", "web", "USD", 1, 1); /* before */
  put_cell(cx, "order", "2026-09-30", "web", "USD", 2, 10);
  put_cell(cx, "order", "2026-10-07", "web", "USD", 1000, 1000); /* told by the month */
  put_cell(cx, "order.month", "2026-10-01", "web", "USD", 4, 100);
  put_cell(cx, "order", "2026-11-01", "web", "USD", 8, 1000);
  put_cell(cx, "order", "2026-11-02", "web", "USD", 16, 10000); /* after */
  CHECK_OK(report_make(cx, "orders", &rq, &r));
  CHECK_INT(value(&r.rows.at[0], "orders"), 14);
  CHECK_INT(value(&r.rows.at[0], "revenue"), 1110);
}

static void count_difference(void *arg, const char *difference, const char *repair)
{
  (void)difference;
  (void)repair;
  ++*(int64_t *)arg;
}

TEST(the_check_finds_a_cell_that_no_fact_made_and_a_month_that_is_not_its_days)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  struct reports_checked checked;
  int64_t differences = 0;
  put_cell(cx, "order", "2026-11-19", "web", "USD", 2, 300);
  put_cell(cx, "order.month", "2026-11-01", "web", "USD", 2, 300);
  CHECK_OK(reports_check(cx, count_difference, &differences, &checked));
  CHECK_INT(differences, 2); /* two values without a fact */
  put_cell(cx, "order.month", "2026-10-01", "web", "USD", 1, 0);
  differences = 0;
  CHECK_OK(reports_check(cx, count_difference, &differences, &checked));
  CHECK_INT(differences, 3);
}

/* ---- What customers bought ---- */

enum { CUSTOMER = 1 << 10, ORDERS = 10, INSTANTS = 4 };

static struct fact bought_fact(int64_t n, uint64_t random)
{
  static const char *const channels[] = {"web", "shop", "phone"};
  struct fact f = {.bucket = 1,
                   .order_id = n,
                   .kind = FACT_ORDER,
                   .day = (int64_t)(random % INSTANTS),
                   .channel = channels[n % 3],
                   .location = "",
                   .currency = "USD",
                   .detail = "",
                   .customer_id = random >> 8 & 7 ? CUSTOMER : 0};
  f.at = f.day * DAY_MS;
  f.v[ORDER_BASE] = (int64_t)(random >> 16 & 1023);
  f.v[ORDER_KNOWN] = (random >> 32 & 3) != 0; /* the rest was cancelled */
  return f;
}

static void put_fact(struct ctx *cx, const struct fact *f)
{
  static const struct db_stmt put = {
      "INSERT INTO report_fact (" FACT_COLUMNS ") VALUES ($1, $2, 'order', 0, $3, $4, $5, '', 'USD', '', 0, $6,"
      " 0, 0, 0, 0, 0, 0, 0, 0, $7, $8)",
      DB_KEYED};
  CHECK_OK(db_run(cx->db, &put, NULL,
                  DB_ARGS(I64(f->bucket), I64(f->order_id), I64(f->day), I64(f->at), TEXT(f->channel),
                          I64(f->customer_id), I64(f->v[ORDER_BASE]), I64(f->v[ORDER_KNOWN]))));
}

/* Some orders change at once, in rows and in the customer's; *now is what they are. */
static void change_some(struct ctx *cx, struct fact *now, uint64_t *seed)
{
  static const struct db_stmt drop = {"DELETE FROM report_fact WHERE bucket = 1 AND order_id = $1", DB_KEYED};
  fact_changes changes = {0};
  struct cells cells;
  struct customer_change b = {.customer_id = CUSTOMER};
  for (int64_t n = 1; n <= ORDERS; n++) {
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    if (*seed >> 60 > 4)
      continue;
    struct fact_change *c = LIST_ADD(cx->arena, &changes);
    *c = (struct fact_change){.order_id = n};
    if (now[n].order_id)
      *LIST_ADD(cx->arena, &c->was) = now[n];
    now[n] = *seed >> 58 & 1 ? bought_fact(n, *seed >> 8) : (struct fact){0};
    if (now[n].order_id)
      *LIST_ADD(cx->arena, &c->is) = now[n];
  }
  CHECK_OK(bought_collect(cx, &changes, &b));
  EACH (const struct fact_change, c, &changes) {
    CHECK_OK(db_run(cx->db, &drop, NULL, DB_ARGS(I64(c->order_id))));
    EACH (const struct fact, f, &c->is)
      put_fact(cx, f);
  }
  cells_init(&cells, cx->arena);
  CHECK_OK(bought_apply(cx, &b, &cells));
  CHECK_OK(put_cells(cx, &cells));
}

/* Rows of report_customer that are not what its facts say. */
#define OF_CUSTOMER "FROM report_fact f WHERE f.customer_id = c.customer_id AND f.kind = 'order' AND f.v10 = 1"
#define WRONG_CUSTOMERS                                                                                                \
  "SELECT count(*) FROM report_customer c WHERE c.orders <> (SELECT count(*) " OF_CUSTOMER ")"                         \
  " OR c.revenue <> (SELECT CAST(sum(f.v9) AS BIGINT) " OF_CUSTOMER ") OR c.first_at <> (SELECT min(f.at) " OF_CUSTOMER ")"            \
  " OR c.last_at <> (SELECT max(f.at) " OF_CUSTOMER ") OR c.last_day <> (SELECT max(f.day) " OF_CUSTOMER ")"           \
  " OR c.first_day <> (SELECT min(f.day) " OF_CUSTOMER ")"                                                             \
  " OR c.first_channel <> (SELECT f.channel " OF_CUSTOMER " ORDER BY f.at, f.order_id LIMIT 1)"

TEST(a_customer_s_row_is_what_a_recount_of_its_orders_says)
{
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  static const struct db_stmt wrong = {WRONG_CUSTOMERS, DB_SCHEMA}; /* a recount from outside joins what the program may not */
  struct fact now[ORDERS + 1] = {0};
  int64_t wrongs = -1;
  uint64_t seed = 1;
  for (int round = 0; round < 400; round++) {
    CHECK_OK(scratch_begin(cx));
    change_some(cx, now, &seed);
    CHECK_OK(scratch_commit(cx));
    CHECK_OK(db_one_i64(cx->db, &wrong, &wrongs, DB_NO_ARGS));
    CHECK_INT(wrongs, 0);
    CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM report_customer"),
              scratch_i64(cx, "SELECT count(DISTINCT customer_id) FROM report_fact WHERE customer_id <> 0 AND v10 = 1"));
    CHECK_INT(scratch_i64(cx, "SELECT CAST(coalesce(sum(v1), 0) AS BIGINT) FROM report_cell WHERE kind = 'customer'"),
              scratch_i64(cx, "SELECT count(*) FROM report_customer"));
  }
}

/* Whoever sells for a marketplace may keep it as one customer: a new order must not read all that came before. */
TEST(a_customer_s_sums_move_by_the_difference_alone)
{
  static const struct db_stmt put = {
      "INSERT INTO report_customer (bucket, customer_id, orders, revenue, revenue_bin, first_at, last_at, first_day,"
      " last_day, first_channel) VALUES (0, $1, 20000, 5000, 0, 1, 2, 0, 0, 'web')",
      DB_KEYED};
  struct ctx *cx = scratch_ctx(t, "2026-11-20T09:00:00Z");
  struct fact f = {.kind = FACT_ORDER, .order_id = 7, .at = 3, .day = 1, .channel = "shop", .customer_id = CUSTOMER};
  fact_changes changes = {0};
  struct customer_change b = {.customer_id = CUSTOMER};
  f.v[ORDER_BASE] = 50;
  f.v[ORDER_KNOWN] = 1;
  CHECK_OK(db_run(cx->db, &put, NULL, DB_ARGS(I64(CUSTOMER))));
  struct fact_change *c = LIST_ADD(cx->arena, &changes);
  *c = (struct fact_change){.order_id = 7};
  *LIST_ADD(cx->arena, &c->is) = f;
  CHECK_OK(bought_collect(cx, &changes, &b));
  CHECK_INT(b.is.orders, 20001);
  CHECK_INT(b.is.revenue, 5050);
  CHECK_INT(b.is.first_at, 1);
  CHECK_INT(b.is.last_at, 3);
  CHECK_TEXT(b.is.channel, "web");
}
