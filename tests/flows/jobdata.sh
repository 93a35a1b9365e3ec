#!/bin/bash
# Job data from a spool folder to the desk that can open it: permission,
# choosing, password, sealing, resumable upload, receipt, opening, and the
# notice of it. The content is in no file of the device or server but its
# source, nor in what is left of the processes' memory.
. "$(dirname "$0")/lib.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl sqlite3 gcore

flow_job_data_make
flow_people
canary="canary-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
name="name-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
# More than one chunk of the seal, and the canary in each.
yes "$canary" | head -c 3000000 >"$flow_dir/spool/$name.pdf"
echo "$canary second" >"$flow_dir/spool/other.ps"
check "the server starts" parts_server_start
check "the pages start" parts_pages_start
check "the daemon starts" parts_daemon_start

# Off by default.
flow_sign_in sender
web_get sender /jobdata
check "the page says that it is not allowed" grep -q "No job can be sent" <(web_text)
check "no job is shown" test "$(web_text | grep -c "$name")" = 0
check_code 0 "it is allowed for one send" sluice allow remote job-data
web_get sender /jobdata
check "the jobs are shown" grep -q "$name" <(web_text)
check "to whom it can go" grep -q 'Print quality desk' <(web_text)

# Two jobs of one order.
check "two jobs are chosen" job_data_choose sender "$name" other.ps
check "nothing is on its way" test "$(flow_job_states)" = "waiting waiting"
check "the page shows them again" grep -q "$name" <(web_text)
check "and to which key" grep -q "$job_data_desk" <(web_text)
check "the password is asked for" \
	job_data_confirm sender "$sender_password"
check "the order ends" parts_wait 180 "the receipts" job_data_over sender
check "both were sent" test "$(flow_job_states)" = "sent sent"
transactions=$(job_data_transactions)
first=$(sed -n 1p <<<"$transactions")
plain=$(sha256sum <"$flow_dir/spool/$name.pdf")
check "the page tells the hash of the content" \
	grep -q "${plain%% *}" <(web_text)
web_get sender "/jobdata/record/$job_data_order"
check "the record names it" grep -q "${plain%% *}" "$web_body"
check "and to whom" grep -q "$job_data_desk" "$web_body"
check "the permission ended with the send" test \
	"$(sluice services --json | flow_control job-data)" != allowed
# They go when it is written that they were sent.
none_sealed() {
	[ -z "$(ls "$flow_dir/device/state/sealed")" ]
}
check "the sealed files are gone from the device" \
	parts_wait 60 "the removal" none_sealed

# At the server: ciphertext, for the one role.
sealed=$(echo "$flow_dir"/server/state/sealed/*/"$first".age)
check "the server has a sealed file" test -s "$sealed"
check "of the age format" grep -q '^age-encryption.org/v1$' \
	<(head -n 1 "$sealed")
check_code 1 "somebody without the role cannot take it" server_sub job-data \
	take --as staff-1 --output "$flow_dir/x.age" "$first"
check "nothing is written then" test ! -e "$flow_dir/x.age"
job_data_open "$first" >"$flow_dir/opened"
check "the desk opens it" cmp "$flow_dir/opened" "$flow_dir/spool/$name.pdf"
rm "$flow_dir/opened"
if command -v age >/dev/null; then
	age -d -i "$job_data_dir/desk.key" "$sealed" | cmp - \
		"$flow_dir/spool/$name.pdf" || fail "age cannot open it"
	say "ok: so does the tool age"
fi

# The customer is told.
web_get sender "/jobdata/$job_data_order"
web_post sender "/jobdata/ask/$job_data_order"
check "the notice comes" parts_wait 60 "the notice" flow_page_says sender \
	"/jobdata/$job_data_order" 'taken by desk'
check "and stands in the log" test \
	"$(sluice log --json --kind read | grep -c "$first")" = 1
check "the log verifies" flow_verify

# The canary is nowhere but in its source.
check "it is in its source" grep -qF -- "$canary" "$flow_dir/spool/$name.pdf"
check_nowhere() {
	grep -rlF -- "$1" "$flow_dir/device" "$flow_dir/server" \
		"$flow_dir/logs" >"$flow_dir/found" 2>/dev/null
	[ ! -s "$flow_dir/found" ] || {
		cat "$flow_dir/found"
		fail "$2 is in a file"
	}
	say "ok: $2 is in no file"
}
for part in daemon worker; do
	gcore -o "$flow_dir/core-$part" "$(parts_pid $part)" \
		>"$flow_dir/logs/gcore-$part.txt" 2>&1 || {
		cat "$flow_dir/logs/gcore-$part.txt"
		fail "no core of $part"
	}
done
check "a core holds what is in memory" \
	grep -qF "$parts_server_name" "$flow_dir"/core-daemon.*
for part in daemon worker; do
	check "the content is not in the memory of $part" test \
		"$(grep -lF -- "$canary" "$flow_dir"/core-$part.* | wc -l)" = 0
done
rm -f "$flow_dir"/core-*
check_nowhere "$canary" "the content"
check_nowhere "$name" "the name of the job"

# A file from the browser: sealed as it comes in, in no file of the web server.
check_code 0 "it is allowed until a date" sluice allow job-data \
	--until "$(flow_time '2 days')"
yes "$canary upload" | head -c 5000000 >"$flow_dir/from-browser"
check "it is confirmed and taken" job_data_upload sender "$sender_password" \
	"$flow_dir/from-browser" "$name-2.pdf"
check "the order ends" parts_wait 180 "the receipt" job_data_over sender
job_data_open "$(job_data_transactions)" >"$flow_dir/opened"
check "the desk opens it" cmp "$flow_dir/opened" "$flow_dir/from-browser"
check "the permission stays until its date" test \
	"$(sluice services --json | flow_control job-data)" = allowed
check_nowhere "$canary" "the uploaded content"
check_nowhere "$name-2" "its name"
