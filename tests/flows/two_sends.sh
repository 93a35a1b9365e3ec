#!/bin/bash
# Send pressed twice at once gives one transmission: by command line without a
# daemon, with a daemon, and on the page. A daemon that is started while a
# command sends waits for it.
. "$(dirname "$0")/lib.sh"
need lighttpd curl
flow_make
check "the server starts" parts_server_start
flow_allow metering supplies

twice() {
	local a b
	sluice send "$1" >"$flow_dir/first" 2>&1 &
	a=$!
	sluice send "$1" >"$flow_dir/second" 2>&1 &
	b=$!
	wait "$a" || { cat "$flow_dir/first"; return 1; }
	wait "$b" || { cat "$flow_dir/second"; return 1; }
	cmp <(tail -n 1 "$flow_dir/first") <(tail -n 1 "$flow_dir/second") &&
		tail -n 1 "$flow_dir/first" |
		grep -q "^transaction $1 .* receipt ok"
}
entries() {
	sluice log --json --kind "$1" --transaction "$2" | grep -c .
}
check_one() {
	flow_check_once "$1" "$2"
	check "$2: it was approved once" test "$(entries approved "$1")" = 1
	check "$2: it left once" test "$(entries sent "$1")" = 1
	check "$2: one receipt" test "$(entries received "$1")" = 1
}

flow_stage metering
check "two at once without a daemon" twice "$flow_transaction"
check_one "$flow_transaction" "no daemon"

# The server keeps the command waiting.
says() {
	sluice status | grep -q "^Daemon: $1"
}
flow_stage metering
first=$flow_transaction
flow_stage supplies
kill -STOP "$(parts_pid server-web)"
sluice send "$first" >"$flow_dir/first" 2>&1 &
sending=$!
connecting() {
	[ "$(device_sql "SELECT stage FROM transmissions
		WHERE id = '$first'")" -gt 1 ]
}
check "a command sends" parts_wait 60 "the connection" connecting
parts_start daemon "$parts_sluice" run --conf "$parts_device_conf"
check "a daemon that starts now says that it waits" \
	parts_wait 60 "the daemon" says "waits until a command"
check "and that it is there" test "$(flow_status daemon)" = true
sluice send "$flow_transaction" >"$flow_dir/second" 2>&1 &
second=$!
kill -CONT "$(parts_pid server-web)"
check "the command ends well" wait "$sending"
check "the daemon goes on" parts_wait 60 "its turn" says runs
check "with what was sent meanwhile" wait "$second"
check "its log says that it waited" \
	grep -q "waits: a command" "$flow_dir/logs/daemon.log"
check_one "$first" "the command's"
check_one "$flow_transaction" "the daemon's"
parts_stop daemon

check "the daemon starts" parts_daemon_start
flow_stage metering
check "two at once with a daemon" twice "$flow_transaction"
check_one "$flow_transaction" "daemon"

check "the pages start" parts_pages_start
echo "a long sentence 1" | sluice_sub user add desk-2 --roles operator >/dev/null
web_get desk-2 /login
web_post desk-2 /login name=desk-2 "password=a long sentence 1"
flow_stage metering
web_get desk-2 "/send/$flow_transaction"
check "the page asks for confirmation" test "$web_status" = 200
token=$(web_hidden "/send/$flow_transaction" csrf)
for i in 1 2 3; do
	curl -sk -b "$web_dir/desk-2.cookies" -o "$flow_dir/press$i" \
		--data-urlencode "csrf=$token" --data "sha256=$flow_hash" \
		"$web_base/send/$flow_transaction" &
	presses[i]=$!
done
wait "${presses[@]}"
check "the receipt comes" parts_wait 60 "the receipt" \
	flow_is "$flow_transaction" sent
check_one "$flow_transaction" "page"
