/* PATCH of an order: tags, notes and metadata, which mean nothing to money, stock or promise. All else is a change set. */
#include "orders_priv.h"

struct edit_input {
  LIST(const char *) tags;
  const char *notes, *metadata;
};
static const struct rec_field edit_fields[] = {
    FIELD_AS(REC_TEXTS, struct edit_input, tags, .max = ORDER_TAGS_MAX, .doc = "Words to find it by",
             .example = "[\"vip\"]"),
    FIELD(struct edit_input, notes, .max = 2000, .doc = "Notes", .example = "ring twice"),
    FIELD_AS(REC_JSON, struct edit_input, metadata, .doc = "Whatever the channel wants to keep here", .example = "{}"),
};
const struct rec order_edit_rec =
    REC(struct edit_input, "OrderEdit", edit_fields, "What may be changed without a change set");

struct edit_facts {
  struct order_work work;
  const struct act_input *in;
};

static enum err edit_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct edit_facts *f = out;
  struct order_id id;
  f->in = in;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

static enum err edit_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct edit_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  struct edit_input edit;
  rec_init(&order_edit_rec, &edit);
  edit.tags.at = o->tags.at;
  edit.tags.n = edit.tags.cap = o->tags.n;
  edit.notes = o->personal.notes;
  edit.metadata = o->metadata;
  TRY(rec_read_over(&order_edit_rec, f->in->json, f->in->json_n, "", cx->arena, &cx->fault, &edit));
  o->tags.at = edit.tags.at;
  o->tags.n = o->tags.cap = edit.tags.n;
  o->personal.notes = edit.notes;
  o->metadata = edit.metadata;
  if (!rec_equal(&order_rec, w.before, o))
    order_event(cx, &w, "order.edited", NULL, 0, NULL);
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_edit_act = {
    "order.edit", sizeof(struct edit_facts), sizeof(struct order_work), edit_load, edit_decide, order_apply, 0};
