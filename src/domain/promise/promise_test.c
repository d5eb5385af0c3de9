/* Promises by hand: every expectation was worked out with a paper calendar. 2026-11-20 is a Friday. */
#include "promise.h"
#include "test.h"

#include <string.h>

#define OFFICE                                                                                                         \
  "\"weekly\":[{\"day\":\"mon\",\"from\":\"08:00\",\"to\":\"17:00\"},"                                               \
  "{\"day\":\"tue\",\"from\":\"08:00\",\"to\":\"17:00\"},"                                                           \
  "{\"day\":\"wed\",\"from\":\"08:00\",\"to\":\"17:00\"},{\"day\":\"thu\",\"from\":\"08:00\",\"to\":\"17:00\"},"       \
  "{\"day\":\"fri\",\"from\":\"08:00\",\"to\":\"17:00\"}]"

static const char office[] = "{" OFFICE "}";
static const char office_at_year_end[] =
    "{" OFFICE ",\"exceptions\":[{\"date\":\"2026-12-25\",\"open\":false,\"why\":\"Christmas\"},"
    "{\"date\":\"2026-12-19\",\"open\":true,\"from\":\"09:00\",\"to\":\"13:00\"},"
    "{\"date\":\"2027-01-01\",\"open\":false}]}";
static const char with_lunch[] =
    "{\"weekly\":[{\"day\":\"fri\",\"from\":\"13:00\",\"to\":\"17:00\"},"
    "{\"day\":\"fri\",\"from\":\"08:00\",\"to\":\"12:00\"},"
    "{\"day\":\"mon\",\"from\":\"08:00\",\"to\":\"12:00\"}]}";
static const char sunday_night[] = "{\"weekly\":[{\"day\":\"sun\",\"from\":\"01:00\",\"to\":\"05:00\"}]}";
static const char mondays[] = "{\"weekly\":[{\"day\":\"mon\",\"from\":\"08:00\",\"to\":\"17:00\"}]}";

static struct fault *fault_of(struct test *t)
{
  struct fault *f = ARENA_NEW(t->arena, struct fault);
  fault_init(f, t->arena);
  return f;
}

static void free_zones(void *z)
{
  promise_zones_free(z);
}

static struct promise_zones *zones_of(struct test *t)
{
  struct promise_zones *z = promise_zones_new();
  arena_defer(t->arena, free_zones, z);
  return z;
}

static struct instant at(const char *text)
{
  struct instant i;
  CHECK(instant_parse(text, strlen(text), &i));
  return i;
}

static const char *text_of(struct test *t, struct instant i)
{
  char *out = arena_alloc(t->arena, INSTANT_TEXT);
  instant_format(i, out);
  return out;
}

static struct promise_calendar *calendar(struct test *t, const char *json)
{
  struct promise_calendar *c = ARENA_NEW(t->arena, struct promise_calendar);
  CHECK_OK(promise_calendar_read(json, "/calendar", t->arena, fault_of(t), c));
  return c;
}

static struct promise_cut_offs *cut_offs(struct test *t, const char *json)
{
  struct promise_cut_offs *c = ARENA_NEW(t->arena, struct promise_cut_offs);
  CHECK_OK(promise_cut_offs_read(json, "/cut_off", t->arena, fault_of(t), c));
  return c;
}

static struct promise make(struct test *t, const struct promise_request *r)
{
  struct promise p;
  CHECK_OK(promise_make(zones_of(t), r, t->arena, fault_of(t), &p));
  return p;
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

struct row {
  const char *rule;
  const char *at, *zone, *calendar, *cut_off;
  int64_t days, minutes; /* of processing; minutes > 0 counts */
  bool carried;
  struct promise_carriage way;
  const char *way_calendar;
  const char *ship_by, *deliver_by;
};

static const struct row rows[] = {
    {"the default location works to the day's end", "2026-11-20T08:00:00Z", .ship_by = "2026-11-20T23:59:59.999Z",
     .deliver_by = "2026-11-20T23:59:59.999Z"},
    {"the default location and carrier count plain days", "2026-11-20T08:00:00Z", .days = 1, .carried = true,
     .way = {.transit_days = 2}, .ship_by = "2026-11-21T23:59:59.999Z", .deliver_by = "2026-11-23T23:59:59.999Z"},
    {"exactly at the cut-off is in", "2026-11-20T13:00:00.000Z", "Europe/Berlin", office, "\"14:00\"",
     .ship_by = "2026-11-20T16:00:00.000Z", .deliver_by = "2026-11-20T16:00:00.000Z"},
    {"a millisecond after the cut-off counts for Monday", "2026-11-20T13:00:00.001Z", "Europe/Berlin", office,
     "\"14:00\"", .ship_by = "2026-11-23T16:00:00.000Z", .deliver_by = "2026-11-23T16:00:00.000Z"},
    {"the carrier counts its own working days", "2026-11-20T09:00:00Z", "Europe/Berlin", office, "\"14:00\"",
     .carried = true, .way = {.transit_days = 2}, .way_calendar = office, .ship_by = "2026-11-20T16:00:00.000Z",
     .deliver_by = "2026-11-24T22:59:59.999Z"},
    {"without Saturday delivery Friday's parcel arrives on Monday", "2026-11-20T09:00:00Z", "Europe/Berlin", office,
     .carried = true, .way = {.transit_days = 1}, .way_calendar = office, .ship_by = "2026-11-20T16:00:00.000Z",
     .deliver_by = "2026-11-23T22:59:59.999Z"},
    {"with Saturday delivery it arrives on Saturday", "2026-11-20T09:00:00Z", "Europe/Berlin", office, .carried = true,
     .way = {.transit_days = 1, .saturday = true}, .way_calendar = office, .ship_by = "2026-11-20T16:00:00.000Z",
     .deliver_by = "2026-11-21T22:59:59.999Z"},
    {"a carrier that moves every day may rest from delivering at weekends", "2026-11-20T09:00:00Z", "Europe/Berlin",
     office, .carried = true, .way = {.transit_days = 1, .no_saturday = true, .no_sunday = true},
     .ship_by = "2026-11-20T16:00:00.000Z", .deliver_by = "2026-11-23T22:59:59.999Z"},
    {"a working Saturday is worked", "2026-12-18T15:00:00Z", "Europe/Berlin", office_at_year_end, "\"14:00\"",
     .ship_by = "2026-12-19T12:00:00.000Z", .deliver_by = "2026-12-19T12:00:00.000Z"},
    {"holidays and the year's end are counted over", "2026-12-24T14:00:00Z", "Europe/Berlin", office_at_year_end,
     "\"14:00\"", .carried = true, .way = {.transit_days = 4}, .way_calendar = office_at_year_end,
     .ship_by = "2026-12-28T16:00:00.000Z", .deliver_by = "2027-01-04T22:59:59.999Z"},
    {"minutes are counted as they pass when clocks go forward", "2026-03-08T06:30:00Z", "America/New_York",
     .minutes = 240, .ship_by = "2026-03-08T10:30:00.000Z", .deliver_by = "2026-03-08T10:30:00.000Z"},
    {"an hour that clocks skip is not worked", "2026-03-08T06:00:00Z", "America/New_York", sunday_night, .minutes = 180,
     .ship_by = "2026-03-08T09:00:00.000Z", .deliver_by = "2026-03-08T09:00:00.000Z"},
    {"and the minute after it waits for next Sunday", "2026-03-08T06:00:00Z", "America/New_York", sunday_night,
     .minutes = 181, .ship_by = "2026-03-15T05:01:00.000Z", .deliver_by = "2026-03-15T05:01:00.000Z"},
    {"a cut-off in the skipped hour is the change itself", "2026-03-08T07:00:00Z", "America/New_York", NULL,
     "\"02:30\"", .ship_by = "2026-03-09T03:59:59.999Z", .deliver_by = "2026-03-09T03:59:59.999Z"},
    {"a cut-off that happens twice is the earlier", "2026-11-01T05:30:00.001Z", "America/New_York", NULL, "\"01:30\"",
     .ship_by = "2026-11-03T04:59:59.999Z", .deliver_by = "2026-11-03T04:59:59.999Z"},
    {"the day clocks go back is an hour longer", "2026-10-25T08:00:00Z", "Europe/Berlin",
     .ship_by = "2026-10-25T22:59:59.999Z", .deliver_by = "2026-10-25T22:59:59.999Z"},
    {"far east the cut-off is the local one", "2026-11-20T10:00:00Z", "Asia/Shanghai", NULL, "\"18:00\"",
     .ship_by = "2026-11-20T15:59:59.999Z", .deliver_by = "2026-11-20T15:59:59.999Z"},
    {"in Auckland it is Saturday already", "2026-11-20T12:00:00Z", "Pacific/Auckland", office,
     .ship_by = "2026-11-23T04:00:00.000Z", .deliver_by = "2026-11-23T04:00:00.000Z"},
    {"in Honolulu it is still Friday, but closed", "2026-11-21T09:59:00Z", "Pacific/Honolulu", office,
     .ship_by = "2026-11-24T03:00:00.000Z", .deliver_by = "2026-11-24T03:00:00.000Z"},
    {"what is ready waits for the pickup day", "2026-11-23T09:00:00Z", "Europe/Berlin", office, .days = 1,
     .carried = true, .way = {.pickup_days = 1 | 4 | 16, .pickup_minute = 990, .transit_days = 1},
     .way_calendar = office, .ship_by = "2026-11-25T15:30:00.000Z", .deliver_by = "2026-11-26T22:59:59.999Z"},
    {"a missed pickup is missed", "2026-11-23T15:30:00.001Z", "Europe/Berlin", office, .carried = true,
     .way = {.pickup_days = 1 | 4 | 16, .pickup_minute = 990}, .way_calendar = office,
     .ship_by = "2026-11-25T15:30:00.000Z", .deliver_by = "2026-11-25T22:59:59.999Z"},
    {"work of days is done in time for its day's pickup", "2026-11-20T09:00:00Z", "Europe/Berlin", office, .days = 1,
     .carried = true, .way = {.pickup_minute = 600, .transit_days = 1, .delivered_minute = 720}, .way_calendar = office,
     .ship_by = "2026-11-23T09:00:00.000Z", .deliver_by = "2026-11-24T11:00:00.000Z"},
    {"the destination's day is the destination's", "2026-11-20T09:00:00Z", "Europe/Berlin", office, .carried = true,
     .way = {.transit_days = 3, .zone = "America/New_York"}, .way_calendar = office,
     .ship_by = "2026-11-20T16:00:00.000Z", .deliver_by = "2026-11-26T04:59:59.999Z"},
    {"minutes skip lunch and the weekend", "2026-11-20T10:00:00Z", "Europe/Berlin", with_lunch, .minutes = 480,
     .ship_by = "2026-11-23T10:00:00.000Z", .deliver_by = "2026-11-23T10:00:00.000Z"},
};

TEST(promises_follow_the_paper_calendar)
{
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const struct row *row = &rows[i];
    struct promise_site site = {.code = "WH", .zone = row->zone, .processing = row->days};
    if (row->minutes) {
      site.processing_unit = PROMISE_WORKING_MINUTES;
      site.processing = row->minutes;
    }
    site.calendar = row->calendar ? calendar(t, row->calendar) : NULL;
    site.cut_offs = row->cut_off ? cut_offs(t, row->cut_off) : NULL;
    struct promise_carriage way = row->way;
    way.calendar = row->way_calendar ? calendar(t, row->way_calendar) : NULL;
    struct promise p = make(t, &(struct promise_request){.at = at(row->at), .site = &site,
                                                         .carriage = row->carried ? &way : NULL});
    const char *got = arena_printf(t->arena, "%s: %s %s", row->rule, text_of(t, p.ship_by), text_of(t, p.deliver_by));
    const char *want = arena_printf(t->arena, "%s: %s %s", row->rule, row->ship_by, row->deliver_by);
    CHECK_TEXT(got, want);
  }
}

/* ---- Single rules ---------------------------------------------------------------------------------------------- */

TEST(parts_tell_the_whole_way_without_a_gap)
{
  struct promise_site site = {.zone = "Europe/Berlin", .calendar = calendar(t, office), .processing = 1,
                              .cut_offs = cut_offs(t, "\"14:00\"")};
  struct promise_carriage way = {.calendar = calendar(t, office), .transit_days = 2, .pickup_days = 4 | 16,
                                 .zone = "Europe/Warsaw"}; /* the same hours, another name */
  struct promise p = make(t, &(struct promise_request){.at = at("2026-11-20T14:00:00Z"), .site = &site,
                                                       .carriage = &way, .requested_from = "2026-12-01",
                                                       .requested_to = "2026-11-30"});
  static const struct {
    const char *code, *to, *why;
  } want[] = {{"cut_off", "2026-11-23T07:00:00.000Z", "after the cut-off at 14:00"},
              {"processing", "2026-11-24T16:00:00.000Z", "1 working day"},
              {"pickup", "2026-11-25T16:00:00.000Z", "the carrier's next pickup"},
              {"transit", "2026-11-27T22:59:59.999Z", "2 carrier days"},
              {"requested", "2026-12-01T22:59:59.999Z", "asked for no earlier"}};
  CHECK_INT(p.parts.n, COUNT_OF(want));
  struct instant from = at("2026-11-20T14:00:00Z");
  for (size_t i = 0; i < COUNT_OF(want); i++) {
    CHECK_TEXT(p.parts.at[i].code, want[i].code);
    CHECK_TEXT(text_of(t, p.parts.at[i].to), want[i].to);
    CHECK_TEXT(p.parts.at[i].why, want[i].why);
    CHECK_TEXT(p.parts.at[i].zone, i + 1 < COUNT_OF(want) ? "Europe/Berlin" : "Europe/Warsaw");
    CHECK_INT(p.parts.at[i].from.ms, from.ms);
    from = p.parts.at[i].to;
  }
  CHECK_INT(p.deliver_by.ms, from.ms);
  CHECK_INT(p.days_late, 1);
  CHECK_INT(p.days_early, 4);
}

TEST(whole_hours_of_work_are_told_as_hours)
{
  static const struct {
    int64_t minutes;
    const char *why;
  } cases[] = {{60, "1 working hour"}, {120, "2 working hours"}, {1, "1 working minute"}, {90, "90 working minutes"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct promise_site site = {.zone = "Europe/Berlin", .calendar = calendar(t, office),
                                .processing_unit = PROMISE_WORKING_MINUTES, .processing = cases[i].minutes};
    struct promise p = make(t, &(struct promise_request){.at = at("2026-11-20T10:00:00Z"), .site = &site});
    CHECK_INT(p.parts.n, 1);
    CHECK_TEXT(p.parts.at[0].why, cases[i].why);
  }
}

TEST(the_most_exact_cut_off_holds)
{
  struct promise_site site = {.calendar = NULL};
  site.cut_offs = cut_offs(t, "[{\"time\":\"10:00\"},{\"time\":\"11:00\",\"day\":\"fri\"},"
                              "{\"time\":\"12:00\",\"carrier\":\"DHL\"},{\"time\":\"13:00\",\"service\":\"express\"},"
                              "{\"time\":\"14:00\",\"service\":\"express\",\"day\":\"fri\"}]");
  static const struct {
    const char *carrier, *service, *at;
    bool in;
  } cases[] = {
      {"UPS", "standard", "2026-11-19T10:00:00Z", true}, {"UPS", "standard", "2026-11-19T10:01:00Z", false},
      {"UPS", "standard", "2026-11-20T11:00:00Z", true}, {"UPS", "standard", "2026-11-20T11:01:00Z", false},
      {"DHL", "standard", "2026-11-20T12:00:00Z", true}, {"DHL", "standard", "2026-11-20T12:01:00Z", false},
      {"DHL", "express", "2026-11-19T13:00:00Z", true},  {"DHL", "express", "2026-11-19T13:01:00Z", false},
      {"DHL", "express", "2026-11-20T14:00:00Z", true},  {"DHL", "express", "2026-11-20T14:01:00Z", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct promise_carriage way = {.carrier = cases[i].carrier, .service = cases[i].service};
    struct instant when = at(cases[i].at);
    struct promise p = make(t, &(struct promise_request){.at = when, .site = &site, .carriage = &way});
    CHECK_INT(p.ship_by.ms / DAY_MS - when.ms / DAY_MS, cases[i].in ? 0 : 1);
  }
}

TEST(days_late_are_local_days)
{
  struct promise_zones *z = zones_of(t);
  struct instant evening = at("2026-11-20T16:30:00Z"); /* the 21st in Shanghai */
  CHECK_INT(promise_days_late(z, "Asia/Shanghai", evening, "2026-11-20"), 1);
  CHECK_INT(promise_days_late(z, "Europe/Berlin", evening, "2026-11-20"), 0);
  CHECK_INT(promise_days_late(z, NULL, evening, "2026-11-13"), 7);
  CHECK_INT(promise_days_late(z, NULL, evening, NULL), 0);
}

TEST(several_shipments_promise_the_latest)
{
  struct promise promises[] = {{.ship_by = INSTANT(5), .deliver_by = INSTANT(10), .days_early = 1},
                               {.ship_by = INSTANT(2), .deliver_by = INSTANT(20), .days_late = 3, .days_early = 2},
                               {.ship_by = INSTANT(1), .deliver_by = INSTANT(20), .days_early = 4}};
  struct promise p = promise_latest(promises, 3);
  CHECK_INT(p.ship_by.ms, 5);
  CHECK_INT(p.deliver_by.ms, 20);
  CHECK_INT(p.days_late, 3);
  CHECK_INT(p.days_early, 2);
}

TEST(local_times_come_back_as_they_went_all_over_the_year)
{
  static const char *const zones[] = {NULL, "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Auckland",
                                      "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca",
                                      "Pacific/Apia"};
  struct promise_zones *z = zones_of(t);
  for (size_t i = 0; i < COUNT_OF(zones); i++)
    for (int64_t day = date_days("2026-01-01"); day < date_days("2027-02-01"); day++)
      for (int64_t minute = 30; minute < 1440; minute += 450) {
        struct instant then = promise_at(z, zones[i], day, minute);
        CHECK_INT(promise_local_day(z, zones[i], then), day);
        CHECK_INT(promise_local_minute(z, zones[i], then), minute);
        CHECK_INT(promise_at(z, zones[i], day, 1440).ms + 1, promise_at(z, zones[i], day + 1, 0).ms);
      }
}

TEST(a_skipped_time_is_the_change_and_a_double_one_the_earlier)
{
  struct promise_zones *z = zones_of(t);
  int64_t spring = date_days("2026-03-29"), autumn = date_days("2026-10-25");
  CHECK_TEXT(text_of(t, promise_at(z, "Europe/Berlin", spring, 150)), "2026-03-29T01:00:00.000Z");
  CHECK_TEXT(text_of(t, promise_at(z, "Europe/Berlin", spring, 119)), "2026-03-29T00:59:00.000Z");
  CHECK_TEXT(text_of(t, promise_at(z, "Europe/Berlin", spring, 180)), "2026-03-29T01:00:00.000Z");
  CHECK_TEXT(text_of(t, promise_at(z, "Europe/Berlin", autumn, 150)), "2026-10-25T00:30:00.000Z");
  CHECK_TEXT(text_of(t, promise_at(z, "Europe/Berlin", autumn, 180)), "2026-10-25T02:00:00.000Z");
}

TEST(more_zones_than_are_kept_still_answer_right)
{
  static const char *const cities[] = {"Berlin",   "Paris",     "Rome",       "Madrid",    "Vienna",     "Zurich",
                                       "Oslo",     "Prague",    "Warsaw",     "Athens",    "Dublin",     "Lisbon",
                                       "London",   "Moscow",    "Kyiv",       "Riga",      "Vilnius",    "Tallinn",
                                       "Helsinki", "Stockholm", "Copenhagen", "Brussels",  "Amsterdam",  "Luxembourg",
                                       "Monaco",   "Malta",     "Sofia",      "Bucharest", "Budapest",   "Belgrade",
                                       "Sarajevo", "Skopje",    "Zagreb",     "Ljubljana", "Bratislava", "Andorra"};
  struct promise_zones *z = zones_of(t);
  for (int round = 0; round < 3; round++)
    for (size_t i = 0; i < COUNT_OF(cities); i++) {
      const char *zone = arena_printf(t->arena, "Europe/%s", cities[i]);
      CHECK(promise_zone_valid(zone));
      int64_t day = date_days("2026-07-01");
      CHECK_INT(promise_local_minute(z, zone, promise_at(z, zone, day, 600)), 600);
    }
}

TEST(only_names_of_the_zone_list_are_zones)
{
  CHECK(promise_zone_valid("Asia/Shanghai") && promise_zone_valid("UTC") && promise_zone_valid(NULL));
  CHECK(!promise_zone_valid("") && !promise_zone_valid("Mars/Base") && !promise_zone_valid("GMT+8") &&
        !promise_zone_valid("Europe/Berl\xc3\xadn"));
}

/* ---- What people write ----------------------------------------------------------------------------------------- */

TEST(a_calendar_that_contradicts_itself_is_refused_with_its_place)
{
  static const struct {
    const char *json, *pointer, *code;
  } cases[] = {
      {"{\"weekly\":[{\"day\":\"mon\",\"from\":\"8:00\",\"to\":\"17:00\"}]}", "/calendar/weekly/0", "invalid_format"},
      {"{\"weekly\":[{\"day\":\"mon\",\"from\":\"17:00\",\"to\":\"08:00\"}]}", "/calendar/weekly/0", "from_after_to"},
      {"{\"weekly\":[{\"day\":\"mon\",\"from\":\"08:00\",\"to\":\"12:00\"},"
       "{\"day\":\"mon\",\"from\":\"11:59\",\"to\":\"17:00\"}]}", "/calendar/weekly/1", "overlap"},
      {"{\"exceptions\":[{\"date\":\"2026-12-25\",\"open\":false},{\"date\":\"2026-12-25\",\"open\":true}]}",
       "/calendar/exceptions/1", "overlap"},
      {"{\"weekly\":[{\"day\":\"any\",\"from\":\"08:00\",\"to\":\"12:00\"}]}", "/calendar/weekly/0/day", "not_one_of"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct promise_calendar c;
    struct fault *f = fault_of(t);
    CHECK_ERR(promise_calendar_read(cases[i].json, "/calendar", t->arena, f, &c), ERR_INVALID);
    CHECK_TEXT(f->entries[0].pointer, cases[i].pointer);
    CHECK_TEXT(f->entries[0].code, cases[i].code);
  }
}

TEST(cut_offs_are_one_time_or_a_list_of_them)
{
  struct promise_cut_offs *one = cut_offs(t, "\"14:30\"");
  CHECK_INT(one->rows.n, 1);
  CHECK_INT(one->rows.at[0].minute, 870);
  CHECK_INT(one->rows.at[0].day, PROMISE_ANY_DAY);
  CHECK_INT(cut_offs(t, NULL)->rows.n, 0);
  CHECK_INT(cut_offs(t, "null")->rows.n, 0);
  static const char *const broken[] = {"\"25:00\"", "14", "[{\"time\":\"9:00\"}]", "[{\"day\":\"mon\"}]", "{}"};
  for (size_t i = 0; i < COUNT_OF(broken); i++) {
    struct promise_cut_offs c;
    CHECK_ERR(promise_cut_offs_read(broken[i], "/cut_off", t->arena, fault_of(t), &c), ERR_INVALID);
  }
}

TEST(nothing_may_follow_a_cut_off)
{
  static const char *const more[] = {"null x", "null, null", "\"14:00\" x"};
  struct promise_cut_offs c;
  for (size_t i = 0; i < COUNT_OF(more); i++)
    CHECK_ERR(promise_cut_offs_read(more[i], "/cut_off", t->arena, fault_of(t), &c), ERR_MALFORMED);
  CHECK_ERR(promise_cut_offs_read("\"14:00\\u0000\"", "/cut_off", t->arena, fault_of(t), &c), ERR_INVALID);
}

TEST(work_of_more_than_ten_years_is_not_promised)
{
  struct promise_calendar *minute_a_week =
      calendar(t, "{\"weekly\":[{\"day\":\"mon\",\"from\":\"08:00\",\"to\":\"08:01\"}]}");
  struct promise_site site = {
      .calendar = minute_a_week, .processing_unit = PROMISE_WORKING_MINUTES, .processing = 500};
  struct promise_request r = {.at = at("2026-11-20T08:00:00Z"), .site = &site};
  struct promise p;
  struct fault *f = fault_of(t);
  CHECK_OK(promise_make(zones_of(t), &r, t->arena, f, &p));
  site.processing = 600;
  CHECK_ERR(promise_make(zones_of(t), &r, t->arena, f, &p), ERR_INVALID);
  CHECK_TEXT(f->entries[0].code, "too_long");
}

TEST(who_orders_later_is_not_served_earlier)
{
  struct promise_site site = {.processing_unit = PROMISE_WORKING_MINUTES, .processing = 60};
  struct promise_carriage workdays = {.pickup_days = 31};
  struct promise_request r = {.at = at("2026-11-21T08:00:00Z"), .site = &site, .carriage = &workdays};
  struct promise saturday, monday;
  CHECK_OK(promise_make(zones_of(t), &r, t->arena, fault_of(t), &saturday));
  CHECK_INT(saturday.ship_by.ms, at("2026-11-23T00:00:00Z").ms);
  r.at = at("2026-11-23T03:00:00Z");
  CHECK_OK(promise_make(zones_of(t), &r, t->arena, fault_of(t), &monday));
  CHECK_INT(monday.ship_by.ms, at("2026-11-23T04:00:00Z").ms);
}

TEST(what_can_never_be_kept_is_not_promised)
{
  struct promise_site site = {.calendar = calendar(t, mondays)};
  struct promise_carriage tuesdays = {.pickup_days = 2}, lost = {.zone = "Mars/Base"};
  struct promise_request r = {.at = at("2026-11-20T08:00:00Z"), .site = &site, .carriage = &tuesdays};
  struct promise p;
  struct fault *f = fault_of(t);
  CHECK_ERR(promise_make(zones_of(t), &r, t->arena, f, &p), ERR_INVALID);
  CHECK_TEXT(f->entries[0].code, "no_open_day");
  r.carriage = &lost;
  f = fault_of(t);
  CHECK_ERR(promise_make(zones_of(t), &r, t->arena, f, &p), ERR_INVALID);
  CHECK_TEXT(f->entries[0].code, "unknown_zone");
  r.carriage = NULL;
  r.requested_to = "2026-02-30";
  f = fault_of(t);
  CHECK_ERR(promise_make(zones_of(t), &r, t->arena, f, &p), ERR_INVALID);
  CHECK_TEXT(f->entries[0].code, "out_of_range");
}

TEST(a_promise_is_stored_with_its_parts)
{
  struct promise_site site = {.code = "WH"};
  struct promise p = make(t, &(struct promise_request){.at = at("2026-11-20T08:00:00Z"), .site = &site});
  struct buf b;
  buf_init(&b, t->arena);
  rec_write(&promise_rec, &p, NULL, &b);
  CHECK_TEXT(buf_str(&b),
             "{\"ship_by\":\"2026-11-20T23:59:59.999Z\",\"deliver_by\":\"2026-11-20T23:59:59.999Z\",\"days_late\":0,"
             "\"parts\":[{\"code\":\"processing\",\"from\":\"2026-11-20T08:00:00.000Z\","
             "\"to\":\"2026-11-20T23:59:59.999Z\",\"why\":\"done the same working day\"}]}");
}
