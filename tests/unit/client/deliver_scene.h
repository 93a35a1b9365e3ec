#ifndef SLUICE_TESTS_DELIVER_SCENE_H
#define SLUICE_TESTS_DELIVER_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/types.h>

#include "client/deliver.h"
#include "domain/ledger.h"
#include "domain/queue.h"
#include "tests/support/device.h"
#include "tests/support/fault.h"

/* What tests of deliveries share: one device, remote and metering allowed. */
extern struct device device;
int make_device(void **state);

/* One deliver_due(). */
struct deliver_report deliver(void);
/* The same while a server of this mode (fault_server.c) listens. */
struct deliver_report deliver_to(const char *mode, const char *cert);

/*
 * Runs a round of work in a process of its own, with its own database; all: not
 * only deliveries.
 */
pid_t work_elsewhere(bool all);

/* Entries of a kind about a transaction. */
unsigned entries(enum ledger_kind kind, const char *transaction);

/* A setting that is a number. */
int64_t setting(const char *name);

/* Why it waits now. Gives when it is tried next. */
int64_t assert_hold(const char *transaction, enum queue_hold hold);

void set_queue(const char *name, const char *value);
uint64_t month_used(void);

#endif
