/*
 * sluice.conf into a struct. The one table of settings stands here; reading
 * the file itself is base/config. "sluice init" (cli/init.c) writes the first
 * file. Checks here are those that hold whatever program reads it.
 */
#include "domain/device_config.h"

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "base/text.h"
#include "documents/envelope.h"

#define KIB 1024
#define MIB (1024 * 1024)
#define NAME_MAX_LENGTH 100 /* of a collector */
#define JOB_NAME_LENGTH 64  /* of a job source */
#define NAME_CHARACTERS              \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

const struct config_setting device_config_settings[] = {
	{ "device", "id", CONFIG_TEXT, NULL, 0, 0,
	  "name of this device at the server: small letters, digits, dot, dash" },
	{ "device", "title", CONFIG_TEXT, "Printer", 0, 0,
	  "model as the head of each page shows it" },
	{ "device", "serial", CONFIG_TEXT, NULL, 0, 0,
	  "serial number of the machine" },
	{ "device", "time_zone", CONFIG_TEXT, NULL, 0, 0,
	  "Europe/Berlin, or a rule like CET-1CEST,M3.5.0,M10.5.0/3; empty = "
	  "the system's" },
	{ "device", "state", CONFIG_PATH, "state", 0, 0,
	  "folder of the database" },
	{ "device", "keys", CONFIG_PATH, "keys", 0, 0,
	  "folder of the device's private keys" },
	{ "server", "name", CONFIG_TEXT, NULL, 0, 0,
	  "DNS name in the certificate of the Communication Server" },
	{ "server", "address", CONFIG_TEXT, NULL, 0, 0,
	  "address to connect to, if it is not the name" },
	{ "server", "port", CONFIG_NUMBER, "443", 1, 65535,
	  "port of the Communication Server" },
	{ "server", "anchor", CONFIG_PATH, "trust/server-anchor.pem", 0, 0,
	  "PEM file with the only root certificate that is trusted" },
	{ "server", "receipt_verifier", CONFIG_PATH, "trust/receipt.verifier",
	  0, 0, "file with the key that verifies the server's receipts" },
	{ "server", "instruction_verifier", CONFIG_PATH,
	  "trust/instruction.verifier", 0, 0,
	  "file with the vendor's key that signs instructions; without it none is carried out" },
	{ "enrol", "name", CONFIG_TEXT, NULL, 0, 0,
	  "DNS name of the EST server; empty = the Communication Server" },
	{ "enrol", "address", CONFIG_TEXT, NULL, 0, 0,
	  "address to connect to, if it is not the name" },
	{ "enrol", "port", CONFIG_NUMBER, "443", 1, 65535,
	  "port of the EST server; of no account with the Communication Server" },
	{ "enrol", "path", CONFIG_TEXT, "/.well-known/est", 0, 0,
	  "path of EST at that server, with its label if it has one" },
	{ "enrol", "anchor", CONFIG_PATH, "trust/enrol-anchor.pem", 0, 0,
	  "PEM file with the root of an EST server that is not the Communication Server" },
	{ "enrol", "user", CONFIG_TEXT, NULL, 0, 0,
	  "name that goes with the code; empty = the device's id" },
	{ "collect", "timeout_s", CONFIG_NUMBER, "60", 1, 3600,
	  "most seconds that one collector may take" },
	{ "collect", "output_bytes", CONFIG_NUMBER, "1048576", KIB, 16 * MIB,
	  "most bytes that one collector may print" },
	{ "collect", "watch_s", CONFIG_NUMBER, "300", 0, 86400,
	  "seconds between looks for faults and low supplies; 0 = never" },
	{ "collector:", "program", CONFIG_TEXT, NULL, 0, 0,
	  "absolute path of the collector" },
	{ "collector:", "arguments", CONFIG_TEXT, NULL, 0, 0,
	  "its arguments, single spaces between; there is no quoting" },
	{ "collector:", "user", CONFIG_TEXT, NULL, 0, 0,
	  "user that it runs as, and nothing else; empty = sluice-collect if there is one, else the client's own" },
	{ "jobs", "vendor_verifier", CONFIG_PATH, "trust/vendor.verifier", 0, 0,
	  "file with the vendor's key that signs the list of recipients" },
	{ "jobs", "timeout_s", CONFIG_NUMBER, "3600", 1, 86400,
	  "most seconds that reading one job may take" },
	{ "jobs", "max_bytes", CONFIG_NUMBER, "17179869184", KIB,
	  INT64_C(1) << 50, "most bytes of one job" },
	{ "jobs:", "program", CONFIG_TEXT, NULL, 0, 0,
	  "absolute path of the job source" },
	{ "jobs:", "arguments", CONFIG_TEXT, NULL, 0, 0,
	  "its arguments, single spaces between; there is no quoting" },
	{ "jobs:", "user", CONFIG_TEXT, NULL, 0, 0,
	  "user that it runs as, who may read the jobs; empty = as a collector" },
	{ "jobs:", "title", CONFIG_TEXT, NULL, 0, 0,
	  "what people call this source; empty = its name" },
	{ "pages", "port", CONFIG_NUMBER, "443", 1, 65535,
	  "port of the device's pages" },
	{ "pages", "user", CONFIG_TEXT, NULL, 0, 0,
	  "user of the web server and its pages" },
	{ NULL, NULL, CONFIG_UNSET, NULL, 0, 0, NULL }
};

/* It names a folder, too. */
static bool check_name(const char *kind, const char *name, size_t max,
		       struct err *err)
{
	return (name[0] != '.' &&
		strspn(name, NAME_CHARACTERS) == strlen(name) &&
		strlen(name) <= max) ||
	       err_set(err, ERR_INVALID,
		       "[%s:%.40s]: a name may have up to %zu letters, "
		       "digits, dots, dashes and underscores, and no dot "
		       "first.",
		       kind, name, max);
}

#define SECTION_SIZE 128

/* The n-th program of a kind, "[KIND:NAME]"; *run without a name: no more. */
static bool load_program(const struct device_config *c, const char *kind,
			 size_t n, size_t name_max,
			 struct device_collector *run,
			 char section[SECTION_SIZE], struct err *err)
{
	run->name = config_name(c->file, kind, n);
	if (run->name == NULL) {
		return true;
	}
	if (n == DEVICE_COLLECTORS_MAX) {
		return err_set(err, ERR_LIMIT,
			       "More than %d sections [%s:...] are configured; "
			       "remove some.",
			       DEVICE_COLLECTORS_MAX, kind);
	}
	if (!check_name(kind, run->name, name_max, err)) {
		return false;
	}
	snprintf(section, SECTION_SIZE, "%s:%s", kind, run->name);
	run->program = config_text(c->file, section, "program");
	run->arguments = config_text(c->file, section, "arguments");
	run->user = config_text(c->file, section, "user");
	return run->program[0] == '/' ||
	       err_set(err, ERR_INVALID,
		       "[%s] program must be an absolute path.", section);
}

static bool load_collectors(struct device_config *c, struct err *err)
{
	char section[SECTION_SIZE];
	for (size_t n = 0;; n++) {
		struct device_collector run;
		if (!load_program(c, "collector", n, NAME_MAX_LENGTH, &run,
				  section, err)) {
			return false;
		}
		if (run.name == NULL) {
			return true;
		}
		c->collectors[n] = run;
		c->collectors_count = n + 1;
	}
}

_Static_assert(DEVICE_JOB_SOURCES_MAX == DEVICE_COLLECTORS_MAX,
	       "load_program() knows one limit");

static bool load_job_sources(struct device_config *c, struct err *err)
{
	char section[SECTION_SIZE];
	for (size_t n = 0;; n++) {
		struct device_job_source source;
		if (!load_program(c, "jobs", n, JOB_NAME_LENGTH, &source.run,
				  section, err)) {
			return false;
		}
		if (source.run.name == NULL) {
			return true;
		}
		if (text_equal(source.run.name, "upload")) {
			return err_set(err, ERR_INVALID,
				       "[jobs:upload]: this name means files "
				       "from the browser; choose another one.");
		}
		source.title = config_text(c->file, section, "title");
		if (source.title[0] == '\0') {
			source.title = source.run.name;
		}
		c->job_sources[n] = source;
		c->job_sources_count = n + 1;
	}
}

static void fill(struct device_config *c)
{
	c->folder = config_folder(c->file);
	c->id = config_text(c->file, "device", "id");
	c->title = config_text(c->file, "device", "title");
	c->serial = config_text(c->file, "device", "serial");
	c->time_zone = config_text(c->file, "device", "time_zone");
	c->state = config_text(c->file, "device", "state");
	c->keys = config_text(c->file, "device", "keys");
	c->server_name = config_text(c->file, "server", "name");
	c->server_address = config_text(c->file, "server", "address");
	c->server_port = (int)config_number(c->file, "server", "port");
	c->server_anchor = config_text(c->file, "server", "anchor");
	c->receipt_verifier =
		config_text(c->file, "server", "receipt_verifier");
	c->instruction_verifier =
		config_text(c->file, "server", "instruction_verifier");
	c->enrol_name = config_text(c->file, "enrol", "name");
	c->enrol_address = config_text(c->file, "enrol", "address");
	c->enrol_port = (int)config_number(c->file, "enrol", "port");
	c->enrol_path = config_text(c->file, "enrol", "path");
	c->enrol_anchor = config_text(c->file, "enrol", "anchor");
	c->enrol_user = config_text(c->file, "enrol", "user");
	c->collect_timeout_s =
		(int)config_number(c->file, "collect", "timeout_s");
	c->collect_output_bytes =
		(int)config_number(c->file, "collect", "output_bytes");
	c->watch_s = (int)config_number(c->file, "collect", "watch_s");
	c->vendor_verifier = config_text(c->file, "jobs", "vendor_verifier");
	c->jobs_timeout_s = (int)config_number(c->file, "jobs", "timeout_s");
	c->jobs_max_bytes = config_number(c->file, "jobs", "max_bytes");
	c->page_port = (int)config_number(c->file, "pages", "port");
	c->pages_user = config_text(c->file, "pages", "user");
}

bool device_config_load(const char *path, struct device_config *config,
			struct err *err)
{
	struct device_config c = { 0 };
	if (!config_load(path, device_config_settings, &c.file, err)) {
		return false;
	}
	fill(&c);
	if (!envelope_machine_id_is_valid(c.id)) {
		err_set(err, ERR_INVALID,
			"%s: [device] id must be 1 to 64 small letters, "
			"digits, dots or dashes.",
			path);
		goto out;
	}
	if (!load_collectors(&c, err) || !load_job_sources(&c, err)) {
		err_prefix(err, "%s", path);
		goto out;
	}
	*config = c;
	return true;
out:
	device_config_clear(&c);
	return false;
}

void device_config_clear(struct device_config *config)
{
	config_free(config->file);
	memset(config, 0, sizeof(*config));
}

char *device_config_state_path(const struct device_config *config,
			       const char *name)
{
	return files_join(config->state, name);
}

char *device_config_key_path(const struct device_config *config,
			     const char *name)
{
	return files_join(config->keys, name);
}

void device_config_known(const struct device_config *config,
			 const char *known[DEVICE_KNOWN_MAX])
{
	known[0] = config->serial;
	known[1] = config->id;
	known[2] = config->title;
	known[3] = config->server_name;
	known[4] = NULL;
}
