/* The program as a child process, and the steps. */
#include "shop.h"

#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 16, START_MS = 30000, STOP_LIMIT_MS = 30000, AWAIT_MS = 30000, SHOWN_MAX = 1500 };

/* ---- Processes ---- */

static void shop_end(void *arg)
{
  struct shop *s = arg;
  if (s->pid)
    shop_kill(s);
  client_free(s->client);
}

/* In the child: becomes the program; stdin is empty, the given files take its output. */
static _Noreturn void become(const struct shop *s, const char *const *words, const char *out, const char *err)
{
  const char *program = getenv("ORDO_PROGRAM") ? getenv("ORDO_PROGRAM") : ORDO_PROGRAM;
  char *argv[WORDS_MAX + 2] = {(char *)program};
  sigset_t none;
  for (int i = 0; words[i]; i++)
    argv[i + 1] = (char *)words[i];
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies leaves no server behind */
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  int files[] = {open("/dev/null", O_RDONLY), open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600),
                 open(err, O_WRONLY | O_CREAT | O_APPEND, 0600)};
  for (int i = 0; i < 3; i++)
    dup2(files[i], i);
  for (const char *const *e = s->environment; e && *e; e++)
    putenv((char *)*e);
  execv(program, argv);
  _exit(127);
}

static pid_t begin(const struct shop *s, const char *const *words, const char *out)
{
  pid_t pid = fork();
  if (pid == 0)
    become(s, words, out, s->log);
  return pid;
}

static int status_of(int wait_status)
{
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

int shop_run(struct shop *s, const char **out, const char *const *words)
{
  const char *path = arena_printf(s->arena, "%s/stdout", s->folder);
  int status = 0;
  pid_t pid = begin(s, words, path);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    continue;
  const char *text = test_read_file(s->t, path, NULL);
  if (out)
    *out = text ? text : "";
  return status_of(status);
}

const char *shop_key(struct shop *s, const char *name, const char *scope)
{
  const char *out;
  CHECK_INT(
      shop_run(s, &out, (const char *[]){"key", "add", "--name", name, "--scope", scope, "--database", s->url, NULL}),
      0);
  return arena_textn(s->arena, out, strcspn(out, "\n"));
}

struct shop *shop_in(struct test *t, const char *folder)
{
  struct shop *s = ARENA_NEW(t->arena, struct shop);
  s->t = t;
  s->arena = t->arena;
  s->folder = folder ? folder : test_folder(t);
  s->url = folder ? arena_printf(t->arena, "sqlite:%s/ordo.db", folder) : scratch_database(t);
  s->log = arena_printf(t->arena, "%s/log", s->folder);
  arena_defer(t->arena, shop_end, s);
  return s;
}

struct shop *shop_open(struct test *t)
{
  struct shop *s = shop_in(t, NULL);
  s->key = shop_key(s, "tests", "*");
  shop_start(s);
  return s;
}

struct client *shop_client(struct shop *s)
{
  return client_new(s->address, s->key);
}

static off_t size_of(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 ? st.st_size : 0;
}

/* The end of the program's log, for a failed test. */
const char *shop_log_tail(struct shop *s)
{
  size_t n = 0;
  const char *text = test_read_file(s->t, s->log, &n);
  return !text ? "" : n > 4000 ? text + n - 4000 : text;
}

/* Whether the log says the address in what was written since `from`. */
static bool find_address(struct shop *s, off_t from)
{
  static const char says[] = "listening on http://";
  size_t n = 0;
  const char *text = test_read_file(s->t, s->log, &n);
  const char *at = text && (off_t)n > from ? strstr(text + from, says) : NULL;
  if (!at || !strchr(at, '\n'))
    return false;
  snprintf(s->address, sizeof s->address, "%.*s", (int)strcspn(at + strlen(says), "\n"), at + strlen(says));
  return true;
}

bool shop_try_start(struct shop *s)
{
  off_t from = size_of(s->log);
  int64_t until = monotonic_ms() + START_MS;
  int status;
  s->pid = begin(s, (const char *[]){"serve", "--quiet", "--listen", "127.0.0.1:0", "--database", s->url, NULL},
                 arena_printf(s->arena, "%s/stdout", s->folder));
  while (!find_address(s, from)) {
    if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
      s->pid = 0;
      return false;
    }
    if (monotonic_ms() > until)
      test_failed(__FILE__, __LINE__, "listening", shop_log_tail(s), "an address within 30 s");
    poll(NULL, 0, 10);
  }
  client_free(s->client);
  s->client = shop_client(s);
  return true;
}

void shop_start(struct shop *s)
{
  if (!shop_try_start(s))
    test_failed(__FILE__, __LINE__, "ordo serve", shop_log_tail(s), "a server that answers");
}

int shop_stop(struct shop *s)
{
  int64_t until = monotonic_ms() + STOP_LIMIT_MS;
  int status = 0;
  kill(s->pid, SIGTERM);
  while (waitpid(s->pid, &status, WNOHANG) == 0) {
    if (monotonic_ms() > until)
      test_failed(__FILE__, __LINE__, "SIGTERM", shop_log_tail(s), "an end within 30 s");
    poll(NULL, 0, 10);
  }
  s->pid = 0;
  return status_of(status);
}

void shop_kill(struct shop *s)
{
  int status;
  kill(s->pid, SIGKILL);
  while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  s->pid = 0;
}

void shop_kill_long_ago(struct shop *s)
{
  static const struct db_stmt over[] = {{"UPDATE lease SET until = 0", DB_SCHEMA}, {"DELETE FROM server", DB_SCHEMA}};
  struct fault fault;
  struct db *db = NULL;
  shop_kill(s);
  fault_init(&fault, s->arena);
  CHECK_OK(db_open(s->url, DB_WRITER, &fault, &db));
  for (size_t i = 0; i < COUNT_OF(over); i++)
    CHECK_OK(db_run(db, &over[i], NULL, DB_NO_ARGS));
  db_close(db);
}

/* How many events have no number yet; ABSENT when the database cannot be asked. */
static int64_t events_waiting(struct shop *s)
{
  static const struct db_stmt waiting = {"SELECT count(*) FROM feed_pending", DB_REPORT};
  struct fault fault;
  struct db *db = NULL;
  int64_t n = ABSENT;
  fault_init(&fault, s->arena);
  if (db_open(s->url, DB_READER, &fault, &db) != ERR_OK || db_one_i64(db, &waiting, &n, DB_NO_ARGS) != ERR_OK)
    n = ABSENT;
  db_close(db);
  return n;
}

void shop_numbered(struct shop *s)
{
  int64_t until = monotonic_ms() + AWAIT_MS, n;
  while ((n = events_waiting(s)) != 0) {
    if (monotonic_ms() > until)
      test_check_int(__FILE__, __LINE__, "events without a number", n, 0);
    poll(NULL, 0, 20);
  }
}

void shop_reported(struct shop *s)
{
  int64_t until = monotonic_ms() + 2 * AWAIT_MS;
  shop_numbered(s);
  for (;;) {
    SAY(200, "GET /v1/reports/orders");
    if (text_eq(AT("/waiting"), "0"))
      return;
    if (monotonic_ms() > until)
      test_failed(__FILE__, __LINE__, "events that reports have not read", AT("/waiting"), "0");
    poll(NULL, 0, 100);
  }
}

/* Before its last line the check may tell notes: of events that wait for their number, or for reports to count them, which
 * the next server does. */
static bool no_differences(const char *said)
{
  while (text_starts(said, "note: ") && strchr(said, '\n'))
    said = strchr(said, '\n') + 1;
  return text_eq(said, "0 differences\n");
}

void shop_check(struct shop *s)
{
  const char *out;
  int status = shop_run(s, &out, (const char *[]){"check", "--database", s->url, NULL});
  if (status != 0 || !no_differences(out))
    test_failed(__FILE__, __LINE__, "ordo check",
                arena_printf(s->arena, "exit status %d\n%s%s", status, out, *out ? "" : shop_log_tail(s)), "0 differences");
}

void shop_close(struct shop *s)
{
  int status = shop_stop(s);
  if (status != 0)
    test_failed(__FILE__, __LINE__, "exit status", arena_printf(s->arena, "%d\n%s", status, shop_log_tail(s)), "0");
  shop_check(s);
}

/* ---- Steps ---- */

void shop_label(struct shop *s, const char *name, const char *value)
{
  EACH (struct shop_label, l, &s->labels)
    if (strcmp(l->name, name) == 0) {
      l->value = arena_text(s->arena, value);
      return;
    }
  *LIST_ADD(s->arena, &s->labels) = (struct shop_label){name, arena_text(s->arena, value)};
}

const char *shop_labelled(struct shop *s, const char *name)
{
  EACH (struct shop_label, l, &s->labels)
    if (strcmp(l->name, name) == 0)
      return l->value;
  return NULL;
}

const char *shop_text(struct shop *s, const char *text)
{
  struct buf b;
  buf_init(&b, s->arena);
  for (const char *p = text; *p; p++) {
    size_t n = *p == '<' ? strcspn(p + 1, ">") : 0;
    const char *value = n ? shop_labelled(s, arena_textn(s->arena, p + 1, n)) : NULL;
    if (value) {
      buf_text(&b, value);
      p += n + 1;
    } else {
      buf_char(&b, *p == '\'' ? '"' : *p);
    }
  }
  return buf_str(&b);
}

/* "POST /path", header lines, body: into rq. */
static void parse(struct shop *s, const char *request, struct request *rq)
{
  const char *text = shop_text(s, request), *end = text + strcspn(text, " ");
  struct buf headers;
  buf_init(&headers, s->arena);
  rq->method = arena_textn(s->arena, text, (size_t)(end - text));
  text = end + 1;
  end = text + strcspn(text, " \n");
  rq->path = arena_textn(s->arena, text, (size_t)(end - text));
  while (*(text = end + strspn(end, " \n")) && *text != '{' && *text != '[') {
    end = text + strcspn(text, "\n");
    buf_printf(&headers, "%.*s\r\n", (int)(end - text), text);
  }
  rq->headers = headers.n ? headers.at : NULL;
  rq->body = *text ? text : NULL;
}

static const char *shown(struct shop *s)
{
  return arena_printf(s->arena, "%d %.*s", s->last.status, SHOWN_MAX, s->last.body);
}

static void call(struct shop *s, const char *file, int line, const char *request)
{
  static const char *const broken[] = {"answered", "connection refused", "connection broken", "no answer in time"};
  struct request rq = {0};
  parse(s, request, &rq);
  enum called got = client_call(s->client, &rq, &s->last);
  if (got != CALL_ANSWERED)
    test_failed(file, line, request, arena_printf(s->arena, "%s\n%s", broken[got], shop_log_tail(s)), "an answer");
}

void shop_say(struct shop *s, const char *file, int line, int status, const char *request)
{
  call(s, file, line, request);
  if (s->last.status != status)
    test_failed(file, line, request, shown(s), arena_printf(s->arena, "%d", status));
}

void shop_see(struct shop *s, const char *file, int line, const char *pointer, const char *wanted)
{
  const char *got = json_look(s->arena, s->last.body, pointer), *want = wanted ? shop_text(s, wanted) : NULL;
  if (!text_eq(got, want))
    test_failed(file, line, pointer, arena_printf(s->arena, "%s\n  of     %s", got ? got : "not there", shown(s)),
                want ? want : "not there");
}

const char *shop_at(struct shop *s, const char *file, int line, const char *pointer)
{
  const char *got = json_look(s->arena, s->last.body, pointer);
  if (!got)
    test_failed(file, line, pointer, shown(s), "something there");
  return got;
}

void shop_await(struct shop *s, const char *file, int line, const char *request, const char *pointer,
                const char *wanted)
{
  int64_t until = monotonic_ms() + AWAIT_MS;
  for (;;) {
    call(s, file, line, request);
    if (text_eq(json_look(s->arena, s->last.body, pointer), shop_text(s, wanted)))
      return;
    if (monotonic_ms() > until)
      shop_see(s, file, line, pointer, wanted);
    poll(NULL, 0, 50);
  }
}

/* ---- Ready-made beginnings ---- */

void a_small_shop(struct shop *s)
{
  SAY(201, "POST /v1/locations {'code': 'NJ1', 'name': 'Newark'}");
  SAY(201, "POST /v1/products {'sku': 'TEE-S', 'name': 'T-shirt, small', 'price': 1990, 'currency': 'USD', 'weight_g': "
           "150}");
  SAY(201,
      "POST /v1/products {'sku': 'MUG-BLUE', 'name': 'Blue mug', 'price': 1250, 'currency': 'USD', 'weight_g': 400}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'reason': 'first count', 'lines': ["
           "{'sku': 'TEE-S', 'counted': 10}, {'sku': 'MUG-BLUE', 'counted': 5}]}");
}

void a_paid_order(struct shop *s, int quantity)
{
  shop_label(s, "quantity", arena_printf(s->arena, "%d", quantity));
  shop_label(s, "amount", arena_printf(s->arena, "%d", quantity * 1990));
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': <quantity>}],"
           "'shipping_address': {'name': 'Ann', 'line1': '1 Main St', 'city': 'Newark', 'region': 'NJ', 'postal_code': "
           "'07102', 'country': 'US'},"
           "'payments': [{'provider': 'manual', 'kind': 'capture', 'amount': <amount>}]}");
  SEE("/state", "open");
  KEEP("order", "/id");
  KEEP("fulfillment", "/fulfillments/0/id");
}
