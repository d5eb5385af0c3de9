/* Nobody keeps stock for ever: when their time is over and no money came, orders expire and let everything go; drafts let go
 * of what they kept, and stay drafts. */
#include "intake_priv.h"

enum err orders_expiring(struct ctx *cx, struct bucket_groups groups, int64_t limit, struct list *out)
{
  static const struct db_stmt due = {"SELECT id FROM orders WHERE expires_at IS NOT NULL AND expires_at <= $1"
                                     " AND " IN_GROUPS("bucket", "$2") " ORDER BY expires_at LIMIT $3",
                                     DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &due, &rows, DB_ARGS(I64(cx->now.ms), I64(groups.bits), I64(limit))));
  while (db_next(&rows))
    *(struct order_id *)list_grow(cx->arena, out, sizeof(struct order_id)) = (struct order_id){db_i64(&rows, 0)};
  return db_done(&rows);
}

static enum err expire_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct order_id id;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, ABSENT, out);
}

static enum err expire_decide(struct ctx *cx, const void *facts, void *out)
{
  struct order_work w = order_work_copy(cx, facts);
  struct order *o = w.after;
  bool running = o->state == ORDER_PLACED || o->state == ORDER_OPEN;
  bool due = instant_set(o->expires_at) && o->expires_at.ms <= cx->now.ms;
  bool paid = order_money_fits(o);
  o->expires_at = INSTANT(ABSENT);
  if (o->state == ORDER_DRAFT && due && allocation_let_go(cx, &w, RESERVATION_EXPIRED))
    order_event(cx, &w, "order.stock_let_go", NULL, 0, "{}");
  if (running && due && !paid) {
    EACH (struct order_line, l, &o->lines) {
      allocation_give_back(cx, &w, l, 0, QUANTITY(QUANTITY_MAX), PLACE_UNALLOCATED);
      line_move(l, PLACE_UNALLOCATED, PLACE_CANCELLED, l->counters.unallocated);
      line_move(l, PLACE_BACKORDERED, PLACE_CANCELLED, l->counters.backordered);
      if (!l->stocked)
        line_move(l, PLACE_ALLOCATED, PLACE_CANCELLED, l->counters.allocated);
    }
    EACH (struct order_charge, c, &o->charges)
      c->refunded = c->total;
    order_end_empty(cx, &w, "the order expired unpaid");
    if (order_may(o, STEP_EXPIRE)) {
      o->cancel_reason = "not paid in time";
      TRY(order_step(cx, &w, STEP_EXPIRE));
    }
  }
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_expire_act = {
    "order.expire", sizeof(struct order_work), sizeof(struct order_work), expire_load, expire_decide, order_apply, 0};
