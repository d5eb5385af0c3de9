/* What screens of master data ask: variants and pictures of products, stock by product, how channels do. */
#include "shop.h"

#include <string.h>

TEST(variants_name_their_parent_and_pictures_are_addresses)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/products {'sku': 'TEE'}");
  SAY(201, "POST /v1/products {'sku': 'TEE-S', 'parent_sku': 'TEE', 'options': {'size': 'S'}, 'images': "
           "['https://x.example/s.jpg', '/pictures/s.png']}");
  SAY(201, "POST /v1/products {'sku': 'TEE-M', 'parent_sku': 'TEE', 'options': {'size': 'M'}}");
  SAY(200, "GET /v1/products?parent_sku=TEE");
  SEE("/data/#", "2");
  SAY(200, "GET /v1/products/TEE-S");
  SEE("/options/size", "S");
  SEE("/images/1", "/pictures/s.png");
  SAY(200, "PATCH /v1/products/TEE-S {'images': []}");
  SEE("/images/#", "0");
  SAY(422, "PATCH /v1/products/TEE {'parent_sku': 'TEE'}");
  SEE("/errors/0/pointer", "/parent_sku");
  SAY(422, "PATCH /v1/products/TEE-S {'images': ['javascript:alert(1)', 'http://x.example/a', '//x.example/a', "
           "'https://x']}");
  SEE("/errors/#", "3");
  SAY(422, "PATCH /v1/products/TEE-S {'options': {'size': 1}}");
  SEE("/errors/0/pointer", "/options");
  SAY(422, "PATCH /v1/products/TEE-S {'gtin': '4006381333930'}");
  shop_close(s);
}

TEST(stock_of_a_product_adds_up_over_its_locations)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/products {'sku': 'SERVICE', 'kind': 'service'}");
  SAY(201, "POST /v1/locations {'code': 'B2'}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'B2', 'lines': [{'sku': 'TEE-S', 'counted': 4}, {'sku': 'TEE-S', "
           "'counted': 1, "
           "'condition': 'damaged'}]}");
  SAY(200, "POST /v1/stock/safety {'location': 'B2', 'sku': 'TEE-S', 'safety': 1}");
  a_paid_order(s, 3);
  SAY(200, "GET /v1/stock/summary?sku=TEE-S&expand=places");
  SEE("/data/#", "1");
  SEE("/data/0/on_hand", "14");
  SEE("/data/0/unfit", "1");
  SEE("/data/0/reserved", "3");
  SEE("/data/0/allocated", "3");
  SEE("/data/0/safety", "1");
  SEE("/data/0/available", "10");
  SEE("/data/0/places/#", "2");
  SEE("/data/0/places/0/location", "B2");
  SEE("/data/0/places/0/rows", "2");
  SAY(200, "GET /v1/stock/summary?sort=sku");
  SEE("/data/#", "2");
  SEE("/data/0/sku", "MUG-BLUE");
  SEE("/data/0/places", NULL);
  SAY(200, "GET /v1/stock/summary?location=B2");
  SEE("/data/#", "1");
  SAY(200, "GET /v1/stock/summary?level=negative");
  SEE("/data/#", "0");
  SAY(201, "POST /v1/stock/adjustments {'location': 'B2', 'lines': [{'sku': 'TEE-S', 'counted': 1}]}");
  SAY(200, "GET /v1/stock/summary?level=low");
  SEE("/data/0/sku", "TEE-S");
  SEE("/data/0/low", "true");
  SAY(422, "GET /v1/stock/summary?level=some");
  AWAIT("GET /v1/stock/summary?q=mug", "/data/0/sku", "MUG-BLUE");
  SAY(200, "GET /v1/stock/summary?sort=sku\nAccept: text/csv");
  CHECK(strstr(s->last.body, "MUG-BLUE"));
  shop_close(s);
}

TEST(a_channel_tells_how_many_orders_came_and_when)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/channels {'code': 'phone'}");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'ordered_at': '2026-11-20T08:00:00Z', 'lines': "
           "[{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  KEEP("at", "/created_at");
  SAY(200, "GET /v1/channel_health");
  SEE("/data/0/channel", "phone");
  SEE("/data/0/orders_day", "0");
  SEE("/data/0/last_order_at", NULL);
  SEE("/data/1/channel", "web");
  SEE("/data/1/orders_day", "1");
  SEE("/data/1/last_order_at", shop_labelled(s, "at"));
  CHECK(json_look_i64(s->arena, s->last.body, "/data/1/lag_s") > 0);
  shop_close(s);
}
