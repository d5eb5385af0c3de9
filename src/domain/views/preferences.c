/* How a user's console looks. A row is made by the first change; language and time zone are the user's own columns. */
#include "views.h"

#include "identity.h"

#include <string.h>

static const char *const themes[] = {"system", "light", "dark", "contrast", NULL};
static const char *const densities[] = {"comfortable", "compact", NULL};

static const struct rec_field preferences_fields[] = {
    FIELD_AS(REC_ID, struct preferences, user_id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_user,
             .doc = "Whose they are"),
    FIELD(struct preferences, version, .flags = REC_READONLY, .doc = "Moves with each change; 0 = nothing was set yet",
          .example = "1"),
    FIELD(struct preferences, language, .flags = REC_VIRTUAL, .min = 2, .max = 16, .check = language_valid,
          .doc = "Language of the console; left out = the company's", .example = "zh-CN"),
    FIELD(struct preferences, time_zone, .flags = REC_VIRTUAL, .min = 1, .max = 64, .check = time_zone_valid,
          .doc = "IANA time zone of the console; left out = the company's", .example = "Asia/Shanghai"),
    FIELD(struct preferences, theme, .flags = REC_REQUIRED, .names = themes, .doc = "How it is colored",
          .example = "system"),
    FIELD(struct preferences, density, .flags = REC_REQUIRED, .names = densities, .doc = "How close rows stand",
          .example = "comfortable"),
    FIELD(struct preferences, shortcuts, .doc = "Single keys do something", .example = "true"),
    FIELD_AS(REC_JSON, struct preferences, screens, .flags = REC_REQUIRED, .max = SCREENS_BYTES_MAX,
             .doc = "Small settings of screens, by name: at most 64 of 2 kB, 16 kB together. What is sent replaces the "
                    "screens it names, null takes one away",
             .example = "{\"orders\": {\"board\": true}}"),
    FIELD(struct preferences, updated_at, .flags = REC_READONLY, .doc = "Their last change",
          .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec preferences_rec =
    REC(struct preferences, "Preferences", preferences_fields, "How a user's console looks");
const struct db_table preferences_table = {"user_preference", &preferences_rec};

static enum err need_user(struct ctx *cx)
{
  return cx->actor.kind == ACTOR_USER ? ERR_OK : err_fail(cx, ERR_STATE, "", "an API key has no preferences");
}

static enum err load(struct ctx *cx, struct preferences *out, struct user *out_user)
{
  struct preferences p;
  TRY(need_user(cx));
  TRY(user_by_id(cx, cx->actor.id, out_user));
  rec_init(&preferences_rec, &p);
  p.user_id = cx->actor.id;
  enum err err = db_get(cx->db, &preferences_table, &p);
  if (err == ERR_NOT_FOUND) {
    p.version = 0;
    p.theme = themes[0];
    p.density = densities[0];
    p.shortcuts = true;
    p.screens = "{}";
    p.updated_at = out_user->created_at;
  } else if (err != ERR_OK) {
    return err;
  }
  p.language = out_user->language;
  p.time_zone = out_user->time_zone;
  *out = p;
  return ERR_OK;
}

enum err preferences_read(struct ctx *cx, struct preferences *out)
{
  struct user user;
  return load(cx, out, &user);
}

/* ---- The map of screens ---- */

struct screen {
  const char *name, *json;
  size_t n;
};
typedef LIST(struct screen) screens;

static bool read_screens(struct arena *a, const char *text, screens *out)
{
  struct json j;
  enum json_token token;
  json_init(&j, text, strlen(text), a);
  if (json_next(&j) != JSON_OBJECT)
    return false;
  while ((token = json_next(&j)) == JSON_KEY) {
    struct screen *s = LIST_ADD(a, out);
    s->name = arena_text(a, j.text);
    if (!json_skip(&j, &s->json, &s->n))
      return false;
  }
  return token == JSON_OBJECT_END;
}

static struct screen *find(screens *all, const char *name)
{
  EACH (struct screen, s, all)
    if (strcmp(s->name, name) == 0)
      return s;
  return NULL;
}

/* What there was, with what was sent over it: member by member, null takes away. */
static enum err merge(struct ctx *cx, const char *before, const char *sent, const char **out)
{
  screens all = {0}, news = {0};
  struct buf text;
  struct json_out o;
  size_t n = 0;
  if (!read_screens(cx->arena, before, &all) || !read_screens(cx->arena, sent, &news))
    return fault_add(&cx->fault, ERR_INVALID, "/screens", "wrong_type", "is an object: settings by screen");
  EACH (struct screen, s, &news) {
    if (s->n > SCREEN_BYTES_MAX)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/screens/%.64s", s->name), "too_long",
                "is more than %d bytes", SCREEN_BYTES_MAX);
    struct screen *known = find(&all, s->name);
    *(known ? known : LIST_ADD(cx->arena, &all)) = *s;
  }
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  EACH (struct screen, s, &all) {
    if (s->n == 4 && memcmp(s->json, "null", 4) == 0)
      continue;
    json_key(&o, s->name);
    json_raw(&o, arena_textn(cx->arena, s->json, s->n));
    n++;
  }
  json_object_end(&o);
  if (n > SCREENS_MAX || text.n > SCREENS_BYTES_MAX)
    fault_add(&cx->fault, ERR_INVALID, "/screens", "too_many", "are at most %d in %d bytes", SCREENS_MAX,
              SCREENS_BYTES_MAX);
  *out = buf_str(&text);
  return cx->fault.code;
}

/* ---- Changing them ---- */

struct preferences_facts {
  const struct act_input *in;
  struct preferences before;
  struct user user;
};

struct preferences_plan {
  struct preferences before, after;
  struct user user, user_after;
};

static enum err change_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct preferences_facts *facts = out_facts;
  facts->in = in;
  if (cx->actor.kind == ACTOR_USER)
    return load(cx, &facts->before, &facts->user);
  rec_init(&preferences_rec, &facts->before); /* decide refuses it, after what is wrong with the body */
  return ERR_OK;
}

static enum err change_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct preferences_facts *facts = in_facts;
  struct preferences_plan *plan = out_plan;
  struct preferences after = facts->before;
  struct user user = facts->user;
  TRY(rec_read_over(&preferences_rec, facts->in->json, facts->in->json_n, "", cx->arena, &cx->fault, &after));
  TRY(need_user(cx));
  if (facts->in->version != ABSENT && facts->in->version != facts->before.version)
    return err_fail(cx, ERR_VERSION, "", "the preferences were changed meanwhile");
  if (after.screens != facts->before.screens)
    TRY(merge(cx, facts->before.screens, after.screens, &after.screens));
  user.language = after.language;
  user.time_zone = after.time_zone;
  if (!rec_equal(&user_rec, &facts->user, &user)) {
    user.version++;
    user.updated_at = cx->now;
  }
  if (!rec_equal(&preferences_rec, &facts->before, &after)) {
    after.version++;
    after.updated_at = cx->now;
  }
  *plan = (struct preferences_plan){facts->before, after, facts->user, user};
  return ERR_OK;
}

static enum err write_user(struct ctx *cx, const struct preferences_plan *plan)
{
  struct user shown = plan->user_after;
  if (plan->user_after.version == plan->user.version)
    return ERR_OK;
  shown.version = plan->user.version;
  shown.updated_at = plan->user.updated_at;
  TRY(db_update(cx->db, &user_table, &plan->user_after));
  return event_emit(cx, &(struct event_draft){.topic = "user.updated",
                                              .subject_kind = "user",
                                              .subject_prefix = PREFIX_user,
                                              .bucket = bucket_of_id(shown.id),
                                              .subject_id = shown.id,
                                              .version = plan->user_after.version,
                                              .data = event_changes(cx->arena, &user_rec, &plan->user, &shown)});
}

static enum err change_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct preferences_plan *plan = in_plan;
  TRY(write_user(cx, plan));
  if (plan->after.version != plan->before.version)
    TRY(plan->before.version == 0 ? db_insert(cx->db, &preferences_table, &plan->after)
                                  : db_update(cx->db, &preferences_table, &plan->after));
  out->rec = &preferences_rec;
  out->value = arena_copy(cx->arena, &plan->after, sizeof plan->after);
  out->version = plan->after.version;
  return ERR_OK;
}

const struct act preferences_change_act = {
    .name = "preferences.change",
    .facts_size = sizeof(struct preferences_facts),
    .plan_size = sizeof(struct preferences_plan),
    .load = change_load,
    .decide = change_decide,
    .apply = change_apply,
};
