#!/bin/bash
# As installed: init by root, the daemon as one user, web server and pages as
# another. Who holds what stands in docs/architecture.md; here each side is
# shown to reach what it needs and nothing else. Two users that every Debian
# has stand for sluice and sluice-web.
. "$(dirname "$0")/lib.sh"
. "$parts_top/tools/job_data.sh"
need lighttpd curl setpriv
need_root "running as several users"
. "$(dirname "$0")/users_common.sh"
# Right after init, before root runs anything else on it.
fresh=$flow_dir/fresh
check "root makes a device" "$parts_sluice" init --conf "$fresh/sluice.conf" \
	--serial FRESH-1 --user "$daemon_user" --pages-user "$pages_user" \
	--static "$parts_static"
check "nothing of its state is root's" \
	test -z "$(find "$fresh/state" -user root -o -group root)"
check "root asks for its status" "$parts_sluice" status --conf "$fresh/sluice.conf"
check "the daemon's user too" as "$daemon_user" "$parts_sluice" status \
	--conf "$fresh/sluice.conf"
flow_vendor=1
flow_make
echo "An example of a job." >"$flow_dir/spool/Example job.txt"
check "the server starts" parts_server_start
check "the daemon starts and gives up root" parts_daemon_start
check "lighttpd starts and gives up root" parts_pages_start

cannot() {
	! "$@" 2>/dev/null
}
D=$flow_dir/device
check "the pages' user cannot read the identity key" \
	cannot as "$pages_user" cat "$D/keys/identity.key"
check "the pages' user cannot read the log's key" \
	cannot as "$pages_user" cat "$D/keys/ledger.key"
check "the daemon's user cannot read the pages' key" \
	cannot as "$daemon_user" cat "$D/web/pages.pem"
check "nobody else can read the database" \
	cannot as nobody cat "$D/state/sluice.db"
check_code 1 "nor with the command" as nobody "$parts_sluice" status \
	--conf "$parts_device_conf"
check_says "Run this as root (sudo)" "and is told what to do"
check "lighttpd runs as $pages_user" \
	test "$(stat -c %U "/proc/$(parts_pid device-web)")" = "$pages_user"
check "the daemon runs as $daemon_user" \
	test "$(stat -c %U "/proc/$(parts_pid daemon)")" = "$daemon_user"

. "$parts_top/tools/main_job.sh"
told() {
	say "ok: $*"
}
check "the main job works through the pages" main_job

# Root put the certificate there; the daemon can put another in its place.
check "the certificate that root took in is renewed" sluice enrol --renew
check "the new one is the daemon's" test \
	"$(stat -c '%U %a' "$D/keys/identity.pem")" = "$daemon_user 644"

# Root's own commands leave nothing behind that the others cannot use.
check "root verifies the log" flow_verify
check "root ends what was allowed" sluice withdraw metering
check "root allows it again" sluice allow metering
parts_stop daemon
flow_stage metering
check "root sends without a daemon" sluice send "$flow_transaction"
check "the daemon starts again" parts_daemon_start
web_get operator /preview
web_post operator /preview service=metering
main_job_path=$web_path
check "the pages still get a preview" parts_wait 180 "the preview" \
	main_job_preview_ready

# What a page seals as one user, the daemon sends and removes as another.
check "job data is allowed for one send" sluice allow job-data
check "a file is taken from the browser" job_data_upload sender \
	"$sender_password" "$parts_static/sluice.css" style.css
check "it arrives" parts_wait 180 "the receipt" job_data_over sender
check "the server has signed for it" grep -q 'Sent' <(web_text)
none_sealed() {
	[ -z "$(ls "$D/state/sealed")" ]
}
check "nothing is left of it here" parts_wait 60 "the removal" none_sealed
check "nor of lists of jobs" test -z "$(find "$D/state" -type p -name 'jobs-*')"
