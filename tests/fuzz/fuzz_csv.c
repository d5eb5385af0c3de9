/* The CSV reader: the same rows, whatever the size of the blocks it is fed. The first byte chooses that size. */
#include "codec.h"
#include "fuzz.h"

#include <string.h>

/* A digest of all rows and the error. */
static uint64_t digest(const char *bytes, size_t n, size_t block, char delimiter)
{
  struct csv *c = csv_new(delimiter);
  struct csv_row row;
  uint64_t h = 1;
  bool finished = false;
  for (enum csv_result result; (result = csv_next(c, &row)) != CSV_DONE;) {
    if (result == CSV_BAD) {
      int64_t line, column;
      h = hash_mix(h, hash_text(csv_error(c, &line, &column)));
      h = hash_mix(h, (uint64_t)(line * 1000003 + column));
      break;
    }
    if (result == CSV_ROW) {
      h = hash_mix(h, (uint64_t)(row.line * 1000003 + row.byte_offset));
      for (size_t i = 0; i < row.n; i++)
        h = hash_mix(h, hash_text(row.cells[i]));
      continue;
    }
    FUZZ_CHECK(!finished);
    size_t some = n < block ? n : block;
    if (some)
      csv_feed(c, bytes, some);
    else
      csv_finish(c), finished = true;
    bytes += some;
    n -= some;
  }
  csv_free(c);
  return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  if (n == 0)
    return 0;
  const char *text = (const char *)bytes + 1;
  char delimiter = bytes[0] & 0x80 ? ';' : ',';
  FUZZ_CHECK(digest(text, n - 1, 1 + bytes[0] % 16, delimiter) == digest(text, n - 1, n, delimiter));
  return 0;
}
