/* The feed where several processes write: a transaction leaves the keys and hash states of its events in feed_pending; one
 * process at a time gives them their numbers.
 *
 * The order. Rows are numbered by the time in them, but clocks differ, and a client must never see an order cancelled
 * before it was placed. What one transaction wrote about a subject, another one had read before it wrote the next version,
 * so by n the rows have an order that all subjects agree on: a row goes after every row with an earlier event of one of
 * its subjects. And who sees the later of two such rows in one query sees the earlier one too. */
#include "events_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- A row's bytes ---- */

static unsigned char *put_number(unsigned char *at, int bytes, int64_t v)
{
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    *at++ = (unsigned char)((uint64_t)v >> shift);
  return at;
}

static int64_t get_number(const unsigned char *at, int bytes)
{
  uint64_t v = 0;
  for (int i = 0; i < bytes; i++)
    v = v << 8 | at[i];
  return (int64_t)v;
}

static struct pending_event get_event(const unsigned char *at)
{
  return (struct pending_event){.blocks = get_number(at, 4),
                                .bucket = get_number(at + 4, 4),
                                .subject_id = get_number(at + 8, 8),
                                .n = get_number(at + 16, 8),
                                .state = at + 24};
}

bool pending_events_read(const void *bytes, size_t n, struct arena *a, pending_events *out)
{
  const unsigned char *begin = bytes, *end = begin + n;
  if (!n || n % PENDING_EVENT_BYTES)
    return false;
  for (const unsigned char *at = begin; at < end; at += PENDING_EVENT_BYTES) {
    struct pending_event e = get_event(at);
    if (e.blocks < 1 || e.bucket >= BUCKETS || e.n < 0)
      return false;
  }
  for (const unsigned char *at = begin; at < end; at += PENDING_EVENT_BYTES)
    *LIST_ADD(a, out) = get_event(at);
  return true;
}

enum err events_hand_over(struct ctx *cx, struct feed_batch *batch, int64_t node, int64_t n)
{
  static const struct db_stmt put = {"INSERT INTO feed_pending (node, n, at, events) VALUES ($1, $2, $3, $4)",
                                     DB_KEYED};
  struct buf scratch;
  if (!batch->events.n)
    return ERR_OK;
  size_t size = batch->events.n * PENDING_EVENT_BYTES;
  unsigned char *bytes = arena_alloc(cx->arena, size), *at = bytes;
  buf_init(&scratch, cx->arena);
  EACH (const struct event, e, &batch->events) {
    event_canonical(e, &scratch);
    at = put_number(at, 4, (int64_t)(scratch.n / SHA256_BLOCK));
    at = put_number(at, 4, e->bucket);
    at = put_number(at, 8, e->subject_id);
    at = put_number(at, 8, e->n);
    sha256_begin(scratch.at, scratch.n, at);
    at += HASH_BYTES;
  }
  return db_run(cx->db, &put, NULL, DB_ARGS(I64(node), I64(n), I64(cx->now.ms), BYTES(bytes, size)));
}

/* ---- Reading what waits ---- */

/* One row of feed_pending: events first .. first + n - 1 of those read. */
struct pending_row {
  int64_t node, n;
  size_t first, count;
  int earlier;                    /* head of the list of rows that go before this one, or -1 */
  enum { NEW, BEGUN, DONE } mark; /* of the walk that orders them */
};
/* row goes before the one whose list it is in. */
struct pending_edge {
  int row, next;
};
struct pending {
  LIST(struct pending_row) rows;
  pending_events events;
  LIST(struct pending_edge) edges;
  LIST(int) order;
};

/* More than waits after minutes without a numberer: what lies beyond is younger by the clocks, and its turn comes. */
enum { READ_BYTES = 256 << 20 };

static enum err read_pending(struct ctx *cx, struct pending *p)
{
  static const struct db_stmt all = {"SELECT node, n, events FROM feed_pending ORDER BY at, node, n", DB_LIST};
  struct db_rows rows;
  size_t begun = arena_used(cx->arena);
  TRY(db_query(cx->db, &all, &rows, DB_NO_ARGS));
  while (arena_used(cx->arena) - begun < READ_BYTES && db_next(&rows)) {
    size_t size, first = p->events.n;
    const void *bytes = db_bytes(&rows, 2, &size);
    if (pending_events_read(bytes ? arena_copy(cx->arena, bytes, size) : NULL, bytes ? size : 0, cx->arena, &p->events))
      *LIST_ADD(cx->arena, &p->rows) = (struct pending_row){
          .node = db_i64(&rows, 0), .n = db_i64(&rows, 1), .first = first, .count = p->events.n - first, .earlier = -1};
  }
  return db_done(&rows);
}

/* ---- Their order ---- */

struct mention {
  int64_t subject_id, n;
  int row;
};

static int compare_mentions(const void *left, const void *right)
{
  const struct mention *a = left, *b = right;
  if (a->subject_id != b->subject_id)
    return a->subject_id < b->subject_id ? -1 : 1;
  return (a->n > b->n) - (a->n < b->n);
}

/* Neighbors in the history of one subject that lie in two rows make the one row earlier than the other. */
static void find_edges(struct arena *a, struct pending *p)
{
  struct mention *mentions = ARENA_ARRAY(a, struct mention, p->events.n + 1);
  size_t n = 0;
  for (size_t r = 0; r < p->rows.n; r++)
    for (size_t i = 0; i < p->rows.at[r].count; i++) {
      const struct pending_event *e = &p->events.at[p->rows.at[r].first + i];
      mentions[n++] = (struct mention){e->subject_id, e->n, (int)r};
    }
  qsort(mentions, n, sizeof *mentions, compare_mentions);
  for (size_t i = 1; i < n; i++) {
    const struct mention *m = &mentions[i], *before = m - 1;
    if (m->subject_id != before->subject_id || m->row == before->row)
      continue;
    struct pending_row *row = &p->rows.at[m->row];
    *LIST_ADD(a, &p->edges) = (struct pending_edge){before->row, row->earlier};
    row->earlier = (int)p->edges.n - 1;
  }
}

/* Appends a row to the order, after those that go before it. A walk without recursion: chains may be long. stack has room
 * for every row; rows in a circle, which no history makes, come in some order. */
static void place_row(struct arena *a, struct pending *p, int *stack, int row)
{
  int depth = 0;
  stack[depth++] = row;
  while (depth) {
    struct pending_row *top = &p->rows.at[stack[depth - 1]];
    top->mark = top->mark == NEW ? BEGUN : top->mark;
    while (top->earlier >= 0 && p->rows.at[p->edges.at[top->earlier].row].mark != NEW)
      top->earlier = p->edges.at[top->earlier].next;
    if (top->earlier >= 0) {
      stack[depth++] = p->edges.at[top->earlier].row;
      continue;
    }
    top->mark = DONE;
    *LIST_ADD(a, &p->order) = stack[--depth];
  }
}

static void order_rows(struct arena *a, struct pending *p)
{
  int *stack = ARENA_ARRAY(a, int, p->rows.n + 1);
  find_edges(a, p);
  for (size_t i = 0; i < p->rows.n; i++)
    if (p->rows.at[i].mark == NEW)
      place_row(a, p, stack, (int)i);
}

/* ---- Numbering ---- */

/* feed_chain, from the state that who told the event left. */
static void chain_on(struct feed_head *head, const struct pending_event *e)
{
  unsigned char link[FEED_LINK_BYTES];
  size_t n = feed_link(head, link);
  sha256_end(e->state, (uint64_t)e->blocks * SHA256_BLOCK, link, n, head->hash);
  head->seq++;
}

static enum err number_row(struct ctx *cx, const struct pending *p, const struct pending_row *row,
                           struct feed_head *head)
{
  static const struct db_stmt done = {"DELETE FROM feed_pending WHERE node = $1 AND n = $2", DB_KEYED};
  for (size_t i = 0; i < row->count; i++) {
    const struct pending_event *e = &p->events.at[row->first + i];
    chain_on(head, e);
    TRY(feed_put(cx, arena_copy(cx->arena, head, sizeof *head), e->bucket, e->subject_id, e->n));
  }
  return db_run(cx->db, &done, NULL, DB_ARGS(I64(row->node), I64(row->n)));
}

enum err feed_number(struct ctx *cx, int64_t limit, struct feed_head *out_head, int64_t *out_n)
{
  struct pending p = {0};
  struct feed_head head;
  int64_t n = 0;
  TRY(feed_head_load(cx, &head));
  TRY(read_pending(cx, &p));
  order_rows(cx->arena, &p);
  db_defer(cx->db);
  for (size_t i = 0; i < p.order.n && n < limit; i++) {
    const struct pending_row *row = &p.rows.at[p.order.at[i]];
    TRY(number_row(cx, &p, row, &head));
    n += (int64_t)row->count;
  }
  TRY(db_flush(cx->db));
  *out_head = head;
  *out_n = n;
  return ERR_OK;
}

enum err feed_waits(struct ctx *cx, bool *out)
{
  static const struct db_stmt any = {"SELECT n FROM feed_pending ORDER BY node, n LIMIT 1", DB_LIST};
  int64_t found = ABSENT;
  TRY(db_one_i64(cx->db, &any, &found, DB_NO_ARGS));
  *out = found != ABSENT;
  return ERR_OK;
}
