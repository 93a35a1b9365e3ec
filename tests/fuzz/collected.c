/*
 * Feeds a collector's output. Whatever was taken from it, the transmission
 * written of it is one that our own reader takes, with the personal gate open
 * and shut, with a key for pseudonyms and without, and it is the same each
 * time. Nothing in it is of a class that stays, or too old.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "documents/collected.h"
#include "documents/log_line.h"
#include "documents/transmission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool ok)
{
	if (!ok) {
		abort();
	}
}

/* May a value of this class stand there, or what replaces it? */
static bool covered(const struct redact_rules *rules, enum field_class class,
		    const char *text)
{
	return class == CLASS_MACHINE ||
	       (rules->personal &&
		(class == CLASS_NETWORK || class == CLASS_PERSONAL)) ||
	       (class == CLASS_NETWORK && rules->pseudonym_key != NULL &&
		pseudonym_is(text));
}

static void expect_line(const struct redact_rules *rules,
			const struct transmission_row *row, int64_t since)
{
	struct log_line line;
	char time[CLOCK_TEXT_SIZE] = "";
	int64_t at;

	expect(log_line_match(row->document->forms, row->text, &line));
	for (size_t i = 0; i < line.count; i++) {
		const struct log_line_slot *slot = &line.slots[i];
		char *text = mem_strndup(slot->at, slot->len);
		expect(covered(rules, slot->class, text) ||
		       strcmp(text, log_line_mark(slot->class)) == 0);
		mem_free(text);
	}
	memcpy(time, line.slots[0].at, sizeof(time) - 1);
	expect(clock_parse(time, &at) && at >= since);
}

static void expect_row(const struct redact_rules *rules,
		       const struct transmission_row *row)
{
	/* All services have the same in this harness. */
	int64_t since = rules->since[SERVICE_MAINTENANCE];
	int64_t at;

	expect(row->field != NULL &&
	       covered(rules, row->field->class, row->text));
	if (row->field->type == TYPE_LINE) {
		expect_line(rules, row, since);
	}
	if (row->field->moment && since > 0) {
		expect(clock_parse(row->text, &at) ? at >= since
						   : !row->field->required);
	}
}

static void round_trip(const struct collected *c,
		       const struct redact_rules *rules)
{
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

	if (transmission_write(&head, c, rules, &one, &withheld, &err)) {
		expect(transmission_rows_read(one.data, one.len, &rows, NULL));
		expect(rows.count > 0);
		for (size_t i = 0; i < rows.count; i++) {
			expect_row(rules, &rows.at[i]);
		}
		expect(transmission_write(&head, c, rules, &two, &withheld,
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

static void round_trips(const struct collected *c)
{
	static const uint8_t key[PSEUDONYM_KEY_SIZE] = { 7 };
	struct redact_rules rules = { .services = services_with_documents() };

	round_trip(c, &rules);
	rules.pseudonym_key = key;
	round_trip(c, &rules);
	for (size_t i = 0; i < SERVICES_END; i++) {
		rules.since[i] = c->at - 3600;
	}
	rules.personal_since = c->at - 1800;
	round_trip(c, &rules);
	rules.personal = true;
	round_trip(c, &rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct collected c = { 0 };
	struct err err = { 0 };

	if (collected_read(&c, data, size, &err)) {
		/* The same again adds nothing but strays. */
		expect(collected_read(&c, data, size, NULL));
		round_trips(&c);
	} else {
		expect(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		expect(c.at == 0 && c.strays == NULL);
	}
	collected_clear(&c);
	return 0;
}
