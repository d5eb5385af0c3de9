/* Channels: reading through the memo, creating, changing, and the one that a fresh database has. */
#include "channels.h"

#include "masters.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static const struct rec_field *rules_field(void)
{
  for (size_t i = 0; i < channel_rec.n; i++)
    if (text_eq(channel_rec.fields[i].name, "sourcing_rules"))
      return &channel_rec.fields[i];
  assert(!"the descriptor has its rules");
  return NULL;
}

enum err channels_fill(struct ctx *cx, struct channel *channels, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const char *json = channels[i].sourcing_rules_json;
    if (json && strcmp(json, "[]") != 0)
      TRY(rec_load(rules_field(), json, strlen(json), db_arena(cx->db), &cx->fault, &channels[i]));
  }
  return ERR_OK;
}

/* All channels, in the memo: by code, and pointers to them by id. */
struct channel_memo {
  LIST(struct channel) by_code;
  const struct channel **by_id;
};

static int code_order(const void *a, const void *b)
{
  return strcmp(((const struct channel *)a)->code, ((const struct channel *)b)->code);
}

static int id_order(const void *a, const void *b)
{
  int64_t left = (*(const struct channel *const *)a)->id.v, right = (*(const struct channel *const *)b)->id.v;
  return (left > right) - (left < right);
}

static enum err read_all(struct ctx *cx, struct channel_memo *m)
{
  static const struct db_where all = {&channel_table, "1 = 1 ORDER BY code LIMIT 1000", DB_LIST};
  struct arena *a = db_arena(cx->db);
  TRY(db_select(cx->db, &all, (struct list *)(void *)&m->by_code, DB_NO_ARGS));
  TRY(channels_fill(cx, m->by_code.at, m->by_code.n));
  m->by_id = ARENA_ARRAY(a, const struct channel *, m->by_code.n + 1);
  if (m->by_code.n > 1) /* an engine's collation may differ from strcmp */
    qsort(m->by_code.at, m->by_code.n, sizeof *m->by_code.at, code_order);
  for (size_t i = 0; i < m->by_code.n; i++)
    m->by_id[i] = &m->by_code.at[i];
  qsort(m->by_id, m->by_code.n, sizeof *m->by_id, id_order);
  return ERR_OK;
}

/* The rows' texts must live as long as the memo, so the connection reads into its arena meanwhile. */
static enum err memo_of(struct ctx *cx, const struct channel_memo **out)
{
  void **slot = db_memo_slot(cx->db, &channel_table);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    struct channel_memo *m = ARENA_NEW(db_memo_arena(cx->db), struct channel_memo);
    db_use_arena(cx->db, db_memo_arena(cx->db));
    enum err err = read_all(cx, m);
    db_use_arena(cx->db, requests);
    TRY(err);
    *slot = m;
  }
  *out = *slot;
  return ERR_OK;
}

enum err channel_find(struct ctx *cx, const char *code, const struct channel **out)
{
  const struct channel_memo *m;
  const struct channel key = {.code = code};
  TRY(memo_of(cx, &m));
  const struct channel *found =
      m->by_code.n ? bsearch(&key, m->by_code.at, m->by_code.n, sizeof key, code_order) : NULL;
  if (!found)
    return ERR_NOT_FOUND;
  *out = found;
  return ERR_OK;
}

enum err channel_by_id(struct ctx *cx, struct channel_id id, const struct channel **out)
{
  const struct channel_memo *m;
  const struct channel wanted = {.id = id}, *key = &wanted;
  TRY(memo_of(cx, &m));
  const struct channel **found = bsearch(&key, m->by_id, m->by_code.n, sizeof *m->by_id, id_order);
  if (!found)
    return ERR_NOT_FOUND;
  *out = *found;
  return ERR_OK;
}

bool channel_allows_location(const struct channel *ch, const char *location_code)
{
  for (size_t i = 0; i < ch->locations.n; i++)
    if (text_eq(ch->locations.at[i], location_code))
      return true;
  return ch->locations.n == 0;
}

/* ---- What must be true of a channel ------------------------------------------------------------------------------ */

static void fill_text(const char **text, const char *by_default)
{
  if (!*text)
    *text = by_default;
}

static enum err settle(struct ctx *cx, const struct master_defaults *defaults, void *value)
{
  struct channel *ch = value;
  size_t faults = cx->fault.n;
  fill_text(&ch->name, ch->code);
  fill_text(&ch->currency, defaults->currency);
  fill_text(&ch->language, defaults->language);
  fill_text(&ch->number_series, "order");
  fill_text(&ch->number_prefix, "SO-");
  fill_text(&ch->shipping_method, "standard");
  for (size_t i = 0; i < ch->locations.n; i++)
    for (size_t k = 0; k < i; k++)
      if (text_eq(ch->locations.at[i], ch->locations.at[k])) {
        fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/locations/%zu", i), "twice", "%s is there twice",
                  ch->locations.at[i]);
        break;
      }
  if (!ch->allow_splits && ch->max_splits > 0)
    fault_add(&cx->fault, ERR_INVALID, "/max_splits", "contradiction", "splits are not allowed at all");
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

/* ---- Keeping them ------------------------------------------------------------------------------------------------ */

static enum err fill(struct ctx *cx, void *value)
{
  return channels_fill(cx, value, 1);
}

/* The row keeps its list as text. */
static void pack(struct ctx *cx, const void *value, void *row)
{
  struct buf json;
  buf_init(&json, cx->arena);
  rec_store(rules_field(), value, &json);
  ((struct channel *)row)->sourcing_rules_json = buf_str(&json);
}

static const struct master channel_master = {
    .kind = "channel",
    .name = "channel",
    .prefix = PREFIX_channel,
    .path = "/v1/channels",
    .rec = &channel_rec,
    .table = &channel_table,
    MASTER_STAMPS(struct channel),
    .by_code = {&channel_table, "code = $1", DB_KEYED},
    .same = {"SELECT id FROM channel WHERE code = $1", DB_KEYED},
    .keys = {offsetof(struct channel, code)},
    .n_keys = 1,
    .key_pointer = "/code",
    .count = {"SELECT count(*) FROM channel", DB_REPORT},
    .most = CHANNELS_MAX,
    .settle = settle,
    .fill = fill,
    .pack = pack,
};

enum err channel_load(struct ctx *cx, const char *code_or_id, struct channel *out)
{
  return master_load(cx, &channel_master, code_or_id, out);
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_create_load(cx, &channel_master, in, out_facts);
}

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_update_load(cx, &channel_master, in, out_facts);
}

const struct act channel_create_act = MASTER_CREATE("channel.create", create_load);
const struct act channel_update_act = MASTER_UPDATE("channel.update", update_load);

/* ---- A fresh database -------------------------------------------------------------------------------------------- */

enum err channels_bootstrap(struct ctx *cx)
{
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &channel_master.count, &n, DB_NO_ARGS));
  if (n > 0)
    return ERR_OK;
  struct channel web;
  struct act_result result;
  rec_init(&channel_rec, &web);
  web.code = "web";
  web.name = "Web shop";
  return act_run(cx, &channel_create_act, &(struct act_input){.body = &web, .version = ABSENT}, &result);
}

enum err channels_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, name FROM channel WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
