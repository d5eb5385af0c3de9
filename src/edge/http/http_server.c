/* Starting and stopping: the address, the limits, the library, the thread.
 */
#define _GNU_SOURCE
#include "http_priv.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

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
  TRY(proxies_read(s, fault));
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
    s->config.listen = s->config.trusted_proxies = NULL;
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
