/* People at work on orders: holds are claimed by one, given on, asked about; orders assigned and talked about; and today's
 * numbers are those of the lists they open. */
#include "shop.h"

#include <pthread.h>
#include <string.h>

static void a_held_order(struct shop *s)
{
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'customer': {'email': "
           "'li@example.com'}, 'shipping_address': {'line1': '1 Nanjing Rd', 'city': 'Shanghai', 'postal_code': "
           "'200000', 'country': 'CN'}, 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/state", "placed");
  KEEP("order", "/id");
  KEEP("hold", "/holds/0/id");
}

struct claimer {
  const char *address, *key, *path;
  int status;
};

static void *claim(void *arg)
{
  struct claimer *c = arg;
  struct client *client = client_new(c->address, c->key);
  struct answer a;
  struct request rq = {.method = "POST", .path = c->path, .body = "{}"};
  if (client_call(client, &rq, &a) == CALL_ANSWERED)
    c->status = a.status;
  client_free(client);
  return NULL;
}

TEST(of_many_who_claim_a_hold_one_has_it)
{
  enum { PEOPLE = 6 };
  struct shop *s = shop_open(t);
  struct claimer people[PEOPLE];
  pthread_t threads[PEOPLE];
  int had = 0, refused = 0;
  a_small_shop(s);
  a_held_order(s);
  for (int i = 0; i < PEOPLE; i++)
    people[i] = (struct claimer){s->address, shop_key(s, arena_printf(s->arena, "p%d", i), "order.read hold.*"),
                                 shop_text(s, "/v1/holds/<hold>/claim"), 0};
  for (int i = 0; i < PEOPLE; i++)
    CHECK(pthread_create(&threads[i], NULL, claim, &people[i]) == 0);
  for (int i = 0; i < PEOPLE; i++) {
    pthread_join(threads[i], NULL);
    had += people[i].status == 200;
    refused += people[i].status == 409;
  }
  CHECK_INT(had, 1);
  CHECK_INT(refused, PEOPLE - 1);
  SAY(200, "GET /v1/holds/<hold>");
  CHECK(text_starts(AT("/assigned_name"), "p"));
  CHECK(!text_empty(AT("/due_at")));
  SAY(409, "POST /v1/holds/<hold>/claim {}");
  SAY(200, "POST /v1/holds/<hold>/claim {'take_over': true}");
  SAY(200, "GET /v1/holds?claimed=true");
  SEE("/data/#", "1");
  SAY(200, "POST /v1/holds/<hold>/unclaim");
  SEE("/assigned_to", NULL);
  SAY(200, "POST /v1/holds/<hold>/ask {'note': 'asked for the house number'}");
  CHECK(!text_empty(AT("/waiting_at")));
  SAY(200, "GET /v1/holds?waiting=true");
  SEE("/data/#", "1");
  SAY(200, "POST /v1/holds/<hold>/resume {'note': 'it is 1a'}");
  SEE("/waiting_at", NULL);
  SEE("/note", "it is 1a");
  SAY(200, "POST /v1/holds/<hold>/assign {'role': 'finance'}");
  SEE("/owner_role", "finance");
  SAY(422, "POST /v1/holds/<hold>/assign {'user': 'nobody@example.com'}");
  SAY(200, "POST /v1/orders/<order>/release {'reason': 'fine'}");
  SAY(409, "POST /v1/holds/<hold>/claim {}");
  shop_close(s);
}

TEST(what_is_needed_to_decide_comes_at_once)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_held_order(s);
  shop_label(s, "first", shop_labelled(s, "order"));
  a_held_order(s);
  AWAIT("GET /v1/orders?q=Shanghai", "/data/1/id", shop_labelled(s, "first"));
  SAY(200, "GET /v1/holds/<hold>/context");
  SEE("/hold/type", "total_mismatch");
  SEE("/order/id", "<order>");
  SEE("/customer/email", "li@example.com");
  SEE("/related/0/id", "<first>");
  SEE("/related/0/same_customer", "true");
  SEE("/related/0/same_address", "true");
  SEE("/related/0/duplicate", "true");
  SEE("/blockers/0/code", "hold");
  SAY(200, "GET /v1/orders/<order>/blockers");
  SEE("/next_action", "release_hold");
  SEE("/blockers/1/code", "unpaid");
  SAY(200, "GET /v1/orders/<order>/related");
  SEE("/data/#", "1");
  shop_close(s);
}

TEST(orders_are_given_to_somebody_and_talked_about)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_held_order(s);
  SAY(201, "POST /v1/users {'login': 'ann@example.com', 'name': 'Ann', 'roles': ['service'], 'password': "
           "'correct horse battery'}");
  KEEP("ann", "/id");
  SAY(200, "POST /v1/orders/<order>/assign {'user': 'ann@example.com'}");
  SEE("/assigned_to", "<ann>");
  SAY(200, "GET /v1/orders?assigned_to=<ann>");
  SEE("/data/#", "1");
  SAY(200, "POST /v1/orders/<order>/assign {}");
  SEE("/assigned_to", NULL);
  SAY(201, "POST /v1/orders/<order>/comments {'content': 'calls back at noon', 'mentions': ['ann@example.com']}");
  SEE("/mentions/0", "<ann>");
  SAY(201, "POST /v1/orders/<order>/comments {'content': 'did not call'}");
  SAY(200, "GET /v1/orders/<order>/comments");
  SEE("/data/#", "2");
  SEE("/data/0/content", "did not call");
  SAY(422, "POST /v1/orders/<order>/comments {'content': 'x', 'mentions': ['who']}");
  SAY(200, "GET /v1/orders/<order>/timeline");
  SEE("/data/topic=order.commented/data/mentions/0", "<ann>");
  SAY(200, "POST /v1/orders/<order>/tag {'add': ['a', 'b']}");
  SAY(200, "POST /v1/orders/<order>/tag {'remove': ['a']}");
  SEE("/tags/0", "b");
  SAY(200, "GET /v1/orders?tag=b&late=true&backordered=false&short_picked=false");
  SEE("/data/#", "1");
  shop_close(s);
}

/* Each number of this list, asked again as the list that it names, has as many rows. */
static int numbers_hold(struct shop *s, const char *list)
{
  int n = 0;
  for (; n < 60; n++) {
    SAY(200, shop_labelled(s, "today"));
    if (!json_look(s->arena, s->last.body, arena_printf(s->arena, "/%s/%d/path", list, n)))
      break;
    const char *path = AT(arena_printf(s->arena, "/%s/%d/path", list, n));
    const char *query = AT(arena_printf(s->arena, "/%s/%d/query", list, n));
    const char *field = strcmp(list, "money") == 0 ? "orders" : "count";
    const char *count = AT(arena_printf(s->arena, "/%s/%d/%s", list, n, field));
    SAY(200, arena_printf(s->arena, "GET %s?%s&count=exact&limit=200", path, query));
    SEE("/count", count);
    SEE("/data/#", count);
  }
  return n;
}

TEST(todays_numbers_are_those_of_the_lists_they_open)
{
  struct shop *s = shop_open(t);
  static const char *const todays[] = {"GET /v1/today", "GET /v1/today?channel=later", "GET /v1/today?location=NJ1",
                                       "GET /v1/today?risk_hours=700&channel=web&location=NJ1"};
  a_small_shop(s);
  SAY(201, "POST /v1/channels {'code': 'later', 'stock_policy': 'backorder', 'ship_complete': false}");
  for (int i = 0; i < 3; i++)
    a_held_order(s);
  SAY(200, "POST /v1/holds/<hold>/assign {'role': 'finance'}");
  a_paid_order(s, 2);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  a_paid_order(s, 1);
  SAY(201, "POST /v1/orders {'channel': 'later', 'currency': 'EUR', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 9, "
           "'unit_price': 100}]}");
  KEEP("order", "/id");
  SAY(201, "POST /v1/orders {'channel': 'later', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  KEEP("order", "/id");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'no'}");
  SAY(200, "GET /v1/today");
  SEE("/counters/code=orders_today/count", "7");
  SEE("/counters/code=shipped_today/count", "1");
  SEE("/counters/code=cancelled_today/count", "1");
  SEE("/attention/code=backordered/count", "1");
  SEE("/attention/code=in_review/count", "3");
  SEE("/attention/code=stock_out/count", "1");
  SEE("/money/currency=EUR/revenue", "900");
  SEE("/units", "15");
  for (size_t i = 0; i < COUNT_OF(todays); i++) {
    shop_label(s, "today", todays[i]);
    CHECK(numbers_hold(s, "attention") >= 7);
    CHECK(numbers_hold(s, "counters") == 4);
    CHECK(numbers_hold(s, "backlog") == 7);
    numbers_hold(s, "holds");
    numbers_hold(s, "money");
  }
  SAY(200, "GET /v1/today");
  CHECK(!text_empty(AT("/hours/23/placed_query")));
  SEE("/holds/role=finance/count", "1");
  s->key = shop_key(s, "viewer", "order.read");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(200, "GET /v1/today");
  SEE("/attention/code=stock_out", NULL); /* not theirs to see */
  shop_close(s);
}
