/* What the files that read a statement share: the reader, its place in the words, and what it has met so far.
 * sql_reading.c reads clauses, sql_expression.c what stands in them, sql_names.c finds the tables of columns. */
#ifndef ORDO_SQL_READER_PRIV_H
#define ORDO_SQL_READER_PRIV_H

#include "sql_priv.h"

enum { DEPTH_MAX = 60 };

/* "column = other side", true of every row of its SELECT. */
enum side { SIDE_PARAM, SIDE_LITERAL, SIDE_COLUMN, SIDE_OTHER };
struct operand {
  enum side side;
  const char *qualifier, *column; /* qualifier NULL where there is none */
  int param;
  const char *literal;
};
struct condition {
  int scope;
  int only; /* of a LEFT JOIN: the source on its right, of which alone it is true; -1 = of all */
  bool in_list;
  struct operand left, right;
};
struct cte {
  const char *name;
  bool values;
};

struct reader {
  struct arena *a;
  struct sql_anatomy *an;
  const struct sql_token *at;
  LIST(struct condition) conditions;
  LIST(struct cte) ctes;
  int scope, only, depth;
  bool cast; /* inside CAST(... AS BIGINT) */
};

/* ---- Words ---- */

bool sql_is_name(const struct sql_token *t);

static inline bool is_word(const struct sql_token *t, const char *word)
{
  return t->kind == SQL_TOKEN_WORD && strcmp(t->text, word) == 0;
}

static inline bool is_sign(const struct sql_token *t, const char *sign)
{
  return t->kind == SQL_TOKEN_SIGN && strcmp(t->text, sign) == 0;
}

static inline void stop(struct reader *r)
{
  if (!r->an->stuck)
    r->an->stuck = r->at;
  r->at = &r->an->tokens.at[r->an->tokens.n - 1];
}

static inline bool word(struct reader *r, const char *text)
{
  bool yes = is_word(r->at, text);
  r->at += yes;
  return yes;
}

static inline bool words(struct reader *r, const char *first, const char *second)
{
  bool yes = is_word(r->at, first) && is_word(r->at + 1, second);
  r->at += yes ? 2 : 0;
  return yes;
}

static inline bool sign(struct reader *r, const char *text)
{
  bool yes = is_sign(r->at, text);
  r->at += yes;
  return yes;
}

static inline void must(struct reader *r, bool read)
{
  if (!read)
    stop(r);
}

static inline const char *name(struct reader *r)
{
  if (sql_is_name(r->at))
    return r->at++->text;
  stop(r);
  return "";
}

/* Every way down passes here, so that no text can exhaust the stack. */
static inline bool deeper(struct reader *r)
{
  if (++r->depth > DEPTH_MAX)
    stop(r);
  return r->depth <= DEPTH_MAX;
}

/* Any expression. sure: when it is a condition, it is true of every row. */
struct operand sql_read_expression(struct reader *r, bool sure);
struct operand sql_read_value(struct reader *r, bool sure); /* up to a comparison */
void sql_read_list(struct reader *r);
void sql_read_sorting(struct reader *r);
bool sql_begins_select(const struct reader *r);
void sql_read_subselect(struct reader *r); /* behind "(", up to ")" */
/* main: the statement's own, which is no VALUES and whose WITH has been read. */
void sql_read_select(struct reader *r, bool main);
void sql_resolve_names(struct reader *r);

#endif
