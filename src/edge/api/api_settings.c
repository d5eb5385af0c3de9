/* Settings and number series over HTTP. */
#include "api.h"

#include "company.h"

static enum err serve_settings(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  struct setting_view *views = ARENA_ARRAY(cx->arena, struct setting_view, SETTING_COUNT);
  for (enum setting s = 0; s < SETTING_COUNT; s++)
    TRY(setting_view_read(cx, s, &views[s]));
  TRY(api_page(cx, rq, &setting_view_rec, views, SETTING_COUNT));
  return ERR_OK;
}

static enum err serve_setting(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct setting_view *view = ARENA_NEW(cx->arena, struct setting_view);
  enum setting s = setting_find(rq->id);
  if (s == SETTING_COUNT)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no setting %.64s", rq->id);
  TRY(setting_view_read(cx, s, view));
  *out = (struct act_result){.rec = &setting_view_rec, .value = view, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_series_list(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  static const struct db_where all = {&number_series_table, "1 = 1 ORDER BY code LIMIT 200", DB_LIST};
  (void)out;
  LIST(struct number_series) rows = {0};
  TRY(db_select(cx->db, &all, (struct list *)(void *)&rows, DB_NO_ARGS));
  TRY(api_page(cx, rq, &number_series_rec, rows.at, rows.n));
  return ERR_OK;
}

static enum err serve_series(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct number_series *series = ARENA_NEW(cx->arena, struct number_series);
  rec_init(&number_series_rec, series);
  series->code = rq->id;
  enum err err = db_get(cx->db, &number_series_table, series);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "no number series is called %.64s", rq->id);
  TRY(err);
  *out = (struct act_result){.rec = &number_series_rec, .value = series, .version = series->version};
  return ERR_OK;
}

static const enum err setting_errors[] = {ERR_STATE, ERR_OK};
static const enum err series_errors[] = {ERR_STATE, ERR_EXISTS, ERR_OK};

const struct route setting_routes[] = {
    {"GET", "/v1/settings", "List settings",
     "All of them in one page, each with its value, default, bounds and unit, and a line that tells what it does.",
     .needs = PERM_MASTER_READ, .reply = &setting_view_rec, .success = 200, .serve = serve_settings,
     .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/settings/{key}", "One setting", NULL, .needs = PERM_MASTER_READ, .reply = &setting_view_rec,
     .success = 200,
     .serve = serve_setting},
    {"PATCH", "/v1/settings/{key}", "Change a setting",
     "Values are sent as text, numbers too. `company.currency` is fixed once there are orders (409 `wrong_state`).\n\n"
     "```json\n"
     "{\"value\": \"24\"}\n"
     "```",
     .needs = PERM_MASTER_WRITE, .body = &setting_input_rec, .reply = &setting_view_rec, .success = 200,
     .act = &setting_change_act, .errors = setting_errors},
    {"GET", "/v1/number_series", "List number series",
     "What the numbers of orders and other documents are drawn from. A series appears with its first number.",
     .needs = PERM_MASTER_READ, .reply = &number_series_rec, .success = 200, .serve = serve_series_list,
     .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/number_series/{code}", "One number series", NULL, .needs = PERM_MASTER_READ,
     .reply = &number_series_rec,
     .success = 200, .serve = serve_series},
    {"PATCH", "/v1/number_series/{code}", "Change a number series",
     "`prefix`, `digits` and `mode`. Another mode needs another prefix, so that no number is given twice; a prefix "
     "belongs to one series.",
     .needs = PERM_MASTER_WRITE, .body = &number_series_rec, .reply = &number_series_rec, .success = 200,
     .act = &number_series_change_act, .errors = series_errors, .flags = ROUTE_PATCH},
    {0},
};
