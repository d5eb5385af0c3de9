/* Connections, transactions, statements and rows, for any engine. What a statement costs here is one look-up by address
 * and the calls into the engine; the engine binds, steps and maps its errors. */
#include "db_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LASTING_BUDGET = 64 << 20 };

static const struct db_driver *const drivers[] = {&db_sqlite_driver, &db_pg_driver};

enum err db_fail(struct db *db, enum err code, const char *fmt, ...)
{
  char text[1024];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  if (db->fault)
    fault_fail(db->fault, code, "", "%s", text);
  return code;
}

struct db_value db_text_value(const char *s)
{
  if (!s)
    return (struct db_value){.type = DB_NULL};
  return (struct db_value){.type = DB_TEXT, .bytes = s, .n = strlen(s)};
}

struct db_value db_i64_or_null(int64_t v)
{
  return v == ABSENT ? (struct db_value){.type = DB_NULL} : I64(v);
}

/* ---- Connections ---- */

static const struct db_driver *driver_of(const char *url)
{
  for (size_t i = 0; i < COUNT_OF(drivers); i++)
    if (text_starts(url, drivers[i]->scheme))
      return drivers[i];
  return NULL;
}

static void free_connection(struct db *db)
{
  struct db_map *maps[] = {&db->stmts, &db->wheres, &db->tables, &db->texts, &db->memo};
  for (size_t i = 0; i < COUNT_OF(maps); i++)
    db_map_done(maps[i]);
  arena_free(db->memo_arena);
  arena_free(db->lasting);
  free(db);
}

enum err db_open(const char *url, enum db_mode mode, struct fault *f, struct db **out)
{
  const struct db_driver *driver = driver_of(url);
  if (!driver)
    return fault_fail(f, ERR_STORAGE, "", "%s: no such kind of database (sqlite:PATH or postgresql://HOST/NAME)",
                      db_url_shown(f->arena, url));
  struct db *db = calloc(1, sizeof *db);
  if (!db)
    abort();
  *db = (struct db){.driver = driver, .mode = mode, .fault = f, .arena = f->arena, .home = f->arena};
  db->lasting = arena_new(LASTING_BUDGET);
  db->memo_arena = arena_new(DB_MEMO_BYTES_MAX);
  enum err err = driver->open(db, driver->whole_url ? url : url + strlen(driver->scheme), mode);
  if (err != ERR_OK) {
    free_connection(db);
    return err;
  }
  *out = db;
  return ERR_OK;
}

static void end_open_rows(struct db *db);

static void finish_all(struct db *db)
{
  struct db_map *maps[] = {&db->stmts, &db->wheres, &db->texts};
  for (size_t i = 0; i < COUNT_OF(maps); i++)
    EACH_ENTRY(e, maps[i])
      db->driver->finish(e->value);
  EACH_ENTRY(e, &db->tables) {
    struct db_plan *plan = e->value;
    for (int verb = 0; verb < DB_VERBS; verb++)
      if (plan->verbs[verb])
        db->driver->finish(plan->verbs[verb]);
  }
}

void db_close(struct db *db)
{
  if (!db)
    return;
  end_open_rows(db);
  if (db->in_transaction)
    db_rollback(db);
  finish_all(db);
  db->driver->close(db);
  free_connection(db);
}

void db_use(struct db *db, struct fault *f, struct arena *a)
{
  end_open_rows(db);
  db->fault = f;
  db->arena = db->home = a;
  db->remembered = db->asked_anew = false;
}

void db_use_arena(struct db *db, struct arena *a)
{
  db->arena = a;
}

enum db_engine db_engine(const struct db *db)
{
  return db->driver->engine;
}

struct arena *db_arena(struct db *db)
{
  return db->arena;
}

/* ---- Transactions ---- */

static enum err begin(struct db *db, bool to_write)
{
  assert(!db->in_transaction);
  if (db->poisoned)
    return db_fail(db, ERR_STORAGE, "the storage has failed; nothing more is written");
  TRY(db->driver->begin(db, to_write));
  db->in_transaction = true;
  return ERR_OK;
}

enum err db_begin(struct db *db)
{
  assert(db->mode == DB_WRITER);
  return begin(db, true);
}

enum err db_commit(struct db *db)
{
  assert(db->in_transaction);
  if (db->poisoned) {
    db_rollback(db);
    return db_fail(db, ERR_STORAGE, "the storage has failed; nothing more is written");
  }
  end_open_rows(db);
  db->in_transaction = false;
  return db->driver->commit(db);
}

void db_rollback(struct db *db)
{
  end_open_rows(db);
  db->in_transaction = false;
  db->driver->rollback(db);
}

bool db_poisoned(const struct db *db)
{
  return db->poisoned;
}

enum err db_outside_version(struct db *db, int64_t *out)
{
  return db->driver->outside_version(db, out);
}

enum err db_read_begin(struct db *db)
{
  return begin(db, false);
}

void db_read_end(struct db *db)
{
  db_rollback(db);
}

/* ---- Statements ---- */

enum err db_prepare(struct db *db, const char *sql, enum db_marker marker, struct db_prepared **out)
{
  struct db_prepared *p = NULL;
  db_check_statement(sql, marker);
  TRY(db->driver->prepare(db, sql, &p));
  p->given = sql;
  p->marker = marker;
  *out = p;
  return ERR_OK;
}

static enum err prepared_of(struct db *db, const struct db_stmt *stmt, struct db_prepared **out)
{
  void **place = db_map_find(&db->stmts, stmt);
  if (place) {
    *out = *place;
    assert((*out)->given == stmt->sql); /* the address is the identity: a struct db_stmt is static and constant */
    return ERR_OK;
  }
  TRY(db_prepare(db, stmt->sql, stmt->marker, out));
  *db_map_add(&db->stmts, stmt) = *out;
  return ERR_OK;
}

static enum err not_while_open(struct db *db, const struct db_prepared *p)
{
  if (!p->open)
    return ERR_OK;
  return db_fail(db, ERR_INTERNAL, "its rows are still being read (db_done is missing): %s", p->sql);
}

static int64_t coarse_ms(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
  return ts.tv_sec * SECOND_MS + ts.tv_nsec / 1000000;
}

void db_on_slow(struct db *db, int64_t ms, db_slow *fn, void *arg)
{
  db->slow_ms = fn ? ms : 0;
  db->on_slow = fn;
  db->slow_arg = arg;
}

static void tell_if_slow(struct db *db, const struct db_prepared *p, int64_t started_ms)
{
  int64_t took = coarse_ms() - started_ms;
  if (took >= db->slow_ms)
    db->on_slow(db->slow_arg, p->sql, took);
}

enum err db_run_prepared(struct db *db, struct db_prepared *p, int64_t *out_rows, const struct db_value *args, size_t n)
{
  TRY(not_while_open(db, p));
  if (!db->slow_ms)
    return db->driver->run(db, p, args, n, out_rows);
  int64_t started = coarse_ms();
  enum err err = db->driver->run(db, p, args, n, out_rows);
  tell_if_slow(db, p, started);
  return err;
}

enum err db_run(struct db *db, const struct db_stmt *stmt, int64_t *out_rows, const struct db_value *args, size_t n)
{
  struct db_prepared *p = NULL;
  TRY(prepared_of(db, stmt, &p));
  return db_run_prepared(db, p, out_rows, args, n);
}

/* ---- Rows ---- */

static void close_rows(struct db *db, struct db_prepared *p)
{
  if (!p->open)
    return;
  p->open = false;
  *p->open_link = p->next_open;
  if (p->next_open)
    p->next_open->open_link = p->open_link;
  db->driver->end(db, p);
  if (db->slow_ms)
    tell_if_slow(db, p, p->started_ms);
}

/* Rows somebody forgot would pin a reader's view and so the WAL; a request's end is their end. */
static void end_open_rows(struct db *db)
{
  while (db->open_rows)
    close_rows(db, db->open_rows);
}

enum err db_start(struct db *db, struct db_prepared *p, struct db_rows *rows, const struct db_value *args, size_t n)
{
  int64_t started = db->slow_ms ? coarse_ms() : 0;
  *rows = (struct db_rows){.db = db};
  rows->err = not_while_open(db, p);
  if (rows->err == ERR_OK)
    rows->err = db->driver->start(db, p, args, n, &p);
  if (rows->err != ERR_OK)
    return rows->err;
  p->started_ms = p->waited ? coarse_ms() : started;
  rows->stmt = p;
  p->open = true;
  p->bad = ERR_OK;
  p->next_open = db->open_rows;
  p->open_link = &db->open_rows;
  if (p->next_open)
    p->next_open->open_link = &p->next_open;
  db->open_rows = p;
  return ERR_OK;
}

enum err db_query(struct db *db, const struct db_stmt *stmt, struct db_rows *rows, const struct db_value *args,
                  size_t n)
{
  struct db_prepared *p = NULL;
  *rows = (struct db_rows){.db = db};
  rows->err = prepared_of(db, stmt, &p);
  return rows->err != ERR_OK ? rows->err : db_start(db, p, rows, args, n);
}

/* The reading ends with its last row: what it used may be another's from now on. */
static void end_rows(struct db_rows *rows)
{
  struct db_prepared *p = rows->stmt;
  close_rows(rows->db, p);
  rows->stmt = NULL;
  if (rows->err == ERR_OK)
    rows->err = p->bad;
  p->bad = ERR_OK;
}

bool db_next(struct db_rows *rows)
{
  struct db_prepared *p = rows->stmt;
  if (!p || !p->open || rows->err != ERR_OK || p->bad != ERR_OK)
    return false;
  bool row = false;
  rows->err = rows->db->driver->step(rows->db, p, &row);
  if (!row)
    end_rows(rows);
  return row;
}

enum err db_done(struct db_rows *rows)
{
  if (rows->stmt)
    end_rows(rows);
  return rows->err;
}

/* SQLite takes any value in any column (an overflow becomes a REAL); the reader notices. */
static struct db_value column_as(const struct db_rows *rows, int column, enum db_type type)
{
  struct db_prepared *p = rows->stmt;
  struct db_value v = rows->db->driver->column(p, column);
  if (v.type == type || v.type == DB_NULL || (v.type == DB_TEXT && type == DB_BYTES))
    return v;
  p->bad = db_fail(rows->db, ERR_INTERNAL, "column %d holds another type than its reader wants: %s", column, p->sql);
  return (struct db_value){.type = DB_NULL};
}

int64_t db_i64(const struct db_rows *rows, int column)
{
  struct db_value v = column_as(rows, column, DB_I64);
  return v.type == DB_NULL ? ABSENT : v.i64;
}

const char *db_text(const struct db_rows *rows, int column)
{
  struct db_value v = column_as(rows, column, DB_TEXT);
  return v.type == DB_NULL ? NULL : arena_textn(rows->db->arena, v.bytes, v.n);
}

const void *db_bytes(const struct db_rows *rows, int column, size_t *out_n)
{
  struct db_value v = column_as(rows, column, DB_BYTES);
  *out_n = v.type == DB_NULL ? 0 : v.n;
  return v.type == DB_NULL ? NULL : arena_copy(rows->db->arena, v.bytes, v.n);
}

struct db_value db_value_at(const struct db_rows *rows, int column)
{
  return rows->db->driver->column(rows->stmt, column);
}

enum err db_one_i64(struct db *db, const struct db_stmt *stmt, int64_t *out, const struct db_value *args, size_t n)
{
  struct db_rows rows;
  int64_t value = ABSENT;
  TRY(db_query(db, stmt, &rows, args, n));
  bool found = db_next(&rows);
  if (found)
    value = db_i64(&rows, 0);
  TRY(db_done(&rows));
  if (found)
    *out = value;
  return ERR_OK;
}

static enum err names_read(struct db *db, const struct db_stmt *stmt, const int64_t *ids, size_t n, const char **out)
{
  struct db_value args[DB_NAMES];
  struct db_rows rows;
  for (size_t i = 0; i < DB_NAMES; i++)
    args[i] = I64(i < n ? ids[i] : 0); /* 0 is nobody's id */
  TRY(db_query(db, stmt, &rows, args, DB_NAMES));
  while (db_next(&rows)) {
    int64_t id = db_i64(&rows, 0);
    const char *name = db_text(&rows, 1);
    for (size_t i = 0; i < n; i++)
      if (ids[i] == id)
        out[i] = name;
  }
  return db_done(&rows);
}

enum err db_names(struct db *db, const struct db_stmt *stmt, const int64_t *ids, size_t n, const char **out)
{
  for (size_t i = 0; i < n; i++)
    out[i] = NULL;
  for (size_t i = 0; i < n; i += DB_NAMES)
    TRY(names_read(db, stmt, ids + i, n - i < DB_NAMES ? n - i : DB_NAMES, out + i));
  return ERR_OK;
}

enum err db_size(struct db *db, int64_t *out)
{
  static const struct db_stmt pages = {"PRAGMA page_count", DB_SCHEMA}, page = {"PRAGMA page_size", DB_SCHEMA},
                              size = {"SELECT pg_database_size(current_database())", DB_SCHEMA};
  int64_t n = 0, bytes = 0;
  if (db_engine(db) == DB_POSTGRES)
    return db_one_i64(db, &size, out, DB_NO_ARGS);
  TRY(db_one_i64(db, &pages, &n, DB_NO_ARGS));
  TRY(db_one_i64(db, &page, &bytes, DB_NO_ARGS));
  *out = n * bytes;
  return ERR_OK;
}

/* ---- Batches ---- */

void db_together(struct db *db, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
  if (db->driver->together)
    db->driver->together(db, n, fn, arg);
}

void db_defer(struct db *db)
{
  if (db->driver->defer)
    db->driver->defer(db);
}

bool db_mixed(const struct db *db)
{
  return db->remembered && db->asked_anew;
}

void db_anew(struct db *db, bool on)
{
  db->anew = on;
}

void db_ask_for_itself(struct db *db, bool on)
{
  db->for_itself = on;
}

enum err db_flush(struct db *db)
{
  return db->driver->flush ? db->driver->flush(db) : ERR_OK;
}

/* ---- For tests that read the statements, or compare the schema with the descriptors ---- */

void db_each_statement(struct db *db, void (*fn)(void *arg, const char *sql, enum db_marker marker), void *arg)
{
  struct db_map *maps[] = {&db->stmts, &db->wheres, &db->texts};
  for (size_t i = 0; i < COUNT_OF(maps); i++)
    EACH_ENTRY(e, maps[i]) {
      struct db_prepared *p = e->value;
      fn(arg, p->sql, p->marker);
    }
  EACH_ENTRY(e, &db->tables) {
    struct db_plan *plan = e->value;
    for (int verb = 0; verb < DB_VERBS; verb++)
      if (plan->verbs[verb])
        fn(arg, plan->verbs[verb]->sql, plan->verbs[verb]->marker);
  }
}

enum err db_columns(struct db *db, const char *table, const char **out)
{
  struct buf b;
  buf_init(&b, db->arena);
  TRY(db->driver->columns(db, table, &b));
  *out = buf_str(&b);
  return ERR_OK;
}

enum err db_key_columns(struct db *db, const char *table, const char **out)
{
  struct buf b;
  buf_init(&b, db->arena);
  TRY(db->driver->key_columns(db, table, &b));
  *out = buf_str(&b);
  return ERR_OK;
}

enum err db_tables(struct db *db, const char **out)
{
  struct buf b;
  buf_init(&b, db->arena);
  TRY(db->driver->tables(db, &b));
  *out = buf_str(&b);
  return ERR_OK;
}

enum err db_copy_file(struct db *db, const char *path)
{
  if (!db->driver->copy_file)
    return db_fail(db, ERR_STATE, "this database is no file");
  return db->driver->copy_file(db, path);
}
