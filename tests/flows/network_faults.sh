#!/bin/bash
# A network that fails in every way, between the real client and the real
# server: nothing is lost, nothing comes twice, each text says what happened,
# and no try makes more than one connection.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"
need lighttpd sqlite3 openssl faketime
flow_make
check "the server starts" parts_server_start
network_proxy
flow_allow metering

# Which of these it is depends on what the client does at that moment.
lost='closed the connection|connection to the server was lost|Cannot connect'

# waits NAME SCRIPT TEXT AT_SERVER [HOW]: Send ends with the text while the
# script holds, the server then has it so often; and goes out once the network
# is whole. HOW network_fast is for what the client waits long for.
waits() {
	local before how=${5:-}
	say "--- $1: $2"
	network_set "case=${1// /-} $2"
	flow_stage metering
	before=$(network_count)
	check_code 4 "not sent, it waits" $how "$parts_sluice" send \
		--conf "$parts_device_conf" "$flow_transaction"
	check "it says: $(grep '^Not sent' <<<"$flow_out" | cut -c1-150)" \
		grep -qE "^Not sent.*($3)" <<<"$flow_out"
	check_says "will be tried again at" "and when it is tried again"
	check "there was one connection" \
		test $(($(network_count) - before)) = 1
	check "the server has it $4 times" parts_wait 60 "its commit" \
		server_has "$4"
	goes_out "$1"
}
# Who waits no longer for the answer may be there before it is written.
server_has() {
	[ "$(flow_received "$flow_transaction")" = "$1" ]
}
goes_out() {
	network_set "case=${1// /-}-over pass"
	network_due
	check "a round with a whole network" flow_round
	check "it went out" flow_is "$flow_transaction" sent
	flow_check_once "$flow_transaction" "$1"
	check "with a receipt for its bytes" grep -q "^sha256 $flow_hash\$" \
		<(sluice_sub log show "$flow_transaction" --receipt)
}

# Before TLS
waits "refused" refuse "$lost" 0
waits "hung up" hang-up "$lost" 0
waits "captive portal" portal 'does not speak TLS.*sign in first' 0
waits "captive portal that leads elsewhere" portal-redirect \
	'does not speak TLS.*sign in first' 0
waits "garbage" garbage 'does not speak TLS' 0

# In the handshake, each side's words broken off, altered, held back. The
# client's hello has 110 bytes and more, the server's words before the request
# more than 1,200.
waits "reset in the hello" reset-up=60 "$lost" 0
waits "closed in the hello" cut-up=60 "$lost" 0
waits "closed in the server's hello" cut-down=40 "$lost" 0
waits "record head broken off" record-down=1:3 "$lost" 0
waits "record broken off" record-down=1:30 "$lost" 0
waits "the client's record broken off" record-up=2:20 "$lost" 0
waits "a bit turned in the server's hello" flip-down=300 'comms.example' 0
waits "a bit turned in the client's hello" flip-up=60 'altered on the way' 0
waits "half-open from the start" stall=0 'The time for' 0 network_fast
waits "half-open in the handshake" stall-down=100 'The time for' 0 \
	network_fast
waits "a server of one byte at a time" trickle-down=1 'The time for' 0 \
	network_fast

# In the request
waits "reset in the request" reset-up=3000 "$lost" 0
waits "closed in the request" cut-up=3000 "$lost" 0
waits "request's record broken off" record-up=5:50 "$lost" 0
waits "a bit turned in the request" flip-up=3000 'altered on the way' 0
waits "half-open in the request" stall-up=3000 'The time for' 0 network_fast

# In the answer: the server has it, this device does not know that yet.
waits "reset in the answer" reset-down=1600 "$lost" 1
waits "closed in the answer" cut-down=1600 "$lost" 1
waits "answer's record broken off" record-down=8:50 "$lost" 1
waits "a bit turned in the answer" flip-down=1700 'altered on the way' 1
waits "half-open in the answer" stall-down=1600 'The time for' 1 network_fast
waits "slow-loris answer" trickle-down=1:1300 'The time for' 1 network_fast

# Slow, and no fault
network_set "case=slow delay=100"
flow_stage metering
check_code 0 "100 ms each way" sluice send "$flow_transaction"
flow_check_once "$flow_transaction" "slow"
network_set "case=narrow trickle-up=200"
flow_stage metering
check_code 0 "20 kB a second" sluice send "$flow_transaction"
flow_check_once "$flow_transaction" "narrow"

# A portal that speaks TLS, with a certificate of its own
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$flow_dir/portal.key" -out "$flow_dir/portal.pem" -days 2 \
	-subj "/CN=$parts_server_name" 2>/dev/null
portal_port=$(parts_free_port)
parts_start portal openssl s_server -quiet -www \
	-accept "$parts_host:$portal_port" -cert "$flow_dir/portal.pem" \
	-key "$flow_dir/portal.key"
check "a portal with TLS starts" parts_wait_port portal "$portal_port"
sed -i "s/^port = $proxy_port\$/port = $portal_port/" "$parts_device_conf"
flow_stage metering
check_code 4 "not sent, it waits" sluice send "$flow_transaction"
check_says "does not trust" "it says whom it does not trust"
check "the server has nothing of it" \
	test "$(flow_received "$flow_transaction")" = 0
sed -i "s/^port = $portal_port\$/port = $proxy_port/" "$parts_device_conf"
goes_out "portal with TLS"

# --- check-ins: about 1,200 bytes up, 1,800 down

# missed SCRIPT TEXT [HOW]: a person's check-in ends with the text
missed() {
	local before how=${3:-}
	network_set "case=check-in $1"
	before=$(network_count)
	check_code 4 "no check-in: $1" $how "$parts_sluice" checkin \
		--conf "$parts_device_conf"
	check "it says: ${flow_out:0:150}" grep -qE "$2" <<<"$flow_out"
	check "there was one connection" \
		test $(($(network_count) - before)) = 1
	tries=$((tries + 1))
}
tries=0
missed refuse "$lost"
missed portal 'sign in first'
missed garbage 'does not speak TLS'
missed cut-down=40 "$lost"
missed reset-up=900 "$lost"
missed flip-up=1000 'altered on the way'
missed flip-down=1700 'altered on the way'
missed reset-down=1600 "$lost"
missed stall=0 'The time for' network_fast
missed stall-down=1600 'The time for' network_fast
missed trickle-down=1:1300 'The time for' network_faster
check "status counts them" test "$(flow_status failures)" = "$tries"
network_set pass
check_code 0 "a check-in" sluice checkin
check "it ends the count" test "$(flow_status failures)" = 0
check "the log verifies" flow_verify

# --- the daemon, by itself

wake() {
	printf x >"$flow_dir/device/state/wake"
}
# Makes what waits due and wakes the daemon; are all of them sent?
due_sent() {
	local transaction
	network_due
	wake
	for transaction; do
		flow_is "$transaction" sent || return 1
	done
}
# A preview is made by the daemon in a round of its own.
rounds() {
	local n
	for n in 1 2 3 4 5; do
		wake
		sluice preview supplies >/dev/null || fail "no round"
	done
}
flow_allow supplies

# The server is down when the device starts
parts_server_stop
flow_stage metering
check_code 4 "nobody listens" sluice send "$flow_transaction"
network_set "case=boot pass"
network_due
check "the daemon starts" parts_daemon_start
wake
tried() {
	[ "$(network_count case=boot)" = 1 ] && network_quiet &&
		flow_is "$flow_transaction" queued
}
check "it tries" parts_wait 60 "the try" tried
rounds
check "not again and again, however often it is woken" \
	test "$(network_count case=boot)" = 1
check_code 0 "status" sluice status
check_says "Why: " "status says why it waits"
check_says "Next try: " "and when it is tried again"
check "the server starts" parts_server_start
check "it goes out" parts_wait 60 "the receipt" due_sent "$flow_transaction"
flow_check_once "$flow_transaction" "server down at boot"

# Every second connection breaks: in the hello, in the request, in the answer
network_set "case=flap reset-up=60; pass; cut-up=3000; pass; cut-down=1600; pass; again"
flap=()
before=$(network_count)
for _ in 1 2 3; do
	flow_stage metering
	flap+=("$flow_transaction")
	sluice send "$flow_transaction" >"$flow_dir/out" 2>&1
done
check "all go out" parts_wait 180 "the receipts" due_sent "${flap[@]}"
for transaction in "${flap[@]}"; do
	flow_check_once "$transaction" "flap"
done
tries=$(sqlite3 "$flow_dir/device/state/sluice.db" "SELECT sum(attempts)
	FROM transmissions WHERE id IN ('${flap[0]}', '${flap[1]}', '${flap[2]}')")
check "each of the $tries connections was a try" \
	test $(($(network_count) - before)) = "$tries"

# Told to stop while the other side holds it
network_set "case=held stall-up=3000; pass"
flow_stage metering
"$parts_sluice" send --conf "$parts_device_conf" "$flow_transaction" \
	>"$flow_dir/out" 2>&1 &
sending=$!
held() {
	grep -q "^stalled $(sed -n 's/^connection \([0-9]*\) case=held.*/\1/p' \
		"$proxy_log") " "$proxy_log"
}
check "the other side holds it" parts_wait 60 "the stall" held
kill "$sending" # else it goes on with the daemon's work
wait "$sending" 2>/dev/null
kill "$(parts_pid daemon)"
check "the daemon ends all the same" parts_wait 60 "its end" parts_dead daemon
check "the daemon starts again" parts_daemon_start
check "it goes out" parts_wait 60 "the receipt" due_sent "$flow_transaction"
flow_check_once "$flow_transaction" "held"
