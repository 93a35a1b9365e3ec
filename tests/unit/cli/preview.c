/* Previews without a daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/encoding.h"
#include "capture.h"
#include "crypto/sha256.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void a_preview_shows_values_size_and_hash(void **state)
{
	(void)state;
	struct capture c;
	capture_device_run(&device, &c, 0, "preview metering");
	assert_non_null(strstr(c.out, "TotalImpressions"));
	assert_non_null(strstr(c.out, "\nSHA-256: "));
	assert_non_null(strstr(c.out, " bytes\n"));
	assert_non_null(strstr(c.out, "This is a sample."));
	capture_clear(&c);
}

static void what_is_allowed_is_no_sample(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "allow remote supplies", NULL);
	capture_device_check(&device, 0, "preview supplies",
			     "sends exactly this");
	capture_device_check(&device, 0, "preview supplies metering",
			     "This is a sample.");
}

static void the_exact_bytes_have_the_hash(void **state)
{
	(void)state;
	struct capture c;
	char line[100], hex[65];
	uint8_t hash[SHA256_SIZE];
	capture_device_run(&device, &c, 0, "preview --json metering");
	json_t *o = json_loads(c.out, 0, NULL);
	capture_clear(&c);
	snprintf(line, sizeof(line), "preview --xml %s",
		 json_string_value(json_object_get(o, "transaction")));
	capture_device_run(&device, &c, 0, line);
	sha256_bytes(c.out, c.out_len, hash);
	hex_encode(hex, hash, sizeof(hash));
	assert_string_equal(hex,
			    json_string_value(json_object_get(o, "sha256")));
	assert_int_equal(c.out_len,
			 json_integer_value(json_object_get(o, "bytes")));
	assert_true(json_is_array(json_object_get(o, "withheld")));
	json_decref(o);
	capture_clear(&c);
}

static void customer_information_is_withheld(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "preview maintenance",
			     "  CustomerInfo/PrinterOrganization: "
			     "personal data is not allowed");
}

static void personal_data_is_shown_before_it_is_allowed(void **state)
{
	(void)state;
	struct capture c;
	capture_device_run(&device, &c, 0, "preview maintenance --personal");
	assert_non_null(strstr(c.out, "PrinterOrganization"));
	assert_null(strstr(c.out, "personal data is not allowed"));
	assert_non_null(strstr(c.out, "Services: maintenance personal"));
	assert_non_null(strstr(c.out, "This is a sample."));
	capture_clear(&c);
	capture_device_check(&device, 2,
			     "preview --personal "
			     "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
			     NULL);
}

static void wrong_names_are_usage(void **state)
{
	(void)state;
	capture_device_check(&device, 2, "preview nothing", "no service");
	capture_device_check(&device, 2, "preview", "Something is missing");
	capture_device_check(&device, 1,
			     "preview 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
			     NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_preview_shows_values_size_and_hash),
		cmocka_unit_test(what_is_allowed_is_no_sample),
		cmocka_unit_test(the_exact_bytes_have_the_hash),
		cmocka_unit_test(customer_information_is_withheld),
		cmocka_unit_test(personal_data_is_shown_before_it_is_allowed),
		cmocka_unit_test(wrong_names_are_usage),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
