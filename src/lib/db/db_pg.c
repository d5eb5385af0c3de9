/* The PostgreSQL engine over libpq: transactions, one statement at a time, rows.
 *
 * Values cross in binary; what type a parameter has, the server says once when the statement is prepared. A connection that
 * is lost between transactions is made anew by the next question; inside one, the transaction is over (ERR_AWAY) and its
 * owner begins again. */
#include "db_pg_priv.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  OID_BOOL = 16,
  OID_BYTEA = 17,
  OID_INT8 = 20,
  OID_INT2 = 21,
  OID_INT4 = 23,
  OID_TEXT = 25,
  SLICE = 1000, /* rows of a long report fetched at a time */
};

/* KEY's order of columns as on SQLite: with the bucket first, a batch's rows would lie scattered over the whole tree. */
static const struct db_words plain_words = {.bucket_last = true, .narrow = "", .bytes = "BYTEA"};
/* With the Citus extension tables are spread over its nodes: rows of one bucket lie on one node, whatever their table. */
static const struct db_words citus_words = {
    .bucket_last = true,
    .narrow = "",
    .bytes = "BYTEA",
    .spread = {"SELECT create_distributed_table('", "', 'bucket", "', colocate_with => '", "')"},
    .reference = {"SELECT create_reference_table('", "", NULL, "')"},
};

static void close_connection(struct db *db)
{
  struct pg *pg = pg_of(db);
  while (pg->idle) {
    struct pg_cursor *c = pg->idle;
    pg->idle = c->next;
    free(c);
  }
  pg_batch_free(pg->batch);
  PQfinish(pg->conn);
  free(pg->url);
  free(pg);
}

static enum err open_connection(struct db *db, const char *url, enum db_mode mode)
{
  struct pg *pg = calloc(1, sizeof *pg);
  if (!pg)
    abort();
  db->engine = pg;
  db->words = &plain_words;
  pg->url = strdup(url);
  if (mode == DB_WRITER)
    pg->batch = pg_batch_new();
  enum err err = pg_reconnect(db);
  if (err != ERR_OK)
    close_connection(db);
  return err;
}

/* ---- Transactions ---- */

static enum err begin(struct db *db, bool to_write)
{
  struct pg *pg = pg_of(db);
  const char *text = !to_write          ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                     : pg->serializable ? "BEGIN ISOLATION LEVEL SERIALIZABLE"
                                        : "BEGIN ISOLATION LEVEL READ COMMITTED";
  pg->failed = false;
  if (pg->batch)
    pg_batch_reset(db);
  TRY(pg_be_connected(db));
  enum err err = pg_run_text(db, text);
  if (err == ERR_AWAY && pg_lost(db)) { /* the first use of a socket shows that its server went away */
    TRY(pg_reconnect(db));
    pg->failed = false;
    err = pg_run_text(db, text);
  }
  return err;
}

static void rollback(struct db *db)
{
  struct pg *pg = pg_of(db);
  if (pg->batch)
    pg_batch_reset(db);
  if (!pg_lost(db) && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
    PQclear(PQexec(pg->conn, "ROLLBACK"));
  pg->failed = false;
}

/* A transaction that has failed answers COMMIT with ROLLBACK, and without an error. */
static enum err commit_answer(struct db *db, const PGresult *r)
{
  if (PQresultStatus(r) == PGRES_COMMAND_OK)
    return strcmp(PQcmdStatus((PGresult *)(uintptr_t)r), "COMMIT") == 0
               ? ERR_OK
               : db_fail(db, ERR_RETRY, "the server has rolled the transaction back");
  const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
  if (pg_lost(db) || !state || text_starts(state, "57P") || text_starts(state, "08"))
    return db_fail(db, ERR_UNKNOWN, "the connection was lost while the server was committing");
  return pg_fail(db, r, "COMMIT");
}

static enum err commit(struct db *db)
{
  struct pg *pg = pg_of(db);
  enum err err = pg->batch ? pg_flush(db) : ERR_OK;
  if (err == ERR_OK && pg->failed)
    err = db_fail(db, ERR_RETRY, "the transaction was rolled back by an earlier error");
  if (err == ERR_OK) {
    PGresult *r = PQexec(pg->conn, "COMMIT");
    err = commit_answer(db, r);
    PQclear(r);
  }
  rollback(db); /* of what did not commit; and the batch is forgotten */
  return err;
}

/* Others may have committed at any time, and nothing cheap tells. */
static enum err outside_version(struct db *db, int64_t *out)
{
  *out = ++pg_of(db)->asked;
  return ERR_OK;
}

/* ---- Statements ---- */

static int count_params(const char *sql)
{
  int most = 0;
  for (const char *p = sql; *p; p++) {
    if (*p == '\'') { /* '' inside shows as two texts, one after the other */
      p += 1 + strcspn(p + 1, "'");
      if (!*p)
        break;
    } else if (*p == '$') {
      int n = (int)strtol(p + 1, NULL, 10);
      if (n > most)
        most = n;
    }
  }
  return most;
}

struct pg_statement *pg_make(struct db *db, const char *sql)
{
  struct pg_statement *s = calloc(1, sizeof *s);
  if (!s)
    abort();
  s->text = strdup(sql);
  s->head.sql = s->text;
  s->n_params = count_params(sql);
  s->types = calloc((size_t)s->n_params + 1, sizeof *s->types);
  s->name = ++pg_of(db)->names;
  return s;
}

static enum err prepare(struct db *db, const char *sql, struct db_prepared **out)
{
  *out = &pg_make(db, sql)->head;
  return ERR_OK;
}

void pg_finish(struct db_prepared *p)
{
  struct pg_statement *s = pg_statement_of(p);
  for (size_t i = 0; i < COUNT_OF(s->many); i++)
    if (s->many[i])
      pg_finish(&s->many[i]->head);
  free(s->types);
  free(s->text);
  free(s);
}

static const char *server_name(const struct pg_statement *s, char out[16])
{
  snprintf(out, 16, "s%u", s->name);
  return out;
}

static enum err describe(struct db *db, struct pg_statement *s, const char *name)
{
  PGresult *r = PQdescribePrepared(pg_of(db)->conn, name);
  enum err err = PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : pg_fail(db, r, s->text);
  assert(err != ERR_OK || PQnparams(r) <= s->n_params);
  for (int i = 0; err == ERR_OK && i < PQnparams(r); i++)
    s->types[i] = PQparamtype(r, i);
  PQclear(r);
  return err;
}

enum err pg_ready(struct db *db, struct pg_statement *s)
{
  char name[16];
  if (s->generation == pg_of(db)->generation)
    return ERR_OK;
  int n_types = s->typed ? s->n_params : 0;
  PGresult *r = PQprepare(pg_of(db)->conn, server_name(s, name), s->text, n_types, s->types);
  enum err err = PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : pg_fail(db, r, s->text);
  PQclear(r);
  if (err == ERR_OK && s->n_params > 0 && !s->typed)
    err = describe(db, s, name);
  s->typed |= err == ERR_OK;
  if (err == ERR_OK)
    s->generation = pg_of(db)->generation;
  return err;
}

/* ---- Parameters ---- */

/* Where the binary form of a number is kept while it is sent. */
union number {
  int64_t i8;
  int32_t i4;
  int16_t i2;
  char text[24];
};

/* The parameter as libpq takes it. False: the number does not fit the column. */
static bool bind_one(const struct db_value *v, Oid type, union number *space, const char **out, int *out_n,
                     int *out_format)
{
  *out_format = 1;
  *out = v->bytes ? v->bytes : "";
  *out_n = (int)v->n;
  switch (v->type) {
  case DB_NULL:
    *out = NULL;
    return true;
  case DB_BYTES:
    return true;
  case DB_TEXT: /* for another type than text, the server reads it */
    *out_format = type == OID_TEXT || type == OID_BYTEA;
    return true;
  case DB_I64:
    break;
  }
  *out = (const char *)space;
  switch (type) {
  case OID_INT8:
    space->i8 = (int64_t)htobe64((uint64_t)v->i64);
    *out_n = 8;
    return true;
  case OID_INT4:
    space->i4 = (int32_t)htobe32((uint32_t)v->i64);
    *out_n = 4;
    return v->i64 >= INT32_MIN && v->i64 <= INT32_MAX;
  case OID_INT2:
    space->i2 = (int16_t)htobe16((uint16_t)v->i64);
    *out_n = 2;
    return v->i64 >= INT16_MIN && v->i64 <= INT16_MAX;
  default:
    snprintf(space->text, sizeof space->text, "%lld", (long long)v->i64);
    *out_format = 0;
    *out_n = (int)strlen(space->text);
    return true;
  }
}

/* Arrays for n parameters: on the stack for a single row, from the heap for many. */
struct binding {
  const char **values;
  int *lengths, *formats;
  union number *numbers;
};

static bool bind_row(struct db *db, const struct pg_statement *s, const struct db_value *args, size_t from, size_t n,
                     const struct binding *b)
{
  for (size_t i = from; i < from + n; i++) {
    const struct db_value *v = &args[i - from];
    if (!bind_one(v, s->types[i], &b->numbers[i], &b->values[i], &b->lengths[i], &b->formats[i])) {
      db_fail(db, ERR_INTERNAL, "the number %lld does not fit $%zu: %s", (long long)v->i64, i + 1, s->text);
      return false;
    }
  }
  return true;
}

static bool send_bound(struct db *db, struct pg_statement *s, const struct binding *b)
{
  char name[16];
  return PQsendQueryPrepared(pg_of(db)->conn, server_name(s, name), s->n_params, b->values, b->lengths, b->formats, 1) ==
         1;
}

bool pg_send(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n)
{
  const char *values[DB_ARGS_MAX];
  int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
  union number numbers[DB_ARGS_MAX];
  struct binding b = {values, lengths, formats, numbers};
  assert(n == (size_t)s->n_params && n <= DB_ARGS_MAX); /* as many values as the text has parameters */
  return bind_row(db, s, args, 0, n, &b) && send_bound(db, s, &b);
}

bool pg_send_rows(struct db *db, struct pg_statement *s, const struct db_value *const *rows, size_t n_rows, size_t n)
{
  size_t all = n_rows * n;
  struct binding b = {malloc(all * sizeof *b.values), malloc(all * sizeof *b.lengths), malloc(all * sizeof *b.formats),
                      malloc(all * sizeof *b.numbers)};
  if (!b.values || !b.lengths || !b.formats || !b.numbers)
    abort();
  bool sent = true;
  for (size_t r = 0; r < n_rows && sent; r++)
    sent = bind_row(db, s, rows[r], r * n, n, &b);
  sent = sent && send_bound(db, s, &b);
  free(b.values);
  free(b.lengths);
  free(b.formats);
  free(b.numbers);
  return sent;
}

/* ---- One statement at a time ---- */

static enum err result_of(struct db *db, struct pg_statement *s, PGresult **out)
{
  PGresult *last = NULL;
  for (PGresult *r; (r = PQgetResult(pg_of(db)->conn)) != NULL;) {
    PQclear(last);
    last = r;
  }
  ExecStatusType status = PQresultStatus(last);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
    *out = last;
    return ERR_OK;
  }
  enum err err = pg_fail(db, last, s->text);
  PQclear(last);
  return err;
}

static enum err ask_once(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n, PGresult **out)
{
  TRY(pg_ready(db, s));
  if (!pg_send(db, s, args, n))
    return pg_lost(db) ? pg_fail(db, NULL, s->text) : ERR_INTERNAL;
  return result_of(db, s, out);
}

/* Outside a transaction nothing is lost with a connection: the same is asked again on a new one. */
enum err pg_ask(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n, PGresult **out)
{
  if (db->in_transaction) {
    if (pg_of(db)->failed)
      return db_fail(db, ERR_RETRY, "the transaction was rolled back by an earlier error");
    return ask_once(db, s, args, n, out);
  }
  TRY(pg_be_connected(db));
  enum err err = ask_once(db, s, args, n, out);
  if (err == ERR_AWAY && pg_lost(db)) {
    fault_clear(db->fault);
    TRY(pg_reconnect(db));
    err = ask_once(db, s, args, n, out);
  }
  return err;
}

static int64_t rows_changed(PGresult *r)
{
  return strtoll(PQcmdTuples(r), NULL, 10);
}

static enum err run(struct db *db, struct db_prepared *p, const struct db_value *args, size_t n, int64_t *out_rows)
{
  struct pg_statement *s = pg_statement_of(p);
  PGresult *r = NULL;
  if (pg_batch_active(db)) {
    bool done = false;
    TRY(pg_batch_write(db, s, args, n, out_rows != NULL, &done));
    if (done) {
      if (out_rows)
        *out_rows = 1;
      return ERR_OK;
    }
  }
  TRY(pg_ask(db, s, args, n, &r));
  if (out_rows)
    *out_rows = rows_changed(r);
  PQclear(r);
  return ERR_OK;
}

/* ---- Rows ---- */

struct pg_cursor *pg_cursor_new(struct db *db, const struct pg_statement *s, PGresult *result, bool shared)
{
  struct pg *pg = pg_of(db);
  struct pg_cursor *c = pg->idle;
  if (c)
    pg->idle = c->next;
  else
    c = calloc(1, sizeof *c);
  if (!c)
    abort();
  *c = (struct pg_cursor){.head = {.sql = s->text, .given = s->head.given, .marker = s->head.marker},
                          .result = result,
                          .row = -1,
                          .rows = result ? PQntuples(result) : 0,
                          .shared = shared};
  return c;
}

/* A report may have more rows than memory: inside a view (db_read_begin) it is read through a cursor of the server's. */
static enum err start_report(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                             struct db_prepared **out)
{
  PGresult *r = NULL;
  unsigned portal = ++pg_of(db)->portals;
  const char *declare = arena_printf(db->arena, "DECLARE c%u NO SCROLL CURSOR FOR %s", portal, s->text);
  TRY(pg_ready(db, s));
  const char *values[DB_ARGS_MAX];
  int lengths[DB_ARGS_MAX], formats[DB_ARGS_MAX];
  union number numbers[DB_ARGS_MAX];
  enum err err = ERR_OK;
  for (size_t i = 0; i < n; i++)
    if (!bind_one(&args[i], s->types[i], &numbers[i], &values[i], &lengths[i], &formats[i]))
      err = db_fail(db, ERR_INTERNAL, "a number does not fit $%zu: %s", i + 1, s->text);
  if (err == ERR_OK) {
    r = PQexecParams(pg_of(db)->conn, declare, (int)n, s->types, values, lengths, formats, 1);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
      err = pg_fail(db, r, s->text);
  }
  PQclear(r);
  TRY(err);
  struct pg_cursor *c = pg_cursor_new(db, s, NULL, false);
  c->portal = portal;
  *out = &c->head;
  return ERR_OK;
}

static enum err start(struct db *db, struct db_prepared *p, const struct db_value *args, size_t n,
                      struct db_prepared **out)
{
  struct pg_statement *s = pg_statement_of(p);
  PGresult *r = NULL;
  struct pg_cursor *c = NULL;
  if (pg_batch_active(db)) {
    TRY(pg_batch_query(db, s, args, n, &c));
    *out = &c->head;
    return ERR_OK;
  }
  if (p->marker == DB_REPORT && db->in_transaction && db->mode == DB_READER)
    return start_report(db, s, args, n, out);
  TRY(pg_ask(db, s, args, n, &r));
  *out = &pg_cursor_new(db, s, r, false)->head;
  return ERR_OK;
}

static enum err fetch(struct db *db, struct pg_cursor *c)
{
  char text[64];
  PQclear(c->result);
  snprintf(text, sizeof text, "FETCH %d FROM c%u", SLICE, c->portal);
  c->result = PQexecParams(pg_of(db)->conn, text, 0, NULL, NULL, NULL, NULL, 1);
  c->row = 0;
  c->rows = PQntuples(c->result);
  return PQresultStatus(c->result) == PGRES_TUPLES_OK ? ERR_OK : pg_fail(db, c->result, c->head.sql);
}

static enum err step(struct db *db, struct db_prepared *p, bool *out_row)
{
  struct pg_cursor *c = (struct pg_cursor *)p;
  c->row++;
  *out_row = false;
  if (c->row >= c->rows && c->portal)
    TRY(fetch(db, c));
  *out_row = c->row < c->rows;
  return ERR_OK;
}

/* Closes the server's cursor too, when there is one, and keeps the struct for the next reading. */
static void end(struct db *db, struct db_prepared *p)
{
  struct pg_cursor *c = (struct pg_cursor *)p;
  if (!c->shared)
    PQclear(c->result);
  if (c->portal && !pg_lost(db) && !pg_of(db)->failed) {
    char text[32];
    snprintf(text, sizeof text, "CLOSE c%u", c->portal);
    PQclear(PQexec(pg_of(db)->conn, text));
  }
  c->result = NULL;
  c->next = pg_of(db)->idle;
  pg_of(db)->idle = c;
}

static struct db_value column(struct db_prepared *p, int i)
{
  const struct pg_cursor *c = (const struct pg_cursor *)p;
  if (PQgetisnull(c->result, c->row, i))
    return (struct db_value){.type = DB_NULL};
  const char *at = PQgetvalue(c->result, c->row, i);
  size_t n = (size_t)PQgetlength(c->result, c->row, i);
  uint64_t wide;
  uint32_t four;
  uint16_t two;
  switch (PQftype(c->result, i)) {
  case OID_INT8:
    memcpy(&wide, at, sizeof wide);
    return I64((int64_t)be64toh(wide));
  case OID_INT4:
    memcpy(&four, at, sizeof four);
    return I64((int32_t)be32toh(four));
  case OID_INT2:
    memcpy(&two, at, sizeof two);
    return I64((int16_t)be16toh(two));
  case OID_BOOL:
    return I64(*at != 0);
  case OID_BYTEA:
    return BYTES(at, n);
  default: /* a NUMERIC, which no statement of ours makes, shows as text and is refused where a number is read */
    return (struct db_value){.type = DB_TEXT, .bytes = at, .n = n};
  }
}

/* ---- The schema ---- */

static enum err names_of(struct db *db, const struct db_stmt *stmt, const char *table, struct buf *out)
{
  struct db_rows rows;
  TRY(db_query(db, stmt, &rows, DB_ARGS(TEXT(table))));
  for (const char *between = ""; db_next(&rows); between = ",")
    buf_printf(out, "%s%s", between, db_text(&rows, 0));
  return db_done(&rows);
}

static enum err columns(struct db *db, const char *table, struct buf *out)
{
  static const struct db_stmt names = {"SELECT CAST(column_name AS TEXT) FROM information_schema.columns"
                                       " WHERE table_schema = current_schema() AND table_name = $1"
                                       " ORDER BY ordinal_position",
                                       DB_SCHEMA};
  return names_of(db, &names, table, out);
}

static enum err key_columns(struct db *db, const char *table, struct buf *out)
{
  static const struct db_stmt names = {
      "SELECT CAST(k.column_name AS TEXT) FROM information_schema.table_constraints c"
      " JOIN information_schema.key_column_usage k ON k.constraint_schema = c.constraint_schema"
      " AND k.constraint_name = c.constraint_name AND k.table_name = c.table_name"
      " WHERE c.table_schema = current_schema() AND c.table_name = $1 AND c.constraint_type = 'PRIMARY KEY'"
      " ORDER BY k.ordinal_position",
      DB_SCHEMA};
  return names_of(db, &names, table, out);
}

static enum err tables(struct db *db, struct buf *out)
{
  static const struct db_stmt names = {
      "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE c.relkind IN ('r', 'p') AND n.nspname = coalesce($1, current_schema()) ORDER BY c.oid",
      DB_SCHEMA};
  return names_of(db, &names, NULL, out);
}

static enum err foreign(struct db *db, bool *out)
{
  static const struct db_stmt count = {
      "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND NOT EXISTS"
      " (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version')",
      DB_SCHEMA};
  int64_t n = 0;
  TRY(db_one_i64(db, &count, &n, DB_NO_ARGS));
  *out = n > 0;
  return ERR_OK;
}

static enum err choose_words(struct db *db)
{
  static const struct db_stmt has_citus = {"SELECT count(*) FROM pg_extension WHERE extname = 'citus'", DB_SCHEMA};
  int64_t n = 0;
  TRY(db_one_i64(db, &has_citus, &n, DB_NO_ARGS));
  db->words = n ? &citus_words : &plain_words;
  return ERR_OK;
}

const struct db_driver db_pg_driver = {
    .scheme = "postgres", /* postgres:// and postgresql:// */
    .whole_url = true,
    .engine = DB_POSTGRES,
    .open = open_connection,
    .close = close_connection,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .outside_version = outside_version,
    .prepare = prepare,
    .finish = pg_finish,
    .run = run,
    .start = start,
    .step = step,
    .end = end,
    .column = column,
    .columns = columns,
    .key_columns = key_columns,
    .tables = tables,
    .foreign = foreign,
    .choose_words = choose_words,
    .together = pg_together,
    .defer = pg_defer,
    .flush = pg_flush,
};
