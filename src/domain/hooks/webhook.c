/* Webhooks as masters: made, changed, given a new secret, deleted; and how they fare. */
#include "hooks_priv.h"

#include "channels.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void webhook_secret_draw(char out[WEBHOOK_SECRET_TEXT])
{
  unsigned char bytes[WEBHOOK_SECRET_BYTES];
  char text[sodium_base64_ENCODED_LEN(WEBHOOK_SECRET_BYTES, sodium_base64_VARIANT_ORIGINAL)];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
  _Static_assert(sizeof "whsec_" + sizeof text <= WEBHOOK_SECRET_TEXT, "room for a secret");
  memcpy(out, "whsec_", 6);
  memcpy(out + 6, text, sizeof text);
  sodium_memzero(bytes, sizeof bytes);
}

/* ---- What must be true of one ---- */

static void check_topics(struct ctx *cx, const struct webhook *hook)
{
  for (size_t i = 0; i < hook->topics.n; i++)
    if (!webhook_topic_valid(hook->topics.at[i]))
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/topics/%zu", i), "invalid_format",
                "is like order.placed, order.* or *");
}

/* Who changes an endpoint that is told personal data must be allowed to see them: he may send them anywhere. */
static enum err settle(struct ctx *cx, const struct master_defaults *defaults, void *value)
{
  const struct webhook *hook = value;
  size_t faults = cx->fault.n;
  (void)defaults;
  if (hook->personal)
    TRY(ctx_need(cx, PERM_PERSONAL_READ));
  check_topics(cx, hook);
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

static enum err check_channels(struct ctx *cx, const struct webhook *hook)
{
  size_t faults = cx->fault.n;
  for (size_t i = 0; i < hook->channels.n; i++) {
    const struct channel *ignored;
    enum err err = channel_find(cx, hook->channels.at[i], &ignored);
    if (err == ERR_NOT_FOUND)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/channels/%zu", i), "unknown",
                "there is no channel %s", hook->channels.at[i]);
    else
      TRY(err);
  }
  return cx->fault.n > faults ? ERR_INVALID : ERR_OK;
}

static enum err complete(struct ctx *cx, void *value)
{
  const struct webhook *hook = value;
  assert(hook->signing);
  return check_channels(cx, hook);
}

const struct master webhook_master = {
    .kind = "webhook",
    .name = "webhook",
    .prefix = PREFIX_webhook,
    .path = "/v1/webhooks",
    .rec = &webhook_rec,
    .table = &webhook_table,
    MASTER_STAMPS(struct webhook),
    .same = {"SELECT id FROM webhook WHERE 1 = 0", DB_KEYED}, /* two may well have the same address */
    .count = {"SELECT count(*) FROM webhook", DB_REPORT},
    .most = WEBHOOKS_MAX,
    .complete = complete,
    .settle = settle,
};

enum err webhook_load(struct ctx *cx, const char *id, struct webhook *out)
{
  return master_load(cx, &webhook_master, id, out);
}

/* ---- Acts ---- */

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_create_load(cx, &webhook_master, in, out_facts);
}

static enum err one_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_update_load(cx, &webhook_master, in, out_facts);
}

/* Channels that are named must be there. What else is wrong with the body is decide's to say. */
static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  const struct master_facts *f = out_facts;
  struct fault *aside = ARENA_NEW(cx->arena, struct fault);
  TRY(one_load(cx, in, out_facts));
  struct webhook after = *(const struct webhook *)f->value;
  fault_init(aside, cx->arena);
  if (rec_read_over(&webhook_rec, in->json, in->json_n, "", cx->arena, aside, &after) != ERR_OK)
    return ERR_OK;
  return check_channels(cx, &after);
}

const struct act webhook_create_act = MASTER_CREATE("webhook.create", create_load);
const struct act webhook_update_act = MASTER_UPDATE("webhook.update", update_load);

static enum err delete_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct master_facts *f = facts;
  (void)cx;
  *(struct master_plan *)out_plan = (struct master_plan){.master = f->master, .before = f->value, .changed = true};
  return ERR_OK;
}

static enum err delete_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct master_plan *p = plan;
  out->status = 204;
  TRY(db_delete(cx->db, &webhook_table, p->before));
  return master_emit(cx, p->master, p->before, NULL);
}

const struct act webhook_delete_act = MASTER_ACT("webhook.delete", one_load, delete_decide, delete_apply);

struct rotate_facts {
  struct webhook hook;
  const struct webhook_rotation *rotation;
};

static enum err rotate_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct rotate_facts *f = out;
  f->rotation = in->body;
  TRY(webhook_load(cx, in->id, &f->hook));
  return version_check(cx, bucket_of_id(f->hook.id.v), f->hook.id.v, f->hook.version, in->version);
}

static enum err rotate_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct rotate_facts *f = facts;
  struct master_plan *plan = out;
  struct webhook after = f->hook;
  bool grace = f->rotation->grace_hours > 0;
  TRY(settle(cx, NULL, &after));
  after.signing = f->rotation->signing;
  after.signing_before = grace ? f->hook.signing : NULL;
  after.before_until = grace ? INSTANT(cx->now.ms + f->rotation->grace_hours * HOUR_MS) : INSTANT(ABSENT);
  *plan = (struct master_plan){.master = &webhook_master,
                               .before = &f->hook,
                               .after = arena_copy(cx->arena, &after, sizeof after),
                               .changed = true};
  return ERR_OK;
}

const struct act webhook_rotate_act = {.name = "webhook.rotate",
                                       .facts_size = sizeof(struct rotate_facts),
                                       .plan_size = sizeof(struct master_plan),
                                       .load = rotate_load,
                                       .decide = rotate_decide,
                                       .apply = master_apply,
                                       .flags = ACT_MASTERS};

/* ---- The memo ---- */

enum err webhooks_all(struct ctx *cx, const webhooks **out)
{
  static const struct db_where all = {&webhook_table, "1 = 1 ORDER BY id LIMIT 200", DB_LIST};
  void **slot = db_memo_slot(cx->db, &webhook_table);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    webhooks *memo = arena_alloc(db_memo_arena(cx->db), sizeof *memo);
    db_use_arena(cx->db, db_memo_arena(cx->db));
    enum err err = db_select(cx->db, &all, (struct list *)(void *)memo, DB_NO_ARGS);
    db_use_arena(cx->db, requests);
    TRY(err);
    *slot = memo;
  }
  *out = *slot;
  return ERR_OK;
}

enum err webhook_by_id(struct ctx *cx, int64_t id, const struct webhook **out)
{
  const webhooks *all;
  TRY(webhooks_all(cx, &all));
  EACH (const struct webhook, hook, all)
    if (hook->id.v == id) {
      *out = hook;
      return ERR_OK;
    }
  return ERR_NOT_FOUND;
}

/* ---- How they fare ---- */

static void take_count(struct webhook_health *h, const char *state, int64_t n, int64_t oldest_ms)
{
  bool dead = strcmp(state, "dead") == 0, retrying = strcmp(state, "retrying") == 0;
  *(dead ? &h->dead : retrying ? &h->retrying : &h->waiting) += n;
  h->failing = h->failing || dead || retrying;
  if (!dead && (!instant_set(h->oldest_at) || oldest_ms < h->oldest_at.ms))
    h->oldest_at = INSTANT(oldest_ms);
}

static enum err load_counts(struct ctx *cx, struct webhook *hooks, size_t n)
{
  static const struct db_stmt counts = {
      "SELECT target, state, count(*), min(created_at) FROM job WHERE kind = '" WEBHOOK_JOB "'"
      " AND (state = 'queued' OR state = 'running' OR state = 'retrying' OR state = 'dead') GROUP BY target, state",
      DB_REPORT};
  struct db_rows rows;
  TRY(db_query(cx->db, &counts, &rows, DB_NO_ARGS));
  while (db_next(&rows)) {
    const char *target = db_text(&rows, 0), *state = db_text(&rows, 1);
    for (size_t i = 0; i < n; i++)
      if (strcmp(hooks[i].health->target, target) == 0)
        take_count(hooks[i].health, state, db_i64(&rows, 2), db_i64(&rows, 3));
  }
  return db_done(&rows);
}

enum err webhooks_health(struct ctx *cx, struct webhook *hooks, size_t n, bool one)
{
  static const struct db_stmt last = {"SELECT updated_at FROM job WHERE target = $1 AND state = 'done'"
                                      " ORDER BY created_at DESC, id DESC LIMIT 1",
                                      DB_LIST};
  for (size_t i = 0; i < n; i++) {
    char id[ID_TEXT];
    struct webhook_health *h = ARENA_NEW(cx->arena, struct webhook_health);
    id_format(PREFIX_webhook, hooks[i].id.v, id);
    h->target = arena_text(cx->arena, id);
    h->oldest_at = h->delivered_at = INSTANT(ABSENT);
    hooks[i].health = h;
  }
  if (one && n)
    TRY(db_one_i64(cx->db, &last, &hooks[0].health->delivered_at.ms, DB_ARGS(TEXT(hooks[0].health->target))));
  return n ? load_counts(cx, hooks, n) : ERR_OK;
}
