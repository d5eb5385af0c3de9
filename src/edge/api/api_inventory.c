/* Stock over HTTP: rows, ledger, balances of the past, safety stock, adjustments. */
#include "api.h"
#include "api_scope_priv.h"
#include "api_search_priv.h"
#include "api_where_priv.h"

#include "catalog.h"
#include "inventory.h"
#include "orders.h"

#include <string.h>

/* ---- Which stock: ?sku= and ?location= ---- */

enum { PARAM_SKU, PARAM_LOCATION, PARAM_AT, PARAM_LEVEL = PARAM_AT };

static const struct api_param place_params[] = {
    [PARAM_SKU] = {"sku", REC_TEXT, "Only this product", "TEE-S"},
    [PARAM_LOCATION] = {"location", REC_TEXT, "Only this location, by code or id", "NJ1"},
    {0},
};

static const struct api_param stock_params[] = {
    [PARAM_SKU] = {"sku", REC_TEXT, "Only this product, or these: at most 100 with commas", "TEE-S,TEE-M"},
    [PARAM_LOCATION] = {"location", REC_TEXT, "Only this location, by code or id", "NJ1"},
    [PARAM_LEVEL] = {"level", REC_TEXT, "low: below its safety stock; out: nothing is free; negative: less than nothing",
                     "low"},
    {0},
};

static const struct api_param balance_params[] = {
    [PARAM_SKU] = {"sku", REC_TEXT, "The product; required", "TEE-S"},
    [PARAM_LOCATION] = {"location", REC_TEXT, "The location, by code or id; required", "NJ1"},
    [PARAM_AT] = {"at", REC_INSTANT, "The instant; left out = now", "2026-11-20T08:00:00Z"},
    {0},
};

struct place {
  const struct location *location; /* NULL = any */
  const struct product *product;   /* NULL = any */
};

/* What the parameters name. *out_found is false when something is named that does not exist: no row can match. */
static enum err place_read(struct ctx *cx, const struct api_request *rq, struct place *out, bool *out_found)
{
  const char *sku = rq->params[PARAM_SKU].text, *location = rq->params[PARAM_LOCATION].text;
  enum err product_err = sku ? catalog_product_by_sku(cx, sku, &out->product) : ERR_OK;
  enum err location_err = location ? location_find(cx, location, &out->location) : ERR_OK;
  *out_found = product_err == ERR_OK && location_err == ERR_OK;
  if (product_err != ERR_NOT_FOUND)
    TRY(product_err);
  return location_err == ERR_NOT_FOUND ? ERR_OK : location_err;
}

/* Both tables have these columns. The function round location_id keeps the planner on the product's index, whose order
 * the lists have; by the primary key it would sort the whole history of a place for one page. */
static enum err narrow_place(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct place place = {0};
  bool found;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 2);
  size_t n = 0;
  TRY(place_read(cx, rq, &place, &found));
  if (place.product)
    args[n++] = I64(place.product->id.v);
  if (place.location)
    args[n++] = I64(place.location->id.v);
  if (!found)
    page->where = "1 = 0";
  else if (n == 2)
    page->where = "product_id = $1 AND coalesce(location_id, 0) = $2";
  else if (n == 1)
    page->where = place.product ? "product_id = $1" : "location_id = $1";
  page->where_args = args;
  page->n_where_args = found ? n : 0;
  return ERR_OK;
}

/* ---- Stock rows ---- */

/* Rows that need somebody; each condition has an index of its own. */
static const struct {
  const char *level, *where;
} levels[] = {{"low", "alerted = 1"}, {"out", "on_hand - reserved <= 0"}, {"negative", "on_hand < 0"}};

enum { SKUS_MAX = 100 };

/* Products are kept in memory: few of these are a question to the database. */
static enum err narrow_skus(struct ctx *cx, const char *skus, struct db_page *page)
{
  struct db_value ids[SKUS_MAX];
  size_t n = 0, named = 0;
  for (const char *p = skus; *p;) {
    size_t length = strcspn(p, ",");
    const struct product *product;
    if (length && named++ == SKUS_MAX)
      return fault_add(&cx->fault, ERR_INVALID, "/query/sku", "too_many", "at most %d products", SKUS_MAX);
    enum err err = length ? catalog_product_by_sku(cx, arena_textn(cx->arena, p, length), &product) : ERR_NOT_FOUND;
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    if (err == ERR_OK)
      ids[n++] = I64(product->id.v);
    p += length + (p[length] == ',');
  }
  fault_clear(&cx->fault); /* an unknown one has no row */
  api_where_in(cx, page, "product_id", ids, n);
  return ERR_OK;
}

static enum err narrow_stock(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  const char *level = rq->params[PARAM_LEVEL].text, *sku = rq->params[PARAM_SKU].text;
  const struct product *whole;
  if (sku && strchr(sku, ',') && catalog_product_by_sku(cx, sku, &whole) == ERR_NOT_FOUND) {
    const char *location = rq->params[PARAM_LOCATION].text;
    const struct location *l = NULL;
    enum err err = location ? location_find(cx, location, &l) : ERR_OK;
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    fault_clear(&cx->fault);
    TRY(narrow_skus(cx, sku, page));
    if (location)
      api_where(cx, page, "coalesce(location_id, 0) = $1", DB_ARGS(I64(l ? l->id.v : 0)));
  } else {
    TRY(narrow_place(cx, rq, page));
  }
  for (size_t i = 0; level && i < COUNT_OF(levels); i++)
    if (text_eq(levels[i].level, level)) {
      api_where(cx, page, levels[i].where, NULL, 0);
      return ERR_OK;
    }
  return level ? fault_add(&cx->fault, ERR_INVALID, "/query/level", "not_allowed", "level is low, out or negative")
               : ERR_OK;
}

static enum err stock_list_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  return stock_fill(cx, rows, n);
}

static const struct api_list stock_list = {
    .table = &stock_table,
    .filters = (const char *const[]){"owner", "condition", "lot", "alerted", NULL},
    .sorts = (const char *const[]){"id", NULL},
    .id_field = "id",
    .narrow = narrow_stock,
    .fill = stock_list_fill,
};

/* ---- By product ---- */

enum { SUMMARY_Q, SUMMARY_SKU, SUMMARY_LOCATION, SUMMARY_LEVEL };
static const struct api_param summary_params[] = {
    [SUMMARY_Q] = {"q", REC_TEXT, "Words of SKU, names and codes; the last may be unfinished", "shirt"},
    [SUMMARY_SKU] = {"sku", REC_TEXT, "Only this product", "TEE-S"},
    [SUMMARY_LOCATION] = {"location", REC_TEXT, "Only products with stock at this location, by code or id", "NJ1"},
    [SUMMARY_LEVEL] = {"level", REC_TEXT, "Only products that somewhere are low, out or negative", "low"},
    {0},
};

static const struct {
  const char *level, *where;
} product_levels[] = {
    {"low", "alerted = 1"},
    {"out", "on_hand - reserved <= 0"},
    {"negative", "on_hand < 0"},
};

/* Products whose stock fits; of who is bound to locations, the stock there. */
static enum err narrow_at_ones_own(struct ctx *cx, struct db_page *page, const char *fits)
{
  struct db_value *values = NULL;
  const char *here = "1 = 1";
  size_t n = 0;
  struct buf b;
  if (scope_has_locations(cx))
    TRY(scope_locations(cx, "location_id", &here, &values, &n));
  const char *const words[] = {"id IN (SELECT product_id FROM stock WHERE ", fits, " AND ", here, ")"};
  buf_init(&b, cx->arena);
  for (size_t i = 0; i < COUNT_OF(words); i++)
    buf_text(&b, words[i]);
  api_where(cx, page, buf_str(&b), values, n);
  return ERR_OK;
}

static enum err narrow_level(struct ctx *cx, struct db_page *page, const char *level)
{
  for (size_t i = 0; level && i < COUNT_OF(product_levels); i++)
    if (text_eq(product_levels[i].level, level))
      return narrow_at_ones_own(cx, page, product_levels[i].where);
  return level ? fault_add(&cx->fault, ERR_INVALID, "/query/level", "not_allowed", "level is low, out or negative")
               : ERR_OK;
}

static enum err narrow_summary(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  const struct api_param_value *p = rq->params;
  const struct location *location;
  TRY(api_search_narrow(cx, "product", p[SUMMARY_Q].text, page));
  api_where(cx, page, "kind IN ('stocked', 'made')", NULL, 0);
  if (p[SUMMARY_SKU].text)
    api_where(cx, page, "sku = $1", (const struct db_value[]){TEXT(p[SUMMARY_SKU].text)}, 1);
  if (p[SUMMARY_LOCATION].text) {
    enum err err = location_find(cx, p[SUMMARY_LOCATION].text, &location);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    api_where(cx, page, "id IN (SELECT product_id FROM stock WHERE location_id = $1)",
              (const struct db_value[]){I64(err || !scope_sees_location(cx, location->code) ? 0 : location->id.v)}, 1);
  }
  if (scope_has_locations(cx))
    TRY(narrow_at_ones_own(cx, page, "1 = 1")); /* what never lay there is no matter of his */
  return narrow_level(cx, page, p[SUMMARY_LEVEL].text);
}

static enum err summary_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  return stock_summary_fill(cx, rows, n);
}

static const struct api_list summary_list = {
    .table = &stock_summary_table,
    .filters = (const char *const[]){"active", "parent_sku", NULL},
    .sorts = (const char *const[]){"created_at", "sku", NULL},
    .id_field = "id",
    .narrow = narrow_summary,
    .fill = summary_fill,
    .expands = (const char *const[]){"places", NULL},
};

/* ---- The ledger ---- */

static enum err movements_list_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  return movements_fill(cx, rows, n);
}

static const struct api_list movements_list = {
    .table = &movement_table,
    .filters = (const char *const[]){"kind", "owner", "condition", "lot", "at", NULL},
    .sorts = (const char *const[]){"at", NULL},
    .id_field = "entry",
    .narrow = narrow_place,
    .fill = movements_list_fill,
};

/* ---- Balances ---- */

static enum err serve_balance(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct place place = {0};
  bool found;
  struct stock_balance *balance = ARENA_NEW(cx->arena, struct stock_balance);
  int64_t at = rq->params[PARAM_AT].i64;
  for (int i = PARAM_SKU; i <= PARAM_LOCATION; i++)
    if (!rq->params[i].text)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/query/%s", balance_params[i].name), "required",
                "%s must be given", balance_params[i].name);
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  TRY(place_read(cx, rq, &place, &found));
  if (!found)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no such product or no such location");
  TRY(stock_balance_at(cx, place.location, place.product->id.v, at == ABSENT ? cx->now : INSTANT(at), balance));
  *out = (struct act_result){.rec = &stock_balance_rec, .value = balance, .version = ABSENT};
  return ERR_OK;
}

/* ---- Adjustments ---- */

static enum err serve_adjustment(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct adjustment *d;
  TRY(adjustment_load(cx, rq->id, &d));
  *out = (struct act_result){.rec = &adjustment_rec, .value = d, .version = d->version};
  return ERR_OK;
}

static enum err serve_preview(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct adjust_preview *preview = ARENA_NEW(cx->arena, struct adjust_preview);
  size_t seen = 0;
  TRY(stock_adjust_preview(cx, rq->body, preview));
  for (size_t i = 0; i < preview->orders.n; i++) { /* how many units go is told by the lines; whose, to who may see it */
    bool sees;
    TRY(scope_sees_order(cx, preview->orders.at[i].order.v, &sees));
    if (sees)
      preview->orders.at[seen++] = preview->orders.at[i];
  }
  preview->orders.n = seen;
  *out = (struct act_result){.rec = &adjust_preview_rec, .value = preview, .version = ABSENT};
  return ERR_OK;
}

static const struct api_param location_params[] = {
    {"location", REC_TEXT, "Only of this location, by code or id", "NJ1"},
    {0},
};

static enum err adjustments_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  const struct location *location;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 1);
  if (!rq->params[0].text)
    return ERR_OK;
  enum err err = location_find(cx, rq->params[0].text, &location);
  if (err == ERR_NOT_FOUND) {
    page->where = "1 = 0";
    return ERR_OK;
  }
  TRY(err);
  args[0] = I64(location->id.v);
  page->where = "location_id = $1";
  page->where_args = args;
  page->n_where_args = 1;
  return ERR_OK;
}

static enum err adjustments_list_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return adjustments_fill(cx, rows, n, expand && expand[0]);
}

static const struct api_list adjustments_list = {
    .table = &adjustment_table,
    .filters = (const char *const[]){"created_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = adjustments_narrow,
    .fill = adjustments_list_fill,
    .expands = (const char *const[]){"lines", NULL},
};

static const enum err adjust_errors[] = {ERR_SHORTAGE, ERR_OK};
static const enum err not_found_errors[] = {ERR_NOT_FOUND, ERR_OK};

const struct route inventory_routes[] = {
    {"GET", "/v1/stock", "How much of what is where",
     "One row per product, location, owner, condition and lot. `available` = good on hand less reserved less safety; a "
     "product that never was at a location has no row there.",
     .needs = PERM_STOCK_READ, .reply = &stock_rec, .success = 200, .list = &stock_list, .params = stock_params},
    {"GET", "/v1/stock/summary", "How much there is of each product",
     "All rows of a product as one, over all locations; `?expand=places` adds the same by location. `?q=shirt` searches, "
     "`?level=low` shows what somewhere is down to its safety stock. Whoever is bound to locations sees the sums of those.",
     .needs = PERM_STOCK_READ, .reply = &stock_summary_rec, .success = 200, .list = &summary_list,
     .params = summary_params},
    {"GET", "/v1/stock/movements", "The stock ledger",
     "Newest first. Entries are never changed: `on_hand` of an entry is the sum of all deltas of its row up to it.",
     .needs = PERM_STOCK_READ, .reply = &movement_rec, .success = 200, .list = &movements_list,
     .params = place_params},
    {"GET", "/v1/stock/balance", "On hand at a past instant",
     "Derived from the ledger: what was on hand of one product at one location at that instant.",
     .needs = PERM_STOCK_READ, .reply = &stock_balance_rec, .success = 200, .serve = serve_balance,
     .params = balance_params, .errors = not_found_errors},
    {"POST", "/v1/stock/safety", "Set the safety stock of a product at a location",
     "That much is kept back from sale. When what is free comes down to it the event `stock.low` tells once, and "
     "`stock.recovered` when there is something to sell again.",
     .needs = PERM_STOCK_ADJUST, .body = &stock_safety_rec, .reply = &stock_rec, .success = 200,
     .act = &stock_safety_act},
    {"POST", "/v1/stock/adjustments", "Adjust or count stock",
     "One document, all of it or nothing. A line says `delta` (more or less than before) or `counted` (what is there). "
     "A delta below 0 on hand is refused with `insufficient_stock` unless the location allows negative stock. A count "
     "is never refused: what was promised beyond it becomes backordered in the same step, newest and least important "
     "orders first, and the event `stock.overcommitted` names them.\n\n"
     "```json\n"
     "{\"location\": \"NJ1\", \"reason\": \"yearly count\", \"lines\": [{\"sku\": \"TEE-S\", \"counted\": 40}, "
     "{\"sku\": \"MUG-BLUE\", \"delta\": -1}]}\n"
     "```",
     .needs = PERM_STOCK_ADJUST, .body = &adjustment_rec, .reply = &adjustment_rec, .success = 201,
     .act = &stock_adjust_act, .errors = adjust_errors},
    {"POST", "/v1/stock/adjustments/preview", "What an adjustment would do",
     "The same body, and the same refusals, but nothing is written: each line with what it finds more or less and what "
     "is on hand after it, and the orders that would lose promised stock.",
     .needs = PERM_STOCK_ADJUST, .body = &adjustment_rec, .reply = &adjust_preview_rec, .success = 200,
     .serve = serve_preview, .errors = adjust_errors},
    {"GET", "/v1/adjustments", "List stock adjustments", "Newest first; `?expand=lines` shows what they changed.",
     .needs = PERM_STOCK_READ, .reply = &adjustment_rec, .success = 200, .list = &adjustments_list,
     .params = location_params},
    {"GET", "/v1/adjustments/{id}", "One stock adjustment", "With its lines: what each changed or found.",
     .needs = PERM_STOCK_READ, .reply = &adjustment_rec, .success = 200, .serve = serve_adjustment},
    {0},
};
