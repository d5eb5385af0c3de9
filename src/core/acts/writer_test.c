/* The writer's thread on a database of its own, with acts that do nothing but write, or fail after they wrote. */
#include "acts.h"
#include "schema.h"
#include "test.h"

#include <stdlib.h>

struct plant {
  struct instant now;
  const char *url;
  struct arena *arena;
  struct writer *writer;
};

static enum err nothing(struct ctx *cx, const struct act_input *in, void *out)
{
  (void)cx, (void)in, (void)out;
  return ERR_OK;
}
static enum err decide_nothing(struct ctx *cx, const void *facts, void *out)
{
  (void)cx, (void)facts, (void)out;
  return ERR_OK;
}

/* An id is drawn, so the lease must cover it; the row is an event. */
static enum err write_event(struct ctx *cx, const void *plan, struct act_result *out)
{
  (void)plan, (void)out;
  int64_t id = ids_next(cx->ids, cx->now, 7);
  return event_emit(cx, &(struct event_draft){.topic = "test.written",
                                              .subject_kind = "test",
                                              .subject_prefix = "ord",
                                              .bucket = 7,
                                              .subject_id = id,
                                              .version = 1});
}
static enum err write_and_fail(struct ctx *cx, const void *plan, struct act_result *out)
{
  TRY(write_event(cx, plan, out));
  return err_fail(cx, ERR_INVALID, "/here", "it failed after it had written");
}
static const struct act writing = {
    .name = "test.write", .load = nothing, .decide = decide_nothing, .apply = write_event};
static const struct act failing = {
    .name = "test.fail", .load = nothing, .decide = decide_nothing, .apply = write_and_fail};

static void plant_end(void *arg)
{
  struct plant *p = arg;
  writer_stop(p->writer);
  free(p);
}

static struct plant *plant_begin(struct test *t)
{
  struct plant *p = calloc(1, sizeof *p);
  struct fault f;
  struct db *db = NULL;
  fault_init(&f, t->arena);
  p->arena = t->arena;
  p->url = test_database(t);
  p->now = INSTANT(INT64_C(1767603600000));
  CHECK_OK(db_open(p->url, DB_WRITER, &f, &db));
  CHECK_OK(schema_migrate(db));
  db_close(db);
  CHECK_OK(
      writer_start(&(struct writer_config){.url = p->url, .clock = clock_fixed(&p->now), .seed = 1}, &f, &p->writer));
  arena_defer(t->arena, plant_end, p);
  return p;
}

static enum err run(struct plant *p, const struct act *act)
{
  struct act_call call = {.act = act,
                          .in.version = ABSENT,
                          .arena = p->arena,
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  return writer_run(p->writer, &call);
}

static int64_t ask(struct plant *p, const struct db_stmt *stmt)
{
  struct fault f;
  struct db *db = NULL;
  int64_t out = -1;
  fault_init(&f, p->arena);
  CHECK_OK(db_open(p->url, DB_READER, &f, &db));
  CHECK_OK(db_one_i64(db, stmt, &out, DB_NO_ARGS));
  db_close(db);
  return out;
}

static const struct db_stmt events = {"SELECT count(*) FROM event", DB_REPORT};
static const struct db_stmt lease_until = {"SELECT until FROM node_lease WHERE node = 1", DB_KEYED};
static const struct db_stmt high_water = {"SELECT high_water_ms FROM node_lease WHERE node = 1", DB_KEYED};

TEST(an_act_that_fails_after_it_wrote_leaves_nothing)
{
  struct plant *p = plant_begin(t);
  CHECK_OK(run(p, &writing));
  CHECK_ERR(run(p, &failing), ERR_INVALID);
  CHECK_INT(ask(p, &events), 1);
  CHECK_OK(run(p, &writing));
  CHECK_INT(ask(p, &events), 2);
}

/* Another process took the node of one that was idle for long; the idle one takes another node, but the transaction in
 * which it does so is rolled back. */
TEST(a_node_is_not_used_on_a_lease_that_was_rolled_back)
{
  struct plant *p = plant_begin(t);
  struct writer *other = NULL;
  struct fault f;
  fault_init(&f, t->arena);
  CHECK_OK(run(p, &writing));
  p->now.ms += HOUR_MS;
  CHECK_OK(writer_start(&(struct writer_config){.url = p->url, .clock = clock_fixed(&p->now), .seed = 2}, &f, &other));
  CHECK_ERR(run(p, &failing), ERR_INVALID);
  CHECK_OK(run(p, &writing));
  CHECK(ask(p, &lease_until) > p->now.ms);
  CHECK(ask(p, &high_water) > p->now.ms - INT64_C(1577836800000));
  writer_stop(other);
}

TEST(a_clock_that_goes_back_repeats_no_id)
{
  struct plant *p = plant_begin(t);
  CHECK_OK(run(p, &writing));
  p->now.ms -= DAY_MS;
  CHECK_OK(run(p, &writing));
  CHECK_INT(ask(p, &events), 2);
}
