/* Files that people bring: kept, mapped, tried, run; and everything taken out again in the same columns. */
#include "api_priv.h"

#include "upload.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- Reading ------------------------------------------------------------------------------------------------------------- */

static enum err load(struct ctx *cx, const char *id, struct upload **out)
{
  *out = ARENA_NEW(cx->arena, struct upload);
  TRY(upload_load(cx, id, *out));
  return upload_need(cx, *out);
}

static enum err serve_import(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct upload *u;
  TRY(load(cx, rq->id, &u));
  *out = (struct act_result){.rec = &upload_rec, .value = u, .version = u->version};
  return ERR_OK;
}

/* Whose rows somebody may not write, their files he does not see: they hold what the rows hold. Of kinds with personal data
 * whoever lacks personal.read sees his own: as upload_need. */
static enum err imports_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  enum { NOW = 2 * UPLOAD_KINDS, ACTOR_KIND, ACTOR_ID, ARGS };
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, ARGS);
  bool personal = cx->actor.permissions & PERMISSION(PERM_PERSONAL_READ);
  (void)rq;
  for (int kind = 0; kind < UPLOAD_KINDS; kind++) {
    bool may = cx->actor.permissions & PERMISSION(upload_permission((enum upload_kind)kind));
    bool all = personal || !upload_is_personal((enum upload_kind)kind);
    args[kind] = TEXT(may && all ? upload_kinds[kind] : "");
    args[UPLOAD_KINDS + kind] = TEXT(may ? upload_kinds[kind] : "");
  }
  args[NOW] = I64(cx->now.ms);
  args[ACTOR_KIND] = TEXT(actor_kinds[cx->actor.kind]);
  args[ACTOR_ID] = I64(cx->actor.id);
  page->where = "(kind IN ($1, $2, $3, $4) OR (kind IN ($5, $6, $7, $8) AND actor_kind = $10 AND actor_id = $11))"
                " AND expires_at > $9 AND fingerprint <> ''";
  page->where_args = args;
  page->n_where_args = ARGS;
  return ERR_OK;
}

static const struct api_list imports_list = {
    .table = &upload_table,
    .filters = (const char *const[]){"kind", "state", "created_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = imports_narrow,
};

/* ---- Bringing a file ------------------------------------------------------------------------------------------------------- */

enum { NEW_KIND, NEW_NAME, NEW_ENCODING, NEW_DELIMITER };
static const struct api_param new_params[] = {
    [NEW_KIND] = {"kind", REC_TEXT, "products, stock, customers or orders; required", "products"},
    [NEW_NAME] = {"file_name", REC_TEXT, "What the file is called", "products.csv"},
    [NEW_ENCODING] = {"encoding", REC_TEXT, "Where it is not found out rightly: UTF-8, GB18030, Big5, windows-1252 ...",
                      "GB18030"},
    [NEW_DELIMITER] = {"delimiter", REC_TEXT, "Where it is not found out rightly: one character, or tab", ";"},
    {0},
};

static enum err need_kind(struct ctx *cx, const char *name, enum upload_kind *out)
{
  *out = name ? upload_kind_find(name) : UPLOAD_KINDS;
  if (*out == UPLOAD_KINDS)
    return fault_add(&cx->fault, ERR_INVALID, "/query/kind", name ? "not_one_of" : "required",
                     "kind is one of products, stock, customers, orders");
  return ERR_OK;
}

static void free_memory(void *memory)
{
  free(memory);
}

/* Off the writer's thread: what is kept is small then. */
static enum err pack(struct ctx *cx, const struct http_request *rq, struct upload_creation *out)
{
  uLongf n = compressBound(rq->n_body);
  unsigned char *packed = malloc(n);
  assert(packed);
  arena_defer(cx->arena, free_memory, packed);
  int code = compress2(packed, &n, (const Bytef *)rq->body, rq->n_body, 1);
  assert(code == Z_OK);
  out->packed = packed;
  out->n = n;
  return ERR_OK;
}

enum { SMALL = 64 * 1024 };

/* Large files, and sheets, whose size says little, are looked at one at a time: they must not take all readers. */
static enum err look(struct ctx *cx, const struct api_request *rq, const char *encoding, const char *delimiter,
                     struct upload_found *out)
{
  const struct http_request *http = rq->http;
  bool large = http->n_body > SMALL || (http->n_body && http->body[0] == 'P');
  atomic_int *looks = &rq->api->looks;
  TRY(large ? place_take(cx, looks, 1, "another file is being looked at") : ERR_OK);
  enum err err = upload_look(http->body, http->n_body, encoding, delimiter, cx->arena, &cx->fault, out, NULL);
  if (large)
    place_leave(looks);
  return err;
}

static enum err serve_new(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct upload_creation *c = ARENA_NEW(cx->arena, struct upload_creation);
  struct upload *u = &c->upload;
  struct upload_found *found = ARENA_NEW(cx->arena, struct upload_found);
  const struct api_param_value *p = rq->params;
  const char *delimiter = text_eq(p[NEW_DELIMITER].text, "tab") ? "\t" : p[NEW_DELIMITER].text;
  enum upload_kind kind;
  TRY(need_kind(cx, p[NEW_KIND].text, &kind));
  TRY(ctx_need(cx, upload_permission(kind)));
  if (delimiter && strlen(delimiter) != 1)
    return fault_add(&cx->fault, ERR_INVALID, "/query/delimiter", "invalid_format", "one character, or tab");
  TRY(look(cx, rq, p[NEW_ENCODING].text, delimiter, found));
  rec_init(&upload_rec, u);
  u->kind = (int)kind;
  u->file = found;
  u->file_name = p[NEW_NAME].text && utf8_count(p[NEW_NAME].text) <= 255 ? p[NEW_NAME].text : NULL;
  u->fingerprint = upload_fingerprint(cx->arena, kind, found);
  u->mapping = ARENA_NEW(cx->arena, struct upload_mapping);
  u->mapping_source = "guessed";
  upload_guess(cx->arena, kind, found, u->mapping);
  TRY(pack(cx, rq->http, c));
  TRY(upload_keep(cx, rq->api->writer, c));
  struct act_input in = {.body = c, .version = ABSENT};
  return api_run(cx, rq, &upload_create_act, &in, out);
}

/* ---- Errors -------------------------------------------------------------------------------------------------------------------- */

static enum err errors_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct upload *u;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 3);
  TRY(load(cx, rq->id, &u));
  args[0] = I64(u->bucket);
  args[1] = I64(u->id.v);
  args[2] = I64(u->errors);
  page->where = "bucket = $1 AND import_id = $2 AND n <= $3";
  page->where_args = args;
  page->n_where_args = 3;
  return ERR_OK;
}

static const struct api_list errors_list = {
    .table = &upload_error_table,
    .filters = (const char *const[]){"code", "field", "column", "line", NULL},
    .sorts = (const char *const[]){"n", NULL},
    .id_field = "n",
    .narrow = errors_narrow,
};

static void answer_file(struct ctx *cx, const struct api_request *rq, struct upload_text text, const char *name)
{
  arena_defer(cx->arena, free_memory, text.at);
  rq->reply->body = text.at;
  rq->reply->n_body = text.n;
  http_header_add(cx->arena, rq->reply, "Content-Type", "text/csv; charset=utf-8");
  http_header_add(cx->arena, rq->reply, "Content-Disposition",
                  arena_printf(cx->arena, "attachment; filename=\"%s.csv\"", name));
  http_header_add(cx->arena, rq->reply, "Cache-Control", "no-store");
}

static enum err serve_error_file(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct upload *u;
  struct upload_text text;
  (void)out;
  TRY(load(cx, rq->id, &u));
  TRY(place_take(cx, &rq->api->exports, API_EXPORTS, "other exports are running"));
  enum err err = upload_error_file(cx, u, &text);
  place_leave(&rq->api->exports);
  TRY(err);
  answer_file(cx, rq, text, "errors");
  return ERR_OK;
}

/* ---- Fields and export ------------------------------------------------------------------------------------------------------------ */

static const struct api_param kind_params[] = {
    {"kind", REC_TEXT, "products, stock, customers or orders; required", "products"},
    {0},
};

static enum err serve_fields(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  upload_fields_shown shown = {0};
  enum upload_kind kind;
  (void)out;
  TRY(need_kind(cx, rq->params[0].text, &kind));
  upload_fields_show(cx->arena, kind, &shown);
  struct api_request whole = *rq;
  whole.params = NULL; /* a list of this length is one page */
  return api_page(cx, &whole, &upload_field_rec, shown.at, shown.n);
}

static enum err serve_export(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct upload_text text;
  enum upload_kind kind;
  (void)out;
  TRY(need_kind(cx, rq->params[0].text, &kind));
  TRY(ctx_need(cx, upload_read_permission(kind)));
  if (kind == UPLOAD_CUSTOMERS) /* a masked file could not be brought in again */
    TRY(ctx_need(cx, PERM_PERSONAL_READ));
  if (kind == UPLOAD_ORDERS)
    return fault_add(&cx->fault, ERR_INVALID, "/query/kind", "not_allowed",
                     "orders are taken out by GET /v1/orders with Accept: text/csv");
  TRY(place_take(cx, &rq->api->exports, API_EXPORTS, "other exports are running"));
  enum err err = upload_export(cx, kind, API_EXPORT_MAX, &text);
  place_leave(&rq->api->exports);
  TRY(err);
  answer_file(cx, rq, text, upload_kinds[kind]);
  return ERR_OK;
}

/* ---- Routes ----------------------------------------------------------------------------------------------------------------------- */

static const enum err not_found_errors[] = {ERR_NOT_FOUND, ERR_OK};
static const enum err pass_errors[] = {ERR_NOT_FOUND, ERR_STATE, ERR_OK};
static const enum err new_errors[] = {ERR_TOO_LARGE, ERR_BUSY, ERR_OK};

const struct route import_routes[] = {
    {"POST", "/v1/imports", "Bring a file",
     "The body is the file itself, CSV in any usual encoding or the first sheet of an XLSX file, up to 16 MB and "
     "200,000 "
     "rows; its first row names the columns. It is kept for a day. The answer says what was found in it and what its "
     "columns "
     "probably mean: as they did in the last file with the same header, else by their names in English or Chinese.",
     .needs = PERM_SIGNED_IN, .reply = &upload_rec, .success = 201, .serve = serve_new, .params = new_params,
     .errors = new_errors, .flags = ROUTE_RAW | ROUTE_LARGE},
    {"GET", "/v1/imports", "List imports",
     "Newest first; those of kinds that you may write. Files of customers and orders are seen by who brought them and by "
     "who has `personal.read`.", .needs = PERM_SIGNED_IN,
     .reply = &upload_rec, .success = 200, .list = &imports_list},
    {"GET", "/v1/imports/{id}", "One import", "With its columns, mapping and progress.", .needs = PERM_SIGNED_IN,
     .reply = &upload_rec, .success = 200, .serve = serve_import, .errors = not_found_errors},
    {"PATCH", "/v1/imports/{id}", "Say what the columns mean",
     "`mapping` replaces the one before; 422 names each rule that cannot be, at `/mapping/columns/N`. Not while a pass "
     "is "
     "under way.",
     .needs = PERM_SIGNED_IN, .body = &upload_change_rec, .reply = &upload_rec, .success = 200,
     .act = &upload_change_act, .errors = pass_errors, .flags = ROUTE_PATCH},
    {"POST", "/v1/imports/{id}/dry_run", "Try an import",
     "Each row is decided as it would be now, nothing is written. Runs in the background: `state` is `checking`, then "
     "`checked`; `checked` counts what would be new, changed, unchanged or wrong.",
     .needs = PERM_SIGNED_IN, .reply = &upload_rec, .success = 200, .act = &upload_check_act, .errors = pass_errors},
    {"POST", "/v1/imports/{id}/run", "Run an import",
     "Each row is written by itself, as if by hand and in your name; a wrong one stops no other. Runs in the "
     "background: "
     "`state` is `running`, then `done`, and goes on where it was when a server was stopped. Run again it changes "
     "nothing: "
     "what is there already is `unchanged`.",
     .needs = PERM_SIGNED_IN, .reply = &upload_rec, .success = 200, .act = &upload_run_act, .errors = pass_errors},
    {"POST", "/v1/imports/{id}/cancel", "Stop a pass", "What was written stays.", .needs = PERM_SIGNED_IN,
     .reply = &upload_rec, .success = 200, .act = &upload_cancel_act, .errors = pass_errors},
    {"DELETE", "/v1/imports/{id}", "Throw a file away", "What was written stays.", .needs = PERM_SIGNED_IN,
     .success = 204, .act = &upload_delete_act, .errors = pass_errors},
    {"GET", "/v1/imports/{id}/errors", "What is wrong with its rows",
     "Of the last pass, in order of the file with `?sort=n`; as CSV with `Accept: text/csv`. The first 10,000.",
     .needs = PERM_SIGNED_IN, .reply = &upload_error_rec, .success = 200, .list = &errors_list,
     .errors = not_found_errors},
    {"GET", "/v1/imports/{id}/error_file", "The wrong rows as a file",
     "The header, and each wrong row as it was with the reason in a last column: to be mended and brought again.",
     .needs = PERM_SIGNED_IN, .success = 200, .serve = serve_error_file, .content_type = "text/csv",
     .errors = not_found_errors},
    {"GET", "/v1/import_fields", "What columns may mean", "The fields of a kind, with their types.",
     .needs = PERM_SIGNED_IN, .reply = &upload_field_rec, .success = 200, .serve = serve_fields, .params = kind_params,
     .flags = ROUTE_PAGE},
    {"GET", "/v1/import_export", "Take out what can be brought in",
     "All products, stock or customers as CSV whose columns are the fields of `/v1/import_fields`: brought in again it "
     "changes nothing, brought into an empty database it makes the same.",
     .needs = PERM_SIGNED_IN, .success = 200, .serve = serve_export, .params = kind_params, .content_type = "text/csv"},
    {0},
};
