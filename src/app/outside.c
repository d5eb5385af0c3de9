/* Jobs at work. One thread claims what is due, as many as there are idle workers; each worker runs one and ends it. What is
 * done but could not be ended is done again: claims end with their time, and on SQLite with the process. */
#include "outside.h"

#include "app.h"
#include "connect.h"
#include "jobs.h"
#include "leases.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  TICK_MS = 200,
  HOLD_MS = 15000, /* of a lease */
  RUN_ARENA_BUDGET = 64 << 20,
  END_ATTEMPTS = 5, /* of an end that the writer does not take */
  END_WAIT_MS = 500,
};

#define LEASE_OUTSIDE "outside"
static const struct lease_name lease_names[] = {{LEASE_OUTSIDE, BUCKET_GROUPS}};

/* Who does what outside. */
static const struct job_kind *const kinds[] = {
    &webhook_kind,
};

struct worker {
  struct outside *outside;
  pthread_t thread;
  struct db *db;
  struct arena *arena; /* of the job it has */
  struct job job;
  bool busy; /* it has one; under the lock */
};

struct outside {
  struct outside_config config;
  struct db *db;       /* a reader: is anything due? */
  struct db *lease_db; /* NULL on SQLite */
  struct leases *leases;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t news; /* a worker got a job, or has become idle; or all stop */
  bool stopping, started;
  struct worker *workers;
  int n;
};

static bool is_stopping(void *arg)
{
  struct outside *o = arg;
  pthread_mutex_lock(&o->lock);
  bool stopping = o->stopping;
  pthread_mutex_unlock(&o->lock);
  return stopping;
}

static struct instant now_of(const struct outside *o)
{
  return o->config.clock.now(o->config.clock.arg);
}

/* ---- A worker ---- */

static enum err end_once(struct outside *o, const struct job_result *result, struct fault *f)
{
  struct act_call call = {.act = &job_end_act,
                          .in = {.body = result, .version = ABSENT},
                          .arena = arena_new(RUN_ARENA_BUDGET),
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(o->config.writer, &call);
  if (err != ERR_OK) /* the sentence outlives the call */
    fault_fail(f, err, "", "%s", call.fault.detail ? call.fault.detail : err_info(err)->title);
  arena_free(call.arena);
  return err;
}

static void nap(int64_t ms)
{
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* What its kind makes of the end may refuse it: then the attempt has failed, for that reason. A writer that takes nothing is
 * asked again; at last the claim ends by itself. */
static void end_job(struct worker *w, struct job_result *result)
{
  struct outside *o = w->outside;
  struct fault f;
  fault_init(&f, w->arena);
  enum err err = end_once(o, result, &f);
  for (int i = 0; i < END_ATTEMPTS && err != ERR_OK && err_info(err)->http == 503; i++) {
    nap(END_WAIT_MS);
    fault_clear(&f);
    err = end_once(o, result, &f);
  }
  if (err != ERR_OK && err_info(err)->http < 500 && result->kind->ended && !result->unused &&
      !result->without_effects) {
    result->without_effects = true;
    result->outcome = (struct job_outcome){.end = JOB_END_RETRY,
                                           .code = err_info(err)->slug,
                                           .reason = arena_text(w->arena, f.detail),
                                           .status = result->outcome.status,
                                           .answer = result->outcome.answer};
    fault_clear(&f);
    err = end_once(o, result, &f);
  }
  if (err != ERR_OK)
    log_line(LOG_WARN, "the end of a job could not be noted", "%s %s: %s", result->job->kind, result->job->key,
             f.detail ? f.detail : err_info(err)->title);
}

static void run_job(struct worker *w)
{
  struct outside *o = w->outside;
  const struct job_kind *kind = job_kind_find(kinds, COUNT_OF(kinds), w->job.kind);
  struct ctx cx;
  struct job_result result = {
      .kind = kind, .job = &w->job, .outcome = {.end = JOB_END_DONE, .status = ABSENT}, .begun_at = now_of(o)};
  ctx_init(&cx, w->arena, w->db, result.begun_at);
  if (is_stopping(o)) {
    result.unused = true;
  } else if (job_is_spent(&w->job, kind)) {
    result.outcome.end = JOB_END_DEAD;
    result.outcome.code = "lost";
    result.outcome.reason = "every attempt ended with its process";
  } else {
    struct job_run run = {.job = &w->job, .stopping = is_stopping, .arg = o};
    enum err err = ctx_masters_refresh(&cx);
    if (err == ERR_OK)
      kind->run(&cx, &run, &result.outcome);
    else
      connect_failed(&cx, err, &result.outcome);
    result.unused = result.outcome.end == JOB_END_RETRY && text_eq(result.outcome.code, net_code(NET_STOPPED));
  }
  result.took_ms = now_of(o).ms - result.begun_at.ms;
  db_use(w->db, &cx.fault, w->arena);
  end_job(w, &result);
}

static void *worker_main(void *arg)
{
  struct worker *w = arg;
  struct outside *o = w->outside;
  pthread_mutex_lock(&o->lock);
  while (!o->stopping || w->busy) {
    if (!w->busy) {
      pthread_cond_wait(&o->news, &o->lock);
      continue;
    }
    pthread_mutex_unlock(&o->lock);
    run_job(w);
    pthread_mutex_lock(&o->lock);
    w->busy = false;
    pthread_cond_broadcast(&o->news);
  }
  pthread_mutex_unlock(&o->lock);
  return NULL;
}

/* ---- Claiming ---- */

/* The job in an arena of its own: it lives as long as its run. */
static const char *keep(struct worker *w, const char *text)
{
  return arena_text(w->arena, text);
}

static void give(struct worker *w, const struct job *job)
{
  arena_reset(w->arena);
  w->job = *job;
  w->job.kind = keep(w, job->kind);
  w->job.key = keep(w, job->key);
  w->job.lane = keep(w, job->lane);
  w->job.target = keep(w, job->target);
  w->job.subject = keep(w, job->subject);
  w->job.data = keep(w, job->data);
  w->job.code = keep(w, job->code);
  w->job.reason = keep(w, job->reason);
  w->job.tried = (job_attempts){0};
  w->busy = true;
}

/* How many workers are idle, and which targets have their half of them. Under the lock. */
static int64_t look_at_workers(struct outside *o, struct arena *a, struct job_claim *claim)
{
  int64_t idle = 0, half = o->n > 1 ? o->n / 2 : 1;
  size_t n_busy = 0;
  claim->most_of_target = half;
  for (int i = 0; i < o->n; i++) {
    const char *target = o->workers[i].busy ? o->workers[i].job.target : NULL;
    int64_t same = 0;
    idle += !o->workers[i].busy;
    if (!target || !*target)
      continue;
    for (int k = 0; k <= i; k++)
      same += o->workers[k].busy && text_eq(o->workers[k].job.target, target);
    if (same == half && n_busy < JOB_BUSY_MAX)
      claim->busy[n_busy++] = arena_text(a, target);
    else if (same < half && half - same < claim->most_of_target)
      claim->most_of_target = half - same;
  }
  return idle < JOB_CLAIM_MAX ? idle : JOB_CLAIM_MAX;
}

static void hand_out(struct outside *o, const jobs *claimed)
{
  pthread_mutex_lock(&o->lock);
  size_t next = 0;
  for (int i = 0; i < o->n && next < claimed->n; i++)
    if (!o->workers[i].busy)
      give(&o->workers[i], &claimed->at[next++]);
  assert(next == claimed->n);
  pthread_cond_broadcast(&o->news);
  pthread_mutex_unlock(&o->lock);
}

static enum err claim_some(struct outside *o, struct ctx *cx, const struct job_claim *claim)
{
  struct act_call call = {.act = &job_claim_act,
                          .in = {.body = claim, .version = ABSENT},
                          .arena = cx->arena,
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(o->config.writer, &call);
  if (err == ERR_OK)
    hand_out(o, &((const struct job_claimed *)call.result.value)->jobs);
  else
    cx->fault = call.fault;
  return err;
}

/* *out_some: there was something to do, and there may be more. */
static enum err claim_due(struct outside *o, struct ctx *cx, bool *out_some)
{
  struct job_claim claim = {.kinds = kinds, .n_kinds = COUNT_OF(kinds)};
  *out_some = false;
  claim.groups = leases_groups(o->leases, LEASE_OUTSIDE);
  pthread_mutex_lock(&o->lock);
  claim.most = look_at_workers(o, cx->arena, &claim);
  pthread_mutex_unlock(&o->lock);
  if (claim.most == 0 || claim.groups.bits == 0)
    return ERR_OK;
  TRY(jobs_due(cx, &claim, out_some));
  return *out_some ? claim_some(o, cx, &claim) : ERR_OK;
}

/* On SQLite nobody else can have a claim: those of the process before are over. */
static void take_back(struct outside *o)
{
  bool more = !o->lease_db;
  while (more) {
    struct act_call call = {.act = &job_release_act,
                            .in = {.version = ABSENT},
                            .arena = arena_new(RUN_ARENA_BUDGET),
                            .actor = actor_system,
                            .success = 200,
                            .deadline = INSTANT(ABSENT)};
    more = writer_run(o->config.writer, &call) == ERR_OK && ((const struct jobs_replayed *)call.result.value)->more;
    arena_free(call.arena);
  }
}

static void renew_leases(struct outside *o, enum err (*fn)(struct leases *l, struct fault *f))
{
  if (!o->lease_db)
    return;
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  fault_init(&f, a);
  (void)fn(o->leases, &f); /* what could not be renewed lapses; the timers, who ask for the same, say why */
  arena_free(a);
}

/* Until it is time to look again, or a worker is idle. False when all stop. */
static bool wait_for_news(struct outside *o)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += TICK_MS * 1000000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_mutex_lock(&o->lock);
  if (!o->stopping)
    pthread_cond_timedwait(&o->news, &o->lock, &until);
  bool go_on = !o->stopping;
  pthread_mutex_unlock(&o->lock);
  return go_on;
}

static void look(struct outside *o)
{
  struct arena *a = arena_new(RUN_ARENA_BUDGET);
  bool some = true;
  while (some && !is_stopping(o)) {
    struct ctx cx;
    arena_reset(a);
    ctx_init(&cx, a, o->db, now_of(o));
    enum err err = claim_due(o, &cx, &some);
    if (err != ERR_OK && err != ERR_AWAY && err != ERR_BUSY && err != ERR_RETRY && err != ERR_STOPPING)
      log_line(LOG_WARN, "jobs could not be claimed", "%s", cx.fault.detail ? cx.fault.detail : err_info(err)->title);
    some = some && err == ERR_OK;
  }
  arena_free(a);
}

static void *outside_main(void *arg)
{
  struct outside *o = arg;
  take_back(o);
  while (wait_for_news(o)) {
    renew_leases(o, leases_tick);
    look(o);
  }
  renew_leases(o, leases_release);
  return NULL;
}

/* ---- Starting and stopping ---- */

static enum err open_all(struct outside *o, struct fault *f)
{
  TRY(db_open(o->config.url, DB_READER, f, &o->db));
  if (db_engine(o->db) != DB_SQLITE)
    TRY(db_open(o->config.url, DB_WRITER, f, &o->lease_db));
  o->leases = leases_new(&(struct leases_config){.db = o->lease_db,
                                                 .clock = o->config.clock,
                                                 .owner = o->config.owner,
                                                 .names = lease_names,
                                                 .n = COUNT_OF(lease_names),
                                                 .hold_ms = HOLD_MS});
  for (int i = 0; i < o->n; i++) {
    o->workers[i] = (struct worker){.outside = o, .arena = arena_new(RUN_ARENA_BUDGET)};
    TRY(db_open(o->config.url, DB_READER, f, &o->workers[i].db));
  }
  return ERR_OK;
}

static bool start_threads(struct outside *o)
{
  int started = 0;
  while (started < o->n && pthread_create(&o->workers[started].thread, NULL, worker_main, &o->workers[started]) == 0)
    started++;
  o->started = started == o->n && pthread_create(&o->thread, NULL, outside_main, o) == 0;
  if (o->started)
    return true;
  pthread_mutex_lock(&o->lock);
  o->stopping = true;
  pthread_cond_broadcast(&o->news);
  pthread_mutex_unlock(&o->lock);
  for (int i = 0; i < started; i++)
    pthread_join(o->workers[i].thread, NULL);
  return false;
}

static void outside_free(struct outside *o)
{
  for (int i = 0; i < o->n; i++) {
    db_close(o->workers[i].db);
    arena_free(o->workers[i].arena);
  }
  leases_free(o->leases);
  db_close(o->lease_db);
  db_close(o->db);
  free(o->workers);
  free(o);
}

struct outside *outside_start(const struct outside_config *config)
{
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct outside *o = calloc(1, sizeof *o);
  pthread_condattr_t monotonic;
  assert(o);
  fault_init(&f, a);
  o->config = *config;
  o->n = config->workers ? config->workers : OUTSIDE_WORKERS;
  o->workers = calloc((size_t)o->n, sizeof *o->workers);
  assert(o->workers);
  pthread_mutex_init(&o->lock, NULL);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&o->news, &monotonic);
  pthread_condattr_destroy(&monotonic);
  net_init();
  if (open_all(o, &f) != ERR_OK || !start_threads(o)) {
    log_line(LOG_ERROR, "jobs cannot be done", "%s", f.detail ? f.detail : "no threads");
    outside_free(o);
    o = NULL;
  }
  arena_free(a);
  return o;
}

void outside_stop(struct outside *o)
{
  if (!o)
    return;
  pthread_mutex_lock(&o->lock);
  o->stopping = true;
  pthread_cond_broadcast(&o->news);
  pthread_mutex_unlock(&o->lock);
  pthread_join(o->thread, NULL);
  for (int i = 0; i < o->n; i++)
    pthread_join(o->workers[i].thread, NULL);
  outside_free(o);
}
