/* The door of a database of our own: acts through a writer, many to a commit, while the next batch is being read. In a dry
 * run acts are previewed on a reader: load and decide, without apply. */
#include "import_door.h"

#include "app.h"
#include "orders.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct writer_door {
  struct import_door door;
  struct writer *writer; /* NULL in a dry run */
  struct db *reader;     /* NULL in a dry run without a database */
  bool borrowed;         /* both are the caller's */
  struct actor own;
  const struct actor *actor; /* own, or the caller's */
  struct arena *arena;
  struct fault fault;
  pthread_mutex_t lock;
  pthread_cond_t cond;
  size_t waiting;
  struct import_call *calls;
  size_t n;
};

/* ---- Answers ---- */

static void answer_fault(struct import_call *c, enum err err, const struct fault *f)
{
  const struct err_info *info = err_info(err);
  c->status = info->http;
  c->code = info->slug;
  c->detail = f->detail ? f->detail : info->title;
  for (size_t i = 0; i < f->n; i++)
    *LIST_ADD(c->arena, &c->problems) =
        (struct import_problem){f->entries[i].pointer, f->entries[i].code, f->entries[i].detail};
}

static void render(struct import_call *c, const struct rec *rec, const void *value)
{
  struct buf b;
  buf_init(&b, c->arena);
  rec_write(rec, value, NULL, &b);
  c->reply = buf_str(&b);
  c->reply_n = b.n;
}

static void answer(struct import_call *c)
{
  const struct act_call *act = &c->act;
  if (act->err != ERR_OK) {
    answer_fault(c, act->err, &act->fault);
    return;
  }
  c->replayed = act->replayed;
  c->status = act->result.status ? act->result.status : act->success;
  if (c->want_reply && act->result.value)
    render(c, act->result.rec, act->result.value);
}

/* ---- Reading an order ---- */

static enum err read_order(struct ctx *cx, const struct import_call *c, struct order **out)
{
  struct order_id id;
  TRY(ctx_masters_refresh(cx));
  TRY(order_find_external(cx, c->channel, c->external_id, &id));
  if (!id.v)
    return err_fail(cx, ERR_NOT_FOUND, "/external_id", "there is no order %s of channel %s", c->external_id,
                    c->channel);
  TRY(order_load(cx, id, out));
  order_derive(cx, *out);
  return ERR_OK;
}

static void serve_read(struct writer_door *d, struct import_call *c)
{
  struct ctx cx;
  struct order *o;
  if (!d->reader) {
    c->status = 200;
    return;
  }
  ctx_init(&cx, c->arena, d->reader, clock_real.now(clock_real.arg));
  db_use(d->reader, &cx.fault, c->arena);
  cx.actor = actor_system;
  enum err err = db_read_begin(d->reader);
  if (err == ERR_OK)
    err = read_order(&cx, c, &o);
  db_read_end(d->reader);
  if (err != ERR_OK) {
    answer_fault(c, err, &cx.fault);
    return;
  }
  c->status = 200;
  render(c, &order_rec, o);
}

/* ---- Acts ---- */

/* The body as the route would have read it; false when it was refused. */
static bool read_body(struct import_call *c, struct act_input *in)
{
  const struct import_verb_row *row = &import_verbs[c->verb];
  struct fault f;
  *in = (struct act_input){.id = c->id, .version = ABSENT};
  if (!row->rec) {
    in->json = c->json;
    in->json_n = c->json_n;
    return true;
  }
  void *body = arena_alloc(c->arena, row->rec->size);
  fault_init(&f, c->arena);
  rec_init(row->rec, body);
  enum err err = rec_read(row->rec, c->json ? c->json : "{}", c->json ? c->json_n : 2, "", c->arena, &f, body);
  if (err != ERR_OK)
    answer_fault(c, err, &f);
  in->body = body;
  return err == ERR_OK;
}

static void preview(struct writer_door *d, struct import_call *c, const struct act_input *in)
{
  struct ctx cx;
  void *plan;
  c->status = import_verbs[c->verb].success;
  if (!d->reader)
    return;
  ctx_init(&cx, c->arena, d->reader, clock_real.now(clock_real.arg));
  db_use(d->reader, &cx.fault, c->arena);
  cx.actor = *d->actor;
  enum err err = ctx_masters_refresh(&cx);
  if (err == ERR_OK)
    err = act_preview(&cx, import_verbs[c->verb].act, in, &plan);
  if (err != ERR_OK)
    answer_fault(c, err, &cx.fault);
}

static void on_done(struct act_call *act)
{
  struct writer_door *d = act->user;
  pthread_mutex_lock(&d->lock);
  if (--d->waiting == 0)
    pthread_cond_signal(&d->cond);
  pthread_mutex_unlock(&d->lock);
}

static void hash_request(struct import_call *c, unsigned char out[HASH_BYTES])
{
  const char *text = arena_printf(c->arena, "%s %s\n%.*s", import_verbs[c->verb].method, import_verbs[c->verb].path,
                                  (int)c->json_n, c->json ? c->json : "");
  sha256(text, strlen(text), out);
}

static void submit(struct writer_door *d, struct import_call *c, const struct act_input *in)
{
  const struct timespec pause = {0, 1000000};
  c->act = (struct act_call){.act = import_verbs[c->verb].act,
                             .in = *in,
                             .arena = c->arena,
                             .actor = *d->actor,
                             .key = c->key,
                             .success = import_verbs[c->verb].success,
                             .deadline = INSTANT(ABSENT),
                             .done = on_done,
                             .user = d};
  if (c->key)
    hash_request(c, c->act.request_hash);
  pthread_mutex_lock(&d->lock);
  d->waiting++;
  pthread_mutex_unlock(&d->lock);
  while (!writer_submit(d->writer, &c->act))
    nanosleep(&pause, NULL);
}

static void begin(struct import_door *door, struct import_call *calls, size_t n)
{
  struct writer_door *d = (struct writer_door *)door;
  d->calls = calls;
  d->n = n;
  for (size_t i = 0; i < n; i++) {
    struct act_input in;
    calls[i].act.act = NULL;
    if (!import_verbs[calls[i].verb].act)
      serve_read(d, &calls[i]);
    else if (!read_body(&calls[i], &in))
      continue;
    else if (d->writer)
      submit(d, &calls[i], &in);
    else
      preview(d, &calls[i], &in);
  }
}

static void wait_all(struct import_door *door)
{
  struct writer_door *d = (struct writer_door *)door;
  pthread_mutex_lock(&d->lock);
  while (d->waiting)
    pthread_cond_wait(&d->cond, &d->lock);
  pthread_mutex_unlock(&d->lock);
  for (size_t i = 0; i < d->n; i++)
    if (d->calls[i].act.act)
      answer(&d->calls[i]);
  d->n = 0;
}

/* ---- Open and close ---- */

static void close_door(struct import_door *door)
{
  struct writer_door *d = (struct writer_door *)door;
  if (!d->borrowed) {
    db_close(d->reader);
    writer_stop(d->writer);
  }
  arena_free(d->arena);
  pthread_mutex_destroy(&d->lock);
  pthread_cond_destroy(&d->cond);
  free(d);
}

static bool file_missing(const char *url)
{
  struct stat st;
  return text_starts(url, "sqlite:") && stat(url + strlen("sqlite:"), &st) != 0;
}

/* A dry run changes nothing, so it may meet a database that nobody has made yet: then it knows of nothing there. */
static bool open_reader(struct writer_door *d, const char *url)
{
  const char *tables;
  if (file_missing(url))
    return true;
  enum err err = db_open(url, DB_READER, &d->fault, &d->reader);
  if (err == ERR_OK) {
    db_use(d->reader, &d->fault, d->arena);
    err = db_tables(d->reader, &tables);
  }
  if (err != ERR_OK)
    return failed("%s", d->fault.detail ? d->fault.detail : "the database cannot be read"), false;
  if (!*tables) {
    db_close(d->reader);
    d->reader = NULL;
  }
  return true;
}

static struct writer_door *door_new(const char *name)
{
  struct writer_door *d = calloc(1, sizeof *d);
  assert(d);
  d->door = (struct import_door){name, begin, wait_all, close_door};
  d->own = (struct actor){ACTOR_SYSTEM, 0, "import", PERMISSIONS_ALL, NULL};
  d->actor = &d->own;
  d->arena = arena_new(1 << 20);
  pthread_mutex_init(&d->lock, NULL);
  pthread_cond_init(&d->cond, NULL);
  fault_init(&d->fault, d->arena);
  return d;
}

struct import_door *import_door_of(struct writer *w, struct db *db, const struct actor *actor, bool dry)
{
  struct writer_door *d = door_new("server");
  d->writer = dry ? NULL : w;
  d->reader = db;
  d->borrowed = true;
  d->actor = actor;
  return &d->door;
}

struct import_door *import_door_writer(const char *url, bool dry)
{
  if (!dry && !database_prepare(url, NULL))
    return NULL;
  struct writer_door *d = door_new(url);
  bool fine = true;
  if (!dry)
    fine = (d->writer = database_writer(url)) != NULL;
  if (fine && open_reader(d, url))
    return &d->door;
  close_door(&d->door);
  return NULL;
}
