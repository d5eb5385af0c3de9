/* The writer: one queue, and lanes that take everything that waits as one transaction each (group commit); nothing waits for
 * a timer, since the next batch gathers while this one syncs. One lane on SQLite, where one may write; a few on PostgreSQL. */
#include "acts_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct instant writer_now(const struct writer *w)
{
  return w->config.clock.now(w->config.clock.arg);
}

/* Takes what waits, at most WRITER_BATCH_MAX; waits for the first. NULL when the writer is to stop and nothing waits. */
struct act_call *writer_take(struct writer *w)
{
  pthread_mutex_lock(&w->lock);
  while (!w->first && !w->stopping)
    pthread_cond_wait(&w->wake, &w->lock);
  struct act_call *calls = w->first, **end = &w->first;
  int n = 0;
  while (*end && n < WRITER_BATCH_MAX) {
    end = &(*end)->next;
    n++;
  }
  struct act_call *rest = *end;
  *end = NULL;
  w->first = rest;
  if (!rest)
    w->last = &w->first;
  w->waiting -= n;
  pthread_mutex_unlock(&w->lock);
  return calls;
}

static uint64_t system_seed(void)
{
  uint64_t seed;
  if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
    abort();
  return seed;
}

static enum err start_lanes(struct writer *w, struct fault *f)
{
  uint64_t seed = w->config.seed ? w->config.seed : system_seed();
  int wanted = 1;
  enum err err = ERR_OK;
  for (w->n_lanes = 0; err == ERR_OK && w->n_lanes < wanted; w->n_lanes++) {
    struct lane *l = &w->lanes[w->n_lanes];
    err = lane_open(l, w, w->n_lanes ? hash_mix(seed, (uint64_t)w->n_lanes) : seed, f);
    if (err == ERR_OK && l->shared)
      wanted = w->config.lanes ? w->config.lanes : WRITER_LANES;
  }
  for (int i = 0; err == ERR_OK && i < w->n_lanes; i++) {
    w->lanes[i].running = pthread_create(&w->lanes[i].thread, NULL, lane_main, &w->lanes[i]) == 0;
    if (!w->lanes[i].running)
      err = fault_fail(f, ERR_INTERNAL, "", "a thread of the writer cannot be started");
  }
  return err;
}

enum err writer_start(const struct writer_config *config, struct fault *f, struct writer **out)
{
  struct writer *w = calloc(1, sizeof *w);
  if (!w)
    abort();
  assert(config->lanes <= WRITER_LANES_MAX);
  w->config = *config;
  if (!w->config.queue_max)
    w->config.queue_max = WRITER_QUEUE_MAX;
  w->last = &w->first;
  pthread_mutex_init(&w->lock, NULL);
  pthread_rwlockattr_t fair; /* who shuts the others out must not wait for ever */
  pthread_rwlockattr_init(&fair);
  pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&w->alone, &fair);
  pthread_rwlockattr_destroy(&fair);
  pthread_cond_init(&w->wake, NULL);
  enum err err = start_lanes(w, f);
  if (err != ERR_OK) {
    writer_stop(w);
    return err;
  }
  *out = w;
  return ERR_OK;
}

bool writer_stopping(struct writer *w)
{
  pthread_mutex_lock(&w->lock);
  bool stopping = w->stopping;
  pthread_mutex_unlock(&w->lock);
  return stopping;
}

bool writer_submit(struct writer *w, struct act_call *call)
{
  call->next = NULL;
  pthread_mutex_lock(&w->lock);
  bool taken = !w->stopping && w->waiting < w->config.queue_max;
  if (taken) {
    *w->last = call;
    w->last = &call->next;
    w->waiting++;
    pthread_cond_signal(&w->wake);
  }
  pthread_mutex_unlock(&w->lock);
  return taken;
}

struct waiting {
  pthread_mutex_t lock;
  pthread_cond_t cond;
  bool done;
};

static void run_done(struct act_call *call)
{
  struct waiting *waiting = call->user;
  pthread_mutex_lock(&waiting->lock);
  waiting->done = true;
  pthread_cond_signal(&waiting->cond);
  pthread_mutex_unlock(&waiting->lock);
}

enum err writer_run(struct writer *w, struct act_call *call)
{
  struct waiting waiting = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
  call->done = run_done;
  call->user = &waiting;
  if (!writer_submit(w, call)) {
    fault_init(&call->fault, call->arena);
    return call->err = fault_fail(&call->fault, ERR_BUSY, "", "the writer's queue is full");
  }
  pthread_mutex_lock(&waiting.lock);
  while (!waiting.done)
    pthread_cond_wait(&waiting.cond, &waiting.lock);
  pthread_mutex_unlock(&waiting.lock);
  return call->err;
}

void writer_stop(struct writer *w)
{
  if (!w)
    return;
  pthread_mutex_lock(&w->lock);
  w->stopping = true;
  pthread_cond_broadcast(&w->wake);
  pthread_mutex_unlock(&w->lock);
  for (int i = 0; i < w->n_lanes; i++)
    if (w->lanes[i].running)
      pthread_join(w->lanes[i].thread, NULL);
  for (int i = 0; i < w->n_lanes; i++)
    lane_close(&w->lanes[i]);
  pthread_mutex_destroy(&w->lock);
  pthread_rwlock_destroy(&w->alone);
  pthread_cond_destroy(&w->wake);
  free(w);
}

void writer_stats(struct writer *w, struct writer_stats *out)
{
  pthread_mutex_lock(&w->lock);
  *out = w->stats;
  out->queue = w->waiting;
  pthread_mutex_unlock(&w->lock);
}
