/* A sheet of paper: pages, texts, lines. */
#include "print_priv.h"

#include "promise.h"

#include <cairo-pdf.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* Cairo 1.16 forgets 768 bytes of each CFF face that it embeds, fontconfig its defaults: theirs, and small. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
  return "leak:libcairo.so\nleak:libfontconfig.so\n";
}
#endif

const struct paper paper_a4 = {210 * MM, 297 * MM, 14 * MM, true};
const struct paper paper_label = {100 * MM, 150 * MM, 5 * MM, false};

double sheet_inner(const struct sheet *s)
{
  return s->paper->width - 2 * s->paper->margin;
}

double sheet_bottom(const struct sheet *s)
{
  return s->paper->height - s->paper->margin - (s->paper->numbered ? 6 * MM : 0);
}

/* ---- Texts ---- */

/* Simplified or traditional shapes are a matter of the font's face; the language tag settles the rest. */
static const char *face_of(const char *language)
{
  return strcmp(paper_catalog(language), "zh-TW") == 0 ? "Noto Sans CJK TC" : "Noto Sans CJK SC";
}

static PangoLayout *layout_of(struct sheet *s, double width, const struct style *style, const char *text)
{
  PangoLayout *l = pango_layout_new(s->pango);
  PangoFontDescription *font = pango_font_description_new();
  pango_font_description_set_family_static(font, face_of(s->language));
  pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
  pango_font_description_set_weight(font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(l, font);
  pango_font_description_free(font);
  pango_layout_set_width(l, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment(l, style->align == RIGHT    ? PANGO_ALIGN_RIGHT
                                : style->align == CENTER ? PANGO_ALIGN_CENTER
                                                         : PANGO_ALIGN_LEFT);
  pango_layout_set_auto_dir(l, FALSE);
  pango_layout_set_line_spacing(l, 0.86F); /* the face leaves much air between lines */
  if (style->lines) {
    pango_layout_set_height(l, -style->lines);
    pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
  }
  pango_layout_set_text(l, text, -1);
  return l;
}

static double height_of(PangoLayout *l)
{
  int height;
  pango_layout_get_size(l, NULL, &height);
  return (double)height / PANGO_SCALE;
}

double text_height(struct sheet *s, double width, const struct style *style, const char *text)
{
  if (!text || !*text || width <= 0)
    return 0;
  PangoLayout *l = layout_of(s, width, style, text);
  double height = height_of(l);
  g_object_unref(l);
  return height;
}

double text_draw(struct sheet *s, double x, double y, double width, const struct style *style, const char *text)
{
  if (!text || !*text || width <= 0)
    return 0;
  PangoLayout *l = layout_of(s, width, style, text);
  double height = height_of(l);
  if (!s->counting) {
    double ink = style->gray ? 0.42 : 0;
    cairo_set_source_rgb(s->cr, ink, ink, ink);
    cairo_move_to(s->cr, x, y);
    pango_cairo_show_layout(s->cr, l);
  }
  g_object_unref(l);
  return height;
}

void text_fit(struct sheet *s, double x, double y, double width, double height, struct style style, const char *text)
{
  while (style.size > 6 && text_height(s, width, &style, text) > height)
    style.size -= 0.5;
  text_draw(s, x, y, width, &style, text);
}

static bool is_cut(struct sheet *s, double width, const struct style *style, const char *text)
{
  PangoLayout *l = layout_of(s, width, style, text);
  bool cut = pango_layout_is_ellipsized(l);
  g_object_unref(l);
  return cut;
}

void text_squeeze(struct sheet *s, double x, double y, double width, struct style style, const char *text)
{
  double size = style.size;
  if (!text || !*text)
    return;
  style.lines = 1;
  while (style.size > 6 && is_cut(s, width, &style, text))
    style.size -= 0.5;
  text_draw(s, x, y + (size - style.size) / 2, width, &style, text);
}

void rule_draw(struct sheet *s, double x, double y, double width, double weight)
{
  double ink = weight < 0.5 ? 0.75 : 0;
  cairo_set_source_rgb(s->cr, ink, ink, ink);
  cairo_rectangle(s->cr, x, y - weight / 2, width, weight);
  cairo_fill(s->cr);
}

void box_draw(struct sheet *s, double x, double y, double width, double height, double gray)
{
  cairo_set_source_rgb(s->cr, gray, gray, gray);
  cairo_rectangle(s->cr, x, y, width, height);
  cairo_fill(s->cr);
}

void frame_draw(struct sheet *s, double x, double y, double width, double height)
{
  cairo_set_source_rgb(s->cr, 0.2, 0.2, 0.2);
  cairo_set_line_width(s->cr, 0.9);
  cairo_rectangle(s->cr, x, y, width, height);
  cairo_stroke(s->cr);
}

/* ---- Pages ---- */

static void page_end(struct sheet *s)
{
  if (s->page == 0)
    return;
  if (s->paper->numbered) {
    static const struct style small = {.size = 7.5, .gray = true, .lines = 1};
    static const struct style right = {.size = 7.5, .gray = true, .lines = 1, .align = RIGHT};
    double y = s->paper->height - s->paper->margin - 3 * MM, inner = sheet_inner(s);
    const char *n = paper_number(s, s->page - s->first + 1), *of = paper_number(s, s->pages[s->document]);
    text_draw(s, s->paper->margin, y, inner * 0.7, &small, s->foot);
    text_draw(s, s->paper->margin + inner * 0.7, y, inner * 0.3, &right,
              paper_textf(s->arena, s->language, "page", n, of));
  }
  cairo_show_page(s->cr);
}

void sheet_break(struct sheet *s)
{
  if (s->page >= PRINT_PAGES_MAX) {
    s->broken = true;
    s->y = s->paper->margin;
    return;
  }
  page_end(s);
  s->page++;
  s->y = s->paper->margin;
  if (s->counting)
    s->pages[s->document] = s->page - s->first + 1;
}

void sheet_document(struct sheet *s, const char *language, const char *zone, const char *foot)
{
  if (s->page)
    page_end(s);
  s->language = language;
  s->zone = zone;
  s->foot = foot;
  s->document++;
  s->first = ++s->page;
  s->y = s->paper->margin;
  if (s->counting)
    s->pages[s->document] = 1;
  if (s->page > PRINT_PAGES_MAX)
    s->broken = true;
  pango_context_set_language(s->pango, pango_language_from_string(language));
}

/* ---- The file ---- */

static cairo_status_t nowhere(void *arg, const unsigned char *bytes, unsigned n)
{
  (void)arg;
  (void)bytes;
  (void)n;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t into_buf(void *arg, const unsigned char *bytes, unsigned n)
{
  buf_add(arg, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

/* One way through; what is drawn when counting goes nowhere. */
static cairo_status_t draw_once(struct sheet *s, void (*draw)(struct sheet *s, const void *arg), const void *arg,
                                struct buf *out)
{
  cairo_surface_t *surface =
      s->counting ? cairo_pdf_surface_create_for_stream(nowhere, NULL, s->paper->width, s->paper->height)
                  : cairo_pdf_surface_create_for_stream(into_buf, out, s->paper->width, s->paper->height);
  /* The same value gives the same bytes: the file does not say when it was made. */
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2020-01-01T00:00:00Z");
  s->cr = cairo_create(surface);
  s->pango = pango_cairo_create_context(s->cr);
  pango_cairo_context_set_resolution(s->pango, 72);
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(s->pango, options);
  pango_context_set_round_glyph_positions(s->pango, FALSE);
  cairo_font_options_destroy(options);
  s->page = 0;
  s->document = -1;
  draw(s, arg);
  page_end(s);
  g_object_unref(s->pango);
  cairo_destroy(s->cr);
  cairo_surface_finish(surface);
  cairo_status_t status = cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  return status;
}

enum err sheet_print(struct arena *a, struct fault *f, const struct paper *paper, size_t documents,
                     void (*draw)(struct sheet *s, const void *arg), const void *arg, struct print_out *out)
{
  struct buf bytes;
  struct sheet s = {.arena = a,
                    .fault = f,
                    .paper = paper,
                    .language = "en",
                    .zones = promise_zones_new(),
                    .pages = ARENA_ARRAY(a, int, documents + 1),
                    .counting = true};
  buf_init(&bytes, a);
  cairo_status_t status = draw_once(&s, draw, arg, &bytes);
  s.counting = false;
  if (status == CAIRO_STATUS_SUCCESS && !s.broken)
    status = draw_once(&s, draw, arg, &bytes);
  promise_zones_free(s.zones);
  if (s.broken)
    return fault_fail(f, ERR_TOO_LARGE, "", "this would be more than %d pages: please ask for less", PRINT_PAGES_MAX);
  if (status != CAIRO_STATUS_SUCCESS)
    return fault_fail(f, ERR_INTERNAL, "", "the page cannot be drawn: %s", cairo_status_to_string(status));
  *out = (struct print_out){buf_str(&bytes), bytes.n};
  return ERR_OK;
}
