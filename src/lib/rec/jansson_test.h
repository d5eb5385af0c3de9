/* What jansson says of a document. Its names and ours collide (json_object), so it is opened at run time, behind this. */
#ifndef ORDO_JANSSON_TEST_H
#define ORDO_JANSSON_TEST_H

#include <stdbool.h>
#include <stddef.h>

/* JANSSON_LIMIT: refused for a limit of its own: the size of a number, U+0000 in a key. */
enum jansson_says { JANSSON_ACCEPTS, JANSSON_REFUSES, JANSSON_LIMIT };

bool jansson_open(void); /* false where it is not installed */
enum jansson_says jansson_reads(const char *bytes, size_t n);
bool jansson_same(const char *bytes, size_t n, const char *other); /* both hold the same value */

#endif
