/* Packing: each picked unit goes into exactly one parcel. */
#include "fulfillment_priv.h"

#include <string.h>

struct packing {
  struct ctx *cx;
  struct order_work *w;
  struct fulfillment *f;
  const struct pack_input *in;
  struct quantity *left; /* by line of the fulfillment: picked and in no parcel yet */
};

static struct parcel *parcel_add(struct packing *p, int64_t weight_g)
{
  struct parcel *parcel = LIST_ADD(p->cx->arena, &p->f->parcels);
  *parcel = (struct parcel){
      .id = {order_new_id(p->w)},
      .fulfillment_id = p->f->id.v,
      .state = PARCEL_CREATED,
      .tracking_status = TRACKING_UNKNOWN,
      .tracked_at = INSTANT(ABSENT),
      .weight_g = weight_g,
      .created_at = p->cx->now,
      .delivered_at = INSTANT(ABSENT),
  };
  return parcel;
}

static void item_add(struct packing *p, struct parcel *parcel, size_t line, struct quantity q)
{
  p->left[line] = quantity_sub(p->left[line], q);
  EACH (struct parcel_item, i, &parcel->items)
    if (i->line == p->f->lines.at[line].line) {
      i->quantity = quantity_add(i->quantity, q);
      return;
    }
  *LIST_ADD(p->cx->arena, &parcel->items) =
      (struct parcel_item){.fulfillment_id = p->f->id, .line = p->f->lines.at[line].line, .quantity = q};
}

static int64_t weight_of(const struct order *o, const struct parcel *parcel)
{
  __int128 sum = 0;
  EACH (const struct parcel_item, i, &parcel->items)
    EACH (const struct order_line, l, &o->lines)
      if (l->line == i->line && l->weight_g != ABSENT)
        sum += (__int128)l->weight_g * i->quantity.millionths;
  sum /= SCALE;
  return sum > CARRIER_WEIGHT_MAX_G ? CARRIER_WEIGHT_MAX_G : (int64_t)sum;
}

static bool item_is(const struct packing *p, const struct pack_item *item, size_t line)
{
  int64_t n = p->f->lines.at[line].line;
  return item->line != ABSENT ? n == item->line
                              : item->sku && strcmp(order_line_of(p->w->after, n)->sku, item->sku) == 0;
}

/* Puts an item of the body into a parcel; a SKU may stand in several lines. */
static void read_item(struct packing *p, struct parcel *parcel, size_t n, size_t k)
{
  struct fault *fault = &p->cx->fault;
  const struct pack_item *item = &p->in->parcels.at[n].items.at[k];
  const char *pointer = arena_printf(p->cx->arena, "/parcels/%zu/items/%zu", n, k);
  struct quantity rest = item->quantity;
  bool known = false;
  if ((item->line != ABSENT) == (item->sku != NULL)) {
    fault_add(fault, ERR_INVALID, pointer, "line_or_sku", "please name the line or the sku, one of them");
    return;
  }
  for (size_t i = 0; i < p->f->lines.n; i++) {
    if (!item_is(p, item, i))
      continue;
    known = true;
    struct quantity take = quantity_min(rest, p->left[i]);
    if (take.millionths > 0)
      item_add(p, parcel, i, take);
    rest = quantity_sub(rest, take);
  }
  if (!known)
    fault_add(fault, ERR_INVALID, pointer, "not_found", "this fulfillment has no such line");
  else if (rest.millionths > 0)
    fault_add(fault, ERR_INVALID, pointer, "too_many", "more than was picked and is not packed yet");
}

static void read_parcels(struct packing *p)
{
  for (size_t n = 0; n < p->in->parcels.n; n++) {
    struct parcel *parcel = parcel_add(p, p->in->parcels.at[n].weight_g);
    if (p->in->parcels.at[n].items.n == 0)
      fault_add(&p->cx->fault, ERR_INVALID, arena_printf(p->cx->arena, "/parcels/%zu/items", n), "required",
                "please say what is in it");
    for (size_t k = 0; k < p->in->parcels.at[n].items.n; k++)
      read_item(p, parcel, n, k);
  }
  for (size_t i = 0; i < p->f->lines.n; i++)
    if (p->left[i].millionths > 0)
      fault_add(&p->cx->fault, ERR_INVALID, "/parcels", "not_packed", "some units of line %lld are in no parcel",
                (long long)p->f->lines.at[i].line);
}

static void all_in_one(struct packing *p)
{
  struct parcel *parcel = parcel_add(p, ABSENT);
  for (size_t i = 0; i < p->f->lines.n; i++)
    if (p->left[i].millionths > 0)
      item_add(p, parcel, i, p->left[i]);
}

/* What pack scans said: boxes in the order of their numbers. */
static void read_pack_scans(struct packing *p, const scans_packed *scans)
{
  struct fault *fault = &p->cx->fault;
  size_t n = 0;
  int64_t before = 0;
  for (;;) {
    int64_t box = INT64_MAX;
    EACH (const struct floor_scan, s, scans)
      if (s->parcel > before && s->parcel < box)
        box = s->parcel;
    if (box == INT64_MAX)
      break;
    struct parcel *parcel = parcel_add(p, n < p->in->parcels.n ? p->in->parcels.at[n].weight_g : ABSENT);
    EACH (const struct floor_scan, s, scans) {
      for (size_t i = 0; s->parcel == box && i < p->f->lines.n; i++) {
        if (p->f->lines.at[i].line != s->line)
          continue;
        if (p->left[i].millionths < s->quantity.millionths)
          fault_add(fault, ERR_INVALID, "/scanned", "too_many", "more was scanned than is picked by now");
        else
          item_add(p, parcel, i, s->quantity);
      }
    }
    before = box;
    n++;
  }
  if (p->in->parcels.n > n)
    fault_add(fault, ERR_INVALID, "/parcels", "too_many", "%zu boxes were scanned", n);
  for (size_t i = 0; i < p->in->parcels.n; i++)
    if (p->in->parcels.at[i].items.n)
      fault_add(fault, ERR_INVALID, arena_printf(p->cx->arena, "/parcels/%zu/items", i), "scanned",
                "scans say what is in it");
  for (size_t i = 0; i < p->f->lines.n; i++)
    if (p->left[i].millionths > 0)
      fault_add(fault, ERR_INVALID, "/scanned", "not_packed", "some units of line %lld were not scanned",
                (long long)p->f->lines.at[i].line);
}

struct pack_facts {
  struct work_facts base;
  scans_packed scans;
};

static enum err pack_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct pack_facts *f = out;
  TRY(work_load(cx, in, &f->base));
  if (((const struct pack_input *)in->body)->scanned)
    TRY(scans_packed_load(cx, f->base.work.before, f->base.id, &f->scans));
  return ERR_OK;
}

static enum err pack_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct work_facts *facts_ = &((const struct pack_facts *)facts)->base;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts_, &f);
  struct packing p = {cx, &plan.work, f, facts_->input, ARENA_ARRAY(cx->arena, struct quantity, f->lines.n + 1)};
  size_t first = f->parcels.n;
  TRY(work_allowed(cx, plan.work.after, f));
  TRY(fulfillment_step(cx, &plan.work, f, FSTEP_PACK));
  for (size_t i = 0; i < f->lines.n; i++)
    p.left[i] = units_picked(&f->lines.at[i]);
  if (p.in->scanned)
    read_pack_scans(&p, &((const struct pack_facts *)facts)->scans);
  else if (p.in->parcels.n)
    read_parcels(&p);
  else
    all_in_one(&p);
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  EACH (struct fulfillment_line, fl, &f->lines) {
    line_move(order_line_of(plan.work.after, fl->line), PLACE_PICKED, PLACE_PACKED, units_picked(fl));
    fl->packed = fl->picked;
  }
  for (size_t i = first; i < f->parcels.n; i++)
    if (f->parcels.at[i].weight_g == ABSENT)
      f->parcels.at[i].weight_g = weight_of(plan.work.after, &f->parcels.at[i]);
  f->packed_at = cx->now;
  return work_end(cx, &plan, out);
}

const struct act fulfillment_pack_act = {
    "fulfillment.pack", sizeof(struct pack_facts), sizeof(struct work_plan), pack_load, pack_decide, work_apply, 0};
