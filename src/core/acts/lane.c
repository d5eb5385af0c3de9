/* A lane of the writer: a thread with a connection that takes what waits as one transaction.
 *
 * Where there is one lane (SQLite), acts are loaded, decided and applied one after the other. Where a round trip is what
 * costs (PostgreSQL), the loads of all acts run side by side first, so that the acts find their answers remembered, and what
 * they write goes to the server together. Then others write at the same time, too: a batch that met them is tried again,
 * and at last act by act. */
#include "acts_priv.h"

#include "idempotency.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
  BATCH_ARENA_BUDGET = 256 << 20,
  CALL_ARENA_BUDGET = 512 << 20, /* the largest order, sourced from the most locations */
  BATCH_CALLS_BYTES = 256 << 20, /* what the calls of one commit may hold together before the next one begins */
  RETRIES_MAX = 8,
  TOGETHER_MAX = 3, /* times a batch meets others before its acts run alone */
  POLITE_MAX = 3,   /* times an act alone meets others before it shuts them out */
  DOUBLES_MAX = 3,  /* times an act meets a row that is there already before it is told so */
  WAIT_MIN_MS = 2,
  WAIT_MAX_MS = 250,
  AWAY_MS = 15 * 1000, /* how long a server is looked for before the calls are told */
  AWAY_STOPPING_MS = 3 * 1000,
};

static int64_t milliseconds(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * SECOND_MS + ts.tv_nsec / 1000000;
}

/* Two that met wait for different times. */
static void wait_by_chance(struct lane *l, int attempt)
{
  int64_t most = WAIT_MIN_MS << (attempt < 7 ? attempt + 1 : 7);
  l->chance = hash_mix(l->chance, (uint64_t)milliseconds());
  int64_t ms = WAIT_MIN_MS + (int64_t)(l->chance % (uint64_t)(most < WAIT_MAX_MS ? most : WAIT_MAX_MS));
  struct timespec ts = {.tv_sec = ms / SECOND_MS, .tv_nsec = ms % SECOND_MS * 1000000};
  nanosleep(&ts, NULL);
}

/* ---- Replies ---- */

static void render(struct act_call *call, const struct act_result *r)
{
  struct act_result shown = *r;
  struct buf body;
  buf_init(&body, call->arena);
  if (call->shape)
    call->shape(call, &shown);
  if (shown.rec)
    rec_write(shown.rec, shown.value, shown.view, &body);
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

/* ---- One call ---- */

static void call_ctx(struct transaction *t, struct act_call *call, struct ctx *cx)
{
  arena_widen(call->arena, CALL_ARENA_BUDGET); /* the door bounded what came in, not what it takes to answer it */
  ctx_init(cx, call->arena, t->lane->db, writer_now(t->lane->w));
  cx->actor = call->actor;
  cx->request_id = call->request_id;
  cx->ids = &t->lane->ids;
  cx->batch = &t->batch;
}

/* One call inside the open transaction. *out_dirty: it failed after it had begun to write, so the batch must go. */
static enum err run_call(struct transaction *t, struct act_call *call, bool *out_dirty)
{
  struct ctx cx;
  bool found = false;
  if (db_memo_bytes(t->lane->db) > DB_MEMO_BYTES_MAX) /* between acts nothing points into it: results own their texts */
    db_memo_clear(t->lane->db);
  call_ctx(t, call, &cx);
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

static void fail_all(struct act_call *calls, const struct fault *why, enum err err)
{
  for (struct act_call *c = calls; c; c = c->next)
    fail_call(c, why, err);
}

/* ---- Alone ---- */

/* Somebody was faster. A broken unique key may be that, too, or a mistake of the caller's that stays. */
static bool worth_another_try(const struct lane *l, enum err err, bool dirty, int attempt)
{
  if (err == ERR_RETRY || (l->shared && err == ERR_AWAY))
    return true;
  return l->shared && dirty && err == ERR_EXISTS && attempt < DOUBLES_MAX;
}

/* True when the call has its answer, or will get no other one. */
static bool try_alone(struct lane *l, struct act_call *call, int attempt)
{
  struct transaction t;
  bool dirty = false, refused = false;
  enum err err = transaction_begin(l, &t, 1);
  if (err == ERR_OK) {
    err = run_call(&t, call, &dirty);
    refused = err != ERR_OK;
    if (err == ERR_OK) {
      dirty = true;
      err = transaction_commit(&t);
      if (err == ERR_OK)
        return true;
    }
  }
  transaction_abandon(&t);
  if (!refused) /* else call->fault says why */
    fail_call(call, &t.cx.fault, err);
  return !worth_another_try(l, err, dirty, attempt);
}

/* One call in a transaction of its own: after a batch had to go, to find the culprit and save the others. Who meets others
 * again and again gets the writer for himself, so that somebody always comes through. */
static void run_alone(struct lane *l, struct act_call *call)
{
  bool done = false;
  for (int attempt = 0; attempt < RETRIES_MAX && !done; attempt++) {
    if (attempt && l->shared)
      wait_by_chance(l, attempt);
    if (attempt < POLITE_MAX)
      pthread_rwlock_rdlock(&l->w->alone);
    else
      pthread_rwlock_wrlock(&l->w->alone);
    done = try_alone(l, call, attempt);
    pthread_rwlock_unlock(&l->w->alone);
  }
}

/* ---- Together ---- */

struct ahead {
  struct transaction *t;
  struct act_call **calls;
};

/* What a call will ask, asked beside the others: what it makes of the answers is thrown away. */
static void load_ahead(void *arg, size_t i)
{
  struct ahead *ahead = arg;
  struct act_call *call = ahead->calls[i];
  struct ctx cx;
  bool found = false;
  call_ctx(ahead->t, call, &cx);
  if (call->key && (replay(&cx, call, &found) != ERR_OK || found))
    return;
  void *facts;
  enum err ignored = act_load(&cx, call->act, &call->in, &facts); /* it will be refused when it is its turn */
  (void)ignored;
}

static void load_all_ahead(struct transaction *t, struct act_call *calls, int64_t n)
{
  struct act_call **each = ARENA_ARRAY(t->cx.arena, struct act_call *, (size_t)n);
  size_t i = 0;
  for (struct act_call *c = calls; c; c = c->next)
    each[i++] = c;
  db_together(t->lane->db, i, load_ahead, &(struct ahead){t, each});
}

/* All calls as one transaction; those that memory has no room for are cut off and left to *out_rest. */
static enum err run_together(struct lane *l, struct act_call *calls, int64_t n, struct transaction *t, bool *out_begun,
                             struct act_call **out_rest)
{
  bool dirty = false;
  size_t held = 0;
  enum err err = transaction_begin(l, t, n);
  *out_begun = err == ERR_OK;
  *out_rest = NULL;
  if (err == ERR_OK && l->shared) {
    load_all_ahead(t, calls, n);
    db_defer(l->db);
  }
  for (struct act_call *c = calls; c && err == ERR_OK; c = c->next) {
    enum err refused = run_call(t, c, &dirty);
    if (dirty || refused == ERR_RETRY || refused == ERR_STORAGE || refused == ERR_AWAY)
      err = refused;
    held += arena_used(c->arena);
    if (held > BATCH_CALLS_BYTES) {
      *out_rest = c->next;
      c->next = NULL;
    }
  }
  return err == ERR_OK ? transaction_commit(t) : err;
}

/* A batch that is tried again may be cut again, earlier: what is cut off then comes before what was. */
static void put_before(struct act_call *rest, struct act_call **list)
{
  struct act_call **end = &rest;
  while (*end)
    end = &(*end)->next;
  *end = *list;
  *list = rest;
}

static void count_retry(struct writer *w)
{
  pthread_mutex_lock(&w->lock);
  w->stats.retries++;
  pthread_mutex_unlock(&w->lock);
}

/* False: nothing was written, and each call is to be run alone. */
static bool try_together(struct lane *l, struct act_call *calls, int64_t n, struct act_call **out_rest)
{
  int64_t begun_at = milliseconds();
  for (int attempt = 0;; attempt++) {
    struct transaction t;
    struct act_call *rest;
    bool begun;
    pthread_rwlock_rdlock(&l->w->alone);
    enum err err = run_together(l, calls, n, &t, &begun, &rest);
    if (err != ERR_OK)
      transaction_abandon(&t);
    pthread_rwlock_unlock(&l->w->alone);
    put_before(rest, out_rest);
    if (err == ERR_OK)
      return true;
    int64_t patience = writer_stopping(l->w) ? AWAY_STOPPING_MS : AWAY_MS;
    bool away = err == ERR_AWAY && milliseconds() - begun_at < patience;
    if (l->shared && (away || (err == ERR_RETRY && attempt < TOGETHER_MAX))) {
      count_retry(l->w);
      wait_by_chance(l, attempt);
      continue;
    }
    /* each alone would wait for the same and fail too */
    bool hopeless = err == ERR_STORAGE || err == ERR_AWAY || err == ERR_UNKNOWN || !begun;
    if (hopeless)
      fail_all(calls, &t.cx.fault, err);
    return hopeless;
  }
}

/* ---- Batches ---- */

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

static int64_t length(const struct act_call *calls)
{
  int64_t n = 0;
  for (; calls; calls = calls->next)
    n++;
  return n;
}

static void tell(struct lane *l, int64_t before)
{
  struct writer *w = l->w;
  if (w->config.on_commit && (l->shared || l->head.seq != before))
    w->config.on_commit(w->config.arg, l->shared ? ABSENT : l->head.seq);
}

/* One commit. Returns the calls that wait for the next one. */
static struct act_call *run_batch(struct lane *l, struct act_call *calls)
{
  struct writer *w = l->w;
  int64_t before = l->head.seq;
  struct act_call *rest = NULL;
  bool whole = try_together(l, calls, length(calls), &rest);
  if (!whole)
    for (struct act_call *c = calls; c; c = c->next)
      run_alone(l, c);
  count(w, calls, !whole);
  tell(l, before);
  while (calls) {
    struct act_call *c = calls;
    calls = c->next;
    c->next = NULL;
    c->done(c);
  }
  if (db_poisoned(l->db) && w->config.on_poisoned)
    w->config.on_poisoned(w->config.arg);
  return rest;
}

void *lane_main(void *arg)
{
  struct lane *l = arg;
  for (struct act_call *calls; (calls = writer_take(l->w)) != NULL;)
    while (calls)
      calls = run_batch(l, calls);
  struct transaction t;
  enum err err = transaction_begin(l, &t, 0);
  t.releases = true;
  if (err == ERR_OK)
    err = numbers_return(&t.cx);
  if (err == ERR_OK)
    err = lease_release(&t.cx, &t.lease, l->ids.ceiling_ms);
  if (err == ERR_OK)
    err = transaction_commit(&t);
  if (err != ERR_OK)
    transaction_abandon(&t);
  return NULL;
}

/* ---- Opening and closing ---- */

/* The first transaction: a node number, the head of the feed. */
static enum err lane_prepare(struct lane *l, struct fault *f)
{
  struct transaction t;
  enum err err = ERR_RETRY;
  l->outside_version = ABSENT;
  l->lease.until_ms = 0; /* nothing to renew yet: it takes a node */
  for (int attempt = 0; err == ERR_RETRY && attempt < RETRIES_MAX; attempt++) {
    if (attempt)
      wait_by_chance(l, attempt);
    err = transaction_begin(l, &t, 0);
    if (err == ERR_OK)
      err = transaction_commit(&t);
    if (err != ERR_OK)
      transaction_abandon(&t);
  }
  if (err != ERR_OK)
    return fault_fail(f, err, "", "%s", t.cx.fault.detail ? t.cx.fault.detail : "the database cannot be prepared");
  return ERR_OK;
}

enum err lane_open(struct lane *l, struct writer *w, uint64_t seed, struct fault *f)
{
  *l = (struct lane){.w = w, .ids.random = seed, .chance = seed};
  snprintf(l->lease.owner, sizeof l->lease.owner, "%016llx", (unsigned long long)ids_random(&l->ids));
  l->arena = arena_new(BATCH_ARENA_BUDGET);
  TRY(db_open(w->config.url, DB_WRITER, f, &l->db));
  l->shared = db_engine(l->db) != DB_SQLITE;
  l->numbers = numbers_new(l->shared);
  db_on_slow(l->db, WRITER_SLOW_MS, w->config.on_slow, w->config.arg);
  return lane_prepare(l, f);
}

void lane_close(struct lane *l)
{
  db_close(l->db);
  if (l->numbers)
    numbers_free(l->numbers);
  arena_free(l->arena);
}
