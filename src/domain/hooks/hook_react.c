/* From events to deliveries: a job for each endpoint that wants one; a test; and a range of time once more. */
#include "hooks_priv.h"

#include "orders.h"

#include <string.h>

/* Deliveries are told to nobody: they would be about themselves. */
static bool is_told(const char *topic)
{
  return !text_starts(topic, "job.") && !text_starts(topic, "webhook.");
}

static bool has_topic(const struct webhook *hook, const char *topic)
{
  for (size_t i = 0; i < hook->topics.n; i++)
    if (topic_matches(topic, hook->topics.at[i]))
      return true;
  return false;
}

/* An event, and its channel once somebody wants to know: endpoints ask one after the other. */
struct told {
  const struct feed_entry *event;
  const char *channel; /* NULL = of none */
  bool looked;
};

static enum err look_channel(struct ctx *cx, struct told *t)
{
  if (t->looked)
    return ERR_OK;
  t->looked = true;
  if (strcmp(t->event->subject_kind, "order") != 0)
    return ERR_OK;
  return order_channel(cx, (struct order_id){t->event->subject_id}, &t->channel);
}

static enum err wants(struct ctx *cx, const struct webhook *hook, struct told *t, bool *out)
{
  *out = is_told(t->event->topic) && has_topic(hook, t->event->topic);
  if (!*out || hook->channels.n == 0)
    return ERR_OK;
  TRY(look_channel(cx, t));
  *out = false;
  for (size_t i = 0; t->channel && i < hook->channels.n; i++)
    *out = *out || strcmp(hook->channels.at[i], t->channel) == 0;
  return ERR_OK;
}

static const char *data_of(struct arena *a, const char *webhook, const char *event, const char *topic)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "webhook", webhook);
  json_put_text(&o, "event", event);
  json_put_text(&o, "topic", topic);
  json_object_end(&o);
  return buf_str(&text);
}

/* The job of an endpoint and an event: kind, key, lane, place, data. */
static struct job_draft webhook_job(struct arena *a, const struct webhook *hook, const struct feed_entry *event)
{
  char id[ID_TEXT];
  id_format(PREFIX_webhook, hook->id.v, id);
  const char *target = arena_text(a, id);
  const char *underline = strchr(event->subject, '_');
  size_t n = underline ? (size_t)(underline - event->subject) : strlen(event->subject);
  return (struct job_draft){
      .kind = WEBHOOK_JOB,
      .key = arena_printf(a, "%s %s", target, event->id),
      .subject_prefix = arena_textn(a, event->subject, n),
      .subject_id = event->subject_id,
      .lane = arena_printf(a, "%s %s", target, event->subject),
      .place = event->cursor,
      .target = target,
      .data = data_of(a, target, event->id, event->topic),
      .due = INSTANT(ABSENT),
  };
}

static enum err react(struct ctx *cx, const struct feed_entry *event)
{
  const webhooks *all;
  struct told told = {.event = event};
  TRY(webhooks_all(cx, &all));
  EACH (const struct webhook, hook, all) {
    bool wanted;
    if (!hook->active || event->at.ms < hook->created_at.ms) /* the past is told where somebody asks for it */
      continue;
    TRY(wants(cx, hook, &told, &wanted));
    if (!wanted)
      continue;
    struct job_draft draft = webhook_job(cx->arena, hook, event);
    TRY(job_put(cx, &draft));
  }
  return ERR_OK;
}

const struct consumer hooks_consumer = {
    .name = "webhooks", .doc = "puts deliveries for endpoints that want an event", .react = react};

/* ---- A test ---- */

struct test_facts {
  struct webhook hook;
};

static enum err test_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct webhook *hook = &((struct test_facts *)out)->hook;
  TRY(webhook_load(cx, in->id, hook));
  return version_check(cx, bucket_of_id(hook->id.v), hook->id.v, hook->version, in->version);
}

static enum err test_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct webhook *hook = &((const struct test_facts *)facts)->hook;
  struct job_draft *draft = out;
  char id[ID_TEXT];
  id_format(PREFIX_webhook, hook->id.v, id);
  *draft = (struct job_draft){.kind = WEBHOOK_JOB,
                              .subject_prefix = PREFIX_webhook,
                              .subject_id = hook->id.v,
                              .target = arena_text(cx->arena, id),
                              .due = INSTANT(ABSENT)};
  draft->data = data_of(cx->arena, draft->target, NULL, "webhook.test");
  return ERR_OK;
}

static enum err test_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct job_draft draft = *(const struct job_draft *)plan;
  struct job *job = ARENA_NEW(cx->arena, struct job);
  draft.key = arena_printf(cx->arena, "%s test %016llx", draft.target, (unsigned long long)ids_random(cx->ids));
  TRY(job_put(cx, &draft));
  rec_init(&job_rec, job);
  TRY(job_find(cx, bucket_of_id(draft.subject_id), draft.kind, draft.key, job));
  *out = (struct act_result){.rec = &job_rec, .value = job, .version = job->version};
  return ERR_OK;
}

const struct act webhook_test_act = {.name = "webhook.test",
                                     .facts_size = sizeof(struct test_facts),
                                     .plan_size = sizeof(struct job_draft),
                                     .load = test_load,
                                     .decide = test_decide,
                                     .apply = test_apply};

/* ---- One delivery once more ---- */

struct again_facts {
  struct job job;
};

static enum err again_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct job *job = &((struct again_facts *)out)->job;
  TRY(job_load(cx, in->id2, false, job));
  if (!text_eq(job->kind, WEBHOOK_JOB) || !text_eq(job->target, in->id))
    return err_fail(cx, ERR_NOT_FOUND, "", "%.64s is no delivery of this webhook", in->id2);
  if (in->version != ABSENT && in->version != job->version)
    return err_fail(cx, ERR_VERSION, "", "the job has moved on: it has version %lld", (long long)job->version);
  return ERR_OK;
}

static enum err again_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct again_facts *f = facts;
  if (f->job.state == JOB_RUNNING)
    return err_fail(cx, ERR_STATE, "/state", "it runs just now");
  *(struct again_facts *)out = *f;
  return ERR_OK;
}

static enum err again_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct job *job = arena_copy(cx->arena, &((const struct again_facts *)plan)->job, sizeof *job);
  TRY(job_again(cx, job));
  TRY(db_get(cx->db, &job_table, job));
  *out = (struct act_result){.rec = &job_rec, .value = job, .version = job->version};
  return ERR_OK;
}

const struct act webhook_delivery_replay_act = {.name = "webhook.replay_delivery",
                                                .facts_size = sizeof(struct again_facts),
                                                .plan_size = sizeof(struct again_facts),
                                                .load = again_load,
                                                .decide = again_decide,
                                                .apply = again_apply};

/* ---- A range of time once more ---- */

static struct instant end_of(const struct ctx *cx, const struct webhook_replay_input *input)
{
  return instant_set(input->to) ? input->to : cx->now;
}

/* Adds what is wanted of a slice. *out_over: the range, or what one replay does, is gone through. */
static enum err take_slice(struct ctx *cx, const struct webhook *hook, const feed_entries *slice,
                           struct webhook_replay *f, bool *out_over)
{
  struct instant to = end_of(cx, f->input);
  EACH (const struct feed_entry, event, slice) {
    bool wanted = event->at.ms >= f->input->from.ms && event->at.ms < to.ms;
    *out_over = event->at.ms >= to.ms + FEED_CLOCKS_MS;
    if (*out_over) {
      f->next = ABSENT;
      return ERR_OK;
    }
    if (wanted)
      TRY(wants(cx, hook, &(struct told){.event = event}, &wanted));
    if (wanted)
      *LIST_ADD(cx->arena, &f->events) = *event;
    f->next = event->cursor;
    *out_over = f->events.n >= WEBHOOK_REPLAY_EVENTS;
    if (*out_over)
      return ERR_OK;
  }
  return ERR_OK;
}

enum err webhook_replay_find(struct ctx *cx, const char *id, const struct webhook_replay_input *input,
                             struct webhook_replay *out)
{
  enum { SLICE = 500 };
  struct webhook hook;
  int64_t after;
  bool over = false;
  *out = (struct webhook_replay){.input = input, .next = ABSENT};
  if (end_of(cx, input).ms <= input->from.ms)
    return err_fail(cx, ERR_INVALID, "/to", "is not after from");
  TRY(webhook_load(cx, id, &hook));
  TRY(feed_seq_at(cx, INSTANT(input->from.ms - FEED_CLOCKS_MS), &after));
  after--;
  if (input->after != ABSENT && input->after > after)
    after = input->after;
  for (int64_t seen = 0; !over && seen < WEBHOOK_REPLAY_SCAN; seen += SLICE) {
    feed_entries slice = {0};
    TRY(feed_read(cx, after, SLICE, &slice));
    out->next = slice.n ? after : ABSENT;
    if (slice.n == 0)
      return ERR_OK;
    TRY(take_slice(cx, &hook, &slice, out, &over));
    after = out->next;
  }
  return ERR_OK;
}

struct replay_event {
  const struct feed_entry *event;
  const struct job *job; /* its delivery, or NULL: there has been none */
};
struct replay_facts {
  struct webhook hook;
  const struct webhook_replay *found;
  LIST(struct replay_event) events;
};

/* Deliveries that there are of these events: by their places, which are the events' own. */
static enum err find_jobs(struct ctx *cx, struct replay_facts *f)
{
  static const struct db_where of_target = {
      &job_table, "target = $1 AND created_at >= $2 AND place >= $3 AND place <= $4 ORDER BY created_at, id LIMIT $5",
      DB_LIST};
  char target[ID_TEXT];
  jobs *found = ARENA_NEW(cx->arena, jobs);
  if (f->events.n == 0)
    return ERR_OK;
  id_format(PREFIX_webhook, f->hook.id.v, target);
  TRY(db_select(cx->db, &of_target, (struct list *)(void *)found,
                DB_ARGS(TEXT(target), I64(f->found->input->from.ms - FEED_CLOCKS_MS),
                        I64(f->events.at[0].event->cursor), I64(f->events.at[f->events.n - 1].event->cursor),
                        I64(WEBHOOK_REPLAY_SCAN))));
  EACH (const struct job, job, found)
    EACH (struct replay_event, e, &f->events)
      if (e->event->cursor == job->place)
        e->job = job;
  return ERR_OK;
}

static enum err replay_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct replay_facts *f = out;
  f->found = in->body;
  TRY(webhook_load(cx, in->id, &f->hook));
  TRY(version_check(cx, bucket_of_id(f->hook.id.v), f->hook.id.v, f->hook.version, in->version));
  EACH (const struct feed_entry, event, &f->found->events)
    *LIST_ADD(cx->arena, &f->events) = (struct replay_event){event, NULL};
  return find_jobs(cx, f);
}

static enum err replay_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct replay_facts *)out = *(const struct replay_facts *)facts;
  return ERR_OK;
}

static enum err tell(struct ctx *cx, const struct replay_facts *f, const struct webhook *hook, int64_t queued)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_key(&o, "from");
  json_instant(&o, f->found->input->from);
  json_key(&o, "to");
  json_instant(&o, end_of(cx, f->found->input));
  json_put_i64(&o, "queued", queued);
  json_object_end(&o);
  cx->event_ordinal = 0;
  return event_emit(cx, &(struct event_draft){.topic = "webhook.replayed",
                                              .subject_kind = "webhook",
                                              .subject_prefix = PREFIX_webhook,
                                              .bucket = bucket_of_id(hook->id.v),
                                              .subject_id = hook->id.v,
                                              .version = hook->version,
                                              .data = buf_str(&text)});
}

static enum err replay_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct replay_facts *f = plan;
  struct webhook_replayed *result = ARENA_NEW(cx->arena, struct webhook_replayed);
  struct webhook hook = f->hook;
  EACH (const struct replay_event, e, &f->events) {
    struct job_draft draft = webhook_job(cx->arena, &f->hook, e->event);
    if (e->job && e->job->state == JOB_RUNNING)
      continue;
    TRY(e->job ? job_again(cx, e->job) : job_put(cx, &draft));
    result->queued++;
  }
  TRY(master_write(cx, &webhook_master, &f->hook, &hook)); /* its event is of a version of its own */
  TRY(tell(cx, f, &hook, result->queued));
  result->more = f->found->next != ABSENT;
  result->next = f->found->next;
  *out = (struct act_result){.rec = &webhook_replayed_rec, .value = result, .version = ABSENT};
  return ERR_OK;
}

const struct act webhook_replay_act = {.name = "webhook.replay",
                                       .facts_size = sizeof(struct replay_facts),
                                       .plan_size = sizeof(struct replay_facts),
                                       .load = replay_load,
                                       .decide = replay_decide,
                                       .apply = replay_apply,
                                       .flags = ACT_MASTERS};
