/* Tax rates by category and destination: three acts, and a look-up over all of them in the memo. */
#include "catalog_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- Look-up ----------------------------------------------------------------------------------------------------- */

typedef LIST(struct tax_rate) tax_rates;

static int place_order(const void *a, const void *b)
{
  const struct tax_rate *left = a, *right = b;
  int order = strcmp(left->category, right->category);
  if (order == 0)
    order = strcmp(left->country, right->country);
  return order ? order : strcmp(left->region, right->region);
}

/* All rates, sorted by place, in the memo of the connection. */
static enum err rates_of(struct ctx *cx, const tax_rates **out)
{
  static const struct db_where all = {&tax_rate_table, "1 = 1 ORDER BY category, country, region LIMIT 20000", DB_LIST};
  void **slot = db_memo_slot(cx->db, &tax_rate_table);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    tax_rates *rates = ARENA_NEW(db_memo_arena(cx->db), tax_rates);
    db_use_arena(cx->db, db_memo_arena(cx->db));
    enum err err = db_select(cx->db, &all, (struct list *)(void *)rates, DB_NO_ARGS);
    db_use_arena(cx->db, requests);
    TRY(err);
    if (rates->n > 1) /* an engine's collation may differ from ours */
      qsort(rates->at, rates->n, sizeof *rates->at, place_order);
    *slot = rates;
  }
  *out = *slot;
  return ERR_OK;
}

enum err tax_rate_find(struct ctx *cx, const char *category, const char *country, const char *region, struct rate *out)
{
  const tax_rates *rates;
  *out = RATE(0);
  if (!category)
    return ERR_OK;
  TRY(rates_of(cx, &rates));
  country = country ? country : "";
  const struct tax_rate places[] = {
      {.category = category, .country = country, .region = region ? region : ""},
      {.category = category, .country = country, .region = ""                  },
      {.category = category, .country = "",      .region = ""                  },
  };
  for (size_t i = 0; i < COUNT_OF(places) && rates->n; i++) {
    const struct tax_rate *found = bsearch(&places[i], rates->at, rates->n, sizeof *rates->at, place_order);
    if (found) {
      *out = found->rate;
      return ERR_OK;
    }
  }
  return ERR_OK;
}

enum err tax_rate_load(struct ctx *cx, const char *id, struct tax_rate *out)
{
  struct tax_rate row;
  rec_init(&tax_rate_rec, &row);
  enum err err = id_parse(PREFIX_tax_rate, id, &row.id.v) ? db_get(cx->db, &tax_rate_table, &row) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no tax rate %s", id);
  TRY(err);
  *out = row;
  return ERR_OK;
}

/* ---- Acts -------------------------------------------------------------------------------------------------------- */

struct rate_plan {
  const struct tax_rate *before; /* NULL = created */
  struct tax_rate after;
  bool changed;
};

/* before or after may be NULL: created, deleted. */
static enum err emit(struct ctx *cx, const char *topic, int64_t version, const struct tax_rate *before,
                     const struct tax_rate *after)
{
  struct tax_rate nothing, old, now;
  rec_init(&tax_rate_rec, &nothing);
  old = before ? *before : nothing;
  now = after ? *after : nothing;
  int64_t id = after ? after->id.v : before->id.v;
  old.id = now.id; /* what the event says by itself is no change */
  old.version = now.version;
  old.created_at = now.created_at;
  old.updated_at = now.updated_at;
  struct event_draft draft = {
      .topic = topic,
      .subject_kind = "tax_rate",
      .subject_prefix = PREFIX_tax_rate,
      .bucket = bucket_of_id(id),
      .subject_id = id,
      .version = version,
      .data = event_changes(cx->arena, &tax_rate_rec, &old, &now),
  };
  return event_emit(cx, &draft);
}

static void answer(struct ctx *cx, const struct tax_rate *rate, bool created, struct act_result *out)
{
  char id[ID_TEXT];
  id_format(PREFIX_tax_rate, rate->id.v, id);
  out->status = created ? 201 : 200;
  out->rec = &tax_rate_rec;
  out->value = rate;
  out->version = rate->version;
  out->location = created ? arena_printf(cx->arena, "/v1/tax_rates/%s", id) : NULL;
}

static enum err write_row(struct ctx *cx, const struct rate_plan *change, struct tax_rate *rate)
{
  rate->updated_at = cx->now;
  rate->version = change->before ? change->before->version + 1 : 1;
  if (change->before) {
    TRY(db_update(cx->db, &tax_rate_table, rate));
  } else {
    rate->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
    rate->created_at = cx->now;
    TRY(db_insert(cx->db, &tax_rate_table, rate));
  }
  return emit(cx, change->before ? "tax_rate.updated" : "tax_rate.created", rate->version, change->before, rate);
}

static enum err store(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct rate_plan *change = plan;
  struct tax_rate *rate = arena_copy(cx->arena, &change->after, sizeof change->after);
  if (change->changed)
    TRY(write_row(cx, change, rate));
  answer(cx, rate, !change->before, out);
  return ERR_OK;
}

struct rate_create_facts {
  struct tax_rate rate;
  int64_t other, count; /* id of the rate that is there already, 0 = none; how many there are */
};

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt same = {"SELECT id FROM tax_rate WHERE category = $1 AND country = $2 AND region = $3",
                                      DB_KEYED};
  static const struct db_stmt count = {"SELECT count(*) FROM tax_rate", DB_REPORT};
  struct rate_create_facts *f = out_facts;
  f->rate = *(const struct tax_rate *)in->body;
  f->rate.country = f->rate.country ? f->rate.country : "";
  f->rate.region = f->rate.region ? f->rate.region : "";
  TRY(db_one_i64(cx->db, &count, &f->count, DB_NO_ARGS));
  return db_one_i64(cx->db, &same, &f->other,
                    DB_ARGS(TEXT(f->rate.category), TEXT(f->rate.country), TEXT(f->rate.region)));
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct rate_create_facts *f = facts;
  if (f->rate.region[0] && !f->rate.country[0])
    return fault_add(&cx->fault, ERR_INVALID, "/country", "required", "a region needs its country");
  if (f->other)
    return err_fail(cx, ERR_EXISTS, "/category", "there is a rate for this category, country and region already");
  if (f->count >= TAX_RATES_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "there are %d tax rates, which is the most",
                     TAX_RATES_MAX);
  *(struct rate_plan *)out_plan = (struct rate_plan){.after = f->rate, .changed = true};
  return ERR_OK;
}

const struct act tax_rate_create_act = {
    .name = "tax_rate.create",
    .facts_size = sizeof(struct rate_create_facts),
    .plan_size = sizeof(struct rate_plan),
    .load = create_load,
    .decide = create_decide,
    .apply = store,
    .flags = ACT_MASTERS,
};

struct rate_update_facts {
  struct tax_rate rate;
  const char *json;
  size_t json_n;
};

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct rate_update_facts *f = out_facts;
  f->json = in->json;
  f->json_n = in->json_n;
  TRY(tax_rate_load(cx, in->id, &f->rate));
  return version_check(cx, bucket_of_id(f->rate.id.v), f->rate.id.v, f->rate.version, in->version);
}

static enum err update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct rate_update_facts *f = facts;
  struct rate_plan plan = {.before = &f->rate, .after = f->rate};
  TRY(rec_read_over(&tax_rate_rec, f->json, f->json_n, "", cx->arena, &cx->fault, &plan.after));
  plan.changed = !rec_equal(&tax_rate_rec, plan.before, &plan.after);
  *(struct rate_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act tax_rate_update_act = {
    .name = "tax_rate.update",
    .facts_size = sizeof(struct rate_update_facts),
    .plan_size = sizeof(struct rate_plan),
    .load = update_load,
    .decide = update_decide,
    .apply = store,
    .flags = ACT_MASTERS,
};

static enum err delete_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  const struct rate_update_facts *f = facts;
  *(struct rate_plan *)out_plan = (struct rate_plan){.before = &f->rate, .changed = true};
  return ERR_OK;
}

static enum err delete_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct rate_plan *change = plan;
  out->status = 204;
  TRY(db_delete(cx->db, &tax_rate_table, change->before));
  return emit(cx, "tax_rate.deleted", change->before->version + 1, change->before, NULL);
}

const struct act tax_rate_delete_act = {
    .name = "tax_rate.delete",
    .facts_size = sizeof(struct rate_update_facts),
    .plan_size = sizeof(struct rate_plan),
    .load = update_load,
    .decide = delete_decide,
    .apply = delete_apply,
    .flags = ACT_MASTERS,
};
