/* Names find their tables when all has been read: FROM comes after what it names. And what is known of one column is
 * known of its equal. */
#include "sql_reader_priv.h"

enum { CHAIN_MAX = 12 };

/* The source a column belongs to, as a person reads it: by its alias, or the only one; from the inside out. -1 = it is
 * not known. */
static int source_of(const struct sql_anatomy *an, int scope, const struct operand *o)
{
  for (; scope >= 0; scope = an->scopes.at[scope].outer) {
    int found = -1, n = 0;
    for (size_t i = 0; i < an->sources.n; i++) {
      if (an->sources.at[i].scope != scope)
        continue;
      if (!o->qualifier || strcmp(an->sources.at[i].alias, o->qualifier) == 0) {
        found = (int)i;
        n++;
      }
    }
    if (n > 0)
      return n == 1 ? found : -1;
  }
  return -1;
}

static void add_term(struct reader *r, int table, const char *column, const struct sql_term *like)
{
  struct sql_term term = *like;
  term.table = table;
  term.column = column;
  *LIST_ADD(r->a, &r->an->where) = term;
}

static bool has_term(const struct sql_anatomy *an, int table, const char *column)
{
  EACH (struct sql_term, term, &an->where)
    if (term->table == table && strcmp(term->column, column) == 0)
      return true;
  return false;
}

/* What is known of one column is known of its equal. */
static bool hand_over(struct reader *r, const struct condition *c, const struct operand *from, const struct operand *to)
{
  struct sql_anatomy *an = r->an;
  int source = source_of(an, c->scope, from), target = source_of(an, c->scope, to);
  if (source < 0 || target < 0 || (c->only >= 0 && c->only != target))
    return false;
  struct sql_source a = an->sources.at[source], b = an->sources.at[target];
  if (b.scope != c->scope || b.table < 0 || a.table < 0 || has_term(an, b.table, to->column))
    return false;
  size_t n = an->where.n;
  for (size_t i = 0; i < n; i++) {
    struct sql_term term = an->where.at[i];
    if (term.table == a.table && strcmp(term.column, from->column) == 0)
      add_term(r, b.table, to->column, &term);
  }
  return an->where.n > n;
}

static void resolve_values(struct reader *r)
{
  struct sql_anatomy *an = r->an;
  EACH (struct condition, c, &r->conditions) {
    int source = source_of(an, c->scope, &c->left);
    if (c->right.side == SIDE_COLUMN || source < 0 || (c->only >= 0 && c->only != source))
      continue;
    struct sql_term term = {.param = c->right.param, .literal = c->right.literal, .in_list = c->in_list};
    if (an->sources.at[source].table >= 0 && an->sources.at[source].scope == c->scope)
      add_term(r, an->sources.at[source].table, c->left.column, &term);
  }
}

static void add_bond(struct reader *r, const struct condition *c)
{
  struct sql_anatomy *an = r->an;
  int left = source_of(an, c->scope, &c->left), right = source_of(an, c->scope, &c->right);
  if (left < 0 || right < 0)
    return;
  struct sql_source a = an->sources.at[left], b = an->sources.at[right];
  if (a.table >= 0 && b.table >= 0)
    *LIST_ADD(r->a, &an->bonds) = (struct sql_bond){{a.table, b.table}, {c->left.column, c->right.column}};
  if (a.table >= 0 && b.values && strcmp(c->left.column, "bucket") == 0)
    an->from_values[a.table] = true;
  if (b.table >= 0 && a.values && strcmp(c->right.column, "bucket") == 0)
    an->from_values[b.table] = true;
}

static void resolve_columns(struct reader *r)
{
  EACH (struct condition, c, &r->conditions)
    if (c->right.side == SIDE_COLUMN)
      add_bond(r, c);
  bool more = true;
  for (int pass = 0; more && pass < CHAIN_MAX; pass++) { /* a chain is no longer than there are tables */
    more = false;
    EACH (struct condition, c, &r->conditions)
      if (c->right.side == SIDE_COLUMN)
        more |= hand_over(r, c, &c->left, &c->right) | hand_over(r, c, &c->right, &c->left);
  }
}

void sql_resolve_names(struct reader *r)
{
  struct sql_anatomy *an = r->an;
  an->scope_of = ARENA_ARRAY(r->a, int, an->tables.n + 1);
  an->from_values = ARENA_ARRAY(r->a, bool, an->tables.n + 1);
  for (size_t i = 0; i < an->tables.n; i++)
    an->scope_of[i] = -1;
  EACH (struct sql_source, source, &an->sources)
    if (source->table >= 0)
      an->scope_of[source->table] = source->scope;
  resolve_values(r);
  resolve_columns(r);
}
