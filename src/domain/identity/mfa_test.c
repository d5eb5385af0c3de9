/* The second step of signing in: codes as the RFC has them, and each good once. */
#include <string.h>

#include "identity_priv.h"
#include "scratch.h"

static const char morning[] = "2026-01-05T09:00:00Z";
static const char password[] = "glass river 27 lamps";
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

TEST(codes_are_those_of_rfc_6238)
{
  (void)t;
  static const unsigned char secret[] = "12345678901234567890";
  static const struct {
    int64_t at;
    uint32_t code; /* 8 digits, as in appendix B */
  } vectors[] = {{59, 94287082},         {1111111109, 7081804},  {1111111111, 14050471},
                 {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
  for (size_t i = 0; i < COUNT_OF(vectors); i++)
    CHECK_INT(totp_number(secret, 20, vectors[i].at / TOTP_STEP_S) % 100000000, vectors[i].code);
  /* The same secret in base32, cut to six digits. */
  char code[TOTP_DIGITS + 1];
  CHECK(totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1111111109 / TOTP_STEP_S, code));
  CHECK_TEXT(code, "081804");
  CHECK(!totp_code("GEZDGNBVGY3TQOJ1", 1, code) && !totp_code("", 1, code));
}

TEST(a_code_is_good_a_step_before_and_after_its_own_and_no_longer)
{
  char secret[TOTP_SECRET_TEXT], code[TOTP_DIGITS + 1];
  (void)t;
  totp_secret_draw(secret);
  CHECK_INT(strlen(secret), 32);
  CHECK(totp_code(secret, 1000, code));
  for (int64_t step = 997; step <= 1003; step++) {
    struct instant now = INSTANT(step * TOTP_STEP_S * SECOND_MS + 17);
    bool near = step >= 999 && step <= 1001;
    /* One in a million that another step has the same code: then it is that step's. */
    int64_t found = totp_step(secret, code, now);
    CHECK(near ? found >= 999 && found <= 1002 : found != 1000);
  }
}

/* ---- With a database ---- */

static struct act_input body_of(const char *id, const void *body)
{
  return (struct act_input){.id = id, .body = body, .version = ABSENT};
}

static struct user a_user(struct ctx *cx, struct identity *identity, const char *login, const char *role)
{
  struct user_input input = {.login = login, .name = login};
  struct act_result result;
  *LIST_ADD(cx->arena, &input.roles) = role;
  CHECK_OK(identity_password_hash(cx, identity, login, password, "/password", &input.password_hash));
  CHECK_OK(scratch_act(cx, &user_add_act, body_of(NULL, &input), &result));
  return *(const struct user *)result.value;
}

static void be(struct ctx *cx, const struct user *user)
{
  cx->actor = (struct actor){ACTOR_USER, user->id, user->name, PERMISSIONS_ALL, NULL};
}

static const char *code_at(struct ctx *cx, const char *secret, int steps_ahead)
{
  char *code = arena_alloc(cx->arena, TOTP_DIGITS + 1);
  CHECK(totp_code(secret, cx->now.ms / SECOND_MS / TOTP_STEP_S + steps_ahead, code));
  return code;
}

/* Turns it on for the user; his recovery codes. */
static mfa_codes turn_on(struct ctx *cx, struct identity *identity, const struct user *user,
                         char secret[TOTP_SECRET_TEXT])
{
  struct actor before = cx->actor;
  struct mfa_begin begin = {.current_password = password};
  struct mfa_confirm confirm = {0};
  mfa_codes codes = {0};
  be(cx, user);
  totp_secret_draw(secret);
  begin.secret = secret;
  CHECK_OK(identity_confirm_password(cx, identity, password, home, &begin.verified));
  CHECK_OK(scratch_act(cx, &mfa_begin_act, body_of(NULL, &begin), NULL));
  recovery_codes_draw(cx->arena, &codes, &confirm.hashes);
  confirm.code = code_at(cx, secret, -1);
  CHECK_OK(scratch_act(cx, &mfa_confirm_act, body_of(NULL, &confirm), NULL));
  cx->actor = before;
  return codes;
}

static enum err sign_in(struct ctx *cx, struct identity *identity, const char *login, const char *code)
{
  struct session_start start;
  char token[TOKEN_TEXT];
  fault_clear(&cx->fault);
  TRY(identity_sign_in(cx, identity, &(struct sign_in){.login = login, .password = password, .code = code}, home, NULL,
                       &start, token));
  return scratch_act(cx, &session_start_act, body_of(NULL, &start), NULL);
}

TEST(a_right_password_asks_for_the_code_and_each_code_is_good_once)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char secret[TOTP_SECRET_TEXT];
  struct user li = a_user(cx, identity, "li", "owner");
  CHECK_OK(sign_in(cx, identity, "li", NULL));
  turn_on(cx, identity, &li, secret);
  CHECK_ERR(sign_in(cx, identity, "li", NULL), ERR_MFA);
  CHECK_ERR(sign_in(cx, identity, "li", code_at(cx, secret, -1)), ERR_UNAUTHENTICATED); /* it confirmed */
  CHECK_OK(sign_in(cx, identity, "li", code_at(cx, secret, 0)));
  CHECK_ERR(sign_in(cx, identity, "li", code_at(cx, secret, 0)), ERR_UNAUTHENTICATED);
  CHECK_OK(sign_in(cx, identity, "li", code_at(cx, secret, 1)));
  CHECK_ERR(sign_in(cx, identity, "li", code_at(cx, secret, 0)), ERR_UNAUTHENTICATED); /* never backwards */
}

TEST(of_two_who_show_one_code_at_the_same_time_one_comes_in)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char secret[TOTP_SECRET_TEXT], token[2][TOKEN_TEXT];
  struct session_start start[2];
  struct user li = a_user(cx, identity, "li", "owner");
  turn_on(cx, identity, &li, secret);
  const struct sign_in in = {.login = "li", .password = password, .code = code_at(cx, secret, 0)};
  for (int i = 0; i < 2; i++)
    CHECK_OK(identity_sign_in(cx, identity, &in, home, NULL, &start[i], token[i]));
  CHECK_OK(scratch_act(cx, &session_start_act, body_of(NULL, &start[0]), NULL));
  CHECK_ERR(scratch_act(cx, &session_start_act, body_of(NULL, &start[1]), NULL), ERR_UNAUTHENTICATED);
}

TEST(a_recovery_code_takes_the_place_of_a_code_once_however_it_is_written)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct mfa_state state;
  char secret[TOTP_SECRET_TEXT];
  struct user li = a_user(cx, identity, "li", "owner");
  mfa_codes codes = turn_on(cx, identity, &li, secret);
  CHECK_INT(codes.n, RECOVERY_CODES);
  CHECK_OK(sign_in(cx, identity, "li", codes.at[2]));
  CHECK_ERR(sign_in(cx, identity, "li", codes.at[2]), ERR_UNAUTHENTICATED);
  char *loud = arena_text(t->arena, codes.at[5]);
  for (char *c = loud; *c; c++)
    *c = *c == '-' ? ' ' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
  CHECK_OK(sign_in(cx, identity, "li", loud));
  CHECK_ERR(sign_in(cx, identity, "li", "0000-0000-0000-0000"), ERR_UNAUTHENTICATED);
  be(cx, &li);
  CHECK_OK(mfa_state_read(cx, &state));
  CHECK(state.on);
  CHECK_INT(state.recovery_left, RECOVERY_CODES - 2);
}

TEST(guessing_codes_is_bounded_though_the_password_is_right)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char secret[TOTP_SECRET_TEXT];
  struct user li = a_user(cx, identity, "li", "owner");
  turn_on(cx, identity, &li, secret);
  for (int i = 0; i < 5; i++) {
    CHECK_ERR(sign_in(cx, identity, "li", NULL), ERR_MFA); /* gives nothing back */
    CHECK_ERR(sign_in(cx, identity, "li", "12345"), ERR_UNAUTHENTICATED);
  }
  CHECK_ERR(sign_in(cx, identity, "li", code_at(cx, secret, 0)), ERR_RATE);
}

TEST(it_is_confirmed_only_by_a_code_of_its_own_secret_and_not_begun_twice)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char secret[TOTP_SECRET_TEXT], other[TOTP_SECRET_TEXT];
  struct mfa_begin begin = {.current_password = password, .secret = other};
  struct user li = a_user(cx, identity, "li", "owner");
  be(cx, &li);
  struct mfa_confirm confirm = {.code = "000000"};
  CHECK_ERR(scratch_act(cx, &mfa_confirm_act, body_of(NULL, &confirm), NULL), ERR_STATE);
  fault_clear(&cx->fault);
  CHECK_ERR(identity_confirm_password(cx, identity, "not the password", home, &begin.verified), ERR_INVALID);
  fault_clear(&cx->fault);
  totp_secret_draw(secret);
  totp_secret_draw(other);
  CHECK_OK(identity_confirm_password(cx, identity, password, home, &begin.verified));
  CHECK_OK(scratch_act(cx, &mfa_begin_act, body_of(NULL, &begin), NULL));
  confirm.code = code_at(cx, secret, 0);
  CHECK_ERR(scratch_act(cx, &mfa_confirm_act, body_of(NULL, &confirm), NULL), ERR_INVALID);
  fault_clear(&cx->fault);
  CHECK_OK(sign_in(cx, identity, "li", NULL)); /* nothing is asked for yet */
  turn_on(cx, identity, &li, secret);
  be(cx, &li);
  CHECK_ERR(scratch_act(cx, &mfa_begin_act, body_of(NULL, &begin), NULL), ERR_STATE);
}

TEST(it_goes_with_ones_own_password_or_by_who_may_manage_the_user)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  char secret[TOTP_SECRET_TEXT];
  struct mfa_begin off = {.current_password = password};
  struct user li = a_user(cx, identity, "li", "owner"), ann = a_user(cx, identity, "ann", "viewer");
  turn_on(cx, identity, &li, secret);
  turn_on(cx, identity, &ann, secret);
  be(cx, &ann);
  cx->actor.permissions = 0;
  CHECK_ERR(scratch_act(cx, &mfa_reset_act, body_of("li", NULL), NULL), ERR_FORBIDDEN);
  fault_clear(&cx->fault);
  be(cx, &li);
  CHECK_ERR(scratch_act(cx, &mfa_reset_act, body_of("li", NULL), NULL), ERR_STATE);
  fault_clear(&cx->fault);
  CHECK_OK(scratch_act(cx, &mfa_reset_act, body_of("ann", NULL), NULL));
  CHECK_OK(scratch_act(cx, &mfa_reset_act, body_of("ann", NULL), NULL));
  CHECK_OK(sign_in(cx, identity, "ann", NULL));
  CHECK_OK(identity_confirm_password(cx, identity, password, home, &off.verified));
  CHECK_OK(scratch_act(cx, &mfa_off_act, body_of(NULL, &off), NULL));
  CHECK_OK(sign_in(cx, identity, "li", NULL));
}

TEST(secrets_and_codes_are_in_no_event)
{
  static const struct db_stmt all = {
      "SELECT topic || ' ' || coalesce(data, '') FROM event ORDER BY topic, subject_id, n LIMIT 1000", DB_LIST};
  struct ctx *cx = scratch_ctx(t, morning);
  struct identity *identity = an_identity(t);
  struct db_rows rows;
  struct buf told;
  char secret[TOTP_SECRET_TEXT];
  struct user li = a_user(cx, identity, "li", "owner");
  mfa_codes codes = turn_on(cx, identity, &li, secret);
  CHECK_OK(sign_in(cx, identity, "li", codes.at[0]));
  buf_init(&told, t->arena);
  CHECK_OK(db_query(cx->db, &all, &rows, DB_NO_ARGS));
  while (db_next(&rows))
    buf_printf(&told, "%s\n", db_text(&rows, 0));
  CHECK_OK(db_done(&rows));
  const char *text = buf_str(&told);
  CHECK(strstr(text, "user.mfa_enabled") && strstr(text, "user.recovery_code_used"));
  CHECK(!strstr(text, secret) && !strstr(text, codes.at[0]));
  char hash[HASH_TEXT];
  sha256_hex(codes.at[1], strlen(codes.at[1]), hash);
  CHECK(!strstr(text, hash));
}
