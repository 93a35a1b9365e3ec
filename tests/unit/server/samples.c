/*
 * What the server's tests start from: uploads as a device would make them,
 * by the device's own code, and a server made by founding_make().
 */
#include "tests/unit/server/samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "documents/collected.h"
#include "documents/transmission.h"
#include "domain/ledger.h"
#include "formats/certs.h"
#include "server/ca.h"
#include "server/founding.h"
#include "tests/support/folder.h"
#include "tests/support/schema.h"

static void put_billing(struct collected_writer *w)
{
	static const char oid[] = "1.3.6.1.2.1.43.10.2.1.4.1.1";
	collected_writer_document(w, DOCUMENT_BILLING);
	collected_writer_field(w, "TotalImpressions", "148211", "impressions",
			       oid);
	collected_writer_field(w, "MonochromeImpressions", "120007",
			       "impressions",
			       "printer-impressions-completed-"
			       "col.monochrome");
	collected_writer_field(w, "FullColorImpressions", "28204",
			       "impressions",
			       "printer-impressions-completed-"
			       "col.full-color");
	collected_writer_field(w, "TotalSheets", "unknown", "sheets", NULL);
}

static void put_supply(struct collected_writer *w, const char *index,
		       const char *color, const char *level)
{
	collected_writer_group(w, "Supply");
	collected_writer_field(w, "Index", index, NULL, NULL);
	collected_writer_field(w, "Class", "supplyThatIsConsumed", NULL, NULL);
	collected_writer_field(w, "Type", "toner", NULL, NULL);
	collected_writer_field(w, "MaxCapacity", "100", "percent", NULL);
	collected_writer_field(w, "Level", level, "percent",
			       "1.3.6.1.2.1.43.11.1.1.9.1");
	collected_writer_field(w, "ColorantName", color, NULL, NULL);
	collected_writer_field(w, "PartNumber", "EX-TN-7", NULL, NULL);
	collected_writer_group_end(w);
}

static void collect(struct collected *c)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };
	struct collected_writer *w = collected_writer_new("sim", SAMPLES_NOW);
	put_billing(w);
	collected_writer_document(w, DOCUMENT_CONFIGURATION);
	collected_writer_field(w, "MakeAndModel", "Example Printer 7", NULL,
			       "printer-make-and-model");
	collected_writer_field(w, "SerialNumber", "EX7-004211", NULL, NULL);
	collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
	put_supply(w, "1", "cyan", "61");
	put_supply(w, "2", "black", "unknown");
	collected_writer_document(w, DOCUMENT_CUSTOMER_INFO);
	collected_writer_field(w, "PrinterLocation", "canary-place", NULL,
			       NULL);
	collected_writer_finish(w, &xml);
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

void samples_upload(struct buf *out, const char *device,
		    const char *transaction)
{
	struct collected c;
	struct err err = { 0 };
	struct withheld_list withheld = { .at = NULL };
	struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_METERING) |
			    SERVICE_BIT(SERVICE_SUPPLIES),
	};
	struct transmission_head head = {
		.make_and_model = "Example Printer 7",
		.serial_number = "EX7-004211",
		.reason = "button",
		.collected_at = SAMPLES_NOW - 60,
		.grants = {
			{ SERVICE_METERING,
			  "0193594e-0000-7000-8000-000000000001" },
			{ SERVICE_SUPPLIES,
			  "0193594e-0000-7000-8000-000000000002" },
		},
		.grants_count = 2,
	};
	snprintf(head.machine_id, sizeof(head.machine_id), "%s", device);
	snprintf(head.transaction, sizeof(head.transaction), "%s", transaction);
	memset(&c, 0, sizeof(c));
	collect(&c);
	if (!transmission_write(&head, &c, &rules, out, &withheld, &err)) {
		fail_msg("%s", err.text);
	}
	schema_check(out->data, out->len);
	withheld_clear(&withheld);
	collected_clear(&c);
}

void samples_transaction(char id[UUID_TEXT_SIZE], unsigned n)
{
	snprintf(id, UUID_TEXT_SIZE, "0193594e-7a11-7c3e-9d54-%012x", n);
}

void samples_request(struct p256_key *key, const char *common_name,
		     const char *serial, struct buf *pem)
{
	struct err err = { 0 };
	struct buf der = BUF_INIT;
	p256_generate(key);
	if (!certs_request(key, common_name, serial, &der, &err)) {
		fail_msg("%s", err.text);
	}
	certs_pem_put(pem, "CERTIFICATE REQUEST", der.data, der.len);
	buf_clear(&der);
}

static void add_device(struct samples *s, const struct ca *ca, const char *id,
		       struct p256_key *key, struct buf *pem, char sha256[65])
{
	struct err err = { 0 };
	struct buf request_pem = BUF_INIT;
	struct ca_request request = CA_REQUEST_INIT;
	struct ca_certificate issued = CA_CERTIFICATE_INIT;
	samples_request(key, id, "EX7-004211", &request_pem);
	if (!ca_request_read(buf_str(&request_pem), request_pem.len, &request,
			     &err) ||
	    !ca_issue_device(ca, &request, id, "EX7-004211", SAMPLES_NOW, 30,
			     &issued, &err)) {
		fail_msg("%s", err.text);
	}
	struct fleet_new row = {
		.id = id,
		.title = "",
		.serial_number = "EX7-004211",
		.ledger_key = "",
		.certificate = issued.sha256,
		.certificate_serial = issued.serial,
		.not_before = issued.not_before,
		.not_after = issued.not_after,
	};
	if (!fleet_add(s->server.db, "test", &row, SAMPLES_NOW, &err)) {
		fail_msg("%s", err.text);
	}
	buf_put(pem, issued.pem.data, issued.pem.len);
	memcpy(sha256, issued.sha256, sizeof(issued.sha256));
	ca_certificate_clear(&issued);
	ca_request_clear(&request);
	buf_clear(&request_pem);
}

static void add_devices(struct samples *s)
{
	struct err err = { 0 };
	struct ca *ca = NULL;
	char *key = server_config_key_path(&s->config, SERVER_DEVICE_CA_KEY);
	char *pem = server_config_key_path(&s->config, SERVER_DEVICE_CA);
	if (!ca_load(key, pem, &ca, &err)) {
		fail_msg("%s", err.text);
	}
	add_device(s, ca, SAMPLES_DEVICE, &s->device.key, &s->device.pem,
		   s->device.sha256);
	add_device(s, ca, SAMPLES_OTHER, &s->other.key, &s->other.pem,
		   s->other.sha256);
	ca_free(ca);
	mem_free(key);
	mem_free(pem);
}

void samples_make(struct samples *s)
{
	struct err err = { 0 };
	memset(s, 0, sizeof(*s));
	s->log.fd = -1;
	folder_make(s->dir, sizeof(s->dir));
	char *conf = files_join(s->dir, "server.conf");
	struct founding plan = {
		.conf = conf,
		.name = "comms.example",
		.listen = "127.0.0.1",
		.user = "",
		.web_user = "",
		.static_folder = "/usr/share/sluice/static",
		.api_port = 8443,
		.console_port = 8444,
	};
	if (!founding_make(&plan, "test", SAMPLES_NOW, s->code, &err) ||
	    !server_config_load(conf, &s->config, &err)) {
		fail_msg("%s", err.text);
	}
	server_init(&s->server, &s->config, &s->log);
	if (!server_load_key(&s->server, &err) ||
	    !server_open_db(&s->server, &err)) {
		fail_msg("%s", err.text);
	}
	add_devices(s);
	mem_free(conf);
}

void samples_remove(struct samples *s)
{
	server_close(&s->server);
	server_config_clear(&s->config);
	buf_clear(&s->device.pem);
	buf_clear(&s->other.pem);
	folder_remove(s->dir);
}

int samples_set_up(void **state)
{
	struct samples *s = mem_zalloc(sizeof(*s));
	samples_make(s);
	*state = s;
	return 0;
}

int samples_tear_down(void **state)
{
	samples_remove(*state);
	mem_free(*state);
	return 0;
}

void samples_key_file(const struct samples *s, const char *name,
		      struct buf *out)
{
	struct err err = { 0 };
	char *path = server_config_key_path(&s->config, name);
	if (!files_read(path, 65536, out, &err)) {
		fail_msg("%s", err.text);
	}
	mem_free(path);
}

static bool count_one(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	size_t *count = ctx;
	(void)entry;
	(void)err;
	*count += 1;
	return true;
}

static bool keep_text(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	struct buf *text = ctx;
	(void)err;
	buf_put_str(text, entry->text);
	return true;
}

void samples_last_entry(struct samples *s, int kind, const char *text)
{
	struct err err = { 0 };
	struct ledger_filter filter = { .kind = (enum ledger_kind)kind };
	struct buf last = BUF_INIT;
	if (!ledger_each(s->server.db, &filter, 1, keep_text, &last, &err)) {
		fail_msg("%s", err.text);
	}
	if (strstr(buf_str(&last), text) == NULL) {
		fail_msg("\"%s\" has no \"%s\"", buf_str(&last), text);
	}
	buf_clear(&last);
}

size_t samples_entries(struct samples *s, int kind)
{
	struct err err = { 0 };
	struct ledger_filter filter = { .kind = (enum ledger_kind)kind };
	size_t count = 0;
	if (!ledger_each(s->server.db, &filter, 0, count_one, &count, &err)) {
		fail_msg("%s", err.text);
	}
	return count;
}
