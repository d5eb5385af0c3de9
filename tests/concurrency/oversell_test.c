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
  if (load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = u->body}, &answer) != CALL_ANSWERED)
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
  buy_at_once(s, &u, "{'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}],"
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
    snprintf(body, sizeof body, "{\"channel\":\"web\",\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":%d}]}", quantity);
    enum called got = load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = body}, &answer);
    arena_reset(a);
    if (got == CALL_ANSWERED && answer.status == 201)
      atomic_fetch_add(&r->sold, quantity);
    else if (got == CALL_ANSWERED && answer.status == 409 && text_eq(json_look(a, answer.body, "/code"), "insufficient_stock"))
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
  struct load l = {.address = s->address, .key = s->key, .workers = 64, .run = buy_some, .arg = &r, .seed = load_seed()};
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

/* ---- Everybody at the same orders ---- */

enum { SHARED = 24, ACTS_PER_WORKER = 40 };
struct crowd {
  char orders[SHARED][32], fulfillments[SHARED][32];
  atomic_int odd;
  char odd_text[1024];
};

/* What hands do to the same few orders and stock at one time; every answer is a success or a documented refusal. */
static void meddle(struct load_worker *w)
{
  struct crowd *c = w->load->arg;
  struct answer answer;
  char path[128], body[256];
  for (int i = 0; i < ACTS_PER_WORKER; i++) {
    int n = load_pick(w, SHARED);
    const char *method = "POST", *o = c->orders[n], *f = c->fulfillments[n];
    snprintf(body, sizeof body, "{}");
    switch (load_pick(w, 12)) {
    case 0: case 1: case 2: snprintf(path, sizeof path, "/v1/fulfillments/%s/pick", f); break;
    case 3: snprintf(path, sizeof path, "/v1/fulfillments/%s/pack", f); break;
    case 4: snprintf(path, sizeof path, "/v1/fulfillments/%s/ship", f); break;
    case 5:
      snprintf(path, sizeof path, "/v1/orders/%s/cancel", o);
      snprintf(body, sizeof body, "{\"lines\":[{\"line\":1,\"quantity\":1}],\"reason\":\"crowd\"}");
      break;
    case 6:
      snprintf(path, sizeof path, "/v1/stock/adjustments");
      snprintf(body, sizeof body, "{\"location\":\"%s\",\"lines\":[{\"sku\":\"TEE-S\",\"delta\":%d}]}", load_pick(w, 2) ? "NJ1" : "CA1", load_pick(w, 9) - 4);
      break;
    case 7:
      snprintf(path, sizeof path, "/v1/stock/adjustments");
      snprintf(body, sizeof body, "{\"location\":\"%s\",\"lines\":[{\"sku\":\"TEE-S\",\"counted\":%d}]}", load_pick(w, 2) ? "NJ1" : "CA1", 20 + load_pick(w, 60));
      break;
    case 8:
      snprintf(path, sizeof path, "/v1/fulfillments/%s/reject", f);
      snprintf(body, sizeof body, "{\"reason\":\"%s\"}", load_pick(w, 2) ? "not_found" : "busy");
      break;
    case 9: snprintf(path, sizeof path, "/v1/orders/%s/source", o); break;
    case 10:
      snprintf(path, sizeof path, "/v1/orders/%s/%s", o, load_pick(w, 2) ? "hold" : "approve");
      snprintf(body, sizeof body, "{\"reason\":\"crowd\"}");
      break;
    default:
      method = "GET";
      snprintf(path, sizeof path, "/v1/orders/%s", o);
    }
    bool get = *method == 'G';
    enum called got = load_call(w, &(struct request){.method = method, .path = path, .body = get ? NULL : body}, &answer);
    bool fine = got == CALL_ANSWERED && (answer.status == 200 || answer.status == 201 || answer.status == 409 || answer.status == 422);
    if (!fine && atomic_fetch_add(&c->odd, 1) == 0)
      snprintf(c->odd_text, sizeof c->odd_text, "%s %s %s: %.200s", method, path, body, got == CALL_ANSWERED ? answer.body : "no answer");
  }
}

TEST(many_hands_on_the_same_orders_leave_the_books_in_order)
{
  struct shop *s = shop_open(t);
  struct crowd c = {0};
  a_small_shop(s);
  SAY(201, "POST /v1/locations {'code': 'CA1'}");
  set_stock(s, 60);
  SAY(201, "POST /v1/stock/adjustments {'location': 'CA1', 'lines': [{'sku': 'TEE-S', 'counted': 40}]}");
  for (int i = 0; i < SHARED; i++) {
    a_paid_order(s, 1 + i % 4);
    snprintf(c.orders[i], sizeof c.orders[i], "%s", shop_labelled(s, "order"));
    snprintf(c.fulfillments[i], sizeof c.fulfillments[i], "%s", shop_labelled(s, "fulfillment"));
  }
  struct load l = {.address = s->address, .key = s->key, .workers = 24, .run = meddle, .arg = &c, .seed = load_seed()};
  load_run(&l);
  printf("  answers: 200 %d, 201 %d, 409 %d, 422 %d; slowest %d ms\n", l.by_status[200], l.by_status[201], l.by_status[409],
         l.by_status[422], l.slowest_ms);
  if (c.odd)
    test_failed(__FILE__, __LINE__, "an answer", c.odd_text, "a success or a documented refusal");
  CHECK(l.by_status[200] > 50);
  shop_close(s);
}
