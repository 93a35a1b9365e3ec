/*
 * System calls that a profile gives up, as a seccomp filter of our own: a
 * table of refused calls, turned into a BPF program when the process starts.
 * A list of refusals and not of permissions, because the C library's choice
 * of calls changes with every release and processor; what counts is that
 * nothing here opens the network, starts programs or reaches other processes.
 * Files are the affair of Landlock in sandbox.c.
 *
 * With the sanitizers the leak check at exit clones and traces its own
 * process, so those builds leave clone and ptrace out of the filter. They
 * test the rest; ordinary builds test all of it.
 */
#include "base/sandbox_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define FILTER_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define FILTER_ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef FILTER_ARCH

#define PAGE (1u << SANDBOX_PAGE)
#define DAEMON (1u << SANDBOX_DAEMON)
#define COLLECTOR (1u << SANDBOX_COLLECTOR)
#define WORKER (1u << SANDBOX_WORKER)
#define FOREIGN (1u << SANDBOX_COLLECTOR_EXEC)
#define LAUNCHER (1u << SANDBOX_LAUNCHER)
#define DAEMON_ALONE (1u << SANDBOX_DAEMON_NO_EXEC)
/* A launcher's filter holds for all that it runs, so it is no narrower. */
#define RUNNERS (DAEMON | LAUNCHER | FOREIGN)
#define NO_RUNNERS (PAGE | COLLECTOR | WORKER | DAEMON_ALONE)
#define ALL (RUNNERS | NO_RUNNERS)
/* Of those that run no program, one has a child that asks the name service. */
#define NO_FORKERS (NO_RUNNERS & ~DAEMON_ALONE)

struct refusal {
	uint32_t number;   /* of the system call */
	unsigned profiles; /* that give it up */
};

static const struct refusal refusals[] = {
/* The network; socket() itself depends on the family, see put_socket_rules */
#ifdef __NR_socketpair
	{ __NR_socketpair, PAGE },
#endif
	{ __NR_connect, PAGE },
	{ __NR_bind, PAGE | WORKER },
	{ __NR_listen, ALL },
#ifdef __NR_accept
	{ __NR_accept, ALL & ~WORKER },
#endif
	{ __NR_accept4, ALL & ~WORKER },
	/* Other programs; clone() depends on its flags, see put_clone_rules */
	{ __NR_execve, NO_RUNNERS },
	{ __NR_execveat, NO_RUNNERS },
#ifndef SLUICE_SANITIZERS
#ifdef __NR_fork
	{ __NR_fork, NO_FORKERS },
#endif
#ifdef __NR_vfork
	{ __NR_vfork, NO_FORKERS },
#endif
	{ __NR_ptrace, ALL },
#endif
	/* Out of the process group, which is killed at the end */
	{ __NR_setsid, FOREIGN },
	{ __NR_setpgid, FOREIGN },
	/* To another user */
	{ __NR_setuid, FOREIGN },
	{ __NR_setgid, FOREIGN },
	{ __NR_setreuid, FOREIGN },
	{ __NR_setregid, FOREIGN },
	{ __NR_setresuid, FOREIGN },
	{ __NR_setresgid, FOREIGN },
	{ __NR_setfsuid, FOREIGN },
	{ __NR_setfsgid, FOREIGN },
	{ __NR_setgroups, FOREIGN },
#ifdef __NR_setuid32
	{ __NR_setuid32, FOREIGN },
	{ __NR_setgid32, FOREIGN },
	{ __NR_setreuid32, FOREIGN },
	{ __NR_setregid32, FOREIGN },
	{ __NR_setresuid32, FOREIGN },
	{ __NR_setresgid32, FOREIGN },
	{ __NR_setfsuid32, FOREIGN },
	{ __NR_setfsgid32, FOREIGN },
	{ __NR_setgroups32, FOREIGN },
#endif
/* Memory that no limit of the process counts */
#ifdef __NR_memfd_create
	{ __NR_memfd_create, FOREIGN },
#endif
	{ __NR_shmget, FOREIGN },
	{ __NR_msgget, FOREIGN },
	{ __NR_mq_open, FOREIGN },
	/* Other processes */
	{ __NR_process_vm_readv, ALL },
	{ __NR_process_vm_writev, ALL },
#ifdef __NR_pidfd_getfd
	{ __NR_pidfd_getfd, ALL },
#endif
#ifdef __NR_process_madvise
	{ __NR_process_madvise, ALL },
#endif
	{ __NR_kcmp, ALL },
/* The kernel */
#ifdef __NR_kexec_load
	{ __NR_kexec_load, ALL },
#endif
#ifdef __NR_kexec_file_load
	{ __NR_kexec_file_load, ALL },
#endif
	{ __NR_init_module, ALL },
	{ __NR_finit_module, ALL },
	{ __NR_delete_module, ALL },
	{ __NR_bpf, ALL },
	{ __NR_perf_event_open, ALL },
	{ __NR_userfaultfd, ALL },
	{ __NR_keyctl, ALL },
	{ __NR_add_key, ALL },
	{ __NR_request_key, ALL },
	{ __NR_reboot, ALL },
	{ __NR_acct, ALL },
#ifdef __NR_iopl
	{ __NR_iopl, ALL },
#endif
#ifdef __NR_ioperm
	{ __NR_ioperm, ALL },
#endif
#ifdef __NR_io_uring_setup
	{ __NR_io_uring_setup, ALL },
	{ __NR_io_uring_enter, ALL },
	{ __NR_io_uring_register, ALL },
#endif
	/* Mounts, namespaces, ways around Landlock */
	{ __NR_mount, ALL },
	{ __NR_umount2, ALL },
	{ __NR_pivot_root, ALL },
	{ __NR_chroot, ALL },
	{ __NR_setns, ALL },
	{ __NR_unshare, ALL },
	{ __NR_swapon, ALL },
	{ __NR_swapoff, ALL },
	{ __NR_open_by_handle_at, ALL },
	{ __NR_fanotify_init, ALL },
#ifdef __NR_open_tree
	{ __NR_open_tree, ALL },
	{ __NR_move_mount, ALL },
	{ __NR_fsopen, ALL },
	{ __NR_fsmount, ALL },
	{ __NR_fsconfig, ALL },
	{ __NR_fspick, ALL },
#endif
#ifdef __NR_mount_setattr
	{ __NR_mount_setattr, ALL },
#endif
/* The clock */
#ifdef __NR_settimeofday
	{ __NR_settimeofday, ALL },
#endif
	{ __NR_clock_settime, ALL },
#ifdef __NR_clock_settime64
	{ __NR_clock_settime64, ALL },
	{ __NR_clock_adjtime64, ALL },
#endif
#ifdef __NR_adjtimex
	{ __NR_adjtimex, ALL },
#endif
	{ __NR_clock_adjtime, ALL },
};

#define REFUSAL_COUNT (sizeof(refusals) / sizeof(refusals[0]))
#define LEAF_SIZE 3 /* numbers that are compared one by one */
/* Two a number; an end and a fork a leaf, which has two numbers or more. */
#define PROGRAM_SIZE (3 * REFUSAL_COUNT + 48)

/* A jump of the filter reaches 255 instructions. */
_Static_assert(3 * REFUSAL_COUNT / 2 < 250, "the halves are too long");

struct program {
	struct sock_filter code[PROGRAM_SIZE];
	unsigned short len;
};

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* The low half of an argument; all four processors are little-endian. */
#define LOAD_ARGUMENT(n)                   \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
		 offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t))
#define IF_EQUAL(value, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define MASK(value) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, value)
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define REFUSE(errnum) ANSWER(SECCOMP_RET_ERRNO | (errnum))

static void put(struct program *program, const struct sock_filter *code,
		size_t count)
{
	for (size_t i = 0; i < count; i++) {
		program->code[program->len++] = code[i];
	}
}

#define PUT(program, ...)                                             \
	do {                                                          \
		const struct sock_filter code[] = { __VA_ARGS__ };    \
		put((program), code, sizeof(code) / sizeof(code[0])); \
	} while (0)

/* Only this processor's own calls: numbers of another ABI mean others. */
static void put_head(struct program *program)
{
	PUT(program, LOAD(arch), IF_EQUAL(FILTER_ARCH, 1, 0),
	    ANSWER(SECCOMP_RET_KILL_PROCESS), LOAD(nr));
#ifdef __x86_64__
	/* x32 has bit 30 set */
	PUT(program, BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x40000000u, 0, 1),
	    REFUSE(ENOSYS));
#endif
}

/* Numbers of the profile's refusals in ascending order; gives how many. */
static size_t sort_refusals(enum sandbox_profile profile, uint32_t sorted[])
{
	size_t count = 0;
	for (size_t i = 0; i < REFUSAL_COUNT; i++) {
		if ((refusals[i].profiles & 1u << profile) == 0) {
			continue;
		}
		size_t at = count++;
		for (; at > 0 && sorted[at - 1] > refusals[i].number; at--) {
			sorted[at] = sorted[at - 1];
		}
		sorted[at] = refusals[i].number;
	}
	return count;
}

/*
 * Refuses the numbers and allows every other, by halves: the kernel tries a
 * new filter with each call that there is, which a long row of comparisons
 * would make the dearest thing in the life of a page process.
 */
static void put_refusals(struct program *program, const uint32_t sorted[],
			 size_t count)
{
	if (count <= LEAF_SIZE) {
		for (size_t i = 0; i < count; i++) {
			PUT(program, IF_EQUAL(sorted[i], 0, 1), REFUSE(EPERM));
		}
		PUT(program, ALLOW);
		return;
	}
	size_t half = count / 2;
	unsigned short fork = program->len;
	PUT(program, BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, sorted[half], 0, 0));
	put_refusals(program, sorted, half);
	program->code[fork].jt = (uint8_t)(program->len - fork - 1);
	put_refusals(program, sorted + half, count - half);
}

/*
 * socket(): none for a page; the local family alone for a worker; local,
 * internet (no raw sockets) and netlink (the resolver asks it for addresses)
 * for the daemon, collectors and, because they inherit it, their launcher.
 * The number is loaded, and loaded after.
 */
static void put_socket_rules(struct program *program,
			     enum sandbox_profile profile)
{
	switch (profile) {
	case SANDBOX_PAGE:
		PUT(program, IF_EQUAL(__NR_socket, 0, 1), REFUSE(EPERM));
		break;
	case SANDBOX_WORKER:
		PUT(program, IF_EQUAL(__NR_socket, 0, 4), LOAD_ARGUMENT(0),
		    IF_EQUAL(AF_UNIX, 1, 0), REFUSE(EPERM), ALLOW);
		break;
	case SANDBOX_DAEMON:
	case SANDBOX_DAEMON_NO_EXEC:
	case SANDBOX_COLLECTOR:
	case SANDBOX_COLLECTOR_EXEC:
	case SANDBOX_LAUNCHER:
		PUT(program, IF_EQUAL(__NR_socket, 0, 11), LOAD_ARGUMENT(0),
		    IF_EQUAL(AF_UNIX, 8, 0), IF_EQUAL(AF_NETLINK, 7, 0),
		    IF_EQUAL(AF_INET, 2, 0), IF_EQUAL(AF_INET6, 1, 0),
		    REFUSE(EPERM), LOAD_ARGUMENT(1), MASK(0xf),
		    IF_EQUAL(SOCK_RAW, 0, 1), REFUSE(EPERM), ALLOW);
		break;
	case SANDBOX_UNSET:
		break;
	}
}

#define CLONE_NAMESPACES                                               \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/*
 * clone(): none at all for a page, threads only for others that have no
 * children, no namespaces for those that do. clone3() keeps its flags behind a
 * pointer that a filter cannot follow; ENOSYS sends the C library back to
 * clone().
 */
static void put_clone_rules(struct program *program,
			    enum sandbox_profile profile)
{
#ifdef SLUICE_SANITIZERS
	(void)program;
	(void)profile;
#else
	if (profile == SANDBOX_PAGE) {
		PUT(program, IF_EQUAL(__NR_clone, 0, 1), REFUSE(EPERM));
#ifdef __NR_clone3
		PUT(program, IF_EQUAL(__NR_clone3, 0, 1), REFUSE(EPERM));
#endif
		return;
	}
#ifdef __NR_clone3
	PUT(program, IF_EQUAL(__NR_clone3, 0, 1), REFUSE(ENOSYS));
#endif
	if ((NO_FORKERS & 1u << profile) == 0) {
		PUT(program, IF_EQUAL(__NR_clone, 0, 4), LOAD_ARGUMENT(0),
		    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NAMESPACES, 0,
			     1),
		    REFUSE(EPERM), ALLOW);
		return;
	}
	PUT(program, IF_EQUAL(__NR_clone, 0, 4), LOAD_ARGUMENT(0),
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
	    REFUSE(EPERM), ALLOW);
#endif
}

/* Nobody types into the terminal that started the program. */
static void put_ioctl_rules(struct program *program)
{
	PUT(program, IF_EQUAL(__NR_ioctl, 0, 4), LOAD_ARGUMENT(1),
	    IF_EQUAL(TIOCSTI, 0, 1), REFUSE(EPERM), ALLOW);
}

bool sandbox_filter_enter(enum sandbox_profile profile, bool *held,
			  struct err *err)
{
	*held = false;
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0) {
		return true;
	}
	struct program program = { .len = 0 };
	uint32_t sorted[REFUSAL_COUNT];
	put_head(&program);
	put_socket_rules(&program, profile);
	put_clone_rules(&program, profile);
	put_ioctl_rules(&program);
	put_refusals(&program, sorted, sort_refusals(profile, sorted));
	struct sock_fprog filter = { .len = program.len,
				     .filter = program.code };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) {
		/* EINVAL: a kernel with seccomp but without its filters */
		return errno == EINVAL ||
		       err_set_errno(err, ERR_IO, errno,
				     "the system call filter was refused");
	}
	*held = true;
	return true;
}

#else /* a processor whose system calls we have not checked */

bool sandbox_filter_enter(enum sandbox_profile profile, bool *held,
			  struct err *err)
{
	(void)profile;
	(void)err;
	*held = false;
	return true;
}

#endif
