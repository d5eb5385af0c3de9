/* Refusals as problem documents (RFC 9457): title, status and type come from ERR_LIST, the rest from the fault. What
 * broke on our side is told to the log only. */
#include "api_priv.h"

#include <string.h>

static void put_entry(struct json_out *o, const struct fault_entry *e, enum err code)
{
  json_object(o);
  json_put_text(o, "pointer", e->pointer ? e->pointer : "");
  json_put_text(o, "code", e->code ? e->code : err_info(code)->slug);
  json_put_text(o, "detail", e->detail ? e->detail : "");
  if (e->sku) {
    json_put_text(o, "sku", e->sku);
    json_put_quantity(o, "asked", QUANTITY(e->asked));
    json_put_quantity(o, "available", QUANTITY(e->available));
  }
  if (e->before)
    json_key(o, "before"), json_raw(o, e->before);
  if (e->theirs)
    json_key(o, "theirs"), json_raw(o, e->theirs);
  if (e->mine)
    json_key(o, "mine"), json_raw(o, e->mine);
  json_object_end(o);
}

static void put_entries(struct json_out *o, const struct fault *f, enum err code)
{
  size_t n = f->n < FAULT_ENTRIES_MAX ? f->n : FAULT_ENTRIES_MAX;
  if (n == 0)
    return;
  json_key(o, "errors");
  json_array(o);
  for (size_t i = 0; i < n; i++)
    put_entry(o, &f->entries[i], code);
  json_array_end(o);
  if (f->n > n)
    json_put_i64(o, "errors_left_out", (int64_t)(f->n - n));
}

static void put_head(struct json_out *o, enum err code, const char *detail, const char *request_id)
{
  const struct err_info *info = err_info(code);
  json_put_text(o, "type", arena_printf(o->buf->arena, "/docs/errors/%s", info->slug));
  json_put_text(o, "title", info->title);
  json_put_i64(o, "status", info->http);
  json_put_text(o, "detail", detail);
  json_put_text(o, "code", info->slug);
  json_put_text(o, "request_id", request_id);
}

static void add_headers(struct arena *a, enum err code, const struct fault *f, struct http_reply *reply)
{
  http_header_add(a, reply, "Content-Type", "application/problem+json");
  http_header_add(a, reply, "Cache-Control", "no-store");
  int http = err_info(code)->http;
  if (http == 401)
    http_header_add(a, reply, "WWW-Authenticate", "Bearer realm=\"ordo\"");
  if (http == 429 || http == 503)
    http_header_add(a, reply, "Retry-After", arena_printf(a, "%d", f && f->retry_after_s > 0 ? f->retry_after_s : 1));
}

void problem_fill(struct arena *a, enum err code, const struct fault *f, const char *detail, const char *request_id,
                  struct http_reply *reply)
{
  static const char ours[] = "Nothing was changed. The server's log tells more under this request_id.";
  struct buf b;
  struct json_out o;
  buf_init(&b, a);
  json_out_init(&o, &b);
  if (f && !text_empty(f->detail))
    detail = f->detail;
  if (code == ERR_INTERNAL)
    detail = ours;
  json_object(&o);
  put_head(&o, code, text_empty(detail) ? err_info(code)->title : detail, request_id);
  if (f && code != ERR_INTERNAL) {
    json_put_text(&o, "id", f->related);
    put_entries(&o, f, code);
  }
  json_object_end(&o);
  reply->status = err_info(code)->http;
  reply->body = buf_str(&b);
  reply->n_body = b.n;
  add_headers(a, code, f, reply);
}

/* Examples for the documentation; codes that are not here have no errors[]. */
static const struct {
  enum err code;
  const char *detail;
  struct fault_entry entry;
} examples[] = {
    {ERR_MALFORMED, "byte 17: a comma or a closing brace is missing", {.pointer = NULL}},
    {ERR_INVALID,
     "quantity must be at least 0.000001",
     {"/lines/0/quantity", "too_small", "must be at least 0.000001", .sku = NULL}},
    {ERR_SHORTAGE,
     "TEE-S: 3 asked, 2 available",
     {"/lines/0/quantity", "insufficient_stock", "3 asked, 2 available", .sku = "TEE-S", .asked = 3 * SCALE, .available = 2 * SCALE}},
    {ERR_VERSION,
     "the record is at version 4, not 3",
     {"/name", "version_mismatch", "changed since version 3", .sku = NULL}},
    {ERR_STATE,
     "the order has already left the warehouse",
     {"/state", "wrong_state", "the order has already left the warehouse", .sku = NULL}},
    {ERR_EXISTS,
     "there is one with this code already",
     {"/code", "already_exists", "there is one with this code already", .sku = NULL}},
};

void problem_example(struct json_out *o, enum err code)
{
  const char *detail = err_info(code)->title;
  const struct fault_entry *entry = NULL;
  for (size_t i = 0; i < COUNT_OF(examples); i++)
    if (examples[i].code == code) {
      detail = examples[i].detail;
      entry = examples[i].entry.pointer ? &examples[i].entry : NULL;
    }
  json_object(o);
  put_head(o, code, detail, "req_01jd7k3v9q2m8");
  if (entry) {
    json_key(o, "errors");
    json_array(o);
    put_entry(o, entry, code);
    json_array_end(o);
  }
  json_object_end(o);
}
