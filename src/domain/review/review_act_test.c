/* Rules as masters; the ways out of review. */
#include "review_test_help.h"

#include <string.h>

/* ---- Rules ------------------------------------------------------------------------------------------------------- */

TEST(a_fresh_database_has_a_rule_of_each_type_and_four_are_on)
{
  struct ctx *cx = shop(t);
  const struct review_rules *all;
  CHECK_OK(review_rules_memo(cx, &all));
  CHECK_INT(all->by_code.n, REVIEW_TYPE_COUNT);
  EACH (const struct review_rule, rule, &all->by_code) {
    CHECK_TEXT(rule->code, review_types[rule->type]);
    CHECK_INT(rule->enabled, rule->type <= REVIEW_BLOCKED_CUSTOMER);
    CHECK_INT(rule->channels.n, 0);
  }
  CHECK_INT(scratch_events(cx, "review_rule.created"), REVIEW_TYPE_COUNT);
}

TEST(a_second_start_leaves_the_rules_as_people_made_them)
{
  struct ctx *cx = shop(t);
  switch_on(cx, "total_mismatch", false);
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(review_bootstrap(cx));
  CHECK_OK(scratch_commit(cx));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM review_rule"), REVIEW_TYPE_COUNT);
  CHECK_INT(scratch_i64(cx, "SELECT enabled FROM review_rule WHERE code = 'total_mismatch'"), 0);
}

TEST(a_new_rule_gets_what_was_left_out_from_its_type)
{
  struct ctx *cx = shop(t);
  const struct review_rule *rule = a_rule(cx, "{\"code\":\"fast\",\"type\":\"velocity\",\"params\":{\"orders\":7}}");
  CHECK_INT(rule->version, 1);
  CHECK_INT(rule->params.orders, 7);
  CHECK_INT(rule->params.window_minutes, 60);
  CHECK_TEXT(rule->name, "Many orders at once");
  CHECK_TEXT(rule->owner_role, "service");
  CHECK(rule->enabled);
  CHECK_TEXT(a_rule(cx, "{\"code\":\"big\",\"type\":\"amount_outlier\"}")->params.currency, "USD");
  struct review_rule read;
  CHECK_OK(review_rule_load(cx, "fast", &read));
  CHECK(rec_equal(&review_rule_rec, &read, rule));
  CHECK_OK(review_rule_load(cx, id_text(cx, PREFIX_rule, rule->id.v), &read));
  CHECK_TEXT(read.code, "fast");
  CHECK_ERR(review_rule_load(cx, "none", &read), ERR_NOT_FOUND);
}

static enum err create(struct ctx *cx, const char *json)
{
  struct review_rule rule;
  rec_init(&review_rule_rec, &rule);
  fault_clear(&cx->fault);
  TRY(rec_read(&review_rule_rec, json, strlen(json), "", cx->arena, &cx->fault, &rule));
  return scratch_act(cx, &review_rule_create_act, (struct act_input){.body = &rule, .version = ABSENT}, NULL);
}

TEST(the_code_of_a_rule_is_unique)
{
  struct ctx *cx = shop(t);
  CHECK_ERR(create(cx, "{\"code\":\"velocity\",\"type\":\"address\"}"), ERR_EXISTS);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/code");
}

TEST(all_faults_of_a_rule_are_told_together)
{
  struct ctx *cx = shop(t);
  CHECK_ERR(create(cx, "{\"code\":\"x\",\"type\":\"address\",\"params\":{\"orders\":3,"
                       "\"required\":[\"line1\",\"moon\"],\"countries\":[\"CN\",\"XX\",\"CN\"]},"
                       "\"channels\":[\"web\",\"web\"],\"owner_role\":\"boss\"}"),
            ERR_INVALID);
  const char *const want[] = {"/params/orders", "/channels/1", "/params/required/1", "/params/countries/1",
                              "/params/countries/2", "/owner_role"};
  CHECK_INT(cx->fault.n, COUNT_OF(want));
  for (size_t i = 0; i < COUNT_OF(want); i++)
    CHECK_TEXT(cx->fault.entries[i].pointer, want[i]);
}

TEST(parameters_have_bounds)
{
  struct ctx *cx = shop(t);
  const char *velocity = "{\"code\":\"x\",\"type\":\"velocity\",\"params\":{\"orders\":0,\"window_minutes\":525601}}";
  const char *twins = "{\"code\":\"x\",\"type\":\"probable_duplicate\",\"params\":{\"similarity\":\"1.01\"}}";
  CHECK_ERR(create(cx, velocity), ERR_INVALID);
  CHECK_INT(cx->fault.n, 2);
  CHECK_ERR(create(cx, twins), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/params/similarity");
}

TEST(a_change_moves_the_version_and_is_told_and_none_does_not)
{
  struct ctx *cx = shop(t);
  struct act_result out;
  CHECK_OK(patch_rule(cx, "velocity", "{\"params\":{\"orders\":9}}", &out));
  const struct review_rule *rule = out.value;
  CHECK_INT(rule->version, 2);
  CHECK_INT(rule->params.orders, 9);
  CHECK_INT(rule->params.window_minutes, 60);
  CHECK_INT(scratch_events(cx, "review_rule.updated"), 1);
  CHECK_OK(patch_rule(cx, "velocity", "{\"params\":{\"orders\":9}}", &out));
  CHECK_INT(out.version, 2);
  CHECK_INT(scratch_events(cx, "review_rule.updated"), 1);
  CHECK_OK(patch_rule(cx, "velocity", "{\"params\":{\"orders\":null}}", &out));
  CHECK_INT(((const struct review_rule *)out.value)->params.orders, 3);
}

TEST(the_code_and_type_of_a_rule_never_change_and_stale_changes_are_refused)
{
  struct ctx *cx = shop(t);
  const char *json = "{\"enabled\":true}";
  CHECK_ERR(patch_rule(cx, "velocity", "{\"code\":\"v\",\"type\":\"address\"}", NULL), ERR_INVALID);
  CHECK_INT(cx->fault.n, 2);
  struct act_input in = {.id = "velocity", .json = json, .json_n = strlen(json), .version = 7};
  CHECK_ERR(scratch_act(cx, &review_rule_update_act, in, NULL), ERR_VERSION);
}

/* ---- Approving --------------------------------------------------------------------------------------------------- */

/* Placed by a blocked customer with a wrong total: two holds. */
static struct order_id an_order_in_review(struct ctx *cx)
{
  struct order_work *w = an_order(cx);
  w->after->expected_total = MONEY(1);
  CHECK_INT(review(cx, w, CUSTOMER, true)->holds.n, 2);
  return place(cx, w, CUSTOMER);
}

static enum err approve(struct ctx *cx, struct order_id id, const char *reason)
{
  struct act_input in = {
      .id = id_text(cx, PREFIX_order, id.v), .body = &(struct reason_input){reason}, .version = ABSENT};
  return scratch_act(cx, &order_approve_act, in, NULL);
}

TEST(approving_releases_all_holds_with_the_reason_and_opens_the_order)
{
  struct ctx *cx = shop(t);
  struct order_id id = an_order_in_review(cx);
  CHECK_INT(order_now(cx, id)->state, ORDER_PLACED);
  CHECK_INT(order_now(cx, id)->hold_count, 2);
  CHECK_OK(approve(cx, id, "known to us"));
  struct order *o = order_now(cx, id);
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(o->hold_count, 0);
  EACH (const struct hold, h, &o->holds) {
    CHECK_INT(h->state, HOLD_RELEASED);
    CHECK_TEXT(h->release_reason, "known to us");
    CHECK_TEXT(h->released_by, "Ann");
  }
  CHECK_INT(scratch_events(cx, "order.hold_released"), 2);
  CHECK_INT(scratch_events(cx, "order.opened"), 1);
}

TEST(an_order_is_approved_only_with_the_right_to_release_holds)
{
  struct ctx *cx = shop(t);
  struct order_id id = an_order_in_review(cx);
  cx->actor.permissions = PERMISSIONS_ALL & ~PERMISSION(PERM_HOLD_RELEASE);
  CHECK_ERR(approve(cx, id, "please"), ERR_FORBIDDEN);
  CHECK_INT(order_now(cx, id)->hold_count, 2);
}

TEST(only_an_order_in_review_is_approved)
{
  struct ctx *cx = shop(t);
  struct order_id id = an_order_in_review(cx);
  CHECK_OK(approve(cx, id, "fine"));
  CHECK_ERR(approve(cx, id, "again"), ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/state");
}

TEST(an_order_without_holds_that_waits_in_review_is_opened)
{
  struct ctx *cx = shop(t);
  struct order_id id = place(cx, an_order(cx), 0); /* of a channel that opens nothing by itself */
  CHECK_OK(approve(cx, id, "looks good"));
  CHECK_INT(order_now(cx, id)->state, ORDER_OPEN);
}

TEST(approving_the_order_leaves_the_hold_of_a_line)
{
  struct ctx *cx = shop(t);
  struct order_id id = an_order_in_review(cx);
  struct hold_input line = {.type = "manual", .reason = "color?", .line = 1, .expires_at = INSTANT(ABSENT)};
  struct act_input in = {.id = id_text(cx, PREFIX_order, id.v), .body = &line, .version = ABSENT};
  CHECK_OK(scratch_act(cx, &order_hold_act, in, NULL));
  CHECK_OK(approve(cx, id, "fine"));
  struct order *o = order_now(cx, id);
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(o->hold_count, 1);
  CHECK_INT(o->holds.at[2].state, HOLD_ACTIVE);
}

TEST(work_resumes_only_when_the_last_hold_is_released)
{
  struct ctx *cx = shop(t);
  struct order_id id = an_order_in_review(cx);
  struct order *o = order_now(cx, id);
  for (size_t i = 0; i < o->holds.n; i++) {
    CHECK_INT(order_now(cx, id)->state, ORDER_PLACED);
    struct act_input in = {.id = id_text(cx, PREFIX_hold, o->holds.at[i].id.v),
                           .body = &(struct reason_input){"checked"},
                           .version = ABSENT};
    CHECK_OK(scratch_act(cx, &hold_release_act, in, NULL));
    CHECK_ERR(scratch_act(cx, &hold_release_act, in, NULL), ERR_STATE);
  }
  CHECK_INT(order_now(cx, id)->state, ORDER_OPEN);
}

TEST(a_hold_is_read_by_its_id)
{
  struct ctx *cx = shop(t);
  struct hold h;
  const struct hold *stored = &order_now(cx, an_order_in_review(cx))->holds.at[1];
  CHECK_OK(hold_load(cx, id_text(cx, PREFIX_hold, stored->id.v), &h));
  CHECK_TEXT(h.type, "total_mismatch");
  CHECK(rec_equal(&hold_rec, &h, stored));
  CHECK_ERR(hold_load(cx, id_text(cx, PREFIX_hold, stored->id.v + 1), &h), ERR_NOT_FOUND);
  CHECK_ERR(hold_load(cx, "nonsense", &h), ERR_NOT_FOUND);
}

/* ---- Expiring ---------------------------------------------------------------------------------------------------- */

static struct holds_expired expire(struct ctx *cx)
{
  struct act_result out;
  CHECK_OK(scratch_act(cx, &holds_expire_act, (struct act_input){.version = ABSENT}, &out));
  return *(const struct holds_expired *)out.value;
}

TEST(an_order_opens_when_its_last_hold_has_expired)
{
  struct ctx *cx = shop(t);
  CHECK_OK(patch_rule(cx, "blocked_customer", "{\"expire_hours\":1}", NULL));
  CHECK_OK(patch_rule(cx, "total_mismatch", "{\"expire_hours\":2}", NULL));
  struct order_id id = an_order_in_review(cx);
  scratch_clock(cx, "2026-01-05T09:59:59Z");
  CHECK_INT(expire(cx).expired, 0);
  scratch_clock(cx, "2026-01-05T10:00:00Z");
  CHECK_INT(expire(cx).expired, 1);
  CHECK_INT(order_now(cx, id)->state, ORDER_PLACED);
  CHECK_INT(order_now(cx, id)->holds.at[0].state, HOLD_EXPIRED);
  CHECK_INT(order_now(cx, id)->holds.at[1].state, HOLD_ACTIVE);
  scratch_clock(cx, "2026-01-05T11:00:00Z");
  struct holds_expired e = expire(cx);
  CHECK_INT(e.expired, 1);
  CHECK_INT(e.orders, 1);
  CHECK(!e.more);
  CHECK_INT(order_now(cx, id)->state, ORDER_OPEN);
  CHECK_INT(expire(cx).expired, 0);
  CHECK_INT(scratch_events(cx, "order.hold_expired"), 2);
  CHECK_INT(scratch_events(cx, "order.opened"), 1);
}

/* Of several processes each has some groups of buckets. */
TEST(holds_expire_where_their_order_is_looked_after)
{
  struct ctx *cx = shop(t);
  CHECK_OK(patch_rule(cx, "blocked_customer", "{\"expire_hours\":1}", NULL));
  struct order_id id = an_order_in_review(cx);
  struct bucket_groups its = {(int64_t)(UINT64_C(1) << (bucket_of_id(id.v) >> 4))}, others = {~its.bits};
  struct act_result out;
  scratch_clock(cx, "2026-01-05T10:00:00Z");
  CHECK_OK(scratch_act(cx, &holds_expire_act, (struct act_input){.body = &others, .version = ABSENT}, &out));
  CHECK_INT(((const struct holds_expired *)out.value)->expired, 0);
  CHECK_OK(scratch_act(cx, &holds_expire_act, (struct act_input){.body = &its, .version = ABSENT}, &out));
  CHECK_INT(((const struct holds_expired *)out.value)->expired, 1);
}

TEST(holds_without_an_end_do_not_expire)
{
  struct ctx *cx = shop(t);
  struct order_id id = an_order_in_review(cx);
  scratch_clock(cx, "2036-01-05T09:00:00Z");
  CHECK_INT(expire(cx).expired, 0);
  CHECK_INT(order_now(cx, id)->hold_count, 2);
}

TEST(a_run_takes_a_bounded_number_of_holds_and_says_that_there_are_more)
{
  struct ctx *cx = shop(t);
  CHECK_OK(patch_rule(cx, "blocked_customer", "{\"expire_hours\":1}", NULL));
  CHECK_OK(patch_rule(cx, "total_mismatch", "{\"expire_hours\":1}", NULL));
  for (int i = 0; i < HOLDS_EXPIRE_MAX / 2 + 1; i++)
    an_order_in_review(cx);
  scratch_clock(cx, "2026-01-05T12:00:00Z");
  struct holds_expired first = expire(cx), second = expire(cx);
  CHECK_INT(first.expired, HOLDS_EXPIRE_MAX);
  CHECK(first.more);
  CHECK_INT(second.expired, 2);
  CHECK(!second.more);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM orders WHERE state = 'open'"), HOLDS_EXPIRE_MAX / 2 + 1);
}
