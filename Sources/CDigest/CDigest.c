#include "CDigest.h"

#include <CLateLibrary.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define FUNCTIONS(each) each(EVP_Digest) each(EVP_sha1) each(EVP_sha256) each(HMAC)
CLATE_LIBRARY(crypto, "libcrypto.so.3", "libcrypto", "libssl3", FUNCTIONS)

const char *cdigest_problem(void) {
  const char *reason = crypto_load();
  return reason ? reason : "libcrypto failed";
}

_Static_assert(CDIGEST_SHA256_BYTES <= EVP_MAX_MD_SIZE, "a digest fits where libcrypto writes it");

int cdigest_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned int written = 0;
  if (crypto_load()) return 0;
  return crypto.EVP_Digest(bytes, count, digest, &written, crypto.EVP_sha256(), NULL) == 1 &&
         written == CDIGEST_SHA256_BYTES;
}

int cdigest_sha1(const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned int written = 0;
  if (crypto_load()) return 0;
  return crypto.EVP_Digest(bytes, count, digest, &written, crypto.EVP_sha1(), NULL) == 1 &&
         written == CDIGEST_SHA1_BYTES;
}

int cdigest_hmac_sha256(
    const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned int written = 0;
  // No key at all would mean the key of the call before.
  const uint8_t *present = key ? key : (const uint8_t *)"";
  if (key_count > INT_MAX || crypto_load()) return 0;
  return crypto.HMAC(crypto.EVP_sha256(), present, (int)key_count, bytes, count, digest, &written) != NULL &&
         written == CDIGEST_SHA256_BYTES;
}
