/* Allocating: facts in, sourcing's decision, and what it means for the order. */
#include "allocation_priv.h"

#include "settings.h"

#include <string.h>

enum {
  ASKED_ANYWAY_MAX = 200
}; /* so many places are candidates even without stock, so that the record says why they lost */

/* ---- Load ---- */

static enum err load_costs(struct ctx *cx, struct allocation_facts *f)
{
  int64_t split, late, scarcity;
  TRY(setting_i64(cx, SETTING_SOURCING_SPLIT, &split));
  TRY(setting_i64(cx, SETTING_SOURCING_LATENESS, &late));
  TRY(setting_i64(cx, SETTING_SOURCING_SCARCITY, &scarcity));
  TRY(setting_i64(cx, SETTING_SOURCING_NODES, &f->costs.nodes_max));
  TRY(setting_i64(cx, SETTING_PROCESSING_HOURS, &f->processing_hours));
  f->costs.freight_ppm = f->costs.location_ppm = SCALE;
  f->costs.split = MONEY(split);
  f->costs.late_per_day = MONEY(late);
  f->costs.scarcity = MONEY(scarcity);
  return ERR_OK;
}

static bool at_location(const struct order *o)
{
  return o->delivery.type == DELIVERY_PICKUP || o->delivery.type == DELIVERY_DINE_IN ||
         o->delivery.type == DELIVERY_TAKEAWAY;
}

/* Time zones met so far live with the connection's memo: they only save time. */
static struct promise_zones *zones_of(struct ctx *cx)
{
  static const char name;
  void **slot = db_memo_slot(cx->db, &name);
  if (!*slot) {
    struct promise_zones *z = promise_zones_new();
    arena_defer(db_memo_arena(cx->db), (void (*)(void *))promise_zones_free, z);
    *slot = z;
  }
  return *slot;
}

enum err allocation_load(struct ctx *cx, const struct order *o, struct allocation_facts *out)
{
  struct allocation_facts f = {.zones = zones_of(cx)};
  TRY(channel_find(cx, o->channel, &f.channel));
  TRY(locations_all(cx, &f.locations));
  TRY(load_costs(cx, &f));
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &f.currency));
  if (at_location(o)) {
    enum err err = location_by_code(cx, o->delivery.location ? o->delivery.location : "", &f.delivery_location);
    if (err == ERR_NOT_FOUND)
      return fault_add(&cx->fault, ERR_INVALID, "/delivery/location", "unknown_location",
                       "this delivery needs a location we have");
    TRY(err);
  } else {
    enum err err = carrier_for_method(cx, o->shipping_method, &f.carrier, &f.service);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
  }
  int64_t *products = ARENA_ARRAY(cx->arena, int64_t, o->lines.n + 1);
  size_t n = 0;
  EACH (const struct order_line, l, &o->lines)
    if (l->stocked)
      products[n++] = l->product_id;
  if (n)
    TRY(stock_levels_load(cx, products, n, &f.levels));
  *out = f;
  return ERR_OK;
}

/* ---- Decide: the question for sourcing ---- */

struct asking {
  struct ctx *cx;
  const struct allocation_facts *f;
  const struct allocation_wish *wish;
  const struct order *o;
  struct sourcing_input in;
  int64_t *products;                 /* product id by index of in.products */
  const struct location **locations; /* by index of in.candidates */
  struct promise *promises;          /* the same */
};

static struct quantity open_units(const struct order_line *l)
{
  return quantity_add(l->counters.unallocated, l->counters.backordered);
}

/* Gifts, components and modifiers ship with their parent. */
static int64_t group_of(const struct order *o, const struct order_line *l)
{
  if (l->parent_line != ABSENT)
    return l->parent_line;
  EACH (const struct order_line, other, &o->lines)
    if (other->parent_line == l->line)
      return l->line;
  return 0;
}

static int64_t product_index(struct asking *a, const struct order_line *l)
{
  for (size_t i = 0; i < a->in.products.n; i++)
    if (a->products[i] == l->product_id)
      return (int64_t)i;
  struct sourcing_product *p = LIST_ADD(a->cx->arena, &a->in.products);
  *p = (struct sourcing_product){.sku = l->sku, .weight_g = l->weight_g == ABSENT ? 0 : l->weight_g};
  a->products[a->in.products.n - 1] = l->product_id;
  return (int64_t)a->in.products.n - 1;
}

static void ask_lines(struct asking *a)
{
  bool gifts_count = a->f->channel->hold_short_gifts;
  EACH (const struct order_line, l, &a->o->lines) {
    struct quantity open = open_units(l);
    if (!l->stocked || open.millionths == 0)
      continue;
    int64_t product = product_index(a, l);
    *LIST_ADD(a->cx->arena, &a->in.lines) = (struct sourcing_line){
        .key = l->line,
        .product = product,
        .quantity = open,
        .unit_value = l->unit_price,
        .group = group_of(a->o, l),
        .optional = l->kind == LINE_GIFT && !gifts_count,
    };
  }
}

/* The carrier's zone from a location to the customer; NULL when there is no carrier, no address or no such zone. */
static const struct carrier_zone *zone_from(const struct asking *a, const struct location *l)
{
  const struct address *to = a->o->personal.shipping_address;
  if (!a->f->carrier || !to)
    return NULL;
  return carrier_zone(a->f->carrier, &(struct carrier_lane){l->address ? l->address->country : NULL, to->country,
                                                            to->region, to->postal_code});
}

static void freight_of(struct asking *a, const struct location *l, struct sourcing_candidate *c)
{
  const struct carrier *carrier = a->f->carrier;
  const struct carrier_zone *zone = zone_from(a, l);
  size_t n = 0;
  const struct carrier_rate *steps = zone ? carrier_rate_steps(carrier, a->f->service->code, zone->code, &n) : NULL;
  for (size_t i = 0; i < n; i++) {
    *LIST_ADD(a->cx->arena, &c->freight.steps) =
        (struct sourcing_freight_step){.up_to_g = steps[i].up_to_g, .price = steps[i].price};
    if (money_set(steps[i].per_extra_kg))
      c->freight.per_extra_kg = steps[i].per_extra_kg;
  }
}

/* The location's cut-offs and that of the carrier's service. */
static const struct promise_cut_offs *cut_offs_with_service(struct asking *a, const struct promise_cut_offs *own)
{
  const struct carrier_service *service = a->f->service;
  if (!service || service->cut_off_minute == ABSENT)
    return own;
  struct promise_cut_offs *all = ARENA_NEW(a->cx->arena, struct promise_cut_offs);
  *LIST_ADD(a->cx->arena, &all->rows) = (struct promise_cut_off){.day = PROMISE_ANY_DAY,
                                                                 .carrier = a->f->carrier->code,
                                                                 .service = service->code,
                                                                 .time = service->cut_off,
                                                                 .minute = service->cut_off_minute};
  for (size_t i = 0; own && i < own->rows.n; i++)
    *LIST_ADD(a->cx->arena, &all->rows) = own->rows.at[i];
  return all;
}

/* What a shipment from this location could promise. */
static enum err promise_from(struct asking *a, const struct location *l, struct promise *out)
{
  struct promise_site site = l->site;
  struct promise_carriage carriage;
  if (l->processing_hours == ABSENT && a->f->processing_hours > 0) {
    site.processing_unit = PROMISE_WORKING_MINUTES;
    site.processing = a->f->processing_hours * 60;
  }
  struct promise_request request = {
      .at = a->cx->now,
      .requested_from = a->o->requested_delivery.from,
      .requested_to = a->o->requested_delivery.to,
      .site = &site,
  };
  if (a->f->service) {
    const struct carrier_zone *zone = zone_from(a, l);
    site.cut_offs = cut_offs_with_service(a, site.cut_offs);
    carriage = carrier_carriage(a->f->carrier, a->f->service, zone ? zone->code : NULL, NULL);
    request.carriage = &carriage;
  }
  return promise_make(a->f->zones, &request, a->cx->arena, &a->cx->fault, out);
}

static bool excluded(const struct asking *a, const struct location *l)
{
  EACH (const char *, code, &a->wish->excluded)
    if (strcmp(*code, l->code) == 0)
      return true;
  return l->kind == LOCATION_SUPPLIER || !channel_allows_location(a->f->channel, l->code);
}

/* What a location has of the products asked for. False: of none of them. */
static bool stock_of(struct asking *a, const struct location *l, struct sourcing_candidate *c)
{
  for (size_t i = 0; i < a->in.products.n; i++) {
    struct quantity available = stock_levels_free(&a->f->levels, l->id.v, a->products[i]);
    if (available.millionths > 0)
      *LIST_ADD(a->cx->arena, &c->stock) = (struct sourcing_stock){.product = (int64_t)i, .available = available};
  }
  return c->stock.n > 0;
}

/* With very many places (a marketplace's sellers) those that have none of it are not even looked at: a decision takes at
 * most SOURCING_CANDIDATES_MAX, and a record of a thousand empty shelves tells nobody anything. */
static bool worth_asking(const struct asking *a, const struct location *l)
{
  if (a->f->locations.n <= ASKED_ANYWAY_MAX || text_eq(a->in.pinned, l->code))
    return true;
  EACH (const struct stock_level, level, &a->f->levels.rows) {
    if (level->key.location_id == l->id.v)
      return true;
  }
  return false;
}

static enum err ask_location(struct asking *a, const struct location *l)
{
  if (!worth_asking(a, l))
    return ERR_OK;
  struct sourcing_candidate *c = LIST_ADD(a->cx->arena, &a->in.candidates);
  size_t i = a->in.candidates.n - 1;
  sourcing_candidate_init(c);
  a->locations[i] = l;
  c->location = l->id.v;
  c->code = l->code;
  c->kind = location_kinds[l->kind];
  c->country = l->address ? l->address->country : NULL;
  c->tags.at = l->tags.at;
  c->tags.n = c->tags.cap = l->tags.n;
  c->place = (struct sourcing_place){l->latitude, l->longitude};
  c->priority = l->priority;
  c->excluded = excluded(a, l);
  c->paused = l->paused;
  c->cost_per_order = l->cost_per_order;
  c->cost_per_unit = l->cost_per_unit;
  if (c->excluded || c->paused || !stock_of(a, l, c))
    return ERR_OK; /* it cannot win: its promise is of no interest */
  freight_of(a, l, c);
  TRY(promise_from(a, l, &a->promises[i]));
  c->days_late = a->promises[i].days_late;
  c->ship_by = a->promises[i].ship_by;
  return ERR_OK;
}

static enum err ask(struct asking *a)
{
  const struct channel *ch = a->f->channel;
  const struct address *to = a->o->personal.shipping_address;
  sourcing_input_init(&a->in);
  a->in.currency = a->f->currency;
  a->products = ARENA_ARRAY(a->cx->arena, int64_t, a->o->lines.n + 1);
  a->locations = ARENA_ARRAY(a->cx->arena, const struct location *, a->f->locations.n + 1);
  a->promises = ARENA_ARRAY(a->cx->arena, struct promise, a->f->locations.n + 1);
  ask_lines(a);
  if (a->in.lines.n == 0)
    return ERR_OK;
  if (to && to->latitude != ABSENT)
    a->in.destination = (struct sourcing_place){to->latitude, to->longitude};
  a->in.settings = a->f->costs;
  a->in.rules.at = ch->sourcing_rules.at;
  a->in.rules.n = a->in.rules.cap = ch->sourcing_rules.n;
  a->in.pinned = a->wish->pinned ? a->wish->pinned : a->f->delivery_location ? a->f->delivery_location->code : NULL;
  a->in.no_splits = !ch->allow_splits;
  a->in.splits_max = ch->max_splits;
  a->in.whole_lines = ch->whole_lines;
  a->in.ship_complete = ch->ship_complete;
  a->in.minimum_value = ch->minimum_shipment;
  for (size_t i = 0; i < a->f->locations.n; i++)
    TRY(ask_location(a, a->f->locations.at[i]));
  return ERR_OK;
}

/* ---- Decide: what the answer means ---- */

/* The fulfillment of this act for a location; made when it is the first assignment there. */
static struct fulfillment *fulfillment_at(const struct asking *a, struct order_work *w, size_t first_new,
                                          int64_t candidate)
{
  struct order *o = w->after;
  const struct location *l = a->locations[candidate];
  const struct promise *p = &a->promises[candidate];
  for (size_t i = first_new; i < o->fulfillments.n; i++)
    if (o->fulfillments.at[i].location_id == l->id.v)
      return &o->fulfillments.at[i];
  struct fulfillment *f = LIST_ADD(a->cx->arena, &o->fulfillments);
  *f = (struct fulfillment){
      .id = {order_new_id(w)},
      .location_id = l->id.v,
      .location = arena_text(a->cx->arena, l->code),
      .state = FUL_OPEN,
      .version = 1,
      .ship_by = p->ship_by,
      .deliver_by = p->deliver_by,
      .carrier = a->f->carrier ? arena_text(a->cx->arena, a->f->carrier->code) : NULL,
      .service = a->f->service ? arena_text(a->cx->arena, a->f->service->code) : NULL,
      .created_at = a->cx->now,
      .picked_at = INSTANT(ABSENT),
      .packed_at = INSTANT(ABSENT),
      .shipped_at = INSTANT(ABSENT),
      .closed_at = INSTANT(ABSENT),
      .tote = ABSENT,
      .claimed_until = INSTANT(ABSENT),
      .cut_off_at = INSTANT(ABSENT),
  };
  order_event(a->cx, w, "fulfillment.created", PREFIX_fulfillment, f->id.v, "{}");
  return f;
}

/* Units that waited longest are served first. */
static void allocate_units(struct order_line *l, struct quantity q)
{
  struct quantity waited = quantity_min(q, l->counters.backordered);
  line_move(l, PLACE_BACKORDERED, PLACE_ALLOCATED, waited);
  line_move(l, PLACE_UNALLOCATED, PLACE_ALLOCATED, quantity_sub(q, waited));
}

static void carry_out(const struct asking *a, const struct sourcing_decision *d, struct order_work *w, size_t first_new)
{
  struct stock_levels levels = stock_levels_copy(&a->f->levels, a->cx->arena);
  EACH (const struct sourcing_assignment, s, &d->assignments) {
    struct order_line *l = order_line_of(w->after, s->key);
    struct fulfillment *f = fulfillment_at(a, w, first_new, s->candidate);
    struct fulfillment_line *fl = fulfillment_line_of(f, l->line);
    if (!fl) {
      fl = LIST_ADD(a->cx->arena, &f->lines);
      fl->line = l->line;
    }
    fl->quantity = quantity_add(fl->quantity, s->quantity);
    allocate_units(l, s->quantity);
    struct stock_demand demand = line_demand(w->after, l);
    struct quantity missing = stock_plan_reserve_at(&w->stock, a->cx->arena, &levels, s->location, l->product_id,
                                                    &demand, s->quantity, RESERVATION_HARD, INSTANT(ABSENT));
    assert(missing.millionths == 0); /* sourcing assigned at most what was free */
  }
}

/* The order's promise: that of its latest part. */
static void promise_order(const struct asking *a, const struct sourcing_decision *d, struct order *o)
{
  struct promise *used = ARENA_ARRAY(a->cx->arena, struct promise, a->in.candidates.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < a->in.candidates.n; i++)
    if (d->scores.at[i].assigned.millionths > 0)
      used[n++] = a->promises[i];
  if (n == 0)
    return;
  struct promise latest = promise_latest(used, n);
  if (instant_set(o->promise.ship_by) && o->promise.ship_by.ms > latest.ship_by.ms)
    return; /* an earlier part of the order is promised later */
  struct buf parts;
  struct json_out out;
  buf_init(&parts, a->cx->arena);
  json_out_init(&out, &parts);
  json_array(&out);
  EACH (const struct promise_part, p, &latest.parts)
    json_record(&out, &promise_part_rec, p, NULL);
  json_array_end(&out);
  o->promise = (struct order_promise){latest.ship_by, latest.deliver_by, buf_str(&parts)};
}

static void keep_decision(const struct asking *a, const struct sourcing_decision *d, struct order_work *w)
{
  struct buf record, summary;
  buf_init(&record, a->cx->arena);
  buf_init(&summary, a->cx->arena);
  sourcing_record_write(&a->in, d, &record);
  sourcing_summary(&a->in, d, NULL, &summary);
  w->decision = buf_str(&record);
  w->decision_cause = a->wish->cause;
  w->after->sourcing.id.v = order_new_id(w);
  w->after->sourcing.summary = buf_str(&summary);
}

/* Units without supply: unallocated ones wait as backordered where the wish says so, gifts always. */
static void leave_short(const struct asking *a, const struct sourcing_decision *d, struct order_work *w,
                        struct allocation_outcome *out)
{
  EACH (const struct sourcing_shortage, s, &d->shortages) {
    struct order_line *l = order_line_of(w->after, s->key);
    bool gift = a->in.lines.at[s->line].optional;
    out->gift_short = out->gift_short || gift;
    if (gift || a->wish->when_short == SHORT_BACKORDER)
      line_move(l, PLACE_UNALLOCATED, PLACE_BACKORDERED, l->counters.unallocated);
  }
}

/* In a ship-complete order the parts wait for one another: scheduled until nothing is missing. */
static void open_or_schedule(const struct asking *a, struct order_work *w)
{
  struct order *o = w->after;
  bool missing = false;
  EACH (const struct order_line, l, &o->lines)
    missing = missing || (l->stocked && open_units(l).millionths > 0 && l->kind != LINE_GIFT);
  EACH (struct fulfillment, f, &o->fulfillments) {
    if (missing && a->f->channel->ship_complete && f->state == FUL_OPEN && f->id.v < 0)
      f->state = FUL_SCHEDULED;
    if (!missing && f->state == FUL_SCHEDULED && f->id.v > 0) {
      enum err err = fulfillment_step(a->cx, w, f, FSTEP_OPEN);
      assert(err == ERR_OK);
    }
  }
}

static void allocate_services(struct order *o)
{
  EACH (struct order_line, l, &o->lines)
    if (!l->stocked)
      line_move(l, PLACE_UNALLOCATED, PLACE_ALLOCATED, l->counters.unallocated);
}

/* Decides; a ship-complete order that is short is asked again for what can be had, unless short orders are refused. */
static enum err decide_sourcing(struct asking *a, struct sourcing_decision *d)
{
  bool may_be_short = a->wish->when_short != SHORT_REFUSE;
  a->in.allow_short = may_be_short && !a->in.ship_complete;
  TRY(sourcing_decide(&a->in, a->cx->arena, &a->cx->fault, d));
  if (d->outcome == SOURCING_SHORT && may_be_short) {
    a->in.ship_complete = false;
    a->in.allow_short = true;
    TRY(sourcing_decide(&a->in, a->cx->arena, &a->cx->fault, d));
  }
  return ERR_OK;
}

enum err allocation_decide(struct ctx *cx, const struct allocation_facts *f, const struct allocation_wish *wish,
                           struct order_work *w, struct allocation_outcome *out)
{
  struct asking a = {.cx = cx, .f = f, .wish = wish, .o = w->after};
  struct sourcing_decision d = {0};
  size_t first_new = w->after->fulfillments.n;
  *out = (struct allocation_outcome){.complete = true};
  TRY(ask(&a));
  if (a.in.lines.n) {
    TRY(decide_sourcing(&a, &d));
    out->complete = d.outcome == SOURCING_FILLED;
    out->input = a.in;
    out->decision = d;
    if (!out->complete && wish->when_short == SHORT_REFUSE)
      return ERR_OK;
    carry_out(&a, &d, w, first_new);
    promise_order(&a, &d, w->after);
    keep_decision(&a, &d, w);
    leave_short(&a, &d, w, out);
    open_or_schedule(&a, w);
  }
  allocate_services(w->after);
  return ERR_OK;
}

enum err allocation_keep(struct ctx *cx, const struct allocation_facts *f, struct instant until, struct order_work *w)
{
  struct allocation_wish wish = {.when_short = SHORT_HOLD};
  struct asking a = {.cx = cx, .f = f, .wish = &wish, .o = w->after};
  struct sourcing_decision d = {0};
  struct stock_levels levels = stock_levels_copy(&f->levels, cx->arena);
  TRY(ask(&a));
  if (a.in.lines.n == 0)
    return ERR_OK;
  TRY(decide_sourcing(&a, &d));
  EACH (const struct sourcing_assignment, s, &d.assignments) {
    const struct order_line *l = order_line_of(w->after, s->key);
    struct stock_demand demand = line_demand(w->after, l);
    struct quantity missing = stock_plan_reserve_at(&w->stock, cx->arena, &levels, s->location, l->product_id, &demand,
                                                    s->quantity, RESERVATION_SOFT, until);
    assert(missing.millionths == 0); /* sourcing assigned at most what was free */
  }
  return ERR_OK;
}

/* Where nothing is assigned every line lacks its units; of what there is enough for all lines nobody has to know. */
static bool really_short(const struct sourcing_input *in, const struct sourcing_shortage *s)
{
  struct quantity asked = QUANTITY(0);
  EACH (const struct sourcing_line, l, &in->lines)
    if (l->product == in->lines.at[s->line].product)
      asked = quantity_add(asked, l->quantity);
  return asked.millionths > s->available.millionths;
}

enum err allocation_refuse(struct ctx *cx, const struct allocation_outcome *outcome)
{
  const struct sourcing_input *in = &outcome->input;
  if (outcome->decision.outcome == SOURCING_REFUSED)
    err_fail(cx, ERR_SHORTAGE, "/lines", "the sourcing rules of this channel refuse the order");
  EACH (const struct sourcing_shortage, s, &outcome->decision.shortages)
    if (really_short(in, s))
      fault_shortage(&cx->fault, arena_printf(cx->arena, "/lines/%lld", (long long)(s->key - 1)),
                     in->products.at[in->lines.at[s->line].product].sku, s->asked.millionths, s->available.millionths);
  if (cx->fault.n == 0)
    err_fail(cx, ERR_SHORTAGE, "/lines", "no location can answer this order as the channel wants it");
  return ERR_SHORTAGE;
}

/* ---- Giving back ---- */

void allocation_release(struct ctx *cx, struct order_work *w, const struct order_line *l, int64_t location_id,
                        struct quantity q)
{
  struct stock_demand demand = line_demand(w->after, l);
  EACH (struct reservation, r, &w->reserved) {
    if (q.millionths <= 0)
      return;
    if (r->line != l->line || r->location_id != location_id)
      continue;
    struct quantity take = quantity_min(q, r->quantity);
    struct stock_key key = reservation_key(r);
    if (take.millionths <= 0)
      continue;
    stock_plan_release(&w->stock, cx->arena, &key, &demand, take, RESERVATION_RELEASED);
    r->quantity = quantity_sub(r->quantity, take);
    q = quantity_sub(q, take);
  }
}

bool allocation_let_go(struct ctx *cx, struct order_work *w, enum reservation_state why)
{
  bool any = false;
  EACH (struct reservation, r, &w->reserved) {
    struct stock_key key = reservation_key(r);
    struct stock_demand demand = {.kind = r->demand_kind, .id = r->demand_id, .line = r->line, .priority = r->priority};
    if (r->kind != RESERVATION_SOFT || r->quantity.millionths <= 0)
      continue;
    stock_plan_release(&w->stock, cx->arena, &key, &demand, r->quantity, why);
    r->quantity = QUANTITY(0);
    any = true;
  }
  return any;
}

void allocation_free_levels(struct ctx *cx, struct allocation_facts *f, const struct stock_changes *changes)
{
  f->levels = stock_levels_copy(&f->levels, cx->arena);
  EACH (const struct reservation_change, c, &changes->reservations) {
    EACH (struct stock_level, l, &f->levels.rows)
      if (c->state != RESERVATION_LIVE && stock_key_compare(&l->key, &c->key) == 0)
        l->reserved = quantity_sub(l->reserved, c->quantity);
  }
}

/* What of a fulfillment line is not picked yet goes back; allocated units before released ones. */
static struct quantity give_back_line(struct ctx *cx, struct order_work *w, struct fulfillment *f,
                                      struct fulfillment_line *fl, struct order_line *l, struct quantity q,
                                      enum line_place to)
{
  struct quantity take = quantity_min(quantity_sub(fl->quantity, fl->picked), q);
  if (take.millionths <= 0)
    return QUANTITY(0);
  struct quantity allocated = quantity_min(take, l->counters.allocated);
  line_move(l, PLACE_ALLOCATED, to, allocated);
  line_move(l, PLACE_RELEASED, to, quantity_sub(take, allocated));
  fl->quantity = quantity_sub(fl->quantity, take);
  fl->released = quantity_min(fl->released, fl->quantity);
  f->version++;
  allocation_release(cx, w, l, f->location_id, take);
  return take;
}

struct quantity allocation_give_back(struct ctx *cx, struct order_work *w, struct order_line *l, int64_t location_id,
                                     struct quantity q, enum line_place to)
{
  struct order *o = w->after;
  struct quantity given = QUANTITY(0);
  for (size_t i = o->fulfillments.n; i-- > 0;) {
    struct fulfillment *f = &o->fulfillments.at[i];
    struct fulfillment_line *fl = fulfillment_line_of(f, l->line);
    if (fl && fulfillment_live(f) && (location_id == 0 || f->location_id == location_id))
      given = quantity_add(given, give_back_line(cx, w, f, fl, l, quantity_sub(q, given), to));
  }
  return given;
}
