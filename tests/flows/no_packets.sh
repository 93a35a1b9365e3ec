#!/bin/bash
# With no service allowed the daemon opens no socket and asks no name server.
. "$(dirname "$0")/lib.sh"
need strace
flow_make
strace_works() {
	strace -f -o /dev/null true 2>/dev/null
}
strace_works || skip "strace may not trace here"

traced() {
	grep -cE '^[0-9]+ +(socket|connect|bind|send(to|msg|mmsg))\(' "$flow_dir/trace"
}
daemon_traced() {
	: >"$flow_dir/trace"
	parts_start daemon strace -f -o "$flow_dir/trace" \
		-e trace=network,openat "$@" \
		"$parts_sluice" run --conf "$parts_device_conf"
	parts_wait 60 "the traced daemon" parts_daemon_runs
}

# strace passes no signal on: its child is asked to end.
daemon_end() {
	local pid
	pid=$(pgrep -P "$(parts_pid daemon)")
	kill "$pid"
	parts_wait 60 "the daemon ends" parts_dead daemon
}

check "the daemon starts under strace" daemon_traced
check_code 0 "a sample is made by the daemon" sluice preview metering supplies
check_code 3 "send is refused" sluice send metering
check_code 0 "a service alone" sluice allow metering
check_code 3 "send is refused without remote services" sluice send metering
check_code 0 "the service is withdrawn" sluice withdraw metering
check_code 0 "another sample" sluice preview maintenance
check_code 1 "the doctor is asked" sluice doctor
check_says "Remote services are not allowed" "and says why it tests so little"
sluice checkin >/dev/null 2>&1 && fail "a check-in is made without permission"
echo "K7QPM-3ZD9R-01XYT-W8B4C" | sluice enrol >/dev/null 2>&1 &&
	fail "a code is tried without permission"
say "ok: check-in and enrolment are refused"
daemon_end
check "the trace shows the daemon's work" grep -q 'sluice.db' "$flow_dir/trace"
check "no socket was opened, no name asked" test "$(traced)" = 0
check "not even files for names were read" \
	test "$(grep -c 'resolv.conf\|nsswitch' "$flow_dir/trace")" = 0

# The same trace sees a packet when there is one.
flow_allow metering
check "the daemon starts again" daemon_traced
check_code 4 "an allowed send tries" sluice send metering
daemon_end
check "the trace would have shown it" test "$(traced)" -gt 0
flow_stage metering
sluice withdraw remote >/dev/null

if [ "$(id -u)" != 0 ] || ! unshare -n true 2>/dev/null; then
	say "the part in a network namespace needs root: left out"
	exit 0
fi
packets() {
	# Fields of a line of /proc/net/dev: name, 8 received, 8 sent.
	nsenter -t "$(parts_pid daemon)" -n cat /proc/net/dev |
		awk -F'[: ]+' '$2 == "lo" || $1 == "lo" { for (i = 1; i <= NF; i++) if ($i == "lo") print $(i + 10) }'
}
in_namespace() {
	parts_start daemon unshare -n sh -c "ip link set lo up 2>/dev/null || \
		ifconfig lo up 2>/dev/null; exec \"\$0\" run --conf \"\$1\"" \
		"$parts_sluice" "$parts_device_conf"
	parts_wait 60 "the daemon in a namespace" parts_daemon_runs
}
check "the daemon starts in a network of its own" in_namespace
before=$(packets)
check_code 0 "a sample" sluice preview metering
check_code 3 "send is refused" sluice send metering
check_code 1 "the doctor is asked" sluice doctor
sluice checkin >/dev/null 2>&1
echo "K7QPM-3ZD9R-01XYT-W8B4C" | sluice enrol >/dev/null 2>&1
check "no packet left" test "$(packets)" = "$before"
