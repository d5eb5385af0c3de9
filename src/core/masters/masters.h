/* masters - records that people keep and orders refer to (channels, carriers, tax rates, rules): one way to read, create
 * and change them, driven by a table about each kind. A room writes the table, the rules of its record (settle) and two
 * loads of one line, which name the table:
 *
 *   static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
 *   {
 *     return master_create_load(cx, &channel_master, in, out_facts);
 *   }
 *   const struct act channel_create_act = MASTER_CREATE("channel.create", create_load);
 *
 * Creating: 201 with the record. ERR_INVALID with all faults of settle, ERR_EXISTS for a key that is taken, too_many.
 * Changing: 200 with the record. ERR_NOT_FOUND, ERR_VERSION (If-Match), ERR_MALFORMED, ERR_INVALID with all faults of
 * the body and of settle; what changes nothing writes nothing. Events: KIND.created and KIND.updated with the changes.
 */
#ifndef ORDO_MASTERS_H
#define ORDO_MASTERS_H

#include "acts.h"

#define MASTER_KEYS_MAX 3

/* What the company says where a record says nothing; texts of the memo. */
struct master_defaults {
  const char *currency, *language;
};
MUST_CHECK enum err master_defaults_load(struct ctx *cx, struct master_defaults *out);

/* One kind of master. Records are the structs that .rec describes. */
struct master {
  const char *kind;   /* of events: "review_rule" */
  const char *name;   /* in sentences: "review rule"; with an s when there are many */
  const char *prefix; /* of ids */
  const char *path;   /* "/v1/review_rules" */
  const struct rec *rec;
  const struct db_table *table;
  size_t id, version, created_at, updated_at; /* offsets in the struct: MASTER_STAMPS */

  struct db_where by_code;      /* finds one by $1, which is tried before the id; no table = by id alone */
  struct db_stmt same;          /* id of the record that has the keys $1, $2 ... already */
  size_t keys[MASTER_KEYS_MAX]; /* offsets of the texts that same wants */
  size_t n_keys;
  const char *key_pointer; /* where a taken key is reported: "/code" */
  const char *exists;      /* the sentence then; NULL = there is a NAME KEY already */
  struct db_stmt count;    /* how many there are */
  int most;                /* of them */

  /* Hooks; NULL = nothing to do. */

  /* A new one as sent, before its keys are looked up; may refuse. */
  enum err (*complete)(struct ctx *cx, void *value);
  /* Fills what was left out and checks the record as one document: pure, ERR_INVALID with all faults. */
  enum err (*settle)(struct ctx *cx, const struct master_defaults *defaults, void *value);
  /* After reading: what the row keeps in other ways, such as lists as JSON text. */
  enum err (*fill)(struct ctx *cx, void *value);
  /* Before writing, the same way back: row is a copy of value. */
  void (*pack)(struct ctx *cx, const void *value, void *row);
};

#define MASTER_STAMPS(type)                                                                                            \
  .id = offsetof(type, id), .version = offsetof(type, version), .created_at = offsetof(type, created_at),              \
  .updated_at = offsetof(type, updated_at)

/* ---- The two acts ---- */

struct master_facts {
  const struct master *master;
  const void *value; /* as sent (created), as it is (changed) */
  struct master_defaults defaults; /* for settle; of a kind without settle not loaded */
  int64_t other, count; /* created: id of the one with the same keys, 0 = none; how many there are */
  const char *json;     /* changed: the body */
  size_t json_n;
};
struct master_plan {
  const struct master *master;
  const void *before; /* NULL = created */
  const void *after;
  bool changed;
};

MUST_CHECK enum err master_create_load(struct ctx *cx, const struct master *m, const struct act_input *in,
                                       void *out_facts);
MUST_CHECK enum err master_create_decide(struct ctx *cx, const void *facts, void *out_plan);
MUST_CHECK enum err master_update_load(struct ctx *cx, const struct master *m, const struct act_input *in,
                                       void *out_facts);
MUST_CHECK enum err master_update_decide(struct ctx *cx, const void *facts, void *out_plan);
MUST_CHECK enum err master_apply(struct ctx *cx, const void *plan, struct act_result *out);

#define MASTER_ACT(name_, load_, decide_, apply_)                                                                      \
  {.name = name_,                                                                                                      \
   .facts_size = sizeof(struct master_facts),                                                                          \
   .plan_size = sizeof(struct master_plan),                                                                            \
   .load = load_,                                                                                                      \
   .decide = decide_,                                                                                                  \
   .apply = apply_,                                                                                                    \
   .flags = ACT_MASTERS}
#define MASTER_CREATE(name_, load_) MASTER_ACT(name_, load_, master_create_decide, master_apply)
#define MASTER_UPDATE(name_, load_) MASTER_ACT(name_, load_, master_update_decide, master_apply)

/* ---- Their parts, for rooms whose acts differ: these want no same, no count and no hooks but fill and pack ---- */

/* From the table by code or id text, into the arena; *out is a struct of the kind. ERR_NOT_FOUND with a fault text. */
MUST_CHECK enum err master_load(struct ctx *cx, const struct master *m, const char *code_or_id, void *out);
/* Stamps value (time and version; created, before = NULL: its id too) and writes the row. */
MUST_CHECK enum err master_write(struct ctx *cx, const struct master *m, const void *before, void *value);
/* Tells the log: created (before = NULL), updated, or deleted (after = NULL). */
MUST_CHECK enum err master_emit(struct ctx *cx, const struct master *m, const void *before, const void *after);
/* 201 and the path, or 200; value lives as long as the call. */
void master_answer(struct ctx *cx, const struct master *m, const void *value, bool created, struct act_result *out);

#endif
