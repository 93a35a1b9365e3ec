#!/bin/bash
# Check-ins on the real server: the first one, an idle one within its bytes and
# with one request, intervals within and outside of the owner's limits, misses
# on both sides, restarts of both, and a log that was rolled back, which the
# server notices and both sides say. Five hours pass by faketime.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 faketime openssl
flow_make
device_db=$flow_dir/device/state/sluice.db
requests=$flow_dir/requests.log
{
	echo 'server.modules += ("mod_accesslog")'
	echo "accesslog.filename = \"$requests\""
	echo 'accesslog.format = "%m %U %s"'
} >>"$flow_dir/server/lighttpd.conf"
check "the server starts" parts_server_start

# newest NAME: of the newest check-in.
newest() {
	sluice checkin --list --json | flow_json "$1"
}
of_device() {
	server_sub device list --json | flow_json "$1"
}
# Requests that the server answered so far; it writes its log when it stops.
count_requests() {
	parts_stop server-web
	requests_count=$(grep -c . "$requests")
	parts_server_web_start
}

# --- the first one

check_code 3 "without a grant it does not check in" sluice checkin
flow_allow metering
check_code 0 "the first check-in" sluice checkin
check_says "Checked in: " "it says what it cost"
check_says "Countersigned by the server" "the log's head is countersigned"
check "the server heard of it" grep -Eqx '20[0-9-]{8}T[0-9:]{8}Z' \
	<<<"$(of_device checkin_at)"
check "the server knows the client's version" test -n "$(of_device version)"
check "both know the same head" test \
	"$(server_sql "SELECT size FROM witnessed")" = \
	"$(device_sql "SELECT max(size) FROM witnessed")"
check "the log verifies" flow_verify

# --- the head is a proof for others: openssl alone checks both signatures

check_head() {
	"$abs_top_srcdir/docs/examples/check-head" "$1" \
		"${2:-$flow_dir/device/keys/ledger.verifier}" \
		"${3:-$flow_dir/device/trust/receipt.verifier}" 2>&1
}
sluice_sub log head >"$flow_dir/head.txt" || fail "the head cannot be had"
check_code 0 "another tool finds both signatures good" \
	check_head "$flow_dir/head.txt"
check_says "signed by sluice/ex7-004211, countersigned by " "whose they are"
check_says "entries $(device_sql "SELECT max(size) FROM witnessed")" "of which"
check_says "root $(sed -n 3p "$flow_dir/head.txt")" "and what"
check_code 0 "the root is that of the log's own signed head" test 0 -lt \
	"$(device_sql "SELECT count(*) FROM ledger_checkpoints WHERE \
	instr(note, '$(sed -n 3p "$flow_dir/head.txt")') > 0")"
sed '2s/$/0/' "$flow_dir/head.txt" >"$flow_dir/more.txt"
check_code 1 "not for more entries" check_head "$flow_dir/more.txt"
check_says "the device did not sign this" "as it says"
check_code 1 "the keys are not one another's" check_head \
	"$flow_dir/head.txt" "$flow_dir/device/trust/receipt.verifier"
grep -v receipts "$flow_dir/head.txt" >"$flow_dir/alone.txt"
check_code 1 "the device alone is not enough" check_head "$flow_dir/alone.txt"
check_says "the server did not countersign this" "as it says"

# --- an idle one

count_requests
before=$requests_count
entries=$(server_sql "SELECT count(*) FROM ledger")
heads=$(server_sql "SELECT count(*) FROM ledger_checkpoints")
check_code 0 "an idle check-in" sluice checkin
bytes=$(($(newest bytes_out) + $(newest bytes_in)))
say "an idle check-in: $(newest bytes_out) bytes out, $(newest bytes_in) in"
check "it is at most 1,425 bytes both ways" test "$bytes" -le 1425
check "it is more than nothing" test "$bytes" -gt 300
count_requests
check "it is one request" test "$requests_count" = $((before + 1))
check "it is no entry at the server" test \
	"$(server_sql "SELECT count(*) FROM ledger")" = "$entries"
check "it signs no head of the server's log" test \
	"$(server_sql "SELECT count(*) FROM ledger_checkpoints")" = "$heads"
number=$(newest number)
check_code 0 "its bytes are kept" sluice checkin --show "$number"
check_says 'xmlns="urn:sluice:checkin:1"' "the request"
check_says "sluice.checkin/v1" "the answer"
check_code 1 "there is no other" sluice checkin --show 999

# --- intervals

interval() {
	sluice status --json | flow_json interval_s
}
wish() {
	server_sub device interval ex7-004211 "$1" >/dev/null &&
		sluice checkin >/dev/null
}
check "an interval within the limits" wish 900
check "it holds" test "$(interval)" = 900
check "and so the server takes it" test "$(of_device interval_s)" = 900
check "a shorter one than the owner allows" wish 300
check "the owner's limit holds" test "$(interval)" = 900
check "the server knows that" test "$(of_device interval_s)" = 900
check "the owner allows it" sluice_sub settings set checkin_least 5m
check "now it holds" test "$(interval)" = 300
check "a longer one than the owner allows" wish 604800
check "the owner's other limit holds" test "$(interval)" = 86400
check_code 2 "one that no device takes" server_sub device interval \
	ex7-004211 10
check "as all others again" wish 0
check "the server's own" test "$(interval)" = 3600

# --- by itself

device_sql "UPDATE settings SET value = '1' WHERE name = 'checkin_next_at'"
number=$(newest number)
is_made() {
	[ "$(newest number)" -gt "$number" ] && [ "$(newest why)" = due ]
}
check "the daemon starts" parts_daemon_start
check "what is due is made by the daemon" parts_wait 60 "a check-in" is_made
check_code 0 "the daemon checks in for the command" sluice checkin
check "that is one more" test "$(newest why)" = "asked for"
parts_stop daemon
check "after a restart" parts_daemon_start
check_code 0 "check-ins go on" sluice checkin
parts_stop daemon

# --- misses, told by both

parts_server_stop
check_code 4 "the server is away" sluice checkin
check_says "It is tried again by itself at " "when it is tried again"
check "a failure is told" test -n "$(sluice status --json | flow_json problem)"
later() {
	flow_faked +5h "$@"
}
check_code 0 "how it stands five hours later" later "$parts_sluice" status \
	--conf "$parts_device_conf"
check_says "check-ins are missing" "the device warns"
check_code 0 "the server's list" later "$parts_server" device list \
	--conf "$parts_server_conf"
check_says overdue "the server says so, too"
check_code 0 "its numbers" later "$parts_server" device list --json \
	--conf "$parts_server_conf"
check "three or more are missing" test \
	"$(printf '%s\n' "$flow_out" | flow_json missed)" -ge 3
check "the server starts again" parts_server_start
check_code 0 "and hears of it" sluice checkin
check "nothing is missing at the device" test \
	"$(sluice status --json | flow_json missed)" = 0
check "nor at the server" test "$(of_device missed)" = 0

# --- a log that was rolled back

sqlite3 "$device_db" ".backup '$flow_dir/older.db'"
check_code 0 "a send, so that the log grows" sluice send metering
check_code 0 "the server witnesses it" sluice checkin
size=$(server_sql "SELECT size FROM witnessed")
cp "$device_db" "$flow_dir/newer.db"
rm -f "$device_db"-*
cp "$flow_dir/older.db" "$device_db"
check_code 0 "an older copy is put back, and checks in" sluice checkin
check_says "did not grow out of" "the device says that it was rolled back"
check_code 0 "it shows the server its head" sluice checkin
check_says "did not grow out of" "the device says so still"
check "the server keeps its own head" test \
	"$(server_sql "SELECT size FROM witnessed")" = "$size"
check "and when it did not fit" test \
	"$(server_sql "SELECT conflict_at FROM witnessed")" -gt 0
check "the server's log has it as an entry" test "$(server_sql "SELECT count(*)
	FROM ledger WHERE kind = 'refused' AND text LIKE '%is not taken%'")" = 1
check_code 0 "the next ones" sluice checkin
check "are one entry all together" test \
	"$(server_sql "SELECT count(*) FROM ledger WHERE kind = 'refused'")" = 1
check "a rolled back log verifies by itself: only a witness can tell" \
	flow_verify
rm -f "$device_db"-*
cp "$flow_dir/newer.db" "$device_db"
device_sql "UPDATE settings SET value = '0' WHERE name = 'witness_at'"
check_code 0 "the right log is put back" sluice checkin
check "it is countersigned again" test \
	"$(server_sql "SELECT size FROM witnessed")" -gt "$size"
check "the device says so" test \
	"$(sluice status --json | flow_json conflict)" = false
check "the server's log verifies" server_sub log verify
