/* Webhooks as records and rows. */
#include "hooks_priv.h"

#include <string.h>

static bool url_valid(const char *url)
{
  const char *host = text_starts(url, "https://") ? url + 8 : text_starts(url, "http://") ? url + 7 : NULL;
  for (const unsigned char *c = (const unsigned char *)url; *c; c++)
    if (*c <= ' ' || *c == 0x7f)
      return false;
  if (!host)
    return false;
  size_t n = strcspn(host, "/?#");
  return n > 0 && !memchr(host, '@', n) && host[0] != ':';
}

/* "order.placed", "order.*", "*" */
bool webhook_topic_valid(const char *topic)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
  size_t n = strspn(topic, letters);
  if (strcmp(topic, "*") == 0)
    return true;
  if (n == 0 || topic[n] != '.')
    return false;
  const char *verb = topic + n + 1;
  return strcmp(verb, "*") == 0 || (*verb && strspn(verb, letters) == strlen(verb));
}

static const struct rec_field health_fields[] = {
    FIELD(struct webhook_health, waiting, .flags = REC_REQUIRED, .doc = "Not sent yet", .example = "0"),
    FIELD(struct webhook_health, retrying, .flags = REC_REQUIRED, .doc = "Not accepted yet, and tried again",
          .example = "2"),
    FIELD(struct webhook_health, dead, .flags = REC_REQUIRED, .doc = "Given up after all tries", .example = "0"),
    FIELD(struct webhook_health, failing, .flags = REC_REQUIRED, .doc = "Some are tried again, or were given up",
          .example = "true"),
    FIELD(struct webhook_health, oldest_at, .doc = "Since when the oldest of those waits that were not accepted yet"),
    FIELD(struct webhook_health, delivered_at, .doc = "The last that was accepted; not in lists"),
};
const struct rec webhook_health_rec =
    REC(struct webhook_health, "WebhookHealth", health_fields, "How deliveries to an endpoint fare");

static const struct rec_field webhook_fields[] = {
    FIELD_AS(REC_ID, struct webhook, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_webhook,
             .doc = "Id of the webhook", .example = "whk_01jd7k3v9q2m8"),
    FIELD(struct webhook, version, .flags = REC_READONLY, .doc = "1 at first, one more with each change",
          .example = "1"),
    FIELD(struct webhook, url, .flags = REC_REQUIRED, .max = 2000, .check = url_valid,
          .doc = "Where deliveries are sent to: http or https, without user and password",
          .example = "https://example.com/ordo"),
    FIELD(struct webhook, description, .min = 1, .max = 200, .doc = "For people", .example = "The warehouse's system"),
    FIELD_AS(REC_TEXTS, struct webhook, topics, .flags = REC_REQUIRED, .min = 1, .max = WEBHOOK_TOPICS_MAX,
             .doc = "What it is told: topics, `order.*` for all of a kind, `*` for everything",
             .example = "[\"order.*\",\"stock.adjusted\"]"),
    FIELD_AS(REC_TEXTS, struct webhook, channels, .max = 200,
             .doc = "Only of orders of these channels; empty = everything", .example = "[\"web\"]"),
    FIELD(struct webhook, active, .def = true, .has_def = true, .doc = "false: what happens is not noted for it",
          .example = "true"),
    FIELD(struct webhook, personal,
          .doc = "Names and addresses go with the events; who says so must have `personal.read`", .example = "false"),
    FIELD(struct webhook, secret, .flags = REC_READONLY | REC_VIRTUAL,
          .doc = "Signs deliveries; only in the answer that made it",
          .example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    FIELD(struct webhook, signing, .column = "secret", .flags = REC_HIDDEN),
    FIELD(struct webhook, signing_before, .column = "old_secret", .flags = REC_HIDDEN),
    FIELD(struct webhook, before_until, .column = "old_secret_until", .flags = REC_READONLY,
          .doc = "The secret before the last rotation signs too, until then"),
    FIELD(struct webhook, created_at, .flags = REC_READONLY, .doc = "When it was made",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct webhook, updated_at, .flags = REC_READONLY, .doc = "When it last changed",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD_AS(REC_RECORD, struct webhook, health, .rec = &webhook_health_rec, .flags = REC_READONLY | REC_VIRTUAL,
             .doc = "How its deliveries fare"),
};
const struct rec webhook_rec = REC(struct webhook, "Webhook", webhook_fields, "An address that the log is told to");
const struct db_table webhook_table = {"webhook", &webhook_rec};

static const struct rec_field rotation_fields[] = {
    FIELD(struct webhook_rotation, grace_hours, .min = 0, .max = 720, .def = 24, .has_def = true,
          .doc = "The old secret signs beside the new one so long; 0 = not at all", .example = "24"),
};
const struct rec webhook_rotation_rec =
    REC(struct webhook_rotation, "WebhookRotation", rotation_fields, "A new secret for an endpoint");

static const struct rec_field replay_fields[] = {
    FIELD(struct webhook_replay_input, from, .flags = REC_REQUIRED, .doc = "What happened then or later",
          .example = "2026-11-20T08:00:00Z"),
    FIELD(struct webhook_replay_input, to, .doc = "And before; left out = until now",
          .example = "2026-11-20T09:00:00Z"),
    FIELD(struct webhook_replay_input, after, .min = 0, .max = INT64_MAX,
          .doc = "`next` of the answer before, to go on", .example = "8123"),
};
const struct rec webhook_replay_rec =
    REC(struct webhook_replay_input, "WebhookReplay", replay_fields, "A range of time to be told again");

static const struct rec_field replayed_fields[] = {
    FIELD(struct webhook_replayed, queued, .flags = REC_REQUIRED, .doc = "So many deliveries are on their way",
          .example = "120"),
    FIELD(struct webhook_replayed, more, .flags = REC_REQUIRED, .doc = "There is more: go on with `next` as `after`",
          .example = "false"),
    FIELD(struct webhook_replayed, next, .doc = "Where to go on", .example = "8123"),
};
const struct rec webhook_replayed_rec =
    REC(struct webhook_replayed, "WebhookReplayed", replayed_fields, "What is told again");
