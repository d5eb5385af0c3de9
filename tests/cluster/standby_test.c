/* High availability: a synchronous standby has what was acknowledged. When it lags, acknowledgments wait for it; when the
 * primary dies, it takes over and clients go on by the host list alone. */
#include "servers.h"

#include <poll.h>
#include <stdio.h>

enum { CLIENTS = 16, DEEDS = 30, LAG_MS = 1500, LAG_LONG_MS = 20000, QUIET_MS = 700, SETTLE_MS = 10000 };

struct pair {
  struct pg *primary, *standby;
};

static struct servers *servers_on_a_pair(struct test *t, struct pair *out)
{
  out->primary = pg_start(t, NULL, NULL);
  pg_create(out->primary, "ordo");
  out->standby = pg_standby(out->primary);
  struct servers *sv = servers_open(t, pg_url_of_two(out->primary, out->standby, "ordo"), 2);
  servers_begin(sv, CLIENTS);
  servers_wait(sv, DEEDS);
  return sv;
}

/* Until the answers that were on their way have come; returns how many deeds are acknowledged then. */
static int await_quiet(struct servers *sv)
{
  int64_t until = monotonic_ms() + SETTLE_MS;
  int now = atomic_load(&sv->crowd->acknowledged), before;
  do {
    before = now;
    poll(NULL, 0, QUIET_MS);
    now = atomic_load(&sv->crowd->acknowledged);
  } while (now != before && monotonic_ms() < until);
  return now;
}

TEST(while_the_standby_lags_nothing_is_acknowledged_and_all_is_when_it_is_back)
{
  struct pair pair;
  struct servers *sv = servers_on_a_pair(t, &pair);
  pg_pause_standby(pair.standby);
  int before = await_quiet(sv);
  poll(NULL, 0, servers_rounds(LAG_MS, LAG_LONG_MS));
  CHECK_INT(atomic_load(&sv->crowd->acknowledged), before);
  pg_resume_standby(pair.standby);
  printf("  the first answer %d ms after the standby was back\n", servers_wait(sv, DEEDS));
  servers_end(sv);
}

TEST(the_primary_dies_the_standby_takes_over_and_nothing_acknowledged_is_missing)
{
  for (int i = 0; i < servers_rounds(1, 8); i++) {
    struct pair pair;
    struct servers *sv = servers_on_a_pair(t, &pair);
    int64_t began = monotonic_ms();
    pg_kill(pair.primary);
    pg_promote(pair.standby);
    int promoted = (int)(monotonic_ms() - began), first = servers_wait(sv, DEEDS);
    printf("  promoted %d ms after the primary was killed, the first answer %d ms later\n", promoted, first);
    CHECK(first < 10000);
    servers_end(sv);
  }
}
