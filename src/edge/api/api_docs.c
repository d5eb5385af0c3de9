/* /docs: pages for people, embedded, without any outside host. The API reference is Swagger UI over /v1/openapi.json;
 * the pages behind the `type` of problem documents come from ERR_LIST and the table here. */
#include "api_priv.h"

#include "docs_files.h"

#include <string.h>

static const char csp[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static void page_headers(struct arena *a, struct http_reply *reply, const char *type)
{
  http_header_add(a, reply, "Content-Type", type);
  http_header_add(a, reply, "Content-Security-Policy", csp);
  http_header_add(a, reply, "X-Content-Type-Options", "nosniff");
  http_header_add(a, reply, "Referrer-Policy", "no-referrer");
  http_header_add(a, reply, "Cache-Control", "no-cache");
}

/* ---- Files ---- */

static const struct {
  const char *end, *type;
} types[] = {{".html", "text/html; charset=utf-8"},
             {".js", "text/javascript; charset=utf-8"},
             {".css", "text/css; charset=utf-8"},
             {".svg", "image/svg+xml"}};

static const char *type_of(const char *name)
{
  size_t n = strlen(name);
  for (size_t i = 0; i < COUNT_OF(types); i++) {
    size_t m = strlen(types[i].end);
    if (n > m && strcmp(name + n - m, types[i].end) == 0)
      return types[i].type;
  }
  return "application/octet-stream";
}

/* Embedded files are gzipped: "docs.js" is "docs.js.gz". */
static const struct embedded_file *file_find(const char *name)
{
  size_t n = strlen(name);
  for (size_t i = 0; i < docs_files_n; i++)
    if (strncmp(docs_files[i].name, name, n) == 0 && strcmp(docs_files[i].name + n, ".gz") == 0)
      return &docs_files[i];
  return NULL;
}

static enum err serve_named(struct ctx *cx, const struct api_request *rq, const char *name)
{
  const struct embedded_file *file = file_find(name);
  if (!file)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no page %s", name);
  struct http_reply *reply = rq->reply;
  reply->status = 200;
  reply->body = file->bytes;
  reply->n_body = file->n;
  reply->gzipped = true;
  page_headers(cx->arena, reply, type_of(name));
  /* gzip ends with the CRC and the length of what it holds. */
  const unsigned char *end = file->bytes + file->n - 8;
  const char *etag = arena_printf(cx->arena, "\"%02x%02x%02x%02x-%zx\"", end[0], end[1], end[2], end[3], file->n);
  http_not_modified(rq->http, etag, reply);
  return ERR_OK;
}

static enum err serve_reference(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  return serve_named(cx, rq, "index.html");
}

static enum err serve_file(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  return serve_named(cx, rq, rq->id);
}

/* ---- Pages of errors ---- */

static const char *const meanings[ERR_COUNT] = {
    [ERR_MALFORMED] =
        "The bytes cannot be read: broken JSON, bad UTF-8, a doubled key, too much nesting, or a header that is "
        "not what it should be. The detail tells the byte offset. Sending the same again gives the same.",
    [ERR_UNAUTHENTICATED] = "The request carries no API key or session, or one that is unknown, expired or revoked.",
    [ERR_MFA] = "The password is right, and this user signs in with a second step: send the same again with `code`, what the "
                "user's app shows or a recovery code.",
    [ERR_FORBIDDEN] = "The user or key is known, but lacks the permission that the detail names.",
    [ERR_CSRF] = "A write with the session cookie needs the header X-CSRF-Token with the token from GET /v1/session.",
    [ERR_NOT_FOUND] = "There is no record with this id, number or code, or no such address.",
    [ERR_METHOD] = "The address exists but does not answer this method; the Allow header lists those it answers.",
    [ERR_TIMEOUT] = "The request did not arrive in time. It was not processed.",
    [ERR_STATE] = "The record is in a state in which this cannot be done. Read it again; next_actions says what can.",
    [ERR_HELD] = "The order has open holds. Release them with a reason, then try again.",
    [ERR_SHORTAGE] =
        "Less is free than was asked. Each entry of errors names the SKU, what was asked and what is available. "
        "Nothing was stored.",
    [ERR_EXISTS] = "A record with this code, SKU or other unique value exists already; errors names the field.",
    [ERR_EXTERNAL_ID] =
        "An order of this channel and external id exists with different content. Its id is in `id`, and "
        "errors lists the members that differ.",
    [ERR_IN_PROGRESS] = "The first request with this Idempotency-Key has not finished. Try again a little later.",
    [ERR_VERSION] =
        "If-Match names a version that is no longer the newest. Read the record again, look at what has changed "
        "(errors), and decide anew.",
    [ERR_PREVIEW] =
        "What the change would do is no longer what the preview said: stock, prices or other fields have moved since. "
        "The member `theirs` of errors has the preview of now and its hash; show it, and confirm with that preview_hash.",
    [ERR_TOO_LARGE] = "The body is larger than this address takes. Send less at a time.",
    [ERR_MEDIA_TYPE] = "Bodies are JSON: send Content-Type: application/json.",
    [ERR_INVALID] =
        "The request can be read but breaks rules: unknown members, wrong types, values out of bounds, missing "
        "members. All of them are listed in errors, each with its JSON pointer.",
    [ERR_KEY_REUSED] = "This Idempotency-Key came before with another method, path or body. Use a fresh key for each "
                       "different request.",
    [ERR_RATE] = "Too many requests in a short time. Wait for the seconds in Retry-After.",
    [ERR_HEADERS_TOO_LARGE] = "The request's headers are larger than the server takes.",
    [ERR_INTERNAL] = "A fault of the server. Nothing was changed. The log tells more under the request_id.",
    [ERR_BUSY] =
        "More is waiting than the server takes on. Nothing was done; wait for the seconds in Retry-After and send the "
        "same request again, best with an Idempotency-Key.",
    [ERR_RETRY] = "Another request changed the same rows at the same moment. Nothing was done; send it again.",
    [ERR_STOPPING] = "The server is being stopped. Nothing was done; try again when it is back.",
    [ERR_STORAGE] = "The database cannot be written: the disk is full or failing. Nothing was done.",
    [ERR_AWAY] = "The database server cannot be reached. Nothing was done; send the request again, with the same "
                 "Idempotency-Key.",
    [ERR_UNKNOWN] = "The connection to the database server was lost at the end, before it had answered. Send the request "
                    "again with the same Idempotency-Key: it is done once.",
};

static void page_begin(struct buf *b, const char *title)
{
  buf_printf(
      b,
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s - Ordo</title>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"/docs/favicon.svg\">\n<link rel=\"stylesheet\" href=\"/docs/docs.css\">\n"
      "</head>\n<body class=\"page\">\n<header><a href=\"/docs\">Ordo API</a> <a href=\"/docs/errors\">Errors</a>"
      " <a href=\"/v1/openapi.json\">OpenAPI 3.1</a></header>\n<main>\n",
      title);
}

static void page_end(struct ctx *cx, struct buf *b, struct http_reply *reply)
{
  buf_text(b, "</main>\n</body>\n</html>\n");
  reply->status = 200;
  reply->body = buf_str(b);
  reply->n_body = b->n;
  page_headers(cx->arena, reply, "text/html; charset=utf-8");
}

static enum err serve_errors(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  struct buf b;
  buf_init(&b, cx->arena);
  page_begin(&b, "Errors");
  buf_text(&b, "<h1>Errors</h1>\n<p>Refusals are problem documents (RFC 9457). Branch on <code>code</code>; it never "
               "changes.</p>\n<table>\n<thead><tr><th>Status</th><th>Code</th><th>Title</th></tr></thead>\n<tbody>\n");
  for (enum err code = 1; code < ERR_COUNT; code++) {
    const struct err_info *info = err_info(code);
    buf_printf(&b, "<tr><td>%d</td><td><a href=\"/docs/errors/%s\"><code>%s</code></a></td><td>%s</td></tr>\n",
               info->http, info->slug, info->slug, info->title);
  }
  buf_text(&b, "</tbody>\n</table>\n");
  page_end(cx, &b, rq->reply);
  return ERR_OK;
}

static enum err serve_error(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  enum err code = 1;
  while (code < ERR_COUNT && strcmp(err_info(code)->slug, rq->id) != 0)
    code++;
  if (code == ERR_COUNT)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no error code %s", rq->id);
  const struct err_info *info = err_info(code);
  struct buf b;
  buf_init(&b, cx->arena);
  page_begin(&b, info->title);
  buf_printf(&b, "<h1>%s</h1>\n<p>Code <code>%s</code>, status %d.</p>\n<p>%s</p>\n", info->title, info->slug,
             info->http, meanings[code]);
  page_end(cx, &b, rq->reply);
  return ERR_OK;
}

#define PAGE(path_, summary_, serve_)                                                                                  \
  {                                                                                                                    \
    "GET", path_, summary_, .needs = PERM_PUBLIC, .success = 200, .serve = serve_, .flags = ROUTE_HIDDEN               \
  }
const struct route docs_routes[] = {
    PAGE("/docs", "The API reference", serve_reference),
    PAGE("/docs/errors", "All error codes", serve_errors),
    PAGE("/docs/errors/{code}", "What an error code means", serve_error),
    PAGE("/docs/{file}", "Parts of the pages", serve_file),
    {0},
};
