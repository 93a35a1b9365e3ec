/*
 * The examples in docs/examples are what the programs really make: the
 * simulated printer at one moment, and transmissions of it. With a folder as
 * argument they are written there instead of compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "collectors/sim_documents.h"
#include "documents/transmission.h"

#define NOON INT64_C(1795435200) /* 2026-11-23T12:00:00Z */

static int failures;

static void must(bool done, const struct err *err)
{
	if (!done) {
		fprintf(stderr, "%s\n", err->text);
		exit(1);
	}
}

static void give(const char *dir, const char *name, const struct buf *made)
{
	const char *top = getenv("abs_top_srcdir");
	struct buf have = BUF_INIT;
	struct err err = { 0 };
	char path[4096];

	if (dir != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		must(files_write(path, made->data, made->len, 0644, &err),
		     &err);
		return;
	}
	snprintf(path, sizeof(path), "%s/docs/examples/%s",
		 top != NULL ? top : ".", name);
	must(files_read(path, 1 << 20, &have, &err), &err);
	if (have.len != made->len ||
	    memcmp(have.data, made->data, made->len) != 0) {
		fprintf(stderr,
			"%s is out of date; write it again with "
			"tests/unit/collectors/examples docs/examples\n",
			path);
		failures++;
	}
	buf_clear(&have);
}

static void add_grant(struct transmission_head *head, enum service_id id)
{
	struct transmission_grant *g = &head->grants[head->grants_count];

	g->service = id;
	snprintf(g->id, sizeof(g->id), "019ab0c2-0000-7000-8000-00000000000%zu",
		 head->grants_count++);
}

static void put_transmission(const struct collected *c, bool personal,
			     struct buf *out)
{
	/* A device's own is secret and random; this one makes the examples. */
	static const uint8_t key[PSEUDONYM_KEY_SIZE] = "key of the examples";
	struct redact_rules rules = { .personal = personal,
				      .pseudonym_key = key };
	struct transmission_head head = {
		.transaction = "019ab0c2-1234-7abc-8def-0123456789ab",
		.machine_id = "ex7-004211",
		.make_and_model = "Example Printer 7",
		.serial_number = "EX7-004211",
		.reason = "button",
		.collected_at = c->at,
	};
	struct withheld_list withheld = { .at = NULL };
	const struct service *s;
	struct err err = { 0 };

	rules.services = services_with_documents();
	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		if ((rules.services & SERVICE_BIT(s->id)) != 0) {
			add_grant(&head, s->id);
		}
	}
	if (personal) {
		add_grant(&head, GATE_PERSONAL);
	}
	must(transmission_write(&head, c, &rules, out, &withheld, &err), &err);
	withheld_clear(&withheld);
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : NULL;
	struct collected_writer *w = collected_writer_new("sim", NOON);
	struct collected c = { 0 };
	struct buf out = BUF_INIT;
	struct sim_engine engine;
	struct err err = { 0 };

	sim_engine_init(&engine, 1, NOON - 30 * 24 * 3600);
	sim_engine_run(&engine, NOON);
	sim_documents_put(&engine, NOON, w);
	collected_writer_finish(w, &out);
	give(dir, "collected.xml", &out);
	must(collected_read(&c, out.data, out.len, &err), &err);
	if (c.strays != NULL) {
		fprintf(stderr, "%s: %s\n", c.strays->path, c.strays->reason);
		failures++;
	}
	for (size_t i = DOCUMENT_UNSET + 1; i < DOCUMENT_KINDS; i++) {
		if (c.documents[i] == NULL) {
			fprintf(stderr, "the example has no %s\n",
				document_of((enum document_kind)i)->name);
			failures++;
		}
	}
	buf_reset(&out);
	put_transmission(&c, false, &out);
	give(dir, "transmission.xml", &out);
	buf_reset(&out);
	put_transmission(&c, true, &out);
	give(dir, "transmission-personal.xml", &out);
	buf_clear(&out);
	collected_clear(&c);
	return failures > 0;
}
