#!/bin/bash
# Sends that nobody presses, over days of a clock that faketime moves: nothing
# in the first 24 hours, then one a day, once; alarms once until they clear.
. "$(dirname "$0")/lib.sh"
need lighttpd faketime
export TZ=UTC0
# What the one collector prints: the machine at a moment.
level=50
machine_at() {
	cat >"$flow_dir/machine.xml" <<END
<Collected xmlns="urn:sluice:collected:1" source="test"
 collectedAt="$(date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ)">
<Billing><TotalImpressions unit="impressions">1204</TotalImpressions></Billing>
<SuppliesUsage><Supply><Index>1</Index><Class>supplyThatIsConsumed</Class>
<Type>toner</Type><Level unit="percent">$level</Level></Supply></SuppliesUsage>
</Collected>
END
}
flow_make "test=/bin/cat $flow_dir/machine.xml"
# The workers' clock moves as well: what they sign is the time for the device.
# It stands in the one folder that they may read.
workers_clock=$flow_dir/server/state/clock
echo +0 >"$workers_clock"
start_workers() {
	flow_fakes
	LD_PRELOAD=$flow_preload FAKETIME_TIMESTAMP_FILE=$workers_clock \
		FAKETIME_NO_CACHE=1 parts_worker_start
}
check "the workers start" start_workers
check "the server starts" parts_server_web_start

# at MINUTES COMMAND...: so long after the grant.
start=$(date +%s)
at() {
	local minutes=$1
	shift
	flow_faked "@$(date -d "@$((start + minutes * 60))" '+%Y-%m-%d %H:%M:%S')" "$@"
}
# What the daemon would do then; each time a new process, as after a restart.
round_at() {
	machine_at $((start + $1 * 60))
	# As far from now as the device's, however long all before it took.
	printf '%+d\n' $((start + $1 * 60 - $(date +%s))) >"$workers_clock"
	at "$1" "$parts_sluice" run --once --conf "$parts_device_conf" \
		2>>"$flow_dir/logs/rounds.log"
}
set_at() {
	at "$1" "$parts_sluice" settings set --conf "$parts_device_conf" \
		"$2" "$3" >/dev/null
}
clock_at() {
	date -d "@$((start + $1 * 60))" +%H:%M
}
# Transmissions that the server holds for this reason.
received() {
	local transaction count=0
	for transaction in $(server transactions --json --limit 1000 |
		sed -n 's/.*"transaction": *"\([^"]*\)".*/\1/p'); do
		if sluice_sub log show "$transaction" --xml |
			grep -q " reason=\"$1\""; then
			count=$((count + 1))
		fi
	done
	echo "$count"
}
# expect MINUTES TIMER ALARM WHAT: a round, and what the server has after it.
expect() {
	check "$4" round_at "$1"
	test "$(received timer) $(received alarm)" = "$2 $3" ||
		fail "$4: timer $(received timer), alarm $(received alarm)"
}
hour=60
day=$((24 * hour))

expect 0 0 0 "nothing is allowed: nothing is sent"
check_code 0 "metering is allowed" sluice allow remote metering
check_code 0 "status tells" sluice status
check_says "Next automatic send: " "what is next"
check_says "so that you can think again" "why it waits"

# The daily send at two hours after the wait.
slot=$((day + 2 * hour))
check "a time is chosen" set_at 0 send_time "$(clock_at $slot)"
level=5
expect $((day - hour)) 0 0 "nothing in the first 24 hours"
expect $((slot - 2)) 0 0 "nor before its time"
expect $((slot + 2)) 1 0 "the daily send"
expect $((slot + 3)) 1 0 "once, whoever starts again"
expect $((slot + 20 * hour)) 1 0 "nothing more on that day"
expect $((slot + day + 2)) 2 0 "the next day"

# A day on which the device was off.
missed=$((slot + 2 * day + 6 * hour))
expect $missed 2 0 "a missed send waits for its own moment"
expect $((missed + 62)) 3 0 "it is made up for within an hour"
expect $((missed + 3 * hour)) 3 0 "once"

# Quiet hours around the time.
slot=$((slot + 3 * day))
check "quiet hours are chosen" set_at $((slot - 3 * hour)) quiet_hours \
	"$(clock_at $((slot - hour)))-$(clock_at $((slot + hour)))"
expect $((slot + 2)) 3 0 "nothing in the quiet hours"
expect $((slot + hour + 17)) 4 0 "it comes after them"

# Alarms, for a service that is allowed now and does not want to wait.
now=$((slot + 2 * hour))
allow_at() {
	at "$1" "$parts_sluice" allow --conf "$parts_device_conf" supplies \
		>/dev/null
}
check "supplies are allowed" allow_at $now
expect $((now + 1)) 4 0 "a low supply waits for the 24 hours too"
check "the wait is ended" set_at $((now + 2)) supplies now
expect $((now + 3)) 4 1 "a low supply is sent"
expect $((now + 4)) 4 1 "once"
level=12
expect $((now + 5)) 4 1 "a level that wavers is no other"
level=100
expect $((now + 6)) 4 1 "it clears"
level=5
expect $((now + 7)) 4 2 "and is sent again when it comes again"
check_code 0 "status" sluice status
check_says "toner 1 at 5 %" "status says what stands"

check "automatic sends are switched off" set_at $((now + 8)) automatic off
level=100
expect $((now + 9)) 4 2 "nobody looks"
level=5
expect $((now + 3 * day)) 4 2 "nothing is sent by itself any more"
check_code 0 "the log" sluice log --json --kind approved
check_says "nobody pressed Send" "it says that nobody pressed Send"
check_code 0 "the log" sluice log --json --kind configuration
check_says "before" "each change is there with the value before"
check "the log verifies" flow_verify
