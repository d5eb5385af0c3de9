/* setup - the first minute of a company: its name, currency, zone and language, its owner, first location and first channel
 * in one act, while nobody can sign in yet.
 *
 * Events: those of the acts that it consists of (setting.updated, user.created, location.created, channel.created ...).
 */
#ifndef ORDO_SETUP_H
#define ORDO_SETUP_H

#include "acts.h"
#include "channels.h"
#include "company.h"
#include "context.h"
#include "customers.h"
#include "identity.h"
#include "inventory.h"
#include "rec.h"

/* What GET /v1/setup answers. The lists are empty where nothing is to be set up. */
struct setup_state {
  bool needed;                    /* no user exists */
  bool allowed;                   /* whoever asks may do it without the token (filled by the API) */
  const char *company, *language; /* so that the page of signing in can greet */
  LIST(const char *) currencies, languages, time_zones, countries; /* codes, as ICU and ISO know them */
  LIST(const char *) location_kinds, channel_kinds;
  LIST(const char *) demos; /* "none" and what may be loaded (filled by the API) */
};
extern const struct rec setup_state_rec;
MUST_CHECK enum err setup_needed(struct ctx *cx, bool *out);
MUST_CHECK enum err setup_state_read(struct ctx *cx, struct setup_state *out);

enum setup_demo { SETUP_NO_DEMO, SETUP_RETAIL };
extern const char *const setup_demos[]; /* "none", "retail", NULL */

struct setup_company {
  const char *name, *currency, *time_zone, *language;
};
struct setup_owner {
  const char *name, *login, *password;
};
struct setup_location {
  const char *code, *name;
  int kind; /* enum location_kind */
  struct address *address;
};
struct setup_channel {
  const char *code, *name;
  int kind; /* enum channel_kind */
};
/* Body of setup_act. Fill password_hash by identity_password_hash first. */
struct setup_input {
  const char *token; /* of the server's log: for who is not on this machine */
  struct setup_company company;
  struct setup_owner owner;
  struct setup_location location;
  struct setup_channel channel;
  int demo; /* enum setup_demo */
  const char *password_hash;
};
extern const struct rec setup_input_rec;
/* Needs an actor with every permission. ERR_STATE when somebody was faster; else what the single acts refuse, all of it,
 * with pointers into setup_input. Answers with the owner (user_rec). */
extern const struct act setup_act;

#endif
