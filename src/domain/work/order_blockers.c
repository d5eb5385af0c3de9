/* Why an order does not move: everything that keeps it, what can be done first. */
#include "work.h"

#include <string.h>

struct telling {
  struct ctx *cx;
  const struct order *o;
  blockers_list *out;
};

static struct blocker *add(struct telling *t, const char *code, const char *next_action)
{
  struct blocker *b = LIST_ADD(t->cx->arena, t->out);
  *b = (struct blocker){.code = code,
                        .next_action = next_action,
                        .line = ABSENT,
                        .quantity = QUANTITY(ABSENT),
                        .amount = MONEY(ABSENT),
                        .since = INSTANT(ABSENT),
                        .until = INSTANT(ABSENT)};
  return b;
}

static void due(const struct telling *t, struct blocker *b, struct instant until)
{
  b->until = until;
  b->late = instant_set(until) && until.ms < t->cx->now.ms;
}

static void tell_holds(struct telling *t)
{
  EACH (const struct hold, h, &t->o->holds) {
    if (h->state != HOLD_ACTIVE)
      continue;
    bool waits = instant_set(h->waiting_at);
    struct blocker *b = add(t, waits ? "waiting_for_customer" : "hold", "release_hold");
    b->hold = h->id;
    b->type = h->type;
    b->line = h->line;
    b->fulfillment = h->fulfillment_id;
    b->role = h->owner_role;
    b->assigned_name = h->assigned_name;
    b->since = waits ? h->waiting_at : h->created_at;
    due(t, b, h->due_at);
  }
}

static void tell_money(struct telling *t)
{
  const struct order *o = t->o;
  if (o->payment_terms == TERMS_PREPAID && !order_money_fits(o) && o->totals.due.minor > 0) {
    struct blocker *b = add(t, "unpaid", "pay");
    b->amount = money_sub(o->totals.due, o->totals.authorized);
    b->currency = o->currency;
    b->since = o->placed_at;
    due(t, b, o->expires_at);
  }
}

static void tell_lines(struct telling *t)
{
  EACH (const struct order_line, l, &t->o->lines) {
    const struct {
      const char *code, *action;
      struct quantity quantity;
    } places[] = {{"unallocated", "source", l->counters.unallocated}, {"backordered", NULL, l->counters.backordered}};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
      if (places[i].quantity.millionths <= 0)
        continue;
      struct blocker *b = add(t, places[i].code, places[i].action);
      b->line = l->line;
      b->sku = l->sku;
      b->quantity = places[i].quantity;
      b->since = t->o->placed_at;
    }
  }
}

/* What each state of a fulfillment waits for. */
static const struct {
  int state;
  const char *code, *action;
} waits[] = {
    {FUL_SCHEDULED, "waits_for_rest", NULL}, {FUL_OPEN, "to_pick", "pick"},
    {FUL_PICKING, "to_pick", "pick"},        {FUL_PICKED, "to_pack", "pack"},
    {FUL_PACKED, "to_ship", "ship"},         {FUL_READY_FOR_PICKUP, "to_collect", "hand_over"},
    {FUL_SHIPPED, "in_transit", NULL},       {FUL_CANCEL_REQUESTED, "location_work", NULL},
};

static void tell_work(struct telling *t)
{
  EACH (const struct fulfillment, f, &t->o->fulfillments)
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
      if (f->state != waits[i].state)
        continue;
      bool stopped = t->o->state != ORDER_OPEN || order_held(t->o, f);
      struct blocker *b = add(t, waits[i].code, stopped ? NULL : waits[i].action);
      b->fulfillment = f->id;
      b->location = f->location;
      b->since = instant_set(f->shipped_at)  ? f->shipped_at
                 : instant_set(f->packed_at) ? f->packed_at
                 : instant_set(f->picked_at) ? f->picked_at
                                             : f->created_at;
      due(t, b, f->state == FUL_SHIPPED ? f->deliver_by : f->ship_by);
    }
}

void order_blockers(struct ctx *cx, const struct order *o, struct order_blockers *out)
{
  struct telling t = {cx, o, &out->blockers};
  out->order = o->id;
  out->state = order_states[o->state];
  if (o->state == ORDER_DRAFT)
    add(&t, "draft", "place")->since = o->created_at;
  if (o->state == ORDER_PLACED || o->state == ORDER_OPEN) {
    tell_holds(&t);
    if (o->state == ORDER_PLACED && !order_on_hold(o))
      add(&t, "not_opened", "approve")->since = o->placed_at;
    tell_money(&t);
    tell_lines(&t);
  }
  if (o->state != ORDER_DRAFT)
    tell_work(&t);
  EACH (const struct blocker, b, &out->blockers)
    if (!out->next_action)
      out->next_action = b->next_action;
}
