/* Rows as a file: CSV, or a workbook (XLSX). CSV has numbers as JSON has them, money in minor units: that is the API's
 * contract. What the console saves is for people, csv_major as well as the workbook: money in major units of its currency,
 * the same numbers in both. A text is a text whatever it begins with. Private to the room. */
#ifndef ORDO_API_SHEET_PRIV_H
#define ORDO_API_SHEET_PRIV_H

#include "api.h"

enum sheet_format { SHEET_NONE, SHEET_CSV, SHEET_XLSX, SHEET_CSV_MAJOR };
/* What ?format= (NULL = not sent) or Accept asks for. ERR_INVALID /query/format. */
MUST_CHECK enum err sheet_format_of(struct ctx *cx, const struct api_request *rq, const char *format,
                                    enum sheet_format *out);

struct sheet;
/* Freed with cx's arena. ERR_STORAGE: no room for the file on its way. */
MUST_CHECK enum err sheet_new(struct ctx *cx, enum sheet_format format, const char *name, struct sheet **out);
/* Which columns, in which order, and what they are called: ?columns=SOURCE|SOURCE:TITLE;... (NULL = not sent: all).
 * Of several sources the first that says something. Records have no others; rows that are written cell by cell keep
 * theirs and take the titles. ERR_INVALID /query/columns. */
enum { SHEET_COLUMNS_MAX = 100, SHEET_SOURCES_MAX = 4 };
MUST_CHECK enum err sheet_choose(struct ctx *cx, struct sheet *s, const char *columns);
void sheet_row(struct sheet *s); /* begins a row; cells follow from the left */
void sheet_head(struct sheet *s, const char *text);
void sheet_text(struct sheet *s, const char *text);                          /* NULL is empty */
void sheet_number(struct sheet *s, int64_t value, int places);               /* value / 10^places, exactly */
void sheet_ratio(struct sheet *s, int64_t millionths);                       /* shown in percent */
void sheet_money(struct sheet *s, int64_t minor, const char *currency);
void sheet_date(struct sheet *s, const char *date);                          /* YYYY-MM-DD */
void sheet_instant(struct sheet *s, struct instant t);
void sheet_empty(struct sheet *s);

/* Columns as rec_columns has them, or those that were chosen: ERR_INVALID /query/columns for one that is none.
 * a: for texts on their way, from now on. */
MUST_CHECK enum err sheet_record_head(struct ctx *cx, struct sheet *s, const struct rec *rec);
void sheet_record(struct sheet *s, struct arena *a, const struct rec *rec, const void *value);

size_t sheet_rows_n(const struct sheet *s); /* begun so far */
size_t sheet_bytes(const struct sheet *s);  /* about */
/* "orders-2026-11-23" for /v1/orders: what it is of, and the day it is taken. In the arena. */
const char *sheet_file_name(struct ctx *cx, const char *target);
/* Ends the sheet and answers with it as a download; next = cursor of what did not fit, for Link, or NULL. */
MUST_CHECK enum err sheet_reply(struct ctx *cx, const struct api_request *rq, struct sheet *s, const char *file_name,
                                const char *next);
/* Answers with JSON that is written already. */
void sheet_reply_json(struct ctx *cx, const struct api_request *rq, struct buf *body);

#endif
