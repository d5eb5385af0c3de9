/* A draft that keeps stock for a while: soft reservations, and one clock for all of them, the draft's expires_at. */
#include "intake_priv.h"

#include "settings.h"

enum err keeping_load(struct ctx *cx, const struct order *o, const struct order *was, int64_t hold_stock,
                      struct keeping *out)
{
  struct keeping k = {.until = was ? was->expires_at : INSTANT(ABSENT)};
  int64_t minutes;
  k.asked = instant_set(k.until) || hold_stock == 1;
  if (!k.asked)
    return ERR_OK;
  TRY(setting_i64(cx, SETTING_RESERVATION_MINUTES, &minutes));
  TRY(allocation_load(cx, o, &k.supply));
  if (hold_stock == 1)
    k.until = INSTANT(cx->now.ms + minutes * MINUTE_MS);
  else if (hold_stock == 0 || k.until.ms <= cx->now.ms)
    k.until = INSTANT(ABSENT);
  *out = k;
  return ERR_OK;
}

/* {"until", "lines": [{"line", "quantity"}]}: what was found. */
static const char *kept_data(struct ctx *cx, const struct order_work *w)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_key(&j, "until");
  json_instant(&j, w->after->expires_at);
  json_key(&j, "lines");
  json_array(&j);
  EACH (const struct order_line, l, &w->after->lines) {
    struct quantity kept = QUANTITY(0);
    EACH (const struct reservation_change, r, &w->stock.reservations)
      if (r->state == RESERVATION_LIVE && r->demand.line == l->line)
        kept = quantity_add(kept, r->quantity);
    if (kept.millionths == 0)
      continue;
    json_object(&j);
    json_put_i64(&j, "line", l->line);
    json_put_text(&j, "sku", l->sku);
    json_put_quantity(&j, "quantity", kept);
    json_object_end(&j);
  }
  json_array_end(&j);
  json_object_end(&j);
  return buf_str(&text);
}

enum err keeping_decide(struct ctx *cx, const struct keeping *k, struct order_work *w)
{
  struct allocation_facts supply = k->supply;
  if (!k->asked)
    return ERR_OK;
  bool let_go = allocation_let_go(cx, w, RESERVATION_RELEASED);
  allocation_free_levels(cx, &supply, &w->stock);
  w->after->expires_at = k->until;
  if (instant_set(k->until)) {
    TRY(allocation_keep(cx, &supply, k->until, w));
    order_event(cx, w, "order.stock_kept", NULL, 0, kept_data(cx, w));
  } else if (let_go) {
    order_event(cx, w, "order.stock_let_go", NULL, 0, "{}");
  }
  return ERR_OK;
}
