/* Conditions of lists, joined by AND; the parameters of each are numbered anew behind those that were there. */
#include "api_where_priv.h"

#include "inventory.h"
#include "orders.h"

#include <string.h>

static void add_renumbered(struct buf *b, const char *text, size_t by)
{
  for (const char *p = text; *p; p++) {
    buf_char(b, *p);
    if (*p != '$')
      continue;
    int64_t n = 0;
    for (; p[1] >= '0' && p[1] <= '9'; p++)
      n = n * 10 + (p[1] - '0');
    buf_i64(b, n + (int64_t)by);
  }
}

void api_where(struct ctx *cx, struct db_page *page, const char *text, const struct db_value *args, size_t n)
{
  struct buf b;
  struct db_value *all = ARENA_ARRAY(cx->arena, struct db_value, page->n_where_args + n + 1);
  buf_init(&b, cx->arena);
  if (page->where) {
    buf_char(&b, '(');
    buf_text(&b, page->where);
    buf_text(&b, ") AND ");
  }
  add_renumbered(&b, text, page->n_where_args);
  for (size_t i = 0; i < page->n_where_args; i++)
    all[i] = page->where_args[i];
  for (size_t i = 0; i < n; i++)
    all[page->n_where_args + i] = args[i];
  page->where = buf_str(&b);
  page->where_args = all;
  page->n_where_args += n;
}

void api_where_in(struct ctx *cx, struct db_page *page, const char *column, const struct db_value *values, size_t n)
{
  static const size_t places[] = {1, 8, 32, 128, 200};
  struct buf b;
  size_t place = 0;
  if (n == 0) {
    api_where(cx, page, "1 = 0", NULL, 0);
    return;
  }
  while (places[place] < n)
    place++;
  struct db_value *padded = ARENA_ARRAY(cx->arena, struct db_value, places[place]);
  buf_init(&b, cx->arena);
  buf_text(&b, column);
  buf_text(&b, " IN (");
  for (size_t i = 0; i < places[place]; i++) {
    padded[i] = values[i < n ? i : n - 1];
    buf_text(&b, i ? ", $" : "$");
    buf_i64(&b, (int64_t)i + 1);
  }
  buf_char(&b, ')');
  api_where(cx, page, buf_str(&b), padded, places[place]);
}

enum err api_narrow_each(struct ctx *cx, const struct api_request *rq, struct db_page *page, api_narrow *const *narrows,
                         size_t n)
{
  for (size_t i = 0; i < n; i++) {
    struct api_narrowing one = {cx, page, &rq->params[i]};
    if (one.value->text)
      TRY(narrows[i](&one));
  }
  return ERR_OK;
}

/* The condition on what was named: none of the rows where there is no such thing. */
static enum err by_found(const struct api_narrowing *n, enum err found, const char *text, struct db_value value)
{
  if (found == ERR_NOT_FOUND) {
    fault_clear(&n->cx->fault);
    text = "1 = 0";
  } else {
    TRY(found);
  }
  api_where(n->cx, n->page, text, &value, found == ERR_OK);
  return ERR_OK;
}

enum err api_by_order(const struct api_narrowing *n)
{
  struct order_id id = {0};
  enum err found = order_find(n->cx, n->value->text, &id);
  return by_found(n, found, "order_id = $1", I64(id.v));
}

enum err api_by_location(const struct api_narrowing *n)
{
  const struct location *l = NULL;
  enum err found = location_find(n->cx, n->value->text, &l);
  return by_found(n, found, "location = $1", TEXT(l ? l->code : NULL));
}
