/*
 * What the client daemon finds out about the connection, written as it does
 * it. The certificate's row is written by itself: its bytes are of no matter
 * to pages.
 */
#include "tests/pages/network_support.h"

#include <string.h>

#include "domain/checkins.h"
#include "tests/support/vendor.h"

#define DAY_S ((int64_t)86400)

void network_certificate(struct pages *pages, int begins, int ends)
{
	static const char sha256[] = "9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b"
				     "9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b";
	struct stmt q;

	assert_true(db_query(pages->db, &q,
			     "INSERT OR REPLACE INTO enrolment (id, state, "
			     "sha256, subject, issuer, not_before, not_after) "
			     "VALUES (1, 'enrolled', ?, "
			     "'CN=ex7-004211, serialNumber=EX7-004211', "
			     "'CN=Example <devices>', ?, ?)",
			     NULL));
	db_bind_text(&q, 1, sha256);
	db_bind_int(&q, 2, pages->now + begins * DAY_S);
	/* and some hours, so that days do not turn while the test runs */
	db_bind_int(&q, 3, pages->now + ends * DAY_S + DAY_S / 2);
	assert_true(db_run(&q, NULL));
}

int64_t network_checked_in(struct pages *pages, int64_t ago,
			   const char *problem)
{
	static const char peer[] = "9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b"
				   "9f3b9f3b9f3b9f3b9f3b9f3b9f3b9f3b";
	static const char request[] = "<CheckIn device=\"ex7-004211\"/>";
	int64_t at = pages->now - ago;
	struct checkin_end end = {
		.problem = problem,
		.retry_at = pages->now + 600,
		.answer = problem == NULL ? "sluice.checkin/v1\n" : NULL,
		.bytes_out = 611,
		.bytes_in = 498,
		.wished_s = 3600,
		.next_at = at + 3600,
	};

	assert_true(checkins_begin(pages->db, CHECKIN_SLOT, "daemon", peer,
				   request, sizeof(request) - 1, at,
				   &end.number, NULL));
	assert_true(checkins_end(pages->db, &end, at, NULL));
	return end.number;
}

void network_instruction(struct pages *pages, uint64_t number,
			 enum instruction_kind kind)
{
	struct instruction is = {
		.device = "ex7-004211",
		.number = number,
		.kind = kind,
		.issued_at = pages->now,
		.expires_at = pages->now + 7 * DAY_S,
		.by = "desk",
		.reason = "Because <i>so</i>.",
	};
	enum instruction_state state;
	struct buf text = BUF_INIT;
	struct buf note = BUF_INIT;

	if (kind == INSTRUCTION_SEND) {
		strcpy(is.services, "maintenance supplies");
	} else if (kind == INSTRUCTION_INTERVAL) {
		is.interval_s = 7200;
	} else if (kind == INSTRUCTION_MESSAGE) {
		strcpy(is.message, NETWORK_WORDS);
	}
	assert_true(instruction_put(&text, &is, NULL));
	vendor_sign_text(buf_str(&text), &note);
	assert_true(instructions_take(pages->db, &is, buf_str(&note),
				      pages->now, &state, NULL));
	buf_clear(&text);
	buf_clear(&note);
}

void network_test(struct pages *pages, enum connection_result second)
{
	struct connection_test test = {
		.at = pages->now,
		.count = 3,
		.steps = {
			{ .name = "dns",
			  .title = "Name of the server",
			  .result = CONNECTION_OK,
			  .text = "comms.example is 192.0.2.7" },
			{ .name = "tls",
			  .title = "Certificate of the server",
			  .result = second,
			  .text = "issued by <b>Inspector</b>",
			  .remedy = "Ask your network to let it through." },
			{ .name = "echo",
			  .title = "Echo",
			  .result = second == CONNECTION_FAILED
					    ? CONNECTION_SKIPPED
					    : CONNECTION_OK,
			  .text = "" },
		},
	};

	assert_true(connection_test_write(pages->db, "ada", &test, NULL));
}

size_t network_requests(struct pages *pages)
{
	struct stmt q;
	size_t count = 0;

	assert_true(db_query(pages->db, &q,
			     "SELECT count(*) FROM requests WHERE state = ?",
			     NULL));
	db_bind_int(&q, 1, REQUEST_OPEN);
	if (db_row(&q)) {
		count = (size_t)db_int(&q, 0);
	}
	assert_true(db_done(&q, NULL));
	return count;
}

int64_t network_take(struct pages *pages, enum request_kind kind)
{
	struct request_row row;

	assert_true(requests_take(pages->db, &row, NULL));
	assert_int_equal(row.kind, kind);
	return row.id;
}

void network_ended(struct pages *pages, int64_t id, const char *problem)
{
	struct err why = { .kind = ERR_NONE };

	if (problem == NULL) {
		assert_true(
			requests_done(pages->db, id, NULL, pages->now, NULL));
	} else {
		err_set(&why, ERR_RETRY, "%s", problem);
		assert_true(requests_refused(pages->db, id, &why, pages->now,
					     NULL));
	}
}
