/*
 * A template and its view: the first line is JSON, the rest the template.
 * Templates are ours, values are not: nothing of a view may come out with
 * markup in it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_markup(const char *text)
{
	return strpbrk(text, "<>\"'") != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	char *page = strchr(text, '\n');
	struct err err = { .kind = ERR_NONE };
	struct buf out = BUF_INIT;

	if (page != NULL) {
		*page++ = '\0';

		const struct embedded templates[] = {
			{ "page.html", page, strlen(page) },
			{ NULL, NULL, 0 },
		};
		json_t *view = json_loads(text, 0, NULL);

		if (view != NULL && strlen(page) < 4096) {
			bool done = template_render(templates, "page", view,
						    &out, &err);

			if (done && !has_markup(page) &&
			    has_markup(buf_str(&out))) {
				abort();
			}
			if (!done && (err.kind != ERR_BUG || out.len > 0)) {
				abort();
			}
		}
		json_decref(view);
	}
	buf_clear(&out);
	mem_free(text);
	return 0;
}
