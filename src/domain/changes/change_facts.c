/* What deciding about a change set needs: the new lines as intake makes them, the catalog's prices and rates, stock, rules. */
#include "changes_priv.h"

#include "catalog.h"
#include "customers.h"

bool change_adds(const struct change_line_input *l)
{
  return l->line == ABSENT;
}

const char *change_at_line(struct ctx *cx, size_t i, const char *member)
{
  return arena_printf(cx->arena, "/lines/%zu%s%s", i, *member ? "/" : "", member);
}

/* The set's lines as those of a new order, place by place, for intake_line; changed lines are empty ones. */
static struct order_input as_order(struct ctx *cx, const struct order *o, const struct change_input *in)
{
  struct order_input as;
  rec_init(&order_input_rec, &as);
  as.currency = o->currency;
  as.language = o->language;
  as.shipping_address = in->shipping_address ? in->shipping_address : o->personal.shipping_address;
  EACH (const struct change_line_input, l, &in->lines) {
    *LIST_ADD(cx->arena, &as.lines) = (struct order_line_input){
        .sku = l->sku,
        .quantity = l->quantity,
        .unit_price = l->unit_price,
        .discount = money_set(l->discount) ? l->discount : MONEY(0),
        .tax_rate = l->tax_rate,
        .tax = l->tax,
        .kind = l->kind,
        .parent_line = l->parent_line,
        .external_line_id = l->external_line_id,
        .metadata = l->metadata,
        .price_reason = l->price_reason,
    };
  }
  return as;
}

static enum err load_new_line(struct ctx *cx, const struct order_input *as, size_t i, struct change_facts *f)
{
  const struct change_line_input *l = &f->in->lines.at[i];
  if (!l->sku)
    fault_add(&cx->fault, ERR_INVALID, change_at_line(cx, i, "sku"), "required", "a new line needs its sku");
  if (!quantity_set(l->quantity) || l->quantity.millionths == 0)
    fault_add(&cx->fault, ERR_INVALID, change_at_line(cx, i, "quantity"), "required", "a new line needs its quantity");
  if (!l->sku || !quantity_set(l->quantity))
    return ERR_OK;
  struct order_line *added = LIST_ADD(cx->arena, &f->added);
  TRY(intake_line(cx, as, i, added));
  added->line = (int64_t)(f->work.before->lines.n + f->added.n);
  return ERR_OK;
}

static enum err load_listed(struct ctx *cx, const struct order *o, const struct change_line_input *l, struct price *out)
{
  const struct order_line *line = order_line_of((struct order *)(uintptr_t)o, l->line);
  const struct product *p;
  *out = PRICE(ABSENT);
  if (!line || !price_set(l->unit_price))
    return ERR_OK;
  enum err err = catalog_product_by_sku(cx, line->sku, &p);
  if (err == ERR_OK && price_set(p->price) && text_eq(p->currency, o->currency))
    *out = p->price;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err load_lines(struct ctx *cx, struct change_facts *f)
{
  const struct order *o = f->work.before;
  struct order_input as = as_order(cx, o, f->in);
  struct price *listed = ARENA_ARRAY(cx->arena, struct price, f->in->lines.n + 1);
  for (size_t i = 0; i < f->in->lines.n; i++) {
    if (change_adds(&f->in->lines.at[i]))
      TRY(load_new_line(cx, &as, i, f));
    else
      TRY(load_listed(cx, o, &f->in->lines.at[i], &listed[i]));
  }
  f->listed = listed;
  if (o->lines.n + f->added.n > ORDER_LINES_MAX)
    fault_add(&cx->fault, ERR_INVALID, "/lines", "too_many", "an order has at most %d lines", ORDER_LINES_MAX);
  intake_check_delivery(cx, f->in->delivery, f->in->requested_delivery);
  return cx->fault.code;
}

void change_put_header(const struct change_input *in, struct order *o)
{
  if (in->shipping_address)
    o->personal.shipping_address = in->shipping_address;
  if (in->billing_address)
    o->personal.billing_address = in->billing_address;
  if (in->invoice)
    o->personal.invoice = in->invoice;
  if (in->delivery)
    o->delivery = *in->delivery;
  if (in->shipping_method)
    o->shipping_method = in->shipping_method;
  if (in->requested_delivery)
    o->requested_delivery = *in->requested_delivery;
}

static enum err load_rates(struct ctx *cx, const struct order *wanted, struct change_facts *f)
{
  const struct address *to = wanted->personal.shipping_address;
  struct rate *rates = ARENA_ARRAY(cx->arena, struct rate, f->work.before->lines.n + 1);
  for (size_t i = 0; i < f->work.before->lines.n && f->in->recompute_tax; i++)
    TRY(tax_rate_find(cx, wanted->lines.at[i].tax_category, to ? to->country : NULL, to ? to->region : NULL,
                      &rates[i]));
  f->rates = f->in->recompute_tax ? rates : NULL;
  return ERR_OK;
}

enum err change_facts_load(struct ctx *cx, const struct change_input *in, enum change_origin who,
                           struct change_facts *f)
{
  const struct order *o = f->work.before;
  struct customer customer = {0};
  enum change_until until;
  f->in = in;
  TRY(change_until(cx, &until));
  if (!change_allowed(o, who, until, in, &cx->fault))
    return cx->fault.code;
  TRY(channel_find(cx, o->channel, &f->channel));
  TRY(load_lines(cx, f));
  struct order *wanted = order_work_copy(cx, &f->work).after;
  change_put_header(in, wanted);
  EACH (const struct order_line, l, &f->added)
    *LIST_ADD(cx->arena, &wanted->lines) = *l;
  TRY(load_rates(cx, wanted, f));
  if (o->customer_id.v)
    TRY(customer_by_id(cx, o->customer_id.v, &customer));
  TRY(allocation_load(cx, wanted, &f->supply));
  return review_load(cx, wanted, o->customer_id.v, customer.blocked, &f->review);
}
