/* What decide says by itself, of a kind made up here; what is stored and told is tested with each room's own records. */
#include "masters.h"

#include "test.h"

#include <string.h>

struct shelf {
  int64_t id, version;
  const char *code, *name;
  struct instant created_at, updated_at;
};

static const struct rec_field shelf_fields[] = {
    FIELD(struct shelf, code, .flags = REC_REQUIRED | REC_FIXED, .max = 8),
    FIELD(struct shelf, name, .max = 8),
};
static const struct rec shelf_rec = REC(struct shelf, "Shelf", shelf_fields, "A shelf");

static enum err settle(struct ctx *cx, const struct master_defaults *defaults, void *value)
{
  struct shelf *s = value;
  if (!s->name)
    s->name = defaults->language;
  return text_eq(s->name, "bad") ? fault_add(&cx->fault, ERR_INVALID, "/name", "bad", "a bad name") : ERR_OK;
}

static const struct master shelf_master = {
    .kind = "shelf",
    .name = "shelf",
    .rec = &shelf_rec,
    MASTER_STAMPS(struct shelf),
    .keys = {offsetof(struct shelf, code)},
    .n_keys = 1,
    .key_pointer = "/code",
    .most = 2,
    .settle = settle,
};
static const struct shelf a1 = {.id = 7, .version = 3, .code = "A1", .name = "left"};

static struct ctx *context(struct test *t)
{
  struct ctx *cx = ARENA_NEW(t->arena, struct ctx);
  ctx_init(cx, t->arena, NULL, (struct instant){0});
  return cx;
}

static struct master_facts facts_of(const struct shelf *s, const char *json)
{
  return (struct master_facts){.master = &shelf_master, .value = s, .defaults = {"EUR", "en"}, .json = json,
                               .json_n = json ? strlen(json) : 0};
}

TEST(a_new_record_is_settled_in_a_copy)
{
  const struct shelf sent = {.code = "A1"};
  struct master_facts f = facts_of(&sent, NULL);
  struct master_plan plan;
  CHECK_OK(master_create_decide(context(t), &f, &plan));
  CHECK_TEXT(((const struct shelf *)plan.after)->name, "en");
  CHECK(plan.changed && !plan.before && !sent.name);
}

TEST(a_key_that_is_taken_is_refused_before_the_number_of_records_is)
{
  struct ctx *cx = context(t);
  struct master_facts f = facts_of(&a1, NULL);
  struct master_plan plan;
  f.count = 2;
  f.other = 9;
  CHECK_ERR(master_create_decide(cx, &f, &plan), ERR_EXISTS);
  CHECK_TEXT(cx->fault.detail, "there is a shelf A1 already");
  fault_clear(&cx->fault);
  f.other = 0;
  CHECK_ERR(master_create_decide(cx, &f, &plan), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[cx->fault.n - 1].code, "too_many");
  fault_clear(&cx->fault);
  f.count = 1;
  CHECK_OK(master_create_decide(cx, &f, &plan));
}

TEST(faults_of_the_body_and_of_the_whole_are_told_together)
{
  struct ctx *cx = context(t);
  struct master_facts f = facts_of(&a1, "{\"color\":1,\"name\":\"bad\"}");
  struct master_plan plan;
  CHECK_ERR(master_update_decide(cx, &f, &plan), ERR_INVALID);
  CHECK_INT(cx->fault.n, 2);
}

TEST(a_body_that_cannot_be_read_is_told_alone)
{
  struct ctx *cx = context(t);
  struct master_facts f = facts_of(&a1, "{\"name\":\"bad\",");
  struct master_plan plan;
  CHECK_ERR(master_update_decide(cx, &f, &plan), ERR_MALFORMED);
}

TEST(a_change_to_what_is_there_already_changes_nothing)
{
  struct master_facts same = facts_of(&a1, "{\"name\":\"left\"}"), other = facts_of(&a1, "{\"name\":\"right\"}");
  struct master_plan plan;
  CHECK_OK(master_update_decide(context(t), &same, &plan));
  CHECK(!plan.changed);
  CHECK_OK(master_update_decide(context(t), &other, &plan));
  CHECK(plan.changed);
  CHECK_TEXT(a1.name, "left");
}
