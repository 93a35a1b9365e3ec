#!/bin/bash
# kill -9 of the daemon at every step of a check-in that brings instructions
# and of carrying them out: documents to send, and another certificate. Whoever
# goes on does each exactly once, and tells the server. KILL9_STEPS is the most
# steps of one system call (preset 8; they are spread over all there are).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kill9_common.sh"
need openssl
id=ex7-004211
keys=$flow_dir/device/keys
flow_make
check "the server starts" parts_server_start
flow_allow metering
for kind in send renew; do
	sluice_sub instructions policy "$kind" allow >/dev/null ||
		fail "a policy of $kind"
done

# ask KIND ARGUMENT...: prints its number.
ask() {
	local kind=$1
	shift
	server_sub instruction "$kind" "$id" "$@" --reason "a fault" |
		sed -n 's/^Instruction \([0-9]*\) .*/\1/p'
}

prepare_instruction() {
	flow_days_pass
	send=$(ask send --services metering)
	renew=$(ask renew)
	[ -n "$send" ] && [ -n "$renew" ] || fail "the server asks for nothing"
	sent=$((sent + 1))
}
do_instruction() {
	sluice checkin
}

sent=0
on_device() {
	device_sql "SELECT state || ' ' || refusal || ' ' || reported
		FROM instructions WHERE number = $1"
}
on_server() {
	server_sql "SELECT result FROM instructions
		WHERE device = '$id' AND number = $1"
}
told() {
	[ "$(on_device "$1")" = "done  1" ] && [ "$(on_server "$1")" = "done" ]
}
waiting() {
	device_sql "SELECT count(*) FROM transmissions WHERE state <> 'sent'"
}
check_instruction() {
	local round number
	for round in 1 2 3; do
		# The server may have what the device does not know it has.
		told "$send" && told "$renew" && [ "$(waiting)" = 0 ] &&
			[ "$(flow_received_all)" = "$sent" ] && break
		flow_round && sluice checkin >/dev/null ||
			fail "$1: round $round afterwards"
	done
	for number in "$send" "$renew"; do
		told "$number" || fail "$1: instruction $number: the device says \
$(on_device "$number"), the server $(on_server "$number")"
		[ "$(device_sql "SELECT count(*) FROM ledger
			WHERE kind = 'instruction' AND actor = 'daemon' AND result = 'ok'
			AND text LIKE 'instruction $number:%'")" = 1 ] ||
			fail "$1: the log does not say once what came of $number"
	done
	[ "$(flow_received_all)" = "$sent" ] ||
		fail "$1: the server has $(flow_received_all) transmissions, not $sent"
	[ "$(waiting)" = 0 ] || fail "$1: something waits"
	[ -z "$(find "$keys" -name '*next*')" ] ||
		fail "$1: something is left over: $(ls -A "$keys")"
	openssl verify -purpose sslclient \
		-CAfile "$flow_dir/server/keys/device-ca.pem" \
		"$keys/identity.pem" >/dev/null ||
		fail "$1: the certificate does not verify"
	flow_verify || fail "$1: the log does not verify"
}

kill9_each instruction 8 fdatasync fsync rename pwrite64 write connect sendto \
	recvfrom
check "the daemon was really killed, many times" test "$kill9_all" -ge 20
say "$sent times two instructions, each carried out once"
check "the server's log verifies" server_sub log verify
