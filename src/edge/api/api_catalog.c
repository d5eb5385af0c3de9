/* Products and tax rates over HTTP. */
#include "api.h"
#include "api_search_priv.h"

#include "catalog.h"

static enum err serve_product(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct product *p = ARENA_NEW(cx->arena, struct product);
  TRY(product_load(cx, rq->id, p));
  *out = (struct act_result){.rec = &product_rec, .value = p, .version = p->version};
  return ERR_OK;
}

static enum err fill_products(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  for (; expand && *expand; expand++)
    if (text_eq(*expand, "units"))
      return products_fill_units(cx, rows, n);
  return ERR_OK;
}

static const struct api_param products_params[] = {
    {"q", REC_TEXT, "Words of name, SKU and GTIN; the last may be unfinished", "blue mu"},
    {0},
};

static enum err narrow_products(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  return api_search_narrow(cx, "product", rq->params[0].text, page);
}

static const struct api_list products_list = {
    .table = &product_table,
    .filters = (const char *const[]){"sku", "gtin", "kind", "active", "tax_category", "parent_sku", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "sku", NULL},
    .id_field = "id",
    .narrow = narrow_products,
    .fill = fill_products,
    .expands = (const char *const[]){"units", NULL},
};

static enum err serve_tax_rate(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct tax_rate *rate = ARENA_NEW(cx->arena, struct tax_rate);
  TRY(tax_rate_load(cx, rq->id, rate));
  *out = (struct act_result){.rec = &tax_rate_rec, .value = rate, .version = rate->version};
  return ERR_OK;
}

static const struct api_list tax_rates_list = {
    .table = &tax_rate_table,
    .filters = (const char *const[]){"category", "country", "region", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "category", "country", NULL},
    .id_field = "id",
};

static const enum err create_errors[] = {ERR_EXISTS, ERR_OK};

const struct route catalog_routes[] = {
    {"POST", "/v1/products", "Create a product",
     "Only `sku` is required: a new product is stocked, counted in pieces (`pcs`), active, and has no price. `sku` is "
     "case-sensitive and can never be changed; a second product with the same one is refused with 409 "
     "`already_exists`.\n\n"
     "```json\n"
     "{\"sku\": \"TEE-S\", \"name\": {\"en\": \"T-shirt, small\", \"zh-CN\": \"T恤 小号\"}, \"price\": 1990, "
     "\"weight_g\": 180,\n"
     " \"tax_category\": \"standard\", \"units\": [{\"unit\": \"box\", \"numerator\": 12}]}\n"
     "```\n\n"
     "`price` is for one unit, in minor units of `currency`; as a string it may have six further places (`\"0.34\"` is "
     "0.34 of a cent). A further unit is an exact fraction of the product's own: a box of 12 has `numerator` 12, a "
     "third has 1 and `denominator` 3.",
     .needs = PERM_CATALOG_WRITE, .body = &product_rec, .reply = &product_rec, .success = 201,
     .act = &product_create_act,
     .errors = create_errors},
    {"POST", "/v1/products/bulk", "Create up to 500 products",
     "Each item is taken or refused by itself: `results` has one entry for each, in order, with the status that the "
     "single call would have answered. All that are taken are stored together.\n\n"
     "```json\n"
     "{\"products\": [{\"sku\": \"TEE-S\", \"price\": 1990}, {\"sku\": \"TEE-M\", \"price\": 1990}]}\n"
     "```",
     .needs = PERM_CATALOG_WRITE, .body = &products_bulk_rec, .reply = &products_bulk_result_rec, .success = 200,
     .act = &products_bulk_act, .flags = ROUTE_LARGE},
    {"GET", "/v1/products", "List products",
     "Newest first. `?kind=service`, `?active=true`, `?gtin=4006381333931` and `?updated_at[gte]=2026-11-01T00:00:00Z` "
     "narrow it; `?expand=units` adds the further units.",
     .needs = PERM_CATALOG_READ, .reply = &product_rec, .success = 200, .list = &products_list, .params = products_params},
    {"GET", "/v1/products/{sku}", "One product", "By its SKU or its id.", .needs = PERM_CATALOG_READ,
     .reply = &product_rec, .success = 200, .serve = serve_product},
    {"PATCH", "/v1/products/{sku}", "Change a product",
     "What is not sent stays as it is, null empties it, `units` is replaced as a whole. Orders keep the price, name "
     "and "
     "tax that they were placed with. `{\"active\": false}` ends its sale: new orders are refused, placed ones go on.",
     .needs = PERM_CATALOG_WRITE, .body = &product_rec, .reply = &product_rec, .success = 200,
     .act = &product_update_act, .flags = ROUTE_PATCH},
    {"POST", "/v1/tax_rates", "Create a tax rate",
     "The rate that a tax category of products pays where the goods go. The most specific one counts: category, "
     "country "
     "and region before category and country before category alone. A category without a rate is taxed at 0. There is "
     "one rate for each category, country and region: a second one is refused with 409 `already_exists`.\n\n"
     "```json\n"
     "{\"category\": \"standard\", \"country\": \"CN\", \"rate\": \"0.13\"}\n"
     "```",
     .needs = PERM_MASTER_WRITE, .body = &tax_rate_rec, .reply = &tax_rate_rec, .success = 201,
     .act = &tax_rate_create_act, .errors = create_errors},
    {"GET", "/v1/tax_rates", "List tax rates", "Newest first; `?category=standard&country=CN` narrows it.",
     .needs = PERM_MASTER_READ, .reply = &tax_rate_rec, .success = 200, .list = &tax_rates_list},
    {"GET", "/v1/tax_rates/{id}", "One tax rate", "By its id.", .needs = PERM_MASTER_READ, .reply = &tax_rate_rec,
     .success = 200, .serve = serve_tax_rate},
    {"PATCH", "/v1/tax_rates/{id}", "Change a tax rate",
     "Only `rate` can change. Orders keep the rate that they were placed with.", .needs = PERM_MASTER_WRITE,
     .body = &tax_rate_rec, .reply = &tax_rate_rec, .success = 200, .act = &tax_rate_update_act, .flags = ROUTE_PATCH},
    {"DELETE", "/v1/tax_rates/{id}", "Delete a tax rate",
     "From then on the next less specific rate counts. Orders keep the rate that they were placed with.",
     .needs = PERM_MASTER_WRITE, .success = 204, .act = &tax_rate_delete_act},
    {0},
};
