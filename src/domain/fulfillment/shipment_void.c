/* A shipment is taken back before the carrier's manifest is closed: the goods stand at the packing table again. */
#include "fulfillment_priv.h"

/* What left of one stock key, from the ledger: the reservations that said so are consumed. */
struct left_stock {
  struct stock_key key;
  struct quantity quantity;
};
struct void_facts {
  struct work_facts base;
  struct shipment shipment;
  const char *reason;
  LIST(struct left_stock) left;
};
struct void_plan {
  struct work_plan base;
};

static enum err left_load(struct ctx *cx, int64_t product_id, struct void_facts *f)
{
  static const struct db_where of_shipment = {
      &movement_table,
      "product_id = $1 AND at >= $2 AND location_id = $3 AND kind = 'shipment' AND document_prefix = 'ful'"
      " AND document_id = $4 ORDER BY at, entry",
      DB_LIST};
  LIST(struct movement) rows = {0};
  const struct shipment *s = &f->shipment;
  TRY(db_select(cx->db, &of_shipment, (struct list *)(void *)&rows,
                DB_ARGS(I64(product_id), I64(s->shipped_at.ms), I64(s->location_id), I64(s->fulfillment_id))));
  EACH (const struct movement, m, &rows)
    *LIST_ADD(cx->arena, &f->left) = (struct left_stock){
        {m->location_id, m->product_id, m->owner, m->condition, m->lot},
        QUANTITY(-m->delta.millionths)
    };
  return ERR_OK;
}

static bool product_loaded(const struct void_facts *f, int64_t product_id)
{
  EACH (const struct left_stock, l, &f->left)
    if (l->key.product_id == product_id)
      return true;
  return false;
}

static enum err void_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct void_facts *f = out;
  struct order_id order;
  f->reason = ((const struct reason_maybe *)in->body)->reason;
  TRY(order_of_shipment(cx, in->id, &f->shipment, &order));
  TRY(order_work_load(cx, order, ABSENT, &f->base.work));
  f->base.id.v = f->shipment.fulfillment_id;
  const struct fulfillment *ful = order_fulfillment_of(f->base.work.before, f->base.id);
  assert(ful);
  EACH (const struct fulfillment_line, fl, &ful->lines) {
    const struct order_line *l = order_line_of(f->base.work.before, fl->line);
    if (fl->shipped.millionths > 0 && !product_loaded(f, l->product_id))
      TRY(left_load(cx, l->product_id, f));
  }
  return ERR_OK;
}

static enum err may_void(struct ctx *cx, const struct void_facts *f, const struct fulfillment *ful)
{
  if (f->shipment.voided)
    return err_fail(cx, ERR_STATE, "/voided", "this shipment is voided already");
  if (f->shipment.manifested)
    return err_fail(cx, ERR_STATE, "/manifested", "the carrier's manifest is closed");
  EACH (const struct fulfillment_line, fl, &ful->lines)
    if (fl->delivered.millionths > 0)
      return err_fail(cx, ERR_STATE, "/state", "some of it is delivered already");
  return ERR_OK;
}

/* Goods come back to the books and stay promised to this order. */
static void bring_back(struct ctx *cx, struct order_work *w, struct void_facts *f, struct fulfillment *ful,
                       struct fulfillment_line *fl)
{
  struct order_line *l = order_line_of(w->after, fl->line);
  struct stock_demand demand = line_demand(w->after, l);
  struct stock_reason why = {MOVEMENT_SHIPMENT, "shipment voided", PREFIX_fulfillment, ful->id.v};
  struct quantity rest = fl->shipped;
  EACH (struct left_stock, s, &f->left) {
    struct quantity q = quantity_min(rest, s->quantity);
    if (s->key.product_id != l->product_id || q.millionths <= 0)
      continue;
    stock_plan_move(&w->stock, cx->arena, &s->key, q, &why);
    stock_plan_reserve(&w->stock, cx->arena, &s->key, &demand, q, RESERVATION_HARD, INSTANT(ABSENT));
    s->quantity = quantity_sub(s->quantity, q);
    rest = quantity_sub(rest, q);
  }
  line_move(l, PLACE_SHIPPED, PLACE_PACKED, fl->shipped);
  fl->shipped = QUANTITY(0);
}

static enum err void_decide(struct ctx *cx, const void *facts, void *out)
{
  struct void_facts f = *(const struct void_facts *)facts;
  struct fulfillment *ful;
  struct void_plan plan = {work_begin(cx, &f.base, &ful)};
  struct order_work *w = &plan.base.work;
  if (f.left.n)
    f.left.at = arena_copy(cx->arena, f.left.at, f.left.n * sizeof *f.left.at);
  TRY(may_void(cx, &f, ful));
  TRY(fulfillment_step(cx, w, ful, FSTEP_VOID));
  EACH (struct fulfillment_line, fl, &ful->lines)
    bring_back(cx, w, &f, ful, fl);
  ful->shipped_at = w->after->shipped_at = INSTANT(ABSENT);
  EACH (struct parcel, p, &ful->parcels) {
    if (p->shipment_id.v != f.shipment.id.v)
      continue;
    p->shipment_id.v = 0;
    p->state = PARCEL_LABELED; /* its number stays to be seen until it ships again with another one */
    p->tracking_status = TRACKING_UNKNOWN;
    p->tracked_at = INSTANT(ABSENT);
  }
  struct shipment *s = LIST_ADD(cx->arena, &w->shipments);
  *s = f.shipment;
  s->voided = true;
  s->voided_at = cx->now;
  order_event(cx, w, "shipment.voided", PREFIX_shipment, s->id.v, shipment_data(cx, s));
  ful->reason = f.reason;
  order_work_finish(cx, w);
  *(struct void_plan *)out = plan;
  return ERR_OK;
}

static enum err void_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct void_plan p = *(const struct void_plan *)plan;
  TRY(order_work_apply(cx, &p.base.work));
  out->rec = &shipment_rec;
  out->value = &p.base.work.shipments.at[0];
  out->version = ABSENT;
  return ERR_OK;
}

const struct act shipment_void_act = {
    "shipment.void", sizeof(struct void_facts), sizeof(struct void_plan), void_load, void_decide, void_apply, 0};
