/* What can be chosen when a company is set up: codes that ICU and ISO know. */
#include "setup.h"

#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>
#include <unicode/uloc.h>

const char *const setup_demos[] = {"none", "retail", NULL};

static const struct rec_field state_fields[] = {
    FIELD(struct setup_state, needed, .flags = REC_READONLY, .doc = "Nobody can sign in yet", .example = "true"),
    FIELD(struct setup_state, allowed, .flags = REC_READONLY,
          .doc = "This client may do it without the token of the server's log", .example = "true"),
    FIELD(struct setup_state, company, .flags = REC_READONLY, .doc = "Name of the company",
          .example = "Lantern & Loom"),
    FIELD(struct setup_state, language, .flags = REC_READONLY, .doc = "Language of the company", .example = "en"),
#define CODES(member, doc_, example_)                                                                                  \
  FIELD_AS(REC_TEXTS, struct setup_state, member, .flags = REC_READONLY, .doc = doc_, .example = example_)
    CODES(currencies, "ISO 4217; empty where nothing is to be set up, as all these lists", "[\"USD\"]"),
    CODES(languages, "Those of the console first", "[\"en\", \"zh-CN\"]"),
    CODES(time_zones, "Of the IANA database", "[\"UTC\", \"Asia/Shanghai\"]"),
    CODES(countries, "ISO 3166-1 alpha-2", "[\"CN\"]"),
    CODES(location_kinds, "What a location may be", "[\"warehouse\"]"),
    CODES(channel_kinds, "What a channel may be", "[\"web\"]"),
    CODES(demos, "Data that may be loaded to look round", "[\"none\", \"retail\"]"),
#undef CODES
};
const struct rec setup_state_rec = REC(struct setup_state, "SetupState", state_fields,
                                       "Whether the company is still to be set up, and what can be chosen");

enum err setup_needed(struct ctx *cx, bool *out)
{
  static const struct db_stmt any = {"SELECT id FROM app_user ORDER BY id LIMIT 1", DB_LIST};
  int64_t id = 0;
  TRY(db_one_i64(cx->db, &any, &id, DB_NO_ARGS));
  *out = id == 0;
  return ERR_OK;
}

typedef LIST(const char *) codes;

static void add(struct arena *a, codes *list, const char *code)
{
  *LIST_ADD(a, list) = arena_text(a, code);
}

/* The rest of what ICU counts up, as far as we take it. */
static void add_all(struct arena *a, codes *list, UEnumeration *all, bool (*fits)(const char *code))
{
  UErrorCode status = U_ZERO_ERROR;
  const char *code;
  while ((code = uenum_next(all, NULL, &status)) != NULL && U_SUCCESS(status))
    if (fits(code))
      add(a, list, code);
  uenum_close(all);
}

static bool is_currency(const char *code)
{
  return currency_decimals(code) >= 0;
}

static void add_languages(struct arena *a, codes *list)
{
  static const char *const ours[] = {"en", "zh-CN", "zh-TW"};
  for (size_t i = 0; i < COUNT_OF(ours); i++)
    add(a, list, ours[i]);
  for (const char *const *code = uloc_getISOLanguages(); *code; code++)
    if (strlen(*code) == 2 && strcmp(*code, "en") != 0 && strcmp(*code, "zh") != 0)
      add(a, list, *code);
}

static void add_countries(struct arena *a, codes *list)
{
  for (char first = 'A'; first <= 'Z'; first++)
    for (char second = 'A'; second <= 'Z'; second++) {
      const char code[] = {first, second, 0};
      if (country_valid(code))
        add(a, list, code);
    }
}

static void add_names(struct arena *a, codes *list, const char *const *names)
{
  for (; *names; names++)
    add(a, list, *names);
}

enum err setup_state_read(struct ctx *cx, struct setup_state *out)
{
  struct arena *a = cx->arena;
  UErrorCode status = U_ZERO_ERROR;
  TRY(setup_needed(cx, &out->needed));
  TRY(setting_text(cx, SETTING_COMPANY_NAME, &out->company));
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &out->language));
  if (!out->needed)
    return ERR_OK;
  UEnumeration *currencies = ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &status);
  add_all(a, (codes *)(void *)&out->currencies, currencies, is_currency);
  add(a, (codes *)(void *)&out->time_zones, "UTC");
  status = U_ZERO_ERROR;
  UEnumeration *zones = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL_LOCATION, NULL, NULL, &status);
  add_all(a, (codes *)(void *)&out->time_zones, zones, time_zone_valid);
  add_languages(a, (codes *)(void *)&out->languages);
  add_countries(a, (codes *)(void *)&out->countries);
  add_names(a, (codes *)(void *)&out->location_kinds, location_kinds);
  add_names(a, (codes *)(void *)&out->channel_kinds, channel_kinds);
  return ERR_OK;
}
