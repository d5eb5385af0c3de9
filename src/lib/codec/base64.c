/* Base64: three bytes as four characters. */
#include "codec.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *out, const void *bytes, size_t n)
{
  const unsigned char *b = bytes;
  for (size_t i = 0; i < n; i += 3) {
    unsigned v = (unsigned)b[i] << 16 | (i + 1 < n ? (unsigned)b[i + 1] << 8 : 0) | (i + 2 < n ? b[i + 2] : 0);
    buf_char(out, alphabet[v >> 18 & 63]);
    buf_char(out, alphabet[v >> 12 & 63]);
    buf_char(out, i + 1 < n ? alphabet[v >> 6 & 63] : '=');
    buf_char(out, i + 2 < n ? alphabet[v & 63] : '=');
  }
}

static int digit_of(char c)
{
  const char *at = c ? strchr(alphabet, c) : NULL;
  return at ? (int)(at - alphabet) : -1;
}

bool base64_read(const char *text, size_t n, struct buf *out)
{
  if (n % 4 != 0)
    return false;
  for (size_t i = 0; i < n; i += 4) {
    size_t padding = i + 4 < n ? 0 : (text[i + 3] == '=') + (text[i + 3] == '=' && text[i + 2] == '=');
    unsigned v = 0;
    for (size_t k = 0; k < 4; k++) {
      int digit = k >= 4 - padding ? 0 : digit_of(text[i + k]);
      if (digit < 0)
        return false;
      v = v << 6 | (unsigned)digit;
    }
    if (padding && (v & ((1u << 8 * padding) - 1)))
      return false; /* bits that belong to no byte: two texts for the same bytes */
    for (size_t k = 0; k < 3 - padding; k++)
      buf_char(out, (char)(v >> (16 - 8 * k) & 255));
  }
  return true;
}
