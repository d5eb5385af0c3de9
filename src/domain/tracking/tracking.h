/* tracking - what a customer sees of an order by its link: the expected date and why it changed, how far it is, each parcel
 * with its scans. No personal data but country, city and a masked name.
 *
 * Reads orders, fulfillments, parcels and the order's events; writes nothing but the secret, once (tracking_bootstrap).
 */
#ifndef ORDO_TRACKING_H
#define ORDO_TRACKING_H

#include "context.h"
#include "orders.h"
#include "rec.h"

#define TRACKING_TOKEN_TEXT 33 /* 32 characters of base64url and NUL */

/* ---- Links ---- */

/* In the writer's transaction: draws the secret of a database that has none. */
MUST_CHECK enum err tracking_bootstrap(struct ctx *cx);
/* The token of an order; the same for ever, as long as the secret is. */
MUST_CHECK enum err tracking_token(struct ctx *cx, struct order_id id, char out[TRACKING_TOKEN_TEXT]);
/* The order behind a token; ERR_NOT_FOUND with the sentence that all unknown ones get. Whether there is such an order is not
 * looked at. */
MUST_CHECK enum err tracking_token_read(struct ctx *cx, const char *token, struct order_id *out);

/* For staff who send it. */
struct tracking_link {
  const char *token, *path; /* "/track/TOKEN": a page of this server */
};
extern const struct rec tracking_link_rec;
/* By id or number. ERR_NOT_FOUND; ERR_STATE for a draft, which nobody follows. */
MUST_CHECK enum err tracking_link_make(struct ctx *cx, const char *id_or_number, struct tracking_link *out);

/* ---- The view ---- */

struct tracking_shop {
  const char *name, *color, *logo_url; /* color "#1d4ed8"; NULL where the company has set none */
};
struct tracking_expected {
  struct instant ship_by, deliver_by; /* as it is expected now; ABSENT = not known, or nothing is on its way */
  const char *time_zone;              /* in which its day is meant */
};
/* The promise was another one before. */
struct tracking_change {
  struct instant at, from, to; /* deliver_by before and after; ABSENT = none */
  const char *reason;          /* stock, location, request, hold, work, other */
};
enum tracking_step_state { TRACKING_STEP_DONE, TRACKING_STEP_CURRENT, TRACKING_STEP_TODO };
typedef LIST(struct tracking_change) tracking_changes;
struct tracking_step {
  const char *code; /* ordered, confirmed, packed, shipped, out_for_delivery, delivered; or ready, collected; or cancelled */
  int state;        /* enum tracking_step_state */
  struct instant at;
};
struct tracking_item {
  const char *name; /* in the view's language */
  struct quantity quantity;
  const char *unit;
};
struct tracking_scan {
  struct instant at;
  int status;
  const char *description, *place;
};
struct tracking_parcel {
  int64_t n; /* from 1 */
  const char *carrier, *carrier_name, *carrier_phone, *service, *number;
  const char *url; /* at the carrier */
  int status;
  struct instant shipped_at, delivered_at, expected_at;
  LIST(struct tracking_item) items;
  LIST(struct tracking_scan) events; /* newest first */
};
struct tracking_recipient {
  const char *name, *city, *country; /* name masked: "L** W**" */
};
/* Where goods wait that are collected. */
struct tracking_pickup {
  const char *name, *line1, *line2, *city, *region, *postal_code; /* of the place; NULL where it has none */
};
struct tracking_view {
  const char *order_number, *language;
  const char *state; /* ordered, preparing, partly_shipped, shipped, delivered, ready, collected, cancelled, returning */
  struct tracking_shop shop;
  struct tracking_expected expected;
  struct instant promised;              /* deliver_by of the first promise */
  tracking_changes changes;             /* oldest first */
  LIST(struct tracking_step) steps;
  LIST(struct tracking_parcel) parcels;
  LIST(struct tracking_item) waiting;   /* what is in no parcel yet */
  struct tracking_recipient recipient;
  struct tracking_pickup pickup;        /* all NULL: it is sent */
  struct instant ordered_at, updated_at;
};
extern const struct rec tracking_view_rec;
/* language NULL = the order's. ERR_NOT_FOUND with the sentence of tracking_token_read for a draft. */
MUST_CHECK enum err tracking_view_make(struct ctx *cx, struct order_id id, const char *language,
                                       struct tracking_view *out);

/* ---- For staff: many deliveries at once ---- */

#define TRACKING_PROMISES_MAX 100
struct tracking_promise {
  struct fulfillment_id fulfillment_id;
  struct order_id order_id;
  struct instant promised, deliver_by; /* as it was promised first, and now */
  const char *time_zone;               /* of the location: in which the day is meant */
  tracking_changes changes;            /* of the order's promise, oldest first */
};
struct tracking_promises {
  LIST(struct tracking_promise) data;
};
extern const struct rec tracking_promises_rec;
/* ids "ful_...,ful_..."; what is unknown has no row. ERR_INVALID with more than TRACKING_PROMISES_MAX. */
MUST_CHECK enum err tracking_promises_load(struct ctx *cx, const char *ids, struct tracking_promises *out);

/* "Thu, Dec 3" or "12月3日周四", in the zone (NULL = UTC); NULL where there is no such language, zone or time. In the arena. */
const char *tracking_day(struct arena *a, struct instant at, const char *zone, const char *language);

/* "Li Wei" is "L* W**": the first letter of each word, a star for each further one, at most five. In the arena. */
const char *tracking_masked(struct arena *a, const char *name);

#endif
