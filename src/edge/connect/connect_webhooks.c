/* Delivers events to endpoints, by Standard Webhooks. */
#include "connect.h"

#include "hooks.h"

#include <string.h>

enum { ANSWER_MAX = 64 << 10, ANSWER_TEXT = 1000 };

static void judge(struct ctx *cx, const struct net_answer *answer, struct job_outcome *out)
{
  out->status = answer->status;
  out->answer = net_text(cx->arena, answer->body, answer->body_n, ANSWER_TEXT);
  if (answer->status >= 200 && answer->status <= 299)
    return;
  out->end = answer->status == 410 ? JOB_END_DEAD : JOB_END_RETRY;
  out->code = arena_printf(cx->arena, "http_%d", answer->status);
  out->reason = answer->status == 410 ? "the receiver says that it does not want deliveries any more (410)"
                                      : arena_printf(cx->arena, "the receiver answered %d", answer->status);
  out->retry_after_ms = net_retry_after(net_answer_header(answer, "retry-after"), cx->now);
}

static void deliver(struct ctx *cx, const struct job_run *run, const struct webhook_message *message,
                    struct job_outcome *out)
{
  struct net_limits limits;
  struct net_answer answer;
  struct net_fault fault;
  const struct net_header headers[] = {
      {"Content-Type", "application/json"},
      {"User-Agent", CONNECT_USER_AGENT},
      {"webhook-id", message->id},
      {"webhook-timestamp", arena_printf(cx->arena, "%lld", (long long)(cx->now.ms / SECOND_MS))},
      {"webhook-signature", webhook_signatures(cx->arena, message->hook, message->id, cx->now, message->body)},
  };
  const struct net_request request = {.method = "POST",
                                      .url = message->hook->url,
                                      .headers = headers,
                                      .n_headers = COUNT_OF(headers),
                                      .body = message->body,
                                      .body_n = strlen(message->body)};
  enum err err = connect_limits(cx, run, WEBHOOK_LIMIT_MS, &limits);
  if (err != ERR_OK) {
    connect_failed(cx, err, out);
    return;
  }
  limits.answer_max = ANSWER_MAX;
  if (net_http(cx->arena, &request, &limits, &answer, &fault) == ERR_OK)
    judge(cx, &answer, out);
  else
    connect_no_answer(&fault, out);
}

static void run(struct ctx *cx, const struct job_run *run, struct job_outcome *out)
{
  struct webhook_message message;
  enum err err = webhook_message(cx, run->job, true, &message);
  if (err == ERR_NOT_FOUND) {
    out->end = JOB_END_DEAD;
    out->code = "endpoint_gone";
    out->reason = "the webhook was deleted";
  } else if (err != ERR_OK) {
    connect_failed(cx, err, out);
  } else {
    deliver(cx, run, &message, out);
  }
}

/* 10 s, twice as long each time, at most 8 h: 20 tries take about three days. */
const struct job_kind webhook_kind = {
    .name = WEBHOOK_JOB,
    .doc = "tells an endpoint what happened",
    .tries = WEBHOOK_TRIES,
    .first_wait_ms = 10 * SECOND_MS,
    .longest_wait_ms = 8 * HOUR_MS,
    .limit_ms = WEBHOOK_LIMIT_MS,
    .run = run,
};
