/* The plan: which tables there are on both sides, and the texts that read and write them. */
#include "transfer_priv.h"

#include "schema.h"

#include <stdio.h>
#include <string.h>

/* The schema's own history, and our progress: each database has its own. */
static const char *const left_out[] = {"schema_version", "copy_progress"};

/* Columns that belong to processes: they arrive as this literal. Rows of feed_pending, on the other hand, are the
 * company's: their events wait for a number, and get one by the next server or at the end of the copy. */
static const struct {
  const char *table, *column, *literal;
} put_to_rest[] = {
    {"node_lease", "until", "CAST(0 AS BIGINT)"},
    {"lease", "until", "CAST(0 AS BIGINT)"},
    {"server", "until", "CAST(0 AS BIGINT)"},
};

enum { ARGS_MAX = 480, MANY_MAX = 64 };

transfer_words transfer_split(struct arena *a, const char *list)
{
  transfer_words words = {0};
  for (const char *p = list; *p;) {
    size_t n = strcspn(p, ",");
    *LIST_ADD(a, &words) = arena_textn(a, p, n);
    p += n;
    p += *p == ',';
  }
  return words;
}

struct db_stmt transfer_stmt(struct arena *a, enum db_marker marker, const char *fmt, ...)
{
  char small[512];
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(small, sizeof small, fmt, args);
  va_end(args);
  assert(n >= 0 && n < (int)sizeof small); /* names of our schema are short */
  return (struct db_stmt){arena_text(a, small), marker};
}

static bool is_left_out(const char *table)
{
  for (size_t i = 0; i < COUNT_OF(left_out); i++)
    if (text_eq(table, left_out[i]))
      return true;
  return false;
}

/* ---- Texts ---- */

static const char *selected(const char *table, const char *column)
{
  for (size_t i = 0; i < COUNT_OF(put_to_rest); i++)
    if (text_eq(table, put_to_rest[i].table) && text_eq(column, put_to_rest[i].column))
      return put_to_rest[i].literal;
  return column;
}

static void add_keys(struct buf *out, const struct transfer_table *table)
{
  for (size_t i = 0; i < table->n_keys; i++)
    buf_printf(out, "%s%s", i ? ", " : "", table->columns[table->keys[i]]);
}

/* "$1, $2, $3", from first on. */
static void add_places(struct buf *out, size_t first, size_t n)
{
  for (size_t i = 0; i < n; i++)
    buf_printf(out, "%s$%zu", i ? ", " : "", first + i);
}

/* A row value compares as the key's index is sorted, on either engine. */
static const char *select_text(struct arena *a, const struct transfer_table *table, bool after_a_key)
{
  struct buf sql;
  buf_init(&sql, a);
  for (size_t i = 0; i < table->n; i++)
    buf_printf(&sql, "%s%s", i ? ", " : "SELECT ", selected(table->name, table->columns[i]));
  buf_printf(&sql, " FROM %s", table->name);
  if (after_a_key) {
    buf_text(&sql, " WHERE (");
    add_keys(&sql, table);
    buf_text(&sql, ") > (");
    add_places(&sql, 1, table->n_keys);
    buf_text(&sql, ")");
  }
  buf_text(&sql, " ORDER BY ");
  add_keys(&sql, table);
  buf_printf(&sql, " LIMIT $%zu", after_a_key ? table->n_keys + 1 : 1);
  return buf_str(&sql);
}

static const char *insert_text(struct arena *a, const struct transfer_table *table, size_t rows)
{
  struct buf sql;
  buf_init(&sql, a);
  buf_printf(&sql, "INSERT INTO %s (", table->name);
  for (size_t i = 0; i < table->n; i++)
    buf_printf(&sql, "%s%s", i ? ", " : "", table->columns[i]);
  buf_text(&sql, ") VALUES ");
  for (size_t row = 0; row < rows; row++) {
    buf_text(&sql, row ? ", (" : "(");
    add_places(&sql, 1 + row * table->n, table->n);
    buf_text(&sql, ")");
  }
  return buf_str(&sql);
}

/* In the process a row costs least alone; over a wire a statement costs more than its rows. */
static size_t rows_at_once(const struct transfer *t, const struct transfer_table *table)
{
  size_t fit = ARGS_MAX / table->n;
  return db_engine(t->to) == DB_SQLITE || fit < 2 ? 1 : fit > MANY_MAX ? MANY_MAX : fit;
}

static void add_texts(struct transfer *t, struct transfer_table *table)
{
  struct arena *a = t->arena;
  table->first = (struct db_stmt){select_text(a, table, false), DB_REPORT};
  table->next = (struct db_stmt){select_text(a, table, true), DB_REPORT};
  table->count = transfer_stmt(a, DB_REPORT, "SELECT count(*) FROM %s", table->name);
  table->many = rows_at_once(t, table);
  table->insert = (struct db_stmt){insert_text(a, table, 1), DB_REPORT};
  table->insert_many = (struct db_stmt){insert_text(a, table, table->many), DB_REPORT};
}

/* ---- What both sides have ---- */

static int place_of(const struct transfer_table *table, const char *column)
{
  for (size_t i = 0; i < table->n; i++)
    if (text_eq(table->columns[i], column))
      return (int)i;
  return -1;
}

static enum err add_key(struct transfer *t, struct transfer_table *table)
{
  const char *list;
  TRY(db_key_columns(t->from, table->name, &list));
  transfer_words keys = transfer_split(t->arena, list);
  if (keys.n == 0 || keys.n > TRANSFER_KEY_MAX)
    return transfer_refuse(t, "table %s has no primary key that rows could be read by", table->name);
  EACH (const char *, key, &keys)
    table->keys[table->n_keys++] = (size_t)place_of(table, *key);
  table->bucket = place_of(table, "bucket");
  return ERR_OK;
}

/* The order of columns may differ, their names may not. */
static enum err same_columns(struct transfer *t, const struct transfer_table *table)
{
  const char *list;
  TRY(db_columns(t->to, table->name, &list));
  transfer_words columns = transfer_split(t->arena, list);
  bool same = columns.n == table->n;
  EACH (const char *, column, &columns)
    same = same && place_of(table, *column) >= 0;
  return same ? ERR_OK : transfer_refuse(t, "table %s has other columns in the target than in the source", table->name);
}

static enum err add_table(struct transfer *t, const char *name, struct transfer_plan *plan)
{
  struct transfer_table *table = LIST_ADD(t->arena, &plan->tables);
  const char *list;
  table->name = name;
  TRY(db_columns(t->from, name, &list));
  transfer_words columns = transfer_split(t->arena, list);
  table->columns = columns.at;
  table->n = columns.n;
  TRY(add_key(t, table));
  return same_columns(t, table);
}

static enum err same_tables(struct transfer *t, const struct transfer_plan *plan)
{
  const char *list;
  TRY(db_tables(t->to, &list));
  transfer_words tables = transfer_split(t->arena, list);
  size_t n = 0;
  EACH (const char *, name, &tables) {
    bool found = is_left_out(*name);
    n += !found;
    EACH (const struct transfer_table, table, &plan->tables)
      found = found || text_eq(table->name, *name);
    if (!found)
      return transfer_refuse(t, "the target has a table %s, which the source has not", *name);
  }
  return n == plan->tables.n ? ERR_OK : transfer_refuse(t, "the source has tables that the target has not");
}

static bool has(const transfer_words *tables, const char *name)
{
  EACH (const char *, table, tables)
    if (text_eq(*table, name))
      return true;
  return false;
}

/* Of the tables that the file's schema has: it may be an older one. */
static enum err rest_in_transaction(struct transfer *t)
{
  const char *list;
  TRY(db_tables(t->to, &list));
  transfer_words tables = transfer_split(t->arena, list);
  for (size_t i = 0; i < COUNT_OF(put_to_rest); i++) {
    struct db_stmt *rest = ARENA_NEW(t->arena, struct db_stmt);
    *rest = transfer_stmt(t->arena, DB_REPORT, "UPDATE %s SET %s = %s", put_to_rest[i].table, put_to_rest[i].column,
                          put_to_rest[i].literal);
    if (has(&tables, put_to_rest[i].table))
      TRY(db_run(t->to, rest, NULL, DB_NO_ARGS));
  }
  return ERR_OK;
}

enum err transfer_put_to_rest(struct transfer *t)
{
  TRY(db_begin(t->to));
  enum err err = rest_in_transaction(t);
  if (err == ERR_OK)
    return db_commit(t->to);
  db_rollback(t->to);
  return err;
}

enum err transfer_count(struct transfer *t, struct transfer_result *out)
{
  const char *list;
  TRY(db_tables(t->to, &list));
  transfer_words tables = transfer_split(t->arena, list);
  EACH (const char *, name, &tables) {
    struct db_stmt *count = ARENA_NEW(t->arena, struct db_stmt);
    int64_t n = 0;
    if (is_left_out(*name))
      continue;
    *count = transfer_stmt(t->arena, DB_REPORT, "SELECT count(*) FROM %s", *name);
    TRY(db_one_i64(t->to, count, &n, DB_NO_ARGS));
    out->tables++;
    out->rows += n;
  }
  return ERR_OK;
}

static enum err schema_of(struct transfer *t, int64_t *out)
{
  static const struct db_stmt newest = {"SELECT max(number) FROM schema_version", DB_SCHEMA};
  TRY(db_one_i64(t->from, &newest, out, DB_NO_ARGS));
  if (*out == DB_UNFINISHED)
    return transfer_refuse(t, "the source is itself a copy that has not ended: go on with ordo copy --resume first");
  if (*out > schema_version())
    return transfer_refuse(t, "the source has schema %lld and this program knows up to %d: please use a newer one",
                           (long long)*out, schema_version());
  return ERR_OK;
}

enum err transfer_known_schema(struct transfer *t)
{
  int64_t version = 0;
  return schema_of(t, &version);
}

static enum err our_schema(struct transfer *t)
{
  int64_t version = 0;
  TRY(schema_of(t, &version));
  return version == schema_version()
             ? ERR_OK
             : transfer_refuse(t,
                               "the source has schema %lld and this program works with %d: start its server once on "
                               "it, which migrates it, and stop it (a backup is restored to sqlite:PATH for that)",
                               (long long)version, schema_version());
}

enum err transfer_plan(struct transfer *t, struct transfer_plan *out)
{
  const char *list;
  TRY(db_tables(t->from, &list));
  transfer_words tables = transfer_split(t->arena, list);
  if (tables.n == 0)
    return transfer_refuse(t, "the source has no tables");
  TRY(our_schema(t));
  EACH (const char *, name, &tables)
    if (!is_left_out(*name))
      TRY(add_table(t, *name, out));
  EACH (struct transfer_table, table, &out->tables)
    add_texts(t, table);
  return same_tables(t, out);
}
