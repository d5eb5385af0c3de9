/* Tracking numbers: ours, and the well-known formats of others by shape and check digit. Each format is a row: how its
 * characters look, where the serial lies (the check digit follows it) and by which scheme the digit is computed. */
#include "carriers_priv.h"

#include "codec.h"
#include "numbers.h"

#include <ctype.h>
#include <string.h>

/* ---- Check digits ------------------------------------------------------------------------------------------------ */

enum scheme { MOD10_13, MOD10_31, MOD10_12, MOD11_731, MOD11_173, MOD11_S10 };

/* Letters count as the digit that UPS gives them: A = 2, B = 3, ... */
static int value_of(char c)
{
  return isdigit((unsigned char)c) ? c - '0' : (c - 3) % 10;
}

/* Places counted from 0 on the left. */
static int mod10(const char *serial, int n, int even, int odd)
{
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += value_of(serial[i]) * (i % 2 ? odd : even);
  return (10 - sum % 10) % 10;
}

/* FedEx: the remainder of 11, of which 10 is written 0. */
static int mod11(const char *serial, int n, const int weights[3])
{
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += value_of(serial[i]) * weights[i % 3];
  return sum % 11 % 10;
}

/* UPU S10: 11 less the remainder; 10 is written 0 and 11 is written 5. */
static int mod11_s10(const char *serial)
{
  static const int weights[] = {8, 6, 4, 2, 3, 5, 9, 7};
  int sum = 0;
  for (size_t i = 0; i < COUNT_OF(weights); i++)
    sum += value_of(serial[i]) * weights[i];
  int digit = 11 - sum % 11;
  return digit == 10 ? 0 : digit == 11 ? 5 : digit;
}

static int check_digit(enum scheme scheme, const char *serial, int n)
{
  switch (scheme) {
  case MOD10_13:
    return mod10(serial, n, 1, 3);
  case MOD10_31:
    return mod10(serial, n, 3, 1);
  case MOD10_12:
    return mod10(serial, n, 1, 2);
  case MOD11_731:
    return mod11(serial, n, (const int[]){3, 1, 7});
  case MOD11_173:
    return mod11(serial, n, (const int[]){1, 7, 3});
  case MOD11_S10:
    return mod11_s10(serial);
  }
  return -1;
}

/* ---- Formats ----------------------------------------------------------------------------------------------------- */

/* Countries whose posts issue S10 numbers. */
static const char s10_countries[] =
    "AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH "
    "CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FR GA GB GD GE GH GM GN "
    "GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA "
    "LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL "
    "NO NP NR NZ OM PA PE PG PH PK PL PT PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS "
    "ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TZ UA UG US UY UZ VA VC VE VN VU WS YE ZA ZM ZW ";

static bool s10_country(const char *number)
{
  const char key[] = {number[11], number[12], ' ', 0};
  for (const char *p = s10_countries; *p; p += 3)
    if (memcmp(p, key, 3) == 0)
      return true;
  return false;
}

struct format {
  const char *courier, *id, *name;
  const char *head; /* a sign for each character: # digit, ~ digit below 9, @ letter, * letter or digit, else itself */
  int digits;       /* that follow the head */
  int serial, n;    /* where the serial begins and how long it is */
  enum scheme scheme;
  bool routed;                      /* may follow 420 and a ZIP code of 5 or 9 digits */
  bool (*also)(const char *number); /* a further rule */
  const char *implied;              /* stands before the serial without being printed */
};

/* The most particular shapes first: where two formats fit, the first valid one is told. */
/* clang-format off: a table is read by its columns */
static const struct format formats[] = {
  {"ups",   "ups",                  "UPS",                    "1Z***************",  1,  2, 15, MOD10_12,  0, 0, 0},
  {"ups",   "ups_waybill",          "UPS Waybill",            "@",                 10,  1,  9, MOD10_12,  0, 0, 0},
  {"s10",   "s10",                  "S10",                    "@@#########@@",      0,  2,  8, MOD11_S10, 0,
   s10_country, 0},
  {"fedex", "fedex_ground_96",      "FedEx Ground 96 (22)",   "96",                20,  7, 14, MOD10_13,  0, 0, 0},
  {"fedex", "fedex_ground_gsn",     "FedEx Ground GSN",       "96",                32, 20, 13, MOD11_173, 0, 0, 0},
  {"usps",  "usps_impb_n",          "USPS IMpb N",            "94",                20,  0, 21, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_n",          "USPS IMpb N",            "94",                24,  0, 25, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_n",          "USPS IMpb N",            "94###9",            24,  0, 29, MOD10_31,  0, 0, 0},
  {"usps",  "usps_impb_c",          "USPS IMpb C",            "92###9",            16,  0, 21, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_c",          "USPS IMpb C",            "92###9",            20,  0, 25, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_c",          "USPS IMpb C",            "93###~",            16,  0, 21, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_c",          "USPS IMpb C",            "93###~",            20,  0, 25, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_c",          "USPS IMpb C",            "95",                20,  0, 21, MOD10_31,  1, 0, 0},
  {"usps",  "usps_impb_c",          "USPS IMpb C",            "95",                24,  0, 25, MOD10_31,  1, 0, 0},
  {"usps",  "usps_legacy",          "USPS Legacy",            "91",                20,  0, 21, MOD10_31,  1, 0, 0},
  {"fedex", "fedex_12",             "FedEx Express (12)",     "",                  12,  0, 11, MOD11_731, 0, 0, 0},
  {"fedex", "fedex_ground",         "FedEx Ground",           "",                  15,  0, 14, MOD10_13,  0, 0, 0},
  {"fedex", "fedex_ground_sscc_18", "FedEx Ground (SSCC-18)", "",                  18,  2, 15, MOD10_31,  0, 0, 0},
  {"usps",  "usps_20",              "USPS 20",                "",                  20,  0, 19, MOD10_31,  0, 0, 0},
  {"usps",  "usps_legacy",          "USPS Legacy",            "",                  20,  0, 19, MOD10_31,  1, 0, "91"},
  {"fedex", "fedex_astra_32",       "FedEx ASTRA (32)",       "3",                 31, 16, 11, MOD11_731, 0, 0, 0},
  {"fedex", "fedex_34",             "FedEx Express (34)",     "~",                 33, 20, 13, MOD11_173, 0, 0, 0},
};
/* clang-format on */

static bool sign_fits(char sign, char c)
{
  switch (sign) {
  case '#':
    return isdigit((unsigned char)c);
  case '~':
    return c >= '0' && c <= '8';
  case '@':
    return isupper((unsigned char)c);
  case '*':
    return isdigit((unsigned char)c) || isupper((unsigned char)c);
  default:
    return sign == c;
  }
}

static bool shape_fits(const struct format *f, const char *number)
{
  size_t head = strlen(f->head), n = strlen(number);
  if (n != head + (size_t)f->digits)
    return false;
  for (size_t i = 0; i < head; i++)
    if (!sign_fits(f->head[i], number[i]))
      return false;
  return strspn(number + head, "0123456789") == (size_t)f->digits;
}

static bool is_valid(const struct format *f, const char *number)
{
  char serial[TRACKING_NUMBER_MAX + 1];
  int implied = f->implied ? (int)strlen(f->implied) : 0;
  memcpy(serial, f->implied ? f->implied : "", (size_t)implied);
  memcpy(serial + implied, number + f->serial, (size_t)f->n);
  int digit = check_digit(f->scheme, serial, implied + f->n);
  return digit == number[f->serial + f->n] - '0' && (!f->also || f->also(number));
}

/* Where a format's own number may begin: at once, or behind the routing by ZIP code. A code of nine digits is only
 * printed before the short numbers of 20 and 22. */
static size_t beginnings(const struct format *f, const char *number, const char *out[3])
{
  size_t n = 0, length = strlen(number);
  out[n++] = number;
  if (f->routed && text_starts(number, "420") && length > 12) {
    out[n++] = number + 8;
    if (length - 12 <= 22)
      out[n++] = number + 12;
  }
  return n;
}

/* Puts down the format where the number has its shape, and whether it is valid. */
static void try_format(const struct format *f, struct tracking_match *m)
{
  const char *begins[3];
  size_t n = beginnings(f, m->number, begins);
  for (size_t i = 0; i < n && !m->valid; i++) {
    if (!shape_fits(f, begins[i]))
      continue;
    m->valid = is_valid(f, begins[i]);
    if (m->valid || !m->format) {
      m->courier = f->courier;
      m->format = f->id;
      m->name = f->name;
    }
  }
}

/* Upper case without what people put between the groups. False when it is too long for any format. */
static bool normalize(const char *text, char out[TRACKING_NUMBER_MAX + 1])
{
  size_t n = 0;
  for (; *text; text++) {
    if (strchr(" \t\r\n-.", *text))
      continue;
    if (n == TRACKING_NUMBER_MAX)
      return false;
    out[n++] = (char)toupper((unsigned char)*text);
  }
  out[n] = '\0';
  return true;
}

struct tracking_match tracking_number_recognize(const char *text)
{
  struct tracking_match m = {0};
  if (!normalize(text, m.number)) {
    m.number[0] = '\0';
    return m;
  }
  for (size_t i = 0; i < COUNT_OF(formats) && !m.valid; i++)
    try_format(&formats[i], &m);
  return m;
}

struct tracking_check tracking_number_check(struct arena *a, const char *text)
{
  struct tracking_match m = tracking_number_recognize(text);
  return (struct tracking_check){arena_text(a, m.number), m.courier, m.format, m.name, m.valid};
}

/* ---- Our own ----------------------------------------------------------------------------------------------------- */

/* Carriers that share a prefix share its series, so that no number is given twice. */
enum err tracking_number_draw(struct ctx *cx, const struct carrier *c, const char **out)
{
  const char *drawn;
  if (!c->tracking_prefix)
    return err_fail(cx, ERR_STATE, "", "the carrier %s gives no tracking numbers of its own", c->code);
  TRY(number_draw(cx, arena_printf(cx->arena, "tracking-%s", c->tracking_prefix), "", &drawn));
  const char *digits = drawn + strlen(drawn);
  while (digits > drawn && isdigit((unsigned char)digits[-1]))
    digits--;
  int zeros = TRACKING_SERIES_DIGITS - (int)strlen(digits);
  const char *serial = arena_printf(cx->arena, "%.*s%s", zeros > 0 ? zeros : 0, "0000000000", digits);
  *out = arena_printf(cx->arena, "%s%s%c", c->tracking_prefix, serial, gs1_check_digit(serial, strlen(serial)));
  return ERR_OK;
}

bool tracking_number_is_own(const char *prefix, const char *text)
{
  char number[TRACKING_NUMBER_MAX + 1];
  if (!normalize(text, number) || !text_starts(number, prefix))
    return false;
  const char *digits = number + strlen(prefix);
  size_t n = strlen(digits);
  return n > TRACKING_SERIES_DIGITS && strspn(digits, "0123456789") == n &&
         gs1_check_digit(digits, n - 1) == digits[n - 1];
}
