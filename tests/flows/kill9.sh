#!/bin/bash
# kill -9 of the daemon at every step of a send: at the N-th call of each
# system call by which it changes something, for every N. Afterwards a new
# daemon goes on: the server has the transmission exactly once, the log
# verifies. KILL9_STEPS is the most steps of one system call (preset 25; the
# steps are spread over all there are).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kill9_common.sh"
flow_make
check "the server starts" parts_server_start
flow_allow metering
# With a limit each byte is booked before it leaves (domain/queue.h).
sluice_sub settings set month_limit 1000 >/dev/null || fail "the limit"

prepare_send() {
	:
}
# The send itself, as far as the daemon does it: collect, stage, approve,
# deliver, sign.
do_send() {
	sluice send metering
}

sent=0
check_send() {
	local transaction
	transaction=$(sed -n 's/^transaction \([0-9a-f-]*\) .*/\1/p' "$flow_dir/out")
	[ -n "$transaction" ] || {
		cat "$flow_dir/out"
		fail "$1: no receipt came"
	}
	[ "$(flow_received "$transaction")" = 1 ] ||
		fail "$1: the server does not have it exactly once"
	sent=$((sent + 1))
	[ "$(flow_received_all)" = "$sent" ] ||
		fail "$1: the server has $(flow_received_all) transmissions, not $sent"
	flow_verify || fail "$1: the log does not verify"
	check_month "$1"
}

# What the month counts is never less than what the server has; unless one
# begins just now, which counts anew.
month=$(date -u +%m)
check_month() {
	local used told
	[ "$(date -u +%m)" = "$month" ] || return 0
	used=$(flow_status used)
	told=$(device_sql "SELECT sum(bytes) FROM transmissions
		WHERE state = 'sent'")
	[ "$used" -ge "$told" ] ||
		fail "$1: the month counts $used bytes, $told were received"
}

kill9_each send 25 fdatasync fsync pwrite64 write connect sendto recvfrom read \
	openat unlink clone wait4 ftruncate
check "the daemon was really killed, many times" test "$kill9_all" -ge 20
say "the month counts $(flow_status used) bytes"
say "$sent transmissions, each received exactly once"
