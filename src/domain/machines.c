/*
 * The machine that this client serves, table machines: one row in this
 * release. "sluice init" writes it, collectors complete it; what a printer
 * says about itself is cleaned here before it stands on a page.
 */
#include "domain/machines.h"

#include "domain/line.h"

bool machines_get(struct db *db, struct machine *machine, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT id, make_and_model, serial_number, "
		      "collected_at FROM machines ORDER BY id LIMIT 1",
		      err)) {
		return false;
	}
	struct machine found = { .collected_at = 0 };
	bool any = db_row(&q);
	if (any) {
		line_copy(found.id, sizeof(found.id), db_text(&q, 0));
		line_copy(found.make_and_model, sizeof(found.make_and_model),
			  db_text(&q, 1));
		line_copy(found.serial_number, sizeof(found.serial_number),
			  db_text(&q, 2));
		found.collected_at = db_int(&q, 3);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (!any) {
		return err_set(err, ERR_NOT_FOUND,
			       "this device is not set up "
			       "yet; run \"sluice init\" on it");
	}
	*machine = found;
	return true;
}

bool machines_save(struct db *db, const struct machine *machine,
		   struct err *err)
{
	if (machine->id[0] == '\0') {
		return err_set(err, ERR_INVALID, "a machine needs an id");
	}
	char model[sizeof(machine->make_and_model)];
	char serial[sizeof(machine->serial_number)];
	line_copy(model, sizeof(model), machine->make_and_model);
	line_copy(serial, sizeof(serial), machine->serial_number);
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO machines (id, make_and_model, "
		      "serial_number, collected_at) VALUES (?, ?, ?, ?) "
		      "ON CONFLICT (id) DO UPDATE SET "
		      "make_and_model = excluded.make_and_model, "
		      "serial_number = excluded.serial_number, "
		      "collected_at = excluded.collected_at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, machine->id);
	db_bind_text(&q, 2, model);
	db_bind_text(&q, 3, serial);
	db_bind_int(&q, 4, machine->collected_at);
	return db_run(&q, err);
}
