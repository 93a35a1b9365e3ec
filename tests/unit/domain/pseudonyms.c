/* Which word stands for which name (src/domain/pseudonyms.c). */
#include "domain/pseudonyms.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/domain/people.h"

static const uint8_t key[PSEUDONYM_KEY_SIZE] = { 7 };

/* Remembers a name, as redact.c does, and says its word. */
static void remember(struct db *db, const char *value, int64_t now,
		     char token[PSEUDONYM_SIZE])
{
	struct pseudonym_list list = { .at = NULL };
	pseudonym_make(token, key, value);
	assert_true(pseudonym_list_add(&list, token, value));
	assert_done(pseudonyms_save(db, &list, now, err));
	pseudonym_list_clear(&list);
}

static void assert_value(struct db *db, const char *token, const char *value)
{
	struct buf found = BUF_INIT;
	assert_done(pseudonyms_value(db, token, &found, err));
	assert_string_equal(value, buf_str(&found));
	buf_clear(&found);
}

static void a_word_gives_its_value_back(void **state)
{
	struct temporary_db *t = *state;
	char host[PSEUDONYM_SIZE], address[PSEUDONYM_SIZE];
	remember(t->db, "printer7.example", NOW, host);
	remember(t->db, "192.0.2.7", NOW, address);
	assert_string_not_equal(host, address);
	assert_value(t->db, host, "printer7.example");
	assert_value(t->db, address, "192.0.2.7");
}

static void hostile_names_come_back_as_they_were(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		char token[PSEUDONYM_SIZE];
		remember(t->db, hostile_texts[i], NOW, token);
		assert_value(t->db, token, hostile_texts[i]);
	}
}

static void an_unknown_word_is_said_to_be_unknown(void **state)
{
	struct temporary_db *t = *state;
	struct buf found = BUF_INIT;
	assert_fails(ERR_NOT_FOUND,
		     pseudonyms_value(t->db, "net-000000", &found, err));
	assert_int_equal(0, found.len);
	buf_clear(&found);
}

static void nothing_to_keep_writes_nothing(void **state)
{
	struct temporary_db *t = *state;
	const struct pseudonym_list none = { .at = NULL };
	assert_done(pseudonyms_save(t->db, &none, NOW, err));
	assert_int_equal(0, temporary_db_number(
				    t->db, "SELECT count(*) FROM pseudonyms"));
}

static void the_first_and_the_last_use_are_kept(void **state)
{
	struct temporary_db *t = *state;
	char token[PSEUDONYM_SIZE];
	remember(t->db, "a.example", NOW, token);
	remember(t->db, "a.example", NOW + 50, token);
	assert_int_equal(1, temporary_db_number(
				    t->db, "SELECT count(*) FROM pseudonyms"));
	assert_int_equal(NOW, temporary_db_number(t->db, "SELECT first_at FROM "
							 "pseudonyms"));
	assert_int_equal(NOW + 50,
			 temporary_db_number(t->db, "SELECT last_at FROM "
						    "pseudonyms"));
}

struct seen {
	char values[200];
	int stop_after;
};

static bool see(void *ctx, const char *token, const char *value,
		int64_t last_at, struct err *err)
{
	struct seen *seen = ctx;
	assert_true(token[0] != '\0' && last_at >= NOW);
	strcat(seen->values, value);
	strcat(seen->values, " ");
	return --seen->stop_after != 0 ||
	       err_set(err, ERR_LIMIT, "enough is enough");
}

static void all_are_listed_last_used_first(void **state)
{
	struct temporary_db *t = *state;
	char token[PSEUDONYM_SIZE];
	struct seen seen = { "", 0 };
	remember(t->db, "a.example", NOW, token);
	remember(t->db, "c.example", NOW + 9, token);
	remember(t->db, "b.example", NOW + 9, token);
	assert_done(pseudonyms_each(t->db, see, &seen, err));
	assert_string_equal("b.example c.example a.example ", seen.values);
	seen = (struct seen){ "", 1 };
	assert_fails(ERR_LIMIT, pseudonyms_each(t->db, see, &seen, err));
	assert_string_equal("b.example ", seen.values);
}

static void a_full_disk_is_said(void **state)
{
	struct temporary_db *t = *state;
	struct err why = { .kind = ERR_NONE };
	bool ok = true;
	temporary_db_fill(t->db, true);
	for (int i = 0; i < 2000 && ok; i++) {
		char value[32], token[PSEUDONYM_SIZE];
		struct pseudonym_list list = { .at = NULL };
		snprintf(value, sizeof(value), "host-%d.example", i);
		pseudonym_make(token, key, value);
		assert_true(pseudonym_list_add(&list, token, value));
		ok = pseudonyms_save(t->db, &list, NOW, &why);
		pseudonym_list_clear(&list);
	}
	assert_false(ok);
	assert_int_equal(ERR_IO, why.kind);
	temporary_db_fill(t->db, false);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_word_gives_its_value_back),
		T(hostile_names_come_back_as_they_were),
		T(an_unknown_word_is_said_to_be_unknown),
		T(nothing_to_keep_writes_nothing),
		T(the_first_and_the_last_use_are_kept),
		T(all_are_listed_last_used_first),
		T(a_full_disk_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
