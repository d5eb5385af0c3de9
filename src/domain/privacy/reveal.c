/* Seeing one order's personal data, for a reason. */
#include "privacy.h"

struct reveal {
  struct order *order;
  const char *reason;
};

static enum err reveal_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct reveal *reveal = out_facts;
  struct order_id id;
  reveal->reason = ((const struct reason_input *)in->body)->reason;
  TRY(order_find(cx, in->id, &id));
  TRY(order_load(cx, id, &reveal->order));
  TRY(version_check(cx, reveal->order->bucket, id.v, reveal->order->version, in->version));
  return order_summarize(cx, reveal->order);
}

static enum err reveal_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(struct reveal *)out_plan = *(const struct reveal *)facts;
  return ERR_OK;
}

static const char *data_of(struct arena *a, const struct reveal *reveal)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "number", reveal->order->number);
  json_put_text(&o, "reason", reveal->reason);
  json_object_end(&o);
  return buf_str(&text);
}

static enum err reveal_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct reveal *reveal = plan;
  struct order *o = reveal->order;
  TRY(event_emit(cx, &(struct event_draft){.topic = "order.revealed",
                                           .subject_kind = "reveal",
                                           .subject_prefix = PREFIX_reveal,
                                           .bucket = o->bucket,
                                           .subject_id = ids_next(cx->ids, cx->now, o->bucket),
                                           .version = 1,
                                           .ref_prefix = PREFIX_order,
                                           .ref_id = o->id.v,
                                           .data = data_of(cx->arena, reveal)}));
  order_derive(cx, o);
  order_derive_work(cx, o);
  order_result(cx, o, out);
  return ERR_OK;
}

const struct act order_reveal_act = {
    .name = "order.reveal",
    .facts_size = sizeof(struct reveal),
    .plan_size = sizeof(struct reveal),
    .load = reveal_load,
    .decide = reveal_decide,
    .apply = reveal_apply,
};
