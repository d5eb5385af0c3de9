/* carriers - who moves goods: services, zones and rate tables, tracking numbers with check digits, tracking statuses.
 *
 * A carrier is one document of a reference table, at most CARRIERS_MAX; reads go through the connection's memo, acts
 * read the row. Money is in the carrier's one currency, weights in grams.
 * Events: carrier.created, carrier.updated.
 */
#ifndef ORDO_CARRIERS_H
#define ORDO_CARRIERS_H

#include "acts.h"
#include "base.h"
#include "context.h"
#include "db.h"
#include "ids.h"
#include "promise.h"
#include "rec.h"

#define CARRIERS_MAX         200
#define CARRIER_CODE_MAX     32
#define CARRIER_SERVICES_MAX 50
#define CARRIER_ZONES_MAX    200
#define CARRIER_RATES_MAX    5000
#define CARRIER_WEIGHT_MAX_G INT64_C(100000000) /* 100 t */
#define TRACKING_NUMBER_MAX  64

/* ---- Carriers ---------------------------------------------------------------------------------------------------- */

enum carrier_kind {
  CARRIER_TABLE,  /* built in: rates from the table below, tracking numbers from our own series */
  CARRIER_MANUAL, /* people bring the tracking number; rates, if any, are for choosing */
};
extern const char *const carrier_kinds[]; /* "table", "manual" */

/* Transit to one zone where it differs from the service's own. */
struct carrier_transit {
  const char *zone;
  int64_t days;
};

struct carrier_service {
  const char *code, *name;
  bool active;
  LIST(const char *) methods;  /* shipping methods of orders that it answers: "standard"; its own code always */
  int64_t transit_days;        /* carrier days, where `transit` says nothing */
  LIST(struct carrier_transit) transit;
  const char *cut_off;         /* "16:00" in the location's zone, or NULL */
  const char *pickup_at;       /* "17:00", or NULL = when it is ready */
  struct promise_calendar *calendar; /* days on which it moves goods; NULL = every day. Prepared when loaded */
  bool saturday_delivery;      /* delivers on Saturdays although its calendar rests then */
  int64_t max_weight_g;        /* of one shipment; 0 = no limit */
  int64_t cut_off_minute, pickup_minute; /* of the texts above, when loaded; ABSENT and 0 where there is none */
};

/* Where parcels go, and where from. Each list that is not empty must have a match; a zone with none takes everything. */
struct carrier_zone {
  const char *code, *name;
  LIST(const char *) from_countries;    /* of the location that sends, ISO 3166-1 alpha-2 */
  LIST(const char *) countries;         /* ISO 3166-1 alpha-2 */
  LIST(const char *) regions;           /* as addresses say them; letter case does not matter */
  LIST(const char *) postal_prefixes;   /* letter case and spaces do not matter */
};

/* One step of a rate table: up to this weight it costs price. */
struct carrier_rate {
  const char *service, *zone;
  int64_t up_to_g;
  struct money price;
  struct money per_extra_kg; /* of the last step only: for each kilogram begun above it; ABSENT = not taken above it */
};

struct carrier {
  struct carrier_id id;
  int64_t version;
  const char *code; /* unique, never changed */
  const char *name;
  int kind;         /* enum carrier_kind */
  bool active;
  const char *currency;
  const char *tracking_prefix; /* two to four capital letters before the digits of its numbers; NULL = none are given */
  const char *tracking_url;    /* for customers, with {number}; or NULL */
  const char *phone;           /* for customers; or NULL */
  LIST(struct carrier_service) services;
  LIST(struct carrier_zone) zones;   /* the first that matches wins */
  LIST(struct carrier_rate) rates;   /* in memory by service, zone, up_to_g */
  const char *services_json, *zones_json, *rates_json; /* how the row keeps them; behind the reads not looked at */
  struct instant created_at, updated_at;
};
extern const struct rec carrier_rec, carrier_service_rec, carrier_zone_rec, carrier_rate_rec;
extern const struct db_table carrier_table;

/* From the memo; valid until it is cleared. ERR_NOT_FOUND without a fault text when there is none. */
MUST_CHECK enum err carrier_find(struct ctx *cx, const char *code, const struct carrier **out);
/* All carriers by code, *out_n of them. */
MUST_CHECK enum err carriers_all(struct ctx *cx, const struct carrier **out, size_t *out_n);
/* The carrier and service that answer a shipping method ("standard"): the first active one, built-in carriers before
 * others, then by code; within a carrier in the order of its services. method NULL = the first service of all.
 * ERR_NOT_FOUND without a fault text. */
MUST_CHECK enum err carrier_for_method(struct ctx *cx, const char *method, const struct carrier **out_carrier,
                                       const struct carrier_service **out_service);
/* From the table by code or id text, into the arena. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err carrier_load(struct ctx *cx, const char *code_or_id, struct carrier *out);
/* Reads the lists of rows that came from db_select or db_list. */
MUST_CHECK enum err carriers_fill(struct ctx *cx, struct carrier *carriers, size_t n);

const struct carrier_service *carrier_service_find(const struct carrier *c, const char *code); /* or NULL */
const struct carrier_zone *carrier_zone_find(const struct carrier *c, const char *code);       /* or NULL */
/* From where to where; any part may be NULL (unknown). */
struct carrier_lane {
  const char *from_country;                     /* of the location */
  const char *country, *region, *postal_code;   /* of the address */
};
/* The first zone that takes a lane, or NULL: the carrier does not go there. Where a part is unknown, only zones that do
 * not ask for it match. */
const struct carrier_zone *carrier_zone(const struct carrier *c, const struct carrier_lane *lane);
/* The steps for a service and zone by rising weight, *out_n of them; NULL and 0 = none. */
const struct carrier_rate *carrier_rate_steps(const struct carrier *c, const char *service, const char *zone,
                                              size_t *out_n);
int64_t carrier_transit_days(const struct carrier_service *s, const char *zone);

enum carrier_quote_result {
  QUOTE_OK,
  QUOTE_NO_ZONE,   /* no zone takes the address */
  QUOTE_NO_RATE,   /* the zone has no rate for this service */
  QUOTE_TOO_HEAVY, /* above the service's limit or the table's last step */
};
extern const char *const carrier_quote_results[]; /* "ok", "no_zone", "no_rate", "too_heavy" */
struct carrier_quote {
  struct money price;   /* in carrier->currency */
  int64_t transit_days;
  const char *zone;
};
/* The same for people who ask: what is not known is absent. */
struct carrier_quote_answer {
  int result; /* enum carrier_quote_result */
  const char *carrier, *service, *zone, *currency;
  struct money price;
  int64_t transit_days;
};
extern const struct rec carrier_quote_rec;
/* Quotes by the service's code and an address. ERR_NOT_FOUND with a fault text for an unknown service. */
MUST_CHECK enum err carrier_quote_for(struct ctx *cx, const struct carrier *c, const char *service,
                                      const struct carrier_lane *lane, int64_t weight_g,
                                      struct carrier_quote_answer *out);
/* What a shipment of weight_g costs and how long it takes; zone NULL answers QUOTE_NO_ZONE. *out only with QUOTE_OK. */
MUST_CHECK enum carrier_quote_result carrier_quote(const struct carrier *c, const struct carrier_service *s,
                                                   const struct carrier_zone *zone, int64_t weight_g,
                                                   struct carrier_quote *out);
/* The carriage of promise.h for a service to a zone (NULL = its default transit); time_zone is the destination's, or
 * NULL. The service's cut-off is a row of the site's: see cut_off_minute. */
struct promise_carriage carrier_carriage(const struct carrier *c, const struct carrier_service *s,
                                         const char *zone, const char *time_zone);

/* Body: carrier_rec, checked as one document. 201; ERR_EXISTS at /code. */
extern const struct act carrier_create_act;
/* PATCH of one; id = code or id. Lists are replaced as a whole. */
extern const struct act carrier_update_act;

/* Inside the writer's transaction: a database without carriers gets `ordo` with standard (5 days) and express (2). */
MUST_CHECK enum err carriers_bootstrap(struct ctx *cx);

/* ---- Tracking numbers -------------------------------------------------------------------------------------------- */

/* In an act's apply: the next number of a built-in carrier, prefix + 10 digits + GS1 mod-10 check digit: OD00001000016.
 * ERR_STATE for a carrier without tracking_prefix. */
MUST_CHECK enum err tracking_number_draw(struct ctx *cx, const struct carrier *c, const char **out);

struct tracking_match {
  const char *courier, *format, *name; /* "ups", "ups", "UPS"; NULL = no known format has this shape */
  bool valid;                          /* check digit and fields fit */
  char number[TRACKING_NUMBER_MAX + 1]; /* upper case, without spaces, dashes and dots; "" when too long */
};
/* Recognizes a number by shape and check digit; a format where it is valid wins over one whose shape alone fits. */
struct tracking_match tracking_number_recognize(const char *text);
/* For people who ask. */
struct tracking_check {
  const char *number, *courier, *format, *name;
  bool valid;
};
extern const struct rec tracking_check_rec;
struct tracking_check tracking_number_check(struct arena *a, const char *text);
/* The same for our own numbers of a prefix. */
bool tracking_number_is_own(const char *prefix, const char *text);

/* ---- Tracking statuses ------------------------------------------------------------------------------------------- */

enum tracking_status { TRACKING_UNKNOWN, TRACKING_PRE_TRANSIT, TRACKING_IN_TRANSIT, TRACKING_OUT_FOR_DELIVERY,
                       TRACKING_AVAILABLE_FOR_PICKUP, TRACKING_FAILURE, TRACKING_RETURN_TO_SENDER, TRACKING_DELIVERED };
#define TRACKING_STATUS_COUNT 8
extern const char *const tracking_statuses[]; /* "unknown", "pre_transit", "in_transit", ... NULL at the end */

/* How far along a parcel is; of two scans of one instant the higher one counts. unknown is 0. */
int tracking_rank(enum tracking_status s);
bool tracking_final(enum tracking_status s); /* delivered, return_to_sender: nothing is expected to follow */
/* Does a scan (status, at) become the parcel's status, which so far is (now, now_at; ABSENT = none yet)? Scans come in
 * any order and the outcome is the same: a final one counts more than one on the way, and that more than unknown; among
 * equals the latest counts, and on the same instant the higher rank. */
bool tracking_supersedes(enum tracking_status now, struct instant now_at, enum tracking_status status,
                         struct instant at);

/* Their names, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err carriers_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
