/*
 * What no decision could make possible: an interval outside the customer's
 * limits, entries that the log does not have. Seen when an instruction comes,
 * so that nobody is asked about it, and once more when it is carried out, for
 * limits that were changed since. Grants and policies are not looked at here.
 */
#include "client/instructions.h"

#include <inttypes.h>

#include "domain/checkins.h"
#include "domain/ledger.h"

/* One that is looked at, and what is found about it. */
struct look {
	struct client *client;
	const struct instruction *is;
	bool possible;
	struct buf words; /* why not */
};

static bool interval_look(struct look *look, struct err *err)
{
	struct checkin_state s;
	int64_t wished = look->is->interval_s;
	if (!checkins_read(look->client->db, look->client->now(), &s, err)) {
		return false;
	}
	look->possible = wished >= s.least_s && wished <= s.most_s;
	if (!look->possible) {
		buf_put_str(&look->words, "It asks for a check-in every ");
		checkin_put_span(&look->words, wished);
		buf_put_str(&look->words, "; the customer's limits are ");
		checkin_put_span(&look->words, s.least_s);
		buf_put_str(&look->words, " to ");
		checkin_put_span(&look->words, s.most_s);
		buf_put_char(&look->words, '.');
	}
	return true;
}

static bool ledger_look(struct look *look, struct err *err)
{
	struct ledger_head head;
	if (!ledger_head(look->client->db, &head, err)) {
		return false;
	}
	look->possible = look->is->to < head.size;
	if (!look->possible) {
		buf_printf(&look->words,
			   "It asks for entries up to %" PRIu64
			   "; the log is not that long.",
			   look->is->to);
	}
	return true;
}

/* Kinds that are not here can always be carried out, if they are allowed. */
static bool (*const looks[INSTRUCTION_KINDS])(struct look *look,
					      struct err *err) = {
	[INSTRUCTION_INTERVAL] = interval_look,
	[INSTRUCTION_LEDGER] = ledger_look,
};

bool instruction_possible(struct client *client, const struct instruction *is,
			  bool *possible, struct buf *words, struct err *err)
{
	struct look look = {
		.client = client,
		.is = is,
		.possible = true,
		.words = BUF_INIT,
	};
	bool (*run)(struct look *, struct err *) = looks[is->kind];
	bool ok = run == NULL || run(&look, err);
	if (ok) {
		*possible = look.possible;
		buf_put(words, look.words.data, look.words.len);
	}
	buf_clear(&look.words);
	return ok;
}
