/* Many hands on the same orders: everything that can be done with an order, a fulfillment, a parcel, a payment, a hold and
 * the stock, at random and at one time. Each answer is a success or a documented refusal, and the books are in order. */
#include "load.h"
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 30, INVOICES = 9, /* as many as <q> tells */ WORKERS = 16, ACTS_EACH = 120, TRIES_MAX = 20 };

struct crowd {
  char orders[ORDERS][32];
  int acts_each;
  atomic_int odd;
  char odd_text[2048];
};

/* What may be asked. <o> the order, <f> one of its fulfillments, <p> a parcel, <s> a shipment, <m> a payment, <h> a hold,
 * <q> a small number, <l> a location, <t> an instant of some day. */
static const struct {
  int weight;
  const char *path, *body;
} things[] = {
    {8, "/v1/fulfillments/<f>/pick", "{}"},
    {6, "/v1/fulfillments/<f>/pick", "{'scans': [{'sku': 'TEE-S', 'quantity': <q>}]}"},
    {3, "/v1/fulfillments/<f>/pick",
     "{'scans': [{'sku': 'MUG-BLUE', 'quantity': 1}], 'reason': 'not_found', 'complete': true}"},
    {2, "/v1/fulfillments/<f>/pick",
     "{'scans': [{'sku': 'TEE-S', 'quantity': 1}], 'reason': 'busy', 'complete': true}"},
    {8, "/v1/fulfillments/<f>/pack", "{}"},
    {3, "/v1/fulfillments/<f>/pack",
     "{'parcels': [{'items': [{'line': 1, 'quantity': 1}]}, {'items': [{'line': 1, 'quantity': 1}, {'line': 2, "
     "'quantity': 1}]}]}"},
    {8, "/v1/fulfillments/<f>/ship", "{}"},
    {2, "/v1/fulfillments/<f>/ready", "{}"},
    {2, "/v1/fulfillments/<f>/hand_over", "{}"},
    {1, "/v1/fulfillments/<f>/not_collected", "{}"},
    {2, "/v1/fulfillments/<f>/reject", "{'reason': 'not_found'}"},
    {2, "/v1/fulfillments/<f>/reject", "{'reason': 'busy', 'lines': [{'line': 1, 'quantity': 1}]}"},
    {1, "/v1/fulfillments/<f>/reject", "{'reason': 'damaged', 'lines': [{'line': 2}]}"},
    {1, "/v1/fulfillments/<f>/cancel", "{}"},
    {2, "/v1/shipments/<s>/void", "{'reason': 'wrong box'}"},
    {3, "/v1/parcels/<p>/tracking_events", "{'status': 'in_transit', 'occurred_at': '<t>'}"},
    {3, "/v1/parcels/<p>/tracking_events", "{'status': 'delivered', 'occurred_at': '<t>'}"},
    {1, "/v1/parcels/<p>/tracking_events", "{'status': 'return_to_sender', 'occurred_at': '<t>'}"},
    {3, "/v1/orders/<o>/cancel", "{'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less'}"},
    {1, "/v1/orders/<o>/cancel", "{'lines': [{'line': 2}], 'reason': 'no mug', 'refund': false}"},
    {1, "/v1/orders/<o>/cancel", "{'reason': 'all of it'}"},
    {3, "/v1/orders/<o>/changes", "{'lines': [{'line': 1, 'quantity': <q>}]}"},
    {3, "/v1/orders/<o>/hold", "{'reason': 'wait'}"},
    {1, "/v1/orders/<o>/hold", "{'reason': 'wait', 'type': 'odd', 'line': 1}"},
    {1, "/v1/orders/<o>/hold", "{'reason': 'wait', 'fulfillment': '<f>'}"},
    {4, "/v1/holds/<h>/release", "{'reason': 'go on'}"},
    {3, "/v1/orders/<o>/approve", "{'reason': 'fine'}"},
    {1, "/v1/orders/<o>/reject", "{'reason': 'not fine'}"},
    {3, "/v1/orders/<o>/source", "{}"},
    {1, "/v1/orders/<o>/source", "{'location': '<l>', 'reason': 'from there'}"},
    {2, "/v1/orders/<o>/payments", "{'provider': 'psp', 'kind': 'authorization', 'amount': <q>}"},
    {1, "/v1/orders/<o>/payments", "{'provider': 'psp', 'kind': 'capture', 'amount': <q>}"},
    {2, "/v1/payments/<m>/capture", "{}"},
    {1, "/v1/payments/<m>/void", "{}"},
    {2, "/v1/payments/<m>/refund", "{'amount': <q>}"},
    {4, "/v1/orders/<o>/invoices", "{'lines': [{'line': 1, 'quantity': 1}]}"},
    {2, "/v1/orders/<o>/invoices", "{}"},
    {2, "/v1/invoices/INV-00000<q>/void", "{'reason': 'wrong'}"},
    {2, "/v1/invoices/INV-00000<q>/credit_notes", "{'reason': 'broken', 'lines': [{'n': 1, 'quantity': 1}]}"},
    {1, "/v1/invoices/INV-00000<q>/credit_notes", "{'reason': 'all of it'}"},
    {3, "/v1/stock/adjustments", "{'location': '<l>', 'lines': [{'sku': 'TEE-S', 'delta': <q>}]}"},
    {2, "/v1/stock/adjustments",
     "{'location': '<l>', 'lines': [{'sku': 'TEE-S', 'delta': -<q>}, {'sku': 'MUG-BLUE', 'delta': 1}]}"},
    {2, "/v1/stock/adjustments",
     "{'location': '<l>', 'lines': [{'sku': 'TEE-S', 'counted': 1<q>}, {'sku': 'MUG-BLUE', 'counted': <q>}]}"},
    {1, "/v1/stock/safety", "{'location': '<l>', 'sku': 'TEE-S', 'safety': <q>}"},
};

/* One of the items of a list in an answer, or "none" when it has none. */
static const char *one_of(struct load_worker *w, struct arena *a, const char *json, const char *list,
                          const char *member)
{
  int64_t n = json_look_i64(a, json, arena_printf(a, "%s/#", list));
  const char *text = n > 0 ? json_look(a, json, arena_printf(a, "%s/%d%s", list, load_pick(w, (int)n), member)) : NULL;
  return text ? text : "none";
}

static const char *fill_in(struct load_worker *w, struct arena *a, const char *text, const char *order,
                           const char *json)
{
  struct buf b;
  buf_init(&b, a);
  for (const char *p = text; *p; p++) {
    if (*p != '<') {
      buf_char(&b, *p == '\'' ? '"' : *p);
      continue;
    }
    int fulfillments = (int)json_look_i64(a, json, "/fulfillments/#");
    const char *parcels =
        arena_printf(a, "/fulfillments/%d/parcels", fulfillments > 0 ? load_pick(w, fulfillments) : 0);
    switch (p[1]) {
    case 'o':
      buf_text(&b, order);
      break;
    case 'f':
      buf_text(&b, one_of(w, a, json, "/fulfillments", "/id"));
      break;
    case 'p':
      buf_text(&b, one_of(w, a, json, parcels, "/id"));
      break;
    case 's':
      buf_text(&b, one_of(w, a, json, parcels, "/shipment_id"));
      break;
    case 'm':
      buf_text(&b, one_of(w, a, json, "/payments", "/id"));
      break;
    case 'h':
      buf_text(&b, one_of(w, a, json, "/holds", "/id"));
      break;
    case 'q':
      buf_i64(&b, 1 + load_pick(w, 9));
      break;
    case 'l':
      buf_text(&b, load_pick(w, 2) ? "NJ1" : "CA1");
      break;
    default:
      buf_printf(&b, "2026-11-%02dT08:00:00Z", 1 + load_pick(w, 28));
    }
    p += 2;
  }
  return buf_str(&b);
}

static size_t a_thing(struct load_worker *w)
{
  int all = 0;
  for (size_t i = 0; i < COUNT_OF(things); i++)
    all += things[i].weight;
  int lot = load_pick(w, all);
  size_t i = 0;
  while ((lot -= things[i].weight) >= 0)
    i++;
  return i;
}

static void note_odd(struct crowd *c, const char *path, const char *body, enum called got, const struct answer *a)
{
  if (atomic_fetch_add(&c->odd, 1) == 0)
    snprintf(c->odd_text, sizeof c->odd_text, "POST %.200s %.400s: %d %.1000s", path, body,
             got == CALL_ANSWERED ? a->status : -1, got == CALL_ANSWERED ? a->body : "no answer");
}

static void meddle(struct load_worker *w)
{
  struct crowd *c = w->load->arg;
  struct arena *a = arena_new(16 << 20);
  struct answer answer;
  for (int i = 0; i < c->acts_each; i++) {
    const char *order = c->orders[load_pick(w, ORDERS)];
    size_t n = a_thing(w);
    arena_reset(a);
    struct request look = {.method = "GET", .path = arena_printf(a, "/v1/orders/%s", order)};
    enum called got = load_call(w, &look, &answer);
    if (got != CALL_ANSWERED || answer.status != 200) {
      note_odd(c, look.path, "GET", got, &answer);
      continue;
    }
    const char *json = arena_text(a, answer.body), *path = fill_in(w, a, things[n].path, order, json);
    const char *body = fill_in(w, a, things[n].body, order, json);
    if (strstr(path, "none") || strstr(body, "none"))
      continue;
    /* On a slow machine an answer may be "busy, please try again", and so it is tried. */
    for (int tries = 0; tries == 0 || (got == CALL_ANSWERED && answer.status == 503 && tries < TRIES_MAX); tries++)
      got = load_call(w, &(struct request){.method = "POST", .path = path, .body = body}, &answer);
    bool fine = got == CALL_ANSWERED && (answer.status / 100 == 2 || answer.status == 409 || answer.status == 422);
    if (!fine)
      note_odd(c, path, body, got, &answer);
  }
  arena_free(a);
}

/* Orders of all sorts: paid, unpaid, collected, complete or not at all, with a gift. */
static void orders_of_all_sorts(struct shop *s, struct crowd *c)
{
  static const char *const sorts[] = {
      "'channel': 'web', 'payments': [{'provider': 'psp', 'kind': 'capture', 'amount': 5970}], 'lines': [{'sku': "
      "'TEE-S', 'quantity': 3}]",
      "'channel': 'web', 'lines': [{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 1, 'unit_price': "
      "0, 'kind': 'gift', 'parent_line': 1}]",
      "'channel': 'later', 'payment_terms': 'cod', 'lines': [{'sku': 'TEE-S', 'quantity': 4}, {'sku': 'MUG-BLUE', "
      "'quantity': 2}], 'charges': [{'kind': 'shipping', 'amount': 501}]",
      "'channel': 'whole', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 6}, {'sku': 'TEE-S', 'quantity': 1, 'discount': "
      "77, 'tax_rate': '0.07'}]",
      "'channel': 'web', 'delivery': {'type': 'pickup', 'location': 'NJ1'}, 'lines': [{'sku': 'TEE-S', 'quantity': 1}, "
      "{'sku': 'WRAP', 'quantity': 1}]",
      "'channel': 'web', 'payments': [{'provider': 'psp', 'kind': 'authorization', 'amount': 99999}], 'lines': "
      "[{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 2}]",
  };
  for (int i = 0; i < ORDERS; i++) {
    SAY(201, arena_printf(s->arena, "POST /v1/orders {'currency': 'USD', %s}", sorts[i % (int)COUNT_OF(sorts)]));
    snprintf(c->orders[i], sizeof c->orders[i], "%s", AT("/id"));
  }
  for (int i = 0; i < INVOICES; i++)
    SAY(201, arena_printf(s->arena, "POST /v1/orders/%s/invoices {'lines': [{'line': 1, 'quantity': 1}]}", c->orders[i]));
}

static void a_busy_shop(struct shop *s)
{
  a_small_shop(s);
  SAY(201, "POST /v1/locations {'code': 'CA1'}");
  SAY(201, "POST /v1/products {'sku': 'WRAP', 'kind': 'service', 'price': 300}");
  SAY(201, "POST /v1/channels {'code': 'later', 'stock_policy': 'backorder', 'ship_complete': false}");
  SAY(201, "POST /v1/channels {'code': 'whole', 'stock_policy': 'backorder', 'ship_complete': true}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 60}, {'sku': "
           "'MUG-BLUE', 'counted': 60}]}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'CA1', 'lines': [{'sku': 'TEE-S', 'counted': 40}, {'sku': "
           "'MUG-BLUE', 'counted': 10}]}");
}

TEST(many_hands_on_the_same_orders_leave_the_books_in_order)
{
  struct shop *s = shop_open(t);
  struct crowd *c = ARENA_NEW(t->arena, struct crowd);
  const char *acts = getenv("ORDO_CROWD");
  c->acts_each = acts ? atoi(acts) : ACTS_EACH;
  a_busy_shop(s);
  orders_of_all_sorts(s, c);
  struct load l = {
      .address = s->address, .key = s->key, .workers = WORKERS, .run = meddle, .arg = c, .seed = load_seed()};
  load_start(&l);
  for (int i = 0; i < 3; i++)
    shop_check(s); /* beside the work that goes on */
  load_wait(&l);
  printf("  answers: 200 %d, 201 %d, 409 %d, 422 %d; slowest %d ms\n", l.by_status[200], l.by_status[201],
         l.by_status[409], l.by_status[422], l.slowest_ms);
  if (c->odd)
    test_failed(__FILE__, __LINE__, "an answer", arena_printf(s->arena, "%s\n%s", c->odd_text, shop_log_tail(s)),
                "a success or a documented refusal");
  CHECK(l.by_status[201] > 20);
  shop_close(s);
}
