/* The two state machines as tables, and the few lines that apply them. The picture stands in the README of this room. */
#include "orders.h"

#include "orders_priv.h"

static bool nothing_on_hold(const struct order *o)
{
  return !order_on_hold(o);
}

static bool has_lines(const struct order *o)
{
  return o->lines.n > 0;
}

static bool everything_cancelled(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->counters.cancelled.millionths != l->quantity.millionths)
      return false;
  return true;
}

/* Delivered or cancelled to the last unit, and nothing due. */
static bool all_done(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->counters.cancelled.millionths + l->counters.delivered.millionths != l->quantity.millionths)
      return false;
  return o->lines.n > 0 && o->totals.due.minor <= 0 && !everything_cancelled(o);
}

const struct order_move order_moves[] = {
    /* from         step             to               guard                 emits              what a refusal says */
    {ORDER_DRAFT,  STEP_PLACE,      ORDER_PLACED,    has_lines,            "order.placed",    "a draft without lines cannot be placed"},
    {ORDER_DRAFT,  STEP_CANCEL,     ORDER_CANCELLED, NULL,                 "order.cancelled", NULL},
    {ORDER_DRAFT,  STEP_EXPIRE,     ORDER_EXPIRED,   NULL,                 "order.expired",   NULL},
    {ORDER_PLACED, STEP_OPEN,       ORDER_OPEN,      nothing_on_hold,      "order.opened",    "a hold is still active"},
    {ORDER_PLACED, STEP_CANCEL,     ORDER_CANCELLED, everything_cancelled, "order.cancelled", "some units cannot be cancelled any more"},
    {ORDER_PLACED, STEP_EXPIRE,     ORDER_EXPIRED,   everything_cancelled, "order.expired",   "some units cannot be cancelled any more"},
    {ORDER_OPEN,   STEP_CANCEL,     ORDER_CANCELLED, everything_cancelled, "order.cancelled", "some units cannot be cancelled any more"},
    {ORDER_OPEN,   STEP_EXPIRE,     ORDER_EXPIRED,   everything_cancelled, "order.expired",   "some units cannot be cancelled any more"},
    {ORDER_OPEN,   STEP_CLOSE,      ORDER_CLOSED,    all_done,             "order.closed",    "something is not delivered or not paid"},
};
const size_t order_moves_n = COUNT_OF(order_moves);

static const char *const step_names[] = {
    [STEP_PLACE] = "placed",           [STEP_OPEN] = "opened",
    [STEP_CANCEL] = "cancelled",       [STEP_EXPIRE] = "expired", [STEP_CLOSE] = "closed",
};

static const struct order_move *move_of(const struct order *o, enum order_step step)
{
  for (size_t i = 0; i < order_moves_n; i++)
    if (order_moves[i].from == o->state && order_moves[i].step == step)
      return &order_moves[i];
  return NULL;
}

bool order_may(const struct order *o, enum order_step step)
{
  const struct order_move *m = move_of(o, step);
  return m && (!m->guard || m->guard(o));
}

enum err order_step(struct ctx *cx, struct order_work *w, enum order_step step)
{
  struct order *o = w->after;
  const struct order_move *m = move_of(o, step);
  if (!m)
    return err_fail(cx, ERR_STATE, "/state", "an order that is %s cannot be %s", order_states[o->state], step_names[step]);
  if (m->guard && !m->guard(o))
    return err_fail(cx, ERR_STATE, "/state", "it cannot be %s: %s", step_names[step], m->refusal);
  o->state = m->to;
  if (m->to == ORDER_CLOSED || m->to == ORDER_CANCELLED || m->to == ORDER_EXPIRED)
    o->closed_at = cx->now;
  if (m->to == ORDER_PLACED && step == STEP_PLACE)
    o->placed_at = cx->now;
  order_event(cx, w, m->emits, NULL, 0, NULL);
  return ERR_OK;
}

const struct fulfillment_move fulfillment_moves[] = {
    /* from                   step                 to                    emits */
    {FUL_SCHEDULED,        FSTEP_OPEN,          FUL_OPEN,             "fulfillment.opened"},
    {FUL_SCHEDULED,        FSTEP_REJECT,        FUL_REJECTED,         "fulfillment.rejected"},
    {FUL_SCHEDULED,        FSTEP_CANCEL,        FUL_CANCELLED,        "fulfillment.cancelled"},
    {FUL_OPEN,             FSTEP_PICK,          FUL_PICKING,          "fulfillment.picking"},
    {FUL_OPEN,             FSTEP_PICKED,        FUL_PICKED,           "fulfillment.picked"},
    {FUL_OPEN,             FSTEP_REJECT,        FUL_REJECTED,         "fulfillment.rejected"},
    {FUL_OPEN,             FSTEP_CANCEL,        FUL_CANCELLED,        "fulfillment.cancelled"},
    {FUL_PICKING,          FSTEP_PICK,          FUL_PICKING,          "fulfillment.picking"},
    {FUL_PICKING,          FSTEP_PICKED,        FUL_PICKED,           "fulfillment.picked"},
    {FUL_PICKING,          FSTEP_REJECT,        FUL_REJECTED,         "fulfillment.rejected"},
    {FUL_PICKING,          FSTEP_CANCEL,        FUL_CANCELLED,        "fulfillment.cancelled"},
    {FUL_PICKED,           FSTEP_PACK,          FUL_PACKED,           "fulfillment.packed"},
    {FUL_PICKED,           FSTEP_REJECT,        FUL_REJECTED,         "fulfillment.rejected"},
    {FUL_PICKED,           FSTEP_CANCEL,        FUL_CANCELLED,        "fulfillment.cancelled"},
    {FUL_PACKED,           FSTEP_SHIP,          FUL_SHIPPED,          "fulfillment.shipped"},
    {FUL_PACKED,           FSTEP_READY,         FUL_READY_FOR_PICKUP, "fulfillment.ready_for_pickup"},
    {FUL_PACKED,           FSTEP_CANCEL,        FUL_CANCELLED,        "fulfillment.cancelled"},
    {FUL_READY_FOR_PICKUP, FSTEP_HAND_OVER,     FUL_HANDED_OVER,      "fulfillment.handed_over"},
    {FUL_READY_FOR_PICKUP, FSTEP_NOT_COLLECTED, FUL_NOT_COLLECTED,    "fulfillment.not_collected"},
    {FUL_READY_FOR_PICKUP, FSTEP_CANCEL,        FUL_CANCELLED,        "fulfillment.cancelled"},
    {FUL_SHIPPED,          FSTEP_VOID,          FUL_PACKED,           "fulfillment.shipment_voided"},
    {FUL_SHIPPED,          FSTEP_CLOSE,         FUL_CLOSED,           "fulfillment.closed"},
};
const size_t fulfillment_moves_n = COUNT_OF(fulfillment_moves);

static const struct fulfillment_move *fulfillment_move_of(const struct fulfillment *f, enum fulfillment_step step)
{
  for (size_t i = 0; i < fulfillment_moves_n; i++)
    if (fulfillment_moves[i].from == f->state && fulfillment_moves[i].step == step)
      return &fulfillment_moves[i];
  return NULL;
}

bool fulfillment_may(const struct fulfillment *f, enum fulfillment_step step)
{
  return fulfillment_move_of(f, step) != NULL;
}

enum err fulfillment_step(struct ctx *cx, struct order_work *w, struct fulfillment *f, enum fulfillment_step step)
{
  static const char *const verbs[] = {
      [FSTEP_OPEN] = "opened",       [FSTEP_PICK] = "picked",       [FSTEP_PICKED] = "picked",       [FSTEP_PACK] = "packed",
      [FSTEP_SHIP] = "shipped",      [FSTEP_READY] = "made ready",    [FSTEP_HAND_OVER] = "handed over",
      [FSTEP_NOT_COLLECTED] = "put back", [FSTEP_CLOSE] = "closed",   [FSTEP_REJECT] = "rejected",
      [FSTEP_CANCEL] = "cancelled",  [FSTEP_VOID] = "voided",
  };
  const struct fulfillment_move *m = fulfillment_move_of(f, step);
  if (!m)
    return err_fail(cx, ERR_STATE, "/state", "a fulfillment that is %s cannot be %s", fulfillment_states[f->state],
                    verbs[step]);
  f->state = m->to;
  f->version++;
  if (m->to != FUL_PICKING) { /* who has done his step lets the next one in */
    f->claimed_by = f->claimed_name = NULL;
    f->claimed_until = INSTANT(ABSENT);
  }
  if (!fulfillment_live(f))
    f->closed_at = cx->now;
  order_event(cx, w, m->emits, PREFIX_fulfillment, f->id.v, NULL);
  return ERR_OK;
}

bool fulfillment_live(const struct fulfillment *f)
{
  switch (f->state) {
  case FUL_CLOSED:
  case FUL_HANDED_OVER:
  case FUL_NOT_COLLECTED:
  case FUL_REJECTED:
  case FUL_CANCELLED:
    return false;
  default:
    return true;
  }
}

void order_end_empty(struct ctx *cx, struct order_work *w, const char *reason)
{
  EACH (struct fulfillment, f, &w->after->fulfillments) {
    bool empty = fulfillment_live(f) && fulfillment_may(f, FSTEP_CANCEL);
    EACH (const struct fulfillment_line, l, &f->lines)
      empty = empty && l->quantity.millionths == 0;
    if (!empty)
      continue;
    f->reason = reason;
    enum err err = fulfillment_step(cx, w, f, FSTEP_CANCEL);
    assert(err == ERR_OK);
  }
}
