/* The records of customers and addresses. */
#include <string.h>

#include "customers_priv.h"
#include "identity.h"

static const struct rec_field address_fields[] = {
    FIELD(struct address, name, .flags = REC_PERSONAL, .max = 200, .doc = "Who receives", .example = "Li Wei"),
    FIELD(struct address, company, .flags = REC_PERSONAL, .max = 200, .doc = "Company or department",
          .example = "Li Trading"),
    FIELD(struct address, line1, .flags = REC_PERSONAL, .max = 200, .doc = "Street and number",
          .example = "1 Nanjing Rd"),
    FIELD(struct address, line2, .flags = REC_PERSONAL, .max = 200, .doc = "Floor, building, c/o",
          .example = "Floor 3"),
    FIELD(struct address, city, .flags = REC_PERSONAL, .max = 120, .doc = "Town", .example = "Shanghai"),
    FIELD(struct address, region, .flags = REC_PERSONAL, .max = 120, .doc = "State, province, county", .example = "SH"),
    FIELD(struct address, postal_code, .flags = REC_PERSONAL, .max = 20, .doc = "As the country writes it",
          .example = "200000"),
    FIELD(struct address, country, .flags = REC_REQUIRED, .min = 2, .max = 2, .check = country_valid,
          .doc = "ISO 3166-1 alpha-2, upper case", .example = "CN"),
    FIELD(struct address, phone, .flags = REC_PERSONAL, .max = CUSTOMER_PHONE_MAX, .doc = "For the driver",
          .example = "+86 138 0000 0000"),
    FIELD_AS(REC_DECIMAL, struct address, latitude, .flags = REC_PERSONAL, .min = -90 * SCALE, .max = 90 * SCALE,
             .doc = "Degrees north", .example = "31.2304"),
    FIELD_AS(REC_DECIMAL, struct address, longitude, .flags = REC_PERSONAL, .min = -180 * SCALE, .max = 180 * SCALE,
             .doc = "Degrees east", .example = "121.4737"),
};
const struct rec address_rec = REC(struct address, "Address", address_fields, "A postal address");

/* One "@" with something on both sides and no blanks inside; only a mail that arrives proves more. */
static bool email_valid(const char *email)
{
  email += strspn(email, " ");
  size_t n = strlen(email);
  while (n > 0 && email[n - 1] == ' ')
    n--;
  const char *at = memchr(email, '@', n);
  if (!at || at == email || at + 1 == email + n || memchr(at + 1, '@', n - (size_t)(at + 1 - email)))
    return false;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)email[i] <= ' ')
      return false;
  return true;
}

static const struct rec_field customer_address_fields[] = {
    FIELD(struct customer_address, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct customer_address, customer_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct customer_address, n, .flags = REC_KEY | REC_READONLY, .doc = "Place in the list, from 1",
          .example = "1"),
    FIELD(struct customer_address, label, .max = 60, .doc = "What the customer calls it", .example = "home"),
    FIELD(struct customer_address, default_shipping, .doc = "Orders without an address go here", .example = "true"),
    FIELD(struct customer_address, default_billing, .doc = "Invoices without an address go here", .example = "false"),
    FIELD_AS(REC_INLINE, struct customer_address, address, .flags = REC_REQUIRED, .prefix = "", .rec = &address_rec,
             .doc = "The address"),
};
const struct rec customer_address_rec =
    REC(struct customer_address, "CustomerAddress", customer_address_fields, "An address a customer has used or saved");
const struct db_table customer_address_table = {"customer_address", &customer_address_rec};

static const struct rec_field customer_fields[] = {
    FIELD(struct customer, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct customer, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_customer,
             .doc = "Id of the customer"),
    FIELD(struct customer, version, .flags = REC_READONLY, .doc = "Moves with each change", .example = "1"),
    FIELD(struct customer, external_id, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_EXTERNAL_MAX,
          .doc = "The customer's id in another system; unique", .example = "C-1001"),
    FIELD(struct customer, email, .flags = REC_PERSONAL, .min = 3, .max = CUSTOMER_EMAIL_MAX, .check = email_valid,
          .doc = "E-mail address; unique, case aside", .example = "li@example.com"),
    FIELD(struct customer, phone, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_PHONE_MAX,
          .doc = "Phone number; unique by its digits", .example = "+86 138 0000 0000"),
    FIELD(struct customer, name, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_NAME_MAX,
          .doc = "What the customer is called", .example = "Li Wei"),
    FIELD(struct customer, company, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_NAME_MAX,
          .doc = "The company bought for", .example = "Li Trading"),
    FIELD(struct customer, tax_id, .flags = REC_PERSONAL, .min = 1, .max = 40, .doc = "For invoices",
          .example = "91310000MA1K"),
    FIELD(struct customer, language, .min = 2, .max = 16, .check = language_valid,
          .doc = "Language of messages and documents", .example = "zh-CN"),
    FIELD_AS(REC_TEXTS, struct customer, tags, .max = CUSTOMER_TAGS_MAX, .doc = "Words to sort and pick by",
             .example = "[\"vip\"]"),
    FIELD(struct customer, notes, .flags = REC_PERSONAL, .max = 2000, .doc = "For staff",
          .example = "Prefers calls after noon"),
    FIELD(struct customer, blocked, .doc = "New orders are held for review", .example = "false"),
    FIELD(struct customer, blocked_reason, .flags = REC_PERSONAL, .max = 500, .doc = "Why; goes when the block goes",
          .example = "Two chargebacks"),
    FIELD_AS(REC_LIST, struct customer, addresses, .flags = REC_PERSONAL, .max = CUSTOMER_ADDRESSES_MAX,
             .rec = &customer_address_rec, .doc = "Sent again they replace those there are"),
    FIELD_AS(REC_JSON, struct customer, metadata, .max = 8192, .doc = "An object of your own",
             .example = "{\"segment\":\"b2b\"}"),
    FIELD(struct customer, created_at, .flags = REC_READONLY, .doc = "When it was made",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct customer, updated_at, .flags = REC_READONLY, .doc = "Its last change",
          .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec customer_rec = REC(struct customer, "Customer", customer_fields, "Somebody who buys");
const struct db_table customer_table = {"customer", &customer_rec};

static const struct rec_field customer_ref_fields[] = {
    FIELD_AS(REC_ID, struct customer_ref, id, .prefix = PREFIX_customer, .doc = "Id of a known customer"),
    FIELD(struct customer_ref, external_id, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_EXTERNAL_MAX,
          .doc = "The customer's id in the shop", .example = "C-1001"),
    FIELD(struct customer_ref, email, .flags = REC_PERSONAL, .min = 3, .max = CUSTOMER_EMAIL_MAX, .check = email_valid,
          .doc = "E-mail address", .example = "li@example.com"),
    FIELD(struct customer_ref, phone, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_PHONE_MAX, .doc = "Phone number",
          .example = "+86 138 0000 0000"),
    FIELD(struct customer_ref, name, .flags = REC_PERSONAL, .min = 1, .max = CUSTOMER_NAME_MAX,
          .doc = "What the customer is called", .example = "Li Wei"),
};
const struct rec customer_ref_rec =
    REC(struct customer_ref, "OrderCustomer", customer_ref_fields,
        "Who orders: matched by id, external_id, email and phone in that order; without any of them a guest");
