/* Channels over HTTP. */
#include "api.h"
#include "api_scope_priv.h"

#include "channels.h"
#include "orders.h"

static enum err serve_channel(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct channel *ch = ARENA_NEW(cx->arena, struct channel);
  TRY(channel_load(cx, rq->id, ch));
  *out = (struct act_result){.rec = &channel_rec, .value = ch, .version = ch->version};
  return ERR_OK;
}

static enum err fill_channels(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return expand && *expand ? channels_fill(cx, rows, n) : ERR_OK;
}

static const struct api_list channels_list = {
    .table = &channel_table,
    .filters = (const char *const[]){"code", "kind", "active", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "code", NULL},
    .id_field = "id",
    .fill = fill_channels,
    .expands = (const char *const[]){"sourcing_rules", NULL},
};

/* ---- Health ---- */

static enum err serve_health(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  static const struct db_where all = {&channel_table, "1 = 1 ORDER BY code LIMIT 1000", DB_LIST};
  LIST(struct channel) channels = {0};
  (void)out;
  TRY(scope_all_locations(cx));
  TRY(db_select(cx->db, &all, (struct list *)(void *)&channels, DB_NO_ARGS));
  size_t seen = 0;
  for (size_t i = 0; i < channels.n; i++)
    if (scope_sees_channel(cx, channels.at[i].code))
      channels.at[seen++] = channels.at[i];
  channels.n = seen;
  struct channel_health *health = ARENA_ARRAY(cx->arena, struct channel_health, channels.n + 1);
  TRY(channel_health_load(cx, channels.at, channels.n, health));
  return api_page(cx, rq, &channel_health_rec, health, channels.n);
}

static const enum err create_errors[] = {ERR_EXISTS, ERR_OK};

const struct route channel_routes[] = {
    {"POST", "/v1/channels", "Create a channel",
     "Only `code` is required: a new channel refuses orders that find too little stock, lets an order be answered by "
     "several locations but never with units missing, and asks for payment before release. `code` can never be "
     "changed.\n\n"
     "```json\n"
     "{\"code\": \"market\", \"kind\": \"marketplace\", \"stock_policy\": \"backorder\",\n"
     " \"sourcing_rules\": [{\"name\": \"stores nearby\", \"kinds\": [\"store\"], \"max_distance_m\": 50000},\n"
     "                    {\"name\": \"anywhere\"}]}\n"
     "```\n\n"
     "Sourcing rules are tried in order; the first one that can fill an order decides. A rule narrows the locations by "
     "kind, tag, country and distance, and ranks them by cost, priority, distance or earliest date; `on_failure` says "
     "what happens when it cannot fill the order: try the next rule, leave the order in the queue, or refuse it.",
     .needs = PERM_MASTER_WRITE, .body = &channel_rec, .reply = &channel_rec, .success = 201,
     .act = &channel_create_act,
     .errors = create_errors},
    {"GET", "/v1/channels", "List channels", "Newest first; `?expand=sourcing_rules` adds their rules.",
     .needs = PERM_MASTER_READ, .reply = &channel_rec, .success = 200, .list = &channels_list},
    {"GET", "/v1/channel_health", "How channels are doing",
     "Orders of the last 24 hours and of those before, the last one, and how long it took to come in; by code.",
     .needs = PERM_MASTER_READ, .reply = &channel_health_rec, .success = 200, .serve = serve_health,
     .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/channels/{code}", "One channel", "By its code or its id.", .needs = PERM_MASTER_READ,
     .reply = &channel_rec, .success = 200, .serve = serve_channel},
    {"PATCH", "/v1/channels/{code}", "Change a channel",
     "What is not sent stays as it is, null gives the default back, lists are replaced. Policies count for orders "
     "placed "
     "or sourced from then on.",
     .needs = PERM_MASTER_WRITE, .body = &channel_rec, .reply = &channel_rec, .success = 200,
     .act = &channel_update_act,
     .flags = ROUTE_PATCH},
    {0},
};
