/* Locations over HTTP. */
#include "api.h"

#include "inventory.h"

static enum err serve_location(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct location *l = ARENA_NEW(cx->arena, struct location);
  TRY(location_load(cx, rq->id, l));
  *out = (struct act_result){.rec = &location_rec, .value = l, .version = l->version};
  return ERR_OK;
}

static const struct api_list locations_list = {
    .table = &location_table,
    .filters = (const char *const[]){"code", "kind", "paused", "time_zone", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "priority", "code", NULL},
    .id_field = "id",
};

static const enum err create_errors[] = {ERR_EXISTS, ERR_OK};
static const enum err update_errors[] = {ERR_STATE, ERR_OK};

const struct route location_routes[] = {
    {"POST", "/v1/locations", "Create a location",
     "Only `code` is required: a new location is a warehouse that is always open, has no cut-off, no bound on orders "
     "and takes the company's time zone. `code` and `spread` can never be changed.\n\n"
     "```json\n"
     "{\"code\": \"NJ1\", \"name\": \"New Jersey\", \"kind\": \"warehouse\", \"time_zone\": \"America/New_York\", "
     "\"cut_off\": \"14:00\"}\n"
     "```",
     .needs = PERM_MASTER_WRITE, .body = &location_rec, .reply = &location_rec, .success = 201,
     .act = &location_create_act, .errors = create_errors},
    {"GET", "/v1/locations", "List locations",
     "Newest first. `?paused=false` leaves out those that take no work, `?kind=store` shows the stores.",
     .needs = PERM_MASTER_READ, .reply = &location_rec, .success = 200, .list = &locations_list},
    {"GET", "/v1/locations/{id}", "One location", "By its code or its id.", .needs = PERM_MASTER_READ,
     .reply = &location_rec, .success = 200, .serve = serve_location},
    {"PATCH", "/v1/locations/{id}", "Change a location",
     "What is not sent stays as it is, null empties it, lists are replaced. `{\"paused\": true}` takes the location "
     "out of sourcing at once; what it already works on goes on. `negative_stock` cannot be switched off while some "
     "stock there is below 0 or promised beyond what is there.",
     .needs = PERM_MASTER_WRITE, .body = &location_rec, .reply = &location_rec, .success = 200,
     .act = &location_update_act, .errors = update_errors, .flags = ROUTE_PATCH},
    {0},
};
