/* What the files of this room share: a connection, its caches, and the struct of functions an engine fills in.
 *
 * Everything one engine alone knows is in its own file (db_sqlite.c). The others (statements, tables, lists,
 * migrations, memo) speak only to struct db_driver, so a second engine is one more file and one more row in db.c. */
#ifndef ORDO_DB_PRIV_H
#define ORDO_DB_PRIV_H

#include "db.h"

enum { DB_COLUMNS_MAX = 160, DB_ARGS_MAX = 512 };

/* ---- A map from an address (or a hash) to a value: open addressing, never full ---- */

struct db_map_entry {
  const void *key;
  void *value;
};
struct db_map {
  struct db_map_entry *at;
  unsigned bits; /* 2^bits places */
  size_t n;
};
void **db_map_find(const struct db_map *m, const void *key); /* NULL when it is not there */
void **db_map_add(struct db_map *m, const void *key);        /* its place, made when missing; dies with the next add */
void db_map_clear(struct db_map *m);                         /* keeps the memory */
void db_map_done(struct db_map *m);
#define EACH_ENTRY(entry, m)                                                                                           \
  for (struct db_map_entry *entry = (m)->at, *entry##_end = entry ? entry + (1u << (m)->bits) : entry;                 \
       entry != entry##_end; entry++)                                                                                  \
    if (entry->key)

/* ---- Engines ---- */

/* A prepared statement. The engine's own struct begins with it. */
struct db_prepared {
  const char *sql;   /* the engine's copy */
  const char *given; /* the address it was prepared from, to notice a struct db_stmt that is not static */
  enum db_marker marker;
  bool open;    /* rows are being read */
  enum err bad; /* a column did not hold what the reader asked for */
  int64_t started_ms; /* rows: when they were asked for */
  bool waited;        /* for others who asked at the same time: how long is nobody's fault */
  struct db_prepared *next_open, **open_link;
};

/* A statement that places a table: before, its name, after; for one that lies beside another also beside and that one's
 * name; and end. before NULL = there is nothing to say. */
struct db_place_words {
  const char *before, *after, *beside, *end;
};
/* What the macros of a migration become. */
struct db_words {
  bool bucket_last;           /* KEY(bucket, a, b) is (a, b, bucket) */
  const char *narrow, *bytes; /* WITHOUT ROWID, BLOB */
  struct db_place_words spread, reference;
};

struct db_driver {
  const char *scheme; /* "sqlite:" */
  bool whole_url;     /* open gets the url with its scheme */
  enum db_engine engine;

  enum err (*open)(struct db *db, const char *where, enum db_mode mode); /* cleans up after itself on an error */
  void (*close)(struct db *db);
  enum err (*begin)(struct db *db, bool to_write);
  enum err (*commit)(struct db *db); /* on an error it has rolled back */
  void (*rollback)(struct db *db);
  enum err (*outside_version)(struct db *db, int64_t *out);

  enum err (*prepare)(struct db *db, const char *sql, struct db_prepared **out);
  void (*finish)(struct db_prepared *p);
  enum err (*run)(struct db *db, struct db_prepared *p, const struct db_value *args, size_t n, int64_t *out_rows);
  /* *out = what step, end and column are called with: p itself, or one of several readings of it at a time. */
  enum err (*start)(struct db *db, struct db_prepared *p, const struct db_value *args, size_t n,
                    struct db_prepared **out);
  enum err (*step)(struct db *db, struct db_prepared *p, bool *out_row);
  void (*end)(struct db *db, struct db_prepared *p);
  struct db_value (*column)(struct db_prepared *p, int column); /* until the next step */

  enum err (*columns)(struct db *db, const char *table, struct buf *out);
  enum err (*key_columns)(struct db *db, const char *table, struct buf *out);
  enum err (*tables)(struct db *db, struct buf *out);
  enum err (*copy_file)(struct db *db, const char *path); /* NULL: the database is no file */
  enum err (*foreign)(struct db *db, bool *out); /* are there tables, but no schema_version? */
  enum err (*choose_words)(struct db *db); /* before migrations are run: db->words by what the server can do; or NULL */

  /* Batches (db.h); NULL where asking costs nothing. */
  void (*together)(struct db *db, size_t n, void (*fn)(void *arg, size_t i), void *arg);
  void (*defer)(struct db *db);
  enum err (*flush)(struct db *db);
};
extern const struct db_driver db_sqlite_driver, db_pg_driver;

/* ---- A connection ---- */

struct db {
  const struct db_driver *driver;
  const struct db_words *words; /* set by the driver's open */
  void *engine;
  enum db_mode mode;
  bool in_transaction, poisoned;
  struct fault *fault;   /* of the request that uses the connection now */
  struct arena *arena;   /* its row text */
  struct arena *home;    /* arena, but while a memo is filled (db_use_arena) */
  struct arena *lasting; /* texts and column arrays, as long as the connection */
  bool remembered, asked_anew, anew, for_itself; /* db_mixed, db_anew, db_ask_for_itself */
  struct db_map stmts;   /* struct db_stmt -> struct db_prepared */
  struct db_map wheres;  /* struct db_where -> struct db_prepared */
  struct db_map tables;  /* struct db_table -> struct db_plan */
  struct db_map texts;   /* hash of a list's text -> struct db_prepared */
  struct db_prepared *open_rows;
  int64_t slow_ms; /* 0 = nobody wants to know */
  db_slow *on_slow;
  void *slow_arg;
  struct arena *memo_arena;
  struct db_map memo; /* name -> void ** in memo_arena */
};

/* Notes what went wrong in the connection's fault and returns code itself (a fault keeps only the first code). */
enum err db_fail(struct db *db, enum err code, const char *fmt, ...) PRINTF_LIKE(3, 4);

MUST_CHECK enum err db_prepare(struct db *db, const char *sql, enum db_marker marker, struct db_prepared **out);
MUST_CHECK enum err db_run_prepared(struct db *db, struct db_prepared *p, int64_t *out_rows,
                                    const struct db_value *args, size_t n);
MUST_CHECK enum err db_start(struct db *db, struct db_prepared *p, struct db_rows *rows, const struct db_value *args,
                             size_t n);

/* Testing (db_check.c): with ORDO_DB_CHECK=1 in the environment, a statement that breaks a rule stops the process. */
void db_check_schema(const struct db_migration *migrations, size_t n);
void db_check_statement(const char *sql, enum db_marker marker);

/* ---- Tables ---- */

struct db_column {
  const char *name;
  size_t offset; /* in the row's struct, inline records included */
  enum rec_kind kind;
  bool key, zero_is_null; /* an id of 0 means none, unless it is a key or required */
  const struct rec_field *field;
};
enum db_verb { DB_INSERT, DB_UPSERT, DB_UPDATE, DB_DELETE, DB_GET, DB_VERBS };
/* A table as one connection sees it: its columns flat, and the statements made so far. */
struct db_plan {
  const struct db_table *table;
  struct db_column *columns;
  size_t n, n_keys;
  const char *select; /* "SELECT a, b FROM t" */
  struct db_prepared *verbs[DB_VERBS];
};
struct db_plan *db_plan_of(struct db *db, const struct db_table *table);
const struct db_column *db_plan_column(const struct db_plan *plan, const struct rec_field *field);
/* Adds all rows of an open query over the plan's columns to list, and ends the query. */
MUST_CHECK enum err db_read_rows(const struct db_plan *plan, struct db_rows *rows, struct list *out);

#endif
