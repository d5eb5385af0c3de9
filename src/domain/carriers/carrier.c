/* Carriers: reading through the memo, creating, changing, and the one that a fresh database has. */
#include "carriers_priv.h"

#include "masters.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static enum err fill(struct ctx *cx, void *value)
{
  struct carrier *c = value;
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
    TRY(fill(cx, &carriers[i]));
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

/* ---- Keeping them ------------------------------------------------------------------------------------------------ */

static enum err settle(struct ctx *cx, const struct master_defaults *defaults, void *value)
{
  return carrier_settle(cx, defaults->currency, value);
}

/* The row keeps its lists as texts. */
static void pack(struct ctx *cx, const void *value, void *row)
{
  for (size_t i = 0; i < COUNT_OF(carrier_lists); i++) {
    struct buf json;
    buf_init(&json, cx->arena);
    rec_store(carrier_list_field(&carrier_lists[i]), value, &json);
    *(const char **)(void *)((char *)row + carrier_lists[i].json_offset) = buf_str(&json);
  }
}

static const struct master carrier_master = {
    .kind = "carrier",
    .name = "carrier",
    .prefix = PREFIX_carrier,
    .path = "/v1/carriers",
    .rec = &carrier_rec,
    .table = &carrier_table,
    MASTER_STAMPS(struct carrier),
    .by_code = {&carrier_table, "code = $1", DB_KEYED},
    .same = {"SELECT id FROM carrier WHERE code = $1", DB_KEYED},
    .keys = {offsetof(struct carrier, code)},
    .n_keys = 1,
    .key_pointer = "/code",
    .count = {"SELECT count(*) FROM carrier", DB_REPORT},
    .most = CARRIERS_MAX,
    .settle = settle,
    .fill = fill,
    .pack = pack,
};

enum err carrier_load(struct ctx *cx, const char *code_or_id, struct carrier *out)
{
  return master_load(cx, &carrier_master, code_or_id, out);
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_create_load(cx, &carrier_master, in, out_facts);
}

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_update_load(cx, &carrier_master, in, out_facts);
}

const struct act carrier_create_act = MASTER_CREATE("carrier.create", create_load);
const struct act carrier_update_act = MASTER_UPDATE("carrier.update", update_load);

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
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &carrier_master.count, &n, DB_NO_ARGS));
  if (n > 0)
    return ERR_OK;
  struct carrier ordo;
  struct act_result result;
  rec_init(&carrier_rec, &ordo);
  TRY(rec_read(&carrier_rec, ordo_json, sizeof ordo_json - 1, "", cx->arena, &cx->fault, &ordo));
  return act_run(cx, &carrier_create_act, &(struct act_input){.body = &ordo, .version = ABSENT}, &result);
}

enum err carriers_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, name FROM carrier WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
