/* Orders read as a page are those that are read one by one. */
#include "shop_test.h"

static const char *json_of(struct ctx *cx, const struct order *o)
{
  return scratch_json(cx, &(struct act_result){.rec = &order_rec, .value = o});
}

TEST(a_page_of_orders_has_what_each_order_has)
{
  enum { ORDERS = 23 }; /* more than one slice */
  struct ctx *cx = a_shop(t);
  struct order page[ORDERS], *alone;
  for (size_t i = 0; i < ORDERS; i++) {
    const char *id =
        an_order(cx, &(struct order_spec){.lines = {{"CUP", 1, 1000, LINE_ITEM, 0}, {"TEE", 1, 900, LINE_ITEM, 0}},
                                          .shipping = 500,
                                          .captured = -1});
    CHECK_OK(pick(cx, ful_id(cx, id, 0), "{}"));
    CHECK_OK(pack(cx, ful_id(cx, id, 0), "{}"));
    page[i] = (struct order){0};
    rec_init(&order_rec, &page[i]);
    page[i].id = the_order(cx, id)->id;
    page[i].bucket = bucket_of_id(page[i].id.v);
    CHECK_OK(db_get(cx->db, &order_table, &page[i]));
  }
  CHECK_OK(orders_fill(cx, page, ORDERS, true));
  for (size_t i = 0; i < ORDERS; i++) {
    CHECK_OK(order_load(cx, page[i].id, &alone));
    CHECK_INT(page[i].fulfillments.at[0].parcels.at[0].items.n, 2);
    CHECK_TEXT(json_of(cx, &page[i]), json_of(cx, alone));
  }
}

TEST(an_order_keeps_a_bounded_number_of_holds)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 1, 1000, LINE_ITEM, 0}}, .captured = -1});
  for (int i = 0; i < ORDER_HOLDS_MAX; i++)
    CHECK_OK(act_json(cx, &order_hold_act, &hold_input_rec, id,
                      arena_printf(cx->arena, "{\"type\":\"t%d\",\"reason\":\"r\"}", i), NULL));
  CHECK_ERR(act_json(cx, &order_hold_act, &hold_input_rec, id, "{\"type\":\"one_more\",\"reason\":\"r\"}", NULL),
            ERR_STATE);
}
