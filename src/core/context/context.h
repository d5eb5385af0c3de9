/* context - what a request or act carries through every room: its arena and fault, its connection, the instant it was
 * read, the id generator, and who acts with which permissions. Business code asks nothing else of the world.
 */
#ifndef ORDO_CONTEXT_H
#define ORDO_CONTEXT_H

#include "base.h"
#include "db.h"
#include "ids.h"

/* ---- Permissions: one list; routes name them, roles and API key scopes grant them by name ---- */

#define PERM_LIST(X)                                                                                                   \
  X(ORDER_READ,       "order.read",       "See orders, their timeline and decisions")                                  \
  X(ORDER_CREATE,     "order.create",     "Take in orders")                                                            \
  X(ORDER_EDIT,       "order.edit",       "Change, source and split orders")                                           \
  X(ORDER_PRICE,      "order.price",      "Sell at another price than the catalog's, with a reason")                    \
  X(ORDER_CANCEL,     "order.cancel",     "Cancel orders or parts of them")                                            \
  X(HOLD_CREATE,      "hold.create",      "Put an order on hold")                                                      \
  X(HOLD_RELEASE,     "hold.release",     "Release holds, approve and reject orders in review")                        \
  X(PAYMENT_READ,     "payment.read",     "See payments")                                                              \
  X(PAYMENT_WRITE,    "payment.write",    "Record authorizations, captures and voids")                                 \
  X(PAYMENT_REFUND,   "payment.refund",   "Refund money")                                                              \
  X(INVOICE_READ,     "invoice.read",     "See invoices and credit notes")                                              \
  X(INVOICE_WRITE,    "invoice.write",    "Issue invoices and credit notes")                                            \
  X(INVOICE_VOID,     "invoice.void",     "Void invoices and credit notes")                                             \
  X(FULFILLMENT_READ, "fulfillment.read", "See fulfillments, shipments and parcels")                                   \
  X(FULFILLMENT_WORK, "fulfillment.work", "Pick, pack, ship, reject")                                                  \
  X(TRACKING_WRITE,   "tracking.write",   "Report tracking events")                                                    \
  X(STOCK_READ,       "stock.read",       "See stock and its ledger")                                                  \
  X(STOCK_ADJUST,     "stock.adjust",     "Adjust and count stock")                                                    \
  X(CATALOG_READ,     "catalog.read",     "See products")                                                              \
  X(CATALOG_WRITE,    "catalog.write",    "Create and change products")                                                \
  X(CUSTOMER_READ,    "customer.read",    "See customers")                                                             \
  X(CUSTOMER_WRITE,   "customer.write",   "Create and change customers")                                               \
  X(MASTER_READ,      "master.read",      "See locations, channels, carriers, rules and settings")                     \
  X(MASTER_WRITE,     "master.write",     "Change locations, channels, carriers, rules and settings")                  \
  X(PERSONAL_READ,    "personal.read",    "See names, addresses, e-mail and phones in full")                           \
  X(PERSONAL_REVEAL,  "personal.reveal",  "See those of one order, with a reason that is recorded")                    \
  X(VIEW_SHARE,       "view.share",       "Share saved views with everybody")                                          \
  X(EVENT_READ,       "event.read",       "Read the event feed and its stream")                                        \
  X(USER_ADMIN,       "user.admin",       "Manage users, roles and API keys")                                          \
  X(AUDIT_READ,       "audit.read",       "Read who did what, with the values before and after")                       \
  X(SYSTEM_ADMIN,     "system.admin",     "Check, back up, and replay what failed")                                    \
  X(OWNER_ADMIN,      "owner.admin",      "Make and change owners")                                                    \
  X(REPORT_READ,      "report.read",      "See reports")                                                               \
  X(SYSTEM_READ,      "system.read",      "See metrics and the state of the system")                                     \
  X(WEBHOOK_READ,     "webhook.read",     "See webhooks and what became of their deliveries")                          \
  X(WEBHOOK_WRITE,    "webhook.write",    "Make and change webhooks, and send deliveries again")

enum permission {
#define X(code, name, doc) PERM_##code,
  PERM_LIST(X)
#undef X
  PERM_COUNT,
  PERM_PUBLIC = -1, /* a route that needs nobody */
  PERM_SIGNED_IN = -2, /* a route that needs anybody */
};
const char *permission_name(enum permission p); /* "order.read" */
const char *permission_doc(enum permission p);
#define PERMISSION(p)   (UINT64_C(1) << (p))
#define PERMISSIONS_ALL (PERMISSION(PERM_COUNT) - 1)
/* A scope list: names, "order.*" or "*", separated by spaces or commas. False when a word is unknown. */
MUST_CHECK bool permissions_parse(const char *scope, uint64_t *out);

/* ---- Who acts ---- */

enum actor_kind { ACTOR_SYSTEM, ACTOR_USER, ACTOR_KEY, ACTOR_RULE };
extern const char *const actor_kinds[]; /* "system", "user", "api_key", "rule"; NULL at the end */

/* The rows somebody is bound to: codes of locations and of channels; none = all of them. */
struct row_scope {
  const char *const *locations, *const *channels;
  size_t n_locations, n_channels;
};

struct actor {
  enum actor_kind kind;
  int64_t id;       /* usr_, key_ or rul_; 0 for the system */
  const char *name; /* for people: the user's or key's name at that time */
  uint64_t permissions;
  const struct row_scope *scope; /* NULL = all rows */
};
extern const struct actor actor_system; /* all permissions */

/* ---- The clock ---- */

struct clock {
  struct instant (*now)(void *arg);
  void *arg;
};
extern const struct clock clock_real;
/* A clock that stands still where *at says. */
struct clock clock_fixed(struct instant *at);

/* ---- The transaction an act runs in ---- */

struct ctx;

/* What a room above core gathers over all acts of a transaction and writes once at its end: rows that many acts touch
 * (stock). The writer knows no such room; it flushes and forgets what there is. */
struct batch_part {
  const char *name;                              /* parts are flushed in the order of their names, on every server */
  size_t size;                                   /* of what is kept */
  enum err (*flush)(struct ctx *cx, void *kept); /* writes it, rows in one order; cx is the batch's own, not an act's */
};

/* What rooms keep for one transaction of the writer; each member is its room's own (events.h, numbers.h). */
struct batch {
  struct feed_batch *feed;
  struct numbers_batch *numbers;
  bool masters_written; /* set by acts with ACT_MASTERS; memos are cleared and masters_version moves */
  struct arena *arena;  /* lives as long as the transaction; set by who begins it */
  struct batch_kept *kept;
};

/* What the part keeps in this transaction; zeroed at its first use. Room for more comes from cx->batch->arena. */
void *batch_keep(struct ctx *cx, const struct batch_part *part);
/* Before the feed is sealed: every part writes what it keeps, and is forgotten; who asks afterwards begins anew. On an
 * error the transaction must go: ERR_RETRY and all that statements answer. */
MUST_CHECK enum err batch_flush(struct ctx *cx);
/* After a rollback, and where a struct batch is used again for the next transaction. */
void batch_forget(struct batch *batch);

/* ---- What a load relies on ---- */

/* A record whose parts lie in several rows: its version, as the load has read it. Where others write at the same time,
 * each statement sees what is committed when it begins, so a record that moved meanwhile would be read half old, half new.
 * The writer looks at the versions again when the load has ended; one that moved means that somebody was faster. */
struct relied {
  const struct db_stmt *version_of; /* of $1 bucket, $2 id */
  int64_t bucket, id, version;
};

/* ---- The context ---- */

struct ctx {
  struct arena *arena;
  struct fault fault;
  struct db *db;
  struct instant now; /* read once */
  struct ids *ids;    /* NULL on readers */
  struct actor actor;
  const char *request_id; /* may be NULL */
  struct batch *batch;    /* the writer's transaction this act runs in; NULL on readers */
  int64_t event_ordinal;  /* events of this act so far (events.h) */
  LIST(struct relied) relied; /* by the load that runs */
};
/* Notes it where it matters: in the writer's transaction, on an engine where others write too. */
void ctx_relies_on(struct ctx *cx, const struct db_stmt *version_of, int64_t bucket, int64_t id, int64_t version);
void ctx_init(struct ctx *cx, struct arena *a, struct db *db, struct instant now);

/* Fails the request: returns code and keeps pointer and sentence in cx->fault (base.h, fault_fail). */
#define err_fail(cx, code, pointer, ...) fault_fail(&(cx)->fault, code, pointer, __VA_ARGS__)
/* At the start of a request on a reader: forgets the connection's memo when masters were written since (one-row table
 * masters_version, moved by the writer in the same transaction). */
MUST_CHECK enum err ctx_masters_refresh(struct ctx *cx);
/* ERR_FORBIDDEN unless the actor has it. */
MUST_CHECK enum err ctx_need(struct ctx *cx, enum permission p);

#endif
