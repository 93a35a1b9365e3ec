/*
 * The table of programs in the one device binary. Commands of the command
 * line have their own table, cli/commands.c.
 */
#include "programs.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgi/device/app.h"
#include "cli/commands.h"

#define CONF_VARIABLE "SLUICE_CONF"

static int command_line(int argc, char *const argv[])
{
	char self[4096] = "";
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len < 0) {
		len = 0;
	}
	self[len] = '\0';
	return device_cli_main(argc - 1, argv + 1, getenv(CONF_VARIABLE), self);
}

static int page(int argc, char *const argv[])
{
	(void)argc;
	(void)argv;
	const char *conf = getenv(CONF_VARIABLE);
	return device_page_main(conf != NULL && conf[0] != '\0'
					? conf
					: device_cli_default_conf,
				environ);
}

const struct program programs[] = {
	{ "sluice", command_line },
	{ "sluice-page", page }, /* cgi-bin/sluice-page of "sluice init" */
	{ "page", page },        /* the same as "sluice page" */
	{ NULL, NULL }
};

const struct program *program_by_name(const char *name)
{
	for (const struct program *p = programs; p->name != NULL; p++) {
		if (strcmp(p->name, name) == 0) {
			return p;
		}
	}
	return NULL;
}
