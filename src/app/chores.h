/* chores - what somebody asks the running server for and then waits for: the proof of `ordo check`, a backup. One at a time,
 * on a thread of its own with a connection of its own; how far it is can be asked at any time.
 */
#ifndef ORDO_CHORES_H
#define ORDO_CHORES_H

#include "api.h"

struct chores;
/* Backups go to the folder `backups` beside the SQLite file, or to ORDO_BACKUPS. */
struct chores *chores_new(const char *url, struct clock clock);
void chores_free(struct chores *c); /* waits for what is under way; accepts NULL */
/* api_config.chore, .chores, .backups; arg is the chores. */
MUST_CHECK enum err chores_begin(struct chores *c, struct fault *f, const char *name);
bool chores_look(struct chores *c, struct arena *a, const char *name, struct api_chore *out);
void chores_backups(struct chores *c, struct arena *a, api_backups *out);

#endif
