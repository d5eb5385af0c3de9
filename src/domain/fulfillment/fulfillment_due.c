/* What shipped without tracking counts as delivered some days later. */
#include "fulfillment_priv.h"

#include "settings.h"

static enum err limit_of(struct ctx *cx, int64_t *out_ms)
{
  int64_t days;
  TRY(setting_i64(cx, SETTING_ORDER_CLOSE_DAYS, &days));
  *out_ms = cx->now.ms - days * DAY_MS;
  return ERR_OK;
}

enum err fulfillments_to_close(struct ctx *cx, struct bucket_groups groups, int64_t limit, fulfillment_ids *out)
{
  static const struct db_stmt due = {
      "SELECT f.id FROM fulfillment f WHERE f.state = 'shipped' AND f.shipped_at <= $1"
      " AND NOT EXISTS (SELECT 1 FROM parcel p WHERE p.bucket = f.bucket AND p.order_id = f.order_id"
      " AND p.fulfillment_id = f.id AND p.tracked_at IS NOT NULL)"
      " AND " IN_GROUPS("f.bucket", "$2") " ORDER BY f.shipped_at, f.id LIMIT $3",
      DB_LIST};
  struct db_rows rows;
  int64_t before;
  TRY(limit_of(cx, &before));
  TRY(db_query(cx->db, &due, &rows, DB_ARGS(I64(before), I64(groups.bits), I64(limit))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, out) = (struct fulfillment_id){db_i64(&rows, 0)};
  return db_done(&rows);
}

struct close_facts {
  struct work_facts base;
  int64_t before_ms;
};

static enum err close_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct close_facts *f = out;
  TRY(work_load(cx, in, &f->base));
  return limit_of(cx, &f->before_ms);
}

/* Looks again: a scan may have come since the list was made. */
static bool is_due(const struct fulfillment *f, int64_t before_ms)
{
  EACH (const struct parcel, p, &f->parcels)
    if (instant_set(p->tracked_at))
      return false;
  return f->state == FUL_SHIPPED && instant_set(f->shipped_at) && f->shipped_at.ms <= before_ms;
}

static enum err close_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct close_facts *facts_ = facts;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, &facts_->base, &f);
  if (is_due(f, facts_->before_ms)) {
    units_deliver_all(plan.work.after, f);
    TRY(fulfillment_step(cx, &plan.work, f, FSTEP_CLOSE));
  }
  return work_end(cx, &plan, out);
}

const struct act fulfillment_close_act = {
    "fulfillment.close", sizeof(struct close_facts), sizeof(struct work_plan), close_load, close_decide, work_apply, 0};
