/* The descriptors of the room. */
#include "work.h"

static const struct rec_field assign_fields[] = {
    FIELD(struct assign_input, user, .max = 120, .doc = "Id or login of the user; left out = nobody has it any more",
          .example = "ann@example.com"),
};
const struct rec assign_rec = REC(struct assign_input, "Assign", assign_fields, "Who takes care of it");

static const struct rec_field hold_assign_fields[] = {
    FIELD(struct assign_input, user, .max = 120, .doc = "Id or login of the user; left out = nobody has it any more",
          .example = "ann@example.com"),
    FIELD(struct assign_input, role, .min = 1, .max = 40, .doc = "Role that has to decide from now on",
          .example = "finance"),
};
const struct rec hold_assign_rec =
    REC(struct assign_input, "HoldAssign", hold_assign_fields, "Who decides: somebody, a role, or both");

static const struct rec_field tags_fields[] = {
    FIELD_AS(REC_TEXTS, struct tags_input, add, .max = ORDER_TAGS_MAX, .doc = "Tags to put on", .example = "[\"vip\"]"),
    FIELD_AS(REC_TEXTS, struct tags_input, remove, .max = ORDER_TAGS_MAX, .doc = "Tags to take off",
             .example = "[\"new\"]"),
};
const struct rec tags_rec = REC(struct tags_input, "Tags", tags_fields, "Tags that come and go");

static const struct rec_field claim_fields[] = {
    FIELD(struct hold_claim_input, take_over, .doc = "Even if somebody else has it", .example = "false"),
};
const struct rec hold_claim_rec = REC(struct hold_claim_input, "HoldClaim", claim_fields, "Somebody takes a hold");

static const struct rec_field note_fields[] = {
    FIELD(struct note_input, note, .min = 1, .max = 1000, .doc = "What was asked, or what the answer was",
          .example = "asked for the house number"),
};
const struct rec note_rec = REC(struct note_input, "Note", note_fields, "A note on a hold");

/* ---- Comments ---- */

static const struct rec_field order_comment_fields[] = {
    FIELD(struct order_comment, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct order_comment, order_id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_order,
             .doc = "Order it is about", .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct order_comment, n, .flags = REC_KEY | REC_REQUIRED, .doc = "The order's version after it",
          .example = "7"),
    FIELD(struct order_comment, at, .flags = REC_REQUIRED, .doc = "When"),
    FIELD(struct order_comment, author, .doc = "Id of who wrote it", .example = "usr_01jd7k3v9q2m8"),
    FIELD(struct order_comment, author_name, .doc = "Their name", .example = "Ann"),
    FIELD(struct order_comment, content, .flags = REC_REQUIRED | REC_PERSONAL, .doc = "What they say",
          .example = "The customer calls back at noon"),
    FIELD_AS(REC_TEXTS, struct order_comment, mentions, .max = COMMENT_MENTIONS,
             .doc = "Ids of users who are mentioned", .example = "[\"usr_01jd7k3v9q2m8\"]"),
};
const struct rec order_comment_rec =
    REC(struct order_comment, "OrderComment", order_comment_fields, "What somebody said about an order");
const struct db_table order_comment_table = {"order_comment", &order_comment_rec};

static const struct rec_field comment_fields[] = {
    FIELD(struct comment_input, content, .flags = REC_REQUIRED, .min = 1, .max = COMMENT_MAX, .doc = "What to say",
          .example = "The customer calls back at noon"),
    FIELD_AS(REC_TEXTS, struct comment_input, mentions, .max = COMMENT_MENTIONS,
             .doc = "Users who should see it, by id or login", .example = "[\"ann@example.com\"]"),
};
const struct rec comment_rec = REC(struct comment_input, "CommentInput", comment_fields, "A new comment");

/* ---- Blockers ---- */

static const struct rec_field blocker_fields[] = {
    FIELD(struct blocker, code, .flags = REC_REQUIRED,
          .doc = "draft, hold, waiting_for_customer, not_opened, unpaid, expires, unallocated, backordered, "
                 "waits_for_rest, location_work, to_pick, to_pack, to_ship, to_collect, in_transit",
          .example = "hold"),
    FIELD(struct blocker, next_action, .doc = "What would help, as in `next_actions`; left out = only waiting does",
          .example = "release_hold"),
    FIELD_AS(REC_ID, struct blocker, hold, .prefix = PREFIX_hold, .doc = "The hold", .example = "hld_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct blocker, fulfillment, .prefix = PREFIX_fulfillment, .doc = "The fulfillment",
             .example = "ful_01jd7k3v9q2m8"),
    FIELD(struct blocker, line, .doc = "The line", .example = "1"),
    FIELD(struct blocker, sku, .doc = "Its product", .example = "TEE-S"),
    FIELD(struct blocker, quantity, .doc = "Units it is about", .example = "2"),
    FIELD(struct blocker, amount, .doc = "Money it is about", .example = "4480"),
    FIELD(struct blocker, currency, .doc = "Of the amount", .example = "USD"),
    FIELD(struct blocker, location, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct blocker, role, .doc = "Role that has to decide", .example = "service"),
    FIELD(struct blocker, assigned_name, .doc = "Who has it", .example = "Ann"),
    FIELD(struct blocker, type, .doc = "Type of the hold", .example = "stock_short"),
    FIELD(struct blocker, since, .doc = "Since when"),
    FIELD(struct blocker, until, .doc = "When it is due"),
    FIELD(struct blocker, late, .doc = "That is over", .example = "false"),
};
static const struct rec blocker_rec = REC(struct blocker, "Blocker", blocker_fields, "Why an order does not move");
static const struct rec_field order_blockers_fields[] = {
    FIELD_AS(REC_ID, struct order_blockers, order, .flags = REC_REQUIRED, .prefix = PREFIX_order, .doc = "The order",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct order_blockers, state, .flags = REC_REQUIRED, .doc = "Its state", .example = "placed"),
    FIELD(struct order_blockers, next_action, .doc = "What to do first", .example = "release_hold"),
    FIELD_AS(REC_LIST, struct order_blockers, blockers, .rec = &blocker_rec, .max = BLOCKERS_MAX,
             .doc = "What keeps it, the first to be done first; none = nothing does"),
};
const struct rec order_blockers_rec =
    REC(struct order_blockers, "OrderBlockers", order_blockers_fields, "Why an order is not moving");

/* ---- Related orders ---- */

static const struct rec_field related_order_fields[] = {
    FIELD_AS(REC_ID, struct related_order, id, .flags = REC_REQUIRED, .prefix = PREFIX_order, .doc = "Id of the order",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct related_order, number, .doc = "Its number", .example = "SO-100023"),
    FIELD(struct related_order, channel, .flags = REC_REQUIRED, .doc = "Code of its channel", .example = "web"),
    FIELD(struct related_order, state, .flags = REC_REQUIRED, .doc = "Its state", .example = "open"),
    FIELD(struct related_order, payment_status, .flags = REC_REQUIRED, .doc = "Its money", .example = "paid"),
    FIELD(struct related_order, fulfillment_status, .flags = REC_REQUIRED, .doc = "Its goods", .example = "shipped"),
    FIELD(struct related_order, created_at, .flags = REC_REQUIRED, .doc = "When it came"),
    FIELD(struct related_order, total, .flags = REC_REQUIRED, .doc = "What the customer pays", .example = "4480"),
    FIELD(struct related_order, currency, .flags = REC_REQUIRED, .doc = "Of the total", .example = "USD"),
    FIELD(struct related_order, same_customer, .doc = "It has the same customer", .example = "true"),
    FIELD(struct related_order, same_address, .doc = "It goes to the same address", .example = "true"),
    FIELD(struct related_order, similarity, .doc = "How alike the baskets are, 0 to 1", .example = "0.9"),
    FIELD(struct related_order, minutes_apart, .doc = "Between the two", .example = "12"),
    FIELD(struct related_order, duplicate, .doc = "Probably the same thing ordered twice", .example = "true"),
};
const struct rec related_order_rec =
    REC(struct related_order, "RelatedOrder", related_order_fields, "An order that has to do with another");

static const struct rec_field hold_context_fields[] = {
    FIELD_AS(REC_RECORD, struct hold_context, hold, .rec = &hold_rec, .doc = "The hold with its evidence"),
    FIELD_AS(REC_RECORD, struct hold_context, order, .rec = &order_rec, .doc = "The order as it is now"),
    FIELD_AS(REC_RECORD, struct hold_context, customer, .rec = &customer_rec,
             .doc = "The customer; left out for a guest"),
    FIELD_AS(REC_LIST, struct hold_context, related, .rec = &related_order_rec, .max = RELATED_MAX,
             .doc = "Other orders of the customer, to the same address, and probable duplicates"),
    FIELD_AS(REC_LIST, struct hold_context, blockers, .rec = &blocker_rec, .max = BLOCKERS_MAX,
             .doc = "What else keeps the order"),
};
const struct rec hold_context_rec =
    REC(struct hold_context, "HoldContext", hold_context_fields, "What is needed to decide about a hold");
