/* Small acts on one order that are undone by their inverse: give it to somebody, tag it, let all its holds go. */
#include "work_priv.h"

#include <string.h>

/* ---- Assigning ---- */

struct assign_facts {
  struct order_work work;
  struct person to;
};

static enum err assign_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct assign_facts *f = out;
  const struct assign_input *body = in->body;
  struct order_id id;
  TRY(order_find(cx, in->id, &id));
  if (body->user)
    TRY(person_find(cx, body->user, "/user", &f->to));
  return order_work_load(cx, id, in->version, &f->work);
}

static enum err assign_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct assign_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  if (!text_eq(o->assigned_to, f->to.id)) {
    o->assigned_to = f->to.id;
    o->assigned_name = f->to.name;
    order_event(cx, &w, f->to.id ? "order.assigned" : "order.unassigned", NULL, 0, NULL);
  }
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_assign_act = {
    "order.assign", sizeof(struct assign_facts), sizeof(struct order_work), assign_load, assign_decide, order_apply, 0};

/* ---- Tags ---- */

struct tag_facts {
  struct order_work work;
  const struct tags_input *body;
};

static enum err tag_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct tag_facts *f = out;
  struct order_id id;
  f->body = in->body;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

static bool has_tag(const struct order *o, const char *tag)
{
  for (size_t i = 0; i < o->tags.n; i++)
    if (strcmp(o->tags.at[i], tag) == 0)
      return true;
  return false;
}

static void drop_tag(struct order *o, const char *tag)
{
  size_t n = 0;
  for (size_t i = 0; i < o->tags.n; i++)
    if (strcmp(o->tags.at[i], tag) != 0)
      o->tags.at[n++] = o->tags.at[i];
  o->tags.n = n;
}

static enum err tag_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct tag_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  for (size_t i = 0; i < f->body->remove.n; i++)
    drop_tag(o, f->body->remove.at[i]);
  for (size_t i = 0; i < f->body->add.n; i++)
    if (!text_empty(f->body->add.at[i]) && !has_tag(o, f->body->add.at[i]))
      *LIST_ADD(cx->arena, &o->tags) = f->body->add.at[i];
  if (o->tags.n > ORDER_TAGS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "/add", "too_many", "an order has at most %d tags", ORDER_TAGS_MAX);
  if (!rec_equal(&order_rec, w.before, o))
    order_event(cx, &w, "order.edited", NULL, 0, NULL); /* search looks at it again */
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_tag_act = {
    "order.tag", sizeof(struct tag_facts), sizeof(struct order_work), tag_load, tag_decide, order_apply, 0};

/* ---- All holds at once ---- */

struct release_facts {
  struct order_work work;
  const char *reason;
};

static enum err release_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct release_facts *f = out;
  struct order_id id;
  f->reason = ((const struct reason_input *)in->body)->reason;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

static enum err release_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct release_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  int64_t released = 0;
  EACH (struct hold, h, &w.after->holds) {
    if (h->state != HOLD_ACTIVE)
      continue;
    TRY(order_hold_release(cx, &w, h, HOLD_RELEASED, f->reason));
    released++;
  }
  if (!released)
    return err_fail(cx, ERR_STATE, "/hold_count", "no active hold is on this order");
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_release_act = {"order.release",
                                      sizeof(struct release_facts),
                                      sizeof(struct order_work),
                                      release_load,
                                      release_decide,
                                      order_apply,
                                      0};
