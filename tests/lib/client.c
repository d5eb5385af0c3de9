/* One connection, one buffer. Reads heads, bodies by length and chunked bodies; that is all our server sends. */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client {
  char host[64], key[256], header[512];
  int port, fd, patience_ms;
  char *at; /* what was received: head, then body */
  size_t n, cap, n_head;
};

int64_t monotonic_ms(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct client *client_new(const char *address, const char *key)
{
  struct client *c = calloc(1, sizeof *c);
  const char *colon = strrchr(address, ':');
  assert(colon);
  snprintf(c->host, sizeof c->host, "%.*s", (int)(colon - address), address);
  snprintf(c->key, sizeof c->key, "%s", key ? key : "");
  c->port = (int)strtol(colon + 1, NULL, 10);
  c->fd = -1;
  c->patience_ms = CLIENT_PATIENCE_MS;
  return c;
}

void client_close(struct client *c)
{
  if (c->fd >= 0)
    close(c->fd);
  c->fd = -1;
  c->n = 0;
}

void client_free(struct client *c)
{
  if (!c)
    return;
  client_close(c);
  free(c->at);
  free(c);
}

void client_patience(struct client *c, int ms)
{
  c->patience_ms = ms;
}

static bool connected(struct client *c)
{
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port)};
  if (c->fd >= 0)
    return true;
  inet_pton(AF_INET, c->host, &to.sin_addr);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0)
    return true;
  client_close(c);
  return false;
}

static bool send_all(struct client *c, const char *bytes, size_t n)
{
  while (n) {
    ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes += sent;
    n -= (size_t)sent;
  }
  return true;
}

static bool send_request(struct client *c, const struct request *rq)
{
  size_t n_body = rq->body && !rq->n_body ? strlen(rq->body) : rq->n_body;
  const char *type = rq->content_type ? rq->content_type : rq->body ? "application/json" : "";
  const char *key = rq->key ? rq->key : c->key;
  size_t cap = 2048 + strlen(rq->path) + (rq->headers ? strlen(rq->headers) : 0) + n_body;
  char *text = malloc(cap);
  size_t n = (size_t)snprintf(text, cap, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n", rq->method, rq->path, c->host, c->port);
  const struct {
    const char *name, *value;
  } lines[] = {
      {"Authorization: Bearer ", *key ? key : NULL  },
      {"Idempotency-Key: ",      rq->idempotency_key},
      {"If-Match: ",             rq->if_match       },
      {"Content-Type: ",         *type ? type : NULL}
  };
  for (size_t i = 0; i < COUNT_OF(lines); i++)
    if (lines[i].value)
      n += (size_t)snprintf(text + n, cap - n, "%s%s\r\n", lines[i].name, lines[i].value);
  if (rq->body || strcmp(rq->method, "GET") != 0)
    n += (size_t)snprintf(text + n, cap - n, "Content-Length: %zu\r\n", rq->claims ? rq->claims : n_body);
  n += (size_t)snprintf(text + n, cap - n, "%s\r\n", rq->headers ? rq->headers : "");
  assert(n + n_body <= cap);
  if (rq->claims)
    n_body = 0;
  if (n_body)
    memcpy(text + n, rq->body, n_body);
  bool sent = send_all(c, text, n + n_body);
  free(text);
  return sent;
}

/* Takes what has come, or waits for it at most ms. */
static enum called receive(struct client *c, int64_t ms)
{
  struct pollfd p = {.fd = c->fd, .events = POLLIN};
  if (poll(&p, 1, ms < 0 ? 0 : (int)ms) <= 0)
    return CALL_LATE;
  if (c->cap - c->n < 65536) {
    c->cap = c->cap * 2 + 131072;
    c->at = realloc(c->at, c->cap);
  }
  ssize_t n = recv(c->fd, c->at + c->n, c->cap - c->n - 1, 0);
  if (n <= 0)
    return CALL_BROKEN;
  c->n += (size_t)n;
  c->at[c->n] = 0;
  return CALL_ANSWERED;
}

static const char *find_header(const char *head, const char *name)
{
  size_t n = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':')
      return line + 3 + n + strspn(line + 3 + n, " ");
  return NULL;
}

const char *client_header(struct client *c, const struct answer *a, const char *name)
{
  const char *value = find_header(a->head, name);
  if (!value)
    return NULL;
  snprintf(c->header, sizeof c->header, "%.*s", (int)strcspn(value, "\r"), value);
  return c->header;
}

/* Takes the chunk sizes out of what is there; true when the last chunk has come. */
static bool dechunk(char *body, size_t n, size_t *out_n)
{
  size_t from = 0, to = 0;
  for (;;) {
    char *line = memmem(body + from, n - from, "\r\n", 2);
    if (!line)
      return false;
    size_t size = strtoul(body + from, NULL, 16);
    from = (size_t)(line - body) + 2;
    if (n - from < size + 2)
      return false;
    if (out_n) {
      memmove(body + to, body + from, size);
      to += size;
    }
    from += size + 2;
    if (size == 0)
      break;
  }
  if (out_n) {
    *out_n = to;
    body[to] = 0;
  }
  return true;
}

/* Whether the whole answer is there. */
static bool complete(struct client *c, struct answer *out)
{
  const char *length = find_header(c->at, "Content-Length"), *chunked = find_header(c->at, "Transfer-Encoding");
  char *body = c->at + c->n_head;
  size_t have = c->n - c->n_head;
  out->n_body = length ? strtoul(length, NULL, 10) : 0;
  if (!length && chunked)
    return dechunk(body, have, NULL) && dechunk(body, have, &out->n_body);
  return have >= out->n_body;
}

static enum called read_head(struct client *c, int64_t until, struct answer *out)
{
  c->n = 0;
  char *end = NULL;
  while (!end) {
    enum called got = receive(c, until - monotonic_ms());
    if (got != CALL_ANSWERED)
      return got;
    end = memmem(c->at, c->n, "\r\n\r\n", 4);
  }
  end[2] = 0; /* the head ends with its last line */
  c->n_head = (size_t)(end - c->at) + 4;
  *out = (struct answer){.status = (int)strtol(c->at + 9, NULL, 10), .head = c->at};
  return CALL_ANSWERED;
}

enum called client_begin(struct client *c, const struct request *rq, struct answer *out)
{
  if (!connected(c))
    return CALL_REFUSED;
  enum called got = send_request(c, rq) ? read_head(c, monotonic_ms() + c->patience_ms, out) : CALL_BROKEN;
  if (got != CALL_ANSWERED)
    client_close(c);
  return got;
}

/* What follows the head. */
static enum called read_body(struct client *c, enum called got, int64_t until, struct answer *out)
{
  while (got == CALL_ANSWERED && !complete(c, out)) {
    got = receive(c, until - monotonic_ms());
    out->head = c->at; /* it may have moved */
  }
  if (got != CALL_ANSWERED) {
    client_close(c);
    return got;
  }
  out->body = c->at + c->n_head;
  c->at[c->n_head + out->n_body] = 0;
  const char *connection = find_header(c->at, "Connection");
  if (connection && strncasecmp(connection, "close", 5) == 0) {
    close(c->fd);
    c->fd = -1;
  }
  return CALL_ANSWERED;
}

enum called client_call(struct client *c, const struct request *rq, struct answer *out)
{
  int64_t until = monotonic_ms() + c->patience_ms;
  return read_body(c, client_begin(c, rq, out), until, out);
}

bool client_ask(struct client *c, const struct request *rq)
{
  return connected(c) && send_request(c, rq);
}

enum called client_answer(struct client *c, struct answer *out)
{
  int64_t until = monotonic_ms() + c->patience_ms;
  return read_body(c, read_head(c, until, out), until, out);
}

bool client_ended(struct client *c)
{
  static const char last[] = "\r\n0\r\n\r\n";
  struct pollfd p = {.fd = c->fd, .events = POLLIN};
  char byte;
  bool chunked = c->n >= sizeof last - 1 && memcmp(c->at + c->n - (sizeof last - 1), last, sizeof last - 1) == 0;
  return chunked || (poll(&p, 1, 0) > 0 && recv(c->fd, &byte, 1, MSG_PEEK) <= 0);
}

bool client_more(struct client *c, int ms, const char **out)
{
  bool came = receive(c, ms) == CALL_ANSWERED;
  *out = c->at + c->n_head;
  return came;
}
