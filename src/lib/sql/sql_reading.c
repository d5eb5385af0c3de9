/* Reads the portable subset, by descent: each clause has its function. Where something is not understood reading ends
 * at once: the place is kept, everything after it is the end, and the statement is not whole.
 *
 * Conditions are collected as they are met, with the names they are written with; FROM may come after them, so names
 * find their tables when all has been read. */
#include "sql_reader_priv.h"

/* ---- SELECT ---- */

static int new_scope(struct reader *r)
{
  *LIST_ADD(r->a, &r->an->scopes) = (struct sql_scope){.outer = r->scope};
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

/* "(a, b, c)" */
static void read_names(struct reader *r, sql_names *out)
{
  must(r, sign(r, "("));
  do
    *LIST_ADD(r->a, out) = name(r);
  while (sign(r, ","));
  must(r, sign(r, ")"));
}

/* "[AS] alias", or otherwise. */
static const char *read_alias(struct reader *r, const char *otherwise)
{
  if (word(r, "as"))
    return name(r);
  return sql_is_name(r->at) ? name(r) : otherwise;
}

static int add_table(struct reader *r, const char *table, const char *alias)
{
  *LIST_ADD(r->a, &r->an->tables) = (struct sql_table){.name = table, .alias = alias};
  return (int)r->an->tables.n - 1;
}

static void read_source(struct reader *r)
{
  struct sql_source source = {.scope = r->scope, .table = -1};
  if (sign(r, "(")) {
    must(r, sql_begins_select(r));
    sql_read_subselect(r);
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
  sql_read_expression(r, true);
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
    const struct sql_token *first = r->at;
    if (sign(r, "*")) {
      literals = false;
      continue;
    }
    if (sql_is_name(first) && is_sign(first + 1, ".") && is_sign(first + 2, "*")) {
      r->at += 3;
      literals = false;
      continue;
    }
    struct operand o = sql_read_expression(r, false);
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
      if (r->at->kind == SQL_TOKEN_PARAM && (is_sign(r->at + 1, ",") || is_sign(r->at + 1, ")")))
        r->an->lone_parameter = r->at;
      sql_read_expression(r, false);
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
    sql_read_expression(r, true);
  bool grouped = words(r, "group", "by");
  if (grouped)
    sql_read_list(r);
  if (word(r, "having"))
    sql_read_expression(r, false);
  struct sql_scope *s = &r->an->scopes.at[scope];
  s->one_row = (s->one_row && !grouped) || literals;
}

static void read_ctes(struct reader *r)
{
  do {
    struct cte cte = {.name = name(r)};
    sql_names columns = {0};
    if (is_sign(r->at, "("))
      read_names(r, &columns);
    must(r, word(r, "as"));
    must(r, sign(r, "("));
    cte.values = is_word(r->at, "values");
    size_t first = r->an->scopes.n;
    sql_read_subselect(r);
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
    sql_read_sorting(r);
  bool limited = word(r, "limit");
  if (limited)
    sql_read_value(r, false);
  for (size_t i = first; i < r->an->scopes.n; i++) {
    struct sql_scope *s = &r->an->scopes.at[i];
    s->ordered |= ordered && s->outer == outer;
    s->limited |= limited && s->outer == outer;
  }
}

void sql_read_select(struct reader *r, bool main)
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
  struct sql_table written = r->an->tables.at[last];
  memmove(r->an->tables.at + 1, r->an->tables.at, last * sizeof written);
  r->an->tables.at[0] = written;
  EACH (struct sql_source, source, &r->an->sources)
    source->table += source->table >= 0;
}

static void read_returning(struct reader *r)
{
  if (!word(r, "returning"))
    return;
  r->an->reading.returning = true;
  do {
    if (sql_is_name(r->at) && is_sign(r->at + 1, "."))
      r->an->returning_alias = r->at;
    sql_read_expression(r, false);
    read_alias(r, NULL);
  } while (sign(r, ","));
}

static void read_assignments(struct reader *r)
{
  do {
    *LIST_ADD(r->a, &r->an->set) = name(r);
    must(r, sign(r, "="));
    sql_read_expression(r, false);
  } while (sign(r, ","));
}

static void read_conflict(struct reader *r)
{
  struct sql_reading *out = &r->an->reading;
  if (!words(r, "on", "conflict"))
    return;
  if (is_sign(r->at, "(")) {
    read_names(r, &r->an->conflict_key);
    if (word(r, "where"))
      sql_read_expression(r, false);
  }
  must(r, word(r, "do"));
  if (word(r, "nothing")) {
    out->conflict = SQL_CONFLICT_NOTHING;
    return;
  }
  must(r, words(r, "update", "set"));
  out->conflict = SQL_CONFLICT_UPDATE;
  read_assignments(r);
  if (word(r, "where"))
    sql_read_expression(r, false);
}

/* One row of VALUES: what each column is given. */
static void read_row(struct reader *r)
{
  size_t i = 0;
  must(r, sign(r, "("));
  do {
    struct operand o = sql_read_expression(r, false);
    if (i >= r->an->insert_columns.n)
      stop(r);
    else
      *LIST_ADD(r->a, &r->an->where) = (struct sql_term){
          .column = r->an->insert_columns.at[i++], .param = o.side == SIDE_PARAM ? o.param : 0, .literal = o.literal};
  } while (sign(r, ","));
  must(r, i == r->an->insert_columns.n);
  must(r, sign(r, ")"));
}

static void read_rows(struct reader *r, const char *sql, bool plain)
{
  struct sql_reading *out = &r->an->reading;
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
  read_names(r, &r->an->insert_columns);
  if (word(r, "values")) {
    read_rows(r, sql, plain);
  } else {
    r->an->selects_into = true;
    sql_read_select(r, true);
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
  *LIST_ADD(r->a, &r->an->sources) = (struct sql_source){.scope = r->scope, .alias = alias};
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
  struct sql_reading *out = &r->an->reading;
  bool plain = !is_word(r->at, "with");
  if (word(r, "with"))
    read_ctes(r);
  if (is_word(r->at, "select")) {
    out->kind = SQL_SELECT;
    sql_read_select(r, true);
  } else if (word(r, "insert")) {
    out->kind = SQL_INSERT;
    read_insert(r, sql, plain);
  } else if (word(r, "update")) {
    out->kind = SQL_UPDATE;
    read_update(r);
  } else if (word(r, "delete")) {
    out->kind = SQL_DELETE;
    read_delete(r);
  } else {
    stop(r);
  }
  if (out->kind == SQL_UPDATE || out->kind == SQL_DELETE)
    if (word(r, "where"))
      sql_read_expression(r, true);
  if (out->kind != SQL_SELECT)
    read_returning(r);
  must(r, r->at->kind == SQL_TOKEN_END);
}

/* ---- The whole ---- */

static void publish(struct sql_anatomy *an)
{
  struct sql_reading *out = &an->reading;
  out->whole = !an->stuck;
  out->tables = an->tables.at;
  out->n_tables = an->tables.n;
  out->where = an->where.at;
  out->n_where = an->where.n;
  out->set = an->set.at;
  out->n_set = an->set.n;
  out->conflict_key = an->conflict_key.at;
  out->n_conflict_key = an->conflict_key.n;
  EACH (struct sql_token, t, &an->tokens)
    out->n_params = t->param > out->n_params ? t->param : out->n_params;
}

struct sql_anatomy *sql_anatomy_of(const char *sql, struct arena *a)
{
  struct sql_anatomy *an = ARENA_NEW(a, struct sql_anatomy);
  an->reading.kind = SQL_OTHER;
  sql_tokens_read(sql, a, &an->tokens);
  struct reader r = {.a = a, .an = an, .at = an->tokens.at, .scope = -1, .only = -1};
  read_statement(&r, sql);
  sql_resolve_names(&r);
  publish(an);
  return an;
}

void sql_read(const char *sql, struct arena *a, struct sql_reading *out)
{
  *out = sql_anatomy_of(sql, a)->reading;
}
