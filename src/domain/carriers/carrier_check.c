/* What must be true of a carrier as one document: codes are unique, rates and transits name what is there, and a rate
 * table rises, because sourcing counts on heavier never being cheaper. */
#include "carriers_priv.h"

#include <stdlib.h>
#include <string.h>

static void wrong(struct ctx *cx, const char *pointer, const char *slug, const char *detail, const char *what)
{
  fault_add(&cx->fault, ERR_INVALID, pointer, slug, "%s: %s", what, detail);
}

static void check_transit(struct ctx *cx, const struct carrier *c, size_t i)
{
  const struct carrier_service *s = &c->services.at[i];
  for (size_t k = 0; k < s->transit.n; k++)
    if (!carrier_zone_find(c, s->transit.at[k].zone))
      wrong(cx, arena_printf(cx->arena, "/services/%zu/transit/%zu/zone", i, k), "unknown_zone",
            "the carrier has no such zone", s->transit.at[k].zone);
}

static void check_services(struct ctx *cx, const struct carrier *c)
{
  for (size_t i = 0; i < c->services.n; i++) {
    const struct carrier_service *s = &c->services.at[i];
    if (carrier_service_find(c, s->code) != s)
      wrong(cx, arena_printf(cx->arena, "/services/%zu/code", i), "twice", "the service is there twice", s->code);
    check_transit(cx, c, i);
  }
}

static bool country_valid(const char *s)
{
  return strlen(s) == 2 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2;
}

static void check_zones(struct ctx *cx, const struct carrier *c)
{
  for (size_t i = 0; i < c->zones.n; i++) {
    const struct carrier_zone *z = &c->zones.at[i];
    if (carrier_zone_find(c, z->code) != z)
      wrong(cx, arena_printf(cx->arena, "/zones/%zu/code", i), "twice", "the zone is there twice", z->code);
    for (size_t k = 0; k < z->from_countries.n; k++)
      if (!country_valid(z->from_countries.at[k]))
        wrong(cx, arena_printf(cx->arena, "/zones/%zu/from_countries/%zu", i, k), "invalid_format",
              "a country is two capital letters", z->from_countries.at[k]);
    for (size_t k = 0; k < z->countries.n; k++)
      if (!country_valid(z->countries.at[k]))
        wrong(cx, arena_printf(cx->arena, "/zones/%zu/countries/%zu", i, k), "invalid_format",
              "a country is two capital letters", z->countries.at[k]);
  }
}

static void check_rate_names(struct ctx *cx, const struct carrier *c)
{
  for (size_t i = 0; i < c->rates.n; i++) {
    const struct carrier_rate *r = &c->rates.at[i];
    if (!carrier_service_find(c, r->service))
      wrong(cx, arena_printf(cx->arena, "/rates/%zu/service", i), "unknown_service", "the carrier has no such service",
            r->service);
    if (!carrier_zone_find(c, r->zone))
      wrong(cx, arena_printf(cx->arena, "/rates/%zu/zone", i), "unknown_zone", "the carrier has no such zone", r->zone);
  }
}

static int place_order(const struct carrier_rate *a, const struct carrier_rate *b)
{
  int order = strcmp(a->service, b->service);
  return order ? order : strcmp(a->zone, b->zone);
}

static int rate_order(const void *a, const void *b)
{
  const struct carrier_rate *left = a, *right = b;
  int order = place_order(left, right);
  return order ? order : (left->up_to_g > right->up_to_g) - (left->up_to_g < right->up_to_g);
}

/* Two neighbors of one table, by weight. */
static void check_step(struct ctx *cx, const struct carrier_rate *a, const struct carrier_rate *b)
{
  const char *what = arena_printf(cx->arena, "%s to %s up to %lld g", b->service, b->zone, (long long)b->up_to_g);
  if (a->up_to_g == b->up_to_g)
    wrong(cx, "/rates", "twice", "the step is there twice", what);
  else if (a->price.minor > b->price.minor)
    wrong(cx, "/rates", "falling", "costs less than a lighter shipment", what);
  if (money_set(a->per_extra_kg))
    wrong(cx, "/rates", "not_last", "a lighter step has per_extra_kg, which only the last may have", what);
}

/* The steps are told by what they say and not by their place, for they were sorted. */
static void check_steps(struct ctx *cx, const struct carrier *c)
{
  for (size_t i = 1; i < c->rates.n; i++)
    if (place_order(&c->rates.at[i - 1], &c->rates.at[i]) == 0)
      check_step(cx, &c->rates.at[i - 1], &c->rates.at[i]);
}

enum err carrier_prepare(struct ctx *cx, struct carrier *c)
{
  size_t faults = cx->fault.n;
  for (size_t i = 0; i < c->services.n; i++) {
    struct carrier_service *s = &c->services.at[i];
    s->cut_off_minute = ABSENT;
    s->pickup_minute = 0;
    if (s->cut_off && !promise_minute_parse(s->cut_off, &s->cut_off_minute))
      wrong(cx, arena_printf(cx->arena, "/services/%zu/cut_off", i), "invalid_format", "not a time of day", s->cut_off);
    if (s->pickup_at && !promise_minute_parse(s->pickup_at, &s->pickup_minute))
      wrong(cx, arena_printf(cx->arena, "/services/%zu/pickup_at", i), "invalid_format", "not a time of day",
            s->pickup_at);
    if (s->calendar) /* its faults are entries of the request's: they are counted below */
      (void)!promise_calendar_prepare(s->calendar, arena_printf(cx->arena, "/services/%zu/calendar", i), &cx->fault);
  }
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

static void fill_names(struct carrier *c)
{
  if (!c->name)
    c->name = c->code;
  EACH (struct carrier_service, s, &c->services)
    s->name = s->name ? s->name : s->code;
  EACH (struct carrier_zone, z, &c->zones)
    z->name = z->name ? z->name : z->code;
}

enum err carrier_settle(struct ctx *cx, const char *company_currency, struct carrier *c)
{
  size_t faults = cx->fault.n;
  fill_names(c);
  if (!c->currency)
    c->currency = company_currency;
  if (!c->tracking_prefix && c->kind == CARRIER_TABLE)
    c->tracking_prefix = "OD";
  check_services(cx, c);
  check_zones(cx, c);
  check_rate_names(cx, c);
  if (c->rates.n > 1)
    qsort(c->rates.at, c->rates.n, sizeof *c->rates.at, rate_order);
  check_steps(cx, c);
  enum err prepared = carrier_prepare(cx, c);
  return cx->fault.n > faults ? ERR_INVALID : prepared;
}
