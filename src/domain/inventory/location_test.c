#include "inventory_test_help.h"

#include <time.h>

static enum err create(struct test *t, struct ctx *cx, const char *json)
{
  return scratch_act(cx, &location_create_act,
                     (struct act_input){.body = BODY(struct location, &location_rec, json), .version = ABSENT}, NULL);
}

static enum err patch(struct ctx *cx, const char *id, const char *json, int64_t version, struct act_result *out)
{
  return scratch_act(cx, &location_update_act,
                     (struct act_input){.id = id, .json = json, .json_n = strlen(json), .version = version}, out);
}

TEST(a_location_needs_only_a_code)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct location *l = a_location(t, cx, "{\"code\":\"NJ1\"}");
  CHECK_INT(l->kind, LOCATION_WAREHOUSE);
  CHECK_TEXT(l->time_zone, "UTC");
  CHECK_INT(l->priority, 100);
  CHECK_INT(l->spread, 1);
  CHECK_INT(l->capacity, 0);
  CHECK_INT(l->version, 1);
  CHECK(!l->site.calendar);
  CHECK(!l->site.cut_offs);
  CHECK_INT(scratch_events(cx, "location.created"), 1);
}

TEST(a_location_is_found_by_code_and_by_id)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct location *l = a_location(t, cx, "{\"code\":\"NJ1\"}"), *found;
  char id[ID_TEXT];
  id_format(PREFIX_location, l->id.v, id);
  CHECK_OK(location_find(cx, "NJ1", &found));
  CHECK_INT(found->id.v, l->id.v);
  CHECK_OK(location_find(cx, id, &found));
  CHECK_TEXT(found->code, "NJ1");
  CHECK_ERR(location_find(cx, "NJ2", &found), ERR_NOT_FOUND);
  CHECK_ERR(location_by_id(cx, 4711, &found), ERR_NOT_FOUND);
}

TEST(a_code_is_given_once)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  a_location(t, cx, "{\"code\":\"NJ1\"}");
  CHECK_ERR(create(t, cx, "{\"code\":\"NJ1\"}"), ERR_EXISTS);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/code");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM location"), 1);
}

TEST(locations_come_by_priority_and_code)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct locations all;
  a_location(t, cx, "{\"code\":\"C\"}");
  a_location(t, cx, "{\"code\":\"B\"}");
  a_location(t, cx, "{\"code\":\"Z\",\"priority\":1,\"paused\":true}");
  CHECK_OK(locations_all(cx, &all));
  CHECK_INT(all.n, 3);
  CHECK_TEXT(all.at[0]->code, "Z");
  CHECK_TEXT(all.at[1]->code, "B");
  CHECK_TEXT(all.at[2]->code, "C");
}

TEST(a_site_is_ready_for_promises)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct location *l = a_location(
      t, cx,
      "{\"code\":\"NJ1\",\"time_zone\":\"America/New_York\",\"processing_hours\":3,\"cut_off\":\"14:00\","
      "\"address\":{\"line1\":\"1 Main St\",\"city\":\"Newark\",\"country\":\"US\"},\"tags\":[\"east\",\"big\"],"
      "\"calendar\":{\"weekly\":[{\"day\":\"tue\",\"from\":\"09:00\",\"to\":\"17:30\"},"
      "{\"day\":\"mon\",\"from\":\"08:00\",\"to\":\"16:00\"}],"
      "\"exceptions\":[{\"date\":\"2026-12-25\",\"open\":false,\"why\":\"Christmas\"}]}}");
  CHECK_TEXT(l->site.zone, "America/New_York");
  CHECK_INT(l->site.processing, 180);
  CHECK_INT(l->site.calendar->weekly.n, 2);
  CHECK_INT(l->site.calendar->weekly.at[0].from_minute, 480); /* sorted: Monday */
  CHECK_TEXT(l->site.calendar->exceptions.at[0].why, "Christmas");
  CHECK_INT(l->site.cut_offs->rows.at[0].minute, 14 * 60);
  CHECK_TEXT(l->address->city, "Newark");
  CHECK_TEXT(l->tags.at[1], "big");
}

TEST(all_that_is_wrong_with_a_location_is_told_at_once)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  CHECK_ERR(create(t, cx,
                   "{\"code\":\"NJ1\",\"spread\":3,\"latitude\":40.5,\"cut_off\":\"25:00\","
                   "\"calendar\":{\"weekly\":[{\"day\":\"mon\",\"from\":\"17:00\",\"to\":\"08:00\"}]}}"),
            ERR_INVALID);
  CHECK_INT(cx->fault.n, 4);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/spread");
  CHECK_TEXT(cx->fault.entries[1].pointer, "/longitude");
}

TEST(a_patch_changes_what_it_names)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct location *l;
  struct act_result result;
  a_location(t, cx, "{\"code\":\"NJ1\",\"name\":\"New Jersey\",\"cut_off\":\"14:00\"}");
  CHECK_OK(patch(cx, "NJ1", "{\"paused\":true,\"cut_off\":null}", 1, &result));
  CHECK_INT(result.version, 2);
  CHECK_OK(location_find(cx, "NJ1", &l));
  CHECK(l->paused);
  CHECK_TEXT(l->name, "New Jersey");
  CHECK(!l->cut_off);
  CHECK_INT(scratch_events(cx, "location.updated"), 1);
}

TEST(a_patch_that_changes_nothing_is_no_event)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct act_result result;
  a_location(t, cx, "{\"code\":\"NJ1\",\"name\":\"New Jersey\"}");
  CHECK_OK(patch(cx, "NJ1", "{\"name\":\"New Jersey\",\"code\":\"NJ1\"}", ABSENT, &result));
  CHECK_INT(result.version, 1);
  CHECK_INT(scratch_events(cx, "location.updated"), 0);
}

TEST(code_and_spread_are_fixed)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  a_location(t, cx, "{\"code\":\"NJ1\"}");
  CHECK_ERR(patch(cx, "NJ1", "{\"code\":\"NJ2\",\"spread\":4}", ABSENT, NULL), ERR_INVALID);
  CHECK_INT(cx->fault.n, 2);
  CHECK_TEXT(cx->fault.entries[0].code, "fixed");
}

TEST(a_stale_version_is_refused)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  a_location(t, cx, "{\"code\":\"NJ1\"}");
  CHECK_OK(patch(cx, "NJ1", "{\"paused\":true}", 1, NULL));
  CHECK_ERR(patch(cx, "NJ1", "{\"paused\":false}", 1, NULL), ERR_VERSION);
}

TEST(negative_stock_stays_allowed_while_there_is_some)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  a_location(t, cx, "{\"code\":\"TILL\",\"negative_stock\":true}");
  a_product(t, cx, "TEE-S");
  receive(t, cx, "TILL", "TEE-S", -2);
  CHECK_ERR(patch(cx, "TILL", "{\"negative_stock\":false}", ABSENT, NULL), ERR_STATE);
  receive(t, cx, "TILL", "TEE-S", 2);
  CHECK_OK(patch(cx, "TILL", "{\"negative_stock\":false}", ABSENT, NULL));
}

TEST(looking_up_a_location_costs_nothing)
{
  enum { LOCATIONS = 60, LOOKUPS = 200000 };
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct location *l;
  struct timespec before, after;
  for (int i = 0; i < LOCATIONS; i++)
    a_location(t, cx, arena_printf(t->arena, "{\"code\":\"L%d\"}", i));
  CHECK_OK(location_by_code(cx, "L59", &l));
  clock_gettime(CLOCK_MONOTONIC, &before);
  for (int i = 0; i < LOOKUPS; i++)
    CHECK_OK(location_by_code(cx, "L59", &l));
  clock_gettime(CLOCK_MONOTONIC, &after);
  int64_t ns = ((after.tv_sec - before.tv_sec) * INT64_C(1000000000) + after.tv_nsec - before.tv_nsec) / LOOKUPS;
  printf("  location_by_code from the memo: %lld ns\n", (long long)ns);
  CHECK(ns < 5000); /* under the sanitizers and on a busy machine */
}

static void look(void *arg, size_t i)
{
  struct ctx own = *(struct ctx *)arg;
  const struct location *l;
  (void)i;
  fault_init(&own.fault, own.arena);
  db_use(own.db, &own.fault, own.arena);
  CHECK_ERR(location_by_code(&own, "NOWHERE", &l), ERR_NOT_FOUND);
}

TEST(loads_side_by_side_fill_the_memo_once)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  if (!test_on_postgres())
    SKIP("about PostgreSQL: elsewhere loads run one after the other");
  for (int i = 0; i < 20; i++)
    CHECK_OK(create(t, cx, arena_printf(t->arena, "{\"code\":\"L%d\"}", i)));
  CHECK_OK(scratch_begin(cx));
  db_memo_clear(cx->db);
  look(cx, 0);
  size_t once = db_memo_bytes(cx->db);
  db_memo_clear(cx->db);
  db_together(cx->db, 30, look, cx);
  db_use(cx->db, &cx->fault, cx->arena);
  CHECK_INT(db_memo_bytes(cx->db), once);
  scratch_rollback(cx);
}
