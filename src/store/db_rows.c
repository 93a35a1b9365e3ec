/*
 * Many rows at once, by the calls of db.h alone: nothing here knows which
 * engine there is. One row more or less is the caller's own affair.
 */
#include "store/db.h"

#include "base/mem.h"
#include "base/text.h"

#define FIRST_ROOM 16 /* rows */

bool db_read_all(struct stmt *q, size_t size,
		 void (*read_row)(const struct stmt *q, void *row), void **list,
		 size_t *count, struct err *err)
{
	char *all = NULL;
	size_t n = 0;
	size_t room = 0;
	while (db_row(q)) {
		if (n == room) {
			room = room == 0 ? FIRST_ROOM : room * 2;
			all = mem_resize(all, room * size);
		}
		read_row(q, all + n++ * size);
	}
	if (!db_done(q, err)) {
		mem_free(all);
		return false;
	}
	*list = all;
	*count = n;
	return true;
}

void db_copy_text(const struct stmt *q, int column, char *dst, size_t size)
{
	if (!text_copy(dst, size, db_text(q, column))) {
		dst[0] = '\0';
	}
}
