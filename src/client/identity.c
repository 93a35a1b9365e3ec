/*
 * Who the device is: makes its keys and its request at "sluice init", and
 * takes in what the vendor makes of the request. Nothing here talks to a
 * server. The certificate of the device's own pages, which has nothing to do
 * with this identity, is identity_pages.c's.
 */
#include "client/identity.h"

#include <libgen.h>
#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "domain/ledger.h"
#include "domain/time_known.h"
#include "formats/certs.h"
#include "formats/note.h"
#include "net/trust.h"

#define PROVISION_FILE_MAX (64 * 1024)
#define LINE_MAX_BYTES 512

static bool write_key_file(const struct device_config *config, const char *name,
			   const struct buf *data, mode_t mode, struct err *err)
{
	char *path = device_config_key_path(config, name);
	bool ok = files_write(path, data->data, data->len, mode, err);
	mem_free(path);
	return ok;
}

static bool refuse_existing(const struct device_config *config, struct err *err)
{
	static const char *const names[] = { IDENTITY_KEY_FILE,
					     IDENTITY_LEDGER_KEY_FILE };
	for (size_t i = 0; i < 2; i++) {
		char *path = device_config_key_path(config, names[i]);
		bool exists = files_exists(path);
		if (exists) {
			err_set(err, ERR_DENIED,
				"%s is there already. The device keeps its "
				"keys; nothing was changed.",
				path);
		}
		mem_free(path);
		if (exists) {
			return false;
		}
	}
	return true;
}

static bool make_identity(const struct device_config *config, struct err *err)
{
	struct p256_key key;
	struct buf der = BUF_INIT, pem = BUF_INIT;
	char *path = device_config_key_path(config, IDENTITY_KEY_FILE);
	p256_generate(&key);
	bool ok =
		certs_request(&key, config->id,
			      config->serial[0] != '\0' ? config->serial : NULL,
			      &der, err);
	if (ok) {
		certs_pem_put(&pem, "CERTIFICATE REQUEST", der.data, der.len);
		ok = keyfile_write_p256(path, &key, err) &&
		     write_key_file(config, IDENTITY_REQUEST_FILE, &pem, 0644,
				    err);
	}
	mem_burn(&key, sizeof(key));
	mem_free(path);
	buf_clear(&pem);
	buf_clear(&der);
	return ok;
}

static bool make_ledger_key(const struct device_config *config, struct err *err)
{
	struct ed25519_key key;
	struct note_verifier verifier;
	struct buf name = BUF_INIT, text = BUF_INIT;
	char *path = device_config_key_path(config, IDENTITY_LEDGER_KEY_FILE);
	ed25519_generate(&key);
	buf_printf(&name, "sluice/%s", config->id);
	bool ok = note_verifier_of(buf_str(&name), key.public_key, &verifier,
				   err);
	if (ok) {
		note_verifier_put(&text, &verifier);
		buf_put_char(&text, '\n');
		ok = keyfile_write_ed25519(path, buf_str(&name), &key, err) &&
		     write_key_file(config, IDENTITY_LEDGER_VERIFIER_FILE,
				    &text, 0644, err);
	}
	mem_burn(&key, sizeof(key));
	mem_free(path);
	buf_clear(&text);
	buf_clear(&name);
	return ok;
}

bool identity_create(const struct device_config *config, struct err *err)
{
	return refuse_existing(config, err) &&
	       files_make_dir(config->keys, 0711, err) &&
	       make_identity(config, err) && make_ledger_key(config, err);
}

/* Keys of the vendor that may be missing; the one that is here stays then. */
static const struct {
	const char *file;
	const char *words; /* for the entry */
} vendor_keys[] = {
	{ "vendor.verifier", "lists of recipients" },
	{ "instruction.verifier", "instructions" },
};

#define VENDOR_KEYS (sizeof(vendor_keys) / sizeof(vendor_keys[0]))

/* Where the configuration wants it; "" = nowhere. */
static const char *path_of(const struct device_config *config, size_t key)
{
	const char *const paths[VENDOR_KEYS] = {
		config->vendor_verifier,
		config->instruction_verifier,
	};
	return paths[key];
}

struct part {
	bool there;
	struct buf data;
};

/* What lies in a provisioning folder. */
struct provision {
	struct part certificate;
	struct buf anchor, verifier;
	struct part vendor[VENDOR_KEYS];
	char server[LINE_MAX_BYTES]; /* NAME:PORT */
	char device[LINE_MAX_BYTES]; /* "" = for any */
};

static bool read_file(const char *dir, const char *name, struct buf *data,
		      struct err *err)
{
	char *path = files_join(dir, name);
	bool ok = files_read(path, PROVISION_FILE_MAX, data, err);
	mem_free(path);
	return ok;
}

static bool read_part(const char *dir, const char *name, struct part *part,
		      struct err *err)
{
	char *path = files_join(dir, name);
	part->there = files_exists(path);
	bool ok = !part->there ||
		  files_read(path, PROVISION_FILE_MAX, &part->data, err);
	mem_free(path);
	return ok;
}

static bool read_vendor(const char *dir, struct provision *p, struct err *err)
{
	for (size_t i = 0; i < VENDOR_KEYS; i++) {
		if (!read_part(dir, vendor_keys[i].file, &p->vendor[i], err)) {
			return false;
		}
	}
	return true;
}

static bool read_line(const char *dir, const char *name,
		      char line[LINE_MAX_BYTES], struct err *err)
{
	struct buf data = BUF_INIT;
	bool ok = read_file(dir, name, &data, err);
	if (ok) {
		char *text = buf_take_str(&data);
		text[strcspn(text, "\r\n")] = '\0';
		ok = text_copy(line, LINE_MAX_BYTES, text) ||
		     err_set(err, ERR_INVALID, "%s/%s: the line is too long.",
			     dir, name);
		mem_free(text);
	}
	buf_clear(&data);
	return ok;
}

/* A certificate says for which device it is; anchors alone need not. */
static bool read_device(const char *dir, struct provision *p, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	return read_line(dir, "device.id", p->device, &why) ||
	       (why.kind == ERR_NOT_FOUND && !p->certificate.there) ||
	       err_set(err, why.kind, "%s", why.text);
}

static bool read_provision(const char *dir, struct provision *p,
			   struct err *err)
{
	return read_part(dir, "identity.pem", &p->certificate, err) &&
	       read_file(dir, "server-anchor.pem", &p->anchor, err) &&
	       read_file(dir, "receipt.verifier", &p->verifier, err) &&
	       read_vendor(dir, p, err) &&
	       read_line(dir, "server.name", p->server, err) &&
	       read_device(dir, p, err);
}

static void provision_clear(struct provision *p)
{
	buf_clear(&p->certificate.data);
	buf_clear(&p->anchor);
	buf_clear(&p->verifier);
	for (size_t i = 0; i < VENDOR_KEYS; i++) {
		buf_clear(&p->vendor[i].data);
	}
}

static bool is_host_name(const char *name)
{
	size_t len = strlen(name);
	return len >= 1 && len <= 253 && name[0] != '.' && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == len;
}

static bool parse_server(const char *text, struct identity_provisioned *done,
			 struct err *err)
{
	char name[LINE_MAX_BYTES];
	uint64_t port = 443;
	(void)!text_copy(name, sizeof(name), text);
	char *colon = strrchr(name, ':');
	if (colon != NULL) {
		*colon = '\0';
	}
	if (!is_host_name(name) ||
	    !text_copy(done->server_name, sizeof(done->server_name), name) ||
	    (colon != NULL && !text_parse_u64(colon + 1, 1, 65535, &port))) {
		return err_set(err, ERR_INVALID,
			       "server.name: this is no NAME:PORT.");
	}
	done->server_port = (int)port;
	return true;
}

/* The end of validity of the certificate that holds our key. */
static bool check_certificate(const struct device_config *config,
			      const struct provision *p, int64_t now,
			      int64_t *expires_at, struct err *err)
{
	char *path = device_config_key_path(config, IDENTITY_KEY_FILE);
	struct p256_key key;
	struct trust *trust = NULL;
	int64_t not_before = 0;
	bool ok = keyfile_read_p256(path, &key, err) &&
		  trust_new(p->anchor.data, p->anchor.len,
			    p->certificate.data.data, p->certificate.data.len,
			    &key, &trust, err) &&
		  certs_validity(trust->chain[0].data, trust->chain[0].data_len,
				 &not_before, expires_at, err);
	if (ok && now > *expires_at) {
		ok = err_set(err, ERR_INVALID,
			     "The device's certificate has expired already. "
			     "Check this device's clock, or ask for a new "
			     "one.");
	}
	trust_free(trust);
	mem_burn(&key, sizeof(key));
	mem_free(path);
	return ok;
}

static bool check_verifier(const struct buf *file, const char *name,
			   struct note_verifier *verifier, struct err *err)
{
	char *text = mem_strndup(buf_str(file), file->len);
	text[strcspn(text, "\r\n")] = '\0';
	bool ok = note_verifier_parse(text, verifier, err) ||
		  err_prefix(err, "%s", name);
	mem_free(text);
	return ok;
}

static bool check_verifiers(const struct provision *p, struct err *err)
{
	struct note_verifier verifier;
	bool ok = check_verifier(&p->verifier, "receipt.verifier", &verifier,
				 err);
	for (size_t i = 0; ok && i < VENDOR_KEYS; i++) {
		ok = !p->vendor[i].there ||
		     check_verifier(&p->vendor[i].data, vendor_keys[i].file,
				    &verifier, err);
	}
	return ok;
}

/* What the device is to believe and, if it is there, to show. */
static bool check_certificates(const struct device_config *config,
			       const struct provision *p, int64_t now,
			       struct identity_provisioned *done,
			       struct err *err)
{
	done->has_certificate = p->certificate.there;
	return done->has_certificate
		       ? check_certificate(config, p, now, &done->expires_at,
					   err)
		       : trust_check_anchor(p->anchor.data, p->anchor.len, err);
}

static bool check_provision(const struct device_config *config,
			    const struct provision *p, int64_t now,
			    struct identity_provisioned *done, struct err *err)
{
	if (p->device[0] != '\0' && !text_equal(p->device, config->id)) {
		return err_set(err, ERR_DENIED,
			       "This was made for device \"%.64s\"; this is "
			       "device \"%s\".",
			       p->device, config->id);
	}
	if (!parse_server(p->server, done, err) || !check_verifiers(p, err) ||
	    !check_certificates(config, p, now, done, err)) {
		return false;
	}
	done->server_matches =
		text_equal(done->server_name, config->server_name) &&
		done->server_port == config->server_port;
	return true;
}

static bool install(const char *path, const struct buf *data, struct err *err)
{
	char *copy = mem_strdup(path);
	bool ok = files_make_dir(dirname(copy), 0755, err) &&
		  files_write(path, data->data, data->len, 0644, err);
	mem_free(copy);
	return ok;
}

static bool install_vendor(const struct device_config *config,
			   const struct provision *p, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; ok && i < VENDOR_KEYS; i++) {
		const char *path = path_of(config, i);
		ok = !p->vendor[i].there || path[0] == '\0' ||
		     install(path, &p->vendor[i].data, err);
	}
	return ok;
}

/* The certificate last: with it the device counts as provisioned. */
static bool install_all(const struct device_config *config,
			const struct provision *p, struct err *err)
{
	return install(config->server_anchor, &p->anchor, err) &&
	       install(config->receipt_verifier, &p->verifier, err) &&
	       install_vendor(config, p, err) &&
	       (!p->certificate.there ||
		write_key_file(config, IDENTITY_CERTIFICATE_FILE,
			       &p->certificate.data, 0644, err));
}

static bool log_provision(struct db *db, const char *actor, int64_t now,
			  const struct provision *p,
			  const struct identity_provisioned *done,
			  struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s taken in for the server %s port %d",
		   done->has_certificate ? "certificates" : "anchors",
		   done->server_name, done->server_port);
	for (size_t i = 0; i < VENDOR_KEYS; i++) {
		const char *key = buf_str(&p->vendor[i].data);
		if (key[0] != '\0') {
			buf_printf(&text, "; key for %s: %.*s",
				   vendor_keys[i].words,
				   (int)strcspn(key, "\r\n"), key);
		}
	}
	bool ok =
		ledger_configuration(db, actor, NULL, buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

bool identity_provision(const struct device_config *config, struct db *db,
			const char *actor, const char *dir, int64_t now,
			struct identity_provisioned *done, struct err *err)
{
	struct provision p = { .certificate = { false, BUF_INIT } };
	struct identity_provisioned found;
	memset(&found, 0, sizeof(found));
	int64_t best, proved;
	bool ok = time_known_judge(db, now, &best, &proved, err) &&
		  read_provision(dir, &p, err) &&
		  check_provision(config, &p, best, &found, err) &&
		  install_all(config, &p, err) &&
		  log_provision(db, actor, now, &p, &found, err);
	if (ok) {
		*done = found;
	}
	provision_clear(&p);
	return ok;
}

bool identity_is_provisioned(const struct device_config *config)
{
	char *path = device_config_key_path(config, IDENTITY_CERTIFICATE_FILE);
	bool ok = files_exists(path) && identity_knows_server(config);
	mem_free(path);
	return ok;
}

bool identity_knows_server(const struct device_config *config)
{
	return files_exists(config->server_anchor) &&
	       files_exists(config->receipt_verifier);
}
