/* Stock rows in memory: acts of one transaction on one row, and what others may do to it meanwhile. */
#include "inventory_test_help.h"

static const char *const morning = "2026-01-05T09:00:00Z";

/* NJ1 with ten TEE-S. */
struct shop {
  struct ctx *cx;
  const struct location *at;
  int64_t product;
  struct stock_key key;
};

static struct shop a_shop(struct test *t)
{
  struct shop s = {.cx = scratch_ctx(t, morning)};
  s.at = a_location(t, s.cx, "{\"code\":\"NJ1\"}");
  s.product = a_product(t, s.cx, "TEE-S");
  s.key = stock_key_plain(s.at->id.v, s.product);
  receive(t, s.cx, "NJ1", "TEE-S", 10);
  return s;
}

/* ---- Acts in an open transaction ---- */

static enum err reserve_in(struct shop *s, int64_t order, int64_t pieces)
{
  struct stock_changes c = {0};
  struct stock_demand demand = {.kind = "order", .id = order << 10, .line = 1};
  stock_plan_reserve(&c, s->cx->arena, &s->key, &demand, PIECES(pieces), RESERVATION_HARD, INSTANT(ABSENT));
  return stock_changes_apply(s->cx, &c);
}

static enum err release_in(struct shop *s, int64_t order, int64_t pieces)
{
  struct stock_changes c = {0};
  struct stock_demand demand = {.kind = "order", .id = order << 10, .line = 1};
  stock_plan_release(&c, s->cx->arena, &s->key, &demand, PIECES(pieces), RESERVATION_RELEASED);
  return stock_changes_apply(s->cx, &c);
}

static enum err move_in(struct shop *s, const struct stock_key *key, int64_t pieces)
{
  struct stock_changes c = {0};
  stock_plan_move(&c, s->cx->arena, key, PIECES(pieces), &(struct stock_reason){.kind = MOVEMENT_RECEIPT});
  return stock_changes_apply(s->cx, &c);
}

static enum err act_in(struct test *t, struct ctx *cx, const struct act *act, const struct rec *rec, const char *json)
{
  struct act_result ignored;
  return act_run(cx, act, &(struct act_input){.body = test_body(t, rec, rec->size, json), .version = ABSENT}, &ignored);
}

static enum err safety_in(struct test *t, struct shop *s, int64_t pieces)
{
  return act_in(t, s->cx, &stock_safety_act, &stock_safety_rec,
                arena_printf(t->arena, "{\"location\":\"NJ1\",\"sku\":\"TEE-S\",\"safety\":%lld}", (long long)pieces));
}

static void set_safety(struct test *t, struct shop *s, int64_t pieces)
{
  CHECK_OK(scratch_begin(s->cx));
  CHECK_OK(safety_in(t, s, pieces));
  CHECK_OK(scratch_commit(s->cx));
}

static int64_t free_in(struct shop *s)
{
  struct stock_levels levels;
  CHECK_OK(stock_levels_load(s->cx, &s->product, 1, &levels));
  return stock_levels_free(&levels, s->at->id.v, s->product).millionths;
}

/* What another server does to the row between our load and our flush. */
static void meanwhile(struct shop *s, const char *set)
{
  struct db_stmt *stmt = ARENA_NEW(s->cx->arena, struct db_stmt);
  *stmt = (struct db_stmt){arena_printf(s->cx->arena, "UPDATE stock SET version = version + 1, %s", set), DB_REPORT};
  CHECK_OK(db_run(s->cx->db, stmt, NULL, DB_NO_ARGS));
}

/* ---- Acts of one transaction ---- */

TEST(acts_of_a_transaction_add_up_in_memory_and_are_written_once)
{
  struct shop s = a_shop(t);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 3));
  CHECK_OK(reserve_in(&s, 2, 2));
  CHECK_INT(free_in(&s), 5 * SCALE);
  CHECK_INT(stock_now(t, s.cx, &s.key).reserved.millionths, 0); /* nothing has reached the row */
  CHECK_OK(scratch_commit(s.cx));
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK_INT(row.reserved.millionths, 5 * SCALE);
  CHECK_INT(row.version, 3); /* one for each act */
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(what_one_act_took_the_next_one_of_its_transaction_cannot_have)
{
  struct shop s = a_shop(t);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 6));
  CHECK_ERR(reserve_in(&s, 2, 6), guard_missed);
  scratch_rollback(s.cx);
  CHECK_INT(stock_now(t, s.cx, &s.key).reserved.millionths, 0);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_INT(free_in(&s), 10 * SCALE); /* nor is anything remembered */
  CHECK_OK(scratch_commit(s.cx));
}

TEST(a_row_begun_in_a_transaction_is_there_for_its_next_act)
{
  struct shop s = a_shop(t);
  struct stock_key key = {s.at->id.v, s.product, "", STOCK_GOOD, "LOT-7"};
  struct stock_levels levels;
  CHECK_OK(scratch_begin(s.cx));
  CHECK_INT(free_in(&s), 10 * SCALE); /* all rows of the product are known from now on */
  CHECK_OK(move_in(&s, &key, 4));
  CHECK_OK(stock_levels_load(s.cx, &s.product, 1, &levels));
  CHECK_INT(levels.rows.n, 2);
  CHECK_TEXT(levels.rows.at[1].key.lot, "LOT-7");
  CHECK_INT(levels.rows.at[1].on_hand.millionths, 4 * SCALE);
  CHECK_OK(move_in(&s, &key, -1));
  CHECK_OK(scratch_commit(s.cx));
  struct stock row = stock_now(t, s.cx, &key);
  CHECK_INT(row.on_hand.millionths, 3 * SCALE);
  CHECK_INT(row.movements, 2);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(the_ledger_goes_on_over_the_acts_of_a_transaction)
{
  struct shop s = a_shop(t);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(move_in(&s, &s.key, 5));
  CHECK_OK(act_in(t, s.cx, &adjust_act, &adjustment_rec,
                  "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":12}]}")); /* finds 3 of 15 missing */
  CHECK_OK(move_in(&s, &s.key, -2));
  CHECK_OK(scratch_commit(s.cx));
  CHECK_INT(stock_now(t, s.cx, &s.key).on_hand.millionths, 10 * SCALE);
  CHECK_INT(scratch_i64(s.cx, "SELECT n FROM stock_movement WHERE kind = 'count' AND delta = -3000000"), 3);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM stock_movement"), 4);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_count_sees_and_displaces_what_was_reserved_just_before)
{
  struct shop s = a_shop(t);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 8));
  CHECK_OK(act_in(t, s.cx, &adjust_act, &adjustment_rec,
                  "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":5}]}"));
  CHECK_OK(scratch_commit(s.cx));
  CHECK_INT(stock_now(t, s.cx, &s.key).reserved.millionths, 5 * SCALE);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(safety_stock_set_after_a_reservation_counts_it)
{
  struct shop s = a_shop(t);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 4));
  CHECK_OK(safety_in(t, &s, 2));
  CHECK_INT(free_in(&s), 4 * SCALE);
  CHECK_ERR(reserve_in(&s, 2, 5), guard_missed);
  scratch_rollback(s.cx);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 4));
  CHECK_OK(safety_in(t, &s, 2));
  CHECK_OK(reserve_in(&s, 2, 3));
  CHECK_OK(scratch_commit(s.cx));
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK_INT(row.safety.millionths, 2 * SCALE);
  CHECK_INT(row.reserved.millionths, 7 * SCALE);
  CHECK_INT(row.version, 4);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(each_crossing_of_a_transaction_is_told)
{
  struct shop s = a_shop(t);
  set_safety(t, &s, 2);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 8));
  CHECK_OK(release_in(&s, 1, 3));
  CHECK_OK(reserve_in(&s, 2, 3));
  CHECK_OK(scratch_commit(s.cx));
  CHECK_INT(scratch_events(s.cx, "stock.low"), 2);
  CHECK_INT(scratch_events(s.cx, "stock.recovered"), 1);
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK(row.alerted);
  CHECK_INT(row.version, 5);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(release_in(&s, 1, 5));
  CHECK_OK(scratch_commit(s.cx));
  CHECK(!stock_now(t, s.cx, &s.key).alerted);
}

TEST(negative_stock_stays_allowed_when_some_was_just_sold)
{
  static const char refuse[] = "{\"negative_stock\":false}";
  struct act_input in = {.id = "TILL", .json = refuse, .json_n = sizeof refuse - 1, .version = ABSENT};
  struct act_result ignored;
  struct shop s = a_shop(t);
  struct stock_key key =
      stock_key_plain(a_location(t, s.cx, "{\"code\":\"TILL\",\"negative_stock\":true}")->id.v, s.product);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(move_in(&s, &key, -1));
  CHECK_ERR(act_run(s.cx, &location_update_act, &in, &ignored), ERR_STATE);
  fault_clear(&s.cx->fault);
  CHECK_OK(move_in(&s, &key, 1));
  CHECK_OK(act_run(s.cx, &location_update_act, &in, &ignored));
  CHECK_OK(scratch_commit(s.cx));
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_preview_leaves_nothing_in_the_transaction)
{
  struct shop s = a_shop(t);
  struct adjustment *body =
      BODY(struct adjustment, &adjustment_rec, "{\"location\":\"NJ1\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":1}]}");
  void *plan;
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(act_preview(s.cx, &adjust_act, &(struct act_input){.body = body}, &plan));
  CHECK_INT(free_in(&s), 10 * SCALE);
  CHECK_OK(scratch_commit(s.cx));
  CHECK_INT(stock_now(t, s.cx, &s.key).version, 1);
}

/* What reaches the rows is written down by a trigger. */
TEST(rows_are_written_in_one_order_whatever_the_order_of_the_acts)
{
  SQLITE_ONLY("the test watches with a trigger");
  enum { PRODUCTS = 30 };
  static const struct db_stmt
      table = {"CREATE TABLE written (n INTEGER PRIMARY KEY, bucket INTEGER, product_id BIGINT)", DB_SCHEMA},
      trigger = {"CREATE TRIGGER watch AFTER UPDATE ON stock BEGIN INSERT INTO written (bucket, product_id)"
                 " VALUES (NEW.bucket, NEW.product_id); END",
                 DB_SCHEMA};
  struct ctx *cx = scratch_ctx(t, morning);
  const struct location *at = a_location(t, cx, "{\"code\":\"NJ1\",\"spread\":16}");
  int64_t products[PRODUCTS];
  for (int i = 0; i < PRODUCTS; i++) {
    const char *sku = arena_printf(t->arena, "S%d", i);
    products[i] = a_product(t, cx, sku);
    receive(t, cx, "NJ1", sku, 10);
  }
  CHECK_OK(db_run(cx->db, &table, NULL, DB_NO_ARGS));
  CHECK_OK(db_run(cx->db, &trigger, NULL, DB_NO_ARGS));
  CHECK_OK(scratch_begin(cx));
  for (int i = 0; i < 2 * PRODUCTS; i++) { /* each row twice, in an order of no meaning */
    struct shop s = {.cx = cx, .at = at, .key = stock_key_plain(at->id.v, products[i * 7 % PRODUCTS])};
    CHECK_OK(reserve_in(&s, 1 + i, 1));
  }
  CHECK_OK(scratch_commit(cx));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM written"), PRODUCTS);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM written a JOIN written b ON b.n = a.n + 1 WHERE a.bucket > b.bucket"
                            " OR (a.bucket = b.bucket AND a.product_id >= b.product_id)"),
            0);
  CHECK_INT(scratch_i64(cx, "SELECT count(DISTINCT bucket) FROM written") > 5, 1);
  CHECK_INT(differences(t, cx), 0);
}

/* ---- Another server writes the row between our load and our flush ---- */

struct race {
  int64_t safety;                            /* before */
  int64_t held;                              /* reserved by order 9, before */
  int64_t reserve, release, move, safety_to; /* what we do; 0 = not */
  const char *meanwhile;
  enum { WELL, MISSED } ends;
};

static const struct race races[] = {
    /* reservations mind only what is free */
    {.reserve = 3, .meanwhile = "reserved = reserved + 7000000", .ends = WELL},
    {.reserve = 3, .meanwhile = "reserved = reserved + 8000000", .ends = MISSED},
    {.reserve = 3, .meanwhile = "on_hand = on_hand - 7000000, movements = movements + 1", .ends = WELL},
    {.reserve = 3, .meanwhile = "on_hand = on_hand - 8000000, movements = movements + 1", .ends = MISSED},
    {.held = 4, .release = 3, .meanwhile = "reserved = reserved + 6000000", .ends = WELL},
    {.held = 4, .release = 3, .meanwhile = "reserved = reserved - 2000000", .ends = MISSED},
    /* the ledger is numbered, and nobody else may have written an entry */
    {.move = -3, .meanwhile = "reserved = reserved + 7000000", .ends = WELL},
    {.move = -3, .meanwhile = "reserved = reserved + 8000000", .ends = MISSED},
    {.move = 3, .meanwhile = "on_hand = on_hand + 1000000, movements = movements + 1", .ends = MISSED},
    {.move = 3, .meanwhile = "movements = movements + 1", .ends = MISSED},
    /* nobody crosses the low mark without having seen it, up or down */
    {.safety = 2, .reserve = 3, .meanwhile = "reserved = reserved + 4000000", .ends = WELL},
    {.safety = 2, .reserve = 3, .meanwhile = "reserved = reserved + 5000000", .ends = MISSED},
    {.safety = 5, .held = 8, .release = 1, .meanwhile = "reserved = reserved - 2000000", .ends = WELL},
    {.safety = 5, .held = 8, .release = 1, .meanwhile = "reserved = reserved - 3000000", .ends = MISSED},
    /* an event carries the version, so it minds every write */
    {.safety = 2, .reserve = 8, .meanwhile = "incoming = 0", .ends = MISSED},
    {.safety_to = 2, .meanwhile = "reserved = reserved + 1000000", .ends = MISSED},
    {.reserve = 1, .meanwhile = "safety = 1000000", .ends = MISSED},
};

static enum err run_race(struct test *t, struct shop *s, const struct race *r)
{
  if (r->reserve)
    TRY(reserve_in(s, 1, r->reserve));
  if (r->release)
    TRY(release_in(s, 9, r->release));
  if (r->move)
    TRY(move_in(s, &s->key, r->move));
  if (r->safety_to)
    TRY(safety_in(t, s, r->safety_to));
  meanwhile(s, r->meanwhile);
  return scratch_commit(s->cx);
}

TEST(a_row_that_another_server_changed_is_written_only_where_that_does_not_matter)
{
  for (size_t i = 0; i < COUNT_OF(races); i++) {
    const struct race *r = &races[i];
    struct shop s = a_shop(t);
    if (r->held)
      CHECK_OK(reserve(s.cx, s.at->id.v, s.product, 9 << 10, 0, r->held));
    if (r->safety)
      set_safety(t, &s, r->safety);
    struct stock before = stock_now(t, s.cx, &s.key);
    CHECK_OK(scratch_begin(s.cx));
    enum err err = run_race(t, &s, r);
    if (err != (r->ends == WELL ? ERR_OK : guard_missed))
      printf("  race %zu: %s\n", i, r->meanwhile);
    CHECK_ERR(err, r->ends == WELL ? ERR_OK : guard_missed);
    if (err != ERR_OK)
      scratch_rollback(s.cx);
    struct stock after = stock_now(t, s.cx, &s.key);
    CHECK_INT(after.version - before.version, r->ends == WELL ? 2 : 0);
  }
}

TEST(both_changes_stay_when_another_server_reserved_too)
{
  struct shop s = a_shop(t);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 3));
  CHECK_OK(move_in(&s, &s.key, 2));
  meanwhile(&s, "reserved = reserved + 4000000, updated_at = updated_at + 1000");
  CHECK_OK(scratch_commit(s.cx));
  struct stock row = stock_now(t, s.cx, &s.key);
  CHECK_INT(row.reserved.millionths, 7 * SCALE);
  CHECK_INT(row.on_hand.millionths, 12 * SCALE);
  CHECK_INT(row.updated_at.ms, s.cx->now.ms + 1000); /* never back */
}

/* Promised first, taken away afterwards: each act had its reasons, and so has their sum. */
TEST(a_promise_is_measured_by_what_was_free_when_it_was_made)
{
  struct shop s = a_shop(t);
  set_safety(t, &s, 6);
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(reserve_in(&s, 1, 3));
  CHECK_OK(move_in(&s, &s.key, -5)); /* below what is kept back from sale, yet above what is promised */
  CHECK_OK(scratch_commit(s.cx));
  CHECK_INT(stock_now(t, s.cx, &s.key).on_hand.millionths, 5 * SCALE);
  CHECK_INT(scratch_events(s.cx, "stock.low"), 1);
  CHECK_INT(differences(t, s.cx), 0);
}

TEST(a_row_that_another_server_began_first_is_not_begun_again)
{
  struct shop s = a_shop(t);
  static const struct db_stmt copy = {
      "INSERT INTO stock (bucket, location_id, product_id, owner, stock_condition, lot, id, on_hand, reserved, safety,"
      " incoming, movements, alerted, version, updated_at) SELECT bucket, location_id, product_id, owner,"
      " stock_condition, 'LOT-7', id + 1024, on_hand, reserved, safety, incoming, movements, alerted, version,"
      " updated_at FROM stock WHERE lot = ''",
      DB_REPORT};
  struct stock_key key = {s.at->id.v, s.product, "", STOCK_GOOD, "LOT-7"};
  CHECK_OK(scratch_begin(s.cx));
  CHECK_OK(move_in(&s, &key, 4));
  CHECK_OK(db_run(s.cx->db, &copy, NULL, DB_NO_ARGS));
  CHECK_ERR(scratch_commit(s.cx), guard_missed);
  scratch_rollback(s.cx);
  CHECK_INT(scratch_i64(s.cx, "SELECT count(*) FROM stock"), 1);
}

/* ---- Anything at all ---- */

static enum err random_act(struct test *t, struct ctx *cx, struct ids *dice, const struct location *l, int64_t product,
                           const char *sku)
{
  int64_t order = (int64_t)(1 + ids_random(dice) % 12) << 10, pieces = (int64_t)(1 + ids_random(dice) % 5);
  struct stock_changes c = {0};
  struct stock_demand demand = {.kind = "order", .id = order, .line = 1};
  struct stock_levels levels;
  reservations live = {0};
  unsigned what = (unsigned)(ids_random(dice) % 6);
  if (what == 0)
    return act_in(t, cx, &adjust_act, &adjustment_rec,
                  arena_printf(t->arena, "{\"location\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"counted\":%lld}]}", l->code,
                               sku, (long long)pieces * 3));
  if (what == 1)
    return act_in(t, cx, &stock_safety_act, &stock_safety_rec,
                  arena_printf(t->arena, "{\"location\":\"%s\",\"sku\":\"%s\",\"safety\":%lld}", l->code, sku,
                               (long long)pieces - 1));
  if (what <= 3) {
    TRY(stock_levels_load(cx, &product, 1, &levels));
    (void)stock_plan_reserve_at(&c, cx->arena, &levels, l->id.v, product, &demand, PIECES(pieces), RESERVATION_HARD,
                                INSTANT(ABSENT));
    return stock_changes_apply(cx, &c);
  }
  TRY(reservations_of_demand(cx, order, ABSENT, &live));
  EACH (struct reservation, r, &live) {
    struct stock_key key = reservation_key(r);
    if (what == 4)
      stock_plan_release(&c, cx->arena, &key, &demand, r->quantity, RESERVATION_RELEASED);
    else
      stock_plan_consume(&c, cx->arena, &key, &demand, quantity_min(r->quantity, PIECES(pieces)),
                         &(struct stock_reason){.kind = MOVEMENT_SHIPMENT});
  }
  return stock_changes_apply(cx, &c);
}

TEST(a_thousand_random_acts_in_transactions_of_many_leave_no_difference)
{
  enum { STEPS = 1000 };
  static const char *const skus[] = {"P", "Q", "R"};
  struct ctx *cx = scratch_ctx(t, morning);
  const struct location *places[2] = {a_location(t, cx, "{\"code\":\"A\"}"),
                                      a_location(t, cx, "{\"code\":\"B\",\"spread\":4}")};
  int64_t products[COUNT_OF(skus)];
  struct ids dice;
  for (size_t i = 0; i < COUNT_OF(skus); i++)
    products[i] = a_product(t, cx, skus[i]);
  ids_init(&dice, 0, 0, 11);
  for (int step = 0; step < STEPS;) {
    CHECK_OK(scratch_begin(cx));
    for (uint64_t n = 1 + ids_random(&dice) % 8; n > 0; n--, step++) {
      uint64_t product = ids_random(&dice) % COUNT_OF(skus);
      cx->event_ordinal = 0;
      CHECK_OK(random_act(t, cx, &dice, places[ids_random(&dice) % 2], products[product], skus[product]));
    }
    CHECK_OK(scratch_commit(cx));
  }
  CHECK_INT(differences(t, cx), 0);
  CHECK(scratch_events(cx, "stock.low") > 20);
  CHECK(scratch_events(cx, "stock.recovered") > 20);
  CHECK(scratch_i64(cx, "SELECT max(version) FROM stock") > 100);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM stock WHERE stock_condition = 'good' AND alerted <>"
                            " CASE WHEN on_hand - reserved - safety < 0 OR (on_hand - reserved - safety = 0 AND safety"
                            " > 0) THEN 1 ELSE 0 END"),
            0);
}
