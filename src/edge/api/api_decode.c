/* Reading a request by its route's table: query parameters, body, and the headers of writes. */
#include "api_priv.h"

#include "idempotency.h"

#include <stdio.h>
#include <string.h>

static const char *query_pointer(struct arena *a, const char *name)
{
  return arena_printf(a, "/query/%s", name);
}

static const struct api_param *param_find(const struct api_param *params, const char *name)
{
  for (const struct api_param *p = params; p && p->name; p++)
    if (strcmp(p->name, name) == 0)
      return p;
  return NULL;
}

static size_t params_count(const struct api_param *params)
{
  size_t n = 0;
  while (params && params[n].name)
    n++;
  return n;
}

static enum err param_read(struct ctx *cx, const struct api_param *p, const char *text, struct api_param_value *out)
{
  union {
    int64_t i64;
    bool flag;
    const char *text;
  } value = {.i64 = ABSENT};
  const struct rec_field field = {.name = p->name, .kind = p->kind, .max = p->kind == REC_TEXT ? API_PARAM_MAX : 0};
  out->text = text;
  TRY(rec_read_text(&field, text, query_pointer(cx->arena, p->name), cx->arena, &cx->fault, &value));
  if (p->kind == REC_BOOL)
    out->i64 = value.flag;
  else if (p->kind == REC_INT || p->kind == REC_INSTANT)
    out->i64 = value.i64;
  return ERR_OK;
}

enum err query_params(struct ctx *cx, const struct http_request *rq, const struct api_param *params,
                      bool (*also)(void *arg, const struct http_pair *pair), void *arg, struct api_param_value **out)
{
  size_t n = params_count(params);
  struct api_param_value *values = ARENA_ARRAY(cx->arena, struct api_param_value, n + 1);
  for (size_t i = 0; i < n; i++)
    values[i].i64 = ABSENT;
  enum err first = ERR_OK;
  for (size_t i = 0; i < rq->query.n; i++) {
    const struct http_pair *pair = &rq->query.at[i];
    const struct api_param *p = param_find(params, pair->name);
    enum err err = ERR_OK;
    if (p && values[p - params].text)
      err = fault_add(&cx->fault, ERR_INVALID, query_pointer(cx->arena, pair->name), "repeated",
                      "the parameter %s is given twice", pair->name);
    else if (p)
      err = param_read(cx, p, pair->value, &values[p - params]);
    else if (!also || !also(arg, pair))
      err = fault_add(&cx->fault, ERR_INVALID, query_pointer(cx->arena, pair->name), "unknown_parameter",
                      "there is no parameter %s here", pair->name);
    first = first ? first : err;
  }
  *out = values;
  return first;
}

/* ---- Bodies ---- */

static const struct rec nothing_rec = {.name = "Nothing", .size = 8};

static bool is_json(const struct http_request *rq, const struct route *route)
{
  return http_content_is(rq, "application/json") ||
         (route->flags & ROUTE_PATCH && http_content_is(rq, "application/merge-patch+json"));
}

enum err decode_body(struct ctx *cx, const struct route *route, const struct http_request *rq, const void **out)
{
  *out = NULL;
  if (route->flags & ROUTE_RAW)
    return ERR_OK;
  if (rq->n_body && !is_json(rq, route)) {
    const char *sent = http_header(rq, "Content-Type");
    bool readable = sent && utf8_valid(sent, strlen(sent)); /* a header may hold any byte above 0x7f */
    return err_fail(cx, ERR_MEDIA_TYPE, "", "this takes application/json, not %s",
                    readable ? sent : sent ? "this Content-Type" : "a body without a Content-Type");
  }
  if (route->flags & ROUTE_PATCH)
    return ERR_OK;
  /* An empty body says what {} says, so that verbs can be called without one. */
  const char *json = rq->n_body ? rq->body : "{}";
  const struct rec *rec = route->body ? route->body : &nothing_rec;
  void *value = arena_alloc(cx->arena, rec->size);
  rec_init(rec, value);
  TRY(rec_read(rec, json, rq->n_body ? rq->n_body : 2, "", cx->arena, &cx->fault, value));
  if (arena_over(cx->arena))
    return err_fail(cx, ERR_TOO_LARGE, "", "this holds more than one request may");
  *out = route->body ? value : NULL;
  return ERR_OK;
}

/* ---- Headers of writes ---- */

enum err decode_if_match(struct ctx *cx, const struct http_request *rq, int64_t *out)
{
  const char *text = http_header(rq, "If-Match");
  *out = ABSENT;
  if (!text || strcmp(text, "*") == 0)
    return ERR_OK;
  if (text_starts(text, "W/"))
    text += 2;
  size_t n = strlen(text);
  if (n > 2 && text[0] == '"' && text[n - 1] == '"') {
    text++;
    n -= 2;
  }
  int64_t version;
  if (n > 18 || !decimal_parse(text, n, 0, &version) || version < 1)
    return err_fail(cx, ERR_MALFORMED, "/header/If-Match", "If-Match must be the ETag of a reply, such as \"3\"");
  *out = version;
  return ERR_OK;
}

enum err decode_key(struct ctx *cx, const struct http_request *rq, const char **out)
{
  const char *key = http_header(rq, "Idempotency-Key");
  *out = NULL;
  if (!key)
    return ERR_OK;
  size_t n = strlen(key);
  bool good = n >= 1 && n <= IDEMPOTENCY_KEY_MAX;
  for (const char *p = key; good && *p; p++)
    good = *p > 0x20 && *p < 0x7f;
  if (!good)
    return err_fail(cx, ERR_INVALID, "/header/Idempotency-Key",
                    "an Idempotency-Key is 1 to %d visible ASCII characters", IDEMPOTENCY_KEY_MAX);
  *out = key;
  return ERR_OK;
}

void decode_request_hash(const struct http_request *rq, unsigned char out[HASH_BYTES])
{
  /* The body by its own hash, so that nothing has to be copied together. */
  unsigned char body[HASH_BYTES];
  char hex[HASH_TEXT];
  sha256(rq->body ? rq->body : "", rq->n_body, body);
  hex_encode(body, HASH_BYTES, hex);
  struct buf b;
  buf_init(&b, rq->arena);
  buf_printf(&b, "%s\n%s\n%s", rq->method, rq->target, hex);
  sha256(buf_str(&b), b.n, out);
}
