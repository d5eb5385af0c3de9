/* The numberer: gives committed events their numbers where several processes write, and tells how far the feed has come.
 *
 * The lease "feed" is this thread's own: prolonged on its own connection between two transactions, so that nobody waits
 * for the row that its transactions lock. It is short, since the feed stands still while nobody holds it; that it may lapse
 * in a slow moment is harmless, since every transaction begins with the fence. */
#include "acts.h"

#include "leases.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
  HOLD_MS = 4000,
  PACE_MIN_MS = 10,  /* between two looks under load: sets grow meanwhile */
  PACE_MAX_MS = 100, /* when nothing has come for a while */
  TROUBLE_MS = 250,
  EVENTS_MAX = 4000, /* of one transaction */
  ARENA_BUDGET = 1 << 30,
};

static const struct lease_name feed_lease[] = {{"feed", 1}};

struct numberer {
  struct numberer_config config;
  pthread_t thread;
  pthread_mutex_t lock; /* guards what follows, up to the line */
  pthread_cond_t wake;
  bool nudged, stopping;
  /* ---- only the thread's ---- */
  struct db *db;
  struct leases *leases;
  struct arena *arena; /* of one look */
  int64_t seq;         /* as on_sealed was told */
  bool troubled;       /* the failure was told */
};

static void tell(struct numberer *n, int64_t seq)
{
  if (seq <= n->seq)
    return;
  n->seq = seq;
  n->config.on_sealed(n->config.arg, seq);
}

/* ---- Numbering ---- */

/* One transaction of numbers. *out_n = how many were given. */
static enum err number(struct numberer *n, struct ctx *cx, struct feed_head *head, int64_t *out_n)
{
  TRY(db_begin(n->db));
  enum err err = leases_fence(cx, n->leases, feed_lease->name, 0);
  if (err == ERR_OK)
    err = feed_number(cx, EVENTS_MAX, head, out_n);
  if (err == ERR_OK)
    return db_commit(n->db);
  db_rollback(n->db);
  if (err == ERR_STATE)
    leases_hurry(n->leases); /* somebody took over: the next tick tells us */
  return err;
}

/* How far whoever numbers has come: also those numbers whose commit had no answer. */
static enum err watch(struct numberer *n, struct ctx *cx)
{
  struct feed_head head;
  TRY(feed_head_load(cx, &head));
  tell(n, head.seq);
  return ERR_OK;
}

/* The lease when it is time, then a transaction of numbers if it is this process's to give them. *out_more: there is more
 * than one transaction takes. */
static enum err number_or_watch(struct numberer *n, struct ctx *cx, bool *out_more)
{
  struct feed_head head;
  bool waits = false;
  int64_t numbered = 0;
  *out_more = false;
  TRY(leases_tick(n->leases, &cx->fault));
  if (leases_hold(n->leases, feed_lease->name, 0))
    TRY(feed_waits(cx, &waits));
  if (!waits)
    return watch(n, cx);
  TRY(number(n, cx, &head, &numbered));
  tell(n, head.seq);
  *out_more = numbered >= EVENTS_MAX;
  return ERR_OK;
}

static enum err look(struct numberer *n, struct ctx *cx)
{
  bool more = true;
  arena_reset(n->arena);
  if (n->troubled) { /* a transaction connects anew where the connection was lost */
    ctx_init(cx, n->arena, n->db, n->config.clock.now(n->config.clock.arg));
    TRY(db_begin(n->db));
    db_rollback(n->db);
  }
  while (more) {
    arena_reset(n->arena);
    ctx_init(cx, n->arena, n->db, n->config.clock.now(n->config.clock.arg));
    TRY(number_or_watch(n, cx, &more));
  }
  return ERR_OK;
}

/* ---- The thread ---- */

/* Sleeps until a nudge or ms are over, but at least PACE_MIN_MS. False when it is time to stop. */
static bool rest(struct numberer *n, int64_t ms)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  int64_t ns = until.tv_nsec + ms * 1000000;
  until.tv_sec += ns / 1000000000;
  until.tv_nsec = ns % 1000000000;
  nanosleep(&(struct timespec){.tv_nsec = PACE_MIN_MS * 1000000}, NULL);
  pthread_mutex_lock(&n->lock);
  while (!n->nudged && !n->stopping)
    if (pthread_cond_timedwait(&n->wake, &n->lock, &until) != 0)
      break;
  n->nudged = false;
  bool go_on = !n->stopping;
  pthread_mutex_unlock(&n->lock);
  return go_on;
}

static void note(struct numberer *n, struct ctx *cx, enum err err)
{
  bool lost = err != ERR_OK && err != ERR_RETRY && err != ERR_STATE; /* those two: somebody was faster, look again */
  if (lost && !n->troubled && n->config.on_trouble)
    n->config.on_trouble(n->config.arg, err, cx->fault.detail ? cx->fault.detail : err_info(err)->title);
  if (!lost && n->troubled && n->config.on_trouble)
    n->config.on_trouble(n->config.arg, ERR_OK, "");
  n->troubled = lost;
}

static void *numberer_main(void *arg)
{
  struct numberer *n = arg;
  struct ctx cx;
  int64_t pace = PACE_MIN_MS;
  do {
    int64_t before = n->seq;
    note(n, &cx, look(n, &cx));
    pace = n->seq != before ? PACE_MIN_MS : pace * 2 > PACE_MAX_MS ? PACE_MAX_MS : pace * 2;
  } while (rest(n, n->troubled ? TROUBLE_MS : pace));
  note(n, &cx, look(n, &cx)); /* the last events of this process, if it is ours to number them */
  if (!n->troubled && leases_release(n->leases, &cx.fault) != ERR_OK)
    n->troubled = true; /* it lapses by itself */
  return NULL;
}

static void numberer_free(struct numberer *n)
{
  leases_free(n->leases);
  db_close(n->db);
  arena_free(n->arena);
  pthread_mutex_destroy(&n->lock);
  pthread_cond_destroy(&n->wake);
  free(n);
}

enum err numberer_start(const struct numberer_config *config, struct fault *f, struct numberer **out)
{
  struct numberer *n = calloc(1, sizeof *n);
  pthread_condattr_t monotonic; /* a clock that is set must not put it to sleep */
  assert(n);
  n->config = *config;
  n->arena = arena_new(ARENA_BUDGET);
  pthread_mutex_init(&n->lock, NULL);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&n->wake, &monotonic);
  pthread_condattr_destroy(&monotonic);
  enum err err = db_open(config->url, DB_WRITER, f, &n->db);
  if (err == ERR_OK) {
    n->leases = leases_new(&(struct leases_config){.db = n->db,
                                                   .clock = config->clock,
                                                   .owner = config->owner,
                                                   .names = feed_lease,
                                                   .n = COUNT_OF(feed_lease),
                                                   .hold_ms = HOLD_MS});
    if (pthread_create(&n->thread, NULL, numberer_main, n) != 0)
      err = fault_fail(f, ERR_INTERNAL, "", "the numberer's thread cannot be started");
  }
  if (err != ERR_OK) {
    numberer_free(n);
    return err;
  }
  *out = n;
  return ERR_OK;
}

void numberer_nudge(struct numberer *n)
{
  if (!n)
    return;
  pthread_mutex_lock(&n->lock);
  n->nudged = true;
  pthread_cond_signal(&n->wake);
  pthread_mutex_unlock(&n->lock);
}

void numberer_stop(struct numberer *n)
{
  if (!n)
    return;
  pthread_mutex_lock(&n->lock);
  n->stopping = true;
  pthread_cond_signal(&n->wake);
  pthread_mutex_unlock(&n->lock);
  pthread_join(n->thread, NULL);
  numberer_free(n);
}
