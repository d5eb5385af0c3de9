/* The same key again: a hundred times at once, after a restart, after kill -9, with another body, after a refusal. */
#include "load.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

enum { REPEATS = 100 };

static const char an_order[] =
    "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":2}]}";

struct same_key {
  const char *key;
  int status[REPEATS];
  char *body[REPEATS]; /* each repeat's own arena text */
  bool replayed[REPEATS];
  struct arena *arena[REPEATS];
};

static void ask_once(struct load_worker *w)
{
  struct same_key *k = w->load->arg;
  struct answer answer;
  struct request rq = {.method = "POST", .path = "/v1/orders", .body = an_order, .idempotency_key = k->key};
  if (load_call(w, &rq, &answer) != CALL_ANSWERED)
    return;
  k->status[w->n] = answer.status;
  k->replayed[w->n] = client_header(w->client, &answer, "Idempotency-Replayed") != NULL;
  k->body[w->n] = arena_text(k->arena[w->n], answer.body);
}

/* All repeats at one time: how many were not replays. They must all have the status 201 and the same bytes. */
static int ask_at_once(struct test *t, struct shop *s, const char *key, const char **out_body)
{
  struct same_key k = {.key = key};
  int fresh = 0;
  for (int i = 0; i < REPEATS; i++)
    k.arena[i] = arena_new(1 << 16);
  struct load l = {.address = s->address, .key = s->key, .workers = REPEATS, .run = ask_once, .arg = &k};
  load_run(&l);
  for (int i = 0; i < REPEATS; i++) {
    CHECK_INT(k.status[i], 201);
    CHECK_TEXT(k.body[i], k.body[0]);
    fresh += !k.replayed[i];
  }
  *out_body = arena_text(t->arena, k.body[0]);
  for (int i = 0; i < REPEATS; i++)
    arena_free(k.arena[i]);
  return fresh;
}

TEST(one_key_a_hundred_times_at_once_and_after_restarts_is_one_order)
{
  struct shop *s = shop_open(t);
  const char *first, *again;
  a_small_shop(s);
  CHECK_INT(ask_at_once(t, s, "key-1", &first), 1);
  CHECK_INT(ask_at_once(t, s, "key-1", &again), 0);
  CHECK_TEXT(again, first);
  CHECK_INT(shop_stop(s), 0);
  shop_start(s);
  CHECK_INT(ask_at_once(t, s, "key-1", &again), 0);
  CHECK_TEXT(again, first);
  shop_kill(s);
  shop_start(s);
  CHECK_INT(ask_at_once(t, s, "key-1", &again), 0);
  CHECK_TEXT(again, first);
  /* Even when the order has moved on since. */
  s->last.body = first;
  KEEP("order", "/id");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'no'}");
  CHECK_INT(ask_at_once(t, s, "key-1", &again), 0);
  CHECK_TEXT(again, first);
  SAY(200, "GET /v1/orders?count=exact");
  SEE("/data/#", "1");
  shop_close(s);
}

TEST(a_key_belongs_to_one_request_of_one_caller)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders\nIdempotency-Key: k\n{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  KEEP("order", "/id");
  CHECK(HEADER("Idempotency-Replayed") == NULL);
  SAY(422, "POST /v1/orders\nIdempotency-Key: k\n{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}]}");
  SEE("/code", "idempotency_key_reused");
  SAY(422, "POST /v1/products\nIdempotency-Key: k\n{'sku': 'NEW'}");
  SEE("/code", "idempotency_key_reused");
  SAY(422, "PATCH /v1/orders/<order>\nIdempotency-Key: k\n{'tags': ['x']}");
  SAY(201, "POST /v1/orders\nIdempotency-Key: k\n{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  SEE("/id", "<order>");
  CHECK_TEXT(HEADER("Idempotency-Replayed"), "true");
  CHECK_TEXT(HEADER("Location"), shop_text(s, "/v1/orders/<order>"));
  CHECK(HEADER("ETag") != NULL);
  /* Another caller's key of the same name is another key. */
  shop_label(s, "key", shop_key(s, "second", "*"));
  struct client *other = client_new(s->address, shop_labelled(s, "key"));
  struct answer answer;
  struct request rq = {.method = "POST", .path = "/v1/orders", .body = an_order, .idempotency_key = "k"};
  CHECK_INT(client_call(other, &rq, &answer), CALL_ANSWERED);
  CHECK_INT(answer.status, 201);
  CHECK(strcmp(json_look(t->arena, answer.body, "/id"), shop_labelled(s, "order")) != 0);
  client_free(other);
  shop_close(s);
}

TEST(a_refusal_stores_nothing_and_frees_the_key)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(409, "POST /v1/orders\nIdempotency-Key: k\n{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 11}]}");
  SAY(422, "POST /v1/orders\nIdempotency-Key: k\n{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'NOPE', "
           "'quantity': 1}]}");
  SAY(400, "POST /v1/orders\nIdempotency-Key: k\n{'channel': ");
  SAY(201, "POST /v1/orders\nIdempotency-Key: k\n{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  CHECK(HEADER("Idempotency-Replayed") == NULL);
  shop_close(s);
}

/* One call of each kind of write, with its key; said twice it is done once. */
static void twice(struct shop *s, int status, const char *line, const char *body)
{
  static int n;
  shop_label(s, "n", arena_printf(s->arena, "twice-%d", n++));
  const char *request = arena_printf(s->arena, "%s\nIdempotency-Key: <n>\n%s", line, body);
  SAY(status, request);
  const char *first = arena_text(s->arena, s->last.body);
  CHECK(HEADER("Idempotency-Replayed") == NULL);
  SAY(status, request);
  CHECK_TEXT(s->last.body, first);
  CHECK_TEXT(HEADER("Idempotency-Replayed"), "true");
  SAY(422, arena_printf(s->arena, "%s ", request)); /* other bytes are another body */
  SEE("/code", "idempotency_key_reused");
  s->last.body = first;
}

TEST(every_kind_of_write_honors_the_key)
{
  struct shop *s = shop_open(t);
  twice(s, 201, "POST /v1/locations", "{'code': 'NJ1'}");
  twice(s, 200, "PATCH /v1/locations/NJ1", "{'name': 'Newark'}");
  twice(s, 201, "POST /v1/products", "{'sku': 'TEE-S', 'price': 1990}");
  twice(s, 200, "PATCH /v1/products/TEE-S", "{'price': 2000}");
  twice(s, 201, "POST /v1/stock/adjustments", "{'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'delta': 10}]}");
  twice(s, 200, "POST /v1/stock/safety", "{'location': 'NJ1', 'sku': 'TEE-S', 'safety': 1}");
  twice(s, 201, "POST /v1/channels", "{'code': 'shop'}");
  twice(s, 201, "POST /v1/customers", "{'email': 'a@example.com'}");
  twice(s, 201, "POST /v1/carriers", "{'code': 'dhl', 'services': [{'code': 'std'}]}");
  twice(s, 201, "POST /v1/tax_rates", "{'category': 'standard', 'country': 'DE', 'rate': '0.19'}");
  KEEP("tax", "/id");
  twice(s, 200, "POST /v1/orders/bulk",
        "{'orders': [{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}]}");
  twice(s, 201, "POST /v1/orders",
        "{'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  KEEP("order", "/id");
  KEEP("hold", "/holds/0/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  twice(s, 200, "PATCH /v1/orders/<order>", "{'tags': ['x']}");
  twice(s, 200, "POST /v1/orders/<order>/hold", "{'reason': 'wait'}");
  twice(s, 200, "POST /v1/holds/<hold>/release", "{'reason': 'go on'}");
  twice(s, 200, "POST /v1/orders/<order>/approve", "{'reason': 'go on'}");
  twice(s, 201, "POST /v1/orders/<order>/payments", "{'provider': 'psp', 'kind': 'authorization', 'amount': 4000}");
  KEEP("payment", "/id");
  twice(s, 200, "POST /v1/payments/<payment>/capture", "{'amount': 1000}");
  twice(s, 200, "POST /v1/payments/<payment>/void", "{}");
  twice(s, 200, "POST /v1/payments/<payment>/refund", "{'amount': 1}");
  twice(s, 200, "POST /v1/orders/<order>/cancel", "{'lines': [{'line': 1, 'quantity': 1}], 'reason': 'less'}");
  twice(s, 200, "POST /v1/fulfillments/<fulfillment>/pick", "{}");
  twice(s, 200, "POST /v1/fulfillments/<fulfillment>/pack", "{}");
  twice(s, 200, "POST /v1/fulfillments/<fulfillment>/ship", "{}");
  KEEP("parcel", "/parcels/0/id");
  twice(s, 200, "POST /v1/parcels/<parcel>/tracking_events",
        "{'status': 'in_transit', 'occurred_at': '2026-11-22T12:00:00Z'}");
  SAY(204, "DELETE /v1/tax_rates/<tax>\nIdempotency-Key: del");
  SAY(204, "DELETE /v1/tax_rates/<tax>\nIdempotency-Key: del");
  CHECK_TEXT(HEADER("Idempotency-Replayed"), "true");
  SAY(404, "DELETE /v1/tax_rates/<tax>");
  shop_close(s);
}
