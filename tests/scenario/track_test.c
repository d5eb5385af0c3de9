/* Customers follow their orders by a link. */
#include "shop.h"

#include <stdio.h>
#include <string.h>

/* Asks as a customer does: without a key. */
static int look(struct shop *s, const char *token)
{
  struct request rq = {.method = "GET", .path = arena_printf(s->arena, "/v1/track/%s", token), .key = ""};
  CHECK_INT(client_call(s->client, &rq, &s->last), CALL_ANSWERED);
  return s->last.status;
}

static const char *a_link(struct shop *s)
{
  SAY(200, "GET /v1/orders/<order>/tracking_link");
  return AT("/token");
}

static void an_order_for_li(struct shop *s)
{
  a_small_shop(s);
  SAY(200, "PATCH /v1/carriers/ordo {'phone': '+86 95338', 'tracking_url': 'https://ordo.example/t/{number}'}");
  SAY(201,
      "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'li@example.com', 'phone': '+86 138 "
      "0000 "
      "0000', 'name': 'Li Wei'}, 'shipping_address': {'name': 'Li Wei', 'line1': '1 Nanjing Rd', 'postal_code': "
      "'200001', "
      "'city': 'Shanghai', 'country': 'CN', 'phone': '+86 138 0000 0000'}, 'lines': [{'sku': 'TEE-S', 'quantity': 2}], "
      "'notes': 'leave it with the porter', 'payments': [{'provider': 'manual', 'kind': 'capture', 'amount': 3980}]}");
  KEEP("order", "/id");
  KEEP("number", "/number");
  KEEP("fulfillment", "/fulfillments/0/id");
}

TEST(a_customer_sees_the_way_of_an_order_without_signing_in)
{
  struct shop *s = shop_open(t);
  an_order_for_li(s);
  const char *token = arena_text(s->arena, a_link(s));
  CHECK_INT(look(s, token), 200);
  SEE("/order_number", shop_labelled(s, "number"));
  SEE("/state", "preparing");
  SEE("/steps/0/code", "ordered");
  SEE("/steps/0/state", "done");
  SEE("/steps/2/code", "packed");
  SEE("/steps/2/state", "current");
  SEE("/waiting/0/quantity", "2");
  CHECK(json_look(s->arena, s->last.body, "/expected/deliver_by"));
  CHECK_TEXT(HEADER("Cache-Control"), "no-store");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  KEEP("parcel", "/parcels/0/id");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'in_transit', 'occurred_at': '2026-11-20T08:00:00Z', "
           "'place': "
           "'Suzhou'}");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'out_for_delivery', 'occurred_at': "
           "'2026-11-21T08:00:00Z'}");
  CHECK_INT(look(s, token), 200);
  SEE("/state", "shipped");
  SEE("/parcels/0/status", "out_for_delivery");
  SEE("/parcels/0/events/0/status", "out_for_delivery");
  SEE("/parcels/0/events/1/place", "Suzhou");
  SEE("/parcels/0/items/0/quantity", "2");
  SEE("/parcels/0/carrier_phone", "+86 95338");
  CHECK(strstr(AT("/parcels/0/url"), "https://ordo.example/t/OD"));
  SEE("/steps/4/code", "out_for_delivery");
  SEE("/steps/4/state", "done");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-21T10:00:00Z'}");
  CHECK_INT(look(s, token), 200);
  SEE("/state", "delivered");
  SEE("/steps/5/state", "done");
  SEE("/steps/5/at", "2026-11-21T10:00:00.000Z");
  shop_close(s);
}

TEST(a_link_tells_nothing_personal_but_city_country_and_a_masked_name)
{
  static const char *const secrets[] = {"Li Wei", "li@example", "138 0000", "Nanjing", "200001",
                                        "porter", "cus_",       "ord_",     "3980"};
  struct shop *s = shop_open(t);
  an_order_for_li(s);
  CHECK_INT(look(s, a_link(s)), 200);
  SEE("/recipient/name", "L* W**");
  SEE("/recipient/city", "Shanghai");
  SEE("/recipient/country", "CN");
  for (size_t i = 0; i < COUNT_OF(secrets); i++)
    if (strstr(s->last.body, secrets[i]))
      test_failed(__FILE__, __LINE__, s->last.body, secrets[i], "not in it");
  shop_close(s);
}

TEST(every_token_that_leads_nowhere_gets_the_same_answer)
{
  struct shop *s = shop_open(t);
  an_order_for_li(s);
  char *token = arena_text(s->arena, a_link(s));
  CHECK_INT(strlen(token), 32);
  token[5] = token[5] == 'A' ? 'B' : 'A';
  CHECK_INT(look(s, token), 404);
  const char *detail = arena_text(s->arena, AT("/detail"));
  static const char *const wrong[] = {"x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "ord_01jd7k3v9q2m8", "....",
                                      "SO-100001"};
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    CHECK_INT(look(s, wrong[i]), 404);
    SEE("/detail", detail);
  }
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'draft': true, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  KEEP("order", "/id");
  SAY(409, "GET /v1/orders/<order>/tracking_link");
  shop_close(s);
}

TEST(an_address_that_asks_too_often_waits)
{
  struct shop *s = shop_open(t);
  int refused = 0;
  for (int i = 0; i < 130 && !refused; i++) /* more than two windows' worth */
    refused = look(s, "guess") == 429;
  CHECK(refused);
  CHECK(HEADER("Retry-After"));
  shop_close(s);
}

TEST(a_promise_that_moved_tells_when_and_why)
{
  struct shop *s = shop_open(t);
  an_order_for_li(s);
  SAY(201, "POST /v1/locations {'code': 'FAR', 'processing_hours': 200}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'FAR', 'lines': [{'sku': 'TEE-S', 'counted': 10}]}");
  CHECK_INT(look(s, a_link(s)), 200);
  const char *promised = arena_text(s->arena, AT("/promised"));
  SEE("/changes/#", "0");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/reject {'reason': 'no_staff'}");
  shop_numbered(s);
  CHECK_INT(look(s, a_link(s)), 200);
  SEE("/promised", promised);
  SEE("/changes/#", "1");
  SEE("/changes/0/from", promised);
  SEE("/changes/0/to", arena_text(s->arena, AT("/expected/deliver_by")));
  SEE("/changes/0/reason", "location");
  const char *expected = arena_text(s->arena, AT("/expected/deliver_by"));
  SAY(200, "GET /v1/fulfillments?order=<order>&location=FAR");
  KEEP("moved", "/data/0/id");
  SAY(200, "GET /v1/delivery_promises?fulfillments=<moved>"); /* staff read the same of many, without the link */
  SEE("/data/0/promised", promised);
  SEE("/data/0/deliver_by", expected);
  SEE("/data/0/changes/#", "1");
  SEE("/data/0/changes/0/reason", "location");
  shop_close(s);
}

/* The page of a link as this Accept asks for it; NULL when the program has no console in it. */
static const char *page_by(struct shop *s, const char *token, const char *accept, const char *language)
{
  struct request rq = {.method = "GET",
                       .path = arena_printf(s->arena, "/track/%s", token),
                       .key = "",
                       .headers = arena_printf(s->arena, "%sAccept-Language: %s\r\n", accept, language)};
  CHECK_INT(client_call(s->client, &rq, &s->last), CALL_ANSWERED);
  return s->last.status == 200 ? s->last.body : NULL;
}

static const char *page_of(struct shop *s, const char *token, const char *language)
{
  return page_by(s, token, "Accept: text/html\r\n", language);
}

TEST(the_page_of_a_link_comes_whatever_the_reader_says_it_accepts)
{
  static const char *const accepts[] = {"", "Accept: */*\r\n", "Accept: text/plain, image/*\r\n"};
  struct shop *s = shop_open(t);
  an_order_for_li(s);
  const char *token = arena_text(s->arena, a_link(s));
  if (!page_of(s, token, "en"))
    SKIP("this program has no console in it");
  for (size_t i = 0; i < COUNT_OF(accepts); i++) {
    const char *page = page_by(s, token, accepts[i], "en");
    CHECK(page && strstr(page, "<html lang=\"en\">") && strncmp(HEADER("Content-Type"), "text/html", 9) == 0);
  }
  shop_close(s);
}

TEST(the_page_of_a_link_tells_the_status_before_any_script_runs)
{
  struct shop *s = shop_open(t);
  an_order_for_li(s);
  SAY(200, "PATCH /v1/settings/company.name {'value': 'Lamps & <b>Rugs</b>'}");
  const char *token = arena_text(s->arena, a_link(s)), *page = page_of(s, token, "zh-TW,zh;q=0.9");
  if (!page)
    SKIP("this program has no console in it");
  const char *number = shop_labelled(s, "number");
  CHECK(strstr(page, "Expected to arrive by") && strstr(page, "We are preparing it") && strstr(page, number));
  CHECK(strstr(page, "<html lang=\"en\">") && strstr(page, "<script type=\"module\""));
  /* What others typed is text and nothing else. */
  CHECK(strstr(page, "Lamps &amp; &lt;b&gt;Rugs&lt;/b&gt;</span>") && !strstr(page, "<b>"));
  CHECK(strstr(page, arena_printf(s->arena, "<title>%s", number)));
  CHECK(strstr(HEADER("Content-Security-Policy"), "script-src 'self'; style-src 'self'"));
  CHECK_TEXT(HEADER("Cache-Control"), "no-store");
  CHECK(!strstr(page, "Li Wei") && !strstr(page, "Nanjing"));
  /* Nobody learns whether there is an order: a token that is none gets one answer. */
  page = page_of(s, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "fr, zh-TW;q=0.9");
  CHECK(strstr(page, "<html lang=\"zh-TW\">") && !strstr(page, number) && !strstr(page, "Lamps"));
  page = page_of(s, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "zh-Hans-CN");
  CHECK(strstr(page, "<html lang=\"zh-CN\">"));
  shop_close(s);
}

TEST(the_page_of_a_link_speaks_the_language_of_its_order)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'language': 'zh-CN', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}], 'payments': [{'provider': 'manual', 'kind': 'capture', 'amount': 1990}]}");
  KEEP("order", "/id");
  const char *token = arena_text(s->arena, a_link(s)), *page = page_of(s, token, "en");
  if (!page)
    SKIP("this program has no console in it");
  CHECK(strstr(page, "<html lang=\"zh-CN\">") && strstr(page, "<p class=\"state-word\">"));
  CHECK(strstr(page, "\xe6\x9c\x88") && strstr(page, "\xe5\x91\xa8")); /* month, and weekday, as they are written there */
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'changed my mind'}");
  page = page_of(s, token, "en");
  CHECK(page && !strstr(page, "<p class=\"state-word\">"));
  shop_close(s);
}
