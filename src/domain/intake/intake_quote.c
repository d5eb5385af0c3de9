/* What an order would be if it were placed now: the way of intake up to the point where something would be written. */
#include "intake_priv.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

struct quoting {
  struct placing placing;
  struct order_work work;
  struct allocation_outcome outcome;
};

/* Sourced as if nothing were refused: what is missing is told line by line. */
static enum err source(struct ctx *cx, struct quoting *q, struct quote *out)
{
  struct order *o = q->work.after;
  enum stock_policy policy = review_stock_policy(q->placing.channel, o);
  struct allocation_wish wish = {.when_short = policy == STOCK_BACKORDER ? SHORT_BACKORDER : SHORT_HOLD,
                                 .cause = "placed"};
  o->state = ORDER_PLACED;
  o->placed_at = cx->now;
  TRY(allocation_decide(cx, &q->placing.supply, &wish, &q->work, &q->outcome));
  out->complete = q->outcome.complete;
  out->would_refuse = !q->outcome.complete && policy == STOCK_REFUSE;
  struct review_situation situation = {.sourced = true, .hold_short_gifts = q->placing.channel->hold_short_gifts};
  review_decide(cx, &q->placing.review, &situation, &q->work);
  EACH (const struct hold, h, &o->holds)
    if (!out->would_refuse || strcmp(h->type, review_types[REVIEW_STOCK_SHORT]) != 0)
      *LIST_ADD(cx->arena, &out->holds) = (struct quote_hold){h->type, h->reason, h->owner_role};
  return ERR_OK;
}

static struct quantity assigned_at(const struct order *o, int64_t location_id, int64_t line)
{
  struct quantity sum = {0};
  EACH (const struct fulfillment, f, &o->fulfillments)
    EACH (const struct fulfillment_line, l, &f->lines)
      if (f->location_id == location_id && l->line == line)
        sum = quantity_add(sum, l->quantity);
  return sum;
}

static int fuller_first(const void *a, const void *b)
{
  const struct quote_place *x = a, *y = b;
  if (x->assigned.millionths != y->assigned.millionths)
    return x->assigned.millionths < y->assigned.millionths ? 1 : -1;
  if (x->available.millionths != y->available.millionths)
    return x->available.millionths < y->available.millionths ? 1 : -1;
  return strcmp(x->location, y->location);
}

static void tell_places(struct ctx *cx, const struct quoting *q, const struct order_line *l, struct quote_line *out)
{
  const struct allocation_facts *f = &q->placing.supply;
  for (size_t i = 0; l->stocked && i < f->locations.n; i++) {
    const struct location *at = f->locations.at[i];
    struct quantity available = stock_levels_free(&f->levels, at->id.v, l->product_id);
    struct quantity assigned = assigned_at(q->work.after, at->id.v, l->line);
    if (at->paused || (available.millionths <= 0 && assigned.millionths <= 0))
      continue;
    out->available = quantity_add(out->available, available);
    *LIST_ADD(cx->arena, &out->places) =
        (struct quote_place){arena_text(cx->arena, at->code), arena_text(cx->arena, at->name), available, assigned};
  }
  if (out->places.n)
    qsort(out->places.at, out->places.n, sizeof *out->places.at, fuller_first);
  if (out->places.n > QUOTE_PLACES_MAX)
    out->places.n = QUOTE_PLACES_MAX;
}

static enum err tell_line(struct ctx *cx, const struct quoting *q, const struct order_line *l, struct quote_line *out)
{
  const struct product *p;
  TRY(catalog_product_by_sku(cx, l->sku, &p));
  bool listed = price_set(p->price) && strcmp(p->currency, q->work.after->currency) == 0;
  *out = (struct quote_line){
      .line = l->line,
      .sku = l->sku,
      .name = l->name,
      .unit = l->unit,
      .quantity = l->quantity,
      .missing = quantity_add(l->counters.unallocated, l->counters.backordered),
      .unit_price = l->unit_price,
      .list_price = listed ? p->price : PRICE(ABSENT),
      .discount = l->discount,
      .amount = l->amount,
      .tax = l->tax,
      .total = l->total,
  };
  tell_places(cx, q, l, out);
  return ERR_OK;
}

enum err order_quote(struct ctx *cx, const struct order_input *in, struct quote *out)
{
  static const struct customer_ref nobody;
  struct quoting q = {0};
  struct customer_match match;
  TRY(intake_channel(cx, in->channel, &q.placing.channel));
  order_work_new(cx, &q.work);
  TRY(customer_match(cx, in->customer ? in->customer : &nobody, "/customer", &match));
  TRY(intake_build(cx, in, q.placing.channel, &q.work));
  TRY(intake_company_rate(cx, q.work.after));
  struct order *o = q.work.after;
  int64_t customer_id = match.found ? match.customer.id : 0;
  TRY(placing_load(cx, o, customer_id, match.found && match.customer.blocked, &q.placing));
  TRY(order_price(cx, o));
  order_derive(cx, o);
  TRY(source(cx, &q, out));
  TRY(setting_i64(cx, SETTING_RESERVATION_MINUTES, &out->keep_minutes));
  out->channel = o->channel;
  out->currency = o->currency;
  out->customer_id.v = customer_id;
  out->payment_terms = payment_terms_names[o->payment_terms];
  out->totals = o->totals;
  out->promise = o->promise;
  EACH (const struct order_line, l, &o->lines)
    TRY(tell_line(cx, &q, l, LIST_ADD(cx->arena, &out->lines)));
  return ERR_OK;
}
