/* A location says no, or the work there is called off. */
#include "fulfillment_priv.h"

#include <string.h>

/* How much of each line of the fulfillment is meant: all of it when the body names none. */
static enum err read_lines(struct ctx *cx, const struct fulfillment *f, const struct reject_input *in,
                           struct quantity *out)
{
  for (size_t i = 0; i < f->lines.n && in->lines.n == 0; i++)
    out[i] = f->lines.at[i].quantity;
  for (size_t n = 0; n < in->lines.n; n++) {
    const struct line_quantity *want = &in->lines.at[n];
    const char *pointer = arena_printf(cx->arena, "/lines/%zu", n);
    size_t i = 0;
    while (i < f->lines.n && f->lines.at[i].line != want->line)
      i++;
    if (i == f->lines.n) {
      fault_add(&cx->fault, ERR_INVALID, pointer, "not_found", "this fulfillment has no line %lld",
                (long long)want->line);
      continue;
    }
    struct quantity left = quantity_sub(f->lines.at[i].quantity, out[i]);
    struct quantity q = quantity_set(want->quantity) ? want->quantity : left;
    if (q.millionths > left.millionths)
      fault_add(&cx->fault, ERR_INVALID, pointer, "too_many", "more than is asked of line %lld", (long long)want->line);
    else
      out[i] = quantity_add(out[i], q);
  }
  return cx->fault.code;
}

static bool all_picked(const struct fulfillment *f)
{
  EACH (const struct fulfillment_line, l, &f->lines)
    if (units_unpicked(l).millionths > 0)
      return false;
  return true;
}

static enum err reject_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct work_facts *facts_ = facts;
  const struct reject_input *in = facts_->input;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts_, &f);
  struct quantity *take = ARENA_ARRAY(cx->arena, struct quantity, f->lines.n + 1);
  const char *reason = reject_reasons[in->reason];
  bool gone = in->reason == REJECT_NOT_FOUND || in->reason == REJECT_DAMAGED;
  struct leaving how = {PLACE_UNALLOCATED, gone ? reason : NULL};
  moved_list moved = {0};
  if (!fulfillment_may(f, FSTEP_REJECT))
    return fulfillment_step(cx, &plan.work, f, FSTEP_REJECT); /* refuses */
  TRY(read_lines(cx, f, in, take));
  for (size_t i = 0; i < f->lines.n; i++) {
    struct fulfillment_line *fl = &f->lines.at[i];
    if (take[i].millionths == 0)
      continue;
    units_leave(cx, &plan.work, f, fl, take[i], &how);
    *LIST_ADD(cx->arena, &moved) = (struct moved_units){order_line_of(plan.work.after, fl->line), take[i]};
  }
  f->reason = reason;
  order_event(cx, &plan.work, "fulfillment.units_rejected", PREFIX_fulfillment, f->id.v,
              moved_data(cx, reason, f->location, NULL, &moved));
  if (units_asked(f) == 0) {
    TRY(fulfillment_step(cx, &plan.work, f, FSTEP_REJECT));
  } else if (f->state == FUL_PICKING && all_picked(f)) {
    f->picked_at = cx->now;
    TRY(fulfillment_step(cx, &plan.work, f, FSTEP_PICKED));
  }
  TRY(source_missing(cx, &plan.work, &facts_->supply, arena_text(cx->arena, f->location), "rejected"));
  return work_end(cx, &plan, out);
}

const struct act fulfillment_reject_act = {"fulfillment.reject",
                                           sizeof(struct work_facts),
                                           sizeof(struct work_plan),
                                           work_load_supply,
                                           reject_decide,
                                           work_apply,
                                           0};

static enum err cancel_decide(struct ctx *cx, const void *facts, void *out)
{
  static const struct leaving back = {PLACE_UNALLOCATED, NULL};
  const struct reason_maybe *in = ((const struct work_facts *)facts)->input;
  struct fulfillment *f;
  struct work_plan plan = work_begin(cx, facts, &f);
  TRY(fulfillment_step(cx, &plan.work, f, FSTEP_CANCEL));
  f->reason = in->reason;
  EACH (struct fulfillment_line, fl, &f->lines)
    units_leave(cx, &plan.work, f, fl, fl->quantity, &back);
  return work_end(cx, &plan, out);
}

const struct act fulfillment_cancel_act = {
    "fulfillment.cancel", sizeof(struct work_facts), sizeof(struct work_plan), work_load, cancel_decide, work_apply, 0};
