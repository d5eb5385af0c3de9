/* What the files of the catalog share. */
#ifndef ORDO_CATALOG_PRIV_H
#define ORDO_CATALOG_PRIV_H

#include "catalog.h"
#include "masters.h"

/* A bare name is kept under this tag until decide knows the company's language. */
#define LANGUAGE_UNDETERMINED "und"

#define NAMES_BYTES_MAX 4096
#define UNIT_FACTOR_MAX INT64_C(1000000000)

/* What has to be known to create one. */
struct product_create_facts {
  struct product product; /* as it was sent */
  struct master_defaults defaults;
  bool exists; /* its SKU is taken */
};
struct product_plan {
  const struct product *before; /* NULL = created */
  struct product after;
  bool changed, units_changed;
};
enum err product_exists(struct ctx *cx, const char *sku, bool *out);
enum err product_create_decide(struct ctx *cx, const void *facts, void *out_plan);
/* Stores the row and its event; *out = the product as it is now. */
enum err product_store(struct ctx *cx, const struct product_plan *plan, struct product **out);

#endif
