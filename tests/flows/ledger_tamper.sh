#!/bin/bash
# Whoever changes the log with a database tool is found out.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3
flow_make
check "the server starts" parts_server_start
flow_allow metering
check_code 0 "send" sluice send metering
check_code 0 "send" sluice send metering
check "the log verifies" flow_verify
db=$flow_dir/device/state/sluice.db
cp -a "$flow_dir/device/state" "$flow_dir/good"

# Triggers stand in the way of honest programs; a forger drops them.
forge() {
	sqlite3 "$db" "SELECT 'DROP TRIGGER ' || name || ';'
		FROM sqlite_schema WHERE type = 'trigger'" | sqlite3 "$db" &&
		sqlite3 "$db" "$1"
}
tamper() {
	check "$1: done" forge "$2"
	check_code 1 "$1: found" sluice_sub log verify
	check_says "does not verify" "$1: said"
	rm -rf "$flow_dir/device/state"
	cp -a "$flow_dir/good" "$flow_dir/device/state"
}
refused() {
	! sqlite3 "$db" "$1" >"$flow_dir/out" 2>&1
}
check "as long as the triggers are there the database refuses" \
	refused "UPDATE ledger SET text = 'x' WHERE sequence = 3"
check "nor does it delete" refused "DELETE FROM ledger WHERE sequence = 3"
tamper "a changed word" \
	"UPDATE ledger SET text = 'nothing happened' WHERE sequence = 3"
tamper "a changed actor" \
	"UPDATE ledger SET actor = 'somebody' WHERE kind = 'grant' OR sequence = 4"
tamper "a removed entry" "DELETE FROM ledger WHERE sequence = 4"
tamper "a cut end" \
	"DELETE FROM ledger WHERE sequence = (SELECT max(sequence) FROM ledger)"
tamper "a changed hash in the tree" \
	"UPDATE ledger_nodes SET hash = zeroblob(32) WHERE level = 1"
tamper "a changed signed head" \
	"UPDATE ledger_checkpoints SET note = replace(note, 'sluice/', 'sluice/x')"
check "the copy that nobody touched verifies" flow_verify
