/* From a reply to bytes: compression, the response object, and the two ways of refusing.
 *
 * libmicrohttpd takes a reply only when the headers or the whole request are in. A refusal at any other moment (a body
 * too large or too slow, headers that never end) goes straight to the socket: nothing of ours is being sent then, since
 * a connection answers one request after the other. Such a link is doomed: its client may go on sending for a
 * moment, so that it gets to read the refusal, and is then cut off.
 */
#define _GNU_SOURCE
#include "http_priv.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <zlib.h>

/* ---- Compression ---- */

/* Whether Accept-Encoding takes gzip: named, or by "*", and not with q=0. */
static bool takes_gzip(const struct http_request *rq)
{
  const char *p = http_header(rq, "Accept-Encoding");
  while (p && *p) {
    p += strspn(p, ", \t");
    size_t n = strcspn(p, ",; \t"), n_item = strcspn(p, ",");
    bool named = (n == 4 && strncasecmp(p, "gzip", 4) == 0) || (n == 1 && *p == '*');
    if (named) {
      const char *q = memmem(p, n_item, "q=", 2);
      return !q || strcspn(q + 2, "123456789") < strcspn(q + 2, ",");
    }
    p += n_item;
  }
  return false;
}

static const char *reply_header(const struct http_reply *reply, const char *name)
{
  EACH (const struct http_pair, pair, &reply->headers)
    if (strcasecmp(pair->name, name) == 0)
      return pair->value;
  return NULL;
}

static bool is_compressible(const char *type)
{
  static const char *const words[] = {"text/", "json", "javascript", "xml", "csv"};
  for (size_t i = 0; type && i < COUNT_OF(words); i++)
    if (strcasestr(type, words[i]))
      return true;
  return false;
}

/* A window no larger than the body needs keeps deflate's memory, and the time to clear it, small. */
static int window_bits(size_t n)
{
  int bits = 10;
  while (bits < 15 && ((size_t)1 << bits) < n)
    bits++;
  return bits;
}

static bool pack(struct arena *a, struct http_reply *reply)
{
  enum { LEVEL = 1, GZIP = 16 };
  z_stream z = {0};
  int bits = window_bits(reply->n_body);
  if (deflateInit2(&z, LEVEL, Z_DEFLATED, bits + GZIP, bits - 7 < 8 ? bits - 7 : 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return false;
  /* Worth it only when it saves a tenth, so the output needs no more room than that. */
  size_t room = reply->n_body - reply->n_body / 10;
  unsigned char *out = arena_alloc(a, room);
  z.next_in = (unsigned char *)(uintptr_t)reply->body;
  z.avail_in = (uInt)reply->n_body;
  z.next_out = out;
  z.avail_out = (uInt)room;
  bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
  if (done) {
    reply->body = out;
    reply->n_body = z.total_out;
  }
  deflateEnd(&z);
  return done;
}

static void unpack(struct arena *a, struct http_reply *reply)
{
  enum { GZIP_ANY = 32 };
  z_stream z = {.next_in = (unsigned char *)(uintptr_t)reply->body, .avail_in = (uInt)reply->n_body};
  if (inflateInit2(&z, 15 + GZIP_ANY) != Z_OK)
    return;
  struct buf out;
  buf_init(&out, a);
  unsigned char block[16384];
  int how = Z_OK;
  while (how == Z_OK) {
    z.next_out = block;
    z.avail_out = sizeof block;
    how = inflate(&z, Z_NO_FLUSH);
    buf_add(&out, block, sizeof block - z.avail_out);
  }
  inflateEnd(&z);
  assert(how == Z_STREAM_END); /* our own asset */
  reply->body = buf_str(&out);
  reply->n_body = out.n;
}

void reply_encode(const struct http_request *rq, struct http_reply *reply)
{
  if (reply->gzipped) {
    http_header_add(rq->arena, reply, "Vary", "Accept-Encoding");
    if (reply->n_body && !takes_gzip(rq)) {
      unpack(rq->arena, reply);
      reply->gzipped = false;
    }
  } else if (!reply->plain && reply->n_body > HTTP_GZIP_MIN && reply->n_body < UINT32_MAX &&
             is_compressible(reply_header(reply, "Content-Type")) && !reply_header(reply, "Content-Encoding")) {
    http_header_add(rq->arena, reply, "Vary", "Accept-Encoding");
    reply->gzipped = takes_gzip(rq) && pack(rq->arena, reply);
  }
  if (reply->gzipped && reply->n_body)
    http_header_add(rq->arena, reply, "Content-Encoding", "gzip");
}

/* ---- Through libmicrohttpd ---- */

static bool has_no_body(const struct exchange *x, int status)
{
  return strcmp(x->rq.method, "HEAD") == 0 || status == 204 || status == 304;
}

enum MHD_Result send_reply(struct exchange *x, const struct http_reply *reply)
{
  struct MHD_Response *response;
  if (x->stream) {
    response = stream_response(x->stream);
  } else {
    /* HEAD still announces the length of what GET would send. */
    size_t n = reply->status == 204 || reply->status == 304 ? 0 : reply->n_body;
    response = MHD_create_response_from_buffer(n, (void *)(uintptr_t)reply->body, MHD_RESPMEM_PERSISTENT);
    x->bytes_out = has_no_body(x, reply->status) ? 0 : (int64_t)n;
  }
  if (!response)
    return MHD_NO;
  EACH (const struct http_pair, pair, &reply->headers)
    MHD_add_response_header(response, pair->name, pair->value); /* refuses line breaks by itself */
  MHD_add_response_header(response, "X-Request-Id", x->rq.request_id);
  /* After a chunked body the connection ends: the library reads chunk lines laxly, and what it made of the bytes
   * after them must not be taken for a request. */
  if (reply->close || x->close || x->chunked || x->server->stage != SERVER_RUNS)
    MHD_add_response_header(response, "Connection", "close");
  x->status = reply->status;
  link_stage(x->link, x->stream ? LINK_STREAM : LINK_SENDING);
  enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)reply->status, response);
  MHD_destroy_response(response);
  return result;
}

static void problem_fill(struct http_server *s, const struct http_request *rq, struct arena *a, enum err code,
                         const char *why, struct http_reply *reply)
{
  *reply = (struct http_reply){.status = err_info(code)->http};
  COUNT(s, refused, 1);
  if (s->config.on_problem) {
    s->config.on_problem(s->config.app, rq, a, code, why, reply);
    return;
  }
  reply->body = arena_printf(a, "%s\n", why);
  reply->n_body = strlen(reply->body);
  http_header_add(a, reply, "Content-Type", "text/plain; charset=utf-8");
  if (reply->status == 503)
    http_header_add(a, reply, "Retry-After", "1");
}

enum { PROBLEM_BUDGET = 64 * 1024 };

enum MHD_Result send_problem(struct exchange *x, enum err code, const char *why, bool close)
{
  if (!x->own_arena)
    x->own_arena = arena_new(PROBLEM_BUDGET);
  struct http_reply reply;
  problem_fill(x->server, &x->rq, x->own_arena, code, why, &reply);
  x->close = x->close || close;
  return send_reply(x, &reply);
}

/* ---- Straight to the socket ---- */

static void raw_head(struct buf *out, const struct http_request *rq, const struct http_reply *reply)
{
  char date[40];
  struct tm tm;
  time_t now = time(NULL);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
  buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\nConnection: close\r\nContent-Length: %zu\r\n", reply->status,
             MHD_get_reason_phrase_for((unsigned)reply->status), date, reply->n_body);
  EACH (const struct http_pair, pair, &reply->headers)
    if (!pair->name[strcspn(pair->name, "\r\n")] && !pair->value[strcspn(pair->value, "\r\n")])
      buf_printf(out, "%s: %s\r\n", pair->name, pair->value);
  if (*rq->request_id)
    buf_printf(out, "X-Request-Id: %s\r\n", rq->request_id);
  buf_text(out, "\r\n");
}

void send_raw_problem(struct link *l, enum err code, const char *why)
{
  static const struct http_request nobody = {
    .method = "", .target = "", .path = "", .body = "", .request_id = "", .client = ""};
  const struct http_request *rq = l->x ? &l->x->rq : &nobody;
  struct arena *a = arena_new(PROBLEM_BUDGET);
  struct http_reply reply;
  struct buf out;
  problem_fill(l->server, rq, a, code, why, &reply);
  buf_init(&out, a);
  raw_head(&out, rq, &reply);
  if (strcmp(rq->method, "HEAD") != 0)
    buf_add(&out, reply.body, reply.n_body);
  /* The send buffer is empty, so a few hundred bytes fit; whoever has no room for them has gone anyway. */
  if (send(l->fd, out.at, out.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    shutdown(l->fd, SHUT_RDWR);
  else
    shutdown(l->fd, SHUT_WR);
  if (l->x) {
    l->x->status = reply.status;
    l->x->bytes_out = (int64_t)reply.n_body;
  }
  arena_free(a);
  link_stage(l, LINK_DOOMED);
}
