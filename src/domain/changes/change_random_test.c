/* Whatever is done to an order in whatever sequence, the books agree: units add up, stock is reserved for what is held, money
 * is shares of a whole, and what a preview said is what happened. */
#include "shop_test.h"

#include <string.h>

enum { SEQUENCES = 12, STEPS = 14 };

static uint64_t draw(uint64_t *seed, uint64_t below)
{
  *seed = hash_mix(*seed, 0x9e3779b97f4a7c15u);
  return *seed % below;
}

/* Refusals are fine: it is what happens that must be right. */
static bool did(struct ctx *cx, enum err err)
{
  if (err != ERR_OK && err_info(err)->http >= 500)
    test_failed(__FILE__, __LINE__, "a step", cx->fault.detail, "done or refused");
  return err == ERR_OK;
}

static int confirmed;

static void random_change(struct ctx *cx, const char *id, uint64_t *seed)
{
  static const char *const skus[] = {"CUP", "TEE", "HAT"};
  const struct order *o = the_order(cx, id);
  int line = 1 + (int)draw(seed, o->lines.n), n = (int)draw(seed, 7);
  struct act_result r = {0};
  const char *refund = draw(seed, 2) ? ",'refund':true" : "", *json = NULL;
  switch (draw(seed, 6)) {
  case 0:
    json = arena_printf(cx->arena, "{'lines':[{'sku':'%s','quantity':%d}]%s}", skus[draw(seed, 3)], n + 1, refund);
    break;
  case 1:
    json = arena_printf(cx->arena, "{'lines':[{'line':%d,'unit_price':%d,'discount':%d,'price_reason':'so'}]%s}", line,
                        333 * (n + 1), n, refund);
    break;
  case 2:
    json = arena_printf(cx->arena, "{'shipping_address':{'line1':'%d Bund','country':'CN'}}", n);
    break;
  case 3:
    json = arena_printf(cx->arena, "{'charges':[{'kind':'shipping','amount':%d}]%s}", 77 * n, refund);
    break;
  default:
    json = arena_printf(cx->arena, "{'lines':[{'line':%d,'quantity':%d}]%s}", line, n, refund);
  }
  if (!did(cx, act_json(cx, &change_create_act, &change_input_rec, id, json, &r)))
    return;
  const struct change_set *set = r.value;
  char set_id[ID_TEXT];
  id_format(PREFIX_change, set->id.v, set_id);
  confirmed++;
  CHECK_OK(confirm(cx, set_id, "{}")); /* nothing has moved since: it is what the preview said */
  struct order *after = the_order(cx, id);
  CHECK_INT(after->totals.total.minor, set->preview->money.after.total.minor);
  CHECK_INT(after->totals.due.minor, set->preview->money.after.due.minor);
  EACH (const struct change_line, l, &set->preview->lines) {
    const struct order_line *have = order_line_of(after, l->line);
    CHECK_INT(have->quantity.millionths - have->counters.cancelled.millionths, l->quantity_after.millionths);
  }
}

static const char *some_fulfillment(struct ctx *cx, const char *id, uint64_t *seed)
{
  const struct order *o = the_order(cx, id);
  return o->fulfillments.n ? ful_id(cx, id, draw(seed, o->fulfillments.n)) : "";
}

static void random_step(struct ctx *cx, const char *id, uint64_t *seed)
{
  const struct order *o = the_order(cx, id);
  const char *ful = some_fulfillment(cx, id, seed);
  switch (draw(seed, 10)) {
  case 0:
    did(cx, act_json(cx, &fulfillment_pick_act, &pick_rec, ful, "{}", NULL));
    break;
  case 1:
    did(cx, act_json(cx, &fulfillment_pick_act, &pick_rec, ful, "{'scans':[{'sku':'CUP','quantity':1}]}", NULL));
    break;
  case 2:
    did(cx, act_json(cx, &fulfillment_pack_act, &pack_rec, ful, "{}", NULL));
    break;
  case 3:
    did(cx, act_json(cx, &fulfillment_ship_act, &ship_rec, ful, "{}", NULL));
    break;
  case 4:
    did(cx, act_json(cx, &order_cancel_act, &cancel_rec, id,
                     arena_printf(cx->arena, "{'reason':'r','refund':true,'lines':[{'line':%d,'quantity':1}]}",
                                  1 + (int)draw(seed, o->lines.n)),
                     NULL));
    break;
  case 5:
    if (o->totals.due.minor > 0)
      did(cx, act_json(cx, &payment_add_act, &payment_input_rec, id,
                       arena_printf(cx->arena, "{'provider':'manual','kind':'capture','amount':%lld}",
                                    (long long)o->totals.due.minor),
                       NULL));
    break;
  default:
    random_change(cx, id, seed);
  }
}

TEST(any_sequence_of_changes_picks_ships_cancellations_and_refunds_adds_up)
{
  uint64_t seed = 20261123;
  for (int i = 0; i < SEQUENCES; i++) {
    struct ctx *cx = a_shop(t);
    const char *id =
        an_order(cx, i % 2 ? "'lines':[{'sku':'CUP','quantity':4,'discount':7,'tax_rate':'0.13'},{'sku':'TEE',"
                             "'quantity':2},{'sku':'HAT','quantity':2,'kind':'gift','unit_price':0,"
                             "'parent_line':2}],'prices_include_tax':false,'payments':[{'provider':'manual',"
                             "'kind':'capture','amount':8495}]"
                           : "'lines':[{'sku':'CUP','quantity':3},{'sku':'WRAP','quantity':1}],'charges':[{"
                             "'kind':'shipping','amount':500}],'payment_terms':'account'");
    for (int step = 0; step < STEPS; step++)
      random_step(cx, id, &seed);
    const struct order *o = the_order(cx, id);
    CHECK(o->totals.refunded.minor <= o->totals.paid.minor);
    did(cx, act_json(cx, &order_cancel_act, &cancel_rec, id, "{'reason':'the end','refund':true}", NULL));
    o = the_order(cx, id);
    if (o->state == ORDER_CANCELLED && o->totals.due.minor <= 0)
      CHECK_INT(o->totals.refunded.minor, o->totals.paid.minor); /* to the cent, in whatever parts */
    check_books(cx);
  }
  CHECK(confirmed > 2 * SEQUENCES); /* or nothing was tried at all */
}
