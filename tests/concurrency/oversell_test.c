/* Many buyers, few units: exact to the unit, with clear answers, and paid orders are never turned away. */
#include "load.h"
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_stock(struct shop *s, int64_t units)
{
  shop_label(s, "units", arena_printf(s->arena, "%lld", (long long)units));
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': <units>}]}");
}

/* ---- The last unit ---- */

enum { BUYERS = 64 };
struct last_unit {
  const char *body;
  int status[BUYERS];
  char *answers[BUYERS];
  struct arena *arena[BUYERS];
};

static void buy_it(struct load_worker *w)
{
  struct last_unit *u = w->load->arg;
  struct answer answer;
  if (load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = u->body}, &answer) !=
      CALL_ANSWERED)
    return;
  u->status[w->n] = answer.status;
  u->answers[w->n] = arena_text(u->arena[w->n], answer.body);
}

static void buy_at_once(struct shop *s, struct last_unit *u, const char *body)
{
  u->body = shop_text(s, body);
  for (int i = 0; i < BUYERS; i++)
    u->arena[i] = arena_new(1 << 20);
  struct load l = {.address = s->address, .key = s->key, .workers = BUYERS, .run = buy_it, .arg = u};
  load_run(&l);
}

static void forget(struct last_unit *u)
{
  for (int i = 0; i < BUYERS; i++)
    arena_free(u->arena[i]);
}

TEST(of_64_buyers_of_the_last_unit_one_gets_it_and_63_are_told_why_not)
{
  struct shop *s = shop_open(t);
  struct last_unit u = {0};
  int got = 0;
  a_small_shop(s);
  for (int round = 0; round < 5; round++) {
    SAY(200, "GET /v1/stock?sku=TEE-S");
    set_stock(s, json_look_i64(t->arena, s->last.body, "/data/0/reserved") + 1);
    buy_at_once(s, &u, "{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
    got = 0;
    for (int i = 0; i < BUYERS; i++) {
      if (u.status[i] == 201) {
        got++;
        continue;
      }
      CHECK_INT(u.status[i], 409);
      CHECK_TEXT(json_look(t->arena, u.answers[i], "/code"), "insufficient_stock");
      CHECK_TEXT(json_look(t->arena, u.answers[i], "/errors/0/sku"), "TEE-S");
      CHECK_TEXT(json_look(t->arena, u.answers[i], "/errors/0/asked"), "1");
      CHECK_TEXT(json_look(t->arena, u.answers[i], "/errors/0/available"), "0");
    }
    CHECK_INT(got, 1);
    forget(&u);
  }
  shop_close(s);
}

TEST(of_64_paid_orders_for_the_last_unit_one_is_open_and_63_are_held)
{
  struct shop *s = shop_open(t);
  struct last_unit u = {0};
  int open = 0;
  a_small_shop(s);
  set_stock(s, 1);
  buy_at_once(s, &u,
              "{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}],"
              "'payments': [{'provider': 'psp', 'kind': 'capture', 'amount': 1990}]}");
  for (int i = 0; i < BUYERS; i++) {
    CHECK_INT(u.status[i], 201);
    if (text_eq(json_look(t->arena, u.answers[i], "/state"), "open")) {
      open++;
      continue;
    }
    CHECK_TEXT(json_look(t->arena, u.answers[i], "/state"), "placed");
    CHECK_TEXT(json_look(t->arena, u.answers[i], "/holds/0/type"), "stock_short");
    CHECK_TEXT(json_look(t->arena, u.answers[i], "/lines/0/counters/unallocated"), "1");
  }
  CHECK_INT(open, 1);
  forget(&u);
  shop_close(s);
}

/* ---- A hot product ---- */

struct rush {
  atomic_int next, sold, short_answers, odd;
  int requests;
};

static void buy_some(struct load_worker *w)
{
  struct rush *r = w->load->arg;
  struct arena *a = arena_new(1 << 20);
  struct answer answer;
  char body[256];
  while (atomic_fetch_add(&r->next, 1) < r->requests) {
    int quantity = 1 + load_pick(w, 3);
    snprintf(body, sizeof body,
             "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":%d}]}", quantity);
    enum called got = load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = body}, &answer);
    arena_reset(a);
    if (got == CALL_ANSWERED && answer.status == 201)
      atomic_fetch_add(&r->sold, quantity);
    else if (got == CALL_ANSWERED && answer.status == 409 &&
             text_eq(json_look(a, answer.body, "/code"), "insufficient_stock"))
      atomic_fetch_add(&r->short_answers, 1);
    else
      atomic_fetch_add(&r->odd, 1);
  }
  arena_free(a);
}

TEST(ten_thousand_requests_for_a_hot_product_sell_what_is_there_to_the_unit)
{
  struct shop *s = shop_open(t);
  struct rush r = {.requests = getenv("ORDO_LOAD") ? atoi(getenv("ORDO_LOAD")) : 10000};
  int units = r.requests / 2;
  a_small_shop(s);
  set_stock(s, units);
  struct load l = {
      .address = s->address, .key = s->key, .workers = 64, .run = buy_some, .arg = &r, .seed = load_seed()};
  int64_t began = monotonic_ms();
  load_run(&l);
  printf("  %d requests, %d sold, %d short, slowest %d ms, %lld ms in all\n", r.requests, r.sold, r.short_answers,
         l.slowest_ms, (long long)(monotonic_ms() - began));
  CHECK_INT(r.odd, 0);
  CHECK_INT(l.broken, 0);
  CHECK(l.slowest_ms < 25000);
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SEE("/data/0/on_hand", "<units>");
  CHECK_INT(json_look_i64(t->arena, s->last.body, "/data/0/reserved"), r.sold);
  CHECK_INT(r.sold, units); /* someone asked for one unit in the end */
  shop_close(s);
}
