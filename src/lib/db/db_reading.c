/* Reads the portable subset, by descent: each clause has its function. Where something is not understood reading ends
 * at once: the place is kept, everything after it is the end, and the statement is not whole.
 *
 * Conditions are collected as they are met, with the names they are written with; FROM may come after them, so names
 * find their tables when all has been read. */
#include "db_reader_priv.h"

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
  return db_is_name(r->at) ? name(r) : otherwise;
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
    must(r, db_begins_select(r));
    db_read_subselect(r);
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
  db_read_expression(r, true);
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
    if (db_is_name(first) && is_sign(first + 1, ".") && is_sign(first + 2, "*")) {
      r->at += 3;
      literals = false;
      continue;
    }
    struct operand o = db_read_expression(r, false);
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
      db_read_expression(r, false);
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
    db_read_expression(r, true);
  bool grouped = words(r, "group", "by");
  if (grouped)
    db_read_list(r);
  if (word(r, "having"))
    db_read_expression(r, false);
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
    db_read_subselect(r);
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
    db_read_sorting(r);
  bool limited = word(r, "limit");
  if (limited)
    db_read_value(r, false);
  for (size_t i = first; i < r->an->scopes.n; i++) {
    struct db_scope *s = &r->an->scopes.at[i];
    s->ordered |= ordered && s->outer == outer;
    s->limited |= limited && s->outer == outer;
  }
}

void db_read_select(struct reader *r, bool main)
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
    if (db_is_name(r->at) && is_sign(r->at + 1, "."))
      r->an->returning_alias = r->at;
    db_read_expression(r, false);
    read_alias(r, NULL);
  } while (sign(r, ","));
}

static void read_assignments(struct reader *r)
{
  do {
    *LIST_ADD(r->a, &r->an->set) = name(r);
    must(r, sign(r, "="));
    db_read_expression(r, false);
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
      db_read_expression(r, false);
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
    db_read_expression(r, false);
}

/* One row of VALUES: what each column is given. */
static void read_row(struct reader *r)
{
  size_t i = 0;
  must(r, sign(r, "("));
  do {
    struct operand o = db_read_expression(r, false);
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
    db_read_select(r, true);
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
    db_read_select(r, true);
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
      db_read_expression(r, true);
  if (out->kind != DB_KIND_SELECT)
    read_returning(r);
  must(r, r->at->kind == DB_TOKEN_END);
}

/* ---- The whole ---- */

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
  db_resolve_names(&r);
  publish(an);
  return an;
}

void db_read_statement(const char *sql, struct arena *a, struct db_reading *out)
{
  *out = db_anatomy_of(sql, a)->reading;
}
