/* The JSON shapes of what sourcing is given and what it decides: the decision record is made of them. */
#include "sourcing.h"

#define MONEY_AT_LEAST_0 .min = 0, .max = SOURCING_COST_MAX
/* Most numbers of a record are 0: such members are left out, and read back as 0. */
#define SPARSE           .flags = REC_SPARSE
#define ZERO             .flags = REC_SPARSE, .has_def = true
#define COUNT_AT_LEAST_0 .min = 0, .max = INT64_MAX

static const char *const ranking_names[] = {"cost", "priority", "distance", "earliest", NULL};
static const char *const failure_names[] = {"next", "queue", "refuse", NULL};
static const char *const outcome_names[] = {"filled", "partial", "short", "queued", "refused", NULL};
static const char *const reason_names[] = {
#define X(code, slug) slug,
    SOURCING_REASON_LIST(X)
#undef X
        NULL};

const char *sourcing_reason_slug(enum sourcing_reason r)
{
  return reason_names[r];
}

/* ---- Input ----------------------------------------------------------------------------------------------------- */

static const struct rec_field product_fields[] = {
    FIELD(struct sourcing_product, sku, .max = 255, .doc = "Catalog code"),
    FIELD(struct sourcing_product, weight_g, ZERO, COUNT_AT_LEAST_0, .doc = "Weight of one unit"),
    FIELD(struct sourcing_product, step, ZERO,
          .doc = "Smallest part that may be split off; 0 = chosen from the demand"),
};
static const struct rec product_rec =
    REC(struct sourcing_product, "SourcingProduct", product_fields, "A product asked for");

static const struct rec_field line_fields[] = {
    FIELD(struct sourcing_line, key, ZERO, .doc = "Line of the order"),
    FIELD(struct sourcing_line, product, ZERO, COUNT_AT_LEAST_0, .doc = "Index of the product"),
    FIELD(struct sourcing_line, quantity, ZERO, .doc = "Units asked for"),
    FIELD(struct sourcing_line, unit_value, ZERO, .doc = "Worth of one unit"),
    FIELD(struct sourcing_line, group, ZERO, COUNT_AT_LEAST_0, .doc = "Lines of a group above 0 ship together"),
    FIELD(struct sourcing_line, optional, ZERO, .doc = "A gift: short, it stops nothing"),
};
static const struct rec line_rec = REC(struct sourcing_line, "SourcingLine", line_fields, "A demand");

static const struct rec_field stock_fields[] = {
    FIELD(struct sourcing_stock, product, ZERO, COUNT_AT_LEAST_0, .doc = "Index of the product"),
    FIELD(struct sourcing_stock, available, ZERO, .min = -QUANTITY_MAX, .max = QUANTITY_MAX, .doc = "Free to promise"),
};
static const struct rec stock_rec = REC(struct sourcing_stock, "SourcingStock", stock_fields, "What a location has");

static const struct rec_field step_fields[] = {
    FIELD(struct sourcing_freight_step, up_to_g, ZERO, COUNT_AT_LEAST_0, .doc = "Up to this weight"),
    FIELD(struct sourcing_freight_step, price, ZERO, MONEY_AT_LEAST_0, .doc = "A shipment costs this"),
};
static const struct rec step_rec =
    REC(struct sourcing_freight_step, "SourcingFreightStep", step_fields, "A freight step");

static const struct rec_field freight_fields[] = {
    FIELD_AS(REC_LIST, struct sourcing_freight, steps, SPARSE, .rec = &step_rec, .doc = "Prices by weight"),
    FIELD(struct sourcing_freight, per_extra_kg, ZERO, MONEY_AT_LEAST_0,
          .doc = "For each kilogram begun above the last step"),
};
static const struct rec freight_rec =
    REC(struct sourcing_freight, "SourcingFreight", freight_fields, "Freight by weight");

static const struct rec_field place_fields[] = {
    FIELD_AS(REC_DECIMAL, struct sourcing_place, latitude, .min = -90 * SCALE, .max = 90 * SCALE,
             .doc = "Degrees north"),
    FIELD_AS(REC_DECIMAL, struct sourcing_place, longitude, .min = -180 * SCALE, .max = 180 * SCALE,
             .doc = "Degrees east"),
};
static const struct rec place_rec = REC(struct sourcing_place, "SourcingPlace", place_fields, "A point on the earth");

static const struct rec_field candidate_fields[] = {
    FIELD(struct sourcing_candidate, location, ZERO, .doc = "The location's key"),
    FIELD(struct sourcing_candidate, code, .flags = REC_REQUIRED, .max = 255, .doc = "The location's code"),
    FIELD(struct sourcing_candidate, kind, .max = 64, .doc = "Warehouse, store, ..."),
    FIELD(struct sourcing_candidate, country, .max = 2, .doc = "ISO 3166"),
    FIELD_AS(REC_TEXTS, struct sourcing_candidate, tags, SPARSE, .doc = "The location's tags"),
    FIELD_AS(REC_INLINE, struct sourcing_candidate, place, SPARSE, .rec = &place_rec, .doc = "Where it is"),
    FIELD(struct sourcing_candidate, priority, ZERO, .doc = "Smaller is preferred"),
    FIELD(struct sourcing_candidate, excluded, ZERO, .doc = "Told to leave out"),
    FIELD(struct sourcing_candidate, paused, ZERO, .doc = "Takes no orders now"),
    FIELD(struct sourcing_candidate, capacity, ZERO, .doc = "Units it can still take; 0 = no limit"),
    FIELD(struct sourcing_candidate, days_late, ZERO, COUNT_AT_LEAST_0, .doc = "Of a shipment from here"),
    FIELD(struct sourcing_candidate, ship_by, .doc = "Of the promise from here"),
    FIELD(struct sourcing_candidate, cost_per_order, ZERO, MONEY_AT_LEAST_0, .doc = "For each shipment"),
    FIELD(struct sourcing_candidate, cost_per_unit, ZERO, MONEY_AT_LEAST_0, .doc = "For each unit"),
    FIELD_AS(REC_INLINE, struct sourcing_candidate, freight, SPARSE, .rec = &freight_rec,
             .doc = "To the customer's zone"),
    FIELD_AS(REC_LIST, struct sourcing_candidate, stock, SPARSE, .rec = &stock_rec,
             .doc = "What it has of the products"),
};
static const struct rec candidate_rec =
    REC(struct sourcing_candidate, "SourcingCandidate", candidate_fields, "A location that may answer");

static const struct rec_field settings_fields[] = {
    FIELD(struct sourcing_settings, freight_ppm, .min = 0, .max = 1000 * SCALE, .def = SCALE, .has_def = true,
          .doc = "Weight of freight; 1000000 = as it costs"),
    FIELD(struct sourcing_settings, location_ppm, .min = 0, .max = 1000 * SCALE, .def = SCALE, .has_def = true,
          .doc = "Weight of the locations' own costs"),
    FIELD(struct sourcing_settings, split, MONEY_AT_LEAST_0, .def = 0, .has_def = true,
          .doc = "For each location beyond the first"),
    FIELD(struct sourcing_settings, late_per_day, MONEY_AT_LEAST_0, .def = 0, .has_def = true,
          .doc = "For each day a shipment is late"),
    FIELD(struct sourcing_settings, scarcity, MONEY_AT_LEAST_0, .def = 0, .has_def = true,
          .doc = "For a unit of the last ones"),
    FIELD(struct sourcing_settings, nodes_max, .min = 0, .max = 100 * SCALE, .def = 0, .has_def = true,
          .doc = "Search nodes before the best found is taken; 0 = the default"),
};
const struct rec sourcing_settings_rec =
    REC(struct sourcing_settings, "SourcingSettings", settings_fields, "What sourcing's cost is made of");

static const struct rec_field rule_fields[] = {
    FIELD(struct sourcing_rule, name, .max = 100, .doc = "For people", .example = "Domestic warehouses first"),
    FIELD_AS(REC_TEXTS, struct sourcing_rule, kinds, .max = 20, .doc = "Kinds of location that may answer; none = all"),
    FIELD_AS(REC_TEXTS, struct sourcing_rule, tags, .max = 20, .doc = "Tags of which the location has one; none = all"),
    FIELD_AS(REC_TEXTS, struct sourcing_rule, countries, .max = 250, .doc = "Countries of the location; none = all"),
    FIELD(struct sourcing_rule, max_distance_m, .min = 0, .max = 100 * SCALE, .def = 0, .has_def = true,
          .doc = "Distance to the customer; 0 = any"),
    FIELD_AS(REC_ENUM, struct sourcing_rule, ranking, .names = ranking_names, .def = SOURCING_BY_COST, .has_def = true,
             .doc = "What is compared before cost"),
    FIELD_AS(REC_ENUM, struct sourcing_rule, on_failure, .names = failure_names, .def = SOURCING_NEXT, .has_def = true,
             .doc = "When not everything can be filled: try the next rule, leave it unallocated, or refuse"),
};
const struct rec sourcing_rule_rec = REC(struct sourcing_rule, "SourcingRule", rule_fields, "A step of the rule list");

static const struct rec_field input_fields[] = {
    FIELD(struct sourcing_input, currency, .max = 3, .doc = "Of all money here"),
    FIELD_AS(REC_LIST, struct sourcing_input, products, .rec = &product_rec, .doc = "What is asked for"),
    FIELD_AS(REC_LIST, struct sourcing_input, lines, .rec = &line_rec, .doc = "The demand"),
    FIELD_AS(REC_LIST, struct sourcing_input, candidates, .rec = &candidate_rec, .doc = "Who may answer"),
    FIELD_AS(REC_INLINE, struct sourcing_input, destination, .rec = &place_rec, .doc = "Where the customer is"),
    FIELD_AS(REC_INLINE, struct sourcing_input, settings, .rec = &sourcing_settings_rec, .doc = "Weights of the cost"),
    FIELD_AS(REC_LIST, struct sourcing_input, rules, .rec = &sourcing_rule_rec, .doc = "Rules, in order"),
    FIELD(struct sourcing_input, pinned, .max = 255, .doc = "The only location allowed"),
    FIELD(struct sourcing_input, no_splits, .doc = "All from one location"),
    FIELD(struct sourcing_input, splits_max, .min = 0, .max = 1000, .def = 0, .has_def = true,
          .doc = "Locations beyond the first; 0 = no limit"),
    FIELD(struct sourcing_input, whole_lines, .doc = "No line from two locations"),
    FIELD(struct sourcing_input, ship_complete, .doc = "Nothing unless everything"),
    FIELD(struct sourcing_input, allow_short, .doc = "What can be filled is"),
    FIELD(struct sourcing_input, minimum_value, MONEY_AT_LEAST_0, .def = 0, .has_def = true,
          .doc = "Of each shipment of a split order"),
};
const struct rec sourcing_input_rec =
    REC(struct sourcing_input, "SourcingInput", input_fields, "What was decided from");

/* ---- Decision -------------------------------------------------------------------------------------------------- */

static const struct rec_field cost_fields[] = {
    FIELD(struct sourcing_cost, total, ZERO, .doc = "Sum of the parts, in thousandths of a minor unit"),
    FIELD(struct sourcing_cost, freight, ZERO, .doc = "Of the shipments, by weight"),
    FIELD(struct sourcing_cost, split, ZERO, .doc = "Penalty for more than one location"),
    FIELD(struct sourcing_cost, location, ZERO, .doc = "Of the locations, per order and unit"),
    FIELD(struct sourcing_cost, late, ZERO, .doc = "Penalty for days late"),
    FIELD(struct sourcing_cost, scarcity, ZERO, .doc = "Penalty for taking the last ones"),
};
static const struct rec cost_rec = REC(struct sourcing_cost, "SourcingCost", cost_fields, "A cost by its parts");

static const struct rec_field assignment_fields[] = {
    FIELD(struct sourcing_assignment, line, ZERO, .doc = "Index of the line"),
    FIELD(struct sourcing_assignment, key, ZERO, .doc = "Line of the order"),
    FIELD(struct sourcing_assignment, candidate, ZERO, .doc = "Index of the candidate"),
    FIELD(struct sourcing_assignment, location, ZERO, .doc = "The location's key"),
    FIELD(struct sourcing_assignment, quantity, ZERO, .doc = "Units"),
};
static const struct rec assignment_rec =
    REC(struct sourcing_assignment, "SourcingAssignment", assignment_fields, "Units of a line from a location");

static const struct rec_field shortage_fields[] = {
    FIELD(struct sourcing_shortage, line, ZERO, .doc = "Index of the line"),
    FIELD(struct sourcing_shortage, key, ZERO, .doc = "Line of the order"),
    FIELD(struct sourcing_shortage, asked, ZERO, .doc = "Units asked for"),
    FIELD(struct sourcing_shortage, assigned, ZERO, .doc = "Units that have a location"),
    FIELD(struct sourcing_shortage, available, ZERO, .doc = "Units of its product that the allowed locations have"),
};
static const struct rec shortage_rec =
    REC(struct sourcing_shortage, "SourcingShortage", shortage_fields, "A short line");

static const struct rec_field score_fields[] = {
    FIELD(struct sourcing_score, candidate, ZERO, .doc = "Index of the candidate"),
    FIELD(struct sourcing_score, location, ZERO, .doc = "The location's key"),
    FIELD_AS(REC_ENUM, struct sourcing_score, reason, SPARSE, .names = reason_names, .doc = "Why it was taken or not"),
    FIELD(struct sourcing_score, could, ZERO, .doc = "Units it could fill alone"),
    FIELD(struct sourcing_score, assigned, ZERO, .doc = "Units that come from it"),
    FIELD_AS(REC_INLINE, struct sourcing_score, alone, SPARSE, .rec = &cost_rec,
             .doc = "Cost if it alone took what it could"),
    FIELD(struct sourcing_score, more, ZERO, .doc = "That cost less the decision's"),
    FIELD(struct sourcing_score, distance_m, .doc = "To the customer"),
    FIELD(struct sourcing_score, rule, ZERO, .doc = "Rule that filtered it, from 1"),
    FIELD(struct sourcing_score, limit, ZERO, .doc = "The number it broke"),
};
static const struct rec score_rec =
    REC(struct sourcing_score, "SourcingScore", score_fields, "What became of a candidate");

static const struct rec_field decision_fields[] = {
    FIELD_AS(REC_ENUM, struct sourcing_decision, outcome, .names = outcome_names, .doc = "What came out"),
    FIELD(struct sourcing_decision, rule, .doc = "Rule that decided, from 1; 0 = there were none"),
    FIELD(struct sourcing_decision, proven, .doc = "No better choice exists"),
    FIELD(struct sourcing_decision, nodes, .doc = "Search nodes looked at"),
    FIELD(struct sourcing_decision, asked, .doc = "Units asked for"),
    FIELD(struct sourcing_decision, assigned, .doc = "Units that have a location"),
    FIELD_AS(REC_INLINE, struct sourcing_decision, cost, .rec = &cost_rec, .doc = "Of the choice"),
    FIELD_AS(REC_LIST, struct sourcing_decision, assignments, .rec = &assignment_rec, .max = 1000000,
             .doc = "Units to locations"),
    FIELD_AS(REC_LIST, struct sourcing_decision, shortages, .rec = &shortage_rec, .doc = "Lines that lack units"),
    FIELD_AS(REC_LIST, struct sourcing_decision, scores, .rec = &score_rec, .doc = "Every candidate"),
};
const struct rec sourcing_decision_rec =
    REC(struct sourcing_decision, "SourcingDecision", decision_fields, "Which location answers what, and why");
