/* tools/postgres.sh makes and starts the servers; what breaks them is here. As root PostgreSQL's programs run as the user
 * postgres, since they refuse root. */
#include "cluster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 24, CHILDREN_MAX = 512, PATIENCE_MS = 30000 };

struct pg {
  struct test *t;
  const char *folder, *said; /* said: a file for what programs say */
  int port;
  pid_t receiver; /* that pg_pause_standby stopped */
  pid_t watcher;
  int held; /* the watcher's pipe */
};

static const char script[] = ORDO_SOURCE_DIR "/tools/postgres.sh";

/* ---- Programs ---- */

static const struct passwd *owner(void)
{
  return geteuid() == 0 ? getpwnam("postgres") : NULL;
}

/* In the child: what it says goes to a file; as_owner: as the user who may run PostgreSQL. */
static _Noreturn void become(const char *const *words, const char *out, bool as_owner)
{
  const struct passwd *who = as_owner ? owner() : NULL;
  int file = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(open("/dev/null", O_RDONLY), 0);
  dup2(file, 1);
  dup2(file, 2);
  if (who && (setgroups(0, NULL) != 0 || setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0 || chdir("/") != 0))
    _exit(126);
  execv(words[0], (char *const *)words);
  _exit(127);
}

/* Exit status 0; *out = what it said. */
static bool run(struct pg *pg, const char *const *words, bool as_owner, const char **out)
{
  int status = 0;
  pid_t pid = fork();
  if (pid == 0)
    become(words, pg->said, as_owner);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    continue;
  const char *said = test_read_file(pg->t, pg->said, NULL);
  *out = said ? said : "";
  return status == 0;
}

/* A program of PostgreSQL, or NULL: Debian keeps them off the PATH. */
static const char *program(struct test *t, const char *name)
{
  const char *given = getenv("PG_BIN"), *path = NULL;
  struct dirent *entry;
  if (given)
    return arena_printf(t->arena, "%s/%s", given, name);
  DIR *d = opendir("/usr/lib/postgresql");
  for (int newest = 0; d && (entry = readdir(d));)
    if (atoi(entry->d_name) > newest) {
      newest = atoi(entry->d_name);
      path = arena_printf(t->arena, "/usr/lib/postgresql/%s/bin/%s", entry->d_name, name);
    }
  if (d)
    closedir(d);
  return path && access(path, X_OK) == 0 ? path : NULL;
}

/* ---- Servers ---- */

/* A child that removes the server as soon as nobody holds the other end of its pipe: when the test ends, or has died. */
static void watch(struct pg *pg)
{
  int ends[2];
  CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
  pg->watcher = fork();
  if (pg->watcher == 0) {
    char nothing;
    close(ends[1]);
    setsid();
    while (read(ends[0], &nothing, 1) < 0 && errno == EINTR)
      continue;
    become((const char *[]){script, "drop", pg->folder, NULL}, pg->said, false);
  }
  close(ends[0]);
  pg->held = ends[1];
}

static void drop(void *arg)
{
  struct pg *pg = arg;
  if (pg->receiver)
    kill(pg->receiver, SIGCONT);
  close(pg->held);
  while (waitpid(pg->watcher, NULL, 0) < 0 && errno == EINTR)
    continue;
}

/* A folder that the owner of a server can reach: the test's own is closed to other users. */
static const char *open_folder(struct test *t)
{
  const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
  char *path = arena_printf(t->arena, "%s/ordo-pg-XXXXXX", tmp);
  CHECK(mkdtemp(path) != NULL);
  CHECK_INT(chmod(path, 0755), 0);
  return path;
}

static struct pg *new_pg(struct test *t, const char *folder)
{
  struct pg *pg = ARENA_NEW(t->arena, struct pg);
  pg->t = t;
  pg->folder = folder ? folder : open_folder(t);
  pg->said = arena_printf(t->arena, "%s/said", test_folder(t));
  watch(pg);
  arena_defer(t->arena, drop, pg);
  return pg;
}

static bool start(struct pg *pg, const char *const *conf)
{
  const char *words[WORDS_MAX] = {script, "start", pg->folder}, *said;
  size_t n = 3;
  for (; conf && *conf && n + 3 < WORDS_MAX; conf++) {
    words[n++] = "--conf";
    words[n++] = *conf;
  }
  bool fine = run(pg, words, false, &said);
  const char *port = fine ? strrchr(said, ':') : NULL;
  if (port)
    pg->port = atoi(port + 1);
  else
    printf("  %s\n", said);
  return fine && pg->port;
}

struct pg *pg_start(struct test *t, const char *data, const char *const *conf)
{
  if (!program(t, "initdb"))
    SKIP("no PostgreSQL here");
  prctl(PR_SET_CHILD_SUBREAPER, 1); /* servers that are killed end as our children, so that their end can be awaited */
  struct pg *pg = new_pg(t, data);
  CHECK(start(pg, conf));
  return pg;
}

int pg_port(const struct pg *pg)
{
  return pg->port;
}

const char *pg_url_at(struct pg *pg, int port, const char *database)
{
  return arena_printf(pg->t->arena, "postgresql://postgres@127.0.0.1:%d/%s", port, database);
}

const char *pg_url(struct pg *pg, const char *database)
{
  return pg_url_at(pg, pg->port, database);
}

const char *pg_url_of_two(struct pg *a, struct pg *b, const char *database)
{
  return arena_printf(
      a->t->arena, "postgresql:///%s?host=127.0.0.1,127.0.0.1&port=%d,%d&user=postgres&target_session_attrs=read-write",
      database, a->port, b->port);
}

const char *pg_ask_at(struct test *t, const char *url, const char *sql)
{
  PGconn *db = PQconnectdb(url);
  PGresult *r = PQexec(db, sql);
  bool fine = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
  const char *answer = arena_text(t->arena, !fine ? PQerrorMessage(db) : PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
  PQclear(r);
  PQfinish(db);
  if (!fine)
    test_failed(__FILE__, __LINE__, sql, answer, "a statement that runs");
  return answer;
}

const char *pg_answer(struct pg *pg, const char *sql)
{
  return pg_ask_at(pg->t, pg_url(pg, "postgres"), sql);
}

void pg_create(struct pg *pg, const char *database)
{
  pg_answer(pg, arena_printf(pg->t->arena, "CREATE DATABASE %s TEMPLATE template0", database));
}

/* ---- Breaking them ---- */

static pid_t postmaster(struct pg *pg)
{
  char line[32] = "";
  FILE *f = fopen(arena_printf(pg->t->arena, "%s/data/postmaster.pid", pg->folder), "r");
  if (f && !fgets(line, sizeof line, f))
    *line = 0;
  if (f)
    fclose(f);
  return (pid_t)atoi(line);
}

/* The parent of a process and, in *state, what /proc says of it; 0 when it is gone. */
static pid_t parent_of(pid_t pid, char *state)
{
  char path[64], text[512] = "";
  int parent = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE *f = fopen(path, "r");
  if (f && fgets(text, sizeof text, f)) {
    const char *end = strrchr(text, ')'); /* a name may have anything in it */
    if (!end || sscanf(end + 1, " %c %d", state, &parent) != 2)
      parent = 0;
  }
  if (f)
    fclose(f);
  return (pid_t)parent;
}

static int children_of(pid_t parent, pid_t *out)
{
  struct dirent *entry;
  DIR *d = opendir("/proc");
  int n = 0;
  while (d && (entry = readdir(d)) && n < CHILDREN_MAX) {
    char state;
    pid_t pid = (pid_t)atoi(entry->d_name);
    if (pid > 0 && parent_of(pid, &state) == parent)
      out[n++] = pid;
  }
  if (d)
    closedir(d);
  return n;
}

/* Until the process is gone, or a zombie that nobody wants. */
static void await_end(pid_t pid)
{
  for (int ms = 0; ms < PATIENCE_MS; ms += 5) {
    char state = 0;
    waitpid(pid, NULL, WNOHANG); /* ours since its parent has died */
    if (parent_of(pid, &state) == 0 || state == 'Z')
      return;
    poll(NULL, 0, 5);
  }
}

void pg_kill(struct pg *pg)
{
  pid_t children[CHILDREN_MAX], server = postmaster(pg);
  assert(server > 1);
  kill(server, SIGSTOP); /* so that no further child is born while they are counted */
  int n = children_of(server, children);
  kill(server, SIGKILL);
  for (int i = 0; i < n; i++)
    kill(children[i], SIGKILL);
  await_end(server);
  for (int i = 0; i < n; i++)
    await_end(children[i]);
}

bool pg_try_restart(struct pg *pg)
{
  return start(pg, NULL);
}

void pg_restart(struct pg *pg)
{
  CHECK(pg_try_restart(pg));
}

void pg_stop(struct pg *pg)
{
  const char *said;
  if (!run(pg, (const char *[]){script, "stop", pg->folder, NULL}, false, &said))
    test_failed(__FILE__, __LINE__, "stop", said, "a server that ends");
}

/* ---- Primary and standby ---- */

static void await(struct pg *pg, const char *sql, const char *wanted)
{
  const char *got = NULL;
  for (int ms = 0; ms < PATIENCE_MS; ms += 50, poll(NULL, 0, 50))
    if (text_eq(got = pg_answer(pg, sql), wanted))
      return;
  test_failed(__FILE__, __LINE__, sql, got, wanted);
}

static void run_as_owner(struct pg *pg, const char *const *words)
{
  const char *said;
  if (!run(pg, words, true, &said))
    test_failed(__FILE__, __LINE__, words[0], said, "success");
}

struct pg *pg_standby(struct pg *primary)
{
  struct test *t = primary->t;
  struct pg *pg = new_pg(t, NULL);
  if (owner())
    CHECK_INT(chown(pg->folder, owner()->pw_uid, owner()->pw_gid), 0);
  const char *from =
      arena_printf(t->arena, "host=127.0.0.1 port=%d user=postgres application_name=standby", primary->port);
  run_as_owner(pg,
               (const char *[]){program(t, "pg_basebackup"), "--pgdata", arena_printf(t->arena, "%s/data", pg->folder),
                                "--dbname", from, "--write-recovery-conf", "--checkpoint=fast", "--no-sync", NULL});
  CHECK(start(pg, NULL));
  pg_answer(primary, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
  pg_answer(primary, "SELECT pg_reload_conf()");
  await(primary, "SELECT sync_state FROM pg_stat_replication", "sync");
  return pg;
}

void pg_promote(struct pg *pg)
{
  struct test *t = pg->t;
  run_as_owner(pg, (const char *[]){program(t, "pg_ctl"), "promote", "--wait", "--pgdata",
                                    arena_printf(t->arena, "%s/data", pg->folder), NULL});
}

void pg_pause_standby(struct pg *pg)
{
  pg->receiver = (pid_t)atoi(pg_answer(pg, "SELECT pid FROM pg_stat_wal_receiver"));
  CHECK(pg->receiver > 1);
  kill(pg->receiver, SIGSTOP);
}

void pg_resume_standby(struct pg *pg)
{
  kill(pg->receiver, SIGCONT);
  pg->receiver = 0;
}
