/*
 * Folders for tests that need files.
 */
#include "tests/support/folder.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void folder_make(char *path, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(path, size, "%s/sluice-test-XXXXXX",
			 tmp != NULL ? tmp : "/tmp");
	assert_true(n > 0 && (size_t)n < size);
	assert_non_null(mkdtemp(path));
}

static int remove_one(const char *path, const struct stat *info, int kind,
		      struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

void folder_remove(const char *path)
{
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
