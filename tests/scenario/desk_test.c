/* The order desk: an order typed from a phone call, with what it would cost and when it would arrive; drafts. */
#include "shop.h"

#include <string.h>

TEST(a_quote_tells_price_stock_and_promise_and_writes_nothing)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "POST /v1/orders/quote {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}, "
           "{'sku': 'MUG-BLUE', 'quantity': 7}], 'charges': [{'kind': 'shipping', 'amount': 500}]}");
  SEE("/lines/0/unit_price", "1990");
  SEE("/lines/0/available", "10");
  SEE("/lines/0/missing", "0");
  SEE("/lines/0/places/0/location", "NJ1");
  SEE("/lines/0/places/0/assigned", "2");
  SEE("/lines/1/missing", "2");
  SEE("/complete", "false");
  SEE("/would_refuse", "true");
  SEE("/totals/total", "13230");
  SAY(200, "POST /v1/orders/quote {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  SEE("/complete", "true");
  CHECK(!text_empty(AT("/promise/ship_by")));
  SAY(422, "POST /v1/orders/quote {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'NOPE', 'quantity': 2}]}");
  SEE("/errors/0/pointer", "/lines/0/sku");
  SAY(200, "GET /v1/orders");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/reserved", "0");
  shop_close(s);
}

TEST(a_draft_is_edited_until_it_is_placed)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'draft': true, 'customer': {'email': "
           "'li@example.com'}, 'lines': [{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 1}], "
           "'payments': [{'provider': 'manual', 'kind': 'capture', 'amount': 100}], 'notes': 'by phone'}");
  KEEP("order", "/id");
  KEEP("customer", "/customer_id");
  SAY(200, "PATCH /v1/orders/<order> {'lines': [{'sku': 'MUG-BLUE', 'quantity': 3}], 'tags': ['phone']}");
  SEE("/state", "draft");
  SEE("/lines/#", "1");
  SEE("/lines/0/sku", "MUG-BLUE");
  SEE("/totals/total", "3750");
  SEE("/totals/paid", "100");
  SEE("/customer/email", "li@example.com");
  SEE("/notes", "by phone");
  SAY(200, "PATCH /v1/orders/<order> {'customer': {'email': 'wang@example.com', 'name': 'Wang'}, 'shipping_address': "
           "{'name': 'Wang', 'line1': '1 Nanjing Rd', 'city': 'Shanghai', 'country': 'CN'}, 'payments': [{'provider': "
           "'manual', 'kind': 'capture', 'amount': 3750}]}");
  SEE("/customer/name", "Wang");
  CHECK(strcmp(AT("/customer_id"), shop_labelled(s, "customer")) != 0);
  SEE("/payments/#", "1");
  SEE("/totals/due", "0");
  SAY(200, "PATCH /v1/orders/<order> {'customer': null, 'shipping_address': null, 'notes': null}");
  SEE("/customer", NULL);
  SEE("/customer_id", NULL);
  SAY(422, "PATCH /v1/orders/<order> {'lines': []}");
  SAY(422, "PATCH /v1/orders/<order> {'channel': 'other'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/lines/#", "1");
  SEE("/notes", NULL);
  SAY(200, "POST /v1/orders/<order>/place");
  SEE("/state", "open");
  SEE("/lines/0/counters/allocated", "3");
  SAY(422, "PATCH /v1/orders/<order> {'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}]}"); /* it is no draft any more */
  SAY(200, "PATCH /v1/orders/<order> {'tags': ['vip']}");
  SAY(200, "GET /v1/orders?tag=vip");
  SEE("/data/#", "1");
  SAY(200, "GET /v1/orders?tag=phone");
  SEE("/data/#", "0");
  shop_close(s);
}

TEST(another_price_than_the_catalogs_has_a_reason)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1, "
           "'unit_price': 1500, 'price_reason': 'the last one had a stain'}]}");
  SEE("/lines/0/unit_price", "1500");
  SEE("/lines/0/list_price", "1990");
  SEE("/lines/0/price_reason", "the last one had a stain");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1, "
           "'unit_price': 1500}]}"); /* a shop's own price */
  SEE("/lines/0/list_price", NULL);
  s->key = shop_key(s, "desk", "order.read order.create");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(403, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1, "
           "'unit_price': 1500, 'price_reason': 'a friend'}]}");
  SEE("/errors/0/pointer", "/lines/0/unit_price");
  shop_close(s);
}

TEST(who_types_finds_customers_and_products)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/customers {'email': 'li.wei@example.com', 'name': 'Li Wei', 'phone': '+86 138 0000 0000'}");
  AWAIT("GET /v1/customers?q=li+we", "/data/0/name", "Li Wei");
  AWAIT("GET /v1/products?q=mug+bl", "/data/0/sku", "MUG-BLUE");
  SAY(200, "GET /v1/customers?q=nobody");
  SEE("/data/#", "0");
  shop_close(s);
}
