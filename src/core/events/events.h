/* events - facts in the append-only log, written in the transaction that made them true.
 *
 * An event is keyed (subject, n): n = the subject's version after the act * 256 + the ordinal within the act, so a
 * timeline needs no counter. Ordinals count within the act (cx->event_ordinal); a room whose acts tell more than
 * EVENTS_PER_VERSION events, of many subjects, counts them per subject. `feed` numbers and hash-chains committed events; on SQLite in the batch itself
 * (events_seal). Where several processes write, a transaction leaves the keys and hash states of its events in feed_pending
 * (events_hand_over), and one process at a time numbers what is committed (feed_number). Events hold no personal data:
 * what names a person lies in event_personal, and the event holds the salted SHA-256 of that text.
 *   hash(seq) = SHA-256(canonical bytes || hash(seq - 1) || seq in decimal)      hash(0) = 32 zero bytes
 * The canonical bytes are whole blocks of SHA-256 and come first: who tells the event hashes them, and who numbers it goes on
 * from that state with one block more, without reading the event.
 */
#ifndef ORDO_EVENTS_H
#define ORDO_EVENTS_H

#include "context.h"
#include "rec.h"

struct event {
  int64_t bucket;          /* the subject's */
  const char *subject_kind; /* "order", "product", "stock" ... */
  int64_t subject_id;
  int64_t n;
  const char *topic; /* "order.placed" */
  struct instant at;
  int actor_kind; /* enum actor_kind */
  int64_t actor_id;
  const char *actor_name;
  const char *request_id;
  const char *subject_prefix; /* "ord": how the subject's id is written */
  const char *ref_prefix;     /* of ref_id, or NULL */
  int64_t ref_id;             /* a part of the subject this is about (fulfillment, payment, hold), or ABSENT */
  const char *data;       /* JSON object; changes: [{pointer, before, after}] where values changed */
  const char *personal_digest; /* hex, or NULL */
};
extern const struct rec event_row_rec;
extern const struct db_table event_table;

#define EVENTS_PER_VERSION 256 /* of one subject: more are a bug of the room that tells them, and stop the process */

/* What an act says happened. */
struct event_draft {
  const char *topic, *subject_kind;
  const char *subject_prefix; /* id prefix of the subject, for readers of the feed */
  int64_t bucket, subject_id, version; /* the subject's version after this act */
  const char *ref_prefix;
  int64_t ref_id;        /* 0 = none */
  const char *data;      /* JSON object, NULL = {} */
  const char *personal;  /* JSON text with personal data, NULL = none */
};
/* Writes the event (and its personal part) and queues it for the feed of this batch. */
MUST_CHECK enum err event_emit(struct ctx *cx, const struct event_draft *draft);

/* ---- The feed: sealing a batch, reading ---- */

struct feed_head {
  int64_t seq; /* of the last sealed event */
  unsigned char hash[HASH_BYTES];
};
/* The events of one transaction waiting for their numbers. */
struct feed_batch {
  struct arena *arena; /* lives as long as the transaction */
  LIST(struct event) events;
};
MUST_CHECK enum err feed_head_load(struct ctx *cx, struct feed_head *out);
/* At the end of a transaction: numbers and chains what event_emit queued; *head moves. */
MUST_CHECK enum err events_seal(struct ctx *cx, struct feed_batch *batch, struct feed_head *head);
/* Makes out the bytes that are hashed for one event: its columns, each ended by U+001F, in the order of the struct; filled
 * up with U+001F to a multiple of SHA256_BLOCK. */
void event_canonical(const struct event *e, struct buf *out);

/* ---- The feed where several processes write ---- */

/* At the end of a transaction, before db_flush: one row of feed_pending with what event_emit queued; nothing when nothing
 * was. (node, n) is the row's key: n rises with each transaction of the node, for ever, also over restarts (ids_next of
 * bucket 0 gives such numbers). The row's bytes live in the arena of cx until the transaction ends. */
MUST_CHECK enum err events_hand_over(struct ctx *cx, struct feed_batch *batch, int64_t node, int64_t n);

/* In a transaction that nobody else can be in (leases_fence): numbers and chains what is committed and waits, at least one
 * row of feed_pending and about limit events, and takes it out of feed_pending. Events of one subject get their numbers in
 * the order of their n, whatever the clocks of those who wrote them say. *out_n = events numbered; *out_head = the feed's
 * last. Both are true once the transaction has committed. A row that cannot be read stays where it is (feed_account). */
MUST_CHECK enum err feed_number(struct ctx *cx, int64_t limit, struct feed_head *out_head, int64_t *out_n);
/* Whether anything waits: one short look, without a transaction too. */
MUST_CHECK enum err feed_waits(struct ctx *cx, bool *out);

/* One event in a row of feed_pending, big-endian: blocks and bucket (4 bytes each), subject_id and n (8 each), the state. */
struct pending_event {
  int64_t blocks; /* of the canonical bytes, at least 1 */
  int64_t bucket, subject_id, n;
  const unsigned char *state; /* sha256_begin of them; HASH_BYTES, in the bytes that were read */
};
#define PENDING_EVENT_BYTES (4 + 4 + 8 + 8 + HASH_BYTES)
typedef LIST(struct pending_event) pending_events;
/* Adds the events of a row to out. False, with out as it was, when the bytes are not what events_hand_over writes. */
MUST_CHECK bool pending_events_read(const void *bytes, size_t n, struct arena *a, pending_events *out);

/* One entry of the feed as clients see it. */
struct feed_entry {
  int64_t cursor; /* seq */
  const char *id; /* "ord_....<n>": stable name of the event */
  const char *topic, *subject_kind, *subject, *subject_name, *ref; /* subject_name: set by who knows it, see the audit log */
  struct instant at;
  int actor_kind;
  const char *actor, *actor_name, *request_id;
  const char *data;
  const char *personal; /* only with the right to see it, and while it is kept */
  int64_t bucket, subject_id, n, ref_id; /* for code, not written: what id, subject and ref say; ref_id 0 = none */
};
extern const struct rec feed_entry_rec;
typedef LIST(struct feed_entry) feed_entries;
/* At most limit entries with seq > after, oldest first; fewer where they are large (some MB), none at the end alone. */
MUST_CHECK enum err feed_read(struct ctx *cx, int64_t after, int64_t limit, feed_entries *out);
/* One event by its key, with its cursor as the caller knows it (0 = none). ERR_NOT_FOUND without a fault text. */
MUST_CHECK enum err event_read(struct ctx *cx, int64_t bucket, int64_t subject_id, int64_t n, int64_t cursor,
                               struct feed_entry *out);
/* The first number whose event happened at an instant or later, by a look at few; numbers follow time but for the
 * differences of servers' clocks (FEED_CLOCKS_MS at most, one hopes). One more than the last when there is none. */
#define FEED_CLOCKS_MS 120000
MUST_CHECK enum err feed_seq_at(struct ctx *cx, struct instant at, int64_t *out);
/* The events of one subject, oldest first: its timeline. The first 1000, or as many as some 32 MB hold. */
MUST_CHECK enum err timeline_read(struct ctx *cx, int64_t bucket, int64_t subject_id, feed_entries *out);
/* The same of several subjects in one statement, subject by subject. */
#define TIMELINES_MAX 32
MUST_CHECK enum err timelines_read(struct ctx *cx, const int64_t *subject_ids, size_t n, feed_entries *out);
/* The log looked through backwards: who, what, when. */
struct audit_query {
  const char *topic;         /* "order.placed", or "order." for all that begin so; NULL = any; so the next ones */
  const char *actor_kind;    /* of actor_kinds */
  int64_t actor_id;          /* ABSENT = any */
  const char *subject_kind;
  int64_t subject_id;        /* of one record: then before counts its own events; ABSENT = any */
  struct instant from, to;   /* ABSENT = any; from is in, to is not */
  int64_t before;            /* cursor of the page before; ABSENT = the newest first */
  int64_t limit;
};
#define AUDIT_SCAN 20000 /* events that one page looks through */
/* At most limit entries, newest first. *out_next = where to go on, or ABSENT at the end; a page may be short, even empty,
 * and go on: it looks through AUDIT_SCAN events. */
MUST_CHECK enum err audit_read(struct ctx *cx, const struct audit_query *q, feed_entries *out, int64_t *out_next);
/* Goes on with the proof of the chain from head (zeroed: from the beginning) over about `most` events. *out_bad_seq as
 * feed_verify; *out_more: there is more to prove. */
MUST_CHECK enum err feed_verify_on(struct ctx *cx, struct feed_head *head, int64_t most, int64_t *out_bad_seq,
                                   bool *out_more);
/* Recomputes the chain; *out_bad_seq = first broken number, or 0. *out_seq = last. Numbers given before migration 11 were
 * chained in another order of the same parts: those hold as they are. */
MUST_CHECK enum err feed_verify(struct ctx *cx, int64_t *out_seq, int64_t *out_bad_seq);
/* Number of the newest event, 0 = none. */
MUST_CHECK enum err feed_last(struct ctx *cx, int64_t *out);
/* How far the feed is, and those who follow it. */
struct feed_consumer {
  const char *name;
  int64_t seq, lag; /* the last event it has seen, and how many it has not */
};
typedef LIST(struct feed_consumer) feed_consumers;
struct feed_state {
  int64_t seq;
  int64_t waiting; /* transactions whose events wait for numbers */
  feed_consumers consumers;
};
MUST_CHECK enum err feed_state(struct ctx *cx, struct feed_state *out);
/* The cursor of one who follows: the last event it has seen, and when it moved (out_at may be NULL). 0 and ABSENT before it
 * has begun. */
MUST_CHECK enum err feed_cursor(struct ctx *cx, const char *name, int64_t *out_seq, int64_t *out_at);
/* Moves it in the transaction of what was made of the events; begun where from is 0. *out_moved false: it stands elsewhere,
 * somebody else was faster. */
MUST_CHECK enum err feed_cursor_move(struct ctx *cx, const char *name, int64_t from, int64_t to, bool *out_moved);
/* Whether each event has exactly one number or waits for it, as of one moment. */
struct feed_account {
  int64_t unnumbered; /* events that are neither in the feed nor in feed_pending; below 0: more of those than events */
  int64_t doubled;    /* a number of an event that has another one too, or 0 */
  int64_t waiting;    /* events in feed_pending: no harm while a server runs */
  int64_t unreadable; /* rows of feed_pending that are not what events_hand_over writes */
};
MUST_CHECK enum err feed_account(struct ctx *cx, struct feed_account *out);

/* If-Match: ERR_OK when wanted is ABSENT or equals have; else ERR_VERSION with one entry per field that changed since
 * wanted, told by the subject's events. */
MUST_CHECK enum err version_check(struct ctx *cx, int64_t bucket, int64_t subject_id, int64_t have, int64_t wanted);

/* {"changes":[...]} of two values of a record, "{}" when they are equal. Personal members say null. */
const char *event_changes(struct arena *a, const struct rec *rec, const void *before, const void *after);
/* The same for the personal members alone, with their values: for .personal. NULL when none of them differs. */
const char *event_personal_changes(struct arena *a, const struct rec *rec, const void *before, const void *after);

#endif
