/* api - the public HTTP API as a table: each row says who may call, what comes in, what goes out and what the
 * documentation says. Dispatch, permission checks, decoding, lists, CSV, problem documents, OpenAPI, 405 and metrics
 * derive from the rows; a handler holds only what is its own. One file api_<room>.c per room; app/routes.c joins them.
 */
#ifndef ORDO_API_H
#define ORDO_API_H

#include "acts.h"
#include "context.h"
#include "db.h"
#include "http.h"
#include "rec.h"

struct api;
struct credentials; /* these three: identity.h */
struct identity;
struct password_cost;

/* What a .serve is given. It runs on a thread of the reader pool with a connection of its own; a GET sees one
 * consistent state of the database. */
struct api_request {
  const char *id, *id2;              /* path parameters in order */
  const struct http_request *http;   /* for raw headers and raw bodies; NULL in tests */
  const struct api_param_value *params; /* query parameters of the route's table, decoded; same order */
  const void *body;                  /* the route's body record, decoded and validated; NULL for PATCH, raw and none */
  struct http_reply *reply;          /* to add headers (a cookie): http_header_add(cx->arena, rq->reply, ...). A serve
                                      * that sets reply->body too answers with these bytes, its own Content-Type and
                                      * reply->status (0 = the route's), and leaves out alone */
  const char *key;                   /* Idempotency-Key of a write, or NULL; api_run honors it */
  unsigned char request_hash[HASH_BYTES]; /* goes with key; a serve may replace both in a copy of rq */
  struct api *api;                   /* for api_run */
  const struct route *route;
  const char *see_as;                /* whom the console is seen as (identity_see_as), or NULL */
};

/* Runs an act through the writer on behalf of cx->actor and waits for its commit: for the few writes that need a .serve
 * before them (a password is hashed off the writer's thread). Refusals are in cx->fault. Not inside a GET.
 * With rq->key it is done once, as any write; what is stored for repeats is what the act answered, so a serve may add a
 * secret to *out afterwards. On a repeat the stored answer is put into rq->reply and out->value is NULL: return then.
 */
MUST_CHECK enum err api_run(struct ctx *cx, const struct api_request *rq, const struct act *act,
                            const struct act_input *in, struct act_result *out);
/* The process's part of identity: sign-in attempts, last use of keys. Made and freed with the api, which also runs
 * identity_touch_act about once a minute. */
struct identity *api_identity(const struct api *api);
/* Whether cookies of the answer must say Secure: api_config.secure. */
bool api_secure(const struct api *api);

#define API_PARAM_MAX 4000 /* characters of a text that is a query parameter */
/* A query parameter beside those of lists. */
struct api_param {
  const char *name;
  enum rec_kind kind; /* REC_TEXT, REC_INT, REC_BOOL, REC_INSTANT, REC_DATE */
  const char *doc, *example;
};
struct api_param_value {
  const char *text; /* NULL = not sent */
  int64_t i64;      /* REC_INT, REC_BOOL, REC_INSTANT (ms); ABSENT = not sent */
};

/* Answers a short list that is in memory already, for a route with ROUTE_PAGE and api_page_params: rows is an array of n
 * values of rec. Without ?limit= it is one page. ERR_INVALID for a limit or cursor that cannot be. */
MUST_CHECK enum err api_page(struct ctx *cx, const struct api_request *rq, const struct rec *rec, const void *rows,
                             size_t n);
extern const struct api_param api_page_params[];

/* Another name that clients may use for a filter or a part to expand. */
struct api_alias {
  const char *name, *means;
};

/* A list that derives from a table: filters by any of the named columns, sorting, keyset pages, CSV. */
struct api_list {
  const struct db_table *table;
  const char *const *filters;  /* JSON names of filterable fields, NULL-terminated: ?state=a,b ?created_at[gte]= */
  const char *const *sorts;    /* fields that may be sorted by; the first is the default, descending */
  const char *id_field;        /* the key column that breaks ties: "id" */
  const char *where;           /* fixed condition, or NULL ... */
  /* ... or made per request: sets page->where with bound values (?q=, ?sku=). May refuse. NULL = none. Called again for
   * each slice of an export, at most API_LIMIT_MAX rows from page->after on. */
  enum err (*narrow)(struct ctx *cx, const struct api_request *rq, struct db_page *page);
  /* Fills virtual fields and expanded parts of the rows (an array of the table's struct). NULL = nothing to do. */
  enum err (*fill)(struct ctx *cx, void *rows, size_t n, const char *const *expand);
  const char *const *expands;  /* what ?expand= may name, NULL-terminated; NULL = nothing */
  const struct api_alias *aliases; /* of filters and of expands, ended by a row without name; NULL = none */
};

enum route_flags {
  ROUTE_PATCH = 1 << 0,   /* body is merged over the existing record by the act (act_input.json) */
  ROUTE_STREAM = 1 << 1,  /* server-sent events */
  ROUTE_LARGE = 1 << 2,   /* body up to API_LARGE_BODY_MAX */
  ROUTE_NO_CSRF = 1 << 3, /* sign-in itself */
  ROUTE_RAW = 1 << 4,     /* .serve reads rq->http->body itself, of any Content-Type */
  ROUTE_INLINE = 1 << 5,  /* .serve runs on the loop thread: at once, without a connection (cx->db is NULL) */
  ROUTE_LOCAL = 1 << 6,   /* a client on this machine that came without a proxy needs no permission */
  ROUTE_PAGE = 1 << 8,    /* .serve itself answers a page: {"data": [reply ...], "next_cursor": ...} */
  ROUTE_SEEING = 1 << 9,  /* a write that is answered also while the console is seen as somebody else */
  ROUTE_HIDDEN = 1 << 7,  /* not in the OpenAPI document: pages for people */
};
#define API_BODY_MAX       (1u << 20)
#define API_LARGE_BODY_MAX (16u << 20)

struct route {
  const char *method, *path; /* "POST", "/v1/orders/{id}/cancel" */
  const char *summary;       /* a line: "Cancel an order that has not shipped" */
  const char *doc;           /* more, or NULL */
  enum permission needs;
  const struct rec *body;    /* NULL = no body */
  const struct rec *reply;   /* of one record, or of an element for lists; NULL = 204 or custom */
  int success;               /* 200, 201, 204 */
  const struct act *act;     /* a write ... */
  enum err (*serve)(struct ctx *cx, const struct api_request *rq, struct act_result *out); /* ... or a read ... */
  const struct api_list *list; /* ... or a list */
  const struct api_param *params; /* NULL-name-terminated */
  const char *content_type;  /* documented type of a reply that is no record: "text/plain"; NULL otherwise */
  const enum err *errors;    /* further documented refusals, ERR_OK-terminated: ERR_STATE, ERR_SHORTAGE */
  int flags;
};

/* The route arrays of the rooms; app/routes.c joins them. Ended by a row without method. */
extern const struct route wave_routes[], document_routes[]; /* the floor, and what is printed for it */
extern const struct route identity_routes[], catalog_routes[], customer_routes[], channel_routes[], carrier_routes[],
    location_routes[], inventory_routes[], order_routes[], intake_routes[], payment_routes[], review_routes[],
    fulfillment_routes[], event_routes[], setting_routes[];
extern const struct route invoice_routes[]; /* legal documents */
extern const struct route presence_routes[];
extern const struct route change_routes[]; /* change sets */
extern const struct route mfa_routes[]; /* the second step of signing in */
extern const struct route setup_routes[], view_routes[], privacy_routes[];
extern const struct route import_routes[], track_routes[];
extern const struct route report_routes[]; /* figures, and what is behind them */
extern const struct route bulk_routes[], today_routes[], work_routes[], audit_routes[];
extern const struct route job_routes[], webhook_routes[]; /* what happens outside, and who is told */
extern const struct route system_routes[]; /* health, metrics, the OpenAPI document */
extern const struct route docs_routes[];   /* /docs */
extern const struct route web_routes[];    /* the console: / and what belongs to it */

/* One chapter of the API: the tag of its routes in the documentation. */
struct api_room {
  const char *tag, *doc; /* "Orders", "What customers bought ..."; a row without tag ends the list */
  const struct route *routes;
};

/* ---- The server -----------------------------------------------------------------------------------------------------
 *
 *   api_new -> writer_start (on_commit = api_committed, arg = the api) -> api_start -> ...
 *   -> api_quiesce -> api_stop -> writer_stop -> api_free
 */

#define API_READERS         3             /* threads of the reader pool, a connection each */
#define API_READS_MAX       512           /* waiting reads; beyond it 503 with Retry-After */
#define API_LOOP_BODY_MAX   (32u << 10)   /* larger bodies are decoded by the pool, not by the loop */
#define API_WRITE_MS        25000         /* a write that has not begun after this is not begun: 503 */
#define API_SLOW_MS           200           /* a statement of a reader that is worth a line in the log */
#define API_LIMIT_MAX       200           /* rows of a page */
#define API_LIMIT_DEFAULT   50
#define API_EXPORT_ROWS_MAX 100000        /* rows of one CSV export ... */
#define API_EXPORT_MAX      (64u << 20)   /* ... and bytes; Link: rel="next" leads on */
#define API_EXPORTS         2             /* exports at one time; beyond it 503 */
#define API_WAIT_MAX        30            /* seconds of a long poll */
#define API_STREAMS_MAX     256           /* event streams at one time */
#define API_EVENTS_MAX      1000          /* events of one answer */

/* What goes by itself in this process, and what somebody asked it for. */
struct api_timer {
  const char *name;
  bool mine;               /* this process does it now, or a part of it */
  int64_t every_ms, runs, failures, last_ms;
  struct instant last_at, failed_at;
  const char *error;       /* of the last failure */
};
typedef LIST(struct api_timer) api_timers;
#define API_DIFFERENCES 50
struct api_chore {
  const char *name, *state; /* idle, running, done, failed */
  struct instant started_at, finished_at;
  int64_t step, steps;
  const char *what, *error, *file;
  int64_t differences, bytes;
  LIST(const char *) told;  /* the first API_DIFFERENCES of them */
};
struct api_backup {
  const char *file;
  int64_t bytes;
  struct instant at;
};
typedef LIST(struct api_backup) api_backups;

struct api_config {
  const char *url;              /* db_open, for the readers */
  const char *listen;           /* http_start */
  struct http_limits limits;
  int readers;                  /* 0 = API_READERS */
  const struct api_room *rooms; /* ended by a row without tag; lives as long as the api */
  struct clock clock;
  bool secure;                  /* clients come by https (a proxy in front, or TLS of ours): cookies say Secure */
  const char *trusted_proxies;  /* http_config's */
  const char *version;          /* of the program, for the OpenAPI document and /metrics */
  const struct password_cost *password_cost; /* NULL = password_cost_default */
  /* Who asks. NULL = identity_authenticate; tests give their own. Runs on the loop thread, and for
   * calls that go on (streams, long polls) on others. */
  enum err (*authenticate)(struct ctx *cx, const struct credentials *credentials, struct actor *out);
  const char *setup_token;      /* who knows it may set the company up from another machine; NULL = nobody may */
  void *arg;                    /* handed to the hooks below, each of which may be NULL */
  void (*on_log)(void *arg, const struct http_log *line);
  /* Something broke on our side: what the client was not told. */
  void (*on_error)(void *arg, const char *request_id, enum err code, const char *detail);
  void (*on_slow)(void *arg, const char *sql, int64_t ms); /* statements of API_SLOW_MS or longer */
  /* Loads the data of a demo (setup.h) beside the running server, in this currency; returns at once. NULL = there is none. */
  void (*load_demo)(void *arg, int demo, const char *currency);
  void (*timers)(void *arg, struct arena *a, api_timers *out);
  enum err (*chore)(void *arg, struct fault *f, const char *name); /* begins "check" or "backup"; ERR_STATE: one is running */
  bool (*chores)(void *arg, struct arena *a, const char *name, struct api_chore *out);
  void (*backups)(void *arg, struct arena *a, api_backups *out); /* the newest first */
  bool (*poisoned)(void *arg);  /* the storage cannot be trusted any more: /readyz says no */
};

struct api *api_new(const struct api_config *config); /* config is copied; caller frees with api_free */
/* Opens the readers, starts the pool and listens. ERR_INVALID, ERR_STORAGE, ERR_INTERNAL with a sentence in f. */
MUST_CHECK enum err api_start(struct api *api, struct writer *writer, struct fault *f);
const char *api_address(const struct api *api); /* "127.0.0.1:8080" */
/* writer_config.on_commit; arg is the api. Wakes long polls and streams. Also before api_start. */
void api_committed(void *api, int64_t feed_seq);
void api_quiesce(struct api *api); /* refuses new work; /readyz says no */
/* Waits at most wait_ms for what is under way, ends polls and streams, stops listening and joins all threads. */
void api_stop(struct api *api, int wait_ms);
void api_free(struct api *api); /* after writer_stop. Accepts NULL */

/* The OpenAPI 3.1 document of these rooms, as GET /v1/openapi.json and `ordo openapi` give it. */
void api_openapi(const struct api_room *rooms, const char *version, struct buf *out);

#endif
