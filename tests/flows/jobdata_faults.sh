#!/bin/bash
# Job data and what goes wrong: signing out, withdrawing and cancelling while
# it is on its way; a server and a client that die in the middle; jobs that
# vanish, grow, are empty, too large or unreadable, with hostile names; a full
# disk; lists of recipients that are no good.
. "$(dirname "$0")/lib.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl sqlite3

flow_job_data_make
flow_people
db=$flow_dir/device/state/sluice.db
spool=$flow_dir/spool
sed -i '/^#max_bytes/d; s/^\[jobs\]$/[jobs]\nmax_bytes = 8000000/' \
	"$parts_device_conf"
head -c 3000000 /dev/urandom >"$spool/large.bin"
check "the server starts" parts_server_start
check "the pages start" parts_pages_start
check "the daemon starts" parts_daemon_start
check_code 0 "job data is allowed until a date" sluice allow remote job-data \
	--until "$(flow_time '2 days')"
flow_sign_in sender

# Slow enough to be caught on its way.
rate() {
	sluice_sub settings set upload_rate "$1" >/dev/null || fail "the rate"
}
item() {
	sqlite3 "$db" "SELECT $1 FROM job_items WHERE order_id =
		'$job_data_order'"
}
on_its_way() {
	[ "$(item "state = 'sending' AND uploaded > 0")" = 1 ]
}
is() {
	[ "$(item state)" = "$1" ]
}
at_server() {
	find "$flow_dir/server/state/sealed" -type f -name "*.$1" 2>/dev/null |
		wc -l
}
none_at_server() {
	[ "$(at_server part)" = 0 ] && [ "$(at_server age)" = "${1:-0}" ]
}
nothing_here() {
	[ -z "$(ls "$flow_dir/device/state/sealed")" ]
}
# start TEXT: chooses, confirms, and waits until bytes leave.
start() {
	job_data_choose sender "$1" || fail "choosing $1"
	job_data_confirm sender "$sender_password" || fail "confirming $1"
	parts_wait 60 "the first bytes" on_its_way || fail "$1 does not start"
	say "ok: $1 is on its way"
}
stopped() {
	check "$1: it stops" parts_wait 60 "the end" is cancelled
	check "$1: the server has no part of it" \
		parts_wait 60 "the server" none_at_server "${2:-0}"
	check "$1: the sealed file is gone" parts_wait 60 "the sweep" nothing_here
	check "$1: the log says so" test "$(sluice log --json --kind cancelled |
		grep -c "$(item id)")" = 1
}

rate 150
start large.bin
web_get sender /
web_post sender /logout
stopped "signing out"
flow_sign_in sender

start large.bin
web_get sender "/jobdata/$job_data_order"
web_post sender "/jobdata/cancel/$job_data_order"
stopped "cancelling"

start large.bin
check_code 0 "it is withdrawn" sluice withdraw job-data
stopped "withdrawing"
check_code 0 "it is allowed again" sluice allow job-data \
	--until "$(flow_time '2 days')"

start large.bin
check_code 0 "the account loses its role" sluice_sub user roles \
	sender auditor
stopped "no right any more"
check_code 0 "it gets it back" sluice_sub user roles \
	sender job-data

# Dying in the middle: exactly once all the same.
start large.bin
parts_kill worker
check "the server starts again" parts_worker_start
rate none
sqlite3 "$db" "UPDATE job_items SET next_try_at = 0 WHERE state = 'sealed'"
printf x >"$flow_dir/device/state/wake"
flow_due_sent() {
	sqlite3 "$db" "UPDATE job_items SET next_try_at = 0
		WHERE state = 'sealed' AND next_try_at > 0"
	printf x >"$flow_dir/device/state/wake"
	is sent
}
check "it arrives" parts_wait 180 "the receipt" flow_due_sent
check "once" none_at_server 1
job_data_open "$(item id)" >"$flow_dir/opened"
check "and whole" cmp "$flow_dir/opened" "$spool/large.bin"

rate 150
start large.bin
parts_kill daemon
rate none
check "the daemon starts again" parts_daemon_start
check "it arrives" parts_wait 180 "the receipt" flow_due_sent
check "once" none_at_server 2
job_data_open "$(item id)" >"$flow_dir/opened-2"
check "and whole" cmp "$flow_dir/opened-2" "$spool/large.bin"

# Jobs that are no good. ends STATE TEXT WHAT
order() {
	job_data_choose sender "$1" || fail "choosing $1"
	${2:-:}
	job_data_confirm sender "$sender_password" || fail "confirming $1"
	parts_wait 180 "the end of $1" job_data_over sender || fail "no end of $1"
}
failed() {
	is failed || fail "$2: it is $(item state)"
	flow_page_says sender "/jobdata/$job_data_order" "$1" ||
		fail "$2: the page says $(item problem)"
	parts_wait 60 "the removal" nothing_here || fail "$2: something is left"
	say "ok: $2: \"$(item problem)\""
}
echo "goes" >"$spool/vanishes.txt"
vanish() {
	rm "$spool/vanishes.txt"
}
order vanishes.txt vanish
failed 'no such job' "a job that vanished"
echo "grows" >"$spool/grows.txt"
grow() {
	echo more >>"$spool/grows.txt"
}
order grows.txt grow
failed 'no such job\|changed' "a job that grew after it was chosen"
: >"$spool/empty.txt"
order empty.txt
failed 'empty' "an empty job"
truncate -s 10G "$spool/sparse.bin"
order sparse.bin
failed 'larger than' "10 GB where 8 MB are the most"
rm "$spool/sparse.bin"

# Names as somebody who means harm would give them.
printf 'x' >"$spool/"$'line\nbreak'
printf 'x' >"$spool/"$'right\xe2\x80\xaeleft.txt'
printf 'x' >"$spool/<script>alert(1)<!script>"
printf 'x' >"$spool/$(printf 'n%.0s' {1..250})"
printf 'x' >"$spool/"$'not\xff\xfeutf8'
ln -s /etc/passwd "$spool/link"
web_get sender /jobdata
check "the page comes" test "$web_status" = 200
check "markup in a name is text" grep -q '&lt;script&gt;alert' "$web_body"
check "no mark turns the text" test \
	"$(grep -c $'\xe2\x80\xae' "$web_body")" = 0
check "a link is no job" test "$(grep -c '>link<' "$web_body")" = 0
rm "$spool/"*

# Lists of recipients.
refused() {
	check_code 1 "$1" sluice_sub recipients import "$2"
	web_get sender /jobdata
	check "$1: the list that stood stands" grep -q 'Print quality desk' \
		<(web_text)
}
sed 's/Print quality desk/Somebody else/' "$job_data_dir/recipients.note" \
	>"$flow_dir/altered.note"
refused "an altered list" "$flow_dir/altered.note"
sed '/^— /d' "$job_data_dir/recipients.note" >"$flow_dir/unsigned.note"
refused "an unsigned list" "$flow_dir/unsigned.note"

# A newer list that has run out takes the desk away, whose own time goes on.
job_data_list 2 "+20 seconds" "recipient $job_data_desk
kind desk
name Print quality desk
role image quality
valid_until $(job_data_time '+200 days')" >"$job_data_dir/list.txt"
"$parts_server" recipients sign --key "$job_data_dir/vendor.key" \
	"$job_data_dir/list.txt" >"$flow_dir/short.note" || fail "signing"
sluice_sub recipients import "$flow_dir/short.note" >/dev/null ||
	fail "a list that is good for seconds"
has_ended() {
	web_get sender /jobdata && ! web_text | grep -q 'Print quality desk'
}
check "its time ends" parts_wait 60 "the end of the list" has_ended
check "the page says so" grep -q 'expired\|ended\|run out' <(web_text)
check "the log verifies" flow_verify
