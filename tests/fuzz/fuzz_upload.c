/* A file that somebody brings is somebody else's: whatever it holds, it is read or refused, and what was read is read the
 * same way again. */
#include "fuzz.h"

#include "upload.h"

#include <stdlib.h>
#include <string.h>

static void read_rows(struct arena *a, struct fault *f, const struct upload_found *found,
                      const struct upload_text *text)
{
  struct upload u = {.file = (struct upload_found *)found, .mapping = ARENA_NEW(a, struct upload_mapping)};
  const struct upload_defaults defaults = {"USD", "UTC", "en"};
  struct mapping *m;
  struct import_reader *r;
  for (int kind = 0; kind < UPLOAD_KINDS; kind++) {
    u.kind = kind;
    upload_guess(a, (enum upload_kind)kind, found, u.mapping);
    fault_clear(f);
    if (upload_compile(&u, &defaults, a, f, &m) != ERR_OK || import_open_text(m, text->at, text->n, f, &r) != ERR_OK)
      continue;
    struct arena *row = arena_new(IMPORT_DOCUMENT);
    struct import_document d;
    fault_clear(f);
    for (int n = 0; n < 1000 && import_next(r, row, f, &d) == ERR_OK; n++)
      arena_reset(row);
    arena_free(row);
    import_close(r);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  struct arena *a = arena_new(UINT64_C(1) << 30);
  struct fault f;
  struct upload_found found, again;
  struct upload_text text = {0};
  fault_init(&f, a);
  if (upload_look((const char *)data, size, NULL, NULL, a, &f, &found, &text) != ERR_OK) {
    assert(f.n > 0 && !text.at);
  } else {
    assert(found.columns.n > 0);
    read_rows(a, &f, &found, &text);
    fault_clear(&f);
    assert(upload_look(text.at, text.n, "UTF-8", found.delimiter, a, &f, &again, NULL) == ERR_OK);
    assert(again.rows == found.rows && again.columns.n == found.columns.n);
    free(text.at);
  }
  arena_free(a);
  return 0;
}
