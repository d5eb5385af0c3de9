/* ordo copy: a company moves to another engine, every row of it. */
#include "cmd_transfer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TELL_MS = 500 };

const struct option_row copy_options[] = {
    {"from", NULL, NULL, false, "the database as it is: sqlite:PATH or postgresql://HOST/NAME; its server is stopped"},
    {"to", NULL, NULL, false, "a fresh database, which becomes the same"},
    {"resume", NULL, NULL, true, "go on with a copy that was interrupted; compares one that is complete"},
    {0},
};

/* ---- Progress: one moving line on a terminal, else a line a table ---- */

static void tell_moving(struct transfer_job *job, const struct transfer_progress *p, int64_t ms)
{
  int64_t rate = (p->rows - job->rows_before) * SECOND_MS / (ms + 1), left = p->total - p->rows;
  fprintf(stderr, "\r%s %lld of %lld rows, %lld rows/s, %lld s left  %-24s",
          p->phase == TRANSFER_COPYING ? "copied" : "compared", (long long)p->rows, (long long)p->total,
          (long long)rate, (long long)(rate > 0 && left > 0 ? left / rate : 0), p->table);
}

static void tell_table(const struct transfer_job *job, const struct transfer_progress *p, int64_t ms)
{
  if (p->phase == TRANSFER_COPYING && p->table_done && p->table_rows > 0)
    fprintf(stderr, "copied %s: %lld rows; %lld of %lld in %lld s, %lld rows/s\n", p->table, (long long)p->table_rows,
            (long long)p->rows, (long long)p->total, (long long)(ms / SECOND_MS),
            (long long)((p->rows - job->rows_before) * SECOND_MS / (ms + 1)));
}

static void tell(void *arg, const struct transfer_progress *p)
{
  struct transfer_job *job = arg;
  int64_t now = clock_real.now(NULL).ms;
  if (job->phase != (int)p->phase) {
    job->phase = (int)p->phase;
    job->began_ms = now;
    job->rows_before = p->rows - p->table_rows;
    if (!isatty(STDERR_FILENO) && p->phase == TRANSFER_COMPARING)
      fprintf(stderr, "comparing\n");
  }
  if (!isatty(STDERR_FILENO))
    return tell_table(job, p, now - job->began_ms);
  if (now - job->told_ms < TELL_MS)
    return;
  job->told_ms = now;
  tell_moving(job, p, now - job->began_ms);
}

static void end_line(const struct transfer_job *job)
{
  if (job->told_ms && isatty(STDERR_FILENO))
    fprintf(stderr, "\r%*s\r", 100, "");
}

/* ---- A job ---- */

void transfer_job_init(struct transfer_job *job)
{
  *job = (struct transfer_job){.phase = -1};
  struct transfer *t = &job->transfer;
  t->arena = arena_new((size_t)1 << 30);
  fault_init(&job->fault, t->arena);
  t->fault = &job->fault;
  t->now = clock_real.now(NULL);
  t->teller = (struct transfer_teller){tell, job};
}

void transfer_job_done(struct transfer_job *job)
{
  db_close(job->transfer.from);
  db_close(job->transfer.to);
  arena_free(job->transfer.arena);
}

const char *sqlite_path(const char *url)
{
  return text_starts(url, "sqlite:") ? url + strlen("sqlite:") : NULL;
}

static bool open_one(struct transfer_job *job, const char *url, enum db_mode mode, struct db **out)
{
  struct transfer *t = &job->transfer;
  if (db_open(url, mode, &job->fault, out) == ERR_OK) {
    db_use(*out, &job->fault, t->arena);
    return true;
  }
  failed("%s: %s", db_url_shown(t->arena, url),
         job->fault.detail ? job->fault.detail : "the database cannot be opened");
  return false;
}

bool transfer_job_fine(struct transfer_job *job, enum err err)
{
  end_line(job);
  EACH (const char *, difference, &job->result.differences)
    printf("%s\n", *difference);
  if (err != ERR_OK)
    failed("%s", job->fault.detail ? job->fault.detail : err_info(err)->title);
  return err == ERR_OK;
}

/* A target is not even made where the source refuses. */
bool transfer_job_open(struct transfer_job *job, const char *from, const char *to)
{
  return open_one(job, from, DB_READER, &job->transfer.from) &&
         (!job->transfer.stopped || transfer_job_fine(job, transfer_source_stopped(&job->transfer))) &&
         (!to || open_one(job, to, DB_WRITER, &job->transfer.to));
}

/* ---- copy ---- */

int cmd_copy(const struct arguments *args)
{
  const char *from = argument(args, "from"), *to = argument(args, "to");
  struct transfer_job job;
  if (!from || !to || text_eq(from, to)) {
    failed("copy needs --from URL and --to URL, two different ones, for example --from sqlite:data/ordo.db --to "
           "postgresql://localhost/ordo");
    return EXIT_USAGE;
  }
  transfer_job_init(&job);
  job.transfer.stopped = true;
  job.transfer.resume = argument(args, "resume") != NULL;
  bool fine = transfer_job_open(&job, from, to);
  if (fine)
    fine = transfer_job_fine(&job, transfer_copy(&job.transfer, &job.result));
  if (fine)
    printf("%lld tables, %lld rows, equal\n", (long long)job.result.tables, (long long)job.result.rows);
  transfer_job_done(&job);
  return fine ? EXIT_FINE : EXIT_FAILED;
}
