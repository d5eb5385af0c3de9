/* intake - an order comes in: the story from top to bottom. Read it, price it, review it, source it, reserve, promise, place.
 *
 *   intake_load     who, what, where: channel, products, tax, customer, doubles, stock, rules
 *   intake_decide   price -> payments -> place -> source and reserve -> review -> open
 *   intake_apply    customer, number, rows, events
 *
 * Stock short: the channel's policy decides for orders without money: refuse (ERR_SHORTAGE, nothing is stored),
 * backorder, hold. An order whose money is already captured is never refused: it gets the hold stock_short.
 */
#ifndef ORDO_INTAKE_H
#define ORDO_INTAKE_H

#include "acts.h"
#include "customers.h"
#include "orders.h"

#define INTAKE_BULK_MAX   500
#define QUOTE_PLACES_MAX  50
#define INTAKE_BULK_BYTES (15u << 20)

struct order_line_input {
  const char *sku;
  struct quantity quantity;
  struct price unit_price; /* ABSENT = the catalog's */
  struct money discount;
  struct rate tax_rate;    /* at most one of tax_rate and tax */
  struct money tax;
  int kind;
  int64_t parent_line;
  const char *external_line_id, *metadata;
  const char *price_reason; /* why unit_price is not the catalog's; needs PERM_ORDER_PRICE */
};
struct order_charge_input {
  int kind;
  struct money amount;
  struct rate tax_rate;
  struct money tax;
};
struct order_payment_input {
  const char *provider;
  int kind; /* ENTRY_AUTHORIZATION or ENTRY_CAPTURE */
  struct money amount;
  const char *reference;
  struct instant expires_at;
};
struct order_input {
  const char *channel, *external_id, *currency, *language;
  struct instant ordered_at;
  struct customer_ref *customer;
  struct order_delivery delivery;
  struct address *shipping_address, *billing_address;
  struct order_invoice *invoice;
  LIST(struct order_line_input) lines;
  LIST(struct order_charge_input) charges;
  const char *shipping_method;
  int64_t prices_include_tax; /* 0, 1 or ABSENT = as the channel says */
  const char *payment_terms;  /* NULL = the channel's */
  struct money expected_total;
  LIST(struct order_payment_input) payments;
  struct order_window requested_delivery;
  const char *notes;
  LIST(const char *) tags;
  const char *metadata;
  bool draft;
  int64_t hold_stock; /* of a draft: 0, 1 or ABSENT = as it was */
};
extern const struct rec order_input_rec;
extern const struct rec order_put_rec; /* the same, channel and external id may be left out */
#define EXTERNAL_ID_MAX 100

/* POST /v1/orders; a double with the same content answers the existing order with 200, with other content it is refused
 * with ERR_EXTERNAL_ID naming the order and what differs. */
extern const struct act order_place_act;
/* PUT /v1/channels/{code}/orders/{external_id}: the same. */
extern const struct act order_put_act;
/* The order that a loaded order_put_act is about, when other content was sent for it than before; NULL for a new order and for
 * the same again. What to do about it is the room changes'. *out_hash = of what was sent, for order.content_hash. */
struct order *order_put_other(struct ctx *cx, const void *facts, const struct order_input **out_input,
                              const char **out_hash);

/* ---- Parts of it, for what changes an order that was placed: faults are collected in cx->fault ---- */

/* The i-th line as it would be of a new order, unpriced; its number and parent are the caller's. Pointers /lines/i/... Only
 * language, currency, shipping_address and that line of in are looked at. */
MUST_CHECK enum err intake_line(struct ctx *cx, const struct order_input *in, size_t i, struct order_line *out);
/* A price (l->unit_price) that is not the catalog's (list, or ABSENT): who may set it, and why; pointers as above. */
void intake_check_price(struct ctx *cx, const struct order_line_input *from, size_t i, struct price list,
                        struct order_line *l);
/* Either may be NULL. */
void intake_check_delivery(struct ctx *cx, const struct order_delivery *delivery, const struct order_window *window);

/* PATCH /v1/orders/{id}: of a draft everything but channel and external id, lists as a whole; of an order that was placed
 * order_edit_act. */
extern const struct act order_patch_act;
extern const struct rec draft_patch_rec;

/* What an order would be, without writing anything: for what is being typed. */
struct quote_place { /* stock of a line's product at one location */
  const char *location, *name;
  struct quantity available; /* free now, before this order */
  struct quantity assigned;  /* of this line, what would come from there */
};
struct quote_line {
  int64_t line;
  const char *sku, *name, *unit;
  struct quantity quantity, available, missing; /* available: over all locations that serve the channel */
  struct price unit_price, list_price;          /* list_price: the catalog's in this currency, ABSENT = none */
  struct money discount, amount, tax, total;
  LIST(struct quote_place) places;
};
struct quote_hold {
  const char *type, *reason, *owner_role;
};
struct quote {
  const char *channel, *currency;
  struct customer_id customer_id; /* 0 = a guest or somebody new */
  bool complete;                  /* every unit has its location */
  int64_t keep_minutes;           /* a draft would keep its stock for so long, if it were told to */
  bool would_refuse;              /* the channel would refuse it for want of stock */
  const char *payment_terms;
  struct order_totals totals;
  struct order_promise promise;
  LIST(struct quote_line) lines;
  LIST(struct quote_hold) holds;
};
extern const struct rec quote_rec;
/* On a reader, too. Refuses what placing it would refuse, but for a shortage. */
MUST_CHECK enum err order_quote(struct ctx *cx, const struct order_input *in, struct quote *out);

/* POST /v1/orders/{id}/place: a draft becomes an order. */
extern const struct act draft_place_act;

/* POST /v1/orders/bulk: up to INTAKE_BULK_MAX orders, each placed or refused by itself. */
struct orders_bulk {
  const char *orders; /* JSON array; each is read by itself */
};
struct bulk_problem {
  const char *pointer, *code, *detail;
  const char *sku; /* of insufficient_stock, with ... */
  struct quantity asked, available;
};
struct order_bulk_item {
  int64_t n, status; /* as the single call would have answered */
  const char *external_id, *code, *detail;
  const char *id; /* what the refusal is about: the order that has the external id */
  LIST(struct bulk_problem) errors;
  struct order *order;
};
struct orders_bulk_result {
  int64_t placed, known, refused;
  LIST(struct order_bulk_item) results;
};
extern const struct rec orders_bulk_rec, orders_bulk_result_rec;
extern const struct act orders_bulk_act;

/* A draft with hold_stock keeps what it asks for, as far as it is there, for SETTING_RESERVATION_MINUTES from the last time it
 * was said: softly reserved (not available to others), sourced anew when its lines change. Placed, it takes the stock it
 * kept; cancelled, or when its time is over, it lets go and stays what it is. */

/* What is over: an unpaid prepaid order expires: units, stock and holds are let go; a draft lets go of the stock that it
 * kept. Runs from a timer, one order each; orders_expiring gives at most limit ids of these buckets. */
MUST_CHECK enum err orders_expiring(struct ctx *cx, struct bucket_groups groups, int64_t limit,
                                    struct list *out_order_ids);
extern const struct act order_expire_act;

#endif
