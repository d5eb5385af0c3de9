/* kill -9: of one of two servers, of the database, of both at once. What was acknowledged is there, and nothing twice. */
#include "servers.h"

#include <poll.h>

/* A server that was killed keeps its three node numbers, of 64, for 20 s: there is no room for many more kills at once. */
enum { CLIENTS = 16, DEEDS = 30, DOWN_MS = 200, KILLS = 2, KILLS_LONG = 16, KILLS_OF_DATABASE_LONG = 40 };

static struct servers *two_servers(struct test *t, struct pg **out_pg)
{
  struct pg *pg = pg_start(t, NULL, NULL);
  pg_create(pg, "ordo");
  struct servers *sv = servers_open(t, pg_url(pg, "ordo"), 2);
  servers_begin(sv, CLIENTS);
  servers_wait(sv, DEEDS);
  *out_pg = pg;
  return sv;
}

TEST(one_of_two_servers_is_killed_and_the_other_goes_on_without_a_gap)
{
  struct pg *pg;
  struct servers *sv = two_servers(t, &pg);
  for (int i = 0; i < servers_rounds(KILLS, KILLS_LONG); i++) {
    servers_kill(sv, i % 2);
    servers_wait(sv, DEEDS);
    servers_start(sv, i % 2);
    servers_wait(sv, DEEDS);
  }
  servers_end(sv);
}

TEST(the_database_is_killed_and_the_servers_go_on_when_it_is_back)
{
  struct pg *pg;
  struct servers *sv = two_servers(t, &pg);
  for (int i = 0; i < servers_rounds(KILLS, KILLS_OF_DATABASE_LONG); i++) {
    pg_kill(pg);
    poll(NULL, 0, DOWN_MS);
    pg_restart(pg);
    servers_wait(sv, DEEDS);
  }
  servers_end(sv);
}

TEST(a_server_and_the_database_are_killed_at_once)
{
  struct pg *pg;
  struct servers *sv = two_servers(t, &pg);
  for (int i = 0; i < servers_rounds(KILLS, KILLS_LONG); i++) {
    servers_kill(sv, i % 2);
    pg_kill(pg);
    pg_restart(pg);
    servers_start(sv, i % 2);
    servers_wait(sv, DEEDS);
  }
  servers_end(sv);
}
