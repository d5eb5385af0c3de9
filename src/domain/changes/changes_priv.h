/* What the files of changes share. */
#ifndef ORDO_CHANGES_PRIV_H
#define ORDO_CHANGES_PRIV_H

#include "changes.h"

#include "allocation.h"
#include "payments.h"
#include "review.h"

/* ---- The decision: change_facts.c, change_decide.c ---- */

/* What deciding about one set needs beside its order's work. */
struct change_facts {
  struct order_work work;
  const struct change_input *in;
  const struct channel *channel;
  struct allocation_facts supply;
  struct review_facts review;
  LIST(struct order_line) added; /* unpriced, by their order in in->lines, with their numbers */
  const struct price *listed;    /* of in->lines: the catalog's price, or ABSENT */
  const struct rate *rates;      /* recompute_tax: of the order's lines and those added, ABSENT = as it is; else NULL */
  LIST(struct order_payment_input) payments; /* that a channel told with it */
  bool decided;                  /* somebody has wanted it before: that nothing differs any more is no refusal */
  const char *content_hash;      /* of what the channel sent, for the order; NULL = no channel's set */
};
/* All faults of the new lines are collected and kept: *out_refused is then the code, and cx->fault says what; it is decided
 * with the others. */
MUST_CHECK enum err change_facts_load(struct ctx *cx, const struct change_input *in, enum change_origin who,
                                      struct change_facts *f);
bool change_adds(const struct change_line_input *l); /* a line that is new */
const char *change_at_line(struct ctx *cx, size_t i, const char *member);
void change_put_header(const struct change_input *in, struct order *o); /* addresses, delivery ... */
/* Applies it to *w, a copy of f->work; w is derived, not finished. Refusals in cx->fault. */
MUST_CHECK enum err change_apply_to(struct ctx *cx, const struct change_facts *f, struct order_work *w);
/* Says the order.changed event; id of the set, real or temporary. */
void change_tell_order(struct ctx *cx, const struct change_facts *f, int64_t change_id, struct order_work *w);

/* ---- What it comes to: change_preview.c ---- */

/* From what was and what will be. */
struct change_preview *change_preview_of(struct ctx *cx, const struct order_work *was, const struct order_work *w);
/* Takes the fault of a refusal out of cx and says it as a value; the rest says that nothing changes. */
struct change_preview *change_preview_refused(struct ctx *cx, const struct order_work *was);
const char *change_preview_hash(struct ctx *cx, const struct change_preview *p);
/* Decides and previews. *out_w = the order as it would be, not finished; untouched where it is refused: then *out_code says so
 * and cx->fault is clear. Returns faults of ours alone. */
MUST_CHECK enum err change_foresee(struct ctx *cx, const struct change_facts *f, struct order_work *out_w,
                                   struct change_preview **out, enum err *out_code);

/* ---- Fields: change_fields.c ---- */

struct change_field {
  const char *pointer;
  const char *value; /* JSON: what the order says; NULL = nothing */
  const char *mine;  /* what it should say */
  bool personal;
};
typedef LIST(struct change_field) change_fields;
struct change_base {
  change_fields fields;
};
extern const struct rec change_base_rec;
/* Each field of the order that the set wants otherwise. */
change_fields change_fields_of(struct ctx *cx, const struct order *o, const struct change_input *in);
/* The JSON that is kept of them: personal ones, or the others. */
const char *change_base_text(struct ctx *cx, const change_fields *fields, bool personal);
/* What others have changed since the set was made, to something else than it wants. value = theirs. */
struct change_conflict {
  struct change_field field;
  const char *before;
};
typedef LIST(struct change_conflict) change_conflicts;
struct change_personal;
MUST_CHECK enum err change_conflicts_of(struct ctx *cx, const struct change_set *set, const struct change_personal *p,
                                        const struct order *now, change_conflicts *out);

/* ---- Rows: change_store.c ---- */

struct change_personal {
  int64_t bucket, change_id;
  struct address *shipping_address, *billing_address;
  struct order_invoice *invoice;
  const char *base;
};
extern const struct db_table change_personal_table;
/* The latest sets of an order, oldest first, with their personal parts. */
typedef LIST(struct change_set) change_sets;
MUST_CHECK enum err changes_of_order(struct ctx *cx, struct order_id id, change_sets *out);
MUST_CHECK enum err change_personal_load(struct ctx *cx, const struct change_set *set, struct change_personal *out);
/* A new set with its fields and base, state pending; id 0. */
struct change_set change_new(struct ctx *cx, const struct order *o, const struct change_input *in, enum change_origin origin,
                             struct instant expires_at, const change_fields *fields);
/* Inserts set and personal part; set->id is drawn unless it has one. Tells change.created. */
MUST_CHECK enum err change_insert(struct ctx *cx, struct change_set *set, const change_fields *fields);
/* Version and row of a set that was decided, and its event. */
MUST_CHECK enum err change_update(struct ctx *cx, struct change_set *set);
void change_decided(struct ctx *cx, struct change_set *set, enum change_state state, const char *reason);
/* Holds that a waiting set of a channel put; they go when it is decided. */
MUST_CHECK enum err change_hold_release(struct ctx *cx, struct order_work *w, const char *reason);
void change_result(struct ctx *cx, const struct change_set *set, struct act_result *out);

/* ---- What a PUT wants: change_wanted.c ---- */

/* The difference between what was sent and the order, compared three ways with what staff has changed since. False: cx->fault
 * has members that no set can change. *out_clash: a field that staff has changed too, to something else. */
struct put_wish {
  struct change_input in;
  change_conflicts clashes;
  bool anything;
};
MUST_CHECK enum err put_wish_of(struct ctx *cx, const struct order *o, const struct order_input *sent,
                                const change_sets *history, struct put_wish *out);

#endif
