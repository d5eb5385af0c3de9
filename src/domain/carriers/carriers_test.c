#include "carriers.h"

#include "scratch.h"
#include "test.h"

#include <string.h>

#define NOON "2026-01-05T12:00:00Z"

static enum err create(struct ctx *cx, const char *json, struct act_result *out)
{
  struct carrier c;
  struct act_result ignored;
  fault_clear(&cx->fault);
  rec_init(&carrier_rec, &c);
  TRY(rec_read(&carrier_rec, json, strlen(json), "", cx->arena, &cx->fault, &c));
  return scratch_act(cx, &carrier_create_act, (struct act_input){.body = &c, .version = ABSENT}, out ? out : &ignored);
}

static enum err change(struct ctx *cx, const char *id, const char *json, struct act_result *out)
{
  struct act_result ignored;
  struct act_input in = {.id = id, .json = json, .json_n = strlen(json), .version = ABSENT};
  return scratch_act(cx, &carrier_update_act, in, out ? out : &ignored);
}

static void bootstrap(struct ctx *cx)
{
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(carriers_bootstrap(cx));
  CHECK_OK(scratch_commit(cx));
}

/* Two services, four zones, rates up to 10 kg and open upwards for one of them. */
static const char dhl_json[] =
    "{\"code\":\"dhl\",\"name\":\"DHL\",\"kind\":\"manual\",\"currency\":\"EUR\","
    "\"services\":[{\"code\":\"paket\",\"methods\":[\"standard\",\"economy\"],\"transit_days\":2,"
    "\"transit\":[{\"zone\":\"islands\",\"days\":4}],\"cut_off\":\"14:00\",\"pickup_at\":\"17:30\","
    "\"max_weight_g\":31500,"
    "\"calendar\":{\"weekly\":[{\"day\":\"mon\",\"from\":\"00:00\",\"to\":\"24:00\"},"
    "{\"day\":\"sat\",\"from\":\"00:00\",\"to\":\"24:00\"}],\"exceptions\":[{\"date\":\"2026-12-25\","
    "\"open\":false}]}},"
    "{\"code\":\"express\",\"transit_days\":1,\"saturday_delivery\":true}],"
    "\"zones\":[{\"code\":\"islands\",\"countries\":[\"DE\"],\"postal_prefixes\":[\"264\",\"27498\"]},"
    "{\"code\":\"bavaria\",\"countries\":[\"DE\"],\"regions\":[\"BY\",\"Bayern\"]},"
    "{\"code\":\"de\",\"countries\":[\"DE\"]},{\"code\":\"gb\",\"countries\":[\"GB\"],"
    "\"postal_prefixes\":[\"SW1A1\"]}],"
    "\"rates\":[{\"service\":\"paket\",\"zone\":\"de\",\"up_to_g\":10000,\"price\":1049,\"per_extra_kg\":100},"
    "{\"service\":\"paket\",\"zone\":\"de\",\"up_to_g\":2000,\"price\":549},"
    "{\"service\":\"paket\",\"zone\":\"islands\",\"up_to_g\":5000,\"price\":1999},"
    "{\"service\":\"express\",\"zone\":\"de\",\"up_to_g\":5000,\"price\":1500,\"per_extra_kg\":0}]}";

static const struct carrier *dhl(struct ctx *cx)
{
  const struct carrier *c;
  CHECK_OK(create(cx, dhl_json, NULL));
  CHECK_OK(carrier_find(cx, "dhl", &c));
  return c;
}

/* ---- Documents --------------------------------------------------------------------------------------------------- */

TEST(the_descriptor_and_the_table_agree)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *columns;
  CHECK_OK(db_columns(cx->db, "carrier", &columns));
  for (size_t i = 0; i < carrier_rec.n; i++) {
    const struct rec_field *f = &carrier_rec.fields[i];
    const char *name = arena_printf(cx->arena, ",%s,", f->column ? f->column : f->name);
    if (f->kind != REC_LIST && !strstr(arena_printf(cx->arena, ",%s,", columns), name))
      test_failed(__FILE__, __LINE__, name, columns, "its column");
  }
}

TEST(a_fresh_database_has_one_built_in_carrier)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *ordo;
  struct carrier_quote q;
  bootstrap(cx);
  bootstrap(cx); /* and no second one */
  CHECK_OK(carrier_find(cx, "ordo", &ordo));
  CHECK_INT(ordo->kind, CARRIER_TABLE);
  CHECK_TEXT(ordo->tracking_prefix, "OD");
  const struct carrier_zone *zone = carrier_zone(ordo, &(struct carrier_lane){.country = "ZW"});
  CHECK_TEXT(zone->code, "all");
  CHECK_INT(carrier_quote(ordo, carrier_service_find(ordo, "standard"), zone, 250000, &q), QUOTE_OK);
  CHECK_INT(q.price.minor, 500);
  CHECK_INT(q.transit_days, 5);
  CHECK_INT(carrier_quote(ordo, carrier_service_find(ordo, "express"), zone, 0, &q), QUOTE_OK);
  CHECK_INT(q.price.minor, 1500);
  CHECK_INT(q.transit_days, 2);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM carrier"), 1);
}

TEST(a_carrier_is_stored_and_read_as_one_document)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct carrier stored;
  CHECK_OK(create(cx, dhl_json, &r));
  CHECK_INT(r.status, 201);
  const char *sent = scratch_json(cx, &r);
  CHECK_OK(carrier_load(cx, "dhl", &stored));
  r.value = &stored;
  CHECK_TEXT(scratch_json(cx, &r), sent);
  CHECK(!strstr(sent, "_json"));
  CHECK_INT(stored.services.at[0].cut_off_minute, 14 * 60);
  CHECK_INT(stored.services.at[0].pickup_minute, 17 * 60 + 30);
  CHECK_INT(stored.services.at[1].cut_off_minute, ABSENT);
  CHECK_INT(stored.services.at[0].calendar->weekly.at[1].to_minute, 1440);
  CHECK_OK(carrier_load(cx, strrchr(r.location, '/') + 1, &stored));
  CHECK_TEXT(stored.code, "dhl");
  CHECK_INT(scratch_events(cx, "carrier.created"), 1);
}

TEST(the_same_document_again_changes_nothing)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  dhl(cx);
  CHECK_OK(change(cx, "dhl", dhl_json, &r));
  CHECK_INT(r.version, 1);
  CHECK_OK(change(cx, "dhl", "{\"rates\":[]}", &r));
  CHECK_INT(r.version, 2);
  const struct carrier *c;
  CHECK_OK(carrier_find(cx, "dhl", &c));
  CHECK_INT(c->rates.n, 0);
  CHECK_INT(c->services.n, 2);
  CHECK_INT(scratch_events(cx, "carrier.updated"), 1);
  CHECK_ERR(create(cx, dhl_json, NULL), ERR_EXISTS);
}

TEST(what_is_wrong_with_a_carrier_is_said_by_name)
{
#define TWO "\"code\":\"x\",\"services\":[{\"code\":\"s\"}],\"zones\":[{\"code\":\"z\"}]"
  static const struct {
    const char *json, *pointer;
  } cases[] = {
    {"{}", "/code"},
    {"{\"code\":\"a b\"}", "/code"},
    {"{\"code\":\"x\",\"tracking_prefix\":\"o1\"}", "/tracking_prefix"},
    {"{\"code\":\"x\",\"tracking_url\":\"https://example.com/\"}", "/tracking_url"},
    {"{\"code\":\"x\",\"tracking_url\":\"javascript:{number}\"}", "/tracking_url"},
    {"{\"code\":\"x\",\"services\":[{\"code\":\"s\"},{\"code\":\"s\"}]}", "/services/1/code"},
    {"{\"code\":\"x\",\"services\":[{\"code\":\"s\",\"cut_off\":\"25:00\"}]}", "/services/0/cut_off"},
    {"{\"code\":\"x\",\"services\":[{\"code\":\"s\",\"calendar\":{\"weekly\":[{\"day\":\"mon\",\"from\":\"9h\","
     "\"to\":\"17:00\"}]}}]}",
     "/services/0/calendar/weekly/0"},
    {"{\"code\":\"x\",\"services\":[{\"code\":\"s\",\"transit\":[{\"zone\":\"q\","
     "\"days\":1}]}]}", "/services/0/transit/0/zone"},
    {"{\"code\":\"x\",\"zones\":[{\"code\":\"z\"},{\"code\":\"z\"}]}", "/zones/1/code"},
    {"{\"code\":\"x\",\"zones\":[{\"code\":\"z\",\"countries\":[\"DE\",\"Germany\"]}]}", "/zones/0/countries/1"},
    {"{" TWO ",\"rates\":[{\"service\":\"q\",\"zone\":\"z\",\"up_to_g\":1,\"price\":1}]}", "/rates/0/service"},
    {"{" TWO ",\"rates\":[{\"service\":\"s\",\"zone\":\"q\",\"up_to_g\":1,\"price\":1}]}", "/rates/0/zone"},
    {"{" TWO ",\"rates\":[{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":0,\"price\":1}]}", "/rates/0/up_to_g"},
    {"{" TWO ",\"rates\":[{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":1,\"price\":2},"
     "{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":2,\"price\":1}]}", "/rates"},
    {"{" TWO ",\"rates\":[{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":1,\"price\":1},"
     "{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":1,\"price\":1}]}", "/rates"},
    {"{" TWO ",\"rates\":[{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":1,\"price\":1,\"per_extra_kg\":1},"
     "{\"service\":\"s\",\"zone\":\"z\",\"up_to_g\":2,\"price\":1}]}", "/rates"},
  };
#undef TWO
  struct ctx *cx = scratch_ctx(t, NOON);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    CHECK_ERR(create(cx, cases[i].json, NULL), ERR_INVALID);
    CHECK_TEXT(cx->fault.entries[0].pointer, cases[i].pointer);
  }
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM carrier"), 0);
}

TEST(all_faults_are_told_together)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  CHECK_ERR(create(cx, "{\"code\":\"x\",\"services\":[{\"code\":\"s\"},{\"code\":\"s\"}],"
                       "\"zones\":[{\"code\":\"z\",\"countries\":[\"de\"]}],"
                       "\"rates\":[{\"service\":\"q\",\"zone\":\"q\",\"up_to_g\":1,\"price\":1}]}", NULL), ERR_INVALID);
  CHECK_INT(cx->fault.n, 4);
}

/* ---- Zones, prices, days ----------------------------------------------------------------------------------------- */

TEST(the_first_zone_that_takes_an_address_counts)
{
  static const struct {
    const char *country, *region, *postal_code, *zone;
  } cases[] = {
    {"DE", NULL, "26465", "islands"}, {"DE", NULL, "27 498", "islands"}, {"DE", NULL, "27499", "de"},
    {"DE", "by", "80331", "bavaria"}, {"DE", "Bayern", NULL, "bavaria"}, {"DE", NULL, NULL, "de"},
    {"GB", NULL, "sw1a 1aa", "gb"},   {"GB", NULL, "SW1A 2AA", NULL},    {"GB", NULL, NULL, NULL},
    {"FR", NULL, "75001", NULL},      {NULL, NULL, NULL, NULL},
  };
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *c = dhl(cx);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    const struct carrier_zone *z = carrier_zone(
        c, &(struct carrier_lane){NULL, cases[i].country, cases[i].region, cases[i].postal_code});
    CHECK_TEXT(z ? z->code : NULL, cases[i].zone);
  }
}

TEST(a_zone_may_ask_where_goods_come_from)
{
  const char *us = "US", *cn = "CN";
  struct carrier_zone zones[] = {{.code = "domestic"}, {.code = "import"}, {.code = "world"}};
  struct carrier c = {.zones = {zones, 3, 3}};
  zones[0].from_countries.at = zones[0].countries.at = zones[1].countries.at = &us;
  zones[0].from_countries.n = zones[0].countries.n = zones[1].countries.n = 1;
  CHECK_TEXT(carrier_zone(&c, &(struct carrier_lane){us, us, NULL, NULL})->code, "domestic");
  CHECK_TEXT(carrier_zone(&c, &(struct carrier_lane){cn, us, NULL, NULL})->code, "import");
  CHECK_TEXT(carrier_zone(&c, &(struct carrier_lane){NULL, us, NULL, NULL})->code, "import");
  CHECK_TEXT(carrier_zone(&c, &(struct carrier_lane){us, cn, NULL, NULL})->code, "world");
}

TEST(the_price_is_that_of_the_first_step_that_carries_the_weight)
{
  static const struct {
    const char *service, *zone;
    int64_t weight_g;
    enum carrier_quote_result result;
    int64_t price, days;
  } cases[] = {
    {"paket", "de", 0, QUOTE_OK, 549, 2},          {"paket", "de", 2000, QUOTE_OK, 549, 2},
    {"paket", "de", 2001, QUOTE_OK, 1049, 2},      {"paket", "de", 10000, QUOTE_OK, 1049, 2},
    {"paket", "de", 10001, QUOTE_OK, 1149, 2},     {"paket", "de", 11000, QUOTE_OK, 1149, 2},
    {"paket", "de", 11001, QUOTE_OK, 1249, 2},     {"paket", "de", 31500, QUOTE_OK, 3249, 2},
    {"paket", "de", 31501, QUOTE_TOO_HEAVY, 0, 0}, {"paket", "islands", 5000, QUOTE_OK, 1999, 4},
    {"paket", "islands", 5001, QUOTE_TOO_HEAVY, 0, 0}, {"paket", "bavaria", 1, QUOTE_NO_RATE, 0, 0},
    {"express", "de", 99000000, QUOTE_OK, 1500, 1}, {"express", "de", CARRIER_WEIGHT_MAX_G + 1, QUOTE_TOO_HEAVY, 0, 0},
    {"express", "nowhere", 1, QUOTE_NO_ZONE, 0, 0},
  };
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *c = dhl(cx);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct carrier_quote q = {0};
    CHECK_INT(carrier_quote(c, carrier_service_find(c, cases[i].service), carrier_zone_find(c, cases[i].zone),
                            cases[i].weight_g, &q), cases[i].result);
    CHECK_INT(q.price.minor, cases[i].price);
    CHECK_INT(q.transit_days, cases[i].days);
  }
}

TEST(the_steps_of_a_table_rise_by_weight)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *c = dhl(cx);
  size_t n;
  const struct carrier_rate *steps = carrier_rate_steps(c, "paket", "de", &n);
  CHECK_INT(n, 2);
  CHECK_INT(steps[0].up_to_g, 2000);
  CHECK_INT(steps[1].per_extra_kg.minor, 100);
  CHECK(!carrier_rate_steps(c, "paket", "gb", &n));
  CHECK_INT(n, 0);
}

TEST(a_method_is_answered_by_the_built_in_carrier_first)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *c;
  const struct carrier_service *s;
  dhl(cx);
  CHECK_OK(carrier_for_method(cx, "standard", &c, &s));
  CHECK_TEXT(c->code, "dhl");
  CHECK_TEXT(s->code, "paket");
  bootstrap(cx); /* there is a carrier already, so this adds none */
  CHECK_OK(create(cx, "{\"code\":\"zz\",\"services\":[{\"code\":\"off\",\"active\":false,\"methods\":[\"standard\"]},"
                      "{\"code\":\"on\",\"methods\":[\"standard\"]}]}", NULL));
  CHECK_OK(carrier_for_method(cx, "standard", &c, &s));
  CHECK_TEXT(c->code, "zz");
  CHECK_TEXT(s->code, "on");
  CHECK_OK(carrier_for_method(cx, "economy", &c, &s));
  CHECK_TEXT(c->code, "dhl");
  CHECK_OK(carrier_for_method(cx, NULL, &c, &s));
  CHECK_TEXT(c->code, "zz");
  CHECK_ERR(carrier_for_method(cx, "drone", &c, &s), ERR_NOT_FOUND);
  CHECK_OK(change(cx, "zz", "{\"active\":false}", NULL));
  CHECK_OK(carrier_for_method(cx, "standard", &c, &s));
  CHECK_TEXT(c->code, "dhl");
}

TEST(a_carriage_has_what_a_promise_asks_for)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *c = dhl(cx);
  struct promise_carriage islands = carrier_carriage(c, &c->services.at[0], "islands", "Europe/Berlin");
  CHECK_TEXT(islands.carrier, "dhl");
  CHECK_TEXT(islands.zone, "Europe/Berlin");
  CHECK_INT(islands.transit_days, 4);
  CHECK_INT(islands.pickup_minute, 1050);
  CHECK(islands.calendar && !islands.saturday);
  CHECK(carrier_carriage(c, &c->services.at[1], NULL, NULL).saturday);
}

/* ---- Tracking numbers -------------------------------------------------------------------------------------------- */

TEST(our_numbers_rise_and_carry_a_check_digit)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct carrier *c;
  const char *first, *second;
  bootstrap(cx);
  CHECK_OK(carrier_find(cx, "ordo", &c));
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(tracking_number_draw(cx, c, &first));
  CHECK_OK(tracking_number_draw(cx, c, &second));
  CHECK_OK(scratch_commit(cx));
  CHECK_TEXT(first, "OD00001000016");
  CHECK_TEXT(second, "OD00001000023");
  CHECK(tracking_number_is_own("OD", first));
  CHECK(tracking_number_is_own("OD", "od 0000 1000 023"));
  CHECK(!tracking_number_is_own("OD", "OD00001000014"));
  CHECK(!tracking_number_is_own("OD", "OX00001000016"));
  CHECK(!tracking_number_is_own("OD", "OD14"));
}

TEST(any_single_wrong_digit_is_seen)
{
  char number[] = "OD00001000016";
  for (size_t i = 2; number[i]; i++) {
    char right = number[i];
    for (char c = '0'; c <= '9'; c++) {
      number[i] = c;
      CHECK(tracking_number_is_own("OD", number) == (c == right));
    }
    number[i] = right;
  }
}

TEST(a_carrier_without_prefix_gives_no_numbers)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *number;
  const struct carrier *c = dhl(cx);
  CHECK_OK(scratch_begin(cx));
  CHECK_ERR(tracking_number_draw(cx, c, &number), ERR_STATE);
  scratch_rollback(cx);
}

/* The cells of one line of a simple CSV. */
static void split(char *line, char *cells[], size_t n)
{
  for (size_t i = 0; i < n; i++)
    cells[i] = strsep(&line, ",");
}

TEST(the_numbers_of_other_carriers_are_recognized_by_their_check_digits)
{
  const char *path = test_data(t, "carriers/tracking_numbers.csv");
  if (!path)
    SKIP("no ../shared/data");
  size_t n, valid = 0, invalid = 0;
  char *text = test_read_file(t, path, &n), *line;
  strsep(&text, "\n");
  while ((line = strsep(&text, "\n")) && *line) {
    char *cells[5]; /* courier, id, name, expected, number */
    split(line, cells, COUNT_OF(cells));
    struct tracking_match m = tracking_number_recognize(cells[4]);
    if (strcmp(cells[3], "valid") == 0) {
      if (!m.valid)
        test_failed(__FILE__, __LINE__, cells[4], "refused", cells[2]);
      CHECK_TEXT(m.courier, cells[0]);
      if (*cells[1])
        CHECK_TEXT(m.format, cells[1]);
      CHECK_TEXT(m.name, cells[2]);
      valid++;
    } else {
      if (m.valid)
        test_failed(__FILE__, __LINE__, cells[4], m.name, "refused");
      invalid++;
    }
  }
  CHECK_INT(valid + invalid, 62);
  CHECK_INT(invalid, 15);
}

TEST(text_that_is_no_number_matches_no_format)
{
  static const char *const cases[] = {"", " ", "hello", "1Z", "42", "OD00001000016",
                                      "999999999999999999999999999999999999999",
                                      "12345678901234567890123456789012345678901234567890123456789012345678901234567"};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct tracking_match m = tracking_number_recognize(cases[i]);
    CHECK(!m.valid && !m.courier);
  }
}

/* ---- Statuses ---------------------------------------------------------------------------------------------------- */

TEST(each_status_has_a_name)
{
  for (int i = 0; i < TRACKING_STATUS_COUNT; i++)
    CHECK(tracking_statuses[i]);
  CHECK(!tracking_statuses[TRACKING_STATUS_COUNT]);
  CHECK_TEXT(tracking_statuses[TRACKING_DELIVERED], "delivered");
  CHECK_TEXT(tracking_statuses[TRACKING_OUT_FOR_DELIVERY], "out_for_delivery");
  CHECK_TEXT(tracking_statuses[TRACKING_RETURN_TO_SENDER], "return_to_sender");
}

struct scan {
  enum tracking_status status;
  int64_t at;
};

static enum tracking_status outcome(const struct scan *scans, const int *order, int n)
{
  enum tracking_status now = TRACKING_UNKNOWN;
  struct instant now_at = INSTANT(ABSENT);
  for (int i = 0; i < n; i++) {
    const struct scan *s = &scans[order[i]];
    if (!tracking_supersedes(now, now_at, s->status, INSTANT(s->at)))
      continue;
    now = s->status;
    now_at = INSTANT(s->at);
  }
  return now;
}

TEST(scans_in_any_order_tell_the_same)
{
  static const struct {
    struct scan scans[4];
    enum tracking_status wanted;
  } cases[] = {
    {{{TRACKING_PRE_TRANSIT, 1}, {TRACKING_IN_TRANSIT, 2},
      {TRACKING_OUT_FOR_DELIVERY, 3}, {TRACKING_DELIVERED, 4}},
     TRACKING_DELIVERED},
    {{{TRACKING_DELIVERED, 4}, {TRACKING_IN_TRANSIT, 9},
      {TRACKING_UNKNOWN, 12}, {TRACKING_PRE_TRANSIT, 1}},
     TRACKING_DELIVERED},
    {{{TRACKING_DELIVERED, 4}, {TRACKING_RETURN_TO_SENDER, 7},
      {TRACKING_IN_TRANSIT, 8}, {TRACKING_FAILURE, 2}},
     TRACKING_RETURN_TO_SENDER},
    {{{TRACKING_OUT_FOR_DELIVERY, 3}, {TRACKING_FAILURE, 5},
      {TRACKING_OUT_FOR_DELIVERY, 6}, {TRACKING_UNKNOWN, 7}},
     TRACKING_OUT_FOR_DELIVERY},
    {{{TRACKING_IN_TRANSIT, 5}, {TRACKING_PRE_TRANSIT, 5},
      {TRACKING_UNKNOWN, 1}, {TRACKING_UNKNOWN, 9}},
     TRACKING_IN_TRANSIT},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    for (int a = 0; a < 4; a++)
      for (int b = 0; b < 4; b++)
        for (int c = 0; c < 4; c++) {
          const int order[] = {a, b, c, 6 - a - b - c};
          if (a != b && a != c && b != c)
            CHECK_INT(outcome(cases[i].scans, order, 4), cases[i].wanted);
        }
}
