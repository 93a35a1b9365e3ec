#!/bin/bash
# Job data that nobody who is there allowed and asked for goes nowhere: with
# every service and personal data allowed and job data not, and with it, by
# every wrong or missing step. Each refusal stands in the log.
. "$(dirname "$0")/lib.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl sqlite3

flow_job_data_make
flow_people
db=$flow_dir/device/state/sluice.db
echo "a job" >"$flow_dir/spool/one.txt"
check "the server starts" parts_server_start
check "the pages start" parts_pages_start
check "the daemon starts" parts_daemon_start
flow_allow metering supplies parts maintenance engineering personal
for person in sender other operator frontdesk; do
	flow_sign_in "$person"
done

refusals() {
	sluice log --json --kind refused | grep -c 'job-data'
}
# refused WHAT: the page said no, and so does the log, once more.
refused() {
	local now
	case $web_status in
	403 | 409) ;;
	*) web_text | head -n 20; fail "$1: status $web_status" ;;
	esac
	now=$(refusals)
	[ "$now" -gt "$refused_before" ] || fail "$1: no entry"
	refused_before=$now
	say "ok: $1 is refused, with an entry"
}
# said_no WHAT: the page said no.
said_no() {
	case $web_status in
	400 | 403 | 404 | 405 | 409) say "ok: $1 is refused" ;;
	*) fail "$1: status $web_status" ;;
	esac
}
refused_before=$(refusals)
csrf() {
	web_get "$1" "${2:-/account}"
	sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$web_body" | head -n 1
}
# post PERSON ACTION NAME=VALUE...: without a page that has this form.
post() {
	local person=$1 action=$2 mark field args=()
	shift 2
	mark=$(csrf "$person")
	for field; do
		args+=(--data-urlencode "$field")
	done
	web_call "$person" --data-urlencode "csrf=$mark" "${args[@]}" \
		"$web_base$action"
}
order_state() {
	sqlite3 "$db" "SELECT state FROM job_orders WHERE id = '$1'"
}

# Not allowed: by the page, by the command line, by the daemon's table.
post sender /jobdata upload=1 \
	"recipient=$job_data_desk" "purpose=x"
refused "choosing without permission"
post operator /jobdata upload=1 \
	"recipient=$job_data_desk" "purpose=x"
said_no "choosing without the role"
for words in "send job-data" "preview job-data" "jobdata send" "job-data send"; do
	# shellcheck disable=SC2086
	sluice $words >"$flow_dir/out" 2>&1 && fail "sluice $words was done"
	say "ok: \"sluice $words\" is refused"
done
for kind in 1 2 3 4; do
	sqlite3 "$db" "INSERT INTO requests (kind, services, actor, key,
		asked_at) VALUES ($kind, 131072, 'sender', 'forged-$kind', 1)"
done
requests_over() {
	[ "$(sqlite3 "$db" "SELECT count(*) FROM requests WHERE state < 3")" = 0 ]
}
printf x >"$flow_dir/device/state/wake"
check "the daemon looks at them" parts_wait 60 "the requests" requests_over
check "and made nothing of them" test \
	"$(sqlite3 "$db" "SELECT count(*) FROM job_items")" = 0
sqlite3 "$db" "INSERT INTO job_orders (id, state, account, session, actor,
	purpose, nonce, created_at, confirmed_at, grant_id) VALUES
	('01932000-7a11-7c3e-9d54-2f0f6a1be7c1', 'confirmed', 1, 1, 'x', 'y',
	printf('%032d', 1), 1, 1, 'z')" 2>/dev/null &&
	fail "an order was confirmed by writing it"
say "ok: no order is confirmed by writing it"

# Allowed; each wrong step.
check_code 0 "it is allowed until a date" sluice allow job-data \
	--until "$(flow_time '2 days')"
check "a job is chosen" job_data_choose sender one.txt
order=$job_data_order
send=/jobdata/send/$order
token=$(web_hidden "$send" token)
post sender "/jobdata/file/$order" "token=$token"
said_no "a file before the confirmation"
post sender "/jobdata/agree/$order" "token=$token" "password=$sender_password"
refused "agreeing before the confirmation, with oneself"
post other "$send" "token=$token" "password=$other_password"
refused "another person's token"
post operator "$send" "token=$token" "password=$operator_password"
said_no "somebody without the role"
web_dir_before=$web_dir
web_dir=$flow_dir/second && mkdir -p "$web_dir"
flow_sign_in sender
post sender "$send" "token=$token" "password=$sender_password"
refused "the same person in another session"
web_dir=$web_dir_before
post sender "$send" "token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"password=$sender_password"
refused "a token that was made up"
post sender "$send" "token=$token" "password=not the one"
check "a wrong password is asked for again" test "$web_status" = 403
check "nothing was confirmed by all that" test \
	"$(order_state "$order")" = chosen
web_call sender --data-urlencode "token=$token" \
	--data-urlencode "password=$sender_password" "$web_base$send"
said_no "a form without the mark of its page"
check "still not" test "$(order_state "$order")" = chosen

# The permission goes while the form is open.
check_code 0 "it is withdrawn" sluice withdraw job-data
check "what was chosen is dropped" test "$(order_state "$order")" = over
check_code 0 "and allowed again" sluice allow job-data
post sender "$send" "token=$token" "password=$sender_password"
refused "the form from before the withdrawal"

# Signed out between choosing and confirming.
check "a job is chosen" job_data_choose sender one.txt
order=$job_data_order send=/jobdata/send/$job_data_order
token=$(web_hidden "$send" token)
post sender /logout
flow_sign_in sender
post sender "$send" "token=$token" "password=$sender_password"
refused "the form from before signing out"

# Used once.
check "a job is chosen" job_data_choose sender one.txt
order=$job_data_order send=/jobdata/send/$job_data_order
token=$(web_hidden "$send" token)
check "it is confirmed" job_data_confirm sender "$sender_password"
post sender "$send" "token=$token" "password=$sender_password"
refused "the same form once more"
check "the order ends" parts_wait 180 "the receipt" job_data_over sender
check "one job went out, once" test \
	"$(find "$flow_dir/server/state/sealed" -type f | wc -l)" = 1

# Two people.
check_code 0 "two people are asked for" sluice_sub settings set \
	job_data_two_people on
check_code 0 "allowed again" sluice allow job-data
check "a job is chosen" job_data_choose sender one.txt
order=$job_data_order
check "one confirms" job_data_confirm sender "$sender_password"
check "that is not enough" test "$(order_state "$order")" = awaiting
agree=/jobdata/agree/$order
web_get sender "/jobdata/$order"
post sender "$agree" "token=$token" "password=$sender_password"
refused "agreeing with oneself"
web_get other "/jobdata/$order"
web_post other "$agree" "token=$(web_hidden "$agree" token)" password=wrong
check "the second one's password counts" test \
	"$(order_state "$order")" = awaiting
web_get other "/jobdata/$order"
web_post other "$agree" "token=$(web_hidden "$agree" token)" \
	"password=$other_password"
check "both agreed" test "$web_status" = 200
check "the order ends" parts_wait 180 "the receipt" job_data_over sender
check "the log names both" test "$(sluice log --json --kind approved |
	grep -c "second person")" -ge 1
check "the log verifies" flow_verify
check "two jobs are at the server" test \
	"$(find "$flow_dir/server/state/sealed" -type f | wc -l)" = 2
