/* Servers are replaced one after the other while clients go on, and many clients share few connections. */
#include "servers.h"

#include <stdio.h>

enum { CLIENTS = 16, DEEDS = 30, MANY = 200, FEW_CONNECTIONS = 20, ORDERS_OF_MANY = 400 };

TEST(a_rolling_restart_under_load_loses_and_repeats_nothing)
{
  struct pg *pg = pg_start(t, NULL, NULL);
  pg_create(pg, "ordo");
  struct servers *sv = servers_open(t, pg_url(pg, "ordo"), 2);
  servers_begin(sv, CLIENTS);
  for (int i = 0; i < servers_rounds(2, 40); i++) {
    servers_wait(sv, DEEDS);
    servers_stop(sv, i % 2);
    servers_wait(sv, DEEDS);
    servers_start(sv, i % 2);
  }
  servers_end(sv);
}

TEST(two_hundred_clients_are_served_on_twenty_connections)
{
  const char *conf = arena_printf(t->arena, "max_connections = %d", FEW_CONNECTIONS);
  struct pg *pg = pg_start(t, NULL, (const char *[]){conf, "superuser_reserved_connections = 1", NULL});
  pg_create(pg, "ordo");
  struct servers *sv = servers_open(t, pg_url(pg, "ordo"), 1);
  servers_begin(sv, MANY);
  servers_wait(sv, servers_rounds(ORDERS_OF_MANY, 20 * ORDERS_OF_MANY));
  CHECK_INT(sv->load.broken, 0);
  printf("  the slowest answer took %d ms\n", sv->load.slowest_ms);
  servers_end(sv);
}
