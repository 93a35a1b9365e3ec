/*
 * An SNMP agent in memory for the tests of the SNMP collector. See agent.h.
 */
#include "agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "collectors/snmp_documents.h"

void agent_clear(struct agent *a)
{
	snmp_values_clear(&a->values);
	memset(a, 0, sizeof(*a));
}

static struct snmp_name parse(const char *text)
{
	struct snmp_name name;

	if (!snmp_name_parse(&name, text)) {
		abort();
	}
	return name;
}

/* Puts the value that was added last in its place. */
static void sort_last(struct snmp_values *v)
{
	struct snmp_value last = v->at[v->count - 1];
	struct snmp_name name = parse(last.name);
	size_t at = v->count - 1;

	while (at > 0) {
		struct snmp_name before = parse(v->at[at - 1].name);
		if (snmp_name_compare(&before, &name) < 0) {
			break;
		}
		v->at[at] = v->at[at - 1];
		at--;
	}
	v->at[at] = last;
}

void agent_number(struct agent *a, const char *name, int64_t number)
{
	snmp_values_add(&a->values, name, SNMP_KIND_NUMBER, number, NULL, 0);
	sort_last(&a->values);
}

void agent_bytes(struct agent *a, const char *name, const char *bytes,
		 size_t len)
{
	snmp_values_add(&a->values, name, SNMP_KIND_BYTES, 0, bytes, len);
	sort_last(&a->values);
}

void agent_text(struct agent *a, const char *name, const char *text)
{
	agent_bytes(a, name, text, strlen(text));
}

void agent_name(struct agent *a, const char *name, const char *value)
{
	snmp_values_add(&a->values, name, SNMP_KIND_NAME, 0, value,
			strlen(value));
	sort_last(&a->values);
}

static void put(struct snmp_answer *answer, const struct snmp_name *name,
		const struct snmp_value *value)
{
	struct snmp_found *found = &answer->found[answer->count++];

	memset(found, 0, sizeof(*found));
	found->name = *name;
	if (value != NULL) {
		found->name = parse(value->name);
		found->kind = value->kind;
		found->number = value->number;
		found->len = value->len;
		found->bytes = value->bytes != NULL
				       ? mem_strndup(value->bytes, value->len)
				       : NULL;
	}
}

static const struct snmp_value *after(const struct agent *a,
				      const struct snmp_name *name)
{
	for (size_t i = 0; i < a->values.count; i++) {
		struct snmp_name at = parse(a->values.at[i].name);
		int order = snmp_name_compare(&at, name);
		if (order > 0 || (order == 0 && a->circles)) {
			return &a->values.at[i];
		}
	}
	return NULL;
}

static long status_of(const struct agent *a,
		      const struct snmp_question *question)
{
	if (question->ask == SNMP_ASK_BULK && a->bulk_status != 0) {
		return a->bulk_status;
	}
	if (question->count > 1 && a->many_status != 0) {
		return a->many_status;
	}
	if (question->ask == SNMP_ASK_NEXT && a->end_status != 0 &&
	    after(a, &question->names[0]) == NULL) {
		return a->end_status;
	}
	return SNMP_STATUS_GOOD;
}

static void answer_next(const struct agent *a, struct snmp_name *names,
			size_t count, struct snmp_answer *answer)
{
	for (size_t i = 0; i < count; i++) {
		if (a->cut > 0 && answer->count == a->cut) {
			return;
		}
		put(answer, &names[i], after(a, &names[i]));
		names[i] = answer->found[answer->count - 1].name;
	}
}

bool agent_carry(void *data, const struct snmp_question *question,
		 struct snmp_answer *answer, struct err *err)
{
	struct agent *a = data;
	struct snmp_name names[SNMP_ASK_MAX];
	char text[SNMP_NAME_TEXT];

	if (a->silent_after > 0 && a->asked == a->silent_after) {
		return err_set(err, ERR_RETRY, "silence");
	}
	a->asked++;
	if (!snmp_name_text(a->last, &question->names[question->count - 1])) {
		abort();
	}
	answer->status = status_of(a, question);
	answer->count = 0;
	if (answer->status != SNMP_STATUS_GOOD) {
		return true;
	}
	memcpy(names, question->names, sizeof(names));
	if (question->ask == SNMP_ASK_THESE) {
		for (size_t i = 0; i < question->count; i++) {
			if (!snmp_name_text(text, &names[i])) {
				abort();
			}
			put(answer, &names[i],
			    snmp_values_find(&a->values, text));
		}
		return true;
	}
	size_t repeat = question->ask == SNMP_ASK_BULK ? question->repeat : 1;
	for (size_t i = 0; i < repeat; i++) {
		answer_next(a, names, question->count, answer);
	}
	return true;
}

void agent_collect(const struct agent *a, struct collected *c)
{
	struct collected_writer *w = collected_writer_new("snmp", AGENT_NOW);
	const struct snmp_printer printer = {
		.values = &a->values,
		.device = 1,
		.host = "192.0.2.7",
		.now = AGENT_NOW,
	};
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	snmp_documents_put(&printer, w);
	collected_writer_finish(w, &xml);
	memset(c, 0, sizeof(*c));
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fprintf(stderr, "agent: %s\n", err.text);
		abort();
	}
	buf_clear(&xml);
}

const char *agent_value(const struct collected *c, enum document_kind kind,
			const char *path)
{
	const struct item *root = c->documents[kind];
	return root != NULL ? item_text(root, path) : NULL;
}
