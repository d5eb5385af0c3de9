/* Log lines on stderr: text for people on a terminal, one JSON object a line for machines. */
#include "app.h"

#include "context.h"
#include "rec.h"

#include <stdio.h>
#include <unistd.h>

static const char *const levels[] = {[LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

static bool for_people(void)
{
  return isatty(STDERR_FILENO) == 1;
}

/* One write, so that lines of several threads do not mix. */
static void put(struct buf *line)
{
  buf_char(line, '\n');
  fwrite(line->at, 1, line->n, stderr);
}

static void begin(struct json_out *o, struct buf *line, enum log_level level, const char *message)
{
  char at[INSTANT_TEXT];
  instant_format(clock_real.now(NULL), at);
  json_out_init(o, line);
  json_object(o);
  json_put_text(o, "at", at);
  json_put_text(o, "level", levels[level]);
  json_put_text(o, "message", message);
}

void log_line(enum log_level level, const char *message, const char *fmt, ...)
{
  struct arena *a = arena_new(64 * 1024);
  struct buf line;
  char detail[1024];
  va_list args;
  va_start(args, fmt);
  vsnprintf(detail, sizeof detail, fmt, args);
  va_end(args);
  buf_init(&line, a);
  if (for_people()) {
    buf_printf(&line, "%s: %s%s%s", levels[level], message, *detail ? ": " : "", detail);
  } else {
    struct json_out o;
    begin(&o, &line, level, message);
    json_put_text(&o, "detail", *detail ? detail : NULL);
    json_object_end(&o);
  }
  put(&line);
  arena_free(a);
}

/* Links that open an order to whoever has them: what they end with is no matter of logs. */
static const char *path_told(const char *path, char out[64])
{
  static const char *const secret[] = {"/v1/track/", "/track/"};
  for (size_t i = 0; i < COUNT_OF(secret); i++)
    if (text_starts(path, secret[i])) {
      snprintf(out, 64, "%s...", secret[i]);
      return out;
    }
  return path;
}

void log_access(const struct http_log *l)
{
  char told[64];
  const char *path = path_told(l->path, told);
  struct arena *a = arena_new(64 * 1024);
  struct buf line;
  buf_init(&line, a);
  if (for_people()) {
    buf_printf(&line, "%s %s %d %lld B %.1f ms%s", l->method, path, l->status, (long long)l->bytes,
               (double)l->duration_us / 1000.0, l->aborted ? " (aborted)" : "");
  } else {
    struct json_out o;
    begin(&o, &line, LOG_INFO, "request");
    json_put_text(&o, "method", l->method);
    json_put_text(&o, "path", path);
    json_put_i64(&o, "status", l->status);
    json_put_i64(&o, "bytes", l->bytes);
    json_put_i64(&o, "duration_us", l->duration_us);
    json_put_text(&o, "request_id", l->request_id);
    json_put_text(&o, "client", l->client);
    if (l->aborted) {
      json_key(&o, "aborted");
      json_bool(&o, true);
    }
    json_object_end(&o);
  }
  put(&line);
  arena_free(a);
}
