/* What the files of this room share. Three lives are nested here:
 *
 *   link      one TCP connection, from accept to close; the loop thread alone touches it
 *   exchange  one request and its reply; struct http_request is its public face
 *   stream    the body of a reply that goes on
 *
 * An exchange has up to two holders: the loop, until libmicrohttpd says it is completed, and the application, from
 * on_request to http_reply. Whoever lets go last frees it. `lock` of the server guards what both touch; everything else
 * in an exchange belongs to the loop, or, while it is parked, to the application (the public face and the arena).
 */
#ifndef ORDO_HTTP_PRIV_H
#define ORDO_HTTP_PRIV_H

#include "http.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum link_stage {
  LINK_FRESH,   /* connected, nothing asked yet */
  LINK_IDLE,    /* kept alive between requests */
  LINK_HEADERS, /* the request line is in */
  LINK_BODY,
  LINK_PARKED,
  LINK_SENDING,
  LINK_STREAM,
  LINK_DOOMED, /* refused behind libmicrohttpd's back; what still comes in is thrown away until since_us + LINGER */
};

struct link {
  struct link *next, *prev;
  struct http_server *server;
  struct exchange *x; /* the request under way, or NULL */
  int fd;
  enum link_stage stage;
  bool peeked;      /* in this stage, for an end that the library has missed */
  int64_t since_us; /* when the stage began, monotonic */
  char client[64];
};

struct exchange {
  struct http_request rq; /* first: the public pointer is the exchange's */
  struct http_server *server;

  /* the loop's */
  struct MHD_Connection *connection;
  struct link *link;
  const char *raw_target; /* where the target lies in the library's memory */
  bool headers_in, suspended, chunked, expects_continue, close, stopped;
  enum err refusal; /* to be answered, with why, when the request is complete: so the connection can be kept */
  const char *why;
  struct http_door door;
  int64_t content_length, start_us, deadline_us;
  size_t body_cap;
  struct arena *own_arena; /* for the loop's own problem documents */
  int status;
  int64_t bytes_out;

  /* under the server's lock */
  int holders;
  bool parked;    /* on_request returned without an answer: http_reply has to wake the loop */
  bool answered;  /* reply or stream is set, for the loop to send */
  bool abandoned; /* the loop answered by itself, or the client has gone: nobody wants the reply any more */
  struct http_reply reply;
  struct http_stream *stream;
  struct exchange *next_ready;
};

struct http_stream {
  struct http_server *server;
  void (*on_closed)(void *arg);
  void *arg;

  /* the loop's */
  struct exchange *x;
  bool suspended;
  int64_t sent;

  /* under the server's lock */
  int holders;
  char *bytes; /* queued from `from`, n of them, in cap */
  size_t from, n, cap;
  bool closed, ended, dropped, queued;
  struct http_stream *next_wake;
};

struct counters {
  _Atomic int64_t connections, connections_total, requests_total, in_flight, parked, streams, refused, aborted;
  _Atomic int64_t bytes_in, bytes_out, duration_us, wakes;
  _Atomic int64_t by_class[6], buckets[HTTP_BUCKETS];
};

enum server_stage { SERVER_RUNS, SERVER_QUIET, SERVER_STOPS };

/* Addresses that have their first bits in common; IPv4 is mapped into IPv6. */
struct network {
  unsigned char address[16];
  int bits;
};

struct http_server {
  struct network proxies[HTTP_PROXIES_MAX];
  size_t n_proxies;
  struct http_config config; /* limits filled in */
  char address[128];
  int port;
  _Atomic int holders; /* the owner and every exchange and stream */
  struct counters counters;

  /* the loop's */
  struct MHD_Daemon *daemon;
  int listen_fd, epoll_fd, wake_fd;
  struct link *links;
  size_t n_links;
  size_t bodies; /* bytes of body buffers held */
  int64_t swept_us;
  uint64_t next_id;
  bool quiesced;
  pthread_t thread;

  _Atomic int stage; /* enum server_stage */
  _Atomic int64_t stop_us; /* when waiting ends */

  pthread_mutex_t lock;
  struct exchange *ready;      /* answered while parked, newest first */
  struct http_stream *waking;  /* with new bytes or an end */
  bool woken;                  /* wake_fd was written since the loop last looked */
};

enum {
  POOL_BYTES = 48 * 1024, /* libmicrohttpd's memory of one connection: headers within our limits fit well */
  POOL_STEP = 16 * 1024,
  LINGER_MS = 2000,       /* how long a refused client may go on sending before the connection closes */
};

/* ---- http_server.c */
void server_release(struct http_server *s);
void server_wake(struct http_server *s); /* with the lock held */

/* ---- http_loop.c */
int64_t now_us(void);
void link_stage(struct link *l, enum link_stage stage);
void on_connection(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what);
void *loop(void *cls);               /* the thread */
void quiesce(struct http_server *s); /* on the loop's thread, or when it never started */

/* ---- http_proxy.c */
enum err proxies_read(struct http_server *s, struct fault *fault); /* config.trusted_proxies */
/* Sets rq->client to who came to the proxies that are trusted; stays the peer where none of them handed it on. */
void proxies_look_behind(const struct http_server *s, struct http_request *rq);

/* ---- http_exchange.c */
struct exchange *exchange_new(struct http_server *s, struct link *l, const char *target);
void exchange_answered(struct exchange *x); /* with the lock held: reply or stream is set, tell the loop if it waits */
void exchange_release(struct exchange *x);  /* with the lock not held: one holder less */

/* ---- http_read.c: libmicrohttpd's callbacks */
void *on_target(void *cls, const char *target, struct MHD_Connection *c);
enum MHD_Result on_call(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                        const char *bytes, size_t *n, void **state);
void on_completed(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how);

/* ---- http_check.c: strictness. Each returns ERR_OK or the code to refuse with, and then *why a constant sentence. */
enum err check_method(const char *method, const char **why);
enum err check_target(struct http_request *rq, const char **why);
/* Copies the headers into rq and looks at how they were framed; method and version are libmicrohttpd's own pointers. */
enum err check_headers(struct exchange *x, const char *method, const char *version, const char **why);

/* ---- http_send.c */
enum MHD_Result send_reply(struct exchange *x, const struct http_reply *reply);
/* Answers with the problem document of code through libmicrohttpd, and closes where close is set. */
enum MHD_Result send_problem(struct exchange *x, enum err code, const char *why, bool close);
/* Writes the problem document straight to the socket, where libmicrohttpd would take no reply, and dooms the link. */
void send_raw_problem(struct link *l, enum err code, const char *why);
/* Makes reply what goes over the wire: gzip or not, on the calling thread. */
void reply_encode(const struct http_request *rq, struct http_reply *reply);

/* ---- http_stream.c */
struct MHD_Response *stream_response(struct http_stream *s);
void stream_attach(struct http_stream *s, struct exchange *x);
void stream_closed(struct http_stream *s); /* the connection has ended */
void stream_stop(struct http_stream *s);   /* as if ended by its owner */
void stream_drop(struct http_stream *s);   /* its reader has gone or is too slow */
void streams_wake(struct http_stream *list);

/* ---- http_metrics.c */
void count_done(struct http_server *s, int status, int64_t duration_us, bool is_stream);
#define COUNT(server, what, n) atomic_fetch_add_explicit(&(server)->counters.what, (n), memory_order_relaxed)

#endif
