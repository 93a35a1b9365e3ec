/*
 * Capabilities by bare system calls, because there is no library for them
 * among ours. Users are unix_user.c's, files and system calls sandbox.c's.
 */
#include "base/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HIGHEST 63 /* what two words of 32 bits can name */

/* Sets of the kernel's third version: two words each, low one first. */
struct sets {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct word[_LINUX_CAPABILITY_U32S_3];
};

static uint64_t mask_of(const int *capabilities, size_t count)
{
	uint64_t mask = 0;
	for (size_t i = 0; i < count; i++) {
		mask |= UINT64_C(1) << capabilities[i];
	}
	return mask;
}

bool privileges_held(const int *capabilities, size_t count)
{
	struct sets sets = { .head = { _LINUX_CAPABILITY_VERSION_3, 0 } };
	if (syscall(SYS_capget, &sets.head, sets.word) != 0) {
		return false;
	}
	uint64_t held =
		(uint64_t)sets.word[1].effective << 32 | sets.word[0].effective;
	uint64_t wanted = mask_of(capabilities, count);
	return (held & wanted) == wanted;
}

bool privileges_keep(const int *capabilities, size_t count, struct err *err)
{
	uint64_t mask = mask_of(capabilities, count);
	struct sets sets = { .head = { _LINUX_CAPABILITY_VERSION_3, 0 } };
	for (int n = 0; n <= HIGHEST; n++) {
		/* Refused to all but root, who alone could get them back. */
		if ((mask & UINT64_C(1) << n) == 0) {
			(void)prctl(PR_CAPBSET_DROP, n, 0, 0, 0);
		}
	}
	/* Kernels before 4.3 have no ambient set to clear. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t word = (uint32_t)(mask >> (32 * i));
		sets.word[i].effective = word;
		sets.word[i].permitted = word;
	}
	return syscall(SYS_capset, &sets.head, sets.word) == 0 ||
	       err_set_errno(err, ERR_IO, errno,
			     "privileges cannot be given up");
}
