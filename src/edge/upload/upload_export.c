/* Out again in the columns of the fields: what is written here is read by upload_map.c without a difference. */
#include "upload_priv.h"

#include "catalog.h"
#include "customers.h"
#include "inventory.h"

#include <string.h>

enum { SLICE_BUDGET = 64 << 20 };

/* A row as a map from field to text; fields are asked for in the order of the table. */
struct cells {
  struct ctx *cx;
  struct buf *out;
  bool first;
};

static void put_cell(struct cells *c, const char *text)
{
  if (!c->first)
    buf_char(c->out, ',');
  c->first = false;
  csv_cell(c->out, csv_harmless(c->out->arena, text), ',');
}

static void end_row(struct cells *c)
{
  buf_text(c->out, "\r\n");
  c->first = true;
}

/* A field that another one says as well is left out: name.en says name, addresses says address.city. */
static bool is_exported(const struct upload_field *f, enum upload_kind kind)
{
  static const char *const said[] = {"name", "delta", "reason"};
  bool twice = kind != UPLOAD_CUSTOMERS &&
               (strcmp(f->name, said[0]) == 0 || strcmp(f->name, said[1]) == 0 || strcmp(f->name, said[2]) == 0);
  return f->kind == kind && !twice && !text_starts(f->name, "address.");
}

static void put_header(struct cells *c, enum upload_kind kind)
{
  for (const struct upload_field *f = upload_fields; f->name; f++)
    if (is_exported(f, kind))
      put_cell(c, f->name);
  end_row(c);
}

static const char *number_text(struct arena *a, int64_t v, int places)
{
  char text[32];
  if (v == ABSENT)
    return "";
  decimal_format(v, places, text);
  return arena_text(a, text);
}

static const char *json_of(struct arena *a, const struct rec *rec, const struct list *list)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, a);
  json_out_init(&o, &b);
  json_array(&o);
  for (size_t i = 0; i < list->n; i++)
    json_record(&o, rec, (const char *)list->at + i * rec->size, NULL);
  json_array_end(&o);
  return list->n ? buf_str(&b) : "";
}

/* With semicolons, or as JSON where one of them holds what divides them. */
static const char *texts_of(struct arena *a, const struct list *list)
{
  const char *const *texts = list->at;
  struct buf plain, json;
  struct json_out o;
  bool divided = true;
  buf_init(&plain, a);
  buf_init(&json, a);
  json_out_init(&o, &json);
  json_array(&o);
  for (size_t i = 0; i < list->n; i++) {
    size_t n = strlen(texts[i]);
    divided = divided && n && !strpbrk(texts[i], ";\n[") && !strstr(texts[i], "；") && texts[i][0] != ' ' &&
              texts[i][n - 1] != ' ';
    buf_printf(&plain, "%s%s", i ? ";" : "", texts[i]);
    json_text(&o, texts[i]);
  }
  json_array_end(&o);
  return divided ? buf_str(&plain) : buf_str(&json);
}

/* The name in one language of {"en":"..."}; what is in other languages than the fields have is lost to nobody: import leaves
 * them as they are. */
static const char *name_in(struct arena *a, const char *names, const char *language)
{
  struct json j;
  if (!names)
    return "";
  json_init(&j, names, strlen(names), a);
  if (json_next(&j) != JSON_OBJECT)
    return "";
  while (json_next(&j) == JSON_KEY) {
    bool wanted = strcmp(j.text, language) == 0;
    if (json_next(&j) != JSON_STRING)
      return "";
    if (wanted)
      return arena_text(a, j.text);
  }
  return "";
}

/* ---- Products ---- */

static const char *product_cell(struct arena *a, const struct product *p, const char *field)
{
  if (text_starts(field, "name."))
    return name_in(a, p->name, field + strlen("name."));
  if (strcmp(field, "price") == 0)
    return number_text(a, p->price.millionths, 6 + currency_decimals(p->currency));
  if (strcmp(field, "kind") == 0)
    return product_kinds[p->kind];
  if (strcmp(field, "active") == 0)
    return p->active ? "true" : "false";
  if (strcmp(field, "units") == 0)
    return json_of(a, &product_unit_rec, (const struct list *)(const void *)&p->units);
  if (strcmp(field, "images") == 0)
    return texts_of(a, (const struct list *)(const void *)&p->images);
  const struct {
    const char *field;
    int64_t value;
  } numbers[] = {{"weight", p->weight_g}, {"length", p->length_mm}, {"width", p->width_mm}, {"height", p->height_mm}};
  for (size_t i = 0; i < COUNT_OF(numbers); i++)
    if (strcmp(numbers[i].field, field) == 0)
      return number_text(a, numbers[i].value, 0);
  const struct {
    const char *field, *value;
  } texts[] = {{"sku", p->sku},
               {"unit", p->unit},
               {"currency", p->currency},
               {"gtin", p->gtin},
               {"tax_category", p->tax_category},
               {"country_of_origin", p->country_of_origin},
               {"hs_code", p->hs_code},
               {"parent_sku", p->parent_sku},
               {"options", p->options},
               {"attributes", p->attributes}};
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    if (strcmp(texts[i].field, field) == 0)
      return texts[i].value ? texts[i].value : "";
  return "";
}

static enum err export_products(struct cells *c, int64_t *after, int64_t limit)
{
  static const struct db_where next = {&product_table, "id > $1 ORDER BY id LIMIT $2", DB_LIST};
  LIST(struct product) rows = {0};
  TRY(db_select(c->cx->db, &next, (struct list *)(void *)&rows, DB_ARGS(I64(*after), I64(limit))));
  TRY(rows.n ? products_fill_units(c->cx, rows.at, rows.n) : ERR_OK);
  EACH (const struct product, p, &rows) {
    for (const struct upload_field *f = upload_fields; f->name; f++)
      if (is_exported(f, UPLOAD_PRODUCTS))
        put_cell(c, product_cell(c->out->arena, p, f->name));
    end_row(c);
  }
  *after = (int64_t)rows.n == limit ? rows.at[rows.n - 1].id.v : 0;
  return ERR_OK;
}

/* ---- Stock ---- */

static const char *stock_cell(struct arena *a, const struct stock *s, const char *field)
{
  bool plain = !*s->owner && !*s->lot && s->condition == STOCK_GOOD;
  if (strcmp(field, "counted") == 0)
    return number_text(a, s->on_hand.millionths, 6);
  if (strcmp(field, "safety") == 0)
    return plain ? number_text(a, s->safety.millionths, 6) : "";
  if (strcmp(field, "condition") == 0)
    return stock_conditions[s->condition];
  const struct {
    const char *field, *value;
  } texts[] = {{"sku", s->sku}, {"location", s->location}, {"lot", s->lot}, {"owner", s->owner}};
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    if (strcmp(texts[i].field, field) == 0)
      return texts[i].value ? texts[i].value : "";
  return "";
}

static enum err export_stock(struct cells *c, int64_t *after, int64_t limit)
{
  static const struct db_where next = {&stock_table, "id > $1 ORDER BY id LIMIT $2", DB_LIST};
  LIST(struct stock) rows = {0};
  TRY(db_select(c->cx->db, &next, (struct list *)(void *)&rows, DB_ARGS(I64(*after), I64(limit))));
  TRY(rows.n ? stock_fill(c->cx, rows.at, rows.n) : ERR_OK);
  EACH (const struct stock, s, &rows) {
    for (const struct upload_field *f = upload_fields; f->name; f++)
      if (is_exported(f, UPLOAD_STOCK))
        put_cell(c, stock_cell(c->out->arena, s, f->name));
    end_row(c);
  }
  *after = (int64_t)rows.n == limit ? rows.at[rows.n - 1].id.v : 0;
  return ERR_OK;
}

/* ---- Customers ---- */

/* The key of an address (bucket, customer, n) is not sent. */
enum { ADDRESS_KEY = 3 };

static const char *customer_cell(struct arena *a, const struct customer *m, const char *field)
{
  const struct rec sent = {.name = customer_address_rec.name,
                           .fields = customer_address_rec.fields + ADDRESS_KEY,
                           .n = customer_address_rec.n - ADDRESS_KEY,
                           .size = customer_address_rec.size};
  if (strcmp(field, "tags") == 0)
    return texts_of(a, (const struct list *)(const void *)&m->tags);
  if (strcmp(field, "blocked") == 0)
    return m->blocked ? "true" : "false";
  if (strcmp(field, "id") == 0) {
    char id[ID_TEXT];
    id_format(PREFIX_customer, m->id, id);
    return arena_text(a, id);
  }
  if (strcmp(field, "addresses") == 0)
    return json_of(a, &sent, (const struct list *)(const void *)&m->addresses);
  const struct {
    const char *field, *value;
  } texts[] = {{"external_id", m->external_id},
               {"email", m->email},
               {"phone", m->phone},
               {"name", m->name},
               {"company", m->company},
               {"tax_id", m->tax_id},
               {"language", m->language},
               {"notes", m->notes},
               {"blocked_reason", m->blocked_reason},
               {"metadata", m->metadata}};
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    if (strcmp(texts[i].field, field) == 0)
      return texts[i].value ? texts[i].value : "";
  return "";
}

static enum err export_customers(struct cells *c, int64_t *after, int64_t limit)
{
  static const struct db_where next = {&customer_table, "id > $1 ORDER BY id LIMIT $2", DB_LIST};
  LIST(struct customer) rows = {0};
  TRY(db_select(c->cx->db, &next, (struct list *)(void *)&rows, DB_ARGS(I64(*after), I64(limit))));
  TRY(rows.n ? customers_fill_addresses(c->cx, rows.at, rows.n) : ERR_OK);
  EACH (const struct customer, m, &rows) {
    for (const struct upload_field *f = upload_fields; f->name; f++)
      if (is_exported(f, UPLOAD_CUSTOMERS))
        put_cell(c, customer_cell(c->out->arena, m, f->name));
    end_row(c);
  }
  *after = (int64_t)rows.n == limit ? rows.at[rows.n - 1].id : 0;
  return ERR_OK;
}

static enum err export_rows(struct cells *c, enum upload_kind kind, int64_t *after, int64_t limit)
{
  switch (kind) {
  case UPLOAD_PRODUCTS:
    return export_products(c, after, limit);
  case UPLOAD_STOCK:
    return export_stock(c, after, limit);
  case UPLOAD_CUSTOMERS:
    return export_customers(c, after, limit);
  default:
    return err_fail(c->cx, ERR_INVALID, "/query/kind", "orders are not taken out like this");
  }
}

enum { EXPORT_SLICE = 500 };

static enum err export_slice(struct ctx *cx, enum upload_kind kind, int64_t *after, struct growing *out)
{
  struct buf slice;
  struct cells c = {cx, &slice, true};
  buf_init(&slice, cx->arena);
  if (out->n == 0)
    put_header(&c, kind);
  TRY(export_rows(&c, kind, after, EXPORT_SLICE));
  growing_add(out, slice.at, slice.n);
  return ERR_OK;
}

/* Slice by slice, each in an arena of its own; the file grows beside them. */
enum err upload_export(struct ctx *cx, enum upload_kind kind, size_t max, struct upload_text *out)
{
  struct arena *a = arena_new(SLICE_BUDGET), *keep = cx->arena;
  struct growing file = {0};
  int64_t after = 0;
  enum err err;
  do {
    arena_reset(a);
    cx->arena = a;
    db_use(cx->db, &cx->fault, a);
    err = export_slice(cx, kind, &after, &file);
  } while (err == ERR_OK && after && file.n < max);
  cx->arena = keep;
  db_use(cx->db, &cx->fault, keep);
  arena_free(a);
  if (err == ERR_OK && after)
    err = err_fail(cx, ERR_TOO_LARGE, "", "more than %zu MB; lists with filters give it in parts", max >> 20);
  if (err != ERR_OK)
    growing_free(&file);
  *out = (struct upload_text){file.at, file.n};
  return err;
}

/* ---- The wrong rows ---- */

enum { ERRORS_AT_ONCE = 200 };

/* The file so far, and the row whose reasons are still coming: rows come with their first error, the others follow it. */
struct wrong_rows {
  const struct upload *u;
  char delimiter;
  struct growing file;
  struct arena *arena; /* of the row */
  const char *raw;     /* NULL = no row yet */
  struct buf reasons;
  int64_t after;
};

static void put_reason(struct wrong_rows *w, const struct upload_error *e)
{
  buf_printf(&w->reasons, "%s%s%s%s", w->reasons.n ? "; " : "", e->column ? e->column : "", e->column ? ": " : "",
             e->detail);
}

/* Ends the row with all its reasons in its last cell; of an order with several rows they stand at the last. */
static void row_end(struct wrong_rows *w)
{
  struct buf cell;
  if (!w->raw)
    return;
  buf_init(&cell, w->arena);
  buf_char(&cell, w->delimiter);
  csv_cell(&cell, csv_harmless(w->arena, buf_str(&w->reasons)), w->delimiter);
  buf_text(&cell, "\r\n");
  growing_add(&w->file, w->raw, strlen(w->raw));
  growing_add(&w->file, cell.at, cell.n);
  w->raw = NULL;
}

/* The rows as they were, but for cells that a spreadsheet would run; reading takes the apostrophe off again. */
static const char *harmless_rows(struct wrong_rows *w, const char *raw)
{
  struct csv *c = csv_new(w->delimiter);
  struct csv_row row;
  struct buf out;
  buf_init(&out, w->arena);
  csv_feed(c, raw, strlen(raw));
  csv_finish(c);
  while (csv_next(c, &row) == CSV_ROW) {
    buf_text(&out, out.n ? "\n" : "");
    for (size_t i = 0; i < row.n; i++) {
      if (i)
        buf_char(&out, w->delimiter);
      csv_cell(&out, csv_harmless(w->arena, row.cells[i]), w->delimiter);
    }
  }
  csv_free(c);
  return buf_str(&out);
}

/* A row that was too long to be kept has no cells here: half of it, brought again, would be taken for the whole. */
static void row_begin(struct wrong_rows *w, const struct upload_error *e)
{
  arena_reset(w->arena);
  buf_init(&w->reasons, w->arena);
  w->raw = harmless_rows(w, e->raw);
  if (*e->raw)
    return;
  struct buf empty;
  buf_init(&empty, w->arena);
  for (size_t i = 1; i < w->u->file->columns.n; i++)
    buf_char(&empty, w->delimiter);
  w->raw = buf_str(&empty);
  buf_printf(&w->reasons, "line %lld%s%s is too much to be repeated here", (long long)e->line, e->key ? ", " : "",
             e->key ? e->key : "");
}

static void wrong_header(struct wrong_rows *w, struct arena *a)
{
  struct buf header;
  buf_init(&header, a);
  buf_text(&header, "\xEF\xBB\xBF"); /* for spreadsheets, which take UTF-8 for something else without it */
  EACH (const struct upload_column, c, &w->u->file->columns) {
    csv_cell(&header, csv_harmless(a, c->name), w->delimiter);
    buf_char(&header, w->delimiter);
  }
  buf_text(&header, "error\r\n");
  growing_add(&w->file, header.at, header.n);
}

/* Some more of them; *out_more is false behind the last. */
static enum err wrong_slice(struct ctx *cx, struct wrong_rows *w, bool *out_more)
{
  static const struct db_where next = {&upload_error_table,
                                       "bucket = $1 AND import_id = $2 AND n > $3 AND n <= $4 ORDER BY n LIMIT $5",
                                       DB_KEYED};
  upload_errors errors = {0};
  TRY(db_select(cx->db, &next, (struct list *)(void *)&errors,
                DB_ARGS(I64(w->u->bucket), I64(w->u->id.v), I64(w->after), I64(w->u->errors), I64(ERRORS_AT_ONCE))));
  EACH (const struct upload_error, e, &errors) {
    if (e->raw) {
      row_end(w);
      row_begin(w, e);
    }
    if (w->raw)
      put_reason(w, e);
    w->after = e->n;
  }
  *out_more = errors.n == ERRORS_AT_ONCE;
  return ERR_OK;
}

/* Each slice has an arena of its own: all of them together are larger than a request's may be. */
enum err upload_error_file(struct ctx *cx, const struct upload *u, struct upload_text *out)
{
  struct arena *keep = cx->arena, *slice = arena_new(SLICE_BUDGET);
  struct wrong_rows w = {.u = u, .delimiter = *u->file->delimiter, .arena = arena_new(SLICE_BUDGET)};
  enum err err = ERR_OK;
  wrong_header(&w, slice);
  for (bool more = true; err == ERR_OK && more;) {
    arena_reset(slice);
    cx->arena = slice;
    db_use(cx->db, &cx->fault, slice);
    err = wrong_slice(cx, &w, &more);
  }
  row_end(&w);
  cx->arena = keep;
  db_use(cx->db, &cx->fault, keep);
  arena_free(slice);
  arena_free(w.arena);
  if (err != ERR_OK)
    growing_free(&w.file);
  *out = (struct upload_text){w.file.at, w.file.n};
  return err;
}
