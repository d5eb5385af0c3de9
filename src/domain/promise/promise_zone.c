/* Local time: the offset of a zone at an instant comes from ICU, and is kept together with the stretch of time in which
 * it holds, so that a promise asks ICU once or twice a year and not for every day it walks over. */
#include "promise_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define ZONE_NAME_MAX 64
#define ZONES_KEPT    32
#define FOREVER_MS    INT64_C(200000000000000) /* beyond any date we write, both ways */

struct zone {
  char name[ZONE_NAME_MAX];
  UCalendar *calendar;
  int64_t from, to, offset; /* offset_ms holds for from <= t < to */
};

struct promise_zones {
  struct zone kept[ZONES_KEPT];
  size_t n, oldest;
};

struct promise_zones *promise_zones_new(void)
{
  struct promise_zones *z = calloc(1, sizeof *z);
  assert(z);
  return z;
}

void promise_zones_free(struct promise_zones *z)
{
  for (size_t i = 0; z && i < z->n; i++)
    ucal_close(z->kept[i].calendar);
  free(z);
}

static bool is_utc(const char *name)
{
  return !name || strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0;
}

/* ICU reads "GMT+8" and even nonsense as some zone; only a name of the system's own list counts. */
bool promise_zone_valid(const char *name)
{
  if (is_utc(name))
    return true;
  size_t n = strlen(name);
  if (n == 0 || n >= ZONE_NAME_MAX)
    return false;
  for (size_t i = 0; i < n; i++)
    if (name[i] <= ' ' || name[i] > '~')
      return false;
  UChar wide[ZONE_NAME_MAX], canonical[128];
  UErrorCode status = U_ZERO_ERROR;
  UBool known = false;
  u_charsToUChars(name, wide, (int32_t)n);
  ucal_getCanonicalTimeZoneID(wide, (int32_t)n, canonical, COUNT_OF(canonical), &known, &status);
  return U_SUCCESS(status) && known;
}

bool promise_zone_known(const struct promise_zones *z, const char *name)
{
  if (is_utc(name))
    return true;
  for (size_t i = 0; i < z->n; i++)
    if (strcmp(z->kept[i].name, name) == 0)
      return true;
  return promise_zone_valid(name);
}

/* The place for one more zone; the oldest goes when all are taken. */
static struct zone *free_place(struct promise_zones *z)
{
  if (z->n < ZONES_KEPT)
    return &z->kept[z->n++];
  struct zone *place = &z->kept[z->oldest++ % ZONES_KEPT];
  ucal_close(place->calendar);
  return place;
}

static struct zone *zone_of(struct promise_zones *z, const char *name)
{
  for (size_t i = 0; i < z->n; i++)
    if (strcmp(z->kept[i].name, name) == 0)
      return &z->kept[i];
  assert(strlen(name) < ZONE_NAME_MAX);
  UChar wide[ZONE_NAME_MAX];
  UErrorCode status = U_ZERO_ERROR;
  u_charsToUChars(name, wide, (int32_t)strlen(name));
  UCalendar *calendar = ucal_open(wide, (int32_t)strlen(name), "en", UCAL_GREGORIAN, &status);
  assert(U_SUCCESS(status));
  struct zone *zone = free_place(z);
  *zone = (struct zone){.calendar = calendar, .from = 1, .to = 0};
  strcpy(zone->name, name);
  return zone;
}

/* Finds the stretch between two changes of clocks that t lies in. */
static void look_up(struct zone *zone, int64_t t)
{
  UErrorCode status = U_ZERO_ERROR;
  UDate date = 0;
  ucal_setMillis(zone->calendar, (UDate)t, &status);
  zone->offset =
      ucal_get(zone->calendar, UCAL_ZONE_OFFSET, &status) + ucal_get(zone->calendar, UCAL_DST_OFFSET, &status);
  bool before = ucal_getTimeZoneTransitionDate(zone->calendar, UCAL_TZ_TRANSITION_PREVIOUS_INCLUSIVE, &date, &status);
  zone->from = before ? (int64_t)date : -FOREVER_MS;
  bool after = ucal_getTimeZoneTransitionDate(zone->calendar, UCAL_TZ_TRANSITION_NEXT, &date, &status);
  zone->to = after ? (int64_t)date : FOREVER_MS;
  assert(U_SUCCESS(status));
}

static int64_t offset_at(struct zone *zone, int64_t t)
{
  if (t < zone->from || t >= zone->to)
    look_up(zone, t);
  return zone->offset;
}

static int64_t local_ms(struct promise_zones *z, const char *name, struct instant t)
{
  return is_utc(name) ? t.ms : t.ms + offset_at(zone_of(z, name), t.ms);
}

static int64_t floor_div(int64_t a, int64_t b)
{
  return a / b - (a % b < 0);
}

int64_t promise_local_day(struct promise_zones *z, const char *zone, struct instant t)
{
  return floor_div(local_ms(z, zone, t), DAY_MS);
}

int64_t promise_local_minute(struct promise_zones *z, const char *zone, struct instant t)
{
  int64_t local = local_ms(z, zone, t);
  return (local - floor_div(local, DAY_MS) * DAY_MS) / MINUTE_MS;
}

/* The instant of a local time, read as if it were UTC. The offset is one of those a day before and a day after; when
 * both fit (clocks went back) the earlier instant is taken, when neither does (they went forward) the change itself. */
static int64_t from_local(struct zone *zone, int64_t local)
{
  int64_t before = offset_at(zone, local - DAY_MS);
  int64_t after = offset_at(zone, local + DAY_MS);
  if (before == after)
    return local - before;
  if (offset_at(zone, local - before) == before)
    return local - before;
  if (offset_at(zone, local - after) == after)
    return local - after;
  (void)offset_at(zone, local - before);
  return zone->from;
}

struct instant promise_at(struct promise_zones *z, const char *zone, int64_t day, int64_t minute)
{
  bool end = minute == 1440;
  int64_t local = end ? (day + 1) * DAY_MS : day * DAY_MS + minute * MINUTE_MS;
  return INSTANT((is_utc(zone) ? local : from_local(zone_of(z, zone), local)) - end);
}
