#ifndef SLUICE_WEB_CGI_H
#define SLUICE_WEB_CGI_H

#include "base/err.h"
#include "web/router.h"

/*
 * One CGI process: request from the environment and descriptor 0, response to
 * descriptor 1. Errors: IO (the server is gone).
 */
MUST_USE bool cgi_serve(const struct site *site, char *const envp[],
			int64_t now_ms, struct err *err);

#endif
