/* acts - the writer's contract: every change of the business is an act that loads, decides and applies.
 *
 *   load    fetches the rows the act needs                                   may refuse (ERR_NOT_FOUND)
 *   decide  a pure function of facts, settings and the context's clock       may refuse; touches no database
 *   apply   turns the plan into rows and the event, draws ids and numbers    may fail only for reasons outside
 *
 * A refused act has written nothing, so acts share a commit (group commit) without savepoints. A lane of the writer takes
 * everything that waits as one transaction; done() is called after COMMIT has returned, never before. An act may be loaded
 * and run several times (a batch that failed is replayed act by act), so it touches nothing but the database and its own
 * arena, and load writes nothing. One lane on SQLite; a few on PostgreSQL, where other processes write as well.
 */
#ifndef ORDO_ACTS_H
#define ORDO_ACTS_H

#include "context.h"
#include "events.h"
#include "rec.h"

/* What a caller hands to an act. */
struct act_input {
  const char *id;         /* of the path, as sent: an id, number, sku or code; NULL when there is none */
  const char *id2;        /* second one of the path */
  const void *body;       /* the route's body record, decoded and validated; NULL for PATCH and for none */
  const char *json;       /* PATCH: the body's own bytes, for rec_read_over on the row as it is now */
  size_t json_n;
  int64_t version;        /* If-Match; ABSENT = any */
};

/* What an act answers: a record and its value in the call's arena. */
struct act_result {
  int status;             /* 0 = the route's success status */
  const struct rec *rec;
  const void *value;
  const struct rec_view *view; /* NULL: all */
  const char *location;   /* path for the Location header of a 201, or NULL */
  int64_t version;        /* for the ETag; ABSENT = none */
};

enum act_flags {
  ACT_MASTERS = 1 << 0, /* writes what connections keep in their memo: it is cleared after the act */
};

struct act {
  const char *name; /* "order.place" */
  size_t facts_size, plan_size;
  enum err (*load)(struct ctx *cx, const struct act_input *in, void *out_facts);
  enum err (*decide)(struct ctx *cx, const void *facts, void *out_plan);
  enum err (*apply)(struct ctx *cx, const void *plan, struct act_result *out);
  int flags;
};

/* Runs all three parts of an act inside the open transaction of cx (in tests, and of acts that consist of acts). */
MUST_CHECK enum err act_run(struct ctx *cx, const struct act *act, const struct act_input *in, struct act_result *out);
/* Load and decide alone: the preview. *out_plan in the arena. */
MUST_CHECK enum err act_preview(struct ctx *cx, const struct act *act, const struct act_input *in, void **out_plan);
/* A guarded UPDATE hit 0 rows: on SQLite a bug (ERR_INTERNAL), elsewhere somebody was faster (ERR_RETRY). */
enum err act_guard_missed(struct ctx *cx, const char *where);
/* Records that were read one after the other contradict each other: on SQLite, where nobody writes between, the books are
 * wrong (ERR_INTERNAL), elsewhere they have moved meanwhile (ERR_RETRY). */
enum err act_torn(struct ctx *cx, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- The writer ---- */

/* One act waiting for the writer. The caller owns it and its arena until done is called, then again. */
struct act_call {
  const struct act *act;
  struct act_input in;
  struct arena *arena;
  struct actor actor;
  const char *request_id;
  /* Idempotency: key NULL = none. request_hash = SHA-256 of method, path and raw body. */
  const char *key;
  unsigned char request_hash[HASH_BYTES];
  int success; /* status of the reply when the act says nothing */
  struct instant deadline; /* not begun later than this; ABSENT = none */

  /* Filled by the writer before done: */
  enum err err;
  struct fault fault;
  struct act_result result;
  const char *reply; /* rendered body when there is a key (fresh or stored), else NULL: render result off the writer */
  size_t reply_n;
  int status;
  const char *location;
  int64_t version;
  bool replayed;

  /* What the caller may see of the result, before it is rendered for a key; NULL = all. On the writer's thread. */
  void (*shape)(struct act_call *call, struct act_result *result);
  const void *route; /* shape's own */
  void (*done)(struct act_call *call); /* on the writer's thread, after COMMIT or on failure */
  void *user;
  struct act_call *next; /* the queue's */
};

struct writer;
struct writer_config {
  const char *url;     /* db_open */
  struct clock clock;
  uint64_t seed;       /* of ids and buckets; 0 = from the system's randomness */
  int queue_max;       /* waiting calls; 0 = WRITER_QUEUE_MAX */
  int lanes;           /* connections that write at a time, where the engine lets several; 0 = WRITER_LANES */
  /* After each commit, on the writer's thread, with the last sealed event; ABSENT where a numberer seals later. */
  void (*on_commit)(void *arg, int64_t feed_seq);
  void (*on_poisoned)(void *arg);                 /* the storage cannot be trusted any more: stop the process */
  db_slow *on_slow;                               /* statements of WRITER_SLOW_MS or longer; NULL = not told */
  void *arg;
};
#define WRITER_SLOW_MS     100
#define WRITER_QUEUE_MAX   4096
#define WRITER_BATCH_MAX   512 /* acts in one commit */
#define WRITER_LANES       3
#define WRITER_LANES_MAX   16

/* Opens the database, leases a node number for each lane and starts the threads. */
MUST_CHECK enum err writer_start(const struct writer_config *config, struct fault *f, struct writer **out);
/* False when the queue is full or the writer is stopping: answer 503. */
MUST_CHECK bool writer_submit(struct writer *w, struct act_call *call);
/* Runs one call and waits for its commit: commands and tests. Returns call->err. */
MUST_CHECK enum err writer_run(struct writer *w, struct act_call *call);
/* Finishes what was accepted, refuses new calls, checkpoints and closes. Accepts NULL. */
void writer_stop(struct writer *w);

struct writer_stats {
  int64_t acts, refused, failed, batches, queue, batch_acts_max;
  int64_t retries; /* batches tried again, since others were faster or the server was away */
  int64_t replays; /* batches run act by act */
  int64_t commit_us_sum, commit_us_max;
};
void writer_stats(struct writer *w, struct writer_stats *out); /* any thread */

/* ---- The numberer: the feed where several processes write (PostgreSQL) -------------------------------------------------
 *
 * A thread with a connection of its own. Of all processes on the database the one that holds the lease "feed" numbers what
 * is committed (feed_number); the others watch. In each of them on_sealed tells how far the feed has come, whoever
 * numbered. Not started on SQLite, where the writer seals in its own transaction. */
struct numberer;
struct numberer_config {
  const char *url;
  struct clock clock;
  const char *owner;                             /* of this process (lease_owner_draw); lives longer */
  void (*on_sealed)(void *arg, int64_t seq);     /* the feed has moved, on the numberer's thread */
  void (*on_trouble)(void *arg, enum err err, const char *detail); /* when failures begin, and ERR_OK when they end; may be NULL */
  void *arg;
};
MUST_CHECK enum err numberer_start(const struct numberer_config *config, struct fault *f, struct numberer **out);
/* A transaction with events was committed: look now. Any thread; cheap; accepts NULL. */
void numberer_nudge(struct numberer *n);
/* Numbers what waits, if it is this process's to do, gives the lease up and ends. Accepts NULL. */
void numberer_stop(struct numberer *n);

/* ---- Stored replies ---- */

/* Body: struct bucket_groups. Some replies of these buckets that have expired (idempotency) go; for a timer. */
extern const struct act replies_expire_act;

#endif
