/* Codes that move with time: RFC 6238 over HMAC-SHA-1 (RFC 2104, FIPS 180-4). Authenticator apps know nothing else, and as an
 * HMAC SHA-1 is sound; it is used for nothing else here. */
#include <sodium.h>
#include <string.h>

#include "identity_priv.h"

enum { SHA1_BYTES = 20, SHA1_BLOCK = 64, SHA1_ROUNDS = 80 };

static uint32_t turned(uint32_t x, int by)
{
  return x << by | x >> (32 - by);
}

static void sha1_block(uint32_t h[5], const unsigned char *block)
{
  static const uint32_t k[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
  uint32_t w[SHA1_ROUNDS], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
           block[4 * i + 3];
  for (int i = 16; i < SHA1_ROUNDS; i++)
    w[i] = turned(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  for (int i = 0; i < SHA1_ROUNDS; i++) {
    uint32_t f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    uint32_t next = turned(a, 5) + f + e + k[i / 20] + w[i];
    e = d;
    d = c;
    c = turned(b, 30);
    b = a;
    a = next;
  }
  h[0] += a;
  h[1] += b;
  h[2] += c;
  h[3] += d;
  h[4] += e;
}

/* Of two pieces, one after the other; together less than 2^29 bytes. */
static void sha1(const unsigned char *first, size_t n_first, const unsigned char *second, size_t n_second,
                 unsigned char out[SHA1_BYTES])
{
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  unsigned char block[SHA1_BLOCK];
  size_t n = n_first + n_second, filled = 0;
  for (size_t i = 0; i < n; i++) {
    block[filled++] = i < n_first ? first[i] : second[i - n_first];
    if (filled == SHA1_BLOCK) {
      sha1_block(h, block);
      filled = 0;
    }
  }
  block[filled++] = 0x80;
  if (filled > SHA1_BLOCK - 8) {
    memset(block + filled, 0, SHA1_BLOCK - filled);
    sha1_block(h, block);
    filled = 0;
  }
  memset(block + filled, 0, SHA1_BLOCK - filled);
  for (int i = 0; i < 4; i++)
    block[SHA1_BLOCK - 1 - i] = (unsigned char)((uint64_t)n * 8 >> 8 * i);
  sha1_block(h, block);
  for (int i = 0; i < SHA1_BYTES; i++)
    out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void hmac_sha1(const unsigned char *key, size_t n_key, const unsigned char *text, size_t n,
                      unsigned char out[SHA1_BYTES])
{
  unsigned char inner[SHA1_BLOCK] = {0}, outer[SHA1_BLOCK], digest[SHA1_BYTES];
  assert(n_key <= SHA1_BLOCK);
  memcpy(inner, key, n_key);
  for (int i = 0; i < SHA1_BLOCK; i++) {
    outer[i] = inner[i] ^ 0x5c;
    inner[i] ^= 0x36;
  }
  sha1(inner, sizeof inner, text, n, digest);
  sha1(outer, sizeof outer, digest, sizeof digest, out);
}

uint32_t totp_number(const unsigned char *secret, size_t n, int64_t step)
{
  unsigned char counter[8], mac[SHA1_BYTES];
  for (int i = 0; i < 8; i++)
    counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
  hmac_sha1(secret, n, counter, sizeof counter, mac);
  int at = mac[SHA1_BYTES - 1] & 15;
  return ((uint32_t)mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 | (uint32_t)mac[at + 2] << 8 | mac[at + 3];
}

/* ---- Base32 of RFC 4648, as the apps want the secret ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void totp_secret_draw(char out[TOTP_SECRET_TEXT])
{
  unsigned char secret[TOTP_SECRET_BYTES];
  randombytes_buf(secret, sizeof secret);
  for (size_t i = 0; i < TOTP_SECRET_TEXT - 1; i++) {
    size_t bit = i * 5, at = bit / 8;
    unsigned two = (unsigned)secret[at] << 8 | (at + 1 < sizeof secret ? secret[at + 1] : 0);
    out[i] = letters[two >> (11 - bit % 8) & 31];
  }
  out[TOTP_SECRET_TEXT - 1] = 0;
  sodium_memzero(secret, sizeof secret);
}

static bool secret_bytes(const char *text, unsigned char out[TOTP_SECRET_BYTES])
{
  unsigned bits = 0;
  int held = 0;
  size_t n = 0;
  for (; *text; text++) {
    const char *letter = strchr(letters, *text);
    if (!letter)
      return false;
    bits = bits << 5 | (unsigned)(letter - letters);
    held += 5;
    if (held >= 8 && n < TOTP_SECRET_BYTES) {
      held -= 8;
      out[n++] = (unsigned char)(bits >> held);
    }
  }
  return n == TOTP_SECRET_BYTES;
}

bool totp_code(const char *secret, int64_t step, char out[TOTP_DIGITS + 1])
{
  unsigned char bytes[TOTP_SECRET_BYTES];
  if (!secret_bytes(secret, bytes))
    return false;
  uint32_t rest = totp_number(bytes, sizeof bytes, step);
  sodium_memzero(bytes, sizeof bytes);
  for (int i = TOTP_DIGITS - 1; i >= 0; i--, rest /= 10)
    out[i] = (char)('0' + rest % 10);
  out[TOTP_DIGITS] = 0;
  return true;
}

int64_t totp_step(const char *secret, const char *code, struct instant now)
{
  int64_t here = now.ms / SECOND_MS / TOTP_STEP_S, found = ABSENT;
  char right[TOTP_DIGITS + 1];
  for (int64_t step = here - 1; step <= here + 1; step++)
    if (strlen(code) == TOTP_DIGITS && totp_code(secret, step, right) && sodium_memcmp(code, right, TOTP_DIGITS) == 0)
      found = step;
  return found;
}
