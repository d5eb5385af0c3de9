/* A record with a field of every kind, for tests and the fuzzer. */
#ifndef ORDO_REC_SAMPLE_TEST_H
#define ORDO_REC_SAMPLE_TEST_H

#include "rec.h"

enum sample_color { SAMPLE_RED, SAMPLE_GREEN, SAMPLE_BLUE };

struct sample_place {
  const char *city, *zip;
  int64_t latitude; /* millionths of a degree */
};

struct sample_item {
  const char *sku;
  struct quantity quantity;
  struct price price;
  bool gift;
};

struct sample {
  int64_t count, id;
  bool active;
  const char *code, *note, *day, *metadata, *name, *phone;
  struct money amount;
  struct price price;
  struct quantity quantity;
  struct rate rate;
  struct instant at;
  int64_t height;
  int color; /* enum sample_color */
  LIST(const char *) tags;
  struct sample_place *billing;
  struct sample_place place;
  LIST(struct sample_item) items;
};

static const char *const sample_colors[] = {"red", "green", "blue", NULL};

static const struct rec_field sample_place_fields[] = {
    FIELD(struct sample_place, city, .max = 40, .doc = "Town", .example = "Shanghai"),
    FIELD(struct sample_place, zip, .flags = REC_REQUIRED, .max = 12, .doc = "Postal code"),
    FIELD_AS(REC_DECIMAL, struct sample_place, latitude, .min = -90 * SCALE, .max = 90 * SCALE, .doc = "Degrees north"),
};
static const struct rec sample_place_rec = REC(struct sample_place, "Place", sample_place_fields, "Where");

static const struct rec_field sample_item_fields[] = {
    FIELD(struct sample_item, sku, .flags = REC_REQUIRED, .max = 64, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct sample_item, quantity, .flags = REC_REQUIRED, .min = 1, .max = QUANTITY_MAX, .doc = "In its unit"),
    FIELD(struct sample_item, price, .doc = "For one unit", .example = "0.34"),
    FIELD(struct sample_item, gift, .doc = "Wrapped"),
};
static const struct rec sample_item_rec = REC(struct sample_item, "Item", sample_item_fields, "A line");

static const struct rec_field sample_fields[] = {
    FIELD_AS(REC_ID, struct sample, id, .prefix = "smp", .doc = "Its id"),
    FIELD(struct sample, count, .min = -5, .max = 1000, .def = 7, .has_def = true, .doc = "How many"),
    FIELD(struct sample, active, .doc = "In use"),
    FIELD(struct sample, code, .flags = REC_REQUIRED, .max = 8, .doc = "Short code"),
    FIELD(struct sample, note, .doc = "Free text"),
    FIELD(struct sample, phone, .flags = REC_PERSONAL, .max = 20, .doc = "Phone"),
    FIELD_AS(REC_DATE, struct sample, day, .doc = "Day"),
    FIELD_AS(REC_JSON, struct sample, metadata, .max = 200, .doc = "Anything"),
    FIELD_AS(REC_NAMES, struct sample, name, .max = 30, .doc = "Name by language"),
    FIELD(struct sample, amount, .doc = "Minor units"),
    FIELD(struct sample, price, .doc = "For one"),
    FIELD(struct sample, quantity, .doc = "How much"),
    FIELD(struct sample, rate, .doc = "Tax rate", .example = "0.13"),
    FIELD(struct sample, at, .doc = "When"),
    FIELD_AS(REC_DECIMAL, struct sample, height, .doc = "Meters"),
    FIELD_AS(REC_ENUM, struct sample, color, .names = sample_colors, .doc = "Color"),
    FIELD_AS(REC_TEXTS, struct sample, tags, .max = 3, .doc = "Tags"),
    FIELD_AS(REC_RECORD, struct sample, billing, .rec = &sample_place_rec, .doc = "Who pays"),
    FIELD_AS(REC_INLINE, struct sample, place, .rec = &sample_place_rec, .prefix = "place_", .doc = "Where to"),
    FIELD_AS(REC_LIST, struct sample, items, .rec = &sample_item_rec, .max = 4, .doc = "What"),
};
static const struct rec sample_rec = REC(struct sample, "Sample", sample_fields, "A bit of everything");

#endif
