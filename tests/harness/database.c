/* Databases for tests, of the engine under test: files of SQLite below one folder of the program, or databases on the
 * server that ORDO_TEST_POSTGRES names. There each costs a tenth of a second to make and to drop, ten times that on a busy
 * disk. Tests that begin with the same rows therefore have one after the other (test_database_with). */
#define _GNU_SOURCE
#include "test.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64, URL_MAX_BYTES = 1024 };

static const char *server_url(void)
{
  const char *url = getenv("ORDO_TEST_POSTGRES");
  return text_empty(url) ? NULL : url;
}

bool test_on_postgres(void)
{
  return server_url() != NULL;
}

/* ---- PostgreSQL ---- */

/* The program's own connection to the server: kept, since tests are many. */
static PGconn *server(void)
{
  static PGconn *kept;
  if (!kept)
    kept = PQconnectdb(server_url());
  else if (PQstatus(kept) != CONNECTION_OK)
    PQreset(kept);
  return kept;
}

/* Runs one statement on the server; what it answers when it refuses, or NULL. */
__attribute__((format(printf, 2, 3))) static const char *tell_server(struct arena *a, const char *format, ...)
{
  char sql[512];
  va_list args;
  va_start(args, format);
  vsnprintf(sql, sizeof sql, format, args);
  va_end(args);
  PGresult *result = PQexec(server(), sql);
  bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  return fine ? NULL : arena_printf(a, "%s: %s", sql, PQerrorMessage(server()));
}

static void must_tell(const char *error)
{
  if (error)
    test_failed(__FILE__, __LINE__, "the server of ORDO_TEST_POSTGRES", error, "done");
}

/* The server's url with the name of another database. */
static const char *url_of(struct arena *a, const char *name)
{
  const char *url = server_url(), *host = strstr(url, "://");
  host = host ? host + strlen("://") : url;
  int n = (int)(host - url) + (int)strcspn(host, "/?");
  const char *options = strchr(host, '?');
  return arena_printf(a, "%.*s/%s%s", n, url, name, options ? options : "");
}

static const char *name_in(struct arena *a, const char *url)
{
  const char *name = strrchr(url, '/') + 1;
  return arena_textn(a, name, strcspn(name, "?"));
}

struct dropping {
  struct arena *arena;
  char name[NAME_MAX_BYTES];
};

/* Whoever is still connected (a server that was killed, a test that failed) is sent away. */
static void drop(void *arg)
{
  struct dropping *d = arg;
  const char *error = tell_server(d->arena, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", d->name);
  if (error)
    printf("left behind: %s\n", error);
}

static const char *on_postgres(struct test *t, const char *from)
{
  static int n;
  struct dropping *d = ARENA_NEW(t->arena, struct dropping);
  const char *isolation = getenv("ORDO_TEST_ISOLATION");
  d->arena = t->arena;
  snprintf(d->name, sizeof d->name, "ordo_test_%lld_%d_%d", (long long)time(NULL), (int)getpid(), ++n);
  must_tell(tell_server(t->arena, "CREATE DATABASE \"%s\" TEMPLATE \"%s\"", d->name,
                           from ? name_in(t->arena, from) : "template0"));
  arena_defer(t->arena, drop, d);
  if (!text_empty(isolation))
    must_tell(tell_server(t->arena, "ALTER DATABASE \"%s\" SET default_transaction_isolation = '%s'", d->name,
                             isolation));
  return url_of(t->arena, d->name);
}

/* ---- PostgreSQL: one database for many tests ---- */

/* What the tables of a database hold, beside them. */
static const char keep_rows[] = "DO $$ DECLARE t text; has bool; BEGIN"
                                " CREATE SCHEMA kept;"
                                " CREATE TABLE kept.tables AS"
                                "  SELECT CAST(tablename AS text) AS name FROM pg_tables WHERE schemaname = 'public';"
                                " FOR t IN SELECT name FROM kept.tables LOOP"
                                "  EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO has;"
                                "  IF has THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t, t); END IF;"
                                " END LOOP;"
                                "END $$";

/* Makes it what it was: whoever is still connected is sent away, tables of tests go, rows are as they were kept. */
static const char put_back[] =
    "DO $$ DECLARE t text; BEGIN"
    " PERFORM pg_terminate_backend(pid) FROM pg_stat_activity"
    "  WHERE datname = current_database() AND pid <> pg_backend_pid();"
    " FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    "  AND tablename NOT IN (SELECT name FROM kept.tables) LOOP"
    "  EXECUTE format('DROP TABLE public.%I CASCADE', t);"
    " END LOOP;"
    " FOR t IN SELECT name FROM kept.tables LOOP"
    "  EXECUTE format('DELETE FROM public.%I', t);"
    " END LOOP;"
    " FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' AND tablename <> 'tables' LOOP"
    "  EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', t, t);"
    " END LOOP;"
    "END $$";

/* A copy of a database that one test after the other has. They are as many as one test needs at one time. */
struct shared {
  struct shared *next;
  const char *from;
  char url[URL_MAX_BYTES];
  bool taken, spoiled; /* spoiled: it could not be put right */
};
static struct shared *all_shared;

/* That somebody had gone before it was sent away. */
static void ignore_notice(void *arg, const char *message)
{
  (void)arg, (void)message;
}

/* No connection is kept: a database that is copied must have none. */
static bool tell(const char *url, const char *sql)
{
  PGconn *conn = PQconnectdb(url);
  PQsetNoticeProcessor(conn, ignore_notice, NULL);
  PGresult *result = PQexec(conn, sql);
  bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
  if (!fine)
    printf("%s: %s", url, PQerrorMessage(conn));
  PQclear(result);
  PQfinish(conn);
  return fine;
}

static void leave(void *arg)
{
  struct shared *d = arg;
  d->taken = false;
}

static struct shared *left_by_another(const char *from)
{
  for (struct shared *d = all_shared; d; d = d->next) {
    if (d->taken || d->spoiled || strcmp(d->from, from) != 0)
      continue;
    if (tell(d->url, put_back))
      return d;
    d->spoiled = true;
  }
  return NULL;
}

static struct shared *shared_new(const char *from)
{
  struct test *program = test_program();
  struct shared *d = ARENA_NEW(program->arena, struct shared);
  bool first = true;
  for (struct shared *other = all_shared; other; other = other->next)
    first &= strcmp(other->from, from) != 0;
  if (first && !tell(from, keep_rows))
    test_failed(__FILE__, __LINE__, from, "not kept", "kept");
  d->from = arena_text(program->arena, from);
  snprintf(d->url, sizeof d->url, "%s", on_postgres(program, from));
  d->next = all_shared;
  all_shared = d;
  return d;
}

static const char *shared_database(struct test *t, const char *from)
{
  struct shared *d = left_by_another(from);
  if (!d)
    d = shared_new(from);
  d->taken = true;
  arena_defer(t->arena, leave, d);
  return d->url;
}

/* ---- SQLite ---- */

static void copy_file(struct test *t, const char *from, const char *to)
{
  size_t n = 0;
  const char *bytes = test_read_file(t, from, &n);
  FILE *f = fopen(to, "wb");
  if (!bytes || !f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
    test_failed(__FILE__, __LINE__, from, "not copied", to);
}

static const char *on_sqlite(struct test *t, const char *from)
{
  static char folder[128];
  static int n;
  if (!n)
    snprintf(folder, sizeof folder, "%s", test_folder(t));
  const char *url = arena_printf(t->arena, "sqlite:%s/%d.db", folder, ++n);
  if (from)
    copy_file(t, from + strlen("sqlite:"), url + strlen("sqlite:"));
  return url;
}

const char *test_database(struct test *t)
{
  return test_database_copy(t, NULL);
}

const char *test_database_copy(struct test *t, const char *from)
{
  return test_on_postgres() ? on_postgres(t, from) : on_sqlite(t, from);
}

const char *test_database_with(struct test *t, const char *from)
{
  return test_on_postgres() ? shared_database(t, from) : on_sqlite(t, from);
}
