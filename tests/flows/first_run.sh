#!/bin/bash
# A fresh device: nothing is allowed, nothing is ticked, nothing leaves.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 curl
flow_make
db=$flow_dir/device/state/sluice.db
grants() {
	sqlite3 "$db" 'SELECT count(*) FROM grants'
}
states() {
	sluice services --json | sed -n 's/.*"state": "\(.*\)",/\1/p' |
		sort | uniq -c | sed 's/^ *//'
}
check "the database holds no grant" test "$(grants)" = 0
check "the nine controls are all not allowed" \
	test "$(states)" = "9 not allowed"
check_code 0 "status" sluice status
check_says "Nothing is being sent. No service is allowed." "it says so"
check_code 0 "the consent record" sluice consent
check_says "Nothing was ever allowed on this device." "it is empty"
check "the log has no decision" test \
	"$(sluice log --json --kind grant | grep -c .)" = 0

check "the server starts" parts_server_start
check "the pages start" parts_pages_start
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
web_get customer /
web_post customer /setup "code=$parts_device_code" name=frontdesk \
	"password=$password" "again=$password"
check "the first account is made" test "$web_status" = 200
check "and grants nothing" test "$(grants)" = 0
allowed_here() {
	grep -cE 'value="allow"[^>]* aria-pressed="true"|> *Allowed *<' "$web_body"
}
for page in / /services /privacy /services/remote /services/metering \
	/services/supplies /services/parts /services/maintenance \
	/services/engineering /services/updates /privacy/personal \
	/privacy/job-data /preview /send; do
	web_get customer "$page"
	check "page $page is shown" test "$web_status" = 200
	check "page $page has nothing ticked or chosen for anybody" test \
		"$(grep -ciE '<(input|option)[^>]* (checked|selected)' "$web_body")" = 0
	check "page $page calls nothing allowed" test "$(allowed_here)" = 0
done
web_get customer /
check "Home says that nothing is sent" \
	grep -q 'Nothing is being sent' <(web_text)
check "looking at all pages granted nothing" test "$(grants)" = 0

check_code 3 "send is refused" sluice send metering
check_code 0 "a preview is a sample" sluice preview metering
check_says "This is a sample" "it says so"
check "rounds of work" flow_round
check "the daemon starts" parts_daemon_start
check_code 0 "it makes a sample too" sluice preview maintenance
parts_stop daemon
check "nothing was sent" test "$(flow_received_all)" = 0
check "there is no grant still" test "$(grants)" = 0

# What was looked for is there as soon as something is allowed.
flow_allow metering
web_get customer /services/metering
check "an allowed service is called so" test "$(allowed_here)" -gt 0
check "the log verifies" flow_verify
