/* Reading fulfillments and shipments. */
#include "fulfillment_priv.h"

enum err fulfillments_fill(struct ctx *cx, struct fulfillment *rows, size_t n)
{
  for (struct fulfillment *f = rows; f < rows + n; f++) {
    struct order *o;
    TRY(order_load(cx, (struct order_id){f->order_id}, &o));
    const struct fulfillment *whole = order_fulfillment_of(o, f->id);
    f->lines.at = whole->lines.at;
    f->lines.n = f->lines.cap = whole->lines.n;
    f->parcels.at = whole->parcels.at;
    f->parcels.n = f->parcels.cap = whole->parcels.n;
  }
  return ERR_OK;
}

enum err fulfillment_load(struct ctx *cx, const char *id, struct fulfillment **out)
{
  struct fulfillment_id ful;
  struct order_id order;
  struct order *o;
  TRY(order_of_fulfillment(cx, id, &ful, &order));
  TRY(order_load(cx, order, &o));
  *out = order_fulfillment_of(o, ful);
  assert(*out);
  return ERR_OK;
}

enum err shipment_load(struct ctx *cx, const char *id, struct shipment **out)
{
  struct order_id order;
  struct shipment *s = ARENA_NEW(cx->arena, struct shipment);
  TRY(order_of_shipment(cx, id, s, &order));
  *out = s;
  return ERR_OK;
}
