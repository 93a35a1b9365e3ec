# Job data as a vendor and a customer handle it: keys and a signed list at the
# vendor, permission, choosing, confirming and following at the device,
# opening at the desk. Bash functions on top of tools/parts.sh and
# tools/web.sh, for tools/demo and tests/flows.

# The vendor, before the device is provisioned: a desk with an identity, the
# offline key, its verifier at the server, a signed list. Everything but the
# verifier and the list stays in $parts_dir/vendor.
job_data_vendor() {
	job_data_dir=$parts_dir/vendor
	mkdir -p "$job_data_dir" && chmod 700 "$job_data_dir" &&
		"$parts_server" identity "$job_data_dir/desk.key" \
			>"$job_data_dir/desk.txt" || return 1
	job_data_desk=$(grep -o 'age1[0-9a-z]*' "$job_data_dir/desk.txt" |
		head -n 1)
	"$parts_server" recipients new-key "$job_data_dir/vendor.key" \
		"$parts_server_name/recipients" >"$job_data_dir/vendor.txt" &&
		cp "$job_data_dir/vendor.key.verifier" \
			"$parts_dir/server/vendor.verifier" || return 1
	job_data_list 1 "+300 days" "recipient $job_data_desk
kind desk
name Print quality desk
role image quality
valid_until $(job_data_time '+200 days')" >"$job_data_dir/list.txt"
	job_data_publish
}

# A time in UTC as lists have it: job_data_time '+1 day'
job_data_time() {
	date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ
}

# job_data_list NUMBER UNTIL RECIPIENTS: the text of a list.
job_data_list() {
	printf 'sluice.recipients/v1\nvendor Example Printers\nnumber %s\n' "$1"
	printf 'issued %s\n' "$(job_data_time '-1 hour')"
	printf 'until %s\n%s\n' "$(job_data_time "$2")" "$3"
}

# Signs list.txt and gives it to the server.
job_data_publish() {
	"$parts_server" recipients sign --key "$job_data_dir/vendor.key" \
		"$job_data_dir/list.txt" >"$job_data_dir/recipients.note" &&
		"$parts_server" recipients publish --conf "$parts_server_conf" \
			"$job_data_dir/recipients.note" >/dev/null
}

# The folder of jobs, as --job-source takes it.
job_data_spool() {
	echo "spool=$parts_collectors/sluice-jobs-folder $parts_dir/spool"
}

# The value of the first job on the page whose line has the text.
job_data_value() {
	tr '\n' ' ' <"$web_body" | sed 's/<tr>/\n<tr>/g' | grep -F -- "$1" |
		sed -n 's/.*name="job" value="\([^"]*\)".*/\1/p' | head -n 1
}

# job_data_choose PERSON TEXT...: chooses the jobs whose line has a text, for
# the desk; leaves the order in job_data_order.
job_data_choose() {
	local person=$1 text jobs=()
	shift
	web_get "$person" /jobdata || return 1
	for text; do
		jobs+=("job=$(job_data_value "$text")")
	done
	web_post "$person" /jobdata "${jobs[@]}" "recipient=$job_data_desk" \
		"purpose=Streaks on page 1" || return 1
	job_data_order=${web_path##*/}
	[ "$web_status" = 200 ] && [ "$web_path" = "/jobdata/$job_data_order" ]
}

# job_data_confirm PERSON PASSWORD: presses Send on the order's page.
job_data_confirm() {
	web_get "$1" "/jobdata/$job_data_order" &&
		web_post "$1" "/jobdata/send/$job_data_order" "password=$2" \
			"token=$(web_hidden "/jobdata/send/$job_data_order" token)" &&
		[ "$web_status" = 200 ]
}

# job_data_upload PERSON PASSWORD FILE NAME: a file from the browser, which
# says that it has this name.
job_data_upload() {
	local action
	web_get "$1" /jobdata &&
		web_post "$1" /jobdata upload=1 "recipient=$job_data_desk" \
			"purpose=A scan" || return 1
	job_data_order=${web_path##*/}
	action=/jobdata/file/$job_data_order
	job_data_confirm "$1" "$2" && web_get "$1" "/jobdata/$job_data_order" &&
		web_call "$1" -F "csrf=$(web_hidden "$action" csrf)" \
			-F "token=$(web_hidden "$action" token)" \
			-F "file=@$3;filename=$4" "$web_base$action" &&
		[ "$web_status" = 200 ]
}

# job_data_over PERSON: is the order over? Its page is in web_body then.
job_data_over() {
	web_get "$1" "/jobdata/$job_data_order" &&
		web_text | grep -q 'Save this record'
}

# The transactions of the order whose page was fetched last.
job_data_transactions() {
	grep -o '<dd class="hash">[0-9a-f]\{8\}-[0-9a-f-]\{27\}' "$web_body" |
		cut -d'>' -f2 |
		grep -vxF "$job_data_order"
}

# job_data_open TRANSACTION: what the desk reads of it, on standard output.
job_data_open() {
	"$parts_server" job-data take --conf "$parts_server_conf" \
		--as "${job_data_staff:-desk}" --output "$job_data_dir/$1.age" \
		"$1" >/dev/null &&
		"$parts_server" open --identity "$job_data_dir/desk.key" \
			"$job_data_dir/$1.age"
}
