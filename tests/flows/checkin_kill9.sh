#!/bin/bash
# kill -9 of the daemon at every step of a check-in: at the N-th call of each
# system call by which it changes or tells something, for every N. Afterwards
# the next check-in is well, nothing is left half done, the log verifies, and
# the server has witnessed no more than there is. KILL9_STEPS is the most
# steps of one system call (preset 12; they are spread over all there are).
. "$(dirname "$0")/lib.sh"
need strace lighttpd sqlite3
need_root "attaching to the daemon, which lets no other process look into it,"
strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
steps=${KILL9_STEPS:-12}
flow_make
check "the server starts" parts_server_start
flow_allow metering

device_sql() {
	sqlite3 -cmd ".timeout 5000" "$flow_dir/device/state/sluice.db" "$1"
}
server_sql() {
	sqlite3 -cmd ".timeout 5000" "$flow_dir/server/state/server.db" "$1"
}

is_traced() {
	grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$1/status" 2>/dev/null
}

# attach STRACE-ARGUMENTS...: a fresh daemon, traced from when it is ready.
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

# Each with a head of the log to be witnessed. The command line goes on when
# the daemon dies.
check_in_once() {
	sluice checkin >"$flow_dir/out" 2>&1
}
prepare() {
	device_sql "UPDATE settings SET value = '0' WHERE name = 'witness_at'"
}

count_calls() {
	prepare
	attach -e trace="$1" -e signal=none
	check_in_once || fail "a check-in without a kill"
	detach
	check_after "a check-in without a kill"
	total=$(grep -c "$1(" "$flow_dir/trace")
}

done_so_far=0
all_killed=0
check_after() {
	local last device witnessed
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

kill_at() {
	prepare
	attach -e trace="$1" -e signal=none -e inject="$1:signal=KILL:when=$2"
	check_in_once || {
		cat "$flow_dir/out"
		fail "$1 $2: the check-in does not end well"
	}
	parts_alive daemon || killed=$((killed + 1))
	detach
	check_in_once || fail "$1 $2: the next check-in"
	check_after "killed at call $2 of $1"
}

for call in fdatasync fsync pwrite64 write connect sendto recvfrom; do
	count_calls "$call"
	[ "$total" -gt 0 ] || continue
	step=$(((total + steps - 1) / steps))
	killed=0 tried=0
	for ((n = 1; n <= total; n += step)); do
		kill_at "$call" "$n"
		tried=$((tried + 1))
	done
	say "ok: $call: $total calls in a check-in, killed at $killed of $tried"
	all_killed=$((all_killed + killed))
done
check "the daemon was really killed, many times" test "$all_killed" -ge 15
say "$done_so_far times the next check-in was well"
