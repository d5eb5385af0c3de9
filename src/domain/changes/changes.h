/* changes - change sets: the one way to change an order that was placed. Begin, preview, confirm.
 *
 * A set says what should be otherwise (struct change_input): lines by number, new lines, charges, addresses, invoice,
 * delivery. What it would do is a value, struct change_preview, decided by the same pure parts as everything else (pricing,
 * cancelling, allocation, review, payments) on a copy of the order; confirming it is that decision, applied. So a preview
 * writes nothing, and nothing happens that was not shown.
 *
 * What moves
 *   Only the open quantity, never below what has shipped. `quantity` of a line means what the customer is to get: ordered less
 *   cancelled. Less: units are cancelled, from where the least work was spent (order_units_cancel); a line taken to 0 stays,
 *   its number is never used again. More: units are added and sourced as if they were placed now. Gifts, components and
 *   modifiers follow their parent. A change of prices alone moves no stock. A discount is for the whole line, its cancelled
 *   units included, which take their share of it (pricing_line_share).
 *   Another address, delivery, method or window: what is not picked yet goes back and is sourced again; what is picked or
 *   packed stays where it is. Taxes stay as charged unless recompute_tax. Another tax that was given as an amount grows and
 *   shrinks with its line.
 *   More to pay: a prepaid order waits in the hold payment_mismatch. Less: given back when the body says refund, else the
 *   order shows as overpaid. A rule of review looks again only at what was changed; what it finds no more is released.
 *
 * Conflicts. A set keeps, of each field that it touches, what the order said when it was made. Confirming it is refused
 * with ERR_VERSION naming each field that somebody else has changed since, with before, theirs and mine
 * (change_confirm_act); who asked for it then marks it (change_conflict_act). Where others changed other fields, or stock or
 * prices moved so that the result would be another one, it is refused with ERR_PREVIEW until the client sends the hash
 * of the new preview. The promise is told and not part of the hash: it moves with the clock.
 *
 * Channels. PUT of an order with other content (change_put_act) is a set of the channel, compared three ways: what the
 * channel repeats though staff has changed it since is no wish of the channel. It is applied at once where that is possible.
 * Where not, it stays pending, the order is held (channel_change) while something of it can still be held, and people accept
 * or decline it. A newer PUT takes the place of one that waits.
 *
 * Rows: change_set and change_personal (addresses and invoice, apart, so that erasure can delete them), in the order's bucket.
 * Events, about the set with the order as ref: change.created, .confirmed, .declined, .cancelled, .conflicted, .expired.
 * About the order, with the set as ref: order.changed, with the values before and after; personal ones apart.
 */
#ifndef ORDO_CHANGES_H
#define ORDO_CHANGES_H

#include "acts.h"
#include "intake.h"
#include "orders.h"

enum change_state { CHANGE_PENDING, CHANGE_CONFIRMED, CHANGE_DECLINED, CHANGE_CANCELLED, CHANGE_CONFLICTED, CHANGE_EXPIRED };
extern const char *const change_states[];
enum change_origin { CHANGE_STAFF, CHANGE_CHANNEL, CHANGE_CUSTOMER };
extern const char *const change_origins[];

#define CHANGE_SETS_MAX   200 /* of an order that are looked at, the latest */
#define CHANGE_REASON_MAX 500

/* ---- What is asked ---- */

struct change_line_input {
  int64_t line; /* ABSENT = a new line: then sku and quantity are needed */
  const char *sku;
  struct quantity quantity; /* of a line: what the customer is to get of it; ABSENT = as it is, so the next ones */
  struct price unit_price;
  const char *price_reason;
  struct money discount;
  struct rate tax_rate; /* of new lines, as in an order; so the rest */
  struct money tax;
  int kind;
  int64_t parent_line; /* number of a line; new ones get the numbers after the last, in their order */
  const char *external_line_id, *metadata;
};
struct change_input {
  const char *reason;
  LIST(struct change_line_input) lines;
  LIST(struct order_charge_input) charges; /* the n-th of a kind is the n-th charge of that kind, or a new one; 0 = none */
  struct address *shipping_address, *billing_address; /* NULL = as it is; so the next ones */
  struct order_invoice *invoice;
  struct order_delivery *delivery;
  const char *shipping_method;
  struct order_window *requested_delivery;
  struct money expected_total; /* ABSENT and money changes: nobody expects a total any more */
  bool recompute_tax;          /* rates of lines with open units are found anew, for the address as it is then */
  bool refund;                 /* give back what is paid beyond the new total */
  bool preview;                /* say what it would do and write nothing */
};
extern const struct rec change_input_rec;

/* ---- What it does ---- */

struct change_money {
  struct order_totals before, after;
  struct money difference; /* of what the customer pays: total less cancelled */
  struct money collect;    /* still to be paid or authorized afterwards */
  struct money give_back;  /* paid beyond the total afterwards, and not given back by this set */
};
struct change_refund {
  struct payment_id payment;
  const char *provider;
  struct money amount;
};
struct change_units { /* of a line at one place */
  const char *place;
  struct quantity before, after;
};
struct change_line {
  int64_t line;
  const char *sku, *name;
  int kind;
  bool added;
  struct quantity quantity_before, quantity_after; /* without the cancelled ones */
  struct price price_before, price_after;
  struct money discount_before, discount_after, total_before, total_after;
  LIST(struct change_units) units; /* where it differs */
};
struct change_stock {
  const char *sku, *location;
  struct quantity reserved, released;
};
struct change_hold {
  const char *type, *reason;
  bool released; /* else added */
};
struct change_refusal {
  const char *pointer, *code, *detail;
  const char *sku; /* of insufficient_stock, with ... */
  struct quantity asked, available;
};
struct change_preview {
  struct change_money money;
  LIST(struct change_refund) refunds;
  LIST(struct change_line) lines; /* those that differ */
  LIST(struct change_stock) stock;
  struct order_promise promise_before, promise_after;
  LIST(struct change_hold) holds;
  LIST(struct change_refusal) refusals; /* not empty: it cannot be confirmed, and the rest says what is now */
};
extern const struct rec change_preview_rec;

struct change_set {
  int64_t bucket;
  struct change_id id; /* 0 = a preview alone */
  int64_t version, order_id;
  int state, origin; /* the enums above */
  const char *reason, *currency;
  int64_t base_version; /* of the order, when it was made */
  struct change_input *asked;
  struct change_preview *preview; /* of a pending one as of now (change_refresh), else as it was decided */
  const char *preview_hash;       /* to be sent with confirm */
  const char *conflicts;          /* JSON array of {pointer, before, theirs, mine} */
  const char *base;               /* JSON: fields and what they said; hidden */
  const char *content_hash;       /* of what the channel sent; hidden */
  struct instant created_at, expires_at, decided_at;
  const char *created_by, *created_name; /* "usr_...", "key_..."; NULL = the system */
  const char *decided_by, *decided_name, *decide_reason;
  int64_t applied_version; /* of the order after it; ABSENT = it was not applied */
};
extern const struct rec change_set_rec;
extern const struct db_table change_set_table;

/* ---- Reading ---- */

/* By "chg_...", with its personal part. ERR_NOT_FOUND. */
MUST_CHECK enum err change_load(struct ctx *cx, const char *id, struct change_set *out);
/* Fills rows of a list with their personal parts. */
MUST_CHECK enum err changes_fill(struct ctx *cx, struct change_set *rows, size_t n);
/* Of a pending set: the preview and its hash as of now. Writes nothing. */
MUST_CHECK enum err change_refresh(struct ctx *cx, struct change_set *set);
/* What a set would do that nobody has made: *out is a set without id. */
MUST_CHECK enum err change_try(struct ctx *cx, const char *order_id, const struct change_input *in, struct change_set *out);
MUST_CHECK enum err order_of_change(struct ctx *cx, const char *id, struct order_id *out);

/* ---- Who may ---- */

enum change_until { CHANGE_UNTIL_PLACED, CHANGE_UNTIL_RELEASED, CHANGE_UNTIL_PICKED };
/* The setting change.customer_until. */
MUST_CHECK enum err change_until(struct ctx *cx, enum change_until *out);
/* Pure. Staff and channels may ask for anything in an order that is placed or open. Customers: address, delivery, window and
 * lines, never prices, discounts, charges or another product's price, and until the cut-off: while it is in review (placed),
 * until a wave or a picker has it (released), until something is picked (picked). False: f says why, with pointers. */
bool change_allowed(const struct order *o, enum change_origin who, enum change_until until, const struct change_input *in,
                    struct fault *f);

/* ---- Acts ---- */

struct change_confirm_input {
  const char *preview_hash; /* NULL = that of the set as it was made */
};
struct change_decide_input {
  const char *reason;
};
extern const struct rec change_confirm_rec, change_decide_rec;

/* POST /v1/orders/{id}/changes, body change_input; 201. What the order's state or its lines refuse is refused at once. */
extern const struct act change_create_act;
/* POST /v1/changes/{id}/confirm. ERR_STATE unless pending, ERR_VERSION with the fields of a conflict, ERR_PREVIEW. */
extern const struct act change_confirm_act;
/* After a confirm that met a conflict: marks the set where it still meets it. */
extern const struct act change_conflict_act;
extern const struct act change_decline_act, change_cancel_act; /* body change_decide_input */

/* PUT /v1/channels/{code}/orders/{external_id}: order_put_act, and for other content a set of the channel. Answers the order. */
extern const struct act change_put_act;

/* Pending sets past expires_at, and the act for one; for a timer. */
typedef LIST(struct change_id) change_ids;
MUST_CHECK enum err changes_expiring(struct ctx *cx, struct bucket_groups groups, int64_t limit, change_ids *out);
extern const struct act change_expire_act;

/* Verifies: a set's order is there, its state is that of its last event, what was confirmed says at which version. */
MUST_CHECK enum err changes_check(struct ctx *cx, inventory_report *report, void *arg);

#endif
