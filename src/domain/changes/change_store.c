/* The rows of change sets: reading, making, deciding. */
#include "changes_priv.h"

#include <string.h>

/* ---- Reading ---- */

enum err change_personal_load(struct ctx *cx, const struct change_set *set, struct change_personal *out)
{
  *out = (struct change_personal){.bucket = set->bucket, .change_id = set->id.v};
  enum err err = db_get(cx->db, &change_personal_table, out);
  return err == ERR_NOT_FOUND ? ERR_OK : err; /* it says nothing personal, or was erased */
}

/* The set as it was asked for: the parts that lie apart are put back. */
static void join(struct change_set *set, const struct change_personal *p)
{
  set->asked->shipping_address = p->shipping_address;
  set->asked->billing_address = p->billing_address;
  set->asked->invoice = p->invoice;
}

enum err changes_fill(struct ctx *cx, struct change_set *rows, size_t n)
{
  static const struct db_where of_order = {
      &change_personal_table,
      "bucket = $1 AND change_id IN (SELECT id FROM change_set WHERE bucket = $1 AND order_id = $2) ORDER BY change_id",
      DB_KEYED};
  LIST(struct change_personal) found = {0};
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && rows[i].order_id == rows[i - 1].order_id)
      continue;
    TRY(db_select(cx->db, &of_order, (struct list *)(void *)&found,
                  DB_ARGS(I64(rows[i].bucket), I64(rows[i].order_id))));
  }
  for (size_t i = 0; i < n; i++)
    EACH (const struct change_personal, p, &found)
      if (p->change_id == rows[i].id.v)
        join(&rows[i], p);
  return ERR_OK;
}

enum err change_load(struct ctx *cx, const char *id, struct change_set *out)
{
  static const struct db_stmt version_of = {"SELECT version FROM change_set WHERE bucket = $1 AND id = $2", DB_KEYED};
  struct change_personal personal;
  struct change_set set = {.id = {0}};
  enum err err = ERR_NOT_FOUND;
  if (id_parse(PREFIX_change, id, &set.id.v)) {
    set.bucket = bucket_of_id(set.id.v);
    err = db_get(cx->db, &change_set_table, &set);
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no change set %.64s", id);
  TRY(err);
  ctx_relies_on(cx, &version_of, set.bucket, set.id.v, set.version);
  TRY(change_personal_load(cx, &set, &personal));
  join(&set, &personal);
  *out = set;
  return ERR_OK;
}

enum err order_of_change(struct ctx *cx, const char *id, struct order_id *out)
{
  struct change_set set;
  TRY(change_load(cx, id, &set));
  out->v = set.order_id;
  return ERR_OK;
}

enum err changes_of_order(struct ctx *cx, struct order_id id, change_sets *out)
{
  static const struct db_where latest = {&change_set_table, "bucket = $1 AND order_id = $2 ORDER BY id DESC LIMIT $3",
                                         DB_KEYED};
  change_sets found = {0};
  TRY(db_select(cx->db, &latest, (struct list *)(void *)&found,
                DB_ARGS(I64(bucket_of_id(id.v)), I64(id.v), I64(CHANGE_SETS_MAX))));
  for (size_t i = found.n; i-- > 0;)
    *LIST_ADD(cx->arena, out) = found.at[i];
  return changes_fill(cx, out->at, out->n);
}

enum err changes_expiring(struct ctx *cx, struct bucket_groups groups, int64_t limit, change_ids *out)
{
  static const struct db_stmt due = {"SELECT id FROM change_set WHERE state = 'pending' AND expires_at <= $1"
                                     " AND " IN_GROUPS("bucket", "$2") " ORDER BY expires_at, id LIMIT $3",
                                     DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &due, &rows, DB_ARGS(I64(cx->now.ms), I64(groups.bits), I64(limit))));
  while (db_next(&rows))
    LIST_ADD(cx->arena, out)->v = db_i64(&rows, 0);
  return db_done(&rows);
}

/* ---- Making ---- */

static const char *actor_id(struct ctx *cx)
{
  const char *prefix = cx->actor.kind == ACTOR_USER ? PREFIX_user : cx->actor.kind == ACTOR_KEY ? PREFIX_api_key : NULL;
  char *text = arena_alloc(cx->arena, ID_TEXT);
  if (!prefix)
    return NULL;
  id_format(prefix, cx->actor.id, text);
  return text;
}

struct change_set change_new(struct ctx *cx, const struct order *o, const struct change_input *in,
                             enum change_origin origin, struct instant expires_at, const change_fields *fields)
{
  struct change_set set;
  rec_init(&change_set_rec, &set);
  set.bucket = o->bucket;
  set.id.v = 0;
  set.version = 1;
  set.order_id = o->id.v;
  set.state = CHANGE_PENDING;
  set.origin = (int)origin;
  set.reason = in->reason;
  set.currency = o->currency;
  set.base_version = o->version;
  set.asked = arena_copy(cx->arena, in, sizeof *in);
  set.asked->preview = false;
  set.base = change_base_text(cx, fields, false);
  set.created_at = cx->now;
  set.expires_at = expires_at;
  set.created_by = actor_id(cx);
  set.created_name = cx->actor.name;
  return set;
}

static const char *event_data(struct ctx *cx, const struct change_set *set)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "origin", change_origins[set->origin]);
  json_put_text(&j, "reason", set->state == CHANGE_PENDING ? set->reason : set->decide_reason);
  if (set->preview)
    json_put_i64(&j, "difference", set->preview->money.difference.minor);
  json_object_end(&j);
  return buf_str(&text);
}

static enum err tell(struct ctx *cx, const struct change_set *set)
{
  static const char *const topics[] = {
      [CHANGE_PENDING] = "change.created",       [CHANGE_CONFIRMED] = "change.confirmed",
      [CHANGE_DECLINED] = "change.declined",     [CHANGE_CANCELLED] = "change.cancelled",
      [CHANGE_CONFLICTED] = "change.conflicted", [CHANGE_EXPIRED] = "change.expired",
  };
  return event_emit(cx, &(struct event_draft){.topic = topics[set->state],
                                              .subject_kind = "change",
                                              .subject_prefix = PREFIX_change,
                                              .bucket = set->bucket,
                                              .subject_id = set->id.v,
                                              .version = set->version,
                                              .ref_prefix = PREFIX_order,
                                              .ref_id = set->order_id,
                                              .data = event_data(cx, set)});
}

/* The row without what lies apart. */
static struct change_set row_of(struct ctx *cx, const struct change_set *set)
{
  struct change_set row = *set;
  row.asked = arena_copy(cx->arena, set->asked, sizeof *set->asked);
  row.asked->shipping_address = row.asked->billing_address = NULL;
  row.asked->invoice = NULL;
  return row;
}

enum err change_insert(struct ctx *cx, struct change_set *set, const change_fields *fields)
{
  if (set->id.v <= 0)
    set->id.v = ids_next(cx->ids, cx->now, set->bucket);
  struct change_set row = row_of(cx, set);
  struct change_personal personal = {.bucket = set->bucket,
                                     .change_id = set->id.v,
                                     .shipping_address = set->asked->shipping_address,
                                     .billing_address = set->asked->billing_address,
                                     .invoice = set->asked->invoice,
                                     .base = change_base_text(cx, fields, true)};
  bool any = personal.shipping_address || personal.billing_address || personal.invoice;
  TRY(db_insert(cx->db, &change_set_table, &row));
  if (any)
    TRY(db_insert(cx->db, &change_personal_table, &personal));
  if (set->state == CHANGE_PENDING)
    return tell(cx, set);
  struct change_set made = *set;
  made.state = CHANGE_PENDING;
  TRY(tell(cx, &made));
  return tell(cx, set);
}

/* ---- Deciding ---- */

void change_decided(struct ctx *cx, struct change_set *set, enum change_state state, const char *reason)
{
  set->state = (int)state;
  set->decided_at = cx->now;
  set->decided_by = actor_id(cx);
  set->decided_name = cx->actor.name;
  set->decide_reason = reason;
}

enum err change_update(struct ctx *cx, struct change_set *set)
{
  set->version++;
  struct change_set row = row_of(cx, set);
  TRY(db_update(cx->db, &change_set_table, &row));
  return tell(cx, set);
}

enum err change_hold_release(struct ctx *cx, struct order_work *w, const char *reason)
{
  EACH (struct hold, h, &w->after->holds)
    if (h->state == HOLD_ACTIVE && strcmp(h->type, "channel_change") == 0)
      TRY(order_hold_release(cx, w, h, HOLD_RELEASED, reason));
  return ERR_OK;
}

void change_result(struct ctx *cx, const struct change_set *set, struct act_result *out)
{
  char id[ID_TEXT];
  id_format(PREFIX_change, set->id.v, id);
  *out = (struct act_result){.rec = &change_set_rec,
                             .value = arena_copy(cx->arena, set, sizeof *set),
                             .location = arena_printf(cx->arena, "/v1/changes/%s", id),
                             .version = set->version};
}
