/* What adapters have in common. */
#include "connect.h"

#include "settings.h"

enum err connect_limits(struct ctx *cx, const struct job_run *run, int64_t total_ms, struct net_limits *out)
{
  const char *allowed;
  TRY(setting_text(cx, SETTING_OUTBOUND_PRIVATE, &allowed));
  *out = (struct net_limits){.total_ms = total_ms,
                             .connect_ms = total_ms < NET_CONNECT_MS ? total_ms : NET_CONNECT_MS,
                             .private_addresses = text_eq(allowed, "on"),
                             .stopping = run->stopping,
                             .arg = run->arg};
  return ERR_OK;
}

void connect_no_answer(const struct net_fault *f, struct job_outcome *out)
{
  out->end = f->error == NET_BAD_URL ? JOB_END_DEAD : JOB_END_RETRY;
  out->code = net_code(f->error);
  out->reason = f->reason;
  if (f->status)
    out->status = f->status;
}

void connect_failed(struct ctx *cx, enum err err, struct job_outcome *out)
{
  out->end = JOB_END_RETRY;
  out->code = err_info(err)->slug;
  out->reason = cx->fault.detail ? cx->fault.detail : err_info(err)->title;
}
