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
/* o is the order as it will be priced; customer_id 0 = guest. */
MUST_CHECK enum err placing_load(struct ctx *cx, const struct order *o, int64_t customer_id, bool blocked,
                                 struct placing *out);
/* Draft to placed (or open): source and reserve, review, open. w->after is priced and derived. */
MUST_CHECK enum err placing_decide(struct ctx *cx, const struct placing *p, struct order_work *w);

/* SHA-256 (hex) of what was sent, tags, notes and metadata aside. */
const char *intake_content_hash(struct ctx *cx, const struct order_input *in);
/* Adds to cx->fault what differs between the order as it is and what was sent again. */
void intake_name_differences(struct ctx *cx, const struct order *o, const struct order_input *in);

#endif
