#!/bin/bash
# kill -9 of the server's workers at every step of what a device asks of them:
# a certificate for a code, a check-in that reports, a transmission. The device
# tries again, and in the end each has happened once: a code made one
# certificate, an instruction has one outcome, a transmission is stored once.
# KILL9_STEPS is the most steps of one system call (preset 5; they are spread
# over all there are).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kill9_common.sh"
kill9_victim=server
id=ex7-004211
flow_make
# One of a kind, so that its calls can be counted.
printf '\n[api]\nworkers = 1\n[console]\nworkers = 1\n' >>"$parts_server_conf"
check "the server starts" parts_server_start
flow_allow metering
sluice_sub instructions policy message allow >/dev/null || fail "a policy"

# until_well COMMAND...: as the device does, only sooner.
until_well() {
	local n
	for n in $(seq 600); do
		"$@" && return 0
		device_sql "DELETE FROM settings WHERE name IN
			('hold_until', 'retry_from', 'retry_used')"
		sleep 0.1
	done
	return 1
}
server_is_whole() {
	[ "$(server_sql 'PRAGMA integrity_check')" = ok ] &&
		server_sub log verify >/dev/null ||
		fail "$1: the server's database or log"
	flow_verify || fail "$1: the log does not verify"
}

# --- a code
codes=0
prepare_code() {
	flow_days_pass
	rm -f "$flow_dir/device/keys/identity.pem"
	device_sql "DELETE FROM enrolment"
	code=$(server_sub code make "$id" | head -n 1)
	[ -n "$code" ] || fail "no code"
	codes=$((codes + 1))
}
do_code() {
	printf '%s\n' "$code" | sluice enrol ||
		until_well sluice enrol --renew
}
check_code() {
	[ "$(server_sql "SELECT count(*) FROM certificates
		WHERE origin = 'enrolled'")" = "$codes" ] ||
		fail "$1: not one certificate for each code"
	[ "$(server_sql "SELECT count(*) FROM ledger WHERE kind = 'enrolment'
		AND actor = '$id'")" = "$codes" ] ||
		fail "$1: not one entry for each code"
	server_is_whole "$1"
}

# --- a check-in
prepare_checkin() {
	flow_days_pass
	device_sql "UPDATE settings SET value = '0' WHERE name = 'witness_at'"
	asked=$(server_sub instruction message "$id" "We call at nine." \
		--reason "a fault" | sed -n 's/^Instruction \([0-9]*\) .*/\1/p')
}
do_checkin() {
	until_well sluice checkin
}
check_checkin() {
	until_well sluice checkin >/dev/null || fail "$1: the next check-in"
	[ "$(server_sql "SELECT result FROM instructions
		WHERE number = $asked")" = "done" ] ||
		fail "$1: the server does not know the outcome"
	[ "$(server_sql "SELECT conflict_at FROM witnessed")" = 0 ] ||
		fail "$1: the server sees a conflict"
	server_is_whole "$1"
}

# --- a transmission
sent=0
prepare_transmission() {
	flow_stage metering
	sent=$((sent + 1))
}
do_transmission() {
	sluice send "$flow_transaction" || {
		flow_goes_out() {
			flow_make_due "$flow_transaction"
			flow_round
			flow_is "$flow_transaction" sent
		}
		until_well flow_goes_out
	}
}
check_transmission() {
	[ "$(flow_received "$flow_transaction")" = 1 ] ||
		fail "$1: the server does not have it exactly once"
	[ "$(flow_received_all)" = "$sent" ] ||
		fail "$1: the server has $(flow_received_all) transmissions"
	server_is_whole "$1"
}

for name in code checkin transmission; do
	kill9_each "$name" 5 fdatasync fsync pwrite64 write sendto
done
check "workers were really killed, many times" test "$kill9_all" -ge 20
