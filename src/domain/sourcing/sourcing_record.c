/* The decision record: the input and what came of it, in one JSON document that can be decided again. */
#include "sourcing_priv.h"

#include <string.h>

struct record {
  int64_t model; /* raised when the same input may give another decision */
  struct sourcing_input input;
  struct sourcing_decision decision;
};

#define MODEL 1

static const struct rec_field record_fields[] = {
    FIELD(struct record, model, .flags = REC_REQUIRED, .min = MODEL, .max = MODEL, .doc = "Version of the cost model"),
    FIELD_AS(REC_INLINE, struct record, input, .rec = &sourcing_input_rec, .doc = "What was decided from"),
    FIELD_AS(REC_INLINE, struct record, decision, .rec = &sourcing_decision_rec, .doc = "What came out"),
};
static const struct rec record_rec = REC(struct record, "SourcingRecord", record_fields, "A sourcing decision");

void sourcing_record_write(const struct sourcing_input *in, const struct sourcing_decision *d, struct buf *out)
{
  struct record record = {MODEL, *in, *d};
  rec_write(&record_rec, &record, NULL, out);
}

enum err sourcing_record_read(const char *json, size_t n, struct arena *a, struct fault *f, struct sourcing_input *in,
                              struct sourcing_decision *d)
{
  struct record record;
  rec_init(&record_rec, &record);
  TRY(rec_read(&record_rec, json, n, "", a, f, &record));
  if (in)
    *in = record.input;
  if (d)
    *d = record.decision;
  return ERR_OK;
}

enum err sourcing_replay(const char *json, size_t n, struct arena *a, struct fault *f, struct buf *out)
{
  struct sourcing_input in;
  struct sourcing_decision d;
  TRY(sourcing_record_read(json, n, a, f, &in, NULL));
  TRY(sourcing_decide(&in, a, f, &d));
  sourcing_record_write(&in, &d, out);
  return ERR_OK;
}
