/* Money, price, quantity and rate: integers, rounded once, half away from zero. */
#include "base.h"

#include <string.h>

static int64_t checked_add(int64_t a, int64_t b)
{
  int64_t sum;
  bool overflow = __builtin_add_overflow(a, b, &sum);
  assert(a != ABSENT && b != ABSENT);
  assert(!overflow);
  return sum;
}

struct money money_add(struct money a, struct money b) { return MONEY(checked_add(a.minor, b.minor)); }
struct money money_neg(struct money a) { return MONEY(checked_add(0, -a.minor)); }
struct money money_sub(struct money a, struct money b) { return money_add(a, money_neg(b)); }
struct money money_min(struct money a, struct money b) { return a.minor < b.minor ? a : b; }

struct quantity quantity_add(struct quantity a, struct quantity b)
{
  return QUANTITY(checked_add(a.millionths, b.millionths));
}

struct quantity quantity_sub(struct quantity a, struct quantity b)
{
  return QUANTITY(checked_add(a.millionths, -b.millionths));
}

struct quantity quantity_min(struct quantity a, struct quantity b)
{
  return a.millionths < b.millionths ? a : b;
}

int64_t div_round(__int128 numerator, __int128 denominator)
{
  assert(denominator > 0);
  __int128 half = denominator / 2;
  __int128 q = numerator / denominator, r = numerator % denominator;
  if (r < 0 ? -r > half || (-r == half && denominator % 2 == 0) : r > half || (r == half && r && denominator % 2 == 0))
    q += numerator < 0 ? -1 : 1;
  assert(q <= INT64_MAX && q > INT64_MIN);
  return (int64_t)q;
}

enum err price_times(struct price p, struct quantity q, struct money *out)
{
  __int128 exact = (__int128)p.millionths * q.millionths;
  __int128 limit = (__int128)MONEY_MAX * SCALE * SCALE;
  if (exact > limit || exact < -limit)
    return ERR_INVALID;
  *out = MONEY(div_round(exact, (__int128)SCALE * SCALE));
  return ERR_OK;
}

struct money money_rate(struct money m, struct rate r)
{
  return MONEY(div_round((__int128)m.minor * r.ppm, SCALE));
}

struct money money_rate_inside(struct money m, struct rate r)
{
  return MONEY(div_round((__int128)m.minor * r.ppm, SCALE + r.ppm));
}

struct money money_share(struct money whole, int64_t part, int64_t of)
{
  if (of < 0)
    part = -part, of = -of;
  return of == 0 ? MONEY(0) : MONEY(div_round((__int128)whole.minor * part, of));
}

static __int128 floor_div(__int128 a, __int128 b)
{
  return a / b - (a % b < 0);
}

void money_allocate(struct money whole, const int64_t *weights, size_t n, struct money *out)
{
  __int128 sum = 0;
  for (size_t i = 0; i < n; i++) {
    assert(weights[i] >= 0);
    sum += weights[i];
    out[i] = MONEY(0);
  }
  if (n == 0)
    return;
  if (sum == 0) {
    out[0] = whole;
    return;
  }
  __int128 left = whole.minor;
  for (size_t i = 0; i < n; i++) {
    out[i] = MONEY((int64_t)floor_div((__int128)whole.minor * weights[i], sum));
    left -= out[i].minor;
  }
  /* Fewer than n units are left; each goes to the largest remainder that has none yet. A unit more than the floor
   * marks who was served, so no memory is needed. */
  while (left-- > 0) {
    size_t best = n;
    __int128 best_rest = -1;
    for (size_t i = 0; i < n; i++) {
      __int128 rest = (__int128)whole.minor * weights[i] - out[i].minor * sum; /* negative: served */
      if (rest > best_rest) {
        best = i;
        best_rest = rest;
      }
    }
    assert(best < n);
    out[best].minor++;
  }
}

/* ISO 4217: only what differs from two decimals; the other active codes stand in `two`. */
int currency_decimals(const char *code)
{
  static const char zero[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ";
  static const char three[] = "BHD IQD JOD KWD LYD OMR TND ";
  static const char four[] = "CLF UYW ";
  static const char two[] =
      "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
      "CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK "
      "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
      "MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
      "SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR "
      "ZMW ZWL XCG ZWG ";
  static const struct {
    const char *codes;
    int decimals;
  } rows[] = {{two, 2}, {zero, 0}, {three, 3}, {four, 4}};
  if (!code || strlen(code) != 3 || strchr(code, ' '))
    return -1;
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    for (const char *p = rows[i].codes; *p; p += 4)
      if (memcmp(p, code, 3) == 0)
        return rows[i].decimals;
  return -1;
}

static bool add_digit(uint64_t *v, char digit)
{
  return !__builtin_mul_overflow(*v, 10, v) && !__builtin_add_overflow(*v, (uint64_t)(digit - '0'), v);
}

bool decimal_parse(const char *s, size_t n, int places, int64_t *out)
{
  const char *end = s + n;
  bool negative = n && *s == '-';
  s += negative;
  if (s == end || *s < '0' || *s > '9' || (*s == '0' && s + 1 < end && s[1] != '.'))
    return false;
  uint64_t v = 0;
  for (; s < end && *s >= '0' && *s <= '9'; s++)
    if (!add_digit(&v, *s))
      return false;
  if (s < end) {
    if (*s++ != '.' || s == end)
      return false;
    for (; s < end && *s >= '0' && *s <= '9'; s++)
      if (places-- > 0 ? !add_digit(&v, *s) : *s != '0')
        return false;
    if (s != end)
      return false;
  }
  while (places-- > 0)
    if (!add_digit(&v, '0'))
      return false;
  if (v > INT64_MAX)
    return false;
  *out = negative ? -(int64_t)v : (int64_t)v;
  return true;
}

size_t decimal_format(int64_t v, int places, char *out)
{
  char digits[32], *p = digits + sizeof digits;
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
  bool started = false;
  for (int i = 0; i < places; i++, u /= 10) {
    started = started || u % 10 != 0;
    if (started)
      *--p = (char)('0' + u % 10);
  }
  if (started)
    *--p = '.';
  do
    *--p = (char)('0' + u % 10);
  while (u /= 10);
  if (v < 0)
    *--p = '-';
  size_t n = (size_t)(digits + sizeof digits - p);
  memcpy(out, p, n);
  out[n] = 0;
  return n;
}
