/* What a change comes to, as a value: from the order as it was and as it would be. */
#include "changes_priv.h"

#include <stdlib.h>
#include <string.h>

static const char *const places[PLACE_COUNT] = {
    [PLACE_CANCELLED] = "cancelled", [PLACE_UNALLOCATED] = "unallocated", [PLACE_BACKORDERED] = "backordered",
    [PLACE_ALLOCATED] = "allocated", [PLACE_RELEASED] = "released",       [PLACE_PICKED] = "picked",
    [PLACE_PACKED] = "packed",       [PLACE_SHIPPED] = "shipped",
};

static struct money paid_for(const struct order_totals *t)
{
  return money_sub(t->total, t->cancelled);
}

static void preview_money(const struct order *was, const struct order *now, struct change_money *m)
{
  int64_t open = now->totals.due.minor - now->totals.authorized.minor;
  m->before = was->totals;
  m->after = now->totals;
  m->difference = money_sub(paid_for(&now->totals), paid_for(&was->totals));
  m->collect = MONEY(open > 0 ? open : 0);
  m->give_back = MONEY(now->totals.due.minor < 0 ? -now->totals.due.minor : 0);
}

static void preview_refunds(struct ctx *cx, const struct order *was, const struct order *now,
                            struct change_preview *out)
{
  for (size_t i = 0; i < was->payments.n; i++) {
    const struct payment *p = &now->payments.at[i];
    int64_t more = p->refunded.minor - was->payments.at[i].refunded.minor;
    if (more > 0)
      *LIST_ADD(cx->arena, &out->refunds) = (struct change_refund){p->id, p->provider, MONEY(more)};
  }
}

/* ---- Lines ---- */

static struct money line_pays(const struct order *o, const struct order_line *l)
{
  struct pricing_line priced = {
      .unit_price = l->unit_price,
      .quantity = l->quantity,
      .discount = l->discount,
      .tax_of = {.rate = l->tax_rate, .given = l->tax_given, .category = l->tax_category},
      .tax = l->tax,
      .gross = l->gross,
      .amount = l->amount,
      .total = l->total,
  };
  return money_sub(l->total,
                   pricing_line_share(&priced, o->prices_include_tax, QUANTITY(0), l->counters.cancelled).total);
}

static void preview_line(struct ctx *cx, const struct order *was_of, const struct order_line *was,
                         const struct order *now_of, const struct order_line *now, struct change_preview *out)
{
  static const struct order_line nothing;
  struct change_line line = {
      .line = now->line,
      .sku = now->sku,
      .name = now->name,
      .kind = now->kind,
      .added = !was,
      .quantity_after = quantity_sub(now->quantity, now->counters.cancelled),
      .price_before = was ? was->unit_price : PRICE(ABSENT),
      .price_after = now->unit_price,
      .discount_before = was ? was->discount : MONEY(0),
      .discount_after = now->discount,
      .total_before = was ? line_pays(was_of, was) : MONEY(0),
      .total_after = line_pays(now_of, now),
  };
  line.quantity_before = was ? quantity_sub(was->quantity, was->counters.cancelled) : QUANTITY(0);
  for (enum line_place p = 0; p < PLACE_COUNT; p++) {
    struct quantity before = line_at(was ? was : &nothing, p), after = line_at(now, p);
    if (before.millionths != after.millionths)
      *LIST_ADD(cx->arena, &line.units) = (struct change_units){places[p], before, after};
  }
  if (!was || line.units.n || line.price_before.millionths != line.price_after.millionths ||
      line.total_before.minor != line.total_after.minor || line.discount_before.minor != line.discount_after.minor)
    *LIST_ADD(cx->arena, &out->lines) = line;
}

/* ---- Stock ---- */

static const char *location_of(const struct order *o, int64_t id)
{
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (f->location_id == id)
      return f->location;
  return "";
}

static struct change_stock *stock_at(struct ctx *cx, struct change_preview *out, const char *sku, const char *location)
{
  EACH (struct change_stock, s, &out->stock)
    if (strcmp(s->sku, sku) == 0 && strcmp(s->location, location) == 0)
      return s;
  struct change_stock *s = LIST_ADD(cx->arena, &out->stock);
  *s = (struct change_stock){.sku = sku, .location = location};
  return s;
}

/* What is taken and given back at one place is as if nothing had moved. */
static void net(struct change_preview *out)
{
  size_t kept = 0;
  for (size_t i = 0; i < out->stock.n; i++) {
    struct change_stock s = out->stock.at[i];
    struct quantity both = quantity_min(s.reserved, s.released);
    s.reserved = quantity_sub(s.reserved, both);
    s.released = quantity_sub(s.released, both);
    if (s.reserved.millionths || s.released.millionths)
      out->stock.at[kept++] = s;
  }
  out->stock.n = kept;
}

static int by_sku(const void *a, const void *b)
{
  const struct change_stock *x = a, *y = b;
  int order = strcmp(x->sku, y->sku);
  return order ? order : strcmp(x->location, y->location);
}

static void preview_stock(struct ctx *cx, const struct order_work *w, struct change_preview *out)
{
  EACH (const struct reservation_change, r, &w->stock.reservations) {
    const struct order_line *l = order_line_of(w->after, r->demand.line);
    struct change_stock *s = stock_at(cx, out, l ? l->sku : "", location_of(w->after, r->key.location_id));
    if (r->state == RESERVATION_LIVE)
      s->reserved = quantity_add(s->reserved, r->quantity);
    else
      s->released = quantity_add(s->released, r->quantity);
  }
  net(out);
  if (out->stock.n > 1)
    qsort(out->stock.at, out->stock.n, sizeof *out->stock.at, by_sku);
}

/* ---- Holds ---- */

static void preview_holds(struct ctx *cx, const struct order *was, const struct order *now, struct change_preview *out)
{
  for (size_t i = 0; i < now->holds.n; i++) {
    const struct hold *h = &now->holds.at[i];
    bool active = i < was->holds.n && was->holds.at[i].state == HOLD_ACTIVE;
    if (active != (h->state == HOLD_ACTIVE))
      *LIST_ADD(cx->arena, &out->holds) = (struct change_hold){h->type, h->reason, active};
  }
}

/* ---- All together ---- */

struct change_preview *change_preview_of(struct ctx *cx, const struct order_work *before, const struct order_work *w)
{
  struct change_preview *out = ARENA_NEW(cx->arena, struct change_preview);
  const struct order *was = before->before, *now = w->after;
  rec_init(&change_preview_rec, out);
  preview_money(was, now, &out->money);
  preview_refunds(cx, was, now, out);
  for (size_t i = 0; i < now->lines.n; i++)
    preview_line(cx, was, i < was->lines.n ? &was->lines.at[i] : NULL, now, &now->lines.at[i], out);
  preview_stock(cx, w, out);
  preview_holds(cx, was, now, out);
  out->promise_before = was->promise;
  out->promise_after = now->promise;
  return out;
}

struct change_preview *change_preview_refused(struct ctx *cx, const struct order_work *was)
{
  struct change_preview *out = change_preview_of(cx, was, &(struct order_work){.after = was->before});
  struct fault *f = &cx->fault;
  for (size_t i = 0; i < f->n && i < FAULT_ENTRIES_MAX; i++) {
    const struct fault_entry *e = &f->entries[i];
    *LIST_ADD(cx->arena, &out->refusals) = (struct change_refusal){
        .pointer = e->pointer ? e->pointer : "",
        .code = e->code ? arena_text(cx->arena, e->code) : err_info(f->code)->slug,
        .detail = e->detail ? e->detail : "",
        .sku = e->sku,
        .asked = QUANTITY(e->sku ? e->asked : ABSENT),
        .available = QUANTITY(e->sku ? e->available : ABSENT),
    };
  }
  fault_clear(f);
  return out;
}

const char *change_preview_hash(struct ctx *cx, const struct change_preview *p)
{
  struct change_preview still = *p;
  struct buf text;
  char *hash = arena_alloc(cx->arena, HASH_TEXT);
  still.promise_before = still.promise_after = (struct order_promise){INSTANT(ABSENT), INSTANT(ABSENT), NULL};
  buf_init(&text, cx->arena);
  rec_write(&change_preview_rec, &still, NULL, &text);
  sha256_hex(buf_str(&text), text.n, hash);
  return hash;
}

enum err change_foresee(struct ctx *cx, const struct change_facts *f, struct order_work *out_w,
                        struct change_preview **out, enum err *out_code)
{
  struct order_work w = order_work_copy(cx, &f->work);
  enum err err = change_apply_to(cx, f, &w);
  if (err != ERR_OK && err_info(err)->http >= 500)
    return err;
  *out_code = err;
  if (err != ERR_OK) {
    *out = change_preview_refused(cx, &f->work);
    return ERR_OK;
  }
  *out = change_preview_of(cx, &f->work, &w);
  *out_w = w;
  return ERR_OK;
}
