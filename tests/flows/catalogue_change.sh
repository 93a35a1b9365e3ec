#!/bin/bash
# A grant that was given under another catalogue, as a version before an
# update left it: suspended until somebody confirms what is new, and nothing of
# the service leaves before, by no button and no timer.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 curl
history=$flow_dir/history.xml
flow_make "history=/bin/cat $history"
db=$flow_dir/device/state/sluice.db

# changed SQL: as if another program had written the grants that stand.
changed() {
	flow_despite "$db" grants_end_once "$1"
}
# older SERVICE-NUMBER COLUMN SED: what was agreed to had other lines.
older() {
	local hash
	sqlite3 "$db" "SELECT writefile('$flow_dir/agreed', text) FROM agreed
		JOIN grants ON sha256 = $2 WHERE service = $1
		AND ended_at IS NULL" >/dev/null
	sed -i "$3" "$flow_dir/agreed"
	hash=$(sha256sum <"$flow_dir/agreed")
	hash=${hash%% *}
	sqlite3 "$db" "INSERT INTO agreed VALUES ('$hash',
		CAST(readfile('$flow_dir/agreed') AS TEXT))" ||
		fail "older words cannot be kept"
	changed "UPDATE grants SET $2 = '$hash' WHERE service = $1
		AND ended_at IS NULL"
}
# The daily send is due now, and the day of grace is over.
timer_due() {
	local minute
	minute=$(date -d '2 minutes ago' +%H:%M)
	changed "UPDATE grants SET granted_at = granted_at - 259200,
		since = since - 259200 WHERE ended_at IS NULL
		AND since > strftime('%s', 'now') - 86400"
	sqlite3 "$db" "INSERT OR REPLACE INTO settings VALUES
		('send_time', '$minute'), ('quiet_hours', 'none'),
		('timer_at', CAST(strftime('%s', 'now') - 7200 AS TEXT))"
}
state_of() {
	sluice services --json | awk -v name="$1" '
		index($0, "\"name\": \"" name "\"") { inside = 1 }
		inside && /"state":/ { gsub(/.*: "|",?$/, ""); print; exit }'
}
received() {
	sqlite3 "$flow_dir/server/state/server.db" "SELECT count(*) FROM
		transmissions WHERE reason LIKE '$1' AND
		' ' || services || ' ' LIKE '% $2 %'"
}

# Before the update: two services, two transmissions wait for the server.
flow_allow metering maintenance
flow_history "$history" 17001="$(flow_time now)"
check "the server starts" parts_server_start
timer_due
check "a round of work" flow_round
check "the timer sends both services" test \
	"$(received timer metering) $(received timer maintenance)" = "1 1"
parts_server_stop
check_code 4 "metering waits for the server" sluice send metering
waiting=$(sluice status --json | flow_json transaction)

# The update: metering has a field more than it had.
flow_stage metering
staged=$flow_transaction
check_code 4 "metering waits again" sluice send "$staged"
older 1 catalogue_sha256 '/^TotalSheets\t/d'
check "metering is suspended" test "$(state_of metering)" = suspended
check "maintenance is not" test "$(state_of maintenance)" = allowed
check_code 0 "services" sluice services
check_says '"sluice allow metering" shows what changed' "it says where to look"
check "the server starts again" parts_server_start
flow_make_due "$waiting"
timer_due
check "a round of work" flow_round
check "what waited is cancelled" flow_is "$waiting" cancelled
check "and what waited behind it" flow_is "$staged" cancelled
check "the timer sends maintenance alone" test \
	"$(received timer metering) $(received timer maintenance)" = "1 2"
check_code 3 "send is refused" sluice send metering
check "a preview is a sample" test \
	"$(sluice preview --json metering | flow_json state)" = sample

# The page and the command line show what is new.
check_code 3 "allow shows it and decides nothing" sluice allow metering
check_says "New: Billing, TotalSheets:" "the new field is named"
check "nothing else is new" test "$(grep -c '^  [A-Z]' "$flow_dir/out")" = 1
check "it is suspended still" test "$(state_of metering)" = suspended
check "the pages start" parts_pages_start
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
web_get customer /
web_post customer /setup "code=$parts_device_code" name=frontdesk \
	"password=$password" "again=$password"
for page in /services /services/metering; do
	web_get customer "$page"
	check "page $page names the new field" \
		grep -q 'Billing, TotalSheets' <(web_text)
	check "page $page asks to confirm" grep -q 'Confirm' <(web_text)
done
check "nothing of metering left by looking" test "$(received % metering)" = 1

# Confirmed.
check_code 0 "it is confirmed" sluice allow metering --confirm
check "metering is allowed" test "$(state_of metering)" = allowed
flow_history "$history" 17001="$(flow_time now)"
check_code 0 "it leaves" sluice send metering
flow_server_body >"$flow_dir/body"
check "under the new grant" grep -q "$(sluice services --json |
	awk '/"name": "metering"/ { i = 1 } i' | flow_json grant)" "$flow_dir/body"
check_code 1 "what waited before stays where it is" sluice send "$staged"
check_code 1 "and the one before it" sluice send "$waiting"
check "a round of work" flow_round
check "the server has neither of them" test \
	"$(flow_received "$staged") $(flow_received "$waiting")" = "0 0"

# Other words suspend as well, and what happened meanwhile stays here.
older 4 text_sha256 's/^purpose .*/purpose Something else./'
check "maintenance is suspended" test "$(state_of maintenance)" = suspended
changed "UPDATE grants SET granted_at = granted_at - 7200,
	since = since - 7200 WHERE ended_at IS NULL"
check_code 3 "allow shows the words" sluice allow maintenance
check_says "Changed: Purpose" "the words are named"
check_says "before: Something else." "with what they were"
web_get customer /services/maintenance
check "the page says what they were" grep -q 'Something else' <(web_text)
web_post customer /services/maintenance decision=allow
check "confirmed on the page" test "$(state_of maintenance)" = allowed
flow_history "$history" 17001="$(flow_time '1 hour ago')" \
	17002="$(flow_time now)"
check_code 0 "it leaves" sluice send maintenance
flow_server_body >"$flow_dir/body"
check "what happened after it was confirmed is told" \
	grep -q 'procedure-17002' "$flow_dir/body"
check "what happened in the gap is not" test \
	"$(grep -cw 17001 "$flow_dir/body")" = 0
check "the confirmations stand in the log" test "$(sluice log --json \
	--kind grant | grep -c 'confirms grant')" = 2
check "the log verifies" flow_verify
