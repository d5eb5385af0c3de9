/* Finding and loading: an order comes whole, eleven narrow reads in one bucket, and only those that can have rows. */
#include "orders_priv.h"

#include "carriers.h"

#include <stdlib.h>
#include <string.h>

/* ---- Finding ---- */

enum err order_find(struct ctx *cx, const char *text, struct order_id *out)
{
  static const struct db_stmt by_number = {"SELECT order_id FROM order_number WHERE bucket = $1 AND number = $2",
                                           DB_KEYED};
  int64_t id = 0;
  if (!id_parse(PREFIX_order, text, &id))
    TRY(db_one_i64(cx->db, &by_number, &id, DB_ARGS(I64(bucket_of_text(text)), TEXT(text))));
  if (id == 0)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no order %s", text);
  out->v = id;
  return ERR_OK;
}

enum { FIND_AT_ONCE = 32 };
#define PLACES_32                                                                                                      \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,"    \
  "$31,$32"

static enum err numbers_find(struct ctx *cx, const struct db_value *numbers, size_t n, order_ids *out)
{
  static const struct db_stmt find = {
      "SELECT order_id FROM order_number WHERE number IN (" PLACES_32 ") ORDER BY number LIMIT 32", DB_LIST};
  struct db_value places[FIND_AT_ONCE];
  struct db_rows rows;
  for (size_t i = 0; i < FIND_AT_ONCE; i++)
    places[i] = numbers[i < n ? i : n - 1];
  TRY(db_query(cx->db, &find, &rows, places, FIND_AT_ONCE));
  while (db_next(&rows))
    LIST_ADD(cx->arena, out)->v = db_i64(&rows, 0);
  return db_done(&rows);
}

enum err orders_find(struct ctx *cx, const char *const *texts, size_t n, order_ids *out)
{
  struct db_value numbers[FIND_AT_ONCE];
  size_t named = 0;
  for (size_t i = 0; i < n; i++) {
    int64_t id;
    if (id_parse(PREFIX_order, texts[i], &id))
      LIST_ADD(cx->arena, out)->v = id;
    else
      numbers[named++] = TEXT(texts[i]);
    if (named == FIND_AT_ONCE || (named && i + 1 == n)) {
      TRY(numbers_find(cx, numbers, named, out));
      named = 0;
    }
  }
  return ERR_OK;
}

enum err order_find_external(struct ctx *cx, const char *channel, const char *external_id, struct order_id *out)
{
  static const struct db_stmt find = {"SELECT id FROM orders WHERE channel = $1 AND external_id = $2 AND bucket = $3",
                                      DB_KEYED};
  out->v = 0;
  return db_one_i64(cx->db, &find, &out->v,
                    DB_ARGS(TEXT(channel), TEXT(external_id), I64(order_bucket(channel, external_id))));
}

enum err order_channel(struct ctx *cx, struct order_id id, const char **out)
{
  static const struct db_stmt find = {"SELECT channel FROM orders WHERE bucket = $1 AND id = $2", DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(bucket_of_id(id.v)), I64(id.v))));
  *out = db_next(&rows) ? db_text(&rows, 0) : NULL;
  return db_done(&rows);
}

int64_t order_bucket(const char *channel, const char *external_id)
{
  return bucket_of_pair((int64_t)hash_text(channel), external_id);
}

/* The order_id column of a part, by the part's own id. */
static enum err owner_of(struct ctx *cx, const struct db_stmt *stmt, const char *prefix, const char *text,
                         const char *what, int64_t *out_id, struct order_id *out)
{
  int64_t id = 0;
  out->v = 0;
  if (id_parse(prefix, text, &id))
    TRY(db_one_i64(cx->db, stmt, &out->v, DB_ARGS(I64(bucket_of_id(id)), I64(id))));
  if (out->v == 0)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no %s %s", what, text);
  *out_id = id;
  return ERR_OK;
}

enum err order_of_hold(struct ctx *cx, const char *text, struct hold_id *out_id, struct order_id *out)
{
  static const struct db_stmt find = {"SELECT order_id FROM hold WHERE bucket = $1 AND id = $2", DB_KEYED};
  return owner_of(cx, &find, PREFIX_hold, text, "hold", &out_id->v, out);
}

enum err order_of_payment(struct ctx *cx, const char *text, struct payment_id *out_id, struct order_id *out)
{
  static const struct db_stmt find = {"SELECT order_id FROM payment WHERE bucket = $1 AND id = $2", DB_KEYED};
  return owner_of(cx, &find, PREFIX_payment, text, "payment", &out_id->v, out);
}

enum err order_of_fulfillment(struct ctx *cx, const char *text, struct fulfillment_id *out_id, struct order_id *out)
{
  static const struct db_stmt find = {"SELECT order_id FROM fulfillment WHERE bucket = $1 AND id = $2", DB_KEYED};
  return owner_of(cx, &find, PREFIX_fulfillment, text, "fulfillment", &out_id->v, out);
}

enum err order_of_parcel(struct ctx *cx, const char *text, struct parcel_id *out_id, struct order_id *out)
{
  static const struct db_stmt find = {"SELECT order_id FROM parcel WHERE bucket = $1 AND id = $2", DB_KEYED};
  return owner_of(cx, &find, PREFIX_parcel, text, "parcel", &out_id->v, out);
}

enum err order_of_shipment(struct ctx *cx, const char *text, struct shipment *out_row, struct order_id *out)
{
  struct shipment row = {0};
  enum err err = ERR_NOT_FOUND;
  if (id_parse(PREFIX_shipment, text, &row.id.v)) {
    row.bucket = bucket_of_id(row.id.v);
    err = db_get(cx->db, &shipment_table, &row);
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no shipment %s", text);
  TRY(err);
  *out_row = row;
  out->v = row.order_id;
  return ERR_OK;
}

/* ---- Loading ---- */

#define OF_ORDER "bucket = $1 AND order_id = $2 ORDER BY "

static const struct db_where lines_of = {&order_line_table, OF_ORDER "line", DB_KEYED};
static const struct db_where charges_of = {&order_charge_table, OF_ORDER "n", DB_KEYED};
static const struct db_where holds_of = {&hold_table, OF_ORDER "id", DB_KEYED};
static const struct db_where payments_of = {&payment_table, OF_ORDER "id", DB_KEYED};
static const struct db_where entries_of = {&payment_entry_table, OF_ORDER "payment_id, n", DB_KEYED};
static const struct db_where fulfillments_of = {&fulfillment_table, OF_ORDER "id", DB_KEYED};
static const struct db_where fulfillment_lines_of = {&fulfillment_line_table, OF_ORDER "fulfillment_id, line",
                                                     DB_KEYED};
static const struct db_where parcels_of = {&parcel_table, OF_ORDER "id", DB_KEYED};
static const struct db_where items_of = {&parcel_item_table, OF_ORDER "parcel_id, line", DB_KEYED};

/* Ids of several writers are not in the order of time, and an engine that must sort makes a table for it: so few rows are
 * sorted here. */
#define BY_TIME(type, name)                                                                                            \
  static int name(const void *a, const void *b)                                                                        \
  {                                                                                                                    \
    const struct type *x = a, *y = b;                                                                                  \
    if (x->created_at.ms != y->created_at.ms)                                                                          \
      return x->created_at.ms < y->created_at.ms ? -1 : 1;                                                             \
    return (x->id.v > y->id.v) - (x->id.v < y->id.v);                                                                  \
  }
BY_TIME(hold, holds_by_time)
BY_TIME(payment, payments_by_time)
BY_TIME(fulfillment, fulfillments_by_time)
BY_TIME(parcel, parcels_by_time)

#define SORT(list, by)                                                                                                 \
  do {                                                                                                                 \
    if ((list)->n > 1)                                                                                                 \
      qsort((list)->at, (list)->n, sizeof *(list)->at, by);                                                            \
  } while (0)

static enum err rows_of(struct ctx *cx, const struct db_where *where, const struct order *o, void *list)
{
  return db_select(cx->db, where, list, DB_ARGS(I64(o->bucket), I64(o->id.v)));
}

static enum err load_payments(struct ctx *cx, struct order *o)
{
  LIST(struct payment_entry) entries = {0};
  TRY(rows_of(cx, &payments_of, o, &o->payments));
  if (o->payments.n)
    TRY(rows_of(cx, &entries_of, o, &entries));
  SORT(&o->payments, payments_by_time);
  EACH (const struct payment_entry, e, &entries) {
    struct payment *p = order_payment_of(o, (struct payment_id){e->payment_id});
    if (p)
      *LIST_ADD(cx->arena, &p->entries) = *e;
  }
  return ERR_OK;
}

static enum err load_parcels(struct ctx *cx, struct order *o)
{
  LIST(struct parcel) parcels = {0};
  LIST(struct parcel_item) items = {0};
  TRY(rows_of(cx, &parcels_of, o, &parcels));
  if (parcels.n == 0)
    return ERR_OK;
  TRY(rows_of(cx, &items_of, o, &items));
  SORT(&parcels, parcels_by_time);
  EACH (const struct parcel, p, &parcels) {
    struct fulfillment *f = order_fulfillment_of(o, (struct fulfillment_id){p->fulfillment_id});
    if (f)
      *LIST_ADD(cx->arena, &f->parcels) = *p;
  }
  EACH (const struct parcel_item, i, &items) {
    struct fulfillment *f;
    struct parcel *p = order_parcel_of(o, (struct parcel_id){i->parcel_id}, &f);
    if (p)
      *LIST_ADD(cx->arena, &p->items) = *i;
  }
  return ERR_OK;
}

static enum err load_fulfillments(struct ctx *cx, struct order *o)
{
  LIST(struct fulfillment_line) lines = {0};
  TRY(rows_of(cx, &fulfillments_of, o, &o->fulfillments));
  if (o->fulfillments.n == 0)
    return ERR_OK;
  TRY(rows_of(cx, &fulfillment_lines_of, o, &lines));
  SORT(&o->fulfillments, fulfillments_by_time);
  EACH (const struct fulfillment_line, l, &lines) {
    struct fulfillment *f = order_fulfillment_of(o, (struct fulfillment_id){l->fulfillment_id});
    if (f)
      *LIST_ADD(cx->arena, &f->lines) = *l;
  }
  return load_parcels(cx, o);
}

static enum err load_personal(struct ctx *cx, struct order *o)
{
  struct order_personal row = {.bucket = o->bucket, .order_id = o->id.v};
  enum err err = db_get(cx->db, &order_personal_table, &row);
  if (err == ERR_OK)
    o->personal = row;
  return err == ERR_NOT_FOUND ? ERR_OK : err; /* none given, or erased */
}

/* ---- All of an order in one question, where a round trip is what costs ---- */

static const struct db_where *const parts[] = {&lines_of, &charges_of,      &holds_of,  &payments_of, &entries_of,
                                               &fulfillments_of, &fulfillment_lines_of, &parcels_of, &items_of};
enum { OF_ITSELF = COUNT_OF(parts), OF_PERSONAL, QUESTIONS };

struct ahead {
  const struct ctx *cx;
  struct order order;
};

/* The answers are remembered for the load that follows; what goes wrong is told there. */
static void ask_part(void *arg, size_t i)
{
  const struct ahead *ahead = arg;
  struct ctx own = *ahead->cx;
  struct order order = ahead->order;
  enum err ignored;
  fault_init(&own.fault, own.arena);
  db_use(own.db, &own.fault, own.arena);
  if (i == OF_ITSELF)
    ignored = db_get(own.db, &order_table, &order);
  else if (i == OF_PERSONAL)
    ignored = load_personal(&own, &order);
  else
    ignored = db_ask(own.db, parts[i], DB_ARGS(I64(order.bucket), I64(order.id.v)));
  (void)ignored;
}

static void ask_all(struct ctx *cx, const struct order *o)
{
  struct ahead ahead = {cx, *o};
  if (db_engine(cx->db) != DB_SQLITE)
    db_together(cx->db, QUESTIONS, ask_part, &ahead);
}

enum err order_load(struct ctx *cx, struct order_id id, struct order **out)
{
  struct order *o = ARENA_NEW(cx->arena, struct order);
  rec_init(&order_rec, o);
  o->bucket = bucket_of_id(id.v);
  o->id = id;
  ask_all(cx, o);
  enum err err = db_get(cx->db, &order_table, o);
  if (err == ERR_NOT_FOUND) {
    char text[ID_TEXT];
    id_format(PREFIX_order, id.v, text);
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no order %s", text);
  }
  TRY(err);
  TRY(load_personal(cx, o));
  TRY(rows_of(cx, &lines_of, o, &o->lines));
  TRY(rows_of(cx, &charges_of, o, &o->charges));
  TRY(rows_of(cx, &holds_of, o, &o->holds));
  SORT(&o->holds, holds_by_time);
  TRY(load_payments(cx, o));
  TRY(load_fulfillments(cx, o));
  *out = o;
  return ERR_OK;
}

enum err tracking_events_of_order(struct ctx *cx, const struct order *o, struct list *out)
{
  static const struct db_where of_order = {
      &tracking_event_table, "bucket = $1 AND order_id = $2 ORDER BY parcel_id, occurred_at, status", DB_KEYED};
  return db_select(cx->db, &of_order, out, DB_ARGS(I64(o->bucket), I64(o->id.v)));
}

enum err tracking_events_load(struct ctx *cx, const struct parcel *p, struct list *out)
{
  static const struct db_where of_parcel = {
      &tracking_event_table, "bucket = $1 AND order_id = $2 AND parcel_id = $3 ORDER BY occurred_at, status", DB_KEYED};
  return db_select(cx->db, &of_parcel, out, DB_ARGS(I64(p->bucket), I64(p->order_id), I64(p->id.v)));
}

/* ---- Lists: what the rows of a page lack, with one statement per table for all of them ---- */

enum { FILL_MAX = 200, NESTED_MAX = 10 }; /* NESTED_MAX: a slice of large orders must not pass a request's memory */

/* The rows of `table` that belong to the orders of a page, as "order_id IN (...)". */
static enum err rows_of_page(struct ctx *cx, const struct db_table *table, const char *key, const struct order *orders,
                             size_t n, struct list *out)
{
  struct db_value ids[FILL_MAX];
  const struct rec_field *field = NULL, *id_field = NULL;
  for (size_t i = 0; i < table->rec->n; i++) {
    if (strcmp(table->rec->fields[i].name, "order_id") == 0)
      field = &table->rec->fields[i];
    if (strcmp(table->rec->fields[i].name, key) == 0)
      id_field = &table->rec->fields[i];
  }
  assert(field && id_field);
  for (size_t begin = 0; begin < n; begin += 100) {
    size_t some = n - begin < 100 ? n - begin : 100;
    for (size_t i = 0; i < some; i++)
      ids[i] = I64(orders[begin + i].id.v);
    struct db_filter filter = {.field = field, .op = DB_IN, .values = ids, .n = some};
    struct db_page page = {
        .table = table, .filters = &filter, .n_filters = 1, .sort = field, .id_field = id_field, .limit = 1000000};
    TRY(db_list(cx->db, &page, out));
  }
  return ERR_OK;
}

static struct order *order_among(struct order *orders, size_t n, int64_t id)
{
  for (size_t i = 0; i < n; i++)
    if (orders[i].id.v == id)
      return &orders[i];
  return NULL;
}

static struct parcel *parcel_among(struct order *o, int64_t id)
{
  struct fulfillment *f;
  return order_parcel_of(o, (struct parcel_id){id}, &f);
}

/* Reads the rows of the page's orders and adds each to list `member` of `owner`, an expression of o and row. */
#define GIVE_OUT(row_type, table, key, owner, member)                                                                  \
  do {                                                                                                                 \
    LIST(row_type) all = {0};                                                                                          \
    TRY(rows_of_page(cx, &(table), key, orders, n, (struct list *)(void *)&all));                                      \
    EACH (row_type, row, &all) {                                                                                       \
      struct order *o = order_among(orders, n, row->order_id);                                                         \
      __typeof__(owner) to = o ? (owner) : NULL;                                                                       \
      if (to)                                                                                                          \
        *LIST_ADD(cx->arena, &to->member) = *row;                                                                      \
    }                                                                                                                  \
  } while (0)

static enum err fill_nested(struct ctx *cx, struct order *orders, size_t n)
{
  GIVE_OUT(struct order_line, order_line_table, "line", o, lines);
  GIVE_OUT(struct order_charge, order_charge_table, "n", o, charges);
  GIVE_OUT(struct hold, hold_table, "id", o, holds);
  GIVE_OUT(struct payment, payment_table, "id", o, payments);
  GIVE_OUT(struct payment_entry, payment_entry_table, "n", order_payment_of(o, (struct payment_id){row->payment_id}),
           entries);
  GIVE_OUT(struct fulfillment, fulfillment_table, "id", o, fulfillments);
  GIVE_OUT(struct fulfillment_line, fulfillment_line_table, "line",
           order_fulfillment_of(o, (struct fulfillment_id){row->fulfillment_id}), lines);
  GIVE_OUT(struct parcel, parcel_table, "id", order_fulfillment_of(o, (struct fulfillment_id){row->fulfillment_id}),
           parcels);
  GIVE_OUT(struct parcel_item, parcel_item_table, "line", parcel_among(o, row->parcel_id), items);
  return ERR_OK;
}

enum err orders_fill(struct ctx *cx, struct order *orders, size_t n, bool nested)
{
  LIST(struct order_personal) personal = {0};
  if (n == 0)
    return ERR_OK;
  assert(n <= FILL_MAX);
  TRY(rows_of_page(cx, &order_personal_table, "order_id", orders, n, (struct list *)(void *)&personal));
  EACH (const struct order_personal, p, &personal) {
    struct order *o = order_among(orders, n, p->order_id);
    if (o)
      o->personal = *p;
  }
  for (size_t begin = 0; nested && begin < n && !arena_over(cx->arena); begin += NESTED_MAX)
    TRY(fill_nested(cx, orders + begin, n - begin < NESTED_MAX ? n - begin : NESTED_MAX));
  return ERR_OK;
}

/* ---- By their fulfillments ---- */

typedef LIST(struct order) whole_orders;

/* At most FIND_AT_ONCE, in two statements and those of orders_fill. */
static enum err orders_by_fulfillment(struct ctx *cx, const char *const *ids, size_t n, struct fulfillment_id *out_ids,
                                      struct order **out)
{
  static const struct db_where work = {&fulfillment_table, "id IN (" PLACES_32 ") ORDER BY id LIMIT 32", DB_LIST};
  static const struct db_where whole = {&order_table, "id IN (" PLACES_32 ") ORDER BY id LIMIT 32", DB_LIST};
  struct db_value named[FIND_AT_ONCE], of[FIND_AT_ONCE];
  LIST(struct fulfillment) found = {0};
  whole_orders *orders = ARENA_NEW(cx->arena, whole_orders);
  for (size_t i = 0; i < FIND_AT_ONCE; i++) {
    int64_t id = 0;
    if (i < n && !id_parse(PREFIX_fulfillment, ids[i], &id))
      id = 0;
    if (i < n)
      out_ids[i].v = id;
    named[i] = I64(id);
  }
  TRY(db_select(cx->db, &work, (struct list *)(void *)&found, named, FIND_AT_ONCE));
  for (size_t i = 0; i < FIND_AT_ONCE; i++)
    of[i] = I64(i < found.n ? found.at[i].order_id : 0);
  TRY(db_select(cx->db, &whole, (struct list *)(void *)orders, of, FIND_AT_ONCE));
  TRY(orders_fill(cx, orders->at, orders->n, true));
  if (arena_over(cx->arena))
    return err_fail(cx, ERR_TOO_LARGE, "", "these orders are too large for one answer: please ask for fewer");
  for (size_t i = 0; i < n; i++) {
    out[i] = NULL;
    EACH (struct order, o, orders)
      if (out_ids[i].v && order_fulfillment_of(o, out_ids[i]))
        out[i] = o;
    if (!out[i])
      return err_fail(cx, ERR_NOT_FOUND, "", "there is no fulfillment %s", ids[i]);
  }
  return ERR_OK;
}

enum err orders_of_fulfillments(struct ctx *cx, const char *const *ids, size_t n, struct fulfillment_id *out_ids,
                                struct order **out)
{
  for (size_t i = 0; i < n; i += FIND_AT_ONCE)
    TRY(orders_by_fulfillment(cx, ids + i, n - i < FIND_AT_ONCE ? n - i : FIND_AT_ONCE, out_ids + i, out + i));
  return ERR_OK;
}

enum err orders_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, number FROM orders WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
