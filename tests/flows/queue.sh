#!/bin/bash
# What waits to be sent while the server is down, and what holds it: the bounds
# of the queue with every drop in the log and nothing else lost, order, quiet
# hours, the month's bytes, the rate, and what the server stores in a day.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 faketime
# What is counted by the day or the month is counted anew with the next one.
day_goes_on() {
	[ "$(date -u +%d)" = "$(date -u -d '4 minutes' +%d)" ]
}
check "the day goes on" parts_wait 300 "the next day" day_goes_on
history=$flow_dir/history.xml
flow_make "history=/bin/cat $history"
db=$flow_dir/device/state/sluice.db
flow_allow maintenance metering

# big NUMBER: what the machine tells next is some hundred kilobytes, each time
# another content.
big() {
	local now
	now=$(flow_time now)
	# shellcheck disable=SC2046
	flow_history "$history" $(seq -f "%.0f=$now" "${1}0001" "${1}0900")
}
set_to() {
	sluice_sub settings set "$1" "$2" >/dev/null || fail "settings set $*"
}
# queued SERVICE: pressed, and it waits; its transaction is in flow_transaction.
queued() {
	flow_stage "$1"
	check_code 4 "$2" sluice send "$flow_transaction"
}
# A round with the clock of another day.
round_at() {
	flow_faked "@$(date -d "$1" '+%Y-%m-%d %H:%M:%S')" "$parts_sluice" \
		run --once --log-level error --conf "$parts_device_conf"
}
number_of() {
	sqlite3 "$db" "$1"
}
month_used() {
	number_of "SELECT coalesce((SELECT value FROM settings
		WHERE name = 'month_used'), 0)"
}

# --- the bounds, with the server down
set_to automatic off
set_to queue_bytes 2
sent=()
size=0
count=12
for ((i = 1; i <= count; i++)); do
	big "$i"
	queued maintenance "send $i with the server down: it waits"
	sent+=("$flow_transaction")
done
size=$(number_of "SELECT max(bytes) FROM transmissions")
check "each is large ($size bytes)" test "$size" -gt 200000
waiting=$(number_of "SELECT sum(bytes) FROM transmissions WHERE state = 'queued'")
check "what waits is at most 2 megabytes ($waiting)" test "$waiting" -le 2000000
check "and nearly that" test "$waiting" -gt $((2000000 - size))
kept=$(number_of "SELECT count(*) FROM transmissions WHERE state = 'queued'")
dropped=$((count - kept))
check "some were dropped ($dropped)" test "$dropped" -ge 1
for ((i = 0; i < dropped; i++)); do
	check "the oldest went: $((i + 1))" flow_is "${sent[i]}" cancelled
	sluice_sub log show "${sent[i]}" >"$flow_dir/out" 2>&1
	check "the log says that it was dropped and why" \
		grep -q 'dropped: .*queue_bytes' "$flow_dir/out"
done
for ((i = dropped; i < count; i++)); do
	check "$((i + 1)) waits still" flow_is "${sent[i]}" queued
done
check_code 0 "status" sluice status
check_says "Dropped within a day: $dropped" "status tells the drops"
check_says "Waits until an older one of the same kind is sent" \
	"status tells the order"
check "no other entry says cancelled" test "$(number_of "SELECT count(*)
	FROM ledger WHERE kind = 'cancelled'")" = "$dropped"

# --- the server is back: the rest goes, oldest first, each once
check "the server starts" parts_server_start
queued_now() {
	number_of "SELECT count(*) FROM transmissions WHERE state = 'queued'"
}
flow_make_due "${sent[dropped]}"
check "a round with the oldest due" flow_round
check "nothing waits any more" test "$(queued_now)" = 0
for ((i = dropped; i < count; i++)); do
	flow_check_once "${sent[i]}" "$((i + 1))"
done
check "the server has no other" test "$(flow_received_all)" = "$kept"
number_of "SELECT transaction_id FROM ledger WHERE kind = 'received'
	ORDER BY sequence" >"$flow_dir/received"
printf '%s\n' "${sent[@]:dropped}" >"$flow_dir/expected"
check "they went in their order" cmp "$flow_dir/received" "$flow_dir/expected"
have=$kept

# --- what nobody fetched for too long
parts_server_stop
set_to queue_days 7
queued metering "metering with the server down"
old=$flow_transaction
check "six days later, a round" round_at '6 days'
check "it waits still" flow_is "$old" queued
check "eight days later, a round" round_at '8 days'
check "it was dropped" flow_is "$old" cancelled
sluice_sub log show "$old" >"$flow_dir/out" 2>&1
check "the log says that it was too old" \
	grep -q 'dropped: it waited for more than 7 days' "$flow_dir/out"
check "the log verifies" flow_verify
check "the server starts again" parts_server_start

# --- quiet hours
hour=$(date +%H)
set_to quiet_hours "$hour:00-$(printf %02d $(((10#$hour + 2) % 24))):00"
flow_stage metering
check_code 0 "in quiet hours a person's goes" sluice send "$flow_transaction"
have=$((have + 1))
set_to quiet_hours_for all
queued metering "in quiet hours for all it waits"
check_says "quiet hours" "it says why"
check "the server got nothing" test "$(flow_received_all)" = "$have"
set_to quiet_hours none
check "a round without quiet hours" flow_round
have=$((have + 1))
flow_check_once "$flow_transaction" "after the quiet hours"

# --- the month
used=$(month_used)
told=$(number_of "SELECT sum(bytes) FROM transmissions WHERE state = 'sent'")
check "what was sent counts ($told bytes, $used with TLS)" \
	test "$used" -ge "$told"
set_to month_limit $((used / 1000000 + 1))
limit=$(((used / 1000000 + 1) * 1000000))
for i in 21 22 23 24 25 26; do
	big "$i"
	flow_stage maintenance
	sluice send "$flow_transaction" >"$flow_dir/out" 2>&1 || break
	have=$((have + 1))
done
check "one does not fit any more" flow_is "$flow_transaction" queued
check "it says that this is the month's limit" \
	grep -q "this month's limit" "$flow_dir/out"
check "the limit stands ($(month_used) of $limit bytes)" \
	test "$(month_used)" -le "$limit"
before=$(month_used)
check "another round" flow_round
check "not a byte left" test "$(month_used)" = "$before"
check "the server got nothing" test "$(flow_received_all)" = "$have"
flow_stage metering
check_code 0 "a small one of another kind fits" sluice send "$flow_transaction"
have=$((have + 1))
check "the limit stands" test "$(month_used)" -le "$limit"
check_code 0 "status" sluice status
check_says "Waits for the next month" "status says why"
set_to month_limit none
check "a round without the limit" flow_round
have=$((have + 1))
check "all went" test "$(queued_now)" = 0

# --- the rate
set_to send_rate 64
big 31
flow_stage maintenance
check_code 0 "slowly" sluice send "$flow_transaction"
have=$((have + 1))
flow_check_once "$flow_transaction" "at 64 kilobytes a second"
check "the server has what was sent, and no more" \
	test "$(flow_received_all)" = "$have"
set_to send_rate none

# --- what the server stores of one device in a day
stored_today() {
	server_sql "SELECT stored FROM devices WHERE id = '$parts_device_id'"
}
quota_entries() {
	server_sql "SELECT count(*) FROM ledger WHERE kind = 'refused'
		AND text LIKE '%that are stored of a device in a day%'"
}
stored=$(stored_today)
check "what came was counted ($stored bytes)" test "$stored" -gt 1048576
printf '\n[devices]\nday_bytes = 1048576\n' >>"$parts_server_conf"
# A crash, not an end: nothing that was counted may be forgotten.
parts_kill worker
check "the workers start again" parts_worker_start
check "the count outlives a crash" test "$(stored_today)" = "$stored"
queued metering "more than the server stores in a day"
first=$flow_transaction
check_says "1048576 bytes of this device would be stored in a day" \
	"it says what the server said"
check_says "It is sent then." "and that it waits"
check_code 0 "status" sluice status
check_says "would be stored in a day" "status says why"
midnight=$(date -u -d 'tomorrow 00:00' +%s)
again=$(device_sql "SELECT next_try_at FROM transmissions WHERE id = '$first'")
check "it is tried again when the day is over" test "$again" -ge "$midnight"
check "its page and status can say when" test "$again" -le $((midnight + 8641))
check_code 0 "a check-in goes on meanwhile" sluice checkin
queued maintenance "another kind is asked for by itself"
check "the server keeps nothing of them" test "$(flow_received_all)" = "$have"
check "and counts nothing" test "$(stored_today)" = "$stored"
check "its ledger has one entry of it" test "$(quota_entries)" = 1
parts_stop worker
sed -i 's/^day_bytes = .*/day_bytes = 68719476736/' "$parts_server_conf"
check "a server with more room starts" parts_worker_start
flow_make_due "$first"
flow_make_due "$flow_transaction"
check "a round" flow_round
have=$((have + 2))
flow_check_once "$first" "the first that waited"
flow_check_once "$flow_transaction" "the second"
check "the server has no other" test "$(flow_received_all)" = "$have"
check "and counts both" test "$(stored_today)" -gt "$stored"
