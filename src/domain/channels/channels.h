/* channels - where demand comes from, and what a company promised to do with it there: policies for short stock, splits
 * and payment, and the rules by which its orders are sourced.
 *
 * Reference table: channel, at most CHANNELS_MAX rows; reads go through the connection's memo, acts read the row.
 * Events: channel.created, channel.updated.
 */
#ifndef ORDO_CHANNELS_H
#define ORDO_CHANNELS_H

#include "acts.h"
#include "base.h"
#include "context.h"
#include "db.h"
#include "ids.h"
#include "rec.h"
#include "sourcing.h"

#define CHANNELS_MAX          1000
#define CHANNEL_CODE_MAX      32
#define CHANNEL_LOCATIONS_MAX 1000

enum channel_kind { CHANNEL_WEB, CHANNEL_PHONE, CHANNEL_EMAIL, CHANNEL_STORE, CHANNEL_MARKETPLACE, CHANNEL_SOCIAL,
                    CHANNEL_DELIVERY_APP, CHANNEL_EDI };
extern const char *const channel_kinds[]; /* "web", "phone", "email", "store", "marketplace", "social", ... */

/* What happens to an order that is not paid yet and finds too little stock. */
enum stock_policy { STOCK_REFUSE, STOCK_BACKORDER, STOCK_HOLD };
extern const char *const stock_policies[]; /* "refuse", "backorder", "hold" */

enum payment_terms { TERMS_PREPAID, TERMS_COD, TERMS_DEPOSIT, TERMS_ACCOUNT };
extern const char *const payment_terms_names[]; /* "prepaid", "cod", "deposit", "account" */

/* When orders are invoiced by themselves; "company" = as the setting invoice.issue says. */
enum invoice_when { WHEN_COMPANY, WHEN_MANUAL, WHEN_PLACED, WHEN_PAID, WHEN_SHIPPED };
extern const char *const invoice_whens[]; /* "company", "manual", "placed", "paid", "shipped" */

struct channel {
  struct channel_id id;
  int64_t version;
  const char *code; /* unique, never changed: lower-case letters, digits, '-', '_', '.' */
  const char *name;
  int kind;              /* enum channel_kind */
  bool active;           /* false: takes no new orders */
  const char *currency;  /* of orders that name none; never NULL */
  const char *language;  /* of customers who name none; never NULL */
  const char *number_series, *number_prefix; /* of order numbers: "order", "SO-" */
  int stock_policy;      /* enum stock_policy */
  bool hold_short_gifts; /* a short gift holds the order (else it never does) */
  int payment_terms;     /* enum payment_terms of orders that name none */
  bool prices_include_tax; /* of orders that do not say */
  bool allow_splits;     /* over several locations */
  int64_t max_splits;    /* locations beyond the first, 0 = no limit */
  bool whole_lines;      /* no line from two locations */
  bool ship_complete;    /* never with units missing: nothing is assigned unless everything is */
  struct money minimum_shipment; /* value of each shipment of a split order, 0 = none */
  bool auto_open;        /* an order without holds opens by itself when placed */
  const char *shipping_method; /* of orders that name none: "standard"; never NULL */
  int invoice_issue;     /* enum invoice_when */
  LIST(const char *) locations; /* codes of those that may answer; empty = all */
  LIST(struct sourcing_rule) sourcing_rules; /* in order; empty = all locations, by cost */
  const char *sourcing_rules_json; /* how the row keeps them; behind the reads it is not looked at */
  struct instant created_at, updated_at;
};
extern const struct rec channel_rec;
extern const struct db_table channel_table;

/* From the memo; valid until it is cleared. ERR_NOT_FOUND without a fault text when there is none. */
MUST_CHECK enum err channel_find(struct ctx *cx, const char *code, const struct channel **out);
MUST_CHECK enum err channel_by_id(struct ctx *cx, struct channel_id id, const struct channel **out);
/* May orders of this channel be answered from the location of this code? */
bool channel_allows_location(const struct channel *ch, const char *location_code);
/* From the table by code or id text, into the arena. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err channel_load(struct ctx *cx, const char *code_or_id, struct channel *out);
/* Reads the lists of rows that came from db_select or db_list. */
MUST_CHECK enum err channels_fill(struct ctx *cx, struct channel *channels, size_t n);

/* Body: channel_rec. 201 with the channel; ERR_EXISTS at /code. */
extern const struct act channel_create_act;
/* PATCH of one; id = code or id. */
extern const struct act channel_update_act;

/* Inside the writer's transaction: a database without channels gets `web` (refuse, splits allowed, ship complete). */
MUST_CHECK enum err channels_bootstrap(struct ctx *cx);

/* Their names, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err channels_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
