/* Telling decisions: candidates, scores and one sentence per location, made when read from the stored record. */
#include "allocation_priv.h"

#include <string.h>

static const struct rec_field candidate_fields[] = {
    FIELD(struct allocation_candidate, location, .flags = REC_REQUIRED, .doc = "Code of the location",
          .example = "SHA"),
    FIELD(struct allocation_candidate, reason, .flags = REC_REQUIRED, .doc = "Why it was chosen or lost",
          .example = "dearer_freight"),
    FIELD(struct allocation_candidate, sentence, .flags = REC_REQUIRED, .doc = "The same in one sentence",
          .example = "SHA: everything comes from here."),
    FIELD(struct allocation_candidate, could, .flags = REC_REQUIRED, .doc = "Units it could have sent alone",
          .example = "2"),
    FIELD(struct allocation_candidate, assigned, .flags = REC_REQUIRED, .doc = "Units that come from it",
          .example = "2"),
    FIELD(struct allocation_candidate, cost_milli, .doc = "What it alone would have cost, thousandths of a minor unit",
          .example = "700000"),
    FIELD(struct allocation_candidate, more_milli, .doc = "The same, less the cost of the decision", .example = "0"),
    FIELD(struct allocation_candidate, distance_m, .doc = "Meters to the destination", .example = "12000"),
};
static const struct rec candidate_rec = REC(struct allocation_candidate, "SourcingCandidate", candidate_fields,
                                            "A location that was looked at, and what became of it");

static const struct rec_field report_fields[] = {
    FIELD_AS(REC_ID, struct allocation_report, id, .flags = REC_REQUIRED, .prefix = PREFIX_decision,
             .doc = "Id of the decision", .example = "src_01jd7k3v9q2m8"),
    FIELD(struct allocation_report, cause, .flags = REC_REQUIRED,
          .doc = "What asked for it: placed, asked, rejected, supply", .example = "placed"),
    FIELD(struct allocation_report, outcome, .flags = REC_REQUIRED, .doc = "filled, partial, short, queued or refused",
          .example = "filled"),
    FIELD(struct allocation_report, summary, .flags = REC_REQUIRED, .doc = "The decision in one sentence",
          .example = "All from SHA."),
    FIELD(struct allocation_report, actor_name, .doc = "Who asked", .example = "web shop"),
    FIELD(struct allocation_report, at, .flags = REC_REQUIRED, .doc = "When"),
    FIELD(struct allocation_report, proven, .doc = "No better choice exists", .example = "true"),
    FIELD(struct allocation_report, nodes, .flags = REC_REQUIRED, .doc = "Search steps", .example = "3"),
    FIELD_AS(REC_LIST, struct allocation_report, candidates, .rec = &candidate_rec, .max = SOURCING_CANDIDATES_MAX,
             .doc = "Every location that was looked at"),
    FIELD_AS(REC_JSON, struct allocation_report, record,
             .doc = "Input and decision as stored: deciding again from it gives the same bytes", .example = "{}"),
};
static const struct rec report_rec =
    REC(struct allocation_report, "SourcingDecision", report_fields, "A sourcing decision, explained");

static const struct rec_field reports_fields[] = {
    FIELD_AS(REC_LIST, struct allocation_reports, data, .rec = &report_rec, .max = 100, .doc = "Newest first"),
};
const struct rec allocation_reports_rec =
    REC(struct allocation_reports, "SourcingDecisions", reports_fields, "All sourcing decisions of an order");

static const char *const outcomes[] = {
    [SOURCING_FILLED] = "filled", [SOURCING_PARTIAL] = "partial", [SOURCING_SHORT] = "short",
    [SOURCING_QUEUED] = "queued", [SOURCING_REFUSED] = "refused",
};

static void tell_candidate(struct ctx *cx, const struct sourcing_input *in, const struct sourcing_decision *d, size_t i,
                           struct allocation_candidate *out)
{
  const struct sourcing_score *s = &d->scores.at[i];
  struct buf sentence;
  buf_init(&sentence, cx->arena);
  sourcing_sentence(in, d, i, NULL, &sentence);
  *out = (struct allocation_candidate){
      .location = in->candidates.at[i].code,
      .reason = sourcing_reason_slug((enum sourcing_reason)s->reason),
      .sentence = buf_str(&sentence),
      .could = s->could,
      .assigned = s->assigned,
      .cost_milli = s->could.millionths > 0 ? s->alone.total : ABSENT,
      .more_milli = s->could.millionths > 0 ? s->more : ABSENT,
      .distance_m = s->distance_m,
  };
}

static enum err tell(struct ctx *cx, const char *record, struct allocation_report *out)
{
  struct sourcing_input in;
  struct sourcing_decision d;
  struct buf summary;
  TRY(sourcing_record_read(record, strlen(record), cx->arena, &cx->fault, &in, &d));
  buf_init(&summary, cx->arena);
  sourcing_summary(&in, &d, NULL, &summary);
  out->summary = buf_str(&summary);
  out->outcome = outcomes[d.outcome];
  out->proven = d.proven;
  out->nodes = d.nodes;
  out->record = record;
  for (size_t i = 0; i < d.scores.n; i++)
    tell_candidate(cx, &in, &d, i, LIST_ADD(cx->arena, &out->candidates));
  return ERR_OK;
}

enum err allocation_reports(struct ctx *cx, struct order_id id, struct allocation_reports *out)
{
  static const struct db_stmt all = {
      "SELECT id, cause, at, actor_name, record FROM sourcing_decision WHERE bucket = $1 AND order_id = $2"
      " ORDER BY id DESC LIMIT 100",
      DB_KEYED};
  struct db_rows rows;
  *out = (struct allocation_reports){0};
  TRY(db_query(cx->db, &all, &rows, DB_ARGS(I64(bucket_of_id(id.v)), I64(id.v))));
  while (db_next(&rows)) {
    struct allocation_report *r = LIST_ADD(cx->arena, &out->data);
    *r = (struct allocation_report){
        .id = {db_i64(&rows, 0)},
        .cause = db_text(&rows, 1),
        .at = INSTANT(db_i64(&rows, 2)),
        .actor_name = db_text(&rows, 3),
        .record = db_text(&rows, 4),
    };
  }
  TRY(db_done(&rows));
  EACH (struct allocation_report, r, &out->data)
    TRY(tell(cx, r->record, r));
  return ERR_OK;
}
