/*
 * What an envelope may say. Whole transmissions are in transmission.c and
 * transmission_reader.c.
 */
#include "documents/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

static enum err_kind kind_of(const struct transmission_head *head)
{
	struct err err = { 0 };
	bool fine = envelope_check(head, &err);

	assert_int_equal(fine, err.kind == ERR_NONE);
	return err.kind;
}

static void a_complete_head_is_taken(void **state)
{
	struct transmission_head head;

	(void)state;
	samples_head(&head, SAMPLES_ALL);
	assert_int_equal(kind_of(&head), ERR_NONE);
	samples_head(&head, SAMPLES_ALL | SERVICE_BIT(SERVICE_UPDATES) |
				    SERVICE_BIT(GATE_PERSONAL));
	assert_int_equal(head.grants_count, 7);
	assert_int_equal(kind_of(&head), ERR_NONE);
	samples_head(&head, 0);
	assert_int_equal(kind_of(&head), ERR_NONE);
}

static void a_machine_id_is_short_and_lower_case(void **state)
{
	static const char *const bad[] = { "", "A", "a b", "a/b", "\xc3\xa4" };
	struct transmission_head head;

	(void)state;
	samples_head(&head, SAMPLES_ALL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(head.machine_id, bad[i]);
		assert_int_equal(kind_of(&head), ERR_INVALID);
	}
}

static void a_reason_is_one_of_five(void **state)
{
	static const char *const good[] = { "button", "timer", "alarm",
					    "instruction", "sample" };
	struct transmission_head head;

	(void)state;
	samples_head(&head, SAMPLES_ALL);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		head.reason = good[i];
		assert_int_equal(kind_of(&head), ERR_NONE);
	}
	head.reason = "button timer";
	assert_int_equal(kind_of(&head), ERR_INVALID);
	head.reason = NULL;
	assert_int_equal(kind_of(&head), ERR_INVALID);
}

static void grants_are_bounded_and_each_service_has_one(void **state)
{
	struct transmission_head head;

	(void)state;
	samples_head(&head, SAMPLES_ALL);
	head.grants_count = TRANSMISSION_GRANTS_MAX + 1;
	assert_int_equal(kind_of(&head), ERR_LIMIT);
	samples_head(&head, SAMPLES_ALL);
	head.grants[1].service = head.grants[0].service;
	assert_int_equal(kind_of(&head), ERR_INVALID);
	samples_head(&head, SAMPLES_ALL);
	head.grants[0].service = SERVICE_UNSET;
	assert_int_equal(kind_of(&head), ERR_INVALID);
	samples_head(&head, SAMPLES_ALL);
	head.grants[0].id[0] = '\0';
	assert_int_equal(kind_of(&head), ERR_INVALID);
}

static void no_envelope_names_a_grant_for_job_data(void **state)
{
	struct transmission_head head;

	(void)state;
	samples_head(&head, SERVICE_BIT(SERVICE_METERING) |
				    SERVICE_BIT(GATE_JOB_DATA));
	assert_int_equal(head.grants_count, 2);
	assert_int_equal(kind_of(&head), ERR_INVALID);
	head.reason = "sample";
	assert_int_equal(kind_of(&head), ERR_INVALID);
}

static void an_id_has_one_to_sixty_four_characters(void **state)
{
	char id[ENVELOPE_MACHINE_ID_MAX + 2];
	(void)state;
	assert_true(envelope_machine_id_is_valid("a"));
	assert_true(envelope_machine_id_is_valid("ex7-0042.11"));
	assert_false(envelope_machine_id_is_valid(""));
	assert_false(envelope_machine_id_is_valid("EX7"));
	assert_false(envelope_machine_id_is_valid("ex7 1"));
	memset(id, 'x', sizeof(id));
	id[ENVELOPE_MACHINE_ID_MAX + 1] = '\0';
	assert_false(envelope_machine_id_is_valid(id));
	id[ENVELOPE_MACHINE_ID_MAX] = '\0';
	assert_true(envelope_machine_id_is_valid(id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_complete_head_is_taken),
		cmocka_unit_test(a_machine_id_is_short_and_lower_case),
		cmocka_unit_test(an_id_has_one_to_sixty_four_characters),
		cmocka_unit_test(a_reason_is_one_of_five),
		cmocka_unit_test(no_envelope_names_a_grant_for_job_data),
		cmocka_unit_test(grants_are_bounded_and_each_service_has_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
