/*
 * One control on a page of its own: its words, all fields that it covers,
 * when it ends, who decided what when, and what was last sent under it. Used
 * for services under /services and for the gates under /privacy; the
 * decision itself is in control.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/control.h"
#include "cgi/device/field_table.h"
#include "cgi/device/pages.h"
#include "cgi/device/transmission.h"
#include "domain/ledger.h"
#include "domain/outbox.h"
#include "web/view.h"

#define DECISIONS_SHOWN 10
#define SENT_LOOKED_AT 100
#define SENT_SHOWN 5

static bool on_privacy(const struct visit *visit)
{
	return strcmp(visit->page->section, "/privacy") == 0;
}

static bool find(struct visit *visit, const struct service **service,
		 struct err *err)
{
	return control_find(visit->step, on_privacy(visit), service) ||
	       visit_fail(visit, 404, err, "There is no service of that name.");
}

static void fill_fields(json_t *view, const struct service *service)
{
	json_t *documents = view_array(view, "documents");
	const struct document *document;

	for (size_t n = 0;
	     service != NULL && (document = document_at(n)) != NULL; n++) {
		if (service_has(service, document->kind)) {
			field_table_add(documents, document, FIELD_TABLE_ALL);
		} else if (service->id == GATE_PERSONAL) {
			field_table_add(documents, document,
					FIELD_TABLE_PRIVATE);
		}
	}
	view_flag(view, "documents_shown", json_array_size(documents) > 0);
}

/* Decisions of one kind; the three kinds are put in order afterwards. */
static bool add_decision(void *ctx, const struct ledger_entry *entry,
			 struct err *err)
{
	json_t *history = ctx;
	json_t *item = json_object();
	char *text = mem_strndup(entry->text, strcspn(entry->text, ";"));
	size_t at = 0;

	(void)err;
	while (at < json_array_size(history) &&
	       json_integer_value(json_object_get(json_array_get(history, at),
						  "sequence")) >
		       entry->sequence) {
		at++;
	}
	json_object_set_new(item, "sequence", json_integer(entry->sequence));
	view_text(item, "what", ledger_kind_title(entry->kind));
	view_prose(item, "text", text);
	view_text(item, "by", entry->actor);
	view_time(item, "at", entry->at);
	json_array_insert_new(history, at, item);
	mem_free(text);
	return true;
}

static bool fill_history(struct visit *visit, const struct service *service,
			 struct err *err)
{
	static const enum ledger_kind kinds[] = { LEDGER_GRANT,
						  LEDGER_WITHDRAWAL,
						  LEDGER_EXPIRED };
	json_t *history = view_array(visit->view, "history");
	struct ledger_filter filter = { .service = consent_name(service) };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		filter.kind = kinds[i];
		if (!ledger_each(app_of(visit)->db, &filter, DECISIONS_SHOWN,
				 add_decision, history, err)) {
			return false;
		}
	}
	view_flag(visit->view, "history_shown", json_array_size(history) > 0);
	view_flag(visit->view, "may_log", people_may(visit, READS_LOG));
	return true;
}

static bool fill_sent(struct visit *visit, const struct service *service,
		      struct err *err)
{
	json_t *sent = view_array(visit->view, "items");
	struct outbox_item *items = NULL;
	size_t count = 0;

	view_text(visit->view, "way", "/send");
	view_flag(visit->view, "checks_in", service == NULL);
	view_flag(visit->view, "may_sent", people_may(visit, SEES_SENT));
	if (!outbox_list(app_of(visit)->db, OUTBOX_UNSET, SENT_LOOKED_AT,
			 &items, &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count && json_array_size(sent) < SENT_SHOWN;
	     i++) {
		if (items[i].state > OUTBOX_STAGED &&
		    (service == NULL ||
		     (items[i].services & SERVICE_BIT(service->id)) != 0)) {
			transmission_fill_facts(view_item(sent), &items[i]);
		}
	}
	view_flag(visit->view, "sent_shown", json_array_size(sent) > 0);
	mem_free(items);
	return true;
}

bool service_show(struct visit *visit, struct err *err)
{
	const struct service *service;
	struct consents all;

	if (!find(visit, &service, err) ||
	    !consent_read(app_of(visit)->db, visit->request->now, &all, err)) {
		return false;
	}
	const struct consent *consent =
		consent_of(&all, service != NULL ? service->id : SERVICE_UNSET);

	view_text(visit->view, "up",
		  on_privacy(visit) ? "Privacy" : "Services");
	view_flag(visit->view, "list", false);
	control_tell(visit, &all);
	fill_fields(visit->view, service);
	return control_fill(visit, visit->view, consent, 0, err) &&
	       fill_history(visit, service, err) &&
	       fill_sent(visit, service, err);
}

bool service_act(struct visit *visit, struct err *err)
{
	const struct service *service;
	char path[CONTROL_PATH_SIZE];

	if (!find(visit, &service, err)) {
		return false;
	}
	control_path(path, service);
	return control_act(visit, service, path, err);
}
