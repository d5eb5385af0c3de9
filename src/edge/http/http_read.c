/* libmicrohttpd's callbacks: a request grows from its target to its headers to its body, is handed over, comes back
 * answered, and is let go. All of it on the loop thread.
 */
#include "http_priv.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct link *link_of(struct MHD_Connection *c)
{
  return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void *on_target(void *cls, const char *target, struct MHD_Connection *c)
{
  struct link *l = link_of(c);
  struct exchange *x = exchange_new(cls, l, target);
  x->connection = c;
  x->raw_target = target;
  l->x = x;
  link_stage(l, LINK_HEADERS);
  return x;
}

/* ---- Headers ---- */

static bool is_sane_id(const char *id)
{
  size_t n = id ? strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") : 0;
  return n >= 1 && n <= 64 && id[n] == 0;
}

static struct instant wall_clock(void)
{
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return INSTANT(t.tv_sec * SECOND_MS + t.tv_nsec / 1000000);
}

static enum err check_request(struct exchange *x, const char *method, const char *version, const char **why)
{
  struct http_request *rq = &x->rq;
  enum err code = check_headers(x, method, version, why);
  const char *id = http_header(rq, "X-Request-Id");
  if (is_sane_id(id))
    rq->request_id = id;
  TRY(code);
  TRY(check_target(rq, why));
  return check_method(rq->method, why);
}

/* Refuses as the framing of the request allows. Without a body the reply waits for the library's next call, which
 * comes at once: a reply given before that closes the connection. With a body it cannot wait, nor be sent by the
 * library, which would close into the face of a client that is still sending; unless that waits for our word. */
static enum MHD_Result refuse(struct exchange *x, enum err code, const char *why)
{
  bool body_comes = x->chunked || x->content_length > 0;
  if (body_comes && x->expects_continue)
    return send_problem(x, code, why, true);
  if (body_comes) {
    send_raw_problem(x->link, code, why);
    return MHD_YES;
  }
  x->refusal = code;
  x->why = why;
  link_stage(x->link, LINK_BODY);
  return MHD_YES;
}

static enum MHD_Result answer_options(struct exchange *x)
{
  struct http_reply reply = {.status = 204};
  http_header_add(x->rq.arena, &reply, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  return send_reply(x, &reply);
}

static enum MHD_Result headers_in(struct exchange *x, const char *method, const char *version)
{
  struct http_server *s = x->server;
  struct http_request *rq = &x->rq;
  const char *why = "";
  x->headers_in = true;
  x->start_us = now_us();
  COUNT(s, requests_total, 1);
  COUNT(s, in_flight, 1);
  rq->method = arena_text(rq->arena, method);
  rq->arrived = wall_clock();
  enum err code = check_request(x, method, version, &why);
  if (code == ERR_METHOD)
    return refuse(x, code, why);
  if (code != ERR_OK) { /* whatever follows cannot be trusted to be a request */
    send_raw_problem(x->link, code, why);
    return MHD_YES;
  }
  proxies_look_behind(s, rq);
  if (s->stage != SERVER_RUNS)
    return refuse(x, ERR_STOPPING, "The server is stopping");
  if (s->config.on_headers) {
    code = s->config.on_headers(s->config.app, rq, &x->door);
    if (code != ERR_OK)
      return refuse(x, code, x->door.why ? x->door.why : err_info(code)->title);
    arena_widen(rq->arena, x->door.arena_budget);
  }
  if (x->content_length > (int64_t)x->door.body)
    return refuse(x, ERR_TOO_LARGE, arena_printf(rq->arena, "The body may have %zu bytes", x->door.body));
  link_stage(x->link, LINK_BODY);
  return MHD_YES;
}

/* ---- Body ---- */

/* Room for n more bytes and a NUL. It grows with what has come, not with what was announced, so that a thousand
 * announcements cost nothing. */
static enum err body_grow(struct exchange *x, size_t n)
{
  struct http_server *s = x->server;
  size_t need = x->rq.n_body + n + 1;
  if (need <= x->body_cap)
    return ERR_OK;
  size_t cap = x->body_cap ? x->body_cap : 4096;
  while (cap < need)
    cap *= 2;
  if (x->content_length > 0 && cap > (size_t)x->content_length + 1 && need <= (size_t)x->content_length + 1)
    cap = (size_t)x->content_length + 1;
  if (s->bodies + cap - x->body_cap > s->config.limits.bodies)
    return ERR_BUSY;
  char *at = realloc(x->body_cap ? (char *)(uintptr_t)x->rq.body : NULL, cap);
  if (!at)
    return ERR_BUSY;
  s->bodies += cap - x->body_cap;
  x->body_cap = cap;
  x->rq.body = at;
  return ERR_OK;
}

static enum MHD_Result body_in(struct exchange *x, const char *bytes, size_t *n)
{
  struct http_request *rq = &x->rq;
  if (rq->n_body + *n > x->door.body) {
    send_raw_problem(x->link, ERR_TOO_LARGE, "The body is larger than allowed here");
  } else if (body_grow(x, *n) != ERR_OK) {
    send_raw_problem(x->link, ERR_BUSY, "Too much is being uploaded at once, please try again");
  } else {
    char *body = (char *)(uintptr_t)rq->body;
    memcpy(body + rq->n_body, bytes, *n);
    rq->n_body += *n;
    body[rq->n_body] = 0;
  }
  *n = 0;
  return MHD_YES;
}

/* ---- Handing over and coming back ---- */

static enum MHD_Result send_answer(struct exchange *x)
{
  if (x->abandoned)
    return x->stopped ? send_problem(x, ERR_STOPPING, "The server is stopping", true)
                      : send_problem(x, ERR_BUSY, "The answer took too long, please try again", false);
  if (x->stream)
    stream_attach(x->stream, x);
  return send_reply(x, &x->reply);
}

static enum MHD_Result hand_over(struct exchange *x)
{
  struct http_server *s = x->server;
  COUNT(s, bytes_in, (int64_t)x->rq.n_body);
  if (x->refusal)
    return send_problem(x, x->refusal, x->why, false);
  if (s->stage != SERVER_RUNS)
    return send_problem(x, ERR_STOPPING, "The server is stopping", true);
  if (strcmp(x->rq.path, "*") == 0)
    return answer_options(x);
  link_stage(x->link, LINK_PARKED);
  x->deadline_us = now_us() + (int64_t)x->door.parked_ms * 1000;
  x->holders = 2;
  s->config.on_request(s->config.app, &x->rq);

  pthread_mutex_lock(&s->lock);
  bool answered = x->answered;
  x->parked = !answered;
  pthread_mutex_unlock(&s->lock);
  if (answered)
    return send_answer(x);
  x->suspended = true;
  COUNT(s, parked, 1);
  MHD_suspend_connection(x->connection);
  return MHD_YES;
}

enum MHD_Result on_call(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                        const char *bytes, size_t *n, void **state)
{
  (void)cls, (void)c, (void)url;
  struct exchange *x = *state;
  if (x->link->stage == LINK_DOOMED) { /* swallow what still comes; the end of it ends the connection */
    bool more = *n > 0;
    *n = 0;
    return more ? MHD_YES : MHD_NO;
  }
  if (!x->headers_in)
    return headers_in(x, method, version);
  if (*n > 0)
    return body_in(x, bytes, n);
  if (x->link->stage == LINK_BODY)
    return hand_over(x);
  if (x->link->stage == LINK_PARKED)
    return send_answer(x);
  return MHD_YES;
}

/* ---- Letting go ---- */

static void log_line(struct exchange *x, bool aborted, int64_t duration_us)
{
  const struct http_config *config = &x->server->config;
  if (!config->on_log)
    return;
  config->on_log(config->app, &(struct http_log){
                                .method = x->rq.method,
                                .path = x->rq.path,
                                .request_id = x->rq.request_id,
                                .client = x->rq.client,
                                .user_agent = http_header(&x->rq, "User-Agent"),
                                .status = x->status,
                                .bytes = x->bytes_out,
                                .duration_us = duration_us,
                                .aborted = aborted,
                              });
}

/* Counts and logs what became of x. What the library refused by itself (headers or chunks it could not read) is known
 * only by having ended in an error before we answered; its pages are 400, give or take. A request whose client left
 * before it was whole is counted, not logged. */
static void account(struct exchange *x, enum MHD_RequestTerminationCode how, struct http_stream *stream)
{
  struct http_server *s = x->server;
  bool arriving = x->link->stage == LINK_HEADERS || x->link->stage == LINK_BODY;
  bool told = x->link->stage == LINK_DOOMED;
  if (!x->status && arriving && how == MHD_REQUEST_TERMINATED_WITH_ERROR) {
    x->status = 400;
    told = true;
    COUNT(s, refused, 1);
  }
  bool aborted = how != MHD_REQUEST_TERMINATED_COMPLETED_OK && !told && !stream;
  if (aborted)
    COUNT(s, aborted, 1);
  if (!x->status)
    return;
  int64_t duration_us = x->start_us ? now_us() - x->start_us : 0;
  COUNT(s, bytes_out, x->bytes_out);
  count_done(s, x->status, duration_us, stream != NULL);
  log_line(x, aborted, duration_us);
}

void on_completed(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
  (void)c;
  struct http_server *s = cls;
  struct exchange *x = *state;
  if (!x)
    return;
  *state = NULL;
  pthread_mutex_lock(&s->lock);
  x->abandoned = true;
  struct http_stream *stream = x->stream;
  pthread_mutex_unlock(&s->lock);
  if (stream)
    x->bytes_out = stream->sent;
  account(x, how, stream);
  if (x->start_us)
    COUNT(s, in_flight, -1);
  if (stream)
    stream_closed(stream);
  s->bodies -= x->body_cap;
  x->link->x = NULL;
  link_stage(x->link, LINK_IDLE);
  x->link = NULL;
  x->connection = NULL;
  exchange_release(x);
}
