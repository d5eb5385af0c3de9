/* ordo copy: a company moves to another database, and its clients notice nothing. */
#include "shop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *new_file(struct test *t)
{
  return arena_printf(t->arena, "sqlite:%s/moved.db", test_folder(t));
}

static int copy(struct shop *s, const char *to, const char **out)
{
  return shop_run(s, out, (const char *[]){"copy", "--from", s->url, "--to", to, NULL});
}

static int resume(struct shop *s, const char *to, const char **out)
{
  return shop_run(s, out, (const char *[]){"copy", "--from", s->url, "--to", to, "--resume", NULL});
}

/* The server of s stops, and its company is at another place from now on. */
static void move(struct shop *s, const char *to)
{
  const char *out;
  CHECK_INT(shop_stop(s), 0);
  CHECK_INT(copy(s, to, &out), 0);
  CHECK(strstr(out, " rows, equal\n"));
  shop_check(s);
  s->url = to;
  shop_check(s);
  shop_start(s);
}

static const char *log_of(struct shop *s)
{
  const char *log = test_read_file(s->t, s->log, NULL);
  return log ? log : "";
}

TEST(a_company_that_moves_there_and_back_goes_on_where_it_was)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(201, "POST /v1/orders\nIdempotency-Key: moving-1\n"
           "{'channel': 'web', 'currency': 'USD', 'external_id': 'M-1', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}],"
           "'shipping_address': {'name': '\xe5\xbc\xa0\xe4\xbc\x9f \xf0\x9f\x91\x97', 'line1': "
           "'\xe5\x8d\x97\xe4\xba\xac\xe8\xb7\xaf 1',"
           "'city': 'Shanghai', 'postal_code': '200001', 'country': 'CN'}}");
  const char *reply = arena_text(t->arena, s->last.body);
  KEEP("mug", "/id");
  AWAIT("GET /v1/events?limit=200", arena_printf(t->arena, "/data/subject=%s/topic", shop_labelled(s, "mug")),
        "order.placed"); /* several writers' events get their numbers a moment later */
  const char *events = arena_text(t->arena, s->last.body);

  move(s, new_file(t));
  move(s, test_database(t));

  SAY(200, "GET /v1/orders/<mug>");
  SEE("/shipping_address/name", "\xe5\xbc\xa0\xe4\xbc\x9f \xf0\x9f\x91\x97");
  SAY(200, "GET /v1/events?limit=200");
  CHECK_TEXT(s->last.body, events);
  SAY(201, "POST /v1/orders\nIdempotency-Key: moving-1\n"
           "{'channel': 'web', 'currency': 'USD', 'external_id': 'M-1', 'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}],"
           "'shipping_address': {'name': '\xe5\xbc\xa0\xe4\xbc\x9f \xf0\x9f\x91\x97', 'line1': "
           "'\xe5\x8d\x97\xe4\xba\xac\xe8\xb7\xaf 1',"
           "'city': 'Shanghai', 'postal_code': '200001', 'country': 'CN'}}");
  CHECK_TEXT(s->last.body, reply); /* the stored reply has moved, too */
  a_paid_order(s, 1);              /* with a new id and number */
  shop_close(s);
}

TEST(a_source_whose_server_runs_is_refused_and_nothing_copied)
{
  struct shop *s = shop_open(t);
  const char *to = new_file(t), *out;
  CHECK_INT(copy(s, to, &out), 1);
  CHECK(strstr(log_of(s), "a server is running on the source"));
  shop_close(s);
  CHECK_INT(copy(s, to, &out), 0); /* what was refused has left the target fresh */
}

/* Killed at a moment of the clock, not at one that the program has chosen: the room's own test does that. */
static bool copy_killed_after(struct shop *s, const char *to, int ms)
{
  const char *program = getenv("ORDO_PROGRAM") ? getenv("ORDO_PROGRAM") : ORDO_PROGRAM;
  int status;
  pid_t pid = fork();
  if (pid == 0) {
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    execl(program, program, "copy", "--from", s->url, "--to", to, "--resume", (char *)NULL);
    _exit(127);
  }
  usleep((useconds_t)ms * 1000);
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return WIFSIGNALED(status);
}

TEST(a_copy_that_is_killed_at_any_moment_is_resumed_to_the_same_end)
{
  struct shop *s = shop_open(t);
  const char *to = test_on_postgres() ? test_database(t) : new_file(t), *out;
  int kills = 0;
  a_small_shop(s);
  for (int i = 0; i < 5; i++)
    a_paid_order(s, 1);
  shop_close(s);
  for (int ms = 15; ms <= 400; ms += 35)
    kills += copy_killed_after(s, to, ms);
  CHECK(kills > 0);
  CHECK_INT(resume(s, to, &out), 0);
  CHECK(strstr(out, " rows, equal\n"));
  s->url = to;
  shop_check(s);
}

TEST(a_password_is_never_printed)
{
  struct shop *s = shop_in(t, NULL);
  const char *out, *words[] = {"copy", "--from", "postgresql://ann@127.0.0.1:1/ordo", "--to", new_file(t), NULL};
  s->environment = (const char *const[]){"PGPASSWORD=hush-hush", NULL};
  CHECK_INT(shop_run(s, &out, words), 1);
  CHECK(strstr(log_of(s), "postgresql://ann@127.0.0.1:1/ordo"));
  CHECK(!strstr(out, "hush-hush"));
  CHECK(!strstr(log_of(s), "hush-hush"));
  words[2] = "postgresql://ann:hush-hush@127.0.0.1:1/ordo"; /* refused: a process list shows it */
  CHECK_INT(shop_run(s, &out, words), 2);
  CHECK(!strstr(out, "hush-hush"));
  CHECK(!strstr(log_of(s), "hush-hush"));
}

TEST(what_copy_needs_is_told)
{
  struct shop *s = shop_in(t, NULL);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"copy", "--from", s->url, NULL}), 2);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"copy", "--from", s->url, "--to", s->url, NULL}), 2);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"restore", "--from", "x", NULL}), 2);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"restore", "--from", "x", "--to", "sqlite:y", "--drill", NULL}), 2);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"backup", "--database", s->url, NULL}), 2);
}
