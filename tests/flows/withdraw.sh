#!/bin/bash
# A withdrawal deletes what waits, at once, and nothing of it goes out later.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3
flow_make
flow_allow metering supplies

flow_stage metering
waiting=$flow_transaction
check_code 4 "metering waits for the server" sluice send "$waiting"
flow_stage supplies
staged=$flow_transaction
check_code 0 "metering is withdrawn" sluice withdraw metering
check_says "deleted unsent: 1" "it says what was deleted"
check "what waited is cancelled" flow_is "$waiting" cancelled
check "the other service is not" flow_is "$staged" staged
check "the server starts" parts_server_start
check "a round of work" flow_round
check "nothing went out" test "$(flow_received_all)" = 0
check_code 3 "sending it again is refused" sluice send "$waiting"

check_code 0 "allowed again" sluice allow metering
check_code 1 "still nothing is sent that was collected before" \
	sluice send "$waiting"
check "a round of work" flow_round
check "nothing went out" test "$(flow_received_all)" = 0

check_code 0 "remote services are withdrawn" sluice withdraw remote
check_says "deleted unsent: 0" "a preview is no waiting item"
check "everything is cancelled" flow_is "$staged" cancelled
check_code 3 "nothing can be sent" sluice send metering
check_code 0 "status" sluice status
check_says "Nothing is being sent. Remote services as a whole are not allowed." \
	"status says so"
check "the withdrawals stand in the log" test \
	"$(sluice log --json --kind withdrawal | grep -c .)" = 2
check "the log verifies" flow_verify
