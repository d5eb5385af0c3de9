/* Who runs the system: what happens by itself, the proof of the books, backups, and who did what. */
#include "shop.h"

#include <stdlib.h>
#include <string.h>

TEST(the_audit_log_says_who_did_what_and_is_proved)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "PATCH /v1/orders/<order> {'tags': ['vip']}");
  s->key = shop_key(s, "desk", "order.* hold.* audit.read");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'wait'}");
  shop_numbered(s);
  SAY(200, "GET /v1/audit?limit=1");
  SEE("/data/0/topic", "order.held");
  SEE("/data/0/actor_name", "desk");
  KEEP("desk", "/data/0/actor");
  CHECK(!text_empty(AT("/next_cursor")));
  SAY(200, "GET /v1/audit?actor=<desk>");
  SEE("/data/#", "1");
  SAY(200, "GET /v1/audit?type=order.edited");
  SEE("/data/#", "1");
  SEE("/data/0/data/changes/0/pointer", "/tags");
  SAY(200, "GET /v1/audit?type=product.&limit=200");
  SEE("/data/#", "2");
  SAY(200, "GET /v1/audit?subject=<order>&limit=2");
  SEE("/data/#", "2");
  SEE("/data/0/topic", "order.held");
  KEEP("next", "/next_cursor");
  SAY(200, "GET /v1/audit?subject=<order>&cursor=<next>&type=order.placed");
  SEE("/data/0/topic", "order.placed");
  SAY(200, "GET /v1/orders/<order>");
  KEEP("number", "/number");
  SAY(200, "GET /v1/audit?subject=<number>&type=order.held"); /* as people call it */
  SEE("/data/#", "1");
  SAY(200, "GET /v1/audit?subject=TEE-S&limit=1");
  SEE("/data/0/subject_kind", "product");
  SAY(200, "GET /v1/audit?subject=NJ1&subject_kind=location&limit=1");
  SEE("/data/0/subject_name", "NJ1");
  SAY(200, "GET /v1/audit?subject=NJ1&subject_kind=product");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/audit?subject=NO-SUCH");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/audit?at[lt]=2020-01-01T00:00:00Z");
  SEE("/data/#", "0");
  SAY(200, "GET /v1/audit?at[gte]=2020-01-01T00:00:00Z&type=order.held&subject_kind=order");
  SEE("/data/#", "1");
  SAY(422, "GET /v1/audit?actor=nobody");
  SAY(200, "GET /v1/audit/verify");
  SEE("/complete", "true");
  SEE("/intact", "true");
  CHECK_TEXT(AT("/verified_to"), AT("/last"));
  SAY(403, "POST /v1/system/check");
  shop_close(s);
}

TEST(the_audit_log_calls_records_by_their_numbers_and_users_by_login_to_who_may_see_them)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "GET /v1/orders/<order>");
  KEEP("number", "/number");
  SAY(201, "POST /v1/users {'login': 'ann', 'name': 'Ann Lee', 'password': 'a long password', 'roles': ['service']}");
  SAY(200, "PATCH /v1/orders/<order> {'tags': ['vip']}");
  shop_numbered(s);
  const char *admin = s->key, *auditor = shop_key(s, "auditor", "audit.read");
  s->key = shop_key(s, "chief", "audit.read user.admin");
  (void)admin;
  client_free(s->client);
  s->client = shop_client(s);
  SAY(200, "GET /v1/audit?type=order.edited");
  CHECK_TEXT(AT("/data/0/subject_name"), shop_text(s, "<number>"));
  SAY(200, "GET /v1/audit?type=product.created");
  CHECK(!text_empty(AT("/data/0/subject_name")));
  SAY(200, "GET /v1/audit?type=user.created&limit=1");
  SEE("/data/0/subject_name", "ann");
  SEE("/data/0/personal/changes/0/after", "ann");
  SAY(200, "GET /v1/audit?type=order.edited&format=csv");
  s->key = auditor;
  client_free(s->client);
  s->client = shop_client(s);
  SAY(200, "GET /v1/audit?type=user.created&limit=1");
  SEE("/data/0/subject_name", NULL);
  SEE("/data/0/personal", NULL);
  SAY(200, "GET /v1/audit?type=order.edited");
  CHECK_TEXT(AT("/data/0/subject_name"), shop_text(s, "<number>"));
  shop_close(s);
}

TEST(the_books_are_proved_and_backed_up_while_the_server_runs)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "GET /v1/timers");
  CHECK(!text_empty(AT("/data/name=expire holds/every_ms")));
  SAY(200, "GET /v1/system");
  CHECK(atoi(AT("/database_bytes")) > 100000);
  CHECK(atoi(AT("/migration")) >= 17);
  SEE("/failed_work", "0");
  SEE("/last_backup_at", NULL);
  SAY(200, "GET /v1/system/check");
  SEE("/state", "idle");
  SAY(200, "POST /v1/system/check");
  AWAIT("GET /v1/system/check", "/state", "done");
  SEE("/differences", "0");
  CHECK_TEXT(AT("/step"), AT("/steps"));
  if (strncmp(s->url, "sqlite:", 7) == 0) {
    SAY(200, "POST /v1/system/backup");
    AWAIT("GET /v1/system/backup", "/state", "done");
    KEEP("file", "/file");
    SAY(200, "GET /v1/system/backups");
    SEE("/data/0/file", "<file>");
    SAY(200, "GET /v1/system");
    CHECK(!text_empty(AT("/last_backup_at")));
  }
  SAY(200, "GET /v1/failed_work?state=waiting,dead");
  SEE("/data/#", "0");
  SAY(200, "POST /v1/failed_work/replay {}");
  SEE("/replayed", "0");
  SAY(404, "POST /v1/failed_work/flr_01jd7k3v9q2m8/replay");
  shop_close(s);
}
