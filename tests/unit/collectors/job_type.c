/* First bytes of jobs, and first bytes of anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collectors/job_type.h"

#include <string.h>

static void kinds_are_known_by_their_first_bytes(void **state)
{
	(void)state;
	static const struct {
		const char *first;
		size_t len;
		const char *type;
	} rows[] = {
		{ "%PDF-1.7\n", 9, "application/pdf" },
		{ "%!PS-Adobe-3.0\n", 15, "application/postscript" },
		{ "\004%!PS\n", 6, "application/postscript" },
		{ "\033%-12345X@PJL\r\n", 15, "application/vnd.hp-pcl" },
		{ "@PJL SET\r\n", 10, "application/vnd.hp-pcl" },
		{ "\033E\033&l1O", 7, "application/vnd.hp-pcl" },
		{ ") HP-PCL XL;2;0", 15, "application/vnd.hp-pclxl" },
		{ "RaS2PwgRaster", 13, "image/pwg-raster" },
		{ "UNIRAST\0", 8, "image/urf" },
		{ "\x89PNG\r\n\x1a\n", 8, "image/png" },
		{ "\xff\xd8\xff\xe0", 4, "image/jpeg" },
		{ "II*\0\x08", 5, "image/tiff" },
		{ "MM\0*\0", 5, "image/tiff" },
		{ "II*", 3, "application/octet-stream" },
		{ "%PDF", 4, "application/octet-stream" },
		{ "hello", 5, "application/octet-stream" },
		{ "", 0, "application/octet-stream" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(job_type_of(rows[i].first, rows[i].len),
				    rows[i].type);
		assert_true(rows[i].len <= JOB_TYPE_BYTES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_known_by_their_first_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
