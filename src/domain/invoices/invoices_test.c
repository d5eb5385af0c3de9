/* Invoices and credit notes: parts add up, numbers have no hole, what was issued stays. */
#include "invoices.h"

#include "scratch.h"
#include "settings.h"
#include "test.h"

#include <string.h>

#define NOON "2026-01-05T12:00:00Z"

static enum err act_json(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json,
                         struct act_result *out)
{
  void *body = arena_alloc(cx->arena, rec->size);
  fault_clear(&cx->fault);
  rec_init(rec, body);
  TRY(rec_read(rec, json, strlen(json), "", cx->arena, &cx->fault, body));
  return scratch_act(cx, act, (struct act_input){.id = id, .body = body, .version = ABSENT}, out);
}

static const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char *text = arena_alloc(cx->arena, ID_TEXT);
  id_format(prefix, id, text);
  return text;
}

struct want_line {
  int64_t pieces, price_millionths, discount, rate_ppm;
  const char *category;
};

static const char *an_order_of(struct ctx *cx, bool include_tax, const char *currency, const struct want_line *lines,
                               size_t n, int64_t shipping)
{
  struct order_work w;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(channels_bootstrap(cx));
  order_work_new(cx, &w);
  struct order *o = w.after;
  o->channel = "web";
  o->currency = currency;
  o->language = "en";
  o->prices_include_tax = include_tax;
  w.number_series = "order";
  w.number_prefix = "SO-";
  o->personal.billing_address = ARENA_NEW(cx->arena, struct address);
  rec_init(&address_rec, o->personal.billing_address);
  o->personal.billing_address->name = "Li Wei";
  o->personal.billing_address->country = "DE";
  for (size_t i = 0; i < n; i++) {
    struct order_line *l = LIST_ADD(cx->arena, &o->lines);
    rec_init(&order_line_rec, l);
    l->line = (int64_t)i + 1;
    l->sku = arena_printf(cx->arena, "SKU-%zu", i + 1);
    l->name = "Thing";
    l->unit = "pcs";
    l->stocked = true;
    l->quantity = PIECES(lines[i].pieces);
    l->unit_price = PRICE(lines[i].price_millionths);
    l->discount = MONEY(lines[i].discount);
    l->tax_rate = RATE(lines[i].rate_ppm);
    l->tax_category = lines[i].category;
    l->counters = (struct line_counters){.unallocated = PIECES(lines[i].pieces)};
  }
  if (shipping) {
    struct order_charge *c = LIST_ADD(cx->arena, &o->charges);
    rec_init(&order_charge_rec, c);
    c->n = 1;
    c->kind = CHARGE_SHIPPING;
    c->amount = MONEY(shipping);
    c->tax_rate = RATE(190000);
    c->refunded = MONEY(0);
  }
  CHECK_OK(order_price(cx, o));
  CHECK_OK(order_step(cx, &w, STEP_PLACE));
  order_work_finish(cx, &w);
  CHECK_OK(order_work_apply(cx, &w));
  CHECK_OK(scratch_commit(cx));
  return id_text(cx, PREFIX_order, o->id.v);
}

/* 3 x 10.00 less 1.00 at 19 %, 1 x 0.34 at 7 %, shipping 5.00. */
static const char *an_order(struct ctx *cx)
{
  const struct want_line lines[] = {{3, 1000 * SCALE, 100, 190000, "standard"}, {1, 34 * SCALE, 0, 70000, "reduced"}};
  return an_order_of(cx, true, "EUR", lines, 2, 500);
}

static enum err invoice(struct ctx *cx, const char *order, const char *json, struct act_result *r)
{
  return act_json(cx, &invoice_create_act, &invoice_input_rec, order, json, r);
}

static enum err credit(struct ctx *cx, const struct invoice *i, const char *json, struct act_result *r)
{
  return act_json(cx, &credit_note_create_act, &credit_input_rec, id_text(cx, PREFIX_invoice, i->id.v), json, r);
}

static enum err end(struct ctx *cx, const struct act *act, const struct invoice *i, struct act_result *r)
{
  return act_json(cx, act, &reason_input_rec, id_text(cx, PREFIX_invoice, i->id.v), "{\"reason\":\"wrong\"}", r);
}

static void set(struct ctx *cx, enum setting s, const char *value)
{
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(setting_store(cx, s, value));
  CHECK_OK(scratch_commit(cx));
  db_memo_clear(cx->db);
}

static void no_difference(void *arg, const char *difference, const char *repair)
{
  (void)arg, (void)repair;
  CHECK_TEXT(difference, "");
}

static void all_holds(struct ctx *cx)
{
  CHECK_OK(invoices_check(cx, no_difference, NULL));
}

static void count_difference(void *arg, const char *difference, const char *repair)
{
  (void)difference, (void)repair;
  ++*(int *)arg;
}

TEST(an_invoice_of_the_whole_order_comes_to_its_total)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  const char *order = an_order(cx);
  CHECK_OK(invoice(cx, order, "{}", &r));
  const struct invoice *i = r.value;
  CHECK_TEXT(i->number, "INV-000001");
  CHECK_INT(i->state, INVOICE_ISSUED);
  CHECK_INT(i->totals.total.minor, 2900 + 34 + 500);
  CHECK_INT(i->totals.tax.minor, 463 + 2 + 80);
  CHECK_INT(i->totals.net.minor + i->totals.charges.minor + i->totals.tax.minor, i->totals.total.minor);
  CHECK_INT((int64_t)i->content.taxes.n, 2);
  CHECK_TEXT(i->issue_date, "2026-01-05");
  CHECK_TEXT(i->due_date, "2026-01-19");
  CHECK_TEXT(i->buyer->name, "Li Wei");
  CHECK_INT(scratch_events(cx, "invoice.issued"), 1);
  CHECK_ERR(invoice(cx, order, "{}", &r), ERR_STATE);
  all_holds(cx);
}

TEST(voided_numbers_stay_recorded_and_what_they_billed_is_open_again)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  const char *order = an_order(cx);
  CHECK_OK(invoice(cx, order, "{}", &r));
  CHECK_OK(end(cx, &invoice_void_act, r.value, &r));
  CHECK_TEXT(((const struct invoice *)r.value)->number, "INV-000001");
  CHECK_ERR(end(cx, &invoice_void_act, r.value, &r), ERR_STATE);
  CHECK_OK(invoice(cx, order, "{}", &r));
  CHECK_TEXT(((const struct invoice *)r.value)->number, "INV-000002");
  all_holds(cx);
}

TEST(a_credit_note_takes_units_money_or_all_and_the_invoice_is_credited)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  CHECK_OK(invoice(cx, an_order(cx), "{}", &r));
  const struct invoice *i = r.value;
  CHECK_OK(credit(cx, i, "{\"reason\":\"broken\",\"lines\":[{\"n\":1,\"quantity\":1}]}", &r));
  CHECK_TEXT(((const struct invoice *)r.value)->number, "CN-000001");
  CHECK_INT(((const struct invoice *)r.value)->totals.total.minor, 967);
  CHECK_TEXT(((const struct invoice *)r.value)->preceding_number, "INV-000001");
  CHECK_OK(credit(cx, i, "{\"reason\":\"late\",\"lines\":[{\"n\":1,\"amount\":33}]}", &r));
  CHECK_INT(((const struct invoice *)r.value)->totals.tax.minor, 6);
  CHECK_ERR(credit(cx, i, "{\"reason\":\"x\",\"lines\":[{\"n\":1,\"quantity\":3}]}", &r), ERR_INVALID);
  CHECK_ERR(credit(cx, i, "{\"reason\":\"x\",\"lines\":[{\"n\":1,\"amount\":1901}]}", &r), ERR_INVALID);
  CHECK_ERR(end(cx, &invoice_void_act, i, &r), ERR_STATE);
  CHECK_OK(credit(cx, i, "{\"reason\":\"all of it\"}", &r));
  const struct invoice *last = r.value;
  struct invoice now;
  CHECK_OK(invoice_load(cx, "INV-000001", &now));
  CHECK_INT(now.state, INVOICE_CREDITED);
  CHECK_INT(now.credited.minor, now.totals.total.minor);
  CHECK_ERR(credit(cx, i, "{\"reason\":\"again\"}", &r), ERR_STATE);
  all_holds(cx);
  CHECK_OK(end(cx, &invoice_void_act, last, &r));
  CHECK_OK(invoice_load(cx, "INV-000001", &now));
  CHECK_INT(now.state, INVOICE_ISSUED);
  CHECK_INT(now.credited.minor, 967 + 33);
  all_holds(cx);
}

/* The property: in whatever parts, with tax in or not, with voids between, the parts come to the whole. */
static uint64_t roll(uint64_t *seed, uint64_t n)
{
  *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (*seed >> 33) % n;
}

TEST(invoices_in_any_parts_come_to_the_order_s_total)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  uint64_t seed = 7;
  for (int round = 0; round < 30; round++) {
    struct act_result r;
    struct want_line lines[3];
    int64_t open[3], billed = 0, tax = 0;
    struct order *o;
    int64_t order_id;
    for (int i = 0; i < 3; i++) {
      open[i] = (int64_t)roll(&seed, 7) + 1;
      lines[i] =
          (struct want_line){open[i], (int64_t)roll(&seed, 2000000000), 0, (int64_t)roll(&seed, 3) * 95000, NULL};
      lines[i].discount = (int64_t)roll(&seed, 2) * (lines[i].price_millionths / SCALE / 3);
    }
    const char *order = an_order_of(cx, roll(&seed, 2), "EUR", lines, 3, (int64_t)roll(&seed, 2) * 499);
    while (open[0] + open[1] + open[2] > 0) {
      int64_t line = (int64_t)roll(&seed, 3), q = (int64_t)roll(&seed, (uint64_t)open[line] + 1);
      if (q == 0)
        continue;
      CHECK_OK(invoice(
          cx, order,
          arena_printf(cx->arena, "{\"lines\":[{\"line\":%lld,\"quantity\":%lld}]}", (long long)line + 1, (long long)q),
          &r));
      const struct invoice *i = r.value;
      CHECK(i->totals.total.minor >= 0 && i->totals.tax.minor >= 0);
      if (roll(&seed, 4) == 0) {
        CHECK_OK(end(cx, &invoice_void_act, i, &r));
        continue;
      }
      open[line] -= q;
      billed += i->totals.total.minor;
      tax += i->totals.tax.minor;
    }
    CHECK(id_parse(PREFIX_order, order, &order_id));
    CHECK_OK(order_load(cx, (struct order_id){order_id}, &o));
    int64_t charges = 0;
    invoices all = {0};
    CHECK_OK(invoices_of_order(cx, o->id, &all));
    EACH (const struct invoice, i, &all)
      charges += invoice_live(i) && i->content.charges.n;
    if (o->charges.n == 0 || charges) {
      CHECK_INT(billed, o->totals.total.minor);
      CHECK_INT(tax, o->totals.tax.minor);
    }
  }
  all_holds(cx);
}

TEST(numbers_of_a_government_s_block_are_drawn_to_its_end_and_the_unused_are_told)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct number_block b;
  const char *parts[] = {"{\"lines\":[{\"line\":1,\"quantity\":1}]}", "{\"lines\":[{\"line\":1,\"quantity\":1}]}",
                         "{\"lines\":[{\"line\":1,\"quantity\":1}]}"};
  const char *numbers[] = {"AB-12345678", "AB-12345679", "CD-00000001"};
  set(cx, SETTING_INVOICE_NUMBERS, "block");
  const char *order = an_order(cx);
  CHECK_ERR(invoice(cx, order, "{}", &r), ERR_STATE);
  CHECK_OK(act_json(cx, &number_block_create_act, &number_block_rec, NULL,
                    "{\"prefix\":\"AB-\",\"first_value\":12345678,\"last_value\":12345679}", &r));
  const char *block = id_text(cx, PREFIX_number_block, ((const struct number_block *)r.value)->id.v);
  CHECK_ERR(act_json(cx, &number_block_create_act, &number_block_rec, NULL,
                     "{\"prefix\":\"AB-\",\"first_value\":12345679,\"last_value\":12345680}", &r),
            ERR_INVALID);
  CHECK_OK(act_json(cx, &number_block_create_act, &number_block_rec, NULL,
                    "{\"prefix\":\"CD-\",\"first_value\":1,\"last_value\":9,\"valid_until\":\"2026-02-28\"}", &r));
  for (int i = 0; i < 3; i++) {
    CHECK_OK(invoice(cx, order, parts[i], &r));
    CHECK_TEXT(((const struct invoice *)r.value)->number, numbers[i]);
  }
  CHECK_OK(number_block_load(cx, block, &b));
  CHECK_INT(b.unused, 0);
  scratch_clock(cx, "2026-03-01T12:00:00Z");
  CHECK_ERR(invoice(cx, order, "{}", &r), ERR_STATE);
  all_holds(cx);
}

TEST(a_number_from_outside_is_put_in_once_and_a_rejected_invoice_bills_nothing)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  set(cx, SETTING_INVOICE_NUMBERS, "outside");
  const char *order = an_order(cx), *id;
  CHECK_OK(invoice(cx, order, "{}", &r));
  CHECK_INT(((const struct invoice *)r.value)->state, INVOICE_REQUESTED);
  CHECK_OK(end(cx, &invoice_reject_act, r.value, &r));
  CHECK_OK(invoice(cx, order, "{}", &r));
  id = id_text(cx, PREFIX_invoice, ((const struct invoice *)r.value)->id.v);
  CHECK_ERR(act_json(cx, &invoice_issue_act, &invoice_number_rec, id, "{}", &r), ERR_INVALID);
  CHECK_OK(act_json(cx, &invoice_issue_act, &invoice_number_rec, id, "{\"number\":\"25A-77\"}", &r));
  CHECK_TEXT(((const struct invoice *)r.value)->number, "25A-77");
  CHECK_ERR(act_json(cx, &invoice_issue_act, &invoice_number_rec, id, "{\"number\":\"25A-78\"}", &r), ERR_STATE);
  CHECK_OK(invoice(cx, an_order(cx), "{}", &r));
  id = id_text(cx, PREFIX_invoice, ((const struct invoice *)r.value)->id.v);
  CHECK_ERR(act_json(cx, &invoice_issue_act, &invoice_number_rec, id, "{\"number\":\"25A-77\"}", &r), ERR_EXISTS);
  all_holds(cx);
}

TEST(the_check_sees_a_hole_in_a_series_and_a_document_that_was_changed)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  static const struct db_stmt change = {"UPDATE invoice SET due_date = '2027-01-01' WHERE number = 'INV-000001'",
                                        DB_REPORT};
  static const struct db_stmt skip = {"UPDATE number_series SET next_value = next_value + 1 WHERE code = 'invoice'",
                                      DB_KEYED};
  struct act_result r;
  int n = 0;
  CHECK_OK(invoice(cx, an_order(cx), "{}", &r));
  CHECK_OK(invoice(cx, an_order(cx), "{}", &r));
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_run(cx->db, &change, NULL, DB_NO_ARGS));
  CHECK_OK(db_run(cx->db, &skip, NULL, DB_NO_ARGS));
  CHECK_OK(scratch_commit(cx));
  CHECK_OK(invoices_check(cx, count_difference, &n));
  CHECK_INT(n, 2);
}

TEST(tax_ids_are_told_by_their_check_digits)
{
  CHECK(tax_id_china("91350100M000100Y43"));
  CHECK(!tax_id_china("91350100M000100Y44"));
  CHECK(!tax_id_china("91350100M000100I43"));
  CHECK(tax_id_taiwan("04595257"));
  CHECK(tax_id_taiwan("10458575")); /* a 7 at the seventh place */
  CHECK(!tax_id_taiwan("04595258"));
  CHECK(iban_valid("DE89370400440532013000"));
  CHECK(!iban_valid("DE89370400440532013001"));
  CHECK(vat_id_valid("DE123456789"));
  CHECK(vat_id_valid("EL123456789"));
  CHECK(!vat_id_valid("ZZ123456789"));
}

TEST(a_buyer_s_tax_number_with_a_wrong_check_digit_stops_the_issue)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  const char *order = an_order(cx);
  CHECK_ERR(invoice(cx, order, "{\"buyer\":{\"name\":\"A\",\"country\":\"TW\",\"tax_id\":\"04595258\"}}", &r),
            ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/buyer/tax_id");
  CHECK_OK(invoice(cx, order, "{\"buyer\":{\"name\":\"A\",\"country\":\"TW\",\"tax_id\":\"04595257\"}}", &r));
}

TEST(a_channel_s_own_series_begins_at_one)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  CHECK_OK(invoice(cx, an_order(cx), "{}", &r));
  set(cx, SETTING_INVOICE_SERIES, "channel");
  CHECK_OK(invoice(cx, an_order(cx), "{}", &r));
  CHECK_TEXT(((const struct invoice *)r.value)->number, "INV-WEB-000001");
  all_holds(cx);
}
