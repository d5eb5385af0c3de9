/* Carriers: reading through the memo, creating, changing, and the one that a fresh database has. */
#include "carriers_priv.h"

#include "numbers.h"
#include "settings.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static enum err fill_one(struct ctx *cx, struct carrier *c)
{
  for (size_t i = 0; i < COUNT_OF(carrier_lists); i++) {
    const char *json = *(const char **)((char *)c + carrier_lists[i].json_offset);
    if (json)
      TRY(rec_load(carrier_list_field(&carrier_lists[i]), json, strlen(json), db_arena(cx->db), &cx->fault, c));
  }
  return carrier_prepare(cx, c);
}

enum err carriers_fill(struct ctx *cx, struct carrier *carriers, size_t n)
{
  for (size_t i = 0; i < n; i++)
    TRY(fill_one(cx, &carriers[i]));
  return ERR_OK;
}

enum err carrier_load(struct ctx *cx, const char *code_or_id, struct carrier *out)
{
  static const struct db_where by_code = {&carrier_table, "code = $1", DB_KEYED};
  struct carrier c;
  enum err err = db_select_one(cx->db, &by_code, &c, DB_ARGS(TEXT(code_or_id)));
  if (err == ERR_NOT_FOUND) {
    rec_init(&carrier_rec, &c);
    if (id_parse(PREFIX_carrier, code_or_id, &c.id.v))
      err = db_get(cx->db, &carrier_table, &c);
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no carrier %s", code_or_id);
  TRY(err);
  TRY(fill_one(cx, &c));
  *out = c;
  return ERR_OK;
}

typedef LIST(struct carrier) carriers;

static int code_order(const void *a, const void *b)
{
  return strcmp(((const struct carrier *)a)->code, ((const struct carrier *)b)->code);
}

static enum err read_all(struct ctx *cx, carriers *list)
{
  static const struct db_where all = {&carrier_table, "1 = 1 ORDER BY code LIMIT 200", DB_LIST};
  TRY(db_select(cx->db, &all, (struct list *)(void *)list, DB_NO_ARGS));
  if (list->n > 1) /* an engine's collation may differ from strcmp */
    qsort(list->at, list->n, sizeof *list->at, code_order);
  return carriers_fill(cx, list->at, list->n);
}

/* The rows' texts must live as long as the memo, so the connection reads into its arena meanwhile. */
static enum err memo_of(struct ctx *cx, const carriers **out)
{
  void **slot = db_memo_slot(cx->db, &carrier_table);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    carriers *list = ARENA_NEW(db_memo_arena(cx->db), carriers);
    db_use_arena(cx->db, db_memo_arena(cx->db));
    enum err err = read_all(cx, list);
    db_use_arena(cx->db, requests);
    TRY(err);
    *slot = list;
  }
  *out = *slot;
  return ERR_OK;
}

enum err carriers_all(struct ctx *cx, const struct carrier **out, size_t *out_n)
{
  const carriers *all;
  TRY(memo_of(cx, &all));
  *out = all->at;
  *out_n = all->n;
  return ERR_OK;
}

enum err carrier_find(struct ctx *cx, const char *code, const struct carrier **out)
{
  const carriers *all;
  const struct carrier key = {.code = code};
  TRY(memo_of(cx, &all));
  const struct carrier *found = all->n ? bsearch(&key, all->at, all->n, sizeof key, code_order) : NULL;
  if (!found)
    return ERR_NOT_FOUND;
  *out = found;
  return ERR_OK;
}

/* At most CARRIERS_MAX and mostly two or three: a walk. */
enum err carrier_by_id(struct ctx *cx, struct carrier_id id, const struct carrier **out)
{
  const carriers *all;
  TRY(memo_of(cx, &all));
  EACH (const struct carrier, c, all) {
    if (c->id.v == id.v) {
      *out = c;
      return ERR_OK;
    }
  }
  return ERR_NOT_FOUND;
}

static bool answers(const struct carrier_service *s, const char *method)
{
  if (!method || text_eq(s->code, method))
    return true;
  for (size_t i = 0; i < s->methods.n; i++)
    if (text_eq(s->methods.at[i], method))
      return true;
  return false;
}

static const struct carrier_service *service_for(const struct carrier *c, const char *method)
{
  EACH (const struct carrier_service, s, &c->services)
    if (s->active && answers(s, method))
      return s;
  return NULL;
}

enum err carrier_for_method(struct ctx *cx, const char *method, const struct carrier **out_carrier,
                            const struct carrier_service **out_service)
{
  const carriers *all;
  TRY(memo_of(cx, &all));
  for (int kind = CARRIER_TABLE; kind <= CARRIER_MANUAL; kind++)
    EACH (const struct carrier, c, all) {
      const struct carrier_service *s = c->active && c->kind == kind ? service_for(c, method) : NULL;
      if (!s)
        continue;
      *out_carrier = c;
      *out_service = s;
      return ERR_OK;
    }
  return ERR_NOT_FOUND;
}

/* ---- Storing ----------------------------------------------------------------------------------------------------- */

struct carrier_plan {
  const struct carrier *before; /* NULL = created */
  struct carrier after;
  bool changed;
};

static enum err emit(struct ctx *cx, const struct carrier *before, const struct carrier *after)
{
  struct carrier old;
  if (before)
    old = *before;
  else
    rec_init(&carrier_rec, &old);
  old.id = after->id; /* what the event says by itself is no change */
  old.version = after->version;
  old.created_at = after->created_at;
  old.updated_at = after->updated_at;
  struct event_draft draft = {
      .topic = before ? "carrier.updated" : "carrier.created",
      .subject_kind = "carrier",
      .subject_prefix = PREFIX_carrier,
      .bucket = bucket_of_id(after->id.v),
      .subject_id = after->id.v,
      .version = after->version,
      .data = event_changes(cx->arena, &carrier_rec, &old, after),
  };
  return event_emit(cx, &draft);
}

/* The row as the table keeps it: its lists as texts. */
static struct carrier row_of(struct ctx *cx, const struct carrier *c)
{
  struct carrier row = *c;
  for (size_t i = 0; i < COUNT_OF(carrier_lists); i++) {
    struct buf json;
    buf_init(&json, cx->arena);
    rec_store(carrier_list_field(&carrier_lists[i]), c, &json);
    *(const char **)((char *)&row + carrier_lists[i].json_offset) = buf_str(&json);
  }
  return row;
}

static enum err carrier_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct carrier_plan *change = plan;
  struct carrier *c = arena_copy(cx->arena, &change->after, sizeof change->after);
  char id[ID_TEXT];
  if (change->changed) {
    c->updated_at = cx->now;
    c->version = change->before ? change->before->version + 1 : 1;
    if (!change->before) {
      c->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
      c->created_at = cx->now;
    }
    struct carrier row = row_of(cx, c);
    TRY(change->before ? db_update(cx->db, &carrier_table, &row) : db_insert(cx->db, &carrier_table, &row));
    TRY(emit(cx, change->before, c));
  }
  id_format(PREFIX_carrier, c->id.v, id);
  out->status = change->before ? 200 : 201;
  out->rec = &carrier_rec;
  out->value = c;
  out->version = c->version;
  out->location = change->before ? NULL : arena_printf(cx->arena, "/v1/carriers/%s", id);
  return ERR_OK;
}

/* ---- Creating and changing --------------------------------------------------------------------------------------- */

struct create_facts {
  struct carrier carrier;
  const char *currency;
  int64_t other, count; /* id of the carrier that has the code already, 0 = none; how many there are */
};

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt same = {"SELECT id FROM carrier WHERE code = $1", DB_KEYED};
  static const struct db_stmt count = {"SELECT count(*) FROM carrier", DB_REPORT};
  struct create_facts *f = out_facts;
  f->carrier = *(const struct carrier *)in->body;
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &f->currency));
  TRY(db_one_i64(cx->db, &count, &f->count, DB_NO_ARGS));
  return db_one_i64(cx->db, &same, &f->other, DB_ARGS(TEXT(f->carrier.code)));
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct create_facts *f = facts;
  struct carrier_plan plan = {.after = f->carrier, .changed = true};
  TRY(carrier_settle(cx, f->currency, &plan.after));
  if (f->other)
    return err_fail(cx, ERR_EXISTS, "/code", "there is a carrier %s already", f->carrier.code);
  if (f->count >= CARRIERS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "there are %d carriers, which is the most", CARRIERS_MAX);
  *(struct carrier_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act carrier_create_act = {
    .name = "carrier.create",
    .facts_size = sizeof(struct create_facts),
    .plan_size = sizeof(struct carrier_plan),
    .load = create_load,
    .decide = create_decide,
    .apply = carrier_apply,
    .flags = ACT_MASTERS,
};

struct update_facts {
  struct carrier carrier;
  const char *currency, *json;
  size_t json_n;
};

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct update_facts *f = out_facts;
  f->json = in->json;
  f->json_n = in->json_n;
  TRY(carrier_load(cx, in->id, &f->carrier));
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &f->currency));
  return version_check(cx, bucket_of_id(f->carrier.id.v), f->carrier.id.v, f->carrier.version, in->version);
}

static enum err update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct update_facts *f = facts;
  struct carrier_plan plan = {.before = &f->carrier, .after = f->carrier};
  enum err err = rec_read_over(&carrier_rec, f->json, f->json_n, "", cx->arena, &cx->fault, &plan.after);
  if (err == ERR_MALFORMED)
    return err;
  enum err broken = carrier_settle(cx, f->currency, &plan.after);
  TRY(err != ERR_OK ? err : broken);
  plan.changed = !rec_equal(&carrier_rec, plan.before, &plan.after);
  *(struct carrier_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act carrier_update_act = {
    .name = "carrier.update",
    .facts_size = sizeof(struct update_facts),
    .plan_size = sizeof(struct carrier_plan),
    .load = update_load,
    .decide = update_decide,
    .apply = carrier_apply,
    .flags = ACT_MASTERS,
};

/* ---- A fresh database -------------------------------------------------------------------------------------------- */

/* Flat rates everywhere, in a document as a user would send it. */
static const char ordo_json[] =
    "{\"code\":\"ordo\",\"name\":\"Ordo\",\"kind\":\"table\",\"tracking_prefix\":\"OD\","
    "\"services\":[{\"code\":\"standard\",\"name\":\"Standard\",\"transit_days\":5},"
    "{\"code\":\"express\",\"name\":\"Express\",\"transit_days\":2}],"
    "\"zones\":[{\"code\":\"all\",\"name\":\"Everywhere\"}],"
    "\"rates\":[{\"service\":\"standard\",\"zone\":\"all\",\"up_to_g\":30000,\"price\":500,\"per_extra_kg\":0},"
    "{\"service\":\"express\",\"zone\":\"all\",\"up_to_g\":30000,\"price\":1500,\"per_extra_kg\":0}]}";

enum err carriers_bootstrap(struct ctx *cx)
{
  static const struct db_stmt count = {"SELECT count(*) FROM carrier", DB_REPORT};
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &count, &n, DB_NO_ARGS));
  if (n > 0)
    return ERR_OK;
  struct carrier ordo;
  struct act_result result;
  rec_init(&carrier_rec, &ordo);
  TRY(rec_read(&carrier_rec, ordo_json, sizeof ordo_json - 1, "", cx->arena, &cx->fault, &ordo));
  return act_run(cx, &carrier_create_act, &(struct act_input){.body = &ordo, .version = ABSENT}, &result);
}
