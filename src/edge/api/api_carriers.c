/* Carriers over HTTP. */
#include "api.h"

#include "carriers.h"

static enum err serve_carrier(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct carrier *c = ARENA_NEW(cx->arena, struct carrier);
  TRY(carrier_load(cx, rq->id, c));
  *out = (struct act_result){.rec = &carrier_rec, .value = c, .version = c->version};
  return ERR_OK;
}

static enum err fill_carriers(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return expand && *expand ? carriers_fill(cx, rows, n) : ERR_OK;
}

static const struct api_list carriers_list = {
    .table = &carrier_table,
    .filters = (const char *const[]){"code", "kind", "active", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "code", NULL},
    .id_field = "id",
    .fill = fill_carriers,
    .expands = (const char *const[]){"services", "zones", "rates", NULL},
};

enum { QUOTE_SERVICE, QUOTE_COUNTRY, QUOTE_REGION, QUOTE_POSTAL_CODE, QUOTE_FROM_COUNTRY, QUOTE_WEIGHT };
static const struct api_param quote_params[] = {
    [QUOTE_SERVICE] = {"service", REC_TEXT, "Code of the service; required", "standard"},
    [QUOTE_COUNTRY] = {"country", REC_TEXT, "Country of the address, ISO 3166-1 alpha-2", "DE"},
    [QUOTE_REGION] = {"region", REC_TEXT, "Region of the address", "BY"},
    [QUOTE_POSTAL_CODE] = {"postal_code", REC_TEXT, "Postal code of the address", "80331"},
    [QUOTE_FROM_COUNTRY] = {"from_country", REC_TEXT, "Country it is sent from, ISO 3166-1 alpha-2", "DE"},
    [QUOTE_WEIGHT] = {"weight_g", REC_INT, "Weight of the shipment in grams; left out = 0", "1200"},
    {0},
};

static enum err serve_quote(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct api_param_value *p = rq->params;
  struct carrier_quote_answer *answer = ARENA_NEW(cx->arena, struct carrier_quote_answer);
  int64_t weight_g = p[QUOTE_WEIGHT].i64 == ABSENT ? 0 : p[QUOTE_WEIGHT].i64;
  struct carrier c;
  if (!p[QUOTE_SERVICE].text)
    fault_add(&cx->fault, ERR_INVALID, "/query/service", "required", "must be given");
  if (weight_g < 0)
    fault_add(&cx->fault, ERR_INVALID, "/query/weight_g", "too_small", "must be at least 0");
  if (cx->fault.n > 0)
    return ERR_INVALID;
  TRY(carrier_load(cx, rq->id, &c));
  struct carrier_lane lane = {p[QUOTE_FROM_COUNTRY].text, p[QUOTE_COUNTRY].text, p[QUOTE_REGION].text,
                              p[QUOTE_POSTAL_CODE].text};
  TRY(carrier_quote_for(cx, &c, p[QUOTE_SERVICE].text, &lane, weight_g, answer));
  *out = (struct act_result){.rec = &carrier_quote_rec, .value = answer, .version = ABSENT};
  return ERR_OK;
}

/* Numbers that our own carriers give are known by their prefix. */
static enum err check_own(struct ctx *cx, const char *text, struct tracking_check *check)
{
  const struct carrier *carriers;
  size_t n;
  TRY(carriers_all(cx, &carriers, &n));
  for (size_t i = 0; i < n; i++)
    if (carriers[i].tracking_prefix && tracking_number_is_own(carriers[i].tracking_prefix, text)) {
      check->courier = check->format = arena_text(cx->arena, carriers[i].code);
      check->name = arena_text(cx->arena, carriers[i].name);
      check->valid = true;
      return ERR_OK;
    }
  return ERR_OK;
}

static enum err serve_tracking_number(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct tracking_check *check = ARENA_NEW(cx->arena, struct tracking_check);
  *check = tracking_number_check(cx->arena, rq->id);
  if (!check->valid)
    TRY(check_own(cx, rq->id, check));
  *out = (struct act_result){.rec = &tracking_check_rec, .value = check, .version = ABSENT};
  return ERR_OK;
}

static const enum err create_errors[] = {ERR_EXISTS, ERR_OK};

const struct route carrier_routes[] = {
    {"POST", "/v1/carriers", "Create a carrier",
     "A carrier is one document: its services, the zones it goes to and a rate table over both. It is checked as a "
     "whole: a rate names a service and a zone that are there, and within one service and zone heavier never costs "
     "less.\n\n"
     "```json\n"
     "{\"code\": \"dhl\", \"name\": \"DHL\", \"kind\": \"manual\", \"currency\": \"EUR\",\n"
     " \"services\": [{\"code\": \"paket\", \"methods\": [\"standard\"], \"transit_days\": 2, \"max_weight_g\": "
     "31500,\n"
     "               \"transit\": [{\"zone\": \"islands\", \"days\": 4}]}],\n"
     " \"zones\": [{\"code\": \"islands\", \"countries\": [\"DE\"], \"postal_prefixes\": [\"264\", \"27498\"]},\n"
     "            {\"code\": \"de\", \"countries\": [\"DE\"]}],\n"
     " \"rates\": [{\"service\": \"paket\", \"zone\": \"de\", \"up_to_g\": 2000, \"price\": 549},\n"
     "            {\"service\": \"paket\", \"zone\": \"de\", \"up_to_g\": 10000, \"price\": 1049, \"per_extra_kg\": "
     "100}]}\n"
     "```\n\n"
     "The first zone that takes an address counts, so the particular ones stand first; with `from_countries` a zone "
     "is for goods sent from there only. The price of a shipment is that "
     "of the first step that carries its weight; above the last step it is that price plus `per_extra_kg` for each "
     "kilogram begun, or nothing is taken where `per_extra_kg` is left out. A carrier of kind `table` also gives "
     "tracking numbers: its prefix, ten digits and a check digit.",
     .needs = PERM_MASTER_WRITE, .body = &carrier_rec, .reply = &carrier_rec, .success = 201,
     .act = &carrier_create_act,
     .errors = create_errors},
    {"GET", "/v1/carriers", "List carriers", "Newest first; `?expand=services,zones,rates` adds what they consist of.",
     .needs = PERM_MASTER_READ, .reply = &carrier_rec, .success = 200, .list = &carriers_list},
    {"GET", "/v1/carriers/{code}", "One carrier", "By its code or its id, with its services, zones and rates.",
     .needs = PERM_MASTER_READ, .reply = &carrier_rec, .success = 200, .serve = serve_carrier},
    {"PATCH", "/v1/carriers/{code}", "Change a carrier",
     "What is not sent stays as it is; `services`, `zones` and `rates` are each replaced as a whole, and the document "
     "that results is checked as a whole.",
     .needs = PERM_MASTER_WRITE, .body = &carrier_rec, .reply = &carrier_rec, .success = 200,
     .act = &carrier_update_act,
     .flags = ROUTE_PATCH},
    {"GET", "/v1/carriers/{code}/quote", "What a shipment would cost",
     "Price and days by the rate table, for an address and a weight: "
     "`?service=paket&country=DE&postal_code=80331&weight_g=1200`. Where there is no answer `result` says why.",
     .needs = PERM_MASTER_READ, .reply = &carrier_quote_rec, .success = 200, .serve = serve_quote,
     .params = quote_params},
    {"GET", "/v1/tracking_numbers/{number}", "Recognize a tracking number",
     "Whose it is, by its shape and check digit: UPS, FedEx, USPS and the S10 numbers of all posts. It looks at the "
     "number alone, and finds no parcel.",
     .needs = PERM_MASTER_READ, .reply = &tracking_check_rec, .success = 200, .serve = serve_tracking_number},
    {0},
};
