/* Calendars, cut-offs and the promises made with them. Lines: the location's calendar, its cut-offs, the carrier's
 * calendar, the days asked for, from and to; then numbers. Whatever was accepted, a promise ends, its parts follow one
 * another without a gap, and who orders later is not served earlier. */
#include "fuzz.h"
#include "promise.h"

static const char *const zones[] = {NULL,           "UTC",          "Europe/Berlin",       "America/New_York",
                                    "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo"};

struct given {
  struct promise_calendar site_days, carrier_days;
  struct promise_cut_offs cut_offs;
  struct promise_site site;
  struct promise_carriage way;
  struct promise_request request;
};

static void check_refused(enum err err, const struct fault *f)
{
  FUZZ_CHECK((err == ERR_INVALID || err == ERR_MALFORMED) && f->n > 0 && f->detail);
}

static bool is_json(struct arena *a, const char *text)
{
  struct json j;
  enum json_token token;
  json_init(&j, text, strlen(text), a);
  while ((token = json_next(&j)) != JSON_END && token != JSON_ERROR)
    ;
  return token == JSON_END;
}

/* Prepared lists are sorted, and their spans lie within the day and apart. */
static void check_calendar(const struct promise_calendar *c)
{
  for (size_t i = 0; i < c->weekly.n; i++) {
    const struct promise_hours *h = &c->weekly.at[i];
    FUZZ_CHECK(h->from_minute >= 0 && h->from_minute < h->to_minute && h->to_minute <= 1440);
    FUZZ_CHECK(i == 0 || h[-1].day < h->day || (h[-1].day == h->day && h[-1].to_minute <= h->from_minute));
  }
  for (size_t i = 0; i < c->exceptions.n; i++) {
    const struct promise_exception *x = &c->exceptions.at[i];
    FUZZ_CHECK(x->from_minute >= 0 && x->from_minute < x->to_minute && x->to_minute <= 1440);
    FUZZ_CHECK(i == 0 || x[-1].day_number < x->day_number ||
               (x[-1].day_number == x->day_number && x[-1].to_minute <= x->from_minute));
  }
}

static bool take_calendar(struct fuzz_input *in, struct arena *a, struct promise_calendar *out)
{
  struct fault fault;
  char *line = fuzz_line(in);
  fault_init(&fault, a);
  enum err err = promise_calendar_read(line, "/calendar", a, &fault, out);
  if (err == ERR_OK) {
    FUZZ_CHECK(!*line || is_json(a, line));
    check_calendar(out);
  } else {
    check_refused(err, &fault);
  }
  free(line);
  return err == ERR_OK;
}

static bool take_cut_offs(struct fuzz_input *in, struct arena *a, struct promise_cut_offs *out)
{
  struct fault fault;
  char *line = fuzz_line(in);
  fault_init(&fault, a);
  enum err err = promise_cut_offs_read(line, "/cut_off", a, &fault, out);
  if (err == ERR_OK)
    FUZZ_CHECK(!*line || is_json(a, line));
  else
    check_refused(err, &fault);
  for (size_t i = 0; err == ERR_OK && i < out->rows.n; i++)
    FUZZ_CHECK(out->rows.at[i].minute >= 0 && out->rows.at[i].minute <= 1440);
  free(line);
  return err == ERR_OK;
}

static const char *take_date(struct fuzz_input *in, struct arena *a)
{
  char *line = fuzz_line(in);
  const char *date = *line ? arena_text(a, line) : NULL;
  free(line);
  return date;
}

static const char *take_zone(struct fuzz_input *in)
{
  return zones[fuzz_number(in, 0, COUNT_OF(zones) - 1)];
}

/* Where a number is a bound, one further is tried too: it must be refused, not followed. */
static void take_numbers(struct fuzz_input *in, struct given *g)
{
  bool by_hand = fuzz_number(in, 0, 7) == 0;
  g->site = (struct promise_site){.code = "A",
                                  .zone = take_zone(in),
                                  .calendar = &g->site_days,
                                  .cut_offs = &g->cut_offs,
                                  .processing_unit = (enum promise_unit)fuzz_number(in, 0, 1)};
  g->site.processing = fuzz_number(in, -1, g->site.processing_unit == PROMISE_WORKING_DAYS ? 367 : 366 * 1440 + 1);
  g->way = (struct promise_carriage){.carrier = "DHL",
                                     .service = "express",
                                     .zone = take_zone(in),
                                     .calendar = &g->carrier_days,
                                     .pickup_days = (unsigned)fuzz_number(in, 0, 127),
                                     .pickup_minute = fuzz_number(in, 0, 1441),
                                     .transit_days = fuzz_number(in, 0, 367),
                                     .delivered_minute = fuzz_number(in, 0, 1441)};
  int64_t bits = fuzz_number(in, 0, 7);
  g->way.no_saturday = bits & 1;
  g->way.no_sunday = bits & 2;
  g->way.saturday = bits & 4;
  g->request.site = &g->site;
  g->request.carriage = by_hand ? NULL : &g->way;
  g->request.at = INSTANT(fuzz_number(in, INT64_MIN, INT64_MAX));
}

static void check_promise(struct arena *a, const struct promise_request *r, const struct promise *p)
{
  struct fault fault;
  struct buf b;
  struct promise back;
  struct instant now = r->at;
  EACH (const struct promise_part, part, &p->parts) {
    FUZZ_CHECK(part->from.ms == now.ms && part->to.ms > part->from.ms);
    now = part->to;
  }
  FUZZ_CHECK(p->deliver_by.ms == now.ms && p->ship_by.ms >= r->at.ms && p->ship_by.ms <= p->deliver_by.ms);
  FUZZ_CHECK(p->days_late >= 0 && p->days_early >= 0);
  fault_init(&fault, a);
  buf_init(&b, a);
  rec_write(&promise_rec, p, NULL, &b);
  rec_init(&promise_rec, &back);
  FUZZ_CHECK(rec_read(&promise_rec, b.at, b.n, "", a, &fault, &back) == ERR_OK);
  FUZZ_CHECK(rec_equal(&promise_rec, p, &back));
}

/* The zones are kept from input to input, as a server keeps them. */
static struct promise_zones *known_zones(void)
{
  static struct promise_zones *z;
  if (!z)
    z = promise_zones_new();
  return z;
}

static void check_made(struct arena *a, struct promise_request *r, int64_t later_ms)
{
  struct fault fault;
  struct promise p, later;
  fault_init(&fault, a);
  enum err err = promise_make(known_zones(), r, a, &fault, &p);
  if (err != ERR_OK) {
    check_refused(err, &fault);
    return;
  }
  check_promise(a, r, &p);
  r->at.ms += later_ms;
  if (promise_make(known_zones(), r, a, &fault, &later) != ERR_OK)
    return;
  check_promise(a, r, &later);
  FUZZ_CHECK(later.deliver_by.ms >= p.deliver_by.ms && later.ship_by.ms >= p.ship_by.ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct fuzz_input in = {bytes, n};
  struct arena *a = arena_new((size_t)1 << 28);
  struct given g = {0};
  bool site = take_calendar(&in, a, &g.site_days);
  bool cut_offs = take_cut_offs(&in, a, &g.cut_offs);
  bool carrier = take_calendar(&in, a, &g.carrier_days);
  g.request.requested_from = take_date(&in, a);
  g.request.requested_to = take_date(&in, a);
  take_numbers(&in, &g);
  if (site && cut_offs && carrier)
    check_made(a, &g.request, fuzz_number(&in, 0, 20 * DAY_MS));
  arena_free(a);
  return 0;
}
