/* Reports over HTTP: definitions, figures, what is behind them, and a customer's profile. JSON, CSV and XLSX are written
 * from one answer. */
#include "api_priv.h"
#include "api_sheet_priv.h"
#include "api_xlsx_priv.h"

#include "customers.h"
#include "reports.h"

#include <string.h>

/* ---- What is asked ---- */

enum {
  PARAM_FROM,
  PARAM_TO,
  PARAM_BY,
  PARAM_CHANNEL,
  PARAM_LOCATION,
  PARAM_CURRENCY,
  PARAM_PRODUCT,
  PARAM_REASON,
  PARAM_FORMAT,
  PARAM_LIMIT,
  PARAM_COLUMNS,
  PARAM_OWN, /* from here on each of the two has its own */
  PARAM_COMPARE = PARAM_OWN,
  PARAM_KEY = PARAM_OWN,
  PARAM_MEASURE,
  PARAM_CURSOR,
};

#define SHARED_PARAMS                                                                                                  \
  [PARAM_FROM] = {"from", REC_DATE, "First day; left out = the last 30 days", "2026-10-22"},                           \
  [PARAM_TO] = {"to", REC_DATE, "Last day; left out = today", "2026-11-20"},                                           \
  [PARAM_BY] = {"by", REC_TEXT, "What rows stand for, one of the definition's `by`", "day"},                           \
  [PARAM_CHANNEL] = {"channel", REC_TEXT, "Only this channel", "web"},                                                 \
  [PARAM_LOCATION] = {"location", REC_TEXT, "Only this location", "NJ1"},                                              \
  [PARAM_CURRENCY] = {"currency", REC_TEXT, "Only this currency", "USD"},                                              \
  [PARAM_PRODUCT] = {"product", REC_TEXT, "Only this SKU", "TEE-S"},                                                   \
  [PARAM_REASON] = {"reason", REC_TEXT, "Only holds of this type", "stock_short"},                                     \
  [PARAM_FORMAT] = {"format", REC_TEXT, "`json`, `csv`, `xlsx`, or `csv_major` with money as people write it; otherwise Accept says", "xlsx"},          \
  [PARAM_LIMIT] = {"limit", REC_INT, "At most so many rows", "50"},                                                 \
  [PARAM_COLUMNS] = {"columns", REC_TEXT, "What columns of xlsx and csv_major are called: `NAME:TITLE;NAME:TITLE`", "day:Day;orders:Orders"}

static const struct api_param report_params[] = {
    SHARED_PARAMS,
    [PARAM_COMPARE] = {"compare", REC_TEXT, "`previous`: as long, just before; `year`: the year before", "previous"},
    {0},
};
static const struct api_param item_params[] = {
    SHARED_PARAMS,
    [PARAM_KEY] = {"key", REC_TEXT, "The row: its `key`, with the same `by`", "2026-11-20"},
    [PARAM_MEASURE] = {"measure", REC_TEXT, "The figure; left out = the report's first", "revenue"},
    [PARAM_CURSOR] = {"cursor", REC_TEXT, "`next_cursor` of the page before", "20412.71.0"},
    {0},
};

static struct report_request request_of(const struct api_request *rq)
{
  const struct api_param_value *p = rq->params;
  return (struct report_request){.from = p[PARAM_FROM].text,
                                 .to = p[PARAM_TO].text,
                                 .by = p[PARAM_BY].text,
                                 .channel = p[PARAM_CHANNEL].text,
                                 .location = p[PARAM_LOCATION].text,
                                 .currency = p[PARAM_CURRENCY].text,
                                 .product = p[PARAM_PRODUCT].text,
                                 .reason = p[PARAM_REASON].text,
                                 .limit = p[PARAM_LIMIT].i64};
}

/* ---- Definitions ---- */

static enum err serve_definitions(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  report_infos infos = {0};
  struct buf body;
  struct json_out o;
  (void)out;
  report_list(cx->arena, cx->actor.scope, &infos);
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  json_object(&o);
  json_key(&o, "data");
  json_array(&o);
  EACH (const struct report_info, info, &infos)
    json_record(&o, &report_info_rec, info, NULL);
  json_array_end(&o);
  json_key(&o, "next_cursor");
  json_null(&o);
  json_object_end(&o);
  sheet_reply_json(cx, rq, &body);
  return ERR_OK;
}

/* ---- Figures as JSON ---- */

static void put_number(struct json_out *o, struct arena *a, const char *key, const struct report_measure *m,
                       int64_t value)
{
  const char *text = report_number(a, report_measure_unit(m), value);
  if (!text)
    return;
  json_key(o, key);
  json_raw(o, text);
}

static void put_row(struct json_out *o, struct arena *a, const struct report *r, const struct report_row *row)
{
  json_object(o);
  json_put_text(o, "key", row->key);
  json_put_text(o, "from", row->from);
  json_put_text(o, "to", row->to);
  if (row->label) {
    json_key(o, "label");
    if (row->label[0] == '{')
      json_raw(o, row->label);
    else
      json_text(o, row->label);
  }
  json_put_text(o, "currency", row->currency);
  json_key(o, "values");
  json_array(o);
  for (size_t i = 0; i < r->n; i++) {
    const struct report_value *v = &row->values[i];
    json_object(o);
    json_put_text(o, "measure", report_measure_name(v->measure));
    if (v->value == ABSENT) {
      json_key(o, "value");
      json_null(o);
    }
    put_number(o, a, "value", v->measure, v->value);
    put_number(o, a, "previous", v->measure, v->previous);
    if (v->change != ABSENT) {
      json_key(o, "change");
      json_raw(o, report_number(a, REPORT_RATIO, v->change));
    }
    json_object_end(o);
  }
  json_array_end(o);
  json_object_end(o);
}

static void put_rows(struct json_out *o, struct arena *a, const char *key, const struct report *r,
                     const struct list *rows)
{
  const struct report_row *at = rows->at;
  json_key(o, key);
  json_array(o);
  for (size_t i = 0; i < rows->n; i++)
    put_row(o, a, r, &at[i]);
  json_array_end(o);
}

static void put_report(struct json_out *o, struct arena *a, const struct report *r)
{
  json_object(o);
  json_put_text(o, "name", r->name);
  json_put_text(o, "by", r->by);
  json_put_text(o, "from", r->from);
  json_put_text(o, "to", r->to);
  json_put_text(o, "zone", r->zone);
  json_put_text(o, "compare", r->compare);
  json_put_text(o, "previous_from", r->previous_from);
  json_put_text(o, "previous_to", r->previous_to);
  if (instant_set(r->as_of)) {
    json_key(o, "as_of");
    json_instant(o, r->as_of);
  }
  json_put_i64(o, "waiting", r->waiting);
  json_put_i64(o, "left_off", r->left_off);
  json_key(o, "measures");
  json_array(o);
  for (size_t i = 0; i < r->n; i++)
    json_text(o, report_measure_name(r->measures[i]));
  json_array_end(o);
  put_rows(o, a, "rows", r, (const struct list *)(const void *)&r->rows);
  put_rows(o, a, "totals", r, (const struct list *)(const void *)&r->totals);
  json_object_end(o);
}

/* ---- The same as a sheet ---- */

static void sheet_value(struct sheet *s, enum report_unit unit, const char *currency, int64_t value)
{
  if (value == ABSENT)
    sheet_empty(s);
  else if (unit == REPORT_MONEY)
    sheet_money(s, value, currency);
  else if (unit == REPORT_RATIO)
    sheet_ratio(s, value);
  else
    sheet_number(s, value, report_unit_places(unit));
}

static void sheet_rows(struct sheet *s, const struct report *r, const struct list *rows, bool day)
{
  const struct report_row *at = rows->at;
  for (size_t i = 0; i < rows->n; i++) {
    const struct report_row *row = &at[i];
    sheet_row(s);
    if (day && row->key)
      sheet_date(s, row->key);
    else
      sheet_text(s, row->key ? row->key : "total");
    sheet_text(s, row->currency);
    for (size_t k = 0; k < r->n; k++) {
      enum report_unit unit = report_measure_unit(r->measures[k]);
      sheet_value(s, unit, row->currency, row->values[k].value);
      if (r->compare)
        sheet_value(s, unit, row->currency, row->values[k].previous);
      if (r->compare)
        sheet_value(s, REPORT_RATIO, row->currency, row->values[k].change);
    }
  }
}

static enum err sheet_report(struct ctx *cx, const struct api_request *rq, enum sheet_format format,
                             const struct report *r)
{
  struct sheet *s;
  TRY(sheet_new(cx, format, r->name, &s));
  TRY(sheet_choose(cx, s, rq->params[PARAM_COLUMNS].text));
  sheet_row(s);
  sheet_head(s, r->by);
  sheet_head(s, "currency");
  for (size_t i = 0; i < r->n; i++) {
    const char *name = report_measure_name(r->measures[i]);
    sheet_head(s, name);
    if (r->compare) {
      sheet_head(s, arena_printf(cx->arena, "%s.previous", name));
      sheet_head(s, arena_printf(cx->arena, "%s.change", name));
    }
  }
  bool day = strcmp(r->by, "day") == 0 || strcmp(r->by, "week") == 0 || strcmp(r->by, "month") == 0;
  sheet_rows(s, r, (const struct list *)(const void *)&r->rows, day);
  sheet_rows(s, r, (const struct list *)(const void *)&r->totals, day);
  return sheet_reply(cx, rq, s, arena_printf(cx->arena, "%s-%s-%s", r->name, r->from, r->to), NULL);
}

static enum err serve_report(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct report_request asked = request_of(rq);
  enum sheet_format format;
  struct report report;
  struct buf body;
  struct json_out o;
  (void)out;
  asked.compare = rq->params[PARAM_COMPARE].text;
  TRY(sheet_format_of(cx, rq, rq->params[PARAM_FORMAT].text, &format));
  TRY(report_make(cx, rq->id, &asked, &report));
  if (format != SHEET_NONE)
    return sheet_report(cx, rq, format, &report);
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  put_report(&o, cx->arena, &report);
  sheet_reply_json(cx, rq, &body);
  return ERR_OK;
}

/* ---- What is behind ---- */

static enum err sheet_items(struct ctx *cx, const struct api_request *rq, enum sheet_format format,
                            const struct report_request *asked)
{
  const char *cursor = rq->params[PARAM_CURSOR].text;
  int64_t left = rq->params[PARAM_LIMIT].i64 == ABSENT ? API_EXPORT_ROWS_MAX : rq->params[PARAM_LIMIT].i64;
  struct sheet *s;
  TRY(sheet_new(cx, format, rq->id, &s));
  TRY(sheet_choose(cx, s, rq->params[PARAM_COLUMNS].text));
  TRY(sheet_record_head(cx, s, &report_item_rec));
  do {
    report_items items = {0};
    TRY(report_items_find(cx, rq->id, asked, cursor, left < API_LIMIT_MAX ? left : API_LIMIT_MAX, &items, &cursor));
    EACH (const struct report_item, item, &items)
      sheet_record(s, cx->arena, &report_item_rec, item);
    left -= (int64_t)items.n;
  } while (cursor && left > 0 && !arena_over(cx->arena));
  return sheet_reply(cx, rq, s, arena_printf(cx->arena, "%s-rows", rq->id), cursor);
}

static enum err serve_items(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct report_request asked = request_of(rq);
  report_items items = {0};
  enum sheet_format format;
  const char *next = NULL;
  struct buf body;
  struct json_out o;
  (void)out;
  int64_t limit = asked.limit == ABSENT ? API_LIMIT_DEFAULT : asked.limit;
  asked.key = rq->params[PARAM_KEY].text;
  asked.measure = rq->params[PARAM_MEASURE].text;
  TRY(sheet_format_of(cx, rq, rq->params[PARAM_FORMAT].text, &format));
  if (limit < 1 || (format == SHEET_NONE && limit > API_LIMIT_MAX))
    return fault_add(&cx->fault, ERR_INVALID, "/query/limit", "out_of_range", "limit is 1 to 200");
  if (format != SHEET_NONE) {
    atomic_int *exports = &rq->api->exports;
    TRY(place_take(cx, exports, API_EXPORTS, "other exports are running"));
    enum err err = sheet_items(cx, rq, format, &asked);
    place_leave(exports);
    return err;
  }
  TRY(report_items_find(cx, rq->id, &asked, rq->params[PARAM_CURSOR].text, limit, &items, &next));
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  json_object(&o);
  json_key(&o, "data");
  json_array(&o);
  EACH (const struct report_item, item, &items)
    json_record(&o, &report_item_rec, item, NULL);
  json_array_end(&o);
  json_key(&o, "next_cursor");
  json_text(&o, next);
  json_object_end(&o);
  sheet_reply_json(cx, rq, &body);
  return ERR_OK;
}

/* ---- A customer ---- */

static enum err serve_profile(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct customer customer;
  struct customer_profile *profile = ARENA_NEW(cx->arena, struct customer_profile);
  TRY(customer_find(cx, rq->id, &customer));
  TRY(report_customer_profile(cx, customer.id, profile));
  *out = (struct act_result){.rec = &customer_profile_rec, .value = profile, .version = ABSENT};
  return ERR_OK;
}

const struct route report_routes[] = {
    {"GET", "/v1/reports", "List the reports",
     "What there is to ask: per report its dimensions, filters, measures with their units, and the picture that suits "
     "it. "
     "Names are codes; texts for people are the client's.",
     .needs = PERM_REPORT_READ, .reply = &report_info_rec, .success = 200, .serve = serve_definitions,
     .flags = ROUTE_PAGE},
    {"GET", "/v1/reports/{name}", "Figures of a span of days",
     "Rows by `by`, totals per currency, and with `compare` the time before and the change. Days are the company's, "
     "for "
     "work and stock the location's. A filter leaves only the measures that know it. JSON, CSV (`Accept: text/csv`) "
     "and "
     "XLSX give the same numbers; in XLSX money is in major units. Figures follow within seconds: `as_of`, "
     "`waiting`.",
     .needs = PERM_REPORT_READ, .reply = &report_rec, .success = 200, .serve = serve_report, .params = report_params,
     .content_type = XLSX_TYPE},
    {"GET", "/v1/reports/{name}/rows", "What is behind a figure",
     "The orders, lines, refunds, fulfillments, holds, stock rows or customers of a row's `key` and a measure, newest "
     "first. Of a ratio its numerator: of `late_rate` the late ones. Also as CSV and XLSX.",
     .needs = PERM_REPORT_READ, .reply = &report_item_rec, .success = 200, .serve = serve_items, .params = item_params,
     .content_type = XLSX_TYPE, .flags = ROUTE_PAGE},
    {"GET", "/v1/customers/{id}/profile", "What a customer's orders come to",
     "Orders, lifetime value, scores for recency, frequency and money, and the segment that follows.",
     .needs = PERM_CUSTOMER_READ, .reply = &customer_profile_rec, .success = 200, .serve = serve_profile},
    {0},
};
