/* A file of rows, whatever its format: which one is asked for, how records become cells, and the answer. CSV is written
 * here, workbooks in api_xlsx.c. */
#include "api_sheet_priv.h"

#include "api_priv.h"
#include "api_xlsx_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sheet {
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
  if (s->xlsx)
    xlsx_head(s->xlsx, text);
  else
    csv_text(s, text, false);
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

void sheet_record_head(struct sheet *s, const struct rec *rec)
{
  if (s->format == SHEET_CSV) {
    csv_record(s, rec, NULL);
    return;
  }
  sheet_row(s);
  rec_columns(rec, s->arena, head_cell, s);
}

void sheet_record(struct sheet *s, struct arena *a, const struct rec *rec, const void *value)
{
  s->arena = a;
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
