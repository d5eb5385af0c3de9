/* Connections of the PostgreSQL engine: what an error means, how a server is found, and that no password is told.
 *
 * Hosts are tried in the order of the url, and only one that takes writes is used, so a promoted standby is found by the host
 * list alone. */
#include "db_pg_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 64 };

/* ---- Errors ---- */

static const struct reaction {
  const char *state; /* an SQLSTATE or the beginning of one */
  enum err err;
  const char *sentence;
} reactions[] = {
    {"23505", ERR_EXISTS, "there is one already"},
    {"40001", ERR_RETRY, "another server was faster"},
    {"40P01", ERR_RETRY, "two servers waited for each other"},
    {"40003", ERR_UNKNOWN, "the server does not know whether it was done"},
    {"55P03", ERR_RETRY, "another server has kept a row for too long"},
    {"57014", ERR_RETRY, "the statement took too long"},
    {"25006", ERR_AWAY, "the server takes no writes now"},
    {"57P", ERR_AWAY, "the server is stopping or starting"},
    {"08", ERR_AWAY, "the connection is lost"},
    {"25P03", ERR_AWAY, "the transaction was idle for too long"},
    {"53300", ERR_AWAY, "the server has no connection left"},
    {"53", ERR_STORAGE, "the server has no room left"},
    {"58", ERR_STORAGE, "the server's disk has failed"},
    {"XX001", ERR_STORAGE, "the database is damaged"},
    {"XX002", ERR_STORAGE, "the database is damaged"},
    {"23", ERR_INTERNAL, "a rule of the schema is broken"},
};

bool pg_lost(const struct db *db)
{
  return PQstatus(pg_of(db)->conn) == CONNECTION_BAD;
}

/* libpq's messages end with a line feed, and may have several lines: the first says it. */
static int first_line(const char *message)
{
  return (int)strcspn(message, "\n");
}

enum err pg_fail(struct db *db, const PGresult *result, const char *doing)
{
  static const struct reaction other = {"", ERR_INTERNAL, "the statement failed"};
  static const struct reaction lost = {"", ERR_AWAY, "the connection is lost"};
  const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
  const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  const struct reaction *r = pg_lost(db) ? &lost : &other;
  for (size_t i = 0; i < COUNT_OF(reactions) && state; i++)
    if (text_starts(state, reactions[i].state)) {
      r = &reactions[i];
      break;
    }
  pg_of(db)->failed = true;
  pg_of(db)->read_only |= state && strcmp(state, "25006") == 0 && db->mode == DB_WRITER;
  if (!message)
    message = PQerrorMessage(pg_of(db)->conn);
  return db_fail(db, r->err, "%s: %.*s (%s): %s", r->sentence, first_line(message), message, state ? state : "-", doing);
}

/* ---- Connecting ---- */

/* What the url leaves open: a dead host is given up soon, a dead peer noticed, a server that takes writes is found. */
static const struct option {
  const char *name, *value;
} defaults[] = {
    {"connect_timeout", "2"},
    {"tcp_user_timeout", "5000"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"target_session_attrs", "read-write"},
    {"application_name", "ordo"},
    {"client_encoding", "UTF8"},
};

/* A transaction whose process stands still must not keep its rows for ever. A writer's statements are all by key, so plans
 * made while a table was small must not scan or hash it when it has grown; and compiling a plan (jit) takes longer than
 * running ours. */
static const char writer_session[] = "SET jit = off; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';"
                                     "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";
/* A reader's statement sees one moment, and is not refused for what others write, also where serializable is the default. */
static const char reader_session[] = "SET jit = off; SET default_transaction_read_only = on;"
                                     "SET default_transaction_isolation = 'repeatable read'";

static bool given(const PQconninfoOption *options, const char *name)
{
  for (const PQconninfoOption *o = options; o->keyword; o++)
    if (strcmp(o->keyword, name) == 0)
      return o->val != NULL;
  return false;
}

/* The url's own options before the defaults. */
static PGconn *connect_with(const PQconninfoOption *options)
{
  const char *names[OPTIONS_MAX + 1] = {0}, *values[OPTIONS_MAX + 1] = {0};
  size_t n = 0;
  for (const PQconninfoOption *o = options; o->keyword; o++)
    if (o->val && n < OPTIONS_MAX) {
      names[n] = o->keyword;
      values[n++] = o->val;
    }
  for (size_t i = 0; i < COUNT_OF(defaults) && n < OPTIONS_MAX; i++)
    if (!given(options, defaults[i].name)) {
      names[n] = defaults[i].name;
      values[n++] = defaults[i].value;
    }
  return PQconnectdbParams(names, values, 0);
}

static void ignore_notice(void *arg, const PGresult *result)
{
  (void)arg, (void)result;
}

enum err pg_run_text(struct db *db, const char *sql)
{
  PGresult *r = PQexec(pg_of(db)->conn, sql);
  enum err err = PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : pg_fail(db, r, sql);
  PQclear(r);
  return err;
}

/* One value as text; "" when it cannot be had. */
static enum err ask_text(struct db *db, const char *sql, char *out, size_t size)
{
  PGresult *r = PQexec(pg_of(db)->conn, sql);
  enum err err = PQresultStatus(r) == PGRES_TUPLES_OK ? ERR_OK : pg_fail(db, r, sql);
  snprintf(out, size, "%s", err == ERR_OK && PQntuples(r) == 1 ? PQgetvalue(r, 0, 0) : "");
  PQclear(r);
  return err;
}

/* Texts are compared by their bytes (prefixes of search, pages of lists); another order would lose rows. */
static enum err check_order(struct db *db)
{
  static const char *const fine[] = {"UTF8 C", "UTF8 POSIX", "UTF8 C.UTF-8", "UTF8 C.utf8"};
  char order[64];
  TRY(ask_text(db,
               "SELECT pg_encoding_to_char(encoding) || ' ' || CASE WHEN datlocprovider = 'i' THEN 'ICU' ELSE datcollate END FROM pg_database"
               " WHERE datname = current_database()",
               order, sizeof order));
  for (size_t i = 0; i < COUNT_OF(fine); i++)
    if (strcmp(order, fine[i]) == 0)
      return ERR_OK;
  return db_fail(db, ERR_STORAGE,
                 "the database has encoding and order %s, and needs UTF8 C: createdb --template=template0 --encoding=UTF8"
                 " --locale=C NAME",
                 order);
}

static enum err begin_session(struct db *db)
{
  char isolation[32];
  if (PQserverVersion(pg_of(db)->conn) < 150000)
    return db_fail(db, ERR_STORAGE, "PostgreSQL 15 or newer is needed");
  TRY(check_order(db));
  TRY(ask_text(db, "SHOW default_transaction_isolation", isolation, sizeof isolation));
  pg_of(db)->serializable = strcmp(isolation, "serializable") == 0;
  return pg_run_text(db, db->mode == DB_WRITER ? writer_session : reader_session);
}

enum err pg_reconnect(struct db *db)
{
  struct pg *pg = pg_of(db);
  char *message = NULL;
  PQconninfoOption *options = PQconninfoParse(pg->url, &message);
  if (!options) { /* the message may quote the url, and the url may hold a password */
    enum err err = db_fail(db, ERR_STORAGE, "the url of the database cannot be read");
    PQfreemem(message);
    return err;
  }
  PQfinish(pg->conn);
  pg->generation++;
  pg->read_only = false;
  pg->conn = connect_with(options);
  PQconninfoFree(options);
  if (pg_lost(db)) {
    const char *why = PQerrorMessage(pg->conn);
    return db_fail(db, ERR_AWAY, "the database cannot be reached: %.*s", first_line(why), why);
  }
  PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
  return begin_session(db);
}

/* A session is begun anew when the old one was lost. A socket that the server has closed shows only when it is read. */
enum err pg_be_connected(struct db *db)
{
  struct pg *pg = pg_of(db);
  if (!pg_lost(db) && PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
    PQconsumeInput(pg->conn);
  return pg_lost(db) || pg->read_only ? pg_reconnect(db) : ERR_OK;
}

/* ---- Urls ---- */

static const char *option_of(const PQconninfoOption *options, const char *name)
{
  for (const PQconninfoOption *o = options; o->keyword; o++)
    if (strcmp(o->keyword, name) == 0)
      return text_empty(o->val) ? NULL : o->val;
  return NULL;
}

/* libpq reads it, since a password may hold whatever ends one elsewhere. What it cannot read may hold one as well. */
bool db_url_has_password(const char *url)
{
  if (!text_starts(url, "postgres"))
    return strstr(url, "password") != NULL; /* no url of ours, and nobody knows what it says */
  PQconninfoOption *options = PQconninfoParse(url, NULL);
  bool has = !options || option_of(options, "password") || option_of(options, "sslpassword");
  PQconninfoFree(options);
  return has;
}

const char *db_url_shown(struct arena *a, const char *url)
{
  if (!db_url_has_password(url))
    return arena_text(a, url);
  PQconninfoOption *options = text_starts(url, "postgres") ? PQconninfoParse(url, NULL) : NULL;
  if (!options)
    return "a url that cannot be read";
  const char *user = option_of(options, "user"), *host = option_of(options, "host"), *name = option_of(options, "dbname");
  const char *shown = arena_printf(a, "postgresql://%s%s%s/%s", user ? user : "", user ? ":***@" : "***@",
                                   host ? host : "", name ? name : "");
  PQconninfoFree(options);
  return shown;
}
