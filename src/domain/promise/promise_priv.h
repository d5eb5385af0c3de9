/* What the files of promise share: the days of a calendar. Days are local, counted from 1970-01-01. */
#ifndef ORDO_PROMISE_PRIV_H
#define ORDO_PROMISE_PRIV_H

#include "promise.h"

#define PROMISE_END_OF_DAY 1440

/* The i-th open span of a day, in rising order; false when there are no more. A NULL calendar is open all day. */
bool promise_span(const struct promise_calendar *c, int64_t day, size_t i, int64_t *from, int64_t *to);
bool promise_open(const struct promise_calendar *c, int64_t day);
int64_t promise_opens(const struct promise_calendar *c, int64_t day);  /* first minute of an open day */
int64_t promise_closes(const struct promise_calendar *c, int64_t day); /* last minute of an open day */
/* Whether a dated exception closes this very day. */
bool promise_closed_by_date(const struct promise_calendar *c, int64_t day);

/* promise_zone_valid, without asking again for what was met before. */
bool promise_zone_known(const struct promise_zones *z, const char *name);

#endif
