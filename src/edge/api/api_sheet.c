/* A file of rows, whatever its format: which one is asked for, how records become cells, and the answer. CSV is written
 * here, workbooks in api_xlsx.c. */
#include "api_sheet_priv.h"

#include "api_priv.h"
#include "api_xlsx_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A column that was asked for: the first of its sources that says something, under its own title. */
struct chosen {
  const char *title;
  const char *names[SHEET_SOURCES_MAX];
  int at[SHEET_SOURCES_MAX]; /* which column of the record */
  size_t n;
};

struct sheet {
  LIST(struct chosen) chosen; /* none = all */
  enum sheet_format format;
  struct arena *arena; /* of a cell's text; the request's */
  struct xlsx *xlsx;   /* or ... */
  struct growing csv;  /* ... CSV so far */
  size_t rows, cells;
};

static const struct {
  const char *name, *type, *ending;
} formats[] = {
    [SHEET_NONE] = {"json", "application/json", "json"},
    [SHEET_CSV] = {"csv", "text/csv; charset=utf-8", "csv"},
    [SHEET_XLSX] = {"xlsx", XLSX_TYPE, "xlsx"},
    [SHEET_CSV_MAJOR] = {"csv_major", "text/csv; charset=utf-8", "csv"},
};

enum err sheet_format_of(struct ctx *cx, const struct api_request *rq, const char *format, enum sheet_format *out)
{
  const char *accept = rq->http ? http_header(rq->http, "Accept") : NULL;
  for (size_t i = 0; i < COUNT_OF(formats); i++)
    if (format && strcmp(formats[i].name, format) == 0) {
      *out = (enum sheet_format)i;
      return ERR_OK;
    }
  if (format)
    return fault_add(&cx->fault, ERR_INVALID, "/query/format", "not_allowed", "format is json, csv, csv_major or xlsx");
  *out = accept && strstr(accept, XLSX_TYPE)    ? SHEET_XLSX
         : accept && strstr(accept, "text/csv") ? SHEET_CSV
                                                : SHEET_NONE;
  return ERR_OK;
}

static void free_bytes(void *arg)
{
  struct sheet *s = arg;
  growing_free(&s->csv);
  xlsx_free(s->xlsx);
}

enum err sheet_new(struct ctx *cx, enum sheet_format format, const char *name, struct sheet **out)
{
  struct sheet *s = ARENA_NEW(cx->arena, struct sheet);
  s->format = format;
  s->arena = cx->arena;
  if (format == SHEET_XLSX)
    TRY(xlsx_new(cx, name, &s->xlsx));
  arena_defer(cx->arena, free_bytes, s);
  *out = s;
  return ERR_OK;
}

/* "SOURCE|SOURCE:TITLE;..." */
enum err sheet_choose(struct ctx *cx, struct sheet *s, const char *columns)
{
  if (columns && s->format == SHEET_CSV)
    return fault_add(&cx->fault, ERR_INVALID, "/query/columns", "not_allowed", "columns are chosen of xlsx and csv_major");
  for (const char *p = columns; p && *p;) {
    size_t whole = strcspn(p, ";"), names = strcspn(p, ":;");
    struct chosen *c = LIST_ADD(cx->arena, &s->chosen);
    *c = (struct chosen){.title = names < whole ? arena_textn(cx->arena, p + names + 1, whole - names - 1) : NULL};
    for (size_t from = 0; from < names;) {
      size_t n = strcspn(p + from, "|:;");
      if (c->n == SHEET_SOURCES_MAX || n == 0 || s->chosen.n > SHEET_COLUMNS_MAX)
        return fault_add(&cx->fault, ERR_INVALID, "/query/columns", "too_many", "at most %d columns of %d sources each",
                         SHEET_COLUMNS_MAX, SHEET_SOURCES_MAX);
      c->names[c->n++] = arena_textn(cx->arena, p + from, n);
      from += n + (p[from + n] == '|');
    }
    c->title = c->title && *c->title ? c->title : c->n ? c->names[0] : "";
    p += whole + (p[whole] == ';');
  }
  return ERR_OK;
}

size_t sheet_rows_n(const struct sheet *s)
{
  return s->rows;
}

size_t sheet_bytes(const struct sheet *s)
{
  return s->xlsx ? xlsx_bytes(s->xlsx) : s->csv.n;
}

/* ---- CSV ---- */

/* In quotes where it must be; with an apostrophe where a spreadsheet would run it as a formula. */
static void csv_text(struct sheet *s, const char *text, bool foreign)
{
  bool quoted = text[strcspn(text, ",\"\r\n")] != '\0';
  if (s->cells++)
    growing_add(&s->csv, ",", 1);
  if (quoted)
    growing_add(&s->csv, "\"", 1);
  if (foreign && csv_runs(text))
    growing_add(&s->csv, "'", 1);
  for (const char *p = text; *p; p++)
    growing_add(&s->csv, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
  if (quoted)
    growing_add(&s->csv, "\"", 1);
}

/* ---- Cells ---- */

void sheet_row(struct sheet *s)
{
  if (s->xlsx)
    xlsx_row(s->xlsx);
  else if (s->rows)
    growing_add(&s->csv, "\r\n", 2);
  s->rows++;
  s->cells = 0;
}

void sheet_head(struct sheet *s, const char *text)
{
  const char *title = text;
  EACH (const struct chosen, c, &s->chosen)
    if (c->n && strcmp(c->names[0], text) == 0)
      title = c->title;
  if (s->xlsx)
    xlsx_head(s->xlsx, title);
  else
    csv_text(s, title, title != text); /* a title comes with the address: it runs nothing either */
}

void sheet_text(struct sheet *s, const char *text)
{
  if (s->xlsx)
    xlsx_text(s->xlsx, text);
  else
    csv_text(s, text ? text : "", true);
}

static void decimal(struct sheet *s, int64_t value, int places, enum xlsx_look look)
{
  char text[40];
  decimal_format(value, places, text);
  if (s->xlsx)
    xlsx_number(s->xlsx, text, look);
  else
    csv_text(s, text, false);
}

void sheet_number(struct sheet *s, int64_t value, int places)
{
  decimal(s, value, places, XLSX_PLAIN);
}

void sheet_ratio(struct sheet *s, int64_t millionths)
{
  decimal(s, millionths, 6, XLSX_PERCENT);
}

void sheet_money(struct sheet *s, int64_t minor, const char *currency)
{
  int places = currency ? currency_decimals(currency) : 0;
  if (s->format != SHEET_CSV && places > 0)
    decimal(s, minor, places, places == 2 ? XLSX_MONEY_2 : places == 3 ? XLSX_MONEY_3 : XLSX_MONEY_4);
  else
    decimal(s, minor, 0, s->xlsx && places == 0 ? XLSX_MONEY_0 : XLSX_PLAIN);
}

void sheet_date(struct sheet *s, const char *date)
{
  if (s->xlsx)
    xlsx_time(s->xlsx, date, false);
  else
    csv_text(s, date, false);
}

void sheet_instant(struct sheet *s, struct instant t)
{
  char text[INSTANT_TEXT];
  instant_format(t, text);
  if (s->xlsx)
    xlsx_time(s->xlsx, text, true);
  else
    csv_text(s, text, false);
}

void sheet_empty(struct sheet *s)
{
  sheet_text(s, NULL);
}

/* ---- Records ---- */

static const char *text_of(const struct rec_around *r, const char *name)
{
  const struct rec_field *field = r->value ? rec_field_find(r->rec, name) : NULL;
  return field && field->kind == REC_TEXT ? *(const char *const *)((const char *)r->value + field->offset) : NULL;
}

static const char *currency_of(const struct rec_around *r, const char *name)
{
  char own[64];
  snprintf(own, sizeof own, "%s_currency", name);
  const char *currency = text_of(r, own);
  for (; !currency && r; r = r->outer)
    currency = text_of(r, "currency");
  return currency;
}

/* What of a price goes beyond a minor unit stays: 0.34 of a cent is 0.0034. */
static void price_cell(struct sheet *s, int64_t millionths, const char *currency)
{
  int places = currency ? currency_decimals(currency) : 0;
  decimal(s, millionths, 6 + (places > 0 ? places : 0), XLSX_PLAIN);
}

static void number_cell(struct sheet *s, const struct rec_field *field, int64_t v, const struct rec_around *r)
{
  switch (field->kind) {
  case REC_MONEY:
    sheet_money(s, v, currency_of(r, field->name));
    break;
  case REC_PRICE:
    price_cell(s, v, currency_of(r, field->name));
    break;
  case REC_QUANTITY:
  case REC_DECIMAL:
    sheet_number(s, v, 6);
    break;
  case REC_RATE:
    sheet_ratio(s, v);
    break;
  case REC_INSTANT:
    sheet_instant(s, INSTANT(v));
    break;
  default:
    sheet_number(s, v, 0);
  }
}

/* One cell of a file for people. Numbers are told apart from texts; the rest is what a cell of text holds. */
static void field_cell(void *arg, const struct rec_field *field, const void *at, const struct rec_around *r)
{
  struct sheet *s = arg;
  if (!at) {
    sheet_empty(s);
    return;
  }
  switch (field->kind) {
  case REC_BOOL:
  case REC_FLAG:
  case REC_ENUM:
  case REC_TEXT:
  case REC_TEXTS:
  case REC_NAMES:
  case REC_ID:
    sheet_text(s, rec_cell_text(s->arena, field, at));
    break;
  case REC_DATE:
    sheet_date(s, *(const char *const *)at);
    break;
  default:
    number_cell(s, field, *(const int64_t *)at, r);
  }
}

static void head_cell(void *arg, const char *name)
{
  sheet_head(arg, name);
}

static void csv_record(struct sheet *s, const struct rec *rec, const void *value)
{
  struct buf b;
  buf_init(&b, s->arena);
  if (value)
    rec_csv_row(rec, value, &b);
  else
    rec_csv_header(rec, &b);
  growing_add(&s->csv, b.at, b.n);
  s->rows++;
}

/* ---- Columns that were chosen ---- */

/* A cell with what is around it, which the walk keeps only for the moment. */
struct cell {
  const struct rec_field *field;
  const void *at;
  const struct rec_around *around;
};
struct row {
  struct arena *arena;
  LIST(struct cell) cells;
};

static const struct rec_around *around_copy(struct arena *a, const struct rec_around *r)
{
  if (!r)
    return NULL;
  struct rec_around *copy = ARENA_NEW(a, struct rec_around);
  *copy = (struct rec_around){r->rec, r->value, around_copy(a, r->outer)};
  return copy;
}

static void gather(void *arg, const struct rec_field *field, const void *at, const struct rec_around *r)
{
  struct row *row = arg;
  *LIST_ADD(row->arena, &row->cells) = (struct cell){field, at, around_copy(row->arena, r)};
}

struct finding {
  struct sheet *s;
  int n;
};

static void find_column(void *arg, const char *name)
{
  struct finding *f = arg;
  EACH (struct chosen, c, &f->s->chosen)
    for (size_t i = 0; i < c->n; i++)
      if (strcmp(c->names[i], name) == 0)
        c->at[i] = f->n;
  f->n++;
}

static enum err chosen_head(struct ctx *cx, struct sheet *s, const struct rec *rec)
{
  EACH (struct chosen, c, &s->chosen)
    for (size_t i = 0; i < c->n; i++)
      c->at[i] = -1;
  rec_columns(rec, s->arena, find_column, &(struct finding){s, 0});
  EACH (struct chosen, c, &s->chosen)
    for (size_t i = 0; i < c->n; i++)
      if (c->at[i] < 0)
        return fault_add(&cx->fault, ERR_INVALID, "/query/columns", "unknown", "there is no column %s", c->names[i]);
  sheet_row(s);
  EACH (const struct chosen, c, &s->chosen)
    sheet_head(s, c->n ? c->names[0] : "");
  return ERR_OK;
}

static bool says(struct sheet *s, const struct cell *c)
{
  if (!c->at)
    return false;
  const char *text = rec_cell_text(s->arena, c->field, c->at);
  return text && *text;
}

static void chosen_row(struct sheet *s, const struct rec *rec, const void *value)
{
  struct row row = {.arena = s->arena};
  rec_cells(rec, value, gather, &row);
  sheet_row(s);
  EACH (const struct chosen, c, &s->chosen) {
    size_t i = 0;
    while (i + 1 < c->n && !says(s, &row.cells.at[c->at[i]]))
      i++;
    if (c->n == 0) {
      sheet_empty(s);
      continue;
    }
    const struct cell *cell = &row.cells.at[c->at[i]];
    field_cell(s, cell->field, cell->at, cell->around);
  }
}

enum err sheet_record_head(struct ctx *cx, struct sheet *s, const struct rec *rec)
{
  if (s->chosen.n)
    return chosen_head(cx, s, rec);
  if (s->format == SHEET_CSV) {
    csv_record(s, rec, NULL);
    return ERR_OK;
  }
  sheet_row(s);
  rec_columns(rec, s->arena, head_cell, s);
  return ERR_OK;
}

void sheet_record(struct sheet *s, struct arena *a, const struct rec *rec, const void *value)
{
  s->arena = a;
  if (s->chosen.n) {
    chosen_row(s, rec, value);
    return;
  }
  if (s->format == SHEET_CSV) {
    csv_record(s, rec, value);
    return;
  }
  sheet_row(s);
  rec_cells(rec, value, field_cell, s);
}

/* ---- The answer ---- */

const char *sheet_file_name(struct ctx *cx, const char *target)
{
  char now[INSTANT_TEXT];
  size_t n = strcspn(target, "?"), from = n;
  instant_format(cx->now, now);
  while (from > 0 && target[from - 1] != '/')
    from--;
  for (size_t i = from; i < n; i++)
    if (!strchr("abcdefghijklmnopqrstuvwxyz_", target[i]))
      return arena_printf(cx->arena, "export-%.10s", now);
  return arena_printf(cx->arena, "%.*s-%.10s", (int)(n - from), target + from, now);
}

/* The same target with another cursor. */
static const char *link_of(struct arena *a, const char *target, const char *next)
{
  struct buf b;
  buf_init(&b, a);
  buf_printf(&b, "<%.*s?cursor=%s", (int)strcspn(target, "?"), target, next);
  if (strchr(target, '?'))
    for (const char *p = strchr(target, '?') + 1; *p;) {
      size_t n = strcspn(p, "&");
      if (strncmp(p, "cursor=", 7) != 0)
        buf_printf(&b, "&%.*s", (int)n, p);
      p += n + (p[n] == '&');
    }
  buf_text(&b, ">; rel=\"next\"");
  return buf_str(&b);
}

enum err sheet_reply(struct ctx *cx, const struct api_request *rq, struct sheet *s, const char *file_name,
                     const char *next)
{
  struct http_reply *reply = rq->reply;
  if (s->xlsx)
    TRY(xlsx_finish(cx, s->xlsx, &reply->body, &reply->n_body));
  else {
    if (s->csv.n && s->csv.at[s->csv.n - 1] != '\n')
      growing_add(&s->csv, "\r\n", 2);
    reply->body = s->csv.at;
    reply->n_body = s->csv.n;
  }
  http_header_add(cx->arena, reply, "Content-Type", formats[s->format].type);
  http_header_add(cx->arena, reply, "Content-Disposition",
                  arena_printf(cx->arena, "attachment; filename=\"%s.%s\"", file_name, formats[s->format].ending));
  http_header_add(cx->arena, reply, "Cache-Control", "no-store");
  if (next)
    http_header_add(cx->arena, reply, "Link", link_of(cx->arena, rq->http->target, next));
  return ERR_OK;
}

void sheet_reply_json(struct ctx *cx, const struct api_request *rq, struct buf *body)
{
  json_headers(cx->arena, rq->reply);
  rq->reply->body = buf_str(body);
  rq->reply->n_body = body->n;
}
