/* import - files of others become documents of ours, as a mapping says that a user wrote. docs/import.md is the manual.
 *
 *   mapping_read      the mapping: what columns mean, which rows count as what, which files belong together
 *   import_open       the file, and the files it is joined with
 *   import_next       the next document as JSON, with the rows it was made of
 *   account_add       who got which rows and which money: taken, known, set aside, refused; their sum is the file
 *   import_http_send  documents on their way to a running server
 *
 * Nothing here knows what a document is: the target's name goes through, its JSON is judged by the act that takes it.
 * Every row of every accounted file ends in exactly one place of the account; nothing is dropped silently.
 */
#ifndef ORDO_IMPORT_H
#define ORDO_IMPORT_H

#include "base.h"
#include "codec.h"
#include "rec.h"

#define IMPORT_SOURCES_MAX 12 /* the file and those it is joined with */
#define IMPORT_AMOUNTS_MAX 8  /* sums that are kept */
#define IMPORT_COLUMNS_MAX 200
#define IMPORT_MEMORY      (UINT64_C(1) << 30) /* of joined and gathered rows together */
#define IMPORT_DOCUMENT    (8u << 20)          /* of one document with its rows */
#define MAPPING_BYTES_MAX  (1u << 20)

/* ---- The mapping -------------------------------------------------------------------------------------------------- */

enum import_format { IMPORT_BY_NAME, IMPORT_CSV, IMPORT_JSONL };
extern const char *const import_formats[]; /* "by_name", "csv", "jsonl" */

struct mapping; /* compiled, in the arena it was read into */

/* Reads and checks a mapping. ERR_MALFORMED with the byte offset, or ERR_INVALID with the JSON pointer of everything that is
 * wrong: unknown members, columns of unknown files, bad expressions, unknown time zones. */
MUST_CHECK enum err mapping_read(const char *json, size_t n, struct arena *a, struct fault *f, struct mapping **out);
const char *mapping_target(const struct mapping *m);   /* "orders" */
bool mapping_updates(const struct mapping *m);         /* what exists is changed, not kept */
size_t mapping_sources(const struct mapping *m);       /* the file is the first */
const char *mapping_source(const struct mapping *m, size_t i); /* its name */
bool mapping_accounts(const struct mapping *m, size_t i); /* are its rows in the account? */
size_t mapping_amounts(const struct mapping *m);
const char *mapping_amount(const struct mapping *m, size_t i); /* "items.price" */

/* ---- The account ---------------------------------------------------------------------------------------------------- */

enum import_outcome { IMPORT_TAKEN, IMPORT_KNOWN, IMPORT_ASIDE, IMPORT_REFUSED };
extern const char *const import_outcomes[]; /* "taken", "known", "set_aside", "refused" */

/* Rows by source and sums by amount, in millionths of what the file says: 2.55 is 2550000. */
struct import_sum {
  int64_t documents, rows[IMPORT_SOURCES_MAX], amounts[IMPORT_AMOUNTS_MAX];
};
struct import_bucket {
  int outcome;      /* enum import_outcome */
  const char *kind; /* of what was set aside: the mapping's word; of what was refused: the error's code; else "" */
  struct import_sum sum;
};
struct import_account {
  LIST(struct import_bucket) buckets;
};
/* Adds a sum to the bucket of (outcome, kind), made in the arena when it is new. */
void account_add(struct import_account *account, struct arena *a, enum import_outcome outcome, const char *kind,
                 const struct import_sum *sum);
void import_sum_add(struct import_sum *to, const struct import_sum *what);
/* All buckets together. */
struct import_sum account_total(const struct import_account *account);
extern const struct rec import_bucket_rec, import_account_rec; /* for the state file */

/* ---- Documents -------------------------------------------------------------------------------------------------------- */

/* A row of a file that did not become part of a document, or a whole document's first row. */
struct import_note {
  size_t source;
  int64_t line;       /* in its file, from 1 */
  const char *kind;   /* "cancellation" */
  const char *detail; /* the rule's reason */
  const char *raw;    /* the row as it was */
};
/* Where a value came from, for the error file. */
struct import_place {
  int64_t line;
  const char *column; /* NULL = not of one column */
};

struct import_row;
struct import_document {
  int64_t n;            /* of the file, from 1 */
  int64_t line;         /* of its first row */
  const char *key;      /* text of group_by: what it is called */
  const char *json;     /* the document, or NULL when it was set aside or has faults */
  size_t json_n;
  const char *aside;    /* kind, when the whole document is set aside */
  const char *aside_reason;
  bool faulty;          /* a value could not be read: fault says where */
  struct fault fault;
  struct import_sum rest; /* rows and amounts whose fate is the document's */
  struct import_account put_aside; /* rows that a rule set aside, with their sums */
  LIST(struct import_note) notes;  /* one per row set aside */
  const void *built;    /* private: which row each value came from */
};
/* The line and column behind a JSON pointer into the document ("/lines/2/sku"); the document's own when there is none. */
struct import_place import_locate(const struct import_document *d, const char *pointer);
/* All rows of the document as they were, one a line. */
const char *import_raw(const struct import_document *d, struct arena *a);

/* ---- Reading ------------------------------------------------------------------------------------------------------------ */

struct import_reader;
/* Opens FILE (also .gz) and loads what it is joined with from the same folder (NAME, or NAME.gz). Fails with a sentence:
 * ERR_NOT_FOUND a file, ERR_INVALID a column that the header lacks, ERR_MALFORMED a file that is no CSV. Caller closes. */
MUST_CHECK enum err import_open(const struct mapping *m, const char *path, enum import_format format, struct fault *f,
                                struct import_reader **out);
/* The same of a CSV file in memory, as UTF-8, which must live as long as the reader; it is joined with nothing. */
MUST_CHECK enum err import_open_text(const struct mapping *m, const char *text, size_t n, struct fault *f,
                                     struct import_reader **out);
void import_close(struct import_reader *r); /* accepts NULL */
/* The next document, in the arena a. ERR_NOT_FOUND at the end of the file, without a fault; ERR_MALFORMED where reading
 * cannot go on, with line and column. */
MUST_CHECK enum err import_next(struct import_reader *r, struct arena *a, struct fault *f, struct import_document *out);
/* After the last document: the rows of joined files that no document asked for, as kind "unmatched". */
void import_unmatched(struct import_reader *r, struct arena *a, struct import_document *out);
/* Identity of all files and of their names: differs when a byte differs. */
const char *import_digest(const struct import_reader *r); /* 64 hex digits */
/* How far: bytes of the file as it lies on the disk. */
void import_progress(const struct import_reader *r, int64_t *out_done, int64_t *out_size);

/* ---- A running server ------------------------------------------------------------------------------------------------------ */

/* One request; reply and status are filled in. status 0 = no answer, reply says why. */
struct import_request {
  const char *method, *path; /* "POST", "/v1/orders" */
  const char *body;          /* NULL = none */
  const char *idempotency_key; /* NULL = none */
  int status;
  bool replayed;
  const char *reply; /* in the arena given to import_http_send */
  size_t reply_n;
};
struct import_http;
/* server is "http://HOST:PORT"; plain HTTP leaves this machine only when the caller wants it so. */
struct import_http *import_http_new(const char *server, const char *key); /* caller frees */
void import_http_free(struct import_http *h);                             /* accepts NULL */
/* Sends all, several at a time over connections that stay open, and waits for all; 429 and 503 are tried again. */
void import_http_send(struct import_http *h, struct import_request *requests, size_t n, struct arena *a);

#endif
