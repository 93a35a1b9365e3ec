#!/bin/bash
# What the vendor asks, on a real server and a real device: documents on
# request, a person's word, policies, and whatever a server could try beside.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 openssl base64
flow_make
check "the server starts" parts_server_start
device_db=$flow_dir/device/state/sluice.db
server_db=$flow_dir/server/state/server.db
id=ex7-004211

# ask KIND ARGS...: leaves the number in asked.
ask() {
	local kind=$1
	shift
	"$parts_server" instruction "$kind" --conf "$parts_server_conf" "$id" \
		"$@" --reason "a fault was reported" >"$flow_dir/asked" ||
		fail "instruction $kind"
	asked=$(sed -n 's/^Instruction \([0-9]*\) .*/\1/p' "$flow_dir/asked")
}
# A person presses "Check in now"; the client does what there is to do.
check_in() {
	sqlite3 "$device_db" "INSERT INTO requests (kind, services, actor, asked_at)
		VALUES (5, 0, 'operator', strftime('%s', 'now'))" || return 1
	flow_round && [ "$(sqlite3 "$device_db" "SELECT count(*) FROM checkins
		WHERE result = 'ok'")" -gt 0 ]
}
on_device() {
	sqlite3 "$device_db" "SELECT $2 FROM instructions WHERE number = $1"
}
on_server() {
	sqlite3 -readonly "$server_db" "SELECT $2 FROM instructions
		WHERE device = '$id' AND number = $1"
}
# both STATE RESULT WHAT: the last one, on both sides.
both() {
	check "$3: the device says $1" test "$(on_device "$asked" state)" = "$1"
	check "$3: the server knows" test "$(on_server "$asked" result)" = "$2"
}
received() {
	sqlite3 -readonly "$server_db" "SELECT count(*) FROM transmissions"
}
say_to() {
	"$parts_sluice" instructions "$1" --conf "$parts_device_conf" "$2" \
		>/dev/null
}
policy() {
	"$parts_sluice" instructions policy --conf "$parts_device_conf" "$@" \
		>/dev/null
}

flow_allow metering maintenance
check "the first check-in" check_in

# ---- a person is asked ----
ask send --services maintenance,metering
check "it is fetched" check_in
both asked waiting "documents are asked for"
check "nothing was sent" test "$(received)" = 0
check_code 0 "the device lists it" sluice instructions
check_says "Sends the documents of Maintenance and Metering now." "in a sentence"
check_says "a fault was reported" "with the reason"
check "somebody says yes" say_to allow "$asked"
check "the client goes on" flow_round
check "it came once" test "$(received)" = 1
check "it says who asked" grep -q ' reason="instruction"' <<<"$(flow_server_body)"
check "it is told" check_in
both done done "documents were sent"
check "the outcome names the transaction" grep -q "$(sqlite3 -readonly \
	"$server_db" "SELECT id FROM transmissions")" \
	<<<"$(on_server "$asked" outcome)"

ask send --services metering
check "another is fetched" check_in
check "somebody says no" say_to refuse "$asked"
check "it is told" check_in
both refused person "no is no"
check "nothing was sent" test "$(received)" = 1

# ---- policies ----
check "sends are allowed for some days" policy send allow \
	--until "$(date -u -d '3 days' +%Y-%m-%d)"
ask send --services metering
check "one check-in does it" check_in
both done done "what is allowed needs nobody"
flow_round
check "it came once" test "$(received)" = 2
sqlite3 "$device_db" "UPDATE instruction_policies SET until = 1"
ask send --services metering
check "after that day" check_in
both asked waiting "a policy that ended asks again"
check "sends are never allowed" policy send never
check "it is told" check_in
both refused policy "never is never"
ask send --services metering
check "a new one" check_in
both refused policy "and is refused at once"
check "nothing was sent" test "$(received)" = 2

# ---- the other kinds ----
check "sends are allowed" policy send allow
ask send --services supplies
check "a service that is not allowed" check_in
both refused not-allowed "nobody is asked to allow it"
check_code 2 "job data cannot be asked for" "$parts_server" instruction send \
	--conf "$parts_server_conf" "$id" --services job-data --reason x
ask message "We call at nine."
check "a message" check_in
both done done "it is shown"
ask package engine-2.4.1
check "a package" check_in
both done done "it is shown"
check "reports are allowed" policy ledger allow
ask ledger 0 4
check "entries of the log" check_in
both done done "they are reported"
sqlite3 -readonly "$server_db" "SELECT sequence || ' ' || leaf FROM
	ledger_reports ORDER BY sequence" >"$flow_dir/told"
sqlite3 "$device_db" "SELECT place || ' ' || lower(hex(hash)) FROM ledger_nodes
	WHERE level = 0 AND place < 5 ORDER BY place" >"$flow_dir/leaves"
check "with their hashes" cmp "$flow_dir/told" "$flow_dir/leaves"
ask interval 300
check "an interval outside the limits" check_in
both refused limits "nobody is asked about it"
check "the words say what the limits are" grep -q "limits are 15 minutes to" \
	<<<"$(on_server "$asked" outcome)"
check "intervals are allowed" policy interval allow
ask interval 1800
check "an interval" check_in
both done done "it is taken"
ask interval 300
check "one outside the limits" check_in
both refused limits "it is not"
ask renew
check "a renewal" check_in
both done done "the certificate was renewed"
check "there are two" test "$(sqlite3 -readonly "$server_db" \
	"SELECT count(*) FROM certificates WHERE device = '$id'")" = 2
check "the new one works" check_in

# ---- what a server could try ----
# sign FILE: as the server does, with its own key.
sign() {
	local key=$flow_dir/server/keys/instruction.key
	printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040' \
		>"$flow_dir/key.der"
	# PRIVATE+KEY+NAME+ID+BASE64, where "+" may stand in the base64, too
	cut -d+ -f5- "$key" | base64 -d | tail -c 32 >>"$flow_dir/key.der"
	openssl pkeyutl -sign -rawin -inkey "$flow_dir/key.der" -keyform DER \
		-in "$1" -out "$flow_dir/signature" 2>/dev/null || return 1
	{
		cat "$1"
		echo
		printf '— %s ' "$(sed 's/+.*//' \
			"$flow_dir/server/keys/instruction.verifier")"
		{
			printf "$(sed 's/^[^+]*+\([0-9a-f]*\)+.*/\1/; s/../\\x&/g' \
				"$flow_dir/server/keys/instruction.verifier")"
			cat "$flow_dir/signature"
		} | base64 -w0
		echo
	} >"$flow_dir/note"
}
# give FILE: in place of the note that was made last.
give() {
	sqlite3 "$server_db" "DROP TRIGGER IF EXISTS instructions_fixed;
		UPDATE instructions SET note = CAST(readfile('$1') AS TEXT)
		WHERE device = '$id' AND number = $asked" || fail "the note"
}
# sqlite3 ends what it prints with an empty line of its own.
note_of() {
	on_server "$1" note | sed '$d' >"$flow_dir/note"
}
text_of() {
	on_server "$asked" note | sed '/^$/,$d' >"$flow_dir/text"
}
# wrong WORD: what was given is refused with it, at both sides, and ends there.
wrong() {
	local before said
	before=$(sqlite3 "$device_db" "SELECT count(*) FROM transmissions")
	check "$1: the check-in goes well" check_in
	said=$(on_device "$asked" "state || ' ' || refusal || ' ' || outcome")
	case $said in
	"refused $1 "*) say "ok: $1: the device refuses it" ;;
	*) fail "$1: the device says: $said" ;;
	esac
	check "$1: its log says so" test "$(sqlite3 "$device_db" "SELECT count(*)
		FROM ledger WHERE kind = 'instruction' AND result = 'refused'
		AND text LIKE 'instruction $asked:%'")" = 1
	check "$1: the server knows" test "$(on_server "$asked" result)" = "$1"
	check "$1: nothing was prepared" test "$(sqlite3 "$device_db" \
		"SELECT count(*) FROM transmissions")" = "$before"
}

ask send --services metering
note_of 1
give "$flow_dir/note"
wrong replay

ask send --services metering
text_of
sed -i 's/^number .*/number 9000/' "$flow_dir/text"
check "one with a later number" sign "$flow_dir/text"
give "$flow_dir/note"
wrong order

ask send --services metering
text_of
sed -i 's/^device .*/device ex7-000007/' "$flow_dir/text"
check "one for another device" sign "$flow_dir/text"
give "$flow_dir/note"
wrong device

ask send --services metering
text_of
sed -i "s/^issued .*/issued $(flow_time '3 days ago')/
	s/^expires .*/expires $(flow_time '1 hour ago')/" "$flow_dir/text"
check "one whose time is over" sign "$flow_dir/text"
give "$flow_dir/note"
wrong expired

ask send --services metering
text_of
sed -i 's/^services .*/services metering job-data/' "$flow_dir/text"
check "one for job data" sign "$flow_dir/text"
give "$flow_dir/note"
wrong job-data

ask send --services metering
text_of
sed -i "s/^kind .*/kind run/; s|^services .*|script touch $flow_dir/was-run|" \
	"$flow_dir/text"
check "one that is in no list" sign "$flow_dir/text"
give "$flow_dir/note"
wrong unknown
check "nothing was run" test ! -e "$flow_dir/was-run"

ask send --services metering
note_of "$asked"
sed -i 's/a fault/a Fault/' "$flow_dir/note"
give "$flow_dir/note"
wrong signature

ask send --services metering
{
	on_server "$asked" note | sed '/^$/,$d'
	yes 'services metering' | head -n 1000
} >"$flow_dir/text"
check "one that is too long" sign "$flow_dir/text"
give "$flow_dir/note"
wrong form

ask send --services metering
head -c 3000 /dev/urandom | base64 >"$flow_dir/note"
give "$flow_dir/note"
wrong form

# After all that a good one is done.
ask send --services metering
check "a good one" check_in
flow_round
both done done "it is done"
check "it came" test "$(received)" = 3

check_code 0 "the server lists all" "$parts_server" instruction list --json \
	--conf "$parts_server_conf" "$id"
check_says '"result": "job-data"' "with what was refused"
check "the device's log verifies" flow_verify
check_code 0 "the server's log verifies" server_sub log verify

# ---- a database that was restored from an older copy ----
sqlite3 "$device_db" ".backup '$flow_dir/older.db'"
flow_days_pass
ask send --services metering
check "one more" check_in
flow_round
both done done "it is done once"
check "it came" test "$(received)" = 4
rm -f "$device_db-wal" "$device_db-shm"
cp "$flow_dir/older.db" "$device_db"
check "the device does not know of it any more" \
	test -z "$(on_device "$asked" state)"
check "it checks in" check_in
flow_round
check "it is not taken again" test -z "$(on_device "$asked" state)"
check "nothing came a second time" test "$(received)" = 4
check "the log says why" grep -q "this database is an older copy" \
	<(sluice log --kind instruction)
ask message "We call at ten."
check "the next one" check_in
both done done "it is taken as ever"
