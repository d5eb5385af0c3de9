#include "jobs.h"

#include "scratch.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define NOON "2026-01-05T12:00:00.000Z"
enum { A_BUCKET = 7 };

/* ---- A kind whose effect is a setting: what a room would write beside the end ---- */

static enum err effect_load(struct ctx *cx, const struct act_input *in, void *out)
{
  const struct job_ending *ending = in->body;
  if (text_eq(ending->outcome->code, "refuse_me"))
    return err_fail(cx, ERR_STATE, "", "the message was taken back");
  *(int *)out = ending->end;
  return ERR_OK;
}
static enum err effect_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(int *)out = *(const int *)facts;
  return ERR_OK;
}
static enum err effect_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt put = {"INSERT INTO setting (setting_key, setting_value) VALUES ('test.end', $1)"
                                     " ON CONFLICT (setting_key) DO UPDATE SET setting_value = excluded.setting_value",
                                     DB_KEYED};
  (void)out;
  return db_run(cx->db, &put, NULL, DB_ARGS(TEXT(job_ends[*(const int *)plan])));
}
static const struct act effect_act = {
    "test.effect", sizeof(int), sizeof(int), effect_load, effect_decide, effect_apply, 0};

static const struct job_kind post_kind = {.name = "test.post",
                                          .tries = 3,
                                          .first_wait_ms = 10000,
                                          .longest_wait_ms = 60000,
                                          .limit_ms = 15000,
                                          .ended = &effect_act};
static const struct job_kind plain_kind = {
    .name = "test.plain", .tries = 2, .first_wait_ms = 1000, .longest_wait_ms = 1000, .limit_ms = 1000};
static const struct job_kind *const kinds[] = {&post_kind, &plain_kind};

/* ---- What the tests do ---- */

static int64_t a_subject(int64_t n)
{
  return (n << IDS_MS_SHIFT) | A_BUCKET;
}

static void put(struct ctx *cx, const char *kind, const char *key, const char *lane, int64_t place, const char *target)
{
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(job_put(cx, &(struct job_draft){.kind = kind,
                                           .key = key,
                                           .subject_prefix = "ord",
                                           .subject_id = a_subject(1),
                                           .lane = lane,
                                           .place = place,
                                           .target = target,
                                           .due = INSTANT(ABSENT)}));
  CHECK_OK(scratch_commit(cx));
}

static struct job_claim a_claim(int64_t most)
{
  return (struct job_claim){
      .kinds = kinds, .n_kinds = COUNT_OF(kinds), .groups = BUCKET_GROUPS_ALL, .most = most, .most_of_target = most};
}

static jobs claim_with(struct ctx *cx, const struct job_claim *claim)
{
  struct act_result r;
  CHECK_OK(scratch_act(cx, &job_claim_act, (struct act_input){.body = claim, .version = ABSENT}, &r));
  return ((const struct job_claimed *)r.value)->jobs;
}

static jobs claim(struct ctx *cx)
{
  struct job_claim c = a_claim(10);
  return claim_with(cx, &c);
}

static enum err try_end(struct ctx *cx, const struct job *job, int end, const char *code)
{
  struct act_result r;
  struct job_result result = {.kind = job_kind_find(kinds, COUNT_OF(kinds), job->kind),
                              .job = job,
                              .outcome = {.end = end, .code = code, .reason = code, .status = ABSENT},
                              .begun_at = cx->now,
                              .took_ms = 12};
  fault_clear(&cx->fault);
  return scratch_act(cx, &job_end_act, (struct act_input){.body = &result, .version = ABSENT}, &r);
}

static void later(struct ctx *cx, int64_t ms)
{
  char text[INSTANT_TEXT];
  instant_format(INSTANT(cx->now.ms + ms), text);
  scratch_clock(cx, text);
}

static struct job found(struct ctx *cx, const char *key)
{
  struct job job;
  rec_init(&job_rec, &job);
  CHECK_OK(job_find(cx, A_BUCKET, "test.post", key, &job));
  return job;
}

static const char *id_text(struct ctx *cx, const struct job *job)
{
  char id[ID_TEXT];
  id_format(PREFIX_job, job->id.v, id);
  return arena_text(cx->arena, id);
}

static void count_difference(void *arg, const char *difference, const char *repair)
{
  (void)repair;
  printf("%s\n", difference);
  ++*(int64_t *)arg;
}
static bool no_difference(struct ctx *cx)
{
  int64_t n = 0;
  CHECK_OK(jobs_check(cx, count_difference, &n));
  return n == 0;
}

/* ---- Being born ---- */

TEST(a_job_of_the_same_kind_and_key_is_born_once)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  put(cx, "test.post", "a", NULL, 0, NULL);
  put(cx, "test.plain", "a", NULL, 0, NULL);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job"), 2);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job WHERE bucket = 7"), 2);
}

TEST(a_job_that_is_done_is_not_born_again)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  jobs got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_DONE, NULL));
  put(cx, "test.post", "a", NULL, 0, NULL);
  CHECK_INT(claim(cx).n, 0);
  CHECK(no_difference(cx));
}

/* ---- Claims ---- */

TEST(what_is_claimed_is_not_claimed_again_until_its_time_is_over)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  CHECK_INT(claim(cx).n, 1);
  CHECK_INT(claim(cx).n, 0);
  later(cx, 29999);
  CHECK_INT(claim(cx).n, 0);
  later(cx, 1);
  jobs again = claim(cx);
  CHECK_INT(again.n, 1);
  CHECK_INT(again.at[0].attempts, 2);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job_attempt WHERE outcome = 'lost' AND took_ms IS NULL"), 1);
}

TEST(who_comes_back_after_his_claim_changes_nothing)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  jobs first = claim(cx);
  later(cx, 30000);
  jobs second = claim(cx);
  CHECK_ERR(try_end(cx, &first.at[0], JOB_END_DONE, NULL), ERR_STATE);
  CHECK_INT(found(cx, "a").state, JOB_RUNNING);
  CHECK_OK(try_end(cx, &second.at[0], JOB_END_DONE, NULL));
  CHECK_INT(found(cx, "a").state, JOB_DONE);
  CHECK_ERR(try_end(cx, &second.at[0], JOB_END_DONE, NULL), ERR_STATE);
  CHECK(no_difference(cx));
}

TEST(one_that_takes_its_process_with_it_is_spent_after_its_tries)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  for (int i = 0; i < post_kind.tries; i++) {
    jobs got = claim(cx);
    CHECK_INT(got.n, 1);
    CHECK(!job_is_spent(&got.at[0], &post_kind));
    later(cx, 30000);
  }
  jobs last = claim(cx);
  CHECK(job_is_spent(&last.at[0], &post_kind));
  CHECK_OK(try_end(cx, &last.at[0], JOB_END_DEAD, "lost"));
  CHECK_INT(scratch_events(cx, "job.dead"), 1);
  CHECK(no_difference(cx));
}

TEST(a_process_that_starts_alone_takes_back_what_the_one_before_had)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  put(cx, "test.post", "a", NULL, 0, NULL);
  CHECK_INT(claim(cx).n, 1);
  CHECK_OK(scratch_act(cx, &job_release_act, (struct act_input){.version = ABSENT}, &r));
  CHECK_INT(((const struct jobs_replayed *)r.value)->replayed, 1);
  jobs again = claim(cx);
  CHECK_INT(again.n, 1);
  CHECK_INT(again.at[0].attempts, 2);
}

TEST(a_job_of_a_kind_that_is_not_known_is_left_alone)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  bool due;
  put(cx, "test.tomorrow", "a", NULL, 0, NULL);
  struct job_claim c = a_claim(10);
  CHECK_OK(jobs_due(cx, &c, &due));
  CHECK(!due);
  CHECK_INT(claim(cx).n, 0);
  put(cx, "test.plain", "a", NULL, 0, NULL);
  CHECK_OK(jobs_due(cx, &c, &due));
  CHECK(due);
}

TEST(other_groups_belong_to_other_processes)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL); /* bucket 7: group 0 */
  struct job_claim c = a_claim(10);
  c.groups = (struct bucket_groups){~INT64_C(1)};
  CHECK_INT(claim_with(cx, &c).n, 0);
  c.groups = (struct bucket_groups){1};
  CHECK_INT(claim_with(cx, &c).n, 1);
}

TEST(one_target_does_not_get_all_workers)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  for (int i = 0; i < 6; i++)
    put(cx, "test.post", arena_printf(cx->arena, "slow %d", i), NULL, 0, "slow");
  put(cx, "test.post", "other", NULL, 0, "fast");
  struct job_claim c = a_claim(10);
  c.most_of_target = 2;
  CHECK_INT(claim_with(cx, &c).n, 3);
  c.busy[0] = "slow";
  CHECK_INT(claim_with(cx, &c).n, 0);
  c.busy[0] = NULL;
  CHECK_INT(claim_with(cx, &c).n, 2);
}

/* ---- Lanes ---- */

TEST(jobs_of_a_lane_go_one_after_the_other_by_place)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "second", "lane", 20, NULL);
  put(cx, "test.post", "first", "lane", 10, NULL);
  put(cx, "test.post", "elsewhere", "other", 30, NULL);
  put(cx, "test.post", "free", NULL, 0, NULL);
  jobs got = claim(cx);
  CHECK_INT(got.n, 3);
  EACH (const struct job, job, &got)
    CHECK(!text_eq(job->key, "second"));
  CHECK_INT(claim(cx).n, 0); /* the first one runs */
  EACH (const struct job, job, &got)
    CHECK_OK(try_end(cx, job, text_eq(job->key, "first") ? JOB_END_RETRY : JOB_END_DONE, "busy"));
  CHECK_INT(claim(cx).n, 0); /* the first one waits */
  later(cx, 12000);
  got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_TEXT(got.at[0].key, "first");
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_DONE, NULL));
  got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_TEXT(got.at[0].key, "second");
  CHECK(no_difference(cx));
}

TEST(a_dead_head_does_not_stop_its_lane)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "first", "lane", 1, NULL);
  put(cx, "test.post", "second", "lane", 2, NULL);
  jobs got = claim(cx);
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_DEAD, "gone"));
  got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_TEXT(got.at[0].key, "second");
}

TEST(without_a_place_jobs_stand_as_they_were_put)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "first", "lane", 0, NULL);
  put(cx, "test.post", "second", "lane", 0, NULL);
  jobs got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_TEXT(got.at[0].key, "first");
}

/* ---- Ends ---- */

TEST(each_wait_is_twice_the_one_before_and_the_last_try_is_the_end)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  static const int64_t waits[] = {10000, 20000};
  for (size_t i = 0; i < COUNT_OF(waits); i++) {
    jobs got = claim(cx);
    CHECK_INT(got.n, 1);
    CHECK_OK(try_end(cx, &got.at[0], JOB_END_RETRY, "http_500"));
    struct job job = found(cx, "a");
    CHECK_INT(job.state, JOB_RETRYING);
    CHECK_TEXT(job.code, "http_500");
    int64_t wait = job.due_at.ms - cx->now.ms;
    CHECK(wait >= waits[i] - waits[i] / 8 && wait <= waits[i] + waits[i] / 8);
    later(cx, wait);
  }
  CHECK_INT(scratch_events(cx, "job.dead"), 0);
  jobs got = claim(cx);
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_RETRY, "http_500"));
  CHECK_INT(found(cx, "a").state, JOB_DEAD);
  CHECK_INT(scratch_events(cx, "job.dead"), 1);
  later(cx, DAY_MS);
  CHECK_INT(claim(cx).n, 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job_attempt"), 3);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM setting WHERE setting_key = 'test.end' AND setting_value = 'dead'"),
            1);
  CHECK(no_difference(cx));
}

TEST(a_receiver_that_asks_for_time_gets_it_up_to_the_longest_wait)
{
  static const struct {
    int64_t asked, least, most;
  } cases[] = {{30000, 26250, 33750}, {3600000, 52500, 67500}, {1, 8750, 11250}};
  struct ctx *cx = scratch_ctx(t, NOON);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct act_result r;
    const char *key = arena_printf(cx->arena, "a%zu", i);
    put(cx, "test.post", key, NULL, 0, NULL);
    jobs got = claim(cx);
    struct job_result result = {.kind = &post_kind,
                                .job = &got.at[0],
                                .begun_at = cx->now,
                                .took_ms = 1,
                                .outcome = {.end = JOB_END_RETRY, .status = 429, .retry_after_ms = cases[i].asked}};
    CHECK_OK(scratch_act(cx, &job_end_act, (struct act_input){.body = &result, .version = ABSENT}, &r));
    int64_t wait = found(cx, key).due_at.ms - cx->now.ms;
    CHECK(wait >= cases[i].least && wait <= cases[i].most);
  }
}

TEST(the_effects_of_a_kind_are_written_with_its_end_or_not_at_all)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  jobs got = claim(cx);
  CHECK_ERR(try_end(cx, &got.at[0], JOB_END_DONE, "refuse_me"), ERR_STATE);
  CHECK_INT(found(cx, "a").state, JOB_RUNNING);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM setting WHERE setting_key = 'test.end'"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job_attempt"), 0);
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_DONE, NULL));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM setting WHERE setting_key = 'test.end' AND setting_value = 'done'"),
            1);
}

TEST(what_was_not_begun_goes_back_as_it_was)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  put(cx, "test.post", "a", NULL, 0, NULL);
  jobs got = claim(cx);
  struct job_result result = {.kind = &post_kind, .job = &got.at[0], .unused = true};
  CHECK_OK(scratch_act(cx, &job_end_act, (struct act_input){.body = &result, .version = ABSENT}, &r));
  struct job job = found(cx, "a");
  CHECK_INT(job.state, JOB_QUEUED);
  CHECK_INT(job.attempts, 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job_attempt"), 0);
  CHECK_INT(claim(cx).n, 1);
}

TEST(texts_from_outside_are_cut_between_characters)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct buf much;
  buf_init(&much, cx->arena);
  for (int i = 0; i < 2000; i++)
    buf_text(&much, "\xe8\xae\xa2");
  put(cx, "test.post", "a", NULL, 0, NULL);
  jobs got = claim(cx);
  struct job_result result = {
      .kind = &post_kind,
      .job = &got.at[0],
      .begun_at = cx->now,
      .outcome = {
          .end = JOB_END_RETRY, .code = "http_500", .reason = buf_str(&much), .answer = buf_str(&much), .status = 500}};
  CHECK_OK(scratch_act(cx, &job_end_act, (struct act_input){.body = &result, .version = ABSENT}, &r));
  struct job job;
  CHECK_OK(job_load(cx, id_text(cx, &got.at[0]), true, &job));
  CHECK_INT(job.tried.n, 1);
  CHECK_INT(strlen(job.tried.at[0].answer), JOB_ANSWER_MAX / 3 * 3);
  CHECK(utf8_valid(job.reason, strlen(job.reason)));
  CHECK_INT(job.status, 500);
}

/* ---- People ---- */

static enum err verb(struct ctx *cx, const struct act *act, const struct job *job)
{
  struct act_result r;
  fault_clear(&cx->fault);
  return scratch_act(cx, act, (struct act_input){.id = id_text(cx, job), .version = ABSENT}, &r);
}

TEST(a_dead_job_is_replayed_with_all_its_tries)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "a", NULL, 0, NULL);
  jobs got = claim(cx);
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_DEAD, "gone"));
  CHECK_OK(verb(cx, &job_replay_act, &got.at[0]));
  CHECK_INT(scratch_events(cx, "job.replayed"), 1);
  got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_INT(got.at[0].attempts, 1);
  CHECK_INT(got.at[0].runs, 2);
  CHECK_ERR(verb(cx, &job_replay_act, &got.at[0]), ERR_STATE);
  CHECK_ERR(verb(cx, &job_drop_act, &got.at[0]), ERR_STATE);
  CHECK_OK(try_end(cx, &got.at[0], JOB_END_DONE, NULL));
  CHECK_OK(verb(cx, &job_replay_act, &got.at[0])); /* what went well may be wanted again, too */
  CHECK(no_difference(cx));
}

TEST(a_dropped_job_is_not_tried_and_stops_no_lane)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  put(cx, "test.post", "first", "lane", 1, NULL);
  put(cx, "test.post", "second", "lane", 2, NULL);
  struct job first = found(cx, "first");
  CHECK_OK(verb(cx, &job_drop_act, &first));
  CHECK_ERR(verb(cx, &job_drop_act, &first), ERR_STATE);
  CHECK_INT(scratch_events(cx, "job.dropped"), 1);
  jobs got = claim(cx);
  CHECK_INT(got.n, 1);
  CHECK_TEXT(got.at[0].key, "second");
  CHECK(no_difference(cx));
}

TEST(many_are_replayed_oldest_first_and_it_is_said_whether_there_are_more)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  for (int i = 0; i < 5; i++) {
    put(cx, "test.post", arena_printf(cx->arena, "a%d", i), NULL, 0, i < 3 ? "one" : "two");
    later(cx, 1000);
  }
  jobs got = claim(cx);
  EACH (const struct job, job, &got)
    CHECK_OK(try_end(cx, job, JOB_END_DEAD, "gone"));
  struct jobs_replay_input input;
  struct act_result r;
  rec_init(&jobs_replay_rec, &input);
  input.target = "one";
  input.most = 2;
  CHECK_OK(scratch_act(cx, &jobs_replay_act, (struct act_input){.body = &input, .version = ABSENT}, &r));
  CHECK_INT(((const struct jobs_replayed *)r.value)->replayed, 2);
  CHECK(((const struct jobs_replayed *)r.value)->more);
  CHECK_INT(found(cx, "a1").state, JOB_QUEUED);
  CHECK_INT(found(cx, "a2").state, JOB_DEAD);
  CHECK_INT(scratch_events(cx, "job.replayed"), 2);
  input.target = NULL;
  input.from = INSTANT(cx->now.ms - 1000);
  CHECK_OK(scratch_act(cx, &jobs_replay_act, (struct act_input){.body = &input, .version = ABSENT}, &r));
  CHECK_INT(((const struct jobs_replayed *)r.value)->replayed, 1);
  CHECK_INT(found(cx, "a4").state, JOB_QUEUED);
  input.state = JOB_RUNNING;
  CHECK_ERR(scratch_act(cx, &jobs_replay_act, (struct act_input){.body = &input, .version = ABSENT}, &r), ERR_INVALID);
}

TEST(what_is_over_goes_after_its_days_and_what_is_dead_stays)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct bucket_groups all = BUCKET_GROUPS_ALL;
  struct act_result r;
  bool any;
  put(cx, "test.post", "done", NULL, 0, NULL);
  put(cx, "test.post", "dead", NULL, 0, NULL);
  jobs got = claim(cx);
  EACH (const struct job, job, &got)
    CHECK_OK(try_end(cx, job, text_eq(job->key, "done") ? JOB_END_DONE : JOB_END_DEAD, "x"));
  later(cx, 14 * DAY_MS);
  CHECK_OK(jobs_swept(cx, all, &any));
  CHECK(!any);
  later(cx, 1);
  CHECK_OK(jobs_swept(cx, all, &any));
  CHECK(any);
  CHECK_OK(scratch_act(cx, &jobs_sweep_act, (struct act_input){.body = &all, .version = ABSENT}, &r));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job"), 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM job_attempt"), 1);
  CHECK_OK(jobs_swept(cx, all, &any));
  CHECK(!any);
}

TEST(the_descriptors_and_the_tables_agree)
{
  static const struct db_table *const tables[] = {&job_table, &job_attempt_table};
  struct ctx *cx = scratch_ctx(t, NOON);
  for (size_t k = 0; k < COUNT_OF(tables); k++) {
    const char *columns;
    CHECK_OK(db_columns(cx->db, tables[k]->name, &columns));
    for (size_t i = 0; i < tables[k]->rec->n; i++) {
      const struct rec_field *f = &tables[k]->rec->fields[i];
      const char *name = arena_printf(cx->arena, ",%s,", f->column ? f->column : f->name);
      if (f->kind != REC_LIST && !strstr(arena_printf(cx->arena, ",%s,", columns), name))
        test_failed(__FILE__, __LINE__, name, columns, "its column");
    }
  }
}

TEST(the_check_finds_what_is_wrong)
{
  static const struct db_stmt broken[] = {
      {"UPDATE job SET live = 0 WHERE job_key = 'a'", DB_REPORT},
      {"UPDATE job SET state = 'dead', live = 0 WHERE job_key = 'a'", DB_REPORT},
      {"UPDATE job SET state = 'running' WHERE lane = 'lane'", DB_REPORT},
  };
  for (size_t i = 0; i < COUNT_OF(broken); i++) {
    struct ctx *cx = scratch_ctx(t, NOON);
    put(cx, "test.post", "a", "lane", 1, NULL);
    put(cx, "test.post", "b", "lane", 2, NULL);
    CHECK(no_difference(cx));
    CHECK_OK(scratch_begin(cx));
    CHECK_OK(db_run(cx->db, &broken[i], NULL, DB_NO_ARGS));
    CHECK_OK(scratch_commit(cx));
    CHECK(!no_difference(cx));
  }
}
