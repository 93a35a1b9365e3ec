#ifndef SLUICE_TESTS_PEOPLE_H
#define SLUICE_TESTS_PEOPLE_H

#include "domain/ledger.h"
#include "domain/outbox.h"
#include "tests/unit/store/temporary_db.h"

#define NOW 1764000000 /* the hour at which all tests begin */
#define GOOD_PASSWORD "seven blue herons"
#define OTHER_PASSWORD "nine green toads"

#define METERING SERVICE_BIT(SERVICE_METERING)
#define SUPPLIES SERVICE_BIT(SERVICE_SUPPLIES)

/* Texts that try to forge lines, cells, SQL and reading direction. */
extern const char *const hostile_texts[]; /* ends with NULL */

/* "anna" with these roles and GOOD_PASSWORD. */
int64_t person(struct db *db, const char *name, unsigned roles);

/* Allows remote services and these services. */
void allow_services(struct db *db, unsigned services, int64_t now);

/*
 * Stages a transmission (or a sample) of these services; body NULL = some
 * text. Its id stays in item.
 */
void stage_item(struct db *db, unsigned services, bool sample, const char *body,
		int64_t now, struct outbox_item *item);

/* Staged and approved by "otto". */
void queue_item(struct db *db, unsigned services, int64_t now,
		struct outbox_item *item);

enum outbox_state state_of(struct db *db, const char *transaction);

/* Entries of this kind. */
int64_t entries(struct db *db, enum ledger_kind kind);

/* Those of them that ended so: "ok", "refused", ... */
int64_t results(struct db *db, enum ledger_kind kind, const char *result);

/* The newest entry's text contains this. */
void assert_last_entry(struct db *db, enum ledger_kind kind, const char *text);

/* The whole ledger verifies. */
void assert_ledger_whole(struct db *db);

#endif
