/* Channels: reading through the memo, creating, changing, and the one that a fresh database has. */
#include "channels.h"

#include "settings.h"

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

enum err channel_load(struct ctx *cx, const char *code_or_id, struct channel *out)
{
  static const struct db_where by_code = {&channel_table, "code = $1", DB_KEYED};
  struct channel ch;
  enum err err = db_select_one(cx->db, &by_code, &ch, DB_ARGS(TEXT(code_or_id)));
  if (err == ERR_NOT_FOUND) {
    rec_init(&channel_rec, &ch);
    if (id_parse(PREFIX_channel, code_or_id, &ch.id.v))
      err = db_get(cx->db, &channel_table, &ch);
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no channel %s", code_or_id);
  TRY(err);
  TRY(channels_fill(cx, &ch, 1));
  *out = ch;
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

struct defaults {
  const char *currency, *language;
};

static enum err defaults_load(struct ctx *cx, struct defaults *out)
{
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &out->currency));
  return setting_text(cx, SETTING_COMPANY_LANGUAGE, &out->language);
}

static void fill_text(const char **text, const char *by_default)
{
  if (!*text)
    *text = by_default;
}

static enum err settle(struct ctx *cx, const struct defaults *defaults, struct channel *ch)
{
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

/* ---- Storing ----------------------------------------------------------------------------------------------------- */

struct channel_plan {
  const struct channel *before; /* NULL = created */
  struct channel after;
  bool changed;
};

static enum err emit(struct ctx *cx, const struct channel *before, const struct channel *after)
{
  struct channel old;
  if (before)
    old = *before;
  else
    rec_init(&channel_rec, &old);
  old.id = after->id; /* what the event says by itself is no change */
  old.version = after->version;
  old.created_at = after->created_at;
  old.updated_at = after->updated_at;
  struct event_draft draft = {
      .topic = before ? "channel.updated" : "channel.created",
      .subject_kind = "channel",
      .subject_prefix = PREFIX_channel,
      .bucket = bucket_of_id(after->id.v),
      .subject_id = after->id.v,
      .version = after->version,
      .data = event_changes(cx->arena, &channel_rec, &old, after),
  };
  return event_emit(cx, &draft);
}

/* The row as the table keeps it: its list as text. */
static struct channel row_of(struct ctx *cx, const struct channel *ch)
{
  struct channel row = *ch;
  struct buf json;
  buf_init(&json, cx->arena);
  rec_store(rules_field(), ch, &json);
  row.sourcing_rules_json = buf_str(&json);
  return row;
}

static enum err channel_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct channel_plan *change = plan;
  struct channel *ch = arena_copy(cx->arena, &change->after, sizeof change->after);
  char id[ID_TEXT];
  if (change->changed) {
    ch->updated_at = cx->now;
    ch->version = change->before ? change->before->version + 1 : 1;
    if (!change->before) {
      ch->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
      ch->created_at = cx->now;
    }
    struct channel row = row_of(cx, ch);
    TRY(change->before ? db_update(cx->db, &channel_table, &row) : db_insert(cx->db, &channel_table, &row));
    TRY(emit(cx, change->before, ch));
  }
  id_format(PREFIX_channel, ch->id.v, id);
  out->status = change->before ? 200 : 201;
  out->rec = &channel_rec;
  out->value = ch;
  out->version = ch->version;
  out->location = change->before ? NULL : arena_printf(cx->arena, "/v1/channels/%s", id);
  return ERR_OK;
}

/* ---- Creating and changing --------------------------------------------------------------------------------------- */

struct create_facts {
  struct channel channel;
  struct defaults defaults;
  int64_t other, count; /* id of the channel that has the code already, 0 = none; how many there are */
};

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt same = {"SELECT id FROM channel WHERE code = $1", DB_KEYED};
  static const struct db_stmt count = {"SELECT count(*) FROM channel", DB_REPORT};
  struct create_facts *f = out_facts;
  f->channel = *(const struct channel *)in->body;
  TRY(defaults_load(cx, &f->defaults));
  TRY(db_one_i64(cx->db, &count, &f->count, DB_NO_ARGS));
  return db_one_i64(cx->db, &same, &f->other, DB_ARGS(TEXT(f->channel.code)));
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct create_facts *f = facts;
  struct channel_plan plan = {.after = f->channel, .changed = true};
  TRY(settle(cx, &f->defaults, &plan.after));
  if (f->other)
    return err_fail(cx, ERR_EXISTS, "/code", "there is a channel %s already", f->channel.code);
  if (f->count >= CHANNELS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "", "too_many", "there are %d channels, which is the most", CHANNELS_MAX);
  *(struct channel_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act channel_create_act = {
    .name = "channel.create",
    .facts_size = sizeof(struct create_facts),
    .plan_size = sizeof(struct channel_plan),
    .load = create_load,
    .decide = create_decide,
    .apply = channel_apply,
    .flags = ACT_MASTERS,
};

struct update_facts {
  struct channel channel;
  struct defaults defaults;
  const char *json;
  size_t json_n;
};

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct update_facts *f = out_facts;
  f->json = in->json;
  f->json_n = in->json_n;
  TRY(channel_load(cx, in->id, &f->channel));
  TRY(defaults_load(cx, &f->defaults));
  return version_check(cx, bucket_of_id(f->channel.id.v), f->channel.id.v, f->channel.version, in->version);
}

static enum err update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct update_facts *f = facts;
  struct channel_plan plan = {.before = &f->channel, .after = f->channel};
  enum err err = rec_read_over(&channel_rec, f->json, f->json_n, "", cx->arena, &cx->fault, &plan.after);
  if (err == ERR_MALFORMED)
    return err;
  enum err broken = settle(cx, &f->defaults, &plan.after);
  TRY(err != ERR_OK ? err : broken);
  plan.changed = !rec_equal(&channel_rec, plan.before, &plan.after);
  *(struct channel_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act channel_update_act = {
    .name = "channel.update",
    .facts_size = sizeof(struct update_facts),
    .plan_size = sizeof(struct channel_plan),
    .load = update_load,
    .decide = update_decide,
    .apply = channel_apply,
    .flags = ACT_MASTERS,
};

/* ---- A fresh database -------------------------------------------------------------------------------------------- */

enum err channels_bootstrap(struct ctx *cx)
{
  static const struct db_stmt count = {"SELECT count(*) FROM channel", DB_REPORT};
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &count, &n, DB_NO_ARGS));
  if (n > 0)
    return ERR_OK;
  struct channel web;
  struct act_result result;
  rec_init(&channel_rec, &web);
  web.code = "web";
  web.name = "Web shop";
  return act_run(cx, &channel_create_act, &(struct act_input){.body = &web, .version = ABSENT}, &result);
}
