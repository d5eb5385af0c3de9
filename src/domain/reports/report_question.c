/* What is asked: names and dates become days and sets, or all that is wrong with them is told. */
#include "reports_priv.h"

#include "settings.h"

#include <string.h>

enum { DAYS_DEFAULT = 30, DAYS_MAX = 3660 };

bool by_time(enum report_by by)
{
  return by <= REPORT_MONTH;
}

const char *date_text(struct arena *a, int64_t day)
{
  char text[DATE_TEXT];
  days_date(day, text);
  return arena_text(a, text);
}

int64_t span_begin(enum report_by by, int64_t day)
{
  char text[DATE_TEXT];
  if (by == REPORT_WEEK)
    return day - days_weekday(day);
  if (by != REPORT_MONTH)
    return day;
  days_date(day, text);
  memcpy(text + 8, "01", 2);
  return date_days(text);
}

int64_t span_end(enum report_by by, int64_t begin)
{
  if (by == REPORT_WEEK)
    return begin + 6;
  return by == REPORT_MONTH ? span_begin(by, begin + 31) - 1 : begin;
}

enum err report_zone(struct ctx *cx, const char **out_zone)
{
  return setting_text(cx, SETTING_COMPANY_TIME_ZONE, out_zone);
}

/* ---- One by one ---- */

static enum err refuse(struct ctx *cx, const char *name, const char *slug, const char *detail)
{
  return fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/query/%s", name), slug, "%s", detail);
}

static bool take_date(struct ctx *cx, const char *name, const char *text, int64_t *out)
{
  if (!text)
    return true;
  if (!date_valid(text, strlen(text))) {
    (void)refuse(cx, name, "invalid_format", "a date is YYYY-MM-DD");
    return false;
  }
  *out = date_days(text);
  return true;
}

static void take_range(struct ctx *cx, const struct report_request *rq, struct question *q)
{
  struct promise_zones *zones = promise_zones_new();
  int64_t today = promise_local_day(zones, q->zone, cx->now), from = ABSENT;
  promise_zones_free(zones);
  q->to = today;
  if (!take_date(cx, "to", rq->to, &q->to) || !take_date(cx, "from", rq->from, &from))
    return;
  q->from = from != ABSENT ? from : q->to - DAYS_DEFAULT + 1;
  if (q->from > q->to)
    (void)refuse(cx, "from", "from_after_to", "from is after to");
  else if (q->to - q->from >= DAYS_MAX)
    (void)refuse(cx, "from", "out_of_range", "at most ten years at a time");
}

static void take_by(struct ctx *cx, const struct report_request *rq, struct question *q)
{
  int by = 0;
  q->by = q->definition->by;
  if (!rq->by)
    return;
  while (by < REPORT_BYS && strcmp(report_by_names[by], rq->by) != 0)
    by++;
  if (by == REPORT_BYS || !(q->definition->bys & 1u << by))
    (void)refuse(cx, "by", "not_allowed", arena_printf(cx->arena, "this report has no rows by %s", rq->by));
  else
    q->by = (enum report_by)by;
}

static void take_filter(struct ctx *cx, struct question *q, enum report_by by, const char *text, const char **out)
{
  if (!text)
    return;
  if (!(q->definition->bys & 1u << by)) {
    (void)refuse(cx, report_by_names[by], "not_allowed", "this report does not know it");
    return;
  }
  *out = text;
  q->narrowed |= 1u << by;
  if (by == REPORT_PRODUCT || by == REPORT_REASON)
    q->detail_is = by;
}

static void take_compare(struct ctx *cx, const struct report_request *rq, struct question *q)
{
  if (!rq->compare)
    return;
  if (strcmp(rq->compare, "previous") == 0)
    q->compare = REPORT_COMPARE_PREVIOUS;
  else if (strcmp(rq->compare, "year") == 0)
    q->compare = REPORT_COMPARE_YEAR;
  else
    (void)refuse(cx, "compare", "not_allowed", "compare is previous or year");
}

enum err question_read(struct ctx *cx, const char *name, const struct report_request *rq, struct question *out)
{
  struct question q = {.definition = report_find(name), .limit = rq->limit};
  if (!q.definition)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no such report");
  q.narrowed = scope_narrows(cx->actor.scope);
  if (!report_tells(q.definition, q.narrowed))
    return err_fail(cx, ERR_FORBIDDEN, "", "this report does not tell the places apart that you are bound to");
  TRY(report_zone(cx, &q.zone));
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &q.company_currency));
  take_range(cx, rq, &q);
  take_by(cx, rq, &q);
  take_filter(cx, &q, REPORT_CHANNEL, rq->channel, &q.channel);
  take_filter(cx, &q, REPORT_LOCATION, rq->location, &q.location);
  take_filter(cx, &q, REPORT_PRODUCT, rq->product, &q.detail);
  take_filter(cx, &q, REPORT_REASON, rq->reason, &q.detail);
  if (rq->currency && !q.definition->by_currency)
    (void)refuse(cx, "currency", "not_allowed", "this report's money is in the company's currency");
  if (rq->currency && q.definition->by_currency) {
    q.currency = rq->currency;
    q.narrowed |= FILTER_CURRENCY;
  }
  take_compare(cx, rq, &q);
  if (rq->limit != ABSENT && rq->limit < 1)
    (void)refuse(cx, "limit", "out_of_range", "limit is 1 or more");
  if (cx->fault.code)
    return cx->fault.code;
  *out = q;
  return ERR_OK;
}

enum err question_narrow(struct ctx *cx, struct question *q, const char *key)
{
  int64_t day;
  if (!key)
    return ERR_OK;
  if (by_time(q->by)) {
    if (!take_date(cx, "key", key, &day))
      return cx->fault.code;
    int64_t begin = span_begin(q->by, day), end = span_end(q->by, begin);
    q->from = begin > q->from ? begin : q->from;
    q->to = end < q->to ? end : q->to;
    return ERR_OK;
  }
  const char **places[REPORT_BYS] = {
      [REPORT_CHANNEL] = &q->channel, [REPORT_LOCATION] = &q->location, [REPORT_PRODUCT] = &q->detail,
      [REPORT_REASON] = &q->detail,   [REPORT_SEGMENT] = &q->segment,   [REPORT_SCORE] = &q->score};
  *places[q->by] = key;
  q->narrowed |= 1u << q->by;
  if (q->by == REPORT_PRODUCT || q->by == REPORT_REASON)
    q->detail_is = q->by;
  return ERR_OK;
}

/* ---- Which rows count ---- */

static bool among(const char *const *names, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return n == 0;
}

bool counts(struct ctx *cx, const struct question *q, const char *channel, const char *location)
{
  const struct row_scope *scope = cx->actor.scope;
  if (q->channel && strcmp(q->channel, channel) != 0)
    return false;
  if (q->location && strcmp(q->location, location) != 0)
    return false;
  return !scope ||
         (among(scope->channels, scope->n_channels, channel) && among(scope->locations, scope->n_locations, location));
}
