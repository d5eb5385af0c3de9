/* import_record - what a document of a brought file means for the records that are there: new, changed, like this already,
 * or wrong; and the calls that make it so. Used by import_work.c, for a try and for the real thing alike.
 */
#ifndef ORDO_IMPORT_RECORD_H
#define ORDO_IMPORT_RECORD_H

#include "import_door.h"
#include "upload.h"

enum record_fate { RECORD_NEW, RECORD_CHANGED, RECORD_UNCHANGED, RECORD_WRONG };

enum { RECORD_CALLS = 2 };
struct record {
  struct import_document *d;
  struct arena *arena;
  enum record_fate fate;  /* before its calls are answered */
  struct import_call calls[RECORD_CALLS];
  size_t n_calls;
  uint64_t key;           /* hash of what tells it apart in its file; 0 = nothing does */
  const char *name;       /* for people: its SKU, its number */
  LIST(struct import_problem) problems; /* why it is wrong, with pointers into its document */
};

/* Reads what is there (cx: a reader's) and decides. d has its JSON. */
MUST_CHECK enum err record_decide(struct ctx *cx, const struct upload *u, bool update, struct record *r);
/* After its calls were answered: its fate, and its problems where one was refused. */
void record_settle(struct record *r);

#endif
