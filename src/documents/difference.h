#ifndef SLUICE_DOCUMENTS_DIFFERENCE_H
#define SLUICE_DOCUMENTS_DIFFERENCE_H

#include <stddef.h>

/*
 * What changed between the words or fields that somebody agreed to and those
 * of now, for people. Both are in the form of service_put_text() and
 * service_put_catalogue().
 */
enum difference_kind {
	DIFFERENCE_UNSET = 0,
	DIFFERENCE_NEW,
	DIFFERENCE_GONE,
	DIFFERENCE_CHANGED
};

struct difference {
	enum difference_kind kind;
	/* "Sends", "Supplies Usage, Supply/PartNumber", "a form of log lines" */
	char *what;
	/* of a field: purpose and class, and what else has changed */
	char *before; /* "" for new */
	char *now;    /* "" for gone */
};

struct difference_list {
	struct difference *at;
	size_t count;
};

/*
 * Each appends. A text of another form is passed over line by line; NULL
 * counts as "". The order of lines does not matter.
 */
void difference_words(const char *before, const char *now,
		      struct difference_list *list);
void difference_fields(const char *before, const char *now,
		       struct difference_list *list);
void difference_clear(struct difference_list *list);

#endif
