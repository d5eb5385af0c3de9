/* Where two values differ, as JSON pointers with the JSON before and after. */
#include "json_priv.h"

struct differ {
  struct arena *arena;
  rec_differences *out;
};

static void diff_records(struct differ *d, const struct rec *rec, const void *a, const void *b, const char *pointer);

/* The JSON of a value for people and events: nothing hidden, nothing personal. NULL = absent. */
static const char *shown_json(struct differ *d, const struct rec_field *field, const void *at)
{
  static const struct rec_view view = {.without_personal = true};
  if (!at || field->flags & (REC_HIDDEN | REC_PERSONAL) || rec_field_absent(field, at))
    return NULL;
  struct buf b;
  buf_init(&b, d->arena);
  struct rec_writer w = {.out = {.buf = &b}, .view = &view};
  rec_field_write(&w, field, at);
  return buf_str(&b);
}

static void add(struct differ *d, const char *pointer, const char *before, const char *after)
{
  *LIST_ADD(d->arena, d->out) = (struct rec_difference){pointer, before, after};
}

/* One item of a list as a field of its own: a nested record that is there or not. */
static void diff_item(struct differ *d, const struct rec *rec, const void *a, const void *b, const char *pointer)
{
  const struct rec_field item = {.kind = REC_RECORD, .rec = rec};
  if (a && b)
    diff_records(d, rec, a, b, pointer);
  else
    add(d, pointer, shown_json(d, &item, &a), shown_json(d, &item, &b));
}

static void diff_lists(struct differ *d, const struct rec *rec, const struct list *a, const struct list *b,
                       const char *pointer)
{
  for (size_t i = 0; i < a->n || i < b->n; i++)
    diff_item(d, rec, i < a->n ? (const char *)a->at + i * rec->size : NULL,
              i < b->n ? (const char *)b->at + i * rec->size : NULL, arena_printf(d->arena, "%s/%zu", pointer, i));
}

static void diff_field(struct differ *d, const struct rec_field *field, const void *a, const void *b,
                       const char *pointer)
{
  bool closed = field->flags & (REC_HIDDEN | REC_PERSONAL);
  if (!closed && field->kind == REC_INLINE)
    diff_records(d, field->rec, a, b, pointer);
  else if (!closed && field->kind == REC_LIST)
    diff_lists(d, field->rec, a, b, pointer);
  else if (!closed && field->kind == REC_RECORD && !rec_field_absent(field, a) && !rec_field_absent(field, b))
    diff_records(d, field->rec, *(void *const *)a, *(void *const *)b, pointer);
  else
    add(d, pointer, shown_json(d, field, a), shown_json(d, field, b));
}

static void diff_records(struct differ *d, const struct rec *rec, const void *a, const void *b, const char *pointer)
{
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    const void *left = field_of(field, a), *right = field_of(field, b);
    if (!rec_field_equal(field, left, right))
      diff_field(d, field, left, right, arena_printf(d->arena, "%s/%s", pointer, field->name));
  }
}

void rec_diff(const struct rec *rec, const void *a, const void *b, const char *pointer, struct arena *arena,
              rec_differences *out)
{
  struct differ d = {arena, out};
  diff_records(&d, rec, a, b, pointer);
}
