/* The feed of several writers: what waits is numbered once, in the order of each subject's history. */
#include "events.h"
#include "scratch.h"

#include <string.h>

#define NOW "2026-01-05T09:00:00Z"
enum { BUCKET = 7 };

/* A transaction of another server: events, handed over as row n of the node. A clock of its own. */
struct foreign {
  int64_t node, n, at_ms;
  struct {
    int64_t subject, version;
  } tells[4];
};

static enum err tell(struct ctx *cx, int64_t subject, int64_t version)
{
  cx->event_ordinal = 0;
  return event_emit(cx, &(struct event_draft){.topic = "test.told",
                                              .subject_kind = "test",
                                              .subject_prefix = "ord",
                                              .bucket = BUCKET,
                                              .subject_id = subject,
                                              .version = version});
}

static void foreign_run(struct ctx *cx, const struct foreign *f)
{
  struct feed_batch *own = cx->batch->feed, batch = {.arena = cx->arena};
  struct instant now = cx->now;
  CHECK_OK(scratch_begin(cx));
  cx->batch->feed = &batch;
  cx->now.ms += f->at_ms;
  for (size_t i = 0; i < COUNT_OF(f->tells) && f->tells[i].subject; i++)
    CHECK_OK(tell(cx, f->tells[i].subject, f->tells[i].version));
  CHECK_OK(events_hand_over(cx, &batch, f->node, f->n));
  CHECK_OK(db_flush(cx->db));
  cx->now = now;
  cx->batch->feed = own;
  CHECK_OK(db_commit(cx->db));
}

static int64_t number(struct ctx *cx, int64_t limit)
{
  struct feed_head head;
  int64_t n;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(feed_number(cx, limit, &head, &n));
  CHECK_OK(db_commit(cx->db));
  return n;
}

/* "1.1 2.1 1.2": subject and version of the feed's events in order. */
static const char *told(struct ctx *cx)
{
  static const struct db_stmt all = {"SELECT subject_id, n FROM feed WHERE feed_group = 0 ORDER BY seq", DB_LIST};
  struct db_rows rows;
  struct buf b;
  buf_init(&b, cx->arena);
  CHECK_OK(db_query(cx->db, &all, &rows, DB_NO_ARGS));
  while (db_next(&rows))
    buf_printf(&b, "%s%lld.%lld", b.n ? " " : "", (long long)db_i64(&rows, 0),
               (long long)(db_i64(&rows, 1) / EVENTS_PER_VERSION));
  CHECK_OK(db_done(&rows));
  return buf_str(&b);
}

static void check_whole(struct ctx *cx, int64_t seq, int64_t waiting)
{
  struct feed_account account;
  int64_t last, bad;
  CHECK_OK(feed_verify(cx, &last, &bad));
  CHECK_INT(bad, 0);
  CHECK_INT(last, seq);
  CHECK_OK(feed_account(cx, &account));
  CHECK_INT(account.unnumbered, 0);
  CHECK_INT(account.doubled, 0);
  CHECK_INT(account.unreadable, 0);
  CHECK_INT(account.waiting, waiting);
}

TEST(what_waits_is_numbered_once)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  bool waits;
  CHECK_OK(feed_waits(cx, &waits));
  CHECK(!waits);
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 1}, {2, 1}}});
  foreign_run(cx, &(struct foreign){.node = 2, .n = 1, .at_ms = 5, .tells = {{3, 1}}});
  CHECK_OK(feed_waits(cx, &waits));
  CHECK(waits);
  check_whole(cx, 0, 3);
  CHECK_INT(number(cx, 100), 3);
  CHECK_TEXT(told(cx), "1.1 2.1 3.1");
  check_whole(cx, 3, 0);
  CHECK_INT(number(cx, 100), 0);
  check_whole(cx, 3, 0);
}

TEST(a_transaction_that_told_nothing_leaves_no_row)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1});
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM feed_pending"), 0);
}

/* Order 1 moves from a server whose clock is an hour ahead to one that is right and to one that is behind. */
TEST(events_of_one_subject_keep_their_order_whatever_the_clocks_say)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  foreign_run(cx, &(struct foreign){.node = 3, .n = 1, .at_ms = HOUR_MS, .tells = {{1, 1}, {4, 1}}});
  foreign_run(cx, &(struct foreign){.node = 2, .n = 1, .at_ms = 0, .tells = {{2, 1}, {1, 2}}});
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .at_ms = -HOUR_MS, .tells = {{1, 3}, {3, 1}}});
  CHECK_INT(number(cx, 100), 6);
  CHECK_TEXT(told(cx), "1.1 4.1 2.1 1.2 1.3 3.1");
  check_whole(cx, 6, 0);
}

/* No history makes these rows; whatever made them, the feed goes on. */
TEST(rows_that_contradict_each_other_are_numbered_too)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .at_ms = 1, .tells = {{1, 1}, {2, 2}}});
  foreign_run(cx, &(struct foreign){.node = 2, .n = 1, .at_ms = 2, .tells = {{2, 1}, {1, 2}, {3, 2}}});
  foreign_run(cx, &(struct foreign){.node = 3, .n = 1, .at_ms = 3, .tells = {{3, 1}, {2, 3}}});
  CHECK_INT(number(cx, 100), 7);
  check_whole(cx, 7, 0);
}

/* A part of what waits is numbered: never a later event of a subject without the earlier ones. */
TEST(a_bounded_run_takes_the_earlier_rows_first)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  foreign_run(cx, &(struct foreign){.node = 2, .n = 1, .at_ms = HOUR_MS, .tells = {{1, 1}}});
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .at_ms = 1, .tells = {{1, 2}}});
  foreign_run(cx, &(struct foreign){.node = 1, .n = 2, .at_ms = 2, .tells = {{5, 1}}});
  CHECK_INT(number(cx, 1), 1);
  CHECK_TEXT(told(cx), "1.1");
  check_whole(cx, 1, 2);
  CHECK_INT(number(cx, 1), 1);
  CHECK_TEXT(told(cx), "1.1 1.2");
  CHECK_INT(number(cx, 1), 1);
  check_whole(cx, 3, 0);
}

TEST(a_run_that_ends_before_its_commit_has_numbered_nothing)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  struct feed_head head;
  int64_t n;
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 1}, {2, 1}}});
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(feed_number(cx, 100, &head, &n));
  CHECK_INT(n, 2);
  scratch_rollback(cx);
  check_whole(cx, 0, 2);
  CHECK_INT(number(cx, 100), 2);
  check_whole(cx, 2, 0);
}

/* The numbers of those who seal in their own transaction and of the numberer are one chain. */
TEST(sealed_and_handed_over_events_are_one_chain)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(tell(cx, 1, 1));
  CHECK_OK(scratch_commit(cx));
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 2}, {2, 1}}});
  CHECK_INT(number(cx, 100), 2);
  CHECK_TEXT(told(cx), "1.1 1.2 2.1");
  check_whole(cx, 3, 0);
}

static void run(struct ctx *cx, const char *sql)
{
  struct db_stmt *stmt = ARENA_NEW(cx->arena, struct db_stmt);
  *stmt = (struct db_stmt){sql, DB_REPORT};
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_run(cx->db, stmt, NULL, DB_NO_ARGS));
  CHECK_OK(db_commit(cx->db));
}

TEST(an_event_without_a_number_or_with_two_is_found)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  struct feed_account account;
  int64_t last, bad;
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 1}, {2, 1}, {3, 1}}});
  CHECK_INT(number(cx, 100), 3);
  run(cx, "UPDATE feed SET subject_id = 2 WHERE seq = 3");
  CHECK_OK(feed_account(cx, &account));
  CHECK_INT(account.doubled, 3);
  CHECK_OK(feed_verify(cx, &last, &bad));
  CHECK_INT(bad, 3);
  run(cx, "DELETE FROM feed WHERE seq = 3");
  CHECK_OK(feed_account(cx, &account));
  CHECK_INT(account.doubled, 0);
  CHECK_INT(account.unnumbered, 1);
}

TEST(an_event_that_was_changed_breaks_the_chain)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  int64_t last, bad;
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 1}, {2, 1}, {3, 1}}});
  CHECK_INT(number(cx, 100), 3);
  run(cx, "UPDATE event SET topic = 'test.bold' WHERE subject_id = 2");
  CHECK_OK(feed_verify(cx, &last, &bad));
  CHECK_INT(bad, 2);
}

/* A feed as versions before migration 11 chained it. */
TEST(numbers_of_earlier_versions_hold)
{
  struct ctx *cx = scratch_ctx(t, NOW);
  static const struct db_stmt put = {
      "INSERT INTO feed (feed_group, seq, event_bucket, subject_id, n, hash) VALUES (0, 1, $1, $2, $3, $4)", DB_KEYED};
  struct feed_batch *feed = cx->batch->feed;
  struct buf b;
  unsigned char zero[HASH_BYTES] = {0}, hash[HASH_BYTES];
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(tell(cx, 1, 1));
  const struct event *e = &feed->events.at[0];
  buf_init(&b, cx->arena);
  buf_add(&b, zero, sizeof zero);
  buf_text(&b, "1\x1f");
  struct buf columns;
  buf_init(&columns, cx->arena);
  event_canonical(e, &columns);
  while (columns.n > 1 && columns.at[columns.n - 1] == 0x1f)
    columns.n--;
  buf_add(&b, columns.at, columns.n);
  buf_text(&b, "\x1f\x1f"); /* of the data, and of no digest */
  sha256(b.at, b.n, hash);
  CHECK_OK(
      db_run(cx->db, &put, NULL, DB_ARGS(I64(e->bucket), I64(e->subject_id), I64(e->n), BYTES(hash, sizeof hash))));
  CHECK_OK(db_commit(cx->db));
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 2}}});
  CHECK_INT(number(cx, 100), 1);
  check_whole(cx, 2, 0);
  run(cx, "UPDATE event SET actor_name = 'nobody' WHERE n = 256");
  int64_t last, bad;
  CHECK_OK(feed_verify(cx, &last, &bad));
  CHECK_INT(bad, 1);
}

TEST(a_row_that_cannot_be_read_is_told_and_stops_nobody)
{
  static const struct db_stmt put = {"INSERT INTO feed_pending (node, n, at, events) VALUES ($1, $2, $3, $4)",
                                     DB_KEYED};
  struct ctx *cx = scratch_ctx(t, NOW);
  struct feed_account account;
  unsigned char bad_bucket[PENDING_EVENT_BYTES] = {0, 0, 0, 1, 1};
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_run(cx->db, &put, NULL, DB_ARGS(I64(9), I64(1), I64(0), BYTES("short", 5))));
  CHECK_OK(db_run(cx->db, &put, NULL, DB_ARGS(I64(9), I64(2), I64(0), BYTES(bad_bucket, sizeof bad_bucket))));
  CHECK_OK(db_commit(cx->db));
  foreign_run(cx, &(struct foreign){.node = 1, .n = 1, .tells = {{1, 1}}});
  CHECK_INT(number(cx, 100), 1);
  CHECK_TEXT(told(cx), "1.1");
  CHECK_OK(feed_account(cx, &account));
  CHECK_INT(account.unreadable, 2);
  CHECK_INT(account.unnumbered, 0);
}
