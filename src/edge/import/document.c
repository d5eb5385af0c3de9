/* One document out of the rows of its group: which rows count as what, the JSON, and where each value came from. */
#include "import_priv.h"

#include <stdlib.h>
#include <string.h>

/* An item of a list and the row it was made of, so that a fault at "/lines/2/sku" finds its line. */
struct built_item {
  const struct list_rule *list;
  size_t n;
  const struct import_row *row;
};
struct built {
  const struct mapping *m;
  const row_list *group;
  LIST(struct built_item) items;
};

struct builder {
  struct eval e;
  struct built *built;
  struct import_document *d;
};

/* ---- Rows ---- */

static void put_aside(struct builder *b, size_t source, const struct import_row *row, const struct import_sum *sum)
{
  const struct row_rule *rule = row->rule;
  account_add(&b->d->put_aside, b->e.arena, IMPORT_ASIDE, rule->set_aside, sum);
  *LIST_ADD(b->e.arena, &b->d->notes) =
      (struct import_note){source, row->line, rule->set_aside, rule->reason ? rule->reason : "", row->raw};
}

/* Counts the rows of one accounted source for this document; each row of a joined file counts once, whoever asks first. */
static void count_rows(struct builder *b, size_t s)
{
  const struct source_rule *source = &b->e.m->sources.at[s];
  const row_list *rows = rows_of(&b->e, (int)s);
  struct eval at = b->e;
  for (size_t i = 0; i < rows->n; i++) {
    struct import_row *row = rows->at[i];
    struct import_sum sum = {0};
    if (row->used)
      continue;
    row->used = true;
    sum.rows[s] = 1;
    at.rows[s] = row;
    if (!amounts_add(&at, source, &sum, &b->d->fault))
      b->d->faulty = true;
    if (row_class(source, row))
      import_sum_add(&b->d->rest, &sum);
    else
      put_aside(b, s, row, &sum);
  }
}

/* ---- JSON ---- */

static bool write_node(struct builder *b, const struct node *node, const char *pointer, struct buf *out);

/* Members that have something; an object without any is left out. */
static bool write_members(struct builder *b, const struct node *node, const char *pointer, struct buf *out)
{
  size_t begin = out->n;
  bool any = false;
  buf_char(out, '{');
  EACH (const struct node, member, &node->members) {
    size_t before = out->n;
    buf_text(out, any ? ",\"" : "\"");
    buf_text(out, member->name);
    buf_text(out, "\":");
    if (write_node(b, member, arena_printf(b->e.arena, "%s/%s", pointer, member->name), out))
      any = true;
    else
      out->n = before;
  }
  buf_char(out, '}');
  if (!any)
    out->n = begin;
  return any;
}

static void write_item(struct builder *b, const struct list_rule *l, struct import_row *row, const char *pointer,
                       size_t n, struct buf *out)
{
  struct import_row *kept = l->source == NO_SOURCE ? NULL : b->e.rows[l->source];
  size_t before = out->n;
  bool at_document = b->e.at_document;
  if (l->source != NO_SOURCE) {
    b->e.rows[l->source] = row;
    b->e.at_document = false;
  }
  *LIST_ADD(b->e.arena, &b->built->items) = (struct built_item){l, n, row};
  if (n)
    buf_char(out, ',');
  if (!write_members(b, &l->item, arena_printf(b->e.arena, "%s/%zu", pointer, n), out)) {
    out->n = before;
    buf_text(out, n ? ",{}" : "{}");
  }
  b->e.at_document = at_document;
  if (l->source != NO_SOURCE)
    b->e.rows[l->source] = kept;
}

static bool write_list(struct builder *b, const struct list_rule *l, const char *pointer, struct buf *out)
{
  size_t n = 0, begin = out->n;
  buf_char(out, '[');
  if (l->source == NO_SOURCE) {
    if (columns_hold(&b->e, l))
      write_item(b, l, NULL, pointer, n++, out);
  } else {
    const row_list *rows = rows_of(&b->e, l->source);
    for (size_t i = 0; i < rows->n; i++)
      if (text_eq(row_class(&b->e.m->sources.at[l->source], rows->at[i]), l->as ? l->as : "line"))
        write_item(b, l, rows->at[i], pointer, n++, out);
  }
  buf_char(out, ']');
  if (n == 0) {
    out->n = begin;
    if (l->or_set_aside && !b->d->aside) {
      b->d->aside = l->or_set_aside;
      b->d->aside_reason = l->reason ? l->reason : "";
    }
  }
  return n > 0;
}

static bool write_node(struct builder *b, const struct node *node, const char *pointer, struct buf *out)
{
  if (node->list)
    return write_list(b, node->list, pointer, out);
  if (node->value)
    return value_write(&b->e, node->value, pointer, out);
  return write_members(b, node, pointer, out);
}

/* A line of JSON is taken as it is, once it is known to be one object. */
static void take_line(struct builder *b)
{
  struct json j;
  const char *value;
  const char *raw = b->built->group->at[0]->raw;
  size_t n;
  json_init(&j, raw, strlen(raw), b->e.arena);
  if (json_skip(&j, &value, &n) && *value == '{' && json_next(&j) == JSON_END) {
    b->d->json = raw;
    b->d->json_n = strlen(raw);
    return;
  }
  b->d->faulty = true;
  (void)fault_add(&b->d->fault, ERR_MALFORMED, "", "malformed", "not a JSON object: %s at byte %zu",
                  j.error ? j.error : "something else", j.error_offset);
}

static void write_document(struct builder *b)
{
  struct buf out;
  buf_init(&out, b->e.arena);
  if (!write_members(b, &b->e.m->root, "", &out))
    buf_text(&out, "{}");
  b->d->json = buf_str(&out);
  b->d->json_n = out.n;
}

/* ---- The whole ---- */

static const struct import_row *first_taken(const struct mapping *m, const row_list *group)
{
  EACH (struct import_row *, row, group) {
    if (row_class(&m->sources.at[0], *row))
      return *row;
  }
  return NULL;
}

/* All rows were set aside: nothing is left that could be a document. Otherwise joined values and lists stand on its first
 * row that counts. */
void document_build(struct import_reader *r, row_list *group, struct arena *a, struct import_document *out)
{
  const struct mapping *m = reader_mapping(r);
  struct built *built = ARENA_NEW(a, struct built);
  struct builder b = {
      .e = {.reader = r, .m = m, .arena = a, .fault = &out->fault, .group = group, .zones = reader_zones(r)},
      .built = built,
      .d = out};
  *built = (struct built){.m = m, .group = group};
  out->built = built;
  out->line = group->at[0]->line;
  fault_init(&out->fault, a);
  EACH (struct import_row *, row, group) {
    b.e.rows[0] = *row;
    (*row)->rule = rules_match(&b.e, &m->sources.at[0].rules);
  }
  const struct import_row *first = first_taken(m, group);
  b.e.rows[0] = first ? (struct import_row *)first : group->at[0];
  for (size_t s = 0; s < m->sources.n; s++)
    if (m->sources.at[s].accounted)
      count_rows(&b, s);
  out->rest.documents = 1;
  if (!first) {
    out->aside = out->notes.n ? out->notes.at[0].kind : group->at[0]->rule->set_aside;
    out->aside_reason = "";
    return;
  }
  b.e.at_document = true;
  if (m->as_it_is)
    take_line(&b);
  else
    write_document(&b);
  if (out->fault.n)
    out->faulty = true;
  if (out->aside || out->faulty)
    out->json = NULL;
}

/* ---- Where a value came from ---- */

static const struct value *value_at(const struct node *node, const char *pointer)
{
  while (*pointer == '/') {
    size_t n = strcspn(++pointer, "/");
    const struct node *next = NULL;
    for (size_t i = 0; i < node->members.n && !next; i++)
      if (strlen(node->members.at[i].name) == n && memcmp(node->members.at[i].name, pointer, n) == 0)
        next = &node->members.at[i];
    if (!next)
      return NULL;
    node = next;
    pointer += n;
  }
  return node->value;
}

static const char *column_of(const struct value *v)
{
  return v ? v->column ? v->column : v->sum : NULL;
}

struct import_place import_locate(const struct import_document *d, const char *pointer)
{
  const struct built *built = d->built;
  struct import_place place = {d->line, NULL};
  if (!built)
    return place;
  EACH (const struct built_item, item, &built->items) {
    char prefix[256];
    const char *path = item->list->path;
    size_t n = 0;
    prefix[n++] = '/';
    for (; *path && n < sizeof prefix - 1; path++)
      prefix[n++] = *path == '.' ? '/' : *path;
    prefix[n] = 0;
    if (!text_starts(pointer, prefix) || pointer[n] != '/' || strtoul(pointer + n + 1, NULL, 10) != item->n)
      continue;
    if (item->list->source == 0)
      place.line = item->row->line;
    const char *rest = strchr(pointer + n + 1, '/');
    place.column = column_of(value_at(&item->list->item, rest ? rest : ""));
    return place;
  }
  place.column = column_of(value_at(&built->m->root, pointer));
  return place;
}

const char *import_raw(const struct import_document *d, struct arena *a)
{
  const struct built *built = d->built;
  struct buf b;
  buf_init(&b, a);
  for (size_t i = 0; built && i < built->group->n; i++) {
    buf_text(&b, i ? "\n" : "");
    buf_text(&b, built->group->at[i]->raw);
  }
  return buf_str(&b);
}
