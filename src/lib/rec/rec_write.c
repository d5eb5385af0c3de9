/* Records to JSON: a plain walk over the descriptor. */
#include "codec.h"
#include "json_priv.h"

static void write_record(struct rec_writer *w, const struct rec *rec, const void *value);

static void write_list(struct rec_writer *w, const struct rec *rec, const struct list *list)
{
  json_array(&w->out);
  for (size_t i = 0; i < list->n; i++)
    write_record(w, rec, (const char *)list->at + i * rec->size);
  json_array_end(&w->out);
}

static void write_texts(struct json_out *o, const struct list *list)
{
  const char *const *texts = list->at;
  json_array(o);
  for (size_t i = 0; i < list->n; i++)
    json_text(o, texts[i]);
  json_array_end(o);
}

static void write_enum(struct json_out *o, const struct rec_field *field, int v)
{
  assert(v >= 0);
  for (int i = 0; i <= v; i++)
    assert(field->names[i]);
  json_text(o, field->names[v]);
}

static void write_id(struct json_out *o, const char *prefix, int64_t v)
{
  char text[ID_TEXT];
  id_format(prefix, v, text);
  value_begin(o);
  put(o->buf, '"');
  put_n(o->buf, text, strlen(text));
  put(o->buf, '"');
}

static void write_decimal(struct json_out *o, int64_t v, bool quoted)
{
  value_begin(o);
  if (quoted)
    put(o->buf, '"');
  rec_put_decimal(o->buf, v, 6);
  if (quoted)
    put(o->buf, '"');
}

void rec_field_write(struct rec_writer *w, const struct rec_field *field, const void *at)
{
  struct json_out *o = &w->out;
  if (rec_field_absent(field, at)) {
    json_null(o);
    return;
  }
  switch (field->kind) {
  case REC_INT:
  case REC_MONEY:
    json_i64(o, *(const int64_t *)at);
    break;
  case REC_BOOL:
    json_bool(o, *(const bool *)at);
    break;
  case REC_FLAG:
    json_bool(o, *(const int64_t *)at != 0);
    break;
  case REC_TEXT:
  case REC_DATE:
    json_text(o, *(const char *const *)at);
    break;
  case REC_PRICE:
    write_decimal(o, *(const int64_t *)at, *(const int64_t *)at % SCALE != 0);
    break;
  case REC_QUANTITY:
  case REC_DECIMAL:
    write_decimal(o, *(const int64_t *)at, false);
    break;
  case REC_RATE:
    write_decimal(o, *(const int64_t *)at, true);
    break;
  case REC_INSTANT:
    json_instant(o, INSTANT(*(const int64_t *)at));
    break;
  case REC_ENUM:
    write_enum(o, field, *(const int *)at);
    break;
  case REC_ID:
    write_id(o, field->prefix, *(const int64_t *)at);
    break;
  case REC_JSON:
  case REC_NAMES:
    json_raw(o, *(const char *const *)at);
    break;
  case REC_TEXTS:
    write_texts(o, at);
    break;
  case REC_RECORD:
    write_record(w, field->rec, *(void *const *)at);
    break;
  case REC_INLINE:
    write_record(w, field->rec, at);
    break;
  case REC_LIST:
    write_list(w, field->rec, at);
    break;
  }
}

static bool expanded(const struct rec_view *view, const char *name)
{
  for (const char *const *e = view->expand; e && *e; e++)
    if (text_eq(*e, name))
      return true;
  return false;
}

static bool shown(const struct rec_writer *w, const struct rec_field *field)
{
  if (w->stored)
    return true;
  if (field->flags & (REC_HIDDEN | REC_INPUT))
    return false;
  if (!w->view)
    return true;
  bool list = field->kind == REC_LIST || (field->kind == REC_TEXTS && field->flags & REC_VIRTUAL);
  if (w->view->without_lists && list && !expanded(w->view, field->name))
    return false;
  return !(w->view->without_personal && field->flags & REC_PERSONAL);
}

/* A view chooses among a row's own lists; one that it shows is shown whole. */
static void write_shown(struct rec_writer *w, const struct rec_field *field, const void *at)
{
  static const struct rec_view whole = {.without_personal = true};
  const struct rec_view *view = w->view;
  if (view && field->kind == REC_LIST)
    w->view = view->without_personal ? &whole : NULL;
  rec_field_write(w, field, at);
  w->view = view;
}

static void write_record(struct rec_writer *w, const struct rec *rec, const void *value)
{
  json_object(&w->out);
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    const void *at = field_of(field, value);
    if (!shown(w, field) || (!(field->flags & REC_NULLS) && rec_field_absent(field, at)) ||
        (field->flags & REC_SPARSE && rec_field_at_default(field, at)))
      continue;
    value_begin(&w->out);
    put(w->out.buf, '"');
    put_n(w->out.buf, field->name, strlen(field->name));
    put_n(w->out.buf, "\":", 2);
    w->out.comma = false;
    write_shown(w, field, at);
  }
  json_object_end(&w->out);
}

void rec_write(const struct rec *rec, const void *value, const struct rec_view *view, struct buf *out)
{
  struct rec_writer w = {.out = {.buf = out}, .view = view};
  write_record(&w, rec, value);
}

void json_record(struct json_out *o, const struct rec *rec, const void *value, const struct rec_view *view)
{
  struct rec_writer w = {.out = *o, .view = view};
  write_record(&w, rec, value);
  *o = w.out;
}

void rec_store(const struct rec_field *field, const void *value, struct buf *out)
{
  struct rec_writer w = {.out = {.buf = out}, .stored = true};
  rec_field_write(&w, field, field_of(field, value));
}
