/* What the files of acts share: the writer's queue and its lanes.
 *
 *   writer.c  the queue: who waits, who takes; starting and stopping
 *   lane.c    a thread with a connection: batches, what is tried again, what is answered
 *   commit.c  one transaction: beginning, sealing, committing, and what became of it when nobody said
 *   lease.c   node numbers
 */
#ifndef ORDO_ACTS_PRIV_H
#define ORDO_ACTS_PRIV_H

#include "acts.h"
#include "numbers.h"

#include <pthread.h>

/* The load of an act, of records none of which moved while they were read: ERR_RETRY when one did. */
MUST_CHECK enum err act_load(struct ctx *cx, const struct act *act, const struct act_input *in, void **out_facts);
/* act_run, telling whether apply was begun: a failure before that has written nothing. */
MUST_CHECK enum err act_run_parts(struct ctx *cx, const struct act *act, const struct act_input *in,
                                  struct act_result *out, bool *out_wrote);
/* Tells all connections that masters were written in this transaction. */
MUST_CHECK enum err masters_moved(struct ctx *cx);

/* A node number held by this lane: its row of node_lease as we last wrote it. */
struct lease {
  char owner[33];
  int64_t node, until_ms, high_water_ms;
};
/* In a transaction: takes the lowest free node; *out_floor_ms = its old high-water mark. ERR_BUSY when all are taken,
 * ERR_RETRY when another process took it at the same moment. */
MUST_CHECK enum err lease_take(struct ctx *cx, struct lease *lease, int64_t *out_floor_ms);
/* In a transaction: prolongs the lease and lets ids be drawn up to ceiling_ms and some time beyond. ERR_NOT_FOUND when
 * another process has taken the node meanwhile. */
MUST_CHECK enum err lease_renew(struct ctx *cx, struct lease *lease, int64_t ceiling_ms);
MUST_CHECK enum err lease_release(struct ctx *cx, const struct lease *lease, int64_t ceiling_ms);

/* One connection that writes, on a thread of its own. */
struct lane {
  struct writer *w;
  pthread_t thread;
  bool running;
  struct db *db;
  bool shared;         /* others write too (PostgreSQL): blocks, pending feed, retries */
  struct arena *arena; /* of the batch's own needs */
  struct ids ids;
  struct lease lease; /* as it is committed */
  struct feed_head head;
  struct numbers_batch *numbers;
  int64_t outside_version;
  int64_t marks;   /* rows of writer_commit since the start */
  uint64_t chance; /* for waits */
};

struct writer {
  struct writer_config config;
  pthread_mutex_t lock; /* guards what follows, up to the line */
  pthread_cond_t wake;
  struct act_call *first, **last;
  int waiting;
  bool stopping;
  struct writer_stats stats;
  pthread_rwlock_t alone; /* held for writing by an act that nobody in this process may disturb any more */
  /* ---- lanes ---- */
  struct lane lanes[WRITER_LANES_MAX];
  int n_lanes;
};

/* Takes what waits, at most WRITER_BATCH_MAX; waits for the first. NULL when the writer is to stop and nothing waits. */
struct act_call *writer_take(struct writer *w);
bool writer_stopping(struct writer *w);
struct instant writer_now(const struct writer *w);

/* ---- Lanes ---- */

MUST_CHECK enum err lane_open(struct lane *l, struct writer *w, uint64_t seed, struct fault *f);
void *lane_main(void *arg);
void lane_close(struct lane *l);

/* ---- One transaction ---- */

struct transaction {
  struct lane *lane;
  struct ctx cx; /* the batch's own: sealing, numbers, lease */
  struct feed_batch feed;
  struct batch batch;
  struct feed_head head;
  struct lease lease;
  bool releases; /* the last one: it gives the node back, so it draws no id and leaves no mark */
};
/* Begins, and reads again what other processes may have moved. draws = calls that will run in it. */
MUST_CHECK enum err transaction_begin(struct lane *l, struct transaction *t, int64_t draws);
/* Seals and commits. Only now are the replies true. A commit that the server did not answer is looked up: ERR_OK when it
 * happened after all, ERR_AWAY when it did not and cannot any more, ERR_UNKNOWN when nobody could be asked. */
MUST_CHECK enum err transaction_commit(struct transaction *t);
void transaction_abandon(struct transaction *t);

#endif
