#!/bin/bash
# kill -9 of the command line at every step of what a person decides: a grant
# and its end, a setting, a yes to an instruction. Afterwards it is as before or
# as decided, the log says the same, and the next try goes well. KILL9_STEPS is
# the most steps of one system call (preset 12; they are spread over all there
# are).
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/kill9_common.sh"
kill9_victim=command
flow_make
check "the server starts" parts_server_start
flow_allow metering

entries() {
	device_sql "SELECT count(*) FROM ledger WHERE $1"
}

# --- a grant, and its end
prepare_decision() {
	decision=allow
	[ "$(stands)" != allowed ] || decision=withdraw
	before=$(stands)
	logged=$(entries "service = 'supplies' AND kind IN ('grant', 'withdrawal')")
}
stands() {
	sluice services --json | flow_control supplies
}
do_decision() {
	kill9_command "$decision" supplies
}
check_decision() {
	local changed=0
	[ "$(stands)" = "$before" ] || changed=1
	[ $(($(entries "service = 'supplies' AND kind IN ('grant', 'withdrawal')") - logged)) = "$changed" ] ||
		fail "$1: the log does not say what stands"
	flow_verify || fail "$1: the log does not verify"
	sluice "$decision" supplies >/dev/null || fail "$1: the next try"
	[ "$(stands)" != "$before" ] || fail "$1: the next try changes nothing"
}

# --- a setting
rate=100
prepare_setting() {
	before=$rate
	rate=$((rate + 1))
	logged=$(entries "kind = 'configuration'")
}
current() {
	device_sql "SELECT value FROM settings WHERE name = 'send_rate'"
}
do_setting() {
	kill9_command settings set send_rate "$rate"
}
check_setting() {
	local changed=0
	[ "$(current)" = "$before" ] || changed=1
	[ "$changed" = 0 ] || [ "$(current)" = "$rate" ] ||
		fail "$1: the setting is $(current)"
	[ $(($(entries "kind = 'configuration'") - logged)) = "$changed" ] ||
		fail "$1: the log does not say what is set"
	flow_verify || fail "$1: the log does not verify"
	sluice_sub settings set send_rate "$rate" >/dev/null ||
		fail "$1: the next try"
	[ "$(current)" = "$rate" ] || fail "$1: the next try changes nothing"
}
sluice_sub settings set send_rate "$rate" >/dev/null || fail "a setting"

# --- yes to an instruction; it is carried out once
sent=0
prepare_yes() {
	flow_days_pass
	asked=$(server_sub instruction send ex7-004211 --services metering \
		--reason "a fault" | sed -n 's/^Instruction \([0-9]*\) .*/\1/p')
	sluice checkin >/dev/null || fail "the check-in"
	[ "$(state)" = asked ] || fail "nobody is asked"
	sent=$((sent + 1))
}
state() {
	device_sql "SELECT state FROM instructions WHERE number = $asked"
}
do_yes() {
	kill9_command instructions allow "$asked"
}
check_yes() {
	local approved
	approved=$(entries "kind = 'instruction' AND actor <> 'daemon' AND result = 'ok'
		AND text LIKE 'instruction $asked:%'")
	case $(state) in
	asked)
		[ "$approved" = 0 ] || fail "$1: the log says yes"
		sluice_sub instructions allow "$asked" >/dev/null ||
			fail "$1: the next try"
		;;
	approved) [ "$approved" = 1 ] || fail "$1: the log does not say yes" ;;
	*) fail "$1: it is $(state)" ;;
	esac
	flow_round || fail "$1: a round"
	[ "$(state)" = "done" ] || fail "$1: it is $(state)"
	[ "$(flow_received_all)" = "$sent" ] ||
		fail "$1: the server has $(flow_received_all) transmissions, not $sent"
	flow_verify || fail "$1: the log does not verify"
}

for name in decision setting yes; do
	kill9_each "$name" 12 fdatasync fsync pwrite64 write unlink sendto
done
check "it was really killed, many times" test "$kill9_all" -ge 20
