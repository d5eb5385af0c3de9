/* Processes on one database, each with a connection and a clock of its own. */
#include "leases.h"
#include "scratch.h"

enum { HOLD_MS = 12000 };

static const struct lease_name names[] = {{"work", BUCKET_GROUPS}, {"search", 1}};

struct process {
  struct instant now;
  char owner[LEASE_OWNER_TEXT];
  struct leases *leases;
};

static void process_end(void *arg)
{
  leases_free(((struct process *)arg)->leases);
}

/* Another process. It shares the test's connection: ticks come one after the other. */
static struct process *a_process(struct ctx *cx)
{
  struct process *p = ARENA_NEW(cx->arena, struct process);
  p->now = cx->now;
  lease_owner_draw(p->owner);
  p->leases = leases_new(&(struct leases_config){.db = cx->db,
                                                 .clock = clock_fixed(&p->now),
                                                 .owner = p->owner,
                                                 .names = names,
                                                 .n = COUNT_OF(names),
                                                 .hold_ms = HOLD_MS});
  arena_defer(cx->arena, process_end, p);
  return p;
}

static void tick_at(struct ctx *cx, struct process *p, int64_t ms)
{
  p->now.ms = cx->now.ms + ms;
  CHECK_OK(leases_tick(p->leases, &cx->fault));
}

static int held(const struct process *p)
{
  return __builtin_popcountll((unsigned long long)leases_groups(p->leases, "work").bits);
}

static bool overlap(const struct process *a, const struct process *b)
{
  return leases_groups(a->leases, "work").bits & leases_groups(b->leases, "work").bits;
}

/* A transaction of work that p does under its lease; it writes a row only when the fence lets it. */
static enum err work(struct ctx *cx, const struct process *p)
{
  static const struct db_stmt put = {"INSERT INTO consumer (name, feed_seq, updated_at) VALUES ('work', 1, 1)"
                                     " ON CONFLICT (name) DO UPDATE SET feed_seq = consumer.feed_seq + 1",
                                     DB_KEYED};
  CHECK_OK(scratch_begin(cx));
  enum err err = leases_fence(cx, p->leases, "search", 0);
  if (err == ERR_OK)
    err = db_run(cx->db, &put, NULL, DB_NO_ARGS);
  if (err == ERR_OK)
    err = db_commit(cx->db);
  else
    scratch_rollback(cx);
  return err;
}

TEST(one_process_takes_everything)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct process *p = a_process(cx);
  CHECK_INT(held(p), 0);
  tick_at(cx, p, 0);
  CHECK_INT(held(p), BUCKET_GROUPS);
  CHECK(leases_hold(p->leases, "search", 0));
}

TEST(two_processes_share_and_a_third_comes_and_goes)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct process *a = a_process(cx), *b = a_process(cx), *c = a_process(cx);
  tick_at(cx, a, 0);
  tick_at(cx, b, 0);
  CHECK_INT(held(b), 0); /* nothing is free yet */
  tick_at(cx, a, 3000);
  CHECK_INT(held(a), 32);
  tick_at(cx, b, 3000);
  CHECK_INT(held(b), 32);
  CHECK(!overlap(a, b));
  CHECK(leases_hold(a->leases, "search", 0) && !leases_hold(b->leases, "search", 0));
  tick_at(cx, c, 3000);
  for (int64_t ms = 6000; ms <= 9000; ms += 3000) {
    tick_at(cx, a, ms);
    tick_at(cx, b, ms);
    tick_at(cx, c, ms);
  }
  CHECK_INT(held(a), 22);
  CHECK_INT(held(b), 22);
  CHECK_INT(held(c), 20);
  CHECK(!overlap(a, b) && !overlap(b, c) && !overlap(a, c));
  CHECK_OK(leases_release(a->leases, &cx->fault));
  CHECK_INT(held(a), 0);
  tick_at(cx, b, 12000); /* at once: a's time is not over */
  tick_at(cx, c, 12000);
  CHECK_INT(held(b) + held(c), BUCKET_GROUPS);
  CHECK(leases_hold(b->leases, "search", 0));
}

TEST(the_others_take_over_when_the_time_of_a_dead_one_is_over)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct process *a = a_process(cx), *b = a_process(cx);
  tick_at(cx, a, 0);
  tick_at(cx, b, 1);
  tick_at(cx, b, HOLD_MS - 1);
  CHECK_INT(held(b), 0);
  tick_at(cx, b, HOLD_MS + HOLD_MS / 4);
  CHECK_INT(held(b), BUCKET_GROUPS);
  CHECK(leases_hold(b->leases, "search", 0));
}

/* It does not know that its time is over until it looks; and when it writes without looking, the epoch stops it. */
TEST(a_sleeper_writes_nothing_under_an_old_epoch)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct process *a = a_process(cx), *b = a_process(cx);
  tick_at(cx, a, 0);
  CHECK_OK(work(cx, a));
  tick_at(cx, b, 0);
  tick_at(cx, b, 2 * HOLD_MS);
  CHECK_ERR(work(cx, a), ERR_STATE);
  CHECK_OK(work(cx, b));
  CHECK_INT(scratch_i64(cx, "SELECT feed_seq FROM consumer WHERE name = 'work'"), 2);
  a->now.ms += 2 * HOLD_MS;
  CHECK(!leases_hold(a->leases, "search", 0));
  tick_at(cx, a, 2 * HOLD_MS);
  CHECK(!leases_hold(a->leases, "search", 0));
  CHECK(!overlap(a, b));
}

TEST(a_lease_is_not_believed_in_to_its_last_moment)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct process *p = a_process(cx);
  tick_at(cx, p, 0);
  p->now.ms = cx->now.ms + HOLD_MS * 4 / 5 - 1;
  CHECK(leases_hold(p->leases, "search", 0));
  p->now.ms = cx->now.ms + HOLD_MS * 4 / 5;
  CHECK(!leases_hold(p->leases, "search", 0));
  CHECK_INT(held(p), 0);
  tick_at(cx, p, HOLD_MS * 2); /* nobody took it: it is the same lease */
  CHECK(leases_hold(p->leases, "search", 0));
  CHECK_INT(scratch_i64(cx, "SELECT epoch FROM lease WHERE name = 'search'"), 1);
}

TEST(an_idle_process_writes_only_when_it_is_time)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct process *p = a_process(cx);
  const char *until = "SELECT min(until) FROM lease";
  tick_at(cx, p, 0);
  tick_at(cx, p, HOLD_MS / 4 - 1);
  CHECK_INT(scratch_i64(cx, until), cx->now.ms + HOLD_MS);
  tick_at(cx, p, HOLD_MS / 4);
  CHECK_INT(scratch_i64(cx, until), cx->now.ms + HOLD_MS + HOLD_MS / 4);
  leases_hurry(p->leases);
  tick_at(cx, p, HOLD_MS / 4 + 1);
  CHECK_INT(scratch_i64(cx, until), cx->now.ms + HOLD_MS + HOLD_MS / 4 + 1);
}

TEST(a_process_alone_on_its_database_holds_everything_and_writes_nothing)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct leases *l = leases_new(&(struct leases_config){
      .clock = clock_fixed(&cx->now), .owner = "alone", .names = names, .n = COUNT_OF(names), .hold_ms = HOLD_MS});
  CHECK_OK(leases_tick(l, &cx->fault));
  CHECK(leases_hold(l, "search", 0));
  CHECK_INT(leases_groups(l, "work").bits, BUCKET_GROUPS_ALL.bits);
  CHECK_OK(leases_release(l, &cx->fault));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM lease"), 0);
  leases_free(l);
}

TEST(a_set_of_groups_chooses_rows_by_bucket_or_id)
{
  static const struct db_stmt chosen = {
      "SELECT count(*) FROM event WHERE " IN_GROUPS("bucket", "$1") " AND " IN_GROUPS("subject_id", "$1"), DB_REPORT};
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  static const int64_t buckets[] = {0, 15, 16, 1007, 1008, 1023};
  static const struct {
    uint64_t bits;
    int64_t rows;
  } sets[] = {{0, 0}, {1, 2}, {2, 1}, {UINT64_C(1) << 62, 1}, {UINT64_C(1) << 63, 2}, {~UINT64_C(0), 6}};
  CHECK_OK(scratch_begin(cx));
  for (size_t i = 0; i < COUNT_OF(buckets); i++)
    CHECK_OK(event_emit(cx, &(struct event_draft){.topic = "test.told",
                                                  .subject_kind = "test",
                                                  .subject_prefix = "ord",
                                                  .bucket = buckets[i],
                                                  .subject_id = INT64_C(99) << 40 | buckets[i],
                                                  .version = 1}));
  CHECK_OK(scratch_commit(cx));
  for (size_t i = 0; i < COUNT_OF(sets); i++) {
    int64_t n = -1;
    CHECK_OK(db_one_i64(cx->db, &chosen, &n, DB_ARGS(I64((int64_t)sets[i].bits))));
    CHECK_INT(n, sets[i].rows);
  }
}
