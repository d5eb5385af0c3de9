/* Compiles a mapping: names of columns become places, expressions are checked once, paths become a tree. All that is wrong
 * is said at once, with the JSON pointer, so that nobody mends a mapping one error at a time. */
#include "mapping_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- What is being compiled ---- */

struct compiler {
  struct mapping *m;
  struct arena *a;
  struct fault *f;
};

static void wrong(struct compiler *c, const char *pointer, const char *slug, const char *fmt, const char *text)
{
  (void)fault_add(c->f, ERR_INVALID, pointer, slug, "%s", arena_printf(c->a, "%s%s", fmt, text));
}

static const char *below(struct compiler *c, const char *pointer, const char *member)
{
  struct buf b;
  buf_init(&b, c->a);
  buf_text(&b, pointer);
  buf_char(&b, '/');
  for (const char *p = member; *p; p++)
    buf_text(&b, *p == '~' ? "~0" : *p == '/' ? "~1" : (char[]){*p, 0});
  return buf_str(&b);
}

static const char *below_n(struct compiler *c, const char *pointer, const char *member, size_t i)
{
  return arena_printf(c->a, "%s/%s/%zu", pointer, member, i);
}

/* ---- Columns ---- */

static int source_by_name(const struct mapping *m, const char *name, size_t n)
{
  for (size_t i = 0; i < m->sources.n; i++)
    if (strlen(m->sources.at[i].name) == n && memcmp(m->sources.at[i].name, name, n) == 0)
      return (int)i;
  return NO_SOURCE;
}

static int column_place(struct compiler *c, int source, const char *name, const char *pointer)
{
  struct source_rule *s = &c->m->sources.at[source];
  for (size_t i = 0; i < s->columns.n; i++)
    if (strcmp(s->columns.at[i], name) == 0)
      return (int)i;
  if (s->columns.n == IMPORT_COLUMNS_MAX)
    wrong(c, pointer, "too_many", "too many columns: ", name);
  else
    *LIST_ADD(c->a, &s->columns) = name;
  return (int)s->columns.n - 1;
}

/* "COLUMN" of the source at hand, or "NAME.COLUMN" of another. A dot in a column's own name is fine while no file has the
 * name before it. */
static struct column_ref resolve(struct compiler *c, int source, const char *text, const char *pointer)
{
  const char *dot = strchr(text, '.');
  int other = dot ? source_by_name(c->m, text, (size_t)(dot - text)) : NO_SOURCE;
  struct column_ref ref = {.source = source, .name = text};
  if (other != NO_SOURCE) {
    ref.source = other;
    text = dot + 1;
  }
  ref.column = column_place(c, ref.source, text, pointer);
  return ref;
}

/* ---- Rules ---- */

static bool parse_bound(const char *text, int64_t *out)
{
  return !text || decimal_parse(text, strlen(text), 6, out);
}

static void free_regex(void *regex)
{
  regfree(regex);
}

static void compile_condition(struct compiler *c, int source, struct condition *t, const char *pointer)
{
  if (t->column)
    t->ref = resolve(c, source, t->column, pointer);
  if (!parse_bound(t->below, &t->below_millionths) || !parse_bound(t->above, &t->above_millionths))
    wrong(c, pointer, "invalid_format", "below and above want a decimal number", "");
  if (!t->matches)
    return;
  if (regcomp(&t->regex, t->matches, REG_EXTENDED | REG_NOSUB) != 0)
    wrong(c, below(c, pointer, "matches"), "invalid_format", "not a POSIX extended regular expression: ", t->matches);
  else
    arena_defer(c->a, free_regex, &t->regex);
}

static void compile_rules(struct compiler *c, int source, row_rules *rules, const char *pointer)
{
  for (size_t i = 0; i < rules->n; i++) {
    struct row_rule *r = &rules->at[i];
    const char *here = below_n(c, pointer, "rules", i);
    if (!r->as == !r->set_aside)
      wrong(c, here, "invalid", "a rule says either as or set_aside", "");
    for (size_t k = 0; k < r->when.n; k++)
      compile_condition(c, source, &r->when.at[k], below_n(c, here, "when", k));
  }
}

/* ---- Values ---- */

static void compile_template(struct compiler *c, int source, struct value *v, const char *pointer)
{
  for (const char *p = v->template; *p;) {
    size_t n = strcspn(p, "{");
    if (n)
      LIST_ADD(c->a, &v->parts)->text = arena_textn(c->a, p, n);
    p += n;
    if (!*p)
      return;
    const char *end = strchr(p, '}');
    if (!end || end == p + 1)
      return wrong(c, below(c, pointer, "template"), "invalid_format", "a { without its column and }", "");
    struct column_ref ref = resolve(c, source, arena_textn(c->a, p + 1, (size_t)(end - p - 1)), pointer);
    *LIST_ADD(c->a, &v->parts) = (struct template_part){.ref = ref};
    p = end + 1;
  }
}

static int compare_translations(const void *a, const void *b)
{
  return strcmp(((const struct translation *)a)->from, ((const struct translation *)b)->from);
}

static void compile_map(struct compiler *c, struct value *v, const char *pointer)
{
  struct json j;
  json_init(&j, v->map, strlen(v->map), c->a);
  if (json_next(&j) != JSON_OBJECT)
    return wrong(c, below(c, pointer, "map"), "wrong_type", "expected an object of texts", "");
  while (json_next(&j) == JSON_KEY) {
    const char *from = arena_text(c->a, j.text);
    if (json_next(&j) != JSON_STRING)
      return wrong(c, below(c, below(c, pointer, "map"), from), "wrong_type", "expected a text", "");
    *LIST_ADD(c->a, &v->translations) = (struct translation){from, arena_text(c->a, j.text)};
  }
  if (v->translations.n)
    qsort(v->translations.at, v->translations.n, sizeof *v->translations.at, compare_translations);
}

/* Which rows a sum or count walks: those of the document, or of a joined file. */
static int source_of_rows(struct compiler *c, const char *from, const char *pointer)
{
  if (!from || strcmp(from, "rows") == 0)
    return 0;
  int source = source_by_name(c->m, from, strlen(from));
  if (source == NO_SOURCE)
    wrong(c, below(c, pointer, "from"), "unknown", "no file is joined under the name ", from);
  return source == NO_SOURCE ? 0 : source;
}

static void compile_value(struct compiler *c, int source, struct value *v, const char *pointer)
{
  int ways = !!v->column + !!v->constant + !!v->text + !!v->template + !!v->sum + !!v->count;
  if (ways != 1)
    return wrong(c, pointer, "invalid",
                 "exactly one of column, const, text, template, sum and count says where it comes from", "");
  if (v->times && !v->column && !v->sum)
    wrong(c, pointer, "invalid", "times goes with column or sum", "");
  v->from_source = source_of_rows(c, v->from, pointer);
  if (v->column)
    v->ref = resolve(c, source, v->column, pointer);
  if (v->sum)
    v->ref = resolve(c, v->from_source, v->sum, pointer);
  if (v->times)
    v->times_ref = resolve(c, v->sum ? v->from_source : source, v->times, pointer);
  if (v->currency)
    v->currency_ref = resolve(c, source, v->currency, pointer);
  if (v->template)
    compile_template(c, source, v, pointer);
  if (v->map)
    compile_map(c, v, pointer);
  if (v->decimals == ABSENT)
    v->decimals = c->m->currency ? currency_decimals(c->m->currency) : 2;
}

/* Reads one member of a map of values; a bare text is the name of a column. */
static const struct value *read_value(struct compiler *c, int source, const char *json, size_t n, const char *pointer)
{
  struct value *v = ARENA_NEW(c->a, struct value);
  rec_init(&import_value_rec, v);
  if (n && *json == '"') {
    struct json j;
    json_init(&j, json, n, c->a);
    if (json_next(&j) == JSON_STRING)
      v->column = arena_text(c->a, j.text);
  } else if (rec_read(&import_value_rec, json, n, pointer, c->a, c->f, v) != ERR_OK) {
    return v;
  }
  compile_value(c, source, v, pointer);
  return v;
}

/* ---- Trees ---- */

/* The node of a dotted path, made where it is missing; NULL when something else is there. */
static struct node *plant(struct compiler *c, struct node *root, const char *path)
{
  struct node *at = root;
  for (const char *p = path; *p;) {
    size_t n = strcspn(p, ".");
    struct node *next = NULL;
    if (n == 0 || at->value || at->list)
      return NULL;
    for (size_t i = 0; i < at->members.n && !next; i++)
      if (strlen(at->members.at[i].name) == n && memcmp(at->members.at[i].name, p, n) == 0)
        next = &at->members.at[i];
    if (!next) {
      next = LIST_ADD(c->a, &at->members);
      next->name = arena_textn(c->a, p, n);
    }
    at = next;
    p += n;
    if (*p == '.' && !*++p)
      return NULL;
  }
  return at == root || at->value || at->list || at->members.n ? NULL : at;
}

/* Calls `member` for each member of a JSON object; each gets its name, its JSON and its pointer. */
static void each_member(struct compiler *c, const char *json, const char *pointer,
                        void (*member)(struct compiler *c, void *arg, const char *name, const char *json, size_t n,
                                       const char *pointer),
                        void *arg)
{
  struct json j;
  if (!json)
    return;
  json_init(&j, json, strlen(json), c->a);
  if (json_next(&j) != JSON_OBJECT)
    return wrong(c, pointer, "wrong_type", "expected an object", "");
  while (json_next(&j) == JSON_KEY) {
    const char *name = arena_text(c->a, j.text), *value;
    size_t n;
    if (!json_skip(&j, &value, &n))
      return;
    member(c, arg, name, value, n, below(c, pointer, name));
  }
}

struct planting {
  struct node *root;
  int source;
};

static void plant_value(struct compiler *c, void *arg, const char *name, const char *json, size_t n,
                        const char *pointer)
{
  struct planting *p = arg;
  struct node *node = plant(c, p->root, name);
  if (!node)
    return wrong(c, pointer, "invalid", "another path is in the way, or it is empty: ", name);
  node->value = read_value(c, p->source, json, n, pointer);
}

static void plant_list(struct compiler *c, void *arg, const char *name, const char *json, size_t n, const char *pointer)
{
  struct node *node = plant(c, arg, name);
  struct list_rule *l = ARENA_NEW(c->a, struct list_rule);
  if (!node)
    return wrong(c, pointer, "invalid", "another path is in the way, or it is empty: ", name);
  rec_init(&import_list_rec, l);
  if (rec_read(&import_list_rec, json, n, pointer, c->a, c->f, l) != ERR_OK)
    return;
  l->path = name;
  l->source = strcmp(l->from, "document") == 0 ? NO_SOURCE : source_of_rows(c, l->from, pointer);
  for (size_t i = 0; i < l->unless_empty.n; i++)
    *LIST_ADD(c->a, &l->deciding) = resolve(c, 0, l->unless_empty.at[i], below(c, pointer, "unless_empty"));
  struct planting p = {&l->item, l->source == NO_SOURCE ? 0 : l->source};
  each_member(c, l->fields, below(c, pointer, "fields"), plant_value, &p);
  node->list = l;
}

/* ---- Sources and amounts ---- */

static void add_amount(struct compiler *c, void *arg, const char *name, const char *json, size_t n, const char *pointer)
{
  int source = *(const int *)arg;
  struct source_rule *s = &c->m->sources.at[source];
  struct amount_rule amount = {.name = name};
  rec_init(&import_amount_rec, &amount);
  if (rec_read(&import_amount_rec, json, n, pointer, c->a, c->f, &amount) != ERR_OK)
    return;
  if (c->m->amount_names.n == IMPORT_AMOUNTS_MAX)
    return wrong(c, pointer, "too_many", "too many amounts: ", name);
  amount.name = name;
  amount.ref = resolve(c, source, amount.column, pointer);
  if (amount.times)
    amount.times_ref = resolve(c, source, amount.times, pointer);
  if (amount.ref.source != source || (amount.times && amount.times_ref.source != source))
    return wrong(c, pointer, "invalid", "an amount is a sum of its own file's columns: ", name);
  amount.index = c->m->amount_names.n;
  *LIST_ADD(c->a, &c->m->amount_names) = source ? arena_printf(c->a, "%s.%s", s->name, name) : name;
  *LIST_ADD(c->a, &s->sums) = amount;
}

static void gather_sources(struct compiler *c)
{
  struct mapping *m = c->m;
  *LIST_ADD(c->a, &m->sources) = (struct source_rule){
      .name = "file", .rules = m->rules, .otherwise = m->otherwise, .amounts = m->amounts, .accounted = true};
  for (size_t i = 0; i < m->joins.n; i++) {
    struct source_rule join = m->joins.at[i];
    if (source_by_name(m, join.name, strlen(join.name)) != NO_SOURCE || strcmp(join.name, "rows") == 0)
      wrong(c, below_n(c, "", "joins", i), "invalid", "two files have the name ", join.name);
    if (strchr(join.file, '/'))
      wrong(c, below_n(c, "", "joins", i), "invalid",
            "a joined file lies in the folder of the imported one: ", join.file);
    join.accounted = join.amounts || join.rules.n;
    *LIST_ADD(c->a, &m->sources) = join;
  }
}

static void compile_join(struct compiler *c, int i)
{
  struct source_rule *s = &c->m->sources.at[i];
  const char *pointer = below_n(c, "", "joins", (size_t)i - 1);
  s->key_ref = resolve(c, i, s->key, pointer);
  s->on_ref = resolve(c, 0, s->on, pointer);
  if (s->key_ref.source != i)
    wrong(c, pointer, "invalid", "the key is a column of the joined file: ", s->key);
  if (s->on_ref.source >= i)
    wrong(c, pointer, "invalid", "on names a column of the file or of an earlier join: ", s->on);
  if (s->accounted && s->on_ref.source != 0)
    wrong(c, pointer, "invalid", "a file with rules or amounts is joined on a column of the imported file: ", s->on);
}

static void compile_sources(struct compiler *c)
{
  for (int i = 0; i < (int)c->m->sources.n; i++) {
    const char *pointer = i ? below_n(c, "", "joins", (size_t)i - 1) : "";
    if (i)
      compile_join(c, i);
    compile_rules(c, i, &c->m->sources.at[i].rules, pointer);
    each_member(c, c->m->sources.at[i].amounts, below(c, pointer, "amounts"), add_amount, &i);
  }
  for (size_t i = 0; i < c->m->group_by.n; i++) {
    struct column_ref ref = resolve(c, 0, c->m->group_by.at[i], "/group_by");
    if (ref.source != 0)
      wrong(c, "/group_by", "invalid", "rows are grouped by columns of the file itself: ", ref.name);
    *LIST_ADD(c->a, &c->m->group) = ref;
  }
}

/* ---- The whole ---- */

enum err mapping_read(const char *json, size_t n, struct arena *a, struct fault *f, struct mapping **out)
{
  struct mapping *m = ARENA_NEW(a, struct mapping);
  struct compiler c = {m, a, f};
  if (n > MAPPING_BYTES_MAX)
    return fault_fail(f, ERR_TOO_LARGE, "", "a mapping has at most %u bytes", MAPPING_BYTES_MAX);
  rec_init(&import_mapping_rec, m);
  TRY(rec_read(&import_mapping_rec, json, n, "", a, f, m));
  if (m->currency && currency_decimals(m->currency) < 0)
    wrong(&c, "/currency", "unknown", "no currency of ISO 4217: ", m->currency);
  if (f->n)
    return f->code;
  gather_sources(&c);
  compile_sources(&c);
  struct planting p = {&m->root, 0};
  each_member(&c, m->fields, "/fields", plant_value, &p);
  each_member(&c, m->lists, "/lists", plant_list, &m->root);
  m->as_it_is = !m->fields && !m->lists;
  if (m->as_it_is && (m->group_by.n || m->format == IMPORT_CSV))
    wrong(&c, "/fields", "required", "only JSON lines can be documents as they are", "");
  if (f->n)
    return f->code;
  *out = m;
  return ERR_OK;
}

const char *mapping_target(const struct mapping *m)
{
  return m->target;
}

bool mapping_updates(const struct mapping *m)
{
  return m->existing == EXISTING_UPDATE;
}

size_t mapping_sources(const struct mapping *m)
{
  return m->sources.n;
}

const char *mapping_source(const struct mapping *m, size_t i)
{
  return m->sources.at[i].name;
}

size_t mapping_amounts(const struct mapping *m)
{
  return m->amount_names.n;
}

const char *mapping_amount(const struct mapping *m, size_t i)
{
  return m->amount_names.at[i];
}

bool mapping_accounts(const struct mapping *m, size_t i)
{
  return m->sources.at[i].accounted;
}
