/* The rules of portable SQL that a text can show. Each is a row: a sentence that says what is right, and either the
 * words that break it or a function that finds who breaks it. */
#include "sql_priv.h"

struct judged {
  const struct sql_anatomy *an;
  const struct sql_reading *r;
  enum sql_marker marker;
  const struct sql_placed **placed; /* of each table of the reading; NULL = unknown to the schema */
  struct arena *a;
};

/* ---- Words that no statement has ---- */

struct word_rule {
  const char *words; /* in a row, with a space between two */
  const char *says;
};
static const char no_locks[] = "the condition of a write is in its WHERE, and 0 rows mean lost: there are no locks";
static const char no_clock[] = "times are bound from the context's clock";
static const char no_upsert[] = "what is there already is met with ON CONFLICT (columns)";
static const char no_chance[] = "what is drawn by chance comes from the context";
static const char no_write_inside[] = "a CTE only reads";
static const char no_joins[] = "tables are joined by JOIN, INNER JOIN, LEFT JOIN or CROSS JOIN, with ON";

static const struct word_rule word_rules[] = {
    {"for update", no_locks},
    {"for share", no_locks},
    {"skip locked", no_locks},
    {"nowait", no_locks},
    {"( insert", no_write_inside},
    {"( update", no_write_inside},
    {"( delete", no_write_inside},
    {"merge into", no_upsert},
    {"insert or", no_upsert},
    {"replace into", no_upsert},
    {"distinct on", "the first row of each is found by its key, or in C: there is no DISTINCT ON"},
    {"lateral", "a sub-select in FROM stands on its own: there is no LATERAL"},
    {"delete from * using", "a DELETE has one table and no USING"},
    {"with recursive", "trees are walked in C: there is no recursive CTE"},
    {"offset", "pages go on behind a key: there is no OFFSET"},
    {"fetch first", "a page ends with LIMIT"},
    {"/", "division is done in C: engines do not agree about it"},
    {"now (", no_clock},
    {"current_timestamp", no_clock},
    {"current_date", no_clock},
    {"current_time", no_clock},
    {"datetime (", no_clock},
    {"strftime (", no_clock},
    {"random (", no_chance},
    {"gen_random_uuid (", no_chance},
    {"randomblob (", no_chance},
    {"avg (", "an average is divided in C"},
    {"greatest (", "the larger of two is a CASE"},
    {"least (", "the smaller of two is a CASE"},
    {"nextval (", "ids and numbers are made by the program"},
    {"autoincrement", "ids and numbers are made by the program"},
    {"natural join", no_joins},
    {"right join", no_joins},
    {"full join", no_joins},
    {"right outer", no_joins},
    {"full outer", no_joins},
    {"ilike", "columns made in C are compared, folded and byte by byte"},
    {"glob", "columns made in C are compared, folded and byte by byte"},
    {"collate", "columns made in C are compared, folded and byte by byte"},
    {"rowid", "a row is found by its key"},
    {"ctid", "a row is found by its key"},
};

/* "delete from * using": each word as it stands, * is any one. */
static bool stands_at(const struct sql_token *t, const char *words)
{
  for (; *words; t++) {
    size_t n = strcspn(words, " ");
    bool any = n == 1 && *words == '*';
    if (t->kind == SQL_TOKEN_END || (!any && (t->n != n || memcmp(t->text, words, n) != 0)))
      return false;
    words += n + (words[n] == ' ');
  }
  return true;
}

static const char *word_fault(struct judged *j)
{
  for (const struct sql_token *t = j->an->tokens.at; t->kind != SQL_TOKEN_END; t++)
    for (const struct word_rule *rule = word_rules; rule < word_rules + COUNT_OF(word_rules); rule++)
      if (stands_at(t, rule->words))
        return arena_printf(j->a, "\"%.30s\": %s", t->at, rule->says);
  return NULL;
}

/* ---- Rules about single words: what breaks it, or NULL ---- */

static const char *found(struct judged *j, const struct sql_token *t)
{
  return t ? arena_printf(j->a, "\"%.30s\"", t->at) : NULL;
}

static const char *double_quotes(struct judged *j)
{
  EACH (struct sql_token, t, &j->an->tokens)
    if (t->kind == SQL_TOKEN_BAD && *t->at == '"')
      return found(j, t);
  return NULL;
}

static const char *long_name(struct judged *j)
{
  EACH (struct sql_token, t, &j->an->tokens)
    if (t->kind == SQL_TOKEN_WORD && t->n > 55)
      return found(j, t);
  return NULL;
}

static const char *bits_without_parentheses(struct judged *j)
{
  return found(j, j->an->bare_bits);
}

static const char *unread(struct judged *j)
{
  const struct sql_token *t = j->an->stuck;
  return !t ? NULL : t->kind == SQL_TOKEN_END ? "its end" : found(j, t);
}

static const char *lone_parameter(struct judged *j)
{
  return found(j, j->an->lone_parameter);
}

static const char *returning_alias(struct judged *j)
{
  return found(j, j->an->returning_alias);
}

/* ---- Rules about functions ---- */

static const char *unknown_function(struct judged *j)
{
  static const char *const known[] = {"length",     "lower", "substr",     "replace", "trim", "coalesce",
                                      "nullif",     "abs",   "count",      "sum",     "min",  "max",
                                      "row_number", "rank",  "dense_rank", "lag",     "lead"};
  EACH (struct sql_call, call, &j->an->calls)
    if (!is_among(known, COUNT_OF(known), call->name))
      return call->name;
  return NULL;
}

static const char *extreme_of_two(struct judged *j)
{
  EACH (struct sql_call, call, &j->an->calls)
    if (call->arguments > 1 && (strcmp(call->name, "max") == 0 || strcmp(call->name, "min") == 0))
      return call->name;
  return NULL;
}

static const char *sum_without_cast(struct judged *j)
{
  EACH (struct sql_call, call, &j->an->calls)
    if (!call->cast && strcmp(call->name, "sum") == 0)
      return call->name;
  return NULL;
}

/* ---- Rules about keys and placement ---- */

static bool is_spread(const struct judged *j, size_t table)
{
  return j->placed[table] && j->placed[table]->placement == SQL_SPREAD;
}

static bool is_key_column(const struct sql_placed *table, const char *column)
{
  return table && is_among(table->key, table->n_key, column);
}

static bool is_written(const struct judged *j, size_t table)
{
  return table == 0 && j->r->kind != SQL_SELECT;
}

/* The term gives a column of this table its value. */
static bool gives(const struct sql_term *term, size_t table)
{
  return (size_t)term->table == table && (term->param || term->literal);
}

static bool names_bucket(const struct judged *j, size_t table)
{
  if (is_written(j, table) && j->r->kind == SQL_INSERT)
    return is_among(j->an->insert_columns.at, j->an->insert_columns.n, "bucket");
  for (size_t i = 0; i < j->r->n_where; i++)
    if (gives(&j->r->where[i], table) && strcmp(j->r->where[i].column, "bucket") == 0)
      return true;
  return j->an->from_values[table];
}

static const char *bucket_not_named(struct judged *j)
{
  if (j->marker != SQL_KEYED)
    return NULL;
  for (size_t i = 0; i < j->r->n_tables; i++)
    if (is_spread(j, i) && !names_bucket(j, i))
      return j->r->tables[i].name;
  return NULL;
}

/* One of the columns that tell its rows apart is given, besides the bucket: the lines of one order, the stock of one
 * product. */
static bool names_key_column(const struct judged *j, size_t table)
{
  for (size_t i = 0; i < j->r->n_where; i++) {
    const struct sql_term *term = &j->r->where[i];
    if (gives(term, table) && strcmp(term->column, "bucket") != 0 && is_key_column(j->placed[table], term->column))
      return true;
  }
  return false;
}

static bool is_limited(const struct judged *j, int scope)
{
  for (; scope >= 0; scope = j->an->scopes.at[scope].outer)
    if (j->an->scopes.at[scope].limited)
      return true;
  return false;
}

/* What is joined to such rows is bounded, too: that a join is by key is another rule. */
static bool is_keyed(const struct judged *j, size_t table)
{
  bool keyed = false;
  for (size_t i = 0; i < j->r->n_tables; i++)
    keyed |= j->an->scope_of[i] == j->an->scope_of[table] && names_key_column(j, i);
  return keyed;
}

static const char *unbounded_list(struct judged *j)
{
  if (j->marker != SQL_LIST)
    return NULL;
  for (size_t i = 0; i < j->r->n_tables; i++) {
    bool inserted = is_written(j, i) && j->r->kind == SQL_INSERT;
    if (is_spread(j, i) && !inserted && !is_limited(j, j->an->scope_of[i]) && !is_keyed(j, i))
      return j->r->tables[i].name;
  }
  return NULL;
}

/* Which rows are within a limit is chance without an order, unless they are only counted or looked for. */
static const char *limit_without_order(struct judged *j)
{
  EACH (struct sql_scope, scope, &j->an->scopes) {
    bool counted = scope->outer >= 0 && j->an->scopes.at[scope->outer].one_row;
    if (scope->limited && !scope->ordered && !scope->one_row && !counted)
      return "LIMIT";
  }
  return NULL;
}

static bool is_within(const struct judged *j, int scope, int outer)
{
  while (scope >= 0 && scope != outer)
    scope = j->an->scopes.at[scope].outer;
  return scope == outer;
}

/* Two tables meet where they stand in one FROM, or one in a sub-select of the other's. */
static bool meet(const struct judged *j, size_t a, size_t b)
{
  int first = j->an->scope_of[a], second = j->an->scope_of[b];
  return first >= 0 && second >= 0 && (is_within(j, first, second) || is_within(j, second, first));
}

/* Rows of one come into the other's hands in whatever way: CTEs, and INSERT ... SELECT too. */
static bool touch(const struct judged *j, size_t a, size_t b)
{
  int scopes[] = {j->an->scope_of[a], j->an->scope_of[b]};
  for (int i = 0; i < 2; i++)
    if (scopes[i] < 0 || j->an->scopes.at[scopes[i]].cte)
      return true;
  return meet(j, a, b);
}

static const char *two_families(struct judged *j)
{
  for (size_t a = 0; a < j->r->n_tables; a++)
    for (size_t b = a + 1; b < j->r->n_tables; b++)
      if (is_spread(j, a) && is_spread(j, b) && strcmp(j->placed[a]->family, j->placed[b]->family) != 0 &&
          touch(j, a, b))
        return arena_printf(j->a, "%s and %s", j->r->tables[a].name, j->r->tables[b].name);
  return NULL;
}

/* Columns that are equal in every row, in classes: those that a condition compares, or that have one parameter. */
struct equal_column {
  size_t table;
  const char *column;
  size_t class;
};
typedef LIST(struct equal_column) equal_columns;

static size_t class_of(struct judged *j, equal_columns *all, size_t table, const char *column)
{
  EACH (struct equal_column, e, all)
    if (e->table == table && strcmp(e->column, column) == 0)
      return e->class;
  size_t class = all->n; /* of its own */
  *LIST_ADD(j->a, all) = (struct equal_column){table, column, class};
  return class;
}

static void unite(equal_columns *all, size_t a, size_t b)
{
  EACH (struct equal_column, e, all)
    if (e->class == a)
      e->class = b;
}

static void collect_equals(struct judged *j, equal_columns *out)
{
  EACH (struct sql_bond, bond, &j->an->bonds) {
    size_t a = class_of(j, out, (size_t)bond->table[0], bond->column[0]);
    unite(out, a, class_of(j, out, (size_t)bond->table[1], bond->column[1]));
  }
  for (size_t i = 0; i < j->r->n_where; i++)
    for (size_t k = i + 1; k < j->r->n_where; k++) {
      const struct sql_term *a = &j->r->where[i], *b = &j->r->where[k];
      if (a->param && a->param == b->param && !a->in_list && !b->in_list)
        unite(out, class_of(j, out, (size_t)a->table, a->column), class_of(j, out, (size_t)b->table, b->column));
    }
}

/* Both the buckets and one more column of a and b are equal; column IN (SELECT ...) is such an equality. */
static bool joined_by_key(const struct judged *j, const equal_columns *equals, size_t a, size_t b)
{
  int first = j->an->scope_of[a], second = j->an->scope_of[b];
  bool bucket = false, other = first != second && j->an->scopes.at[first > second ? first : second].member;
  EACH (struct equal_column, x, equals)
    EACH (struct equal_column, y, equals) {
      if (x->table != a || y->table != b || x->class != y->class)
        continue;
      bool buckets = strcmp(x->column, "bucket") == 0 && strcmp(y->column, "bucket") == 0;
      bucket |= buckets;
      other |= !buckets;
    }
  return bucket && other;
}

static const char *joined_otherwise(struct judged *j)
{
  equal_columns equals = {0};
  collect_equals(j, &equals);
  for (size_t a = 0; a < j->r->n_tables; a++)
    for (size_t b = a + 1; b < j->r->n_tables; b++)
      if (is_spread(j, a) && is_spread(j, b) && meet(j, a, b) && !joined_by_key(j, &equals, a, b))
        return arena_printf(j->a, "%s and %s", j->r->tables[a].name, j->r->tables[b].name);
  return NULL;
}

/* ---- Rules about writes ---- */

static const char *moved_key(struct judged *j)
{
  for (size_t i = 0; j->r->n_tables && i < j->r->n_set; i++)
    if (strcmp(j->r->set[i], "bucket") == 0 || is_key_column(j->placed[0], j->r->set[i]))
      return j->r->set[i];
  return NULL;
}

static const char *conflict_without_columns(struct judged *j)
{
  return j->r->conflict != SQL_CONFLICT_NONE && j->r->n_conflict_key == 0 ? "ON CONFLICT" : NULL;
}

static const char *conflict_without_bucket(struct judged *j)
{
  bool judge = j->r->conflict != SQL_CONFLICT_NONE && is_spread(j, 0);
  return judge && !is_among(j->r->conflict_key, j->r->n_conflict_key, "bucket") ? j->r->tables[0].name : NULL;
}

static const char *ambiguous_on(struct judged *j)
{
  bool judge = j->an->selects_into && j->r->conflict != SQL_CONFLICT_NONE;
  return judge && !j->an->where_before_conflict ? "ON CONFLICT" : NULL;
}

/* ---- The judgment ---- */

struct rule {
  const char *(*broken_by)(struct judged *j);
  const char *says;
};
/* Of texts whose words may be wrong. */
static const struct rule text_rules[] = {
    {double_quotes, "text has single quotes, and names have none"},
    {long_name, "a name has at most 55 bytes"},
    {unread, "the statement is not in the portable subset from here"},
};
/* Of those that were read whole. */
static const struct rule rules[] = {
    {unknown_function, "this function is not among those that all engines have"},
    {extreme_of_two, "the larger or smaller of two is a CASE"},
    {sum_without_cast, "a sum is CAST(sum(x) AS BIGINT)"},
    {bits_without_parentheses, "parentheses stand round each &, |, << and >>: their ranks differ"},
    {lone_parameter, "a parameter alone in a select list is CAST($n AS BIGINT)"},
    {returning_alias, "RETURNING has plain column names"},
    {bucket_not_named, "a spread table's bucket is named (= $n or IN), or the statement is a LIST or a REPORT"},
    {unbounded_list, "a LIST has a LIMIT, or names a column of the key; what looks at all rows is a REPORT"},
    {limit_without_order, "a LIMIT has an ORDER BY, unless rows are only counted"},
    {two_families, "spread tables of two families do not meet in one statement"},
    {joined_otherwise, "spread tables are joined on bucket and key"},
    {moved_key, "a bucket or a column of the key never changes"},
    {conflict_without_columns, "ON CONFLICT names its columns"},
    {conflict_without_bucket, "ON CONFLICT of a spread table names its bucket"},
    {ambiguous_on, "INSERT ... SELECT has a WHERE (true) before ON CONFLICT"},
};

static const char *first_broken(struct judged *j, const struct rule *all, size_t n)
{
  for (const struct rule *rule = all; rule < all + n; rule++) {
    const char *what = rule->broken_by(j);
    if (what)
      return arena_printf(j->a, "%s: %s", what, rule->says);
  }
  return NULL;
}

const struct sql_placed *sql_placed_find(const struct sql_placed *tables, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(tables[i].name, name) == 0)
      return &tables[i];
  return NULL;
}

const char *sql_fault(const char *sql, enum sql_marker marker, const struct sql_placed *tables, size_t n,
                      struct arena *a)
{
  if (marker == SQL_SCHEMA)
    return NULL;
  struct judged j = {.an = sql_anatomy_of(sql, a), .marker = marker, .a = a};
  j.r = &j.an->reading;
  j.placed = ARENA_ARRAY(a, const struct sql_placed *, j.r->n_tables + 1);
  for (size_t i = 0; i < j.r->n_tables; i++)
    j.placed[i] = sql_placed_find(tables, n, j.r->tables[i].name);
  const char *fault = word_fault(&j);
  if (!fault)
    fault = first_broken(&j, text_rules, COUNT_OF(text_rules));
  return fault ? fault : first_broken(&j, rules, COUNT_OF(rules));
}

const char *sql_unplaced(const char *sql, const struct sql_placed *tables, size_t n, struct arena *a)
{
  struct sql_reading r;
  sql_read(sql, a, &r);
  for (size_t i = 0; i < r.n_tables; i++)
    if (!sql_placed_find(tables, n, r.tables[i].name))
      return r.tables[i].name;
  return NULL;
}
