# For the flows that kill a process with kill -9 at every step of something,
# sourced by them after lib.sh: at the N-th call of each system call by which
# it changes or tells something, for every N. KILL9_STEPS is the most steps of
# one system call; they are spread over all there are.
#
# Whom: kill9_victim, which a flow may set.
#	daemon	the device's; not its collectors, whose end would be a failure
#		of its own. The command line goes on when it dies
#	command	the command line itself, which do_NAME runs as kill9_command
#	server	whichever of the server's workers comes to that call
# What a flow defines for each NAME of kill9_each:
#	prepare_NAME	what has to be so before
#	do_NAME		what is disturbed; it must end well all the same, unless
#			it is the command itself that died
#	check_NAME WHAT	what holds afterwards, when nobody is traced any more
need strace lighttpd sqlite3
need_root "attaching to the programs, which let no other process look into them,"
strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
kill9_victim=daemon

kill9_are_traced() {
	local pid
	for pid; do
		grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$pid/status" \
			2>/dev/null || return 1
	done
}

# kill9_attach PID...
kill9_attach() {
	local pid
	for pid; do
		parts_start strace strace -o "$flow_dir/trace.$pid" \
			"${kill9_how[@]}" -p "$pid"
	done
	parts_wait 60 "strace is attached" kill9_are_traced "$@" || fail "strace"
}

kill9_attach_daemon() {
	parts_daemon_start || fail "the daemon does not start"
	kill9_attach "$(parts_pid daemon)"
}
kill9_detach_daemon() {
	parts_stop daemon
	parts_stop strace
}

kill9_attach_command() {
	kill9_under=(strace -o "$flow_dir/trace.command"
		"${kill9_how[@]}")
}
kill9_detach_command() {
	:
}
# kill9_command COMMAND [SUB] ARGUMENT...: as sluice() and sluice_sub().
kill9_command() {
	local words=("$1")
	shift
	[[ ${1:--} == [-0-9]* ]] || { words+=("$1"); shift; }
	"${kill9_under[@]}" "$parts_sluice" "${words[@]}" \
		--conf "$parts_device_conf" "$@"
}

# Those that live: one that died a moment ago may not be buried yet.
kill9_workers() {
	ps -o pid=,stat= --ppid "$(parts_pid worker)" |
		awk '$2 !~ /^Z/ { print $1 }'
}
# All of them: one that died a moment ago is started again first.
kill9_attach_server() {
	local pids
	# For devices, staff and enrolment, as it says, and the keeper.
	kill9_crew=$(($(sed -n 's/^Serving .*: \([0-9]*\) workers for devices, \([0-9]*\) for staff, \([0-9]*\) for enrolment\.$/\1 + \2 + \3 + 1/p' \
		"$flow_dir/logs/worker.log" | tail -n 1)))
	kill9_whole() {
		[ "$(kill9_workers | wc -l)" = "$kill9_crew" ]
	}
	parts_wait 60 "all workers" kill9_whole || fail "workers are missing"
	pids=$(kill9_workers)
	# shellcheck disable=SC2086
	kill9_attach $pids
}
kill9_detach_server() {
	while [ -n "$(parts_pid strace)" ]; do
		parts_stop strace
	done
}

kill9_died() {
	grep -qs '^+++ killed by SIGKILL' "$flow_dir"/trace.*
}

# kill9_once NAME WHAT STRACE-ARGUMENTS...: once, under the eyes of strace.
kill9_once() {
	local name=$1 what=$2 ended=0
	shift 2
	kill9_how=("$@")
	rm -f "$flow_dir"/trace.*
	"prepare_$name"
	"kill9_attach_$kill9_victim"
	"do_$name" >"$flow_dir/out" 2>&1 || ended=$?
	"kill9_detach_$kill9_victim"
	if [ "$ended" != 0 ] &&
		{ [ "$kill9_victim" != command ] || ! kill9_died; }; then
		cat "$flow_dir/out"
		fail "$what: it does not end well"
	fi
	! kill9_died || kill9_killed=$((kill9_killed + 1))
	"check_$name" "$what"
}

# Calls of the one process that made most of them, in this trace.
kill9_count() {
	grep -c "^$1(" "$flow_dir"/trace.* | sed 's/.*://' | sort -n | tail -n 1
}

# kill9_each NAME STEPS CALL...: once without a kill, to count the calls, then
# with one at each; STEPS holds unless KILL9_STEPS says otherwise. The last
# ones need not come again: how often a socket is read is never the same. But
# of three and more the first always does.
kill9_all=0
kill9_each() {
	local name=$1 steps=${KILL9_STEPS:-$2} calls call totals=() total step
	local tried n none=
	shift 2
	calls=$(IFS=,; echo "$*")
	kill9_once "$name" "$name without a kill" -e "trace=$calls"
	for call; do
		totals+=("$(kill9_count "$call")")
	done
	for call; do
		total=${totals[0]}
		totals=("${totals[@]:1}")
		[ "$total" -gt 0 ] || { none="$none $call"; continue; }
		step=$(((total + steps - 1) / steps))
		kill9_killed=0 tried=0
		for ((n = 1; n <= total; n += step)); do
			kill9_once "$name" "$name, killed at call $n of $call" \
				-e "trace=$call" \
				-e "inject=$call:signal=KILL:when=$n"
			tried=$((tried + 1))
		done
		check "$name: $total calls of $call, killed at $kill9_killed of $tried" \
			test "$kill9_killed" -gt 0 -o "$tried" -lt 3
		kill9_all=$((kill9_all + kill9_killed))
	done
	[ -z "$none" ] || say "$name makes no call of$none"
}
