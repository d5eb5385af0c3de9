/* The contract of the API, field by field, as integrators read it. Numbers are computed by hand. */
#include "shop.h"

#include <string.h>

static void a_shop_in_shanghai(struct shop *s)
{
  SAY(201, "POST /v1/locations {'code': 'SHA', 'name': 'Shanghai', 'time_zone': 'Asia/Shanghai'}");
  SAY(201,
      "POST /v1/products {'sku': 'TEE-S', 'name': {'en': 'T-shirt', 'zh': 'T恤'}, 'price': 2100, 'weight_g': 150}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'SHA', 'reason': 'first count', 'lines': [{'sku': 'TEE-S', "
           "'counted': 10}]}");
}

static const char the_example[] =
    "POST /v1/orders\n"
    "{'channel': 'web', 'external_id': '1001', 'currency': 'USD', 'language': 'zh-CN', 'ordered_at': "
    "'2026-11-20T08:00:00Z',"
    " 'customer': {'email': 'li@example.com', 'name': 'Li Wei', 'phone': '+86 138 0000 0000'},"
    " 'delivery': {'type': 'ship'},"
    " 'shipping_address': {'name': 'Li Wei', 'line1': '1 Nanjing Rd', 'city': 'Shanghai', 'region': 'SH',"
    " 'postal_code': '200000', 'country': 'CN'},"
    " 'billing_address': {'name': 'Li Wei', 'line1': '2 Nanjing Rd', 'city': 'Shanghai', 'country': 'CN'},"
    " 'invoice': {'title': 'Li Wei Ltd', 'tax_id': '91310000MA1K35XXXX', 'type': 'company'},"
    " 'lines': [{'sku': 'TEE-S', 'quantity': 2, 'unit_price': 1990, 'discount': 0, 'tax_rate': '0.13', 'kind': 'item',"
    " 'external_line_id': '7', 'metadata': {}}],"
    " 'charges': [{'kind': 'shipping', 'amount': 500, 'tax_rate': '0.13'}], 'shipping_method': 'standard',"
    " 'prices_include_tax': true, 'payment_terms': 'prepaid', 'expected_total': 4480,"
    " 'payments': [{'provider': 'manual', 'kind': 'capture', 'amount': 4480, 'reference': 'tx-77'}],"
    " 'requested_delivery': {'to': '2026-12-01'}, 'notes': 'ring twice', 'tags': ['vip'], 'metadata': {'campaign': "
    "'fall'}}";

static bool has_prefix(const char *text, const char *prefix)
{
  return text && text_starts(text, prefix);
}

/* What was sent comes back. */
static void see_what_was_sent(struct shop *s)
{
  static const struct {
    const char *pointer, *value;
  } sent[] = {
      {"/channel",                      "web"                     },
      {"/external_id",                  "1001"                    },
      {"/currency",                     "USD"                     },
      {"/language",                     "zh-CN"                   },
      {"/ordered_at",                   "2026-11-20T08:00:00.000Z"},
      {"/customer/email",               "li@example.com"          },
      {"/customer/name",                "Li Wei"                  },
      {"/customer/phone",               "+86 138 0000 0000"       },
      {"/delivery/type",                "ship"                    },
      {"/shipping_address/name",        "Li Wei"                  },
      {"/shipping_address/line1",       "1 Nanjing Rd"            },
      {"/shipping_address/city",        "Shanghai"                },
      {"/shipping_address/region",      "SH"                      },
      {"/shipping_address/postal_code", "200000"                  },
      {"/shipping_address/country",     "CN"                      },
      {"/billing_address/line1",        "2 Nanjing Rd"            },
      {"/invoice/title",                "Li Wei Ltd"              },
      {"/invoice/tax_id",               "91310000MA1K35XXXX"      },
      {"/invoice/type",                 "company"                 },
      {"/shipping_method",              "standard"                },
      {"/prices_include_tax",           "true"                    },
      {"/payment_terms",                "prepaid"                 },
      {"/expected_total",               "4480"                    },
      {"/requested_delivery/to",        "2026-12-01"              },
      {"/notes",                        "ring twice"              },
      {"/tags/0",                       "vip"                     },
      {"/metadata/campaign",            "fall"                    },
      {"/lines/0/sku",                  "TEE-S"                   },
      {"/lines/0/external_line_id",     "7"                       },
      {"/lines/0/tax_rate",             "0.13"                    },
      {"/lines/0/unit_price",           "1990"                    },
      {"/lines/0/discount",             "0"                       },
      {"/lines/0/quantity",             "2"                       },
      {"/lines/0/metadata",             "{}"                      },
      {"/charges/0/kind",               "shipping"                },
      {"/charges/0/amount",             "500"                     },
      {"/charges/0/tax_rate",           "0.13"                    },
      {"/payments/0/provider",          "manual"                  },
      {"/payments/0/reference",         "tx-77"                   },
      {"/payments/0/captured",          "4480"                    },
  };
  for (size_t i = 0; i < COUNT_OF(sent); i++)
    SEE(sent[i].pointer, sent[i].value);
}

TEST(the_example_of_the_contract_comes_out_field_by_field)
{
  struct shop *s = shop_open(t);
  a_shop_in_shanghai(s);
  SAY(201, the_example);
  CHECK(has_prefix(AT("/id"), "ord_"));
  KEEP("order", "/id");
  CHECK_TEXT(HEADER("Location"), shop_text(s, "/v1/orders/<order>"));
  CHECK(HEADER("ETag") != NULL);
  CHECK(has_prefix(HEADER("Content-Type"), "application/json"));
  CHECK(HEADER("X-Request-Id") != NULL);
  CHECK(has_prefix(AT("/number"), "SO-"));
  SEE("/version", "1");
  see_what_was_sent(s);

  SEE("/state", "open");
  SEE("/payment_status", "paid");
  SEE("/fulfillment_status", "allocated");
  SEE("/return_status", "none");
  SEE("/hold_count", "0");
  SEE("/holds/#", "0");
  CHECK(AT("/promise/ship_by") && AT("/promise/deliver_by"));
  CHECK(json_look_i64(t->arena, s->last.body, "/promise/parts/#") > 0);
  CHECK(AT("/promise/parts/0/zone"));

  SEE("/lines/#", "1");
  SEE("/lines/0/line", "1");
  SEE("/lines/0/kind", "item");
  SEE("/lines/0/parent_line", NULL);
  SEE("/lines/0/tax", "458"); /* 3980 x 0.13 / 1.13 = 457.88 */
  SEE("/lines/0/total", "3980");
  static const char *const places[] = {"cancelled", "unallocated", "backordered", "allocated", "released",
                                       "picked",    "packed",      "shipped",     "delivered", "returned"};
  for (size_t i = 0; i < COUNT_OF(places); i++)
    SEE(arena_printf(t->arena, "/lines/0/counters/%s", places[i]), strcmp(places[i], "allocated") == 0 ? "2" : "0");

  SEE("/charges/0/tax", "58"); /* 500 x 0.13 / 1.13 = 57.52 */
  SEE("/totals/subtotal", "3980");
  SEE("/totals/discount", "0");
  SEE("/totals/charges", "500");
  SEE("/totals/tax", "516");
  SEE("/totals/total", "4480");
  SEE("/totals/paid", "4480");
  SEE("/totals/refunded", "0");
  SEE("/totals/due", "0");

  SEE("/fulfillments/#", "1");
  CHECK(has_prefix(AT("/fulfillments/0/id"), "ful_"));
  SEE("/fulfillments/0/location", "SHA");
  SEE("/fulfillments/0/state", "open");
  SEE("/fulfillments/0/lines/0/line", "1");
  SEE("/fulfillments/0/lines/0/quantity", "2");
  SEE("/fulfillments/0/parcels/#", "0");
  CHECK(AT("/sourcing/id") && *AT("/sourcing/summary"));
  CHECK(strstr(AT("/next_actions"), "\"pick\"") && strstr(AT("/next_actions"), "\"cancel\""));

  const char *placed = arena_text(t->arena, s->last.body);
  SAY(200, "GET /v1/orders/<order>");
  CHECK_TEXT(s->last.body, placed); /* reads back byte for byte */
  shop_close(s);
}

TEST(an_order_is_found_by_id_and_number_and_repeats_answer_200)
{
  struct shop *s = shop_open(t);
  a_shop_in_shanghai(s);
  SAY(201, the_example);
  KEEP("order", "/id");
  KEEP("number", "/number");
  SAY(200, the_example);
  SEE("/id", "<order>");
  SAY(200, "GET /v1/orders/<number>");
  SEE("/id", "<order>");
  SAY(409, "POST /v1/orders {'channel': 'web', 'external_id': '1001', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1, 'unit_price': 1990}]}");
  SEE("/code", "external_id_conflict");
  CHECK(strstr(s->last.body, shop_text(s, "<order>")) != NULL);
  CHECK(strstr(s->last.body, "\"/lines/0/quantity\"") != NULL);
  SAY(200, "GET /v1/stock?sku=TEE-S&location=SHA");
  SEE("/data/0/on_hand", "10");
  SEE("/data/0/reserved", "2");
  SEE("/data/0/available", "8");
  SEE("/data/0/safety", "0");
  SEE("/data/0/incoming", "0");
  shop_close(s);
}

TEST(problems_are_documents_that_say_everything_at_once)
{
  struct shop *s = shop_open(t);
  a_shop_in_shanghai(s);
  SAY(422, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'colour': 'red', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 'two'}, {'quantity': 1}]}");
  CHECK(has_prefix(HEADER("Content-Type"), "application/problem+json"));
  CHECK(*AT("/type") && *AT("/title") && *AT("/detail") && *AT("/request_id"));
  SEE("/status", "422");
  SEE("/code", "invalid");
  SEE("/errors/#", "3");
  for (int i = 0; i < 3; i++) {
    shop_label(s, "i", arena_printf(t->arena, "%d", i));
    CHECK(has_prefix(AT(shop_text(s, "/errors/<i>/pointer")), "/"));
    CHECK(*AT(shop_text(s, "/errors/<i>/code")) && *AT(shop_text(s, "/errors/<i>/detail")));
  }
  SAY(400, "POST /v1/orders {'channel': 'web',, }");
  SEE("/code", "malformed");
  SAY(400, "POST /v1/orders {'channel': 'web', 'channel': 'web'}");
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 11}]}");
  SEE("/code", "insufficient_stock");
  SEE("/errors/0/sku", "TEE-S");
  SEE("/errors/0/asked", "11");
  SEE("/errors/0/available", "10");
  SAY(404, "GET /v1/orders/ord_0000000000000");
  SEE("/code", "not_found");
  SAY(404, "GET /v1/nothing");
  SAY(405, "DELETE /v1/orders");
  CHECK(strstr(HEADER("Allow"), "GET") != NULL);
  shop_close(s);
}

TEST(money_is_rounded_once_half_away_from_zero)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/locations {'code': 'NJ1'}");
  SAY(201, "POST /v1/products {'sku': 'SCREW', 'unit': 'pcs'}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'SCREW', 'delta': 100000}]}");
  /* 250 x 0.34 = 85 cents; 7 x 0.5 = 3.5 -> 4; tax added: 85 x 0.19 = 16.15 -> 16, 4 x 0.19 = 0.76 -> 1 */
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'EUR', 'prices_include_tax': false, 'lines': ["
           "{'sku': 'SCREW', 'quantity': 250, 'unit_price': '0.34', 'tax_rate': '0.19'},"
           "{'sku': 'SCREW', 'quantity': 7, 'unit_price': '0.5', 'tax_rate': '0.19'},"
           "{'sku': 'SCREW', 'quantity': 10, 'unit_price': 100, 'discount': 333, 'tax': 77}]}");
  SEE("/lines/0/unit_price", "0.34");
  SEE("/lines/0/tax", "16");
  SEE("/lines/0/total", "101");
  SEE("/lines/1/tax", "1");
  SEE("/lines/1/total", "5");
  SEE("/lines/2/tax", "77");
  SEE("/lines/2/total", "744");    /* 1000 - 333 + 77 */
  SEE("/totals/subtotal", "1089"); /* 85 + 4 + 1000 */
  SEE("/totals/discount", "333");
  SEE("/totals/tax", "94");
  SEE("/totals/total", "850");
  shop_close(s);
}

TEST(a_stale_version_is_refused_and_the_new_one_accepted)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "GET /v1/products/TEE-S");
  shop_label(s, "etag", HEADER("ETag"));
  SAY(200, "PATCH /v1/products/TEE-S\nIf-Match: <etag>\n{'price': 2000}");
  SAY(412, "PATCH /v1/products/TEE-S\nIf-Match: <etag>\n{'price': 2100}");
  SEE("/code", "version_mismatch");
  SAY(200, "GET /v1/products/TEE-S");
  SEE("/price", "2000");
  shop_close(s);
}

TEST(the_document_of_the_api_is_what_the_command_prints)
{
  struct shop *s = shop_open(t);
  const char *printed;
  CHECK_INT(shop_run(s, &printed, (const char *[]){"openapi", NULL}), 0);
  SAY(200, "GET /v1/openapi.json");
  CHECK_TEXT(arena_printf(t->arena, "%s\n", s->last.body), printed);
  SEE("/openapi", "3.1.0");
  shop_close(s);
}

/* Asks for the order and compares with what the last write answered. */
static void reads_the_same(struct shop *s, const char *path)
{
  const char *written = arena_text(s->arena, s->last.body);
  SAY(200, path);
  CHECK_TEXT(s->last.body, written);
}

TEST(every_write_answers_what_a_read_says)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201,
      "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'TEE-S', "
      "'quantity': 3}, {'sku': 'MUG-BLUE', 'quantity': 1}],"
      "'customer': {'email': 'a@example.com'}, 'payments': [{'provider': 'psp', 'kind': 'capture', 'amount': 7220}]}");
  KEEP("order", "/id");
  KEEP("hold", "/holds/0/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  KEEP("payment", "/payments/0/id");
  reads_the_same(s, "GET /v1/orders/<order>");
  static const char *const orders[] = {
      "POST /v1/orders/<order>/hold {'reason': 'wait', 'line': 2}",
      "POST /v1/holds/<hold>/release {'reason': 'go on'}",
      "PATCH /v1/orders/<order> {'tags': ['vip'], 'notes': 'ring twice', 'metadata': {'a': 1}}",
      "POST /v1/orders/<order>/source {}",
      "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'less'}",
  };
  for (size_t i = 0; i < COUNT_OF(orders); i++) {
    SAY(200, orders[i]);
    CHECK(*AT("/sourcing/summary"));
    KEEP("fulfillment", "/fulfillments/state=open/id");
    reads_the_same(s, "GET /v1/orders/<order>");
  }
  SEE("/holds/type=manual/state", "active");
  KEEP("hold", "/holds/type=manual/id");
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'go on'}");
  static const char *const steps[] = {
      "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'TEE-S', 'quantity': 1}]}",
      "POST /v1/fulfillments/<fulfillment>/pick {}", "POST /v1/fulfillments/<fulfillment>/pack {}",
      "POST /v1/fulfillments/<fulfillment>/ship {}"};
  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    SAY(200, steps[i]);
    reads_the_same(s, "GET /v1/fulfillments/<fulfillment>");
  }
  KEEP("parcel", "/parcels/0/id");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'in_transit', 'occurred_at': '2026-11-21T08:00:00Z'}");
  reads_the_same(s, "GET /v1/parcels/<parcel>");
  SAY(200, "POST /v1/payments/<payment>/refund {'amount': 100}");
  reads_the_same(s, "GET /v1/payments/<payment>");
  SAY(200, "PATCH /v1/products/TEE-S {'price': 1}");
  reads_the_same(s, "GET /v1/products/TEE-S");
  SAY(200, "PATCH /v1/locations/NJ1 {'priority': 7}");
  reads_the_same(s, "GET /v1/locations/NJ1");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'delta': 1}]}");
  KEEP("adjustment", "/id");
  reads_the_same(s, "GET /v1/adjustments/<adjustment>");
  shop_close(s);
}
