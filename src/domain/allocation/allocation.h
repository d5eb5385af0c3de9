/* allocation - supply answers an order's demand: asks what is where, lets sourcing decide over all lines at once, and turns
 * the decision into fulfillments, reservations and the promise.
 *
 * Load fetches channel, locations, stock, carrier and settings; decide is pure and works on the order's value; the rows are
 * written with the order (order_work_apply). Only lines bound to stock take part; services and digital goods are
 * allocated at once. Used when an order is placed, sourced again by hand, rejected by a location, or when goods came in.
 */
#ifndef ORDO_ALLOCATION_H
#define ORDO_ALLOCATION_H

#include "carriers.h"
#include "channels.h"
#include "inventory.h"
#include "orders.h"
#include "promise.h"
#include "sourcing.h"

struct allocation_facts {
  const struct channel *channel;
  struct locations locations;
  struct stock_levels levels;
  const struct carrier *carrier; /* that answers the order's shipping method; NULL = none does */
  const struct carrier_service *service;
  const struct location *delivery_location; /* of pickup, dine_in, takeaway; else NULL */
  struct sourcing_settings costs;
  const char *currency; /* of all costs: the company's */
  int64_t processing_hours;
  struct promise_zones *zones; /* of the connection: only saves time */
};
/* What decide needs to source this order; o may be new (no ids yet). ERR_INVALID at /delivery/location, /shipping_method. */
MUST_CHECK enum err allocation_load(struct ctx *cx, const struct order *o, struct allocation_facts *out);

/* What to do with units that find no stock. */
enum allocation_short {
  SHORT_REFUSE,    /* nothing is assigned at all; the caller refuses */
  SHORT_BACKORDER, /* what is there is reserved, the rest waits as backordered */
  SHORT_HOLD,      /* what is there is reserved, the rest stays unallocated; the caller adds the hold */
};
struct allocation_wish {
  enum allocation_short when_short;
  const char *pinned;                /* code of the only location allowed, or NULL */
  LIST(const char *) excluded;       /* codes to leave out */
  const char *cause;                 /* "placed", "asked", "rejected", "supply" */
};
struct allocation_outcome {
  struct sourcing_input input;       /* as decided */
  struct sourcing_decision decision;
  bool complete;                     /* every unit (gifts aside) has its location */
  bool gift_short;
};
/* Allocates every unallocated and backordered unit of w->after that it can: moves units, adds fulfillments, reserves,
 * sets promise, decision and summary, tells fulfillment.created. Touches nothing where there is nothing to allocate. */
MUST_CHECK enum err allocation_decide(struct ctx *cx, const struct allocation_facts *f, const struct allocation_wish *wish,
                                      struct order_work *w, struct allocation_outcome *out);
/* ERR_SHORTAGE with one entry per line that did not get all. */
enum err allocation_refuse(struct ctx *cx, const struct allocation_outcome *outcome);

/* Gives units of a line back that are not picked yet: from fulfillments at location_id (0 = any) of what is allocated or
 * released, the newest fulfillment first, and their reservations. Units move to place `to`. Returns how many. */
struct quantity allocation_give_back(struct ctx *cx, struct order_work *w, struct order_line *l, int64_t location_id,
                                     struct quantity q, enum line_place to);
/* Releases the reservation of q units of a line at a location (whatever the lot). */
void allocation_release(struct ctx *cx, struct order_work *w, const struct order_line *l, int64_t location_id,
                        struct quantity q);

/* ---- What a draft keeps ---- */

/* Reserves softly, until that instant, what sourcing would assign of the draft's units now; they stay unallocated, and
 * there are no fulfillments. What is not to be had is left out. */
MUST_CHECK enum err allocation_keep(struct ctx *cx, const struct allocation_facts *f, struct instant until,
                                    struct order_work *w);
/* All that is kept softly goes: why is RESERVATION_RELEASED or RESERVATION_EXPIRED. True where something was kept. */
bool allocation_let_go(struct ctx *cx, struct order_work *w, enum reservation_state why);
/* Makes what `changes` give back free again in the levels that a decision of the same act looks at. */
void allocation_free_levels(struct ctx *cx, struct allocation_facts *f, const struct stock_changes *changes);

/* One decision as the API tells it. */
struct allocation_candidate {
  const char *location, *reason, *sentence;
  struct quantity could, assigned;
  int64_t cost_milli, more_milli, distance_m; /* thousandths of a minor unit; ABSENT = not known */
};
struct allocation_report {
  struct decision_id id;
  const char *cause, *outcome, *summary, *actor_name;
  struct instant at;
  bool proven;
  int64_t nodes;
  LIST(struct allocation_candidate) candidates;
  const char *record; /* the stored input and decision, for replay */
};
struct allocation_reports {
  LIST(struct allocation_report) data;
};
extern const struct rec allocation_reports_rec;
/* All decisions of an order, newest first, with their sentences. */
MUST_CHECK enum err allocation_reports(struct ctx *cx, struct order_id id, struct allocation_reports *out);

/* POST /v1/orders/{id}/source: body allocation_source_input. */
struct allocation_source_input {
  const char *location, *reason; /* pin it there; a reason is then required */
};
extern const struct rec allocation_source_rec;
extern const struct act order_source_act;

/* ---- Goods came in ---- */

/* Orders that wait for stock and for which some is free now: at most limit with backordered units, those of a product in
 * the order they came, and at most limit that are held as stock_short. For a timer: products take turns, so that orders
 * that nothing can be done for (their channel does not sell from where the stock is) keep none waiting; *turn is 0 at
 * first and handed back each time. groups: of the products, so that one process serves all who wait for the same. */
MUST_CHECK enum err orders_fillable(struct ctx *cx, struct bucket_groups groups, int64_t limit, int64_t *turn,
                                    order_ids *out);
/* Allocates what an order still waits for, without touching what it has; releases its hold stock_short when nothing is
 * missing any more. id = "ord_...". */
extern const struct act order_fill_act;

#endif
