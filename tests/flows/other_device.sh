#!/bin/bash
# A device with the certificate of another device, of another authority, or
# with none.
. "$(dirname "$0")/lib.sh"
need lighttpd openssl curl sqlite3
flow_make
check "the server starts" parts_server_start
flow_allow metering
keys=$flow_dir/device/keys
cp -a "$keys" "$flow_dir/keys"

# A second device of the same server.
"$parts_sluice" init --conf "$flow_dir/second/sluice.conf" --serial EX7-000002 \
	--port "$(parts_free_port)" --server "$parts_server_name:$parts_server_port" \
	--collector "$(parts_sim)" >/dev/null || fail "the second device"
"$parts_server" device add --conf "$parts_server_conf" \
	--request "$flow_dir/second/keys/identity.csr" \
	--ledger-key "$flow_dir/second/keys/ledger.verifier" \
	--out "$flow_dir/second/provision" >/dev/null || fail "adding it"

check_code 1 "what is for another device is not taken in" \
	sluice init --provision "$flow_dir/second/provision"
check "and changes nothing" cmp "$keys/identity.pem" "$flow_dir/keys/identity.pem"

flow_stage metering
cp "$flow_dir/second/keys/identity.key" "$keys/identity.key"
cp "$flow_dir/second/provision/identity.pem" "$keys/identity.pem"
check_code 1 "the server refuses what another device sends as this one" \
	sluice send "$flow_transaction"
say "   it says: $(tail -n 1 <<<"$flow_out" | cut -c1-200)"
check "it is refused for good" flow_is "$flow_transaction" failed
check "the server has nothing" test "$(flow_received_all)" = 0

cp "$flow_dir/second/keys/identity.key" "$keys/identity.key"
cp "$flow_dir/keys/identity.pem" "$keys/identity.pem"
flow_stage metering
check_code 4 "a certificate with another key: it waits" \
	sluice send "$flow_transaction"
say "   it says: $(grep '^Not sent' <<<"$flow_out" | cut -c1-200)"
waiting=$flow_transaction

rm "$keys/identity.pem"
flow_stage metering
check_code 4 "without a certificate it waits" sluice send "$flow_transaction"
check_says "Waits for a certificate" "and says what is missing"
check "the server has nothing" test "$(flow_received_all)" = 0

# hello STATUS ARGS...: what the API answers
hello() {
	local want=$1
	shift
	[ "$(curl -s -o "$flow_dir/hello" -w '%{http_code}' --cacert "$flow_dir/device/trust/server-anchor.pem" \
		--resolve "$parts_server_name:$parts_server_port:$parts_host" "$@" \
		"https://$parts_server_name:$parts_server_port/v1/recipients")" = "$want" ]
}
refuses() {
	hello 403 "$@" && grep -q 'urn:sluice:problem:certificate' "$flow_dir/hello"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$flow_dir/stranger.key" -out "$flow_dir/stranger.pem" -days 30 \
	-subj "/CN=ex7-004211" 2>/dev/null
check "nothing without a certificate" refuses
check "nothing with a stranger's certificate" refuses \
	--cert "$flow_dir/stranger.pem" --key "$flow_dir/stranger.key"
check "with a device's own it is known" hello 404 \
	--cert "$flow_dir/keys/identity.pem" --key "$flow_dir/keys/identity.key"

cp "$flow_dir/keys/identity.key" "$flow_dir/keys/identity.pem" "$keys/"
flow_make_due "$waiting"
flow_make_due "$flow_transaction"
check "with its own again, a round of work" flow_round
check "what waited went out" flow_is "$waiting" sent
check "and the other" flow_is "$flow_transaction" sent
flow_check_once "$waiting" "mended"
