/* import_work - the thread that tries and runs brought files (edge/upload), batch by batch through the server's writer. Of
 * several processes on a database one works on a file, by its claim.
 */
#ifndef ORDO_IMPORT_WORK_H
#define ORDO_IMPORT_WORK_H

#include "acts.h"

struct import_work;
/* owner: this process's name; lives longer. NULL after saying what failed. */
struct import_work *import_work_start(struct writer *w, const char *url, struct clock clock, const char *owner);
/* Ends after the batch that is under way; the pass goes on when a server is there again. Accepts NULL. */
void import_work_stop(struct import_work *iw);

#endif
