/* The server as its callers and its clients see it: a small site of a few paths, raw sockets on the other side. */
#define _GNU_SOURCE
#include "http.h"
#include "http_client_test.h"
#include "test.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* ---- The site ---- */

enum { QUEUE_MAX = 4096 };

struct site {
  struct http_server *server;
  int port;
  pthread_mutex_t lock;
  pthread_cond_t came;
  struct http_request *queue[QUEUE_MAX];
  size_t n;
  bool closing;
  sem_t gate;
  struct http_stream *stream;
  _Atomic int streams_closed, freed, logged, last_status, asked;
  _Atomic bool aborted;
};

static void sleep_ms(int ms)
{
  nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

static int64_t clock_ms(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits up to 5 s for a condition that another thread will make true. */
#define EVENTUALLY(condition)                                                                                          \
  do {                                                                                                                 \
    int64_t until_ = clock_ms() + 5000;                                                                                \
    while (!(condition) && clock_ms() < until_)                                                                        \
      sleep_ms(2);                                                                                                     \
    CHECK(condition);                                                                                                  \
  } while (0)

static void reply_text(struct http_request *rq, int status, const char *text)
{
  struct http_reply reply = {.status = status, .body = text, .n_body = strlen(text)};
  http_header_add(rq->arena, &reply, "Content-Type", "text/plain; charset=utf-8");
  http_reply(rq, &reply);
}

/* What the server understood, as text. */
static const char *describe(struct http_request *rq)
{
  struct buf b;
  buf_init(&b, rq->arena);
  buf_printf(&b, "%s %s |", rq->method, rq->path);
  for (size_t i = 0; i < rq->segments.n; i++)
    buf_printf(&b, " %s", rq->segments.at[i]);
  buf_text(&b, " |");
  EACH (struct http_pair, pair, &rq->query)
    buf_printf(&b, " %s=%s", pair->name, pair->value);
  const char *cookie = http_cookie(rq, "session");
  buf_printf(&b, " | %s | %s", cookie ? cookie : "-", rq->client);
  return buf_str(&b);
}

static void count_freed(void *arg)
{
  (*(_Atomic int *)arg)++;
}

static void park(struct site *site, struct http_request *rq)
{
  arena_defer(rq->arena, count_freed, &site->freed);
  pthread_mutex_lock(&site->lock);
  assert(site->n < QUEUE_MAX);
  site->queue[site->n++] = rq;
  pthread_cond_signal(&site->came);
  pthread_mutex_unlock(&site->lock);
}

/* The oldest parked request, or NULL when the site closes. */
static struct http_request *next_parked(struct site *site)
{
  pthread_mutex_lock(&site->lock);
  while (!site->n && !site->closing)
    pthread_cond_wait(&site->came, &site->lock);
  struct http_request *rq = site->n ? site->queue[0] : NULL;
  if (rq)
    memmove(site->queue, site->queue + 1, --site->n * sizeof *site->queue);
  pthread_mutex_unlock(&site->lock);
  return rq;
}

static size_t parked(struct site *site)
{
  pthread_mutex_lock(&site->lock);
  size_t n = site->n;
  pthread_mutex_unlock(&site->lock);
  return n;
}

static void stream_closed(void *arg)
{
  ((struct site *)arg)->streams_closed++;
}

static const char *big_text(struct http_request *rq)
{
  struct buf b;
  buf_init(&b, rq->arena);
  for (int i = 0; i < 1000; i++)
    buf_printf(&b, "{\"line\":%d}\n", i);
  return buf_str(&b);
}

static void serve_big(struct http_request *rq, bool gzipped)
{
  const char *text = big_text(rq);
  struct http_reply reply = {.status = 200, .body = text, .n_body = strlen(text), .gzipped = gzipped};
  http_header_add(rq->arena, &reply, "Content-Type", "application/json");
  if (gzipped) {
    unsigned char *packed = arena_alloc(rq->arena, 65536);
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)text, .avail_in = (uInt)strlen(text), .next_out = packed,
                  .avail_out = 65536};
    deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    reply.body = packed;
    reply.n_body = z.total_out;
  }
  http_reply(rq, &reply);
}

static void serve_file(struct http_request *rq)
{
  struct http_reply reply = {.status = 200, .body = "file", .n_body = 4};
  http_not_modified(rq, "\"v1\"", &reply);
  http_reply(rq, &reply);
}

static void serve_download(struct http_request *rq)
{
  struct http_reply reply = {.status = 200};
  http_header_add(rq->arena, &reply, "X-File", http_query(rq, "name"));
  http_reply(rq, &reply);
}

static void on_request(void *app, struct http_request *rq)
{
  struct site *site = app;
  site->asked++;
  if (text_starts(rq->path, "/park"))
    park(site, rq);
  else if (text_eq(rq->path, "/echo"))
    http_reply(rq, &(struct http_reply){.status = 200, .body = rq->body, .n_body = rq->n_body});
  else if (text_eq(rq->path, "/big"))
    serve_big(rq, http_query(rq, "packed") != NULL);
  else if (text_eq(rq->path, "/file"))
    serve_file(rq);
  else if (text_eq(rq->path, "/gate"))
    sem_wait(&site->gate), reply_text(rq, 200, "open");
  else if (text_eq(rq->path, "/stream"))
    site->stream = http_stream_begin(rq, &(struct http_reply){.status = 200, .body = "hello\n", .n_body = 6},
                                     stream_closed, site);
  else if (text_eq(rq->path, "/download"))
    serve_download(rq);
  else if (text_eq(rq->path, "/id"))
    reply_text(rq, 200, rq->request_id);
  else
    reply_text(rq, 200, describe(rq));
}

static enum err on_headers(void *app, struct http_request *rq, struct http_door *door)
{
  (void)app;
  if (text_starts(rq->path, "/large"))
    door->body = 1024 * 1024;
  if (text_starts(rq->path, "/park/long"))
    door->parked_ms = 60000;
  if (text_starts(rq->path, "/secret")) {
    door->why = "no key";
    return ERR_UNAUTHENTICATED;
  }
  return ERR_OK;
}

static void on_problem(void *app, const struct http_request *rq, struct arena *a, enum err code, const char *detail,
                       struct http_reply *reply)
{
  (void)app;
  http_header_add(a, reply, "Content-Type", "application/problem+json");
  reply->body = arena_printf(a, "{\"code\":\"%s\",\"detail\":\"%s\",\"request_id\":\"%s\"}", err_info(code)->slug,
                             detail, rq->request_id);
  reply->n_body = strlen(reply->body);
}

static void on_log(void *app, const struct http_log *line)
{
  struct site *site = app;
  site->last_status = line->status;
  site->aborted = line->aborted;
  site->logged++;
}

static struct site *site_open_behind(struct test *t, const char *proxies, struct http_limits limits)
{
  static struct site sites[64]; /* not in the test's arena: a failed test leaves its server running */
  static size_t n;
  assert(n < COUNT_OF(sites));
  struct site *site = &sites[n++];
  struct fault fault;
  fault_init(&fault, t->arena);
  pthread_mutex_init(&site->lock, NULL);
  pthread_cond_init(&site->came, NULL);
  sem_init(&site->gate, 0, 0);
  struct http_config config = {
    .listen = "127.0.0.1:0",
    .trusted_proxies = proxies,
    .app = site,
    .limits = limits,
    .on_request = on_request,
    .on_headers = on_headers,
    .on_problem = on_problem,
    .on_log = on_log,
  };
  CHECK_OK(http_start(&config, &fault, &site->server));
  site->port = http_port(site->server);
  return site;
}

static struct site *site_open(struct test *t, struct http_limits limits)
{
  return site_open_behind(t, NULL, limits);
}

static void site_close(struct site *site)
{
  http_stop(site->server, 2000);
  pthread_mutex_lock(&site->lock);
  site->closing = true;
  pthread_cond_broadcast(&site->came);
  pthread_mutex_unlock(&site->lock);
}

static const struct http_limits quick = {.headers_ms = 200, .body_ms = 200, .idle_ms = 300, .parked_ms = 200};

static void ask(struct client *c, struct answer *answer, const char *target)
{
  char text[512];
  snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", target);
  client_say(c, text);
  client_read(c, answer, false);
}

/* One request on a connection of its own, raw. */
static void ask_raw(struct site *site, struct answer *answer, const char *request)
{
  struct client *c = client_open(site->port);
  client_say(c, request);
  client_read(c, answer, text_starts(request, "HEAD"));
  client_close(c);
}

/* A POST with a body of n times "a". */
static const char *post(struct test *t, const char *path, size_t n)
{
  char *body = arena_alloc(t->arena, n + 1);
  memset(body, 'a', n);
  return arena_printf(t->arena, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n%s", path, n, body);
}

static const char *post_chunked(struct test *t, const char *path, size_t n)
{
  char *body = arena_alloc(t->arena, n + 1);
  memset(body, 'a', n);
  return arena_printf(t->arena,
                      "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "%zx\r\n%s\r\n0\r\n\r\n",
                      path, n, body);
}

/* ---- Requests and replies ---- */

TEST(a_connection_answers_one_request_after_the_other)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port);
  struct answer answer;
  for (int i = 0; i < 3; i++) {
    ask(c, &answer, "/x");
    CHECK_INT(answer.status, 200);
  }
  client_close(c);
  struct http_metrics m;
  EVENTUALLY(site->logged == 3);
  http_metrics(site->server, &m);
  CHECK_INT(m.connections_total, 1);
  CHECK_INT(m.requests_total, 3);
  CHECK_INT(m.by_class[2], 3);
  site_close(site);
}

TEST(pipelined_requests_are_answered_in_order)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port);
  struct answer answer;
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1"
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n2"
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n3");
  const char *const want[] = {"1", "2", "3"};
  for (int i = 0; i < 3; i++) {
    client_read(c, &answer, false);
    CHECK_TEXT(answer.body, want[i]);
  }
  client_close(c);
  site_close(site);
}

/* Who the server says came, when these headers come from 127.0.0.1. */
static void see_client(struct test *t, struct site *site, const char *headers, const char *wanted)
{
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, arena_printf(t->arena, "GET /where HTTP/1.1\r\nHost: a\r\n%s\r\n", headers));
  client_read(c, &answer, false);
  CHECK_TEXT(strrchr(answer.body, ' ') + 1, wanted);
  client_close(c);
}

TEST(a_trusted_proxy_tells_who_came_and_nobody_else_does)
{
  struct site *alone = site_open(t, (struct http_limits){0});
  see_client(t, alone, "X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.1");
  site_close(alone);
  struct site *site = site_open_behind(t, "127.0.0.1, 10.0.0.0/8,2001:db8::/33", (struct http_limits){0});
  see_client(t, site, "", "127.0.0.1");
  see_client(t, site, "X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7");
  see_client(t, site, "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n", "192.0.2.7"); /* the first may be a lie */
  see_client(t, site, "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7");
  see_client(t, site, "X-Forwarded-For: 198.51.100.1, 192.0.2.7, 10.200.0.9\r\n", "192.0.2.7"); /* two of ours */
  see_client(t, site, "X-Forwarded-For: 192.0.2.7:4711, [2001:db8:7fff::1]:80\r\n", "192.0.2.7");
  see_client(t, site, "X-Forwarded-For: 192.0.2.7, 2001:db8:8000::1\r\n", "2001:db8:8000::1");
  see_client(t, site, "X-Forwarded-For: 192.0.2.7, unknown\r\n", "127.0.0.1");
  see_client(t, site, "X-Forwarded-For: ,\r\n", "127.0.0.1");
  site_close(site);
}

TEST(networks_of_proxies_are_read_strictly)
{
  static const char *const wrong[] = {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "host", "::1/129", "10.0.0"};
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    struct fault fault;
    struct http_server *s = NULL;
    fault_init(&fault, t->arena);
    const struct http_config c = {.listen = "127.0.0.1:0", .trusted_proxies = wrong[i], .on_request = on_request};
    CHECK_ERR(http_start(&c, &fault, &s), ERR_INVALID);
  }
}

TEST(targets_are_decoded_segment_by_segment)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  ask_raw(site, &answer,
          "GET /v1/products/A%2FB/?q=a+b%26c&empty&x=%E4%B8%AD HTTP/1.1\r\nHost: a\r\n"
          "Cookie: a=1; session=\"s1\" ; b=2\r\n\r\n");
  CHECK_TEXT(answer.body, "GET /v1/products/A/B/ | v1 products A/B | q=a b&c empty= x=\xE4\xB8\xAD | s1 | 127.0.0.1");
  ask_raw(site, &answer, "GET http://shop.example:80?a=1 HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_TEXT(answer.body, "GET / | | a=1 | - | 127.0.0.1");
  site_close(site);
}

TEST(malformed_targets_are_refused)
{
  static const char *const targets[] = {"/%00", "/%zz", "/a%4", "/a%", "/a/../b", "/a/%2e%2e/b", "/./", "/%c0%af",
                                        "/%0a", "/\xc3\xa9", "/a#b", "x", "*", "/?a=%zz", "/?a=%ff", "/a b"};
  struct site *site = site_open(t, (struct http_limits){0});
  for (size_t i = 0; i < COUNT_OF(targets); i++) {
    struct answer answer;
    ask_raw(site, &answer, arena_printf(t->arena, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", targets[i]));
    if (answer.status != 400)
      printf("%s\n", targets[i]);
    CHECK_INT(answer.status, 400);
    CHECK(strstr(answer.body, "\"code\":\"malformed\""));
  }
  site_close(site);
}

TEST(a_sane_request_id_is_kept_and_others_are_replaced)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  ask_raw(site, &answer, "GET /id HTTP/1.1\r\nHost: a\r\nX-Request-Id: shop-77.a_B\r\n\r\n");
  CHECK_TEXT(answer.body, "shop-77.a_B");
  CHECK_TEXT(answer_header(&answer, "X-Request-Id"), "shop-77.a_B");
  ask_raw(site, &answer, "GET /id HTTP/1.1\r\nHost: a\r\nX-Request-Id: <script>\r\n\r\n");
  CHECK(text_starts(answer.body, "req_"));
  CHECK_TEXT(answer_header(&answer, "X-Request-Id"), answer.body);
  site_close(site);
}

TEST(head_announces_what_get_would_send)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, "HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n");
  client_read(c, &answer, true);
  CHECK_INT(answer.status, 200);
  CHECK_TEXT(answer_header(&answer, "Content-Length"), "4");
  ask(c, &answer, "/file"); /* nothing was left in between */
  CHECK_TEXT(answer.body, "file");
  client_close(c);
  site_close(site);
}

TEST(an_unchanged_file_is_not_sent_again)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, "GET /file HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v0\", W/\"v1\"\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 304);
  CHECK_TEXT(answer_header(&answer, "ETag"), "\"v1\"");
  client_say(c, "GET /file HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v10\"\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 200);
  CHECK_TEXT(answer.body, "file");
  client_close(c);
  site_close(site);
}

TEST(a_line_break_does_not_get_into_a_header)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  ask_raw(site, &answer, "GET /download?name=a HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_TEXT(answer_header(&answer, "X-File"), "a");
  ask_raw(site, &answer, "GET /download?name=a%0D%0ASet-Cookie:x HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_INT(answer.status, 200);
  CHECK(!answer_header(&answer, "Set-Cookie"));
  site_close(site);
}

TEST(a_client_that_asks_first_is_told_to_go_on)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 100);
  client_say(c, "abc");
  client_read(c, &answer, false);
  CHECK_TEXT(answer.body, "abc");
  client_close(c);
  site_close(site);
}

TEST(chunked_bodies_are_taken_and_end_the_connection)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_TEXT(answer.body, "abcde");
  CHECK_TEXT(answer_header(&answer, "Connection"), "close");
  CHECK(client_closed(c, 5000));
  client_close(c);
  site_close(site);
}

TEST(options_of_the_server_and_unknown_methods_keep_the_connection)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 204);
  CHECK(answer_header(&answer, "Allow"));
  client_say(c, "PURGE / HTTP/1.1\r\nHost: a\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 405);
  client_say(c, "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 401);
  CHECK(strstr(answer.body, "no key"));
  ask(c, &answer, "/x");
  CHECK_INT(answer.status, 200);
  client_close(c);
  site_close(site);
}

static void gunzip(struct test *t, const struct answer *answer, char **out)
{
  *out = arena_alloc(t->arena, 1 << 20);
  z_stream z = {.next_in = (unsigned char *)answer->body, .avail_in = (uInt)answer->n_body,
                .next_out = (unsigned char *)*out, .avail_out = (1 << 20) - 1};
  CHECK_INT(inflateInit2(&z, 31), Z_OK);
  int how = inflate(&z, Z_FINISH);
  inflateEnd(&z);
  CHECK_INT(how, Z_STREAM_END);
}

TEST(large_text_is_compressed_for_those_who_take_it)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer plain, packed;
  ask_raw(site, &plain, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(!answer_header(&plain, "Content-Encoding"));
  CHECK_TEXT(answer_header(&plain, "Vary"), "Accept-Encoding");
  const char *want = arena_textn(t->arena, plain.body, plain.n_body);
  ask_raw(site, &packed, "GET /big HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br;q=1, gzip;q=0.5\r\n\r\n");
  CHECK_TEXT(answer_header(&packed, "Content-Encoding"), "gzip");
  CHECK(packed.n_body < strlen(want) / 3);
  char *got;
  gunzip(t, &packed, &got);
  CHECK_TEXT(got, want);
  ask_raw(site, &plain, "GET /big HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0, deflate\r\n\r\n");
  CHECK_TEXT(plain.body, want);
  ask_raw(site, &plain, "GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"); /* too small */
  CHECK(!answer_header(&plain, "Content-Encoding"));
  site_close(site);
}

TEST(a_packed_asset_is_unpacked_for_those_who_do_not_take_it)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  ask_raw(site, &answer, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  const char *want = arena_textn(t->arena, answer.body, answer.n_body);
  ask_raw(site, &answer, "GET /big?packed HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  CHECK_TEXT(answer_header(&answer, "Content-Encoding"), "gzip");
  char *got;
  gunzip(t, &answer, &got);
  CHECK_TEXT(got, want);
  ask_raw(site, &answer, "GET /big?packed HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(!answer_header(&answer, "Content-Encoding"));
  CHECK_TEXT(answer.body, want);
  site_close(site);
}

/* ---- Limits ---- */

TEST(a_body_over_the_limit_is_refused_however_its_length_is_told)
{
  struct site *site = site_open(t, (struct http_limits){.body = 1000});
  struct answer answer;
  ask_raw(site, &answer, post(t, "/echo", 200000));
  CHECK_INT(answer.status, 413);
  CHECK(strstr(answer.body, "too_large"));
  ask_raw(site, &answer, post_chunked(t, "/echo", 200000));
  CHECK_INT(answer.status, 413);
  CHECK(strstr(answer.body, "too_large"));
  ask_raw(site, &answer, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 200000\r\n\r\n");
  CHECK_INT(answer.status, 413);
  CHECK_INT(site->asked, 0);
  site_close(site);
}

TEST(on_headers_allows_a_larger_body)
{
  struct site *site = site_open(t, (struct http_limits){.body = 1000});
  struct answer answer;
  ask_raw(site, &answer, post(t, "/large", 200000));
  CHECK_INT(answer.status, 200);
  struct http_metrics m;
  http_metrics(site->server, &m);
  CHECK_INT(m.bytes_in, 200000);
  site_close(site);
}

TEST(all_bodies_together_are_bounded)
{
  struct site *site = site_open(t, (struct http_limits){.body = 100000, .bodies = 50000});
  struct answer answer;
  ask_raw(site, &answer, post(t, "/echo", 60000));
  CHECK_INT(answer.status, 503);
  for (int i = 0; i < 5; i++) { /* what was refused or answered is given back */
    ask_raw(site, &answer, post(t, "/echo", 30000));
    CHECK_INT(answer.status, 200);
    CHECK_INT(answer.n_body, 30000);
  }
  site_close(site);
}

TEST(headers_and_targets_too_large_are_431)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  char *a = arena_alloc(t->arena, 20001);
  memset(a, 'a', 20000);
  ask_raw(site, &answer, arena_printf(t->arena, "GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n", a));
  CHECK_INT(answer.status, 431);
  CHECK(strstr(answer.body, "headers_too_large"));
  a[9000] = 0;
  ask_raw(site, &answer, arena_printf(t->arena, "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n", a));
  CHECK_INT(answer.status, 431);
  struct buf many;
  buf_init(&many, t->arena);
  buf_text(&many, "GET / HTTP/1.1\r\nHost: a\r\n");
  for (int i = 0; i < HTTP_HEADER_COUNT_MAX; i++)
    buf_printf(&many, "X%d: a\r\n", i);
  buf_text(&many, "\r\n");
  ask_raw(site, &answer, buf_str(&many));
  CHECK_INT(answer.status, 431);
  site_close(site);
}

TEST(a_client_with_slow_headers_is_told_and_cut_off)
{
  struct site *site = site_open(t, quick);
  struct answer answer;
  struct client *silent = client_open(site->port), *slow = client_open(site->port);
  client_say(slow, "GET / HTTP/1.1\r\n");
  for (int i = 0; i < 10; i++) { /* a byte now and then does not help */
    sleep_ms(50);
    client_say(slow, "X");
  }
  client_read(slow, &answer, false);
  CHECK_INT(answer.status, 408);
  CHECK(strstr(answer.body, "timeout"));
  CHECK(client_closed(slow, 5000));
  client_read(silent, &answer, false);
  CHECK_INT(answer.status, 408);
  client_close(slow);
  client_close(silent);
  site_close(site);
}

TEST(a_client_with_a_slow_body_is_told_and_cut_off)
{
  struct site *site = site_open(t, quick);
  struct answer answer;
  struct client *c = client_open(site->port);
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 10; i++) {
    sleep_ms(50);
    client_say(c, "x");
  }
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 408);
  CHECK(client_closed(c, 5000));
  CHECK_INT(site->asked, 0);
  client_close(c);
  site_close(site);
}

TEST(a_body_that_keeps_the_pace_may_take_its_time)
{
  struct site *site = site_open(t, (struct http_limits){.body_ms = 100, .body_rate = 1000});
  struct answer answer;
  struct client *c = client_open(site->port);
  char block[101] = {0};
  memset(block, 'x', 100);
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
  for (int i = 0; i < 10; i++) { /* 2,000 bytes a second for half a second */
    client_say(c, block);
    sleep_ms(50);
  }
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 200);
  CHECK_INT(answer.n_body, 1000);
  client_close(c);
  site_close(site);
}

TEST(a_client_that_says_no_more_gets_its_answer_and_the_end)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port);
  struct answer answer;
  client_say(c, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  client_finish(c);
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 200);
  CHECK(client_closed(c, 5000));
  client_close(c);
  site_close(site);
}

TEST(a_refused_upload_may_go_on_until_its_client_reads_why)
{
  struct site *site = site_open(t, (struct http_limits){.body = 1000});
  struct client *c = client_open(site->port);
  struct answer answer;
  static char block[65536];
  memset(block, 'x', sizeof block);
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
  for (int i = 0; i < 100; i++) { /* through the refusal, which comes at once */
    CHECK(client_send(c, block, sizeof block));
    sleep_ms(1);
  }
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 413);
  struct http_metrics m; /* but not for ever, though the client stays */
  EVENTUALLY((client_send(c, block, 1), http_metrics(site->server, &m), m.connections == 0));
  client_close(c);
  site_close(site);
}

TEST(an_idle_connection_is_let_go)
{
  struct site *site = site_open(t, quick);
  struct client *c = client_open(site->port);
  struct answer answer;
  ask(c, &answer, "/x");
  CHECK_INT(answer.status, 200);
  int64_t before = clock_ms();
  CHECK(client_closed(c, 5000));
  CHECK(clock_ms() - before >= 200);
  CHECK_INT(c->n, 0); /* without a word: a 408 now would be taken for the answer to the next request */
  client_close(c);
  site_close(site);
}

TEST(the_longest_idle_connection_makes_room_for_a_new_one)
{
  struct site *site = site_open(t, (struct http_limits){.connections = 3});
  struct client *c[4];
  struct answer answer;
  for (int i = 0; i < 3; i++) {
    c[i] = client_open(site->port);
    ask(c[i], &answer, "/x");
    CHECK_INT(answer.status, 200);
    sleep_ms(5);
  }
  CHECK(client_closed(c[0], 5000));
  c[3] = client_open(site->port);
  ask(c[3], &answer, "/x");
  CHECK_INT(answer.status, 200);
  ask(c[2], &answer, "/x");
  CHECK_INT(answer.status, 200);
  for (int i = 0; i < 4; i++)
    client_close(c[i]);
  site_close(site);
}

TEST(beyond_the_connection_limit_clients_wait_for_a_place)
{
  struct site *site = site_open(t, (struct http_limits){.connections = 2});
  struct client *c[3];
  struct answer answer;
  for (int i = 0; i < 2; i++) {
    c[i] = client_open(site->port);
    client_say(c[i], "GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EVENTUALLY(parked(site) == 2);
  c[2] = client_open(site->port);
  client_say(c[2], "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_INT(client_gather(c[2], 1, 100), 0);
  for (int i = 0; i < 2; i++)
    reply_text(next_parked(site), 200, "done");
  client_read(c[0], &answer, false);
  CHECK_INT(answer.status, 200);
  client_close(c[0]);
  client_read(c[2], &answer, false);
  CHECK_INT(answer.status, 200);
  client_close(c[1]);
  client_close(c[2]);
  site_close(site);
}

/* ---- Parking ---- */

enum { LOAD_CONNECTIONS = 64, LOAD_REQUESTS = 1000, LOAD_THREADS = 8, LOAD_EACH = LOAD_CONNECTIONS / LOAD_THREADS };

struct load {
  struct site *site;
  int thread;
  int right, wrong;
};

static void *answer_parked(void *arg)
{
  struct site *site = arg;
  for (struct http_request *rq; (rq = next_parked(site));)
    reply_text(rq, 200, arena_printf(rq->arena, "%s", rq->body));
  return NULL;
}

/* Eight connections in step: all ask, then all read; each answer must be the one to its own question. */
static void *load_run(void *arg)
{
  struct load *load = arg;
  struct client *c[LOAD_EACH];
  struct answer answer;
  for (int i = 0; i < LOAD_EACH; i++)
    c[i] = client_open(load->site->port);
  for (int round = 0; round < LOAD_REQUESTS; round++) {
    for (int i = 0; i < LOAD_EACH; i++) {
      char text[200], body[40];
      int n = snprintf(body, sizeof body, "%d-%d-%d", load->thread, i, round);
      snprintf(text, sizeof text, "POST /park HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", n, body);
      client_say(c[i], text);
    }
    for (int i = 0; i < LOAD_EACH; i++) {
      char want[40];
      snprintf(want, sizeof want, "%d-%d-%d", load->thread, i, round);
      client_read(c[i], &answer, false);
      bool right = answer.status == 200 && text_eq(answer.body, want);
      load->right += right;
      load->wrong += !right;
      if (!right)
        printf("wanted %s, got %d %s\n", want, answer.status, answer.body);
    }
    if (load->wrong)
      break;
  }
  for (int i = 0; i < LOAD_EACH; i++)
    client_close(c[i]);
  return NULL;
}

TEST(answers_from_other_threads_reach_the_one_who_asked)
{
  struct site *site = site_open(t, (struct http_limits){0});
  pthread_t workers[3], clients[LOAD_THREADS];
  struct load loads[LOAD_THREADS];
  for (size_t i = 0; i < COUNT_OF(workers); i++)
    pthread_create(&workers[i], NULL, answer_parked, site);
  int64_t before = clock_ms();
  for (int i = 0; i < LOAD_THREADS; i++) {
    loads[i] = (struct load){site, i, 0, 0};
    pthread_create(&clients[i], NULL, load_run, &loads[i]);
  }
  int right = 0;
  for (int i = 0; i < LOAD_THREADS; i++) {
    pthread_join(clients[i], NULL);
    right += loads[i].right;
  }
  int64_t took_ms = clock_ms() - before;
  struct http_metrics m;
  http_metrics(site->server, &m);
  printf("parked load: %d requests in %lld ms, %lld wakes\n", right, (long long)took_ms, (long long)m.wakes);
  site_close(site);
  for (size_t i = 0; i < COUNT_OF(workers); i++)
    pthread_join(workers[i], NULL);
  CHECK_INT(right, LOAD_CONNECTIONS * LOAD_REQUESTS);
  CHECK_INT(site->freed, right);
  CHECK_INT(m.requests_total, right);
}

TEST(a_batch_of_answers_wakes_the_loop_once)
{
  enum { BATCH = 32 };
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c[BATCH], *gate = client_open(site->port);
  struct answer answer;
  for (int i = 0; i < BATCH; i++) {
    c[i] = client_open(site->port);
    client_say(c[i], "GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EVENTUALLY(parked(site) == BATCH);
  client_say(gate, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"); /* holds the loop, so that no turn comes in between */
  EVENTUALLY(site->asked == BATCH + 1);
  struct http_metrics before, after;
  http_metrics(site->server, &before);
  for (int i = 0; i < BATCH; i++)
    reply_text(next_parked(site), 200, "done");
  http_metrics(site->server, &after);
  sem_post(&site->gate);
  CHECK_INT(after.wakes - before.wakes, 1);
  for (int i = 0; i < BATCH; i++) {
    client_read(c[i], &answer, false);
    CHECK_TEXT(answer.body, "done");
    client_close(c[i]);
  }
  client_close(gate);
  site_close(site);
}

TEST(a_client_that_leaves_while_parked_harms_nobody)
{
  struct site *site = site_open(t, (struct http_limits){0});
  for (int i = 0; i < 50; i++) {
    struct client *c = client_open(site->port);
    client_say(c, "POST /park HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    EVENTUALLY(parked(site) == 1);
    client_close(c);
    struct http_request *rq = next_parked(site);
    reply_text(rq, 200, arena_printf(rq->arena, "%s %s", rq->body, big_text(rq)));
    EVENTUALLY(site->freed == i + 1);
  }
  struct http_metrics m;
  http_metrics(site->server, &m);
  CHECK_INT(m.in_flight, 0);
  CHECK_INT(m.parked, 0);
  site_close(site);
}

TEST(a_request_parked_too_long_is_answered_busy_and_the_late_answer_is_harmless)
{
  struct site *site = site_open(t, quick);
  struct client *c = client_open(site->port);
  struct answer answer;
  ask(c, &answer, "/park");
  CHECK_INT(answer.status, 503);
  CHECK(strstr(answer.body, "\"busy\""));
  ask(c, &answer, "/x"); /* the connection goes on */
  CHECK_INT(answer.status, 200);
  CHECK_INT(site->freed, 0); /* its worker still holds it */
  struct http_request *rq = next_parked(site);
  CHECK_TEXT(rq->path, "/park");
  reply_text(rq, 200, "late");
  CHECK_INT(site->freed, 1);
  client_close(c);
  site_close(site);
}

TEST(on_headers_gives_a_long_poll_more_time)
{
  struct site *site = site_open(t, quick);
  struct client *c = client_open(site->port);
  struct answer answer;
  client_say(c, "GET /park/long HTTP/1.1\r\nHost: a\r\n\r\n");
  EVENTUALLY(parked(site) == 1);
  sleep_ms(500);
  reply_text(next_parked(site), 200, "news");
  client_read(c, &answer, false);
  CHECK_TEXT(answer.body, "news");
  client_close(c);
  site_close(site);
}

static void *answer_about_when_it_is_too_late(void *arg)
{
  struct site *site = arg;
  unsigned seed = 7;
  for (struct http_request *rq; (rq = next_parked(site));) {
    sleep_ms(rand_r(&seed) % 4);
    reply_text(rq, 200, arena_printf(rq->arena, "%s", rq->body));
  }
  return NULL;
}

TEST(answers_that_race_with_the_deadline_are_given_once)
{
  enum { ROUNDS = 30, SIDE_BY_SIDE = 16 };
  struct site *site = site_open(t, (struct http_limits){.parked_ms = 15});
  struct client *c[SIDE_BY_SIDE];
  pthread_t worker;
  struct answer answer;
  int in_time = 0, late = 0;
  pthread_create(&worker, NULL, answer_about_when_it_is_too_late, site);
  for (int i = 0; i < SIDE_BY_SIDE; i++)
    c[i] = client_open(site->port);
  for (int round = 0; round < ROUNDS; round++) {
    for (int i = 0; i < SIDE_BY_SIDE; i++)
      client_say(c[i], "POST /park HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
      client_read(c[i], &answer, false);
      in_time += answer.status == 200 && text_eq(answer.body, "ok");
      late += answer.status == 503;
    }
  }
  EVENTUALLY(site->freed == ROUNDS * SIDE_BY_SIDE);
  for (int i = 0; i < SIDE_BY_SIDE; i++)
    client_close(c[i]);
  site_close(site);
  pthread_join(worker, NULL);
  CHECK_INT(in_time + late, ROUNDS * SIDE_BY_SIDE);
  CHECK(in_time > 0);
  CHECK(late > 0);
}

/* ---- Streams ---- */

static struct http_stream *open_stream(struct test *t, struct site *site, struct client *c)
{
  (void)t;
  client_say(c, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client_gather(c, 20, 5000) > 20);
  EVENTUALLY(site->stream);
  return site->stream;
}

TEST(a_stream_sends_what_comes_and_ends)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port);
  struct answer answer;
  struct http_stream *s = open_stream(t, site, c);
  for (int i = 0; i < 100; i++) {
    char line[32];
    int n = snprintf(line, sizeof line, "data: %d\n\n", i);
    CHECK(http_stream_send(s, line, (size_t)n));
    if (i % 10 == 0)
      sleep_ms(1);
  }
  http_stream_end(s);
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 200);
  CHECK(text_starts(answer.body, "hello\ndata: 0\n\n"));
  CHECK(strstr(answer.body, "data: 99\n\n"));
  EVENTUALLY(site->streams_closed == 1);
  ask(c, &answer, "/x"); /* chunked, so the connection lives on */
  CHECK_INT(answer.status, 200);
  client_close(c);
  site_close(site);
}

TEST(a_stream_whose_reader_leaves_is_closed_though_nothing_is_sent)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port);
  struct http_stream *s = open_stream(t, site, c);
  client_close(c);
  EVENTUALLY(site->streams_closed == 1);
  CHECK(!http_stream_send(s, "x", 1));
  http_stream_end(s);
  CHECK_INT(site->streams_closed, 1);
  site_close(site);
}

TEST(a_message_larger_than_the_bound_reaches_a_reader_who_keeps_up)
{
  enum { BYTES = 40 * 1024 };
  struct site *site = site_open(t, (struct http_limits){.stream = 8 * 1024});
  struct client *c = client_open(site->port);
  struct answer answer;
  struct http_stream *s = open_stream(t, site, c);
  char *message = arena_alloc(t->arena, BYTES + 1);
  memset(message, 'x', BYTES);
  sleep_ms(300); /* what the stream began with has gone out */
  CHECK(http_stream_send(s, message, BYTES));
  http_stream_end(s);
  client_read(c, &answer, false);
  CHECK_INT(strlen(answer.body), strlen("hello\n") + BYTES);
  client_close(c);
  site_close(site);
}

TEST(a_slow_reader_of_a_stream_is_dropped)
{
  struct site *site = site_open(t, (struct http_limits){.stream = 64 * 1024});
  struct client *c = client_open_small(site->port);
  struct http_stream *s = open_stream(t, site, c);
  char block[8192];
  memset(block, 'x', sizeof block);
  int sent = 0;
  while (sent < 10000 && http_stream_send(s, block, sizeof block)) {
    sent++;
    sleep_ms(sent % 8 == 0);
  }
  CHECK(sent < 10000);
  EVENTUALLY(site->streams_closed == 1);
  http_stream_end(s);
  client_close(c);
  site_close(site);
}

struct broadcast {
  struct http_stream *streams[16];
  int n;
};

static void *broadcast_run(void *arg)
{
  struct broadcast *b = arg;
  for (int round = 0; round < 300; round++)
    for (int i = 0; i < b->n; i++)
      http_stream_send(b->streams[i], "data: tick\n\n", 12);
  for (int i = 0; i < b->n; i++)
    http_stream_end(b->streams[i]);
  return NULL;
}

TEST(many_streams_survive_leaving_readers_while_others_send)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct broadcast b = {.n = 16};
  struct client *c[16];
  struct answer answer;
  for (int i = 0; i < b.n; i++) {
    site->stream = NULL;
    c[i] = client_open(site->port);
    b.streams[i] = open_stream(t, site, c[i]);
  }
  pthread_t sender;
  pthread_create(&sender, NULL, broadcast_run, &b);
  for (int i = 0; i < b.n; i += 2) { /* every second one leaves in the middle */
    client_close(c[i]);
    sleep_ms(1);
  }
  pthread_join(sender, NULL);
  for (int i = 1; i < b.n; i += 2) {
    client_read(c[i], &answer, false);
    CHECK_INT(answer.n_body, 6 + 300 * 12);
    client_close(c[i]);
  }
  EVENTUALLY(site->streams_closed == 16);
  site_close(site);
}

/* ---- Stopping ---- */

static void *stop_soon(void *arg)
{
  struct site *site = arg;
  http_stop(site->server, 3000);
  return NULL;
}

TEST(a_stop_waits_for_what_is_parked)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port), *idle = client_open(site->port);
  struct answer answer;
  ask(idle, &answer, "/x");
  client_say(c, "GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
  EVENTUALLY(parked(site) == 1);
  pthread_t stopper;
  pthread_create(&stopper, NULL, stop_soon, site);
  sleep_ms(100);
  CHECK(!client_open(site->port)); /* nobody listens any more */
  ask(idle, &answer, "/x");
  CHECK_INT(answer.status, 503);
  CHECK(strstr(answer.body, "stopping"));
  CHECK_TEXT(answer_header(&answer, "Connection"), "close");
  reply_text(next_parked(site), 201, "made it");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 201);
  CHECK_TEXT(answer.body, "made it");
  pthread_join(stopper, NULL);
  client_close(c);
  client_close(idle);
}

TEST(a_stop_ends_streams_and_tells_those_it_cannot_wait_for)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port), *listener = client_open(site->port);
  struct answer answer;
  struct http_stream *s = open_stream(t, site, listener);
  http_stream_send(s, "last", 4);
  client_say(c, "GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
  EVENTUALLY(parked(site) == 1);
  http_stop(site->server, 100);
  CHECK_INT(site->streams_closed, 1);
  client_read(listener, &answer, false);
  CHECK_TEXT(answer.body, "hello\nlast");
  client_read(c, &answer, false);
  CHECK_INT(answer.status, 503);
  CHECK(strstr(answer.body, "stopping"));
  /* The server is gone; what others hold of it is still safe to use. */
  CHECK(!http_stream_send(s, "x", 1));
  http_stream_end(s);
  struct http_reply head = {.status = 200};
  struct http_stream *late = http_stream_begin(next_parked(site), &head, stream_closed, site);
  CHECK_INT(site->streams_closed, 2);
  http_stream_end(late);
  CHECK_INT(site->freed, 1);
  client_close(c);
  client_close(listener);
}

struct asker {
  struct site *site;
  int answered, stopped;
};

/* Asks until the server is gone; every reply must be whole. */
static void *ask_on(void *arg)
{
  struct asker *asker = arg;
  struct answer answer;
  for (struct client *c; (c = client_open(asker->site->port)); client_close(c))
    do {
      client_say(c, "POST /park HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
      client_read(c, &answer, false);
      asker->answered += answer.status == 200 && text_eq(answer.body, "ok");
      asker->stopped += answer.status == 503;
    } while (answer.status == 200);
  return NULL;
}

TEST(a_stop_under_load_leaves_nothing_behind)
{
  for (int round = 0; round < 5; round++) {
    struct site *site = site_open(t, (struct http_limits){0});
    pthread_t workers[2], clients[4];
    struct asker askers[4];
    for (int i = 0; i < 2; i++)
      pthread_create(&workers[i], NULL, answer_parked, site);
    for (int i = 0; i < 4; i++) {
      askers[i] = (struct asker){.site = site};
      pthread_create(&clients[i], NULL, ask_on, &askers[i]);
    }
    sleep_ms(20 + 10 * round);
    site_close(site);
    int answered = 0;
    for (int i = 0; i < 4; i++) {
      pthread_join(clients[i], NULL);
      answered += askers[i].answered;
    }
    for (int i = 0; i < 2; i++)
      pthread_join(workers[i], NULL);
    CHECK(answered > 0);
    CHECK_INT(site->asked, answered); /* what was accepted was answered */
    CHECK_INT(site->freed, answered);
  }
}

TEST(a_stop_does_not_wait_for_half_a_request)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *headers = client_open(site->port), *body = client_open(site->port);
  client_say(headers, "GET / HTTP/1.1\r\nHo");
  client_say(body, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  sleep_ms(50);
  int64_t before = clock_ms();
  http_stop(site->server, 300);
  CHECK(clock_ms() - before < 3000);
  client_close(headers);
  client_close(body);
}

TEST(a_quiet_server_takes_no_new_work)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct client *c = client_open(site->port);
  struct answer answer;
  ask(c, &answer, "/x");
  http_quiesce(site->server);
  ask(c, &answer, "/park");
  CHECK_INT(answer.status, 503);
  CHECK_INT(parked(site), 0);
  CHECK(client_closed(c, 5000));
  client_close(c);
  site_close(site);
}

/* ---- Listening, logs ---- */

TEST(addresses_that_cannot_be_listened_on_are_refused)
{
  static const char *const wrong[] = {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999",
                                      "127.0.0.1:4294967376", "::1:80", "127.0.0.1:80a", "no such host.invalid:80"};
  struct fault fault;
  struct http_server *server;
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    fault_init(&fault, t->arena);
    struct http_config config = {.listen = wrong[i], .on_request = on_request};
    CHECK_ERR(http_start(&config, &fault, &server), ERR_INVALID);
  }
  struct site *site = site_open(t, (struct http_limits){0});
  fault_init(&fault, t->arena);
  CHECK_ERR(http_start(&(struct http_config){.listen = http_address(site->server), .on_request = on_request}, &fault,
                       &server),
            ERR_INTERNAL);
  CHECK(strstr(fault.detail, http_address(site->server)));
  site_close(site);
}

TEST(ipv6_addresses_are_listened_on)
{
  struct fault fault;
  struct http_server *server;
  fault_init(&fault, t->arena);
  if (http_start(&(struct http_config){.listen = "[::1]:0", .on_request = on_request}, &fault, &server) != ERR_OK)
    SKIP("no IPv6 here");
  CHECK(text_starts(http_address(server), "[::1]:"));
  CHECK(http_port(server) > 0);
  http_stop(server, 100);
}

TEST(each_request_is_logged_once_with_its_status)
{
  struct site *site = site_open(t, (struct http_limits){0});
  struct answer answer;
  ask_raw(site, &answer, "GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EVENTUALLY(site->logged == 1);
  CHECK_INT(site->last_status, 200);
  ask_raw(site, &answer, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n");
  EVENTUALLY(site->logged == 2);
  CHECK_INT(site->last_status, 400);
  CHECK(!site->aborted);
  ask_raw(site, &answer, "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"); /* the library refuses this one */
  EVENTUALLY(site->logged == 3);
  CHECK_INT(site->last_status, 400);
  site_close(site);
}
