/* A day on the floor: waves, claims, scans that count once, short picks, packing by scan, manifests, splits. */
#include "shop.h"

#include <pthread.h>
#include <string.h>

#define GTIN "4006381333931"

/* TEE-S with a GTIN and barcodes of its own. */
static void codes(struct shop *s)
{
  SAY(200, "PATCH /v1/products/TEE-S {'gtin': '" GTIN "', 'attributes': {'barcodes': ['HOUSE-77', 'HOUSE-78']}}");
}

static void an_order_of(struct shop *s, const char *lines, const char *label)
{
  shop_label(s, "wanted", shop_text(s, lines));
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'payment_terms': 'cod', 'lines': [<wanted>]}");
  shop_label(s, label, AT("/fulfillments/0/id"));
  shop_label(s, arena_printf(s->arena, "%s_order", label), AT("/id"));
}

TEST(a_scan_counts_once_whatever_is_sent_again)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  codes(s);
  a_paid_order(s, 2);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'a-1', 'code': '" GTIN "', 'bin': 'A-01'}");
  SEE("/outcome", "applied");
  SEE("/state", "picking");
  SEE("/line", "1");
  SEE("/lines/0/picked", "1");
  for (int i = 0; i < 3; i++) {
    SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'a-1', 'code': '" GTIN "', 'bin': 'A-01'}");
    SEE("/outcome", "repeated");
    SEE("/first", "applied");
    SEE("/lines/0/picked", "1");
  }
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'a-2', 'code': 'HOUSE-78'}");
  SEE("/outcome", "applied");
  SEE("/state", "picked");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'a-3', 'sku': 'TEE-S'}");
  SEE("/outcome", "refused");
  SEE("/refusal", "wrong_state");
  SAY(200, "GET /v1/fulfillments/<fulfillment>/scans");
  SEE("/data/#", "3");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/lines/0/counters/picked", "2");
  shop_close(s);
}

TEST(a_wrong_scan_changes_nothing_and_is_logged)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  codes(s);
  a_paid_order(s, 1);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'w-1', 'code': 'MUG-BLUE'}");
  SEE("/outcome", "refused");
  SEE("/refusal", "wrong_sku");
  SEE("/sku", "MUG-BLUE");
  SEE("/state", "open");
  SEE("/lines/0/picked", "0");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'w-2', 'code': '9999'}");
  SEE("/refusal", "unknown_code");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'w-3', 'sku': 'TEE-S', 'quantity': 2}");
  SEE("/refusal", "too_many");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'w-1', 'code': 'MUG-BLUE'}");
  SEE("/outcome", "repeated");
  SEE("/first", "refused");
  SEE("/refusal", "wrong_sku");
  SAY(422, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'w-4'}");
  SEE("/errors/0/code", "code_or_sku");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/lines/0/counters/allocated", "1");
  SAY(200, "GET /v1/orders/<order>/timeline");
  int refused = 0;
  for (const char *at = s->last.body; (at = strstr(at, "fulfillment.scan_refused")); at++)
    refused++;
  CHECK_INT(refused, 3);
  shop_close(s);
}

TEST(what_was_not_asked_or_was_refused_on_the_spot_never_counts_though_the_order_has_it)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  codes(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 2}", "two");
  SAY(200, "POST /v1/fulfillments/<two>/scans {'scan_id': 'q-1', 'code': 'MUG-BLUE', 'line': 1}");
  SEE("/outcome", "refused");
  SEE("/refusal", "wrong_sku");
  SAY(200, "POST /v1/fulfillments/<two>/scans {'scan_id': 'q-2', 'code': 'MUG-BLUE', 'line': 9}");
  SEE("/refusal", "wrong_sku");
  SAY(200, "POST /v1/scans {'scans': ["
           "{'fulfillment': '<two>', 'scan_id': 'q-3', 'code': '" GTIN "', 'refused': 'wrong_sku'}, "
           "{'fulfillment': '<two>', 'scan_id': 'q-4', 'code': 'no such code', 'refused': 'wrong_bin'}, "
           "{'fulfillment': '<two>', 'scan_id': 'q-5', 'code': '" GTIN "', 'line': 1, 'quantity': 2}]}");
  SEE("/refused", "2");
  SEE("/results/0/refusal", "wrong_sku");
  SEE("/results/1/refusal", "wrong_bin");
  SEE("/results/2/outcome", "applied");
  SEE("/results/2/lines/0/picked", "2");
  SEE("/results/2/lines/1/picked", "0");
  SAY(200, "GET /v1/fulfillments/<two>/scans?outcome=refused");
  SEE("/data/#", "4");
  SAY(422, "POST /v1/fulfillments/<two>/scans {'scan_id': 'q-6', 'code': 'TEE-S', 'refused': 'because'}");
  shop_close(s);
}

/* What a camera read beside the box, and work of another place that a device still held, cost no pick its count. */
TEST(a_scan_that_cannot_be_costs_no_other_scan_of_its_batch)
{
  struct shop *s = shop_open(t);
  char noise[600];
  a_small_shop(s);
  SAY(201, "POST /v1/locations {'code': 'LA'}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'LA', 'lines': [{'sku': 'MUG-BLUE', 'counted': 900}]}");
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 3}", "one");
  an_order_of(s, "{'sku': 'MUG-BLUE', 'quantity': 800}", "away");
  SAY(200, "GET /v1/fulfillments/<away>");
  SEE("/location", "LA");
  memset(noise, 'x', sizeof noise - 1);
  noise[sizeof noise - 1] = 0;
  shop_label(s, "noise", noise);
  SAY(201, "POST /v1/api_keys {'name': 'picker', 'scope': 'fulfillment.*', 'locations': ['NJ1']}");
  const char *key = arena_text(t->arena, AT("/key"));
  client_free(s->client);
  s->client = client_new(s->address, key);
  SAY(200, "POST /v1/scans {'scans': ["
           "{'fulfillment': '<one>', 'scan_id': 'a', 'code': 'TEE-S'}, "
           "{'fulfillment': '<one>', 'scan_id': 'b', 'code': '<noise>'}, "
           "{'fulfillment': '<away>', 'scan_id': 'c', 'code': 'MUG-BLUE'}, "
           "{'fulfillment': '<one>', 'scan_id': 'd', 'code': ''}, "
           "{'fulfillment': '<one>', 'scan_id': 'e', 'code': 'TEE-S', 'bin': '<noise>'}, "
           "{'fulfillment': '<one>', 'scan_id': 'f', 'code': 'TEE-S'}]}");
  SEE("/applied", "2");
  SEE("/refused", "4");
  SEE("/results/#", "6");
  SEE("/results/1/refusal", "too_long");
  SEE("/results/2/refusal", "not_found");
  SEE("/results/3/refusal", "too_short");
  SEE("/results/4/refusal", "too_long");
  SEE("/results/5/lines/0/picked", "2");
  SAY(422, "POST /v1/fulfillments/<one>/scans {'scan_id': 'g', 'code': '<noise>'}"); /* alone it is the whole request */
  shop_close(s);
}

TEST(gs1_codes_say_gtin_lot_expiry_and_count_at_once)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  codes(s);
  SAY(200, "GET /v1/scan_codes/(01)04006381333931(10)L24-11(17)270100(30)3");
  SEE("/kind", "gs1");
  SEE("/sku", "TEE-S");
  SEE("/lot", "L24-11");
  SEE("/expiry", "2027-01-31");
  SEE("/quantity", "3");
  SAY(200, "GET /v1/scan_codes/%5DC1010400638133393117270131"
           "10L24-11%E2%90%9D21S-1");
  SEE("/gtin", "04006381333931");
  SEE("/lot", "L24-11");
  SEE("/serial", "S-1");
  SEE("/expiry", "2027-01-31");
  SAY(200, "GET /v1/scan_codes/(01)04006381333932");
  SEE("/kind", "unknown");
  SAY(200, "GET /v1/scan_codes/" GTIN "?language=en");
  SEE("/kind", "gtin");
  SEE("/name", "T-shirt, small");
  SAY(200, "GET /v1/scan_codes/MUG-BLUE");
  SEE("/kind", "sku");
  a_paid_order(s, 3);
  SAY(200, "GET /v1/scan_codes/<fulfillment>");
  SEE("/kind", "fulfillment");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'g-1', 'code': '(01)04006381333931(30)3'}");
  SEE("/outcome", "applied");
  SEE("/quantity", "3");
  SEE("/state", "picked");
  shop_close(s);
}

TEST(two_pickers_are_never_given_the_same_work)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 1}", "one");
  an_order_of(s, "{'sku': 'MUG-BLUE', 'quantity': 1}", "two");
  struct client *all = s->client, *mei = client_new(s->address, shop_key(s, "mei", "fulfillment.*")),
                *jun = client_new(s->address, shop_key(s, "jun", "fulfillment.*"));
  s->client = mei;
  SAY(200, "GET /v1/tasks/next?location=NJ1");
  const char *first = AT("/fulfillment/id");
  shop_label(s, "first", first);
  s->client = mei;
  SAY(200, "POST /v1/fulfillments/<first>/claim {}");
  SEE("/claimed_name", "mei");
  s->client = jun;
  SAY(409, "POST /v1/fulfillments/<first>/claim {}");
  SEE("/errors/0/code", "claimed");
  s->client = jun;
  SAY(200, "GET /v1/tasks/next?location=NJ1");
  CHECK(strcmp(AT("/fulfillment/id"), shop_labelled(s, "first")) != 0);
  s->client = mei;
  SAY(200, "GET /v1/tasks/next?location=NJ1");
  SEE("/mine", "true");
  SEE("/fulfillment/id", "<first>");
  s->client = jun;
  SAY(200, "POST /v1/fulfillments/<first>/scans {'scan_id': 'j-1', 'sku': 'TEE-S'}");
  SEE("/refusal", "claimed");
  s->client = mei;
  SAY(200, "POST /v1/fulfillments/<first>/release_claim {}");
  SEE("/claimed_by", NULL);
  s->client = all;
  SAY(200, "GET /v1/tasks/next?location=NJ1&kind=ship");
  SEE("/fulfillment", NULL);
  SAY(422, "GET /v1/tasks/next");
  client_free(mei);
  client_free(jun);
  shop_close(s);
}

TEST(held_orders_are_no_task)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'call first'}");
  SAY(200, "GET /v1/tasks/next?location=NJ1");
  SEE("/fulfillment", NULL);
  SAY(200, "POST /v1/fulfillments/<fulfillment>/scans {'scan_id': 'h-1', 'sku': 'TEE-S'}");
  SEE("/refusal", "order_held");
  SAY(409, "POST /v1/waves {'location': 'NJ1'}");
  SEE("/errors/0/code", "nothing_to_release");
  shop_close(s);
}

TEST(packing_by_scan_makes_the_parcels)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 1}", "f");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'p-0', 'kind': 'pack', 'sku': 'TEE-S'}");
  SEE("/refusal", "wrong_state");
  SAY(200, "POST /v1/fulfillments/<f>/pick {}");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'p-1', 'kind': 'pack', 'sku': 'TEE-S'}");
  SEE("/outcome", "applied");
  SEE("/lines/0/scanned", "1");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'p-2', 'kind': 'pack', 'sku': 'TEE-L'}");
  SEE("/refusal", "wrong_sku");
  SAY(422, "POST /v1/fulfillments/<f>/pack {'parcels': [{'weight_g': 5}]}");
  SEE("/errors/0/pointer", "/parcels/0/items");
  SAY(422, "POST /v1/fulfillments/<f>/pack {'scanned': true}");
  SEE("/errors/0/code", "not_packed");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'p-3', 'kind': 'pack', 'sku': 'TEE-S', 'parcel': 2}");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'p-4', 'kind': 'pack', 'sku': 'TEE-S', 'parcel': 2}");
  SEE("/refusal", "too_many");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'p-5', 'kind': 'pack', 'sku': 'MUG-BLUE', 'parcel': 2}");
  SEE("/lines/1/scanned", "1");
  SAY(200, "POST /v1/fulfillments/<f>/pack {'scanned': true, 'parcels': [{'weight_g': 200}, {'weight_g': 777}]}");
  SEE("/state", "packed");
  SEE("/parcels/#", "2");
  SEE("/parcels/0/weight_g", "200");
  SEE("/parcels/1/weight_g", "777");
  SEE("/parcels/1/items/#", "2");
  shop_close(s);
}

TEST(where_products_lie_is_told_with_where_they_lay_and_again_tells_nothing)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "PUT /v1/locations/NJ1/bins {'bins': [{'sku': 'TEE-S', 'bin': 'A-10', 'walk': 5}]}");
  SAY(200, "PUT /v1/locations/NJ1/bins {'bins': [{'sku': 'TEE-S', 'bin': 'A-11', 'walk': 5}, {'sku': 'MUG-BLUE', "
           "'bin': 'B-1', 'walk': 0}]}");
  SAY(200, "PUT /v1/locations/NJ1/bins {'bins': [{'sku': 'TEE-S', 'bin': 'A-11', 'walk': 5}]}");
  shop_numbered(s);
  SAY(200, "GET /v1/events?topic=location.bins_changed");
  SEE("/data/#", "2");
  SEE("/data/1/data/location", "NJ1");
  SEE("/data/1/data/bins/0/before", "A-10");
  SEE("/data/1/data/bins/0/after", "A-11");
  SEE("/data/1/data/bins/1/before", NULL);
  SAY(200, "GET /v1/locations/NJ1");
  SAY(412, "PUT /v1/locations/NJ1/bins\nIf-Match: \"1\"\n{'bins': [{'sku': 'TEE-S', 'bin': 'A-1', 'walk': 5}]}");
  shop_close(s);
}

TEST(work_says_what_may_be_done_with_it_now)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "GET /v1/fulfillments?expand=next_actions");
  SEE("/data/0/next_actions/0", "pick");
  SEE("/data/0/next_actions/1", "reject");
  SEE("/data/0/next_actions/#", "3");
  SEE("/data/0/lines", NULL);
  SAY(200, "GET /v1/fulfillments");
  SEE("/data/0/next_actions", NULL);
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'look'}");
  KEEP("hold", "/holds/0/id");
  SEE("/fulfillments/0/next_actions/0", "reject");
  SAY(200, "GET /v1/fulfillments/<fulfillment>");
  SEE("/next_actions/0", "reject");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'seen'}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SEE("/next_actions/0", "pack");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SEE("/next_actions/0", "ship"); /* and not ready: it is sent */
  SEE("/next_actions/#", "2");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillments/0/next_actions/0", "ship");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  SEE("/next_actions/#", "0");
  /* What derives is in no event. */
  SAY(200, "GET /v1/orders/<order>/timeline");
  CHECK(!strstr(s->last.body, "next_actions"));
  shop_close(s);
}

TEST(a_wave_releases_work_gives_it_slots_and_can_be_cancelled)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 1}", "a");
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 1}", "b");
  an_order_of(s, "{'sku': 'MUG-BLUE', 'quantity': 1}", "c");
  SAY(200, "PUT /v1/locations/NJ1/bins {'bins': [{'sku': 'TEE-S', 'bin': 'A-10', 'walk': 5}, {'sku': 'MUG-BLUE', "
           "'bin': 'A-2', 'walk': 5}]}");
  SAY(201, "POST /v1/waves {'location': 'NJ1', 'max_lines': 1}");
  SEE("/fulfillment_count", "2");
  SEE("/fulfillments/1/tote", "2");
  SEE("/waiting", "2");
  KEEP("wave", "/id");
  KEEP("number", "/number");
  SAY(200, "GET /v1/orders/<a_order>");
  SEE("/lines/0/counters/released", "1");
  SEE("/fulfillment_status", "released");
  SEE("/fulfillments/0/wave_id", "<wave>");
  SAY(409, "POST /v1/waves {'location': 'NJ1', 'max_lines': 1}");
  SAY(409, "POST /v1/waves {'location': 'NJ1', 'fulfillments': ['<a>']}");
  SEE("/errors/0/code", "not_open");
  SAY(200, "GET /v1/waves/<number>/pick_list");
  SEE("/stops/#", "2");
  SEE("/stops/0/bin", "A-2");
  SEE("/stops/1/bin", "A-10");
  SEE("/units", "2");
  SAY(200, "GET /v1/fulfillments?wave_id=<wave>");
  SEE("/data/#", "2");
  SAY(200, "POST /v1/fulfillments/<a>/pick {}");
  SAY(200, "GET /v1/waves/<wave>");
  SEE("/picked", "1");
  SAY(200, "POST /v1/waves/<wave>/cancel {'reason': 'truck is late'}");
  SEE("/state", "cancelled");
  SAY(200, "GET /v1/orders/<c_order>");
  SEE("/lines/0/counters/allocated", "1");
  SEE("/fulfillments/0/wave_id", NULL);
  SAY(200, "GET /v1/orders/<a_order>");
  SEE("/lines/0/counters/picked", "1");
  SAY(409, "POST /v1/waves/<wave>/cancel {}");
  SAY(201, "POST /v1/waves {'location': 'NJ1'}");
  SEE("/fulfillment_count", "2");
  SAY(200, "GET /v1/waves?location=NJ1");
  SEE("/data/#", "2");
  shop_close(s);
}

TEST(papers_and_lists_of_many_orders_name_each_of_them)
{
  enum { MANY = 40 }; /* more than one statement takes */
  struct shop *s = shop_open(t);
  struct buf works, numbers;
  a_small_shop(s);
  buf_init(&works, s->arena);
  buf_init(&numbers, s->arena);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 100}]}");
  for (int i = 0; i < MANY; i++) {
    an_order_of(s, "{'sku': 'TEE-S', 'quantity': 1}", "one");
    buf_printf(&works, "%s%s", i ? "," : "", AT("/fulfillments/0/id"));
    buf_printf(&numbers, "%s%s", i ? "," : "", AT("/number"));
  }
  shop_label(s, "works", buf_str(&works));
  shop_label(s, "numbers", buf_str(&numbers));
  SAY(200, "GET /v1/pick_lists?fulfillments=<works>");
  SEE("/orders/#", "40");
  SEE("/stops/#", "40");
  SEE("/orders/39/fulfillment_id", "<one>");
  SEE("/stops/39/tote", "40");
  SAY(200, "GET /v1/packing_slips?fulfillments=<works>");
  SAY(404, "GET /v1/packing_slips?fulfillments=<works>,ful_0000000000001");
  SAY(200, "GET /v1/orders?limit=100&number=<numbers>,NO-SUCH,<one_order>");
  SEE("/data/#", "40");
  SAY(200, "GET /v1/delivery_promises?fulfillments=<works>,ful_0000000000001,what");
  SEE("/data/#", "40");
  CHECK(strstr(s->last.body, shop_labelled(s, "one")) && strstr(s->last.body, shop_labelled(s, "one_order")));
  CHECK(!text_empty(AT("/data/39/deliver_by")));
  SEE("/data/39/promised", arena_text(s->arena, AT("/data/39/deliver_by")));
  SEE("/data/39/changes/#", "0");
  SAY(422, "GET /v1/delivery_promises");
  shop_close(s);
}

TEST(open_work_is_split_and_adds_up)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 4}", "f");
  SAY(201, "POST /v1/waves {'location': 'NJ1'}");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 's-1', 'sku': 'TEE-S'}");
  SAY(422, "POST /v1/orders/<f_order>/split {'fulfillment': '<f>', 'lines': [{'line': 1, 'quantity': 4}]}");
  SAY(200, "POST /v1/orders/<f_order>/split {'fulfillment': '<f>', 'lines': [{'line': 1, 'quantity': 2}]}");
  SEE("/fulfillments/#", "2");
  SEE("/fulfillments/0/lines/0/quantity", "2");
  SEE("/fulfillments/1/lines/0/quantity", "2");
  SEE("/fulfillments/1/state", "open");
  SEE("/lines/0/counters/released", "1");
  SEE("/lines/0/counters/allocated", "2");
  SEE("/lines/0/counters/picked", "1");
  KEEP("rest", "/fulfillments/1/id");
  SAY(200, "POST /v1/fulfillments/<rest>/pick {}");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 's-2', 'sku': 'TEE-S'}");
  SEE("/state", "picked");
  SAY(200, "GET /v1/orders/<f_order>");
  SEE("/lines/0/counters/picked", "4");
  shop_close(s);
}

TEST(a_short_pick_says_why_and_the_rest_goes_on)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 1}", "f");
  SAY(200, "POST /v1/fulfillments/<f>/scans {'scan_id': 'q-1', 'sku': 'TEE-S', 'quantity': 2}");
  SEE("/state", "picking");
  SAY(200, "POST /v1/fulfillments/<f>/pick {'reason': 'not_found'}");
  SEE("/state", "picked");
  SEE("/claimed_by", NULL);
  SAY(200, "GET /v1/stock?sku=MUG-BLUE");
  SEE("/data/0/on_hand", "4");
  shop_close(s);
}

TEST(a_manifest_closes_what_left_with_a_carrier)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(409, "POST /v1/locations/NJ1/manifests {'carrier': 'ordo'}");
  SEE("/errors/0/code", "nothing_shipped");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  SAY(200, "GET /v1/shipments?location=NJ1&manifested=false");
  KEEP("shipment", "/data/0/id");
  SAY(201, "POST /v1/locations/NJ1/manifests {'carrier': 'ordo'}");
  SEE("/shipment_count", "1");
  SEE("/parcel_count", "1");
  SEE("/weight_g", "150");
  KEEP("manifest", "/id");
  SAY(409, "POST /v1/shipments/<shipment>/void {}");
  SEE("/errors/0/pointer", "/manifested");
  SAY(409, "POST /v1/locations/NJ1/manifests {'carrier': 'ordo'}");
  SAY(200, "GET /v1/manifests/<manifest>");
  SEE("/parcels/#", "1");
  SAY(200, "GET /v1/manifests?location=NJ1");
  SEE("/data/0/number", "MF-100001");
  shop_close(s);
}

TEST(the_cut_off_of_today_stands_in_lists_of_open_work)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(200, "PATCH /v1/locations/NJ1 {'cut_off': '23:59'}");
  a_paid_order(s, 1);
  SAY(200, "GET /v1/fulfillments?location=NJ1");
  CHECK(strstr(AT("/data/0/cut_off_at"), "T23:59:00.000Z"));
  shop_close(s);
}

/* ---- An outbox that is replayed again and again, by several at once ---- */

enum { PICKERS = 4, SCANS = 12, ROUNDS = 3 };

struct picker {
  struct shop *shop;
  struct client *client;
  const char *body;
  int bad;
};

static void *replay(void *arg)
{
  struct picker *p = arg;
  for (int i = 0; i < ROUNDS; i++) {
    struct answer answer;
    struct request rq = {.method = "POST", .path = "/v1/scans", .body = p->body};
    enum called called = client_call(p->client, &rq, &answer);
    if (called != CALL_ANSWERED || (answer.status != 200 && answer.status != 503))
      p->bad++;
  }
  return NULL;
}

/* The same scans in an order of each picker's own: forwards, backwards, and from the middle. */
static const char *outbox(struct shop *s, int picker)
{
  struct buf b;
  buf_init(&b, s->arena);
  buf_text(&b, "{\"scans\": [");
  for (int i = 0; i < SCANS; i++) {
    int n = picker % 2 ? SCANS - 1 - i : (i + picker * 3) % SCANS;
    const char *ful = shop_labelled(s, n % 2 ? "one" : "two");
    buf_printf(&b, "%s{\"fulfillment\": \"%s\", \"scan_id\": \"out-%d\", \"sku\": \"TEE-S\"}", i ? ", " : "", ful, n);
  }
  buf_text(&b, "]}");
  return buf_str(&b);
}

TEST(an_outbox_replayed_in_any_order_by_several_counts_each_scan_once)
{
  struct shop *s = shop_open(t);
  pthread_t threads[PICKERS];
  struct picker pickers[PICKERS];
  a_small_shop(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 100}]}");
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 9}", "one");
  an_order_of(s, "{'sku': 'TEE-S', 'quantity': 9}", "two");
  for (int i = 0; i < PICKERS; i++)
    pickers[i] = (struct picker){.shop = s, .client = shop_client(s), .body = outbox(s, i)};
  for (int i = 0; i < PICKERS; i++)
    CHECK_INT(pthread_create(&threads[i], NULL, replay, &pickers[i]), 0);
  for (int i = 0; i < PICKERS; i++) {
    pthread_join(threads[i], NULL);
    CHECK_INT(pickers[i].bad, 0);
    client_free(pickers[i].client);
  }
  shop_label(s, "again", outbox(s, 0));
  SAY(200, "POST /v1/scans <again>");
  SEE("/repeated", "12");
  SEE("/applied", "0");
  SEE("/refused", "0");
  SAY(200, "GET /v1/orders/<one_order>");
  SEE("/lines/0/counters/picked", "6");
  SAY(200, "GET /v1/orders/<two_order>");
  SEE("/lines/0/counters/picked", "6");
  SAY(200, "POST /v1/scans {'scans': [{'fulfillment': 'ful_01jd7k3v9q2m8', 'scan_id': 'x', 'sku': 'TEE-S'}, "
           "{'fulfillment': '<one>', 'scan_id': 'y', 'sku': 'MUG-BLUE'}, {'fulfillment': '<one>', 'scan_id': 'z', "
           "'sku': 'TEE-S', 'quantity': 3}]}");
  SEE("/refused", "2");
  SEE("/results/0/refusal", "not_found");
  SEE("/results/1/refusal", "wrong_sku");
  SEE("/results/2/state", "picked");
  shop_close(s);
}
