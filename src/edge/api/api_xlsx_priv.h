/* A workbook of one sheet, written row by row to a file without a name; libxlsxwriter behind it. Used by api_sheet.c. */
#ifndef ORDO_API_XLSX_PRIV_H
#define ORDO_API_XLSX_PRIV_H

#include "context.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum xlsx_look { XLSX_PLAIN, XLSX_PERCENT, XLSX_MONEY_0, XLSX_MONEY_2, XLSX_MONEY_3, XLSX_MONEY_4, XLSX_DATE, XLSX_INSTANT,
                 XLSX_HEAD, XLSX_LOOKS };

struct xlsx;
/* ERR_STORAGE: the system has no room for temporary files. */
MUST_CHECK enum err xlsx_new(struct ctx *cx, const char *name, struct xlsx **out);
void xlsx_free(struct xlsx *x); /* accepts NULL; ends what was not finished, and frees the bytes it gave */
void xlsx_row(struct xlsx *x);
void xlsx_head(struct xlsx *x, const char *text);
void xlsx_text(struct xlsx *x, const char *text); /* never a formula or a link; NULL is empty */
/* A number that a workbook cannot hold exactly (more than 15 digits) is a text. */
void xlsx_number(struct xlsx *x, const char *decimal, enum xlsx_look look);
void xlsx_time(struct xlsx *x, const char *text, bool instant); /* "2026-11-20", or an instant in UTC */
size_t xlsx_bytes(const struct xlsx *x);                         /* of texts and numbers so far */
MUST_CHECK enum err xlsx_finish(struct ctx *cx, struct xlsx *x, const void **out, size_t *out_n);

#endif
