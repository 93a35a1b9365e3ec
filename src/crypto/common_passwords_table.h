#ifndef SLUICE_CRYPTO_COMMON_PASSWORDS_TABLE_H
#define SLUICE_CRYPTO_COMMON_PASSWORDS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Hashes of the passwords in common_passwords.txt, made by
 * tools/common_passwords: h = (h * 257 + byte) mod COMMON_PASSWORDS_MODULUS.
 * Those with the upper byte b are common_passwords_rest[first[b]] up to
 * before [first[b + 1]], their lower 16 bits, sorted.
 */
#define COMMON_PASSWORDS_MODULUS 16777213 /* the largest prime of 24 bits */

extern const uint16_t common_passwords_first[257];
extern const size_t common_passwords_longest; /* bytes of the longest one */
extern const uint16_t common_passwords_rest[];

#endif
