/*
 * The simulated printer's output for the tests of its documents.
 */
#include "sim_reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/sim_documents.h"

void sim_reading(const struct sim_engine *e, int64_t now, struct collected *c)
{
	struct collected_writer *w = collected_writer_new("sim", now);
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	sim_documents_put(e, now, w);
	collected_writer_finish(w, &xml);
	memset(c, 0, sizeof(*c));
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

void sim_reading_after(int days, struct sim_engine *e, struct collected *c)
{
	int64_t now = SIM_MONDAY + (int64_t)days * SIM_DAY;

	sim_engine_init(e, 1, SIM_MONDAY);
	sim_engine_run(e, now);
	sim_reading(e, now, c);
	if (c->strays != NULL) {
		fail_msg("%s: %s", c->strays->path, c->strays->reason);
	}
}

size_t sim_reading_count(const struct collected *c, enum document_kind kind,
			 const char *path, const char *text)
{
	size_t count = 0;
	const struct item *root = c->documents[kind];

	for (const struct item *i = root != NULL ? root->children : NULL;
	     i != NULL; i = i->next) {
		const char *have = item_text(i, path);
		count += have != NULL && strcmp(have, text) == 0;
	}
	return count;
}
