/* leases - work that one of several processes on a database does at a time: a name and a group, held until some seconds
 * from now and prolonged long before that.
 *
 * Names of one group ("feed", "search") belong to whoever came first. A name of BUCKET_GROUPS groups ("work") is shared:
 * each process that lives holds its fair part, takes what is free or lapsed up to it, and gives up what is beyond it. A
 * process that stops gives all up at once; of one that died the others take over when its time is over.
 *
 * Time is each process's own clock. A holder stops believing in a lease some time (a fifth) before it ends, so clocks may
 * differ by that much without two holders at a time; where they differ by more, two may do the same work for a while.
 * Therefore work under a lease is harmless to do twice (an act that looks again), or its transaction begins with
 * leases_fence: epoch rises with each change of the owner, and what an earlier owner writes is refused.
 *
 * On SQLite one process has the database: it holds everything and writes nothing (leases_new without a connection).
 * Threads: a struct leases belongs to one thread; leases_hold and leases_groups too.
 */
#ifndef ORDO_LEASES_H
#define ORDO_LEASES_H

#include "context.h"

#define LEASE_OWNER_TEXT 33
/* A random name for a process, from the system's randomness. */
void lease_owner_draw(char out[LEASE_OWNER_TEXT]);

struct lease_name {
  const char *name;
  int groups; /* 1, or BUCKET_GROUPS to be shared */
};

struct leases_config {
  struct db *db; /* DB_WRITER, the caller's, not inside a transaction during leases_tick; NULL = hold everything */
  struct clock clock;
  const char *owner;              /* lives longer; one per process and struct leases of it */
  const struct lease_name *names; /* static */
  size_t n;
  int64_t hold_ms; /* how long a lease lasts; it is prolonged each quarter of that */
};

struct leases;
struct leases *leases_new(const struct leases_config *config);
void leases_free(struct leases *l); /* accepts NULL; releases nothing */

/* When a quarter of hold_ms is over: one short transaction that prolongs, takes and gives up. Otherwise only a look at the
 * clock. On an error nothing new is held, and what was held lapses by itself; f says why. The next call tries again. */
MUST_CHECK enum err leases_tick(struct leases *l, struct fault *f);
/* At the next leases_tick it is time. */
void leases_hurry(struct leases *l);
/* Gives everything up: the others need not wait. For the end of a process. */
MUST_CHECK enum err leases_release(struct leases *l, struct fault *f);

/* Whether this process holds it now, by its clock. */
bool leases_hold(const struct leases *l, const char *name, int group_no);
/* The groups of a shared name that it holds now. */
struct bucket_groups leases_groups(const struct leases *l, const char *name);

/* First in a transaction of work under a lease: locks it until the transaction ends. ERR_STATE when another process has
 * it now: roll back, nothing may be written. */
MUST_CHECK enum err leases_fence(struct ctx *cx, const struct leases *l, const char *name, int group_no);

#endif
