# The main job as people do it in a browser: set up, sign in, make an operator,
# authorize, enrol with a one-time code, check in, preview, send, read the
# receipt and the log; documents that the vendor asks for and a person allows;
# then one job, sealed to a desk that opens it. Bash functions on top of tools/parts.sh,
# tools/web.sh and tools/job_data.sh; used by tools/demo --once.
#
# main_job() prints each step by told() and leaves the reason of a failure in
# main_job_problem. The last line is "transaction UUID sha256 HEX receipt ok".

main_job_problem=''

# Ends the job with a sentence and what the page said.
main_job_stop() {
	main_job_problem="$* (page $web_path, status $web_status)"
	web_text | head -n 40 >&2
	return 1
}

# main_job_want STATUS TEXT WHAT: is this the page that should come now?
main_job_want() {
	if [ "$web_status" != "$1" ] || ! web_text | grep -qF -- "$2"; then
		main_job_stop "$3"
		return 1
	fi
}

# Passwords of this run alone.
main_job_password() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

main_job_set_up() {
	customer_password=$(main_job_password)
	operator_password=$(main_job_password)
	web_get customer / || return 1
	main_job_want 200 'Set-up code' "no set-up page" || return 1
	told "The device asks for its set-up code; nothing is being sent."
	web_post customer /setup "code=$parts_device_code" name=frontdesk \
		"password=$customer_password" "again=$customer_password" ||
		return 1
	[ "$web_status" = 200 ] || main_job_stop "set-up was refused" || return 1
	# Set-up may sign in at once or ask for it.
	web_get customer /login || return 1
	if web_form /login | grep -q 'name="password"'; then
		web_post customer /login name=frontdesk "password=$customer_password" ||
			return 1
	fi
	web_get customer / || return 1
	main_job_want 200 'Nothing is being sent' "Home does not say that nothing is sent" ||
		return 1
	told "Account frontdesk (customer and admin) is made and signed in."
}

main_job_operator() {
	web_get customer /users || return 1
	main_job_want 200 'Make an account' "no page of accounts" || return 1
	web_post customer /users name=operator-1 "password=$operator_password" \
		role=operator role=auditor || return 1
	main_job_want 200 'operator-1' "the operator's account was not made" || return 1
	told "Account operator-1 (operator and auditor) is made."
}

main_job_allow() {
	local service
	for service in remote metering; do
		web_get customer /services || return 1
		web_post customer /services "service=$service" decision=allow ||
			return 1
		[ "$web_status" = 200 ] ||
			main_job_stop "allowing $service was refused" || return 1
		told "frontdesk allowed: $service."
	done
}

# The page of something that was asked for: still under way?
main_job_over() {
	web_get customer "$1" && ! grep -q 'data-watch' "$web_body"
}

# The certificate, with the code that the vendor gave. Not where the device has
# one already.
main_job_enrol() {
	[ -n "${parts_enrol_code:-}" ] || return 0
	web_get customer /network/certificate || return 1
	main_job_want 200 'One-time code' "no code can be typed" || return 1
	web_post customer /network/certificate "code=$parts_enrol_code" \
		do=enrol || return 1
	parts_wait 180 "the certificate" main_job_certificate ||
		main_job_stop "the device got no certificate" || return 1
	told "frontdesk typed the one-time code; the device has a certificate for its own key: SHA-256 $(web_fact SHA-256)."
}
main_job_certificate() {
	web_get customer /network/certificate &&
		web_text | grep -q '^ *SHA-256'
}

main_job_checkin() {
	web_get customer /network/checkins || return 1
	web_post customer /network/checkins do=now || return 1
	parts_wait 180 "the check-in" main_job_over "$web_path" ||
		main_job_stop "the check-in does not end" || return 1
	main_job_want 200 'has checked in' "the device did not check in" ||
		return 1
	told "The device checked in: $1."
}

# The vendor asks for documents; they leave when a person has said yes.
main_job_instruction() {
	local number received
	"$parts_server" instruction send --conf "$parts_server_conf" \
		"$parts_device_id" --services metering \
		--reason "The last reading looks odd." \
		>"$parts_dir/logs/instruction.txt" ||
		main_job_stop "the vendor cannot ask" || return 1
	received=$(main_job_received)
	told "The vendor asks for the meter readings, signed and with a reason."
	main_job_checkin "there is something that waits for a person" ||
		return 1
	web_get customer /instructions || return 1
	main_job_want 200 'The last reading looks odd.' \
		"the instruction did not come" || return 1
	[ "$(main_job_received)" = "$received" ] ||
		main_job_stop "something was sent that nobody allowed" || return 1
	number=$(web_hidden /instructions number)
	web_post customer /instructions do=allow "number=$number" || return 1
	main_job_want 200 'Allowed, this time.' "Allow was refused" || return 1
	told "frontdesk read who asks and why, and allowed it this time."
	parts_wait 180 "the documents that were asked for" \
		main_job_received_more "$received" ||
		main_job_stop "they were not sent" || return 1
	told "They are at the server, under a transaction of their own."
	parts_wait 180 "the outcome" main_job_carried_out ||
		main_job_stop "the device does not say that it is done" ||
		return 1
	main_job_checkin "what became of it is reported" || return 1
	"$parts_server" instruction list --conf "$parts_server_conf" --json \
		"$parts_device_id" | grep -q '"result": "done"' ||
		main_job_stop "the vendor was not told" || return 1
	told "The vendor knows that it is done."
}
main_job_carried_out() {
	web_get customer /instructions && web_text | grep -q 'Number 1.*Done'
}
main_job_received() {
	"$parts_server" transactions --conf "$parts_server_conf" --json \
		--limit 1000 | grep -c '"transaction":'
}
main_job_received_more() {
	[ "$(main_job_received)" -gt "$1" ]
}

main_job_sign_in_operator() {
	web_get operator /login || return 1
	web_post operator /login name=operator-1 "password=$operator_password" ||
		return 1
	web_get operator / || return 1
	main_job_want 200 'operator-1' "the operator cannot sign in" || return 1
	told "operator-1 signed in."
}

main_job_preview_ready() {
	web_get operator "$main_job_path" && web_text | grep -q 'SHA-256'
}

main_job_preview() {
	web_get operator /preview || return 1
	web_post operator /preview service=metering || return 1
	main_job_path=$web_path
	parts_wait 180 "the preview" main_job_preview_ready ||
		main_job_stop "the preview was not made" || return 1
	transaction=$(web_fact Transaction)
	preview_hash=$(web_fact SHA-256)
	web_get operator "/bytes/$transaction" || return 1
	bytes_hash=$(sha256sum "$web_body")
	bytes_hash=${bytes_hash%% *}
	[ -n "$preview_hash" ] && [ "$bytes_hash" = "$preview_hash" ] ||
		main_job_stop "the exact bytes have another hash than the preview" ||
		return 1
	told "operator-1 saw the exact bytes: $(wc -c <"$web_body") bytes, SHA-256 $preview_hash."
}

main_job_receipt_there() {
	web_get operator "/send/$transaction" &&
		grep -q 'sluice.receipt/v1' "$web_body"
}

main_job_send() {
	web_get operator "/send/$transaction" || return 1
	web_post operator "/send/$transaction" || return 1
	[ "$web_status" = 200 ] || main_job_stop "Send was refused" || return 1
	told "operator-1 pressed Send."
	parts_wait 180 "the receipt" main_job_receipt_there ||
		main_job_stop "no receipt came" || return 1
	receipt_hash=$(sed -n 's/.*sha256 \([0-9a-f]\{64\}\).*/\1/p' "$web_body" |
		head -n 1)
	told "The server's signed receipt is here, for SHA-256 $receipt_hash."
}

main_job_log() {
	web_get operator "/log/export?format=json&transaction=$transaction" ||
		return 1
	log_hash=$(grep '"kind":"received"' "$web_body" |
		sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p')
	told "The log has it with SHA-256 $log_hash."
	[ "$preview_hash" = "$log_hash" ] && [ "$preview_hash" = "$receipt_hash" ] ||
		main_job_stop "preview, log and receipt name different hashes" ||
		return 1
	web_get operator /log/verify || return 1
	[ "$web_status" = 200 ] || main_job_stop "the log does not verify" || return 1
	told "The log verifies."
}

main_job_sender() {
	sender_password=$(main_job_password)
	web_get customer /users || return 1
	web_post customer /users name=sender-1 "password=$sender_password" \
		role=job-data || return 1
	main_job_want 200 'sender-1' "the sender's account was not made" || return 1
	web_get customer /privacy || return 1
	web_post customer /privacy service=job-data decision=allow || return 1
	main_job_want 200 'Job data' "job data was not allowed" || return 1
	told "Account sender-1 (job-data) is made; job data is allowed for one send."
	web_get sender /login || return 1
	web_post sender /login name=sender-1 "password=$sender_password"
}

# One job of the spool folder, to the desk and opened there.
main_job_data() {
	local sealed
	main_job_sender || return 1
	job_data_choose sender "Example job.txt" ||
		main_job_stop "the job was not chosen" || return 1
	told "sender-1 chose \"Example job.txt\" for the Print quality desk."
	job_data_confirm sender "$sender_password" ||
		main_job_stop "the job was not confirmed" || return 1
	told "sender-1 confirmed it with the password."
	parts_wait 180 "the receipt of the job" job_data_over sender ||
		main_job_stop "the job was not sent" || return 1
	sealed=$(job_data_transactions)
	main_job_want 200 'Sent' "the job did not arrive" || return 1
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | "$parts_server" staff add \
		--conf "$parts_server_conf" desk --role job-data >/dev/null ||
		return 1
	job_data_open "$sealed" | cmp - "$parts_dir/spool/Example job.txt" ||
		main_job_stop "the desk read something else" || return 1
	told "The desk took it, sealed, from the server and opened it: the same bytes."
	web_get sender "/jobdata/$job_data_order" &&
		web_post sender "/jobdata/ask/$job_data_order" || return 1
	parts_wait 60 "the notice" main_job_notice ||
		main_job_stop "the customer was not told" || return 1
	told "The device's page says that the desk took it."
}
main_job_notice() {
	web_get sender "/jobdata/$job_data_order" && web_text | grep -q 'taken by desk'
}

main_job() {
	main_job_set_up && main_job_operator && main_job_allow &&
		main_job_enrol && main_job_checkin "both know that the other is there" &&
		main_job_sign_in_operator && main_job_preview &&
		main_job_send && main_job_log && main_job_instruction &&
		main_job_data || return 1
	echo "transaction $transaction sha256 $receipt_hash receipt ok"
}
