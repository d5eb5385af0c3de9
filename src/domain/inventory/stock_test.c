#include "inventory_test_help.h"

static const char *const morning = "2026-01-05T09:00:00Z";

/* NJ1 with `pieces` of TEE-S. */
struct shop {
  struct ctx *cx;
  const struct location *at;
  int64_t product;
  struct stock_key key;
};

static struct shop a_shop(struct test *t, int64_t pieces)
{
  struct shop s = {.cx = scratch_ctx(t, morning)};
  s.at = a_location(t, s.cx, "{\"code\":\"NJ1\"}");
  s.product = a_product(t, s.cx, "TEE-S");
  s.key = stock_key_plain(s.at->id.v, s.product);
  if (pieces)
    receive(t, s.cx, "NJ1", "TEE-S", pieces);
  return s;
}

static enum err set_safety(struct test *t, struct ctx *cx, int64_t pieces, struct act_result *out)
{
  const char *json =
      arena_printf(t->arena, "{\"location\":\"NJ1\",\"sku\":\"TEE-S\",\"safety\":%lld}", (long long)pieces);
  return scratch_act(
      cx, &stock_safety_act,
      (struct act_input){.body = BODY(struct stock_safety_input, &stock_safety_rec, json), .version = ABSENT}, out);
}

/* ---- Placement ---- */

TEST(spread_puts_a_location_s_products_into_that_many_buckets)
{
  for (int64_t spread = 1; spread <= 16; spread *= 2) {
    struct location l = {.id = {12345}, .spread = spread};
    bool seen[BUCKETS] = {0};
    int64_t buckets = 0;
    for (int64_t product = 1; product < 2000; product++) {
      int64_t bucket = stock_bucket(&l, product << 10);
      buckets += !seen[bucket];
      seen[bucket] = true;
    }
    CHECK_INT(buckets, spread);
  }
}

/* ---- Adjusting and counting ---- */

TEST(an_adjustment_moves_stock_and_writes_the_ledger)
{
  struct shop s = a_shop(t, 10);
  struct adjustment *d;
  CHECK_OK(
      adjust(t, s.cx, "{\"location\":\"NJ1\",\"reason\":\"broken\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":-3}]}", &d));
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK_INT(row.on_hand.millionths, 7 * SCALE);
  CHECK_INT(row.movements, 2);
  CHECK_INT(d->lines.at[0].on_hand.millionths, 7 * SCALE);
  CHECK_INT(scratch_i64(s.cx,
                        "SELECT count(*) FROM stock_movement WHERE n = 2 AND delta = -3000000 AND"
                        " on_hand = 7000000 AND reason = 'broken' AND kind = 'adjustment' AND document_prefix = 'adj'"),
            1);
  CHECK_INT(scratch_events(s.cx, "adjustment.created"), 2);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(an_adjustment_is_kept_as_a_document)
{
  struct shop s = a_shop(t, 0);
  struct adjustment *d, *kept;
  char id[ID_TEXT];
  CHECK_OK(
      adjust(t, s.cx,
             "{\"location\":\"NJ1\",\"reason\":\"found\",\"lot\":\"A7\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":3},"
             "{\"sku\":\"TEE-S\",\"delta\":1,\"lot\":\"B1\",\"condition\":\"damaged\",\"owner\":\"Li\"}]}",
             &d));
  id_format(PREFIX_adjustment, d->id.v, id);
  CHECK_OK(adjustment_load(s.cx, id, &kept));
  CHECK_TEXT(kept->location, "NJ1");
  CHECK_TEXT(kept->reason, "found");
  CHECK_INT(kept->lines.n, 2);
  CHECK_TEXT(kept->lines.at[0].lot, "A7");
  CHECK_INT(kept->lines.at[0].delta.millionths, 3 * SCALE);
  CHECK_INT(kept->lines.at[0].counted.millionths, 3 * SCALE);
  CHECK_TEXT(kept->lines.at[1].lot, "B1");
  CHECK_TEXT(kept->lines.at[1].owner, "Li");
  CHECK_INT(kept->lines.at[1].condition, STOCK_DAMAGED);
  CHECK(!quantity_set(kept->lines.at[1].counted));
  CHECK_ERR(adjustment_load(s.cx, "adj_0000000000001", &kept), ERR_NOT_FOUND);
}

TEST(pieces_are_counted_whole)
{
  struct shop s = a_shop(t, 10);
  CHECK_ERR(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":1.5}]}", NULL),
            ERR_INVALID);
  CHECK_TEXT(s.cx->fault.entries[0].pointer, "/lines/0/counted");
  CHECK_TEXT(s.cx->fault.entries[0].code, "not_whole");
  CHECK_INT(stock_now(t, s.cx, &s.key).on_hand.millionths, 10 * SCALE);
}

TEST(a_delta_below_nothing_is_refused_and_nothing_is_written)
{
  struct shop s = a_shop(t, 10);
  CHECK_ERR(
      adjust(t, s.cx,
             "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":-6},{\"sku\":\"TEE-S\",\"delta\":-5}]}",
             NULL),
      ERR_SHORTAGE);
  CHECK_TEXT(s.cx->fault.entries[0].sku, "TEE-S");
  CHECK_TEXT(s.cx->fault.entries[0].pointer, "/lines/1");
  CHECK_INT(s.cx->fault.entries[0].asked, 11 * SCALE);
  CHECK_INT(s.cx->fault.entries[0].available, 10 * SCALE);
  CHECK_INT(stock_now(t, s.cx, &s.key).on_hand.millionths, 10 * SCALE);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM adjustment"), 1);
}

TEST(documents_do_not_add_up_beyond_what_a_quantity_may_be)
{
  struct shop s = a_shop(t, 0);
  struct adjustment *d;
  CHECK_OK(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":1000000000}]}", &d));
  CHECK_ERR(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":1}]}", &d), ERR_INVALID);
  CHECK_TEXT(s.cx->fault.entries[0].pointer, "/lines/0");
  CHECK_OK(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":-1}]}", &d));
}

TEST(a_till_may_sell_below_nothing_and_that_is_told)
{
  struct ctx *cx = scratch_ctx(t, morning);
  const struct location *l = a_location(t, cx, "{\"code\":\"TILL\",\"kind\":\"store\",\"negative_stock\":true}");
  struct stock_key key = stock_key_plain(l->id.v, a_product(t, cx, "TEE-S"));
  receive(t, cx, "TILL", "TEE-S", 1);
  receive(t, cx, "TILL", "TEE-S", -3);
  receive(t, cx, "TILL", "TEE-S", -1);
  CHECK_INT(stock_now(t, cx, &key).on_hand.millionths, -3 * SCALE);
  CHECK_INT(scratch_events(cx, "stock.negative"), 1); /* it fell below 0 once */
  CHECK_INT(differences(t, cx), 0);
}

TEST(all_faults_of_an_adjustment_are_told_at_once)
{
  struct shop s = a_shop(t, 0);
  CHECK_ERR(adjust(t, s.cx,
                   "{\"location\":\"NJ9\",\"lines\":[{\"sku\":\"NOPE\",\"delta\":1},{\"sku\":\"TEE-S\"},"
                   "{\"sku\":\"TEE-S\",\"delta\":1,\"counted\":2},{\"sku\":\"TEE-S\",\"delta\":0}]}",
                   NULL),
            ERR_INVALID);
  CHECK_INT(s.cx->fault.n, 5);
  CHECK_TEXT(s.cx->fault.entries[0].pointer, "/location");
  CHECK_TEXT(s.cx->fault.entries[1].pointer, "/lines/0/sku");
  CHECK_TEXT(s.cx->fault.entries[2].code, "required");
  CHECK_TEXT(s.cx->fault.entries[3].code, "contradiction");
  CHECK_TEXT(s.cx->fault.entries[4].pointer, "/lines/3/delta");
}

TEST(what_is_counted_stands_in_a_document_once)
{
  struct shop s = a_shop(t, 1);
  CHECK_ERR(
      adjust(t, s.cx,
             "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":2},{\"sku\":\"TEE-S\",\"delta\":1}]}",
             NULL),
      ERR_INVALID);
  CHECK_TEXT(s.cx->fault.entries[0].code, "duplicate");
}

TEST(a_count_that_agrees_is_in_the_ledger_too)
{
  struct shop s = a_shop(t, 4);
  CHECK_OK(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":4}]}", NULL));
  CHECK_INT(
      scratch_i64(s.cx, "SELECT count(*) FROM stock_movement WHERE kind = 'count' AND delta = 0 AND on_hand = 4000000"),
      1);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_count_is_never_refused_and_takes_from_the_newest_and_least_important)
{
  struct shop s = a_shop(t, 10);
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 5, 3)); /* old, important */
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 2 << 10, 0, 3)); /* old */
  scratch_clock(s.cx, "2026-01-05T10:00:00Z");
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 3 << 10, 0, 2)); /* new */
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 4 << 10, 9, 1)); /* new, most important */

  void *preview;
  struct adjustment *body =
      BODY(struct adjustment, &adjustment_rec, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":5}]}");
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(act_preview(s.cx, &adjust_act, &(struct act_input){.body = body}, &preview));
  scratch_rollback(s.cx);
  const struct stock_adjust_plan *plan = preview;
  CHECK_INT(plan->displaced.n, 2);
  CHECK_INT(plan->displaced.at[0].demand.id, 3 << 10);
  CHECK_INT(plan->displaced.at[0].quantity.millionths, 2 * SCALE);
  CHECK_INT(plan->displaced.at[1].demand.id, 2 << 10);
  CHECK_INT(plan->displaced.at[1].quantity.millionths, 2 * SCALE); /* one of its three stays */

  struct act_result result;
  CHECK_OK(scratch_act(s.cx, &adjust_act, (struct act_input){.body = body}, &result));
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK_INT(row.on_hand.millionths, 5 * SCALE);
  CHECK_INT(row.reserved.millionths, 5 * SCALE);
  CHECK_INT(((const struct adjustment *)result.value)->lines.at[0].displaced.millionths, 4 * SCALE);
  CHECK_INT(scratch_events(s.cx, "stock.overcommitted"), 1);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM reservation WHERE state = 'released'"), 1);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_delta_that_takes_promised_goods_displaces_too)
{
  struct shop s = a_shop(t, 5);
  struct adjustment *d;
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 4));
  CHECK_OK(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":-3}]}", &d));
  CHECK_INT(d->lines.at[0].displaced.millionths, 2 * SCALE);
  CHECK_INT(stock_now(t, s.cx, &s.key).reserved.millionths, 2 * SCALE);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_document_of_hundreds_of_lines_is_one_act)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct buf json;
  a_location(t, cx, "{\"code\":\"TILL\",\"negative_stock\":true}");
  buf_init(&json, t->arena);
  buf_text(&json, "{\"location\":\"TILL\",\"lines\":[");
  for (int i = 0; i < 300; i++) {
    const char *sku = arena_printf(t->arena, "S%d", i);
    a_product(t, cx, sku);
    buf_printf(&json, "%s{\"sku\":\"%s\",\"delta\":-1}", i ? "," : "", sku);
  }
  buf_text(&json, "]}");
  CHECK_OK(adjust(t, cx, buf_str(&json), NULL)); /* two events for each row: more than an act has ordinals */
  CHECK_INT(scratch_events(cx, "stock.negative"), 300);
  CHECK_INT(scratch_events(cx, "stock.low"), 300);
  CHECK_INT(differences(t, cx), 0);
}

/* ---- Reserving, consuming, releasing ---- */

TEST(reserving_lowers_what_is_available_and_nothing_else)
{
  struct shop s = a_shop(t, 10);
  struct stock_levels levels;
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 4));
  CHECK_OK(stock_levels_load(s.cx, &s.product, 1, &levels));
  CHECK_INT(levels.rows.n, 1);
  CHECK_INT(levels.rows.at[0].on_hand.millionths, 10 * SCALE);
  CHECK_INT(stock_levels_free(&levels, s.at->id.v, s.product).millionths, 6 * SCALE);
  CHECK_INT(stock_now(t, s.cx, &s.key).movements, 1);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(nothing_is_promised_twice)
{
  struct shop s = a_shop(t, 3);
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 2));
  CHECK_ERR(reserve(s.cx, s.at->id.v, s.product, 2 << 10, 0, 2), guard_missed); /* decide should have seen it */
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 2 << 10, 0, 1));
  CHECK_INT(stock_now(t, s.cx, &s.key).reserved.millionths, 3 * SCALE);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(stock_that_never_was_cannot_be_promised)
{
  struct shop s = a_shop(t, 0);
  CHECK_ERR(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 1), guard_missed);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM stock"), 0);
}

TEST(shipping_consumes_the_reservation_and_the_goods)
{
  struct shop s = a_shop(t, 10);
  struct stock_changes c = {.document_id = 77 << 10};
  struct stock_demand demand = {.kind = "order", .id = 1 << 10, .line = 1};
  struct stock_reason why = {.kind = MOVEMENT_SHIPMENT, .document_prefix = PREFIX_fulfillment};
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 4));
  stock_plan_consume(&c, s.cx->arena, &s.key, &demand, PIECES(3), &why);
  CHECK_OK(apply(s.cx, &c));
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK_INT(row.on_hand.millionths, 7 * SCALE);
  CHECK_INT(row.reserved.millionths, 1 * SCALE);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM reservation WHERE state = 'live' AND quantity = 1000000"), 1);
  CHECK_INT(
      scratch_i64(s.cx, "SELECT count(*) FROM stock_movement WHERE kind = 'shipment' AND document_id = 77 * 1024"), 1);
  CHECK_OK(apply(s.cx, &(struct stock_changes){0}));

  struct stock_changes rest = {0};
  stock_plan_consume(&rest, s.cx->arena, &s.key, &demand, PIECES(1), &why);
  CHECK_OK(apply(s.cx, &rest));
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM reservation WHERE state = 'consumed' AND quantity = 0"), 1);
  CHECK_ERR(apply(s.cx, &rest), guard_missed); /* nothing is left to consume */
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_released_line_may_reserve_again)
{
  struct shop s = a_shop(t, 5);
  struct stock_demand demand = {.kind = "order", .id = 1 << 10, .line = 1};
  struct stock_changes c = {0};
  reservations live = {0};
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 4));
  stock_plan_release(&c, s.cx->arena, &s.key, &demand, PIECES(4), RESERVATION_RELEASED);
  CHECK_OK(apply(s.cx, &c));
  CHECK_OK(reservations_of_demand(s.cx, 1 << 10, ABSENT, &live));
  CHECK_INT(live.n, 0);
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 5));
  CHECK_OK(reservations_of_demand(s.cx, 1 << 10, 1, &live));
  CHECK_INT(live.n, 1);
  CHECK_INT(live.at[0].quantity.millionths, 5 * SCALE);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(many_lines_on_one_stock_row_are_one_update)
{
  struct shop s = a_shop(t, 10);
  struct stock_changes c = {0};
  int64_t version = stock_now(t, s.cx, &s.key).version;
  for (int64_t line = 1; line <= 5; line++) {
    struct stock_demand demand = {.kind = "order", .id = 1 << 10, .line = line};
    stock_plan_reserve(&c, s.cx->arena, &s.key, &demand, PIECES(2), RESERVATION_HARD, INSTANT(ABSENT));
  }
  CHECK_OK(apply(s.cx, &c));
  CHECK_INT(stock_now(t, s.cx, &s.key).version, version + 1);
  CHECK_INT(stock_now(t, s.cx, &s.key).reserved.millionths, 10 * SCALE);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM reservation"), 5);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(lots_are_reserved_in_order_and_safety_stock_counts_against_their_sum)
{
  struct shop s = a_shop(t, 2);
  struct stock_levels levels;
  struct stock_changes c = {0};
  struct stock_demand demand = {.kind = "order", .id = 1 << 10, .line = 1};
  CHECK_OK(adjust(
      t, s.cx,
      "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":3,\"lot\":\"B\"},{\"sku\":\"TEE-S\",\"delta\":2,"
      "\"lot\":\"A\"},{\"sku\":\"TEE-S\",\"delta\":9,\"condition\":\"damaged\"},"
      "{\"sku\":\"TEE-S\",\"delta\":9,\"owner\":\"Li\"}]}",
      NULL));
  CHECK_OK(set_safety(t, s.cx, 3, NULL));
  CHECK_OK(stock_levels_load(s.cx, &s.product, 1, &levels));
  CHECK_INT(levels.rows.n, 3); /* good and the company's */
  CHECK_INT(stock_levels_free(&levels, s.at->id.v, s.product).millionths, 4 * SCALE);
  struct quantity short_by = stock_plan_reserve_at(&c, s.cx->arena, &levels, s.at->id.v, s.product, &demand, PIECES(6),
                                                   RESERVATION_HARD, INSTANT(ABSENT));
  CHECK_INT(short_by.millionths, 2 * SCALE);
  CHECK_INT(c.reservations.n, 2);
  CHECK_TEXT(c.reservations.at[0].key.lot, "A");
  CHECK_INT(c.reservations.at[0].quantity.millionths, 2 * SCALE);
  CHECK_TEXT(c.reservations.at[1].key.lot, "B");
  CHECK_INT(c.reservations.at[1].quantity.millionths, 2 * SCALE);
  CHECK_INT(stock_levels_free(&levels, s.at->id.v, s.product).millionths, 0);
  CHECK_OK(apply(s.cx, &c));
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(levels_of_many_products_come_sorted)
{
  enum { PRODUCTS = 40 };
  struct ctx *cx = scratch_ctx(t, morning);
  int64_t products[PRODUCTS + 1];
  struct stock_levels levels;
  size_t n;
  a_location(t, cx, "{\"code\":\"A\"}");
  a_location(t, cx, "{\"code\":\"B\",\"spread\":16}");
  for (int i = 0; i < PRODUCTS; i++) {
    const char *sku = arena_printf(t->arena, "S%d", i);
    products[i] = a_product(t, cx, sku);
    receive(t, cx, "A", sku, i + 1);
    if (i % 2)
      receive(t, cx, "B", sku, 100);
  }
  products[PRODUCTS] = products[3]; /* repeats do no harm */
  CHECK_OK(stock_levels_load(cx, products, PRODUCTS + 1, &levels));
  CHECK_INT(levels.rows.n, PRODUCTS + PRODUCTS / 2);
  for (size_t i = 1; i < levels.rows.n; i++)
    CHECK(stock_key_compare(&levels.rows.at[i - 1].key, &levels.rows.at[i].key) < 0);
  stock_levels_of_product(&levels, products[3], &n);
  CHECK_INT(n, 2);
  stock_levels_of_product(&levels, products[4], &n);
  CHECK_INT(n, 1);
  stock_levels_of_product(&levels, 1, &n);
  CHECK_INT(n, 0);
  CHECK_INT(differences(t, cx), 0);
}

/* ---- Soft reservations ---- */

TEST(a_count_takes_what_is_kept_softly_before_what_is_promised)
{
  struct shop s = a_shop(t, 5);
  struct stock_changes c = {0};
  struct stock_demand draft = {.kind = "order", .id = 1 << 10, .line = 1}, order = {.kind = "order", .id = 2 << 10, .line = 1};
  stock_plan_reserve(&c, s.cx->arena, &s.key, &draft, PIECES(2), RESERVATION_SOFT,
                     INSTANT(s.cx->now.ms + 30 * MINUTE_MS));
  stock_plan_reserve(&c, s.cx->arena, &s.key, &order, PIECES(3), RESERVATION_HARD, INSTANT(ABSENT)); /* the newer one */
  CHECK_OK(apply(s.cx, &c));
  CHECK_OK(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":3}]}", NULL));
  CHECK_INT(scratch_i64(s.cx, "SELECT quantity FROM reservation WHERE kind = 'soft'"), 0);
  CHECK_INT(scratch_i64(s.cx, "SELECT quantity FROM reservation WHERE kind = 'hard'"), 3 * SCALE);
  CHECK_INT(differences(t, s.cx), 0);
}

/* ---- The past ---- */

TEST(a_balance_of_the_past_is_the_ledger_s)
{
  struct shop s = a_shop(t, 10);
  struct stock_balance b;
  struct instant instants[3];
  static const int64_t expected[] = {0, 10, 7};
  instants[0] = INSTANT(s.cx->now.ms - 1);
  instants[1] = s.cx->now;
  scratch_clock(s.cx, "2026-01-06T09:00:00Z");
  instants[2] = s.cx->now;
  receive(t, s.cx, "NJ1", "TEE-S", -3);
  scratch_clock(s.cx, "2026-01-07T09:00:00Z");
  CHECK_OK(adjust(t, s.cx, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":2,\"lot\":\"A\"}]}", NULL));
  for (int i = 0; i < 3; i++) {
    CHECK_OK(stock_balance_at(s.cx, s.at, s.product, instants[i], &b));
    CHECK_INT(b.on_hand.millionths, expected[i] * SCALE);
    CHECK_INT(b.rows.n, expected[i] ? 1 : 0);
  }
  CHECK_OK(stock_balance_at(s.cx, s.at, s.product, s.cx->now, &b));
  CHECK_INT(b.on_hand.millionths, 9 * SCALE);
  CHECK_INT(b.rows.n, 2);
  CHECK_TEXT(b.rows.at[1].lot, "A");
}

TEST(the_ledger_says_what_who_and_by_which_document)
{
  struct shop s = a_shop(t, 0);
  static const struct db_where newest = {&movement_table, "1 = 1 ORDER BY at DESC, entry DESC LIMIT 10", DB_LIST};
  LIST(struct movement) rows = {0};
  s.cx->actor = (struct actor){ACTOR_KEY, 99 << 10, "web shop", PERMISSIONS_ALL, NULL};
  receive(t, s.cx, "NJ1", "TEE-S", 10);
  receive(t, s.cx, "NJ1", "TEE-S", -4);
  CHECK_OK(db_select(s.cx->db, &newest, (struct list *)(void *)&rows, DB_NO_ARGS));
  CHECK_OK(movements_fill(s.cx, rows.at, rows.n));
  CHECK_INT(rows.n, 2);
  CHECK_INT(rows.at[0].n, 2); /* newest first, though both are of one instant */
  CHECK_INT(rows.at[0].on_hand.millionths, 6 * SCALE);
  CHECK_TEXT(rows.at[0].sku, "TEE-S");
  CHECK_TEXT(rows.at[0].location, "NJ1");
  CHECK(text_starts(rows.at[0].document, "adj_"));
  CHECK(text_starts(rows.at[0].actor, "key_"));
}

TEST(the_ledger_s_time_never_goes_back)
{
  struct shop s = a_shop(t, 10);
  struct stock_balance b;
  scratch_clock(s.cx, "2026-01-05T08:00:00Z"); /* a clock set back */
  receive(t, s.cx, "NJ1", "TEE-S", 5);
  CHECK_OK(stock_balance_at(s.cx, s.at, s.product, s.cx->now, &b));
  CHECK_INT(b.on_hand.millionths, 0);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(DISTINCT at) FROM stock_movement"), 1);
}

/* ---- Safety stock ---- */

TEST(safety_stock_is_not_sold)
{
  struct shop s = a_shop(t, 10);
  struct act_result result;
  CHECK_OK(set_safety(t, s.cx, 4, &result));
  CHECK_INT(((const struct stock *)result.value)->available.millionths, 6 * SCALE);
  CHECK_TEXT(((const struct stock *)result.value)->sku, "TEE-S");
  CHECK_ERR(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 7), guard_missed);
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 6));
  CHECK_INT(scratch_events(s.cx, "stock.safety_changed"), 1);
}

TEST(low_stock_is_told_once_each_way)
{
  struct shop s = a_shop(t, 10);
  CHECK_OK(set_safety(t, s.cx, 4, NULL));
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 5));
  CHECK_INT(scratch_events(s.cx, "stock.low"), 0);
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 2 << 10, 0, 1)); /* nothing above safety stock is left */
  CHECK_INT(scratch_events(s.cx, "stock.low"), 1);
  receive(t, s.cx, "NJ1", "TEE-S", -2);
  CHECK_INT(scratch_events(s.cx, "stock.low"), 1);
  CHECK_INT(scratch_events(s.cx, "stock.recovered"), 0);
  receive(t, s.cx, "NJ1", "TEE-S", 5);
  CHECK_INT(scratch_events(s.cx, "stock.recovered"), 1);
  CHECK(!stock_now(t, s.cx, &s.key).alerted);
  CHECK_OK(set_safety(t, s.cx, 9, NULL));
  CHECK_INT(scratch_events(s.cx, "stock.low"), 2);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(safety_stock_set_by_a_stale_version_is_refused)
{
  struct shop s = a_shop(t, 10);
  struct act_input in = {.body = BODY(struct stock_safety_input, &stock_safety_rec,
                                      "{\"location\":\"NJ1\",\"sku\":\"TEE-S\",\"safety\":1}")};
  CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 5)); /* version 2 */
  in.version = 1;
  CHECK_ERR(scratch_act(s.cx, &stock_safety_act, in, NULL), ERR_VERSION);
  in.version = 2;
  CHECK_OK(scratch_act(s.cx, &stock_safety_act, in, NULL));
}

TEST(safety_stock_needs_a_place_and_a_product_with_stock)
{
  struct shop s = a_shop(t, 0);
  struct act_result result;
  CHECK_OK(scratch_act(
      s.cx, &product_create_act,
      (struct act_input){.body = BODY(struct product, &product_rec, "{\"sku\":\"SEW\",\"kind\":\"service\"}"),
                         .version = ABSENT},
      &result));
  struct stock_safety_input *body =
      BODY(struct stock_safety_input, &stock_safety_rec, "{\"location\":\"NJ9\",\"sku\":\"SEW\",\"safety\":1}");
  CHECK_ERR(scratch_act(s.cx, &stock_safety_act, (struct act_input){.body = body, .version = ABSENT}, NULL),
            ERR_INVALID);
  CHECK_INT(s.cx->fault.n, 2);
  CHECK_TEXT(s.cx->fault.entries[0].pointer, "/location");
  CHECK_TEXT(s.cx->fault.entries[1].code, "not_stocked");
}

TEST(safety_stock_may_come_before_the_goods)
{
  struct shop s = a_shop(t, 0);
  struct act_result result;
  CHECK_OK(set_safety(t, s.cx, 2, &result));
  CHECK_INT(result.version, 1);
  CHECK_INT(scratch_events(s.cx, "stock.low"), 1);
  CHECK_OK(set_safety(t, s.cx, 2, &result)); /* the same again changes nothing */
  CHECK_INT(result.version, 1);
  CHECK_INT(scratch_events(s.cx, "stock.safety_changed"), 1);
  receive(t, s.cx, "NJ1", "TEE-S", 3);
  CHECK_INT(scratch_events(s.cx, "stock.recovered"), 1);
  CHECK_INT(differences(t, s.cx), 0);
}

/* ---- Check ---- */

static void tamper(struct test *t, struct ctx *cx, const char *sql)
{
  struct db_stmt *stmt = ARENA_NEW(t->arena, struct db_stmt);
  *stmt = (struct db_stmt){sql, DB_SCHEMA}; /* by hand: no statement of the program, and not judged like one */
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_run(cx->db, stmt, NULL, DB_NO_ARGS));
  CHECK_OK(scratch_commit(cx));
}

TEST(the_check_finds_each_kind_of_drift)
{
  static const struct {
    const char *sql;
    int64_t differences;
    const char *difference, *repair; /* of the last one; NULL = not compared */
  } cases[] = {
  /* clang-format off */
      {"UPDATE stock SET on_hand = on_hand + 1000000", 2,
       "TEE-S at NJ1: on hand after its last movement is 10, on hand of the row is 11", NULL},
      {"UPDATE stock SET reserved = 3000000", 1,
       "TEE-S at NJ1: reserved is 3, the sum of its live reservations is 4", "set reserved to 4"},
      {"UPDATE reservation SET quantity = 5000000", 1,
       "TEE-S at NJ1: reserved is 4, the sum of its live reservations is 5", NULL},
      {"UPDATE reservation SET state = 'released'", 2, NULL, "set its quantity to 0"},
      {"UPDATE stock SET movements = 2", 1,
       "TEE-S at NJ1: the number of its last movement is 2, the count of them is 1", NULL},
      {"DELETE FROM stock_movement", 2, NULL, NULL},
      {"DELETE FROM stock", 2, NULL, NULL},
      {"UPDATE stock SET lot = 'X'", 5, NULL, NULL},
  /* clang-format on */
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct shop s = a_shop(t, 10);
    CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 1 << 10, 0, 4));
    CHECK_INT(differences(t, s.cx), 0);
    tamper(t, s.cx, cases[i].sql);
    int64_t found = differences(t, s.cx);
    if (found != cases[i].differences)
      printf("  after: %s\n  last: %s\n", cases[i].sql, last_difference);
    CHECK_INT(found, cases[i].differences);
    if (cases[i].difference)
      CHECK_TEXT(last_difference, cases[i].difference);
    if (cases[i].repair)
      CHECK_TEXT(last_repair, cases[i].repair);
  }
}

/* ---- Anything at all keeps the books straight ---- */

TEST(a_thousand_random_changes_leave_no_difference)
{
  enum { STEPS = 1000, ORDERS = 12 };
  struct ctx *cx = scratch_ctx(t, morning);
  const struct location *places[2] = {a_location(t, cx, "{\"code\":\"A\"}"),
                                      a_location(t, cx, "{\"code\":\"B\",\"spread\":4}")};
  int64_t products[3] = {a_product(t, cx, "P"), a_product(t, cx, "Q"), a_product(t, cx, "R")};
  struct ids dice;
  ids_init(&dice, 0, 0, 7);
  for (int step = 0; step < STEPS; step++) {
    const struct location *l = places[ids_random(&dice) % 2];
    int64_t product = products[ids_random(&dice) % 3], order = (int64_t)(1 + ids_random(&dice) % ORDERS) << 10;
    int64_t pieces = (int64_t)(1 + ids_random(&dice) % 5);
    struct stock_changes c = {0};
    struct stock_demand demand = {.kind = "order", .id = order, .line = (int64_t)(1 + ids_random(&dice) % 2)};
    struct stock_levels levels;
    reservations live = {0};
    unsigned what = (unsigned)(ids_random(&dice) % 5);
    const char *sku = product == products[0] ? "P" : product == products[1] ? "Q" : "R";
    if (what == 0) {
      CHECK_OK(adjust(t, cx,
                      arena_printf(t->arena, "{\"location\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"counted\":%lld}]}",
                                   l->code, sku, (long long)pieces * 3),
                      NULL));
      continue;
    }
    if (what <= 2) {
      CHECK_OK(stock_levels_load(cx, &product, 1, &levels));
      (void)stock_plan_reserve_at(&c, cx->arena, &levels, l->id.v, product, &demand, PIECES(pieces), RESERVATION_HARD,
                                  INSTANT(ABSENT));
      CHECK_OK(apply(cx, &c));
      continue;
    }
    CHECK_OK(reservations_of_demand(cx, order, ABSENT, &live));
    EACH (struct reservation, r, &live) {
      struct stock_key key = reservation_key(r);
      struct stock_demand holder = {.kind = "order", .id = r->demand_id, .line = r->line};
      if (what == 3)
        stock_plan_release(&c, cx->arena, &key, &holder, quantity_min(r->quantity, PIECES(pieces)),
                           RESERVATION_RELEASED);
      else
        stock_plan_consume(&c, cx->arena, &key, &holder, quantity_min(r->quantity, PIECES(pieces)),
                           &(struct stock_reason){.kind = MOVEMENT_SHIPMENT});
    }
    CHECK_OK(apply(cx, &c));
  }
  CHECK_INT(differences(t, cx), 0);
  CHECK(scratch_i64(cx, "SELECT count(*) FROM reservation WHERE state = 'consumed'") > 0);
  CHECK(scratch_i64(cx, "SELECT count(*) FROM reservation WHERE state = 'released'") > 0);
}
