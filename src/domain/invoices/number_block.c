/* Ranges of numbers that a government gave. */
#include "invoices_priv.h"

#include <string.h>

static const char *written(struct ctx *cx, const struct number_block *b, int64_t value)
{
  return arena_printf(cx->arena, "%s%0*lld", b->prefix, (int)b->digits, (long long)value);
}

/* At most NUMBER_BLOCKS_MAX rows: one look at the series of all. */
enum err number_blocks_fill(struct ctx *cx, struct number_block *rows, size_t n)
{
  static const struct db_stmt drawn = {
      "SELECT code, next_value FROM number_series WHERE gapless = 1 AND code >= 'nbk_' AND code < 'nbk`' ORDER BY code"
      " LIMIT 2000",
      DB_LIST};
  struct db_rows found;
  for (size_t i = 0; i < n; i++)
    rows[i].next_value = rows[i].first_value;
  TRY(db_query(cx->db, &drawn, &found, DB_NO_ARGS));
  while (db_next(&found)) {
    int64_t id;
    if (!id_parse(PREFIX_number_block, db_text(&found, 0), &id))
      continue;
    for (size_t i = 0; i < n; i++)
      if (rows[i].id.v == id)
        rows[i].next_value = db_i64(&found, 1);
  }
  TRY(db_done(&found));
  for (size_t i = 0; i < n; i++) {
    struct number_block *b = &rows[i];
    b->unused = b->last_value - b->next_value + 1;
    b->first_unused = b->unused > 0 ? written(cx, b, b->next_value) : NULL;
    b->last_unused = b->unused > 0 ? written(cx, b, b->last_value) : NULL;
  }
  return ERR_OK;
}

enum err number_block_load(struct ctx *cx, const char *text, struct number_block *out)
{
  int64_t id = 0;
  bool is = id_parse(PREFIX_number_block, text, &id);
  rec_init(&number_block_rec, out);
  out->id.v = id;
  enum err err = is ? db_get(cx->db, &number_block_table, out) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no block of numbers %.64s", text);
  TRY(err);
  return number_blocks_fill(cx, out, 1);
}

struct block_facts {
  const struct number_block *body;
  LIST(struct number_block) all;
};

static enum err block_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where all = {&number_block_table, "1 = 1 ORDER BY id LIMIT 200", DB_LIST};
  struct block_facts *f = out;
  f->body = in->body;
  return db_select(cx->db, &all, (struct list *)(void *)&f->all, DB_NO_ARGS);
}

static int64_t highest(int64_t digits)
{
  int64_t n = 1;
  for (int64_t i = 0; i < digits; i++)
    n *= 10;
  return n - 1;
}

static enum err block_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct block_facts *f = facts;
  struct number_block b = *f->body;
  enum err err = ERR_OK;
  if (f->all.n >= NUMBER_BLOCKS_MAX)
    return err_fail(cx, ERR_STATE, "", "there are at most %d blocks of numbers", NUMBER_BLOCKS_MAX);
  if (b.last_value < b.first_value || b.last_value > highest(b.digits))
    err = fault_add(&cx->fault, ERR_INVALID, "/last_value", "out_of_bounds",
                    "the last number is not below the first, and has at most %lld digits", (long long)b.digits);
  if (b.valid_from && b.valid_until && strcmp(b.valid_until, b.valid_from) < 0)
    err = fault_add(&cx->fault, ERR_INVALID, "/valid_until", "out_of_bounds", "it ends before it begins");
  EACH (const struct number_block, o, &f->all)
    if (strcmp(o->prefix, b.prefix) == 0 && b.first_value <= o->last_value && o->first_value <= b.last_value)
      err = fault_add(&cx->fault, ERR_INVALID, "/first_value", "taken", "another block has numbers of this range");
  TRY(err);
  b.version = 1;
  b.created_at = b.updated_at = cx->now;
  *(struct number_block *)out = b;
  return ERR_OK;
}

static enum err block_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct number_block *b = arena_copy(cx->arena, plan, sizeof *b);
  char id[ID_TEXT];
  b->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
  TRY(db_insert(cx->db, &number_block_table, b));
  id_format(PREFIX_number_block, b->id.v, id);
  TRY(event_emit(cx, &(struct event_draft){.topic = "number_block.created",
                                           .subject_kind = "number_block",
                                           .subject_prefix = PREFIX_number_block,
                                           .bucket = bucket_of_id(b->id.v),
                                           .subject_id = b->id.v,
                                           .version = 1}));
  b->next_value = b->first_value;
  b->unused = b->last_value - b->first_value + 1;
  b->first_unused = written(cx, b, b->first_value);
  b->last_unused = written(cx, b, b->last_value);
  *out = (struct act_result){.rec = &number_block_rec,
                             .value = b,
                             .version = 1,
                             .location = arena_printf(cx->arena, "/v1/number_blocks/%s", id)};
  return ERR_OK;
}

const struct act number_block_create_act = {"number_block.create",
                                            sizeof(struct block_facts),
                                            sizeof(struct number_block),
                                            block_load,
                                            block_decide,
                                            block_apply,
                                            0};
