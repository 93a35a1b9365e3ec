#!/bin/bash
# "sluice doctor" with a real server, and with all that can stand between: each
# fault is found at its step, by what was seen, with what to do.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"
need lighttpd openssl sqlite3 faketime
export TZ=UTC0
flow_make
keys=$flow_dir/server/keys
anchor=$flow_dir/device/trust/server-anchor.pem
chain=$flow_dir/device/keys/identity.pem
check "the server starts" parts_server_start
network_proxy
cp "$parts_device_conf" "$flow_dir/good.conf"
cp "$chain" "$flow_dir/good.pem"

# step NAME FIELD: of "sluice doctor --json", which is in flow_out.
step() {
	awk -v name="$1" -v field="\"$2\":" '
		index($0, "\"step\": \"" name "\"") { inside = 1 }
		inside && index($0, field) {
			sub(/^[^:]*: "/, ""); sub(/",?$/, ""); print; exit
		}' <<<"$flow_out"
}
# result STEP RESULT...
result() {
	while [ $# -gt 0 ]; do
		check "$1 is $2" test "$(step "$1" result)" = "$2"
		shift 2
	done
}
# fails CASE STEP SEEN REMEDY: this step fails, the one after is not tested.
fails() {
	local next
	check_code 1 "$1: the doctor finds a problem" sluice doctor --json
	result "$2" failed
	say "   it says: $(step "$2" text | cut -c1-180)"
	check "$1: what was seen" grep -qE "$3" <<<"$(step "$2" text)"
	check "$1: what to do" grep -qE "$4" <<<"$(step "$2" remedy)"
	next=$(grep '"step"' <<<"$flow_out" | grep -A1 "\"$2\"" |
		sed -n '2s/.*: "\(.*\)".*/\1/p')
	[ "$next" = "" ] || result "$next" skipped
}
# With these lines in sluice.conf.
with() {
	cp "$flow_dir/good.conf" "$parts_device_conf"
	sed -i "/^\[server\]/,/^\[/s|^$1 = .*|$1 = $2|" "$parts_device_conf"
	check "$1 = $2 is configured" grep -q "^$1 = $2\$" "$parts_device_conf"
}
good_again() {
	cp "$flow_dir/good.conf" "$parts_device_conf"
	cp "$flow_dir/good.pem" "$chain"
}

check_code 1 "without permission it is a problem" sluice doctor --json
result permission failed keys ok certificate ok dns skipped tcp skipped \
	tls skipped sign-in skipped echo skipped time skipped
check "nobody connected" test "$(network_count)" = 0

flow_allow metering
check_code 0 "with the right server nothing fails" sluice doctor --json
result permission ok daemon warning dns ok tcp ok tls ok sign-in ok echo ok \
	time ok
check_code 0 "for people" sluice doctor
check_says "ok       Server's certificate: Certificate of \"CN=$parts_server_name\"" \
	"the certificate is described"
hash=$(openssl x509 -in "$keys/server.pem" -outform der 2>/dev/null |
	sha256sum | cut -c1-64)
check_says "SHA-256 $hash" "with the hash that openssl gives"
check "the log has it" grep -q "the connection was tested" \
	<(sluice log --kind test)

check "the daemon starts" parts_daemon_start
check_code 0 "the daemon tests it" sluice doctor --json
result daemon ok sandbox ok time ok
parts_stop daemon

# As a device is set up: the server's address is for the name service to say,
# and the daemon asks it from inside its sandbox.
with address localhost
check "the daemon starts" parts_daemon_start
check_code 0 "the daemon finds the server by a name" sluice doctor --json
result daemon ok dns ok tcp ok tls ok echo ok
check "its address was looked up" grep -q "^localhost: .*127\.0\.0\.1" \
	<<<"$(step dns text)"
check_code 0 "and checks in there" sluice checkin
parts_stop daemon
good_again

with address no-such-host.invalid
fails "a name that does not resolve" dns "no-such-host.invalid" "name servers"
with port "$(parts_free_port)"
fails "a wrong port" tcp "refused" "port"
if [ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null; then
	with address 192.0.2.77
	check_code 1 "a wrong address, and no network" unshare -n \
		"$parts_sluice" doctor --json --conf "$parts_device_conf"
	result link warning tcp failed tls skipped
	check "the network comes before the file" grep -q \
		"^First mend this device's own network" <<<"$(step tcp remedy)"
fi
good_again

network_set "case=portal portal"
fails "a captive portal" tls "plain HTTP" "Sign in at the portal"
network_set "case=hang-up hang-up"
fails "a server that hangs up" tls "closed the connection|was lost" "address and port"
network_set "case=pass pass"

# A proxy that inspects traffic shows a certificate of its own authority.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$flow_dir/proxy.key" -out "$flow_dir/proxy.pem" -days 30 \
	-subj "/CN=Inspecting Proxy" -addext \
	"subjectAltName=DNS:$parts_server_name" 2>/dev/null
port=$(parts_free_port)
parts_start proxy-web openssl s_server -quiet -accept "$parts_host:$port" \
	-cert "$flow_dir/proxy.pem" -key "$flow_dir/proxy.key"
check "an inspecting proxy starts" parts_wait_port proxy-web "$port"
with port "$port"
fails "an inspecting proxy" tls 'issued by \\"CN=Inspecting Proxy\\"' "untouched"
proxy_hash=$(openssl x509 -in "$flow_dir/proxy.pem" -outform der | sha256sum |
	cut -c1-64)
check "the hash of what was seen" grep -q "$proxy_hash" <<<"$(step tls text)"
parts_stop proxy-web
good_again

with name other.example
fails "another name" tls "not for other.example" "."
good_again

# The device's own certificate: over, or of no use.
echo "extendedKeyUsage = clientAuth" >"$flow_dir/client.ext"
flow_faked "@2025-01-02 03:04:05" openssl x509 -req \
	-in "$flow_dir/device/keys/identity.csr" \
	-CA "$keys/device-ca.pem" -CAkey "$keys/device-ca.key" \
	-CAcreateserial -days 30 -extfile "$flow_dir/client.ext" \
	-out "$chain" 2>/dev/null ||
	fail "no expired certificate can be made"
check_code 1 "an own certificate that is over" sluice doctor --json
result certificate failed tls ok sign-in failed echo skipped
say "   it says: $(step sign-in text | cut -c1-180)"
check "the end is told" grep -q "ran out on" <<<"$(step certificate text)"
check "with a new code as the remedy" grep -q "code" <<<"$(step certificate remedy)"
good_again

check_code 0 "the device is revoked" server_sub device revoke ex7-004211
fails "a device that was revoked" sign-in "403" "registered"
good_again

# A server whose clock is years behind, with a device that knows better.
another=$flow_dir/another
parts_serial=EX7-2
mkdir "$another"
mv "$flow_dir/device" "$another/device"
rm -rf "$flow_dir/provision"
parts_device_init "$(parts_free_port)" "$(parts_sim)" >/dev/null &&
	parts_provision >/dev/null || fail "there is no second device"
flow_allow metering
check_code 0 "a second device sends" sluice send metering
parts_stop worker
flow_faked "@2025-01-02 03:04:05" parts_worker_start ||
	fail "no workers with another clock"
fails "the server's clock is behind" time "2 January 2025" "tell the vendor"
parts_stop worker
check "the right workers start" parts_worker_start
check_code 0 "and all is well" sluice doctor
