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
#define BULK_SLICE         500 /* rows that one act writes: other acts wait for its transaction */

/* ---- Row scope: what those see who are bound to places ---- */

/* An order belongs to its channel, and to each location that works on it or where it is collected. */
bool scope_has_location(const struct row_scope *s, const char *code); /* true where s names none; so the next one */
bool scope_has_channel(const struct row_scope *s, const char *code);
/* By code or id; false too where there is none. */
MUST_CHECK enum err scope_finds_location(struct ctx *cx, const struct row_scope *s, const char *id_or_code, bool *out);
struct scoped_order {
  int64_t id;
  bool seen, of_channel; /* of_channel: its channel is seen; seen: one of its places, too */
};
typedef LIST(struct scoped_order) scoped_orders;
/* Fills seen; a few statements for all of them. */
MUST_CHECK enum err scope_see_orders(struct ctx *cx, const struct row_scope *s, scoped_orders *orders);
MUST_CHECK enum err scope_see_order(struct ctx *cx, const struct row_scope *s, int64_t order_id, bool *out);
/* What a body names, wherever it stands in it, lies within what cx->actor is bound to: members location and channel, and
 * lists of them. A body that is whole and says nothing of a channel it may name means the company's default, which is not
 * for who is bound to channels; one that is partial changes only what it says. rec NULL = a body without members; at = the
 * pointer of the body. ERR_FORBIDDEN. */
MUST_CHECK enum err scope_check_body(struct ctx *cx, const struct rec *rec, const char *json, size_t n, const char *at,
                                     bool partial);

/* ---- Who has it ---- */

struct assign_input {
  const char *user; /* id or login; NULL = nobody */
  const char *role; /* of a hold: who has to decide from now on */
};
struct tags_input {
  LIST(const char *) add, remove;
};
struct hold_claim_input {
  bool take_over; /* from somebody else */
};
struct note_input {
  const char *note;
};
extern const struct rec assign_rec, hold_assign_rec, tags_rec, hold_claim_rec, note_rec;

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

/* ---- Background work that failed ---- */

#define FAILED_ATTEMPTS 10   /* then it is dead: tried again only when somebody says so */
#define FAILED_KNOWN    1000 /* that a job passes over */
enum failed_state { FAILED_WAITING, FAILED_DEAD, FAILED_DONE, FAILED_DROPPED };
struct failed_work {
  int64_t bucket;
  int64_t id, version;
  const char *job, *subject; /* "order.fill", "ord_..." */
  int64_t subject_id;
  int state; /* enum failed_state; what succeeded has no row any more */
  const char *code, *reason;
  int64_t attempts;
  struct instant created_at, updated_at, next_at;
};
extern const struct rec failed_work_rec;
extern const struct db_table failed_work_table;
/* What happened to an item; body of failed_note_act. err ERR_OK: it succeeded, and its row goes. */
struct failed_item {
  const char *job, *subject;
  int64_t subject_id;
  enum err err;
  const char *reason;
};
extern const struct act failed_note_act;
/* POST /v1/failed_work/{id}/replay, /drop. A replayed one is tried at once, with all attempts before it. */
extern const struct act failed_replay_act, failed_drop_act;
/* POST /v1/failed_work/replay: all that are waiting or dead, of one job where the body says so; at most 500. */
struct failed_replay_input {
  const char *job;
};
struct failed_replayed {
  int64_t replayed;
  bool more;
};
extern const struct rec failed_replay_rec, failed_replayed_rec;
extern const struct act failed_replay_all_act;
/* Subjects that a job has to pass over now: dead, dropped, or not due yet. *out_failing: those that were tried before, so
 * that a success is to be noted. Both sorted. */
typedef LIST(int64_t) failed_ids;
MUST_CHECK enum err failed_known(struct ctx *cx, const char *job, failed_ids *out_skip, failed_ids *out_failing);
bool failed_among(const failed_ids *ids, int64_t id);
/* How many items wait to be tried again, or are dead. */
MUST_CHECK enum err failed_count(struct ctx *cx, int64_t *out);
MUST_CHECK enum err failed_load(struct ctx *cx, const char *id, struct failed_work *out);

/* ---- One verb for many orders ---- */

/* What may be done to many: the act of a single call, its body and its permission. */
struct bulk_verb {
  const char *name;
  const struct act *act;
  const struct rec *body; /* NULL = none */
  enum permission needs;
  bool ends_holds; /* its plan is a struct order_work, and holds may end by it */
};
const struct bulk_verb *bulk_verb_find(const char *name); /* NULL when there is none */

enum bulk_state { BULK_RUNNING, BULK_CANCELLED, BULK_DONE };
enum bulk_status { BULK_ROW_WAITING, BULK_ROW_DONE, BULK_ROW_FAILED, BULK_ROW_CANCELLED };
struct bulk_row {
  int64_t bucket, job_id, n;
  int64_t order_id;  /* 0 = there is no such order */
  const char *asked; /* as it was named */
  int status;        /* enum bulk_status */
  const char *code, *detail;
  struct instant done_at;
};
struct bulk_job {
  int64_t bucket;
  int64_t id, version;
  const char *verb, *args, *filter;
  int state; /* enum bulk_state */
  int64_t total, done, failed, cancelled, attempt;
  int actor_kind;
  int64_t actor_id;
  const char *actor_name, *scope;
  const char *reason; /* why it was stopped, where nobody cancelled it; filled by bulk_load */
  struct instant created_at, updated_at, finished_at;
};
extern const struct rec bulk_job_rec, bulk_row_rec;
extern const struct db_table bulk_job_table, bulk_row_table;

struct bulk_input {
  const char *verb;
  const char *args;            /* JSON: the body of the verb; NULL = {} */
  LIST(const char *) orders;   /* ids or numbers */
  const char *filter;          /* or the query of GET /v1/orders */
  bool preview;
};
extern const struct rec bulk_input_rec;

/* What was chosen: names and the orders behind them, in the caller's order. */
struct bulk_order {
  int64_t id; /* 0 = there is none */
  const char *asked;
};
struct bulk_create {
  const struct bulk_input *input;
  LIST(struct bulk_order) orders;
  struct bulk_job job; /* by bulk_keep, where there are many: ... */
  size_t kept;         /* ... so many of its rows are written */
};
/* ERR_INVALID below /verb and /args; ERR_FORBIDDEN without the verb's permission, and where args name a place that the
 * actor is not bound to. *out_body lives in the arena. */
MUST_CHECK enum err bulk_check(struct ctx *cx, const struct bulk_input *in, const struct bulk_verb **out_verb,
                               void **out_body);
/* Before bulk_create_act: writes what of many rows is too much for one act, of a job that is cancelled until that act begins
 * it. Not for a request whose answer is stored (idempotency_find). */
MUST_CHECK enum err bulk_keep(struct ctx *cx, struct writer *w, struct bulk_create *c);
/* Body: struct bulk_create. 201 with the job. */
extern const struct act bulk_create_act;
/* POST /v1/bulk/{id}/cancel, /retry: what has not begun does not; what failed begins again, on behalf of who says so. */
extern const struct act bulk_cancel_act, bulk_retry_act;
MUST_CHECK enum err bulk_load(struct ctx *cx, const char *id, struct bulk_job *out);

/* What a job would do, without writing: the verb is loaded and decided for the first BULK_PREVIEW_MAX orders. */
struct bulk_refusal {
  const char *order, *code, *detail;
};
struct bulk_holds {
  const char *type;
  int64_t count;
};
struct bulk_preview {
  const char *verb;
  int64_t total, tried, fine, refused;
  LIST(struct bulk_holds) holds; /* that would end, of the orders tried: by type, the most first */
  LIST(struct bulk_refusal) refusals;
};
extern const struct rec bulk_preview_rec;
MUST_CHECK enum err bulk_preview(struct ctx *cx, const struct bulk_create *create, struct bulk_preview *out);

/* The timer: some rows of a job of these buckets that is running, through the writer, as who asked for it, with what of those
 * rights is left now: orders out of sight are not there, and where the user is disabled or the key revoked the job is
 * cancelled and tells why. Each row has its idempotency key, so one whose end was not noted is not done twice. *out_more: call again at once. */
MUST_CHECK enum err bulk_step(struct ctx *cx, struct writer *w, struct bucket_groups groups, bool *out_more);

#endif
