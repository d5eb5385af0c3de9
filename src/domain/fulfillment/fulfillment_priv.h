/* What the files of fulfillment share. */
#ifndef ORDO_FULFILLMENT_PRIV_H
#define ORDO_FULFILLMENT_PRIV_H

#include "fulfillment.h"

#include "allocation.h"
#include "carriers.h"

/* Facts and plan of the acts on one fulfillment. */
struct work_facts {
  struct order_work work;
  struct fulfillment_id id;
  const void *input;
  const struct location *location;
  struct allocation_facts supply; /* only where something may be sourced again */
};
struct work_plan {
  struct order_work work;
  struct fulfillment_id id;
};
MUST_CHECK enum err work_load(struct ctx *cx, const struct act_input *in, void *out_facts);
/* The same, with what sourcing needs. */
MUST_CHECK enum err work_load_supply(struct ctx *cx, const struct act_input *in, void *out_facts);
/* A copy to work on; *out points into it, until something is added to the order's fulfillments. */
struct work_plan work_begin(struct ctx *cx, const struct work_facts *f, struct fulfillment **out);
/* Derives what follows and hands the plan on. */
enum err work_end(struct ctx *cx, struct work_plan *plan, void *out);
MUST_CHECK enum err work_apply(struct ctx *cx, const void *plan, struct act_result *out);

/* Refuses a step forward: the order has ended, is held, or is not open yet. */
MUST_CHECK enum err work_allowed(struct ctx *cx, const struct order *o, const struct fulfillment *f);
/* The same for picking, which a hold of one line stops for that line only. */
MUST_CHECK enum err pick_allowed(struct ctx *cx, const struct order *o, const struct fulfillment *f);
/* Refuses because of this hold. */
enum err work_held(struct ctx *cx, const struct hold *h);

/* ---- The floor ---- */

const char *actor_ref(struct ctx *cx); /* "usr_...", "key_...", "system": who acts, as rows name it */
bool claim_alive(const struct ctx *cx, const struct fulfillment *f);
/* Refuses while somebody else's claim is alive: ERR_STATE, claimed. */
MUST_CHECK enum err claim_allowed(struct ctx *cx, const struct fulfillment *f);
/* The actor has it for so many minutes; an own claim only becomes longer. */
void claim_take(struct ctx *cx, struct fulfillment *f, int64_t minutes);
/* Picks what one scan says and moves the state; *out_line is the first line it counts for. */
MUST_CHECK enum err pick_by_scan(struct ctx *cx, struct order_work *w, struct fulfillment *f,
                                 const struct pick_scan *scan, int64_t *out_line);
/* Pack scans of a fulfillment that counted. */
typedef LIST(struct floor_scan) scans_packed;
MUST_CHECK enum err scans_packed_load(struct ctx *cx, const struct order *o, struct fulfillment_id id,
                                      scans_packed *out);
const char *gtin_14(struct arena *a, const char *gtin); /* with leading zeros; NULL when it is none */
/* Whether a scanned code (raw, or what GS1 said) means this product; packing = in its own unit. */
bool scan_is_product(struct ctx *cx, const struct scan_code *c, const struct product *p, struct quantity *packing);

/* ---- Papers ---- */

/* The name of a line's product in a language, and the product; NULL outside the catalog. */
MUST_CHECK enum err paper_name(struct ctx *cx, const struct order_line *l, const char *language, const char *fallback,
                               const struct product **out_product, const char **out);
/* What papers of several fulfillments are made of, in a few statements for all. */
struct papers {
  struct fulfillment_id *ids;
  struct order **orders; /* orders[i] has fulfillment ids[i] */
  reservations reserved; /* of all of them */
};
MUST_CHECK enum err papers_load(struct ctx *cx, const char *const *ids, size_t n, struct papers *out);
/* Lots that are reserved for a line of an order at a location, or NULL. */
const char *paper_lots(struct ctx *cx, const reservations *reserved, struct order_id order, int64_t line,
                       int64_t location_id);

/* ---- Units of a fulfillment line ---- */

struct quantity units_unpicked(const struct fulfillment_line *l);
struct quantity units_picked(const struct fulfillment_line *l); /* and not packed */
struct quantity units_packed(const struct fulfillment_line *l); /* and not shipped */
/* What is asked of all its lines. */
int64_t units_asked(const struct fulfillment *f);

/* Where units go that leave a fulfillment, and what becomes of the stock. */
struct leaving {
  enum line_place to;
  const char *correction; /* reason to take them off the stock too, or NULL */
};
/* What a wave released and nobody picked is allocated again. */
void units_unrelease(struct order *o, struct fulfillment *f);
/* Takes q units (unpicked, then picked, then packed ones) out of a fulfillment line and lets their reservations go.
 * Tells a put-back task where they were picked already. Returns how many; fewer only when there were not so many. */
struct quantity units_leave(struct ctx *cx, struct order_work *w, struct fulfillment *f, struct fulfillment_line *fl,
                            struct quantity q, const struct leaving *how);
/* Reserved stock of packed units leaves the house: packed -> shipped. */
MUST_CHECK enum err units_ship(struct ctx *cx, struct order_work *w, struct fulfillment *f);
/* Shipped units of a parcel, or all of a fulfillment, are with the customer. */
void units_deliver_parcel(struct order *o, struct fulfillment *f, const struct parcel *p);
void units_deliver_all(struct order *o, struct fulfillment *f);

/* Sources what is unallocated again without a location; what nobody has waits, or holds the order. */
MUST_CHECK enum err source_missing(struct ctx *cx, struct order_work *w, const struct allocation_facts *supply,
                                   const char *without, const char *cause);
/* Some stocked unit has no supply. */
bool units_missing(const struct order *o);

/* Event data {"key": text ..., "lines": [...]} of units that moved. */
struct moved_units {
  const struct order_line *line;
  struct quantity quantity;
};
typedef LIST(struct moved_units) moved_list;
const char *moved_data(struct ctx *cx, const char *reason, const char *location, const char *alert_role,
                       const moved_list *moved);
/* Event data of a shipment. */
const char *shipment_data(struct ctx *cx, const struct shipment *s);

#endif
