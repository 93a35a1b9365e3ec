#ifndef SLUICE_CGI_DEVICE_APP_H
#define SLUICE_CGI_DEVICE_APP_H

#include <stdbool.h>

#include "base/err.h"
#include "base/log.h"
#include "domain/device_config.h"
#include "domain/sessions.h"
#include "store/db.h"
#include "web/router.h"

/* What one page process holds. Handlers get it as visit->app. */
struct device_app {
	struct device_config config;
	struct db *db;
	struct session session; /* session.id 0 = nobody is signed in */
	struct log log;
};

struct device_app *app_of(const struct visit *visit);

/* Name of the account that asks, for ledger entries and rows. */
const char *app_actor(const struct visit *visit);

/* Does the one who asks hold any of these roles? */
bool app_may(const struct visit *visit, unsigned roles);

/* Wakes the client daemon, which looks at its requests. */
void app_wake_daemon(const struct visit *visit);

/*
 * Serves one page as a CGI process: configuration file conf, environment
 * envp. Returns the exit status.
 */
int device_page_main(const char *conf, char **envp);

#endif
