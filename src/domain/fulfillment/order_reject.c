/* Rejecting an order in review: the way out that approving is not. Everything is cancelled and paid back. */
#include "fulfillment_priv.h"

struct reject_facts {
  struct order_work work;
  const char *reason;
};

static enum err reject_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct reject_facts *f = out;
  struct order_id id;
  f->reason = ((const struct reason_input *)in->body)->reason;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

static enum err reject_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct reject_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  if (w.after->state != ORDER_PLACED)
    return err_fail(cx, ERR_STATE, "/state", "only an order in review can be rejected; this one is %s",
                    order_states[w.after->state]);
  order_event(cx, &w, "order.rejected", NULL, 0, NULL);
  TRY(order_cancel_rest(cx, &w, f->reason, true));
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act order_reject_act = {"order.reject",
                                     sizeof(struct reject_facts),
                                     sizeof(struct order_work),
                                     reject_load,
                                     reject_decide,
                                     order_apply,
                                     0};
