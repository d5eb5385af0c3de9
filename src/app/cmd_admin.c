/* Small commands on a database: users, keys, the check, the OpenAPI document. */
#include "app.h"

#include "changes.h"
#include "identity.h"
#include "inventory.h"
#include "invoices.h"
#include "jobs.h"
#include "orders.h"
#include "reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BUDGET = 256 << 20, PASSWORD_LINE = 256 };

/* ---- key add ---- */

int cmd_key_add(const struct arguments *args)
{
  char key[API_KEY_TEXT], hash[HASH_TEXT], hint[API_KEY_HINT + 1];
  struct api_key_input input;
  struct act_result result;
  const char *days = argument(args, "days");
  int64_t n = 0;
  rec_init(&api_key_input_rec, &input);
  input.name = argument(args, "name");
  input.scope = argument(args, "scope");
  if (!input.name || !input.scope || (days && !decimal_parse(days, strlen(days), 0, &n))) {
    failed("key add needs --name NAME and --scope SCOPE, for example --scope 'order.* stock.read'");
    return EXIT_USAGE;
  }
  if (!database_prepare(argument(args, "database"), NULL))
    return EXIT_FAILED;
  struct writer *w = database_writer(argument(args, "database"));
  struct arena *a = arena_new(ARENA_BUDGET);
  api_key_draw(key, hash);
  snprintf(hint, sizeof hint, "%.*s", API_KEY_HINT, key);
  input.key_hash = hash;
  input.hint = hint;
  if (days)
    input.expires_at = INSTANT(clock_real.now(NULL).ms + n * DAY_MS);
  bool fine = w && database_act(w, &key_add_act, &input, a, &result) == ERR_OK;
  writer_stop(w);
  arena_free(a);
  if (fine)
    printf("%s\n", key);
  return fine ? EXIT_FINE : EXIT_FAILED;
}

/* ---- user add ---- */

static bool read_password(char password[PASSWORD_LINE])
{
  if (!fgets(password, PASSWORD_LINE, stdin))
    return false;
  password[strcspn(password, "\r\n")] = 0;
  return *password != 0;
}

int cmd_user_add(const struct arguments *args)
{
  char password[PASSWORD_LINE];
  struct user_input input;
  struct act_result result;
  rec_init(&user_input_rec, &input);
  input.login = argument(args, "login");
  input.name = input.login;
  if (!input.login || !argument(args, "password-stdin")) {
    failed("user add needs --login LOGIN and --password-stdin, for example: echo SECRET | ordo user add --login ann "
           "--password-stdin");
    return EXIT_USAGE;
  }
  if (!read_password(password))
    return failed("there was no password on standard input");
  input.password = password;
  if (!database_prepare(argument(args, "database"), NULL))
    return EXIT_FAILED;
  struct arena *a = arena_new(ARENA_BUDGET);
  struct ctx cx;
  ctx_init(&cx, a, NULL, clock_real.now(NULL));
  *LIST_ADD(a, &input.roles) = argument(args, "role");
  struct identity *identity = identity_new(NULL);
  bool fine =
      identity_password_hash(&cx, identity, input.login, input.password, "/password", &input.password_hash) == ERR_OK;
  if (!fine)
    failed("the password %s", cx.fault.detail);
  struct writer *w = fine ? database_writer(argument(args, "database")) : NULL;
  fine = w && database_act(w, &user_add_act, &input, a, &result) == ERR_OK;
  writer_stop(w);
  identity_free(identity);
  arena_free(a);
  if (fine)
    fprintf(stderr, "user %s can sign in now, with the role %s\n", argument(args, "login"), argument(args, "role"));
  return fine ? EXIT_FINE : EXIT_FAILED;
}

/* ---- check ---- */

struct differences {
  int64_t n;
};

static void print_difference(void *arg, const char *difference, const char *repair)
{
  struct differences *d = arg;
  d->n++;
  printf("%s\n  repair: %s\n", difference, repair);
}

static enum err check_feed(struct ctx *cx, const struct database_proof *proof)
{
  int64_t last, bad;
  TRY(feed_verify(cx, &last, &bad));
  if (bad)
    proof->difference(proof->arg, arena_printf(cx->arena, "feed: the hash chain is broken at event %lld", (long long)bad),
                     "compare with a backup: an event was changed or is missing");
  return ERR_OK;
}

/* Each event has exactly one number or waits for it: invariant 10. What waits is no difference, since a server numbers it. */
static enum err check_numbered(struct ctx *cx, const struct database_proof *proof)
{
  struct feed_account account;
  TRY(feed_account(cx, &account));
  if (account.unnumbered > 0)
    proof->difference(proof->arg, arena_printf(cx->arena, "feed: %lld events have no number", (long long)account.unnumbered),
                     "number them at the end of the feed");
  if (account.unnumbered < 0)
    proof->difference(proof->arg, arena_printf(cx->arena, "feed: %lld numbers are of no event", -(long long)account.unnumbered),
                     "compare with a backup: events are missing, or were numbered twice");
  if (account.doubled)
    proof->difference(proof->arg, arena_printf(cx->arena, "feed: event %lld has another number too", (long long)account.doubled),
                     "compare with a backup: the feed was changed");
  if (account.unreadable)
    proof->difference(proof->arg, arena_printf(cx->arena, "feed: %lld waiting rows cannot be read", (long long)account.unreadable),
                     "compare feed_pending with a backup");
  if (account.waiting && proof->aloud)
    printf("note: %lld events wait for their number; a running server gives it\n", (long long)account.waiting);
  return ERR_OK;
}

/* No consumer has read what is not there: invariant 10. */
static enum err check_consumers(struct ctx *cx, const struct database_proof *proof)
{
  static const struct db_stmt beyond = {
      "SELECT count(*) FROM consumer WHERE feed_seq > (SELECT coalesce(max(seq), 0) FROM feed)", DB_REPORT};
  int64_t n = 0;
  TRY(db_one_i64(cx->db, &beyond, &n, DB_NO_ARGS));
  if (n != 0)
    proof->difference(proof->arg, arena_printf(cx->arena, "feed: %lld consumers are beyond its end", (long long)n),
                     "set their cursors back to the end of the feed");
  return ERR_OK;
}

static enum err check_stock(struct ctx *cx, const struct database_proof *proof)
{
  return inventory_check(cx, proof->difference, proof->arg);
}

static enum err check_orders(struct ctx *cx, const struct database_proof *proof)
{
  return orders_check(cx, proof->difference, proof->arg);
}

static enum err check_changes(struct ctx *cx, const struct database_proof *proof)
{
  return changes_check(cx, proof->difference, proof->arg);
}

static enum err check_invoices(struct ctx *cx, const struct database_proof *proof)
{
  return invoices_check(cx, proof->difference, proof->arg);
}

static enum err check_jobs(struct ctx *cx, const struct database_proof *proof)
{
  return jobs_check(cx, proof->difference, proof->arg);
}

/* Reports follow the feed: what they have not read yet is no difference. */
static enum err check_reports(struct ctx *cx, const struct database_proof *proof)
{
  struct reports_checked checked;
  TRY(reports_check(cx, proof->difference, proof->arg, &checked));
  if (!checked.whole && proof->aloud)
    printf("note: reports have read %lld of %lld events; figures were compared with each other, and are compared with the "
           "orders when a running server has read all\n",
           (long long)checked.read, (long long)checked.last);
  return ERR_OK;
}

enum err database_check(struct ctx *cx, const struct database_proof *proof)
{
  static const struct {
    const char *what;
    enum err (*check)(struct ctx *cx, const struct database_proof *proof);
  } steps[] = {{"stock", check_stock},
               {"orders", check_orders},
               {"changes", check_changes},
               {"invoices", check_invoices},
               {"events", check_feed},
               {"numbers", check_numbered},
               {"consumers", check_consumers},
               {"jobs", check_jobs},
               {"reports", check_reports}};
  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    if (proof->step)
      proof->step(proof->arg, (int64_t)i, COUNT_OF(steps), steps[i].what);
    TRY(steps[i].check(cx, proof));
  }
  if (proof->step)
    proof->step(proof->arg, COUNT_OF(steps), COUNT_OF(steps), "");
  return ERR_OK;
}

int cmd_check(const struct arguments *args)
{
  struct arena *a = arena_new((size_t)1 << 30);
  struct differences d = {0};
  struct db *db = NULL;
  struct ctx cx;
  ctx_init(&cx, a, NULL, clock_real.now(NULL));
  enum err err = db_open(argument(args, "database"), DB_READER, &cx.fault, &db);
  if (err == ERR_OK) {
    cx.db = db;
    db_use(db, &cx.fault, a);
    err = database_check(&cx, &(struct database_proof){print_difference, NULL, &d, true});
  }
  if (err != ERR_OK)
    failed("%s", cx.fault.detail ? cx.fault.detail : err_info(err)->title);
  else
    printf("%lld differences\n", (long long)d.n);
  db_close(db);
  arena_free(a);
  return err == ERR_OK && d.n == 0 ? EXIT_FINE : EXIT_FAILED;
}

/* ---- openapi ---- */

int cmd_openapi(const struct arguments *args)
{
  struct arena *a = arena_new(ARENA_BUDGET);
  struct buf text;
  (void)args;
  buf_init(&text, a);
  api_openapi(app_rooms, ORDO_VERSION, &text);
  fwrite(text.at, 1, text.n, stdout);
  putchar('\n');
  arena_free(a);
  return EXIT_FINE;
}
