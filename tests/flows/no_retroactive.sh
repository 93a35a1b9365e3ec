#!/bin/bash
# No retroactive data: what happened before it was allowed stays, whether it
# was never allowed, withdrawn and allowed again, ended by its date, or
# changed; a renewed grant covers what the old one did. The same for what
# personal data adds.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3
history=$flow_dir/history.xml
flow_make "history=/bin/cat $history"
db=$flow_dir/device/state/sluice.db
check "the server starts" parts_server_start

# move_back SECONDS: as if every grant that stands was given so long ago.
move_back() {
	flow_despite "$db" grants_end_once "UPDATE grants SET
		granted_at = granted_at - $1, since = since - $1
		WHERE ended_at IS NULL"
}
# Each of the six documents tells it, or none. Five digits between what are no
# letters or digits: no part of a UUID, such as "-7001-", is taken for it.
told() {
	grep -ow "$1" "$flow_dir/body" | wc -l
}
# sends WHAT SERVICE... -- NUMBER...: sends what is at each time; exactly the
# numbers are told, six times each but for the person.
sends() {
	local what=$1 services=() number
	shift
	while [ "$1" != -- ]; do
		services+=("$1")
		shift
	done
	shift
	flow_history "$history" 17001="$(flow_time '3 hours ago')" \
		17002="$(flow_time '1 hour ago')" 17003="$(flow_time now)"
	sluice send "${services[@]}" >"$flow_dir/out" 2>&1 || {
		cat "$flow_dir/out"
		fail "$what: send"
	}
	flow_server_body >"$flow_dir/body"
	for number in 17001 17002 17003; do
		case " $* " in
		*" $number "*)
			check "$what: $number is told" test \
				"$(told "$number")" -ge 6 ;;
		*)
			check "$what: nothing tells of $number" test \
				"$(told "$number")" = 0 ;;
		esac
	done
}

flow_allow maintenance engineering
sends "just allowed" maintenance engineering -- 17003
move_back 7200
sends "allowed for two hours" maintenance engineering -- 17002 17003
move_back 7200
sends "allowed for four hours" maintenance engineering -- 17001 17002 17003

sluice allow maintenance --until "$(flow_time '2 days')" >/dev/null ||
	fail "renewing"
sends "renewed" maintenance engineering -- 17001 17002 17003

# One service for two hours, the other for four: each for itself.
sluice withdraw maintenance engineering >/dev/null
sluice allow engineering >/dev/null
move_back 7200
sluice allow maintenance >/dev/null
flow_history "$history" 17001="$(flow_time '3 hours ago')" \
	17002="$(flow_time '1 hour ago')" 17003="$(flow_time now)"
check_code 0 "both are sent" sluice send maintenance engineering
flow_server_body >"$flow_dir/body"
check "the log line of engineering is told" grep -q 'unit 17002 ' "$flow_dir/body"
check "the fault of maintenance is not" test "$(told 17002)" = 1

sluice withdraw engineering maintenance >/dev/null
sluice allow engineering maintenance >/dev/null
sends "withdrawn and allowed again" maintenance engineering -- 17003
move_back 14400
sluice withdraw remote >/dev/null
sluice allow remote >/dev/null
sends "remote services withdrawn meanwhile" maintenance engineering -- 17003

# Ended by its date, then allowed again.
move_back 14400
sluice allow maintenance engineering --until "$(flow_time '1 hour')" >/dev/null
move_until() {
	flow_despite "$db" grants_end_once "UPDATE grants SET
		until = $(date -u +%s) WHERE ended_at IS NULL AND service <> 0
		AND until > granted_at"
}
move_back 7200
move_until
check_code 3 "what ended by its date is not sent" \
	sluice send maintenance engineering
check "a round of work" flow_round
check "the end stands in the log" test \
	"$(sluice log --json --kind expired | grep -c .)" = 2
sluice allow maintenance engineering >/dev/null
sends "ended and allowed again" maintenance engineering -- 17003

# Personal data covers from its own decision on.
move_back 14400
flow_allow personal
sends "with personal data" maintenance engineering -- 17001 17002 17003
check "no person is named from before" test \
	"$(grep -o 'Person 1700[0-9]' "$flow_dir/body" | sort -u)" = "Person 17003"
check "the log verifies" flow_verify
