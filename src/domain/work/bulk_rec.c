/* Bulk jobs as records. */
#include "work.h"

static const char *const bulk_states[] = {"running", "cancelled", "done", NULL};
static const char *const bulk_statuses[] = {"waiting", "done", "failed", "cancelled", NULL};

static const struct rec_field bulk_job_fields[] = {
    FIELD(struct bulk_job, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct bulk_job, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_bulk,
             .doc = "Id of the job", .example = "blk_01jd7k3v9q2m8"),
    FIELD(struct bulk_job, version, .flags = REC_REQUIRED, .doc = "Moves with each step", .example = "3"),
    FIELD(struct bulk_job, verb, .flags = REC_REQUIRED, .doc = "What is done", .example = "hold"),
    FIELD_AS(REC_JSON, struct bulk_job, args, .doc = "With which body", .example = "{\"reason\":\"recall\"}"),
    FIELD(struct bulk_job, filter, .doc = "Query of the order list that chose them; left out = they were named",
          .example = "state=open&channel=web"),
    FIELD_AS(REC_ENUM, struct bulk_job, state, .names = bulk_states, .doc = "How far it is", .example = "running"),
    FIELD(struct bulk_job, total, .flags = REC_REQUIRED, .doc = "Orders", .example = "40"),
    FIELD(struct bulk_job, done, .flags = REC_REQUIRED, .doc = "Of these: done", .example = "38"),
    FIELD(struct bulk_job, failed, .flags = REC_REQUIRED, .doc = "Of these: refused", .example = "2"),
    FIELD(struct bulk_job, cancelled, .flags = REC_REQUIRED, .doc = "Of these: not begun", .example = "0"),
    FIELD(struct bulk_job, attempt, .flags = REC_REQUIRED, .doc = "1, and one more with each retry", .example = "1"),
    FIELD_AS(REC_ENUM, struct bulk_job, actor_kind, .names = actor_kinds, .doc = "On whose behalf: what they are",
             .example = "user"),
    FIELD(struct bulk_job, actor_id, .flags = REC_HIDDEN),
    FIELD(struct bulk_job, actor_name, .flags = REC_REQUIRED, .doc = "And their name", .example = "Ann"),
    FIELD(struct bulk_job, scope, .flags = REC_HIDDEN),
    FIELD(struct bulk_job, reason, .flags = REC_VIRTUAL,
          .doc = "Of one job that was stopped: why. Whose rights end has no job go on in his name",
          .example = "the key desk was revoked"),
    FIELD(struct bulk_job, created_at, .flags = REC_REQUIRED, .doc = "When it was asked for"),
    FIELD(struct bulk_job, updated_at, .flags = REC_REQUIRED, .doc = "When it last moved"),
    FIELD(struct bulk_job, finished_at, .doc = "When it ended"),
};
const struct rec bulk_job_rec = REC(struct bulk_job, "BulkJob", bulk_job_fields, "One verb for many orders");
const struct db_table bulk_job_table = {"bulk_job", &bulk_job_rec};

static const struct rec_field bulk_row_fields[] = {
    FIELD(struct bulk_row, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct bulk_row, job_id, .flags = REC_KEY | REC_HIDDEN, .prefix = PREFIX_bulk),
    FIELD(struct bulk_row, n, .flags = REC_KEY | REC_REQUIRED, .doc = "Place in the job, from 1", .example = "1"),
    FIELD(struct bulk_row, order_id, .flags = REC_HIDDEN),
    FIELD(struct bulk_row, asked, .flags = REC_REQUIRED, .doc = "The order, as it was named: its id, or a number",
          .example = "ord_01jd7k3v9q2m8"),
    FIELD_AS(REC_ENUM, struct bulk_row, status, .names = bulk_statuses, .doc = "What became of it", .example = "done"),
    FIELD(struct bulk_row, code, .doc = "Of a refusal: what the single call would have said", .example = "wrong_state"),
    FIELD(struct bulk_row, detail, .doc = "Of a refusal: a sentence", .example = "the order is cancelled"),
    FIELD(struct bulk_row, done_at, .doc = "When"),
};
const struct rec bulk_row_rec = REC(struct bulk_row, "BulkRow", bulk_row_fields, "One order of a bulk job");
const struct db_table bulk_row_table = {"bulk_row", &bulk_row_rec};

static const struct rec_field bulk_input_fields[] = {
    FIELD(struct bulk_input, verb, .flags = REC_REQUIRED, .max = 40,
          .doc = "hold, release, source, tag, untag, assign, cancel, approve, place", .example = "hold"),
    FIELD_AS(REC_JSON, struct bulk_input, args, .max = BULK_ARGS_MAX,
             .doc = "Body of the verb, as its own call takes it; tag and untag: `{\"tags\": [...]}`",
             .example = "{\"reason\":\"recall\"}"),
    FIELD_AS(REC_TEXTS, struct bulk_input, orders, .max = BULK_ORDERS_MAX, .doc = "Ids or numbers of orders",
             .example = "[\"SO-100023\"]"),
    FIELD(struct bulk_input, filter, .max = 4000, .doc = "Or all orders of this query of GET /v1/orders, at most 10000",
          .example = "state=open&channel=web"),
    FIELD(struct bulk_input, preview, .doc = "Only tell what would happen", .example = "false"),
};
const struct rec bulk_input_rec = REC(struct bulk_input, "BulkInput", bulk_input_fields, "What to do to which orders");

static const struct rec_field bulk_refusal_fields[] = {
    FIELD(struct bulk_refusal, order, .flags = REC_REQUIRED, .doc = "The order, as it was named",
          .example = "SO-100023"),
    FIELD(struct bulk_refusal, code, .flags = REC_REQUIRED, .doc = "Why it would be refused", .example = "wrong_state"),
    FIELD(struct bulk_refusal, detail, .doc = "In a sentence", .example = "the order is cancelled"),
};
static const struct rec bulk_refusal_rec =
    REC(struct bulk_refusal, "BulkRefusal", bulk_refusal_fields, "An order that would be refused");
static const struct rec_field bulk_holds_fields[] = {
    FIELD(struct bulk_holds, type, .flags = REC_REQUIRED, .doc = "Type of the holds", .example = "address"),
    FIELD(struct bulk_holds, count, .flags = REC_REQUIRED, .doc = "How many of it would end", .example = "3"),
};
static const struct rec bulk_holds_rec = REC(struct bulk_holds, "BulkHolds", bulk_holds_fields, "Holds that would end");
static const struct rec_field bulk_preview_fields[] = {
    FIELD(struct bulk_preview, verb, .flags = REC_REQUIRED, .doc = "What would be done", .example = "hold"),
    FIELD(struct bulk_preview, total, .flags = REC_REQUIRED, .doc = "Orders", .example = "40"),
    FIELD(struct bulk_preview, tried, .flags = REC_REQUIRED, .doc = "Of these looked at: the first 200",
          .example = "40"),
    FIELD(struct bulk_preview, fine, .flags = REC_REQUIRED, .doc = "Of those tried: it would be done", .example = "38"),
    FIELD(struct bulk_preview, refused, .flags = REC_REQUIRED, .doc = "Of those tried: it would be refused",
          .example = "2"),
    FIELD_AS(REC_LIST, struct bulk_preview, holds, .rec = &bulk_holds_rec, .max = BULK_PREVIEW_MAX,
             .doc = "Of those tried: the holds that would end, by type, the most first"),
    FIELD_AS(REC_LIST, struct bulk_preview, refusals, .rec = &bulk_refusal_rec, .max = BULK_PREVIEW_MAX,
             .doc = "Which, and why"),
};
const struct rec bulk_preview_rec =
    REC(struct bulk_preview, "BulkPreview", bulk_preview_fields, "What a bulk job would do now");
