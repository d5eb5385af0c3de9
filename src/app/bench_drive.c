/* The load driver: connections, the loop over them, and what answers took. Sockets do not block; a request is sent
 * whole before its answer is read, and a connection has one request under way at a time, as keep-alive clients do. */
#define _GNU_SOURCE
#include "bench_drive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { READ_CHUNK = 64 * 1024, EVENTS_MAX = 64, LAST_ANSWERS_US = 10 * 1000 * 1000, CALL_SECONDS = 60, BROKEN_MAX = 2 };

/* ---- Latencies ---- */

static int latency_place(int64_t us)
{
  int power = 0;
  while ((us >> power) >= 2 * LATENCY_STEPS)
    power++;
  int place = us < LATENCY_STEPS ? (int)us : (power + 1) * LATENCY_STEPS + (int)(us >> power) - LATENCY_STEPS;
  return place < LATENCY_STEPS * LATENCY_POWERS ? place : LATENCY_STEPS * LATENCY_POWERS - 1;
}

/* The largest latency of a place. */
static int64_t latency_of(int place)
{
  int power = place / LATENCY_STEPS - 1;
  if (power < 0)
    return place;
  return ((int64_t)(place % LATENCY_STEPS + LATENCY_STEPS + 1) << power) - 1;
}

void latency_add(struct latencies *l, int64_t us)
{
  l->counts[latency_place(us < 0 ? 0 : us)]++;
  l->n++;
  l->sum_us += us;
  if (us > l->max_us)
    l->max_us = us;
}

int64_t latency_at(const struct latencies *l, int per_mille)
{
  int64_t seen = 0, wanted = (l->n * per_mille + 999) / 1000;
  for (int place = 0; place < LATENCY_STEPS * LATENCY_POWERS; place++) {
    seen += l->counts[place];
    if (seen >= wanted && seen)
      return latency_of(place) < l->max_us ? latency_of(place) : l->max_us;
  }
  return 0;
}

int64_t bench_microseconds(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- Bytes ---- */

static void text_reserve(struct bench_text *t, size_t n)
{
  if (t->n + n + 1 <= t->cap)
    return;
  t->cap = (t->n + n + 1) * 2;
  t->at = realloc(t->at, t->cap);
  if (!t->at)
    abort();
}

void bench_text_add(struct bench_text *t, const char *bytes, size_t n)
{
  text_reserve(t, n);
  memcpy(t->at + t->n, bytes, n);
  t->n += n;
  t->at[t->n] = 0;
}

void bench_text_printf(struct bench_text *t, const char *fmt, ...)
{
  va_list args;
  text_reserve(t, 512);
  va_start(args, fmt);
  int n = vsnprintf(t->at + t->n, t->cap - t->n, fmt, args);
  va_end(args);
  if ((size_t)n >= t->cap - t->n) {
    text_reserve(t, (size_t)n);
    va_start(args, fmt);
    vsnprintf(t->at + t->n, t->cap - t->n, fmt, args);
    va_end(args);
  }
  t->n += (size_t)n;
}

void bench_text_free(struct bench_text *t)
{
  free(t->at);
  *t = (struct bench_text){0};
}

/* ---- Connections ---- */

struct connection {
  int fd;
  struct drive_kind *kind; /* NULL when it carries a single call */
  struct bench_text out, in;
  size_t sent;
  int64_t due_us; /* when the request under way was due; 0 = none is under way */
  int broken;     /* how often it broke under the request under way */
  struct connection *idle_next;
};

/* "127.0.0.1:8080" or -1. */
static int connect_to(const char *address)
{
  char host[64];
  const char *colon = strrchr(address, ':');
  struct sockaddr_in to = {.sin_family = AF_INET};
  if (!colon || (size_t)(colon - address) >= sizeof host)
    return -1;
  memcpy(host, address, (size_t)(colon - address));
  host[colon - address] = 0;
  to.sin_port = htons((uint16_t)atoi(colon + 1));
  if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
    return -1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
    close(fd);
    return -1;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/* Sends what is left. False when the connection broke. */
static bool connection_send(struct connection *c, int flags)
{
  while (c->sent < c->out.n) {
    ssize_t n = send(c->fd, c->out.at + c->sent, c->out.n - c->sent, flags | MSG_NOSIGNAL);
    if (n < 0)
      return errno == EAGAIN || errno == EINTR;
    c->sent += (size_t)n;
  }
  return true;
}

/* Reads once; *out_more = there may be more at once. False when the connection broke or was closed. */
static bool connection_read(struct connection *c, int flags, bool *out_more)
{
  text_reserve(&c->in, READ_CHUNK);
  size_t room = c->in.cap - c->in.n - 1;
  ssize_t n = recv(c->fd, c->in.at + c->in.n, room, flags);
  *out_more = n == (ssize_t)room || (n < 0 && errno == EINTR);
  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  c->in.n += (size_t)n;
  c->in.at[c->in.n] = 0;
  return n > 0;
}

/* Whether a whole answer is in: its status and body. Every answer of ours says its Content-Length. */
static bool answer_whole(const struct connection *c, int *out_status, const char **out_body, size_t *out_n)
{
  const char *end = c->in.n ? strstr(c->in.at, "\r\n\r\n") : NULL;
  if (!end)
    return false;
  const char *length = strcasestr(c->in.at, "\r\nContent-Length:");
  size_t n = length && length < end ? (size_t)strtoul(length + 17, NULL, 10) : 0;
  if (c->in.n < (size_t)(end + 4 - c->in.at) + n)
    return false;
  *out_status = atoi(c->in.at + 9);
  *out_body = end + 4;
  *out_n = n;
  return true;
}

static void connection_done(struct connection *c)
{
  if (c->fd >= 0)
    close(c->fd);
  bench_text_free(&c->out);
  bench_text_free(&c->in);
}

int drive_call(const char *address, const char *key, const char *method, const char *path, const char *body,
               struct bench_text *out)
{
  struct connection c = {.fd = connect_to(address)};
  struct timeval patience = {.tv_sec = CALL_SECONDS};
  const char *answer;
  size_t n;
  int status = 0;
  if (c.fd < 0)
    return 0;
  setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  bench_text_printf(&c.out, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s%s", method, path, address,
                    key ? "Authorization: Bearer " : "", key ? key : "", key ? "\r\n" : "");
  if (body)
    bench_text_printf(&c.out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
  bench_text_add(&c.out, "\r\n", 2);
  if (body)
    bench_text_add(&c.out, body, strlen(body));
  int64_t until = bench_microseconds() + CALL_SECONDS * INT64_C(1000000);
  bool alive = connection_send(&c, 0), more;
  while (alive && !answer_whole(&c, &status, &answer, &n) && bench_microseconds() < until)
    alive = connection_read(&c, 0, &more);
  if (answer_whole(&c, &status, &answer, &n) && out)
    bench_text_add(out, answer, n);
  connection_done(&c);
  return status;
}

/* ---- The loop ---- */

struct lane { /* of one kind */
  struct connection *idle;
  int64_t begun_us, asked; /* with a rate: request n is due at begun + n / rate */
};

struct loop {
  struct drive *drive;
  int epoll, under_way;
  struct connection connections[DRIVE_CONNECTIONS_MAX];
  int n;
  struct lane lanes[DRIVE_KINDS_MAX];
  int64_t until_us;
  bool ending;
};

static int64_t due_of(const struct drive_kind *kind, const struct lane *lane)
{
  return lane->begun_us + (int64_t)((double)lane->asked * 1e6 / kind->rate);
}

static bool attach(struct loop *l, struct connection *c)
{
  /* Edge-triggered: both directions are tried whenever anything moves. */
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  c->fd = connect_to(c->kind->address ? c->kind->address : l->drive->address);
  return c->fd >= 0 && epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) == 0;
}

/* A server closes connections that are idle for long, perhaps just as a request is on its way: that one is sent again,
 * as clients do whose requests have idempotency keys. False when it breaks again and again. */
static bool on_closed(struct loop *l, struct connection *c)
{
  close(c->fd);
  c->fd = -1;
  c->in.n = c->sent = 0;
  if (!c->due_us)
    return true; /* begin connects again */
  return c->broken++ < BROKEN_MAX && attach(l, c) && connection_send(c, MSG_DONTWAIT);
}

static bool begin(struct loop *l, struct connection *c, int64_t due_us)
{
  if (c->fd < 0 && !attach(l, c))
    return false;
  c->broken = 0;
  c->out.n = c->in.n = c->sent = 0;
  c->kind->ask(c->kind->arg, &c->out);
  c->due_us = due_us;
  l->under_way++;
  l->lanes[c->kind - l->drive->kinds].asked++;
  return connection_send(c, MSG_DONTWAIT) || on_closed(l, c);
}

/* Starts what is due on the connections that are idle; returns when the next one is due. */
static bool begin_due(struct loop *l, int64_t now, int64_t *out_next_us)
{
  *out_next_us = l->ending ? now + 100 * 1000 : l->until_us;
  for (int k = 0; k < l->drive->n_kinds && !l->ending; k++) {
    struct drive_kind *kind = &l->drive->kinds[k];
    struct lane *lane = &l->lanes[k];
    while (lane->idle) {
      int64_t due = kind->rate > 0 ? due_of(kind, lane) : now;
      if (due > now) {
        *out_next_us = due < *out_next_us ? due : *out_next_us;
        break;
      }
      struct connection *c = lane->idle;
      lane->idle = c->idle_next;
      if (!begin(l, c, due))
        return false;
    }
  }
  return true;
}

static void count_answer(struct drive_kind *kind, int status, const char *body, size_t n, int64_t us)
{
  latency_add(&kind->latencies, us);
  kind->answers++;
  if (kind->fine ? kind->fine(kind->arg, status, body, n) : status == kind->expect)
    return;
  if (kind->wrong++ == 0) {
    kind->wrong_status = status;
    snprintf(kind->wrong_body, sizeof kind->wrong_body, "%.*s", (int)(n < 230 ? n : 230), body);
  }
}

static bool on_ready(struct loop *l, struct connection *c, int64_t *now)
{
  const char *body;
  size_t n;
  int status;
  bool more = true;
  if (c->fd < 0)
    return true;
  if (!connection_send(c, MSG_DONTWAIT))
    return on_closed(l, c);
  while (more)
    if (!connection_read(c, MSG_DONTWAIT, &more))
      return on_closed(l, c);
  if (!c->due_us || !answer_whole(c, &status, &body, &n))
    return true;
  *now = bench_microseconds();
  count_answer(c->kind, status, body, n, *now - c->due_us);
  l->drive->took_us = *now;
  c->due_us = 0;
  l->under_way--;
  struct lane *lane = &l->lanes[c->kind - l->drive->kinds];
  c->idle_next = lane->idle;
  lane->idle = c;
  if (l->drive->answers_max && l->drive->kinds[0].answers >= l->drive->answers_max)
    l->ending = true;
  return true;
}

static bool connect_all(struct loop *l)
{
  struct drive *d = l->drive;
  for (int k = 0; k < d->n_kinds; k++) {
    for (int i = 0; i < d->kinds[k].connections && l->n < DRIVE_CONNECTIONS_MAX; i++) {
      struct connection *c = &l->connections[l->n++];
      *c = (struct connection){.fd = -1, .kind = &d->kinds[k], .idle_next = l->lanes[k].idle};
      if (!attach(l, c))
        return false;
      l->lanes[k].idle = c;
    }
  }
  return true;
}

static bool turn(struct loop *l)
{
  struct epoll_event events[EVENTS_MAX];
  int64_t now = bench_microseconds(), next;
  if (now >= l->until_us)
    l->ending = true;
  if (!begin_due(l, now, &next))
    return false;
  int64_t wait = next > now ? next - now : 0;
  struct timespec patience = {.tv_sec = wait / 1000000, .tv_nsec = wait % 1000000 * 1000};
  int n = epoll_pwait2(l->epoll, events, EVENTS_MAX, &patience, NULL);
  for (int i = 0; i < n; i++)
    if (!on_ready(l, events[i].data.ptr, &now))
      return false;
  return true;
}

bool drive_run(struct drive *d)
{
  struct loop *l = calloc(1, sizeof *l);
  if (!l)
    abort();
  l->drive = d;
  l->epoll = epoll_create1(EPOLL_CLOEXEC);
  bool fine = l->epoll >= 0 && d->n_kinds <= DRIVE_KINDS_MAX && connect_all(l);
  int64_t begun = bench_microseconds();
  l->until_us = begun + d->duration_ms * 1000;
  for (int k = 0; k < d->n_kinds; k++)
    l->lanes[k].begun_us = begun;
  d->took_us = begun;
  while (fine && !(l->ending && l->under_way == 0) && bench_microseconds() < l->until_us + LAST_ANSWERS_US)
    fine = turn(l);
  d->took_us -= begun;
  if (!fine)
    fprintf(stderr, "bench: a connection to %s cannot be made or broke: %s\n", d->address, strerror(errno));
  for (int i = 0; i < l->n; i++)
    connection_done(&l->connections[i]);
  if (l->epoll >= 0)
    close(l->epoll);
  free(l);
  return fine;
}
