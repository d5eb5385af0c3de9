/* Sourcing an order again by hand: what is not picked yet goes back and is asked anew, from one location where pinned. */
#include "allocation_priv.h"

static const struct rec_field source_fields[] = {
    FIELD(struct allocation_source_input, location, .max = LOCATION_CODE_MAX,
          .doc = "Code of the only location allowed", .example = "SHA"),
    FIELD(struct allocation_source_input, reason, .min = 1, .max = 500, .doc = "Why; needed with location",
          .example = "customer collects there"),
};
const struct rec allocation_source_rec =
    REC(struct allocation_source_input, "SourceInput", source_fields, "Source an order again");

struct source_facts {
  struct order_work work;
  struct allocation_facts supply;
  const struct allocation_source_input *input;
  const struct location *pinned;
};

static enum err source_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct source_facts *f = out;
  struct order_id id;
  f->input = in->body;
  TRY(order_find(cx, in->id, &id));
  TRY(order_work_load(cx, id, in->version, &f->work));
  if (f->input->location) {
    enum err err = location_find(cx, f->input->location, &f->pinned);
    if (err == ERR_NOT_FOUND)
      return fault_add(&cx->fault, ERR_INVALID, "/location", "unknown_location", "there is no location %s",
                       f->input->location);
    TRY(err);
    if (text_empty(f->input->reason))
      return fault_add(&cx->fault, ERR_INVALID, "/reason", "required", "pinning a location needs a reason");
  }
  return allocation_load(cx, f->work.before, &f->supply);
}

static enum err source_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct source_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  struct order *o = w.after;
  if (o->state != ORDER_PLACED && o->state != ORDER_OPEN)
    return err_fail(cx, ERR_STATE, "/state", "an order that is %s cannot be sourced", order_states[o->state]);
  EACH (struct order_line, l, &o->lines)
    if (l->stocked)
      allocation_give_back(cx, &w, l, 0, QUANTITY(QUANTITY_MAX), PLACE_UNALLOCATED);
  order_end_empty(cx, &w, "sourced again");
  struct allocation_facts supply = f->supply;
  allocation_free_levels(cx, &supply, &w.stock);
  o->promise = (struct order_promise){INSTANT(ABSENT), INSTANT(ABSENT), NULL};
  struct allocation_wish wish = {
      .when_short = SHORT_BACKORDER, /* what is not to be had now is served when goods come in */
      .pinned = f->pinned ? f->pinned->code : NULL,
      .cause = "asked",
  };
  struct allocation_outcome outcome;
  TRY(allocation_decide(cx, &supply, &wish, &w, &outcome));
  order_event(cx, &w, "order.sourced", PREFIX_decision, o->sourcing.id.v, NULL);
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_source_act = {
    "order.source", sizeof(struct source_facts), sizeof(struct order_work), source_load, source_decide, order_apply, 0};
