/* Who looks at an order now. */
#include "scratch.h"
#include "views.h"

static const char morning[] = "2026-01-05T09:00:00Z";
static const int64_t an_order = 4711 * 1024 + 17;

static void be(struct ctx *cx, int64_t id, const char *name)
{
  cx->actor = (struct actor){ACTOR_USER, id, name, PERMISSIONS_ALL, NULL};
}

static void later(struct ctx *cx, int64_t ms)
{
  cx->now.ms += ms;
}

/* Says so as a page does; how many others are there. */
static size_t here(struct ctx *cx, bool *out_wrote)
{
  struct presences found;
  CHECK_OK(presence_read(cx, an_order, &found, out_wrote));
  if (*out_wrote)
    CHECK_OK(scratch_act(cx, &presence_here_act, (struct act_input){.body = &an_order, .version = ABSENT}, NULL));
  return found.others.n;
}

TEST(others_are_seen_until_they_leave_or_were_not_heard_of_for_a_while)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct presences found;
  bool wrote;
  be(cx, 1, "Li Wei");
  CHECK_INT(here(cx, &wrote), 0);
  be(cx, 2, "Ann Sun");
  CHECK_INT(here(cx, &wrote), 1);
  be(cx, 1, "Li Wei");
  CHECK_INT(here(cx, &wrote), 1);
  CHECK_OK(scratch_act(cx, &presence_gone_act, (struct act_input){.body = &an_order, .version = ABSENT}, NULL));
  CHECK_OK(scratch_act(cx, &presence_gone_act, (struct act_input){.body = &an_order, .version = ABSENT}, NULL));
  be(cx, 3, "Mei Lin");
  CHECK_OK(presence_read(cx, an_order, &found, &wrote));
  CHECK_INT(found.others.n, 1);
  CHECK_TEXT(found.others.at[0].name, "Ann Sun");
  later(cx, PRESENCE_MS);
  CHECK_INT(here(cx, &wrote), 0);
}

TEST(a_row_is_written_only_when_it_is_some_seconds_old_and_tells_since_when)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct presences found;
  bool wrote;
  struct instant came = cx->now;
  be(cx, 1, "Li Wei");
  CHECK_INT(here(cx, &wrote), 0);
  CHECK(wrote);
  later(cx, PRESENCE_WRITE_MS - 1);
  here(cx, &wrote);
  CHECK(!wrote);
  later(cx, 1);
  here(cx, &wrote);
  CHECK(wrote);
  be(cx, 2, "Ann Sun");
  CHECK_OK(presence_read(cx, an_order, &found, &wrote));
  CHECK_INT(found.others.at[0].since.ms, came.ms);
  /* Who comes back after a break has come anew. */
  later(cx, PRESENCE_MS);
  be(cx, 1, "Li Wei");
  here(cx, &wrote);
  be(cx, 2, "Ann Sun");
  CHECK_OK(presence_read(cx, an_order, &found, &wrote));
  CHECK_INT(found.others.at[0].since.ms, cx->now.ms);
}

TEST(rows_of_browsers_that_died_are_swept_and_no_others)
{
  static const struct db_stmt rows = {"SELECT count(*) FROM presence", DB_REPORT};
  struct ctx *cx = scratch_ctx(t, morning);
  const struct bucket_groups all = {-1};
  int64_t n = 0;
  bool wrote;
  be(cx, 1, "Li Wei");
  here(cx, &wrote);
  later(cx, PRESENCE_MS - 1);
  be(cx, 2, "Ann Sun");
  here(cx, &wrote);
  later(cx, 1);
  CHECK_OK(scratch_act(cx, &presence_sweep_act, (struct act_input){.body = &all, .version = ABSENT}, NULL));
  CHECK_OK(db_one_i64(cx->db, &rows, &n, DB_NO_ARGS));
  CHECK_INT(n, 1);
}
