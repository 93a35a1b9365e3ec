#ifndef SLUICE_CGI_DEVICE_APP_H
#define SLUICE_CGI_DEVICE_APP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"
#include "cgi/people/people.h"
#include "domain/device_config.h"
#include "store/db.h"
#include "web/router.h"

/* What one page process holds. Handlers get it by app_of(). */
struct device_app {
	struct device_config config;
	struct db *db;
	struct people people;
	/* what passwords must not be made of, up to NULL */
	const char *known[DEVICE_KNOWN_MAX];
	struct log log;
};

struct device_app *app_of(const struct visit *visit);

/* Wakes the client daemon, which looks at its requests. */
void app_wake_daemon(const struct visit *visit);

/*
 * Serves one page as a CGI process: configuration file conf, environment
 * envp. Returns the exit status.
 */
int device_page_main(const char *conf, char **envp);

#endif
