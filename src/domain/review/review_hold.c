/* Ways out of review: a person approves, or holds expire. */
#include "review_priv.h"

#include <string.h>

/* ---- Approving --------------------------------------------------------------------------------------------------- */

struct approve_facts {
  struct order_work work;
  const char *reason;
};

static enum err approve_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct approve_facts *f = out_facts;
  struct order_id id;
  f->reason = ((const struct reason_input *)in->body)->reason;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

/* An order without holds waits in review where its channel does not open orders by itself. */
static enum err approve_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct approve_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  TRY(ctx_need(cx, PERM_HOLD_RELEASE));
  if (o->state != ORDER_PLACED)
    return err_fail(cx, ERR_STATE, "/state", "an order that is %s is not in review", order_states[o->state]);
  EACH (struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && h->scope == HOLD_ORDER)
      TRY(order_hold_release(cx, &w, h, HOLD_RELEASED, f->reason));
  if (o->state == ORDER_PLACED)
    TRY(order_step(cx, &w, STEP_OPEN));
  order_work_finish(cx, &w);
  *(struct order_work *)out_plan = w;
  return ERR_OK;
}

const struct act order_approve_act = {
  .name = "order.approve",
  .facts_size = sizeof(struct approve_facts),
  .plan_size = sizeof(struct order_work),
  .load = approve_load,
  .decide = approve_decide,
  .apply = order_apply,
};

/* ---- One hold ---------------------------------------------------------------------------------------------------- */

enum err hold_load(struct ctx *cx, const char *id, struct hold *out)
{
  struct hold h = {0};
  struct order_id order;
  TRY(order_of_hold(cx, id, &h.id, &order));
  h.bucket = bucket_of_id(h.id.v);
  TRY(db_get(cx->db, &hold_table, &h));
  *out = h;
  return ERR_OK;
}

/* ---- Expiring ---------------------------------------------------------------------------------------------------- */

/* Holds that are due, and the orders they are of: one work each. */
struct expire_facts {
  LIST(struct hold_id) due;
  LIST(struct order_work) works;
};
struct expire_plan {
  LIST(struct order_work) works;
  struct holds_expired result;
};

static bool has_order(const struct expire_facts *f, int64_t order_id)
{
  EACH (const struct order_work, w, &f->works)
    if (w->before->id.v == order_id)
      return true;
  return false;
}

enum err holds_expiring(struct ctx *cx, struct bucket_groups groups, int64_t limit, struct list *out)
{
  static const struct db_stmt due = {
      "SELECT order_id FROM hold WHERE state = 'active' AND expires_at IS NOT NULL AND expires_at <= $1"
      " AND " IN_GROUPS("bucket", "$2") " ORDER BY expires_at, id LIMIT $3",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &due, &rows, DB_ARGS(I64(cx->now.ms), I64(groups.bits), I64(limit))));
  while (db_next(&rows)) {
    const struct order_id id = {db_i64(&rows, 0)};
    bool known = false;
    for (size_t i = 0; i < out->n && !known; i++)
      known = ((const struct order_id *)out->at)[i].v == id.v;
    if (!known)
      *(struct order_id *)list_grow(cx->arena, out, sizeof id) = id;
  }
  return db_done(&rows);
}

/* The holds of one order that are due. */
static enum err expire_load_one(struct ctx *cx, const char *order, struct expire_facts *f)
{
  struct order_id id;
  struct order_work *w = LIST_ADD(cx->arena, &f->works);
  TRY(order_find(cx, order, &id));
  TRY(order_work_load(cx, id, ABSENT, w));
  EACH (const struct hold, h, &w->before->holds)
    if (h->state == HOLD_ACTIVE && instant_set(h->expires_at) && h->expires_at.ms <= cx->now.ms)
      *LIST_ADD(cx->arena, &f->due) = h->id;
  return ERR_OK;
}

static enum err expire_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  if (in->id)
    return expire_load_one(cx, in->id, out_facts);

  static const struct db_stmt due = {
      "SELECT id, order_id FROM hold WHERE state = 'active' AND expires_at IS NOT NULL AND expires_at <= $1"
      " AND " IN_GROUPS("bucket", "$2") " ORDER BY expires_at, id LIMIT $3",
      DB_LIST};
  struct expire_facts *f = out_facts;
  LIST(struct order_id) orders = {0};
  struct bucket_groups groups = in->body ? *(const struct bucket_groups *)in->body : BUCKET_GROUPS_ALL;
  struct db_rows rows;
  TRY(db_query(cx->db, &due, &rows, DB_ARGS(I64(cx->now.ms), I64(groups.bits), I64(HOLDS_EXPIRE_MAX))));
  while (db_next(&rows)) {
    LIST_ADD(cx->arena, &f->due)->v = db_i64(&rows, 0);
    LIST_ADD(cx->arena, &orders)->v = db_i64(&rows, 1);
  }
  TRY(db_done(&rows));
  EACH (const struct order_id, id, &orders)
    if (!has_order(f, id->v))
      TRY(order_work_load(cx, *id, ABSENT, LIST_ADD(cx->arena, &f->works)));
  return ERR_OK;
}

static bool is_due(const struct expire_facts *f, struct hold_id id)
{
  EACH (const struct hold_id, due, &f->due)
    if (due->v == id.v)
      return true;
  return false;
}

static enum err expire_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct expire_facts *f = facts;
  struct expire_plan plan = {.result = {.orders = (int64_t)f->works.n, .more = f->due.n == HOLDS_EXPIRE_MAX}};
  EACH (const struct order_work, loaded, &f->works) {
    struct order_work *w = LIST_ADD(cx->arena, &plan.works);
    *w = order_work_copy(cx, loaded);
    EACH (struct hold, h, &w->after->holds) {
      if (h->state != HOLD_ACTIVE || !is_due(f, h->id))
        continue;
      TRY(order_hold_release(cx, w, h, HOLD_EXPIRED, "its time is over"));
      plan.result.expired++;
    }
    order_work_finish(cx, w);
  }
  *(struct expire_plan *)out_plan = plan;
  return ERR_OK;
}

static enum err expire_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct expire_plan *p = plan;
  EACH (const struct order_work, planned, &p->works) {
    struct order_work w = *planned;
    TRY(order_work_apply(cx, &w));
  }
  out->rec = &holds_expired_rec;
  out->value = arena_copy(cx->arena, &p->result, sizeof p->result);
  return ERR_OK;
}

const struct act holds_expire_act = {
  .name = "holds.expire",
  .facts_size = sizeof(struct expire_facts),
  .plan_size = sizeof(struct expire_plan),
  .load = expire_load,
  .decide = expire_decide,
  .apply = expire_apply,
};

enum err holds_kinds(struct ctx *cx, int64_t most, hold_kinds *out)
{
  static const struct db_stmt kinds = {
      "SELECT type, owner_role FROM (SELECT type, owner_role FROM hold WHERE state = 'active'"
      " ORDER BY created_at DESC, id DESC LIMIT $1) AS found GROUP BY type, owner_role ORDER BY type, owner_role",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &kinds, &rows, DB_ARGS(I64(most))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, out) = (struct hold_kind){db_text(&rows, 0), db_text(&rows, 1)};
  return db_done(&rows);
}
