/* What a statement's text says: which tables it touches, which columns it binds to which parameter.
 *
 * Three things rest on it: the rules of portable SQL (docs/decisions) are checked by it, the batches of db.h see by it
 * whether a gathered write touches what is asked, and alike INSERTs become one of many rows. It reads the portable
 * subset alone; of what it does not understand it says so (whole = false), and its users then assume the worst.
 */
#ifndef ORDO_DB_READING_PRIV_H
#define ORDO_DB_READING_PRIV_H

#include "base.h"

enum { DB_READING_TABLES = 12 }; /* as many are looked through for equal columns */

enum db_kind { DB_KIND_SELECT, DB_KIND_INSERT, DB_KIND_UPDATE, DB_KIND_DELETE, DB_KIND_OTHER };
enum db_conflict { DB_CONFLICT_NONE, DB_CONFLICT_NOTHING, DB_CONFLICT_UPDATE };

/* A table the statement names; a self-join names it twice. */
struct db_reading_table {
  const char *name, *alias; /* alias = name where there is none; both in lower case */
};
/* "column = $n" (or IN ($n, ...): a term for each, in_list), joined to the others of its SELECT by AND alone and so
 * true of every row it touches; the value of a column in INSERT ... VALUES. Where "a.x = b.x" stands beside "b.x = $1",
 * there is a term for both. CAST($n AS ...) is $n. */
struct db_reading_term {
  int table; /* index in tables */
  const char *column;
  int param;           /* n of $n; 0 = a literal or an expression */
  const char *literal; /* as written where the other side is a literal: '' or 'good' with their quotes, 0, -1, NULL */
  bool in_list;
};

struct db_reading {
  enum db_kind kind;
  bool whole; /* every clause was understood: all tables are listed, and all of WHERE that can be used */
  bool returning;
  enum db_conflict conflict;
  const struct db_reading_table *tables; /* [0] = the written one, or the first */
  size_t n_tables;
  const struct db_reading_term *where; /* of SELECT, UPDATE, DELETE; of INSERT ... VALUES: the values of its one row */
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

/* Texts of the result live in a. Never fails: what cannot be read has kind DB_KIND_OTHER or whole = false. A compound
 * SELECT (UNION ALL), a sub-select or a CTE lists all its tables, and only the terms that hold for every row. */
void db_read_statement(const char *sql, struct arena *a, struct db_reading *out);

#endif
