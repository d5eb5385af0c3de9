/* Records as rows of cells: one column per scalar, nested records dotted, texts such as tags in one cell, for spreadsheets
 * and for import again. Lists of records and what derives from them have no place in a row. CSV is one way to write them. */
#include "codec.h"
#include "json_priv.h"

static bool is_column(const struct rec_field *field)
{
  bool texts = field->kind == REC_TEXTS && !(field->flags & REC_VIRTUAL);
  return (rec_trait(field)->column || field->kind == REC_RECORD || texts) && !(field->flags & (REC_HIDDEN | REC_INPUT));
}

/* ---- The walk ---- */

static void walk_columns(const struct rec *rec, const char *prefix, struct arena *a, rec_column *column, void *arg)
{
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    if (!is_column(field))
      continue;
    const char *name = arena_printf(a, "%s%s", prefix, field->name);
    if (field->kind == REC_INLINE || field->kind == REC_RECORD)
      walk_columns(field->rec, arena_printf(a, "%s.", name), a, column, arg);
    else
      column(arg, name);
  }
}

void rec_columns(const struct rec *rec, struct arena *a, rec_column *column, void *arg)
{
  walk_columns(rec, "", a, column, arg);
}

static void walk_cells(const struct rec_around *r, rec_cell *cell, void *arg)
{
  for (size_t i = 0; i < r->rec->n; i++) {
    const struct rec_field *field = &r->rec->fields[i];
    if (!is_column(field))
      continue;
    const void *at = r->value ? field_of(field, r->value) : NULL;
    if (field->kind == REC_RECORD)
      at = at ? *(void *const *)at : NULL;
    if (field->kind == REC_INLINE || field->kind == REC_RECORD)
      walk_cells(&(struct rec_around){field->rec, at, r->value ? r : NULL}, cell, arg);
    else
      cell(arg, field, at && !rec_field_absent(field, at) ? at : NULL, r);
  }
}

void rec_cells(const struct rec *rec, const void *value, rec_cell *cell, void *arg)
{
  walk_cells(&(struct rec_around){rec, value, NULL}, cell, arg);
}

/* ---- The text of a cell ---- */

/* The JSON of a value without the quotes of a string. */
static const char *plain(struct arena *a, const struct rec_field *field, const void *at)
{
  struct buf b;
  buf_init(&b, a);
  struct rec_writer w = {.out = {.buf = &b}};
  rec_field_write(&w, field, at);
  return b.at[0] == '"' ? arena_textn(a, b.at + 1, b.n - 2) : buf_str(&b);
}

/* A map of one name in the field's own language is the name itself, as rec_read_text takes it. */
static const char *one_name(struct arena *a, const struct rec_field *field, const char *json)
{
  struct json j;
  json_init(&j, json, strlen(json), a);
  if (json_next(&j) != JSON_OBJECT || json_next(&j) != JSON_KEY || strcmp(j.text, rec_language(field)) != 0 ||
      json_next(&j) != JSON_STRING || j.text[0] == '{')
    return json;
  const char *name = j.text;
  return json_next(&j) == JSON_OBJECT_END ? name : json;
}

static const char *joined(struct arena *a, const void *at)
{
  const LIST(const char *) *texts = at;
  struct buf b;
  buf_init(&b, a);
  for (size_t i = 0; i < texts->n; i++)
    buf_printf(&b, "%s%s", i ? ";" : "", texts->at[i]);
  return buf_str(&b);
}

bool rec_cell_foreign(const struct rec_field *field)
{
  return field->kind == REC_TEXT || field->kind == REC_NAMES || field->kind == REC_TEXTS;
}

const char *rec_cell_text(struct arena *a, const struct rec_field *field, const void *at)
{
  switch (field->kind) {
  case REC_TEXT:
    return *(const char *const *)at;
  case REC_NAMES:
    return one_name(a, field, *(const char *const *)at);
  case REC_TEXTS:
    return joined(a, at);
  default: /* quoted or not, these hold nothing that JSON escapes */
    return plain(a, field, at);
  }
}

/* ---- CSV ---- */

struct row {
  struct buf *out;
  bool begun;
};

static void put_cell(struct row *row, const char *text)
{
  if (row->begun)
    put(row->out, ',');
  row->begun = true;
  csv_cell(row->out, text, ',');
}

static void csv_column(void *arg, const char *name)
{
  put_cell(arg, name);
}

static void csv_value(void *arg, const struct rec_field *field, const void *at, const struct rec_around *r)
{
  struct row *row = arg;
  struct arena *a = row->out->arena;
  const char *text = at ? rec_cell_text(a, field, at) : "";
  (void)r;
  put_cell(row, at && rec_cell_foreign(field) ? csv_harmless(a, text) : text);
}

void rec_csv_header(const struct rec *rec, struct buf *out)
{
  struct row row = {out, false};
  rec_columns(rec, out->arena, csv_column, &row);
  put_n(out, "\r\n", 2);
}

void rec_csv_row(const struct rec *rec, const void *value, struct buf *out)
{
  struct row row = {out, false};
  rec_cells(rec, value, csv_value, &row);
  put_n(out, "\r\n", 2);
}
