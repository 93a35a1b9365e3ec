/* Help: one short page, in the same place everywhere. Its text is in the template. */
#include "cgi/device/pages.h"

bool help_show(struct visit *visit, struct err *err)
{
	(void)visit;
	(void)err;
	return true;
}
