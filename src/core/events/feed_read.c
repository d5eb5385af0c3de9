/* Reading events: the feed by cursor, a subject's timeline, what changed since a version, and the proof of the chain. */
#include "events_priv.h"

#include <stdio.h>
#include <string.h>

static const struct rec_field feed_entry_fields[] = {
    FIELD(struct feed_entry, cursor, .doc = "Place in the feed; hand it back as `after`. Timelines have none"),
    FIELD(struct feed_entry, id, .flags = REC_REQUIRED, .doc = "Stable name of this event",
          .example = "ord_01jd7k3v9q2m8.256"),
    FIELD(struct feed_entry, topic, .flags = REC_REQUIRED, .doc = "What happened", .example = "order.placed"),
    FIELD(struct feed_entry, subject_kind, .flags = REC_REQUIRED, .doc = "Kind of the record it happened to",
          .example = "order"),
    FIELD(struct feed_entry, subject, .flags = REC_REQUIRED, .doc = "Its id", .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct feed_entry, subject_name,
          .doc = "In the audit log: what people call it - the order's number, SKU, login, name of the setting",
          .example = "SO-100023"),
    FIELD(struct feed_entry, ref, .doc = "Id of the part it is about: fulfillment, payment, hold",
          .example = "ful_01jd7k3v9q2m8"),
    FIELD(struct feed_entry, at, .flags = REC_REQUIRED, .doc = "When"),
    FIELD_AS(REC_ENUM, struct feed_entry, actor_kind, .names = actor_kinds,
             .doc = "Who acted: a user, an API key, a rule or the system"),
    FIELD(struct feed_entry, actor, .doc = "Id of the user, key or rule", .example = "key_01jd7k3v9q2m8"),
    FIELD(struct feed_entry, actor_name, .doc = "Name at that time", .example = "web shop"),
    FIELD(struct feed_entry, request_id, .doc = "Request that caused it", .example = "req_01jd7k3v9q2m8"),
    FIELD_AS(REC_JSON, struct feed_entry, data, .flags = REC_REQUIRED,
             .doc = "Facts of the event; `changes` lists pointer, before and after of what changed", .example = "{}"),
    FIELD_AS(REC_JSON, struct feed_entry, personal, .flags = REC_PERSONAL,
             .doc = "Personal data of the event, while it is kept", .example = "{}"),
};
const struct rec feed_entry_rec = REC(struct feed_entry, "Event", feed_entry_fields, "A fact from the append-only log");

#define EVENT_COLUMNS                                                                                                  \
  "e.bucket, e.subject_kind, e.subject_id, e.n, e.topic, e.at, e.actor_kind, e.actor_id, e.actor_name, e.request_id,"  \
  " e.subject_prefix, e.ref_prefix, e.ref_id, e.data, e.personal_digest, p.personal"
enum { AFTER_EVENT = 16 };

static int kind_of(const char *name)
{
  int k = 0;
  while (actor_kinds[k] && strcmp(actor_kinds[k], name) != 0)
    k++;
  return actor_kinds[k] ? k : 0;
}

static void read_event(const struct db_rows *rows, struct event *e)
{
  *e = (struct event){
      .bucket = db_i64(rows, 0),
      .subject_kind = db_text(rows, 1),
      .subject_id = db_i64(rows, 2),
      .n = db_i64(rows, 3),
      .topic = db_text(rows, 4),
      .at = INSTANT(db_i64(rows, 5)),
      .actor_kind = kind_of(db_text(rows, 6)),
      .actor_id = db_i64(rows, 7),
      .actor_name = db_text(rows, 8),
      .request_id = db_text(rows, 9),
      .subject_prefix = db_text(rows, 10),
      .ref_prefix = db_text(rows, 11),
      .ref_id = db_i64(rows, 12),
      .data = db_text(rows, 13),
      .personal_digest = db_text(rows, 14),
  };
}

static const char *id_text(struct arena *a, const char *prefix, int64_t id)
{
  if (!prefix || id == ABSENT || id <= 0)
    return NULL;
  char text[ID_TEXT];
  id_format(prefix, id, text);
  return arena_text(a, text);
}

static const char *actor_prefix(int kind)
{
  switch (kind) {
  case ACTOR_USER:
    return PREFIX_user;
  case ACTOR_KEY:
    return PREFIX_api_key;
  case ACTOR_RULE:
    return PREFIX_rule;
  default:
    return NULL;
  }
}

static void entry_of(struct arena *a, const struct event *e, int64_t seq, const char *personal, struct feed_entry *out)
{
  const char *subject = id_text(a, e->subject_prefix, e->subject_id);
  *out = (struct feed_entry){
      .cursor = seq,
      .id = arena_printf(a, "%s.%lld", subject ? subject : e->subject_kind, (long long)e->n),
      .topic = e->topic,
      .subject_kind = e->subject_kind,
      .subject = subject ? subject : e->subject_kind,
      .ref = id_text(a, e->ref_prefix, e->ref_id),
      .at = e->at,
      .actor_kind = e->actor_kind,
      .actor = id_text(a, actor_prefix(e->actor_kind), e->actor_id),
      .actor_name = e->actor_name,
      .request_id = e->request_id,
      .data = e->data,
      .personal = personal,
      .bucket = e->bucket,
      .subject_id = e->subject_id,
      .n = e->n,
      .ref_id = e->ref_id == ABSENT ? 0 : e->ref_id,
  };
}

/* Data of events that say all changes of a large order; a reading that has passed this many bytes ends. */
enum { FEED_BYTES = 8 << 20, TIMELINE_BYTES = 32 << 20, VERIFY_BYTES = 64 << 20, ACCOUNT_ARENA = 64 << 20 };

/* Rows: the event's columns, then the feed number. */
static enum err read_entries(struct ctx *cx, struct db_rows *rows, size_t bytes_max, feed_entries *out)
{
  size_t begun = arena_used(cx->arena);
  while (arena_used(cx->arena) - begun < bytes_max && db_next(rows)) {
    struct event e;
    read_event(rows, &e);
    entry_of(cx->arena, &e, db_i64(rows, AFTER_EVENT), db_text(rows, AFTER_EVENT - 1), LIST_ADD(cx->arena, out));
  }
  return db_done(rows);
}

enum err feed_read(struct ctx *cx, int64_t after, int64_t limit, feed_entries *out)
{
  static const struct db_stmt page = {
      "SELECT " EVENT_COLUMNS ", f.seq FROM feed f"
      " JOIN event e ON e.bucket = f.event_bucket AND e.subject_id = f.subject_id AND e.n = f.n"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE f.feed_group = 0 AND f.seq > $1 ORDER BY f.seq LIMIT $2",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &page, &rows, DB_ARGS(I64(after), I64(limit))));
  return read_entries(cx, &rows, FEED_BYTES, out);
}

enum err timeline_read(struct ctx *cx, int64_t bucket, int64_t subject_id, feed_entries *out)
{
  static const struct db_stmt all = {
      "SELECT " EVENT_COLUMNS ", NULL FROM event e"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE e.bucket = $1 AND e.subject_id = $2 ORDER BY e.n LIMIT 1000",
      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &all, &rows, DB_ARGS(I64(bucket), I64(subject_id))));
  return read_entries(cx, &rows, TIMELINE_BYTES, out);
}

enum err timelines_read(struct ctx *cx, const int64_t *subject_ids, size_t n, feed_entries *out)
{
  static const struct db_stmt some = {
      "SELECT " EVENT_COLUMNS ", NULL FROM event e"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE e.subject_id IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,"
      "$25,$26,$27,$28,$29,$30,$31,$32) ORDER BY e.subject_id, e.n LIMIT 32000",
      DB_LIST};
  struct db_value ids[TIMELINES_MAX];
  struct db_rows rows;
  assert(n > 0 && n <= TIMELINES_MAX);
  for (size_t i = 0; i < TIMELINES_MAX; i++)
    ids[i] = I64(subject_ids[i < n ? i : n - 1]);
  TRY(db_query(cx->db, &some, &rows, ids, TIMELINES_MAX));
  return read_entries(cx, &rows, TIMELINE_BYTES, out);
}

enum err event_read(struct ctx *cx, int64_t bucket, int64_t subject_id, int64_t n, int64_t cursor,
                    struct feed_entry *out)
{
  static const struct db_stmt one = {
      "SELECT " EVENT_COLUMNS ", CAST($4 AS BIGINT) FROM event e"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE e.bucket = $1 AND e.subject_id = $2 AND e.n = $3",
      DB_KEYED};
  feed_entries found = {0};
  struct db_rows rows;
  TRY(db_query(cx->db, &one, &rows, DB_ARGS(I64(bucket), I64(subject_id), I64(n), I64(cursor))));
  TRY(read_entries(cx, &rows, FEED_BYTES, &found));
  if (found.n == 0)
    return ERR_NOT_FOUND;
  *out = found.at[0];
  return ERR_OK;
}

enum { VERIFY_SLICE = 2000 };

/* Numbers given before migration 11: SHA-256(hash before || seq || U+001F || columns, each ended by U+001F). */
static bool was_chained(const struct feed_head *before, const struct event *e, struct buf *scratch,
                        const unsigned char *stored)
{
  unsigned char hash[HASH_BYTES];
  scratch->n = 0;
  buf_add(scratch, before->hash, HASH_BYTES);
  buf_i64(scratch, before->seq + 1);
  buf_char(scratch, '\x1f');
  event_columns(e, scratch);
  sha256(scratch->at, scratch->n, hash);
  return memcmp(hash, stored, HASH_BYTES) == 0;
}

/* Moves the head over one row of the feed. False when the row's hash is not that of this event at this place. */
static bool verify_event(struct feed_head *head, const struct event *e, struct buf *scratch,
                         const unsigned char *stored)
{
  struct feed_head next = *head;
  feed_chain(&next, e, scratch);
  bool fits = memcmp(next.hash, stored, HASH_BYTES) == 0 || was_chained(head, e, scratch, stored);
  memcpy(next.hash, stored, HASH_BYTES);
  *head = next;
  return fits;
}

/* One slice of the proof, so that the reader's snapshot stays short. */
static enum err verify_slice(struct ctx *cx, struct feed_head *head, int64_t *bad, bool *more)
{
  static const struct db_stmt slice = {
      "SELECT " EVENT_COLUMNS ", f.seq, f.hash FROM feed f"
      " LEFT JOIN event e ON e.bucket = f.event_bucket AND e.subject_id = f.subject_id AND e.n = f.n"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE f.feed_group = 0 AND f.seq > $1 ORDER BY f.seq LIMIT $2",
      DB_REPORT};
  struct db_rows rows;
  struct buf scratch;
  buf_init(&scratch, cx->arena);
  *more = false;
  TRY(db_query(cx->db, &slice, &rows, DB_ARGS(I64(head->seq), I64(VERIFY_SLICE))));
  while (!*bad && arena_used(cx->arena) < VERIFY_BYTES && db_next(&rows)) {
    struct event e;
    size_t n = 0;
    int64_t seq = db_i64(&rows, AFTER_EVENT);
    const void *stored = db_bytes(&rows, AFTER_EVENT + 1, &n);
    *more = true;
    if (seq != head->seq + 1 || db_i64(&rows, 0) == ABSENT || n != HASH_BYTES) {
      *bad = head->seq + 1;
      break;
    }
    read_event(&rows, &e);
    if (!verify_event(head, &e, &scratch, stored))
      *bad = seq;
  }
  return db_done(&rows);
}

enum err feed_verify_on(struct ctx *cx, struct feed_head *head, int64_t most, int64_t *out_bad_seq, bool *out_more)
{
  struct arena *whole = cx->arena, *slice = arena_new((size_t)256 << 20);
  int64_t bad = 0, until = head->seq <= INT64_MAX - most ? head->seq + most : INT64_MAX;
  bool more = true;
  enum err err = ERR_OK;
  while (err == ERR_OK && more && !bad && head->seq < until) {
    arena_reset(slice);
    cx->arena = slice;
    db_use(cx->db, &cx->fault, slice);
    err = verify_slice(cx, head, &bad, &more);
  }
  cx->arena = whole;
  db_use(cx->db, &cx->fault, whole);
  arena_free(slice);
  *out_bad_seq = bad;
  *out_more = more && !bad;
  return err;
}

enum err feed_verify(struct ctx *cx, int64_t *out_seq, int64_t *out_bad_seq)
{
  struct feed_head head = {0};
  bool more;
  enum err err = feed_verify_on(cx, &head, INT64_MAX, out_bad_seq, &more);
  *out_seq = head.seq;
  return err;
}

/* ---- Backwards ---- */

/* What an event must be; $1 .. $6. */
#define AUDITED                                                                                                        \
  "($1 = '' OR (e.topic >= $1 AND e.topic <= $2)) AND ($3 = '' OR e.actor_kind = $3)"                                  \
  " AND (CAST($4 AS BIGINT) = 0 OR e.actor_id = $4) AND ($5 = '' OR e.subject_kind = $5)"                              \
  " AND e.at >= $6 AND e.at < $7"
enum { AUDIT_ARGS = 7, CLOCKS_MS = FEED_CLOCKS_MS };

static void audited(struct ctx *cx, const struct audit_query *q, struct db_value *args)
{
  size_t n = q->topic ? strlen(q->topic) : 0;
  bool family = n && q->topic[n - 1] == '.';
  args[0] = TEXT(q->topic ? q->topic : "");
  args[1] = TEXT(family ? arena_printf(cx->arena, "%s~", q->topic) : q->topic ? q->topic : "");
  args[2] = TEXT(q->actor_kind ? q->actor_kind : "");
  args[3] = I64(q->actor_id == ABSENT ? 0 : q->actor_id);
  args[4] = TEXT(q->subject_kind ? q->subject_kind : "");
  args[5] = I64(instant_set(q->from) ? q->from.ms : 0);
  args[6] = I64(instant_set(q->to) ? q->to.ms : INT64_MAX);
}

/* The first number whose event happened at or after an instant; numbers follow time but for differences of clocks. */
static enum err seq_of(struct ctx *cx, int64_t last, int64_t ms, int64_t *out)
{
  static const struct db_stmt at = {
      "SELECT e.at FROM feed f JOIN event e ON e.bucket = f.event_bucket AND e.subject_id = f.subject_id AND e.n = f.n"
      " WHERE f.feed_group = 0 AND f.seq >= $1 ORDER BY f.seq LIMIT 1",
      DB_LIST};
  int64_t low = 1, high = last + 1;
  while (low < high) {
    int64_t middle = low + (high - low) / 2, then = INT64_MAX;
    TRY(db_one_i64(cx->db, &at, &then, DB_ARGS(I64(middle))));
    if (then >= ms)
      high = middle;
    else
      low = middle + 1;
  }
  *out = low;
  return ERR_OK;
}

static enum err last_seq(struct ctx *cx, int64_t *out)
{
  static const struct db_stmt last = {"SELECT seq FROM feed WHERE feed_group = 0 ORDER BY seq DESC LIMIT 1", DB_LIST};
  *out = 0;
  return db_one_i64(cx->db, &last, out, DB_NO_ARGS);
}

enum err feed_seq_at(struct ctx *cx, struct instant at, int64_t *out)
{
  int64_t last;
  TRY(last_seq(cx, &last));
  return seq_of(cx, last, at.ms, out);
}

static enum err audit_subject(struct ctx *cx, const struct audit_query *q, feed_entries *out, int64_t *out_next)
{
  static const struct db_stmt page = {
      "SELECT " EVENT_COLUMNS ", e.n FROM event e"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE " AUDITED " AND e.bucket = $8 AND e.subject_id = $9 AND e.n < $10 ORDER BY e.n DESC LIMIT $11",
      DB_KEYED};
  struct db_value args[AUDIT_ARGS + 4];
  struct db_rows rows;
  audited(cx, q, args);
  args[AUDIT_ARGS] = I64(bucket_of_id(q->subject_id));
  args[AUDIT_ARGS + 1] = I64(q->subject_id);
  args[AUDIT_ARGS + 2] = I64(q->before == ABSENT ? INT64_MAX : q->before);
  args[AUDIT_ARGS + 3] = I64(q->limit);
  TRY(db_query(cx->db, &page, &rows, args, COUNT_OF(args)));
  TRY(read_entries(cx, &rows, FEED_BYTES, out));
  if ((int64_t)out->n == q->limit)
    *out_next = out->at[out->n - 1].cursor;
  return ERR_OK;
}

enum err audit_read(struct ctx *cx, const struct audit_query *q, feed_entries *out, int64_t *out_next)
{
  static const struct db_stmt page = {
      "SELECT " EVENT_COLUMNS ", f.seq FROM feed f"
      " JOIN event e ON e.bucket = f.event_bucket AND e.subject_id = f.subject_id AND e.n = f.n"
      " LEFT JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id AND p.n = e.n"
      " WHERE " AUDITED " AND f.feed_group = 0 AND f.seq >= $8 AND f.seq < $9 ORDER BY f.seq DESC LIMIT $10",
      DB_LIST};
  struct db_value args[AUDIT_ARGS + 3];
  struct db_rows rows;
  int64_t last, first = 1, before;
  *out_next = ABSENT;
  if (q->subject_id != ABSENT)
    return audit_subject(cx, q, out, out_next);
  TRY(last_seq(cx, &last));
  before = q->before == ABSENT ? last + 1 : q->before;
  if (instant_set(q->to) && q->before == ABSENT)
    TRY(seq_of(cx, last, q->to.ms + CLOCKS_MS, &before));
  if (instant_set(q->from))
    TRY(seq_of(cx, last, q->from.ms - CLOCKS_MS, &first));
  int64_t from = before - AUDIT_SCAN > first ? before - AUDIT_SCAN : first;
  audited(cx, q, args);
  args[AUDIT_ARGS] = I64(from);
  args[AUDIT_ARGS + 1] = I64(before);
  args[AUDIT_ARGS + 2] = I64(q->limit);
  TRY(db_query(cx->db, &page, &rows, args, COUNT_OF(args)));
  TRY(read_entries(cx, &rows, FEED_BYTES, out));
  if ((int64_t)out->n == q->limit)
    *out_next = out->at[out->n - 1].cursor;
  else if (from > first)
    *out_next = from;
  return ERR_OK;
}

enum err feed_last(struct ctx *cx, int64_t *out)
{
  static const struct db_stmt last = {"SELECT seq FROM feed WHERE feed_group = 0 ORDER BY seq DESC LIMIT 1", DB_LIST};
  *out = 0;
  return db_one_i64(cx->db, &last, out, DB_NO_ARGS);
}

enum err feed_state(struct ctx *cx, struct feed_state *out)
{
  static const struct db_stmt waiting = {"SELECT count(*) FROM feed_pending", DB_REPORT},
                              all = {"SELECT name, feed_seq FROM consumer ORDER BY name LIMIT 100", DB_LIST};
  struct feed_state s = {0};
  struct db_rows rows;
  TRY(feed_last(cx, &s.seq));
  TRY(db_one_i64(cx->db, &waiting, &s.waiting, DB_NO_ARGS));
  TRY(db_query(cx->db, &all, &rows, DB_NO_ARGS));
  while (db_next(&rows)) {
    struct feed_consumer *c = LIST_ADD(cx->arena, &s.consumers);
    *c = (struct feed_consumer){db_text(&rows, 0), db_i64(&rows, 1), 0};
    c->lag = s.seq > c->seq ? s.seq - c->seq : 0;
  }
  TRY(db_done(&rows));
  *out = s;
  return ERR_OK;
}

enum err feed_cursor(struct ctx *cx, const char *name, int64_t *out_seq, int64_t *out_at)
{
  static const struct db_stmt find = {"SELECT feed_seq, updated_at FROM consumer WHERE name = $1", DB_KEYED};
  struct db_rows rows;
  int64_t seq = 0, at = ABSENT;
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(TEXT(name))));
  if (db_next(&rows)) {
    seq = db_i64(&rows, 0);
    at = db_i64(&rows, 1);
  }
  TRY(db_done(&rows));
  *out_seq = seq;
  if (out_at)
    *out_at = at;
  return ERR_OK;
}

enum err feed_cursor_move(struct ctx *cx, const char *name, int64_t from, int64_t to, bool *out_moved)
{
  static const struct db_stmt begin = {"INSERT INTO consumer (name, feed_seq, updated_at) VALUES ($1, 0, $2)"
                                       " ON CONFLICT (name) DO NOTHING",
                                       DB_KEYED};
  static const struct db_stmt move = {
      "UPDATE consumer SET feed_seq = $3, updated_at = $4 WHERE name = $1 AND feed_seq = $2", DB_KEYED};
  int64_t rows = 0;
  if (from == 0)
    TRY(db_run(cx->db, &begin, NULL, DB_ARGS(TEXT(name), I64(cx->now.ms))));
  TRY(db_run(cx->db, &move, &rows, DB_ARGS(TEXT(name), I64(from), I64(to), I64(cx->now.ms))));
  *out_moved = rows == 1;
  return ERR_OK;
}

/* What waits for its number, from one look at feed_pending. */
static enum err account_waiting(struct ctx *cx, struct feed_account *account)
{
  static const struct db_stmt pending = {"SELECT events FROM feed_pending ORDER BY node, n", DB_REPORT};
  struct arena *a = arena_new(ACCOUNT_ARENA);
  struct db_rows rows;
  enum err err = db_query(cx->db, &pending, &rows, DB_NO_ARGS);
  if (err == ERR_OK) {
    while (db_next(&rows)) {
      pending_events events = {0};
      size_t n;
      const void *bytes = db_bytes(&rows, 0, &n);
      arena_reset(a);
      if (pending_events_read(bytes, n, a, &events))
        account->waiting += (int64_t)events.n;
      else
        account->unreadable++;
    }
    err = db_done(&rows);
  }
  arena_free(a);
  return err;
}

enum err feed_account(struct ctx *cx, struct feed_account *out)
{
  static const struct db_stmt unnumbered = {"SELECT (SELECT count(*) FROM event) - (SELECT count(*) FROM feed)",
                                            DB_REPORT};
  static const struct db_stmt doubled = {"SELECT max(seq) FROM feed GROUP BY event_bucket, subject_id, n"
                                         " HAVING count(*) > 1 ORDER BY max(seq) LIMIT 1",
                                         DB_REPORT};
  struct feed_account account = {0};
  TRY(db_read_begin(cx->db));
  enum err err = db_one_i64(cx->db, &unnumbered, &account.unnumbered, DB_NO_ARGS);
  if (err == ERR_OK)
    err = account_waiting(cx, &account);
  if (err == ERR_OK)
    err = db_one_i64(cx->db, &doubled, &account.doubled, DB_NO_ARGS);
  db_read_end(cx->db);
  TRY(err);
  account.unnumbered -= account.waiting;
  *out = account;
  return ERR_OK;
}

static bool is_named(const struct fault *f, const char *pointer)
{
  for (size_t i = 0; i < f->n; i++)
    if (strcmp(f->entries[i].pointer, pointer) == 0)
      return true;
  return false;
}

/* Adds one fault entry per new pointer in {"changes":[{"pointer":...}]}. */
static void name_changes(struct ctx *cx, const char *data)
{
  struct json j;
  json_init(&j, data, strlen(data), cx->arena);
  bool is_pointer = false;
  for (enum json_token t; (t = json_next(&j)) != JSON_END && t != JSON_ERROR;) {
    if (t == JSON_KEY && j.depth == 3) {
      is_pointer = strcmp(j.text, "pointer") == 0;
      if (!is_pointer) {
        const char *value;
        size_t n;
        if (!json_skip(&j, &value, &n))
          return;
      }
    } else if (t == JSON_STRING && is_pointer) {
      if (!is_named(&cx->fault, j.text))
        fault_add(&cx->fault, ERR_VERSION, j.text, "changed", "changed since the version you have");
      is_pointer = false;
    }
  }
}

enum err version_check(struct ctx *cx, int64_t bucket, int64_t subject_id, int64_t have, int64_t wanted)
{
  static const struct db_stmt since = {
      "SELECT data FROM event WHERE bucket = $1 AND subject_id = $2 AND n >= $3 ORDER BY n LIMIT 100", DB_KEYED};
  if (wanted == ABSENT || wanted == have)
    return ERR_OK;
  err_fail(cx, ERR_VERSION, "/version", "it is at version %lld now, not %lld", (long long)have, (long long)wanted);
  struct db_rows rows;
  TRY(db_query(cx->db, &since, &rows, DB_ARGS(I64(bucket), I64(subject_id), I64((wanted + 1) * EVENTS_PER_VERSION))));
  while (db_next(&rows))
    name_changes(cx, db_text(&rows, 0));
  TRY(db_done(&rows));
  return ERR_VERSION;
}
