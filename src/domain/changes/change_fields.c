/* Which fields of its order a set touches, what they said when it was made, and which of them others have changed since.
 * Pointers are those of the set: it is kept as it was sent, so they stay true. */
#include "changes_priv.h"

#include <string.h>

struct listing {
  struct ctx *cx;
  change_fields fields;
};

static void add(struct listing *l, const char *pointer, const char *value, const char *mine, bool personal)
{
  *LIST_ADD(l->cx->arena, &l->fields) = (struct change_field){pointer, value, mine, personal};
}

/* ---- Values as JSON ---- */

static const char *record_text(struct ctx *cx, const struct rec *rec, const void *value)
{
  struct buf text;
  if (!value)
    return NULL;
  buf_init(&text, cx->arena);
  rec_write(rec, value, NULL, &text);
  return buf_str(&text);
}

static const char *quantity_json(struct ctx *cx, struct quantity q)
{
  char text[32];
  decimal_format(q.millionths, 6, text);
  return arena_text(cx->arena, text);
}

/* In minor units; what is finer is a text. */
static const char *price_json(struct ctx *cx, struct price p)
{
  char text[32];
  decimal_format(p.millionths, 6, text);
  return strchr(text, '.') ? arena_printf(cx->arena, "\"%s\"", text) : arena_text(cx->arena, text);
}

static const char *money_json(struct ctx *cx, struct money m)
{
  return arena_printf(cx->arena, "%lld", (long long)m.minor);
}

static const char *text_json(struct ctx *cx, const char *s)
{
  struct buf text;
  struct json_out j;
  if (!s)
    return NULL;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_text(&j, s);
  return buf_str(&text);
}

/* ---- Fields ---- */

static const struct order_line *line_of(const struct order *o, int64_t n)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->line == n)
      return l;
  return NULL;
}

static void list_line(struct listing *l, const struct order *o, const struct change_input *in, size_t i)
{
  const struct change_line_input *asked = &in->lines.at[i];
  struct ctx *cx = l->cx;
  if (asked->line == ABSENT) {
    add(l, arena_printf(cx->arena, "/lines/%zu", i), NULL, text_json(cx, asked->sku), false);
    return;
  }
  const struct order_line *line = line_of(o, asked->line);
  if (quantity_set(asked->quantity))
    add(l, arena_printf(cx->arena, "/lines/%zu/quantity", i),
        line ? quantity_json(cx, quantity_sub(line->quantity, line->counters.cancelled)) : NULL,
        quantity_json(cx, asked->quantity), false);
  if (price_set(asked->unit_price))
    add(l, arena_printf(cx->arena, "/lines/%zu/unit_price", i), line ? price_json(cx, line->unit_price) : NULL,
        price_json(cx, asked->unit_price), false);
  if (money_set(asked->discount))
    add(l, arena_printf(cx->arena, "/lines/%zu/discount", i), line ? money_json(cx, line->discount) : NULL,
        money_json(cx, asked->discount), false);
}

static void list_charge(struct listing *l, const struct order *o, const struct change_input *in, size_t i)
{
  const struct order_charge_input *asked = &in->charges.at[i];
  const struct order_charge *charge = NULL;
  size_t nth = 0;
  for (size_t k = 0; k < i; k++)
    nth += in->charges.at[k].kind == asked->kind;
  EACH (const struct order_charge, c, &o->charges)
    if (c->kind == asked->kind && !charge && nth-- == 0)
      charge = c;
  add(l, arena_printf(l->cx->arena, "/charges/%zu/amount", i), money_json(l->cx, charge ? charge->amount : MONEY(0)),
      money_json(l->cx, asked->amount), false);
}

change_fields change_fields_of(struct ctx *cx, const struct order *o, const struct change_input *in)
{
  struct listing l = {.cx = cx};
  const struct order_personal *p = &o->personal;
  for (size_t i = 0; i < in->lines.n; i++)
    list_line(&l, o, in, i);
  for (size_t i = 0; i < in->charges.n; i++)
    list_charge(&l, o, in, i);
  const struct {
    const char *pointer;
    const struct rec *rec;
    const void *mine, *value;
    bool personal;
  } records[] = {
      {"/shipping_address", &address_rec, in->shipping_address, p->shipping_address, true},
      {"/billing_address", &address_rec, in->billing_address, p->billing_address, true},
      {"/invoice", &order_invoice_rec, in->invoice, p->invoice, true},
      {"/delivery", &order_delivery_rec, in->delivery, &o->delivery, false},
      {"/requested_delivery", &order_window_rec, in->requested_delivery, &o->requested_delivery, false},
  };
  for (size_t i = 0; i < COUNT_OF(records); i++)
    if (records[i].mine)
      add(&l, records[i].pointer, record_text(cx, records[i].rec, records[i].value),
          record_text(cx, records[i].rec, records[i].mine), records[i].personal);
  if (in->shipping_method)
    add(&l, "/shipping_method", text_json(cx, o->shipping_method), text_json(cx, in->shipping_method), false);
  if (money_set(in->expected_total))
    add(&l, "/expected_total", money_set(o->expected_total) ? money_json(cx, o->expected_total) : NULL,
        money_json(cx, in->expected_total), false);
  return l.fields;
}

const char *change_base_text(struct ctx *cx, const change_fields *fields, bool personal)
{
  struct change_base base = {0};
  EACH (const struct change_field, f, fields)
    if (f->personal == personal)
      *LIST_ADD(cx->arena, &base.fields) = *f;
  return record_text(cx, &change_base_rec, &base);
}

/* ---- Conflicts ---- */

static enum err read_base(struct ctx *cx, const char *text, struct change_base *out)
{
  if (!text)
    return ERR_OK;
  rec_init(&change_base_rec, out);
  return rec_read(&change_base_rec, text, strlen(text), "", cx->arena, &cx->fault, out);
}

enum err change_conflicts_of(struct ctx *cx, const struct change_set *set, const struct change_personal *p,
                             const struct order *now, change_conflicts *out)
{
  struct change_base base = {0}, personal = {0};
  change_fields fields = change_fields_of(cx, now, set->asked);
  TRY(read_base(cx, set->base, &base));
  TRY(read_base(cx, p->base, &personal));
  EACH (const struct change_field, field, &personal.fields)
    *LIST_ADD(cx->arena, &base.fields) = *field;
  EACH (const struct change_field, field, &fields) {
    const struct change_field *was = NULL;
    EACH (const struct change_field, b, &base.fields)
      if (strcmp(b->pointer, field->pointer) == 0)
        was = b;
    bool same = was && text_eq(was->value, field->value);
    if (was && !same && !text_eq(field->value, field->mine))
      *LIST_ADD(cx->arena, out) = (struct change_conflict){*field, was->value};
  }
  return ERR_OK;
}
