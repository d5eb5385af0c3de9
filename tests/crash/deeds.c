/* Doing, remembering, and repeating. */
#include "deeds.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

void a_large_shop(struct shop *s)
{
  a_small_shop(s);
  SAY(201, "POST /v1/locations {'code': 'CA1'}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 9000000}, {'sku': "
           "'MUG-BLUE', 'counted': 9000000}]}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'CA1', 'lines': [{'sku': 'TEE-S', 'counted': 9000000}]}");
}

/* ---- Doing ---- */

static struct deed *new_deed(struct deeds *d, struct crowd *c, int worker)
{
  struct deed *deed = LIST_ADD(d->arena, &d->list);
  deed->key = arena_printf(d->arena, "%llx-%d-%d-%zu", (unsigned long long)c->seed, c->round, worker, d->list.n);
  deed->method = "POST";
  return deed;
}

static void plan_order(struct load_worker *w, struct deeds *d, struct deed *deed)
{
  int quantity = 1 + load_pick(w, 3);
  bool paid = load_pick(w, 2);
  deed->places = true;
  deed->path = "/v1/orders";
  deed->body = arena_printf(
      d->arena,
      "{\"channel\":\"web\",\"external_id\":\"%s\",\"currency\":\"USD\","
      "\"customer\":{\"email\":\"c%d@example.com\"},"
      "\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":%d},{\"sku\":\"MUG-BLUE\",\"quantity\":1}]%s}",
      deed->key, load_pick(w, 50), quantity,
      paid ? arena_printf(d->arena, ",\"payments\":[{\"provider\":\"psp\",\"kind\":\"capture\",\"amount\":%d}]",
                          quantity * 1990 + 1250)
           : "");
}

/* Something with the newest order of this worker. */
static void plan_work(struct load_worker *w, struct deeds *d, struct deed *deed)
{
  static const struct {
    const char *path, *body;
  } works[] = {
      {"/v1/fulfillments/%s/pick", "{}"},
      {"/v1/fulfillments/%s/pick", "{\"scans\":[{\"sku\":\"TEE-S\",\"quantity\":1}]}"},
      {"/v1/fulfillments/%s/pack", "{}"},
      {"/v1/fulfillments/%s/ship", "{}"},
      {"/v1/orders/%s/cancel", "{\"lines\":[{\"line\":1,\"quantity\":1}],\"reason\":\"one less\"}"},
      {"/v1/orders/%s/cancel", "{\"reason\":\"all of it\"}"},
      {"/v1/orders/%s/hold", "{\"reason\":\"wait\"}"},
      {"/v1/orders/%s/payments", "{\"provider\":\"psp\",\"kind\":\"capture\",\"amount\":100}"},
  };
  if (load_pick(w, 6) == 0) { /* the channel wants it otherwise: a change set, made and applied in one act */
    deed->method = "PUT";
    deed->path = arena_printf(d->arena, "/v1/channels/web/orders/%s", d->external);
    deed->body = arena_printf(d->arena, "{\"currency\":\"USD\",\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":%d}]}",
                              1 + load_pick(w, 5));
    return;
  }
  int i = load_pick(w, COUNT_OF(works));
  deed->body = works[i].body;
  bool order = strncmp(works[i].path, "/v1/orders", 10) == 0;
  const char *verb = strrchr(works[i].path, '/');
  deed->path =
      arena_printf(d->arena, "/v1/%s/%s%s", order ? "orders" : "fulfillments", order ? d->order : d->fulfillment, verb);
}

static struct request request_of(const struct deed *deed)
{
  return (struct request){.method = deed->method, .path = deed->path, .body = deed->body, .idempotency_key = deed->key};
}

/* Nobody knows yet what becomes of it: no answer, an answer of 503, or its first attempt still runs. */
static bool undecided(enum called got, const struct answer *answer)
{
  return got != CALL_ANSWERED || answer->status == 503 || strstr(answer->body, "\"idempotency_in_progress\"");
}

void deeds_do(struct load_worker *w)
{
  struct crowd *c = w->load->arg;
  struct deeds *d = &c->workers[w->n];
  struct answer answer;
  while (!atomic_load(&w->load->stopping)) {
    struct deed *deed = new_deed(d, c, w->n);
    if (!*d->order || load_pick(w, 2))
      plan_order(w, d, deed);
    else
      plan_work(w, d, deed);
    struct request rq = request_of(deed);
    enum called got = load_call(w, &rq, &answer);
    while (c->again && undecided(got, &answer) && c->again(w))
      got = load_call(w, &rq, &answer);
    if (got == CALL_REFUSED && !c->again) {
      d->list.n--; /* it was never sent */
      break;
    }
    if (got != CALL_ANSWERED)
      break;
    deed->status = undecided(got, &answer) ? 503 : answer.status;
    if (answer.status / 100 == 2) {
      atomic_fetch_add(&c->acknowledged, 1);
      deed->answer = arena_text(d->arena, answer.body);
    }
    if (answer.status == 503) {
      atomic_fetch_add(&c->refused_503, 1);
      if (!c->go_on)
        break;
      poll(NULL, 0, 20);
    }
    if (deed->places && deed->answer) {
      snprintf(d->order, sizeof d->order, "%s", json_look(d->arena, answer.body, "/id"));
      snprintf(d->external, sizeof d->external, "%s", json_look(d->arena, answer.body, "/external_id"));
      snprintf(d->fulfillment, sizeof d->fulfillment, "%s", json_look(d->arena, answer.body, "/fulfillments/0/id"));
    }
  }
}

/* ---- Holding it against the database ---- */

static bool wrong(struct deeds *d, const struct deed *deed, const char *what, const char *was)
{
  if (!*d->wrong)
    snprintf(d->wrong, sizeof d->wrong, "%s %s key %s: %s\n  answered %.600s\n  now      %.600s", deed->method,
             deed->path, deed->key, what, deed->answer ? deed->answer : "nothing", was ? was : "nothing");
  return false;
}

/* An acknowledged deed: the same bytes, told as a repeat. */
static bool repeat(struct load_worker *w, struct deeds *d, const struct deed *deed)
{
  struct answer answer;
  struct request rq = request_of(deed);
  if (load_call(w, &rq, &answer) != CALL_ANSWERED)
    return wrong(d, deed, "no answer to the repeat", NULL);
  if (answer.status != deed->status || strcmp(answer.body, deed->answer) != 0)
    return wrong(d, deed, "another answer to the repeat", answer.body);
  if (!client_header(w->client, &answer, "Idempotency-Replayed"))
    return wrong(d, deed, "the repeat was done again", answer.body);
  return true;
}

/* An open deed is now done or refused, for good. */
static bool resolve(struct load_worker *w, struct deeds *d, struct deed *deed)
{
  struct answer answer;
  struct request rq = request_of(deed);
  if (load_call(w, &rq, &answer) != CALL_ANSWERED)
    return wrong(d, deed, "no answer to an open deed", NULL);
  deed->status = answer.status;
  if (answer.status / 100 == 5)
    return wrong(d, deed, "an open deed fails", answer.body);
  if (answer.status / 100 != 2)
    return true;
  deed->answer = arena_text(d->arena, answer.body);
  return repeat(w, d, deed);
}

/* Whether the channel wanted this order otherwise afterwards. */
static bool was_changed(const struct deeds *d, const char *external)
{
  EACH (const struct deed, other, &d->list) {
    const char *last = strrchr(other->path, '/');
    if (strcmp(other->method, "PUT") == 0 && last && strcmp(last + 1, external) == 0)
      return true;
  }
  return false;
}

/* A placed order is there with what was acknowledged; acts that came later moved the version. */
static bool find(struct load_worker *w, struct deeds *d, const struct deed *deed)
{
  static const char *const kept[] = {"/id",
                                     "/number",
                                     "/external_id",
                                     "/currency",
                                     "/customer/email",
                                     "/lines/0/unit_price",
                                     "/lines/1/sku",
                                     "/created_at",
                                     "/placed_at",
                                     "/totals/total",
                                     "/totals/subtotal",
                                     "/lines/0/quantity",
                                     "/lines/0/total",
                                     "/promise/deliver_by"};
  enum { FOR_EVER = 9 }; /* so many of them no change set touches */
  struct answer answer;
  struct arena *a = arena_new(1 << 20);
  const char *path = arena_printf(a, "/v1/orders/%s", json_look(a, deed->answer, "/id"));
  enum called got = load_call(w, &(struct request){.method = "GET", .path = path}, &answer);
  bool fine = got == CALL_ANSWERED && answer.status == 200;
  if (!fine)
    wrong(d, deed, "the order is gone", got == CALL_ANSWERED ? answer.body : NULL);
  size_t n = was_changed(d, json_look(a, deed->answer, "/external_id")) ? FOR_EVER : COUNT_OF(kept);
  for (size_t i = 0; fine && i < n; i++)
    if (!text_eq(json_look(a, answer.body, kept[i]), json_look(a, deed->answer, kept[i])))
      fine = wrong(d, deed, arena_printf(a, "%s is another", kept[i]), answer.body);
  if (fine && json_look_i64(a, answer.body, "/version") == 1 && strcmp(answer.body, deed->answer) != 0)
    fine = wrong(d, deed, "an untouched order reads otherwise", answer.body);
  arena_free(a);
  return fine;
}

static void verify(struct load_worker *w)
{
  struct crowd *c = w->load->arg;
  struct deeds *d = &c->workers[w->n];
  bool fine = true;
  for (size_t i = 0; fine && i < d->list.n; i++) {
    struct deed *deed = &d->list.at[i];
    if (deed->answer)
      fine = repeat(w, d, deed);
    else if (deed->status == 0 || deed->status == 503)
      fine = resolve(w, d, deed);
    if (fine && deed->places && deed->answer)
      fine = find(w, d, deed);
  }
}

void deeds_verify(struct shop *s, struct crowd *c)
{
  struct load l = {.address = s->address, .key = s->key, .workers = c->n_workers, .run = verify, .arg = c};
  load_run(&l);
  for (int i = 0; i < c->n_workers; i++) {
    struct deeds *d = &c->workers[i];
    if (*d->wrong)
      test_failed(__FILE__, __LINE__, "after the crash", d->wrong, "what was acknowledged");
    EACH (struct deed, deed, &d->list)
      c->orders += deed->places && deed->answer;
    arena_reset(d->arena);
    d->list.at = NULL;
    d->list.n = d->list.cap = 0;
    *d->order = 0;
  }
  c->round++;
}

void deeds_count(struct shop *s, const struct crowd *c)
{
  SAY(200, "GET /v1/orders?limit=1&count=exact");
  CHECK_INT(json_look_i64(s->arena, s->last.body, "/count"), c->orders);
}
