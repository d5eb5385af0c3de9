/* Lists asked from inside: a query string that nobody sent, with the eyes of who asks. */
#include "api_list_priv.h"
#include "api_query_priv.h"

#include <assert.h>
#include <string.h>

static int hex_digit(char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *decoded(struct arena *a, const char *from, size_t n)
{
  struct buf b;
  buf_init(&b, a);
  for (size_t i = 0; i < n; i++) {
    bool hex = from[i] == '%' && i + 2 < n && hex_digit(from[i + 1]) >= 0 && hex_digit(from[i + 2]) >= 0;
    char c = from[i] == '+' ? ' ' : from[i];
    if (hex)
      c = (char)(hex_digit(from[i + 1]) * 16 + hex_digit(from[i + 2]));
    buf_char(&b, c);
    i += hex ? 2 : 0;
  }
  return utf8_valid(buf_str(&b), b.n) && strlen(buf_str(&b)) == b.n ? buf_str(&b) : "";
}

static void split_query(struct arena *a, const char *query, struct http_request *rq)
{
  for (const char *p = query; *p;) {
    size_t n = strcspn(p, "&"), name = strcspn(p, "=&");
    if (name)
      *LIST_ADD(a, &rq->query) = (struct http_pair){decoded(a, p, name),
                                                    name < n ? decoded(a, p + name + 1, n - name - 1) : ""};
    p += n + (p[n] == '&');
  }
}

/* A list request that nobody sent. */
struct asked {
  struct http_request rq;
  struct call call;
  struct query q;
};

/* Which rows are meant is asked; a page of them, or a file, is what nobody gets. */
static enum err refuse_paging(struct ctx *cx, const struct http_request *rq)
{
  static const char *const paging[] = {"cursor", "limit", "format", "columns"};
  enum err err = ERR_OK;
  EACH (const struct http_pair, pair, &rq->query)
    for (size_t i = 0; i < COUNT_OF(paging); i++)
      if (strcmp(pair->name, paging[i]) == 0)
        err = fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/query/%s", paging[i]), "not_allowed",
                        "%s says nothing of which rows are meant", paging[i]);
  return err;
}

static enum err ask(struct ctx *cx, struct api *api, const char *path, const char *query, const char *cursor,
                    struct asked *out)
{
  *out = (struct asked){.rq = {.method = "GET", .path = path, .arena = cx->arena}};
  for (size_t i = 0; i < api->table.n && !out->call.row; i++)
    if (api->table.rows[i].route->list && strcmp(api->table.rows[i].route->path, path) == 0)
      out->call.row = &api->table.rows[i];
  assert(out->call.row);
  TRY(ctx_need(cx, out->call.row->route->needs));
  split_query(cx->arena, query, &out->rq);
  TRY(refuse_paging(cx, &out->rq));
  out->call.api = api;
  out->call.rq = &out->rq;
  out->call.actor = cx->actor;
  out->q = (struct query){.call = &out->call, .cx = cx, .list = out->call.row->route->list, .cursor = cursor};
  return query_read(&out->q);
}

enum err list_ask_count(struct ctx *cx, struct api *api, const char *path, const char *query, int64_t most,
                        int64_t *out)
{
  struct asked *asked = ARENA_NEW(cx->arena, struct asked);
  TRY(ask(cx, api, path, query, NULL, asked));
  return db_count_most(cx->db, &asked->q.page, most, out);
}

enum err list_ask_steps(struct ctx *cx, struct api *api, const char *path, const char *query, const char *field,
                        struct instant from, int64_t step_ms, int64_t *out, size_t n)
{
  struct asked *asked = ARENA_NEW(cx->arena, struct asked);
  TRY(ask(cx, api, path, query, NULL, asked));
  const struct rec_field *f = rec_field_find(asked->q.list->table->rec, field);
  assert(f);
  return db_count_steps(cx->db, &asked->q.page, f, from.ms, step_ms, out, n);
}

/* One page in an arena of its own; what stays is copied to `keep`. */
static enum err ask_page(struct ctx *cx, struct api *api, const char *path, const char *query, struct arena *keep,
                         const char **cursor, struct list_rows *out)
{
  struct asked *asked = ARENA_NEW(cx->arena, struct asked);
  struct list rows = {0};
  TRY(ask(cx, api, path, query, *cursor, asked));
  struct query *q = &asked->q;
  const struct rec_field *name = rec_field_find(q->list->table->rec, "number");
  q->page.limit = API_LIMIT_MAX + 1;
  TRY(db_list(cx->db, &q->page, &rows));
  bool more = rows.n > API_LIMIT_MAX;
  rows.n -= more;
  for (size_t i = 0; i < rows.n; i++) {
    const char *row = row_at(q, &rows, i), *text = name ? *(const char *const *)(row + name->offset) : NULL;
    int64_t id = *(const int64_t *)(row + q->page.id_field->offset);
    char *id_text = arena_alloc(keep, ID_TEXT);
    id_format(q->page.id_field->prefix, id, id_text);
    *LIST_ADD(keep, out) = (struct list_row){id, id_text, text ? arena_text(keep, text) : ""};
  }
  if (rows.n)
    q->last = row_at(q, &rows, rows.n - 1);
  *cursor = arena_text(keep, next_cursor(q, more));
  return ERR_OK;
}

enum err list_ask_rows(struct ctx *cx, struct api *api, const char *path, const char *query, int64_t most,
                       struct list_rows *out)
{
  struct arena *keep = cx->arena, *a = arena_new(SLICE_ARENA);
  const char *cursor = NULL;
  enum err err = ERR_OK;
  do {
    arena_reset(a);
    cx->arena = a;
    db_use(cx->db, &cx->fault, a);
    cx->fault.arena = keep;
    err = ask_page(cx, api, path, query, keep, &cursor, out);
    cx->arena = keep;
    db_use(cx->db, &cx->fault, keep);
  } while (!err && cursor && (int64_t)out->n < most);
  arena_free(a);
  if ((int64_t)out->n > most)
    out->n = (size_t)most;
  return err;
}
