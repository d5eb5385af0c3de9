/* Who works on what: claims, the next best task, and the cut-off that everybody looks at. */
#include "fulfillment_priv.h"

#include <string.h>

/* ---- Claims ---- */

const char *actor_ref(struct ctx *cx)
{
  char id[ID_TEXT];
  if (cx->actor.kind == ACTOR_USER || cx->actor.kind == ACTOR_KEY) {
    id_format(cx->actor.kind == ACTOR_USER ? PREFIX_user : PREFIX_api_key, cx->actor.id, id);
    return arena_text(cx->arena, id);
  }
  return cx->actor.kind == ACTOR_SYSTEM ? "system" : "rule";
}

bool claim_alive(const struct ctx *cx, const struct fulfillment *f)
{
  return f->claimed_by && instant_set(f->claimed_until) && f->claimed_until.ms > cx->now.ms;
}

enum err claim_allowed(struct ctx *cx, const struct fulfillment *f)
{
  if (!claim_alive(cx, f) || strcmp(f->claimed_by, actor_ref(cx)) == 0)
    return ERR_OK;
  cx->fault.related = arena_text(cx->arena, f->claimed_by);
  return fault_add(&cx->fault, ERR_STATE, "/claimed_by", "claimed", "%s works on it",
                   f->claimed_name ? f->claimed_name : f->claimed_by);
}

void claim_take(struct ctx *cx, struct fulfillment *f, int64_t minutes)
{
  int64_t until = cx->now.ms + minutes * MINUTE_MS;
  const char *me = actor_ref(cx);
  bool mine = claim_alive(cx, f) && strcmp(f->claimed_by, me) == 0;
  f->claimed_until.ms = mine && f->claimed_until.ms > until ? f->claimed_until.ms : until;
  f->claimed_by = me;
  f->claimed_name = arena_text(cx->arena, cx->actor.name);
}

static enum err claim_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct claim_input *in = ((const struct work_facts *)facts)->input;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts, &f);
  TRY(claim_allowed(cx, f));
  TRY(f->state == FUL_OPEN || f->state == FUL_PICKING ? pick_allowed(cx, plan.work.after, f)
                                                      : work_allowed(cx, plan.work.after, f));
  if (f->state < FUL_OPEN || f->state > FUL_PACKED)
    return err_fail(cx, ERR_STATE, "/state", "there is no work on a fulfillment that is %s",
                    fulfillment_states[f->state]);
  claim_take(cx, f, in->minutes);
  f->version++;
  order_event(cx, &plan.work, "fulfillment.claimed", PREFIX_fulfillment, f->id.v, NULL);
  return work_end(cx, &plan, out);
}

/* Giving back what is free already changes nothing. Somebody else's claim ends too: who may work may take over. */
static enum err release_decide(struct ctx *cx, const void *facts, void *out)
{
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts, &f);
  if (f->claimed_by) {
    f->claimed_by = f->claimed_name = NULL;
    f->claimed_until = INSTANT(ABSENT);
    f->version++;
    order_event(cx, &plan.work, "fulfillment.claim_released", PREFIX_fulfillment, f->id.v, NULL);
  }
  return work_end(cx, &plan, out);
}

const struct act fulfillment_claim_act = {
    "fulfillment.claim", sizeof(struct work_facts), sizeof(struct work_plan), work_load, claim_decide, work_apply, 0};
const struct act fulfillment_release_claim_act = {"fulfillment.release_claim",
                                                  sizeof(struct work_facts),
                                                  sizeof(struct work_plan),
                                                  work_load,
                                                  release_decide,
                                                  work_apply,
                                                  0};

/* ---- The next best task ---- */

enum { TASKS_LOOKED_AT = 50, TASK_PAGES = 20 };

/* State of the work by kind; picking that has begun comes as well as picking that has not. */
static const int task_states[][2] = {
    [TASK_PICK] = {FUL_OPEN, FUL_PICKING},
    [TASK_PACK] = {FUL_PICKED, FUL_PICKED},
    [TASK_SHIP] = {FUL_PACKED, FUL_PACKED},
};

static bool workable(struct ctx *cx, struct order *o, const struct fulfillment *f, enum task_kind kind)
{
  enum err err = kind == TASK_PICK ? pick_allowed(cx, o, f) : work_allowed(cx, o, f);
  fault_clear(&cx->fault);
  return err == ERR_OK && !(kind == TASK_SHIP && order_collected(o));
}

/* The first of these rows that can be worked on. */
static enum err first_workable(struct ctx *cx, const struct fulfillment *rows, size_t n, struct task *t)
{
  for (size_t i = 0; i < n && !t->fulfillment; i++) {
    struct order *o;
    TRY(order_load(cx, (struct order_id){rows[i].order_id}, &o));
    struct fulfillment *f = order_fulfillment_of(o, rows[i].id);
    if (f && workable(cx, o, f, t->kind))
      t->fulfillment = f;
  }
  return ERR_OK;
}

typedef LIST(struct fulfillment) fulfillment_rows;

static enum err look_at_mine(struct ctx *cx, struct task *t)
{
  static const struct db_where mine = {&fulfillment_table,
                                       "location = $1 AND (state = $2 OR state = $3) AND claimed_by = $4"
                                       " AND claimed_until > $5 ORDER BY ship_by, id LIMIT 50",
                                       DB_LIST};
  const int *states = task_states[t->kind];
  fulfillment_rows rows = {0};
  TRY(db_select(cx->db, &mine, (struct list *)(void *)&rows,
                DB_ARGS(TEXT(t->location), TEXT(fulfillment_states[states[0]]), TEXT(fulfillment_states[states[1]]),
                        TEXT(actor_ref(cx)), I64(cx->now.ms))));
  TRY(first_workable(cx, rows.at, rows.n, t));
  t->mine = t->fulfillment != NULL;
  return ERR_OK;
}

/* Page after page in the order they have to leave; what is held or claimed stands aside. */
static enum err look_at_rest(struct ctx *cx, struct task *t)
{
  static const struct db_where waiting = {
      &fulfillment_table,
      "location = $1 AND (state = $2 OR state = $3) AND (claimed_until IS NULL OR claimed_until <= $4)"
      " AND (ship_by > $5 OR (ship_by = $5 AND id > $6)) ORDER BY ship_by, id LIMIT 50",
      DB_LIST};
  const int *states = task_states[t->kind];
  int64_t ship_by = -DAY_MS * 36500, id = 0;
  for (int page = 0; page < TASK_PAGES && !t->fulfillment; page++) {
    fulfillment_rows rows = {0};
    TRY(db_select(cx->db, &waiting, (struct list *)(void *)&rows,
                  DB_ARGS(TEXT(t->location), TEXT(fulfillment_states[states[0]]), TEXT(fulfillment_states[states[1]]),
                          I64(cx->now.ms), I64(ship_by), I64(id))));
    if (rows.n == 0)
      break;
    TRY(first_workable(cx, rows.at, rows.n, t));
    ship_by = rows.at[rows.n - 1].ship_by.ms;
    id = rows.at[rows.n - 1].id.v;
    if (rows.n < TASKS_LOOKED_AT)
      break;
  }
  return ERR_OK;
}

enum err task_next(struct ctx *cx, const struct location *at, enum task_kind kind, struct task *out)
{
  *out = (struct task){.kind = kind, .location = arena_text(cx->arena, at->code)};
  TRY(look_at_mine(cx, out));
  if (!out->fulfillment)
    TRY(look_at_rest(cx, out));
  return out->fulfillment ? fulfillments_cut_off(cx, out->fulfillment, 1) : ERR_OK;
}

/* ---- Cut-offs ---- */

static void cut_off_of(struct promise_zones *zones, const struct location *l, struct instant now, struct fulfillment *f)
{
  int64_t day = promise_local_day(zones, l->site.zone, now);
  const struct promise_cut_off *row = promise_cut_off_for(l->site.cut_offs, f->carrier, f->service, days_weekday(day));
  if (row)
    f->cut_off_at = promise_at(zones, l->site.zone, day, row->minute);
}

enum err fulfillments_cut_off(struct ctx *cx, struct fulfillment *rows, size_t n)
{
  struct promise_zones *zones = promise_zones_new();
  enum err err = ERR_OK;
  for (struct fulfillment *f = rows; f < rows + n && err == ERR_OK; f++) {
    const struct location *l;
    if (f->state > FUL_PACKED)
      continue;
    err = location_by_id(cx, f->location_id, &l);
    if (err == ERR_OK)
      cut_off_of(zones, l, cx->now, f);
  }
  promise_zones_free(zones);
  return err;
}
