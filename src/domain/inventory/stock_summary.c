/* Stock by product: what all its rows at all locations add up to, for screens and for whoever asks what there is. */
#include "inventory_priv.h"

#include <stdlib.h>
#include <string.h>

enum { PRODUCTS = 32, LOCATIONS = 32 };

static const struct rec_field place_fields[] = {
    FIELD(struct stock_place, location, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct stock_place, on_hand, .doc = "Good and there", .example = "12"),
    FIELD(struct stock_place, unfit, .doc = "There, but in quarantine, damaged or expired", .example = "1"),
    FIELD(struct stock_place, reserved, .doc = "Promised to orders", .example = "2"),
    FIELD(struct stock_place, allocated, .doc = "Of that, to orders that are placed; the rest is held for drafts",
          .example = "2"),
    FIELD(struct stock_place, safety, .doc = "Kept back from sale", .example = "3"),
    FIELD(struct stock_place, available, .doc = "What may be sold: on hand less reserved less safety", .example = "7"),
    FIELD(struct stock_place, incoming, .doc = "On its way here", .example = "0"),
    FIELD(struct stock_place, rows, .doc = "Rows behind it: lots, owners, conditions", .example = "1"),
};
const struct rec stock_place_rec =
    REC(struct stock_place, "StockPlace", place_fields, "What there is of a product at a location");

#define SUM(member, doc_)                                                                                              \
  {                                                                                                                    \
    .name = #member, .offset = offsetof(struct stock_summary, sum.member), .kind = REC_QUANTITY, .flags = REC_VIRTUAL, \
    .doc = doc_                                                                                                        \
  }
static const struct rec_field summary_fields[] = {
    FIELD_AS(REC_ID, struct stock_summary, id, .flags = REC_KEY, .prefix = PREFIX_product, .doc = "Id of the product"),
    FIELD(struct stock_summary, sku, .max = SKU_MAX, .doc = "Code of the product", .example = "TEE-S"),
    FIELD_AS(REC_NAMES, struct stock_summary, name, .min = 1, .max = 200, .doc = "Names by language"),
    FIELD(struct stock_summary, unit, .doc = "Unit of all quantities", .example = "pcs"),
    FIELD(struct stock_summary, gtin, .doc = "GTIN"),
    FIELD(struct stock_summary, active, .doc = "Is it sold"),
    FIELD(struct stock_summary, parent_sku, .max = SKU_MAX, .doc = "Of a variant: the product that it is a variant of"),
    SUM(on_hand, "Good and there, at all locations"),
    SUM(unfit, "There, but in quarantine, damaged or expired"),
    SUM(reserved, "Promised to orders"),
    SUM(allocated, "Of that, to orders that are placed"),
    SUM(safety, "Kept back from sale"),
    SUM(available, "What may be sold: on hand less reserved less safety"),
    SUM(incoming, "On its way"),
    FIELD(struct stock_summary, low, .flags = REC_VIRTUAL, .doc = "At some location down to its safety stock"),
    FIELD_AS(REC_LIST, struct stock_summary, places, .max = LOCATIONS_MAX, .rec = &stock_place_rec,
             .doc = "The same by location, by code; with ?expand=places"),
    FIELD(struct stock_summary, created_at, .doc = "When the product was created"),
};
const struct rec stock_summary_rec =
    REC(struct stock_summary, "StockSummary", summary_fields, "What there is of a product");
const struct db_table stock_summary_table = {"product", &stock_summary_rec};

static void add(struct quantity *to, struct quantity what)
{
  to->millionths += what.millionths;
}

static enum err place_of(struct ctx *cx, struct stock_summary *s, int64_t location_id, struct stock_place **out)
{
  const struct location *location;
  EACH (struct stock_place, p, &s->places)
    if (p->location_id == location_id) {
      *out = p;
      return ERR_OK;
    }
  enum err err = location_by_id(cx, location_id, &location);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_INTERNAL, "", "stock lies at a location that does not exist");
  TRY(err);
  *out = LIST_ADD(cx->arena, &s->places);
  **out = (struct stock_place){.location_id = location_id, .location = arena_text(cx->arena, location->code)};
  return ERR_OK;
}

static void add_row(struct stock_place *p, const struct stock *row)
{
  p->rows++;
  add(&p->incoming, row->incoming);
  add(&p->reserved, row->reserved);
  if (row->condition != STOCK_GOOD) {
    add(&p->unfit, row->on_hand);
    return;
  }
  add(&p->on_hand, row->on_hand);
  add(&p->safety, row->safety);
  add(&p->available, QUANTITY(row->on_hand.millionths - row->reserved.millionths - row->safety.millionths));
}

static struct stock_summary *summary_of(struct stock_summary *rows, size_t n, int64_t product_id)
{
  for (size_t i = 0; i < n; i++)
    if (rows[i].id.v == product_id)
      return &rows[i];
  return NULL;
}

/* Whoever is bound to locations sees what lies there. */
static enum err is_seen(struct ctx *cx, int64_t location_id, bool *out)
{
  const struct row_scope *s = cx->actor.scope;
  const struct location *location;
  *out = !s || s->n_locations == 0;
  if (*out)
    return ERR_OK;
  enum err err = location_by_id(cx, location_id, &location);
  for (size_t i = 0; err == ERR_OK && i < s->n_locations; i++)
    *out |= text_eq(s->locations[i], location->code);
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err add_stock(struct ctx *cx, struct stock_summary *rows, size_t n, const struct db_value *ids)
{
  static const struct db_where of_products = {
      &stock_table,
      "product_id IN "
      "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,"
      "$28,$29,$30,$31,$32) ORDER BY product_id, id LIMIT 100000",
      DB_LIST};
  LIST(struct stock) stock = {0};
  TRY(db_select(cx->db, &of_products, (struct list *)(void *)&stock, ids, PRODUCTS));
  EACH (const struct stock, row, &stock) {
    struct stock_summary *s = summary_of(rows, n, row->product_id);
    struct stock_place *p;
    bool seen;
    TRY(is_seen(cx, row->location_id, &seen));
    if (!s || !seen)
      continue;
    TRY(place_of(cx, s, row->location_id, &p));
    add_row(p, row);
    s->low |= row->alerted;
  }
  return ERR_OK;
}

/* Hard reservations, by the index of those that live. */
static enum err add_allocated(struct ctx *cx, struct stock_summary *rows, size_t n, const struct db_value *ids,
                              const int64_t *locations, size_t n_locations)
{
  static const struct db_stmt held = {
      "SELECT product_id, location_id, CAST(sum(quantity) AS BIGINT) FROM reservation WHERE state = 'live' AND kind = "
      "'hard' AND "
      "product_id IN "
      "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,"
      "$28,$29,$30,$31,$32) AND location_id IN "
      "($33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50,$51,"
      "$52,$53,$54,$55,$56,$57,$58,$59,$60,$61,$62,$63,$64) GROUP BY product_id, location_id",
      DB_REPORT};
  struct db_value args[PRODUCTS + LOCATIONS];
  struct db_rows found;
  memcpy(args, ids, PRODUCTS * sizeof *args);
  for (size_t i = 0; i < LOCATIONS; i++)
    args[PRODUCTS + i] = I64(i < n_locations ? locations[i] : 0);
  TRY(db_query(cx->db, &held, &found, args, COUNT_OF(args)));
  while (db_next(&found)) {
    struct stock_summary *s = summary_of(rows, n, db_i64(&found, 0));
    for (size_t i = 0; s && i < s->places.n; i++)
      if (s->places.at[i].location_id == db_i64(&found, 1))
        add(&s->places.at[i].allocated, QUANTITY(db_i64(&found, 2)));
  }
  return db_done(&found);
}

static enum err add_all_allocated(struct ctx *cx, struct stock_summary *rows, size_t n, const struct db_value *ids)
{
  LIST(int64_t) locations = {0};
  for (size_t i = 0; i < n; i++)
    EACH (const struct stock_place, p, &rows[i].places) {
      bool known = p->reserved.millionths == 0;
      for (size_t k = 0; k < locations.n && !known; k++)
        known = locations.at[k] == p->location_id;
      if (!known)
        *LIST_ADD(cx->arena, &locations) = p->location_id;
    }
  for (size_t i = 0; i < locations.n; i += LOCATIONS)
    TRY(add_allocated(cx, rows, n, ids, locations.at + i, locations.n - i < LOCATIONS ? locations.n - i : LOCATIONS));
  return ERR_OK;
}

static int compare_places(const void *a, const void *b)
{
  return strcmp(((const struct stock_place *)a)->location, ((const struct stock_place *)b)->location);
}

static void add_up(struct stock_summary *s)
{
  if (s->places.n)
    qsort(s->places.at, s->places.n, sizeof *s->places.at, compare_places);
  EACH (const struct stock_place, p, &s->places) {
    add(&s->sum.on_hand, p->on_hand);
    add(&s->sum.unfit, p->unfit);
    add(&s->sum.reserved, p->reserved);
    add(&s->sum.allocated, p->allocated);
    add(&s->sum.safety, p->safety);
    add(&s->sum.available, p->available);
    add(&s->sum.incoming, p->incoming);
  }
}

static enum err fill_block(struct ctx *cx, struct stock_summary *rows, size_t n)
{
  struct db_value ids[PRODUCTS];
  for (size_t i = 0; i < PRODUCTS; i++)
    ids[i] = I64(i < n ? rows[i].id.v : 0);
  for (size_t i = 0; i < n; i++) {
    rows[i].sum = (struct stock_place){0};
    rows[i].places.at = NULL;
    rows[i].places.n = rows[i].places.cap = 0;
    rows[i].low = false;
  }
  TRY(add_stock(cx, rows, n, ids));
  TRY(add_all_allocated(cx, rows, n, ids));
  for (size_t i = 0; i < n; i++)
    add_up(&rows[i]);
  return ERR_OK;
}

enum err stock_summary_fill(struct ctx *cx, struct stock_summary *rows, size_t n)
{
  for (size_t i = 0; i < n; i += PRODUCTS)
    TRY(fill_block(cx, rows + i, n - i < PRODUCTS ? n - i : PRODUCTS));
  return ERR_OK;
}
