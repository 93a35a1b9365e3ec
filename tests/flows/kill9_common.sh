# For the flows that kill the daemon with kill -9 at every step of something,
# sourced by them after lib.sh: at the N-th call of each system call by which
# it changes or tells something, for every N. KILL9_STEPS is the most steps of
# one system call; they are spread over all there are.
#
# What a flow defines for each NAME of kill9_each:
#	prepare_NAME	what has to be so before the daemon starts
#	do_NAME		what the daemon is killed at; it must end well all the
#			same, since the command line goes on when the daemon dies
#	check_NAME WHAT	what holds when no daemon runs any more
need strace lighttpd sqlite3
need_root "attaching to the daemon, which lets no other process look into it,"
strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"

kill9_is_traced() {
	grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$1/status" 2>/dev/null
}

# kill9_once NAME WHAT STRACE-ARGUMENTS...: with a fresh daemon, traced from
# when it is ready; not its collectors, whose end would be a failure of its own.
kill9_once() {
	local name=$1 what=$2 pid
	shift 2
	"prepare_$name"
	parts_daemon_start || fail "the daemon does not start"
	pid=$(parts_pid daemon)
	parts_start strace strace -o "$flow_dir/trace" -e signal=none "$@" -p "$pid"
	parts_wait 15 "strace is attached" kill9_is_traced "$pid" || fail "strace"
	"do_$name" >"$flow_dir/out" 2>&1 || {
		cat "$flow_dir/out"
		fail "$what: it does not end well"
	}
	parts_alive daemon || kill9_killed=$((kill9_killed + 1))
	parts_stop strace
	parts_stop daemon
	"check_$name" "$what"
}

# kill9_each NAME STEPS CALL...: once without a kill, to count the calls, then
# with one at each; STEPS holds unless KILL9_STEPS says otherwise. How often the
# daemon was there to be killed is added to kill9_all.
kill9_all=0
kill9_each() {
	local name=$1 steps=${KILL9_STEPS:-$2} call total step tried n
	shift 2
	for call; do
		kill9_once "$name" "$name without a kill" -e "trace=$call"
		total=$(grep -c "$call(" "$flow_dir/trace")
		[ "$total" -gt 0 ] || continue
		step=$(((total + steps - 1) / steps))
		kill9_killed=0 tried=0
		for ((n = 1; n <= total; n += step)); do
			kill9_once "$name" "$name, killed at call $n of $call" \
				-e "trace=$call" \
				-e "inject=$call:signal=KILL:when=$n"
			tried=$((tried + 1))
		done
		say "ok: $name: $total calls of $call, killed at $kill9_killed of $tried"
		kill9_all=$((kill9_all + kill9_killed))
	done
}
