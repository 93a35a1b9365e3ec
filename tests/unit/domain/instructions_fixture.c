/* What tests of instructions share. */
#include "tests/unit/domain/instructions_fixture.h"

#include <string.h>

#include "tests/support/vendor.h"

struct instruction instruction_of(uint64_t number, enum instruction_kind kind)
{
	struct instruction is = {
		.device = "ex7",
		.number = number,
		.kind = kind,
		.issued_at = NOW,
		.expires_at = NOW + WEEK_S,
		.by = "desk",
		.reason = "A fault was reported by telephone.",
	};
	switch (kind) {
	case INSTRUCTION_SEND:
		strcpy(is.services, "metering supplies");
		break;
	case INSTRUCTION_INTERVAL:
		is.interval_s = 1800;
		break;
	case INSTRUCTION_PACKAGE:
		strcpy(is.package, "engine-2.4.1");
		break;
	case INSTRUCTION_MESSAGE:
		strcpy(is.message, "We call tomorrow at nine.");
		break;
	case INSTRUCTION_LEDGER:
		is.to = 9;
		break;
	default:
		break;
	}
	return is;
}

enum instruction_state
take_instruction(struct db *db, const struct instruction *is, int64_t now)
{
	enum instruction_state state = INSTRUCTION_STATE_UNSET;
	struct buf text = BUF_INIT, note = BUF_INIT;
	assert_done(instruction_put(&text, is, err));
	vendor_sign_text(buf_str(&text), &note);
	assert_done(
		instructions_take(db, is, buf_str(&note), now, &state, err));
	buf_clear(&note);
	buf_clear(&text);
	return state;
}

struct instruction_row instruction_now(struct db *db, uint64_t number)
{
	struct instruction_row row;
	assert_done(instructions_get(db, number, &row, err));
	return row;
}
