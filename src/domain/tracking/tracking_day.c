/* A day as people of a language write it, for the page that is read before any script runs. */
#include "tracking.h"

#include <string.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ustring.h>

enum { DAY_LETTERS = 96, ZONE_LETTERS = 64 };

/* The order of its parts is the language's; which parts there are is ours, as in shared/format: weekday, month, day. */
static bool pattern_of(const char *language, UChar out[DAY_LETTERS])
{
  UErrorCode error = U_ZERO_ERROR;
  UChar skeleton[16];
  u_uastrcpy(skeleton, "MMMEd");
  UDateTimePatternGenerator *generator = udatpg_open(language, &error);
  if (U_FAILURE(error))
    return false;
  int32_t n = udatpg_getBestPattern(generator, skeleton, -1, out, DAY_LETTERS - 1, &error);
  udatpg_close(generator);
  out[U_SUCCESS(error) ? n : 0] = 0;
  return U_SUCCESS(error);
}

const char *tracking_day(struct arena *a, struct instant at, const char *zone, const char *language)
{
  UErrorCode error = U_ZERO_ERROR;
  UChar pattern[DAY_LETTERS], day[DAY_LETTERS], where[ZONE_LETTERS];
  char text[DAY_LETTERS * 4];
  int32_t n = 0;
  if (!instant_set(at) || !pattern_of(language, pattern) || (zone && strlen(zone) >= ZONE_LETTERS))
    return NULL;
  u_uastrcpy(where, zone ? zone : "UTC");
  UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, language, where, -1, pattern, -1, &error);
  if (U_FAILURE(error))
    return NULL;
  udat_format(format, (UDate)at.ms, day, DAY_LETTERS, NULL, &error);
  udat_close(format);
  u_strToUTF8(text, sizeof text, &n, day, -1, &error);
  return U_SUCCESS(error) ? arena_textn(a, text, (size_t)n) : NULL;
}
