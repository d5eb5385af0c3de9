/* The account as JSON, for the state file of an import. */
#include "import.h"

/* Arrays of the C struct are members of their own, so that the record descriptor needs no new kind. */
#define ROWS(i)                                                                                                        \
  {                                                                                                                    \
    .name = "rows_" #i, .offset = offsetof(struct import_bucket, sum.rows[i]), .kind = REC_INT                         \
  }
#define AMOUNT(i)                                                                                                      \
  {                                                                                                                    \
    .name = "amount_" #i, .offset = offsetof(struct import_bucket, sum.amounts[i]), .kind = REC_INT                    \
  }

static const struct rec_field bucket_fields[] = {
    FIELD_AS(REC_ENUM, struct import_bucket, outcome, .flags = REC_REQUIRED, .names = import_outcomes,
             .doc = "Where it ended"),
    FIELD(struct import_bucket, kind, .min = 0, .max = 200, .doc = "The mapping's word, or the error's code"),
    {.name = "documents", .offset = offsetof(struct import_bucket, sum.documents), .kind = REC_INT, .doc = "How many"},
    ROWS(0),
    ROWS(1),
    ROWS(2),
    ROWS(3),
    ROWS(4),
    ROWS(5),
    ROWS(6),
    ROWS(7),
    ROWS(8),
    ROWS(9),
    ROWS(10),
    ROWS(11),
    AMOUNT(0),
    AMOUNT(1),
    AMOUNT(2),
    AMOUNT(3),
    AMOUNT(4),
    AMOUNT(5),
    AMOUNT(6),
    AMOUNT(7),
};
const struct rec import_bucket_rec = REC(struct import_bucket, "ImportBucket", bucket_fields, "A sum of the account");

static const struct rec_field account_fields[] = {
    FIELD_AS(REC_LIST, struct import_account, buckets, .max = 1000, .rec = &import_bucket_rec,
             .doc = "All that was read"),
};
const struct rec import_account_rec =
    REC(struct import_account, "ImportAccount", account_fields, "What became of the rows");
