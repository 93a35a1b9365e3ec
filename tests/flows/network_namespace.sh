#!/bin/bash
# Device and server in network namespaces of their own, with the kernel's
# faults between them: a third of the packets lost, connections that are reset
# or go silent after some bytes, a slow link, a cable that is out. Everything
# is there exactly once in the end.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl sqlite3 faketime ip nft tc
need_root "making network namespaces"

device_ns=sluice-d$$
server_ns=sluice-s$$
device_address=10.77.0.1
server_address=10.77.0.2
flow_cleanup=remove_namespaces
remove_namespaces() {
	local ns
	for ns in "$device_ns" "$server_ns"; do
		ip netns del "$ns" 2>/dev/null
	done
}
on_device() {
	ip netns exec "$device_ns" "$@"
}
on_server() {
	ip netns exec "$server_ns" "$@"
}
make_namespaces() {
	ip netns add "$device_ns" && ip netns add "$server_ns" &&
		ip link add v0 netns "$device_ns" type veth \
			peer name v0 netns "$server_ns" &&
		ip -n "$device_ns" address add "$device_address/24" dev v0 &&
		ip -n "$server_ns" address add "$server_address/24" dev v0 &&
		ip -n "$server_ns" link set lo up &&
		ip -n "$device_ns" link set v0 up &&
		ip -n "$server_ns" link set v0 up
}
# rules TEXT: what becomes of packets that reach the server; "" = all come.
rules() {
	on_server nft -f - <<-END
	table inet faults
	delete table inet faults
	table inet faults {
		chain in {
			type filter hook input priority 0;
			$1
		}
		chain out {
			type filter hook output priority 0;
			${2:-}
		}
	}
	END
}
reset_after() {
	rules "tcp dport $parts_server_port ct original bytes > $1 counter reject with tcp reset"
}
silent_after() {
	rules "tcp dport $parts_server_port ct original bytes > $1 counter drop"
}
works() {
	make_namespaces && reset_after 1000 && rules "" &&
		rules "numgen random mod 100 < 30 counter drop"
} >"$flow_dir/works" 2>&1
parts_server_port=1
works || skip "this kernel gives no network faults: $(tail -n 1 "$flow_dir/works")"
rules ""

flow_job_data_make
flow_people
# The server's web server moves into its namespace; the pages stay here.
sed -i "s/^server.bind = .*/server.bind = \"$server_address\"/" \
	"$flow_dir/server/lighttpd.conf"
sed -i "s/^address = $parts_host\$/address = $server_address/" \
	"$parts_device_conf"
grep -q "^address = $server_address\$" "$parts_device_conf" ||
	fail "the device does not take the server's address"
check "the workers start" parts_worker_start
web_server() {
	parts_start server-web ip netns exec "$server_ns" lighttpd -D -f \
		"$flow_dir/server/lighttpd.conf"
}
web_server
listens() {
	on_device bash -c "exec 3<>/dev/tcp/$server_address/$parts_server_port" \
		2>/dev/null
}
check "the server listens in its namespace" parts_wait 60 "the port" listens
flow_allow metering

# send [COMMAND...]: what a person orders, in the device's namespace
send() {
	on_device "$@" "$parts_sluice" send --conf "$parts_device_conf" \
		"$flow_transaction"
}
round() {
	network_due
	on_device "$parts_sluice" run --once --log-level error \
		--conf "$parts_device_conf"
}
# Rounds until it is there, as the daemon makes them.
goes_out() {
	local n
	for n in 1 2 3 4 5 6 7 8 9 10; do
		flow_is "$flow_transaction" sent && break
		round || fail "$1: round $n failed"
	done
	check "$1: it went out" flow_is "$flow_transaction" sent
	flow_check_once "$flow_transaction" "$1"
}
counted() {
	on_server nft list table inet faults |
		sed -n 's/.*counter packets \([0-9]*\) .*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}

flow_stage metering
check_code 0 "a whole network" send
flow_check_once "$flow_transaction" "a whole network"

# 30 % lost, each way
rules "numgen random mod 100 < 30 counter drop" \
	"numgen random mod 100 < 30 counter drop"
for n in 1 2 3; do
	flow_stage metering
	send >"$flow_dir/out" 2>&1
	goes_out "30 % lost, number $n"
done
check "$(counted) packets were lost" test "$(counted)" -gt 0

# Reset in the handshake, in the request
for bytes in 600 3000; do
	reset_after "$bytes"
	flow_stage metering
	check_code 4 "reset after $bytes bytes: it waits" send
	check_says "will be tried again at" "it says when"
	check "it was reset" test "$(counted)" -gt 0
	check "the server has nothing of it" \
		test "$(flow_received "$flow_transaction")" = 0
	rules ""
	goes_out "reset after $bytes bytes"
done

# Half-open: what comes after that is lost, and nobody says so
silent_after 3000
flow_fakes
flow_stage metering
check_code 4 "half-open: it waits" send \
	env "FAKETIME=+0 x20" "LD_PRELOAD=$flow_preload"
check_says "The time for" "it says that the time is over"
rules ""
goes_out "half-open"

# A cable that is out
ip -n "$device_ns" link set v0 down
flow_stage metering
check_code 4 "no cable: it waits" send
check_says "will be tried again at" "it says when"
ip -n "$device_ns" link set v0 up
check "the cable is back" parts_wait 60 "the link" listens
goes_out "no cable"

# A slow link, for a transmission and for job data
on_device tc qdisc add dev v0 root tbf rate 256kbit burst 4000 latency 500ms ||
	fail "the link cannot be made slow"
flow_stage metering
check_code 0 "256 kbit/s" send
flow_check_once "$flow_transaction" "256 kbit/s"
on_device tc qdisc change dev v0 root tbf rate 4mbit burst 8000 latency 500ms

# A sealed job over the slow link, reset again and again. The server does not
# hear of it: what it still holds is locked until it gives the silent
# connection up, which is made to be soon.
parts_stop server-web
sed -i "s/^server.max-read-idle = .*/server.max-read-idle = 2/" \
	"$flow_dir/server/lighttpd.conf"
web_server
check "the server listens again" parts_wait 60 "the port" listens
head -c 1000000 /dev/urandom >"$flow_dir/spool/large.bin"
check "the pages start" parts_pages_start
check "the daemon starts" parts_daemon_start
check_code 0 "job data is allowed" sluice allow job-data \
	--until "$(flow_time '2 days')"
flow_sign_in sender
job_data_choose sender large.bin || fail "choosing"
parts_stop daemon
job_data_confirm sender "$sender_password" || fail "confirming"
job() {
	sqlite3 "$flow_dir/device/state/sluice.db" "SELECT $1 FROM job_items
		WHERE order_id = '$job_data_order'"
}
reset_after 150000
far() {
	round && [ "$(job uploaded)" -gt "$1" ] && [ "$(job state)" = sealed ]
}
check "it comes so far" parts_wait 180 "the first bytes" far 0
check "its connections were reset" test "$(counted)" -gt 0
check "and further" parts_wait 180 "more bytes" far "$(job uploaded)"
rules "numgen random mod 100 < 2 counter drop"
over() {
	round && [ "$(job state)" = sent ]
}
check "it went out" parts_wait 180 "the receipt" over
check "the server has it once" test \
	"$(find "$flow_dir/server/state/sealed" -name '*.age' | wc -l)" = 1
job_data_over sender
job_data_open "$(job_data_transactions)" >"$flow_dir/opened"
check "the desk opens it" cmp "$flow_dir/opened" "$flow_dir/spool/large.bin"
check "the log verifies" flow_verify
