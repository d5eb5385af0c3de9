/* Each rule fires exactly when it should, and says why. */
#include "review_test_help.h"

#include <string.h>

TEST(an_order_that_nothing_is_wrong_with_passes_all_rules)
{
  struct ctx *cx = shop(t);
  for (int type = 0; type < REVIEW_TYPE_COUNT; type++)
    switch_on(cx, review_types[type], true);
  struct order_work *w = an_order(cx);
  w->after->expected_total = MONEY(3980);
  add_payment(cx, w, ENTRY_CAPTURE, 3980);
  passes(review(cx, w, CUSTOMER, false));
  CHECK_INT(w->events.n, 0);
}

/* ---- Stock ------------------------------------------------------------------------------------------------------- */

TEST(missing_stock_holds_the_order_and_says_what_is_missing)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  w->after->lines.at[0].counters = (struct line_counters){.allocated = PIECES(1), .unallocated = PIECES(1)};
  const struct hold *h = held_by(review(cx, w, 0, false), "stock_short");
  CHECK_TEXT(h->reason, "not enough stock: 1 pcs of TEE missing");
  CHECK_TEXT(h->owner_role, "service");
  CHECK_TEXT(h->evidence,
             "{\"rule\":\"stock_short\",\"lines\":[{\"line\":1,\"sku\":\"TEE\",\"asked\":2,\"missing\":1}]}");
  CHECK_INT(w->events.n, 1);
  CHECK_TEXT(w->events.at[0].topic, "order.held");
  CHECK(strstr(w->events.at[0].data, "\"alert_role\":\"service\"") != NULL);
}

TEST(of_many_short_lines_three_are_named_and_the_rest_counted)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  for (const char *const *sku = (const char *const[]){"A", "B", "C", "D", NULL}; *sku; sku++)
    add_line(cx, w, *sku, 1, 100)->counters = (struct line_counters){.unallocated = PIECES(1)};
  CHECK_TEXT(held_by(review(cx, w, 0, false), "stock_short")->reason,
             "not enough stock: 1 pcs of A, 1 pcs of B, 1 pcs of C and 1 more missing");
}

TEST(units_that_wait_as_backordered_hold_nothing)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  w->after->lines.at[0].counters = (struct line_counters){.backordered = PIECES(2)};
  passes(review(cx, w, 0, false));
}

TEST(before_sourcing_and_without_stock_nothing_can_be_short)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  struct review_facts facts;
  w->after->lines.at[0].counters = (struct line_counters){.unallocated = PIECES(2)};
  CHECK_OK(review_load(cx, w->after, 0, false, &facts));
  review_decide(cx, &facts, &(struct review_situation){.sourced = false}, w);
  passes(w->after);
  w->after->lines.at[0].stocked = false; /* a service */
  passes(review(cx, w, 0, false));
}

TEST(a_short_gift_holds_the_order_only_where_the_channel_says_so)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  struct review_facts facts;
  struct order_line *gift = add_line(cx, w, "CUP", 1, 0);
  gift->kind = LINE_GIFT;
  gift->parent_line = 1;
  gift->counters = (struct line_counters){.backordered = PIECES(1)};
  struct order_line *part = add_line(cx, w, "LID", 1, 0);
  part->kind = LINE_COMPONENT;
  part->parent_line = 2;
  part->counters = (struct line_counters){.unallocated = PIECES(1)};
  passes(review(cx, w, 0, false));
  CHECK_OK(review_load(cx, w->after, 0, false, &facts));
  review_decide(cx, &facts, &(struct review_situation){.sourced = true, .hold_short_gifts = true}, w);
  CHECK_TEXT(held_by(w->after, "stock_short")->reason, "not enough stock: 1 pcs of CUP, 1 pcs of LID missing");
}

TEST(an_order_whose_money_was_captured_is_held_whatever_the_policy)
{
  struct ctx *cx = shop(t);
  struct channel ch = {.stock_policy = STOCK_REFUSE};
  struct order_work *w = an_order(cx);
  CHECK_INT(review_stock_policy(&ch, w->after), STOCK_REFUSE);
  add_payment(cx, w, ENTRY_AUTHORIZATION, 3980);
  CHECK_INT(review_stock_policy(&ch, w->after), STOCK_REFUSE);
  add_payment(cx, w, ENTRY_CAPTURE, 1);
  CHECK_INT(review_stock_policy(&ch, w->after), STOCK_HOLD);
}

/* ---- Money ------------------------------------------------------------------------------------------------------- */

TEST(an_order_without_payments_has_none_that_do_not_fit)
{
  struct ctx *cx = shop(t);
  passes(review(cx, an_order(cx), 0, false));
}

TEST(too_little_money_for_the_terms_holds_the_order)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  add_payment(cx, w, ENTRY_CAPTURE, 1000);
  add_payment(cx, w, ENTRY_AUTHORIZATION, 2979);
  const struct hold *h = held_by(review(cx, w, 0, false), "payment_mismatch");
  CHECK_TEXT(h->reason, "only 39.79 USD of 39.80 USD are paid or authorized, but the terms are prepaid");
  CHECK_TEXT(h->owner_role, "finance");
  CHECK_TEXT(h->evidence, "{\"rule\":\"payment_mismatch\",\"payment_terms\":\"prepaid\",\"currency\":\"USD\","
                          "\"total\":3980,\"authorized\":2979,\"paid\":1000,\"due\":2980}");
}

TEST(an_authorization_of_all_fits_prepaid_and_a_part_fits_cash_on_delivery)
{
  struct ctx *cx = shop(t);
  struct order_work *prepaid = an_order(cx), *cod = an_order(cx);
  add_payment(cx, prepaid, ENTRY_AUTHORIZATION, 3980);
  passes(review(cx, prepaid, 0, false));
  cod->after->payment_terms = TERMS_COD;
  add_payment(cx, cod, ENTRY_CAPTURE, 500);
  passes(review(cx, cod, 0, false));
}

TEST(more_than_the_total_holds_the_order)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  w->after->payment_terms = TERMS_ACCOUNT;
  add_payment(cx, w, ENTRY_CAPTURE, 3985);
  CHECK_TEXT(held_by(review(cx, w, 0, false), "payment_mismatch")->reason,
             "0.05 USD more than the order's total was paid");
}

TEST(a_total_other_than_expected_holds_the_order)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  w->after->expected_total = MONEY(3980);
  passes(review(cx, w, 0, false));
  w->after->expected_total = MONEY(3979);
  const struct hold *h = held_by(review(cx, w, 0, false), "total_mismatch");
  CHECK_TEXT(h->reason, "the total is 39.80 USD, but the channel expected 39.79 USD");
  CHECK_TEXT(h->evidence,
             "{\"rule\":\"total_mismatch\",\"currency\":\"USD\",\"total\":3980,\"expected_total\":3979}");
}

TEST(an_amount_is_an_outlier_above_the_limit_of_its_own_currency)
{
  struct ctx *cx = shop(t);
  a_rule(cx, "{\"code\":\"large\",\"type\":\"amount_outlier\",\"params\":{\"amount\":3980}}");
  struct order_work *w = an_order(cx);
  passes(review(cx, w, 0, false));
  add_line(cx, w, "PIN", 1, 1);
  w->after->currency = "EUR";
  passes(review(cx, w, 0, false));
  w->after->currency = "USD";
  const struct hold *h = held_by(review(cx, w, 0, false), "amount_outlier");
  CHECK_TEXT(h->reason, "the total of 39.81 USD is above 39.80 USD");
  CHECK_TEXT(h->owner_role, "manager");
  CHECK_TEXT(h->evidence, "{\"rule\":\"large\",\"currency\":\"USD\",\"total\":3981,\"amount\":3980}");
}

TEST(money_is_written_with_the_decimals_of_its_currency)
{
  struct ctx *cx = shop(t);
  a_rule(cx, "{\"code\":\"large\",\"type\":\"amount_outlier\",\"params\":{\"amount\":0,\"currency\":\"JPY\"}}");
  struct order_work *w = an_order(cx);
  w->after->currency = "JPY";
  CHECK_TEXT(held_by(review(cx, w, 0, false), "amount_outlier")->reason, "the total of 3980 JPY is above 0 JPY");
}

/* ---- Prices ------------------------------------------------------------------------------------------------------ */

static void a_product(struct ctx *cx, const char *json)
{
  struct product p;
  rec_init(&product_rec, &p);
  CHECK_OK(rec_read(&product_rec, json, strlen(json), "", cx->arena, &cx->fault, &p));
  CHECK_OK(scratch_act(cx, &product_create_act, (struct act_input){.body = &p, .version = ABSENT}, NULL));
}

TEST(a_given_price_may_deviate_from_the_catalog_s_by_so_much_and_no_more)
{
  struct ctx *cx = shop(t);
  struct { int64_t minor; bool held; } cases[] = {{800, false}, {799, true}, {1200, false}, {1201, true}, {0, true}};
  a_product(cx, "{\"sku\":\"MUG\",\"price\":1000,\"currency\":\"USD\"}");
  switch_on(cx, "price_deviation", true); /* 20 % */
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct order_work *w = an_order(cx); /* TEE is not in the catalog */
    add_line(cx, w, "MUG", 1, cases[i].minor);
    CHECK_INT(review(cx, w, 0, false)->holds.n, cases[i].held);
  }
}

TEST(a_price_deviation_names_both_prices)
{
  struct ctx *cx = shop(t);
  a_product(cx, "{\"sku\":\"MUG\",\"price\":1000,\"currency\":\"USD\"}");
  switch_on(cx, "price_deviation", true);
  struct order_work *w = an_order(cx);
  add_line(cx, w, "MUG", 1, 500);
  const struct hold *h = held_by(review(cx, w, 0, false), "price_deviation");
  CHECK_TEXT(h->reason, "MUG at 5 USD instead of the catalog's 10 USD; 20 % up or down are fine");
  CHECK_TEXT(h->evidence, "{\"rule\":\"price_deviation\",\"currency\":\"USD\",\"deviation\":\"0.2\","
                          "\"lines\":[{\"line\":2,\"sku\":\"MUG\","
                          "\"unit_price\":\"500\",\"catalog_price\":\"1000\"}]}");
}

TEST(gifts_catalog_prices_other_currencies_and_other_units_do_not_deviate)
{
  struct ctx *cx = shop(t);
  a_product(cx, "{\"sku\":\"MUG\",\"price\":1000,\"currency\":\"USD\"}");
  switch_on(cx, "price_deviation", true);
  struct order_work *gift = an_order(cx), *catalog = an_order(cx), *euros = an_order(cx);
  add_line(cx, gift, "MUG", 1, 0)->kind = LINE_GIFT;
  passes(review(cx, gift, 0, false));
  add_line(cx, catalog, "MUG", 1, 1)->price_given = false;
  passes(review(cx, catalog, 0, false));
  add_line(cx, euros, "MUG", 1, 1);
  euros->after->currency = "EUR";
  passes(review(cx, euros, 0, false));
  struct order_work *boxes = an_order(cx);
  add_line(cx, boxes, "MUG", 1, 12000)->unit = "box";
  passes(review(cx, boxes, 0, false));
}

/* ---- The customer ------------------------------------------------------------------------------------------------ */

TEST(the_order_of_a_blocked_customer_is_held)
{
  struct ctx *cx = shop(t);
  const struct hold *h = held_by(review(cx, an_order(cx), CUSTOMER, true), "blocked_customer");
  CHECK_TEXT(h->reason, "the customer is blocked");
  CHECK_TEXT(h->evidence, arena_printf(cx->arena, "{\"rule\":\"blocked_customer\",\"customer\":\"%s\"}",
                                       id_text(cx, PREFIX_customer, CUSTOMER)));
}

TEST(one_order_too_many_within_the_window_is_held)
{
  struct ctx *cx = shop(t);
  a_rule(cx, "{\"code\":\"fast\",\"type\":\"velocity\",\"params\":{\"orders\":2,\"window_minutes\":10}}");
  place(cx, an_order(cx), CUSTOMER);
  place(cx, an_order(cx), CUSTOMER + 1);
  scratch_clock(cx, "2026-01-05T09:05:00Z");
  passes(review(cx, an_order(cx), CUSTOMER, false));
  place(cx, an_order(cx), CUSTOMER);
  scratch_clock(cx, "2026-01-05T09:09:59Z");
  passes(review(cx, an_order(cx), CUSTOMER + 1, false));
  passes(review(cx, an_order(cx), 0, false)); /* a guest */
  const struct hold *h = held_by(review(cx, an_order(cx), CUSTOMER, false), "velocity");
  CHECK_TEXT(h->reason, "more than 2 orders of this customer within 10 minutes");
  CHECK_TEXT(h->evidence, arena_printf(cx->arena,
                                       "{\"rule\":\"fast\",\"customer\":\"%s\",\"orders\":2,\"window_minutes\":10}",
                                       id_text(cx, PREFIX_customer, CUSTOMER)));
  scratch_clock(cx, "2026-01-05T09:10:00Z"); /* the first one has left the window */
  passes(review(cx, an_order(cx), CUSTOMER, false));
}

TEST(each_velocity_rule_counts_within_its_own_window)
{
  struct ctx *cx = shop(t);
  a_rule(cx, "{\"code\":\"a-day\",\"type\":\"velocity\",\"params\":{\"orders\":5,\"window_minutes\":1440}}");
  a_rule(cx, "{\"code\":\"b-minute\",\"type\":\"velocity\",\"params\":{\"orders\":1,\"window_minutes\":1}}");
  place(cx, an_order(cx), CUSTOMER);
  scratch_clock(cx, "2026-01-05T09:02:00Z");
  passes(review(cx, an_order(cx), CUSTOMER, false));
  scratch_clock(cx, "2026-01-05T09:01:00Z");
  passes(review(cx, an_order(cx), CUSTOMER, false));
  scratch_clock(cx, "2026-01-05T09:00:30Z");
  CHECK_TEXT(held_by(review(cx, an_order(cx), CUSTOMER, false), "velocity")->reason,
             "more than 1 order of this customer within 1 minute");
}

/* ---- Addresses --------------------------------------------------------------------------------------------------- */

TEST(an_address_without_a_required_part_holds_the_order)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "address", true);
  struct order_work *w = an_order(cx);
  passes(review(cx, w, 0, false));
  w->after->personal.shipping_address->line1 = " ";
  w->after->personal.shipping_address->city = NULL;
  const struct hold *h = held_by(review(cx, w, 0, false), "address");
  CHECK_TEXT(h->reason, "the address has no line1, city");
  CHECK_TEXT(h->evidence, "{\"rule\":\"address\",\"country\":\"CN\",\"missing\":[\"line1\",\"city\"]}");
}

TEST(an_order_to_be_shipped_needs_an_address_and_others_do_not)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "address", true);
  struct order_work *w = an_order(cx);
  w->after->personal.shipping_address = NULL;
  w->after->delivery.type = DELIVERY_PICKUP;
  passes(review(cx, w, 0, false));
  w->after->delivery.type = DELIVERY_SHIP;
  CHECK_TEXT(held_by(review(cx, w, 0, false), "address")->reason, "there is no address to ship to");
}

TEST(a_country_that_is_not_served_holds_the_order)
{
  struct ctx *cx = shop(t);
  CHECK_OK(patch_rule(cx, "address", "{\"enabled\":true,\"params\":{\"countries\":[\"US\",\"CN\"]}}", NULL));
  struct order_work *w = an_order(cx);
  passes(review(cx, w, 0, false));
  w->after->personal.shipping_address->country = "FR";
  w->after->personal.shipping_address->name = NULL;
  CHECK_TEXT(held_by(review(cx, w, 0, false), "address")->reason,
             "the address has no name, and it is in FR, where we do not ship");
}

/* ---- Doubles ----------------------------------------------------------------------------------------------------- */

TEST(the_same_basket_of_the_same_customer_is_held_with_a_link_to_the_twin)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "probable_duplicate", true);
  struct order_work *first = an_order(cx);
  place(cx, first, CUSTOMER);
  scratch_clock(cx, "2026-01-05T09:12:00Z");
  passes(review(cx, an_order(cx), CUSTOMER + 1, false));
  passes(review(cx, an_order(cx), 0, false));
  const struct hold *h = held_by(review(cx, an_order(cx), CUSTOMER, false), "probable_duplicate");
  const char *id = id_text(cx, PREFIX_order, first->after->id.v), *number = first->after->number;
  CHECK_TEXT(h->reason,
             arena_printf(cx->arena, "looks like order %s, placed 12 minutes earlier: 100 %% of the basket is the same",
                          number));
  CHECK_TEXT(h->evidence,
             arena_printf(cx->arena,
                          "{\"rule\":\"probable_duplicate\",\"order\":\"%s\",\"number\":\"%s\","
                          "\"link\":\"/v1/orders/%s\",\"similarity\":\"1\",\"minutes\":12}",
                          id, number, id));
}

TEST(a_basket_is_the_same_from_the_rule_s_similarity_on)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "probable_duplicate", true); /* 90 % */
  struct order_work *first = an_order(cx), *less = an_order(cx), *more = an_order(cx);
  add_line(cx, first, "SOCK", 18, 100); /* 20 pieces; the same product on two lines is one thing */
  place(cx, first, CUSTOMER);
  add_line(cx, less, "SOCK", 10, 100);
  add_line(cx, less, "SOCK", 5, 100); /* 17 of 20 */
  passes(review(cx, less, CUSTOMER, false));
  add_line(cx, more, "SOCK", 10, 100);
  add_line(cx, more, "SOCK", 6, 100); /* 18 of 20 */
  CHECK(strstr(held_by(review(cx, more, CUSTOMER, false), "probable_duplicate")->reason, ": 90 % of the basket"));
}

TEST(other_goods_old_orders_and_cancelled_ones_are_no_twins)
{
  struct ctx *cx = shop(t);
  static const struct db_stmt cancel = {"UPDATE orders SET state = 'cancelled'", DB_REPORT};
  switch_on(cx, "probable_duplicate", true); /* 60 minutes */
  place(cx, an_order(cx), CUSTOMER);
  struct order_work *other = an_order(cx);
  other->after->lines.at[0].sku = "TEA";
  passes(review(cx, other, CUSTOMER, false));
  scratch_clock(cx, "2026-01-05T10:00:00Z");
  passes(review(cx, an_order(cx), CUSTOMER, false));
  scratch_clock(cx, "2026-01-05T09:59:59Z");
  held_by(review(cx, an_order(cx), CUSTOMER, false), "probable_duplicate");
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_run(cx->db, &cancel, NULL, DB_NO_ARGS));
  CHECK_OK(scratch_commit(cx));
  passes(review(cx, an_order(cx), CUSTOMER, false));
}

TEST(gifts_do_not_tell_baskets_apart_and_of_several_twins_the_likest_is_named)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "probable_duplicate", true);
  struct order_work *first = an_order(cx), *second = an_order(cx), *third = an_order(cx);
  add_line(cx, first, "PEN", 5, 0)->kind = LINE_GIFT;
  place(cx, first, CUSTOMER);
  add_line(cx, second, "SOCK", 1, 100);
  place(cx, second, CUSTOMER); /* two of three the same */
  add_line(cx, third, "CUP", 9, 0)->kind = LINE_GIFT; /* and the first had another gift */
  CHECK(strstr(held_by(review(cx, third, CUSTOMER, false), "probable_duplicate")->evidence, first->after->number));
}

TEST(an_order_is_not_its_own_twin)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "probable_duplicate", true);
  a_rule(cx, "{\"code\":\"fast\",\"type\":\"velocity\",\"params\":{\"orders\":1}}");
  struct order_work w;
  struct order_id id = place(cx, an_order(cx), CUSTOMER);
  CHECK_OK(order_work_load(cx, id, ABSENT, &w));
  passes(review(cx, &w, CUSTOMER, false));
}

/* ---- Together ---------------------------------------------------------------------------------------------------- */

TEST(several_rules_hold_an_order_at_once)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  w->after->lines.at[0].counters = (struct line_counters){.unallocated = PIECES(2)};
  w->after->expected_total = MONEY(1);
  add_payment(cx, w, ENTRY_CAPTURE, 1);
  struct order *o = review(cx, w, CUSTOMER, true);
  const char *const want[] = {"blocked_customer", "payment_mismatch", "stock_short", "total_mismatch"}; /* by code */
  CHECK_INT(o->holds.n, COUNT_OF(want));
  for (size_t i = 0; i < COUNT_OF(want); i++)
    CHECK_TEXT(o->holds.at[i].type, want[i]);
}

TEST(two_rules_of_one_type_add_one_hold_of_the_first_by_code)
{
  struct ctx *cx = shop(t);
  a_rule(cx, "{\"code\":\"b\",\"type\":\"amount_outlier\",\"params\":{\"amount\":1},\"owner_role\":\"finance\"}");
  a_rule(cx, "{\"code\":\"a\",\"type\":\"amount_outlier\",\"params\":{\"amount\":2},\"owner_role\":\"owner\"}");
  CHECK_TEXT(held_by(review(cx, an_order(cx), 0, false), "amount_outlier")->owner_role, "owner");
}

TEST(a_rule_that_is_off_does_nothing)
{
  struct ctx *cx = shop(t);
  struct order_work *w = an_order(cx);
  for (int type = 0; type < REVIEW_TYPE_COUNT; type++)
    switch_on(cx, review_types[type], false);
  w->after->lines.at[0].counters = (struct line_counters){.unallocated = PIECES(2)};
  w->after->expected_total = MONEY(1);
  w->after->personal.shipping_address = NULL;
  add_payment(cx, w, ENTRY_CAPTURE, 1);
  passes(review(cx, w, CUSTOMER, true));
  switch_on(cx, "total_mismatch", true); /* seen at once, not when the memo is old */
  held_by(review(cx, w, CUSTOMER, true), "total_mismatch");
}

TEST(a_rule_of_some_channels_lets_the_others_pass)
{
  struct ctx *cx = shop(t);
  CHECK_OK(patch_rule(cx, "blocked_customer", "{\"channels\":[\"phone\",\"till\"]}", NULL));
  struct order_work *web = an_order(cx), *till = an_order(cx);
  passes(review(cx, web, CUSTOMER, true));
  till->after->channel = "till";
  held_by(review(cx, till, CUSTOMER, true), "blocked_customer");
}

static struct instant end_of_hold(struct ctx *cx)
{
  return held_by(review(cx, an_order(cx), CUSTOMER, true), "blocked_customer")->expires_at;
}

TEST(a_hold_lives_as_long_as_its_rule_or_the_setting_says)
{
  struct ctx *cx = shop(t);
  CHECK(!instant_set(end_of_hold(cx)));
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(setting_store(cx, SETTING_HOLD_EXPIRE_HOURS, "24"));
  CHECK_OK(scratch_commit(cx));
  db_memo_clear(cx->db);
  CHECK_INT(end_of_hold(cx).ms, cx->now.ms + 24 * HOUR_MS);
  CHECK_OK(patch_rule(cx, "blocked_customer", "{\"expire_hours\":2}", NULL));
  CHECK_INT(end_of_hold(cx).ms, cx->now.ms + 2 * HOUR_MS);
}

TEST(evidence_and_events_name_no_person)
{
  struct ctx *cx = shop(t);
  for (int type = 0; type < REVIEW_TYPE_COUNT; type++)
    switch_on(cx, review_types[type], true);
  CHECK_OK(patch_rule(cx, "address", "{\"params\":{\"required\":[\"name\",\"phone\",\"company\"]}}", NULL));
  place(cx, an_order(cx), CUSTOMER);
  struct order_work *w = an_order(cx);
  w->after->expected_total = MONEY(1);
  add_payment(cx, w, ENTRY_CAPTURE, 1);
  struct order *o = review(cx, w, CUSTOMER, true);
  CHECK_INT(o->holds.n, 5);
  EACH (const struct hold, h, &o->holds) {
    CHECK(!strstr(h->reason, "Li Wei") && !strstr(h->reason, "Nanjing"));
    CHECK(!strstr(h->evidence, "Li Wei") && !strstr(h->evidence, "Nanjing"));
  }
}
