/* Ids as text: 63 bits in 13 characters of Crockford's base32, so that text order is time order. */
#include "codec.h"

#include <string.h>

enum { ID_DIGITS = 13, PREFIX_MAX = 6 };

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

void id_format(const char *prefix, int64_t v, char out[ID_TEXT])
{
  size_t n = strlen(prefix);
  assert(v > 0 && n > 0 && n <= PREFIX_MAX);
  memcpy(out, prefix, n);
  out[n] = '_';
  out[n + 1 + ID_DIGITS] = 0;
  for (size_t i = ID_DIGITS; i-- > 0; v >>= 5)
    out[n + 1 + i] = alphabet[v & 31];
}

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool id_parse(const char *prefix, const char *text, int64_t *out)
{
  for (; *prefix; prefix++, text++)
    if (lower(*text) != *prefix)
      return false;
  if (*text++ != '_')
    return false;
  uint64_t v = 0;
  for (int i = 0; i < ID_DIGITS; i++, text++) {
    const char *digit = *text ? strchr(alphabet, lower(*text)) : NULL;
    if (!digit || (i == 0 && *digit > '7')) /* 13 characters are 65 bits; an id has 63 */
      return false;
    v = v << 5 | (uint64_t)(digit - alphabet);
  }
  if (*text || v == 0)
    return false;
  *out = (int64_t)v;
  return true;
}
