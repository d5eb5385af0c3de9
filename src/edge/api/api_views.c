/* Saved views and preferences over HTTP. */
#include "api.h"

#include "views.h"

static enum err narrow_views(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 1);
  (void)rq;
  args[0] = I64(cx->actor.id);
  page->where = "(owner_id = $1 OR shared = 1)";
  page->where_args = args;
  page->n_where_args = 1;
  return ERR_OK;
}

static enum err fill_views(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  views_fill(cx, rows, n);
  return ERR_OK;
}

static const struct api_list views_list = {
    .table = &view_table,
    .filters = (const char *const[]){"screen", "name", "shared", "is_default", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "name", NULL},
    .id_field = "id",
    .narrow = narrow_views,
    .fill = fill_views,
};

static enum err serve_view(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct view *view = ARENA_NEW(cx->arena, struct view);
  TRY(view_find(cx, rq->id, view));
  *out = (struct act_result){.rec = &view_rec, .value = view, .version = view->version};
  return ERR_OK;
}

static enum err serve_preferences(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct preferences *p = ARENA_NEW(cx->arena, struct preferences);
  (void)rq;
  TRY(preferences_read(cx, p));
  *out = (struct act_result){.rec = &preferences_rec, .value = p, .version = p->version};
  return ERR_OK;
}

static const enum err view_errors[] = {ERR_EXISTS, ERR_STATE, ERR_FORBIDDEN, ERR_OK};
static const enum err preferences_errors[] = {ERR_STATE, ERR_OK};

const struct route view_routes[] = {
    {"GET", "/v1/views", "List saved views",
     "One's own and those that others share, newest first. `?screen=orders` shows those of one screen.",
     .needs = PERM_SIGNED_IN, .reply = &view_rec, .success = 200, .list = &views_list},
    {"POST", "/v1/views", "Save a view",
     "To share it needs `view.share`. A default ends the default before it, of the same owner and screen.\n\n"
     "```json\n"
     "{\"screen\": \"orders\", \"name\": \"Late in New Jersey\", \"query\": \"state=open&late=true&location=NJ1\", "
     "\"columns\": [\"number\", \"promise\", \"holds\"]}\n"
     "```",
     .needs = PERM_SIGNED_IN, .body = &view_rec, .reply = &view_rec, .success = 201, .act = &view_add_act,
     .errors = view_errors},
    {"GET", "/v1/views/{id}", "One saved view", NULL, .needs = PERM_SIGNED_IN, .reply = &view_rec, .success = 200,
     .serve = serve_view},
    {"PATCH", "/v1/views/{id}", "Change a saved view",
     "One's own; a shared one of somebody else with `view.share`. What is not sent stays.", .needs = PERM_SIGNED_IN,
     .body = &view_rec, .reply = &view_rec, .success = 200, .act = &view_change_act, .errors = view_errors,
     .flags = ROUTE_PATCH},
    {"DELETE", "/v1/views/{id}", "Delete a saved view", "As for changing it.", .needs = PERM_SIGNED_IN, .success = 204,
     .act = &view_delete_act, .errors = view_errors},
    {"GET", "/v1/session/preferences", "How the console looks for who is signed in",
     "The defaults where nothing was set. An API key has none (409 `wrong_state`).", .needs = PERM_SIGNED_IN,
     .reply = &preferences_rec, .success = 200, .serve = serve_preferences, .errors = preferences_errors},
    {"PATCH", "/v1/session/preferences", "Change how it looks",
     "What is not sent stays; of `screens` those that are not named stay.\n\n"
     "```json\n"
     "{\"theme\": \"dark\", \"screens\": {\"orders\": {\"board\": true}}}\n"
     "```",
     .needs = PERM_SIGNED_IN, .body = &preferences_rec, .reply = &preferences_rec, .success = 200,
     .act = &preferences_change_act, .errors = preferences_errors, .flags = ROUTE_PATCH},
    {0},
};
