/* Setting a company up: the ordinary acts of other rooms, decided together and applied together. */
#include "setup.h"

#include <string.h>

/* ---- The record ---- */

static const struct rec_field company_fields[] = {
    FIELD(struct setup_company, name, .flags = REC_REQUIRED, .max = 120, .doc = "Name on documents",
          .example = "Lantern & Loom"),
    FIELD(struct setup_company, currency, .flags = REC_REQUIRED, .min = 3, .max = 3,
          .doc = "ISO 4217; fixed once there are orders", .example = "USD"),
    FIELD(struct setup_company, time_zone, .flags = REC_REQUIRED, .max = 64, .check = time_zone_valid,
          .doc = "IANA zone", .example = "America/New_York"),
    FIELD(struct setup_company, language, .flags = REC_REQUIRED, .min = 2, .max = 16, .check = language_valid,
          .doc = "Language of names given without one", .example = "en"),
};
static const struct rec company_rec = REC(struct setup_company, "SetupCompany", company_fields, "Who the company is");

static const struct rec_field owner_fields[] = {
    FIELD(struct setup_owner, name, .flags = REC_PERSONAL, .min = 1, .max = 120,
          .doc = "For people; left out = the login", .example = "Li Wei"),
    FIELD(struct setup_owner, login, .flags = REC_REQUIRED | REC_PERSONAL, .max = LOGIN_MAX,
          .doc = "E-mail address or short name to sign in with", .example = "li@example.com"),
    FIELD(struct setup_owner, password, .flags = REC_REQUIRED | REC_PERSONAL, .min = PASSWORD_MIN, .max = PASSWORD_MAX,
          .doc = "At least 10 characters", .example = "glass river 27 lamps"),
};
static const struct rec owner_rec =
    REC(struct setup_owner, "SetupOwner", owner_fields, "Who owns it, and signs in first");

static const struct rec_field location_fields[] = {
    FIELD(struct setup_location, code, .flags = REC_REQUIRED, .max = 32, .doc = "Short code, for ever",
          .example = "NJ1"),
    FIELD(struct setup_location, name, .flags = REC_REQUIRED, .max = 120, .doc = "For people", .example = "Newark"),
    FIELD_AS(REC_ENUM, struct setup_location, kind, .names = location_kinds, .doc = "What it is",
             .example = "warehouse"),
    FIELD_AS(REC_RECORD, struct setup_location, address, .rec = &address_rec, .doc = "Where it is"),
};
static const struct rec setup_location_rec =
    REC(struct setup_location, "SetupLocation", location_fields, "Where goods are");

static const struct rec_field channel_fields[] = {
    FIELD(struct setup_channel, code, .flags = REC_REQUIRED, .max = CHANNEL_CODE_MAX,
          .doc = "Short code, for ever; `web` is there already and is changed", .example = "web"),
    FIELD(struct setup_channel, name, .flags = REC_REQUIRED, .max = 120, .doc = "For people", .example = "Web shop"),
    FIELD_AS(REC_ENUM, struct setup_channel, kind, .names = channel_kinds, .doc = "What it is", .example = "web"),
};
static const struct rec setup_channel_rec =
    REC(struct setup_channel, "SetupChannel", channel_fields, "Where orders come from");

static const struct rec_field input_fields[] = {
    FIELD(struct setup_input, token, .flags = REC_PERSONAL, .max = TOKEN_TEXT,
          .doc = "What the server wrote into its log; needed unless the client is on the same machine",
          .example = "5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a"),
    FIELD_AS(REC_INLINE, struct setup_input, company, .flags = REC_REQUIRED, .rec = &company_rec,
             .doc = "Who the company is"),
    FIELD_AS(REC_INLINE, struct setup_input, owner, .flags = REC_REQUIRED | REC_PERSONAL, .rec = &owner_rec,
             .doc = "Who signs in first"),
    FIELD_AS(REC_INLINE, struct setup_input, location, .flags = REC_REQUIRED, .rec = &setup_location_rec,
             .doc = "The first location"),
    FIELD_AS(REC_INLINE, struct setup_input, channel, .flags = REC_REQUIRED, .rec = &setup_channel_rec,
             .doc = "The first channel"),
    FIELD_AS(REC_ENUM, struct setup_input, demo, .names = setup_demos, .doc = "Data to look round with",
             .example = "none"),
};
const struct rec setup_input_rec = REC(struct setup_input, "Setup", input_fields, "A company's first minute");

/* ---- The acts that it consists of ---- */

enum { PARTS_MAX = 8 };

struct part {
  const struct act *act;
  void *plan;
};

struct setup_plan {
  struct part parts[PARTS_MAX];
  size_t n;
};

struct setup_facts {
  struct setup_plan plan;
  struct fault *fault; /* what the parts refuse, together */
};

/* A part's refusals become ours, with the place of the part before theirs; alone: it is about one member. */
static void take_faults(struct ctx *cx, struct fault *all, const struct fault *f, const char *place, bool alone)
{
  if (f->n == 0)
    fault_fail(all, f->code, place, "%s", f->detail ? f->detail : err_info(f->code)->title);
  for (size_t i = 0; i < f->n; i++) {
    const struct fault_entry *e = &f->entries[i];
    const char *pointer = alone ? place : arena_printf(cx->arena, "%s%s", place, e->pointer);
    if (e->code)
      fault_add(all, f->code, pointer, e->code, "%s", e->detail);
    else
      fault_fail(all, f->code, pointer, "%s", e->detail);
  }
}

/* Loads and decides one act; what it refuses waits in facts->fault. Anything but a refusal ends all. */
static enum err add_part(struct ctx *cx, struct setup_facts *facts, const char *place, bool alone,
                         const struct act *act, const struct act_input *in)
{
  void *plan = NULL;
  enum err err = act_preview(cx, act, in, &plan);
  if (err == ERR_OK) {
    assert(facts->plan.n < PARTS_MAX);
    facts->plan.parts[facts->plan.n++] = (struct part){act, plan};
    return ERR_OK;
  }
  if (err_info(err)->http >= 500)
    return err;
  take_faults(cx, facts->fault, &cx->fault, place, alone);
  fault_clear(&cx->fault);
  return ERR_OK;
}

static enum err add_settings(struct ctx *cx, struct setup_facts *facts, const struct setup_company *company)
{
  const struct {
    enum setting setting;
    const char *value, *place;
  } settings[] = {
      {SETTING_COMPANY_NAME, company->name, "/company/name"},
      {SETTING_COMPANY_CURRENCY, company->currency, "/company/currency"},
      {SETTING_COMPANY_TIME_ZONE, company->time_zone, "/company/time_zone"},
      {SETTING_COMPANY_LANGUAGE, company->language, "/company/language"},
  };
  for (size_t i = 0; i < COUNT_OF(settings); i++) {
    struct setting_input *input = ARENA_NEW(cx->arena, struct setting_input);
    input->value = settings[i].value;
    const struct act_input in = {.id = setting_info(settings[i].setting)->key, .body = input, .version = ABSENT};
    TRY(add_part(cx, facts, settings[i].place, true, &setting_change_act, &in));
  }
  return ERR_OK;
}

/* The rules of a record are its reader's to know: what was sent is read once more, as its own room would read it. False
 * when it is refused. */
static bool read_as(struct ctx *cx, struct setup_facts *facts, const struct rec *rec, const char *json,
                    const char *place, void *out)
{
  rec_init(rec, out);
  return rec_read(rec, json, strlen(json), place, cx->arena, facts->fault, out) == ERR_OK;
}

static const char *location_json(struct arena *a, const struct setup_input *in)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "code", in->location.code);
  json_put_text(&o, "name", in->location.name);
  json_put_text(&o, "kind", location_kinds[in->location.kind]);
  json_put_text(&o, "time_zone", in->company.time_zone);
  if (in->location.address) {
    json_key(&o, "address");
    json_record(&o, &address_rec, in->location.address, NULL);
  }
  json_object_end(&o);
  return buf_str(&text);
}

static enum err add_location(struct ctx *cx, struct setup_facts *facts, const struct setup_input *in)
{
  struct location *l = ARENA_NEW(cx->arena, struct location);
  if (!read_as(cx, facts, &location_rec, location_json(cx->arena, in), "/location", l))
    return ERR_OK;
  return add_part(cx, facts, "/location", false, &location_create_act,
                  &(struct act_input){.body = l, .version = ABSENT});
}

/* Without a code: as a PATCH of one that is there. */
static const char *channel_json(struct arena *a, const struct setup_input *in, const char *code)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "code", code);
  json_put_text(&o, "name", in->channel.name);
  json_put_text(&o, "kind", channel_kinds[in->channel.kind]);
  /* One that is none is the company's mistake, told there. */
  json_put_text(&o, "currency", currency_decimals(in->company.currency) >= 0 ? in->company.currency : NULL);
  json_put_text(&o, "language", in->company.language);
  json_object_end(&o);
  return buf_str(&text);
}

static enum err add_channel(struct ctx *cx, struct setup_facts *facts, const struct setup_input *in)
{
  const struct channel *there;
  struct channel *ch = ARENA_NEW(cx->arena, struct channel);
  enum err err = channel_find(cx, in->channel.code, &there);
  if (err == ERR_OK) {
    const char *json = channel_json(cx->arena, in, NULL);
    return add_part(
        cx, facts, "/channel", false, &channel_update_act,
        &(struct act_input){.id = in->channel.code, .json = json, .json_n = strlen(json), .version = ABSENT});
  }
  if (err != ERR_NOT_FOUND)
    return err;
  if (!read_as(cx, facts, &channel_rec, channel_json(cx->arena, in, in->channel.code), "/channel", ch))
    return ERR_OK;
  return add_part(cx, facts, "/channel", false, &channel_create_act,
                  &(struct act_input){.body = ch, .version = ABSENT});
}

static enum err add_owner(struct ctx *cx, struct setup_facts *facts, const struct setup_input *in)
{
  struct user_input *user = ARENA_NEW(cx->arena, struct user_input);
  rec_init(&user_input_rec, user);
  user->login = in->owner.login;
  user->name = in->owner.name;
  user->password_hash = in->password_hash;
  *LIST_ADD(cx->arena, &user->roles) = "owner";
  return add_part(cx, facts, "/owner", false, &user_add_act, &(struct act_input){.body = user, .version = ABSENT});
}

/* ---- The act ---- */

static enum err setup_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct setup_facts *facts = out_facts;
  const struct setup_input *input = in->body;
  bool needed;
  TRY(setup_needed(cx, &needed));
  if (!needed)
    return err_fail(cx, ERR_STATE, "", "the company is set up already: please sign in");
  facts->fault = ARENA_NEW(cx->arena, struct fault);
  fault_init(facts->fault, cx->arena);
  TRY(add_settings(cx, facts, &input->company));
  TRY(add_location(cx, facts, input));
  TRY(add_channel(cx, facts, input));
  return add_owner(cx, facts, input); /* last: its answer is ours */
}

static enum err setup_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct setup_facts *facts = in_facts;
  if (facts->fault->code != ERR_OK) {
    cx->fault = *facts->fault;
    return cx->fault.code;
  }
  *(struct setup_plan *)out_plan = facts->plan;
  return ERR_OK;
}

static enum err setup_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  static const struct db_stmt done = {"INSERT INTO company_setup (id, at, user_id) VALUES (1, $1, $2)"
                                      " ON CONFLICT (id) DO NOTHING",
                                      DB_KEYED};
  const struct setup_plan *plan = in_plan;
  int64_t rows = 0;
  for (size_t i = 0; i < plan->n; i++) {
    *out = (struct act_result){.version = ABSENT};
    TRY(plan->parts[i].act->apply(cx, plan->parts[i].plan, out));
  }
  TRY(db_run(cx->db, &done, &rows, DB_ARGS(I64(cx->now.ms), I64(((const struct user *)out->value)->id))));
  return rows ? ERR_OK : act_guard_missed(cx, "company_setup");
}

const struct act setup_act = {
    .name = "company.set_up",
    .facts_size = sizeof(struct setup_facts),
    .plan_size = sizeof(struct setup_plan),
    .load = setup_load,
    .decide = setup_decide,
    .apply = setup_apply,
    .flags = ACT_MASTERS,
};
