/* What identity keeps in the process and not in the database: who failed to sign in, which keys were used, how many
 * passwords are being hashed. Losing it at a restart costs nothing but a fresh count; failed attempts are events too.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "identity_priv.h"

enum { ATTEMPT_SETS = 1024, ATTEMPT_WAYS = 4 };

/* Failures of one login or address since the window began. who = 0: a free place. */
struct attempts {
  uint64_t who;
  struct instant since;
  int64_t failed;
};

struct identity {
  pthread_mutex_t lock;
  struct password_cost cost;
  uint64_t seed; /* so that nobody can choose who shares a set with whom */
  int hashing;
  struct attempts attempts[ATTEMPT_SETS][ATTEMPT_WAYS];
  struct identity_touch touches[IDENTITY_TOUCHES_MAX];
  size_t n_touches;
};

struct identity *identity_new(const struct password_cost *cost)
{
  struct identity *identity = calloc(1, sizeof *identity);
  if (!identity || sodium_init() < 0)
    abort();
  pthread_mutex_init(&identity->lock, NULL);
  identity->cost = cost ? *cost : password_cost_default;
  randombytes_buf(&identity->seed, sizeof identity->seed);
  return identity;
}

void identity_free(struct identity *identity)
{
  if (!identity)
    return;
  pthread_mutex_destroy(&identity->lock);
  free(identity);
}

const struct password_cost *identity_cost(const struct identity *identity)
{
  return &identity->cost;
}

bool hashing_enter(struct identity *identity)
{
  pthread_mutex_lock(&identity->lock);
  bool free_place = identity->hashing < PASSWORD_HASHES_AT_ONCE;
  identity->hashing += free_place;
  pthread_mutex_unlock(&identity->lock);
  return free_place;
}

void hashing_leave(struct identity *identity)
{
  pthread_mutex_lock(&identity->lock);
  assert(identity->hashing > 0);
  identity->hashing--;
  pthread_mutex_unlock(&identity->lock);
}

/* ---- Sign-in attempts ---- */

static uint64_t who_is_login(const struct identity *identity, const char *login)
{
  return hash_mix(identity->seed, hash_text(login)) | 1;
}

uint64_t identity_address_hash(const char *address)
{
  struct in6_addr v6;
  return inet_pton(AF_INET6, address, &v6) == 1 ? hash_bytes(&v6, 8) : hash_text(address);
}

static uint64_t who_is_address(const struct identity *identity, const char *address)
{
  return hash_mix(~identity->seed, identity_address_hash(address)) | 1;
}

/* The row of who, a fresh one in place of the oldest of its set where there is none. */
static struct attempts *attempts_of(struct identity *identity, uint64_t who, struct instant now)
{
  struct attempts *set = identity->attempts[(who >> 8) % ATTEMPT_SETS], *place = &set[0];
  for (int i = 0; i < ATTEMPT_WAYS; i++) {
    if (set[i].who == who) {
      place = &set[i];
      break;
    }
    if (set[i].since.ms < place->since.ms)
      place = &set[i];
  }
  if (place->who != who || now.ms - place->since.ms >= LOGIN_WINDOW_MS)
    *place = (struct attempts){.who = who, .since = now};
  return place;
}

enum err attempt_begin(struct ctx *cx, struct identity *identity, const char *login, const char *address)
{
  int64_t limit = 0;
  TRY(setting_i64(cx, SETTING_LOGIN_ATTEMPTS, &limit));
  pthread_mutex_lock(&identity->lock);
  struct attempts *by_login = attempts_of(identity, who_is_login(identity, login), cx->now);
  struct attempts *by_address = attempts_of(identity, who_is_address(identity, address), cx->now);
  const struct attempts *over = by_login->failed >= limit                            ? by_login
                                : by_address->failed >= limit * LOGIN_ADDRESS_FACTOR ? by_address
                                                                                     : NULL;
  int64_t wait_ms = over ? over->since.ms + LOGIN_WINDOW_MS - cx->now.ms : 0;
  if (!over) {
    by_login->failed++;
    by_address->failed++;
  }
  pthread_mutex_unlock(&identity->lock);
  if (!over)
    return ERR_OK;
  cx->fault.retry_after_s = (int)((wait_ms + SECOND_MS - 1) / SECOND_MS);
  return err_fail(cx, ERR_RATE, "", "too many failed attempts to sign in, please wait");
}

/* Takes one attempt back from each of the two; all of the login's when it was right. */
static void give_back(struct identity *identity, const char *login, const char *address, bool right)
{
  const uint64_t who[] = {who_is_login(identity, login), who_is_address(identity, address)};
  pthread_mutex_lock(&identity->lock);
  for (size_t k = 0; k < COUNT_OF(who); k++) {
    struct attempts *set = identity->attempts[(who[k] >> 8) % ATTEMPT_SETS];
    for (int i = 0; i < ATTEMPT_WAYS; i++)
      if (set[i].who == who[k] && set[i].failed > 0)
        set[i].failed = right && k == 0 ? 0 : set[i].failed - 1;
  }
  pthread_mutex_unlock(&identity->lock);
}

enum err attempt_of_address(struct ctx *cx, struct identity *identity, const char *address)
{
  /* Each address is a login of its own here, with the room that addresses have. */
  int64_t limit = 0;
  TRY(setting_i64(cx, SETTING_LOGIN_ATTEMPTS, &limit));
  pthread_mutex_lock(&identity->lock);
  struct attempts *by_address = attempts_of(identity, who_is_address(identity, address), cx->now);
  bool over = by_address->failed >= limit * LOGIN_ADDRESS_FACTOR;
  by_address->failed += !over;
  int64_t wait_ms = by_address->since.ms + LOGIN_WINDOW_MS - cx->now.ms;
  pthread_mutex_unlock(&identity->lock);
  if (!over)
    return ERR_OK;
  cx->fault.retry_after_s = (int)((wait_ms + SECOND_MS - 1) / SECOND_MS);
  return err_fail(cx, ERR_RATE, "", "too many failed attempts, please wait");
}

void attempt_right(struct identity *identity, const char *login, const char *address)
{
  give_back(identity, login, address, true);
}

void attempt_void(struct identity *identity, const char *login, const char *address)
{
  give_back(identity, login, address, false);
}

/* ---- Last use ---- */

void identity_note(struct identity *identity, bool key, int64_t id, struct instant at)
{
  if (!identity)
    return;
  pthread_mutex_lock(&identity->lock);
  struct identity_touch *touch = identity->touches, *end = touch + identity->n_touches;
  while (touch < end && (touch->id != id || touch->key != key))
    touch++;
  /* A full table forgets the rest of this minute: last use is for people, not for the books. */
  if (touch < identity->touches + IDENTITY_TOUCHES_MAX) {
    identity->n_touches += touch == end;
    *touch = (struct identity_touch){key, id, at};
  }
  pthread_mutex_unlock(&identity->lock);
}

void identity_touches_take(struct identity *identity, struct arena *a, identity_touches *out)
{
  pthread_mutex_lock(&identity->lock);
  size_t n = identity->n_touches;
  struct identity_touch *at = n ? arena_copy(a, identity->touches, n * sizeof *at) : NULL;
  identity->n_touches = 0;
  pthread_mutex_unlock(&identity->lock);
  *out = (identity_touches){at, n, n};
}
