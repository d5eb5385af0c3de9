/* The request cases of llhttp (../shared/data/http-parsing) against the real server.
 *
 * What llhttp takes in strict mode must be answered here, once for each message; what it calls an error must be refused
 * and the connection closed. Its lenient modes do not apply to us: those requests may be refused, but must not hang.
 * Requests of HTTP/1.1 without Host get one, since a missing Host is not what the cases are about.
 */
#define _GNU_SOURCE
#include "http.h"
#include "http_client_test.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum want {
  WANT_ANSWERS, /* as many as llhttp sees messages, 200 or 405 */
  WANT_FIRST,   /* the first message is answered; what follows is not llhttp's business any more */
  WANT_REFUSED, /* no 2xx, and closed */
  WANT_CLOSED,  /* anything, but closed in the end */
};

/* Where this server differs on purpose. */
static const struct {
  const char *title;
  enum want want;
  const char *why;
} differences[] = {
  {"No HTTP version", WANT_REFUSED, "HTTP/0.9 is not spoken"},
  {"SOURCE request with ICE", WANT_REFUSED, "another protocol"},
  {"OPTIONS request with RTSP", WANT_REFUSED, "another protocol"},
  {"ANNOUNCE request with RTSP", WANT_REFUSED, "another protocol"},
  {"PRI request HTTP2", WANT_REFUSED, "HTTP/2 belongs to a proxy"},
  {"M-SEARCH request", WANT_REFUSED, "only OPTIONS has the target *"},
  {"Fragment in URI", WANT_REFUSED, "a fragment is never sent"},
  {"Content-Length reset when no body is received", WANT_CLOSED, "a mode of the parser that skips bodies"},
};

struct vector {
  char title[120], meta[160];
  char *request, *log;
};

static enum want want_of(const struct vector *v)
{
  for (size_t i = 0; i < COUNT_OF(differences); i++)
    if (strcmp(v->title, differences[i].title) == 0)
      return differences[i].want;
  if (strstr(v->meta, "lenient"))
    return WANT_CLOSED;
  if (strstr(v->log, "error code=5 "))
    return WANT_FIRST; /* data after Connection: close */
  if (strstr(v->log, "error code=22 "))
    return text_starts(v->request, "CONNECT") ? WANT_REFUSED : WANT_FIRST; /* we never upgrade */
  if (strstr(v->log, "error code="))
    return WANT_REFUSED;
  return strstr(v->log, "message complete") ? WANT_ANSWERS : WANT_CLOSED;
}

/* The bytes of a block: line ends are CRLF, a backslash at a line's end joins, \r \n \t \f \xHH \" are escapes. */
static char *unescape(struct arena *a, const char *s, size_t n)
{
  struct buf b;
  buf_init(&b, a);
  for (size_t i = 0; i < n; i++) {
    const char *escape = "r\rn\nt\tf\f\"\"", *found;
    if (s[i] == '\n') {
      buf_text(&b, "\r\n");
    } else if (s[i] != '\\' || i + 1 == n) {
      buf_char(&b, s[i]);
    } else if (s[++i] == 'x') {
      char hex[3] = {s[i + 1], s[i + 2], 0};
      buf_char(&b, (char)strtoul(hex, NULL, 16));
      i += 2;
    } else if (s[i] != '\n' && (found = strchr(escape, s[i]))) {
      buf_char(&b, found[1]);
    }
  }
  return arena_text(a, buf_str(&b));
}

static char *with_host(struct arena *a, const char *request)
{
  static const char mark[] = " HTTP/1.1\r\n";
  struct buf b;
  buf_init(&b, a);
  for (const char *line; (line = strstr(request, mark));) {
    const char *headers = line + sizeof mark - 1, *end = strstr(line, "\r\n\r\n");
    buf_add(&b, request, (size_t)(headers - request));
    if (!end || !memmem(line, (size_t)(end - line) + 2, "Host:", 5))
      if (!end || !memmem(line, (size_t)(end - line) + 2, "HOST:", 5))
        buf_text(&b, "Host: test\r\n");
    request = headers;
  }
  buf_text(&b, request);
  return arena_text(a, buf_str(&b));
}

/* The text between a line that begins with fence and the next line "```"; *at moves behind it. */
static char *block(struct arena *a, const char **at, const char *fence, size_t *n)
{
  const char *from = strstr(*at, fence);
  if (!from)
    return NULL;
  from = strchr(from, '\n') + 1;
  const char *to = strstr(from, "\n```");
  *n = (size_t)(to - from);
  *at = to + 4;
  return arena_textn(a, from, *n);
}

static bool next_vector(struct arena *a, const char **at, struct vector *v)
{
  const char *fence = strstr(*at, "```http");
  if (!fence)
    return false;
  for (const char *line = *at; line < fence; line = strchr(line, '\n') + 1) {
    const char *title = line + strspn(line, "# ");
    if (line[0] == '#')
      snprintf(v->title, sizeof v->title, "%.*s", (int)strcspn(title, "\n"), title);
    if (text_starts(line, "<!-- meta"))
      snprintf(v->meta, sizeof v->meta, "%.*s", (int)strcspn(line, "\n"), line);
  }
  size_t n;
  const char *raw = block(a, at, "```http", &n);
  v->request = with_host(a, unescape(a, raw, n));
  v->log = block(a, at, "```log", &n);
  return v->log;
}

static int count(const char *text, const char *word)
{
  int n = 0;
  for (; (text = strstr(text, word)); text++)
    n++;
  return n;
}

static void answer_ok(void *app, struct http_request *rq)
{
  (void)app;
  http_reply(rq, &(struct http_reply){.status = 200, .body = "ok", .n_body = 2});
}

static struct http_server *server_open(struct test *t)
{
  struct fault fault;
  struct http_server *server;
  fault_init(&fault, t->arena);
  struct http_config config = {.listen = "127.0.0.1:0", .limits = {.idle_ms = 100}, .on_request = answer_ok};
  CHECK_OK(http_start(&config, &fault, &server));
  return server;
}

static bool right(enum want want, const char *received, const struct vector *v)
{
  int answered = count(received, "HTTP/1.1 200 ") + count(received, "HTTP/1.1 405 ");
  if (want == WANT_ANSWERS)
    return answered == count(v->log, "message complete") && count(received, "HTTP/1.1 ") == answered;
  if (want == WANT_FIRST)
    return answered == 1;
  return want == WANT_CLOSED || !strstr(received, "HTTP/1.1 2");
}

static bool try_vector(struct test *t, int port, const struct vector *v)
{
  enum want want = want_of(v);
  struct client *c = client_open(port);
  client_say(c, v->request);
  if (want != WANT_REFUSED) /* the refused are closed by the server, though we keep our side open */
    client_finish(c);
  client_gather(c, SIZE_MAX, 5000);
  const char *received = c->n ? arena_textn(t->arena, c->bytes, c->n) : "";
  bool closed = client_closed(c, 0), ok = closed && right(want, received, v);
  client_close(c);
  if (!ok)
    printf("%s: %s\n--- sent\n%s\n--- received\n%s\n", v->title, closed ? "closed" : "left open", v->request, received);
  return ok;
}

TEST(requests_are_read_as_llhttp_reads_them_in_strict_mode)
{
  static const char *const files[] = {"connection", "content-length", "method", "sample", "uri"};
  if (!test_data(t, "http-parsing/README.md"))
    SKIP("no ../shared/data/http-parsing");
  struct http_server *server = server_open(t);
  int n = 0, wrong = 0;
  for (size_t i = 0; i < COUNT_OF(files); i++) {
    const char *path = arena_printf(t->arena, "http-parsing/request_%s.md", files[i]);
    const char *at = test_read_file(t, test_data(t, path), NULL);
    struct vector v = {0};
    CHECK(at);
    for (; next_vector(t->arena, &at, &v); n++)
      wrong += !try_vector(t, http_port(server), &v);
  }
  http_stop(server, 1000);
  CHECK_INT(n, 84);
  CHECK_INT(wrong, 0);
}

/* What the cases of llhttp do not cover: framing that two parsers in a row could read differently. */
TEST(requests_that_could_smuggle_another_are_refused_and_the_connection_closed)
{
#define GET "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define NEXT "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
  static const char *const requests[] = {
    POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" NEXT,
    POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" NEXT,
    POST "Content-Length: 3, 3\r\n\r\nabc" NEXT,
    POST "Content-Length: +3\r\n\r\nabc" NEXT,
    POST "Content-Length: -3\r\n\r\nabc" NEXT,
    POST "Content-Length: 0x3\r\n\r\nabc" NEXT,
    POST "Content-Length: 18446744073709551619\r\n\r\nabc" NEXT,
    POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT,
    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" NEXT,
    POST "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n" NEXT,
    GET "X: a\rContent-Length: 5\r\n\r\n" NEXT,
    GET "X: a\nContent-Length: 5\r\n\r\n" NEXT,
    GET "X: a\r\r\n\r\n" NEXT,
    "GET / HTTP/1.1\nHost: a\r\n\r\n" NEXT,
    GET "\n" NEXT,
    GET "X: a\r\n b\r\n\r\n" NEXT,
    GET "X: a\r\n\t\r\n\r\n" NEXT,
    GET " X: a\r\n\r\n" NEXT,
    GET "X : a\r\n\r\n" NEXT,
    GET "X\t: a\r\n\r\n" NEXT,
    GET "X(): a\r\n\r\n" NEXT,
    GET ": a\r\n\r\n" NEXT,
    GET "no colon\r\n\r\n" NEXT,
    GET "X: a\x01\r\n\r\n" NEXT,
    GET "Host: b\r\n\r\n" NEXT,
    "GET / HTTP/1.1\r\n\r\n" NEXT,
    "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" NEXT,
    "GET /  HTTP/1.1\r\nHost: a\r\n\r\n" NEXT,
    "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n" NEXT,
    "GET / HTTP/1.2\r\nHost: a\r\n\r\n" NEXT,
    "GET / HTTP/2.0\r\nHost: a\r\n\r\n" NEXT,
    "GET / http/1.1\r\nHost: a\r\n\r\n" NEXT,
    "GET / HTTP/1.1 \r\nHost: a\r\n\r\n" NEXT,
    "GET / HTTP/1.10\r\nHost: a\r\n\r\n" NEXT,
    "G@T / HTTP/1.1\r\nHost: a\r\n\r\n" NEXT,
    "\x16\x03\x01\x02 garbage\r\n\r\n" NEXT,
  };
  struct http_server *server = server_open(t);
  int wrong = 0;
  for (size_t i = 0; i < COUNT_OF(requests); i++) {
    struct client *c = client_open(http_port(server));
    client_say(c, requests[i]);
    client_gather(c, SIZE_MAX, 5000);
    if (!client_closed(c, 0) || (c->n && strstr(c->bytes, "HTTP/1.1 2"))) {
      printf("%s\n--- received\n%s\n", requests[i], c->n ? c->bytes : "");
      wrong++;
    }
    client_close(c);
  }
  http_stop(server, 1000);
  CHECK_INT(wrong, 0);
}

static int status_of(struct http_server *server, const char *request, size_t n)
{
  struct answer answer;
  struct client *c = client_open(http_port(server));
  client_send(c, request, n);
  client_read(c, &answer, false);
  CHECK(client_closed(c, 5000));
  client_close(c);
  return answer.status;
}

/* Raw bytes, NULs among them. */
struct raw {
  const char *bytes;
  size_t n;
};
#define RAW(text) {text, sizeof(text) - 1}

static void all_are_malformed(struct test *t, const struct raw *requests, size_t n)
{
  struct http_server *server = server_open(t);
  for (size_t i = 0; i < n; i++)
    CHECK_INT(status_of(server, requests[i].bytes, requests[i].n), 400);
  http_stop(server, 1000);
}

TEST(a_header_with_a_nul_is_refused)
{
  static const struct raw requests[] = {
      RAW("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
      RAW("GET / HTTP/1.1\r\nHost: a\r\nX: a\0\0\r\n\r\n"),
      RAW("GET / HTTP/1.1\r\nHost: a\0\0\r\nX: a\r\n\r\n"),
      RAW("GET / HTTP/1.1\r\nHost: a\r\0\r\n\r\n"),
      RAW("GET / HTTP/1.1\r\nHost: a\0\rX: a\r\n\r\n"),
  };
  all_are_malformed(t, requests, COUNT_OF(requests));
}

TEST(nothing_stands_between_the_version_and_the_line_end)
{
  static const struct raw requests[] = {
      RAW("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), RAW("GET / HTTP/1.1 \nHost: a\r\n\r\n"),
      RAW("GET / HTTP/1.1\t\nHost: a\r\n\r\n"),  RAW("GET / HTTP/1.1\t\r\nHost: a\r\n\r\n"),
      RAW("GET / HTTP/1.1\0\r\nHost: a\r\n\r\n"), RAW("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"),
  };
  all_are_malformed(t, requests, COUNT_OF(requests));
}
