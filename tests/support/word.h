#ifndef SLUICE_TESTS_SUPPORT_WORD_H
#define SLUICE_TESTS_SUPPORT_WORD_H

#include <stdbool.h>

/*
 * Does the word stand in the text, as a whole? What has a letter, a digit or
 * another character of base64 beside it is a part of something longer: random
 * tokens and signatures hold every short word now and then.
 */
bool word_in(const char *text, const char *word);

#endif
