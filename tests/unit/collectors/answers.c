/*
 * IPP answers for the tests of the IPP collector. See answers.h.
 */
#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/ipp_documents.h"

ipp_t *answers_new(void)
{
	ipp_t *request = ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES);
	ipp_t *answer = ippNewResponse(request);

	ippDelete(request);
	return answer;
}

void answers_text(ipp_t *ipp, const char *name, const char *value)
{
	ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, name, NULL, value);
}

static int count_of(const char *const *values)
{
	int count = 0;

	while (values[count] != NULL) {
		count++;
	}
	return count;
}

void answers_texts(ipp_t *ipp, const char *name, const char *const *values)
{
	ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, name,
		      count_of(values), NULL, values);
}

void answers_number(ipp_t *ipp, const char *name, int value)
{
	ippAddInteger(ipp, IPP_TAG_PRINTER, IPP_TAG_INTEGER, name, value);
}

void answers_octets(ipp_t *ipp, const char *name, const char *const *values)
{
	ipp_attribute_t *attr = ippAddOctetString(
		ipp, IPP_TAG_PRINTER, name, values[0], (int)strlen(values[0]));

	for (int i = 1; values[i] != NULL; i++) {
		ippSetOctetString(ipp, &attr, i, values[i],
				  (int)strlen(values[i]));
	}
}

void answers_collect(ipp_t *ipp, struct collected *c)
{
	struct collected_writer *w = collected_writer_new("ipp", ANSWERS_AT);
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	ipp_documents_put(ipp, "printer.example", ANSWERS_AT, w);
	collected_writer_finish(w, &xml);
	memset(c, 0, sizeof(*c));
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fprintf(stderr, "answer: %s\n", err.text);
		abort();
	}
	buf_clear(&xml);
}
