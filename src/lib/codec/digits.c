/* Check digits of GS1: GTIN, SSCC and whatever else is weighted 3, 1 from the right. */
#include "codec.h"

#include <string.h>

char gs1_check_digit(const char *digits, size_t n)
{
  int sum = 0;
  for (size_t i = 0; i < n; i++) {
    assert(digits[i] >= '0' && digits[i] <= '9');
    sum = (sum + (digits[i] - '0') * ((n - i) % 2 ? 3 : 1)) % 10;
  }
  return (char)('0' + (10 - sum) % 10);
}

bool gtin_valid(const char *digits)
{
  size_t n = strlen(digits);
  if ((n != 8 && n != 12 && n != 13 && n != 14) || strspn(digits, "0123456789") != n)
    return false;
  return gs1_check_digit(digits, n - 1) == digits[n - 1];
}
