/* Decimals, instants and dates: what is read is written and read again the same. */
#include "base.h"
#include "fuzz.h"

#include <string.h>

static void check_decimal(const char *text, size_t n, int places)
{
  int64_t v, again;
  char out[32];
  if (!decimal_parse(text, n, places, &v))
    return;
  size_t length = decimal_format(v, places, out);
  FUZZ_CHECK(length < sizeof out && decimal_parse(out, length, places, &again) && again == v);
}

static void check_instant(const char *text, size_t n)
{
  struct instant t, again;
  char out[INSTANT_TEXT];
  int64_t first = date_days("0000-01-01") * DAY_MS, last = (date_days("9999-12-31") + 1) * DAY_MS;
  if (!instant_parse(text, n, &t) || t.ms < first || t.ms >= last)
    return;
  instant_format(t, out);
  FUZZ_CHECK(instant_parse(out, strlen(out), &again) && again.ms == t.ms);
}

static void check_date(const char *text, size_t n)
{
  char out[DATE_TEXT];
  if (!date_valid(text, n))
    return;
  days_date(date_days(text), out);
  FUZZ_CHECK(memcmp(out, text, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  const char *text = (const char *)bytes;
  for (int places = 0; places <= 6; places += 2)
    check_decimal(text, n, places);
  check_instant(text, n);
  check_date(text, n);
  return 0;
}
