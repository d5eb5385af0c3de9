/* One verb for many orders: each is an act of its own, on behalf of who asked; nothing is done twice, whatever dies. */
#include "db.h"
#include "shop.h"

#include <string.h>
#include <unistd.h>

static void so_many_orders(struct shop *s, int n)
{
  SAY(201,
      "POST /v1/stock/adjustments {'location': 'NJ1', 'reason': 'more', 'lines': [{'sku': 'TEE-S', 'counted': 5000}]}");
  struct buf text;
  buf_init(&text, s->arena);
  buf_text(&text, "POST /v1/orders/bulk {'orders': [");
  for (int i = 0; i < n; i++)
    buf_printf(&text,
               "%s{'channel': 'web', 'external_id': 'n%d', 'currency': 'USD', 'payment_terms': 'cod', "
               "'lines': [{'sku': 'TEE-S', 'quantity': 1}]}",
               i ? "," : "", i);
  buf_text(&text, "]}");
  SAY(200, buf_str(&text));
}

static void by_hand(struct shop *s, const char *sql)
{
  struct db_stmt *stmt = ARENA_NEW(s->arena, struct db_stmt);
  struct db *db = NULL;
  struct fault f;
  *stmt = (struct db_stmt){sql, DB_SCHEMA};
  fault_init(&f, s->arena);
  if (db_open(s->url, DB_WRITER, &f, &db) != ERR_OK || db_run(db, stmt, NULL, DB_NO_ARGS) != ERR_OK)
    test_failed(__FILE__, __LINE__, sql, f.detail, "done");
  db_close(db);
}

TEST(a_row_that_fails_inside_the_server_fails_and_no_job_waits_for_it)
{
  SQLITE_ONLY("a trigger makes the row fail");
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 6);
  CHECK_INT(shop_stop(s), 0);
  by_hand(s, "CREATE TRIGGER boom BEFORE UPDATE ON orders WHEN NEW.external_id = 'n3' BEGIN SELECT RAISE(ABORT, 'boom');"
             " END");
  shop_start(s);
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['a']}, 'filter': 'channel=web'}");
  KEEP("job", "/id");
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['b']}, 'filter': 'external_id=n1&channel=web'}");
  KEEP("later", "/id");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SEE("/done", "5");
  SEE("/failed", "1");
  SAY(200, "GET /v1/bulk/<job>/rows?status=failed");
  SEE("/data/0/code", "internal");
  AWAIT("GET /v1/bulk/<later>", "/state", "done");
  shop_close(s);
}

TEST(a_bulk_job_does_the_verb_to_each_and_says_what_was_refused)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 60);
  SAY(200, "GET /v1/orders?external_id=n0&channel=web");
  KEEP("first", "/data/0/id");
  KEEP("number", "/data/0/number");
  SAY(200, "POST /v1/orders/<first>/cancel {'reason': 'alone'}");
  SAY(200, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'recall'}, 'orders': ['<number>'], 'preview': true}");
  SEE("/tried", "1");
  SEE("/refused", "1");
  SEE("/refusals/0/code", "wrong_state");
  SAY(422, "POST /v1/bulk {'verb': 'hold', 'args': {}, 'filter': 'channel=web'}");
  SEE("/errors/0/pointer", "/args/reason");
  SAY(422, "POST /v1/bulk {'verb': 'explode', 'filter': 'channel=web'}");
  SAY(422, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'x'}}");
  SAY(422, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'x'}, 'filter': 'chanel=web'}");
  SAY(201, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'recall'}, 'filter': 'channel=web'}");
  SEE("/total", "60");
  KEEP("job", "/id");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SEE("/done", "59");
  SEE("/failed", "1");
  SAY(200, "GET /v1/bulk/<job>/rows?status=failed");
  SEE("/data/#", "1");
  SEE("/data/0/code", "wrong_state");
  SAY(200, "GET /v1/orders?has_hold=true&limit=200");
  SEE("/data/#", "59");
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['recall']}, 'orders': ['<number>', 'SO-999999']}");
  KEEP("job", "/id");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SEE("/done", "1");
  SEE("/failed", "1");
  SAY(200, "GET /v1/bulk/<job>/rows?status=failed");
  SEE("/data/0/asked", "SO-999999");
  SEE("/data/0/code", "not_found");
  SAY(200, "POST /v1/bulk/<job>/retry");
  SEE("/attempt", "2");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SEE("/failed", "1");
  SEE("/done", "1");
  SAY(409, "POST /v1/bulk/<job>/cancel");
  shop_close(s);
}

TEST(a_bulk_job_is_done_as_who_asked)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 3);
  s->key = shop_key(s, "desk", "order.read hold.create");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(403, "POST /v1/bulk {'verb': 'cancel', 'args': {'reason': 'x'}, 'filter': 'channel=web'}");
  SAY(201, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'wait'}, 'filter': 'channel=web'}");
  KEEP("job", "/id");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SEE("/done", "3");
  SEE("/actor_name", "desk");
  SAY(200, "GET /v1/orders?channel=web");
  KEEP("order", "/data/0/id");
  SAY(200, "GET /v1/orders/<order>/timeline");
  SEE("/data/topic=order.held/actor_name", "desk");
  shop_close(s);
}

TEST(a_killed_server_goes_on_with_its_bulk_job_and_does_nothing_twice)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 400);
  SAY(201, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'recall'}, 'filter': 'channel=web'}");
  KEEP("job", "/id");
  for (int i = 0; i < 3; i++) {
    usleep(120000u + 90000u * (unsigned)i);
    shop_kill(s);
    shop_start(s);
  }
  SAY(200, "GET /v1/bulk/<job>");
  for (int i = 0; i < 120 && strcmp(AT("/state"), "done") != 0; i++) {
    usleep(250000);
    SAY(200, "GET /v1/bulk/<job>");
  }
  SEE("/state", "done");
  SEE("/done", "400");
  SEE("/failed", "0");
  SAY(200, "GET /v1/holds?state=active&count=exact");
  SEE("/count", "400"); /* one each: the act itself keeps no second one, the key lets none be tried */
  SAY(200, "GET /v1/orders?channel=web&limit=1");
  KEEP("order", "/data/0/id");
  SEE("/data/0/version", "2");
  shop_close(s);
}
