/* What tests of domain share: people, grants, transmissions. */
#include "tests/unit/domain/people.h"

#include <stdio.h>
#include <string.h>

#include "domain/accounts.h"
#include "domain/consent.h"

const char *const hostile_texts[] = {
	"a\nkind grant\nactor admin",
	"a\r\nb\tc",
	"'); DROP TABLE ledger; --",
	"\"quoted\" <script>alert(1)</script> & \\ %s %n",
	"=cmd|' /C calc'!A0",
	"\xe2\x80\xae"
	"evil\xe2\x81\xa6"
	"txt\xe2\x80\xa8"
	"next",
	"\xff\xfe\xc0\xaf bad \xed\xa0\x80 utf-8",
	"bell \a esc \x1b[31m red \x7f del \xc2\x9b c1",
	" leading and trailing ",
	NULL,
};

int64_t person(struct db *db, const char *name, unsigned roles)
{
	int64_t id = 0;
	assert_done(accounts_create(db, "test", name, GOOD_PASSWORD, NULL,
				    roles, NOW, &id, err));
	return id;
}

void allow_services(struct db *db, unsigned services, int64_t now)
{
	assert_done(consent_allow(db, "carla", SERVICE_UNSET, now, err));
	for (size_t i = 0; service_at(i) != NULL; i++) {
		if ((services & SERVICE_BIT(service_at(i)->id)) != 0) {
			assert_done(consent_allow(db, "carla",
						  service_at(i)->id, now, err));
		}
	}
}

void stage_item(struct db *db, unsigned services, bool sample, const char *body,
		int64_t now, struct outbox_item *item)
{
	struct withheld_list left = { .at = NULL };
	*item = (struct outbox_item){
		.state = sample ? OUTBOX_SAMPLE : OUTBOX_STAGED,
		.services = services,
		.created_at = now,
		.created_by = "otto",
	};
	uuid_v7(item->transaction, now * 1000);
	if (!sample) {
		struct transmission_head head = { .grants_count = 0 };
		assert_done(consent_grants(db, services, now, &head, err));
		for (size_t i = 0; i < head.grants_count; i++) {
			if (i > 0) {
				strcat(item->grants, " ");
			}
			strcat(item->grants, head.grants[i].id);
		}
	}
	if (body == NULL) {
		body = item->transaction; /* other bytes each time */
	}
	assert_done(outbox_stage(db, item, body, strlen(body), &left, err));
	assert_done(outbox_get(db, item->transaction, item, err));
}

void queue_item(struct db *db, unsigned services, int64_t now,
		struct outbox_item *item)
{
	stage_item(db, services, false, NULL, now, item);
	assert_done(outbox_approve(db, "otto", item->transaction, item->sha256,
				   now, err));
	assert_done(outbox_get(db, item->transaction, item, err));
}

enum outbox_state state_of(struct db *db, const char *transaction)
{
	struct outbox_item item;
	assert_done(outbox_get(db, transaction, &item, err));
	return item.state;
}

static bool count_row(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	(void)entry;
	(void)err;
	++*(int64_t *)ctx;
	return true;
}

int64_t entries(struct db *db, enum ledger_kind kind)
{
	struct ledger_filter filter = { .kind = kind };
	int64_t count = 0;
	assert_done(ledger_each(db, &filter, 0, count_row, &count, err));
	return count;
}

int64_t results(struct db *db, enum ledger_kind kind, const char *result)
{
	char sql[160];
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM ledger WHERE kind = '%s' AND "
		 "result = '%s'",
		 ledger_kind_name(kind), result);
	return temporary_db_number(db, sql);
}

void assert_last_entry(struct db *db, enum ledger_kind kind, const char *text)
{
	struct ledger_head head;
	struct ledger_entry entry;
	struct buf texts = BUF_INIT;
	assert_done(ledger_head(db, &head, err));
	assert_true(head.size > 0);
	assert_done(
		ledger_get(db, (int64_t)head.size - 1, &entry, &texts, err));
	assert_string_equal(ledger_kind_name(kind),
			    ledger_kind_name(entry.kind));
	if (strstr(entry.text, text) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", text, entry.text);
	}
	buf_clear(&texts);
}

void assert_ledger_whole(struct db *db)
{
	struct ledger_report report;
	assert_done(ledger_verify(db, NULL, &report, err));
}
