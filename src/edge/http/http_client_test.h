/* A client for tests that says exactly the bytes it is told to, and reads replies one by one. Waits 10 s at most. */
#ifndef ORDO_HTTP_CLIENT_TEST_H
#define ORDO_HTTP_CLIENT_TEST_H

#include "base.h"

struct client {
  int fd;
  char *bytes; /* received and not yet read */
  size_t n, cap;
};

struct answer {
  int status; /* 0: the connection ended, -1: nothing came in time */
  char head[4096];
  char body[64 * 1024]; /* NUL-terminated */
  size_t n_body;
};

struct client *client_open(int port);
struct client *client_open_small(int port); /* with a small receive buffer: a slow reader */
void client_close(struct client *c);        /* accepts NULL */
bool client_send(struct client *c, const char *bytes, size_t n);
bool client_say(struct client *c, const char *text);
/* Reads one reply: with Content-Length, chunked, without body (head: the request was HEAD), or until the end. */
void client_read(struct client *c, struct answer *out, bool head);
/* Waits until the other side closes, throwing away what comes. False when that did not happen in ms. */
bool client_closed(struct client *c, int ms);
/* Receives until n bytes are there or ms have passed; returns how many are. */
size_t client_gather(struct client *c, size_t n, int ms);
/* No more will be said: the other side reads the end. */
void client_finish(struct client *c);
/* The value of a header of the answer, in a buffer of this thread; NULL when not there. */
const char *answer_header(const struct answer *a, const char *name);

#endif
