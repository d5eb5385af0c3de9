/* The product's descriptor: JSON, columns, bounds and documentation from one table. */
#include "catalog_priv.h"

#include "codec.h"

#include <ctype.h>
#include <string.h>

const char *const product_kinds[] = {"stocked", "service", "digital", "bundle", "made", "menu_item", NULL};

static const char *const names_language[] = {LANGUAGE_UNDETERMINED, NULL};

/* Printable, and nothing that a person would not see at either end. */
static bool sku_valid(const char *s)
{
  size_t n = strlen(s);
  if (n == 0 || s[0] == ' ' || s[n - 1] == ' ')
    return false;
  for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
    bool control = *p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0); /* C0, DEL and C1 in UTF-8 */
    if (control || (*p == 0xc2 && p[1] == 0xa0))                           /* a no-break space looks like one */
      return false;
  }
  return true;
}

static bool unit_valid(const char *s)
{
  return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(s);
}

static bool currency_valid(const char *s)
{
  return currency_decimals(s) >= 0;
}

static bool country_valid(const char *s)
{
  return isupper((unsigned char)s[0]) && isupper((unsigned char)s[1]) && !s[2];
}

static bool hs_code_valid(const char *s)
{
  return strlen(s) >= 4 && strspn(s, "0123456789.") == strlen(s);
}

static bool category_valid(const char *s)
{
  return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(s);
}

static const struct rec_field product_unit_fields[] = {
    FIELD(struct product_unit, product_id, .flags = REC_HIDDEN | REC_KEY),
    FIELD(struct product_unit, unit, .flags = REC_REQUIRED | REC_KEY, .max = UNIT_MAX, .check = unit_valid,
          .doc = "Code of the unit", .example = "box"),
    FIELD(struct product_unit, numerator, .flags = REC_REQUIRED, .min = 1, .max = UNIT_FACTOR_MAX,
          .doc = "1 of this unit = numerator / denominator of the product's own unit", .example = "12"),
    FIELD(struct product_unit, denominator, .min = 1, .max = UNIT_FACTOR_MAX, .def = 1, .has_def = true,
          .doc = "Left out = 1", .example = "1"),
    FIELD(struct product_unit, gtin, .min = 8, .max = 14, .check = gtin_valid, .doc = "GTIN of this packing",
          .example = "04006381333931"),
};
const struct rec product_unit_rec =
    REC(struct product_unit, "ProductUnit", product_unit_fields, "A further unit of a product, by an exact factor");
const struct db_table product_unit_table = {"product_unit", &product_unit_rec};

#define MEASURE_MM_MAX 1000000
#define WEIGHT_G_MAX   1000000000

static const struct rec_field product_fields[] = {
    FIELD_AS(REC_ID, struct product, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_product,
             .doc = "Id of the product", .example = "prd_01jd7k3v9q2m8"),
    FIELD(struct product, version, .flags = REC_READONLY, .doc = "1 at first, one more with each change",
          .example = "1"),
    FIELD(struct product, sku, .flags = REC_REQUIRED | REC_FIXED, .max = SKU_MAX, .check = sku_valid,
          .doc = "Your code of the product: unique, case-sensitive, printable, never changed", .example = "TEE-S"),
    FIELD_AS(REC_NAMES, struct product, name, .min = 1, .max = 200, .names = names_language,
             .doc = "Names by language; a plain string is a name in the company's language",
             .example = "{\"en\":\"T-shirt, small\",\"zh-CN\":\"T恤 小号\"}"),
    FIELD_AS(REC_ENUM, struct product, kind, .names = product_kinds,
             .doc = "stocked: bought and kept; made: produced and kept; bundle: its parts are shipped; service and "
                    "digital: no stock; menu_item: cooked to order",
             .example = "stocked"),
    FIELD(struct product, active, .def = true, .has_def = true, .doc = "false: no new orders are taken",
          .example = "true"),
    FIELD(struct product, unit, .min = 1, .max = UNIT_MAX, .check = unit_valid,
          .doc = "Unit in which it is sold and stocked; left out = pcs", .example = "pcs"),
    FIELD(struct product, price,
          .doc = "For one unit, in minor units of currency; as a decimal string with up to six further places",
          .example = "1990"),
    FIELD(struct product, currency, .min = 3, .max = 3, .check = currency_valid,
          .doc = "ISO 4217; left out = the company's", .example = "USD"),
    FIELD(struct product, gtin, .min = 8, .max = 14, .check = gtin_valid,
          .doc = "GTIN-8, -12, -13 or -14 with its check digit", .example = "4006381333931"),
    FIELD(struct product, weight_g, .min = 0, .max = WEIGHT_G_MAX, .doc = "Weight of one unit in grams",
          .example = "180"),
    FIELD(struct product, length_mm, .min = 0, .max = MEASURE_MM_MAX, .doc = "Length of one unit, packed",
          .example = "300"),
    FIELD(struct product, width_mm, .min = 0, .max = MEASURE_MM_MAX, .doc = "Width of one unit, packed",
          .example = "200"),
    FIELD(struct product, height_mm, .min = 0, .max = MEASURE_MM_MAX, .doc = "Height of one unit, packed",
          .example = "20"),
    FIELD(struct product, tax_category, .min = 1, .max = TAX_CATEGORY_MAX, .check = category_valid,
          .doc = "Category of the tax rates; left out = taxed at 0", .example = "standard"),
    FIELD(struct product, country_of_origin, .min = 2, .max = 2, .check = country_valid, .doc = "ISO 3166-1 alpha-2",
          .example = "PT"),
    FIELD(struct product, hs_code, .min = 4, .max = 14, .check = hs_code_valid, .doc = "Customs tariff number",
          .example = "6109.10"),
    FIELD_AS(REC_JSON, struct product, attributes, .min = 2, .max = ATTRIBUTES_BYTES_MAX,
             .doc = "An object of your own: color, size, anything", .example = "{\"size\":\"S\"}"),
    FIELD(struct product, parent_sku, .min = 1, .max = SKU_MAX, .check = sku_valid,
          .doc = "Of a variant: the product that it is a variant of", .example = "TEE"),
    FIELD_AS(REC_JSON, struct product, options, .min = 2, .max = ATTRIBUTES_BYTES_MAX,
             .doc = "Of a variant: how it differs from its siblings, an object of texts", .example = "{\"size\":\"S\"}"),
    FIELD_AS(REC_TEXTS, struct product, images, .min = 0, .max = PRODUCT_IMAGES_MAX,
             .doc = "Addresses of pictures, https or a path of this server; the first is the main one",
             .example = "[\"https://example.com/tee-s.jpg\"]"),
    FIELD_AS(REC_LIST, struct product, units, .min = 0, .max = PRODUCT_UNITS_MAX, .rec = &product_unit_rec,
             .doc = "Further units in which it may be ordered; in lists with ?expand=units"),
    FIELD(struct product, created_at, .flags = REC_READONLY, .doc = "When it was created",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct product, updated_at, .flags = REC_READONLY, .doc = "When it last changed",
          .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec product_rec =
    REC(struct product, "Product", product_fields, "A thing or service that can be sold or stocked");
const struct db_table product_table = {"product", &product_rec};

/* ---- Tax rates ---- */

static bool country_or_any(const char *s)
{
  return !s[0] || country_valid(s);
}

static const struct rec_field tax_rate_fields[] = {
    FIELD_AS(REC_ID, struct tax_rate, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_tax_rate,
             .doc = "Id of the tax rate", .example = "tax_01jd7k3v9q2m8"),
    FIELD(struct tax_rate, version, .flags = REC_READONLY, .doc = "1 at first, one more with each change",
          .example = "1"),
    FIELD(struct tax_rate, category, .flags = REC_REQUIRED | REC_FIXED, .max = TAX_CATEGORY_MAX,
          .check = category_valid, .doc = "Tax category of products", .example = "standard"),
    FIELD(struct tax_rate, country, .flags = REC_FIXED, .min = 0, .max = 2, .check = country_or_any,
          .doc = "Where the goods go, ISO 3166-1 alpha-2; left out or \"\" = everywhere", .example = "CN"),
    FIELD(struct tax_rate, region, .flags = REC_FIXED, .min = 0, .max = 64,
          .doc = "Region within the country, as addresses say it; left out or \"\" = all", .example = "SH"),
    FIELD(struct tax_rate, rate, .column = "rate_ppm", .flags = REC_REQUIRED, .min = 0, .max = RATE_MAX,
          .doc = "As a fraction: 13 % is 0.13", .example = "0.13"),
    FIELD(struct tax_rate, created_at, .flags = REC_READONLY, .doc = "When it was created",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct tax_rate, updated_at, .flags = REC_READONLY, .doc = "When it last changed",
          .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec tax_rate_rec =
    REC(struct tax_rate, "TaxRate", tax_rate_fields, "What a tax category pays by destination");
const struct db_table tax_rate_table = {"tax_rate", &tax_rate_rec};

/* ---- Many at once ---- */

static const struct rec_field products_bulk_fields[] = {
    FIELD_AS(REC_JSON, struct products_bulk, products, .flags = REC_REQUIRED, .min = 2, .max = 16 << 20,
             .doc = "An array of up to 500 products, each as POST /v1/products takes it",
             .example = "[{\"sku\":\"TEE-S\",\"price\":1990},{\"sku\":\"TEE-M\",\"price\":1990}]"),
};
const struct rec products_bulk_rec =
    REC(struct products_bulk, "ProductsBulk", products_bulk_fields, "Products to create");

static const struct rec_field bulk_fault_fields[] = {
    FIELD(struct bulk_fault, pointer, .doc = "JSON pointer into the item", .example = "/gtin"),
    FIELD(struct bulk_fault, code, .doc = "Stable code", .example = "invalid_format"),
    FIELD(struct bulk_fault, detail, .max = 1000, .doc = "A sentence for people",
          .example = "has not the right format"),
};
static const struct rec bulk_fault_rec =
    REC(struct bulk_fault, "ProductBulkFault", bulk_fault_fields, "One thing wrong with one item");

static const struct rec_field bulk_item_fields[] = {
    FIELD(struct product_bulk_item, n, .doc = "Place in the request, from 0", .example = "0"),
    FIELD(struct product_bulk_item, status, .doc = "What the single call would have answered: 201, 409, 422",
          .example = "201"),
    FIELD(struct product_bulk_item, sku, .doc = "Of the item, where it could be read", .example = "TEE-S"),
    FIELD(struct product_bulk_item, code, .doc = "Why it was refused", .example = "already_exists"),
    FIELD(struct product_bulk_item, detail, .max = 1000, .doc = "The same for people",
          .example = "there is a product TEE-S"),
    FIELD_AS(REC_LIST, struct product_bulk_item, errors, .rec = &bulk_fault_rec, .doc = "All that is wrong with it"),
    FIELD_AS(REC_RECORD, struct product_bulk_item, product, .rec = &product_rec,
             .doc = "The product, when it was created"),
};
static const struct rec bulk_item_rec =
    REC(struct product_bulk_item, "ProductBulkItem", bulk_item_fields, "What became of one item");

static const struct rec_field bulk_result_fields[] = {
    FIELD(struct products_bulk_result, created, .doc = "How many were created", .example = "1"),
    FIELD(struct products_bulk_result, refused, .doc = "How many were not", .example = "0"),
    FIELD_AS(REC_LIST, struct products_bulk_result, results, .rec = &bulk_item_rec,
             .doc = "One entry for each item, in order"),
};
const struct rec products_bulk_result_rec =
    REC(struct products_bulk_result, "ProductsBulkResult", bulk_result_fields, "What became of each product");
