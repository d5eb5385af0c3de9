/* The scratch database of a test: the writer's transaction without its thread. */
#include "scratch.h"

#include "numbers.h"
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scratch {
  struct ctx cx;
  struct ids ids;
  struct feed_batch feed;
  struct batch batch;
  struct feed_head head;
};

static void scratch_free(void *arg)
{
  struct scratch *s = arg;
  db_close(s->cx.db);
  numbers_free(s->batch.numbers);
  free(s);
}

static struct instant instant_of(const char *text)
{
  struct instant t = INSTANT(0);
  bool ok = instant_parse(text, strlen(text), &t);
  assert(ok);
  return t;
}

/* Migrating takes longer than most tests, so it is done once. */
const char *scratch_database(struct test *t)
{
  static const char *migrated;
  if (!migrated) {
    const char *url = test_database(test_program());
    struct db *db = NULL;
    struct fault fault;
    fault_init(&fault, t->arena);
    enum err err = db_open(url, DB_WRITER, &fault, &db);
    if (err == ERR_OK)
      err = schema_migrate(db);
    if (err != ERR_OK)
      test_failed(__FILE__, __LINE__, "schema_migrate", fault.detail, "ok");
    db_close(db);
    migrated = url;
  }
  return test_database_with(t, migrated);
}

struct ctx *scratch_ctx(struct test *t, const char *instant)
{
  struct scratch *s = calloc(1, sizeof *s);
  struct db *db = NULL;
  struct fault fault;
  const char *url = scratch_database(t);
  fault_init(&fault, t->arena);
  CHECK_OK(db_open(url, DB_WRITER, &fault, &db));
  ctx_init(&s->cx, t->arena, db, instant_of(instant));
  arena_defer(t->arena, scratch_free, s);
  ids_init(&s->ids, 0, 0, 42);
  s->feed.arena = t->arena;
  s->batch.feed = &s->feed;
  s->batch.numbers = numbers_new(false);
  s->batch.arena = t->arena;
  s->cx.ids = &s->ids;
  s->cx.batch = &s->batch;
  return &s->cx;
}

static struct scratch *of(struct ctx *cx)
{
  return (struct scratch *)(void *)((char *)cx - offsetof(struct scratch, cx));
}

void scratch_clock(struct ctx *cx, const char *instant)
{
  cx->now = instant_of(instant);
}

enum err scratch_begin(struct ctx *cx)
{
  fault_clear(&cx->fault);
  cx->event_ordinal = 0;
  of(cx)->feed.events.n = 0;
  of(cx)->feed.events.cap = 0;
  batch_forget(cx->batch);
  db_use(cx->db, &cx->fault, cx->arena);
  return db_begin(cx->db);
}

enum err scratch_commit(struct ctx *cx)
{
  struct scratch *s = of(cx);
  TRY(batch_flush(cx));
  TRY(events_seal(cx, &s->feed, &s->head));
  TRY(numbers_flush(cx));
  return db_commit(cx->db);
}

void scratch_rollback(struct ctx *cx)
{
  db_rollback(cx->db);
  batch_forget(cx->batch);
  numbers_forget(of(cx)->batch.numbers);
  db_memo_clear(cx->db);
}

enum err scratch_act(struct ctx *cx, const struct act *act, struct act_input in, struct act_result *out)
{
  struct act_result ignored;
  TRY(scratch_begin(cx));
  enum err err = act_run(cx, act, &in, out ? out : &ignored);
  if (err == ERR_OK)
    err = scratch_commit(cx);
  if (err != ERR_OK)
    scratch_rollback(cx);
  return err;
}

int64_t scratch_i64(struct ctx *cx, const char *sql)
{
  struct db_stmt *stmt = ARENA_NEW(cx->arena, struct db_stmt);
  int64_t out = 0;
  *stmt = (struct db_stmt){arena_text(cx->arena, sql), DB_REPORT};
  CHECK_OK(db_one_i64(cx->db, stmt, &out, DB_NO_ARGS));
  return out;
}

int64_t scratch_events(struct ctx *cx, const char *topic)
{
  static const struct db_stmt count = {"SELECT count(*) FROM event WHERE topic = $1", DB_REPORT};
  int64_t out = 0;
  CHECK_OK(db_one_i64(cx->db, &count, &out, DB_ARGS(TEXT(topic))));
  return out;
}

const char *scratch_json(struct ctx *cx, const struct act_result *r)
{
  struct buf b;
  buf_init(&b, cx->arena);
  rec_write(r->rec, r->value, r->view, &b);
  return buf_str(&b);
}
