/*
 * The proxy that breaks connections: each fault comes to pass at its byte, in
 * its direction, and is told. What no fault is named for passes unchanged.
 * Waits are for bytes and lines; 20 seconds end a test that hangs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/files.h"
#include "base/mem.h"
#include "tests/support/folder.h"

#define HANGS_S 20
#define LINE 200

/* The proxy between two ends that are this test's. */
struct scene {
	char folder[64];
	char *script;
	pid_t pid;
	FILE *told;
	int port;
	int listener; /* the target */
	int client, target;
};

static void end_soon(int fd)
{
	const struct timeval wait = { .tv_sec = HANGS_S };
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait,
				    sizeof(wait)),
			 0);
}

/* A socket with a port of its own; it listens, or refuses whoever calls. */
static int open_target(char port[8], bool listens)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_true(!listens || listen(fd, 16) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(port, 8, "%d", ntohs(at.sin_port));
	end_soon(fd);
	return fd;
}

static void write_script(const struct scene *scene, const char *script)
{
	struct err err = { .kind = ERR_NONE };
	if (!files_write(scene->script, script, strlen(script), 0600, &err)) {
		fail_msg("%s", err.text);
	}
}

/* The next line of the proxy with this word in front. */
static void expect_line(struct scene *scene, const char *word, char line[LINE])
{
	struct pollfd fd = { .fd = fileno(scene->told), .events = POLLIN };
	do {
		assert_int_equal(poll(&fd, 1, HANGS_S * 1000), 1);
		assert_non_null(fgets(line, LINE, scene->told));
		line[strcspn(line, "\n")] = '\0';
	} while (strncmp(line, word, strlen(word)) != 0);
}

static void expect_told(struct scene *scene, const char *line)
{
	char got[LINE], word[LINE];
	(void)snprintf(word, sizeof(word), "%s", line);
	word[strcspn(word, " ")] = '\0';
	expect_line(scene, word, got);
	assert_string_equal(got, line);
}

static pid_t start_program(const char *port, const char *script, int out)
{
	const char *top = getenv("abs_top_builddir");
	char *program = files_join(top != NULL ? top : ".",
				   "tests/support/fault_proxy");
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(out, STDOUT_FILENO);
		(void)execl(program, program, "127.0.0.1", port, script,
			    (char *)NULL);
		_exit(127);
	}
	mem_free(program);
	return pid;
}

static void start_at(struct scene *scene, const char *script, bool listens)
{
	int ends[2];
	char port[8], line[LINE];
	memset(scene, 0, sizeof(*scene));
	scene->client = scene->target = -1;
	folder_make(scene->folder, sizeof(scene->folder));
	scene->script = files_join(scene->folder, "script");
	write_script(scene, script);
	scene->listener = open_target(port, listens);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	scene->pid = start_program(port, scene->script, ends[1]);
	(void)close(ends[1]);
	scene->told = fdopen(ends[0], "r");
	assert_non_null(scene->told);
	(void)setvbuf(scene->told, NULL, _IONBF, 0);
	expect_line(scene, "port", line);
	scene->port = atoi(line + strlen("port "));
}

static void start(struct scene *scene, const char *script)
{
	start_at(scene, script, true);
}

static void hang_up(int *fd)
{
	if (*fd >= 0) {
		(void)close(*fd);
	}
	*fd = -1;
}

static void stop(struct scene *scene)
{
	(void)kill(scene->pid, SIGKILL);
	(void)waitpid(scene->pid, NULL, 0);
	(void)fclose(scene->told);
	hang_up(&scene->client);
	hang_up(&scene->target);
	(void)close(scene->listener);
	mem_free(scene->script);
	folder_remove(scene->folder);
}

/* A connection to the proxy; the target may never see it. */
static void call(struct scene *scene)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)scene->port) };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	hang_up(&scene->client);
	hang_up(&scene->target);
	scene->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(scene->client >= 0);
	end_soon(scene->client);
	assert_int_equal(
		connect(scene->client, (struct sockaddr *)&at, sizeof(at)), 0);
}

static void call_through(struct scene *scene)
{
	call(scene);
	scene->target = accept(scene->listener, NULL, NULL);
	assert_true(scene->target >= 0);
	end_soon(scene->target);
}

static void put(int fd, const char *bytes, size_t len)
{
	assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

static void expect_bytes(int fd, const char *bytes, size_t len)
{
	char got[256];
	assert_true(len <= sizeof(got));
	assert_int_equal(recv(fd, got, len, MSG_WAITALL), len);
	assert_memory_equal(got, bytes, len);
}

static void expect_end(int fd)
{
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
}

static void expect_reset(int fd)
{
	char byte;
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, ECONNRESET);
}

static void expect_nothing(int fd)
{
	char byte;
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

/* ---- what passes ---- */

static void passes_both_ways_and_each_end(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "case=quiet pass");
	call_through(&scene);
	expect_told(&scene, "connection 1 case=quiet pass");
	put(scene.client, "question", 8);
	expect_bytes(scene.target, "question", 8);
	assert_int_equal(shutdown(scene.client, SHUT_WR), 0);
	expect_end(scene.target);
	put(scene.target, "answer", 6);
	hang_up(&scene.target);
	expect_bytes(scene.client, "answer", 6);
	expect_end(scene.client);
	expect_told(&scene, "end 1 up 8 down 6 closed");
	stop(&scene);
}

/* More than the proxy and both sockets hold at once. */
static void passes_much(void **state)
{
	(void)state;
	enum { MUCH = 8 * 1024 * 1024 };
	struct scene scene;
	uint8_t *bytes = mem_zalloc(MUCH);
	start(&scene, "pass");
	call_through(&scene);
	pid_t sender = fork();
	assert_true(sender >= 0);
	if (sender == 0) {
		for (size_t i = 0; i < MUCH; i++) {
			bytes[i] = (uint8_t)(i * 2654435761u >> 24);
		}
		_exit(send(scene.client, bytes, MUCH, 0) == MUCH ? 0 : 1);
	}
	int code = -1;
	assert_int_equal(recv(scene.target, bytes, MUCH, MSG_WAITALL), MUCH);
	assert_int_equal(waitpid(sender, &code, 0), sender);
	assert_int_equal(code, 0);
	for (size_t i = 0; i < MUCH; i++) {
		assert_int_equal(bytes[i], (uint8_t)(i * 2654435761u >> 24));
	}
	mem_free(bytes);
	stop(&scene);
}

static void a_side_that_resets_resets_the_other(void **state)
{
	(void)state;
	const struct linger at_once = { .l_onoff = 1 };
	struct scene scene;
	start(&scene, "pass");
	call_through(&scene);
	assert_int_equal(setsockopt(scene.target, SOL_SOCKET, SO_LINGER,
				    &at_once, sizeof(at_once)),
			 0);
	hang_up(&scene.target);
	expect_reset(scene.client);
	expect_told(&scene, "end 1 up 0 down 0 failed");
	stop(&scene);
}

static void a_target_that_does_not_listen_is_told(void **state)
{
	(void)state;
	struct scene scene;
	start_at(&scene, "pass", false);
	call(&scene);
	expect_reset(scene.client);
	expect_told(&scene, "end 1 up 0 down 0 unreachable");
	stop(&scene);
}

/* ---- what does not ---- */

static void cuts_at_its_byte(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "cut-up=5; cut-down=3; reset-up=5; reset-down=3; cut=0");
	for (int i = 0; i < 4; i++) {
		bool up = i % 2 == 0, reset = i >= 2;
		call_through(&scene);
		int from = up ? scene.client : scene.target;
		int to = up ? scene.target : scene.client;
		put(from, "0123456789", 10);
		expect_bytes(to, "0123456789", up ? 5 : 3);
		(reset ? expect_reset : expect_end)(to);
		char line[LINE];
		(void)snprintf(line, sizeof(line), "end %d up %d down %d %s",
			       i + 1, up ? 5 : 0, up ? 0 : 3,
			       reset ? "reset" : "cut");
		expect_told(&scene, line);
	}
	call_through(&scene);
	expect_end(scene.client);
	expect_end(scene.target);
	stop(&scene);
}

/* The other side of a cut hears of it as well. */
static void both_sides_hear_a_cut(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "cut-down=3; reset-down=3");
	call_through(&scene);
	put(scene.target, "abcdef", 6);
	expect_end(scene.target);
	call_through(&scene);
	put(scene.target, "abcdef", 6);
	expect_reset(scene.target);
	stop(&scene);
}

static void stalls_and_keeps_the_connection(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "stall-up=5");
	call_through(&scene);
	put(scene.client, "0123456789", 10);
	expect_bytes(scene.target, "01234", 5);
	expect_told(&scene, "stalled 1 up 5");
	put(scene.client, "more", 4);
	put(scene.target, "back", 4); /* the other direction goes on */
	expect_bytes(scene.client, "back", 4);
	expect_nothing(scene.target);
	expect_nothing(scene.client);
	hang_up(&scene.client);
	expect_told(&scene, "end 1 up 5 down 4 stalled");
	stop(&scene);
}

static void stalls_before_the_first_byte(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "stall=0");
	call_through(&scene);
	expect_told(&scene, "stalled 1 up 0");
	put(scene.client, "x", 1);
	put(scene.target, "y", 1);
	call_through(&scene); /* the proxy has had its turns meanwhile */
	expect_told(&scene, "end 1 up 0 down 0 stalled");
	stop(&scene);
}

static void delays_each_direction(void **state)
{
	(void)state;
	enum { MS = 150 };
	struct scene scene;
	start(&scene, "delay-up=150; delay-down=150; delay=150");
	for (int i = 0; i < 3; i++) {
		call_through(&scene);
		int64_t begun = clock_monotonic_ms();
		put(scene.client, "to", 2);
		expect_bytes(scene.target, "to", 2);
		int64_t there = clock_monotonic_ms();
		put(scene.target, "fro", 3);
		expect_bytes(scene.client, "fro", 3);
		int64_t back = clock_monotonic_ms();
		assert_true(i == 1 || there - begun >= MS);
		assert_true(i == 0 || back - there >= MS);
	}
	stop(&scene);
}

static void trickles(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "trickle-down=10; trickle-down=2:34");
	call_through(&scene);
	int64_t begun = clock_monotonic_ms();
	put(scene.target, "0123456789abcdefghijklmnopqrstuvwxyzABCD", 40);
	expect_bytes(scene.client, "0123456789abcdefghijklmnopqrstuvwxyzABCD",
		     40);
	assert_true(clock_monotonic_ms() - begun >= 3 * 10);
	call_through(&scene);
	begun = clock_monotonic_ms();
	put(scene.target, "0123456789abcdefghijklmnopqrstuvwxyzABCD", 40);
	expect_bytes(scene.client, "0123456789abcdefghijklmnopqrstuvwxyzABCD",
		     40);
	assert_true(clock_monotonic_ms() - begun >= 2 * 10);
	stop(&scene);
}

static void turns_one_bit(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "flip-up=3 flip-down=0");
	call_through(&scene);
	put(scene.client, "000000", 6);
	expect_bytes(scene.target, "000100", 6);
	put(scene.target, "0000", 4);
	expect_bytes(scene.client, "1000", 4);
	stop(&scene);
}

/* Records of 4, 0 and 6 bytes; two bytes of the third one go on. */
static void cuts_inside_a_tls_record(void **state)
{
	(void)state;
	static const char records[] = "\x16\x03\x03\x00\x04"
				      "abcd"
				      "\x17\x03\x03\x00\x00"
				      "\x17\x03\x03\x00\x06"
				      "efghij";
	const size_t all = sizeof(records) - 1, third = 14;
	struct scene scene;
	start(&scene, "record-up=3:2; record-down=3:8; record-down=2:0");
	call_through(&scene);
	put(scene.client, records, 7); /* in pieces, not along the records */
	expect_bytes(scene.target, records, 7);
	put(scene.client, records + 7, all - 7);
	expect_bytes(scene.target, records + 7, third + 2 - 7);
	expect_end(scene.target);
	expect_told(&scene, "end 1 up 16 down 0 cut");
	call_through(&scene);
	put(scene.target, records, all);
	expect_bytes(scene.client, records, third + 8);
	expect_end(scene.client);
	call_through(&scene);
	put(scene.target, records, all);
	expect_bytes(scene.client, records, 9);
	expect_end(scene.client);
	stop(&scene);
}

static void answers_as_a_portal(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "portal; portal-redirect");
	call(&scene);
	put(scene.client, "\x16\x03\x01", 3);
	expect_bytes(scene.client, "HTTP/1.1 200 OK\r\n", 17);
	expect_told(&scene, "end 1 up 0 down 0 portal");
	call(&scene);
	put(scene.client, "\x16\x03\x01", 3);
	expect_bytes(scene.client, "HTTP/1.1 302 Found\r\nLocation: ", 30);
	stop(&scene);
}

static void answers_with_garbage(void **state)
{
	(void)state;
	struct scene scene;
	char got[512];
	start(&scene, "garbage");
	call(&scene);
	put(scene.client, "hello", 5);
	assert_int_equal(recv(scene.client, got, sizeof(got), MSG_WAITALL),
			 sizeof(got));
	assert_true(got[0] < 0x14 || got[0] > 0x17); /* no TLS record */
	expect_end(scene.client);
	expect_told(&scene, "end 1 up 0 down 0 garbage");
	stop(&scene);
}

static void refuses_the_first_ones_and_hangs_up(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "refuse*2; hang-up; pass");
	for (int i = 0; i < 2; i++) {
		call(&scene);
		expect_reset(scene.client);
	}
	call(&scene);
	expect_end(scene.client);
	call_through(&scene);
	put(scene.client, "x", 1);
	expect_bytes(scene.target, "x", 1);
	stop(&scene);
}

static void flaps(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "reset=0; pass; again");
	for (int i = 0; i < 3; i++) {
		call_through(&scene);
		expect_reset(scene.client);
		call_through(&scene);
		put(scene.client, "x", 1);
		expect_bytes(scene.target, "x", 1);
	}
	stop(&scene);
}

static void a_new_script_begins_with_its_first_step(void **state)
{
	(void)state;
	struct scene scene;
	start(&scene, "cut=0; pass");
	call_through(&scene);
	expect_end(scene.client);
	write_script(&scene, "case=2 cut=0; pass");
	call_through(&scene);
	expect_end(scene.client);
	expect_told(&scene, "connection 1 cut=0");
	expect_told(&scene, "connection 2 case=2 cut=0");
	call_through(&scene);
	put(scene.client, "x", 1);
	expect_bytes(scene.target, "x", 1);
	stop(&scene);
}

static void the_program_refuses_a_wrong_script(void **state)
{
	(void)state;
	int code = 0;
	char folder[64];
	folder_make(folder, sizeof(folder));
	char *script = files_join(folder, "script");
	assert_true(files_write(script, "pas", 3, 0600, NULL));
	pid_t pid = start_program("9", script, STDERR_FILENO);
	assert_int_equal(waitpid(pid, &code, 0), pid);
	assert_true(WIFEXITED(code) && WEXITSTATUS(code) == 2);
	mem_free(script);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_both_ways_and_each_end),
		cmocka_unit_test(passes_much),
		cmocka_unit_test(a_side_that_resets_resets_the_other),
		cmocka_unit_test(a_target_that_does_not_listen_is_told),
		cmocka_unit_test(cuts_at_its_byte),
		cmocka_unit_test(both_sides_hear_a_cut),
		cmocka_unit_test(stalls_and_keeps_the_connection),
		cmocka_unit_test(stalls_before_the_first_byte),
		cmocka_unit_test(delays_each_direction),
		cmocka_unit_test(trickles),
		cmocka_unit_test(turns_one_bit),
		cmocka_unit_test(cuts_inside_a_tls_record),
		cmocka_unit_test(answers_as_a_portal),
		cmocka_unit_test(answers_with_garbage),
		cmocka_unit_test(refuses_the_first_ones_and_hangs_up),
		cmocka_unit_test(flaps),
		cmocka_unit_test(a_new_script_begins_with_its_first_step),
		cmocka_unit_test(the_program_refuses_a_wrong_script),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
