#!/bin/bash
# Collectors under a user of their own: the daemon is not root, its launcher
# runs them, and what a hostile one tries is shown to fail. The users: one that
# every Debian has for sluice, and sluice-collect, which is put into an
# /etc/passwd that only this flow sees.
if [ -z "${SLUICE_FLOW_MOUNTS:-}" ] && unshare -m true 2>/dev/null; then
	export SLUICE_FLOW_MOUNTS=1
	exec unshare -m bash "$0"
fi
. "$(dirname "$0")/lib.sh"
need setpriv pgrep awk
need_root "running as several users"
grep -q '^#define SLUICE_SANITIZERS' "$parts_build/config.h" &&
	skip "the sanitizers need what collectors may not have"
[ -n "${SLUICE_FLOW_MOUNTS:-}" ] || skip "mounts cannot be made here"
daemon_user=daemon
# Nobody else's on this machine, nor of this flow where it runs twice.
collect_uid=$((62000 + $$ % 3000))
{
	cat /etc/passwd
	echo "sluice-collect:x:$collect_uid:$collect_uid::/nonexistent:/bin/false"
} >"$flow_dir/passwd"
mount --bind "$flow_dir/passwd" /etc/passwd || skip "no bind mounts here"
chmod 755 "$flow_dir"
parts_device_options="--user $daemon_user"
mkdir "$flow_dir/bin"
cp "$parts_build/sluice" "$parts_build/sluice-server" \
	"$parts_build/sluice-collect-sim" "$flow_dir/bin/"
parts_sluice=$flow_dir/bin/sluice
parts_collectors=$flow_dir/bin
D=$flow_dir/device

xml='<?xml version="1.0"?>
<Collected xmlns="urn:sluice:collected:1" source="probe" collectedAt="'$(date -u +%Y-%m-%dT%H:%M:%SZ)'">
<Billing><TotalImpressions unit="impressions">7</TotalImpressions></Billing></Collected>'
collector() {
	{
		cat
		printf "cat <<'X'\n%s\nX\n" "$xml"
	} >"$flow_dir/bin/$1"
	chmod 755 "$flow_dir/bin/$1"
}

# Tries everything; what works is told and makes it fail.
collector probe <<END
#!/bin/sh
try() {
	what=\$1
	shift
	"\$@" >/dev/null 2>&1 && bad="\$bad \$what;"
}
try "reads the identity key" cat $D/keys/identity.key
try "reads the log's key" cat $D/keys/ledger.key
try "lists the keys" ls $D/keys
try "reads the database" cat $D/state/sluice.db
try "lists the state folder" ls $D/state
try "wakes the daemon" sh -c 'echo x >$D/state/wake'
try "lists other collectors" ls ..
try "reads the pages' key" cat $D/web/pages.pem
try "writes to /tmp" sh -c 'echo x >/tmp/sluice-probe-\$\$'
try "writes to /dev/shm" sh -c 'echo x >/dev/shm/sluice-probe-\$\$'
try "writes beside itself" sh -c 'echo x >$flow_dir/bin/new'
try "reads /proc" cat /proc/self/status
try "reads /var" ls /var
try "reads /root" ls /root
try "leaves its session" setsid true
try "becomes root" setpriv --reuid 0 true
try "makes a namespace" unshare -U true
try "mounts" mount -t tmpfs none .
cp /bin/true ./program
try "runs what it wrote" ./program
if [ "\$(id -u)" = $collect_uid ]; then
	echo "\$(id -u) \$(id -G) \$(ulimit -u 2>/dev/null || ulimit -p) \$(ulimit -v) \$(ulimit -f)" >who
	for pid in \$PPID \$(cat $flow_dir/bin/pids); do
		try "signals \$pid" kill -0 \$pid
		try "traces \$pid" timeout 5 strace -p \$pid
	done
fi
if [ -n "\$bad" ]; then
	echo "breach:\$bad" >&2
	exit 9
fi
END
flow_make "only=$flow_dir/bin/probe"
conf=$parts_device_conf
scratch=$D/state/collectors/only
# limit SECONDS: enough where the collector ends by itself, also where much
# runs beside it.
limit() {
	sed -i "s/^#*timeout_s.*/timeout_s = $1/" "$conf"
	grep -qx "timeout_s = $1" "$conf" || fail "the time limit is not set"
	chown 0 "$conf"
}
limit 60

# With the capabilities that systemd/sluice.service leaves, and no more.
daemon_start() {
	parts_start daemon setpriv --no-new-privs \
		--bounding-set=-all,+setuid,+setgid,+kill,+chown \
		"$parts_sluice" run --conf "$parts_device_conf"
	parts_wait 60 "the client daemon" parts_daemon_runs
}
check "the daemon starts" daemon_start
if grep -q "this kernel has no" "$flow_dir/logs/daemon.log"; then
	skip "this kernel has no sandbox to try"
fi
parts_stop daemon
rm -r "$D/state/collectors"

mine() {
	pgrep -U "$collect_uid" >"$flow_dir/left"
}
none_left() {
	! mine
}
field() {
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"
}
as_daemon_user() {
	setpriv --reuid "$daemon_user" --regid "$daemon_user" --clear-groups \
		"$parts_sluice" preview --conf "$parts_device_conf" metering
}
: >"$flow_dir/bin/pids"
check_code 0 "the client's own user collects" as_daemon_user
check "its folder is the client's" test "$(stat -c %U "$scratch")" = "$daemon_user"
rm -r "$scratch"
check_code 0 "root collects without a daemon" sluice preview metering
check "as sluice-collect, with its limits" test "$(cat "$scratch/who")" = \
	"$collect_uid $collect_uid 32 262144 32768"
rm "$scratch/who"

check "the daemon starts" daemon_start
daemon=$(parts_pid daemon)
launcher=$(pgrep -P "$daemon")
echo "$daemon $launcher" >"$flow_dir/bin/pids"
check "the daemon is not root" test "$(field "$daemon" Uid)" = "$(id -u "$daemon_user")"
for set in CapInh CapPrm CapEff CapAmb; do
	check "the daemon has no capability: $set" \
		test "$(field "$daemon" $set)" = 0000000000000000
done
check "the launcher keeps three" test "$(field "$launcher" CapPrm)" = 00000000000000e0
check "the launcher gets no new privileges" test "$(field "$launcher" NoNewPrivs)" = 1
check_code 0 "the daemon has them collect" sluice preview metering
check "as sluice-collect, too" test "$(cut -d' ' -f1 "$scratch/who")" = "$collect_uid"

# Programs that are changed while the daemon runs: it does not look at them.
hostile() {
	collector probe
	check_code "$1" "$2" sluice preview metering
	say "   it says: $(tail -n 1 "$flow_dir/out" | cut -c1-160)"
	check "$2: nothing of it is left" parts_wait 60 "its end" none_left
}
hostile 0 "grandchildren in the background" <<'END'
#!/bin/sh
(setsid sleep 1000 || sleep 1000) </dev/null >/dev/null 2>&1 &
END
hostile 1 "2 GB of output" <<'END'
#!/bin/sh
yes | head -c 2147483648
END
check_says "printed more than" "it is bounded"
hostile 1 "memory without end" <<'END'
#!/bin/sh
exec awk 'BEGIN { s = "x"; while (1) s = s s }'
END
hostile 0 "a file without end" <<'END'
#!/bin/sh
yes >big 2>/dev/null
END
check "the file is bounded" test "$(stat -c %s "$scratch/big")" -le 16777216
rm "$scratch/big"
still_well() {
	check "the daemon lives" parts_alive daemon
	check "so does the launcher" kill -0 "$launcher"
	check "the log verifies" flow_verify
}
still_well

# With a limit that ends what has no end.
daemon_again() {
	parts_stop daemon
	limit "$1"
	check "the daemon starts, with $1 s for a collector" daemon_start
	daemon=$(parts_pid daemon)
	launcher=$(pgrep -P "$daemon")
}
daemon_again 3
hostile 1 "grandchildren and no end" <<'END'
#!/bin/sh
trap '' TERM HUP INT
(trap '' TERM HUP INT; exec sleep 1000) &
while :; do :; done
END
check_says "only" "the message names it"
hostile 1 "a fork bomb" <<'END'
#!/bin/sh
bomb() {
	bomb | bomb &
	bomb
}
bomb
END
still_well
# Far from the limit, which would end it as well.
daemon_again 600

# Who ends, and who ends with him.
collector probe <<'END'
#!/bin/sh
sleep 1000 &
echo begun >begun
sleep 1000
END
gone() {
	! kill -0 "$1" 2>/dev/null
}
"$parts_sluice" preview --conf "$parts_device_conf" metering \
	>/dev/null 2>&1 &
asking=$!
check "a collector runs" parts_wait 60 "it begins" test -e "$scratch/begun"
# Without a daemon the command would collect by itself.
kill "$asking"
wait "$asking" 2>/dev/null
check "who asked is gone, and it runs" mine
kill -KILL "$daemon"
check "the launcher ends with the daemon" parts_wait 60 "it ends" gone "$launcher"
check "and so does what it ran" parts_wait 60 "it ends" none_left

check "the daemon starts again" daemon_start
daemon=$(parts_pid daemon)
launcher=$(pgrep -P "$daemon")
kill -KILL "$launcher"
check "the daemon ends with its launcher" parts_wait 60 "it ends" parts_dead daemon
check "it says why" grep -q "launcher of the collectors ended" \
	"$flow_dir/logs/daemon.log"
check "the daemon starts a third time" daemon_start
launcher=$(pgrep -P "$(parts_pid daemon)")
kill -TERM "$launcher"
check "a signal to all reaches the daemon first" kill -0 "$launcher"
parts_stop daemon
check "an orderly end ends both" gone "$launcher"

# Users that are named.
sed -i "s|^program = .*|&\nuser = root|" "$conf"
check_code 1 "not as root" sluice preview metering
check_says "must not run as root" "it is said"
sed -i "s|^user = root|user = no-such-user|" "$conf"
check_code 1 "not as nobody" sluice preview metering
check_says 'no user "no-such-user"' "it is said"
