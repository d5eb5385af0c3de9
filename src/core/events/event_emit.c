/* Writing events and sealing them: numbers and a hash chain over what a transaction made true. */
#include "events_priv.h"

#include <stdio.h>
#include <string.h>

static const struct rec_field event_row_fields[] = {
    FIELD(struct event, bucket, .flags = REC_KEY),
    FIELD(struct event, subject_kind),
    FIELD_AS(REC_INT, struct event, subject_id, .flags = REC_KEY),
    FIELD(struct event, n, .flags = REC_KEY),
    FIELD(struct event, topic),
    FIELD(struct event, at),
    FIELD_AS(REC_ENUM, struct event, actor_kind, .names = actor_kinds),
    FIELD(struct event, actor_id),
    FIELD(struct event, actor_name),
    FIELD(struct event, request_id),
    FIELD(struct event, subject_prefix),
    FIELD(struct event, ref_prefix),
    FIELD(struct event, ref_id),
    FIELD_AS(REC_JSON, struct event, data),
    FIELD(struct event, personal_digest),
};
const struct rec event_row_rec = REC(struct event, "EventRow", event_row_fields, "A fact, as it is stored");
const struct db_table event_table = {"event", &event_row_rec};

static enum err store_personal(struct ctx *cx, struct event *e, const char *personal)
{
  static const struct db_stmt put = {
      "INSERT INTO event_personal (bucket, subject_id, n, salt, personal) VALUES ($1, $2, $3, $4, $5)", DB_KEYED};
  char salt[33];
  snprintf(salt, sizeof salt, "%016llx%016llx", (unsigned long long)ids_random(cx->ids),
           (unsigned long long)ids_random(cx->ids));
  size_t n = strlen(personal);
  char *salted = arena_alloc(cx->arena, 32 + n);
  memcpy(salted, salt, 32);
  memcpy(salted + 32, personal, n);
  char *digest = arena_alloc(cx->arena, HASH_TEXT);
  sha256_hex(salted, 32 + n, digest);
  e->personal_digest = digest;
  return db_run(cx->db, &put, NULL, DB_ARGS(I64(e->bucket), I64(e->subject_id), I64(e->n), TEXT(salt), TEXT(personal)));
}

enum err event_emit(struct ctx *cx, const struct event_draft *d)
{
  assert(cx->batch && cx->event_ordinal < EVENTS_PER_VERSION);
  struct event e = {
      .bucket = d->bucket,
      .subject_kind = d->subject_kind,
      .subject_id = d->subject_id,
      .n = d->version * EVENTS_PER_VERSION + cx->event_ordinal++,
      .topic = d->topic,
      .at = cx->now,
      .actor_kind = cx->actor.kind,
      .actor_id = cx->actor.id,
      .actor_name = cx->actor.name ? cx->actor.name : "",
      .request_id = cx->request_id,
      .subject_prefix = d->subject_prefix,
      .ref_prefix = d->ref_id ? d->ref_prefix : NULL,
      .ref_id = d->ref_id ? d->ref_id : ABSENT,
      .data = d->data ? d->data : "{}",
  };
  if (d->personal)
    TRY(store_personal(cx, &e, d->personal));
  TRY(db_insert(cx->db, &event_table, &e));
  *LIST_ADD(cx->batch->feed->arena, &cx->batch->feed->events) = e;
  return ERR_OK;
}

static void unit_text(struct buf *out, const char *s)
{
  buf_text(out, s);
  buf_char(out, '\x1f');
}

static void unit_i64(struct buf *out, int64_t v)
{
  if (v != ABSENT)
    buf_i64(out, v);
  buf_char(out, '\x1f');
}

void event_columns(const struct event *e, struct buf *out)
{
  unit_i64(out, e->bucket);
  unit_text(out, e->subject_kind);
  unit_i64(out, e->subject_id);
  unit_i64(out, e->n);
  unit_text(out, e->topic);
  unit_i64(out, e->at.ms);
  unit_text(out, actor_kinds[e->actor_kind]);
  unit_i64(out, e->actor_id);
  unit_text(out, e->actor_name);
  unit_text(out, e->request_id);
  unit_text(out, e->subject_prefix);
  unit_text(out, e->ref_prefix);
  unit_i64(out, e->ref_id);
  unit_text(out, e->data);
  unit_text(out, e->personal_digest);
}

void event_canonical(const struct event *e, struct buf *out)
{
  out->n = 0;
  event_columns(e, out);
  char fill[SHA256_BLOCK];
  memset(fill, 0x1f, sizeof fill);
  buf_add(out, fill, -out->n % SHA256_BLOCK);
}

size_t feed_link(const struct feed_head *head, unsigned char out[FEED_LINK_BYTES])
{
  memcpy(out, head->hash, HASH_BYTES);
  return HASH_BYTES + decimal_format(head->seq + 1, 0, (char *)out + HASH_BYTES);
}

void feed_chain(struct feed_head *head, const struct event *e, struct buf *scratch)
{
  unsigned char link[FEED_LINK_BYTES];
  event_canonical(e, scratch);
  buf_add(scratch, link, feed_link(head, link));
  sha256(scratch->at, scratch->n, head->hash);
  head->seq++;
}

enum err feed_head_load(struct ctx *cx, struct feed_head *out)
{
  static const struct db_stmt last = {"SELECT seq, hash FROM feed WHERE feed_group = 0 ORDER BY seq DESC LIMIT 1",
                                      DB_KEYED};
  struct feed_head head = {0};
  struct db_rows rows;
  TRY(db_query(cx->db, &last, &rows, DB_NO_ARGS));
  if (db_next(&rows)) {
    size_t n = 0;
    head.seq = db_i64(&rows, 0);
    const void *hash = db_bytes(&rows, 1, &n);
    if (n == HASH_BYTES)
      memcpy(head.hash, hash, HASH_BYTES);
  }
  TRY(db_done(&rows));
  *out = head;
  return ERR_OK;
}

enum err feed_put(struct ctx *cx, const struct feed_head *head, int64_t bucket, int64_t subject_id, int64_t n)
{
  static const struct db_stmt put = {
      "INSERT INTO feed (feed_group, seq, event_bucket, subject_id, n, hash) VALUES (0, $1, $2, $3, $4, $5)", DB_KEYED};
  return db_run(cx->db, &put, NULL,
                DB_ARGS(I64(head->seq), I64(bucket), I64(subject_id), I64(n), BYTES(head->hash, HASH_BYTES)));
}

enum err events_seal(struct ctx *cx, struct feed_batch *batch, struct feed_head *head)
{
  struct feed_head next = *head;
  struct buf scratch;
  buf_init(&scratch, cx->arena);
  EACH (struct event, e, &batch->events) {
    feed_chain(&next, e, &scratch);
    TRY(feed_put(cx, &next, e->bucket, e->subject_id, e->n));
  }
  *head = next;
  return ERR_OK;
}

const char *event_changes(struct arena *a, const struct rec *rec, const void *before, const void *after)
{
  rec_differences differences = {0};
  rec_diff(rec, before, after, "", a, &differences);
  if (differences.n == 0)
    return "{}";
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_key(&o, "changes");
  json_array(&o);
  EACH (struct rec_difference, d, &differences) {
    json_object(&o);
    json_put_text(&o, "pointer", d->pointer);
    json_key(&o, "before");
    json_raw(&o, d->before ? d->before : "null");
    json_key(&o, "after");
    json_raw(&o, d->after ? d->after : "null");
    json_object_end(&o);
  }
  json_array_end(&o);
  json_object_end(&o);
  return buf_str(&text);
}
