/* Words on paper: from the catalogs, from numbers and times, and from what customers wrote. */
#include "print_priv.h"

#include "print_texts.h"
#include "promise.h"
#include "rec.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

/* ---- Catalogs ---- */

struct entry {
  const char *key, *text;
};
struct catalog {
  char language[16]; /* "zh-CN" */
  LIST(struct entry) entries;
};
enum { CATALOGS_MAX = 16, CLEAN_MAX = 500 };
static struct catalog catalogs[CATALOGS_MAX];
static size_t n_catalogs;

static void read_catalog(struct arena *a, const struct embedded_file *file, struct catalog *c)
{
  struct json j;
  size_t n = strcspn(file->name, ".");
  assert(n < sizeof c->language);
  memcpy(c->language, file->name, n);
  json_init(&j, (const char *)file->bytes, file->n, a);
  enum json_token t = json_next(&j);
  assert(t == JSON_OBJECT);
  while ((t = json_next(&j)) == JSON_KEY) {
    struct entry *e = LIST_ADD(a, &c->entries);
    e->key = arena_text(a, j.text);
    t = json_next(&j);
    assert(t == JSON_STRING);
    e->text = arena_text(a, j.text);
  }
  assert(t == JSON_OBJECT_END);
}

static void read_all(void)
{
  static struct arena *a; /* kept as long as the program runs */
  a = arena_new(1 << 20);
  for (; n_catalogs < print_texts_n && n_catalogs < CATALOGS_MAX; n_catalogs++)
    read_catalog(a, &print_texts[n_catalogs], &catalogs[n_catalogs]);
}

static const char *look_up(const char *language, const char *key)
{
  for (size_t i = 0; i < n_catalogs; i++)
    if (strcasecmp(catalogs[i].language, language) == 0)
      EACH (const struct entry, e, &catalogs[i].entries)
        if (strcmp(e->key, key) == 0)
          return e->text;
  return NULL;
}

/* zh-Hant-HK reads the traditional texts, any other Chinese the simplified ones. */
const char *paper_catalog(const char *language)
{
  static const char *const traditional[] = {"TW", "HK", "MO", "Hant"};
  if (strncasecmp(language, "zh", 2) != 0)
    return language;
  for (const char *part = strchr(language, '-'); part; part = strchr(part + 1, '-'))
    for (size_t i = 0; i < COUNT_OF(traditional); i++)
      if (strncasecmp(part + 1, traditional[i], strlen(traditional[i])) == 0)
        return "zh-TW";
  return "zh-CN";
}

const char *paper_text(const char *language, const char *key)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, read_all);
  const char *text = look_up(paper_catalog(language), key);
  text = text ? text : look_up("en", key);
  return text ? text : key;
}

const char *paper_textf(struct arena *a, const char *language, const char *key, const char *one, const char *two)
{
  struct buf b;
  buf_init(&b, a);
  for (const char *s = paper_text(language, key); *s; s++) {
    if (s[0] == '%' && (s[1] == '1' || s[1] == '2')) {
      const char *part = *++s == '1' ? one : two;
      buf_text(&b, part ? part : "");
    } else {
      buf_char(&b, *s);
    }
  }
  return buf_str(&b);
}

/* ---- Numbers and times ---- */

const char *paper_number(struct sheet *s, int64_t n)
{
  return arena_printf(s->arena, "%lld", (long long)n);
}

const char *paper_time(struct sheet *s, struct instant t)
{
  char date[DATE_TEXT];
  if (!instant_set(t))
    return NULL;
  days_date(promise_local_day(s->zones, s->zone, t), date);
  int64_t minute = promise_local_minute(s->zones, s->zone, t);
  return arena_printf(s->arena, "%s %02d:%02d", date, (int)(minute / 60), (int)(minute % 60));
}

const char *paper_quantity(struct sheet *s, struct quantity q, const char *unit)
{
  char text[32];
  decimal_format(q.millionths, 6, text);
  if (!unit)
    return arena_text(s->arena, text);
  const char *key = arena_printf(s->arena, "unit.%s", unit), *name = paper_text(s->language, key);
  return arena_printf(s->arena, "%s\u00a0%s", text, name == key ? unit : name);
}

const char *paper_weight(struct sheet *s, int64_t g)
{
  char text[32];
  if (g == ABSENT || g <= 0)
    return NULL;
  decimal_format(g, 3, text);
  return g < 1000 ? arena_printf(s->arena, "%lld\u00a0%s", (long long)g, paper_text(s->language, "unit.g"))
                  : arena_printf(s->arena, "%s\u00a0%s", text, paper_text(s->language, "unit.kg"));
}

/* ---- What customers wrote ---- */

const char *paper_clean(struct arena *a, const char *text)
{
  struct buf b;
  size_t points = 0;
  bool space = false;
  if (!text)
    return NULL;
  buf_init(&b, a);
  for (const unsigned char *s = (const unsigned char *)text; *s && points < CLEAN_MAX; s++) {
    bool first = (*s & 0xc0) != 0x80;
    points += first;
    /* Marks that turn the direction of the text would make one line read as another: U+202A..U+202E, U+2066..U+2069. */
    if (s[0] == 0xe2 &&
        ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) || (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9))) {
      s += 2;
      continue;
    }
    if (*s < ' ' || *s == 0x7f) {
      space = true;
      continue;
    }
    if (space && b.n)
      buf_char(&b, ' ');
    space = false;
    buf_char(&b, (char)*s);
  }
  if (points >= CLEAN_MAX)
    while (b.n && (b.at[b.n - 1] & 0xc0) == 0x80) /* never half a character */
      b.at[--b.n] = 0;
  if (points >= CLEAN_MAX && b.n)
    b.at[--b.n] = 0;
  return buf_str(&b);
}

/* ---- Addresses ---- */

static const char *country_name(struct sheet *s, const char *country)
{
  UChar name[128];
  char text[256];
  int32_t n = 0;
  UErrorCode status = U_ZERO_ERROR;
  uloc_getDisplayCountry(arena_printf(s->arena, "und_%s", country), s->language, name, COUNT_OF(name), &status);
  if (U_SUCCESS(status))
    u_strToUTF8(text, sizeof text, &n, name, -1, &status);
  return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING && n > 0 ? arena_text(s->arena, text) : country;
}

static void line(struct sheet *s, struct buf *b, const char *one, const char *two, const char *three)
{
  const char *parts[] = {paper_clean(s->arena, one), paper_clean(s->arena, two), paper_clean(s->arena, three)};
  bool any = false;
  for (size_t i = 0; i < COUNT_OF(parts); i++) {
    if (!parts[i] || !*parts[i])
      continue;
    if (b->n)
      buf_char(b, any ? ' ' : '\n');
    buf_text(b, parts[i]);
    any = true;
  }
}

/* Countries that go from the large to the small, without spaces between. */
static bool large_first(const char *country)
{
  return country && (strcmp(country, "CN") == 0 || strcmp(country, "TW") == 0 || strcmp(country, "JP") == 0);
}

static bool latin(const char *text)
{
  for (; text && *text; text++)
    if (*text & 0x80)
      return false;
  return true;
}

const char *paper_address(struct sheet *s, const struct address *a, bool with_phone)
{
  struct buf b;
  if (!a)
    return paper_text(s->language, "no_address");
  buf_init(&b, s->arena);
  line(s, &b, a->name, NULL, NULL);
  line(s, &b, a->company, NULL, NULL);
  if (large_first(a->country) && !latin(a->line1)) {
    line(s, &b, a->postal_code, a->region, text_eq(a->region, a->city) ? NULL : a->city);
    line(s, &b, a->line1, a->line2, NULL);
  } else {
    line(s, &b, a->line1, NULL, NULL);
    line(s, &b, a->line2, NULL, NULL);
    line(s, &b, a->city, a->region, a->postal_code);
  }
  if (a->country)
    line(s, &b, country_name(s, a->country), NULL, NULL);
  if (with_phone && a->phone)
    line(s, &b, a->phone, NULL, NULL);
  return buf_str(&b);
}
