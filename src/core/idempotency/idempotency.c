/* Stored replies. The row is wide (it carries a body), so it is a rowid table on SQLite. */
#include "idempotency.h"

#include "settings.h"

static const struct rec_field stored_reply_fields[] = {
    FIELD(struct stored_reply, bucket, .flags = REC_KEY),
    FIELD(struct stored_reply, actor_id, .flags = REC_KEY),
    FIELD(struct stored_reply, idempotency_key, .flags = REC_KEY),
    FIELD(struct stored_reply, request_hash),
    FIELD(struct stored_reply, status),
    FIELD(struct stored_reply, location),
    FIELD(struct stored_reply, version),
    FIELD(struct stored_reply, body),
    FIELD(struct stored_reply, created_at),
    FIELD(struct stored_reply, expires_at),
};
const struct rec stored_reply_rec =
    REC(struct stored_reply, "StoredReply", stored_reply_fields, "A reply kept for repeats");
static const struct db_table stored_reply_table = {"idempotency", &stored_reply_rec};

static int64_t bucket_of(const struct ctx *cx, const char *key)
{
  return bucket_of_pair(cx->actor.id, key);
}

enum err idempotency_find(struct ctx *cx, const char *key, struct stored_reply *out)
{
  struct stored_reply row = {.bucket = bucket_of(cx, key), .actor_id = cx->actor.id, .idempotency_key = key};
  TRY(db_get(cx->db, &stored_reply_table, &row));
  if (row.expires_at.ms <= cx->now.ms)
    return ERR_NOT_FOUND;
  *out = row;
  return ERR_OK;
}

enum err idempotency_store(struct ctx *cx, struct stored_reply *reply)
{
  int64_t hours;
  TRY(setting_i64(cx, SETTING_IDEMPOTENCY_HOURS, &hours));
  reply->bucket = bucket_of(cx, reply->idempotency_key);
  reply->actor_id = cx->actor.id;
  reply->created_at = cx->now;
  reply->expires_at = INSTANT(cx->now.ms + hours * HOUR_MS);
  return db_upsert(cx->db, &stored_reply_table, reply);
}

/* Bodies may be large: only keys are read. */
enum err idempotency_expire(struct ctx *cx, int64_t limit, int64_t *out_n)
{
  static const struct db_stmt expired = {
      "SELECT bucket, actor_id, idempotency_key FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2",
      DB_LIST};
  LIST(struct stored_reply) keys = {0};
  struct db_rows rows;
  TRY(db_query(cx->db, &expired, &rows, DB_ARGS(I64(cx->now.ms), I64(limit))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, &keys) = (struct stored_reply){
        .bucket = db_i64(&rows, 0), .actor_id = db_i64(&rows, 1), .idempotency_key = db_text(&rows, 2)};
  TRY(db_done(&rows));
  EACH (const struct stored_reply, key, &keys)
    TRY(db_delete(cx->db, &stored_reply_table, key));
  *out_n = (int64_t)keys.n;
  return ERR_OK;
}
