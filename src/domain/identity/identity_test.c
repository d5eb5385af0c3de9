/* Users, sessions, keys: who gets in, who does not, and that no secret is left behind. */
#include <string.h>
#include <time.h>

#include "identity_priv.h"
#include "scratch.h"

static const char morning[] = "2026-01-05T09:00:00Z";
static const char good_password[] = "glass river 27 lamps";
static const char other_password[] = "copper moon 81 stairs";
static const char home[] = "192.0.2.7";

static void free_identity(void *identity)
{
  identity_free(identity);
}

static struct identity *an_identity(struct test *t)
{
  struct identity *identity = identity_new(&password_cost_tests);
  arena_defer(t->arena, free_identity, identity);
  return identity;
}

static struct act_input json_of(const char *id, const char *json)
{
  return (struct act_input){.id = id, .json = json, .json_n = strlen(json), .version = ABSENT};
}

static struct act_input body_of(const char *id, const void *body)
{
  return (struct act_input){.id = id, .body = body, .version = ABSENT};
}

static enum err add_user(struct ctx *cx, struct identity *identity, const char *login, const char *role,
                         struct act_result *out)
{
  struct user_input input = {.login = login, .name = login};
  *LIST_ADD(cx->arena, &input.roles) = role;
  CHECK_OK(identity_password_hash(cx, identity, login, good_password, "/password", &input.password_hash));
  return scratch_act(cx, &user_add_act, body_of(NULL, &input), out);
}

static struct user a_user(struct ctx *cx, struct identity *identity, const char *login, const char *role)
{
  struct act_result result;
  CHECK_OK(add_user(cx, identity, login, role, &result));
  return *(const struct user *)result.value;
}

/* Signs in; the token goes to out. */
static enum err sign_in(struct ctx *cx, struct identity *identity, const char *login, const char *password,
                        char out[TOKEN_TEXT])
{
  struct session_start start;
  fault_clear(&cx->fault);
  TRY(identity_sign_in(cx, identity, &(struct sign_in){.login = login, .password = password}, home, "Firefox", &start, out));
  return scratch_act(cx, &session_start_act, body_of(NULL, &start), NULL);
}

static enum err who(struct ctx *cx, const struct credentials *credentials, struct actor *out)
{
  fault_clear(&cx->fault);
  CHECK_OK(ctx_masters_refresh(cx));
  return identity_authenticate(cx, credentials, out);
}

/* A key of that scope; its text goes to out. */
static struct api_key a_key(struct ctx *cx, const char *scope, struct instant expires_at, char out[API_KEY_TEXT])
{
  char hash[HASH_TEXT], hint[API_KEY_HINT + 1];
  struct act_result result;
  api_key_draw(out, hash);
  memcpy(hint, out, API_KEY_HINT);
  hint[API_KEY_HINT] = 0;
  struct api_key_input input = {
      .name = "Shop", .scope = scope, .expires_at = expires_at, .key_hash = hash, .hint = hint};
  CHECK_OK(scratch_act(cx, &key_add_act, body_of(NULL, &input), &result));
  struct api_key key = *(const struct api_key *)result.value;
  key.hint = arena_text(cx->arena, key.hint);
  key.key_hash = arena_text(cx->arena, key.key_hash);
  return key;
}

static const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char *text = arena_alloc(cx->arena, ID_TEXT);
  id_format(prefix, id, text);
  return text;
}

static void act_as(struct ctx *cx, enum actor_kind kind, int64_t id, uint64_t permissions)
{
  cx->actor = (struct actor){kind, id, "somebody", permissions, NULL};
}

/* ---- Passwords ---- */

TEST(weak_passwords_are_refused)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  static const struct {
    const char *password, *slug;
  } rows[] = {
      {"short",                                "too_short"    },
      {"\xe4\xb8\xad\xe6\x96\x87\xe5\xaf\x86", "too_short"    },
      {"Password123",                          "password_weak"},
      {"li@example.com",                       "password_weak"},
      {"LI@Example.com",                       "password_weak"},
      {"aaaaaaaaaaaaaaa",                      "password_weak"},
      {"1212121212",                           "password_weak"},
  };
  const char *hash;
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fault_clear(&cx->fault);
    CHECK_ERR(identity_password_hash(cx, identity, "li@example.com", rows[i].password, "/password", &hash),
              ERR_INVALID);
    CHECK_TEXT(cx->fault.entries[0].code, rows[i].slug);
  }
  fault_clear(&cx->fault);
  CHECK_OK(identity_password_hash(cx, identity, "li@example.com", good_password, "/password", &hash));
  CHECK(text_starts(hash, "$argon2id$"));
}

TEST(a_login_that_nobody_has_costs_a_whole_hash)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct password_cost cost = {3, 8u << 20};
  struct identity *identity = identity_new(&cost);
  arena_defer(t->arena, free_identity, identity);
  bool right = true;
  clock_t begin = clock();
  CHECK_OK(password_verify(cx, identity, NULL, good_password, &right));
  CHECK(!right);
  /* 24 MiB are written at least; refusing a malformed hash takes microseconds. */
  CHECK(clock() - begin > CLOCKS_PER_SEC / 1000);
}

TEST(the_identity_of_a_request_with_a_password_depends_on_key_and_body)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  unsigned char a[HASH_BYTES] = {1}, b[HASH_BYTES] = {1}, c[HASH_BYTES] = {1}, d[HASH_BYTES] = {2};
  CHECK_OK(identity_request_hash(cx, identity, "k1", a));
  CHECK_OK(identity_request_hash(cx, identity, "k1", b));
  CHECK_OK(identity_request_hash(cx, identity, "k2", c));
  CHECK_OK(identity_request_hash(cx, identity, "k1", d));
  CHECK(memcmp(a, b, HASH_BYTES) == 0);
  CHECK(memcmp(a, c, HASH_BYTES) != 0);
  CHECK(memcmp(a, d, HASH_BYTES) != 0);
}

/* ---- Users ---- */

TEST(logins_are_unique_case_aside)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct user user;
  a_user(cx, identity, "Li@Example.com", "owner");
  CHECK_ERR(add_user(cx, identity, " li@EXAMPLE.com ", "viewer", NULL), ERR_EXISTS);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/login");
  CHECK_OK(user_find(cx, "LI@example.com", &user));
  CHECK_TEXT(user.login, "li@example.com");
  CHECK_INT(user.roles.n, 1);
  fault_clear(&cx->fault);
  CHECK_ERR(user_find(cx, "wei", &user), ERR_NOT_FOUND);
}

TEST(every_role_grants_something_and_only_the_owner_manages_users)
{
  size_t n = 0;
  const struct role *roles = identity_roles(t->arena, &n);
  CHECK(n >= 6);
  for (size_t i = 0; i < n; i++) {
    CHECK(roles[i].permissions != 0);
    CHECK_INT((roles[i].permissions & PERMISSION(PERM_USER_ADMIN)) != 0, i <= 1);
    CHECK_INT((roles[i].permissions & PERMISSION(PERM_OWNER_ADMIN)) != 0, i == 0);
  }
  CHECK(roles[0].permissions == PERMISSIONS_ALL);
}

TEST(an_unknown_role_is_named_by_its_place)
{
  struct ctx *cx = scratch_ctx(t, morning);
  CHECK_ERR(add_user(cx, an_identity(t), "li", "emperor", NULL), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/roles/0");
}

TEST(nobody_grants_more_than_he_has)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct user owner = a_user(cx, identity, "boss", "owner");
  const char *boss = id_text(cx, PREFIX_user, owner.id);
  char key[API_KEY_TEXT], hash[HASH_TEXT];
  api_key_draw(key, hash);
  act_as(cx, ACTOR_KEY, 1, PERMISSION(PERM_USER_ADMIN) | PERMISSION(PERM_ORDER_READ));
  CHECK_ERR(add_user(cx, identity, "li", "owner", NULL), ERR_FORBIDDEN);
  struct api_key_input wide = {
      .name = "Shop", .scope = "*", .expires_at = INSTANT(ABSENT), .key_hash = hash, .hint = "ordo_1234"};
  CHECK_ERR(scratch_act(cx, &key_add_act, body_of(NULL, &wide), NULL), ERR_FORBIDDEN);
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of(boss, "{\"disabled\":true}"), NULL), ERR_FORBIDDEN);
  struct password_change change = {.password = other_password};
  CHECK_ERR(user_password_prepare(cx, identity, boss, home, &change), ERR_FORBIDDEN);
  struct api_key_input narrow = {
      .name = "Shop", .scope = "order.read", .expires_at = INSTANT(ABSENT), .key_hash = hash, .hint = "ordo_1234"};
  CHECK_OK(scratch_act(cx, &key_add_act, body_of(NULL, &narrow), NULL));
}

TEST(the_last_owner_stays)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  a_user(cx, identity, "boss", "owner");
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of("boss", "{\"disabled\":true}"), NULL), ERR_STATE);
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of("boss", "{\"roles\":[\"viewer\"]}"), NULL), ERR_STATE);
  a_user(cx, identity, "heir", "owner");
  CHECK_OK(scratch_act(cx, &user_change_act, json_of("boss", "{\"disabled\":true}"), NULL));
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of("heir", "{\"roles\":[\"viewer\"]}"), NULL), ERR_STATE);
}

TEST(a_user_can_take_a_free_login_but_not_anothers)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct user user;
  a_user(cx, identity, "boss", "owner");
  a_user(cx, identity, "li", "viewer");
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of("li", "{\"login\":\"BOSS\"}"), NULL), ERR_EXISTS);
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of("li", "{\"login\":\"me\"}"), NULL), ERR_INVALID);
  CHECK_ERR(scratch_act(cx, &user_change_act, json_of("li", "{\"time_zone\":\"Asia/Shangri-La\"}"), NULL), ERR_INVALID);
  CHECK_OK(
      scratch_act(cx, &user_change_act, json_of("li", "{\"login\":\"Wei\",\"time_zone\":\"Asia/Shanghai\"}"), NULL));
  CHECK_OK(user_find(cx, "wei", &user));
  CHECK_INT(user.version, 2);
  CHECK_INT(scratch_events(cx, "user.updated"), 1);
}

/* ---- Sessions ---- */

TEST(who_signs_in_is_recognized_by_the_cookie)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct user li = a_user(cx, identity, "li", "warehouse");
  char token[TOKEN_TEXT], csrf[TOKEN_TEXT];
  struct actor actor;
  CHECK_OK(sign_in(cx, identity, "LI", good_password, token));
  CHECK_OK(who(cx, &(struct credentials){.cookie = token}, &actor));
  CHECK_INT(actor.kind, ACTOR_USER);
  CHECK_INT(actor.id, li.id);
  CHECK(actor.permissions & PERMISSION(PERM_STOCK_ADJUST));
  CHECK(!(actor.permissions & PERMISSION(PERM_USER_ADMIN)));
  session_csrf(token, csrf);
  CHECK_ERR(who(cx, &(struct credentials){.cookie = token, .unsafe = true}, &actor), ERR_CSRF);
  CHECK_ERR(who(cx, &(struct credentials){.cookie = token, .unsafe = true, .csrf = token}, &actor), ERR_CSRF);
  CHECK_OK(who(cx, &(struct credentials){.cookie = token, .unsafe = true, .csrf = csrf}, &actor));
  csrf[0] = csrf[0] == 'a' ? 'b' : 'a';
  CHECK_ERR(who(cx, &(struct credentials){.cookie = token, .unsafe = true, .csrf = csrf}, &actor), ERR_CSRF);
}

TEST(unknown_login_and_wrong_password_get_the_same_answer)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT];
  a_user(cx, identity, "li", "viewer");
  CHECK_ERR(sign_in(cx, identity, "li", other_password, token), ERR_UNAUTHENTICATED);
  const char *wrong = arena_text(t->arena, cx->fault.detail);
  CHECK_ERR(sign_in(cx, identity, "wei", good_password, token), ERR_UNAUTHENTICATED);
  CHECK_TEXT(cx->fault.detail, wrong);
}

TEST(guessing_ends_after_the_allowed_attempts_and_starts_again_later)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT];
  a_user(cx, identity, "li", "viewer");
  for (int i = 0; i < 5; i++)
    CHECK_ERR(sign_in(cx, identity, "li", other_password, token), ERR_UNAUTHENTICATED);
  CHECK_ERR(sign_in(cx, identity, "li", good_password, token), ERR_RATE);
  CHECK_INT(cx->fault.retry_after_s, 15 * 60);
  CHECK_ERR(sign_in(cx, identity, "wei", good_password, token), ERR_UNAUTHENTICATED);
  scratch_clock(cx, "2026-01-05T09:15:00Z");
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
}

TEST(a_right_password_forgives_what_came_before)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT];
  a_user(cx, identity, "li", "viewer");
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < 4; i++)
      CHECK_ERR(sign_in(cx, identity, "li", other_password, token), ERR_UNAUTHENTICATED);
    CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  }
}

TEST(who_is_turned_away_for_lack_of_room_has_not_failed)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT];
  a_user(cx, identity, "li", "viewer");
  for (int i = 0; i < PASSWORD_HASHES_AT_ONCE; i++)
    CHECK(hashing_enter(identity));
  for (int i = 0; i < 10; i++)
    CHECK_ERR(sign_in(cx, identity, "li", good_password, token), ERR_BUSY);
  hashing_leave(identity);
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
}

TEST(one_address_cannot_try_login_after_login)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  enum err err = ERR_OK;
  int tried = 0;
  for (; tried < 100 && err == ERR_OK; tried++)
    err = attempt_begin(cx, identity, arena_printf(t->arena, "user%d", tried),
                        arena_printf(t->arena, "2001:db8::%x", tried + 1));
  CHECK_ERR(err, ERR_RATE);
  CHECK_INT(tried, 5 * LOGIN_ADDRESS_FACTOR + 1);
  fault_clear(&cx->fault);
  CHECK_OK(attempt_begin(cx, identity, "user0x", "2001:db8:1::1"));
}

TEST(a_session_lives_on_while_it_is_used)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  identity_touches touches;
  char token[TOKEN_TEXT];
  struct actor actor;
  a_user(cx, identity, "li", "viewer");
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  struct credentials credentials = {.cookie = token, .identity = identity};
  scratch_clock(cx, "2026-01-05T20:00:00Z");
  CHECK_OK(who(cx, &credentials, &actor));
  CHECK_OK(who(cx, &credentials, &actor));
  identity_touches_take(identity, cx->arena, &touches);
  CHECK_INT(touches.n, 1);
  CHECK_OK(scratch_act(cx, &identity_touch_act, body_of(NULL, &touches), NULL));
  identity_touches_take(identity, cx->arena, &touches);
  CHECK_INT(touches.n, 0);
  scratch_clock(cx, "2026-01-06T07:59:59Z");
  CHECK_OK(who(cx, &credentials, &actor));
  scratch_clock(cx, "2026-01-06T08:00:00Z");
  CHECK_ERR(who(cx, &credentials, &actor), ERR_UNAUTHENTICATED);
}

TEST(a_session_that_has_ended_is_refused_at_once)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT], hash[HASH_TEXT];
  struct actor actor;
  a_user(cx, identity, "li", "viewer");
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  CHECK_OK(who(cx, &(struct credentials){.cookie = token}, &actor));
  sha256_hex(token, strlen(token), hash);
  struct session_end end = {hash};
  CHECK_OK(scratch_act(cx, &session_end_act, body_of(NULL, &end), NULL));
  CHECK_OK(scratch_act(cx, &session_end_act, body_of(NULL, &end), NULL));
  CHECK_INT(scratch_events(cx, "session.ended"), 1);
  CHECK_ERR(who(cx, &(struct credentials){.cookie = token}, &actor), ERR_UNAUTHENTICATED);
}

TEST(one_ends_ones_own_sessions_only)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT];
  sessions list = {0};
  struct user li = a_user(cx, identity, "li", "viewer");
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  CHECK_OK(sessions_of(cx, li.id, NULL, &list));
  CHECK_INT(list.n, 1);
  const char *id = id_text(cx, PREFIX_session, list.at[0].id);
  act_as(cx, ACTOR_USER, li.id + 1, PERMISSIONS_ALL);
  CHECK_ERR(scratch_act(cx, &session_end_act, body_of(id, NULL), NULL), ERR_NOT_FOUND);
  act_as(cx, ACTOR_USER, li.id, 0);
  CHECK_OK(scratch_act(cx, &session_end_act, body_of(id, NULL), NULL));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM user_session"), 0);
}

TEST(a_disabled_user_is_out_at_once)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT];
  struct actor actor;
  a_user(cx, identity, "li", "viewer");
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  CHECK_OK(who(cx, &(struct credentials){.cookie = token}, &actor));
  CHECK_OK(scratch_act(cx, &user_change_act, json_of("li", "{\"disabled\":true}"), NULL));
  CHECK_ERR(who(cx, &(struct credentials){.cookie = token}, &actor), ERR_UNAUTHENTICATED);
  CHECK_ERR(sign_in(cx, identity, "li", good_password, token), ERR_UNAUTHENTICATED);
}

TEST(a_user_disabled_between_password_and_session_does_not_get_one)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct session_start start;
  char token[TOKEN_TEXT];
  a_user(cx, identity, "li", "viewer");
  CHECK_OK(identity_sign_in(cx, identity, &(struct sign_in){.login = "li", .password = good_password}, home, NULL, &start, token));
  CHECK_OK(scratch_act(cx, &user_change_act, json_of("li", "{\"disabled\":true}"), NULL));
  CHECK_ERR(scratch_act(cx, &session_start_act, body_of(NULL, &start), NULL), ERR_UNAUTHENTICATED);
}

TEST(a_new_password_ends_the_other_sessions)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char here[TOKEN_TEXT], there[TOKEN_TEXT], hash[HASH_TEXT];
  struct actor actor;
  struct user li = a_user(cx, identity, "li", "viewer");
  CHECK_OK(sign_in(cx, identity, "li", good_password, here));
  CHECK_OK(sign_in(cx, identity, "li", good_password, there));
  sha256_hex(here, strlen(here), hash);
  act_as(cx, ACTOR_USER, li.id, 0);
  struct password_change change = {
      .current_password = other_password, .password = other_password, .keep_token_hash = hash};
  CHECK_ERR(user_password_prepare(cx, identity, "me", home, &change), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/current_password");
  fault_clear(&cx->fault);
  change.current_password = good_password;
  CHECK_OK(user_password_prepare(cx, identity, "me", home, &change));
  scratch_clock(cx, "2026-01-05T09:01:00Z");
  CHECK_OK(scratch_act(cx, &user_password_act, body_of("me", &change), NULL));
  CHECK_OK(who(cx, &(struct credentials){.cookie = here}, &actor));
  CHECK_ERR(who(cx, &(struct credentials){.cookie = there}, &actor), ERR_UNAUTHENTICATED);
  CHECK_ERR(sign_in(cx, identity, "li", good_password, there), ERR_UNAUTHENTICATED);
  CHECK_OK(sign_in(cx, identity, "li", other_password, there));
  /* The same prepared change again: the old password it was made with is no longer the current one. */
  CHECK_ERR(scratch_act(cx, &user_password_act, body_of("me", &change), NULL), ERR_STATE);
}

TEST(a_user_has_a_bounded_number_of_sessions)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char first[TOKEN_TEXT], token[TOKEN_TEXT];
  struct actor actor;
  a_user(cx, identity, "li", "viewer");
  CHECK_OK(sign_in(cx, identity, "li", good_password, first));
  CHECK_OK(who(cx, &(struct credentials){.cookie = first}, &actor));
  for (int i = 0; i < SESSIONS_PER_USER_MAX; i++) {
    cx->now.ms += 1000;
    CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  }
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM user_session"), SESSIONS_PER_USER_MAX);
  CHECK_ERR(who(cx, &(struct credentials){.cookie = first}, &actor), ERR_UNAUTHENTICATED);
  CHECK_OK(who(cx, &(struct credentials){.cookie = token}, &actor));
}

TEST(who_am_i_tells_permissions_and_the_csrf_token)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT], csrf[TOKEN_TEXT];
  struct session_info info;
  a_user(cx, identity, "li", "warehouse");
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  CHECK_OK(who(cx, &(struct credentials){.cookie = token}, &cx->actor));
  CHECK_OK(session_info_read(cx, token, &info));
  session_csrf(token, csrf);
  CHECK_TEXT(info.csrf_token, csrf);
  CHECK_TEXT(info.login, "li");
  CHECK_TEXT(info.roles.at[0], "warehouse");
  CHECK_TEXT(info.time_zone, "UTC");
  CHECK(info.permissions.n > 3);
  CHECK_INT(info.expires_at.ms - cx->now.ms, 12 * HOUR_MS);
}

/* ---- API keys ---- */

TEST(a_key_acts_within_its_scope_until_it_expires)
{
  struct ctx *cx = scratch_ctx(t, morning);
  char key[API_KEY_TEXT];
  struct actor actor;
  struct api_key row = a_key(cx, "order.read stock.*", INSTANT(cx->now.ms + HOUR_MS), key);
  CHECK_OK(who(cx, &(struct credentials){.bearer = key}, &actor));
  CHECK_INT(actor.kind, ACTOR_KEY);
  CHECK_INT(actor.id, row.id);
  CHECK_TEXT(actor.name, "Shop");
  CHECK(actor.permissions ==
        (PERMISSION(PERM_ORDER_READ) | PERMISSION(PERM_STOCK_READ) | PERMISSION(PERM_STOCK_ADJUST)));
  CHECK_TEXT(row.hint, arena_textn(t->arena, key, API_KEY_HINT));
  scratch_clock(cx, "2026-01-05T10:00:00Z");
  CHECK_ERR(who(cx, &(struct credentials){.bearer = key}, &actor), ERR_UNAUTHENTICATED);
}

TEST(strange_credentials_are_all_refused_alike)
{
  struct ctx *cx = scratch_ctx(t, morning);
  char key[API_KEY_TEXT];
  struct actor actor;
  a_key(cx, "*", INSTANT(ABSENT), key);
  char changed[API_KEY_TEXT];
  memcpy(changed, key, sizeof changed);
  changed[20] = changed[20] == '0' ? '1' : '0';
  const struct credentials rows[] = {
      {0}, {.bearer = ""}, {.bearer = changed}, {.bearer = key + 5}, {.cookie = key}, {.cookie = key + 5},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    CHECK_ERR(who(cx, &rows[i], &actor), ERR_UNAUTHENTICATED);
  CHECK_OK(who(cx, &(struct credentials){.bearer = key, .unsafe = true}, &actor));
}

TEST(a_rotated_key_works_beside_the_new_one_for_its_grace)
{
  struct ctx *cx = scratch_ctx(t, morning);
  char old[API_KEY_TEXT], fresh[API_KEY_TEXT], hash[HASH_TEXT];
  struct actor actor;
  struct api_key row = a_key(cx, "*", INSTANT(ABSENT), old);
  const char *id = id_text(cx, PREFIX_api_key, row.id);
  CHECK_OK(who(cx, &(struct credentials){.bearer = old}, &actor));
  api_key_draw(fresh, hash);
  struct api_key_rotation rotation = {2, hash, "ordo_1234"};
  CHECK_OK(scratch_act(cx, &key_rotate_act, body_of(id, &rotation), NULL));
  CHECK_OK(who(cx, &(struct credentials){.bearer = old}, &actor));
  CHECK_OK(who(cx, &(struct credentials){.bearer = fresh}, &actor));
  CHECK_INT(actor.id, row.id);
  scratch_clock(cx, "2026-01-05T11:00:00Z");
  CHECK_ERR(who(cx, &(struct credentials){.bearer = old}, &actor), ERR_UNAUTHENTICATED);
  CHECK_OK(who(cx, &(struct credentials){.bearer = fresh}, &actor));
}

TEST(a_revoked_key_is_refused_at_once_and_for_ever)
{
  struct ctx *cx = scratch_ctx(t, morning);
  char key[API_KEY_TEXT], hash[HASH_TEXT];
  struct actor actor;
  const char *id = id_text(cx, PREFIX_api_key, a_key(cx, "*", INSTANT(ABSENT), key).id);
  CHECK_OK(who(cx, &(struct credentials){.bearer = key}, &actor));
  CHECK_OK(scratch_act(cx, &key_revoke_act, body_of(id, NULL), NULL));
  CHECK_ERR(who(cx, &(struct credentials){.bearer = key}, &actor), ERR_UNAUTHENTICATED);
  CHECK_OK(scratch_act(cx, &key_revoke_act, body_of(id, NULL), NULL));
  CHECK_INT(scratch_events(cx, "api_key.revoked"), 1);
  api_key_draw(key, hash);
  struct api_key_rotation rotation = {0, hash, "ordo_1234"};
  CHECK_ERR(scratch_act(cx, &key_rotate_act, body_of(id, &rotation), NULL), ERR_STATE);
}

TEST(the_last_use_of_a_key_is_written_by_the_minute_without_a_version)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  identity_touches touches;
  char key[API_KEY_TEXT];
  struct actor actor;
  struct api_key row = a_key(cx, "*", INSTANT(ABSENT), key);
  struct credentials credentials = {.bearer = key, .identity = identity};
  CHECK_OK(who(cx, &credentials, &actor));
  identity_touches_take(identity, cx->arena, &touches);
  CHECK_INT(touches.n, 1);
  scratch_clock(cx, "2026-01-05T09:00:59Z");
  CHECK_OK(who(cx, &credentials, &actor));
  identity_touches_take(identity, cx->arena, &touches);
  CHECK_INT(touches.n, 0);
  scratch_clock(cx, "2026-01-05T09:01:00Z");
  CHECK_OK(who(cx, &credentials, &actor));
  identity_touches_take(identity, cx->arena, &touches);
  CHECK_OK(scratch_act(cx, &identity_touch_act, body_of(NULL, &touches), NULL));
  CHECK_OK(api_key_find(cx, id_text(cx, PREFIX_api_key, row.id), &row));
  CHECK_INT(row.last_used_at.ms, cx->now.ms);
  CHECK_INT(row.version, 1);
}

/* ---- Secrets ---- */

/* Counts where a text is found in any column that could hold it. */
static int64_t traces(struct ctx *cx, const char *secret)
{
  static const struct db_stmt find = {
      "SELECT (SELECT count(*) FROM event WHERE replace(data, $1, '') <> data)"
      " + (SELECT count(*) FROM event_personal WHERE replace(personal, $1, '') <> personal)"
      " + (SELECT count(*) FROM api_key WHERE replace(key_hash || coalesce(previous_hash, '') || hint, $1, '')"
      "    <> key_hash || coalesce(previous_hash, '') || hint)"
      " + (SELECT count(*) FROM user_session WHERE replace(token_hash, $1, '') <> token_hash)"
      " + (SELECT count(*) FROM app_user WHERE replace(password_hash, $1, '') <> password_hash)",
      DB_REPORT};
  int64_t n = -1;
  CHECK_OK(db_one_i64(cx->db, &find, &n, DB_ARGS(TEXT(secret))));
  return n;
}

TEST(no_secret_and_no_hash_is_in_an_event)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char token[TOKEN_TEXT], key[API_KEY_TEXT];
  struct session_start start;
  struct user li = a_user(cx, identity, "li", "owner");
  struct api_key row = a_key(cx, "*", INSTANT(ABSENT), key);
  CHECK_OK(sign_in(cx, identity, "li", good_password, token));
  CHECK_ERR(identity_sign_in(cx, identity, &(struct sign_in){.login = "li", .password = other_password}, home, NULL, &start, token),
            ERR_UNAUTHENTICATED);
  CHECK_OK(scratch_act(cx, &session_refused_act, body_of(NULL, &start), NULL));
  CHECK_INT(scratch_events(cx, "session.refused"), 1);
  CHECK_INT(scratch_events(cx, "session.started"), 1);
  CHECK_INT(traces(cx, token), 0);
  CHECK_INT(traces(cx, key), 0);
  CHECK_INT(traces(cx, good_password), 0);
  CHECK_INT(traces(cx, other_password), 0);
  CHECK_INT(traces(cx, li.password_hash), 1);
  CHECK_INT(traces(cx, row.key_hash), 1);
}

TEST(no_secret_is_in_a_reply)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  CHECK_OK(add_user(cx, an_identity(t), "li", "owner", &result));
  CHECK(!strstr(scratch_json(cx, &result), "argon2"));
  CHECK(!strstr(scratch_json(cx, &result), "is_owner"));
}

/* ---- Speed ---- */

TEST(recognizing_a_known_key_is_cheap)
{
  struct ctx *cx = scratch_ctx(t, morning);
  char key[API_KEY_TEXT];
  struct actor actor;
  enum { TIMES = 20000 };
  a_key(cx, "*", INSTANT(ABSENT), key);
  struct credentials credentials = {.bearer = key};
  CHECK_OK(who(cx, &credentials, &actor));
  clock_t begin = clock();
  for (int i = 0; i < TIMES; i++)
    CHECK_OK(identity_authenticate(cx, &credentials, &actor));
  double ns = (double)(clock() - begin) * 1e9 / CLOCKS_PER_SEC / TIMES;
  /* About 1 us; twenty times that, since sanitizers and neighbors are slow too. A read from the database takes more. */
  CHECK(ns < 20000);
}

TEST(folding_makes_one_of_what_looks_alike)
{
  CHECK_TEXT(identity_fold(t->arena, "  Li.Wei@Example.COM\t"), "li.wei@example.com");
  CHECK_TEXT(identity_fold(t->arena, "STRA\xc3\x9f"
                                     "E"),
             "strasse");
  CHECK_TEXT(identity_fold(t->arena, "\xef\xbc\xac\xef\xbd\x89"), "li"); /* full-width letters */
  CHECK_TEXT(identity_fold(t->arena, "\xe6\x9d\x8e\xe4\xbc\x9f"), "\xe6\x9d\x8e\xe4\xbc\x9f");
  CHECK_TEXT(identity_fold(t->arena, " "), "");
}

TEST(languages_and_zones_are_checked)
{
  CHECK(language_valid("en") && language_valid("zh-CN") && language_valid("zh-Hans-CN") && language_valid("es-419"));
  CHECK(!language_valid("e") && !language_valid("") && !language_valid("en-") && !language_valid("e1") &&
        !language_valid("en_US"));
  CHECK(time_zone_valid("Asia/Shanghai") && time_zone_valid("UTC") && time_zone_valid("Europe/Berlin"));
  CHECK(!time_zone_valid("Mars/Olympus") && !time_zone_valid("") && !time_zone_valid("GMT+25"));
}

/* ---- The floor, and where rights end ---- */

TEST(the_floor_grants_nothing_that_manages_or_tells_of_people)
{
  (void)t;
  static const enum permission never[] = {PERM_USER_ADMIN,  PERM_OWNER_ADMIN,   PERM_MASTER_WRITE, PERM_PAYMENT_REFUND,
                                          PERM_ORDER_READ,  PERM_CUSTOMER_READ, PERM_PERSONAL_READ, PERM_SYSTEM_READ};
  for (size_t i = 0; i < COUNT_OF(never); i++)
    CHECK(!(floor_permissions() & PERMISSION(never[i])));
  CHECK(floor_permissions() & PERMISSION(PERM_FULFILLMENT_WORK));
}

TEST(a_scope_outlives_the_lists_it_was_made_of)
{
  LIST(const char *) locations = {0}, channels = {0};
  CHECK(row_scope_of(t->arena, &locations, &channels) == NULL);
  char code[] = "NJ1";
  *LIST_ADD(t->arena, &locations) = code;
  const struct row_scope *scope = row_scope_of(t->arena, &locations, &channels);
  code[0] = 'X';
  CHECK_INT(scope->n_locations, 1);
  CHECK_INT(scope->n_channels, 0);
  CHECK_TEXT(scope->locations[0], "NJ1");
  CHECK_TEXT(row_scope_copy(t->arena, scope)->locations[0], "NJ1");
}

TEST(a_pin_is_digits_that_differ)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  static const char *const bad[] = {"", "123", "1234567890123", "12a4", "0000", "99999", " 1234"};
  const char *hash;
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    fault_clear(&cx->fault);
    CHECK_ERR(badge_pin_hash(cx, identity, bad[i], &hash), ERR_INVALID);
    CHECK_TEXT(cx->fault.entries[0].pointer, "/pin");
  }
  fault_clear(&cx->fault);
  CHECK_ERR(badge_pin_hash(cx, identity, NULL, &hash), ERR_INVALID);
  fault_clear(&cx->fault);
  CHECK_OK(badge_pin_hash(cx, identity, "4711", &hash));
  CHECK(text_starts(hash, "$argon2id$"));
}

TEST(addresses_of_one_ipv6_customer_are_one)
{
  CHECK(identity_address_hash("2001:db8:1:2::1") == identity_address_hash("2001:db8:1:2:ffff::9"));
  CHECK(identity_address_hash("2001:db8:1:2::1") != identity_address_hash("2001:db8:1:3::1"));
  CHECK(identity_address_hash("192.0.2.1") != identity_address_hash("192.0.2.2"));
}
