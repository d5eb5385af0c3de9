/* A graceful stop under load: what was accepted is answered, what was answered is there. */
#include "load.h"
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 16, ORDERS_MAX = 20000 };

struct placed {
  atomic_int n, next, unexpected;
  char ids[ORDERS_MAX][32];
};

/* Places orders until the server will not any more; remembers what was acknowledged. */
static void place_until_refused(struct load_worker *w)
{
  struct placed *p = w->load->arg;
  struct arena *a = arena_new(1 << 20);
  struct answer answer;
  char body[256];
  for (;;) {
    int n = atomic_fetch_add(&p->next, 1);
    snprintf(body, sizeof body,
             "{\"channel\":\"web\",\"external_id\":\"s-%d\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE-S\","
             "\"quantity\":1}]}",
             n);
    if (n >= ORDERS_MAX ||
        load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = body}, &answer) != CALL_ANSWERED)
      break;
    arena_reset(a);
    if (answer.status == 201)
      snprintf(p->ids[atomic_fetch_add(&p->n, 1)], sizeof p->ids[0], "%s", json_look(a, answer.body, "/id"));
    else if (answer.status == 503)
      break;
    else
      atomic_fetch_add(&p->unexpected, 1);
  }
  arena_free(a);
}

TEST(what_was_accepted_is_answered_and_what_was_answered_is_there)
{
  struct shop *s = shop_open(t);
  struct placed *p = ARENA_NEW(t->arena, struct placed);
  a_small_shop(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 1000000}]}");
  struct load l = {.address = s->address, .key = s->key, .workers = CLIENTS, .run = place_until_refused, .arg = p};
  load_start(&l);
  for (int64_t until = monotonic_ms() + 20000; atomic_load(&p->n) < 200 && monotonic_ms() < until;)
    SAY(200, "GET /healthz");
  int64_t began = monotonic_ms();
  int status = shop_stop(s);
  int64_t took = monotonic_ms() - began;
  load_wait(&l);
  printf("  %d orders placed, stopped in %lld ms, %d connections ended without an answer\n", p->n, (long long)took,
         l.broken);
  CHECK_INT(status, 0);
  CHECK_INT(p->unexpected, 0);
  CHECK(p->n >= 200);
  shop_check(s);
  /* A connection that was idle when its request came may be closed; a request that was accepted may not. So as many
   * orders are there as were acknowledged: an order without an answer would be one more. */
  shop_start(s);
  SAY(200, "GET /v1/orders?limit=1&count=exact");
  CHECK_INT(json_look_i64(t->arena, s->last.body, "/count"), p->n);
  for (int i = 0; i < p->n; i += 37) {
    shop_label(s, "id", p->ids[i]);
    SAY(200, "GET /v1/orders/<id>");
  }
  shop_close(s);
}
