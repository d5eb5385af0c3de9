/* What a delivery says, and its signature. */
#include "hooks_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Signatures ---- */

const char *webhook_signature(struct arena *a, const char *secret, const char *id, int64_t timestamp, const char *body)
{
  static const char prefix[] = "whsec_";
  struct buf key, signed_text, out;
  unsigned char mac[HASH_BYTES];
  buf_init(&key, a);
  buf_init(&signed_text, a);
  buf_init(&out, a);
  const char *text = text_starts(secret, prefix) ? secret + sizeof prefix - 1 : secret;
  if (!base64_read(text, strlen(text), &key) || key.n == 0)
    return NULL;
  buf_printf(&signed_text, "%s.%lld.", id, (long long)timestamp);
  buf_text(&signed_text, body);
  hmac_sha256(key.at, key.n, signed_text.at, signed_text.n, mac);
  buf_text(&out, "v1,");
  base64_add(&out, mac, sizeof mac);
  return buf_str(&out);
}

const char *webhook_signatures(struct arena *a, const struct webhook *hook, const char *id, struct instant at,
                               const char *body)
{
  const char *now = webhook_signature(a, hook->signing, id, at.ms / SECOND_MS, body), *before = NULL;
  if (hook->signing_before && instant_set(hook->before_until) && at.ms < hook->before_until.ms)
    before = webhook_signature(a, hook->signing_before, id, at.ms / SECOND_MS, body);
  return before ? arena_printf(a, "%s %s", now, before) : now;
}

/* ---- Bodies ---- */

/* What a job's data name. */
struct delivery {
  const char *webhook, *event; /* "whk_...", "ord_....256"; event NULL: a test */
  const char *topic;           /* for people who look at the job */
};

static const struct rec_field delivery_fields[] = {
    FIELD(struct delivery, webhook, .flags = REC_REQUIRED),
    FIELD(struct delivery, event),
    FIELD(struct delivery, topic),
};
static const struct rec delivery_rec = REC(struct delivery, "Delivery", delivery_fields, "What a job delivers");

/* "ord_01jd7k3v9q2m8.256" */
static bool event_key(const char *text, int64_t *out_subject, int64_t *out_n)
{
  const char *dot = strrchr(text, '.'), *underline = strchr(text, '_');
  char subject[ID_TEXT], prefix[ID_TEXT];
  if (!dot || !underline || underline > dot || (size_t)(dot - text) >= sizeof subject)
    return false;
  snprintf(subject, sizeof subject, "%.*s", (int)(dot - text), text);
  snprintf(prefix, sizeof prefix, "%.*s", (int)(underline - text), text);
  return id_parse(prefix, subject, out_subject) && decimal_parse(dot + 1, strlen(dot + 1), 0, out_n);
}

/* The name of the event, without the full stop that separates the parts of what is signed. */
static const char *message_id(struct arena *a, const char *name)
{
  char *id = arena_text(a, name);
  for (char *c = id; *c; c++)
    if (*c == '.' || *c == ' ')
      *c = '_';
  return id;
}

static const char *event_body(struct arena *a, const struct feed_entry *event, bool personal)
{
  static const struct rec_view bare = {.without_personal = true};
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "type", event->topic);
  json_key(&o, "timestamp");
  json_instant(&o, event->at);
  json_key(&o, "data");
  json_record(&o, &feed_entry_rec, event, personal ? NULL : &bare);
  json_object_end(&o);
  return buf_str(&text);
}

static const char *test_body(struct arena *a, const struct job *job, const char *webhook)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "type", "webhook.test");
  json_key(&o, "timestamp");
  json_instant(&o, job->created_at);
  json_key(&o, "data");
  json_object(&o);
  json_put_text(&o, "webhook", webhook);
  json_object_end(&o);
  json_object_end(&o);
  return buf_str(&text);
}

enum err webhook_message(struct ctx *cx, const struct job *job, bool personal, struct webhook_message *out)
{
  struct delivery d;
  struct feed_entry event;
  int64_t hook_id, subject, n;
  rec_init(&delivery_rec, &d);
  TRY(rec_read(&delivery_rec, job->data, strlen(job->data), "", cx->arena, &cx->fault, &d));
  if (!id_parse(PREFIX_webhook, d.webhook, &hook_id))
    return ERR_NOT_FOUND;
  TRY(webhook_by_id(cx, hook_id, &out->hook));
  if (!d.event) {
    char id[ID_TEXT];
    id_format(PREFIX_job, job->id.v, id);
    out->id = arena_text(cx->arena, id);
    out->body = test_body(cx->arena, job, d.webhook);
    return ERR_OK;
  }
  if (!event_key(d.event, &subject, &n))
    return ERR_NOT_FOUND;
  TRY(event_read(cx, job->bucket, subject, n, job->place, &event));
  out->id = message_id(cx->arena, d.event);
  out->body = event_body(cx->arena, &event, personal && out->hook->personal);
  return ERR_OK;
}
