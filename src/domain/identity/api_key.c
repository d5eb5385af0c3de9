/* API keys: made, rotated, revoked. The key itself passes through here only as its hash. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "identity_priv.h"

void api_key_draw(char out_key[API_KEY_TEXT], char out_hash[HASH_TEXT])
{
  unsigned char secret[32];
  if (sodium_init() < 0)
    abort();
  randombytes_buf(secret, sizeof secret);
  memcpy(out_key, "ordo_", 5);
  hex_encode(secret, sizeof secret, out_key + 5);
  sha256_hex(out_key, strlen(out_key), out_hash);
  sodium_memzero(secret, sizeof secret);
}

enum err api_key_find(struct ctx *cx, const char *id, struct api_key *out)
{
  struct api_key key;
  rec_init(&api_key_rec, &key);
  enum err err = id_parse(PREFIX_api_key, id, &key.id) ? db_get(cx->db, &api_key_table, &key) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no API key %.64s", id);
  TRY(err);
  *out = key;
  return ERR_OK;
}

static enum err emit(struct ctx *cx, const char *topic, const struct api_key *before, const struct api_key *after)
{
  struct api_key shown = *after;
  /* Hashes and times of the row's own are no news; what changed for people is. */
  shown.version = before->version;
  shown.updated_at = before->updated_at;
  shown.key_hash = before->key_hash;
  shown.previous_hash = before->previous_hash;
  return event_emit(cx, &(struct event_draft){
                            .topic = topic,
                            .subject_kind = "api_key",
                            .subject_prefix = PREFIX_api_key,
                            .bucket = bucket_of_id(after->id),
                            .subject_id = after->id,
                            .version = after->version,
                            .data = event_changes(cx->arena, &api_key_rec, before, &shown),
                        });
}

static enum err result_of(struct ctx *cx, const struct api_key *key, struct act_result *out)
{
  out->rec = &api_key_rec;
  out->value = arena_copy(cx->arena, key, sizeof *key);
  out->version = key->version;
  return ERR_OK;
}

/* ---- Making one ---- */

static enum err add_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  (void)cx;
  *(const struct api_key_input **)out_facts = in->body;
  return ERR_OK;
}

static enum err add_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct api_key_input *in = *(const struct api_key_input *const *)facts;
  struct api_key key;
  uint64_t permissions = 0;
  assert(in->key_hash && in->hint);
  if (!permissions_parse(in->scope, &permissions) || !permissions)
    fault_add(&cx->fault, ERR_INVALID, "/scope", "invalid_format",
              "names permissions such as order.read, order.* or *");
  if (instant_set(in->expires_at) && in->expires_at.ms <= cx->now.ms)
    fault_add(&cx->fault, ERR_INVALID, "/expires_at", "too_small", "must lie in the future");
  TRY(cx->fault.code);
  TRY(may_grant(cx, permissions, "/scope"));
  TRY(may_grant_rows(cx, &in->locations, &in->channels));
  rec_init(&api_key_rec, &key);
  key.version = 1;
  key.name = in->name;
  key.scope = in->scope;
  key.hint = in->hint;
  key.expires_at = in->expires_at;
  key.key_hash = in->key_hash;
  memcpy(&key.locations, &in->locations, sizeof key.locations);
  memcpy(&key.channels, &in->channels, sizeof key.channels);
  key.created_by = cx->actor.name ? cx->actor.name : "";
  key.created_at = key.updated_at = cx->now;
  *(struct api_key *)out_plan = key;
  return ERR_OK;
}

static enum err add_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct api_key key = *(const struct api_key *)plan, none;
  rec_init(&api_key_rec, &none);
  key.id = none.id = draw_id(cx);
  TRY(db_insert(cx->db, &api_key_table, &key));
  TRY(emit(cx, "api_key.created", &none, &key));
  out->location = location_of(cx->arena, "/v1/api_keys/", PREFIX_api_key, key.id);
  return result_of(cx, &key, out);
}

/* No connection remembers a key that it has not seen, so memos may stay. */
const struct act key_add_act = {
    .name = "api_key.add",
    .facts_size = sizeof(const struct api_key_input *),
    .plan_size = sizeof(struct api_key),
    .load = add_load,
    .decide = add_decide,
    .apply = add_apply,
};

/* ---- Rotating and revoking ---- */

struct key_facts {
  const struct api_key_rotation *rotation; /* NULL when revoking */
  struct api_key key;
};

struct key_plan {
  struct api_key before, after;
};

static enum err key_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct key_facts *facts = out_facts;
  facts->rotation = in->body;
  TRY(api_key_find(cx, in->id, &facts->key));
  return version_check(cx, bucket_of_id(facts->key.id), facts->key.id, facts->key.version, in->version);
}

static enum err may_rule(struct ctx *cx, const struct api_key *key)
{
  uint64_t permissions = 0;
  if (!permissions_parse(key->scope, &permissions))
    permissions = 0; /* words of a newer program grant nothing here */
  TRY(may_grant(cx, permissions, ""));
  return may_grant_rows(cx, &key->locations, &key->channels);
}

static enum err rotate_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct key_facts *facts = in_facts;
  const struct api_key_rotation *in = facts->rotation;
  struct api_key key = facts->key;
  assert(in->key_hash && in->hint);
  TRY(may_rule(cx, &key));
  if (instant_set(key.revoked_at))
    return err_fail(cx, ERR_STATE, "/revoked_at", "a revoked key cannot be rotated");
  if (instant_set(key.expires_at) && key.expires_at.ms <= cx->now.ms)
    return err_fail(cx, ERR_STATE, "/expires_at", "an expired key cannot be rotated");
  key.previous_hash = in->grace_hours > 0 ? key.key_hash : NULL;
  key.previous_until = in->grace_hours > 0 ? INSTANT(cx->now.ms + in->grace_hours * HOUR_MS) : INSTANT(ABSENT);
  key.key_hash = in->key_hash;
  key.hint = in->hint;
  key.version++;
  key.updated_at = cx->now;
  *(struct key_plan *)out_plan = (struct key_plan){facts->key, key};
  return ERR_OK;
}

static enum err rotate_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct key_plan *plan = in_plan;
  TRY(db_update(cx->db, &api_key_table, &plan->after));
  TRY(emit(cx, "api_key.rotated", &plan->before, &plan->after));
  return result_of(cx, &plan->after, out);
}

const struct act key_rotate_act = {
    .name = "api_key.rotate",
    .facts_size = sizeof(struct key_facts),
    .plan_size = sizeof(struct key_plan),
    .load = key_load,
    .decide = rotate_decide,
    .apply = rotate_apply,
    .flags = ACT_MASTERS,
};

static enum err revoke_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct key_facts *facts = in_facts;
  struct api_key key = facts->key;
  TRY(may_rule(cx, &key));
  if (!instant_set(key.revoked_at)) {
    key.revoked_at = key.updated_at = cx->now;
    key.previous_hash = NULL;
    key.previous_until = INSTANT(ABSENT);
    key.version++;
  }
  *(struct key_plan *)out_plan = (struct key_plan){facts->key, key};
  return ERR_OK;
}

static enum err revoke_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct key_plan *plan = in_plan;
  if (plan->after.version != plan->before.version) {
    TRY(db_update(cx->db, &api_key_table, &plan->after));
    TRY(emit(cx, "api_key.revoked", &plan->before, &plan->after));
  }
  return result_of(cx, &plan->after, out);
}

const struct act key_revoke_act = {
    .name = "api_key.revoke",
    .facts_size = sizeof(struct key_facts),
    .plan_size = sizeof(struct key_plan),
    .load = key_load,
    .decide = revoke_decide,
    .apply = revoke_apply,
    .flags = ACT_MASTERS,
};

enum err api_keys_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, name FROM api_key WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
