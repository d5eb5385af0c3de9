/* Tables by record: a row with a field of every kind goes in and comes back; lists filter, sort and page. */
#include "db_test_tools.h"

#include <string.h>

enum color { RED, GREEN };
static const char *const color_names[] = {"red", "green; blue", NULL};

struct part {
  int64_t n;
};
static const struct rec_field part_fields[] = {FIELD(struct part, n)};
static const struct rec part_rec = REC(struct part, "Part", part_fields, "A part");

struct address {
  const char *city;
  struct money fee;
  const char *note;
};
static const struct rec_field address_fields[] = {
    FIELD(struct address, city),
    FIELD(struct address, fee, .flags = REC_READONLY),
    FIELD(struct address, note, .flags = REC_HIDDEN),
};
static const struct rec address_rec = REC(struct address, "Address", address_fields, "Where");

struct thing_id {
  int64_t v;
};
struct thing {
  int64_t bucket;
  struct thing_id id;
  int64_t count;
  bool on;
  const char *text;
  struct money amount;
  struct price unit_price;
  struct quantity quantity;
  struct rate rate;
  struct instant at;
  const char *day;
  int64_t latitude;
  int color;
  struct thing_id parent_id;
  const char *metadata, *names;
  LIST(const char *) tags;
  struct address *ship_to;
  struct address billing;
  LIST(struct part) parts;
  int64_t age;
};
static const struct rec_field thing_fields[] = {
    FIELD(struct thing, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct thing, id, .flags = REC_KEY, .prefix = "thg"),
    FIELD(struct thing, count),
    FIELD(struct thing, on, .column = "is_on"),
    FIELD(struct thing, text),
    FIELD(struct thing, amount),
    FIELD(struct thing, unit_price),
    FIELD(struct thing, quantity),
    FIELD(struct thing, rate),
    FIELD(struct thing, at),
    FIELD_AS(REC_DATE, struct thing, day),
    FIELD_AS(REC_DECIMAL, struct thing, latitude),
    FIELD_AS(REC_ENUM, struct thing, color, .names = color_names),
    FIELD_AS(REC_ID, struct thing, parent_id, .prefix = "thg"),
    FIELD_AS(REC_JSON, struct thing, metadata),
    FIELD_AS(REC_NAMES, struct thing, names),
    FIELD_AS(REC_TEXTS, struct thing, tags),
    FIELD_AS(REC_RECORD, struct thing, ship_to, .rec = &address_rec),
    FIELD_AS(REC_INLINE, struct thing, billing, .rec = &address_rec, .prefix = "bill_"),
    FIELD_AS(REC_LIST, struct thing, parts, .rec = &part_rec),
    FIELD(struct thing, age, .flags = REC_VIRTUAL),
};
static const struct rec thing_rec = REC(struct thing, "Thing", thing_fields, "A thing");
static const struct db_table thing_table = {"thing", &thing_rec};

static struct thing a_thing(struct test *t)
{
  struct thing thing;
  rec_init(&thing_rec, &thing);
  thing.bucket = 77;
  thing.id.v = 1234567890123;
  thing.count = -5;
  thing.on = true;
  thing.text = "mug, \"blue\" 中文";
  thing.amount = MONEY(-199);
  thing.unit_price = PRICE(340000);
  thing.quantity = QUANTITY(2500000);
  thing.rate = RATE(130000);
  thing.at = INSTANT(1767603600123);
  thing.day = "2026-01-05";
  thing.latitude = 31230400;
  thing.color = GREEN;
  thing.parent_id.v = 42;
  thing.metadata = "{\"a\":[1,2.50]}";
  thing.names = "{\"en\":\"Mug\"}";
  *LIST_ADD(t->arena, &thing.tags) = "new";
  *LIST_ADD(t->arena, &thing.tags) = "o\"dd\n";
  thing.ship_to = ARENA_NEW(t->arena, struct address);
  *thing.ship_to = (struct address){"Shanghai", MONEY(5), "back door"};
  thing.billing = (struct address){"Berlin", MONEY(0), NULL};
  return thing;
}

static struct thing bare_thing(int64_t id)
{
  struct thing thing;
  rec_init(&thing_rec, &thing);
  thing.bucket = 1;
  thing.id.v = id;
  return thing;
}

static struct db *a_database(struct test *t)
{
  return open_writer(scratch_new(t, ""));
}

TEST(a_row_of_every_kind_comes_back_as_it_went)
{
  struct db *db = a_database(t);
  struct thing thing = a_thing(t), back = bare_thing(thing.id.v);
  back.bucket = thing.bucket;
  CHECK_OK(db_insert(db, &thing_table, &thing));
  CHECK_OK(db_get(db, &thing_table, &back));
  CHECK(rec_equal(&thing_rec, &thing, &back));
  CHECK_TEXT(back.text, thing.text); /* and by hand, should rec_equal be too kind */
  CHECK_INT(back.color, GREEN);
  CHECK_INT(back.tags.n, 2);
  CHECK_TEXT(back.tags.at[1], "o\"dd\n");
  CHECK_TEXT(back.ship_to->note, "back door");
  CHECK_INT(back.ship_to->fee.minor, 5);
  CHECK_TEXT(back.billing.city, "Berlin");
  CHECK_INT(back.billing.fee.minor, 0);
  CHECK_INT(back.at.ms, thing.at.ms);
  db_close(db);
}

TEST(what_is_absent_is_null_and_comes_back_absent)
{
  static const struct db_stmt nulls = {
      "SELECT count(*) FROM thing WHERE count IS NULL AND text IS NULL AND amount IS NULL AND unit_price IS NULL"
      " AND quantity IS NULL AND rate IS NULL AND at IS NULL AND day IS NULL AND latitude IS NULL AND parent_id IS NULL"
      " AND metadata IS NULL AND names IS NULL AND ship_to IS NULL AND bill_city IS NULL AND tags = '[]'",
      DB_REPORT};
  struct db *db = a_database(t);
  struct thing thing = bare_thing(9), back = bare_thing(9);
  CHECK_OK(db_insert(db, &thing_table, &thing));
  CHECK_INT(number(db, &nulls), 1);
  back.count = 3;
  back.parent_id.v = 3;
  back.text = "old";
  back.age = 7;
  CHECK_OK(db_get(db, &thing_table, &back));
  CHECK(rec_equal(&thing_rec, &thing, &back));
  CHECK_INT(back.count, ABSENT);
  CHECK_INT(back.parent_id.v, 0);
  CHECK_TEXT(back.text, NULL);
  CHECK_INT(back.age, ABSENT);
  db_close(db);
}

TEST(columns_are_the_descriptors_in_order)
{
  struct db *db = a_database(t);
  const char *columns = NULL;
  CHECK_OK(db_columns(db, "thing", &columns));
  CHECK_TEXT(columns, "bucket,id,count,is_on,text,amount,unit_price,quantity,rate,at,day,latitude,color,parent_id,"
                      "metadata,names,tags,ship_to,bill_city,bill_fee,bill_note");
  CHECK_OK(db_columns(db, "nothing", &columns));
  CHECK_TEXT(columns, "");
  db_close(db);
}

TEST(a_double_key_is_told_and_upsert_takes_it)
{
  struct db *db = a_database(t);
  struct thing thing = a_thing(t), back = thing;
  CHECK_OK(db_insert(db, &thing_table, &thing));
  CHECK_ERR(db_insert(db, &thing_table, &thing), ERR_EXISTS);
  thing.text = "second";
  thing.tags.n = 0;
  CHECK_OK(db_upsert(db, &thing_table, &thing));
  CHECK_OK(db_get(db, &thing_table, &back));
  CHECK_TEXT(back.text, "second");
  CHECK_INT(back.tags.n, 0);
  thing.id.v++;
  CHECK_OK(db_upsert(db, &thing_table, &thing));
  CHECK_OK(db_get(db, &thing_table, &thing));
  db_close(db);
}

TEST(update_and_delete_touch_their_row_alone)
{
  static const struct db_stmt count = {"SELECT count(*) FROM thing", DB_REPORT};
  struct db *db = a_database(t);
  struct thing thing = a_thing(t), other = bare_thing(9), back = bare_thing(9);
  CHECK_ERR(db_update(db, &thing_table, &thing), ERR_NOT_FOUND);
  CHECK_OK(db_insert(db, &thing_table, &thing));
  CHECK_OK(db_insert(db, &thing_table, &other));
  thing.amount = MONEY(1);
  CHECK_OK(db_update(db, &thing_table, &thing));
  CHECK_OK(db_get(db, &thing_table, &back));
  CHECK(!money_set(back.amount));
  CHECK_OK(db_delete(db, &thing_table, &other));
  CHECK_OK(db_delete(db, &thing_table, &other)); /* gone is gone */
  CHECK_INT(number(db, &count), 1);
  CHECK_OK(db_get(db, &thing_table, &thing));
  CHECK_INT(thing.amount.minor, 1);
  db_close(db);
}

TEST(what_is_not_there_leaves_the_row_and_the_fault_alone)
{
  struct db *db = a_database(t);
  struct thing thing = a_thing(t), before = thing;
  struct fault f;
  fault_init(&f, t->arena);
  db_use(db, &f, t->arena);
  CHECK_ERR(db_get(db, &thing_table, &thing), ERR_NOT_FOUND);
  CHECK(memcmp(&thing, &before, sizeof thing) == 0);
  CHECK_INT(f.n, 0);
  db_close(db);
}

TEST(a_name_the_program_does_not_know_is_not_taken_for_another)
{
  static const struct db_stmt spoil = {"UPDATE thing SET ship_to = '{\"city\":' WHERE id = 9", DB_REPORT};
  static const struct db_stmt spoil_text = {"UPDATE thing SET ship_to = NULL, text = x'00' WHERE id = 9", DB_SCHEMA};
  static const struct db_stmt drop = {"PRAGMA ignore_check_constraints = ON", DB_SCHEMA};
  static const struct db_stmt spoil_enum = {"UPDATE thing SET text = NULL, color = 'mauve' WHERE id = 9", DB_REPORT};
  static const struct {
    const struct db_stmt *spoil;
    const char *why;
  } rows[] = {
      {&spoil,      "thing.ship_to holds JSON that cannot be read"},
      {&spoil_text, "thing.text holds something else than text"   },
      {&spoil_enum, "thing.color holds an unknown name"           },
  };
  SQLITE_ONLY("the others refuse what a column cannot hold");
  struct db *db = a_database(t);
  struct thing thing = bare_thing(9);
  CHECK_OK(db_insert(db, &thing_table, &thing));
  CHECK_OK(db_run(db, &drop, NULL, DB_NO_ARGS));
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct fault f;
    fault_init(&f, t->arena);
    db_use(db, &f, t->arena);
    CHECK_OK(db_run(db, rows[i].spoil, NULL, DB_NO_ARGS));
    CHECK_ERR(db_get(db, &thing_table, &thing), ERR_INTERNAL);
    CHECK_TEXT(f.detail, rows[i].why);
  }
  db_close(db);
}

/* ---- Entries: a narrow table to choose from ---- */

struct entry {
  int64_t id;
  const char *state;
  struct money amount;
  const char *note;
};
static const struct rec_field entry_fields[] = {
    FIELD_AS(REC_ID, struct entry, id, .flags = REC_KEY, .prefix = "ent"),
    FIELD(struct entry, state, .flags = REC_REQUIRED),
    FIELD(struct entry, amount, .flags = REC_REQUIRED),
    FIELD(struct entry, note),
};
static const struct rec entry_rec = REC(struct entry, "Entry", entry_fields, "An entry");
static const struct db_table entry_table = {"entry", &entry_rec};
enum { ID, STATE, AMOUNT, NOTE };

/* Ids 2 to 101 (1 came with the schema); amounts 0 to 9, every third one closed, every tenth with a note. */
static struct db *a_hundred_entries(struct test *t)
{
  struct db *db = a_database(t);
  for (int64_t i = 0; i < 100; i++) {
    struct entry e = {i + 2, i % 3 ? "open" : "closed", MONEY(i * 7 % 10), i % 10 ? NULL : "noted"};
    CHECK_OK(db_insert(db, &entry_table, &e));
  }
  return db;
}

TEST(a_condition_selects_rows_in_its_order)
{
  static const struct db_where open_dear = {&entry_table, "state = $2 AND amount >= $1 ORDER BY amount DESC, id",
                                            DB_REPORT};
  struct db *db = a_hundred_entries(t);
  LIST(struct entry) entries = {0};
  for (int round = 1; round <= 2; round++) { /* the second adds to the list */
    CHECK_OK(db_select(db, &open_dear, (struct list *)&entries, DB_ARGS(I64(8), TEXT("open"))));
    CHECK_INT(entries.n, 14 * round);
  }
  CHECK_INT(entries.at[0].amount.minor, 9);
  CHECK_INT(entries.at[13].amount.minor, 8);
  CHECK_TEXT(entries.at[13].state, "open");
  struct entry one = {0};
  CHECK_OK(db_select_one(db, &open_dear, &one, DB_ARGS(I64(3), TEXT("open"))));
  CHECK_INT(one.id, entries.at[0].id);
  CHECK_ERR(db_select_one(db, &open_dear, &one, DB_ARGS(I64(30), TEXT("open"))), ERR_NOT_FOUND);
  db_close(db);
}

static bool matches(const struct entry *e, const struct db_filter *filters, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    bool any = false;
    for (size_t k = 0; k < filters[i].n; k++) {
      const struct db_value *v = &filters[i].values[k];
      int64_t amount = e->amount.minor;
      switch (filters[i].op) {
      case DB_GTE:
        any |= amount >= v->i64;
        break;
      case DB_GT:
        any |= amount > v->i64;
        break;
      case DB_LTE:
        any |= amount <= v->i64;
        break;
      case DB_LT:
        any |= amount < v->i64;
        break;
      default:
        any |= v->type == DB_NULL ? !e->note : v->type == DB_TEXT ? text_eq(e->state, v->bytes) : amount == v->i64;
      }
    }
    if (!any)
      return false;
  }
  return true;
}

/* Pages through the list with pages of limit rows, and checks that every row that matches comes once, in order. */
static int64_t page_through(struct db *db, struct db_page *page, const struct entry *all, size_t n_all)
{
  struct db_value after[2];
  int64_t seen = 0, expected = 0;
  bool had[128] = {0};
  struct entry last = {0};
  LIST(struct entry) rows;
  do {
    rows = (__typeof__(rows)){0};
    CHECK_OK(db_list(db, page, (struct list *)&rows));
    CHECK(rows.n <= (size_t)page->limit);
    for (size_t i = 0; i < rows.n; i++) {
      struct entry *e = &rows.at[i];
      CHECK(!had[e->id]);
      had[e->id] = true;
      CHECK(matches(e, page->filters, page->n_filters));
      bool by_amount = page->sort == &entry_fields[AMOUNT] && e->amount.minor != last.amount.minor;
      int64_t step = by_amount ? e->amount.minor - last.amount.minor : e->id - last.id;
      CHECK(seen == 0 || (page->descending ? step < 0 : step > 0));
      last = *e;
      seen++;
    }
    after[0] = I64(last.amount.minor);
    after[1] = I64(last.id);
    page->after = after;
  } while (rows.n == (size_t)page->limit);
  for (size_t i = 0; i < n_all; i++)
    expected += matches(&all[i], page->filters, page->n_filters);
  CHECK_INT(seen, expected);
  page->after = NULL;
  return seen;
}

TEST(pages_show_every_matching_row_once_in_both_directions)
{
  const struct db_value open_or_closed[] = {TEXT("closed"), TEXT("nothing"), TEXT("open")};
  const struct db_value open = TEXT("open"), three = I64(3), seven = I64(7), null = TEXT(NULL);
  const struct db_filter choices[][2] = {
      {{&entry_fields[AMOUNT], DB_GTE, &three, 1},       {&entry_fields[AMOUNT], DB_LT, &seven, 1} },
      {{&entry_fields[AMOUNT], DB_GT, &three, 1},        {&entry_fields[AMOUNT], DB_LTE, &seven, 1}},
      {{&entry_fields[STATE], DB_EQ, &open, 1},          {&entry_fields[AMOUNT], DB_LTE, &seven, 1}},
      {{&entry_fields[STATE], DB_IN, open_or_closed, 3}, {&entry_fields[NOTE], DB_EQ, &null, 1}    },
      {{&entry_fields[STATE], DB_IN, open_or_closed, 1}, {&entry_fields[AMOUNT], DB_EQ, &three, 1} },
      {{&entry_fields[STATE], DB_IN, open_or_closed, 0}, {&entry_fields[AMOUNT], DB_EQ, &three, 1} },
  };
  static const struct db_where everything = {&entry_table, "1 = 1 ORDER BY id", DB_REPORT};
  struct db *db = a_hundred_entries(t);
  LIST(struct entry) all = {0};
  CHECK_OK(db_select(db, &everything, (struct list *)&all, DB_NO_ARGS));
  CHECK_INT(all.n, 101);
  int64_t seen = 0;
  for (size_t i = 0; i < COUNT_OF(choices); i++)
    for (size_t n_filters = 0; n_filters <= 2; n_filters++)
      for (int variant = 0; variant < 4; variant++) {
        struct db_page page = {.table = &entry_table,
                               .filters = choices[i],
                               .n_filters = n_filters,
                               .sort = &entry_fields[variant & 1 ? ID : AMOUNT],
                               .id_field = &entry_fields[ID],
                               .descending = variant & 2,
                               .limit = 7};
        seen += page_through(db, &page, all.at, all.n);
        int64_t count = -1, expected = 0;
        CHECK_OK(db_count(db, &page, &count));
        for (size_t k = 0; k < all.n; k++)
          expected += matches(&all.at[k], page.filters, page.n_filters);
        CHECK_INT(count, expected);
      }
  CHECK(seen > 1000);
  db_close(db);
}

TEST(a_fixed_condition_keeps_its_own_parameters)
{
  const struct db_value three = I64(3), args[] = {TEXT("open"), I64(50)};
  const struct db_filter filter = {&entry_fields[AMOUNT], DB_GTE, &three, 1};
  struct db *db = a_hundred_entries(t);
  struct db_page page = {.table = &entry_table,
                         .filters = &filter,
                         .n_filters = 1,
                         .where = "id <= $2 AND (state = $1 OR state = 'closed')",
                         .where_args = args,
                         .n_where_args = 2,
                         .sort = &entry_fields[ID],
                         .id_field = &entry_fields[ID],
                         .descending = true,
                         .limit = 1};
  LIST(struct entry) rows = {0};
  CHECK_OK(db_list(db, &page, (struct list *)&rows));
  CHECK_INT(rows.n, 1);
  CHECK_INT(rows.at[0].id, 50);
  int64_t count = 0;
  CHECK_OK(db_count(db, &page, &count));
  CHECK_INT(count, 34);
  db_close(db);
}

TEST(rows_are_counted_by_equal_steps)
{
  const struct db_value args[] = {I64(3)};
  struct db *db = a_hundred_entries(t);
  struct db_page page = {.table = &entry_table, .where = "id <> $1", .where_args = args, .n_where_args = 1};
  int64_t counts[4] = {-1, -1, -1, -1}, all = 0;
  CHECK_OK(db_count_steps(db, &page, &entry_fields[ID], 2, 10, counts, COUNT_OF(counts)));
  CHECK_INT(counts[0], 9); /* 2 to 11 without 3 */
  CHECK_INT(counts[1], 10);
  CHECK_INT(counts[3], 10);
  CHECK_OK(db_count_steps(db, &page, &entry_fields[ID], 1000, 10, counts, COUNT_OF(counts)));
  for (size_t i = 0; i < COUNT_OF(counts); i++)
    all += counts[i];
  CHECK_INT(all, 0);
  db_close(db);
}

TEST(more_values_than_a_statement_takes_are_refused)
{
  static struct db_value values[129];
  struct db *db = a_hundred_entries(t);
  for (size_t i = 0; i < COUNT_OF(values); i++)
    values[i] = I64((int64_t)i);
  struct db_filter filters[5];
  for (size_t i = 0; i < COUNT_OF(filters); i++)
    filters[i] = (struct db_filter){&entry_fields[ID], DB_IN, values, 128};
  struct db_page page = {.table = &entry_table, .filters = filters, .n_filters = 4};
  int64_t count = 0;
  CHECK_OK(db_count(db, &page, &count));
  CHECK_INT(count, 101);
  page.n_filters = 5;
  CHECK_ERR(db_count(db, &page, &count), ERR_INVALID);
  page.n_filters = 1;
  filters[0].n = 129;
  CHECK_ERR(db_count(db, &page, &count), ERR_INVALID);
  db_close(db);
}

static void count_report(void *arg, const char *sql, enum db_marker marker)
{
  (void)sql;
  *(int *)arg += marker == DB_REPORT;
}

TEST(in_lists_share_few_texts_and_the_store_of_texts_is_bounded)
{
  struct db_value values[128];
  struct db *db = a_hundred_entries(t);
  int texts = 0;
  for (size_t n = 1; n <= COUNT_OF(values); n++) {
    values[n - 1] = I64((int64_t)n);
    const struct db_filter filter = {&entry_fields[ID], DB_IN, values, n};
    struct db_page page = {.table = &entry_table, .filters = &filter, .n_filters = 1};
    int64_t count = 0;
    CHECK_OK(db_count(db, &page, &count));
    CHECK_INT(count, n < 101 ? n : 101);
  }
  db_each_statement(db, count_report, &texts);
  CHECK_INT(texts, 4); /* for 1, 8, 32 and 128 places */
  for (int i = 0; i < 600; i++) {
    int64_t count = 0;
    struct db_page page = {.table = &entry_table, .where = arena_printf(t->arena, "id > %d", i)};
    CHECK_OK(db_count(db, &page, &count));
    CHECK_INT(count, i < 101 ? 101 - i : 0);
  }
  texts = 0;
  db_each_statement(db, count_report, &texts);
  CHECK(texts > 0 && texts <= 256);
  db_close(db);
}
