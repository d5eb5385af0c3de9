/* One request and its reply: made by the loop, answered by anybody, freed by whoever lets go last.
 */
#include "http_priv.h"

#include <stdlib.h>

struct exchange *exchange_new(struct http_server *s, struct link *l, const char *target)
{
  struct exchange *x = calloc(1, sizeof *x);
  if (!x)
    abort();
  const struct http_limits *limits = &s->config.limits;
  struct arena *a = arena_new(limits->arena_budget);
  x->server = s;
  x->link = l;
  x->holders = 1;
  x->door = (struct http_door){.body = limits->body, .arena_budget = limits->arena_budget,
                               .parked_ms = limits->parked_ms};
  x->rq = (struct http_request){
    .method = "",
    .path = "",
    .body = "",
    .arena = a,
    .target = arena_text(a, target),
    .client = arena_text(a, l->client),
    .request_id = arena_printf(a, "req_%016llx", (unsigned long long)hash_mix(s->next_id++, (uint64_t)now_us())),
  };
  atomic_fetch_add(&s->holders, 1);
  return x;
}

void exchange_answered(struct exchange *x)
{
  x->answered = true;
  if (!x->parked)
    return;
  x->next_ready = x->server->ready;
  x->server->ready = x;
  server_wake(x->server);
}

void exchange_release(struct exchange *x)
{
  struct http_server *s = x->server;
  pthread_mutex_lock(&s->lock);
  bool last = --x->holders == 0;
  pthread_mutex_unlock(&s->lock);
  if (!last)
    return;
  if (x->body_cap)
    free((char *)(uintptr_t)x->rq.body);
  arena_free(x->own_arena);
  arena_free(x->rq.arena); /* last: what was deferred in it may still look at the request's texts */
  free(x);
  server_release(s);
}

void http_reply(struct http_request *rq, const struct http_reply *reply)
{
  struct exchange *x = (struct exchange *)rq;
  struct http_reply encoded = *reply;
  assert(reply->status >= 200 && reply->status < 600);
  reply_encode(rq, &encoded);
  pthread_mutex_lock(&x->server->lock);
  assert(!x->answered);
  if (!x->abandoned) {
    x->reply = encoded;
    exchange_answered(x);
  }
  pthread_mutex_unlock(&x->server->lock);
  exchange_release(x);
}
