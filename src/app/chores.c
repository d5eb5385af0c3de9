/* Checks and backups of a running server, begun over HTTP. */
#include "chores.h"

#include "app.h"
#include "inventory.h"
#include "schema.h"
#include "transfer.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { CHORE_CHECK, CHORE_BACKUP, CHORES, TEXT = 400, CHORE_ARENA = 1 << 30, CHORE_NICE = 10 };

static const char *const names[CHORES] = {"check", "backup"};

struct one {
  enum { CHORE_IDLE, CHORE_RUNNING, CHORE_DONE, CHORE_FAILED } state;
  struct instant started_at, finished_at;
  int64_t step, steps, differences, bytes;
  char what[TEXT], error[TEXT], file[TEXT];
  char told[API_DIFFERENCES][TEXT];
};

struct chores {
  char *url;
  char folder[1024];
  struct clock clock;
  pthread_mutex_t lock;
  pthread_t thread;
  bool started, running;
  int which;
  struct one all[CHORES];
};

static void put(char out[TEXT], const char *text)
{
  size_t n = text ? strlen(text) : 0;
  n = n < TEXT ? n : TEXT - 1;
  while (n && text[n] && ((unsigned char)text[n] & 0xc0) == 0x80)
    n--; /* not in the middle of a character */
  memcpy(out, text ? text : "", n);
  out[n] = '\0';
}

/* ---- The check ---- */

static void note_difference(void *arg, const char *difference, const char *repair)
{
  struct chores *c = arg;
  struct one *o = &c->all[CHORE_CHECK];
  char what[TEXT], how[TEXT], text[2 * TEXT + 16];
  put(what, difference);
  put(how, repair);
  snprintf(text, sizeof text, "%s; repair: %s", what, how);
  pthread_mutex_lock(&c->lock);
  if (o->differences < API_DIFFERENCES)
    put(o->told[o->differences], text);
  o->differences++;
  pthread_mutex_unlock(&c->lock);
}

static void note_step(void *arg, int64_t step, int64_t steps, const char *what)
{
  struct chores *c = arg;
  pthread_mutex_lock(&c->lock);
  c->all[c->which].step = step;
  c->all[c->which].steps = steps;
  put(c->all[c->which].what, what);
  pthread_mutex_unlock(&c->lock);
}

static enum err run_check(struct chores *c, struct db *db, struct arena *a, struct fault *f)
{
  struct ctx cx;
  const struct database_proof proof = {note_difference, note_step, c, false};
  ctx_init(&cx, a, db, c->clock.now(c->clock.arg));
  db_use(db, &cx.fault, a);
  enum err err = database_check(&cx, &proof);
  *f = cx.fault;
  return err;
}

/* ---- The backup ---- */

static void note_rows(void *arg, const struct transfer_progress *p)
{
  note_step(arg, p->rows, p->total, p->table ? p->table : "");
}

static enum err run_backup(struct chores *c, struct db *db, struct arena *a, struct fault *f)
{
  struct transfer_result result = {0};
  struct stat st = {0};
  char now[INSTANT_TEXT], name[64];
  size_t n = 0;
  struct transfer t = {.from = db, .arena = a, .fault = f, .now = c->clock.now(c->clock.arg), .teller = {note_rows, c}};
  instant_format(t.now, now);
  for (const char *p = now; *p; p++)
    if (*p != ':' && *p != '.')
      now[n++] = *p;
  now[n] = '\0';
  snprintf(name, sizeof name, "ordo-%s.db", now);
  if (mkdir(c->folder, 0700) != 0 && errno != EEXIST)
    return fault_fail(f, ERR_STORAGE, "", "the folder %s cannot be made: %s", c->folder, strerror(errno));
  const char *path = arena_printf(a, "%s/%s", c->folder, name);
  db_use(db, f, a);
  TRY(transfer_backup(&t, path, &result));
  stat(path, &st);
  pthread_mutex_lock(&c->lock);
  put(c->all[CHORE_BACKUP].file, name);
  c->all[CHORE_BACKUP].bytes = st.st_size;
  pthread_mutex_unlock(&c->lock);
  return ERR_OK;
}

/* ---- The thread ---- */

static void *chore_main(void *arg)
{
  struct chores *c = arg;
  struct arena *a = arena_new(CHORE_ARENA);
  struct fault f;
  struct db *db = NULL;
  setpriority(PRIO_PROCESS, 0, CHORE_NICE); /* on Linux of this thread alone: whoever asks goes first */
  fault_init(&f, a);
  enum err err = db_open(c->url, DB_READER, &f, &db);
  if (err == ERR_OK)
    err = c->which == CHORE_CHECK ? run_check(c, db, a, &f) : run_backup(c, db, a, &f);
  db_close(db);
  pthread_mutex_lock(&c->lock);
  struct one *o = &c->all[c->which];
  o->state = err == ERR_OK ? CHORE_DONE : CHORE_FAILED;
  o->finished_at = c->clock.now(c->clock.arg);
  put(o->error, err == ERR_OK ? "" : f.detail ? f.detail : err_info(err)->title);
  c->running = false;
  pthread_mutex_unlock(&c->lock);
  arena_free(a);
  return NULL;
}

enum err chores_begin(struct chores *c, struct fault *f, const char *name)
{
  enum err err = ERR_OK;
  pthread_mutex_lock(&c->lock);
  bool busy = c->running;
  bool join = c->started && !busy;
  c->running = true;
  pthread_mutex_unlock(&c->lock);
  if (busy)
    return fault_fail(f, ERR_STATE, "/state", "a %s is running", names[c->which]);
  if (join)
    pthread_join(c->thread, NULL);
  pthread_mutex_lock(&c->lock);
  c->which = strcmp(name, names[CHORE_BACKUP]) == 0 ? CHORE_BACKUP : CHORE_CHECK;
  c->all[c->which] =
      (struct one){.state = CHORE_RUNNING, .started_at = c->clock.now(c->clock.arg), .finished_at = INSTANT(ABSENT)};
  pthread_mutex_unlock(&c->lock);
  c->started = pthread_create(&c->thread, NULL, chore_main, c) == 0;
  if (!c->started)
    err = fault_fail(f, ERR_BUSY, "", "no thread for it can be had now");
  if (err) {
    pthread_mutex_lock(&c->lock);
    c->running = false;
    c->all[c->which].state = CHORE_FAILED;
    pthread_mutex_unlock(&c->lock);
  }
  return err;
}

bool chores_look(struct chores *c, struct arena *a, const char *name, struct api_chore *out)
{
  static const char *const states[] = {"idle", "running", "done", "failed"};
  const struct one *o = &c->all[strcmp(name, names[CHORE_BACKUP]) == 0 ? CHORE_BACKUP : CHORE_CHECK];
  pthread_mutex_lock(&c->lock);
  *out = (struct api_chore){
      .name = name,
      .state = states[o->state],
      .started_at = o->state == CHORE_IDLE ? INSTANT(ABSENT) : o->started_at,
      .finished_at = o->state == CHORE_IDLE ? INSTANT(ABSENT) : o->finished_at,
      .step = o->step,
      .steps = o->steps,
      .what = o->what[0] ? arena_text(a, o->what) : NULL,
      .differences = o->differences,
      .error = o->error[0] ? arena_text(a, o->error) : NULL,
      .file = o->file[0] ? arena_text(a, o->file) : NULL,
      .bytes = o->bytes ? o->bytes : ABSENT,
  };
  for (int64_t i = 0; i < o->differences && i < API_DIFFERENCES; i++)
    *LIST_ADD(a, &out->told) = arena_text(a, o->told[i]);
  pthread_mutex_unlock(&c->lock);
  return true;
}

static int newest_first(const void *a, const void *b)
{
  return strcmp(((const struct api_backup *)b)->file, ((const struct api_backup *)a)->file);
}

void chores_backups(struct chores *c, struct arena *a, api_backups *out)
{
  DIR *folder = opendir(c->folder);
  struct dirent *e;
  while (folder && (e = readdir(folder))) {
    struct stat st;
    size_t n = strlen(e->d_name);
    if (n < 4 || strcmp(e->d_name + n - 3, ".db") != 0 ||
        stat(arena_printf(a, "%s/%s", c->folder, e->d_name), &st) != 0)
      continue;
    *LIST_ADD(a, out) =
        (struct api_backup){arena_text(a, e->d_name), st.st_size, INSTANT((int64_t)st.st_mtim.tv_sec * SECOND_MS)};
  }
  if (folder)
    closedir(folder);
  if (out->n)
    qsort(out->at, out->n, sizeof *out->at, newest_first);
}

struct chores *chores_new(const char *url, struct clock clock)
{
  struct chores *c = calloc(1, sizeof *c);
  const char *asked = getenv("ORDO_BACKUPS"), *path = text_starts(url, "sqlite:") ? url + 7 : "data/ordo.db";
  const char *slash = strrchr(path, '/');
  assert(c);
  c->url = strdup(url);
  c->clock = clock;
  if (asked)
    snprintf(c->folder, sizeof c->folder, "%s", asked);
  else
    snprintf(c->folder, sizeof c->folder, "%.*sbackups", slash ? (int)(slash + 1 - path) : 0, path);
  pthread_mutex_init(&c->lock, NULL);
  return c;
}

void chores_free(struct chores *c)
{
  if (!c)
    return;
  if (c->started)
    pthread_join(c->thread, NULL);
  free(c->url);
  free(c);
}
