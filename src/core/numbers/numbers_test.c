/* Numbers in blocks, as several writers draw them: never twice, rising in each, given back where that is true. */
#include "numbers.h"
#include "scratch.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two writers of one process, taking turns on one connection. */
struct two {
  struct ctx *cx;
  struct numbers_batch *own, *a, *b;
};

static void two_free(void *arg)
{
  struct two *w = arg;
  w->cx->batch->numbers = w->own;
  numbers_free(w->a);
  numbers_free(w->b);
}

static struct two *two_new(struct test *t)
{
  struct two *w = ARENA_NEW(t->arena, struct two);
  w->cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  *w = (struct two){w->cx, w->cx->batch->numbers, numbers_new(true), numbers_new(true)};
  arena_defer(t->arena, two_free, w);
  return w;
}

static void begin(struct two *w, struct numbers_batch *who)
{
  w->cx->batch->numbers = who;
  CHECK_OK(scratch_begin(w->cx));
}

static void commit(struct two *w)
{
  CHECK_OK(scratch_commit(w->cx));
  numbers_settle(w->cx->batch->numbers);
}

static const char *draw(struct two *w)
{
  const char *number;
  CHECK_OK(number_draw(w->cx, "order", "SO-", &number));
  return number;
}

static int64_t next_value(struct two *w)
{
  return scratch_i64(w->cx, "SELECT next_value FROM number_series WHERE code = 'order'");
}

TEST(each_writer_draws_from_a_block_of_its_own)
{
  struct two *w = two_new(t);
  begin(w, w->a);
  CHECK_TEXT(draw(w), "SO-100001");
  CHECK_TEXT(draw(w), "SO-100002");
  commit(w);
  begin(w, w->b);
  CHECK_TEXT(draw(w), "SO-100017");
  commit(w);
  begin(w, w->a);
  CHECK_TEXT(draw(w), "SO-100003");
  commit(w);
}

TEST(a_transaction_that_is_gone_gives_its_numbers_back)
{
  struct two *w = two_new(t);
  begin(w, w->a);
  CHECK_TEXT(draw(w), "SO-100001"); /* the block is of this transaction, and goes with it */
  scratch_rollback(w->cx);
  begin(w, w->b);
  CHECK_TEXT(draw(w), "SO-100001");
  commit(w);
  begin(w, w->b);
  CHECK_TEXT(draw(w), "SO-100002");
  scratch_rollback(w->cx);
  begin(w, w->b);
  CHECK_TEXT(draw(w), "SO-100002");
  commit(w);
}

TEST(who_runs_out_in_the_middle_goes_on_with_a_larger_block)
{
  struct two *w = two_new(t);
  begin(w, w->a);
  for (int i = 0; i < 40; i++)
    CHECK_TEXT(draw(w), arena_printf(t->arena, "SO-%d", 100001 + i));
  commit(w);
  CHECK_INT(next_value(w), 100001 + 16 + 32);
  CHECK(numbers_short(w->a, 1)); /* 40 are expected again, 8 are there */
  begin(w, w->a);
  CHECK_OK(numbers_top_up(w->cx, 1));
  commit(w);
  CHECK(!numbers_short(w->a, 1));
  begin(w, w->a);
  CHECK_TEXT(draw(w), "SO-100041"); /* nobody drew since: the rest comes first */
  commit(w);
}

TEST(the_rest_of_a_block_is_given_back_when_nobody_drew_since)
{
  struct two *w = two_new(t);
  begin(w, w->a);
  draw(w);
  commit(w);
  begin(w, w->b);
  draw(w);
  commit(w);
  begin(w, w->a);
  CHECK_OK(numbers_return(w->cx));
  commit(w);
  CHECK_INT(next_value(w), 100033); /* b drew since: a gap that the row explains */
  begin(w, w->b);
  CHECK_OK(numbers_return(w->cx));
  commit(w);
  CHECK_INT(next_value(w), 100018);
}

TEST(a_series_that_was_changed_is_read_anew)
{
  static const struct db_stmt change = {"UPDATE number_series SET prefix = 'X-', version = version + 1 WHERE code = 'order'",
                                        DB_KEYED};
  struct two *w = two_new(t);
  begin(w, w->a);
  draw(w);
  commit(w);
  begin(w, w->b);
  CHECK_OK(db_run(w->cx->db, &change, NULL, DB_NO_ARGS));
  commit(w);
  begin(w, w->a);
  CHECK_OK(numbers_refresh(w->cx));
  CHECK_TEXT(draw(w), "X-100017");
  commit(w);
}

/* ---- Without gaps ---- */

static const char *draw_legal(struct two *w)
{
  static const struct gapless_series legal = {.code = "invoice", .prefix = "INV-"};
  const char *number;
  int64_t value;
  CHECK_OK(number_draw_gapless(w->cx, &legal, &number, &value));
  return number;
}

TEST(a_gapless_series_goes_on_where_the_last_commit_ended)
{
  struct two *w = two_new(t);
  begin(w, w->a);
  CHECK_TEXT(draw_legal(w), "INV-000001");
  CHECK_TEXT(draw_legal(w), "INV-000002");
  CHECK_OK(numbers_flush(w->cx));
  commit(w);
  begin(w, w->b);
  CHECK_TEXT(draw_legal(w), "INV-000003");
  CHECK_OK(numbers_flush(w->cx));
  scratch_rollback(w->cx);
  numbers_forget(w->b);
  begin(w, w->a);
  CHECK_TEXT(draw_legal(w), "INV-000003");
  CHECK_OK(numbers_flush(w->cx));
  commit(w);
  begin(w, w->b);
  CHECK_OK(numbers_return(w->cx));
  commit(w);
  CHECK_INT(scratch_i64(w->cx, "SELECT next_value FROM number_series WHERE code = 'invoice'"), 4);
}

/* One of the processes that draw: a few numbers, each kept in a row; one transaction in four is given up. */
static enum err keep_some(struct ctx *cx, int64_t turn)
{
  static const struct gapless_series legal = {.code = "invoice", .prefix = "INV-"};
  static const struct db_stmt keep = {"INSERT INTO order_number (bucket, number, order_id) VALUES (1, $1, $2)", DB_KEYED};
  for (int64_t i = 0; i <= turn % 3; i++) {
    const char *number;
    int64_t value;
    TRY(number_draw_gapless(cx, &legal, &number, &value));
    TRY(db_run(cx->db, &keep, NULL, DB_ARGS(TEXT(number), I64(value))));
  }
  return numbers_flush(cx);
}

static void draw_for_ever(const char *url)
{
  struct arena *a = arena_new(1 << 20);
  struct batch batch = {.numbers = numbers_new(true)};
  struct db *db;
  struct ctx cx;
  ctx_init(&cx, a, NULL, clock_real.now(NULL));
  if (db_open(url, DB_WRITER, &cx.fault, &db) != ERR_OK)
    _exit(1);
  cx.db = db;
  cx.batch = &batch;
  for (int64_t turn = getpid();; turn++) {
    arena_reset(a);
    fault_init(&cx.fault, a);
    db_use(db, &cx.fault, a);
    if (db_begin(db) != ERR_OK)
      continue;
    if (keep_some(&cx, turn) == ERR_OK && turn % 4 != 0 && db_commit(db) == ERR_OK) {
      numbers_settle(batch.numbers);
      continue;
    }
    db_rollback(db);
    numbers_forget(batch.numbers);
  }
}

static pid_t begin_drawing(const char *url)
{
  pid_t pid = fork();
  if (pid == 0)
    draw_for_ever(url);
  return pid;
}

TEST(processes_that_are_killed_leave_no_hole_in_a_gapless_series)
{
  enum { PROCESSES = 6, KILLS = 40, BETWEEN_US = 50000 };
  const char *url = scratch_database(t);
  pid_t pids[PROCESSES];
  for (int i = 0; i < PROCESSES; i++)
    pids[i] = begin_drawing(url);
  for (int i = 0; i < KILLS + PROCESSES; i++) {
    pid_t *victim = &pids[i % PROCESSES];
    usleep(BETWEEN_US);
    kill(*victim, SIGKILL);
    waitpid(*victim, NULL, 0);
    if (i < KILLS)
      *victim = begin_drawing(url);
  }
  static const struct db_stmt drawn = {"SELECT count(DISTINCT order_id) FROM order_number", DB_REPORT};
  static const struct db_stmt highest = {"SELECT max(order_id) FROM order_number", DB_REPORT};
  static const struct db_stmt next = {"SELECT next_value FROM number_series WHERE code = 'invoice'", DB_KEYED};
  struct fault f;
  struct db *db;
  int64_t n = 0, high = 0, after = 0;
  fault_init(&f, t->arena);
  CHECK_OK(db_open(url, DB_READER, &f, &db));
  db_use(db, &f, t->arena);
  CHECK_OK(db_one_i64(db, &drawn, &n, DB_NO_ARGS));
  CHECK_OK(db_one_i64(db, &highest, &high, DB_NO_ARGS));
  CHECK_OK(db_one_i64(db, &next, &after, DB_NO_ARGS));
  CHECK(n > PROCESSES);
  CHECK_INT(high, n);
  CHECK_INT(after, n + 1);
  db_close(db);
}
