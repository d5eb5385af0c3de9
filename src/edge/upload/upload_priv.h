/* What the files of this room share. */
#ifndef ORDO_UPLOAD_PRIV_H
#define ORDO_UPLOAD_PRIV_H

#include "codec.h"
#include "events.h"
#include "promise.h"
#include "upload.h"

extern const struct rec upload_mapping_rec;

/* The bytes of a text without accents of use: lower case, letters and digits only, so that "Stück-Zahl" meets
 * "stück zahl". In the arena. */
const char *upload_fold(struct arena *a, const char *header);

/* The text of rows in one encoding to UTF-8; the caller frees. */
MUST_CHECK enum err upload_decode(const char *bytes, size_t n, const char *encoding, struct arena *a, struct fault *f,
                                  const char **out_encoding, struct upload_text *out);

/* A part of a ZIP archive by its name, unpacked; the caller frees. ERR_NOT_FOUND without a fault when there is none. */
MUST_CHECK enum err zip_part(const char *bytes, size_t n, const char *name, struct fault *f, struct upload_text *out);

#endif
