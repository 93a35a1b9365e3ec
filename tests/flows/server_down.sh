#!/bin/bash
# The server is down when somebody presses Send: it waits, and goes out by
# itself, under the same transaction, when the server is back.
. "$(dirname "$0")/lib.sh"
need lighttpd
flow_make
flow_allow metering supplies
check "the daemon starts" parts_daemon_start

flow_stage metering
first=$flow_transaction
check_code 4 "send while nobody listens" sluice send "$first"
check_says "will be tried again at" "it says when"
check_code 0 "status" sluice status
check_says "Why: " "status says why it waits"
check_says "Next try: " "and when it is tried again"

check "the web server alone is back" parts_server_web_start
flow_stage supplies
second=$flow_transaction
check_code 4 "send while the workers are gone" sluice send "$second"

check "the workers are back" parts_worker_start
say "waiting for the pause of at most a minute"
check "the first goes out by itself" parts_wait 300 "the first" \
	flow_is "$first" sent
check "the second goes out by itself" parts_wait 300 "the second" \
	flow_is "$second" sent
flow_check_once "$first" "first"
flow_check_once "$second" "second"
check "the receipt is for the same bytes" \
	grep -q "^sha256 $flow_hash\$" <(sluice_sub log show "$second" --receipt)
