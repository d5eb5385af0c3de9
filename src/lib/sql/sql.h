/* sql - what a statement's text says, and whether it is portable: no connection, no engine, texts in and answers out.
 *
 * Three things rest on it: the batches of db.h see by it whether a gathered write touches what is asked, alike INSERTs
 * become one of many rows, and every statement of the program is held to the rules of portable SQL (docs/decisions). It
 * reads the portable subset alone; of what it does not understand it says so, and its users then assume the worst.
 *
 * Nothing here fails, whatever the text is. All that comes out lives in the caller's arena, or points into the text that
 * was read: that one must live as long.
 */
#ifndef ORDO_SQL_H
#define ORDO_SQL_H

#include "base.h"

/* ---- Words ------------------------------------------------------------------------------------------------------ */

enum sql_token_kind {
  SQL_TOKEN_END,
  SQL_TOKEN_WORD,
  SQL_TOKEN_NUMBER,
  SQL_TOKEN_STRING,
  SQL_TOKEN_PARAM,
  SQL_TOKEN_SIGN,
  SQL_TOKEN_BAD
};
struct sql_token {
  enum sql_token_kind kind;
  const char *at; /* in the text */
  size_t n;
  const char *text; /* a word in lower case, any other as it stands */
  int param;        /* n of $n */
};
typedef LIST(struct sql_token) sql_tokens;
/* The words of a text and one SQL_TOKEN_END. Comments, double quotes, semicolons and whatever else the subset does not
 * know are SQL_TOKEN_BAD. */
void sql_tokens_read(const char *sql, struct arena *a, sql_tokens *out);

/* ---- Reading: which tables a statement touches, which columns it binds to which parameter ------------------------ */

enum sql_kind { SQL_SELECT, SQL_INSERT, SQL_UPDATE, SQL_DELETE, SQL_OTHER };
enum sql_conflict { SQL_CONFLICT_NONE, SQL_CONFLICT_NOTHING, SQL_CONFLICT_UPDATE };

/* A table the statement names; a self-join names it twice. */
struct sql_table {
  const char *name, *alias; /* alias = name where there is none; both in lower case */
};
/* "column = $n" (or IN ($n, ...): a term for each, in_list), joined to the others of its SELECT by AND alone and so
 * true of every row it touches; the value of a column in INSERT ... VALUES. Where "a.x = b.x" stands beside "b.x = $1",
 * there is a term for both, along a chain of up to 12 tables. CAST($n AS ...) is $n. */
struct sql_term {
  int table; /* index in tables */
  const char *column;
  int param;           /* n of $n; 0 = a literal or an expression */
  const char *literal; /* as written where the other side is a literal: '' or 'good' with their quotes, 0, -1, NULL */
  bool in_list;
};

struct sql_reading {
  enum sql_kind kind;
  bool whole; /* every clause was understood: all tables are listed, and all of WHERE that can be used */
  bool returning;
  enum sql_conflict conflict;
  const struct sql_table *tables; /* [0] = the written one, or the first */
  size_t n_tables;
  const struct sql_term *where; /* of SELECT, UPDATE, DELETE; of INSERT ... VALUES: the values of its one row */
  size_t n_where;
  const char *const *set; /* columns that an UPDATE, or DO UPDATE, changes */
  size_t n_set;
  const char *const *conflict_key; /* columns of ON CONFLICT (...) */
  size_t n_conflict_key;
  /* INSERT INTO t (...) VALUES (...) ...: the text around the one row of values, to repeat it: head "INSERT INTO t (..)
   * VALUES ", row "($1, $2, 'live')", tail " ON CONFLICT ..." or "". head NULL = it cannot be repeated (it selects, or
   * has several rows). */
  const char *head, *row, *tail;
  int n_params; /* the largest n of $n */
};

/* What cannot be read has kind SQL_OTHER or whole = false. A compound SELECT (UNION ALL), a sub-select or a CTE lists
 * all its tables, and only the terms that hold for every row. */
void sql_read(const char *sql, struct arena *a, struct sql_reading *out);

/* ---- The rules of portable SQL ----------------------------------------------------------------------------------- */

/* What a statement may ask of a sharded engine. */
enum sql_marker {
  SQL_KEYED,  /* it names the bucket of each spread table */
  SQL_LIST,   /* it asks all shards for a bounded number of rows */
  SQL_REPORT, /* it asks all shards for all rows */
  SQL_SCHEMA, /* migrations, and what asks an engine about itself: it is not judged */
};
/* How the schema places a table: over the nodes by its bucket, on every node, or on one. Spread tables of one family lie
 * together and may be joined; a family is called after its first table. */
enum sql_placement { SQL_SPREAD, SQL_REFERENCE, SQL_LOCAL };
struct sql_placed {
  const char *name;
  enum sql_placement placement;
  const char *family;     /* of a spread one, else NULL */
  const char *const *key; /* columns of the primary key, bucket among them */
  size_t n_key;
};
/* The table of that name, or NULL. */
const struct sql_placed *sql_placed_find(const struct sql_placed *tables, size_t n, const char *name);
/* The first rule (docs/decisions) that the statement breaks, as a sentence, or NULL. Tables that are not among tables
 * may be anywhere. */
const char *sql_fault(const char *sql, enum sql_marker marker, const struct sql_placed *tables, size_t n,
                      struct arena *a);
/* The first table of the statement that is not among tables, or NULL. */
const char *sql_unplaced(const char *sql, const struct sql_placed *tables, size_t n, struct arena *a);

#endif
