/* Where the schema places its tables, and by which keys it finds their rows: read from the migrations' own words. */
#include "db.h"
#include "sql.h"

#include <string.h>

typedef LIST(struct sql_placed) placed_list;
typedef LIST(const char *) name_list;

/* The primary key of the table being created. */
struct created {
  const char *name;
  name_list key;
};
typedef LIST(struct created) created_list;

/* A migration without its comments, whose apostrophes are none. */
static const char *without_comments(const char *text, struct arena *a)
{
  struct buf b;
  buf_init(&b, a);
  while (*text) {
    size_t n = strcspn(text, "'-");
    buf_add(&b, text, n);
    text += n;
    if (text[0] == '-' && text[1] == '-') {
      text += strcspn(text, "\n");
    } else if (*text == '\'') {
      n = 1 + strcspn(text + 1, "'");
      n += text[n] == '\'';
      buf_add(&b, text, n);
      text += n;
    } else if (*text) {
      buf_char(&b, *text++);
    }
  }
  return buf_str(&b);
}

static bool says(const struct sql_token *t, const char *word)
{
  return t->kind != SQL_TOKEN_END && strcmp(t->text, word) == 0;
}

/* The names in parentheses at t. */
static void read_names(const struct sql_token *t, struct arena *a, name_list *out)
{
  for (t += says(t, "("); t->kind == SQL_TOKEN_WORD; t++) {
    *LIST_ADD(a, out) = t->text;
    t += says(t + 1, ",");
  }
}

static void place(const struct sql_token *t, enum sql_placement placement, struct arena *a, placed_list *out)
{
  name_list names = {0};
  read_names(t, a, &names);
  if (names.n == 0)
    return;
  *LIST_ADD(a, out) = (struct sql_placed){
      .name = names.at[0],
      .placement = placement,
      .family = placement != SQL_SPREAD ? NULL : names.at[names.n > 1 ? 1 : 0],
  };
}

static void read_migration(const char *text, struct arena *a, placed_list *placed, created_list *created)
{
  static const char *const macros[] = {[SQL_SPREAD] = "spread", [SQL_REFERENCE] = "reference", [SQL_LOCAL] = "local"};
  sql_tokens tokens = {0};
  sql_tokens_read(without_comments(text, a), a, &tokens);
  for (const struct sql_token *t = tokens.at; t->kind != SQL_TOKEN_END; t++) {
    if (says(t, "create") && says(t + 1, "table"))
      *LIST_ADD(a, created) = (struct created){.name = t[2].text};
    if (says(t, "primary") && says(t + 1, "key") && created->n)
      read_names(t + (says(t + 2, "key") ? 3 : 2), a, &created->at[created->n - 1].key);
    for (int m = SQL_SPREAD; m <= SQL_LOCAL; m++)
      if (says(t, macros[m]) && says(t + 1, "("))
        place(t + 1, (enum sql_placement)m, a, placed);
  }
}

size_t db_placements(const struct db_migration *migrations, size_t n, struct arena *a, const struct sql_placed **out)
{
  placed_list placed = {0};
  created_list created = {0};
  for (size_t i = 0; i < n; i++)
    read_migration(migrations[i].text, a, &placed, &created);
  EACH (struct sql_placed, table, &placed)
    EACH (struct created, c, &created)
      if (strcmp(c->name, table->name) == 0) {
        table->key = c->key.at;
        table->n_key = c->key.n;
      }
  *out = placed.at;
  return placed.n;
}
