/* fulfillment - the work of one location for some units of an order, step by step until they are delivered; and how it
 * is undone: short picks, rejections, voided shipments, cancellations.
 *
 *   pick -> pack -> ship -> tracking says delivered           goods that travel
 *   pick -> pack -> ready -> hand_over | not_collected         goods that are collected
 *
 * Each step moves the units of order lines (orders.h) and their stock in one act. Steps are refused with ERR_HELD
 * while a hold of the order, a line or the fulfillment is active, and with ERR_STATE when the order has ended or the
 * state does not fit. Units that a location cannot send are sourced again in the same act, without that location.
 *
 * Events, about the order with the part as ref: fulfillment.* by its state machine, fulfillment.short_picked,
 * fulfillment.put_back (goods lie packed or picked and have to go back to their shelf), shipment.created,
 * shipment.voided, parcel.tracked, parcel.delivered, parcel.returning, order.lines_cancelled, order.cancelled.
 */
#ifndef ORDO_FULFILLMENT_H
#define ORDO_FULFILLMENT_H

#include "acts.h"
#include "orders.h"

#define PICK_SCANS_MAX 5000

/* ---- Bodies ---- */

struct pick_scan {
  const char *sku;
  struct quantity quantity;
  const char *bin, *lot;
};
struct pick_input {
  LIST(struct pick_scan) scans; /* none = all as asked, unless the body ends the pick */
  const char *reason;           /* of a short pick; giving one ends the pick */
  bool complete;                /* this is all there is */
};
struct pack_item {
  int64_t line; /* one of the two */
  const char *sku;
  struct quantity quantity;
};
struct pack_parcel {
  LIST(struct pack_item) items;
  int64_t weight_g; /* ABSENT = sum of its units */
};
struct pack_input {
  LIST(struct pack_parcel) parcels; /* none = everything in one */
};
struct ship_input {
  const char *carrier, *service;
  const char *tracking_number;          /* of every parcel of the shipment */
  LIST(const char *) tracking_numbers;  /* one per parcel, in their order */
};
enum reject_reason { REJECT_NOT_FOUND, REJECT_DAMAGED, REJECT_BUSY, REJECT_CLOSED, REJECT_NO_STAFF };
extern const char *const reject_reasons[];
struct line_quantity {
  int64_t line;
  struct quantity quantity; /* ABSENT = all that is left of it */
};
struct reject_input {
  int reason;                       /* enum reject_reason */
  LIST(struct line_quantity) lines; /* none = all */
};
struct cancel_input {
  LIST(struct line_quantity) lines; /* none = the whole order */
  const char *reason;
  bool refund; /* give back what is paid beyond the new total */
};
struct reason_maybe {
  const char *reason; /* NULL = none was given */
};
struct tracking_input {
  const char *tracking_number;
  int status; /* enum tracking_status */
  struct instant occurred_at;
  const char *description, *place;
};
extern const struct rec pick_rec, pack_rec, ship_rec, reject_rec, cancel_rec, reason_maybe_rec, tracking_input_rec;

/* ---- Steps: POST /v1/fulfillments/{id}/...; each answers the fulfillment ---- */

/* Scans add up over several calls (state picking) until everything is picked. With a reason, or complete, the pick
 * ends: what is missing is sourced elsewhere and, unless the reason is busy, closed or no_staff, taken off the stock
 * here. ERR_INVALID at /scans/N for another product, lot or too many; nothing is picked then. */
extern const struct act fulfillment_pick_act;
/* Every picked unit exactly once. */
extern const struct act fulfillment_pack_act;
/* Stock leaves, parcels are handed over, numbers of a built-in carrier are drawn. Refused for orders that are
 * collected. */
extern const struct act fulfillment_ship_act;
extern const struct act fulfillment_ready_act, fulfillment_hand_over_act, fulfillment_not_collected_act;
extern const struct act fulfillment_reject_act, fulfillment_cancel_act;

/* POST /v1/shipments/{id}/void until it is manifested or something of it was delivered; answers the shipment. */
extern const struct act shipment_void_act;

/* ---- Tracking; both answer the parcel with its scans (parcel_report_rec) ---- */

extern const struct act parcel_track_act;   /* body tracking_event_rec; id = "par_..." */
extern const struct act tracking_report_act; /* body tracking_input_rec */

/* PATCH /v1/parcels/{id}: tracking number and weight that became known after it left; answers the parcel. ERR_STATE when it
 * is voided. If-Match is compared with the order's version. */
extern const struct rec parcel_change_rec;
extern const struct act parcel_change_act;

/* ---- Cancelling: POST /v1/orders/{id}/cancel; answers the order ---- */

/* Units that have not shipped. Gifts, components and modifiers go with their parent in proportion. ERR_STATE naming
 * the lines that have shipped. Money: the new total is what is left, refunds are exact cumulative shares, so that any
 * way of cancelling everything gives back everything. */
extern const struct act order_cancel_act;
/* The same inside the decide of another act (a rejection in review): everything that has not shipped, without a
 * refusal for what has. */
MUST_CHECK enum err order_cancel_rest(struct ctx *cx, struct order_work *w, const char *reason, bool refund);

/* POST /v1/orders/{id}/reject, body reason_input: an order in review is cancelled whole and paid back. ERR_STATE for any
 * other. Answers the order. */
extern const struct act order_reject_act;

/* ---- Time ---- */

/* Fulfillments of these buckets that shipped setting order.close_days ago and were never scanned since: at most limit
 * ids, oldest first. */
typedef LIST(struct fulfillment_id) fulfillment_ids;
MUST_CHECK enum err fulfillments_to_close(struct ctx *cx, struct bucket_groups groups, int64_t limit,
                                          fulfillment_ids *out);
/* Counts one of them as delivered and closes it, and its order when nothing is due. id = "ful_..."; a fulfillment that
 * is no longer due stays as it is. */
extern const struct act fulfillment_close_act;

/* ---- Reading ---- */

/* With lines and parcels; ERR_NOT_FOUND. */
MUST_CHECK enum err fulfillment_load(struct ctx *cx, const char *id, struct fulfillment **out);
/* Fills lines and parcels (with their items) of rows as they were read. */
MUST_CHECK enum err fulfillments_fill(struct ctx *cx, struct fulfillment *rows, size_t n);
/* A parcel with items and scans, by "par_..." or its tracking number. ERR_NOT_FOUND. */
MUST_CHECK enum err parcel_load(struct ctx *cx, const char *id_or_number, struct parcel **out);
MUST_CHECK enum err shipment_load(struct ctx *cx, const char *id, struct shipment **out);

#endif
