/* review - the rules that run when an order is placed or changed: each passes it or adds a hold that says why.
 *
 * Rules are rows of the reference table review_rule, at most REVIEW_RULES_MAX; placing reads them through the
 * connection's memo, acts read the row. A hold has the type of its rule, so several rules of one type that find the
 * same order add one hold, that of the first by code. Reasons are English sentences with the numbers; evidence is JSON
 * with the rule's code and what it saw, never personal data.
 *
 *   stock_short         stocked units have no supply (gifts aside, unless the channel says so)
 *   payment_mismatch    payments were given and do not fit the terms: too little for prepaid, or more than is due
 *   total_mismatch      the total is another than the channel expected
 *   blocked_customer    the customer is blocked
 *   velocity            the customer placed more than `orders` orders within `window_minutes`, this one included
 *   amount_outlier      the total is above `amount`, for orders in `currency`
 *   address             an order to be shipped has no address, one without a `required` part, or in none of `countries`
 *   price_deviation     a unit price that was given differs from the catalog's by more than `deviation`
 *   probable_duplicate  the same customer has an order of the last `window_minutes` with `similarity` of the basket
 *
 * Guests, who gave neither e-mail nor phone nor id, have no other orders that velocity and probable_duplicate could
 * see.
 *
 * Events: review_rule.created, review_rule.updated; those of holds are told by orders.
 */
#ifndef ORDO_REVIEW_H
#define ORDO_REVIEW_H

#include "acts.h"
#include "channels.h"
#include "context.h"
#include "orders.h"
#include "rec.h"

#define REVIEW_RULES_MAX    200
#define REVIEW_CODE_MAX     40
#define REVIEW_CHANNELS_MAX 100
#define REVIEW_ORDERS_MAX   1000   /* velocity: earlier orders that are counted */
#define REVIEW_WINDOW_MAX   525600 /* minutes: a year */
#define REVIEW_TWINS_MAX    8      /* the customer's latest orders that are compared */
#define REVIEW_EXPIRE_MAX   8760   /* hours: a year */
#define HOLDS_EXPIRE_MAX    50     /* holds of one run of holds_expire_act: their events fit one act */

enum review_type { REVIEW_STOCK_SHORT, REVIEW_PAYMENT_MISMATCH, REVIEW_TOTAL_MISMATCH, REVIEW_BLOCKED_CUSTOMER,
                   REVIEW_VELOCITY, REVIEW_AMOUNT_OUTLIER, REVIEW_ADDRESS, REVIEW_PRICE_DEVIATION,
                   REVIEW_PROBABLE_DUPLICATE };
#define REVIEW_TYPE_COUNT 9
extern const char *const review_types[]; /* "stock_short" and so on, NULL at the end; also the types of holds */

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

/* What a rule compares with; each type has some of these, the others are absent. */
struct review_params {
  int64_t orders;                /* velocity: so many are fine */
  int64_t window_minutes;        /* velocity, probable_duplicate */
  struct money amount;           /* amount_outlier: so much is fine */
  const char *currency;          /* amount_outlier: of that amount; orders in others pass */
  struct rate deviation;         /* price_deviation: so much up or down is fine */
  struct rate similarity;        /* probable_duplicate: from here on */
  LIST(const char *) required;   /* address: parts that must be there: "name", "line1", "city" ... */
  LIST(const char *) countries;  /* address: ISO 3166-1 alpha-2; empty = all */
};

struct review_rule {
  struct rule_id id;
  int64_t version;
  const char *code;             /* unique, never changed */
  const char *name;             /* for people; never NULL */
  int type;                     /* enum review_type, never changed */
  bool enabled;
  LIST(const char *) channels;  /* codes of those whose orders it looks at; empty = all */
  struct review_params params;
  const char *owner_role;       /* role that is told and has to decide; never NULL */
  int64_t expire_hours;         /* life of its holds; 0 = as the setting hold.expire_hours says */
  struct instant created_at, updated_at;
  int64_t target_hours;         /* to decide about its holds; 0 = HOLD_TARGET_HOURS */
};
extern const struct rec review_rule_rec;
extern const struct db_table review_rule_table;

/* From the table by code or id text, into the arena. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err review_rule_load(struct ctx *cx, const char *code_or_id, struct review_rule *out);

/* Body: review_rule_rec; parameters that are left out get the type's defaults. 201; ERR_EXISTS at /code. */
extern const struct act review_rule_create_act;
/* PATCH of one; id = code or id. */
extern const struct act review_rule_update_act;

/* Inside the writer's transaction: gives a database one rule of each type that it has none of: stock_short,
 * payment_mismatch, total_mismatch and blocked_customer on, the others off. */
MUST_CHECK enum err review_bootstrap(struct ctx *cx);

/* ---- Reviewing an order: load and decide inside another act ------------------------------------------------------ */

struct review_price { /* of the catalog, in the order's currency */
  const char *sku, *unit;
  struct price price;
};
struct review_item {
  const char *sku;
  struct quantity quantity;
};
typedef LIST(struct review_item) review_basket; /* by sku, one item each; without gifts */
struct review_twin { /* an earlier order of the customer */
  struct order_id id;
  const char *number;
  struct instant created_at;
  review_basket basket;
};
struct review_facts {
  LIST(const struct review_rule *) rules; /* those that are on for the order's channel, by code */
  int64_t hold_expire_hours;              /* the setting */
  int64_t customer_id;                    /* 0 = a guest or somebody new */
  bool blocked;
  LIST(struct instant) earlier;           /* when the customer's other orders came, newest first */
  LIST(struct review_twin) twins;         /* newest first */
  LIST(struct review_price) prices;       /* by sku */
};
/* Fetches what the rules that are on need, and nothing else: of the rules that are on in a fresh database nothing
 * but the memo is read. Of the order it looks at id (its own row is no twin), channel, currency and the lines' skus;
 * customer_id 0 = a guest or somebody new; blocked = of the customer. */
MUST_CHECK enum err review_load(struct ctx *cx, const struct order *o, int64_t customer_id, bool blocked,
                                struct review_facts *out);

/* What review must be told beside the order's value. */
struct review_situation {
  bool sourced;          /* allocation_decide has run: stocked units still unallocated have found nothing, and may not
                          * wait as backordered */
  bool hold_short_gifts; /* of the channel: a short gift holds the order too */
};
/* What a shortage does to this order: the channel's policy, but STOCK_HOLD once money was captured: such an order is
 * never refused. o's payments must be there; its totals need not. */
enum stock_policy review_stock_policy(const struct channel *ch, const struct order *o);

/* Adds the holds (order_hold_add) that the rules ask for. Pure. The order's lines must be priced (order_price); what
 * follows from payments is derived here. Call after allocation_decide and before the order is opened. */
void review_decide(struct ctx *cx, const struct review_facts *facts, const struct review_situation *situation,
                   struct order_work *w);

/* ---- Acts on orders in review ------------------------------------------------------------------------------------ */

/* POST /v1/orders/{id}/approve, body reason_input: releases all active holds of the order's scope and opens it.
 * Holds of lines and fulfillments stay. ERR_STATE where the order is not placed. Rejecting is cancelling: see
 * fulfillment. */
extern const struct act order_approve_act;

/* A hold by its id text. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err hold_load(struct ctx *cx, const char *id, struct hold *out);

/* Orders with active holds past expires_at, the longest overdue first; at most limit. */
MUST_CHECK enum err holds_expiring(struct ctx *cx, struct bucket_groups groups, int64_t limit,
                                   struct list *out_order_ids);
/* The timer: lets active holds that are past expires_at expire; an order whose last hold that was opens. id = an order: of
 * it alone, so that one that fails stops no other. Without: at most HOLDS_EXPIRE_MAX a run, the longest overdue first;
 * body: struct bucket_groups, whose orders to look at, or NULL for all. Answers with holds_expired. */
struct holds_expired {
  int64_t expired, orders;
  bool more; /* run it again at once */
};
extern const struct rec holds_expired_rec;
extern const struct act holds_expire_act;

/* Their names, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err review_rules_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

/* The kinds of the newest `most` active holds: type and who has to decide. */
struct hold_kind {
  const char *type, *role;
};
typedef LIST(struct hold_kind) hold_kinds;
MUST_CHECK enum err holds_kinds(struct ctx *cx, int64_t most, hold_kinds *out);

#endif
