/* One act on one order: before, after, and what happens beside it. */
#include "orders_priv.h"

#include "numbers.h"

#include <string.h>

/* ---- Copying ---- */

#define COPY_LIST(arena, list)                                                                                         \
  do {                                                                                                                 \
    if ((list)->n) {                                                                                                   \
      (list)->at = arena_copy(arena, (list)->at, (list)->n * sizeof(*(list)->at));                                     \
      (list)->cap = (list)->n;                                                                                         \
    }                                                                                                                  \
  } while (0)

struct order *order_copy(struct arena *a, const struct order *from)
{
  struct order *o = arena_copy(a, from, sizeof *from);
  COPY_LIST(a, &o->tags);
  COPY_LIST(a, &o->lines);
  COPY_LIST(a, &o->charges);
  COPY_LIST(a, &o->holds);
  COPY_LIST(a, &o->payments);
  COPY_LIST(a, &o->fulfillments);
  EACH (struct payment, p, &o->payments)
    COPY_LIST(a, &p->entries);
  EACH (struct fulfillment, f, &o->fulfillments) {
    COPY_LIST(a, &f->lines);
    COPY_LIST(a, &f->parcels);
    EACH (struct parcel, p, &f->parcels)
      COPY_LIST(a, &p->items);
  }
  return o;
}

/* ---- Begin ---- */

void order_work_new(struct ctx *cx, struct order_work *out)
{
  *out = (struct order_work){.after = ARENA_NEW(cx->arena, struct order)};
  struct order *o = out->after;
  rec_init(&order_rec, o);
  o->bucket = ABSENT;
  o->version = 0;
  o->rate_ppb = INT64_C(1000000000);
  o->created_at = o->updated_at = cx->now;
  o->totals = (struct order_totals){{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}};
}

enum err order_work_load(struct ctx *cx, struct order_id id, int64_t if_match, struct order_work *out)
{
  static const struct db_stmt version_of = {"SELECT version FROM orders WHERE bucket = $1 AND id = $2", DB_KEYED};
  struct order_work w = {0};
  TRY(order_load(cx, id, &w.before));
  ctx_relies_on(cx, &version_of, w.before->bucket, id.v, w.before->version);
  TRY(version_check(cx, w.before->bucket, id.v, w.before->version, if_match));
  TRY(reservations_of_demand(cx, id.v, ABSENT, &w.reserved));
  /* Beside other writers the rows may have been read before and after somebody's commit. What relies on a version is told
   * so before the commit, but a decision must not be made on an order that never was. */
  if (db_engine(cx->db) != DB_SQLITE && order_torn(w.before))
    return act_torn(cx, "the order's rows are of different moments");
  w.after = w.before;
  *out = w;
  return ERR_OK;
}

struct order_work order_work_copy(struct ctx *cx, const struct order_work *from)
{
  struct order_work w = *from;
  w.after = order_copy(cx->arena, from->after);
  COPY_LIST(cx->arena, &w.reserved);
  COPY_LIST(cx->arena, &w.reserved);
  return w;
}

int64_t order_new_id(struct order_work *w)
{
  return --w->temporary;
}

void order_event(struct ctx *cx, struct order_work *w, const char *topic, const char *ref_prefix, int64_t ref_id,
                 const char *data)
{
  *LIST_ADD(cx->arena, &w->events) =
      (struct order_event){.topic = topic, .ref_prefix = ref_prefix, .ref_id = ref_id, .data = data};
}

/* ---- Finish ---- */

static void assert_lines_add_up(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines) {
    int64_t sum = 0;
    for (enum line_place p = 0; p < PLACE_COUNT; p++)
      sum += line_at(l, p).millionths;
    assert(sum == l->quantity.millionths);
    assert(l->counters.delivered.millionths <= l->counters.shipped.millionths);
  }
}

static bool anything_changed(const struct order_work *w)
{
  if (!w->before || w->events.n || w->decision || w->stock.rows.n || w->stock.reservations.n || w->tracking.n ||
      w->shipments.n)
    return true;
  struct order now = *w->after;
  now.next_actions = w->before->next_actions; /* derived, and not there in an order as it was loaded */
  return !rec_equal(&order_rec, w->before, &now);
}

/* Services and digital goods have no parcel: they count as delivered once nothing of the goods is still to be sent. */
static void settle_services(struct order *o)
{
  if (o->state != ORDER_OPEN)
    return;
  EACH (const struct order_line, l, &o->lines)
    for (enum line_place p = PLACE_UNALLOCATED; l->stocked && p <= PLACE_PACKED; p++)
      if (line_at(l, p).millionths > 0)
        return;
  EACH (struct order_line, l, &o->lines) {
    struct quantity q = l->stocked ? QUANTITY(0) : line_at(l, PLACE_ALLOCATED);
    line_move(l, PLACE_ALLOCATED, PLACE_SHIPPED, q);
    l->counters.delivered = quantity_add(l->counters.delivered, q);
  }
}

/* An act moves the version by one. Only hundreds of events (an order split over hundreds of locations) take more: each
 * version has room for EVENTS_PER_VERSION of them. */
static int64_t versions_of(const struct order_work *w)
{
  return w->events.n <= EVENTS_PER_VERSION ? 1 : (int64_t)((w->events.n - 1) / EVENTS_PER_VERSION) + 1;
}

void order_work_finish(struct ctx *cx, struct order_work *w)
{
  struct order *o = w->after;
  settle_services(o);
  order_derive(cx, o);
  if (o->state == ORDER_OPEN && order_may(o, STEP_CLOSE)) {
    enum err err = order_step(cx, w, STEP_CLOSE);
    assert(err == ERR_OK);
    order_derive(cx, o);
  }
  assert_lines_add_up(o);
  if (w->before)
    o->sourcing.summary = w->before->sourcing.summary;
  w->changed = anything_changed(w);
  if (w->changed) {
    o->version += versions_of(w);
    o->updated_at = cx->now;
  }
}

/* ---- Apply: temporary ids become real ---- */

struct resolver {
  struct ctx *cx;
  int64_t bucket, order_id;
  int64_t *real; /* by -temporary */
};

static void resolve(const struct resolver *r, int64_t *id)
{
  if (*id >= 0 || *id == ABSENT)
    return;
  int64_t *real = &r->real[-*id];
  if (*real == 0)
    *real = ids_next(r->cx->ids, r->cx->now, r->bucket);
  *id = *real;
}

static void stamp(const struct resolver *r, int64_t *bucket, int64_t *order_id)
{
  *bucket = r->bucket;
  *order_id = r->order_id;
}

static void resolve_fulfillment(const struct resolver *r, struct fulfillment *f, const char *number)
{
  stamp(r, &f->bucket, &f->order_id);
  resolve(r, &f->id.v);
  f->order_number = number;
  EACH (struct fulfillment_line, l, &f->lines) {
    stamp(r, &l->bucket, &l->order_id);
    l->fulfillment_id = f->id.v;
  }
  EACH (struct parcel, p, &f->parcels) {
    stamp(r, &p->bucket, &p->order_id);
    resolve(r, &p->id.v);
    resolve(r, &p->shipment_id.v);
    p->fulfillment_id = f->id.v;
    EACH (struct parcel_item, i, &p->items) {
      stamp(r, &i->bucket, &i->order_id);
      i->parcel_id = p->id.v;
      i->fulfillment_id = f->id;
    }
  }
}

static void resolve_order(const struct resolver *r, struct order *o)
{
  stamp(r, &o->personal.bucket, &o->personal.order_id);
  EACH (struct order_line, l, &o->lines)
    stamp(r, &l->bucket, &l->order_id);
  EACH (struct order_charge, c, &o->charges)
    stamp(r, &c->bucket, &c->order_id);
  EACH (struct fulfillment, f, &o->fulfillments)
    resolve_fulfillment(r, f, o->number);
  EACH (struct hold, h, &o->holds) {
    stamp(r, &h->bucket, &h->order_id);
    resolve(r, &h->id.v);
    resolve(r, &h->fulfillment_id.v);
  }
  EACH (struct payment, p, &o->payments) {
    stamp(r, &p->bucket, &p->order_id);
    resolve(r, &p->id.v);
    EACH (struct payment_entry, e, &p->entries) {
      stamp(r, &e->bucket, &e->order_id);
      e->payment_id = p->id.v;
    }
  }
  resolve(r, &o->sourcing.id.v);
}

/* What happens beside the order: reservations made before the order had an id, movements of new fulfillments. */
static void resolve_rest(const struct resolver *r, struct order_work *w)
{
  EACH (struct reservation_change, c, &w->stock.reservations)
    c->demand.id = r->order_id;
  EACH (struct stock_change, c, &w->stock.rows)
    resolve(r, &c->why.document_id);
  EACH (struct order_event, e, &w->events)
    resolve(r, &e->ref_id);
  EACH (struct tracking_event, t, &w->tracking) {
    stamp(r, &t->bucket, &t->order_id);
    resolve(r, &t->parcel_id);
  }
  EACH (struct shipment, s, &w->shipments) {
    stamp(r, &s->bucket, &s->order_id);
    resolve(r, &s->id.v);
    resolve(r, &s->fulfillment_id);
  }
}

static enum err draw_identity(struct ctx *cx, struct order_work *w)
{
  struct order *o = w->after;
  if (!w->before) {
    if (o->bucket == ABSENT)
      o->bucket = o->external_given ? order_bucket(o->channel, o->external_id) : ids_bucket_random(cx->ids);
    o->id.v = ids_next(cx->ids, cx->now, o->bucket);
    if (!o->external_given) {
      char *text = arena_alloc(cx->arena, ID_TEXT);
      id_format(PREFIX_order, o->id.v, text);
      o->external_id = text;
    }
  }
  if (!o->number && o->state != ORDER_DRAFT && w->number_series)
    TRY(number_draw(cx, w->number_series, w->number_prefix, &o->number));
  return ERR_OK;
}

/* ---- Apply: rows and events ---- */

static enum err store_decision(struct ctx *cx, const struct order_work *w)
{
  static const struct db_stmt put = {
      "INSERT INTO sourcing_decision (bucket, id, order_id, cause, at, actor_name, record)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      DB_KEYED};
  const struct order *o = w->after;
  if (!w->decision)
    return ERR_OK;
  return db_run(cx->db, &put, NULL,
                DB_ARGS(I64(o->bucket), I64(o->sourcing.id.v), I64(o->id.v), TEXT(w->decision_cause), I64(cx->now.ms),
                        TEXT(cx->actor.name ? cx->actor.name : ""), TEXT(w->decision)));
}

/* The differences of the whole order, without what says nothing to a reader of the timeline. */
static const char *changes_of(struct ctx *cx, const struct order_work *w)
{
  if (!w->before)
    return "{}";
  struct order was = *w->before, now = *w->after;
  now.version = was.version;
  now.updated_at = was.updated_at;
  now.next_actions.n = was.next_actions.n = 0;
  now.sourcing.summary = was.sourcing.summary = NULL;
  return event_changes(cx->arena, &order_rec, &was, &now);
}

/* Ordinals count anew for each order and version: an act that touches hundreds of orders has enough of them. */
static enum err emit_events(struct ctx *cx, const struct order_work *w)
{
  const struct order *o = w->after;
  int64_t ordinal_of_act = cx->event_ordinal, first_version = o->version - versions_of(w) + 1, n = 0;
  bool told = false; /* the differences are told once, by the first event that has nothing of its own to say */
  EACH (const struct order_event, e, &w->events) {
    const char *data = e->data;
    if (!data && !told) {
      data = changes_of(cx, w);
      told = true;
    }
    cx->event_ordinal = n % EVENTS_PER_VERSION;
    TRY(event_emit(cx, &(struct event_draft){.topic = e->topic,
                                             .subject_kind = "order",
                                             .subject_prefix = PREFIX_order,
                                             .bucket = o->bucket,
                                             .subject_id = o->id.v,
                                             .version = first_version + n++ / EVENTS_PER_VERSION,
                                             .ref_prefix = e->ref_prefix,
                                             .ref_id = e->ref_id,
                                             .data = data,
                                             .personal = e->personal}));
  }
  cx->event_ordinal = ordinal_of_act;
  return ERR_OK;
}

enum err order_work_apply(struct ctx *cx, struct order_work *w)
{
  struct order *o = w->after;
  if (!w->changed) {
    order_derive_work(cx, o);
    return ERR_OK;
  }
  TRY(draw_identity(cx, w));
  struct resolver r = {.cx = cx,
                       .bucket = o->bucket,
                       .order_id = o->id.v,
                       .real = ARENA_ARRAY(cx->arena, int64_t, (size_t)(1 - w->temporary))};
  resolve_order(&r, o);
  resolve_rest(&r, w);
  TRY(order_store(cx, w->before, o));
  TRY(store_decision(cx, w));
  EACH (const struct tracking_event, t, &w->tracking)
    TRY(db_insert(cx->db, &tracking_event_table, t));
  EACH (const struct shipment, s, &w->shipments)
    TRY(db_upsert(cx->db, &shipment_table, s));
  TRY(emit_events(cx, w));
  if (w->stock.rows.n || w->stock.reservations.n)
    TRY(stock_changes_apply(cx, &w->stock)); /* hot rows last */
  order_derive_work(cx, o); /* for the answer; what is stored and told has none of it */
  return ERR_OK;
}

void order_result(struct ctx *cx, const struct order *o, struct act_result *out)
{
  char id[ID_TEXT];
  id_format(PREFIX_order, o->id.v, id);
  out->rec = &order_rec;
  out->value = o;
  out->version = o->version;
  out->location = arena_printf(cx->arena, "/v1/orders/%s", id);
}

enum err order_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct order_work w = *(const struct order_work *)plan;
  TRY(order_work_apply(cx, &w));
  TRY(order_summarize(cx, w.after));
  order_result(cx, w.after, out);
  return ERR_OK;
}
