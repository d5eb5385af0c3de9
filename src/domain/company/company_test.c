/* Settings and number series: who may change what, when. */
#include <string.h>

#include "company_priv.h"
#include "scratch.h"

static const char morning[] = "2026-01-05T09:00:00Z";

static enum err set(struct ctx *cx, const char *key, const char *value, struct act_result *out)
{
  struct setting_input input = {value};
  return scratch_act(cx, &setting_change_act, (struct act_input){.id = key, .body = &input, .version = ABSENT}, out);
}

static enum err change_series(struct ctx *cx, const char *code, const char *json, struct act_result *out)
{
  struct act_input in = {.id = code, .json = json, .json_n = strlen(json), .version = ABSENT};
  return scratch_act(cx, &number_series_change_act, in, out);
}

/* The next number of a series, in a transaction of its own. */
static const char *draw(struct ctx *cx, const char *code, const char *prefix)
{
  const char *number = NULL;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(number_draw(cx, code, prefix, &number));
  CHECK_OK(scratch_commit(cx));
  return number;
}

TEST(a_setting_holds_from_the_next_read_on)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  int64_t hours = 0;
  CHECK_OK(setting_i64(cx, SETTING_SESSION_HOURS, &hours));
  CHECK_INT(hours, 12);
  CHECK_OK(set(cx, "session.hours", "24", &result));
  CHECK_TEXT(((const struct setting_view *)result.value)->value, "24");
  CHECK_OK(setting_i64(cx, SETTING_SESSION_HOURS, &hours));
  CHECK_INT(hours, 24);
}

TEST(values_out_of_bounds_are_refused)
{
  struct ctx *cx = scratch_ctx(t, morning);
  static const char *const rows[][2] = {
      {"session.hours",     "0"               },
      {"session.hours",     "721"             },
      {"session.hours",     "twelve"          },
      {"company.currency",  "XXY"             },
      {"company.language",  "english language"},
      {"company.language",  "e1"              },
      {"company.time_zone", "Mars/Olympus"    },
      {"tax.rounding",      "never"           },
      {"company.name",      ""                },
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    CHECK_ERR(set(cx, rows[i][0], rows[i][1], NULL), ERR_INVALID);
    CHECK_TEXT(cx->fault.entries[0].pointer, "/value");
  }
  CHECK_ERR(set(cx, "company.color", "blue", NULL), ERR_NOT_FOUND);
  CHECK_INT(scratch_events(cx, "setting.updated"), 0);
}

TEST(every_change_of_a_setting_is_an_event_and_no_change_is_none)
{
  struct ctx *cx = scratch_ctx(t, morning);
  CHECK_OK(set(cx, "company.name", "Li Trading", NULL));
  CHECK_OK(set(cx, "company.name", "Li Trading", NULL));
  CHECK_OK(set(cx, "company.name", "Wei Trading", NULL));
  CHECK_INT(scratch_events(cx, "setting.updated"), 2);
  CHECK_INT(scratch_i64(cx,
                        "SELECT count(*) FROM event WHERE data = '{\"name\":\"company.name\",\"changes\":[{\"pointer\":"
                        "\"/value\",\"before\":\"Li Trading\",\"after\":\"Wei Trading\"}]}'"),
            1);
}

/* Any order will do here, so the table becomes one of the two columns that are looked at, with one row. */
static void an_order(struct ctx *cx)
{
  static const struct db_stmt steps[] = {
      {"DROP TABLE orders",                                                    DB_SCHEMA},
      {"CREATE TABLE orders (id BIGINT NOT NULL, created_at BIGINT NOT NULL)", DB_SCHEMA},
      {"INSERT INTO orders (id, created_at) VALUES (7, 1)",                    DB_SCHEMA},
  };
  for (size_t i = 0; i < COUNT_OF(steps); i++)
    CHECK_OK(db_run(cx->db, &steps[i], NULL, DB_NO_ARGS));
}

TEST(the_currency_is_fixed_once_there_are_orders)
{
  struct ctx *cx = scratch_ctx(t, morning);
  CHECK_OK(set(cx, "company.currency", "EUR", NULL));
  an_order(cx);
  CHECK_ERR(set(cx, "company.currency", "USD", NULL), ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/value");
  CHECK_OK(set(cx, "company.currency", "EUR", NULL));
  CHECK_OK(set(cx, "company.name", "Li Trading", NULL));
}

TEST(all_settings_are_shown_with_their_bounds)
{
  struct ctx *cx = scratch_ctx(t, morning);
  for (enum setting s = 0; s < SETTING_COUNT; s++) {
    struct setting_view view;
    CHECK_OK(setting_view_read(cx, s, &view));
    CHECK_TEXT(view.value, view.def);
    CHECK_INT(view.choices.n > 0, view.kind == SETTING_CHOICE);
    CHECK_INT(view.min == ABSENT, view.kind == SETTING_CHOICE);
    CHECK(!text_empty(view.help));
  }
}

TEST(a_series_gets_a_new_prefix_without_losing_its_place)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  CHECK_TEXT(draw(cx, "order", "SO-"), "SO-100001");
  CHECK_OK(change_series(cx, "order", "{\"prefix\":\"A\",\"digits\":8}", &result));
  CHECK_INT(result.version, 2);
  CHECK_INT(((const struct number_series *)result.value)->next_value, 100002);
  CHECK_TEXT(draw(cx, "order", "SO-"), "A00100002");
  CHECK_INT(scratch_events(cx, "number_series.updated"), 1);
}

TEST(numbers_drawn_earlier_in_the_same_batch_are_kept)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  const char *number, *json = "{\"prefix\":\"B-\"}";
  draw(cx, "order", "SO-");
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(number_draw(cx, "order", "SO-", &number));
  CHECK_TEXT(number, "SO-100002");
  CHECK_OK(act_run(cx, &number_series_change_act,
                   &(struct act_input){.id = "order", .json = json, .json_n = strlen(json), .version = ABSENT},
                   &result));
  CHECK_OK(number_draw(cx, "order", "SO-", &number));
  CHECK_TEXT(number, "B-100003");
  CHECK_OK(scratch_commit(cx));
}

TEST(no_change_can_give_a_number_twice)
{
  struct ctx *cx = scratch_ctx(t, morning);
  draw(cx, "order", "SO-");
  draw(cx, "return", "RE-");
  CHECK_ERR(change_series(cx, "order", "{\"mode\":\"random\"}", NULL), ERR_STATE);
  CHECK_ERR(change_series(cx, "order", "{\"prefix\":\"RE-\"}", NULL), ERR_EXISTS);
  CHECK_ERR(change_series(cx, "order", "{\"next_value\":1}", NULL), ERR_INVALID);
  CHECK_OK(change_series(cx, "order", "{\"mode\":\"random\",\"prefix\":\"R\"}", NULL));
  CHECK_ERR(change_series(cx, "invoice", "{\"prefix\":\"I\"}", NULL), ERR_NOT_FOUND);
}
