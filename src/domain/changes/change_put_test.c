/* A channel sends an order again. */
#include "shop_test.h"

#include <string.h>

#define ORDER(lines)                                                                                                   \
  "{'currency':'USD','shipping_address':{'name':'Li','line1':'1 Nanjing Rd','country':'CN'},'lines':[" lines "]}"
#define CUPS(n) "{'sku':'CUP','quantity':" #n ",'external_line_id':'a'}"
#define TEES(n) "{'sku':'TEE','quantity':" #n ",'external_line_id':'b'}"

static const struct order *sent(struct ctx *cx, const char *json)
{
  const struct order *o = NULL;
  if (put(cx, "1001", json, &o) != ERR_OK)
    test_failed(__FILE__, __LINE__, json, cx->fault.detail, "an order");
  return o;
}

static const char *id_of(struct ctx *cx, const struct order *o)
{
  char *id = arena_alloc(cx->arena, ID_TEXT);
  id_format(PREFIX_order, o->id.v, id);
  return id;
}

static int64_t sets(struct ctx *cx, const char *state)
{
  return scratch_i64(cx, arena_printf(cx->arena, "SELECT count(*) FROM change_set WHERE state = '%s'", state));
}

TEST(the_difference_of_a_changed_channel_order_is_applied)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = sent(cx, ORDER(CUPS(2) "," TEES(1)));
  CHECK_INT(o->lines.n, 2);
  o = sent(cx, ORDER(CUPS(5) ",{'sku':'HAT','quantity':1}"));
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 5);
  CHECK_INT(at(o, 2, PLACE_CANCELLED), 1);
  CHECK_INT(at(o, 3, PLACE_ALLOCATED), 1);
  CHECK_INT(sets(cx, "confirmed"), 1);
  int64_t version = o->version;
  o = sent(cx, ORDER(CUPS(5) ",{'sku':'HAT','quantity':1}")); /* the same again */
  CHECK_INT(o->version, version);
  CHECK_INT(sets(cx, "confirmed"), 1);
  check_books(cx);
}

TEST(what_the_channel_only_repeats_stays_as_staff_left_it)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = sent(cx, ORDER(CUPS(2) "," TEES(1)));
  const char *id = id_of(cx, o);
  changed(cx, id,
          "{'shipping_address':{'name':'Li','line1':'2 Bund','country':'CN'},'lines':[{'line':2,'quantity':2},"
          "{'sku':'HAT','quantity':1}]}");
  must(cx, &order_cancel_act, &cancel_rec, id, "{'reason':'broken','lines':[{'line':1,'quantity':1}]}");
  o = sent(cx, ORDER(CUPS(2) "," TEES(1) ",{'sku':'HAT','quantity':2,'external_line_id':'c'}"));
  CHECK_TEXT(o->personal.shipping_address->line1, "2 Bund");
  CHECK_INT(at(o, 2, PLACE_ALLOCATED), 2);
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 1);
  CHECK_INT(sets(cx, "pending"), 0);
  check_books(cx);
}

TEST(what_both_have_changed_waits_for_a_person)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = sent(cx, ORDER(CUPS(2)));
  const char *id = id_of(cx, o);
  changed(cx, id, "{'lines':[{'line':1,'quantity':3}]}");
  o = sent(cx, ORDER(CUPS(6)));
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 3);
  CHECK_INT(o->hold_count, 1);
  CHECK_TEXT(o->holds.at[o->holds.n - 1].type, "channel_change");
  CHECK_INT(sets(cx, "pending"), 1);
  int64_t version = o->version;
  o = sent(cx, ORDER(CUPS(6)));
  CHECK_INT(o->version, version);
  CHECK_INT(sets(cx, "pending"), 1);
  change_sets all = {0};
  CHECK_OK(changes_of_order(cx, o->id, &all));
  struct change_set set = all.at[all.n - 1];
  char set_id[ID_TEXT];
  id_format(PREFIX_change, set.id.v, set_id);
  CHECK_TEXT(set.preview->refusals.at[0].code, "conflict");
  CHECK_OK(change_refresh(cx, &set));
  CHECK_INT(set.preview->refusals.n, 0);
  CHECK_OK(confirm(cx, set_id, arena_printf(cx->arena, "{'preview_hash':'%s'}", set.preview_hash)));
  struct order *now = the_order(cx, id);
  CHECK_INT(at(now, 1, PLACE_ALLOCATED), 6);
  CHECK_INT(now->hold_count, 0);
  sent(cx, ORDER(CUPS(6)));
  CHECK_INT(sets(cx, "confirmed"), 2);
  check_books(cx);
}

TEST(a_newer_order_of_the_channel_takes_the_place_of_one_that_waits)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = sent(cx, ORDER(CUPS(2)));
  changed(cx, id_of(cx, o), "{'lines':[{'line':1,'quantity':3}]}");
  sent(cx, ORDER(CUPS(6)));
  o = sent(cx, ORDER(CUPS(2) "," TEES(1))); /* the old quantity, and something new */
  CHECK_INT(sets(cx, "pending"), 0);
  CHECK_INT(sets(cx, "cancelled"), 1);
  CHECK_INT(o->hold_count, 0);
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 3);
  CHECK_INT(at(o, 2, PLACE_ALLOCATED), 1);
  check_books(cx);
}

TEST(what_has_shipped_waits_and_is_declined)
{
  struct ctx *cx = a_shop(t);
  const struct order *o = sent(cx, ORDER(CUPS(2) "," TEES(2)));
  const char *id = id_of(cx, o), *ful = ful_id(cx, id, 0);
  must(cx, &fulfillment_pick_act, &pick_rec, ful, "{}");
  must(cx, &fulfillment_pack_act, &pack_rec, ful, "{}");
  must(cx, &fulfillment_ship_act, &ship_rec, ful, "{}");
  o = sent(cx, ORDER(CUPS(1) "," TEES(2)));
  CHECK_INT(o->hold_count, 0); /* nothing is left that a hold could stop */
  CHECK_INT(sets(cx, "pending"), 1);
  change_sets all = {0};
  CHECK_OK(changes_of_order(cx, o->id, &all));
  char set_id[ID_TEXT];
  id_format(PREFIX_change, all.at[0].id.v, set_id);
  CHECK_TEXT(all.at[0].preview->refusals.at[0].code, "shipped");
  must(cx, &change_decline_act, &change_decide_rec, set_id, "{'reason':'it has left'}");
  CHECK_INT(sets(cx, "declined"), 1);
  check_books(cx);
}

TEST(what_no_set_can_change_is_refused_as_before)
{
  struct ctx *cx = a_shop(t);
  const struct order *o;
  sent(cx, ORDER(CUPS(2)));
  CHECK_ERR(put(cx, "1001", "{'currency':'EUR','lines':[{'sku':'CUP','quantity':2,'unit_price':1}]}", &o),
            ERR_EXTERNAL_ID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/currency");
  CHECK(cx->fault.related != NULL);
  CHECK_ERR(act_json(cx, &order_place_act, &order_input_rec, NULL,
                     "{'channel':'web','external_id':'1001','currency':'USD','lines':[{'sku':'CUP','quantity':9}]}",
                     NULL),
            ERR_EXTERNAL_ID); /* by POST as ever */
  check_books(cx);
}

TEST(money_that_came_with_it_is_counted_once)
{
  struct ctx *cx = a_shop(t);
  static const char more[] =
      "{'currency':'USD','lines':[{'sku':'CUP','quantity':3}],'payments':[{'provider':'shop','kind':"
      "'capture','amount':2000,'reference':'p1'},{'provider':'shop','kind':'capture','amount':1000,"
      "'reference':'p2'}]}";
  sent(
      cx,
      "{'currency':'USD','lines':[{'sku':'CUP','quantity':2}],'payments':[{'provider':'shop','kind':'capture','amount':"
      "2000,'reference':'p1'}]}");
  const struct order *o = sent(cx, more);
  CHECK_INT(o->totals.paid.minor, 3000);
  CHECK_INT(o->hold_count, 0);
  o = sent(cx, more);
  CHECK_INT(o->totals.paid.minor, 3000);
  check_books(cx);
}
