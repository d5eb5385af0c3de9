/* What the rules that are on need to know, and nothing else: an order that no rule wonders about costs no read. */
#include "review_priv.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

static bool looks_at_channel(const struct review_rule *rule, const char *channel)
{
  for (size_t i = 0; i < rule->channels.n; i++)
    if (text_eq(rule->channels.at[i], channel))
      return true;
  return rule->channels.n == 0;
}

static enum err rules_in_force(struct ctx *cx, const char *channel, struct review_facts *f)
{
  const struct review_rules *all;
  TRY(review_rules_memo(cx, &all));
  EACH (const struct review_rule, rule, &all->by_code)
    if (rule->enabled && looks_at_channel(rule, channel))
      *LIST_ADD(cx->arena, &f->rules) = rule;
  return ERR_OK;
}

/* Is a rule of that type on; *out_minutes = the widest window and *out_orders = the highest count of those that are. */
static bool wanted(const struct review_facts *f, enum review_type type, int64_t *out_minutes, int64_t *out_orders)
{
  bool any = false;
  *out_minutes = *out_orders = 0;
  for (size_t i = 0; i < f->rules.n; i++) {
    const struct review_rule *rule = f->rules.at[i];
    if (rule->type != (int)type)
      continue;
    any = true;
    *out_minutes = rule->params.window_minutes > *out_minutes ? rule->params.window_minutes : *out_minutes;
    *out_orders = rule->params.orders > *out_orders ? rule->params.orders : *out_orders;
  }
  return any;
}

/* ---- The customer's other orders --------------------------------------------------------------------------------- */

static enum err earlier_load(struct ctx *cx, struct order_id self, int64_t customer_id, struct instant since,
                             int64_t limit, struct review_facts *f)
{
  static const struct db_stmt earlier = {
      "SELECT created_at FROM orders WHERE customer_id = $1 AND created_at > $2 AND id <> $3 AND state <> 'draft'"
      " ORDER BY created_at DESC, id DESC LIMIT $4",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &earlier, &rows, DB_ARGS(I64(customer_id), I64(since.ms), I64(self.v), I64(limit))));
  while (db_next(&rows))
    LIST_ADD(cx->arena, &f->earlier)->ms = db_i64(&rows, 0);
  return db_done(&rows);
}

static enum err twins_load(struct ctx *cx, struct order_id self, int64_t customer_id, struct instant since,
                           struct review_facts *f)
{
  static const struct db_stmt latest = {
      "SELECT id, number, created_at FROM orders WHERE customer_id = $1 AND created_at > $2 AND id <> $3"
      " AND state NOT IN ('draft', 'cancelled', 'expired') ORDER BY created_at DESC, id DESC LIMIT $4",
      DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &latest, &rows,
               DB_ARGS(I64(customer_id), I64(since.ms), I64(self.v), I64(REVIEW_TWINS_MAX))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, &f->twins) = (struct review_twin){
        .id = {db_i64(&rows, 0)}, .number = db_text(&rows, 1), .created_at = INSTANT(db_i64(&rows, 2))};
  return db_done(&rows);
}

/* What all twins hold, in one read. */
static enum err baskets_load(struct ctx *cx, struct review_facts *f)
{
  static const struct db_stmt items = {
      "SELECT order_id, sku, quantity FROM order_line WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8)"
      " AND order_id IN ($9, $10, $11, $12, $13, $14, $15, $16) AND kind <> 'gift' ORDER BY order_id, line",
      DB_KEYED};
  struct db_value args[2 * REVIEW_TWINS_MAX];
  struct db_rows rows;
  for (size_t i = 0; i < REVIEW_TWINS_MAX; i++) {
    const struct review_twin *twin = &f->twins.at[i < f->twins.n ? i : 0];
    args[i] = I64(bucket_of_id(twin->id.v));
    args[REVIEW_TWINS_MAX + i] = I64(twin->id.v);
  }
  TRY(db_query(cx->db, &items, &rows, args, COUNT_OF(args)));
  while (db_next(&rows)) {
    int64_t order_id = db_i64(&rows, 0);
    EACH (struct review_twin, twin, &f->twins)
      if (twin->id.v == order_id)
        *LIST_ADD(cx->arena, &twin->basket) = (struct review_item){db_text(&rows, 1), {db_i64(&rows, 2)}};
  }
  EACH (struct review_twin, twin, &f->twins)
    review_basket_fold(&twin->basket);
  return db_done(&rows);
}

/* ---- The catalog's prices ---------------------------------------------------------------------------------------- */

static int price_order(const void *a, const void *b)
{
  return strcmp(((const struct review_price *)a)->sku, ((const struct review_price *)b)->sku);
}

static enum err prices_load(struct ctx *cx, const struct order *o, struct review_facts *f)
{
  EACH (const struct order_line, l, &o->lines) {
    const struct product *p;
    enum err err = catalog_product_by_sku(cx, l->sku, &p);
    if (err == ERR_NOT_FOUND)
      continue;
    TRY(err);
    if (price_set(p->price) && text_eq(p->currency, o->currency))
      *LIST_ADD(cx->arena, &f->prices) = (struct review_price){l->sku, arena_text(cx->arena, p->unit), p->price};
  }
  if (f->prices.n > 1)
    qsort(f->prices.at, f->prices.n, sizeof *f->prices.at, price_order);
  return ERR_OK;
}

enum err review_load(struct ctx *cx, const struct order *o, int64_t customer_id, bool blocked, struct review_facts *out)
{
  struct review_facts f = {.customer_id = customer_id, .blocked = blocked};
  bool known = customer_id > 0;
  int64_t minutes, orders;
  TRY(rules_in_force(cx, o->channel, &f));
  TRY(setting_i64(cx, SETTING_HOLD_EXPIRE_HOURS, &f.hold_expire_hours));
  if (wanted(&f, REVIEW_VELOCITY, &minutes, &orders) && known)
    TRY(earlier_load(cx, o->id, customer_id, INSTANT(cx->now.ms - minutes * MINUTE_MS), orders, &f));
  if (wanted(&f, REVIEW_PROBABLE_DUPLICATE, &minutes, &orders) && known) {
    TRY(twins_load(cx, o->id, customer_id, INSTANT(cx->now.ms - minutes * MINUTE_MS), &f));
    if (f.twins.n)
      TRY(baskets_load(cx, &f));
  }
  if (wanted(&f, REVIEW_PRICE_DEVIATION, &minutes, &orders))
    TRY(prices_load(cx, o, &f));
  *out = f;
  return ERR_OK;
}
