/* The console: files embedded in the binary (cmake/console.cmake), served packed. Files under /assets have their hash in
 * their name and are kept for ever; pages are asked for again each time. Addresses of screens all get the page of their
 * shell; what they show is the page's business, and what they may see is the API's. One page says something before its script
 * runs: customers on slow phones read there when their order comes. */
#include "api_priv.h"

#include "tracking.h"

#include <string.h>
#include <strings.h>

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

static void add_headers(struct ctx *cx, const struct api_request *rq, const struct web_file *f, const char *caching)
{
  http_header_add(cx->arena, rq->reply, "Content-Type", arena_printf(cx->arena, "%.*s", (int)f->type.n, f->type.at));
  http_header_add(cx->arena, rq->reply, "Cache-Control", caching);
  http_header_add(cx->arena, rq->reply, "X-Content-Type-Options", "nosniff");
  http_header_add(cx->arena, rq->reply, "Referrer-Policy", "no-referrer");
  http_header_add(cx->arena, rq->reply, "Cross-Origin-Resource-Policy", "same-origin");
}

static enum err answer(struct ctx *cx, const struct api_request *rq, const struct web_file *f, const char *caching)
{
  struct http_reply *reply = rq->reply;
  struct arena *a = cx->arena;
  reply->status = 200;
  reply->body = f->bytes;
  reply->n_body = f->n;
  reply->gzipped = is(f->encoding, "gzip");
  add_headers(cx, rq, f, caching);
  http_not_modified(rq->http, arena_printf(a, "\"%.*s\"", (int)f->etag.n, f->etag.at), reply);
  return ERR_OK;
}

/* ---- What a customer reads before any script runs ---- */

/* Lines "KEY<tab>TEXT" of the message catalogs, by web/tools/pack.mjs. */
struct told {
  struct buf out;
  struct web_file texts;
  const char *language;
};

static const char *told_text(struct arena *a, const struct told *told, const char *group, const char *key)
{
  const char *name = arena_printf(a, "%s%s\t", group, key), *end = told->texts.bytes + told->texts.n;
  size_t n = strlen(name);
  for (const char *at = told->texts.bytes; at < end;) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    if (!line_end)
      break;
    if ((size_t)(line_end - at) > n && memcmp(at, name, n) == 0)
      return arena_textn(a, at + n, (size_t)(line_end - at) - n);
    at = line_end + 1;
  }
  return "";
}

static void add_html(struct buf *out, const char *text)
{
  for (const char *c = text ? text : ""; *c; c++) {
    const char *safe = *c == '&' ? "&amp;" : *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '"' ? "&quot;" : NULL;
    if (safe)
      buf_text(out, safe);
    else
      buf_add(out, c, 1);
  }
}

/* Ours that is nearest to a BCP 47 tag, as `nearest` of shared/i18n; NULL = none is near. */
static const char *language_near(const char *tag)
{
  if (!tag || strncasecmp(tag, "zh", 2) != 0)
    return tag && strncasecmp(tag, "en", 2) == 0 ? "en" : NULL;
  size_t n = strcspn(tag, ",;");
  static const char *const traditional[] = {"hant", "tw", "hk", "mo"};
  for (size_t i = 0; i < COUNT_OF(traditional); i++)
    for (size_t at = 0; at + strlen(traditional[i]) <= n; at++)
      if (strncasecmp(tag + at, traditional[i], strlen(traditional[i])) == 0)
        return "zh-TW";
  return "zh-CN";
}

const char *web_language(const struct http_request *rq, const char *own)
{
  const char *found = language_near(own), *at = http_header(rq, "Accept-Language");
  while (!found && at && *at) {
    at += strspn(at, " ,");
    found = language_near(at);
    at += strcspn(at, ",");
  }
  return found ? found : "en";
}

static const char *head_of(const struct tracking_view *view, struct instant *out_day)
{
  static const char *const over[] = {"delivered", "collected", "ready", "cancelled", "returning"};
  *out_day = INSTANT(ABSENT);
  for (size_t i = 0; i < COUNT_OF(over); i++)
    if (text_eq(view->state, over[i])) {
      EACH (struct tracking_step, step, &view->steps)
        if (i < 2 && text_eq(step->code, over[i]))
          *out_day = step->at;
      return over[i];
    }
  *out_day = instant_set(view->expected.deliver_by) ? view->expected.deliver_by : view->expected.ship_by;
  return instant_set(view->expected.deliver_by) ? "expected" : instant_set(view->expected.ship_by) ? "leaves" : "soon";
}

static void tell_status(struct arena *a, struct told *told, const struct tracking_view *view)
{
  struct instant when;
  const char *head = told_text(a, told, "head.", head_of(view, &when));
  const char *state = told_text(a, told, "state.", view->state);
  const char *day = tracking_day(a, when, view->expected.time_zone, told->language);
  struct buf *out = &told->out;
  buf_text(out, "<section class=\"card first\"><p class=\"kicker\">");
  add_html(out, head);
  buf_text(out, "</p><h1>");
  add_html(out, day ? day : state);
  buf_text(out, "</h1>");
  if (day) {
    buf_text(out, "<p class=\"state-word\">");
    add_html(out, state);
    buf_text(out, "</p>");
  }
  buf_text(out, "</section><section class=\"card facts-card\"><dl><div><dt>");
  add_html(out, told_text(a, told, "", "number"));
  buf_text(out, "</dt><dd>");
  add_html(out, view->order_number);
  buf_text(out, "</dd></div></dl></section>");
}

static void tell_unknown(struct arena *a, struct told *told)
{
  buf_text(&told->out, "<section class=\"kind\"><h1>");
  add_html(&told->out, told_text(a, told, "", "unknown"));
  buf_text(&told->out, "</h1><p>");
  add_html(&told->out, told_text(a, told, "", "unknown_text"));
  buf_text(&told->out, "</p></section>");
}

/* "{{number}} of {{shop}}", in whatever order the language has them. */
static void add_title(struct arena *a, struct told *told, const char *number_text, const char *shop)
{
  const char *at = told_text(a, told, "", "page_title");
  const struct {
    const char *mark, *value;
  } parts[] = {{"{{number}}", number_text}, {"{{shop}}", shop}};
  while (*at) {
    size_t taken = 0;
    for (size_t i = 0; i < COUNT_OF(parts) && !taken; i++)
      if (text_starts(at, parts[i].mark)) {
        add_html(&told->out, parts[i].value);
        taken = strlen(parts[i].mark);
      }
    if (!taken)
      buf_add(&told->out, at, 1);
    at += taken ? taken : 1;
  }
}

/* The page's own bytes up to a mark of it, which is left out; false when the mark is not there. */
static bool page_until(struct told *told, const char **at, const char *mark)
{
  const char *found = strstr(*at, mark);
  if (!found)
    return false;
  buf_add(&told->out, *at, (size_t)(found - *at));
  *at = found + strlen(mark);
  return true;
}

/* view NULL: no such order. */
static bool tell(struct arena *a, const char *page, struct told *told, const struct tracking_view *view)
{
  struct buf *out = &told->out;
  const char *shop = view && view->shop.name ? view->shop.name : "";
  if (!page_until(told, &page, "<html lang=\"en\">"))
    return false;
  buf_printf(out, "<html lang=\"%s\">", told->language);
  if (!page_until(told, &page, "<title>Ordo</title>"))
    return false;
  buf_text(out, "<title>");
  view ? add_title(a, told, view->order_number, shop) : add_html(out, told_text(a, told, "", "title"));
  buf_text(out, "</title>");
  if (!page_until(told, &page, "<main class=\"page\" aria-busy=\"true\"></main>"))
    return false;
  buf_text(out, "<div class=\"shell told\"><header class=\"top\"><span class=\"shop\">");
  add_html(out, shop);
  buf_text(out, "</span></header><main class=\"page\">");
  view ? tell_status(a, told, view) : tell_unknown(a, told);
  buf_text(out, "</main></div>");
  buf_text(out, page);
  return true;
}

/* Puts the order's status into the page; false, and the page stays as it is, when there is nothing to say. */
static bool tell_tracking(struct ctx *cx, const struct api_request *rq, const struct web_file *f)
{
  struct tracking_view *view = ARENA_NEW(cx->arena, struct tracking_view);
  struct order_id id;
  struct told told = {0};
  const char *token = rq->http->path + strlen("/track/");
  token = arena_textn(cx->arena, token, strcspn(token, "/"));
  if (!is(f->encoding, "identity") || !track_may_ask(cx, rq->api, rq->http))
    return false;
  enum err err = tracking_token_read(cx, token, &id);
  if (err == ERR_OK)
    err = tracking_view_make(cx, id, NULL, view);
  fault_clear(&cx->fault);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return false;
  told.language = web_language(rq->http, err == ERR_OK ? view->language : NULL);
  buf_init(&told.out, cx->arena);
  if (!web_find(arena_printf(cx->arena, "told/%s", told.language), &told.texts) ||
      !tell(cx->arena, arena_textn(cx->arena, f->bytes, f->n), &told, err == ERR_OK ? view : NULL))
    return false;
  rq->reply->status = 200;
  rq->reply->body = told.out.at;
  rq->reply->n_body = told.out.n;
  return true;
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
  if (text_starts(rq->http->path, "/track/") && tell_tracking(cx, rq, &f)) {
    add_headers(cx, rq, &f, "no-store");
    return ERR_OK;
  }
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
  static const char customers[] = "/track/"; /* links in mails: scanners and previews accept whatever comes */
  const char *accept = http_header(rq, "Accept");
  if (strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0)
    return false;
  if (strncmp(rq->path, customers, strlen(customers)) == 0)
    return true;
  if (!accept || !strstr(accept, "text/html"))
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
