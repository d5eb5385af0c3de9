/* db - one face before the engines: connections, statements, rows, tables by record descriptor, migrations.
 *
 * Statements are portable SQL (docs/decisions, portable-sql): $1..$n, only integer, text, bytes and NULL cross. A
 * statement is a static struct; its address is its identity: each connection prepares it once and keeps it.
 * Errors leave their detail in the connection's fault (db_use), so callers just TRY.
 *
 * Threads: a connection belongs to one thread at a time.
 */
#ifndef ORDO_DB_H
#define ORDO_DB_H

#include "base.h"
#include "rec.h"
#include "sql.h"

struct db;

enum db_engine {
  DB_SQLITE,   /* one process writes at a time: a guard that misses is a bug */
  DB_POSTGRES, /* several do: a guard that misses means that somebody was faster (ERR_RETRY) */
};

enum db_mode {
  DB_WRITER, /* the one writer: 256 MB cache, creates the file */
  DB_READER, /* read-only, 64 MB cache */
};

/* What the planner of a sharded engine must be told, and what the statement is judged by (enum sql_marker). */
enum db_marker { DB_KEYED = SQL_KEYED, DB_LIST = SQL_LIST, DB_REPORT = SQL_REPORT, DB_SCHEMA = SQL_SCHEMA };

struct db_stmt {
  const char *sql;
  enum db_marker marker;
};

enum db_type { DB_NULL, DB_I64, DB_TEXT, DB_BYTES };
struct db_value {
  enum db_type type;
  int64_t i64;
  const void *bytes; /* DB_TEXT: NUL-terminated */
  size_t n;
};
#define I64(v)          ((struct db_value){.type = DB_I64, .i64 = (v)})
#define TEXT(s)         db_text_value(s) /* NULL is SQL NULL */
#define BYTES(p, n_)    ((struct db_value){.type = DB_BYTES, .bytes = (p), .n = (n_)})
#define I64_OR_NULL(v)  db_i64_or_null(v) /* ABSENT is SQL NULL */
struct db_value db_text_value(const char *s);
struct db_value db_i64_or_null(int64_t v);
#define DB_ARGS(...)                                                                                                   \
  (const struct db_value[]){__VA_ARGS__}, (sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value))
#define DB_NO_ARGS NULL, 0

/* ---- Connections ---------------------------------------------------------------------------------------------- */

/* url: "sqlite:PATH", or "postgresql://..." as libpq reads it (several hosts, passfile, sslmode ...). Fails with ERR_STORAGE and a sentence in f (missing folder, not a database, no write-ahead log on
 * this file system). f and its arena are the connection's until db_use. Foreign keys are not enforced on SQLite: they
 * cost a look-up per row where one writer has loaded the parent; `ordo check` proves what they would. */
MUST_CHECK enum err db_open(const char *url, enum db_mode mode, struct fault *f, struct db **out);
void db_close(struct db *db); /* accepts NULL; a writer checkpoints */
enum db_engine db_engine(const struct db *db);
/* The url without its password, for logs and messages; in the arena. A command line must not hold one: others see it. */
bool db_url_has_password(const char *url);
const char *db_url_shown(struct arena *a, const char *url);
/* From now on errors go to f and row text to arena a. Call at the start of each request or act. Ends rows that somebody
 * forgot to end: they would pin a reader's view and the WAL with it. */
void db_use(struct db *db, struct fault *f, struct arena *a);
/* Only the arena, for a memo that is filled in between: rows that are open go on. */
void db_use_arena(struct db *db, struct arena *a);
struct arena *db_arena(struct db *db);

/* Tells of every statement that took ms or longer, rows included, on the thread that ran it. The clock is a coarse one (a few
 * milliseconds), so that asking costs nothing on the hot path. fn NULL = nobody wants to know. */
typedef void db_slow(void *arg, const char *sql, int64_t ms);
void db_on_slow(struct db *db, int64_t ms, db_slow *fn, void *arg);

/* ---- Transactions (the writer's business alone) ---------------------------------------------------------------- */

/* BEGIN IMMEDIATE; READ COMMITTED on PostgreSQL, after connecting anew where the connection was lost. ERR_RETRY: another
 * process has been writing for 2 s; ERR_STORAGE: the connection is poisoned; ERR_AWAY: no server can be reached. */
MUST_CHECK enum err db_begin(struct db *db);
/* ERR_OK only when the data are on the disk. On an error the transaction is rolled back. ERR_STORAGE: a sync or a write
 * failed and db_poisoned is true from now on, or the disk is full. ERR_UNKNOWN: the connection was lost before the server
 * had answered; whether the transaction happened must be looked up on a new one. */
MUST_CHECK enum err db_commit(struct db *db);
void db_rollback(struct db *db);
/* True once an I/O error or failed sync was seen: nothing may be acknowledged any more, the process should stop.
 * A full disk does not poison: its transaction is rolled back and ERR_STORAGE answered. */
bool db_poisoned(const struct db *db);
/* A number that changes when another connection (or process) has committed: PRAGMA data_version. */
MUST_CHECK enum err db_outside_version(struct db *db, int64_t *out);
/* Readers: one consistent view over several statements. */
MUST_CHECK enum err db_read_begin(struct db *db);
void db_read_end(struct db *db);

/* ---- Statements ------------------------------------------------------------------------------------------------ */

/* Errors of all that run a statement: ERR_EXISTS a broken unique key; ERR_RETRY another process is writing; ERR_STORAGE
 * the disk; ERR_INTERNAL a mistake of ours in the text or against the schema. On SQLite the transaction goes on after
 * ERR_EXISTS and ERR_INTERNAL; otherwise roll it back (on PostgreSQL what follows is ERR_RETRY). There must be as many
 * values as the text has parameters. */

/* Runs a statement without rows (those of RETURNING are passed over); out_rows (may be NULL) = rows changed. */
MUST_CHECK enum err db_run(struct db *db, const struct db_stmt *stmt, int64_t *out_rows, const struct db_value *args,
                           size_t n);

/* Rows of a query. db_next: true while there is a row; on an error it ends and db_done returns it. Always call db_done.
 * The texts and bytes of args must live until then. A statement cannot be started again while its rows are being
 * read. */
struct db_rows {
  struct db *db;
  void *stmt;
  enum err err;
};
MUST_CHECK enum err db_query(struct db *db, const struct db_stmt *stmt, struct db_rows *rows,
                             const struct db_value *args, size_t n);
bool db_next(struct db_rows *rows);
MUST_CHECK enum err db_done(struct db_rows *rows);
/* Columns from 0. Another type than asked for (SQLite takes any value in any column) makes db_done ERR_INTERNAL. */
int64_t db_i64(const struct db_rows *rows, int column);      /* NULL reads as ABSENT */
const char *db_text(const struct db_rows *rows, int column); /* copied into the arena; NULL stays NULL */
const void *db_bytes(const struct db_rows *rows, int column, size_t *out_n);
/* Whatever it is; the engine's own memory, until the next db_next. */
struct db_value db_value_at(const struct db_rows *rows, int column);
/* One value of the first row; *out stays as it was when there is none. */
MUST_CHECK enum err db_one_i64(struct db *db, const struct db_stmt *stmt, int64_t *out, const struct db_value *args,
                               size_t n);

/* What rows are called: out[i] of ids[i], NULL where there is none or it has no name. The statement answers (id, name) of
 * its DB_NAMES ids: "SELECT id, code FROM location WHERE id IN (" DB_NAMES_IDS ")"; as often as n takes it. */
enum { DB_NAMES = 32 };
#define DB_NAMES_IDS                                                                                                   \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,"        \
  "$30,$31,$32"
MUST_CHECK enum err db_names(struct db *db, const struct db_stmt *stmt, const int64_t *ids, size_t n, const char **out);

/* Bytes that the database takes. */
MUST_CHECK enum err db_size(struct db *db, int64_t *out);

/* ---- Batches: where a round trip is what costs ------------------------------------------------------------------
 *
 * On PostgreSQL the acts of one transaction go to the server in a few round trips: what they load is asked together, and
 * what they write is gathered, sorted and sent as statements of many rows. On SQLite these calls do nothing, since there
 * asking costs nothing; the text of an act is the same.
 *
 *   db_begin    db_together (each act's load)    db_defer    each act again: load, decide, apply    db_flush    db_commit
 */

/* Runs fn(arg, 0) ... fn(arg, n - 1) side by side on this thread, each on a stack of its own: when all of them wait for an
 * answer, their questions go out in one pipeline. Answers are remembered until the transaction ends or one of its own
 * writes touches them (sql.h says how that is seen), so whoever asks the same again gets them at once. fn calls
 * db_use before it asks, and writes nothing. One of them may divide itself by calling it again (a request of many orders).
 * In a transaction or a reader's view. Returns at once, without calling fn, on SQLite, and after db_defer. */
void db_together(struct db *db, size_t n, void (*fn)(void *arg, size_t i), void *arg);
/* Since db_use, some answers were remembered ones, and others were asked anew because writes had touched them: what was
 * read may be of two moments. db_anew: ask everything anew until it is switched off. */
bool db_mixed(const struct db *db);
void db_anew(struct db *db, bool on);
/* One of those who run side by side asks for itself, though another has asked the same: until it is switched off. */
void db_ask_for_itself(struct db *db, bool on);
/* Until commit or rollback, writes are gathered. A row count that is asked for (out_rows of an INSERT or a keyed UPDATE,
 * db_update's ERR_NOT_FOUND) is answered as 1 and proved by db_flush. A query that one of the gathered writes may touch
 * sends them first. */
void db_defer(struct db *db);
/* Sends what was gathered: rows of one statement together, inserts first, then updates, each by table and key, so that two
 * writers never wait for each other in a circle. ERR_RETRY when a row count was not 1 after all, ERR_EXISTS for a broken
 * unique key: roll back, and let each act run alone without db_defer. */
MUST_CHECK enum err db_flush(struct db *db);

/* ---- Tables by record ------------------------------------------------------------------------------------------ */

/* A table whose rows are a C struct: columns are rec's fields but REC_VIRTUAL and REC_LIST ones, inline records
 * flattened; the key is its REC_KEY fields. Texts of the statements are made once per connection. */
struct db_table {
  const char *name;
  const struct rec *rec;
};
/* ERR_EXISTS on a double. */
MUST_CHECK enum err db_insert(struct db *db, const struct db_table *table, const void *row);
/* INSERT ... ON CONFLICT (key) DO UPDATE of all other columns. */
MUST_CHECK enum err db_upsert(struct db *db, const struct db_table *table, const void *row);
/* Updates all non-key columns by key; ERR_NOT_FOUND when there is no such row. */
MUST_CHECK enum err db_update(struct db *db, const struct db_table *table, const void *row);
/* By key; fine when it is gone already. */
MUST_CHECK enum err db_delete(struct db *db, const struct db_table *table, const void *row);
/* Fills row by its key fields, which the caller has set; the others need not be. Members without a column become as
 * rec_init makes them. ERR_NOT_FOUND, with row untouched. (ERR_NOT_FOUND never comes with a fault text here.) */
MUST_CHECK enum err db_get(struct db *db, const struct db_table *table, void *row);

/* NULL columns read as absent: ABSENT, NULL, an id as 0; in a bool or an enum as 0. REC_RECORD and REC_TEXTS columns
 * hold the JSON of rec_store: hidden and read-only members are in it. An enum column that holds an unknown name is
 * ERR_INTERNAL. */

/* A condition of db_select: "bucket = $1 AND order_id = $2 ORDER BY n": static text after WHERE, with its own
 * identity. */
struct db_where {
  const struct db_table *table;
  const char *text; /* after "SELECT columns FROM table WHERE "; may be "1 = 1 ORDER BY ..." */
  enum db_marker marker;
};
/* Adds the matching rows to list, a LIST of the table's struct. */
MUST_CHECK enum err db_select(struct db *db, const struct db_where *where, struct list *out,
                              const struct db_value *args, size_t n);
/* Asks and throws the answer away: a part of what db_together asks ahead. */
MUST_CHECK enum err db_ask(struct db *db, const struct db_where *where, const struct db_value *args, size_t n);
/* The first matching row, or ERR_NOT_FOUND without a fault text. */
MUST_CHECK enum err db_select_one(struct db *db, const struct db_where *where, void *row, const struct db_value *args,
                                  size_t n);

/* ---- Lists for screens and API: filters, sorting and keyset pages from a table of what is allowed ---------------- */

enum db_op { DB_EQ, DB_IN, DB_GTE, DB_GT, DB_LTE, DB_LT };
struct db_filter {
  const struct rec_field *field; /* a column of the table; a record that is inline twice stands for its first place */
  enum db_op op;
  const struct db_value *values; /* one (DB_EQ with NULL is IS NULL), or up to 128 for DB_IN (none match nothing) */
  size_t n;
};
struct db_page {
  const struct db_table *table;
  const struct db_filter *filters;
  size_t n_filters;
  /* One further fixed condition with its parameters, or NULL: "customer_id = $1". A static text, numbered from $1. */
  const char *where;
  const struct db_value *where_args;
  size_t n_where_args;
  const struct rec_field *sort; /* NOT NULL column; ties by the key field id_field */
  const struct rec_field *id_field;
  bool descending;
  const struct db_value *after; /* two: {sort value, id} of the last row seen, or NULL */
  int64_t limit;
};
/* Adds at most limit rows. The text is put together from constant pieces and column names of the descriptors only. More
 * than 128 values in one DB_IN, or 512 in all, are ERR_INVALID. */
MUST_CHECK enum err db_list(struct db *db, const struct db_page *page, struct list *out);
/* The exact number of rows the filters match (slow by nature; only on request). */
MUST_CHECK enum err db_count(struct db *db, const struct db_page *page, int64_t *out);
/* The same, but no further than most: *out = most says that there are so many or more. */
MUST_CHECK enum err db_count_most(struct db *db, const struct db_page *page, int64_t most, int64_t *out);

/* The same by equal steps of an INTEGER column, in one statement: out[i] rows have from + i * step <= field <
 * from + (i + 1) * step. Rows outside of the n steps are not counted. */
MUST_CHECK enum err db_count_steps(struct db *db, const struct db_page *page, const struct rec_field *field, int64_t from,
                                   int64_t step, int64_t *out, size_t n);

/* ---- Memo: masters a connection keeps in memory -------------------------------------------------------------------
 * Read often, written seldom: products, locations, rules. Slots are named by a static address. Everything is forgotten
 * by db_memo_clear, which the owner of the connection calls when an act wrote a master and when db_outside_version
 * moved, and when it holds more than MEMO_BYTES_MAX. */
#define DB_MEMO_BYTES_MAX (64u << 20)
struct arena *db_memo_arena(struct db *db); /* lives until the next clear */
/* Points to the slot: NULL in it at first and after a clear; the caller fills it. Good until the next clear. */
void **db_memo_slot(struct db *db, const void *name);
void db_memo_clear(struct db *db);
size_t db_memo_bytes(const struct db *db);

/* ---- Schema ---------------------------------------------------------------------------------------------------- */

/* One numbered forward-only file of sql/, embedded (ordo_embed_migrations in cmake/embed.cmake). Macros the engines
 * fill in:
 *   PRIMARY KEY KEY(bucket, a, b)      the key's columns in the engine's order: (a, b, bucket) on SQLite
 *   NARROW                             after ")" of a table with small rows: WITHOUT ROWID on SQLite
 *   BYTES                              the column type of bytes
 *   SPREAD(t); REFERENCE(t); LOCAL(t); how a sharded engine places a table: by bucket, on every node, on one; nothing
 *                                      on SQLite. SPREAD(t, family): beside the table that the family is called after,
 *                                      so that the two may be joined
 * Statements end with ";" at a line's end, which only a comment may follow. Macros are not looked for in comments and
 * quotes. */
struct db_migration {
  int number;
  const char *name, *text;
};
/* Brings the database to the newest migration, one transaction each; ERR_STORAGE when it is newer than the program. A
 * reader only checks: ERR_STORAGE when it is older, too. migrations are in the order of their numbers. */
MUST_CHECK enum err db_migrate(struct db *db, const struct db_migration *migrations, size_t n);
/* As the number of a row of schema_version: the data are not whole yet (a copy into them has not ended, core/transfer), and
 * db_migrate refuses the database with that sentence. */
#define DB_UNFINISHED 2147483647
/* Every statement text this connection has prepared so far, for the tests that read them. */
void db_each_statement(struct db *db, void (*fn)(void *arg, const char *sql, enum db_marker marker), void *arg);
/* Columns of a table as the engine reports them, comma-separated in order, in the arena. For the test that compares
 * them with the descriptors. */
MUST_CHECK enum err db_columns(struct db *db, const char *table, const char **out);
/* The same of its primary key, in the key's own order. */
MUST_CHECK enum err db_key_columns(struct db *db, const char *table, const char **out);
/* All tables but the engine's own, in the order they were made, comma-separated, in the arena; "" = there are none. */
MUST_CHECK enum err db_tables(struct db *db, const char **out);
/* SQLite alone: writes the whole database, as it is now, to the file at path, page by page and without a write-ahead log
 * beside it; what the file held is lost. Then syncs it and proves that it holds what was written. Writers go on meanwhile;
 * only while pages are copied their log grows. Outside a transaction. ERR_STORAGE: the disk; ERR_STATE: another engine. */
MUST_CHECK enum err db_copy_file(struct db *db, const char *path);

/* What the macros of the migrations say of the placement of tables (sql.h), in the order of the tables; in a. A table
 * without a macro is left out. With ORDO_DB_CHECK=1 in the environment every statement is judged by them before it is
 * prepared, and the process stops at what breaks a rule of portable SQL. */
size_t db_placements(const struct db_migration *migrations, size_t n, struct arena *a, const struct sql_placed **out);

/* ---- Testing: an SQLite VFS that fails on demand ---------------------------------------------------------------- */

/* Named "ordo-fault"; db_open uses it when the url ends in "?vfs=ordo-fault". Counts down on each sync and write of any
 * file. One plan for the whole process. */
struct db_fault_plan {
  int64_t fail_sync_after;  /* the n-th sync from now fails with SQLITE_IOERR_FSYNC; 0 = never */
  int64_t fail_write_after; /* the n-th write is short and fails */
  int64_t full_after;       /* from the n-th write on SQLITE_FULL */
  int64_t lose_after;       /* from the n-th write on, writes wait in memory for a sync and are lost at a power cut */
  bool torn;                /* with lose_after: the last of them reaches the file cut in the middle */
  uint64_t seed;            /* with lose_after, not 0: by lot all are kept, or each is kept, torn or lost */
};
void db_fault_vfs_register(void);
void db_fault_vfs_plan(const struct db_fault_plan *plan);
/* Ends the world as a power cut does: what was not synced is gone (or torn), further I/O fails until replug. Close all
 * connections between the two; replug also forgets the plan. */
void db_fault_vfs_power_cut(void);
void db_fault_vfs_replug(void);

#endif
