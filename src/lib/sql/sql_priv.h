/* What sql_reading.c finds in a statement beyond its public reading, for the rules of sql_rules.c: the words it is made
 * of, which SELECT each table stands in, and what its columns are compared with. */
#ifndef ORDO_SQL_PRIV_H
#define ORDO_SQL_PRIV_H

#include "sql.h"

#include <string.h>

typedef LIST(const char *) sql_names;

/* A SELECT, UPDATE or DELETE; those in parentheses have an outer one. */
struct sql_scope {
  int outer; /* -1 = none */
  bool ordered, limited;
  bool one_row; /* aggregates without GROUP BY, or SELECT 1: order does not matter */
  bool cte;
  bool member; /* column IN (this) */
};
/* What FROM names. */
struct sql_source {
  int scope;
  int table; /* index in the reading's tables, -1 = a sub-select or a CTE */
  const char *alias;
  bool values; /* a CTE of VALUES: its columns are parameters */
};
/* A comparison of two columns of tables, both by their index. */
struct sql_bond {
  int table[2];
  const char *column[2];
};
struct sql_call {
  const char *name;
  int arguments; /* 0 with * */
  bool cast;     /* inside CAST(... AS BIGINT) */
};

struct sql_anatomy {
  sql_tokens tokens;
  LIST(struct sql_scope) scopes;
  LIST(struct sql_source) sources;
  LIST(struct sql_bond) bonds;
  LIST(struct sql_call) calls;
  LIST(struct sql_table) tables;
  LIST(struct sql_term) where;
  sql_names set, conflict_key, insert_columns;
  int *scope_of;                 /* of each table */
  bool *from_values;             /* of each table: its bucket is compared with a CTE of VALUES */
  const struct sql_token *stuck; /* where reading ended, NULL = it did not */
  const struct sql_token *lone_parameter, *returning_alias, *bare_bits;
  bool selects_into; /* INSERT ... SELECT */
  bool where_before_conflict;
  struct sql_reading reading;
};
/* Everything lives in a. */
struct sql_anatomy *sql_anatomy_of(const char *sql, struct arena *a);

static inline bool is_among(const char *const *names, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return false;
}

#endif
