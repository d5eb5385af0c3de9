/* Statements for samples_test.py: each comment says what is wrong with the next one, or that it is right. */
struct db_stmt;

static const struct db_stmt right = {"SELECT id FROM orders WHERE bucket = $1 AND id = $2", DB_KEYED}; /* right */
static const struct db_stmt unnamed = {"SELECT id FROM orders WHERE id = $1", DB_KEYED}; /* bucket is named */
static const struct db_stmt unmarked = {"DELETE FROM hold WHERE order_id = $1"};         /* bucket is named */
static const struct db_stmt report = {"SELECT id FROM orders WHERE id > $1", DB_REPORT}; /* right */

#define COLUMNS "o.id, o.number"
#define LINES                                                                                                          \
  "SELECT " COLUMNS " FROM orders o JOIN order_line l ON l.bucket = o.bucket"                                          \
  " AND l.order_id = o.id"
static const struct db_stmt of_macros[] = {
    {LINES " WHERE o.bucket = $1 ORDER BY o.id", DB_KEYED},          /* right */
    {LINES " WHERE o.state = $1 ORDER BY o.id LIMIT $2", DB_LIST},   /* right */
    {LINES " WHERE o.state = $1 ORDER BY o.id", DB_LIST},            /* a LIST has a LIMIT */
    {LINES " WHERE o.bucket = $1 ORDER BY o.id OFFSET 5", DB_KEYED}, /* there is no OFFSET */
};

static const struct row {
  int n;
  struct db_stmt stmt;
} inside[] = {{1, {"UPDATE setting SET setting_key = $1", DB_KEYED}}}; /* never changes */

static const struct rec_field thing_fields[] = {
    {.name = "bucket", .offset = 0},
    {.name = "order_id", .column = "id", .flags = REC_KEY},
};
const struct rec thing_rec = {.name = "Thing", .fields = thing_fields};
const struct db_table thing_table = {"parcel", &thing_rec}; /* not the primary key */

static const struct db_where by_order = {&thing_table, "order_id = $1", DB_KEYED};                   /* bucket is named */
static const struct db_where of_order = {&thing_table, "bucket = $1 AND order_id = $2", DB_KEYED};   /* right */
static const struct db_stmt nowhere = {"SELECT id FROM gadget WHERE bucket = $1", DB_KEYED};         /* SPREAD, REFERENCE */

static void by_hand(struct db_page *page)
{
  page->where = "id = $1 / 2";           /* division */
  run("SELECT id FROM orders WHERE id"); /* a struct db_stmt */
}
