/* What must be true of jobs. */
#include "jobs_priv.h"

typedef void difference_fn(void *arg, const char *difference, const char *repair);

struct rule {
  struct db_stmt broken; /* how many jobs break it, and the smallest id of them */
  const char *what, *repair;
};

static const struct rule rules[] = {
    {{"SELECT count(*), min(id) FROM job WHERE live <> CASE WHEN state = 'queued' OR state = 'running'"
      " OR state = 'retrying' THEN 1 ELSE 0 END",
      DB_REPORT},
     "are live although they are over, or the reverse",
     "set live to 1 for queued, running and retrying jobs, to 0 for all others"},
    {{"SELECT count(*), min(a.id) FROM job a JOIN job b ON b.bucket = a.bucket AND b.lane = a.lane AND b.id <> a.id"
      " WHERE a.lane <> '' AND a.live = 1 AND b.live = 1 AND a.state = 'running' AND b.state = 'running'",
      DB_REPORT},
     "run beside another one of their lane",
     "stop the workers; what they do is done again in the order of the lane"},
    {{"SELECT count(*), min(j.id) FROM job j JOIN job_attempt a ON a.bucket = j.bucket AND a.job_id = j.id"
      " WHERE a.n > j.runs OR (a.n = j.runs AND j.state = 'running')",
      DB_REPORT},
     "have attempts that they do not count",
     "set runs to the n of the last attempt"},
    {{"SELECT count(*), min(id) FROM job j WHERE (j.state = 'done' OR j.state = 'dead') AND NOT EXISTS"
      " (SELECT 1 FROM job_attempt a WHERE a.bucket = j.bucket AND a.job_id = j.id AND a.n = j.runs"
      " AND a.outcome = j.state)",
      DB_REPORT},
     "are over and no attempt says so",
     "replay them"},
};

enum err jobs_check(struct ctx *cx, difference_fn *difference, void *arg)
{
  for (size_t i = 0; i < COUNT_OF(rules); i++) {
    struct db_rows rows;
    TRY(db_query(cx->db, &rules[i].broken, &rows, DB_NO_ARGS));
    int64_t n = db_next(&rows) ? db_i64(&rows, 0) : 0, first = n ? db_i64(&rows, 1) : 0;
    TRY(db_done(&rows));
    char id[ID_TEXT] = "";
    if (first > 0)
      id_format(PREFIX_job, first, id);
    if (n)
      difference(arg, arena_printf(cx->arena, "jobs: %lld %s, the first is %s", (long long)n, rules[i].what, id),
                 rules[i].repair);
  }
  return ERR_OK;
}
