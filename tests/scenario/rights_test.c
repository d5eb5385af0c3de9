/* Where rights end: who is bound to places lists and finds nothing beyond, and who may not see names sees their shadows. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

static void be(struct shop *s, const char *key)
{
  client_free(s->client);
  s->client = client_new(s->address, key);
}

/* Two locations, two channels, an order of each: <web> from NJ1 by channel web, <phone> from LA by channel phone. */
static void an_order_of(struct shop *s, const char *label, const char *channel, const char *sku)
{
  shop_label(s, "channel", channel);
  shop_label(s, "sku", sku);
  SAY(201, "POST /v1/orders {'channel': '<channel>', 'external_id': 'x-<channel>', 'currency': 'USD', 'lines': "
           "[{'sku': '<sku>', 'quantity': 1, 'unit_price': 1000}], 'customer': {'email': 'li@example.com', 'name': "
           "'Li Wei', 'phone': '+86 138 0000 4711'}, 'shipping_address': {'name': 'Li Wei', 'line1': '1 Nanjing Rd', "
           "'city': 'Shanghai', 'postal_code': '200000', 'country': 'CN', 'latitude': 31.2304, 'longitude': 121.4737}, "
           "'notes': 'ring twice', 'payments': [{'provider': 'manual', 'kind': 'capture', 'amount': 1000}]}");
  SEE("/state", "open");
  shop_label(s, label, AT("/id"));
  shop_label(s, arena_printf(s->arena, "%s ful", label), AT("/fulfillments/0/id"));
  shop_label(s, arena_printf(s->arena, "%s pay", label), AT("/payments/0/id"));
  shop_label(s, arena_printf(s->arena, "%s number", label), AT("/number"));
}

static void ship_it(struct shop *s, const char *label)
{
  shop_label(s, "ful", shop_labelled(s, arena_printf(s->arena, "%s ful", label)));
  SAY(200, "POST /v1/fulfillments/<ful>/pick {}");
  SAY(200, "POST /v1/fulfillments/<ful>/pack {}");
  SAY(200, "POST /v1/fulfillments/<ful>/ship {}");
  shop_label(s, arena_printf(s->arena, "%s par", label), AT("/parcels/0/id"));
}

static void two_of_everything(struct shop *s)
{
  SAY(201, "POST /v1/locations {'code': 'NJ1', 'name': 'Newark'}");
  SAY(201, "POST /v1/locations {'code': 'LA', 'name': 'Los Angeles'}");
  SAY(201, "POST /v1/channels {'code': 'phone', 'kind': 'phone'}");
  SAY(201, "POST /v1/products {'sku': 'A', 'name': 'A', 'price': 1000}");
  SAY(201, "POST /v1/products {'sku': 'B', 'name': 'B', 'price': 1000}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'reason': 'count', 'lines': [{'sku': 'A', 'counted': 9}]}");
  KEEP("web adj", "/id");
  SAY(201, "POST /v1/stock/adjustments {'location': 'LA', 'reason': 'count', 'lines': [{'sku': 'B', 'counted': 9}]}");
  KEEP("phone adj", "/id");
  an_order_of(s, "web", "web", "A");
  an_order_of(s, "phone", "phone", "B");
  SAY(200, "POST /v1/orders/<web>/hold {'reason': 'look'}");
  KEEP("web hold", "/holds/0/id");
  SAY(200, "POST /v1/orders/<phone>/hold {'reason': 'look'}");
  KEEP("phone hold", "/holds/0/id");
  SAY(200, "POST /v1/holds/<web hold>/release {'reason': 'seen'}");
  SAY(200, "POST /v1/holds/<phone hold>/release {'reason': 'seen'}");
  ship_it(s, "web");
  ship_it(s, "phone");
}

/* A key bound to places, made by a key that is not. */
static const char *a_bound_key(struct shop *s, const char *places)
{
  be(s, s->key);
  SAY(201, arena_printf(s->arena, "POST /v1/api_keys {'name': 'bound', 'scope': '*', %s}", places));
  return arena_text(s->arena, AT("/key"));
}

static const char *const lists[] = {"/v1/orders",    "/v1/holds", "/v1/payments",        "/v1/fulfillments",
                                    "/v1/shipments", "/v1/stock", "/v1/stock/movements", "/v1/adjustments"};

/* How many rows each list has for the key. */
static void count_lists(struct shop *s, const char *key, int64_t out[])
{
  be(s, key);
  for (size_t i = 0; i < COUNT_OF(lists); i++) {
    SAY(200, arena_printf(s->arena, "GET %s?count=exact", lists[i]));
    out[i] = json_look_i64(s->arena, s->last.body, "/count");
    CHECK_INT(json_look_i64(s->arena, s->last.body, "/data/#"), out[i]);
    SAY(200, arena_printf(s->arena, "GET %s?count=estimate", lists[i]));
    CHECK_INT(json_look_i64(s->arena, s->last.body, "/count"), out[i]);
  }
}

TEST(every_list_shows_the_rows_of_ones_own_locations)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  int64_t all[COUNT_OF(lists)], nj[COUNT_OF(lists)], la[COUNT_OF(lists)], both[COUNT_OF(lists)], none[COUNT_OF(lists)];
  count_lists(s, s->key, all);
  count_lists(s, a_bound_key(s, "'locations': ['NJ1']"), nj);
  count_lists(s, a_bound_key(s, "'locations': ['LA']"), la);
  count_lists(s, a_bound_key(s, "'locations': ['LA', 'NJ1']"), both);
  count_lists(s, a_bound_key(s, "'locations': ['NOWHERE']"), none);
  for (size_t i = 0; i < COUNT_OF(lists); i++) {
    printf("  %-20s %lld of %lld\n", lists[i], (long long)nj[i], (long long)all[i]);
    CHECK(nj[i] > 0 && la[i] > 0);
    CHECK_INT(nj[i] + la[i], all[i]);
    CHECK_INT(both[i], all[i]);
    CHECK_INT(none[i], 0);
  }
  shop_close(s);
}

TEST(lists_of_orders_show_the_rows_of_ones_own_channels)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  int64_t all[COUNT_OF(lists)], web[COUNT_OF(lists)], phone[COUNT_OF(lists)], crossed[COUNT_OF(lists)];
  count_lists(s, s->key, all);
  count_lists(s, a_bound_key(s, "'channels': ['web']"), web);
  count_lists(s, a_bound_key(s, "'channels': ['phone']"), phone);
  count_lists(s, a_bound_key(s, "'channels': ['phone'], 'locations': ['NJ1']"), crossed);
  for (size_t i = 0; i < COUNT_OF(lists); i++) {
    bool of_orders = i < 5;
    CHECK_INT(web[i] + phone[i], of_orders ? all[i] : 2 * all[i]); /* stock is no matter of channels */
    CHECK_INT(crossed[i] > 0, !of_orders);
  }
  shop_close(s);
}

/* Every address that names something of the other place, as it is and as it should be for somebody who is bound. */
static const char *const theirs[] = {
    "GET /v1/orders/<phone>",
    "GET /v1/orders/<phone number>",
    "GET /v1/orders/<phone>/timeline",
    "GET /v1/orders/<phone>/sourcing",
    "GET /v1/fulfillments/<phone ful>",
    "GET /v1/payments/<phone pay>",
    "GET /v1/holds/<phone hold>",
    "GET /v1/parcels/<phone par>",
    "GET /v1/adjustments/<phone adj>",
    "GET /v1/locations/LA",
    "PATCH /v1/orders/<phone> {'tags': ['x']}",
    "POST /v1/orders/<phone>/cancel {'reason': 'x'}",
    "POST /v1/orders/<phone>/hold {'reason': 'x'}",
    "POST /v1/orders/<phone>/reveal {'reason': 'x'}",
    "POST /v1/fulfillments/<phone ful>/reject {'reason': 'busy'}",
    "POST /v1/payments/<phone pay>/refund {}",
    "POST /v1/parcels/<phone par>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-23T10:00:00Z'}",
    "PATCH /v1/locations/LA {'paused': true}"};

TEST(what_lies_outside_is_not_found_and_what_lies_inside_is)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  const char *key = a_bound_key(s, "'locations': ['NJ1']");
  be(s, key);
  for (size_t i = 0; i < COUNT_OF(theirs); i++)
    SAY(404, theirs[i]);
  for (size_t i = 0; i < 9; i++) { /* the same of one's own */
    const char *own = theirs[i], *at = strstr(own, "<phone");
    SAY(200, arena_printf(t->arena, "%.*s<web%s", (int)(at - own), own, at + strlen("<phone")));
  }
  SAY(403, "POST /v1/stock/adjustments {'location': 'LA', 'lines': [{'sku': 'A', 'counted': 1}]}");
  SAY(403, "POST /v1/stock/adjustments/preview {'location': 'LA', 'lines': [{'sku': 'A', 'counted': 1}]}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'A', 'counted': 5}]}");
  SAY(403, "POST /v1/stock/safety {'location': 'LA', 'sku': 'B', 'safety': 1}");
  SAY(200, "GET /v1/stock/balance?sku=A");
  SAY(403, "GET /v1/stock/balance?sku=B&location=LA");
  SAY(403, "GET /v1/customers/cus_1/profile"); /* it adds up all places */
  SAY(200, "GET /v1/locations");
  SEE("/data/#", "1");
  SAY(200, "GET /v1/orders?channel=phone");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/fulfillments?location=LA");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/orders\nAccept: text/csv");
  CHECK(strstr(s->last.body, shop_text(s, "<web number>")) && !strstr(s->last.body, shop_text(s, "<phone number>")));
  shop_close(s);
}

TEST(what_is_found_by_words_is_ones_own)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  AWAIT("GET /v1/orders?q=wei", "/data/#", "2");
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(200, "GET /v1/orders?q=wei&limit=1"); /* the newest that is found lies outside */
  SEE("/data/#", "1");
  SEE("/data/0/id", "<web>");
  SEE("/next_cursor", "null");
  shop_close(s);
}

TEST(who_is_bound_to_channels_places_orders_in_them_only)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  be(s, a_bound_key(s, "'channels': ['web']"));
  SAY(404, "GET /v1/orders/<phone>");
  SAY(404, "GET /v1/fulfillments/<phone ful>");
  SAY(404, "GET /v1/channels/phone");
  SAY(200, "GET /v1/fulfillments/<web ful>");
  SAY(403, "POST /v1/orders {'channel': 'phone', 'currency': 'USD', 'lines': [{'sku': 'A', 'quantity': 1}]}");
  SAY(404, "PUT /v1/channels/phone/orders/77 {'currency': 'USD', 'lines': [{'sku': 'A', 'quantity': 1}]}");
  SAY(403, "POST /v1/orders/bulk {'orders': [{'channel': 'phone', 'lines': [{'sku': 'A', 'quantity': 1}]}]}");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'A', 'quantity': 1}]}");
  shop_close(s);
}

TEST(the_feed_tells_nothing_of_other_places)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  shop_numbered(s);
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(200, "GET /v1/events?limit=1000&topic=order.*,fulfillment.*,hold.*");
  CHECK(strstr(s->last.body, shop_text(s, "<web>")) != NULL);
  CHECK(strstr(s->last.body, shop_text(s, "<phone>")) == NULL);
  shop_close(s);
}

/* Whether the feed that the key reads has an event of the topic, and with the text in it. */
static bool hears(struct shop *s, const char *key, const char *topic, const char *text)
{
  be(s, key);
  SAY(200, arena_printf(s->arena, "GET /v1/events?limit=1000&topic=%s", topic));
  return strstr(s->last.body, shop_text(s, text)) != NULL;
}

TEST(the_feed_tells_each_kind_of_event_to_whose_it_is)
{
  static const struct {
    const char *topic, *own, *other; /* of who is bound to NJ1; NULL = there is none */
  } told[] = {
      {"stock.*", "\"NJ1\"", "\"LA\""},
      {"adjustment.*", "<web adj>", "<phone adj>"},
      {"location.*", "<NJ1>", "<LA>"},
      {"wave.*", "\"NJ1\"", "\"LA\""},
      {"manifest.*", "\"NJ1\"", "\"LA\""},
      {"order.revealed", "<web>", "<phone>"},
      {"order.commented", "<web>", "<phone>"},
      {"product.*", "product.created", NULL},
      {"bulk.*", "<own job>", "<job>"},
  };
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(200, "GET /v1/locations/NJ1");
  KEEP("NJ1", "/id");
  SAY(200, "GET /v1/locations/LA");
  KEEP("LA", "/id");
  SAY(200, "GET /v1/channels/phone");
  KEEP("phone channel", "/id");
  static const char *const labels[] = {"web", "phone"}, *const places[] = {"NJ1", "LA"};
  for (int i = 0; i < 2; i++) {
    shop_label(s, "order", shop_labelled(s, labels[i]));
    shop_label(s, "place", places[i]);
    shop_label(s, "sku", i ? "B" : "A");
    SAY(200, "POST /v1/orders/<order>/reveal {'reason': 'asked'}");
    SAY(201, "POST /v1/orders/<order>/comments {'content': 'look'}");
    SAY(201, "POST /v1/locations/<place>/manifests {'carrier': 'ordo'}");
    SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'payment_terms': 'cod', 'lines': [{'sku': '<sku>', "
             "'quantity': 1}]}");
    SAY(201, "POST /v1/waves {'location': '<place>'}");
    SAY(200, "POST /v1/stock/safety {'location': '<place>', 'sku': '<sku>', 'safety': 50}");
  }
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['x']}, 'orders': ['<web>']}");
  KEEP("job", "/id");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  const char *key = a_bound_key(s, "'locations': ['NJ1']");
  be(s, key);
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['x']}, 'orders': ['<web>']}");
  KEEP("own job", "/id");
  AWAIT("GET /v1/bulk/<own job>", "/state", "done");
  shop_numbered(s);
  for (size_t i = 0; i < COUNT_OF(told); i++) {
    bool own = hears(s, key, told[i].topic, told[i].own), other = told[i].other && hears(s, key, told[i].topic, told[i].other);
    bool is = hears(s, s->key, told[i].topic, told[i].other ? told[i].other : told[i].own);
    if (!own || other || !is)
      test_failed(__FILE__, __LINE__, told[i].topic, own ? other ? "tells of others" : "is not told" : "tells nothing",
                  "one's own");
  }
  const char *web = a_bound_key(s, "'channels': ['web']");
  CHECK(hears(s, s->key, "channel.*", "<phone channel>") && !hears(s, web, "channel.*", "<phone channel>"));
  shop_close(s);
}

TEST(a_paper_of_another_place_is_a_code_that_nobody_knows)
{
  static const char *const papers[] = {"phone", "phone number", "phone ful", "phone par"};
  struct shop *s = shop_open(t);
  two_of_everything(s);
  const char *key = a_bound_key(s, "'locations': ['NJ1']");
  for (size_t i = 0; i < COUNT_OF(papers); i++) {
    const char *ask = arena_printf(t->arena, "GET /v1/scan_codes/<%s>", papers[i]);
    be(s, s->key);
    SAY(200, ask);
    CHECK(strcmp(AT("/kind"), "unknown") != 0);
    be(s, key);
    SAY(200, ask);
    SEE("/kind", "unknown");
    SEE("/subject", NULL);
    SAY(200, arena_printf(t->arena, "GET /v1/scan_codes/<web%s>", papers[i] + strlen("phone")));
    CHECK(strcmp(AT("/kind"), "unknown") != 0);
  }
  SAY(200, "GET /v1/scan_codes/B");
  SEE("/kind", "sku");
  shop_close(s);
}

TEST(nobody_lets_others_see_more_than_he_does)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(403, "POST /v1/api_keys {'name': 'wide', 'scope': 'order.read'}");
  SAY(403, "POST /v1/api_keys {'name': 'other', 'scope': 'order.read', 'locations': ['LA']}");
  SAY(201, "POST /v1/api_keys {'name': 'same', 'scope': 'order.read', 'locations': ['NJ1']}");
  SAY(403, "POST /v1/users {'login': 'x', 'roles': ['warehouse']}");
  SAY(201, "POST /v1/users {'login': 'x', 'roles': ['warehouse'], 'locations': ['NJ1'], 'channels': ['web']}");
  SAY(403, "PATCH /v1/users/x {'locations': []}");
  be(s, s->key);
  SAY(200, "PATCH /v1/users/x {'locations': ['LA']}");
  SEE("/locations/0", "LA");
  SEE("/channels/0", "web");
  shop_close(s);
}

TEST(a_user_is_bound_from_the_next_request_on)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(201, "POST /v1/users {'login': 'pat', 'password': 'glass river 27 lamps', 'roles': ['manager']}");
  be(s, NULL);
  SAY(201, "POST /v1/session {'login': 'pat', 'password': 'glass river 27 lamps'}");
  const char *cookie = HEADER("Set-Cookie");
  shop_label(s, "session", arena_textn(s->arena, cookie, strcspn(cookie, ";")));
  SAY(200, "GET /v1/orders/<phone>\nCookie: <session>");
  be(s, s->key);
  SAY(200, "PATCH /v1/users/pat {'locations': ['NJ1']}");
  be(s, NULL);
  SAY(404, "GET /v1/orders/<phone>\nCookie: <session>");
  SAY(200, "GET /v1/orders/<web>\nCookie: <session>");
  SAY(200, "GET /v1/session\nCookie: <session>");
  SEE("/locations/0", "NJ1");
  shop_close(s);
}

TEST(what_an_order_has_to_do_with_is_told_of_ones_own_places_only)
{
  struct shop *s = shop_open(t);
  two_of_everything(s); /* two orders of one customer to one address */
  SAY(200, "GET /v1/orders/<web>/related");
  SEE("/data/0/id", "<phone>");
  SAY(200, "GET /v1/holds/<web hold>/context");
  SEE("/related/0/id", "<phone>");
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(200, "GET /v1/orders/<web>/related");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/holds/<web hold>/context");
  SEE("/related/#", "0");
  SEE("/order/id", "<web>");
  be(s, a_bound_key(s, "'channels': ['web', 'phone']"));
  SAY(200, "GET /v1/orders/<web>/related");
  SEE("/data/0/id", "<phone>");
  SAY(404, "PUT /v1/orders/x/presence");
  be(s, a_bound_key(s, "'channels': ['web']"));
  SAY(404, "PUT /v1/orders/<phone>/presence");
  SAY(200, "PUT /v1/orders/<web>/presence");
  shop_close(s);
}

TEST(sums_over_places_are_those_of_ones_own)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'LA', 'lines': [{'sku': 'A', 'counted': 30}]}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'LA', 'lines': [{'sku': 'B', 'counted': 0}]}");
  SAY(200, "GET /v1/stock/summary?sku=A&expand=places");
  SEE("/data/0/on_hand", "38");
  SEE("/data/0/places/#", "2");
  SAY(200, "GET /v1/stock/summary?level=out");
  SEE("/data/#", "1");
  SAY(200, "GET /v1/channel_health");
  SEE("/data/#", "2");
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(200, "GET /v1/stock/summary?sku=A&expand=places");
  SEE("/data/0/on_hand", "8");
  SEE("/data/0/places/#", "1");
  SAY(200, "GET /v1/stock/summary?level=out");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/stock/summary?location=LA");
  SEE("/data/#", "0");
  SAY(403, "GET /v1/channel_health");
  SAY(403, "GET /v1/imports");
  be(s, a_bound_key(s, "'channels': ['web']"));
  SAY(200, "GET /v1/channel_health");
  SEE("/data/#", "1");
  SEE("/data/0/channel", "web");
  shop_close(s);
}

TEST(who_is_bound_to_places_does_one_thing_to_many_of_his_own_orders)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['all']}, 'orders': ['<web>', '<phone>']}");
  KEEP("theirs", "/id");
  AWAIT("GET /v1/bulk/<theirs>", "/state", "done");
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['mine']}, 'filter': 'channel=web,phone'}");
  KEEP("job", "/id");
  SEE("/total", "1");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SAY(200, "GET /v1/bulk/<job>/rows");
  SEE("/data/0/status", "done");
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['x']}, 'orders': ['<phone>', '<web>']}");
  KEEP("both", "/id");
  AWAIT("GET /v1/bulk/<both>", "/state", "done");
  SEE("/failed", "1"); /* as if there were no such order */
  SAY(200, "GET /v1/bulk");
  SEE("/data/#", "2");
  SAY(404, "GET /v1/bulk/<theirs>");
  SAY(404, "GET /v1/bulk/<theirs>/rows");
  SAY(404, "POST /v1/bulk/<theirs>/retry {}");
  be(s, s->key);
  SAY(200, "GET /v1/orders?tag=mine");
  SEE("/data/#", "1");
  SEE("/data/0/id", "<web>");
  SAY(200, "GET /v1/orders/<phone>");
  SEE("/tags/#", "1");
  SEE("/tags/0", "all");
  shop_close(s);
}

TEST(what_a_verb_for_many_names_is_ones_own)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  SAY(403, "POST /v1/orders/<web>/source {'location': 'LA', 'reason': 'x'}");
  SAY(403, "POST /v1/bulk {'verb': 'source', 'args': {'location': 'LA', 'reason': 'x'}, 'filter': 'channel=web'}");
  SEE("/errors/0/pointer", "/args/location");
  SAY(403, "POST /v1/bulk {'verb': 'source', 'args': {'location': 'LA', 'reason': 'x'}, 'orders': ['<web>'], 'preview': "
           "true}");
  SAY(200, "POST /v1/bulk {'verb': 'source', 'args': {'location': 'NJ1', 'reason': 'x'}, 'orders': ['<web>'], 'preview': "
           "true}");
  SAY(201, "POST /v1/bulk {'verb': 'source', 'args': {'location': 'NJ1', 'reason': 'x'}, 'orders': ['<web>']}");
  shop_close(s);
}

TEST(whatever_a_body_names_anywhere_is_ones_own)
{
  static const char *const refused[] = {
      "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'delivery': {'type': 'pickup', 'location': 'LA'}, 'lines': "
      "[{'sku': 'A', 'quantity': 1}]}",
      "POST /v1/orders/quote {'channel': 'web', 'currency': 'USD', 'delivery': {'type': 'pickup', 'location': 'LA'}, "
      "'lines': [{'sku': 'A', 'quantity': 1}]}",
      "PATCH /v1/orders/<draft> {'delivery': {'type': 'pickup', 'location': 'LA'}}",
      "PATCH /v1/orders/<draft>\nContent-Type: application/merge-patch+json\n{'notes': 'x', 'delivery': {'location': "
      "'LA'}}",
      "PATCH /v1/channels/web {'locations': ['NJ1', 'LA']}",
      "POST /v1/waves {'location': 'LA'}",
  };
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'draft': true, 'currency': 'USD', 'delivery': {'type': 'pickup', "
           "'location': 'NJ1'}, 'lines': [{'sku': 'A', 'quantity': 1}]}");
  KEEP("draft", "/id");
  be(s, a_bound_key(s, "'locations': ['NJ1']"));
  for (size_t i = 0; i < COUNT_OF(refused); i++)
    SAY(403, refused[i]);
  SAY(200, "PATCH /v1/orders/<draft> {'delivery': {'type': 'pickup', 'location': 'NJ1'}, 'metadata': {'location': 'LA'}}");
  SAY(200, "PATCH /v1/channels/web {'locations': ['NJ1']}");
  shop_close(s);
}

/* ---- Personal data ---- */

static void see_shadows(struct shop *s, const char *at)
{
  static const struct {
    const char *pointer, *value;
  } shadows[] = {
      {"/customer/name", "Li W\xe2\x80\xa6"},
      {"/customer/email", "li\xe2\x80\xa6@example.com"},
      {"/customer/phone", "\xe2\x80\xa6"
                          "11"},
      {"/shipping_address/name", "Li W\xe2\x80\xa6"},
      {"/shipping_address/line1", "\xe2\x80\xa6"},
      {"/shipping_address/city", "Shanghai"},
      {"/shipping_address/postal_code", "20\xe2\x80\xa6"},
      {"/shipping_address/country", "CN"},
      {"/shipping_address/latitude", NULL},
      {"/notes", "\xe2\x80\xa6"},
  };
  for (size_t i = 0; i < COUNT_OF(shadows); i++)
    SEE(arena_printf(s->arena, "%s%s", at, shadows[i].pointer), shadows[i].value);
}

TEST(names_and_addresses_are_masked_without_the_right_to_see_them)
{
  static const char *const asked[] = {"GET /v1/orders",
                                      "GET /v1/orders?expand=customer,lines,fulfillments",
                                      "GET /v1/orders\nAccept: text/csv",
                                      "GET /v1/orders/<web>",
                                      "GET /v1/orders/<web>/timeline",
                                      "GET /v1/customers",
                                      "GET /v1/customers?expand=addresses",
                                      "GET /v1/customers\nAccept: text/csv",
                                      "GET /v1/fulfillments?expand=lines,parcels",
                                      "GET /v1/events?limit=1000",
                                      "GET /v1/imports",
                                      "PATCH /v1/orders/<web> {'tags': ['seen']}",
                                      "PATCH /v1/orders/<web>\nIdempotency-Key: k-1\n{'tags': ['again']}",
                                      "PATCH /v1/orders/<web>\nIdempotency-Key: k-1\n{'tags': ['again']}"};
  static const char *const secrets[] = {"Li Wei", "li@example.com", "Nanjing", "4711", "ring twice", "31.23"};
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(200, "GET /v1/orders/<web>");
  SEE("/customer/name", "Li Wei");
  SEE("/shipping_address/latitude", "31.2304");
  static const char file[] = "name,email,notes\nLi Wei,li@example.com,ring twice\n";
  struct request rq = {.method = "POST",
                       .path = "/v1/imports?kind=customers",
                       .body = file,
                       .n_body = sizeof file - 1,
                       .content_type = "text/csv"};
  CHECK_INT(client_call(s->client, &rq, &s->last), CALL_ANSWERED);
  CHECK_INT(s->last.status, 201);
  be(s, shop_key(s, "masked", "order.read order.edit customer.read customer.write fulfillment.read event.read"));
  for (size_t i = 0; i < COUNT_OF(asked); i++) {
    SAY(200, asked[i]);
    for (size_t k = 0; k < COUNT_OF(secrets); k++)
      if (strstr(s->last.body, secrets[k]))
        test_failed(__FILE__, __LINE__, asked[i], secrets[k], "nothing of it");
  }
  SAY(200, "GET /v1/orders/<web>");
  see_shadows(s, "");
  SAY(200, "GET /v1/orders");
  see_shadows(s, "/data/0");
  SAY(403, "POST /v1/orders/<web>/reveal {'reason': 'curious'}");
  be(s, s->key);
  SAY(200, "GET /v1/orders/<web>");
  SEE("/customer/name", "Li Wei"); /* only answers are masked */
  SEE("/notes", "ring twice");
  shop_close(s);
}

TEST(revealing_shows_one_order_and_is_on_record)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  SAY(200, "GET /v1/orders/<web>");
  KEEP("version", "/version");
  be(s, shop_key(s, "asker", "order.read personal.reveal"));
  SAY(200, "GET /v1/orders/<web>");
  see_shadows(s, "");
  SAY(422, "POST /v1/orders/<web>/reveal {}");
  SAY(200, "POST /v1/orders/<web>/reveal {'reason': 'is on the phone'}");
  SEE("/customer/email", "li@example.com");
  SEE("/shipping_address/line1", "1 Nanjing Rd");
  SEE("/version", "<version>");
  SAY(200, "POST /v1/orders/<web>/reveal {'reason': 'once more'}");
  shop_numbered(s);
  be(s, s->key);
  SAY(200, "GET /v1/events?topic=order.revealed");
  SEE("/data/#", "2");
  SEE("/data/0/ref", "<web>");
  SEE("/data/0/actor_name", "asker");
  SEE("/data/0/data/reason", "is on the phone");
  shop_close(s);
}

/* ---- Seeing as somebody else ---- */

/* Signs the user in and goes on with that session: <me> is its cookie, with a csrf token after it for writes. */
static void sign_in(struct shop *s, const char *login)
{
  be(s, NULL);
  SAY(201, arena_printf(s->arena, "POST /v1/session {'login': '%s', 'password': 'glass river 27 lamps'}", login));
  const char *cookie = HEADER("Set-Cookie");
  CHECK(cookie && text_starts(cookie, "ordo_session="));
  shop_label(s, "me", arena_textn(s->arena, cookie, strcspn(cookie, ";")));
  KEEP("csrf", "/csrf_token");
}

static void see_as(struct shop *s, const char *body)
{
  SAY(200, arena_printf(s->arena, "POST /v1/session/see_as\nCookie: <me>\nX-CSRF-Token: <csrf>\n%s", body));
  const char *cookie = HEADER("Set-Cookie");
  CHECK(cookie && text_starts(cookie, "ordo_see_as=") && strstr(cookie, "; HttpOnly; SameSite=Strict"));
  shop_label(s, "seen", arena_textn(s->arena, cookie, strcspn(cookie, ";")));
}

static void two_users(struct shop *s)
{
  be(s, s->key);
  SAY(201, "POST /v1/users {'login': 'adm', 'name': 'Ann', 'password': 'glass river 27 lamps', 'roles': ['admin']}");
  KEEP("adm", "/id");
  SAY(201, "POST /v1/users {'login': 'bob', 'name': 'Bob', 'password': 'glass river 27 lamps', 'roles': ['service'], "
           "'locations': ['NJ1']}");
  KEEP("bob", "/id");
}

TEST(who_sees_as_a_role_reads_what_it_may_and_changes_nothing)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  two_users(s);
  sign_in(s, "adm");
  SAY(200, "GET /v1/orders/<web>\nCookie: <me>");
  SEE("/customer/name", "Li Wei");
  see_as(s, "{'role': 'warehouse'}");
  SEE("/see_as", "warehouse");
  SEE("/roles/0", "warehouse");
  SEE("/name", "Ann");
  SAY(200, "GET /v1/session\nCookie: <me>; <seen>");
  SEE("/see_as", "warehouse");
  CHECK(!strstr(AT("/permissions"), "user.admin") && strstr(AT("/permissions"), "fulfillment.work"));
  SAY(200, "GET /v1/orders/<web>\nCookie: <me>; <seen>");
  see_shadows(s, "");
  SAY(403, "GET /v1/users\nCookie: <me>; <seen>");
  SAY(403, "GET /v1/customers\nCookie: <me>; <seen>");
  SAY(403, "POST /v1/orders/<web>/hold\nCookie: <me>; <seen>\nX-CSRF-Token: <csrf>\n{'reason': 'x'}");
  SEE("/errors/0/code", "see_as");
  SAY(403, "POST /v1/fulfillments/<web ful>/pick\nCookie: <me>; <seen>\nX-CSRF-Token: <csrf>\n{}");
  SEE("/errors/0/code", "see_as");
  SAY(403, "POST /v1/session/see_as\nCookie: <me>; <seen>\nX-CSRF-Token: <csrf>\n{'role': 'owner'}");
  SAY(403, "DELETE /v1/session\nCookie: <me>; <seen>\nX-CSRF-Token: <csrf>\n");
  SAY(403, "DELETE /v1/session/see_as\nCookie: <me>; <seen>\n");
  SEE("/code", "csrf_token_invalid");
  SAY(204, "DELETE /v1/session/see_as\nCookie: <me>; <seen>\nX-CSRF-Token: <csrf>\n");
  const char *cookie = HEADER("Set-Cookie");
  CHECK(cookie && text_starts(cookie, "ordo_see_as=;") && strstr(cookie, "; Max-Age=0"));
  SAY(200, "GET /v1/session\nCookie: <me>");
  SEE("/see_as", NULL);
  SAY(204, "DELETE /v1/session/see_as\nCookie: <me>\nX-CSRF-Token: <csrf>\n");
  shop_numbered(s);
  be(s, s->key);
  SAY(200, "GET /v1/events?topic=session.see_as_started");
  SEE("/data/#", "1");
  SEE("/data/0/actor", "<adm>");
  SEE("/data/0/data/role", "warehouse");
  SAY(200, "GET /v1/events?topic=session.see_as_ended");
  SEE("/data/#", "1");
  SEE("/data/0/actor", "<adm>");
  shop_close(s);
}

TEST(who_sees_as_a_user_sees_the_rows_of_both)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  two_users(s);
  sign_in(s, "adm");
  see_as(s, "{'user': '<bob>'}");
  SEE("/see_as", "<bob>");
  SEE("/see_as_name", "Bob");
  SEE("/locations/0", "NJ1");
  SAY(200, "GET /v1/orders?count=exact\nCookie: <me>; <seen>");
  SEE("/count", "1");
  SEE("/data/0/id", "<web>");
  SAY(404, "GET /v1/orders/<phone>\nCookie: <me>; <seen>");
  SAY(200, "GET /v1/orders?count=exact\nCookie: <me>");
  SEE("/count", "2");
  /* Whoever is bound to a place sees none beyond it through somebody else's eyes. */
  be(s, s->key);
  SAY(200, "PATCH /v1/users/adm {'locations': ['LA']}");
  be(s, NULL);
  SAY(200, "GET /v1/orders?count=exact\nCookie: <me>; <seen>");
  SEE("/count", "0");
  SAY(200, "GET /v1/orders?count=exact\nCookie: <me>; ordo_see_as=manager");
  SEE("/count", "1");
  SEE("/data/0/id", "<phone>");
  /* Who may not sign in sees nothing. */
  be(s, s->key);
  SAY(200, "PATCH /v1/users/bob {'disabled': true}");
  be(s, NULL);
  SAY(403, "GET /v1/orders\nCookie: <me>; <seen>");
  shop_close(s);
}

TEST(only_who_manages_users_sees_as_others)
{
  struct shop *s = shop_open(t);
  two_of_everything(s);
  two_users(s);
  sign_in(s, "bob");
  SAY(403, "POST /v1/session/see_as\nCookie: <me>\nX-CSRF-Token: <csrf>\n{'role': 'owner'}");
  SAY(200, "GET /v1/session\nCookie: <me>; ordo_see_as=owner"); /* no cookie gives anybody anything */
  SEE("/see_as", NULL);
  SEE("/roles/0", "service");
  SAY(403, "GET /v1/users\nCookie: <me>; ordo_see_as=owner");
  sign_in(s, "adm");
  SAY(422, "POST /v1/session/see_as\nCookie: <me>\nX-CSRF-Token: <csrf>\n{}");
  SAY(422, "POST /v1/session/see_as\nCookie: <me>\nX-CSRF-Token: <csrf>\n{'role': 'pirate'}");
  SAY(404, "POST /v1/session/see_as\nCookie: <me>\nX-CSRF-Token: <csrf>\n{'user': 'nobody'}");
  SAY(200, "GET /v1/session\nCookie: <me>; ordo_see_as=pirate");
  SEE("/see_as", NULL);
  /* Nobody becomes more than he is. */
  SAY(403, "PATCH /v1/users/adm\nCookie: <me>; ordo_see_as=owner\nX-CSRF-Token: <csrf>\n{'roles': ['owner']}");
  SAY(200, "GET /v1/session\nCookie: <me>; ordo_see_as=owner");
  CHECK(!strstr(AT("/permissions"), "owner.admin"));
  be(s, s->key);
  SAY(409, "POST /v1/session/see_as {'role': 'warehouse'}");
  SAY(200, "GET /v1/orders?count=exact\nCookie: ordo_see_as=viewer"); /* a key is nobody's eyes */
  SEE("/count", "2");
  shop_close(s);
}
