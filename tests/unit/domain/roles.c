/* Roles (src/domain/roles.c). */
#include "domain/roles.h"
#include "tests/unit/domain/people.h"

static void names_and_bits_belong_together(void **state)
{
	(void)state;
	assert_int_equal(ROLE_ADMIN, role_by_name("admin"));
	assert_int_equal(ROLE_CUSTOMER, role_by_name("customer"));
	assert_int_equal(ROLE_OPERATOR, role_by_name("operator"));
	assert_int_equal(ROLE_AUDITOR, role_by_name("auditor"));
	assert_int_equal(ROLE_STAFF, role_by_name("staff"));
	assert_int_equal(ROLE_UNSET, role_by_name("root"));
	assert_int_equal(ROLE_UNSET, role_by_name("Admin"));
	assert_int_equal(ROLE_UNSET, role_by_name(""));
	assert_int_equal(ROLE_UNSET, role_by_name(NULL));
	assert_string_equal("auditor", role_name(ROLE_AUDITOR));
	assert_string_equal("", role_name(ROLE_ANYBODY));
}

static void lists_are_read_and_written(void **state)
{
	(void)state;
	unsigned roles = 77;
	assert_true(roles_parse("customer, operator", &roles));
	assert_int_equal(ROLE_CUSTOMER | ROLE_OPERATOR, roles);
	assert_true(roles_parse("admin,admin,staff,", &roles));
	assert_int_equal(ROLE_ADMIN | ROLE_STAFF, roles);
	assert_true(roles_parse("", &roles));
	assert_int_equal(0, roles);
	roles = 77;
	assert_false(roles_parse("customer, king", &roles));
	assert_false(roles_parse("a-name-much-longer-than-any-role", &roles));
	assert_false(roles_parse("anybody", &roles));
	assert_int_equal(77, roles);
	struct buf out = BUF_INIT;
	roles_put(&out, ROLE_OPERATOR | ROLE_ADMIN | ROLE_SIGNED_IN);
	assert_string_equal("admin, operator", buf_str(&out));
	buf_clear(&out);
}

static void nobody_gets_what_is_not_for_him(void **state)
{
	(void)state;
	assert_true(roles_allow(ROLE_ANYBODY, 0, false));
	assert_false(roles_allow(ROLE_SIGNED_IN, 0, false));
	assert_true(roles_allow(ROLE_SIGNED_IN, 0, true));
	assert_false(roles_allow(ROLE_ADMIN, 0, true));
	assert_false(roles_allow(ROLE_ADMIN, ROLE_ADMIN, false));
	assert_true(roles_allow(ROLE_ADMIN, ROLE_ADMIN, true));
	assert_false(
		roles_allow(ROLE_ADMIN, ROLE_CUSTOMER | ROLE_OPERATOR, true));
	assert_true(
		roles_allow(ROLE_ADMIN | ROLE_OPERATOR, ROLE_OPERATOR, true));
	assert_false(roles_allow(ROLE_UNSET, ROLE_ADMIN, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_bits_belong_together),
		cmocka_unit_test(lists_are_read_and_written),
		cmocka_unit_test(nobody_gets_what_is_not_for_him),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
