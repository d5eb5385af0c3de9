/* The records of the mapping file, between mapping_rec.c and mapping.c. */
#ifndef ORDO_MAPPING_PRIV_H
#define ORDO_MAPPING_PRIV_H

#include "import_priv.h"

extern const struct rec import_mapping_rec, import_value_rec, import_list_rec, import_amount_rec;

#endif
