#!/bin/bash
# kill -9 of the daemon at every step of a check-in: at the N-th call of each
# system call by which it changes or tells something, for every N. Afterwards
# the next check-in is well, nothing is left half done, the log verifies, and
# the server has witnessed no more than there is. KILL9_STEPS is the most
# steps of one system call (preset 12; they are spread over all there are).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kill9_common.sh"
flow_make
check "the server starts" parts_server_start
flow_allow metering

# Each with a head of the log to be witnessed.
prepare_checkin() {
	device_sql "UPDATE settings SET value = '0' WHERE name = 'witness_at'"
}
do_checkin() {
	sluice checkin
}

done_so_far=0
check_checkin() {
	local last device witnessed
	sluice checkin >/dev/null || fail "$1: the next check-in"
	last=$(sluice checkin --list --json | flow_json result)
	[ "$last" = ok ] || fail "$1: the last check-in is $last"
	[ "$(device_sql "SELECT count(*) FROM checkins WHERE result = 'begun'")" \
		= 0 ] || fail "$1: a check-in was left half done"
	flow_verify || fail "$1: the log does not verify"
	device=$(device_sql "SELECT count(*) FROM ledger")
	witnessed=$(server_sql "SELECT size FROM witnessed")
	[ "$witnessed" -le "$device" ] ||
		fail "$1: $witnessed entries are witnessed, there are $device"
	[ "$(server_sql "SELECT conflict_at FROM witnessed")" = 0 ] ||
		fail "$1: the server sees a conflict"
	done_so_far=$((done_so_far + 1))
}

kill9_each checkin 12 fdatasync fsync pwrite64 write connect sendto recvfrom
check "the daemon was really killed, many times" test "$kill9_all" -ge 15
say "$done_so_far times the next check-in was well"
