/* Passes over brought files. A batch of records is decided against what is there, its calls are committed together, then the
 * step is noted: a process that dies between the two finds these records unchanged when it goes on. */
#include "import_work.h"

#include "app.h"
#include "identity.h"
#include "import_record.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
  BATCH = 200,
  IDLE_MS = 250,
  NICE = 5,
  ARENA_BUDGET = 64 << 20,
  RAW_MAX = 20000, /* bytes of a row that an error keeps */
  DETAIL_MAX = 900,
  ATTEMPTS = 3, /* of a call that fails inside the server; then that is what is wrong with its row */
};

struct import_work {
  struct writer *writer;
  struct clock clock;
  const char *owner;
  struct db *db;
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  bool stopping;
};

/* Keys of a file's records so far, to find those that stand in it twice. */
struct key_set {
  uint64_t *at;
  size_t n, cap;
};

struct pass {
  struct import_work *iw;
  struct arena *arena; /* of the whole pass */
  struct ctx cx;
  struct upload u;
  const char *id;
  struct upload_text text;
  struct mapping *mapping;
  struct import_reader *reader;
  struct import_door *door;
  struct upload_counts counts;
  struct key_set keys;
  int64_t raw_left; /* bytes of wrong rows that may still be kept */
  bool dry, ended;
  const char *message; /* why it cannot go on */
  bool stopped;        /* ... which is that nobody is there any more in whose name it could */
  struct actor then, actor; /* who began it, as he was; what is left of his rights now */
  struct import_document documents[BATCH];
  struct record records[BATCH];
  struct arena *arenas[BATCH];
  size_t n;
};

static bool is_stopping(struct import_work *iw)
{
  pthread_mutex_lock(&iw->lock);
  bool stopping = iw->stopping;
  pthread_mutex_unlock(&iw->lock);
  return stopping;
}

/* ---- Keys ---- */

static bool key_add(struct key_set *s, uint64_t key)
{
  if (s->n * 2 >= s->cap) {
    struct key_set bigger = {.cap = s->cap ? s->cap * 2 : 4096};
    bigger.at = calloc(bigger.cap, sizeof *bigger.at);
    assert(bigger.at);
    for (size_t i = 0; i < s->cap; i++)
      if (s->at[i])
        (void)key_add(&bigger, s->at[i]);
    free(s->at);
    *s = bigger;
  }
  size_t i = key & (s->cap - 1);
  while (s->at[i] && s->at[i] != key)
    i = (i + 1) & (s->cap - 1);
  if (s->at[i] == key)
    return false;
  s->at[i] = key;
  s->n++;
  return true;
}

/* ---- Steps ---- */

static enum err step(struct pass *p, struct upload_step *s, struct arena *a, struct upload *out)
{
  s->owner = p->iw->owner;
  struct act_call call = {.act = &upload_step_act,
                          .in = {.id = p->id, .body = s, .version = ABSENT},
                          .arena = a,
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(p->iw->writer, &call);
  if (err != ERR_OK && err != ERR_STATE && err != ERR_NOT_FOUND)
    log_line(LOG_WARN, "an import could not be moved on", "%s: %s", p->id,
             call.fault.detail ? call.fault.detail : err_info(err)->title);
  if (err == ERR_OK && out)
    *out = *(const struct upload *)call.result.value;
  return err;
}

/* ---- Errors ---- */

static const char *field_of(const struct pass *p, const char *column, const char *pointer, struct arena *a)
{
  EACH (const struct upload_rule, r, &p->u.mapping->columns)
    if (column && text_eq(r->column, column))
      return r->field;
  if (!pointer || !*pointer)
    return NULL;
  char *path = arena_text(a, pointer + 1);
  for (char *c = path; *c; c++)
    *c = *c == '/' ? '.' : *c;
  return utf8_cut(a, path, 120);
}

static void add_error(struct pass *p, struct arena *a, struct upload_step *s, const struct record *r,
                      const char *pointer, const char *code, const char *detail, bool first)
{
  struct import_place place = import_locate(r->d, pointer ? pointer : "");
  const char *raw = first ? import_raw(r->d, r->arena) : NULL;
  if ((int64_t)s->errors.n + p->u.errors >= UPLOAD_ERRORS_MAX)
    return;
  if (raw && (strlen(raw) > RAW_MAX || (int64_t)strlen(raw) > p->raw_left))
    raw = "";
  p->raw_left -= raw ? (int64_t)strlen(raw) : 0;
  *LIST_ADD(a, &s->errors) = (struct upload_error){
      .line = place.line,
      .column = place.column,
      .field = field_of(p, place.column, pointer, a),
      .code = code ? code : "invalid",
      .detail = detail ? utf8_cut(a, detail, DETAIL_MAX) : "",
      .key = utf8_cut(a, r->name ? r->name : r->d->key, 200),
      .raw = raw,
  };
}

static void tell_wrong(struct pass *p, struct arena *a, struct upload_step *s, const struct record *r)
{
  bool first = true;
  for (size_t i = 0; i < r->d->fault.n && r->d->faulty; i++, first = false)
    add_error(p, a, s, r, r->d->fault.entries[i].pointer, r->d->fault.entries[i].code, r->d->fault.entries[i].detail,
              first);
  EACH (const struct import_problem, problem, &r->problems) {
    add_error(p, a, s, r, problem->pointer, problem->code, problem->detail, first);
    first = false;
  }
}

/* ---- Batches ---- */

static void decide(struct pass *p, struct record *r, struct import_document *d, struct arena *a)
{
  struct ctx *cx = &p->cx;
  *r = (struct record){.d = d, .arena = a, .fate = RECORD_WRONG};
  if (!d->json)
    return;
  fault_init(&cx->fault, a);
  cx->arena = a;
  db_use(p->iw->db, &cx->fault, a);
  enum err err = record_decide(cx, &p->u, p->u.mapping->update, r);
  if (err != ERR_OK) { /* the database, not the row */
    p->message = arena_text(p->arena, cx->fault.detail ? cx->fault.detail : err_info(err)->title);
    return;
  }
  if (r->key && !key_add(&p->keys, r->key)) {
    r->n_calls = 0;
    r->fate = RECORD_WRONG;
    *LIST_ADD(a, &r->problems) =
        (struct import_problem){"", "twice", "the file has this record in an earlier row already"};
  }
}

/* Keeps the claim while records are passed over. */
static bool hold_on(struct pass *p, struct arena *a)
{
  arena_reset(a);
  return !is_stopping(p->iw) && step(p, &(struct upload_step){.claim = true}, a, NULL) == ERR_OK;
}

/* The next records. Those that an earlier process did are only remembered; there may be many, so that the claim is renewed
 * as often as when they were written. False when the pass is over for this process. */
static bool fill(struct pass *p)
{
  size_t passed = 0;
  p->n = 0;
  while (p->n < BATCH && !p->ended && !p->message) {
    struct arena *a = p->arenas[p->n];
    struct fault f;
    if (!a)
      a = p->arenas[p->n] = arena_new(IMPORT_DOCUMENT);
    arena_reset(a);
    fault_init(&f, a);
    struct import_document *d = &p->documents[p->n];
    enum err err = import_next(p->reader, a, &f, d);
    p->ended = err == ERR_NOT_FOUND;
    if (err != ERR_OK && !p->ended)
      p->message = arena_text(p->arena, f.detail ? f.detail : "the file cannot be read");
    if (err != ERR_OK)
      return true;
    decide(p, &p->records[p->n], d, a);
    if (d->n > p->u.documents_done)
      p->n++;
    else if (++passed % BATCH == 0 && !hold_on(p, a))
      return false;
  }
  return true;
}

/* It says nothing of the row: the pass goes on later. */
static bool is_unreachable(const struct import_call *c)
{
  return c->status == 0 || c->status == 429 || c->status > 500;
}

/* Runs the calls, those that fail inside again, and gives the answers to their records. False when it must go on later. */
static bool send_calls(struct pass *p, size_t which, const struct import_call *asked, size_t *whose, size_t n)
{
  struct import_call *calls = ARENA_ARRAY(p->cx.arena, struct import_call, n + 1);
  for (int attempt = 0; n && attempt < ATTEMPTS; attempt++) {
    size_t again = 0;
    for (size_t i = 0; i < n; i++)
      calls[i] = asked[whose[i]];
    import_door_run(p->door, calls, n);
    for (size_t i = 0; i < n; i++) {
      p->records[whose[i]].calls[which] = calls[i];
      if (is_unreachable(&calls[i]))
        return false;
      if (calls[i].status == 500)
        whose[again++] = whose[i];
    }
    n = again;
  }
  return true;
}

/* All first calls of the batch's records, then all second ones: safety stock after the count. */
static bool send(struct pass *p, size_t which)
{
  struct import_call *asked = ARENA_ARRAY(p->cx.arena, struct import_call, p->n + 1);
  size_t whose[BATCH], n = 0;
  for (size_t i = 0; i < p->n; i++) {
    struct record *r = &p->records[i];
    if (r->n_calls <= which || (which && !import_fine(&r->calls[0])))
      continue;
    asked[i] = r->calls[which];
    if (p->dry)
      asked[i].key = NULL;
    whose[n++] = i;
  }
  return send_calls(p, which, asked, whose, n);
}

static void count(struct pass *p, const struct record *r)
{
  int64_t *const fates[] = {
      [RECORD_NEW] = &p->counts.fresh,
      [RECORD_CHANGED] = &p->counts.changed,
      [RECORD_UNCHANGED] = &p->counts.unchanged,
      [RECORD_WRONG] = &p->counts.wrong,
  };
  ++*fates[r->fate];
  p->counts.rows += r->d->rest.rows[0];
}

/* False when the pass is over for this process: cancelled, taken over, or the database is away. */
static bool settle(struct pass *p, struct arena *a)
{
  struct upload_step s = {.documents_done = p->u.documents_done,
                          .end = p->ended || p->message,
                          .cancel = p->stopped,
                          .message = p->message};
  for (size_t i = 0; i < p->n; i++) {
    struct record *r = &p->records[i];
    record_settle(r);
    count(p, r);
    if (r->fate == RECORD_WRONG)
      tell_wrong(p, a, &s, r);
    s.documents_done = r->d->n;
  }
  s.counts = p->counts;
  struct upload now;
  if (step(p, &s, a, &now) != ERR_OK)
    return false;
  p->u.documents_done = now.documents_done; /* the rest of it is the batch's memory */
  p->u.errors = now.errors;
  return !s.end;
}

/* Looks at the rights of who began the pass. Without them, or bound to places, it ends with why in p->message. False when the
 * database cannot be asked. */
static bool still_may(struct pass *p)
{
  enum err err = identity_present(&p->cx, &p->then, &p->actor);
  if (err == ERR_OK) {
    p->cx.actor = p->actor;
    err = p->actor.scope ? err_fail(&p->cx, ERR_FORBIDDEN, "", "%s is bound to some locations or channels now",
                                    p->then.name)
                         : upload_need(&p->cx, &p->u);
  }
  p->stopped = err == ERR_UNAUTHENTICATED || err == ERR_FORBIDDEN;
  if (p->stopped)
    p->message = arena_text(p->arena, p->cx.fault.detail ? p->cx.fault.detail : err_info(err)->title);
  return p->stopped || err == ERR_OK;
}

static bool run_batch(struct pass *p, struct arena *a)
{
  arena_reset(a);
  p->n = 0;
  p->cx.now = p->iw->clock.now(p->iw->clock.arg);
  fault_init(&p->cx.fault, a);
  p->cx.arena = a;
  db_use(p->iw->db, &p->cx.fault, a);
  if (ctx_masters_refresh(&p->cx) != ERR_OK || !still_may(p))
    return false;
  if (p->stopped)
    return settle(p, a);
  bool mine = fill(p);
  p->cx.arena = a;
  if (!mine)
    return false;
  for (size_t which = 0; which < RECORD_CALLS; which++)
    if (!send(p, which))
      return false;
  return settle(p, a);
}

/* ---- A pass ---- */

static enum err open_file(struct pass *p)
{
  struct upload_found found;
  struct upload_defaults defaults;
  char *bytes;
  size_t n;
  TRY(upload_defaults_load(&p->cx, &defaults));
  TRY(upload_bytes(&p->cx, &p->u, &bytes, &n));
  enum err err =
      upload_look(bytes, n, p->u.file->encoding, p->u.file->delimiter, p->arena, &p->cx.fault, &found, &p->text);
  free(bytes);
  TRY(err);
  TRY(upload_compile(&p->u, &defaults, p->arena, &p->cx.fault, &p->mapping));
  return import_open_text(p->mapping, p->text.at, p->text.n, &p->cx.fault, &p->reader);
}

static struct actor actor_of(const struct upload *u)
{
  return (struct actor){(enum actor_kind)u->actor_kind, u->actor_id, u->actor_name, (uint64_t)u->actor_rights, NULL};
}

/* Before a pass begins those of the one before go, a slice at a time. False when that must go on later. */
static bool forget_errors(struct pass *p, struct arena *a)
{
  int64_t last, raw;
  if (upload_errors_kept(&p->cx, &p->u, &last, &raw) != ERR_OK)
    return false;
  bool begins = p->u.documents_done == 0 && p->u.errors == 0;
  p->raw_left = (int64_t)UPLOAD_RAW_MAX - (begins ? 0 : raw);
  for (int64_t upto = UPLOAD_FORGET; begins && upto < last + UPLOAD_FORGET; upto += UPLOAD_FORGET) {
    arena_reset(a);
    if (step(p, &(struct upload_step){.forget = upto}, a, NULL) != ERR_OK)
      return false;
  }
  return true;
}

static void run_pass(struct pass *p)
{
  struct arena *a = arena_new(ARENA_BUDGET);
  p->then = p->actor = actor_of(&p->u);
  p->dry = p->u.state == UPLOAD_CHECKING;
  p->counts = p->dry ? p->u.checked : p->u.ran;
  p->cx.actor = p->actor;
  if (!forget_errors(p, a)) {
    arena_free(a);
    return;
  }
  enum err err = open_file(p);
  if (err != ERR_OK)
    p->message = arena_text(p->arena, p->cx.fault.detail ? p->cx.fault.detail : err_info(err)->title);
  if (p->message) {
    (void)settle(p, a);
  } else {
    p->door = import_door_of(p->iw->writer, p->iw->db, &p->actor, p->dry);
    while (!is_stopping(p->iw) && run_batch(p, a))
      ;
    p->door->close(p->door);
  }
  arena_free(a);
}

static void pass_done(struct pass *p)
{
  import_close(p->reader);
  free(p->text.at);
  free(p->keys.at);
  for (size_t i = 0; i < BATCH; i++)
    arena_free(p->arenas[i]);
  arena_free(p->arena);
  free(p);
}

/* True when there was something to do. */
static bool work_once(struct import_work *iw)
{
  struct pass *p = calloc(1, sizeof *p);
  struct import_id id = {0};
  char text[ID_TEXT];
  assert(p);
  p->iw = iw;
  p->arena = arena_new(ARENA_BUDGET);
  ctx_init(&p->cx, p->arena, iw->db, iw->clock.now(iw->clock.arg));
  db_use(iw->db, &p->cx.fault, p->arena);
  bool found = ctx_masters_refresh(&p->cx) == ERR_OK && upload_waiting(&p->cx, &id) == ERR_OK && id.v;
  if (found) {
    id_format(PREFIX_import, id.v, text);
    p->id = text;
    found = step(p, &(struct upload_step){.claim = true}, p->arena, &p->u) == ERR_OK;
  }
  if (found)
    run_pass(p);
  pass_done(p);
  return found;
}

/* ---- The thread ---- */

static bool sleep_a_while(struct import_work *iw)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += IDLE_MS * 1000000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_mutex_lock(&iw->lock);
  if (!iw->stopping)
    pthread_cond_timedwait(&iw->wake, &iw->lock, &until);
  bool go_on = !iw->stopping;
  pthread_mutex_unlock(&iw->lock);
  return go_on;
}

static void *work_main(void *arg)
{
  struct import_work *iw = arg;
  setpriority(PRIO_PROCESS, 0, NICE); /* on Linux of this thread alone: people at their screens go first */
  while (sleep_a_while(iw))
    while (!is_stopping(iw) && work_once(iw))
      ;
  return NULL;
}

struct import_work *import_work_start(struct writer *w, const char *url, struct clock clock, const char *owner)
{
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct import_work *iw = calloc(1, sizeof *iw);
  pthread_condattr_t monotonic;
  assert(iw);
  fault_init(&f, a);
  iw->writer = w;
  iw->clock = clock;
  iw->owner = owner;
  pthread_mutex_init(&iw->lock, NULL);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&iw->wake, &monotonic);
  pthread_condattr_destroy(&monotonic);
  if (db_open(url, DB_READER, &f, &iw->db) != ERR_OK || pthread_create(&iw->thread, NULL, work_main, iw) != 0) {
    log_line(LOG_ERROR, "imports cannot be started", "%s", f.detail ? f.detail : "");
    db_close(iw->db);
    free(iw);
    iw = NULL;
  }
  arena_free(a);
  return iw;
}

void import_work_stop(struct import_work *iw)
{
  if (!iw)
    return;
  pthread_mutex_lock(&iw->lock);
  iw->stopping = true;
  pthread_cond_signal(&iw->wake);
  pthread_mutex_unlock(&iw->lock);
  pthread_join(iw->thread, NULL);
  db_close(iw->db);
  free(iw);
}
