/* The connection to the database is lost in the middle of COMMIT: before the server has it, or before its answer is back.
 * Nobody is told that it was done when it was not, and nothing is done twice. */
#include "proxy.h"
#include "servers.h"

#include <poll.h>
#include <stdio.h>

enum { CLIENTS = 16, DEEDS = 20, EVERY = 4, CUTS = 3, CUTS_LONG = 60, PATIENCE_MS = 60000 };

static const struct {
  const char *what;
  enum proxy_cut cut;
  int64_t bytes;
} places[] = {
    {"before COMMIT", PROXY_CUTS_ASK, 0},
    {"after its first byte", PROXY_CUTS_ASK, 1},
    {"in its length", PROXY_CUTS_ASK, 3},
    {"in its text", PROXY_CUTS_ASK, 8},
    {"before its last byte", PROXY_CUTS_ASK, 99},
    {"behind COMMIT, at once", PROXY_CUTS_ANSWER, -1},
    {"before its answer", PROXY_CUTS_ANSWER, 0},
    {"after a byte of its answer", PROXY_CUTS_ANSWER, 1},
    {"in its answer", PROXY_CUTS_ANSWER, 9},
    {"between the answer and its end", PROXY_CUTS_ANSWER, 12},
    {"in the first bytes of the writes", PROXY_CUTS_WRITES, 30},
    {"in the middle of the writes", PROXY_CUTS_WRITES, 9000},
};

/* Cuts there until it has happened often enough. */
static void cut_at(struct servers *sv, struct proxy *p, size_t place)
{
  int wanted = proxy_cuts(p) + servers_rounds(CUTS, CUTS_LONG);
  int64_t until = monotonic_ms() + PATIENCE_MS;
  proxy_plan(p, places[place].cut, places[place].bytes, EVERY);
  while (proxy_cuts(p) < wanted && monotonic_ms() < until)
    poll(NULL, 0, 5);
  proxy_plan(p, PROXY_PASSES, 0, 1);
  if (proxy_cuts(p) < wanted)
    test_failed(__FILE__, __LINE__, places[place].what, "too few cuts within a minute", "more");
  servers_wait(sv, DEEDS);
}

TEST(wherever_a_commit_is_cut_what_was_acknowledged_is_there_once)
{
  struct pg *pg = pg_start(t, NULL, NULL);
  struct proxy *p = proxy_new(pg_port(pg));
  pg_create(pg, "ordo");
  arena_defer(t->arena, (void (*)(void *))proxy_free, p);
  struct servers *sv = servers_open(t, pg_url_at(pg, proxy_port(p), "ordo"), 2);
  servers_begin(sv, CLIENTS);
  servers_wait(sv, DEEDS);
  for (size_t i = 0; i < COUNT_OF(places); i++)
    cut_at(sv, p, i);
  printf("  %d cuts of %d commits\n", proxy_cuts(p), proxy_commits(p));
  servers_end(sv);
}
