/* Splitting: units that are not picked yet get work of their own at the same location. */
#include "fulfillment_priv.h"

static enum err split_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct work_facts *f = out;
  const struct split_input *body = in->body;
  char id[ID_TEXT];
  struct order_id order, of;
  f->input = body;
  id_format(PREFIX_fulfillment, body->fulfillment.v, id);
  TRY(order_find(cx, in->id, &order));
  TRY(order_of_fulfillment(cx, id, &f->id, &of));
  if (of.v != order.v)
    return fault_add(&cx->fault, ERR_INVALID, "/fulfillment", "other_order", "%s belongs to another order", id);
  return order_work_load(cx, order, in->version, &f->work);
}

/* Moves units from one line of the work to the new one. What a wave released of them is allocated again. */
static struct quantity move_units(struct ctx *cx, struct order *o, struct fulfillment_line *from, struct quantity q,
                                  struct fulfillment *to)
{
  struct order_line *l = order_line_of(o, from->line);
  int64_t free = from->quantity.millionths -
                 (from->released.millionths > from->picked.millionths ? from->released : from->picked).millionths;
  struct quantity waved = QUANTITY(q.millionths > free ? q.millionths - free : 0);
  line_move(l, PLACE_RELEASED, PLACE_ALLOCATED, waved);
  from->released = quantity_sub(from->released, waved);
  from->quantity = quantity_sub(from->quantity, q);
  struct fulfillment_line *have = fulfillment_line_of(to, from->line);
  if (have)
    have->quantity = quantity_add(have->quantity, q);
  else
    *LIST_ADD(cx->arena, &to->lines) = (struct fulfillment_line){.line = from->line, .quantity = q};
  return q;
}

static void read_split(struct ctx *cx, struct order_work *w, struct fulfillment *from, struct fulfillment *to,
                       const struct split_input *in, moved_list *moved)
{
  for (size_t i = 0; i < in->lines.n; i++) {
    const struct line_quantity *asked = &in->lines.at[i];
    struct fulfillment_line *fl = fulfillment_line_of(from, asked->line);
    const char *pointer = arena_printf(cx->arena, "/lines/%zu", i);
    if (!fl) {
      fault_add(&cx->fault, ERR_INVALID, pointer, "not_found", "this fulfillment has no line %lld",
                (long long)asked->line);
      continue;
    }
    struct quantity q = quantity_set(asked->quantity) ? asked->quantity : units_unpicked(fl);
    if (q.millionths == 0 || q.millionths > units_unpicked(fl).millionths) {
      fault_add(&cx->fault, ERR_INVALID, pointer, "too_many", "so many are not waiting to be picked");
      continue;
    }
    move_units(cx, w->after, fl, q, to);
    *LIST_ADD(cx->arena, moved) = (struct moved_units){order_line_of(w->after, fl->line), q};
  }
}

static enum err split_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct work_facts *f = facts;
  struct fulfillment *from;
  struct work_plan plan = work_begin(cx, f, &from);
  struct order_work *w = &plan.work;
  moved_list moved = {0};
  struct fulfillment to = *from;
  if (w->after->state == ORDER_CANCELLED || w->after->state == ORDER_EXPIRED)
    return err_fail(cx, ERR_STATE, "/state", "the order is %s", order_states[w->after->state]);
  if (from->state != FUL_OPEN && from->state != FUL_PICKING && from->state != FUL_SCHEDULED)
    return err_fail(cx, ERR_STATE, "/state", "a fulfillment that is %s cannot be split",
                    fulfillment_states[from->state]);
  if (w->after->fulfillments.n >= ORDER_PARCELS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "an order has at most %d fulfillments",
                     ORDER_PARCELS_MAX);
  to.id.v = order_new_id(w);
  to.state = from->state == FUL_PICKING ? FUL_OPEN : from->state;
  to.version = 1;
  to.reason = NULL;
  to.wave_id.v = 0;
  to.tote = ABSENT;
  to.claimed_by = to.claimed_name = NULL;
  to.claimed_until = INSTANT(ABSENT);
  to.created_at = cx->now;
  to.lines.at = NULL;
  to.lines.n = to.lines.cap = 0;
  to.parcels.at = NULL;
  to.parcels.n = to.parcels.cap = 0;
  read_split(cx, w, from, &to, f->input, &moved);
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  if (units_asked(from) == 0)
    return fault_add(&cx->fault, ERR_INVALID, "/lines", "nothing_left", "something has to stay where it was");
  from->version++;
  bool done = from->state == FUL_PICKING;
  EACH (const struct fulfillment_line, fl, &from->lines)
    done = done && units_unpicked(fl).millionths == 0;
  order_event(cx, w, "fulfillment.split", PREFIX_fulfillment, from->id.v,
              moved_data(cx, NULL, from->location, NULL, &moved));
  if (done) {
    from->picked_at = cx->now;
    TRY(fulfillment_step(cx, w, from, FSTEP_PICKED));
  }
  order_event(cx, w, "fulfillment.created", PREFIX_fulfillment, to.id.v, "{}");
  *LIST_ADD(cx->arena, &w->after->fulfillments) = to; /* from may have moved now */
  return work_end(cx, &plan, out);
}

static enum err split_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  return order_apply(cx, &((const struct work_plan *)plan)->work, out);
}

const struct act order_split_act = {
    "order.split", sizeof(struct work_facts), sizeof(struct work_plan), split_load, split_decide, split_apply, 0};
