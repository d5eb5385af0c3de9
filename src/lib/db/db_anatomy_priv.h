/* What db_reading.c finds in a statement beyond its public reading, for the rules of db_rules.c: the words it is made
 * of, which SELECT each table stands in, and what its columns are compared with. */
#ifndef ORDO_DB_ANATOMY_PRIV_H
#define ORDO_DB_ANATOMY_PRIV_H

#include "db_reading_priv.h"

enum db_token_kind {
  DB_TOKEN_END,
  DB_TOKEN_WORD,
  DB_TOKEN_NUMBER,
  DB_TOKEN_STRING,
  DB_TOKEN_PARAM,
  DB_TOKEN_SIGN,
  DB_TOKEN_BAD
};
struct db_token {
  enum db_token_kind kind;
  const char *at; /* in the statement */
  size_t n;
  const char *text; /* a word in lower case, any other as it stands */
  int param;
};
typedef LIST(struct db_token) db_tokens;
/* The words of a text and one DB_TOKEN_END. Comments, double quotes, semicolons and whatever else the subset does not
 * know are DB_TOKEN_BAD. */
void db_tokens_read(const char *sql, struct arena *a, db_tokens *out);

/* A SELECT, UPDATE or DELETE; those in parentheses have an outer one. */
struct db_scope {
  int outer; /* -1 = none */
  bool ordered, limited;
  bool one_row; /* aggregates without GROUP BY, or SELECT 1: order does not matter */
  bool cte;
  bool member; /* column IN (this) */
};
/* What FROM names. */
struct db_source {
  int scope;
  int table; /* index in the reading's tables, -1 = a sub-select or a CTE */
  const char *alias;
  bool values; /* a CTE of VALUES: its columns are parameters */
};
/* A comparison of two columns of tables, both by their index. */
struct db_bond {
  int table[2];
  const char *column[2];
};
struct db_call {
  const char *name;
  int arguments; /* 0 with * */
  bool cast;     /* inside CAST(... AS BIGINT) */
};

struct db_anatomy {
  db_tokens tokens;
  LIST(struct db_scope) scopes;
  LIST(struct db_source) sources;
  LIST(struct db_bond) bonds;
  LIST(struct db_call) calls;
  LIST(struct db_reading_table) tables;
  LIST(struct db_reading_term) where;
  LIST(const char *) set, conflict_key;
  LIST(const char *) insert_columns;
  int *scope_of;                /* of each table */
  bool *from_values;            /* of each table: its bucket is compared with a CTE of VALUES */
  const struct db_token *stuck; /* where reading ended, NULL = it did not */
  const struct db_token *lone_parameter, *returning_alias, *bare_bits;
  bool selects_into; /* INSERT ... SELECT */
  bool where_before_conflict;
  struct db_reading reading;
};
/* Everything lives in a. */
struct db_anatomy *db_anatomy_of(const char *sql, struct arena *a);

#endif
