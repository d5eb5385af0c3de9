/* Lists for screens and API: filters, an order that is total, and pages by key.
 *
 * The text is put together from constant pieces and the names of the table's own columns; every value is bound. Equal
 * texts share a prepared statement, found by hash. Foreign queries choose among many texts, so the store of them is
 * bounded: when it is full all are dropped and the common ones are back at once. */
#include "db_priv.h"

#include <string.h>

enum { TEXTS_MAX = 256, IN_MAX = 128 };

/* A statement being written: its text and what its parameters are bound to. */
struct draft {
  const struct db_plan *plan;
  struct buf sql;
  struct db_value args[DB_ARGS_MAX];
  size_t n;
  bool too_many; /* values for args: foreign requests choose how many */
};

/* Not by an initializer: that would zero all places of args. */
static void draft_init(struct draft *d, struct db *db, const struct db_page *page)
{
  d->plan = db_plan_of(db, page->table);
  d->n = 0;
  d->too_many = false;
  buf_init(&d->sql, db->arena);
}

static void add_value(struct draft *d, struct db_value value)
{
  d->too_many |= d->n == DB_ARGS_MAX;
  if (d->too_many)
    return;
  d->args[d->n++] = value;
  buf_printf(&d->sql, "$%zu", d->n);
}

static const char *column_name(const struct draft *d, const struct rec_field *field)
{
  const struct db_column *c = db_plan_column(d->plan, field);
  assert(c); /* a field of the table's record with a column of its own */
  return c->name;
}

/* How many places an IN list takes, so that few texts serve all lengths. */
static size_t padded(size_t n)
{
  static const size_t places[] = {1, 8, 32, IN_MAX};
  size_t i = 0;
  while (places[i] < n)
    i++;
  return places[i];
}

static void add_in(struct draft *d, const struct db_filter *filter)
{
  d->too_many |= filter->n > IN_MAX;
  if (filter->n == 0 || d->too_many) { /* none of nothing */
    buf_text(&d->sql, "1 = 0");
    return;
  }
  buf_printf(&d->sql, "%s IN (", column_name(d, filter->field));
  for (size_t i = 0; i < padded(filter->n); i++) {
    buf_text(&d->sql, i ? ", " : "");
    add_value(d, filter->values[i < filter->n ? i : filter->n - 1]);
  }
  buf_char(&d->sql, ')');
}

static void add_filter(struct draft *d, const struct db_filter *filter)
{
  static const char *const signs[] = {[DB_EQ] = "=", [DB_GTE] = ">=", [DB_GT] = ">", [DB_LTE] = "<=", [DB_LT] = "<"};
  if (filter->op == DB_IN) {
    add_in(d, filter);
    return;
  }
  assert(filter->n == 1);
  const char *column = column_name(d, filter->field);
  if (filter->values->type == DB_NULL) {
    buf_printf(&d->sql, filter->op == DB_EQ ? "%s IS NULL" : "1 = 0", column);
    return;
  }
  buf_printf(&d->sql, "%s %s ", column, signs[filter->op]);
  add_value(d, *filter->values);
}

/* The fixed condition comes first, so its own $1, $2 are right as they stand. */
static void add_conditions(struct draft *d, const struct db_page *page)
{
  buf_text(&d->sql, " WHERE ");
  assert(page->n_where_args < DB_ARGS_MAX);
  for (size_t i = 0; page->where && i < page->n_where_args; i++)
    d->args[d->n++] = page->where_args[i];
  buf_printf(&d->sql, "(%s)", page->where ? page->where : "1 = 1");
  for (size_t i = 0; i < page->n_filters; i++) {
    buf_text(&d->sql, " AND ");
    add_filter(d, &page->filters[i]);
  }
}

static void add_place(struct draft *d, const struct db_page *page)
{
  const char *sort = column_name(d, page->sort), *id = column_name(d, page->id_field);
  const char *sign = page->descending ? "<" : ">", *way = page->descending ? " DESC" : "";
  bool by_id = page->sort == page->id_field;
  if (page->after) {
    if (by_id)
      buf_printf(&d->sql, " AND %s %s ", id, sign);
    else
      buf_printf(&d->sql, " AND (%s, %s) %s (", sort, id, sign);
    if (!by_id) {
      add_value(d, page->after[0]);
      buf_text(&d->sql, ", ");
    }
    add_value(d, page->after[1]);
    buf_text(&d->sql, by_id ? "" : ")");
  }
  if (by_id)
    buf_printf(&d->sql, " ORDER BY %s%s", id, way);
  else
    buf_printf(&d->sql, " ORDER BY %s%s, %s%s", sort, way, id, way);
  buf_text(&d->sql, " LIMIT ");
  add_value(d, I64(page->limit));
}

static void drop_texts(struct db *db)
{
  EACH_ENTRY(e, &db->texts)
    db->driver->finish(e->value);
  db_map_clear(&db->texts);
}

/* A statement by its text. The map's key is the hash; should two texts ever share one, the newer takes the place. */
static enum err prepared_text(struct db *db, const char *sql, enum db_marker marker, struct db_prepared **out)
{
  const void *key = (const void *)(uintptr_t)(hash_text(sql) | 1);
  void **place = db_map_find(&db->texts, key);
  if (place && strcmp(((struct db_prepared *)*place)->sql, sql) == 0) {
    *out = *place;
    return ERR_OK;
  }
  if (place || db->texts.n == TEXTS_MAX)
    drop_texts(db);
  TRY(db_prepare(db, sql, marker, out));
  *db_map_add(&db->texts, key) = *out;
  return ERR_OK;
}

static enum err start(struct draft *d, struct db *db, enum db_marker marker, struct db_rows *rows)
{
  struct db_prepared *p = NULL;
  if (d->too_many)
    return db_fail(db, ERR_INVALID, "too many values to filter by");
  TRY(prepared_text(db, buf_str(&d->sql), marker, &p));
  return db_start(db, p, rows, d->args, d->n);
}

enum err db_list(struct db *db, const struct db_page *page, struct list *out)
{
  struct draft d;
  struct db_rows rows;
  draft_init(&d, db, page);
  buf_text(&d.sql, d.plan->select);
  add_conditions(&d, page);
  add_place(&d, page);
  TRY(start(&d, db, DB_LIST, &rows));
  return db_read_rows(d.plan, &rows, out);
}

enum err db_count_most(struct db *db, const struct db_page *page, int64_t most, int64_t *out)
{
  struct draft d;
  struct db_rows rows;
  draft_init(&d, db, page);
  buf_printf(&d.sql, "SELECT count(*) FROM (SELECT %s AS found FROM %s", column_name(&d, page->id_field),
             page->table->name);
  add_conditions(&d, page);
  buf_text(&d.sql, " LIMIT ");
  add_value(&d, I64(most));
  buf_text(&d.sql, ") AS counted");
  TRY(start(&d, db, DB_REPORT, &rows));
  int64_t count = db_next(&rows) ? db_i64(&rows, 0) : 0;
  TRY(db_done(&rows));
  *out = count;
  return ERR_OK;
}

enum err db_count(struct db *db, const struct db_page *page, int64_t *out)
{
  struct draft d;
  struct db_rows rows;
  draft_init(&d, db, page);
  buf_printf(&d.sql, "SELECT count(*) FROM %s", page->table->name);
  add_conditions(&d, page);
  TRY(start(&d, db, DB_REPORT, &rows));
  int64_t count = db_next(&rows) ? db_i64(&rows, 0) : 0;
  TRY(db_done(&rows));
  *out = count;
  return ERR_OK;
}

enum err db_count_steps(struct db *db, const struct db_page *page, const struct rec_field *field, int64_t from,
                        int64_t step, int64_t *out, size_t n)
{
  struct draft d;
  struct db_rows rows;
  draft_init(&d, db, page);
  const char *column = column_name(&d, field);
  buf_text(&d.sql, "SELECT ");
  for (size_t i = 0; i < n; i++)
    buf_printf(&d.sql, "%sCAST(coalesce(sum(CASE WHEN %s >= %lld AND %s < %lld THEN 1 ELSE 0 END), 0) AS BIGINT)",
               i ? ", " : "", column, (long long)(from + step * (int64_t)i), column,
               (long long)(from + step * (int64_t)(i + 1)));
  buf_printf(&d.sql, " FROM %s", page->table->name);
  add_conditions(&d, page);
  buf_printf(&d.sql, " AND %s >= ", column);
  add_value(&d, I64(from));
  buf_printf(&d.sql, " AND %s < ", column);
  add_value(&d, I64(from + step * (int64_t)n));
  memset(out, 0, n * sizeof *out);
  TRY(start(&d, db, DB_REPORT, &rows));
  bool found = db_next(&rows);
  for (size_t i = 0; found && i < n; i++)
    out[i] = db_i64(&rows, (int)i);
  return db_done(&rows);
}
