/* Saved views of lists: mine, and those that others share. */
#include "views.h"

#include <string.h>

static const char *const densities[] = {"comfortable", "compact", NULL};

static bool screen_valid(const char *screen)
{
  return strspn(screen, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == strlen(screen);
}

static const struct rec_field view_fields[] = {
    FIELD_AS(REC_ID, struct view, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_view, .doc = "Id of the view"),
    FIELD(struct view, version, .flags = REC_READONLY, .doc = "Moves with each change", .example = "1"),
    FIELD(struct view, owner_id, .flags = REC_HIDDEN),
    {.name = "owner",
     .column = "owner_name",
     .offset = offsetof(struct view, owner_name),
     .kind = REC_TEXT,
     .flags = REC_READONLY,
     .doc = "Name of who made it",
     .example = "Li Wei"},
    FIELD(struct view, screen, .flags = REC_REQUIRED | REC_FIXED, .max = 40, .check = screen_valid,
          .doc = "The list it is of: lower-case letters, digits, `_`, `-`, `.`", .example = "orders"),
    FIELD(struct view, name, .flags = REC_REQUIRED, .max = 80, .doc = "For people; unique among one's own of a screen",
          .example = "Late in New Jersey"),
    FIELD(struct view, query, .column = "view_query", .min = 0, .max = VIEW_QUERY_MAX,
          .doc = "Filters and order as the screen writes them into its address",
          .example = "state=open&sort=created_at"),
    FIELD_AS(REC_TEXTS, struct view, columns, .column = "view_columns", .max = VIEW_COLUMNS_MAX,
             .doc = "Columns in their order; empty = the screen's own", .example = "[\"number\", \"state\"]"),
    FIELD(struct view, density, .names = densities, .doc = "Left out = the user's own", .example = "compact"),
    FIELD(struct view, shared, .doc = "Everybody sees it; needs `view.share`", .example = "false"),
    FIELD(struct view, is_default, .doc = "What the screen opens with; one at most for each owner and screen",
          .example = "false"),
    FIELD(struct view, created_at, .flags = REC_READONLY, .doc = "When it was made",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct view, updated_at, .flags = REC_READONLY, .doc = "Its last change",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct view, mine, .flags = REC_READONLY | REC_VIRTUAL, .doc = "It is one's own", .example = "true"),
};
const struct rec view_rec = REC(struct view, "View", view_fields, "A list as somebody likes to see it");
const struct db_table view_table = {"saved_view", &view_rec};

void views_fill(struct ctx *cx, struct view *views, size_t n)
{
  for (size_t i = 0; i < n; i++)
    views[i].mine = views[i].owner_id == cx->actor.id;
}

enum err view_find(struct ctx *cx, const char *id, struct view *out)
{
  struct view view;
  rec_init(&view_rec, &view);
  enum err err = id_parse(PREFIX_view, id, &view.id) ? db_get(cx->db, &view_table, &view) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND || (err == ERR_OK && view.owner_id != cx->actor.id && !view.shared))
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no view %.64s", id);
  TRY(err);
  views_fill(cx, &view, 1);
  *out = view;
  return ERR_OK;
}

/* ---- What the three acts share ---- */

struct view_facts {
  const struct act_input *in;
  struct view before; /* of a change */
  struct view wanted;
  enum err refused; /* the body of a change cannot be read: decide says so again */
  bool taken;       /* the owner has another of this name */
  int64_t count;    /* of the owner */
};

struct view_plan {
  struct view before, after;
};

static enum err look_round(struct ctx *cx, struct view_facts *facts)
{
  static const struct db_stmt same = {
      "SELECT id FROM saved_view WHERE owner_id = $1 AND screen = $2 AND name = $3 AND id <> $4", DB_KEYED};
  static const struct db_stmt count = {"SELECT count(*) FROM saved_view WHERE owner_id = $1", DB_KEYED};
  const struct view *v = &facts->wanted;
  int64_t other = 0;
  TRY(db_one_i64(cx->db, &same, &other, DB_ARGS(I64(v->owner_id), TEXT(v->screen), TEXT(v->name), I64(v->id))));
  facts->taken = other != 0;
  return db_one_i64(cx->db, &count, &facts->count, DB_ARGS(I64(v->owner_id)));
}

static enum err check(struct ctx *cx, const struct view_facts *facts)
{
  const struct view *view = &facts->wanted;
  if (view->shared)
    TRY(ctx_need(cx, PERM_VIEW_SHARE));
  if (facts->taken)
    return err_fail(cx, ERR_EXISTS, "/name", "you have a view of this name already");
  return ERR_OK;
}

static enum err tell(struct ctx *cx, const char *topic, const struct view *view)
{
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "view",
                                              .subject_prefix = PREFIX_view,
                                              .bucket = bucket_of_id(view->id),
                                              .subject_id = view->id,
                                              .version = view->version});
}

static enum err result_of(struct ctx *cx, const struct view *view, struct act_result *out)
{
  struct view *shown = arena_copy(cx->arena, view, sizeof *view);
  views_fill(cx, shown, 1);
  out->rec = &view_rec;
  out->value = shown;
  out->version = view->version;
  return ERR_OK;
}

/* A default ends the one before. */
static enum err end_other_defaults(struct ctx *cx, const struct view *view)
{
  static const struct db_stmt end = {"UPDATE saved_view SET is_default = 0 WHERE owner_id = $1 AND screen = $2"
                                     " AND id <> $3 AND is_default = 1",
                                     DB_KEYED};
  if (!view->is_default)
    return ERR_OK;
  return db_run(cx->db, &end, NULL, DB_ARGS(I64(view->owner_id), TEXT(view->screen), I64(view->id)));
}

/* ---- Adding ---- */

static enum err add_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct view_facts *facts = out_facts;
  facts->in = in;
  facts->wanted = *(const struct view *)in->body;
  facts->wanted.id = 0;
  facts->wanted.owner_id = cx->actor.id;
  facts->wanted.owner_name = cx->actor.name ? cx->actor.name : "";
  facts->wanted.query = facts->wanted.query ? facts->wanted.query : "";
  return look_round(cx, facts);
}

static enum err add_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct view_facts *facts = in_facts;
  struct view view = facts->wanted;
  TRY(check(cx, facts));
  if (facts->count >= VIEWS_PER_OWNER_MAX)
    return err_fail(cx, ERR_STATE, "", "one keeps at most %d views", VIEWS_PER_OWNER_MAX);
  view.version = 1;
  view.created_at = view.updated_at = cx->now;
  ((struct view_plan *)out_plan)->after = view;
  return ERR_OK;
}

static enum err add_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct view view = ((const struct view_plan *)plan)->after;
  char id[ID_TEXT];
  view.id = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
  TRY(end_other_defaults(cx, &view));
  TRY(db_insert(cx->db, &view_table, &view));
  TRY(tell(cx, "view.created", &view));
  id_format(PREFIX_view, view.id, id);
  out->location = arena_printf(cx->arena, "/v1/views/%s", id);
  return result_of(cx, &view, out);
}

const struct act view_add_act = {
    .name = "view.add",
    .facts_size = sizeof(struct view_facts),
    .plan_size = sizeof(struct view_plan),
    .load = add_load,
    .decide = add_decide,
    .apply = add_apply,
};

/* ---- Changing ---- */

static enum err may_change(struct ctx *cx, const struct view *view)
{
  return view->owner_id == cx->actor.id ? ERR_OK : ctx_need(cx, PERM_VIEW_SHARE);
}

static enum err load_one(struct ctx *cx, const struct act_input *in, struct view_facts *facts)
{
  facts->in = in;
  TRY(view_find(cx, in->id, &facts->before));
  TRY(version_check(cx, bucket_of_id(facts->before.id), facts->before.id, facts->before.version, in->version));
  facts->wanted = facts->before;
  return ERR_OK;
}

static enum err change_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct view_facts *facts = out_facts;
  struct fault *aside = ARENA_NEW(cx->arena, struct fault);
  TRY(load_one(cx, in, facts));
  fault_init(aside, cx->arena);
  facts->refused = rec_read_over(&view_rec, in->json, in->json_n, "", cx->arena, aside, &facts->wanted);
  return facts->refused ? ERR_OK : look_round(cx, facts);
}

static enum err change_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct view_facts *facts = in_facts;
  struct view after = facts->before;
  TRY(may_change(cx, &facts->before));
  TRY(rec_read_over(&view_rec, facts->in->json, facts->in->json_n, "", cx->arena, &cx->fault, &after));
  TRY(check(cx, facts));
  after.query = after.query ? after.query : "";
  if (!rec_equal(&view_rec, &facts->before, &after)) {
    after.version++;
    after.updated_at = cx->now;
  }
  *(struct view_plan *)out_plan = (struct view_plan){facts->before, after};
  return ERR_OK;
}

static enum err change_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct view_plan *plan = in_plan;
  if (plan->after.version != plan->before.version) {
    TRY(end_other_defaults(cx, &plan->after));
    TRY(db_update(cx->db, &view_table, &plan->after));
    TRY(tell(cx, "view.updated", &plan->after));
  }
  return result_of(cx, &plan->after, out);
}

const struct act view_change_act = {
    .name = "view.change",
    .facts_size = sizeof(struct view_facts),
    .plan_size = sizeof(struct view_plan),
    .load = change_load,
    .decide = change_decide,
    .apply = change_apply,
};

/* ---- Deleting ---- */

static enum err delete_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return load_one(cx, in, out_facts);
}

static enum err delete_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct view_facts *facts = in_facts;
  struct view_plan *plan = out_plan;
  TRY(may_change(cx, &facts->before));
  *plan = (struct view_plan){facts->before, facts->before};
  plan->after.version++;
  return ERR_OK;
}

static enum err delete_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct view_plan *plan = in_plan;
  (void)out;
  TRY(db_delete(cx->db, &view_table, &plan->before));
  return tell(cx, "view.deleted", &plan->after);
}

const struct act view_delete_act = {
    .name = "view.delete",
    .facts_size = sizeof(struct view_facts),
    .plan_size = sizeof(struct view_plan),
    .load = delete_load,
    .decide = delete_decide,
    .apply = delete_apply,
};

enum err views_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, name FROM saved_view WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
