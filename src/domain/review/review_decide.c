/* What each type of rule looks at: pure functions of the order, the facts and the situation. A rule that finds
 * something says it in a sentence with the numbers, and keeps what it saw as evidence. Neither names a person. */
#include "review_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  NAMED_MAX = 3,     /* lines that a sentence names before it only counts */
  EVIDENCE_MAX = 50, /* lines that evidence lists */
};

/* One rule looking at one order. */
struct look {
  struct ctx *cx;
  const struct review_facts *facts;
  const struct review_situation *situation;
  const struct review_rule *rule;
  struct order *o;
  const char *reason; /* NULL = nothing found */
  struct buf text;
  struct json_out evidence; /* open once a reason was given */
};

PRINTF_LIKE(2, 3) static struct json_out *find(struct look *l, const char *fmt, ...)
{
  char sentence[1000];
  va_list args;
  va_start(args, fmt);
  vsnprintf(sentence, sizeof sentence, fmt, args);
  va_end(args);
  l->reason = arena_text(l->cx->arena, sentence);
  buf_init(&l->text, l->cx->arena);
  json_out_init(&l->evidence, &l->text);
  json_object(&l->evidence);
  json_put_text(&l->evidence, "rule", l->rule->code);
  return &l->evidence;
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

/* "44.80 USD" */
static const char *money_text(struct look *l, struct money m)
{
  int places = currency_decimals(l->o->currency);
  int64_t one = 1, whole;
  for (int i = 0; i < places; i++)
    one *= 10;
  whole = m.minor / one;
  const char *sign = m.minor < 0 ? "-" : "";
  if (places <= 0)
    return arena_printf(l->cx->arena, "%lld %s", (long long)m.minor, l->o->currency);
  return arena_printf(l->cx->arena, "%s%lld.%0*lld %s", sign, llabs((long long)whole), places,
                      llabs((long long)(m.minor % one)), l->o->currency);
}

/* v / 10^places in the arena: "1.5" */
static const char *decimal_text(struct look *l, int64_t v, int places)
{
  char text[32];
  decimal_format(v, places, text);
  return arena_text(l->cx->arena, text);
}

static const char *price_text(struct look *l, struct price p)
{
  int places = currency_decimals(l->o->currency);
  return arena_printf(l->cx->arena, "%s %s", decimal_text(l, p.millionths, 6 + (places > 0 ? places : 0)),
                      l->o->currency);
}

static const char *quantity_text(struct look *l, struct quantity q)
{
  return decimal_text(l, q.millionths, 6);
}

static const char *percent_text(struct look *l, struct rate r)
{
  return decimal_text(l, r.ppm, 4);
}

/* Joins what a sentence says of several lines: "a, b, c and 4 more". Each is said by add(). */
struct words {
  struct buf text;
  size_t n;
};

static void words_add(struct words *w, const char *text)
{
  if (w->n < NAMED_MAX) {
    buf_text(&w->text, w->n ? ", " : "");
    buf_text(&w->text, text);
  }
  w->n++;
}

static const char *words_end(struct words *w)
{
  if (w->n > NAMED_MAX)
    buf_printf(&w->text, " and %zu more", w->n - NAMED_MAX);
  return buf_str(&w->text);
}

/* ---- Stock ------------------------------------------------------------------------------------------------------- */

/* A gift, or part of one. */
static bool is_gift(struct order *o, const struct order_line *l)
{
  while (l && l->kind != LINE_GIFT)
    l = l->parent_line == ABSENT || l->parent_line >= l->line ? NULL : order_line_of(o, l->parent_line);
  return l != NULL;
}

/* Units of a line that found no stock and hold the order. Those that may wait were made backordered before, as short
 * gifts always are. */
static struct quantity missing_of(const struct look *l, const struct order_line *line)
{
  if (!line->stocked)
    return QUANTITY(0);
  if (!is_gift(l->o, line))
    return line_at(line, PLACE_UNALLOCATED);
  if (!l->situation->hold_short_gifts)
    return QUANTITY(0);
  return quantity_add(line_at(line, PLACE_UNALLOCATED), line_at(line, PLACE_BACKORDERED));
}

static void look_at_stock(struct look *l)
{
  struct words words = {0};
  size_t n = 0;
  buf_init(&words.text, l->cx->arena);
  if (!l->situation->sourced)
    return;
  EACH (const struct order_line, line, &l->o->lines)
    if (missing_of(l, line).millionths > 0)
      words_add(&words, arena_printf(l->cx->arena, "%s %s of %s", quantity_text(l, missing_of(l, line)), line->unit,
                                     line->sku));
  if (words.n == 0)
    return;
  struct json_out *evidence = find(l, "not enough stock: %s missing", words_end(&words));
  json_key(evidence, "lines");
  json_array(evidence);
  EACH (const struct order_line, line, &l->o->lines) {
    if (missing_of(l, line).millionths == 0 || n++ >= EVIDENCE_MAX)
      continue;
    json_object(evidence);
    json_put_i64(evidence, "line", line->line);
    json_put_text(evidence, "sku", line->sku);
    json_put_quantity(evidence, "asked", line->quantity);
    json_put_quantity(evidence, "missing", missing_of(l, line));
    json_object_end(evidence);
  }
  json_array_end(evidence);
}

/* ---- Money ------------------------------------------------------------------------------------------------------- */

static void look_at_payments(struct look *l)
{
  const struct order *o = l->o;
  const struct order_totals *t = &o->totals;
  struct json_out *evidence;
  if (o->payments.n == 0 || order_money_fits(o))
    return;
  if (t->due.minor < 0)
    evidence = find(l, "%s more than the order's total was paid", money_text(l, money_neg(t->due)));
  else
    evidence = find(l, "only %s of %s are paid or authorized, but the terms are %s",
                    money_text(l, money_add(money_sub(t->paid, t->refunded), t->authorized)),
                    money_text(l, money_sub(t->total, t->cancelled)), payment_terms_names[o->payment_terms]);
  json_put_text(evidence, "payment_terms", payment_terms_names[o->payment_terms]);
  json_put_text(evidence, "currency", o->currency);
  json_put_i64(evidence, "total", t->total.minor);
  json_put_i64(evidence, "authorized", t->authorized.minor);
  json_put_i64(evidence, "paid", t->paid.minor);
  json_put_i64(evidence, "due", t->due.minor);
}

static void look_at_total(struct look *l)
{
  const struct order *o = l->o;
  if (!money_set(o->expected_total) || o->expected_total.minor == o->totals.total.minor)
    return;
  struct json_out *evidence = find(l, "the total is %s, but the channel expected %s", money_text(l, o->totals.total),
                                   money_text(l, o->expected_total));
  json_put_text(evidence, "currency", o->currency);
  json_put_i64(evidence, "total", o->totals.total.minor);
  json_put_i64(evidence, "expected_total", o->expected_total.minor);
}

static void look_at_amount(struct look *l)
{
  const struct order *o = l->o;
  const struct review_params *p = &l->rule->params;
  if (!text_eq(p->currency, o->currency) || o->totals.total.minor <= p->amount.minor)
    return;
  struct json_out *evidence =
      find(l, "the total of %s is above %s", money_text(l, o->totals.total), money_text(l, p->amount));
  json_put_text(evidence, "currency", o->currency);
  json_put_i64(evidence, "total", o->totals.total.minor);
  json_put_i64(evidence, "amount", p->amount.minor);
}

static const struct review_price *catalog_price(const struct look *l, const char *sku)
{
  size_t from = 0, to = l->facts->prices.n;
  while (from < to) {
    size_t middle = from + (to - from) / 2;
    int order = strcmp(l->facts->prices.at[middle].sku, sku);
    if (order == 0)
      return &l->facts->prices.at[middle];
    if (order < 0)
      from = middle + 1;
    else
      to = middle;
  }
  return NULL;
}

/* The catalog's price of a line whose own differs too much from it, or NULL. Gifts, components and modifiers have
 * prices of their own making. */
static const struct review_price *deviates_from(const struct look *l, const struct order_line *line)
{
  if (!line->price_given || (line->kind != LINE_ITEM && line->kind != LINE_SERVICE))
    return NULL;
  const struct review_price *catalog = catalog_price(l, line->sku);
  if (!catalog || !text_eq(catalog->unit, line->unit))
    return NULL;
  __int128 difference = (__int128)line->unit_price.millionths - catalog->price.millionths;
  __int128 fine = (__int128)catalog->price.millionths * l->rule->params.deviation.ppm;
  return (difference < 0 ? -difference : difference) * SCALE > fine ? catalog : NULL;
}

static void look_at_prices(struct look *l)
{
  struct words words = {0};
  size_t n = 0;
  buf_init(&words.text, l->cx->arena);
  EACH (const struct order_line, line, &l->o->lines) {
    const struct review_price *catalog = deviates_from(l, line);
    if (catalog)
      words_add(&words, arena_printf(l->cx->arena, "%s at %s instead of the catalog's %s", line->sku,
                                     price_text(l, line->unit_price), price_text(l, catalog->price)));
  }
  if (words.n == 0)
    return;
  struct json_out *evidence =
      find(l, "%s; %s %% up or down are fine", words_end(&words), percent_text(l, l->rule->params.deviation));
  json_put_text(evidence, "currency", l->o->currency);
  json_put_text(evidence, "deviation", decimal_text(l, l->rule->params.deviation.ppm, 6));
  json_key(evidence, "lines");
  json_array(evidence);
  EACH (const struct order_line, line, &l->o->lines) {
    const struct review_price *catalog = deviates_from(l, line);
    if (!catalog || n++ >= EVIDENCE_MAX)
      continue;
    json_object(evidence);
    json_put_i64(evidence, "line", line->line);
    json_put_text(evidence, "sku", line->sku);
    json_put_text(evidence, "unit_price", decimal_text(l, line->unit_price.millionths, 6));
    json_put_text(evidence, "catalog_price", decimal_text(l, catalog->price.millionths, 6));
    json_object_end(evidence);
  }
  json_array_end(evidence);
}

/* ---- The customer ------------------------------------------------------------------------------------------------ */

static void put_id(struct look *l, const char *key, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  if (id <= 0)
    return;
  id_format(prefix, id, text);
  json_put_text(&l->evidence, key, text);
}

static void look_at_customer(struct look *l)
{
  if (!l->facts->blocked)
    return;
  find(l, "the customer is blocked");
  put_id(l, "customer", PREFIX_customer, l->facts->customer_id);
}

static void look_at_velocity(struct look *l)
{
  const struct review_params *p = &l->rule->params;
  int64_t since = l->cx->now.ms - p->window_minutes * MINUTE_MS, n = 0;
  EACH (const struct instant, at, &l->facts->earlier)
    n += at->ms > since;
  if (n < p->orders)
    return;
  struct json_out *evidence = find(l, "more than %lld order%s of this customer within %lld minute%s",
                                   (long long)p->orders, p->orders == 1 ? "" : "s", (long long)p->window_minutes,
                                   p->window_minutes == 1 ? "" : "s");
  put_id(l, "customer", PREFIX_customer, l->facts->customer_id);
  json_put_i64(evidence, "orders", p->orders);
  json_put_i64(evidence, "window_minutes", p->window_minutes);
}

static bool blank(const char *text)
{
  return text_empty(text) || text[strspn(text, " \t\r\n")] == '\0';
}

/* Names of the required parts that are not there; their number. */
static size_t missing_parts(const struct look *l, const struct address *a, const char **out_names)
{
  size_t n = 0;
  for (size_t i = 0; i < l->rule->params.required.n; i++) {
    const struct address_part *part = address_part_find(l->rule->params.required.at[i]);
    if (part && blank(*(const char *const *)((const char *)a + part->offset)))
      out_names[n++] = part->name;
  }
  return n;
}

static bool country_served(const struct review_rule *rule, const char *country)
{
  for (size_t i = 0; i < rule->params.countries.n; i++)
    if (text_eq(rule->params.countries.at[i], country))
      return true;
  return rule->params.countries.n == 0;
}

static void look_at_address(struct look *l)
{
  const struct address *a = l->o->personal.shipping_address;
  const char **missing = ARENA_ARRAY(l->cx->arena, const char *, l->rule->params.required.n + 1);
  struct words words = {0};
  struct json_out *evidence;
  if (l->o->delivery.type != DELIVERY_SHIP)
    return;
  if (!a) {
    find(l, "there is no address to ship to");
    return;
  }
  buf_init(&words.text, l->cx->arena);
  size_t n = missing_parts(l, a, missing);
  for (size_t i = 0; i < n; i++)
    words_add(&words, missing[i]);
  bool served = country_served(l->rule, a->country);
  if (n == 0 && served)
    return;
  const char *country = a->country ? a->country : "no country";
  if (n == 0)
    evidence = find(l, "the address is in %s, where we do not ship", country);
  else if (served)
    evidence = find(l, "the address has no %s", words_end(&words));
  else
    evidence = find(l, "the address has no %s, and it is in %s, where we do not ship", words_end(&words), country);
  json_put_text(evidence, "country", a->country);
  json_key(evidence, "missing");
  json_array(evidence);
  for (size_t i = 0; i < n; i++)
    json_text(evidence, missing[i]);
  json_array_end(evidence);
}

/* ---- Doubles ----------------------------------------------------------------------------------------------------- */

static int item_order(const void *a, const void *b)
{
  return strcmp(((const struct review_item *)a)->sku, ((const struct review_item *)b)->sku);
}

void review_basket_fold(review_basket *basket)
{
  size_t n = 0;
  if (basket->n > 1)
    qsort(basket->at, basket->n, sizeof *basket->at, item_order);
  EACH (const struct review_item, item, basket) {
    if (n > 0 && strcmp(basket->at[n - 1].sku, item->sku) == 0)
      basket->at[n - 1].quantity.millionths += item->quantity.millionths;
    else
      basket->at[n++] = *item;
  }
  basket->n = n;
}

static review_basket basket_of(struct look *l)
{
  review_basket basket = {0};
  EACH (const struct order_line, line, &l->o->lines)
    if (line->kind != LINE_GIFT)
      *LIST_ADD(l->cx->arena, &basket) = (struct review_item){line->sku, line->quantity};
  review_basket_fold(&basket);
  return basket;
}

/* How much of two baskets is the same: the units that both have by those that either has, over all products (the
 * weighted Jaccard index). Two empty ones have nothing in common. */
static struct rate similarity(const review_basket *a, const review_basket *b)
{
  __int128 both = 0, either = 0;
  size_t i = 0, k = 0;
  while (i < a->n || k < b->n) {
    int order = i == a->n ? 1 : k == b->n ? -1 : strcmp(a->at[i].sku, b->at[k].sku);
    int64_t left = order <= 0 ? a->at[i++].quantity.millionths : 0;
    int64_t right = order >= 0 ? b->at[k++].quantity.millionths : 0;
    both += left < right ? left : right;
    either += left < right ? right : left;
  }
  return RATE(either > 0 ? (int64_t)(both * SCALE / either) : 0);
}

static void look_at_twins(struct look *l)
{
  const struct review_params *p = &l->rule->params;
  const struct review_twin *twin = NULL;
  struct rate most = RATE(-1);
  review_basket own = l->facts->twins.n ? basket_of(l) : (review_basket){0};
  EACH (const struct review_twin, other, &l->facts->twins) {
    struct rate same = similarity(&own, &other->basket);
    if (other->created_at.ms > l->cx->now.ms - p->window_minutes * MINUTE_MS && same.ppm > most.ppm) {
      most = same;
      twin = other;
    }
  }
  if (!twin || most.ppm < p->similarity.ppm)
    return;
  char id[ID_TEXT];
  id_format(PREFIX_order, twin->id.v, id);
  long long minutes = (long long)((l->cx->now.ms - twin->created_at.ms) / MINUTE_MS);
  struct json_out *evidence =
      find(l, "looks like order %s, placed %lld minute%s earlier: %lld %% of the basket is the same",
           twin->number ? twin->number : id, minutes, minutes == 1 ? "" : "s", (long long)(most.ppm / 10000));
  json_put_text(evidence, "order", id);
  json_put_text(evidence, "number", twin->number);
  json_put_text(evidence, "link", arena_printf(l->cx->arena, "/v1/orders/%s", id));
  json_put_text(evidence, "similarity", decimal_text(l, most.ppm, 6));
  json_put_i64(evidence, "minutes", minutes);
}

/* ---- All together ------------------------------------------------------------------------------------------------ */

static void (*const looks[REVIEW_TYPE_COUNT])(struct look *l) = {
  [REVIEW_STOCK_SHORT] = look_at_stock,         [REVIEW_PAYMENT_MISMATCH] = look_at_payments,
  [REVIEW_TOTAL_MISMATCH] = look_at_total,      [REVIEW_BLOCKED_CUSTOMER] = look_at_customer,
  [REVIEW_VELOCITY] = look_at_velocity,         [REVIEW_AMOUNT_OUTLIER] = look_at_amount,
  [REVIEW_ADDRESS] = look_at_address,           [REVIEW_PRICE_DEVIATION] = look_at_prices,
  [REVIEW_PROBABLE_DUPLICATE] = look_at_twins,
};

static struct instant expiry(const struct look *l)
{
  int64_t hours = l->rule->expire_hours > 0 ? l->rule->expire_hours : l->facts->hold_expire_hours;
  return hours > 0 ? INSTANT(l->cx->now.ms + hours * HOUR_MS) : INSTANT(ABSENT);
}

static void hold_by(struct look *l, struct order_work *w)
{
  json_object_end(&l->evidence);
  order_hold_add(l->cx, w,
                 &(struct hold){.type = review_types[l->rule->type],
                                .scope = HOLD_ORDER,
                                .line = ABSENT,
                                .reason = l->reason,
                                .owner_role = arena_text(l->cx->arena, l->rule->owner_role), /* outlives the memo */
                                .evidence = buf_str(&l->text),
                                .due_at = INSTANT(l->rule->target_hours ? l->cx->now.ms + l->rule->target_hours * HOUR_MS : 0),
                                .expires_at = expiry(l)});
}

void review_decide(struct ctx *cx, const struct review_facts *facts, const struct review_situation *situation,
                   struct order_work *w)
{
  order_derive(cx, w->after);
  for (size_t i = 0; i < facts->rules.n; i++) {
    struct look l = {.cx = cx, .facts = facts, .situation = situation, .rule = facts->rules.at[i], .o = w->after};
    looks[l.rule->type](&l);
    if (l.reason)
      hold_by(&l, w);
  }
}

enum stock_policy review_stock_policy(const struct channel *ch, const struct order *o)
{
  EACH (const struct payment, p, &o->payments)
    EACH (const struct payment_entry, e, &p->entries)
      if (e->kind == ENTRY_CAPTURE && e->amount.minor > 0)
        return STOCK_HOLD;
  return (enum stock_policy)ch->stock_policy;
}
