/* Lists as integrators page through them, and orders under a channel's own id. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

enum { ORDERS = 25 };

static void many_orders(struct shop *s)
{
  a_small_shop(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 1000}]}");
  for (int i = 0; i < ORDERS; i++) {
    shop_label(s, "i", arena_printf(s->arena, "%d", i));
    shop_label(s, "quantity", arena_printf(s->arena, "%d", 1 + i % 3));
    SAY(201, "POST /v1/orders {'channel': 'web', 'external_id': 'e-<i>', 'currency': 'USD', 'customer': {'email': "
             "'c<i>@example.com', 'name': 'Zoe Quentin'},"
             "'lines': [{'sku': 'TEE-S', 'quantity': <quantity>}]}");
    if (i % 5 == 0) {
      KEEP("order", "/id");
      SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'no'}");
    }
  }
}

/* Pages through a list; how many rows there are, all different. */
static int64_t page_through(struct shop *s, const char *list)
{
  struct buf seen;
  int64_t n = 0;
  buf_init(&seen, s->arena);
  shop_label(s, "list", list);
  SAY(200, "GET <list>");
  for (;;) {
    int64_t rows = json_look_i64(s->arena, s->last.body, "/data/#");
    for (int64_t i = 0; i < rows; i++) {
      const char *id = AT(arena_printf(s->arena, "/data/%lld/id", (long long)i));
      if (strstr(buf_str(&seen), id))
        test_failed(__FILE__, __LINE__, list, id, "each row once");
      buf_printf(&seen, "%s ", id);
    }
    n += rows;
    const char *next = json_look(s->arena, s->last.body, "/next_cursor");
    if (!next || strcmp(next, "null") == 0)
      return n;
    shop_label(s, "cursor", next);
    SAY(200, "GET <list>&cursor=<cursor>");
  }
}

TEST(every_page_of_a_list_goes_on_where_the_last_one_ended)
{
  struct shop *s = shop_open(t);
  many_orders(s);
  CHECK_INT(page_through(s, "/v1/orders?limit=7"), ORDERS);
  CHECK_INT(page_through(s, "/v1/orders?limit=1&sort=created_at"), ORDERS);
  CHECK_INT(page_through(s, "/v1/orders?limit=3&state=cancelled"), 5);
  CHECK_INT(page_through(s, "/v1/orders?limit=4&state=open,cancelled&sort=-created_at"), ORDERS);
  SAY(200, "GET /v1/orders?limit=2&count=exact&state=cancelled");
  SEE("/count", "5");
  SEE("/data/0/lines", NULL); /* nested lists only on request */
  SAY(200, "GET /v1/orders?limit=1&expand=lines");
  SEE("/data/0/lines/0/sku", "TEE-S");
  SAY(200, "GET /v1/orders?created_at[gte]=2099-01-01T00:00:00Z");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/orders?channel=web&external_id=e-7");
  SEE("/data/0/external_id", "e-7");
  AWAIT("GET /v1/orders?q=c24@example.com", "/data/#", "1");
  AWAIT("GET /v1/orders?q=quent&limit=50", "/data/#", "25");
  SAY(422, "GET /v1/orders?limit=201");
  SAY(422, "GET /v1/orders?no_such=1");
  SAY(422, "GET /v1/orders?sort=number%20desc");
  SAY(422, "GET /v1/orders?state=nonsense");
  SAY(200, "GET /v1/orders?limit=3\nAccept: text/csv");
  CHECK(text_starts(HEADER("Content-Type"), "text/csv"));
  CHECK(text_starts(s->last.body, "id,number,"));
  shop_close(s);
}

TEST(csv_has_money_as_the_api_has_it_and_on_request_as_people_write_it)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/products {'sku': 'YEN', 'price': 700, 'currency': 'JPY', 'name': {'en': 'One', 'zh-CN': 'Two'}}");
  SAY(200, "GET /v1/products?sort=sku&format=csv");
  CHECK(strstr(s->last.body, ",1990,"));
  CHECK(!strstr(s->last.body, "19.9"));
  const char *heads = arena_textn(s->arena, s->last.body, strcspn(s->last.body, "\r"));
  SAY(200, "GET /v1/products?sort=sku&format=csv_major");
  CHECK(text_starts(HEADER("Content-Type"), "text/csv"));
  CHECK(strstr(HEADER("Content-Disposition"), ".csv\""));
  CHECK(text_starts(s->last.body, heads)); /* the same columns */
  CHECK(strstr(s->last.body, ",19.9,"));
  CHECK(strstr(s->last.body, ",700,")); /* a currency without decimals */
  CHECK(strstr(s->last.body, "Two"));
  SAY(422, "GET /v1/products?format=pdf");
  shop_close(s);
}

TEST(a_file_has_the_columns_that_were_asked_for_in_their_order_under_their_titles)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}], "
           "'shipping_address': {'name': 'Carla Diaz', 'country': 'US'}}");
  SAY(200, "GET /v1/orders?format=csv_major&columns=totals.total:Sum;customer.name%7Cshipping_address.name:Who%20is%20it;currency");
  CHECK_TEXT(s->last.body, "Sum,Who is it,currency\r\n19.9,Carla Diaz,USD\r\n");
  /* Titles come with the address; a spreadsheet runs none of them. */
  SAY(200, "GET /v1/orders?format=csv_major&columns=currency:%3Dcmd()");
  CHECK(text_starts(s->last.body, "'=cmd()\r\n"));
  SAY(200, "GET /v1/orders?format=xlsx&columns=currency:Currency");
  SAY(422, "GET /v1/orders?format=csv_major&columns=secrets:S");
  SEE("/errors/0/pointer", "/query/columns");
  SAY(422, "GET /v1/orders?format=csv&columns=currency:C");
  SAY(422, "GET /v1/orders?format=csv_major&columns=a%7Cb%7Cc%7Cd%7Ce:X");
  shop_close(s);
}

TEST(an_order_under_the_channels_own_id_is_placed_once)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "PUT /v1/channels/web/orders/X-1 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/external_id", "X-1");
  SEE("/channel", "web");
  KEEP("order", "/id");
  SAY(200, "PUT /v1/channels/web/orders/X-1 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/id", "<order>");
  SAY(409, "POST /v1/orders {'channel': 'web', 'external_id': 'X-1', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}]}");
  SEE("/code", "external_id_conflict");
  SAY(200, "PUT /v1/channels/web/orders/X-1 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  SEE("/id", "<order>");
  SEE("/lines/0/quantity", "2");
  SAY(200, "GET /v1/orders?count=exact");
  SEE("/data/#", "1");
  shop_close(s);
}

TEST(customers_are_matched_by_what_they_give)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'Li@Example.com', 'name': "
           "'Li'}, 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  KEEP("customer", "/customer_id");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'li@example.com'}, 'lines': "
           "[{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/customer_id", "<customer>");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'id': '<customer>'}, 'lines': [{'sku': "
           "'TEE-S', 'quantity': 1}]}");
  SEE("/customer_id", "<customer>");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'name': 'A guest'}, 'lines': [{'sku': "
           "'TEE-S', 'quantity': 1}]}");
  SEE("/customer_id", NULL);
  SEE("/customer/name", "A guest");
  SAY(200, "GET /v1/orders?customer=<customer>");
  SEE("/data/#", "3");
  shop_close(s);
}
