/* Judges statements by the rules of portable SQL (sql.h) against the program's own schema. find.py finds them and writes
 * a line for each to standard input, with tabs between: kind, place, marker, table, text.
 *
 *   statement  the text of a struct db_stmt
 *   condition  the text of a struct db_where on its table
 *   piece      a text that becomes a condition of some list; its table is not known
 *   table      a struct db_table; text = its key columns, with commas: the statements that db makes of it are judged
 */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judge {
  struct arena *a;
  const struct sql_placed *tables;
  size_t n_tables;
  int read, faults;
  const char *place;
};

static void fault(struct judge *j, const char *sql, const char *what)
{
  printf("%s: %s\n    %s\n", j->place, what, sql);
  j->faults++;
}

static void judge_text(struct judge *j, const char *sql, enum sql_marker marker, bool whole)
{
  const char *what = sql_fault(sql, marker, j->tables, j->n_tables, j->a);
  const char *unknown = whole && marker != SQL_SCHEMA ? sql_unplaced(sql, j->tables, j->n_tables, j->a) : NULL;
  j->read++;
  if (what)
    fault(j, sql, what);
  else if (unknown)
    fault(j, sql,
          arena_printf(j->a, "%s: a table is SPREAD, REFERENCE or LOCAL by the word of its migration", unknown));
}

/* ---- What db makes of a table (db_table.c, db_list.c), with one column for all that are no keys ---- */

static const char *key_terms(struct judge *j, char **keys, size_t n, const char *between)
{
  struct buf b;
  buf_init(&b, j->a);
  for (size_t i = 0; i < n; i++)
    buf_printf(&b, "%s%s = $%zu", i ? between : "", keys[i], i + 1);
  return buf_str(&b);
}

static const char *key_names(struct judge *j, char **keys, size_t n, const char *form)
{
  struct buf b;
  buf_init(&b, j->a);
  for (size_t i = 0; i < n; i++) {
    buf_text(&b, i ? ", " : "");
    if (*form == '$')
      buf_printf(&b, "$%zu", i + 1);
    else
      buf_text(&b, keys[i]);
  }
  return buf_str(&b);
}

/* The key by which the program finds a row is the key by which the database keeps it, or its writes are of many. */
static void judge_key(struct judge *j, const char *table, char **keys, size_t n)
{
  const struct sql_placed *placed = sql_placed_find(j->tables, j->n_tables, table);
  bool same = placed && placed->n_key == n;
  for (size_t i = 0; same && i < n; i++) {
    bool there = false;
    for (size_t k = 0; k < n; k++)
      there |= strcmp(placed->key[k], keys[i]) == 0;
    same = there;
  }
  if (placed && n && !same)
    fault(j, table, "the descriptor's REC_KEY fields are not the primary key");
}

static void judge_table(struct judge *j, const char *table, char *key)
{
  char *keys[16];
  size_t n = 0;
  for (char *k = strtok_r(key, ",", &key); k && n < COUNT_OF(keys); k = strtok_r(NULL, ",", &key))
    keys[n++] = k;
  const char *names = key_names(j, keys, n, "names"), *params = key_names(j, keys, n, "$");
  const char *where = key_terms(j, keys, n, " AND ");
  judge_key(j, table, keys, n);
  const char *insert = arena_printf(j->a, "INSERT INTO %s (%s, other) VALUES (%s, $%zu)", table, names, params, n + 1);
  judge_text(j, arena_printf(j->a, "SELECT other FROM %s WHERE id = $1 ORDER BY id LIMIT $2", table), SQL_LIST, true);
  if (n == 0)
    return;
  judge_text(j, insert, SQL_KEYED, true);
  judge_text(j, arena_printf(j->a, "%s ON CONFLICT (%s) DO UPDATE SET other = excluded.other", insert, names),
             SQL_KEYED, true);
  judge_text(j, arena_printf(j->a, "UPDATE %s SET other = $%zu WHERE %s", table, n + 1, where), SQL_KEYED, true);
  judge_text(j, arena_printf(j->a, "DELETE FROM %s WHERE %s", table, where), SQL_KEYED, true);
  judge_text(j, arena_printf(j->a, "SELECT other FROM %s WHERE %s", table, where), SQL_KEYED, true);
}

/* ---- Lines ---- */

static enum sql_marker marker_of(const char *name)
{
  static const char *const names[] = {"DB_KEYED", "DB_LIST", "DB_REPORT", "DB_SCHEMA"};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    if (strcmp(names[i], name) == 0)
      return (enum sql_marker)i;
  return SQL_KEYED; /* as C fills it in */
}

static void judge_line(struct judge *j, char *line)
{
  char *part[5] = {"", "", "", "", ""};
  for (size_t i = 0; i < COUNT_OF(part); i++)
    part[i] = strsep(&line, i < 4 ? "\t" : "\n");
  if (!part[4]) {
    fprintf(stderr, "a line without its five parts\n");
    exit(2);
  }
  j->place = part[1];
  if (strcmp(part[0], "table") == 0)
    judge_table(j, part[3], part[4]);
  else if (strcmp(part[0], "condition") == 0)
    judge_text(j, arena_printf(j->a, "SELECT other FROM %s WHERE %s", part[3], part[4]), marker_of(part[2]), true);
  else if (strcmp(part[0], "piece") == 0)
    judge_text(j, arena_printf(j->a, "SELECT other FROM list WHERE (%s) ORDER BY id LIMIT 1", part[4]), SQL_LIST,
               false);
  else
    judge_text(j, part[4], marker_of(part[2]), true);
}

int main(void)
{
  struct judge j = {.a = arena_new(256 << 20)};
  char *line = NULL;
  size_t size = 0;
  j.n_tables = schema_placements(j.a, &j.tables);
  while (getline(&line, &size, stdin) > 0)
    judge_line(&j, line);
  printf("%d statements judged by the placement of %zu tables, %d faults\n", j.read, j.n_tables, j.faults);
  free(line);
  arena_free(j.a);
  return j.faults ? 1 : 0;
}
