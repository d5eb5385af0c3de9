#include "channels.h"

#include "scratch.h"
#include "settings.h"
#include "test.h"

#include <string.h>

#define NOON "2026-01-05T12:00:00Z"

static enum err create(struct ctx *cx, const char *json, struct act_result *out)
{
  struct channel ch;
  struct act_result ignored;
  fault_clear(&cx->fault);
  rec_init(&channel_rec, &ch);
  TRY(rec_read(&channel_rec, json, strlen(json), "", cx->arena, &cx->fault, &ch));
  return scratch_act(cx, &channel_create_act, (struct act_input){.body = &ch, .version = ABSENT}, out ? out : &ignored);
}

static enum err change(struct ctx *cx, const char *id, const char *json, struct act_result *out)
{
  struct act_result ignored;
  struct act_input in = {.id = id, .json = json, .json_n = strlen(json), .version = ABSENT};
  return scratch_act(cx, &channel_update_act, in, out ? out : &ignored);
}

static void bootstrap(struct ctx *cx)
{
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(channels_bootstrap(cx));
  CHECK_OK(scratch_commit(cx));
}

TEST(a_fresh_database_has_a_web_shop_that_refuses_what_is_not_there)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct channel *web;
  bootstrap(cx);
  bootstrap(cx); /* and no second one */
  CHECK_OK(channel_find(cx, "web", &web));
  CHECK_INT(web->kind, CHANNEL_WEB);
  CHECK_INT(web->stock_policy, STOCK_REFUSE);
  CHECK_INT(web->payment_terms, TERMS_PREPAID);
  CHECK(web->allow_splits && web->ship_complete && web->active && web->auto_open && web->prices_include_tax);
  CHECK(!web->hold_short_gifts);
  CHECK_TEXT(web->currency, "USD");
  CHECK_TEXT(web->number_series, "order");
  CHECK_TEXT(web->shipping_method, "standard");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM channel"), 1);
  CHECK_INT(scratch_events(cx, "channel.created"), 1);
}

TEST(the_descriptor_and_the_table_agree)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *columns;
  CHECK_OK(db_columns(cx->db, "channel", &columns));
  for (size_t i = 0; i < channel_rec.n; i++) {
    const struct rec_field *f = &channel_rec.fields[i];
    const char *name = arena_printf(cx->arena, ",%s,", f->column ? f->column : f->name);
    if (f->kind != REC_LIST && !strstr(arena_printf(cx->arena, ",%s,", columns), name))
      test_failed(__FILE__, __LINE__, name, columns, "its column");
  }
}

TEST(a_channel_keeps_its_rules_and_locations)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct channel *ch, *same;
  CHECK_OK(create(cx, "{\"code\":\"market\",\"kind\":\"marketplace\",\"stock_policy\":\"backorder\","
                      "\"payment_terms\":\"account\","
                      "\"locations\":[\"WH-1\",\"WH-2\"],\"max_splits\":2,\"minimum_shipment\":1000,"
                      "\"sourcing_rules\":[{\"name\":\"near\",\"kinds\":[\"store\"],\"max_distance_m\":50000,"
                      "\"ranking\":\"distance\"},"
                      "{\"name\":\"rest\",\"on_failure\":\"queue\"}]}", NULL));
  CHECK_OK(channel_find(cx, "market", &ch));
  CHECK_OK(channel_by_id(cx, ch->id, &same));
  CHECK(ch == same);
  CHECK_INT(ch->sourcing_rules.n, 2);
  CHECK_TEXT(ch->sourcing_rules.at[0].name, "near");
  CHECK_INT(ch->sourcing_rules.at[0].max_distance_m, 50000);
  CHECK_INT(ch->sourcing_rules.at[0].ranking, SOURCING_BY_DISTANCE);
  CHECK_TEXT(ch->sourcing_rules.at[0].kinds.at[0], "store");
  CHECK_INT(ch->sourcing_rules.at[1].on_failure, SOURCING_QUEUE);
  CHECK_INT(ch->minimum_shipment.minor, 1000);
  CHECK(channel_allows_location(ch, "WH-2"));
  CHECK(!channel_allows_location(ch, "WH-3"));
}

TEST(no_list_of_locations_allows_all)
{
  CHECK(channel_allows_location(&(struct channel){.code = "web"}, "WH-1"));
}

TEST(a_reply_is_what_is_stored)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct channel stored;
  CHECK_OK(create(cx, "{\"code\":\"pos\",\"kind\":\"store\",\"sourcing_rules\":[{\"name\":\"own\","
                      "\"tags\":[\"x\"]}]}", &r));
  CHECK_INT(r.status, 201);
  const char *sent = scratch_json(cx, &r);
  CHECK_OK(channel_load(cx, "pos", &stored));
  r.value = &stored;
  CHECK_TEXT(scratch_json(cx, &r), sent);
  CHECK(!strstr(sent, "sourcing_rules_json"));
  CHECK_OK(channel_load(cx, strrchr(r.location, '/') + 1, &stored));
  CHECK_TEXT(stored.code, "pos");
}

TEST(a_change_is_seen_at_once_and_only_once)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  const struct channel *web;
  bootstrap(cx);
  CHECK_OK(channel_find(cx, "web", &web));
  CHECK_OK(change(cx, "web", "{\"stock_policy\":\"hold\",\"sourcing_rules\":[{\"name\":\"all\"}]}", &r));
  CHECK_INT(r.version, 2);
  CHECK_OK(channel_find(cx, "web", &web));
  CHECK_INT(web->stock_policy, STOCK_HOLD);
  CHECK_INT(web->sourcing_rules.n, 1);
  CHECK_OK(change(cx, "web", "{\"stock_policy\":\"hold\",\"sourcing_rules\":[{\"name\":\"all\"}]}", &r));
  CHECK_INT(r.version, 2);
  CHECK_INT(scratch_events(cx, "channel.updated"), 1);
  CHECK_OK(change(cx, "web", "{\"sourcing_rules\":null}", &r));
  CHECK_OK(channel_find(cx, "web", &web));
  CHECK_INT(web->sourcing_rules.n, 0);
}

TEST(null_gives_a_field_its_default_back)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct channel *web;
  bootstrap(cx);
  CHECK_OK(change(cx, "web", "{\"name\":null,\"currency\":null,\"language\":null,\"shipping_method\":null,"
                      "\"allow_splits\":null}", NULL));
  CHECK_OK(channel_find(cx, "web", &web));
  CHECK_TEXT(web->name, "web");
  CHECK_TEXT(web->currency, "USD");
  CHECK(web->allow_splits);
}

TEST(what_is_wrong_with_a_channel_is_said_by_name)
{
  static const struct {
    const char *json, *pointer;
  } cases[] = {
    {"{}", "/code"},
    {"{\"code\":\"Web\"}", "/code"},
    {"{\"code\":\"a b\"}", "/code"},
    {"{\"code\":\"a\",\"kind\":\"fax\"}", "/kind"},
    {"{\"code\":\"a\",\"currency\":\"EURO\"}", "/currency"},
    {"{\"code\":\"a\",\"stock_policy\":\"oversell\"}", "/stock_policy"},
    {"{\"code\":\"a\",\"locations\":[\"X\",\"Y\",\"X\"]}", "/locations/2"},
    {"{\"code\":\"a\",\"allow_splits\":false,\"max_splits\":2}", "/max_splits"},
    {"{\"code\":\"a\",\"minimum_shipment\":-1}", "/minimum_shipment"},
    {"{\"code\":\"a\",\"sourcing_rules\":[{\"ranking\":\"luck\"}]}", "/sourcing_rules/0/ranking"},
    {"{\"code\":\"a\",\"sourcing_rules_json\":\"[]\"}", "/sourcing_rules_json"},
  };
  struct ctx *cx = scratch_ctx(t, NOON);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    CHECK_ERR(create(cx, cases[i].json, NULL), ERR_INVALID);
    CHECK_TEXT(cx->fault.entries[0].pointer, cases[i].pointer);
  }
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM channel"), 0);
}

TEST(a_code_is_given_once_and_stays)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  bootstrap(cx);
  CHECK_ERR(create(cx, "{\"code\":\"web\"}", NULL), ERR_EXISTS);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/code");
  CHECK_ERR(change(cx, "web", "{\"code\":\"www\"}", NULL), ERR_INVALID);
  CHECK_ERR(change(cx, "www", "{}", NULL), ERR_NOT_FOUND);
  const struct channel *ch;
  CHECK_ERR(channel_find(cx, "www", &ch), ERR_NOT_FOUND);
}

TEST(a_stale_version_is_refused)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  bootstrap(cx);
  CHECK_OK(change(cx, "web", "{\"name\":\"Shop\"}", NULL));
  struct act_input in = {.id = "web", .json = "{\"name\":\"X\"}", .json_n = 12, .version = 1};
  CHECK_ERR(scratch_act(cx, &channel_update_act, in, &r), ERR_VERSION);
}
