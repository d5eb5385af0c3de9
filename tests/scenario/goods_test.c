/* Goods on their way: pick, pack, ship, track, deliver; and everything that can go wrong with them. */
#include "shop.h"

#include <string.h>

static void all_the_way_to_packed(struct shop *s)
{
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SEE("/state", "picked");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SEE("/state", "packed");
}

TEST(a_paid_order_goes_from_the_shelf_to_the_customer_in_two_parcels)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 3);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/state", "picking");
  SAY(422, "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'MUG-BLUE', 'quantity': 1}]}");
  SEE("/errors/0/pointer", "/scans/0/sku");
  SAY(422, "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'TEE-S', 'quantity': 3}]}");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SEE("/code", "wrong_state");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'TEE-S', 'quantity': 2}]}");
  SEE("/state", "picked");
  SEE("/lines/0/picked", "3");

  SAY(422, "POST /v1/fulfillments/<fulfillment>/pack {'parcels': [{'items': [{'sku': 'TEE-S', 'quantity': 4}]}]}");
  SAY(422, "POST /v1/fulfillments/<fulfillment>/pack {'parcels': [{'items': [{'line': 1, 'quantity': 1}]}]}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {'parcels': [{'items': [{'line': 1, 'quantity': 1}]}, {'items': "
           "[{'sku': 'TEE-S', 'quantity': 2}]}]}");
  SEE("/state", "packed");
  SEE("/parcels/#", "2");
  SEE("/parcels/1/items/0/quantity", "2");

  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  SEE("/state", "shipped");
  KEEP("first", "/parcels/0/id");
  KEEP("second", "/parcels/1/id");
  KEEP("tracking", "/parcels/1/tracking_number");
  CHECK(strcmp(AT("/parcels/0/tracking_number"), AT("/parcels/1/tracking_number")) != 0);
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "7");
  SEE("/data/0/reserved", "0");

  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillment_status", "shipped");
  SEE("/lines/0/counters/shipped", "3");
  SAY(200, "POST /v1/parcels/<first>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-22T10:00:00Z'}");
  SEE("/tracking_status", "delivered");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillment_status", "partially_delivered");
  SEE("/state", "open");
  SAY(200, "POST /v1/tracking_events {'tracking_number': '<tracking>', 'status': 'delivered', 'occurred_at': "
           "'2026-11-22T11:00:00Z'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "closed");
  SEE("/fulfillment_status", "delivered");
  SEE("/fulfillments/0/state", "closed");
  SEE("/lines/0/counters/delivered", "3");
  shop_close(s);
}

TEST(scans_in_any_order_and_twice_tell_the_same_story)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  all_the_way_to_packed(s);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {'carrier': 'ordo', 'service': 'standard'}");
  KEEP("parcel", "/parcels/0/id");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'out_for_delivery', 'occurred_at': "
           "'2026-11-22T08:00:00Z'}");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'in_transit', 'occurred_at': '2026-11-21T08:00:00Z', "
           "'place': 'Newark'}");
  SEE("/tracking_status", "out_for_delivery");
  SEE("/tracking_events/#", "2");
  SEE("/tracking_events/0/status", "in_transit");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'in_transit', 'occurred_at': '2026-11-21T08:00:00Z', "
           "'place': 'Newark'}");
  SEE("/tracking_events/#", "2");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-22T12:00:00Z'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "closed");
  KEEP("version", "/version");
  /* A closed order still takes scans, and a late one changes nothing twice. */
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-22T12:00:00Z'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/version", "<version>");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'in_transit', 'occurred_at': '2026-11-21T18:00:00Z'}");
  SEE("/tracking_status", "delivered");
  SEE("/tracking_events/#", "4");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "closed");
  SEE("/lines/0/counters/delivered", "1");
  shop_close(s);
}

static void two_locations(struct shop *s, int first, int second)
{
  a_small_shop(s);
  shop_label(s, "a", arena_printf(s->arena, "%d", first));
  shop_label(s, "b", arena_printf(s->arena, "%d", second));
  SAY(201, "POST /v1/locations {'code': 'CA1', 'name': 'Oakland'}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': <a>}]}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'CA1', 'lines': [{'sku': 'TEE-S', 'counted': <b>}]}");
}

TEST(an_order_is_split_where_no_location_has_everything)
{
  struct shop *s = shop_open(t);
  two_locations(s, 3, 2);
  a_paid_order(s, 5);
  SEE("/fulfillments/#", "2");
  SEE("/fulfillments/location=NJ1/lines/0/quantity", "3");
  SEE("/fulfillments/location=CA1/lines/0/quantity", "2");
  KEEP("east", "/fulfillments/location=NJ1/id");
  KEEP("west", "/fulfillments/location=CA1/id");
  shop_label(s, "fulfillment", shop_labelled(s, "east"));
  all_the_way_to_packed(s);
  SAY(200, "POST /v1/fulfillments/<east>/ship {}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillment_status", "partially_shipped");
  shop_label(s, "fulfillment", shop_labelled(s, "west"));
  all_the_way_to_packed(s);
  SAY(200, "POST /v1/fulfillments/<west>/ship {}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillment_status", "shipped");
  SAY(200, "GET /v1/orders/<order>/sourcing");
  SEE("/data/0/cause", "placed");
  SEE("/data/0/outcome", "filled");
  SEE("/data/0/candidates/location=CA1/assigned", "2");
  CHECK(*AT("/data/0/candidates/location=NJ1/sentence"));
  shop_close(s);
}

TEST(a_location_that_cannot_send_is_replaced_by_another)
{
  struct shop *s = shop_open(t);
  two_locations(s, 4, 4);
  a_paid_order(s, 2);
  SEE("/fulfillments/#", "1");
  const char *where = arena_text(t->arena, AT("/fulfillments/0/location"));
  const char *other = strcmp(where, "NJ1") == 0 ? "CA1" : "NJ1";
  shop_label(s, "where", where);
  shop_label(s, "other", other);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/reject {'reason': 'not_found'}");
  SEE("/state", "rejected");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/state", "open");
  SEE(shop_text(s, "/fulfillments/location=<other>/state"), "open");
  SEE("/lines/0/counters/allocated", "2");
  SAY(200, "GET /v1/stock?sku=TEE-S&location=<where>");
  SEE("/data/0/on_hand", "2"); /* what was not found is not there */
  SEE("/data/0/reserved", "0");
  KEEP("gone", "/data/0/on_hand");
  /* The second one is merely busy: nobody is left, and a paid order waits in review. Its stock stays. */
  SAY(200, "GET /v1/orders/<order>");
  shop_label(s, "fulfillment", AT(shop_text(s, "/fulfillments/location=<other>/id")));
  SAY(200, "POST /v1/fulfillments/<fulfillment>/reject {'reason': 'busy'}");
  SAY(200, "GET /v1/stock?sku=TEE-S&location=<other>");
  SEE("/data/0/on_hand", "4");
  shop_close(s);
}

TEST(a_short_pick_is_sourced_elsewhere_and_corrects_the_stock)
{
  struct shop *s = shop_open(t);
  two_locations(s, 3, 1);
  a_paid_order(s, 3);
  SEE("/fulfillments/#", "1");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'TEE-S', 'quantity': 2}], 'reason': "
           "'not_found', 'complete': true}");
  SEE("/state", "picked");
  SEE("/lines/0/quantity", "2");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillments/location=CA1/lines/0/quantity", "1");
  SEE("/lines/0/counters/picked", "2");
  SEE("/lines/0/counters/allocated", "1");
  SAY(200, "GET /v1/stock?sku=TEE-S&location=NJ1");
  SEE("/data/0/on_hand", "2");
  SEE("/data/0/reserved", "2");
  shop_close(s);
}

TEST(a_location_may_insist_on_scans)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "PATCH /v1/locations/NJ1 {'scan_required': true}");
  a_paid_order(s, 1);
  SAY(422, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {'scans': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/state", "picked");
  shop_close(s);
}

TEST(a_shipment_is_taken_back_and_sent_again)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  all_the_way_to_packed(s);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  KEEP("number", "/parcels/0/tracking_number");
  KEEP("shipment", "/parcels/0/shipment_id");
  SAY(200, "POST /v1/shipments/<shipment>/void {'reason': 'wrong box'}");
  SEE("/voided", "true");
  SAY(409, "POST /v1/shipments/<shipment>/void {}");
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "10");
  SEE("/data/0/reserved", "2");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/lines/0/counters/packed", "2");
  SEE("/lines/0/counters/shipped", "0");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  CHECK(strcmp(AT("/parcels/0/tracking_number"), shop_labelled(s, "number")) != 0);
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "8");
  shop_close(s);
}

TEST(what_is_collected_is_handed_over_or_goes_back)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  for (int i = 0; i < 2; i++) {
    SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'delivery': {'type': 'pickup', 'location': 'NJ1'},"
             "'lines': [{'sku': 'MUG-BLUE', 'quantity': 2}], 'payments': [{'provider': 'till', 'kind': 'capture', "
             "'amount': 2500}]}");
    KEEP("order", "/id");
    KEEP("fulfillment", "/fulfillments/0/id");
    all_the_way_to_packed(s);
    SAY(409, "POST /v1/fulfillments/<fulfillment>/ship {}");
    SAY(200, "POST /v1/fulfillments/<fulfillment>/ready {}");
    SEE("/state", "ready_for_pickup");
    SAY(200, "GET /v1/orders/<order>");
    SEE("/fulfillment_status", "ready_for_pickup");
    if (i == 0) {
      SAY(200, "POST /v1/fulfillments/<fulfillment>/hand_over {}");
      SAY(200, "GET /v1/orders/<order>");
      SEE("/state", "closed");
      SEE("/lines/0/counters/delivered", "2");
    } else {
      SAY(200, "POST /v1/fulfillments/<fulfillment>/not_collected {'reason': 'seven days'}");
      SAY(200, "GET /v1/orders/<order>");
      SEE("/lines/0/counters/unallocated", "2");
    }
  }
  SAY(200, "GET /v1/stock?sku=MUG-BLUE,TEE-S,NOPE");
  SEE("/data/#", "2");
  SAY(200, "GET /v1/stock?sku=MUG-BLUE,TEE-S&location=NOWHERE");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/stock?sku=NOPE,NOR-THIS");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/stock?sku=MUG-BLUE");
  SEE("/data/0/on_hand", "3");
  SEE("/data/0/reserved", "0");
  shop_close(s);
}

TEST(ship_complete_waits_for_all_and_goes_together)
{
  struct shop *s = shop_open(t);
  two_locations(s, 2, 0);
  SAY(201, "POST /v1/channels {'code': 'b2b', 'stock_policy': 'backorder', 'ship_complete': true}");
  SAY(201, "POST /v1/orders {'channel': 'b2b', 'currency': 'USD', 'payment_terms': 'account', 'lines': [{'sku': "
           "'TEE-S', 'quantity': 3}]}");
  KEEP("order", "/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  SEE("/lines/0/counters/allocated", "2");
  SEE("/lines/0/counters/backordered", "1");
  SEE("/fulfillments/0/state", "scheduled");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'delta': 5}]}");
  SAY(200, "POST /v1/orders/<order>/source {}");
  SEE("/lines/0/counters/allocated", "3");
  SEE("/fulfillments/state=open/lines/0/quantity", "3");
  shop_close(s);
}

TEST(a_pinned_location_is_used_whatever_it_costs)
{
  struct shop *s = shop_open(t);
  two_locations(s, 5, 5);
  a_paid_order(s, 2);
  shop_label(s, "other", strcmp(AT("/fulfillments/0/location"), "NJ1") == 0 ? "CA1" : "NJ1");
  SAY(422, "POST /v1/orders/<order>/source {'location': '<other>'}");
  SAY(200, "POST /v1/orders/<order>/source {'location': '<other>', 'reason': 'the customer lives next door'}");
  SEE("/fulfillments/0/state", "cancelled");
  SEE("/fulfillments/1/location", "<other>");
  SEE("/lines/0/counters/allocated", "2");
  SAY(200, "GET /v1/orders/<order>/sourcing");
  SEE("/data/#", "2");
  shop_close(s);
}

TEST(nothing_ships_twice_and_what_shipped_cannot_be_cancelled)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  all_the_way_to_packed(s);
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(422,
      "POST /v1/fulfillments/<fulfillment>/ship {'carrier': 'fedex'}"); /* not a carrier of ours */
  SAY(201, "POST /v1/carriers {'code': 'fedex', 'services': [{'code': 'ground'}]}");
  SAY(200,
      "POST /v1/fulfillments/<fulfillment>/ship {'carrier': 'fedex', 'service': 'ground', 'tracking_number': 'X 123'}");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/ship {}");
  SAY(409, "POST /v1/orders/<order>/cancel {'reason': 'too late'}");
  SEE("/code", "wrong_state");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/reject {'reason': 'busy'}");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/cancel {}");
  shop_close(s);
}
