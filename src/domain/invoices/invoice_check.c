/* The invariants of documents, over the whole database: parts of an order add up (4), series have no hole and no number stands
 * twice (7), what was issued says what it said. */
#include "invoices_priv.h"

#include <stdio.h>

enum { SLICE = 100 };

struct checker {
  struct ctx *cx;
  inventory_report *report;
  void *arg;
};

static void differs(struct checker *c, const char *what, const char *repair, const char *fmt, ...) PRINTF_LIKE(4, 5);
static void differs(struct checker *c, const char *what, const char *repair, const char *fmt, ...)
{
  va_list args;
  char line[512];
  va_start(args, fmt);
  vsnprintf(line, sizeof line, fmt, args);
  va_end(args);
  c->report(c->arg, arena_printf(c->cx->arena, "%s: %s", what, line), repair);
}

static const char *name_of(struct checker *c, const struct invoice *i)
{
  char id[ID_TEXT];
  id_format(PREFIX_invoice, i->id.v, id);
  return arena_printf(c->cx->arena, "%s %s", i->kind == INVOICE ? "invoice" : "credit note",
                      i->number ? i->number : id);
}

/* ---- One document ---- */

static void check_sums(struct checker *c, const struct invoice *i)
{
  struct money net = MONEY(0), tax = MONEY(0), total = MONEY(0), charges = MONEY(0);
  EACH (const struct invoice_line, l, &i->content.lines) {
    net = money_add(net, l->net);
    tax = money_add(tax, l->tax);
    total = money_add(total, l->total);
  }
  EACH (const struct invoice_line, l, &i->content.charges) {
    charges = money_add(charges, l->net);
    tax = money_add(tax, l->tax);
    total = money_add(total, l->total);
  }
  const struct invoice_totals *t = &i->totals;
  if (net.minor != t->net.minor || tax.minor != t->tax.minor || total.minor != t->total.minor ||
      charges.minor != t->charges.minor + t->rounding.minor || t->due.minor != t->total.minor - t->paid.minor)
    differs(c, name_of(c, i), "compare with a backup: it was changed after it was made",
            "its lines come to %lld, it says %lld", (long long)total.minor, (long long)t->total.minor);
}

static void check_document(struct checker *c, const struct invoice *i)
{
  bool numbered = i->state == INVOICE_ISSUED || i->state == INVOICE_CREDITED;
  check_sums(c, i);
  if (numbered && !i->number)
    differs(c, name_of(c, i), "void it", "it is %s without a number", invoice_states[i->state]);
  if (i->number && i->content_hash && !text_eq(invoice_hash(c->cx->arena, i), i->content_hash))
    differs(c, name_of(c, i), "compare with a backup: a document is never changed after its issue",
            "it no longer says what was issued");
}

/* ---- All documents of an order ---- */

static void check_credited(struct checker *c, const invoices *all, const struct invoice *i)
{
  struct money sum = MONEY(0);
  EACH (const struct invoice, note, all)
    if (note->kind == CREDIT_NOTE && note->preceding_id.v == i->id.v && note->state == INVOICE_ISSUED)
      sum = money_add(sum, note->totals.total);
  if (sum.minor != i->credited.minor || sum.minor > i->totals.total.minor)
    differs(c, name_of(c, i), "compare with a backup", "%lld of it are credited, it says %lld of %lld",
            (long long)sum.minor, (long long)i->credited.minor, (long long)i->totals.total.minor);
}

/* A line whose price was changed after it was invoiced is corrected by a credit note or stays as it is: a person's to say. */
static bool same_terms(const invoices *all, const struct order_line *l, const struct billed *b, struct money lost)
{
  EACH (const struct invoice, i, all)
    EACH (const struct invoice_line, x, &i->content.lines)
      if (invoice_live(i) && x->line == l->line && !x->amount_only &&
          x->unit_price.millionths != l->unit_price.millionths)
        return false;
  return b->discount.minor == l->discount.minor - lost.minor;
}

static int64_t apart(struct money a, struct money b)
{
  int64_t d = money_sub(a, b).minor;
  return d < 0 ? -d : d;
}

static void check_line(struct checker *c, const struct order *o, const invoices *all, const struct order_line *l)
{
  struct billed b = billed_line(all, l->line, false);
  struct quantity net = quantity_sub(b.invoiced, b.credited);
  struct pricing_line whole = {.unit_price = l->unit_price,
                               .quantity = l->quantity,
                               .discount = l->discount,
                               .tax = l->tax,
                               .gross = l->gross,
                               .amount = l->amount,
                               .total = l->total};
  struct pricing_part lost = pricing_line_share(&whole, o->prices_include_tax, QUANTITY(0), l->counters.cancelled);
  /* Units that were cancelled after their invoice, and credited from it, are its shares: a unit of rounding each. */
  int64_t slack = b.credited.millionths ? (int64_t)all->n : 0;
  struct money want = money_sub(l->total, lost.total), tax = money_sub(l->tax, lost.tax);
  if (net.millionths > l->quantity.millionths || net.millionths < 0)
    differs(c, o->number, "credit what is too much", "line %lld: %lld millionths are invoiced, %lld were ordered",
            (long long)l->line, (long long)net.millionths, (long long)l->quantity.millionths);
  else if (net.millionths > 0 && same_terms(all, l, &b, lost.discount) &&
           net.millionths == l->quantity.millionths - l->counters.cancelled.millionths &&
           (apart(b.total, want) > slack || apart(b.tax, tax) > slack))
    differs(c, o->number, "credit the difference",
            "line %lld is fully invoiced with %lld (tax %lld), the order says %lld (tax %lld)", (long long)l->line,
            (long long)b.total.minor, (long long)b.tax.minor, (long long)want.minor, (long long)tax.minor);
}

static enum err check_order(struct checker *c, struct order_id id)
{
  struct order *o;
  invoices all = {0};
  TRY(order_load(c->cx, id, &o));
  TRY(invoices_of_order(c->cx, id, &all));
  EACH (const struct invoice, i, &all) {
    check_document(c, i);
    if (i->kind == INVOICE)
      check_credited(c, &all, i);
  }
  EACH (const struct order_line, l, &o->lines)
    check_line(c, o, &all, l);
  return ERR_OK;
}

static enum err next_orders(struct ctx *cx, int64_t *after, int64_t *ids, size_t *n)
{
  static const struct db_stmt slice = {
      "SELECT DISTINCT order_id FROM invoice WHERE order_id > $1 ORDER BY order_id LIMIT $2", DB_REPORT};
  struct db_rows rows;
  *n = 0;
  TRY(db_query(cx->db, &slice, &rows, DB_ARGS(I64(*after), I64(SLICE))));
  while (*n < SLICE && db_next(&rows))
    ids[(*n)++] = db_i64(&rows, 0);
  TRY(db_done(&rows));
  *after = *n ? ids[*n - 1] : *after;
  return ERR_OK;
}

static enum err check_orders(struct checker *c, int64_t *last, bool *out_more)
{
  int64_t ids[SLICE];
  size_t n;
  TRY(next_orders(c->cx, last, ids, &n));
  *out_more = n > 0;
  for (size_t i = 0; i < n; i++)
    TRY(check_order(c, (struct order_id){ids[i]}));
  return ERR_OK;
}

static enum err check_slice(struct checker *c, int64_t *last, bool *out_more)
{
  TRY(db_read_begin(c->cx->db));
  enum err err = check_orders(c, last, out_more);
  db_read_end(c->cx->db);
  return err;
}

/* ---- Series ---- */

/* As many different places as from the first to the last, and the last is the one before the next. */
static enum err check_series(struct checker *c)
{
  static const struct db_stmt series = {
      "SELECT s.code, s.next_value, i.n, i.low, i.high FROM number_series s JOIN"
      " (SELECT series, count(DISTINCT serial) AS n, min(serial) AS low, max(serial) AS high, count(*) AS of_all"
      "  FROM invoice WHERE series IS NOT NULL GROUP BY series) i ON i.series = s.code"
      " WHERE i.n <> i.high - i.low + 1 OR i.n <> i.of_all OR i.high <> s.next_value - 1 ORDER BY s.code LIMIT 1000",
      DB_REPORT};
  struct db_rows rows;
  TRY(db_query(c->cx->db, &series, &rows, DB_NO_ARGS));
  while (db_next(&rows))
    differs(c, db_text(&rows, 0), "compare with a backup: a number of a legal series is never left out",
            "%lld documents from %lld to %lld, the next is %lld", (long long)db_i64(&rows, 2),
            (long long)db_i64(&rows, 3), (long long)db_i64(&rows, 4), (long long)db_i64(&rows, 1));
  return db_done(&rows);
}

static enum err count_numbers(struct ctx *cx, int64_t *out_borne, int64_t *out_found)
{
  static const struct db_stmt borne = {"SELECT count(*) FROM invoice WHERE number IS NOT NULL", DB_REPORT};
  static const struct db_stmt found = {"SELECT count(*) FROM invoice_number", DB_REPORT};
  TRY(db_one_i64(cx->db, &borne, out_borne, DB_NO_ARGS));
  return db_one_i64(cx->db, &found, out_found, DB_NO_ARGS);
}

static enum err check_numbers(struct checker *c)
{
  int64_t borne = 0, found = 0;
  TRY(db_read_begin(c->cx->db));
  enum err err = count_numbers(c->cx, &borne, &found);
  db_read_end(c->cx->db);
  if (err == ERR_OK && borne != found)
    differs(c, "invoices", "compare invoice_number with the numbers of invoices",
            "%lld bear a number, %lld are found by one", (long long)borne, (long long)found);
  return err;
}

enum err invoices_check(struct ctx *cx, inventory_report *report, void *arg)
{
  struct arena *whole = cx->arena, *slice = arena_new((size_t)512 << 20);
  struct checker c = {cx, report, arg};
  int64_t last = 0;
  bool more = true;
  enum err err = check_series(&c);
  if (err == ERR_OK)
    err = check_numbers(&c);
  while (err == ERR_OK && more) {
    arena_reset(slice);
    cx->arena = slice;
    db_use(cx->db, &cx->fault, slice);
    err = check_slice(&c, &last, &more);
  }
  cx->arena = whole;
  db_use(cx->db, &cx->fault, whole);
  arena_free(slice);
  return err;
}
