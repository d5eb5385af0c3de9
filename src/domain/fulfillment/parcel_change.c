/* What becomes known of a parcel only after it left: a manual carrier's tracking number, its weight on the carrier's scale. */
#include "fulfillment_priv.h"

#include "carriers.h"

#include <string.h>

struct change_input {
  const char *tracking_number;
  int64_t weight_g;
};
static const struct rec_field change_fields[] = {
    FIELD(struct change_input, tracking_number, .min = 1, .max = TRACKING_NUMBER_MAX,
          .doc = "The carrier's number of the parcel", .example = "1Z5R89390357567127"),
    FIELD(struct change_input, weight_g, .min = 0, .max = CARRIER_WEIGHT_MAX_G, .doc = "Weight in grams",
          .example = "420"),
};
const struct rec parcel_change_rec =
    REC(struct change_input, "ParcelChange", change_fields, "What may be told of a parcel later");

struct change_facts {
  struct order_work work;
  struct parcel_id parcel;
  const struct act_input *in;
};
struct change_plan {
  struct order_work work;
  struct parcel *answer;
};

static enum err change_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct change_facts *f = out;
  struct order_id order;
  f->in = in;
  TRY(order_of_parcel(cx, in->id, &f->parcel, &order));
  return order_work_load(cx, order, in->version, &f->work);
}

static enum err change_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct change_facts *f = facts;
  struct change_plan plan = {.work = order_work_copy(cx, &f->work)};
  struct fulfillment *ful;
  struct parcel *p = order_parcel_of(plan.work.after, f->parcel, &ful);
  assert(p);
  struct change_input change = {p->tracking_number, p->weight_g};
  TRY(rec_read_over(&parcel_change_rec, f->in->json, f->in->json_n, "", cx->arena, &cx->fault, &change));
  if (p->state == PARCEL_VOIDED)
    return err_fail(cx, ERR_STATE, "/state", "this parcel is voided");
  if (!text_eq(change.tracking_number, p->tracking_number) || change.weight_g != p->weight_g) {
    p->tracking_number = change.tracking_number;
    p->weight_g = change.weight_g;
    order_event(cx, &plan.work, "parcel.changed", PREFIX_parcel, p->id.v, NULL);
  }
  order_work_finish(cx, &plan.work);
  plan.answer = p;
  *(struct change_plan *)out = plan;
  return ERR_OK;
}

static enum err change_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct change_plan p = *(const struct change_plan *)plan;
  TRY(order_work_apply(cx, &p.work));
  *out = (struct act_result){.rec = &parcel_rec, .value = p.answer, .version = p.work.after->version};
  return ERR_OK;
}

const struct act parcel_change_act = {"parcel.change",
                                      sizeof(struct change_facts),
                                      sizeof(struct change_plan),
                                      change_load,
                                      change_decide,
                                      change_apply,
                                      0};
