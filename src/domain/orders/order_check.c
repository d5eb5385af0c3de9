/* The invariants of orders, verified over the whole database in slices: 3 (units add up and have their reservations), 4 and 5
 * (money), 6 (a state has its event), 8 (no work behind a hold or a cancellation). Each difference names its mend. */
#include "orders_priv.h"

#include <stdio.h>

enum { SLICE = 500 };

struct checker {
  struct ctx *cx;
  inventory_report *report;
  void *arg;
};

static void differs(struct checker *c, const struct order *o, const char *repair, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
static void differs(struct checker *c, const struct order *o, const char *repair, const char *fmt, ...)
{
  va_list args;
  struct buf text;
  char line[512];
  va_start(args, fmt);
  vsnprintf(line, sizeof line, fmt, args);
  va_end(args);
  buf_init(&text, c->cx->arena);
  buf_printf(&text, "order %s: %s", o->number ? o->number : o->external_id, line);
  c->report(c->arg, buf_str(&text), repair);
}

static void check_units(struct checker *c, const struct order *o)
{
  EACH (const struct order_line, l, &o->lines) {
    int64_t sum = 0;
    for (enum line_place p = 0; p < PLACE_COUNT; p++)
      sum += line_at(l, p).millionths;
    if (sum != l->quantity.millionths)
      differs(c, o, "re-derive the counters of the line from its fulfillments and reservations",
              "line %lld: its units add up to %lld millionths, ordered are %lld", (long long)l->line, (long long)sum,
              (long long)l->quantity.millionths);
    if (l->counters.delivered.millionths > l->counters.shipped.millionths ||
        l->counters.returned.millionths > l->counters.shipped.millionths)
      differs(c, o, "correct delivered and returned to at most shipped",
              "line %lld: more delivered or returned than shipped", (long long)l->line);
  }
}

/* Units that hold stock: allocated, released, picked and packed. */
static int64_t holding(const struct order_line *l)
{
  return l->counters.allocated.millionths + l->counters.released.millionths + l->counters.picked.millionths +
         l->counters.packed.millionths;
}

static void check_reservations(struct checker *c, const struct order *o, const reservations *live)
{
  EACH (const struct order_line, l, &o->lines) {
    int64_t reserved = 0, want = l->stocked && o->state != ORDER_DRAFT ? holding(l) : 0;
    EACH (const struct reservation, r, live)
      if (r->line == l->line && (o->state != ORDER_DRAFT || r->kind == RESERVATION_HARD))
        reserved += r->quantity.millionths;
    if (reserved != want)
      differs(c, o, "release the surplus, or move the units without reservation to backordered",
              "line %lld: %lld millionths are allocated to picked or packed, %lld are reserved", (long long)l->line,
              (long long)want, (long long)reserved);
  }
}

/* Only a draft keeps stock softly, until its own time, and at most what it asks for. */
static void check_kept(struct checker *c, const struct order *o, const reservations *live)
{
  EACH (const struct order_line, l, &o->lines) {
    int64_t kept = 0;
    EACH (const struct reservation, r, live) {
      if (r->line != l->line || r->kind != RESERVATION_SOFT)
        continue;
      kept += r->quantity.millionths;
      if (r->expires_at.ms != o->expires_at.ms)
        differs(c, o, "release what is kept", "line %lld: stock is kept until another time than the draft's",
                (long long)l->line);
    }
    if (kept > (o->state == ORDER_DRAFT ? l->counters.unallocated.millionths : 0))
      differs(c, o, "release what is kept", "line %lld: %lld millionths are kept softly, more than the draft asks for",
              (long long)l->line, (long long)kept);
  }
}

static void check_fulfillments(struct checker *c, const struct order *o)
{
  EACH (const struct order_line, l, &o->lines) {
    int64_t asked = 0, shipped = 0, picked = 0, packed = 0;
    if (!l->stocked)
      continue; /* services and digital goods need no location */
    EACH (const struct fulfillment, f, &o->fulfillments) {
      EACH (const struct fulfillment_line, fl, &f->lines) {
        if (fl->line != l->line)
          continue;
        shipped += fl->shipped.millionths;
        if (fulfillment_live(f)) {
          asked += fl->quantity.millionths - fl->shipped.millionths;
          picked += fl->picked.millionths - fl->packed.millionths;
          packed += fl->packed.millionths - fl->shipped.millionths;
        }
        if (fl->packed.millionths > fl->picked.millionths || fl->shipped.millionths > fl->packed.millionths ||
            fl->picked.millionths > fl->quantity.millionths)
          differs(c, o, "correct the fulfillment line's counters",
                  "line %lld: more packed than picked, or shipped than packed", (long long)l->line);
      }
    }
    if (asked != holding(l))
      differs(c, o, "cancel or create the fulfillment for the difference",
              "line %lld: locations are asked for %lld millionths, %lld are allocated to packed", (long long)l->line,
              (long long)asked, (long long)holding(l));
    if (picked != l->counters.picked.millionths || packed != l->counters.packed.millionths)
      differs(c, o, "take the picked and packed counters from the fulfillments",
              "line %lld: picked %lld and packed %lld, by fulfillments %lld and %lld", (long long)l->line,
              (long long)l->counters.picked.millionths, (long long)l->counters.packed.millionths, (long long)picked,
              (long long)packed);
    if (shipped != l->counters.shipped.millionths)
      differs(c, o, "take the shipped counter from the fulfillments", "line %lld: shipped %lld, by fulfillments %lld",
              (long long)l->line, (long long)l->counters.shipped.millionths, (long long)shipped);
  }
}

static void check_money(struct checker *c, const struct order *o)
{
  int64_t total = 0, tax = 0;
  EACH (const struct order_line, l, &o->lines) {
    total += l->total.minor;
    tax += l->tax.minor;
  }
  EACH (const struct order_charge, h, &o->charges) {
    total += h->total.minor;
    tax += h->tax.minor;
  }
  if (total != o->totals.total.minor)
    differs(c, o, "price the order again from its snapshots", "lines and charges add up to %lld, the total is %lld",
            (long long)total, (long long)o->totals.total.minor);
  if (tax != o->totals.tax.minor)
    differs(c, o, "price the order again from its snapshots", "taxes add up to %lld, the order says %lld",
            (long long)tax, (long long)o->totals.tax.minor);
  EACH (const struct payment, p, &o->payments)
    if (p->refunded.minor > p->captured.minor)
      differs(c, o, "record the missing capture, or correct the refund with the provider",
              "a payment refunded more than it captured");
}

/* The sums and the state of a payment are those of its entries. */
static void check_payments(struct checker *c, const struct order *o)
{
  EACH (const struct payment, p, &o->payments) {
    struct payment again = *p;
    payment_derive(&again);
    if (again.authorized.minor != p->authorized.minor || again.captured.minor != p->captured.minor ||
        again.voided.minor != p->voided.minor || again.refunded.minor != p->refunded.minor || again.state != p->state)
      differs(c, o, "store the sums of its entries", "a payment (%s %s) says other sums than its entries", p->provider,
              p->reference ? p->reference : "without reference");
  }
}

/* What is derived is what was stored. */
static void check_derived(struct checker *c, const struct order *o)
{
  struct order *again = order_copy(c->cx->arena, o);
  order_derive(c->cx, again);
  const struct {
    const char *what;
    int64_t stored, derived;
  } rows[] = {
      {"payment_status", o->payment_status, again->payment_status},
      {"fulfillment_status", o->fulfillment_status, again->fulfillment_status},
      {"hold_count", o->hold_count, again->hold_count},
      {"totals.paid", o->totals.paid.minor, again->totals.paid.minor},
      {"totals.refunded", o->totals.refunded.minor, again->totals.refunded.minor},
      {"totals.due", o->totals.due.minor, again->totals.due.minor},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    if (rows[i].stored != rows[i].derived)
      differs(c, o, "store the derived value", "%s is %lld, its rows say %lld", rows[i].what, (long long)rows[i].stored,
              (long long)rows[i].derived);
}

static bool happened_after(struct instant step, struct instant stop)
{
  return instant_set(step) && instant_set(stop) && step.ms > stop.ms;
}

/* Nothing is packed or shipped behind a hold that is still active, nor after a cancellation. */
static void check_held(struct checker *c, const struct order *o)
{
  struct instant ended = o->state == ORDER_CANCELLED || o->state == ORDER_EXPIRED ? o->closed_at : INSTANT(ABSENT);
  EACH (const struct fulfillment, f, &o->fulfillments) {
    const struct hold *h = order_held(o, f);
    struct instant held = h ? h->created_at : INSTANT(ABSENT);
    if (happened_after(f->packed_at, held) || happened_after(f->shipped_at, held))
      differs(c, o, "find out who worked behind the hold", "it was packed or shipped under the hold %s", h->type);
    if (happened_after(f->packed_at, ended) || happened_after(f->shipped_at, ended))
      differs(c, o, "find out who worked on it", "it was packed or shipped after it was %s", order_states[o->state]);
  }
}

static void check_steps(struct checker *c, const struct order *o)
{
  bool ended = o->state == ORDER_CANCELLED || o->state == ORDER_EXPIRED;
  if (o->state == ORDER_OPEN && order_on_hold(o) && o->hold_count == 0)
    differs(c, o, "count its holds again", "it is on hold but counts none");
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (ended && fulfillment_live(f))
      differs(c, o, "cancel the fulfillment", "it is %s but a fulfillment is %s", order_states[o->state],
              fulfillment_states[f->state]);
  check_held(c, o);
}

/* The state's last event says the same state: invariant 6. */
static enum err check_event(struct checker *c, const struct order *o)
{
  static const struct db_stmt count = {
      "SELECT count(*) FROM event WHERE bucket = $1 AND subject_id = $2 AND topic = $3", DB_KEYED};
  const char *topic = NULL;
  for (size_t i = 0; i < order_moves_n; i++)
    if (order_moves[i].to == o->state)
      topic = order_moves[i].emits;
  int64_t n = 1;
  if (topic && o->state != ORDER_DRAFT)
    TRY(db_one_i64(c->cx->db, &count, &n,
                   DB_ARGS(I64(o->bucket), I64(o->id.v), TEXT(o->state == ORDER_PLACED ? "order.placed" : topic))));
  if (n == 0)
    differs(c, o, "find who changed the row outside the acts", "its state %s has no event", order_states[o->state]);
  return ERR_OK;
}

/* A fulfillment begins open or scheduled; every other state was told by one of the moves that lead to it. */
static enum err check_fulfillment_event(struct checker *c, const struct order *o, const struct fulfillment *f)
{
  static const struct db_stmt count = {
      "SELECT count(*) FROM event WHERE bucket = $1 AND subject_id = $2 AND ref_id = $3 AND topic = $4", DB_KEYED};
  int64_t told = f->state == FUL_OPEN || f->state == FUL_SCHEDULED;
  for (size_t i = 0; i < fulfillment_moves_n && !told; i++)
    if (fulfillment_moves[i].to == f->state)
      TRY(db_one_i64(c->cx->db, &count, &told,
                     DB_ARGS(I64(o->bucket), I64(o->id.v), I64(f->id.v), TEXT(fulfillment_moves[i].emits))));
  if (!told)
    differs(c, o, "find who changed the row outside the acts", "the state %s of a fulfillment has no event",
            fulfillment_states[f->state]);
  return ERR_OK;
}

/* Its number leads to it: invariant 7. */
static enum err check_number(struct checker *c, const struct order *o)
{
  struct order_id found = {0};
  if (!o->number)
    return ERR_OK;
  enum err err = order_find(c->cx, o->number, &found);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  fault_clear(&c->cx->fault);
  if (found.v != o->id.v)
    differs(c, o, "enter its number again", "its number leads to %s", found.v ? "another order" : "no order");
  return ERR_OK;
}

bool order_torn(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines) {
    int64_t open = 0, picked = 0, packed = 0, sum = 0;
    EACH (const struct fulfillment, f, &o->fulfillments)
      EACH (const struct fulfillment_line, fl, &f->lines)
        if (fl->line == l->line && l->stocked && fulfillment_live(f)) {
          open += fl->quantity.millionths - fl->picked.millionths;
          picked += fl->picked.millionths - fl->packed.millionths;
          packed += fl->packed.millionths - fl->shipped.millionths;
        }
    for (enum line_place p = 0; p < PLACE_COUNT; p++)
      sum += line_at(l, p).millionths;
    if (open > l->counters.allocated.millionths + l->counters.released.millionths ||
        picked > l->counters.picked.millionths || packed > l->counters.packed.millionths ||
        sum != l->quantity.millionths)
      return true;
  }
  return false;
}

static enum err check_order(struct checker *c, struct order_id id)
{
  struct order *o;
  reservations live = {0};
  TRY(order_load(c->cx, id, &o));
  TRY(reservations_of_demand(c->cx, id.v, ABSENT, &live));
  check_units(c, o);
  check_reservations(c, o, &live);
  check_kept(c, o, &live);
  check_fulfillments(c, o);
  check_money(c, o);
  check_payments(c, o);
  check_derived(c, o);
  check_steps(c, o);
  TRY(check_number(c, o));
  EACH (const struct fulfillment, f, &o->fulfillments)
    TRY(check_fulfillment_event(c, o, f));
  return check_event(c, o);
}

/* One slice of ids after *last; *last = 0 at the end. */
static enum err check_ids(struct checker *c, int64_t *last)
{
  static const struct db_stmt slice = {"SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2", DB_REPORT};
  int64_t ids[SLICE];
  size_t n = 0;
  struct db_rows rows;
  TRY(db_query(c->cx->db, &slice, &rows, DB_ARGS(I64(*last), I64(SLICE))));
  while (n < SLICE && db_next(&rows))
    ids[n++] = db_i64(&rows, 0);
  TRY(db_done(&rows));
  for (size_t i = 0; i < n; i++)
    TRY(check_order(c, (struct order_id){ids[i]}));
  *last = n ? ids[n - 1] : 0;
  return ERR_OK;
}

/* The rows of an order are compared as they were at one moment: a server may be at work beside the check. */
static enum err check_slice(struct checker *c, int64_t *last)
{
  TRY(db_read_begin(c->cx->db));
  enum err err = check_ids(c, last);
  db_read_end(c->cx->db);
  return err;
}

/* Orders that hold stock, in slices: they and their reservations lie apart. */
enum { HOLDERS = 200 };

static enum err read_holders(struct ctx *cx, int64_t after, int64_t *ids, size_t *n)
{
  static const struct db_stmt slice = {
      "SELECT DISTINCT demand_id FROM reservation WHERE state = 'live' AND demand_kind = 'order' AND demand_id > $1"
      " ORDER BY demand_id LIMIT $2",
      DB_REPORT};
  struct db_rows rows;
  *n = 0;
  TRY(db_query(cx->db, &slice, &rows, DB_ARGS(I64(after), I64(HOLDERS))));
  while (*n < HOLDERS && db_next(&rows))
    ids[(*n)++] = db_i64(&rows, 0);
  return db_done(&rows);
}

static enum err check_holder(struct checker *c, int64_t order)
{
  static const struct db_stmt live = {
      "SELECT count(*) FROM orders WHERE bucket = $1 AND id = $2 AND state NOT IN ('cancelled', 'expired', 'closed')",
      DB_KEYED};
  int64_t n = 0;
  char id[ID_TEXT];
  TRY(db_one_i64(c->cx->db, &live, &n, DB_ARGS(I64(bucket_of_id(order)), I64(order))));
  if (n)
    return ERR_OK;
  id_format(PREFIX_order, order, id);
  c->report(c->arg,
            arena_printf(c->cx->arena, "order %s: it has ended or is not there, but stock is reserved for it", id),
            "release the reservation");
  return ERR_OK;
}

static enum err check_holders(struct checker *c, int64_t *last, size_t *n)
{
  int64_t ids[HOLDERS];
  TRY(read_holders(c->cx, *last, ids, n));
  for (size_t i = 0; i < *n; i++)
    TRY(check_holder(c, ids[i]));
  *last = *n ? ids[*n - 1] : *last;
  return ERR_OK;
}

/* Live reservations of orders that are not there or have ended, both as of one moment. */
static enum err check_orphans(struct checker *c)
{
  int64_t last = 0;
  size_t n = HOLDERS;
  while (n == HOLDERS) {
    TRY(db_read_begin(c->cx->db));
    enum err err = check_holders(c, &last, &n);
    db_read_end(c->cx->db);
    TRY(err);
  }
  return ERR_OK;
}

enum err orders_check(struct ctx *cx, inventory_report *report, void *arg)
{
  struct arena *whole = cx->arena, *slice = arena_new((size_t)512 << 20);
  struct checker c = {cx, report, arg};
  int64_t last = 0;
  enum err err = check_orphans(&c);
  do {
    arena_reset(slice);
    cx->arena = slice;
    db_use(cx->db, &cx->fault, slice);
    if (err == ERR_OK)
      err = check_slice(&c, &last);
  } while (err == ERR_OK && last);
  cx->arena = whole;
  db_use(cx->db, &cx->fault, whole);
  arena_free(slice);
  return err;
}
