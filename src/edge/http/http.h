/* http - the HTTP/1.1 server: reads requests strictly and within bounds, parks them, answers them from any thread, and
 * streams events. GNU libmicrohttpd runs behind our own loop thread; nobody else includes its header. Knows no routes,
 * sessions or problem documents: those come from above, through the callbacks of struct http_config.
 *
 *   a request's way    headers are in -> on_headers (how large may it be?) -> body is in -> on_request
 *                      -> http_reply or http_stream_begin, at once or later, from any thread -> sent -> on_log
 *
 *   static void on_request(void *app, struct http_request *rq)
 *   {
 *     struct http_reply reply = {.status = 200, .body = "ok\n", .n_body = 3};
 *     http_header_add(rq->arena, &reply, "Content-Type", "text/plain; charset=utf-8");
 *     http_reply(rq, &reply);
 *   }
 *
 * Threads: callbacks run on the loop thread and must not block or call http_stop. A request that on_request has not
 * answered when it returns is parked: it belongs to whoever will call http_reply, with its arena, until that call.
 */
#ifndef ORDO_HTTP_H
#define ORDO_HTTP_H

#include "base.h"

struct http_server;
struct http_stream;

/* ---- Limits: the defaults behind the zeros of struct http_limits ------------------------------------------------- */

#define HTTP_CONNECTIONS_MAX  1024                 /* in all, also from one address */
#define HTTP_BODY_MAX         (1024 * 1024)        /* bytes of one body, unless on_headers allows more */
#define HTTP_BODIES_MAX       (256 * 1024 * 1024)  /* bytes of all bodies held at one time; beyond it ERR_BUSY */
#define HTTP_ARENA_BUDGET     (4 * 1024 * 1024)    /* bytes of one request's arena, unless on_headers says otherwise */
#define HTTP_HEADERS_MAX      (16 * 1024)          /* bytes of all header names and values */
#define HTTP_HEADER_COUNT_MAX 100
#define HTTP_TARGET_MAX       (8 * 1024)           /* bytes of the target as it was sent */
#define HTTP_QUERY_MAX        200                  /* query parameters */
#define HTTP_PROXIES_MAX      32                   /* networks of proxies that may be trusted */
#define HTTP_HEADERS_MS       10000                /* from the first contact, or the request line, to the last header */
#define HTTP_BODY_MS          10000                /* grace for a body, on top of its size at HTTP_BODY_RATE */
#define HTTP_BODY_RATE        1024                 /* bytes a second that a slow client must keep up on average */
#define HTTP_IDLE_MS          60000                /* without a byte moving: a kept-alive or not reading client */
#define HTTP_PARKED_MS        30000                /* a parked request is answered ERR_BUSY after this */
#define HTTP_STREAM_MAX       (256 * 1024)         /* unsent bytes of one stream; a slower reader is dropped */
#define HTTP_GZIP_MIN         1400                 /* bytes; a smaller reply fits one packet anyway */

struct http_limits { /* 0 = the default above */
  int connections, headers_ms, body_ms, body_rate, idle_ms, parked_ms;
  size_t body, bodies, arena_budget, stream;
};

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

struct http_pair {
  const char *name, *value;
};

/* Everything in it lives in its arena and stays valid until it was answered. */
struct http_request {
  const char *method;  /* "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" or "OPTIONS"; others were refused */
  const char *target;  /* as it was sent: "/v1/products/A%2FB?x=1" */
  const char *path;    /* decoded: "/v1/products/A/B". UTF-8, no control characters, no "." or ".." segment */
  LIST(const char *) segments; /* the path split before it was decoded: "v1", "products", "A/B"; a last "/" adds none */
  LIST(struct http_pair) query;   /* decoded UTF-8, in order, repeats kept; "+" is a space; "a" is "a" = "" */
  LIST(struct http_pair) headers; /* in order; cookies too are here, http_cookie finds one */
  const char *body;    /* NUL-terminated for convenience, may hold NULs; "" without one */
  size_t n_body;
  const char *request_id; /* the client's X-Request-Id if it is 1..64 of [A-Za-z0-9._-], else one of ours: "req_..." */
  const char *client;     /* its address without port: "127.0.0.1", "::1"; of who came to a trusted proxy */
  struct instant arrived; /* when its headers were in */
  struct arena *arena;
  void *state; /* the caller's own; use arena_defer to let go of it */
};

const char *http_query(const struct http_request *rq, const char *name);  /* first of that name, or NULL */
const char *http_header(const struct http_request *rq, const char *name); /* case aside; first, or NULL */
/* The value of a cookie as it was sent (without surrounding quotes), copied to arena; NULL when not there. */
const char *http_cookie(const struct http_request *rq, const char *name);
/* Whether the media type of Content-Type is `type` ("application/json"), whatever its parameters. */
bool http_content_is(const struct http_request *rq, const char *type);

/* ---- Replies ----------------------------------------------------------------------------------------------------- */

/* Bodies and header texts live in the request's arena or for ever. http adds Date, Content-Length, X-Request-Id,
 * Content-Encoding and Vary itself; a body given to HEAD, 204 or 304 is not sent. A header whose name or value holds
 * a line break is left out. */
struct http_reply {
  int status; /* 200..599 */
  LIST(struct http_pair) headers;
  const void *body;
  size_t n_body;
  bool gzipped; /* the body is gzip already: it is sent so, or unpacked for a client that does not take gzip */
  bool plain;   /* do not compress: spares the calling thread the time */
  bool close;   /* close the connection after it */
};

void http_header_add(struct arena *a, struct http_reply *reply, const char *name, const char *value);

/* Answers rq: exactly once, from any thread; afterwards rq is no longer the caller's. Compresses here, on the calling
 * thread, what is worth it (HTTP_GZIP_MIN, text-like type, Accept-Encoding). Many calls before the loop comes round
 * wake it once. Harmless when the client has gone or the parked deadline has passed: then it only lets rq go. */
void http_reply(struct http_request *rq, const struct http_reply *reply);

/* For static files: adds ETag to reply; when If-None-Match names it, makes reply a 304 without body and returns true.
 * etag is the whole header value, quotes included. */
bool http_not_modified(const struct http_request *rq, const char *etag, struct http_reply *reply);

/* ---- Streams (server-sent events) -------------------------------------------------------------------------------- */

/* Answers rq with head's status and headers and a body that is sent bit by bit; head's body, if any, goes first. Takes
 * the place of http_reply, so rq is no longer the caller's; from any thread. on_closed (may be NULL) is called exactly
 * once with arg, on the loop thread, when the connection ended: by us, by the client, by a reader too slow, or by
 * http_stop. Never NULL: when the request was given up already (parked too long, stopped) the stream is born closed,
 * and on_closed is called from within. The caller owns the handle until http_stream_end, which it must call, also
 * after on_closed. */
MUST_CHECK struct http_stream *http_stream_begin(struct http_request *rq, const struct http_reply *head,
                                                 void (*on_closed)(void *arg), void *arg);
/* Queues a copy of n bytes, from any thread; nothing waits. False when the stream is closed, also because these bytes
 * and those not sent yet passed http_limits.stream: that reader is dropped. */
bool http_stream_send(struct http_stream *s, const void *bytes, size_t n);
/* Sends what is queued, ends the reply and gives the handle back; from any thread. Accepts NULL. */
void http_stream_end(struct http_stream *s);

/* ---- The server -------------------------------------------------------------------------------------------------- */

/* What on_headers may set for one request; holds the defaults before. */
struct http_door {
  size_t body;         /* bytes its body may have */
  size_t arena_budget; /* bytes its arena may take, more than the default; a body is not in the arena */
  int parked_ms;       /* longer for a long poll */
  const char *why;     /* with an error: its detail for people, in the request's arena; NULL = the error's title */
};

/* One line of the access log. Texts live during the call. */
struct http_log {
  const char *method, *path, *request_id, *client, *user_agent; /* user_agent may be NULL */
  int status;
  int64_t bytes;       /* of the body as sent */
  int64_t duration_us; /* from headers complete to the last byte given to the kernel */
  bool aborted;        /* the client went, or was dropped, before the reply was sent */
};

struct http_config {
  const char *listen; /* "127.0.0.1:8080", "[::1]:0", "localhost:8080"; port 0 picks a free one */
  /* Addresses and networks, "127.0.0.1, ::1, 10.0.0.0/8", at most HTTP_PROXIES_MAX, or NULL: their X-Forwarded-For is
   * believed. Anybody else's is not: who wants to be counted apart would only have to write one. */
  const char *trusted_proxies;
  void *app;          /* handed to every callback */
  struct http_limits limits;

  void (*on_request)(void *app, struct http_request *rq);
  /* The headers are in, rq has no body yet. An error refuses it before the body is taken. May be NULL. */
  enum err (*on_headers)(void *app, struct http_request *rq, struct http_door *door);
  /* Fills reply as the problem document of code for what http itself must refuse: MALFORMED, METHOD, TIMEOUT,
   * TOO_LARGE, HEADERS_TOO_LARGE, BUSY, STOPPING, and what on_headers returned. Texts and body go to a, never to
   * rq->arena, which another thread may be using; of rq (never NULL) the texts up to client are set, "" where unknown.
   * May be NULL: then a bare text is sent. Some malformed requests libmicrohttpd refuses by itself, with a short page
   * of its own or, when there is no request line in sight, by closing the connection. */
  void (*on_problem)(void *app, const struct http_request *rq, struct arena *a, enum err code, const char *detail,
                     struct http_reply *reply);
  void (*on_log)(void *app, const struct http_log *line); /* may be NULL */
};

/* Listens and starts the loop thread. config is copied, its texts need not live on. Raises the soft limit of open files
 * when it is too small for the connections. The caller frees with http_stop.
 * ERR_INVALID  listen or trusted_proxies cannot be read
 * ERR_INTERNAL  the address is taken, or the system refuses (fault says why) */
MUST_CHECK enum err http_start(const struct http_config *config, struct fault *fault, struct http_server **out);
const char *http_address(const struct http_server *s); /* "127.0.0.1:41233": with the real port */
int http_port(const struct http_server *s);

/* Stops listening; whoever still asks on an open connection gets ERR_STOPPING and a closed connection. Parked requests
 * and streams go on. From any thread; returns at once; again is harmless. */
void http_quiesce(struct http_server *s);
/* Quiesces, waits at most wait_ms until everything parked was answered and sent, answers the rest ERR_STOPPING, ends
 * the streams (what is queued in them is still sent in that time), joins the loop thread and frees. What others still
 * hold, requests and streams, stays safe to use for http_reply, http_stream_begin, _send and _end. Not from the loop
 * thread. Accepts NULL. */
void http_stop(struct http_server *s, int wait_ms);

/* ---- Metrics ----------------------------------------------------------------------------------------------------- */

#define HTTP_BUCKETS 13
extern const int http_bucket_ms[HTTP_BUCKETS]; /* upper bounds; the last is INT_MAX */

struct http_metrics {
  int64_t connections, connections_total; /* open now; accepted since the start */
  int64_t requests_total, in_flight, parked, streams;
  int64_t by_class[6]; /* replies by hundreds of their status: [2] = 2xx */
  int64_t refused;     /* answered by http itself: malformed, too large, too slow, busy, stopping */
  int64_t aborted;     /* the client went before the reply was sent */
  int64_t bytes_in, bytes_out; /* of bodies */
  int64_t duration_us;         /* sum over the requests in the buckets; streams are not in them */
  int64_t buckets[HTTP_BUCKETS]; /* how many took at most this long and longer than the one before */
  int64_t wakes;                 /* of the loop by other threads */
};

/* A reading of the counters, from any thread; each is exact, together they may be a moment apart. */
void http_metrics(const struct http_server *s, struct http_metrics *out);

#endif
