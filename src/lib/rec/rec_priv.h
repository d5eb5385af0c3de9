/* What the files of rec share: traits of the kinds, fields by address, scanning of text by words. */
#ifndef ORDO_REC_PRIV_H
#define ORDO_REC_PRIV_H

#include "rec.h"

/* ---- Text, eight bytes at a time ------------------------------------------------------------------------------- */

#define WORD_OF(byte) (0x0101010101010101ULL * (byte))

/* Marks the bytes of a word that JSON text cannot hold plainly: controls, '"' and '\\'. Marks above the first may lie. */
static inline uint64_t text_stops(uint64_t w)
{
  uint64_t quote = w ^ WORD_OF('"'), backslash = w ^ WORD_OF('\\');
  uint64_t marks =
      ((w - WORD_OF(0x20)) & ~w) | ((quote - WORD_OF(1)) & ~quote) | ((backslash - WORD_OF(1)) & ~backslash);
  return marks & WORD_OF(0x80);
}

/* Which byte, in memory order, bears the first mark. */
static inline size_t text_first_stop(uint64_t marks)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return (size_t)__builtin_ctzll(marks) / 8;
#else
#error "marks are read from the low end; turn the words round first"
#endif
}

/* ---- The reader, from inside ----------------------------------------------------------------------------------- */

/* Ends the reading: what is wrong, and where in the input. Returns JSON_ERROR. */
enum json_token json_broken(struct json *j, const char *at, const char *what);
/* For the key just read: ends the reading because its object has it twice; returns false. */
bool json_key_twice(struct json *j);
/* Notes the key just read; false, with the reading ended, when its object had it. */
bool json_key_is_new(struct json *j);

/* ---- Kinds ---------------------------------------------------------------------------------------------------- */

/* What is the same for all fields of a kind. */
struct rec_trait {
  const char *what; /* "expected ..." */
  bool number;      /* an int64_t at the offset, with bounds */
  bool text;        /* a string in JSON, and in CSV without quotes */
  bool column;      /* of a CSV export */
  int places;       /* decimals of a number */
  int64_t min, max; /* the kind's own bounds: of a number, of code points, of items */
};
extern const struct rec_trait rec_traits[];
static inline const struct rec_trait *rec_trait(const struct rec_field *field)
{
  return &rec_traits[field->kind];
}

/* The field's bounds, or the kind's where it has none. A text that must be given must say something. */
static inline int64_t rec_min(const struct rec_field *field)
{
  if (field->kind == REC_TEXT && field->flags & REC_REQUIRED && field->min == 0)
    return 1;
  return field->min || field->max ? field->min : rec_trait(field)->min;
}
static inline int64_t rec_max(const struct rec_field *field)
{
  bool own = (field->min || field->max) && field->max >= field->min;
  return own ? field->max : rec_trait(field)->max;
}

/* The language of a REC_NAMES given as a bare string. */
const char *rec_language(const struct rec_field *field);

/* Fields by address: at is value + field->offset. */
size_t rec_field_size(const struct rec_field *field);
void rec_field_init(const struct rec_field *field, void *at);
bool rec_field_absent(const struct rec_field *field, const void *at);
bool rec_field_at_default(const struct rec_field *field, const void *at);
bool rec_field_equal(const struct rec_field *field, const void *a, const void *b);

static inline void *field_at(const struct rec_field *field, void *value)
{
  return (char *)value + field->offset;
}
static inline const void *field_of(const struct rec_field *field, const void *value)
{
  return (const char *)value + field->offset;
}

/* The value alone, as JSON; absent is null. */
struct rec_writer {
  struct json_out out;
  const struct rec_view *view;
  bool stored; /* for our own columns: nothing is left out but what is absent */
};
void rec_field_write(struct rec_writer *w, const struct rec_field *field, const void *at);

#endif
