/* Masters: what all their acts do alike. What differs stands in the kind's table. */
#include "masters.h"

#include "settings.h"

#include <string.h>

/* Ids, versions and times are all one int64_t, alone or in a struct of their own. */
static int64_t *number_at(const void *value, size_t offset)
{
  return (int64_t *)(void *)((char *)(uintptr_t)value + offset);
}

static const char *key_at(const struct master *m, const void *value, size_t i)
{
  return *(const char *const *)(const void *)((const char *)value + m->keys[i]);
}

enum err master_defaults_load(struct ctx *cx, struct master_defaults *out)
{
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &out->currency));
  return setting_text(cx, SETTING_COMPANY_LANGUAGE, &out->language);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* A code may look like an id, so the code is tried first. */
static enum err find_row(struct ctx *cx, const struct master *m, const char *code_or_id, void *row)
{
  enum err err = ERR_NOT_FOUND;
  if (m->by_code.table)
    err = db_select_one(cx->db, &m->by_code, row, DB_ARGS(TEXT(code_or_id)));
  if (err != ERR_NOT_FOUND)
    return err;
  rec_init(m->rec, row);
  return id_parse(m->prefix, code_or_id, number_at(row, m->id)) ? db_get(cx->db, m->table, row) : ERR_NOT_FOUND;
}

enum err master_load(struct ctx *cx, const struct master *m, const char *code_or_id, void *out)
{
  void *row = arena_alloc(cx->arena, m->rec->size);
  enum err err = find_row(cx, m, code_or_id, row);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no %s %s", m->name, code_or_id);
  TRY(err);
  if (m->fill)
    TRY(m->fill(cx, row));
  memcpy(out, row, m->rec->size);
  return ERR_OK;
}

/* ---- Storing ----------------------------------------------------------------------------------------------------- */

enum err master_write(struct ctx *cx, const struct master *m, const void *before, void *value)
{
  *number_at(value, m->updated_at) = cx->now.ms;
  *number_at(value, m->version) = before ? *number_at(before, m->version) + 1 : 1;
  if (!before) {
    *number_at(value, m->id) = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
    *number_at(value, m->created_at) = cx->now.ms;
  }
  void *row = value;
  if (m->pack) {
    row = arena_copy(cx->arena, value, m->rec->size);
    m->pack(cx, value, row);
  }
  return before ? db_update(cx->db, m->table, row) : db_insert(cx->db, m->table, row);
}

/* A copy to compare with; NULL = nothing yet, or no more. */
static void *side(struct ctx *cx, const struct master *m, const void *value)
{
  if (value)
    return arena_copy(cx->arena, value, m->rec->size);
  void *nothing = arena_alloc(cx->arena, m->rec->size);
  rec_init(m->rec, nothing);
  return nothing;
}

enum err master_emit(struct ctx *cx, const struct master *m, const void *before, const void *after)
{
  const size_t stamps[] = {m->id, m->version, m->created_at, m->updated_at};
  const void *subject = after ? after : before;
  int64_t id = *number_at(subject, m->id);
  void *old = side(cx, m, before), *now = side(cx, m, after);
  for (size_t i = 0; i < COUNT_OF(stamps); i++) /* what the event says by itself is no change */
    *number_at(old, stamps[i]) = *number_at(now, stamps[i]);
  const char *what = !before ? "created" : after ? "updated" : "deleted";
  struct event_draft draft = {
      .topic = arena_printf(cx->arena, "%s.%s", m->kind, what),
      .subject_kind = m->kind,
      .subject_prefix = m->prefix,
      .bucket = bucket_of_id(id),
      .subject_id = id,
      .version = *number_at(subject, m->version) + (after ? 0 : 1),
      .data = event_changes(cx->arena, m->rec, old, now),
  };
  return event_emit(cx, &draft);
}

void master_answer(struct ctx *cx, const struct master *m, const void *value, bool created, struct act_result *out)
{
  char id[ID_TEXT];
  id_format(m->prefix, *number_at(value, m->id), id);
  out->status = created ? 201 : 200;
  out->rec = m->rec;
  out->value = value;
  out->version = *number_at(value, m->version);
  out->location = created ? arena_printf(cx->arena, "%s/%s", m->path, id) : NULL;
}

enum err master_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct master_plan *p = plan;
  const struct master *m = p->master;
  void *value = arena_copy(cx->arena, p->after, m->rec->size);
  if (p->changed) {
    TRY(master_write(cx, m, p->before, value));
    TRY(master_emit(cx, m, p->before, value));
  }
  master_answer(cx, m, value, !p->before, out);
  return ERR_OK;
}

/* ---- Creating ---------------------------------------------------------------------------------------------------- */

enum err master_create_load(struct ctx *cx, const struct master *m, const struct act_input *in, void *out_facts)
{
  struct master_facts *f = out_facts;
  struct db_value keys[MASTER_KEYS_MAX];
  void *value = arena_copy(cx->arena, in->body, m->rec->size);
  if (m->complete)
    TRY(m->complete(cx, value));
  for (size_t i = 0; i < m->n_keys; i++)
    keys[i] = TEXT(key_at(m, value, i));
  f->master = m;
  f->value = value;
  if (m->settle)
    TRY(master_defaults_load(cx, &f->defaults));
  TRY(db_one_i64(cx->db, &m->count, &f->count, DB_NO_ARGS));
  return db_one_i64(cx->db, &m->same, &f->other, keys, m->n_keys);
}

static enum err refuse_second(struct ctx *cx, const struct master *m, const void *value)
{
  if (m->exists)
    return err_fail(cx, ERR_EXISTS, m->key_pointer, "%s", m->exists);
  return err_fail(cx, ERR_EXISTS, m->key_pointer, "there is a %s %s already", m->name, key_at(m, value, 0));
}

enum err master_create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct master_facts *f = facts;
  const struct master *m = f->master;
  void *after = arena_copy(cx->arena, f->value, m->rec->size);
  if (m->settle)
    TRY(m->settle(cx, &f->defaults, after));
  if (f->other)
    return refuse_second(cx, m, after);
  if (f->count >= m->most)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "there are %d %ss, which is the most", m->most, m->name);
  *(struct master_plan *)out_plan = (struct master_plan){.master = m, .after = after, .changed = true};
  return ERR_OK;
}

/* ---- Changing ---------------------------------------------------------------------------------------------------- */

enum err master_update_load(struct ctx *cx, const struct master *m, const struct act_input *in, void *out_facts)
{
  struct master_facts *f = out_facts;
  void *value = arena_alloc(cx->arena, m->rec->size);
  TRY(master_load(cx, m, in->id, value));
  *f = (struct master_facts){.master = m, .value = value, .json = in->json, .json_n = in->json_n};
  if (m->settle)
    TRY(master_defaults_load(cx, &f->defaults));
  int64_t id = *number_at(value, m->id);
  return version_check(cx, bucket_of_id(id), id, *number_at(value, m->version), in->version);
}

/* Faults of the body and of the whole are answered together; a body that cannot be read is answered alone. */
enum err master_update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct master_facts *f = facts;
  const struct master *m = f->master;
  void *after = arena_copy(cx->arena, f->value, m->rec->size);
  enum err err = rec_read_over(m->rec, f->json, f->json_n, "", cx->arena, &cx->fault, after);
  if (err == ERR_MALFORMED)
    return err;
  enum err broken = m->settle ? m->settle(cx, &f->defaults, after) : ERR_OK;
  TRY(err != ERR_OK ? err : broken);
  *(struct master_plan *)out_plan = (struct master_plan){
      .master = m, .before = f->value, .after = after, .changed = !rec_equal(m->rec, f->value, after)};
  return ERR_OK;
}
