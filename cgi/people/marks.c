/*
 * Marks and messages as the templates www/people/tag.html and message.html
 * show them. Which mark stands for which state is in cgi/device/words.c and
 * cgi/server/phrases.c.
 */
#include "cgi/people/marks.h"

#include "web/view.h"

void marks_tag(json_t *object, const char *name, const char *tone,
	       const char *icon, const char *text)
{
	json_t *tag = view_object(object, name);

	view_text(tag, "tone", tone);
	view_text(tag, "icon", icon);
	view_text(tag, "text", text);
}

void marks_message(json_t *view, const char *tone, const char *icon,
		   const char *word, const char *headline, const char *text)
{
	json_t *message = view_object(view, "message");

	view_text(message, "tone", tone);
	marks_tag(message, "tag", tone, icon, word);
	view_text(message, "headline", headline);
	view_text(message, "text", text);
}
