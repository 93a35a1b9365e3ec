/* What tests of deliveries share. */
#include "tests/unit/client/deliver_scene.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/zone.h"
#include "client/daemon.h"
#include "client/identity.h"
#include "domain/settings.h"

struct device device;

int make_device(void **state)
{
	*state = &device;
	device_make(&device);
	device_allow(&device);
	return 0;
}

struct deliver_report deliver(void)
{
	struct deliver_report report = { 0 };
	struct err err = { .kind = ERR_NONE };
	if (!deliver_due(&device.client, &report, &err)) {
		fail_msg("%s", err.text);
	}
	return report;
}

struct deliver_report deliver_to(const char *mode, const char *cert)
{
	struct fault fault;
	fault_start(&fault, &device.pki, mode, cert, NULL);
	device.config.server_port = fault.port;
	struct deliver_report report = deliver();
	fault_stop(&fault);
	return report;
}

unsigned entries(enum ledger_kind kind, const char *transaction)
{
	return device_entries(&device, kind, transaction);
}

int64_t setting(const char *name)
{
	struct buf text = BUF_INIT;
	int64_t value = -1;
	assert_true(settings_get(device.db, name, &text, NULL));
	assert_true(text_parse_i64(buf_str(&text), 0, INT64_MAX, &value));
	buf_clear(&text);
	return value;
}

int64_t assert_hold(const char *transaction, enum queue_hold hold)
{
	const struct queue_place place = {
		.device_id = device.config.id,
		.offset = zone_offset,
		.provisioned = identity_is_provisioned(&device.config),
	};
	struct queue queue;
	int64_t at = -2;
	assert_true(queue_read(device.db, &place, device_time(), &queue, NULL));
	for (size_t i = 0; i < queue.count; i++) {
		const struct queue_item *q = &queue.items[i];
		if (strcmp(q->item.transaction, transaction) == 0) {
			assert_string_equal(queue_hold_name(q->hold),
					    queue_hold_name(hold));
			at = q->next_at;
		}
	}
	queue_clear(&queue);
	assert_int_not_equal(at, -2);
	return at;
}

void set_queue(const char *name, const char *value)
{
	assert_true(queue_setting_set(device.db, "admin", name, value,
				      device_time(), NULL));
}

uint64_t month_used(void)
{
	struct queue_month month;
	assert_true(queue_month_read(device.db, device_time(), &month, NULL));
	return month.used;
}

pid_t work_elsewhere(bool all)
{
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct client_done done;
		device_open(&device);
		bool ok = client_work(&device.client, all, &done, NULL);
		device_close(&device);
		_exit(ok ? 0 : 1);
	}
	device_open(&device);
	return pid;
}
