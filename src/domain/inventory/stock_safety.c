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

/* Plain stock: without texts that belong to the transaction. */
static struct stock as_record(const struct stock_row *row)
{
  return (struct stock){.id = {row->id},
                        .bucket = row->bucket,
                        .location_id = row->key.location_id,
                        .product_id = row->key.product_id,
                        .owner = "",
                        .lot = "",
                        .on_hand = row->now.on_hand,
                        .reserved = row->now.reserved,
                        .safety = row->now.safety,
                        .incoming = row->now.incoming,
                        .movements = row->now.movements,
                        .alerted = row->now.alerted,
                        .version = row->now.version,
                        .updated_at = row->now.updated_at};
}

static enum err safety_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  const struct stock_safety_input *body = in->body;
  struct safety_facts *f = out_facts;
  const struct product *product = NULL;
  enum err location_err = stock_find_location(cx, body->location, "/location", &f->location);
  TRY(stock_find_product(cx, body->sku, "/sku", &product));
  TRY(location_err);
  f->safety = body->safety;
  struct stock_key key = stock_key_plain(f->location->id.v, product->id.v);
  struct stock_row *row;
  TRY(stock_row_load(cx, &key, stock_bucket(f->location, product->id.v), &row));
  f->row = as_record(row);
  return f->row.version == 0 ? ERR_OK : version_check(cx, f->row.bucket, f->row.id.v, f->row.version, in->version);
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

static enum err tell(struct ctx *cx, const struct safety_plan *p, struct stock_row *row)
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
  TRY(stock_event(cx, p->location, row, "stock.safety_changed", buf_str(&text)));
  return stock_watch(cx, p->location, row);
}

static enum err change_safety(struct ctx *cx, const struct safety_plan *p, struct stock *record)
{
  struct stock_key key = stock_key_plain(record->location_id, record->product_id);
  struct stock_row *row;
  TRY(stock_row_load(cx, &key, record->bucket, &row));
  if (row->now.version != p->row.version)
    return act_guard_missed(cx, __func__);
  stock_row_touch(cx, row);
  row->now.safety = p->safety;
  TRY(tell(cx, p, row));
  *record = as_record(row);
  return ERR_OK;
}

static enum err safety_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct safety_plan *p = plan;
  struct stock *row = arena_copy(cx->arena, &p->row, sizeof *row);
  if (p->changes)
    TRY(change_safety(cx, p, row));
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
