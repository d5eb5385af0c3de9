#include "consumers.h"

#include "scratch.h"
#include "test.h"

#include <string.h>

#define NOON "2026-01-05T12:00:00Z"

/* ---- A consumer that counts: a setting for each event it has seen ---- */

static const char *stumbles_at; /* topic at which the database is away */

static enum err count(struct ctx *cx, const struct feed_entry *event)
{
  static const struct db_stmt put = {"INSERT INTO setting (setting_key, setting_value) VALUES ($1, $2)", DB_KEYED};
  TRY(db_run(cx->db, &put, NULL, DB_ARGS(TEXT(event->id), TEXT(event->topic))));
  return stumbles_at && strcmp(event->topic, stumbles_at) == 0 ? err_fail(cx, ERR_STORAGE, "", "no disk") : ERR_OK;
}
static const char *const thing_topics[] = {"thing.made", "other.*", NULL};
static const struct consumer counter = {.name = "counter", .doc = "counts", .topics = thing_topics, .react = count};
static const struct consumer *const consumers[] = {&counter};

static void begin(struct ctx *cx)
{
  struct act_result r;
  struct consumers_begin body = {consumers, COUNT_OF(consumers)};
  CHECK_OK(scratch_act(cx, &consumers_begin_act, (struct act_input){.body = &body, .version = ABSENT}, &r));
}

static void tell(struct ctx *cx, const char *topic, int64_t version)
{
  CHECK_OK(scratch_begin(cx));
  cx->event_ordinal = 0;
  CHECK_OK(event_emit(cx, &(struct event_draft){.topic = topic,
                                                .subject_kind = "thing",
                                                .subject_prefix = "thg",
                                                .bucket = 5,
                                                .subject_id = 1029,
                                                .version = version}));
  CHECK_OK(scratch_commit(cx));
}

static struct consumer_slice read_on(struct ctx *cx)
{
  struct consumer_slice slice;
  int64_t at;
  CHECK_OK(consumer_cursor(cx, &counter, &at));
  CHECK_OK(consumer_slice_read(cx, at, CONSUMER_SLICE, &slice));
  return slice;
}

static enum err step(struct ctx *cx, const struct consumer_slice *slice)
{
  struct act_result r;
  struct consumer_step body = {&counter, slice};
  return scratch_act(cx, &consumer_step_act, (struct act_input){.body = &body, .version = ABSENT}, &r);
}

static int64_t seen(struct ctx *cx)
{
  return scratch_i64(cx, "SELECT count(*) FROM setting WHERE setting_key LIKE 'thg%'");
}

/* SQLite alone has numbers at commit in a scratch database. */
#define NUMBERED SQLITE_ONLY("a scratch database has no numberer")

TEST(a_new_consumer_does_not_react_to_the_past)
{
  NUMBERED;
  struct ctx *cx = scratch_ctx(t, NOON);
  tell(cx, "thing.made", 1);
  begin(cx);
  CHECK_INT(read_on(cx).events.n, 0);
  tell(cx, "thing.made", 2);
  begin(cx); /* the second time changes nothing */
  CHECK_INT(read_on(cx).events.n, 1);
}

TEST(each_event_of_its_topics_makes_its_effect_once)
{
  NUMBERED;
  struct ctx *cx = scratch_ctx(t, NOON);
  begin(cx);
  tell(cx, "thing.made", 1);
  tell(cx, "thing.lost", 2);
  tell(cx, "other.made", 3);
  struct consumer_slice slice = read_on(cx);
  CHECK_INT(slice.events.n, 3);
  CHECK_OK(step(cx, &slice));
  CHECK_INT(seen(cx), 2);
  CHECK_OK(step(cx, &slice)); /* who comes second does nothing */
  CHECK_INT(seen(cx), 2);
  CHECK_INT(read_on(cx).events.n, 0);
}

TEST(effects_and_cursor_stay_away_together)
{
  NUMBERED;
  struct ctx *cx = scratch_ctx(t, NOON);
  begin(cx);
  tell(cx, "thing.made", 1);
  tell(cx, "other.made", 2);
  struct consumer_slice slice = read_on(cx);
  stumbles_at = "other.made";
  CHECK_ERR(step(cx, &slice), ERR_STORAGE);
  stumbles_at = NULL;
  CHECK_INT(seen(cx), 0);
  CHECK_INT(read_on(cx).events.n, 2);
  CHECK_OK(step(cx, &slice));
  CHECK_INT(seen(cx), 2);
}

TEST(an_event_tells_code_what_it_is_about)
{
  NUMBERED;
  struct ctx *cx = scratch_ctx(t, NOON);
  begin(cx);
  tell(cx, "thing.made", 3);
  struct consumer_slice slice = read_on(cx);
  CHECK_INT(slice.events.at[0].bucket, 5);
  CHECK_INT(slice.events.at[0].subject_id, 1029);
  CHECK_INT(slice.events.at[0].n, 3 * EVENTS_PER_VERSION);
}

TEST(a_pattern_means_its_topic_or_all_that_begin_so)
{
  static const struct {
    const char *topic, *pattern;
    bool matches;
  } cases[] = {
      {"order.placed", "order.placed", true},
      {"order.placed", "order.*", true},
      {"order.placed", "*", true},
      {"order.placed", "order", false},
      {"orders.placed", "order.*", false},
      {"order.placed", "order.place", false},
      {"order.placed", "", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    CHECK_INT(topic_matches(cases[i].topic, cases[i].pattern), cases[i].matches);
}
