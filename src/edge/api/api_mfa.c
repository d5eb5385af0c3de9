/* The second step of signing in over HTTP. What is shown once joins its answer here, and is in no stored reply. */
#include "api_priv.h"

#include <string.h>

#include "identity.h"
#include "print.h"
#include "settings.h"

static enum err serve_state(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct mfa_state *state = ARENA_NEW(cx->arena, struct mfa_state);
  (void)rq;
  TRY(mfa_state_read(cx, state));
  *out = (struct act_result){.rec = &mfa_state_rec, .value = state, .version = ABSENT};
  return ERR_OK;
}

static void no_store(struct ctx *cx, const struct api_request *rq)
{
  http_header_add(cx->arena, rq->reply, "Cache-Control", "no-store");
}

/* Bodies with a password are asked anew each time: their key would make a guess at it cheap. Again is harmless. */
static enum err run_with_password(struct ctx *cx, const struct api_request *rq, const struct act *act,
                                  struct mfa_begin *body, struct act_result *out)
{
  struct api_request once = *rq;
  once.key = NULL;
  TRY(identity_confirm_password(cx, api_identity(rq->api), body->current_password, rq->http->client, &body->verified));
  return api_run(cx, &once, act, &(struct act_input){.body = body, .version = ABSENT}, out);
}

/* Of an address: letters and digits as they are, the rest by bytes. */
static void add_escaped(struct buf *out, const char *text)
{
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    bool plain = (*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z') || strchr("-._~", *c);
    buf_printf(out, plain ? "%c" : "%%%02X", *c);
  }
}

static enum err key_uri(struct ctx *cx, const char *secret, const char **out)
{
  struct session_info info;
  struct buf uri;
  const char *company = NULL;
  TRY(setting_text(cx, SETTING_COMPANY_NAME, &company));
  TRY(session_info_read(cx, NULL, &info));
  buf_init(&uri, cx->arena);
  buf_text(&uri, "otpauth://totp/");
  add_escaped(&uri, company);
  buf_text(&uri, ":");
  add_escaped(&uri, info.login);
  buf_printf(&uri, "?secret=%s&issuer=", secret);
  add_escaped(&uri, company);
  *out = buf_str(&uri);
  return ERR_OK;
}

static enum err serve_begin(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct mfa_begin body = *(const struct mfa_begin *)rq->body;
  struct mfa_begun *begun = ARENA_NEW(cx->arena, struct mfa_begun);
  char secret[TOTP_SECRET_TEXT];
  totp_secret_draw(secret);
  body.secret = begun->secret = arena_text(cx->arena, secret);
  TRY(run_with_password(cx, rq, &mfa_begin_act, &body, out));
  TRY(key_uri(cx, begun->secret, &begun->uri));
  begun->qr = print_qr_svg(cx->arena, begun->uri);
  no_store(cx, rq);
  *out = (struct act_result){.rec = &mfa_begun_rec, .value = begun, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_confirm(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct mfa_confirm body = *(const struct mfa_confirm *)rq->body;
  struct mfa_recovery *shown = ARENA_NEW(cx->arena, struct mfa_recovery);
  recovery_codes_draw(cx->arena, &shown->codes, &body.hashes);
  body.keep_token_hash = api_session_hash(cx, rq);
  TRY(api_run(cx, rq, &mfa_confirm_act, &(struct act_input){.body = &body, .version = ABSENT}, out));
  if (!out->value)
    return ERR_OK; /* a repeat: shown once */
  out->value = shown;
  no_store(cx, rq);
  return ERR_OK;
}

static enum err serve_off(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct mfa_begin body = *(const struct mfa_begin *)rq->body;
  return run_with_password(cx, rq, &mfa_off_act, &body, out);
}

static const enum err begin_errors[] = {ERR_NOT_FOUND, ERR_STATE, ERR_RATE, ERR_BUSY, ERR_OK};
static const enum err confirm_errors[] = {ERR_NOT_FOUND, ERR_STATE, ERR_OK};
static const enum err reset_errors[] = {ERR_STATE, ERR_FORBIDDEN, ERR_OK};

const struct route mfa_routes[] = {
    {"GET", "/v1/me/mfa", "One's own second step", "Of the user who is signed in; an API key has none (404).",
     .needs = PERM_SIGNED_IN, .reply = &mfa_state_rec, .success = 200, .serve = serve_state,
     .errors = (const enum err[]){ERR_NOT_FOUND, ERR_OK}},
    {"POST", "/v1/me/mfa", "Begin a second step",
     "Answers a fresh secret for an authenticator app (RFC 6238: SHA-1, 6 digits, 30 s) as text, as an `otpauth:` "
     "address "
     "and as a QR code, this once. Signing in asks for codes only after the first one was confirmed; until then it may "
     "be "
     "begun anew. `Idempotency-Key` has no effect here.\n\n"
     "```json\n"
     "{\"current_password\": \"glass river 27 lamps\"}\n"
     "```",
     .needs = PERM_SIGNED_IN, .body = &mfa_begin_rec, .reply = &mfa_begun_rec, .success = 201, .serve = serve_begin,
     .errors = begin_errors},
    {"POST", "/v1/me/mfa/confirm", "Turn the second step on by a first code",
     "Answers 8 recovery codes, this once: each takes the place of a code one time, and is kept as a hash. The user's "
     "other "
     "sessions end. From now on `POST /v1/session` asks for a code.\n\n"
     "```json\n"
     "{\"code\": \"492039\"}\n"
     "```",
     .needs = PERM_SIGNED_IN, .body = &mfa_confirm_rec, .reply = &mfa_recovery_rec, .success = 200,
     .serve = serve_confirm, .errors = confirm_errors},
    {"POST", "/v1/me/mfa/off", "Turn one's own second step off",
     "With the password. Again is harmless. Where the setting `login.mfa_roles` asks for it, it has to be begun anew "
     "before "
     "anything else.",
     .needs = PERM_SIGNED_IN, .body = &mfa_begin_rec, .reply = &user_rec, .success = 200, .serve = serve_off,
     .errors = begin_errors},
    {"DELETE", "/v1/users/{id}/mfa", "Reset a user's second step",
     "By id or login, for who lost phone and recovery codes: the password alone is enough from now on. It is in the "
     "audit "
     "trail. One's own is turned off with the password (409 `wrong_state`).",
     .needs = PERM_USER_ADMIN, .success = 204, .act = &mfa_reset_act, .errors = reset_errors},
    {0},
};
