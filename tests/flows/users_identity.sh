#!/bin/bash
# Identity, check-in and instructions as installed: root made the device for
# two users, daemon and pages run within what systemd's units leave them, and
# root uses the command line beside them. Nothing that one of them makes is out
# of another's reach afterwards.
. "$(dirname "$0")/lib.sh"
need lighttpd curl setpriv unshare openssl
need_root "running as several users"
. "$(dirname "$0")/users_common.sh"
. "$parts_top/tools/main_job.sh"
flow_code=1
flow_make
D=$flow_dir/device
told() {
	say "ok: $*"
}

# within "CAPABILITIES" "WRITABLE" "READABLE" COMMAND...: as systemd/*.service
# has it: the device's folder can only be read but for what is named, no new
# privileges, no capability but these.
cat >"$flow_dir/within" <<'END'
set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
for path in $3; do
	mount --bind "$1/$path" "$1/$path"
	mount -o remount,bind,rw "$1/$path"
done
for path in $4; do
	mount --bind "$1/$path" "$1/$path"
	mount -o remount,bind,ro "$1/$path"
done
umask 0007
capabilities=$2
shift 4
cd /
exec setpriv --no-new-privs --bounding-set="-all,$capabilities" "$@"
END
mounts=yes
unshare -m --propagation private sh "$flow_dir/within" "$D" +setuid state \
	keys/identity.key true 2>/dev/null || mounts=
within() {
	local capabilities=$1 writable=$2 readable=$3
	shift 3
	if [ -n "$mounts" ]; then
		exec unshare -m --propagation private sh "$flow_dir/within" \
			"$D" "$capabilities" "$writable" "$readable" "$@"
	fi
	umask 0007
	exec setpriv --no-new-privs --bounding-set="-all,$capabilities" "$@"
}
# unit NAME: the words of a unit that within() takes.
unit() {
	local file=$parts_top/systemd/$1
	unit_capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' "$file" |
		tr 'A-Z ' 'a-z,' | sed 's/cap_/+/g')
	unit_writable=$(sed -n 's/^ReadWritePaths=//p' "$file" |
		sed 's|/var/lib/sluice/||g')
	unit_readable=$(sed -n 's/^ReadOnlyPaths=//p' "$file" |
		sed 's|-/var/lib/sluice/||g')
}
# start NAME UNIT COMMAND...
start() {
	local name=$1
	unit "$2"
	shift 2
	declare -f within >"$flow_dir/run-$name"
	printf 'flow_dir=%q\nmounts=%q\nD=%q\nwithin %q %q %q' "$flow_dir" \
		"$mounts" "$D" "$unit_capabilities" "$unit_writable" \
		"$unit_readable" >>"$flow_dir/run-$name"
	printf ' %q' "$@" >>"$flow_dir/run-$name"
	parts_start "$name" bash "$flow_dir/run-$name"
}
daemon_start() {
	start daemon sluice.service "$parts_sluice" run \
		--conf "$parts_device_conf"
	parts_wait 60 "the client daemon" parts_daemon_runs
}
pages_start() {
	start device-web sluice-pages.service lighttpd -D \
		-f "$D/lighttpd.conf"
	parts_wait_port device-web "$parts_page_port"
}

# What neither the daemon nor the pages made, and what they cannot use.
foreign() {
	find "$D/state" "$D/keys" ! -user "$daemon_user" ! -user "$pages_user"
}
pages_group=$(id -g "$pages_user")
as_daemon() {
	setpriv --reuid "$daemon_user" --regid "$daemon_user" \
		--groups "$pages_group" "$@"
}
reachable() {
	local path
	for path in state state/sluice.db state/sluice.db-wal \
		state/sluice.db-shm state/wake; do
		[ ! -e "$D/$path" ] || {
			as_daemon test -w "$D/$path" &&
				as "$pages_user" test -w "$D/$path"
		} || { echo "$path"; return 1; }
	done
	for path in identity.key ledger.key; do
		as_daemon test -r "$D/keys/$path" &&
			! as "$pages_user" test -r "$D/keys/$path" ||
			{ echo "$path"; return 1; }
	done
	[ ! -e "$D/keys/identity.pem" ] ||
		as "$pages_user" test -r "$D/keys/identity.pem"
}
all_well() {
	check "$1: nothing is out of reach" reachable
	check "$1: nothing belongs to root" test -z "$(foreign)"
}

all_well "made by root"
check "the server starts" parts_server_start
check "the daemon starts within its unit${mounts:+, mounts too}" daemon_start
check "the pages start within theirs" pages_start
check "the daemon runs as $daemon_user" \
	test "$(stat -c %U "/proc/$(parts_pid daemon)")" = "$daemon_user"

# ---- everything on the pages, as three different users
hash_of() {
	openssl x509 -in "$D/keys/identity.pem" -noout -fingerprint -sha256
}
check "set-up" main_job_set_up
check "allowed" main_job_allow
check "enrolled by a code that was typed on a page" main_job_enrol
check "the certificate is the daemon's" \
	test "$(stat -c '%U %a' "$D/keys/identity.pem")" = "$daemon_user 644"
all_well "enrolled"
check "checked in" main_job_checkin "by the page"
first=$(hash_of)
web_get customer /network/certificate
web_post customer /network/certificate do=renew
check "the renewal that was asked for on the page is over" \
	parts_wait 180 "the renewal" main_job_over "$web_path"
check "there is another certificate" test "$(hash_of)" != "$first"
all_well "renewed"
web_get customer /network/test
web_post customer /network/test do=now
check "the test of the connection is over" \
	parts_wait 180 "the test" main_job_over "$web_path"
check "the page says that all is good" \
	grep -q 'steps, all good' <(web_text)
check "an instruction is allowed on the page" main_job_instruction
all_well "instructed"

# ---- root's command line, each command once
used=' '
# root CODE COMMAND...: nothing of it stays root's.
root() {
	local want=$1
	shift
	used="$used$1 "
	check_code "$want" "root: sluice $*" "$parts_sluice" "$@" \
		--conf "$parts_device_conf" </dev/null
	[ -z "$(foreign)" ] || fail "$* left behind: $(foreign | tr '\n' ' ')"
	[ -z "$(reachable)" ] || fail "$*: out of reach: $(reachable)"
}
all_commands() {
	used=' '
	root 0 status
	root 0 services
	root 0 consent
	root 0 pseudonyms
	root 0 settings
	root 0 settings set queue_days "$1"
	root 0 recipients
	root 0 enrol --status
	root 0 enrol --renew
	root 0 checkin
	root 0 doctor
	root 0 instructions
	root 0 instructions policy message never
	root 0 allow supplies
	root 0 preview metering
	root 0 send metering
	root 0 withdraw supplies
	root 0 user list
	root 0 user disable guest
	root 0 user enable guest
	root 0 log
	root 0 log verify
	root 0 time
	root 0 collect
	root 1 init
	root 1 init --new-code
	root 0 run --once
	root 0 init --provision "$flow_dir/anchors"
	used="$used catalogue job-source version " # of no device
	check "that is every command" test -z "$("$parts_sluice" help |
		awk '/^Commands:/ { list = 1; next } /^$/ { list = 0 }
		list { print $1 }' | while read -r command; do
		case $used in *" $command "*) ;; *) echo "$command" ;; esac
	done)"
}
flow_days_pass
check "root makes an account" sluice_sub user add guest --roles operator \
	<<<"$(flow_password)"
all_well "another account"
all_commands 29
parts_stop daemon
flow_days_pass
all_commands 28
check "the daemon starts again" daemon_start
check "the pages still reach it" main_job_checkin "after root's commands"
flow_days_pass
first=$(hash_of)
web_get customer /network/certificate
web_post customer /network/certificate do=renew
check "and renew" parts_wait 180 "the renewal" main_job_over "$web_path"
check "there is another certificate again" test "$(hash_of)" != "$first"
all_well "at the end"
check "the log verifies" flow_verify
