/* Tracking links over HTTP: staff make them, customers follow them without signing in. */
#include "api_priv.h"

#include "identity.h"
#include "tracking.h"

#include <pthread.h>
#include <string.h>

/* ---- How often an address may ask --------------------------------------------------------------------------------------- */

enum {
  ASKED_MAX = 60, /* in a window: a family behind one address that looks every few seconds */
  WINDOW_MS = 60 * 1000,
};

static enum err rate_check(struct ctx *cx, struct askers *asked, const char *address)
{
  int64_t window = cx->now.ms / WINDOW_MS, n;
  size_t slot = identity_address_hash(address ? address : "") % ASKERS;
  pthread_mutex_lock(&asked->lock);
  if (asked->at[slot].window != window) {
    asked->at[slot].window = window;
    asked->at[slot].n = 0;
  }
  n = ++asked->at[slot].n;
  pthread_mutex_unlock(&asked->lock);
  if (n <= ASKED_MAX)
    return ERR_OK;
  cx->fault.retry_after_s = (int)((WINDOW_MS - cx->now.ms % WINDOW_MS) / 1000 + 1);
  return err_fail(cx, ERR_RATE, "", "at most %d times a minute", ASKED_MAX);
}

bool track_may_ask(struct ctx *cx, struct api *api, const struct http_request *rq)
{
  bool fine = rate_check(cx, &api->askers, rq->client) == ERR_OK;
  fault_clear(&cx->fault);
  return fine;
}

/* ---- Serving --------------------------------------------------------------------------------------------------------------- */

static enum err serve_link(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct tracking_link *link = ARENA_NEW(cx->arena, struct tracking_link);
  TRY(tracking_link_make(cx, rq->id, link));
  *out = (struct act_result){.rec = &tracking_link_rec, .value = link, .version = ABSENT};
  return ERR_OK;
}

static const struct api_param track_params[] = {
    {"language", REC_TEXT, "Language of product names; left out = the order's", "zh-CN"},
    {0},
};

static enum err serve_track(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct tracking_view *view = ARENA_NEW(cx->arena, struct tracking_view);
  struct order_id id;
  if (rq->http)
    TRY(rate_check(cx, &rq->api->askers, rq->http->client));
  TRY(tracking_token_read(cx, rq->id, &id));
  TRY(tracking_view_make(cx, id, rq->params[0].text, view));
  *out = (struct act_result){.rec = &tracking_view_rec, .value = view, .version = ABSENT};
  if (rq->reply)
    http_header_add(cx->arena, rq->reply, "X-Robots-Tag", "noindex");
  return ERR_OK;
}

static const struct api_param promises_params[] = {
    {"fulfillments", REC_TEXT, "Their ids, with commas; at most 100", "ful_01jd7k3v9q2m8,ful_01jd7k3v9q2m9"},
    {0},
};

static enum err serve_promises(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct tracking_promises *found = ARENA_NEW(cx->arena, struct tracking_promises);
  if (!rq->params[0].text)
    return fault_add(&cx->fault, ERR_INVALID, "/query/fulfillments", "required", "please name fulfillments");
  TRY(tracking_promises_load(cx, rq->params[0].text, found));
  *out = (struct act_result){.rec = &tracking_promises_rec, .value = found, .version = ABSENT};
  return ERR_OK;
}

static const enum err link_errors[] = {ERR_NOT_FOUND, ERR_STATE, ERR_OK};
static const enum err track_errors[] = {ERR_NOT_FOUND, ERR_RATE, ERR_OK};

const struct route track_routes[] = {
    {"GET", "/v1/orders/{id}/tracking_link", "The link by which a customer follows an order",
     "The same for ever, and not to be guessed. Whoever has it sees what `GET /v1/track/{token}` shows: no personal "
     "data "
     "beyond country, city and a masked name.",
     .needs = PERM_ORDER_READ, .reply = &tracking_link_rec, .success = 200, .serve = serve_link, .errors = link_errors},
    {"GET", "/v1/delivery_promises", "What was promised of deliveries, and why it moved",
     "For staff who look at many: the first promise, when each is expected now, and how the order's promise changed.",
     .needs = PERM_FULFILLMENT_READ, .reply = &tracking_promises_rec, .success = 200, .serve = serve_promises,
     .params = promises_params},
    {"GET", "/v1/track/{token}", "What a customer sees of an order",
     "Without signing in. The expected date first, how it changed and why, the steps, each parcel with its scans, "
     "newest "
     "first. Every token that leads nowhere gets the same 404; an address may ask 60 times a minute.",
     .needs = PERM_PUBLIC, .reply = &tracking_view_rec, .success = 200, .serve = serve_track, .params = track_params,
     .errors = track_errors},
    {0},
};
