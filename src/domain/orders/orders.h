/* orders - the order as one value: all rows of its family (lines, charges, holds, payments, fulfillments, parcels), its
 * states, what derives from them, and the one way an act changes them.
 *
 * The order family is one boundary of consistency: it lives in one bucket, is loaded whole, changed as a value and
 * stored by difference. An act on an order reads:
 *
 *   load     order_work_load       the order as it is (before) and a copy to work on (after), with its reservations
 *   decide   pure functions of this and higher rooms change work->after, and collect what happens to stock and what
 *            is told: order_hold_add, line_move, order_event ... ; order_work_finish derives the statuses
 *   apply    order_work_apply      writes the rows that differ, the stock changes and the events
 *
 * Behavior that needs more than the order's own values lives in the rooms above: payments, review, sourcing,
 * fulfillment (which also undoes: cancel, reject), intake. Money of an order is in its one currency.
 */
#ifndef ORDO_ORDERS_H
#define ORDO_ORDERS_H

#include "acts.h"
#include "catalog.h"
#include "channels.h"
#include "context.h"
#include "customers.h"
#include "inventory.h"
#include "pricing.h"
#include "rec.h"

/* ---- Words of the domain as enums; names in the same order, NULL at the end -------------------------------------- */

enum order_state { ORDER_DRAFT, ORDER_PLACED, ORDER_OPEN, ORDER_CLOSED, ORDER_CANCELLED, ORDER_EXPIRED };
extern const char *const order_states[];

enum payment_status { PAYMENT_UNPAID, PAYMENT_PENDING, PAYMENT_AUTHORIZED, PAYMENT_PARTIALLY_PAID, PAYMENT_PAID,
                      PAYMENT_PARTIALLY_REFUNDED, PAYMENT_REFUNDED, PAYMENT_OVERPAID, PAYMENT_DISPUTED };
extern const char *const payment_statuses[];

enum fulfillment_status { STATUS_UNALLOCATED, STATUS_BACKORDERED, STATUS_PARTIALLY_ALLOCATED, STATUS_ALLOCATED,
                          STATUS_RELEASED, STATUS_PARTIALLY_SHIPPED, STATUS_SHIPPED, STATUS_READY_FOR_PICKUP,
                          STATUS_PARTIALLY_DELIVERED, STATUS_DELIVERED, STATUS_CANCELLED };
extern const char *const fulfillment_statuses[];

enum return_status { RETURN_NONE, RETURN_REQUESTED, RETURN_IN_PROGRESS, RETURN_PARTIALLY_RETURNED, RETURN_RETURNED };
extern const char *const return_statuses[];

enum delivery_type { DELIVERY_SHIP, DELIVERY_PICKUP, DELIVERY_PICKUP_POINT, DELIVERY_DINE_IN, DELIVERY_TAKEAWAY,
                     DELIVERY_DIGITAL };
extern const char *const delivery_types[];

enum line_kind { LINE_ITEM, LINE_GIFT, LINE_COMPONENT, LINE_MODIFIER, LINE_SERVICE };
extern const char *const line_kinds[];

enum charge_kind { CHARGE_SHIPPING, CHARGE_SERVICE, CHARGE_COD_FEE, CHARGE_GIFT_WRAP, CHARGE_DEPOSIT_REFUNDABLE,
                   CHARGE_TIP, CHARGE_CASH_ROUNDING };
extern const char *const charge_kinds[];

enum hold_scope { HOLD_ORDER, HOLD_LINE, HOLD_FULFILLMENT };
enum hold_state { HOLD_ACTIVE, HOLD_RELEASED, HOLD_EXPIRED };
extern const char *const hold_scopes[], *const hold_states[];

enum entry_kind { ENTRY_AUTHORIZATION, ENTRY_CAPTURE, ENTRY_VOID, ENTRY_REFUND };
extern const char *const entry_kinds[];
enum payment_state { PAY_CREATED, PAY_PENDING, PAY_AUTHORIZED, PAY_CAPTURED, PAY_VOIDED, PAY_EXPIRED, PAY_FAILED,
                     PAY_DISPUTED };
extern const char *const payment_states[];

enum fulfillment_state { FUL_SCHEDULED, FUL_OPEN, FUL_PICKING, FUL_PICKED, FUL_PACKED, FUL_SHIPPED, FUL_CLOSED,
                         FUL_READY_FOR_PICKUP, FUL_HANDED_OVER, FUL_NOT_COLLECTED, FUL_REJECTED, FUL_CANCEL_REQUESTED,
                         FUL_CANCELLED };
extern const char *const fulfillment_states[];

enum parcel_state { PARCEL_CREATED, PARCEL_LABELED, PARCEL_HANDED_OVER, PARCEL_VOIDED };
extern const char *const parcel_states[];
/* Tracking statuses and their order: carriers.h. */

/* ---- Rows ---------------------------------------------------------------------------------------------------------- */

#define ORDER_LINES_MAX    1000
#define ORDER_CHARGES_MAX  100
#define ORDER_PAYMENTS_MAX 100
#define ORDER_HOLDS_MAX    100
#define ORDER_TAGS_MAX     50
#define ORDER_PARCELS_MAX  1000
#define PARCEL_EVENTS_MAX  1000
#define HOLD_TARGET_HOURS  24 /* to decide about a hold whose rule says nothing */
#define ORDER_TAG_MAX      200 /* bytes of a tag that lists find; longer ones are not found */

/* Where each ordered unit of a line is: all but the last two add up to the quantity.
 * 0 <= returned, delivered <= shipped. */
struct line_counters {
  struct quantity cancelled, unallocated, backordered, allocated, released, picked, packed, shipped; /* the places */
  struct quantity delivered, returned;
};
enum line_place { PLACE_CANCELLED, PLACE_UNALLOCATED, PLACE_BACKORDERED, PLACE_ALLOCATED, PLACE_RELEASED, PLACE_PICKED,
                  PLACE_PACKED, PLACE_SHIPPED, PLACE_COUNT };

struct order_line {
  int64_t bucket, order_id;
  int64_t line;        /* number within the order, from 1, never reused */
  int64_t parent_line; /* ABSENT = none: gifts, components and modifiers follow their parent */
  int kind;            /* enum line_kind */
  int64_t product_id;  /* 0 = not in the catalog: charged and shipped by hand, never stocked */
  const char *sku, *name, *unit;
  bool stocked;        /* bound to stock: its allocated units have reservations */
  int64_t weight_g;    /* of one unit, at placing */
  struct quantity quantity;
  struct price unit_price;
  bool price_given;    /* false: it came from the catalog */
  struct money discount;
  struct rate tax_rate; /* ABSENT where tax was given as an amount */
  bool tax_given;
  const char *tax_category;
  struct money gross, amount, tax, total;
  struct line_counters counters;
  const char *external_line_id, *metadata;
  struct price list_price;  /* the catalog's, where somebody set another with a reason; else ABSENT */
  const char *price_reason; /* why */
};

struct order_charge {
  int64_t bucket, order_id, n;
  int kind; /* enum charge_kind */
  struct money amount;
  struct rate tax_rate;
  bool tax_given;
  struct money tax, total;
  struct money refunded; /* what cancellations gave back of total */
};

struct hold {
  int64_t bucket;
  struct hold_id id;
  int64_t order_id;
  const char *type; /* stock_short, payment_mismatch, total_mismatch, blocked_customer, manual, ... */
  int scope;        /* enum hold_scope */
  int64_t line;     /* HOLD_LINE, else ABSENT */
  struct fulfillment_id fulfillment_id; /* HOLD_FULFILLMENT, else 0 */
  int state;        /* enum hold_state */
  const char *reason, *owner_role;
  const char *evidence; /* JSON: what the rule saw */
  struct instant created_at, expires_at, released_at;
  const char *released_by, *release_reason;
  struct instant due_at;                   /* to be decided by then; 0 in order_hold_add = HOLD_TARGET_HOURS from now */
  const char *assigned_to, *assigned_name; /* "usr_..." or "key_...": who has it */
  struct instant claimed_at, waiting_at;   /* waiting_at: the customer was asked and has not answered */
  const char *note;                        /* what was asked, or found out */
  struct instant escalated_at;             /* overdue: went to the next role */
};

struct payment_entry {
  int64_t bucket, order_id, payment_id, n; /* immutable */
  int kind;                                /* enum entry_kind */
  struct money amount;
  const char *reference, *reason;
  struct instant at;
  const char *actor_name;
};
struct payment {
  int64_t bucket;
  struct payment_id id;
  int64_t order_id;
  const char *provider, *reference; /* the provider's own id of it */
  int state;                        /* enum payment_state, derived from the entries */
  struct money authorized, captured, voided, refunded; /* sums of the entries */
  struct instant created_at, expires_at;               /* of the authorization; ABSENT = never */
  LIST(struct payment_entry) entries;
};

struct parcel_item {
  int64_t bucket, order_id, parcel_id; /* in the order's family, so one parcel may carry lines of several orders */
  struct fulfillment_id fulfillment_id;
  int64_t line;
  struct quantity quantity;
};
struct tracking_event {
  int64_t bucket, order_id, parcel_id;
  int status;
  struct instant occurred_at;
  const char *description, *place;
  struct instant received_at;
};
struct parcel {
  int64_t bucket;
  struct parcel_id id;
  int64_t order_id, fulfillment_id; /* it was packed for first */
  struct shipment_id shipment_id;   /* 0 before it ships */
  int state;                        /* enum parcel_state */
  const char *carrier, *service, *tracking_number;
  int tracking_status;              /* enum tracking_status of carriers.h */
  struct instant tracked_at;        /* of the scan that set it */
  int64_t weight_g;
  struct instant created_at, delivered_at;
  LIST(struct parcel_item) items;
  LIST(struct tracking_event) tracking_events; /* only in answers about one parcel: parcel_report_rec */
};
struct shipment {
  int64_t bucket;
  struct shipment_id id;
  int64_t order_id, fulfillment_id, location_id;
  const char *location; /* code */
  const char *carrier, *service;
  bool voided, manifested;
  struct money freight; /* what the carrier charges us, in the rate table's currency */
  const char *freight_currency;
  struct manifest_id manifest_id; /* that it is on, or 0 */
  struct instant shipped_at, voided_at;
};

struct fulfillment_line {
  int64_t bucket, order_id, fulfillment_id, line;
  struct quantity quantity; /* asked of the location and not given back */
  struct quantity released, picked, packed, shipped, delivered; /* how far; each at most the one before (released apart) */
};
struct fulfillment {
  int64_t bucket;
  struct fulfillment_id id;
  int64_t order_id, location_id;
  const char *location;     /* code */
  const char *order_number; /* of the order, for worklists */
  int state;                /* enum fulfillment_state */
  int64_t version;
  struct instant ship_by, deliver_by;
  const char *carrier, *service; /* proposed by sourcing, then what shipped */
  const char *reason;            /* of a rejection, short pick or cancellation */
  struct wave_id wave_id;        /* that released it, or 0 */
  int64_t tote;                  /* its slot in the wave, from 1; ABSENT = none */
  const char *claimed_by, *claimed_name; /* who works on it: "usr_..." or "key_...", and the name */
  struct instant claimed_until;
  struct instant cut_off_at;     /* lists: the cut-off of today here, for its carrier; never stored */
  LIST(const char *) next_actions; /* order_derive_work; never stored */
  struct instant created_at, picked_at, packed_at, shipped_at, closed_at;
  LIST(struct fulfillment_line) lines;
  LIST(struct parcel) parcels;
};

struct order_totals {
  struct money subtotal, discount, charges, tax, total;
  struct money cancelled; /* of total, what cancelled units and given back charges were worth */
  struct money authorized; /* open authorizations */
  struct money paid;       /* captured */
  struct money refunded;
  struct money due;        /* total - cancelled - paid + refunded; below 0: owed to the customer */
};
struct order_delivery {
  int type;               /* enum delivery_type */
  const char *location;   /* pickup, dine_in, takeaway: code */
  const char *pickup_point;
};
struct order_promise {
  struct instant ship_by, deliver_by;
  const char *parts; /* JSON array of promise_part */
};
struct order_sourcing {
  struct decision_id id;
  const char *summary; /* one sentence, made when read */
};
struct order_invoice {
  const char *title, *tax_id, *type;
};
struct order_window {
  const char *from, *to; /* dates */
};

/* Personal data of an order, a row apart: erasure deletes it and the order still adds up. */
struct order_personal {
  int64_t bucket, order_id;
  struct customer_ref *customer; /* as it was given */
  struct address *shipping_address, *billing_address;
  struct order_invoice *invoice;
  const char *notes;
};

struct order {
  int64_t bucket;
  struct order_id id;
  const char *number;
  int64_t version;
  const char *channel, *external_id; /* code; external_id = the order's own id when none was given */
  bool external_given;
  int state, payment_status, fulfillment_status, return_status; /* the enums above */
  int64_t hold_count;
  const char *currency, *language;
  int64_t rate_ppb; /* billionths: 1 unit of currency in the company's, at placing; 10^9 where they are the same */
  struct instant ordered_at, created_at, updated_at, placed_at, shipped_at, closed_at, expires_at;
  struct customer_id customer_id; /* 0 = guest */
  struct order_delivery delivery;
  bool prices_include_tax;
  int tax_basis;                  /* enum pricing_tax_basis at placing */
  int payment_terms;              /* enum payment_terms of channels.h */
  const char *shipping_method;
  struct money expected_total;    /* ABSENT = none was given */
  struct order_window requested_delivery;
  struct order_totals totals;
  struct order_promise promise;
  struct order_sourcing sourcing;
  LIST(const char *) tags;
  const char *metadata;
  const char *cancel_reason;
  const char *content_hash;       /* SHA-256 of what was sent, without tags, notes and metadata: tells doubles */
  const char *assigned_to, *assigned_name; /* "usr_..." or "key_...": who takes care of it */

  struct order_personal personal;
  LIST(struct order_line) lines;
  LIST(struct order_charge) charges;
  LIST(struct hold) holds;
  LIST(struct payment) payments;
  LIST(struct fulfillment) fulfillments; /* live ones and those that ended */
  LIST(const char *) next_actions;
};

extern const struct rec order_rec; /* the reply; also the row: nested lists are no columns */
extern const struct rec order_line_rec, order_charge_rec, hold_rec, payment_rec, fulfillment_rec, parcel_rec, parcel_report_rec, shipment_rec,
    tracking_event_rec, order_totals_rec, order_promise_rec, order_personal_rec, order_invoice_rec, order_window_rec, order_delivery_rec;
extern const struct db_table order_table, order_line_table, order_charge_table, hold_table, payment_table,
    payment_entry_table, fulfillment_table, fulfillment_line_table, parcel_table, parcel_item_table, shipment_table,
    tracking_event_table, order_personal_table;

/* ---- Finding and loading ---------------------------------------------------------------------------------------------- */

/* The id behind "ord_..." or a number. ERR_NOT_FOUND with a sentence. */
MUST_CHECK enum err order_find(struct ctx *cx, const char *id_or_number, struct order_id *out);
/* Several at once: adds the ids of those that are known; the order of texts is not kept, and an id is not looked up. */
typedef LIST(struct order_id) order_ids;
MUST_CHECK enum err orders_find(struct ctx *cx, const char *const *ids_or_numbers, size_t n, order_ids *out);
/* The order with this (channel, external id); *out_id.v = 0 when there is none. */
MUST_CHECK enum err order_find_external(struct ctx *cx, const char *channel, const char *external_id,
                                        struct order_id *out_id);
/* The code of its channel; *out NULL when there is no such order. */
MUST_CHECK enum err order_channel(struct ctx *cx, struct order_id id, const char **out);
/* The bucket of an order's family: hash of both. */
int64_t order_bucket(const char *channel, const char *external_id);
/* The whole order; ERR_NOT_FOUND. Personal data too. */
MUST_CHECK enum err order_load(struct ctx *cx, struct order_id id, struct order **out);
/* Adds to at most 200 rows of a list what they lack: personal data; with nested the lists too. Stops, with rows left
 * bare, when the orders are so large that arena_over: the caller refuses the page. */
MUST_CHECK enum err orders_fill(struct ctx *cx, struct order *orders, size_t n, bool nested);
/* The orders of these fulfillments ("ful_..."), whole: out[i] and out_ids[i] for ids[i]; the same one for two of an order.
 * ERR_NOT_FOUND names one that is unknown; ERR_TOO_LARGE when they do not fit into a request. */
MUST_CHECK enum err orders_of_fulfillments(struct ctx *cx, const char *const *ids, size_t n,
                                           struct fulfillment_id *out_ids, struct order **out);
/* The tracking events of an order, parcel by parcel, oldest first. */
MUST_CHECK enum err tracking_events_of_order(struct ctx *cx, const struct order *o, struct list *out);
/* The tracking events of one parcel, oldest first. */
MUST_CHECK enum err tracking_events_load(struct ctx *cx, const struct parcel *p, struct list *out);
/* The order that a part belongs to: "hld_...", "pay_...", "ful_...", "par_...", "shp_...". ERR_NOT_FOUND. */
MUST_CHECK enum err order_of_hold(struct ctx *cx, const char *id, struct hold_id *out_id, struct order_id *out);
MUST_CHECK enum err order_of_payment(struct ctx *cx, const char *id, struct payment_id *out_id, struct order_id *out);
MUST_CHECK enum err order_of_fulfillment(struct ctx *cx, const char *id, struct fulfillment_id *out_id,
                                         struct order_id *out);
MUST_CHECK enum err order_of_parcel(struct ctx *cx, const char *id, struct parcel_id *out_id, struct order_id *out);
MUST_CHECK enum err order_of_shipment(struct ctx *cx, const char *id, struct shipment *out_row, struct order_id *out);

struct hold *order_hold_of(struct order *o, struct hold_id id); /* NULL when there is none; so the next ones */
struct payment *order_payment_of(struct order *o, struct payment_id id);
struct fulfillment *order_fulfillment_of(struct order *o, struct fulfillment_id id);
struct parcel *order_parcel_of(struct order *o, struct parcel_id id, struct fulfillment **out_fulfillment);
struct order_line *order_line_of(struct order *o, int64_t line);

/* ---- Work: one act on one order ------------------------------------------------------------------------------------------ */

/* An event in waiting; data may be NULL: then the order's own differences are told (event_changes). */
struct order_event {
  const char *topic;
  const char *ref_prefix;
  int64_t ref_id;
  const char *data, *personal;
};
struct order_work {
  struct order *before; /* as it was; NULL for a new order */
  struct order *after;  /* the copy that decide changes */
  reservations reserved; /* live ones of the order, as loaded */
  struct stock_changes stock;
  LIST(struct order_event) events;
  LIST(struct tracking_event) tracking; /* new ones */
  LIST(struct shipment) shipments;      /* new or changed ones (upserted) */
  const char *decision;                 /* new sourcing record (JSON), stored under after->sourcing.id; NULL = none */
  const char *decision_cause;           /* "placed", "rejected", "asked" ... */
  const char *number_series, *number_prefix; /* where a placed order without a number draws it */
  int64_t temporary;                    /* ids of new rows are -1, -2 ... until apply draws real ones */
  bool changed;                         /* set by order_work_finish: something differs, so version moved */
};
/* Begins a new order: everything absent, state draft. */
void order_work_new(struct ctx *cx, struct order_work *out);
/* A temporary id (< 0) for a new row of this act; references to it are resolved in apply. */
int64_t order_new_id(struct order_work *w);
/* Load part of any act on an existing order; checks If-Match. */
MUST_CHECK enum err order_work_load(struct ctx *cx, struct order_id id, int64_t if_match, struct order_work *out);
/* A copy of the work whose `after` and `reserved` may be changed without touching the original: decide is pure. */
struct order_work order_work_copy(struct ctx *cx, const struct order_work *w);
/* Tells an event when the work is applied. */
void order_event(struct ctx *cx, struct order_work *w, const char *topic, const char *ref_prefix, int64_t ref_id,
                 const char *data);
/* End of decide: closes what may close, derives statuses, totals and next actions, moves the version when something
 * changed, and asserts that every line adds up. Call once. */
void order_work_finish(struct ctx *cx, struct order_work *w);
/* Draws the order's number and the ids of new rows (temporary ones in all rows, stock changes and events become real),
 * then writes what differs between before and after, the stock changes, decision, tracking, shipments and events. */
MUST_CHECK enum err order_work_apply(struct ctx *cx, struct order_work *w);
/* Fills sourcing.summary from the stored decision, unless it is there already. */
MUST_CHECK enum err order_summarize(struct ctx *cx, struct order *o);
/* The result of an act that answers with the whole order. */
void order_result(struct ctx *cx, const struct order *o, struct act_result *out);
/* The apply part of an act whose plan is a struct order_work and whose answer is the order. */
MUST_CHECK enum err order_apply(struct ctx *cx, const void *plan, struct act_result *out);

/* ---- Units ---------------------------------------------------------------------------------------------------------------- */

struct quantity *line_counter(struct order_line *l, enum line_place place);
struct quantity line_at(const struct order_line *l, enum line_place place);
/* Moves units of a line from one place to another; there must be that many. */
void line_move(struct order_line *l, enum line_place from, enum line_place to, struct quantity q);
/* The demand of a line as inventory knows it. */
struct stock_demand line_demand(const struct order *o, const struct order_line *l);
struct fulfillment_line *fulfillment_line_of(struct fulfillment *f, int64_t line);
/* Fulfillments that still may ship: not ended (closed, handed over, rejected, cancelled). */
bool fulfillment_live(const struct fulfillment *f);

/* ---- States and holds ------------------------------------------------------------------------------------------------------- */

enum order_step { STEP_PLACE, STEP_OPEN, STEP_CANCEL, STEP_EXPIRE, STEP_CLOSE };
/* A row of the state machine; guard may refuse, it changes nothing. */
struct order_move {
  int from;
  enum order_step step;
  int to;
  bool (*guard)(const struct order *o);
  const char *emits;   /* topic of its event */
  const char *refusal; /* what a person is told when the guard says no */
};
extern const struct order_move order_moves[];
extern const size_t order_moves_n;
/* Moves the state by the table and tells the event; ERR_STATE at /state when there is no such move or its guard refuses. */
MUST_CHECK enum err order_step(struct ctx *cx, struct order_work *w, enum order_step step);
bool order_may(const struct order *o, enum order_step step);

/* The same for fulfillments. scheduled = waiting for the rest of a ship-complete order; it is not picked yet. */
enum fulfillment_step { FSTEP_OPEN, FSTEP_PICK, FSTEP_PICKED, FSTEP_PACK, FSTEP_SHIP, FSTEP_READY, FSTEP_HAND_OVER, FSTEP_NOT_COLLECTED,
                        FSTEP_CLOSE, FSTEP_REJECT, FSTEP_CANCEL, FSTEP_VOID };
struct fulfillment_move {
  int from;
  enum fulfillment_step step;
  int to;
  const char *emits;
};
extern const struct fulfillment_move fulfillment_moves[];
extern const size_t fulfillment_moves_n;
MUST_CHECK enum err fulfillment_step(struct ctx *cx, struct order_work *w, struct fulfillment *f, enum fulfillment_step step);
bool fulfillment_may(const struct fulfillment *f, enum fulfillment_step step);
/* Cancels the fulfillments that nothing is asked of any more. */
void order_end_empty(struct ctx *cx, struct order_work *w, const char *reason);

/* The customer comes for it. */
bool order_collected(const struct order *o);
/* What may be done with each fulfillment now, by the moves, the order's holds and how it is delivered: for whoever reads it,
 * not for an order that is being changed. */
void order_derive_work(struct ctx *cx, struct order *o);

/* Adds an active hold and tells it (topic order.held, to the role that owns it). The caller fills all but bucket, id,
 * order_id, state, created_at. An active hold of the same type and scope is kept instead of a second one. */
void order_hold_add(struct ctx *cx, struct order_work *w, const struct hold *hold);
/* Releases (or lets expire) a hold; when it was the order's last one and the order is placed, opens it. */
MUST_CHECK enum err order_hold_release(struct ctx *cx, struct order_work *w, struct hold *h, enum hold_state how,
                                       const char *reason);
/* An active hold that stops work on this fulfillment (of the order, one of its lines, itself), or NULL. */
const struct hold *order_held(const struct order *o, const struct fulfillment *f);
/* An active hold of this line alone, or NULL. */
const struct hold *order_line_held(const struct order *o, int64_t line);
/* As order_held, for picking: a line's hold stops that line only, so there is none while another line can be picked. */
const struct hold *order_pick_held(const struct order *o, const struct fulfillment *f);
/* Active holds of the order's scope. */
bool order_on_hold(const struct order *o);

/* ---- What derives ------------------------------------------------------------------------------------------------------------- */

/* Prices lines, charges and totals of an order from their snapshots (pricing.h); faults with pointers /lines/N/..., /charges/N/... */
MUST_CHECK enum err order_price(struct ctx *cx, struct order *o);
/* Totals of money, statuses and next actions from counters and entries. */
void order_derive(struct ctx *cx, struct order *o);
/* Captured + open authorizations cover what the terms ask before release: prepaid all (captured or authorized), cod and
 * account nothing. */
bool order_money_fits(const struct order *o);
/* Authorized money of a payment that can still be captured. A direct capture, beyond any authorization, opens nothing. */
struct money payment_open_authorization(const struct payment *p);

/* ---- Acts of this room ------------------------------------------------------------------------------------------------------- */

/* Bodies. */
struct hold_input {
  const char *type, *reason, *owner_role; /* type default "manual" */
  int64_t line;                           /* ABSENT = the order */
  struct fulfillment_id fulfillment;
  struct instant expires_at;
};
struct reason_input {
  const char *reason;
};
extern const struct rec hold_input_rec, reason_input_rec, order_edit_rec;
extern const struct act order_hold_act;         /* POST /v1/orders/{id}/hold */
extern const struct act hold_release_act;       /* POST /v1/holds/{id}/release */
extern const struct act order_edit_act;         /* PATCH /v1/orders/{id}: tags, notes, metadata */
extern const struct act stock_adjust_act;       /* POST /v1/stock/adjustments: with order lines of displaced reservations */

/* What stock_adjust_act would do: refused as it is, but nothing is written. Who loses first stands first. */
#define DISPLACED_LINES_MAX 200
struct displaced_line {
  struct order_id order;
  const char *number;
  int64_t line;
  const char *sku;
  struct quantity quantity;
};
struct adjust_preview {
  const char *location;
  LIST(struct adjustment_line) lines;
  LIST(struct displaced_line) orders;
};
extern const struct rec adjust_preview_rec;
MUST_CHECK enum err stock_adjust_preview(struct ctx *cx, const struct adjustment *body, struct adjust_preview *out);

/* Verifies the invariants 3, 4, 5 and 8 of domain.md over all orders; report as inventory_check. */
MUST_CHECK enum err orders_check(struct ctx *cx, inventory_report *report, void *arg);

/* ---- How channels are doing ---------------------------------------------------------------------------------------------------- */

struct channel_health {
  const char *channel;
  bool active;
  int64_t orders_day, orders_day_before; /* of the last 24 hours, of the 24 before */
  struct instant last_order_at;          /* ABSENT = none yet */
  int64_t lag_s;                         /* from ordered to come in, of the last one; ABSENT = not known */
};
extern const struct rec channel_health_rec;
/* One row of out for each of n channels. */
MUST_CHECK enum err channel_health_load(struct ctx *cx, const struct channel *channels, size_t n, struct channel_health *out);

/* Their numbers, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err orders_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

/* What the orders placed from `from` until before `to` come to; channel and location (of one of their fulfillments) NULL =
 * any. Units without cancelled ones; revenue likewise, by currency. */
struct order_sum {
  const char *currency;
  int64_t orders;
  struct money revenue;
};
struct order_sums {
  LIST(struct order_sum) of;
  struct quantity units;
};
MUST_CHECK enum err orders_sums(struct ctx *cx, struct instant from, struct instant to, const char *channel,
                                const char *location, struct order_sums *out);

#endif
