/* What the files of print share: a sheet that fills from top to bottom, texts, tables, barcodes. Places are points (1/72
 * inch) from the upper left corner; a sheet is drawn twice, first to learn how many pages it takes. */
#ifndef ORDO_PRINT_PRIV_H
#define ORDO_PRINT_PRIV_H

#include "print.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#define MM 2.8346456692913386 /* points of a millimeter */

struct paper {
  double width, height, margin;
  bool numbered; /* page numbers at the foot */
};
extern const struct paper paper_a4, paper_label;

enum print_align { LEFT, CENTER, RIGHT };
struct style {
  double size; /* points */
  bool bold, gray;
  enum print_align align;
  int lines; /* at most; 0 = as many as it takes */
};

struct sheet {
  struct arena *arena;
  struct fault *fault;
  const struct paper *paper;
  cairo_t *cr;
  PangoContext *pango;
  const char *language; /* of the document being drawn */
  const char *zone;
  struct promise_zones *zones;
  double y;             /* the next free place */
  int page;             /* of all */
  int document, first;  /* the document being drawn, and its first page */
  int *pages;           /* by document: how many it takes */
  bool counting;        /* the first time through */
  const char *foot;     /* at the foot of each page, on the left; may be NULL */
  bool broken;          /* too many pages: nothing is drawn any more */
};

/* Draws a whole file: draw is called twice with the same arg. */
MUST_CHECK enum err sheet_print(struct arena *a, struct fault *f, const struct paper *paper, size_t documents,
                                void (*draw)(struct sheet *s, const void *arg), const void *arg, struct print_out *out);
/* Each document begins on a page of its own. */
void sheet_document(struct sheet *s, const char *language, const char *zone, const char *foot);
void sheet_break(struct sheet *s); /* a new page */
double sheet_bottom(const struct sheet *s);
double sheet_inner(const struct sheet *s); /* width between the margins */

/* Height of a text in this width, and drawing it; text NULL is nothing. */
double text_height(struct sheet *s, double width, const struct style *style, const char *text);
double text_draw(struct sheet *s, double x, double y, double width, const struct style *style, const char *text);
/* The same in letters as small as it takes to fit the height, down to 6 points. */
void text_fit(struct sheet *s, double x, double y, double width, double height, struct style style, const char *text);
/* One line in letters as small as it takes to be whole, down to 6 points. */
void text_squeeze(struct sheet *s, double x, double y, double width, struct style style, const char *text);
void rule_draw(struct sheet *s, double x, double y, double width, double weight);
void box_draw(struct sheet *s, double x, double y, double width, double height, double gray); /* filled */
void frame_draw(struct sheet *s, double x, double y, double width, double height);

/* ---- Tables: the head comes again on each page ---- */

struct column {
  const char *title; /* already in the language */
  double width;      /* of the inner width; a part of 1 */
  enum print_align align;
};
#define COLUMNS_MAX 8
struct cell {
  const char *text, *small; /* small: a second, gray line */
  bool bold, big;
  bool box;                 /* one to tick, instead of text */
  const char *barcode;      /* instead of text */
  bool ean;
};
struct table {
  const struct column *columns;
  size_t n;
};
void table_head(struct sheet *s, const struct table *t);
void table_row(struct sheet *s, const struct table *t, const struct cell *cells);

/* ---- Barcodes ---- */

enum barcode_kind { BARCODE_128, BARCODE_EAN13, BARCODE_QR };
/* Fits it into the space, as large as reads well, upper left at x, y (QR: square of the height). Returns its width; 0 when it
 * cannot be drawn there so that scanners read it. The text is not written below. */
double barcode_draw(struct sheet *s, enum barcode_kind kind, const char *text, double x, double y, double width,
                    double height);
/* The same, standing at the right end of the space. */
double barcode_draw_right(struct sheet *s, enum barcode_kind kind, const char *text, double x, double y, double width,
                          double height);
/* GTIN-13 of a GTIN that has one (GTIN-12 with a zero), or NULL. */
const char *gtin_13(struct arena *a, const char *gtin);

/* ---- Texts ---- */

/* From the catalog of the language; a key that no catalog has is a bug and comes back as it is. */
const char *paper_text(const char *language, const char *key);
const char *paper_catalog(const char *language); /* the catalog it reads: "zh-TW" for zh-Hant-HK */
/* %1 and %2 replaced. */
const char *paper_textf(struct arena *a, const char *language, const char *key, const char *one, const char *two);
const char *paper_time(struct sheet *s, struct instant t); /* 2026-11-21 14:00 in the sheet's zone; NULL when absent */
const char *paper_quantity(struct sheet *s, struct quantity q, const char *unit);
const char *paper_weight(struct sheet *s, int64_t g); /* NULL when unknown */
const char *paper_number(struct sheet *s, int64_t n);
/* An address in lines, as its country writes it. */
const char *paper_address(struct sheet *s, const struct address *a, bool with_phone);
/* What a customer wrote, harmless: bounded, without control characters; NULL stays NULL. */
const char *paper_clean(struct arena *a, const char *text);

#endif
