/* Where an order comes from in one sentence, made from the stored decision whenever the order is told. */
#include "orders.h"

#include "sourcing.h"

#include <string.h>

static enum err record_of(struct ctx *cx, struct decision_id id, const char **out)
{
  static const struct db_stmt one = {"SELECT record FROM sourcing_decision WHERE bucket = $1 AND id = $2", DB_KEYED};
  struct db_rows rows;
  *out = NULL;
  TRY(db_query(cx->db, &one, &rows, DB_ARGS(I64(bucket_of_id(id.v)), I64(id.v))));
  if (db_next(&rows))
    *out = db_text(&rows, 0);
  return db_done(&rows);
}

enum err order_summarize(struct ctx *cx, struct order *o)
{
  const char *record;
  struct sourcing_input in;
  struct sourcing_decision d;
  struct buf summary;
  if (o->sourcing.id.v <= 0 || o->sourcing.summary)
    return ERR_OK;
  TRY(record_of(cx, o->sourcing.id, &record));
  if (!record)
    return ERR_OK;
  TRY(sourcing_record_read(record, strlen(record), cx->arena, &cx->fault, &in, &d));
  buf_init(&summary, cx->arena);
  sourcing_summary(&in, &d, NULL, &summary);
  o->sourcing.summary = buf_str(&summary);
  return ERR_OK;
}
