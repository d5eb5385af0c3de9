/* The raw client of the tests. */
#define _GNU_SOURCE
#include "http_client_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

static struct client *open_with(int port, int receive_buffer)
{
  struct client *c = calloc(1, sizeof *c);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer)
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  if (connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0)
    return c;
  client_close(c);
  return NULL;
}

struct client *client_open(int port)
{
  return open_with(port, 0);
}

struct client *client_open_small(int port)
{
  return open_with(port, 4096);
}

void client_close(struct client *c)
{
  if (!c)
    return;
  close(c->fd);
  free(c->bytes);
  free(c);
}

bool client_send(struct client *c, const char *bytes, size_t n)
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

bool client_say(struct client *c, const char *text)
{
  return client_send(c, text, strlen(text));
}

/* One receive; 1 something, 0 the end, -1 nothing in ms. */
static int receive(struct client *c, int ms)
{
  struct pollfd p = {.fd = c->fd, .events = POLLIN};
  if (poll(&p, 1, ms) <= 0)
    return -1;
  if (c->cap - c->n < 65536) {
    c->cap = c->cap * 2 + 65536;
    c->bytes = realloc(c->bytes, c->cap + 1);
  }
  ssize_t n = recv(c->fd, c->bytes + c->n, c->cap - c->n, 0);
  if (n <= 0)
    return 0;
  c->n += (size_t)n;
  c->bytes[c->n] = 0;
  return 1;
}

static void consume(struct client *c, size_t n)
{
  c->n -= n;
  memmove(c->bytes, c->bytes + n, c->n + 1);
}

const char *answer_header(const struct answer *a, const char *name)
{
  static _Thread_local char value[1024];
  size_t n = strlen(name);
  for (const char *line = strstr(a->head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, name, n) == 0 && line[2 + n] == ':') {
      const char *from = line + 3 + n + strspn(line + 3 + n, " ");
      snprintf(value, sizeof value, "%.*s", (int)strcspn(from, "\r"), from);
      return value;
    }
  return NULL;
}

/* The end of a chunked body in the bytes, decoded in place to *n; 0 when more is needed. */
static size_t decode_chunks(char *bytes, size_t *n)
{
  char *probe = bytes;
  for (;;) { /* is it all there? */
    char *line = strstr(probe, "\r\n");
    if (!line)
      return 0;
    size_t size = strtoul(probe, NULL, 16);
    if (strlen(line) < size + 4 && memchr(line, 0, size + 4))
      return 0;
    probe = line + 2 + size + 2;
    if (size == 0)
      break;
  }
  size_t end = (size_t)(probe - bytes);
  *n = 0;
  for (char *at = bytes;;) {
    size_t size = strtoul(at, NULL, 16);
    char *data = strstr(at, "\r\n") + 2;
    if (size == 0)
      return end;
    memmove(bytes + *n, data, size);
    *n += size;
    at = data + size + 2;
  }
}

static size_t head_length(const struct client *c)
{
  const char *end = c->n ? strstr(c->bytes, "\r\n\r\n") : NULL;
  return end ? (size_t)(end - c->bytes) + 4 : 0;
}

void client_read(struct client *c, struct answer *out, bool head)
{
  out->status = 0;
  out->body[0] = 0;
  out->n_body = 0;
  size_t n_head;
  while (!(n_head = head_length(c))) {
    int how = receive(c, PATIENCE_MS);
    if (how < 1) {
      out->status = how;
      return;
    }
  }
  snprintf(out->head, sizeof out->head, "%.*s", (int)n_head, c->bytes);
  int status = atoi(out->head + 9);
  consume(c, n_head);
  const char *length = answer_header(out, "Content-Length");
  size_t n = length ? strtoul(length, NULL, 10) : 0, used = n;
  bool chunked = answer_header(out, "Transfer-Encoding");
  bool bodyless = head || status == 204 || status == 304 || status < 200;
  while (!bodyless && (chunked ? !(used = c->n ? decode_chunks(c->bytes, &n) : 0) : c->n < n))
    if (receive(c, PATIENCE_MS) < 1)
      return;
  out->status = status;
  if (bodyless || !c->n)
    return;
  assert(n < sizeof out->body);
  memcpy(out->body, c->bytes, n);
  out->body[n] = 0;
  out->n_body = n;
  consume(c, used);
}

bool client_closed(struct client *c, int ms)
{
  for (;;) {
    int how = receive(c, ms);
    if (how < 1)
      return how == 0;
  }
}

void client_finish(struct client *c)
{
  shutdown(c->fd, SHUT_WR);
}

size_t client_gather(struct client *c, size_t n, int ms)
{
  while (c->n < n && receive(c, ms) == 1)
    ;
  return c->n;
}
