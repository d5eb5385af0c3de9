/* proxy - stands between a server and its PostgreSQL and cuts connections where it hurts: in the middle of a COMMIT.
 *
 * It reads what clients send message by message and knows a COMMIT when it passes. A thread of this process; listens on
 * loopback.
 */
#ifndef ORDO_PROXY_H
#define ORDO_PROXY_H

#include "base.h"

enum proxy_cut {
  PROXY_PASSES,      /* everything goes through */
  PROXY_CUTS_ASK,    /* so many bytes of the COMMIT itself go to the server, then both sides lose the connection */
  PROXY_CUTS_ANSWER, /* COMMIT reaches the server; so many bytes of its answer come back, then likewise */
  PROXY_CUTS_WRITES, /* the connection ends so many bytes into the client's messages after it began to write (BEGIN) */
};

struct proxy;
/* In front of a server on 127.0.0.1. The caller frees, which ends all connections. */
struct proxy *proxy_new(int port);
void proxy_free(struct proxy *p); /* accepts NULL */
int proxy_port(const struct proxy *p);
/* From now on the every-th COMMIT (or BEGIN) that passes, of all connections together, is cut after bytes. */
void proxy_plan(struct proxy *p, enum proxy_cut cut, int64_t bytes, int every);
/* How often it cut so far, and how many COMMITs it saw. */
int proxy_cuts(struct proxy *p);
int proxy_commits(struct proxy *p);

#endif
