/*
 * How long instructions are kept, and that a number which was taken is never
 * taken again, whether its row is still there or not. What was asked, who
 * decided and what came of it stands in the log for ever.
 */
#include "domain/instructions_parts.h"

bool instructions_was_taken(struct db *db, uint64_t number, bool *taken,
			    struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM instructions_gone WHERE number >= ?1 "
		      "UNION ALL SELECT 1 FROM instructions WHERE number = ?1",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)number);
	*taken = db_row(&q);
	return db_done(&q, err);
}

/*
 * By number and not by date: a clock that runs ahead deletes nothing. The
 * table's own rules keep what is open or not told, and raise the number up to
 * which all was taken.
 */
bool instructions_forget(struct db *db, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "DELETE FROM instructions "
		      "WHERE state IN ('done', 'refused') AND reported = 1 "
		      "AND number <= (SELECT number FROM instructions "
		      "ORDER BY number DESC LIMIT 1 OFFSET ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, INSTRUCTIONS_KEPT);
	return db_run(&q, err);
}
