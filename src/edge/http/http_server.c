/* The server: listening, the loop thread, deadlines, and the stop sequence.
 *
 * libmicrohttpd 0.9.75 runs without a thread of its own (its epoll thread stalls when a wait returns exactly 128
 * events): we poll its epoll descriptor and one eventfd. Parked connections are resumed on this thread only, just
 * before MHD_run, which then calls their handler again.
 */
#define _GNU_SOURCE
#include "http_priv.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t now_us(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void server_release(struct http_server *s)
{
  if (atomic_fetch_sub(&s->holders, 1) != 1)
    return;
  close(s->wake_fd);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

void server_wake(struct http_server *s)
{
  if (s->woken)
    return;
  s->woken = true;
  COUNT(s, wakes, 1);
  eventfd_write(s->wake_fd, 1);
}

/* ---- Exchanges ---- */

struct exchange *exchange_new(struct http_server *s, struct link *l, const char *target)
{
  struct exchange *x = calloc(1, sizeof *x);
  if (!x)
    abort();
  const struct http_limits *limits = &s->config.limits;
  struct arena *a = arena_new(limits->arena_budget);
  x->server = s;
  x->link = l;
  x->holders = 1;
  x->door = (struct http_door){.body = limits->body, .arena_budget = limits->arena_budget,
                               .parked_ms = limits->parked_ms};
  x->rq = (struct http_request){
    .method = "",
    .path = "",
    .body = "",
    .arena = a,
    .target = arena_text(a, target),
    .client = arena_text(a, l->client),
    .request_id = arena_printf(a, "req_%016llx", (unsigned long long)hash_mix(s->next_id++, (uint64_t)now_us())),
  };
  atomic_fetch_add(&s->holders, 1);
  return x;
}

void exchange_answered(struct exchange *x)
{
  x->answered = true;
  if (!x->parked)
    return;
  x->next_ready = x->server->ready;
  x->server->ready = x;
  server_wake(x->server);
}

void exchange_release(struct exchange *x)
{
  struct http_server *s = x->server;
  pthread_mutex_lock(&s->lock);
  bool last = --x->holders == 0;
  pthread_mutex_unlock(&s->lock);
  if (!last)
    return;
  if (x->body_cap)
    free((char *)(uintptr_t)x->rq.body);
  arena_free(x->own_arena);
  arena_free(x->rq.arena); /* last: what was deferred in it may still look at the request's texts */
  free(x);
  server_release(s);
}

void http_reply(struct http_request *rq, const struct http_reply *reply)
{
  struct exchange *x = (struct exchange *)rq;
  struct http_reply encoded = *reply;
  assert(reply->status >= 200 && reply->status < 600);
  reply_encode(rq, &encoded);
  pthread_mutex_lock(&x->server->lock);
  assert(!x->answered);
  if (!x->abandoned) {
    x->reply = encoded;
    exchange_answered(x);
  }
  pthread_mutex_unlock(&x->server->lock);
  exchange_release(x);
}

/* ---- Links ---- */

void link_stage(struct link *l, enum link_stage stage)
{
  if (l->stage == LINK_DOOMED)
    return;
  l->stage = stage;
  l->peeked = false;
  l->since_us = now_us();
}

static void client_text(const struct sockaddr *address, char out[64])
{
  socklen_t n = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  if (getnameinfo(address, n, out, 64, NULL, 0, NI_NUMERICHOST) != 0)
    out[0] = 0;
  if (strncmp(out, "::ffff:", 7) == 0 && strchr(out, '.'))
    memmove(out, out + 7, strlen(out + 7) + 1);
}

/* When the last place is taken, the connection that has said nothing for longest makes room: one kept alive, or one
 * that has been at its headers for longer than an honest client takes. */
static bool is_idle(const struct link *l)
{
  enum { HONEST_US = 1000000 };
  return l->stage == LINK_IDLE ||
         ((l->stage == LINK_FRESH || l->stage == LINK_HEADERS) && now_us() - l->since_us > HONEST_US);
}

static void make_room(struct http_server *s)
{
  if (s->n_links < (size_t)s->config.limits.connections)
    return;
  struct link *oldest = NULL;
  for (struct link *l = s->links; l; l = l->next)
    if (is_idle(l) && (!oldest || l->since_us < oldest->since_us))
      oldest = l;
  if (oldest)
    shutdown(oldest->fd, SHUT_RDWR);
}

static void link_open(struct http_server *s, struct MHD_Connection *c, void **context)
{
  struct link *l = calloc(1, sizeof *l);
  if (!l)
    abort();
  l->server = s;
  l->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  client_text(MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, l->client);
  link_stage(l, LINK_FRESH);
  l->next = s->links;
  if (l->next)
    l->next->prev = l;
  s->links = l;
  s->n_links++;
  COUNT(s, connections, 1);
  COUNT(s, connections_total, 1);
  *context = l;
  make_room(s);
}

static void link_close(struct http_server *s, struct link *l)
{
  *(l->prev ? &l->prev->next : &s->links) = l->next;
  if (l->next)
    l->next->prev = l->prev;
  s->n_links--;
  COUNT(s, connections, -1);
  free(l);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
  if (what == MHD_CONNECTION_NOTIFY_STARTED)
    link_open(cls, c, context);
  else if (*context)
    link_close(cls, *context);
}

/* ---- Deadlines ---- */

static void unpark(struct exchange *x)
{
  x->suspended = false;
  COUNT(x->server, parked, -1);
  MHD_resume_connection(x->connection);
}

/* Takes a parked request away from whoever should have answered it, unless the answer is there. */
static void abandon(struct exchange *x, bool stopped)
{
  struct http_server *s = x->server;
  pthread_mutex_lock(&s->lock);
  bool abandoned = !x->answered && !x->abandoned;
  x->abandoned = x->abandoned || abandoned;
  pthread_mutex_unlock(&s->lock);
  if (!abandoned)
    return;
  x->stopped = stopped;
  unpark(x);
}

/* Time for n bytes at the rate we ask of slow clients. */
static int64_t allowance_us(const struct http_limits *limits, int64_t n)
{
  return n * 1000000 / limits->body_rate;
}

/* When a client's last bytes and its end come together the library reads the bytes and, waiting for an edge that has
 * passed, never the end. So whoever is still to say something is looked at once. */
static void peek(struct link *l)
{
  char byte;
  bool listening = l->stage == LINK_FRESH || l->stage == LINK_IDLE || l->stage == LINK_HEADERS || l->stage == LINK_BODY;
  if (!listening || l->peeked)
    return;
  l->peeked = true;
  if (recv(l->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
    shutdown(l->fd, SHUT_RDWR);
}

static void sweep_link(struct link *l, int64_t now)
{
  peek(l);
  const struct http_limits *limits = &l->server->config.limits;
  int64_t age_us = now - l->since_us;
  struct exchange *x = l->x;
  switch (l->stage) {
  case LINK_FRESH:
  case LINK_HEADERS:
    if (age_us > (int64_t)limits->headers_ms * 1000)
      send_raw_problem(l, ERR_TIMEOUT, "The request's headers took too long to arrive");
    break;
  case LINK_BODY:
    if (age_us > (int64_t)limits->body_ms * 1000 + allowance_us(limits, (int64_t)x->rq.n_body))
      send_raw_problem(l, ERR_TIMEOUT, "The request's body took too long to arrive");
    break;
  case LINK_PARKED:
    if (x->suspended && now > x->deadline_us)
      abandon(x, false);
    break;
  case LINK_SENDING:
    if (age_us > (int64_t)limits->idle_ms * 1000 + allowance_us(limits, x->bytes_out))
      shutdown(l->fd, SHUT_RDWR);
    break;
  case LINK_IDLE:
    if (age_us > (int64_t)limits->idle_ms * 1000)
      shutdown(l->fd, SHUT_RDWR);
    break;
  case LINK_DOOMED:
    if (age_us > (int64_t)LINGER_MS * 1000)
      shutdown(l->fd, SHUT_RDWR);
    break;
  case LINK_STREAM:
    break;
  }
}

/* libmicrohttpd does not watch a suspended connection, so a stream's reader that has gone is seen here. */
static void sweep_streams(struct http_server *s)
{
  for (struct link *l = s->links; l; l = l->next) {
    struct pollfd p = {.fd = l->fd, .events = POLLRDHUP};
    if (l->stage == LINK_STREAM && l->x->stream->suspended && poll(&p, 1, 0) > 0)
      stream_drop(l->x->stream);
  }
}

enum { SWEEP_MIN_MS = 10, SWEEP_MAX_MS = 250, STREAM_SWEEP_US = 1000000 };

static int sweep_ms(const struct http_limits *limits)
{
  const int each[] = {limits->headers_ms, limits->body_ms, limits->idle_ms, limits->parked_ms};
  int ms = SWEEP_MAX_MS;
  for (size_t i = 0; i < COUNT_OF(each); i++)
    ms = each[i] / 4 < ms ? each[i] / 4 : ms;
  return ms < SWEEP_MIN_MS ? SWEEP_MIN_MS : ms;
}

static void sweep(struct http_server *s)
{
  int64_t now = now_us();
  if (now - s->swept_us < (int64_t)sweep_ms(&s->config.limits) * 1000)
    return;
  if (now / STREAM_SWEEP_US != s->swept_us / STREAM_SWEEP_US)
    sweep_streams(s);
  s->swept_us = now;
  for (struct link *l = s->links; l; l = l->next)
    sweep_link(l, now);
}

/* ---- The loop ---- */

static void take_answers(struct http_server *s)
{
  pthread_mutex_lock(&s->lock);
  struct exchange *ready = s->ready;
  struct http_stream *waking = s->waking;
  s->ready = NULL;
  s->waking = NULL;
  s->woken = false;
  pthread_mutex_unlock(&s->lock);
  for (; ready; ready = ready->next_ready)
    unpark(ready);
  streams_wake(waking);
}

static void turn(struct http_server *s)
{
  MHD_UNSIGNED_LONG_LONG library_ms;
  int timeout = s->n_links ? sweep_ms(&s->config.limits) : 10 * SWEEP_MAX_MS;
  if (MHD_get_timeout(s->daemon, &library_ms) == MHD_YES && library_ms < (unsigned)timeout)
    timeout = (int)library_ms;
  struct pollfd fds[] = {{.fd = s->epoll_fd, .events = POLLIN}, {.fd = s->wake_fd, .events = POLLIN}};
  poll(fds, 2, timeout);
  eventfd_t ignored;
  if (fds[1].revents)
    eventfd_read(s->wake_fd, &ignored);
  take_answers(s);
  MHD_run(s->daemon);
  sweep(s);
}

static void quiesce(struct http_server *s)
{
  if (s->quiesced)
    return;
  s->quiesced = true;
  int fd = MHD_quiesce_daemon(s->daemon);
  if (fd >= 0)
    close(fd);
}

static void turns_until(struct http_server *s, int64_t deadline_us, bool (*done)(const struct http_server *s))
{
  while (!done(s) && now_us() < deadline_us)
    turn(s);
}

static bool nothing_in_flight(const struct http_server *s)
{
  return s->counters.in_flight == 0;
}

static bool nothing_open(const struct http_server *s)
{
  return s->n_links == 0;
}

static void end_streams(struct http_server *s)
{
  for (struct link *l = s->links; l; l = l->next)
    if (l->stage == LINK_STREAM)
      stream_stop(l->x->stream);
}

/* The way out: streams end, what is parked may still be answered until stop_us, the rest is told; only then are the
 * sockets cut, and the library stopped when nothing in it is suspended, which it demands. */
static void wind_down(struct http_server *s)
{
  enum { TELL_MS = 500, CUT_MS = 500 };
  end_streams(s);
  while (!nothing_in_flight(s) && now_us() < s->stop_us)
    turn(s);
  for (struct link *l = s->links; l; l = l->next)
    if (l->stage == LINK_PARKED && l->x->suspended)
      abandon(l->x, true);
  turns_until(s, now_us() + TELL_MS * 1000, nothing_in_flight);
  for (struct link *l = s->links; l; l = l->next) {
    if (l->stage == LINK_STREAM)
      stream_drop(l->x->stream);
    shutdown(l->fd, SHUT_RDWR);
  }
  turns_until(s, now_us() + CUT_MS * 1000, nothing_open);
  MHD_stop_daemon(s->daemon);
  take_answers(s); /* lets go of the streams that were still waking */
}

static void *loop(void *cls)
{
  struct http_server *s = cls;
  while (s->stage == SERVER_RUNS)
    turn(s);
  quiesce(s);
  while (s->stage == SERVER_QUIET)
    turn(s);
  wind_down(s);
  return NULL;
}

/* ---- Start and stop ---- */

/* "HOST:PORT" or "[HOST]:PORT" in two texts of the arena. */
static bool split_address(struct arena *a, const char *listen, char **out_host, char **out_port)
{
  const char *colon = listen ? strrchr(listen, ':') : NULL;
  if (!colon || colon == listen || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
    return false;
  size_t n = (size_t)(colon - listen);
  bool bracketed = listen[0] == '[' && n > 2 && listen[n - 1] == ']';
  if (!bracketed && memchr(listen, ':', n))
    return false;
  *out_host = bracketed ? arena_textn(a, listen + 1, n - 2) : arena_textn(a, listen, n);
  *out_port = arena_text(a, colon + 1);
  return strlen(*out_port) <= 5 && atoi(*out_port) <= 65535;
}

static int open_socket(const struct addrinfo *info)
{
  enum { BACKLOG = 511 };
  int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
    return fd;
  int why = errno;
  close(fd);
  errno = why;
  return -1;
}

static enum err start_listening(struct http_server *s, struct fault *fault)
{
  const char *address = s->config.listen;
  char *host, *port;
  if (!split_address(fault->arena, address, &host, &port))
    return fault_fail(fault, ERR_INVALID, "", "\"%s\" is not an address to listen on, such as 127.0.0.1:8080",
                      address ? address : "");
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
  int how = getaddrinfo(host, port, &hints, &found);
  if (how != 0)
    return fault_fail(fault, ERR_INVALID, "", "cannot find the address %s: %s", host, gai_strerror(how));
  for (const struct addrinfo *info = found; info && s->listen_fd < 0; info = info->ai_next)
    s->listen_fd = open_socket(info);
  int why = errno;
  freeaddrinfo(found);
  if (s->listen_fd < 0)
    return fault_fail(fault, ERR_INTERNAL, "", "cannot listen on %s: %s", address, strerror(why));

  struct sockaddr_storage bound;
  socklen_t n = sizeof bound;
  char name[64], number[8];
  getsockname(s->listen_fd, (struct sockaddr *)&bound, &n);
  getnameinfo((struct sockaddr *)&bound, n, name, sizeof name, number, sizeof number, NI_NUMERICHOST | NI_NUMERICSERV);
  s->port = atoi(number);
  snprintf(s->address, sizeof s->address, strchr(name, ':') ? "[%s]:%s" : "%s:%s", name, number);
  return ERR_OK;
}

static void fill_limits(struct http_limits *l)
{
#define DEFAULT(member, value) l->member = l->member ? l->member : (value)
  DEFAULT(connections, HTTP_CONNECTIONS_MAX);
  DEFAULT(headers_ms, HTTP_HEADERS_MS);
  DEFAULT(body_ms, HTTP_BODY_MS);
  DEFAULT(body_rate, HTTP_BODY_RATE);
  DEFAULT(idle_ms, HTTP_IDLE_MS);
  DEFAULT(parked_ms, HTTP_PARKED_MS);
  DEFAULT(body, HTTP_BODY_MAX);
  DEFAULT(bodies, HTTP_BODIES_MAX);
  DEFAULT(arena_budget, HTTP_ARENA_BUDGET);
  DEFAULT(stream, HTTP_STREAM_MAX);
#undef DEFAULT
}

/* Files for the connections and for the rest of the process (databases, logs, clients). */
static void allow_files(int connections)
{
  struct rlimit limit;
  rlim_t want = (rlim_t)connections + 256;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
    return;
  limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/* The library decodes nothing: the target is decoded where it is checked. */
static size_t leave_encoded(void *cls, struct MHD_Connection *c, char *s)
{
  (void)cls, (void)c;
  return strlen(s);
}

static struct MHD_Daemon *start_daemon(struct http_server *s)
{
  const struct http_limits *limits = &s->config.limits;
  /* MHD_OPTION_STRICT_FOR_CLIENT stays at its default: when strict it answers some requests with pages of its own and
   * closes on others without a word; http_check.c is stricter and answers with our problem documents.
   * Its own time-out backs ours up where a client stops reading; suspended connections have none. */
  unsigned idle_s = (unsigned)(limits->idle_ms / 1000 + 1);
  return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_call, s,
                          MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
                          MHD_OPTION_CONNECTION_LIMIT, (unsigned)limits->connections,
                          MHD_OPTION_CONNECTION_TIMEOUT, idle_s,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
                          MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)POOL_STEP,
                          MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
                          MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, s,
                          MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
                          MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
}

/* Signals are for the threads that wait for them; SIGPIPE is for nobody. */
static int start_thread(struct http_server *s)
{
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int how = pthread_create(&s->thread, NULL, loop, s);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return how;
}

static enum err start(struct http_server *s, struct fault *fault)
{
  allow_files(s->config.limits.connections);
  TRY(start_listening(s, fault));
  s->daemon = start_daemon(s);
  if (!s->daemon)
    return fault_fail(fault, ERR_INTERNAL, "", "the HTTP library does not start: %s", strerror(errno));
  s->epoll_fd = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  if (start_thread(s) == 0)
    return ERR_OK;
  quiesce(s);
  s->listen_fd = -1;
  MHD_stop_daemon(s->daemon);
  return fault_fail(fault, ERR_INTERNAL, "", "the HTTP thread does not start");
}

enum err http_start(const struct http_config *config, struct fault *fault, struct http_server **out)
{
  assert(config->on_request);
  struct http_server *s = calloc(1, sizeof *s);
  if (!s)
    abort();
  s->config = *config;
  fill_limits(&s->config.limits);
  s->holders = 1;
  s->listen_fd = -1;
  s->next_id = (uint64_t)time(NULL) << 32;
  s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  pthread_mutex_init(&s->lock, NULL);
  enum err code = start(s, fault);
  if (code == ERR_OK) {
    s->config.listen = NULL;
    *out = s;
    return ERR_OK;
  }
  if (s->listen_fd >= 0)
    close(s->listen_fd);
  server_release(s);
  return code;
}

const char *http_address(const struct http_server *s)
{
  return s->address;
}

int http_port(const struct http_server *s)
{
  return s->port;
}

static void move_on(struct http_server *s, enum server_stage stage)
{
  if (s->stage < (int)stage)
    s->stage = stage;
  pthread_mutex_lock(&s->lock);
  server_wake(s);
  pthread_mutex_unlock(&s->lock);
}

void http_quiesce(struct http_server *s)
{
  move_on(s, SERVER_QUIET);
}

void http_stop(struct http_server *s, int wait_ms)
{
  if (!s)
    return;
  s->stop_us = now_us() + (int64_t)wait_ms * 1000;
  move_on(s, SERVER_STOPS);
  pthread_join(s->thread, NULL);
  server_release(s);
}
