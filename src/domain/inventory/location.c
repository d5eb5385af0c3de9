/* Locations in the memo: there are few of them and every order asks for all, so a connection keeps the whole table,
 * sorted and ready for promises, with two hash tables beside it. */
#include "location_priv.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>

struct memo {
  const struct location **all; /* by priority and code */
  size_t n;
  size_t mask; /* of both hash tables, which are never more than half full */
  const struct location **by_code, **by_id;
};

/* A copy whose texts and nested values are all in the arena. */
static enum err copy_location(struct ctx *cx, const struct location *from, struct arena *a, struct location *to)
{
  *to = *from;
  for (const struct rec_field *f = location_rec.fields; f < location_rec.fields + location_rec.n; f++) {
    char *at = (char *)to + f->offset;
    if (f->kind == REC_TEXT || f->kind == REC_JSON) {
      *(const char **)(void *)at = arena_text(a, *(const char **)(void *)at);
    } else if (f->kind == REC_RECORD || f->kind == REC_TEXTS) {
      struct buf json;
      buf_init(&json, cx->arena);
      rec_store(f, from, &json);
      TRY(rec_load(f, arena_textn(a, json.at, json.n), json.n, a, &cx->fault, to));
    }
  }
  return ERR_OK;
}

/* What promise_make wants, from what people wrote. */
static enum err prepare_site(struct ctx *cx, struct arena *a, struct location *l)
{
  int64_t hours = l->processing_hours;
  if (hours == ABSENT)
    TRY(setting_i64(cx, SETTING_PROCESSING_HOURS, &hours));
  if (l->calendar)
    TRY(promise_calendar_prepare(l->calendar, "/calendar", &cx->fault));
  struct promise_cut_offs *cut_offs = NULL;
  if (l->cut_off) {
    cut_offs = ARENA_NEW(a, struct promise_cut_offs);
    TRY(promise_cut_offs_read(l->cut_off, "/cut_off", a, &cx->fault, cut_offs));
  }
  l->site = (struct promise_site){
      .code = l->code,
      .zone = l->time_zone,
      .calendar = l->calendar,
      .cut_offs = cut_offs,
      .processing_unit = PROMISE_WORKING_MINUTES,
      .processing = hours * 60,
  };
  return ERR_OK;
}

static const struct location **place_of_code(const struct memo *m, const char *code)
{
  size_t i = (size_t)hash_text(code) & m->mask;
  while (m->by_code[i] && strcmp(m->by_code[i]->code, code) != 0)
    i = (i + 1) & m->mask;
  return &m->by_code[i];
}

static const struct location **place_of_id(const struct memo *m, int64_t id)
{
  size_t i = (size_t)hash_mix((uint64_t)id, 0) & m->mask;
  while (m->by_id[i] && m->by_id[i]->id.v != id)
    i = (i + 1) & m->mask;
  return &m->by_id[i];
}

static void make_tables(struct memo *m, struct arena *a)
{
  size_t places = 16;
  while (places < m->n * 2)
    places *= 2;
  m->mask = places - 1;
  m->by_code = ARENA_ARRAY(a, const struct location *, places);
  m->by_id = ARENA_ARRAY(a, const struct location *, places);
  for (size_t i = 0; i < m->n; i++) {
    *place_of_code(m, m->all[i]->code) = m->all[i];
    *place_of_id(m, m->all[i]->id.v) = m->all[i];
  }
}

static enum err read_all(struct ctx *cx, struct memo *m)
{
  static const struct db_where all = {&location_table, "1 = 1 ORDER BY priority, code LIMIT 100000", DB_LIST};
  LIST(struct location) rows = {0};
  struct arena *a = db_memo_arena(cx->db);
  TRY(db_select(cx->db, &all, (struct list *)(void *)&rows, DB_NO_ARGS));
  m->all = ARENA_ARRAY(a, const struct location *, rows.n + 1);
  EACH (struct location, row, &rows) {
    struct location *l = ARENA_NEW(a, struct location);
    TRY(copy_location(cx, row, a, l));
    TRY(prepare_site(cx, a, l));
    m->all[m->n++] = l;
  }
  make_tables(m, a);
  return ERR_OK;
}

static enum err memo_of(struct ctx *cx, const struct memo **out)
{
  static const char slot_name;
  void **slot = db_memo_slot(cx->db, &slot_name);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    struct memo *m = ARENA_NEW(db_memo_arena(cx->db), struct memo);
    db_use_arena(cx->db, db_memo_arena(cx->db)); /* nobody else may come between an empty slot and its filling */
    enum err err = read_all(cx, m);
    db_use_arena(cx->db, requests);
    TRY(err);
    *db_memo_slot(cx->db, &slot_name) = m;
    *out = m;
    return ERR_OK;
  }
  *out = *slot;
  return ERR_OK;
}

static enum err found(const struct location *l, const struct location **out)
{
  if (!l)
    return ERR_NOT_FOUND;
  *out = l;
  return ERR_OK;
}

enum err location_by_id(struct ctx *cx, int64_t id, const struct location **out)
{
  const struct memo *m;
  TRY(memo_of(cx, &m));
  return found(*place_of_id(m, id), out);
}

enum err location_by_code(struct ctx *cx, const char *code, const struct location **out)
{
  const struct memo *m;
  TRY(memo_of(cx, &m));
  return found(*place_of_code(m, code), out);
}

enum err location_find(struct ctx *cx, const char *id_or_code, const struct location **out)
{
  int64_t id;
  if (id_parse(PREFIX_location, id_or_code, &id))
    return location_by_id(cx, id, out);
  return location_by_code(cx, id_or_code, out);
}

enum err locations_all(struct ctx *cx, struct locations *out)
{
  const struct memo *m;
  TRY(memo_of(cx, &m));
  *out = (struct locations){.at = m->all, .n = m->n};
  return ERR_OK;
}

enum err location_load(struct ctx *cx, const char *id_or_code, struct location *out)
{
  static const struct db_where by_code = {&location_table, "code = $1", DB_KEYED};
  static const struct db_where by_id = {&location_table, "id = $1", DB_KEYED};
  int64_t id;
  bool has_id = id_parse(PREFIX_location, id_or_code, &id);
  rec_init(&location_rec, out);
  enum err err = has_id ? db_select_one(cx->db, &by_id, out, DB_ARGS(I64(id)))
                        : db_select_one(cx->db, &by_code, out, DB_ARGS(TEXT(id_or_code)));
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no location %s", id_or_code);
  return err;
}

enum err locations_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, code FROM location WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
