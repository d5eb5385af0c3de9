/* The bytes of a row of feed_pending: what is read, written again, is the same bytes; the rest is refused. */
#include "events.h"
#include "fuzz.h"

static void put(struct buf *b, int bytes, int64_t v)
{
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    buf_char(b, (char)((uint64_t)v >> shift));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new(64 << 20);
  char *row = fuzz_text(bytes, n);
  pending_events events = {0};
  *LIST_ADD(a, &events) = (struct pending_event){.n = 1}; /* of a row before */
  bool read = pending_events_read(row, n, a, &events);
  FUZZ_CHECK(events.n == 1 + (read ? n / PENDING_EVENT_BYTES : 0));
  FUZZ_CHECK(!read || (n && n % PENDING_EVENT_BYTES == 0));
  struct buf again;
  buf_init(&again, a);
  for (size_t i = 1; i < events.n; i++) {
    const struct pending_event *e = &events.at[i];
    FUZZ_CHECK(e->blocks > 0 && e->bucket >= 0 && e->bucket < BUCKETS && e->n >= 0);
    put(&again, 4, e->blocks);
    put(&again, 4, e->bucket);
    put(&again, 8, e->subject_id);
    put(&again, 8, e->n);
    buf_add(&again, e->state, HASH_BYTES);
  }
  FUZZ_CHECK(!read || (again.n == n && memcmp(again.at, bytes, n) == 0));
  free(row);
  arena_free(a);
  return 0;
}
