#!/bin/bash
# A file of 300 MB from the browser: web server and page need no more memory
# than for a small one, and what passes through is never more than a piece, in
# memory only. Whoever breaks off leaves nothing.
. "$(dirname "$0")/lib.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl sqlite3

flow_job_data_make
flow_people
mib=1048576
# Nothing of it may be sent on: the test is about taking it in.
check "the pages start" parts_pages_start
check_code 0 "it is allowed until a date" sluice allow remote job-data \
	--until "$(flow_time '2 days')"
flow_sign_in sender
canary="canary-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
yes "$canary" | head -c $((300 * mib)) >"$flow_dir/big"
web_pid=$(parts_pid device-web)

# Leaves the order in job_data_order, the form's path in action.
order_file() {
	web_get sender /jobdata
	web_post sender /jobdata upload=1 "recipient=$job_data_desk" \
		"purpose=A large scan"
	job_data_order=${web_path##*/}
	job_data_confirm sender "$sender_password" || return 1
	action=/jobdata/file/$job_data_order
}

# What this lighttpd holds in its files for bodies, bytes.
held() {
	local fd sum=0 size
	for fd in /proc/"$web_pid"/fd/*; do
		case $(readlink "$fd") in
		/dev/shm/lighttpd-upload-*)
			size=$(stat -Lc %s "$fd" 2>/dev/null)
			sum=$((sum + ${size:-0}))
			;;
		esac
	done
	echo "$sum"
}
peak() {
	sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' \
		"/proc/$1/status" 2>/dev/null
}

check "an upload is confirmed" order_file
(web_call sender --max-time 900 -F "csrf=$(web_hidden "$action" csrf)" \
	-F "token=$(web_hidden "$action" token)" \
	-F "file=@$flow_dir/big" "$web_base$action" &&
	echo "$web_status" >"$flow_dir/status") &
upload=$!
most_held=0 most_page=0
while kill -0 "$upload" 2>/dev/null; do
	now=$(held)
	[ "$now" -le "$most_held" ] || most_held=$now
	for pid in $(pgrep -P "$web_pid"); do
		now=$(peak "$pid")
		[ "${now:-0}" -le "$most_page" ] || most_page=$now
	done
done
wait "$upload"
check "it is taken" test "$(cat "$flow_dir/status")" = 200
check "it is sealed whole" test "$(sqlite3 \
	"$flow_dir/device/state/sluice.db" "SELECT plain_bytes FROM job_items
	WHERE state = 'sealed'")" = $((300 * mib))
say "most at once: $most_held bytes in memory files, $most_page kB page"
check "at most 1 MiB of it waited, in memory" test "$most_held" -le $mib
check "the page was seen at work" test "$most_page" -gt 0
check "it needs less than 32 MiB" test "$most_page" -lt 32768
check "so does the web server" test "$(peak "$web_pid")" -lt 32768
check "the content is in no file" test -z "$(grep -rlF -- "$canary" \
	"$flow_dir/device" "$flow_dir/logs")"

# Broken off in the middle.
check "another upload is confirmed" order_file
head -c $((20 * mib)) "$flow_dir/big" >"$flow_dir/part"
transaction=$(sqlite3 "$flow_dir/device/state/sluice.db" \
	"SELECT id FROM job_items WHERE order_id = '$job_data_order'")
{
	printf 'POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n' \
		"$action" $((300 * mib))
	printf 'Cookie: %s\r\n' "$(awk '/__Host-sluice\t/ {
		print $6 "=" $7 }' "$web_dir/sender.cookies")"
	printf 'Content-Type: multipart/form-data; boundary=b\r\n\r\n'
	for field in csrf token; do
		printf -- '--b\r\nContent-Disposition: form-data; name="%s"' \
			"$field"
		printf '\r\n\r\n%s\r\n' "$(web_hidden "$action" "$field")"
	done
	printf -- '--b\r\nContent-Disposition: form-data; name="file"; '
	printf 'filename="x"\r\n\r\n'
	cat "$flow_dir/part"
} >"$flow_dir/request"
# Broken off when some of it has come.
has_begun() {
	[ -n "$(find "$flow_dir/device/state/sealed" -name "$transaction*" \
		-size +1M)" ]
}
flow_broken_off() {
	openssl s_client -quiet -connect "$parts_host:$parts_page_port" \
		<"$flow_dir/request" >/dev/null 2>&1 &
	upload=$!
	parts_wait 180 "the upload" has_begun || fail "nothing of it comes"
	kill "$upload"
	wait "$upload"
	true
}
flow_failed() {
	[ "$(sqlite3 "$flow_dir/device/state/sluice.db" \
		"SELECT state FROM job_items WHERE id = '$transaction'")" = failed ]
}
flow_broken_off
check "what breaks off fails" parts_wait 180 "the end of it" flow_failed
check "nothing of it stays" test -z "$(find "$flow_dir/device/state/sealed" \
	-name "$transaction*")"
web_get sender "/jobdata/$job_data_order"
check "the page says why" grep -q 'did not arrive whole' <(web_text)
