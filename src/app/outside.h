/* outside - worker threads that do what jobs want (core/jobs): they claim, run and end. */
#ifndef ORDO_OUTSIDE_H
#define ORDO_OUTSIDE_H

#include "acts.h"

#define OUTSIDE_WORKERS     4
#define OUTSIDE_WORKERS_MAX 64

struct outside_config {
  struct writer *writer;
  const char *url;
  struct clock clock;
  const char *owner; /* of this process, for leases; lives longer */
  int workers;       /* 0 = OUTSIDE_WORKERS */
};

struct outside;
/* NULL after saying what failed: the server works without it, and jobs wait. */
struct outside *outside_start(const struct outside_config *config);
/* Calls that are under way are ended within about a second, and their jobs go back. Accepts NULL. Before writer_stop. */
void outside_stop(struct outside *o);

#endif
