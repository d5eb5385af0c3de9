/* Picking: scans add up until everything is there, or until somebody says that this is all. */
#include "fulfillment_priv.h"

#include <string.h>

static bool ends_pick(const struct pick_input *in)
{
  return in->complete || in->reason;
}

static enum err pick_load(struct ctx *cx, const struct act_input *in, void *out)
{
  return ends_pick(in->body) ? work_load_supply(cx, in, out) : work_load(cx, in, out);
}

/* ---- What was scanned ---- */

struct picking {
  struct ctx *cx;
  struct order_work *w;
  struct fulfillment *f;
  const struct pick_input *in;
  struct quantity *take; /* by line of the fulfillment */
};

static bool is_of(const struct picking *p, size_t i, const char *sku)
{
  return strcmp(order_line_of(p->w->after, p->f->lines.at[i].line)->sku, sku) == 0;
}

/* A scanned lot must be one that is reserved, unless what is reserved is not told apart. */
static bool lot_fits(const struct picking *p, int64_t line, const char *lot)
{
  bool other = false;
  EACH (const struct reservation, r, &p->w->reserved) {
    if (r->line != line || r->location_id != p->f->location_id || r->quantity.millionths == 0)
      continue;
    if (!lot || !*r->lot || strcmp(r->lot, lot) == 0)
      return true;
    other = true;
  }
  return !other;
}

static void read_scan(struct picking *p, size_t n)
{
  const struct pick_scan *s = &p->in->scans.at[n];
  struct quantity left = s->quantity;
  const struct hold *held = NULL;
  bool known = false, lot = false;
  for (size_t i = 0; i < p->f->lines.n; i++) {
    if (!is_of(p, i, s->sku))
      continue;
    known = true;
    const struct hold *hold = order_line_held(p->w->after, p->f->lines.at[i].line);
    held = held ? held : hold;
    if (hold)
      continue;
    if (!lot_fits(p, p->f->lines.at[i].line, s->lot))
      continue;
    lot = true;
    struct quantity room = quantity_sub(units_unpicked(&p->f->lines.at[i]), p->take[i]);
    struct quantity take = quantity_min(room, left);
    p->take[i] = quantity_add(p->take[i], take);
    left = quantity_sub(left, take);
  }
  struct ctx *cx = p->cx;
  if (!known)
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/scans/%zu/sku", n), "wrong_sku",
              "%s is not asked for here", s->sku);
  else if (held && left.millionths > 0)
    work_held(cx, held);
  else if (!lot)
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/scans/%zu/lot", n), "wrong_lot",
              "another lot of %s is reserved", s->sku);
  else if (left.millionths > 0)
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/scans/%zu/quantity", n), "too_many",
              "more %s than is left to pick", s->sku);
}

static enum err read_scans(struct picking *p, bool scan_required)
{
  struct ctx *cx = p->cx;
  if (p->in->scans.n == 0 && !ends_pick(p->in)) {
    if (scan_required)
      return fault_add(&cx->fault, ERR_INVALID, "/scans", "scan_required", "this location picks by scanning only");
    for (size_t i = 0; i < p->f->lines.n; i++)
      if (!order_line_held(p->w->after, p->f->lines.at[i].line))
        p->take[i] = units_unpicked(&p->f->lines.at[i]);
  }
  for (size_t i = 0; i < p->in->scans.n; i++)
    read_scan(p, i);
  return cx->fault.code;
}

/* ---- What it means ---- */

/* Units of this fulfillment that a wave released go first; where lines are shared with other fulfillments, whatever
 * is. */
static void pick_units(struct order_line *l, struct fulfillment_line *fl, struct quantity q)
{
  struct quantity waved =
      QUANTITY(fl->released.millionths > fl->picked.millionths ? fl->released.millionths - fl->picked.millionths : 0);
  struct quantity released = quantity_min(quantity_min(q, waved), l->counters.released);
  struct quantity allocated = quantity_min(quantity_sub(q, released), l->counters.allocated);
  line_move(l, PLACE_RELEASED, PLACE_PICKED, released);
  line_move(l, PLACE_ALLOCATED, PLACE_PICKED, allocated);
  line_move(l, PLACE_RELEASED, PLACE_PICKED, quantity_sub(quantity_sub(q, released), allocated));
  fl->picked = quantity_add(fl->picked, q);
}

static bool all_picked(const struct fulfillment *f)
{
  EACH (const struct fulfillment_line, l, &f->lines)
    if (units_unpicked(l).millionths > 0)
      return false;
  return true;
}

enum err pick_by_scan(struct ctx *cx, struct order_work *w, struct fulfillment *f, const struct pick_scan *scan,
                      int64_t *out_line)
{
  struct pick_input in = {.scans = {(struct pick_scan[]){*scan}, 1, 1}};
  struct picking p = {cx, w, f, &in, ARENA_ARRAY(cx->arena, struct quantity, f->lines.n + 1)};
  TRY(pick_allowed(cx, w->after, f));
  if (!fulfillment_may(f, FSTEP_PICK))
    return fulfillment_step(cx, w, f, FSTEP_PICK); /* refuses */
  TRY(read_scans(&p, true));
  for (size_t i = f->lines.n; i-- > 0;) {
    if (p.take[i].millionths == 0)
      continue;
    pick_units(order_line_of(w->after, f->lines.at[i].line), &f->lines.at[i], p.take[i]);
    *out_line = f->lines.at[i].line;
  }
  bool done = all_picked(f);
  if (done)
    f->picked_at = cx->now;
  return fulfillment_step(cx, w, f, done ? FSTEP_PICKED : FSTEP_PICK);
}

/* Reasons that say nothing about the goods: the stock stays as it is. */
static bool stock_is_wrong(const char *reason)
{
  return strcmp(reason, "busy") != 0 && strcmp(reason, "closed") != 0 && strcmp(reason, "no_staff") != 0;
}

/* What was not found leaves, and the stock of it here is corrected. */
static enum err pick_short(struct picking *p)
{
  const char *reason = p->in->reason;
  struct leaving how = {PLACE_UNALLOCATED, NULL};
  moved_list moved = {0};
  if (!reason)
    return fault_add(&p->cx->fault, ERR_INVALID, "/reason", "required", "less than asked was picked: please say why");
  if (stock_is_wrong(reason))
    how.correction = reason;
  EACH (struct fulfillment_line, fl, &p->f->lines) {
    struct quantity missing = units_unpicked(fl);
    if (missing.millionths == 0)
      continue;
    const struct hold *held = order_line_held(p->w->after, fl->line);
    if (held)
      return work_held(p->cx, held);
    units_leave(p->cx, p->w, p->f, fl, missing, &how);
    *LIST_ADD(p->cx->arena, &moved) = (struct moved_units){order_line_of(p->w->after, fl->line), missing};
  }
  p->f->reason = reason;
  order_event(p->cx, p->w, "fulfillment.short_picked", PREFIX_fulfillment, p->f->id.v,
              moved_data(p->cx, how.correction ? "stock corrected" : NULL, p->f->location, "service", &moved));
  return ERR_OK;
}

static enum err pick_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct work_facts *facts_ = facts;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts_, &f);
  struct picking p = {cx, &plan.work, f, facts_->input, ARENA_ARRAY(cx->arena, struct quantity, f->lines.n + 1)};
  TRY(pick_allowed(cx, plan.work.after, f));
  if (!fulfillment_may(f, FSTEP_PICK))
    return fulfillment_step(cx, &plan.work, f, FSTEP_PICK); /* refuses */
  TRY(read_scans(&p, facts_->location->scan_required));
  for (size_t i = 0; i < f->lines.n; i++)
    pick_units(order_line_of(plan.work.after, f->lines.at[i].line), &f->lines.at[i], p.take[i]);
  bool is_short = ends_pick(p.in) && !all_picked(f);
  if (is_short)
    TRY(pick_short(&p));
  bool done = all_picked(f), empty = units_asked(f) == 0;
  if (done)
    f->picked_at = cx->now;
  TRY(fulfillment_step(cx, &plan.work, f, empty ? FSTEP_REJECT : done ? FSTEP_PICKED : FSTEP_PICK));
  if (is_short)
    TRY(source_missing(cx, &plan.work, &facts_->supply, arena_text(cx->arena, f->location), "short_pick"));
  return work_end(cx, &plan, out);
}

const struct act fulfillment_pick_act = {
    "fulfillment.pick", sizeof(struct work_facts), sizeof(struct work_plan), pick_load, pick_decide, work_apply, 0};
