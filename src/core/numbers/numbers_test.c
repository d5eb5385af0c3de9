/* Numbers in blocks, as several writers draw them: never twice, rising in each, given back where that is true. */
#include "numbers.h"
#include "scratch.h"

#include <string.h>

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
