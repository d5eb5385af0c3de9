/* The life of a kept file: brought, mapped, tried, run, thrown away. */
#include "upload_priv.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK = 256 * 1024, SLICE = 4 * CHUNK /* of one act: other acts wait for its transaction */ };

/* ---- Reading ------------------------------------------------------------------------------------------------------------- */

static enum err row_load(struct ctx *cx, const char *id, struct upload *out)
{
  int64_t n;
  rec_init(&upload_rec, out);
  if (!id || !id_parse(PREFIX_import, id, &n))
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no import %s", id ? id : "");
  out->id.v = n;
  out->bucket = bucket_of_id(n);
  enum err err = db_get(cx->db, &upload_table, out);
  if (err == ERR_NOT_FOUND || (err == ERR_OK && (out->expires_at.ms <= cx->now.ms || !*out->fingerprint)))
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no import %s: files are kept for %d hours", id, UPLOAD_KEPT_HOURS);
  return err;
}

enum err upload_load(struct ctx *cx, const char *id, struct upload *out)
{
  return row_load(cx, id, out);
}

enum err upload_need(struct ctx *cx, const struct upload *u)
{
  enum upload_kind kind = (enum upload_kind)u->kind;
  bool own = u->actor_kind == (int)cx->actor.kind && u->actor_id == cx->actor.id;
  TRY(ctx_need(cx, upload_permission(kind)));
  return own || !upload_is_personal(kind) ? ERR_OK : ctx_need(cx, PERM_PERSONAL_READ);
}

static enum err read_packed(struct ctx *cx, const struct upload *u, struct buf *out)
{
  static const struct db_stmt read = {"SELECT bytes FROM import_chunk WHERE bucket = $1 AND import_id = $2 ORDER BY n",
                                      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &read, &rows, DB_ARGS(I64(u->bucket), I64(u->id.v))));
  while (db_next(&rows)) {
    size_t n;
    const void *bytes = db_bytes(&rows, 0, &n);
    buf_add(out, bytes, n);
  }
  return db_done(&rows);
}

enum err upload_bytes(struct ctx *cx, const struct upload *u, char **out, size_t *out_n)
{
  struct buf packed;
  uLongf n = (uLongf)u->file->bytes;
  buf_init(&packed, cx->arena);
  TRY(read_packed(cx, u, &packed));
  char *bytes = malloc(n + 1);
  assert(bytes);
  if (!packed.n || uncompress((Bytef *)bytes, &n, (const Bytef *)packed.at, packed.n) != Z_OK ||
      n != (uLongf)u->file->bytes) {
    free(bytes);
    return err_fail(cx, ERR_INTERNAL, "", "the kept bytes of import %lld cannot be read", (long long)u->id.v);
  }
  *out = bytes;
  *out_n = n;
  return ERR_OK;
}

enum err upload_waiting(struct ctx *cx, struct import_id *out)
{
  static const struct db_stmt find = {"SELECT id FROM import_file WHERE (state = 'checking' OR state = 'running') AND "
                                      "claimed_until <= $1 ORDER BY claimed_until, id LIMIT 1",
                                      DB_LIST};
  out->v = 0;
  return db_one_i64(cx->db, &find, &out->v, DB_ARGS(I64(cx->now.ms)));
}

enum err upload_errors_kept(struct ctx *cx, const struct upload *u, int64_t *out_last, int64_t *out_raw)
{
  static const struct db_stmt kept = {"SELECT coalesce(max(n), 0), CAST(coalesce(sum(length(raw)), 0) AS BIGINT)"
                                      " FROM import_error WHERE bucket = $1 AND import_id = $2",
                                      DB_KEYED};
  struct db_rows rows;
  *out_last = *out_raw = 0;
  TRY(db_query(cx->db, &kept, &rows, DB_ARGS(I64(u->bucket), I64(u->id.v))));
  while (db_next(&rows)) {
    *out_last = db_i64(&rows, 0);
    *out_raw = db_i64(&rows, 1);
  }
  return db_done(&rows);
}

/* ---- What the acts share --------------------------------------------------------------------------------------------------- */

struct facts {
  const struct act_input *in;
  struct upload u;
  struct upload_defaults defaults;
  const char *saved; /* JSON of a mapping, or NULL */
  struct upload_change change;
};
struct plan {
  struct upload u;
  const struct upload_creation *creation;
  const struct upload_step *step;
  const char *topic;  /* NULL = nothing is told */
  bool keep_mapping;  /* it was good enough to run */
  const char *owner_before;
  int64_t version_before;
};

/* What the plan of a change begins with. */
static struct plan plan_of(const struct facts *f)
{
  return (struct plan){.u = f->u, .owner_before = f->u.owner, .version_before = f->u.version};
}

static bool is_busy(const struct upload *u)
{
  return u->state == UPLOAD_CHECKING || u->state == UPLOAD_RUNNING;
}

static enum err facts_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct facts *f = out;
  f->in = in;
  TRY(row_load(cx, in->id, &f->u));
  TRY(upload_need(cx, &f->u));
  TRY(version_check(cx, f->u.bucket, f->u.id.v, f->u.version, in->version));
  return upload_defaults_load(cx, &f->defaults);
}

static const char *told(struct ctx *cx, const struct upload *u)
{
  struct buf b;
  struct json_out o;
  const struct upload_counts *n = u->state == UPLOAD_CHECKED ? &u->checked : &u->ran;
  buf_init(&b, cx->arena);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "kind", upload_kinds[u->kind]);
  json_put_text(&o, "state", upload_states[u->state]);
  json_put_text(&o, "file_name", u->file_name);
  json_put_i64(&o, "rows", n->rows);
  json_put_i64(&o, "new", n->fresh);
  json_put_i64(&o, "changed", n->changed);
  json_put_i64(&o, "wrong", n->wrong);
  json_object_end(&o);
  return buf_str(&b);
}

static enum err tell(struct ctx *cx, const struct plan *p)
{
  if (!p->topic)
    return ERR_OK;
  return event_emit(cx, &(struct event_draft){.topic = p->topic,
                                              .subject_kind = "import",
                                              .subject_prefix = PREFIX_import,
                                              .bucket = p->u.bucket,
                                              .subject_id = p->u.id.v,
                                              .version = p->u.version,
                                              .data = told(cx, &p->u)});
}

static enum err remember(struct ctx *cx, const struct upload *u)
{
  static const struct db_stmt put = {"INSERT INTO import_mapping (fingerprint, mapping, used_at) VALUES ($1, $2, $3)"
                                     " ON CONFLICT (fingerprint) DO UPDATE SET mapping = excluded.mapping, used_at = "
                                     "excluded.used_at",
                                     DB_KEYED};
  struct buf b;
  buf_init(&b, cx->arena);
  rec_write(&upload_mapping_rec, u->mapping, NULL, &b);
  return db_run(cx->db, &put, NULL, DB_ARGS(TEXT(u->fingerprint), TEXT(buf_str(&b)), I64(cx->now.ms)));
}

/* Nobody else has moved it since it was loaded. */
static enum err guard(struct ctx *cx, const struct plan *p)
{
  static const struct db_stmt hold = {
      "UPDATE import_file SET owner = $3 WHERE bucket = $1 AND id = $2 AND owner = $3 AND "
      "version = $4",
      DB_KEYED};
  int64_t rows = 0;
  TRY(db_run(cx->db, &hold, &rows,
             DB_ARGS(I64(p->u.bucket), I64(p->u.id.v), TEXT(p->owner_before), I64(p->version_before))));
  return rows == 1 ? ERR_OK : act_guard_missed(cx, "the import");
}

static enum err apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct plan *p = plan;
  struct upload *u = arena_copy(cx->arena, &p->u, sizeof p->u);
  TRY(guard(cx, p));
  if (p->keep_mapping)
    TRY(remember(cx, u));
  TRY(db_update(cx->db, &upload_table, u));
  TRY(tell(cx, p));
  *out = (struct act_result){.rec = &upload_rec, .value = u, .version = u->version};
  return ERR_OK;
}

/* The next step of its life. */
static void move(struct ctx *cx, struct plan *p, enum upload_state to, const char *topic)
{
  p->u.state = (int)to;
  p->u.version++;
  p->u.updated_at = cx->now;
  p->topic = topic;
}

#define UPLOAD_ACT(name_, load_, decide_, apply_)                                                                      \
  {                                                                                                                    \
    name_, sizeof(struct facts), sizeof(struct plan), load_, decide_, apply_, 0                                        \
  }

/* ---- Bringing ---------------------------------------------------------------------------------------------------------------- */

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_stmt saved = {"SELECT mapping FROM import_mapping WHERE fingerprint = $1", DB_KEYED};
  struct facts *f = out;
  const struct upload_creation *c = in->body;
  struct db_rows rows;
  f->in = in;
  f->u = c->upload;
  TRY(db_query(cx->db, &saved, &rows, DB_ARGS(TEXT(f->u.fingerprint))));
  if (db_next(&rows))
    f->saved = db_text(&rows, 0);
  TRY(db_done(&rows));
  return upload_defaults_load(cx, &f->defaults);
}

static const char *scope_text(struct ctx *cx)
{
  const struct row_scope *s = cx->actor.scope;
  struct buf b;
  struct json_out o;
  buf_init(&b, cx->arena);
  json_out_init(&o, &b);
  json_object(&o);
  json_key(&o, "locations");
  json_array(&o);
  for (size_t i = 0; s && i < s->n_locations; i++)
    json_text(&o, s->locations[i]);
  json_array_end(&o);
  json_key(&o, "channels");
  json_array(&o);
  for (size_t i = 0; s && i < s->n_channels; i++)
    json_text(&o, s->channels[i]);
  json_array_end(&o);
  json_object_end(&o);
  return buf_str(&b);
}

static void sign(struct ctx *cx, struct upload *u)
{
  u->actor_kind = (int)cx->actor.kind;
  u->actor_id = cx->actor.id;
  u->actor_name = cx->actor.name ? cx->actor.name : "";
  u->actor_rights = (int64_t)cx->actor.permissions;
  u->actor_scope = scope_text(cx);
}

/* As it is kept, for so long. */
static void begin(struct ctx *cx, struct upload *u, int64_t kept_ms)
{
  sign(cx, u);
  u->version = 1;
  u->owner = "";
  u->claimed_until = INSTANT(0);
  u->created_at = u->updated_at = cx->now;
  u->expires_at = INSTANT(cx->now.ms + kept_ms);
}

static enum err draw_and_insert(struct ctx *cx, struct upload *u)
{
  u->bucket = ids_bucket_random(cx->ids);
  u->id.v = ids_next(cx->ids, cx->now, u->bucket);
  return db_insert(cx->db, &upload_table, u);
}

/* From where they are kept, which is where a chunk begins. */
static enum err put_chunks(struct ctx *cx, const struct upload *u, const struct upload_creation *c, size_t to)
{
  static const struct db_stmt put = {"INSERT INTO import_chunk (bucket, import_id, n, bytes) VALUES ($1, $2, $3, $4)",
                                     DB_KEYED};
  for (size_t at = c->kept; at < to; at += CHUNK) {
    size_t left = to - at < CHUNK ? to - at : CHUNK;
    TRY(db_run(cx->db, &put, NULL,
               DB_ARGS(I64(u->bucket), I64(u->id.v), I64((int64_t)(at / CHUNK)), BYTES(c->packed + at, left))));
  }
  return ERR_OK;
}

/* Until it is whole it has no fingerprint; one that never is goes soon. */
static enum err keep_load(struct ctx *cx, const struct act_input *in, void *out)
{
  (void)cx;
  *(const struct upload_creation **)out = in->body;
  return ERR_OK;
}

static enum err keep_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct upload_creation *c = *(const struct upload_creation *const *)facts;
  struct plan *p = out;
  *p = (struct plan){.u = c->upload, .creation = c};
  begin(cx, &p->u, UPLOAD_BROUGHT_MS);
  p->u.fingerprint = "";
  return ERR_OK;
}

static enum err keep_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct plan p = *(const struct plan *)plan;
  TRY(p.u.id.v ? ERR_OK : draw_and_insert(cx, &p.u));
  TRY(put_chunks(cx, &p.u, p.creation, p.creation->kept + SLICE));
  *out = (struct act_result){.rec = &upload_rec, .value = arena_copy(cx->arena, &p.u, sizeof p.u), .version = ABSENT};
  return ERR_OK;
}

static const struct act upload_keep_act = {
    "import.keep", sizeof(void *), sizeof(struct plan), keep_load, keep_decide, keep_apply, 0};

enum err upload_keep(struct ctx *cx, struct writer *w, struct upload_creation *c)
{
  while (c->n - c->kept > SLICE) {
    struct act_call call = {.act = &upload_keep_act,
                            .in = {.body = c, .version = ABSENT},
                            .arena = cx->arena,
                            .actor = cx->actor,
                            .success = 200,
                            .deadline = INSTANT(ABSENT)};
    fault_init(&call.fault, cx->arena);
    enum err err = writer_run(w, &call);
    if (err != ERR_OK) {
      cx->fault = call.fault;
      return err;
    }
    const struct upload *u = call.result.value;
    c->upload.bucket = u->bucket;
    c->upload.id = u->id;
    c->kept += SLICE;
  }
  return ERR_OK;
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct facts *f = facts;
  struct plan *p = out;
  struct upload_mapping *saved = ARENA_NEW(cx->arena, struct upload_mapping);
  struct fault aside;
  *p = (struct plan){.u = f->u, .creation = f->in->body};
  fault_init(&aside, cx->arena);
  rec_init(&upload_mapping_rec, saved);
  if (f->saved && rec_read(&upload_mapping_rec, f->saved, strlen(f->saved), "", cx->arena, &aside, saved) == ERR_OK) {
    p->u.mapping = saved;
    p->u.mapping_source = "saved";
  } else {
    *saved = *f->u.mapping;
    upload_assume(cx->arena, (enum upload_kind)f->u.kind, &f->defaults, saved);
    p->u.mapping = saved;
  }
  begin(cx, &p->u, UPLOAD_KEPT_HOURS * HOUR_MS);
  p->u.state = UPLOAD_MAPPED;
  p->topic = "import.created";
  return ERR_OK;
}

static enum err create_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct plan p = *(const struct plan *)plan;
  char id[ID_TEXT];
  TRY(p.u.id.v ? db_update(cx->db, &upload_table, &p.u) : draw_and_insert(cx, &p.u));
  TRY(put_chunks(cx, &p.u, p.creation, p.creation->n));
  TRY(tell(cx, &p));
  id_format(PREFIX_import, p.u.id.v, id);
  *out = (struct act_result){.rec = &upload_rec,
                             .value = arena_copy(cx->arena, &p.u, sizeof p.u),
                             .location = arena_printf(cx->arena, "/v1/imports/%s", id),
                             .version = p.u.version};
  return ERR_OK;
}

const struct act upload_create_act = UPLOAD_ACT("import.create", create_load, create_decide, create_apply);

/* ---- Mapping -------------------------------------------------------------------------------------------------------------------- */

static enum err refuse_busy(struct ctx *cx, const struct upload *u)
{
  return is_busy(u) ? err_fail(cx, ERR_STATE, "/state", "a pass is under way; cancel it first") : ERR_OK;
}

/* What is wrong with the body is said first. */
static enum err change_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct facts *f = out;
  rec_init(&upload_change_rec, &f->change);
  TRY(rec_read(&upload_change_rec, in->json, in->json_n, "", cx->arena, &cx->fault, &f->change));
  return facts_load(cx, in, out);
}

static enum err change_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct facts *f = facts;
  struct plan *p = out;
  struct mapping *compiled;
  TRY(refuse_busy(cx, &f->u));
  *p = plan_of(f);
  p->u.mapping = f->change.mapping;
  p->u.mapping_source = "given";
  TRY(upload_compile(&p->u, &f->defaults, cx->arena, &cx->fault, &compiled));
  move(cx, p, UPLOAD_MAPPED, "import.mapped");
  return ERR_OK;
}

const struct act upload_change_act = UPLOAD_ACT("import.map", change_load, change_decide, apply);

/* ---- Passes ------------------------------------------------------------------------------------------------------------------------ */

static enum err start_decide(struct ctx *cx, const struct facts *f, enum upload_state to, struct plan *p)
{
  struct mapping *compiled;
  TRY(refuse_busy(cx, &f->u));
  TRY(upload_compile(&f->u, &f->defaults, cx->arena, &cx->fault, &compiled));
  *p = plan_of(f);
  p->keep_mapping = to == UPLOAD_RUNNING;
  sign(cx, &p->u);
  p->u.documents_done = p->u.errors = 0;
  p->u.message = NULL;
  p->u.finished_at = INSTANT(ABSENT);
  p->u.owner = "";
  p->u.claimed_until = INSTANT(0);
  *(to == UPLOAD_RUNNING ? &p->u.ran : &p->u.checked) = (struct upload_counts){0};
  move(cx, p, to, "import.started");
  return ERR_OK;
}

static enum err check_decide(struct ctx *cx, const void *facts, void *out)
{
  return start_decide(cx, facts, UPLOAD_CHECKING, out);
}

static enum err run_decide(struct ctx *cx, const void *facts, void *out)
{
  return start_decide(cx, facts, UPLOAD_RUNNING, out);
}

static enum err cancel_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct facts *f = facts;
  struct plan *p = out;
  *p = plan_of(f);
  if (!is_busy(&f->u))
    return ERR_OK;
  p->u.finished_at = cx->now;
  move(cx, p, UPLOAD_CANCELLED, "import.finished");
  return ERR_OK;
}

const struct act upload_check_act = UPLOAD_ACT("import.check", facts_load, check_decide, apply);
const struct act upload_run_act = UPLOAD_ACT("import.run", facts_load, run_decide, apply);
const struct act upload_cancel_act = UPLOAD_ACT("import.cancel", facts_load, cancel_decide, apply);

/* ---- Throwing away -------------------------------------------------------------------------------------------------------------------- */

static enum err delete_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct facts *f = facts;
  struct plan *p = out;
  TRY(refuse_busy(cx, &f->u));
  *p = plan_of(f);
  move(cx, p, (enum upload_state)f->u.state, "import.deleted");
  return ERR_OK;
}

/* Nobody sees it from now on; what it holds goes with the expired ones, a slice at a time. */
static enum err delete_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct plan p = *(const struct plan *)plan;
  (void)out;
  TRY(guard(cx, &p));
  p.u.expires_at = cx->now;
  TRY(db_update(cx->db, &upload_table, &p.u));
  return tell(cx, &p);
}

const struct act upload_delete_act = UPLOAD_ACT("import.delete", facts_load, delete_decide, delete_apply);

enum err uploads_expired(struct ctx *cx, struct bucket_groups groups, struct import_id *out)
{
  static const struct db_stmt find = {"SELECT id FROM import_file WHERE expires_at <= $1 AND " IN_GROUPS(
                                          "bucket", "$2") " ORDER BY expires_at, id LIMIT 1",
                                      DB_LIST};
  out->v = 0;
  return db_one_i64(cx->db, &find, &out->v, DB_ARGS(I64(cx->now.ms), I64(groups.bits)));
}

/* What goes with one act: other acts wait for its transaction. */
enum { ERRORS_SLICE = UPLOAD_FORGET, CHUNKS_SLICE = 8 };

struct expiry {
  int64_t bucket, id;
  bool gone;            /* somebody else was faster */
  int64_t error, chunk; /* the first of each that is left, ABSENT = none */
};

static enum err expire_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_stmt
      file = {"SELECT id FROM import_file WHERE bucket = $1 AND id = $2 AND expires_at <= $3", DB_KEYED},
      error = {"SELECT n FROM import_error WHERE bucket = $1 AND import_id = $2 ORDER BY n LIMIT 1", DB_KEYED},
      chunk = {"SELECT n FROM import_chunk WHERE bucket = $1 AND import_id = $2 ORDER BY n LIMIT 1", DB_KEYED};
  struct expiry *e = out;
  int64_t found = 0;
  *e = (struct expiry){.error = ABSENT, .chunk = ABSENT};
  e->gone = !id_parse(PREFIX_import, in->id, &e->id);
  if (e->gone)
    return ERR_OK;
  e->bucket = bucket_of_id(e->id);
  TRY(db_one_i64(cx->db, &file, &found, DB_ARGS(I64(e->bucket), I64(e->id), I64(cx->now.ms))));
  e->gone = !found;
  TRY(db_one_i64(cx->db, &error, &e->error, DB_ARGS(I64(e->bucket), I64(e->id))));
  return db_one_i64(cx->db, &chunk, &e->chunk, DB_ARGS(I64(e->bucket), I64(e->id)));
}

static enum err expire_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct expiry *)out = *(const struct expiry *)facts;
  return ERR_OK;
}

static enum err expire_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt errors = {"DELETE FROM import_error WHERE bucket = $1 AND import_id = $2 AND n < $3",
                                        DB_KEYED},
                              chunks = {"DELETE FROM import_chunk WHERE bucket = $1 AND import_id = $2 AND n < $3",
                                        DB_KEYED},
                              file = {"DELETE FROM import_file WHERE bucket = $1 AND id = $2", DB_KEYED};
  const struct expiry *e = plan;
  (void)out;
  if (e->gone)
    return ERR_OK;
  if (e->error != ABSENT)
    return db_run(cx->db, &errors, NULL, DB_ARGS(I64(e->bucket), I64(e->id), I64(e->error + ERRORS_SLICE)));
  if (e->chunk != ABSENT)
    return db_run(cx->db, &chunks, NULL, DB_ARGS(I64(e->bucket), I64(e->id), I64(e->chunk + CHUNKS_SLICE)));
  return db_run(cx->db, &file, NULL, DB_ARGS(I64(e->bucket), I64(e->id)));
}

const struct act upload_expire_act = {
    "imports.expire", sizeof(struct expiry), sizeof(struct expiry), expire_load, expire_decide, expire_apply, 0};

/* ---- The worker's ------------------------------------------------------------------------------------------------------------------------ */

static enum err step_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct facts *f = out;
  f->in = in;
  return row_load(cx, in->id, &f->u);
}

static enum err claim(struct ctx *cx, const struct facts *f, const struct upload_step *s, struct plan *p)
{
  if (!is_busy(&f->u) || (f->u.claimed_until.ms > cx->now.ms && !text_eq(f->u.owner, s->owner)))
    return err_fail(cx, ERR_STATE, "/state", "another process works on it, or nothing is to be done");
  p->u.owner = s->owner;
  p->u.claimed_until = INSTANT(cx->now.ms + UPLOAD_CLAIM_MS);
  return ERR_OK;
}

static void note(struct ctx *cx, const struct upload_step *s, struct plan *p)
{
  bool running = p->u.state == UPLOAD_RUNNING;
  p->u.documents_done = s->documents_done;
  *(running ? &p->u.ran : &p->u.checked) = s->counts;
  p->u.claimed_until = INSTANT(cx->now.ms + UPLOAD_CLAIM_MS);
  if (!s->end)
    return;
  p->u.message = s->message;
  p->u.finished_at = cx->now;
  p->u.owner = "";
  p->u.claimed_until = INSTANT(0);
  move(cx, p, s->cancel ? UPLOAD_CANCELLED : s->message ? UPLOAD_FAILED : running ? UPLOAD_DONE : UPLOAD_CHECKED,
       "import.finished");
}

static enum err step_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct facts *f = facts;
  const struct upload_step *s = f->in->body;
  struct plan *p = out;
  *p = plan_of(f);
  p->step = s;
  if (s->claim)
    return claim(cx, f, s, p);
  if (!is_busy(&f->u) || !text_eq(f->u.owner, s->owner))
    return err_fail(cx, ERR_STATE, "/state", "the pass was cancelled, or taken over");
  if (s->forget)
    p->u.claimed_until = INSTANT(cx->now.ms + UPLOAD_CLAIM_MS);
  else
    note(cx, s, p);
  return ERR_OK;
}

static enum err step_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt forget = {"DELETE FROM import_error WHERE bucket = $1 AND import_id = $2 AND n <= $3",
                                        DB_KEYED};
  struct plan p = *(const struct plan *)plan;
  TRY(guard(cx, &p));
  if (p.step->forget)
    TRY(db_run(cx->db, &forget, NULL, DB_ARGS(I64(p.u.bucket), I64(p.u.id.v), I64(p.step->forget))));
  EACH (const struct upload_error, e, &p.step->errors) {
    struct upload_error row = *e;
    if (p.u.errors >= UPLOAD_ERRORS_MAX)
      break;
    row.bucket = p.u.bucket;
    row.import_id = p.u.id.v;
    row.n = ++p.u.errors;
    TRY(db_insert(cx->db, &upload_error_table, &row));
  }
  TRY(db_update(cx->db, &upload_table, &p.u));
  TRY(tell(cx, &p));
  *out =
      (struct act_result){.rec = &upload_rec, .value = arena_copy(cx->arena, &p.u, sizeof p.u), .version = p.u.version};
  return ERR_OK;
}

const struct act upload_step_act = UPLOAD_ACT("import.step", step_load, step_decide, step_apply);

enum err uploads_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, file_name FROM import_file WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
