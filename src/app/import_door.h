/* import_door - the way documents take: through a running server over HTTP, or through acts of a writer of our own. Both
 * answer the same, so nothing above knows which one it is.
 */
#ifndef ORDO_IMPORT_DOOR_H
#define ORDO_IMPORT_DOOR_H

#include "import.h"

#include "acts.h"

/* ---- What can be asked ---- */

enum import_verb {
  VERB_ORDER, VERB_PRODUCT, VERB_LOCATION, VERB_CHANNEL, VERB_CUSTOMER, VERB_CARRIER, VERB_TAX_RATE, VERB_STOCK, VERB_SAFETY,
  VERB_PRODUCT_CHANGE, VERB_LOCATION_CHANGE, VERB_CHANNEL_CHANGE, VERB_CUSTOMER_CHANGE, VERB_CARRIER_CHANGE,
  VERB_APPROVE, VERB_CANCEL, VERB_PICK, VERB_PACK, VERB_SHIP, VERB_TRACK,
  VERB_ORDER_READ, /* by channel and external_id: the order with all its parts; status 404 when there is none */
  VERB_COUNT
};
struct import_verb_row {
  const char *method, *path; /* "%s" where the id goes */
  const struct act *act;     /* NULL for reading */
  const struct rec *rec;     /* of the body */
  int success;
};
extern const struct import_verb_row import_verbs[VERB_COUNT];

struct import_problem {
  const char *pointer, *code, *detail;
};
/* One call and its answer. The caller owns it and its arena until door_wait has returned. */
struct import_call {
  enum import_verb verb;
  const char *id;                    /* in the path */
  const char *channel, *external_id; /* of VERB_ORDER_READ */
  const char *json;                  /* body, or NULL */
  size_t json_n;
  const char *key;                   /* Idempotency-Key, or NULL */
  bool want_reply;
  struct arena *arena;

  int status;                        /* as HTTP says it; 0 = no answer */
  bool replayed;
  const char *code, *detail;         /* of a refusal */
  LIST(struct import_problem) problems;
  const char *reply;                 /* JSON, where wanted */
  size_t reply_n;

  struct act_call act; /* private to the door */
};
static inline bool import_fine(const struct import_call *c) { return c->status >= 200 && c->status < 300; }

/* ---- Doors ---- */

struct import_door {
  const char *name; /* database or server, for the state file */
  void (*begin)(struct import_door *d, struct import_call *calls, size_t n); /* one batch at a time */
  void (*wait)(struct import_door *d);
  void (*close)(struct import_door *d);
};
/* dry: acts are loaded and decided, nothing is applied, and the database is not made when it is not there: without one every
 * call is fine. NULL after saying what failed. */
struct import_door *import_door_writer(const char *url, bool dry);
/* dry: nothing is sent and every call is fine. */
struct import_door *import_door_server(const char *server, const char *key, bool dry);
/* The door of a writer that runs already, on behalf of somebody; db is a reader for a dry run. All stay the caller's; what he
 * may do is looked at with each call. */
struct writer;
struct import_door *import_door_of(struct writer *w, struct db *db, const struct actor *actor, bool dry);
/* begin and wait. */
void import_door_run(struct import_door *d, struct import_call *calls, size_t n);

/* ---- Slices of a JSON reply ---- */

struct json_slice {
  const char *at; /* NULL = not there */
  size_t n;
};
/* The value of a member of an object, and the text of one that is a string (NULL when it is not). */
struct json_slice json_member_of(struct json_slice object, const char *name, struct arena *a);
const char *json_text_of(struct json_slice object, const char *name, struct arena *a);
/* The items of an array. */
typedef LIST(struct json_slice) json_slices;
json_slices json_items_of(struct json_slice array, struct arena *a);

/* ---- Outcomes: orders driven to where they already are in the real world ---- */

/* Documents {channel, external_id, outcome, ...}: releases holds, picks, packs, ships, tracks or cancels through public acts,
 * only what is still to be done. Each call of calls gets the status of its story: 201 something was done, 200 nothing was
 * left to do, else the refusal of the step that failed. */
void import_outcomes_run(struct import_door *d, struct import_call *calls, size_t n);
extern const struct rec import_outcome_rec;

#endif
