/*
 * The newest head of this log that the server has countersigned, as a file
 * that proves to anybody what both saw, and the keys that check it.
 */
#include "cgi/device/log_head.h"

#include <stdio.h>

#include "base/files.h"
#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "domain/witnessed.h"
#include "web/view.h"

#define VERIFIER_MAX_BYTES 1024

static void read_key(struct visit *visit, const char *path, struct buf *key)
{
	struct err why = { .kind = ERR_NONE };

	if (!files_read(path, VERIFIER_MAX_BYTES, key, &why)) {
		buf_reset(key);
		log_warn(&app_of(visit)->log, "%s", why.text);
	}
	while (key->len > 0 && key->data[key->len - 1] == '\n') {
		key->data[--key->len] = '\0';
	}
}

void log_head_key(struct visit *visit, struct buf *key)
{
	char *path = device_config_key_path(&app_of(visit)->config,
					    "ledger.verifier");

	read_key(visit, path, key);
	mem_free(path);
}

void log_head_fill_keys(struct visit *visit)
{
	struct buf own = BUF_INIT;
	struct buf server = BUF_INIT;

	log_head_key(visit, &own);
	read_key(visit, app_of(visit)->config.receipt_verifier, &server);
	view_text(visit->view, "own_key", buf_str(&own));
	view_text(visit->view, "server_key", buf_str(&server));
	buf_clear(&own);
	buf_clear(&server);
}

bool log_head_show(struct visit *visit, struct err *err)
{
	struct witnessed witnessed;
	struct buf note = BUF_INIT;
	char filename[48];
	bool ok = witnessed_read(app_of(visit)->db, &witnessed, err) &&
		  witnessed_note(app_of(visit)->db, &note, err);

	if (ok) {
		snprintf(filename, sizeof(filename), "sluice-head-%llu.txt",
			 (unsigned long long)witnessed.size);
		response_download(visit->response, "text/plain; charset=utf-8",
				  filename, note.data, note.len);
	}
	buf_clear(&note);
	return ok;
}
