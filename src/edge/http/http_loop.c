/* The loop thread: connections, deadlines, turns, and the way out.
 *
 * libmicrohttpd 0.9.75 runs without a thread of its own (its epoll thread stalls when a wait returns exactly 128
 * events): we poll its epoll descriptor and one eventfd. Parked connections are resumed on this thread only, just
 * before MHD_run, which then calls their handler again.
 */
#define _GNU_SOURCE
#include "http_priv.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t now_us(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
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

void on_connection(void *cls, struct MHD_Connection *c, void **context,
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

void quiesce(struct http_server *s)
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

void *loop(void *cls)
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
