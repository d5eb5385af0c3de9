/* Strictness: what a request must be before anybody sees it.
 *
 * libmicrohttpd 0.9.75 is lax where two parsers in a row must agree: it takes a bare CR or LF for a line end, unfolds
 * folded headers, keeps the first of two Content-Lengths. A proxy before us that reads such a request differently could
 * be made to smuggle one request inside another. So every header is looked at again here. Line ends are gone by then,
 * but the library parses in place and overwrites each byte of a line end with NUL, and its pointers lead into that
 * memory: between two headers there must lie exactly two NULs. A bare CR or LF leaves one, a folded line is somewhere
 * else altogether, a NUL that was sent is followed by something else, or makes the head longer than the lines seen in
 * it. A NUL and a bare LF cannot be told from CRLF: every parser ends the line there, so they part no two. Should a
 * later version of the library keep its headers otherwise, every request is refused, which no test overlooks.
 */
#include "http_priv.h"

#include <string.h>
#include <strings.h>

enum { VERSION_LENGTH = 8 }; /* "HTTP/1.1" */

static enum err refuse(const char **why, enum err code, const char *sentence)
{
  *why = sentence;
  return code;
}

static bool is_token(const char *s)
{
  if (!*s)
    return false;
  for (; *s; s++) {
    bool alphanumeric = (*s >= '0' && *s <= '9') || ((*s | 0x20) >= 'a' && (*s | 0x20) <= 'z');
    if (!alphanumeric && !strchr("!#$%&'*+-.^_`|~", *s))
      return false;
  }
  return true;
}

enum err check_method(const char *method, const char **why)
{
  static const char *const known[] = {"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"};
  for (size_t i = 0; i < COUNT_OF(known); i++)
    if (strcmp(method, known[i]) == 0)
      return ERR_OK;
  if (!is_token(method))
    return refuse(why, ERR_MALFORMED, "The request's method is not well-formed");
  return refuse(why, ERR_METHOD, "GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS are the methods of this server");
}

/* ---- Target ---- */

static int hex_value(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c = (char)(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes n bytes of percent-encoding into the arena; NULL when malformed, not UTF-8, or with control characters. */
static const char *decode(struct arena *a, const char *s, size_t n, bool plus_is_space)
{
  char *out = arena_alloc(a, n + 1);
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    char c = s[i];
    if (c == '%') {
      int high = i + 2 < n ? hex_value(s[i + 1]) : -1, low = high < 0 ? -1 : hex_value(s[i + 2]);
      if (high < 0 || low < 0)
        return NULL;
      c = (char)(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if ((unsigned char)c < (plus_is_space ? 1 : 0x20) || c == 0x7f)
      return NULL;
    out[at++] = c;
  }
  out[at] = 0;
  return utf8_valid(out, at) ? out : NULL;
}

static bool split_path(struct http_request *rq, const char *path, size_t n)
{
  struct buf whole;
  buf_init(&whole, rq->arena);
  for (size_t at = 0; at < n;) {
    size_t length = 0;
    while (at + 1 + length < n && path[at + 1 + length] != '/')
      length++;
    const char *segment = decode(rq->arena, path + at + 1, length, false);
    if (!segment || strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
      return false;
    buf_char(&whole, '/');
    buf_text(&whole, segment);
    if (length || at + 1 < n)
      *LIST_ADD(rq->arena, &rq->segments) = segment;
    at += 1 + length;
  }
  rq->path = buf_str(&whole);
  return true;
}

static bool split_query(struct http_request *rq, const char *query)
{
  while (*query) {
    size_t n = strcspn(query, "&");
    size_t n_name = strcspn(query, "&=");
    if (n) {
      if (rq->query.n == HTTP_QUERY_MAX)
        return false;
      const char *name = decode(rq->arena, query, n_name, true);
      const char *value = n_name < n ? decode(rq->arena, query + n_name + 1, n - n_name - 1, true) : "";
      if (!name || !value)
        return false;
      *LIST_ADD(rq->arena, &rq->query) = (struct http_pair){name, value};
    }
    query += n;
    query += *query == '&';
  }
  return true;
}

enum err check_target(struct http_request *rq, const char **why)
{
  const char *t = rq->target;
  if (strlen(t) > HTTP_TARGET_MAX)
    return refuse(why, ERR_HEADERS_TOO_LARGE, "The request's target is too long");
  for (const char *p = t; *p; p++)
    if (*p <= ' ' || *p == 0x7f || *p == '#') /* char is signed: this refuses raw bytes above 0x7f too */
      return refuse(why, ERR_MALFORMED, "The request's target holds a character that must be percent-encoded");
  if (strcmp(t, "*") == 0 && strcmp(rq->method, "OPTIONS") == 0) {
    rq->path = "*";
    return ERR_OK;
  }
  if (strncasecmp(t, "http://", 7) == 0 || strncasecmp(t, "https://", 8) == 0) { /* a proxy's form: we are the host */
    t = strchr(t, ':') + 3;
    size_t n_host = strcspn(t, "/?");
    if (n_host == 0)
      return refuse(why, ERR_MALFORMED, "The request's target has no host");
    t += n_host;
  } else if (*t != '/') {
    return refuse(why, ERR_MALFORMED, "The request's target must begin with a slash");
  }
  size_t n_path = strcspn(t, "?");
  if (!split_path(rq, n_path ? t : "/", n_path ? n_path : 1))
    return refuse(why, ERR_MALFORMED, "The request's path is not well-formed");
  if (t[n_path] && !split_query(rq, t + n_path + 1))
    return refuse(why, ERR_MALFORMED, "The request's query is not well-formed");
  return ERR_OK;
}

/* ---- Headers ---- */

static bool is_field_value(const char *s)
{
  for (; *s; s++)
    if (((unsigned char)*s < ' ' && *s != '\t') || *s == 0x7f)
      return false;
  return true;
}

struct header_walk {
  struct exchange *x;
  const char *expected; /* where the next header must begin; NULL once something lay elsewhere */
  size_t bytes;
  bool too_many, bad;
};

/* The bytes a line end became: NUL NUL. Returns where the next line begins, or NULL. */
static const char *after_line(const char *end)
{
  return end[0] == 0 && end[1] == 0 ? end + 2 : NULL;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
  (void)kind;
  struct header_walk *w = cls;
  struct http_request *rq = &w->x->rq;
  if (!value) { /* a name alone: no line of the request says that */
    w->bad = true;
    return MHD_NO;
  }
  w->bytes += strlen(name) + strlen(value);
  if (rq->headers.n == HTTP_HEADER_COUNT_MAX || w->bytes > HTTP_HEADERS_MAX) {
    w->too_many = true;
    return MHD_NO;
  }
  if (name != w->expected || !is_token(name) || !is_field_value(value))
    w->bad = true;
  w->expected = after_line(value + strlen(value));
  size_t n = strlen(value);
  while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
    n--;
  *LIST_ADD(rq->arena, &rq->headers) =
      (struct http_pair){arena_text(rq->arena, name), arena_textn(rq->arena, value, n)};
  return w->bad ? MHD_NO : MHD_YES;
}

static size_t count_header(const struct http_request *rq, const char *name)
{
  size_t n = 0;
  EACH (const struct http_pair, pair, &rq->headers)
    n += strcasecmp(pair->name, name) == 0;
  return n;
}

/* Digits only, and no more than a body could ever have. */
static bool parse_length(const char *s, int64_t *out)
{
  int64_t v = 0;
  if (!*s)
    return false;
  for (; *s; s++) {
    if (*s < '0' || *s > '9' || v > INT64_MAX / 100)
      return false;
    v = v * 10 + (*s - '0');
  }
  *out = v;
  return true;
}

/* How long the body is must be said once and in one way. */
static enum err check_framing(struct exchange *x, bool http_1_1, const char **why)
{
  const struct http_request *rq = &x->rq;
  const char *length = http_header(rq, "Content-Length"), *coding = http_header(rq, "Transfer-Encoding");
  if (length && coding)
    return refuse(why, ERR_MALFORMED, "Content-Length and Transfer-Encoding cannot both be given");
  if (count_header(rq, "Content-Length") > 1 || count_header(rq, "Transfer-Encoding") > 1)
    return refuse(why, ERR_MALFORMED, "The length of the body is given twice");
  if (length && !parse_length(length, &x->content_length))
    return refuse(why, ERR_MALFORMED, "Content-Length is not a number");
  if (coding && (strcasecmp(coding, "chunked") != 0 || !http_1_1))
    return refuse(why, ERR_MALFORMED, "The only Transfer-Encoding here is chunked, in HTTP/1.1");
  x->chunked = coding != NULL;
  return ERR_OK;
}

/* Whether the empty line at `empty` is where the library has seen the head end. */
static bool ends_head(const struct exchange *x, const char *method, const char *empty)
{
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info && empty + 2 == method + info->header_size && after_line(empty);
}

/* One space between method, target and version, each of which became a NUL. */
static bool is_request_line(const struct exchange *x, const char *method, const char *version)
{
  return x->raw_target == method + strlen(method) + 1 && version == x->raw_target + strlen(x->rq.target) + 1;
}

enum err check_headers(struct exchange *x, const char *method, const char *version, const char **why)
{
  bool http_1_1 = strcmp(version, "HTTP/1.1") == 0;
  if (!is_request_line(x, method, version))
    return refuse(why, ERR_MALFORMED, "The request line is not well-formed");
  if (!http_1_1 && strcmp(version, "HTTP/1.0") != 0)
    return refuse(why, ERR_MALFORMED, "This server speaks HTTP/1.1 and HTTP/1.0");
  struct header_walk w = {.x = x, .expected = after_line(version + VERSION_LENGTH)};
  MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_header, &w);
  if (w.too_many)
    return refuse(why, ERR_HEADERS_TOO_LARGE, "The request's headers are too large");
  if (w.bad || !w.expected || !ends_head(x, method, w.expected))
    return refuse(why, ERR_MALFORMED, "The request's headers are not well-formed");
  TRY(check_framing(x, http_1_1, why));
  size_t hosts = count_header(&x->rq, "Host");
  if (hosts > 1 || (http_1_1 && hosts == 0))
    return refuse(why, ERR_MALFORMED, "The request needs one Host header");
  const char *expect = http_header(&x->rq, "Expect");
  x->expects_continue = expect && http_1_1 && strcasecmp(expect, "100-continue") == 0;
  return ERR_OK;
}
