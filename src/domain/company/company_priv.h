/* What the files of company share: events about rows that have a name and no id. */
#ifndef ORDO_COMPANY_PRIV_H
#define ORDO_COMPANY_PRIV_H

#include "codec.h"
#include "company.h"

/* The subject of such a row's events, for ever the same: a hash of its name. */
int64_t named_subject(const char *name);
/* {"name": name, "changes": [...]}: the changes of event_changes with the name of the row before them. */
const char *named_changes(struct arena *a, const char *name, const char *changes);

#endif
