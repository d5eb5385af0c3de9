/* The strictness of http: what libmicrohttpd makes of a request's head is looked at again, and passes only where the
 * head, read by the letter of RFC 9112, says the same. The library's part is played here: it gives the headers as it
 * does, read laxly, in place, each byte of a line end a NUL, and tells where it has seen the head end. */
#include "fuzz.h"
#include "http_priv.h"

#include <strings.h>

#define HEADERS_MOST 200

/* A head as the library leaves it in its memory. */
static struct head {
  char *text;
  const char *method, *target, *version;
  char *name[HEADERS_MOST], *value[HEADERS_MOST];
  size_t n, bytes;
} head;

int MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator iterator,
                              void *cls)
{
  (void)connection;
  FUZZ_CHECK(kind == MHD_HEADER_KIND);
  size_t i = 0;
  while (i < head.n && iterator(cls, kind, head.name[i], head.value[i]) == MHD_YES)
    i++;
  return (int)i;
}

const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
                                                        enum MHD_ConnectionInfoType type, ...)
{
  static union MHD_ConnectionInfo info;
  (void)connection;
  FUZZ_CHECK(type == MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  info.header_size = head.bytes;
  return &info;
}

/* Ends the line that begins at p, at LF or CRLF; returns where the next one begins, NULL at the end of the text. A CR
 * alone the library leaves in the line: NUL CR is refused by the server, NUL LF is not. */
static char *end_line(char *p, const char *end, size_t *out_length)
{
  char *lf = memchr(p, '\n', (size_t)(end - p));
  if (!lf)
    return NULL;
  bool both = lf > p && lf[-1] == '\r';
  *out_length = (size_t)(lf - p) - both;
  lf[0] = '\0';
  if (both)
    lf[-1] = '\0';
  return lf + 1;
}

/* Words are parted by spaces: the first is the method, the last, with the spaces behind it, the version. */
static bool take_request_line(char *line)
{
  char *version = line + strlen(line), *target = strchr(line, ' ');
  while (version > line && version[-1] == ' ')
    version--;
  while (version > line && version[-1] != ' ')
    version--;
  if (!target || version <= target + 1)
    return false;
  *target++ = '\0';
  target += strspn(target, " ");
  for (char *p = version; p > target && p[-1] == ' ';)
    *--p = '\0';
  head.method = line;
  head.target = target;
  head.version = version;
  return true;
}

/* Blanks before a value are nothing to the library; a line without a colon it refuses by itself. */
static bool take_header_line(char *line)
{
  char *colon = strchr(line, ':');
  if (!colon)
    return false;
  *colon = '\0';
  head.name[head.n] = line;
  head.value[head.n++] = colon + 1 + strspn(colon + 1, " \t");
  return true;
}

static bool read_laxly(char *text, size_t n)
{
  const char *end = text + n;
  size_t length;
  head = (struct head){.text = text};
  char *next = end_line(text, end, &length);
  if (!next || !take_request_line(text))
    return false;
  while (next < end && head.n < HEADERS_MOST) {
    char *line = next;
    next = end_line(line, end, &length);
    if (!next)
      return false;
    head.bytes = (size_t)(next - text);
    if (length == 0)
      return true;
    if (!take_header_line(line))
      return false;
  }
  return false;
}

/* ---- By the letter ----------------------------------------------------------------------------------------------- */

static bool is_token(const char *s, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!s[i] || !strchr("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", s[i]))
      return false;
  return n > 0;
}

/* A name, a colon at once, and a value without control characters. */
static bool is_header(const char *line, size_t n)
{
  const char *colon = memchr(line, ':', n);
  if (!colon || !is_token(line, (size_t)(colon - line)))
    return false;
  for (const char *p = colon; p < line + n; p++)
    if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f)
      return false;
  return true;
}

struct counted {
  size_t headers, hosts, lengths, codings;
};

static bool named(const char *line, const char *name)
{
  return strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':';
}

static bool is_request_line(const char *line, size_t n)
{
  const char *first = memchr(line, ' ', n);
  const char *second = first ? memchr(first + 1, ' ', n - (size_t)(first + 1 - line)) : NULL;
  return second && is_token(line, (size_t)(first - line)) && second > first + 1 &&
         !memchr(second + 1, ' ', n - (size_t)(second + 1 - line));
}

static void count(struct counted *out, const char *line)
{
  out->headers++;
  out->hosts += named(line, "Host");
  out->lengths += named(line, "Content-Length");
  out->codings += named(line, "Transfer-Encoding");
}

/* The one thing that http cannot see: NULs among LFs that are as long as the line ends which should be there. All take
 * each LF for a line end anyway, so no two parsers differ. */
static char *with_line_ends(const uint8_t *bytes, size_t n)
{
  char *text = fuzz_text(bytes, n);
  for (size_t i = 0, run; i < head.bytes; i += run + 1) {
    size_t lfs = 0;
    for (run = 0; i + run < head.bytes && (!text[i + run] || strchr("\r\n", text[i + run])); run++)
      lfs += text[i + run] == '\n';
    for (size_t k = 0; k < run && lfs * 2 == run; k++)
      text[i + k] = k % 2 ? '\n' : '\r';
  }
  return text;
}

/* Whether the bytes begin with a request line, headers and an empty line, each ended by CRLF. */
static bool is_strict(const char *text, size_t n, struct counted *out)
{
  const char *end = text + n;
  *out = (struct counted){0};
  for (const char *line = text;;) {
    const char *cr = memchr(line, '\r', (size_t)(end - line));
    if (!cr || cr + 1 == end || cr[1] != '\n' || memchr(line, '\n', (size_t)(cr - line)))
      return false;
    if (cr == line)
      return line > text;
    if (!(line == text ? is_request_line : is_header)(line, (size_t)(cr - line)))
      return false;
    if (line > text)
      count(out, line);
    line = cr + 2;
  }
}

/* ---- Checks ------------------------------------------------------------------------------------------------------ */

static void check_refusal(enum err err, const char *why)
{
  FUZZ_CHECK(err == ERR_OK || (why && *why));
  FUZZ_CHECK(err == ERR_OK || err == ERR_MALFORMED || err == ERR_METHOD || err == ERR_HEADERS_TOO_LARGE);
}

static bool is_clean(const char *s)
{
  for (; *s; s++)
    if ((unsigned char)*s < 0x20 || *s == 0x7f)
      return false;
  return true;
}

static bool check_the_target(struct http_request *rq)
{
  const char *why = NULL;
  enum err err = check_target(rq, &why);
  check_refusal(err, why);
  if (err != ERR_OK)
    return false;
  FUZZ_CHECK(rq->path && utf8_valid(rq->path, strlen(rq->path)) && is_clean(rq->path));
  FUZZ_CHECK(rq->query.n <= HTTP_QUERY_MAX && strlen(rq->target) <= HTTP_TARGET_MAX);
  EACH (const char *const, segment, &rq->segments)
    FUZZ_CHECK(strcmp(*segment, ".") != 0 && strcmp(*segment, "..") != 0 && is_clean(*segment));
  EACH (const struct http_pair, pair, &rq->query) {
    FUZZ_CHECK(utf8_valid(pair->name, strlen(pair->name)) && utf8_valid(pair->value, strlen(pair->value)));
    FUZZ_CHECK(http_query(rq, pair->name));
  }
  return true;
}

static void check_look_ups(struct http_request *rq)
{
  struct http_reply reply = {.status = 200};
  const char *cookie = http_cookie(rq, "ordo_session");
  FUZZ_CHECK(!cookie || http_header(rq, "Cookie"));
  FUZZ_CHECK(!http_content_is(rq, "application/json") || http_header(rq, "Content-Type"));
  FUZZ_CHECK(http_not_modified(rq, "\"7\"", &reply) == (reply.status == 304));
  EACH (const struct http_pair, pair, &rq->headers)
    FUZZ_CHECK(http_header(rq, pair->name) && is_token(pair->name, strlen(pair->name)));
}

static void check_passed(const struct exchange *x, const struct counted *strict, bool http_1_1)
{
  const struct http_request *rq = &x->rq;
  FUZZ_CHECK(rq->headers.n == strict->headers);
  FUZZ_CHECK(strict->hosts == 1 || (!http_1_1 && strict->hosts == 0));
  FUZZ_CHECK(strict->lengths + strict->codings <= 1 && x->chunked == (strict->codings == 1));
  FUZZ_CHECK(!x->chunked || http_1_1);
  const char *length = http_header(rq, "Content-Length");
  FUZZ_CHECK(!length || (x->content_length >= 0 && *length && strspn(length, "0123456789") == strlen(length)));
}

static void check_head(struct arena *a, const uint8_t *bytes, size_t n)
{
  char *text = fuzz_text(bytes, n);
  struct exchange *x = ARENA_NEW(a, struct exchange);
  const char *why = NULL;
  struct counted strict;
  if (read_laxly(text, n)) {
    x->rq.arena = a;
    x->rq.method = head.method;
    x->rq.target = x->raw_target = head.target;
    enum err method = check_method(head.method, &why);
    check_refusal(method, why);
    bool target = check_the_target(&x->rq);
    enum err headers = check_headers(x, head.method, head.version, &why);
    check_refusal(headers, why);
    if (method == ERR_OK && target && headers == ERR_OK) {
      char *sent = with_line_ends(bytes, n);
      FUZZ_CHECK(is_strict(sent, n, &strict));
      free(sent);
      check_passed(x, &strict, strcmp(head.version, "HTTP/1.1") == 0);
      check_look_ups(&x->rq);
    }
  }
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new((size_t)1 << 26);
  check_head(a, bytes, n);
  arena_free(a);
  return 0;
}
