/* Reading fulfillments and shipments. */
#include "fulfillment_priv.h"

#include <string.h>

enum { ORDERS_AT_ONCE = 32 };

/* At most ORDERS_AT_ONCE of them, by their orders, which are loaded together. */
static enum err fill_block(struct ctx *cx, struct fulfillment *rows, size_t n)
{
  static const struct db_where of_rows = {&order_table,
                                          "id IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,"
                                          "$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32) ORDER BY id LIMIT 32",
                                          DB_LIST};
  struct db_value ids[ORDERS_AT_ONCE];
  LIST(struct order) orders = {0};
  for (size_t i = 0; i < ORDERS_AT_ONCE; i++)
    ids[i] = I64(i < n ? rows[i].order_id : 0);
  TRY(db_select(cx->db, &of_rows, (struct list *)(void *)&orders, ids, ORDERS_AT_ONCE));
  if (orders.n)
    TRY(orders_fill(cx, orders.at, orders.n, true));
  EACH (struct order, o, &orders) {
    order_derive_work(cx, o);
    for (size_t i = 0; i < n; i++) {
      const struct fulfillment *whole = rows[i].order_id == o->id.v ? order_fulfillment_of(o, rows[i].id) : NULL;
      if (!whole)
        continue;
      memcpy(&rows[i].lines, &whole->lines, sizeof whole->lines);
      memcpy(&rows[i].parcels, &whole->parcels, sizeof whole->parcels);
      memcpy(&rows[i].next_actions, &whole->next_actions, sizeof whole->next_actions);
    }
  }
  return ERR_OK;
}

enum err fulfillments_fill(struct ctx *cx, struct fulfillment *rows, size_t n)
{
  for (size_t i = 0; i < n; i += ORDERS_AT_ONCE)
    TRY(fill_block(cx, rows + i, n - i < ORDERS_AT_ONCE ? n - i : ORDERS_AT_ONCE));
  return ERR_OK;
}

enum err fulfillment_load(struct ctx *cx, const char *id, struct fulfillment **out)
{
  struct fulfillment_id ful;
  struct order_id order;
  struct order *o;
  TRY(order_of_fulfillment(cx, id, &ful, &order));
  TRY(order_load(cx, order, &o));
  order_derive_work(cx, o);
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
