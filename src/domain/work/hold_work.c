/* Holds as work: somebody takes one, gives it back or on, asks the customer, and what nobody decides goes up. */
#include "work_priv.h"

#include <string.h>

struct hold_facts {
  struct order_work work;
  struct hold_id hold;
  const void *body;
  struct person to; /* who it is given to */
};
struct hold_plan {
  struct order_work work;
  struct hold_id hold;
};

static enum err hold_find(struct ctx *cx, const struct act_input *in, void *out)
{
  struct hold_facts *f = out;
  struct order_id order;
  f->body = in->body;
  TRY(order_of_hold(cx, in->id, &f->hold, &order));
  return order_work_load(cx, order, in->version, &f->work);
}

/* The copy to change, and the hold in it. */
static enum err begin(struct ctx *cx, const struct hold_facts *f, struct hold_plan *plan, struct hold **out)
{
  plan->work = order_work_copy(cx, &f->work);
  plan->hold = f->hold;
  *out = order_hold_of(plan->work.after, f->hold);
  assert(*out);
  if ((*out)->state != HOLD_ACTIVE)
    return err_fail(cx, ERR_STATE, "/state", "this hold is already %s", hold_states[(*out)->state]);
  return ERR_OK;
}

static void tell(struct ctx *cx, struct hold_plan *plan, const char *topic, const struct hold *h)
{
  struct person who = {h->assigned_to, h->assigned_name};
  order_event(cx, &plan->work, topic, PREFIX_hold, h->id.v, person_data(cx, h->type, &who, h->owner_role));
}

static enum err hold_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct hold_plan *p = plan;
  struct order_work w = p->work;
  TRY(order_work_apply(cx, &w));
  *out = (struct act_result){.rec = &hold_rec, .value = order_hold_of(w.after, p->hold), .version = w.after->version};
  return ERR_OK;
}

#define HOLD_ACT(name_, load_, decide_)                                                                                \
  {                                                                                                                    \
    name_, sizeof(struct hold_facts), sizeof(struct hold_plan), load_, decide_, hold_apply, 0                          \
  }

/* ---- Claiming ---- */

static enum err claim_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct hold_facts *f = facts;
  struct hold_plan *plan = out;
  const struct hold_claim_input *body = f->body;
  struct person me = person_acting(cx);
  struct hold *h;
  TRY(begin(cx, f, plan, &h));
  if (h->assigned_to && !text_eq(h->assigned_to, me.id) && !body->take_over) {
    cx->fault.related = h->assigned_to;
    return err_fail(cx, ERR_STATE, "/assigned_to", "%s has it already",
                    h->assigned_name ? h->assigned_name : "somebody");
  }
  if (!text_eq(h->assigned_to, me.id)) {
    h->assigned_to = me.id;
    h->assigned_name = me.name;
    h->claimed_at = cx->now;
    tell(cx, plan, "order.hold_claimed", h);
  }
  order_work_finish(cx, &plan->work);
  return ERR_OK;
}
const struct act hold_claim_act = HOLD_ACT("hold.claim", hold_find, claim_decide);

static enum err unclaim_decide(struct ctx *cx, const void *facts, void *out)
{
  struct hold_plan *plan = out;
  struct hold *h;
  TRY(begin(cx, facts, plan, &h));
  if (h->assigned_to) {
    h->assigned_to = h->assigned_name = NULL;
    h->claimed_at = INSTANT(ABSENT);
    tell(cx, plan, "order.hold_unclaimed", h);
  }
  order_work_finish(cx, &plan->work);
  return ERR_OK;
}
const struct act hold_unclaim_act = HOLD_ACT("hold.unclaim", hold_find, unclaim_decide);

/* ---- Giving on ---- */

static enum err assign_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct hold_facts *f = out;
  const struct assign_input *body = in->body;
  if (body->user)
    TRY(person_find(cx, body->user, "/user", &f->to));
  return hold_find(cx, in, out);
}

static enum err assign_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct hold_facts *f = facts;
  struct hold_plan *plan = out;
  const struct assign_input *body = f->body;
  struct hold *h;
  TRY(begin(cx, f, plan, &h));
  bool same = text_eq(h->assigned_to, f->to.id) && (!body->role || text_eq(h->owner_role, body->role));
  if (!same) {
    h->assigned_to = f->to.id;
    h->assigned_name = f->to.name;
    h->claimed_at = f->to.id ? cx->now : INSTANT(ABSENT);
    h->owner_role = body->role ? body->role : h->owner_role;
    tell(cx, plan, "order.hold_assigned", h);
  }
  order_work_finish(cx, &plan->work);
  return ERR_OK;
}
const struct act hold_assign_act = HOLD_ACT("hold.assign", assign_load, assign_decide);

/* ---- Asking the customer ---- */

static enum err ask_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct hold_facts *f = facts;
  struct hold_plan *plan = out;
  const struct note_input *body = f->body;
  struct hold *h;
  TRY(begin(cx, f, plan, &h));
  h->note = body->note ? body->note : h->note;
  if (!instant_set(h->waiting_at))
    h->waiting_at = cx->now;
  tell(cx, plan, "order.hold_waiting", h);
  order_work_finish(cx, &plan->work);
  return ERR_OK;
}
const struct act hold_ask_act = HOLD_ACT("hold.ask", hold_find, ask_decide);

/* The time that the customer took is not counted. */
static enum err resume_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct hold_facts *f = facts;
  struct hold_plan *plan = out;
  const struct note_input *body = f->body;
  struct hold *h;
  TRY(begin(cx, f, plan, &h));
  if (!instant_set(h->waiting_at))
    return err_fail(cx, ERR_STATE, "/waiting_at", "no answer is awaited");
  h->note = body->note ? body->note : h->note;
  if (instant_set(h->due_at))
    h->due_at.ms += cx->now.ms - h->waiting_at.ms;
  h->waiting_at = INSTANT(ABSENT);
  tell(cx, plan, "order.hold_resumed", h);
  order_work_finish(cx, &plan->work);
  return ERR_OK;
}
const struct act hold_resume_act = HOLD_ACT("hold.resume", hold_find, resume_decide);

/* ---- Going up ---- */

enum err holds_overdue(struct ctx *cx, struct bucket_groups groups, int64_t limit, hold_ids *out)
{
  static const struct db_stmt due = {
      "SELECT id FROM hold WHERE state = 'active' AND due_at IS NOT NULL AND due_at <= $1 AND escalated_at IS NULL"
      " AND waiting_at IS NULL AND " IN_GROUPS("bucket", "$2") " ORDER BY due_at, id LIMIT $3",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &due, &rows, DB_ARGS(I64(cx->now.ms), I64(groups.bits), I64(limit))));
  while (db_next(&rows))
    LIST_ADD(cx->arena, out)->v = db_i64(&rows, 0);
  return db_done(&rows);
}

static const char *role_above(const char *role)
{
  return role && (strcmp(role, "manager") == 0 || strcmp(role, "owner") == 0) ? "owner" : "manager";
}

static enum err escalate_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct hold_facts *f = facts;
  struct hold_plan *plan = out;
  struct hold *h;
  plan->work = order_work_copy(cx, &f->work);
  plan->hold = f->hold;
  h = order_hold_of(plan->work.after, f->hold);
  assert(h);
  bool overdue = h->state == HOLD_ACTIVE && instant_set(h->due_at) && h->due_at.ms <= cx->now.ms;
  if (overdue && !instant_set(h->escalated_at) && !instant_set(h->waiting_at)) {
    h->escalated_at = cx->now;
    h->owner_role = role_above(h->owner_role);
    tell(cx, plan, "order.hold_escalated", h);
  }
  order_work_finish(cx, &plan->work);
  return ERR_OK;
}
const struct act hold_escalate_act = HOLD_ACT("hold.escalate", hold_find, escalate_decide);
