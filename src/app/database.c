/* The database of a command: made, migrated and filled with what a fresh one has. */
#include "app.h"

#include "carriers.h"
#include "channels.h"
#include "review.h"
#include "schema.h"
#include "settings.h"
#include "subscriptions.h"
#include "tracking.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { ARENA_BUDGET = 16 << 20 };

/* ---- What a fresh database has, as one act ---- */

struct bootstrap {
  const char *currency; /* NULL = the default */
  bool fresh;
};

static enum err bootstrap_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_stmt count = {"SELECT count(*) FROM channel", DB_REPORT};
  struct bootstrap *b = out;
  int64_t channels = 0;
  TRY(db_one_i64(cx->db, &count, &channels, DB_NO_ARGS));
  *b = (struct bootstrap){in->body, channels == 0};
  return ERR_OK;
}

static enum err bootstrap_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct bootstrap *b = facts;
  if (b->fresh && b->currency)
    TRY(setting_check(cx, SETTING_COMPANY_CURRENCY, b->currency, "--currency"));
  *(struct bootstrap *)out = *b;
  return ERR_OK;
}

static enum err bootstrap_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct bootstrap *b = plan;
  struct consumers_begin consumers = subscriptions_begin();
  if (b->fresh && b->currency)
    TRY(setting_store(cx, SETTING_COMPANY_CURRENCY, b->currency));
  db_memo_clear(cx->db);
  TRY(act_run(cx, &consumers_begin_act, &(struct act_input){.body = &consumers, .version = ABSENT}, out));
  TRY(channels_bootstrap(cx));
  TRY(carriers_bootstrap(cx));
  TRY(tracking_bootstrap(cx));
  return review_bootstrap(cx);
}

static const struct act bootstrap_act = {.name = "bootstrap",
                                         .facts_size = sizeof(struct bootstrap),
                                         .plan_size = sizeof(struct bootstrap),
                                         .load = bootstrap_load,
                                         .decide = bootstrap_decide,
                                         .apply = bootstrap_apply,
                                         .flags = ACT_MASTERS};

/* ---- Preparing ---- */

/* The folders of a "sqlite:PATH" that are missing. */
static bool make_folders(const char *url)
{
  char path[4096];
  if (!text_starts(url, "sqlite:") || strlen(url) >= sizeof path)
    return true; /* db_open says what is wrong with it */
  strcpy(path, url + strlen("sqlite:"));
  for (char *p = path + 1; *p; p++) {
    if (*p != '/')
      continue;
    *p = 0;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
      return failed("the folder %s cannot be made: %s; choose another with --database", path, strerror(errno)), false;
    *p = '/';
  }
  return true;
}

static enum err migrate(const char *url, struct fault *f)
{
  struct db *db = NULL;
  TRY(db_open(url, DB_WRITER, f, &db));
  db_use(db, f, f->arena);
  enum err err = schema_migrate(db);
  db_close(db);
  return err;
}

bool database_prepare(const char *url, const char *currency)
{
  struct arena *a = arena_new(ARENA_BUDGET);
  struct fault f;
  fault_init(&f, a);
  bool fine = make_folders(url);
  if (fine && migrate(url, &f) != ERR_OK)
    fine = failed("%s%s", f.detail ? f.detail : db_url_shown(a, url),
                  text_starts(url, "sqlite:") ? "; --database names another" : "") == EXIT_FINE;
  struct writer *w = fine ? database_writer(url) : NULL;
  struct act_result ignored;
  fine = w && database_act(w, &bootstrap_act, currency, a, &ignored) == ERR_OK;
  writer_stop(w);
  arena_free(a);
  return fine;
}

struct writer *database_writer(const char *url)
{
  struct arena *a = arena_new(ARENA_BUDGET);
  struct fault f;
  struct writer *w = NULL;
  struct writer_config config = {.url = url, .clock = clock_real};
  fault_init(&f, a);
  if (writer_start(&config, &f, &w) != ERR_OK)
    failed("%s: %s", url, f.detail ? f.detail : "the database cannot be written");
  arena_free(a);
  return w;
}

/* A sentence about one member makes sense only with its name: "expires_at: must lie in the future". */
static void failed_act(const struct fault *f, enum err err)
{
  const char *pointer = f->n ? f->entries[0].pointer : "";
  pointer += *pointer == '/';
  failed("%s%s%s", pointer, *pointer ? ": " : "", f->detail ? f->detail : err_info(err)->title);
}

enum err database_act(struct writer *w, const struct act *act, const void *body, struct arena *a,
                      struct act_result *out)
{
  struct act_call call = {.act = act,
                          .in = {.body = body, .version = ABSENT},
                          .arena = a,
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(w, &call);
  if (err != ERR_OK)
    failed_act(&call.fault, err);
  else
    *out = call.result;
  return err;
}
