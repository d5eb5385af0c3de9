/* print - paper from the server: pick lists, packing slips, address labels and manifests as PDF.
 *
 * Values in, bytes out: no database, no network. Texts come from the catalogs in texts/ by the document's language (zh-CN,
 * zh-TW, else en), glyphs from the fonts of the machine (Noto Sans CJK for Chinese) and are embedded; barcodes are drawn as
 * vectors. The same value gives the same bytes on the same machine. Texts of customers are bounded: what is longer is cut
 * with an ellipsis, control characters are left out. A4 sheets have page numbers and table heads on every page; labels are
 * 100 x 150 mm.
 *
 * Any thread; each keeps its fonts. A document takes some tens of milliseconds the first time, then a few.
 */
#ifndef ORDO_PRINT_H
#define ORDO_PRINT_H

#include "base.h"
#include "fulfillment.h"

#define PRINT_PAGES_MAX 500

struct print_out {
  const void *bytes; /* in the arena */
  size_t n;
};

/* Errors of all: ERR_TOO_LARGE beyond PRINT_PAGES_MAX pages, ERR_INTERNAL when the libraries refuse. */

/* Each begins a page of its own. */
MUST_CHECK enum err print_pick_lists(struct arena *a, struct fault *f, const struct pick_list *lists, size_t n,
                                     struct print_out *out);
MUST_CHECK enum err print_packing_slips(struct arena *a, struct fault *f, const struct packing_slip *slips, size_t n,
                                        struct print_out *out);
MUST_CHECK enum err print_labels(struct arena *a, struct fault *f, const struct parcel_label *labels, size_t n,
                                 struct print_out *out);
MUST_CHECK enum err print_manifest(struct arena *a, struct fault *f, const struct manifest *m, const char *language,
                                   const char *time_zone, struct print_out *out);

/* An invoice or credit note with letterhead, tax table, and where it is to be paid in euro to an IBAN the code that banking
 * apps read (EPC069-12). language NULL = its own. */
struct invoice;
MUST_CHECK enum err print_invoice(struct arena *a, struct fault *f, const struct invoice *i, const char *language,
                                  struct print_out *out);

/* A QR code of text as an SVG picture, black on white with its silence round it; NULL when it does not fit into one. */
const char *print_qr_svg(struct arena *a, const char *text);

#endif
