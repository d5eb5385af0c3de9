/* The account: every row and every cent of the files in exactly one bucket. */
#include "import_priv.h"

#include <string.h>

const char *const import_outcomes[] = {"taken", "known", "set_aside", "refused", NULL};

void import_sum_add(struct import_sum *to, const struct import_sum *what)
{
  to->documents += what->documents;
  for (size_t i = 0; i < IMPORT_SOURCES_MAX; i++)
    to->rows[i] += what->rows[i];
  for (size_t i = 0; i < IMPORT_AMOUNTS_MAX; i++)
    to->amounts[i] += what->amounts[i];
}

void account_add(struct import_account *account, struct arena *a, enum import_outcome outcome, const char *kind,
                 const struct import_sum *sum)
{
  EACH (struct import_bucket, b, &account->buckets) {
    if (b->outcome == (int)outcome && strcmp(b->kind, kind) == 0) {
      import_sum_add(&b->sum, sum);
      return;
    }
  }
  *LIST_ADD(a, &account->buckets) = (struct import_bucket){outcome, arena_text(a, kind), *sum};
}

struct import_sum account_total(const struct import_account *account)
{
  struct import_sum total = {0};
  EACH (const struct import_bucket, b, &account->buckets)
    import_sum_add(&total, &b->sum);
  return total;
}
