#ifndef SLUICE_CRYPTO_OWN_WORDS_H
#define SLUICE_CRYPTO_OWN_WORDS_H

#include <stdbool.h>

/*
 * Is the password little more than words that whoever attacks this very
 * machine knows: the name of the account, the serial number, the model? Case
 * does not count, nor do signs between. true when some of the words is in the
 * password and, once all are taken away, only digits or less than four
 * characters remain: "Frontdesk2026!", "ex7004211", "EX7-004211-x".
 *
 * words  texts, up to NULL; of each the whole counts and every part between
 *        spaces and signs. What has less than three letters and digits is
 *        not looked at.
 */
bool own_words_only(const char *password, const char *const *words);

#endif
