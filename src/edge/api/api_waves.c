/* The floor over HTTP: waves, claims and tasks, scans, manifests, bins, splitting. */
#include "api.h"

#include "api_scope_priv.h"
#include "fulfillment.h"

#include <string.h>

/* ---- Waves ---- */

static enum err serve_wave(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct wave *w = ARENA_NEW(cx->arena, struct wave);
  TRY(wave_load(cx, rq->id, w));
  *out = (struct act_result){.rec = &wave_rec, .value = w, .version = w->version};
  return ERR_OK;
}

static enum err fill_waves(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return waves_fill(cx, rows, n, expand && expand[0]);
}

static const struct api_list waves_list = {
    .table = &wave_table,
    .filters = (const char *const[]){"location", "state", "carrier", "channel", "created_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .fill = fill_waves,
    .expands = (const char *const[]){"fulfillments", NULL},
};

/* ---- Tasks ---- */

enum { TASK_LOCATION, TASK_KIND };
static const struct api_param task_params[] = {
    [TASK_LOCATION] = {"location", REC_TEXT, "Where; required", "NJ1"},
    [TASK_KIND] = {"kind", REC_TEXT, "pick, pack or ship; pick when left out", "pick"},
    {0},
};

static enum err serve_task(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const char *at = rq->params[TASK_LOCATION].text, *kind = rq->params[TASK_KIND].text;
  const struct location *l;
  enum task_kind k = TASK_PICK;
  if (!at)
    return fault_add(&cx->fault, ERR_INVALID, "/location", "required", "please say where you are: ?location=NJ1");
  while (kind && task_kinds[k] && strcmp(task_kinds[k], kind) != 0)
    k++;
  if (!task_kinds[k])
    return fault_add(&cx->fault, ERR_INVALID, "/kind", "not_one_of", "kind is pick, pack or ship");
  enum err err = location_find(cx, at, &l);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "/location", "there is no location %s", at);
  TRY(err);
  struct task *t = ARENA_NEW(cx->arena, struct task);
  TRY(task_next(cx, l, k, t));
  *out = (struct act_result){.rec = &task_rec, .value = t, .version = ABSENT};
  return ERR_OK;
}

/* ---- Scans ---- */

static const struct api_param code_params[] = {
    {"language", REC_TEXT, "Language of the product's name; the company's when left out", "zh-CN"},
    {0},
};

static enum err serve_code(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct scan_code *c = ARENA_NEW(cx->arena, struct scan_code);
  if (utf8_count(rq->id) > SCAN_CODE_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "/code", "too_long", "a code has at most %d characters", SCAN_CODE_MAX);
  bool seen = true;
  TRY(scan_code_resolve(cx, rq->id, rq->params[0].text, c));
  if (c->subject)
    TRY(scope_sees_paper(cx, c->kind, c->subject, &seen));
  if (!seen)
    *c = (struct scan_code){.code = c->code, .kind = "unknown", .quantity = QUANTITY(ABSENT)};
  *out = (struct act_result){.rec = &scan_code_rec, .value = c, .version = ABSENT};
  return ERR_OK;
}

static enum err narrow_scans(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 2);
  struct fulfillment_id id;
  struct order_id order;
  TRY(order_of_fulfillment(cx, rq->id, &id, &order));
  args[0] = I64(bucket_of_id(order.v));
  args[1] = I64(id.v);
  page->where = "bucket = $1 AND fulfillment_id = $2";
  page->where_args = args;
  page->n_where_args = 2;
  return ERR_OK;
}

static const struct api_list scans_list = {
    .table = &floor_scan_table,
    .filters = (const char *const[]){"kind", "outcome", NULL},
    .sorts = (const char *const[]){"received_at", NULL},
    .id_field = "scan_id",
    .narrow = narrow_scans,
};

/* ---- Manifests ---- */

static enum err serve_manifest(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct manifest *m = ARENA_NEW(cx->arena, struct manifest);
  TRY(manifest_load(cx, rq->id, m));
  *out = (struct act_result){.rec = &manifest_rec, .value = m, .version = m->version};
  return ERR_OK;
}

static const struct api_list manifests_list = {
    .table = &manifest_table,
    .filters = (const char *const[]){"location", "carrier", "closed_at", NULL},
    .sorts = (const char *const[]){"closed_at", NULL},
    .id_field = "id",
};

/* ---- Bins ---- */

static enum err narrow_bins(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  const struct location *l;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 1);
  enum err err = location_find(cx, rq->id, &l);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no location %s", rq->id);
  TRY(err);
  args[0] = I64(l->id.v);
  page->where = "location_id = $1";
  page->where_args = args;
  page->n_where_args = 1;
  return ERR_OK;
}

static enum err fill_bins(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  struct product_bin *bins = rows;
  for (size_t i = 0; i < n; i++) {
    const struct product *p;
    enum err err = catalog_product_by_id(cx, (struct product_id){bins[i].product_id}, &p);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    bins[i].sku = err == ERR_OK ? arena_text(cx->arena, p->sku) : "";
  }
  return ERR_OK;
}

static const struct api_list bins_list = {
    .table = &product_bin_table,
    .filters = (const char *const[]){"bin", "walk", NULL},
    .sorts = (const char *const[]){"walk", NULL},
    .id_field = "product_id",
    .narrow = narrow_bins,
    .fill = fill_bins,
};

static const enum err state_errors[] = {ERR_STATE, ERR_OK};
static const enum err work_errors[] = {ERR_STATE, ERR_HELD, ERR_OK};

const struct route wave_routes[] = {
    {"POST", "/v1/waves", "Release work as a wave",
     "Open fulfillments of a location are chosen, first what has to leave first, by carrier, service, channel, cut-off "
     "(`ship_before`) and size, or exactly those named; what is held or in another wave stays. Their units become "
     "`released`, and each gets a slot of the picker's cart (`tote`). One fulfillment of an order goes into a wave.\n\n"
     "```json\n"
     "{\"location\": \"NJ1\", \"carrier\": \"ordo\", \"ship_before\": \"2026-11-21T19:00:00Z\", \"max_lines\": 5, "
     "\"limit\": 12}\n"
     "```",
     .needs = PERM_FULFILLMENT_WORK, .body = &wave_input_rec, .reply = &wave_rec, .success = 201,
     .act = &wave_release_act, .errors = state_errors},
    {"GET", "/v1/waves", "List waves",
     "Newest first, with how many fulfillments wait, are picked and have left; `?expand=fulfillments` shows them.",
     .needs = PERM_FULFILLMENT_READ, .reply = &wave_rec, .success = 200, .list = &waves_list},
    {"GET", "/v1/waves/{id}", "One wave", "By its id or number, with its fulfillments by slot.",
     .needs = PERM_FULFILLMENT_READ, .reply = &wave_rec, .success = 200, .serve = serve_wave},
    {"POST", "/v1/waves/{id}/cancel", "Cancel a wave",
     "Units that are not picked go back from `released` to `allocated`; what is picked goes on.",
     .needs = PERM_FULFILLMENT_WORK, .body = &reason_maybe_rec, .reply = &wave_rec, .success = 200,
     .act = &wave_cancel_act, .errors = state_errors},
    {"GET", "/v1/tasks/next", "What to do next",
     "An own claim first, then what has to leave first, then the oldest; never what is held, in review, or claimed by "
     "somebody else. Claim it before you begin. Without `fulfillment` there is nothing to do.",
     .needs = PERM_FULFILLMENT_READ, .reply = &task_rec, .success = 200, .serve = serve_task, .params = task_params},
    {"POST", "/v1/fulfillments/{id}/claim", "Claim work for a time",
     "Nobody else is given it, and nobody else's scans count, until the claim ends. Claiming again makes it longer. "
     "409 "
     "with the code `claimed` in `errors` while somebody else has it.",
     .needs = PERM_FULFILLMENT_WORK, .body = &claim_rec, .reply = &fulfillment_rec, .success = 200,
     .act = &fulfillment_claim_act, .errors = work_errors},
    {"POST", "/v1/fulfillments/{id}/release_claim", "Give claimed work back",
     "Also somebody else's: who may work may take over.", .needs = PERM_FULFILLMENT_WORK, .body = &reason_maybe_rec,
     .reply = &fulfillment_rec, .success = 200, .act = &fulfillment_release_claim_act, .errors = state_errors},
    {"POST", "/v1/fulfillments/{id}/scans", "One scan",
     "A scan of kind `pick` picks what it says; of kind `pack` it notes in which box (`parcel`) a picked unit lies, "
     "and "
     "`/pack` with `\"scanned\": true` makes parcels of that. `scan_id` is made by the scanner: the same one counts "
     "once for ever, `outcome` says `repeated` then. A scan that does not fit changes nothing, is logged, and is "
     "answered 200 with `outcome` `refused` and why in `refusal`. With `line`, the line that was asked, a scan of "
     "another product is `wrong_sku` though the order has it too; with `refused` it is what the scanner refused by "
     "itself: logged, never counted. Scanning keeps the claim alive.\n\n"
     "```json\n"
     "{\"scan_id\": \"0193f3e2-7c1a-7000-8000-2d9d3c1f0a01\", \"code\": \"4006381333931\", \"bin\": \"A-01-3\"}\n"
     "```",
     .needs = PERM_FULFILLMENT_WORK, .body = &scan_input_rec, .reply = &scan_result_rec, .success = 200,
     .act = &fulfillment_scan_act},
    {"GET", "/v1/fulfillments/{id}/scans", "Scans of a fulfillment", "Newest first, refused ones too.",
     .needs = PERM_FULFILLMENT_READ, .reply = &floor_scan_rec, .success = 200, .list = &scans_list},
    {"POST", "/v1/scans", "Many scans",
     "What a scanner kept while it had no network, in the order it was made. Each is answered by itself: `applied`, "
     "`repeated`, or `refused` with a code: also one that is `too_long`, or of a fulfillment that is `not_found`.",
     .needs = PERM_FULFILLMENT_WORK, .body = &scans_rec, .reply = &scans_result_rec, .success = 200, .act = &scans_act},
    {"GET", "/v1/scan_codes/{code}", "What a scanned text says",
     "GS1 element strings (with brackets, or raw; in a path FNC1 is written as U+241D), GTINs of products and of their "
     "packings, SKUs, "
     "order numbers, ids, tracking numbers. A code that nobody knows is `kind` `unknown`.",
     .needs = PERM_FULFILLMENT_READ, .reply = &scan_code_rec, .success = 200, .serve = serve_code,
     .params = code_params},
    {"POST", "/v1/orders/{id}/split", "Split work",
     "Units that are not picked yet get a fulfillment of their own at the same location; what a wave released of them "
     "is "
     "allocated again. Money and promise stay as they are.\n\n"
     "```json\n"
     "{\"fulfillment\": \"ful_01jd7k3v9q2m8\", \"lines\": [{\"line\": 1, \"quantity\": 1}]}\n"
     "```",
     .needs = PERM_ORDER_EDIT, .body = &split_rec, .reply = &order_rec, .success = 200, .act = &order_split_act,
     .errors = state_errors},
    {"POST", "/v1/locations/{code}/manifests", "Close a carrier's manifest",
     "Everything that left the location with this carrier since the last one; from now on none of it can be voided. At "
     "most 200 shipments: `remaining` says that another one is due.",
     .needs = PERM_FULFILLMENT_WORK, .body = &manifest_input_rec, .reply = &manifest_rec, .success = 201,
     .act = &manifest_close_act, .errors = state_errors},
    {"GET", "/v1/manifests", "List manifests", "Newest first; `?location=NJ1&carrier=ordo` shows some of them.",
     .needs = PERM_FULFILLMENT_READ, .reply = &manifest_rec, .success = 200, .list = &manifests_list},
    {"GET", "/v1/manifests/{id}", "One manifest", "By its id or number, with its parcels.",
     .needs = PERM_FULFILLMENT_READ, .reply = &manifest_rec, .success = 200, .serve = serve_manifest},
    {"PUT", "/v1/locations/{code}/bins", "Say where products lie",
     "The bin of each product named, and its place in the walk; others stay as they are. Pick lists follow it.\n\n"
     "```json\n"
     "{\"bins\": [{\"sku\": \"TEE-S\", \"bin\": \"A-01-3\", \"walk\": 130}]}\n"
     "```",
     .needs = PERM_MASTER_WRITE, .body = &bins_rec, .reply = &bins_rec, .success = 200, .act = &bins_put_act},
    {"GET", "/v1/locations/{code}/bins", "Where products lie", "In the order they are walked.",
     .needs = PERM_FULFILLMENT_READ, .reply = &product_bin_rec, .success = 200, .list = &bins_list},
    {0},
};
