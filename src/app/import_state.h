/* import_state - how far an import got, kept beside it in a small file after each committed batch; and what is told of it.
 */
#ifndef ORDO_IMPORT_STATE_H
#define ORDO_IMPORT_STATE_H

#include "import.h"
#include "import_door.h"

#include <stdio.h>

struct import_state {
  const char *digest;  /* of the file and those it is joined with */
  const char *mapping; /* SHA-256 of the mapping */
  const char *door;    /* database or server */
  int64_t documents;   /* done: the first so many of the file */
  int64_t line;        /* of the last of them */
  bool complete;
  struct import_account *account;
};
/* False when there is none that can be read; everything lives in the arena. */
MUST_CHECK bool import_state_read(const char *path, struct arena *a, struct import_state *out);
/* Written beside and renamed over, so that a kill leaves the old one or the new one. False after saying what failed. */
MUST_CHECK bool import_state_write(const char *path, const struct import_state *s);
/* Is it the same file, mapping and database? */
bool import_state_same(const struct import_state *a, const struct import_state *b);

/* ---- What is told ---- */

/* The error file: line, column, code, detail, document, row; one line per thing that is wrong. NULL file = nothing. */
void import_tell_header(FILE *errors);
void import_tell_aside(FILE *errors, const struct mapping *m, const struct import_document *d, struct arena *a);
void import_tell_faults(FILE *errors, const struct import_document *d, struct arena *a);
void import_tell_refusal(FILE *errors, const struct import_document *d, const struct import_call *c, struct arena *a);
/* The account as a table on stdout. */
void import_tell_account(const struct mapping *m, const struct import_account *account, struct arena *a);

#endif
