/* Today: what needs a person now, and how the day goes. Each number is the count of a list, asked with the eyes of who asks,
 * and comes with that list's address: what it opens has as many rows, by the way it was made. */
#include "api.h"
#include "api_list_priv.h"

#include "orders.h"
#include "promise.h"
#include "review.h"
#include "settings.h"
#include "work.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
  COUNT_MOST = 1000,  /* from there on a number says "999 and more" */
  HOURS_MOST = 26,    /* of a day, when clocks go back */
  HOLDS_SCAN = 20000, /* active holds that are looked through for their types and roles, the newest first */
  RISK_HOURS = 4,
  RISK_HOURS_MAX = 720,
};

/* ---- What is answered ---- */

struct today_number {
  const char *code;
  int64_t count;
  bool more; /* there are more than count */
  const char *path, *query;
  const char *type, *role, *status; /* what it is of */
};
struct today_money {
  const char *currency;
  int64_t orders;
  struct money revenue;
  const char *path, *query;
};
struct today_hour {
  struct instant from, to;
  int64_t placed, shipped;
  const char *placed_query, *shipped_query;
};
struct today {
  struct instant at, day_from, day_to;
  const char *date, *time_zone, *location, *channel;
  struct quantity units;
  LIST(struct today_number) attention, holds, counters, backlog;
  LIST(struct today_money) money;
  LIST(struct today_hour) hours;
};

#define PATH_AND_QUERY(type)                                                                                           \
  FIELD(struct type, path, .flags = REC_REQUIRED, .doc = "The list behind it", .example = "/v1/orders"),               \
      FIELD(struct type, query, .flags = REC_REQUIRED, .doc = "And its query: it shows as many rows",                  \
            .example = "late=true")

static const struct rec_field number_fields[] = {
    FIELD(struct today_number, code, .flags = REC_REQUIRED,
          .doc = "late, at_risk, short_picked, backordered, overdue, in_review, holds_overdue, changes_to_decide, failed_work, jobs_dead, "
                 "webhooks_failing, stock_low, "
                 "stock_out, stock_negative; hold; orders_today, shipped_today, cancelled_today, open; backlog",
          .example = "late"),
    FIELD(struct today_number, count, .flags = REC_REQUIRED, .doc = "So many", .example = "3"),
    FIELD(struct today_number, more, .doc = "Or more than that", .example = "false"),
    PATH_AND_QUERY(today_number),
    FIELD(struct today_number, type, .doc = "Of holds: their type", .example = "stock_short"),
    FIELD(struct today_number, role, .doc = "Of holds: who has to decide", .example = "service"),
    FIELD(struct today_number, status, .doc = "Of the backlog: where the goods are", .example = "allocated"),
};
static const struct rec number_rec =
    REC(struct today_number, "TodayNumber", number_fields, "A number and the list that it counts");

static const struct rec_field money_fields[] = {
    FIELD(struct today_money, currency, .flags = REC_REQUIRED, .doc = "ISO 4217", .example = "USD"),
    FIELD(struct today_money, orders, .flags = REC_REQUIRED, .doc = "Orders placed today in it", .example = "12"),
    FIELD(struct today_money, revenue, .flags = REC_REQUIRED, .doc = "Their totals, less what was cancelled",
          .example = "53760"),
    PATH_AND_QUERY(today_money),
};
static const struct rec money_rec = REC(struct today_money, "TodayMoney", money_fields, "Money of today");

static const struct rec_field hour_fields[] = {
    FIELD(struct today_hour, from, .flags = REC_REQUIRED, .doc = "The hour begins"),
    FIELD(struct today_hour, to, .flags = REC_REQUIRED, .doc = "And ends"),
    FIELD(struct today_hour, placed, .flags = REC_REQUIRED, .doc = "Orders placed within it", .example = "5"),
    FIELD(struct today_hour, shipped, .flags = REC_REQUIRED, .doc = "Orders whose last unit left within it",
          .example = "4"),
    FIELD(struct today_hour, placed_query, .flags = REC_REQUIRED, .doc = "Query of /v1/orders that shows those placed",
          .example = "placed_at[gte]=2026-11-20T08:00:00.000Z&placed_at[lt]=2026-11-20T09:00:00.000Z"),
    FIELD(struct today_hour, shipped_query, .flags = REC_REQUIRED, .doc = "And those shipped",
          .example = "shipped_at[gte]=2026-11-20T08:00:00.000Z&shipped_at[lt]=2026-11-20T09:00:00.000Z"),
};
static const struct rec hour_rec = REC(struct today_hour, "TodayHour", hour_fields, "An hour of today");

static const struct rec_field today_fields[] = {
    FIELD(struct today, at, .flags = REC_REQUIRED, .doc = "As of when"),
    FIELD(struct today, date, .flags = REC_REQUIRED, .doc = "Today in the company's zone", .example = "2026-11-20"),
    FIELD(struct today, time_zone, .flags = REC_REQUIRED, .doc = "That zone", .example = "Asia/Shanghai"),
    FIELD(struct today, day_from, .flags = REC_REQUIRED, .doc = "The day begins"),
    FIELD(struct today, day_to, .flags = REC_REQUIRED, .doc = "And ends"),
    FIELD(struct today, location, .doc = "Only of this location", .example = "NJ1"),
    FIELD(struct today, channel, .doc = "Only of this channel", .example = "web"),
    FIELD_AS(REC_LIST, struct today, attention, .rec = &number_rec, .max = 100, .doc = "What needs a person now"),
    FIELD_AS(REC_LIST, struct today, holds, .rec = &number_rec, .max = 1000,
             .doc = "Active holds by type and by who has to decide"),
    FIELD_AS(REC_LIST, struct today, counters, .rec = &number_rec, .max = 100, .doc = "How the day goes"),
    FIELD_AS(REC_LIST, struct today, backlog, .rec = &number_rec, .max = 100,
             .doc = "Orders under way by where their goods are"),
    FIELD(struct today, units, .doc = "Units of orders placed today, less cancelled ones; not for who sees some rows",

          .example = "31"),
    FIELD_AS(REC_LIST, struct today, money, .rec = &money_rec, .max = 200, .doc = "Revenue of today by currency"),
    FIELD_AS(REC_LIST, struct today, hours, .rec = &hour_rec, .max = 26, .doc = "The day by hours"),
};
static const struct rec today_rec =
    REC(struct today, "Today", today_fields, "What needs a person now, and the day so far");

/* ---- Asking ---- */

enum { PARAM_LOCATION, PARAM_CHANNEL, PARAM_RISK };
static const struct api_param today_params[] = {
    [PARAM_LOCATION] = {"location", REC_TEXT, "Only what this location has to send, by its code", "NJ1"},
    [PARAM_CHANNEL] = {"channel", REC_TEXT, "Only orders of this channel, by its code", "web"},
    [PARAM_RISK] = {"risk_hours", REC_INT, "At risk is what has to leave within so many hours; default 4", "4"},
    {0},
};

struct asking {
  struct ctx *cx;
  struct api *api;
  struct today *out;
  const char *orders, *holds, *stock; /* what narrows each list: "&location=NJ1&channel=web" */
};

/* A list that who asks may not see has no number. */
static enum err count_list(struct asking *a, const char *path, const char *query, int64_t most, bool *out_seen,
                           int64_t *out)
{
  enum err err = list_ask_count(a->cx, a->api, path, query, most, out);
  *out_seen = err != ERR_FORBIDDEN;
  if (err == ERR_FORBIDDEN)
    fault_clear(&a->cx->fault);
  return err == ERR_FORBIDDEN ? ERR_OK : err;
}

typedef __typeof__(((struct today *)0)->attention) numbers;

static enum err add_number(struct asking *a, void *list, const char *code, const char *path, const char *query,
                           struct today_number **out)
{
  bool seen;
  int64_t count = 0;
  *out = NULL;
  TRY(count_list(a, path, query, COUNT_MOST, &seen, &count));
  if (!seen)
    return ERR_OK;
  *out = LIST_ADD(a->cx->arena, (numbers *)list);
  **out = (struct today_number){.code = code,
                                .count = count == COUNT_MOST ? COUNT_MOST - 1 : count,
                                .more = count == COUNT_MOST,
                                .path = path,
                                .query = query};
  return ERR_OK;
}

/* ---- What needs a person ---- */

enum narrowed { BY_ORDERS, BY_HOLDS, BY_STOCK, BY_NOTHING };
static const struct {
  const char *code, *path, *query;
  enum narrowed by;
} attention[] = {
    {"late", "/v1/orders", "late=true", BY_ORDERS},
    {"at_risk", "/v1/orders", "at_risk=%lld", BY_ORDERS},
    {"in_review", "/v1/orders", "state=placed", BY_ORDERS},
    {"holds_overdue", "/v1/holds", "overdue=true", BY_HOLDS},
    {"short_picked", "/v1/orders", "short_picked=true", BY_ORDERS},
    {"backordered", "/v1/orders", "backordered=true", BY_ORDERS},
    {"overdue", "/v1/orders", "overdue=true", BY_ORDERS},
    {"changes_to_decide", "/v1/changes", "state=pending&origin=channel", BY_NOTHING},
    {"failed_work", "/v1/failed_work", "state=waiting,dead", BY_NOTHING},
    {"jobs_dead", "/v1/jobs", "state=dead", BY_NOTHING},
    {"webhooks_failing", "/v1/jobs", "kind=webhook.deliver&state=retrying", BY_NOTHING},
    {"stock_low", "/v1/stock", "level=low", BY_STOCK},
    {"stock_out", "/v1/stock", "level=out", BY_STOCK},
    {"stock_negative", "/v1/stock", "level=negative", BY_STOCK},
};

static enum err ask_attention(struct asking *a, int64_t risk_hours)
{
  for (size_t i = 0; i < COUNT_OF(attention); i++) {
    const char *more = attention[i].by == BY_ORDERS  ? a->orders
                       : attention[i].by == BY_HOLDS ? a->holds
                       : attention[i].by == BY_STOCK ? a->stock
                                                     : "";
    const char *query = strcmp(attention[i].code, "at_risk") == 0
                            ? arena_printf(a->cx->arena, "at_risk=%lld%s", (long long)risk_hours, more)
                            : arena_printf(a->cx->arena, "%s%s", attention[i].query, more);
    struct today_number *n;
    if (a->out->channel && (attention[i].by == BY_STOCK || attention[i].by == BY_NOTHING))
      continue; /* they are of no channel */
    TRY(add_number(a, &a->out->attention, attention[i].code, attention[i].path, query, &n));
  }
  return ERR_OK;
}

static enum err ask_holds(struct asking *a)
{
  hold_kinds found = {0};
  TRY(holds_kinds(a->cx, HOLDS_SCAN, &found));
  EACH (const struct hold_kind, kind, &found) {
    struct today_number *n;
    const char *query = arena_printf(a->cx->arena, "state=active&type=%s&owner_role=%s%s",
                                     url_part(a->cx->arena, kind->type), url_part(a->cx->arena, kind->role), a->holds);
    TRY(add_number(a, &a->out->holds, "hold", "/v1/holds", query, &n));
    if (!n)
      continue;
    n->type = kind->type;
    n->role = kind->role;
    if (n->count == 0)
      a->out->holds.n--;
  }
  return ERR_OK;
}

/* ---- The day ---- */

static const char *between(struct asking *a, const char *field, struct instant from, struct instant to)
{
  char first[INSTANT_TEXT], last[INSTANT_TEXT];
  instant_format(from, first);
  instant_format(to, last);
  return arena_printf(a->cx->arena, "%s[gte]=%s&%s[lt]=%s", field, first, field, last);
}

/* Orders placed and shipped in each hour. *out_sums: of the whole day. */
static enum err ask_hours(struct asking *a, int64_t out_sums[2])
{
  static const char *const fields[] = {"placed_at", "shipped_at"};
  int64_t counts[COUNT_OF(fields)][HOURS_MOST];
  struct instant begin = a->out->day_from, end = a->out->day_to;
  size_t n = (size_t)((end.ms - begin.ms + HOUR_MS - 1) / HOUR_MS);
  assert(n <= HOURS_MOST);
  for (size_t i = 0; i < COUNT_OF(fields); i++) {
    const char *query = arena_printf(a->cx->arena, "%s%s", between(a, fields[i], begin, end), a->orders);
    TRY(list_ask_steps(a->cx, a->api, "/v1/orders", query, fields[i], begin, HOUR_MS, counts[i], n));
    out_sums[i] = 0;
    for (size_t k = 0; k < n; k++)
      out_sums[i] += counts[i][k];
  }
  for (size_t k = 0; k < n; k++) {
    struct instant from = INSTANT(begin.ms + (int64_t)k * HOUR_MS);
    struct instant to = INSTANT(from.ms + HOUR_MS < end.ms ? from.ms + HOUR_MS : end.ms);
    *LIST_ADD(a->cx->arena, &a->out->hours) = (struct today_hour){
        .from = from,
        .to = to,
        .placed = counts[0][k],
        .shipped = counts[1][k],
        .placed_query = arena_printf(a->cx->arena, "%s%s", between(a, "placed_at", from, to), a->orders),
        .shipped_query = arena_printf(a->cx->arena, "%s%s", between(a, "shipped_at", from, to), a->orders),
    };
  }
  return ERR_OK;
}

static enum err ask_counters(struct asking *a, const int64_t sums[2])
{
  const struct today *t = a->out;
  const struct {
    const char *code, *query;
  } rows[] = {
      {"orders_today", between(a, "placed_at", t->day_from, t->day_to)},
      {"shipped_today", between(a, "shipped_at", t->day_from, t->day_to)},
      {"cancelled_today",
       arena_printf(a->cx->arena, "state=cancelled&%s", between(a, "closed_at", t->day_from, t->day_to))},
      {"open", "state=open"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const char *query = arena_printf(a->cx->arena, "%s%s", rows[i].query, a->orders);
    struct today_number *n;
    if (i < 2) /* of the day itself all are counted, by hours */
      *LIST_ADD(a->cx->arena, &a->out->counters) =
          (struct today_number){.code = rows[i].code, .count = sums[i], .path = "/v1/orders", .query = query};
    else
      TRY(add_number(a, &a->out->counters, rows[i].code, "/v1/orders", query, &n));
  }
  return ERR_OK;
}

static enum err ask_backlog(struct asking *a)
{
  static const int under_way[] = {STATUS_UNALLOCATED,      STATUS_BACKORDERED, STATUS_PARTIALLY_ALLOCATED,
                                  STATUS_ALLOCATED,        STATUS_RELEASED,    STATUS_READY_FOR_PICKUP,
                                  STATUS_PARTIALLY_SHIPPED};
  for (size_t i = 0; i < COUNT_OF(under_way); i++) {
    struct today_number *n;
    const char *status = fulfillment_statuses[under_way[i]];
    TRY(add_number(a, &a->out->backlog, "backlog", "/v1/orders",
                   arena_printf(a->cx->arena, "state=placed,open&fulfillment_status=%s%s", status, a->orders), &n));
    if (n)
      n->status = status;
  }
  return ERR_OK;
}

/* Sums are of rows, so they are asked apart; not for those who see only some of the rows. */
static enum err ask_money(struct asking *a)
{
  struct today *t = a->out;
  struct order_sums sums;
  t->units = QUANTITY(ABSENT);
  if (a->cx->actor.scope)
    return ERR_OK;
  TRY(orders_sums(a->cx, t->day_from, t->day_to, t->channel, t->location, &sums));
  t->units = sums.units;
  EACH (const struct order_sum, sum, &sums.of)
    *LIST_ADD(a->cx->arena, &t->money) = (struct today_money){
        .currency = sum->currency,
        .orders = sum->orders,
        .revenue = sum->revenue,
        .path = "/v1/orders",
        .query = arena_printf(a->cx->arena, "%s&currency=%s%s", between(a, "placed_at", t->day_from, t->day_to),
                              sum->currency, a->orders),
    };
  return ERR_OK;
}

/* The day that it is now where the company is. */
static enum err find_day(struct ctx *cx, struct today *t)
{
  struct promise_zones *zones = promise_zones_new();
  char date[DATE_TEXT];
  enum err err = setting_text(cx, SETTING_COMPANY_TIME_ZONE, &t->time_zone);
  if (err == ERR_OK) {
    int64_t day = promise_local_day(zones, t->time_zone, cx->now);
    t->day_from = promise_at(zones, t->time_zone, day, 0);
    t->day_to = promise_at(zones, t->time_zone, day + 1, 0);
    days_date(day, date);
    t->date = arena_text(cx->arena, date);
  }
  promise_zones_free(zones);
  return err;
}

static enum err serve_today(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct today *t = ARENA_NEW(cx->arena, struct today);
  const struct api_param_value *p = rq->params;
  int64_t risk = p[PARAM_RISK].i64 == ABSENT ? RISK_HOURS : p[PARAM_RISK].i64;
  if (risk < 1 || risk > RISK_HOURS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "/query/risk_hours", "out_of_range", "risk_hours is 1 to 720");
  t->at = cx->now;
  t->location = p[PARAM_LOCATION].text;
  t->channel = p[PARAM_CHANNEL].text;
  TRY(find_day(cx, t));
  const char *location = t->location ? arena_printf(cx->arena, "&location=%s", url_part(cx->arena, t->location)) : "";
  const char *channel = t->channel ? arena_printf(cx->arena, "&channel=%s", url_part(cx->arena, t->channel)) : "";
  const char *both = arena_printf(cx->arena, "%s%s", location, channel);
  struct asking a = {.cx = cx, .api = rq->api, .out = t, .orders = both, .holds = both, .stock = location};
  TRY(ask_attention(&a, risk));
  TRY(ask_holds(&a));
  int64_t sums[2];
  TRY(ask_hours(&a, sums));
  TRY(ask_counters(&a, sums));
  TRY(ask_backlog(&a));
  TRY(ask_money(&a));
  *out = (struct act_result){.rec = &today_rec, .value = t, .version = ABSENT};
  return ERR_OK;
}

const struct route today_routes[] = {
    {"GET", "/v1/today", "What needs a person now, and how the day goes",
     "Each number comes with `path` and `query` of the list behind it, which shows exactly so many rows; numbers of "
     "work "
     "stop at 999 and say `more`. Lists that you may not see have no number. The day is that of the setting "
     "company.time_zone.",
     PERM_ORDER_READ, .reply = &today_rec, .success = 200, .serve = serve_today, .params = today_params},
    {0},
};
