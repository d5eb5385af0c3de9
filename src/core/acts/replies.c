/* Stored replies whose time is over go, some at a time. */
#include "acts.h"

#include "idempotency.h"

enum { AT_ONCE = 100 };

static enum err replies_load(struct ctx *cx, const struct act_input *in, void *out)
{
  (void)cx;
  *(struct bucket_groups *)out = *(const struct bucket_groups *)in->body;
  return ERR_OK;
}

static enum err replies_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct bucket_groups *)out = *(const struct bucket_groups *)facts;
  return ERR_OK;
}

static enum err replies_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  int64_t n;
  (void)out;
  return idempotency_expire(cx, *(const struct bucket_groups *)plan, AT_ONCE, &n);
}

const struct act replies_expire_act = {.name = "replies.expire",
                                       .facts_size = sizeof(struct bucket_groups),
                                       .plan_size = sizeof(struct bucket_groups),
                                       .load = replies_load,
                                       .decide = replies_decide,
                                       .apply = replies_apply};
