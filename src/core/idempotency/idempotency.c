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
const struct rec stored_reply_rec = REC(struct stored_reply, "StoredReply", stored_reply_fields, "A reply kept for repeats");
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

enum err idempotency_expire(struct ctx *cx, int64_t limit, int64_t *out_n)
{
  static const struct db_where expired = {&stored_reply_table, "expires_at <= $1 ORDER BY expires_at LIMIT $2", DB_LIST};
  LIST(struct stored_reply) rows = {0};
  TRY(db_select(cx->db, &expired, (struct list *)&rows, DB_ARGS(I64(cx->now.ms), I64(limit))));
  EACH (struct stored_reply, row, &rows)
    TRY(db_delete(cx->db, &stored_reply_table, row));
  *out_n = (int64_t)rows.n;
  return ERR_OK;
}
