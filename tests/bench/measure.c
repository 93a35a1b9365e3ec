/*
 * Runs a command some times and prints, one line a run, "wall_ms cpu_ms
 * peak_kib exit" as the kernel accounted for the process and those of its
 * children that it waited for. Standard output of the command is dropped.
 * The comparisons stand in tools/bench.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int run_once(char **argv)
{
	double start = now_ms();
	pid_t pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (null < 0 || dup2(null, 1) < 0) {
			_exit(126);
		}
		execvp(argv[0], argv);
		_exit(127);
	}
	int status;
	struct rusage usage;
	if (wait4(pid, &status, 0, &usage) < 0) {
		perror("wait4");
		return 1;
	}
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	printf("%.3f %.3f %ld %d\n", now_ms() - start,
	       ms_of(usage.ru_utime) + ms_of(usage.ru_stime), usage.ru_maxrss,
	       code);
	return code == 127 || code == 126 ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc < 3 || atoi(argv[1]) < 1) {
		fputs("usage: measure RUNS COMMAND [ARG ...]\n", stderr);
		return 2;
	}
	for (int n = atoi(argv[1]); n > 0; n--) {
		if (run_once(argv + 2) != 0) {
			return 1;
		}
	}
	return 0;
}
