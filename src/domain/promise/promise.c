/* The story of a promise, step by step; each step adds a part that begins where the one before ended. */
#include "promise_priv.h"

#include <string.h>

#define SEARCH_DAYS         400 /* a calendar without an open day in more than a year is a mistake, not a holiday */
#define FARTHEST_DAYS       3660 /* nor do work or a journey take ten years: 366 of one day a week take seven */
#define PROCESSING_DAYS_MAX 366
#define LATEST_MS           INT64_C(250000000000000) /* year 9892: days may still be added */

struct walk {
  struct promise_zones *z;
  const struct promise_request *r;
  const struct promise_site *site;
  const struct promise_carriage *way; /* NULL = handed over at the site */
  const char *to_zone;
  struct arena *arena;
  struct fault *fault;
  struct promise *out;
  struct instant now; /* where the last part ended */
};

/* ---- Parts ----------------------------------------------------------------------------------------------------- */

static const char *count_text(struct arena *a, int64_t n, const char *one, const char *many)
{
  return n == 1 ? one : arena_printf(a, "%lld %s", (long long)n, many);
}

static const char *work_text(struct arena *a, int64_t minutes)
{
  return minutes % 60 == 0 ? count_text(a, minutes / 60, "1 working hour", "working hours")
                           : count_text(a, minutes, "1 working minute", "working minutes");
}

/* Moves on to an instant; a step that takes no time is no part. */
static void pass(struct walk *w, const char *code, struct instant to, const char *why)
{
  if (to.ms <= w->now.ms)
    return;
  *LIST_ADD(w->arena, &w->out->parts) = (struct promise_part){code, w->now, to, why, w->site->zone};
  w->now = to;
}

static enum err no_day(struct walk *w, const char *what)
{
  return fault_add(w->fault, ERR_INVALID, "/calendar", "no_open_day", "no %s within %d days", what, SEARCH_DAYS);
}

static enum err too_long(struct walk *w, const char *what)
{
  return fault_add(w->fault, ERR_INVALID, "/calendar", "too_long", "%s takes more than %d days in this calendar", what,
                   FARTHEST_DAYS);
}

/* ---- Days ------------------------------------------------------------------------------------------------------ */

static struct instant at_site(const struct walk *w, int64_t day, int64_t minute)
{
  return promise_at(w->z, w->site->zone, day, minute);
}

static bool next_open_day(const struct promise_calendar *c, int64_t *day)
{
  for (int i = 0; i < SEARCH_DAYS; i++, ++*day)
    if (promise_open(c, *day))
      return true;
  return false;
}

static bool moves(const struct promise_carriage *way, int64_t day)
{
  return promise_open(way->calendar, day);
}

static bool delivers(const struct promise_carriage *way, int64_t day)
{
  int weekday = days_weekday(day);
  if (weekday == PROMISE_SAT && way->saturday && !way->no_saturday)
    return !promise_closed_by_date(way->calendar, day);
  return moves(way, day) && !(weekday == PROMISE_SAT && way->no_saturday) &&
         !(weekday == PROMISE_SUN && way->no_sunday);
}

/* Somebody must be there to hand the goods over, so a pickup needs an open day of the site as well. */
static bool picks_up(const struct walk *w, int64_t day)
{
  const struct promise_carriage *way = w->way;
  if (!promise_open(w->site->calendar, day))
    return false;
  if (way->pickup_days == 0)
    return moves(way, day);
  return (way->pickup_days >> days_weekday(day) & 1u) && !promise_closed_by_date(way->calendar, day);
}

/* ---- Which day counts, and when work begins --------------------------------------------------------------------- */

/* Work waits for the opening of the first open day from `day` on. */
static enum err wait_for_day(struct walk *w, int64_t day, const char *code, const char *why)
{
  if (!next_open_day(w->site->calendar, &day))
    return no_day(w, "open day of the location");
  pass(w, code, at_site(w, day, promise_opens(w->site->calendar, day)), why);
  return ERR_OK;
}

/* Where clocks change, the instants decide, not the minutes of the day. */
static bool inside_hours(const struct walk *w, int64_t day)
{
  int64_t from, to;
  for (size_t i = 0; promise_span(w->site->calendar, day, i, &from, &to); i++)
    if (w->now.ms >= at_site(w, day, from).ms && w->now.ms < at_site(w, day, to).ms)
      return true;
  return false;
}

static enum err wait_for_hours(struct walk *w, int64_t day)
{
  int64_t from, to;
  if (inside_hours(w, day))
    return ERR_OK;
  for (size_t i = 0; promise_span(w->site->calendar, day, i, &from, &to); i++)
    if (w->now.ms < at_site(w, day, from).ms) {
      pass(w, "opening", at_site(w, day, from), "outside the open hours");
      return ERR_OK;
    }
  return wait_for_day(w, day + 1, "opening", "closed for the day");
}

static enum err begin(struct walk *w)
{
  int64_t day = promise_local_day(w->z, w->site->zone, w->now);
  if (!promise_open(w->site->calendar, day))
    return wait_for_day(w, day + 1, "opening", "closed that day");
  const struct promise_cut_off *cut_off = promise_cut_off_for(w->site->cut_offs, w->way ? w->way->carrier : NULL,
                                                              w->way ? w->way->service : NULL, days_weekday(day));
  if (!cut_off || w->now.ms <= at_site(w, day, cut_off->minute).ms)
    return wait_for_hours(w, day);
  return wait_for_day(w, day + 1, "cut_off",
                      arena_printf(w->arena, "after the cut-off at %02d:%02d", (int)(cut_off->minute / 60),
                                   (int)(cut_off->minute % 60)));
}

/* ---- Processing and pickup -------------------------------------------------------------------------------------- */

static struct instant later_of(struct instant a, struct instant b)
{
  return a.ms > b.ms ? a : b;
}

static struct instant earlier_of(struct instant a, struct instant b)
{
  return a.ms < b.ms ? a : b;
}

/* The first day from `day` on with a pickup that is not before `ready`, and when that pickup is. */
static bool next_pickup(const struct walk *w, int64_t day, struct instant ready, struct instant *out)
{
  for (int i = 0; i < SEARCH_DAYS; i++, day++) {
    if (!picks_up(w, day))
      continue;
    int64_t minute = w->way->pickup_minute ? w->way->pickup_minute : promise_closes(w->site->calendar, day);
    *out = at_site(w, day, minute);
    if (out->ms >= ready.ms)
      return true;
  }
  return false;
}

/* A carrier without a time of its own comes when the goods are ready, or as soon as it moves and the site is open. */
static bool next_called_pickup(const struct walk *w, int64_t day, struct instant ready, struct instant *out)
{
  for (int i = 0; i < SEARCH_DAYS; i++, day++)
    if (picks_up(w, day)) {
      *out = later_of(ready, at_site(w, day, promise_opens(w->site->calendar, day)));
      return true;
    }
  return false;
}

/* Working days: the work is done on the last of them, in time for that day's pickup if there is one. */
static enum err process_days(struct walk *w, struct instant *ship)
{
  const struct promise_calendar *c = w->site->calendar;
  int64_t first = promise_local_day(w->z, w->site->zone, w->now), day = first;
  for (int64_t n = w->site->processing; n > 0; n--) {
    day++;
    if (!next_open_day(c, &day))
      return no_day(w, "open day of the location");
    if (day - first > FARTHEST_DAYS)
      return too_long(w, "the work");
  }
  struct instant earliest = later_of(w->now, at_site(w, day, promise_opens(c, day)));
  struct instant done = at_site(w, day, promise_closes(c, day));
  *ship = done;
  if (w->way && !next_pickup(w, day, earliest, ship))
    return no_day(w, "pickup");
  pass(w, "processing", earlier_of(done, *ship),
       w->site->processing ? count_text(w->arena, w->site->processing, "1 working day", "working days")
                           : "done the same working day");
  return ERR_OK;
}

/* Working minutes: counted through the open hours as they really pass, an hour that clocks skip is not worked. */
static enum err walk_minutes(struct walk *w, struct instant *ready)
{
  int64_t left = w->site->processing * MINUTE_MS, first = promise_local_day(w->z, w->site->zone, w->now), from, to;
  int64_t day = first;
  for (int idle = 0; idle < SEARCH_DAYS; day++, idle++) {
    if (day - first > FARTHEST_DAYS)
      return too_long(w, "the work");
    for (size_t i = 0; promise_span(w->site->calendar, day, i, &from, &to); i++) {
      struct instant opens = later_of(w->now, at_site(w, day, from)), closes = at_site(w, day, to);
      if (to == PROMISE_END_OF_DAY)
        closes.ms++; /* the next day begins where this one ends: no millisecond is lost between them */
      if (closes.ms <= opens.ms)
        continue;
      idle = 0;
      if (opens.ms + left <= closes.ms) {
        *ready = INSTANT(opens.ms + left);
        return ERR_OK;
      }
      left -= closes.ms - opens.ms;
    }
  }
  return no_day(w, "open day of the location");
}

static enum err process_minutes(struct walk *w, struct instant *ship)
{
  struct instant ready;
  TRY(walk_minutes(w, &ready));
  pass(w, "processing", ready, work_text(w->arena, w->site->processing));
  int64_t day = promise_local_day(w->z, w->site->zone, ready);
  *ship = ready;
  if (!w->way)
    return ERR_OK;
  bool comes = (w->way->pickup_minute ? next_pickup : next_called_pickup)(w, day, ready, ship);
  return comes ? ERR_OK : no_day(w, "pickup");
}

/* ---- Transit --------------------------------------------------------------------------------------------------- */

/* The first delivery day from `day` on that lies not before the pickup. */
static bool next_delivery(const struct walk *w, int64_t *day, struct instant *out)
{
  int64_t minute = w->way->delivered_minute ? w->way->delivered_minute : PROMISE_END_OF_DAY;
  for (int i = 0; i < SEARCH_DAYS; i++, ++*day) {
    *out = promise_at(w->z, w->to_zone, *day, minute);
    if (delivers(w->way, *day) && out->ms >= w->out->ship_by.ms)
      return true;
  }
  return false;
}

static enum err travel(struct walk *w, int64_t *day)
{
  int64_t left = w->way->transit_days, quiet = 0, first = promise_local_day(w->z, w->site->zone, w->out->ship_by);
  *day = first;
  while (left > 0) {
    if (++*day - first > FARTHEST_DAYS)
      return too_long(w, "the journey");
    if (moves(w->way, *day) || (left == 1 && delivers(w->way, *day))) {
      left--;
      quiet = 0;
    } else if (++quiet > SEARCH_DAYS) {
      return no_day(w, "day on which the carrier moves goods");
    }
  }
  struct instant arrives;
  if (!next_delivery(w, day, &arrives))
    return no_day(w, "delivery day");
  pass(w, "transit", arrives,
       w->way->transit_days ? count_text(w->arena, w->way->transit_days, "1 carrier day", "carrier days")
                            : "delivered the same day");
  return ERR_OK;
}

/* The customer does not want it before a day: the promise waits for it. */
static enum err wait_for_request(struct walk *w, int64_t day)
{
  if (!w->r->requested_from)
    return ERR_OK;
  int64_t from = date_days(w->r->requested_from);
  if (day >= from)
    return ERR_OK;
  w->out->days_early = from - day;
  struct instant then;
  if (w->way) {
    if (!next_delivery(w, &from, &then))
      return no_day(w, "delivery day");
  } else {
    if (!next_open_day(w->site->calendar, &from))
      return no_day(w, "open day of the location");
    then = at_site(w, from, promise_closes(w->site->calendar, from));
  }
  pass(w, "requested", then, "asked for no earlier");
  return ERR_OK;
}

/* ---- The promise ----------------------------------------------------------------------------------------------- */

static enum err out_of_range(struct fault *f, const char *pointer, const char *sentence)
{
  return fault_add(f, ERR_INVALID, pointer, "out_of_range", "%s", sentence);
}

static bool date_fits(const char *date)
{
  return !date || (date_valid(date, strlen(date)) && date_days(date) < LATEST_MS / DAY_MS);
}

static bool minute_fits(int64_t minute)
{
  return minute >= 0 && minute <= PROMISE_END_OF_DAY;
}

static enum err check(const struct promise_zones *z, const struct promise_request *r, struct fault *f)
{
  const struct promise_site *s = r->site;
  const struct promise_carriage *way = r->carriage;
  if (!promise_zone_known(z, s->zone) || (way && !promise_zone_known(z, way->zone)))
    return fault_add(f, ERR_INVALID, "/time_zone", "unknown_zone", "the time zone is unknown");
  if (!instant_set(r->at) || r->at.ms < 0 || r->at.ms > LATEST_MS)
    return out_of_range(f, "/at", "the time lies outside the calendar");
  int64_t most = PROCESSING_DAYS_MAX * (s->processing_unit == PROMISE_WORKING_DAYS ? 1 : PROMISE_END_OF_DAY);
  if (s->processing < 0 || s->processing > most)
    return out_of_range(f, "/processing", "processing takes at most a year");
  if (way && (way->transit_days < 0 || way->transit_days > PROCESSING_DAYS_MAX || !minute_fits(way->pickup_minute) ||
              !minute_fits(way->delivered_minute)))
    return out_of_range(f, "/transit_days", "transit takes at most a year");
  if (!date_fits(r->requested_from) || !date_fits(r->requested_to))
    return out_of_range(f, "/requested_delivery", "dates are written as 2026-12-25");
  return ERR_OK;
}

enum err promise_make(struct promise_zones *z, const struct promise_request *r, struct arena *a, struct fault *f,
                      struct promise *out)
{
  TRY(check(z, r, f));
  struct promise p = {.days_late = 0};
  struct walk w = {
      .z = z, .r = r, .site = r->site, .way = r->carriage, .arena = a, .fault = f, .out = &p, .now = r->at};
  w.to_zone = r->carriage && r->carriage->zone ? r->carriage->zone : r->site->zone;
  TRY(begin(&w));
  struct instant ship;
  TRY(r->site->processing_unit == PROMISE_WORKING_DAYS ? process_days(&w, &ship) : process_minutes(&w, &ship));
  pass(&w, "pickup", ship, "the carrier's next pickup");
  p.ship_by = w.now;
  int64_t day = promise_local_day(z, w.to_zone, w.now);
  if (w.way)
    TRY(travel(&w, &day));
  TRY(wait_for_request(&w, day));
  p.deliver_by = w.now;
  if (p.parts.n && p.deliver_by.ms > p.ship_by.ms)
    p.parts.at[p.parts.n - 1].zone = w.to_zone;
  p.days_late = promise_days_late(z, w.to_zone, p.deliver_by, r->requested_to);
  *out = p;
  return ERR_OK;
}

int64_t promise_days_late(struct promise_zones *z, const char *zone, struct instant deliver_by, const char *to)
{
  if (!to)
    return 0;
  int64_t late = promise_local_day(z, zone, deliver_by) - date_days(to);
  return late > 0 ? late : 0;
}

struct promise promise_latest(const struct promise *promises, size_t n)
{
  assert(n > 0);
  struct promise latest = promises[0];
  for (size_t i = 1; i < n; i++) {
    struct instant ship_by = later_of(latest.ship_by, promises[i].ship_by);
    if (promises[i].deliver_by.ms > latest.deliver_by.ms)
      latest = promises[i];
    latest.ship_by = ship_by;
    if (promises[i].days_late > latest.days_late)
      latest.days_late = promises[i].days_late;
  }
  return latest;
}
