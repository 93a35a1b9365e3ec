#!/bin/bash
# kill -9 of the daemon at every step of getting and of renewing a
# certificate: at the N-th call of each system call by which it changes or
# tells something, for every N. Afterwards whoever goes on ends up with one
# certificate that works: for the device's own key, the one that the database
# names, nothing beside it; the server has issued one for each code; the log
# verifies. KILL9_STEPS is the most steps of one system call (preset 12; they
# are spread over all there are).
. "$(dirname "$0")/lib.sh"
need strace lighttpd openssl sqlite3
need_root "attaching to the daemon, which lets no other process look into it,"
strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
steps=${KILL9_STEPS:-12}
keys=$flow_dir/device/keys
flow_make
check "the server starts" parts_server_start
flow_allow metering

device_sql() {
	sqlite3 -cmd ".timeout 5000" "$flow_dir/device/state/sluice.db" "$1"
}

server_sql() {
	sqlite3 -cmd ".timeout 5000" "$flow_dir/server/state/server.db" "$1"
}

# As if all that was issued had been two days ago: no device gets many a day.
let_days_pass() {
	local trigger
	trigger=$(server_sql "SELECT sql FROM sqlite_schema
		WHERE name = 'certificates_fixed'")
	server_sql "BEGIN IMMEDIATE; DROP TRIGGER certificates_fixed;
		UPDATE certificates SET issued_at = issued_at - 172800;
		$trigger; COMMIT" || fail "the server's database"
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

# What is done in the sight of strace. The command line goes on when the
# daemon dies; a code is made for each, and the device is as one that never had
# a certificate.
prepare_enrol() {
	rm -f "$keys/identity.pem"
	device_sql "DELETE FROM enrolment"
	code=$(server_sub code make ex7-004211 | head -n 1)
	[ -n "$code" ] || fail "no code"
	codes=$((codes + 1))
}
do_enrol() {
	printf '%s\n' "$code" | sluice enrol >"$flow_dir/out" 2>&1
}
prepare_renew() {
	:
}
do_renew() {
	sluice enrol --renew >"$flow_dir/out" 2>&1
}

fingerprint() {
	openssl x509 -in "$keys/identity.pem" -noout -fingerprint -sha256 |
		sed 's/.*=//;s/://g' | tr A-F a-f
}

codes=0 all_killed=0
check_after() {
	local used
	openssl verify -purpose sslclient \
		-CAfile "$flow_dir/server/keys/device-ca.pem" \
		"$keys/identity.pem" >/dev/null ||
		fail "$1: the certificate does not verify"
	[ "$(openssl x509 -in "$keys/identity.pem" -noout -pubkey)" = \
		"$(openssl ec -in "$keys/identity.key" -pubout 2>/dev/null)" ] ||
		fail "$1: the certificate is for another key"
	used=$(device_sql "SELECT state || ' ' || sha256 || ' ' || code ||
		' ' || problem FROM enrolment")
	[ "$used" = "enrolled $(fingerprint)  " ] ||
		fail "$1: the database says \"$used\", not $(fingerprint)"
	[ -z "$(find "$keys" -name '*next*')" ] ||
		fail "$1: something is left over: $(ls -A "$keys")"
	[ "$(server_sql "SELECT count(*) FROM certificates
		WHERE origin = 'enrolled'")" = "$codes" ] ||
		fail "$1: the server has not issued one for each code"
	flow_verify || fail "$1: the log does not verify"
}

# once NAME WHAT STRACE-ARGUMENTS...
once() {
	local name=$1 what=$2
	shift 2
	let_days_pass
	"prepare_$name"
	attach -e signal=none "$@"
	"do_$name" || {
		cat "$flow_dir/out"
		fail "$what: there is no new certificate"
	}
	parts_alive daemon || killed=$((killed + 1))
	detach
	check_after "$what"
}

for name in enrol renew; do
	for call in fsync fdatasync rename unlink pwrite64 write connect sendto \
		recvfrom; do
		once "$name" "$name without a kill" -e "trace=$call"
		total=$(grep -c "$call(" "$flow_dir/trace")
		[ "$total" -gt 0 ] || continue
		step=$(((total + steps - 1) / steps))
		killed=0 tried=0
		for ((n = 1; n <= total; n += step)); do
			once "$name" "$name, killed at call $n of $call" \
				-e "trace=$call" \
				-e "inject=$call:signal=KILL:when=$n"
			tried=$((tried + 1))
		done
		say "ok: $name: $total calls of $call, killed at $killed of $tried"
		all_killed=$((all_killed + killed))
	done
done
check "the daemon was really killed, many times" test "$all_killed" -ge 40
check_code 0 "the certificate that it ended up with sends" sluice send metering
