/* Texts that compare: folding, language tags, time zones; ICU knows how. */
#include <ctype.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "identity.h"

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *trimmed(struct arena *a, const char *text)
{
  while (is_blank(*text))
    text++;
  size_t n = strlen(text);
  while (n > 0 && is_blank(text[n - 1]))
    n--;
  return arena_textn(a, text, n);
}

/* True when all of it was ASCII and is lower case now. */
static bool lower_ascii(char *text)
{
  for (char *c = text; *c; c++) {
    if ((unsigned char)*c >= 0x80)
      return false;
    *c = (char)tolower((unsigned char)*c);
  }
  return true;
}

/* One character can become eighteen (U+FDFA), so the room is asked for first. */
static const char *fold_unicode(struct arena *a, const char *text)
{
  UErrorCode status = U_ZERO_ERROR;
  int32_t n = 0, folded_n;
  int32_t cap = (int32_t)strlen(text) + 1;
  UChar *wide = ARENA_ARRAY(a, UChar, (size_t)cap);
  u_strFromUTF8(wide, cap, &n, text, -1, &status);
  const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&status);
  if (U_FAILURE(status))
    return text;
  folded_n = unorm2_normalize(fold, wide, n, NULL, 0, &status);
  status = U_ZERO_ERROR;
  UChar *folded = ARENA_ARRAY(a, UChar, (size_t)folded_n + 1);
  unorm2_normalize(fold, wide, n, folded, folded_n + 1, &status);
  int32_t bytes = folded_n * 3 + 1;
  char *out = arena_alloc(a, (size_t)bytes);
  u_strToUTF8(out, bytes, NULL, folded, folded_n, &status);
  return U_FAILURE(status) ? text : out;
}

const char *identity_fold(struct arena *a, const char *text)
{
  char *copy = arena_text(a, trimmed(a, text));
  return lower_ascii(copy) ? copy : trimmed(a, fold_unicode(a, trimmed(a, text)));
}

bool language_valid(const char *tag)
{
  for (int group = 0;; group++) {
    size_t n = 0;
    for (; isalnum((unsigned char)tag[n]); n++)
      if (group == 0 && !isalpha((unsigned char)tag[n]))
        return false;
    if (n < (group == 0 ? 2u : 1u) || n > 8)
      return false;
    if (!tag[n])
      return true;
    if (tag[n] != '-')
      return false;
    tag += n + 1;
  }
}

enum { ZONE_MAX = 64 };

bool time_zone_valid(const char *zone)
{
  UChar wide[ZONE_MAX], canonical[ZONE_MAX];
  UErrorCode status = U_ZERO_ERROR;
  UBool system = 0;
  int32_t n = 0;
  u_strFromUTF8(wide, ZONE_MAX, &n, zone, -1, &status);
  ucal_getCanonicalTimeZoneID(wide, n, canonical, ZONE_MAX, &system, &status);
  return U_SUCCESS(status) && system;
}
