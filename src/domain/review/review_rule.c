/* Rules: reading through the memo, creating, changing, and those that a fresh database has. */
#include "review_priv.h"

#include "identity.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

enum err review_rule_load(struct ctx *cx, const char *code_or_id, struct review_rule *out)
{
  static const struct db_where by_code = {&review_rule_table, "code = $1", DB_KEYED};
  struct review_rule rule;
  enum err err = db_select_one(cx->db, &by_code, &rule, DB_ARGS(TEXT(code_or_id)));
  if (err == ERR_NOT_FOUND) {
    rec_init(&review_rule_rec, &rule);
    if (id_parse(PREFIX_rule, code_or_id, &rule.id.v))
      err = db_get(cx->db, &review_rule_table, &rule);
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no review rule %s", code_or_id);
  TRY(err);
  *out = rule;
  return ERR_OK;
}

static int code_order(const void *a, const void *b)
{
  return strcmp(((const struct review_rule *)a)->code, ((const struct review_rule *)b)->code);
}

/* The rows' texts must live as long as the memo, so the connection reads into its arena meanwhile. */
enum err review_rules_memo(struct ctx *cx, const struct review_rules **out)
{
  static const struct db_where all = {&review_rule_table, "1 = 1 ORDER BY code LIMIT 200", DB_LIST};
  void **slot = db_memo_slot(cx->db, &review_rule_table);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    struct review_rules *rules = ARENA_NEW(db_memo_arena(cx->db), struct review_rules);
    db_use_arena(cx->db, db_memo_arena(cx->db));
    enum err err = db_select(cx->db, &all, (struct list *)(void *)&rules->by_code, DB_NO_ARGS);
    db_use_arena(cx->db, requests);
    TRY(err);
    if (rules->by_code.n > 1) /* an engine's collation may differ from strcmp */
      qsort(rules->by_code.at, rules->by_code.n, sizeof *rules->by_code.at, code_order);
    *slot = rules;
  }
  *out = *slot;
  return ERR_OK;
}

/* ---- What must be true of a rule --------------------------------------------------------------------------------- */

static bool param_given(const struct review_params *p, enum review_param param)
{
  switch (param) {
  case PARAM_ORDERS:
    return p->orders != ABSENT;
  case PARAM_WINDOW_MINUTES:
    return p->window_minutes != ABSENT;
  case PARAM_AMOUNT:
    return money_set(p->amount);
  case PARAM_CURRENCY:
    return p->currency != NULL;
  case PARAM_DEVIATION:
    return rate_set(p->deviation);
  case PARAM_SIMILARITY:
    return rate_set(p->similarity);
  case PARAM_REQUIRED:
    return p->required.n > 0;
  case PARAM_COUNTRIES:
    return p->countries.n > 0;
  default:
    return false;
  }
}

static void default_i64(int64_t *value, int64_t def)
{
  if (*value == ABSENT)
    *value = def;
}

/* Fills what was left out. required and countries may be empty on purpose. */
static void fill_params(const struct review_kind *kind, const char *company_currency, struct review_params *p)
{
  int64_t *const values[PARAM_COUNT] = {
      [PARAM_ORDERS] = &p->orders,           [PARAM_WINDOW_MINUTES] = &p->window_minutes,
      [PARAM_AMOUNT] = &p->amount.minor,     [PARAM_DEVIATION] = &p->deviation.ppm,
      [PARAM_SIMILARITY] = &p->similarity.ppm,
  };
  const int64_t defaults[PARAM_COUNT] = {
      [PARAM_ORDERS] = kind->orders,           [PARAM_WINDOW_MINUTES] = kind->window_minutes,
      [PARAM_AMOUNT] = kind->amount,           [PARAM_DEVIATION] = kind->deviation_ppm,
      [PARAM_SIMILARITY] = kind->similarity_ppm,
  };
  for (unsigned i = 0; i < PARAM_COUNT; i++)
    if (values[i] && kind->params & 1u << i)
      default_i64(values[i], defaults[i]);
  if (kind->params & 1u << PARAM_CURRENCY && !p->currency)
    p->currency = company_currency;
}

static void refuse_foreign_params(struct ctx *cx, const struct review_rule *rule)
{
  for (unsigned i = 0; i < PARAM_COUNT; i++)
    if (!(review_kinds[rule->type].params & 1u << i) && param_given(&rule->params, (enum review_param)i))
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/params/%s", review_param_names[i]), "not_for_type",
                "a rule of type %s does not look at %s", review_types[rule->type], review_param_names[i]);
}

static bool is_address_part(const char *name)
{
  return address_part_find(name) != NULL;
}

/* Each text of a list passes the check (NULL = all do) and is there once. */
static void check_texts(struct ctx *cx, const char *pointer, const char *const *at, size_t n,
                        bool (*valid)(const char *text))
{
  for (size_t i = 0; i < n; i++) {
    bool twice = false;
    for (size_t k = 0; k < i; k++)
      twice = twice || strcmp(at[i], at[k]) == 0;
    if (valid && !valid(at[i]))
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "%s/%zu", pointer, i), "unknown_value",
                "there is no %s here", at[i]);
    else if (twice)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "%s/%zu", pointer, i), "twice", "%s is there twice",
                at[i]);
  }
}

/* Fills what was left out and checks the rule as one document. */
static enum err settle(struct ctx *cx, const char *company_currency, struct review_rule *rule)
{
  size_t faults = cx->fault.n;
  const struct review_kind *kind = &review_kinds[rule->type];
  uint64_t ignored;
  if (!rule->name)
    rule->name = kind->name;
  if (!rule->owner_role)
    rule->owner_role = kind->role;
  default_i64(&rule->expire_hours, 0);
  fill_params(kind, company_currency, &rule->params);
  refuse_foreign_params(cx, rule);
  check_texts(cx, "/channels", rule->channels.at, rule->channels.n, NULL);
  check_texts(cx, "/params/required", rule->params.required.at, rule->params.required.n, is_address_part);
  check_texts(cx, "/params/countries", rule->params.countries.at, rule->params.countries.n, country_valid);
  if (!role_permissions(rule->owner_role, &ignored))
    fault_add(&cx->fault, ERR_INVALID, "/owner_role", "unknown_value", "there is no role %s", rule->owner_role);
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

/* ---- Storing ----------------------------------------------------------------------------------------------------- */

struct rule_plan {
  const struct review_rule *before; /* NULL = created */
  struct review_rule after;
  bool changed;
};

static enum err emit(struct ctx *cx, const struct review_rule *before, const struct review_rule *after)
{
  struct review_rule old;
  if (before)
    old = *before;
  else
    rec_init(&review_rule_rec, &old);
  old.id = after->id; /* what the event says by itself is no change */
  old.version = after->version;
  old.created_at = after->created_at;
  old.updated_at = after->updated_at;
  struct event_draft draft = {
      .topic = before ? "review_rule.updated" : "review_rule.created",
      .subject_kind = "review_rule",
      .subject_prefix = PREFIX_rule,
      .bucket = bucket_of_id(after->id.v),
      .subject_id = after->id.v,
      .version = after->version,
      .data = event_changes(cx->arena, &review_rule_rec, &old, after),
  };
  return event_emit(cx, &draft);
}

static enum err rule_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct rule_plan *change = plan;
  struct review_rule *rule = arena_copy(cx->arena, &change->after, sizeof change->after);
  char id[ID_TEXT];
  if (change->changed) {
    rule->updated_at = cx->now;
    rule->version = change->before ? change->before->version + 1 : 1;
    if (!change->before) {
      rule->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
      rule->created_at = cx->now;
    }
    TRY(change->before ? db_update(cx->db, &review_rule_table, rule) : db_insert(cx->db, &review_rule_table, rule));
    TRY(emit(cx, change->before, rule));
  }
  id_format(PREFIX_rule, rule->id.v, id);
  out->status = change->before ? 200 : 201;
  out->rec = &review_rule_rec;
  out->value = rule;
  out->version = rule->version;
  out->location = change->before ? NULL : arena_printf(cx->arena, "/v1/review_rules/%s", id);
  return ERR_OK;
}

/* ---- Creating and changing --------------------------------------------------------------------------------------- */

struct create_facts {
  struct review_rule rule;
  const char *currency;
  int64_t other, count; /* id of the rule that has the code already, 0 = none; how many there are */
};

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt same = {"SELECT id FROM review_rule WHERE code = $1", DB_KEYED};
  static const struct db_stmt count = {"SELECT count(*) FROM review_rule", DB_REPORT};
  struct create_facts *f = out_facts;
  f->rule = *(const struct review_rule *)in->body;
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &f->currency));
  TRY(db_one_i64(cx->db, &count, &f->count, DB_NO_ARGS));
  return db_one_i64(cx->db, &same, &f->other, DB_ARGS(TEXT(f->rule.code)));
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct create_facts *f = facts;
  struct rule_plan plan = {.after = f->rule, .changed = true};
  TRY(settle(cx, f->currency, &plan.after));
  if (f->other)
    return err_fail(cx, ERR_EXISTS, "/code", "there is a review rule %s already", f->rule.code);
  if (f->count >= REVIEW_RULES_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "there are %d review rules, which is the most",
                     REVIEW_RULES_MAX);
  *(struct rule_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act review_rule_create_act = {
  .name = "review_rule.create",
  .facts_size = sizeof(struct create_facts),
  .plan_size = sizeof(struct rule_plan),
  .load = create_load,
  .decide = create_decide,
  .apply = rule_apply,
  .flags = ACT_MASTERS,
};

struct update_facts {
  struct review_rule rule;
  const char *currency, *json;
  size_t json_n;
};

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct update_facts *f = out_facts;
  f->json = in->json;
  f->json_n = in->json_n;
  TRY(review_rule_load(cx, in->id, &f->rule));
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &f->currency));
  return version_check(cx, bucket_of_id(f->rule.id.v), f->rule.id.v, f->rule.version, in->version);
}

static enum err update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct update_facts *f = facts;
  struct rule_plan plan = {.before = &f->rule, .after = f->rule};
  enum err err = rec_read_over(&review_rule_rec, f->json, f->json_n, "", cx->arena, &cx->fault, &plan.after);
  if (err == ERR_MALFORMED)
    return err;
  enum err broken = settle(cx, f->currency, &plan.after);
  TRY(err != ERR_OK ? err : broken);
  plan.changed = !rec_equal(&review_rule_rec, plan.before, &plan.after);
  *(struct rule_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act review_rule_update_act = {
  .name = "review_rule.update",
  .facts_size = sizeof(struct update_facts),
  .plan_size = sizeof(struct rule_plan),
  .load = update_load,
  .decide = update_decide,
  .apply = rule_apply,
  .flags = ACT_MASTERS,
};

/* ---- A fresh database -------------------------------------------------------------------------------------------- */

static enum err bootstrap_type(struct ctx *cx, enum review_type type)
{
  static const char *const address[] = {"name", "line1", "city"};
  static const struct db_stmt same = {"SELECT count(*) FROM review_rule WHERE type = $1 OR code = $1", DB_REPORT};
  struct review_rule *rule = ARENA_NEW(cx->arena, struct review_rule);
  struct act_result result;
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &same, &n, DB_ARGS(TEXT(review_types[type]))));
  if (n > 0)
    return ERR_OK;
  rec_init(&review_rule_rec, rule);
  rule->code = review_types[type];
  rule->type = type;
  rule->enabled = review_kinds[type].enabled;
  for (size_t i = 0; type == REVIEW_ADDRESS && i < COUNT_OF(address); i++)
    *LIST_ADD(cx->arena, &rule->params.required) = address[i];
  return act_run(cx, &review_rule_create_act, &(struct act_input){.body = rule, .version = ABSENT}, &result);
}

enum err review_bootstrap(struct ctx *cx)
{
  for (int type = 0; type < REVIEW_TYPE_COUNT; type++)
    TRY(bootstrap_type(cx, (enum review_type)type));
  return ERR_OK;
}
