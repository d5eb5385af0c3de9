#include "hooks.h"

#include "rec.h"
#include "scratch.h"
#include "test.h"

#include <string.h>

#define NOON "2026-01-05T12:00:00Z"

/* ---- Signatures ---- */

struct vector {
  const char *scheme, *source, *secret, *msg_id, *payload, *signature;
  int64_t timestamp;
};

/* The members of one object of the file that matter here; texts of others are passed over. */
static void read_vector(struct json *j, struct arena *a, struct vector *out)
{
  while (json_next(j) == JSON_KEY) {
    const char *key = arena_text(a, j->text);
    enum json_token token = json_next(j);
    const char *text = arena_text(a, j->text);
    if (token == JSON_NUMBER && strcmp(key, "timestamp") == 0)
      CHECK(decimal_parse(text, strlen(text), 0, &out->timestamp));
    if (token != JSON_STRING)
      continue;
    const char **to = strcmp(key, "scheme") == 0      ? &out->scheme
                      : strcmp(key, "secret") == 0    ? &out->secret
                      : strcmp(key, "msg_id") == 0    ? &out->msg_id
                      : strcmp(key, "payload") == 0   ? &out->payload
                      : strcmp(key, "signature") == 0 ? &out->signature
                                                      : &out->source;
    *to = text;
  }
}

TEST(signatures_are_those_of_standard_webhooks)
{
  const char *path = test_data(t, "webhook-signatures/vectors.json");
  if (!path)
    SKIP("../shared/data/webhook-signatures is not there");
  struct json j;
  size_t n;
  int checked = 0;
  const char *text = test_read_file(t, path, &n);
  json_init(&j, text, n, t->arena);
  CHECK_INT(json_next(&j), JSON_ARRAY);
  while (json_next(&j) == JSON_OBJECT) {
    struct vector v = {0};
    read_vector(&j, t->arena, &v);
    if (!text_eq(v.scheme, "standard-webhooks"))
      continue;
    CHECK_TEXT(webhook_signature(t->arena, v.secret, v.msg_id, v.timestamp, v.payload), v.signature);
    checked++;
  }
  CHECK(checked > 0);
}

TEST(a_secret_that_is_none_signs_nothing)
{
  static const char *const wrong[] = {"", "whsec_", "whsec_not base64", "whsec_abc"};
  for (size_t i = 0; i < COUNT_OF(wrong); i++)
    CHECK(webhook_signature(t->arena, wrong[i], "id", 1, "{}") == NULL);
}

TEST(the_old_secret_signs_until_its_time_is_over)
{
  struct webhook hook = {.signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                         .signing_before = "whsec_AAAA",
                         .before_until = INSTANT(5000)};
  const char *now = webhook_signature(t->arena, hook.signing, "id", 4, "{}");
  const char *before = webhook_signature(t->arena, hook.signing_before, "id", 4, "{}");
  CHECK_TEXT(webhook_signatures(t->arena, &hook, "id", INSTANT(4999), "{}"),
             arena_printf(t->arena, "%s %s", now, before));
  CHECK_TEXT(webhook_signatures(t->arena, &hook, "id", INSTANT(5000), "{}"),
             webhook_signature(t->arena, hook.signing, "id", 5, "{}"));
}

TEST(no_two_secrets_are_alike)
{
  char one[WEBHOOK_SECRET_TEXT], other[WEBHOOK_SECRET_TEXT];
  struct buf bytes;
  webhook_secret_draw(one);
  webhook_secret_draw(other);
  CHECK(strcmp(one, other) != 0);
  buf_init(&bytes, t->arena);
  CHECK(base64_read(one + strlen("whsec_"), strlen(one) - strlen("whsec_"), &bytes));
  CHECK_INT(bytes.n, WEBHOOK_SECRET_BYTES);
}

/* ---- Reactions ---- */

static struct webhook make(struct ctx *cx, const char *topic)
{
  struct webhook hook, *made = ARENA_NEW(cx->arena, struct webhook);
  struct act_result r;
  rec_init(&webhook_rec, &hook);
  hook.url = "https://example.com/";
  hook.signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  *LIST_ADD(cx->arena, &hook.topics) = topic;
  CHECK_OK(scratch_act(cx, &webhook_create_act, (struct act_input){.body = &hook, .version = ABSENT}, &r));
  *made = *(const struct webhook *)r.value;
  return *made;
}

static void react(struct ctx *cx, const char *topic, int64_t cursor)
{
  struct feed_entry event = {.cursor = cursor,
                             .id = arena_printf(cx->arena, "ord_0000000000040.%lld", (long long)cursor * 256),
                             .topic = topic,
                             .subject_kind = "order",
                             .subject = "ord_0000000000040",
                             .subject_id = 128,
                             .at = cx->now,
                             .data = "{}"};
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(hooks_consumer.react(cx, &event));
  CHECK_OK(scratch_commit(cx));
}

TEST(an_event_makes_one_job_for_each_endpoint_that_wants_it)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  make(cx, "order.*");
  make(cx, "order.placed");
  make(cx, "stock.*");
  react(cx, "order.placed", 1);
  react(cx, "order.placed", 1); /* the same event again */
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job"), 2);
  react(cx, "order.closed", 2);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job"), 3);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job WHERE place = 2"), 1);
}

TEST(nobody_is_told_about_deliveries)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  make(cx, "*");
  react(cx, "job.dead", 1);
  react(cx, "webhook.updated", 2);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job"), 0);
}

TEST(an_endpoint_that_is_off_is_told_nothing)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  char id[ID_TEXT];
  struct webhook hook = make(cx, "*");
  id_format(PREFIX_webhook, hook.id.v, id);
  static const char off[] = "{\"active\": false}";
  CHECK_OK(scratch_act(cx, &webhook_update_act,
                       (struct act_input){.id = id, .json = off, .json_n = sizeof off - 1, .version = ABSENT}, &r));
  react(cx, "order.placed", 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job"), 0);
}

TEST(the_secret_is_in_no_event)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  make(cx, "*");
  CHECK_INT(scratch_events(cx, "webhook.created"), 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event WHERE data LIKE '%whsec_%'"), 0);
}

TEST(the_descriptor_and_the_table_agree)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *columns;
  CHECK_OK(db_columns(cx->db, "webhook", &columns));
  for (size_t i = 0; i < webhook_rec.n; i++) {
    const struct rec_field *f = &webhook_rec.fields[i];
    const char *name = arena_printf(cx->arena, ",%s,", f->column ? f->column : f->name);
    if (!(f->flags & REC_VIRTUAL) && !strstr(arena_printf(cx->arena, ",%s,", columns), name))
      test_failed(__FILE__, __LINE__, name, columns, "its column");
  }
}
