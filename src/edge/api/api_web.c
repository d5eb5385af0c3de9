/* The console: files embedded in the binary (cmake/console.cmake), served packed. Files under /assets have their hash in
 * their name and are kept for ever; pages are asked for again each time. Addresses of screens all get the page of their
 * shell; what they show is the page's business, and what they may see is the API's. */
#include "api_priv.h"

#include <string.h>

extern const char web_pack[]; /* web_pack.c */

/* ---- The pack: a head of text, then bytes; made by web/tools/pack.mjs ---- */

struct span {
  const char *at;
  size_t n;
};

struct web_file {
  struct span path, type, encoding, etag;
  const char *bytes;
  size_t n;
};

/* The next word of a line; *at moves past the blank after it. */
static struct span word(const char **at)
{
  struct span w = {*at, strcspn(*at, " \n")};
  *at += w.n + (w.at[w.n] == ' ');
  return w;
}

static int64_t number(struct span w)
{
  int64_t n = 0;
  bool fine = decimal_parse(w.at, w.n, 0, &n);
  assert(fine); /* our own pack */
  return n;
}

static bool is(struct span w, const char *text)
{
  return strlen(text) == w.n && memcmp(text, w.at, w.n) == 0;
}

/* The head is short: some hundred lines, looked through in microseconds. */
static bool web_find(const char *path, struct web_file *out)
{
  const char *head_end = strstr(web_pack, "\n\n");
  assert(head_end);
  const char *bytes = head_end + 2;
  for (const char *at = strchr(web_pack, '\n') + 1; at < head_end; at = memchr(at, '\n', (size_t)(bytes - at)) + 1) {
    struct web_file f = {.path = word(&at)};
    if (!is(f.path, path))
      continue;
    f.type = word(&at);
    f.encoding = word(&at);
    f.bytes = bytes + number(word(&at));
    f.n = (size_t)number(word(&at));
    f.etag = word(&at);
    *out = f;
    return true;
  }
  return false;
}

/* ---- What a page may do: docs/decisions/console-embedded.md ---- */

#define CSP_COMMON                                                                                                     \
  "default-src 'none'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; "         \
  "worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "

static const struct shell {
  const char *prefix, *page, *csp;
} shells[] = {
    {"/track/", "/portal.html", CSP_COMMON "script-src 'self'; style-src 'self'"},
    {"/floor", "/index.html", CSP_COMMON "script-src 'self' 'wasm-unsafe-eval'; style-src 'self'"},
    {"/kds", "/index.html", CSP_COMMON "script-src 'self' 'wasm-unsafe-eval'; style-src 'self'"},
    /* antd puts style elements into the page while it runs */
    {"/", "/index.html", CSP_COMMON "script-src 'self'; style-src 'self'; style-src-elem 'self' 'unsafe-inline'"},
};

static const struct shell *shell_of(const char *path)
{
  for (size_t i = 0; i < COUNT_OF(shells); i++) {
    size_t n = strlen(shells[i].prefix);
    bool whole = shells[i].prefix[n - 1] == '/';
    if (strncmp(path, shells[i].prefix, n) == 0 && (whole || !path[n] || path[n] == '/'))
      return &shells[i];
  }
  return &shells[COUNT_OF(shells) - 1];
}

static enum err answer(struct ctx *cx, const struct api_request *rq, const struct web_file *f, const char *caching)
{
  struct http_reply *reply = rq->reply;
  struct arena *a = cx->arena;
  reply->status = 200;
  reply->body = f->bytes;
  reply->n_body = f->n;
  reply->gzipped = is(f->encoding, "gzip");
  http_header_add(a, reply, "Content-Type", arena_printf(a, "%.*s", (int)f->type.n, f->type.at));
  http_header_add(a, reply, "Cache-Control", caching);
  http_header_add(a, reply, "X-Content-Type-Options", "nosniff");
  http_header_add(a, reply, "Referrer-Policy", "no-referrer");
  http_header_add(a, reply, "Cross-Origin-Resource-Policy", "same-origin");
  http_not_modified(rq->http, arena_printf(a, "\"%.*s\"", (int)f->etag.n, f->etag.at), reply);
  return ERR_OK;
}

static enum err serve_screen(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct web_file f;
  (void)out;
  const struct shell *shell = shell_of(rq->http->path);
  if (!web_find(shell->page, &f)) { /* built without the console */
    rq->reply->status = 302;
    rq->reply->body = "";
    http_header_add(cx->arena, rq->reply, "Location", "/docs");
    return ERR_OK;
  }
  http_header_add(cx->arena, rq->reply, "Content-Security-Policy", shell->csp);
  http_header_add(cx->arena, rq->reply, "Cross-Origin-Opener-Policy", "same-origin");
  http_header_add(cx->arena, rq->reply, "Permissions-Policy", "camera=(self), microphone=(), geolocation=()");
  return answer(cx, rq, &f, "no-cache");
}

static enum err serve_asset(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct web_file f;
  (void)out;
  if (!web_find(rq->http->path, &f))
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no file %s", rq->http->path);
  /* A worker is under the rules of its own answer. */
  http_header_add(cx->arena, rq->reply, "Content-Security-Policy", "default-src 'none'; script-src 'self'; "
                                                                   "connect-src 'self'");
  return answer(cx, rq, &f, "public, max-age=31536000, immutable");
}

static enum err serve_rest(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct web_file f;
  (void)out;
  if (!web_find(rq->http->path, &f))
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no file %s", rq->http->path);
  return answer(cx, rq, &f, "no-cache");
}

bool web_screen_wanted(const struct http_request *rq)
{
  static const char *const others[] = {"/v1/", "/docs/", "/assets/"};
  const char *accept = http_header(rq, "Accept");
  if ((strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0) || !accept || !strstr(accept, "text/html"))
    return false;
  for (size_t i = 0; i < COUNT_OF(others); i++)
    if (strncmp(rq->path, others[i], strlen(others[i])) == 0)
      return false;
  return true;
}

#define PAGE(path_, summary_, serve_)                                                                                  \
  {                                                                                                                    \
    "GET", path_, summary_, .needs = PERM_PUBLIC, .success = 200, .serve = serve_, .flags = ROUTE_HIDDEN               \
  }
const struct route web_routes[] = {
    PAGE("/", "The console, and each address of it that no other row has", serve_screen),
    PAGE("/assets/{file}", "Parts of the console", serve_asset),
    PAGE("/sw.js", "The service worker of the floor", serve_rest),
    PAGE("/icon.svg", "The icon", serve_rest),
    PAGE("/app.webmanifest", "What the console is as an app", serve_rest),
    {0},
};
