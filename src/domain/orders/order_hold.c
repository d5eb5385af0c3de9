/* Holds: rows that stop the next step within their scope. Several at once; work resumes when all are gone. */
#include "orders_priv.h"

#include <string.h>

static bool same_hold(const struct hold *a, const struct hold *b)
{
  return strcmp(a->type, b->type) == 0 && a->scope == b->scope && a->line == b->line &&
         a->fulfillment_id.v == b->fulfillment_id.v;
}

/* What the role that has to decide is told. No personal data: reasons of people are kept with the hold. */
static const char *hold_data(struct ctx *cx, const struct hold *h)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "type", h->type);
  json_put_text(&o, "scope", hold_scopes[h->scope]);
  json_put_i64(&o, "line", h->line);
  json_put_text(&o, "alert_role", h->owner_role);
  if (h->evidence) {
    json_key(&o, "evidence");
    json_raw(&o, h->evidence);
  }
  json_object_end(&o);
  return buf_str(&text);
}

void order_hold_add(struct ctx *cx, struct order_work *w, const struct hold *hold)
{
  struct order *o = w->after;
  EACH (struct hold, old, &o->holds)
    if (old->state == HOLD_ACTIVE && same_hold(old, hold))
      return;
  struct hold *h = LIST_ADD(cx->arena, &o->holds);
  *h = *hold;
  h->id.v = order_new_id(w);
  h->state = HOLD_ACTIVE;
  h->created_at = cx->now;
  h->released_at = h->claimed_at = h->waiting_at = h->escalated_at = INSTANT(ABSENT);
  if (h->due_at.ms <= 0)
    h->due_at = INSTANT(cx->now.ms + HOLD_TARGET_HOURS * HOUR_MS);
  order_event(cx, w, "order.held", PREFIX_hold, h->id.v, hold_data(cx, h));
}

/* Somebody let a short order go on: what found no stock waits for it from now on, and is served when goods come in. */
static void wait_for_stock(struct order *o)
{
  EACH (struct order_line, l, &o->lines)
    if (l->stocked)
      line_move(l, PLACE_UNALLOCATED, PLACE_BACKORDERED, l->counters.unallocated);
}

enum err order_hold_release(struct ctx *cx, struct order_work *w, struct hold *h, enum hold_state how,
                            const char *reason)
{
  struct order *o = w->after;
  if (h->state != HOLD_ACTIVE)
    return err_fail(cx, ERR_STATE, "/state", "this hold is already %s", hold_states[h->state]);
  h->state = how;
  h->released_at = cx->now;
  h->released_by = cx->actor.name;
  h->release_reason = reason;
  order_event(cx, w, how == HOLD_EXPIRED ? "order.hold_expired" : "order.hold_released", PREFIX_hold, h->id.v,
              hold_data(cx, h));
  if (strcmp(h->type, "stock_short") == 0)
    wait_for_stock(o);
  if (o->state == ORDER_PLACED && order_may(o, STEP_OPEN))
    return order_step(cx, w, STEP_OPEN);
  return ERR_OK;
}

bool order_on_hold(const struct order *o)
{
  EACH (const struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && h->scope == HOLD_ORDER)
      return true;
  return false;
}

static bool holds_fulfillment(const struct hold *h, const struct fulfillment *f)
{
  switch (h->scope) {
  case HOLD_ORDER:
    return true;
  case HOLD_FULFILLMENT:
    return h->fulfillment_id.v == f->id.v;
  default:
    EACH (const struct fulfillment_line, l, &f->lines)
      if (l->line == h->line && l->quantity.millionths > 0)
        return true;
    return false;
  }
}

const struct hold *order_held(const struct order *o, const struct fulfillment *f)
{
  EACH (const struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && holds_fulfillment(h, f))
      return h;
  return NULL;
}

const struct hold *order_line_held(const struct order *o, int64_t line)
{
  EACH (const struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && h->scope == HOLD_LINE && h->line == line)
      return h;
  return NULL;
}

const struct hold *order_pick_held(const struct order *o, const struct fulfillment *f)
{
  EACH (const struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && h->scope != HOLD_LINE && holds_fulfillment(h, f))
      return h;
  const struct hold *last = NULL;
  EACH (const struct fulfillment_line, l, &f->lines) {
    if (l->quantity.millionths <= l->picked.millionths)
      continue;
    last = order_line_held(o, l->line);
    if (!last)
      return NULL;
  }
  return last;
}

/* ---- Acts ---- */

struct hold_facts {
  struct order_work work;
  const struct hold_input *input;
};

static enum err hold_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct hold_facts *f = out;
  struct order_id id;
  f->input = in->body;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

static enum err hold_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct hold_facts *f = facts;
  const struct hold_input *in = f->input;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  if (o->state != ORDER_PLACED && o->state != ORDER_OPEN)
    return err_fail(cx, ERR_STATE, "/state", "an order that is %s cannot be held", order_states[o->state]);
  if (o->holds.n >= ORDER_HOLDS_MAX)
    return err_fail(cx, ERR_STATE, "/holds", "an order keeps at most %d holds, active and ended", ORDER_HOLDS_MAX);
  if (in->line != ABSENT && !order_line_of(o, in->line))
    return fault_add(&cx->fault, ERR_INVALID, "/line", "not_found", "the order has no line %lld", (long long)in->line);
  if (in->fulfillment.v > 0 && !order_fulfillment_of(o, in->fulfillment))
    return fault_add(&cx->fault, ERR_INVALID, "/fulfillment", "not_found", "the order has no such fulfillment");
  if (in->line != ABSENT && in->fulfillment.v > 0)
    return fault_add(&cx->fault, ERR_INVALID, "/line", "not_both", "a hold stops a line or a fulfillment, not both");
  if (instant_set(in->expires_at) && in->expires_at.ms <= cx->now.ms)
    return fault_add(&cx->fault, ERR_INVALID, "/expires_at", "in_the_past", "a hold cannot have expired already");
  bool fulfillment = in->fulfillment.v > 0;
  order_hold_add(cx, &w,
                 &(struct hold){.type = in->type ? in->type : "manual",
                                .scope = in->line != ABSENT ? HOLD_LINE
                                         : fulfillment      ? HOLD_FULFILLMENT
                                                            : HOLD_ORDER,
                                .line = in->line,
                                .fulfillment_id = {fulfillment ? in->fulfillment.v : 0},
                                .reason = in->reason,
                                .owner_role = in->owner_role,
                                .expires_at = in->expires_at});
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_hold_act = {
    "order.hold", sizeof(struct hold_facts), sizeof(struct order_work), hold_load, hold_decide, order_apply, 0};

struct release_facts {
  struct order_work work;
  struct hold_id hold;
  const char *reason;
};

static enum err release_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct release_facts *f = out;
  struct order_id id;
  f->reason = ((const struct reason_input *)in->body)->reason;
  TRY(order_of_hold(cx, in->id, &f->hold, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

static enum err release_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct release_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct hold *h = order_hold_of(w.after, f->hold);
  assert(h);
  TRY(order_hold_release(cx, &w, h, HOLD_RELEASED, f->reason));
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act hold_release_act = {"hold.release",
                                     sizeof(struct release_facts),
                                     sizeof(struct order_work),
                                     release_load,
                                     release_decide,
                                     order_apply,
                                     0};
