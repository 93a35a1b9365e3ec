#!/bin/bash
# A server that is not ours: another authority, an expired certificate,
# another name. Nothing is sent, the problem is named, the transmission waits
# and goes out when it is mended.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/certificates.sh"
need lighttpd openssl sqlite3
flow_make
keys=$flow_dir/server/keys
anchor=$flow_dir/device/trust/server-anchor.pem
check "the server starts" parts_server_start
flow_allow metering
cp "$anchor" "$flow_dir/anchor.pem"
cp "$parts_device_conf" "$flow_dir/good.conf"

refused() {
	flow_stage metering
	check_code 4 "$1: not sent, it waits" sluice send "$flow_transaction"
	say "   it says: $(grep '^Not sent' <<<"$flow_out" | cut -c1-200)"
	check "$1: the server received nothing" test "$(flow_received_all)" = "$2"
	waiting=$flow_transaction
}
# The words must point at what is wrong.
named() {
	check "$1: the problem is named" grep -qiE "$2" <<<"$flow_out"
}
mended() {
	flow_make_due "$waiting"
	check "$1: mended, a round of work" flow_round
	check "$1: it went out" flow_is "$waiting" sent
	flow_check_once "$waiting" "$1"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$flow_dir/other.key" -out "$anchor" -days 30 \
	-subj "/CN=Another authority" 2>/dev/null
refused "another authority" 0
named "another authority" 'authority|trust|anchor|issue|sign'
cp "$flow_dir/anchor.pem" "$anchor"
mended "another authority"

sed -i "s/^name = $parts_server_name/name = other.example/" "$parts_device_conf"
refused "another name" 1
named "another name" 'name|other\.example'
cp "$flow_dir/good.conf" "$parts_device_conf"
mended "another name"

# The same key and name, certified for a time that is over.
server_certificate_dated "$keys" "$parts_server_name" 2025-01-01 2025-02-01 \
	"$flow_dir/expired.pem" || fail "no expired certificate"
# lighttpd itself does not offer it.
parts_stop server-web
parts_start server-web openssl s_server -quiet \
	-accept "$parts_host:$parts_server_port" \
	-cert "$flow_dir/expired.pem" -key "$keys/server.key"
check "a server with an expired certificate starts" \
	parts_wait_port server-web "$parts_server_port"
refused "expired" 2
named "expired" 'expired|valid|clock|time'
parts_stop server-web
check "the server starts again" parts_server_web_start
mended "expired"
