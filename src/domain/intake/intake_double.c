/* Doubles: the same (channel, external id) again. The hash of what was sent tells the same from the other; where it is
 * other, the parts that can be compared say what differs. */
#include "intake_priv.h"

#include <string.h>

typedef __typeof__(((struct order_input *)0)->lines) line_inputs;

static line_inputs without_metadata(struct ctx *cx, const struct order_input *in)
{
  line_inputs bare = {0};
  EACH (const struct order_line_input, l, &in->lines) {
    struct order_line_input *copy = LIST_ADD(cx->arena, &bare);
    *copy = *l;
    copy->metadata = NULL;
  }
  return bare;
}

const char *intake_content_hash(struct ctx *cx, const struct order_input *in)
{
  struct order_input content = *in;
  struct buf text;
  char *hash = arena_alloc(cx->arena, HASH_TEXT);
  content.tags.n = 0;
  content.notes = content.metadata = NULL;
  content.lines = without_metadata(cx, in);
  buf_init(&text, cx->arena);
  rec_write(&order_input_rec, &content, NULL, &text);
  sha256_hex(buf_str(&text), text.n, hash);
  return hash;
}

void intake_input_of(struct ctx *cx, const struct order *o, const struct order_input *again, struct order_input *out)
{
  rec_init(&order_input_rec, out);
  out->channel = o->channel;
  out->external_id = o->external_id;
  out->currency = o->currency;
  out->language = !again || again->language ? o->language : NULL;
  out->ordered_at = !again || instant_set(again->ordered_at) ? o->ordered_at : INSTANT(ABSENT);
  out->delivery = o->delivery;
  out->customer = o->personal.customer;
  out->shipping_address = o->personal.shipping_address;
  out->billing_address = o->personal.billing_address;
  out->invoice = o->personal.invoice;
  out->shipping_method = !again || again->shipping_method ? o->shipping_method : NULL;
  out->prices_include_tax = again && again->prices_include_tax == ABSENT ? ABSENT : o->prices_include_tax;
  out->payment_terms = !again || again->payment_terms ? payment_terms_names[o->payment_terms] : NULL;
  out->expected_total = o->expected_total;
  out->requested_delivery = o->requested_delivery;
  out->draft = !again || again->draft;
  out->hold_stock = again ? again->hold_stock : ABSENT;
  EACH (const struct order_line, l, &o->lines) {
    struct order_line_input *to = LIST_ADD(cx->arena, &out->lines);
    *to = (struct order_line_input){
        .sku = l->sku,
        .quantity = l->quantity,
        .unit_price = l->price_given ? l->unit_price : PRICE(ABSENT),
        .discount = l->discount,
        .tax_rate = l->tax_given ? RATE(ABSENT) : l->tax_rate,
        .tax = l->tax_given ? l->tax : MONEY(ABSENT),
        .kind = l->kind,
        .parent_line = l->parent_line,
        .external_line_id = l->external_line_id,
        .price_reason = l->price_reason,
    };
  }
  EACH (const struct order_charge, c, &o->charges)
    *LIST_ADD(cx->arena, &out->charges) = (struct order_charge_input){
        c->kind, c->amount, c->tax_given ? RATE(ABSENT) : c->tax_rate, c->tax_given ? c->tax : MONEY(ABSENT)};
}

void intake_name_differences(struct ctx *cx, const struct order *o, const struct order_input *in)
{
  struct order_input first, again = *in;
  rec_differences differences = {0};
  intake_input_of(cx, o, in, &first);
  first.payments.n = again.payments.n = 0; /* money may have come since */
  first.tags.n = again.tags.n = 0;
  first.notes = first.metadata = again.notes = again.metadata = NULL;
  again.lines = without_metadata(cx, in);
  if (first.customer && again.customer) {
    first.customer = arena_copy(cx->arena, first.customer, sizeof *first.customer);
    if (again.customer->id <= 0)
      first.customer->id = again.customer->id; /* found by other keys */
  }
  for (size_t i = 0; i < first.lines.n && i < again.lines.n; i++)
    if (!rate_set(again.lines.at[i].tax_rate) && !money_set(again.lines.at[i].tax))
      first.lines.at[i].tax_rate = RATE(ABSENT); /* came from the tax category */
  rec_diff(&order_input_rec, &first, &again, "", cx->arena, &differences);
  if (differences.n == 0) /* what is not compared above */
    fault_add(&cx->fault, ERR_EXTERNAL_ID, in->payments.n ? "/payments" : "/draft", "differs",
              "it was something else before");
  EACH (const struct rec_difference, d, &differences)
    fault_add(&cx->fault, ERR_EXTERNAL_ID, d->pointer, "differs", "it was %s before",
              d->before ? d->before : "something else");
}
