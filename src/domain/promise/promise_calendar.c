/* Calendars and cut-offs: from what people wrote to minutes, and back to the questions a promise asks of a day. */
#include "promise_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool promise_minute_parse(const char *s, int64_t *out)
{
  if (!s || strlen(s) != 5 || s[2] != ':')
    return false;
  for (int i = 0; i < 5; i++)
    if (i != 2 && (s[i] < '0' || s[i] > '9'))
      return false;
  int64_t hours = (s[0] - '0') * 10 + (s[1] - '0'), minutes = (s[3] - '0') * 10 + (s[4] - '0');
  if (minutes > 59 || hours > 24 || (hours == 24 && minutes))
    return false;
  *out = hours * 60 + minutes;
  return true;
}

/* ---- Preparing ------------------------------------------------------------------------------------------------- */

static enum err refuse(struct fault *f, const char *pointer, const char *list, size_t i, const char *slug,
                       const char *sentence)
{
  char where[160];
  snprintf(where, sizeof where, "%s/%s/%zu", pointer, list, i);
  return fault_add(f, ERR_INVALID, where, slug, "%s", sentence);
}

/* A span's two texts to minutes; NULL texts are the ends of the day. */
static enum err prepare_span(const char *from, const char *to, int64_t *from_minute, int64_t *to_minute,
                             struct fault *f, const char *pointer, const char *list, size_t i)
{
  *from_minute = 0;
  *to_minute = PROMISE_END_OF_DAY;
  if ((from && !promise_minute_parse(from, from_minute)) || (to && !promise_minute_parse(to, to_minute)))
    return refuse(f, pointer, list, i, "invalid_format", "times are written as 08:00");
  if (*from_minute >= *to_minute)
    return refuse(f, pointer, list, i, "from_after_to", "the hours end before they begin");
  return ERR_OK;
}

static int by_day(const void *a, const void *b)
{
  const struct promise_hours *x = a, *y = b;
  if (x->day != y->day)
    return x->day - y->day;
  return (int)(x->from_minute - y->from_minute);
}

static int by_date(const void *a, const void *b)
{
  const struct promise_exception *x = a, *y = b;
  if (x->day_number != y->day_number)
    return x->day_number < y->day_number ? -1 : 1;
  return (int)(x->from_minute - y->from_minute);
}

static enum err prepare_weekly(struct promise_calendar *c, const char *pointer, struct fault *f)
{
  enum err e = ERR_OK;
  for (size_t i = 0; i < c->weekly.n; i++) {
    struct promise_hours *h = &c->weekly.at[i];
    if (prepare_span(h->from, h->to, &h->from_minute, &h->to_minute, f, pointer, "weekly", i) != ERR_OK)
      e = ERR_INVALID;
  }
  TRY(e);
  if (c->weekly.n)
    qsort(c->weekly.at, c->weekly.n, sizeof *c->weekly.at, by_day);
  for (size_t i = 1; i < c->weekly.n; i++)
    if (c->weekly.at[i].day == c->weekly.at[i - 1].day && c->weekly.at[i].from_minute < c->weekly.at[i - 1].to_minute)
      return refuse(f, pointer, "weekly", i, "overlap", "two spans of a weekday overlap");
  return ERR_OK;
}

static enum err prepare_exceptions(struct promise_calendar *c, const char *pointer, struct fault *f)
{
  enum err e = ERR_OK;
  for (size_t i = 0; i < c->exceptions.n; i++) {
    struct promise_exception *x = &c->exceptions.at[i];
    if (!x->date || !date_valid(x->date, strlen(x->date)))
      e = refuse(f, pointer, "exceptions", i, "invalid_format", "dates are written as 2026-12-25");
    else
      x->day_number = date_days(x->date);
    if (prepare_span(x->from, x->to, &x->from_minute, &x->to_minute, f, pointer, "exceptions", i) != ERR_OK)
      e = ERR_INVALID;
  }
  TRY(e);
  if (c->exceptions.n)
    qsort(c->exceptions.at, c->exceptions.n, sizeof *c->exceptions.at, by_date);
  for (size_t i = 1; i < c->exceptions.n; i++) {
    const struct promise_exception *x = &c->exceptions.at[i], *before = x - 1;
    if (x->day_number == before->day_number && (!x->open || !before->open || x->from_minute < before->to_minute))
      return refuse(f, pointer, "exceptions", i, "overlap", "two exceptions of a date contradict each other");
  }
  return ERR_OK;
}

enum err promise_calendar_prepare(struct promise_calendar *c, const char *pointer, struct fault *f)
{
  enum err weekly = prepare_weekly(c, pointer, f);
  enum err exceptions = prepare_exceptions(c, pointer, f);
  return weekly != ERR_OK ? weekly : exceptions;
}

enum err promise_calendar_read(const char *json, const char *pointer, struct arena *a, struct fault *f,
                               struct promise_calendar *out)
{
  struct promise_calendar c;
  rec_init(&promise_calendar_rec, &c);
  if (!text_empty(json))
    TRY(rec_read(&promise_calendar_rec, json, strlen(json), pointer, a, f, &c));
  TRY(promise_calendar_prepare(&c, pointer, f));
  *out = c;
  return ERR_OK;
}

/* ---- Cut-offs -------------------------------------------------------------------------------------------------- */

/* The list as a record's member, so that the descriptor can read it. */
static const struct rec_field rows_fields[] = {
    FIELD_AS(REC_LIST, struct promise_cut_offs, rows, .rec = &promise_cut_off_rec, .max = 200, .doc = "Cut-offs"),
};
static const struct rec rows_rec = REC(struct promise_cut_offs, "CutOffs", rows_fields, "Cut-offs of a location");

static enum err prepare_cut_offs(struct promise_cut_offs *c, const char *pointer, struct fault *f)
{
  enum err e = ERR_OK;
  for (size_t i = 0; i < c->rows.n; i++) {
    if (promise_minute_parse(c->rows.at[i].time, &c->rows.at[i].minute))
      continue;
    char where[160];
    snprintf(where, sizeof where, "%s/%zu/time", pointer, i);
    e = fault_add(f, ERR_INVALID, where, "invalid_format", "times are written as 14:00");
  }
  return e;
}

static enum err expect_end(struct json *j, const char *pointer, struct fault *f)
{
  if (json_next(j) != JSON_END)
    return fault_add(f, ERR_MALFORMED, pointer, "malformed", "something follows the cut-off");
  return ERR_OK;
}

static enum err read_one_time(struct json *j, const char *pointer, struct arena *a, struct fault *f,
                              struct promise_cut_offs *out)
{
  struct promise_cut_off row = {.day = PROMISE_ANY_DAY, .time = arena_textn(a, j->text, j->n)};
  if (strlen(row.time) != j->n || !promise_minute_parse(row.time, &row.minute))
    return fault_add(f, ERR_INVALID, pointer, "invalid_format", "times are written as 14:00");
  TRY(expect_end(j, pointer, f));
  *LIST_ADD(a, &out->rows) = row;
  return ERR_OK;
}

static enum err read_rows(const char *json, const char *pointer, struct arena *a, struct fault *f,
                          struct promise_cut_offs *out)
{
  struct buf b;
  buf_init(&b, a);
  buf_text(&b, "{\"rows\":");
  buf_text(&b, json);
  buf_char(&b, '}');
  rec_init(&rows_rec, out);
  TRY(rec_read(&rows_rec, buf_str(&b), b.n, pointer, a, f, out));
  return prepare_cut_offs(out, pointer, f);
}

enum err promise_cut_offs_read(const char *json, const char *pointer, struct arena *a, struct fault *f,
                               struct promise_cut_offs *out)
{
  struct promise_cut_offs c = {{0}};
  if (!text_empty(json)) {
    struct json j;
    json_init(&j, json, strlen(json), a);
    enum json_token first = json_next(&j);
    if (first == JSON_STRING)
      TRY(read_one_time(&j, pointer, a, f, &c));
    else if (first == JSON_NULL)
      TRY(expect_end(&j, pointer, f));
    else
      TRY(read_rows(json, pointer, a, f, &c));
  }
  *out = c;
  return ERR_OK;
}

/* How exactly a row names what is asked: 0 = not at all. */
static int exactness(const struct promise_cut_off *row, const char *carrier, const char *service, int weekday)
{
  if ((row->day != PROMISE_ANY_DAY && row->day != weekday) || (row->carrier && !text_eq(row->carrier, carrier)) ||
      (row->service && !text_eq(row->service, service)))
    return 0;
  return 1 + (row->service ? 4 : 0) + (row->carrier ? 2 : 0) + (row->day != PROMISE_ANY_DAY);
}

const struct promise_cut_off *promise_cut_off_for(const struct promise_cut_offs *rows, const char *carrier,
                                                  const char *service, int weekday)
{
  const struct promise_cut_off *best = NULL;
  int best_exactness = 1;
  for (size_t i = 0; rows && i < rows->rows.n; i++) {
    int e = exactness(&rows->rows.at[i], carrier, service, weekday);
    if (e >= best_exactness) {
      best = &rows->rows.at[i];
      best_exactness = e;
    }
  }
  return best;
}

/* ---- Days ------------------------------------------------------------------------------------------------------ */

/* The first exception of a day, or NULL; they are sorted by date. */
static const struct promise_exception *exceptions_of(const struct promise_calendar *c, int64_t day, size_t *n)
{
  size_t low = 0, high = c->exceptions.n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (c->exceptions.at[middle].day_number < day)
      low = middle + 1;
    else
      high = middle;
  }
  *n = 0;
  while (low + *n < c->exceptions.n && c->exceptions.at[low + *n].day_number == day)
    ++*n;
  return *n ? &c->exceptions.at[low] : NULL;
}

static bool weekly_span(const struct promise_calendar *c, int64_t day, size_t i, int64_t *from, int64_t *to)
{
  int weekday = days_weekday(day);
  EACH (const struct promise_hours, h, &c->weekly) {
    if (h->day != weekday || i-- > 0)
      continue;
    *from = h->from_minute;
    *to = h->to_minute;
    return true;
  }
  return false;
}

bool promise_span(const struct promise_calendar *c, int64_t day, size_t i, int64_t *from, int64_t *to)
{
  size_t n = 0;
  const struct promise_exception *x = c ? exceptions_of(c, day, &n) : NULL;
  if (x) {
    if (i >= n || !x[i].open)
      return false;
    *from = x[i].from_minute;
    *to = x[i].to_minute;
    return true;
  }
  if (c && c->weekly.n)
    return weekly_span(c, day, i, from, to);
  *from = 0;
  *to = PROMISE_END_OF_DAY;
  return i == 0;
}

bool promise_open(const struct promise_calendar *c, int64_t day)
{
  int64_t from, to;
  return promise_span(c, day, 0, &from, &to);
}

int64_t promise_opens(const struct promise_calendar *c, int64_t day)
{
  int64_t from = 0, to;
  bool open = promise_span(c, day, 0, &from, &to);
  assert(open);
  return from;
}

int64_t promise_closes(const struct promise_calendar *c, int64_t day)
{
  int64_t from, to = 0;
  for (size_t i = 0; promise_span(c, day, i, &from, &to); i++)
    ;
  return to;
}

bool promise_closed_by_date(const struct promise_calendar *c, int64_t day)
{
  size_t n = 0;
  const struct promise_exception *x = c ? exceptions_of(c, day, &n) : NULL;
  return x && !x->open;
}
