/* Replies that go on: bytes are queued by any thread and fetched by libmicrohttpd's content reader, which suspends the
 * connection when there is nothing. The first bytes after that put the stream on the server's waking list, so that a
 * batch of events for many streams wakes the loop once.
 */
#include "http_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { READ_BLOCK = 16 * 1024 };

static void stream_release(struct http_stream *s) /* with the lock not held */
{
  struct http_server *server = s->server;
  pthread_mutex_lock(&server->lock);
  bool last = --s->holders == 0;
  pthread_mutex_unlock(&server->lock);
  if (!last)
    return;
  free(s->bytes);
  free(s);
  server_release(server);
}

/* Puts s before the loop; with the lock held. */
static void wake(struct http_stream *s)
{
  if (s->queued || s->closed)
    return;
  s->queued = true;
  s->holders++;
  s->next_wake = s->server->waking;
  s->server->waking = s;
  server_wake(s->server);
}

/* Appends with the lock held; false when the bytes would pass the limit. A single message may be larger than it: a
 * reader that has taken all before is not slow, and would stumble over the same message each time it comes back. */
static bool enqueue(struct http_stream *s, const void *bytes, size_t n)
{
  if (s->n > 0 && s->n + n > s->server->config.limits.stream)
    return false;
  if (s->from + s->n + n > s->cap) {
    memmove(s->bytes, s->bytes + s->from, s->n);
    s->from = 0;
    size_t cap = s->cap;
    while (s->n + n > cap)
      cap = cap ? cap * 2 : 4096;
    if (cap > s->cap) {
      char *grown = realloc(s->bytes, cap);
      if (!grown)
        return false;
      s->bytes = grown;
      s->cap = cap;
    }
  }
  memcpy(s->bytes + s->from + s->n, bytes, n);
  s->n += n;
  return true;
}

struct http_stream *http_stream_begin(struct http_request *rq, const struct http_reply *head,
                                      void (*on_closed)(void *arg), void *arg)
{
  struct exchange *x = (struct exchange *)rq;
  struct http_server *server = x->server;
  struct http_stream *s = calloc(1, sizeof *s);
  if (!s || !(s->bytes = malloc(4096)))
    abort();
  atomic_fetch_add(&server->holders, 1);
  *s = (struct http_stream){.server = server, .on_closed = on_closed, .arg = arg, .holders = 1, .bytes = s->bytes,
                            .cap = 4096};
  if (head->n_body)
    enqueue(s, head->body, head->n_body);
  pthread_mutex_lock(&server->lock);
  bool born_closed = x->abandoned;
  if (born_closed) {
    s->closed = true;
  } else {
    s->holders++;
    x->stream = s;
    x->reply = *head;
    exchange_answered(x);
    COUNT(server, streams, 1);
  }
  pthread_mutex_unlock(&server->lock);
  if (born_closed && on_closed)
    on_closed(arg);
  exchange_release(x);
  return s;
}

bool http_stream_send(struct http_stream *s, const void *bytes, size_t n)
{
  pthread_mutex_lock(&s->server->lock);
  bool open = !s->closed && !s->dropped && !s->ended;
  if (open && !enqueue(s, bytes, n)) {
    s->dropped = true;
    open = false;
    wake(s);
  } else if (open && n) {
    wake(s);
  }
  pthread_mutex_unlock(&s->server->lock);
  return open;
}

void stream_stop(struct http_stream *s)
{
  pthread_mutex_lock(&s->server->lock);
  s->ended = true;
  wake(s);
  pthread_mutex_unlock(&s->server->lock);
}

void http_stream_end(struct http_stream *s)
{
  if (!s)
    return;
  stream_stop(s);
  stream_release(s);
}

/* ---- The loop's side ---- */

/* libmicrohttpd asks for up to max bytes. */
static ssize_t read_stream(void *cls, uint64_t position, char *out, size_t max)
{
  (void)position;
  struct http_stream *s = cls;
  pthread_mutex_lock(&s->server->lock);
  size_t n = s->dropped ? 0 : s->n < max ? s->n : max;
  memcpy(out, s->bytes + s->from, n);
  s->from += n;
  s->n -= n;
  if (s->n == 0)
    s->from = 0;
  bool dropped = s->dropped, ended = s->ended;
  pthread_mutex_unlock(&s->server->lock);
  s->sent += (int64_t)n;
  if (n)
    return (ssize_t)n;
  if (dropped)
    return MHD_CONTENT_READER_END_WITH_ERROR;
  if (ended)
    return MHD_CONTENT_READER_END_OF_STREAM;
  s->suspended = true;
  MHD_suspend_connection(s->x->connection);
  return 0;
}

struct MHD_Response *stream_response(struct http_stream *s)
{
  return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, READ_BLOCK, read_stream, s, NULL);
}

void stream_attach(struct http_stream *s, struct exchange *x)
{
  s->x = x;
  if (s->server->stage == SERVER_STOPS)
    stream_stop(s);
}

void streams_wake(struct http_stream *list)
{
  while (list) {
    struct http_stream *s = list;
    struct http_server *server = s->server;
    list = s->next_wake;
    pthread_mutex_lock(&server->lock);
    s->queued = false;
    bool dropped = s->dropped;
    pthread_mutex_unlock(&server->lock);
    if (s->x && dropped)
      shutdown(s->x->link->fd, SHUT_RDWR); /* its send buffer is full: only this makes the library look again */
    if (s->x && s->suspended) {
      s->suspended = false;
      MHD_resume_connection(s->x->connection);
    }
    stream_release(s);
  }
}

void stream_drop(struct http_stream *s)
{
  pthread_mutex_lock(&s->server->lock);
  s->dropped = true;
  wake(s);
  pthread_mutex_unlock(&s->server->lock);
}

void stream_closed(struct http_stream *s)
{
  pthread_mutex_lock(&s->server->lock);
  s->closed = true;
  s->n = 0;
  pthread_mutex_unlock(&s->server->lock);
  s->x = NULL;
  s->suspended = false;
  COUNT(s->server, streams, -1);
  if (s->on_closed)
    s->on_closed(s->arg);
  stream_release(s);
}
