/* Orders in review: what holds them, what a hold stops, and how they go on; drafts; many at a time. */
#include "shop.h"

#include <string.h>
#include <time.h>

TEST(a_held_order_is_reserved_but_not_picked_until_it_is_released)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}]}");
  SEE("/state", "placed");
  SEE("/hold_count", "1");
  SEE("/holds/0/type", "total_mismatch");
  SEE("/holds/0/state", "active");
  SEE("/lines/0/counters/allocated", "2");
  SEE("/fulfillments/0/state", "open");
  KEEP("order", "/id");
  KEEP("hold", "/holds/0/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SEE("/code", "order_held");
  SAY(200, "GET /v1/holds?state=active");
  SEE("/data/0/id", "<hold>");
  SAY(422, "POST /v1/holds/<hold>/release {}"); /* not without a reason */
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'the coupon was applied by hand'}");
  SEE("/state", "open");
  SEE("/holds/0/state", "released");
  SEE("/holds/0/release_reason", "the coupon was applied by hand");
  SAY(409, "POST /v1/holds/<hold>/release {'reason': 'again'}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  shop_close(s);
}

TEST(each_hold_of_an_open_order_stops_its_work)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'customer asked to wait'}");
  SEE("/holds/0/type", "manual");
  KEEP("first", "/holds/0/id");
  SAY(200, "POST /v1/orders/<order>/hold {'type': 'fraud', 'reason': 'looks odd', 'owner_role': 'finance'}");
  SEE("/hold_count", "2");
  KEEP("second", "/holds/1/id");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SEE("/code", "order_held");
  SAY(200, "POST /v1/holds/<first>/release {'reason': 'it is Monday'}");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/holds/<second>/release {'reason': 'called the customer'}");
  SEE("/state", "open");
  SEE("/hold_count", "0");
  /* A hold of one fulfillment stops that one only. */
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'shelf is being moved', 'fulfillment': '<fulfillment>'}");
  SEE("/state", "open");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  /* What is in review goes on when it is approved, all its holds at once. */
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'MUG-BLUE', "
           "'quantity': 1}],"
           "'payments': [{'provider': 'psp', 'kind': 'capture', 'amount': 1}]}");
  SEE("/hold_count", "2");
  KEEP("order", "/id");
  SAY(200, "POST /v1/orders/<order>/approve {'reason': 'agreed by phone'}");
  SEE("/state", "open");
  SEE("/hold_count", "0");
  SAY(409, "POST /v1/orders/<order>/approve {'reason': 'again'}");
  shop_close(s);
}

TEST(a_paid_order_is_never_refused_but_held_short)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 12}],"
           "'payments': [{'provider': 'psp', 'kind': 'capture', 'amount': 23880}]}");
  SEE("/state", "placed");
  SEE("/payment_status", "paid");
  SEE("/holds/0/type", "stock_short");
  SEE("/lines/0/counters/allocated", "10");
  SEE("/lines/0/counters/unallocated", "2");
  KEEP("order", "/id");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/available", "0");
  SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 2}], 'reason': 'we do not have more'}");
  SEE("/state", "open"); /* nothing is missing any more */
  SEE("/totals/refunded", "3980");
  SEE("/hold_count", "0");
  shop_close(s);
}

TEST(payments_that_do_not_fit_hold_until_they_do)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}],"
           "'payments': [{'provider': 'psp', 'kind': 'authorization', 'amount': 1000, 'reference': 'a'}]}");
  SEE("/state", "placed");
  SEE("/holds/0/type", "payment_mismatch");
  KEEP("order", "/id");
  SAY(201, "POST /v1/orders/<order>/payments {'provider': 'psp', 'kind': 'capture', 'amount': 990, 'reference': 'b'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "open");
  SEE("/holds/0/state", "released");
  shop_close(s);
}

TEST(a_blocked_customer_and_channel_policies_decide)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/customers {'email': 'bad@example.com', 'name': 'Mallory', 'blocked': true}");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'bad@example.com'}, 'lines': "
           "[{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/holds/0/type", "blocked_customer");
  SAY(201, "POST /v1/channels {'code': 'later', 'stock_policy': 'backorder', 'ship_complete': false}");
  SAY(201, "POST /v1/orders {'channel': 'later', 'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 7}]}");
  SEE("/state", "open");
  SEE("/lines/0/counters/allocated", "5");
  SEE("/lines/0/counters/backordered", "2");
  SAY(201, "POST /v1/channels {'code': 'ask', 'stock_policy': 'hold'}");
  SAY(201, "POST /v1/orders {'channel': 'ask', 'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}]}");
  SEE("/state", "placed");
  SEE("/holds/0/type", "stock_short");
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}]}");
  SEE("/code", "insufficient_stock");
  shop_close(s);
}

TEST(a_draft_holds_nothing_until_it_is_placed)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'draft': true, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}]}");
  SEE("/state", "draft");
  SEE("/number", NULL);
  KEEP("order", "/id");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/reserved", "0");
  SAY(200, "POST /v1/orders/<order>/place");
  SEE("/state", "open");
  SEE("/lines/0/counters/allocated", "2");
  CHECK(text_starts(AT("/number"), "SO-"));
  SAY(409, "POST /v1/orders/<order>/place");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'draft': true, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}]}");
  KEEP("order", "/id");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'never mind'}");
  SEE("/state", "cancelled");
  SAY(409, "POST /v1/orders/<order>/place");
  shop_close(s);
}

TEST(a_draft_may_keep_its_stock_for_a_while)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'draft': true, 'hold_stock': true, 'lines': "
           "[{'sku': 'TEE-S', 'quantity': 8}]}");
  SEE("/state", "draft");
  CHECK(!text_empty(AT("/expires_at")));
  KEEP("order", "/id");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/reserved", "8");
  SEE("/data/0/available", "2");
  SAY(409, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 3}]}");
  SEE("/errors/0/available", "2");
  SAY(200, "POST /v1/orders/<order>/place");
  SEE("/state", "open");
  SEE("/lines/0/counters/allocated", "8");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'draft': true, 'hold_stock': true, 'lines': "
           "[{'sku': 'TEE-S', 'quantity': 2}]}");
  KEEP("order", "/id");
  SAY(200, "PATCH /v1/orders/<order> {'lines': [{'sku': 'MUG-BLUE', 'quantity': 2}]}");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/available", "2");
  SAY(200, "GET /v1/stock?sku=MUG-BLUE");
  SEE("/data/0/available", "3");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'never mind'}");
  SAY(200, "GET /v1/stock?sku=MUG-BLUE");
  SEE("/data/0/available", "5");
  SAY(422, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'hold_stock': true, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  SEE("/errors/0/pointer", "/hold_stock");
  shop_close(s);
}

TEST(a_bulk_answers_per_item_what_the_single_call_would)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "POST /v1/orders/bulk {'orders': ["
           "{'channel': 'web', 'external_id': 'b1', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 8}]},"
           "{'channel': 'web', 'external_id': 'b2', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 3}]},"
           "{'channel': 'web', 'external_id': 'b3', 'currency': 'USD', 'lines': [{'sku': 'NOPE', 'quantity': 1}]},"
           "{'channel': 'web', 'external_id': 'b1', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 8}]},"
           "{'channel': 'web', 'external_id': 'b4', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}]}");
  SEE("/placed", "2");
  SEE("/known", "1");
  SEE("/refused", "2");
  SEE("/results/0/status", "201");
  SEE("/results/1/status", "409");
  SEE("/results/1/code", "insufficient_stock");
  SEE("/results/2/status", "422");
  SEE("/results/2/errors/0/pointer", "/lines/0/sku");
  SEE("/results/3/status", "200");
  SEE("/results/4/order/lines/0/counters/allocated", "2");
  SAY(200, "GET /v1/orders?channel=web");
  SEE("/data/#", "2");
  shop_close(s);
}

/* An instant so many seconds from now, as the API writes it. */
static const char *seconds_from_now(struct shop *s, int seconds)
{
  char *text = ARENA_ARRAY(s->arena, char, INSTANT_TEXT);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  instant_format(INSTANT((int64_t)(now.tv_sec + seconds) * SECOND_MS), text);
  return text;
}

TEST(a_hold_that_expires_lets_the_order_go_on)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 1}]}");
  KEEP("order", "/id");
  KEEP("hold", "/holds/0/id");
  shop_label(s, "soon", seconds_from_now(s, 2));
  SAY(422, "POST /v1/orders/<order>/hold {'reason': 'x', 'expires_at': '2020-01-01T00:00:00Z'}");
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'until the bank opens', 'expires_at': '<soon>'}");
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'fine'}");
  SEE("/state", "placed");
  AWAIT("GET /v1/orders/<order>", "/state", "open");
  SEE("/holds/1/state", "expired");
  shop_close(s);
}

TEST(a_rejected_order_is_cancelled_and_paid_back)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}],"
           "'charges': [{'kind': 'shipping', 'amount': 500}], 'payments': [{'provider': 'psp', 'kind': 'capture', "
           "'amount': 4480}]}");
  SEE("/state", "placed");
  KEEP("order", "/id");
  SAY(200, "POST /v1/orders/<order>/reject {'reason': 'the address does not exist'}");
  SEE("/state", "cancelled");
  SEE("/totals/refunded", "4480");
  SEE("/hold_count", "0");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/reserved", "0");
  a_paid_order(s, 1);
  SAY(409, "POST /v1/orders/<order>/reject {'reason': 'it is open already'}");
  shop_close(s);
}

TEST(the_rules_that_are_off_stay_silent_until_they_are_switched_on)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  static const char *const off[] = {"velocity", "amount_outlier", "address", "price_deviation", "probable_duplicate"};
  static const char *const on[] = {"stock_short", "payment_mismatch", "total_mismatch", "blocked_customer"};
  SAY(200, "GET /v1/review_rules?limit=100");
  for (size_t i = 0; i < COUNT_OF(off); i++)
    SEE(arena_printf(t->arena, "/data/type=%s/enabled", off[i]), "false");
  for (size_t i = 0; i < COUNT_OF(on); i++)
    SEE(arena_printf(t->arena, "/data/type=%s/enabled", on[i]), "true");
  SAY(200, "PATCH /v1/review_rules/probable_duplicate {'enabled': true}");
  for (int i = 0; i < 2; i++)
    SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'twice@example.com'}, "
             "'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/holds/0/type", "probable_duplicate");
  shop_close(s);
}
