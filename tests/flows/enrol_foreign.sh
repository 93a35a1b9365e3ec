#!/bin/bash
# Enrolment with an EST server and an authority that are not ours: "openssl"
# issues, behind tests/support/est_server; the Communication Server that the
# new certificate is proved with is another one of these. By code, put off, by
# every form of answer, refused; renewal by the daemon; rescue after the end.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/certificates.sh"
need openssl sqlite3
est_server=$parts_build/tests/support/est_server
[ -x "$est_server" ] || skip "tests/support/est_server is not built"
code="Open-Sesame 42"
pki=$flow_dir/pki
keys=$flow_dir/device/keys

# authority NAME SUBJECT: NAME.key and NAME.pem
authority() {
	openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-nodes -keyout "$pki/$1.key" -out "$pki/$1.pem" -days 30 \
		-subj "$2" 2>/dev/null
}

# est NAME FAULTS CERTIFICATE KEY: starts one; its port is in est_port.
est() {
	: >>"$flow_dir/logs/$1.log"
	parts_start "$1" "$est_server" "$2" "$3" "$4" "$pki/fleet.pem" \
		"$flow_dir/server/keys/receipt.key" ex7-004211
	parts_wait 60 "the server $1" grep -q "^port " "$flow_dir/logs/$1.log" ||
		fail "the server $1 does not start"
	est_port=$(sed -n 's/^port //p' "$flow_dir/logs/$1.log" | tail -n 1)
}

# enrol_server FAULTS: an EST server with these in place of the one before.
enrol_server() {
	parts_stop est
	: >"$flow_dir/logs/est.log"
	est est "$1" "$pki/est.pem" "$pki/est.key"
	sed -i "/^\[enrol\]/,/^\[/s/^#*port *=.*/port = $est_port/" \
		"$parts_device_conf"
}

told() {
	grep -c "$1" "$flow_dir/logs/$2.log"
}

enrol() {
	printf '%s\n' "${1:-$code}" | sluice enrol
}

state() {
	sluice enrol --status --json | flow_json state
}

fingerprint() {
	openssl x509 -in "$keys/identity.pem" -noout -fingerprint -sha256 |
		sed 's/.*=//;s/://g' | tr A-F a-f
}

# The certificate in use is of that authority, for our key, and is the one
# that the device says it uses.
check_certificate() {
	check "$1: openssl verifies the certificate as a client's" \
		sh -c "openssl verify -purpose sslclient -CAfile \"\$1\" \"\$2\" >/dev/null" - "$pki/fleet.pem" \
		"$keys/identity.pem"
	check "$1: it holds the device's own key" test \
		"$(openssl x509 -in "$keys/identity.pem" -noout -pubkey)" = \
		"$(openssl ec -in "$keys/identity.key" -pubout 2>/dev/null)"
	check "$1: it is the one that is shown" test \
		"$(sluice enrol --status --json | flow_json sha256)" = \
		"$(fingerprint)"
	check "$1: nothing is left over" test -z \
		"$(find "$keys" -name '*next*')"
}

parts_dir=$flow_dir
parts_init
mkdir -p "$pki"
parts_server_init "$(parts_free_port)" "$(parts_free_port)" ||
	fail "the server cannot be made"
authority root "/O=Some Company/CN=Network root" &&
	authority fleet "/O=Some Company/CN=Fleet" &&
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$pki/est.key" -subj /CN=est.company.example \
		-addext subjectAltName=DNS:est.company.example \
		-out "$pki/est.csr" 2>/dev/null &&
	openssl x509 -req -in "$pki/est.csr" -CA "$pki/root.pem" -days 9 \
		-CAkey "$pki/root.key" -copy_extensions copy \
		-out "$pki/est.pem" 2>/dev/null || fail "no authority"

# The Communication Server, which knows the company's devices.
est comms "" "$flow_dir/server/keys/server.pem" \
	"$flow_dir/server/keys/server.key"
parts_server_port=$est_port
parts_device_init "$(parts_free_port)" "$(parts_sim)" ||
	fail "the device cannot be made"
server anchors --out "$flow_dir/anchors" >/dev/null || fail "no anchors"
echo "comms.example:$parts_server_port" >"$flow_dir/anchors/server.name"
check_code 0 "anchors alone are taken in" \
	sluice init --provision "$flow_dir/anchors"
check_says "run \"sluice enrol\"" "init says how to go on"
check_code 0 "status" sluice status
check_says "has no certificate yet" "and so does status"
cp "$pki/root.pem" "$flow_dir/device/trust/enrol-anchor.pem"
sed -i '/^\[enrol\]/,/^\[/{
	s/^#*name *=.*/name = est.company.example/
	s/^#*address *=.*/address = 127.0.0.1/
}' "$parts_device_conf"

enrol_server "code=$code,pending=1,extra"
check_code 3 "without permission no code is taken" enrol
check "and nobody was asked" test "$(told connection est)" = 0
flow_allow metering
check_code 4 "an authority that decides later" enrol
check_says "has not decided yet" "it says so"
check "the state says so, too" test "$(state)" = pending
check_code 0 "the next try has the certificate" sluice enrol --renew
check_says "new certificate, valid until" "it says until when"
check_certificate "by code"
check "the code was enough" test "$(told "connection known" est)" = 0
check "the Communication Server took it" test "$(told '^echo' comms)" = 1
check "the log verifies" flow_verify
check "the code is kept nowhere" test -z "$(sqlite3 \
	"$flow_dir/device/state/sluice.db" .dump | grep -F "$code")"

before=$(fingerprint)
enrol_server "code=$code"
check_code 1 "a wrong code is refused" enrol wrong
check_says "answered 401" "with the server's answer"
for fault in garbage no-base64 other-key type=text/html status=503 status=404; do
	enrol_server "code=$code,$fault"
	check_code 4 "$fault is tried again later" enrol
done
check "the certificate in use has stayed" test "$(fingerprint)" = "$before"
check_code 0 "the code that waits can be taken back" sluice enrol --cancel
for form in long bare-type between; do
	enrol_server "code=$code,$form"
	check_code 0 "$form is taken" enrol
	[ "$form" = between ] || check_certificate "$form"
done
check "with an issuer in between both are shown" test \
	"$(grep -c BEGIN "$keys/identity.pem")" = 2

# The daemon renews: asked to, and from half of the lifetime on. The authority
# gives names of its own, and renews only for these (RFC 7030, section 4.2.2).
enrol_server "code=$code,names"
check_code 0 "an authority gives other names" enrol
enrol_server "names"
parts_daemon_start || fail "the daemon does not start"
before=$(fingerprint)
check_code 0 "the daemon renews when it is told to" sluice enrol --renew
check "with another certificate" test "$(fingerprint)" != "$before"
check_certificate "renewed"
check "which the old one got" test "$(told "connection known" est)" = 1
check "which named what stood in it" test "$(told "other names" est)" = 0
check "the subject is the authority's" test "$(openssl x509 -noout -subject \
	-in "$keys/identity.pem")" = "subject=O = Company, CN = Seven"
parts_stop daemon
enrol_server ""

# A certificate from before, most of whose time is over; then one all of whose
# time is.
# old FROM TO
old() {
	certificate_dated "$pki/fleet.pem" "$pki/fleet.key" \
		"$keys/identity.csr" "$1" "$2" "$keys/identity.pem" \
		"extendedKeyUsage = clientAuth" || fail "no certificate from before"
}
old "20 days ago" "5 days"
before=$(fingerprint)
check "a round renews what is past its half" flow_round
check "with another certificate" test "$(fingerprint)" != "$before"
check_certificate "past its half"

old "20 days ago" "1 day ago"
check "a round leaves what has run out" flow_round
check_code 0 "it is shown" sluice enrol --status
check_says "has run out" "as what it is"
check_code 1 "it cannot be renewed" sluice enrol --renew
enrol_server "code=$code"
check_code 0 "a new code replaces it" enrol
check_certificate "rescued"
check "the one that has run out was not shown" \
	test "$(told "connection known" est)" = 0
check "the log verifies" flow_verify
