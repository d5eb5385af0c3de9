/* Stored replies: found by their actor and key, gone after their time. */
#include "idempotency.h"
#include "scratch.h"

static enum err store(struct ctx *cx, const char *key)
{
  struct stored_reply reply = {.idempotency_key = key, .request_hash = "h", .status = 201, .version = 1, .body = "{}"};
  TRY(scratch_begin(cx));
  TRY(idempotency_store(cx, &reply));
  return scratch_commit(cx);
}

TEST(a_reply_is_found_by_its_actor_until_it_expires)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct stored_reply found;
  CHECK_OK(store(cx, "k"));
  CHECK_OK(idempotency_find(cx, "k", &found));
  CHECK_INT(found.status, 201);
  CHECK_ERR(idempotency_find(cx, "other", &found), ERR_NOT_FOUND);
  cx->actor.id = 7;
  CHECK_ERR(idempotency_find(cx, "k", &found), ERR_NOT_FOUND);
  cx->actor.id = 0;
  scratch_clock(cx, "2026-01-07T09:00:00Z");
  CHECK_ERR(idempotency_find(cx, "k", &found), ERR_NOT_FOUND);
}

TEST(replies_that_expired_are_deleted_and_no_others)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct stored_reply found;
  int64_t n = 0;
  CHECK_OK(store(cx, "a"));
  CHECK_OK(store(cx, "b"));
  CHECK_OK(store(cx, "c"));
  scratch_clock(cx, "2026-01-06T09:00:00Z");
  CHECK_OK(store(cx, "late"));
  scratch_clock(cx, "2026-01-07T09:00:00Z");
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(idempotency_expire(cx, BUCKET_GROUPS_ALL, 2, &n));
  CHECK_INT(n, 2);
  CHECK_OK(idempotency_expire(cx, BUCKET_GROUPS_ALL, 100, &n));
  CHECK_INT(n, 1);
  CHECK_OK(scratch_commit(cx));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM idempotency"), 1);
  CHECK_OK(idempotency_find(cx, "late", &found));
}
