/* Cancelling an order or parts of it: which units go, where they come from, what money that gives back.
 *
 * Money is never computed here by itself: cancelled units and given back charges lower the order's total (orders.h
 * takes the exact cumulative share of each line), and what is paid beyond it is refunded. So any sequence of
 * cancellations that ends with nothing left has refunded exactly what was captured. */
#include "fulfillment_priv.h"

#include "payments.h"
#include "settings.h"

#include <string.h>

struct cancel_facts {
  struct order_work work;
  const struct cancel_input *input;
  const char *shipping; /* setting refund.shipping: keep, share, full */
};

/* One cancellation under way. */
struct cancelling {
  struct ctx *cx;
  struct order_work *w;
  const char *reason;
  struct quantity *wish; /* by line of the order: units to cancel */
};

static enum err cancel_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct cancel_facts *f = out;
  struct order_id id;
  f->input = in->body;
  TRY(order_find(cx, in->id, &id));
  TRY(order_work_load(cx, id, in->version, &f->work));
  return setting_text(cx, SETTING_REFUND_SHIPPING, &f->shipping);
}

/* ---- Which units ---- */

static struct quantity not_cancelled(const struct order_line *l)
{
  return quantity_sub(l->quantity, l->counters.cancelled);
}

/* What of a child goes with `cancelled` units of its parent: whole units, cumulative, so that all go in the end. */
static struct quantity share_of_parent(const struct order_line *parent, struct quantity cancelled,
                                       const struct order_line *child)
{
  int64_t unit = child->quantity.millionths % SCALE == 0 ? SCALE : 1;
  __int128 units = (__int128)(child->quantity.millionths / unit) * cancelled.millionths;
  return QUANTITY((int64_t)(units / parent->quantity.millionths) * unit);
}

/* Gifts, components and modifiers follow their parent, children of children too: parents stand before them. */
static void follow_parents(struct cancelling *c)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < o->lines.n; i++) {
    struct order_line *child = &o->lines.at[i];
    struct order_line *parent = child->parent_line == ABSENT ? NULL : order_line_of(o, child->parent_line);
    if (!parent || parent->quantity.millionths == 0)
      continue;
    struct quantity gone = quantity_add(parent->counters.cancelled, c->wish[parent - o->lines.at]);
    struct quantity more = quantity_sub(share_of_parent(parent, gone, child), child->counters.cancelled);
    if (more.millionths > c->wish[i].millionths)
      c->wish[i] = more;
  }
}

static void read_line(struct cancelling *c, const struct cancel_input *in, size_t n)
{
  struct order *o = c->w->after;
  struct fault *fault = &c->cx->fault;
  const struct line_quantity *want = &in->lines.at[n];
  const char *pointer = arena_printf(c->cx->arena, "/lines/%zu", n);
  struct order_line *l = order_line_of(o, want->line);
  if (!l) {
    fault_add(fault, ERR_INVALID, pointer, "not_found", "the order has no line %lld", (long long)want->line);
    return;
  }
  struct quantity *wish = &c->wish[l - o->lines.at];
  struct quantity left = quantity_sub(not_cancelled(l), *wish);
  struct quantity q = quantity_set(want->quantity) ? want->quantity : left;
  if (l->kind == LINE_COMPONENT)
    fault_add(fault, ERR_INVALID, pointer, "follows_parent", "line %lld is part of line %lld and goes with it",
              (long long)l->line, (long long)l->parent_line);
  else if (q.millionths > left.millionths)
    fault_add(fault, ERR_INVALID, pointer, "too_many", "more than is left of line %lld", (long long)l->line);
  else
    *wish = quantity_add(*wish, q);
}

/* What has shipped comes back as a return, not as a cancellation. */
static void refuse_shipped(struct cancelling *c)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < o->lines.n; i++) {
    const struct order_line *l = &o->lines.at[i];
    if (quantity_add(c->wish[i], l->counters.shipped).millionths > not_cancelled(l).millionths)
      fault_fail(&c->cx->fault, ERR_STATE, arena_printf(c->cx->arena, "/lines/%lld", (long long)(l->line - 1)),
                 "line %lld (%s) has shipped: it can only come back as a return", (long long)l->line, l->sku);
  }
}

static enum err read_wishes(struct cancelling *c, const struct cancel_input *in)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < o->lines.n && in->lines.n == 0; i++)
    c->wish[i] = not_cancelled(&o->lines.at[i]);
  for (size_t n = 0; n < in->lines.n; n++)
    read_line(c, in, n);
  if (c->cx->fault.code != ERR_OK)
    return c->cx->fault.code;
  follow_parents(c);
  refuse_shipped(c);
  return c->cx->fault.code;
}

/* ---- Where they come from ---- */

static void take_from(struct order_line *l, enum line_place place, struct quantity *left)
{
  struct quantity q = quantity_min(line_at(l, place), *left);
  line_move(l, place, PLACE_CANCELLED, q);
  *left = quantity_sub(*left, q);
}

/* What least work was spent on goes first: unpicked before picked before packed units, over all fulfillments. */
static void take_from_fulfillments(struct cancelling *c, struct order_line *l, struct quantity *left)
{
  static struct quantity (*const stages[])(const struct fulfillment_line *) = {units_unpicked, units_picked,
                                                                               units_packed};
  static const struct leaving cancelled = {PLACE_CANCELLED, NULL};
  struct order *o = c->w->after;
  for (size_t stage = 0; stage < COUNT_OF(stages); stage++) {
    for (size_t i = o->fulfillments.n; i-- > 0 && left->millionths > 0;) {
      struct fulfillment *f = &o->fulfillments.at[i];
      struct fulfillment_line *fl = fulfillment_live(f) ? fulfillment_line_of(f, l->line) : NULL;
      if (fl)
        *left =
            quantity_sub(*left, units_leave(c->cx, c->w, f, fl, quantity_min(*left, stages[stage](fl)), &cancelled));
    }
  }
}

static void cancel_units(struct cancelling *c)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < o->lines.n; i++) {
    struct order_line *l = &o->lines.at[i];
    struct quantity left = c->wish[i];
    take_from(l, PLACE_UNALLOCATED, &left);
    take_from(l, PLACE_BACKORDERED, &left);
    if (l->stocked)
      take_from_fulfillments(c, l, &left);
    else
      take_from(l, PLACE_ALLOCATED, &left);
  }
}

/* Work that became less: a pick may be done now, an empty fulfillment ends, one that waited for missing units may
 * start. */
static enum err settle_work(struct cancelling *c)
{
  struct order *o = c->w->after;
  order_end_empty(c->cx, c->w, c->reason);
  EACH (struct fulfillment, f, &o->fulfillments) {
    int64_t unpicked = 0;
    EACH (const struct fulfillment_line, l, &f->lines)
      unpicked += units_unpicked(l).millionths;
    if (f->state == FUL_PICKING && unpicked == 0) {
      f->picked_at = c->cx->now;
      TRY(fulfillment_step(c->cx, c->w, f, FSTEP_PICKED));
    }
    if (f->state == FUL_SCHEDULED && !units_missing(o))
      TRY(fulfillment_step(c->cx, c->w, f, FSTEP_OPEN));
  }
  return ERR_OK;
}

/* ---- Money ---- */

static bool nothing_left(const struct order *o, bool goods_only)
{
  EACH (const struct order_line, l, &o->lines)
    if ((l->stocked || !goods_only) && not_cancelled(l).millionths > 0)
      return false;
  return true;
}

/* What the cancelled units of the lines are worth, and what all of them are. */
static void line_values(struct ctx *cx, struct order *o, int64_t *out_cancelled, int64_t *out_all)
{
  order_derive(cx, o);
  *out_cancelled = o->totals.cancelled.minor;
  *out_all = 0;
  EACH (const struct order_charge, c, &o->charges)
    *out_cancelled -= c->refunded.minor;
  EACH (const struct order_line, l, &o->lines)
    *out_all += l->total.minor;
}

/* Charges go with the order when nothing of it is left. Before that only shipping is given back, as the company wants
 * it: never (keep), the share of the cancelled value (share), or all once no goods are left (full). */
static void give_back_charges(struct ctx *cx, struct order *o, const char *policy)
{
  int64_t cancelled, all;
  bool everything = nothing_left(o, false), goods = nothing_left(o, true);
  line_values(cx, o, &cancelled, &all);
  EACH (struct order_charge, c, &o->charges) {
    bool shipping = c->kind == CHARGE_SHIPPING;
    if (everything || (shipping && goods && strcmp(policy, "full") == 0))
      c->refunded = c->total;
    else if (shipping && strcmp(policy, "share") == 0)
      c->refunded = money_share(c->total, cancelled, all);
  }
  order_derive(cx, o);
}

static enum err end_order(struct cancelling *c)
{
  struct order *o = c->w->after;
  o->cancel_reason = c->reason;
  o->expires_at = INSTANT(ABSENT);
  TRY(order_step(c->cx, c->w, STEP_CANCEL));
  payment_void_open(c->cx, c->w, "the order was cancelled");
  EACH (struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE)
      TRY(order_hold_release(c->cx, c->w, h, HOLD_RELEASED, "the order was cancelled"));
  return ERR_OK;
}

/* An order that waited for units nobody wants any more waits no longer. */
static enum err release_shortage(struct cancelling *c)
{
  struct order *o = c->w->after;
  if (units_missing(o))
    return ERR_OK;
  EACH (struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && strcmp(h->type, "stock_short") == 0)
      TRY(order_hold_release(c->cx, c->w, h, HOLD_RELEASED, "nothing is missing any more"));
  return ERR_OK;
}

static void tell(struct cancelling *c)
{
  struct order *o = c->w->after;
  moved_list moved = {0};
  for (size_t i = 0; i < o->lines.n; i++)
    if (c->wish[i].millionths > 0)
      *LIST_ADD(c->cx->arena, &moved) = (struct moved_units){&o->lines.at[i], c->wish[i]};
  order_event(c->cx, c->w, "order.lines_cancelled", NULL, 0, moved_data(c->cx, NULL, NULL, NULL, &moved));
}

/* Carries the wishes out and settles work and money. */
static enum err carry_out(struct cancelling *c, const char *shipping, bool refund)
{
  struct order *o = c->w->after;
  cancel_units(c);
  TRY(settle_work(c));
  give_back_charges(c->cx, o, shipping);
  if (nothing_left(o, false)) {
    TRY(end_order(c));
  } else {
    tell(c);
    TRY(release_shortage(c));
  }
  order_derive(c->cx, o);
  if (refund && o->totals.due.minor < 0)
    payment_refund_plan(c->cx, c->w, money_neg(o->totals.due), c->reason);
  return payment_settle(c->cx, c->w); /* what was paid may be enough for what is left */
}

/* A draft ends at once: what it kept goes. */
static void let_draft_go(struct cancelling *c)
{
  struct order *o = c->w->after;
  allocation_let_go(c->cx, c->w, RESERVATION_RELEASED);
  EACH (struct order_line, l, &o->lines)
    for (enum line_place p = PLACE_UNALLOCATED; p <= PLACE_RELEASED; p++)
      line_move(l, p, PLACE_CANCELLED, line_at(l, p));
}

static enum err cancel_draft(struct cancelling *c, const struct cancel_input *in)
{
  struct order *o = c->w->after;
  if (in->lines.n)
    return err_fail(c->cx, ERR_STATE, "/lines", "a draft is changed, or cancelled as a whole");
  let_draft_go(c);
  EACH (struct order_charge, charge, &o->charges)
    charge->refunded = charge->total;
  TRY(end_order(c));
  if (in->refund && o->totals.due.minor < 0)
    payment_refund_plan(c->cx, c->w, money_neg(o->totals.due), c->reason);
  return ERR_OK;
}

static enum err cancel_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct cancel_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  struct cancelling c = {cx, &w, f->input->reason, ARENA_ARRAY(cx->arena, struct quantity, o->lines.n + 1)};
  if (o->state == ORDER_DRAFT) {
    TRY(cancel_draft(&c, f->input));
  } else if (o->state != ORDER_PLACED && o->state != ORDER_OPEN) {
    return err_fail(cx, ERR_STATE, "/state", "an order that is %s cannot be cancelled", order_states[o->state]);
  } else {
    TRY(read_wishes(&c, f->input));
    TRY(carry_out(&c, f->shipping, f->input->refund));
  }
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_cancel_act = {"order.cancel",
                                     sizeof(struct cancel_facts),
                                     sizeof(struct order_work),
                                     cancel_load,
                                     cancel_decide,
                                     order_apply,
                                     0};

void order_children_follow(struct ctx *cx, struct order_work *w, struct quantity *wish)
{
  struct cancelling c = {cx, w, NULL, wish};
  follow_parents(&c);
}

enum err order_units_cancel(struct ctx *cx, struct order_work *w, struct quantity *wish, const char *reason)
{
  struct cancelling c = {cx, w, reason, wish};
  cancel_units(&c);
  TRY(settle_work(&c));
  tell(&c);
  return release_shortage(&c);
}

enum err order_cancel_rest(struct ctx *cx, struct order_work *w, const char *reason, bool refund)
{
  struct order *o = w->after;
  struct cancelling c = {cx, w, reason, ARENA_ARRAY(cx->arena, struct quantity, o->lines.n + 1)};
  for (size_t i = 0; i < o->lines.n; i++)
    c.wish[i] = quantity_sub(not_cancelled(&o->lines.at[i]), o->lines.at[i].counters.shipped);
  return carry_out(&c, "keep", refund);
}
