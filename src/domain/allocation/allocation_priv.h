/* What the files of allocation share. */
#ifndef ORDO_ALLOCATION_PRIV_H
#define ORDO_ALLOCATION_PRIV_H

#include "allocation.h"

#endif
