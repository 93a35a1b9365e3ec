/*
 * The only place that calls malloc(). No memory ends the process here: with
 * every size bounded before it is asked for, it means that the machine has
 * none left, and a half-done step is safer undone by the journal than
 * carried on.
 */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *mem_alloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);
	if (p == NULL) {
		abort();
	}
	return p;
}

void *mem_zalloc(size_t size)
{
	return mem_array(1, size);
}

void *mem_array(size_t count, size_t size)
{
	bool empty = count == 0 || size == 0;
	void *p = empty ? calloc(1, 1) : calloc(count, size);
	if (p == NULL) {
		abort();
	}
	return p;
}

void *mem_resize(void *p, size_t size)
{
	void *bigger = realloc(p, size > 0 ? size : 1);
	if (bigger == NULL) {
		abort();
	}
	return bigger;
}

char *mem_strdup(const char *s)
{
	return s == NULL ? NULL : mem_strndup(s, strlen(s));
}

char *mem_strndup(const char *s, size_t len)
{
	if (len == SIZE_MAX) {
		abort();
	}
	char *copy = mem_alloc(len + 1);
	if (len > 0) {
		memcpy(copy, s, len);
	}
	copy[len] = '\0';
	return copy;
}

void mem_free(void *p)
{
	free(p);
}

void mem_burn(void *p, size_t size)
{
	if (p != NULL) {
		explicit_bzero(p, size);
	}
}

void mem_burn_free(void *p, size_t size)
{
	mem_burn(p, size);
	free(p);
}

bool mem_equal_ct(const void *a, const void *b, size_t size)
{
	const volatile uint8_t *left = a;
	const volatile uint8_t *right = b;
	unsigned different = 0;
	for (size_t i = 0; i < size; i++) {
		different |= (unsigned)(left[i] ^ right[i]);
	}
	return different == 0;
}
