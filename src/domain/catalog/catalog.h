/* catalog - what can be sold or stocked: products with their units and codes, and the tax rates of their categories.
 *
 * Reference tables: product, product_unit, tax_rate. Reads on the hot path go through the connection's memo; acts read
 * the rows themselves. What a find gives out belongs to the memo and is read-only; it stays alive to the end of the act
 * or request (until CATALOG_MEMO_MIN further products were loaded on this connection, or db_memo_clear).
 *
 * Events: product.created, product.updated, tax_rate.created, tax_rate.updated, tax_rate.deleted.
 */
#ifndef ORDO_CATALOG_H
#define ORDO_CATALOG_H

#include "acts.h"
#include "base.h"
#include "context.h"
#include "db.h"
#include "ids.h"
#include "rec.h"

#define SKU_MAX              64
#define UNIT_MAX             12
#define TAX_CATEGORY_MAX     32
#define ATTRIBUTES_BYTES_MAX 4096
#define PRODUCT_UNITS_MAX    20
#define PRODUCT_IMAGES_MAX   20
#define IMAGE_URL_MAX        1000
#define PRODUCTS_BULK_MAX    500
#define TAX_RATES_MAX        20000
#define CATALOG_MEMO_MIN     2000 /* products that a connection keeps at least before it lets the oldest go */

/* ---- Units ------------------------------------------------------------------------------------------------------- */

/* What a unit measures: units of one dimension convert into one another by themselves. */
enum unit_dimension { UNIT_COUNT, UNIT_MASS, UNIT_LENGTH, UNIT_AREA, UNIT_VOLUME, UNIT_TIME, UNIT_PACKAGE };

/* A well-known unit; 1 of it = numerator / denominator of its dimension's base (pcs, g, mm, m2, ml, s). Packages (box,
 * pack) have no factor of their own: each product says what is in them. */
struct unit_code {
  const char *code, *unece; /* "kg", and UN/ECE Recommendation 20 or 21: "KGM" */
  enum unit_dimension dimension;
  int64_t numerator, denominator;
  const char *name;
};
extern const struct unit_code unit_codes[]; /* ends with a row without code */
/* NULL for codes that are not in the table: those are legal too, up to UNIT_MAX of a-z, 0-9, '_' and '-'. */
const struct unit_code *unit_find(const char *code);

/* ---- Products ---------------------------------------------------------------------------------------------------- */

enum product_kind { PRODUCT_STOCKED, PRODUCT_SERVICE, PRODUCT_DIGITAL, PRODUCT_BUNDLE, PRODUCT_MADE,
                    PRODUCT_MENU_ITEM };
extern const char *const product_kinds[]; /* "stocked", "service", "digital", "bundle", "made", "menu_item", NULL */

/* A further unit of a product: 1 unit = numerator / denominator of the product's own unit. Both > 0. */
struct product_unit {
  int64_t product_id; /* column only */
  const char *unit;
  int64_t numerator, denominator;
  const char *gtin; /* of this packing, or NULL */
};

struct product {
  struct product_id id;
  int64_t version;
  const char *sku;      /* unique, case-sensitive, never changed */
  const char *name;     /* {"lang": "text"} or NULL: product_name */
  int kind;             /* enum product_kind */
  bool active;          /* false: no new orders */
  const char *unit;     /* stock and prices are in it; "pcs" */
  struct price price;   /* for one unit, in currency; ABSENT = none */
  const char *currency; /* never NULL */
  const char *gtin;
  int64_t weight_g, length_mm, width_mm, height_mm; /* of one unit; ABSENT = unknown */
  const char *tax_category; /* NULL = taxed at 0 */
  const char *country_of_origin, *hs_code;
  const char *attributes; /* JSON object, or NULL */
  const char *parent_sku; /* of a variant: what it is a variant of; or NULL */
  const char *options;    /* of a variant: how it differs, a JSON object of texts; or NULL */
  LIST(const char *) images; /* addresses of pictures, the first is the main one */
  LIST(struct product_unit) units; /* their own table; in lists only with ?expand=units */
  struct instant created_at, updated_at;
};
extern const struct rec product_rec, product_unit_rec;
extern const struct db_table product_table, product_unit_table;

/* Has it stock of its own (stocked, made)? Services and digital goods have none, bundles that of their parts. */
bool product_is_stocked(const struct product *p);
/* The name in a language, else in the fallback, else any, else the SKU. In the arena. */
const char *product_name(struct arena *a, const struct product *p, const char *language, const char *fallback);

/* From the memo. ERR_NOT_FOUND without a fault text when there is none, *out untouched. */
MUST_CHECK enum err catalog_product_by_sku(struct ctx *cx, const char *sku, const struct product **out);
MUST_CHECK enum err catalog_product_by_id(struct ctx *cx, struct product_id id, const struct product **out);
/* From the tables, into the arena, by SKU or id text ("prd_..."), as paths name it. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err product_load(struct ctx *cx, const char *sku_or_id, struct product *out);
/* Adds the units of n products, one after the other in memory. */
MUST_CHECK enum err products_fill_units(struct ctx *cx, struct product *products, size_t n);

/* Body: product_rec. 201 with the product; ERR_EXISTS at /sku. */
extern const struct act product_create_act;
/* PATCH of one; id = SKU or id. */
extern const struct act product_update_act;

/* Up to PRODUCTS_BULK_MAX products at once; each is created, or answered with its own refusal. */
struct products_bulk {
  const char *products; /* JSON array of products, each read by itself so that one fault does not refuse the others */
};
struct bulk_fault {
  const char *pointer, *code, *detail;
};
struct product_bulk_item {
  int64_t n;          /* place in the request, from 0 */
  int64_t status;     /* as the single call would have answered: 201, 409, 422 */
  const char *sku;
  const char *code, *detail; /* of a refusal */
  LIST(struct bulk_fault) errors;
  struct product *product; /* as it was created */
};
struct products_bulk_result {
  int64_t created, refused;
  LIST(struct product_bulk_item) results;
};
extern const struct rec products_bulk_rec, products_bulk_result_rec;
extern const struct act products_bulk_act;

/* ---- Tax rates --------------------------------------------------------------------------------------------------- */

/* The rate of a product's tax category where the goods go. (category, country, region) is unique; "" = any. */
struct tax_rate {
  struct tax_rate_id id;
  int64_t version;
  const char *category, *country, *region; /* country ISO 3166-1 alpha-2; region as addresses say it */
  struct rate rate;
  struct instant created_at, updated_at;
};
extern const struct rec tax_rate_rec;
extern const struct db_table tax_rate_table;

/* The most specific rate: category and country and region, then without region, then without country; 0 when there is
 * none or category is NULL. country and region may be NULL. From the memo. */
MUST_CHECK enum err tax_rate_find(struct ctx *cx, const char *category, const char *country, const char *region,
                                  struct rate *out);
MUST_CHECK enum err tax_rate_load(struct ctx *cx, const char *id, struct tax_rate *out);

extern const struct act tax_rate_create_act, tax_rate_update_act, tax_rate_delete_act;

/* Their SKUs, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err products_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
