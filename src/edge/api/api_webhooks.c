/* Webhooks over HTTP: endpoints, their secrets, what became of deliveries. */
#include "api.h"
#include "api_where_priv.h"

#include "hooks.h"

/* Shown once: what is stored for repeats of the request does not have it. */
static void add_secret(struct ctx *cx, const char *secret, struct act_result *out)
{
  if (!out->value)
    return; /* a repeat */
  struct webhook *hook = arena_copy(cx->arena, out->value, sizeof *hook);
  hook->secret = secret;
  out->value = hook;
}

static const char *draw(struct ctx *cx)
{
  char secret[WEBHOOK_SECRET_TEXT];
  webhook_secret_draw(secret);
  return arena_text(cx->arena, secret);
}

static enum err serve_create(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct webhook hook = *(const struct webhook *)rq->body;
  hook.signing = draw(cx);
  TRY(api_run(cx, rq, &webhook_create_act, &(struct act_input){.body = &hook, .version = ABSENT}, out));
  add_secret(cx, hook.signing, out);
  return ERR_OK;
}

static enum err serve_replay(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct webhook_replay found;
  TRY(webhook_replay_find(cx, rq->id, rq->body, &found));
  return api_run(cx, rq, &webhook_replay_act, &(struct act_input){.id = rq->id, .body = &found, .version = ABSENT}, out);
}

static enum err serve_rotate(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct webhook_rotation rotation = *(const struct webhook_rotation *)rq->body;
  rotation.signing = draw(cx);
  TRY(api_run(cx, rq, &webhook_rotate_act, &(struct act_input){.id = rq->id, .body = &rotation, .version = ABSENT},
              out));
  add_secret(cx, rotation.signing, out);
  return ERR_OK;
}

static enum err serve_webhook(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct webhook *hook = ARENA_NEW(cx->arena, struct webhook);
  TRY(webhook_load(cx, rq->id, hook));
  TRY(webhooks_health(cx, hook, 1, true));
  *out = (struct act_result){.rec = &webhook_rec, .value = hook, .version = hook->version};
  return ERR_OK;
}

static enum err fill_webhooks(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  return webhooks_health(cx, rows, n, false);
}

static const struct api_list webhooks_list = {
    .table = &webhook_table,
    .filters = (const char *const[]){"active", "created_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .fill = fill_webhooks,
};

/* ---- Deliveries ---- */

static enum err narrow_deliveries(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct webhook hook;
  char id[ID_TEXT];
  TRY(webhook_load(cx, rq->id, &hook));
  id_format(PREFIX_webhook, hook.id.v, id);
  api_where(cx, page, "target = $1", (const struct db_value[]){TEXT(arena_text(cx->arena, id))}, 1);
  return ERR_OK;
}

static const struct api_list deliveries_list = {
    .table = &job_table,
    .filters = (const char *const[]){"state", "subject", "code", "created_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = narrow_deliveries,
};

struct delivery_shown {
  struct job *job;
  const char *webhook_id, *payload;
};
static const struct rec_field delivery_fields[] = {
    FIELD_AS(REC_RECORD, struct delivery_shown, job, .rec = &job_rec, .doc = "The job with its attempts"),
    FIELD(struct delivery_shown, webhook_id, .doc = "What every attempt says in the header webhook-id",
          .example = "ord_01jd7k3v9q2m8_256"),
    FIELD_AS(REC_JSON, struct delivery_shown, payload, .max = 1 << 20,
             .doc =
                 "The body as it is sent; without personal data for who may not see them; left out when the event or "
                 "the webhook is gone",
             .example = "{\"type\": \"order.placed\"}"),
};
static const struct rec delivery_rec =
    REC(struct delivery_shown, "WebhookDelivery", delivery_fields, "A delivery: what is sent, and what was answered");

static enum err serve_delivery(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct delivery_shown *shown = ARENA_NEW(cx->arena, struct delivery_shown);
  struct webhook_message message;
  struct webhook hook;
  char id[ID_TEXT];
  bool personal = cx->actor.permissions & PERMISSION(PERM_PERSONAL_READ);
  TRY(webhook_load(cx, rq->id, &hook));
  shown->job = ARENA_NEW(cx->arena, struct job);
  TRY(job_load(cx, rq->id2, true, shown->job));
  id_format(PREFIX_webhook, hook.id.v, id);
  if (!text_eq(shown->job->target, id))
    return err_fail(cx, ERR_NOT_FOUND, "", "%.64s is no delivery of this webhook", rq->id2);
  enum err err = webhook_message(cx, shown->job, personal, &message);
  if (err != ERR_NOT_FOUND)
    TRY(err);
  if (err == ERR_OK) {
    shown->webhook_id = message.id;
    shown->payload = message.body;
  }
  *out = (struct act_result){.rec = &delivery_rec, .value = shown, .version = shown->job->version};
  return ERR_OK;
}

static const enum err create_errors[] = {ERR_FORBIDDEN, ERR_OK};
static const enum err state_errors[] = {ERR_STATE, ERR_OK};

const struct route webhook_routes[] = {
    {"POST", "/v1/webhooks", "Make a webhook",
     "The answer's `secret` is shown this once: it signs every delivery. A repeat with the same `Idempotency-Key` "
     "answers "
     "without it; rotate then.\n\n"
     "Deliveries follow [Standard Webhooks](https://www.standardwebhooks.com): the headers `webhook-id` (the same for "
     "each "
     "attempt, so that what comes twice can be seen to be one), `webhook-timestamp` and `webhook-signature`, and a "
     "body\n\n"
     "```json\n"
     "{\"type\": \"order.placed\", \"timestamp\": \"2026-11-20T08:00:00.000Z\", \"data\": {the entry of GET "
     "/v1/events}}\n"
     "```\n\n"
     "Events about one record arrive one after the other, in their order. Any answer of 200 to 299 within 15 seconds "
     "accepts a delivery. Everything else is tried again, first after 10 seconds and then after twice as long each "
     "time, for "
     "about three days; 410 is not. What is given up stays in the list of deliveries. A webhook is never switched off "
     "by "
     "itself.",
     .needs = PERM_WEBHOOK_WRITE, .body = &webhook_rec, .reply = &webhook_rec, .success = 201, .serve = serve_create,
     .errors = create_errors},
    {"GET", "/v1/webhooks", "List webhooks", "Newest first, with their health. Secrets are never shown.",
     .needs = PERM_WEBHOOK_READ, .reply = &webhook_rec, .success = 200, .list = &webhooks_list},
    {"GET", "/v1/webhooks/{id}", "One webhook", "With its health.", .needs = PERM_WEBHOOK_READ, .reply = &webhook_rec,
     .success = 200, .serve = serve_webhook},
    {"PATCH", "/v1/webhooks/{id}", "Change a webhook",
     "What is not sent stays as it is, lists are replaced. Deliveries that wait go to the new address.",
     .needs = PERM_WEBHOOK_WRITE, .body = &webhook_rec, .reply = &webhook_rec, .success = 200,
     .act = &webhook_update_act, .errors = create_errors, .flags = ROUTE_PATCH},
    {"DELETE", "/v1/webhooks/{id}", "Delete a webhook", "Deliveries that wait are given up when their time comes.",
     .needs = PERM_WEBHOOK_WRITE, .success = 204, .act = &webhook_delete_act},
    {"POST", "/v1/webhooks/{id}/rotate", "Replace the secret of a webhook",
     "The answer's `secret` is the new one, shown this once. The old one signs beside it for `grace_hours`: receivers "
     "find "
     "both signatures in the header, with a blank between.",
     .needs = PERM_WEBHOOK_WRITE, .body = &webhook_rotation_rec, .reply = &webhook_rec, .success = 200,
     .serve = serve_rotate, .errors = create_errors},
    {"POST", "/v1/webhooks/{id}/test", "Send a test delivery",
     "Of the type `webhook.test`; also to one that is not active. The answer is its job: look at the delivery for what "
     "the "
     "receiver said.",
     .needs = PERM_WEBHOOK_WRITE, .reply = &job_rec, .success = 200, .act = &webhook_test_act},
    {"POST", "/v1/webhooks/{id}/replay", "Tell a range of time again",
     "What happened in it and the webhook wants now, again or for the first time, in the order it happened and under "
     "the "
     "same `webhook-id`s. At most 500 deliveries a call: `more` and `next` say how to go on.",
     .needs = PERM_WEBHOOK_WRITE, .body = &webhook_replay_rec, .reply = &webhook_replayed_rec, .success = 200,
     .serve = serve_replay},
    {"GET", "/v1/webhooks/{id}/deliveries", "List the deliveries of a webhook",
     "Newest first, with what the receiver answered last.", .needs = PERM_WEBHOOK_READ, .reply = &job_rec,
     .success = 200, .list = &deliveries_list},
    {"GET", "/v1/webhooks/{id}/deliveries/{job}", "One delivery", "With its body and all its attempts.",
     .needs = PERM_WEBHOOK_READ, .reply = &delivery_rec, .success = 200, .serve = serve_delivery},
    {"POST", "/v1/webhooks/{id}/deliveries/{job}/replay", "Send a delivery again",
     "At once, with all its tries before it; also one that was accepted.", .needs = PERM_WEBHOOK_WRITE,
     .reply = &job_rec, .success = 200, .act = &webhook_delivery_replay_act, .errors = state_errors},
    {0},
};
