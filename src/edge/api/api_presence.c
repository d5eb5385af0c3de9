/* "Someone is here" over HTTP: a page that is open says so every few seconds, and hears who else has it open. */
#include "api.h"

#include "orders.h"
#include "views.h"

/* Most calls only read: a row is written when it is some seconds old. */
static enum err serve_here(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct presences *found = ARENA_NEW(cx->arena, struct presences);
  struct api_request once = *rq;
  struct order_id id;
  bool due;
  once.key = NULL; /* each call is another moment */
  TRY(order_find(cx, rq->id, &id));
  TRY(presence_read(cx, id.v, found, &due));
  if (due)
    TRY(api_run(cx, &once, &presence_here_act, &(struct act_input){.body = &id.v, .version = ABSENT}, out));
  *out = (struct act_result){.rec = &presences_rec, .value = found, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_gone(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct api_request once = *rq;
  struct order_id id;
  once.key = NULL;
  TRY(order_find(cx, rq->id, &id));
  return api_run(cx, &once, &presence_gone_act, &(struct act_input){.body = &id.v, .version = ABSENT}, out);
}

const struct route presence_routes[] = {
    {"PUT", "/v1/orders/{id}/presence", "Say that one looks at an order, and hear who else does",
     "For screens: send it every 10 s while the order, or one of its holds in review, is on the screen. Whoever was "
     "not heard "
     "of for 45 s is gone. It is no event and moves no version; all servers on one database know. `Idempotency-Key` "
     "has no "
     "effect here.",
     .needs = PERM_ORDER_READ, .reply = &presences_rec, .success = 200, .serve = serve_here},
    {"DELETE", "/v1/orders/{id}/presence", "Say that one has left an order", "Again is harmless.",
     .needs = PERM_ORDER_READ, .success = 204, .serve = serve_gone},
    {0},
};
