/* What integrators meet at the edges of the contract: lists, doubles, PUT, many orders at once. */
#include "shop.h"

#include <string.h>

TEST(a_list_of_orders_expands_what_is_nested)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "GET /v1/orders");
  SEE("/data/0/lines", NULL);
  SEE("/data/0/fulfillments", NULL);
  SEE("/data/0/next_actions", NULL);
  SAY(200, "GET /v1/orders?expand=lines,parcels,customer");
  SEE("/data/0/lines/0/counters/packed", "2");
  SEE("/data/0/fulfillments/0/lines/0/quantity", "2");
  SEE("/data/0/fulfillments/0/parcels/0/items/0/quantity", "2");
  SEE("/data/0/payments", NULL);
  SAY(200, "GET /v1/fulfillments?expand=parcels");
  SEE("/data/0/parcels/0/items/0/line", "1");
  SAY(200, "GET /v1/orders?expand=next_actions");
  CHECK(strstr(AT("/data/0/next_actions"), "\"ship\"") != NULL);
  SAY(422, "GET /v1/orders?expand=colors");
  SEE("/errors/0/pointer", "/query/expand");
  shop_close(s);
}

TEST(orders_are_listed_by_status_too)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "GET /v1/orders?status=open,placed");
  SEE("/data/#", "1");
  SAY(200, "GET /v1/orders?status=draft");
  SEE("/data/#", "0");
  SAY(422, "GET /v1/orders?status=nonsense");
  SAY(200, "GET /v1/orders?customer=nobody");
  SEE("/data/#", "0");
  shop_close(s);
}

#define MUGS(quantity, more)                                                                                           \
  "{'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE', 'quantity': " quantity ", 'unit_price': 1250" more "}]}"

TEST(an_order_is_put_under_the_channels_own_id)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "PUT /v1/channels/web/orders/A-1 " MUGS("1", ""));
  KEEP("order", "/id");
  SEE("/channel", "web");
  SEE("/external_id", "A-1");
  CHECK_TEXT(HEADER("Location"), shop_text(s, "/v1/orders/<order>"));
  SAY(200, "PUT /v1/channels/web/orders/A-1 " MUGS("1", ""));
  SEE("/id", "<order>");
  SAY(200, "PUT /v1/channels/web/orders/A-1 " MUGS("2", "")); /* sent again with other content: it is changed */
  SEE("/id", "<order>");
  SEE("/lines/0/quantity", "2");
  SAY(409, "POST /v1/orders {'channel': 'web', 'external_id': 'A-1', 'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE',"
           " 'quantity': 3, 'unit_price': 1250}]}");
  SEE("/code", "external_id_conflict");
  SEE("/id", "<order>");
  SAY(404, "PUT /v1/channels/nowhere/orders/A-1 " MUGS("1", ""));
  SAY(422, "PUT /v1/channels/web/orders/A-2 {'channel': 'phone', 'external_id': 'A-3', 'currency': 'USD',"
           " 'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}]}");
  SEE("/errors/0/pointer", "/channel");
  SEE("/errors/1/pointer", "/external_id");
  shop_close(s);
}

TEST(a_double_names_exactly_what_differs)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "PUT /v1/channels/web/orders/A-1 " MUGS("1", ", 'metadata': {'gift': true}"));
  SAY(200, "PUT /v1/channels/web/orders/A-1 " MUGS("1", ", 'metadata': {'gift': false}"));
  SAY(409, "POST /v1/orders {'channel': 'web', 'external_id': 'A-1', 'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE',"
           " 'quantity': 3, 'unit_price': 1250}]}");
  SEE("/errors/#", "1");
  SEE("/errors/0/pointer", "/lines/0/quantity");
  shop_close(s);
}

TEST(each_order_of_many_says_what_the_single_call_would_have_said)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "POST /v1/orders/bulk {'orders': ["
           "{'channel': 'web', 'external_id': 'B-1', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 4}]},"
           "{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 7}]},"
           "{'channel': 'web', 'external_id': 'B-1', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 5}]}]}");
  SEE("/results/0/status", "201");
  KEEP("order", "/results/0/order/id");
  SEE("/results/1/status", "409");
  SEE("/results/1/errors/0/sku", "TEE-S");
  SEE("/results/1/errors/0/asked", "7");
  SEE("/results/1/errors/0/available", "6");
  SEE("/results/2/code", "external_id_conflict");
  SEE("/results/2/id", "<order>");
  SEE("/results/2/errors/0/pointer", "/lines/0/quantity");
  shop_close(s);
}

TEST(short_lists_have_pages_too)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "GET /v1/orders/<order>/timeline?limit=1");
  SEE("/data/#", "1");
  SEE("/data/0/topic", "order.placed");
  KEEP("cursor", "/next_cursor");
  SAY(200, "GET /v1/orders/<order>/timeline?limit=1&cursor=<cursor>");
  SEE("/data/#", "1");
  SEE("/data/0/topic", "payment.captured");
  SAY(200, "GET /v1/settings?limit=200");
  SEE("/next_cursor", "null");
  SAY(422, "GET /v1/settings?limit=201");
  SAY(422, "GET /v1/roles?cursor=x");
  SEE("/errors/0/pointer", "/query/cursor");
  shop_close(s);
}

TEST(an_export_of_orders_has_who_and_where)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'external_id': 'C-1', 'currency': 'USD', 'tags': ['vip', 'gift'],"
           " 'customer': {'name': 'Li Wei'}, 'shipping_address': {'line1': '1 Nanjing Rd', 'city': 'Shanghai', "
           "'country': 'CN'},"
           " 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SAY(200, "GET /v1/orders\nAccept: text/csv\n");
  CHECK(strstr(s->last.body, ",customer.name,") && strstr(s->last.body, ",shipping_address.city,"));
  CHECK(strstr(s->last.body, ",vip;gift,") && strstr(s->last.body, ",Li Wei,") && strstr(s->last.body, ",Shanghai,"));
  shop_close(s);
}

TEST(an_external_id_is_not_empty)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(422, "POST /v1/orders {'channel': 'web', 'external_id': '', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  SEE("/errors/0/pointer", "/external_id");
  shop_close(s);
}

TEST(a_clash_names_each_field_once)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "PATCH /v1/orders/<order> {'tags': ['a']}");
  SAY(200, "PATCH /v1/orders/<order> {'tags': ['b']}");
  SAY(412, "PATCH /v1/orders/<order>\nIf-Match: \"1\"\n{'tags': ['c']}");
  SEE("/errors/#", "2");
  SEE("/errors/0/pointer", "/version");
  SEE("/errors/1/pointer", "/tags");
  shop_close(s);
}
