/* Safety stock: what is kept back from sale at one location. It stands in the row of plain stock. */
#include "inventory_priv.h"

static const struct rec_field safety_fields[] = {
    FIELD(struct stock_safety_input, location, .flags = REC_REQUIRED, .max = LOCATION_CODE_MAX,
          .doc = "Location, by code", .example = "NJ1"),
    FIELD(struct stock_safety_input, sku, .flags = REC_REQUIRED, .max = SKU_MAX, .doc = "Product", .example = "TEE-S"),
    FIELD(struct stock_safety_input, safety, .flags = REC_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .doc = "Kept back from sale from now on", .example = "5"),
};
const struct rec stock_safety_rec =
    REC(struct stock_safety_input, "SafetyStock", safety_fields, "How much of a product is kept back at a location");

struct safety_facts {
  const struct location *location;
  struct quantity safety;
  struct stock row; /* version 0: there is none yet */
};

struct safety_plan {
  const struct location *location;
  struct quantity safety;
  struct stock row; /* as it was */
  bool changes;
};

static enum err safety_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  const struct stock_safety_input *body = in->body;
  struct safety_facts *f = out_facts;
  const struct product *product = NULL;
  enum err location_err = stock_find_location(cx, body->location, "/location", &f->location);
  TRY(stock_find_product(cx, body->sku, "/sku", &product));
  TRY(location_err);
  f->safety = body->safety;
  rec_init(&stock_rec, &f->row);
  f->row.bucket = stock_bucket(f->location, product->id.v);
  f->row.location_id = f->location->id.v;
  f->row.product_id = product->id.v;
  f->row.owner = f->row.lot = "";
  struct stock fresh = f->row;
  enum err err = db_get(cx->db, &stock_table, &f->row);
  if (err == ERR_OK)
    return version_check(cx, f->row.bucket, f->row.id.v, f->row.version, in->version);
  if (err != ERR_NOT_FOUND)
    return err;
  fresh.on_hand = fresh.reserved = fresh.safety = fresh.incoming = QUANTITY(0);
  fresh.version = fresh.movements = 0;
  f->row = fresh;
  return ERR_OK;
}

static enum err safety_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct safety_facts *f = facts;
  (void)cx;
  *(struct safety_plan *)out_plan = (struct safety_plan){
      .location = f->location,
      .safety = f->safety,
      .row = f->row,
      .changes = f->row.version == 0 || f->row.safety.millionths != f->safety.millionths,
  };
  return ERR_OK;
}

static enum err change_safety(struct ctx *cx, const struct safety_plan *p, struct stock_after *row)
{
  static const struct db_stmt change = {"UPDATE stock SET safety = $7, version = version + 1,"
                                        " updated_at = CASE WHEN updated_at > $8 THEN updated_at ELSE $8 END"
                                        " WHERE " STOCK_KEY_IS " AND version = $9",
                                        DB_KEYED};
  int64_t rows = 0;
  if (p->row.version == 0) {
    bool made;
    TRY(stock_make(cx, row, &made));
    return made ? ERR_OK : act_guard_missed(cx, __func__);
  }
  row->version++;
  TRY(db_run(
      cx->db, &change, &rows,
      DB_ARGS(STOCK_KEY_ARGS(row->bucket, row->key), I64(p->safety.millionths), I64(cx->now.ms), I64(p->row.version))));
  return rows == 1 ? ERR_OK : act_guard_missed(cx, __func__);
}

static enum err tell(struct ctx *cx, const struct safety_plan *p, struct stock_after *row)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_array(&o);
  json_object(&o);
  json_put_text(&o, "pointer", "/safety");
  json_put_quantity(&o, "before", p->row.safety);
  json_put_quantity(&o, "after", p->safety);
  json_object_end(&o);
  json_array_end(&o);
  TRY(stock_event(cx, row, "stock.safety_changed", buf_str(&text)));
  return stock_watch(cx, row);
}

static enum err safety_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct safety_plan *p = plan;
  struct stock *row = arena_copy(cx->arena, &p->row, sizeof *row);
  struct stock_key key = stock_key_plain(row->location_id, row->product_id);
  struct stock_after after = {
      .location = p->location,
      .key = &key,
      .bucket = row->bucket,
      .id = row->id.v,
      .version = row->version,
      .on_hand = row->on_hand,
      .reserved = row->reserved,
      .safety = p->safety,
      .alerted = row->alerted,
  };
  if (p->changes) {
    TRY(change_safety(cx, p, &after));
    TRY(tell(cx, p, &after));
    TRY(db_get(cx->db, &stock_table, row));
  }
  TRY(stock_fill(cx, row, 1));
  out->rec = &stock_rec;
  out->value = row;
  out->version = row->version;
  return ERR_OK;
}

const struct act stock_safety_act = {
    .name = "stock.safety",
    .facts_size = sizeof(struct safety_facts),
    .plan_size = sizeof(struct safety_plan),
    .load = safety_load,
    .decide = safety_decide,
    .apply = safety_apply,
};
