/* The CSRF token of a session: derived, so that there is nothing to store and nothing to look up. */
#include <sodium.h>
#include <string.h>

#include "identity.h"

void session_csrf(const char *token, char out[TOKEN_TEXT])
{
  static const unsigned char text[] = "ordo csrf token";
  unsigned char key[HASH_BYTES];
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  sha256(token, strlen(token), key);
  crypto_auth_hmacsha256(mac, text, sizeof text - 1, key);
  hex_encode(mac, sizeof mac, out);
}
