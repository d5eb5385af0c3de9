/* look - places in a JSON document by pointer, with the strict reader of lib/rec.
 *
 * Beside keys and indexes a step may say which item of a list is meant: "/fulfillments/location=NJ1/state", and a last
 * step "#" counts: "/lines/#".
 */
#ifndef ORDO_LOOK_H
#define ORDO_LOOK_H

#include "base.h"

/* The value as text: strings decoded, everything else as it stands in the document; NULL when there is no such place or
 * the document is broken. */
const char *json_look(struct arena *a, const char *json, const char *pointer);
int64_t json_look_i64(struct arena *a, const char *json, const char *pointer); /* ABSENT when it is no integer */

#endif
