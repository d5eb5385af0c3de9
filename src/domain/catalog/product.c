/* Products: reading, creating, changing. */
#include "catalog_priv.h"

#include <stdlib.h>
#include <string.h>

bool product_is_stocked(const struct product *p)
{
  return p->kind == PRODUCT_STOCKED || p->kind == PRODUCT_MADE;
}

/* The text of a language in {"lang": "text"}, or NULL; language NULL takes the first. */
static const char *name_in(struct arena *a, const char *names, const char *language)
{
  struct json j;
  json_init(&j, names, strlen(names), a);
  json_next(&j);
  while (json_next(&j) == JSON_KEY) {
    bool wanted = !language || text_eq(j.text, language);
    json_next(&j);
    if (wanted)
      return j.text;
  }
  return NULL;
}

const char *product_name(struct arena *a, const struct product *p, const char *language, const char *fallback)
{
  const char *wanted[] = {language, fallback};
  if (!p->name)
    return arena_text(a, p->sku); /* p may be a row of the memo, which the text outlives */
  for (size_t i = 0; i < COUNT_OF(wanted); i++) {
    const char *name = wanted[i] ? name_in(a, p->name, wanted[i]) : NULL;
    if (name)
      return name;
  }
  const char *any = name_in(a, p->name, NULL);
  return any ? any : arena_text(a, p->sku);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

enum { FILL_BATCH = 32 };

/* Units of up to FILL_BATCH products; unused places ask for id 0, which nobody has. */
static enum err fill_batch(struct ctx *cx, struct product *products, size_t n)
{
  static const struct db_where of_products = {
      &product_unit_table,
      "product_id IN "
      "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,"
      "$28,$29,$30,$31,$32) ORDER BY product_id, unit",
      DB_KEYED};
  struct db_value ids[FILL_BATCH];
  LIST(struct product_unit) units = {0};
  for (size_t i = 0; i < FILL_BATCH; i++)
    ids[i] = I64(i < n ? products[i].id.v : 0);
  TRY(db_select(cx->db, &of_products, (struct list *)(void *)&units, ids, FILL_BATCH));
  for (size_t i = 0; i < n; i++)
    EACH (struct product_unit, u, &units)
      if (u->product_id == products[i].id.v)
        *LIST_ADD(db_arena(cx->db), &products[i].units) = *u;
  return ERR_OK;
}

/* A single product is the common case and gets the short statement. */
static enum err fill_one(struct ctx *cx, struct product *p)
{
  static const struct db_where of_product = {&product_unit_table, "product_id = $1 ORDER BY unit", DB_KEYED};
  return db_select(cx->db, &of_product, (struct list *)(void *)&p->units, DB_ARGS(I64(p->id.v)));
}

enum err products_fill_units(struct ctx *cx, struct product *products, size_t n)
{
  for (size_t i = 0; i < n; i++)
    memset(&products[i].units, 0, sizeof products[i].units);
  if (n == 1)
    return fill_one(cx, products);
  for (size_t i = 0; i < n; i += FILL_BATCH)
    TRY(fill_batch(cx, products + i, n - i < FILL_BATCH ? n - i : FILL_BATCH));
  return ERR_OK;
}

static enum err fill(struct ctx *cx, void *value)
{
  return products_fill_units(cx, value, 1);
}

static const struct master product_master = {
    .kind = "product",
    .name = "product",
    .prefix = PREFIX_product,
    .path = "/v1/products",
    .rec = &product_rec,
    .table = &product_table,
    MASTER_STAMPS(struct product),
    .by_code = {&product_table, "sku = $1", DB_KEYED},
    .fill = fill,
};

enum err product_load(struct ctx *cx, const char *sku_or_id, struct product *out)
{
  return master_load(cx, &product_master, sku_or_id, out);
}

/* ---- What must be true of a product ------------------------------------------------------------------------------ */

/* {"und":"Shirt"}, which is how a bare string was read, becomes a name in the company's language. */
static const char *names_settle(struct arena *a, const char *names, const char *language)
{
  static const char bare[] = "{\"" LANGUAGE_UNDETERMINED "\":";
  struct json j;
  if (!names || !text_starts(names, bare))
    return names;
  json_init(&j, names, strlen(names), a);
  for (int i = 0; i < 3; i++) /* '{', key, text */
    json_next(&j);
  if (json_next(&j) != JSON_OBJECT_END)
    return names;
  return arena_printf(a, "{\"%s\":%s", language, names + strlen(bare));
}

static void check_unit(struct ctx *cx, const struct product *p, size_t i)
{
  const struct product_unit *u = &p->units.at[i];
  const char *pointer = arena_printf(cx->arena, "/units/%zu/unit", i);
  if (text_eq(u->unit, p->unit))
    fault_add(&cx->fault, ERR_INVALID, pointer, "base_unit", "%s is the product's own unit", u->unit);
  for (size_t k = 0; k < i; k++)
    if (text_eq(u->unit, p->units.at[k].unit))
      fault_add(&cx->fault, ERR_INVALID, pointer, "twice", "the unit %s is there twice", u->unit);
}

/* Shown in pages, so nothing that a browser would run. */
static bool image_valid(const char *url)
{
  size_t n = strlen(url);
  bool ours = url[0] == '/' && url[1] != '/';
  return n <= IMAGE_URL_MAX && (ours || (text_starts(url, "https://") && url[8])) && strcspn(url, " \"'<>\\\r\n\t") == n;
}

static void check_images(struct ctx *cx, const struct product *p)
{
  for (size_t i = 0; i < p->images.n; i++)
    if (!image_valid(p->images.at[i]))
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/images/%zu", i), "invalid_format",
                "an address that begins with https://, or a path of this server, of at most %d bytes", IMAGE_URL_MAX);
}

/* {"size": "S"}: texts only, so that screens can show them. */
static void check_options(struct ctx *cx, const struct product *p)
{
  struct json j;
  bool fine = true;
  if (!p->options)
    return;
  json_init(&j, p->options, strlen(p->options), cx->arena);
  fine = json_next(&j) == JSON_OBJECT;
  while (fine && json_next(&j) == JSON_KEY)
    fine = json_next(&j) == JSON_STRING;
  if (!fine)
    fault_add(&cx->fault, ERR_INVALID, "/options", "wrong_type", "expected an object of texts");
}

static void check_variant(struct ctx *cx, const struct product *p)
{
  if (text_eq(p->parent_sku, p->sku))
    fault_add(&cx->fault, ERR_INVALID, "/parent_sku", "itself", "a product is no variant of itself");
  check_options(cx, p);
  check_images(cx, p);
}

/* Fills what was left out, and refuses what the descriptor cannot see. */
static enum err product_settle(struct ctx *cx, const struct master_defaults *defaults, struct product *p)
{
  size_t faults = cx->fault.n;
  if (!p->unit)
    p->unit = "pcs";
  if (!p->currency)
    p->currency = defaults->currency;
  p->name = names_settle(cx->arena, p->name, defaults->language);
  if (p->name && strlen(p->name) > NAMES_BYTES_MAX)
    fault_add(&cx->fault, ERR_INVALID, "/name", "too_long", "all names together have at most %d bytes",
              NAMES_BYTES_MAX);
  if (p->attributes && p->attributes[0] != '{')
    fault_add(&cx->fault, ERR_INVALID, "/attributes", "wrong_type", "expected an object");
  for (size_t i = 0; i < p->units.n; i++)
    check_unit(cx, p, i);
  check_variant(cx, p);
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

/* ---- Storing ----------------------------------------------------------------------------------------------------- */

static enum err store_units(struct ctx *cx, struct product *p)
{
  static const struct db_stmt forget = {"DELETE FROM product_unit WHERE product_id = $1", DB_KEYED};
  TRY(db_run(cx->db, &forget, NULL, DB_ARGS(I64(p->id.v))));
  EACH (struct product_unit, u, &p->units) {
    u->product_id = p->id.v;
    TRY(db_insert(cx->db, &product_unit_table, u));
  }
  return ERR_OK;
}

enum err product_store(struct ctx *cx, const struct product_plan *plan, struct product **out)
{
  struct product *p = arena_copy(cx->arena, &plan->after, sizeof plan->after);
  *out = p;
  if (!plan->changed)
    return ERR_OK;
  TRY(master_write(cx, &product_master, plan->before, p));
  if (plan->units_changed)
    TRY(store_units(cx, p));
  return master_emit(cx, &product_master, plan->before, p);
}

static enum err product_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct product_plan *change = plan;
  struct product *p;
  TRY(product_store(cx, change, &p));
  master_answer(cx, &product_master, p, !change->before, out);
  return ERR_OK;
}

/* ---- Creating ---------------------------------------------------------------------------------------------------- */

enum err product_exists(struct ctx *cx, const char *sku, bool *out)
{
  static const struct db_stmt by_sku = {"SELECT id FROM product WHERE sku = $1", DB_KEYED};
  int64_t id = 0;
  TRY(db_one_i64(cx->db, &by_sku, &id, DB_ARGS(TEXT(sku))));
  *out = id != 0;
  return ERR_OK;
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct product_create_facts *f = out_facts;
  f->product = *(const struct product *)in->body;
  TRY(master_defaults_load(cx, &f->defaults));
  return product_exists(cx, f->product.sku, &f->exists);
}

enum err product_create_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct product_create_facts *f = facts;
  struct product_plan plan = {.after = f->product, .changed = true, .units_changed = f->product.units.n > 0};
  TRY(product_settle(cx, &f->defaults, &plan.after));
  if (f->exists)
    return err_fail(cx, ERR_EXISTS, "/sku", "there is a product %s already", f->product.sku);
  *(struct product_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act product_create_act = {
    .name = "product.create",
    .facts_size = sizeof(struct product_create_facts),
    .plan_size = sizeof(struct product_plan),
    .load = create_load,
    .decide = product_create_decide,
    .apply = product_apply,
    .flags = ACT_MASTERS,
};

/* ---- Changing ---------------------------------------------------------------------------------------------------- */

struct update_facts {
  struct product product;
  struct master_defaults defaults;
  const char *json;
  size_t json_n;
};

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct update_facts *f = out_facts;
  f->json = in->json;
  f->json_n = in->json_n;
  TRY(product_load(cx, in->id, &f->product));
  TRY(master_defaults_load(cx, &f->defaults));
  return version_check(cx, bucket_of_id(f->product.id.v), f->product.id.v, f->product.version, in->version);
}

/* Are the units the same, in the order of the table? */
static bool units_equal(const struct product *a, const struct product *b)
{
  if (a->units.n != b->units.n)
    return false;
  for (size_t i = 0; i < a->units.n; i++)
    if (!rec_equal(&product_unit_rec, &a->units.at[i], &b->units.at[i]))
      return false;
  return true;
}

static int unit_order(const void *a, const void *b)
{
  return strcmp(((const struct product_unit *)a)->unit, ((const struct product_unit *)b)->unit);
}

static enum err update_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct update_facts *f = facts;
  struct product_plan plan = {.before = &f->product, .after = f->product};
  enum err err = rec_read_over(&product_rec, f->json, f->json_n, "", cx->arena, &cx->fault, &plan.after);
  if (err == ERR_MALFORMED)
    return err;
  enum err broken = product_settle(cx, &f->defaults, &plan.after);
  TRY(err != ERR_OK ? err : broken);
  if (plan.after.units.at != f->product.units.at) {
    EACH (struct product_unit, u, &plan.after.units)
      u->product_id = f->product.id.v;
    if (plan.after.units.n > 1)
      qsort(plan.after.units.at, plan.after.units.n, sizeof *plan.after.units.at, unit_order);
  }
  plan.units_changed = !units_equal(plan.before, &plan.after);
  plan.changed = !rec_equal(&product_rec, plan.before, &plan.after);
  *(struct product_plan *)out_plan = plan;
  return ERR_OK;
}

const struct act product_update_act = {
    .name = "product.update",
    .facts_size = sizeof(struct update_facts),
    .plan_size = sizeof(struct product_plan),
    .load = update_load,
    .decide = update_decide,
    .apply = product_apply,
    .flags = ACT_MASTERS,
};

enum err products_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, sku FROM product WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
