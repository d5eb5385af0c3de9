/* Making and changing locations. */
#include "location_priv.h"

#include "settings.h"

/* A copy: the reply outlives the memo, which this very act clears. */
static enum err company_zone(struct ctx *cx, const char **out)
{
  const char *zone;
  TRY(setting_text(cx, SETTING_COMPANY_TIME_ZONE, &zone));
  *out = arena_text(cx->arena, zone);
  return ERR_OK;
}

/* ---- Create ---- */

struct create_facts {
  struct location location;
  bool exists;
  int64_t n; /* locations there are */
};

struct create_plan {
  struct location location; /* without id */
};

/* From the table and not the memo: each new location clears it, and a thousand would fill it a thousand times. */
static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt count = {"SELECT count(*) FROM location", DB_REPORT};
  static const struct db_stmt same_code = {"SELECT id FROM location WHERE code = $1", DB_KEYED};
  struct create_facts *f = out_facts;
  int64_t other = 0;
  f->location = *(const struct location *)in->body;
  if (!f->location.time_zone)
    TRY(company_zone(cx, &f->location.time_zone));
  TRY(db_one_i64(cx->db, &count, &f->n, DB_NO_ARGS));
  TRY(db_one_i64(cx->db, &same_code, &other, DB_ARGS(TEXT(f->location.code))));
  f->exists = other != 0;
  return ERR_OK;
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct create_facts *f = facts;
  struct create_plan plan = {f->location};
  int64_t id;
  if (f->exists)
    return fault_add(&cx->fault, ERR_EXISTS, "/code", "already_exists", "there is a location %s already",
                     f->location.code);
  if (f->n >= LOCATIONS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "there are %d locations, more are not kept",
                     LOCATIONS_MAX);
  if (id_parse(PREFIX_location, f->location.code, &id))
    fault_add(&cx->fault, ERR_INVALID, "/code", "invalid_format", "a code that reads like an id would hide that id");
  TRY(location_check(cx, &plan.location));
  plan.location.version = 1;
  plan.location.created_at = plan.location.updated_at = cx->now;
  *(struct create_plan *)out_plan = plan;
  return ERR_OK;
}

static enum err emit(struct ctx *cx, const char *topic, const struct location *l, const char *data)
{
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "location",
                                              .subject_prefix = PREFIX_location,
                                              .bucket = bucket_of_id(l->id.v),
                                              .subject_id = l->id.v,
                                              .version = l->version,
                                              .data = data});
}

static void answer(struct act_result *out, const struct location *l)
{
  out->rec = &location_rec;
  out->value = l;
  out->version = l->version;
}

static enum err create_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct location *l = arena_copy(cx->arena, &((const struct create_plan *)plan)->location, sizeof *l);
  struct location *blank = ARENA_NEW(cx->arena, struct location);
  rec_init(&location_rec, blank);
  l->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
  TRY(db_insert(cx->db, &location_table, l));
  TRY(emit(cx, "location.created", l, event_changes(cx->arena, &location_rec, blank, l)));
  answer(out, l);
  out->status = 201;
  out->location = arena_printf(cx->arena, "/v1/locations/%s", l->code);
  return ERR_OK;
}

const struct act location_create_act = {
    .name = "location.create",
    .facts_size = sizeof(struct create_facts),
    .plan_size = sizeof(struct create_plan),
    .load = create_load,
    .decide = create_decide,
    .apply = create_apply,
    .flags = ACT_MASTERS,
};

/* ---- Update ---- */

struct update_facts {
  struct location before;
  const char *json;
  size_t json_n;
  const char *company_zone;
  bool overdrawn; /* some row is below 0 or promised beyond on hand */
};

struct update_plan {
  struct location after;
  const char *changes; /* NULL = nothing changes */
};

static enum err overdrawn(struct ctx *cx, int64_t location_id, bool *out)
{
  static const struct db_stmt any = {
      "SELECT 1 FROM stock WHERE location_id = $1 AND (on_hand < 0 OR reserved > on_hand) LIMIT 1", DB_REPORT};
  int64_t found = 0;
  TRY(db_one_i64(cx->db, &any, &found, DB_ARGS(I64(location_id))));
  *out = found == 1 || stock_rows_overdrawn(cx, location_id);
  return ERR_OK;
}

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct update_facts *f = out_facts;
  TRY(location_load(cx, in->id, &f->before));
  TRY(version_check(cx, bucket_of_id(f->before.id.v), f->before.id.v, f->before.version, in->version));
  TRY(company_zone(cx, &f->company_zone));
  if (f->before.negative_stock)
    TRY(overdrawn(cx, f->before.id.v, &f->overdrawn));
  f->json = in->json;
  f->json_n = in->json_n;
  return ERR_OK;
}

static enum err update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct update_facts *f = facts;
  struct update_plan plan = {.after = f->before};
  TRY(rec_read_over(&location_rec, f->json, f->json_n, "", cx->arena, &cx->fault, &plan.after));
  if (!plan.after.time_zone)
    plan.after.time_zone = f->company_zone;
  TRY(location_check(cx, &plan.after));
  if (f->overdrawn && !plan.after.negative_stock)
    return fault_add(&cx->fault, ERR_STATE, "/negative_stock", "stock_overdrawn",
                     "some stock here is below 0 or promised beyond what is there: please count it first");
  if (!rec_equal(&location_rec, &f->before, &plan.after)) {
    plan.changes = event_changes(cx->arena, &location_rec, &f->before, &plan.after);
    plan.after.version++;
    plan.after.updated_at = cx->now;
  }
  *(struct update_plan *)out_plan = plan;
  return ERR_OK;
}

static enum err update_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct update_plan *p = plan;
  if (p->changes) {
    TRY(db_update(cx->db, &location_table, &p->after));
    TRY(emit(cx, "location.updated", &p->after, p->changes));
  }
  answer(out, &p->after);
  return ERR_OK;
}

const struct act location_update_act = {
    .name = "location.update",
    .facts_size = sizeof(struct update_facts),
    .plan_size = sizeof(struct update_plan),
    .load = update_load,
    .decide = update_decide,
    .apply = update_apply,
    .flags = ACT_MASTERS,
};
