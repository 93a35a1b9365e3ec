/*
 * First steps of a new device, one row a step. None of them has to be taken:
 * with everything left off the device works and sends nothing. What a person
 * marked stands in the setting first_steps, names with a space between.
 */
#include "cgi/device/first_steps.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "domain/accounts.h"
#include "domain/connection_test.h"
#include "domain/enrolment.h"
#include "domain/outbox.h"
#include "domain/settings.h"
#include "web/view.h"

#define SETTING "first_steps"
#define HIDDEN "hidden"

/* What the steps look at. */
struct seen {
	const struct consents *consents;
	bool previewed;
	bool connected;
	int64_t accounts;
};

static bool chose_services(const struct seen *seen)
{
	for (size_t i = 0; i < seen->consents->count; i++) {
		if (seen->consents->services[i].decided_at != 0) {
			return true;
		}
	}
	return false;
}

static bool chose_personal(const struct seen *seen)
{
	return seen->consents->gates[0].decided_at != 0;
}

static bool previewed(const struct seen *seen)
{
	return seen->previewed;
}

static bool connected(const struct seen *seen)
{
	return seen->connected;
}

static bool made_accounts(const struct seen *seen)
{
	return seen->accounts > 1;
}

static const struct step {
	const char *name;
	const char *title, *text, *path;
	unsigned role;
	/* NULL = only a person can say */
	bool (*done)(const struct seen *seen);
} steps[] = {
	{ "services", "Choose services",
	  "All are off at first. Allow those that you want, or leave it so.",
	  "/services", ROLE_CUSTOMER, chose_services },
	{ "connect", "Connect",
	  "A certificate, by a one-time code of the vendor, and a test that "
	  "says where the way ends.",
	  "/network", ROLE_ADMIN, connected },
	{ "personal", "Decide on personal data",
	  "While it is off, names, contacts and addresses stay here.",
	  "/privacy#personal", ROLE_ADMIN, chose_personal },
	{ "job-data", "Read about job data",
	  "Documents are sent only when a person chooses them, each time "
	  "again. Off until you allow it.",
	  "/privacy/job-data", ROLE_ADMIN, NULL },
	{ "preview", "Look at a preview",
	  "The exact data of this very device; nothing is sent by looking.",
	  "/preview", SEES_DATA, previewed },
	{ "accounts", "Make accounts",
	  "An operator presses Send, an auditor checks the log.", "/users",
	  ROLE_ADMIN, made_accounts },
	{ "settings", "Look at the settings", "Schedule and quiet hours.",
	  "/settings", ROLE_ADMIN, NULL },
	{ "connection", "Compare the connection",
	  "Is it the server and certificate that the vendor names?",
	  "/about#connection", SETS_UP, NULL },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static bool look(struct visit *visit, struct seen *seen, struct err *err)
{
	struct db *db = app_of(visit)->db;
	struct outbox_item *items = NULL;
	struct enrolment enrolment;
	struct connection_test test;
	size_t count = 0;

	if (!outbox_list(db, OUTBOX_UNSET, 1, &items, &count, err) ||
	    !accounts_count(db, &seen->accounts, err) ||
	    !enrolment_read(db, &enrolment, err) ||
	    !connection_test_read(db, &test, err)) {
		mem_free(items);
		return false;
	}
	mem_free(items);
	seen->previewed = count > 0;
	/* A later code that was refused takes no certificate away. */
	seen->connected = enrolment.sha256[0] != '\0' && test.at != 0;
	return true;
}

static void add(struct visit *visit, json_t *list, const struct step *step,
		bool done)
{
	json_t *item = view_item(list);

	view_text(item, "name", step->name);
	view_text(item, "title", step->title);
	view_text(item, "text", step->text);
	view_text(item, "path",
		  people_may(visit, step->role) ? step->path : "");
	view_flag(item, "done", done);
	view_flag(item, "manual",
		  step->done == NULL || step->done == chose_personal);
}

bool first_steps_fill(struct visit *visit, const struct consents *all,
		      struct err *err)
{
	json_t *list = view_array(visit->view, "steps");
	struct seen seen = { .consents = all };
	struct buf marked = BUF_INIT;
	size_t open = 0;
	char count[48];

	view_flag(visit->view, "steps_shown", false);
	view_flag(visit->view, "steps_hidden", false);
	if (!people_may(visit, SETS_UP)) {
		return true;
	}
	if (!settings_get(app_of(visit)->db, SETTING, &marked, err) ||
	    !look(visit, &seen, err)) {
		buf_clear(&marked);
		return false;
	}
	for (size_t i = 0; i < STEPS; i++) {
		const struct step *step = &steps[i];
		bool done = field_word_in(buf_str(&marked), step->name) ||
			    (step->done != NULL && step->done(&seen));

		add(visit, list, step, done);
		open += !done;
	}
	bool hidden = field_word_in(buf_str(&marked), HIDDEN);

	snprintf(count, sizeof(count), "%zu of %zu done", STEPS - open, STEPS);
	view_text(visit->view, "steps_done", count);
	view_flag(visit->view, "steps_shown", open > 0 && !hidden);
	view_flag(visit->view, "steps_hidden", open > 0 && hidden);
	buf_clear(&marked);
	return true;
}

/* The words of a list without one of them, each once. */
static void put_others(struct buf *out, const char *words, const char *without)
{
	while (*words != '\0') {
		size_t len = strcspn(words, " ");
		char *word = mem_strndup(words, len);

		if (strcmp(word, without) != 0) {
			buf_printf(out, "%s%s", out->len > 0 ? " " : "", word);
		}
		mem_free(word);
		words += len + (words[len] == ' ');
	}
}

static bool is_step(const char *name)
{
	for (size_t i = 0; i < STEPS; i++) {
		if (strcmp(steps[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

bool first_steps_mark(struct visit *visit, const char *name, struct err *err)
{
	bool list = strcmp(name, "hide") == 0 || strcmp(name, "show") == 0;
	const char *word = list ? HIDDEN : name;
	struct buf before = BUF_INIT;
	struct buf now = BUF_INIT;
	bool done;

	if (!list && !is_step(name)) {
		return err_set(err, ERR_INVALID, "There is no such step.");
	}
	done = settings_get(app_of(visit)->db, SETTING, &before, err);
	if (done) {
		put_others(&now, buf_str(&before), word);
		if (strcmp(name, "show") != 0) {
			buf_printf(&now, "%s%s", now.len > 0 ? " " : "", word);
		}
		done = settings_set(app_of(visit)->db, SETTING, buf_str(&now),
				    err);
	}
	buf_clear(&before);
	buf_clear(&now);
	return done;
}
