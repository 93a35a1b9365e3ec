/*
 * About: what this is and which version, for those who are signed in.
 */
#include "base/encoding.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "documents/catalogue.h"
#include "web/view.h"

bool console_about_show(struct visit *visit, struct err *err)
{
	uint8_t hash[32];
	char hex[65];
	(void)err;
	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	view_text(visit->view, "version", PACKAGE_VERSION);
	view_text(visit->view, "catalogue", hex);
	return true;
}
