/* A server that listens. */
#include "receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 1 << 20, AWAIT_MS = 60000, RECEIVED_MAX = 200000 };

struct receiver {
  int listener, port;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t idle;
  int open; /* connections */
  bool closing;
  int (*decide)(void *arg, const struct received *rq);
  void *arg;
  struct arena *arena;
  struct received **all;
  int n;
};

struct connection {
  struct receiver *r;
  int fd;
};

static int64_t now_ms(void)
{
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

/* ---- Reading ---- */

/* The value of a header in a head, or NULL; *n its length. */
static const char *find_header(const char *head, const char *name, size_t *n)
{
  size_t length = strlen(name);
  for (const char *line = strchr(head, '\n'); line; line = strchr(line + 1, '\n')) {
    if (strncasecmp(line + 1, name, length) != 0 || line[1 + length] != ':')
      continue;
    const char *value = line + 2 + length;
    value += strspn(value, " ");
    *n = strcspn(value, "\r\n");
    return value;
  }
  return NULL;
}

/* The whole request in a block; NULL when the other side hung up. */
static char *read_request(int fd, size_t *out_head)
{
  char *at = calloc(1, REQUEST_MAX);
  size_t n = 0, want = 0;
  assert(at);
  for (;;) {
    ssize_t got = n < REQUEST_MAX - 1 ? read(fd, at + n, REQUEST_MAX - 1 - n) : 0;
    if (got <= 0)
      break;
    n += (size_t)got;
    char *end = strstr(at, "\r\n\r\n");
    size_t length = 0;
    if (!end)
      continue;
    const char *value = find_header(at, "content-length", &length);
    *out_head = (size_t)(end - at) + 4;
    want = *out_head + (value ? (size_t)strtoul(value, NULL, 10) : 0);
    if (n >= want)
      return at;
  }
  free(at);
  return NULL;
}

const char *received_header(struct receiver *r, const struct received *rq, const char *name)
{
  size_t n;
  const char *value = find_header(rq->head, name, &n);
  pthread_mutex_lock(&r->lock);
  const char *copy = value ? arena_textn(r->arena, value, n) : "";
  pthread_mutex_unlock(&r->lock);
  return copy;
}

/* ---- Remembering and answering ---- */

static bool same_id(const struct received *a, const char *id, size_t n)
{
  size_t other;
  const char *value = find_header(a->head, "webhook-id", &other);
  return value && id && other == n && strncmp(value, id, n) == 0;
}

static struct received *remember(struct receiver *r, const char *bytes, size_t head)
{
  struct received *rq = ARENA_NEW(r->arena, struct received);
  size_t method = strcspn(bytes, " "), path = strcspn(bytes + method + 1, " "), n = 0;
  rq->method = arena_textn(r->arena, bytes, method);
  rq->path = arena_textn(r->arena, bytes + method + 1, path);
  rq->head = arena_textn(r->arena, bytes, head);
  rq->body = arena_text(r->arena, bytes + head);
  rq->at_ms = now_ms();
  const char *id = find_header(rq->head, "webhook-id", &n);
  for (int i = r->n - 1; id && i >= 0 && r->n < 5000; i--)
    rq->nth += same_id(r->all[i], id, n);
  assert(r->n < RECEIVED_MAX);
  rq->status = r->decide ? r->decide(r->arg, rq) : 200;
  r->all[r->n++] = rq;
  return rq;
}

static void say(int fd, int status)
{
  char text[200];
  int n = snprintf(text, sizeof text,
                   "HTTP/1.1 %d So\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n"
                   "Connection: close\r\n\r\nanswered\n",
                   status);
  ssize_t written = write(fd, text, (size_t)n);
  (void)written;
}

/* Until the other side gives up, or all is over. */
static void be_slow(struct receiver *r, int fd)
{
  for (bool over = false; !over;) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char byte;
    over = poll(&p, 1, 50) > 0 && read(fd, &byte, 1) <= 0;
    pthread_mutex_lock(&r->lock);
    over = over || r->closing;
    pthread_mutex_unlock(&r->lock);
  }
}

static void *serve(void *arg)
{
  struct connection *c = arg;
  struct receiver *r = c->r;
  size_t head = 0;
  char *bytes = read_request(c->fd, &head);
  if (bytes) {
    pthread_mutex_lock(&r->lock);
    int status = remember(r, bytes, head)->status;
    pthread_mutex_unlock(&r->lock);
    if (status > 0 || status == RECEIVER_TWICE)
      say(c->fd, status > 0 ? status : 200);
    if (status == RECEIVER_TWICE)
      say(c->fd, 200);
    if (status == RECEIVER_SLOW)
      be_slow(r, c->fd);
  }
  free(bytes);
  close(c->fd);
  free(c);
  pthread_mutex_lock(&r->lock);
  r->open--;
  pthread_cond_signal(&r->idle);
  pthread_mutex_unlock(&r->lock);
  return NULL;
}

static void *listen_main(void *arg)
{
  struct receiver *r = arg;
  int fd;
  while ((fd = accept(r->listener, NULL, NULL)) >= 0) {
    struct connection *c = calloc(1, sizeof *c);
    pthread_t thread;
    *c = (struct connection){r, fd};
    pthread_mutex_lock(&r->lock);
    r->open++;
    pthread_mutex_unlock(&r->lock);
    if (pthread_create(&thread, NULL, serve, c) == 0)
      pthread_detach(thread);
    else
      abort();
  }
  return NULL;
}

/* ---- Opening and closing ---- */

static void receiver_close(void *arg)
{
  struct receiver *r = arg;
  shutdown(r->listener, SHUT_RDWR);
  pthread_join(r->thread, NULL);
  pthread_mutex_lock(&r->lock);
  r->closing = true;
  while (r->open)
    pthread_cond_wait(&r->idle, &r->lock);
  pthread_mutex_unlock(&r->lock);
  close(r->listener);
  arena_free(r->arena);
  free(r->all);
  free(r);
}

struct receiver *receiver_open(struct test *t)
{
  struct receiver *r = calloc(1, sizeof *r);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof at;
  r->arena = arena_new((size_t)1 << 30);
  r->all = calloc(RECEIVED_MAX, sizeof *r->all);
  pthread_mutex_init(&r->lock, NULL);
  pthread_cond_init(&r->idle, NULL);
  r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(bind(r->listener, (struct sockaddr *)(void *)&at, sizeof at) == 0 && listen(r->listener, 64) == 0);
  CHECK(getsockname(r->listener, (struct sockaddr *)(void *)&at, &n) == 0);
  r->port = ntohs(at.sin_port);
  CHECK(pthread_create(&r->thread, NULL, listen_main, r) == 0);
  arena_defer(t->arena, receiver_close, r);
  return r;
}

const char *receiver_url(struct receiver *r, const char *path)
{
  pthread_mutex_lock(&r->lock);
  const char *url = arena_printf(r->arena, "http://127.0.0.1:%d%s", r->port, path);
  pthread_mutex_unlock(&r->lock);
  return url;
}

void receiver_decide(struct receiver *r, int (*decide)(void *arg, const struct received *rq), void *arg)
{
  pthread_mutex_lock(&r->lock);
  r->decide = decide;
  r->arg = arg;
  pthread_mutex_unlock(&r->lock);
}

static int always(void *arg, const struct received *rq)
{
  (void)rq;
  return (int)(intptr_t)arg;
}

void receiver_status(struct receiver *r, int status)
{
  receiver_decide(r, always, (void *)(intptr_t)status);
}

int receiver_n(struct receiver *r)
{
  pthread_mutex_lock(&r->lock);
  int n = r->n;
  pthread_mutex_unlock(&r->lock);
  return n;
}

const struct received *receiver_at(struct receiver *r, int i)
{
  pthread_mutex_lock(&r->lock);
  const struct received *rq = i < r->n ? r->all[i] : NULL;
  pthread_mutex_unlock(&r->lock);
  CHECK(rq != NULL);
  return rq;
}

void receiver_await(struct receiver *r, int n)
{
  int64_t until = now_ms() + AWAIT_MS;
  while (receiver_n(r) < n && now_ms() < until)
    poll(NULL, 0, 20);
  if (receiver_n(r) < n)
    test_check_int(__FILE__, __LINE__, "requests received", receiver_n(r), n);
}
