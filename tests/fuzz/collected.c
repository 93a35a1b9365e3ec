/*
 * Feeds a collector's output. Whatever was taken from it, the transmission
 * written of it is one that our own reader takes, with the personal gate
 * open and shut, and it is the same each time.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "documents/collected.h"
#include "documents/transmission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok) {
		abort();
	}
}

static void round_trip(const struct collected *c, bool personal)
{
	struct redact_rules rules = { .services = 0x1e, .personal = personal };
	struct transmission_head head = {
		.transaction = "019ab0c2-1234-7abc-8def-0123456789ab",
		.machine_id = "printer",
		.reason = "sample",
		.collected_at = c->at,
	};
	struct buf one = BUF_INIT, two = BUF_INIT;
	struct withheld_list withheld = { .at = NULL };
	struct transmission_rows rows = { NULL, 0 };
	struct err err = { 0 };

	if (transmission_write(&head, c, &rules, &one, &withheld, &err)) {
		expect(transmission_rows_read(one.data, one.len, &rows, NULL));
		expect(rows.count > 0);
		for (size_t i = 0; i < rows.count; i++) {
			enum field_class class = rows.at[i].field->class;
			expect(class == CLASS_MACHINE ||
			       (personal && (class == CLASS_NETWORK ||
					     class == CLASS_PERSONAL)));
		}
		expect(transmission_write(&head, c, &rules, &two, &withheld,
					  NULL));
		expect(one.len == two.len &&
		       memcmp(one.data, two.data, one.len) == 0);
	} else {
		expect(err.kind == ERR_NOT_FOUND || err.kind == ERR_LIMIT);
	}
	transmission_rows_clear(&rows);
	withheld_clear(&withheld);
	buf_clear(&one);
	buf_clear(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collected c = { 0 };
	struct err err = { 0 };

	if (collected_read(&c, data, size, &err)) {
		/* The same again adds nothing but strays. */
		expect(collected_read(&c, data, size, NULL));
		round_trip(&c, false);
		round_trip(&c, true);
	} else {
		expect(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		expect(c.at == 0 && c.strays == NULL);
	}
	collected_clear(&c);
	return 0;
}
