/* What the files of the API's machinery share: the route table as dispatch sees it, one call on its way, the pool of
 * readers, the feed's audience.
 *
 *   a write   loop: match, who, decode -> writer -> done: reply at once, or rendered by the pool
 *   a read    loop: match, who -> pool: serve or list, render, reply
 */
#ifndef ORDO_API_PRIV_H
#define ORDO_API_PRIV_H

#include "api.h"
#include "events.h"

#include <pthread.h>
#include <stdatomic.h>

#define ROUTE_SEGMENTS_MAX 8
#define ROUTE_CHAINS       128 /* a power of 2 */
/* act_result.status of a .serve that answers nothing now: */
#define API_PARKED (-1) /* the call is for feed_park */
#define API_GONE   (-2) /* the call is not ours any more */

/* ---- Routes ---- */

struct route_stats {
  atomic_llong by_class[6]; /* replies by hundreds of their status */
  atomic_llong us;          /* sum of their durations */
  atomic_llong buckets[HTTP_BUCKETS];
};

/* A route, its path split. */
struct api_row {
  const struct route *route;
  const struct api_room *room;
  const char *segments[ROUTE_SEGMENTS_MAX]; /* NULL = a parameter */
  size_t n, n_literal;                      /* n_literal: leading ones that are no parameters */
  struct api_row *next;                     /* of the same chain, literal paths before parameters */
  struct route_stats stats;
};

struct api_table {
  struct api_row *rows;
  size_t n;
  struct api_row *chains[ROUTE_CHAINS]; /* by number of segments and the second one, which is never a parameter */
  char *texts;                          /* of the segments */
};
void table_init(struct api_table *t, const struct api_room *rooms);
void table_done(struct api_table *t);
/* The row for a request, HEAD counting as GET. ERR_NOT_FOUND, or ERR_METHOD with the methods that are answered there in
 * *out_allow ("GET, POST", in a). */
MUST_CHECK enum err table_match(const struct api_table *t, const struct http_request *rq, struct arena *a,
                                struct api_row **out, const char **out_allow);
/* The row of "/": what answers for screens of the console. ERR_NOT_FOUND when there is none. */
MUST_CHECK enum err table_home(const struct api_table *t, struct api_row **out);
/* Whether a browser asks for a page that the console may have: GET, text/html, outside of /v1 and /docs; pages of
 * /track whatever is accepted. */
bool web_screen_wanted(const struct http_request *rq);

/* The language of a page for a customer: the order's own, else the first of the browser's that we have. */
const char *web_language(const struct http_request *rq, const char *own);

/* ---- One call on its way; lives in its request's arena ---- */

struct worker;
struct call {
  struct call *next; /* the pool's queue, or the feed's waiters */
  void (*run)(struct worker *w, struct call *call);
  struct api *api;
  struct http_request *rq;
  struct api_row *row;
  struct actor actor;
  int64_t started_us;
  struct http_reply reply; /* headers that the serve added */
  struct api_request in;
  struct act_call act;
  struct { /* of a long poll */
    int64_t after, seen, limit;
    int64_t deadline_ms; /* monotonic */
    const char *topic;
    bool begun, expired;
  } poll;
};

int64_t api_now_us(void); /* monotonic */
void call_count(struct call *call, int status);
/* Sends the reply, exactly once, and counts it; call is gone afterwards. */
void call_send(struct call *call, struct http_reply *reply);
/* Content-Type and Cache-Control of a JSON reply. */
void json_headers(struct arena *a, struct http_reply *reply);
/* Answers with the problem document of what f and code say. */
void call_problem(struct call *call, enum err code, const struct fault *f);
/* Renders and sends what a serve or an act gave. */
void call_result(struct call *call, const struct act_result *result);

/* ---- Problem documents ---- */

/* Fills reply with status, body and headers; texts in a. f may be NULL; detail is taken where f has none. */
void problem_fill(struct arena *a, enum err code, const struct fault *f, const char *detail, const char *request_id,
                  struct http_reply *reply);
/* The members of a problem document of this code, as an example for the documentation. */
void problem_example(struct json_out *o, enum err code);

/* ---- Reading a request ---- */

/* Query parameters of the route's own table, into values; the others are refused unless `also` takes them. */
MUST_CHECK enum err query_params(struct ctx *cx, const struct http_request *rq, const struct api_param *params,
                                 bool (*also)(void *arg, const struct http_pair *pair), void *arg,
                                 struct api_param_value **out);
/* The body by the route's record; NULL for routes without one. Content-Type is checked. */
MUST_CHECK enum err decode_body(struct ctx *cx, const struct route *route, const struct http_request *rq,
                                const void **out);
/* If-Match as a version: ABSENT = any. */
MUST_CHECK enum err decode_if_match(struct ctx *cx, const struct http_request *rq, int64_t *out);
/* Idempotency-Key, NULL = none. */
MUST_CHECK enum err decode_key(struct ctx *cx, const struct http_request *rq, const char **out);
/* SHA-256 of method, target and body. */
void decode_request_hash(const struct http_request *rq, unsigned char out[HASH_BYTES]);

/* ---- Lists ---- */

/* Reads the query, and fills reply with a page as JSON, or with all pages as CSV when Accept asks for it. */
MUST_CHECK enum err list_serve(struct worker *w, struct call *call, struct http_reply *reply);
const struct rec_field *rec_field_find(const struct rec *rec, const char *name); /* NULL when there is none */
/* Whether a list may be filtered and sorted by it; false for NULL. */
bool list_can_compare(const struct rec_field *field);

/* Counts that ?count=estimate may repeat for a minute, by hash of what was counted. */
struct estimate {
  uint64_t of;
  int64_t count, until_us;
};
struct estimates {
  pthread_mutex_t lock;
  struct estimate at[64];
};

/* ---- Row scope (api_scope.c): only for an actor with one ---- */

/* Before a read or a write of its own route begins: whether what the path, the query and the body name lies within. On a
 * reader whose masters are fresh. ERR_NOT_FOUND as if it were not there, ERR_FORBIDDEN. */
MUST_CHECK enum err scope_check(struct ctx *cx, struct call *call, const void *body);
/* Adds to a list's condition what its actor is bound to. */
MUST_CHECK enum err scope_narrow(struct ctx *cx, struct call *call, struct db_page *page);
/* Which of the events those hear of who are bound so: out_seen has a place for each. A few statements for all of them. */
MUST_CHECK enum err scope_see_events(struct ctx *cx, const struct row_scope *s, const feed_entries *entries, bool *out_seen);
/* And whether it is not what somebody else did for himself. */
bool scope_event_is_for(const struct actor *actor, const struct feed_entry *e);
uint64_t scope_hash(const struct row_scope *s); /* NULL: 0 */

/* ---- Personal data (api_mask.c) ---- */

/* Whether answers of this route to this actor are masked. */
bool api_masks(const struct route *route, const struct actor *actor);
/* Masks the record of an answer where they are. */
void api_mask_result(const struct route *route, const struct actor *actor, struct arena *a, struct act_result *result);
/* A masked copy of an array of records. */
const void *api_mask_rows(const struct rec *rec, const void *rows, size_t n, struct arena *a);
/* The same for what the writer renders. */
void api_shape(struct act_call *call, const struct route *route);

/* ---- The pool of readers ---- */

struct worker {
  struct api *api;
  struct db *db;
  struct ctx cx;
  pthread_t thread;
  bool running;
};

struct pool {
  pthread_mutex_t lock;
  pthread_cond_t work;
  struct call *first, *last;
  int waiting, idle, reads_max;
  atomic_llong served, refused;
  bool stopping;
  struct worker *workers;
  int n;
};
MUST_CHECK enum err pool_start(struct api *api, int n, struct fault *f);
void pool_stop(struct api *api); /* does what waits, then joins */
/* What has been accepted already: never refused. */
void pool_push(struct pool *p, struct call *call, void (*run)(struct worker *w, struct call *call));
/* A new read: false when too many wait. */
MUST_CHECK bool pool_try(struct pool *p, struct call *call, void (*run)(struct worker *w, struct call *call));

void call_run_read(struct worker *w, struct call *call);

/* ---- Calls that go on (api.c) ---- */

/* What a call proved when it began. */
struct standing {
  const char *bearer, *cookie, *see_as, *address;
};
/* Of the call, in a: the request may be gone before. */
struct standing *standing_of(const struct call *call, struct arena *a);
/* Who that is now, with what he may do and see now; on any thread, by a connection whose masters are fresh. The use is not
 * noted. ERR_UNAUTHENTICATED, ERR_FORBIDDEN. */
MUST_CHECK enum err standing_look(struct ctx *cx, struct api *api, const struct standing *p, enum permission needs,
                                  struct actor *out);

/* ---- The feed's audience: long polls and streams ---- */

struct feed {
  pthread_mutex_t lock;
  pthread_cond_t news;
  atomic_llong seq;     /* of the last sealed event we know */
  atomic_int listeners; /* polls and streams: nobody listens, nobody is woken */
  atomic_int streams;
  int64_t fed; /* the thread's: seq of its last round */
  struct call *waiters;
  struct listener *joining; /* streams that the thread has not seen yet */
  bool stopping, running;
  pthread_t thread;
  struct db *db;
};
MUST_CHECK enum err feed_start(struct api *api, struct fault *f);
/* Keeps a long poll until there is news or it has waited enough, then hands it back to the pool. */
void feed_park(struct call *call);
void feed_stop(struct api *api); /* answers the polls, ends the streams, joins */

/* A client on this machine that did not come through a proxy. */
bool request_is_local(const struct api *api, const struct http_request *rq);

/* ---- Work that is bounded (api_list.c) ---- */

/* A place among so many that may be under way, lest they take all readers; ERR_BUSY when all are taken. Who has got one gives
 * it back by place_leave. */
MUST_CHECK enum err place_take(struct ctx *cx, atomic_int *taken, int most, const char *busy);
void place_leave(atomic_int *taken);

/* ---- Customers' pages (api_track.c) ---- */

struct api;
/* Counts against the address as GET /v1/track/{token} does; false when it has to wait. */
bool track_may_ask(struct ctx *cx, struct api *api, const struct http_request *rq);

/* ---- Sessions (api_identity.c) ---- */

struct session_start;
/* SHA-256 of the token of the session that asks; NULL for an API key. */
const char *api_session_hash(struct ctx *cx, const struct api_request *rq);
/* Begins the session that start says for whoever has proved to be that user, sets its cookie and answers with it. */
MUST_CHECK enum err api_session_begin(struct ctx *cx, const struct api_request *rq, const struct session_start *start,
                                      const char *token, struct act_result *out);

/* ---- The server ---- */

/* How far the proof of the log has come: it goes on from there, and begins anew where it failed or when it is asked to. */
struct proof {
  pthread_mutex_t lock;
  struct feed_head head;
};
/* How often the addresses that follow a link have asked. */
enum { ASKERS = 4096 }; /* remembered at a time, by hash: a collision only makes somebody wait sooner */
struct askers {
  pthread_mutex_t lock;
  struct {
    int64_t window, n;
  } at[ASKERS];
};

struct api {
  struct api_config config;
  struct api_table table;
  struct writer *writer;
  struct identity *identity; /* sign-in attempts, last use of keys */
  struct http_server *http;
  struct db *db;                    /* the loop thread's own reader, for authentication */
  struct ctx cx;                    /* the loop thread's */
  atomic_llong masters;             /* moves when an act of ours wrote masters ... */
  int64_t masters_seen, masters_us; /* ... and what the loop thread has seen of it, and when */
  atomic_int exports, looks;        /* under way, API_EXPORTS and one at most */
  struct estimates estimates;
  atomic_bool quiet;
  struct pool pool;
  struct feed feed;
  struct proof proof;
  struct askers askers;
  int64_t started_us;
  struct arena *arena; /* of the OpenAPI document */
  const char *openapi, *openapi_etag;
  size_t openapi_n;
};

void api_inside(struct api *api, const char *request_id, enum err code, const char *detail); /* on_error */

#endif
