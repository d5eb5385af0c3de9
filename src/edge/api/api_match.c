/* Which route a request means. Paths are compared segment by segment, literal ones first, so that /v1/orders/bulk wins
 * over /v1/orders/{id}; 405 and Allow derive from the rows whose path fits. */
#include "api_priv.h"

#include <stdlib.h>
#include <string.h>

static unsigned chain_of(size_t n, const char *second)
{
  return (unsigned)(hash_text(second) + n * 31) & (ROUTE_CHAINS - 1);
}

static const char *second_of(size_t n, const char *const *segments)
{
  return n == 0 ? "" : n == 1 ? segments[0] : segments[1] ? segments[1] : "";
}

/* Splits the path into row->segments, whose texts are put at *texts. */
static void row_split(struct api_row *row, char **texts)
{
  bool literal = true;
  for (const char *p = row->route->path; *p == '/' && p[1];) {
    size_t n = strcspn(++p, "/");
    assert(row->n < ROUTE_SEGMENTS_MAX && n > 0);
    bool param = p[0] == '{';
    if (!param) {
      row->segments[row->n] = memcpy(*texts, p, n);
      *texts += n;
      *(*texts)++ = '\0';
    }
    literal = literal && !param;
    row->n_literal += literal;
    row->n++;
    p += n;
  }
}

static bool more_literal(const struct api_row *a, const struct api_row *b)
{
  for (size_t i = 0; i < a->n && i < b->n; i++)
    if (!a->segments[i] != !b->segments[i])
      return a->segments[i];
  return false;
}

static void chain_add(struct api_table *t, struct api_row *row)
{
  /* A parameter in second place ("/docs/{file}") lies in the chain of no text; table_match looks there too. */
  struct api_row **at = &t->chains[chain_of(row->n, second_of(row->n, row->segments))];
  while (*at && !more_literal(row, *at))
    at = &(*at)->next;
  row->next = *at;
  *at = row;
}

/* A list names columns of its table only: found out when the server starts, not when somebody filters. */
static void list_check(const struct api_list *list)
{
  const struct rec *rec = list->table->rec;
  assert(list->sorts && list->sorts[0] && rec_field_find(rec, list->id_field));
  for (const char *const *name = list->sorts; *name; name++)
    assert(list_can_compare(rec_field_find(rec, *name)));
  for (const char *const *name = list->filters; name && *name; name++)
    assert(list_can_compare(rec_field_find(rec, *name)));
}

static void route_check(const struct route *r)
{
  assert(!r->act + !r->serve + !r->list == 2); /* one of the three */
  assert(r->summary && r->success >= 200 && r->success < 300 && r->path[0] == '/');
  assert(!(r->flags & ROUTE_PATCH) || (r->act && r->body));
  if (r->list)
    list_check(r->list);
}

void table_init(struct api_table *t, const struct api_room *rooms)
{
  size_t n = 0, bytes = 0;
  for (const struct api_room *room = rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++) {
      n++;
      bytes += strlen(r->path) + 2;
    }
  *t = (struct api_table){.rows = calloc(n ? n : 1, sizeof *t->rows), .texts = malloc(bytes + 1)};
  assert(t->rows && t->texts);
  char *texts = t->texts;
  for (const struct api_room *room = rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++) {
      struct api_row *row = &t->rows[t->n++];
      row->route = r;
      row->room = room;
      route_check(r);
      row_split(row, &texts);
      chain_add(t, row);
    }
}

void table_done(struct api_table *t)
{
  free(t->rows);
  free(t->texts);
  *t = (struct api_table){0};
}

static bool path_fits(const struct api_row *row, const struct http_request *rq, size_t n)
{
  if (row->n != n)
    return false;
  for (size_t i = 0; i < row->n; i++)
    if (row->segments[i] ? strcmp(row->segments[i], rq->segments.at[i]) != 0 : !rq->segments.at[i][0])
      return false;
  return true;
}

static bool takes_head(const struct route *r)
{
  return strcmp(r->method, "GET") == 0 && !(r->flags & ROUTE_STREAM);
}

static bool method_fits(const struct route *r, const char *asked)
{
  return strcmp(r->method, asked) == 0 || (takes_head(r) && strcmp(asked, "HEAD") == 0);
}

/* Adds a method to the list of Allow unless it is there. */
static void allow_add(struct buf *allow, const struct route *r)
{
  if (allow->n && strstr(buf_str(allow), r->method))
    return;
  buf_printf(allow, "%s%s%s", allow->n ? ", " : "", r->method, takes_head(r) ? ", HEAD" : "");
}

enum err table_match(const struct api_table *t, const struct http_request *rq, struct arena *a, struct api_row **out,
                     const char **out_allow)
{
  struct buf allow;
  buf_init(&allow, a);
  size_t n = rq->segments.n;
  if (n && !rq->segments.at[n - 1][0])
    n--; /* a slash at the end says nothing */
  const char *seconds[] = {second_of(n, rq->segments.at), ""};
  for (size_t i = 0; i < COUNT_OF(seconds); i++)
    for (struct api_row *row = t->chains[chain_of(n, seconds[i])]; row; row = row->next) {
      if (!path_fits(row, rq, n))
        continue;
      if (method_fits(row->route, rq->method)) {
        *out = row;
        return ERR_OK;
      }
      allow_add(&allow, row->route);
    }
  if (!allow.n)
    return ERR_NOT_FOUND;
  buf_text(&allow, ", OPTIONS");
  *out_allow = buf_str(&allow);
  return ERR_METHOD;
}

enum err table_home(const struct api_table *t, struct api_row **out)
{
  for (struct api_row *row = t->chains[chain_of(0, "")]; row; row = row->next)
    if (row->n == 0) {
      *out = row;
      return ERR_OK;
    }
  return ERR_NOT_FOUND;
}
