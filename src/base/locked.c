/*
 * Locked memory, straight from the kernel: a heap would hand the pages on and
 * keep copies when it grows. Ordinary memory is mem.c's.
 */
#include "base/locked.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/mem.h"

void *locked_new(size_t size)
{
	void *p = mmap(NULL, size > 0 ? size : 1, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		abort();
	}
	/* Each is a wish: an old kernel or a low limit may refuse it. */
	(void)mlock(p, size);
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_WIPEONFORK);
	return p;
}

void locked_free(void *p, size_t size)
{
	if (p == NULL) {
		return;
	}
	mem_burn(p, size);
	(void)munmap(p, size > 0 ? size : 1);
}
