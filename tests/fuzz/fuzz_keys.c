/* Short texts that people and partners send: tracking numbers, scopes of API keys, keys of customers, GTINs, language
 * tags and time zones. A normal form is its own normal form. */
#include "carriers.h"
#include "codec.h"
#include "customers.h"
#include "fuzz.h"
#include "identity.h"
#include "promise.h"

/* What people put between the groups of a number says nothing. */
static void check_tracking(struct arena *a, const char *text)
{
  struct tracking_match m = tracking_number_recognize(text);
  FUZZ_CHECK(strlen(m.number) <= TRACKING_NUMBER_MAX && (!m.valid || m.format));
  FUZZ_CHECK(!m.format == !m.courier && !m.format == !m.name);
  struct tracking_match again = tracking_number_recognize(m.number);
  FUZZ_CHECK(strcmp(again.number, m.number) == 0 && again.valid == m.valid && text_eq(again.format, m.format));
  struct tracking_match spaced = tracking_number_recognize(arena_printf(a, " %s -", text));
  FUZZ_CHECK(strcmp(spaced.number, m.number) == 0 && spaced.valid == m.valid);
  struct tracking_check check = tracking_number_check(a, text);
  FUZZ_CHECK(text_eq(check.number, m.number) && check.valid == m.valid);
  if (tracking_number_is_own("ORD", text))
    FUZZ_CHECK(text_starts(m.number, "ORD") && strspn(m.number + 3, "0123456789") == strlen(m.number + 3));
}

static void check_status(const char *text)
{
  for (int s = 0; s < TRACKING_STATUS_COUNT; s++) {
    struct instant at = INSTANT((int64_t)hash_text(text) % DAY_MS);
    enum tracking_status now = (enum tracking_status)(hash_text(text) % TRACKING_STATUS_COUNT);
    enum tracking_status then = (enum tracking_status)s;
    struct instant later = INSTANT(at.ms + s % 3 - 1);
    /* Of two different scans exactly one wins, in whichever order they come. */
    if (now != then || at.ms != later.ms)
      FUZZ_CHECK(tracking_supersedes(now, at, then, later) != tracking_supersedes(then, later, now, at));
    else
      FUZZ_CHECK(!tracking_supersedes(now, at, then, later));
  }
}

static void check_scope(struct arena *a, const char *text)
{
  uint64_t permissions = 0, again = 0;
  if (!permissions_parse(text, &permissions))
    return;
  FUZZ_CHECK((permissions & ~PERMISSIONS_ALL) == 0);
  FUZZ_CHECK(permissions_parse(permissions_text(a, permissions), &again) && again == permissions);
}

static void check_customer_key(struct arena *a, enum customer_key_kind kind, const char *text)
{
  const char *normal = customer_key_normal(a, kind, text);
  if (!normal)
    return;
  FUZZ_CHECK(*normal);
  const char *again = customer_key_normal(a, kind, normal);
  FUZZ_CHECK(again && strcmp(again, normal) == 0);
  if (kind == CUSTOMER_PHONE) {
    const char *digits = normal + (*normal == '+');
    FUZZ_CHECK(strspn(digits, "0123456789") == strlen(digits));
  }
}

/* The check digit is the only one of the ten that is right. */
static void check_gtin(struct arena *a, const char *text)
{
  if (!gtin_valid(text))
    return;
  size_t n = strlen(text);
  FUZZ_CHECK(n >= 8 && n <= 14 && strspn(text, "0123456789") == n);
  FUZZ_CHECK(gs1_check_digit(text, n - 1) == text[n - 1]);
  char *other = arena_text(a, text);
  other[n - 1] = other[n - 1] == '9' ? '0' : (char)(other[n - 1] + 1);
  FUZZ_CHECK(!gtin_valid(other));
}

static void check_tags(struct arena *a, const char *text)
{
  if (language_valid(text))
    FUZZ_CHECK(utf8_valid(text, strlen(text)) && !strpbrk(text, " _/<>&\"'"));
  const char *folded = identity_fold(a, text);
  FUZZ_CHECK(strcmp(identity_fold(a, folded), folded) == 0);
  (void)time_zone_valid(text);
  (void)promise_zone_valid(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new((size_t)1 << 26);
  char *text = fuzz_text(bytes, n);
  check_tracking(a, text);
  check_status(text);
  check_scope(a, text);
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++)
    check_customer_key(a, (enum customer_key_kind)kind, text);
  check_gtin(a, text);
  check_tags(a, text);
  free(text);
  arena_free(a);
  return 0;
}
