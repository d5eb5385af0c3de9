/* views - what people keep for their screens: saved views of lists (mine and shared), how their console looks, and who looks
 * at what now.
 *
 * Events: view.created, view.updated, view.deleted; user.updated where a preference is the user's own column.
 */
#ifndef ORDO_VIEWS_H
#define ORDO_VIEWS_H

#include "acts.h"
#include "context.h"
#include "db.h"
#include "rec.h"

#define VIEWS_PER_OWNER_MAX 200
#define VIEW_QUERY_MAX      4000
#define VIEW_COLUMNS_MAX    60
#define SCREENS_MAX         64    /* of the preferences' map */
#define SCREEN_BYTES_MAX    2048  /* of one screen's settings */
#define SCREENS_BYTES_MAX   16384 /* of all */

struct view {
  int64_t id, version;
  int64_t owner_id; /* user or API key */
  const char *owner_name;
  const char *screen, *name;
  const char *query; /* as the screen writes it into its address */
  LIST(const char *) columns;
  const char *density; /* NULL = the user's own */
  bool shared, is_default;
  bool mine; /* of who asks (views_fill) */
  struct instant created_at, updated_at;
};
extern const struct rec view_rec;
extern const struct db_table view_table;

/* Fills `mine` for cx->actor. */
void views_fill(struct ctx *cx, struct view *views, size_t n);
/* One that the actor may see; ERR_NOT_FOUND with a sentence. */
MUST_CHECK enum err view_find(struct ctx *cx, const char *id, struct view *out);

extern const struct act view_add_act; /* body: struct view. ERR_EXISTS at /name, ERR_FORBIDDEN to share without right */
extern const struct act view_change_act; /* PATCH by id */
extern const struct act view_delete_act; /* by id */

struct preferences {
  int64_t user_id, version;
  const char *language, *time_zone; /* the user's, NULL = the company's */
  const char *theme;                /* "system", "light", "dark", "contrast" */
  const char *density;              /* "comfortable", "compact" */
  bool shortcuts;                   /* keys without Ctrl or Cmd do something */
  const char *screens;              /* JSON object: small settings by screen */
  struct instant updated_at;
};
extern const struct rec preferences_rec;
extern const struct db_table preferences_table;

/* Of cx->actor; the defaults where nothing was set. ERR_STATE for an API key, which has none. */
MUST_CHECK enum err preferences_read(struct ctx *cx, struct preferences *out);
extern const struct act preferences_change_act; /* PATCH of the actor's own */

/* ---- Who looks at an order now: rows that come and go without events ---- */

#define PRESENCE_MS       (45 * SECOND_MS) /* not heard of for so long: gone */
#define PRESENCE_WRITE_MS (15 * SECOND_MS) /* a row is written again when it is that old */

struct presence {
  int64_t bucket, order_id, actor_id;
  const char *name;
  struct instant since, seen_at;
};
struct presences {
  LIST(struct presence) others;
};
extern const struct rec presence_rec, presences_rec;
/* Others than cx->actor. *out_due: the actor's own row is missing or old, so run presence_here_act. */
MUST_CHECK enum err presence_read(struct ctx *cx, int64_t order_id, struct presences *out, bool *out_due);
/* Body: the order's id (int64_t), which the caller has found. */
extern const struct act presence_here_act, presence_gone_act;
extern const struct act presence_sweep_act; /* struct bucket_groups: rows of browsers that died */

/* Their names, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err views_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
