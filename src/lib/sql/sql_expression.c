/* Expressions and conditions. A condition is kept when it is sure: joined to the others of its SELECT by AND alone. */
#include "sql_reader_priv.h"

/* What is no name of a column, table or alias, here or with one of the engines. */
static const char *const reserved[] = {
    "all",        "analyse", "analyze", "and",        "any",        "array",   "as",        "asc",      "asymmetric",
    "between",    "both",    "by",      "case",       "cast",       "check",   "collate",   "column",   "conflict",
    "constraint", "create",  "cross",   "default",    "deferrable", "delete",  "desc",      "distinct", "do",
    "else",       "end",     "except",  "exists",     "false",      "fetch",   "for",       "foreign",  "from",
    "full",       "grant",   "group",   "having",     "in",         "index",   "initially", "inner",    "insert",
    "intersect",  "into",    "is",      "join",       "lateral",    "leading", "left",      "like",     "limit",
    "localtime",  "natural", "not",     "null",       "offset",     "on",      "only",      "or",       "order",
    "outer",      "placing", "primary", "references", "returning",  "right",   "select",    "set",      "some",
    "symmetric",  "table",   "then",    "to",         "trailing",   "true",    "union",     "unique",   "update",
    "user",       "using",   "values",  "variadic",   "when",       "where",   "window",    "with",
};

bool sql_is_name(const struct sql_token *t)
{
  return t->kind == SQL_TOKEN_WORD && !is_among(reserved, COUNT_OF(reserved), t->text);
}

/* Forgets the conditions of this SELECT read since; those of SELECTs inside it stand on their own. */
static void forget_since(struct reader *r, size_t before)
{
  size_t kept = before;
  for (size_t i = before; i < r->conditions.n; i++)
    if (r->conditions.at[i].scope != r->scope)
      r->conditions.at[kept++] = r->conditions.at[i];
  r->conditions.n = kept;
}

/* ---- Expressions ---- */

static const struct operand other_side = {.side = SIDE_OTHER};

void sql_read_list(struct reader *r)
{
  do
    sql_read_expression(r, false);
  while (sign(r, ","));
}

/* Behind "(" that a SELECT may follow. */
bool sql_begins_select(const struct reader *r)
{
  return is_word(r->at, "select") || is_word(r->at, "with") || is_word(r->at, "values");
}

void sql_read_subselect(struct reader *r)
{
  int scope = r->scope, only = r->only;
  bool cast = r->cast;
  r->cast = false;
  if (deeper(r))
    sql_read_select(r, false);
  r->depth--;
  r->scope = scope;
  r->only = only;
  r->cast = cast;
  must(r, sign(r, ")"));
}

void sql_read_sorting(struct reader *r)
{
  do {
    sql_read_expression(r, false);
    if (!word(r, "desc"))
      word(r, "asc");
    if (word(r, "nulls"))
      must(r, word(r, "first") || word(r, "last"));
  } while (sign(r, ","));
}

static struct operand read_case(struct reader *r)
{
  if (!is_word(r->at, "when"))
    sql_read_expression(r, false);
  while (word(r, "when")) {
    sql_read_expression(r, false);
    must(r, word(r, "then"));
    sql_read_expression(r, false);
  }
  if (word(r, "else"))
    sql_read_expression(r, false);
  must(r, word(r, "end"));
  return other_side;
}

static struct operand read_cast(struct reader *r)
{
  bool outer = r->cast;
  must(r, sign(r, "("));
  r->cast = true;
  struct operand inner = sql_read_expression(r, false);
  r->cast = outer;
  must(r, word(r, "as"));
  bool plain = is_word(r->at, "bigint") || is_word(r->at, "integer") || is_word(r->at, "text");
  must(r, plain);
  r->at += plain;
  must(r, sign(r, ")"));
  return inner.side == SIDE_PARAM ? inner : other_side;
}

static bool is_aggregate(const char *function)
{
  static const char *const aggregates[] = {"count", "sum", "min", "max", "avg"};
  return is_among(aggregates, COUNT_OF(aggregates), function);
}

static void read_window(struct reader *r)
{
  must(r, sign(r, "("));
  if (words(r, "partition", "by"))
    sql_read_list(r);
  if (words(r, "order", "by"))
    sql_read_sorting(r);
  must(r, sign(r, ")"));
}

/* Behind "name(". */
static struct operand read_call(struct reader *r, const char *function)
{
  struct sql_call call = {.name = function, .cast = r->cast};
  word(r, "distinct");
  if (!sign(r, "*") && !is_sign(r->at, ")"))
    do {
      call.arguments++;
      sql_read_expression(r, false);
    } while (sign(r, ","));
  must(r, sign(r, ")"));
  if (word(r, "filter")) {
    must(r, sign(r, "("));
    must(r, word(r, "where"));
    sql_read_expression(r, false);
    must(r, sign(r, ")"));
  }
  if (word(r, "over"))
    read_window(r);
  else if (is_aggregate(function) && r->scope >= 0)
    r->an->scopes.at[r->scope].one_row = true;
  *LIST_ADD(r->a, &r->an->calls) = call;
  return other_side;
}

/* "column", "table.column" or "function(...)". */
static struct operand read_named(struct reader *r)
{
  struct operand o = {.side = SIDE_COLUMN, .column = name(r)};
  if (sign(r, "("))
    return read_call(r, o.column);
  if (sign(r, ".")) {
    o.qualifier = o.column;
    o.column = name(r);
  }
  return o;
}

/* Behind "(": one condition, several values of a row, or a SELECT. */
static struct operand read_parentheses(struct reader *r, bool sure)
{
  if (sql_begins_select(r)) {
    sql_read_subselect(r);
    return other_side;
  }
  size_t before = r->conditions.n;
  struct operand o = sql_read_expression(r, sure);
  if (sign(r, ",")) {
    forget_since(r, before);
    o = other_side;
    sql_read_list(r);
  }
  must(r, sign(r, ")"));
  return o;
}

static struct operand read_literal(struct reader *r)
{
  const struct sql_token *first = r->at;
  sign(r, "-");
  const struct sql_token *last = r->at++;
  return (struct operand){.side = SIDE_LITERAL,
                          .literal = arena_textn(r->a, first->at, (size_t)(last->at + last->n - first->at))};
}

static bool at_literal(const struct reader *r)
{
  const struct sql_token *t = r->at;
  if (is_sign(t, "-"))
    return t[1].kind == SQL_TOKEN_NUMBER;
  return t->kind == SQL_TOKEN_NUMBER || t->kind == SQL_TOKEN_STRING || is_word(t, "null") || is_word(t, "true");
}

static struct operand read_value_inside(struct reader *r, bool sure)
{
  if (at_literal(r))
    return read_literal(r);
  if (r->at->kind == SQL_TOKEN_PARAM)
    return (struct operand){.side = SIDE_PARAM, .param = r->at++->param};
  if (sign(r, "("))
    return read_parentheses(r, sure);
  if (word(r, "case"))
    return read_case(r);
  if (word(r, "cast"))
    return read_cast(r);
  if (sign(r, "-") || sign(r, "+") || sign(r, "~")) {
    if (deeper(r))
      read_value_inside(r, false);
    r->depth--;
    return other_side;
  }
  if (word(r, "exists")) {
    must(r, sign(r, "("));
    must(r, sql_begins_select(r));
    sql_read_subselect(r);
    return other_side;
  }
  return read_named(r);
}

enum { OPERATORS_OF_BITS = 6 }; /* the first of them */
static bool read_operator(struct reader *r, bool *out_bits)
{
  static const char *const operators[] = {"+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>"};
  for (size_t i = 0; i < COUNT_OF(operators); i++)
    if (sign(r, operators[i])) {
      *out_bits |= i >= OPERATORS_OF_BITS;
      return true;
    }
  return false;
}

/* Values and what is between them. */
struct operand sql_read_value(struct reader *r, bool sure)
{
  const struct sql_token *first = r->at;
  size_t before = r->conditions.n, n = 0;
  bool bits = false;
  struct operand o = read_value_inside(r, sure);
  for (; read_operator(r, &bits); n++) {
    forget_since(r, before);
    o = other_side;
    read_value_inside(r, false);
  }
  if (bits && (n > 1 || !is_sign(first - 1, "(") || !is_sign(r->at, ")")))
    r->an->bare_bits = first;
  return o;
}

/* ---- Conditions ---- */

static void add_condition(struct reader *r, bool sure, struct operand left, struct operand right, bool in_list)
{
  if (sure && r->scope >= 0 && left.side == SIDE_COLUMN && right.side != SIDE_OTHER)
    *LIST_ADD(r->a, &r->conditions) =
        (struct condition){.scope = r->scope, .only = r->only, .in_list = in_list, .left = left, .right = right};
}

/* Behind "left IN". A list in which one place is no value says nothing. */
static void read_in(struct reader *r, bool sure, struct operand left)
{
  must(r, sign(r, "("));
  size_t scopes = r->an->scopes.n;
  if (sql_begins_select(r)) {
    sql_read_subselect(r);
    for (size_t i = scopes; i < r->an->scopes.n; i++)
      r->an->scopes.at[i].member |= left.side == SIDE_COLUMN && r->an->scopes.at[i].outer == r->scope;
    return;
  }
  size_t before = r->conditions.n;
  bool plain = true;
  do {
    struct operand value = sql_read_value(r, false);
    plain = plain && (value.side == SIDE_PARAM || value.side == SIDE_LITERAL);
    add_condition(r, sure && plain, left, value, true);
  } while (sign(r, ","));
  if (!plain)
    forget_since(r, before);
  must(r, sign(r, ")"));
}

static void read_is(struct reader *r)
{
  word(r, "not");
  if (word(r, "null"))
    return;
  must(r, words(r, "distinct", "from"));
  sql_read_value(r, false);
}

static bool read_comparison(struct reader *r)
{
  static const char *const signs[] = {"<", "<=", ">", ">=", "<>", "!="};
  for (size_t i = 0; i < COUNT_OF(signs); i++)
    if (sign(r, signs[i])) {
      sql_read_value(r, false);
      return true;
    }
  return false;
}

/* "= value", "IN (...)", "BETWEEN a AND b" and the like behind left; false when there is none. */
static bool read_predicate(struct reader *r, bool sure, struct operand left)
{
  if (sign(r, "=")) {
    struct operand right = sql_read_value(r, false);
    if (left.side != SIDE_COLUMN && right.side == SIDE_COLUMN)
      add_condition(r, sure, right, left, false);
    else
      add_condition(r, sure, left, right, false);
    return true;
  }
  if (word(r, "is")) {
    read_is(r);
    return true;
  }
  bool denied = word(r, "not");
  if (word(r, "in")) {
    read_in(r, sure && !denied, left);
  } else if (word(r, "between")) {
    sql_read_value(r, false);
    must(r, word(r, "and"));
    sql_read_value(r, false);
  } else if (word(r, "like")) {
    sql_read_value(r, false);
    if (word(r, "escape"))
      sql_read_value(r, false);
  } else {
    must(r, !denied);
    return read_comparison(r);
  }
  return true;
}

/* One of those that AND joins. */
static struct operand read_conjunct(struct reader *r, bool sure)
{
  bool denied = false;
  while (word(r, "not"))
    denied = true;
  size_t before = r->conditions.n;
  struct operand o = sql_read_value(r, sure && !denied);
  size_t inside = r->conditions.n;
  if (!read_predicate(r, sure && !denied, o))
    return denied ? other_side : o;
  if (inside > before) /* (a = 1) = b */
    forget_since(r, before);
  return other_side;
}

/* Any expression. sure: when it is a condition, it is true of every row. Conditions beside an OR are not. */
struct operand sql_read_expression(struct reader *r, bool sure)
{
  size_t before = r->conditions.n;
  struct operand o = other_side;
  if (deeper(r)) {
    o = read_conjunct(r, sure);
    for (;;) {
      if (word(r, "or")) {
        forget_since(r, before);
        sure = false;
      } else if (!word(r, "and")) {
        break;
      }
      read_conjunct(r, sure);
      o = other_side;
    }
  }
  r->depth--;
  return o;
}
