/* PUT of an order under the channel's own id: it is placed, or it is the same again, or what is otherwise is a change set of
 * the channel. That set is applied at once where it can be; else it waits for a person. */
#include "changes_priv.h"

#include "settings.h"

#include <string.h>

struct put_facts {
  void *place; /* of order_put_act */
  bool other;  /* the order is there, and other content was sent */
  bool known;  /* ... which waits already */
  bool ended;  /* ... of an order that nothing can be changed of any more */
  struct put_wish wish;
  struct change_facts change;
  const change_sets *history;
  int64_t hours;
};
struct put_plan {
  void *place; /* of order_put_act, or NULL */
  struct order_work work;
  bool insert; /* a set */
  struct change_set set;
  change_fields fields;
  change_sets replaced; /* waiting sets of the channel that this one takes the place of */
};

static bool waits(const struct change_set *set)
{
  return set->state == CHANGE_PENDING && set->origin == CHANGE_CHANNEL;
}

static enum err load_change(struct ctx *cx, const struct order_input *sent, struct put_facts *f)
{
  const struct order *o = f->change.work.before;
  change_sets *history = ARENA_NEW(cx->arena, change_sets);
  f->history = history;
  TRY(changes_of_order(cx, o->id, history));
  EACH (const struct change_set, set, history)
    f->known = f->known || (waits(set) && text_eq(set->content_hash, f->change.content_hash));
  if (f->known)
    return ERR_OK;
  TRY(put_wish_of(cx, o, sent, history, &f->wish));
  if (cx->fault.code != ERR_OK) { /* the refusal names the order, as that of a POST does */
    char id[ID_TEXT];
    id_format(PREFIX_order, o->id.v, id);
    cx->fault.related = arena_text(cx->arena, id);
    return cx->fault.code;
  }
  f->ended = o->state != ORDER_PLACED && o->state != ORDER_OPEN;
  f->change.payments.at = sent->payments.at;
  f->change.payments.n = f->change.payments.cap = sent->payments.n;
  f->change.in = &f->wish.in;
  return f->ended ? ERR_OK : change_facts_load(cx, &f->wish.in, CHANGE_CHANNEL, &f->change);
}

static enum err put_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct put_facts *f = out;
  const struct order_input *sent;
  f->place = arena_alloc(cx->arena, order_put_act.facts_size);
  TRY(order_put_act.load(cx, in, f->place));
  const struct order *o = order_put_other(cx, f->place, &sent, &f->change.content_hash);
  f->other = o && o->state != ORDER_DRAFT;
  if (!f->other)
    return ERR_OK;
  TRY(setting_i64(cx, SETTING_CHANGE_HOURS, &f->hours));
  TRY(order_work_load(cx, o->id, in->version, &f->change.work));
  return load_change(cx, sent, f);
}

/* ---- Decide ---- */

static void replace_waiting(struct ctx *cx, const struct put_facts *f, struct put_plan *plan)
{
  EACH (const struct change_set, set, f->history) {
    if (!waits(set))
      continue;
    struct change_set ended = *set;
    change_decided(cx, &ended, CHANGE_CANCELLED, "the channel sent the order again");
    *LIST_ADD(cx->arena, &plan->replaced) = ended;
  }
}

/* Nothing of it is a wish: it is remembered, so that the same again is the same. */
static enum err decide_nothing(struct ctx *cx, const struct put_facts *f, struct put_plan *plan)
{
  struct order_work w = order_work_copy(cx, &f->change.work);
  bool waited = plan->replaced.n > 0;
  w.after->content_hash = f->change.content_hash;
  if (!f->ended && f->change.payments.n) {
    TRY(change_apply_to(cx, &f->change, &w));
  } else {
    order_derive(cx, w.after);
  }
  change_tell_order(cx, &f->change, 0, &w);
  if (waited)
    TRY(change_hold_release(cx, &w, "the channel sent the order again"));
  order_work_finish(cx, &w);
  plan->work = w;
  return ERR_OK;
}

static void refuse_clashes(struct ctx *cx, const struct put_facts *f, struct change_preview *p)
{
  EACH (const struct change_conflict, c, &f->wish.clashes)
    *LIST_ADD(cx->arena, &p->refusals) =
        (struct change_refusal){.pointer = c->field.pointer,
                                .code = "conflict",
                                .detail = "staff has changed it since the channel sent it first",
                                .asked = QUANTITY(ABSENT),
                                .available = QUANTITY(ABSENT)};
}

static bool everything_left(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->stocked && quantity_sub(l->quantity, l->counters.cancelled).millionths > l->counters.shipped.millionths)
      return false;
  return true;
}

/* A person decides; what can still be stopped waits for it. */
static void decide_later(struct ctx *cx, const struct put_facts *f, struct put_plan *plan)
{
  struct order_work w = order_work_copy(cx, &f->change.work);
  if (!f->ended && !everything_left(w.after))
    order_hold_add(cx, &w,
                   &(struct hold){.type = "channel_change",
                                  .scope = HOLD_ORDER,
                                  .line = ABSENT,
                                  .reason = "the channel wants the order otherwise, and it could not be done by itself",
                                  .owner_role = "service",
                                  .expires_at = INSTANT(ABSENT)});
  order_derive(cx, w.after);
  if (w.events.n)
    order_work_finish(cx, &w);
  plan->work = w;
}

static enum err decide_at_once(struct ctx *cx, const struct put_facts *f, struct order_work *w, struct put_plan *plan)
{
  plan->set.id.v = order_new_id(w);
  change_decided(cx, &plan->set, CHANGE_CONFIRMED, NULL);
  change_tell_order(cx, &f->change, plan->set.id.v, w);
  TRY(change_hold_release(cx, w, "the channel sent the order again"));
  order_work_finish(cx, w);
  plan->set.applied_version = w->after->version;
  plan->work = *w;
  return ERR_OK;
}

static enum err decide_change(struct ctx *cx, const struct put_facts *f, struct put_plan *plan)
{
  const struct order *o = f->change.work.before;
  struct order_work w;
  struct change_preview *preview;
  enum err refused = ERR_STATE;
  if (f->ended) {
    err_fail(cx, ERR_STATE, "/state", "an order that is %s cannot be changed", order_states[o->state]);
    preview = change_preview_refused(cx, &f->change.work);
  } else {
    TRY(change_foresee(cx, &f->change, &w, &preview, &refused));
  }
  if (f->wish.clashes.n && refused == ERR_OK) {
    refused = ERR_VERSION;
    refuse_clashes(cx, f, preview);
  }
  plan->insert = true;
  plan->fields = change_fields_of(cx, o, &f->wish.in);
  plan->set = change_new(cx, o, &f->wish.in, CHANGE_CHANNEL, INSTANT(cx->now.ms + f->hours * HOUR_MS), &plan->fields);
  plan->set.content_hash = f->change.content_hash;
  plan->set.preview = preview;
  plan->set.preview_hash = change_preview_hash(cx, preview);
  if (refused == ERR_OK)
    return decide_at_once(cx, f, &w, plan);
  decide_later(cx, f, plan);
  return ERR_OK;
}

static enum err put_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct put_facts *f = facts;
  struct put_plan *plan = out;
  if (!f->other) {
    plan->place = arena_alloc(cx->arena, order_put_act.plan_size);
    return order_put_act.decide(cx, f->place, plan->place);
  }
  if (f->known) {
    plan->work = order_work_copy(cx, &f->change.work);
    order_derive(cx, plan->work.after);
    return ERR_OK;
  }
  replace_waiting(cx, f, plan);
  return f->wish.anything ? decide_change(cx, f, plan) : decide_nothing(cx, f, plan);
}

/* ---- Apply ---- */

/* The id that the set's event on the order has got. */
static int64_t drawn_id(const struct order_work *w)
{
  EACH (const struct order_event, e, &w->events)
    if (strcmp(e->topic, "order.changed") == 0)
      return e->ref_id;
  return 0;
}

static enum err put_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct put_plan *p = plan;
  if (p->place)
    return order_put_act.apply(cx, p->place, out);
  struct order_work w = p->work;
  struct change_set set = p->set;
  TRY(order_work_apply(cx, &w));
  EACH (const struct change_set, replaced, &p->replaced) {
    struct change_set ended = *replaced;
    TRY(change_update(cx, &ended));
  }
  if (p->insert) {
    set.id.v = set.state == CHANGE_CONFIRMED ? drawn_id(&w) : 0;
    TRY(change_insert(cx, &set, &p->fields));
  }
  TRY(order_summarize(cx, w.after));
  order_result(cx, w.after, out);
  out->status = 200;
  return ERR_OK;
}

const struct act change_put_act = {
    "change.put", sizeof(struct put_facts), sizeof(struct put_plan), put_load, put_decide, put_apply, 0};
