/* See instructions_samples.h. */
#include "tests/unit/server/instructions_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

struct instruction instruction_sample(enum instruction_kind kind)
{
	struct instruction is = {
		.device = SAMPLES_DEVICE,
		.kind = kind,
		.issued_at = SAMPLES_NOW,
		.expires_at = SAMPLES_NOW + 7 * 86400,
		.by = "desk",
		.reason = "A fault was reported by telephone.",
	};
	switch (kind) {
	case INSTRUCTION_SEND:
		strcpy(is.services, "maintenance");
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
		is.from = 10;
		is.to = 19;
		break;
	default:
		break;
	}
	return is;
}

uint64_t instruction_make(struct samples *s, enum instruction_kind kind)
{
	struct err err = { 0 };
	struct instruction is = instruction_sample(kind);
	if (!instructions_make(s->server.db, &s->config, &is, "anna",
			       SAMPLES_NOW, &err)) {
		fail_msg("%s", err.text);
	}
	return is.number;
}

struct instruction_made instruction_answer(struct samples *s, uint64_t number)
{
	struct instruction_made *list = NULL;
	size_t count = 0;
	assert_true(instructions_made_list(s->server.db, SAMPLES_DEVICE, 99,
					   &list, &count, NULL));
	assert_true(number >= 1 && number <= count);
	struct instruction_made made = list[count - number];
	assert_true(made.number == number);
	mem_free(list);
	return made;
}
