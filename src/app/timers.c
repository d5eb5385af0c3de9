/* What happens by itself: a table of jobs and one thread that runs the due ones through the writer. Of several processes
 * on a database each does the part whose leases it holds (core/leases); alone on SQLite it does everything. */
#include "app.h"

#include "allocation.h"
#include "changes.h"
#include "fulfillment.h"
#include "idempotency.h"
#include "intake.h"
#include "jobs.h"
#include "leases.h"
#include "reports.h"
#include "review.h"
#include "search.h"
#include "subscriptions.h"
#include "work.h"
#include "upload.h"
#include "views.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
  BACKGROUND_NICE = 10, /* of 0..19 */
  TICK_MS = 250,
  BATCH = 100,
  EVENTS_BATCH = 500,
  BATCHES_A_RUN = 20,
  BULK_RUN_MS = 1000, /* then the other jobs have their turn */
  IMPORTS_RUN_MS = 1000,
  TIMER_ARENA_BUDGET = 256 << 20,
  ACT_ARENA_BUDGET = 64 << 20,
  HOLD_MS = 15000, /* of a lease; a process that was killed is inherited after that */
};

/* The work on rows of buckets is shared; who has the search index is one. */
#define LEASE_WORK   "work"
#define LEASE_SEARCH "search"
#define LEASE_REPORTS "reports"
#define LEASE_REACTIONS "reactions"
static const struct lease_name lease_names[] = {
    {LEASE_WORK, BUCKET_GROUPS}, {LEASE_SEARCH, 1}, {LEASE_REPORTS, 1}, {LEASE_REACTIONS, 1}};

enum { TIMERS_MAX = 32, ERROR_TEXT = 300 };

/* How a job fares. */
struct fare {
  int64_t runs, failures, last_ms;
  struct instant last_at, failed_at;
  bool mine;
  char error[ERROR_TEXT];
};

struct timers {
  struct writer *writer;
  struct clock clock;
  struct db *db;       /* a reader, for finding what is due */
  struct db *lease_db; /* a connection for the leases; NULL on SQLite */
  struct leases *leases;
  bool away; /* the database, and it was told */
  int64_t fill_turn;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool stopping;
  struct fare fares[TIMERS_MAX]; /* by job; under the lock */
};

/* Items of a job that failed before: passed over for now, or tried again. */
struct failures {
  failed_ids skip, failing;
};
/* How many due items are asked for, so that those passed over hide no others. */
static int64_t batch_of(const struct failures *known)
{
  return BATCH + (int64_t)known->skip.n;
}

static bool is_stopping(struct timers *t)
{
  pthread_mutex_lock(&t->lock);
  bool stopping = t->stopping;
  pthread_mutex_unlock(&t->lock);
  return stopping;
}

static enum err run_act(struct timers *t, struct ctx *cx, const struct act *act, const char *id, const void *body)
{
  struct act_call call = {.act = act,
                          .in = {.id = id, .body = body, .version = ABSENT},
                          .arena = cx->arena,
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(t->writer, &call);
  if (err != ERR_OK)
    cx->fault = call.fault;
  return err;
}

/* Remembers that an item failed, or that one which had failed did not. */
static void note_item(struct timers *t, struct ctx *cx, const struct act *act, const char *subject, int64_t id,
                      enum err err)
{
  const char *why = err && cx->fault.detail ? arena_text(cx->arena, cx->fault.detail) : NULL;
  struct failed_item item = {act->name, subject, id, err, why};
  if (err != ERR_OK)
    log_line(LOG_WARN, "a job could not do its part", "%s %s: %s", act->name, subject,
             why ? why : err_info(err)->title);
  if (run_act(t, cx, &failed_note_act, NULL, &item) != ERR_OK)
    log_line(LOG_WARN, "a failure could not be noted", "%s %s", act->name, subject);
}

/* The act for each of the ids that is due, each in an arena of its own. What one of them cannot do is told and stops none
 * of the others, or it would be the first of the due ones for ever: it stands in failed_work, and waits longer each time.
 * Only a writer that takes nothing ends the run. */
static enum err run_each(struct timers *t, const struct failures *known, const struct act *act, const char *prefix,
                         const int64_t *ids, size_t n)
{
  struct arena *a = arena_new(ACT_ARENA_BUDGET);
  enum err stopped = ERR_OK;
  for (size_t i = 0; i < n && stopped == ERR_OK && !is_stopping(t); i++) {
    struct ctx cx = {.arena = a};
    char text[ID_TEXT];
    if (failed_among(&known->skip, ids[i]))
      continue;
    arena_reset(a);
    id_format(prefix, ids[i], text);
    enum err err = run_act(t, &cx, act, text, NULL);
    if (err != ERR_OK && err_info(err)->http == 503)
      stopped = err;
    else if (err != ERR_OK || failed_among(&known->failing, ids[i]))
      note_item(t, &cx, act, text, ids[i], err);
  }
  arena_free(a);
  return stopped;
}

/* Tells what went wrong; that the database is away is told once, until a job has found it again. */
static void note_trouble(struct timers *t, const char *what, enum err err, const struct fault *f)
{
  if (err == ERR_OK || err == ERR_BUSY || (err == ERR_AWAY && t->away))
    return;
  t->away = err == ERR_AWAY;
  log_line(LOG_WARN, "background work failed", "%s: %s", what, f->detail ? f->detail : err_info(err)->title);
}

/* ---- Jobs ---- */

static struct bucket_groups my_groups(const struct timers *t)
{
  return leases_groups(t->leases, LEASE_WORK);
}

static enum err expire_orders(struct timers *t, struct ctx *cx)
{
  struct failures known = {0};
  LIST(struct order_id) ids = {0};
  TRY(failed_known(cx, order_expire_act.name, &known.skip, &known.failing));
  TRY(orders_expiring(cx, my_groups(t), batch_of(&known), (struct list *)&ids));
  return ids.n ? run_each(t, &known, &order_expire_act, PREFIX_order, &ids.at->v, ids.n) : ERR_OK;
}

/* Goods came in: orders that wait for them are served. */
static enum err fill_orders(struct timers *t, struct ctx *cx)
{
  struct failures known = {0};
  order_ids ids = {0};
  TRY(failed_known(cx, order_fill_act.name, &known.skip, &known.failing));
  TRY(orders_fillable(cx, my_groups(t), batch_of(&known), &t->fill_turn, &ids));
  return ids.n ? run_each(t, &known, &order_fill_act, PREFIX_order, &ids.at->v, ids.n) : ERR_OK;
}

static enum err expire_holds(struct timers *t, struct ctx *cx)
{
  struct failures known = {0};
  LIST(struct order_id) ids = {0};
  TRY(failed_known(cx, holds_expire_act.name, &known.skip, &known.failing));
  TRY(holds_expiring(cx, my_groups(t), batch_of(&known), (struct list *)&ids));
  return ids.n ? run_each(t, &known, &holds_expire_act, PREFIX_order, &ids.at->v, ids.n) : ERR_OK;
}

/* Change sets that nobody decided about. */
static enum err expire_changes(struct timers *t, struct ctx *cx)
{
  struct failures known = {0};
  change_ids ids = {0};
  TRY(failed_known(cx, change_expire_act.name, &known.skip, &known.failing));
  TRY(changes_expiring(cx, my_groups(t), batch_of(&known), &ids));
  return ids.n ? run_each(t, &known, &change_expire_act, PREFIX_change, &ids.at->v, ids.n) : ERR_OK;
}

/* What nobody decided in time goes to the next role. */
static enum err escalate_holds(struct timers *t, struct ctx *cx)
{
  struct failures known = {0};
  hold_ids ids = {0};
  TRY(failed_known(cx, hold_escalate_act.name, &known.skip, &known.failing));
  TRY(holds_overdue(cx, my_groups(t), batch_of(&known), &ids));
  return ids.n ? run_each(t, &known, &hold_escalate_act, PREFIX_hold, &ids.at->v, ids.n) : ERR_OK;
}

/* One verb for many orders, a step at a time. */
static enum err run_bulk(struct timers *t, struct ctx *cx)
{
  struct instant begun = t->clock.now(t->clock.arg);
  bool more = true;
  while (more && !is_stopping(t) && t->clock.now(t->clock.arg).ms - begun.ms < BULK_RUN_MS) {
    arena_reset(cx->arena);
    db_use(cx->db, &cx->fault, cx->arena);
    cx->now = t->clock.now(t->clock.arg);
    TRY(bulk_step(cx, t->writer, my_groups(t), &more));
  }
  return ERR_OK;
}

static enum err close_orders(struct timers *t, struct ctx *cx)
{
  struct failures known = {0};
  fulfillment_ids ids = {0};
  TRY(failed_known(cx, fulfillment_close_act.name, &known.skip, &known.failing));
  TRY(fulfillments_to_close(cx, my_groups(t), batch_of(&known), &ids));
  return ids.n ? run_each(t, &known, &fulfillment_close_act, PREFIX_fulfillment, &ids.at->v, ids.n) : ERR_OK;
}

/* ---- Stored replies go after their time ---- */

static enum err expire_replies(struct timers *t, struct ctx *cx)
{
  struct bucket_groups groups = my_groups(t);
  return run_act(t, cx, &replies_expire_act, NULL, &groups);
}

/* Files that were brought are kept for a day. */
static enum err expire_imports(struct timers *t, struct ctx *cx)
{
  struct instant begun = t->clock.now(t->clock.arg);
  while (!is_stopping(t) && t->clock.now(t->clock.arg).ms - begun.ms < IMPORTS_RUN_MS) {
    struct import_id id;
    char text[ID_TEXT];
    arena_reset(cx->arena);
    db_use(cx->db, &cx->fault, cx->arena);
    cx->now = t->clock.now(t->clock.arg);
    TRY(uploads_expired(cx, my_groups(t), &id));
    if (!id.v)
      break;
    id_format(PREFIX_import, id.v, text);
    TRY(run_act(t, cx, &upload_expire_act, text, NULL));
  }
  return ERR_OK;
}

/* Whoever closes a page says so; rows of browsers that died stay until here. */
static enum err sweep_presence(struct timers *t, struct ctx *cx)
{
  static const struct db_stmt any = {"SELECT count(*) FROM (SELECT seen_at FROM presence WHERE seen_at <= $1"
                                     " ORDER BY seen_at LIMIT 1) AS old",
                                     DB_LIST};
  struct bucket_groups groups = my_groups(t);
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &any, &n, DB_ARGS(I64(cx->now.ms - PRESENCE_MS))));
  return n ? run_act(t, cx, &presence_sweep_act, NULL, &groups) : ERR_OK;
}

/* Terms for full-text search follow the feed, a batch of events an act; a run ends when it has caught up, or to let the
 * other jobs have their turn. Its cursor, moved from where it was read, is the last word on who indexes. */
static enum err index_search(struct timers *t, struct ctx *cx)
{
  int64_t n = EVENTS_BATCH;
  for (int i = 0; i < BATCHES_A_RUN && n == EVENTS_BATCH && !is_stopping(t); i++) {
    struct search_work *work;
    arena_reset(cx->arena);
    TRY(search_collect(cx, EVENTS_BATCH, &work, &n));
    if (n)
      TRY(run_act(t, cx, &search_index_act, NULL, work));
  }
  return ERR_OK;
}

/* Figures follow the feed and the stock ledger in the same way. */
static enum err count_reports(struct timers *t, struct ctx *cx)
{
  int64_t n = EVENTS_BATCH;
  for (int i = 0; i < BATCHES_A_RUN && n == EVENTS_BATCH && !is_stopping(t); i++) {
    struct report_work *work;
    arena_reset(cx->arena);
    TRY(report_collect(cx, EVENTS_BATCH, &work, &n));
    if (n)
      TRY(run_act(t, cx, &report_index_act, NULL, work));
  }
  return ERR_OK;
}

static enum err count_stock(struct timers *t, struct ctx *cx)
{
  int64_t n = EVENTS_BATCH;
  for (int i = 0; i < BATCHES_A_RUN && n == EVENTS_BATCH && !is_stopping(t); i++) {
    struct report_ledger_work *work;
    arena_reset(cx->arena);
    TRY(report_ledger_collect(cx, EVENTS_BATCH, &work, &n));
    if (n)
      TRY(run_act(t, cx, &report_ledger_act, NULL, work));
  }
  return ERR_OK;
}

static bool stop_asked(void *arg)
{
  return is_stopping(arg);
}

/* What follows from what happened: the table of subscriptions.c. */
static enum err react(struct timers *t, struct ctx *cx)
{
  return subscriptions_run(cx, t->writer, stop_asked, t);
}

/* What was done outside is kept for some days. */
static enum err sweep_jobs(struct timers *t, struct ctx *cx)
{
  struct bucket_groups groups = my_groups(t);
  bool any;
  TRY(jobs_swept(cx, groups, &any));
  return any ? run_act(t, cx, &jobs_sweep_act, NULL, &groups) : ERR_OK;
}

static const struct {
  const char *name;
  const char *lease; /* what this process must hold for it: some groups of work, or the one of its kind */
  int64_t every_ms;
  enum err (*run)(struct timers *t, struct ctx *cx);
} timers[] = {
    {"react to events", LEASE_REACTIONS, 0, react},
    {"index for search", LEASE_SEARCH, 0, index_search},
    {"count for reports", LEASE_REPORTS, SECOND_MS, count_reports},
    {"count stock for reports", LEASE_REPORTS, 5 * SECOND_MS, count_stock},
    {"serve waiting orders", LEASE_WORK, SECOND_MS, fill_orders},
    {"expire orders", LEASE_WORK, 5 * SECOND_MS, expire_orders},
    {"expire holds", LEASE_WORK, 5 * SECOND_MS, expire_holds},
    {"expire changes", LEASE_WORK, 5 * SECOND_MS, expire_changes},
    {"escalate holds", LEASE_WORK, 5 * SECOND_MS, escalate_holds},
    {"bulk jobs", LEASE_WORK, 0, run_bulk},
    {"close shipped orders", LEASE_WORK, MINUTE_MS, close_orders},
    {"expire stored replies", LEASE_WORK, 10 * SECOND_MS, expire_replies},
    {"throw away imports", LEASE_WORK, MINUTE_MS, expire_imports},
    {"forget who has left", LEASE_WORK, MINUTE_MS, sweep_presence},
    {"forget what was done outside", LEASE_WORK, MINUTE_MS, sweep_jobs},
};

static bool is_mine(const struct timers *t, size_t job)
{
  return strcmp(timers[job].lease, LEASE_WORK) == 0 ? my_groups(t).bits != 0 : leases_hold(t->leases, timers[job].lease, 0);
}

/* ---- Leases ---- */

/* leases_tick or leases_release. */
static void renew_leases(struct timers *t, enum err (*fn)(struct leases *l, struct fault *f))
{
  if (!t->lease_db)
    return; /* alone */
  struct arena *a = arena_new(ACT_ARENA_BUDGET);
  struct fault f;
  fault_init(&f, a);
  enum err err = fn(t->leases, &f);
  if (err != ERR_RETRY) /* somebody was faster: looked at again at once */
    note_trouble(t, "the leases of background work", err, &f);
  arena_free(a);
}

static enum err open_leases(struct timers *t, const char *url, const char *owner, struct fault *f)
{
  if (db_engine(t->db) != DB_SQLITE)
    TRY(db_open(url, DB_WRITER, f, &t->lease_db));
  t->leases = leases_new(&(struct leases_config){.db = t->lease_db,
                                                 .clock = t->clock,
                                                 .owner = owner,
                                                 .names = lease_names,
                                                 .n = COUNT_OF(lease_names),
                                                 .hold_ms = HOLD_MS});
  return ERR_OK;
}

/* ---- How they fare ---- */

_Static_assert(COUNT_OF(timers) <= TIMERS_MAX, "a fare for each job");

static void note_run(struct timers *t, size_t job, struct instant begun, enum err err, const struct fault *f)
{
  struct instant now = t->clock.now(t->clock.arg);
  pthread_mutex_lock(&t->lock);
  struct fare *fare = &t->fares[job];
  fare->runs++;
  fare->last_at = now;
  fare->last_ms = now.ms - begun.ms;
  if (err != ERR_OK && err != ERR_BUSY) {
    fare->failures++;
    fare->failed_at = now;
    snprintf(fare->error, sizeof fare->error, "%s: %.200s", err_info(err)->slug, f->detail ? f->detail : err_info(err)->title);
  }
  pthread_mutex_unlock(&t->lock);
}

static void note_mine(struct timers *t, size_t job, bool mine)
{
  pthread_mutex_lock(&t->lock);
  t->fares[job].mine = mine;
  pthread_mutex_unlock(&t->lock);
}

void timers_fare(struct timers *t, struct arena *a, api_timers *out)
{
  pthread_mutex_lock(&t->lock);
  for (size_t i = 0; i < COUNT_OF(timers); i++) {
    const struct fare *f = &t->fares[i];
    *LIST_ADD(a, out) = (struct api_timer){.name = timers[i].name,
                                         .mine = f->mine,
                                         .every_ms = timers[i].every_ms,
                                         .runs = f->runs,
                                         .failures = f->failures,
                                         .last_ms = f->runs ? f->last_ms : ABSENT,
                                         .last_at = f->runs ? f->last_at : INSTANT(ABSENT),
                                         .failed_at = f->failures ? f->failed_at : INSTANT(ABSENT),
                                         .error = f->failures ? arena_text(a, f->error) : NULL};
  }
  pthread_mutex_unlock(&t->lock);
}

/* ---- The thread ---- */

static void run_job(struct timers *t, size_t i, struct instant now)
{
  struct arena *a = arena_new(TIMER_ARENA_BUDGET);
  struct ctx cx;
  ctx_init(&cx, a, t->db, now);
  enum err err = ctx_masters_refresh(&cx);
  if (err == ERR_OK)
    err = timers[i].run(t, &cx);
  if (err == ERR_OK)
    t->away = false;
  note_trouble(t, timers[i].name, err, &cx.fault);
  note_run(t, i, now, err, &cx.fault);
  arena_free(a);
}

/* False when it is time to stop. */
static bool sleep_tick(struct timers *t)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += TICK_MS * 1000000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_mutex_lock(&t->lock);
  if (!t->stopping)
    pthread_cond_timedwait(&t->wake, &t->lock, &until);
  bool go_on = !t->stopping;
  pthread_mutex_unlock(&t->lock);
  return go_on;
}

static void *timers_main(void *arg)
{
  struct timers *t = arg;
  setpriority(PRIO_PROCESS, 0, BACKGROUND_NICE); /* on Linux of this thread alone: whoever asks goes first */
  int64_t next[COUNT_OF(timers)] = {0};
  while (sleep_tick(t)) {
    struct instant now = t->clock.now(t->clock.arg);
    renew_leases(t, leases_tick);
    for (size_t i = 0; i < COUNT_OF(timers) && !is_stopping(t); i++) {
      note_mine(t, i, is_mine(t, i));
      if (!is_mine(t, i) ||
          (now.ms < next[i] && next[i] - now.ms <= timers[i].every_ms)) /* farther away: the clock was set back */
        continue;
      next[i] = now.ms + timers[i].every_ms;
      run_job(t, i, now);
      renew_leases(t, leases_tick); /* it may have taken long */
    }
  }
  renew_leases(t, leases_release);
  return NULL;
}

static void timers_free(struct timers *t)
{
  leases_free(t->leases);
  db_close(t->lease_db);
  db_close(t->db);
  free(t);
}

struct timers *timers_start(struct writer *w, const char *url, struct clock clock, const char *owner)
{
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct timers *t = calloc(1, sizeof *t);
  fault_init(&f, a);
  t->writer = w;
  t->clock = clock;
  pthread_condattr_t monotonic; /* a clock that is set must not put the jobs to sleep */
  pthread_mutex_init(&t->lock, NULL);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&t->wake, &monotonic);
  pthread_condattr_destroy(&monotonic);
  if (db_open(url, DB_READER, &f, &t->db) != ERR_OK || open_leases(t, url, owner, &f) != ERR_OK ||
      pthread_create(&t->thread, NULL, timers_main, t) != 0) {
    log_line(LOG_ERROR, "timers cannot be started", "%s", f.detail ? f.detail : "");
    timers_free(t);
    t = NULL;
  }
  arena_free(a);
  return t;
}

void timers_stop(struct timers *t)
{
  if (!t)
    return;
  pthread_mutex_lock(&t->lock);
  t->stopping = true;
  pthread_cond_signal(&t->wake);
  pthread_mutex_unlock(&t->lock);
  pthread_join(t->thread, NULL);
  timers_free(t);
}
