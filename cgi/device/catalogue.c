/*
 * Catalogue: every field of every document on one page, for everybody who is
 * signed in. What is not on it cannot be sent.
 */
#include "documents/catalogue.h"
#include "base/encoding.h"
#include "cgi/device/field_table.h"
#include "cgi/device/pages.h"
#include "documents/service.h"
#include "web/view.h"

/* The services that a document belongs to, "Metering, Parts". */
static void fill_services(json_t *item, enum document_kind kind)
{
	const struct service *service;
	struct buf text = BUF_INIT;

	for (size_t n = 0; (service = service_at(n)) != NULL; n++) {
		if (service_has(service, kind)) {
			buf_put_str(&text, text.len > 0 ? ", " : "");
			buf_put_str(&text, service->title);
		}
	}
	view_text(item, "services", buf_str(&text));
	buf_clear(&text);
}

bool catalogue_show(struct visit *visit, struct err *err)
{
	json_t *documents = view_array(visit->view, "documents");
	const struct document *document;
	uint8_t hash[32];
	char hex[65];

	(void)err;
	for (size_t n = 0; (document = document_at(n)) != NULL; n++) {
		field_table_add(documents, document, FIELD_TABLE_ALL);
		fill_services(json_array_get(documents, n), document->kind);
	}
	field_table_legend(visit->view, FIELD_TABLE_ALL);
	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	view_text(visit->view, "sha256", hex);
	return true;
}
