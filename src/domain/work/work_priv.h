/* What the files of work share. */
#ifndef ORDO_WORK_PRIV_H
#define ORDO_WORK_PRIV_H

#include "work.h"

/* Who acts or is named, as rows keep it. */
struct person {
  const char *id, *name; /* "usr_...", "key_..."; NULL = nobody, or the system */
};
struct person person_acting(struct ctx *cx);
/* By id or login; ERR_INVALID at pointer when there is no such user, or who was switched off. */
MUST_CHECK enum err person_find(struct ctx *cx, const char *id_or_login, const char *pointer, struct person *out);

/* What of an order is in a hold's or assignment's event: names of staff, no personal data of buyers. */
const char *person_data(struct ctx *cx, const char *type, const struct person *who, const char *role);

/* What became of rows of a job; body of bulk_note_act, id = the job's. */
struct bulk_results {
  LIST(struct bulk_row) rows;
};
extern const struct act bulk_note_act;
/* Ends a job that nobody may go on with; id = the job's. What has not begun is cancelled for this reason. */
struct bulk_stop {
  const char *code, *detail;
};
extern const struct act bulk_stop_act;

#endif
