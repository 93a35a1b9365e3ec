#ifndef SLUICE_TESTS_SERVER_MEMORY_EXCHANGE_H
#define SLUICE_TESTS_SERVER_MEMORY_EXCHANGE_H

#include "base/buf.h"
#include "server/exchange.h"

/* A request and its answer in memory. */
#define MEMORY_PARAMS_MAX 40

struct memory_exchange {
	struct exchange exchange; /* for what is tested */
	char *envp[MEMORY_PARAMS_MAX + 1];
	const uint8_t *body; /* borrowed */
	size_t body_len;
	size_t body_at;
	size_t piece;        /* most bytes of one read; 0 = any */
	bool fail;           /* reading fails after the body */
	struct buf out;      /* the whole answer */
	int status;          /* of memory_answer() */
	const char *content; /* its body, in out */
};

void memory_init(struct memory_exchange *m);
void memory_clear(struct memory_exchange *m);

/* Sets a CGI variable; NULL removes it. */
void memory_param(struct memory_exchange *m, const char *name,
		  const char *value);
void memory_body(struct memory_exchange *m, const void *data, size_t len);

/* After serving: fills status and content; fails the test if there is none. */
void memory_answer(struct memory_exchange *m);

/* Value of a header line of the answer in dst; "" if there is none. */
const char *memory_header(const struct memory_exchange *m, const char *name,
			  char *dst, size_t size);

#endif
