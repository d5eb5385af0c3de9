/* work - what people do about orders: give them to each other, look at holds, talk, see why one does not move, and do
 * one thing to many of them. README.md says what is always true.
 */
#ifndef ORDO_WORK_H
#define ORDO_WORK_H

#include "acts.h"
#include "context.h"
#include "customers.h"
#include "orders.h"
#include "rec.h"

#define COMMENT_MAX        4000 /* code points */
#define COMMENT_MENTIONS   20
#define RELATED_MAX        50
#define RELATED_DAYS       30 /* same baskets further apart are no duplicates */
#define BLOCKERS_MAX       500
#define BULK_ORDERS_MAX    10000
#define BULK_PREVIEW_MAX   200 /* orders that a preview tries */
#define BULK_ARGS_MAX      8192
#define BULK_STEP          50  /* rows of one step of the runner */

/* ---- Who has it ---- */

struct assign_input {
  const char *user; /* id or login; NULL = nobody */
  const char *role; /* of a hold: who has to decide from now on */
};
struct tags_input {
  LIST(const char *) add, remove;
};
struct claim_input {
  bool take_over; /* from somebody else */
};
struct note_input {
  const char *note;
};
extern const struct rec assign_rec, hold_assign_rec, tags_rec, claim_rec, note_rec;

/* POST /v1/orders/{id}/assign, /tag, /release (all active holds, body reason_input). They answer the order. */
extern const struct act order_assign_act, order_tag_act, order_release_act;
/* POST /v1/holds/{id}/claim, /unclaim, /assign, /ask, /resume. They answer the hold; ERR_STATE where it has ended, or
 * somebody else has it. */
extern const struct act hold_claim_act, hold_unclaim_act, hold_assign_act, hold_ask_act, hold_resume_act;

/* The timer: active holds past due_at that wait for nobody and went nowhere yet; at most limit ids. Each goes to the next
 * role: service, warehouse and finance to manager, manager to owner. */
typedef LIST(struct hold_id) hold_ids;
MUST_CHECK enum err holds_overdue(struct ctx *cx, struct bucket_groups groups, int64_t limit, hold_ids *out);
extern const struct act hold_escalate_act; /* id = "hld_..." */

/* ---- Comments ---- */

struct order_comment {
  int64_t bucket, order_id, n;
  struct instant at;
  const char *author, *author_name;
  const char *content;
  LIST(const char *) mentions; /* "usr_..." */
};
struct comment_input {
  const char *content;
  LIST(const char *) mentions; /* ids or logins; they must be users */
};
extern const struct rec order_comment_rec, comment_rec;
extern const struct db_table order_comment_table;
extern const struct act order_comment_act; /* POST /v1/orders/{id}/comments, 201 with the comment */

/* ---- Why is it not moving ---- */

struct blocker {
  const char *code;        /* hold, unpaid, backordered, to_pick ...: a closed list, in work_blockers.c */
  const char *next_action; /* as in next_actions of the order; NULL = only waiting helps */
  struct hold_id hold;
  struct fulfillment_id fulfillment;
  int64_t line;            /* ABSENT = none; so the next ones */
  const char *sku;
  struct quantity quantity;
  struct money amount;
  const char *currency;
  const char *location, *role, *assigned_name, *type;
  struct instant since, until; /* until: due, to ship by, expires */
  bool late;                   /* until is over */
};
typedef LIST(struct blocker) blockers_list;
struct order_blockers {
  struct order_id order;
  const char *state, *next_action; /* of the first blocker that has one */
  blockers_list blockers;          /* what comes first is to be done first */
};
extern const struct rec order_blockers_rec;
/* Pure but for the clock: of an order that is loaded and derived. */
void order_blockers(struct ctx *cx, const struct order *o, struct order_blockers *out);

/* ---- Orders that have to do with one ---- */

struct related_order {
  struct order_id id;
  const char *number, *channel, *state, *payment_status, *fulfillment_status;
  struct instant created_at;
  struct money total;
  const char *currency;
  bool same_customer, same_address;
  struct rate similarity;  /* of the baskets: what both have of what either has */
  int64_t minutes_apart;
  bool duplicate;          /* probably ordered twice: same buyer or address, at least 0.8 alike, within RELATED_DAYS */
};
typedef LIST(struct related_order) related_orders;
extern const struct rec related_order_rec;
/* The customer's latest orders and those to the same address, newest first; at most RELATED_MAX. */
MUST_CHECK enum err orders_related(struct ctx *cx, const struct order *o, related_orders *out);

struct hold_context {
  struct hold *hold;
  struct order *order;
  struct customer *customer; /* NULL = a guest */
  related_orders related;
  blockers_list blockers;
};
extern const struct rec hold_context_rec;
/* What somebody needs to decide about a hold, at once. */
MUST_CHECK enum err hold_context_load(struct ctx *cx, const char *id, struct hold_context *out);

#endif
