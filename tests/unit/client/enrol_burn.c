/*
 * The code that a person typed is wiped wherever enrolment put it together:
 * as it was kept, with the name before it, and as the field that is sent.
 * explicit_bzero() is this test's, which looks at what it is to wipe.
 */
#include "tests/unit/client/enrol_scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"

#define USER_AND_CODE PKI_DEVICE ":" ENROL_CODE

/* What blocks of memory held, as text from their beginning to its end. */
static struct secret {
	const char *text; /* NULL = nobody looks */
	unsigned wiped;
} code, user_and_code, field;

static void look(struct secret *secret, const void *block, size_t size)
{
	size_t whole = secret->text != NULL ? strlen(secret->text) + 1 : 0;
	if (whole > 0 && size >= whole &&
	    memcmp(block, secret->text, whole) == 0) {
		secret->wiped++;
	}
}

/*
 * In place of the C library's, whose header says that they read nothing. It
 * has another name where the size of blocks is checked.
 */
void look_and_wipe(void *block, size_t size) __asm__("explicit_bzero");
void look_and_wipe_checked(void *block, size_t size,
			   size_t most) __asm__("__explicit_bzero_chk");

void look_and_wipe(void *block, size_t size)
{
	volatile char *bytes = block;
	look(&code, block, size);
	look(&user_and_code, block, size);
	look(&field, block, size);
	for (size_t i = 0; i < size; i++) {
		bytes[i] = 0;
	}
}

void look_and_wipe_checked(void *block, size_t size, size_t most)
{
	look_and_wipe(block, size < most ? size : most);
}

static void the_code_is_wiped_wherever_it_was(void **state)
{
	struct enrol_scene *s = *state;
	struct buf basic = BUF_INIT;
	buf_put_str(&basic, "Basic ");
	base64_put(&basic, (const uint8_t *)USER_AND_CODE,
		   strlen(USER_AND_CODE));
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	enrol_scene_ask(s);
	code.text = ENROL_CODE;
	user_and_code.text = USER_AND_CODE;
	field.text = buf_str(&basic);
	(void)enrol_scene_round(s, false);
	code.text = user_and_code.text = field.text = NULL;
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
	assert_int_equal(code.wiped, 1);
	assert_int_equal(user_and_code.wiped, 1);
	assert_int_equal(field.wiped, 1);
	buf_clear(&basic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_code_is_wiped_wherever_it_was, enrol_scene_set_up,
			enrol_scene_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
