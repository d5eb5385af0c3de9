/* Units: the table of well-known ones. */
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
