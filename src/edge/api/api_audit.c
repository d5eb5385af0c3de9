/* The audit log over HTTP: who did what, backwards, and the proof that nobody has changed it. */
#include "api.h"
#include "api_priv.h"

#include "events.h"

#include <pthread.h>
#include <string.h>

enum { AUDIT_DEFAULT = 50, VERIFY_AT_ONCE = 100000 };

enum { PARAM_ACTOR, PARAM_SUBJECT, PARAM_TYPE, PARAM_KIND, PARAM_FROM, PARAM_TO, PARAM_LIMIT, PARAM_CURSOR };
static const struct api_param audit_params[] = {
    [PARAM_ACTOR] = {"actor", REC_TEXT, "What this user or key did, by id; or system, user, api_key, rule",
                     "usr_01jd7k3v9q2m8"},
    [PARAM_SUBJECT] = {"subject", REC_TEXT, "What happened to this record, by id", "ord_01jd7k3v9q2m8"},
    [PARAM_TYPE] = {"type", REC_TEXT, "A topic, or a family of them with a dot at its end", "order."},
    [PARAM_KIND] = {"subject_kind", REC_TEXT, "What happened to records of this kind", "order"},
    [PARAM_FROM] = {"at[gte]", REC_INSTANT, "At or after this", "2026-11-20T00:00:00Z"},
    [PARAM_TO] = {"at[lt]", REC_INSTANT, "Before this", "2026-11-21T00:00:00Z"},
    [PARAM_LIMIT] = {"limit", REC_INT, "Rows of a page, 1 to 200; default 50", "50"},
    [PARAM_CURSOR] = {"cursor", REC_INT, "`next_cursor` of the page before", "8123"},
    {0},
};

/* "ord_01jd7k3v9q2m8" without knowing what it is: what follows the last underline. */
static bool any_id(const char *text, const char **out_prefix, struct arena *a, int64_t *out)
{
  const char *line = strrchr(text, '_');
  if (!line || line == text)
    return false;
  *out_prefix = arena_textn(a, text, (size_t)(line - text));
  return id_parse(*out_prefix, text, out);
}

static enum err read_actor(struct ctx *cx, const char *text, struct audit_query *q)
{
  const char *prefix = "";
  for (size_t i = 0; actor_kinds[i]; i++)
    if (strcmp(actor_kinds[i], text) == 0) {
      q->actor_kind = actor_kinds[i];
      return ERR_OK;
    }
  bool known = any_id(text, &prefix, cx->arena, &q->actor_id);
  q->actor_kind = strcmp(prefix, PREFIX_user) == 0      ? actor_kinds[ACTOR_USER]
                  : strcmp(prefix, PREFIX_api_key) == 0 ? actor_kinds[ACTOR_KEY]
                  : strcmp(prefix, PREFIX_rule) == 0    ? actor_kinds[ACTOR_RULE]
                                                        : NULL;
  if (!known || !q->actor_kind)
    return fault_add(&cx->fault, ERR_INVALID, "/query/actor", "invalid_format", "actor is an id, or a kind of actor");
  return ERR_OK;
}

static enum err read_query(struct ctx *cx, const struct api_param_value *p, struct audit_query *q)
{
  const char *prefix;
  *q = (struct audit_query){.topic = p[PARAM_TYPE].text,
                            .actor_id = ABSENT,
                            .subject_kind = p[PARAM_KIND].text,
                            .subject_id = ABSENT,
                            .from = INSTANT(p[PARAM_FROM].i64),
                            .to = INSTANT(p[PARAM_TO].i64),
                            .before = p[PARAM_CURSOR].i64,
                            .limit = p[PARAM_LIMIT].i64 == ABSENT ? AUDIT_DEFAULT : p[PARAM_LIMIT].i64};
  if (q->limit < 1 || q->limit > API_LIMIT_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "/query/limit", "out_of_range", "limit is 1 to 200");
  if (p[PARAM_SUBJECT].text && !any_id(p[PARAM_SUBJECT].text, &prefix, cx->arena, &q->subject_id))
    return fault_add(&cx->fault, ERR_INVALID, "/query/subject", "invalid_format", "subject is an id");
  return p[PARAM_ACTOR].text ? read_actor(cx, p[PARAM_ACTOR].text, q) : ERR_OK;
}

static enum err serve_audit(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const uint64_t both = PERMISSION(PERM_CUSTOMER_READ) | PERMISSION(PERM_PERSONAL_READ);
  const struct rec_view view = {.without_personal = (cx->actor.permissions & both) != both};
  struct audit_query q;
  feed_entries entries = {0};
  int64_t next;
  struct buf body;
  struct json_out o;
  (void)out;
  TRY(read_query(cx, rq->params, &q));
  TRY(audit_read(cx, &q, &entries, &next));
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  json_object(&o);
  json_key(&o, "data");
  json_array(&o);
  EACH (const struct feed_entry, e, &entries)
    json_record(&o, &feed_entry_rec, e, &view);
  json_array_end(&o);
  json_key(&o, "next_cursor");
  json_text(&o, next == ABSENT ? NULL : arena_printf(cx->arena, "%lld", (long long)next));
  json_object_end(&o);
  json_headers(cx->arena, rq->reply);
  rq->reply->body = buf_str(&body);
  rq->reply->n_body = body.n;
  return ERR_OK;
}

/* ---- The proof ---- */

struct audit_proof {
  int64_t verified_to, last, broken_at;
  bool complete, intact;
  struct instant at;
};
static const struct rec_field proof_fields[] = {
    FIELD(struct audit_proof, verified_to, .flags = REC_REQUIRED, .doc = "Events 1 to this are proved by their hashes",
          .example = "8123"),
    FIELD(struct audit_proof, last, .flags = REC_REQUIRED, .doc = "The newest event", .example = "8123"),
    FIELD(struct audit_proof, complete, .doc = "All are proved; otherwise ask again", .example = "true"),
    FIELD(struct audit_proof, intact, .doc = "No event was changed or taken away so far", .example = "true"),
    FIELD(struct audit_proof, broken_at, .doc = "The first that does not fit", .example = "17"),
    FIELD(struct audit_proof, at, .flags = REC_REQUIRED, .doc = "When it was looked at"),
};
static const struct rec proof_rec =
    REC(struct audit_proof, "AuditProof", proof_fields, "How far the hash chain of the events is proved");

/* How far this process has come: the proof goes on from there, and begins anew where it failed or when it is asked to. */
static struct {
  pthread_mutex_t lock;
  struct feed_head head;
} proof = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const struct api_param verify_params[] = {
    {"again", REC_BOOL, "From the first event, whatever was proved before", "true"},
    {0},
};

static enum err serve_verify(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  static const struct db_stmt last_seq = {"SELECT seq FROM feed WHERE feed_group = 0 ORDER BY seq DESC LIMIT 1",
                                          DB_LIST};
  struct audit_proof *p = ARENA_NEW(cx->arena, struct audit_proof);
  int64_t bad = 0;
  bool more = false;
  TRY(db_one_i64(cx->db, &last_seq, &p->last, DB_NO_ARGS));
  pthread_mutex_lock(&proof.lock);
  struct feed_head head = proof.head;
  pthread_mutex_unlock(&proof.lock);
  if (rq->params[0].i64 == 1 || head.seq > p->last)
    head = (struct feed_head){0};
  TRY(feed_verify_on(cx, &head, VERIFY_AT_ONCE, &bad, &more));
  if (bad)
    head = (struct feed_head){0};
  pthread_mutex_lock(&proof.lock);
  proof.head = head;
  pthread_mutex_unlock(&proof.lock);
  p->verified_to = bad ? bad - 1 : head.seq;
  p->broken_at = bad ? bad : ABSENT;
  p->intact = !bad;
  p->complete = bad || head.seq >= p->last;
  p->at = cx->now;
  *out = (struct act_result){.rec = &proof_rec, .value = p, .version = ABSENT};
  return ERR_OK;
}

const struct route audit_routes[] = {
    {"GET", "/v1/audit", "Who did what",
     "The event log, newest first, with the values before and after (`data.changes`). A page looks through 20000 "
     "events; "
     "it may be short, or empty, and still have a `next_cursor`.",
     PERM_AUDIT_READ, .reply = &feed_entry_rec, .success = 200, .serve = serve_audit, .params = audit_params,
     .flags = ROUTE_PAGE},
    {"GET", "/v1/audit/verify", "Is the log unchanged?",
     "Recomputes the hash chain, about 100000 events a call, and goes on where the last call of this server ended: ask "
     "until `complete`.",
     PERM_AUDIT_READ, .reply = &proof_rec, .success = 200, .serve = serve_verify, .params = verify_params},
    {0},
};
