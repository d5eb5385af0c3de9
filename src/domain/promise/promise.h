/* promise - when it ships and when it arrives: cut-offs, calendars of location and carrier, processing, transit.
 *
 * Pure: plain values in, a promise with all its parts out; the clock is an input. Time zones are IANA names; a local
 * time that a change of clocks skips is the first instant after the gap, one that happens twice is the earlier.
 * A day's end (24:00) is written as its last millisecond, so that the date of a promise reads right.
 *
 * The story told by promise_make
 *   cut_off     the order counts today when it came at or before the cut-off (14:00:00.000 is in), else from the next
 *               working day on
 *   opening     outside the hours the work waits for them
 *   processing  working days: work is done N working days after the day that counts, in time for that day's pickup;
 *               working minutes: counted through the open hours
 *   pickup      the carrier's next pickup, in the location's zone: ship_by
 *   transit     N carrier days to the destination's zone, the last one a day on which it delivers: deliver_by
 *   requested   the customer's earliest day, where it is later
 *
 * The default location is always open and has no cut-off; with it and in UTC no time zone library is touched.
 */
#ifndef ORDO_PROMISE_H
#define ORDO_PROMISE_H

#include "base.h"
#include "rec.h"

/* Time zones met so far. One per thread (it is not locked) or per call; it only saves time, it never changes answers.
 * A NULL zone name is UTC everywhere. */
struct promise_zones;
struct promise_zones *promise_zones_new(void); /* caller frees */
void promise_zones_free(struct promise_zones *z); /* accepts NULL */
bool promise_zone_valid(const char *name);     /* an IANA name that this machine's tables know */

/* Local days since 1970-01-01 and minutes of the day, in a zone that is valid. */
int64_t promise_local_day(struct promise_zones *z, const char *zone, struct instant t);
int64_t promise_local_minute(struct promise_zones *z, const char *zone, struct instant t); /* 0..1439 */
struct instant promise_at(struct promise_zones *z, const char *zone, int64_t day, int64_t minute); /* minute 0..1440 */

/* ---- Calendars ------------------------------------------------------------------------------------------------- */

enum promise_day { PROMISE_MON, PROMISE_TUE, PROMISE_WED, PROMISE_THU, PROMISE_FRI, PROMISE_SAT, PROMISE_SUN,
                   PROMISE_ANY_DAY };

/* Open hours of a weekday. The texts are what people wrote ("08:00"), the minutes of the local day what we count with:
 * promise_calendar_prepare fills them. Then 0 <= from_minute < to_minute <= 1440. */
struct promise_hours {
  int day; /* enum promise_day, never ANY_DAY */
  const char *from, *to;
  int64_t from_minute, to_minute;
};
/* A dated exception replaces the weekly hours of its day: closed, or open from..to (a working Saturday). */
struct promise_exception {
  const char *date; /* "2026-12-25" */
  bool open;
  const char *from, *to; /* NULL = the day's start, its end */
  const char *why;       /* "Christmas", or NULL */
  int64_t day_number;    /* prepared: days since 1970-01-01 */
  int64_t from_minute, to_minute;
};
/* No weekly hours at all = open all day, every day; exceptions still count. As JSON, and in a record by REC_RECORD:
 *   {"weekly": [{"day": "mon", "from": "08:00", "to": "17:00"}],
 *    "exceptions": [{"date": "2026-12-25", "open": false, "why": "Christmas"},
 *                   {"date": "2026-12-19", "open": true, "from": "09:00", "to": "13:00"}]}
 */
struct promise_calendar {
  LIST(struct promise_hours) weekly;         /* prepared: sorted by day, from_minute */
  LIST(struct promise_exception) exceptions; /* prepared: sorted by date, from_minute; several open spans are fine */
};
extern const struct rec promise_calendar_rec;

/* Checks what rec_read brought, fills the minutes and sorts. To be called once after every read, also from the
 * database. ERR_INVALID with pointers below `pointer` ("/calendar"): invalid_format, from_after_to, overlap. */
MUST_CHECK enum err promise_calendar_prepare(struct promise_calendar *c, const char *pointer, struct fault *f);
/* The whole way from JSON text; NULL or "" = always open (an empty calendar). */
MUST_CHECK enum err promise_calendar_read(const char *json, const char *pointer, struct arena *a, struct fault *f,
                                          struct promise_calendar *out);

/* Until when an order still counts for today, in the location's zone. The most exact row wins: service before carrier
 * before any, then the weekday before any day; of equal rows the last one of the list. */
struct promise_cut_off {
  int day;                       /* enum promise_day; PROMISE_ANY_DAY = each */
  const char *carrier, *service; /* NULL = any */
  const char *time;              /* "14:00" */
  int64_t minute;                /* prepared: of the local day, 0..1440 */
};
struct promise_cut_offs {
  LIST(struct promise_cut_off) rows;
};
/* One row: {"time": "14:00", "day": "fri", "carrier": "DHL", "service": "express"}. */
extern const struct rec promise_cut_off_rec;

/* Reads a location's cut_off from JSON text: "14:00" (in quotes), or an array of the rows above, or null; NULL and ""
 * are none. So that the usual case stays one word the field itself is a REC_JSON. ERR_INVALID, ERR_MALFORMED. */
MUST_CHECK enum err promise_cut_offs_read(const char *json, const char *pointer, struct arena *a, struct fault *f,
                                          struct promise_cut_offs *out);

/* The row that holds for a carrier's service (NULL = none) on a weekday, or NULL. */
const struct promise_cut_off *promise_cut_off_for(const struct promise_cut_offs *rows, const char *carrier,
                                                  const char *service, int weekday);

/* "14:00" to minutes of the day; "24:00" is 1440. False when malformed. */
MUST_CHECK bool promise_minute_parse(const char *s, int64_t *out);

/* ---- The promise ----------------------------------------------------------------------------------------------- */

enum promise_unit { PROMISE_WORKING_DAYS, PROMISE_WORKING_MINUTES };

/* Where the work is done. Zeroed: UTC, always open, no cut-off, done the same day. */
struct promise_site {
  const char *code, *zone;
  const struct promise_calendar *calendar; /* prepared; NULL = always open */
  const struct promise_cut_offs *cut_offs; /* NULL = none */
  enum promise_unit processing_unit;
  int64_t processing; /* >= 0, in its unit; days at most 366, minutes at most 366 * 1440 */
};

/* How it travels. Zeroed: picked up at any time of every day, arrives the same day in the site's zone. */
struct promise_carriage {
  const char *carrier, *service, *zone;    /* zone of the destination; NULL = the site's */
  const struct promise_calendar *calendar; /* days on which the carrier moves goods; NULL = every day. Hours: ignored */
  unsigned pickup_days;                    /* bit 0 = Monday .. bit 6 = Sunday; 0 = every day of its calendar */
  int64_t pickup_minute;                   /* of the local day at the site, 1..1440; 0 = when the site has it ready */
  int64_t transit_days;                    /* >= 0, at most 366; carrier days after the day of pickup */
  bool no_saturday, no_sunday;             /* does not deliver then, even where its calendar moves goods */
  bool saturday;                           /* delivers on Saturdays although its calendar rests on them */
  int64_t delivered_minute;                /* of the local day at the destination, 1..1440; 0 = the day's end */
};

struct promise_request {
  struct instant at;                /* when the order counts: placed, paid or released */
  const char *requested_from, *requested_to; /* dates in the destination's zone, or NULL */
  const struct promise_site *site;
  const struct promise_carriage *carriage; /* NULL = handed over at the site: deliver_by = ship_by */
};

/* One step of the promise, as the decision record keeps it. */
struct promise_part {
  const char *code; /* cut_off, opening, processing, pickup, transit, requested */
  struct instant from, to;
  const char *why;  /* one clause in English: "after the cut-off at 14:00" */
  const char *zone; /* in which the day of `to` is meant: the location's, of the last part the destination's */
};

struct promise {
  struct instant ship_by, deliver_by;
  LIST(struct promise_part) parts; /* each begins where the one before ended; the last ends at deliver_by */
  int64_t days_late;               /* against requested_to, 0 when nothing was asked */
  int64_t days_early;              /* of the natural deliver_by against requested_from; the promise waits for it */
};
extern const struct rec promise_part_rec, promise_rec; /* promise_rec: ship_by, deliver_by, parts, days_late */

/* Makes a promise; parts and texts in the arena. ERR_INVALID: no open day, pickup or delivery day within 400 days
 * (entry no_open_day), work or a journey of more than ten years (too_long), an unknown zone (unknown_zone), a number
 * out of its bounds (out_of_range). */
MUST_CHECK enum err promise_make(struct promise_zones *z, const struct promise_request *r, struct arena *a,
                                 struct fault *f, struct promise *out);

/* Whole local days by which deliver_by passes the date `to` ("2026-12-01") in zone; 0 when in time or to is NULL. */
int64_t promise_days_late(struct promise_zones *z, const char *zone, struct instant deliver_by, const char *to);

/* One promise over several shipments: the latest ship_by, deliver_by and days_late of them; the parts are those of the
 * one that arrives last (the first such on ties). n > 0. */
struct promise promise_latest(const struct promise *promises, size_t n);

#endif
