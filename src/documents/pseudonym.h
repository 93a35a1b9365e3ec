#ifndef SLUICE_DOCUMENTS_PSEUDONYM_H
#define SLUICE_DOCUMENTS_PSEUDONYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What leaves in place of a name or address of the customer's network while
 * personal data is not allowed: "pseudonym-" and 24 hex digits, the first 96
 * bits of HMAC-SHA-256(key, "sluice.pseudonym/v1" LF value). The key is the
 * device's own (client/client.c), so the vendor sees the same word for
 * the same value each time and cannot try values out; the customer's page
 * shows value and word side by side (domain/pseudonyms.h).
 */
#define PSEUDONYM_KEY_SIZE 32
#define PSEUDONYM_PREFIX "pseudonym-"
#define PSEUDONYM_SIZE (sizeof(PSEUDONYM_PREFIX) + 24)

struct pseudonym {
	char token[PSEUDONYM_SIZE];
	char *value; /* what it stands for */
};

struct pseudonym_list {
	struct pseudonym *at;
	size_t count;
};

void pseudonym_make(char token[PSEUDONYM_SIZE],
		    const uint8_t key[PSEUDONYM_KEY_SIZE], const char *value);

/* Has the text the form of one? */
bool pseudonym_is(const char *text);

/* More names of one network are none that somebody would look up. */
#define PSEUDONYM_LIST_MAX 1024

/*
 * Each value once; value is copied. false: the list is full, and it is not
 * in it.
 */
bool pseudonym_list_add(struct pseudonym_list *list, const char *token,
			const char *value);

/* Forgets those after the first count. */
void pseudonym_list_cut(struct pseudonym_list *list, size_t count);
void pseudonym_list_clear(struct pseudonym_list *list);

#endif
