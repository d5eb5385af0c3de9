/* A count beside the work of a location: what it says is not there leaves every hand it may be in. */
#include "shop_test.h"

static enum err count(struct ctx *cx, const char *location, const char *sku, int64_t pieces)
{
  return act_json(cx, &stock_adjust_act, &adjustment_rec, NULL,
                  arena_printf(cx->arena, "{\"location\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"counted\":%lld}]}",
                               location, sku, (long long)pieces),
                  NULL);
}

/* Two cups, picked and packed where sourcing put them. */
static const char *a_packed_order(struct ctx *cx)
{
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1200, LINE_ITEM, 0}}, .captured = -1});
  CHECK_OK(pick(cx, ful_id(cx, id, 0), "{}"));
  CHECK_OK(pack(cx, ful_id(cx, id, 0), "{}"));
  return id;
}

TEST(packed_units_that_are_not_there_are_unpacked_and_wait)
{
  struct ctx *cx = a_shop(t);
  const char *id = a_packed_order(cx);
  const char *location = the_order(cx, id)->fulfillments.at[0].location;
  CHECK_OK(count(cx, location, "CUP", 1));
  const struct order *o = the_order(cx, id);
  CHECK_INT(at(o, 1, PLACE_PACKED), 1);
  CHECK_INT(at(o, 1, PLACE_BACKORDERED), 1);
  CHECK_INT(o->fulfillments.at[0].parcels.at[0].items.at[0].quantity.millionths, SCALE);
  CHECK_OK(ship(cx, ful_id(cx, id, 0), "{}"));
  CHECK_INT(on_hand(cx, "CUP", location), 0);
  check_books(cx);
}

TEST(a_fulfillment_whose_packed_units_are_all_gone_has_ended)
{
  struct ctx *cx = a_shop(t);
  const char *id = a_packed_order(cx);
  CHECK_OK(count(cx, the_order(cx, id)->fulfillments.at[0].location, "CUP", 0));
  const struct order *o = the_order(cx, id);
  CHECK_INT(at(o, 1, PLACE_BACKORDERED), 2);
  CHECK_INT(o->fulfillments.at[0].state, FUL_CANCELLED);
  CHECK_INT(o->fulfillments.at[0].parcels.at[0].state, PARCEL_VOIDED);
  check_books(cx);
}
