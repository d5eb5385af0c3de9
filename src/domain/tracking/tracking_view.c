/* The customer's view of an order: made of the order, the scans of its parcels and the promises of its timeline. */
#include "tracking_priv.h"

#include "carriers.h"
#include "codec.h"
#include "settings.h"

#include <string.h>

enum { STARS_MAX = 5 };

struct viewer {
  struct ctx *cx;
  const struct order *o;
  struct tracking_view *v;
  const char *fallback; /* language */
  LIST(struct tracking_event) scans; /* of all parcels, parcel by parcel, oldest first */
};

/* ---- Texts ---- */

static size_t character(const char *p)
{
  size_t n = 1;
  while (((unsigned char)p[n] & 0xC0) == 0x80)
    n++;
  return n;
}

const char *tracking_masked(struct arena *a, const char *name)
{
  struct buf b;
  int stars = 0;
  bool begins = true;
  if (text_empty(name))
    return NULL;
  buf_init(&b, a);
  for (const char *p = name; *p;) {
    size_t n = character(p);
    if (*p == ' ') {
      begins = true;
      buf_char(&b, ' ');
    } else if (begins) {
      buf_add(&b, p, n);
      begins = false;
      stars = 0;
    } else if (stars++ < STARS_MAX) {
      buf_char(&b, '*');
    }
    p += n;
  }
  return buf_str(&b);
}

/* ---- The shop ---- */

static enum err view_shop(struct viewer *w)
{
  struct tracking_shop *shop = &w->v->shop;
  TRY(setting_text(w->cx, SETTING_COMPANY_NAME, &shop->name));
  TRY(setting_text(w->cx, SETTING_SHOP_COLOR, &shop->color));
  TRY(setting_text(w->cx, SETTING_SHOP_LOGO, &shop->logo_url));
  TRY(setting_text(w->cx, SETTING_COMPANY_LANGUAGE, &w->fallback));
  if (!*shop->color)
    shop->color = NULL;
  if (!*shop->logo_url)
    shop->logo_url = NULL;
  return ERR_OK;
}

/* ---- What is in it ---- */

static enum err add_item(struct viewer *w, int64_t line, struct quantity quantity, struct list *out)
{
  const struct order_line *l = order_line_of((struct order *)w->o, line);
  const struct product *p = NULL;
  LIST(struct tracking_item) *items = (void *)out;
  if (!l || quantity.millionths <= 0)
    return ERR_OK;
  enum err err = l->product_id ? catalog_product_by_id(w->cx, (struct product_id){l->product_id}, &p) : ERR_NOT_FOUND;
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  *LIST_ADD(w->cx->arena, items) =
      (struct tracking_item){.name = p         ? product_name(w->cx->arena, p, w->v->language, w->fallback)
                                     : l->name ? l->name
                                               : l->sku,
                             .quantity = quantity,
                             .unit = p ? arena_text(w->cx->arena, p->unit) : NULL};
  return ERR_OK;
}

/* ---- Parcels ---- */

static const char *carrier_page(struct arena *a, const char *pattern, const char *number)
{
  const char *gap = pattern ? strstr(pattern, "{number}") : NULL;
  if (!pattern || !number)
    return NULL;
  if (!gap)
    return arena_text(a, pattern);
  return arena_printf(a, "%.*s%s%s", (int)(gap - pattern), pattern, url_part(a, number), gap + strlen("{number}"));
}

static enum err view_carrier(struct viewer *w, struct tracking_parcel *p)
{
  const struct carrier *c;
  struct arena *a = w->cx->arena;
  enum err err = p->carrier ? carrier_find(w->cx, p->carrier, &c) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  p->carrier_name = arena_text(a, c->name);
  p->carrier_phone = arena_text(a, c->phone);
  p->url = carrier_page(a, c->tracking_url, p->number);
  return ERR_OK;
}

static void view_scans(struct viewer *w, const struct parcel *from, struct tracking_parcel *p)
{
  for (size_t i = w->scans.n; i-- > 0;) {
    const struct tracking_event *e = &w->scans.at[i];
    if (e->parcel_id == from->id.v)
      *LIST_ADD(w->cx->arena, &p->events) =
          (struct tracking_scan){e->occurred_at, e->status, e->description, e->place};
  }
}

static enum err view_parcel(struct viewer *w, const struct fulfillment *f, const struct parcel *from)
{
  struct tracking_parcel *p = LIST_ADD(w->cx->arena, &w->v->parcels);
  bool left = from->state == PARCEL_HANDED_OVER;
  *p = (struct tracking_parcel){
      .n = (int64_t)w->v->parcels.n,
      .carrier = from->carrier ? from->carrier : f->carrier,
      .service = from->service ? from->service : f->service,
      .number = from->tracking_number,
      .status = from->tracking_status,
      .shipped_at = left ? f->shipped_at : INSTANT(ABSENT),
      .expected_at = instant_set(from->delivered_at) ? INSTANT(ABSENT) : f->deliver_by,
      .delivered_at = from->delivered_at,
  };
  TRY(view_carrier(w, p));
  EACH (const struct parcel_item, i, &from->items)
    TRY(add_item(w, i->line, i->quantity, (struct list *)(void *)&p->items));
  view_scans(w, from, p);
  return ERR_OK;
}

/* A packed parcel is told once it is packed: its label may have a number. Units in no parcel wait. */
static enum err view_parcels(struct viewer *w)
{
  TRY(tracking_events_of_order(w->cx, w->o, (struct list *)(void *)&w->scans));
  EACH (const struct fulfillment, f, &w->o->fulfillments)
    EACH (const struct parcel, p, &f->parcels)
      if (p->state != PARCEL_VOIDED)
        TRY(view_parcel(w, f, p));
  EACH (const struct order_line, l, &w->o->lines) {
    const struct line_counters *c = &l->counters;
    int64_t waiting = c->unallocated.millionths + c->backordered.millionths + c->allocated.millionths +
                      c->released.millionths + c->picked.millionths;
    TRY(add_item(w, l->line, QUANTITY(waiting), (struct list *)(void *)&w->v->waiting));
  }
  return ERR_OK;
}

/* ---- When ---- */

static struct instant later(struct instant a, struct instant b)
{
  return !instant_set(a) || (instant_set(b) && b.ms > a.ms) ? b : a;
}

static bool is_over(const struct fulfillment *f)
{
  return f->state == FUL_CLOSED || f->state == FUL_HANDED_OVER || !fulfillment_live(f);
}

/* The zone in which the last day of the order's own promise is meant; NULL when it does not say. */
static const char *promise_zone_of(struct arena *a, const struct order *o)
{
  const char *parts = o->promise.parts ? o->promise.parts : "[]", *zone = NULL;
  struct json j;
  enum json_token token;
  json_init(&j, parts, strlen(parts), a);
  while ((token = json_next(&j)) != JSON_END && token != JSON_ERROR)
    if (token == JSON_KEY && strcmp(j.text, "zone") == 0 && json_next(&j) == JSON_STRING)
      zone = arena_text(a, j.text);
  return zone;
}

static enum err view_expected(struct viewer *w)
{
  struct tracking_expected *e = &w->v->expected;
  const struct location *location;
  bool open = false;
  *e = (struct tracking_expected){INSTANT(ABSENT), INSTANT(ABSENT), NULL};
  TRY(setting_text(w->cx, SETTING_COMPANY_TIME_ZONE, &e->time_zone));
  if (w->o->state == ORDER_CANCELLED || w->o->state == ORDER_EXPIRED)
    return ERR_OK;
  EACH (const struct fulfillment, f, &w->o->fulfillments) {
    if (is_over(f))
      continue;
    open = true;
    e->ship_by = later(e->ship_by, f->ship_by);
    e->deliver_by = later(e->deliver_by, f->deliver_by);
    if (location_by_id(w->cx, f->location_id, &location) == ERR_OK)
      e->time_zone = arena_text(w->cx->arena, location->time_zone);
  }
  if (w->v->waiting.n || (!open && w->o->fulfillments.n == 0)) {
    e->ship_by = later(e->ship_by, w->o->promise.ship_by);
    e->deliver_by = later(e->deliver_by, w->o->promise.deliver_by);
    const char *zone = open ? NULL : promise_zone_of(w->cx->arena, w->o);
    e->time_zone = zone ? zone : e->time_zone;
  }
  return ERR_OK;
}

/* Why a promise moved, by what happened in the same act. What is not known to a customer is "other". */
static const struct {
  const char *topic, *reason;
} reasons[] = {
    {"fulfillment.short_picked", "stock"},
    {"stock.overcommitted", "stock"},
    {"order.backordered", "stock"},
    {"order.filled", "stock"},
    {"fulfillment.rejected", "location"},
    {"order.sourced", "location"},
    {"fulfillment.cancelled", "location"},
    {"order.changed", "request"},
    {"order.lines_cancelled", "request"},
    {"order.updated", "request"},
    {"hold.released", "hold"},
    {"order.held", "hold"},
    {"order.opened", "hold"},
    {"shipment.voided", "work"},
    {"fulfillment.opened", "work"},
};

static const char *reason_of(const char *topic)
{
  for (size_t i = 0; i < COUNT_OF(reasons); i++)
    if (strcmp(reasons[i].topic, topic) == 0)
      return reasons[i].reason;
  return "other";
}

static struct instant instant_of(struct json *j)
{
  struct instant at = INSTANT(ABSENT);
  if (json_next(j) == JSON_STRING && !instant_parse(j->text, j->n, &at))
    at = INSTANT(ABSENT);
  return at;
}

/* One entry of "changes", whose pointer comes first; true when it is the date of arrival. */
static bool read_change(struct json *j, struct tracking_change *out)
{
  while (json_next(j) == JSON_KEY) {
    if (strcmp(j->text, "before") == 0)
      out->from = instant_of(j);
    else if (strcmp(j->text, "after") == 0)
      out->to = instant_of(j);
    else if (json_next(j) != JSON_STRING || strcmp(j->text, "/promise/deliver_by") != 0)
      return false;
  }
  return true;
}

static bool find_change(struct arena *a, const char *data, struct tracking_change *out)
{
  struct json j;
  const char *value;
  size_t n;
  json_init(&j, data, strlen(data), a);
  if (json_next(&j) != JSON_OBJECT)
    return false;
  while (json_next(&j) == JSON_KEY) {
    if (strcmp(j.text, "changes") != 0) {
      if (!json_skip(&j, &value, &n))
        return false;
      continue;
    }
    if (json_next(&j) != JSON_ARRAY)
      return false;
    for (enum json_token token; (token = json_next(&j)) == JSON_OBJECT;) {
      const char *begin = j.token;
      struct json one;
      if (!json_skip_rest(&j, token))
        return false;
      json_init(&one, begin, (size_t)(j.at - begin), a);
      *out = (struct tracking_change){.from = INSTANT(ABSENT), .to = INSTANT(ABSENT)};
      if (json_next(&one) == JSON_OBJECT && read_change(&one, out))
        return true;
    }
    return false;
  }
  return false;
}

void tracking_change_of(struct arena *a, const struct feed_entry *e, struct instant *promised,
                        tracking_changes *changes)
{
  struct tracking_change change;
  if (!find_change(a, e->data, &change))
    return;
  if (!instant_set(*promised))
    *promised = instant_set(change.from) ? change.from : change.to;
  if (!instant_set(change.from)) /* the first promise is no change */
    return;
  change.at = e->at;
  change.reason = reason_of(e->topic);
  *LIST_ADD(a, changes) = change;
}

static enum err view_changes(struct viewer *w)
{
  feed_entries entries = {0};
  struct tracking_view *v = w->v;
  v->promised = INSTANT(ABSENT);
  TRY(timeline_read(w->cx, w->o->bucket, w->o->id.v, &entries));
  EACH (const struct feed_entry, e, &entries)
    tracking_change_of(w->cx->arena, e, &v->promised, &v->changes);
  if (!instant_set(v->promised))
    v->promised = w->o->promise.deliver_by;
  return ERR_OK;
}

/* ---- Steps ---- */

struct progress {
  size_t live, packed, shipped, delivered, parcels;
  bool on_the_road, returning;
  struct instant packed_at, shipped_at, out_at, delivered_at, closed_at;
};

static struct progress progress_of(const struct viewer *w)
{
  struct progress p = {.packed_at = INSTANT(ABSENT),
                       .shipped_at = INSTANT(ABSENT),
                       .out_at = INSTANT(ABSENT),
                       .delivered_at = INSTANT(ABSENT),
                       .closed_at = INSTANT(ABSENT)};
  EACH (const struct fulfillment, f, &w->o->fulfillments) {
    if (!fulfillment_live(f) && f->state != FUL_CLOSED && f->state != FUL_HANDED_OVER)
      continue;
    p.live++;
    /* What waits at the counter need not lie in a box. */
    p.packed += instant_set(f->packed_at) || f->state == FUL_READY_FOR_PICKUP || f->state == FUL_HANDED_OVER;
    p.packed_at = later(p.packed_at, f->packed_at);
    p.shipped += instant_set(f->shipped_at) || f->state == FUL_READY_FOR_PICKUP || f->state == FUL_HANDED_OVER;
    p.shipped_at = later(p.shipped_at, f->shipped_at);
    p.delivered += f->state == FUL_CLOSED || f->state == FUL_HANDED_OVER;
    p.closed_at = later(p.closed_at, f->closed_at);
  }
  EACH (const struct tracking_parcel, parcel, &w->v->parcels) {
    p.parcels++;
    p.on_the_road |= parcel->status == TRACKING_OUT_FOR_DELIVERY || parcel->status == TRACKING_DELIVERED;
    p.returning |= parcel->status == TRACKING_RETURN_TO_SENDER;
    p.delivered_at = later(p.delivered_at, parcel->delivered_at);
    EACH (const struct tracking_scan, scan, &parcel->events)
      if (scan->status == TRACKING_OUT_FOR_DELIVERY)
        p.out_at = later(p.out_at, scan->at);
  }
  if (!instant_set(p.delivered_at)) /* nobody scanned it, or it was collected */
    p.delivered_at = p.closed_at;
  return p;
}

static void step(struct viewer *w, const char *code, bool done, struct instant at)
{
  size_t n = w->v->steps.n;
  bool before = n == 0 || w->v->steps.at[n - 1].state == TRACKING_STEP_DONE;
  *LIST_ADD(w->cx->arena, &w->v->steps) = (struct tracking_step){.code = code,
                                                                 .state = done && before ? TRACKING_STEP_DONE
                                                                          : before       ? TRACKING_STEP_CURRENT
                                                                                         : TRACKING_STEP_TODO,
                                                                 .at = done && before ? at : INSTANT(ABSENT)};
}

static bool is_collected(const struct order *o)
{
  return o->delivery.type == DELIVERY_PICKUP || o->delivery.type == DELIVERY_PICKUP_POINT ||
         o->delivery.type == DELIVERY_DINE_IN || o->delivery.type == DELIVERY_TAKEAWAY;
}

/* Units that lie at the counter without a box: no parcel has them, and they wait for nothing but the customer. */
static int64_t at_the_counter(const struct order *o)
{
  int64_t sum = 0;
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (f->state == FUL_READY_FOR_PICKUP)
      EACH (const struct fulfillment_line, l, &f->lines)
        sum += l->picked.millionths - l->packed.millionths;
  return sum;
}

static int64_t units_waiting(const struct tracking_view *v)
{
  int64_t sum = 0;
  EACH (const struct tracking_item, i, &v->waiting)
    sum += i->quantity.millionths;
  return sum;
}

static enum err view_pickup(struct viewer *w)
{
  const struct location *l;
  const char *code = is_collected(w->o) ? w->o->delivery.location : NULL;
  enum err err = code ? location_find(w->cx, code, &l) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  struct arena *a = w->cx->arena;
  const struct address *at = l->address;
  w->v->pickup = (struct tracking_pickup){.name = arena_text(a, l->name)};
  if (at) {
    w->v->pickup.line1 = arena_text(a, at->line1);
    w->v->pickup.line2 = arena_text(a, at->line2);
    w->v->pickup.city = arena_text(a, at->city);
    w->v->pickup.region = arena_text(a, at->region);
    w->v->pickup.postal_code = arena_text(a, at->postal_code);
  }
  return ERR_OK;
}

static const char *state_of(const struct viewer *w, const struct progress *p, bool all, bool collected)
{
  bool delivered = p->live && p->delivered == p->live && all;
  if (w->o->state == ORDER_CANCELLED || w->o->state == ORDER_EXPIRED)
    return "cancelled";
  if (p->returning)
    return "returning";
  if (delivered)
    return collected ? "collected" : "delivered";
  if (p->shipped && p->shipped == p->live && all)
    return collected ? "ready" : "shipped";
  if (p->shipped && !collected)
    return "partly_shipped";
  return w->o->state == ORDER_PLACED ? "ordered" : "preparing";
}

static void view_steps(struct viewer *w)
{
  const struct order *o = w->o;
  struct progress p = progress_of(w);
  bool all = units_waiting(w->v) == at_the_counter(o) && p.live > 0, collected = is_collected(o);
  bool cancelled = o->state == ORDER_CANCELLED || o->state == ORDER_EXPIRED;
  w->v->state = state_of(w, &p, all, collected);
  step(w, "ordered", true, o->ordered_at);
  if (cancelled) {
    step(w, "cancelled", true, instant_set(o->closed_at) ? o->closed_at : o->updated_at);
    return;
  }
  step(w, "confirmed", o->state == ORDER_OPEN || o->state == ORDER_CLOSED, o->placed_at);
  step(w, "packed", all && p.packed == p.live, p.packed_at);
  if (collected) {
    step(w, "ready", all && p.shipped == p.live, INSTANT(ABSENT));
    step(w, "collected", all && p.delivered == p.live, p.delivered_at);
    return;
  }
  bool delivered = all && p.delivered == p.live;
  step(w, "shipped", all && p.shipped == p.live, p.shipped_at);
  step(w, "out_for_delivery", delivered || (p.parcels && p.on_the_road), p.out_at);
  step(w, "delivered", delivered, p.delivered_at);
}

/* ---- Who ---- */

static void view_recipient(struct viewer *w)
{
  const struct order_personal *personal = &w->o->personal;
  const struct address *to = personal->shipping_address;
  const char *name = to && to->name ? to->name : personal->customer ? personal->customer->name : NULL;
  w->v->recipient =
      (struct tracking_recipient){tracking_masked(w->cx->arena, name), to ? to->city : NULL, to ? to->country : NULL};
}

enum err tracking_view_make(struct ctx *cx, struct order_id id, const char *language, struct tracking_view *out)
{
  struct order *o;
  struct viewer w = {.cx = cx, .v = out};
  enum err err = order_load(cx, id, &o);
  if (err == ERR_NOT_FOUND || (err == ERR_OK && o->state == ORDER_DRAFT)) {
    fault_clear(&cx->fault);
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no such order");
  }
  TRY(err);
  order_derive(cx, o);
  rec_init(&tracking_view_rec, out);
  w.o = o;
  out->order_number = o->number;
  out->ordered_at = o->ordered_at;
  out->updated_at = o->updated_at;
  TRY(view_shop(&w));
  out->language = language ? language : o->language ? o->language : w.fallback;
  TRY(view_parcels(&w));
  TRY(view_expected(&w));
  TRY(view_changes(&w));
  view_steps(&w);
  view_recipient(&w);
  TRY(view_pickup(&w));
  return ERR_OK;
}
