/* ?q= of lists. What is found comes newest first, as the pages do, so the page's cursor tells where to go on. */
#include "api_search_priv.h"

#include "search.h"

enum err api_search_narrow(struct ctx *cx, const char *kind, const char *q, struct db_page *page)
{
  static const size_t places[] = {1, 8, 32, API_LIMIT_MAX + 1};
  int64_t ids[API_LIMIT_MAX + 1] = {0};
  size_t n, place = 0;
  struct buf where;
  if (!q)
    return ERR_OK;
  int64_t before = page->after ? page->after[1].i64 : 0;
  /* Some of what is found may fall to other conditions: then as much is looked for as a page can hold at most. */
  int64_t want = page->n_filters || cx->actor.scope ? API_LIMIT_MAX + 1 : page->limit + 1;
  TRY(search_find(cx, kind, q, before, want, ids, &n));
  while (places[place] < n)
    place++;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, places[place]);
  buf_init(&where, cx->arena);
  buf_text(&where, "id IN (");
  for (size_t i = 0; i < places[place]; i++) {
    args[i] = I64(i < n ? ids[i] : 0); /* 0 is nobody's id */
    buf_text(&where, i ? ", $" : "$");
    buf_i64(&where, (int64_t)i + 1);
  }
  buf_char(&where, ')');
  page->where = buf_str(&where);
  page->where_args = args;
  page->n_where_args = places[place];
  return ERR_OK;
}
