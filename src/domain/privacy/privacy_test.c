/* What is left of personal texts, and that masking leaves what it was given alone. */
#include "privacy.h"

#include "test.h"

#include <string.h>

#define E "\xe2\x80\xa6"

TEST(a_masked_text_says_as_much_as_work_needs)
{
  static const struct {
    const char *field, *text, *masked;
  } rows[] = {
      {"name", "Li Wei", "Li W" E},
      {"name", "Ann  Mary Baker", "Ann  M" E},
      {"name", "Madonna", "M" E},
      {"name", "\xe6\x9d\x8e\xe4\xbc\x9f", "\xe6\x9d\x8e" E},
      {"name", "Li \xe4\xbc\x9f\xe4\xbc\x9f", "Li \xe4\xbc\x9f" E},
      {"name", "", E},
      {"company", "Li Trading Ltd", "Li T" E},
      {"email", "li@example.com", "li" E "@example.com"},
      {"email", "a@example.com", "a" E "@example.com"},
      {"email", "maria@example.com", "ma" E "@example.com"},
      {"email", "no address", E},
      {"phone", "+86 138 0000 4711", E "11"},
      {"phone", "12-3 ", E "23"},
      {"phone", "7", E},
      {"postal_code", "200000", "20" E},
      {"city", "Shanghai", "Shanghai"},
      {"line1", "1 Nanjing Rd", E},
      {"tax_id", "91310000MA1K", E},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const struct rec_field field = {.name = rows[i].field, .kind = REC_TEXT, .flags = REC_PERSONAL};
    CHECK_TEXT(personal_mask(t->arena, &field, rows[i].text), rows[i].masked);
  }
}

TEST(a_masked_record_is_a_copy_and_its_parts_are_masked)
{
  struct address address = {.name = "Li Wei", .line1 = "1 Nanjing Rd", .country = "CN", .latitude = 31230400};
  struct customer customer;
  rec_init(&customer_rec, &customer);
  customer.name = "Li Wei";
  customer.email = "li@example.com";
  struct customer_address *home = LIST_ADD(t->arena, &customer.addresses);
  rec_init(&customer_address_rec, home);
  home->label = "home";
  home->address = address;
  const struct customer *masked = rec_masked(&customer_rec, &customer, personal_mask, t->arena);
  CHECK_TEXT(masked->name, "Li W" E);
  CHECK_INT(masked->addresses.n, 1);
  CHECK_TEXT(masked->addresses.at[0].address.line1, E);
  CHECK_TEXT(masked->addresses.at[0].address.country, "CN");
  CHECK_INT(masked->addresses.at[0].address.latitude, ABSENT);
  CHECK_TEXT(masked->addresses.at[0].label, "home");
  CHECK_TEXT(customer.name, "Li Wei");
  CHECK_TEXT(customer.addresses.at[0].address.line1, "1 Nanjing Rd");
  CHECK_INT(customer.addresses.at[0].address.latitude, 31230400);

  struct order order;
  rec_init(&order_rec, &order);
  order.personal.customer = &(struct customer_ref){.name = "Li Wei", .email = "li@example.com"};
  order.personal.shipping_address = &address;
  order.personal.notes = "ring twice";
  order.number = "SO-1";
  const struct order *shadow = rec_masked(&order_rec, &order, personal_mask, t->arena);
  CHECK_TEXT(shadow->personal.customer->email, "li" E "@example.com");
  CHECK_TEXT(shadow->personal.shipping_address->name, "Li W" E);
  CHECK_TEXT(shadow->personal.notes, E);
  CHECK_TEXT(shadow->number, "SO-1");
  CHECK(shadow->personal.billing_address == NULL);
  CHECK_TEXT(order.personal.customer->email, "li@example.com");
}
