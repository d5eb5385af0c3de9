/* The carrier's descriptors. */
#include "carriers_priv.h"

#include <ctype.h>
#include <string.h>

const char *const carrier_kinds[] = {"table", "manual", NULL};
const char *const carrier_quote_results[] = {"ok", "no_zone", "no_rate", "too_heavy", NULL};

static bool code_valid(const char *s)
{
  return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(s);
}

static bool currency_valid(const char *s)
{
  return currency_decimals(s) >= 0;
}

static bool prefix_valid(const char *s)
{
  size_t n = strlen(s);
  return n >= 2 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

static bool time_valid(const char *s)
{
  int64_t minute;
  return promise_minute_parse(s, &minute);
}

static bool url_valid(const char *s)
{
  return (text_starts(s, "https://") || text_starts(s, "http://")) && strstr(s, "{number}") &&
         !strpbrk(s, " \t\r\n\"<>");
}

static const struct rec_field transit_fields[] = {
    FIELD(struct carrier_transit, zone, .flags = REC_REQUIRED, .max = CARRIER_CODE_MAX, .check = code_valid,
          .doc = "Code of one of the carrier's zones", .example = "islands"),
    FIELD(struct carrier_transit, days, .flags = REC_REQUIRED, .min = 0, .max = 366, .doc = "Days on the way there",
          .example = "8"),
};
static const struct rec transit_rec = REC(struct carrier_transit, "CarrierTransit", transit_fields,
                                          "Transit to a zone where it differs from the service's own");

static const struct rec_field service_fields[] = {
    FIELD(struct carrier_service, code, .flags = REC_REQUIRED, .max = CARRIER_CODE_MAX, .check = code_valid,
          .doc = "Unique within the carrier", .example = "standard"),
    FIELD(struct carrier_service, name, .min = 1, .max = 120, .doc = "For people", .example = "Standard parcel"),
    FIELD(struct carrier_service, active, .def = true, .has_def = true, .doc = "false: not used for new shipments",
          .example = "true"),
    FIELD_AS(REC_TEXTS, struct carrier_service, methods, .min = 0, .max = 20,
             .doc = "Shipping methods of orders that it answers, beside its own code",
             .example = "[\"standard\",\"economy\"]"),
    FIELD(struct carrier_service, transit_days, .min = 0, .max = 366, .def = 0, .has_def = true,
          .doc = "Carrier days on the way, after the day of pickup", .example = "5"),
    FIELD_AS(REC_LIST, struct carrier_service, transit, .min = 0, .max = CARRIER_ZONES_MAX, .rec = &transit_rec,
             .doc = "Zones that take longer or less"),
    FIELD(struct carrier_service, cut_off, .min = 4, .max = 5, .check = time_valid,
          .doc = "Orders until then leave with today's pickup, in the location's time", .example = "14:00"),
    FIELD(struct carrier_service, pickup_at, .min = 4, .max = 5, .check = time_valid,
          .doc = "When it collects, in the location's time; left out = when the parcel is ready", .example = "17:00"),
    FIELD_AS(REC_RECORD, struct carrier_service, calendar, .rec = &promise_calendar_rec,
             .doc = "Days on which it moves goods; left out = every day"),
    FIELD(struct carrier_service, saturday_delivery,
          .doc = "Does it deliver on Saturdays although its calendar rests then?", .example = "false"),
    FIELD(struct carrier_service, max_weight_g, .min = 0, .max = CARRIER_WEIGHT_MAX_G, .def = 0, .has_def = true,
          .doc = "Heaviest shipment it takes; 0 = no limit", .example = "31500"),
};
const struct rec carrier_service_rec =
    REC(struct carrier_service, "CarrierService", service_fields, "One way in which a carrier moves goods");

static const struct rec_field zone_fields[] = {
    FIELD(struct carrier_zone, code, .flags = REC_REQUIRED, .max = CARRIER_CODE_MAX, .check = code_valid,
          .doc = "Unique within the carrier", .example = "eu"),
    FIELD(struct carrier_zone, name, .min = 1, .max = 120, .doc = "For people", .example = "European Union"),
    FIELD_AS(REC_TEXTS, struct carrier_zone, from_countries, .min = 0, .max = 300,
             .doc = "Countries of the locations it is sent from, ISO 3166-1 alpha-2; empty = all",
             .example = "[\"DE\"]"),
    FIELD_AS(REC_TEXTS, struct carrier_zone, countries, .min = 0, .max = 300, .doc = "ISO 3166-1 alpha-2; empty = all",
             .example = "[\"DE\",\"FR\"]"),
    FIELD_AS(REC_TEXTS, struct carrier_zone, regions, .min = 0, .max = 300,
             .doc = "Regions as addresses say them, in any letter case; empty = all", .example = "[]"),
    FIELD_AS(REC_TEXTS, struct carrier_zone, postal_prefixes, .min = 0, .max = 1000,
             .doc = "Beginnings of postal codes, without regard to spaces and letter case; empty = all",
             .example = "[\"97\"]"),
};
const struct rec carrier_zone_rec = REC(struct carrier_zone, "CarrierZone", zone_fields, "Where parcels go");

static const struct rec_field rate_fields[] = {
    FIELD(struct carrier_rate, service, .flags = REC_REQUIRED, .max = CARRIER_CODE_MAX, .doc = "Code of a service",
          .example = "standard"),
    FIELD(struct carrier_rate, zone, .flags = REC_REQUIRED, .max = CARRIER_CODE_MAX, .doc = "Code of a zone",
          .example = "eu"),
    FIELD(struct carrier_rate, up_to_g, .flags = REC_REQUIRED, .min = 1, .max = CARRIER_WEIGHT_MAX_G,
          .doc = "Heaviest shipment of this step, in grams", .example = "2000"),
    FIELD(struct carrier_rate, price, .flags = REC_REQUIRED, .min = 0, .max = CARRIER_PRICE_MAX,
          .doc = "Of a shipment, in minor units of the carrier's currency", .example = "690"),
    FIELD(struct carrier_rate, per_extra_kg, .min = 0, .max = CARRIER_EXTRA_MAX,
          .doc = "On the last step only: for each kilogram begun above it; left out = nothing heavier is taken",
          .example = "120"),
};
const struct rec carrier_rate_rec = REC(struct carrier_rate, "CarrierRate", rate_fields, "One step of a rate table");

static const struct rec_field carrier_fields[] = {
    FIELD_AS(REC_ID, struct carrier, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_carrier,
             .doc = "Id of the carrier", .example = "car_01jd7k3v9q2m8"),
    FIELD(struct carrier, version, .flags = REC_READONLY, .doc = "1 at first, one more with each change",
          .example = "1"),
    FIELD(struct carrier, code, .flags = REC_REQUIRED | REC_FIXED, .max = CARRIER_CODE_MAX, .check = code_valid,
          .doc = "Your code of the carrier: unique, never changed", .example = "ordo"),
    FIELD(struct carrier, name, .min = 1, .max = 120, .doc = "For people; left out = the code",
          .example = "Own delivery"),
    FIELD_AS(REC_ENUM, struct carrier, kind, .names = carrier_kinds,
             .doc =
                 "table: rates from the table here, tracking numbers from a series of ours; manual: people bring the "
                 "tracking number",
             .example = "table"),
    FIELD(struct carrier, active, .def = true, .has_def = true, .doc = "false: not used for new shipments",
          .example = "true"),
    FIELD(struct carrier, currency, .min = 3, .max = 3, .check = currency_valid,
          .doc = "Of its rates (ISO 4217); left out = the company's", .example = "USD"),
    FIELD(struct carrier, tracking_prefix, .min = 2, .max = 4, .check = prefix_valid,
          .doc =
              "Capital letters before the digits of its tracking numbers; left out = OD for kind table, else it gives "
              "none",
          .example = "OD"),
    FIELD(struct carrier, tracking_url, .min = 1, .max = 500, .check = url_valid,
          .doc = "Page where customers follow a parcel, with {number} in it",
          .example = "https://example.com/track/{number}"),
    FIELD(struct carrier, phone, .min = 1, .max = 40, .doc = "Number that customers may call", .example = "+86 95338"),
    FIELD_AS(REC_LIST, struct carrier, services, .min = 0, .max = CARRIER_SERVICES_MAX, .rec = &carrier_service_rec,
             .doc = "Its services; the first that answers a shipping method is taken"),
    FIELD_AS(REC_LIST, struct carrier, zones, .min = 0, .max = CARRIER_ZONES_MAX, .rec = &carrier_zone_rec,
             .doc = "Its zones; the first that takes an address counts"),
    FIELD_AS(REC_LIST, struct carrier, rates, .min = 0, .max = CARRIER_RATES_MAX, .rec = &carrier_rate_rec,
             .doc = "Its rate table"),
    FIELD_AS(REC_JSON, struct carrier, services_json, .flags = REC_HIDDEN, .column = "services"),
    FIELD_AS(REC_JSON, struct carrier, zones_json, .flags = REC_HIDDEN, .column = "zones"),
    FIELD_AS(REC_JSON, struct carrier, rates_json, .flags = REC_HIDDEN, .column = "rates"),
    FIELD(struct carrier, created_at, .flags = REC_READONLY, .doc = "When it was created",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct carrier, updated_at, .flags = REC_READONLY, .doc = "When it last changed",
          .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec carrier_rec =
    REC(struct carrier, "Carrier", carrier_fields, "Who moves goods, where to and at what price");
const struct db_table carrier_table = {"carrier", &carrier_rec};

static const struct rec_field quote_fields[] = {
    FIELD_AS(REC_ENUM, struct carrier_quote_answer, result, .names = carrier_quote_results,
             .doc = "ok; no_zone: it does not go there; no_rate: not with this service; too_heavy", .example = "ok"),
    FIELD(struct carrier_quote_answer, carrier, .doc = "Code of the carrier", .example = "ordo"),
    FIELD(struct carrier_quote_answer, service, .doc = "Code of the service", .example = "standard"),
    FIELD(struct carrier_quote_answer, zone, .doc = "Code of the zone that takes the address", .example = "all"),
    FIELD(struct carrier_quote_answer, currency, .doc = "Of the price", .example = "USD"),
    FIELD(struct carrier_quote_answer, price, .doc = "Of the shipment, in minor units", .example = "500"),
    FIELD(struct carrier_quote_answer, transit_days, .doc = "Carrier days after the day of pickup", .example = "5"),
};
const struct rec carrier_quote_rec =
    REC(struct carrier_quote_answer, "CarrierQuote", quote_fields, "What a shipment costs and how long it takes");

static const struct rec_field tracking_check_fields[] = {
    FIELD(struct tracking_check, number, .doc = "Upper case, without spaces, dashes and dots",
          .example = "1Z5R89390357567127"),
    FIELD(struct tracking_check, valid, .doc = "Does the check digit of the format fit?", .example = "true"),
    FIELD(struct tracking_check, courier, .doc = "Whose format it is; absent when none has this shape",
          .example = "ups"),
    FIELD(struct tracking_check, format, .doc = "Code of the format", .example = "ups"),
    FIELD(struct tracking_check, name, .doc = "Name of the format", .example = "UPS"),
};
const struct rec tracking_check_rec = REC(struct tracking_check, "TrackingNumber", tracking_check_fields,
                                          "What the shape and the check digit of a tracking number say");

const struct carrier_list carrier_lists[3] = {
    {"services", offsetof(struct carrier, services_json)},
    {"zones", offsetof(struct carrier, zones_json)},
    {"rates", offsetof(struct carrier, rates_json)},
};

const struct rec_field *carrier_list_field(const struct carrier_list *list)
{
  for (size_t i = 0; i < carrier_rec.n; i++)
    if (text_eq(carrier_rec.fields[i].name, list->name))
      return &carrier_rec.fields[i];
  assert(!"the descriptor has its lists");
  return NULL;
}
