/* Stock: counts that take promised units, the ledger and balances of the past, safety stock, and the numbers of orders. */
#include "shop.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

TEST(a_count_below_what_is_reserved_backorders_and_tells)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 4);
  KEEP("older", "/id");
  poll(NULL, 0, 5);
  a_paid_order(s, 5);
  KEEP("newer", "/id");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'reason': 'yearly count', 'lines': [{'sku': 'TEE-S', "
           "'counted': 6}]}");
  SEE("/lines/0/displaced", "3");
  SAY(200, "GET /v1/orders/<newer>");
  SEE("/lines/0/counters/backordered", "3");
  SEE("/lines/0/counters/allocated", "2");
  SAY(200, "GET /v1/orders/<older>");
  SEE("/lines/0/counters/allocated", "4");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "6");
  SEE("/data/0/reserved", "6");
  SEE("/data/0/available", "0");
  AWAIT("GET /v1/events?topic=stock.overcommitted", "/data/#", "1");
  shop_close(s);
}

TEST(a_count_tried_out_says_all_of_it_and_writes_nothing)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 4);
  poll(NULL, 0, 5);
  a_paid_order(s, 5);
  KEEP("newer", "/id");
  SAY(200, "POST /v1/stock/adjustments/preview {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 6}, {'sku': "
           "'MUG-BLUE', 'counted': 7}]}");
  SEE("/location", "NJ1");
  SEE("/lines/0/delta", "-4");
  SEE("/lines/0/on_hand", "6");
  SEE("/lines/0/displaced", "3");
  SEE("/lines/1/delta", "2");
  SEE("/lines/1/displaced", "0");
  SEE("/orders/#", "1");
  SEE("/orders/0/order", shop_labelled(s, "newer"));
  SEE("/orders/0/line", "1");
  SEE("/orders/0/sku", "TEE-S");
  SEE("/orders/0/quantity", "3");
  SAY(200, "GET /v1/orders/<newer>");
  KEEP("number", "/number");
  SEE("/lines/0/counters/allocated", "5");
  SAY(200, "POST /v1/stock/adjustments/preview {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 6}]}");
  SEE("/orders/0/number", shop_labelled(s, "number"));
  SAY(409, "POST /v1/stock/adjustments/preview {'location': 'NJ1', 'lines': [{'sku': 'MUG-BLUE', 'delta': -6}]}");
  SEE("/code", "insufficient_stock");
  SAY(422, "POST /v1/stock/adjustments/preview {'location': 'NJ1', 'lines': [{'sku': 'NONE', 'delta': -6}]}");
  SEE("/errors/0/pointer", "/lines/0/sku");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "10");
  SEE("/data/0/reserved", "9");
  SAY(200, "GET /v1/adjustments?location=NJ1");
  SEE("/data/#", "1");
  shop_close(s);
}

TEST(a_delta_below_zero_is_refused_whole)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(409, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'delta': 5}, {'sku': 'MUG-BLUE', "
           "'delta': -6}]}");
  SEE("/code", "insufficient_stock");
  SEE("/errors/0/sku", "MUG-BLUE");
  SEE("/errors/0/available", "5");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "10");
  shop_close(s);
}

TEST(balances_of_the_past_come_from_the_ledger)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201,
      "POST /v1/stock/adjustments {'location': 'NJ1', 'reason': 'found', 'lines': [{'sku': 'TEE-S', 'delta': 2}]}");
  KEEP("then", "/created_at");
  poll(NULL, 0, 20);
  SAY(201,
      "POST /v1/stock/adjustments {'location': 'NJ1', 'reason': 'lost', 'lines': [{'sku': 'TEE-S', 'delta': -7}]}");
  SAY(200, "GET /v1/stock/balance?sku=TEE-S&location=NJ1&at=<then>");
  SEE("/on_hand", "12");
  SAY(200, "GET /v1/stock/balance?sku=TEE-S&location=NJ1");
  SEE("/on_hand", "5");
  SAY(200, "GET /v1/stock/balance?sku=TEE-S&location=NJ1&at=2020-01-01T00:00:00Z");
  SEE("/on_hand", "0");
  SAY(200, "GET /v1/stock/movements?sku=TEE-S&location=NJ1");
  SEE("/data/#", "3");
  SEE("/data/0/delta", "-7");
  SEE("/data/0/on_hand", "5");
  SEE("/data/1/reason", "found");
  shop_close(s);
}

TEST(safety_stock_is_kept_back_and_tells_when_it_is_crossed)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "POST /v1/stock/safety {'location': 'NJ1', 'sku': 'TEE-S', 'safety': 3}");
  SEE("/available", "7");
  a_paid_order(s, 6);
  AWAIT("GET /v1/events?topic=stock.low", "/data/#", "0");
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  KEEP("last", "/id");
  AWAIT("GET /v1/events?topic=stock.low", "/data/#", "1");
  SAY(200, "POST /v1/orders/<last>/cancel {'reason': 'no'}");
  AWAIT("GET /v1/events?topic=stock.recovered", "/data/#", "1");
  SAY(200, "GET /v1/events?topic=stock.low");
  SEE("/data/#", "1"); /* once per crossing */
  shop_close(s);
}

static int64_t number_of(struct shop *s)
{
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  const char *number = AT("/number");
  return strtoll(number + strcspn(number, "0123456789"), NULL, 10);
}

TEST(numbers_have_no_gaps_that_nobody_can_explain)
{
  SQLITE_ONLY("elsewhere each connection that writes has a block of numbers");
  struct shop *s = shop_open(t);
  a_small_shop(s);
  int64_t first = number_of(s);
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 100}]}");
  SAY(422, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-X', 'quantity': 1}]}");
  CHECK_INT(number_of(s), first + 1);
  CHECK_INT(shop_stop(s), 0);
  shop_start(s);
  CHECK_INT(number_of(s), first + 2);
  shop_kill(s);
  shop_start(s);
  CHECK_INT(number_of(s), first + 3);
  SAY(200, "GET /v1/number_series");
  KEEP("series", "/data/0/code");
  SAY(200, "PATCH /v1/number_series/<series> {'prefix': 'A-', 'digits': 8}");
  CHECK_INT(number_of(s), first + 4);
  CHECK(text_starts(AT("/number"), "A-00"));
  shop_close(s);
}

TEST(only_what_is_short_is_named_as_short)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}, {'sku': "
           "'MUG-BLUE', 'quantity': 6}]}");
  SEE("/errors/#", "1");
  SEE("/errors/0/pointer", "/lines/1");
  SEE("/errors/0/sku", "MUG-BLUE");
  SEE("/errors/0/asked", "6");
  SEE("/errors/0/available", "5");
  /* Two lines of one product are short together. */
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 3}, "
           "{'sku': 'MUG-BLUE', 'quantity': 3}]}");
  SEE("/errors/#", "2");
  shop_close(s);
}
