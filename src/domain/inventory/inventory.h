/* inventory - locations, and what stands in them: stock rows, their ledger, reservations, adjustments.
 *
 * Words
 *   stock key    (location, product, owner, condition, lot); owner "" = the company, lot "" = not told apart
 *   on hand      physically there: always the sum of the row's movements
 *   reserved     promised: always the sum of the row's live reservations
 *   available    good on hand - reserved - safety; may be negative, a feed shows at least 0
 *   demand       (kind, id, line): who reserves; orders are rooms above, here they are only keys
 *
 * Placement: a stock row, its movements and its reservations live in one bucket, stock_bucket(location, product).
 *
 * How a room above moves stock (all quantities in millionths of the product's base unit)
 *   load     stock_levels_load, reservations_of_demand
 *   decide   stock_plan_* add to a struct stock_changes: reserved can only change together with a reservation, on hand
 *            only together with a movement, so no caller can make them drift apart
 *   apply    stock_changes_apply: the ledger, reservations, events of low stock; the rows at the end of the transaction
 */
#ifndef ORDO_INVENTORY_H
#define ORDO_INVENTORY_H

#include "acts.h"
#include "context.h"
#include "customers.h"
#include "promise.h"
#include "rec.h"

/* ---- Locations ------------------------------------------------------------------------------------------------ */

enum location_kind { LOCATION_WAREHOUSE, LOCATION_STORE, LOCATION_3PL, LOCATION_SUPPLIER, LOCATION_PLANT,
                     LOCATION_KITCHEN };
extern const char *const location_kinds[]; /* "warehouse", "store", "3pl", "supplier", "plant", "kitchen", NULL */

#define LOCATIONS_MAX           5000 /* all of them are kept in the memo of each connection */
#define LOCATION_CODE_MAX       64
#define LOCATION_PRIORITY_MAX   10000
#define LOCATION_TAGS_MAX       50
#define LOCATION_EXCEPTIONS_MAX 400 /* of a calendar: more than a year's days */

struct location {
  struct location_id id;
  const char *code, *name;
  int kind;                     /* enum location_kind */
  struct address *address;      /* NULL = none */
  int64_t latitude, longitude;  /* millionths of a degree; ABSENT = unknown */
  const char *time_zone;        /* IANA; left out at creation = the company's */
  struct promise_calendar *calendar; /* NULL = always open */
  const char *cut_off;          /* JSON as promise_cut_offs_read wants it; NULL = none */
  int64_t processing_hours;     /* working hours from order to hand-over; ABSENT = setting promise.processing_hours */
  int64_t capacity;             /* orders a day; 0 = not bounded */
  int64_t priority;             /* smaller comes first; 100 when left out */
  bool paused;                  /* takes no new work: sourcing passes it over */
  bool negative_stock;          /* a till may sell what the books do not have */
  bool scan_required;           /* pick without scans is refused */
  struct money cost_per_order, cost_per_unit; /* minor units of the company's currency; 0 when left out */
  int64_t spread;               /* over how many buckets its products go: 1, 2, 4, 8 or 16; fixed */
  LIST(const char *) tags;
  int64_t version;
  struct instant created_at, updated_at;

  /* Not stored: ready for promise_make. Only in locations that the functions below hand out. */
  struct promise_site site;
};
extern const struct rec location_rec;
extern const struct db_table location_table;

/* From the connection's memo, well under a microsecond when it is warm. What comes back lives until the next
 * db_memo_clear, that is at least as long as this request or act; not to be changed.
 * ERR_NOT_FOUND without a fault text: the caller knows the pointer. */
MUST_CHECK enum err location_by_id(struct ctx *cx, int64_t id, const struct location **out);
MUST_CHECK enum err location_by_code(struct ctx *cx, const char *code, const struct location **out);
/* By "loc_..." or code, as paths and parameters bring it. */
MUST_CHECK enum err location_find(struct ctx *cx, const char *id_or_code, const struct location **out);
/* What routes about one location answer: the row in the arena, by id or code. ERR_NOT_FOUND with a sentence. */
MUST_CHECK enum err location_load(struct ctx *cx, const char *id_or_code, struct location *out);
/* All locations, paused ones too, by priority and code. */
struct locations {
  const struct location *const *at;
  size_t n;
};
MUST_CHECK enum err locations_all(struct ctx *cx, struct locations *out);

/* POST (body: struct location by location_rec), PATCH (location_rec over the row). ERR_EXISTS at /code. */
extern const struct act location_create_act, location_update_act;

/* ---- Stock rows ----------------------------------------------------------------------------------------------- */

enum stock_condition { STOCK_GOOD, STOCK_QUARANTINE, STOCK_DAMAGED, STOCK_EXPIRED };
extern const char *const stock_conditions[]; /* "good", "quarantine", "damaged", "expired", NULL */

#define STOCK_OWNER_MAX 64
#define STOCK_LOT_MAX   64

struct stock_key {
  int64_t location_id, product_id;
  const char *owner; /* never NULL */
  int condition;     /* enum stock_condition */
  const char *lot;   /* never NULL */
};
/* The key of plain stock: the company's, good, no lot. */
struct stock_key stock_key_plain(int64_t location_id, int64_t product_id);
/* By product, location, owner, condition, lot. */
int stock_key_compare(const struct stock_key *a, const struct stock_key *b);
/* hash(location, hash(product) mod spread): for ever. */
int64_t stock_bucket(const struct location *location, int64_t product_id);

/* A row of table stock, and of GET /v1/stock. */
struct stock {
  struct stock_id id; /* of the row: subject of its events */
  int64_t bucket, location_id, product_id;
  const char *owner, *lot;
  int condition;
  struct quantity on_hand, reserved, safety, incoming;
  struct quantity available; /* derived */
  int64_t movements;         /* n of the last ledger entry */
  bool alerted;              /* stock.low was told and not yet stock.recovered */
  int64_t version;
  struct instant updated_at; /* never goes back, even when the clock does */
  const char *sku, *location; /* for readers, by stock_fill */
};
extern const struct rec stock_rec;
extern const struct db_table stock_table;
/* Fills sku, location and available of rows as they were read. */
MUST_CHECK enum err stock_fill(struct ctx *cx, struct stock *rows, size_t n);

/* What there is of a product, at one location and at all of them; of good stock unless it says otherwise. */
struct stock_place {
  int64_t location_id;
  const char *location; /* code */
  struct quantity on_hand, unfit, reserved, allocated, safety, available, incoming;
  int64_t rows;
};
/* A row of the list of products, without those columns that stock does not ask for. */
struct stock_summary {
  struct product_id id;
  const char *sku, *name, *unit, *gtin, *parent_sku;
  bool active, low;
  struct instant created_at;
  struct stock_place sum;
  LIST(struct stock_place) places;
};
extern const struct rec stock_summary_rec, stock_place_rec;
extern const struct db_table stock_summary_table; /* table product, to be read only */
/* Fills the figures of products as they were read. */
/* Of the locations that cx->actor is bound to, if he is. */
MUST_CHECK enum err stock_summary_fill(struct ctx *cx, struct stock_summary *rows, size_t n);

/* What sourcing looks at. */
struct stock_level {
  struct stock_key key;
  struct quantity on_hand, reserved, safety, incoming;
};
struct stock_levels {
  LIST(struct stock_level) rows; /* sorted by stock_key_compare */
};
struct quantity stock_level_available(const struct stock_level *level); /* may be negative */

#define STOCK_PRODUCTS_MAX 1024 /* different ones in one load */
/* The good, company-owned rows of these products at all locations, paused ones too; in the writer's transaction as its
 * acts so far left them. Products may repeat. */
MUST_CHECK enum err stock_levels_load(struct ctx *cx, const int64_t *product_ids, size_t n, struct stock_levels *out);
/* A copy that decide may change (stock_plan_reserve_at does). */
struct stock_levels stock_levels_copy(const struct stock_levels *levels, struct arena *a);
/* The rows of one product, or of one product at one location; a slice of levels. */
const struct stock_level *stock_levels_of_product(const struct stock_levels *levels, int64_t product_id, size_t *out_n);
const struct stock_level *stock_levels_at(const struct stock_levels *levels, int64_t location_id, int64_t product_id,
                                          size_t *out_n);
/* What may still be reserved of a product at a location over all lots: never below 0. */
struct quantity stock_levels_free(const struct stock_levels *levels, int64_t location_id, int64_t product_id);

/* ---- Reservations --------------------------------------------------------------------------------------------- */

/* Soft: of a draft, which lets go of it at expires_at (the draft's own clock, kept by the room above). */
enum reservation_kind { RESERVATION_SOFT, RESERVATION_HARD };
enum reservation_state { RESERVATION_LIVE, RESERVATION_CONSUMED, RESERVATION_RELEASED, RESERVATION_EXPIRED };
/* Their names in lower case, NULL at the end. */
extern const char *const reservation_kinds[], *const reservation_states[];

/* Who needs it. */
struct stock_demand {
  const char *kind; /* "order"; a few letters */
  int64_t id, line;
  int64_t priority; /* larger = keeps its stock longer when a count takes it away; 0 for most */
};

struct reservation {
  int64_t bucket, demand_id, line, location_id, product_id;
  const char *owner, *lot;
  int condition;
  const char *demand_kind;
  struct quantity quantity; /* what is still held; 0 unless live */
  int kind, state;          /* enum reservation_kind, enum reservation_state */
  int64_t priority;
  struct instant created_at, expires_at; /* expires_at only for soft ones, else ABSENT */
};
extern const struct rec reservation_rec;
extern const struct db_table reservation_table;
typedef LIST(struct reservation) reservations; /* an anonymous struct type must be shared */
struct stock_key reservation_key(const struct reservation *r);

/* The live ones of a demand (an order), by line and stock key; line ABSENT = of all lines. */
MUST_CHECK enum err reservations_of_demand(struct ctx *cx, int64_t demand_id, int64_t line, reservations *out);
/* The live ones of several demands, for reading only: their stock rows are not asked for. */
MUST_CHECK enum err reservations_of_demands(struct ctx *cx, const int64_t *demand_ids, size_t n, reservations *out);

/* ---- Changes: what a plan does to stock ------------------------------------------------------------------------- */

enum movement_kind { MOVEMENT_ADJUSTMENT, MOVEMENT_COUNT, MOVEMENT_RECEIPT, MOVEMENT_SHIPMENT, MOVEMENT_RETURN,
                     MOVEMENT_TRANSFER, MOVEMENT_PRODUCTION, MOVEMENT_CONSUMPTION, MOVEMENT_CONDITION };
extern const char *const movement_kinds[]; /* their names in lower case, NULL at the end */

#define MOVEMENT_REASON_MAX 500

/* Why on hand moves. */
struct stock_reason {
  enum movement_kind kind;
  const char *reason;          /* free text, NULL = none */
  const char *document_prefix; /* PREFIX_adjustment, PREFIX_fulfillment ...; NULL = none */
  int64_t document_id;         /* 0 = the id that apply draws: stock_changes.document_id */
};

/* A plain value that stock_plan_* fill and stock_changes_apply writes; the lists are read by nobody else. */
struct stock_change {
  struct stock_key key;
  struct quantity d_on_hand, d_reserved;
  bool moves;                  /* an entry of the ledger, also when d_on_hand is 0 (a count that agrees) */
  struct stock_reason why;
  int64_t seen_movements;      /* the row's counter as decide saw it (counts), or ABSENT = of no matter */
};
struct reservation_change {
  struct stock_key key;
  struct stock_demand demand;
  struct quantity quantity;    /* to put, or to take */
  int kind;                    /* of a put */
  struct instant expires_at;   /* of a soft put */
  int state;                   /* RESERVATION_LIVE = put; else why it is taken */
};
struct stock_changes {
  LIST(struct stock_change) rows;
  LIST(struct reservation_change) reservations;
  int64_t document_id; /* set by apply before stock_changes_apply, where reasons say 0 */
};

/* On hand += delta. */
void stock_plan_move(struct stock_changes *c, struct arena *a, const struct stock_key *key, struct quantity delta,
                     const struct stock_reason *why);
/* quantity > 0 becomes reserved for demand; a live reservation of the same line and key grows. */
void stock_plan_reserve(struct stock_changes *c, struct arena *a, const struct stock_key *key,
                        const struct stock_demand *demand, struct quantity quantity, enum reservation_kind kind,
                        struct instant expires_at);
/* The same at a location whatever the lot: plain stock first, then lots in order. Lowers what `levels` says is free, so
 * that the next line of the same product sees it. Returns what could not be reserved (0 when all was). */
struct quantity stock_plan_reserve_at(struct stock_changes *c, struct arena *a, struct stock_levels *levels,
                                      int64_t location_id, int64_t product_id, const struct stock_demand *demand,
                                      struct quantity quantity, enum reservation_kind kind, struct instant expires_at);
/* Reserved goods leave: on hand and reserved -= quantity, the reservation is consumed by that much. */
void stock_plan_consume(struct stock_changes *c, struct arena *a, const struct stock_key *key,
                        const struct stock_demand *demand, struct quantity quantity, const struct stock_reason *why);
/* The goods stay, the promise goes: why is RESERVATION_RELEASED or RESERVATION_EXPIRED. */
void stock_plan_release(struct stock_changes *c, struct arena *a, const struct stock_key *key,
                        const struct stock_demand *demand, struct quantity quantity, enum reservation_state why);

/* Applies the plan: ledger entries, reservations, and the events stock.low and stock.recovered where a row crosses its
 * safety stock, stock.negative where on hand falls below 0. Rows that a movement needs are begun. The rows themselves
 * are changed in memory, where the next acts of the transaction see them, and written at its end (batch_flush): one
 * guarded UPDATE for each, in order of bucket, product, location ...
 *
 * What decide relied on is checked here against the acts before, and asked again of the row when it is written: on hand
 * never below 0 nor below reserved (but where the location allows negative stock), reserved never below 0, nothing
 * newly reserved beyond available. A miss, here or at the end, is act_guard_missed. */
MUST_CHECK enum err stock_changes_apply(struct ctx *cx, const struct stock_changes *c);

/* ---- The ledger ----------------------------------------------------------------------------------------------- */

/* A row of table stock_movement: append-only, keyed (stock key, n). */
struct movement {
  int64_t bucket, location_id, product_id;
  const char *owner, *lot;
  int condition;
  int64_t n;
  int64_t entry;             /* unique and time-ordered: breaks ties of at in lists */
  struct instant at;
  int kind;                  /* enum movement_kind */
  struct quantity delta, on_hand; /* after it */
  const char *reason, *document_prefix;
  int64_t document_id;       /* ABSENT = none */
  int actor_kind;            /* enum actor_kind */
  int64_t actor_id;
  const char *sku, *location, *document, *actor; /* for readers, by movements_fill */
};
extern const struct rec movement_rec;
extern const struct db_table movement_table;
MUST_CHECK enum err movements_fill(struct ctx *cx, struct movement *rows, size_t n);

/* On hand of one product at one location, by owner, condition and lot, as it was at that instant. */
struct stock_balance_row {
  const char *owner, *lot;
  int condition;
  struct quantity on_hand;
};
struct stock_balance {
  const char *sku, *location;
  struct instant at;
  struct quantity on_hand; /* of all rows */
  LIST(struct stock_balance_row) rows;
};
extern const struct rec stock_balance_rec;
MUST_CHECK enum err stock_balance_at(struct ctx *cx, const struct location *location, int64_t product_id,
                                     struct instant at, struct stock_balance *out);

/* ---- Safety stock ----------------------------------------------------------------------------------------------- */

struct stock_safety_input {
  const char *location, *sku;
  struct quantity safety;
};
extern const struct rec stock_safety_rec;
/* Body: struct stock_safety_input; answers the stock row (made if need be). Event stock.safety_changed. */
extern const struct act stock_safety_act;

/* ---- Adjustments ------------------------------------------------------------------------------------------------ */

#define ADJUSTMENT_LINES_MAX 500

/* A line as it comes in and as it is stored (table adjustment_line, keyed (adjustment, n)). */
struct adjustment_line {
  int64_t bucket, adjustment_id, n, product_id;
  const char *sku;
  struct quantity delta;   /* asked, or found by the count */
  struct quantity counted; /* ABSENT = a delta was given */
  const char *lot, *owner; /* "" when left out */
  int condition;
  struct quantity on_hand;   /* after it */
  struct quantity displaced; /* reservations that had to go */
};
/* One atomic document: adj_ id, never changed. */
struct adjustment {
  struct adjustment_id id;
  int64_t bucket, location_id;
  const char *location; /* code or id coming in, code going out */
  const char *reason;
  const char *lot; /* coming in: of all lines that name none */
  LIST(struct adjustment_line) lines;
  struct instant created_at;
  int64_t version; /* 1 */
};
extern const struct rec adjustment_rec, adjustment_line_rec;
extern const struct db_table adjustment_table, adjustment_line_table;

/* A reservation (or a part of it) that the new on hand cannot hold any more. */
struct stock_displaced {
  struct stock_demand demand;
  struct stock_key key;
  struct quantity quantity;
};
typedef LIST(struct stock_displaced) stock_displacements;

/* The building blocks of the act that adjusts and counts. Orders are a room above, so the act itself lives there: it
 * calls these three and moves the order lines of plan.displaced from allocated to backordered in the same transaction.
 *   load    body is struct adjustment (adjustment_rec), ERR_INVALID for unknown sku or location, doubles, none or both
 *           of delta and counted (all of them together)
 *   decide  ERR_SHORTAGE for a delta below 0 on hand (unless the location allows it); a count is never refused.
 *           displaced: soft ones, then newest and lowest priority first; their release is already in the plan's changes
 *   apply   writes document, stock, ledger and the released reservations; events adjustment.created and, with the
 *           displaced demands, stock.overcommitted. *out in the arena */
struct stock_adjust_facts {
  const struct location *location;
  struct adjustment document;
  struct stock_adjust_row {
    struct stock_key key;
    const char *sku;
    bool exists, counted;
    struct quantity on_hand, reserved;
    int64_t movements;
    stock_displacements live; /* whole reservations, first to go first, as many as have to */
  } *rows; /* one per different key */
  size_t n_rows;
  size_t *row_of_line;
};
struct stock_adjust_plan {
  const struct location *location;
  struct adjustment document; /* without id */
  struct stock_changes changes;
  stock_displacements displaced;
};
MUST_CHECK enum err stock_adjust_load(struct ctx *cx, const struct adjustment *body, struct stock_adjust_facts *out);
MUST_CHECK enum err stock_adjust_decide(struct ctx *cx, const struct stock_adjust_facts *f,
                                        struct stock_adjust_plan *out);
MUST_CHECK enum err stock_adjust_apply(struct ctx *cx, const struct stock_adjust_plan *p, struct adjustment **out);

/* By "adj_..." with its lines. ERR_NOT_FOUND. */
MUST_CHECK enum err adjustment_load(struct ctx *cx, const char *id, struct adjustment **out);
/* Fills location (and, when with_lines, the lines) of documents as they were read. */
MUST_CHECK enum err adjustments_fill(struct ctx *cx, struct adjustment *rows, size_t n, bool with_lines);

/* ---- ordo check -------------------------------------------------------------------------------------------------- */

/* Streams over stock, ledger and reservations; calls report once per difference: what is wrong, what would mend it. */
typedef void inventory_report(void *arg, const char *difference, const char *repair);
MUST_CHECK enum err inventory_check(struct ctx *cx, inventory_report *report, void *arg);

/* Their codes, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err locations_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
