#!/bin/bash
# One upload whose connection is cut fifty times, each time at another byte:
# in the handshake, in the head, in the body, in the answer; FIN and RST in
# turn. In the end the server has it exactly once, and the receipt is good.
# First a transmission, which begins anew each time; then a sealed job, which
# goes on where it was.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl sqlite3

flow_job_data_make
flow_people
check "the server starts" parts_server_start
check "the pages start" parts_pages_start
network_proxy
flow_allow metering
db=$flow_dir/device/state/sluice.db

# cuts WAY COUNT FROM TO: so many steps of a script, spread evenly over the
# bytes from FROM to TO of that direction.
cuts() {
	local n at kinds=(cut reset)
	for ((n = 0; n < $2; n++)); do
		at=$(($3 + ($4 - $3) * n / ($2 - 1)))
		printf '%s-%s=%s; ' "${kinds[n % 2]}" "$1" "$at"
	done
}
# ended HOW...: how many connections of this script ended so
ended() {
	sed -n "$1,\$p" "$proxy_log" | grep -c "^end .* \(cut\|reset\)\$"
}

# --- a transmission

network_set "case=whole pass"
flow_stage metering
check_code 0 "one goes out undisturbed" sluice send "$flow_transaction"
parts_wait 60 "its end" network_quiet || fail "the connection does not end"
read -r _ up _ down _ <<<"$(network_end)"
say "   it took $up bytes up and $down down"
# The last words of each side, that it closes, may be cut without harm.
from=$(($(wc -l <"$proxy_log") + 1))
network_set "$(cuts up 25 1 $((up - 100)))$(cuts down 25 1 $((down - 100)))pass"
flow_stage metering
sluice send "$flow_transaction" >"$flow_dir/out" 2>&1
for ((n = 1; n < 50; n++)); do
	flow_is "$flow_transaction" queued || fail "try $n: it does not wait"
	network_due
	flow_round || fail "try $n: the round failed"
done
check "each of 50 tries was cut" test "$(ended "$from")" = 50
check "it still waits" flow_is "$flow_transaction" queued
check "the server has it once already" \
	test "$(flow_received "$flow_transaction")" = 1
network_due
check "a round with a whole network" flow_round
check "it went out" flow_is "$flow_transaction" sent
flow_check_once "$flow_transaction" "a transmission"
receipt=$flow_dir/receipt
sluice_sub log show "$flow_transaction" --receipt >"$receipt" ||
	fail "no receipt"
check "the receipt names its bytes" grep -q "^sha256 $flow_hash\$" "$receipt"
check "it is the one that the server wrote first" test \
	"$(sqlite3 "$flow_dir/server/state/server.db" "SELECT count(*)
	FROM ledger WHERE transaction_id = '$flow_transaction'
	AND kind = 'received'")" = 1

# --- a sealed job

size=2000000
head -c "$size" /dev/urandom >"$flow_dir/spool/large.bin"
check_code 0 "job data is allowed" sluice allow job-data \
	--until "$(flow_time '2 days')"
check "the daemon starts" parts_daemon_start
flow_sign_in sender
job_data_choose sender large.bin || fail "choosing"
parts_stop daemon
job_data_confirm sender "$sender_password" || fail "confirming"

state() {
	sqlite3 "$db" "SELECT state FROM job_items WHERE order_id =
		'$job_data_order'"
}
uploaded() {
	sqlite3 "$db" "SELECT uploaded FROM job_items WHERE order_id =
		'$job_data_order'"
}
# A try that was cut after it had worked makes one more connection, once.
# rounds COUNT: until so many connections of this script were cut
rounds() {
	local n=0 now
	while [ "$(ended "$from")" -lt "$1" ]; do
		n=$((n + 1))
		[ "$n" -le "$1" ] || fail "after $n rounds: $(ended "$from") cuts"
		network_due
		flow_round || fail "round $n failed"
		now=$(uploaded)
		[ "$now" -ge "$far" ] || fail "round $n: it fell back to $now"
		far=$now
	done
	say "   $n rounds"
}

# The handshake and the first requests have about 2,500 bytes; then each try
# gets a bit further, over the whole of it.
far=0
from=$(($(wc -l <"$proxy_log") + 1))
network_set "$(cuts up 10 1 2500)$(cuts up 30 20000 80000)cut=0"
rounds 40
say "ok: 40 connections were cut"
check "it is on its way" test "$(state)" = sealed
say "   $far of more than $size bytes are known to be there"
check "it went on where it was" test "$far" -gt $((size / 4))
check "the server has a part of it" test \
	"$(find "$flow_dir/server/state/sealed" -name '*.part' | wc -l)" = 1

# The rest of it passes; the server's words are cut, in the handshake and in
# the answers.
from=$(($(wc -l <"$proxy_log") + 1))
network_set "$(cuts down 10 1 1700)cut=0"
rounds 10
say "ok: 10 answers were cut"
network_set pass
check "the device does not know that it is there" test "$(state)" = sealed
network_due
check "a round with a whole network" flow_round
check "it went out" test "$(state)" = sent
check "the server has it once" test \
	"$(find "$flow_dir/server/state/sealed" -name '*.age' | wc -l)" = 1
check "and no part any more" test \
	"$(find "$flow_dir/server/state/sealed" -name '*.part' | wc -l)" = 0
check "the order is over" job_data_over sender
job_data_open "$(job_data_transactions)" >"$flow_dir/opened"
check "the desk opens it" cmp "$flow_dir/opened" "$flow_dir/spool/large.bin"
check "the log verifies" flow_verify
