/* Ids: what is read is written the same, but for case. GTINs: no more than digits are looked at. */
#include "codec.h"
#include "fuzz.h"

#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  char *text = malloc(n + 1);
  int64_t v;
  memcpy(text, bytes, n);
  text[n] = 0;
  if (id_parse("ord", text, &v)) {
    char again[ID_TEXT];
    FUZZ_CHECK(v > 0);
    id_format("ord", v, again);
    FUZZ_CHECK(strcasecmp(again, text) == 0);
  }
  if (gtin_valid(text))
    FUZZ_CHECK(strspn(text, "0123456789") == strlen(text));
  free(text);
  return 0;
}
