/* A company's first minute, and how its people come in: setup, invitations, badges; what they keep for their screens. */
#include "shop.h"

#include <string.h>
#include <unistd.h>

static const char the_company[] =
    "'company': {'name': 'Lamps & Looms', 'currency': 'EUR', 'time_zone': 'Europe/Berlin', 'language': 'de'},"
    "'location': {'code': 'BER', 'name': 'Berlin', 'kind': 'store', 'address': {'line1': 'Unter den Linden 7', "
    "'city': 'Berlin', 'country': 'DE'}},"
    "'channel': {'code': 'phone', 'name': 'Phone', 'kind': 'phone'}";

/* A server that nobody can sign in to, and a client without a key. */
static struct shop *an_empty_company(struct test *t)
{
  struct shop *s = shop_in(t, NULL);
  shop_start(s);
  return s;
}

static void be(struct shop *s, const char *key)
{
  client_free(s->client);
  s->client = client_new(s->address, key);
}

/* From now on requests carry this session: <session> and <csrf>. */
static void keep_session(struct shop *s)
{
  const char *cookie = HEADER("Set-Cookie");
  CHECK(cookie && text_starts(cookie, "ordo_session="));
  shop_label(s, "session", arena_textn(s->arena, cookie, strcspn(cookie, ";")));
  KEEP("csrf", "/csrf_token");
}

static const char *set_up(struct shop *s, const char *login)
{
  return arena_printf(
      s->arena, "POST /v1/setup {%s, 'owner': {'name': 'Ann', 'login': '%s', 'password': 'glass river 27 lamps'}}",
      the_company, login);
}

TEST(a_company_is_set_up_once_and_its_owner_is_signed_in)
{
  struct shop *s = an_empty_company(t);
  SAY(200, "GET /v1/setup");
  SEE("/needed", "true");
  SEE("/allowed", "true");
  CHECK(strstr(AT("/currencies"), "\"EUR\"") && strstr(AT("/time_zones"), "\"Europe/Berlin\""));
  CHECK(strstr(AT("/languages"), "\"zh-TW\"") && strstr(AT("/countries"), "\"DE\""));
  SAY(201, set_up(s, "ann"));
  SEE("/login", "ann");
  SEE("/roles/0", "owner");
  keep_session(s);
  SAY(409, set_up(s, "bob"));
  SEE("/code", "wrong_state");
  SAY(200, "GET /v1/setup");
  SEE("/needed", "false");
  SEE("/company", "Lamps & Looms");
  SEE("/currencies/#", "0");
  SAY(200, "GET /v1/settings/company.currency\nCookie: <session>");
  SEE("/value", "EUR");
  SAY(200, "GET /v1/locations/BER\nCookie: <session>");
  SEE("/kind", "store");
  SEE("/time_zone", "Europe/Berlin");
  SEE("/address/country", "DE");
  SAY(200, "GET /v1/channels/phone\nCookie: <session>");
  SEE("/currency", "EUR");
  SAY(200, "GET /v1/users\nCookie: <session>");
  SEE("/data/#", "1");
  shop_close(s);
}

TEST(the_channel_that_every_database_has_is_changed)
{
  struct shop *s = an_empty_company(t);
  SAY(201, "POST /v1/setup {'company': {'name': 'A', 'currency': 'TWD', 'time_zone': 'Asia/Taipei', 'language': "
           "'zh-TW'}, 'owner': {'login': 'ann', 'password': 'glass river 27 lamps'}, 'location': {'code': 'TPE', "
           "'name': 'Taipei'}, 'channel': {'code': 'web', 'name': 'Shop', 'kind': 'web'}}");
  keep_session(s);
  SAY(200, "GET /v1/channels/web\nCookie: <session>");
  SEE("/name", "Shop");
  SEE("/currency", "TWD");
  shop_close(s);
}

TEST(what_is_wrong_with_a_setup_is_said_together_and_nothing_is_written)
{
  struct shop *s = an_empty_company(t);
  SAY(422, "POST /v1/setup {'company': {'name': 'A', 'currency': 'XXQ', 'time_zone': 'Europe/Berlin', 'language': "
           "'de'}, 'owner': {'login': 'ann bee', 'password': 'glass river 27 lamps'}, 'location': {'code': "
           "'loc_01jd7k3v9q2m8', "
           "'name': 'Berlin'}, 'channel': {'code': 'UP', 'name': 'x'}}");
  CHECK(strstr(s->last.body, "\"/company/currency\"") && strstr(s->last.body, "\"/owner/login\""));
  CHECK(strstr(s->last.body, "\"/location/code\"") && strstr(s->last.body, "\"/channel/code\""));
  SAY(422,
      arena_printf(t->arena, "POST /v1/setup {%s, 'owner': {'login': 'ann', 'password': '1234567890'}}", the_company));
  SEE("/errors/0/pointer", "/owner/password");
  SAY(200, "GET /v1/setup");
  SEE("/needed", "true");
  SEE("/company", "Ordo");
  SAY(201, set_up(s, "ann"));
  shop_close(s);
}

TEST(the_demo_is_loaded_beside_the_server_when_it_is_asked_for)
{
  struct shop *s = an_empty_company(t);
  SAY(200, "GET /v1/setup");
  SEE("/demos/1", "retail");
  SAY(201, arena_printf(t->arena,
                        "POST /v1/setup {%s, 'owner': {'login': 'ann', 'password': 'glass river 27 lamps'}, 'demo': "
                        "'retail'}",
                        the_company));
  keep_session(s);
  int64_t orders = 0;
  for (int64_t until = monotonic_ms() + 120000; orders < 150 && monotonic_ms() < until; usleep(200000)) {
    SAY(200, "GET /v1/orders?limit=1&count=exact\nCookie: <session>");
    orders = json_look_i64(t->arena, s->last.body, "/count");
  }
  CHECK(orders >= 150);
  SAY(200, "GET /v1/orders?limit=1\nCookie: <session>");
  SEE("/data/0/currency", "EUR");
  SAY(200, "GET /v1/settings/company.name\nCookie: <session>");
  SEE("/value", "Lamps & Looms");
  SAY(200, "GET /v1/channels/phone\nCookie: <session>");
  SEE("/name", "Phone"); /* the company's own is left as it is */
  shop_close(s);         /* in the middle of it perhaps: the check finds nothing */
}

TEST(from_elsewhere_a_setup_needs_the_token_of_the_log)
{
  struct shop *s = an_empty_company(t);
  const char *log = test_read_file(t, s->log, NULL), *said = strstr(log, "with the token ");
  CHECK(said != NULL);
  shop_label(s, "token", arena_textn(t->arena, said + strlen("with the token "), 64));
  SAY(200, "GET /v1/setup\nX-Forwarded-For: 192.0.2.1");
  SEE("/allowed", "false");
  const char *body =
      arena_printf(t->arena, "%s, 'owner': {'login': 'ann', 'password': 'glass river 27 lamps'}", the_company);
  SAY(403, arena_printf(t->arena, "POST /v1/setup\nX-Forwarded-For: 192.0.2.1\n{%s}", body));
  SAY(403, arena_printf(t->arena, "POST /v1/setup\nX-Forwarded-For: 192.0.2.1\n{%s, 'token': 'a guess'}", body));
  SAY(201, arena_printf(t->arena, "POST /v1/setup\nX-Forwarded-For: 192.0.2.1\n{%s, 'token': '<token>'}", body));
  shop_close(s);
}

TEST(an_invitation_sets_a_password_once)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/users {'login': 'mei', 'name': 'Mei', 'roles': ['service']}");
  SAY(201, "POST /v1/users/mei/invitation");
  KEEP("old", "/token");
  SAY(201, "POST /v1/users/mei/invitation");
  KEEP("token", "/token");
  be(s, NULL);
  SAY(401, "POST /v1/session {'login': 'mei', 'password': 'glass river 27 lamps'}");
  SAY(404, "POST /v1/invitations/look {'token': '<old>'}");
  SAY(200, "POST /v1/invitations/look {'token': '<token>'}");
  SEE("/login", "mei");
  SEE("/token", NULL);
  SAY(422, "POST /v1/invitations/accept {'token': '<token>', 'password': 'short'}");
  SAY(201, "POST /v1/invitations/accept {'token': '<token>', 'password': 'glass river 27 lamps'}");
  SEE("/name", "Mei");
  keep_session(s);
  SAY(200, "GET /v1/session\nCookie: <session>");
  SAY(404, "POST /v1/invitations/accept {'token': '<token>', 'password': 'copper moon 81 stairs'}");
  SAY(201, "POST /v1/session {'login': 'mei', 'password': 'glass river 27 lamps'}");
  shop_close(s);
}

TEST(a_badge_opens_the_floor_and_nothing_else)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(201, "POST /v1/users {'login': 'pat', 'password': 'glass river 27 lamps', 'roles': ['owner']}");
  SAY(422, "POST /v1/users/pat/badge {'badge': 'B-7', 'pin': '123'}");
  SAY(422, "POST /v1/users/pat/badge {'badge': 'B-7', 'pin': '1111'}");
  SAY(422, "POST /v1/users/pat/badge {'badge': 'B-7', 'pin': '12a4'}");
  SAY(200, "POST /v1/users/pat/badge {'badge': 'B-7', 'pin': '4711'}");
  SEE("/badge", "B-7");
  CHECK(!strstr(s->last.body, "argon"));
  SAY(201, "POST /v1/users {'login': 'eve', 'password': 'glass river 27 lamps', 'roles': ['viewer']}");
  SAY(409, "POST /v1/users/eve/badge {'badge': 'B-7', 'pin': '4711'}");
  be(s, NULL);
  SAY(422, "POST /v1/session {'badge': 'B-7', 'password': 'glass river 27 lamps'}");
  SAY(401, "POST /v1/session {'badge': 'B-7', 'pin': '4712'}");
  SAY(201, "POST /v1/session {'badge': 'B-7', 'pin': '4711'}");
  SEE("/on_floor", "true");
  keep_session(s);
  SAY(403, "GET /v1/orders\nCookie: <session>");
  SAY(403, "GET /v1/users\nCookie: <session>");
  SAY(200, "GET /v1/fulfillments\nCookie: <session>");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick\nCookie: <session>\nX-CSRF-Token: <csrf>\n{}");
  be(s, s->key);
  SAY(200, "POST /v1/users/pat/badge {}");
  SEE("/badge", NULL);
  be(s, NULL);
  SAY(401, "GET /v1/fulfillments\nCookie: <session>");
  SAY(401, "POST /v1/session {'badge': 'B-7', 'pin': '4711'}");
  shop_close(s);
}

TEST(a_pin_is_not_guessed)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/users {'login': 'pat', 'password': 'glass river 27 lamps', 'roles': ['warehouse']}");
  SAY(200, "POST /v1/users/pat/badge {'badge': 'B-7', 'pin': '4711'}");
  be(s, NULL);
  for (int i = 0; i < 5; i++)
    SAY(401, arena_printf(t->arena, "POST /v1/session {'badge': 'B-7', 'pin': '000%d'}", i));
  SAY(429, "POST /v1/session {'badge': 'B-7', 'pin': '4711'}");
  SAY(201, "POST /v1/session {'login': 'pat', 'password': 'glass river 27 lamps'}");
  shop_close(s);
}

TEST(an_administrator_manages_users_but_no_owners)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/users {'login': 'ann', 'password': 'glass river 27 lamps', 'roles': ['owner']}");
  SAY(201, "POST /v1/users {'login': 'adm', 'password': 'glass river 27 lamps', 'roles': ['admin']}");
  be(s, NULL);
  SAY(201, "POST /v1/session {'login': 'adm', 'password': 'glass river 27 lamps'}");
  keep_session(s);
  SAY(201, "POST /v1/users\nCookie: <session>\nX-CSRF-Token: <csrf>\n{'login': 'x', 'roles': ['admin']}");
  SAY(403, "POST /v1/users\nCookie: <session>\nX-CSRF-Token: <csrf>\n{'login': 'y', 'roles': ['owner']}");
  SAY(403, "PATCH /v1/users/ann\nCookie: <session>\nX-CSRF-Token: <csrf>\n{'disabled': true}");
  SAY(403, "POST /v1/users/ann/invitation\nCookie: <session>\nX-CSRF-Token: <csrf>");
  SAY(403, "POST /v1/users/ann/badge\nCookie: <session>\nX-CSRF-Token: <csrf>\n{'badge': 'B', 'pin': '4711'}");
  SAY(403, "POST /v1/api_keys\nCookie: <session>\nX-CSRF-Token: <csrf>\n{'name': 'all', 'scope': '*'}");
  shop_close(s);
}

/* ---- Views and preferences ---- */

static void sign_in_as(struct shop *s, const char *login, const char *role)
{
  shop_label(s, "login", login);
  shop_label(s, "role", role);
  be(s, s->key);
  SAY(201, "POST /v1/users {'login': '<login>', 'password': 'glass river 27 lamps', 'roles': ['<role>']}");
  be(s, NULL);
  SAY(201, "POST /v1/session {'login': '<login>', 'password': 'glass river 27 lamps'}");
  keep_session(s);
  shop_label(s, "as", shop_text(s, "Cookie: <session>\nX-CSRF-Token: <csrf>"));
}

TEST(views_are_mine_until_they_are_shared)
{
  struct shop *s = shop_open(t);
  sign_in_as(s, "ann", "manager");
  SAY(201, "POST /v1/views\n<as>\n{'screen': 'orders', 'name': 'Late', 'query': 'late=true', 'columns': ['number'], "
           "'is_default': true}");
  KEEP("late", "/id");
  SEE("/mine", "true");
  CHECK(HEADER("Location") != NULL);
  SAY(409, "POST /v1/views\n<as>\n{'screen': 'orders', 'name': 'Late'}");
  SAY(201, "POST /v1/views\n<as>\n{'screen': 'orders', 'name': 'Open', 'query': 'state=open', 'shared': true, "
           "'is_default': true}");
  KEEP("open", "/id");
  SAY(200, "GET /v1/views/<late>\n<as>");
  SEE("/is_default", "false"); /* ended by the other */
  SAY(201, "POST /v1/views\n<as>\n{'screen': 'stock', 'name': 'Low', 'is_default': true}");
  SAY(200, "GET /v1/views?screen=orders\n<as>");
  SEE("/data/#", "2");
  sign_in_as(s, "vic", "viewer");
  SAY(200, "GET /v1/views?screen=orders\n<as>");
  SEE("/data/#", "1");
  SEE("/data/0/id", "<open>");
  SEE("/data/0/mine", "false");
  SEE("/data/0/owner", "ann");
  SAY(404, "GET /v1/views/<late>\n<as>");
  SAY(404, "PATCH /v1/views/<late>\n<as>\n{'name': 'Mine now'}");
  SAY(403, "PATCH /v1/views/<open>\n<as>\n{'name': 'Mine now'}");
  SAY(403, "DELETE /v1/views/<open>\n<as>");
  SAY(403, "POST /v1/views\n<as>\n{'screen': 'orders', 'name': 'X', 'shared': true}");
  SAY(201, "POST /v1/views\n<as>\n{'screen': 'orders', 'name': 'Late'}"); /* names are one's own */
  KEEP("mine", "/id");
  SAY(200, "PATCH /v1/views/<mine>\n<as>\nIf-Match: \"1\"\n{'columns': ['state', 'number'], 'density': 'compact'}");
  SEE("/columns/0", "state");
  SAY(412, "PATCH /v1/views/<mine>\n<as>\nIf-Match: \"1\"\n{'name': 'Again'}");
  SAY(422, "PATCH /v1/views/<mine>\n<as>\n{'screen': 'stock'}");
  SAY(204, "DELETE /v1/views/<mine>\n<as>");
  SAY(404, "GET /v1/views/<mine>\n<as>");
  shop_close(s);
}

TEST(preferences_are_kept_and_merged_screen_by_screen)
{
  struct shop *s = shop_open(t);
  SAY(409, "GET /v1/session/preferences");
  sign_in_as(s, "ann", "service");
  SAY(200, "GET /v1/session/preferences\n<as>");
  SEE("/theme", "system");
  SEE("/shortcuts", "true");
  SEE("/version", "0");
  SAY(200,
      "PATCH /v1/session/preferences\n<as>\n{'theme': 'dark', 'language': 'zh-CN', 'screens': {'orders': {'board': "
      "true}, 'stock': {'n': 1}}}");
  SAY(200, "PATCH /v1/session/preferences\n<as>\n{'shortcuts': false, 'screens': {'orders': {'board': false}, 'stock': "
           "null}}");
  SAY(200, "GET /v1/session/preferences\n<as>");
  SEE("/theme", "dark");
  SEE("/shortcuts", "false");
  SEE("/language", "zh-CN");
  SEE("/screens/orders/board", "false");
  SEE("/screens/stock", NULL);
  SEE("/version", "2");
  SAY(200, "GET /v1/session\n<as>");
  SEE("/language", "zh-CN");
  SAY(422, "PATCH /v1/session/preferences\n<as>\n{'theme': 'pink'}");
  SAY(422, "PATCH /v1/session/preferences\n<as>\n{'screens': [1]}");
  const char *long_text = memset(arena_alloc(t->arena, 3001), 'x', 3000);
  SAY(422, arena_printf(t->arena, "PATCH /v1/session/preferences\n<as>\n{'screens': {'orders': '%s'}}", long_text));
  SAY(412, "PATCH /v1/session/preferences\n<as>\nIf-Match: \"1\"\n{'theme': 'light'}");
  shop_close(s);
}
