/* Reads the portable subset, by descent: each clause has its function. Where something is not understood reading ends
 * at once: the place is kept, everything after it is the end, and the statement is not whole.
 *
 * Conditions are collected as they are met, with the names they are written with; FROM may come after them, so names
 * find their tables when all has been read. */
#include "db_anatomy_priv.h"

#include <string.h>

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
  struct db_anatomy *an;
  const struct db_token *at;
  LIST(struct condition) conditions;
  LIST(struct cte) ctes;
  int scope, only, depth;
  bool cast; /* inside CAST(... AS BIGINT) */
};

/* ---- Words ---- */

/* What is no name of a column, table or alias, here or with one of the engines. */
static const char *const reserved[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "between", "both", "by", "case",
    "cast", "check", "collate", "column", "conflict", "constraint", "create", "cross", "default", "deferrable",
    "delete", "desc", "distinct", "do", "else", "end", "except", "exists", "false", "fetch", "for", "foreign", "from",
    "full", "grant", "group", "having", "in", "index", "initially", "inner", "insert", "intersect", "into", "is",
    "join", "lateral", "leading", "left", "like", "limit", "localtime", "natural", "not", "null", "offset", "on",
    "only", "or", "order", "outer", "placing", "primary", "references", "returning", "right", "select", "set", "some",
    "symmetric", "table", "then", "to", "trailing", "true", "union", "unique", "update", "user", "using", "values",
    "variadic", "when", "where", "window", "with",
};

static bool is_word(const struct db_token *t, const char *word)
{
  return t->kind == DB_TOKEN_WORD && strcmp(t->text, word) == 0;
}

static bool is_sign(const struct db_token *t, const char *sign)
{
  return t->kind == DB_TOKEN_SIGN && strcmp(t->text, sign) == 0;
}

static bool is_name(const struct db_token *t)
{
  for (size_t i = 0; i < COUNT_OF(reserved); i++)
    if (is_word(t, reserved[i]))
      return false;
  return t->kind == DB_TOKEN_WORD;
}

static void stop(struct reader *r)
{
  if (!r->an->stuck)
    r->an->stuck = r->at;
  r->at = &r->an->tokens.at[r->an->tokens.n - 1];
}

static bool word(struct reader *r, const char *text)
{
  bool yes = is_word(r->at, text);
  r->at += yes;
  return yes;
}

static bool words(struct reader *r, const char *first, const char *second)
{
  bool yes = is_word(r->at, first) && is_word(r->at + 1, second);
  r->at += yes ? 2 : 0;
  return yes;
}

static bool sign(struct reader *r, const char *text)
{
  bool yes = is_sign(r->at, text);
  r->at += yes;
  return yes;
}

static void must(struct reader *r, bool read)
{
  if (!read)
    stop(r);
}

static const char *name(struct reader *r)
{
  if (is_name(r->at))
    return r->at++->text;
  stop(r);
  return "";
}

/* Every way down passes here, so that no text can exhaust the stack. */
static bool deeper(struct reader *r)
{
  if (++r->depth > DEPTH_MAX)
    stop(r);
  return r->depth <= DEPTH_MAX;
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

static void read_select(struct reader *r, bool main);
static struct operand read_condition(struct reader *r, bool sure);

static const struct operand other_side = {.side = SIDE_OTHER};

static void read_list(struct reader *r)
{
  do
    read_condition(r, false);
  while (sign(r, ","));
}

/* Behind "(" that a SELECT may follow. */
static bool begins_select(const struct reader *r)
{
  return is_word(r->at, "select") || is_word(r->at, "with") || is_word(r->at, "values");
}

static void read_subselect(struct reader *r)
{
  int scope = r->scope, only = r->only;
  bool cast = r->cast;
  r->cast = false;
  if (deeper(r))
    read_select(r, false);
  r->depth--;
  r->scope = scope;
  r->only = only;
  r->cast = cast;
  must(r, sign(r, ")"));
}

static void read_sorting(struct reader *r)
{
  do {
    read_condition(r, false);
    if (!word(r, "desc"))
      word(r, "asc");
    if (word(r, "nulls"))
      must(r, word(r, "first") || word(r, "last"));
  } while (sign(r, ","));
}

static struct operand read_case(struct reader *r)
{
  if (!is_word(r->at, "when"))
    read_condition(r, false);
  while (word(r, "when")) {
    read_condition(r, false);
    must(r, word(r, "then"));
    read_condition(r, false);
  }
  if (word(r, "else"))
    read_condition(r, false);
  must(r, word(r, "end"));
  return other_side;
}

static struct operand read_cast(struct reader *r)
{
  bool outer = r->cast;
  must(r, sign(r, "("));
  r->cast = true;
  struct operand inner = read_condition(r, false);
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
  for (size_t i = 0; i < COUNT_OF(aggregates); i++)
    if (strcmp(function, aggregates[i]) == 0)
      return true;
  return false;
}

static void read_window(struct reader *r)
{
  must(r, sign(r, "("));
  if (words(r, "partition", "by"))
    read_list(r);
  if (words(r, "order", "by"))
    read_sorting(r);
  must(r, sign(r, ")"));
}

/* Behind "name(". */
static struct operand read_call(struct reader *r, const char *function)
{
  struct db_call call = {.name = function, .cast = r->cast};
  word(r, "distinct");
  if (!sign(r, "*") && !is_sign(r->at, ")"))
    do {
      call.arguments++;
      read_condition(r, false);
    } while (sign(r, ","));
  must(r, sign(r, ")"));
  if (word(r, "filter")) {
    must(r, sign(r, "("));
    must(r, word(r, "where"));
    read_condition(r, false);
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
  if (begins_select(r)) {
    read_subselect(r);
    return other_side;
  }
  size_t before = r->conditions.n;
  struct operand o = read_condition(r, sure);
  if (is_sign(r->at, ",")) {
    forget_since(r, before);
    o = other_side;
    while (sign(r, ","))
      read_condition(r, false);
  }
  must(r, sign(r, ")"));
  return o;
}

static struct operand read_literal(struct reader *r)
{
  const struct db_token *first = r->at;
  sign(r, "-");
  const struct db_token *last = r->at++;
  return (struct operand){.side = SIDE_LITERAL,
                          .literal = arena_textn(r->a, first->at, (size_t)(last->at + last->n - first->at))};
}

static bool at_literal(const struct reader *r)
{
  const struct db_token *t = r->at;
  if (is_sign(t, "-"))
    return t[1].kind == DB_TOKEN_NUMBER;
  return t->kind == DB_TOKEN_NUMBER || t->kind == DB_TOKEN_STRING || is_word(t, "null") ||
         is_word(t, "true");
}

static struct operand read_value_inside(struct reader *r, bool sure)
{
  if (at_literal(r))
    return read_literal(r);
  if (r->at->kind == DB_TOKEN_PARAM)
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
    must(r, begins_select(r));
    read_subselect(r);
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
static struct operand read_value(struct reader *r, bool sure)
{
  const struct db_token *first = r->at;
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
  if (begins_select(r)) {
    read_subselect(r);
    for (size_t i = scopes; i < r->an->scopes.n; i++)
      r->an->scopes.at[i].member |= left.side == SIDE_COLUMN && r->an->scopes.at[i].outer == r->scope;
    return;
  }
  size_t before = r->conditions.n;
  bool plain = true;
  do {
    struct operand value = read_value(r, false);
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
  read_value(r, false);
}

static bool read_comparison(struct reader *r)
{
  static const char *const signs[] = {"<", "<=", ">", ">=", "<>", "!="};
  for (size_t i = 0; i < COUNT_OF(signs); i++)
    if (sign(r, signs[i])) {
      read_value(r, false);
      return true;
    }
  return false;
}

/* "= value", "IN (...)", "BETWEEN a AND b" and the like behind left; false when there is none. */
static bool read_predicate(struct reader *r, bool sure, struct operand left)
{
  if (sign(r, "=")) {
    struct operand right = read_value(r, false);
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
    read_value(r, false);
    must(r, word(r, "and"));
    read_value(r, false);
  } else if (word(r, "like")) {
    read_value(r, false);
    if (word(r, "escape"))
      read_value(r, false);
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
  struct operand o = read_value(r, sure && !denied);
  size_t inside = r->conditions.n;
  if (!read_predicate(r, sure && !denied, o))
    return denied ? other_side : o;
  if (inside > before) /* (a = 1) = b */
    forget_since(r, before);
  return other_side;
}

/* Any expression. sure: when it is a condition, it is true of every row. Conditions beside an OR are not. */
static struct operand read_condition(struct reader *r, bool sure)
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

/* ---- SELECT ---- */

static int new_scope(struct reader *r)
{
  *LIST_ADD(r->a, &r->an->scopes) = (struct db_scope){.outer = r->scope};
  r->scope = (int)r->an->scopes.n - 1;
  return r->scope;
}

static const struct cte *cte_of(const struct reader *r, const char *table)
{
  EACH (struct cte, cte, &r->ctes)
    if (strcmp(cte->name, table) == 0)
      return cte;
  return NULL;
}

/* "[AS] alias", or otherwise. */
static const char *read_alias(struct reader *r, const char *otherwise)
{
  if (word(r, "as"))
    return name(r);
  return is_name(r->at) ? name(r) : otherwise;
}

static int add_table(struct reader *r, const char *table, const char *alias)
{
  *LIST_ADD(r->a, &r->an->tables) = (struct db_reading_table){.name = table, .alias = alias};
  return (int)r->an->tables.n - 1;
}

static void read_source(struct reader *r)
{
  struct db_source source = {.scope = r->scope, .table = -1};
  if (sign(r, "(")) {
    must(r, begins_select(r));
    read_subselect(r);
    source.alias = read_alias(r, "");
  } else {
    const char *table = name(r);
    const struct cte *cte = cte_of(r, table);
    source.alias = read_alias(r, table);
    source.values = cte && cte->values;
    if (!cte)
      source.table = add_table(r, table, source.alias);
  }
  *LIST_ADD(r->a, &r->an->sources) = source;
}

static void read_on(struct reader *r, int only)
{
  r->only = only;
  read_condition(r, true);
  r->only = -1;
}

static void read_from(struct reader *r)
{
  read_source(r);
  for (;;) {
    if (sign(r, ",") || words(r, "cross", "join")) {
      read_source(r);
    } else if (word(r, "left")) {
      word(r, "outer");
      must(r, word(r, "join"));
      read_source(r);
      must(r, word(r, "on"));
      read_on(r, (int)r->an->sources.n - 1);
    } else if (word(r, "join") || words(r, "inner", "join")) {
      read_source(r);
      must(r, word(r, "on"));
      read_on(r, -1);
    } else {
      return;
    }
  }
}

/* "a, t.b AS c, count(*)"; true when all of them are literals. */
static bool read_items(struct reader *r)
{
  bool literals = true;
  do {
    const struct db_token *first = r->at;
    if (sign(r, "*")) {
      literals = false;
      continue;
    }
    if (is_name(first) && is_sign(first + 1, ".") && is_sign(first + 2, "*")) {
      r->at += 3;
      literals = false;
      continue;
    }
    struct operand o = read_condition(r, false);
    literals = literals && o.side == SIDE_LITERAL;
    if (o.side == SIDE_PARAM && r->at == first + 1)
      r->an->lone_parameter = first;
    read_alias(r, NULL);
  } while (sign(r, ","));
  return literals;
}

static void read_rows_of_cte(struct reader *r)
{
  do {
    must(r, sign(r, "("));
    do {
      if (r->at->kind == DB_TOKEN_PARAM && (is_sign(r->at + 1, ",") || is_sign(r->at + 1, ")")))
        r->an->lone_parameter = r->at;
      read_condition(r, false);
    } while (sign(r, ","));
    must(r, sign(r, ")"));
  } while (sign(r, ","));
}

/* SELECT ... up to what a compound shares. */
static void read_core(struct reader *r)
{
  int scope = new_scope(r);
  r->only = -1;
  must(r, word(r, "select"));
  if (!word(r, "distinct"))
    word(r, "all");
  bool literals = read_items(r);
  if (word(r, "from"))
    read_from(r);
  r->an->where_before_conflict = is_word(r->at, "where");
  if (word(r, "where"))
    read_condition(r, true);
  bool grouped = words(r, "group", "by");
  if (grouped)
    read_list(r);
  if (word(r, "having"))
    read_condition(r, false);
  struct db_scope *s = &r->an->scopes.at[scope];
  s->one_row = (s->one_row && !grouped) || literals;
}

static void read_ctes(struct reader *r)
{
  do {
    struct cte cte = {.name = name(r)};
    if (sign(r, "(")) {
      do
        name(r);
      while (sign(r, ","));
      must(r, sign(r, ")"));
    }
    must(r, word(r, "as"));
    must(r, sign(r, "("));
    cte.values = is_word(r->at, "values");
    size_t first = r->an->scopes.n;
    read_subselect(r);
    for (size_t i = first; i < r->an->scopes.n; i++)
      r->an->scopes.at[i].cte = true;
    *LIST_ADD(r->a, &r->ctes) = cte;
  } while (sign(r, ","));
}

static bool read_compound_word(struct reader *r)
{
  if (!word(r, "union") && !word(r, "except") && !word(r, "intersect"))
    return false;
  word(r, "all");
  return true;
}

/* ORDER BY and LIMIT are those of all SELECTs of a compound. */
static void read_ending(struct reader *r, size_t first, int outer)
{
  bool ordered = words(r, "order", "by");
  if (ordered)
    read_sorting(r);
  bool limited = word(r, "limit");
  if (limited)
    read_value(r, false);
  for (size_t i = first; i < r->an->scopes.n; i++) {
    struct db_scope *s = &r->an->scopes.at[i];
    s->ordered |= ordered && s->outer == outer;
    s->limited |= limited && s->outer == outer;
  }
}

static void read_select(struct reader *r, bool main)
{
  int outer = r->scope;
  if (!main && word(r, "values")) {
    read_rows_of_cte(r);
    return;
  }
  if (!main && word(r, "with"))
    read_ctes(r);
  size_t first = r->an->scopes.n;
  do {
    r->scope = outer;
    read_core(r);
  } while (read_compound_word(r));
  read_ending(r, first, outer);
}

/* ---- INSERT, UPDATE, DELETE ---- */

/* The written table comes first, also where CTEs have named theirs already. */
static void set_written(struct reader *r, const char *table, const char *alias)
{
  add_table(r, table, alias);
  size_t last = r->an->tables.n - 1;
  struct db_reading_table written = r->an->tables.at[last];
  memmove(r->an->tables.at + 1, r->an->tables.at, last * sizeof written);
  r->an->tables.at[0] = written;
  EACH (struct db_source, source, &r->an->sources)
    source->table += source->table >= 0;
}

static void read_returning(struct reader *r)
{
  if (!word(r, "returning"))
    return;
  r->an->reading.returning = true;
  do {
    if (is_name(r->at) && is_sign(r->at + 1, "."))
      r->an->returning_alias = r->at;
    read_condition(r, false);
    read_alias(r, NULL);
  } while (sign(r, ","));
}

static void read_assignments(struct reader *r)
{
  do {
    *LIST_ADD(r->a, &r->an->set) = name(r);
    must(r, sign(r, "="));
    read_condition(r, false);
  } while (sign(r, ","));
}

static void read_conflict(struct reader *r)
{
  struct db_reading *out = &r->an->reading;
  if (!words(r, "on", "conflict"))
    return;
  if (sign(r, "(")) {
    do
      *LIST_ADD(r->a, &r->an->conflict_key) = name(r);
    while (sign(r, ","));
    must(r, sign(r, ")"));
    if (word(r, "where"))
      read_condition(r, false);
  }
  must(r, word(r, "do"));
  if (word(r, "nothing")) {
    out->conflict = DB_CONFLICT_NOTHING;
    return;
  }
  must(r, words(r, "update", "set"));
  out->conflict = DB_CONFLICT_UPDATE;
  read_assignments(r);
  if (word(r, "where"))
    read_condition(r, false);
}

/* One row of VALUES: what each column is given. */
static void read_row(struct reader *r)
{
  size_t i = 0;
  must(r, sign(r, "("));
  do {
    struct operand o = read_condition(r, false);
    if (i >= r->an->insert_columns.n)
      stop(r);
    else
      *LIST_ADD(r->a, &r->an->where) = (struct db_reading_term){
          .column = r->an->insert_columns.at[i++], .param = o.side == SIDE_PARAM ? o.param : 0, .literal = o.literal};
  } while (sign(r, ","));
  must(r, i == r->an->insert_columns.n);
  must(r, sign(r, ")"));
}

static void read_rows(struct reader *r, const char *sql, bool plain)
{
  struct db_reading *out = &r->an->reading;
  const char *begins = r->at->at;
  read_row(r);
  const char *ends = r->at[-1].at + 1;
  if (is_sign(r->at, ",")) {
    while (sign(r, ",")) {
      r->an->where.n = 0;
      read_row(r);
    }
    r->an->where.n = 0;
  } else if (plain && !r->an->stuck) {
    out->head = arena_textn(r->a, sql, (size_t)(begins - sql));
    out->row = arena_textn(r->a, begins, (size_t)(ends - begins));
    out->tail = arena_text(r->a, ends);
  }
}

static void read_insert(struct reader *r, const char *sql, bool plain)
{
  must(r, word(r, "into"));
  const char *table = name(r);
  set_written(r, table, read_alias(r, table));
  must(r, sign(r, "("));
  do
    *LIST_ADD(r->a, &r->an->insert_columns) = name(r);
  while (sign(r, ","));
  must(r, sign(r, ")"));
  if (word(r, "values")) {
    read_rows(r, sql, plain);
  } else {
    r->an->selects_into = true;
    read_select(r, true);
    r->scope = -1;
  }
  read_conflict(r);
}

static void read_written(struct reader *r)
{
  const char *table = name(r);
  new_scope(r);
  const char *alias = is_word(r->at, "set") ? table : read_alias(r, table);
  set_written(r, table, alias);
  *LIST_ADD(r->a, &r->an->sources) = (struct db_source){.scope = r->scope, .alias = alias};
}

static void read_update(struct reader *r)
{
  read_written(r);
  must(r, word(r, "set"));
  read_assignments(r);
  if (word(r, "from"))
    read_from(r);
}

static void read_delete(struct reader *r)
{
  must(r, word(r, "from"));
  read_written(r);
}

static void read_statement(struct reader *r, const char *sql)
{
  struct db_reading *out = &r->an->reading;
  bool plain = !is_word(r->at, "with");
  if (word(r, "with"))
    read_ctes(r);
  if (is_word(r->at, "select")) {
    out->kind = DB_KIND_SELECT;
    read_select(r, true);
  } else if (word(r, "insert")) {
    out->kind = DB_KIND_INSERT;
    read_insert(r, sql, plain);
  } else if (word(r, "update")) {
    out->kind = DB_KIND_UPDATE;
    read_update(r);
  } else if (word(r, "delete")) {
    out->kind = DB_KIND_DELETE;
    read_delete(r);
  } else {
    stop(r);
  }
  if (out->kind == DB_KIND_UPDATE || out->kind == DB_KIND_DELETE)
    if (word(r, "where"))
      read_condition(r, true);
  if (out->kind != DB_KIND_SELECT)
    read_returning(r);
  must(r, r->at->kind == DB_TOKEN_END);
}

/* ---- Names find their tables ---- */

/* The source a column belongs to, as a person reads it: by its alias, or the only one; from the inside out. -1 = it is
 * not known. */
static int source_of(const struct db_anatomy *an, int scope, const struct operand *o)
{
  for (; scope >= 0; scope = an->scopes.at[scope].outer) {
    int found = -1, n = 0;
    for (size_t i = 0; i < an->sources.n; i++) {
      if (an->sources.at[i].scope != scope)
        continue;
      if (!o->qualifier || strcmp(an->sources.at[i].alias, o->qualifier) == 0) {
        found = (int)i;
        n++;
      }
    }
    if (n > 0)
      return n == 1 ? found : -1;
  }
  return -1;
}

static void add_term(struct reader *r, int table, const char *column, const struct db_reading_term *like)
{
  struct db_reading_term term = *like;
  term.table = table;
  term.column = column;
  *LIST_ADD(r->a, &r->an->where) = term;
}

static bool has_term(const struct db_anatomy *an, int table, const char *column)
{
  EACH (struct db_reading_term, term, &an->where)
    if (term->table == table && strcmp(term->column, column) == 0)
      return true;
  return false;
}

/* What is known of one column is known of its equal. */
static bool hand_over(struct reader *r, const struct condition *c, const struct operand *from, const struct operand *to)
{
  struct db_anatomy *an = r->an;
  int source = source_of(an, c->scope, from), target = source_of(an, c->scope, to);
  if (source < 0 || target < 0 || (c->only >= 0 && c->only != target))
    return false;
  struct db_source a = an->sources.at[source], b = an->sources.at[target];
  if (b.scope != c->scope || b.table < 0 || a.table < 0 || has_term(an, b.table, to->column))
    return false;
  size_t n = an->where.n;
  for (size_t i = 0; i < n; i++) {
    struct db_reading_term term = an->where.at[i];
    if (term.table == a.table && strcmp(term.column, from->column) == 0)
      add_term(r, b.table, to->column, &term);
  }
  return an->where.n > n;
}

static void resolve_values(struct reader *r)
{
  struct db_anatomy *an = r->an;
  EACH (struct condition, c, &r->conditions) {
    int source = source_of(an, c->scope, &c->left);
    if (c->right.side == SIDE_COLUMN || source < 0 || (c->only >= 0 && c->only != source))
      continue;
    struct db_reading_term term = {.param = c->right.param, .literal = c->right.literal, .in_list = c->in_list};
    if (an->sources.at[source].table >= 0 && an->sources.at[source].scope == c->scope)
      add_term(r, an->sources.at[source].table, c->left.column, &term);
  }
}

static void add_bond(struct reader *r, const struct condition *c)
{
  struct db_anatomy *an = r->an;
  int left = source_of(an, c->scope, &c->left), right = source_of(an, c->scope, &c->right);
  if (left < 0 || right < 0)
    return;
  struct db_source a = an->sources.at[left], b = an->sources.at[right];
  if (a.table >= 0 && b.table >= 0)
    *LIST_ADD(r->a, &an->bonds) = (struct db_bond){{a.table, b.table}, {c->left.column, c->right.column}};
  if (a.table >= 0 && b.values && strcmp(c->left.column, "bucket") == 0)
    an->from_values[a.table] = true;
  if (b.table >= 0 && a.values && strcmp(c->right.column, "bucket") == 0)
    an->from_values[b.table] = true;
}

static void resolve_columns(struct reader *r)
{
  EACH (struct condition, c, &r->conditions)
    if (c->right.side == SIDE_COLUMN)
      add_bond(r, c);
  bool more = true;
  for (int pass = 0; more && pass < DB_READING_TABLES; pass++) { /* a chain is no longer than there are tables */
    more = false;
    EACH (struct condition, c, &r->conditions)
      if (c->right.side == SIDE_COLUMN)
        more |= hand_over(r, c, &c->left, &c->right) | hand_over(r, c, &c->right, &c->left);
  }
}

static void resolve(struct reader *r)
{
  struct db_anatomy *an = r->an;
  an->scope_of = ARENA_ARRAY(r->a, int, an->tables.n + 1);
  an->from_values = ARENA_ARRAY(r->a, bool, an->tables.n + 1);
  for (size_t i = 0; i < an->tables.n; i++)
    an->scope_of[i] = -1;
  EACH (struct db_source, source, &an->sources)
    if (source->table >= 0)
      an->scope_of[source->table] = source->scope;
  resolve_values(r);
  resolve_columns(r);
}

static void publish(struct db_anatomy *an)
{
  struct db_reading *out = &an->reading;
  out->whole = !an->stuck;
  out->tables = an->tables.at;
  out->n_tables = an->tables.n;
  out->where = an->where.at;
  out->n_where = an->where.n;
  out->set = an->set.at;
  out->n_set = an->set.n;
  out->conflict_key = an->conflict_key.at;
  out->n_conflict_key = an->conflict_key.n;
  EACH (struct db_token, t, &an->tokens)
    out->n_params = t->param > out->n_params ? t->param : out->n_params;
}

struct db_anatomy *db_anatomy_of(const char *sql, struct arena *a)
{
  struct db_anatomy *an = ARENA_NEW(a, struct db_anatomy);
  an->reading.kind = DB_KIND_OTHER;
  db_tokens_read(sql, a, &an->tokens);
  struct reader r = {.a = a, .an = an, .at = an->tokens.at, .scope = -1, .only = -1};
  read_statement(&r, sql);
  resolve(&r);
  publish(an);
  return an;
}

void db_read_statement(const char *sql, struct arena *a, struct db_reading *out)
{
  *out = db_anatomy_of(sql, a)->reading;
}
