/* Records as CSV: one column per scalar, nested records dotted, texts such as tags in one cell, for spreadsheets and for
 * import again. Lists of records and what derives from them have no place in a row. */
#include "codec.h"
#include "json_priv.h"

static bool is_column(const struct rec_field *field)
{
  bool texts = field->kind == REC_TEXTS && !(field->flags & REC_VIRTUAL);
  return (rec_trait(field)->column || field->kind == REC_RECORD || texts) && !(field->flags & (REC_HIDDEN | REC_INPUT));
}

static void cell(struct buf *out, bool *first, const char *text)
{
  if (!*first)
    put(out, ',');
  *first = false;
  csv_cell(out, text, ',');
}

static void add_header(const struct rec *rec, const char *prefix, bool *first, struct buf *out)
{
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    if (!is_column(field))
      continue;
    const char *name = arena_printf(out->arena, "%s%s", prefix, field->name);
    if (field->kind == REC_INLINE || field->kind == REC_RECORD)
      add_header(field->rec, arena_printf(out->arena, "%s.", name), first, out);
    else
      cell(out, first, name);
  }
}

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
  return csv_harmless(a, buf_str(&b));
}

static const char *cell_text(struct arena *a, const struct rec_field *field, const void *at)
{
  if (rec_field_absent(field, at))
    return "";
  switch (field->kind) {
  case REC_TEXT:
    return csv_harmless(a, *(const char *const *)at);
  case REC_NAMES:
    return csv_harmless(a, one_name(a, field, *(const char *const *)at));
  case REC_TEXTS:
    return joined(a, at);
  default: /* quoted or not, these hold nothing that JSON escapes */
    return plain(a, field, at);
  }
}

/* value NULL: a nested record that is not there, its cells empty. */
static void add_row(const struct rec *rec, const void *value, bool *first, struct buf *out)
{
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    if (!is_column(field))
      continue;
    const void *at = value ? field_of(field, value) : NULL;
    if (field->kind == REC_INLINE)
      add_row(field->rec, at, first, out);
    else if (field->kind == REC_RECORD)
      add_row(field->rec, at ? *(void *const *)at : NULL, first, out);
    else
      cell(out, first, at ? cell_text(out->arena, field, at) : "");
  }
}

void rec_csv_header(const struct rec *rec, struct buf *out)
{
  bool first = true;
  add_header(rec, "", &first, out);
  put_n(out, "\r\n", 2);
}

void rec_csv_row(const struct rec *rec, const void *value, struct buf *out)
{
  bool first = true;
  add_row(rec, value, &first, out);
  put_n(out, "\r\n", 2);
}
