/*
 * Sealed files over the API: pieces at every offset, other bytes, other words,
 * cancelling. What interferes from outside is in api_sealed_faults.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/server/way.h"

static void a_file_comes_in_pieces(void **state)
{
	struct way w;
	char text[128];
	way_open(&w, *state, 1, 5000);
	assert_int_equal(201, way_create(&w, 0));
	assert_string_equal(w.path, memory_header(&w.m, "Location", text,
						  sizeof(text)));
	assert_int_equal(0, way_header_number(&w, "Upload-Offset"));
	assert_string_equal("Wed, 25 Nov 2026 14:00:00 GMT",
			    memory_header(&w.m, "Upload-Expires", text,
					  sizeof(text)));
	assert_string_equal("", w.m.content);
	assert_int_equal(0, way_offset_of(&w));
	assert_int_equal(5000, way_header_number(&w, "Upload-Length"));
	assert_string_equal("no-store", memory_header(&w.m, "Cache-Control",
						      text, sizeof(text)));
	assert_int_equal(204, way_patch(&w, 0, 10));
	assert_int_equal(10, way_header_number(&w, "Upload-Offset"));
	assert_int_equal(10, way_offset_of(&w));
	assert_int_equal(404, way_ask_receipt(&w));
	assert_int_equal(204, way_patch(&w, 10, 4999));
	assert_int_equal(204, way_patch(&w, 4999, 4999)); /* nothing is fine */
	assert_true(way_there_is(&w, ".part"));
	assert_int_equal(204, way_patch(&w, 4999, 5000));
	assert_int_equal(5000, way_offset_of(&w));
	assert_string_equal("", memory_header(&w.m, "Upload-Expires", text,
					      sizeof(text)));
	way_expect_received(&w, 1);
	way_close(&w);
}

static void small_ones_come_with_their_creation(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 3000);
	assert_int_equal(201, way_create(&w, 3000));
	assert_int_equal(3000, way_header_number(&w, "Upload-Offset"));
	char *receipt = mem_strdup(w.m.content);
	assert_int_equal(0, strncmp(receipt, "sluice.receipt/v1\n", 18));
	way_expect_type(&w, "text/plain; charset=utf-8");
	way_expect_received(&w, 1);
	way_expect_type(&w, "text/plain; charset=utf-8");

	/* Again, with and without the bytes: the same receipt. */
	assert_int_equal(201, way_create(&w, 3000));
	assert_string_equal(receipt, w.m.content);
	assert_int_equal(201, way_create(&w, 0));
	assert_string_equal(receipt, w.m.content);
	way_expect_received(&w, 1);
	mem_free(receipt);
	way_close(&w);

	/* Or their beginning alone. */
	way_open(&w, *state, 2, 3000);
	assert_int_equal(201, way_create(&w, 1000));
	assert_int_equal(1000, way_header_number(&w, "Upload-Offset"));
	assert_string_equal("", w.m.content);
	/*
	 * Once more: it says how far it is, and takes nothing twice, but reads
	 * it, so that the answer gets through.
	 */
	assert_int_equal(201, way_create(&w, 3000));
	assert_int_equal(1000, way_header_number(&w, "Upload-Offset"));
	assert_int_equal(3000, w.m.body_at);
	assert_int_equal(204, way_patch(&w, 1000, 3000));
	way_expect_received(&w, 2);
	way_close(&w);
}

static void one_byte_is_a_beginning(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 3000);
	assert_int_equal(201, way_create(&w, 1));
	assert_int_equal(1, way_header_number(&w, "Upload-Offset"));
	assert_int_equal(201, way_create(&w, 3000));
	assert_int_equal(1, way_header_number(&w, "Upload-Offset"));
	assert_int_equal(204, way_patch(&w, 1, 3000));
	way_expect_received(&w, 1);
	way_close(&w);
}

/* It goes on; nothing has failed. */
static void a_creation_that_is_cut_keeps_what_came(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 3000);
	way_set_creation(&w, 3000);
	w.m.body_len = 1200;
	way_ask(&w, "POST", "/v1/uploads");
	way_expect_problem(&w, 400, "cut");
	assert_int_equal(1200, way_header_number(&w, "Upload-Offset"));
	assert_int_equal(0, samples_entries(w.s, LEDGER_FAILED));
	assert_int_equal(204, way_patch(&w, 1200, 3000));
	way_expect_received(&w, 1);
	way_close(&w);
}

static bool count_entry(void *ctx, const struct ledger_entry *entry,
			struct err *err)
{
	(void)entry;
	(void)err;
	(*(unsigned *)ctx)++;
	return true;
}

static unsigned refusals_of(const struct way *w)
{
	const struct ledger_filter filter = { .kind = LEDGER_REFUSED,
					      .transaction = w->id };
	unsigned count = 0;
	assert_true(ledger_each(w->s->server.db, &filter, 0, count_entry,
				&count, NULL));
	return count;
}

/* Whoever looks for the upload in the log finds what was refused of it. */
static void a_refused_piece_is_an_entry_of_its_upload(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 3000);
	assert_int_equal(201, way_create(&w, 1000));
	buf_put_str(&w.whole, "more");
	assert_int_equal(413, way_patch(&w, 1000, 3001));
	w.whole.len = 3000;
	assert_int_equal(1, refusals_of(&w));
	assert_int_equal(204, way_patch(&w, 1000, 3000));
	way_fresh_request(&w);
	way_ask(&w, "DELETE", w.path);
	way_expect_problem(&w, 403, "complete");
	assert_int_equal(2, refusals_of(&w));
	way_close(&w);
}

static void every_place_to_cut_it_is_fine(void **state)
{
	struct way w;
	for (unsigned cut = 0; cut <= 60; cut++) {
		way_open(&w, *state, cut + 1, 60);
		assert_int_equal(201, way_create(&w, 0));
		/* The line breaks after so many bytes. */
		way_set_piece(&w, 0, w.whole.data, 60);
		w.m.body_len = cut;
		w.m.fail = cut % 2 == 1;
		way_ask(&w, "PATCH", w.path);
		assert_int_equal(cut == 60 ? 204 : 400, w.m.status);
		assert_int_equal(cut, way_offset_of(&w));
		if (cut < 60) {
			assert_int_equal(204, way_patch(&w, cut, 60));
		}
		way_expect_received(&w, cut + 1);
		way_close(&w);
	}
	/* Cuts are the course of things: no entries. */
	assert_int_equal(0, samples_entries(*state, LEDGER_FAILED));
}

static void pieces_elsewhere_or_too_long_are_refused(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 4000);
	assert_int_equal(201, way_create(&w, 100));
	for (size_t at = 0; at < 300; at += 7) {
		if (at != 100) {
			assert_int_equal(409, way_patch(&w, at, 400));
			assert_int_equal(
				100, way_header_number(&w, "Upload-Offset"));
		}
	}
	way_set_piece(&w, UINT64_MAX, w.whole.data, 10);
	way_ask(&w, "PATCH", w.path);
	way_expect_problem(&w, 409, "offset");
	buf_put_str(&w.whole, "more");
	assert_int_equal(413, way_patch(&w, 100, 4001));
	way_expect_problem(&w, 413, "size");
	assert_int_equal(0, w.m.body_at == 0 ? 1 : 0); /* it was drained */
	assert_int_equal(100, way_offset_of(&w));
	w.whole.len = 4000;
	assert_int_equal(204, way_patch(&w, 100, 4000));
	assert_int_equal(409, way_patch(&w, 100, 400));
	assert_int_equal(204, way_patch(&w, 4000, 4000));
	way_expect_received(&w, 1);
	way_close(&w);
}

static void a_piece_must_say_what_it_is(void **state)
{
	static const struct {
		const char *name, *value;
		int status;
	} rows[] = {
		{ "CONTENT_TYPE", NULL, 415 },
		{ "CONTENT_TYPE", "application/octet-stream", 415 },
		{ "HTTP_TUS_RESUMABLE", NULL, 412 },
		{ "HTTP_TUS_RESUMABLE", "0.9", 412 },
		{ "HTTP_UPLOAD_OFFSET", NULL, 400 },
		{ "HTTP_UPLOAD_OFFSET", "-1", 400 },
		{ "HTTP_UPLOAD_OFFSET", "0x0", 400 },
		{ "CONTENT_LENGTH", NULL, 400 },
		{ "CONTENT_LENGTH", "5 ", 400 },
		{ "CONTENT_LENGTH", "99999999999999999999", 400 },
		{ "CONTENT_LENGTH", "18446744073709551615", 413 },
	};
	struct way w;
	way_open(&w, *state, 1, 4000);
	assert_int_equal(201, way_create(&w, 0));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		way_set_piece(&w, 0, w.whole.data, 5);
		memory_param(&w.m, rows[i].name, rows[i].value);
		way_ask(&w, "PATCH", w.path);
		assert_int_equal(rows[i].status, w.m.status);
		assert_int_equal(0, way_offset_of(&w));
	}
	way_close(&w);
}

static void other_bytes_under_the_same_id_are_refused(void **state)
{
	struct way w, other;
	struct buf xml = BUF_INIT;
	way_open(&w, *state, 1, 4000);
	way_open(&other, *state, 1, 4000);
	other.whole.data[3999] ^= 1;
	for (int done = 0; done < 2; done++) {
		assert_int_equal(201, way_create(&w, done == 0 ? 100 : 0));
		way_create(&other, 4000);
		way_expect_problem(&other, 422, "reused");
		/* The same bytes with other words, another length. */
		way_set_creation(&w, 0);
		way_set_metadata(&w, "something else", SEALED_KEYS);
		way_ask(&w, "POST", "/v1/uploads");
		way_expect_problem(&w, 422, "reused");
		way_set_creation(&w, 0);
		memory_param(&w.m, "HTTP_UPLOAD_LENGTH", "4001");
		way_ask(&w, "POST", "/v1/uploads");
		way_expect_problem(&w, 422, "reused");
		/* Machine data under that id. */
		buf_reset(&xml);
		samples_upload(&xml, SAMPLES_DEVICE, w.id);
		if (done == 0) {
			assert_int_equal(204, way_patch(&w, 100, 4000));
		}
	}
	way_expect_received(&w, 1);
	buf_clear(&xml);
	way_close(&w);
	way_close(&other);
}

static void bytes_that_were_not_promised_are_removed(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 4000);
	assert_int_equal(201, way_create(&w, 1000));
	w.whole.data[2000] ^= 1;
	assert_int_equal(422, way_patch(&w, 1000, 4000));
	way_expect_problem(&w, 422, "digest");
	assert_int_equal(-404, way_offset_of(&w));
	assert_false(way_there_is(&w, ".part"));
	assert_false(way_there_is(&w, ".age"));
	assert_int_equal(1, samples_entries(w.s, LEDGER_REFUSED));
	/* All in one request. */
	w.whole.data[2000] ^= 1;
	way_set_creation(&w, 4000);
	w.whole.data[3000] ^= 1;
	way_ask(&w, "POST", "/v1/uploads");
	way_expect_problem(&w, 422, "digest");
	assert_false(way_there_is(&w, ".part"));
	/* The right ones are taken afterwards. */
	w.whole.data[3000] ^= 1;
	assert_int_equal(201, way_create(&w, 4000));
	way_expect_received(&w, 1);
	way_close(&w);
}

static void what_is_no_age_file_is_removed(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 4000);
	memcpy(w.whole.data, "%PDF-1.7 is plain text", 22);
	assert_int_equal(201, way_create(&w, 21));
	assert_int_equal(422, way_patch(&w, 21, 22));
	way_expect_problem(&w, 422, "content");
	assert_int_equal(-404, way_offset_of(&w));
	assert_false(way_there_is(&w, ".part"));
	/* One that is shorter than the line. */
	w.whole.len = 21;
	memcpy(w.whole.data, "age-encryption.org/v1", 21);
	way_create(&w, 21);
	way_expect_problem(&w, 422, "content");
	assert_int_equal(0, samples_entries(w.s, LEDGER_RECEIVED));
	way_close(&w);
}

static void an_upload_can_be_cancelled(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 4000);
	way_fresh_request(&w);
	way_ask(&w, "DELETE", w.path);
	way_expect_problem(&w, 404, "path");
	assert_int_equal(201, way_create(&w, 1000));
	assert_true(way_there_is(&w, ".part"));
	way_fresh_request(&w);
	way_ask(&w, "DELETE", w.path);
	assert_int_equal(204, w.m.status);
	assert_false(way_there_is(&w, ".part"));
	assert_int_equal(-404, way_offset_of(&w));
	assert_int_equal(404, way_patch(&w, 1000, 2000));
	assert_int_equal(201, way_create(&w, 4000));
	way_fresh_request(&w);
	way_ask(&w, "DELETE", w.path);
	way_expect_problem(&w, 403, "complete");
	way_expect_received(&w, 1);
	way_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_file_comes_in_pieces),
		SAMPLES_TEST(small_ones_come_with_their_creation),
		SAMPLES_TEST(one_byte_is_a_beginning),
		SAMPLES_TEST(a_creation_that_is_cut_keeps_what_came),
		SAMPLES_TEST(a_refused_piece_is_an_entry_of_its_upload),
		SAMPLES_TEST(every_place_to_cut_it_is_fine),
		SAMPLES_TEST(pieces_elsewhere_or_too_long_are_refused),
		SAMPLES_TEST(a_piece_must_say_what_it_is),
		SAMPLES_TEST(other_bytes_under_the_same_id_are_refused),
		SAMPLES_TEST(bytes_that_were_not_promised_are_removed),
		SAMPLES_TEST(what_is_no_age_file_is_removed),
		SAMPLES_TEST(an_upload_can_be_cancelled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
