/* Passwords: rules, hashing, verifying. Argon2id takes 64 MiB and a tenth of a second, so only a few at once. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "identity_priv.h"

const struct password_cost password_cost_default = {3, 64u << 20};
const struct password_cost password_cost_tests = {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};

/* What people type first when ten characters are asked for, folded. */
static const char *const worst_passwords[] = {
    "0123456789", "0987654321", "1234567890", "12345678910", "123456789a", "1234512345", "123123123123",
    "123456123456", "147258369a", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx3edc", "1qazxsw23edc", "9876543210",
    "a123456789", "aa123456789", "abc1234567", "abc123456789", "abcd123456", "abcdefghij", "admin12345",
    "admin123456", "administrator", "asdfghjkl1", "asdfghjkl;", "baseball123", "changeme123", "changemenow",
    "dragon12345", "football123", "iloveyou123", "iloveyou1234", "letmein123", "letmein1234", "liverpool1",
    "michael123", "monkey12345", "p@ssw0rd123", "passw0rd123", "password12", "password123", "password1234",
    "password12345", "password123!", "passwordpassword", "princess123", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazwsxedcrfv",
    "qwer123456", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyuiop", "qwertyuiop1", "qwertyuiop123",
    "sunshine123", "superman123", "test123456", "trustno1trustno1", "welcome123", "welcome1234", "woaini1314",
    "zaq12wsxcde3", "zxcvbnm123", "zxcvbnm12345",
};

enum { DISTINCT_MIN = 4 };

/* "aaaaaaaaaa" and "1212121212" are long, not strong. */
static bool few_bytes(const char *s)
{
  uint64_t seen[4] = {0};
  int distinct = 0;
  for (const unsigned char *c = (const unsigned char *)s; *c; c++) {
    distinct += !(seen[*c / 64] >> *c % 64 & 1);
    seen[*c / 64] |= UINT64_C(1) << *c % 64;
  }
  return distinct < DISTINCT_MIN;
}

static bool among_worst(const char *folded)
{
  for (size_t i = 0; i < COUNT_OF(worst_passwords); i++)
    if (strcmp(worst_passwords[i], folded) == 0)
      return true;
  return few_bytes(folded);
}

static enum err password_check(struct ctx *cx, const char *login, const char *password, const char *pointer)
{
  const char *folded = identity_fold(cx->arena, password);
  size_t n = utf8_count(password);
  if (n < PASSWORD_MIN)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "too_short", "must have at least %d characters", PASSWORD_MIN);
  if (n > PASSWORD_MAX)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "too_long", "must have at most %d characters", PASSWORD_MAX);
  if (login && strcmp(folded, identity_fold(cx->arena, login)) == 0)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "password_weak", "must differ from the login");
  if (among_worst(folded))
    return fault_add(&cx->fault, ERR_INVALID, pointer, "password_weak", "is one that everybody tries first");
  return ERR_OK;
}

static enum err busy(struct ctx *cx)
{
  cx->fault.retry_after_s = 1;
  return err_fail(cx, ERR_BUSY, "", "too many passwords are being checked, please try again");
}

enum err secret_hash(struct ctx *cx, struct identity *identity, const char *password, const char **out)
{
  if (!hashing_enter(identity))
    return busy(cx);
  const struct password_cost *cost = identity_cost(identity);
  char *hash = arena_alloc(cx->arena, crypto_pwhash_STRBYTES);
  int failed = crypto_pwhash_str_alg(hash, password, strlen(password), cost->ops, cost->memory,
                                     crypto_pwhash_ALG_ARGON2ID13);
  hashing_leave(identity);
  if (failed)
    return err_fail(cx, ERR_BUSY, "", "no memory to hash a password");
  *out = hash;
  return ERR_OK;
}

enum err identity_password_hash(struct ctx *cx, struct identity *identity, const char *login, const char *password,
                                const char *pointer, const char **out)
{
  TRY(password_check(cx, login, password, pointer));
  return secret_hash(cx, identity, password, out);
}

/* A well-formed hash of the cost in force that no password has: what is verified for logins that nobody has. */
static const char *nobody(struct arena *a, const struct password_cost *cost)
{
  return arena_printf(a, "$argon2id$v=19$m=%zu,t=%llu,p=1$bm9ib2R5IGlzIGhlcmUuLg$%043d", cost->memory / 1024,
                      (unsigned long long)cost->ops, 0);
}

enum err password_verify(struct ctx *cx, struct identity *identity, const char *hash, const char *password,
                         bool *out_right)
{
  if (!hashing_enter(identity))
    return busy(cx);
  bool known = !text_empty(hash); /* a user whose password is still to be set has none */
  const char *against = known ? hash : nobody(cx->arena, identity_cost(identity));
  bool right = crypto_pwhash_str_verify(against, password, strlen(password)) == 0;
  hashing_leave(identity);
  *out_right = right && known;
  return ERR_OK;
}

enum err password_attempt(struct ctx *cx, struct identity *identity, const char *login, const char *address,
                          const char *hash, const char *password, bool *out_right)
{
  enum err err = password_verify(cx, identity, hash, password, out_right);
  if (err != ERR_OK)
    attempt_void(identity, login, address);
  else if (*out_right)
    attempt_right(identity, login, address);
  return err;
}

enum err identity_request_hash(struct ctx *cx, struct identity *identity, const char *key,
                               unsigned char hash[HASH_BYTES])
{
  unsigned char salt[HASH_BYTES], slow[HASH_BYTES];
  _Static_assert(crypto_pwhash_SALTBYTES <= HASH_BYTES, "a SHA-256 is long enough as a salt");
  sha256(key, strlen(key), salt);
  if (!hashing_enter(identity))
    return busy(cx);
  const struct password_cost *cost = identity_cost(identity);
  int failed = crypto_pwhash(slow, sizeof slow, (const char *)hash, HASH_BYTES, salt, cost->ops, cost->memory,
                             crypto_pwhash_ALG_ARGON2ID13);
  hashing_leave(identity);
  if (failed)
    return err_fail(cx, ERR_BUSY, "", "no memory to hash a password");
  memcpy(hash, slow, HASH_BYTES);
  return ERR_OK;
}
