#ifndef SLUICE_CRYPTO_COMMON_PASSWORDS_H
#define SLUICE_CRYPTO_COMMON_PASSWORDS_H

#include <stdbool.h>

/*
 * Is this one of the first passwords that others would try? Case does not
 * count. Looks for
 * - whole passwords of eight and more characters: more than 3,000, from public
 *   lists ranked by how often they leaked (common_passwords.txt). Only 24 bits
 *   of a hash of each are kept, so that one in 5,000 others that are no longer
 *   than the longest (25 characters) is refused too,
 * - a common word, or one of this product, that only has digits, signs or
 *   copies of itself around it ("Printer2024!", "sluicesluice"),
 * - one character or a run of the keyboard or alphabet ("aaaaaaaa",
 *   "12345678", "87654321").
 */
bool common_password(const char *password);

#endif
