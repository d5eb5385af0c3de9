/* The demo company's parts: demo.c has the masters and the command, demo_month.c the orders. */
#ifndef ORDO_DEMO_H
#define ORDO_DEMO_H

#include "carriers.h"
#include "channels.h"
#include "company.h"
#include "fulfillment.h"
#include "identity.h"
#include "intake.h"
#include "orders.h"
#include "payments.h"
#include "settings.h"

#include <stdatomic.h>

enum { DEMO_DAYS = 60, DEMO_PEOPLE_MAX = 64 };

/* A customer of the file whom orders are for. */
struct demo_person {
  const char *external_id, *country, *address; /* address as JSON */
};

struct demo {
  const char *currency;  /* of its orders */
  bool guest;            /* in a company that somebody has set up: what is there already stays as it is */
  atomic_bool *stopping; /* NULL = runs to its end */
  struct writer *writer;
  struct instant now;  /* the writer reads it: the demo's clock */
  struct arena *arena; /* of one step */
  struct arena *people_arena;
  struct demo_person people[DEMO_PEOPLE_MAX];
  int64_t n_people;
  uint64_t random;
  int64_t orders, refused;
  const char *basket; /* customer, address and lines of the order before, in people_arena */
  int64_t basket_total;
};

/* Reads a body; what is wrong with it is said. */
bool demo_read(struct demo *d, const struct rec *rec, const char *json, size_t n, void **out);
/* Runs an act as the demo's clerk; the record it answered, or NULL when it was refused (the reason is in *out_fault). */
const void *demo_run_input(struct demo *d, const struct act *act, struct act_input in, struct fault *out_fault);
const void *demo_run(struct demo *d, const struct act *act, const char *id, const void *body, struct fault *out_fault);
const void *demo_run_json(struct demo *d, const struct act *act, const struct rec *rec, const char *id,
                          const char *json);
bool demo_is_stopping(const struct demo *d);

/* The orders of the days before `today`, each as far as it would be by now. */
void demo_live_a_month(struct demo *d, struct instant today);
/* Two orders that nobody paid: the setting is switched on for them alone. */
void demo_let_expire(struct demo *d, struct instant today);

#endif
