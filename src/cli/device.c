/*
 * Opens the device for a command: configuration and database. Keys stay with
 * the client layer.
 */
#include "cli/device.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/zone.h"
#include "base/text.h"
#include "base/unix_user.h"
#include "client/daemon.h"
#include "documents/service.h"
#include "store/migrate.h"

/*
 * root: stay root, for what only init may do. log: leave a launcher behind
 * and tell it, else NULL.
 */
static bool open_as(const char *conf, bool root, const struct log *log,
		    struct cli_device *device, struct err *err)
{
	struct cli_device d = CLI_DEVICE_INIT;
	if (!files_exists(conf)) {
		return err_set(err, ERR_NOT_FOUND,
			       "There is no configuration "
			       "%s. \"sluice init --conf %s\" makes one; "
			       "--conf FILE names another.",
			       conf, conf);
	}
	if (!device_config_load(conf, &d.config, err)) {
		return false;
	}
	zone_load(d.config.time_zone);
	char *path = device_config_state_path(&d.config, DEVICE_DATABASE_FILE);
	bool ok = (log == NULL ||
		   launcher_start(&d.config, log, &d.launcher, err)) &&
		  (root || unix_user_become_owner(d.config.state, err)) &&
		  db_open(path, DB_READ_WRITE, &d.db, err) &&
		  migrate(d.db, "device", err);
	mem_free(path);
	if (!ok) {
		cli_device_close(&d);
		return false;
	}
	*device = d;
	return true;
}

bool cli_device_open(const char *conf, struct cli_device *device,
		     struct err *err)
{
	return open_as(conf, false, NULL, device, err);
}

bool cli_device_open_to_collect(const char *conf, const struct log *log,
				struct cli_device *device, struct err *err)
{
	return open_as(conf, false, log, device, err);
}

bool cli_device_open_as_root(const char *conf, struct cli_device *device,
			     struct err *err)
{
	return open_as(conf, true, NULL, device, err);
}

void cli_device_close(struct cli_device *device)
{
	db_close(device->db);
	device->db = NULL;
	launcher_end(device->launcher);
	device->launcher = NULL;
	device_config_clear(&device->config);
}

bool cli_device_is_owner(const struct cli_device *device, struct err *err)
{
	struct unix_user owner;
	return unix_user_owner(device->config.state, &owner, err) &&
	       (geteuid() == 0 || geteuid() == owner.uid ||
		err_set(err, ERR_DENIED,
			"Only root, or the user whom %s belongs to, may do "
			"this.",
			device->config.state));
}

bool cli_device_daemon_runs(const struct cli_device *device)
{
	char *path =
		device_config_state_path(&device->config, DAEMON_WAKE_FILE);
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	mem_free(path);
	if (fd < 0) {
		return false;
	}
	close(fd);
	return true;
}

bool cli_device_daemon_waits(const struct cli_device *device)
{
	char *path =
		device_config_state_path(&device->config, DAEMON_WAITS_FILE);
	bool waits = cli_device_daemon_runs(device) && files_exists(path);
	mem_free(path);
	return waits;
}

static void put_known_names(struct buf *out)
{
	const struct service *service;
	for (size_t n = 0; (service = service_at(n)) != NULL; n++) {
		buf_printf(out, "%s%s", n == 0 ? "" : ", ", service->name);
	}
}

bool cli_device_services(const char *const *names, size_t count,
			 unsigned *services, struct err *err)
{
	unsigned bits = 0;
	for (size_t i = 0; i < count; i++) {
		const struct service *service = service_by_name(names[i]);
		if (service == NULL || service_is_gate(service)) {
			struct buf known = BUF_INIT;
			put_known_names(&known);
			err_set(err, ERR_INVALID,
				"There is no service "
				"\"%.40s\". The services are: %s.",
				names[i], buf_str(&known));
			buf_clear(&known);
			return false;
		}
		bits |= SERVICE_BIT(service->id);
	}
	*services = bits;
	return true;
}

char *cli_device_service_names(unsigned services, const char *between)
{
	struct buf out = BUF_INIT;
	buf_put_str(&out, "");
	const struct service *service;
	for (size_t n = 0; (service = control_at(n)) != NULL; n++) {
		if ((services & SERVICE_BIT(service->id)) != 0) {
			buf_printf(&out, "%s%s", out.len == 0 ? "" : between,
				   service->name);
		}
	}
	char *names = mem_strdup(buf_str(&out));
	buf_clear(&out);
	return names;
}
