/* The records of identity: what the API shows of users, keys and sessions, and the columns behind. */
#include "identity_priv.h"

#define ROW_SCOPE(type, more)                                                                                          \
  FIELD_AS(REC_TEXTS, type, locations, .max = ROW_SCOPE_MAX, .flags = more,                                            \
           .doc = "Codes of the locations whose work, stock and orders are seen; empty = all",                         \
           .example = "[\"NJ1\"]"),                                                                                    \
      FIELD_AS(REC_TEXTS, type, channels, .max = ROW_SCOPE_MAX, .flags = more,                                         \
               .doc = "Codes of the channels whose orders are seen; empty = all", .example = "[\"web\"]")

static const struct rec_field user_fields[] = {
    FIELD_AS(REC_ID, struct user, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_user, .doc = "Id of the user"),
    FIELD(struct user, version, .flags = REC_READONLY, .doc = "Moves with each change", .example = "1"),
    FIELD(struct user, login, .flags = REC_REQUIRED | REC_PERSONAL, .max = LOGIN_MAX,
          .doc = "E-mail address or short name to sign in with; case does not matter", .example = "li@example.com"),
    FIELD(struct user, name, .flags = REC_REQUIRED | REC_PERSONAL, .max = 120, .doc = "For people",
          .example = "Li Wei"),
    FIELD_AS(REC_TEXTS, struct user, roles, .min = 1, .max = USER_ROLES_MAX,
             .doc = "Codes of /v1/roles; together they say what the user may do", .example = "[\"service\"]"),
    FIELD(struct user, disabled, .doc = "Cannot sign in; open sessions have ended", .example = "false"),
    FIELD(struct user, language, .min = 2, .max = 16, .check = language_valid,
          .doc = "Language of the console; left out = the company's", .example = "en"),
    FIELD(struct user, time_zone, .min = 1, .max = 64, .check = time_zone_valid,
          .doc = "IANA time zone of the console; left out = the company's", .example = "Asia/Shanghai"),
    FIELD(struct user, password_changed_at, .flags = REC_READONLY, .doc = "When the password was set last",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct user, created_at, .flags = REC_READONLY, .doc = "When it was made",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct user, updated_at, .flags = REC_READONLY, .doc = "Its last change",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct user, password_hash, .flags = REC_HIDDEN),
    FIELD(struct user, is_owner, .flags = REC_HIDDEN),
    ROW_SCOPE(struct user, 0),
    FIELD(struct user, badge, .flags = REC_READONLY, .doc = "Number of the badge to sign in with on the floor",
          .example = "B-0042"),
    FIELD(struct user, pin_hash, .flags = REC_HIDDEN),
    FIELD(struct user, mfa_at, .flags = REC_READONLY,
          .doc = "Since then signing in asks for a code of the user's phone, too", .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec user_rec = REC(struct user, "User", user_fields, "Somebody who signs in");
const struct db_table user_table = {"app_user", &user_rec};

static const struct rec_field user_input_fields[] = {
    FIELD(struct user_input, login, .flags = REC_REQUIRED | REC_PERSONAL, .max = LOGIN_MAX,
          .doc = "E-mail address or short name to sign in with; case does not matter", .example = "li@example.com"),
    FIELD(struct user_input, password, .flags = REC_PERSONAL, .min = PASSWORD_MIN, .max = PASSWORD_MAX,
          .doc = "First password: at least 10 characters, not the login, not one that everybody tries first; left out = "
                 "an invitation lets the user set one",
          .example = "glass river 27 lamps"),
    FIELD(struct user_input, name, .flags = REC_PERSONAL, .min = 1, .max = 120,
          .doc = "For people; left out = the login", .example = "Li Wei"),
    FIELD_AS(REC_TEXTS, struct user_input, roles, .flags = REC_REQUIRED, .min = 1, .max = USER_ROLES_MAX,
             .doc = "Codes of /v1/roles; none beyond the caller's own permissions", .example = "[\"service\"]"),
    FIELD(struct user_input, language, .min = 2, .max = 16, .check = language_valid,
          .doc = "Language of the console; left out = the company's", .example = "en"),
    FIELD(struct user_input, time_zone, .min = 1, .max = 64, .check = time_zone_valid,
          .doc = "IANA time zone of the console; left out = the company's", .example = "Asia/Shanghai"),
    ROW_SCOPE(struct user_input, 0),
};
const struct rec user_input_rec = REC(struct user_input, "UserInput", user_input_fields, "A new user");

static const struct rec_field password_change_fields[] = {
    FIELD(struct password_change, current_password, .flags = REC_PERSONAL, .min = 1, .max = PASSWORD_MAX,
          .doc = "Needed to change one's own", .example = "glass river 27 lamps"),
    FIELD(struct password_change, password, .flags = REC_REQUIRED | REC_PERSONAL, .min = PASSWORD_MIN,
          .max = PASSWORD_MAX,
          .doc = "The new one: at least 10 characters, not the login, not one that everybody tries first",
          .example = "copper moon 81 stairs"),
};
const struct rec password_change_rec =
    REC(struct password_change, "PasswordChange", password_change_fields, "A new password for a user");

static const struct rec_field sign_in_fields[] = {
    FIELD(struct sign_in, login, .flags = REC_PERSONAL, .min = 1, .max = LOGIN_MAX, .doc = "Login of the user",
          .example = "li@example.com"),
    FIELD(struct sign_in, password, .flags = REC_PERSONAL, .min = 1, .max = PASSWORD_MAX,
          .doc = "The password; goes with `login`", .example = "glass river 27 lamps"),
    FIELD(struct sign_in, badge, .flags = REC_PERSONAL, .min = 1, .max = BADGE_MAX,
          .doc = "On the floor, in place of `login`: the number of the user's badge", .example = "B-0042"),
    FIELD(struct sign_in, pin, .flags = REC_PERSONAL, .min = 1, .max = PIN_MAX, .doc = "The PIN; goes with `badge`",
          .example = "4711"),
    FIELD(struct sign_in, code, .flags = REC_PERSONAL, .min = 1, .max = 40,
          .doc = "After `mfa_required`: what the app shows, or a recovery code; goes with `login` and `password`",
          .example = "492039"),
};
const struct rec sign_in_rec =
    REC(struct sign_in, "SignIn", sign_in_fields, "Login and password, or badge and PIN on the floor");

static const struct rec_field badge_input_fields[] = {
    FIELD(struct badge_input, badge, .flags = REC_PERSONAL, .min = 1, .max = BADGE_MAX,
          .doc = "What the card says when it is scanned; unique. Left out = the user has no badge any more",
          .example = "B-0042"),
    FIELD(struct badge_input, pin, .flags = REC_PERSONAL, .min = PIN_MIN, .max = PIN_MAX,
          .doc = "4 to 12 digits, not all the same; goes with `badge`", .example = "4711"),
};
const struct rec badge_input_rec =
    REC(struct badge_input, "BadgeInput", badge_input_fields, "How a user signs in on the floor");

static const struct rec_field invitation_fields[] = {
    FIELD_AS(REC_ID, struct invitation, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_invitation,
             .doc = "Id of the invitation"),
    FIELD_AS(REC_ID, struct invitation, user_id, .flags = REC_READONLY, .prefix = PREFIX_user, .doc = "Who is invited"),
    FIELD(struct invitation, created_by, .flags = REC_READONLY, .doc = "Who invited", .example = "Li Wei"),
    FIELD(struct invitation, created_at, .flags = REC_READONLY, .doc = "When it was made",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct invitation, expires_at, .flags = REC_READONLY, .doc = "Good until then",
          .example = "2026-11-27T08:00:00.000Z"),
    FIELD(struct invitation, token_hash, .flags = REC_HIDDEN),
    FIELD(struct invitation, token, .flags = REC_READONLY | REC_VIRTUAL,
          .doc = "What the link carries: only in the answer that made it, never again",
          .example = "5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a"),
    FIELD(struct invitation, login, .flags = REC_READONLY | REC_VIRTUAL | REC_PERSONAL, .doc = "Login of the user",
          .example = "li@example.com"),
    FIELD(struct invitation, name, .flags = REC_READONLY | REC_VIRTUAL | REC_PERSONAL, .doc = "Name of the user",
          .example = "Li Wei"),
};
const struct rec invitation_rec =
    REC(struct invitation, "Invitation", invitation_fields, "A link, good once, to set a password by");
const struct db_table invitation_table = {"invitation", &invitation_rec};

#define INVITATION_TOKEN                                                                                               \
  FIELD(struct invitation_accept, token, .flags = REC_REQUIRED | REC_PERSONAL, .max = TOKEN_TEXT,                      \
        .doc = "What the link carries",                                                                                \
        .example = "5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a")

static const struct rec_field invitation_accept_fields[] = {
    INVITATION_TOKEN,
    FIELD(struct invitation_accept, password, .flags = REC_REQUIRED | REC_PERSONAL, .min = PASSWORD_MIN,
          .max = PASSWORD_MAX,
          .doc = "The password to be: at least 10 characters, not the login, not one that everybody tries first",
          .example = "glass river 27 lamps"),
    FIELD(struct invitation_accept, code, .flags = REC_PERSONAL, .min = 1, .max = 40,
          .doc = "Of users who sign in with a code, too", .example = "492039"),
};
const struct rec invitation_accept_rec =
    REC(struct invitation_accept, "InvitationAccept", invitation_accept_fields, "A first password by an invitation");

static const struct rec_field invitation_token_fields[] = {INVITATION_TOKEN};
const struct rec invitation_token_rec =
    REC(struct invitation_accept, "InvitationToken", invitation_token_fields, "Which invitation");

static const struct rec_field api_key_fields[] = {
    FIELD_AS(REC_ID, struct api_key, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_api_key,
             .doc = "Id of the key"),
    FIELD(struct api_key, version, .flags = REC_READONLY, .doc = "Moves with each change", .example = "1"),
    FIELD(struct api_key, name, .flags = REC_READONLY, .max = 80, .doc = "What it is for", .example = "Web shop"),
    FIELD(struct api_key, scope, .flags = REC_READONLY, .max = 1000, .doc = "What it may do: names of /v1/permissions",
          .example = "order.read order.create"),
    FIELD(struct api_key, hint, .flags = REC_READONLY, .max = 20,
          .doc = "First characters of the key, to recognize it by", .example = "ordo_3f9a"),
    FIELD(struct api_key, key, .flags = REC_READONLY | REC_VIRTUAL, .max = API_KEY_TEXT,
          .doc = "The key itself: only in the first answer that made it, never again",
          .example = "ordo_3f9a0c5d8e7b6a4f3f9a0c5d8e7b6a4f3f9a0c5d8e7b6a4f3f9a0c5d8e7b6a4f"),
    FIELD(struct api_key, expires_at, .flags = REC_READONLY, .doc = "Works until then; left out = without end",
          .example = "2027-11-20T08:00:00.000Z"),
    FIELD(struct api_key, last_used_at, .flags = REC_READONLY, .doc = "Last use, to the minute",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct api_key, revoked_at, .flags = REC_READONLY, .doc = "When it was revoked",
          .example = "2026-12-20T08:00:00.000Z"),
    FIELD(struct api_key, previous_until, .flags = REC_READONLY,
          .doc = "The key before the last rotation works until then", .example = "2026-11-21T08:00:00.000Z"),
    FIELD(struct api_key, created_by, .flags = REC_READONLY, .max = 120, .doc = "Who made it", .example = "Li Wei"),
    FIELD(struct api_key, created_at, .flags = REC_READONLY, .doc = "When it was made",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct api_key, updated_at, .flags = REC_READONLY, .doc = "Its last change",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct api_key, key_hash, .flags = REC_HIDDEN),
    FIELD(struct api_key, previous_hash, .flags = REC_HIDDEN),
    ROW_SCOPE(struct api_key, REC_READONLY),
};
const struct rec api_key_rec = REC(struct api_key, "ApiKey", api_key_fields, "A program's credentials");
const struct db_table api_key_table = {"api_key", &api_key_rec};

static const struct rec_field api_key_input_fields[] = {
    FIELD(struct api_key_input, name, .flags = REC_REQUIRED, .max = 80, .doc = "What it is for", .example = "Web shop"),
    FIELD(struct api_key_input, scope, .flags = REC_REQUIRED, .max = 1000,
          .doc = "Names of /v1/permissions, families such as `order.*`, or `*`; none beyond the caller's own",
          .example = "order.read order.create"),
    FIELD(struct api_key_input, expires_at, .doc = "Works until then; left out = without end",
          .example = "2027-11-20T08:00:00Z"),
    ROW_SCOPE(struct api_key_input, 0),
};
const struct rec api_key_input_rec = REC(struct api_key_input, "ApiKeyInput", api_key_input_fields, "A new API key");

static const struct rec_field api_key_rotation_fields[] = {
    FIELD(struct api_key_rotation, grace_hours, .max = API_KEY_GRACE_HOURS_MAX, .has_def = true,
          .def = API_KEY_GRACE_HOURS, .doc = "The old key works this long beside the new one; 0 ends it now",
          .example = "24"),
};
const struct rec api_key_rotation_rec =
    REC(struct api_key_rotation, "ApiKeyRotation", api_key_rotation_fields, "How a key is replaced by a new one");

static const struct rec_field session_fields[] = {
    FIELD_AS(REC_ID, struct session, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_session,
             .doc = "Id of the session"),
    FIELD_AS(REC_ID, struct session, user_id, .flags = REC_READONLY, .prefix = PREFIX_user, .doc = "Whose it is"),
    FIELD(struct session, address, .flags = REC_READONLY | REC_PERSONAL, .doc = "Address it was begun from",
          .example = "192.0.2.7"),
    FIELD(struct session, user_agent, .flags = REC_READONLY | REC_PERSONAL, .doc = "Browser it was begun with",
          .example = "Mozilla/5.0"),
    FIELD(struct session, created_at, .flags = REC_READONLY, .doc = "Sign-in", .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct session, last_seen_at, .flags = REC_READONLY, .doc = "Last use, to the minute",
          .example = "2026-11-20T09:30:00.000Z"),
    FIELD(struct session, expires_at, .flags = REC_READONLY, .doc = "Ends then unless it is used",
          .example = "2026-11-20T21:30:00.000Z"),
    FIELD(struct session, token_hash, .flags = REC_HIDDEN),
    FIELD(struct session, current, .flags = REC_READONLY | REC_VIRTUAL, .doc = "The one that asks", .example = "true"),
    FIELD(struct session, on_floor, .flags = REC_READONLY, .doc = "Begun with a badge", .example = "false"),
};
const struct rec session_rec = REC(struct session, "Session", session_fields, "A browser that is signed in");
const struct db_table session_table = {"user_session", &session_rec};

static const struct rec_field session_info_fields[] = {
    FIELD(struct session_info, actor_kind, .flags = REC_READONLY, .doc = "`user` or `api_key`", .example = "user"),
    FIELD_AS(REC_ID, struct session_info, user_id, .flags = REC_READONLY, .prefix = PREFIX_user,
             .doc = "The user signed in"),
    FIELD_AS(REC_ID, struct session_info, key_id, .flags = REC_READONLY, .prefix = PREFIX_api_key,
             .doc = "The API key in use"),
    FIELD(struct session_info, login, .flags = REC_READONLY | REC_PERSONAL, .doc = "Login of the user",
          .example = "li@example.com"),
    FIELD(struct session_info, name, .flags = REC_READONLY | REC_PERSONAL, .doc = "Name of the user or key",
          .example = "Li Wei"),
    FIELD_AS(REC_TEXTS, struct session_info, roles, .flags = REC_READONLY, .doc = "Roles of the user",
             .example = "[\"service\"]"),
    FIELD_AS(REC_TEXTS, struct session_info, permissions, .flags = REC_READONLY, .doc = "All that is allowed",
             .example = "[\"order.read\"]"),
    FIELD(struct session_info, language, .flags = REC_READONLY, .doc = "Language, the company's if the user has none",
          .example = "en"),
    FIELD(struct session_info, time_zone, .flags = REC_READONLY, .doc = "Time zone, the company's if the user has none",
          .example = "Asia/Shanghai"),
    FIELD(struct session_info, csrf_token, .flags = REC_READONLY,
          .doc = "To be sent as X-CSRF-Token with every POST, PUT, PATCH and DELETE of this session",
          .example = "5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a5e0d7c5b0f4c1f2a"),
    FIELD(struct session_info, expires_at, .flags = REC_READONLY, .doc = "The session ends then unless it is used",
          .example = "2026-11-20T21:30:00.000Z"),
    FIELD(struct session_info, on_floor, .flags = REC_READONLY,
          .doc = "Begun with a badge: what the roles allow and the floor needs", .example = "false"),
    ROW_SCOPE(struct session_info, REC_READONLY),
    FIELD(struct session_info, mfa, .flags = REC_READONLY, .doc = "Signing in asks the user for a code, too",
          .example = "false"),
    FIELD(struct session_info, mfa_required, .flags = REC_READONLY,
          .doc = "Set up a second step first (`POST /v1/me/mfa`): nothing else is allowed until then", .example = "false"),
    FIELD(struct session_info, see_as, .flags = REC_READONLY,
          .doc = "While it is seen as a role or a user would: the role's code or the user's id", .example = "warehouse"),
    FIELD(struct session_info, see_as_name, .flags = REC_READONLY | REC_PERSONAL, .doc = "The name of that user",
          .example = "Li Wei"),
};
const struct rec session_info_rec =
    REC(struct session_info, "SessionInfo", session_info_fields, "Who is signed in, and what is allowed");

static const struct rec_field see_as_fields[] = {
    FIELD(struct see_as, role, .max = 40, .doc = "Code of a role", .example = "warehouse"),
    FIELD(struct see_as, user, .max = LOGIN_MAX, .doc = "A user, by id or login, in place of `role`"),
};
const struct rec see_as_rec = REC(struct see_as, "SeeAs", see_as_fields, "Whom to see the console as");
