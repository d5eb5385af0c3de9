/* jobs - what must happen outside: mail, webhooks, refunds at a provider, answers to a shop. Acts never talk to the outside;
 * they put a job, which is born in their transaction and so neither lost nor made for what did not happen.
 *
 *   job_put      in an act's apply: queued. The same (kind, key) again changes nothing
 *   claimed      job_claim_act: a batch of jobs that are due and first of their lane, for a limited time
 *   run          job_kind.run on a worker thread of app/outside.c, with a connection that reads
 *   ended        job_end_act: done, tried again later, or dead; with the kind's own effects, in one transaction
 *
 *   queued -> running -> done
 *               |  ^
 *               v  |
 *            retrying        dead after the kind's tries, or at once where trying again cannot help
 *
 *   queued, retrying, dead, done, dropped -> queued   by replay        queued, retrying, dead -> dropped   by drop
 *
 * At least once. A process that dies takes its claims with it when their time is over (on SQLite, where there is only one,
 * when the next one starts), and what was done but not ended is done again. Therefore what goes outside carries a key that
 * makes repeating harmless (webhook-id, Message-ID, Idempotency-Key): derive it from job.key, never from an attempt.
 *
 * Lanes. Jobs of one lane go strictly one after the other by place: while the first of them waits for its next attempt the
 * others wait as well. A dead or dropped one no longer stands in the way: a lane is not stopped for ever by one that
 * nobody accepts. Who replays it later sends it after its followers. Jobs without a lane know no order.
 *
 * Targets. No more than half of a process's workers bring jobs to one target at a time, so that one that hangs does not
 * hold the others up. (A claim sees to it with what its caller says is busy.)
 *
 * Tables: job and job_attempt, in the bucket of the job's subject. Data hold ids, no personal data. Done and dropped ones
 * are kept for the setting job.keep_days; dead ones until somebody replays or drops them.
 * Events: job.dead, job.replayed, job.dropped (subject_kind "job"). An attempt that goes well, or will be repeated, is none.
 */
#ifndef ORDO_JOBS_H
#define ORDO_JOBS_H

#include "acts.h"
#include "context.h"
#include "ids.h"
#include "rec.h"

#define JOB_KIND_MAX       40 /* bytes */
#define JOB_KEY_MAX        200
#define JOB_DATA_MAX       16384
#define JOB_REASON_MAX     500
#define JOB_ANSWER_MAX     2000 /* bytes of an answer that are kept */
#define JOB_KINDS_MAX      32   /* in a program */
#define JOB_CLAIM_MAX      32   /* in a claim */
#define JOB_BUSY_MAX       2    /* targets that have their half of the workers */
#define JOB_REPLAY_MAX     1000 /* in one act */
#define JOB_ATTEMPTS_SHOWN 100

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_RETRYING, JOB_DONE, JOB_DEAD, JOB_DROPPED };
extern const char *const job_states[]; /* "queued", "running", ...; NULL at the end */

/* How an attempt went. JOB_LOST is noted by the next claim: the process died, or came back too late. */
enum job_end { JOB_END_DONE, JOB_END_RETRY, JOB_END_DEAD, JOB_END_LOST };
extern const char *const job_ends[]; /* "done", "retry", "dead", "lost" */

struct job_attempt {
  int64_t bucket, job_id, n;
  struct instant begun_at;
  int64_t took_ms; /* ABSENT = nobody knows */
  int outcome;     /* enum job_end */
  const char *code, *reason;
  int64_t status; /* ABSENT = there was no answer */
  const char *answer;
};
typedef LIST(struct job_attempt) job_attempts;

struct job {
  int64_t bucket;
  struct job_id id;
  int64_t version;
  const char *kind, *key, *lane, *target, *subject; /* lane, target "" = none */
  int64_t place;
  const char *data;
  int state; /* enum job_state */
  bool live;
  struct instant due_at;
  int64_t attempts, runs;
  const char *code, *reason; /* of the last attempt, or NULL */
  int64_t status;
  struct instant created_at, updated_at, begun_at;
  job_attempts tried; /* where it was asked for, the newest first */
};
typedef LIST(struct job) jobs;
extern const struct rec job_rec, job_attempt_rec;
extern const struct db_table job_table, job_attempt_table;

/* ---- Putting: for an act's apply -------------------------------------------------------------------------------- */

struct job_draft {
  const char *kind;
  const char *key;            /* unique among the jobs of its kind and of its subject's bucket: "whk_... ord_....256" */
  const char *subject_prefix; /* of the record it is about: "ord" */
  int64_t subject_id;
  const char *lane; /* NULL = none. Lanes are of a bucket: name the subject in it, and whom it is brought to */
  int64_t place; /* in the lane; rises with what jobs follow: the event's cursor, or a version. 0 = as they are put */
  const char *target; /* NULL = nobody in particular */
  const char *data;   /* JSON object; NULL = {} */
  struct instant due; /* not before; ABSENT = now */
};
/* Queues it. A job of this kind and key that is there already stays as it is, whatever has become of it. */
MUST_CHECK enum err job_put(struct ctx *cx, const struct job_draft *draft);
/* For a load: the job of this kind and key in the subject's bucket. ERR_NOT_FOUND without a fault text. */
MUST_CHECK enum err job_find(struct ctx *cx, int64_t bucket, const char *kind, const char *key, struct job *out);
/* For an act's apply: begins a job again that a load has found (job.replayed). Not of a running one. */
MUST_CHECK enum err job_again(struct ctx *cx, const struct job *job);

/* By the text of its id; with its attempts where they are wanted. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err job_load(struct ctx *cx, const char *id, bool attempts, struct job *out);

/* ---- Kinds: the table of app/outside.c -------------------------------------------------------------------------- */

/* What came of a run. Texts live in the run's arena; they are cut to what is kept. */
struct job_outcome {
  int end;                /* JOB_END_DONE, JOB_END_RETRY or JOB_END_DEAD (trying again cannot help) */
  const char *code;       /* snake_case: "http_500", "timeout"; NULL where it is done */
  const char *reason;     /* a sentence for people */
  int64_t status;         /* what the other side answered; ABSENT = nothing */
  const char *answer;     /* the beginning of it, or NULL */
  int64_t retry_after_ms; /* the other side asks to be left alone so long; 0 = it did not */
  const void *found;      /* for .ended: what was learnt outside (a provider's id); the kind's own struct */
};

/* What the kind's effects are decided by; body of job_kind.ended. */
struct job_ending {
  const struct job *job; /* as it was claimed */
  const struct job_outcome *outcome;
  int end; /* what comes of it: JOB_END_RETRY becomes JOB_END_DEAD at the last try */
};

struct job_run {
  const struct job *job;
  bool (*stopping)(void *arg); /* the process wants to end: give up soon; any thread */
  void *arg;
};

struct job_kind {
  const char *name, *doc;
  int tries;
  int64_t first_wait_ms, longest_wait_ms; /* after the first attempt; then twice as long each time, up to this */
  int64_t limit_ms;                       /* a run takes no longer: after twice that its claim is over */
  /* Does it. On a worker thread: cx has an arena of this run, a reader's connection and no ids; it writes nothing here.
   * *out is done with no status when it is called. */
  void (*run)(struct ctx *cx, const struct job_run *run, struct job_outcome *out);
  /* What its end changes, in the transaction of job_end_act (mark a message sent): load, decide and apply are called as of any
   * act, with a struct job_ending as body. When it refuses, the attempt counts as failed with that reason, and it is not
   * called again for it. NULL = nothing. */
  const struct act *ended;
};
const struct job_kind *job_kind_find(const struct job_kind *const *kinds, size_t n, const char *name); /* or NULL */

/* ---- Claiming and ending: app/outside.c ------------------------------------------------------------------------- */

struct job_claim {
  const struct job_kind *const *kinds; /* others are left to a program that knows them */
  size_t n_kinds;
  struct bucket_groups groups;
  int64_t most;                   /* at most JOB_CLAIM_MAX */
  const char *busy[JOB_BUSY_MAX]; /* targets that have enough; NULL = none */
  int64_t most_of_target;         /* of one target in this claim */
};
/* Whether there is one to claim: a short look, on a reader. */
MUST_CHECK enum err jobs_due(struct ctx *cx, const struct job_claim *claim, bool *out);
/* Body: struct job_claim. Value: struct job_claimed. Attempts are counted when they begin; one whose attempts are over when
 * it is claimed died too often with its process: it is ended as dead without being run (job_is_spent). */
struct job_claimed {
  jobs jobs;
};
extern const struct act job_claim_act;
bool job_is_spent(const struct job *job, const struct job_kind *kind);

/* Body: struct job_result. ERR_STATE: the claim was over, and somebody else has the job; what is known is lost. */
struct job_result {
  const struct job_kind *kind;
  const struct job *job; /* as it was claimed */
  struct job_outcome outcome;
  struct instant begun_at;
  int64_t took_ms;
  bool unused;          /* it was not begun: goes back as if it had not been claimed */
  bool without_effects; /* the kind's effects were refused: it failed for that reason, as outcome says */
};
extern const struct act job_end_act;
/* On SQLite when a process starts: nobody else can have a claim. Body: NULL. At most JOB_REPLAY_MAX; value: struct
 * jobs_replayed. */
extern const struct act job_release_act;

/* ---- People ------------------------------------------------------------------------------------------------------ */

/* POST /v1/jobs/{id}/replay, /drop: answer the job. ERR_STATE of a running one, and of one that is dropped or done. */
extern const struct act job_replay_act, job_drop_act;

/* POST /v1/jobs/replay: those that are dead, or of the state that is named; oldest first. */
struct jobs_replay_input {
  const char *kind, *target; /* NULL = any */
  int state;                 /* enum job_state; JOB_DEAD where nothing is said */
  struct instant from, to;   /* when they were made; to is not in */
  int64_t most;
};
struct jobs_replayed {
  int64_t replayed;
  bool more;
};
extern const struct rec jobs_replay_rec, jobs_replayed_rec;
extern const struct act jobs_replay_act;

/* The timer: what is done or dropped goes after its time, at most JOB_REPLAY_MAX at once. Body: struct bucket_groups. */
extern const struct act jobs_sweep_act;
MUST_CHECK enum err jobs_swept(struct ctx *cx, struct bucket_groups groups, bool *out_any);

/* Invariants: a job is live by its state, no two of a lane run, attempts are counted, what is over has the attempt that says
 * so. */
MUST_CHECK enum err jobs_check(struct ctx *cx,
                               void (*difference)(void *arg, const char *difference, const char *repair), void *arg);

#endif
