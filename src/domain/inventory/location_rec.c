/* Locations as records, and what makes one valid. */
#include "location_priv.h"

#include <string.h>

const char *const location_kinds[] = {"warehouse", "store", "3pl", "supplier", "plant", "kitchen", NULL};

/* Codes stand in paths and lists. */
static bool code_valid(const char *code)
{
  return code[strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == 0;
}

static const struct rec_field location_fields[] = {
    FIELD_AS(REC_ID, struct location, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_location, .doc = "Id",
             .example = "loc_01jd7k3v9q2m8"),
    FIELD(struct location, code, .flags = REC_REQUIRED | REC_FIXED, .max = LOCATION_CODE_MAX, .check = code_valid,
          .doc = "Unique code: letters, digits, '.', '_' and '-'", .example = "NJ1"),
    FIELD(struct location, name, .max = 120, .doc = "Name for people", .example = "New Jersey warehouse"),
    FIELD_AS(REC_ENUM, struct location, kind, .names = location_kinds, .doc = "What kind of place it is"),
    FIELD_AS(REC_RECORD, struct location, address, .rec = &address_rec, .doc = "Where it is"),
    FIELD_AS(REC_DECIMAL, struct location, latitude, .min = -90 * SCALE, .max = 90 * SCALE, .doc = "Degrees north",
             .example = "40.7357"),
    FIELD_AS(REC_DECIMAL, struct location, longitude, .min = -180 * SCALE, .max = 180 * SCALE, .doc = "Degrees east",
             .example = "-74.1724"),
    FIELD(struct location, time_zone, .max = 64, .check = promise_zone_valid,
          .doc = "IANA time zone; left out = the company's", .example = "America/New_York"),
    FIELD_AS(REC_RECORD, struct location, calendar, .rec = &promise_calendar_rec,
             .doc = "Weekly hours and dated exceptions; left out = always open"),
    FIELD_AS(REC_JSON, struct location, cut_off, .max = 8192,
             .doc = "Until when an order still counts for today, in local time: \"14:00\", or a list of "
                    "{time, day, carrier, service}; left out = none",
             .example = "\"14:00\""),
    FIELD(struct location, processing_hours, .min = 0, .max = 720,
          .doc = "Working hours from order to hand-over; left out = the setting promise.processing_hours",
          .example = "8"),
    FIELD(struct location, capacity, .min = 0, .max = 10000000, .has_def = true, .doc = "Orders a day; 0 = not bounded",
          .example = "500"),
    FIELD(struct location, priority, .min = 0, .max = LOCATION_PRIORITY_MAX, .def = 100, .has_def = true,
          .doc = "Among equals the smaller number comes first", .example = "100"),
    FIELD(struct location, paused, .doc = "Takes no new work"),
    FIELD(struct location, negative_stock, .doc = "A till here may sell what the books do not have"),
    FIELD(struct location, scan_required, .doc = "Picking without scans is refused"),
    FIELD(struct location, cost_per_order, .min = 0, .max = INT64_C(100000000), .has_def = true,
          .doc = "Cost of one order here, in minor units of the company's currency", .example = "150"),
    FIELD(struct location, cost_per_unit, .min = 0, .max = INT64_C(100000000), .has_def = true,
          .doc = "Cost of one unit picked here, in minor units of the company's currency", .example = "20"),
    FIELD(struct location, spread, .flags = REC_FIXED, .min = 1, .max = 16, .def = 1, .has_def = true,
          .doc = "1, 2, 4, 8 or 16: over how many parts of the database its stock goes; more than 1 only for the very "
                 "busiest places on a sharded database. Never changed",
          .example = "1"),
    FIELD_AS(REC_TEXTS, struct location, tags, .max = LOCATION_TAGS_MAX, .doc = "Words that rules may ask for",
             .example = "[\"east\"]"),
    FIELD(struct location, version, .flags = REC_READONLY, .doc = "Counts its changes"),
    FIELD(struct location, created_at, .flags = REC_READONLY, .doc = "When it was made"),
    FIELD(struct location, updated_at, .flags = REC_READONLY, .doc = "When it last changed"),
};
const struct rec location_rec = REC(struct location, "Location", location_fields, "A place that holds or makes things");
const struct db_table location_table = {"location", &location_rec};

static void check_spread(struct ctx *cx, const struct location *l)
{
  if (l->spread & (l->spread - 1))
    fault_add(&cx->fault, ERR_INVALID, "/spread", "not_one_of", "spread is 1, 2, 4, 8 or 16");
}

static void check_coordinates(struct ctx *cx, const struct location *l)
{
  if ((l->latitude == ABSENT) != (l->longitude == ABSENT))
    fault_add(&cx->fault, ERR_INVALID, l->latitude == ABSENT ? "/latitude" : "/longitude", "required",
              "latitude and longitude come together");
}

/* Its faults are entries of the request's; what a failed call returns they already say. */
static void check_calendar(struct ctx *cx, struct location *l)
{
  if (!l->calendar)
    return;
  if (l->calendar->exceptions.n > LOCATION_EXCEPTIONS_MAX)
    fault_add(&cx->fault, ERR_INVALID, "/calendar/exceptions", "too_many", "at most %d", LOCATION_EXCEPTIONS_MAX);
  (void)!promise_calendar_prepare(l->calendar, "/calendar", &cx->fault);
}

static void check_cut_off(struct ctx *cx, const struct location *l)
{
  struct promise_cut_offs rows = {0};
  (void)!promise_cut_offs_read(l->cut_off, "/cut_off", cx->arena, &cx->fault, &rows);
}

enum err location_check(struct ctx *cx, struct location *l)
{
  check_spread(cx, l);
  check_coordinates(cx, l);
  check_calendar(cx, l);
  check_cut_off(cx, l);
  return cx->fault.code;
}
