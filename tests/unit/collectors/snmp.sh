#!/bin/bash
# sluice-collect-snmp against agents: snmpsimd with the printers of snmp.d,
# and the same behind a line that goes dead after each number of packets.
#   color-a3     everything that a colour printer has
#   mono-levels  counts sheets; levels -1, -2, -3; waste containers; device 5
#   strange      no Host Resources MIB, two engines, UTF-8, Latin-1, NUL,
#                values of wrong types
# Each has what is expected of it beside it. With the argument --write these
# files are written again instead of compared.
set -eu
. "$abs_top_srcdir/tools/parts.sh"
snmp=$abs_top_builddir/sluice-collect-snmp
support=$abs_top_builddir/tests/support
data=$abs_top_srcdir/tests/unit/collectors/snmp.d
printers="color-a3 mono-levels strange"
[ -x "$snmp" ] || { echo "built without net-snmp"; exit 77; }
command -v snmpsimd >/dev/null || { echo "no snmpsimd"; exit 77; }
umask 077
dir=$(mktemp -d)
agent=
stop() { # pid
	[ -n "$1" ] || return 0
	kill "$1" 2>/dev/null || return 0
	wait "$1" 2>/dev/null || :
}
trap 'stop "$agent"; parts_release_ports; rm -rf "$dir"' EXIT

fail() {
	echo "$*"
	[ ! -s "$dir/said" ] || cat "$dir/said"
	exit 1
}
refused() { # status, words that are told, arguments
	want=$1 words=$2
	shift 2
	status=0
	"$snmp" "$@" >"$dir/out" 2>"$dir/said" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status, not $want"
	[ ! -s "$dir/out" ] || fail "$*: printed something"
	[ "$(wc -l <"$dir/said")" -eq 1 ] || fail "$*: not one line"
	grep -q "^sluice-collect-snmp: .*$words" "$dir/said" ||
		fail "$*: the reason is not \"$words\""
}

# --- the command line
"$snmp" --help | grep -q -- '--host HOST'
"$snmp" --version | grep -q '^sluice-collect-snmp [0-9]'
for printer in $printers; do
	echo "$printer" >"$dir/$printer"
done
echo auth-password >"$dir/auth"
echo priv-password >"$dir/priv"
echo wrong-password >"$dir/wrong"
cp "$dir/auth" "$dir/open"
chmod 644 "$dir/open"
refused 2 "--host is missing"
refused 2 "unknown argument" --host h --community public
refused 2 "everybody may read" --host h --community-file "$dir/open"
refused 2 "wants --priv-file" --host h --v3-user u --auth-file "$dir/auth"
# Nobody is on the discard port.
refused 1 "does not answer" --host 127.0.0.1:9 --timeout 6 --retries 0

# --- an agent
# As root it gives up root, and must then find its data.
user=$(id -un)
group=$(id -gn)
if [ "$(id -u)" -eq 0 ]; then
	user=nobody
	group=$(id -gn nobody)
fi
mkdir "$dir/agent" "$dir/agent/data"
cp "$data"/*.snmprec "$dir/agent/data"
chmod 711 "$dir"
chmod -R a+rX "$dir/agent"
[ "$(id -u)" -ne 0 ] || chown -R "$user" "$dir/agent"
start_agent() {
	HOME=$dir/agent TMPDIR=$dir/agent PYTHONDONTWRITEBYTECODE=1 \
		snmpsimd --process-user="$user" --process-group="$group" \
		--data-dir="$dir/agent/data" --cache-dir="$dir/agent" \
		--agent-udpv4-endpoint="127.0.0.1:$1" \
		--v3-user=reader --v3-auth-key=auth-password \
		--v3-auth-proto=SHA --v3-priv-key=priv-password \
		--v3-priv-proto=AES \
		--v3-user=modern --v3-auth-key=auth-password \
		--v3-auth-proto=SHA256 --v3-priv-key=priv-password \
		--v3-priv-proto=AES \
		--v3-user=signed --v3-auth-key=auth-password \
		--v3-auth-proto=SHA \
		--v3-user=plain >"$dir/agent.log" 2>&1 &
	agent=$!
}
# Retries by itself, every second: the agent takes long to begin.
answers() {
	"$snmp" --host "127.0.0.1:$port" --community-file "$dir/color-a3" \
		--timeout 20 --retries 9 >/dev/null 2>&1
}
# Until it answers; a port that another program has is left to it.
tries=6
port=$(parts_free_port)
start_agent $port
until answers; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || { cat "$dir/agent.log"; fail "no agent"; }
	if ! kill -0 "$agent" 2>/dev/null; then
		port=$(parts_free_port)
		start_agent $port
	fi
done
host=127.0.0.1:$port

# --- what it says
# The times of collecting and of alerts are those of now.
steady() {
	sed -e 's/ collectedAt="[^"]*"/ collectedAt="2026-11-23T14:00:00Z"/' \
		-e 's/\(<Time [^>]*>\)2[^<]*</\12026-11-23T14:00:00Z</'
}
check() { # printer, arguments
	printer=$1
	shift
	"$snmp" --host "$host" "$@" >"$dir/xml" 2>"$dir/said" ||
		fail "$printer: $*"
	[ ! -s "$dir/said" ] || fail "$printer: it said something"
	"$support/collected_check" <"$dir/xml" >"$dir/said" ||
		fail "$printer: strays"
	steady <"$dir/xml" >"$dir/steady"
	[ -z "${write:-}" ] || cp "$dir/steady" "$data/$printer.xml"
	diff -u "$data/$printer.xml" "$dir/steady" || fail "$printer: $*"
}
write=
[ "${1:-}" != --write ] || write=1
for printer in $printers; do
	check "$printer" --community-file "$dir/$printer"
done
for printer in $printers; do
	check "$printer" --v3-user reader --auth-file "$dir/auth" \
		--priv-file "$dir/priv" --context "$printer"
done
check color-a3 --v3-user modern --auth-protocol SHA-256 \
	--auth-file "$dir/auth" --priv-file "$dir/priv" --context color-a3
check color-a3 --v3-user signed --level authNoPriv \
	--auth-file "$dir/auth" --context color-a3
check color-a3 --v3-user plain --level noAuthNoPriv --context color-a3
grep -q -e auth-password -e priv-password -e reader "$dir/xml" &&
	fail "a secret was printed"

# --- wrong secrets
# A question has half of the time, so that it is what ends first.
short="--timeout 6 --retries 0"
echo nobody >"$dir/nobody"
# shellcheck disable=SC2086 # words
{
	refused 1 "does not answer" --host "$host" \
		--community-file "$dir/nobody" $short
	refused 1 "127.0.0.1: it" --host "$host" --v3-user reader \
		--auth-file "$dir/wrong" --priv-file "$dir/priv" \
		--context color-a3 $short
	refused 1 "127.0.0.1: it" --host "$host" --v3-user reader \
		--auth-file "$dir/auth" --priv-file "$dir/wrong" \
		--context color-a3 $short
	refused 1 "another --level" --host "$host" --v3-user reader \
		--level noAuthNoPriv --context color-a3
	refused 1 "does not know this user" --host "$host" --v3-user nobody \
		--level noAuthNoPriv --context color-a3
}

# --- it neither reads nor writes files of the library
if command -v strace >/dev/null &&
	strace -o "$dir/calls" -e trace=%file true 2>/dev/null; then
	mkdir "$dir/home"
	# The leak check cannot run beside strace.
	HOME=$dir/home ASAN_OPTIONS=detect_leaks=0 strace -f -o "$dir/calls" -e trace=%file "$snmp" \
		--host "$host" --community-file "$dir/color-a3" >/dev/null
	grep -v execve "$dir/calls" |
		grep -e '/etc/snmp' -e '/share/snmp' -e '/var/lib/snmp' \
			-e "$dir/home" -e O_CREAT -e mkdir &&
		fail "it touched files"
fi

# --- an agent that stops in the middle, after each number of packets
# Ten questions are the least: which printer, eight tables, the objects.
behind_line() { # packets, seconds
	"$support/udp_stop" "$port" "$1" >"$dir/line.$1" &
	line=$!
	until [ -s "$dir/line.$1" ]; do
		kill -0 "$line"
	done
	status=0
	"$snmp" --host "127.0.0.1:$(cat "$dir/line.$1")" --timeout "$2" \
		--retries 0 --community-file "$dir/mono-levels" \
		>"$dir/out.$1" 2>"$dir/said.$1" || status=$?
	stop "$line"
	echo "$status" >"$dir/status.$1"
}
runs=
for packets in 0 1 2 3 4 5 6 7 8 9; do
	(behind_line $packets 20) &
	runs="$runs $!"
done
# shellcheck disable=SC2086 # process ids
wait $runs
for packets in 0 1 2 3 4 5 6 7 8 9; do
	cp "$dir/said.$packets" "$dir/said"
	[ "$(cat "$dir/status.$packets")" = 1 ] ||
		fail "$packets packets: status $(cat "$dir/status.$packets")"
	[ ! -s "$dir/out.$packets" ] ||
		fail "$packets packets: printed something"
	[ "$(wc -l <"$dir/said")" -eq 1 ] || fail "$packets packets: no reason"
	[ "$packets" -eq 0 ] || grep -q "in the middle" "$dir/said" ||
		fail "$packets packets: another reason"
done
behind_line 1000 30
steady <"$dir/out.1000" | diff -u "$data/mono-levels.xml" - ||
	fail "through the line it is another printer"

stop "$agent"
agent=
refused 1 "does not answer" --host "$host" --timeout 6 --retries 0
echo "sluice-collect-snmp reads three printers, and none by halves"
