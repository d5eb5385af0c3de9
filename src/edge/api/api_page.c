/* Lists so short that they are in memory at once: roles, settings, a timeline. They look like every other list. */
#include "api_priv.h"

#include <string.h>

enum { PAGE_LIMIT, PAGE_CURSOR };
const struct api_param api_page_params[] = {
    [PAGE_LIMIT] = {"limit", REC_INT, "Rows of a page, 1 to 200; all when left out", "50"},
    [PAGE_CURSOR] = {"cursor", REC_TEXT, "`next_cursor` of the page before", "50"},
    {0},
};

/* The cursor of such a list is the number of rows that went before. */
static enum err page_of(struct ctx *cx, const struct api_request *rq, size_t n, size_t *out_from, size_t *out_to)
{
  const struct api_param_value *p = rq->params;
  int64_t from = 0, limit = p ? p[PAGE_LIMIT].i64 : ABSENT;
  const char *cursor = p ? p[PAGE_CURSOR].text : NULL;
  if (limit != ABSENT && (limit < 1 || limit > API_LIMIT_MAX))
    return fault_add(&cx->fault, ERR_INVALID, "/query/limit", "out_of_range", "limit is 1 to 200");
  if (cursor && (strlen(cursor) > 9 || !decimal_parse(cursor, strlen(cursor), 0, &from) || from < 0))
    return fault_add(&cx->fault, ERR_INVALID, "/query/cursor", "invalid_format", "this is no cursor of this list");
  *out_from = (size_t)from < n ? (size_t)from : n;
  *out_to = limit != ABSENT && (size_t)limit < n - *out_from ? *out_from + (size_t)limit : n;
  return ERR_OK;
}

enum err api_page(struct ctx *cx, const struct api_request *rq, const struct rec *rec, const void *rows, size_t n)
{
  static const struct rec_view view = {.without_lists = true};
  struct buf body;
  struct json_out o;
  size_t from = 0, to = 0;
  TRY(page_of(cx, rq, n, &from, &to));
  if (n && api_masks(rq->route, &cx->actor))
    rows = api_mask_rows(rec, rows, n, cx->arena);
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  json_object(&o);
  json_key(&o, "data");
  json_array(&o);
  for (size_t i = from; i < to; i++)
    json_record(&o, rec, (const char *)rows + i * rec->size, &view);
  json_array_end(&o);
  json_key(&o, "next_cursor");
  json_text(&o, to < n ? arena_printf(cx->arena, "%zu", to) : NULL);
  json_object_end(&o);
  json_headers(cx->arena, rq->reply);
  rq->reply->body = buf_str(&body);
  rq->reply->n_body = body.n;
  return ERR_OK;
}
