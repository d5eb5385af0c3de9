/* Scans of carriers: in any order, each once. What they mean for the parcel is decided by carriers.h; what that means
 * for the order, here. Tracking stays apart from the work: a scan never makes a shipment. */
#include "fulfillment_priv.h"

#include <string.h>

struct track_facts {
  struct order_work work;
  struct parcel_id parcel;
  struct tracking_event scan;
  LIST(struct tracking_event) known; /* oldest first */
};
struct track_plan {
  struct order_work work;
  struct parcel *answer;
};

static enum err scans_load(struct ctx *cx, struct order_id order, struct track_facts *f)
{
  struct fulfillment *ful;
  TRY(order_work_load(cx, order, ABSENT, &f->work));
  const struct parcel *p = order_parcel_of(f->work.before, f->parcel, &ful);
  assert(p);
  f->scan.received_at = cx->now;
  return tracking_events_load(cx, p, (struct list *)(void *)&f->known);
}

static enum err track_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct track_facts *f = out;
  struct order_id order;
  f->scan = *(const struct tracking_event *)in->body;
  TRY(order_of_parcel(cx, in->id, &f->parcel, &order));
  return scans_load(cx, order, f);
}

/* The newest parcel with a number: a number drawn again after a void belongs to the last one. */
static enum err find_number(struct ctx *cx, const char *text, struct parcel_id *out_parcel, struct order_id *out_order)
{
  static const struct db_stmt find = {"SELECT parcel_id, order_id FROM tracking_number WHERE bucket = $1 AND number = "
                                      "$2 ORDER BY parcel_id DESC LIMIT 1",
                                      DB_KEYED};
  struct tracking_match m = tracking_number_recognize(text);
  const char *const tries[] = {text, m.number};
  for (size_t i = 0; i < COUNT_OF(tries); i++) {
    struct db_rows rows;
    bool found = false;
    TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(bucket_of_text(tries[i])), TEXT(tries[i]))));
    if (db_next(&rows)) {
      found = true;
      out_parcel->v = db_i64(&rows, 0);
      out_order->v = db_i64(&rows, 1);
    }
    TRY(db_done(&rows));
    if (found)
      return ERR_OK;
  }
  return err_fail(cx, ERR_NOT_FOUND, "", "there is no parcel with the tracking number %s", text);
}

static enum err report_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct track_facts *f = out;
  const struct tracking_input *body = in->body;
  struct order_id order;
  f->scan = (struct tracking_event){
      .status = body->status, .occurred_at = body->occurred_at, .description = body->description, .place = body->place};
  TRY(find_number(cx, body->tracking_number, &f->parcel, &order));
  return scans_load(cx, order, f);
}

/* ---- Decide ---- */

static bool known(const struct track_facts *f)
{
  EACH (const struct tracking_event, t, &f->known)
    if (t->status == f->scan.status && t->occurred_at.ms == f->scan.occurred_at.ms)
      return true;
  return false;
}

static const char *scan_data(struct ctx *cx, const struct parcel *p, const struct tracking_event *scan,
                             const char *role)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "status", tracking_statuses[scan->status]);
  json_put_text(&j, "tracking_status", tracking_statuses[p->tracking_status]);
  json_put_text(&j, "tracking_number", p->tracking_number);
  json_put_text(&j, "alert_role", role);
  json_key(&j, "occurred_at");
  json_instant(&j, scan->occurred_at);
  json_object_end(&j);
  return buf_str(&text);
}

static bool all_delivered(const struct fulfillment *f)
{
  EACH (const struct parcel, p, &f->parcels)
    if (p->state != PARCEL_VOIDED && !instant_set(p->delivered_at))
      return false;
  return true;
}

/* Delivered closes what it should. Only parcels that left count: their units are shipped. */
static enum err delivered(struct ctx *cx, struct order_work *w, struct fulfillment *f, struct parcel *p,
                          struct instant at)
{
  if (p->state != PARCEL_HANDED_OVER || instant_set(p->delivered_at))
    return ERR_OK;
  p->delivered_at = at;
  units_deliver_parcel(w->after, f, p);
  order_event(cx, w, "parcel.delivered", PREFIX_parcel, p->id.v, "{}");
  return f->state == FUL_SHIPPED && all_delivered(f) ? fulfillment_step(cx, w, f, FSTEP_CLOSE) : ERR_OK;
}

/* A later scan says that it was not delivered after all; what has closed meanwhile stays closed. */
static void not_delivered(struct order *o, struct fulfillment *f, struct parcel *p)
{
  if (!instant_set(p->delivered_at) || f->state != FUL_SHIPPED)
    return;
  p->delivered_at = INSTANT(ABSENT);
  EACH (const struct parcel_item, i, &p->items) {
    struct fulfillment_line *fl = fulfillment_line_of(f, i->line);
    struct order_line *l = order_line_of(o, i->line);
    fl->delivered = quantity_sub(fl->delivered, i->quantity);
    l->counters.delivered = quantity_sub(l->counters.delivered, i->quantity);
  }
}

static enum err take_scan(struct ctx *cx, struct order_work *w, struct fulfillment *f, struct parcel *p,
                          const struct tracking_event *scan)
{
  bool moves = tracking_supersedes((enum tracking_status)p->tracking_status, p->tracked_at,
                                   (enum tracking_status)scan->status, scan->occurred_at);
  bool back = scan->status == TRACKING_RETURN_TO_SENDER;
  if (moves) {
    p->tracking_status = scan->status;
    p->tracked_at = scan->occurred_at;
  }
  f->version++;
  order_event(cx, w, back ? "parcel.returning" : "parcel.tracked", PREFIX_parcel, p->id.v,
              scan_data(cx, p, scan, back || scan->status == TRACKING_FAILURE ? "service" : NULL));
  if (moves && scan->status == TRACKING_DELIVERED)
    return delivered(cx, w, f, p, scan->occurred_at);
  if (moves && back)
    not_delivered(w->after, f, p);
  return ERR_OK;
}

/* The scans as they are known then, oldest first. */
static void list_scans(struct ctx *cx, const struct track_facts *f, bool is_new, struct parcel *p)
{
  bool put = !is_new;
  p->tracking_events.n = p->tracking_events.cap = 0;
  p->tracking_events.at = NULL;
  EACH (const struct tracking_event, t, &f->known) {
    if (!put && f->scan.occurred_at.ms < t->occurred_at.ms) {
      *LIST_ADD(cx->arena, &p->tracking_events) = f->scan;
      put = true;
    }
    *LIST_ADD(cx->arena, &p->tracking_events) = *t;
  }
  if (!put)
    *LIST_ADD(cx->arena, &p->tracking_events) = f->scan;
}

static enum err track_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct track_facts *f = facts;
  struct track_plan plan = {.work = order_work_copy(cx, &f->work)};
  struct order_work *w = &plan.work;
  struct fulfillment *ful;
  struct parcel *p = order_parcel_of(w->after, f->parcel, &ful);
  bool is_new = !known(f);
  if (is_new && f->known.n >= PARCEL_EVENTS_MAX)
    return err_fail(cx, ERR_STATE, "", "a parcel takes at most %d scans", PARCEL_EVENTS_MAX);
  if (is_new) {
    struct tracking_event *scan = LIST_ADD(cx->arena, &w->tracking);
    *scan = f->scan;
    scan->parcel_id = p->id.v;
    TRY(take_scan(cx, w, ful, p, scan));
  }
  order_work_finish(cx, w);
  plan.answer = arena_copy(cx->arena, p, sizeof *p);
  list_scans(cx, f, is_new, plan.answer);
  *(struct track_plan *)out = plan;
  return ERR_OK;
}

static enum err track_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct track_plan p = *(const struct track_plan *)plan;
  TRY(order_work_apply(cx, &p.work));
  out->rec = &parcel_report_rec;
  out->value = p.answer;
  out->version = ABSENT;
  return ERR_OK;
}

const struct act parcel_track_act = {
    "parcel.track", sizeof(struct track_facts), sizeof(struct track_plan), track_load, track_decide, track_apply, 0};
const struct act tracking_report_act = {"tracking.report",
                                        sizeof(struct track_facts),
                                        sizeof(struct track_plan),
                                        report_load,
                                        track_decide,
                                        track_apply,
                                        0};

/* ---- Reading ---- */

enum err parcel_load(struct ctx *cx, const char *text, struct parcel **out)
{
  struct order_id order = {0};
  struct parcel_id id = {0};
  struct fulfillment *f;
  struct order *o;
  if (id_parse(PREFIX_parcel, text, &id.v))
    TRY(order_of_parcel(cx, text, &id, &order));
  else
    TRY(find_number(cx, text, &id, &order));
  TRY(order_load(cx, order, &o));
  struct parcel *p = order_parcel_of(o, id, &f);
  assert(p);
  *out = p;
  return tracking_events_load(cx, p, (struct list *)(void *)&p->tracking_events);
}
