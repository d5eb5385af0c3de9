#include "shop_test.h"

#include <string.h>

#define TWO_CUPS {.lines = {{"CUP", 2, 1000}}, .captured = -1}

static const struct fulfillment *the_ful(struct ctx *cx, const char *order, size_t n)
{
  struct order *o = the_order(cx, order);
  CHECK(n < o->fulfillments.n);
  return &o->fulfillments.at[n];
}

/* ---- Pick ---- */

TEST(an_order_goes_from_shelf_to_customer)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 2);
  send_off(cx, id, 0);
  struct order *o = the_order(cx, id);
  const struct fulfillment *f = &o->fulfillments.at[0];
  CHECK_INT(f->state, FUL_SHIPPED);
  CHECK_INT(o->fulfillment_status, STATUS_SHIPPED);
  CHECK_INT(f->parcels.n, 1);
  CHECK_INT(f->parcels.at[0].weight_g, 400);
  CHECK_INT(f->parcels.at[0].state, PARCEL_HANDED_OVER);
  CHECK(tracking_number_is_own("OD", f->parcels.at[0].tracking_number));
  CHECK_INT(on_hand(cx, "CUP", "NJ"), 8);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 0);
  check_books(cx);
  CHECK_OK(track(cx, f->parcels.at[0].id.v, "{\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T09:00:00Z\"}"));
  o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CLOSED);
  CHECK_INT(o->fulfillments.at[0].state, FUL_CLOSED);
  CHECK_INT(o->fulfillment_status, STATUS_DELIVERED);
  CHECK_INT(scratch_events(cx, "order.closed"), 1);
  check_books(cx);
}

TEST(scans_add_up_until_everything_is_picked)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":1}]}"));
  CHECK_INT(the_ful(cx, id, 0)->state, FUL_PICKING);
  CHECK_INT(at(the_order(cx, id), 1, PLACE_PICKED), 1);
  CHECK_ERR(pack(cx, ful, "{}"), ERR_STATE);
  CHECK_OK(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\"}]}"));
  CHECK_INT(the_ful(cx, id, 0)->state, FUL_PICKED);
  CHECK_ERR(pick(cx, ful, "{}"), ERR_STATE);
  check_books(cx);
}

TEST(a_wrong_or_surplus_scan_picks_nothing)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_ERR(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":1},{\"sku\":\"HAT\",\"quantity\":1}]}"),
            ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/scans/1/sku");
  CHECK_ERR(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":1},{\"sku\":\"CUP\",\"quantity\":2}]}"),
            ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/scans/1/quantity");
  CHECK_INT(at(the_order(cx, id), 1, PLACE_ALLOCATED), 2);
  CHECK_INT(the_ful(cx, id, 0)->state, FUL_OPEN);
  check_books(cx);
}

TEST(a_location_may_insist_on_scanning)
{
  struct ctx *cx = a_shop(t);
  struct act_input patch = {.id = "NJ", .json = "{\"scan_required\":true}", .json_n = 22, .version = ABSENT};
  CHECK_OK(scratch_act(cx, &location_update_act, patch, NULL));
  db_memo_clear(cx->db);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_ERR(pick(cx, ful, "{}"), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].code, "scan_required");
  CHECK_OK(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":2}]}"));
  check_books(cx);
}

TEST(a_short_pick_takes_the_rest_from_elsewhere_and_mends_the_stock)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_ERR(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":1}],\"complete\":true}"), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/reason");
  CHECK_OK(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":1}],\"reason\":\"not_found\"}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->fulfillments.n, 2);
  CHECK_INT(o->fulfillments.at[0].state, FUL_PICKED);
  CHECK_TEXT(o->fulfillments.at[1].location, "LA");
  CHECK_INT(at(o, 1, PLACE_PICKED), 1);
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 1);
  CHECK_INT(on_hand(cx, "CUP", "NJ"), 9);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 1);
  CHECK_INT(reserved(cx, "CUP", "LA"), 1);
  CHECK_INT(scratch_events(cx, "fulfillment.short_picked"), 1);
  check_books(cx);
  CHECK_OK(pack(cx, ful, "{}"));
  CHECK_OK(ship(cx, ful, "{}"));
  CHECK_INT(the_order(cx, id)->fulfillment_status, STATUS_PARTIALLY_SHIPPED);
  send_off(cx, id, 1);
  CHECK_INT(the_order(cx, id)->fulfillment_status, STATUS_SHIPPED);
  check_books(cx);
}

TEST(a_held_order_refuses_work_and_names_the_hold)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_OK(act_json(cx, &order_hold_act, &hold_input_rec, id, "{\"reason\":\"please wait\"}", NULL));
  CHECK_ERR(pick(cx, ful, "{}"), ERR_HELD);
  CHECK(strstr(cx->fault.detail, "hld_") && strstr(cx->fault.detail, "please wait"));
  check_books(cx);
}

TEST(a_hold_of_one_line_stops_that_line_only)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}, {"TEE", 1, 2000}}, .captured = -1});
  const char *ful = ful_id(cx, id, 0);
  struct act_result held;
  CHECK_OK(act_json(cx, &order_hold_act, &hold_input_rec, id, "{\"reason\": \"which color?\", \"line\": 2}", &held));
  CHECK_ERR(pick(cx, ful, "{\"scans\": [{\"sku\": \"TEE\", \"quantity\": 1}]}"), ERR_HELD);
  CHECK_OK(pick(cx, ful, "{}")); /* all that may be picked */
  CHECK_INT(at(the_order(cx, id), 1, PLACE_PICKED), 2);
  CHECK_INT(at(the_order(cx, id), 2, PLACE_PICKED), 0);
  CHECK_ERR(pick(cx, ful, "{}"), ERR_HELD);
  CHECK_ERR(pick(cx, ful, "{\"complete\": true, \"reason\": \"not_found\"}"), ERR_HELD);
  CHECK_ERR(pack(cx, ful, "{}"), ERR_HELD);
  const struct hold *h = &the_order(cx, id)->holds.at[0];
  CHECK_OK(act_json(cx, &hold_release_act, &reason_input_rec, id_text(cx, PREFIX_hold, h->id.v), "{\"reason\": \"blue\"}", &held));
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(pack(cx, ful, "{}"));
  check_books(cx);
}

TEST(a_step_on_an_older_version_is_refused)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  struct pick_input none;
  struct act_input in = {.id = ful, .body = &none, .version = 7};
  rec_init(&pick_rec, &none);
  CHECK_ERR(scratch_act(cx, &fulfillment_pick_act, in, NULL), ERR_VERSION);
  in.version = the_ful(cx, id, 0)->version;
  CHECK_OK(scratch_act(cx, &fulfillment_pick_act, in, NULL));
  check_books(cx);
}

/* ---- Pack ---- */

TEST(each_picked_unit_is_packed_exactly_once)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){
                                    .lines = {{"CUP", 3, 1000}, {"TEE", 1, 1990}},
                                      .captured = -1
  });
  const char *ful = ful_id(cx, id, 0);
  CHECK_ERR(pack(cx, ful, "{}"), ERR_STATE);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_ERR(pack(cx, ful, "{\"parcels\":[{\"items\":[{\"line\":1,\"quantity\":3}]}]}"), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].code, "not_packed");
  CHECK_ERR(pack(cx, ful, "{\"parcels\":[{\"items\":[{\"line\":1,\"quantity\":4},{\"sku\":\"TEE\",\"quantity\":1}]}]}"),
            ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].code, "too_many");
  CHECK_ERR(pack(cx, ful, "{\"parcels\":[{\"items\":[{\"line\":7,\"quantity\":1}]}]}"), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].code, "not_found");
  CHECK_INT(at(the_order(cx, id), 1, PLACE_PICKED), 3);
  CHECK_OK(pack(cx, ful,
                "{\"parcels\":[{\"items\":[{\"line\":1,\"quantity\":2}],\"weight_g\":500},"
                "{\"items\":[{\"sku\":\"CUP\",\"quantity\":1},{\"sku\":\"TEE\",\"quantity\":1}]}]}"));
  const struct fulfillment *f = the_ful(cx, id, 0);
  CHECK_INT(f->parcels.n, 2);
  CHECK_INT(f->parcels.at[0].weight_g, 500);
  CHECK_INT(f->parcels.at[1].weight_g, 400);
  CHECK_INT(f->parcels.at[1].items.n, 2);
  check_books(cx);
}

/* ---- Ship ---- */

TEST(a_shipment_needs_packed_goods_and_a_known_carrier)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_ERR(ship(cx, ful, "{}"), ERR_STATE);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(pack(cx, ful, "{}"));
  CHECK_ERR(ship(cx, ful, "{\"carrier\":\"nobody\"}"), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/carrier");
  CHECK_ERR(ship(cx, ful, "{\"tracking_numbers\":[\"A1\",\"A2\"]}"), ERR_INVALID);
  CHECK_OK(ship(cx, ful, "{\"tracking_number\":\"MINE-77\"}"));
  CHECK_TEXT(the_ful(cx, id, 0)->parcels.at[0].tracking_number, "MINE-77");
  CHECK_ERR(ship(cx, ful, "{}"), ERR_STATE);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM shipment"), 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM stock_movement WHERE kind = 'shipment' AND document_prefix = 'ful'"),
            1);
  check_books(cx);
}

TEST(a_carrier_that_is_not_set_up_takes_goods_with_its_own_number)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 1, 1000}}, .captured = -1});
  const char *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(pack(cx, ful, "{}"));
  CHECK_OK(ship(cx, ful, "{\"carrier\":\"ups\",\"service\":\"ground\",\"tracking_number\":\"1Z5R89390357567127\"}"));
  struct order *o = the_order(cx, id);
  CHECK_TEXT(o->fulfillments.at[0].carrier, "ups");
  CHECK_TEXT(o->fulfillments.at[0].parcels.at[0].tracking_number, "1Z5R89390357567127");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM shipment WHERE carrier = 'ups' AND service = 'ground' AND freight IS NULL"), 1);
  check_books(cx);
}

TEST(a_tracking_number_may_come_after_the_goods_left)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 1, 1000}}, .captured = -1});
  send_off(cx, id, 0);
  const char *parcel = id_text(cx, PREFIX_parcel, the_order(cx, id)->fulfillments.at[0].parcels.at[0].id.v);
  const char *json = "{\"tracking_number\":\"LATE-1\",\"weight_g\":420}";
  struct act_input in = {.id = parcel, .json = json, .json_n = strlen(json), .version = ABSENT};
  struct parcel *found;
  CHECK_OK(scratch_act(cx, &parcel_change_act, in, NULL));
  CHECK_OK(parcel_load(cx, "LATE-1", &found));
  CHECK_INT(found->weight_g, 420);
  CHECK_INT(scratch_events(cx, "parcel.changed"), 1);
  CHECK_OK(scratch_act(cx, &parcel_change_act, in, NULL)); /* the same again changes nothing */
  CHECK_INT(scratch_events(cx, "parcel.changed"), 1);
  check_books(cx);
}

TEST(a_voided_shipment_brings_its_goods_back_to_the_packing_table)
{
  struct ctx *cx = a_shop(t);
  struct act_result r;
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  send_off(cx, id, 0);
  const struct parcel *p = &the_ful(cx, id, 0)->parcels.at[0];
  const char *first = p->tracking_number, *shp = id_text(cx, PREFIX_shipment, p->shipment_id.v);
  CHECK_OK(act_json(cx, &shipment_void_act, &reason_maybe_rec, shp, "{\"reason\":\"wrong label\"}", &r));
  CHECK(((const struct shipment *)r.value)->voided);
  struct order *o = the_order(cx, id);
  CHECK_INT(o->fulfillments.at[0].state, FUL_PACKED);
  CHECK_INT(at(o, 1, PLACE_PACKED), 2);
  CHECK_INT(on_hand(cx, "CUP", "NJ"), 10);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 2);
  check_books(cx);
  CHECK_ERR(act_json(cx, &shipment_void_act, &reason_maybe_rec, shp, "{}", NULL), ERR_STATE);
  CHECK_OK(ship(cx, ful_id(cx, id, 0), "{}"));
  CHECK(strcmp(the_ful(cx, id, 0)->parcels.at[0].tracking_number, first) != 0);
  CHECK_INT(on_hand(cx, "CUP", "NJ"), 8);
  check_books(cx);
}

TEST(a_void_does_not_ask_for_free_stock)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  send_off(cx, id, 0);
  CHECK_OK(act_json(cx, &stock_safety_act, &stock_safety_rec, NULL,
                    "{\"location\":\"NJ\",\"sku\":\"CUP\",\"safety\":50}", NULL));
  const char *shp = id_text(cx, PREFIX_shipment, the_ful(cx, id, 0)->parcels.at[0].shipment_id.v);
  CHECK_OK(act_json(cx, &shipment_void_act, &reason_maybe_rec, shp, "{}", NULL));
  CHECK_INT(reserved(cx, "CUP", "NJ"), 2);
  check_books(cx);
}

TEST(what_is_collected_is_handed_over_and_closes_the_order)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1, .pickup = "STORE"});
  const char *ful = ful_id(cx, id, 0);
  CHECK_TEXT(the_ful(cx, id, 0)->location, "STORE");
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(pack(cx, ful, "{}"));
  CHECK_ERR(ship(cx, ful, "{}"), ERR_STATE);
  CHECK_OK(act_json(cx, &fulfillment_ready_act, &reason_maybe_rec, ful, "{}", NULL));
  CHECK_INT(the_order(cx, id)->fulfillment_status, STATUS_READY_FOR_PICKUP);
  check_books(cx);
  CHECK_OK(act_json(cx, &fulfillment_hand_over_act, &reason_maybe_rec, ful, "{}", NULL));
  CHECK_INT(the_order(cx, id)->state, ORDER_CLOSED);
  CHECK_INT(on_hand(cx, "CUP", "STORE"), 8);
  check_books(cx);
}

TEST(what_nobody_collects_goes_back_to_stock)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1, .pickup = "STORE"});
  const char *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(pack(cx, ful, "{}"));
  CHECK_ERR(act_json(cx, &fulfillment_not_collected_act, &reason_maybe_rec, ful, "{}", NULL), ERR_STATE);
  CHECK_OK(act_json(cx, &fulfillment_ready_act, &reason_maybe_rec, ful, "{}", NULL));
  CHECK_OK(act_json(cx, &fulfillment_not_collected_act, &reason_maybe_rec, ful, "{}", NULL));
  CHECK_INT(at(the_order(cx, id), 1, PLACE_UNALLOCATED), 2);
  CHECK_INT(reserved(cx, "CUP", "STORE"), 0);
  CHECK_INT(on_hand(cx, "CUP", "STORE"), 10);
  CHECK_INT(scratch_events(cx, "fulfillment.put_back"), 1);
  check_books(cx);
}

/* ---- Tracking ---- */

TEST(a_scan_counts_once_and_in_any_order)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  send_off(cx, id, 0);
  int64_t par = the_ful(cx, id, 0)->parcels.at[0].id.v;
  CHECK_OK(track(cx, par, "{\"status\":\"out_for_delivery\",\"occurred_at\":\"2026-01-07T08:00:00Z\"}"));
  CHECK_OK(track(cx, par, "{\"status\":\"in_transit\",\"occurred_at\":\"2026-01-06T08:00:00Z\",\"place\":\"Reno\"}"));
  int64_t version = the_order(cx, id)->version;
  CHECK_OK(track(cx, par, "{\"status\":\"in_transit\",\"occurred_at\":\"2026-01-06T08:00:00Z\"}"));
  CHECK_INT(the_order(cx, id)->version, version);
  CHECK_INT(the_ful(cx, id, 0)->parcels.at[0].tracking_status, TRACKING_OUT_FOR_DELIVERY);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM tracking_event"), 2);
  CHECK_OK(track(cx, par, "{\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T09:00:00Z\"}"));
  CHECK_INT(the_order(cx, id)->state, ORDER_CLOSED);
  CHECK_OK(track(cx, par, "{\"status\":\"in_transit\",\"occurred_at\":\"2026-01-08T08:00:00Z\"}"));
  CHECK_INT(the_order(cx, id)->state, ORDER_CLOSED);
  CHECK_INT(the_ful(cx, id, 0)->parcels.at[0].tracking_status, TRACKING_DELIVERED);
  struct parcel *p;
  CHECK_OK(parcel_load(cx, id_text(cx, PREFIX_parcel, par), &p));
  CHECK_INT(p->tracking_events.n, 4);
  CHECK_TEXT(p->tracking_events.at[0].place, "Reno");
  check_books(cx);
}

TEST(a_carrier_reports_by_tracking_number)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  send_off(cx, id, 0);
  const char *number = the_ful(cx, id, 0)->parcels.at[0].tracking_number;
  const char *json = arena_printf(
      cx->arena, "{\"tracking_number\":\"%s\",\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T08:00:00Z\"}",
      number);
  CHECK_OK(act_json(cx, &tracking_report_act, &tracking_input_rec, NULL, json, NULL));
  CHECK_INT(the_order(cx, id)->state, ORDER_CLOSED);
  CHECK_ERR(act_json(cx, &tracking_report_act, &tracking_input_rec, NULL,
                     "{\"tracking_number\":\"XX\",\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T08:00:00Z\"}",
                     NULL),
            ERR_NOT_FOUND);
  check_books(cx);
}

TEST(an_order_of_two_parcels_closes_with_the_second)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(pack(cx, ful,
                "{\"parcels\":[{\"items\":[{\"line\":1,\"quantity\":1}]},{\"items\":[{\"line\":1,\"quantity\":1}]}]}"));
  CHECK_OK(ship(cx, ful, "{}"));
  const struct fulfillment *f = the_ful(cx, id, 0);
  CHECK(strcmp(f->parcels.at[0].tracking_number, f->parcels.at[1].tracking_number) != 0);
  CHECK_OK(track(cx, f->parcels.at[0].id.v, "{\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T08:00:00Z\"}"));
  CHECK_INT(the_order(cx, id)->fulfillment_status, STATUS_PARTIALLY_DELIVERED);
  CHECK_INT(the_order(cx, id)->state, ORDER_OPEN);
  check_books(cx);
  CHECK_OK(track(cx, f->parcels.at[1].id.v, "{\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T08:00:00Z\"}"));
  CHECK_INT(the_order(cx, id)->state, ORDER_CLOSED);
  check_books(cx);
}

TEST(what_returns_to_the_sender_was_not_delivered)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  send_off(cx, id, 0);
  int64_t par = the_ful(cx, id, 0)->parcels.at[0].id.v;
  CHECK_OK(track(cx, par, "{\"status\":\"return_to_sender\",\"occurred_at\":\"2026-01-07T08:00:00Z\"}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(at(o, 1, PLACE_SHIPPED), 2);
  CHECK_INT(o->lines.at[0].counters.delivered.millionths, 0);
  CHECK_INT(scratch_events(cx, "parcel.returning"), 1);
  check_books(cx);
}

TEST(what_shipped_without_tracking_closes_after_some_days)
{
  struct ctx *cx = a_shop(t);
  fulfillment_ids due = {0};
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
  send_off(cx, id, 0);
  CHECK_OK(fulfillments_to_close(cx, BUCKET_GROUPS_ALL, 10, &due));
  CHECK_INT(due.n, 0);
  scratch_clock(cx, "2026-01-20T12:00:01Z");
  CHECK_OK(fulfillments_to_close(cx, BUCKET_GROUPS_ALL, 10, &due));
  CHECK_INT(due.n, 1);
  CHECK_OK(scratch_act(cx, &fulfillment_close_act,
                       (struct act_input){.id = id_text(cx, PREFIX_fulfillment, due.at[0].v), .version = ABSENT},
                       NULL));
  CHECK_INT(the_order(cx, id)->state, ORDER_CLOSED);
  check_books(cx);
}

/* ---- Rejections ---- */

TEST(a_rejection_sources_elsewhere_and_mends_the_stock_only_where_goods_are_missing)
{
  static const struct {
    const char *reason;
    int64_t on_hand;
  } rows[] = {
      {"not_found", 8 },
      {"damaged",   8 },
      {"busy",      10},
      {"closed",    10},
      {"no_staff",  10}
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct ctx *cx = a_shop(t);
    const char *id = an_order(cx, &(struct order_spec)TWO_CUPS);
    CHECK_OK(reject(cx, ful_id(cx, id, 0), arena_printf(cx->arena, "{\"reason\":\"%s\"}", rows[i].reason)));
    struct order *o = the_order(cx, id);
    CHECK_INT(o->fulfillments.n, 2);
    CHECK_INT(o->fulfillments.at[0].state, FUL_REJECTED);
    CHECK_TEXT(o->fulfillments.at[0].reason, rows[i].reason);
    CHECK_TEXT(o->fulfillments.at[1].location, "LA");
    CHECK_INT(on_hand(cx, "CUP", "NJ"), rows[i].on_hand);
    CHECK_INT(reserved(cx, "CUP", "NJ"), 0);
    CHECK_INT(reserved(cx, "CUP", "LA"), 2);
    check_books(cx);
  }
}

TEST(a_part_may_be_rejected_and_the_rest_goes_on)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 3, 1000}}, .captured = -1}),
             *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{\"scans\":[{\"sku\":\"CUP\",\"quantity\":2}]}"));
  CHECK_ERR(reject(cx, ful, "{\"reason\":\"not_found\",\"lines\":[{\"line\":1,\"quantity\":4}]}"), ERR_INVALID);
  CHECK_OK(reject(cx, ful, "{\"reason\":\"not_found\",\"lines\":[{\"line\":1,\"quantity\":1}]}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->fulfillments.at[0].state, FUL_PICKED);
  CHECK_INT(at(o, 1, PLACE_PICKED), 2);
  CHECK_INT(on_hand(cx, "CUP", "NJ"), 9);
  CHECK_INT(reserved(cx, "CUP", "LA"), 1);
  check_books(cx);
}

TEST(a_paid_order_that_nobody_can_send_is_held)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1, .pickup = "STORE"});
  CHECK_OK(reject(cx, ful_id(cx, id, 0), "{\"reason\":\"closed\"}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->hold_count, 1);
  CHECK_TEXT(o->holds.at[0].type, "stock_short");
  CHECK_INT(at(o, 1, PLACE_UNALLOCATED), 2);
  check_books(cx);
}

TEST(a_cancelled_fulfillment_gives_its_units_back)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec)TWO_CUPS), *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(act_json(cx, &fulfillment_cancel_act, &reason_maybe_rec, ful, "{\"reason\":\"other plan\"}", NULL));
  CHECK_INT(the_ful(cx, id, 0)->state, FUL_CANCELLED);
  CHECK_INT(at(the_order(cx, id), 1, PLACE_UNALLOCATED), 2);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 0);
  CHECK_INT(scratch_events(cx, "fulfillment.put_back"), 1);
  check_books(cx);
}

TEST(every_state_of_work_but_the_ended_ones_can_be_left)
{
  for (int state = 0; state < FUL_CANCELLED; state++) {
    struct fulfillment f = {.state = state};
    size_t ways = 0;
    for (size_t i = 0; i < fulfillment_moves_n; i++)
      ways += fulfillment_moves[i].from == state;
    if (state != FUL_CANCEL_REQUESTED) /* asked of outside warehouses only, which are a later room */
      CHECK_INT(ways > 0, fulfillment_live(&f));
  }
}
