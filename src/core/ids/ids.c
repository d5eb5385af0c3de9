/* The id generator: pure arithmetic; leasing a node number is the writer's business. */
#include "ids.h"

static const int64_t epoch_ms = INT64_C(1577836800000); /* 2020-01-01 */

void ids_init(struct ids *ids, int64_t node, int64_t floor_ms, uint64_t seed)
{
  assert(node >= 0 && node < 64);
  *ids = (struct ids){.node = node, .floor_ms = floor_ms, .ceiling_ms = floor_ms, .random = seed};
}

int64_t ids_next(struct ids *ids, struct instant now, int64_t bucket)
{
  assert(bucket >= 0 && bucket < BUCKETS);
  int64_t ms = now.ms - epoch_ms;
  if (ms < ids->floor_ms)
    ms = ids->floor_ms;
  int64_t tick = ms << 6;
  if (tick <= ids->last[bucket])
    tick = ids->last[bucket] + 1; /* a full counter carries into the next millisecond by itself */
  ids->last[bucket] = tick;
  ms = tick >> 6;
  if (ms > ids->ceiling_ms)
    ids->ceiling_ms = ms;
  return ms << IDS_MS_SHIFT | ids->node << 16 | (tick & 63) << 10 | bucket;
}

/* splitmix64 */
uint64_t ids_random(struct ids *ids)
{
  uint64_t z = ids->random += 0x9e3779b97f4a7c15ULL;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
  return z ^ z >> 31;
}

int64_t ids_bucket_random(struct ids *ids)
{
  return (int64_t)(ids_random(ids) % BUCKETS);
}
