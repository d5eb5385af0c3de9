/* Numbers of legal documents: 200 who invoice at one time, the server killed among them, and no number is missing or twice. */
#include "load.h"
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WRITERS = 200, ROUNDS = 3, DOCUMENTS_EACH = 4, KILL_AFTER_MS = 1500 };

static const char *order_of(struct arena *a, struct load_worker *w)
{
  static const char body[] =
      "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":2}]}";
  struct answer answer;
  enum called got = load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = body}, &answer);
  return got == CALL_ANSWERED && answer.status == 201 ? json_look(a, answer.body, "/id") : NULL;
}

/* An order, its invoice in two parts; of some the second is voided. */
static void invoice_some(struct load_worker *w)
{
  struct arena *a = arena_new(1 << 20);
  struct answer answer;
  for (int i = 0; i < DOCUMENTS_EACH && !atomic_load(&w->load->stopping); i++) {
    arena_reset(a);
    const char *order = order_of(a, w), *id = NULL;
    for (int part = 0; part < 2 && order; part++) {
      const char *path = arena_printf(a, "/v1/orders/%s/invoices", order);
      struct request rq = {.method = "POST", .path = path, .body = "{\"lines\":[{\"line\":1,\"quantity\":1}]}"};
      if (load_call(w, &rq, &answer) == CALL_ANSWERED && answer.status == 201)
        id = json_look(a, answer.body, "/id");
    }
    const char *path = arena_printf(a, "/v1/invoices/%s/void", id ? id : "none");
    struct request rq = {.method = "POST", .path = path, .body = "{\"reason\":\"wrong\"}"};
    if (id && load_pick(w, 4) == 0 && load_call(w, &rq, &answer) != CALL_ANSWERED)
      break;
  }
  arena_free(a);
}

static void nap(int ms)
{
  nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

TEST(two_hundred_who_invoice_at_once_leave_no_hole_and_no_double_even_when_the_server_is_killed)
{
  struct shop *s = shop_open(t);
  int made = 0;
  a_small_shop(s);
  SAY(200, "PATCH /v1/channels/web {'stock_policy': 'backorder'}");
  for (int round = 0; round < ROUNDS; round++) {
    struct load l = {
        .address = s->address, .key = s->key, .workers = WRITERS, .run = invoice_some, .seed = load_seed()};
    bool killed = round + 1 < ROUNDS;
    load_start(&l);
    if (killed) {
      nap(KILL_AFTER_MS);
      shop_kill(s);
      atomic_store(&l.stopping, true);
    }
    load_wait(&l);
    made += l.by_status[201];
    if (killed) {
      shop_start(s);
      shop_check(s); /* no hole, no double: invariant 7 */
    }
  }
  SAY(200, "GET /v1/number_series/invoice");
  CHECK(made > WRITERS && json_look_i64(t->arena, s->last.body, "/next_value") > WRITERS);
  shop_close(s);
}
