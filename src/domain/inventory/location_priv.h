/* What the files about locations share. */
#ifndef ORDO_LOCATION_PRIV_H
#define ORDO_LOCATION_PRIV_H

#include "inventory_priv.h"

/* The rules beyond single fields; prepares the calendar. All faults together, ERR_INVALID. */
MUST_CHECK enum err location_check(struct ctx *cx, struct location *l);

#endif
