/* The SQLite engine: WAL with a sync at every commit, one connection per thread, persistent statements bound by name.
 *
 * Foreign keys are declared for the engines that enforce them and left off here: they cost a look-up per row on the hot
 * path, one writer runs acts that have loaded the parent, and `ordo check` proves what they would.
 *
 * The surprising thing: SQLite's own automatic checkpoint throws its result away, and a sync of the database file that
 * failed there must stop us as much as one of the WAL. So the checkpoint is ours, run by the commit hook. */
#include "db_priv.h"

#include "db_sqlite_file_priv.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  BUSY_TIMEOUT_MS = 2000, /* how long a short act of another process (a command) is waited for */
  CHECKPOINT_FRAMES = 4000,
  PATH_BYTES_MAX = 4096,
};

static const char writer_settings[] = "PRAGMA page_size = 4096;"
                                      "PRAGMA synchronous = FULL;"
                                      "PRAGMA cache_size = -262144;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA secure_delete = OFF;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA foreign_keys = OFF;"
                                      "PRAGMA journal_size_limit = 67108864;";
static const char reader_settings[] = "PRAGMA cache_size = -65536;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA query_only = ON;";

static const struct db_words words = {
    .bucket_last = true, /* bucket first would scatter a batch's new rows over the whole tree */
    .narrow = "WITHOUT ROWID",
    .bytes = "BLOB",
};

struct engine {
  sqlite3 *handle;
  sqlite3_stmt *begin, *begin_read, *commit, *rollback, *version;
  int checkpoint_failed; /* result of the commit hook's checkpoint, when it was bad */
};

struct statement {
  struct db_prepared head;
  sqlite3_stmt *stmt;
  size_t n;    /* arguments $1..$n */
  int place[]; /* SQLite's number of $1, $2 ...: it counts by first appearance; 0 = not in the text */
};

static struct engine *engine_of(const struct db *db)
{
  return db->engine;
}

static struct statement *statement_of(struct db_prepared *p)
{
  return (struct statement *)p; /* head is its first member */
}

/* ---- Errors ---- */

static const struct reaction {
  int code; /* extended codes before the plain one they belong to */
  enum err err;
  bool poisons;
  const char *sentence;
} reactions[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_EXISTS, false, "there is one already"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_EXISTS, false, "there is one already"},
    {SQLITE_CONSTRAINT_ROWID, ERR_EXISTS, false, "there is one already"},
    {SQLITE_CONSTRAINT, ERR_INTERNAL, false, "a rule of the schema is broken"},
    {SQLITE_BUSY, ERR_RETRY, false, "another process is writing"},
    {SQLITE_LOCKED, ERR_RETRY, false, "another statement is writing"},
    {SQLITE_FULL, ERR_STORAGE, false, "the disk is full"},
    {SQLITE_IOERR_SHMSIZE, ERR_STORAGE, false, "the disk is full"}, /* the log's index */
    {SQLITE_IOERR, ERR_STORAGE, true, "the disk has failed"},
    {SQLITE_CORRUPT, ERR_STORAGE, true, "the database file is damaged"},
    {SQLITE_NOTADB, ERR_STORAGE, true, "the file is not a database"},
    {SQLITE_CANTOPEN, ERR_STORAGE, false, "the database cannot be opened"},
    {SQLITE_READONLY, ERR_STORAGE, false, "the database cannot be written"},
    {SQLITE_PERM, ERR_STORAGE, false, "the database cannot be written"},
};

static const struct reaction *reaction_to(int rc)
{
  static const struct reaction other = {0, ERR_INTERNAL, false, "the statement failed"};
  for (size_t i = 0; i < COUNT_OF(reactions); i++)
    if (rc == reactions[i].code || (rc & 0xff) == reactions[i].code)
      return &reactions[i];
  return &other;
}

/* rc is an extended result code; doing is a statement's text or a file's path. */
static enum err fail(struct db *db, int rc, const char *doing)
{
  const struct reaction *r = reaction_to(rc);
  if (r->poisons)
    db->poisoned = true;
  sqlite3 *handle = engine_of(db)->handle;
  bool current = handle && sqlite3_extended_errcode(handle) == rc;
  return db_fail(db, r->err, "%s: %s (%d): %s", r->sentence, current ? sqlite3_errmsg(handle) : sqlite3_errstr(rc), rc,
                 doing);
}

/* Of another file: this connection goes on. */
static enum err fail_elsewhere(struct db *db, int rc, const char *path)
{
  const struct reaction *r = reaction_to(rc);
  return db_fail(db, r->err, "%s: %s (%d): %s", r->sentence, sqlite3_errstr(rc), rc, path);
}

/* ---- Statements ---- */

/* The largest k of the parameters $k. */
static size_t arguments_of(sqlite3_stmt *stmt)
{
  long n = 0;
  for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
    const char *name = sqlite3_bind_parameter_name(stmt, i);
    long k = name && *name == '$' ? strtol(name + 1, NULL, 10) : 0;
    assert(k > 0 && k <= DB_ARGS_MAX); /* parameters are $1, $2 ... */
    n = k > n ? k : n;
  }
  return (size_t)n;
}

static enum err prepare(struct db *db, const char *sql, struct db_prepared **out)
{
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v3(engine_of(db)->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (rc != SQLITE_OK)
    return fail(db, rc, sql);
  assert(stmt); /* a text of comments only */
  size_t n = arguments_of(stmt);
  struct statement *s = calloc(1, sizeof *s + n * sizeof s->place[0]);
  if (!s)
    abort();
  s->head.sql = sqlite3_sql(stmt);
  s->stmt = stmt;
  s->n = n;
  for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++)
    s->place[strtol(sqlite3_bind_parameter_name(stmt, i) + 1, NULL, 10) - 1] = i;
  *out = &s->head;
  return ERR_OK;
}

static void finish(struct db_prepared *p)
{
  sqlite3_finalize(statement_of(p)->stmt);
  free(p);
}

static int bind_one(sqlite3_stmt *stmt, int place, const struct db_value *v)
{
  switch (v->type) {
  case DB_I64:
    return sqlite3_bind_int64(stmt, place, v->i64);
  case DB_TEXT:
    return sqlite3_bind_text64(stmt, place, v->bytes, v->n, SQLITE_STATIC, SQLITE_UTF8);
  case DB_BYTES:
    return sqlite3_bind_blob64(stmt, place, v->bytes ? v->bytes : "", v->n, SQLITE_STATIC);
  case DB_NULL:
    break;
  }
  return sqlite3_bind_null(stmt, place);
}

/* After some errors SQLite has rolled the transaction back by itself; what came next would be committed one by one. And
 * on a disk that has failed nothing is written, in or out of a transaction. */
static enum err may_run(struct db *db, sqlite3_stmt *stmt)
{
  if (db->poisoned && !sqlite3_stmt_readonly(stmt))
    return db_fail(db, ERR_STORAGE, "the storage has failed; nothing more is written");
  if (!db->in_transaction || !sqlite3_get_autocommit(engine_of(db)->handle))
    return ERR_OK;
  return db_fail(db, ERR_STORAGE, "the transaction was rolled back by an earlier error");
}

static enum err start(struct db *db, struct db_prepared *p, const struct db_value *args, size_t n,
                      struct db_prepared **out)
{
  struct statement *s = statement_of(p);
  *out = p;
  assert(n == s->n); /* as many values as the text has parameters */
  TRY(may_run(db, s->stmt));
  for (size_t i = 0; i < n; i++) {
    int rc = s->place[i] ? bind_one(s->stmt, s->place[i], &args[i]) : SQLITE_OK;
    if (rc != SQLITE_OK)
      return fail(db, rc, p->sql);
  }
  return ERR_OK;
}

/* The result of the checkpoint that the last commit ran. */
static enum err checkpoint_result(struct db *db)
{
  int rc = engine_of(db)->checkpoint_failed;
  engine_of(db)->checkpoint_failed = SQLITE_OK;
  return rc == SQLITE_OK ? ERR_OK : fail(db, rc, "checkpoint");
}

static enum err step(struct db *db, struct db_prepared *p, bool *out_row)
{
  int rc = sqlite3_step(statement_of(p)->stmt);
  *out_row = rc == SQLITE_ROW;
  if (rc == SQLITE_ROW)
    return ERR_OK;
  return rc == SQLITE_DONE ? checkpoint_result(db) : fail(db, rc, p->sql);
}

static void end(struct db *db, struct db_prepared *p)
{
  (void)db;
  sqlite3_reset(statement_of(p)->stmt);
}

static enum err run(struct db *db, struct db_prepared *p, const struct db_value *args, size_t n, int64_t *out_rows)
{
  TRY(start(db, p, args, n, &p));
  bool row = false;
  enum err err;
  do
    err = step(db, p, &row);
  while (row);
  end(db, p);
  if (err == ERR_OK && out_rows)
    *out_rows = sqlite3_changes64(engine_of(db)->handle);
  return err;
}

static struct db_value column(struct db_prepared *p, int i)
{
  sqlite3_stmt *stmt = statement_of(p)->stmt;
  switch (sqlite3_column_type(stmt, i)) {
  case SQLITE_INTEGER:
    return I64(sqlite3_column_int64(stmt, i));
  case SQLITE_NULL:
    return (struct db_value){.type = DB_NULL};
  case SQLITE_BLOB: {
    const void *bytes = sqlite3_column_blob(stmt, i);
    return BYTES(bytes, (size_t)sqlite3_column_bytes(stmt, i));
  }
  default: { /* a REAL, which no statement of ours makes, shows as text and is refused where a number is read */
    const void *text = sqlite3_column_text(stmt, i);
    return (struct db_value){.type = DB_TEXT, .bytes = text, .n = (size_t)sqlite3_column_bytes(stmt, i)};
  }
  }
}

/* ---- Transactions ---- */

static int step_once(sqlite3_stmt *stmt)
{
  int rc = sqlite3_step(stmt);
  sqlite3_reset(stmt);
  return rc;
}

static enum err begin(struct db *db, bool to_write)
{
  sqlite3_stmt *stmt = to_write ? engine_of(db)->begin : engine_of(db)->begin_read;
  int rc = step_once(stmt);
  return rc == SQLITE_DONE ? ERR_OK : fail(db, rc, sqlite3_sql(stmt));
}

static void rollback(struct db *db)
{
  if (!sqlite3_get_autocommit(engine_of(db)->handle))
    step_once(engine_of(db)->rollback);
}

static enum err commit(struct db *db)
{
  if (sqlite3_get_autocommit(engine_of(db)->handle))
    return db_fail(db, ERR_STORAGE, "the transaction was rolled back by an earlier error");
  int rc = step_once(engine_of(db)->commit);
  if (rc == SQLITE_DONE)
    return checkpoint_result(db);
  enum err err = fail(db, rc, "COMMIT");
  rollback(db);
  return err;
}

static enum err outside_version(struct db *db, int64_t *out)
{
  sqlite3_stmt *stmt = engine_of(db)->version;
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW)
    *out = sqlite3_column_int64(stmt, 0);
  sqlite3_reset(stmt);
  return rc == SQLITE_ROW ? ERR_OK : fail(db, rc, sqlite3_sql(stmt));
}

/* A checkpoint that a reader's view or a full disk keeps from finishing is tried again after the next commit. */
static int after_commit(void *arg, sqlite3 *handle, const char *name, int frames)
{
  struct engine *e = arg;
  if (frames < CHECKPOINT_FRAMES)
    return SQLITE_OK;
  int rc = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  if (rc != SQLITE_OK && reaction_to(rc)->poisons)
    e->checkpoint_failed = rc;
  return SQLITE_OK;
}

/* ---- Opening and closing ---- */

/* SQLite's own counting of every allocation is a lock that all threads share. */
static void configure_library(void)
{
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* "PATH" or "PATH?vfs=NAME". */
static enum err open_file(struct db *db, const char *where, enum db_mode mode)
{
  char path[PATH_BYTES_MAX];
  const char *question = strstr(where, "?vfs=");
  size_t n = question ? (size_t)(question - where) : strlen(where);
  if (n == 0 || n >= sizeof path)
    return db_fail(db, ERR_STORAGE, "sqlite:PATH needs a path of at most %d bytes", PATH_BYTES_MAX - 1);
  memcpy(path, where, n);
  path[n] = 0;
  if (mode == DB_WRITER && !question) { /* it holds secrets; what SQLite puts beside it gets the same mode */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
      close(fd);
  }
  int flags = mode == DB_WRITER ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  int rc = sqlite3_open_v2(path, &engine_of(db)->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                           question ? question + strlen("?vfs=") : NULL);
  return rc == SQLITE_OK ? ERR_OK : fail(db, rc, path);
}

/* Settings fail because of the file, so that is what the refusal names. */
static enum err run_settings(struct db *db, const char *settings, const char *path)
{
  int rc = sqlite3_exec(engine_of(db)->handle, settings, NULL, NULL, NULL);
  return rc == SQLITE_OK ? ERR_OK : fail(db, rc, path);
}

/* Some file systems cannot share memory; then SQLite keeps its old journal and says so in the reply alone. */
static enum err switch_to_wal(struct db *db)
{
  static const char sql[] = "PRAGMA journal_mode = WAL";
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(engine_of(db)->handle, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_step(stmt);
  bool wal = rc == SQLITE_ROW && sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
  sqlite3_finalize(stmt);
  if (rc != SQLITE_ROW)
    return fail(db, rc, sql);
  return wal ? ERR_OK : db_fail(db, ERR_STORAGE, "this file system cannot hold a write-ahead log");
}

static enum err prepare_own(struct db *db)
{
  struct engine *e = engine_of(db);
  const struct {
    sqlite3_stmt **stmt;
    const char *sql;
  } own[] = {
      {&e->begin, "BEGIN IMMEDIATE"},
      {&e->begin_read, "BEGIN"},
      {&e->commit, "COMMIT"},
      {&e->rollback, "ROLLBACK"},
      {&e->version, "PRAGMA data_version"},
  };
  for (size_t i = 0; i < COUNT_OF(own); i++) {
    int rc = sqlite3_prepare_v3(e->handle, own[i].sql, -1, SQLITE_PREPARE_PERSISTENT, own[i].stmt, NULL);
    if (rc != SQLITE_OK)
      return fail(db, rc, own[i].sql);
  }
  return ERR_OK;
}

static enum err open_steps(struct db *db, const char *where, enum db_mode mode)
{
  TRY(open_file(db, where, mode));
  struct engine *e = engine_of(db);
  sqlite3_busy_timeout(e->handle, BUSY_TIMEOUT_MS);
  sqlite3_db_config(e->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(e->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "x" is a name, as everywhere else */
  sqlite3_db_config(e->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config(e->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  TRY(run_settings(db, mode == DB_WRITER ? writer_settings : reader_settings, where));
  if (mode == DB_WRITER) {
    TRY(switch_to_wal(db));
    sqlite3_wal_hook(e->handle, after_commit, e);
  }
  TRY(prepare_own(db));
  int64_t version;
  return outside_version(db, &version); /* reads the file: a reader learns here that it is no database */
}

/* SQLite checkpoints when the last connection closes, which a reader may be, who cannot write. So the writer does it. */
static void checkpoint_for_good(struct db *db)
{
  int rc = sqlite3_wal_checkpoint_v2(engine_of(db)->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  db->poisoned = rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_LOCKED;
}

static void close_connection(struct db *db)
{
  struct engine *e = engine_of(db);
  sqlite3_stmt *own[] = {e->begin, e->begin_read, e->commit, e->rollback, e->version};
  for (size_t i = 0; i < COUNT_OF(own); i++)
    sqlite3_finalize(own[i]);
  if (e->handle && db->mode == DB_WRITER && !db->poisoned)
    checkpoint_for_good(db);
  if (e->handle && db->poisoned) /* a sync that failed once may lie the next time: leave the WAL to the next start */
    sqlite3_db_config(e->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  int rc = sqlite3_close(e->handle);
  assert(rc == SQLITE_OK); /* every statement was finished */
  (void)rc;
  free(e);
}

static enum err open_connection(struct db *db, const char *where, enum db_mode mode)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, configure_library);
  db->words = &words;
  db->engine = calloc(1, sizeof(struct engine));
  if (!db->engine)
    abort();
  enum err err = open_steps(db, where, mode);
  if (err != ERR_OK)
    close_connection(db);
  return err;
}

/* ---- Schema ---- */

/* The names that sql gives, joined by commas; its one parameter, if it has one, is table. */
static enum err names(struct db *db, const char *sql, const char *table, struct buf *out)
{
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(engine_of(db)->handle, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK && table)
    rc = sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
  while (rc == SQLITE_OK || rc == SQLITE_ROW) {
    rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW)
      break;
    if (out->n)
      buf_char(out, ',');
    buf_text(out, (const char *)sqlite3_column_text(stmt, 0));
  }
  sqlite3_finalize(stmt);
  return rc == SQLITE_DONE ? ERR_OK : fail(db, rc, sql);
}

static enum err columns(struct db *db, const char *table, struct buf *out)
{
  return names(db, "SELECT name FROM pragma_table_info(?1) ORDER BY cid", table, out);
}

static enum err key_columns(struct db *db, const char *table, struct buf *out)
{
  return names(db, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table, out);
}

static enum err tables(struct db *db, struct buf *out)
{
  static const char sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                            " ORDER BY rowid";
  return names(db, sql, NULL, out);
}

static enum err copy_file(struct db *db, const char *path)
{
  struct db_pages pages;
  int rc = db_pages_copy(engine_of(db)->handle, path, &pages);
  enum err err = rc == SQLITE_OK ? ERR_OK : fail_elsewhere(db, rc, path);
  const char *problem = err == ERR_OK ? db_pages_prove(path, &pages) : NULL;
  if (problem)
    err = db_fail(db, ERR_STORAGE, "the disk has failed: %s: %s", path, problem);
  db_pages_done(&pages);
  return err;
}

static enum err foreign(struct db *db, bool *out)
{
  static const char sql[] = "SELECT count(*) > 0 AND total(name = 'schema_version') = 0 FROM sqlite_schema"
                            " WHERE type = 'table'";
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(engine_of(db)->handle, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW)
    *out = sqlite3_column_int(stmt, 0) != 0;
  sqlite3_finalize(stmt);
  return rc == SQLITE_ROW ? ERR_OK : fail(db, rc, sql);
}

const struct db_driver db_sqlite_driver = {
    .scheme = "sqlite:",
    .engine = DB_SQLITE,
    .open = open_connection,
    .close = close_connection,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .outside_version = outside_version,
    .prepare = prepare,
    .finish = finish,
    .run = run,
    .start = start,
    .step = step,
    .end = end,
    .column = column,
    .columns = columns,
    .key_columns = key_columns,
    .tables = tables,
    .copy_file = copy_file,
    .foreign = foreign,
};
