/* hooks - addresses that the log is told to: whom, what, signed how, and what became of it. Standard Webhooks
 * (standardwebhooks.com): headers webhook-id, webhook-timestamp and webhook-signature ("v1," and the base64 of HMAC-SHA-256
 * over "id.timestamp.body" with the secret's bytes).
 *
 * A consumer of the feed (hooks_consumer) puts one job for each endpoint and event that it wants; edge/connect delivers. The
 * jobs of one endpoint about one record stand in a lane: each order's events arrive in their order, and nobody else waits for
 * them. The body is made when it is sent, from the event, which never changes: every attempt has the same body and the same
 * webhook-id, and personal data that were erased meanwhile are not sent any more.
 *
 *   {"type": "order.placed", "timestamp": "2026-11-20T08:00:00.000Z", "data": {the entry as GET /v1/events gives it}}
 *
 * An endpoint is never switched off by itself: what is not accepted is tried again for about three days, then stands dead in
 * the list of jobs; replaying a range of the log brings everything back, under the same webhook-ids.
 * Events about jobs and webhooks themselves are told to nobody: they would be about their own deliveries.
 *
 * Reference table: webhook, at most WEBHOOKS_MAX rows. Events: webhook.created, webhook.updated, webhook.deleted,
 * webhook.replayed; the secret is in none of them.
 */
#ifndef ORDO_HOOKS_H
#define ORDO_HOOKS_H

#include "acts.h"
#include "consumers.h"
#include "context.h"
#include "jobs.h"

#define WEBHOOKS_MAX          100
#define WEBHOOK_TOPICS_MAX    50
#define WEBHOOK_SECRET_BYTES  32
#define WEBHOOK_SECRET_TEXT   64                /* "whsec_" and their base64, and NUL */
#define WEBHOOK_ID_TEXT       80                /* of a webhook-id */
#define WEBHOOK_JOB           "webhook.deliver" /* kind of its jobs */
#define WEBHOOK_REPLAY_EVENTS 500               /* deliveries that one replay queues ... */
#define WEBHOOK_REPLAY_SCAN   5000              /* ... of so many events it looks through */

/* How an endpoint fares: what its jobs say. */
struct webhook_health {
  const char *target; /* "whk_..." */
  int64_t waiting, retrying, dead;
  bool failing;                /* some are tried again, or were given up */
  struct instant oldest_at;    /* of those that wait or are tried again */
  struct instant delivered_at; /* the last one that was accepted; where one endpoint is asked for */
};

struct webhook {
  struct webhook_id id;
  int64_t version;
  const char *url, *description;
  LIST(const char *) topics;            /* "order.placed", "order.*", "*" */
  LIST(const char *) channels;          /* codes: only events about orders of these; empty = all events */
  bool active;                          /* false: what happens is not noted for it */
  bool personal;                        /* personal data go with the events */
  const char *secret;                   /* "whsec_...": only in the answer that made it, else NULL */
  const char *signing, *signing_before; /* how the row keeps the secrets; the second one signs too, until: */
  struct instant before_until;          /* ABSENT = there is none */
  struct instant created_at, updated_at;
  struct webhook_health *health; /* filled when it is read over HTTP */
};
typedef LIST(struct webhook) webhooks;
extern const struct rec webhook_rec, webhook_health_rec;
extern const struct db_table webhook_table;

/* A new secret, from the system's randomness. */
void webhook_secret_draw(char out[WEBHOOK_SECRET_TEXT]);

/* Body: webhook_rec, with .signing set. ERR_FORBIDDEN: personal data for who may not see them. */
extern const struct act webhook_create_act, webhook_update_act, webhook_delete_act;
/* Body: struct webhook_rotation. */
struct webhook_rotation {
  int64_t grace_hours; /* the old secret signs beside the new one so long; 0 = not at all */
  const char *signing;
};
extern const struct rec webhook_rotation_rec;
extern const struct act webhook_rotate_act;

MUST_CHECK enum err webhook_load(struct ctx *cx, const char *id, struct webhook *out);
/* From the memo. ERR_NOT_FOUND without a fault text. */
MUST_CHECK enum err webhook_by_id(struct ctx *cx, int64_t id, const struct webhook **out);
/* Fills .health of rows. one: when the last delivery was accepted, too. */
MUST_CHECK enum err webhooks_health(struct ctx *cx, struct webhook *hooks, size_t n, bool one);

/* ---- Deliveries -------------------------------------------------------------------------------------------------- */

/* Puts a job for each active endpoint that wants the event. */
extern const struct consumer hooks_consumer;

/* What a delivery says. ERR_NOT_FOUND without a fault text: the endpoint or the event is gone. */
struct webhook_message {
  const struct webhook *hook;
  const char *id, *body;
};
/* Of a job of the kind WEBHOOK_JOB; personal: with personal data, where the endpoint gets them. */
MUST_CHECK enum err webhook_message(struct ctx *cx, const struct job *job, bool personal, struct webhook_message *out);
/* "v1,..." for each secret that signs at that time, with blanks between. */
const char *webhook_signatures(struct arena *a, const struct webhook *hook, const char *id, struct instant at,
                               const char *body);
/* One: secret is "whsec_..."; NULL when it is none. */
const char *webhook_signature(struct arena *a, const char *secret, const char *id, int64_t timestamp, const char *body);

/* POST /v1/webhooks/{id}/test: puts a job that says {"type": "webhook.test"}; answers the job. Also of one that is not active. */
extern const struct act webhook_test_act;

/* POST /v1/webhooks/{id}/deliveries/{job}/replay: job_replay_act, of a delivery of this endpoint. */
extern const struct act webhook_delivery_replay_act;

/* POST /v1/webhooks/{id}/replay: what happened in a range of time and the endpoint wants now, again or for the first time, in
 * the order it happened. */
struct webhook_replay_input {
  struct instant from, to; /* to ABSENT = now; not in */
  int64_t after;           /* go on behind this place of the feed; ABSENT = from the beginning of the range */
};
struct webhook_replayed {
  int64_t queued;
  bool more;
  int64_t next; /* place to go on after; ABSENT at the end */
};
extern const struct rec webhook_replay_rec, webhook_replayed_rec;
/* Which events those are, at most WEBHOOK_REPLAY_EVENTS, in the order of the feed: looked for on a reader, so that no act waits
 * for it. ERR_INVALID for a range that ends before it begins. */
struct webhook_replay {
  const struct webhook_replay_input *input;
  feed_entries events;
  int64_t next; /* ABSENT = the range was gone through */
};
MUST_CHECK enum err webhook_replay_find(struct ctx *cx, const char *id, const struct webhook_replay_input *input,
                                        struct webhook_replay *out);
/* Body: struct webhook_replay. */
extern const struct act webhook_replay_act;

#endif
