/* Changes to a number series. Its next value is the writer's own and stays untouched here. */
#include "company_priv.h"

struct series_facts {
  const struct act_input *in;
  struct number_series before;
  bool prefix_taken; /* the prefix asked for is another series' */
};

struct series_plan {
  struct number_series before, after;
};

/* What is wrong with the body is decide's to say; here it only tells which prefix is asked for. */
static enum err prefix_taken(struct ctx *cx, const struct act_input *in, const struct number_series *before, bool *out)
{
  static const struct db_stmt others = {"SELECT count(*) FROM number_series WHERE prefix = $1 AND code <> $2",
                                        DB_KEYED};
  struct fault *aside = ARENA_NEW(cx->arena, struct fault);
  struct number_series wanted = *before;
  int64_t n = 0;
  fault_init(aside, cx->arena);
  if (rec_read_over(&number_series_rec, in->json, in->json_n, "", cx->arena, aside, &wanted) == ERR_OK)
    TRY(db_one_i64(cx->db, &others, &n, DB_ARGS(TEXT(wanted.prefix ? wanted.prefix : ""), TEXT(before->code))));
  *out = n > 0;
  return ERR_OK;
}

static enum err series_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct series_facts *facts = out_facts;
  facts->in = in;
  rec_init(&number_series_rec, &facts->before);
  facts->before.code = in->id;
  enum err err = db_get(cx->db, &number_series_table, &facts->before);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "no number series is called %.64s; one begins with its first number",
                    in->id);
  TRY(err);
  int64_t subject = named_subject(facts->before.code);
  TRY(version_check(cx, bucket_of_id(subject), subject, facts->before.version, in->version));
  return prefix_taken(cx, in, &facts->before, &facts->prefix_taken);
}

/* A row is there from the first number on, so another mode could draw one of those again. */
static enum err series_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct series_facts *facts = in_facts;
  struct number_series after = facts->before;
  TRY(rec_read_over(&number_series_rec, facts->in->json, facts->in->json_n, "", cx->arena, &cx->fault, &after));
  if (!after.prefix)
    after.prefix = "";
  bool new_prefix = !text_eq(after.prefix, facts->before.prefix);
  if (after.mode != facts->before.mode && facts->before.gapless)
    return err_fail(cx, ERR_STATE, "/mode", "numbers of legal documents are sequential");
  if (after.mode != facts->before.mode && !new_prefix)
    return err_fail(cx, ERR_STATE, "/mode", "with the same prefix the other mode could give a number twice");
  if (new_prefix && facts->prefix_taken)
    return err_fail(cx, ERR_EXISTS, "/prefix", "another series has the prefix %s", after.prefix);
  if (!rec_equal(&number_series_rec, &facts->before, &after))
    after.version++;
  *(struct series_plan *)out_plan = (struct series_plan){facts->before, after};
  return ERR_OK;
}

static enum err series_write(struct ctx *cx, const struct number_series *series)
{
  static const struct db_stmt put = {
      "UPDATE number_series SET prefix = $2, mode = $3, digits = $4, version = $5 WHERE code = $1", DB_KEYED};
  /* The writer keeps series in memory: what it drew is written first, then it must read this one again. */
  TRY(numbers_flush(cx));
  TRY(db_run(cx->db, &put, NULL,
             DB_ARGS(TEXT(series->code), TEXT(series->prefix), TEXT(number_modes[series->mode]), I64(series->digits),
                     I64(series->version))));
  numbers_leave(cx->batch->numbers, series->code);
  return ERR_OK;
}

static enum err series_emit(struct ctx *cx, const struct series_plan *plan)
{
  int64_t subject = named_subject(plan->after.code);
  struct number_series shown = plan->after;
  shown.version = plan->before.version;
  return event_emit(cx, &(struct event_draft){
                            .topic = "number_series.updated",
                            .subject_kind = "number_series",
                            .subject_prefix = "num",
                            .bucket = bucket_of_id(subject),
                            .subject_id = subject,
                            .version = plan->after.version,
                            .data = named_changes(cx->arena, plan->after.code,
                                                  event_changes(cx->arena, &number_series_rec, &plan->before, &shown)),
                        });
}

static enum err series_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct series_plan *plan = in_plan;
  struct number_series *now = ARENA_NEW(cx->arena, struct number_series);
  if (plan->after.version != plan->before.version) {
    TRY(series_write(cx, &plan->after));
    TRY(series_emit(cx, plan));
  }
  rec_init(&number_series_rec, now);
  now->code = plan->after.code;
  TRY(db_get(cx->db, &number_series_table, now));
  out->rec = &number_series_rec;
  out->value = now;
  out->version = now->version;
  return ERR_OK;
}

const struct act number_series_change_act = {
    .name = "number_series.change",
    .facts_size = sizeof(struct series_facts),
    .plan_size = sizeof(struct series_plan),
    .load = series_load,
    .decide = series_decide,
    .apply = series_apply,
    .flags = ACT_MASTERS, /* other writers draw from blocks of it, and look again when masters have moved */
};
