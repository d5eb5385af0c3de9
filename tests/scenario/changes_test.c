/* An order that was placed is changed: shown first, then done; two people at one order; a channel that sends it again. */
#include "load.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

TEST(a_change_is_previewed_made_and_confirmed)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200,
      "POST /v1/orders/<order>/changes {'preview': true, 'lines': [{'line': 1, 'quantity': 3}, {'sku': 'MUG-BLUE', "
      "'quantity': 1}]}");
  SEE("/id", NULL);
  SEE("/preview/money/difference", "3240");
  SEE("/preview/money/collect", "3240");
  SEE("/preview/lines/0/quantity_after", "3");
  SEE("/preview/lines/1/added", "true");
  SEE("/preview/stock/0/sku", "MUG-BLUE");
  SEE("/preview/stock/0/location", "NJ1");
  SEE("/preview/holds/0/type", "payment_mismatch");
  SAY(200, "GET /v1/orders/<order>/changes");
  SEE("/data/#", "0");
  SAY(200, "POST /v1/orders/<order>/changes {'preview': true, 'lines': [{'line': 1, 'quantity': 0}]}");
  SEE("/preview/refusals/0/code", "nothing_left");
  SAY(409, "POST /v1/orders/<order>/changes {'lines': [{'line': 1, 'quantity': 0}]}");
  SAY(201, "POST /v1/orders/<order>/changes\nIdempotency-Key: c1\n{'reason': 'she called', 'lines': [{'line': 1, "
           "'quantity': 3}]}");
  KEEP("change", "/id");
  KEEP("hash", "/preview_hash");
  SEE("/state", "pending");
  SEE("/base_version", "1");
  CHECK(!text_empty(AT("/expires_at")));
  SAY(201, "POST /v1/orders/<order>/changes\nIdempotency-Key: c1\n{'reason': 'she called', 'lines': [{'line': 1, "
           "'quantity': 3}]}");
  SEE("/id", shop_labelled(s, "change"));
  SAY(200, "GET /v1/changes/<change>");
  SEE("/preview_hash", shop_labelled(s, "hash"));
  SAY(200, "POST /v1/changes/<change>/confirm {'preview_hash': '<hash>'}");
  SEE("/state", "confirmed");
  SEE("/applied_version", "2");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/lines/0/quantity", "3");
  SEE("/lines/0/counters/allocated", "3");
  SEE("/totals/total", "5970");
  SAY(409, "POST /v1/changes/<change>/confirm {}");
  shop_close(s);
}

TEST(two_at_one_order_the_second_is_told_what_differs)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(201, "POST /v1/orders/<order>/changes {'lines': [{'line': 1, 'quantity': 4}]}");
  KEEP("mine", "/id");
  SAY(201, "POST /v1/orders/<order>/changes {'lines': [{'line': 1, 'quantity': 1}]}");
  KEEP("theirs", "/id");
  SAY(200, "POST /v1/changes/<theirs>/confirm {}");
  SAY(412, "POST /v1/changes/<mine>/confirm\nIdempotency-Key: k1\n{}");
  SEE("/code", "version_mismatch");
  SEE("/errors/0/pointer", "/lines/0/quantity");
  SEE("/errors/0/before", "2");
  SEE("/errors/0/theirs", "1");
  SEE("/errors/0/mine", "4");
  SAY(200, "GET /v1/changes/<mine>");
  SEE("/state", "conflicted");
  SEE("/conflicts/0/theirs", "1");
  SAY(201, "POST /v1/orders/<order>/changes {'lines': [{'line': 1, 'unit_price': 1890, 'price_reason': 'a promise'}]}");
  KEEP("price", "/id");
  SAY(201, "POST /v1/orders/<order>/changes {'lines': [{'line': 1, 'quantity': 2}]}");
  KEEP("quantity", "/id");
  SAY(200, "POST /v1/changes/<price>/confirm {}");
  SAY(409, "POST /v1/changes/<quantity>/confirm {}");
  SEE("/code", "preview_changed");
  SEE("/errors/1/theirs/money/after/total", "5670");
  SAY(200, "GET /v1/changes/<quantity>");
  KEEP("hash", "/preview_hash");
  SAY(200, "POST /v1/changes/<quantity>/confirm {'preview_hash': '<hash>'}");
  shop_close(s);
}

TEST(a_channel_sends_an_order_again)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "PUT /v1/channels/web/orders/77 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  KEEP("order", "/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  SAY(200, "PUT /v1/channels/web/orders/77 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 3}]}");
  SEE("/lines/0/quantity", "3");
  SEE("/version", "2");
  SAY(200, "PUT /v1/channels/web/orders/77 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 3}]}");
  SEE("/version", "2");
  SAY(409, "POST /v1/orders {'channel': 'web', 'external_id': '77', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', "
           "'quantity': 9}]}");
  SEE("/code", "external_id_conflict");
  SAY(201, "POST /v1/orders/<order>/changes {'lines': [{'line': 1, 'quantity': 4}]}");
  KEEP("staff", "/id");
  SAY(200, "POST /v1/changes/<staff>/confirm {}");
  SAY(200, "PUT /v1/channels/web/orders/77 {'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/lines/0/counters/allocated", "4");
  SEE("/holds/0/type", "channel_change");
  SAY(409, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SEE("/code", "order_held");
  SAY(200, "GET /v1/changes?state=pending&origin=channel");
  SEE("/data/#", "1");
  KEEP("waiting", "/data/0/id");
  SAY(200, "GET /v1/today");
  CHECK(strstr(s->last.body, "\"code\":\"changes_to_decide\",\"count\":1"));
  SAY(200, "GET /v1/changes/<waiting>");
  KEEP("hash", "/preview_hash");
  SAY(200, "POST /v1/changes/<waiting>/confirm {'preview_hash': '<hash>'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/lines/0/counters/allocated", "1");
  SEE("/hold_count", "0");
  shop_close(s);
}

/* ---- Many at one order ---- */

enum { HANDS = 8, TURNS = 12 };

struct table {
  struct shop *s;
  atomic_int odd, confirmed, beaten; /* beaten: told that somebody was faster */
};

static void change_and_work(struct load_worker *w)
{
  struct table *at = w->load->arg;
  struct shop *s = at->s;
  struct arena *a = arena_new(8 << 20);
  struct answer answer;
  for (int i = 0; i < TURNS; i++) {
    arena_reset(a);
    const char *order = shop_labelled(s, "order"), *fulfillment = shop_labelled(s, "fulfillment");
    const char *path = arena_printf(a, "/v1/orders/%s/changes", order);
    const char *body =
        arena_printf(a, "{\"lines\":[{\"line\":%d,\"quantity\":%d}]}", 1 + load_pick(w, 2), 1 + load_pick(w, 3));
    if (w->n == 0) {
      path = arena_printf(a, "/v1/fulfillments/%s/pick", fulfillment);
      body = "{\"scans\":[{\"sku\":\"TEE-S\",\"quantity\":1}]}";
    }
    struct request rq = {.method = "POST", .path = path, .body = body};
    if (load_call(w, &rq, &answer) != CALL_ANSWERED)
      break;
    atomic_fetch_add(&at->odd, answer.status >= 500 && answer.status != 503);
    if (w->n == 0 || answer.status != 201)
      continue;
    const char *id = json_look(a, answer.body, "/id"), *hash = json_look(a, answer.body, "/preview_hash");
    struct request confirm = {.method = "POST",
                              .path = arena_printf(a, "/v1/changes/%s/confirm", id),
                              .body = arena_printf(a, "{\"preview_hash\":\"%s\"}", hash)};
    if (load_call(w, &confirm, &answer) != CALL_ANSWERED)
      break;
    atomic_fetch_add(&at->confirmed, answer.status == 200);
    atomic_fetch_add(&at->beaten, answer.status == 409 || answer.status == 412);
    atomic_fetch_add(&at->odd,
                     answer.status != 200 && answer.status != 409 && answer.status != 412 && answer.status != 503);
  }
  arena_free(a);
}

TEST(many_at_one_order_leave_it_as_the_last_of_them_said)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201,
      "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'payment_terms': 'account', 'lines': [{'sku': 'TEE-S', "
      "'quantity': 2}, {'sku': 'MUG-BLUE', 'quantity': 1}]}");
  KEEP("order", "/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  struct table at = {.s = s};
  struct load l = {
      .address = s->address, .key = s->key, .workers = HANDS, .run = change_and_work, .arg = &at, .seed = load_seed()};
  load_run(&l);
  CHECK_INT(at.odd, 0);
  CHECK(at.confirmed > 0);
  CHECK(at.beaten > 0);
  SAY(200, "GET /v1/orders/<order>/changes?state=confirmed&limit=200");
  SEE("/data/#", arena_printf(s->arena, "%d", at.confirmed));
  shop_close(s);
}
