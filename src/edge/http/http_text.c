/* Look-ups in a request's lists and small texts of HTTP: what the callers of the room use on their own thread. */
#include "http.h"

#include <string.h>
#include <strings.h>

const char *http_query(const struct http_request *rq, const char *name)
{
  EACH (const struct http_pair, pair, &rq->query)
    if (strcmp(pair->name, name) == 0)
      return pair->value;
  return NULL;
}

const char *http_header(const struct http_request *rq, const char *name)
{
  EACH (const struct http_pair, pair, &rq->headers)
    if (strcasecmp(pair->name, name) == 0)
      return pair->value;
  return NULL;
}

/* The value of name in one Cookie header, "a=1; b=2", or NULL. */
static char *cookie_in(struct arena *a, const char *header, const char *name)
{
  size_t n_name = strlen(name);
  while (*header) {
    header += strspn(header, "; \t");
    size_t n = strcspn(header, ";");
    if (n > n_name && header[n_name] == '=' && strncmp(header, name, n_name) == 0) {
      const char *value = header + n_name + 1;
      n -= n_name + 1;
      while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
        n--;
      if (n >= 2 && value[0] == '"' && value[n - 1] == '"')
        return arena_textn(a, value + 1, n - 2);
      return arena_textn(a, value, n);
    }
    header += n;
  }
  return NULL;
}

const char *http_cookie(const struct http_request *rq, const char *name)
{
  EACH (const struct http_pair, pair, &rq->headers) {
    if (strcasecmp(pair->name, "Cookie") != 0)
      continue;
    const char *value = cookie_in(rq->arena, pair->value, name);
    if (value)
      return value;
  }
  return NULL;
}

bool http_content_is(const struct http_request *rq, const char *type)
{
  const char *sent = http_header(rq, "Content-Type");
  if (!sent)
    return false;
  size_t n = strcspn(sent, "; \t");
  return strlen(type) == n && strncasecmp(sent, type, n) == 0;
}

void http_header_add(struct arena *a, struct http_reply *reply, const char *name, const char *value)
{
  *LIST_ADD(a, &reply->headers) = (struct http_pair){name, value};
}

/* Whether a list of entity tags names etag, by the weak comparison that If-None-Match asks for. */
static bool etag_listed(const char *list, const char *etag)
{
  if (text_starts(etag, "W/"))
    etag += 2;
  size_t n_etag = strlen(etag);
  while (*list) {
    list += strspn(list, ", \t");
    if (*list == '*')
      return true;
    if (text_starts(list, "W/"))
      list += 2;
    if (strncmp(list, etag, n_etag) == 0 && strchr(", \t", list[n_etag]))
      return true;
    list += strcspn(list, ",");
  }
  return false;
}

bool http_not_modified(const struct http_request *rq, const char *etag, struct http_reply *reply)
{
  http_header_add(rq->arena, reply, "ETag", etag);
  const char *sent = http_header(rq, "If-None-Match");
  if (!sent || !etag_listed(sent, etag))
    return false;
  reply->status = 304;
  reply->body = NULL;
  reply->n_body = 0;
  return true;
}
