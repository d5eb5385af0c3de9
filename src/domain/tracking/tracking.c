/* Links: a token hides the order's id and proves that we made it. */
#include "tracking.h"

#include "codec.h"

#include <sodium.h>
#include <string.h>

enum { MAC = 16, ID = 8, TOKEN = MAC + ID };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- The secret ---- */

static enum err secret_text(struct ctx *cx, const char **out)
{
  static const struct db_stmt read = {"SELECT secret FROM tracking_secret WHERE id = 1", DB_KEYED};
  struct db_rows rows;
  *out = NULL;
  TRY(db_query(cx->db, &read, &rows, DB_NO_ARGS));
  if (db_next(&rows))
    *out = db_text(&rows, 0);
  return db_done(&rows);
}

enum err tracking_bootstrap(struct ctx *cx)
{
  static const struct db_stmt put = {
      "INSERT INTO tracking_secret (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", DB_KEYED};
  const char *known;
  unsigned char bytes[HASH_BYTES];
  char text[HASH_TEXT];
  TRY(secret_text(cx, &known));
  if (known)
    return ERR_OK;
  randombytes_buf(bytes, sizeof bytes);
  hex_encode(bytes, sizeof bytes, text);
  return db_run(cx->db, &put, NULL, DB_ARGS(TEXT(text)));
}

/* HMAC-SHA-256 under a key of its own for each use. */
static void mac_of(const char *secret, const char *use, const unsigned char *bytes, size_t n,
                   unsigned char out[HASH_BYTES])
{
  unsigned char key[HASH_BYTES], text[160];
  int length = snprintf((char *)text, sizeof text, "ordo tracking %s %s", use, secret);
  assert(length > 0 && (size_t)length < sizeof text);
  sha256(text, (size_t)length, key);
  crypto_auth_hmacsha256(out, bytes, n, key);
}

/* The id under the mask that its own proof gives. The same call takes the mask off again. */
static void mask(const char *secret, const unsigned char mac[MAC], unsigned char id[ID])
{
  unsigned char pad[HASH_BYTES];
  mac_of(secret, "mask", mac, MAC, pad);
  for (int i = 0; i < ID; i++)
    id[i] ^= pad[i];
}

static enum err need_secret(struct ctx *cx, const char **out)
{
  TRY(secret_text(cx, out));
  return *out ? ERR_OK : err_fail(cx, ERR_INTERNAL, "", "the database has no secret for tracking links");
}

/* ---- Tokens ---- */

enum err tracking_token(struct ctx *cx, struct order_id id, char out[TRACKING_TOKEN_TEXT])
{
  const char *secret;
  unsigned char bytes[TOKEN], mac[HASH_BYTES], plain[ID];
  TRY(need_secret(cx, &secret));
  for (int i = 0; i < ID; i++)
    plain[i] = (unsigned char)((uint64_t)id.v >> (56 - 8 * i));
  mac_of(secret, "proof", plain, ID, mac);
  memcpy(bytes, mac, MAC);
  mask(secret, mac, plain);
  memcpy(bytes + MAC, plain, ID);
  for (int i = 0; i < TOKEN / 3; i++) {
    unsigned word = (unsigned)bytes[3 * i] << 16 | (unsigned)bytes[3 * i + 1] << 8 | bytes[3 * i + 2];
    for (int k = 0; k < 4; k++)
      out[4 * i + k] = alphabet[word >> (18 - 6 * k) & 63];
  }
  out[TRACKING_TOKEN_TEXT - 1] = 0;
  return ERR_OK;
}

static bool token_bytes(const char *token, unsigned char out[TOKEN])
{
  if (strlen(token) != TRACKING_TOKEN_TEXT - 1)
    return false;
  for (int i = 0; i < TOKEN / 3; i++) {
    unsigned word = 0;
    for (int k = 0; k < 4; k++) {
      const char *at = strchr(alphabet, token[4 * i + k]);
      if (!at)
        return false;
      word = word << 6 | (unsigned)(at - alphabet);
    }
    for (int k = 0; k < 3; k++)
      out[3 * i + k] = (unsigned char)(word >> (16 - 8 * k));
  }
  return true;
}

static enum err unknown(struct ctx *cx)
{
  return err_fail(cx, ERR_NOT_FOUND, "", "there is no such order");
}

enum err tracking_token_read(struct ctx *cx, const char *token, struct order_id *out)
{
  const char *secret;
  unsigned char bytes[TOKEN], mac[HASH_BYTES], plain[ID];
  uint64_t id = 0;
  TRY(need_secret(cx, &secret));
  if (!token || !token_bytes(token, bytes))
    return unknown(cx);
  memcpy(plain, bytes + MAC, ID);
  mask(secret, bytes, plain);
  mac_of(secret, "proof", plain, ID, mac);
  if (sodium_memcmp(mac, bytes, MAC) != 0)
    return unknown(cx);
  for (int i = 0; i < ID; i++)
    id = id << 8 | plain[i];
  out->v = (int64_t)id;
  return ERR_OK;
}

enum err tracking_link_make(struct ctx *cx, const char *id_or_number, struct tracking_link *out)
{
  struct order_id id;
  struct order *o;
  char token[TRACKING_TOKEN_TEXT];
  TRY(order_find(cx, id_or_number, &id));
  TRY(order_load(cx, id, &o));
  if (o->state == ORDER_DRAFT)
    return err_fail(cx, ERR_STATE, "/state", "a draft has nothing to follow yet");
  TRY(tracking_token(cx, id, token));
  out->token = arena_text(cx->arena, token);
  out->path = arena_printf(cx->arena, "/track/%s", token);
  return ERR_OK;
}
