/* A company's first minute over HTTP: nobody can sign in yet, so who may do it is a matter of where he comes from. */
#include "api_priv.h"

#include "identity.h"
#include "setup.h"

#include <string.h>

/* "localhost:8080", "127.0.0.1", "[::1]:8080": a page of elsewhere, whose name was bent to this machine, says its own. */
static bool host_is_local(const struct http_request *rq)
{
  static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
  const char *host = http_header(rq, "Host");
  for (size_t i = 0; host && i < COUNT_OF(names); i++) {
    size_t n = strlen(names[i]);
    if (strncasecmp(host, names[i], n) == 0 && (host[n] == 0 || host[n] == ':'))
      return true;
  }
  return false;
}

static bool may_without_token(const struct api_request *rq)
{
  return request_is_local(rq->api, rq->http) && host_is_local(rq->http);
}

static enum err serve_state(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct setup_state *state = ARENA_NEW(cx->arena, struct setup_state);
  rec_init(&setup_state_rec, state);
  TRY(setup_state_read(cx, state));
  state->allowed = state->needed && may_without_token(rq);
  for (int demo = 0; state->needed && setup_demos[demo]; demo++)
    if (demo == SETUP_NO_DEMO || rq->api->config.load_demo)
      *LIST_ADD(cx->arena, &state->demos) = setup_demos[demo];
  *out = (struct act_result){.rec = &setup_state_rec, .value = state, .version = ABSENT};
  return ERR_OK;
}

/* Both as hashes, so that the time a comparison takes tells nothing. */
static bool token_right(const struct api *api, const char *token)
{
  unsigned char sent[HASH_BYTES], known[HASH_BYTES];
  if (!token || !api->config.setup_token)
    return false;
  sha256(token, strlen(token), sent);
  sha256(api->config.setup_token, strlen(api->config.setup_token), known);
  return memcmp(sent, known, HASH_BYTES) == 0;
}

static enum err may_set_up(struct ctx *cx, const struct api_request *rq, const struct setup_input *in)
{
  bool needed;
  TRY(setup_needed(cx, &needed));
  if (!needed)
    return err_fail(cx, ERR_STATE, "", "the company is set up already: please sign in");
  if (!may_without_token(rq) && !token_right(rq->api, in->token))
    return err_fail(cx, ERR_FORBIDDEN, "/token", "from another machine this needs the token of the server's log");
  if (in->demo != SETUP_NO_DEMO && !rq->api->config.load_demo)
    return fault_add(&cx->fault, ERR_INVALID, "/demo", "not_allowed", "this server has no demo to load");
  return ERR_OK;
}

static enum err serve_setup(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct setup_input in = *(const struct setup_input *)rq->body;
  struct api_request once = *rq;
  char token[TOKEN_TEXT], hash[HASH_TEXT];
  once.key = NULL; /* it succeeds once anyway */
  TRY(may_set_up(cx, rq, &in));
  TRY(identity_password_hash(cx, api_identity(rq->api), in.owner.login, in.owner.password, "/owner/password",
                             &in.password_hash));
  cx->actor = (struct actor){.kind = ACTOR_SYSTEM, .name = "setup", .permissions = PERMISSIONS_ALL};
  TRY(api_run(cx, &once, &setup_act, &(struct act_input){.body = &in, .version = ABSENT}, out));
  if (in.demo != SETUP_NO_DEMO)
    rq->api->config.load_demo(rq->api->config.arg, in.demo, in.company.currency);
  const struct user *owner = out->value;
  token_draw(token, hash);
  const struct session_start start = {.user_id = owner->id,
                                      .login = owner->login,
                                      .name = owner->name,
                                      .address = rq->http->client,
                                      .password_changed_at = owner->password_changed_at,
                                      .token_hash = hash};
  return api_session_begin(cx, rq, &start, token, out);
}

static const enum err setup_errors[] = {ERR_FORBIDDEN, ERR_STATE, ERR_EXISTS, ERR_BUSY, ERR_OK};

const struct route setup_routes[] = {
    {"GET", "/v1/setup", "Whether the company is still to be set up",
     "While `needed` is true nobody can sign in yet, and the lists tell what can be chosen. `allowed`: this client may "
     "do it as it is; others need the token that the server wrote into its log.",
     .needs = PERM_PUBLIC, .reply = &setup_state_rec, .success = 200, .serve = serve_state},
    {"POST", "/v1/setup", "Set the company up",
     "While no user exists: company, owner, first location and first channel, all of it or nothing, and signs the "
     "owner "
     "in as `POST /v1/session` does. Of two who try at the same time one is refused (409 `wrong_state`). "
     "`demo` loads data to look round with in the background.\n\n"
     "```json\n"
     "{\"company\": {\"name\": \"Lantern & Loom\", \"currency\": \"USD\", \"time_zone\": \"America/New_York\", "
     "\"language\": \"en\"},\n"
     " \"owner\": {\"name\": \"Li Wei\", \"login\": \"li@example.com\", \"password\": \"glass river 27 lamps\"},\n"
     " \"location\": {\"code\": \"NJ1\", \"name\": \"Newark\", \"kind\": \"warehouse\"},\n"
     " \"channel\": {\"code\": \"web\", \"name\": \"Web shop\", \"kind\": \"web\"}}\n"
     "```",
     .needs = PERM_PUBLIC, .body = &setup_input_rec, .reply = &session_info_rec, .success = 201, .serve = serve_setup,
     .errors = setup_errors, .flags = ROUTE_NO_CSRF},
    {0},
};
