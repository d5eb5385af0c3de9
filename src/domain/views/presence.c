/* Who looks at an order now: light, and no event. */
#include "views.h"

static const struct rec_field presence_fields[] = {
    FIELD(struct presence, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct presence, order_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct presence, actor_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct presence, name, .flags = REC_READONLY | REC_PERSONAL, .doc = "Who", .example = "Li Wei"),
    FIELD(struct presence, since, .flags = REC_READONLY, .doc = "Since when without a break",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct presence, seen_at, .flags = REC_READONLY, .doc = "Was there at this time, to some seconds",
          .example = "2026-11-20T08:03:20.000Z"),
};
const struct rec presence_rec = REC(struct presence, "Presence", presence_fields, "Somebody who looks at it now");
static const struct db_table presence_table = {"presence", &presence_rec};

static const struct rec_field others_fields[] = {
    FIELD_AS(REC_LIST, struct presences, others, .rec = &presence_rec,
             .doc = "Who else looks at it now, longest first; empty = nobody"),
};
const struct rec presences_rec = REC(struct presences, "Presences", others_fields, "Who else is here");

static enum err own_row(struct ctx *cx, int64_t order_id, struct presence *out, bool *out_known)
{
  struct presence row;
  rec_init(&presence_rec, &row);
  row.bucket = bucket_of_id(order_id);
  row.order_id = order_id;
  row.actor_id = cx->actor.id;
  enum err err = db_get(cx->db, &presence_table, &row);
  *out_known = err == ERR_OK;
  *out = row;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err presence_read(struct ctx *cx, int64_t order_id, struct presences *out, bool *out_due)
{
  static const struct db_where of_order = {&presence_table,
                                           "bucket = $1 AND order_id = $2 AND actor_id <> $3 AND seen_at > $4"
                                           " ORDER BY since, actor_id LIMIT 20",
                                           DB_KEYED};
  struct presence own;
  bool known;
  TRY(own_row(cx, order_id, &own, &known));
  *out_due = !known || cx->now.ms - own.seen_at.ms >= PRESENCE_WRITE_MS;
  rec_init(&presences_rec, out);
  return db_select(cx->db, &of_order, (struct list *)(void *)&out->others,
                   DB_ARGS(I64(own.bucket), I64(order_id), I64(cx->actor.id), I64(cx->now.ms - PRESENCE_MS)));
}

/* ---- Acts ---- */

struct presence_facts {
  struct presence row;
  bool known;
};

static enum err presence_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct presence_facts *facts = out_facts;
  return own_row(cx, *(const int64_t *)in->body, &facts->row, &facts->known);
}

static enum err here_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct presence_facts *facts = in_facts;
  struct presence row = facts->row;
  bool on = facts->known && cx->now.ms - row.seen_at.ms < PRESENCE_MS;
  row.since = on ? row.since : cx->now;
  row.seen_at = cx->now;
  row.name = cx->actor.name ? cx->actor.name : "";
  *(struct presence *)out_plan = row;
  return ERR_OK;
}

static enum err here_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  (void)out;
  return db_upsert(cx->db, &presence_table, plan);
}

const struct act presence_here_act = {
    .name = "presence.here",
    .facts_size = sizeof(struct presence_facts),
    .plan_size = sizeof(struct presence),
    .load = presence_load,
    .decide = here_decide,
    .apply = here_apply,
};

static enum err gone_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(struct presence_facts *)out_plan = *(const struct presence_facts *)facts;
  return ERR_OK;
}

static enum err gone_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct presence_facts *gone = plan;
  (void)out;
  return gone->known ? db_delete(cx->db, &presence_table, &gone->row) : ERR_OK;
}

const struct act presence_gone_act = {
    .name = "presence.gone",
    .facts_size = sizeof(struct presence_facts),
    .plan_size = sizeof(struct presence_facts),
    .load = presence_load,
    .decide = gone_decide,
    .apply = gone_apply,
};

/* ---- Browsers that died ---- */

typedef LIST(struct presence) presence_rows;

static enum err sweep_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt old = {"SELECT bucket, order_id, actor_id FROM presence WHERE seen_at <= $1"
                                     " AND " IN_GROUPS("bucket", "$2") " ORDER BY seen_at LIMIT 200",
                                     DB_LIST};
  const struct bucket_groups *groups = in->body;
  presence_rows *found = out_facts;
  struct db_rows rows;
  TRY(db_query(cx->db, &old, &rows, DB_ARGS(I64(cx->now.ms - PRESENCE_MS), I64(groups->bits))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, found) =
        (struct presence){.bucket = db_i64(&rows, 0), .order_id = db_i64(&rows, 1), .actor_id = db_i64(&rows, 2)};
  return db_done(&rows);
}

static enum err sweep_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(presence_rows *)out_plan = *(const presence_rows *)facts;
  return ERR_OK;
}

static enum err sweep_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt drop = {
      "DELETE FROM presence WHERE bucket = $1 AND order_id = $2 AND actor_id = $3 AND seen_at <= $4", DB_KEYED};
  const presence_rows *rows = plan;
  (void)out;
  EACH (const struct presence, row, rows)
    TRY(db_run(cx->db, &drop, NULL,
               DB_ARGS(I64(row->bucket), I64(row->order_id), I64(row->actor_id), I64(cx->now.ms - PRESENCE_MS))));
  return ERR_OK;
}

const struct act presence_sweep_act = {
    .name = "presence.sweep",
    .facts_size = sizeof(presence_rows),
    .plan_size = sizeof(presence_rows),
    .load = sweep_load,
    .decide = sweep_decide,
    .apply = sweep_apply,
};
