/* Plans of stock: plain values that decide functions build. Reserved moves only together with a reservation and on hand
 * only together with a movement, because nothing else adds to a struct stock_changes. */
#include "inventory_priv.h"

static struct stock_change *add_row(struct stock_changes *c, struct arena *a, const struct stock_key *key)
{
  struct stock_change *row = LIST_ADD(a, &c->rows);
  *row = (struct stock_change){.key = *key, .seen_movements = ABSENT};
  return row;
}

static void add_reservation(struct stock_changes *c, struct arena *a, const struct reservation_change *change)
{
  assert(change->quantity.millionths > 0);
  *LIST_ADD(a, &c->reservations) = *change;
}

void stock_plan_move(struct stock_changes *c, struct arena *a, const struct stock_key *key, struct quantity delta,
                     const struct stock_reason *why)
{
  struct stock_change *row = add_row(c, a, key);
  row->d_on_hand = delta;
  row->moves = true;
  row->why = *why;
}

void stock_plan_reserve(struct stock_changes *c, struct arena *a, const struct stock_key *key,
                        const struct stock_demand *demand, struct quantity quantity, enum reservation_kind kind,
                        struct instant expires_at)
{
  assert(stock_demand_prefix(demand->kind));
  add_row(c, a, key)->d_reserved = quantity;
  add_reservation(c, a,
                  &(struct reservation_change){.key = *key,
                                               .demand = *demand,
                                               .quantity = quantity,
                                               .kind = (int)kind,
                                               .expires_at = kind == RESERVATION_SOFT ? expires_at : INSTANT(ABSENT),
                                               .state = RESERVATION_LIVE});
}

struct quantity stock_plan_reserve_at(struct stock_changes *c, struct arena *a, struct stock_levels *levels,
                                      int64_t location_id, int64_t product_id, const struct stock_demand *demand,
                                      struct quantity quantity, enum reservation_kind kind, struct instant expires_at)
{
  size_t n;
  struct stock_level *at = (struct stock_level *)(uintptr_t)stock_levels_at(levels, location_id, product_id, &n);
  struct quantity take = quantity_min(quantity, stock_levels_free(levels, location_id, product_id));
  struct quantity rest = quantity_sub(quantity, take);
  for (struct stock_level *l = at; l < at + n && take.millionths > 0; l++) {
    struct quantity part = quantity_min(take, stock_level_available(l));
    if (part.millionths <= 0)
      continue;
    stock_plan_reserve(c, a, &l->key, demand, part, kind, expires_at);
    l->reserved = quantity_add(l->reserved, part);
    take = quantity_sub(take, part);
  }
  return quantity_add(rest, take);
}

void stock_plan_consume(struct stock_changes *c, struct arena *a, const struct stock_key *key,
                        const struct stock_demand *demand, struct quantity quantity, const struct stock_reason *why)
{
  struct stock_change *row = add_row(c, a, key);
  row->d_on_hand = row->d_reserved = QUANTITY(-quantity.millionths);
  row->moves = true;
  row->why = *why;
  add_reservation(c, a,
                  &(struct reservation_change){
                      .key = *key, .demand = *demand, .quantity = quantity, .state = RESERVATION_CONSUMED});
}

void stock_plan_release(struct stock_changes *c, struct arena *a, const struct stock_key *key,
                        const struct stock_demand *demand, struct quantity quantity, enum reservation_state why)
{
  assert(why == RESERVATION_RELEASED || why == RESERVATION_EXPIRED);
  add_row(c, a, key)->d_reserved = QUANTITY(-quantity.millionths);
  add_reservation(
      c, a, &(struct reservation_change){.key = *key, .demand = *demand, .quantity = quantity, .state = (int)why});
}
