/* Two threads a connection: one reads the client's messages and decides, the other hands back what the server says. */
#include "proxy.h"

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NAMES_MAX = 16, NAME_BYTES = 64, CHUNK = 1 << 16, HEAD = 5 };
enum { CODE_CANCEL = 80877102, CODE_SSL = 80877103, CODE_GSS = 80877104 };

/* What a statement is to us. */
enum word { WORD_OTHER, WORD_BEGIN, WORD_COMMIT, WORD_ROLLBACK };

struct wire {
  struct proxy *proxy;
  struct wire *next;
  int client, server;
  pthread_t asking, answering;
  char *in; /* the client's bytes that are not a whole message yet */
  size_t n, cap;
  bool started; /* the start-up message, which has no type, is through */
  struct {
    char name[NAME_BYTES];
    enum word word;
  } names[NAMES_MAX]; /* prepared statements that begin or end a transaction */
  int n_names;
  enum word bound;      /* what the next Execute does */
  int64_t leave_asking; /* bytes of the client's messages that still go through; -1 = all */
  atomic_llong leave_answering;
};
struct proxy {
  int listener, port, to;
  pthread_t accepting;
  pthread_mutex_t lock; /* of all below */
  struct wire *wires;
  enum proxy_cut cut;
  int64_t bytes;
  int every, seen;
  int cuts, commits;
};

/* ---- Cutting ---- */

static void cut(struct wire *w)
{
  shutdown(w->client, SHUT_RDWR);
  shutdown(w->server, SHUT_RDWR);
}

static void count_cut(struct wire *w)
{
  pthread_mutex_lock(&w->proxy->lock);
  w->proxy->cuts++;
  pthread_mutex_unlock(&w->proxy->lock);
  cut(w);
}

/* Whether the plan is for this message; *out_bytes = after how many bytes. */
static bool is_due(struct proxy *p, enum word word, enum proxy_cut *out, int64_t *out_bytes)
{
  pthread_mutex_lock(&p->lock);
  p->commits += word == WORD_COMMIT;
  bool meant = p->cut != PROXY_PASSES && word == (p->cut == PROXY_CUTS_WRITES ? WORD_BEGIN : WORD_COMMIT);
  bool due = meant && ++p->seen % p->every == 0;
  *out = p->cut;
  *out_bytes = p->bytes;
  pthread_mutex_unlock(&p->lock);
  return due;
}

static bool is_over(struct proxy *p)
{
  pthread_mutex_lock(&p->lock);
  bool over = p->cut == PROXY_PASSES;
  pthread_mutex_unlock(&p->lock);
  return over;
}

static bool send_all(int fd, const char *bytes, size_t n)
{
  while (n) {
    ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes += sent;
    n -= (size_t)sent;
  }
  return true;
}

/* ---- What clients ask ---- */

static enum word word_of(const char *sql)
{
  return strncasecmp(sql, "BEGIN", 5) == 0      ? WORD_BEGIN
         : strncasecmp(sql, "COMMIT", 6) == 0   ? WORD_COMMIT
         : strncasecmp(sql, "ROLLBACK", 8) == 0 ? WORD_ROLLBACK
                                                : WORD_OTHER;
}

static enum word word_named(const struct wire *w, const char *name)
{
  for (int i = 0; i < w->n_names; i++)
    if (strcmp(w->names[i].name, name) == 0)
      return w->names[i].word;
  return WORD_OTHER;
}

static void remember(struct wire *w, const char *name, enum word word)
{
  int i = 0;
  while (i < w->n_names && strcmp(w->names[i].name, name) != 0)
    i++;
  if (i == NAMES_MAX || (i == w->n_names && word == WORD_OTHER))
    return;
  strncpy(w->names[i].name, name, NAME_BYTES - 1);
  w->names[i].word = word;
  w->n_names += i == w->n_names;
}

/* What a whole message does: Query at once, Parse and Bind towards the Execute that follows. */
static enum word read_message(struct wire *w, const char *message)
{
  const char *first = message + HEAD, *second = first + strlen(first) + 1;
  switch (*message) {
  case 'Q':
    return word_of(first);
  case 'P': /* name, text */
    remember(w, first, word_of(second));
    return WORD_OTHER;
  case 'B': /* portal, name */
    w->bound = word_named(w, second);
    return WORD_OTHER;
  case 'E': {
    enum word word = w->bound;
    w->bound = WORD_OTHER;
    return word;
  }
  default:
    return WORD_OTHER;
  }
}

/* Hands a message on as far as the plan lets it; false when that was the end. */
static bool pass(struct wire *w, const char *message, size_t n)
{
  enum proxy_cut how;
  int64_t bytes;
  enum word word = w->started ? read_message(w, message) : WORD_OTHER;
  if (word == WORD_COMMIT || word == WORD_ROLLBACK || is_over(w->proxy))
    w->leave_asking = -1; /* it did not write as much as the plan waited for */
  bool at_once = false;
  if (word != WORD_OTHER && is_due(w->proxy, word, &how, &bytes)) {
    if (how == PROXY_CUTS_ANSWER) {
      at_once = bytes < 0;
      atomic_store(&w->leave_answering, bytes);
    } else {
      int64_t most = how == PROXY_CUTS_ASK ? (int64_t)n - 1 : bytes;
      w->leave_asking = bytes < most ? bytes : most;
    }
  }
  if (w->leave_asking >= 0 && w->leave_asking < (int64_t)n) {
    send_all(w->server, message, (size_t)w->leave_asking);
    count_cut(w);
    return false;
  }
  if (w->leave_asking >= 0)
    w->leave_asking -= (int64_t)n;
  if (!send_all(w->server, message, n))
    return false;
  if (at_once)
    count_cut(w);
  return !at_once;
}

/* The length of the first message, or 0 when it is not whole. */
static size_t whole(const struct wire *w)
{
  size_t head = w->started ? 1 : 0;
  uint32_t length;
  if (w->n < head + 4)
    return 0;
  memcpy(&length, w->in + head, 4);
  size_t n = head + be32toh(length);
  return w->n >= n ? n : 0;
}

/* Requests for encryption and to cancel have no type either, and come before the start-up message. */
static bool is_start_up(const struct wire *w)
{
  uint32_t code;
  memcpy(&code, w->in + 4, 4);
  code = be32toh(code);
  return code != CODE_CANCEL && code != CODE_SSL && code != CODE_GSS;
}

static void *ask_main(void *arg)
{
  struct wire *w = arg;
  for (bool alive = true; alive;) {
    if (w->cap - w->n < CHUNK)
      w->in = realloc(w->in, w->cap = w->cap * 2 + 2 * CHUNK);
    ssize_t got = recv(w->client, w->in + w->n, CHUNK, 0);
    alive = got > 0;
    w->n += alive ? (size_t)got : 0;
    for (size_t n; alive && (n = whole(w)) > 0;) {
      alive = pass(w, w->in, n);
      w->started = w->started || is_start_up(w);
      memmove(w->in, w->in + n, w->n - n);
      w->n -= n;
    }
  }
  cut(w);
  return NULL;
}

/* ---- What the server answers ---- */

static void *answer_main(void *arg)
{
  struct wire *w = arg;
  char bytes[CHUNK];
  ssize_t n;
  while ((n = recv(w->server, bytes, sizeof bytes, 0)) > 0) {
    long long leave = atomic_load(&w->leave_answering);
    if (leave >= 0 && leave <= n) {
      send_all(w->client, bytes, (size_t)leave);
      count_cut(w);
      break;
    }
    if (leave >= 0)
      atomic_store(&w->leave_answering, leave - n);
    if (!send_all(w->client, bytes, (size_t)n))
      break;
  }
  cut(w);
  return NULL;
}

/* ---- Connections ---- */

static struct sockaddr_in on_loopback(int port)
{
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int connect_to(int port)
{
  struct sockaddr_in to = on_loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
    return fd;
  close(fd);
  return -1;
}

static void wire_start(struct proxy *p, int client)
{
  int server = connect_to(p->to);
  if (server < 0) {
    close(client);
    return;
  }
  struct wire *w = calloc(1, sizeof *w);
  *w = (struct wire){.proxy = p, .client = client, .server = server, .leave_asking = -1};
  atomic_init(&w->leave_answering, -1);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  pthread_create(&w->asking, NULL, ask_main, w);
  pthread_create(&w->answering, NULL, answer_main, w);
  pthread_mutex_lock(&p->lock);
  w->next = p->wires;
  p->wires = w;
  pthread_mutex_unlock(&p->lock);
}

static void *accept_main(void *arg)
{
  struct proxy *p = arg;
  int client;
  while ((client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    wire_start(p, client);
  return NULL;
}

struct proxy *proxy_new(int port)
{
  struct proxy *p = calloc(1, sizeof *p);
  struct sockaddr_in here = on_loopback(0);
  socklen_t n = sizeof here;
  p->to = port;
  pthread_mutex_init(&p->lock, NULL);
  p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool fine = bind(p->listener, (struct sockaddr *)&here, sizeof here) == 0 && listen(p->listener, 64) == 0 &&
              getsockname(p->listener, (struct sockaddr *)&here, &n) == 0;
  assert(fine);
  p->port = ntohs(here.sin_port);
  pthread_create(&p->accepting, NULL, accept_main, p);
  return p;
}

void proxy_free(struct proxy *p)
{
  if (!p)
    return;
  shutdown(p->listener, SHUT_RDWR);
  pthread_join(p->accepting, NULL);
  close(p->listener);
  for (struct wire *w = p->wires, *next; w; w = next) {
    next = w->next;
    cut(w);
    pthread_join(w->asking, NULL);
    pthread_join(w->answering, NULL);
    close(w->client);
    close(w->server);
    free(w->in);
    free(w);
  }
  free(p);
}

int proxy_port(const struct proxy *p)
{
  return p->port;
}

void proxy_plan(struct proxy *p, enum proxy_cut how, int64_t bytes, int every)
{
  assert(every > 0);
  pthread_mutex_lock(&p->lock);
  p->cut = how;
  p->bytes = bytes;
  p->every = every;
  p->seen = 0;
  pthread_mutex_unlock(&p->lock);
}

int proxy_cuts(struct proxy *p)
{
  pthread_mutex_lock(&p->lock);
  int n = p->cuts;
  pthread_mutex_unlock(&p->lock);
  return n;
}

int proxy_commits(struct proxy *p)
{
  pthread_mutex_lock(&p->lock);
  int n = p->commits;
  pthread_mutex_unlock(&p->lock);
  return n;
}
