/* A new order, from what was sent to the placed order. */
#include "intake_priv.h"

#include "settings.h"

#include <string.h>

/* ---- Load ---- */

struct place_facts {
  const struct order_input *input;
  const struct channel *channel;
  struct customer_match match;
  struct order *existing; /* same channel and external id */
  const char *content_hash;
  struct order_work work; /* the order as asked for */
  struct placing placing; /* not for drafts */
  struct keeping keeping; /* for drafts */
};

struct place_plan {
  struct order *existing; /* a double: nothing is done */
  struct customer_plan customer;
  struct order_work work;
};

enum err intake_channel(struct ctx *cx, const char *code, const struct channel **out)
{
  enum err err = channel_find(cx, code, out);
  if (err == ERR_NOT_FOUND)
    return fault_add(&cx->fault, ERR_INVALID, "/channel", "unknown_channel", "there is no channel %s", code);
  TRY(err);
  if (!(*out)->active)
    return fault_add(&cx->fault, ERR_INVALID, "/channel", "inactive", "the channel %s takes no new orders", code);
  return ERR_OK;
}

static const char *at_line(struct ctx *cx, size_t i, const char *member)
{
  return arena_printf(cx->arena, "/lines/%zu/%s", i, member);
}

/* A price that is not the catalog's: programs bring what their shop sold it for; a person says why, and must be allowed. */
void intake_check_price(struct ctx *cx, const struct order_line_input *from, size_t i, struct price list,
                        struct order_line *l)
{
  bool other = !price_set(list) || list.millionths != l->unit_price.millionths;
  if (other && from->price_reason) {
    l->list_price = list;
    l->price_reason = from->price_reason;
  }
  if (!other || (!from->price_reason && cx->actor.kind != ACTOR_USER))
    return;
  if (!(cx->actor.permissions & PERMISSION(PERM_ORDER_PRICE)))
    fault_add(&cx->fault, ERR_FORBIDDEN, at_line(cx, i, "unit_price"), "forbidden",
              "another price than the catalog's needs the permission %s", permission_name(PERM_ORDER_PRICE));
  else if (!from->price_reason && price_set(list))
    fault_add(&cx->fault, ERR_INVALID, at_line(cx, i, "price_reason"), "required",
              "say why it is not the catalog's price");
}

/* The catalog's price where none was given. */
static void price_line(struct ctx *cx, const struct order_input *in, size_t i, const struct product *p,
                       struct order_line *l)
{
  const struct order_line_input *from = &in->lines.at[i];
  bool listed = price_set(p->price) && strcmp(p->currency, in->currency) == 0;
  l->price_given = price_set(from->unit_price);
  if (l->price_given)
    l->unit_price = from->unit_price;
  else if (listed)
    l->unit_price = p->price;
  else
    fault_add(&cx->fault, ERR_INVALID, at_line(cx, i, "unit_price"), "required",
              "the catalog has no price of %s in %s; give one", l->sku, in->currency);
  if (l->price_given)
    intake_check_price(cx, from, i, listed ? p->price : PRICE(ABSENT), l);
}

static enum err tax_line(struct ctx *cx, const struct order_input *in, size_t i, const struct product *p,
                         struct order_line *l)
{
  const struct order_line_input *from = &in->lines.at[i];
  l->tax_category = arena_text(cx->arena, p->tax_category);
  l->tax_given = money_set(from->tax);
  l->tax = l->tax_given ? from->tax : MONEY(0);
  l->tax_rate = from->tax_rate;
  if (l->tax_given && rate_set(from->tax_rate))
    fault_add(&cx->fault, ERR_INVALID, at_line(cx, i, "tax"), "not_both", "give tax or tax_rate, not both");
  if (l->tax_given || rate_set(from->tax_rate))
    return ERR_OK;
  const struct address *to = in->shipping_address;
  return tax_rate_find(cx, p->tax_category, to ? to->country : NULL, to ? to->region : NULL, &l->tax_rate);
}

static void check_parent(struct ctx *cx, const struct order_input *in, size_t i)
{
  const struct order_line_input *l = &in->lines.at[i];
  bool follows = l->kind == LINE_COMPONENT || l->kind == LINE_MODIFIER;
  if (l->parent_line == ABSENT && follows)
    fault_add(&cx->fault, ERR_INVALID, at_line(cx, i, "parent_line"), "required", "a %s follows a line",
              line_kinds[l->kind]);
  if (l->parent_line != ABSENT && (l->parent_line > (int64_t)in->lines.n || l->parent_line == (int64_t)i + 1 ||
                                   in->lines.at[l->parent_line - 1].parent_line != ABSENT))
    fault_add(&cx->fault, ERR_INVALID, at_line(cx, i, "parent_line"), "not_found",
              "parent_line is another line of this order that follows none itself");
}

enum err intake_line(struct ctx *cx, const struct order_input *in, size_t i, struct order_line *l)
{
  const struct order_line_input *from = &in->lines.at[i];
  const struct product *p;
  enum err err = catalog_product_by_sku(cx, from->sku, &p);
  if (err == ERR_NOT_FOUND || (err == ERR_OK && !p->active)) {
    fault_add(&cx->fault, ERR_INVALID, at_line(cx, i, "sku"), err == ERR_OK ? "inactive" : "unknown_sku",
              err == ERR_OK ? "%s is not sold any more" : "there is no product %s", from->sku);
    return ERR_OK; /* all faults of all lines are told together */
  }
  TRY(err);
  rec_init(&order_line_rec, l);
  l->line = (int64_t)i + 1;
  l->parent_line = from->parent_line;
  l->kind = from->kind;
  l->product_id = p->id.v;
  l->sku = from->sku;
  l->name = product_name(cx->arena, p, in->language ? in->language : "en", "en");
  l->unit = arena_text(cx->arena, p->unit);
  l->stocked = product_is_stocked(p);
  l->weight_g = p->weight_g;
  l->quantity = from->quantity;
  l->discount = from->discount;
  l->gross = l->amount = l->total = MONEY(0);
  l->counters = (struct line_counters){.unallocated = from->quantity};
  l->external_line_id = from->external_line_id;
  l->metadata = from->metadata;
  price_line(cx, in, i, p, l);
  return tax_line(cx, in, i, p, l);
}

static enum err build_line(struct ctx *cx, const struct order_input *in, size_t i, struct order_line *l)
{
  TRY(intake_line(cx, in, i, l));
  check_parent(cx, in, i);
  return ERR_OK;
}

static void build_charges(struct ctx *cx, const struct order_input *in, struct order *o)
{
  for (size_t i = 0; i < in->charges.n; i++) {
    const struct order_charge_input *from = &in->charges.at[i];
    struct order_charge *c = LIST_ADD(cx->arena, &o->charges);
    *c = (struct order_charge){
        .n = (int64_t)i + 1,
        .kind = from->kind,
        .amount = from->amount,
        .tax_given = money_set(from->tax),
        .tax = money_set(from->tax) ? from->tax : MONEY(0),
        .tax_rate = rate_set(from->tax_rate) || money_set(from->tax) ? from->tax_rate : RATE(0),
    };
    if (from->amount.minor < 0 && from->kind != CHARGE_CASH_ROUNDING)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/charges/%zu/amount", i), "too_small",
                "only cash_rounding may be below 0");
    if (c->tax_given && rate_set(from->tax_rate))
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/charges/%zu/tax", i), "not_both",
                "give tax or tax_rate, not both");
  }
}

static void build_payments(struct ctx *cx, const struct order_input *in, struct order_work *w)
{
  EACH (const struct order_payment_input, from, &in->payments) {
    struct payment *p = LIST_ADD(cx->arena, &w->after->payments);
    *p = (struct payment){
        .id = {order_new_id(w)},
        .provider = from->provider,
        .reference = from->reference,
        .created_at = cx->now,
        .expires_at = from->expires_at,
    };
    *LIST_ADD(cx->arena, &p->entries) = (struct payment_entry){
        .n = 1,
        .kind = from->kind == 0 ? ENTRY_AUTHORIZATION : ENTRY_CAPTURE,
        .amount = from->amount,
        .reference = from->reference,
        .at = cx->now,
        .actor_name = cx->actor.name,
    };
  }
}

static int terms_of(const struct order_input *in, const struct channel *ch)
{
  for (int i = 0; in->payment_terms && payment_terms_names[i]; i++)
    if (strcmp(payment_terms_names[i], in->payment_terms) == 0)
      return i;
  return ch->payment_terms;
}

void intake_check_delivery(struct ctx *cx, const struct order_delivery *delivery, const struct order_window *window)
{
  if (window && window->from && window->to && strcmp(window->from, window->to) > 0)
    fault_add(&cx->fault, ERR_INVALID, "/requested_delivery/to", "too_small", "it ends before it begins");
  if (delivery && delivery->type == DELIVERY_PICKUP_POINT && !delivery->pickup_point)
    fault_add(&cx->fault, ERR_INVALID, "/delivery/pickup_point", "required", "a pickup point needs its code");
}

static void check_document(struct ctx *cx, const struct order_input *in)
{
  if (currency_decimals(in->currency) < 0)
    fault_add(&cx->fault, ERR_INVALID, "/currency", "invalid_format", "%s is no currency of ISO 4217", in->currency);
  intake_check_delivery(cx, &in->delivery, &in->requested_delivery);
  if (in->hold_stock == 1 && !in->draft)
    fault_add(&cx->fault, ERR_INVALID, "/hold_stock", "contradiction", "an order that is placed has its stock anyway");
  if (in->external_id && strcspn(in->external_id, "\n\r\t") != strlen(in->external_id))
    fault_add(&cx->fault, ERR_INVALID, "/external_id", "invalid_format", "no control characters");
}

/* The order as it was asked for, unpriced. All faults are collected. */
enum err intake_build(struct ctx *cx, const struct order_input *in, const struct channel *ch, struct order_work *w)
{
  struct order *o = w->after;
  const char *rounding;
  TRY(setting_text(cx, SETTING_TAX_ROUNDING, &rounding));
  check_document(cx, in);
  o->channel = in->channel;
  o->external_id = in->external_id;
  o->external_given = in->external_id != NULL;
  o->currency = in->currency;
  o->language = in->language ? in->language : arena_text(cx->arena, ch->language);
  o->ordered_at = instant_set(in->ordered_at) ? in->ordered_at : cx->now;
  o->delivery = in->delivery;
  o->prices_include_tax = in->prices_include_tax == ABSENT ? ch->prices_include_tax : in->prices_include_tax == 1;
  o->tax_basis = strcmp(rounding, "document") == 0 ? PRICING_TAX_PER_DOCUMENT : PRICING_TAX_PER_LINE;
  o->payment_terms = terms_of(in, ch);
  o->shipping_method = in->shipping_method ? in->shipping_method : arena_text(cx->arena, ch->shipping_method);
  o->expected_total = in->expected_total;
  o->requested_delivery = in->requested_delivery;
  o->metadata = in->metadata;
  o->tags.at = in->tags.at;
  o->tags.n = o->tags.cap = in->tags.n;
  o->personal = (struct order_personal){
      .customer = in->customer ? arena_copy(cx->arena, in->customer, sizeof *in->customer) : NULL,
      .shipping_address = in->shipping_address,
      .billing_address = in->billing_address,
      .invoice = in->invoice,
      .notes = in->notes,
  };
  for (size_t i = 0; i < in->lines.n; i++)
    TRY(build_line(cx, in, i, LIST_ADD(cx->arena, &o->lines)));
  build_charges(cx, in, o);
  build_payments(cx, in, w);
  return cx->fault.code;
}

enum err intake_company_rate(struct ctx *cx, struct order *o)
{
  const char *company;
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &company));
  if (strcmp(company, o->currency) != 0)
    o->rate_ppb = 0; /* not known: reports in the company's currency leave it out until somebody gives the rate */
  return ERR_OK;
}

static enum err load_existing(struct ctx *cx, const struct order_input *in, struct place_facts *f)
{
  struct order_id id;
  if (!in->external_id)
    return ERR_OK;
  f->content_hash = intake_content_hash(cx, in);
  TRY(order_find_external(cx, in->channel, in->external_id, &id));
  if (!id.v)
    return ERR_OK;
  TRY(order_load(cx, id, &f->existing));
  TRY(order_summarize(cx, f->existing));
  order_derive(cx, f->existing);
  order_derive_work(cx, f->existing);
  return ERR_OK;
}

static enum err place_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct customer_ref nobody;
  struct place_facts *f = out;
  f->input = in->body;
  TRY(intake_channel(cx, f->input->channel, &f->channel));
  TRY(load_existing(cx, f->input, f));
  if (f->existing)
    return ERR_OK;
  order_work_new(cx, &f->work);
  TRY(customer_match(cx, f->input->customer ? f->input->customer : &nobody, "/customer", &f->match));
  TRY(intake_build(cx, f->input, f->channel, &f->work));
  f->work.after->content_hash = f->content_hash;
  TRY(intake_company_rate(cx, f->work.after));
  if (f->input->draft)
    return keeping_load(cx, f->work.after, NULL, f->input->hold_stock, &f->keeping);
  return placing_load(cx, f->work.after, f->match.found ? f->match.customer.id : 0,
                      f->match.found && f->match.customer.blocked, &f->placing);
}

/* ---- Decide ---- */

static enum err decide_double(struct ctx *cx, const struct place_facts *f)
{
  const struct order *o = f->existing;
  if (text_eq(o->content_hash, f->content_hash))
    return ERR_OK;
  char id[ID_TEXT];
  id_format(PREFIX_order, o->id.v, id);
  err_fail(cx, ERR_EXTERNAL_ID, "/external_id", "%s of channel %s is the order %s with other content", o->external_id,
           o->channel, o->number ? o->number : id);
  cx->fault.related = arena_text(cx->arena, id);
  cx->fault.n = 0; /* the sentence says it; the pointers are of what differs */
  intake_name_differences(cx, o, f->input);
  return ERR_EXTERNAL_ID;
}

static enum err place_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct place_facts *f = facts;
  struct place_plan *plan = out;
  if (f->existing) {
    plan->existing = f->existing;
    return decide_double(cx, f);
  }
  static const struct customer_ref nobody;
  plan->work = order_work_copy(cx, &f->work);
  struct order_work *w = &plan->work;
  customer_plan(cx, f->input->customer ? f->input->customer : &nobody, &f->match, w->after->language, &plan->customer);
  TRY(order_price(cx, w->after));
  order_derive(cx, w->after);
  w->number_series = arena_text(cx->arena, f->channel->number_series);
  w->number_prefix = arena_text(cx->arena, f->channel->number_prefix);
  if (f->input->draft) {
    order_event(cx, w, "order.drafted", NULL, 0, NULL);
    TRY(keeping_decide(cx, &f->keeping, w));
  } else {
    TRY(placing_decide(cx, &f->placing, w));
  }
  order_work_finish(cx, w);
  return ERR_OK;
}

/* ---- Apply ---- */

enum err intake_apply(struct ctx *cx, const struct customer_plan *customer, struct order_work w, struct act_result *out)
{
  struct order *o = w.after;
  TRY(customer_apply(cx, customer, &o->customer_id.v));
  if (o->personal.customer && o->customer_id.v)
    o->personal.customer->id = o->customer_id.v;
  cx->event_ordinal = 0; /* the customer's event was another subject's */
  TRY(order_work_apply(cx, &w));
  order_result(cx, o, out);
  return ERR_OK;
}

static enum err place_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct place_plan *p = plan;
  if (p->existing) {
    order_result(cx, p->existing, out);
    out->status = 200;
    return ERR_OK;
  }
  return intake_apply(cx, &p->customer, p->work, out);
}

const struct act order_place_act = {
    "order.place", sizeof(struct place_facts), sizeof(struct place_plan), place_load, place_decide, place_apply, 0};

/* ---- By the channel's own id ---- */

static void fits_path(struct ctx *cx, const char *pointer, const char *sent, const char *path)
{
  if (sent && strcmp(sent, path) != 0)
    fault_add(&cx->fault, ERR_INVALID, pointer, "contradiction", "the path says %s", path);
}

/* The same order as by POST: channel and external id come from the path, and may be repeated in the body. */
static enum err put_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct order_input *input = arena_copy(cx->arena, in->body, sizeof *input);
  struct act_input same = *in;
  const struct channel *ch;
  TRY(channel_find(cx, in->id, &ch));
  fits_path(cx, "/channel", input->channel, ch->code);
  fits_path(cx, "/external_id", input->external_id, in->id2);
  if (strlen(in->id2) > EXTERNAL_ID_MAX)
    fault_add(&cx->fault, ERR_INVALID, "/external_id", "too_long", "must have at most %d characters", EXTERNAL_ID_MAX);
  if (cx->fault.n)
    return ERR_INVALID;
  input->channel = arena_text(cx->arena, ch->code);
  input->external_id = in->id2;
  same.body = input;
  return place_load(cx, &same, out);
}

const struct act order_put_act = {
    "order.put", sizeof(struct place_facts), sizeof(struct place_plan), put_load, place_decide, place_apply, 0};

struct order *order_put_other(struct ctx *cx, const void *facts, const struct order_input **out_input,
                              const char **out_hash)
{
  const struct place_facts *f = facts;
  (void)cx;
  if (!f->existing || text_eq(f->existing->content_hash, f->content_hash))
    return NULL;
  *out_input = f->input;
  *out_hash = f->content_hash;
  return f->existing;
}
