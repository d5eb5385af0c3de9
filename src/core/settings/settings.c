/* Settings: the table, and their values through the memo of the connection. */
#include "settings.h"

#include <string.h>

static const struct setting_info infos[SETTING_COUNT] = {
#define X(code, key, kind, def, min, max, choices, unit, help)                                                         \
  [SETTING_##code] = {key, SETTING_##kind, def, min, max, choices, unit, help},
    SETTING_LIST(X)
#undef X
};

const struct setting_info *setting_info(enum setting s)
{
  assert(s < SETTING_COUNT);
  return &infos[s];
}

enum setting setting_find(const char *key)
{
  enum setting s = 0;
  while (s < SETTING_COUNT && strcmp(infos[s].key, key) != 0)
    s++;
  return s;
}

struct values {
  const char *text[SETTING_COUNT];
  int64_t number[SETTING_COUNT];
};

static void keep(struct values *v, enum setting s, const char *text)
{
  v->text[s] = text;
  if (infos[s].kind == SETTING_INT && !decimal_parse(text, strlen(text), 0, &v->number[s]))
    v->number[s] = 0;
}

static enum err read_values(struct ctx *cx, struct values *v)
{
  static const struct db_stmt all = {"SELECT setting_key, setting_value FROM setting ORDER BY setting_key", DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &all, &rows, DB_NO_ARGS));
  while (db_next(&rows)) {
    enum setting s = setting_find(db_text(&rows, 0));
    if (s < SETTING_COUNT)
      keep(v, s, db_text(&rows, 1));
  }
  return db_done(&rows);
}

static enum err load(struct ctx *cx, struct values **out)
{
  void **slot = db_memo_slot(cx->db, infos);
  if (!*slot) {
    struct arena *a = db_memo_arena(cx->db);
    struct values *v = ARENA_NEW(a, struct values);
    for (enum setting s = 0; s < SETTING_COUNT; s++)
      keep(v, s, infos[s].def);
    struct arena *requests = db_arena(cx->db);
    db_use_arena(cx->db, a); /* nobody else may come between an empty slot and its filling */
    enum err err = read_values(cx, v);
    db_use_arena(cx->db, requests);
    TRY(err);
    *slot = v;
  }
  *out = *slot;
  return ERR_OK;
}

enum err setting_i64(struct ctx *cx, enum setting s, int64_t *out)
{
  struct values *v;
  assert(infos[s].kind == SETTING_INT);
  TRY(load(cx, &v));
  *out = v->number[s];
  return ERR_OK;
}

enum err setting_text(struct ctx *cx, enum setting s, const char **out)
{
  struct values *v;
  TRY(load(cx, &v));
  *out = arena_text(cx->arena, v->text[s]); /* a reply may outlive the memo, which acts on masters clear */
  return ERR_OK;
}

static bool is_choice(const char *choices, const char *value)
{
  size_t n = strlen(value);
  for (const char *p = choices; *p;) {
    size_t word = strcspn(p, " ");
    if (word == n && memcmp(p, value, n) == 0)
      return true;
    p += word + (p[word] == ' ');
  }
  return false;
}

/* Pages for customers ask nobody else for anything, so a picture is ours or lies in the page. */
static bool is_picture(const char *value)
{
  return !*value || (value[0] == '/' && value[1] != '/') || text_starts(value, "data:image/");
}

static bool is_color(const char *value)
{
  return !*value || (*value == '#' && strlen(value) == 7 && strspn(value + 1, "0123456789abcdefABCDEF") == 6);
}

enum err setting_check(struct ctx *cx, enum setting s, const char *value, const char *pointer)
{
  const struct setting_info *i = &infos[s];
  int64_t v = (int64_t)utf8_count(value);
  if (i->kind == SETTING_CHOICE)
    return is_choice(i->choices, value)
               ? ERR_OK
               : fault_add(&cx->fault, ERR_INVALID, pointer, "not_one_of", "must be one of: %s", i->choices);
  if (i->kind == SETTING_INT && !decimal_parse(value, strlen(value), 0, &v))
    return fault_add(&cx->fault, ERR_INVALID, pointer, "wrong_type", "%s is a whole number", i->key);
  if (v < i->min || v > i->max)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "out_of_bounds", "%s goes from %lld to %lld%s%s", i->key,
                     (long long)i->min, (long long)i->max, i->kind == SETTING_TEXT ? " characters" : " ", i->unit);
  if (s == SETTING_COMPANY_CURRENCY && currency_decimals(value) < 0)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "invalid_format", "not a currency of ISO 4217");
  if (s == SETTING_SHOP_COLOR && !is_color(value))
    return fault_add(&cx->fault, ERR_INVALID, pointer, "invalid_format", "a color is written #rrggbb");
  if (s == SETTING_SHOP_LOGO && !is_picture(value))
    return fault_add(&cx->fault, ERR_INVALID, pointer, "invalid_format", "a path of this server, or data:image/...");
  return ERR_OK;
}

enum err setting_store(struct ctx *cx, enum setting s, const char *value)
{
  static const struct db_stmt put = {"INSERT INTO setting (setting_key, setting_value) VALUES ($1, $2)"
                                     " ON CONFLICT (setting_key) DO UPDATE SET setting_value = excluded.setting_value",
                                     DB_KEYED};
  return db_run(cx->db, &put, NULL, DB_ARGS(TEXT(infos[s].key), TEXT(value)));
}
