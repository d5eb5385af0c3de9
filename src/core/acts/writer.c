/* The writer: one thread, one connection, one queue. It takes everything that waits as one transaction and commits once
 * (group commit); nothing waits for a timer, since the next batch gathers while this one syncs.
 *
 * What it keeps between batches (head of the feed, number series, memo, node lease) is dropped when another process has
 * committed, and after every rollback. */
#include "acts_priv.h"

#include "idempotency.h"
#include "numbers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
  LEASE_MARGIN_MS = 30 * 1000,
  BATCH_ARENA_BUDGET = 256 << 20,
  CALL_ARENA_BUDGET = 512 << 20, /* the largest order, sourced from the most locations */
  BATCH_CALLS_BYTES = 256 << 20, /* what the calls of one commit may hold together before the next one begins */
  RETRIES_MAX = 8,
};

struct writer {
  struct writer_config config;
  pthread_t thread;
  pthread_mutex_t lock; /* guards what follows, up to the line */
  pthread_cond_t wake;
  struct act_call *first, **last;
  int waiting;
  bool stopping;
  struct writer_stats stats;
  /* ---- only the writer's thread ---- */
  struct db *db;
  struct arena *arena; /* of the batch's own needs */
  struct ids ids;
  struct lease lease; /* as it is committed */
  struct feed_head head;
  struct numbers_batch *numbers;
  int64_t outside_version;
};

/* The transaction in progress. */
struct transaction {
  struct writer *w;
  struct ctx cx; /* the batch's own: sealing, numbers, lease */
  struct feed_batch feed;
  struct batch batch;
  struct feed_head head;
  struct lease lease;
};

static int64_t microseconds(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct instant writer_now(const struct writer *w)
{
  return w->config.clock.now(w->config.clock.arg);
}

static enum err take_node(struct transaction *t)
{
  struct ids *ids = &t->w->ids;
  int64_t floor_ms;
  TRY(lease_take(&t->cx, &t->lease, &floor_ms));
  ids_init(ids, t->lease.node, floor_ms, ids->random);
  return ERR_OK;
}

/* Reads again what another process may have moved. */
static enum err refresh(struct writer *w, struct ctx *cx)
{
  numbers_forget(w->numbers);
  TRY(feed_head_load(cx, &w->head));
  return ctx_masters_refresh(cx);
}

static enum err transaction_begin(struct writer *w, struct transaction *t)
{
  arena_reset(w->arena);
  *t = (struct transaction){.w = w, .feed.arena = w->arena};
  ctx_init(&t->cx, w->arena, w->db, writer_now(w));
  t->batch = (struct batch){.feed = &t->feed, .numbers = w->numbers, .arena = w->arena};
  t->cx.batch = &t->batch;
  t->cx.ids = &w->ids;
  TRY(db_begin(w->db));
  int64_t outside;
  TRY(db_outside_version(w->db, &outside));
  if (outside != w->outside_version) {
    TRY(refresh(w, &t->cx));
    w->outside_version = outside;
  }
  t->head = w->head;
  t->lease = w->lease;
  if (t->cx.now.ms > w->lease.until_ms - LEASE_MARGIN_MS) {
    enum err err = lease_renew(&t->cx, &t->lease, w->ids.ceiling_ms);
    if (err == ERR_NOT_FOUND)
      err = take_node(t);
    TRY(err);
  }
  return ERR_OK;
}

/* Seals and commits. Only now are the replies true. */
static enum err transaction_commit(struct transaction *t)
{
  struct writer *w = t->w;
  db_use(w->db, &t->cx.fault, w->arena);
  TRY(batch_flush(&t->cx));
  TRY(events_seal(&t->cx, &t->feed, &t->head));
  TRY(numbers_flush(&t->cx));
  if (t->batch.masters_written)
    TRY(masters_moved(&t->cx));
  if (w->ids.ceiling_ms > t->lease.high_water_ms)
    TRY(lease_renew(&t->cx, &t->lease, w->ids.ceiling_ms));
  int64_t begun = microseconds();
  TRY(db_commit(w->db));
  int64_t took = microseconds() - begun;
  w->head = t->head;
  w->lease = t->lease;
  pthread_mutex_lock(&w->lock);
  w->stats.batches++;
  w->stats.commit_us_sum += took;
  if (took > w->stats.commit_us_max)
    w->stats.commit_us_max = took;
  pthread_mutex_unlock(&w->lock);
  return ERR_OK;
}

static void transaction_abandon(struct transaction *t)
{
  struct writer *w = t->w;
  db_use(w->db, &t->cx.fault, w->arena);
  db_rollback(w->db);
  batch_forget(&t->batch);
  numbers_forget(w->numbers);
  db_memo_clear(w->db);
  w->outside_version = ABSENT; /* read everything again */
}

static void render(struct act_call *call, const struct act_result *r)
{
  struct buf body;
  buf_init(&body, call->arena);
  if (r->rec)
    rec_write(r->rec, r->value, r->view, &body);
  call->reply = buf_str(&body);
  call->reply_n = body.n;
}

static enum err replay(struct ctx *cx, struct act_call *call, bool *out_found)
{
  struct stored_reply stored;
  char hash[HASH_TEXT];
  enum err err = idempotency_find(cx, call->key, &stored);
  *out_found = err == ERR_OK;
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  hex_encode(call->request_hash, HASH_BYTES, hash);
  if (strcmp(hash, stored.request_hash) != 0)
    return err_fail(cx, ERR_KEY_REUSED, "", "the key %s came with another method, path or body before", call->key);
  call->status = (int)stored.status;
  call->location = stored.location;
  call->version = stored.version;
  call->reply = stored.body;
  call->reply_n = strlen(stored.body);
  call->replayed = true;
  return ERR_OK;
}

static enum err remember(struct ctx *cx, struct act_call *call)
{
  char hash[HASH_TEXT];
  hex_encode(call->request_hash, HASH_BYTES, hash);
  struct stored_reply reply = {
      .idempotency_key = call->key,
      .request_hash = hash,
      .status = call->status,
      .location = call->location,
      .version = call->version,
      .body = call->reply,
  };
  return idempotency_store(cx, &reply);
}

/* One call inside the open transaction. *out_dirty: it failed after it had begun to write, so the batch must go. */
static enum err run_call(struct transaction *t, struct act_call *call, bool *out_dirty)
{
  struct ctx cx;
  bool found = false;
  if (db_memo_bytes(t->w->db) > DB_MEMO_BYTES_MAX) /* between acts nothing points into it: results own their texts */
    db_memo_clear(t->w->db);
  arena_widen(call->arena, CALL_ARENA_BUDGET); /* the door bounded what came in, not what it takes to answer it */
  ctx_init(&cx, call->arena, t->w->db, writer_now(t->w));
  cx.actor = call->actor;
  cx.request_id = call->request_id;
  cx.ids = &t->w->ids;
  cx.batch = &t->batch;
  *out_dirty = false;
  call->reply = NULL;
  call->replayed = false;
  enum err err = ERR_OK;
  if (instant_set(call->deadline) && cx.now.ms > call->deadline.ms)
    err = err_fail(&cx, ERR_BUSY, "", "it waited too long and was not begun");
  if (err == ERR_OK && call->key)
    err = replay(&cx, call, &found);
  if (err == ERR_OK && !found) {
    err = act_run_parts(&cx, call->act, &call->in, &call->result, out_dirty);
    if (err == ERR_OK) {
      call->status = call->result.status ? call->result.status : call->success;
      call->location = call->result.location;
      call->version = call->result.version;
      if (call->key) {
        render(call, &call->result);
        err = remember(&cx, call);
      }
    }
  }
  if (err == ERR_OK)
    *out_dirty = false;
  call->err = err;
  call->fault = cx.fault;
  return err;
}

static void fail_call(struct act_call *call, const struct fault *why, enum err err)
{
  call->err = err;
  call->reply = NULL;
  fault_init(&call->fault, call->arena);
  fault_fail(&call->fault, err, "", "%s", why->detail ? why->detail : err_info(err)->title);
}

/* One call in a transaction of its own: after a batch had to go, to find the culprit and save the others. */
static void run_alone(struct writer *w, struct act_call *call)
{
  for (int attempt = 0; attempt < RETRIES_MAX; attempt++) {
    struct transaction t;
    bool dirty = false;
    enum err err = transaction_begin(w, &t);
    if (err == ERR_OK) {
      err = run_call(&t, call, &dirty);
      if (err == ERR_OK) {
        err = transaction_commit(&t);
        if (err == ERR_OK)
          return;
      } else if (err != ERR_RETRY) {
        transaction_abandon(&t); /* call->fault says why */
        return;
      }
    }
    transaction_abandon(&t);
    fail_call(call, &t.cx.fault, err);
    if (err != ERR_RETRY)
      return;
  }
}

static void fail_all(struct act_call *calls, const struct fault *why, enum err err)
{
  for (struct act_call *c = calls; c; c = c->next)
    fail_call(c, why, err);
}

/* All calls as one transaction; those that memory has no room for are cut off and left to *out_rest. False when it had
 * to go: nothing was written, and each call is run alone. */
static bool run_together(struct writer *w, struct act_call *calls, struct act_call **out_rest)
{
  struct transaction t;
  bool dirty = false;
  size_t held = 0;
  enum err begun = transaction_begin(w, &t), err = begun;
  *out_rest = NULL;
  for (struct act_call *c = calls; c && err == ERR_OK; c = c->next) {
    enum err refused = run_call(&t, c, &dirty);
    if (dirty || refused == ERR_RETRY || refused == ERR_STORAGE)
      err = refused;
    held += arena_used(c->arena);
    if (held > BATCH_CALLS_BYTES) {
      *out_rest = c->next;
      c->next = NULL;
    }
  }
  if (err == ERR_OK)
    err = transaction_commit(&t);
  if (err == ERR_OK)
    return true;
  transaction_abandon(&t);
  bool hopeless = err == ERR_STORAGE || begun != ERR_OK; /* each alone would wait for the same and fail too */
  if (hopeless)
    fail_all(calls, &t.cx.fault, err);
  return hopeless;
}

static void count(struct writer *w, const struct act_call *calls, bool replayed)
{
  int64_t n = 0;
  pthread_mutex_lock(&w->lock);
  for (const struct act_call *c = calls; c; c = c->next) {
    n++;
    if (c->err != ERR_OK)
      *(err_info(c->err)->http < 500 ? &w->stats.refused : &w->stats.failed) += 1;
  }
  w->stats.acts += n;
  w->stats.replays += replayed;
  if (n > w->stats.batch_acts_max)
    w->stats.batch_acts_max = n;
  pthread_mutex_unlock(&w->lock);
}

/* One commit. Returns the calls that wait for the next one. */
static struct act_call *run_batch(struct writer *w, struct act_call *calls)
{
  int64_t before = w->head.seq;
  struct act_call *rest;
  bool whole = run_together(w, calls, &rest);
  if (!whole)
    for (struct act_call *c = calls; c; c = c->next)
      run_alone(w, c);
  count(w, calls, !whole);
  if (w->head.seq != before && w->config.on_commit)
    w->config.on_commit(w->config.arg, w->head.seq);
  while (calls) {
    struct act_call *c = calls;
    calls = c->next;
    c->next = NULL;
    c->done(c);
  }
  if (db_poisoned(w->db) && w->config.on_poisoned)
    w->config.on_poisoned(w->config.arg);
  return rest;
}

/* Takes what waits, at most WRITER_BATCH_MAX; waits for the first. NULL when the writer is to stop and nothing waits. */
static struct act_call *take(struct writer *w)
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

static void *writer_main(void *arg)
{
  struct writer *w = arg;
  for (struct act_call *calls; (calls = take(w)) != NULL;)
    while (calls)
      calls = run_batch(w, calls);
  struct transaction t;
  enum err err = transaction_begin(w, &t);
  if (err == ERR_OK)
    err = lease_release(&t.cx, &t.lease, w->ids.ceiling_ms);
  if (err == ERR_OK)
    err = transaction_commit(&t);
  if (err != ERR_OK)
    transaction_abandon(&t);
  return NULL;
}

static uint64_t system_seed(void)
{
  uint64_t seed;
  if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
    abort();
  return seed;
}

/* The first transaction: a node number, the head of the feed. */
static enum err writer_prepare(struct writer *w, struct fault *f)
{
  struct transaction t;
  w->outside_version = ABSENT;
  w->lease.until_ms = INT64_MAX; /* nothing to renew yet */
  enum err err = transaction_begin(w, &t);
  if (err == ERR_OK)
    err = take_node(&t);
  if (err == ERR_OK)
    err = transaction_commit(&t);
  if (err != ERR_OK) {
    transaction_abandon(&t);
    return fault_fail(f, err, "", "%s", t.cx.fault.detail ? t.cx.fault.detail : "the database cannot be prepared");
  }
  return ERR_OK;
}

enum err writer_start(const struct writer_config *config, struct fault *f, struct writer **out)
{
  struct writer *w = calloc(1, sizeof *w);
  if (!w)
    abort();
  w->config = *config;
  if (!w->config.queue_max)
    w->config.queue_max = WRITER_QUEUE_MAX;
  w->last = &w->first;
  w->ids.random = config->seed ? config->seed : system_seed();
  snprintf(w->lease.owner, sizeof w->lease.owner, "%016llx", (unsigned long long)ids_random(&w->ids));
  w->arena = arena_new(BATCH_ARENA_BUDGET);
  w->numbers = numbers_new();
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->wake, NULL);
  enum err err = db_open(config->url, DB_WRITER, f, &w->db);
  if (err == ERR_OK)
    db_on_slow(w->db, WRITER_SLOW_MS, config->on_slow, config->arg);
  if (err == ERR_OK)
    err = writer_prepare(w, f);
  if (err == ERR_OK && pthread_create(&w->thread, NULL, writer_main, w) != 0)
    err = fault_fail(f, ERR_INTERNAL, "", "the writer's thread cannot be started");
  if (err != ERR_OK) {
    db_close(w->db);
    numbers_free(w->numbers);
    arena_free(w->arena);
    free(w);
    return err;
  }
  *out = w;
  return ERR_OK;
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
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->thread, NULL);
  db_close(w->db);
  numbers_free(w->numbers);
  arena_free(w->arena);
  pthread_mutex_destroy(&w->lock);
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
