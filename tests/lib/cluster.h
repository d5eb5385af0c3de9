/* cluster - PostgreSQL servers of a test's own, to be broken: killed, filled up, stopped in the middle; a primary, and a
 * standby that confirms every commit and takes its place.
 *
 * Each has its folder and port on loopback and is as durable as PostgreSQL is by default (tools/postgres.sh); all go with
 * the test, whatever happens.
 */
#ifndef ORDO_CLUSTER_H
#define ORDO_CLUSTER_H

#include "test.h"

struct pg;

/* A server that answers. data: a folder of one's own for what it stores (a small file system), or NULL. Skips the test
 * where no PostgreSQL is installed. conf: further settings "name = value", NULL-terminated, or NULL. */
struct pg *pg_start(struct test *t, const char *data, const char *const *conf);
int pg_port(const struct pg *pg);
/* The url of a database, by itself or (port) through a proxy; in the test's arena. */
const char *pg_url(struct pg *pg, const char *database);
const char *pg_url_at(struct pg *pg, int port, const char *database);
/* An empty database of that name. */
void pg_create(struct pg *pg, const char *database);
/* Runs a statement in the database postgres; its first value, or "", in the test's arena. */
const char *pg_answer(struct pg *pg, const char *sql);

/* The same in the database at this url. */
const char *pg_ask_at(struct test *t, const char *url, const char *sql);

/* kill -9 of the server and all its processes at once, as a power cut of the program has it. */
void pg_kill(struct pg *pg);
/* Starts it again on its port, with what its disk holds; false when it says that it cannot. */
bool pg_try_restart(struct pg *pg);
void pg_restart(struct pg *pg);
/* An orderly stop that ends connections at once (pg_ctl -m fast). */
void pg_stop(struct pg *pg);

/* A standby of this server, which waits for it from now on at each commit. Returns when it streams. */
struct pg *pg_standby(struct pg *primary);
/* It becomes a primary of its own; returns when it takes writes. */
void pg_promote(struct pg *standby);
/* SIGSTOP and SIGCONT for the process that receives what the primary writes: commits wait. */
void pg_pause_standby(struct pg *standby);
void pg_resume_standby(struct pg *standby);
/* The url of a database on whichever of the two takes writes. */
const char *pg_url_of_two(struct pg *a, struct pg *b, const char *database);

#endif
