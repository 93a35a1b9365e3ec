/*
 * The one server that this device talks to, and the authorities whose
 * certificates it believes, as sluice.conf names them. Read only; whether the
 * server is reached is told by network_test.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "cgi/device/app.h"
#include "cgi/device/network.h"
#include "formats/certs.h"
#include "web/view.h"

#define ANCHORS_MAX 16 /* shown */

static bool add_anchor(json_t *anchors, const struct buf *der, struct err *err)
{
	int64_t not_before, not_after;
	struct buf name = BUF_INIT;
	char date[VIEW_TIME_SIZE];
	char until[VIEW_TIME_SIZE + 8];
	const uint8_t *bytes = (const uint8_t *)der->data;

	if (!certs_subject_text(bytes, der->len, &name, err) ||
	    !certs_validity(bytes, der->len, &not_before, &not_after, err)) {
		buf_clear(&name);
		return false;
	}
	json_t *item = view_item(anchors);

	view_format_date(date, not_after);
	snprintf(until, sizeof(until), "until %s", date);
	view_text(item, "name", buf_str(&name));
	view_text(item, "until", until);
	buf_clear(&name);
	return true;
}

static bool read_anchors(const char *path, json_t *anchors, struct err *err)
{
	struct buf file = BUF_INIT;
	bool done = files_read(path, CERTS_MAX_BYTES, &file, err);
	struct reader reader = reader_of(file.data, file.len);

	for (size_t i = 0; done && i < ANCHORS_MAX; i++) {
		struct err why = { .kind = ERR_NONE };
		char label[CERTS_LABEL_SIZE];
		struct buf der = BUF_INIT;

		if (!certs_pem_next(&reader, label, &der, &why)) {
			buf_clear(&der);
			done = why.kind == ERR_NOT_FOUND ||
			       err_set(err, why.kind, "%s", why.text);
			break;
		}
		if (strcmp(label, "CERTIFICATE") == 0) {
			done = add_anchor(anchors, &der, err);
		}
		buf_clear(&der);
	}
	buf_clear(&file);
	return done;
}

void network_fill_server(struct visit *visit)
{
	const struct device_config *config = &app_of(visit)->config;
	json_t *server = view_object(visit->view, "server");
	json_t *anchors = view_array(server, "anchors");
	struct err why = { .kind = ERR_NONE };
	char port[12];

	snprintf(port, sizeof(port), "%d", config->server_port);
	view_text(server, "name", config->server_name);
	view_text(server, "address",
		  config->server_address[0] != '\0' ? config->server_address
						    : "looked up by its name");
	view_text(server, "port", port);
	view_text(server, "anchor_problem", "");
	if (!read_anchors(config->server_anchor, anchors, &why)) {
		json_array_clear(anchors);
		view_text(server, "anchor_problem",
			  why.kind == ERR_NOT_FOUND
				  ? "nothing yet: there is no trust anchor "
				    "here"
				  : "the file with the trust anchor cannot be "
				    "read; an administrator has to mend it");
	} else if (json_array_size(anchors) == 0) {
		view_text(server, "anchor_problem",
			  "nothing: the file holds no certificate");
	}
}
