/*
 * Words that stand for names and addresses of the customer's network. Which
 * values get one is decided by redact.c; which one stands for what is kept by
 * domain/pseudonyms.c, on the device only.
 */
#include "documents/pseudonym.h"

#include <string.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/hmac.h"

#define TOKEN_BYTES 12

void pseudonym_make(char token[PSEUDONYM_SIZE],
		    const uint8_t key[PSEUDONYM_KEY_SIZE], const char *value)
{
	uint8_t mac[HMAC_SHA256_SIZE];
	struct buf text = BUF_INIT;

	buf_printf(&text, "sluice.pseudonym/v1\n%s", value);
	hmac_sha256(key, PSEUDONYM_KEY_SIZE, text.data, text.len, mac);
	memcpy(token, PSEUDONYM_PREFIX, sizeof(PSEUDONYM_PREFIX) - 1);
	hex_encode(token + sizeof(PSEUDONYM_PREFIX) - 1, mac, TOKEN_BYTES);
	buf_clear(&text);
}

bool pseudonym_is(const char *text)
{
	return text_starts_with(text, PSEUDONYM_PREFIX) &&
	       strlen(text) == PSEUDONYM_SIZE - 1 &&
	       strspn(text + sizeof(PSEUDONYM_PREFIX) - 1,
		      "0123456789abcdef") == (size_t)2 * TOKEN_BYTES;
}

bool pseudonym_list_add(struct pseudonym_list *list, const char *token,
			const char *value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->at[i].token, token) == 0) {
			return true;
		}
	}
	if (list->count >= PSEUDONYM_LIST_MAX) {
		return false;
	}
	list->at = mem_resize(list->at, (list->count + 1) * sizeof(*list->at));
	struct pseudonym *added = &list->at[list->count++];
	memcpy(added->token, token, sizeof(added->token));
	added->value = mem_strdup(value);
	return true;
}

void pseudonym_list_cut(struct pseudonym_list *list, size_t count)
{
	while (list->count > count) {
		mem_free(list->at[--list->count].value);
	}
}

void pseudonym_list_clear(struct pseudonym_list *list)
{
	pseudonym_list_cut(list, 0);
	mem_free(list->at);
	*list = (struct pseudonym_list){ .at = NULL };
}
