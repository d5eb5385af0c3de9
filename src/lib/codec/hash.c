/* SHA-256 (libsodium's) and hex. */
#include "codec.h"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

_Static_assert(HASH_BYTES == crypto_hash_sha256_BYTES, "SHA-256 has 32 bytes");

void sha256(const void *bytes, size_t n, unsigned char out[HASH_BYTES])
{
  crypto_hash_sha256(out, n ? bytes : (const void *)"", n);
}

void sha256_begin(const void *bytes, size_t n, unsigned char out_state[HASH_BYTES])
{
  crypto_hash_sha256_state s;
  assert(n % SHA256_BLOCK == 0); /* else a part of a block would be left behind */
  crypto_hash_sha256_init(&s);
  crypto_hash_sha256_update(&s, bytes, n);
  for (size_t i = 0; i < HASH_BYTES; i++)
    out_state[i] = (unsigned char)(s.state[i / 4] >> (24 - i % 4 * 8));
}

void sha256_end(const unsigned char state[HASH_BYTES], uint64_t n_before, const void *bytes, size_t n,
                unsigned char out[HASH_BYTES])
{
  crypto_hash_sha256_state s;
  assert(n_before % SHA256_BLOCK == 0);
  crypto_hash_sha256_init(&s);
  for (size_t i = 0; i < HASH_BYTES / 4; i++)
    s.state[i] = (uint32_t)state[4 * i] << 24 | (uint32_t)state[4 * i + 1] << 16 | (uint32_t)state[4 * i + 2] << 8 |
                 (uint32_t)state[4 * i + 3];
  s.count = n_before * 8; /* bits */
  crypto_hash_sha256_update(&s, bytes, n);
  crypto_hash_sha256_final(&s, out);
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

void hmac_sha256(const void *key, size_t key_n, const void *bytes, size_t n, unsigned char out[HASH_BYTES])
{
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key_n ? key : (const void *)"", key_n);
  crypto_auth_hmacsha256_update(&state, n ? bytes : (const void *)"", n);
  crypto_auth_hmacsha256_final(&state, out);
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
  return n == 0 || sodium_memcmp(a, b, n) == 0;
}
