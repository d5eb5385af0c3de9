/* The event feed: everything once and in order, by pages, long polls and streams; and an order's own timeline. */
#include "shop.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Reads the whole feed in pages of a limit; checks that cursors rise and returns how many there are. */
static int64_t read_feed(struct shop *s, int limit, const char *from, const char **out_last)
{
  int64_t n = 0, page;
  const char *after = from;
  int64_t last = from ? strtoll(from, NULL, 10) : 0;
  do {
    shop_label(s, "after", after ? after : "0");
    shop_label(s, "limit", arena_printf(s->arena, "%d", limit));
    SAY(200, after ? "GET /v1/events?limit=<limit>&after=<after>" : "GET /v1/events?limit=<limit>");
    page = json_look_i64(s->arena, s->last.body, "/data/#");
    for (int64_t i = 0; i < page; i++) {
      int64_t cursor = strtoll(AT(arena_printf(s->arena, "/data/%lld/cursor", (long long)i)), NULL, 10);
      if (cursor <= last)
        test_failed(__FILE__, __LINE__, "cursor", AT("/data"), "rising cursors");
      last = cursor;
    }
    n += page;
    after = arena_text(s->arena, AT("/next_cursor"));
  } while (page == limit);
  *out_last = after;
  return n;
}

TEST(every_event_is_seen_once_in_order_whatever_the_page)
{
  struct shop *s = shop_open(t);
  const char *end, *whole_end, *next;
  a_small_shop(s);
  for (int i = 0; i < 3; i++)
    a_paid_order(s, 1);
  shop_numbered(s);
  int64_t all = read_feed(s, 1000, NULL, &whole_end);
  CHECK(all > 12);
  CHECK_INT(read_feed(s, 1, NULL, &end), all);
  CHECK_TEXT(end, whole_end);
  CHECK_INT(read_feed(s, 7, NULL, &end), all);
  CHECK_INT(read_feed(s, 7, end, &next), 0);
  CHECK_TEXT(next, end);
  a_paid_order(s, 1);
  shop_numbered(s);
  int64_t news = read_feed(s, 2, end, &next);
  CHECK(news >= 2);
  CHECK_INT(read_feed(s, 1000, NULL, &end), all + news);
  /* Another process tells too, and a restart forgets nothing. */
  shop_key(s, "second", "order.read");
  CHECK_INT(shop_stop(s), 0);
  shop_start(s);
  shop_numbered(s);
  CHECK(read_feed(s, 3, NULL, &end) > all + news);
  shop_close(s);
}

TEST(a_long_poll_answers_as_soon_as_something_happens)
{
  struct shop *s = shop_open(t);
  const char *end, *body;
  a_small_shop(s);
  shop_numbered(s);
  read_feed(s, 1000, NULL, &end);
  struct client *waiting = shop_client(s);
  struct answer answer;
  shop_label(s, "after", end);
  int64_t began = monotonic_ms();
  SAY(200, "GET /v1/events?after=<after>&wait=1");
  SEE("/data/#", "0");
  CHECK(monotonic_ms() - began >= 900);
  /* The question is on its way before the answer exists. */
  struct request rq = {.method = "GET",
                       .path = arena_printf(t->arena, "/v1/events?after=%s&wait=30&topic=order.placed", end)};
  client_patience(waiting, 300);
  CHECK_INT(client_call(waiting, &rq, &answer), CALL_LATE); /* nothing yet */
  client_patience(waiting, 15000);
  int64_t placed = 0;
  began = monotonic_ms();
  a_paid_order(s, 1);
  CHECK_INT(client_call(waiting, &rq, &answer), CALL_ANSWERED);
  body = arena_text(t->arena, answer.body);
  placed = monotonic_ms() - began;
  client_free(waiting);
  CHECK(placed < 5000);
  CHECK_TEXT(json_look(t->arena, body, "/data/0/topic"), "order.placed");
  CHECK_TEXT(json_look(t->arena, body, "/data/0/subject"), shop_text(s, "<order>"));
  shop_close(s);
}

/* Waits until a stream has said something. */
static const char *listen_for(struct client *c, const char *what, int ms)
{
  const char *heard = "";
  for (int64_t until = monotonic_ms() + ms; monotonic_ms() < until;)
    if (strstr((client_more(c, 100, &heard), heard), what))
      break;
  return strstr(heard, what);
}

TEST(a_stream_goes_on_where_it_was_by_last_event_id)
{
  struct shop *s = shop_open(t);
  struct answer answer;
  const char *end;
  a_small_shop(s);
  shop_numbered(s);
  read_feed(s, 1000, NULL, &end);
  struct client *c = shop_client(s);
  struct request rq = {
      .method = "GET", .path = "/v1/events/stream?topic=order.*", .headers = "Accept: text/event-stream\r\n"};
  CHECK_INT(client_begin(c, &rq, &answer), CALL_ANSWERED);
  CHECK_INT(answer.status, 200);
  CHECK(text_starts(client_header(c, &answer, "Content-Type"), "text/event-stream"));
  poll(NULL, 0, 100);
  a_paid_order(s, 1);
  const char *first = listen_for(c, "event: order.placed", 10000);
  CHECK(first != NULL);
  CHECK(strstr(first, shop_labelled(s, "order")) != NULL);
  client_free(c);
  /* It was away while two more came; nothing is missed and nothing comes twice. */
  shop_label(s, "after", end);
  SAY(200, "GET /v1/events?topic=order.placed&after=<after>");
  KEEP("seen", "/data/0/cursor");
  a_paid_order(s, 1);
  a_paid_order(s, 1);
  rq.path = "/v1/events/stream?topic=order.placed";
  rq.headers = arena_printf(t->arena, "Accept: text/event-stream\r\nLast-Event-ID: %s\r\n", shop_labelled(s, "seen"));
  c = shop_client(s);
  CHECK_INT(client_begin(c, &rq, &answer), CALL_ANSWERED);
  const char *last = listen_for(c, shop_labelled(s, "order"), 10000), *heard;
  CHECK(last != NULL);
  client_more(c, 300, &heard);
  int n = 0;
  for (const char *at = heard; (at = strstr(at, "event: order.placed")); at++)
    n++;
  CHECK_INT(n, 2);
  client_free(c);
  shop_close(s);
}

TEST(the_timeline_says_who_what_when_before_and_after)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'secret@example.com', 'name': "
           "'Nobody Knows'}, 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
  KEEP("order", "/id");
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'wait for the weekend'}");
  SAY(200, "GET /v1/orders/<order>/timeline"); /* at once, not within a second */
  SEE("/data/0/topic", "order.placed");
  SEE("/data/0/cursor", NULL); /* its place in the feed is the feed's to say */
  SEE("/data/0/actor_kind", "api_key");
  SEE("/data/0/actor_name", "tests");
  SEE("/data/topic=order.held/subject", "<order>");
  SEE("/data/topic=order.held/data/type", "manual");
  CHECK(text_starts(AT("/data/topic=order.held/ref"), "hld_"));
  SAY(200, "PATCH /v1/orders/<order> {'tags': ['vip']}");
  SAY(200, "GET /v1/orders/<order>/timeline");
  SEE("/data/topic=order.edited/data/changes/0/pointer", "/tags");
  SEE("/data/topic=order.edited/data/changes/0/before", "[]");
  SEE("/data/topic=order.edited/data/changes/0/after", "['vip']");
  /* Facts without people: the feed's data hold no personal data. */
  SAY(200, "GET /v1/events?limit=1000");
  for (int64_t i = 0, n = json_look_i64(t->arena, s->last.body, "/data/#"); i < n; i++) {
    const char *data = AT(arena_printf(t->arena, "/data/%lld/data", (long long)i));
    CHECK(!strstr(data, "secret@example.com") && !strstr(data, "Nobody Knows"));
  }
  shop_close(s);
}

/* ---- Whose rights end ---- */

/* A stream of who signs in by this, which is heard to go. */
static struct client *a_stream(struct shop *s, const char *key, const char *headers)
{
  struct answer answer;
  struct client *c = client_new(s->address, key);
  struct request rq = {.method = "GET",
                       .path = "/v1/events/stream?after=latest",
                       .headers = arena_printf(s->arena, "Accept: text/event-stream\r\n%s", headers ? headers : "")};
  CHECK_INT(client_begin(c, &rq, &answer), CALL_ANSWERED);
  CHECK_INT(answer.status, 200);
  SAY(201, "POST /v1/products {'sku': '<sku>', 'name': 'T', 'price': 1}");
  CHECK(listen_for(c, "product.created", 10000) != NULL);
  return c;
}

/* Nothing that happens from now on is heard, and the stream ends. */
static void ends_deaf(struct shop *s, struct client *c)
{
  const char *heard = "";
  size_t before = strlen((client_more(c, 0, &heard), heard));
  SAY(201, "POST /v1/products {'sku': '<sku>-2', 'name': 'secret', 'price': 1}");
  shop_numbered(s);
  int64_t until = monotonic_ms() + 5000;
  while (!client_ended(c) && monotonic_ms() < until)
    client_more(c, 100, &heard);
  CHECK(client_ended(c));
  CHECK(!strstr(heard + before, "product.created"));
  client_free(c);
}

static const char *sign_in(struct shop *s)
{
  struct client *all = s->client;
  s->client = client_new(s->address, NULL);
  SAY(201, "POST /v1/session {'login': 'pat', 'password': 'glass river 27 lamps'}");
  const char *cookie = HEADER("Set-Cookie"),
             *line = arena_printf(s->arena, "Cookie: %.*s\r\n", (int)strcspn(cookie, ";"), cookie);
  shop_label(s, "me", arena_textn(s->arena, cookie, strcspn(cookie, ";")));
  KEEP("csrf", "/csrf_token");
  client_free(s->client);
  s->client = all;
  return line;
}

TEST(a_stream_ends_at_once_when_its_user_key_or_session_may_not_follow_any_more)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/api_keys {'name': 'ear', 'scope': 'event.read'}");
  KEEP("key", "/id");
  shop_label(s, "sku", "K");
  struct client *c = a_stream(s, arena_text(t->arena, AT("/key")), NULL);
  SAY(204, "DELETE /v1/api_keys/<key>");
  ends_deaf(s, c);
  SAY(201, "POST /v1/users {'login': 'pat', 'password': 'glass river 27 lamps', 'roles': ['manager']}");
  shop_label(s, "sku", "D");
  c = a_stream(s, "", sign_in(s));
  SAY(200, "PATCH /v1/users/pat {'disabled': true}");
  ends_deaf(s, c);
  SAY(200, "PATCH /v1/users/pat {'disabled': false}");
  shop_label(s, "sku", "S");
  c = a_stream(s, "", sign_in(s));
  struct client *all = s->client;
  s->client = client_new(s->address, NULL);
  SAY(204, "DELETE /v1/session\nCookie: <me>\nX-CSRF-Token: <csrf>\n");
  client_free(s->client);
  s->client = all;
  ends_deaf(s, c);
  shop_close(s);
}

TEST(a_stream_goes_on_with_the_rows_that_are_left)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/users {'login': 'pat', 'password': 'glass river 27 lamps', 'roles': ['manager']}");
  shop_label(s, "sku", "X");
  struct client *c = a_stream(s, "", sign_in(s));
  a_paid_order(s, 1);
  CHECK(listen_for(c, "order.placed", 10000) != NULL);
  const char *heard = "";
  SAY(200, "PATCH /v1/users/pat {'locations': ['NOWHERE']}");
  size_t before = strlen((client_more(c, 300, &heard), heard));
  a_paid_order(s, 1);
  SAY(201, "POST /v1/products {'sku': 'Y', 'name': 'Y', 'price': 1}");
  CHECK(listen_for(c, "\"Y\"", 10000) != NULL);
  client_more(c, 0, &heard);
  CHECK(!strstr(heard + before, "order.placed"));
  client_free(c);
  shop_close(s);
}

TEST(a_long_poll_of_a_key_that_was_revoked_is_refused_when_it_wakes)
{
  struct shop *s = shop_open(t);
  struct answer answer;
  SAY(201, "POST /v1/api_keys {'name': 'ear', 'scope': 'event.read'}");
  KEEP("key", "/id");
  struct client *c = client_new(s->address, AT("/key"));
  struct request rq = {.method = "GET", .path = "/v1/events?after=latest&wait=30&topic=product.*"};
  CHECK(client_ask(c, &rq));
  poll(NULL, 0, 500); /* it waits now */
  SAY(204, "DELETE /v1/api_keys/<key>");
  SAY(201, "POST /v1/products {'sku': 'secret', 'name': 'T', 'price': 1}");
  client_patience(c, 15000);
  CHECK_INT(client_answer(c, &answer), CALL_ANSWERED);
  CHECK_INT(answer.status, 401);
  client_free(c);
  shop_close(s);
}
