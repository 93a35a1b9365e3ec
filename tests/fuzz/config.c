/* Any file as a configuration: loaded or refused with a reason. */
#include "base/config.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct config_setting settings[] = {
	{ "device", "name", CONFIG_TEXT, "printer", 0, 0, "" },
	{ "device", "state", CONFIG_PATH, "state.db", 0, 0, "" },
	{ "server", "port", CONFIG_NUMBER, "443", 1, 65535, "" },
	{ "server", "verify", CONFIG_TEXT, "yes", 0, 0, "" },
	{ "collector:", "command", CONFIG_PATH, NULL, 0, 0, "" },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	assert(fd >= 0);
	if (write(fd, data, size) != (ssize_t)size) {
		close(fd);
		return 0;
	}
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct config *config = NULL;
	struct err err = { 0 };
	if (config_load(path, settings, &config, &err)) {
		assert(strlen(config_text(config, "device", "name")) < 256);
		assert(config_number(config, "server", "port") > 0);
		for (size_t n = 0; config_name(config, "collector", n); n++) {
			assert(strlen(config_name(config, "collector", n)) > 0);
		}
		config_free(config);
	} else {
		assert(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		assert(err.text[0] != '\0');
	}
	close(fd);
	return 0;
}
