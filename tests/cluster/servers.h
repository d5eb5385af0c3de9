/* servers - several `ordo serve` on one PostgreSQL, under load, while the test breaks things.
 *
 * Clients do not give up: whoever gets no answer, or 503, sends the same request with the same key to the other server.
 * Beside them two readers follow the feed, each through a server of its own choice, from the first event to the last.
 *
 *   struct servers *sv = servers_open(t, url, 2);
 *   servers_begin(sv, 16);
 *   servers_wait(sv, 100);       until a hundred more deeds are acknowledged
 *   servers_kill(sv, 0);
 *   servers_end(sv);
 */
#ifndef ORDO_SERVERS_H
#define ORDO_SERVERS_H

#include "cluster.h"
#include "deeds.h"
#include "shop.h"

#include <pthread.h>

enum { SERVERS_MAX = 2, FEED_READERS = 2 };

struct feed_reader {
  struct servers *servers;
  pthread_t thread;
  atomic_llong last; /* cursor of the last event it saw */
  uint64_t sum;      /* of all it saw, in order */
  char wrong[512];   /* the first thing that is not as it must be, or "" */
};
struct servers {
  struct test *t;
  const char *url;
  int n;
  struct shop *shops[SERVERS_MAX];
  pthread_mutex_t lock; /* of addresses */
  char addresses[SERVERS_MAX][64];
  struct crowd *crowd;
  struct load load;
  struct feed_reader readers[FEED_READERS];
  atomic_bool readers_stop;
};

/* n servers on the empty database at this url, with a large shop in it. */
struct servers *servers_open(struct test *t, const char *url, int n);
/* Clients and readers of the feed begin. */
void servers_begin(struct servers *sv, int clients);
/* Until so many more deeds are acknowledged; fails after a minute. Returns after how many ms the first of them was. */
int servers_wait(struct servers *sv, int more);
void servers_kill(struct servers *sv, int i);
void servers_start(struct servers *sv, int i);
/* SIGTERM; it must end well. */
void servers_stop(struct servers *sv, int i);
/* The clients end, every deed is held against the database, the readers have seen all events, each once and in order; then
 * the servers stop and `ordo check` finds no difference. */
void servers_end(struct servers *sv);

/* ORDO_LONG=1 asks for the long form of a test. */
int servers_rounds(int few, int many);

#endif
