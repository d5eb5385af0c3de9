/* The acts on change sets: made, confirmed, declined, withdrawn, expired. */
#include "changes_priv.h"

#include "settings.h"

#include <string.h>

/* ---- Making one, or only trying ---- */

struct create_facts {
  struct change_facts change;
  int64_t hours;
};
struct create_plan {
  struct change_set set;
  change_fields fields;
};

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct create_facts *f = out;
  struct order_id id;
  TRY(order_find(cx, in->id, &id));
  TRY(order_work_load(cx, id, in->version, &f->change.work));
  TRY(setting_i64(cx, SETTING_CHANGE_HOURS, &f->hours));
  return change_facts_load(cx, in->body, CHANGE_STAFF, &f->change);
}

/* Refused at once is what the order refuses as it is now. */
static enum err create_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct create_facts *f = facts;
  struct create_plan *plan = out;
  const struct order *o = f->change.work.before;
  struct order_work w = order_work_copy(cx, &f->change.work);
  TRY(change_apply_to(cx, &f->change, &w));
  plan->fields = change_fields_of(cx, o, f->change.in);
  plan->set = change_new(cx, o, f->change.in, CHANGE_STAFF, INSTANT(cx->now.ms + f->hours * HOUR_MS), &plan->fields);
  plan->set.preview = change_preview_of(cx, &f->change.work, &w);
  plan->set.preview_hash = change_preview_hash(cx, plan->set.preview);
  return ERR_OK;
}

static enum err create_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct create_plan *p = plan;
  struct change_set set = p->set;
  TRY(change_insert(cx, &set, &p->fields));
  change_result(cx, &set, out);
  return ERR_OK;
}

const struct act change_create_act = {"change.create",
                                      sizeof(struct create_facts),
                                      sizeof(struct create_plan),
                                      create_load,
                                      create_decide,
                                      create_apply,
                                      0};

enum err change_try(struct ctx *cx, const char *order_id, const struct change_input *in, struct change_set *out)
{
  struct create_facts f = {.hours = 0};
  struct order_work w;
  enum err refused;
  TRY(create_load(cx, &(struct act_input){.id = order_id, .body = in, .version = ABSENT}, &f));
  const struct order *o = f.change.work.before;
  change_fields fields = change_fields_of(cx, o, in);
  *out = change_new(cx, o, in, CHANGE_STAFF, INSTANT(ABSENT), &fields);
  TRY(change_foresee(cx, &f.change, &w, &out->preview, &refused));
  out->preview_hash = change_preview_hash(cx, out->preview);
  return ERR_OK;
}

enum err change_refresh(struct ctx *cx, struct change_set *set)
{
  struct change_facts f = {.decided = true};
  struct order_work w;
  enum err refused;
  struct order_id id = {set->order_id};
  if (set->state != CHANGE_PENDING)
    return ERR_OK;
  TRY(order_work_load(cx, id, ABSENT, &f.work));
  enum err err = change_facts_load(cx, set->asked, CHANGE_CHANNEL, &f);
  if (err != ERR_OK && err_info(err)->http < 500) {
    set->preview = change_preview_refused(cx, &f.work); /* a product is gone, the order has ended */
  } else {
    TRY(err);
    TRY(change_foresee(cx, &f, &w, &set->preview, &refused));
  }
  set->preview_hash = change_preview_hash(cx, set->preview);
  return ERR_OK;
}

/* ---- Confirming ---- */

struct confirm_facts {
  struct change_set set;
  struct change_personal personal;
  struct change_facts change;
  change_conflicts conflicts;
  const char *hash; /* that was looked at */
};
struct confirm_plan {
  struct change_set set;
  struct order_work work;
};

static enum err only_pending(struct ctx *cx, const struct change_set *set)
{
  if (set->state == CHANGE_PENDING)
    return ERR_OK;
  return err_fail(cx, ERR_STATE, "/state", "this change set is %s", change_states[set->state]);
}

/* The set that an act is about: of the version that is named, and not decided yet. */
static enum err pending_load(struct ctx *cx, const struct act_input *in, struct change_set *out)
{
  TRY(change_load(cx, in->id, out));
  if (in->version != ABSENT && in->version != out->version)
    return err_fail(cx, ERR_VERSION, "/version", "the change set has version %lld by now", (long long)out->version);
  return only_pending(cx, out);
}

static enum err confirm_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct confirm_facts *f = out;
  const struct change_confirm_input *body = in->body;
  struct order_id id;
  TRY(pending_load(cx, in, &f->set));
  TRY(change_personal_load(cx, &f->set, &f->personal));
  id.v = f->set.order_id;
  TRY(order_work_load(cx, id, ABSENT, &f->change.work));
  f->hash = body && body->preview_hash ? body->preview_hash : f->set.preview_hash;
  f->change.content_hash = f->set.content_hash;
  f->change.decided = true;
  TRY(change_conflicts_of(cx, &f->set, &f->personal, f->change.work.before, &f->conflicts));
  if (f->conflicts.n && f->set.origin != CHANGE_CHANNEL)
    return ERR_OK; /* decided without more */
  return change_facts_load(cx, f->set.asked, CHANGE_CHANNEL, &f->change);
}

/* Values of addresses are told to those who may see them. */
static const char *shown(struct ctx *cx, const struct change_field *field, const char *value)
{
  bool may = !field->personal || (cx->actor.permissions & PERMISSION(PERM_PERSONAL_READ));
  return may ? (value ? value : "null") : NULL;
}

static enum err refuse_conflicts(struct ctx *cx, const change_conflicts *conflicts)
{
  EACH (const struct change_conflict, c, conflicts)
    fault_conflict(&cx->fault, c->field.pointer, shown(cx, &c->field, c->before), shown(cx, &c->field, c->field.value),
                   shown(cx, &c->field, c->field.mine));
  return cx->fault.code;
}

static const char *preview_json(struct ctx *cx, const struct change_preview *p)
{
  struct buf text;
  buf_init(&text, cx->arena);
  rec_write(&change_preview_rec, p, NULL, &text);
  return buf_str(&text);
}

/* The new preview goes with the refusal, so that a client can show it and ask again. */
static enum err refuse_moved(struct ctx *cx, const struct confirm_facts *f, const struct change_preview *now,
                             const char *hash)
{
  err_fail(cx, ERR_PREVIEW, "/preview_hash", "stock, prices or other fields have moved since the preview");
  struct fault_entry *e = &cx->fault.entries[0];
  e->before = arena_printf(cx->arena, "\"%s\"", f->hash);
  e->theirs = arena_printf(cx->arena, "\"%s\"", hash);
  fault_add(&cx->fault, ERR_PREVIEW, "/preview", "preview_changed", "what it would do now");
  cx->fault.entries[1].before = f->set.preview ? preview_json(cx, f->set.preview) : NULL;
  cx->fault.entries[1].theirs = preview_json(cx, now);
  return ERR_PREVIEW;
}

static enum err confirm_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct confirm_facts *f = facts;
  struct confirm_plan *plan = out;
  struct order_work w = order_work_copy(cx, &f->change.work);
  if (f->conflicts.n && f->set.origin != CHANGE_CHANNEL)
    return refuse_conflicts(cx, &f->conflicts); /* what a channel wants is decided by a person who has seen both */
  TRY(change_apply_to(cx, &f->change, &w));
  struct change_preview *preview = change_preview_of(cx, &f->change.work, &w);
  const char *hash = change_preview_hash(cx, preview);
  if (!text_eq(hash, f->hash))
    return refuse_moved(cx, f, preview, hash);
  plan->set = f->set;
  plan->set.preview = preview;
  plan->set.preview_hash = hash;
  change_decided(cx, &plan->set, CHANGE_CONFIRMED, NULL);
  change_tell_order(cx, &f->change, f->set.id.v, &w);
  if (f->set.origin == CHANGE_CHANNEL)
    TRY(change_hold_release(cx, &w, "the channel's change was accepted"));
  order_work_finish(cx, &w);
  plan->set.applied_version = w.after->version;
  plan->work = w;
  return ERR_OK;
}

static enum err confirm_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct confirm_plan *p = plan;
  struct order_work w = p->work;
  struct change_set set = p->set;
  TRY(order_work_apply(cx, &w));
  TRY(change_update(cx, &set));
  change_result(cx, &set, out);
  return ERR_OK;
}

const struct act change_confirm_act = {"change.confirm",
                                       sizeof(struct confirm_facts),
                                       sizeof(struct confirm_plan),
                                       confirm_load,
                                       confirm_decide,
                                       confirm_apply,
                                       0};

/* ---- A conflict is kept ---- */

static const char *conflicts_json(struct ctx *cx, const change_conflicts *conflicts)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_array(&j);
  EACH (const struct change_conflict, c, conflicts) {
    json_object(&j);
    json_put_text(&j, "pointer", c->field.pointer);
    const struct {
      const char *name, *value;
    } values[] = {{"before", c->before}, {"theirs", c->field.value}, {"mine", c->field.mine}};
    for (size_t i = 0; i < COUNT_OF(values) && !c->field.personal; i++) {
      json_key(&j, values[i].name);
      json_raw(&j, values[i].value ? values[i].value : "null");
    }
    json_object_end(&j);
  }
  json_array_end(&j);
  return buf_str(&text);
}

static enum err conflict_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct confirm_facts *f = facts;
  struct confirm_plan *plan = out;
  if (!f->conflicts.n || f->set.origin == CHANGE_CHANNEL)
    return err_fail(cx, ERR_STATE, "/state", "nothing of this change set is in conflict");
  plan->set = f->set;
  plan->set.conflicts = conflicts_json(cx, &f->conflicts);
  change_decided(cx, &plan->set, CHANGE_CONFLICTED, NULL);
  return ERR_OK;
}

static enum err set_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct change_set set = ((const struct confirm_plan *)plan)->set;
  TRY(change_update(cx, &set));
  change_result(cx, &set, out);
  return ERR_OK;
}

const struct act change_conflict_act = {"change.conflict",
                                        sizeof(struct confirm_facts),
                                        sizeof(struct confirm_plan),
                                        confirm_load,
                                        conflict_decide,
                                        set_apply,
                                        0};

/* ---- Declined, withdrawn, expired ---- */

struct end_facts {
  struct change_set set;
  struct order_work work;
  const char *reason;
};

static enum err end_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct end_facts *f = out;
  const struct change_decide_input *body = in->body;
  f->reason = body ? body->reason : NULL;
  TRY(pending_load(cx, in, &f->set));
  return order_work_load(cx, (struct order_id){f->set.order_id}, ABSENT, &f->work);
}

static enum err end_decide(struct ctx *cx, const struct end_facts *f, enum change_state state, const char *hold_reason,
                           struct confirm_plan *plan)
{
  struct order_work w = order_work_copy(cx, &f->work);
  plan->set = f->set;
  change_decided(cx, &plan->set, state, f->reason);
  if (f->set.origin == CHANGE_CHANNEL)
    TRY(change_hold_release(cx, &w, hold_reason));
  if (w.events.n)
    order_work_finish(cx, &w);
  plan->work = w;
  return ERR_OK;
}

static enum err decline_decide(struct ctx *cx, const void *facts, void *out)
{
  return end_decide(cx, facts, CHANGE_DECLINED, "the channel's change was declined", out);
}
static enum err cancel_decide(struct ctx *cx, const void *facts, void *out)
{
  return end_decide(cx, facts, CHANGE_CANCELLED, "the channel's change was withdrawn", out);
}
static enum err expire_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct end_facts *f = facts;
  if (!instant_set(f->set.expires_at) || f->set.expires_at.ms > cx->now.ms)
    return err_fail(cx, ERR_STATE, "/expires_at", "its time is not over");
  return end_decide(cx, f, CHANGE_EXPIRED, "nobody decided about the channel's change", out);
}

#define END_ACT(name, decide)                                                                                          \
  {                                                                                                                    \
    name, sizeof(struct end_facts), sizeof(struct confirm_plan), end_load, decide, confirm_apply, 0                    \
  }
const struct act change_decline_act = END_ACT("change.decline", decline_decide);
const struct act change_cancel_act = END_ACT("change.cancel", cancel_decide);
const struct act change_expire_act = END_ACT("change.expire", expire_decide);
