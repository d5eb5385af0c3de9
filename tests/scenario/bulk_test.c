/* One verb for many orders: each is an act of its own, on behalf of who asked; nothing is done twice, whatever dies. */
#include "db.h"
#include "shop.h"

#include <stdlib.h>
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
  /* What would end is named by its type, and nothing has ended by asking. */
  SAY(200, "POST /v1/bulk {'verb': 'release', 'args': {'reason': 'x'}, 'filter': 'channel=web', 'preview': true}");
  SEE("/fine", "59");
  SEE("/holds/#", "1");
  SEE("/holds/0/type", "manual");
  SEE("/holds/0/count", "59");
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

/* Rows are written a slice at a time, before the job begins; a repeat makes no second job. */
TEST(a_job_of_many_rows_has_all_of_them_and_is_made_once)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 2);
  SAY(200, "GET /v1/orders?external_id=n0&channel=web");
  KEEP("number", "/data/0/number");
  struct buf names;
  buf_init(&names, s->arena);
  for (int i = 0; i < 1203; i++)
    buf_printf(&names, "%s'<number>'", i ? ", " : "");
  shop_label(s, "names", shop_text(s, buf_str(&names)));
  for (int i = 0; i < 2; i++) {
    SAY(201, "POST /v1/bulk\nIdempotency-Key: many\n{'verb': 'tag', 'args': {'tags': ['x']}, 'orders': [<names>]}");
    SEE("/state", "running");
    SEE("/total", "1203");
    SEE("/cancelled", "0");
    KEEP(i ? "again" : "job", "/id");
  }
  CHECK_TEXT(shop_labelled(s, "again"), shop_labelled(s, "job"));
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  SEE("/done", "1203");
  SAY(200, "GET /v1/bulk?count=exact");
  SEE("/count", "1");
  SAY(200, "GET /v1/bulk/<job>/rows?sort=n&limit=1");
  SEE("/data/0/n", "1");
  shop_close(s);
}

TEST(a_filter_says_which_orders_and_not_how_many)
{
  static const char *const refused[] = {"limit=5", "cursor=x", "format=csv"};
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 2);
  for (size_t i = 0; i < COUNT_OF(refused); i++) {
    shop_label(s, "paging", refused[i]);
    SAY(422, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['x']}, 'filter': 'channel=web&<paging>'}");
    SEE("/errors/0/code", "not_allowed");
  }
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
  int64_t done = 0, in_the_middle = 0;
  for (int kills = 0; kills < 3 && done < 400; kills++) { /* each time it has come further */
    int64_t before = done;
    for (int i = 0; i < 3000 && done == before; i++) {
      SAY(200, "GET /v1/bulk/<job>");
      done = json_look_i64(s->arena, s->last.body, "/done");
      usleep(5000);
    }
    CHECK(done > before);
    in_the_middle += done < 400;
    shop_kill_long_ago(s);
    shop_start(s);
  }
  CHECK(in_the_middle > 0);
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

/* Goes on as somebody who may do less. */
static void be(struct shop *s, const char *key)
{
  client_free(s->client);
  s->client = client_new(s->address, key);
}

/* A job that somebody began and that has not gone on, since the server was killed at once; then what is done to his rights
 * while nothing runs. */
static void a_job_of(struct shop *s, const char *key, const char *sql)
{
  be(s, key);
  SAY(201, "POST /v1/bulk {'verb': 'hold', 'args': {'reason': 'recall'}, 'filter': 'channel=web'}");
  KEEP("job", "/id");
  shop_kill_long_ago(s);
  by_hand(s, sql);
  shop_start(s);
  be(s, s->key);
}

TEST(a_job_whose_key_was_revoked_stops_and_says_why)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 300);
  a_job_of(s, shop_key(s, "desk", "order.read hold.create"), "UPDATE api_key SET revoked_at = 1 WHERE name = 'desk'");
  AWAIT("GET /v1/bulk/<job>", "/state", "cancelled");
  SEE("/reason", "the key desk was revoked");
  CHECK(atoi(AT("/cancelled")) > 0);
  CHECK_INT(atoi(AT("/cancelled")) + atoi(AT("/done")), 300);
  SAY(200, "GET /v1/bulk/<job>/rows?status=cancelled&limit=1");
  SEE("/data/0/code", "unauthenticated");
  SEE("/data/0/detail", "the key desk was revoked");
  shop_close(s);
}

TEST(a_job_goes_on_with_what_is_left_of_the_rights_it_began_with)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 300);
  a_job_of(s, shop_key(s, "desk", "order.read hold.create"), "UPDATE api_key SET scope = 'order.read' WHERE name = 'desk'");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  CHECK(atoi(AT("/failed")) > 0);
  SAY(200, "GET /v1/bulk/<job>/rows?status=failed&limit=1");
  SEE("/data/0/code", "forbidden");
  shop_close(s);
}

TEST(a_job_passes_over_orders_that_its_user_does_not_see_any_more)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  so_many_orders(s, 300);
  a_job_of(s, shop_key(s, "desk", "order.read hold.create"),
           "UPDATE api_key SET channels = '[\"phone\"]' WHERE name = 'desk'");
  AWAIT("GET /v1/bulk/<job>", "/state", "done");
  CHECK(atoi(AT("/failed")) > 0);
  SAY(200, "GET /v1/bulk/<job>/rows?status=failed&limit=1");
  SEE("/data/0/code", "not_found");
  shop_close(s);
}
