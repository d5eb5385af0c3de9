/* Time: RFC 3339 and the proleptic Gregorian calendar by integer arithmetic; zones are ICU's, in `promise`. */
#include "base.h"

#include <string.h>

/* Days since 1970-01-01, after Howard Hinnant's days_from_civil. */
static int64_t civil_days(int64_t y, int m, int d)
{
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t yoe = y - era * 400;
  int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

static void days_civil(int64_t z, int64_t *y, int *m, int *d)
{
  z += 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  *d = (int)(doy - (153 * mp + 2) / 5 + 1);
  *m = (int)(mp < 10 ? mp + 3 : mp - 9);
  *y = yoe + era * 400 + (*m <= 2);
}

static bool digits(const char *s, int n, int *out)
{
  *out = 0;
  for (int i = 0; i < n; i++) {
    if (s[i] < '0' || s[i] > '9')
      return false;
    *out = *out * 10 + (s[i] - '0');
  }
  return true;
}

static bool parse_date(const char *s, int64_t *days)
{
  static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int y, m, d;
  if (!digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &m) || s[7] != '-' || !digits(s + 8, 2, &d))
    return false;
  bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  if (m < 1 || m > 12 || d < 1 || d > month_days[m - 1] + (m == 2 && leap))
    return false;
  *days = civil_days(y, m, d);
  return true;
}

bool date_valid(const char *s, size_t n)
{
  int64_t days;
  return n == 10 && parse_date(s, &days);
}

int64_t date_days(const char *date)
{
  int64_t days = 0;
  bool ok = parse_date(date, &days);
  assert(ok);
  return days;
}

/* Exactly n digits: replies are full of times, and printf is slow. */
static void put_digits(char *out, int n, int v)
{
  for (; n-- > 0; v /= 10)
    out[n] = (char)('0' + v % 10);
}

void days_date(int64_t days, char out[DATE_TEXT])
{
  int64_t y;
  int m, d;
  days_civil(days, &y, &m, &d);
  assert(y >= 0 && y <= 9999);
  put_digits(out, 4, (int)y);
  put_digits(out + 5, 2, m);
  put_digits(out + 8, 2, d);
  out[4] = out[7] = '-';
  out[10] = 0;
}

int days_weekday(int64_t days)
{
  return (int)(((days + 3) % 7 + 7) % 7);
}

bool instant_parse(const char *s, size_t n, struct instant *out)
{
  int64_t days;
  int h, m, sec, ms = 0;
  if (n < 20 || !parse_date(s, &days) || (s[10] != 'T' && s[10] != 't' && s[10] != ' ') || !digits(s + 11, 2, &h) ||
      s[13] != ':' || !digits(s + 14, 2, &m) || s[16] != ':' || !digits(s + 17, 2, &sec))
    return false;
  if (h > 23 || m > 59 || sec > 60)
    return false;
  size_t i = 19;
  if (s[i] == '.') {
    int scale = 100, places = 0;
    for (i++; i < n && s[i] >= '0' && s[i] <= '9'; i++, places++) {
      ms += (s[i] - '0') * scale;
      scale /= 10;
    }
    if (places == 0 || places > 9 || i == n)
      return false;
  }
  int64_t offset = 0;
  if (s[i] == 'Z' || s[i] == 'z') {
    i++;
  } else if (s[i] == '+' || s[i] == '-') {
    int oh, om;
    if (n - i != 6 || !digits(s + i + 1, 2, &oh) || s[i + 3] != ':' || !digits(s + i + 4, 2, &om) || oh > 23 || om > 59)
      return false;
    offset = (oh * 60 + om) * MINUTE_MS * (s[i] == '-' ? -1 : 1);
    i += 6;
  } else {
    return false;
  }
  if (i != n)
    return false;
  *out = INSTANT(days * DAY_MS + h * HOUR_MS + m * MINUTE_MS + sec * SECOND_MS + ms - offset);
  return true;
}

void instant_format(struct instant t, char out[INSTANT_TEXT])
{
  int64_t days = t.ms / DAY_MS, rest = t.ms % DAY_MS;
  if (rest < 0)
    rest += DAY_MS, days--;
  int in_day = (int)rest;
  days_date(days, out);
  memcpy(out + 10, "T00:00:00.000Z", INSTANT_TEXT - 10);
  put_digits(out + 11, 2, in_day / 3600000);
  put_digits(out + 14, 2, in_day / 60000 % 60);
  put_digits(out + 17, 2, in_day / 1000 % 60);
  put_digits(out + 20, 3, in_day % 1000);
}
