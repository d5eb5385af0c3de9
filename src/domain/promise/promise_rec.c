/* The JSON shapes of calendars, cut-offs and promises. */
#include "promise.h"

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
static const char *const cut_off_day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "any", NULL};

static const struct rec_field hours_fields[] = {
    FIELD_AS(REC_ENUM, struct promise_hours, day, .flags = REC_REQUIRED, .names = day_names, .doc = "Day of the week",
             .example = "mon"),
    FIELD(struct promise_hours, from, .flags = REC_REQUIRED, .max = 5, .doc = "Opens, in local time",
          .example = "08:00"),
    FIELD(struct promise_hours, to, .flags = REC_REQUIRED, .max = 5, .doc = "Closes; 24:00 is the day's end",
          .example = "17:00"),
};
static const struct rec hours_rec = REC(struct promise_hours, "OpenHours", hours_fields, "Open hours of a weekday");

static const struct rec_field exception_fields[] = {
    FIELD_AS(REC_DATE, struct promise_exception, date, .flags = REC_REQUIRED, .doc = "The day whose hours it replaces",
             .example = "2026-12-25"),
    FIELD(struct promise_exception, open, .doc = "A working Saturday is true, a holiday false"),
    FIELD(struct promise_exception, from, .max = 5, .doc = "Opens; left out = from the day's start",
          .example = "09:00"),
    FIELD(struct promise_exception, to, .max = 5, .doc = "Closes; left out = at the day's end", .example = "13:00"),
    FIELD(struct promise_exception, why, .max = 100, .doc = "For people", .example = "Christmas"),
};
static const struct rec exception_rec =
    REC(struct promise_exception, "CalendarException", exception_fields, "A day that is not like its weekday");

static const struct rec_field calendar_fields[] = {
    FIELD_AS(REC_LIST, struct promise_calendar, weekly, .rec = &hours_rec, .max = 70,
             .doc = "Open hours by weekday; none at all = always open"),
    FIELD_AS(REC_LIST, struct promise_calendar, exceptions, .rec = &exception_rec, .max = 1000,
             .doc = "Dated exceptions, closed or open"),
};
const struct rec promise_calendar_rec =
    REC(struct promise_calendar, "Calendar", calendar_fields, "Weekly hours and dated exceptions");

static const struct rec_field cut_off_fields[] = {
    FIELD(struct promise_cut_off, time, .flags = REC_REQUIRED, .max = 5, .doc = "Orders until then count for today",
          .example = "14:00"),
    FIELD_AS(REC_ENUM, struct promise_cut_off, day, .names = cut_off_day_names, .def = PROMISE_ANY_DAY, .has_def = true,
             .doc = "For this weekday only", .example = "fri"),
    FIELD(struct promise_cut_off, carrier, .max = 64, .doc = "For this carrier only"),
    FIELD(struct promise_cut_off, service, .max = 64, .doc = "For this service only"),
};
const struct rec promise_cut_off_rec = REC(struct promise_cut_off, "CutOff", cut_off_fields, "A cut-off time");

static const struct rec_field part_fields[] = {
    FIELD(struct promise_part, code, .flags = REC_REQUIRED, .max = 32, .doc = "Which step of the promise",
          .example = "processing"),
    FIELD(struct promise_part, from, .doc = "Begins", .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct promise_part, to, .doc = "Ends", .example = "2026-11-20T16:00:00.000Z"),
    FIELD(struct promise_part, why, .max = 255, .doc = "Why it takes that long",
          .example = "after the cut-off at 14:00"),
    FIELD(struct promise_part, zone, .max = 64, .doc = "The time zone in which the day of `to` is meant",
          .example = "America/New_York"),
};
const struct rec promise_part_rec = REC(struct promise_part, "PromisePart", part_fields, "One step of a promise");

static const struct rec_field promise_fields[] = {
    FIELD(struct promise, ship_by, .doc = "Leaves the location at the latest", .example = "2026-11-20T16:00:00.000Z"),
    FIELD(struct promise, deliver_by, .doc = "Reaches the customer at the latest",
          .example = "2026-11-25T22:59:59.999Z"),
    FIELD(struct promise, days_late, .max = 4000000, .doc = "Days after the latest day that was asked for"),
    FIELD_AS(REC_LIST, struct promise, parts, .rec = &promise_part_rec, .max = 20, .doc = "The steps, in order"),
};
const struct rec promise_rec = REC(struct promise, "Promise", promise_fields, "When it ships and when it arrives");
