/* Change sets of people: what moves, what it costs, what is refused, who was first. */
#include "shop_test.h"

#include <stdio.h>
#include <string.h>

#define TWO_CUPS    "'lines':[{'sku':'CUP','quantity':2}]"
#define PAID(cents) ",'payments':[{'provider':'manual','kind':'capture','amount':" #cents ",'reference':'tx'}]"

static const struct change_set *tried(struct ctx *cx, const char *order, const char *json)
{
  struct change_input *in = ARENA_NEW(cx->arena, struct change_input);
  struct change_set *set = ARENA_NEW(cx->arena, struct change_set);
  char *text = arena_text(cx->arena, json);
  for (char *p = text; *p; p++)
    *p = *p == '\'' ? '"' : *p;
  fault_clear(&cx->fault);
  rec_init(&change_input_rec, in);
  CHECK_OK(rec_read(&change_input_rec, text, strlen(text), "", cx->arena, &cx->fault, in));
  CHECK_OK(change_try(cx, order, in, set));
  return set;
}

static const struct hold *active(const struct order *o, const char *type)
{
  EACH (const struct hold, h, &o->holds)
    if (h->state == HOLD_ACTIVE && strcmp(h->type, type) == 0)
      return h;
  return NULL;
}

/* ---- Units ---- */

TEST(more_of_a_line_is_sourced_as_if_it_were_placed_now)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS PAID(2000));
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':5}]}");
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 5);
  CHECK_INT(reserved(cx, "CUP"), 5);
  CHECK_INT(o->totals.total.minor, 5000);
  CHECK_INT(scratch_events(cx, "order.changed"), 1);
  CHECK_INT(scratch_events(cx, "change.confirmed"), 1);
  check_books(cx);
}

TEST(less_of_a_line_gives_its_stock_back_and_keeps_its_number)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'CUP','quantity':3},{'sku':'TEE','quantity':1}]");
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':0}]}");
  CHECK_INT(at(o, 1, PLACE_CANCELLED), 3);
  CHECK_INT(reserved(cx, "CUP"), 0);
  CHECK_INT(o->totals.total.minor - o->totals.cancelled.minor, 1990);
  o = changed(cx, id, "{'lines':[{'sku':'HAT','quantity':2}]}");
  CHECK_INT(o->lines.n, 3);
  CHECK_INT(o->lines.at[2].line, 3);
  CHECK_INT(at(o, 3, PLACE_ALLOCATED), 2);
  o = changed(cx, id, "{'lines':[{'line':1,'quantity':1}]}");
  CHECK_INT(o->lines.at[0].quantity.millionths, 4 * SCALE);
  CHECK_INT(at(o, 1, PLACE_CANCELLED), 3);
  CHECK_INT(o->totals.total.minor - o->totals.cancelled.minor, 1990 + 1400 + 1000);
  check_books(cx);
}

TEST(a_change_of_prices_alone_moves_no_stock)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS PAID(2000));
  struct order *was = the_order(cx, id);
  const struct change_set *set = tried(cx, id, "{'lines':[{'line':1,'unit_price':900,'price_reason':'dented'}]}");
  CHECK_INT(set->preview->stock.n, 0);
  CHECK_INT(set->preview->lines.at[0].units.n, 0);
  CHECK_INT(set->preview->money.difference.minor, -200);
  CHECK_INT(set->preview->money.give_back.minor, 200);
  int64_t rows = scratch_i64(cx, "SELECT count(*) FROM reservation");
  int64_t versions = scratch_i64(cx, "SELECT CAST(sum(version) AS BIGINT) FROM fulfillment");
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'unit_price':900,'price_reason':'dented'}]}");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM reservation"), rows);
  CHECK_INT(scratch_i64(cx, "SELECT CAST(sum(version) AS BIGINT) FROM fulfillment"), versions);
  CHECK_INT(o->fulfillments.n, was->fulfillments.n);
  CHECK_INT(o->totals.total.minor, 1800);
  CHECK_INT(o->payment_status, PAYMENT_OVERPAID);
  CHECK_TEXT(o->lines.at[0].price_reason, "dented");
  CHECK_INT(o->hold_count, 0);
  check_books(cx);
}

TEST(only_the_open_quantity_moves_after_a_part_has_shipped)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'CUP','quantity':4}]" PAID(4000));
  must(cx, &fulfillment_pick_act, &pick_rec, ful_id(cx, id, 0), "{'scans':[{'sku':'CUP','quantity':4}]}");
  must(cx, &fulfillment_pack_act, &pack_rec, ful_id(cx, id, 0), "{}");
  must(cx, &fulfillment_ship_act, &ship_rec, ful_id(cx, id, 0), "{}");
  CHECK_INT(at(the_order(cx, id), 1, PLACE_SHIPPED), 4);
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':1,'quantity':3}]}", NULL),
            ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].code, "shipped");
  CHECK_TEXT(cx->fault.entries[0].pointer, "/lines/0/quantity");
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':1,'unit_price':1}]}", NULL),
            ERR_STATE);
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':6}]}");
  CHECK_INT(at(o, 1, PLACE_SHIPPED), 4);
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 2);
  CHECK_INT(o->fulfillments.n, 2);
  o = changed(cx, id, "{'lines':[{'line':1,'quantity':5}]}");
  CHECK_INT(at(o, 1, PLACE_SHIPPED), 4);
  CHECK_INT(at(o, 1, PLACE_CANCELLED), 1);
  check_books(cx);
}

TEST(what_is_packed_comes_back_last_and_with_a_task)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'CUP','quantity':4}]" PAID(4000));
  must(cx, &fulfillment_pick_act, &pick_rec, ful_id(cx, id, 0), "{'scans':[{'sku':'CUP','quantity':3}]}");
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':3}]}");
  CHECK_INT(at(o, 1, PLACE_PICKED), 3);
  CHECK_INT(scratch_events(cx, "fulfillment.put_back"), 0);
  o = changed(cx, id, "{'lines':[{'line':1,'quantity':1}]}");
  CHECK_INT(at(o, 1, PLACE_PICKED), 1);
  CHECK_INT(scratch_events(cx, "fulfillment.put_back"), 1);
  check_books(cx);
}

TEST(gifts_and_components_follow_their_parent)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'TEE','quantity':2},{'sku':'HAT','quantity':4,'unit_price':0,'kind':"
                                "'component','parent_line':1},{'sku':'CUP','quantity':2,'unit_price':0,'kind':'gift',"
                                "'parent_line':1}]");
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':3}]}");
  CHECK_INT(at(o, 2, PLACE_ALLOCATED), 6);
  CHECK_INT(at(o, 3, PLACE_ALLOCATED), 3);
  o = changed(cx, id, "{'lines':[{'line':1,'quantity':1}]}");
  CHECK_INT(at(o, 2, PLACE_ALLOCATED), 2);
  CHECK_INT(at(o, 3, PLACE_ALLOCATED), 1);
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':2,'quantity':9}]}", NULL),
            ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].code, "follows_parent");
  check_books(cx);
}

TEST(a_channel_that_refuses_short_orders_refuses_a_short_change)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS);
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':1,'quantity':25}]}", NULL),
            ERR_SHORTAGE);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/lines/0/quantity");
  CHECK_INT(cx->fault.entries[0].asked, 25 * SCALE);
  CHECK_INT(cx->fault.entries[0].available, 20 * SCALE);
  const struct change_set *set = tried(cx, id, "{'lines':[{'line':1,'quantity':25}]}");
  CHECK_INT(set->preview->refusals.n, 1);
  CHECK_TEXT(set->preview->refusals.at[0].code, "insufficient_stock");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM change_set"), 0);
  id = an_order(cx, "'lines':[{'sku':'TEE','quantity':1}]" PAID(1990));
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':25}]}"); /* what was paid is never refused */
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 20);
  CHECK(active(o, "stock_short"));
  o = changed(cx, id, "{'lines':[{'line':1,'quantity':20}]}");
  CHECK(!active(o, "stock_short"));
  check_books(cx);
}

TEST(nothing_is_no_change_and_nothing_left_is_a_cancellation)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS);
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{}", NULL), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].code, "nothing_changes");
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':1,'quantity':2}]}", NULL),
            ERR_INVALID);
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':1,'quantity':0}]}", NULL),
            ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].code, "nothing_left");
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id,
                     "{'lines':[{'line':7,'quantity':1},{'sku':'NOPE','quantity':1}]}", NULL),
            ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/lines/1/sku");
  must(cx, &order_cancel_act, &cancel_rec, id, "{'reason':'no'}");
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'lines':[{'line':1,'quantity':1}]}", NULL),
            ERR_STATE);
  check_books(cx);
}

/* ---- Money ---- */

TEST(more_to_pay_holds_a_prepaid_order_until_it_is_paid)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS PAID(2000));
  const struct change_set *set = tried(cx, id, "{'lines':[{'sku':'TEE','quantity':1}]}");
  CHECK_INT(set->preview->money.difference.minor, 1990);
  CHECK_INT(set->preview->money.collect.minor, 1990);
  CHECK_INT(set->preview->holds.n, 1);
  CHECK_TEXT(set->preview->holds.at[0].type, "payment_mismatch");
  struct order *o = changed(cx, id, "{'lines':[{'sku':'TEE','quantity':1}]}");
  CHECK(active(o, "payment_mismatch"));
  CHECK_ERR(act_json(cx, &fulfillment_pick_act, &pick_rec, ful_id(cx, id, 0), "{}", NULL), ERR_HELD);
  must(cx, &payment_add_act, &payment_input_rec, id, "{'provider':'manual','kind':'capture','amount':1990}");
  CHECK(!active(the_order(cx, id), "payment_mismatch"));
  check_books(cx);
}

TEST(less_to_pay_is_given_back_when_asked)
{
  struct ctx *cx = a_shop(t);
  const char *id =
      an_order(cx, "'lines':[{'sku':'CUP','quantity':3,'discount':100,'tax_rate':'0.07'}],'prices_include_tax':"
                   "false" PAID(3103));
  const struct change_set *set = tried(cx, id, "{'lines':[{'line':1,'quantity':1}],'refund':true}");
  CHECK_INT(set->preview->refunds.n, 1);
  struct money back = set->preview->refunds.at[0].amount;
  CHECK_INT(back.minor, -set->preview->money.difference.minor);
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':1}],'refund':true}");
  CHECK_INT(o->totals.refunded.minor, back.minor);
  CHECK_INT(o->totals.due.minor, 0);
  must(cx, &order_cancel_act, &cancel_rec, id, "{'reason':'all of it','refund':true}");
  CHECK_INT(the_order(cx, id)->totals.refunded.minor, 3103); /* the parts add up to the whole */
  check_books(cx);
}

TEST(charges_are_changed_by_their_kind)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS ",'charges':[{'kind':'shipping','amount':500}]");
  struct order *o = changed(cx, id, "{'charges':[{'kind':'shipping','amount':300},{'kind':'gift_wrap','amount':50}]}");
  CHECK_INT(o->charges.n, 2);
  CHECK_INT(o->totals.total.minor, 2350);
  o = changed(cx, id, "{'charges':[{'kind':'gift_wrap','amount':0}]}");
  CHECK_INT(o->totals.total.minor, 2300);
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'charges':[{'kind':'tip','amount':-1}]}", NULL),
            ERR_INVALID);
  check_books(cx);
}

TEST(a_tax_given_as_an_amount_moves_with_its_line)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'CUP','quantity':2,'tax':140}],'prices_include_tax':false");
  struct order *o = changed(cx, id, "{'lines':[{'line':1,'quantity':3}]}");
  CHECK_INT(o->lines.at[0].tax.minor, 210);
  CHECK_INT(o->totals.total.minor, 3210);
  check_books(cx);
}

/* ---- Delivery ---- */

TEST(another_address_sources_what_is_open_anew_and_keeps_the_tax)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS ",'shipping_address':{'name':'Li','line1':'1 Nanjing Rd','country':'CN'}");
  const struct change_set *set = tried(cx, id, "{'shipping_address':{'name':'Li','line1':'2 Bund','country':'CN'}}");
  CHECK_INT(set->preview->stock.n, 0); /* from the same place again: nothing moves on balance */
  struct order *o = changed(cx, id, "{'shipping_address':{'name':'Li','line1':'2 Bund','country':'CN'}}");
  CHECK_TEXT(o->personal.shipping_address->line1, "2 Bund");
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 2);
  CHECK(instant_set(o->promise.ship_by));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event WHERE data LIKE '%Bund%'"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM change_set WHERE asked LIKE '%Bund%' OR base LIKE '%Nanjing%'"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM change_personal WHERE shipping_address LIKE '%Bund%'"), 1);
  int64_t decisions = scratch_i64(cx, "SELECT count(*) FROM sourcing_decision");
  changed(cx, id, "{'shipping_address':{'name':'Li Wei','line1':'2 Bund','country':'CN'}}");
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM sourcing_decision"), decisions); /* another name: the same place */
  check_books(cx);
}

TEST(delivery_changes_until_something_is_picked)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS);
  struct order *o = changed(cx, id, "{'delivery':{'type':'pickup','location':'BER'}}");
  CHECK_INT(o->delivery.type, DELIVERY_PICKUP);
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (fulfillment_live(f))
      CHECK_TEXT(f->location, "BER");
  CHECK_ERR(
      act_json(cx, &change_create_act, &change_input_rec, id, "{'delivery':{'type':'pickup','location':'X'}}", NULL),
      ERR_INVALID);
  size_t live = 0;
  for (size_t i = 0; i < o->fulfillments.n; i++)
    live = fulfillment_live(&o->fulfillments.at[i]) ? i : live;
  must(cx, &fulfillment_pick_act, &pick_rec, ful_id(cx, id, live), "{}");
  CHECK_ERR(act_json(cx, &change_create_act, &change_input_rec, id, "{'delivery':{'type':'ship'}}", NULL), ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].code, "being_worked");
  check_books(cx);
}

/* ---- Who was first ---- */

TEST(the_same_field_changed_by_two_is_a_conflict_that_says_what)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'CUP','quantity':2},{'sku':'TEE','quantity':1}]");
  const char *mine = a_set(cx, id, "{'lines':[{'line':1,'quantity':4}]}");
  changed(cx, id, "{'lines':[{'line':1,'quantity':3}]}");
  CHECK_ERR(confirm(cx, mine, "{}"), ERR_VERSION);
  CHECK_INT(cx->fault.n, 1);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/lines/0/quantity");
  CHECK_TEXT(cx->fault.entries[0].before, "2");
  CHECK_TEXT(cx->fault.entries[0].theirs, "3");
  CHECK_TEXT(cx->fault.entries[0].mine, "4");
  must(cx, &change_conflict_act, NULL, mine, "");
  struct change_set set;
  CHECK_OK(change_load(cx, mine, &set));
  CHECK_INT(set.state, CHANGE_CONFLICTED);
  CHECK(strstr(set.conflicts, "\"theirs\":3"));
  CHECK_ERR(confirm(cx, mine, "{}"), ERR_STATE);
  CHECK_INT(scratch_events(cx, "change.conflicted"), 1);
  check_books(cx);
}

TEST(other_fields_changed_by_others_need_the_new_preview)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, "'lines':[{'sku':'CUP','quantity':2},{'sku':'TEE','quantity':1}]");
  const char *mine = a_set(cx, id, "{'lines':[{'line':1,'quantity':4}]}");
  changed(cx, id, "{'lines':[{'line':2,'quantity':2}]}");
  CHECK_ERR(confirm(cx, mine, "{}"), ERR_PREVIEW);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/preview_hash");
  CHECK(cx->fault.entries[1].theirs != NULL);
  struct change_set set;
  fault_clear(&cx->fault);
  CHECK_OK(change_load(cx, mine, &set));
  CHECK_OK(change_refresh(cx, &set));
  CHECK_OK(confirm(cx, mine, arena_printf(cx->arena, "{'preview_hash':'%s'}", set.preview_hash)));
  struct order *o = the_order(cx, id);
  CHECK_INT(at(o, 1, PLACE_ALLOCATED), 4);
  CHECK_INT(at(o, 2, PLACE_ALLOCATED), 2);
  check_books(cx);
}

TEST(stock_that_moved_needs_the_new_preview_and_time_alone_does_not)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS PAID(2000));
  const char *mine = a_set(cx, id, "{'lines':[{'line':1,'quantity':9}]}");
  cx->now.ms += HOUR_MS;
  const char *other = an_order(cx, "'lines':[{'sku':'CUP','quantity':5}]"); /* what was free where it came from */
  CHECK_ERR(confirm(cx, mine, "{}"), ERR_PREVIEW);
  must(cx, &order_cancel_act, &cancel_rec, other, "{'reason':'no'}");
  CHECK_OK(confirm(cx, mine, "{}"));
  check_books(cx);
}

TEST(a_set_is_decided_once_and_ends_when_nobody_does)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS);
  const char *a = a_set(cx, id, "{'lines':[{'line':1,'quantity':3}]}"),
             *b = a_set(cx, id, "{'lines':[{'line':1,'quantity':4}]}");
  const char *c = a_set(cx, id, "{'lines':[{'line':1,'quantity':5}]}");
  must(cx, &change_decline_act, &change_decide_rec, a, "{'reason':'too late'}");
  CHECK_ERR(confirm(cx, a, "{}"), ERR_STATE);
  must(cx, &change_cancel_act, &change_decide_rec, b, "{}");
  CHECK_ERR(act_json(cx, &change_decline_act, &change_decide_rec, b, "{}", NULL), ERR_STATE);
  change_ids due = {0};
  CHECK_ERR(act_json(cx, &change_expire_act, NULL, c, "", NULL), ERR_STATE);
  cx->now.ms += 73 * HOUR_MS;
  CHECK_OK(changes_expiring(cx, BUCKET_GROUPS_ALL, 10, &due));
  CHECK_INT(due.n, 1);
  must(cx, &change_expire_act, NULL, c, "");
  CHECK_ERR(confirm(cx, c, "{}"), ERR_STATE);
  CHECK_INT(the_order(cx, id)->version, 1);
  CHECK_INT(scratch_events(cx, "change.declined"), 1);
  CHECK_INT(scratch_events(cx, "change.expired"), 1);
  check_books(cx);
}

TEST(a_set_says_that_a_wave_or_a_pick_came_first)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS);
  const char *mine = a_set(cx, id, "{'lines':[{'line':1,'quantity':1}]}");
  must(cx, &fulfillment_pick_act, &pick_rec, ful_id(cx, id, 0), "{}");
  CHECK_ERR(confirm(cx, mine, "{}"), ERR_PREVIEW); /* the unit would come out of a basket now */
  struct change_set set;
  fault_clear(&cx->fault);
  CHECK_OK(change_load(cx, mine, &set));
  CHECK_OK(change_refresh(cx, &set));
  CHECK_OK(confirm(cx, mine, arena_printf(cx->arena, "{'preview_hash':'%s'}", set.preview_hash)));
  CHECK_INT(at(the_order(cx, id), 1, PLACE_PICKED), 1);
  CHECK_INT(scratch_events(cx, "fulfillment.put_back"), 1);
  check_books(cx);
}

/* ---- Who may ---- */

TEST(customers_change_until_the_cut_off_and_never_prices)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, TWO_CUPS);
  struct change_input in;
  rec_init(&change_input_rec, &in);
  in.shipping_method = "express";
  struct order *o = the_order(cx, id);
  fault_clear(&cx->fault);
  CHECK(change_allowed(o, CHANGE_CUSTOMER, CHANGE_UNTIL_RELEASED, &in, &cx->fault));
  CHECK(!change_allowed(o, CHANGE_CUSTOMER, CHANGE_UNTIL_PLACED, &in, &cx->fault)); /* it is open */
  CHECK_TEXT(cx->fault.entries[0].code, "cut_off");
  fault_clear(&cx->fault);
  struct change_line_input *l = LIST_ADD(cx->arena, &in.lines);
  *l = (struct change_line_input){.line = 1,
                                  .quantity = PIECES(1),
                                  .unit_price = PRICE(ABSENT),
                                  .discount = MONEY(ABSENT),
                                  .tax_rate = RATE(ABSENT),
                                  .tax = MONEY(ABSENT),
                                  .parent_line = ABSENT};
  CHECK(change_allowed(o, CHANGE_CUSTOMER, CHANGE_UNTIL_PICKED, &in, &cx->fault));
  l->unit_price = PRICE(1);
  CHECK(!change_allowed(o, CHANGE_CUSTOMER, CHANGE_UNTIL_PICKED, &in, &cx->fault));
  CHECK(cx->fault.code == ERR_FORBIDDEN);
  l->unit_price = PRICE(ABSENT);
  must(cx, &fulfillment_pick_act, &pick_rec, ful_id(cx, id, 0), "{'scans':[{'sku':'CUP','quantity':1}]}");
  o = the_order(cx, id);
  fault_clear(&cx->fault);
  CHECK(!change_allowed(o, CHANGE_CUSTOMER, CHANGE_UNTIL_PICKED, &in, &cx->fault));
  fault_clear(&cx->fault);
  CHECK(change_allowed(o, CHANGE_STAFF, CHANGE_UNTIL_PLACED, &in, &cx->fault));
}
