/* Who may change what of an order, and until when: pure, and the same for the desk and for the customer's page. */
#include "changes.h"

#include "settings.h"

#include <string.h>

enum err change_until(struct ctx *cx, enum change_until *out)
{
  static const char *const names[] = {"placed", "released", "picked", NULL};
  const char *until;
  TRY(setting_text(cx, SETTING_CHANGE_UNTIL, &until));
  *out = CHANGE_UNTIL_RELEASED;
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], until) == 0)
      *out = (enum change_until)i;
  return ERR_OK;
}

static bool any_from(const struct order *o, enum line_place first)
{
  EACH (const struct order_line, l, &o->lines)
    for (enum line_place p = first; p < PLACE_COUNT; p++)
      if (line_at(l, p).millionths > 0)
        return true;
  return false;
}

static bool being_picked(const struct order *o)
{
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (f->state == FUL_PICKING)
      return true;
  return false;
}

static bool too_late(const struct order *o, enum change_until until)
{
  switch (until) {
  case CHANGE_UNTIL_PLACED:
    return o->state != ORDER_PLACED;
  case CHANGE_UNTIL_RELEASED:
    return any_from(o, PLACE_RELEASED) || being_picked(o);
  default:
    return any_from(o, PLACE_PICKED);
  }
}

static void not_theirs(struct fault *f, const char *pointer, const char *what)
{
  fault_add(f, ERR_FORBIDDEN, pointer, "forbidden", "customers cannot change %s", what);
}

static void check_customer(const struct change_input *in, struct fault *f)
{
  for (size_t i = 0; i < in->lines.n; i++) {
    const struct change_line_input *l = &in->lines.at[i];
    const char *pointer = arena_printf(f->arena, "/lines/%zu", i);
    if (price_set(l->unit_price) || l->price_reason || money_set(l->discount))
      not_theirs(f, pointer, "prices");
    if (rate_set(l->tax_rate) || money_set(l->tax))
      not_theirs(f, pointer, "taxes");
    if (l->line == ABSENT && l->kind != LINE_ITEM)
      not_theirs(f, pointer, "what belongs to a product");
  }
  if (in->charges.n)
    not_theirs(f, "/charges", "charges");
  if (money_set(in->expected_total))
    not_theirs(f, "/expected_total", "what they pay");
}

bool change_allowed(const struct order *o, enum change_origin who, enum change_until until,
                    const struct change_input *in, struct fault *f)
{
  if (o->state != ORDER_PLACED && o->state != ORDER_OPEN) {
    fault_fail(f, ERR_STATE, "/state", "an order that is %s cannot be changed", order_states[o->state]);
    return false;
  }
  if (who != CHANGE_CUSTOMER)
    return true;
  if (too_late(o, until))
    fault_add(f, ERR_STATE, "", "cut_off", "the order is on its way: it cannot be changed any more");
  check_customer(in, f);
  return f->n == 0;
}
