/* Great-circle distance by haversine in fixed point: 60 fractional bits, integers only, so every machine and compiler
 * gives the same meters. (Doubles would do for a map, but a distance here can decide an order, and is replayed.) */
#include "sourcing.h"

#define ONE      (INT64_C(1) << 60)
#define PI       INT64_C(3622009729038561421) /* pi x 2^60 */
#define RADIUS_M 6371009                      /* mean radius of the earth (IUGG) */

static int64_t times(int64_t a, int64_t b)
{
  return (int64_t)(((__int128)a * b) >> 60);
}

/* Millionths of a degree to radians. */
static int64_t radians(int64_t millionths)
{
  return (int64_t)((__int128)millionths * PI / (180 * SCALE));
}

/* Taylor's series for |x| <= pi / 2: 13 terms leave less than 2^-60. */
static int64_t sine(int64_t x)
{
  int64_t square = times(x, x), term = x, sum = x;
  for (int k = 2; k < 28; k += 2) {
    term = -times(term, square) / (k * (k + 1));
    sum += term;
  }
  return sum;
}

static int64_t square_of_sine(int64_t x)
{
  int64_t s = sine(x);
  return times(s, s);
}

/* sqrt(x / 2^60) x 2^60, digit by digit. */
static int64_t root(int64_t x)
{
  unsigned __int128 rest = (unsigned __int128)x << 60, result = 0;
  for (unsigned __int128 bit = (unsigned __int128)1 << 120; bit; bit >>= 2) {
    bool fits = rest >= result + bit;
    rest -= fits ? result + bit : 0;
    result = (result >> 1) + (fits ? bit : 0);
  }
  return (int64_t)result;
}

/* The series of arcsine, which converges quickly up to one half; beyond it
 * arcsin y = pi/2 - 2 arcsin sqrt((1 - y) / 2). */
static int64_t arcsine(int64_t y)
{
  if (y > ONE / 2)
    return PI / 2 - 2 * arcsine(root((ONE - y) / 2));
  int64_t square = times(y, y), term = y, sum = y;
  for (int64_t k = 1; k < 32 && term; k++) {
    term = (int64_t)((__int128)times(term, square) * (2 * k - 1) / (2 * k));
    sum += term / (2 * k + 1);
  }
  return sum;
}

int64_t sourcing_distance_m(struct sourcing_place a, struct sourcing_place b)
{
  if (a.latitude == ABSENT || a.longitude == ABSENT || b.latitude == ABSENT || b.longitude == ABSENT)
    return ABSENT;
  int64_t east = (b.longitude - a.longitude) % (360 * SCALE);
  if (east > 180 * SCALE)
    east -= 360 * SCALE;
  if (east < -180 * SCALE)
    east += 360 * SCALE;
  int64_t cosines = times(sine(PI / 2 - radians(a.latitude < 0 ? -a.latitude : a.latitude)),
                          sine(PI / 2 - radians(b.latitude < 0 ? -b.latitude : b.latitude)));
  int64_t h = square_of_sine(radians(b.latitude - a.latitude) / 2) + times(cosines, square_of_sine(radians(east) / 2));
  if (h > ONE)
    h = ONE;
  return div_round((__int128)2 * RADIUS_M * arcsine(root(h)), ONE);
}
