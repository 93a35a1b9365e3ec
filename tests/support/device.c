/*
 * A device for tests: the real layers on real files, only its time is the
 * test's.
 */
#include "tests/support/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "client/stage.h"
#include "documents/collected.h"
#include "domain/consent.h"
#include "formats/certs.h"
#include "store/migrate.h"
#include "tests/support/folder.h"
#include "tests/support/schema.h"
#include "tests/support/vendor.h"

#define HANGS_S 900 /* no test takes as long as that */

static int64_t time_now;

void device_set_time(int64_t now)
{
	time_now = now;
}

int64_t device_time(void)
{
	return time_now;
}

static void write_text(const struct device *device, const char *name,
		       const char *text)
{
	char *path = files_join(device->dir, name);
	assert_true(files_write(path, text, strlen(text), 0644, NULL));
	mem_free(path);
}

void device_set_collected(struct device *device, const char *text)
{
	write_text(device, "collected.xml", text);
}

static void write_collected(struct device *device)
{
	struct buf out = BUF_INIT;
	struct collected_writer *w = collected_writer_new("test", time_now);
	collected_writer_document(w, DOCUMENT_BILLING);
	collected_writer_field(w, "TotalImpressions", "1204", "impressions",
			       NULL);
	collected_writer_document(w, DOCUMENT_CONFIGURATION);
	collected_writer_field(w, "MakeAndModel", "Example 7", NULL, NULL);
	collected_writer_field(w, "SerialNumber", "SN-7", NULL, NULL);
	collected_writer_finish(w, &out);
	device_set_collected(device, buf_str(&out));
	buf_clear(&out);
}

static void write_config(struct device *device)
{
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "[device]\nid = %s\nserial = SN-7\n"
		   "[server]\nname = %s\naddress = 127.0.0.1\nport = 1\n"
		   "[collector:test]\nprogram = /bin/cat\n"
		   "arguments = %s/collected.xml\n",
		   PKI_DEVICE, PKI_NAME, device->dir);
	write_text(device, "sluice.conf", buf_str(&text));
	buf_clear(&text);
	char *path = files_join(device->dir, "sluice.conf");
	assert_true(device_config_load(path, &device->config, NULL));
	mem_free(path);
}

static void copy(const struct device *device, const char *from, const char *to)
{
	struct buf data = BUF_INIT;
	char *path = pki_path(&device->pki, from);
	assert_true(files_read(path, 65536, &data, NULL));
	assert_true(files_write(to, data.data, data.len, 0600, NULL));
	mem_free(path);
	buf_clear(&data);
}

/* The keys of "sluice init", then the PKI's identity in place of its own. */
static void provision(struct device *device)
{
	struct device_config *config = &device->config;
	char *trust = files_join(device->dir, "trust");
	assert_true(files_make_dir(trust, 0755, NULL));
	assert_true(files_make_dir(config->state, 0755, NULL));
	assert_true(identity_create(config, NULL));
	char *key = device_config_key_path(config, IDENTITY_KEY_FILE);
	char *chain = device_config_key_path(config, IDENTITY_CERTIFICATE_FILE);
	copy(device, "identity.key", key);
	copy(device, "identity.pem", chain);
	copy(device, "server-anchor.pem", config->server_anchor);
	copy(device, "receipt.verifier", config->receipt_verifier);
	vendor_trust(config->vendor_verifier);
	mem_free(chain);
	mem_free(key);
	mem_free(trust);
}

void device_make(struct device *device)
{
	memset(device, 0, sizeof(*device));
	/* What waits without end ends all the same, and the program red. */
	(void)alarm(HANGS_S);
	pki_make(&device->pki);
	time_now = device->pki.now + device->pki.ahead_s;
	folder_make(device->dir, sizeof(device->dir));
	write_config(device);
	write_collected(device);
	provision(device);
	device->log = (struct log){ .fd = -1, .program = "test" };
	device_open(device);
}

void device_open(struct device *device)
{
	char *path = device_config_state_path(&device->config, "sluice.db");
	assert_true(db_open(path, DB_CREATE, &device->db, NULL));
	mem_free(path);
	assert_true(migrate(device->db, "device", NULL));
	assert_true(client_open(&device->client, &device->config, device->db,
				&device->log, NULL));
	device->client.now = device_time;
}

void device_close(struct device *device)
{
	client_close(&device->client);
	db_close(device->db);
	device->db = NULL;
}

void device_remove(struct device *device)
{
	/* Whatever a test made of it, it is one of the schema. */
	schema_check_stored(device->db);
	device_close(device);
	device_config_clear(&device->config);
	folder_remove(device->dir);
	pki_remove(&device->pki);
	(void)alarm(0);
}

int device_set_up(void **state)
{
	device_make(*state);
	return 0;
}

int device_tear_down(void **state)
{
	device_remove(*state);
	return 0;
}

void device_allow(struct device *device)
{
	assert_true(consent_allow(device->db, "customer", SERVICE_UNSET,
				  time_now, NULL));
	assert_true(consent_allow(device->db, "customer", SERVICE_METERING,
				  time_now, NULL));
}

void device_queue(struct device *device, char transaction[UUID_TEXT_SIZE])
{
	struct err err = { .kind = ERR_NONE };
	if (!stage_preview(&device->client, "operator",
			   SERVICE_BIT(SERVICE_METERING), transaction, &err)) {
		fail_msg("%s", err.text);
	}
	struct outbox_item item = device_item(device, transaction);
	if (!outbox_approve(device->db, "operator", transaction, item.sha256,
			    time_now, &err)) {
		fail_msg("%s", err.text);
	}
}

struct outbox_item device_item(struct device *device, const char *transaction)
{
	struct outbox_item item;
	assert_true(outbox_get(device->db, transaction, &item, NULL));
	return item;
}

void device_stop_serving(struct fault *server)
{
	if (server->pid != 0) {
		fault_stop(server);
	}
	server->pid = 0;
}

void device_serve(struct device *device, struct fault *server, const char *mode)
{
	device_stop_serving(server);
	fault_start(server, &device->pki, mode, NULL, NULL);
	device->config.server_port = server->port;
}

static bool count_entry(void *ctx, const struct ledger_entry *entry,
			struct err *err)
{
	(void)entry;
	(void)err;
	(*(unsigned *)ctx)++;
	return true;
}

unsigned device_entries(const struct device *device, enum ledger_kind kind,
			const char *transaction)
{
	unsigned count = 0;
	const struct ledger_filter filter = { .kind = kind,
					      .transaction = transaction };
	assert_true(
		ledger_each(device->db, &filter, 0, count_entry, &count, NULL));
	return count;
}

void device_assert_log_whole(const struct device *device)
{
	const struct client *client = &device->client;
	struct err err = { .kind = ERR_NONE };
	struct note_verifier verifier;
	struct ledger_report report;
	struct buf text = BUF_INIT;
	assert_true(note_verifier_of(client->ledger_name,
				     client->ledger_key.public_key, &verifier,
				     NULL));
	note_verifier_put(&text, &verifier);
	if (!ledger_verify(device->db, buf_str(&text), &report, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&text);
}
