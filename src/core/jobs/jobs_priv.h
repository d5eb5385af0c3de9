/* What the files of jobs share. */
#ifndef ORDO_JOBS_PRIV_H
#define ORDO_JOBS_PRIV_H

#include "jobs.h"

bool job_state_live(int state); /* enum job_state */
/* Writes what may change of it, with its next version; ERR_RETRY when somebody was faster. */
MUST_CHECK enum err job_store(struct ctx *cx, const struct job *before, struct job *after);
MUST_CHECK enum err job_tell(struct ctx *cx, const struct job *job, const char *topic);
/* As it is when it begins again. */
struct job job_begun_again(struct ctx *cx, const struct job *job);

#endif
