#ifndef SLUICE_WEB_ERROR_PAGE_H
#define SLUICE_WEB_ERROR_PAGE_H

#include "base/err.h"
#include "web/router.h"

/* Status for an error: visit->fail_status, or by kind. */
int error_page_status(const struct visit *visit, const struct err *err);

/*
 * Replaces whatever the response holds by an error page in plain words with
 * a reference, and writes the running log. Texts of IO and BUG errors stay
 * in the log. again: a path of this site where one can go on, NULL = none.
 */
void error_page(struct visit *visit, const struct err *err, const char *again);

#endif
