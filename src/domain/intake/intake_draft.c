/* A draft is edited: what was sent is laid over what the draft says, and the order is built anew from that, with today's
 * prices and tax where none were given. Stock that it keeps is let go and looked for anew. */
#include "intake_priv.h"

#include <string.h>

struct patch_facts {
  struct order_work work; /* of the draft */
  struct order *built;    /* as it is asked for now */
  int64_t temporary;      /* ids that building it took */
  struct order_input input;
  struct customer_match match;
  struct keeping keeping;
  void *edit; /* facts of order_edit_act, where it is no draft any more */
};
struct patch_plan {
  struct customer_plan customer;
  struct order_work work;
  void *edit; /* plan of order_edit_act, or NULL */
};

/* Whether the document, an object that was read already, has this member. */
static bool has_member(struct ctx *cx, const struct act_input *in, const char *name)
{
  struct json j;
  const char *value;
  size_t n;
  json_init(&j, in->json, in->json_n, cx->arena);
  if (json_next(&j) != JSON_OBJECT)
    return false;
  while (json_next(&j) == JSON_KEY) {
    if (strcmp(j.text, name) == 0)
      return true;
    if (!json_skip(&j, &value, &n))
      return false;
  }
  return false;
}

static void *copied(struct ctx *cx, const void *from, size_t n)
{
  return from ? arena_copy(cx->arena, from, n) : NULL;
}

/* Rates that came from the product's tax category are found anew: the address may be another one. */
static enum err forget_found_rates(struct ctx *cx, const struct order *o, struct order_input *in)
{
  const struct address *to = o->personal.shipping_address;
  for (size_t i = 0; i < o->lines.n; i++) {
    struct rate found;
    TRY(tax_rate_find(cx, o->lines.at[i].tax_category, to ? to->country : NULL, to ? to->region : NULL, &found));
    if (found.ppm == in->lines.at[i].tax_rate.ppm)
      in->lines.at[i].tax_rate = RATE(ABSENT);
  }
  return ERR_OK;
}

/* What the draft says now, with what was sent over it. The customer and addresses are replaced, not mixed with others'. */
static enum err read_patch(struct ctx *cx, const struct act_input *in, const struct order *o, struct order_input *out)
{
  intake_input_of(cx, o, NULL, out);
  TRY(forget_found_rates(cx, o, out));
  out->notes = o->personal.notes;
  out->metadata = o->metadata;
  out->tags.at = o->tags.at;
  out->tags.n = out->tags.cap = o->tags.n;
  for (size_t i = 0; i < o->lines.n; i++)
    out->lines.at[i].metadata = o->lines.at[i].metadata;
  out->customer = has_member(cx, in, "customer") ? NULL : copied(cx, out->customer, sizeof *out->customer);
  out->shipping_address =
      has_member(cx, in, "shipping_address") ? NULL : copied(cx, out->shipping_address, sizeof *out->shipping_address);
  out->billing_address =
      has_member(cx, in, "billing_address") ? NULL : copied(cx, out->billing_address, sizeof *out->billing_address);
  out->invoice = has_member(cx, in, "invoice") ? NULL : copied(cx, out->invoice, sizeof *out->invoice);
  if (has_member(cx, in, "delivery"))
    rec_init(&order_delivery_rec, &out->delivery);
  return rec_read_over(&draft_patch_rec, in->json, in->json_n, "", cx->arena, &cx->fault, out);
}

/* What building does not know of the order, from the draft as it was. */
static void keep_identity(const struct order *was, bool new_payments, struct order *o)
{
  o->bucket = was->bucket;
  o->id = was->id;
  o->number = was->number;
  o->version = was->version;
  o->external_id = was->external_id;
  o->external_given = was->external_given;
  o->created_at = was->created_at;
  o->updated_at = was->updated_at;
  o->expires_at = was->expires_at;
  o->content_hash = was->content_hash;
  o->assigned_to = was->assigned_to;
  o->assigned_name = was->assigned_name;
  o->personal.bucket = was->personal.bucket;
  o->personal.order_id = was->personal.order_id;
  o->holds = was->holds;
  o->fulfillments = was->fulfillments;
  if (!new_payments)
    o->payments = was->payments;
}

static enum err load_draft(struct ctx *cx, const struct act_input *in, struct patch_facts *f)
{
  static const struct customer_ref nobody;
  const struct order *was = f->work.before;
  const struct channel *ch;
  struct order_work built;
  bool new_payments = has_member(cx, in, "payments");
  TRY(read_patch(cx, in, was, &f->input));
  EACH (const struct payment, p, &was->payments)
    if (new_payments && p->entries.n > 1)
      return err_fail(cx, ERR_STATE, "/payments", "money was moved already; change it through the payment");
  TRY(intake_channel(cx, was->channel, &ch));
  TRY(customer_match(cx, f->input.customer ? f->input.customer : &nobody, "/customer", &f->match));
  order_work_new(cx, &built);
  TRY(intake_build(cx, &f->input, ch, &built));
  TRY(intake_company_rate(cx, built.after));
  keep_identity(was, new_payments, built.after);
  f->built = built.after;
  f->temporary = built.temporary;
  return keeping_load(cx, f->built, was, f->input.hold_stock, &f->keeping);
}

static enum err patch_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct patch_facts *f = out;
  struct order_id id;
  TRY(order_find(cx, in->id, &id));
  TRY(order_work_load(cx, id, in->version, &f->work));
  if (f->work.before->state == ORDER_DRAFT)
    return load_draft(cx, in, f);
  f->edit = arena_alloc(cx->arena, order_edit_act.facts_size);
  return order_edit_act.load(cx, in, f->edit);
}

static enum err patch_decide(struct ctx *cx, const void *facts, void *out)
{
  static const struct customer_ref nobody;
  const struct patch_facts *f = facts;
  struct patch_plan *plan = out;
  if (f->edit) {
    plan->edit = arena_alloc(cx->arena, order_edit_act.plan_size);
    return order_edit_act.decide(cx, f->edit, plan->edit);
  }
  struct order_work w = f->work;
  w.after = f->built;
  w.temporary = f->temporary;
  w = order_work_copy(cx, &w);
  customer_plan(cx, f->input.customer ? f->input.customer : &nobody, &f->match, w.after->language, &plan->customer);
  w.after->customer_id.v = f->match.found ? f->match.customer.id : 0;
  TRY(order_price(cx, w.after));
  order_derive(cx, w.after);
  if (!rec_equal(&order_rec, w.before, w.after) || plan->customer.step == CUSTOMER_CREATE)
    order_event(cx, &w, "order.edited", NULL, 0, NULL);
  TRY(keeping_decide(cx, &f->keeping, &w));
  order_work_finish(cx, &w);
  plan->work = w;
  return ERR_OK;
}

static enum err patch_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct patch_plan *p = plan;
  if (p->edit)
    return order_edit_act.apply(cx, p->edit, out);
  return intake_apply(cx, &p->customer, p->work, out);
}

const struct act order_patch_act = {
    "order.patch", sizeof(struct patch_facts), sizeof(struct patch_plan), patch_load, patch_decide, patch_apply, 0};
