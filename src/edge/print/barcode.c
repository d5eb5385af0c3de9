/* Barcodes as vectors: Zint says where the bars are, cairo draws them. */
#include "print_priv.h"

#include "codec.h"

#include <string.h>
#include <zint.h>

/* Widths of a module that scanners read from paper; narrower ones are not drawn. */
static const double module_best = 0.33 * MM, module_least = 0.19 * MM, module_qr = 0.6 * MM;
enum { QUIET = 10, MODULE_UNITS = 2 }; /* modules of silence on both sides; Zint's units of a module */

static const int symbologies[] = {
    [BARCODE_128] = BARCODE_CODE128, [BARCODE_EAN13] = BARCODE_EANX, [BARCODE_QR] = BARCODE_QRCODE};

static bool plain(const char *text)
{
  for (; *text; text++)
    if (*text < ' ' || *text > '~')
      return false;
  return true;
}

/* A QR code also holds lines, and letters as UTF-8 (payment codes do). */
static bool readable(enum barcode_kind kind, const char *text)
{
  enum { QR_MAX = 331, BARS_MAX = 200 };
  if (kind != BARCODE_QR)
    return strlen(text) <= BARS_MAX && plain(text);
  for (const char *s = text; *s; s++)
    if ((unsigned char)*s < ' ' && *s != '\n')
      return false;
  return strlen(text) <= QR_MAX;
}

struct bars {
  struct zint_symbol *symbol;
  double modules, units_high;
};

static bool bars_of(enum barcode_kind kind, const char *text, struct bars *out)
{
  struct zint_symbol *symbol = ZBarcode_Create();
  if (!symbol)
    return false;
  symbol->symbology = symbologies[kind];
  symbol->show_hrt = 0;
  symbol->scale = 1;
  symbol->height = kind == BARCODE_QR ? 0 : 50;
  if (kind == BARCODE_QR)
    symbol->option_1 = 2; /* a quarter of it may be unreadable */
  bool ok = ZBarcode_Encode_and_Buffer_Vector(symbol, (const unsigned char *)text, (int)strlen(text), 0) < ZINT_ERROR &&
            symbol->vector && symbol->width > 0;
  if (!ok) {
    ZBarcode_Delete(symbol);
    return false;
  }
  double high = 0;
  for (struct zint_vector_rect *r = symbol->vector->rectangles; r; r = r->next)
    high = (double)(r->y + r->height) > high ? (double)(r->y + r->height) : high;
  if (high <= 0) {
    ZBarcode_Delete(symbol);
    return false;
  }
  *out = (struct bars){symbol, symbol->width, high};
  return true;
}

static double left_unit(const struct zint_symbol *symbol)
{
  double left = 1e9;
  for (struct zint_vector_rect *r = symbol->vector->rectangles; r; r = r->next)
    left = (double)r->x < left ? (double)r->x : left;
  return left;
}

static double draw(struct sheet *s, enum barcode_kind kind, const char *text, double x, double y, double width,
                   double height, bool right)
{
  struct bars bars;
  if (!text || !*text || !readable(kind, text) || !bars_of(kind, text, &bars))
    return 0;
  bool square = kind == BARCODE_QR;
  double quiet = square ? 4 : QUIET, modules = bars.modules + 2 * quiet;
  double room = square ? (height < width ? height : width) : width;
  double module = room / modules, best = square ? module_qr : module_best;
  module = module > best && !square ? best : module;
  double total = modules * module;
  if (module >= module_least && !s->counting) {
    double dx = (right ? x + width - total : x) + quiet * module, unit = module / MODULE_UNITS;
    double high = square ? unit : height / bars.units_high, top = square ? y + quiet * module : y;
    double left = left_unit(bars.symbol);
    cairo_set_source_rgb(s->cr, 0, 0, 0);
    for (struct zint_vector_rect *r = bars.symbol->vector->rectangles; r; r = r->next)
      cairo_rectangle(s->cr, dx + ((double)r->x - left) * unit, top + (double)r->y * high, (double)r->width * unit,
                      (double)r->height * high);
    cairo_fill(s->cr);
  }
  ZBarcode_Delete(bars.symbol);
  return module >= module_least ? total : 0;
}

const char *print_qr_svg(struct arena *a, const char *text)
{
  struct bars bars;
  struct buf out;
  if (!plain(text) || !bars_of(BARCODE_QR, text, &bars))
    return NULL;
  const int quiet = 4, side = (int)bars.modules + 2 * quiet;
  double left = left_unit(bars.symbol);
  buf_init(&out, a);
  buf_printf(&out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
             "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
             side, side, side, side);
  for (struct zint_vector_rect *r = bars.symbol->vector->rectangles; r; r = r->next)
    buf_printf(&out, "M%d %dh%dv%dh-%dz", (int)((double)r->x - left) / MODULE_UNITS + quiet,
               (int)r->y / MODULE_UNITS + quiet, (int)r->width / MODULE_UNITS, (int)r->height / MODULE_UNITS,
               (int)r->width / MODULE_UNITS);
  buf_text(&out, "\"/></svg>");
  ZBarcode_Delete(bars.symbol);
  return buf_str(&out);
}

double barcode_draw(struct sheet *s, enum barcode_kind kind, const char *text, double x, double y, double width,
                    double height)
{
  return draw(s, kind, text, x, y, width, height, false);
}

double barcode_draw_right(struct sheet *s, enum barcode_kind kind, const char *text, double x, double y, double width,
                          double height)
{
  return draw(s, kind, text, x, y, width, height, true);
}

const char *gtin_13(struct arena *a, const char *gtin)
{
  size_t n = gtin ? strlen(gtin) : 0;
  if (n < 12 || n > 14 || !gtin_valid(gtin))
    return NULL;
  if (n == 14)
    return *gtin == '0' ? arena_text(a, gtin + 1) : NULL;
  return n == 12 ? arena_printf(a, "0%s", gtin) : gtin;
}
