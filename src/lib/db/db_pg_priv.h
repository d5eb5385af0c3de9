/* What the files of the PostgreSQL engine share: a connection, its statements, and what a batch keeps.
 *
 *   db_pg_connect.c  connecting, errors, urls
 *   db_pg.c          transactions, one statement at a time, rows
 *   db_pg_ask.c      the loads of a batch side by side; answers that are remembered
 *   db_pg_defer.c    writes that are gathered and sent as statements of many rows
 */
#ifndef ORDO_DB_PG_PRIV_H
#define ORDO_DB_PG_PRIV_H

#include "db_fiber_priv.h"
#include "db_priv.h"

#include <libpq-fe.h>

/* "column = $param" or "column = literal"; as an INSERT's row has it, or a WHERE. */
struct pg_term {
  const char *column;
  int param;           /* 0 = the literal */
  const char *literal; /* NULL = neither can be known */
};
/* One table of a statement, with what is known of the rows it reads or writes there. */
struct pg_part {
  const char *table;
  const struct pg_term *terms;
  size_t n_terms;
  int bucket; /* index in terms of "bucket", or -1 */
};
/* How a statement touches tables: made of sql_reading when it is first needed. */
struct pg_touch {
  bool writes, inserts, upserts, repeatable, keyed, deferrable, nothing /* no table at all */;
  const struct pg_part *parts; /* [0] = the written one */
  size_t n_parts;
  const char *const *set; /* columns an UPDATE changes */
  size_t n_set;
  const char *head, *row, *tail; /* sql_reading */
  const int *key;                /* index in parts[0].terms of each column of the primary key, -1 = not said */
  size_t n_key;
};

struct pg_statement {
  struct db_prepared head; /* first */
  char *text;
  unsigned name, generation; /* of the server's prepared statement; another generation = prepare again */
  int n_params;
  Oid *types; /* of the parameters, once they were asked (typed) */
  bool typed;
  const struct pg_touch *touch;
  struct pg_statement *many[8]; /* the INSERT of 2, 4 ... 256 rows, made when needed */
};

/* A reading of a statement's rows. */
struct pg_cursor {
  struct db_prepared head; /* first */
  PGresult *result;
  int row, rows;
  bool shared;         /* result belongs to the batch's memory */
  unsigned portal;     /* > 0: a cursor of the server's, read in slices */
  struct pg_cursor *next;
};

struct pg_batch;
struct pg {
  PGconn *conn;
  char *url;
  unsigned generation; /* counts connections */
  unsigned names, portals;
  bool serializable; /* what the server's default asks for */
  bool failed;       /* the transaction cannot go on: roll back */
  bool read_only;    /* the server takes no writes any more: look for another one */
  int64_t asked;     /* outside_version */
  struct pg_cursor *idle;
  struct pg_batch *batch; /* writers */
};

static inline struct pg *pg_of(const struct db *db) { return db->engine; }
static inline struct pg_statement *pg_statement_of(struct db_prepared *p) { return (struct pg_statement *)p; }

/* The error of a result (or, where it is NULL, of the connection) as db_fail tells it; doing = the statement's text. */
enum err pg_fail(struct db *db, const PGresult *result, const char *doing);
bool pg_lost(const struct db *db);
/* A command without parameters or rows. */
MUST_CHECK enum err pg_run_text(struct db *db, const char *sql);
/* A new connection, with its session's settings. ERR_AWAY: no server can be reached. */
MUST_CHECK enum err pg_reconnect(struct db *db);
/* The same when the old one was lost. A socket that the server has closed shows only when it is read. */
MUST_CHECK enum err pg_be_connected(struct db *db);
/* On the server under its name, with the types of its parameters known. Not in a pipeline. */
MUST_CHECK enum err pg_ready(struct db *db, struct pg_statement *s);
struct pg_statement *pg_make(struct db *db, const char *sql);
void pg_finish(struct db_prepared *p);
/* Queues the statement (in a pipeline) or sends it. False: the connection is lost. */
bool pg_send(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n);
/* An INSERT of n_rows rows of n values each. */
bool pg_send_rows(struct db *db, struct pg_statement *s, const struct db_value *const *rows, size_t n_rows, size_t n);
/* Sends and waits; *out is the caller's. */
MUST_CHECK enum err pg_ask(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                           PGresult **out);
struct pg_cursor *pg_cursor_new(struct db *db, const struct pg_statement *s, PGresult *result, bool shared);

/* ---- Batches ---- */

struct pg_batch *pg_batch_new(void);
void pg_batch_free(struct pg_batch *b);
/* A transaction begins or ended: everything is forgotten. */
void pg_batch_reset(struct db *db);
bool pg_batch_active(const struct db *db);
const struct pg_touch *pg_touch_of(struct db *db, struct pg_statement *s);
/* *out_done: answered here; else the caller sends it. */
MUST_CHECK enum err pg_batch_query(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                                   struct pg_cursor **out);
/* A write in a batch: gathered (*out_done), or to be sent by the caller now that all before it has been. */
MUST_CHECK enum err pg_batch_write(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                                   bool counted, bool *out_done);
MUST_CHECK enum err pg_flush(struct db *db);
void pg_together(struct db *db, size_t n, void (*fn)(void *arg, size_t i), void *arg);
void pg_defer(struct db *db);

#endif
