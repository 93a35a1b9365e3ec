#!/bin/bash
# kill -9 of the daemon at every step of getting and of renewing a
# certificate: at the N-th call of each system call by which it changes or
# tells something, for every N. Afterwards whoever goes on ends up with one
# certificate that works: for the device's own key, the one that the database
# names, nothing beside it; the server has issued one for each code; the log
# verifies. KILL9_STEPS is the most steps of one system call (preset 12; they
# are spread over all there are).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kill9_common.sh"
need openssl
keys=$flow_dir/device/keys
flow_make
check "the server starts" parts_server_start
flow_allow metering

# The device is as one that never had a certificate; each has its code.
prepare_enrol() {
	flow_days_pass
	rm -f "$keys/identity.pem"
	device_sql "DELETE FROM enrolment"
	code=$(server_sub code make ex7-004211 | head -n 1)
	[ -n "$code" ] || fail "no code"
	codes=$((codes + 1))
}
do_enrol() {
	printf '%s\n' "$code" | sluice enrol
}
check_enrol() {
	check_certificate "$1"
}
prepare_renew() {
	flow_days_pass
}
do_renew() {
	sluice enrol --renew
}
check_renew() {
	check_certificate "$1"
}

fingerprint() {
	openssl x509 -in "$keys/identity.pem" -noout -fingerprint -sha256 |
		sed 's/.*=//;s/://g' | tr A-F a-f
}

codes=0
check_certificate() {
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

for name in enrol renew; do
	kill9_each "$name" 12 fsync fdatasync rename unlink pwrite64 write \
		connect sendto recvfrom
done
check "the daemon was really killed, many times" test "$kill9_all" -ge 40
check_code 0 "the certificate that it ended up with sends" sluice send metering
