#!/bin/bash
# After a loss: an older copy of the device's database is put back, so that the
# server knows more of its log than it does. The owner acknowledges it, staff
# accept it on the console, and heads are countersigned again; neither of them
# alone can do it, and both keep and show what was.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 curl
flow_make
device_db=$flow_dir/device/state/sluice.db
desk_password=$(flow_password)
printf '%s\n' "$desk_password" | server_sub staff add desk >/dev/null ||
	fail "the staff cannot be made"
check "the server starts" parts_server_start
web_dir=$flow_dir/web
mkdir -p "$web_dir"
web_base=https://$parts_host:$parts_console_port
console=/device/ex7-004211
staff() {
	web_get desk "$console" && web_text | grep -- "$1" >/dev/null
}
contact() {
	sluice status --json | flow_json "$1"
}
witnessed() {
	server_sql "SELECT $1 FROM witnessed"
}
roll_back() {
	rm -f "$device_db"-*
	cp "$flow_dir/older.db" "$device_db"
}
flow_sign_in desk

# --- the loss

flow_allow metering
check_code 0 "it checks in" sluice checkin
check_code 1 "without a conflict there is nothing to acknowledge" \
	sluice_sub log continue --yes
check_says "no conflict" "as it says"
sqlite3 "$device_db" ".backup '$flow_dir/older.db'"
check_code 0 "it sends, so that the log grows" sluice send metering
check_code 0 "the server witnesses it" sluice checkin
had=$(witnessed size)
old_note=$(witnessed note)
roll_back
check_code 0 "an older copy is put back, and checks in" sluice checkin
check_code 0 "it shows the server its head" sluice checkin
check_says "sluice log continue" "the device names the way out"
check "it is a conflict" test "$(contact conflict)" = true
check "the console says so" staff "not the one that we keep a head of"
check "there is nothing to accept yet" staff "Nothing can be accepted yet"
web_post desk "$console" "csrf=$(web_hidden /logout csrf)" sure=1
check "staff alone cannot" test "$web_status" = 404
check "the server keeps its head" test "$(witnessed size)" = "$had"

# --- the owner's word

check_code 1 "it wants the word" sluice_sub log continue </dev/null
check_code 0 "the owner acknowledges it" sluice_sub log continue --yes
check_code 0 "it is an entry" sluice log --kind continued
check_says "continues after a loss, acknowledged by command line" "with who"
check_says "the server has $had" "and what the server has"
check_code 0 "it is told" sluice status
check_says "Log conflict acknowledged on" "by whom and when"
check_says "The vendor has to accept it" "and what it waits for"
check_code 1 "it is said once" sluice_sub log continue --yes
check "the device alone cannot" test "$(contact conflict)" = true
check_code 0 "the next check-in tells the server" sluice checkin
check_code 0 "and the one after" sluice checkin
check "once" test "$(server_sql "SELECT count(*) FROM log_breaks")" = 1
check "it is an entry of the server's log" test "$(server_sql "SELECT count(*)
	FROM ledger WHERE kind = 'continued' AND result = 'waiting'")" = 1
check "the server still keeps its head" test "$(witnessed size)" = "$had"
check "the name of the owner did not leave" test -z "$(server_sql "SELECT 1
	FROM log_breaks WHERE statement LIKE '%command line%'")"

# --- the acceptance

check "the console asks staff" staff "Accept the log as it continues"
web_post desk "$console"
check "not without the tick" test "$web_status" = 400
check "it is accepted" staff "Accept the log as it continues"
web_post desk "$console" sure=1
check "by the one who is signed in" test "$web_status" = 200
check "who and when is told" staff "Accepted at .* by desk"
check "the old head is kept, byte by byte" test "$(server_sql "SELECT kept_note
	FROM log_breaks WHERE kept_size = $had AND accepted_by = 'desk'")" = "$old_note"
check_code 0 "the device hears of it" sluice checkin
check_says "The server accepted it on" "and says so"
check "the conflict is over" test "$(contact conflict)" = false
check_code 0 "it sends again" sluice send metering
check_code 0 "and shows its head" sluice checkin
check "it is countersigned" test "$(witnessed size)" -gt \
	"$(server_sql "SELECT size FROM log_breaks")"
check "both know the same head" test "$(witnessed size)" = \
	"$(device_sql "SELECT max(size) FROM witnessed")"
check_code 0 "that it was a conflict is told for ever" sluice status
check_says "Log conflict acknowledged on" "at the device"
check "and on the console" staff "Conflict acknowledged by its owner"
check "the device's log verifies" flow_verify
check_code 0 "the server's log verifies" server_sub log verify

# --- what was accepted is the line from now on

cp "$device_db" "$flow_dir/newer.db"
size=$(witnessed size)
roll_back
check_code 0 "the copy of before once more" sluice checkin
check_code 0 "shows its head" sluice checkin
check "it is a conflict as well" test "$(contact conflict)" = true
check "the server keeps the new line" test "$(witnessed size)" = "$size"
check "one word accepts one loss" staff "Nothing can be accepted yet"
check_code 0 "another word" sluice_sub log continue --yes
check_code 0 "is told" sluice checkin
web_get desk "$console"
web_post desk "$console" sure=1
check "and accepted" test "$web_status" = 200
check_code 0 "and heard of" sluice checkin
check "both losses are kept" test \
	"$(server_sql "SELECT count(*) FROM log_breaks WHERE accepted_at > 0")" = 2
check_code 0 "heads go on" sluice send metering
check_code 0 "from there" sluice checkin
check "countersigned" test "$(contact conflict)" = false
check "the log verifies" flow_verify
