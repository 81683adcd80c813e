#include "CDigest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

_Static_assert(CDIGEST_SHA256_BYTES <= EVP_MAX_MD_SIZE, "a digest fits where libcrypto writes it");

int cdigest_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned int written = 0;
  return EVP_Digest(bytes, count, digest, &written, EVP_sha256(), NULL) == 1 && written == CDIGEST_SHA256_BYTES;
}

int cdigest_sha1(const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned int written = 0;
  return EVP_Digest(bytes, count, digest, &written, EVP_sha1(), NULL) == 1 && written == CDIGEST_SHA1_BYTES;
}

int cdigest_hmac_sha256(
    const uint8_t *key, size_t key_count, const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned int written = 0;
  // No key at all would mean the key of the call before.
  const uint8_t *present = key ? key : (const uint8_t *)"";
  if (key_count > INT_MAX) return 0;
  return HMAC(EVP_sha256(), present, (int)key_count, bytes, count, digest, &written) != NULL &&
         written == CDIGEST_SHA256_BYTES;
}
