/* What an import tells: the error file for mending, the account for comparing with the file. */
#include "import_state.h"

#include <string.h>

/* ---- The error file ---- */

static void tell(FILE *errors, struct arena *a, int64_t line, const char *column, const char *code, const char *detail,
                 const char *document, const char *raw)
{
  char number[32];
  const char *cells[] = {number, column, code, detail, document, raw};
  struct buf b;
  if (!errors)
    return;
  snprintf(number, sizeof number, "%lld", (long long)line);
  buf_init(&b, a);
  for (size_t i = 0; i < COUNT_OF(cells); i++) {
    if (i)
      buf_char(&b, ',');
    csv_cell(&b, cells[i] ? csv_harmless(a, cells[i]) : "", ',');
  }
  buf_text(&b, "\r\n");
  fwrite(b.at, 1, b.n, errors);
}

void import_tell_header(FILE *errors)
{
  if (errors)
    fputs("line,column,code,detail,document,row\r\n", errors);
}

void import_tell_aside(FILE *errors, const struct mapping *m, const struct import_document *d, struct arena *a)
{
  if (!errors)
    return;
  EACH (const struct import_note, note, &d->notes) {
    const char *file = note->source ? arena_printf(a, "%s: ", mapping_source(m, note->source)) : "";
    tell(errors, a, note->line, NULL, note->kind, arena_printf(a, "set aside: %s%s", file, note->detail), d->key,
         note->raw);
  }
  if (d->aside && d->rest.rows[0])
    tell(errors, a, d->line, NULL, d->aside, arena_printf(a, "set aside: %s", d->aside_reason), d->key,
         import_raw(d, a));
}

void import_tell_faults(FILE *errors, const struct import_document *d, struct arena *a)
{
  const char *raw = errors ? import_raw(d, a) : NULL;
  for (size_t i = 0; errors && i < d->fault.n; i++) {
    const struct fault_entry *e = &d->fault.entries[i];
    struct import_place place = import_locate(d, e->pointer);
    tell(errors, a, place.line, place.column, e->code, e->detail, d->key, raw);
  }
}

void import_tell_refusal(FILE *errors, const struct import_document *d, const struct import_call *c, struct arena *a)
{
  const char *raw = errors ? import_raw(d, a) : NULL;
  for (size_t i = 0; errors && i < c->problems.n; i++) {
    const struct import_problem *p = &c->problems.at[i];
    struct import_place place = import_locate(d, p->pointer ? p->pointer : "");
    tell(errors, a, place.line, place.column, p->code ? p->code : c->code,
         arena_printf(a, "%s%s%s", p->pointer ? p->pointer : "", text_empty(p->pointer) ? "" : ": ",
                      p->detail ? p->detail : ""),
         d->key, raw);
  }
  if (errors && !c->problems.n)
    tell(errors, a, d->line, NULL, c->code, c->detail, d->key, raw);
}

/* ---- The account ---- */

/* At least two decimals, as money is read: 5.1 is shown as 5.10. */
static const char *amount_text(struct arena *a, int64_t millionths)
{
  char *text = arena_alloc(a, 40);
  size_t n = decimal_format(millionths, 6, text);
  const char *point = strchr(text, '.');
  if (!point)
    memcpy(text + n, ".00", 4);
  else if (!point[2])
    memcpy(text + n, "0", 2);
  return text;
}

static void print_sum(const struct mapping *m, const char *name, const struct import_sum *sum, struct arena *a)
{
  printf("%-36s %10lld", name, (long long)sum->documents);
  for (size_t s = 0; s < mapping_sources(m); s++)
    if (s == 0 || mapping_accounts(m, s))
      printf(" %12lld", (long long)sum->rows[s]);
  for (size_t i = 0; i < mapping_amounts(m); i++)
    printf(" %16s", amount_text(a, sum->amounts[i]));
  printf("\n");
}

static const char *const outcome_titles[] = {"taken", "known before", "set aside", "refused"};

void import_tell_account(const struct mapping *m, const struct import_account *account, struct arena *a)
{
  struct import_sum total = account_total(account);
  printf("%-36s %10s %12s", "", "documents", "rows");
  for (size_t s = 1; s < mapping_sources(m); s++)
    if (mapping_accounts(m, s))
      printf(" %12s", mapping_source(m, s));
  for (size_t i = 0; i < mapping_amounts(m); i++)
    printf(" %16s", mapping_amount(m, i));
  printf("\n");
  for (int outcome = IMPORT_TAKEN; outcome <= IMPORT_REFUSED; outcome++) {
    EACH (const struct import_bucket, b, &account->buckets) {
      if (b->outcome == outcome)
        print_sum(m, *b->kind ? arena_printf(a, "%s: %s", outcome_titles[outcome], b->kind) : outcome_titles[outcome],
                  &b->sum, a);
    }
  }
  print_sum(m, "the file", &total, a);
}
