/* Signing in, keys, users and customers over a socket: what these rooms promise to browsers and programs. The machinery
 * around it is api_test.c's business.
 */
#define _GNU_SOURCE
#include "api.h"

#include "identity.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct api_room rooms[] = {
    {"Identity",       "Who may do what", identity_routes},
    {"Second step", "Codes", mfa_routes},
    {"Customers", "Who buys", customer_routes},
    {"Settings",      "What a company sets", setting_routes},
    {0},
};
static const char good_password[] = "glass river 27 lamps";
static const char other_password[] = "copper moon 81 stairs";

/* ---- A server ---- */

struct office {
  struct test *t;
  struct api *api;
  struct writer *writer;
  int port;
  const char *key; /* of the first API key: everything allowed */
};

static void office_close(void *arg)
{
  struct office *o = arg;
  api_quiesce(o->api);
  api_stop(o->api, 2000);
  writer_stop(o->writer);
  api_free(o->api);
}

static void run(struct office *o, const struct act *act, const void *body)
{
  struct act_call call = {
      .act = act,
      .in = {.body = body, .version = ABSENT},
      .arena = o->t->arena,
      .actor = actor_system,
      .success = 200,
      .deadline = INSTANT(ABSENT),
  };
  fault_init(&call.fault, o->t->arena);
  CHECK_OK(writer_run(o->writer, &call));
}

/* As `ordo key add` and `ordo user add` do it. */
static void first_key(struct office *o)
{
  char *key = arena_alloc(o->t->arena, API_KEY_TEXT), hash[HASH_TEXT];
  api_key_draw(key, hash);
  struct api_key_input input = {.name = "First",
                                .scope = "*",
                                .expires_at = INSTANT(ABSENT),
                                .key_hash = hash,
                                .hint = arena_textn(o->t->arena, key, API_KEY_HINT)};
  run(o, &key_add_act, &input);
  o->key = key;
}

static void first_user(struct office *o)
{
  struct ctx cx;
  struct user_input input = {.login = "boss"};
  *LIST_ADD(o->t->arena, &input.roles) = "owner";
  ctx_init(&cx, o->t->arena, NULL, INSTANT(0));
  CHECK_OK(identity_password_hash(&cx, api_identity(o->api), input.login, good_password, "", &input.password_hash));
  run(o, &user_add_act, &input);
}

static struct office *office(struct test *t)
{
  struct office *o = ARENA_NEW(t->arena, struct office);
  struct fault *fault = ARENA_NEW(t->arena, struct fault);
  const char *url = scratch_database(t);
  fault_init(fault, t->arena);
  o->t = t;
  const struct api_config config = {.url = url,
                                    .listen = "127.0.0.1:0",
                                    .readers = 2,
                                    .rooms = rooms,
                                    .clock = clock_real,
                                    .version = "test",
                                    .secure = true,
                                    .password_cost = &password_cost_tests};
  o->api = api_new(&config);
  const struct writer_config writer = {
      .url = url, .clock = clock_real, .seed = 1, .on_commit = api_committed, .arg = o->api};
  CHECK_OK(writer_start(&writer, fault, &o->writer));
  CHECK_OK(api_start(o->api, o->writer, fault));
  o->port = atoi(strrchr(api_address(o->api), ':') + 1);
  arena_defer(t->arena, office_close, o);
  first_key(o);
  return o;
}

/* ---- A client ---- */

struct answer {
  int status;
  const char *head, *body;
};

/* headers: further lines, each ended by \r\n. body NULL = none. */
static struct answer ask(struct office *o, const char *line, const char *headers, const char *body)
{
  struct buf out, in;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
  char block[4096];
  ssize_t n;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
  buf_init(&out, o->t->arena);
  buf_init(&in, o->t->arena);
  buf_printf(&out, "%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s", line, headers);
  if (body)
    buf_printf(&out, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
  else
    buf_text(&out, "\r\n");
  CHECK(send(fd, out.at, out.n, MSG_NOSIGNAL) == (ssize_t)out.n);
  while ((n = recv(fd, block, sizeof block, 0)) > 0)
    buf_add(&in, block, (size_t)n);
  close(fd);
  char *text = arena_text(o->t->arena, buf_str(&in)), *end = strstr(text, "\r\n\r\n");
  CHECK(strncmp(text, "HTTP/1.1 ", 9) == 0 && end);
  *end = 0;
  return (struct answer){atoi(text + 9), text, end + 4};
}

static const char *bearer(struct office *o, const char *key)
{
  return arena_printf(o->t->arena, "Authorization: Bearer %s\r\n", key);
}

/* The text of a member of a flat answer, or NULL. */
static const char *member(struct office *o, const struct answer *a, const char *name)
{
  const char *at = strstr(a->body, arena_printf(o->t->arena, "\"%s\":\"", name));
  if (!at)
    return NULL;
  at += strlen(name) + 4;
  return arena_textn(o->t->arena, at, strcspn(at, "\""));
}

/* The headers of a browser after signing in: its cookie, and the CSRF token with it. */
static const char *signed_in(struct office *o, const char *login, const char *password)
{
  struct answer a = ask(o, "POST /v1/session", "",
                        arena_printf(o->t->arena, "{\"login\":\"%s\",\"password\":\"%s\"}", login, password));
  CHECK_INT(a.status, 201);
  const char *cookie = strstr(a.head, SESSION_COOKIE "="), *csrf = member(o, &a, "csrf_token");
  CHECK(cookie && csrf);
  return arena_printf(o->t->arena, "Cookie: %s\r\nX-CSRF-Token: %s\r\n",
                      arena_textn(o->t->arena, cookie, strcspn(cookie, ";\r")), csrf);
}

static const char *without_csrf(struct office *o, const char *headers)
{
  return arena_textn(o->t->arena, headers, strcspn(headers, "\n") + 1);
}

/* ---- Browsers ---- */

TEST(a_browser_signs_in_writes_with_its_csrf_token_and_signs_out)
{
  struct office *o = office(t);
  first_user(o);
  const char *browser = signed_in(o, "BOSS", good_password);
  struct answer a = ask(o, "GET /v1/session", without_csrf(o, browser), NULL);
  CHECK_INT(a.status, 200);
  CHECK_TEXT(member(o, &a, "login"), "boss");
  CHECK_INT(ask(o, "POST /v1/customers", without_csrf(o, browser), "{\"name\":\"Li\"}").status, 403);
  CHECK_INT(ask(o, "POST /v1/customers", browser, "{\"name\":\"Li\"}").status, 201);
  a = ask(o, "DELETE /v1/session", browser, NULL);
  CHECK_INT(a.status, 204);
  CHECK(strstr(a.head, "Max-Age=0"));
  CHECK_INT(ask(o, "GET /v1/session", browser, NULL).status, 401);
}

TEST(the_session_cookie_is_out_of_reach_of_scripts_and_caches)
{
  struct office *o = office(t);
  first_user(o);
  struct answer a = ask(o, "POST /v1/session", "", "{\"login\":\"boss\",\"password\":\"glass river 27 lamps\"}");
  CHECK(strstr(a.head, "; Path=/; HttpOnly; SameSite=Lax; Secure"));
  CHECK(strcasestr(a.head, "Cache-Control: no-store"));
}

TEST(a_refused_sign_in_is_in_the_feed_and_the_login_must_wait_after_five)
{
  struct office *o = office(t);
  first_user(o);
  static const char wrong[] = "{\"login\":\"boss\",\"password\":\"not the password\"}";
  for (int i = 0; i < 5; i++) {
    struct answer a = ask(o, "POST /v1/session", "", wrong);
    CHECK_INT(a.status, 401);
    CHECK(!strstr(a.head, "Set-Cookie"));
  }
  struct answer a = ask(o, "POST /v1/session", "", "{\"login\":\"boss\",\"password\":\"glass river 27 lamps\"}");
  CHECK_INT(a.status, 429);
  CHECK(strstr(a.head, "Retry-After: "));
  struct writer_stats stats;
  writer_stats(o->writer, &stats);
  CHECK_INT(stats.acts, 2 + 5); /* the first key and user, and a record of each refusal */
}

TEST(a_fresh_database_lets_nobody_in)
{
  struct office *o = office(t);
  CHECK_INT(ask(o, "POST /v1/session", "", "{\"login\":\"admin\",\"password\":\"admin\"}").status, 401);
  CHECK_INT(ask(o, "GET /v1/users", "", NULL).status, 401);
  struct answer a = ask(o, "GET /v1/users", bearer(o, o->key), NULL);
  CHECK_INT(a.status, 200);
  CHECK(strstr(a.body, "\"data\":[]"));
}

TEST(one_changes_ones_own_password_and_a_repeat_gets_the_same_answer)
{
  struct office *o = office(t);
  first_user(o);
  const char *here = signed_in(o, "boss", good_password), *there = signed_in(o, "boss", good_password);
  const char *once = arena_printf(t->arena, "%sIdempotency-Key: p1\r\n", here);
  static const char change[] = "{\"current_password\":\"glass river 27 lamps\",\"password\":\"copper moon 81 stairs\"}";
  CHECK_INT(ask(o, "POST /v1/users/me/password", here, "{\"password\":\"copper moon 81 stairs\"}").status, 422);
  struct answer first = ask(o, "POST /v1/users/me/password", once, change);
  CHECK_INT(first.status, 200);
  struct answer second = ask(o, "POST /v1/users/me/password", once, change);
  CHECK_INT(second.status, 200);
  CHECK(strcasestr(second.head, "Idempotency-Replayed: true"));
  CHECK_TEXT(second.body, first.body);
  CHECK_INT(ask(o, "GET /v1/session", here, NULL).status, 200);
  CHECK_INT(ask(o, "GET /v1/session", there, NULL).status, 401);
  signed_in(o, "boss", other_password);
}

/* ---- The second step ---- */

/* What the app shows, so many steps from now. */
static const char *code_of(struct office *o, const char *secret, int steps)
{
  char *code = arena_alloc(o->t->arena, TOTP_DIGITS + 1);
  CHECK(totp_code(secret, clock_real.now(NULL).ms / SECOND_MS / TOTP_STEP_S + steps, code));
  return code;
}

static struct answer enter(struct office *o, const char *code)
{
  return ask(o, "POST /v1/session", "",
             arena_printf(o->t->arena, "{\"login\":\"boss\",\"password\":\"%s\"%s}", good_password,
                          code ? arena_printf(o->t->arena, ",\"code\":\"%s\"", code) : ""));
}

static const char *a_second_step(struct office *o, const char *browser, const char **out_recovery)
{
  struct answer a = ask(o, "POST /v1/me/mfa", browser, "{\"current_password\":\"glass river 27 lamps\"}");
  CHECK_INT(a.status, 201);
  CHECK(strcasestr(a.head, "Cache-Control: no-store") && strstr(a.body, "<svg "));
  const char *secret = member(o, &a, "secret");
  CHECK(strstr(member(o, &a, "uri"), secret) && strstr(member(o, &a, "uri"), "otpauth://totp/Ordo:boss?"));
  a = ask(o, "POST /v1/me/mfa/confirm", browser,
          arena_printf(o->t->arena, "{\"code\":\"%s\"}", code_of(o, secret, -1)));
  CHECK_INT(a.status, 200);
  const char *first = strstr(a.body, "\"codes\":[\"");
  CHECK(first);
  *out_recovery = arena_textn(o->t->arena, first + 10, 19);
  return secret;
}

TEST(a_second_step_is_asked_for_taken_once_and_turned_off_with_the_password)
{
  struct office *o = office(t);
  first_user(o);
  const char *here = signed_in(o, "boss", good_password), *there = signed_in(o, "boss", good_password), *paper;
  CHECK_INT(ask(o, "POST /v1/me/mfa", here, "{\"current_password\":\"not the password\"}").status, 422);
  CHECK_INT(ask(o, "GET /v1/me/mfa", bearer(o, o->key), NULL).status, 404);
  const char *secret = a_second_step(o, here, &paper);
  CHECK_INT(ask(o, "GET /v1/session", here, NULL).status, 200);
  CHECK_INT(ask(o, "GET /v1/session", there, NULL).status, 401);
  struct answer a = enter(o, NULL);
  CHECK_INT(a.status, 401);
  CHECK_TEXT(member(o, &a, "code"), "mfa_required");
  CHECK(!strstr(a.head, "Set-Cookie"));
  const char *now = code_of(o, secret, 0);
  CHECK_INT(enter(o, now).status, 201);
  a = enter(o, now);
  CHECK_INT(a.status, 401);
  CHECK_TEXT(member(o, &a, "code"), "unauthenticated");
  CHECK_INT(enter(o, paper).status, 201);
  CHECK_INT(enter(o, paper).status, 401);
  a = ask(o, "GET /v1/me/mfa", here, NULL);
  CHECK(strstr(a.body, "\"recovery_left\":7"));
  a = ask(o, "GET /v1/users/boss", bearer(o, o->key), NULL);
  CHECK(strstr(a.body, "\"mfa_at\":\"") && !strstr(a.body, secret));
  CHECK_INT(ask(o, "POST /v1/me/mfa/off", here, "{\"current_password\":\"not the password\"}").status, 422);
  CHECK_INT(ask(o, "POST /v1/me/mfa/off", here, "{\"current_password\":\"glass river 27 lamps\"}").status, 200);
  CHECK_INT(enter(o, NULL).status, 201);
}

TEST(an_invitation_does_not_go_round_the_second_step_and_a_reset_does)
{
  struct office *o = office(t);
  first_user(o);
  const char *paper, *secret = a_second_step(o, signed_in(o, "boss", good_password), &paper);
  struct answer a = ask(o, "POST /v1/users/boss/invitation", bearer(o, o->key), "{}");
  CHECK_INT(a.status, 201);
  const char *accept = arena_printf(t->arena, "{\"token\":\"%s\",\"password\":\"glass river 27 lamps\"", member(o, &a, "token"));
  a = ask(o, "POST /v1/invitations/accept", "", arena_printf(t->arena, "%s}", accept));
  CHECK_TEXT(member(o, &a, "code"), "mfa_required");
  CHECK_INT(ask(o, "POST /v1/invitations/accept", "",
                arena_printf(t->arena, "%s,\"code\":\"%s\"}", accept, code_of(o, secret, 0)))
                .status,
            201);
  CHECK_INT(ask(o, "DELETE /v1/users/boss/mfa", bearer(o, o->key), NULL).status, 204);
  CHECK_INT(enter(o, NULL).status, 201);
}

TEST(who_must_have_a_second_step_may_do_nothing_else_before)
{
  struct office *o = office(t);
  first_user(o);
  const char *here = signed_in(o, "boss", good_password), *paper;
  CHECK_INT(ask(o, "GET /v1/users", here, NULL).status, 200);
  CHECK_INT(ask(o, "PATCH /v1/settings/login.mfa_roles", bearer(o, o->key), "{\"value\":\"warehouse owner\"}").status, 200);
  CHECK_INT(ask(o, "GET /v1/users", here, NULL).status, 403);
  struct answer a = ask(o, "GET /v1/session", here, NULL);
  CHECK(strstr(a.body, "\"mfa_required\":true") && strstr(a.body, "\"permissions\":[]"));
  a_second_step(o, here, &paper);
  CHECK_INT(ask(o, "GET /v1/users", here, NULL).status, 200);
  CHECK_INT(ask(o, "GET /v1/users", bearer(o, o->key), NULL).status, 200);
}

/* ---- Users ---- */

TEST(a_user_is_added_found_changed_and_disabled)
{
  struct office *o = office(t);
  const char *key = bearer(o, o->key);
  struct answer a =
      ask(o, "POST /v1/users", key,
          "{\"login\":\"Li@Example.com\",\"password\":\"glass river 27 lamps\",\"roles\":[\"warehouse\"]}");
  CHECK_INT(a.status, 201);
  CHECK(strstr(a.head, "Location: /v1/users/usr_"));
  CHECK(!strstr(a.body, "argon2") && !strstr(a.body, "glass river"));
  const char *li = signed_in(o, "li@example.com", good_password);
  CHECK_INT(ask(o, "GET /v1/users", li, NULL).status, 403);
  CHECK_INT(ask(o, "GET /v1/roles", li, NULL).status, 200);
  CHECK_INT(ask(o, "GET /v1/users/li@example.com", key, NULL).status, 200);
  CHECK_INT(ask(o, "PATCH /v1/users/li@example.com", key, "{\"disabled\":true}").status, 200);
  CHECK_INT(ask(o, "GET /v1/session", li, NULL).status, 401);
  a = ask(o, "GET /v1/users?disabled=true", key, NULL);
  CHECK_TEXT(member(o, &a, "login"), "li@example.com");
}

TEST(weak_passwords_and_unknown_roles_are_named_together_with_their_place)
{
  struct office *o = office(t);
  struct answer a = ask(o, "POST /v1/users", bearer(o, o->key),
                        "{\"login\":\"li\",\"password\":\"password123\",\"roles\":[\"viewer\"]}");
  CHECK_INT(a.status, 422);
  CHECK(strstr(a.body, "\"pointer\":\"/password\"") && strstr(a.body, "\"password_weak\""));
  a = ask(o, "POST /v1/users", bearer(o, o->key),
          "{\"login\":\"li\",\"password\":\"glass river 27 lamps\",\"roles\":[\"emperor\"]}");
  CHECK_INT(a.status, 422);
  CHECK(strstr(a.body, "\"pointer\":\"/roles/0\""));
}

/* ---- API keys ---- */

TEST(a_key_is_shown_once_even_to_a_repeat)
{
  struct office *o = office(t);
  const char *once = arena_printf(t->arena, "%sIdempotency-Key: k1\r\n", bearer(o, o->key));
  static const char body[] = "{\"name\":\"Shop\",\"scope\":\"customer.read\"}";
  struct answer first = ask(o, "POST /v1/api_keys", once, body), second = ask(o, "POST /v1/api_keys", once, body);
  CHECK_INT(first.status, 201);
  CHECK_INT(second.status, 201);
  const char *key = member(o, &first, "key");
  CHECK_INT(strlen(key), API_KEY_TEXT - 1);
  CHECK_TEXT(member(o, &second, "key"), NULL);
  CHECK_TEXT(member(o, &second, "id"), member(o, &first, "id"));
  CHECK_INT(ask(o, "GET /v1/customers", bearer(o, key), NULL).status, 200);
  CHECK_INT(ask(o, "POST /v1/customers", bearer(o, key), "{}").status, 403);
  struct answer one =
      ask(o, arena_printf(t->arena, "GET /v1/api_keys/%s", member(o, &first, "id")), bearer(o, o->key), NULL);
  CHECK_TEXT(member(o, &one, "key"), NULL);
}

TEST(a_rotated_key_gives_way_and_a_revoked_one_is_dead_at_once)
{
  struct office *o = office(t);
  const char *master = bearer(o, o->key);
  struct answer a = ask(o, "POST /v1/api_keys", master, "{\"name\":\"Shop\",\"scope\":\"customer.*\"}");
  const char *old = member(o, &a, "key"), *id = member(o, &a, "id");
  CHECK_INT(ask(o, "GET /v1/session", bearer(o, old), NULL).status, 200);
  a = ask(o, arena_printf(t->arena, "POST /v1/api_keys/%s/rotate", id), master, "{\"grace_hours\":0}");
  CHECK_INT(a.status, 200);
  const char *fresh = member(o, &a, "key");
  CHECK_INT(ask(o, "GET /v1/session", bearer(o, old), NULL).status, 401);
  CHECK_INT(ask(o, "GET /v1/session", bearer(o, fresh), NULL).status, 200);
  CHECK_INT(ask(o, arena_printf(t->arena, "DELETE /v1/api_keys/%s", id), master, NULL).status, 204);
  CHECK_INT(ask(o, "GET /v1/session", bearer(o, fresh), NULL).status, 401);
}

/* ---- Customers and settings ---- */

TEST(customers_are_found_by_their_keys)
{
  struct office *o = office(t);
  const char *key = bearer(o, o->key);
  CHECK_INT(ask(o, "POST /v1/customers", key,
                "{\"external_id\":\"C-1\",\"email\":\"Li@Example.com\",\"phone\":\"+86 138 0000 0000\",\"addresses\":"
                "[{\"address\":{\"city\":\"Shanghai\",\"country\":\"CN\"}}]}")
                .status,
            201);
  CHECK_INT(ask(o, "POST /v1/customers", key, "{\"email\":\"wei@example.com\"}").status, 201);
  CHECK_INT(ask(o, "POST /v1/customers", key, "{\"email\":\"LI@example.com\"}").status, 409);
  struct answer a = ask(o, "GET /v1/customers?email=li@EXAMPLE.com", key, NULL);
  CHECK_TEXT(member(o, &a, "external_id"), "C-1");
  CHECK(!strstr(a.body, "wei@") && !strstr(a.body, "Shanghai"));
  a = ask(o, "GET /v1/customers?phone=008613800000000&expand=addresses", key, NULL);
  CHECK(strstr(a.body, "Shanghai"));
  a = ask(o, "GET /v1/customers?phone=008613800000000&email=wei@example.com", key, NULL);
  CHECK(strstr(a.body, "\"data\":[]"));
  a = ask(o, "GET /v1/customers?blocked=false", key, NULL);
  CHECK(strstr(a.body, "C-1") && strstr(a.body, "wei@"));
  CHECK_INT(ask(o, "PATCH /v1/customers/C-1", key, "{\"blocked\":true}").status, 200);
  a = ask(o, "GET /v1/customers?blocked=false", key, NULL);
  CHECK(!strstr(a.body, "C-1"));
}

TEST(settings_are_listed_and_changed)
{
  struct office *o = office(t);
  const char *key = bearer(o, o->key);
  struct answer a = ask(o, "GET /v1/settings", key, NULL);
  CHECK_INT(a.status, 200);
  CHECK(strstr(a.body, "\"key\":\"company.currency\"") && strstr(a.body, "\"default\":"));
  CHECK_INT(ask(o, "PATCH /v1/settings/session.hours", key, "{\"value\":\"24\"}").status, 200);
  a = ask(o, "GET /v1/settings/session.hours", key, NULL);
  CHECK_TEXT(member(o, &a, "value"), "24");
  CHECK_INT(ask(o, "PATCH /v1/settings/session.hours", key, "{\"value\":\"0\"}").status, 422);
  CHECK_INT(ask(o, "GET /v1/settings/no.such", key, NULL).status, 404);
  CHECK_INT(ask(o, "GET /v1/number_series", key, NULL).status, 200);
}
