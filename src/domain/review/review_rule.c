/* Rules: reading through the memo, creating, changing, and those that a fresh database has. */
#include "review_priv.h"

#include "identity.h"
#include "masters.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

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
static enum err settle(struct ctx *cx, const struct master_defaults *defaults, void *value)
{
  struct review_rule *rule = value;
  size_t faults = cx->fault.n;
  const struct review_kind *kind = &review_kinds[rule->type];
  uint64_t ignored;
  if (!rule->name)
    rule->name = kind->name;
  if (!rule->owner_role)
    rule->owner_role = kind->role;
  default_i64(&rule->expire_hours, 0);
  fill_params(kind, defaults->currency, &rule->params);
  refuse_foreign_params(cx, rule);
  check_texts(cx, "/channels", rule->channels.at, rule->channels.n, NULL);
  check_texts(cx, "/params/required", rule->params.required.at, rule->params.required.n, is_address_part);
  check_texts(cx, "/params/countries", rule->params.countries.at, rule->params.countries.n, country_valid);
  if (!role_permissions(rule->owner_role, &ignored))
    fault_add(&cx->fault, ERR_INVALID, "/owner_role", "unknown_value", "there is no role %s", rule->owner_role);
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

/* ---- Keeping them ------------------------------------------------------------------------------------------------ */

static const struct master review_rule_master = {
    .kind = "review_rule",
    .name = "review rule",
    .prefix = PREFIX_rule,
    .path = "/v1/review_rules",
    .rec = &review_rule_rec,
    .table = &review_rule_table,
    MASTER_STAMPS(struct review_rule),
    .by_code = {&review_rule_table, "code = $1", DB_KEYED},
    .same = {"SELECT id FROM review_rule WHERE code = $1", DB_KEYED},
    .keys = {offsetof(struct review_rule, code)},
    .n_keys = 1,
    .key_pointer = "/code",
    .count = {"SELECT count(*) FROM review_rule", DB_REPORT},
    .most = REVIEW_RULES_MAX,
    .settle = settle,
};

enum err review_rule_load(struct ctx *cx, const char *code_or_id, struct review_rule *out)
{
  return master_load(cx, &review_rule_master, code_or_id, out);
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_create_load(cx, &review_rule_master, in, out_facts);
}

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_update_load(cx, &review_rule_master, in, out_facts);
}

const struct act review_rule_create_act = MASTER_CREATE("review_rule.create", create_load);
const struct act review_rule_update_act = MASTER_UPDATE("review_rule.update", update_load);

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

enum err review_rules_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, name FROM review_rule WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
