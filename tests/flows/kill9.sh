#!/bin/bash
# kill -9 of the daemon at every step of a send: at the N-th call of each
# system call by which it changes something, for every N. Afterwards a new
# daemon goes on: the server has the transmission exactly once, the log
# verifies. KILL9_STEPS is the most steps of one system call (preset 25; the
# steps are spread over all there are).
. "$(dirname "$0")/lib.sh"
need strace lighttpd sqlite3
need_root "attaching to the daemon, which lets no other process look into it,"
strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
steps=${KILL9_STEPS:-25}
flow_make
check "the server starts" parts_server_start
flow_allow metering
# With a limit each byte is booked before it leaves (domain/queue.h).
sluice_sub settings set month_limit 1000 >/dev/null || fail "the limit"

is_traced() {
	grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$1/status" 2>/dev/null
}

# attach STRACE-ARGUMENTS...: a fresh daemon, traced from when it is ready;
# not its collectors, whose end would be a failure of its own.
attach() {
	local pid
	parts_daemon_start || fail "the daemon does not start"
	pid=$(parts_pid daemon)
	parts_start strace strace -o "$flow_dir/trace" "$@" -p "$pid"
	parts_wait 15 "strace is attached" is_traced "$pid" || fail "strace"
}

detach() {
	parts_stop strace
	parts_stop daemon
}

# The send itself, as far as the daemon does it: collect, stage, approve,
# deliver, sign. The command line goes on when the daemon dies.
send_once() {
	sluice send metering >"$flow_dir/out" 2>&1
}

# How often the daemon makes a call during a send, to total.
count_calls() {
	attach -e trace="$1" -e signal=none
	send_once || fail "a send without a kill"
	detach
	check_after "a send without a kill"
	total=$(grep -c "$1(" "$flow_dir/trace")
}

sent=0
all_killed=0
check_after() {
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

# What the month counts is never less than what the server has.
check_month() {
	local used told
	used=$(flow_status used)
	told=$(sqlite3 "$flow_dir/device/state/sluice.db" "SELECT sum(bytes)
		FROM transmissions WHERE state = 'sent'")
	[ "$used" -ge "$told" ] ||
		fail "$1: the month counts $used bytes, $told were received"
}

kill_at() {
	attach -e trace="$1" -e signal=none -e inject="$1:signal=KILL:when=$2"
	send_once || {
		cat "$flow_dir/out"
		fail "$1 $2: the send does not end with a receipt"
	}
	parts_alive daemon || killed=$((killed + 1))
	detach
	check_after "killed at call $2 of $1"
}

for call in fdatasync fsync pwrite64 write connect sendto recvfrom read openat \
	unlink clone wait4 ftruncate; do
	count_calls "$call"
	[ "$total" -gt 0 ] || continue
	step=$(((total + steps - 1) / steps))
	killed=0 tried=0
	for ((n = 1; n <= total; n += step)); do
		kill_at "$call" "$n"
		tried=$((tried + 1))
	done
	say "ok: $call: $total calls in a send, killed at $killed of $tried"
	all_killed=$((all_killed + killed))
done
check "the daemon was really killed, many times" test "$all_killed" -ge 20
say "the month counts $(flow_status used) bytes"
say "$sent transmissions, each received exactly once"
