/* codec - foreign forms of bytes: CSV, base32 ids, parts of addresses, check digits, hashing.
 */
#ifndef ORDO_CODEC_H
#define ORDO_CODEC_H

#include "base.h"

/* ---- Ids: a short prefix and 13 characters of Crockford's base32, lower case, time-ordered as text ---- */

#define ID_TEXT 24
/* "ord", 1234 -> "ord_000000000016j". v > 0; prefix at most 6 letters. */
void id_format(const char *prefix, int64_t v, char out[ID_TEXT]);
/* False unless text is exactly prefix, '_', 13 characters of that alphabet and v > 0. Upper case is accepted: people type. */
MUST_CHECK bool id_parse(const char *prefix, const char *text, int64_t *out);

/* ---- Parts of addresses ---- */

/* The text as a part of a URL (RFC 3986): all but letters, digits and "-_.~" as %XX. NULL is "". */
const char *url_part(struct arena *a, const char *text);

/* ---- Hashes (SHA-256) and hex ---- */

#define HASH_BYTES 32
#define HASH_TEXT  65
void sha256(const void *bytes, size_t n, unsigned char out[HASH_BYTES]);
void sha256_hex(const void *bytes, size_t n, char out[HASH_TEXT]);
/* SHA-256 in two parts, by two who know only theirs: its inner state after n bytes, a multiple of SHA256_BLOCK, and from
 * such a state after n_before bytes the hash of those bytes and n more. */
#define SHA256_BLOCK 64
void sha256_begin(const void *bytes, size_t n, unsigned char out_state[HASH_BYTES]);
void sha256_end(const unsigned char state[HASH_BYTES], uint64_t n_before, const void *bytes, size_t n,
                unsigned char out[HASH_BYTES]);
void hex_encode(const unsigned char *bytes, size_t n, char *out); /* 2n + 1 bytes */
/* HMAC-SHA-256 (RFC 2104): what signs webhooks, ours and those of others. */
void hmac_sha256(const void *key, size_t key_n, const void *bytes, size_t n, unsigned char out[HASH_BYTES]);
/* In a time that tells nothing of where they differ. */
MUST_CHECK bool bytes_equal(const void *a, const void *b, size_t n);

/* ---- Base64 (RFC 4648, with padding) ---- */

void base64_add(struct buf *out, const void *bytes, size_t n);
/* False unless it is whole: its alphabet, its padding, no blanks. */
MUST_CHECK bool base64_read(const char *text, size_t n, struct buf *out);

/* ---- Check digits ---- */

/* GTIN-8, -12, -13, -14 with a right mod-10 check digit (GS1 General Specifications 7.9). */
bool gtin_valid(const char *digits);
/* The GS1 mod-10 digit '0'..'9' of n digits (weights 3, 1 from the right), for GTIN, SSCC and our tracking numbers. */
char gs1_check_digit(const char *digits, size_t n);

/* ---- CSV: RFC 4180 and what people send: CR, LF or CRLF, a UTF-8 BOM, blank lines; delimiter by choice ---- */

#define CSV_CELL_MAX   (256 * 1024) /* bytes of a cell, bytes of a row, cells of a row: beyond them CSV_BAD */
#define CSV_ROW_MAX    (1024 * 1024)
#define CSV_CELLS_MAX  1000

/* A reader over a growing input: feed blocks with csv_feed, take rows with csv_next until CSV_MORE. */
struct csv;
enum csv_result { CSV_ROW, CSV_MORE, CSV_DONE, CSV_BAD };
struct csv_row {
  char **cells; /* NUL-terminated; alive until the next csv_next */
  size_t n;
  int64_t line;        /* first line of the row, from 1 */
  int64_t byte_offset; /* where the row starts in the whole input: where to resume */
};
bool csv_row_blank(const struct csv_row *row); /* no cell holds more than blanks */
struct csv *csv_new(char delimiter);
void csv_free(struct csv *c); /* accepts NULL */
void csv_feed(struct csv *c, const char *bytes, size_t n);
void csv_finish(struct csv *c); /* no more input */
enum csv_result csv_next(struct csv *c, struct csv_row *row);
/* After CSV_BAD: what is wrong and where (line and column from 1). Reading cannot go on. */
const char *csv_error(const struct csv *c, int64_t *line, int64_t *column);
/* Appends one cell, quoted where needed. */
void csv_cell(struct buf *out, const char *cell, char delimiter);
/* A spreadsheet would run this cell as a formula: it begins with = + - @, a tab or a return, and is no number. True also with
 * apostrophes before it, so that csv_harmless and csv_bare undo each other. */
bool csv_runs(const char *cell);
const char *csv_harmless(struct arena *a, const char *cell); /* an apostrophe before what runs */
const char *csv_bare(const char *cell);                      /* without the one that csv_harmless set */

#endif
