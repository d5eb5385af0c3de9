/* Endpoints are told what happened: signed, in order, at least once, whatever they and we do. */
#include "receiver.h"
#include "shop.h"

#include "codec.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Beginnings ---- */

static struct shop *a_shop(struct test *t)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "PATCH /v1/settings/outbound.private_addresses {'value': 'on'}");
  return s;
}

/* Keeps <hook> and <secret>. */
static void a_webhook(struct shop *s, struct receiver *r, const char *topics)
{
  shop_label(s, "url", receiver_url(r, "/hook"));
  SAY(201, arena_printf(s->arena, "POST /v1/webhooks {'url': '<url>', 'topics': [%s]}", topics));
  KEEP("hook", "/id");
  KEEP("secret", "/secret");
}

static bool is_signed(struct shop *s, struct receiver *r, const struct received *rq, const char *secret)
{
  unsigned char mac[HASH_BYTES];
  struct buf key, text, b64;
  buf_init(&key, s->arena);
  buf_init(&b64, s->arena);
  buf_init(&text, s->arena);
  CHECK(text_starts(secret, "whsec_") && base64_read(secret + 6, strlen(secret) - 6, &key));
  CHECK_INT(key.n, 32);
  buf_printf(&text, "%s.%s.", received_header(r, rq, "webhook-id"), received_header(r, rq, "webhook-timestamp"));
  buf_text(&text, rq->body);
  hmac_sha256(key.at, key.n, text.at, text.n, mac);
  buf_text(&b64, "v1,");
  base64_add(&b64, mac, sizeof mac);
  return strstr(received_header(r, rq, "webhook-signature"), buf_str(&b64)) != NULL;
}

/* Whatever waits for its next attempt is tried at once, until nothing does. */
static void hurry(struct shop *s)
{
  for (int i = 0; i < 600; i++) {
    SAY(200, "GET /v1/jobs?state=queued,running,retrying&limit=1");
    if (text_eq(AT("/data/#"), "0"))
      return;
    SAY(200, "POST /v1/jobs/replay {'state': 'retrying'}");
    poll(NULL, 0, 50);
  }
  test_failed(__FILE__, __LINE__, "jobs", "still under way", "an end");
}

/* ---- Telling ---- */

TEST(an_endpoint_is_told_what_it_asked_for_and_can_trust_it)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_webhook(s, r, "'order.placed', 'order.cancelled'");
  a_paid_order(s, 1);
  receiver_await(r, 1);
  const struct received *rq = receiver_at(r, 0);
  CHECK_TEXT(rq->method, "POST");
  CHECK_TEXT(rq->path, "/hook");
  CHECK_TEXT(received_header(r, rq, "content-type"), "application/json");
  CHECK(is_signed(s, r, rq, shop_labelled(s, "secret")));
  CHECK_TEXT(json_look(s->arena, rq->body, "/type"), "order.placed");
  CHECK_TEXT(json_look(s->arena, rq->body, "/data/subject"), shop_labelled(s, "order"));
  CHECK(json_look(s->arena, rq->body, "/data/personal") == NULL);
  CHECK(strstr(rq->body, "Main St") == NULL);
  CHECK_TEXT(json_look(s->arena, rq->body, "/timestamp"), json_look(s->arena, rq->body, "/data/at"));
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'changed my mind'}");
  receiver_await(r, 2);
  CHECK_TEXT(json_look(s->arena, receiver_at(r, 1)->body, "/type"), "order.cancelled");
  AWAIT("GET /v1/webhooks/<hook>", "/health/waiting", "0");
  SEE("/health/failing", "false");
  SEE("/secret", NULL);
  CHECK(!text_empty(AT("/health/delivered_at")));
  shop_close(s);
  CHECK_INT(receiver_n(r), 2); /* each once */
}

TEST(the_data_are_the_entry_of_the_feed)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_webhook(s, r, "'order.placed'");
  a_paid_order(s, 1);
  receiver_await(r, 1);
  const char *body = receiver_at(r, 0)->body, *data = strstr(body, "\"data\":");
  const char *entry = arena_textn(s->arena, data + 7, strlen(data) - 8); /* without the last brace */
  const char *chief = s->key;
  s->key = shop_key(s, "reader", "event.read");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(200, "GET /v1/events?limit=200");
  CHECK(strstr(s->last.body, entry) != NULL);
  s->key = chief;
  client_free(s->client);
  s->client = shop_client(s);
  shop_close(s);
}

TEST(only_orders_of_its_channels_are_told_where_it_names_some)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  SAY(201, "POST /v1/channels {'code': 'phone', 'kind': 'phone', 'payment_terms': 'account'}");
  shop_label(s, "url", receiver_url(r, "/hook"));
  SAY(422, "POST /v1/webhooks {'url': '<url>', 'topics': ['*'], 'channels': ['nowhere']}");
  SEE("/errors/0/pointer", "/channels/0");
  SAY(201, "POST /v1/webhooks {'url': '<url>', 'topics': ['*'], 'channels': ['phone']}");
  a_paid_order(s, 1);
  SAY(201, "POST /v1/orders {'channel': 'phone', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  KEEP("second", "/id");
  receiver_await(r, 1);
  hurry(s);
  for (int i = 0; i < receiver_n(r); i++)
    CHECK_TEXT(json_look(s->arena, receiver_at(r, i)->body, "/data/subject"), shop_labelled(s, "second"));
  shop_close(s);
}

TEST(personal_data_go_only_where_somebody_who_may_see_them_says_so)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  shop_label(s, "url", receiver_url(r, "/hook"));
  const char *chief = s->key;
  s->key = shop_key(s, "hooker", "webhook.* order.read");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(403, "POST /v1/webhooks {'url': '<url>', 'topics': ['order.commented'], 'personal': true}");
  s->key = chief;
  client_free(s->client);
  s->client = shop_client(s);
  SAY(201, "POST /v1/webhooks {'url': '<url>', 'topics': ['order.commented'], 'personal': true}");
  KEEP("hook", "/id");
  a_paid_order(s, 1);
  SAY(201, "POST /v1/orders/<order>/comments {'content': 'Ann moves to 1 Elm St'}");
  receiver_await(r, 1);
  CHECK(strstr(receiver_at(r, 0)->body, "1 Elm St") != NULL);
  hurry(s);
  SAY(200, "GET /v1/webhooks/<hook>/deliveries");
  KEEP("job", "/data/0/id");
  SAY(200, "GET /v1/webhooks/<hook>/deliveries/<job>");
  CHECK(strstr(s->last.body, "1 Elm St") != NULL);
  s->key = shop_key(s, "watcher", "webhook.read");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(200, "GET /v1/webhooks/<hook>/deliveries/<job>");
  CHECK(strstr(s->last.body, "1 Elm St") == NULL);
  SAY(403, "POST /v1/webhooks/<hook>/test");
  s->key = chief;
  client_free(s->client);
  s->client = shop_client(s);
  shop_close(s);
}

TEST(addresses_of_the_own_network_are_not_called_unless_the_company_says_so)
{
  struct shop *s = shop_open(t);
  struct receiver *r = receiver_open(t);
  a_small_shop(s);
  a_webhook(s, r, "'order.placed'");
  a_paid_order(s, 1);
  AWAIT("GET /v1/jobs?state=retrying", "/data/0/code", "address_refused");
  CHECK_INT(receiver_n(r), 0);
  SAY(200, "PATCH /v1/settings/outbound.private_addresses {'value': 'on'}");
  hurry(s);
  CHECK_INT(receiver_n(r), 1);
  shop_close(s);
}

TEST(a_new_secret_signs_beside_the_old_one_for_a_while)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_webhook(s, r, "'order.placed'");
  shop_label(s, "old", shop_labelled(s, "secret"));
  SAY(200, "POST /v1/webhooks/<hook>/rotate {}");
  KEEP("secret", "/secret");
  CHECK(!text_empty(AT("/before_until")));
  CHECK(!text_eq(shop_labelled(s, "old"), shop_labelled(s, "secret")));
  a_paid_order(s, 1);
  receiver_await(r, 1);
  CHECK(is_signed(s, r, receiver_at(r, 0), shop_labelled(s, "secret")));
  CHECK(is_signed(s, r, receiver_at(r, 0), shop_labelled(s, "old")));
  SAY(200, "POST /v1/webhooks/<hook>/rotate {'grace_hours': 0}");
  shop_label(s, "old", shop_labelled(s, "secret"));
  KEEP("secret", "/secret");
  SAY(200, "POST /v1/webhooks/<hook>/test");
  receiver_await(r, 2);
  CHECK(is_signed(s, r, receiver_at(r, 1), shop_labelled(s, "secret")));
  CHECK(!is_signed(s, r, receiver_at(r, 1), shop_labelled(s, "old")));
  CHECK_TEXT(json_look(s->arena, receiver_at(r, 1)->body, "/type"), "webhook.test");
  SAY(200, "GET /v1/events");
  CHECK(strstr(s->last.body, "whsec_") == NULL);
  shop_close(s);
}

TEST(what_cannot_be_an_endpoint_is_refused_by_name)
{
  static const struct {
    const char *body, *pointer;
  } cases[] = {
      {"{'topics': ['*']}", "/url"},
      {"{'url': 'ftp://example.com/', 'topics': ['*']}", "/url"},
      {"{'url': 'https://ann:secret@example.com/', 'topics': ['*']}", "/url"},
      {"{'url': 'https://example.com/'}", "/topics"},
      {"{'url': 'https://example.com/', 'topics': []}", "/topics"},
      {"{'url': 'https://example.com/', 'topics': ['order']}", "/topics/0"},
      {"{'url': 'https://example.com/', 'topics': ['order.*', 'Order.placed']}", "/topics/1"},
      {"{'url': 'https://example.com/', 'topics': ['*'], 'secret': 'whsec_mine'}", "/secret"},
  };
  struct shop *s = a_shop(t);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    SAY(422, arena_printf(s->arena, "POST /v1/webhooks %s", cases[i].body));
    SEE("/errors/0/pointer", cases[i].pointer);
  }
  SAY(404, "GET /v1/webhooks/whk_01jd7k3v9q2m8");
  SAY(404, "POST /v1/webhooks/whk_01jd7k3v9q2m8/test");
  shop_close(s);
}

/* ---- Receivers that misbehave ---- */

TEST(each_kind_of_no_has_its_name_and_its_consequence)
{
  static const struct {
    int status;
    const char *state, *code, *answered;
  } cases[] = {
      {500, "retrying", "http_500", "500"},
      {302, "retrying", "http_302", "302"},
      {404, "retrying", "http_404", "404"},
      {410, "dead", "http_410", "410"},
      {RECEIVER_CLOSE, "retrying", "unreachable", NULL},
      {RECEIVER_TWICE, "done", NULL, "200"},
      {204, "done", NULL, "204"},
  };
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_webhook(s, r, "'no.such'");
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    receiver_status(r, cases[i].status);
    SAY(200, "POST /v1/webhooks/<hook>/test");
    KEEP("job", "/id");
    AWAIT("GET /v1/jobs/<job>", "/state", cases[i].state);
    SEE("/code", cases[i].code);
    SEE("/status", cases[i].answered);
    SEE("/tried/0/status", cases[i].answered);
    SEE("/attempts", "1");
  }
  SAY(200, "GET /v1/webhooks/<hook>");
  SEE("/active", "true");
  SEE("/health/failing", "true");
  SEE("/health/dead", "1");
  SAY(200, "GET /v1/today");
  SEE("/attention/code=jobs_dead/count", "1");
  SEE("/attention/code=webhooks_failing/count", "4");
  shop_close(s);
}

TEST(an_answer_that_does_not_come_is_a_timeout_and_holds_nobody_else_up)
{
  struct shop *s = a_shop(t);
  struct receiver *slow = receiver_open(t), *quick = receiver_open(t);
  receiver_status(slow, RECEIVER_SLOW);
  shop_label(s, "slow", receiver_url(slow, "/"));
  SAY(201, "POST /v1/webhooks {'url': '<slow>', 'topics': ['order.placed']}");
  a_webhook(s, quick, "'order.placed'");
  for (int i = 0; i < 5; i++)
    a_paid_order(s, 1);
  receiver_await(quick, 5);
  CHECK(receiver_n(slow) <= 2); /* half of the workers wait */
  for (int i = 0; i < 200; i++) {
    SAY(200, "GET /v1/jobs?state=retrying&code=timeout");
    if (!text_eq(AT("/data/#"), "0"))
      break;
    poll(NULL, 0, 100);
  }
  SEE("/data/0/code", "timeout");
  shop_close(s);
}

TEST(a_stop_ends_calls_that_hang_and_they_are_made_again)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  receiver_status(r, RECEIVER_SLOW);
  a_webhook(s, r, "'order.placed'");
  a_paid_order(s, 1);
  receiver_await(r, 1);
  int64_t began = monotonic_ms();
  CHECK_INT(shop_stop(s), 0);
  CHECK(monotonic_ms() - began < 10000);
  shop_check(s);
  receiver_status(r, 200);
  shop_start(s);
  receiver_await(r, 2);
  hurry(s);
  SAY(200, "GET /v1/webhooks/<hook>/deliveries");
  SEE("/data/0/attempts", "1"); /* what was cut off by a stop does not count */
  CHECK_TEXT(received_header(r, receiver_at(r, 0), "webhook-id"), received_header(r, receiver_at(r, 1), "webhook-id"));
  shop_close(s);
}

/* ---- Order ---- */

/* Fails a part of all first and second attempts. */
static int capricious(void *arg, const struct received *rq)
{
  uint64_t lot = hash_mix(hash_text(rq->body), (uint64_t)rq->nth);
  (void)arg;
  return rq->nth < 2 && lot % 3 == 0 ? (lot % 2 ? 500 : RECEIVER_CLOSE) : 200;
}

/* Cursors of what was accepted, per subject, must rise. */
static void check_order(struct shop *s, struct receiver *r)
{
  struct place {
    const char *subject;
    int64_t cursor;
  };
  LIST(struct place) places = {0};
  for (int i = 0; i < receiver_n(r); i++) {
    const struct received *rq = receiver_at(r, i);
    const char *subject = json_look(s->arena, rq->body, "/data/subject");
    int64_t cursor = atoll(json_look(s->arena, rq->body, "/data/cursor"));
    struct place *known = NULL;
    if (rq->status != 200)
      continue;
    EACH (struct place, p, &places)
      if (text_eq(p->subject, subject))
        known = p;
    if (!known) {
      known = LIST_ADD(s->arena, &places);
      known->subject = subject;
    }
    CHECK(cursor >= known->cursor); /* equal: the same once more */
    known->cursor = cursor;
  }
  CHECK(places.n > 0);
}

TEST(the_events_of_an_order_arrive_in_their_order_whatever_fails)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  receiver_decide(r, capricious, NULL);
  a_webhook(s, r, "'order.*', 'fulfillment.*', 'payment.*', 'hold.*'");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 1000}]}");
  for (int i = 0; i < 6; i++) {
    a_paid_order(s, 1);
    SAY(200, "POST /v1/orders/<order>/hold {'reason': 'wait'}");
    KEEP("hold", "/holds/0/id");
    SAY(200, "POST /v1/holds/<hold>/release {'reason': 'go on'}");
    SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
    SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
    SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  }
  poll(NULL, 0, 500);
  hurry(s);
  check_order(s, r);
  SAY(200, "GET /v1/jobs?state=dead");
  SEE("/data/#", "0");
  shop_close(s);
}

/* ---- Kills ---- */

TEST(what_was_acknowledged_is_told_although_the_server_dies_at_once)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_webhook(s, r, "'order.placed'");
  a_paid_order(s, 1);
  shop_kill(s);
  shop_start(s);
  receiver_await(r, 1);
  CHECK_TEXT(json_look(s->arena, receiver_at(r, 0)->body, "/data/subject"), shop_labelled(s, "order"));
  shop_close(s);
}

TEST(a_server_that_dies_between_sending_and_noting_sends_the_same_again)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  receiver_status(r, RECEIVER_SLOW);
  a_webhook(s, r, "'order.placed'");
  a_paid_order(s, 1);
  receiver_await(r, 1);
  shop_kill(s); /* it was received, and nobody knows */
  receiver_status(r, 200);
  shop_start(s);
  receiver_await(r, 2);
  const struct received *first = receiver_at(r, 0), *second = receiver_at(r, 1);
  CHECK_TEXT(received_header(r, second, "webhook-id"), received_header(r, first, "webhook-id"));
  CHECK_TEXT(second->body, first->body);
  AWAIT("GET /v1/jobs?kind=webhook.deliver", "/data/0/state", "done");
  KEEP("job", "/data/0/id");
  SAY(200, "GET /v1/jobs/<job>");
  SEE("/tried/#", "2");
  SEE("/tried/1/outcome", "lost");
  shop_close(s);
  CHECK_INT(receiver_n(r), 2);
}

/* ---- Again ---- */

TEST(a_range_of_time_is_told_again_under_the_same_ids)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_paid_order(s, 1); /* before there was a webhook */
  a_webhook(s, r, "'order.placed'");
  a_paid_order(s, 1);
  receiver_await(r, 1);
  hurry(s);
  SAY(422, "POST /v1/webhooks/<hook>/replay {'from': '2020-01-02T00:00:00Z', 'to': '2020-01-01T00:00:00Z'}");
  SAY(200, "POST /v1/webhooks/<hook>/replay {'from': '2020-01-01T00:00:00Z', 'to': '2020-01-02T00:00:00Z'}");
  SEE("/queued", "0");
  SAY(200, "POST /v1/webhooks/<hook>/replay {'from': '2020-01-01T00:00:00Z'}");
  SEE("/queued", "2");
  SEE("/more", "false");
  receiver_await(r, 3);
  hurry(s);
  CHECK_INT(receiver_n(r), 3);
  int same = 0;
  for (int i = 1; i < 3; i++)
    same += text_eq(received_header(r, receiver_at(r, i), "webhook-id"),
                    received_header(r, receiver_at(r, 0), "webhook-id"));
  CHECK_INT(same, 1);
  SAY(200, "GET /v1/webhooks/<hook>/deliveries");
  SEE("/data/#", "2");
  shop_close(s);
}

TEST(one_delivery_is_sent_again_and_one_that_waits_can_be_given_up)
{
  struct shop *s = a_shop(t);
  struct receiver *r = receiver_open(t);
  a_webhook(s, r, "'order.placed'");
  receiver_status(r, 500);
  a_paid_order(s, 1);
  AWAIT("GET /v1/webhooks/<hook>/deliveries", "/data/0/state", "retrying");
  KEEP("job", "/data/0/id");
  SAY(200, "POST /v1/jobs/<job>/drop");
  SEE("/state", "dropped");
  SAY(409, "POST /v1/jobs/<job>/drop");
  receiver_status(r, 200);
  SAY(200, "POST /v1/webhooks/<hook>/deliveries/<job>/replay");
  AWAIT("GET /v1/jobs/<job>", "/state", "done");
  SEE("/runs", "2");
  SAY(404, "POST /v1/webhooks/whk_01jd7k3v9q2m8/deliveries/<job>/replay");
  SAY(204, "DELETE /v1/webhooks/<hook>");
  SAY(200, "POST /v1/jobs/<job>/replay");
  AWAIT("GET /v1/jobs/<job>", "/state", "dead");
  SEE("/code", "endpoint_gone");
  shop_close(s);
}
