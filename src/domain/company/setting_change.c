/* Settings as the API shows them, and changing one. */
#include <string.h>

#include "company_priv.h"
#include "identity.h"

static const char *const kind_names[] = {"integer", "text", "choice", NULL};

static const struct rec_field setting_view_fields[] = {
    FIELD(struct setting_view, key, .flags = REC_READONLY, .doc = "Name of the setting", .example = "session.hours"),
    FIELD(struct setting_view, value, .flags = REC_READONLY, .doc = "The value in force, as text", .example = "12"),
    {.name = "default",
     .offset = offsetof(struct setting_view, def),
     .kind = REC_TEXT,
     .flags = REC_READONLY,
     .doc = "What it is until somebody sets it",
     .example = "12"},
    FIELD_AS(REC_ENUM, struct setting_view, kind, .flags = REC_READONLY, .names = kind_names,
             .doc = "What the value is", .example = "integer"),
    FIELD(struct setting_view, min, .flags = REC_READONLY, .doc = "Least number, or least length of a text",
          .example = "1"),
    FIELD(struct setting_view, max, .flags = REC_READONLY, .doc = "Greatest number, or greatest length of a text",
          .example = "720"),
    FIELD_AS(REC_TEXTS, struct setting_view, choices, .flags = REC_READONLY, .doc = "What a choice may be",
             .example = "[]"),
    FIELD(struct setting_view, unit, .flags = REC_READONLY, .doc = "Unit of a number", .example = "h"),
    FIELD(struct setting_view, help, .flags = REC_READONLY, .doc = "What it does",
          .example = "Life of a session without use"),
};
const struct rec setting_view_rec =
    REC(struct setting_view, "Setting", setting_view_fields, "One thing a company may set");

static const struct rec_field setting_input_fields[] = {
    FIELD(struct setting_input, value, .max = 30000, .doc = "The new value, as text; empty where the setting may be",
          .example = "24"),
};
const struct rec setting_input_rec =
    REC(struct setting_input, "SettingInput", setting_input_fields, "A new value of a setting");

int64_t named_subject(const char *name)
{
  return (int64_t)(hash_text(name) >> 1);
}

const char *named_changes(struct arena *a, const char *name, const char *changes)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "name", name);
  /* changes is an object too: its members follow the name. */
  return strcmp(changes, "{}") == 0 ? arena_printf(a, "%s}", buf_str(&text))
                                    : arena_printf(a, "%s,%s", buf_str(&text), changes + 1);
}

static void add_choices(struct arena *a, const char *choices, struct setting_view *view)
{
  while (choices && *choices) {
    size_t n = strcspn(choices, " ");
    *LIST_ADD(a, &view->choices) = arena_textn(a, choices, n);
    choices += n + strspn(choices + n, " ");
  }
}

enum err setting_view_read(struct ctx *cx, enum setting s, struct setting_view *out)
{
  const struct setting_info *info = setting_info(s);
  struct setting_view view = {.key = info->key, .def = info->def, .kind = info->kind, .help = info->help};
  TRY(setting_text(cx, s, &view.value));
  view.value = arena_text(cx->arena, view.value); /* the memo may be cleared before this is shown */
  view.min = info->kind == SETTING_CHOICE ? ABSENT : info->min;
  view.max = info->kind == SETTING_CHOICE ? ABSENT : info->max;
  view.unit = text_empty(info->unit) ? NULL : info->unit;
  add_choices(cx->arena, info->choices, &view);
  *out = view;
  return ERR_OK;
}

struct setting_facts {
  const struct setting_input *in;
  enum setting setting;
  struct setting_view before;
  int64_t events;  /* so far about this setting: its version */
  bool has_orders; /* looked at for the currency only */
};

struct setting_plan {
  enum setting setting;
  struct setting_view before, after;
  int64_t version;
};

static enum err any_order(struct ctx *cx, bool *out)
{
  static const struct db_stmt first = {"SELECT id FROM orders ORDER BY created_at LIMIT 1", DB_REPORT};
  int64_t id = 0;
  TRY(db_one_i64(cx->db, &first, &id, DB_NO_ARGS));
  *out = id != 0;
  return ERR_OK;
}

static enum err setting_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt events = {"SELECT count(*) FROM event WHERE bucket = $1 AND subject_id = $2", DB_KEYED};
  struct setting_facts *facts = out_facts;
  facts->in = in->body;
  facts->setting = setting_find(in->id);
  if (facts->setting == SETTING_COUNT)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no setting %.64s", in->id);
  TRY(setting_view_read(cx, facts->setting, &facts->before));
  if (facts->setting == SETTING_COMPANY_CURRENCY)
    TRY(any_order(cx, &facts->has_orders));
  int64_t subject = named_subject(facts->before.key);
  return db_one_i64(cx->db, &events, &facts->events, DB_ARGS(I64(bucket_of_id(subject)), I64(subject)));
}

static enum err check(struct ctx *cx, enum setting s, const char *value)
{
  if (!value)
    return fault_add(&cx->fault, ERR_INVALID, "/value", "required", "the new value is needed");
  TRY(setting_check(cx, s, value, "/value"));
  if (s == SETTING_COMPANY_LANGUAGE && !language_valid(value))
    return fault_add(&cx->fault, ERR_INVALID, "/value", "invalid_format", "must be a language tag such as en or zh-CN");
  if (s == SETTING_COMPANY_TIME_ZONE && !time_zone_valid(value))
    return fault_add(&cx->fault, ERR_INVALID, "/value", "invalid_format",
                     "must be an IANA time zone such as Asia/Shanghai");
  return ERR_OK;
}

static enum err setting_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct setting_facts *facts = in_facts;
  struct setting_view after = facts->before;
  after.value = facts->in->value;
  TRY(check(cx, facts->setting, after.value));
  if (facts->has_orders && strcmp(after.value, facts->before.value) != 0)
    return err_fail(cx, ERR_STATE, "/value", "the currency is fixed since there are orders");
  *(struct setting_plan *)out_plan = (struct setting_plan){facts->setting, facts->before, after, facts->events + 1};
  return ERR_OK;
}

static enum err setting_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct setting_plan *plan = in_plan;
  int64_t subject = named_subject(plan->after.key);
  out->rec = &setting_view_rec;
  out->value = arena_copy(cx->arena, &plan->after, sizeof plan->after);
  if (strcmp(plan->after.value, plan->before.value) == 0)
    return ERR_OK;
  TRY(setting_store(cx, plan->setting, plan->after.value));
  const char *changes = event_changes(cx->arena, &setting_view_rec, &plan->before, &plan->after);
  return event_emit(cx, &(struct event_draft){
                            .topic = "setting.updated",
                            .subject_kind = "setting",
                            .subject_prefix = "set",
                            .bucket = bucket_of_id(subject),
                            .subject_id = subject,
                            .version = plan->version,
                            .data = named_changes(cx->arena, plan->after.key, changes),
                        });
}

const struct act setting_change_act = {
    .name = "setting.change",
    .facts_size = sizeof(struct setting_facts),
    .plan_size = sizeof(struct setting_plan),
    .load = setting_load,
    .decide = setting_decide,
    .apply = setting_apply,
    .flags = ACT_MASTERS,
};
