/* Tables by record: a row is a C struct, its columns are the fields of its descriptor.
 *
 * Each connection flattens a table once into an array of (offset, kind), inline records included; binding and reading
 * are then one loop over it. The statements' texts are made of the descriptor's names, once, when they are first
 * needed. */
#include "db_priv.h"

#include <string.h>

/* ---- The plan: a table's columns, flat ---- */

static bool has_column(const struct rec_field *field)
{
  return !(field->flags & REC_VIRTUAL) && field->kind != REC_LIST;
}

static size_t count_columns(const struct rec *rec)
{
  size_t n = 0;
  for (const struct rec_field *f = rec->fields; f < rec->fields + rec->n; f++)
    if (has_column(f))
      n += f->kind == REC_INLINE ? count_columns(f->rec) : 1;
  return n;
}

static void flatten(struct db *db, const struct rec *rec, const char *prefix, size_t offset, struct db_plan *plan)
{
  for (const struct rec_field *f = rec->fields; f < rec->fields + rec->n; f++) {
    if (!has_column(f))
      continue;
    const char *name = f->column ? f->column : f->name;
    if (f->kind == REC_INLINE) {
      const char *inner = f->prefix ? f->prefix : "";
      flatten(db, f->rec, arena_printf(db->lasting, "%s%s", prefix, inner), offset + f->offset, plan);
      continue;
    }
    bool key = f->flags & REC_KEY;
    plan->columns[plan->n++] = (struct db_column){
        .name = arena_printf(db->lasting, "%s%s", prefix, name),
        .offset = offset + f->offset,
        .kind = f->kind,
        .key = key,
        .zero_is_null = f->kind == REC_ID && !key && !(f->flags & REC_REQUIRED),
        .field = f,
    };
    plan->n_keys += key;
  }
}

static void add_names(struct buf *b, const struct db_plan *plan)
{
  for (size_t i = 0; i < plan->n; i++)
    buf_printf(b, "%s%s", i ? ", " : "", plan->columns[i].name);
}

static struct db_plan *plan_new(struct db *db, const struct db_table *table)
{
  struct db_plan *plan = ARENA_NEW(db->lasting, struct db_plan);
  size_t n = count_columns(table->rec);
  assert(n > 0 && n <= DB_COLUMNS_MAX);
  *plan = (struct db_plan){.table = table, .columns = ARENA_ARRAY(db->lasting, struct db_column, n)};
  flatten(db, table->rec, "", 0, plan);
  struct buf b;
  buf_init(&b, db->lasting);
  buf_text(&b, "SELECT ");
  add_names(&b, plan);
  buf_printf(&b, " FROM %s", table->name);
  plan->select = buf_str(&b);
  return plan;
}

struct db_plan *db_plan_of(struct db *db, const struct db_table *table)
{
  void **place = db_map_find(&db->tables, table);
  if (place)
    return *place;
  struct db_plan *plan = plan_new(db, table);
  *db_map_add(&db->tables, table) = plan;
  return plan;
}

const struct db_column *db_plan_column(const struct db_plan *plan, const struct rec_field *field)
{
  for (size_t i = 0; i < plan->n; i++)
    if (plan->columns[i].field == field)
      return &plan->columns[i];
  return NULL;
}

/* ---- Binding a row ---- */

/* The struct that holds the column's field, which is the row's or an inline record's inside it. */
static const void *holder(const struct db_column *c, const void *at)
{
  return (const char *)at - c->field->offset;
}

/* Nested values are JSON text in the request's arena. */
static struct db_value bind_json(struct db *db, const struct db_column *c, const void *at)
{
  struct buf b;
  buf_init(&b, db->arena);
  rec_store(c->field, holder(c, at), &b);
  return (struct db_value){.type = DB_TEXT, .bytes = buf_str(&b), .n = b.n};
}

static struct db_value bind_enum(const struct rec_field *field, int value)
{
  assert(value >= 0);
  for (int i = 0; i <= value; i++)
    assert(field->names[i]); /* a value beyond the names */
  return db_text_value(field->names[value]);
}

static struct db_value bind_column(struct db *db, const struct db_column *c, const void *row)
{
  const void *at = (const char *)row + c->offset;
  switch (c->kind) {
  case REC_BOOL:
    return I64(*(const bool *)at);
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
    return db_text_value(*(const char *const *)at);
  case REC_ENUM:
    return bind_enum(c->field, *(const int *)at);
  case REC_TEXTS:
    return ((const struct list *)at)->n ? bind_json(db, c, at) : db_text_value("[]");
  case REC_RECORD:
    return *(const void *const *)at ? bind_json(db, c, at) : (struct db_value){.type = DB_NULL};
  default: { /* all others are one int64_t */
    int64_t v = *(const int64_t *)at;
    return v == 0 && c->zero_is_null ? (struct db_value){.type = DB_NULL} : db_i64_or_null(v);
  }
  }
}

/* Values for all columns, or for the keys alone, in the order of the columns: $1, $2 ... of every text made here. */
static size_t bind_row(struct db *db, const struct db_plan *plan, bool keys_only, const void *row, struct db_value *out)
{
  size_t n = 0;
  for (const struct db_column *c = plan->columns; c < plan->columns + plan->n; c++)
    if (c->key || !keys_only)
      out[n++] = bind_column(db, c, row);
  return n;
}

/* ---- Reading a row ---- */

static enum err bad_column(struct db *db, const struct db_plan *plan, const struct db_column *c, const char *what)
{
  return db_fail(db, ERR_INTERNAL, "%s.%s holds %s", plan->table->name, c->name, what);
}

/* The reader's complaints go to a fault of their own: this is no request's mistake. */
static enum err read_json(struct db *db, const struct db_column *c, struct db_value v, void *at)
{
  struct fault f;
  fault_init(&f, db->arena);
  return rec_load(c->field, arena_textn(db->arena, v.bytes, v.n), v.n, db->arena, &f, (char *)at - c->field->offset);
}

static enum err read_enum(const struct rec_field *field, const char *text, int *out)
{
  for (int i = 0; field->names[i]; i++)
    if (strcmp(field->names[i], text) == 0) {
      *out = i;
      return ERR_OK;
    }
  return ERR_INTERNAL;
}

static enum err read_text(struct db *db, const struct db_plan *plan, const struct db_column *c, struct db_value v,
                          void *at)
{
  if (v.type != DB_TEXT)
    return bad_column(db, plan, c, "something else than text");
  switch (c->kind) {
  case REC_ENUM:
    return read_enum(c->field, v.bytes, at) == ERR_OK ? ERR_OK : bad_column(db, plan, c, "an unknown name");
  case REC_TEXTS:
  case REC_RECORD:
    return read_json(db, c, v, at) == ERR_OK ? ERR_OK : bad_column(db, plan, c, "JSON that cannot be read");
  default:
    *(const char **)at = arena_textn(db->arena, v.bytes, v.n);
    return ERR_OK;
  }
}

static void read_null(const struct db_column *c, void *at)
{
  switch (c->kind) {
  case REC_BOOL:
    *(bool *)at = false;
    break;
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
  case REC_RECORD:
    *(const void **)at = NULL;
    break;
  case REC_ENUM:
    *(int *)at = 0;
    break;
  case REC_TEXTS:
    *(struct list *)at = (struct list){0};
    break;
  case REC_ID:
    *(int64_t *)at = 0;
    break;
  default:
    *(int64_t *)at = ABSENT;
  }
}

static enum err read_column(struct db *db, const struct db_plan *plan, const struct db_column *c, struct db_value v,
                            void *row)
{
  void *at = (char *)row + c->offset;
  if (v.type == DB_NULL) {
    read_null(c, at);
    return ERR_OK;
  }
  switch (c->kind) {
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
  case REC_ENUM:
  case REC_TEXTS:
  case REC_RECORD:
    return read_text(db, plan, c, v, at);
  default:
    break;
  }
  if (v.type != DB_I64)
    return bad_column(db, plan, c, "something else than an integer");
  if (c->kind == REC_BOOL)
    *(bool *)at = v.i64 != 0;
  else
    *(int64_t *)at = v.i64;
  return ERR_OK;
}

static enum err read_row(const struct db_plan *plan, struct db_rows *rows, void *row)
{
  struct db *db = rows->db;
  for (size_t i = 0; i < plan->n; i++)
    TRY(read_column(db, plan, &plan->columns[i], db->driver->column(rows->stmt, (int)i), row));
  return ERR_OK;
}

/* The first thing that went wrong: reading a row, or the query itself. */
static enum err ended(struct db_rows *rows, enum err err)
{
  enum err query = db_done(rows);
  return err != ERR_OK ? err : query;
}

enum err db_read_rows(const struct db_plan *plan, struct db_rows *rows, struct list *out)
{
  enum err err = ERR_OK;
  while (err == ERR_OK && db_next(rows)) {
    void *row = list_grow(rows->db->arena, out, plan->table->rec->size);
    rec_init(plan->table->rec, row);
    err = read_row(plan, rows, row);
  }
  return ended(rows, err);
}

/* *out is written only when there is a row. */
static enum err read_first(const struct db_plan *plan, struct db_rows *rows, void *row)
{
  enum err err = ERR_NOT_FOUND;
  if (db_next(rows)) {
    rec_init(plan->table->rec, row);
    err = read_row(plan, rows, row);
  }
  enum err query = db_done(rows);
  return query != ERR_OK ? query : err;
}

/* ---- The statements of a table ---- */

enum columns { ALL, KEYS, OTHERS };

/* How the texts below repeat themselves: for each column of a kind, form with the column's name and parameter. */
enum form { NAME, PARAMETER, SET, EXCLUDED };

static void add_columns(struct buf *b, const struct db_plan *plan, enum columns which, enum form form,
                        const char *between, bool numbered_by_key)
{
  size_t place = 0;
  const char *before = "";
  for (const struct db_column *c = plan->columns; c < plan->columns + plan->n; c++) {
    place += c->key || !numbered_by_key;
    if ((which == KEYS && !c->key) || (which == OTHERS && c->key))
      continue;
    buf_text(b, before);
    before = between;
    switch (form) {
    case NAME:
      buf_text(b, c->name);
      break;
    case PARAMETER:
      buf_printf(b, "$%zu", place);
      break;
    case SET:
      buf_printf(b, "%s = $%zu", c->name, place);
      break;
    case EXCLUDED:
      buf_printf(b, "%s = excluded.%s", c->name, c->name);
      break;
    }
  }
}

static void add_insert(struct buf *b, const struct db_plan *plan)
{
  buf_printf(b, "INSERT INTO %s (", plan->table->name);
  add_columns(b, plan, ALL, NAME, ", ", false);
  buf_text(b, ") VALUES (");
  add_columns(b, plan, ALL, PARAMETER, ", ", false);
  buf_text(b, ")");
}

static void add_upsert(struct buf *b, const struct db_plan *plan)
{
  add_insert(b, plan);
  buf_text(b, " ON CONFLICT (");
  add_columns(b, plan, KEYS, NAME, ", ", false);
  if (plan->n == plan->n_keys) {
    buf_text(b, ") DO NOTHING");
    return;
  }
  buf_text(b, ") DO UPDATE SET ");
  add_columns(b, plan, OTHERS, EXCLUDED, ", ", false);
}

static const char *verb_text(struct db *db, const struct db_plan *plan, enum db_verb verb)
{
  struct buf b;
  buf_init(&b, db->lasting);
  switch (verb) {
  case DB_INSERT:
    add_insert(&b, plan);
    break;
  case DB_UPSERT:
    add_upsert(&b, plan);
    break;
  case DB_UPDATE:
    buf_printf(&b, "UPDATE %s SET ", plan->table->name);
    add_columns(&b, plan, OTHERS, SET, ", ", false);
    buf_text(&b, " WHERE ");
    add_columns(&b, plan, KEYS, SET, " AND ", false);
    break;
  case DB_DELETE:
    buf_printf(&b, "DELETE FROM %s WHERE ", plan->table->name);
    add_columns(&b, plan, KEYS, SET, " AND ", true);
    break;
  case DB_GET:
    buf_printf(&b, "%s WHERE ", plan->select);
    add_columns(&b, plan, KEYS, SET, " AND ", true);
    break;
  case DB_VERBS:
    break;
  }
  return buf_str(&b);
}

static enum err verb_of(struct db *db, struct db_plan *plan, enum db_verb verb, struct db_prepared **out)
{
  if (!plan->verbs[verb]) {
    assert(verb == DB_INSERT || plan->n_keys > 0);
    assert(verb != DB_UPDATE || plan->n > plan->n_keys);
    TRY(db_prepare(db, verb_text(db, plan, verb), DB_KEYED, &plan->verbs[verb]));
  }
  *out = plan->verbs[verb];
  return ERR_OK;
}

static enum err write_row(struct db *db, const struct db_table *table, enum db_verb verb, const void *row,
                          int64_t *out_rows)
{
  struct db_value values[DB_COLUMNS_MAX];
  struct db_plan *plan = db_plan_of(db, table);
  struct db_prepared *p = NULL;
  TRY(verb_of(db, plan, verb, &p));
  size_t n = bind_row(db, plan, verb == DB_DELETE, row, values);
  return db_run_prepared(db, p, out_rows, values, n);
}

enum err db_insert(struct db *db, const struct db_table *table, const void *row)
{
  return write_row(db, table, DB_INSERT, row, NULL);
}

enum err db_upsert(struct db *db, const struct db_table *table, const void *row)
{
  return write_row(db, table, DB_UPSERT, row, NULL);
}

enum err db_update(struct db *db, const struct db_table *table, const void *row)
{
  int64_t rows = 0;
  TRY(write_row(db, table, DB_UPDATE, row, &rows));
  return rows ? ERR_OK : ERR_NOT_FOUND;
}

enum err db_delete(struct db *db, const struct db_table *table, const void *row)
{
  return write_row(db, table, DB_DELETE, row, NULL);
}

enum err db_get(struct db *db, const struct db_table *table, void *row)
{
  struct db_value values[DB_COLUMNS_MAX];
  struct db_plan *plan = db_plan_of(db, table);
  struct db_prepared *p = NULL;
  struct db_rows rows;
  TRY(verb_of(db, plan, DB_GET, &p));
  size_t n = bind_row(db, plan, true, row, values);
  TRY(db_start(db, p, &rows, values, n));
  return read_first(plan, &rows, row);
}

/* ---- Conditions ---- */

static enum err where_of(struct db *db, const struct db_where *where, const struct db_plan *plan,
                         struct db_prepared **out)
{
  void **place = db_map_find(&db->wheres, where);
  if (place) {
    *out = *place;
    return ERR_OK;
  }
  const char *sql = arena_printf(db->lasting, "%s WHERE %s", plan->select, where->text);
  TRY(db_prepare(db, sql, where->marker, out));
  *db_map_add(&db->wheres, where) = *out;
  return ERR_OK;
}

static enum err start_where(struct db *db, const struct db_where *where, const struct db_plan **out_plan,
                            struct db_rows *rows, const struct db_value *args, size_t n)
{
  const struct db_plan *plan = db_plan_of(db, where->table);
  struct db_prepared *p = NULL;
  TRY(where_of(db, where, plan, &p));
  *out_plan = plan;
  return db_start(db, p, rows, args, n);
}

enum err db_select(struct db *db, const struct db_where *where, struct list *out, const struct db_value *args, size_t n)
{
  const struct db_plan *plan = NULL;
  struct db_rows rows;
  TRY(start_where(db, where, &plan, &rows, args, n));
  return db_read_rows(plan, &rows, out);
}

enum err db_ask(struct db *db, const struct db_where *where, const struct db_value *args, size_t n)
{
  const struct db_plan *plan = NULL;
  struct db_rows rows;
  TRY(start_where(db, where, &plan, &rows, args, n));
  return db_done(&rows);
}

enum err db_select_one(struct db *db, const struct db_where *where, void *row, const struct db_value *args, size_t n)
{
  const struct db_plan *plan = NULL;
  struct db_rows rows;
  TRY(start_where(db, where, &plan, &rows, args, n));
  return read_first(plan, &rows, row);
}
