/* What the files that read records share: where the reader is, how a fault is noted, and each kind's reading.
 *
 * Functions that read return false when the text itself is broken, true otherwise, noted faults or not. They get the
 * value's first token; rec_take_ functions get plain text that lives in the arena.
 */
#ifndef ORDO_REC_READ_PRIV_H
#define ORDO_REC_READ_PRIV_H

#include "json_priv.h"

/* Where we are: a chain on the stack, made into a JSON pointer only when something is wrong. */
struct place {
  const struct place *up;
  const char *key; /* NULL: an item, by index */
  size_t index;
};

struct reader {
  struct json json;
  struct arena *arena;
  struct fault *fault;
  const char *pointer; /* of the document in the request */
  const struct place *place;
  bool stored; /* our own text: flags and bounds are not looked at */
};

/* An entry of the fault, with the pointer of the place; rec_note_at: of a member of it. */
void rec_note(struct reader *r, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
void rec_note_at(struct reader *r, const char *key, const char *code, const char *detail);
bool rec_wrong_type(struct reader *r, const struct rec_field *field, enum json_token token); /* noted and passed over */

/* rec_scalar.c */
bool rec_read_number(struct reader *r, const struct rec_field *field, enum json_token token, void *at);
void rec_take_decimal_text(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at);
bool rec_text_fits(struct reader *r, const char *text, size_t n, int64_t min, int64_t max); /* bounds in code points */
void rec_take_string(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at);

/* rec_compound.c */
void rec_take_one_name(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at);
bool rec_read_names(struct reader *r, const struct rec_field *field, enum json_token token, void *at);
bool rec_read_raw(struct reader *r, const struct rec_field *field, enum json_token token, void *at);
bool rec_read_texts(struct reader *r, const struct rec_field *field, enum json_token token, void *at);
/* Of a list: whether item number index has a place, and whether there were enough. */
bool rec_room_for(struct reader *r, const struct rec_field *field, size_t index);
void rec_check_enough(struct reader *r, const struct rec_field *field, size_t n);

#endif
