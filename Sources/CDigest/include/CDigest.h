#ifndef ROUTEBOOK_CDIGEST_H
#define ROUTEBOOK_CDIGEST_H

#include <stddef.h>
#include <stdint.h>

/* libcrypto is loaded with the first digest. What to say where one could not be computed: why libcrypto cannot be had,
   or that it failed. Stands until the thread's next call. */
const char *_Nonnull cdigest_problem(void);

/* The bytes of a SHA-256 digest (FIPS 180-4). */
#define CDIGEST_SHA256_BYTES 32

/* This and the HMAC below write CDIGEST_SHA256_BYTES bytes to `digest`, and give 0 where the library failed or is not
   there, 1 where all is well. */
int cdigest_sha256(const uint8_t *_Nullable bytes, size_t count, uint8_t *_Nonnull digest);

/* The bytes of a SHA-1 digest (FIPS 180-4), which the handshake of WebSockets asks for. */
#define CDIGEST_SHA1_BYTES 20

/* Writes CDIGEST_SHA1_BYTES bytes to `digest`; gives 0 and 1 as above. */
int cdigest_sha1(const uint8_t *_Nullable bytes, size_t count, uint8_t *_Nonnull digest);

/* HMAC with SHA-256 (RFC 2104). */
int cdigest_hmac_sha256(
    const uint8_t *_Nullable key, size_t key_count, const uint8_t *_Nullable bytes, size_t count,
    uint8_t *_Nonnull digest);

#endif
