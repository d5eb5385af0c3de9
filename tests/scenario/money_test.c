/* Money on its way: authorizations, captures, voids, refunds, and what cancelling gives back to the cent. */
#include "shop.h"

#include <string.h>

/* A paid order of one line: quantity x unit_price less discount; keeps <order>. */
static void an_order_of(struct shop *s, const char *line, int amount, const char *more)
{
  shop_label(s, "line", shop_text(s, line));
  shop_label(s, "amount", arena_printf(s->arena, "%d", amount));
  shop_label(s, "more", shop_text(s, more));
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [<line>]<more>,"
           "'payments': [{'provider': 'psp', 'kind': 'capture', 'amount': <amount>, 'reference': 'tx-1'}]}");
  SEE("/state", "open");
  SEE("/payment_status", "paid");
  KEEP("order", "/id");
  KEEP("payment", "/payments/0/id");
  KEEP("fulfillment", "/fulfillments/0/id");
}

TEST(money_is_authorized_captured_in_parts_and_refunded_in_parts)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  SEE("/payment_status", "unpaid");
  KEEP("order", "/id");
  SAY(201, "POST /v1/orders/<order>/payments {'provider': 'psp', 'kind': 'authorization', 'amount': 3980, 'reference': "
           "'a-1'}");
  KEEP("payment", "/id");
  SEE("/state", "authorized");
  CHECK_TEXT(HEADER("Location"), shop_text(s, "/v1/payments/<payment>"));
  SAY(200, "POST /v1/orders/<order>/payments {'provider': 'psp', 'kind': 'authorization', 'amount': 3980, 'reference': "
           "'a-1'}");
  SEE("/id", "<payment>"); /* told twice, counted once */
  SAY(200, "GET /v1/orders/<order>");
  SEE("/payment_status", "authorized");
  SEE("/totals/authorized", "3980");
  SAY(200, "POST /v1/payments/<payment>/capture {'amount': 1000}");
  SEE("/captured", "1000");
  SAY(422, "POST /v1/payments/<payment>/capture {'amount': 2981}");
  SEE("/errors/0/pointer", "/amount");
  SAY(200, "POST /v1/payments/<payment>/capture {'amount': 1980}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/payment_status", "partially_paid");
  SEE("/totals/paid", "2980");
  SEE("/totals/due", "1000");
  SAY(200, "POST /v1/payments/<payment>/void {}");
  SEE("/voided", "1000");
  SAY(409, "POST /v1/payments/<payment>/void {}");
  SAY(409, "POST /v1/payments/<payment>/capture {}");
  SAY(201, "POST /v1/orders/<order>/payments {'provider': 'cash', 'kind': 'capture', 'amount': 1000}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/payment_status", "paid");
  SEE("/totals/due", "0");
  SAY(200, "POST /v1/payments/<payment>/refund {'amount': 980, 'reason': 'one was late'}");
  SAY(422, "POST /v1/payments/<payment>/refund {'amount': 2001}");
  SAY(200, "POST /v1/payments/<payment>/refund {}");
  SEE("/refunded", "2980");
  SEE("/entries/#", "6"); /* authorization, two captures, void, two refunds */
  SAY(409, "POST /v1/payments/<payment>/refund {}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/payment_status", "partially_refunded");
  SEE("/totals/refunded", "2980");
  SAY(200, "GET /v1/payments?order=<order>");
  SEE("/data/#", "2");
  shop_close(s);
}

TEST(cancelling_part_by_part_gives_back_exact_shares_that_add_up)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  /* 3 x 999 - 100 = 2897: a third is 965.67, two thirds 1931.33 */
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 3, 'unit_price': 999, 'discount': 100, 'tax_rate': '0.1'}", 2897, "");
  static const char *const refunded[] = {"966", "1931", "2897"};
  static const char *const status[] = {"partially_refunded", "partially_refunded", "refunded"};
  for (int i = 0; i < 3; i++) {
    SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less'}");
    SEE("/totals/refunded", refunded[i]);
    SEE("/totals/cancelled", refunded[i]);
    SEE("/totals/due", "0");
    SEE("/payment_status", status[i]);
  }
  SEE("/state", "cancelled");
  SEE("/lines/0/counters/cancelled", "3");
  SEE("/fulfillments/0/state", "cancelled");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/reserved", "0");
  SAY(409, "POST /v1/orders/<order>/cancel {'reason': 'again'}");
  shop_close(s);
}

TEST(without_a_refund_the_money_stays_and_shows_as_overpaid)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 2, 'unit_price': 1990}", 3980, "");
  SAY(200,
      "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less', 'refund': false}");
  SEE("/totals/refunded", "0");
  SEE("/totals/due", "-1990");
  SEE("/payment_status", "overpaid");
  SEE("/state", "open");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'all of it', 'refund': true}");
  SEE("/state", "cancelled");
  SEE("/totals/refunded", "3980");
  shop_close(s);
}

TEST(shipping_is_kept_until_nothing_is_left)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 2, 'unit_price': 1000}", 2500,
              ", 'charges': [{'kind': 'shipping', 'amount': 500}]");
  SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less'}");
  SEE("/totals/refunded", "1000");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'all'}");
  SEE("/totals/refunded", "2500");
  SEE("/charges/0/refunded", "500");
  shop_close(s);
}

TEST(gifts_follow_their_parents)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s,
              "{'sku': 'TEE-S', 'quantity': 4, 'unit_price': 1000}, {'sku': 'MUG-BLUE', 'quantity': 2, 'unit_price': "
              "0, 'kind': 'gift', 'parent_line': 1}",
              4000, "");
  SEE("/lines/1/parent_line", "1");
  SEE("/lines/1/total", "0");
  SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less'}");
  SEE("/lines/1/counters/cancelled", "0");
  SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less'}");
  SEE("/lines/1/counters/cancelled", "1");
  SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1}], 'reason': 'the rest'}");
  SEE("/lines/1/counters/cancelled", "2");
  SEE("/state", "cancelled");
  SEE("/totals/refunded", "4000");
  SAY(200, "GET /v1/stock?sku=MUG-BLUE");
  SEE("/data/0/reserved", "0");
  shop_close(s);
}

TEST(a_late_payment_of_a_cancelled_order_is_recorded_and_ships_nothing)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  KEEP("order", "/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'no money came'}");
  SEE("/state", "cancelled");
  SAY(201,
      "POST /v1/orders/<order>/payments {'provider': 'bank', 'kind': 'capture', 'amount': 1990, 'reference': 'late'}");
  KEEP("payment", "/id");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "cancelled");
  SEE("/payment_status", "overpaid");
  SEE("/totals/due", "-1990");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(409, "POST /v1/orders/<order>/source {}");
  SAY(409, "POST /v1/orders/<order>/approve {'reason': 'it is paid'}");
  SAY(409, "POST /v1/orders/<order>/place");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/reserved", "0");
  SAY(200, "POST /v1/payments/<payment>/refund {'reason': 'order was cancelled'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/payment_status", "refunded");
  SEE("/totals/due", "0");
  shop_close(s);
}

static void ship_it(struct shop *s)
{
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  KEEP("parcel", "/parcels/0/id");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-22T12:00:00Z'}");
}

TEST(cash_on_delivery_and_account_are_released_unpaid_and_close_when_paid)
{
  static const char *const terms[] = {"cod", "account"};
  struct shop *s = shop_open(t);
  a_small_shop(s);
  for (size_t i = 0; i < COUNT_OF(terms); i++) {
    shop_label(s, "terms", terms[i]);
    SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'payment_terms': '<terms>', 'lines': [{'sku': "
             "'TEE-S', 'quantity': 1}]}");
    SEE("/state", "open");
    SEE("/hold_count", "0");
    KEEP("order", "/id");
    KEEP("fulfillment", "/fulfillments/0/id");
    ship_it(s);
    SAY(200, "GET /v1/orders/<order>");
    SEE("/fulfillment_status", "delivered");
    SEE("/state", "open"); /* something is due */
    SAY(201, "POST /v1/orders/<order>/payments {'provider': 'carrier', 'kind': 'capture', 'amount': 1990}");
    SAY(200, "GET /v1/orders/<order>");
    SEE("/state", "closed");
    SEE("/payment_status", "paid");
  }
  shop_close(s);
}

TEST(an_order_of_nothing_is_paid)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1, "
           "'unit_price': 0}]}");
  SEE("/totals/total", "0");
  SEE("/payment_status", "paid");
  SEE("/state", "open");
  KEEP("order", "/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  ship_it(s);
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "closed");
  shop_close(s);
}
