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

/* A row that another process has written since it was looked for stays: its reply is the true one. */
enum err idempotency_store(struct ctx *cx, struct stored_reply *reply)
{
  static const struct db_stmt put = {
      "INSERT INTO idempotency (bucket, actor_id, idempotency_key, request_hash, status, location, version, body,"
      " created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
      " ON CONFLICT (bucket, actor_id, idempotency_key) DO UPDATE SET request_hash = excluded.request_hash,"
      " status = excluded.status, location = excluded.location, version = excluded.version, body = excluded.body,"
      " created_at = excluded.created_at, expires_at = excluded.expires_at"
      " WHERE idempotency.expires_at <= excluded.created_at",
      DB_KEYED};
  int64_t hours, rows = 0;
  TRY(setting_i64(cx, SETTING_IDEMPOTENCY_HOURS, &hours));
  reply->bucket = bucket_of(cx, reply->idempotency_key);
  reply->actor_id = cx->actor.id;
  reply->created_at = cx->now;
  reply->expires_at = INSTANT(cx->now.ms + hours * HOUR_MS);
  TRY(db_run(cx->db, &put, &rows,
             DB_ARGS(I64(reply->bucket), I64(reply->actor_id), TEXT(reply->idempotency_key), TEXT(reply->request_hash),
                     I64(reply->status), TEXT(reply->location), I64_OR_NULL(reply->version), TEXT(reply->body),
                     I64(reply->created_at.ms), I64(reply->expires_at.ms))));
  return rows == 1 ? ERR_OK : err_fail(cx, ERR_RETRY, "", "a repeat was answered at the same moment");
}

/* Bodies may be large: only keys are read. */
enum err idempotency_expire(struct ctx *cx, struct bucket_groups groups, int64_t limit, int64_t *out_n)
{
  static const struct db_stmt expired = {
      "SELECT bucket, actor_id, idempotency_key FROM idempotency WHERE expires_at <= $1"
      " AND " IN_GROUPS("bucket", "$2") " ORDER BY expires_at LIMIT $3",
      DB_LIST};
  static const struct db_stmt drop = {
      "DELETE FROM idempotency WHERE bucket = $1 AND actor_id = $2 AND idempotency_key = $3 AND expires_at <= $4",
      DB_KEYED};
  LIST(struct stored_reply) keys = {0};
  struct db_rows rows;
  TRY(db_query(cx->db, &expired, &rows, DB_ARGS(I64(cx->now.ms), I64(groups.bits), I64(limit))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, &keys) = (struct stored_reply){
        .bucket = db_i64(&rows, 0), .actor_id = db_i64(&rows, 1), .idempotency_key = db_text(&rows, 2)};
  TRY(db_done(&rows));
  EACH (const struct stored_reply, key, &keys)
    TRY(db_run(cx->db, &drop, NULL,
               DB_ARGS(I64(key->bucket), I64(key->actor_id), TEXT(key->idempotency_key), I64(cx->now.ms))));
  *out_n = (int64_t)keys.n;
  return ERR_OK;
}
