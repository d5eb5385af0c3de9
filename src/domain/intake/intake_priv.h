/* What the files of intake share. */
#ifndef ORDO_INTAKE_PRIV_H
#define ORDO_INTAKE_PRIV_H

#include "intake.h"

#include "allocation.h"
#include "channels.h"
#include "review.h"

/* What every placing needs, of a new order and of a draft alike. */
struct placing {
  const struct channel *channel;
  struct allocation_facts supply;
  struct review_facts review;
  int64_t expire_minutes;
};
/* What a draft keeps of stock. */
struct keeping {
  bool asked; /* whether anything is kept, or was */
  struct allocation_facts supply;
  struct instant until; /* ABSENT = nothing is kept from now on */
};
/* o is the draft as it will be, was as it was (NULL = new); hold_stock as it was sent. */
MUST_CHECK enum err keeping_load(struct ctx *cx, const struct order *o, const struct order *was, int64_t hold_stock,
                                 struct keeping *out);
MUST_CHECK enum err keeping_decide(struct ctx *cx, const struct keeping *k, struct order_work *w);

/* o is the order as it will be priced; customer_id 0 = guest. */
MUST_CHECK enum err placing_load(struct ctx *cx, const struct order *o, int64_t customer_id, bool blocked,
                                 struct placing *out);
/* Draft to placed (or open): source and reserve, review, open. w->after is priced and derived. */
MUST_CHECK enum err placing_decide(struct ctx *cx, const struct placing *p, struct order_work *w);

MUST_CHECK enum err intake_channel(struct ctx *cx, const char *code, const struct channel **out);
/* Fills w->after, begun by order_work_new or an emptied draft, with what was asked for, unpriced; all faults are collected. */
MUST_CHECK enum err intake_build(struct ctx *cx, const struct order_input *in, const struct channel *ch,
                                 struct order_work *w);
/* The customer, then the order that names it. */
MUST_CHECK enum err intake_apply(struct ctx *cx, const struct customer_plan *customer, struct order_work w,
                                 struct act_result *out);
MUST_CHECK enum err intake_company_rate(struct ctx *cx, struct order *o);

/* SHA-256 (hex) of what was sent, tags, notes and metadata aside. */
const char *intake_content_hash(struct ctx *cx, const struct order_input *in);
/* What was sent first, as far as the order still says it; tax rates stand as they were found. `again` tells which of the
 * optional members count; NULL = all. */
void intake_input_of(struct ctx *cx, const struct order *o, const struct order_input *again, struct order_input *out);
/* Adds to cx->fault what differs between the order as it is and what was sent again. */
void intake_name_differences(struct ctx *cx, const struct order *o, const struct order_input *in);

#endif
