/* What the calls share: a transfer of libcurl with its limits. */
#ifndef ORDO_NET_PRIV_H
#define ORDO_NET_PRIV_H

#include "net.h"

#include <curl/curl.h>

struct transfer {
  CURL *curl;
  struct arena *arena;
  const struct net_limits *limits;
  struct buf body; /* what came */
  size_t body_max;
  bool too_large, refused, stopped;
  struct curl_slist *headers;
  char error[CURL_ERROR_SIZE];
};

/* A transfer with all limits set; done by transfer_done on every way. */
void transfer_init(struct transfer *t, struct arena *a, const struct net_limits *limits);
void transfer_done(struct transfer *t);
/* Runs it: ERR_OK, or ERR_INVALID with *f. */
MUST_CHECK enum err transfer_run(struct transfer *t, struct net_fault *f);
enum err net_fail(struct arena *a, struct net_fault *f, enum net_error error, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Server, security, sign-in; url is "smtp" or "imap" and what follows the host. */
void transfer_server(struct transfer *t, const struct net_server *server, const char *scheme, const char *path);
/* No control characters: nothing that could end a line of a header or a command. */
bool text_on_a_line(const char *s);

#endif
