/* Users, sessions and API keys over HTTP. Passwords and keys are hashed here, on a thread of the reader pool, before
 * the act that stores the hash is given to the writer; answers that hold a secret are told not to be cached.
 */
#include "api_priv.h"

#include <string.h>

#include "idempotency.h"
#include "identity.h"

static void no_store(struct ctx *cx, const struct api_request *rq)
{
  http_header_add(cx->arena, rq->reply, "Cache-Control", "no-store");
}

/* ---- Sessions ---- */

/* Without Max-Age: it goes with the browser; how long it is good for is the server's to say. */
static void put_cookie(struct ctx *cx, const struct api_request *rq, const char *name, const char *value,
                       const char *site)
{
  http_header_add(cx->arena, rq->reply, "Set-Cookie",
                  arena_printf(cx->arena, "%s=%s; Path=/; HttpOnly; SameSite=%s%s%s", name, value, site,
                               *value ? "" : "; Max-Age=0", api_secure(rq->api) ? "; Secure" : ""));
}

/* Whoever comes or goes is himself. */
static void set_cookie(struct ctx *cx, const struct api_request *rq, const char *token)
{
  put_cookie(cx, rq, SESSION_COOKIE, token, "Lax");
  if (http_cookie(rq->http, SEE_AS_COOKIE))
    put_cookie(cx, rq, SEE_AS_COOKIE, "", "Strict");
}

static const char *session_token(struct ctx *cx, const struct api_request *rq)
{
  return cx->actor.kind == ACTOR_USER ? http_cookie(rq->http, SESSION_COOKIE) : NULL;
}

static const char *token_hash(struct ctx *cx, const char *token)
{
  char *hash = arena_alloc(cx->arena, HASH_TEXT);
  if (!token)
    return NULL;
  sha256_hex(token, strlen(token), hash);
  return hash;
}

const char *api_session_hash(struct ctx *cx, const struct api_request *rq)
{
  return token_hash(cx, session_token(cx, rq));
}

static enum err session_result(struct ctx *cx, const struct api_request *rq, const char *token, struct act_result *out)
{
  struct session_info *info = ARENA_NEW(cx->arena, struct session_info);
  TRY(session_info_read(cx, token, info));
  if (rq->see_as)
    TRY(identity_see_as_tell(cx, rq->see_as, info));
  no_store(cx, rq);
  *out = (struct act_result){.rec = &session_info_rec, .value = info, .version = ABSENT};
  return ERR_OK;
}

/* The refusal stands whatever becomes of its record, but a refusal that cannot be recorded is not worth an answer. */
static enum err record_refusal(struct ctx *cx, const struct api_request *rq, const struct session_start *start)
{
  struct fault refusal = cx->fault;
  struct act_result ignored;
  fault_clear(&cx->fault);
  TRY(api_run(cx, rq, &session_refused_act, &(struct act_input){.body = start, .version = ABSENT}, &ignored));
  cx->fault = refusal;
  return ERR_UNAUTHENTICATED;
}

/* Begins the session that start says, and answers with it. */
enum err api_session_begin(struct ctx *cx, const struct api_request *rq, const struct session_start *start,
                           const char *token, struct act_result *out)
{
  struct api_request once = *rq;
  once.key = NULL; /* a cookie is not kept for repeats */
  cx->actor = (struct actor){.kind = ACTOR_USER, .id = start->user_id, .name = start->name};
  TRY(api_run(cx, &once, &session_start_act, &(struct act_input){.body = start, .version = ABSENT}, out));
  TRY(ctx_masters_refresh(cx));
  TRY(identity_authenticate(cx, &(struct credentials){.cookie = token, .address = rq->http->client}, &cx->actor));
  TRY(session_result(cx, rq, token, out));
  set_cookie(cx, rq, token);
  out->location = "/v1/session";
  return ERR_OK;
}

static enum err serve_sign_in(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct session_start start;
  struct api_request once = *rq;
  char token[TOKEN_TEXT];
  once.key = NULL; /* a cookie is not kept for repeats */
  enum err err = identity_sign_in(cx, api_identity(rq->api), rq->body, rq->http->client,
                                  http_header(rq->http, "User-Agent"), &start, token);
  if (err == ERR_UNAUTHENTICATED)
    return record_refusal(cx, &once, &start);
  TRY(err);
  return api_session_begin(cx, rq, &start, token, out);
}

static enum err serve_session(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return session_result(cx, rq, session_token(cx, rq), out);
}

static enum err serve_sign_out(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct session_end end = {token_hash(cx, session_token(cx, rq))};
  if (!end.token_hash)
    return err_fail(cx, ERR_STATE, "", "an API key has no session to end");
  TRY(api_run(cx, rq, &session_end_act, &(struct act_input){.body = &end, .version = ABSENT}, out));
  set_cookie(cx, rq, "");
  return ERR_OK;
}

/* ---- Seeing as somebody else ---- */

static enum err note_seeing(struct ctx *cx, const struct api_request *rq, const char *whom, bool ends)
{
  struct see_as_note note = {whom, ends};
  struct api_request once = *rq;
  struct act_result ignored;
  once.key = NULL; /* a cookie is not kept for repeats */
  return api_run(cx, &once, &see_as_act, &(struct act_input){.body = &note, .version = ABSENT}, &ignored);
}

static enum err serve_see_as(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct api_request seen = *rq;
  bool seeing;
  if (!session_token(cx, rq))
    return err_fail(cx, ERR_STATE, "", "an API key has no session to see as somebody else");
  TRY(see_as_whom(cx, rq->body, &seen.see_as));
  TRY(note_seeing(cx, rq, seen.see_as, false));
  TRY(identity_see_as(cx, seen.see_as, &cx->actor, &seeing));
  put_cookie(cx, rq, SEE_AS_COOKIE, seen.see_as, "Strict");
  return session_result(cx, &seen, session_token(cx, rq), out);
}

static enum err serve_be_oneself(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  if (!session_token(cx, rq))
    return err_fail(cx, ERR_STATE, "", "an API key has no session to see as somebody else");
  if (rq->see_as)
    TRY(note_seeing(cx, rq, rq->see_as, true));
  put_cookie(cx, rq, SEE_AS_COOKIE, "", "Strict");
  return ERR_OK;
}

static enum err serve_sessions(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  sessions list = {0};
  if (cx->actor.kind == ACTOR_USER)
    TRY(sessions_of(cx, cx->actor.id, token_hash(cx, session_token(cx, rq)), &list));
  TRY(api_page(cx, rq, &session_rec, list.at, list.n));
  return ERR_OK;
}

/* ---- Users ---- */

/* A repeat is told from another request by a hash of its body; one that holds a password gets a slow one. */
static enum err slow_request_hash(struct ctx *cx, struct api_request *rq)
{
  return rq->key ? identity_request_hash(cx, api_identity(rq->api), rq->key, rq->request_hash) : ERR_OK;
}

static enum err serve_add_user(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct user_input input = *(const struct user_input *)rq->body;
  struct api_request own = *rq;
  struct identity *identity = api_identity(rq->api);
  TRY(slow_request_hash(cx, &own));
  if (input.password)
    TRY(identity_password_hash(cx, identity, input.login, input.password, "/password", &input.password_hash));
  return api_run(cx, &own, &user_add_act, &(struct act_input){.body = &input, .version = ABSENT}, out);
}

/* After a success the old password is wrong: a repeat is recognized before it is asked for again. */
static enum err is_repeat(struct ctx *cx, const struct api_request *rq, bool *out)
{
  struct stored_reply reply;
  char hash[HASH_TEXT];
  *out = false;
  if (!rq->key)
    return ERR_OK;
  enum err err = idempotency_find(cx, rq->key, &reply);
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  hex_encode(rq->request_hash, HASH_BYTES, hash);
  *out = text_eq(reply.request_hash, hash);
  return ERR_OK;
}

static enum err serve_password(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct password_change change = *(const struct password_change *)rq->body;
  struct api_request own = *rq;
  bool repeat;
  TRY(slow_request_hash(cx, &own));
  TRY(is_repeat(cx, &own, &repeat));
  change.keep_token_hash = token_hash(cx, session_token(cx, rq));
  if (!repeat)
    TRY(user_password_prepare(cx, api_identity(rq->api), rq->id, rq->http->client, &change));
  const struct act_input in = {.id = rq->id, .body = &change, .version = ABSENT};
  return api_run(cx, &own, &user_password_act, &in, out);
}

static enum err serve_badge(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct badge_input input = *(const struct badge_input *)rq->body;
  struct api_request own = *rq;
  TRY(slow_request_hash(cx, &own));
  if (!input.badge && input.pin)
    return fault_add(&cx->fault, ERR_INVALID, "/badge", "required", "a PIN goes with a badge");
  if (input.badge)
    TRY(badge_pin_hash(cx, api_identity(rq->api), input.pin, &input.pin_hash));
  return api_run(cx, &own, &user_badge_act, &(struct act_input){.id = rq->id, .body = &input, .version = ABSENT}, out);
}

static enum err serve_user(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct user *user = ARENA_NEW(cx->arena, struct user);
  TRY(user_find(cx, rq->id, user));
  *out = (struct act_result){.rec = &user_rec, .value = user, .version = user->version};
  return ERR_OK;
}

static enum err serve_roles(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  size_t n = 0;
  const struct role *roles = identity_roles(cx->arena, &n);
  TRY(api_page(cx, rq, &role_rec, roles, n));
  return ERR_OK;
}

static enum err serve_permissions(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  size_t n = 0;
  const struct permission_info *permissions = identity_permissions(cx->arena, &n);
  TRY(api_page(cx, rq, &permission_info_rec, permissions, n));
  return ERR_OK;
}

/* ---- Invitations ---- */

/* The token joins the answer as an API key's secret does. */
static enum err serve_invite(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  char token[TOKEN_TEXT], hash[HASH_TEXT];
  token_draw(token, hash);
  const struct invite invite = {arena_text(cx->arena, hash)};
  TRY(api_run(cx, rq, &user_invite_act, &(struct act_input){.id = rq->id, .body = &invite, .version = ABSENT}, out));
  if (!out->value)
    return ERR_OK; /* a repeat */
  struct invitation *shown = arena_copy(cx->arena, out->value, sizeof *shown);
  shown->token = arena_text(cx->arena, token);
  out->value = shown;
  no_store(cx, rq);
  return ERR_OK;
}

static enum err serve_invitation(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct invitation_accept *in = rq->body;
  struct invitation *found = ARENA_NEW(cx->arena, struct invitation);
  TRY(invitation_look(cx, api_identity(rq->api), in->token, rq->http->client, found));
  no_store(cx, rq);
  *out = (struct act_result){.rec = &invitation_rec, .value = found, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_accept(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct invitation_accept in = *(const struct invitation_accept *)rq->body;
  struct api_request once = *rq;
  struct invitation found;
  struct user invited;
  struct mfa_proof proof;
  char token[TOKEN_TEXT], hash[HASH_TEXT];
  once.key = NULL; /* whoever repeats it signs in */
  TRY(invitation_look(cx, api_identity(rq->api), in.token, rq->http->client, &found));
  TRY(user_by_id(cx, found.user_id, &invited));
  TRY(mfa_check(cx, api_identity(rq->api), &invited, in.code, rq->http->client, &proof));
  TRY(identity_password_hash(cx, api_identity(rq->api), found.login, in.password, "/password", &in.password_hash));
  in.token_hash = found.token_hash;
  cx->actor = (struct actor){.kind = ACTOR_USER, .id = found.user_id, .name = found.name};
  TRY(api_run(cx, &once, &invitation_accept_act, &(struct act_input){.body = &in, .version = ABSENT}, out));
  const struct user *user = out->value;
  token_draw(token, hash);
  const struct session_start start = {.user_id = user->id,
                                      .login = user->login,
                                      .name = user->name,
                                      .address = rq->http->client,
                                      .password_changed_at = user->password_changed_at,
                                      .token_hash = hash,
                                      .mfa = proof};
  return api_session_begin(cx, rq, &start, token, out);
}

static const struct api_list users_list = {
    .table = &user_table,
    .filters = (const char *const[]){"login", "disabled", "badge", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "login", NULL},
    .id_field = "id",
};

/* ---- API keys ---- */

static const char *hint_of(struct ctx *cx, const char *key)
{
  return arena_textn(cx->arena, key, API_KEY_HINT);
}

/* The secret joins the answer only now, after what is kept for repeats was stored without it. */
static void add_secret(struct ctx *cx, const struct api_request *rq, const char *secret, struct act_result *out)
{
  if (!out->value)
    return; /* a repeat */
  struct api_key *key = arena_copy(cx->arena, out->value, sizeof *key);
  key->key = arena_text(cx->arena, secret);
  out->value = key;
  no_store(cx, rq);
}

static enum err serve_add_key(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct api_key_input input = *(const struct api_key_input *)rq->body;
  char secret[API_KEY_TEXT], hash[HASH_TEXT];
  api_key_draw(secret, hash);
  input.key_hash = arena_text(cx->arena, hash);
  input.hint = hint_of(cx, secret);
  TRY(api_run(cx, rq, &key_add_act, &(struct act_input){.body = &input, .version = ABSENT}, out));
  add_secret(cx, rq, secret, out);
  return ERR_OK;
}

static enum err serve_rotate_key(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct api_key_rotation input = *(const struct api_key_rotation *)rq->body;
  char secret[API_KEY_TEXT], hash[HASH_TEXT];
  api_key_draw(secret, hash);
  input.key_hash = arena_text(cx->arena, hash);
  input.hint = hint_of(cx, secret);
  TRY(api_run(cx, rq, &key_rotate_act, &(struct act_input){.id = rq->id, .body = &input, .version = ABSENT}, out));
  add_secret(cx, rq, secret, out);
  return ERR_OK;
}

static enum err serve_key(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct api_key *key = ARENA_NEW(cx->arena, struct api_key);
  TRY(api_key_find(cx, rq->id, key));
  *out = (struct act_result){.rec = &api_key_rec, .value = key, .version = key->version};
  return ERR_OK;
}

static const struct api_list keys_list = {
    .table = &api_key_table,
    .filters = (const char *const[]){"name", "created_at", "expires_at", "last_used_at", "revoked_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "name", NULL},
    .id_field = "id",
};

/* ---- Routes ---- */

static const enum err sign_in_errors[] = {ERR_UNAUTHENTICATED, ERR_MFA, ERR_RATE, ERR_BUSY, ERR_OK};
static const enum err user_add_errors[] = {ERR_EXISTS, ERR_BUSY, ERR_OK};
static const enum err user_change_errors[] = {ERR_EXISTS, ERR_STATE, ERR_OK};
static const enum err password_errors[] = {ERR_STATE, ERR_RATE, ERR_BUSY, ERR_OK};
static const enum err badge_errors[] = {ERR_EXISTS, ERR_BUSY, ERR_OK};
static const enum err invite_errors[] = {ERR_STATE, ERR_OK};
static const enum err accept_errors[] = {ERR_NOT_FOUND, ERR_UNAUTHENTICATED, ERR_MFA, ERR_RATE, ERR_BUSY, ERR_OK};
static const enum err rotate_errors[] = {ERR_STATE, ERR_OK};
static const enum err sign_out_errors[] = {ERR_STATE, ERR_OK};
static const enum err see_as_errors[] = {ERR_NOT_FOUND, ERR_STATE, ERR_OK};

const struct route identity_routes[] = {
    {"POST", "/v1/session", "Sign in",
     "For browsers; programs send an API key instead. The answer sets the cookie `ordo_session` (HttpOnly, "
     "SameSite=Lax) and tells the CSRF token that must come with every write of this session in the header "
     "`X-CSRF-Token`. A wrong "
     "login and a wrong password get the same answer; after a few of them (setting `login.attempts`) the login, and "
     "then the address, must wait. `Idempotency-Key` has no effect here: each sign-in begins a session of its own.\n\n"
     "On a shared device of the floor `{\"badge\": \"B-0042\", \"pin\": \"4711\"}` takes their place. Such a session may "
     "pick, pack, ship and count, as far as the user's roles allow it, and nothing else.\n\n"
     "A user with a second step gets `mfa_required` for a right password alone: send the same again with `code`, what the "
     "app shows or a recovery code. Wrong codes count as wrong passwords do, and none is good twice. The badge's PIN needs "
     "no code.\n\n"
     "```json\n"
     "{\"login\": \"li@example.com\", \"password\": \"glass river 27 lamps\"}\n"
     "```",
     .needs = PERM_PUBLIC, .body = &sign_in_rec, .reply = &session_info_rec, .success = 201, .serve = serve_sign_in,
     .errors = sign_in_errors, .flags = ROUTE_NO_CSRF},
    {"GET", "/v1/session", "Who is signed in, and what is allowed",
     "Also answers an API key, with its permissions and without a CSRF token.", .needs = PERM_SIGNED_IN,
     .reply = &session_info_rec, .success = 200, .serve = serve_session},
    {"DELETE", "/v1/session", "Sign out", "Ends the session of the cookie, and takes the cookie away.",
     .needs = PERM_SIGNED_IN, .success = 204, .serve = serve_sign_out, .errors = sign_out_errors},
    {"POST", "/v1/session/see_as", "See the console as a role or a user would",
     "For who manages users. The cookie `ordo_see_as` (HttpOnly, SameSite=Strict) leaves to this browser what both the "
     "caller and the role or user may do and see, rows and personal data included. Every write but the one that ends it "
     "is refused with 403 and the entry `see_as`. Beginning and ending are events on record. `Idempotency-Key` has no "
     "effect here.\n\n"
     "```json\n"
     "{\"role\": \"warehouse\"}\n"
     "```",
     .needs = PERM_USER_ADMIN, .body = &see_as_rec, .reply = &session_info_rec, .success = 200, .serve = serve_see_as,
     .errors = see_as_errors},
    {"DELETE", "/v1/session/see_as", "See the console as oneself again", "Takes the cookie away. Again is harmless.",
     .needs = PERM_SIGNED_IN, .success = 204, .serve = serve_be_oneself, .errors = sign_out_errors,
     .flags = ROUTE_SEEING},
    {"GET", "/v1/sessions", "List one's own sessions",
     "Browsers in which the caller is signed in, newest first; `current` marks the one that asks. An API key has none.",
     .needs = PERM_SIGNED_IN, .reply = &session_rec, .success = 200, .serve = serve_sessions,
     .params = api_page_params, .flags = ROUTE_PAGE},
    {"DELETE", "/v1/sessions/{id}", "End one of one's own sessions",
     "That browser is signed out at once. To end another user's sessions disable the user or set a new password.",
     .needs = PERM_SIGNED_IN, .success = 204, .act = &session_end_act},

    {"POST", "/v1/users", "Add a user",
     "Roles are codes of `/v1/roles`. Nobody can grant more than he has, so roles beyond the caller's own permissions "
     "are refused with 403. The password is stored as an Argon2id hash only; without one, an invitation lets the user "
     "set it. `locations` and `channels` bind the user to them: orders, holds, payments, fulfillments, shipments and "
     "stock of others are neither listed nor found.\n\n"
     "```json\n"
     "{\"login\": \"li@example.com\", \"name\": \"Li Wei\", \"password\": \"glass river 27 lamps\", \"roles\": "
     "[\"service\"]}\n"
     "```",
     .needs = PERM_USER_ADMIN, .body = &user_input_rec, .reply = &user_rec, .success = 201, .serve = serve_add_user,
     .errors = user_add_errors},
    {"GET", "/v1/users", "List users", "Newest first. `?disabled=false` leaves out those that cannot sign in.",
     .needs = PERM_USER_ADMIN, .reply = &user_rec, .success = 200, .list = &users_list},
    {"GET", "/v1/users/{id}", "One user", "By id or login.", .needs = PERM_USER_ADMIN, .reply = &user_rec,
     .success = 200,
     .serve = serve_user},
    {"PATCH", "/v1/users/{id}", "Change or disable a user",
     "By id or login; what is not sent stays. Users are never deleted, since the audit trail names them: "
     "`{\"disabled\": true}` ends their sessions and refuses further ones. One owner always stays (409 `wrong_state`).",
     .needs = PERM_USER_ADMIN, .body = &user_rec, .reply = &user_rec, .success = 200, .act = &user_change_act,
     .errors = user_change_errors, .flags = ROUTE_PATCH},
    {"POST", "/v1/users/{id}/password", "Set a new password",
     "By id or login; `me` is the user who is signed in. One's own needs `current_password` and no permission, "
     "another's needs `user.admin`. All sessions of the user end, but the one that asks.\n\n"
     "```json\n"
     "{\"current_password\": \"glass river 27 lamps\", \"password\": \"copper moon 81 stairs\"}\n"
     "```",
     .needs = PERM_SIGNED_IN, .body = &password_change_rec, .reply = &user_rec, .success = 200, .serve = serve_password,
     .errors = password_errors},
    {"POST", "/v1/users/{id}/badge", "Give a user a badge and a PIN, or take the badge away",
     "By id or login. What the card says when it is scanned, and 4 to 12 digits, stored as a password is. `{}` takes the "
     "badge away. The user's sessions on the floor end.\n\n"
     "```json\n"
     "{\"badge\": \"B-0042\", \"pin\": \"4711\"}\n"
     "```",
     .needs = PERM_USER_ADMIN, .body = &badge_input_rec, .reply = &user_rec, .success = 200, .serve = serve_badge,
     .errors = badge_errors},
    {"POST", "/v1/users/{id}/invitation", "Invite a user to set a password",
     "By id or login. The answer's `token` is shown this once: put it into a link. It is good once and for 7 days, and "
     "ends the invitation before it.",
     .needs = PERM_USER_ADMIN, .reply = &invitation_rec, .success = 201, .serve = serve_invite,
     .errors = invite_errors},
    {"POST", "/v1/invitations/look", "Who is invited", "So that the page of the link can greet. Changes nothing.",
     .needs = PERM_PUBLIC, .body = &invitation_token_rec, .reply = &invitation_rec, .success = 200,
     .serve = serve_invitation, .errors = accept_errors, .flags = ROUTE_NO_CSRF},
    {"POST", "/v1/invitations/accept", "Set a password by an invitation",
     "Signs the user in as `POST /v1/session` does, with a `code` where the user has a second step; other sessions of the user end. The token is good no more.",
     .needs = PERM_PUBLIC, .body = &invitation_accept_rec, .reply = &session_info_rec, .success = 201,
     .serve = serve_accept, .errors = accept_errors, .flags = ROUTE_NO_CSRF},
    {"GET", "/v1/roles", "List roles", "The roles that users can be given, and the permissions of each.",
     .needs = PERM_SIGNED_IN, .reply = &role_rec, .success = 200, .serve = serve_roles,
     .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/permissions", "List permissions", "Every permission that a route may need, to write scopes with.",
     .needs = PERM_SIGNED_IN, .reply = &permission_info_rec, .success = 200, .serve = serve_permissions,
     .params = api_page_params, .flags = ROUTE_PAGE},

    {"POST", "/v1/api_keys", "Make an API key",
     "The answer's `key` is shown this once and stored as a hash only; a repeat with the same `Idempotency-Key` "
     "answers the same record without it. `scope` names permissions, families such as `order.*`, or `*`, none beyond "
     "the caller's own. `locations` and `channels` bind the key to them, as they bind users.\n\n"
     "```json\n"
     "{\"name\": \"Web shop\", \"scope\": \"order.read order.create stock.read\"}\n"
     "```",
     .needs = PERM_USER_ADMIN, .body = &api_key_input_rec, .reply = &api_key_rec, .success = 201,
     .serve = serve_add_key},
    {"GET", "/v1/api_keys", "List API keys",
     "Newest first, revoked and expired ones too. Keys themselves are never shown.",
     .needs = PERM_USER_ADMIN, .reply = &api_key_rec, .success = 200, .list = &keys_list},
    {"GET", "/v1/api_keys/{id}", "One API key", NULL, .needs = PERM_USER_ADMIN, .reply = &api_key_rec, .success = 200,
     .serve = serve_key},
    {"POST", "/v1/api_keys/{id}/rotate", "Replace an API key by a new one",
     "The answer's `key` is the new one, shown this once. The old one works beside it for `grace_hours` (24 if left "
     "out, 0 ends it now), so that programs can be changed without a gap.",
     .needs = PERM_USER_ADMIN, .body = &api_key_rotation_rec, .reply = &api_key_rec, .success = 200,
     .serve = serve_rotate_key,
     .errors = rotate_errors},
    {"DELETE", "/v1/api_keys/{id}", "Revoke an API key", "It is refused from the next request on, for ever.",
     .needs = PERM_USER_ADMIN, .success = 204, .act = &key_revoke_act},
    {0},
};
