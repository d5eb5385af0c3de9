/* The tools that break things do break them: a server is really dead, a COMMIT really did or did not happen. */
#include "cluster.h"
#include "proxy.h"

#include <libpq-fe.h>

/* Inserts a row and commits, on a connection of its own; what COMMIT answered, or "" when its answer never came. */
static const char *commit_row(struct test *t, const char *url, int n)
{
  PGconn *db = PQconnectdb(url);
  CHECK_INT(PQstatus(db), CONNECTION_OK);
  PQclear(PQexec(db, "BEGIN"));
  PQclear(PQexec(db, arena_printf(t->arena, "INSERT INTO t VALUES (%d)", n)));
  PGresult *r = PQexec(db, "COMMIT");
  const char *answer = arena_text(t->arena, PQresultStatus(r) == PGRES_COMMAND_OK ? PQcmdStatus(r) : "");
  PQclear(r);
  PQfinish(db);
  return answer;
}

TEST(a_killed_server_is_gone_at_once_and_comes_back_with_what_it_committed)
{
  struct pg *pg = pg_start(t, NULL, NULL);
  pg_answer(pg, "CREATE TABLE t (n BIGINT)");
  CHECK_TEXT(commit_row(t, pg_url(pg, "postgres"), 7), "COMMIT");
  pg_kill(pg);
  PGconn *db = PQconnectdb(pg_url(pg, "postgres"));
  CHECK_INT(PQstatus(db), CONNECTION_BAD);
  PQfinish(db);
  pg_restart(pg);
  CHECK_TEXT(pg_answer(pg, "SELECT n FROM t"), "7");
}

TEST(a_commit_is_cut_before_it_arrives_or_before_its_answer_does)
{
  static const struct {
    enum proxy_cut cut;
    int64_t bytes;
    const char *answer, *rows;
  } cases[] = {
      {PROXY_PASSES, 0, "COMMIT", "1"}, {PROXY_CUTS_ASK, 0, "", "0"},
      {PROXY_CUTS_ASK, 1, "", "0"},     {PROXY_CUTS_ASK, 99, "", "0"}, /* all but the last byte */
      {PROXY_CUTS_ANSWER, 0, "", "1"},  {PROXY_CUTS_ANSWER, 6, "", "1"},
      {PROXY_CUTS_WRITES, 20, "", "0"}, {PROXY_CUTS_WRITES, 999, "COMMIT", "1"}, /* it never wrote so much */
  };
  struct pg *pg = pg_start(t, NULL, NULL);
  struct proxy *p = proxy_new(pg_port(pg));
  arena_defer(t->arena, (void (*)(void *))proxy_free, p);
  pg_answer(pg, "CREATE TABLE t (n BIGINT)");
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int n = (int)i, cuts = proxy_cuts(p);
    proxy_plan(p, cases[i].cut, cases[i].bytes, 1);
    CHECK_TEXT(commit_row(t, pg_url_at(pg, proxy_port(p), "postgres"), n), cases[i].answer);
    CHECK_TEXT(pg_answer(pg, arena_printf(t->arena, "SELECT count(*) FROM t WHERE n = %d", n)), cases[i].rows);
    CHECK_INT(proxy_cuts(p) - cuts, *cases[i].answer ? 0 : 1);
  }
}

TEST(a_standby_has_every_commit_that_was_answered_and_takes_over)
{
  struct pg *primary = pg_start(t, NULL, NULL), *standby = pg_standby(primary);
  const char *two = pg_url_of_two(primary, standby, "postgres");
  pg_answer(primary, "CREATE TABLE t (n BIGINT)");
  for (int i = 0; i < 5; i++)
    CHECK_TEXT(commit_row(t, two, i), "COMMIT");
  pg_kill(primary);
  pg_promote(standby);
  CHECK_TEXT(pg_answer(standby, "SELECT count(*) FROM t"), "5");
  CHECK_TEXT(commit_row(t, two, 5), "COMMIT");
}
