/*
 * About: what this is, versions, licences, where to report a vulnerability.
 * Strangers see no serial number and no version.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "documents/catalogue.h"
#include "domain/machines.h"
#include "domain/outbox.h"
#include "domain/settings.h"
#include "web/view.h"

static void fill_licences(json_t *view)
{
	static const struct {
		const char *name, *use, *licence;
	} parts[] = {
		{ "BearSSL", "TLS, SHA-256, P-256", "MIT" },
		{ "libsodium", "Ed25519, Argon2id", "ISC" },
		{ "SQLite", "the database", "public domain" },
		{ "Expat", "reading XML", "MIT" },
		{ "Jansson", "JSON", "MIT" },
		{ "inih", "reading the configuration", "BSD-3-Clause" },
		{ "lighttpd", "serving these pages", "BSD-3-Clause" },
	};
	json_t *licences = view_array(view, "licences");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		json_t *item = view_item(licences);

		view_text(item, "name", parts[i].name);
		view_text(item, "use", parts[i].use);
		view_text(item, "licence", parts[i].licence);
	}
}

/* When the server was reached last, and the certificate that it had then. */
static bool fill_connection(struct visit *visit, struct err *err)
{
	struct outbox_item *items = NULL;
	struct buf text = BUF_INIT;
	const char *peer = "";
	int64_t at = 0;
	size_t count = 0;
	bool done = settings_get(app_of(visit)->db, "last_contact_at", &text,
				 err) &&
		    outbox_list(app_of(visit)->db, OUTBOX_SENT, 1, &items,
				&count, err);

	if (done && !text_parse_i64(buf_str(&text), 0, INT64_MAX, &at)) {
		at = 0;
	}
	if (count > 0) {
		peer = items[0].peer;
	}
	view_time(visit->view, "contact", at);
	view_text(visit->view, "peer", peer);
	mem_free(items);
	buf_clear(&text);
	return done;
}

bool about_show(struct visit *visit, struct err *err)
{
	struct device_app *app = app_of(visit);
	struct err why = { .kind = ERR_NONE };
	struct machine machine = { .id = "" };
	uint8_t hash[32];
	char hex[65];

	fill_licences(visit->view);
	if (!visit->signed_in) {
		return true;
	}
	if (!machines_get(app->db, &machine, &why) &&
	    why.kind != ERR_NOT_FOUND) {
		return err_set(err, why.kind, "%s", why.text);
	}
	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	view_text(visit->view, "maker", machine.make_and_model);
	view_text(visit->view, "serial", app->config.serial);
	view_text(visit->view, "device", app->config.id);
	view_text(visit->view, "version", PACKAGE_VERSION);
	view_text(visit->view, "catalogue", hex);
	return fill_connection(visit, err);
}
