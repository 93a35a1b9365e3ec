/*
 * Instructions: what the vendor asks of this device, one plain sentence each.
 * Those that wait are allowed or refused here, with two equal buttons; below
 * stand the rules for each kind and what became of the others. Carrying out
 * is client/instructions.c's, which asks for grants and rules again.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/control.h"
#include "cgi/device/instructions_row.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "domain/instructions.h"
#include "web/view.h"

#define PATH "/instructions"
#define LISTED 50

/* ---- what is shown ---- */

static void put_waiting(struct visit *visit, json_t *list,
			const struct instruction_row *row)
{
	instructions_row_fill(visit, view_item(list), row);
}

static void put_other(struct visit *visit, json_t *list,
		      const struct instruction_row *row)
{
	if (row->state != INSTRUCTION_ASKED) {
		instructions_row_fill(visit, view_item(list), row);
	}
}

static bool fill_lists(struct visit *visit, struct err *err)
{
	json_t *waiting = view_array(visit->view, "waiting");
	json_t *history = view_array(visit->view, "history");

	if (!instructions_row_each(visit, true, LISTED, put_waiting, waiting,
				   err) ||
	    !instructions_row_each(visit, false, LISTED, put_other, history,
				   err)) {
		return false;
	}
	view_flag(visit->view, "any_waiting", json_array_size(waiting) > 0);
	view_flag(visit->view, "any_history", json_array_size(history) > 0);
	return true;
}

static const char *const meanings[INSTRUCTION_KINDS] = {
	[INSTRUCTION_SEND] =
		"Documents of services that you allow leave at once instead "
		"of at the daily time. What you do not allow stays here.",
	[INSTRUCTION_INTERVAL] =
		"How often the device checks in. Only within your limits.",
	[INSTRUCTION_PACKAGE] =
		"Shows on Home that there is a package. Nothing is fetched or "
		"installed by it.",
	[INSTRUCTION_MESSAGE] =
		"Shows the vendor's words on Home. It does nothing else.",
	[INSTRUCTION_RENEW] =
		"The device gets a new certificate before it is due.",
	[INSTRUCTION_LEDGER] =
		"Kinds, sizes and hashes of entries of the log, so that both "
		"sides can compare. No names and no texts.",
};

static void rule_tag(json_t *item, enum instruction_policy policy)
{
	static const struct {
		const char *tone, *icon, *text;
	} marks[] = {
		[INSTRUCTION_POLICY_UNSET] = { "", "idle", "Unknown" },
		[INSTRUCTION_NEVER] = { "", "off", "Never" },
		[INSTRUCTION_ASK] = { "", "personal", "Asks first" },
		[INSTRUCTION_ALLOW] = { "ok", "ok", "Allowed" },
	};

	marks_tag(item, "tag", marks[policy].tone, marks[policy].icon,
		  marks[policy].text);
}

static void put_decided(const struct instruction_rule *rule, struct buf *out)
{
	char date[VIEW_TIME_SIZE];

	if (rule->policy == INSTRUCTION_ALLOW) {
		if (rule->until != 0) {
			view_format_date(date, rule->until);
			buf_printf(out, "Until %s, then it asks first. ", date);
		} else {
			buf_put_str(out, "Without an end. ");
		}
	}
	if (rule->decided_by[0] == '\0') {
		buf_put_str(out, "Preset.");
		return;
	}
	view_format_date(date, rule->decided_at);
	buf_printf(out, "Decided by %s, %s.", rule->decided_by, date);
}

/* typed: this is the form that is shown again with its problem. */
static void fill_rule(struct visit *visit, const struct instruction_rule *rule,
		      json_t *item)
{
	const char *name = instruction_kind_name(rule->kind);
	bool typed = json_array_size(visit->problems) > 0 &&
		     text_equal(visit_typed(visit, "kind"), name);
	struct buf decided = BUF_INIT;
	char id[32];

	snprintf(id, sizeof(id), typed ? "date" : "date-%s", name);
	put_decided(rule, &decided);
	view_text(item, "name", name);
	view_text(item, "title", instruction_kind_title(rule->kind));
	view_text(item, "meaning", meanings[rule->kind]);
	view_text(item, "decided", buf_str(&decided));
	rule_tag(item, rule->policy);
	view_flag(item, "never", rule->policy == INSTRUCTION_NEVER);
	view_flag(item, "ask", rule->policy == INSTRUCTION_ASK);
	view_flag(item, "allow",
		  rule->policy == INSTRUCTION_ALLOW && rule->until == 0);
	view_text(item, "id", id);
	view_flag(item, "again", typed);
	view_text(item, "date", typed ? visit_typed(visit, "date") : "");
	buf_clear(&decided);
}

static bool fill_rules(struct visit *visit, struct err *err)
{
	json_t *rules = view_array(visit->view, "rules");

	for (int kind = INSTRUCTION_UNSET + 1; kind < INSTRUCTION_KINDS;
	     kind++) {
		struct instruction_rule rule;

		if (!instruction_rule_get(app_of(visit)->db,
					  (enum instruction_kind)kind,
					  visit->request->now, &rule, err)) {
			return false;
		}
		fill_rule(visit, &rule, view_item(rules));
	}
	return true;
}

static void fill_message(struct visit *visit)
{
	static const struct {
		const char *name, *tone, *icon, *word, *headline, *text;
	} done[] = {
		{ "allowed", "ok", "ok", "Recorded", "Allowed, this time.",
		  "The device carries it out by itself. What came of it stands "
		  "below and in the log." },
		{ "refused", "", "off", "Recorded", "Refused.",
		  "The vendor is told with the next check-in." },
		{ "rule", "ok", "ok", "Recorded", "The rule is saved.",
		  "The change stands in the log." },
	};
	const char *name = request_query(visit->request, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (strcmp(done[i].name, name) == 0) {
			marks_message(visit->view, done[i].tone, done[i].icon,
				      done[i].word, done[i].headline,
				      done[i].text);
		}
	}
}

bool instructions_show(struct visit *visit, struct err *err)
{
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !fill_lists(visit, err) || !fill_rules(visit, err)) {
		return false;
	}
	fill_message(visit);
	view_flag(visit->view, "on", all.remote.state == CONSENT_ALLOWED);
	view_flag(visit->view, "may_decide",
		  people_may(visit, DECIDES_INSTRUCTIONS));
	view_flag(visit->view, "may_log", people_may(visit, READS_LOG));
	return true;
}

/* ---- what is decided ---- */

static bool number_of(struct visit *visit, uint64_t *number, struct err *err)
{
	return text_parse_u64(request_form(visit->request, "number"), 1,
			      INT64_MAX, number) ||
	       visit_fail(visit, 404, err, "There is no such instruction.");
}

/* One that does not wait any more is told, and the list stands below. */
static bool decide(struct visit *visit, bool yes, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	uint64_t number;

	if (!number_of(visit, &number, err)) {
		return false;
	}
	if (!instructions_decide(app_of(visit)->db, people_actor(visit), number,
				 yes, visit->request->now, &why)) {
		if (why.kind == ERR_DENIED) {
			visit_problem(visit, 409, "", why.text);
			return visit_again(visit, err);
		}
		return err_set(err, why.kind, "%s", why.text);
	}
	app_wake_daemon(visit);
	visit_redirect(visit, PATH, "done", yes ? "allowed" : "refused");
	return true;
}

static bool mark_seen(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	uint64_t number;

	if (!number_of(visit, &number, err)) {
		return false;
	}
	if (!instructions_seen(app_of(visit)->db, people_actor(visit), number,
			       visit->request->now, &why)) {
		return why.kind == ERR_DENIED
			       ? visit_fail(visit, 409, err, why.text)
			       : err_set(err, why.kind, "%s", why.text);
	}
	visit_redirect(visit, "/", NULL, NULL);
	return true;
}

static bool set_rule(struct visit *visit, enum instruction_policy policy,
		     bool dated, struct err *err)
{
	const char *name = request_form(visit->request, "kind");
	enum instruction_kind kind = instruction_kind_by_name(name);
	struct err why = { .kind = ERR_NONE };
	int64_t until = 0;
	bool done;

	if (kind == INSTRUCTION_UNSET) {
		return visit_fail(visit, 400, err,
				  "There is no such kind of instruction.");
	}
	if (dated &&
	    !control_end_of_day(request_form(visit->request, "date"), &until)) {
		done = err_set(&why, ERR_INVALID,
			       "Choose a day, written as 2027-11-23.");
	} else {
		done = instruction_rule_set(app_of(visit)->db,
					    people_actor(visit), kind, policy,
					    until, visit->request->now, &why);
	}
	if (!done) {
		if (why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, 400, "date", why.text);
		return visit_again(visit, err);
	}
	app_wake_daemon(visit);
	visit_redirect(visit, PATH, "done", "rule");
	return true;
}

bool instructions_act(struct visit *visit, struct err *err)
{
	static const struct {
		const char *name;
		enum instruction_policy policy;
		bool dated;
	} rules[] = {
		{ "never", INSTRUCTION_NEVER, false },
		{ "ask", INSTRUCTION_ASK, false },
		{ "always", INSTRUCTION_ALLOW, false },
		{ "until", INSTRUCTION_ALLOW, true },
	};
	const char *name = request_form(visit->request, "do");

	if (strcmp(name, "allow") == 0 || strcmp(name, "refuse") == 0) {
		return decide(visit, strcmp(name, "allow") == 0, err);
	}
	if (strcmp(name, "seen") == 0) {
		return mark_seen(visit, err);
	}
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(rules[i].name, name) == 0) {
			return set_rule(visit, rules[i].policy, rules[i].dated,
					err);
		}
	}
	return visit_fail(visit, 400, err, "The form has an unknown button.");
}
