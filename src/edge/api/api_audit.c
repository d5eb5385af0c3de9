/* The audit log over HTTP: who did what, backwards, and the proof that nobody has changed it. */
#include "api.h"
#include "api_priv.h"
#include "api_sheet_priv.h"

#include "carriers.h"
#include "catalog.h"
#include "channels.h"
#include "customers.h"
#include "events.h"
#include "fulfillment.h"
#include "identity.h"
#include "inventory.h"
#include "orders.h"
#include "review.h"
#include "upload.h"
#include "views.h"

#include <pthread.h>
#include <string.h>

enum { AUDIT_DEFAULT = 50, VERIFY_AT_ONCE = 100000, SLICE_ARENA = 64 << 20 };

enum {
  PARAM_ACTOR,
  PARAM_SUBJECT,
  PARAM_TYPE,
  PARAM_KIND,
  PARAM_FROM,
  PARAM_TO,
  PARAM_LIMIT,
  PARAM_CURSOR,
  PARAM_FORMAT
};
static const struct api_param audit_params[] = {
    [PARAM_ACTOR] = {"actor", REC_TEXT, "What this user or key did, by id; or system, user, api_key, rule",
                     "usr_01jd7k3v9q2m8"},
    [PARAM_SUBJECT] = {"subject", REC_TEXT, "What happened to this record, by id or as people call it: number, SKU, code, login",
                       "SO-100023"},
    [PARAM_TYPE] = {"type", REC_TEXT, "A topic, or a family of them with a dot at its end", "order."},
    [PARAM_KIND] = {"subject_kind", REC_TEXT, "What happened to records of this kind", "order"},
    [PARAM_FROM] = {"at[gte]", REC_INSTANT, "At or after this", "2026-11-20T00:00:00Z"},
    [PARAM_TO] = {"at[lt]", REC_INSTANT, "Before this", "2026-11-21T00:00:00Z"},
    [PARAM_LIMIT] = {"limit", REC_INT, "Rows of a page, 1 to 200; default 50", "50"},
    [PARAM_CURSOR] = {"cursor", REC_INT, "`next_cursor` of the page before", "8123"},
    [PARAM_FORMAT] = {"format", REC_TEXT, "csv or xlsx: all that fits as a file, from the newest on", "csv"},
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

/* ---- What people call the record that is asked for ---- */

static enum err order_named(struct ctx *cx, const char *text, int64_t *out)
{
  struct order_id id;
  TRY(order_find(cx, text, &id));
  *out = id.v;
  return ERR_OK;
}

static enum err product_named(struct ctx *cx, const char *text, int64_t *out)
{
  const struct product *p;
  TRY(catalog_product_by_sku(cx, text, &p));
  *out = p->id.v;
  return ERR_OK;
}

static enum err location_named(struct ctx *cx, const char *text, int64_t *out)
{
  const struct location *l;
  TRY(location_find(cx, text, &l));
  *out = l->id.v;
  return ERR_OK;
}

static enum err channel_named(struct ctx *cx, const char *text, int64_t *out)
{
  const struct channel *c;
  TRY(channel_find(cx, text, &c));
  *out = c->id.v;
  return ERR_OK;
}

static enum err carrier_named(struct ctx *cx, const char *text, int64_t *out)
{
  const struct carrier *c;
  TRY(carrier_find(cx, text, &c));
  *out = c->id.v;
  return ERR_OK;
}

static enum err user_named(struct ctx *cx, const char *text, int64_t *out)
{
  struct user user;
  if (!(cx->actor.permissions & PERMISSION(PERM_USER_ADMIN)))
    return ERR_NOT_FOUND;
  TRY(user_find(cx, text, &user));
  *out = user.id;
  return ERR_OK;
}

static const struct {
  const char *kind;
  enum err (*find)(struct ctx *cx, const char *text, int64_t *out);
} called[] = {{"order", order_named},     {"product", product_named}, {"location", location_named},
              {"channel", channel_named}, {"carrier", carrier_named}, {"user", user_named}};

/* An id, or what people call it: of the kind that is asked for, else of the first that has one. Nothing has no rows. */
static enum err read_subject(struct ctx *cx, const char *text, struct audit_query *q)
{
  const char *prefix;
  if (any_id(text, &prefix, cx->arena, &q->subject_id))
    return ERR_OK;
  q->subject_id = 0;
  for (size_t i = 0; i < COUNT_OF(called) && !q->subject_id; i++) {
    if (q->subject_kind && strcmp(q->subject_kind, called[i].kind) != 0)
      continue;
    enum err err = called[i].find(cx, text, &q->subject_id);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    fault_clear(&cx->fault);
  }
  return ERR_OK;
}

static enum err read_query(struct ctx *cx, const struct api_param_value *p, struct audit_query *q)
{
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
  if (p[PARAM_SUBJECT].text)
    TRY(read_subject(cx, p[PARAM_SUBJECT].text, q));
  return p[PARAM_ACTOR].text ? read_actor(cx, p[PARAM_ACTOR].text, q) : ERR_OK;
}

/* ---- What people call the records ---- */

/* Who knows what the records of a kind are called. */
static const struct naming {
  const char *kind, *prefix;
  bool of_ref;    /* the event's ref is who it is about: sessions are of users */
  uint64_t needs; /* besides audit.read */
  enum err (*names)(struct ctx *cx, const int64_t *ids, size_t n, const char **out);
} namings[] = {
    {"order", PREFIX_order, false, 0, orders_names},
    {"reveal", PREFIX_order, true, 0, orders_names},
    {"product", PREFIX_product, false, 0, products_names},
    {"location", PREFIX_location, false, 0, locations_names},
    {"adjustment", PREFIX_location, true, 0, locations_names},
    {"channel", PREFIX_channel, false, 0, channels_names},
    {"carrier", PREFIX_carrier, false, 0, carriers_names},
    {"review_rule", PREFIX_rule, false, 0, review_rules_names},
    {"wave", PREFIX_wave, false, 0, waves_names},
    {"manifest", PREFIX_manifest, false, 0, manifests_names},
    {"view", PREFIX_view, false, 0, views_names},
    {"import", PREFIX_import, false, 0, uploads_names},
    {"api_key", PREFIX_api_key, false, 0, api_keys_names},
    {"user", PREFIX_user, false, PERMISSION(PERM_USER_ADMIN), users_names},
    {"session", PREFIX_user, true, PERMISSION(PERM_USER_ADMIN), users_names},
    {"customer", PREFIX_customer, false, PERMISSION(PERM_CUSTOMER_READ) | PERMISSION(PERM_PERSONAL_READ),
     customers_names},
};

/* All records of a kind on a page at once. */
static enum err name_kind(struct ctx *cx, const struct naming *naming, feed_entries *entries)
{
  struct feed_entry **some = ARENA_ARRAY(cx->arena, struct feed_entry *, entries->n + 1);
  int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, entries->n + 1);
  const char **names = ARENA_ARRAY(cx->arena, const char *, entries->n + 1);
  size_t n = 0;
  EACH (struct feed_entry, e, entries) {
    const char *text = naming->of_ref ? e->ref : e->subject;
    if (strcmp(e->subject_kind, naming->kind) == 0 && text && id_parse(naming->prefix, text, &ids[n]))
      some[n++] = e;
  }
  TRY(naming->names(cx, ids, n, names));
  for (size_t i = 0; i < n; i++)
    if (names[i])
      some[i]->subject_name = names[i];
  return ERR_OK;
}

/* A text member of the event's facts, for records that are only known by them. */
static const char *fact(struct arena *a, const char *data, const char *name)
{
  struct json j;
  json_init(&j, data, strlen(data), a);
  if (json_next(&j) != JSON_OBJECT)
    return NULL;
  while (json_next(&j) == JSON_KEY) {
    const char *value;
    size_t n;
    if (strcmp(j.text, name) == 0)
      return json_next(&j) == JSON_STRING ? j.text : NULL;
    if (!json_skip(&j, &value, &n))
      return NULL;
  }
  return NULL;
}

static const char *told_name(struct arena *a, const struct feed_entry *e)
{
  if (strcmp(e->subject_kind, "stock") == 0) {
    const char *sku = fact(a, e->data, "sku"), *location = fact(a, e->data, "location");
    return sku && location ? arena_printf(a, "%s, %s", sku, location) : sku;
  }
  if (strcmp(e->subject_kind, "failure") == 0)
    return fact(a, e->data, "subject");
  bool named = strcmp(e->subject_kind, "setting") == 0 || strcmp(e->subject_kind, "number_series") == 0;
  return named ? fact(a, e->data, "name") : NULL;
}

static enum err name_all(struct ctx *cx, feed_entries *entries)
{
  for (size_t i = 0; i < COUNT_OF(namings); i++)
    if ((cx->actor.permissions & namings[i].needs) == namings[i].needs)
      TRY(name_kind(cx, &namings[i], entries));
  EACH (struct feed_entry, e, entries)
    if (!e->subject_name)
      e->subject_name = told_name(cx->arena, e);
  return ERR_OK;
}

/* ---- Pages ---- */

/* Customers' data to who may see them; of users their logins and names, to who may see users. */
static bool may_see_personal(const struct ctx *cx, const struct feed_entry *e)
{
  const uint64_t both = PERMISSION(PERM_CUSTOMER_READ) | PERMISSION(PERM_PERSONAL_READ);
  bool of_user = strcmp(e->subject_kind, "user") == 0;
  return (cx->actor.permissions & both) == both || (of_user && cx->actor.permissions & PERMISSION(PERM_USER_ADMIN));
}

static enum err serve_page(struct ctx *cx, const struct api_request *rq, const struct audit_query *q)
{
  static const struct rec_view all = {0}, bare = {.without_personal = true};
  feed_entries entries = {0};
  int64_t next;
  struct buf body;
  struct json_out o;
  TRY(audit_read(cx, q, &entries, &next));
  TRY(name_all(cx, &entries));
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  json_object(&o);
  json_key(&o, "data");
  json_array(&o);
  EACH (const struct feed_entry, e, &entries)
    json_record(&o, &feed_entry_rec, e, may_see_personal(cx, e) ? &all : &bare);
  json_array_end(&o);
  json_key(&o, "next_cursor");
  json_text(&o, next == ABSENT ? NULL : arena_printf(cx->arena, "%lld", (long long)next));
  json_object_end(&o);
  sheet_reply_json(cx, rq, &body);
  return ERR_OK;
}

/* ---- Files ---- */

/* One change: its pointer, before, after. False at the end of the list, or where the JSON is none. */
static bool next_change(struct json *j, const char **out_pointer, const char *out_sides[2], size_t out_n[2])
{
  *out_pointer = "";
  out_n[0] = out_n[1] = 0;
  if (json_next(j) != JSON_OBJECT)
    return false;
  while (json_next(j) == JSON_KEY) {
    int side = strcmp(j->text, "before") == 0 ? 0 : 1;
    if (strcmp(j->text, "pointer") == 0) {
      if (json_next(j) != JSON_STRING)
        return false;
      *out_pointer = j->text;
    } else if (!json_skip(j, &out_sides[side], &out_n[side]))
      return false;
  }
  return true;
}

/* "/price: 100 > 200; /name: null > {...}" */
static const char *changes_text(struct arena *a, const char *data)
{
  struct json j;
  struct buf b;
  buf_init(&b, a);
  json_init(&j, data, strlen(data), a);
  if (json_next(&j) != JSON_OBJECT)
    return NULL;
  while (json_next(&j) == JSON_KEY) {
    const char *pointer, *sides[2] = {"", ""};
    size_t n[2];
    bool found = strcmp(j.text, "changes") == 0;
    if (!found && !json_skip(&j, sides, n))
      break;
    if (!found)
      continue;
    if (json_next(&j) == JSON_ARRAY)
      while (next_change(&j, &pointer, sides, n)) {
        buf_printf(&b, "%s%s: %.*s > %.*s", b.n ? "; " : "", pointer, (int)n[0], sides[0], (int)n[1], sides[1]);
      }
    break;
  }
  return b.n ? buf_str(&b) : NULL;
}

static void file_row(struct sheet *s, struct arena *a, const struct feed_entry *e)
{
  sheet_row(s);
  sheet_instant(s, e->at);
  sheet_text(s, actor_kinds[e->actor_kind]);
  sheet_text(s, e->actor);
  sheet_text(s, e->actor_name);
  sheet_text(s, e->topic);
  sheet_text(s, e->subject_kind);
  sheet_text(s, e->subject);
  sheet_text(s, e->subject_name);
  sheet_text(s, changes_text(a, e->data));
  sheet_text(s, e->request_id);
}

static enum err file_slice(struct ctx *cx, struct audit_query *q, struct sheet *s, int64_t *out_next)
{
  feed_entries entries = {0};
  TRY(audit_read(cx, q, &entries, out_next));
  TRY(name_all(cx, &entries));
  EACH (const struct feed_entry, e, &entries)
    file_row(s, cx->arena, e);
  return ERR_OK;
}

static enum err file_rows(struct ctx *cx, struct audit_query *q, struct sheet *s, int64_t *out_next)
{
  static const char *const heads[] = {"at",           "actor_kind", "actor",        "actor_name", "topic",
                                      "subject_kind", "subject",    "subject_name", "changes",    "request_id"};
  struct arena *whole = cx->arena, *slice = arena_new(SLICE_ARENA);
  enum err err = ERR_OK;
  sheet_row(s);
  for (size_t i = 0; i < COUNT_OF(heads); i++)
    sheet_head(s, heads[i]);
  q->limit = API_LIMIT_MAX;
  do {
    arena_reset(slice);
    cx->arena = slice;
    db_use(cx->db, &cx->fault, slice);
    err = file_slice(cx, q, s, out_next);
    q->before = *out_next;
  } while (!err && *out_next != ABSENT && sheet_rows_n(s) <= API_EXPORT_ROWS_MAX && sheet_bytes(s) < API_EXPORT_MAX);
  cx->arena = whole;
  db_use(cx->db, &cx->fault, whole);
  arena_free(slice);
  return err;
}

static enum err serve_file(struct ctx *cx, const struct api_request *rq, struct audit_query *q,
                           enum sheet_format format)
{
  atomic_int *exports = &rq->api->exports;
  int64_t next = ABSENT;
  struct sheet *s;
  TRY(place_take(cx, exports, API_EXPORTS, "other exports are running"));
  enum err err = sheet_new(cx, format, "audit", &s);
  if (!err)
    err = file_rows(cx, q, s, &next);
  if (!err)
    err = sheet_reply(cx, rq, s, sheet_file_name(cx, rq->http->target),
                      next == ABSENT ? NULL : arena_printf(cx->arena, "%lld", (long long)next));
  place_leave(exports);
  return err;
}

static enum err serve_audit(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  enum sheet_format format;
  struct audit_query q;
  (void)out;
  TRY(read_query(cx, rq->params, &q));
  TRY(sheet_format_of(cx, rq, rq->params[PARAM_FORMAT].text, &format));
  return format == SHEET_NONE ? serve_page(cx, rq, &q) : serve_file(cx, rq, &q, format);
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

static const struct api_param verify_params[] = {
    {"again", REC_BOOL, "From the first event, whatever was proved before", "true"},
    {0},
};

static enum err serve_verify(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct proof *proof = &rq->api->proof;
  struct audit_proof *p = ARENA_NEW(cx->arena, struct audit_proof);
  int64_t bad = 0;
  bool more = false;
  TRY(feed_last(cx, &p->last));
  pthread_mutex_lock(&proof->lock);
  struct feed_head head = proof->head;
  pthread_mutex_unlock(&proof->lock);
  if (rq->params[0].i64 == 1 || head.seq > p->last)
    head = (struct feed_head){0};
  TRY(feed_verify_on(cx, &head, VERIFY_AT_ONCE, &bad, &more));
  if (bad)
    head = (struct feed_head){0};
  pthread_mutex_lock(&proof->lock);
  proof->head = head;
  pthread_mutex_unlock(&proof->lock);
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
