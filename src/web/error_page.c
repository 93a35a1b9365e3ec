/*
 * Error pages: what happened, why, what to do, and a reference that stands in
 * the running log too. People never see the text of an internal error.
 */
#include "web/error_page.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/random.h"
#include "web/template.h"
#include "web/view.h"

struct words {
	int status;
	const char *what;
	const char *why; /* when the error's own text is not for people */
	const char *advice;
};

static const struct words words[] = {
	{ 400, "The request was not understood",
	  "Something in the address or the form is not what this page expects.",
	  "Go back and try again. Nothing was changed." },
	{ 403, "You may not do this", "Your account has no role for this page.",
	  "Ask somebody who has the role, or ask an administrator for it. "
	  "Nothing was changed." },
	{ 404, "There is no such page", "The address leads nowhere.",
	  "Check the address, or start from the home page." },
	{ 405, "This page cannot be used that way",
	  "The browser sent a kind of request that this page does not take.",
	  "Open the page from its link. Nothing was changed." },
	{ 409, "Something else happened first",
	  "What you asked for does not fit the present state.",
	  "Look at the present state and decide again." },
	{ 413, "The form is too large", "A form may have at most 64 KiB.",
	  "Shorten what you typed, or choose a smaller file. Nothing was "
	  "changed." },
	{ 429, "Too many tries", "There were too many tries in a short time.",
	  "Wait a while and try again." },
	{ 500, "Something went wrong here",
	  "An internal fault stopped the page. It was written to the running "
	  "log.",
	  "Try again. If it stays, tell your administrator the reference." },
	{ 503, "Busy just now",
	  "Another program is working with the same data.",
	  "Wait a moment and load the page again." },
};

static const struct words *words_of(int status)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].status == status) {
			return &words[i];
		}
	}
	return words_of(500);
}

int error_page_status(const struct visit *visit, const struct err *err)
{
	if (visit->fail_status != 0) {
		return visit->fail_status;
	}
	switch (err->kind) {
	case ERR_DENIED:
		return 403;
	case ERR_INVALID:
		return 400;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_LIMIT:
		return 429;
	case ERR_RETRY:
		return 503;
	default:
		return 500;
	}
}

/* "R-20261123-1f09ab" */
static void make_reference(struct visit *visit)
{
	char time[CLOCK_TEXT_SIZE];
	unsigned char random[3];

	clock_format(time, visit->request->now);
	random_bytes(random, sizeof(random));
	snprintf(visit->reference, sizeof(visit->reference),
		 "R-%.4s%.2s%.2s-%02x%02x%02x", time, time + 5, time + 8,
		 random[0], random[1], random[2]);
}

static bool is_for_people(const struct err *err)
{
	return err->text[0] != '\0' && err->kind != ERR_IO &&
	       err->kind != ERR_BUG && err->kind != ERR_RETRY;
}

/* What is left when not even the error page can be made. */
static void put_plain(struct visit *visit, const struct words *w)
{
	visit->response->type = "text/plain; charset=utf-8";
	buf_reset(&visit->response->body);
	buf_printf(&visit->response->body, "%s.\n%s\n%s\nReference: %s\n",
		   w->what, w->why, w->advice, visit->reference);
}

void error_page(struct visit *visit, const struct err *err, const char *again)
{
	int status = error_page_status(visit, err);
	const struct words *w = words_of(status);
	struct err trouble = { .kind = ERR_NONE };

	make_reference(visit);
	(status >= 500 ? log_error : log_warn)(
		visit->site->log, "%s: status %d, page %s: %s: %s",
		visit->reference, status,
		visit->page != NULL ? visit->page->path : "none",
		err_kind_name(err->kind), err->text);

	response_reset(visit->response);
	visit->response->status = status;
	json_object_clear(visit->view);
	if (visit->site->decorate != NULL &&
	    !visit->site->decorate(visit->app, visit, visit->view, &trouble)) {
		log_error(visit->site->log, "%s: error page: %s",
			  visit->reference, trouble.text);
		err_reset(&trouble);
	}
	visit_fill_view(visit);
	const char *what =
		visit->fail_title != NULL ? visit->fail_title : w->what;

	view_text(visit->view, "title", what);
	json_object_set_new(visit->view, "status", json_integer(status));
	view_text(visit->view, "what", what);
	view_sentence(visit->view, "why",
		      is_for_people(err) ? err->text : w->why);
	view_text(visit->view, "advice",
		  visit->fail_advice != NULL ? visit->fail_advice : w->advice);
	view_text(visit->view, "again", again != NULL ? again : "");
	view_text(visit->view, "reference", visit->reference);
	if (!template_render(visit->site->templates, "error", visit->view,
			     &visit->response->body, &trouble)) {
		log_error(visit->site->log, "%s: error page: %s",
			  visit->reference, trouble.text);
		put_plain(visit, w);
	}
	visit->response->done = true;
}
