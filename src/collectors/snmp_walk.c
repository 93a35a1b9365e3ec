/*
 * How tables are walked: what is asked next, when it ends, and what an agent
 * may not do to us. The first trouble sends it from GetBulk to GetNext, the
 * second from several names to one, since printers fail in both; trouble with
 * one name is the printer's answer. Nothing here knows a table.
 */
#include "collectors/snmp_walk.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

struct cursor {
	struct snmp_name root;
	struct snmp_name at; /* the last that was answered */
	size_t rows;
	bool done;
};

void snmp_answer_clear(struct snmp_answer *answer)
{
	for (size_t i = 0; i < answer->count; i++) {
		mem_free(answer->found[i].bytes);
	}
	answer->count = 0;
	answer->status = SNMP_STATUS_GOOD;
}

static bool carry(struct snmp_agent *agent,
		  const struct snmp_question *question,
		  struct snmp_answer *answer, struct err *err)
{
	if (agent->asked >= SNMP_QUESTIONS) {
		return err_set(err, ERR_LIMIT,
			       "it was not at its end after %d questions",
			       SNMP_QUESTIONS);
	}
	agent->asked++;
	if (!agent->carry(agent->data, question, answer, err)) {
		return false;
	}
	size_t most = question->count;
	if (question->ask == SNMP_ASK_BULK) {
		most *= question->repeat;
	}
	if (answer->status == SNMP_STATUS_GOOD &&
	    (answer->count == 0 || answer->count > most ||
	     (question->ask != SNMP_ASK_BULK && answer->count != most))) {
		snmp_answer_clear(answer);
		return err_set(err, ERR_INVALID,
			       "it gave another number of values than it was "
			       "asked for");
	}
	return true;
}

static bool refused(long status, struct err *err)
{
	return err_set(err, ERR_INVALID, "it answers with error %ld", status);
}

/* After an error: asks for less. false: there is no less. */
static bool ask_for_less(struct snmp_agent *agent,
			 const struct snmp_question *question)
{
	if (question->ask == SNMP_ASK_BULK) {
		agent->one_by_one = true;
		return true;
	}
	if (question->count > 1) {
		agent->alone = true;
		return true;
	}
	return false;
}

static void keep(struct snmp_values *into, const struct snmp_found *found)
{
	char name[SNMP_NAME_TEXT];

	if (found->kind != SNMP_KIND_NONE &&
	    snmp_name_text(name, &found->name)) {
		snmp_values_add(into, name, found->kind, found->number,
				found->bytes, found->len);
	}
}

/* What was asked for by name, and nothing else that comes along. */
static void keep_asked(const struct snmp_question *question,
		       const struct snmp_answer *answer,
		       struct snmp_values *into)
{
	for (size_t i = 0; i < answer->count; i++) {
		if (snmp_name_compare(&answer->found[i].name,
				      &question->names[i]) == 0) {
			keep(into, &answer->found[i]);
		}
	}
}

/* The open cursors, in order; gives the question for them. */
static void put_question(const struct snmp_agent *agent,
			 struct cursor *const cursors[], size_t count,
			 struct snmp_question *question)
{
	question->count = agent->alone && count > 1 ? 1 : count;
	question->repeat = SNMP_ANSWER_MAX / question->count;
	question->ask = agent->one_by_one ? SNMP_ASK_NEXT : SNMP_ASK_BULK;
	for (size_t i = 0; i < question->count; i++) {
		question->names[i] = cursors[i]->at;
	}
}

static bool step(struct cursor *cursor, const struct snmp_found *found,
		 struct snmp_values *into, struct err *err)
{
	if (cursor->done) {
		return true;
	}
	if (found->kind == SNMP_KIND_NONE ||
	    !snmp_name_is_below(&found->name, &cursor->root)) {
		cursor->done = true;
		return true;
	}
	if (snmp_name_compare(&found->name, &cursor->at) <= 0) {
		return err_set(err, ERR_INVALID,
			       "its tables are not in order, which could go "
			       "on for ever");
	}
	keep(into, found);
	cursor->at = found->name;
	cursor->done = ++cursor->rows >= SNMP_ROWS_MAX;
	return true;
}

static bool take(struct snmp_agent *agent, const struct snmp_question *question,
		 const struct snmp_answer *answer,
		 struct cursor *const cursors[], struct snmp_values *into,
		 struct err *err)
{
	if (answer->status != SNMP_STATUS_GOOD) {
		if (ask_for_less(agent, question)) {
			return true;
		}
		/* How agents of the first version tell the end. */
		if (answer->status == SNMP_STATUS_NO_SUCH_NAME) {
			cursors[0]->done = true;
			return true;
		}
		return refused(answer->status, err);
	}
	for (size_t i = 0; i < answer->count; i++) {
		if (!step(cursors[i % question->count], &answer->found[i], into,
			  err)) {
			return false;
		}
	}
	return true;
}

bool snmp_walk(struct snmp_agent *agent, const struct snmp_name *roots,
	       size_t count, struct snmp_values *into, struct err *err)
{
	struct cursor *cursors = mem_array(count, sizeof(*cursors));
	struct cursor *open[SNMP_ASK_MAX];
	struct snmp_question *question = mem_zalloc(sizeof(*question));
	struct snmp_answer *answer = mem_zalloc(sizeof(*answer));
	bool ok = true;

	assert(count <= SNMP_ASK_MAX);
	for (size_t i = 0; i < count; i++) {
		cursors[i].root = cursors[i].at = roots[i];
	}
	while (ok) {
		size_t left = 0;
		for (size_t i = 0; i < count; i++) {
			if (!cursors[i].done) {
				open[left++] = &cursors[i];
			}
		}
		if (left == 0) {
			break;
		}
		put_question(agent, open, left, question);
		ok = carry(agent, question, answer, err) &&
		     take(agent, question, answer, open, into, err);
		snmp_answer_clear(answer);
	}
	mem_free(answer);
	mem_free(question);
	mem_free(cursors);
	return ok;
}

bool snmp_walk_get(struct snmp_agent *agent, const struct snmp_name *names,
		   size_t count, struct snmp_values *into, struct err *err)
{
	struct snmp_question *question = mem_zalloc(sizeof(*question));
	struct snmp_answer *answer = mem_zalloc(sizeof(*answer));
	bool ok = true;

	for (size_t done = 0; ok && done < count;) {
		size_t most = agent->alone ? 1 : SNMP_ASK_MAX;
		question->ask = SNMP_ASK_THESE;
		question->count = count - done < most ? count - done : most;
		memcpy(question->names, names + done,
		       question->count * sizeof(names[0]));
		ok = carry(agent, question, answer, err);
		if (ok && answer->status == SNMP_STATUS_GOOD) {
			keep_asked(question, answer, into);
			done += question->count;
		} else if (ok && !ask_for_less(agent, question)) {
			ok = answer->status == SNMP_STATUS_NO_SUCH_NAME ||
			     refused(answer->status, err);
			done++;
		}
		snmp_answer_clear(answer);
	}
	mem_free(answer);
	mem_free(question);
	return ok;
}

bool snmp_walk_first(struct snmp_agent *agent, const struct snmp_name *root,
		     struct snmp_found *first, struct err *err)
{
	struct snmp_question *question = mem_zalloc(sizeof(*question));
	struct snmp_answer *answer = mem_zalloc(sizeof(*answer));

	question->ask = SNMP_ASK_NEXT;
	question->count = 1;
	question->names[0] = *root;
	bool ok = carry(agent, question, answer, err);
	if (ok) {
		bool none = answer->status == SNMP_STATUS_NO_SUCH_NAME;
		ok = none || answer->status == SNMP_STATUS_GOOD ||
		     refused(answer->status, err);
		memset(first, 0, sizeof(*first));
		if (ok && !none &&
		    snmp_name_is_below(&answer->found[0].name, root)) {
			first->name = answer->found[0].name;
			first->kind = answer->found[0].kind;
		}
	}
	snmp_answer_clear(answer);
	mem_free(answer);
	mem_free(question);
	return ok;
}
