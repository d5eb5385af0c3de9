/* Units: the table of well-known ones, and exact conversion within a product. No factor is ever rounded: what does not
 * come out in whole millionths is refused, because a rounded factor loses goods. */
#include "catalog.h"

#include <string.h>

/* clang-format off: a table is read by its columns */
const struct unit_code unit_codes[] = {
  /* code     UN/ECE  dimension     1 unit = n / d of the dimension's base  name */
  {"pcs",     "H87",  UNIT_COUNT,   1,          1, "Piece"},
  {"pair",    "PR",   UNIT_COUNT,   2,          1, "Pair"},
  {"dozen",   "DZN",  UNIT_COUNT,   12,         1, "Dozen"},
  {"gross",   "GRO",  UNIT_COUNT,   144,        1, "Gross"},
  {"mg",      "MGM",  UNIT_MASS,    1,       1000, "Milligram"},
  {"g",       "GRM",  UNIT_MASS,    1,          1, "Gram"},
  {"kg",      "KGM",  UNIT_MASS,    1000,       1, "Kilogram"},
  {"t",       "TNE",  UNIT_MASS,    1000000,    1, "Tonne"},
  {"mm",      "MMT",  UNIT_LENGTH,  1,          1, "Millimeter"},
  {"cm",      "CMT",  UNIT_LENGTH,  10,         1, "Centimeter"},
  {"m",       "MTR",  UNIT_LENGTH,  1000,       1, "Meter"},
  {"km",      "KMT",  UNIT_LENGTH,  1000000,    1, "Kilometer"},
  {"cm2",     "CMK",  UNIT_AREA,    1,      10000, "Square centimeter"},
  {"m2",      "MTK",  UNIT_AREA,    1,          1, "Square meter"},
  {"ml",      "MLT",  UNIT_VOLUME,  1,          1, "Milliliter"},
  {"cl",      "CLT",  UNIT_VOLUME,  10,         1, "Centiliter"},
  {"l",       "LTR",  UNIT_VOLUME,  1000,       1, "Liter"},
  {"m3",      "MTQ",  UNIT_VOLUME,  1000000,    1, "Cubic meter"},
  {"s",       "SEC",  UNIT_TIME,    1,          1, "Second"},
  {"min",     "MIN",  UNIT_TIME,    60,         1, "Minute"},
  {"h",       "HUR",  UNIT_TIME,    3600,       1, "Hour"},
  {"day",     "DAY",  UNIT_TIME,    86400,      1, "Day"},
  {"set",     "SET",  UNIT_PACKAGE, 1,          1, "Set"},
  {"pack",    "PK",   UNIT_PACKAGE, 1,          1, "Pack"},
  {"box",     "BX",   UNIT_PACKAGE, 1,          1, "Box"},
  {"case",    "CS",   UNIT_PACKAGE, 1,          1, "Case"},
  {"bag",     "BG",   UNIT_PACKAGE, 1,          1, "Bag"},
  {"bottle",  "BO",   UNIT_PACKAGE, 1,          1, "Bottle"},
  {"roll",    "RO",   UNIT_PACKAGE, 1,          1, "Roll"},
  {"sheet",   "ST",   UNIT_PACKAGE, 1,          1, "Sheet"},
  {"pallet",  "PX",   UNIT_PACKAGE, 1,          1, "Pallet"},
  {0},
};
/* clang-format on */

const struct unit_code *unit_find(const char *code)
{
  for (const struct unit_code *u = unit_codes; u->code; u++)
    if (strcmp(u->code, code) == 0)
      return u;
  return NULL;
}

/* 1 of a unit = numerator / denominator of the product's base unit. */
struct factor {
  int64_t numerator, denominator;
};

static bool factor_of_dimension(const char *base, const char *unit, struct factor *out)
{
  const struct unit_code *from = unit_find(unit), *to = unit_find(base);
  if (!from || !to || from->dimension != to->dimension || from->dimension == UNIT_PACKAGE)
    return false;
  *out = (struct factor){from->numerator * to->denominator, from->denominator * to->numerator};
  return true;
}

/* What the product itself says comes before what the table of units says. */
static bool factor_of(const struct product *p, const char *unit, struct factor *out)
{
  if (!unit || strcmp(unit, p->unit) == 0) {
    *out = (struct factor){1, 1};
    return true;
  }
  EACH (struct product_unit, u, &p->units) {
    if (strcmp(u->unit, unit) == 0) {
      *out = (struct factor){u->numerator, u->denominator};
      return true;
    }
  }
  return factor_of_dimension(p->unit, unit, out);
}

/* q x numerator / denominator, or a refusal. */
static enum err scale(struct ctx *cx, struct quantity q, int64_t numerator, int64_t denominator, const char *pointer,
                      struct quantity *out)
{
  __int128 scaled = (__int128)q.millionths * numerator;
  if (scaled % denominator != 0)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "not_exact", "does not convert to a whole number of millionths");
  scaled /= denominator;
  if (scaled > QUANTITY_MAX || scaled < -QUANTITY_MAX)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "out_of_bounds", "more than %lld units",
                     (long long)(QUANTITY_MAX / SCALE));
  *out = QUANTITY((int64_t)scaled);
  return ERR_OK;
}

static enum err unknown_unit(struct ctx *cx, const struct product *p, const char *unit, const char *pointer)
{
  return fault_add(&cx->fault, ERR_INVALID, pointer, "unknown_unit", "%s is counted in %s and has no unit %s", p->sku,
                   p->unit, unit);
}

enum err product_to_base(struct ctx *cx, const struct product *p, const char *unit, struct quantity q,
                         const char *pointer, struct quantity *out)
{
  struct factor f;
  if (!factor_of(p, unit, &f))
    return unknown_unit(cx, p, unit, pointer);
  return scale(cx, q, f.numerator, f.denominator, pointer, out);
}

enum err product_from_base(struct ctx *cx, const struct product *p, const char *unit, struct quantity q,
                           const char *pointer, struct quantity *out)
{
  struct factor f;
  if (!factor_of(p, unit, &f))
    return unknown_unit(cx, p, unit, pointer);
  return scale(cx, q, f.denominator, f.numerator, pointer, out);
}
