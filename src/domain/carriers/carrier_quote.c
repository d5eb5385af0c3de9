/* Which zone, what price, how many days: computed from one carrier's document. */
#include "carriers_priv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const struct carrier_service *carrier_service_find(const struct carrier *c, const char *code)
{
  EACH (const struct carrier_service, s, &c->services)
    if (text_eq(s->code, code))
      return s;
  return NULL;
}

const struct carrier_zone *carrier_zone_find(const struct carrier *c, const char *code)
{
  EACH (const struct carrier_zone, z, &c->zones)
    if (text_eq(z->code, code))
      return z;
  return NULL;
}

/* ---- Zones ------------------------------------------------------------------------------------------------------- */

static bool same_text(const char *wanted, const char *text)
{
  return strcasecmp(wanted, text) == 0;
}

static const char *skip_spaces(const char *s)
{
  while (*s == ' ' || *s == '-')
    s++;
  return s;
}

/* "SW1A 1AA" begins with "sw1a1" as people and machines write it. */
static bool postal_begins(const char *prefix, const char *text)
{
  for (;;) {
    prefix = skip_spaces(prefix);
    text = skip_spaces(text);
    if (!*prefix)
      return true;
    if (toupper((unsigned char)*prefix++) != toupper((unsigned char)*text))
      return false;
    text++;
  }
}

static bool any_matches(const char *const *wanted, size_t n, const char *text,
                        bool (*match)(const char *, const char *))
{
  if (n == 0)
    return true;
  for (size_t i = 0; text && i < n; i++)
    if (match(wanted[i], text))
      return true;
  return false;
}

const struct carrier_zone *carrier_zone(const struct carrier *c, const struct carrier_lane *lane)
{
  EACH (const struct carrier_zone, z, &c->zones)
    if (any_matches(z->from_countries.at, z->from_countries.n, lane->from_country, same_text) &&
        any_matches(z->countries.at, z->countries.n, lane->country, same_text) &&
        any_matches(z->regions.at, z->regions.n, lane->region, same_text) &&
        any_matches(z->postal_prefixes.at, z->postal_prefixes.n, lane->postal_code, postal_begins))
      return z;
  return NULL;
}

/* ---- Rates ------------------------------------------------------------------------------------------------------- */

static int compare_place(const struct carrier_rate *r, const char *service, const char *zone)
{
  int order = strcmp(r->service, service);
  return order ? order : strcmp(r->zone, zone);
}

/* First rate at or after a place, by halving. */
static size_t lower_bound(const struct carrier *c, const char *service, const char *zone)
{
  size_t from = 0, to = c->rates.n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    if (compare_place(&c->rates.at[middle], service, zone) < 0)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

const struct carrier_rate *carrier_rate_steps(const struct carrier *c, const char *service, const char *zone,
                                              size_t *out_n)
{
  size_t from = lower_bound(c, service, zone), n = 0;
  while (from + n < c->rates.n && compare_place(&c->rates.at[from + n], service, zone) == 0)
    n++;
  *out_n = n;
  return n ? &c->rates.at[from] : NULL;
}

int64_t carrier_transit_days(const struct carrier_service *s, const char *zone)
{
  EACH (const struct carrier_transit, t, &s->transit)
    if (zone && text_eq(t->zone, zone))
      return t->days;
  return s->transit_days;
}

/* Above the last step: each kilogram begun. */
static bool price_above(const struct carrier_rate *last, int64_t weight_g, struct money *out)
{
  if (!money_set(last->per_extra_kg))
    return false;
  int64_t kilograms = (weight_g - last->up_to_g + 999) / 1000;
  *out = MONEY(last->price.minor + last->per_extra_kg.minor * kilograms);
  return true;
}

enum carrier_quote_result carrier_quote(const struct carrier *c, const struct carrier_service *s,
                                        const struct carrier_zone *zone, int64_t weight_g, struct carrier_quote *out)
{
  size_t n;
  if (!zone)
    return QUOTE_NO_ZONE;
  if (weight_g > CARRIER_WEIGHT_MAX_G || (s->max_weight_g > 0 && weight_g > s->max_weight_g))
    return QUOTE_TOO_HEAVY;
  const struct carrier_rate *steps = carrier_rate_steps(c, s->code, zone->code, &n);
  if (n == 0)
    return QUOTE_NO_RATE;
  struct carrier_quote quote = {.transit_days = carrier_transit_days(s, zone->code), .zone = zone->code};
  size_t i = 0;
  while (i < n && weight_g > steps[i].up_to_g)
    i++;
  if (i < n)
    quote.price = steps[i].price;
  else if (!price_above(&steps[n - 1], weight_g, &quote.price))
    return QUOTE_TOO_HEAVY;
  *out = quote;
  return QUOTE_OK;
}

enum err carrier_quote_for(struct ctx *cx, const struct carrier *c, const char *service,
                           const struct carrier_lane *lane, int64_t weight_g, struct carrier_quote_answer *out)
{
  struct carrier_quote quote = {.price = MONEY(ABSENT), .transit_days = ABSENT};
  const struct carrier_service *s = carrier_service_find(c, service);
  if (!s)
    return err_fail(cx, ERR_NOT_FOUND, "/query/service", "%s has no service %s", c->code, service);
  const struct carrier_zone *zone = carrier_zone(c, lane);
  int result = (int)carrier_quote(c, s, zone, weight_g, &quote);
  *out = (struct carrier_quote_answer){
      .result = result,
      .carrier = c->code,
      .service = s->code,
      .zone = zone ? zone->code : NULL,
      .currency = c->currency,
      .price = quote.price,
      .transit_days = quote.transit_days,
  };
  return ERR_OK;
}

struct promise_carriage carrier_carriage(const struct carrier *c, const struct carrier_service *s, const char *zone,
                                         const char *time_zone)
{
  return (struct promise_carriage){
      .carrier = c->code,
      .service = s->code,
      .zone = time_zone,
      .calendar = s->calendar,
      .pickup_minute = s->pickup_minute,
      .transit_days = carrier_transit_days(s, zone),
      .saturday = s->saturday_delivery,
  };
}
