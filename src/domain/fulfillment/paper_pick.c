/* The walk of a picker: what to take, from which bin, into which tote; and where products lie. */
#include "fulfillment_priv.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

/* ---- Bins ---- */

/* Where a product lies, and lay; before.bin NULL = nowhere. */
struct bin_move {
  struct product_bin before, after;
};
typedef LIST(struct bin_move) bin_moves;

struct bins_facts {
  const struct bins_input *in;
  struct location location;
  bin_moves moves; /* those that change something */
};

static enum err load_bin(struct ctx *cx, struct bins_facts *f, size_t i)
{
  struct bin_move move = {.after = f->in->bins.at[i]};
  const struct product *p;
  enum err err = catalog_product_by_sku(cx, move.after.sku, &p);
  if (err == ERR_NOT_FOUND) {
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/bins/%zu/sku", i), "not_found",
              "there is no product %s", move.after.sku);
    return ERR_OK;
  }
  TRY(err);
  move.after.location_id = f->location.id.v;
  move.after.product_id = p->id.v;
  rec_init(&product_bin_rec, &move.before);
  move.before.location_id = f->location.id.v;
  move.before.product_id = p->id.v;
  err = db_get(cx->db, &product_bin_table, &move.before);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (err == ERR_NOT_FOUND)
    move.before.bin = NULL;
  if (!text_eq(move.before.bin, move.after.bin) || move.before.walk != move.after.walk)
    *LIST_ADD(cx->arena, &f->moves) = move;
  return ERR_OK;
}

static enum err bins_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct bins_facts *f = out;
  const struct location *l;
  f->in = in->body;
  enum err err = location_find(cx, in->id, &l);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no location %s", in->id);
  TRY(err);
  TRY(version_check(cx, bucket_of_id(l->id.v), l->id.v, l->version, in->version));
  TRY(location_load(cx, in->id, &f->location));
  for (size_t i = 0; i < f->in->bins.n; i++)
    TRY(load_bin(cx, f, i));
  return cx->fault.code;
}

static enum err bins_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct bins_facts *)out = *(const struct bins_facts *)facts;
  return ERR_OK;
}

/* The location of {"location":"NJ1"} is what row scope looks at. */
static const char *moves_data(struct ctx *cx, const struct bins_facts *f)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "location", f->location.code);
  json_key(&j, "bins");
  json_array(&j);
  EACH (const struct bin_move, m, &f->moves) {
    json_object(&j);
    json_put_text(&j, "sku", m->after.sku);
    json_put_text(&j, "before", m->before.bin);
    json_put_text(&j, "after", m->after.bin);
    json_put_i64(&j, "walk", m->after.walk);
    json_object_end(&j);
  }
  json_array_end(&j);
  json_object_end(&j);
  return buf_str(&text);
}

/* The location's version moves, since the event needs a place of its own among the location's. */
static enum err tell_moves(struct ctx *cx, const struct bins_facts *f)
{
  struct location location = f->location;
  location.version++;
  location.updated_at = cx->now;
  TRY(db_update(cx->db, &location_table, &location));
  return event_emit(cx, &(struct event_draft){.topic = "location.bins_changed",
                                              .subject_kind = "location",
                                              .subject_prefix = PREFIX_location,
                                              .bucket = bucket_of_id(location.id.v),
                                              .subject_id = location.id.v,
                                              .version = location.version,
                                              .data = moves_data(cx, f)});
}

static enum err bins_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct bins_facts *f = plan;
  EACH (const struct bin_move, m, &f->moves)
    TRY(db_upsert(cx->db, &product_bin_table, &m->after));
  if (f->moves.n)
    TRY(tell_moves(cx, f));
  out->rec = &bins_rec;
  out->value = f->in;
  out->version = ABSENT;
  return ERR_OK;
}

const struct act bins_put_act = {
    "location.bins", sizeof(struct bins_facts), sizeof(struct bins_facts), bins_load, bins_decide, bins_apply,
    ACT_MASTERS};

/* ---- The list ---- */

struct walk {
  struct ctx *cx;
  struct pick_list *list;
  const char *fallback;
  int64_t location_id;
};

enum err paper_name(struct ctx *cx, const struct order_line *l, const char *language, const char *fallback,
                    const struct product **out_product, const char **out)
{
  const struct product *p = NULL;
  enum err err = l->product_id ? catalog_product_by_id(cx, (struct product_id){l->product_id}, &p) : ERR_NOT_FOUND;
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  *out_product = p;
  *out = p && p->name ? product_name(cx->arena, p, language, fallback) : l->name ? l->name : l->sku;
  return ERR_OK;
}

enum err papers_load(struct ctx *cx, const char *const *ids, size_t n, struct papers *out)
{
  int64_t *demands = ARENA_ARRAY(cx->arena, int64_t, n);
  size_t n_demands = 0;
  *out = (struct papers){.ids = ARENA_ARRAY(cx->arena, struct fulfillment_id, n),
                         .orders = ARENA_ARRAY(cx->arena, struct order *, n)};
  TRY(orders_of_fulfillments(cx, ids, n, out->ids, out->orders));
  for (size_t i = 0; i < n; i++) {
    size_t seen = 0; /* two deliveries of an order have its reservations once */
    while (seen < n_demands && demands[seen] != out->orders[i]->id.v)
      seen++;
    if (seen == n_demands)
      demands[n_demands++] = out->orders[i]->id.v;
  }
  return reservations_of_demands(cx, demands, n_demands, &out->reserved);
}

const char *paper_lots(struct ctx *cx, const reservations *reserved, struct order_id order, int64_t line,
                       int64_t location_id)
{
  struct buf text;
  buf_init(&text, cx->arena);
  EACH (const struct reservation, r, reserved)
    if (r->demand_id == order.v && r->line == line && r->location_id == location_id && r->quantity.millionths > 0 && *r->lot)
      buf_printf(&text, "%s%s", text.n ? ", " : "", r->lot);
  return text.n ? buf_str(&text) : NULL;
}

static enum err add_stop(struct walk *w, const struct order *o, const struct fulfillment *f,
                         const struct fulfillment_line *fl, const reservations *reserved)
{
  struct ctx *cx = w->cx;
  const struct order_line *l = order_line_of((struct order *)o, fl->line);
  const struct product *p;
  struct pick_stop *s = LIST_ADD(cx->arena, &w->list->stops);
  *s = (struct pick_stop){.walk = ABSENT,
                          .sku = l->sku,
                          .unit = l->unit,
                          .lot = paper_lots(cx, reserved, o->id, l->line, f->location_id),
                          .quantity = fl->quantity,
                          .picked = fl->picked,
                          .fulfillment_id = f->id,
                          .line = l->line,
                          .tote = f->tote,
                          .order_number = o->number};
  TRY(paper_name(cx, l, w->list->language, w->fallback, &p, &s->name));
  if (!p)
    return ERR_OK;
  struct product_bin bin = {.location_id = f->location_id, .product_id = p->id.v};
  s->gtin = arena_text(cx->arena, p->gtin);
  enum err err = db_get(cx->db, &product_bin_table, &bin);
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  s->bin = bin.bin;
  s->walk = bin.walk;
  return ERR_OK;
}

static enum err add_order(struct walk *w, const struct order *o, const struct fulfillment *f,
                          const reservations *reserved)
{
  struct pick_list *list = w->list;
  *LIST_ADD(w->cx->arena, &list->orders) = (struct pick_order){.tote = f->tote,
                                                               .fulfillment_id = f->id,
                                                               .order_number = o->number,
                                                               .channel = o->channel,
                                                               .state = f->state,
                                                               .ship_by = f->ship_by,
                                                               .carrier = f->carrier,
                                                               .service = f->service,
                                                               .notes = o->personal.notes,
                                                               .version = f->version};
  EACH (const struct fulfillment_line, fl, &f->lines) {
    if (fl->quantity.millionths == 0)
      continue;
    list->units = quantity_add(list->units, units_unpicked(fl));
    TRY(add_stop(w, o, f, fl, reserved));
  }
  return ERR_OK;
}

/* Runs of digits compare as numbers: A-2 before A-10. */
static int natural(const char *a, const char *b)
{
  while (*a && *b) {
    size_t n = strspn(a, "0123456789"), m = strspn(b, "0123456789");
    if (n && m) {
      const char *x = a + strspn(a, "0"), *y = b + strspn(b, "0");
      size_t xn = strspn(x, "0123456789"), yn = strspn(y, "0123456789");
      int c = xn != yn ? (xn < yn ? -1 : 1) : strncmp(x, y, xn);
      if (c)
        return c;
      a += n;
      b += m;
    } else if (*a != *b) {
      return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    } else {
      a++;
      b++;
    }
  }
  return (*a != 0) - (*b != 0);
}

/* What has no bin comes last. */
static int by_walk(const void *a, const void *b)
{
  const struct pick_stop *x = a, *y = b;
  if (!x->bin != !y->bin)
    return !x->bin ? 1 : -1;
  if (x->walk != y->walk)
    return x->walk < y->walk ? -1 : 1;
  int c = x->bin ? natural(x->bin, y->bin) : 0;
  if (!c)
    c = natural(x->sku, y->sku);
  if (c)
    return c;
  if (x->tote != y->tote)
    return x->tote < y->tote ? -1 : 1;
  return x->line < y->line ? -1 : x->line > y->line;
}

static enum err walk_begin(struct ctx *cx, const char *language, struct walk *out, struct pick_list *list)
{
  const char *company;
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &company));
  *list = (struct pick_list){.language = language ? language : company, .made_at = cx->now};
  *out = (struct walk){cx, list, company, 0};
  return ERR_OK;
}

static enum err walk_add(struct walk *w, const struct papers *papers, size_t n)
{
  struct ctx *cx = w->cx;
  struct order *o = papers->orders[n];
  struct fulfillment_id id = papers->ids[n];
  const struct location *l;
  const struct fulfillment *f = order_fulfillment_of(o, id);
  assert(f);
  if (w->location_id && w->location_id != f->location_id)
    return fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/fulfillments/%zu", n), "other_location",
                     "a list is of one location; %s works on this one", f->location);
  if (!w->location_id) {
    TRY(location_by_id(cx, f->location_id, &l));
    w->location_id = f->location_id;
    w->list->location = f->location;
    w->list->location_name = arena_text(cx->arena, l->name);
    w->list->time_zone = arena_text(cx->arena, l->time_zone);
  }
  if (arena_over(cx->arena))
    return err_fail(cx, ERR_TOO_LARGE, "", "these orders are too large for one list: please ask for fewer");
  return add_order(w, o, f, &papers->reserved);
}

static void walk_end(struct walk *w)
{
  struct pick_list *list = w->list;
  if (list->stops.n > 1)
    qsort(list->stops.at, list->stops.n, sizeof *list->stops.at, by_walk);
  if (list->orders.n == 1 && !list->title)
    list->title = list->orders.at[0].order_number;
}

enum err pick_list_load(struct ctx *cx, const char *const *ids, size_t n, const char *language, struct pick_list *out)
{
  struct walk w;
  struct papers papers;
  TRY(walk_begin(cx, language, &w, out));
  TRY(papers_load(cx, ids, n, &papers));
  for (size_t i = 0; i < n; i++)
    TRY(walk_add(&w, &papers, i));
  if (n > 1) /* several without a wave: slots in the order they were named */
    for (size_t i = 0; i < out->orders.n; i++) {
      out->orders.at[i].tote = (int64_t)i + 1;
      EACH (struct pick_stop, s, &out->stops)
        if (s->fulfillment_id.v == out->orders.at[i].fulfillment_id.v)
          s->tote = (int64_t)i + 1;
    }
  walk_end(&w);
  return ERR_OK;
}

enum err pick_list_of_wave(struct ctx *cx, const char *text, const char *language, struct pick_list *out)
{
  struct walk w;
  struct wave wave;
  struct papers papers;
  TRY(wave_load(cx, text, &wave));
  TRY(walk_begin(cx, language, &w, out));
  out->title = wave.number;
  out->wave_id = wave.id;
  out->location = wave.location;
  const char **ids = ARENA_ARRAY(cx->arena, const char *, wave.fulfillments.n);
  for (size_t i = 0; i < wave.fulfillments.n; i++) {
    char id[ID_TEXT];
    id_format(PREFIX_fulfillment, wave.fulfillments.at[i].id.v, id);
    ids[i] = arena_text(cx->arena, id);
  }
  TRY(papers_load(cx, ids, wave.fulfillments.n, &papers));
  for (size_t i = 0; i < wave.fulfillments.n; i++)
    TRY(walk_add(&w, &papers, i));
  walk_end(&w);
  return ERR_OK;
}
