/* Dispatch: from a request to its route, its actor and its act or read; and the life of the server around it. */
#include "api_priv.h"

#include "acts.h"
#include "identity.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  ARENA_LARGE = 64 << 20,    /* of a bulk request, of what a read answers, and of an export's own rows */
  OPENAPI_ARENA = 128 << 20, /* while the document is made */
  PARKED_MARGIN_MS = 10000,  /* an answer's own time beside a long poll's wait */
  MASTERS_US = 20000,        /* other processes' keys and rights are seen after this at the latest */
};

int64_t api_now_us(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct instant now(const struct api *api)
{
  return api->config.clock.now(api->config.clock.arg);
}

void api_inside(struct api *api, const char *request_id, enum err code, const char *detail)
{
  if (api->config.on_error)
    api->config.on_error(api->config.arg, request_id, code, detail);
}

/* ---- Answers ---- */

void call_count(struct call *call, int status)
{
  struct route_stats *stats = &call->row->stats;
  int64_t us = api_now_us() - call->started_us;
  int bucket = 0;
  while (bucket < HTTP_BUCKETS - 1 && us > (int64_t)http_bucket_ms[bucket] * 1000)
    bucket++;
  atomic_fetch_add_explicit(&stats->by_class[status / 100 % 6], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&stats->us, us, memory_order_relaxed);
  atomic_fetch_add_explicit(&stats->buckets[bucket], 1, memory_order_relaxed);
}

void call_send(struct call *call, struct http_reply *reply)
{
  call_count(call, reply->status);
  http_reply(call->rq, reply);
}

void call_problem(struct call *call, enum err code, const struct fault *f)
{
  struct http_reply reply = {0};
  if (err_info(code)->http >= 500 && code != ERR_BUSY && code != ERR_STOPPING)
    api_inside(call->api, call->rq->request_id, code, f && f->detail ? f->detail : err_info(code)->title);
  problem_fill(call->rq->arena, code, f, NULL, call->rq->request_id, &reply);
  call_send(call, &reply);
}

static void add_write_headers(struct arena *a, struct http_reply *reply, const char *location, int64_t version)
{
  if (location)
    http_header_add(a, reply, "Location", location);
  if (version != ABSENT && version > 0)
    http_header_add(a, reply, "ETag", arena_printf(a, "\"%lld\"", (long long)version));
}

void json_headers(struct arena *a, struct http_reply *reply)
{
  http_header_add(a, reply, "Content-Type", "application/json");
  http_header_add(a, reply, "Cache-Control", "no-store");
}

void call_result(struct call *call, const struct act_result *result)
{
  struct arena *a = call->rq->arena;
  struct http_reply reply = call->reply;
  int status = result->status ? result->status : call->row->route->success;
  if (reply.body || reply.status) {
    reply.status = reply.status ? reply.status : status;
    call_send(call, &reply);
    return;
  }
  reply.status = result->rec ? status : status == 200 ? 204 : status;
  if (result->rec) {
    struct act_result shown = *result;
    struct buf body;
    api_mask_result(call->row->route, &call->actor, a, &shown);
    buf_init(&body, a);
    rec_write(shown.rec, shown.value, shown.view, &body);
    reply.body = buf_str(&body);
    reply.n_body = body.n;
    json_headers(a, &reply);
  }
  add_write_headers(a, &reply, result->location, result->version);
  call_send(call, &reply);
}

/* ---- Writes ---- */

static void render_write(struct worker *w, struct call *call)
{
  (void)w;
  struct act_result result = call->act.result;
  result.status = call->act.status;
  result.location = call->act.location;
  result.version = call->act.version;
  call_result(call, &result);
}

/* A reply with an idempotency key has its bytes already; http may not compress on the writer's thread. */
static void send_rendered(struct call *call)
{
  struct arena *a = call->rq->arena;
  struct http_reply reply = {.status = call->act.status, .plain = true};
  if (call->act.reply_n) {
    reply.body = call->act.reply;
    reply.n_body = call->act.reply_n;
    json_headers(a, &reply);
  }
  add_write_headers(a, &reply, call->act.location, call->act.version);
  if (call->act.replayed)
    http_header_add(a, &reply, "Idempotency-Replayed", "true");
  call_send(call, &reply);
}

/* On the writer's thread. */
static void write_done(struct act_call *act)
{
  struct call *call = act->user;
  if (act->act->flags & ACT_MASTERS)
    atomic_fetch_add(&call->api->masters, 1);
  if (act->err)
    call_problem(call, act->err, &act->fault);
  else if (act->key || !act->result.rec)
    send_rendered(call);
  else
    pool_push(&call->api->pool, call, render_write);
}

static enum err prepare_write(struct ctx *cx, struct call *call)
{
  const struct route *route = call->row->route;
  struct act_call *act = &call->act;
  act->act = route->act;
  act->in.id = call->in.id;
  act->in.id2 = call->in.id2;
  enum err err = query_params(cx, call->rq, route->params, NULL, NULL, (struct api_param_value **)&call->in.params);
  enum err body = decode_body(cx, route, call->rq, &act->in.body);
  TRY(err ? err : body);
  if (route->flags & ROUTE_PATCH) {
    act->in.json = call->rq->n_body ? call->rq->body : "{}";
    act->in.json_n = call->rq->n_body ? call->rq->n_body : 2;
  }
  TRY(decode_if_match(cx, call->rq, &act->in.version));
  TRY(decode_key(cx, call->rq, &act->key));
  if (act->key)
    decode_request_hash(call->rq, act->request_hash);
  act->arena = call->rq->arena;
  act->actor = call->actor;
  act->request_id = call->rq->request_id;
  act->success = route->success;
  act->deadline = INSTANT(cx->now.ms + API_WRITE_MS);
  act->version = ABSENT;
  api_shape(act, route);
  act->done = write_done;
  act->user = call;
  fault_init(&act->fault, call->rq->arena);
  return ERR_OK;
}

static enum err write_in_scope(struct ctx *cx, struct call *call)
{
  TRY(ctx_masters_refresh(cx));
  return scope_check(cx, call, call->act.in.body);
}

static void start_write(struct ctx *cx, struct call *call)
{
  enum err err = prepare_write(cx, call);
  if (!err && call->actor.scope)
    err = write_in_scope(cx, call);
  if (err)
    call_problem(call, err, &cx->fault);
  else if (!writer_submit(call->api->writer, &call->act))
    call_problem(call, atomic_load(&call->api->quiet) ? ERR_STOPPING : ERR_BUSY, NULL);
}

static void run_write(struct worker *w, struct call *call)
{
  start_write(&w->cx, call);
}

/* ---- Reads ---- */

static bool is_unsafe(const char *method)
{
  return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 && strcmp(method, "OPTIONS") != 0;
}

/* A GET sees one state of the database from its first statement to its last; a list holds that only page by page. */
static enum err serve_once(struct worker *w, struct call *call, struct act_result *out)
{
  struct ctx *cx = &w->cx;
  const struct route *route = call->row->route;
  if (route->list)
    return list_serve(w, call, &call->reply);
  bool get = strcmp(route->method, "GET") == 0;
  call->poll.seen = atomic_load(&call->api->feed.seq); /* before the state is taken: what comes after it wakes a poll */
  if (get)
    TRY(db_read_begin(w->db));
  enum err err = ctx_masters_refresh(cx);
  if (!err && cx->actor.scope)
    err = scope_check(cx, call, call->in.body);
  if (!err)
    err = route->serve(cx, &call->in, out);
  if (get)
    db_read_end(w->db);
  return err;
}

/* A connection that is lost while it is read from: a GET is asked again on a new one. */
static enum err serve(struct worker *w, struct call *call, struct act_result *out)
{
  enum err err = serve_once(w, call, out);
  if (err != ERR_AWAY || is_unsafe(call->rq->method) || call->row->route->list)
    return err;
  fault_clear(&w->cx.fault);
  *out = (struct act_result){.version = ABSENT};
  return serve_once(w, call, out);
}

/* What follows the ? of a page is for its script: filters, the opened preview, whatever a link was pasted with. */
static bool is_of_page(void *arg, const struct http_pair *pair)
{
  const struct route *route = arg;
  (void)pair;
  return route->flags & ROUTE_HIDDEN;
}

static enum err prepare_read(struct ctx *cx, struct call *call)
{
  const struct route *route = call->row->route;
  call->in.http = call->rq;
  call->in.api = call->api;
  call->in.route = route;
  call->in.reply = &call->reply;
  if (route->list || call->in.params) /* a list reads its own; a poll that is woken again has read them */
    return ERR_OK;
  enum err err = query_params(cx, call->rq, route->params, is_of_page, (void *)(uintptr_t)route,
                              (struct api_param_value **)&call->in.params);
  enum err body = decode_body(cx, route, call->rq, &call->in.body);
  TRY(err ? err : body);
  if (!is_unsafe(call->rq->method))
    return ERR_OK;
  TRY(decode_key(cx, call->rq, &call->in.key));
  if (call->in.key)
    decode_request_hash(call->rq, call->in.request_hash);
  return ERR_OK;
}

void call_run_read(struct worker *w, struct call *call)
{
  struct act_result result = {.version = ABSENT};
  enum err err = prepare_read(&w->cx, call);
  arena_widen(call->rq->arena, ARENA_LARGE); /* a small question may have a large answer: an order of 1,000 lines */
  if (!err)
    err = serve(w, call, &result);
  if (err)
    call_problem(call, err, &w->cx.fault);
  else if (result.status == API_PARKED)
    feed_park(call);
  else if (result.status != API_GONE)
    call_result(call, &result);
}

/* Without a connection, at once. */
static void run_inline(struct ctx *cx, struct call *call)
{
  struct act_result result = {.version = ABSENT};
  enum err err = prepare_read(cx, call);
  if (!err)
    err = call->row->route->serve(cx, &call->in, &result);
  if (err)
    call_problem(call, err, &cx->fault);
  else
    call_result(call, &result);
}

/* What a repeat is answered with: the bytes of the first answer. */
static void replay(struct arena *a, const struct act_call *call, struct http_reply *reply)
{
  reply->status = call->status;
  reply->body = call->reply;
  reply->n_body = call->reply_n;
  if (call->reply_n)
    json_headers(a, reply);
  add_write_headers(a, reply, call->location, call->version);
  http_header_add(a, reply, "Idempotency-Replayed", "true");
}

enum err api_run(struct ctx *cx, const struct api_request *rq, const struct act *act, const struct act_input *in,
                 struct act_result *out)
{
  struct act_call call = {
      .act = act,
      .in = *in,
      .arena = cx->arena,
      .actor = cx->actor,
      .request_id = cx->request_id,
      .key = rq->key,
      .success = rq->route->success,
      .deadline = INSTANT(cx->now.ms + API_WRITE_MS),
      .version = ABSENT,
  };
  assert(!rq->http || is_unsafe(rq->http->method));
  if (rq->http && in->version == ABSENT)
    TRY(decode_if_match(cx, rq->http, &call.in.version));
  api_shape(&call, rq->route);
  memcpy(call.request_hash, rq->request_hash, HASH_BYTES);
  fault_init(&call.fault, cx->arena);
  enum err err = writer_run(rq->api->writer, &call);
  if (act->flags & ACT_MASTERS)
    atomic_fetch_add(&rq->api->masters, 1);
  if (err) {
    cx->fault = call.fault;
    return err;
  }
  *out = (struct act_result){.version = ABSENT};
  if (call.replayed) {
    replay(cx->arena, &call, rq->reply);
    return ERR_OK;
  }
  *out = call.result;
  out->status = call.status;
  return ERR_OK;
}

struct identity *api_identity(const struct api *api)
{
  return api->identity;
}

bool api_secure(const struct api *api)
{
  return api->config.secure;
}

/* ---- Who asks ---- */

static const char *bearer_of(const struct http_request *rq)
{
  const char *text = http_header(rq, "Authorization");
  if (!text || strncasecmp(text, "Bearer ", 7) != 0)
    return NULL;
  text += 7;
  return text + strspn(text, " ");
}

/* The memo of the loop's connection is good while none of our acts wrote masters, and not for long: other processes
 * write too. *out_fresh: it was looked up just now. */
static enum err masters_current(struct api *api, bool force, bool *out_fresh)
{
  long long masters = atomic_load(&api->masters);
  int64_t us = api_now_us();
  *out_fresh = force || masters != api->masters_seen || us - api->masters_us > MASTERS_US;
  if (!*out_fresh)
    return ERR_OK;
  TRY(ctx_masters_refresh(&api->cx));
  api->masters_seen = masters;
  api->masters_us = us;
  return ERR_OK;
}

/* Who sees the console as somebody else has that one's rights, and changes nothing under a name that is not his. */
static enum err see_as(struct api *api, struct call *call)
{
  const char *whom = http_cookie(call->rq, SEE_AS_COOKIE);
  bool seeing;
  if (!whom || bearer_of(call->rq))
    return ERR_OK;
  TRY(identity_see_as(&api->cx, whom, &call->actor, &seeing));
  if (!seeing)
    return ERR_OK;
  call->in.see_as = whom;
  if (!is_unsafe(call->rq->method) || call->row->route->flags & ROUTE_SEEING)
    return ERR_OK;
  return fault_add(&api->cx.fault, ERR_FORBIDDEN, "", "see_as",
                   "nothing can be changed while the console is seen as %.64s", whom);
}

static enum err who(struct api *api, struct call *call)
{
  const struct http_request *rq = call->rq;
  struct credentials c = {
      .bearer = bearer_of(rq),
      .cookie = http_cookie(rq, SESSION_COOKIE),
      .csrf = http_header(rq, CSRF_HEADER),
      .unsafe = is_unsafe(rq->method) && !(call->row->route->flags & ROUTE_NO_CSRF),
      .address = rq->client,
      .identity = api->identity,
  };
  enum err (*ask)(struct ctx *, const struct credentials *, struct actor *) =
      api->config.authenticate ? api->config.authenticate : identity_authenticate;
  bool fresh;
  TRY(masters_current(api, false, &fresh));
  enum err err = ask(&api->cx, &c, &call->actor);
  if (err == ERR_UNAUTHENTICATED && !fresh && (c.bearer || c.cookie)) {
    /* Perhaps the key was made a moment ago, by `ordo key add`. */
    fault_clear(&api->cx.fault);
    TRY(masters_current(api, true, &fresh));
    err = ask(&api->cx, &c, &call->actor);
  }
  return err ? err : see_as(api, call);
}

struct standing *standing_of(const struct call *call, struct arena *a)
{
  const char *texts[] = {bearer_of(call->rq), http_cookie(call->rq, SESSION_COOKIE), http_cookie(call->rq, SEE_AS_COOKIE),
                         call->rq->client};
  struct standing *p = ARENA_NEW(a, struct standing);
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    texts[i] = texts[i] ? arena_text(a, texts[i]) : NULL;
  *p = (struct standing){texts[0], texts[1], texts[2], texts[3]};
  return p;
}

enum err standing_look(struct ctx *cx, struct api *api, const struct standing *p, enum permission needs, struct actor *out)
{
  const struct credentials c = {.bearer = p->bearer, .cookie = p->cookie, .address = p->address};
  enum err (*ask)(struct ctx *, const struct credentials *, struct actor *) =
      api->config.authenticate ? api->config.authenticate : identity_authenticate;
  bool seeing;
  TRY(ask(cx, &c, out));
  if (p->see_as && !p->bearer)
    TRY(identity_see_as(cx, p->see_as, out, &seeing));
  cx->actor = *out;
  return ctx_need(cx, needs);
}

bool request_is_local(const struct api *api, const struct http_request *rq)
{
  if (api->config.secure || api->config.trusted_proxies)
    return false; /* a proxy stands in front: whoever it brings comes from its machine */
  bool loopback =
      text_starts(rq->client, "127.") || strcmp(rq->client, "::1") == 0 || text_starts(rq->client, "::ffff:127.");
  return loopback && !http_header(rq, "X-Forwarded-For") && !http_header(rq, "Forwarded");
}

static enum err may(struct api *api, struct call *call)
{
  const struct route *route = call->row->route;
  if (route->needs == PERM_PUBLIC || (route->flags & ROUTE_LOCAL && request_is_local(api, call->rq)))
    return ERR_OK;
  TRY(who(api, call));
  if (route->needs == PERM_SIGNED_IN)
    return ERR_OK;
  api->cx.actor = call->actor;
  return ctx_need(&api->cx, route->needs);
}

/* ---- The door ---- */

static void refuse_unmatched(struct api *api, struct http_request *rq, enum err err, const char *allow)
{
  struct http_reply reply = {.status = 204};
  if (err != ERR_METHOD || strcmp(rq->method, "OPTIONS") != 0) {
    err_fail(&api->cx, err, "",
             err == ERR_METHOD ? "%s is not answered at %s"
                               : "there is nothing for %s at %s; /docs lists every address",
             rq->method, rq->path);
    api->cx.fault.n = 0; /* the sentence says it all */
    problem_fill(rq->arena, err, &api->cx.fault, NULL, rq->request_id, &reply);
  }
  if (allow)
    http_header_add(rq->arena, &reply, "Allow", allow);
  http_reply(rq, &reply);
}

static struct call *call_new(struct api *api, struct api_row *row, struct http_request *rq)
{
  struct call *call = ARENA_NEW(rq->arena, struct call);
  call->api = api;
  call->rq = rq;
  call->row = row;
  call->started_us = api_now_us();
  call->actor = (struct actor){.kind = ACTOR_SYSTEM, .name = "public"};
  const char **ids[] = {&call->in.id, &call->in.id2};
  for (size_t i = 0, n = 0; i < row->n && n < COUNT_OF(ids); i++)
    if (!row->segments[i])
      *ids[n++] = rq->segments.at[i];
  return call;
}

/* Addresses that no row has are screens of the console when a browser asks for a page. */
static enum err find_row(struct api *api, const struct http_request *rq, struct api_row **out, const char **out_allow)
{
  enum err err = table_match(&api->table, rq, rq->arena, out, out_allow);
  if (err == ERR_NOT_FOUND && web_screen_wanted(rq))
    err = table_home(&api->table, out);
  return err;
}

static void on_request(void *app, struct http_request *rq)
{
  struct api *api = app;
  struct api_row *row;
  const char *allow = NULL;
  ctx_init(&api->cx, rq->arena, api->db, now(api));
  api->cx.request_id = rq->request_id;
  enum err err = find_row(api, rq, &row, &allow);
  if (err) {
    refuse_unmatched(api, rq, err, allow);
    return;
  }
  struct call *call = call_new(api, row, rq);
  const struct route *route = row->route;
  err = may(api, call);
  if (err)
    call_problem(call, err, &api->cx.fault);
  else if (route->flags & ROUTE_INLINE)
    run_inline(&api->cx, call);
  else if (route->act && rq->n_body <= API_LOOP_BODY_MAX && !call->actor.scope)
    start_write(&api->cx, call);
  else if (!pool_try(&api->pool, call, route->act ? run_write : call_run_read))
    call_problem(call, ERR_BUSY, NULL);
}

static enum err on_headers(void *app, struct http_request *rq, struct http_door *door)
{
  struct api *api = app;
  struct api_row *row;
  const char *allow;
  if (table_match(&api->table, rq, rq->arena, &row, &allow) != ERR_OK)
    return ERR_OK; /* on_request says so */
  if (row->route->flags & ROUTE_LARGE) {
    door->body = API_LARGE_BODY_MAX;
    door->arena_budget = ARENA_LARGE;
  }
  if (row->route->list)
    door->arena_budget = ARENA_LARGE;
  const char *wait = http_query(rq, "wait");
  int64_t s;
  if (wait && decimal_parse(wait, strlen(wait), 0, &s) && s > 0 && s <= API_WAIT_MAX)
    door->parked_ms = (int)(s * SECOND_MS) + PARKED_MARGIN_MS;
  return ERR_OK;
}

static void on_problem(void *app, const struct http_request *rq, struct arena *a, enum err code, const char *detail,
                       struct http_reply *reply)
{
  (void)app;
  problem_fill(a, code, NULL, detail, rq->request_id, reply);
}

static void on_log(void *app, const struct http_log *line)
{
  struct api *api = app;
  if (api->config.on_log)
    api->config.on_log(api->config.arg, line);
}

/* ---- The server's life ---- */

struct api *api_new(const struct api_config *config)
{
  struct api *api = calloc(1, sizeof *api);
  assert(api);
  api->config = *config;
  if (!api->config.clock.now)
    api->config.clock = clock_real;
  api->started_us = api_now_us();
  api->masters_seen = -1;
  api->pool.reads_max = API_READS_MAX;
  pthread_mutex_init(&api->pool.lock, NULL);
  pthread_cond_init(&api->pool.work, NULL);
  pthread_mutex_init(&api->feed.lock, NULL);
  pthread_mutex_init(&api->estimates.lock, NULL);
  pthread_mutex_init(&api->proof.lock, NULL);
  pthread_mutex_init(&api->askers.lock, NULL);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&api->feed.news, &monotonic);
  pthread_condattr_destroy(&monotonic);
  table_init(&api->table, config->rooms);
  api->identity = identity_new(config->password_cost);
  api->arena = arena_new(8u << 20);
  return api;
}

static void make_openapi(struct api *api)
{
  struct arena *scratch = arena_new(OPENAPI_ARENA);
  struct buf b;
  char hex[HASH_TEXT];
  buf_init(&b, scratch);
  api_openapi(api->config.rooms, api->config.version, &b);
  api->openapi = arena_textn(api->arena, b.at, b.n);
  api->openapi_n = b.n;
  sha256_hex(b.at, b.n, hex);
  api->openapi_etag = arena_printf(api->arena, "\"%.16s\"", hex);
  arena_free(scratch);
}

enum err api_start(struct api *api, struct writer *writer, struct fault *f)
{
  api->writer = writer;
  make_openapi(api);
  TRY(db_open(api->config.url, DB_READER, f, &api->db));
  TRY(feed_start(api, f));
  TRY(pool_start(api, api->config.readers ? api->config.readers : API_READERS, f));
  const struct http_config http = {
      .listen = api->config.listen,
      .trusted_proxies = api->config.trusted_proxies,
      .app = api,
      .limits = api->config.limits,
      .on_request = on_request,
      .on_headers = on_headers,
      .on_problem = on_problem,
      .on_log = on_log,
  };
  return http_start(&http, f, &api->http);
}

const char *api_address(const struct api *api)
{
  return http_address(api->http);
}

void api_quiesce(struct api *api)
{
  atomic_store(&api->quiet, true);
  if (api->http)
    http_quiesce(api->http);
}

void api_stop(struct api *api, int wait_ms)
{
  api_quiesce(api);
  feed_stop(api);
  http_stop(api->http, wait_ms);
  api->http = NULL;
  pool_stop(api);
}

void api_free(struct api *api)
{
  if (!api)
    return;
  db_close(api->db);
  table_done(&api->table);
  identity_free(api->identity);
  arena_free(api->arena);
  pthread_cond_destroy(&api->feed.news);
  pthread_mutex_destroy(&api->feed.lock);
  pthread_mutex_destroy(&api->estimates.lock);
  pthread_cond_destroy(&api->pool.work);
  pthread_mutex_destroy(&api->pool.lock);
  free(api);
}
