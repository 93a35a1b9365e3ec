#ifndef SLUICE_TESTS_PAGES_NETWORK_SUPPORT_H
#define SLUICE_TESTS_PAGES_NETWORK_SUPPORT_H

#include "domain/connection_test.h"
#include "domain/instructions.h"
#include "domain/requests.h"
#include "tests/pages/support.h"

/* What the client daemon leaves for the pages about the connection. */

/* A certificate that began and ends so many days from now. */
void network_certificate(struct pages *pages, int begins, int ends);

/* A check-in so many seconds ago; problem NULL = it went well. */
int64_t network_checked_in(struct pages *pages, int64_t ago,
			   const char *problem);

/* An instruction of this kind that came; its texts are hostile. */
#define NETWORK_WORDS "Call <b>us</b> & \"smile\""
void network_instruction(struct pages *pages, uint64_t number,
			 enum instruction_kind kind);

/* A test of three steps; the second ended so. */
void network_test(struct pages *pages, enum connection_result second);

/* How many requests are open? The daemon takes one of this kind. */
size_t network_requests(struct pages *pages);
int64_t network_take(struct pages *pages, enum request_kind kind);

/* It ended; problem NULL = well. */
void network_ended(struct pages *pages, int64_t id, const char *problem);

#define NETWORK_KEY "key=0123456789abcdef0123"

#endif
