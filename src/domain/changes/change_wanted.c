/* What a channel wants when it sends an order again with other content. Compared three ways: what the channel repeats from
 * before, though staff has changed it since, is no wish; what both have changed to different things is a clash. */
#include "changes_priv.h"

#include <string.h>

struct wishing {
  struct ctx *cx;
  const struct order *o;
  const struct order_input *sent;
  change_sets done; /* confirmed sets, oldest first */
  struct put_wish *out;
  bool *matched; /* by line of the order; those that staff added are nothing the channel means */
};

/* ---- What staff has changed ---- */

static void find_done(struct wishing *w, const change_sets *history)
{
  EACH (const struct change_set, set, history)
    if (set->state == CHANGE_CONFIRMED && set->preview)
      *LIST_ADD(w->cx->arena, &w->done) = *set;
}

/* The first change of a line by staff in which `differs`, since the channel itself changed that; NULL = none. */
static const struct change_line *staff_line(const struct wishing *w, int64_t line,
                                            bool (*differs)(const struct change_line *l))
{
  const struct change_line *found = NULL;
  EACH (const struct change_set, set, &w->done) {
    EACH (const struct change_line, l, &set->preview->lines) {
      if (l->line != line || !differs(l))
        continue;
      found = set->origin == CHANGE_CHANNEL ? NULL : found ? found : l;
    }
  }
  return found;
}
static bool quantity_differs(const struct change_line *l)
{
  return l->quantity_before.millionths != l->quantity_after.millionths;
}
static bool price_differs(const struct change_line *l)
{
  return l->price_before.millionths != l->price_after.millionths;
}
static bool discount_differs(const struct change_line *l)
{
  return l->discount_before.minor != l->discount_after.minor;
}
static bool is_added(const struct change_line *l)
{
  return l->added;
}

static void clash(struct wishing *w, const char *pointer, const char *before, const char *theirs, const char *mine,
                  bool personal)
{
  *LIST_ADD(w->cx->arena, &w->out->clashes) = (struct change_conflict){{pointer, theirs, mine, personal}, before};
}

/* ---- Lines ---- */

static struct quantity live(const struct order_line *l)
{
  return quantity_sub(l->quantity, l->counters.cancelled);
}

/* The order's line that a sent one means: by the channel's own id, else the next of the same product and kind. */
static const struct order_line *match(struct wishing *w, const struct order_line_input *in)
{
  for (int by_id = 1; by_id >= 0; by_id--) {
    for (size_t i = 0; i < w->o->lines.n; i++) {
      const struct order_line *l = &w->o->lines.at[i];
      bool same = strcmp(l->sku, in->sku) == 0 && l->kind == in->kind;
      bool named = in->external_line_id && text_eq(in->external_line_id, l->external_line_id);
      if (w->matched[i] || !same || (by_id && !named) || (!by_id && in->external_line_id && l->external_line_id))
        continue;
      w->matched[i] = true;
      return l;
    }
  }
  return NULL;
}

static const char *number_json(struct ctx *cx, int64_t v, int places)
{
  char text[32];
  decimal_format(v, places, text);
  return arena_text(cx->arena, text);
}

/* One number of a line, as it is, as staff found it (ABSENT = they left it alone), as it was sent. True: the channel wants it. */
static bool wanted(struct wishing *w, size_t i, const char *member, int places, int64_t now, int64_t before,
                   int64_t sent)
{
  if (sent == now || sent == before)
    return false;
  if (before == ABSENT)
    return true;
  clash(w, arena_printf(w->cx->arena, "/lines/%zu/%s", i, member), number_json(w->cx, before, places),
        number_json(w->cx, now, places), number_json(w->cx, sent, places), false);
  return true;
}

static void wish_line(struct wishing *w, const struct order_line *l, const struct order_line_input *sent)
{
  const struct change_line *quantity = staff_line(w, l->line, quantity_differs);
  const struct change_line *price = staff_line(w, l->line, price_differs);
  const struct change_line *discount = staff_line(w, l->line, discount_differs);
  size_t i = w->out->in.lines.n;
  struct change_line_input line;
  memset(&line, 0, sizeof line);
  line = (struct change_line_input){.line = l->line,
                                    .quantity = QUANTITY(ABSENT),
                                    .unit_price = PRICE(ABSENT),
                                    .discount = MONEY(ABSENT),
                                    .tax_rate = RATE(ABSENT),
                                    .tax = MONEY(ABSENT),
                                    .parent_line = ABSENT};
  bool follows = l->kind == LINE_COMPONENT;                                           /* parts go with the whole */
  bool as_ordered = sent->quantity.millionths == l->quantity.millionths && !quantity; /* what we cancelled stays so */
  if (!follows && !as_ordered &&
      wanted(w, i, "quantity", 6, live(l).millionths, quantity ? quantity->quantity_before.millionths : ABSENT,
             sent->quantity.millionths))
    line.quantity = sent->quantity;
  if (price_set(sent->unit_price) &&
      wanted(w, i, "unit_price", 6, l->unit_price.millionths, price ? price->price_before.millionths : ABSENT,
             sent->unit_price.millionths))
    line.unit_price = sent->unit_price;
  if (wanted(w, i, "discount", 0, l->discount.minor, discount ? discount->discount_before.minor : ABSENT,
             sent->discount.minor))
    line.discount = sent->discount;
  line.price_reason = price_set(line.unit_price) ? sent->price_reason : NULL;
  if (quantity_set(line.quantity) || price_set(line.unit_price) || money_set(line.discount))
    *LIST_ADD(w->cx->arena, &w->out->in.lines) = line;
}

static void wish_new_line(struct wishing *w, const struct order_line_input *sent, int64_t parent)
{
  *LIST_ADD(w->cx->arena, &w->out->in.lines) = (struct change_line_input){
      .line = ABSENT,
      .sku = sent->sku,
      .quantity = sent->quantity,
      .unit_price = sent->unit_price,
      .price_reason = sent->price_reason,
      .discount = sent->discount,
      .tax_rate = sent->tax_rate,
      .tax = sent->tax,
      .kind = sent->kind,
      .parent_line = parent,
      .external_line_id = sent->external_line_id,
      .metadata = sent->metadata,
  };
}

/* What the channel does not send any more is not wanted; what staff added the channel never had. */
static void wish_away(struct wishing *w)
{
  for (size_t i = 0; i < w->o->lines.n; i++) {
    const struct order_line *l = &w->o->lines.at[i];
    struct order_line_input none = {.quantity = QUANTITY(0), .unit_price = PRICE(ABSENT), .discount = l->discount};
    if (!w->matched[i] && live(l).millionths > 0)
      wish_line(w, l, &none);
  }
}

static void wish_lines(struct wishing *w)
{
  size_t n = w->sent->lines.n;
  int64_t *number = ARENA_ARRAY(w->cx->arena, int64_t, n + 1), next = (int64_t)w->o->lines.n;
  const struct order_line **matches = ARENA_ARRAY(w->cx->arena, const struct order_line *, n + 1);
  for (size_t i = 0; i < w->o->lines.n; i++)
    w->matched[i] = staff_line(w, w->o->lines.at[i].line, is_added) != NULL;
  for (size_t i = 0; i < n; i++) {
    matches[i] = match(w, &w->sent->lines.at[i]);
    number[i] = matches[i] ? matches[i]->line : ++next;
  }
  for (size_t i = 0; i < n; i++) {
    const struct order_line_input *sent = &w->sent->lines.at[i];
    bool child = sent->parent_line >= 1 && sent->parent_line <= (int64_t)n;
    if (matches[i])
      wish_line(w, matches[i], sent);
    else
      wish_new_line(w, sent, child ? number[sent->parent_line - 1] : ABSENT);
  }
  wish_away(w);
}

/* ---- Charges ---- */

static bool staff_charged(const struct wishing *w)
{
  bool charged = false;
  EACH (const struct change_set, set, &w->done)
    charged = set->asked->charges.n ? set->origin != CHANGE_CHANNEL : charged;
  return charged;
}

static void wish_charges(struct wishing *w)
{
  bool differs = false;
  size_t counts[8] = {0};
  LIST(struct order_charge_input) wish = {0};
  EACH (const struct order_charge_input, sent, &w->sent->charges) {
    size_t nth = counts[sent->kind]++;
    const struct order_charge *have = NULL;
    EACH (const struct order_charge, c, &w->o->charges)
      if (c->kind == sent->kind && !have && nth-- == 0)
        have = c;
    differs = differs || (have ? have->amount.minor : 0) != sent->amount.minor;
    *LIST_ADD(w->cx->arena, &wish) = *sent;
  }
  size_t seen[8] = {0};
  EACH (const struct order_charge, c, &w->o->charges) {
    if (seen[c->kind]++ < counts[c->kind] || c->amount.minor == 0)
      continue;
    differs = true; /* not sent any more */
    *LIST_ADD(w->cx->arena, &wish) = (struct order_charge_input){
        .kind = c->kind, .amount = MONEY(0), .tax_rate = RATE(ABSENT), .tax = MONEY(ABSENT)};
  }
  if (!differs)
    return;
  if (staff_charged(w)) {
    clash(w, "/charges", NULL, NULL, NULL, false);
    return;
  }
  w->out->in.charges.at = wish.at;
  w->out->in.charges.n = w->out->in.charges.cap = wish.n;
}

/* ---- The head ---- */

static const char *record_text(struct ctx *cx, const struct rec *rec, const void *value)
{
  struct buf text;
  if (!value)
    return NULL;
  buf_init(&text, cx->arena);
  rec_write(rec, value, NULL, &text);
  return buf_str(&text);
}

/* What a field said before staff first changed it, since the channel itself did; *out_touched: they have. */
static enum err staff_base(struct wishing *w, const char *pointer, bool personal, bool *out_touched, const char **out)
{
  *out_touched = false;
  EACH (const struct change_set, set, &w->done) {
    struct change_personal apart = {.base = NULL};
    struct change_base base = {0};
    if (personal)
      TRY(change_personal_load(w->cx, set, &apart));
    const char *text = personal ? apart.base : set->base;
    if (!text)
      continue;
    rec_init(&change_base_rec, &base);
    TRY(rec_read(&change_base_rec, text, strlen(text), "", w->cx->arena, &w->cx->fault, &base));
    EACH (const struct change_field, f, &base.fields) {
      if (strcmp(f->pointer, pointer) != 0)
        continue;
      *out = *out_touched ? *out : f->value;
      *out_touched = set->origin != CHANGE_CHANNEL;
    }
  }
  return ERR_OK;
}

/* A record of the head that was sent (NULL = it was not, and is no wish). True: the channel wants it. */
static enum err wish_record(struct wishing *w, const char *pointer, const struct rec *rec, const void *now,
                            const void *sent, bool personal, bool *out)
{
  const char *mine = record_text(w->cx, rec, sent), *theirs = record_text(w->cx, rec, now), *before = NULL;
  bool touched;
  *out = false;
  if (!mine || text_eq(mine, theirs))
    return ERR_OK;
  TRY(staff_base(w, pointer, personal, &touched, &before));
  if (touched && text_eq(before, mine))
    return ERR_OK;
  if (touched)
    clash(w, pointer, before, theirs, mine, personal);
  *out = true;
  return ERR_OK;
}

static enum err wish_head(struct wishing *w)
{
  const struct order_personal *p = &w->o->personal;
  const struct order_input *s = w->sent;
  struct change_input *in = &w->out->in;
  bool wants;
  TRY(wish_record(w, "/shipping_address", &address_rec, p->shipping_address, s->shipping_address, true, &wants));
  in->shipping_address = wants ? s->shipping_address : NULL;
  TRY(wish_record(w, "/billing_address", &address_rec, p->billing_address, s->billing_address, true, &wants));
  in->billing_address = wants ? s->billing_address : NULL;
  TRY(wish_record(w, "/invoice", &order_invoice_rec, p->invoice, s->invoice, true, &wants));
  in->invoice = wants ? s->invoice : NULL;
  TRY(wish_record(w, "/delivery", &order_delivery_rec, &w->o->delivery, &s->delivery, false, &wants));
  in->delivery = wants ? arena_copy(w->cx->arena, &s->delivery, sizeof s->delivery) : NULL;
  const struct order_window *window = &s->requested_delivery;
  TRY(wish_record(w, "/requested_delivery", &order_window_rec, &w->o->requested_delivery,
                  window->from || window->to ? window : NULL, false, &wants));
  in->requested_delivery = wants ? arena_copy(w->cx->arena, window, sizeof *window) : NULL;
  if (s->shipping_method && !text_eq(s->shipping_method, w->o->shipping_method)) {
    bool touched;
    const char *before = NULL, *mine = arena_printf(w->cx->arena, "\"%s\"", s->shipping_method);
    TRY(staff_base(w, "/shipping_method", false, &touched, &before));
    if (!touched || !text_eq(before, mine)) {
      in->shipping_method = s->shipping_method;
      if (touched)
        clash(w, "/shipping_method", before, NULL, mine, false);
    }
  }
  return ERR_OK;
}

/* ---- All together ---- */

/* Members that no change set can change. */
static void refuse_fixed(struct ctx *cx, const struct order *o, const struct order_input *s)
{
  if (strcmp(s->currency, o->currency) != 0)
    fault_add(&cx->fault, ERR_EXTERNAL_ID, "/currency", "differs", "it was %s before", o->currency);
  if (s->prices_include_tax != ABSENT && (s->prices_include_tax == 1) != o->prices_include_tax)
    fault_add(&cx->fault, ERR_EXTERNAL_ID, "/prices_include_tax", "differs", "it was otherwise before");
  if (s->payment_terms && strcmp(s->payment_terms, payment_terms_names[o->payment_terms]) != 0)
    fault_add(&cx->fault, ERR_EXTERNAL_ID, "/payment_terms", "differs", "it was %s before",
              payment_terms_names[o->payment_terms]);
  if (s->draft)
    fault_add(&cx->fault, ERR_EXTERNAL_ID, "/draft", "differs", "it was placed already");
}

enum err put_wish_of(struct ctx *cx, const struct order *o, const struct order_input *sent, const change_sets *history,
                     struct put_wish *out)
{
  struct wishing w = {.cx = cx, .o = o, .sent = sent, .out = out};
  rec_init(&change_input_rec, &out->in);
  w.matched = ARENA_ARRAY(cx->arena, bool, o->lines.n + 1);
  refuse_fixed(cx, o, sent);
  if (cx->fault.code != ERR_OK)
    return ERR_OK;
  find_done(&w, history);
  wish_lines(&w);
  wish_charges(&w);
  TRY(wish_head(&w));
  change_fields fields = change_fields_of(cx, o, &out->in);
  out->anything = fields.n > 0 || out->clashes.n > 0;
  if (out->anything) {
    out->in.reason = "the channel sent the order again";
    out->in.expected_total = sent->expected_total;
  }
  return ERR_OK;
}
