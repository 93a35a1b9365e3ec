/*
 * A collector that finds everything there is, for tests/flows/canaries.sh:
 * every field of the catalogue and every form of log lines, with a value that
 * names its class ("canary-personal-Events-Event/UserName"), and a field that
 * no catalogue knows. All of it happened this second.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/unit/documents/samples.h"

/* Appends text with each before replaced by now. */
static void put_replaced(struct buf *out, const char *text, const char *before,
			 const char *now)
{
	const char *at;
	while ((at = strstr(text, before)) != NULL) {
		buf_put(out, text, (size_t)(at - text));
		buf_put_str(out, now);
		text = at + strlen(before);
	}
	buf_put_str(out, text);
}

int main(void)
{
	char now[CLOCK_TEXT_SIZE], collected[CLOCK_TEXT_SIZE];
	struct buf found = BUF_INIT, moments = BUF_INIT, times = BUF_INIT;
	struct buf all = BUF_INIT;
	clock_format(now, clock_utc_now());
	clock_format(collected, SAMPLES_AT);
	samples_print(&found);
	put_replaced(&moments, buf_str(&found), SAMPLES_MOMENT, now);
	put_replaced(&times, buf_str(&moments), collected, now);
	put_replaced(&all, buf_str(&times), "</Status>",
		     "<Mystery>canary-stray-Status-Mystery</Mystery></Status>");
	bool done = fwrite(all.data, 1, all.len, stdout) == all.len;
	buf_clear(&found);
	buf_clear(&moments);
	buf_clear(&times);
	buf_clear(&all);
	return done && fflush(stdout) == 0 ? 0 : 1;
}
