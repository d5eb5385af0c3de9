/* SHA-256 (libsodium's) and hex. */
#include "codec.h"

#include <sodium/crypto_hash_sha256.h>

_Static_assert(HASH_BYTES == crypto_hash_sha256_BYTES, "SHA-256 has 32 bytes");

void sha256(const void *bytes, size_t n, unsigned char out[HASH_BYTES])
{
  crypto_hash_sha256(out, n ? bytes : (const void *)"", n);
}

void sha256_hex(const void *bytes, size_t n, char out[HASH_TEXT])
{
  unsigned char hash[HASH_BYTES];
  sha256(bytes, n, hash);
  hex_encode(hash, sizeof hash, out);
}

void hex_encode(const unsigned char *bytes, size_t n, char *out)
{
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < n; i++) {
    *out++ = digits[bytes[i] >> 4];
    *out++ = digits[bytes[i] & 15];
  }
  *out = 0;
}
