/* What a change set does to its order: a pure function of the facts, from top to bottom. Units and stock go through
 * cancelling and allocation, money through pricing and payments, holds through review. */
#include "changes_priv.h"

#include "carriers.h"
#include "fulfillment.h"

#include <stdio.h>
#include <string.h>

/* ---- One change under way ---- */

struct changing {
  struct ctx *cx;
  const struct change_facts *f;
  struct order_work *w;
  struct quantity *less, *more; /* by line of the order as it was */
  bool *named, *counted;        /* the same: the set names it; and says how many */
  size_t n;                     /* lines as they were */
  bool resource;                /* what is not picked is sourced anew */
};

static struct quantity live(const struct order_line *l)
{
  return quantity_sub(l->quantity, l->counters.cancelled);
}

static struct quantity missing(const struct order_line *l)
{
  return quantity_add(l->counters.unallocated, l->counters.backordered);
}

/* Place in the set's lines of what became line number n, or SIZE_MAX. */
static size_t place_asked(const struct changing *c, int64_t n)
{
  int64_t next = (int64_t)c->n;
  for (size_t i = 0; i < c->f->in->lines.n; i++) {
    const struct change_line_input *l = &c->f->in->lines.at[i];
    if ((change_adds(l) ? ++next : l->line) == n)
      return i;
  }
  return SIZE_MAX;
}

static const char *pointer_of(const struct changing *c, int64_t line, const char *member)
{
  size_t i = place_asked(c, line);
  return i == SIZE_MAX ? "/lines" : change_at_line(c->cx, i, member);
}

/* ---- Lines: what is asked ---- */

static void read_price(struct changing *c, size_t i, struct order_line *l)
{
  const struct change_line_input *in = &c->f->in->lines.at[i];
  if (!price_set(in->unit_price) || in->unit_price.millionths == l->unit_price.millionths)
    return;
  l->unit_price = in->unit_price;
  l->price_given = true;
  l->list_price = PRICE(ABSENT);
  l->price_reason = NULL;
  intake_check_price(c->cx, &(struct order_line_input){.unit_price = in->unit_price, .price_reason = in->price_reason},
                     i, c->f->listed[i], l);
}

static void read_quantity(struct changing *c, size_t i, size_t at, struct order_line *l)
{
  const struct change_line_input *in = &c->f->in->lines.at[i];
  if (!quantity_set(in->quantity) || in->quantity.millionths == live(l).millionths)
    return;
  if (l->kind == LINE_COMPONENT)
    fault_add(&c->cx->fault, ERR_STATE, change_at_line(c->cx, i, "quantity"), "follows_parent",
              "line %lld is part of line %lld and goes with it", (long long)l->line, (long long)l->parent_line);
  else if (in->quantity.millionths < l->counters.shipped.millionths)
    fault_add(&c->cx->fault, ERR_STATE, change_at_line(c->cx, i, "quantity"), "shipped",
              "more of line %lld (%s) has shipped: it can only come back as a return", (long long)l->line, l->sku);
  else if (in->quantity.millionths < live(l).millionths)
    c->less[at] = quantity_sub(live(l), in->quantity);
  else
    c->more[at] = quantity_sub(in->quantity, live(l));
}

static void read_line(struct changing *c, size_t i)
{
  const struct change_line_input *in = &c->f->in->lines.at[i];
  struct order *o = c->w->after;
  struct order_line *l = order_line_of(o, in->line);
  if (!l) {
    fault_add(&c->cx->fault, ERR_INVALID, change_at_line(c->cx, i, "line"), "not_found", "the order has no line %lld",
              (long long)in->line);
    return;
  }
  size_t at = (size_t)(l - o->lines.at);
  if (c->named[at])
    fault_add(&c->cx->fault, ERR_INVALID, change_at_line(c->cx, i, "line"), "twice", "line %lld is named twice",
              (long long)l->line);
  c->named[at] = true;
  c->counted[at] = quantity_set(in->quantity);
  if (in->sku && !text_eq(in->sku, l->sku))
    fault_add(&c->cx->fault, ERR_INVALID, change_at_line(c->cx, i, "sku"), "fixed",
              "line %lld stays %s: take it to 0 and add another", (long long)l->line, l->sku);
  bool money = (price_set(in->unit_price) && in->unit_price.millionths != l->unit_price.millionths) ||
               (money_set(in->discount) && in->discount.minor != l->discount.minor);
  if (money && l->counters.shipped.millionths == live(l).millionths &&
      !(quantity_set(in->quantity) && in->quantity.millionths > live(l).millionths)) {
    fault_add(&c->cx->fault, ERR_STATE, change_at_line(c->cx, i, ""), "shipped",
              "nothing of line %lld (%s) is open any more", (long long)l->line, l->sku);
    return;
  }
  read_quantity(c, i, at, l);
  read_price(c, i, l);
  if (money_set(in->discount))
    l->discount = in->discount;
}

/* What a child gets more when its parent does: in proportion, whole units where it is of whole ones. */
static void children_grow(struct changing *c)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < c->n; i++) {
    struct order_line *child = &o->lines.at[i];
    struct order_line *parent = child->parent_line == ABSENT ? NULL : order_line_of(o, child->parent_line);
    if (!parent || c->counted[i] || parent->quantity.millionths == 0)
      continue;
    struct quantity more = c->more[parent - o->lines.at];
    int64_t unit = child->quantity.millionths % SCALE == 0 ? SCALE : 1;
    __int128 units = (__int128)(child->quantity.millionths / unit) * more.millionths;
    c->more[i] = QUANTITY((int64_t)(units / parent->quantity.millionths) * unit);
  }
}

/* A child cannot follow with units that have left. */
static void refuse_shipped_children(struct changing *c)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < c->n; i++) {
    const struct order_line *l = &o->lines.at[i];
    if (quantity_add(c->less[i], l->counters.shipped).millionths <= live(l).millionths)
      continue;
    fault_add(&c->cx->fault, ERR_STATE, pointer_of(c, l->parent_line, "quantity"), "shipped",
              "line %lld (%s), which goes with it, has shipped", (long long)l->line, l->sku);
  }
}

/* Parents of new lines are lines that follow none themselves. */
static void check_parents(struct changing *c)
{
  const struct order *o = c->w->after;
  for (size_t i = 0; i < c->f->added.n; i++) {
    const struct order_line *l = &c->f->added.at[i];
    const char *pointer = pointer_of(c, l->line, "parent_line");
    bool follows = l->kind == LINE_COMPONENT || l->kind == LINE_MODIFIER;
    const struct order_line *parent = NULL;
    if (l->parent_line != ABSENT && l->parent_line <= (int64_t)c->n && l->parent_line >= 1)
      parent = &o->lines.at[l->parent_line - 1];
    else if (l->parent_line != ABSENT && l->parent_line != l->line && l->parent_line <= (int64_t)(c->n + c->f->added.n))
      parent = &c->f->added.at[l->parent_line - (int64_t)c->n - 1];
    if (l->parent_line == ABSENT && follows)
      fault_add(&c->cx->fault, ERR_INVALID, pointer, "required", "a %s follows a line", line_kinds[l->kind]);
    if (l->parent_line != ABSENT && (!parent || parent->parent_line != ABSENT))
      fault_add(&c->cx->fault, ERR_INVALID, pointer, "not_found",
                "parent_line is another line of this order that follows none itself");
  }
}

/* ---- Lines: what is done ---- */

/* A tax that was given as an amount moves with what it is of. */
static void scale_given_tax(const struct order_line *was, struct order_line *l)
{
  struct money gross;
  if (!l->tax_given || price_times(l->unit_price, l->quantity, &gross) != ERR_OK)
    return;
  struct money amount = money_sub(gross, l->discount);
  if (amount.minor != was->amount.minor)
    l->tax =
        was->amount.minor > 0 && amount.minor > 0 ? money_share(was->tax, amount.minor, was->amount.minor) : MONEY(0);
}

static enum err move_lines(struct changing *c)
{
  struct order *o = c->w->after;
  bool any = false;
  for (size_t i = 0; i < c->n; i++)
    any = any || c->less[i].millionths > 0;
  if (any)
    TRY(order_units_cancel(c->cx, c->w, c->less, c->f->in->reason));
  for (size_t i = 0; i < c->n; i++) {
    struct order_line *l = &o->lines.at[i];
    l->quantity = quantity_add(l->quantity, c->more[i]);
    l->counters.unallocated = quantity_add(l->counters.unallocated, c->more[i]);
    if (c->f->rates && !l->tax_given && l->counters.shipped.millionths < live(l).millionths)
      l->tax_rate = c->f->rates[i];
    scale_given_tax(&c->f->work.before->lines.at[i], l);
  }
  EACH (const struct order_line, l, &c->f->added)
    *LIST_ADD(c->cx->arena, &o->lines) = *l;
  EACH (const struct order_line, l, &o->lines)
    if (live(l).millionths > 0)
      return ERR_OK;
  return fault_add(&c->cx->fault, ERR_STATE, "/lines", "nothing_left",
                   "nothing would be left: cancel the order instead");
}

static enum err change_lines(struct changing *c)
{
  for (size_t i = 0; i < c->f->in->lines.n; i++)
    if (!change_adds(&c->f->in->lines.at[i]))
      read_line(c, i);
  check_parents(c);
  if (c->cx->fault.code != ERR_OK)
    return c->cx->fault.code;
  order_children_follow(c->cx, c->w, c->less);
  children_grow(c);
  refuse_shipped_children(c);
  return c->cx->fault.code ? c->cx->fault.code : move_lines(c);
}

/* ---- Charges ---- */

static struct order_charge *charge_of_kind(struct order *o, int kind, size_t nth)
{
  EACH (struct order_charge, charge, &o->charges)
    if (charge->kind == kind && nth-- == 0)
      return charge;
  return NULL;
}

static void change_charge(struct changing *c, size_t i)
{
  const struct order_charge_input *in = &c->f->in->charges.at[i];
  struct order *o = c->w->after;
  size_t nth = 0;
  for (size_t k = 0; k < i; k++)
    nth += c->f->in->charges.at[k].kind == in->kind;
  struct order_charge *charge = charge_of_kind(o, in->kind, nth);
  if (in->amount.minor < 0 && in->kind != CHARGE_CASH_ROUNDING)
    fault_add(&c->cx->fault, ERR_INVALID, arena_printf(c->cx->arena, "/charges/%zu/amount", i), "too_small",
              "only cash_rounding may be below 0");
  if (money_set(in->tax) && rate_set(in->tax_rate))
    fault_add(&c->cx->fault, ERR_INVALID, arena_printf(c->cx->arena, "/charges/%zu/tax", i), "not_both",
              "give tax or tax_rate, not both");
  if (!charge) {
    if (o->charges.n >= ORDER_CHARGES_MAX) {
      fault_add(&c->cx->fault, ERR_INVALID, "/charges", "too_many", "an order has at most %d charges",
                ORDER_CHARGES_MAX);
      return;
    }
    charge = LIST_ADD(c->cx->arena, &o->charges);
    *charge = (struct order_charge){.n = (int64_t)o->charges.n, .kind = in->kind, .tax_rate = RATE(0)};
  }
  if (charge->tax_given && !money_set(in->tax) && !rate_set(in->tax_rate))
    charge->tax = charge->amount.minor ? money_share(charge->tax, in->amount.minor, charge->amount.minor) : MONEY(0);
  charge->amount = in->amount;
  if (rate_set(in->tax_rate)) {
    charge->tax_rate = in->tax_rate;
    charge->tax_given = false;
  }
  if (money_set(in->tax)) {
    charge->tax = in->tax;
    charge->tax_rate = RATE(ABSENT);
    charge->tax_given = true;
  }
}

/* What was given back of a charge stays given back. */
static void check_charges(struct changing *c)
{
  EACH (const struct order_charge, charge, &c->w->after->charges)
    if (charge->refunded.minor > 0 && charge->total.minor < charge->refunded.minor)
      fault_add(&c->cx->fault, ERR_STATE, "/charges", "refunded", "%lld of the %s charge was given back already",
                (long long)charge->refunded.minor, charge_kinds[charge->kind]);
}

/* ---- Delivery ---- */

static int64_t units_from(const struct order *o, enum line_place first, enum line_place last)
{
  int64_t sum = 0;
  EACH (const struct order_line, l, &o->lines)
    for (enum line_place p = first; p <= last; p++)
      sum += line_at(l, p).millionths;
  return sum;
}

/* Addresses are compared as they are written: a phone number alone sends nothing elsewhere, and sources nothing anew. */
static bool same_place(const struct address *a, const struct address *b)
{
  if (!a || !b)
    return a == b;
  return text_eq(a->line1, b->line1) && text_eq(a->line2, b->line2) && text_eq(a->city, b->city) &&
         text_eq(a->region, b->region) && text_eq(a->postal_code, b->postal_code) && text_eq(a->country, b->country) &&
         a->latitude == b->latitude && a->longitude == b->longitude;
}

static void change_header(struct changing *c)
{
  struct order *o = c->w->after;
  const struct order *was = c->f->work.before;
  change_put_header(c->f->in, o);
  bool delivery = !rec_equal(&order_delivery_rec, &o->delivery, &was->delivery);
  bool address = !same_place(o->personal.shipping_address, was->personal.shipping_address);
  if (delivery && units_from(was, PLACE_PICKED, PLACE_SHIPPED) > 0)
    fault_add(&c->cx->fault, ERR_STATE, "/delivery", "being_worked",
              "something of the order was picked or has left already");
  if (address && units_from(was, PLACE_UNALLOCATED, PLACE_PACKED) == 0)
    fault_add(&c->cx->fault, ERR_STATE, "/shipping_address", "shipped",
              "everything has left for the address as it was");
  c->resource = delivery || address || !text_eq(o->shipping_method, was->shipping_method) ||
                !rec_equal(&order_window_rec, &o->requested_delivery, &was->requested_delivery);
}

/* What is picked or packed goes on with the carrier that answers the method now. */
static void change_carriers(struct changing *c)
{
  EACH (struct fulfillment, f, &c->w->after->fulfillments) {
    if (f->id.v < 0 || !fulfillment_live(f) || f->state == FUL_SHIPPED || !c->f->supply.carrier ||
        (text_eq(f->carrier, c->f->supply.carrier->code) && text_eq(f->service, c->f->supply.service->code)))
      continue;
    f->carrier = arena_text(c->cx->arena, c->f->supply.carrier->code);
    f->service = arena_text(c->cx->arena, c->f->supply.service->code);
    f->version++;
  }
}

/* ---- Stock ---- */

/* A channel that refuses short orders refuses what a change lacks more than the order lacked before. */
static enum err refuse_short(struct changing *c, const struct allocation_outcome *outcome)
{
  const struct order *o = c->w->after;
  if (outcome->decision.outcome == SOURCING_REFUSED)
    return err_fail(c->cx, ERR_SHORTAGE, "/lines", "the sourcing rules of this channel refuse the order");
  for (size_t i = 0; i < o->lines.n; i++) {
    const struct order_line *l = &o->lines.at[i];
    int64_t lacked = i < c->n ? missing(&c->f->work.before->lines.at[i]).millionths : 0;
    int64_t lacks = missing(l).millionths;
    if (!l->stocked || lacks <= lacked || (l->kind == LINE_GIFT && !c->f->channel->hold_short_gifts))
      continue;
    int64_t got = l->counters.allocated.millionths;
    fault_shortage(&c->cx->fault, pointer_of(c, l->line, "quantity"), l->sku, got + lacks, got);
  }
  return c->cx->fault.code;
}

static bool wants_more(const struct changing *c)
{
  bool any = c->f->added.n > 0;
  for (size_t i = 0; i < c->n; i++)
    any = any || c->more[i].millionths > 0;
  return any;
}

static enum err source(struct changing *c)
{
  struct order *o = c->w->after;
  struct order_promise promised = o->promise;
  struct allocation_outcome outcome;
  if (!wants_more(c) && !c->resource)
    return ERR_OK;
  if (c->resource) {
    EACH (struct order_line, l, &o->lines)
      if (l->stocked)
        allocation_give_back(c->cx, c->w, l, 0, QUANTITY(QUANTITY_MAX), PLACE_UNALLOCATED);
    order_end_empty(c->cx, c->w, "the order was changed");
    change_carriers(c);
    if (units_from(o, PLACE_PICKED, PLACE_SHIPPED) == 0)
      o->promise = (struct order_promise){INSTANT(ABSENT), INSTANT(ABSENT), NULL};
  }
  struct allocation_facts supply = c->f->supply;
  allocation_free_levels(c->cx, &supply, &c->w->stock);
  enum stock_policy policy = review_stock_policy(c->f->channel, o);
  struct allocation_wish wish = {.when_short = policy == STOCK_BACKORDER ? SHORT_BACKORDER : SHORT_HOLD,
                                 .cause = "changed"};
  TRY(allocation_decide(c->cx, &supply, &wish, c->w, &outcome));
  if (!instant_set(o->promise.ship_by))
    o->promise = promised; /* nothing of it could be had now */
  return policy == STOCK_REFUSE ? refuse_short(c, &outcome) : ERR_OK;
}

/* ---- Review ---- */

static bool prices_changed(const struct changing *c)
{
  bool any = c->f->added.n > 0;
  for (size_t i = 0; i < c->n; i++)
    any = any || c->w->after->lines.at[i].unit_price.millionths != c->f->work.before->lines.at[i].unit_price.millionths;
  return any;
}

/* A rule looks again at what was changed. What people have approved of the rest stays approved. */
static bool looks_again(const struct changing *c, enum review_type type)
{
  const struct order *was = c->f->work.before, *o = c->w->after;
  switch (type) {
  case REVIEW_STOCK_SHORT:
    return true;
  case REVIEW_PAYMENT_MISMATCH:
    return o->totals.due.minor > 0 && o->totals.due.minor > was->totals.due.minor;
  case REVIEW_TOTAL_MISMATCH:
    return o->totals.total.minor != was->totals.total.minor || o->expected_total.minor != was->expected_total.minor;
  case REVIEW_AMOUNT_OUTLIER:
    return o->totals.total.minor != was->totals.total.minor;
  case REVIEW_ADDRESS:
    return c->f->in->shipping_address || c->f->in->delivery;
  case REVIEW_PRICE_DEVIATION:
    return prices_changed(c);
  default:
    return false; /* who the customer is and what else they ordered is as it was */
  }
}

static const struct hold *active_of_type(const struct order *o, const char *type)
{
  EACH (const struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && h->scope == HOLD_ORDER && strcmp(h->type, type) == 0)
      return h;
  return NULL;
}

static enum err release_answered(struct changing *c, const struct order *found)
{
  struct order *o = c->w->after;
  for (size_t i = 0; i < o->holds.n; i++) {
    struct hold *h = &o->holds.at[i];
    bool again = false;
    for (size_t k = 0; k < REVIEW_TYPE_COUNT; k++)
      again = again || (strcmp(h->type, review_types[k]) == 0 && looks_again(c, (enum review_type)k));
    if (again && h->state == HOLD_ACTIVE && h->scope == HOLD_ORDER && !active_of_type(found, h->type) &&
        strcmp(h->type, review_types[REVIEW_PAYMENT_MISMATCH]) != 0)
      TRY(order_hold_release(c->cx, c->w, h, HOLD_RELEASED, "the order was changed"));
  }
  return ERR_OK;
}

static enum err review(struct changing *c)
{
  struct review_facts facts = c->f->review;
  struct order_work probe = order_work_copy(c->cx, c->w);
  struct review_situation situation = {.sourced = true, .hold_short_gifts = c->f->channel->hold_short_gifts};
  facts.rules.at = NULL;
  facts.rules.n = facts.rules.cap = 0;
  for (size_t i = 0; i < c->f->review.rules.n; i++)
    if (looks_again(c, (enum review_type)c->f->review.rules.at[i]->type))
      *LIST_ADD(c->cx->arena, &facts.rules) = c->f->review.rules.at[i];
  probe.after->holds.n = 0;
  probe.events.at = NULL;
  probe.events.n = probe.events.cap = 0;
  review_decide(c->cx, &facts, &situation, &probe);
  EACH (const struct hold, h, &probe.after->holds)
    if (!active_of_type(c->w->after, h->type)) {
      if (c->w->after->holds.n >= ORDER_HOLDS_MAX)
        return err_fail(c->cx, ERR_STATE, "/holds", "an order keeps at most %d holds, active and ended",
                        ORDER_HOLDS_MAX);
      order_hold_add(c->cx, c->w, h);
    }
  return release_answered(c, probe.after);
}

/* ---- All together ---- */

static enum err add_payments(struct changing *c)
{
  EACH (const struct order_payment_input, p, &c->f->payments) {
    struct payment_input in = {.provider = p->provider,
                               .kind = p->kind == 0 ? ENTRY_AUTHORIZATION : ENTRY_CAPTURE,
                               .amount = p->amount,
                               .reference = p->reference,
                               .expires_at = p->expires_at};
    size_t at;
    bool known;
    if (p->reference) /* without one nobody knows whether it was told before */
      TRY(payment_add_plan(c->cx, c->w, &in, &at, &known));
  }
  return ERR_OK;
}

/* Pricing counts the order's lines; who asked counts the set's. */
static void point_to_asked(struct changing *c)
{
  struct fault *f = &c->cx->fault;
  for (size_t i = 0; i < f->n; i++) {
    unsigned long line;
    int read = 0;
    if (sscanf(f->entries[i].pointer, "/lines/%lu%n", &line, &read) != 1 || line >= c->w->after->lines.n)
      continue;
    size_t asked = place_asked(c, c->w->after->lines.at[line].line);
    if (asked != SIZE_MAX)
      f->entries[i].pointer = arena_printf(c->cx->arena, "/lines/%zu%s", asked, f->entries[i].pointer + read);
  }
}

static enum err price(struct changing *c)
{
  struct order *o = c->w->after;
  const struct order *was = c->f->work.before;
  enum err err = order_price(c->cx, o);
  if (err != ERR_OK) {
    point_to_asked(c);
    return err;
  }
  check_charges(c);
  if (money_set(c->f->in->expected_total))
    o->expected_total = c->f->in->expected_total;
  else if (o->totals.total.minor != was->totals.total.minor)
    o->expected_total = MONEY(ABSENT);
  order_derive(c->cx, o);
  return c->cx->fault.code;
}

/* Money is sought and given back when all the rest is done. */
static enum err settle(struct changing *c)
{
  struct order *o = c->w->after;
  order_derive(c->cx, o);
  if (c->f->in->refund && o->totals.due.minor < 0)
    payment_refund_plan(c->cx, c->w, money_neg(o->totals.due), c->f->in->reason);
  return payment_settle(c->cx, c->w);
}

static enum err refuse_nothing(struct changing *c)
{
  change_fields fields = change_fields_of(c->cx, c->f->work.before, c->f->in);
  EACH (const struct change_field, field, &fields)
    if (!text_eq(field->value, field->mine))
      return ERR_OK;
  if (c->f->decided || c->f->in->recompute_tax || c->f->in->refund || c->f->payments.n)
    return ERR_OK;
  return fault_add(&c->cx->fault, ERR_INVALID, "", "nothing_changes", "the order says all of that already");
}

enum err change_apply_to(struct ctx *cx, const struct change_facts *f, struct order_work *w)
{
  size_t n = w->after->lines.n;
  struct changing c = {.cx = cx,
                       .f = f,
                       .w = w,
                       .less = ARENA_ARRAY(cx->arena, struct quantity, n + f->added.n + 1),
                       .more = ARENA_ARRAY(cx->arena, struct quantity, n + 1),
                       .named = ARENA_ARRAY(cx->arena, bool, n + 1),
                       .counted = ARENA_ARRAY(cx->arena, bool, n + 1),
                       .n = n};
  if (w->after->state != ORDER_PLACED && w->after->state != ORDER_OPEN)
    return err_fail(cx, ERR_STATE, "/state", "an order that is %s cannot be changed", order_states[w->after->state]);
  TRY(refuse_nothing(&c));
  TRY(add_payments(&c));
  TRY(change_lines(&c));
  for (size_t i = 0; i < f->in->charges.n; i++)
    change_charge(&c, i);
  change_header(&c);
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  TRY(price(&c));
  TRY(source(&c));
  TRY(review(&c));
  TRY(settle(&c));
  if (f->content_hash)
    w->after->content_hash = f->content_hash;
  return ERR_OK;
}

/* The order before and after, without what says nothing to a reader of the timeline or is told by events of its own. */
static struct order bare(const struct order *o, const struct order *after)
{
  struct order b = *o;
  b.version = after->version;
  b.updated_at = after->updated_at;
  b.next_actions.n = b.holds.n = b.payments.n = b.fulfillments.n = 0;
  b.sourcing = (struct order_sourcing){.id = {0}};
  b.content_hash = NULL;
  return b;
}

void change_tell_order(struct ctx *cx, const struct change_facts *f, int64_t change_id, struct order_work *w)
{
  struct buf text;
  order_derive(cx, w->after);
  struct order was = bare(w->before, w->after), now = bare(w->after, w->after);
  const char *changes = event_changes(cx->arena, &order_rec, &was, &now);
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "reason", f->in ? f->in->reason : NULL);
  json_object_end(&j);
  if (strcmp(changes, "{}") != 0) { /* both are objects: one of both */
    text.n--;
    buf_text(&text, text.n > 1 ? "," : "");
    buf_text(&text, changes + 1);
  }
  order_event(cx, w, "order.changed", change_id ? PREFIX_change : NULL, change_id, buf_str(&text));
  w->events.at[w->events.n - 1].personal = event_personal_changes(cx->arena, &order_rec, &was, &now);
}
