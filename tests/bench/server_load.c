/*
 * Load for the server rows of tools/bench: some processes, each with a number
 * of uploads of about 20 kB one after the other, every one with a TLS
 * handshake of its own and another transaction. Prints uploads a second over
 * all processes. What it measures against is tests/bench/sink.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "documents/collected.h"
#include "documents/transmission.h"
#include "net/upload.h"

#define BODY_BYTES 20000

static void put_supply(struct collected_writer *w, int index)
{
	char number[16];
	snprintf(number, sizeof(number), "%d", index);
	collected_writer_group(w, "Supply");
	collected_writer_field(w, "Index", number, NULL, NULL);
	collected_writer_field(w, "Type", "toner", NULL, NULL);
	collected_writer_field(w, "MaxCapacity", "100", "percent", NULL);
	collected_writer_field(w, "Level", number, "percent", NULL);
	collected_writer_field(w, "PartNumber", "EX7-TONER-CYAN", NULL, NULL);
	collected_writer_group_end(w);
}

static bool make_collected(int supplies, int64_t now, struct collected *c,
			   struct err *err)
{
	struct buf xml = BUF_INIT;
	struct collected_writer *w = collected_writer_new("bench", now);
	collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
	for (int i = 1; i <= supplies; i++) {
		put_supply(w, i);
	}
	collected_writer_finish(w, &xml);
	bool ok = collected_read(c, xml.data, xml.len, err);
	buf_clear(&xml);
	return ok;
}

static bool make_body(const struct collected *collected, const char *device,
		      struct transmission_head *head, struct buf *body,
		      struct err *err)
{
	const struct redact_rules rules = { .services = SERVICE_BIT(
						    SERVICE_SUPPLIES) };
	struct withheld_list withheld = { 0 };
	memset(head, 0, sizeof(*head));
	uuid_v7(head->transaction, clock_utc_now_ms());
	snprintf(head->machine_id, sizeof(head->machine_id), "%s", device);
	head->reason = "button";
	head->collected_at = collected->at;
	head->grants[0].service = SERVICE_SUPPLIES;
	uuid_v7(head->grants[0].id, clock_utc_now_ms());
	head->grants_count = 1;
	bool ok = transmission_write(head, collected, &rules, body, &withheld,
				     err);
	withheld_clear(&withheld);
	return ok;
}

static bool send_one(const struct upload_server *server,
		     const struct collected *collected, const char *device,
		     struct err *err)
{
	struct transmission_head head;
	struct buf body = BUF_INIT;
	struct upload_answer answer = UPLOAD_ANSWER_INIT;
	const struct upload_watch watch = { .stop_fd = -1 };
	bool ok = make_body(collected, device, &head, &body, err);
	if (ok) {
		struct upload upload = {
			.transaction = head.transaction,
			.type = TRANSMISSION_TYPE,
			.body = { .data = body.data,
				  .fd = -1,
				  .size = body.len },
		};
		sha256_bytes(body.data, body.len, upload.sha256);
		ok = upload_send(server, &upload, &watch, clock_utc_now(),
				 &answer, err);
	}
	upload_answer_clear(&answer);
	buf_clear(&body);
	return ok;
}

static int run_child(const struct upload_server *server, int count,
		     const struct collected *collected, const char *device)
{
	for (int i = 0; i < count; i++) {
		struct err err = { 0 };
		if (!send_one(server, collected, device, &err)) {
			fprintf(stderr, "server_load: %s\n", err.text);
			return 1;
		}
	}
	return 0;
}

static int run_all(const struct upload_server *server, int processes, int count,
		   const struct collected *collected, const char *device)
{
	int failed = 0;
	int64_t start = clock_monotonic_ms();
	for (int i = 0; i < processes; i++) {
		pid_t pid = fork();
		if (pid < 0) {
			perror("server_load: fork");
			return 1;
		}
		if (pid == 0) {
			_exit(run_child(server, count, collected, device));
		}
	}
	int status;
	while (wait(&status) > 0) {
		failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	double s = (double)(clock_monotonic_ms() - start) / 1000.0;
	printf("%.1f\n", (double)processes * count / (s > 0 ? s : 0.001));
	return failed == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc != 10) {
		fputs("usage: server_load PROCESSES COUNT NAME ADDRESS PORT "
		      "ANCHOR CHAIN KEY DEVICE\n",
		      stderr);
		return 2;
	}
	struct err err = { 0 };
	struct trust *trust = NULL;
	struct collected collected = { 0 };
	struct buf body = BUF_INIT;
	struct transmission_head head;
	int supplies = 1;
	bool ok = trust_load(argv[6], argv[7], argv[8], &trust, &err);
	while (ok && body.len < BODY_BYTES && supplies < FIELD_REPEAT_MAX) {
		buf_reset(&body);
		collected_clear(&collected);
		supplies += 8;
		ok = make_collected(supplies, clock_utc_now(), &collected,
				    &err) &&
		     make_body(&collected, argv[9], &head, &body, &err);
	}
	if (!ok) {
		fprintf(stderr, "server_load: %s\n", err.text);
		return 1;
	}
	const struct upload_server server = {
		.name = argv[3],
		.address = argv[4],
		.port = atoi(argv[5]),
		.trust = trust,
	};
	int code = run_all(&server, atoi(argv[1]), atoi(argv[2]), &collected,
			   argv[9]);
	buf_clear(&body);
	collected_clear(&collected);
	trust_free(trust);
	return code;
}
