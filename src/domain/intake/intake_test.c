/* Orders come in: what is stored, what is refused, what is held. */
#include "intake.h"

#include "allocation.h"
#include "carriers.h"
#include "review.h"
#include "scratch.h"
#include "settings.h"

#include <stdio.h>
#include <string.h>

/* ---- Builders ---- */

static enum err boot(struct ctx *cx)
{
  TRY(scratch_begin(cx));
  TRY(channels_bootstrap(cx));
  TRY(carriers_bootstrap(cx));
  TRY(review_bootstrap(cx));
  return scratch_commit(cx);
}

/* Body of an act from its JSON, as a route would read it. */
static void *body(struct ctx *cx, const struct rec *rec, const char *json)
{
  void *value = arena_alloc(cx->arena, rec->size);
  fault_clear(&cx->fault);
  rec_init(rec, value);
  enum err err = rec_read(rec, json, strlen(json), "", cx->arena, &cx->fault, value);
  if (err != ERR_OK)
    test_failed(__FILE__, __LINE__, json, cx->fault.entries[0].detail, "a readable body");
  return value;
}

static void must(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json)
{
  struct act_input in = {.id = id, .body = rec ? body(cx, rec, json) : NULL, .version = ABSENT};
  if (scratch_act(cx, act, in, NULL) != ERR_OK)
    test_failed(__FILE__, __LINE__, act->name, cx->fault.detail, "success");
}

static struct ctx *a_shop(struct test *t)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  CHECK_OK(boot(cx));
  must(cx, &product_create_act, &product_rec, NULL, "{\"sku\":\"MUG\",\"price\":1200,\"weight_g\":300}");
  must(cx, &product_create_act, &product_rec, NULL, "{\"sku\":\"TEE\",\"price\":1990,\"weight_g\":150}");
  must(cx, &product_create_act, &product_rec, NULL, "{\"sku\":\"WRAP\",\"price\":100,\"kind\":\"service\"}");
  must(cx, &location_create_act, &location_rec, NULL, "{\"code\":\"SHA\"}");
  must(cx, &location_create_act, &location_rec, NULL, "{\"code\":\"BER\"}");
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"reason\":\"opening\",\"lines\":[{\"sku\":\"MUG\",\"delta\":5},{\"sku\":\"TEE\","
       "\"delta\":2}]}");
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"BER\",\"reason\":\"opening\",\"lines\":[{\"sku\":\"TEE\",\"delta\":3}]}");
  return cx;
}

static enum err place(struct ctx *cx, const char *json, const struct order **out)
{
  struct act_result r = {0};
  struct act_input in = {.body = body(cx, &order_input_rec, json), .version = ABSENT};
  TRY(scratch_act(cx, &order_place_act, in, &r));
  *out = r.value;
  return ERR_OK;
}

static int differences;
static void count_difference(void *arg, const char *difference, const char *repair)
{
  (void)arg, (void)repair;
  printf("  %s\n", difference);
  differences++;
}

static void check_all(struct ctx *cx)
{
  differences = 0;
  CHECK_OK(inventory_check(cx, count_difference, NULL));
  CHECK_OK(orders_check(cx, count_difference, NULL));
  CHECK_INT(differences, 0);
}

/* ---- Tests ---- */

TEST(an_order_with_stock_is_open_allocated_and_promised)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  CHECK_OK(place(
      cx,
      "{\"channel\":\"web\",\"external_id\":\"1001\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}],"
      "\"customer\":{\"email\":\"li@example.com\",\"name\":\"Li Wei\"},"
      "\"shipping_address\":{\"line1\":\"1 Nanjing Rd\",\"country\":\"CN\"},"
      "\"charges\":[{\"kind\":\"shipping\",\"amount\":500}]}",
      &o));
  CHECK_TEXT(o->number, "SO-100001");
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(o->fulfillment_status, STATUS_ALLOCATED);
  CHECK_INT(o->payment_status, PAYMENT_UNPAID);
  CHECK_INT(o->totals.total.minor, 2900);
  CHECK_INT(o->lines.at[0].counters.allocated.millionths, 2 * SCALE);
  CHECK_INT(o->fulfillments.n, 1);
  CHECK_TEXT(o->fulfillments.at[0].location, "SHA");
  CHECK_INT(o->fulfillments.at[0].state, FUL_OPEN);
  CHECK(instant_set(o->promise.deliver_by));
  CHECK(o->customer_id.v > 0);
  CHECK_INT(scratch_i64(cx, "SELECT reserved FROM stock JOIN product ON product.id = product_id WHERE sku = 'MUG'"),
            2 * SCALE);
  CHECK_INT(scratch_events(cx, "order.placed"), 1);
  CHECK_INT(scratch_events(cx, "order.opened"), 1);
  check_all(cx);
}

TEST(what_was_stored_reads_back_as_it_was_answered)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  struct order *again;
  CHECK_OK(place(cx,
                 "{\"channel\":\"web\",\"currency\":\"USD\",\"tags\":[\"vip\"],\"metadata\":{\"a\":[1,2]},\"notes\":"
                 "\"ring twice\","
                 "\"lines\":[{\"sku\":\"MUG\",\"quantity\":1,\"unit_price\":\"0.34\"},{\"sku\":\"WRAP\",\"quantity\":1,"
                 "\"kind\":\"service\"}],"
                 "\"payments\":[{\"provider\":\"manual\",\"kind\":\"capture\",\"amount\":100}]}",
                 &o));
  struct act_result first = {.rec = &order_rec, .value = o}, second = {.rec = &order_rec};
  CHECK_OK(order_load(cx, o->id, &again));
  CHECK_OK(order_summarize(cx, again));
  order_derive(cx, again);
  order_derive_work(cx, again);
  second.value = again;
  CHECK_TEXT(scratch_json(cx, &second), scratch_json(cx, &first));
  check_all(cx);
}

TEST(the_same_scenario_gives_the_same_bytes)
{
  const char *texts[2];
  for (int i = 0; i < 2; i++) {
    struct ctx *cx = a_shop(t);
    const struct order *o = NULL;
    CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE\",\"quantity\":4}]}", &o));
    texts[i] = scratch_json(cx, &(struct act_result){.rec = &order_rec, .value = o});
  }
  CHECK_TEXT(texts[1], texts[0]);
}

TEST(units_are_split_over_locations_where_one_has_not_enough)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE\",\"quantity\":4}]}", &o));
  CHECK_INT(o->fulfillments.n, 2);
  CHECK_INT(o->lines.at[0].counters.allocated.millionths, 4 * SCALE);
  check_all(cx);
}

TEST(short_of_stock_an_unpaid_order_is_refused_and_leaves_nothing)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  int64_t events = scratch_i64(cx, "SELECT count(*) FROM event");
  CHECK_ERR(place(cx,
                  "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":3},{\"sku\":"
                  "\"MUG\",\"quantity\":3}],"
                  "\"customer\":{\"email\":\"a@example.com\"}}",
                  &o),
            ERR_SHORTAGE);
  CHECK(cx->fault.n > 0);
  CHECK_TEXT(cx->fault.entries[0].sku, "MUG");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event"), events);
  check_all(cx);
}

TEST(short_of_stock_a_paid_order_is_held_with_what_is_there_reserved)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  CHECK_OK(place(cx,
                 "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":7}],"
                 "\"payments\":[{\"provider\":\"manual\",\"kind\":\"capture\",\"amount\":8400}]}",
                 &o));
  CHECK_INT(o->state, ORDER_PLACED);
  CHECK_INT(o->payment_status, PAYMENT_PAID);
  CHECK_INT(o->hold_count, 1);
  CHECK_TEXT(o->holds.at[0].type, "stock_short");
  CHECK_INT(o->lines.at[0].counters.allocated.millionths, 5 * SCALE);
  CHECK_INT(o->lines.at[0].counters.unallocated.millionths, 2 * SCALE);
  check_all(cx);
}

TEST(another_total_than_expected_holds_the_order)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  CHECK_OK(place(
      cx,
      "{\"channel\":\"web\",\"currency\":\"USD\",\"expected_total\":999,\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]}",
      &o));
  CHECK_INT(o->state, ORDER_PLACED);
  CHECK_TEXT(o->holds.at[0].type, "total_mismatch");
  CHECK_INT(o->lines.at[0].counters.allocated.millionths, SCALE);
  check_all(cx);
}

TEST(a_double_answers_the_order_that_is_there)
{
  struct ctx *cx = a_shop(t);
  const struct order *first = NULL, *second = NULL;
  const char *json =
      "{\"channel\":\"web\",\"external_id\":\"7\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]}";
  CHECK_OK(place(cx, json, &first));
  CHECK_OK(place(cx, json, &second));
  CHECK(second->id.v == first->id.v);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders"), 1);
  CHECK_ERR(place(cx,
                  "{\"channel\":\"web\",\"external_id\":\"7\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\","
                  "\"quantity\":2}]}",
                  &second),
            ERR_EXTERNAL_ID);
  CHECK(cx->fault.related != NULL);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/lines/0/quantity");
  CHECK_INT(cx->fault.n, 1);
  check_all(cx);
}

TEST(all_faults_of_an_order_are_told_together)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  CHECK_ERR(place(cx,
                  "{\"channel\":\"web\",\"currency\":\"XXQ\",\"lines\":[{\"sku\":\"NO-1\",\"quantity\":1},{\"sku\":"
                  "\"NO-2\",\"quantity\":1}]}",
                  &o),
            ERR_INVALID);
  CHECK_INT(cx->fault.n, 3);
  CHECK_TEXT(cx->fault.entries[1].pointer, "/lines/0/sku");
  CHECK_TEXT(cx->fault.entries[2].pointer, "/lines/1/sku");
}

TEST(a_draft_holds_nothing_until_it_is_placed)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  char id[ID_TEXT];
  struct act_result r = {0};
  CHECK_OK(place(
      cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"draft\":true,\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}]}",
      &o));
  CHECK_INT(o->state, ORDER_DRAFT);
  CHECK(o->number == NULL);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM reservation"), 0);
  id_format(PREFIX_order, o->id.v, id);
  CHECK_OK(scratch_act(cx, &draft_place_act, (struct act_input){.id = id, .version = ABSENT}, &r));
  o = r.value;
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_TEXT(o->number, "SO-100001");
  CHECK_INT(o->lines.at[0].counters.allocated.millionths, 2 * SCALE);
  CHECK_ERR(scratch_act(cx, &draft_place_act, (struct act_input){.id = id, .version = ABSENT}, NULL), ERR_STATE);
  check_all(cx);
}

/* ---- A draft that keeps stock ---- */

#define KEEPING                                                                                                        \
  "{\"channel\":\"web\",\"currency\":\"USD\",\"draft\":true,\"hold_stock\":true,\"lines\":[{\"sku\":\"MUG\","                 \
  "\"quantity\":4},{\"sku\":\"TEE\",\"quantity\":9}]}"
#define RESERVED(kind) "SELECT CAST(coalesce(sum(quantity), 0) AS BIGINT) FROM reservation WHERE kind = '" kind "'"

static const char *a_keeping_draft(struct ctx *cx)
{
  const struct order *o = NULL;
  char *id = arena_alloc(cx->arena, ID_TEXT);
  CHECK_OK(place(cx, KEEPING, &o));
  CHECK_INT(o->state, ORDER_DRAFT);
  CHECK_INT(o->lines.at[0].counters.unallocated.millionths, 4 * SCALE);
  CHECK_INT(o->expires_at.ms, cx->now.ms + 30 * MINUTE_MS);
  id_format(PREFIX_order, o->id.v, id);
  return id;
}

TEST(a_draft_keeps_what_there_is_from_others_until_its_time_is_over)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  const char *id = a_keeping_draft(cx);
  LIST(struct order_id) due = {0};
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), (4 + 5) * SCALE); /* four tees are not there: they are not kept */
  CHECK_INT(scratch_events(cx, "order.stock_kept"), 1);
  check_all(cx);
  CHECK_ERR(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}]}", &o),
            ERR_SHORTAGE);
  scratch_clock(cx, "2026-01-05T09:29:59Z");
  CHECK_OK(orders_expiring(cx, BUCKET_GROUPS_ALL, 10, (struct list *)(void *)&due));
  CHECK_INT(due.n, 0);
  scratch_clock(cx, "2026-01-05T09:30:00Z");
  CHECK_OK(orders_expiring(cx, BUCKET_GROUPS_ALL, 10, (struct list *)(void *)&due));
  CHECK_INT(due.n, 1);
  must(cx, &order_expire_act, NULL, id, NULL);
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders WHERE state = 'draft' AND expires_at IS NULL"), 1);
  CHECK_INT(scratch_events(cx, "order.stock_let_go"), 1);
  CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}]}", &o));
  check_all(cx);
}

TEST(a_placed_draft_takes_the_stock_it_kept)
{
  struct ctx *cx = a_shop(t);
  const char *id = a_keeping_draft(cx);
  struct act_input patch = {.id = id, .version = ABSENT, .json = "{\"lines\":[{\"sku\":\"MUG\",\"quantity\":5}]}"};
  patch.json_n = strlen(patch.json);
  CHECK_OK(scratch_act(cx, &order_patch_act, patch, NULL)); /* one more than it kept; no tee any more */
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), 5 * SCALE);
  check_all(cx);
  must(cx, &draft_place_act, NULL, id, NULL);
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), 0);
  CHECK_INT(scratch_i64(cx, RESERVED("hard")), 5 * SCALE);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders WHERE state = 'open'"), 1);
  check_all(cx);
}

TEST(a_draft_lets_go_when_it_is_told_to_and_keeps_its_time_when_it_is_not)
{
  struct ctx *cx = a_shop(t);
  const char *id = a_keeping_draft(cx);
  struct act_input notes = {.id = id, .version = ABSENT, .json = "{\"notes\":\"calls back\"}"},
                   off = {.id = id, .version = ABSENT, .json = "{\"hold_stock\":false}"};
  notes.json_n = strlen(notes.json);
  off.json_n = strlen(off.json);
  scratch_clock(cx, "2026-01-05T09:10:00Z");
  CHECK_OK(scratch_act(cx, &order_patch_act, notes, NULL));
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), 9 * SCALE);
  CHECK_INT(scratch_i64(cx, "SELECT expires_at FROM orders"), cx->now.ms + 20 * MINUTE_MS);
  check_all(cx);
  CHECK_OK(scratch_act(cx, &order_patch_act, off, NULL));
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders WHERE expires_at IS NULL"), 1);
  check_all(cx);
}

TEST(a_count_takes_what_a_draft_kept_and_the_draft_stays)
{
  struct ctx *cx = a_shop(t);
  a_keeping_draft(cx);
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"reason\":\"count\",\"lines\":[{\"sku\":\"MUG\",\"counted\":1}]}");
  CHECK_INT(scratch_i64(cx, RESERVED("soft")), (1 + 5) * SCALE);
  CHECK_INT(scratch_i64(cx, "SELECT at_unallocated FROM order_line WHERE line = 1"), 4 * SCALE);
  check_all(cx);
}

TEST(the_check_finds_stock_that_is_kept_by_nobody_who_may)
{
  static const struct db_stmt forget = {"UPDATE orders SET expires_at = NULL", DB_SCHEMA};
  struct ctx *cx = a_shop(t);
  a_keeping_draft(cx);
  CHECK_OK(db_run(cx->db, &forget, NULL, DB_NO_ARGS));
  differences = 0;
  CHECK_OK(orders_check(cx, count_difference, NULL));
  CHECK(differences > 0);
}

TEST(a_bulk_places_what_it_can_and_says_why_not_the_rest)
{
  struct ctx *cx = a_shop(t);
  struct act_result r = {0};
  struct act_input in = {.version = ABSENT};
  in.body = body(
      cx, &orders_bulk_rec,
      "{\"orders\":[{\"channel\":\"web\",\"external_id\":\"1\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\","
      "\"quantity\":4}]},"
      "{\"channel\":\"web\",\"external_id\":\"2\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":4}]},"
      "{\"channel\":\"nowhere\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]},"
      "{\"channel\":\"web\",\"external_id\":\"1\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":4}]}]"
      "}");
  CHECK_OK(scratch_act(cx, &orders_bulk_act, in, &r));
  const struct orders_bulk_result *result = r.value;
  CHECK_INT(result->placed, 1);
  CHECK_INT(result->known, 1);
  CHECK_INT(result->refused, 2);
  CHECK_INT(result->results.at[1].status, 409);
  CHECK_INT(result->results.at[2].status, 422);
  check_all(cx);
}

TEST(a_count_below_what_is_reserved_backorders_the_newest)
{
  struct ctx *cx = a_shop(t);
  const struct order *first = NULL, *second = NULL;
  struct order *now;
  CHECK_OK(
      place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":3}]}", &first));
  scratch_clock(cx, "2026-01-05T10:00:00Z");
  CHECK_OK(
      place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}]}", &second));
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"reason\":\"cycle count\",\"lines\":[{\"sku\":\"MUG\",\"counted\":4}]}");
  CHECK_OK(order_load(cx, second->id, &now));
  CHECK_INT(now->lines.at[0].counters.backordered.millionths, SCALE);
  CHECK_OK(order_load(cx, first->id, &now));
  CHECK_INT(now->lines.at[0].counters.backordered.millionths, 0);
  check_all(cx);
}

TEST(an_unpaid_order_expires_and_lets_its_stock_go)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  char id[ID_TEXT];
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(setting_store(cx, SETTING_ORDER_EXPIRE_MINUTES, "30"));
  db_memo_clear(cx->db);
  CHECK_OK(scratch_commit(cx));
  CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":5}]}", &o));
  LIST(struct order_id) due = {0};
  scratch_clock(cx, "2026-01-05T09:29:59Z");
  CHECK_OK(orders_expiring(cx, BUCKET_GROUPS_ALL, 10, (struct list *)(void *)&due));
  CHECK_INT(due.n, 0);
  scratch_clock(cx, "2026-01-05T09:30:00Z");
  CHECK_OK(orders_expiring(cx, BUCKET_GROUPS_ALL, 10, (struct list *)(void *)&due));
  CHECK_INT(due.n, 1);
  id_format(PREFIX_order, o->id.v, id);
  CHECK_OK(scratch_act(cx, &order_expire_act, (struct act_input){.id = id, .version = ABSENT}, NULL));
  CHECK_INT(scratch_i64(cx, "SELECT reserved FROM stock JOIN product ON product.id = product_id WHERE sku = 'MUG'"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders WHERE state = 'expired'"), 1);
  check_all(cx);
}

/* Of several processes each looks after some groups of buckets; together they find each order once. */
TEST(orders_expire_where_their_group_is_looked_after)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  LIST(struct order_id) ours = {0}, theirs = {0};
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(setting_store(cx, SETTING_ORDER_EXPIRE_MINUTES, "30"));
  db_memo_clear(cx->db);
  CHECK_OK(scratch_commit(cx));
  for (int i = 0; i < 8; i++)
    CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"WRAP\",\"quantity\":1}]}", &o));
  int group = (int)(bucket_of_id(o->id.v) >> 4);
  struct bucket_groups its = {(int64_t)(UINT64_C(1) << group)}, others = {~its.bits};
  scratch_clock(cx, "2026-01-05T10:00:00Z");
  CHECK_OK(orders_expiring(cx, its, 10, (struct list *)(void *)&ours));
  CHECK_OK(orders_expiring(cx, others, 10, (struct list *)(void *)&theirs));
  CHECK(ours.n >= 1);
  CHECK_INT(ours.n + theirs.n, 8);
  EACH (const struct order_id, id, &ours)
    CHECK_INT(bucket_of_id(id->v) >> 4, group);
  EACH (const struct order_id, id, &theirs)
    CHECK(bucket_of_id(id->v) >> 4 != group);
}

TEST(sourcing_again_pins_where_it_is_told)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  struct act_result r = {0};
  char id[ID_TEXT];
  CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE\",\"quantity\":1}]}", &o));
  const char *elsewhere = strcmp(o->fulfillments.at[0].location, "BER") == 0 ? "SHA" : "BER";
  id_format(PREFIX_order, o->id.v, id);
  struct act_input in = {.id = id, .version = ABSENT};
  in.body = body(cx, &allocation_source_rec,
                 arena_printf(cx->arena, "{\"location\":\"%s\",\"reason\":\"closer to the customer\"}", elsewhere));
  CHECK_OK(scratch_act(cx, &order_source_act, in, &r));
  o = r.value;
  CHECK_INT(o->fulfillments.n, 2);
  CHECK_INT(o->fulfillments.at[0].state, FUL_CANCELLED);
  CHECK_TEXT(o->fulfillments.at[1].location, elsewhere);
  struct allocation_reports reports;
  CHECK_OK(allocation_reports(cx, o->id, &reports));
  CHECK_INT(reports.data.n, 2);
  struct buf again;
  buf_init(&again, cx->arena);
  const char *record = reports.data.at[0].record;
  CHECK_OK(sourcing_replay(record, strlen(record), cx->arena, &cx->fault, &again));
  CHECK_TEXT(buf_str(&again), record); /* decided again from the record alone: byte for byte the same */
  CHECK_INT(reports.data.at[0].candidates.n, 2);
  check_all(cx);
}

TEST(a_held_order_is_served_when_goods_come_in)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  struct act_result r = {0};
  order_ids ids = {0};
  int64_t turn = 0;
  char id[ID_TEXT];
  CHECK_OK(place(cx,
                 "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":7}],"
                 "\"payments\":[{\"provider\":\"manual\",\"kind\":\"capture\",\"amount\":8400}]}",
                 &o));
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 10, &turn, &ids));
  CHECK_INT(ids.n, 0);
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"BER\",\"reason\":\"goods in\",\"lines\":[{\"sku\":\"MUG\",\"delta\":5}]}");
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 10, &turn, &ids));
  CHECK_INT(ids.n, 1);
  id_format(PREFIX_order, ids.at[0].v, id);
  CHECK_OK(scratch_act(cx, &order_fill_act, (struct act_input){.id = id, .version = ABSENT}, &r));
  o = r.value;
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(o->hold_count, 0);
  CHECK_INT(o->lines.at[0].counters.allocated.millionths, 7 * SCALE);
  CHECK_INT(o->fulfillments.n, 2);
  CHECK_INT(o->fulfillments.at[0].state, FUL_OPEN);
  ids.n = 0;
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 10, &turn, &ids));
  CHECK_INT(ids.n, 0);
  check_all(cx);
}

/* Who looks after the group of a product serves all orders that wait for it. */
TEST(orders_that_wait_are_served_by_the_group_of_their_product)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  order_ids ours = {0}, theirs = {0};
  int64_t turn = 0, held_turn = 0;
  for (int i = 0; i < 2; i++)
    CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}]}", &o));
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"lines\":[{\"sku\":\"MUG\",\"counted\":0}]}");
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"lines\":[{\"sku\":\"MUG\",\"counted\":9}]}");
  int64_t mug = scratch_i64(cx, "SELECT id FROM product WHERE sku = 'MUG'");
  struct bucket_groups its = {(int64_t)(UINT64_C(1) << (bucket_of_id(mug) >> 4))}, others = {~its.bits};
  int64_t waiting = scratch_i64(cx, "SELECT count(DISTINCT order_id) FROM order_line WHERE at_backordered > 0");
  CHECK(waiting > 0);
  CHECK_OK(orders_fillable(cx, others, 10, &held_turn, &theirs));
  CHECK_INT(theirs.n, 0);
  CHECK_OK(orders_fillable(cx, its, 10, &turn, &ours));
  CHECK_INT(ours.n, waiting);
}

/* Units wait after a count; what comes in is offered product by product. */
TEST(products_take_turns_when_goods_come_in)
{
  static const char *const skus[] = {"MUG", "TEE"};
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  int64_t orders[COUNT_OF(skus)], turn = 0;
  for (size_t i = 0; i < COUNT_OF(skus); i++) {
    CHECK_OK(place(
        cx,
        arena_printf(cx->arena,
                     "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"%s\",\"quantity\":2}]}", skus[i]),
        &o));
    orders[i] = o->id.v;
  }
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"lines\":[{\"sku\":\"MUG\",\"counted\":0},{\"sku\":\"TEE\",\"counted\":0}]}");
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"BER\",\"lines\":[{\"sku\":\"TEE\",\"counted\":0}]}");
  order_ids none = {0}, first = {0}, second = {0}, end = {0};
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 1, &turn, &none));
  CHECK_INT(none.n, 0);
  CHECK_INT(turn, 0);
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"lines\":[{\"sku\":\"MUG\",\"counted\":9},{\"sku\":\"TEE\",\"counted\":9}]}");
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 1, &turn, &first));
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 1, &turn, &second));
  CHECK_OK(orders_fillable(cx, BUCKET_GROUPS_ALL, 1, &turn, &end));
  CHECK_INT(first.n, 1);
  CHECK_INT(first.at[0].v, orders[0]);
  CHECK_INT(second.n, 1);
  CHECK_INT(second.at[0].v, orders[1]);
  CHECK_INT(end.n, 0);
}

/* ---- More events in one act than a version has room for ---- */

TEST(a_count_displaces_hundreds_of_orders_in_one_act)
{
  enum { ORDERS = 260 };
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"lines\":[{\"sku\":\"MUG\",\"counted\":260}]}");
  for (int i = 0; i < ORDERS; i++)
    CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]}", &o));
  must(cx, &stock_adjust_act, &adjustment_rec, NULL,
       "{\"location\":\"SHA\",\"lines\":[{\"sku\":\"MUG\",\"counted\":0}]}");
  CHECK_INT(scratch_events(cx, "order.stock_displaced"), ORDERS);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders WHERE fulfillment_status = 'backordered'"), ORDERS);
  check_all(cx);
}

TEST(an_order_may_be_split_over_more_locations_than_a_version_has_events)
{
  enum { STORES = 258 };
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  struct order *again;
  struct buf json;
  buf_init(&json, cx->arena);
  for (int i = 0; i < STORES; i++) {
    must(cx, &product_create_act, &product_rec, NULL, arena_printf(cx->arena, "{\"sku\":\"P%d\",\"price\":1}", i));
    must(cx, &location_create_act, &location_rec, NULL, arena_printf(cx->arena, "{\"code\":\"S%d\"}", i));
    must(cx, &stock_adjust_act, &adjustment_rec, NULL,
         arena_printf(cx->arena, "{\"location\":\"S%d\",\"lines\":[{\"sku\":\"P%d\",\"delta\":1}]}", i, i));
    buf_printf(&json, "%s{\"sku\":\"P%d\",\"quantity\":1}", i ? "," : "", i);
  }
  CHECK_OK(place(
      cx, arena_printf(cx->arena, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[%s]}", buf_str(&json)), &o));
  CHECK_INT(o->fulfillments.n, STORES);
  CHECK_INT(o->version, 2); /* one for each EVENTS_PER_VERSION events */
  CHECK_INT(scratch_events(cx, "fulfillment.created"), STORES);
  CHECK_OK(order_load(cx, o->id, &again));
  CHECK_INT(again->version, 2);
  check_all(cx);
}

/* Replies are rendered after other acts have cleared the memo. */
TEST(an_answer_owns_its_texts)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = NULL;
  CHECK_OK(place(cx, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]}", &o));
  struct act_result r = {.rec = &order_rec, .value = o};
  const char *before = scratch_json(cx, &r);
  db_memo_clear(cx->db);
  memset(arena_alloc(db_memo_arena(cx->db), 16000), 'x', 16000);
  CHECK_TEXT(scratch_json(cx, &r), before);
  db_memo_clear(cx->db);
}
