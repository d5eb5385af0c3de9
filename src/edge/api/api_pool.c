/* The pool of readers: a few threads with a connection each take calls from one bounded queue. New reads are refused
 * when too many wait; rendering for a write that has happened never is. */
#include "api_priv.h"

#include <stdlib.h>

static struct call *pool_take(struct pool *p)
{
  pthread_mutex_lock(&p->lock);
  while (!p->first && !p->stopping) {
    p->idle++;
    pthread_cond_wait(&p->work, &p->lock);
    p->idle--;
  }
  struct call *call = p->first;
  if (call) {
    p->first = call->next;
    if (!p->first)
      p->last = NULL;
    p->waiting--;
    call->next = NULL;
  }
  pthread_mutex_unlock(&p->lock);
  return call;
}

static void *worker_main(void *arg)
{
  struct worker *w = arg;
  struct call *call;
  while ((call = pool_take(&w->api->pool))) {
    ctx_init(&w->cx, call->rq->arena, w->db, w->api->config.clock.now(w->api->config.clock.arg));
    w->cx.actor = call->actor;
    w->cx.request_id = call->rq->request_id;
    atomic_fetch_add_explicit(&w->api->pool.served, 1, memory_order_relaxed);
    call->run(w, call);
  }
  return NULL;
}

static bool push(struct pool *p, struct call *call, void (*run)(struct worker *w, struct call *call), bool bounded)
{
  call->run = run;
  call->next = NULL;
  pthread_mutex_lock(&p->lock);
  bool take = !p->stopping && !(bounded && p->waiting >= p->reads_max);
  if (take) {
    if (p->last)
      p->last->next = call;
    else
      p->first = call;
    p->last = call;
    p->waiting++;
    if (p->idle)
      pthread_cond_signal(&p->work);
  }
  pthread_mutex_unlock(&p->lock);
  return take;
}

void pool_push(struct pool *p, struct call *call, void (*run)(struct worker *w, struct call *call))
{
  if (!push(p, call, run, false))
    call_problem(call, ERR_STOPPING, NULL);
}

bool pool_try(struct pool *p, struct call *call, void (*run)(struct worker *w, struct call *call))
{
  bool taken = push(p, call, run, true);
  if (!taken)
    atomic_fetch_add_explicit(&p->refused, 1, memory_order_relaxed);
  return taken;
}

enum err pool_start(struct api *api, int n, struct fault *f)
{
  struct pool *p = &api->pool;
  p->workers = calloc((size_t)n, sizeof *p->workers);
  assert(p->workers);
  for (p->n = 0; p->n < n; p->n++) {
    struct worker *w = &p->workers[p->n];
    w->api = api;
    TRY(db_open(api->config.url, DB_READER, f, &w->db));
    db_on_slow(w->db, API_SLOW_MS, api->config.on_slow, api->config.arg);
    w->running = pthread_create(&w->thread, NULL, worker_main, w) == 0;
    if (!w->running) {
      db_close(w->db);
      return fault_fail(f, ERR_INTERNAL, "", "a thread of the reader pool cannot be started");
    }
  }
  return ERR_OK;
}

void pool_stop(struct api *api)
{
  struct pool *p = &api->pool;
  pthread_mutex_lock(&p->lock);
  p->stopping = true;
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->lock);
  for (int i = 0; i < p->n; i++) {
    pthread_join(p->workers[i].thread, NULL);
    db_close(p->workers[i].db);
  }
  free(p->workers);
  p->workers = NULL;
  p->n = 0;
}
