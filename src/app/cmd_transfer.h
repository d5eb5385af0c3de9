/* What the commands copy, backup and restore share: two databases opened, progress shown, the outcome told. */
#ifndef ORDO_CMD_TRANSFER_H
#define ORDO_CMD_TRANSFER_H

#include "app.h"
#include "transfer.h"

struct transfer_job {
  struct transfer transfer;
  struct transfer_result result;
  struct fault fault;
  int64_t began_ms, told_ms, rows_before; /* of the phase that runs */
  int phase;                              /* enum transfer_phase, or -1 */
};
void transfer_job_init(struct transfer_job *job);
void transfer_job_done(struct transfer_job *job);
/* Says on stderr what failed; to NULL = none. A new SQLite file is its owner's alone. */
MUST_CHECK bool transfer_job_open(struct transfer_job *job, const char *from, const char *to);
/* Prints differences, and what failed on stderr; true when err is ERR_OK. */
bool transfer_job_fine(struct transfer_job *job, enum err err);
/* The path behind "sqlite:", or NULL. */
const char *sqlite_path(const char *url);

#endif
