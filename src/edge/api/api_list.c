/* Lists: a query string becomes filters, an order and a place to go on from; a table's rows become a page of JSON or a
 * CSV file. Cursors are opaque to clients: the sort value and id of the last row, checked against the list's order.
 */
#include "api_priv.h"
#include "api_sheet_priv.h"
#include "api_list_priv.h"
#include "api_query_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FILTER_VALUES_MAX = 128, /* of all filters together, as an IN list is padded to at most as many */
  SLICE_ROWS = 500, /* of an export, read at one time */
  CURSOR_MAX = 2000, /* characters */
  /* A count is remembered for so many times as long as it took: counting the same list costs half a percent at most. */
  ESTIMATE_TIMES = 200,
  ESTIMATE_US = 60 * 1000000, /* and no longer */
};

const struct rec_field *rec_field_find(const struct rec *rec, const char *name)
{
  for (size_t i = 0; i < rec->n; i++)
    if (strcmp(rec->fields[i].name, name) == 0)
      return &rec->fields[i];
  return NULL;
}

static bool named(const char *const *names, const char *name, size_t n)
{
  for (; names && *names; names++)
    if (strlen(*names) == n && memcmp(*names, name, n) == 0)
      return true;
  return false;
}

static const char *meaning(const struct api_list *list, const char *name)
{
  for (const struct api_alias *a = list->aliases; a && a->name; a++)
    if (strcmp(a->name, name) == 0)
      return a->means;
  return name;
}

static void refuse(struct query *q, const char *name, const char *slug, const char *text)
{
  enum err err = fault_add(&q->cx->fault, ERR_INVALID, arena_printf(q->cx->arena, "/query/%s", name), slug, "%s", text);
  q->err = q->err ? q->err : err;
}

/* ---- Values of fields as the database takes them ---- */

static struct db_value value_of(const struct rec_field *field, const void *row)
{
  const void *at = (const char *)row + field->offset;
  switch (field->kind) {
  case REC_BOOL:
    return I64(*(const bool *)at);
  case REC_TEXT:
  case REC_DATE:
    return TEXT(*(const char *const *)at);
  case REC_ENUM:
    return TEXT(field->names[*(const int *)at]);
  default:
    return I64_OR_NULL(*(const int64_t *)at);
  }
}

bool list_can_compare(const struct rec_field *field)
{
  return field && field->kind <= REC_ID && !(field->flags & REC_VIRTUAL);
}

/* ---- Filters ---- */

static const struct {
  const char *name;
  enum db_op op;
} operators[] = {
    {"gte", DB_GTE},
    {"gt",  DB_GT },
    {"lte", DB_LTE},
    {"lt",  DB_LT }
};

/* Splits "created_at[gte]" into the name's length and its operator. */
static bool split_operator(const char *name, size_t *out_n, enum db_op *out_op)
{
  const char *open = strchr(name, '[');
  *out_n = open ? (size_t)(open - name) : strlen(name);
  *out_op = DB_IN;
  if (!open)
    return true;
  for (size_t i = 0; i < COUNT_OF(operators); i++) {
    size_t n = strlen(operators[i].name);
    if (strncmp(open + 1, operators[i].name, n) == 0 && strcmp(open + 1 + n, "]") == 0) {
      *out_op = operators[i].op;
      return true;
    }
  }
  return false;
}

/* One value of a filter, read as the field itself would read it. */
static void filter_value(struct query *q, const struct rec_field *field, const char *name, const char *text,
                         struct db_value *out)
{
  const struct rec *rec = q->list->table->rec;
  void *row = arena_alloc(q->cx->arena, rec->size);
  rec_init(rec, row);
  enum err err =
      rec_read_text(field, text, arena_printf(q->cx->arena, "/query/%s", name), q->cx->arena, &q->cx->fault, row);
  if (err)
    q->err = q->err ? q->err : err;
  else
    *out = value_of(field, row);
}

static void filter_values(struct query *q, const struct rec_field *field, const struct http_pair *pair,
                          struct db_filter *filter)
{
  struct db_value *values = ARENA_ARRAY(q->cx->arena, struct db_value, FILTER_VALUES_MAX);
  const char *p = pair->value;
  filter->values = values;
  for (;;) {
    size_t n = filter->op == DB_IN ? strcspn(p, ",") : strlen(p);
    if (q->n_values++ == FILTER_VALUES_MAX) {
      refuse(q, pair->name, "too_many", "at most 128 values in all filters together");
      return;
    }
    filter_value(q, field, pair->name, arena_textn(q->cx->arena, p, n), &values[filter->n++]);
    if (!p[n])
      break;
    p += n + 1;
  }
  if (filter->op == DB_IN && filter->n == 1)
    filter->op = DB_EQ;
}

static bool take_filter(struct query *q, const struct http_pair *pair)
{
  size_t n;
  enum db_op op;
  if (!split_operator(pair->name, &n, &op))
    return false;
  const char *name = meaning(q->list, arena_textn(q->cx->arena, pair->name, n));
  if (!named(q->list->filters, name, strlen(name)))
    return false;
  const struct rec_field *field = rec_field_find(q->list->table->rec, name);
  if (q->page.n_filters == FILTERS_MAX) {
    refuse(q, pair->name, "too_many", "too many filters");
    return true;
  }
  struct db_filter *filter = &q->filters[q->page.n_filters++];
  *filter = (struct db_filter){.field = field, .op = op};
  filter_values(q, field, pair, filter);
  return true;
}

/* ---- The other parameters ---- */

static void take_limit(struct query *q, const char *text)
{
  int64_t limit;
  if (!decimal_parse(text, strlen(text), 0, &limit) || limit < 1 || limit > API_LIMIT_MAX)
    refuse(q, "limit", "out_of_range", "limit is 1 to 200");
  else
    q->page.limit = limit;
}

static void take_cursor(struct query *q, const char *text)
{
  q->cursor = text;
}

static void take_count(struct query *q, const char *text)
{
  if (strcmp(text, "exact") != 0 && strcmp(text, "estimate") != 0)
    refuse(q, "count", "not_allowed", "count is exact or estimate");
  q->count = text;
}

static void take_sort(struct query *q, const char *text)
{
  q->page.descending = text[0] == '-';
  const char *name = text + (text[0] == '-');
  if (named(q->list->sorts, name, strlen(name)))
    q->page.sort = rec_field_find(q->list->table->rec, name);
  else
    refuse(q, "sort", "not_allowed", arena_printf(q->cx->arena, "this list cannot be sorted by %s", name));
}

static void take_expand(struct query *q, const char *text)
{
  for (const char *p = text; *p;) {
    size_t n = strcspn(p, ",");
    if (!named(q->list->expands, p, n) || q->n_expand == EXPANDS_MAX) {
      refuse(q, "expand", "not_allowed", arena_printf(q->cx->arena, "%.*s cannot be expanded here", (int)n, p));
      return;
    }
    q->expand[q->n_expand++] = meaning(q->list, arena_textn(q->cx->arena, p, n));
    p += n + (p[n] == ',');
  }
}

static void take_format(struct query *q, const char *text)
{
  q->format = text;
}

static void take_columns(struct query *q, const char *text)
{
  q->columns = text;
}

static const struct {
  const char *name;
  void (*take)(struct query *q, const char *text);
} takers[] = {
    {"limit",  take_limit },
    {"cursor", take_cursor},
    {"count",  take_count },
    {"sort",   take_sort  },
    {"expand", take_expand},
    {"format", take_format},
    {"columns", take_columns}
};

static bool take(void *arg, const struct http_pair *pair)
{
  struct query *q = arg;
  for (size_t i = 0; i < COUNT_OF(takers); i++)
    if (strcmp(takers[i].name, pair->name) == 0) {
      takers[i].take(q, pair->value);
      return true;
    }
  return take_filter(q, pair);
}

/* ---- Cursors: base64url of "<check>\n<type><sort value>\n<id>" ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *base64url(struct arena *a, const char *bytes, size_t n)
{
  struct buf b;
  buf_init(&b, a);
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i < 3 ? n - i : 3;
    unsigned word = 0;
    for (size_t k = 0; k < 3; k++)
      word = word << 8 | (k < left ? (unsigned char)bytes[i + k] : 0);
    for (size_t k = 0; k <= left; k++)
      buf_char(&b, alphabet[word >> (18 - 6 * k) & 63]);
  }
  return buf_str(&b);
}

static bool base64url_read(struct arena *a, const char *text, struct buf *out)
{
  unsigned word = 0, bits = 0;
  buf_init(out, a);
  for (const char *p = text; *p; p++) {
    const char *at = strchr(alphabet, *p);
    if (!at)
      return false;
    word = (word << 6 | (unsigned)(at - alphabet)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      buf_char(out, (char)(word >> bits & 0xff));
    }
  }
  return true;
}

/* What a cursor is good for: this path in this order. Filters may change between pages, as clients like. */
static uint64_t cursor_check(const struct query *q)
{
  return hash_mix(hash_text(q->call->row->route->path), hash_text(q->page.sort->name) + q->page.descending);
}

static void put_value(struct buf *b, struct db_value v)
{
  if (v.type == DB_I64)
    buf_printf(b, "i%lld", (long long)v.i64);
  else
    buf_printf(b, "t%s", v.bytes ? (const char *)v.bytes : "");
}

static const char *cursor_write(const struct query *q, const void *row)
{
  struct buf b;
  struct db_value sort = value_of(q->page.sort, row);
  buf_init(&b, q->cx->arena);
  buf_printf(&b, "%016llx", (unsigned long long)cursor_check(q));
  put_value(&b, value_of(q->page.id_field, row));
  /* The sort value is last and its length tells its end: it may hold any character. */
  buf_char(&b, '\n');
  put_value(&b, sort);
  return base64url(q->cx->arena, b.at, b.n);
}

static bool get_value(const char *text, struct db_value *out)
{
  int64_t v;
  if (text[0] == 't') {
    *out = TEXT(text + 1);
    return true;
  }
  if (text[0] != 'i' || !decimal_parse(text + 1, strlen(text + 1), 0, &v))
    return false;
  *out = I64(v);
  return true;
}

static bool cursor_read(struct query *q)
{
  struct buf b;
  struct db_value *after = ARENA_ARRAY(q->cx->arena, struct db_value, 2);
  char check[17];
  if (strlen(q->cursor) > CURSOR_MAX || !base64url_read(q->cx->arena, q->cursor, &b) || b.n < 19)
    return false;
  snprintf(check, sizeof check, "%016llx", (unsigned long long)cursor_check(q));
  char *id = b.at + 16, *sort = strchr(b.at, '\n');
  if (memcmp(b.at, check, 16) != 0 || !sort || strlen(b.at) != b.n || !utf8_valid(b.at, b.n))
    return false;
  *sort++ = '\0';
  q->page.after = after;
  return get_value(sort, &after[0]) && get_value(id, &after[1]);
}

/* ---- The query as a whole ---- */

/* Again for each slice of an export: a search may look only as far as one page goes. */
static enum err take_where(struct query *q)
{
  q->page.filters = q->filters; /* narrowing may have moved some of them into where */
  q->page.n_filters = q->n_filters;
  q->page.where = q->list->where;
  q->page.where_args = NULL;
  q->page.n_where_args = 0;
  TRY(q->list->narrow ? q->list->narrow(q->cx, &q->call->in, &q->page) : ERR_OK);
  return q->call->actor.scope ? scope_narrow(q->cx, q->call, &q->page) : ERR_OK;
}

enum err query_read(struct query *q)
{
  const struct api_list *list = q->list;
  struct call *call = q->call;
  call->in.http = call->rq;
  call->in.api = call->api;
  call->in.route = call->row->route;
  call->in.reply = &call->reply;
  q->page = (struct db_page){
      .table = list->table,
      .filters = q->filters,
      .sort = rec_field_find(list->table->rec, list->sorts[0]),
      .id_field = rec_field_find(list->table->rec, list->id_field),
      .descending = true,
      .limit = API_LIMIT_DEFAULT,
  };
  assert(q->page.sort && q->page.id_field);
  enum err err =
      query_params(q->cx, call->rq, call->row->route->params, take, q, (struct api_param_value **)&call->in.params);
  q->err = q->err ? q->err : err;
  q->n_filters = q->page.n_filters;
  if (!q->err && q->cursor && !cursor_read(q))
    refuse(q, "cursor", "invalid_format", "this is no cursor of this list in this order");
  return q->err ? q->err : take_where(q);
}

/* ---- Pages ---- */

const void *row_at(const struct query *q, const struct list *rows, size_t i)
{
  return (const char *)rows->at + i * q->list->table->rec->size;
}

/* Reads a page and one row more, which only tells whether there is a next page. */
static enum err page_read(struct query *q, struct list *rows, bool *out_more)
{
  struct db_page page = q->page;
  page.limit++;
  enum err err = db_list(q->cx->db, &page, rows);
  *out_more = !err && (int64_t)rows->n > q->page.limit;
  if (*out_more)
    rows->n--;
  if (!err && q->list->fill && rows->n)
    err = q->list->fill(q->cx, rows->at, rows->n, q->expand);
  if (!err && rows->n)
    q->last = row_at(q, rows, rows->n - 1);
  if (!err && rows->n && api_masks(q->call->row->route, &q->call->actor))
    rows->at = (void *)(uintptr_t)api_mask_rows(page.table->rec, rows->at, rows->n, q->cx->arena);
  if (!err && arena_over(q->cx->arena))
    err = err_fail(q->cx, ERR_INVALID, "/query/limit", "these rows are too large for one page, please ask for fewer");
  return err;
}

const char *next_cursor(const struct query *q, bool more)
{
  return more ? cursor_write(q, q->last) : NULL;
}

/* ---- Counts: exact, or remembered for a minute ---- */

/* What is counted: the path and all that narrows it. */
static uint64_t count_name(const struct query *q)
{
  const struct http_request *rq = q->call->rq;
  uint64_t name = hash_mix(hash_text(rq->path), scope_hash(q->call->actor.scope));
  for (size_t i = 0; i < rq->query.n; i++) {
    bool narrows = true;
    for (size_t k = 0; k < COUNT_OF(takers); k++)
      narrows = narrows && strcmp(takers[k].name, rq->query.at[i].name) != 0;
    if (narrows)
      name = hash_mix(hash_mix(name, hash_text(rq->query.at[i].name)), hash_text(rq->query.at[i].value));
  }
  return name;
}

static enum err count_rows(struct query *q, int64_t *out)
{
  struct estimates *known = &q->call->api->estimates;
  uint64_t of = count_name(q);
  struct estimate e;
  pthread_mutex_lock(&known->lock);
  e = known->at[of % COUNT_OF(known->at)];
  pthread_mutex_unlock(&known->lock);
  if (strcmp(q->count, "estimate") == 0 && e.of == of && api_now_us() < e.until_us) {
    *out = e.count;
    return ERR_OK;
  }
  int64_t began = api_now_us();
  TRY(db_count(q->cx->db, &q->page, out));
  int64_t now = api_now_us(), good_for = (now - began) * ESTIMATE_TIMES;
  pthread_mutex_lock(&known->lock);
  known->at[of % COUNT_OF(known->at)] =
      (struct estimate){of, *out, now + (good_for < ESTIMATE_US ? good_for : ESTIMATE_US)};
  pthread_mutex_unlock(&known->lock);
  return ERR_OK;
}

/* ---- JSON ---- */

static void put_rows(struct query *q, const struct list *rows, struct json_out *o)
{
  const struct rec_view view = {.without_lists = true, .expand = q->expand};
  json_key(o, "data");
  json_array(o);
  for (size_t i = 0; i < rows->n; i++)
    json_record(o, q->list->table->rec, row_at(q, rows, i), &view);
  json_array_end(o);
}

static enum err serve_json(struct query *q, struct http_reply *reply)
{
  struct list rows = {0};
  struct buf b;
  struct json_out o;
  bool more;
  int64_t count = 0;
  TRY(page_read(q, &rows, &more));
  if (q->count)
    TRY(count_rows(q, &count));
  buf_init(&b, q->cx->arena);
  json_out_init(&o, &b);
  json_object(&o);
  put_rows(q, &rows, &o);
  json_key(&o, "next_cursor");
  json_text(&o, next_cursor(q, more));
  if (q->count)
    json_put_i64(&o, "count", count);
  json_object_end(&o);
  reply->body = buf_str(&b);
  reply->n_body = b.n;
  json_headers(q->cx->arena, reply);
  return ERR_OK;
}

/* ---- Files: CSV and workbooks ---- */

/* One slice in an arena of its own; afterwards q->page.after, in `keep`, is where the next one begins. */
static enum err export_slice(struct query *q, struct arena *a, struct sheet *sheet, bool *out_more, const char **out_next)
{
  struct arena *keep = q->cx->arena;
  struct list rows = {0};
  q->cx->arena = a;
  db_use(q->cx->db, &q->cx->fault, a);
  enum err err = page_read(q, &rows, out_more);
  for (size_t i = 0; !err && i < rows.n; i++)
    sheet_record(sheet, a, q->list->table->rec, row_at(q, &rows, i));
  const char *next = err ? NULL : next_cursor(q, *out_more);
  q->cx->arena = keep;
  db_use(q->cx->db, &q->cx->fault, keep);
  *out_next = q->cursor = arena_text(keep, next);
  return err;
}

static enum err export_rows(struct query *q, struct sheet *sheet, const char **out_next)
{
  struct arena *a = arena_new(SLICE_ARENA);
  bool more = true;
  enum err err = sheet_choose(q->cx, sheet, q->columns);
  if (!err)
    err = sheet_record_head(q->cx, sheet, q->list->table->rec);
  q->page.limit = q->list->narrow ? API_LIMIT_MAX : SLICE_ROWS;
  while (!err && more && sheet_rows_n(sheet) <= API_EXPORT_ROWS_MAX && sheet_bytes(sheet) < API_EXPORT_MAX) {
    err = take_where(q);
    if (!err)
      err = export_slice(q, a, sheet, &more, out_next);
    if (!err && more && !cursor_read(q))
      err = err_fail(q->cx, ERR_INTERNAL, "", "a cursor of our own cannot be read");
    arena_reset(a);
  }
  arena_free(a);
  return err;
}

enum err place_take(struct ctx *cx, atomic_int *taken, int most, const char *busy)
{
  if (atomic_fetch_add(taken, 1) < most)
    return ERR_OK;
  atomic_fetch_sub(taken, 1);
  return err_fail(cx, ERR_BUSY, "", "%s, please try again", busy);
}

void place_leave(atomic_int *taken)
{
  atomic_fetch_sub(taken, 1);
}

/* A file beyond the limits says where it goes on. */
static enum err serve_file(struct query *q, enum sheet_format format, struct http_reply *reply)
{
  struct api *api = q->call->api;
  struct api_request to = q->call->in;
  struct sheet *sheet;
  const char *next = NULL;
  to.reply = reply;
  TRY(place_take(q->cx, &api->exports, API_EXPORTS, "other exports are running"));
  enum err err = sheet_new(q->cx, format, "export", &sheet);
  if (!err)
    err = export_rows(q, sheet, &next);
  if (!err)
    err = sheet_reply(q->cx, &to, sheet, sheet_file_name(q->cx, to.http->target), next);
  place_leave(&api->exports);
  return err;
}

enum err list_serve(struct worker *w, struct call *call, struct http_reply *reply)
{
  struct query q = {.call = call, .cx = &w->cx, .list = call->row->route->list};
  enum sheet_format format;
  TRY(ctx_masters_refresh(q.cx));
  TRY(query_read(&q));
  TRY(sheet_format_of(q.cx, &call->in, q.format, &format));
  if (format != SHEET_NONE)
    return serve_file(&q, format, reply);
  TRY(db_read_begin(w->db));
  enum err err = serve_json(&q, reply);
  db_read_end(w->db);
  return err;
}
