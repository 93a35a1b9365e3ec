#ifndef SLUICE_COLLECTORS_IPP_PAIRS_H
#define SLUICE_COLLECTORS_IPP_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a key in "type=toner;maxcapacity=100;level=-3;" as printer-supply,
 * printer-input-tray and printer-output-tray have it (PWG 5100.13: the last
 * ";" may be missing, keys in any order and case; the first of a name
 * counts). The value goes to dst, cut to size - 1 bytes. false (and "" in
 * dst) when the key is not there or has no value.
 */
bool ipp_pairs_get(const char *pairs, const char *key, char *dst, size_t size);

/*
 * As above for words of a list (single spaces between, as in the catalogue);
 * a word that is not in the list becomes "fallback". NULL when not there.
 */
const char *ipp_pairs_word(const char *pairs, const char *key, const char *list,
			   const char *fallback, char *dst, size_t size);

#endif
