/* idempotency - replies of success, kept in the transaction of the work, so that a repeat gets the same bytes.
 *
 * A row is keyed (actor, key); its bucket is the hash of both. A refusal stores nothing and frees the key.
 */
#ifndef ORDO_IDEMPOTENCY_H
#define ORDO_IDEMPOTENCY_H

#include "context.h"

#define IDEMPOTENCY_KEY_MAX 255

struct stored_reply {
  int64_t bucket, actor_id;
  const char *idempotency_key;
  const char *request_hash; /* hex SHA-256 of method, path and raw body */
  int64_t status;
  const char *location; /* NULL = none */
  int64_t version;      /* of the ETag; ABSENT = none */
  const char *body;     /* "" = none */
  struct instant created_at, expires_at;
};
extern const struct rec stored_reply_rec;

/* The stored reply of this actor's key; ERR_NOT_FOUND without a fault text when there is none (or it has expired). */
MUST_CHECK enum err idempotency_find(struct ctx *cx, const char *key, struct stored_reply *out);
/* Stores a reply; fills bucket, actor and times. A row that had expired is replaced. */
MUST_CHECK enum err idempotency_store(struct ctx *cx, struct stored_reply *reply);
/* Deletes at most limit replies of these buckets that have expired; *out_n = how many. For a background act. */
MUST_CHECK enum err idempotency_expire(struct ctx *cx, struct bucket_groups groups, int64_t limit, int64_t *out_n);

#endif
