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
  bool scanned; /* what is in each parcel was said by scans; parcels bring their weights alone, in their order */
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

/* POST /v1/orders/{id}/cancel/preview and .../reject/preview: what the act would do with the same body, by its own load and
 * decide; nothing is written. act: order_cancel_act or order_reject_act; their refusals. */
struct cancel_preview {
  const char *currency;
  struct money lines, charges; /* worth of what goes: units, and charges beside them */
  struct money refund, voided; /* what is given back, and what authorized is let go */
  struct money due;            /* of the order after it */
  bool ends;                   /* nothing is left of the order */
};
extern const struct rec cancel_preview_rec;
MUST_CHECK enum err order_cancel_preview(struct ctx *cx, const struct act *act, const struct act_input *in,
                                         struct cancel_preview *out);

/* Parts of it, for the decide of a change set: wish[i] = units of w->after's i-th line that go, at most what has not shipped.
 * order_children_follow raises the wishes of gifts, components and modifiers to what goes with their parents;
 * order_units_cancel takes the units from where the least work was spent on them (unallocated, backordered, unpicked, picked,
 * packed; with a put-back task), settles the work and tells order.lines_cancelled. No money moves, the order does not end. */
void order_children_follow(struct ctx *cx, struct order_work *w, struct quantity *wish);
MUST_CHECK enum err order_units_cancel(struct ctx *cx, struct order_work *w, struct quantity *wish, const char *reason);

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

/* ---- The floor: who works on what ---- */

#define CLAIM_MINUTES_MAX 480
struct claim_input {
  int64_t minutes; /* the claim's life; 15 when left out */
};
extern const struct rec claim_rec;
/* Claims for the actor, or makes an own claim longer. ERR_STATE (claimed) while somebody else's is alive. Answers the
 * fulfillment; events fulfillment.claimed, fulfillment.claim_released. */
extern const struct act fulfillment_claim_act, fulfillment_release_claim_act;

enum task_kind { TASK_PICK, TASK_PACK, TASK_SHIP };
extern const char *const task_kinds[]; /* "pick", "pack", "ship", NULL */
struct task {
  int kind; /* enum task_kind */
  const char *location;
  struct fulfillment *fulfillment; /* NULL = nothing to do */
  bool mine;                       /* claimed by who asks */
};
extern const struct rec task_rec;
/* What to do next: an own claim first, then what has to leave first, then the oldest. Never what is held, in review, or
 * claimed by somebody else. */
MUST_CHECK enum err task_next(struct ctx *cx, const struct location *at, enum task_kind kind, struct task *out);

/* ---- The floor: scans ---- */

#define SCAN_ID_MAX   64
#define SCAN_CODE_MAX 128 /* GS1 allows 48 characters of data in Code 128, and more in two dimensions */
#define SCANS_MAX     200 /* of one request */
#define SCAN_TEXT_MAX 4096 /* of what is read at all in one of many: more than a scanner sends */

/* What a scanned text says. Element strings of GS1 are read as AIs (00) (01) (02) (10) (11) (15) (17) (21) (30) (37) and
 * passed over otherwise; with brackets, or raw with FNC1 as U+001D or U+241D, and with or without a symbology identifier. */
struct scan_code {
  const char *code;                 /* as it was scanned */
  const char *kind;                 /* gs1, gtin, sku, barcode, order, fulfillment, parcel, unknown */
  const char *sku, *product_id, *name, *unit;
  const char *gtin, *lot, *serial, *expiry, *sscc;
  struct quantity quantity;         /* in the product's own unit: of the packing, times the count */
  const char *subject;              /* id of the order, fulfillment or parcel */
};
extern const struct rec scan_code_rec;
/* The texts of a scan without looking anything up: gtin, lot, serial, expiry, sscc and the count. False: not GS1. */
bool scan_code_gs1(struct arena *a, const char *code, struct scan_code *out);
/* Everything; an unknown code is kind "unknown". language may be NULL. */
MUST_CHECK enum err scan_code_resolve(struct ctx *cx, const char *code, const char *language, struct scan_code *out);

enum scan_kind { SCAN_PICK, SCAN_PACK };
extern const char *const scan_kinds[];
enum scan_outcome { SCAN_APPLIED, SCAN_REPEATED, SCAN_REFUSED };
extern const char *const scan_outcomes[]; /* "applied", "repeated", "refused", NULL */
struct scan_input {
  const char *scan_id;
  struct fulfillment_id fulfillment; /* in batches; otherwise the path says it */
  int kind;                          /* enum scan_kind */
  const char *code, *sku;            /* one of the two */
  struct quantity quantity;          /* ABSENT = as the code says, else 1 */
  const char *lot, *bin;
  int64_t line;                      /* ABSENT, or what was asked: another product is wrong then */
  const char *refused;               /* why the scanner said no already: it is logged, never counted; NULL */
  int64_t parcel;                    /* packing: which box, from 1 */
  struct instant scanned_at;
  bool unseen;                       /* in batches: who acts does not see that fulfillment; set by who calls */
};
struct scan_progress {
  int64_t line;
  const char *sku;
  struct quantity quantity, picked, scanned; /* scanned: put into boxes by scans so far */
};
struct scan_result {
  const char *scan_id;
  int outcome, first; /* enum scan_outcome; first = what a repeated one was when it came first */
  const char *refusal, *detail; /* code and sentence of a refusal */
  struct fulfillment_id fulfillment_id;
  int kind;
  const char *sku, *lot;
  int64_t line;
  struct quantity quantity;
  int state; /* of the fulfillment, after it */
  bool known; /* there is such a fulfillment: state and progress are of it */
  int64_t version;
  LIST(struct scan_progress) lines;
};
struct scans_input {
  LIST(struct scan_input) scans;
};
struct scans_result {
  int64_t applied, repeated, refused;
  LIST(struct scan_result) results;
};
/* A scan as it was stored. */
struct floor_scan {
  int64_t bucket, order_id;
  const char *scan_id;
  int64_t fulfillment_id;
  int kind, outcome;
  const char *refusal, *detail, *scanned, *sku;
  int64_t line;
  struct quantity quantity;
  const char *lot, *bin;
  int64_t parcel;
  struct instant scanned_at, received_at;
  const char *actor_name;
};
extern const struct rec scan_input_rec, scan_result_rec, scans_rec, scans_result_rec, floor_scan_rec;
extern const struct db_table floor_scan_table;
/* One scan: a pick scan picks, a pack scan notes in which box the unit lies (fulfillment_pack_act with scanned makes
 * parcels of it). Counted once for each (order, scan_id), for ever. A scan that does not fit changes nothing, is told as
 * the event fulfillment.scan_refused and answered 200 with the outcome refused: wrong_sku, wrong_lot, wrong_bin,
 * too_many, claimed, order_held, wrong_state, unknown_code. Wrong is also what is not of the line that was asked, and
 * what the scanner itself refused: a picker was told no, so it never counts. */
extern const struct act fulfillment_scan_act; /* body scan_input_rec */
/* Many, one after the other in one commit; each is answered by itself: a text that is too long, or a fulfillment that is not
 * there, is refused (too_long, too_short, not_found) and costs no other scan. */
extern const struct act scans_act;

/* ---- Waves ---- */

#define WAVE_MAX 200 /* fulfillments of one */
enum wave_state { WAVE_RELEASED, WAVE_CANCELLED };
extern const char *const wave_states[];
struct wave_input {
  const char *location;
  LIST(const char *) fulfillments; /* none = by what follows */
  const char *carrier, *service, *channel;
  struct instant ship_before;
  int64_t max_lines, max_units; /* of one fulfillment */
  int64_t limit, slots;
};
struct wave_item {
  struct fulfillment_id id;
  const char *order_number;
  int state;
  int64_t tote;
  struct instant ship_by;
};
struct wave {
  int64_t bucket;
  struct wave_id id;
  const char *number;
  int64_t version;
  const char *location;
  int state; /* enum wave_state */
  const char *carrier, *service, *channel;
  struct instant ship_before;
  int64_t max_lines, max_units, slots, fulfillment_count;
  const char *reason;
  struct instant created_at;
  const char *created_by;
  struct instant cancelled_at;
  int64_t waiting, picked, shipped; /* of its fulfillments: not picked whole yet, picked or packed, gone */
  LIST(struct wave_item) fulfillments;
};
extern const struct rec wave_input_rec, wave_rec;
extern const struct db_table wave_table;
/* Chooses open fulfillments of a location, in the order they have to leave, and releases their allocated units; each has
 * a slot. ERR_STATE (nothing_to_release) when there are none. 201 with the wave. */
extern const struct act wave_release_act;
/* What is not picked goes back to allocated; what is, goes on. Answers the wave. */
extern const struct act wave_cancel_act;
MUST_CHECK enum err wave_load(struct ctx *cx, const char *id_or_number, struct wave *out);
/* Counts and, with items, the fulfillments of rows as they were read. */
MUST_CHECK enum err waves_fill(struct ctx *cx, struct wave *rows, size_t n, bool items);

/* ---- Splitting: POST /v1/orders/{id}/split ---- */

struct split_input {
  struct fulfillment_id fulfillment;
  LIST(struct line_quantity) lines;
};
extern const struct rec split_rec;
/* Units that are not picked move into a fulfillment of their own at the same location. Answers the order. */
extern const struct act order_split_act;

/* ---- Manifests ---- */

#define MANIFEST_MAX 200 /* shipments of one */
struct manifest_input {
  const char *carrier;
};
struct manifest_parcel {
  struct shipment_id shipment_id;
  struct parcel_id parcel_id;
  const char *order_number, *tracking_number, *service;
  int64_t weight_g;
};
struct manifest {
  int64_t bucket;
  struct manifest_id id;
  const char *number;
  int64_t version;
  const char *location, *carrier;
  int64_t shipment_count, parcel_count, weight_g;
  bool remaining;
  struct instant closed_at;
  const char *closed_by;
  LIST(struct manifest_parcel) parcels;
};
extern const struct rec manifest_input_rec, manifest_rec;
extern const struct db_table manifest_table;
/* What left a location with a carrier and is on no manifest yet: no shipment of it can be voided any more. id = the
 * location. ERR_STATE (nothing_shipped). 201 with the manifest; event shipment.manifested for each. */
extern const struct act manifest_close_act;
MUST_CHECK enum err manifest_load(struct ctx *cx, const char *id_or_number, struct manifest *out);

/* ---- Bins ---- */

#define BIN_MAX  64
#define BINS_MAX 1000 /* of one request */
struct product_bin {
  int64_t location_id, product_id;
  const char *sku, *bin;
  int64_t walk;
};
struct bins_input {
  LIST(struct product_bin) bins;
};
extern const struct rec product_bin_rec, bins_rec;
extern const struct db_table product_bin_table;
/* PUT /v1/locations/{code}/bins: where products lie; those not named stay as they are. Answers what was sent. */
extern const struct act bins_put_act;

/* ---- Papers ---- */

#define PICK_LIST_MAX 200 /* fulfillments of one */
struct pick_stop {
  const char *bin;
  int64_t walk;
  const char *sku, *name, *gtin, *unit, *lot;
  struct quantity quantity, picked; /* asked, and picked already */
  struct fulfillment_id fulfillment_id;
  int64_t line, tote;
  const char *order_number;
};
struct pick_order {
  int64_t tote;
  struct fulfillment_id fulfillment_id;
  const char *order_number, *channel;
  int state;
  struct instant ship_by;
  const char *carrier, *service, *notes;
  int64_t version;
};
struct pick_list {
  const char *title; /* number of the wave, or of the one order; NULL = several */
  const char *location, *location_name, *time_zone, *language;
  struct wave_id wave_id;
  struct instant made_at;
  struct quantity units;
  LIST(struct pick_order) orders;
  LIST(struct pick_stop) stops; /* in the order they are walked */
};
extern const struct rec pick_list_rec;
/* language NULL = the company's. Of fulfillments of one location; ERR_INVALID otherwise. */
MUST_CHECK enum err pick_list_load(struct ctx *cx, const char *const *ids, size_t n, const char *language,
                                   struct pick_list *out);
MUST_CHECK enum err pick_list_of_wave(struct ctx *cx, const char *wave, const char *language, struct pick_list *out);

struct slip_line {
  int64_t line;
  const char *sku, *name, *unit, *lot;
  struct quantity ordered, quantity; /* of the line; of this fulfillment */
  int64_t parcel;                    /* from 1; ABSENT = not packed yet, or over several */
};
struct packing_slip {
  struct fulfillment_id fulfillment_id;
  const char *company, *language, *order_number, *external_id, *channel;
  const char *location, *location_name, *time_zone;
  struct address *from, *to;
  struct instant ordered_at, ship_by;
  const char *carrier, *service, *delivery, *notes;
  int64_t parcel_count, weight_g, other_parts; /* other_parts: what of the order comes separately */
  LIST(const char *) tracking_numbers;
  LIST(struct slip_line) lines;
};
extern const struct rec packing_slip_rec;
/* language NULL = the order's, else the company's. */
MUST_CHECK enum err packing_slip_load(struct ctx *cx, const char *id, const char *language, struct packing_slip *out);
/* out[i] for ids[i]. ERR_TOO_LARGE where they do not fit into a request. */
MUST_CHECK enum err packing_slips_load(struct ctx *cx, const char *const *ids, size_t n, const char *language,
                                       struct packing_slip *out);

struct parcel_label {
  struct parcel_id parcel_id;
  const char *language, *order_number, *tracking_number, *carrier, *service, *company, *time_zone;
  struct address *from, *to;
  int64_t weight_g, n, of; /* parcel n of so many of its fulfillment */
  struct instant ship_by;
};
extern const struct rec parcel_label_rec;
MUST_CHECK enum err parcel_label_load(struct ctx *cx, const char *id_or_number, const char *language,
                                      struct parcel_label *out);

/* ---- Reading ---- */

/* Today's cut-off of rows that have not left, for countdowns. */
MUST_CHECK enum err fulfillments_cut_off(struct ctx *cx, struct fulfillment *rows, size_t n);

/* With lines and parcels; ERR_NOT_FOUND. */
MUST_CHECK enum err fulfillment_load(struct ctx *cx, const char *id, struct fulfillment **out);
/* Fills lines and parcels (with their items) of rows as they were read. */
MUST_CHECK enum err fulfillments_fill(struct ctx *cx, struct fulfillment *rows, size_t n);
/* A parcel with items and scans, by "par_..." or its tracking number. ERR_NOT_FOUND. */
MUST_CHECK enum err parcel_load(struct ctx *cx, const char *id_or_number, struct parcel **out);
MUST_CHECK enum err shipment_load(struct ctx *cx, const char *id, struct shipment **out);

/* Their numbers, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err waves_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

/* Their numbers, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err manifests_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
