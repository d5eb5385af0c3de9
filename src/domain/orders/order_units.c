/* Units of a line and the places they may be in; finding parts of an order. */
#include "orders.h"

static const size_t place_offsets[PLACE_COUNT] = {
    [PLACE_CANCELLED] = offsetof(struct line_counters, cancelled),
    [PLACE_UNALLOCATED] = offsetof(struct line_counters, unallocated),
    [PLACE_BACKORDERED] = offsetof(struct line_counters, backordered),
    [PLACE_ALLOCATED] = offsetof(struct line_counters, allocated),
    [PLACE_RELEASED] = offsetof(struct line_counters, released),
    [PLACE_PICKED] = offsetof(struct line_counters, picked),
    [PLACE_PACKED] = offsetof(struct line_counters, packed),
    [PLACE_SHIPPED] = offsetof(struct line_counters, shipped),
};

struct quantity *line_counter(struct order_line *l, enum line_place place)
{
  assert(place < PLACE_COUNT);
  return (struct quantity *)(void *)((char *)&l->counters + place_offsets[place]);
}

struct quantity line_at(const struct order_line *l, enum line_place place)
{
  assert(place < PLACE_COUNT);
  return *(const struct quantity *)(const void *)((const char *)&l->counters + place_offsets[place]);
}

void line_move(struct order_line *l, enum line_place from, enum line_place to, struct quantity q)
{
  struct quantity *a = line_counter(l, from), *b = line_counter(l, to);
  assert(q.millionths >= 0);
  assert(a->millionths >= q.millionths);
  *a = quantity_sub(*a, q);
  *b = quantity_add(*b, q);
}

struct stock_demand line_demand(const struct order *o, const struct order_line *l)
{
  return (struct stock_demand){.kind = "order", .id = o->id.v, .line = l->line};
}

struct order_line *order_line_of(struct order *o, int64_t line)
{
  EACH (struct order_line, l, &o->lines)
    if (l->line == line)
      return l;
  return NULL;
}

struct hold *order_hold_of(struct order *o, struct hold_id id)
{
  EACH (struct hold, h, &o->holds)
    if (h->id.v == id.v)
      return h;
  return NULL;
}

struct payment *order_payment_of(struct order *o, struct payment_id id)
{
  EACH (struct payment, p, &o->payments)
    if (p->id.v == id.v)
      return p;
  return NULL;
}

struct fulfillment *order_fulfillment_of(struct order *o, struct fulfillment_id id)
{
  EACH (struct fulfillment, f, &o->fulfillments)
    if (f->id.v == id.v)
      return f;
  return NULL;
}

struct parcel *order_parcel_of(struct order *o, struct parcel_id id, struct fulfillment **out_fulfillment)
{
  EACH (struct fulfillment, f, &o->fulfillments) {
    EACH (struct parcel, p, &f->parcels) {
      if (p->id.v == id.v) {
        *out_fulfillment = f;
        return p;
      }
    }
  }
  return NULL;
}

struct fulfillment_line *fulfillment_line_of(struct fulfillment *f, int64_t line)
{
  EACH (struct fulfillment_line, l, &f->lines)
    if (l->line == line)
      return l;
  return NULL;
}
