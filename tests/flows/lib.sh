# What every flow shares: a folder of its own, the parts, checks in words, and
# an end that leaves no process and no file behind. Source it first:
#
#	. "$(dirname "$0")/lib.sh"
#
# A flow is quiet steps and check lines; the first check that fails ends it
# with the logs. Exit 77 = skipped, with the reason.
set -u

flow_name=$(basename "$0" .sh)
parts_top=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
parts_build=${abs_top_builddir:-$(pwd)}
. "$parts_top/tests/flows/circumstances.sh"
. "$parts_top/tools/parts.sh"
. "$parts_top/tools/web.sh"

flow_dir=$(mktemp -d "$TMPDIR/sluice-$flow_name.XXXXXX") || exit 1
export HOME=$flow_dir # what curl, sqlite3 and others read there is nobody's
# Root's collectors have a user of their own, where the machine has one.
chmod 711 "$flow_dir"

# Every transmission that was made, sent or not, is one of the schema.
# flow_bodies DATABASE QUERY: the query writes each body into a file.
flow_bodies() {
	[ ! -f "$1" ] || sqlite3 "$1" "$2" >/dev/null
}
flow_validate() {
	type -P xmllint >/dev/null && type -P sqlite3 >/dev/null ||
		return 0
	mkdir -p "$flow_dir/validate"
	flow_bodies "$parts_dir/device/state/sluice.db" "SELECT writefile(
		'$flow_dir/validate/' || sha256 || '.xml', body) FROM bodies" &&
	flow_bodies "$(echo "$parts_dir"/server/state/*.db)" "SELECT writefile(
		'$flow_dir/validate/server-' || transmission || '.xml', body)
		FROM transmission_bodies" || return 1
	set -- "$flow_dir"/validate/*.xml
	[ -f "$1" ] || return 0
	"$parts_build/sluice" catalogue --xsd >"$flow_dir/validate/schema.xsd" &&
	xmllint --noout --nonet --schema "$flow_dir/validate/schema.xsd" "$@" \
		2>"$flow_dir/validate/said" || {
		grep -v ' validates$' "$flow_dir/validate/said"
		return 1
	}
	say "ok: the schema takes all $# transmissions"
}

flow_finish() {
	local code=$?
	trap - EXIT INT TERM HUP
	if [ -n "${parts_dir:-}" ]; then
		if [ "$code" != 0 ] && [ "$code" != 77 ]; then
			parts_show_logs
		fi
		parts_stop_all
		if [ "$code" = 0 ] && ! flow_validate; then
			say "FAILED: the schema does not take a transmission"
			code=1
		fi
	fi
	if [ -n "${flow_cleanup:-}" ]; then
		"$flow_cleanup"
	fi
	parts_release_ports
	rm -rf "$flow_dir"
	exit "$code"
}
trap flow_finish EXIT
trap 'exit 130' INT TERM HUP

say() {
	printf '%s: %s\n' "$flow_name" "$*"
}

fail() {
	say "FAILED: $*"
	exit 1
}

skip() {
	say "skipped: $*"
	exit 77
}

need() {
	local tool
	for tool; do
		type -P "$tool" >/dev/null || skip "there is no $tool"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "$1 needs root"
}

# Whoever writes just now is waited for.
sqlite3() {
	command sqlite3 -cmd ".timeout 20000" "$@"
}

# flow_faked CLOCK COMMAND...: with that clock, as "faketime -f" takes it; not
# through that program, which does not start when one that had the same process
# id left something in /dev/shm, as all that is killed or sandboxed does.
flow_faked() {
	local clock=$1
	shift
	flow_fakes
	FAKETIME=$clock LD_PRELOAD=$flow_preload "$@"
}
# What faketime preloads, as it stands in that program, to flow_preload.
flow_fakes() {
	[ -z "${flow_preload:-}" ] || return 0
	flow_preload=$(LC_ALL=C grep -ao '/[^[:cntrl:]]*/libfaketime[.]so[.]1' \
		"$(type -P faketime)" | head -n 1)
	[ "$(FAKETIME=-2d LD_PRELOAD=$flow_preload date +%s)" -lt \
		"$(date -d yesterday +%s)" ] || fail "faketime does not work here"
}

# check WHAT COMMAND...: the command must be true.
check() {
	local what=$1
	shift
	"$@" || fail "$what"
	say "ok: $what"
}

# check_code CODE WHAT COMMAND...: exit code; output is kept in flow_out.
check_code() {
	local want=$1 what=$2 got=0
	shift 2
	"$@" >"$flow_dir/out" 2>&1 || got=$?
	flow_out=$(cat "$flow_dir/out")
	if [ "$got" != "$want" ]; then
		printf '%s\n' "$flow_out"
		fail "$what: exit code $got, not $want"
	fi
	say "ok: $what"
}

# check_says TEXT WHAT: did the last command say it?
check_says() {
	case $flow_out in
	*"$1"*) say "ok: $2" ;;
	*)
		printf '%s\n' "$flow_out"
		fail "$2: nothing says \"$1\""
		;;
	esac
}

# The device's and the server's command line.
sluice() {
	local command=$1
	shift
	"$parts_sluice" "$command" --conf "$parts_device_conf" "$@"
}

sluice_sub() {
	local command=$1 sub=$2
	shift 2
	"$parts_sluice" "$command" "$sub" --conf "$parts_device_conf" "$@"
}

server() {
	local command=$1
	shift
	"$parts_server" "$command" --conf "$parts_server_conf" "$@"
}

# One value of "sluice status --json": flow_status waiting[0].state
flow_status() {
	sluice status --json | flow_json "$1"
}

# A value by its name from JSON on standard input, the first there is.
flow_json() {
	sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\)\"\{0,1\}.*/\1/p" | head -n 1
}

# How often the server holds a transaction; how many it holds at all.
flow_received() {
	server transactions --json --limit 1000 | grep -c "\"transaction\": *\"$1\""
}

flow_received_all() {
	server transactions --json --limit 1000 | grep -c '"transaction":'
}

# A whole set: server, device with the simulated engine, provisioned, or with
# flow_code=1 with a code for that, in parts_enrol_code. Nothing is started.
# With flow_vendor=1 also a vendor with a desk, its list taken in, and a spool
# folder; that needs tools/job_data.sh. flow_make [COLLECTOR...]
flow_make() {
	parts_dir=$flow_dir
	web_dir=$flow_dir/browser
	mkdir -p "$web_dir"
	parts_init
	parts_server_init "$(parts_free_port)" "$(parts_free_port)" ||
		fail "the server cannot be made"
	if [ "${flow_vendor:-0}" = 1 ]; then
		job_data_vendor || fail "the vendor cannot be made"
		mkdir -p "$flow_dir/spool"
		chmod 755 "$flow_dir/spool"
		parts_job_source=$(job_data_spool)
	fi
	if [ $# = 0 ]; then
		parts_device_init "$(parts_free_port)" "$(parts_sim)"
	else
		parts_device_init "$(parts_free_port)" "$@"
	fi || fail "the device cannot be made"
	web_base=https://$parts_host:$parts_page_port
	if [ "${flow_code:-0}" = 1 ]; then
		parts_anchors
	else
		parts_provision
	fi >"$flow_dir/logs/provision.txt" ||
		fail "the device cannot be provisioned"
	[ "${flow_vendor:-0}" = 0 ] ||
		sluice_sub recipients import "$job_data_dir/recipients.note" \
			>/dev/null || fail "the list is not taken in"
}

flow_allow() {
	sluice allow remote "$@" >/dev/null || fail "allowing $*"
}

# flow_stage SERVICE...: leaves transaction and hash in flow_transaction and
# flow_hash.
flow_stage() {
	sluice preview --json "$@" >"$flow_dir/preview.json" ||
		fail "preview $*"
	flow_transaction=$(flow_json transaction <"$flow_dir/preview.json")
	flow_hash=$(flow_json sha256 <"$flow_dir/preview.json")
	[ -n "$flow_transaction" ] || fail "the preview names no transaction"
}

# Does the state of a transaction have this word? flow_is TRANSACTION STATE
flow_is() {
	[ "$(sluice preview --json "$1" | flow_json state)" = "$2" ]
}

# What stands in the two databases while the programs use them.
device_sql() {
	sqlite3 "$flow_dir/device/state/sluice.db" "$1"
}
server_sql() {
	sqlite3 "$flow_dir/server/state/server.db" "$1"
}

# flow_despite DATABASE TRIGGER SQL: changes what nothing in the product can
# change; the trigger stands afterwards as it did.
flow_despite() {
	local trigger
	trigger=$(sqlite3 "$1" "SELECT sql FROM sqlite_schema
		WHERE name = '$2'")
	[ -n "$trigger" ] || fail "there is no trigger $2"
	sqlite3 "$1" "BEGIN IMMEDIATE; DROP TRIGGER $2; $3; $trigger; COMMIT" ||
		fail "the database cannot be changed"
}

# As if all instructions and certificates had come two days ago: a device takes
# so many a day, and is given so many.
flow_days_pass() {
	flow_despite "$flow_dir/device/state/sluice.db" instructions_way \
		"UPDATE instructions SET taken_at = taken_at - 172800"
	flow_despite "$flow_dir/server/state/server.db" certificates_fixed \
		"UPDATE certificates SET issued_at = issued_at - 172800"
}

# As if the pause before the next try were over. flow_make_due TRANSACTION
flow_make_due() {
	need sqlite3
	device_sql "UPDATE transmissions SET next_try_at = 0 WHERE id = '$1'" ||
		fail "the next try could not be moved"
}

# One round of the client's work without a daemon.
flow_round() {
	"$parts_sluice" run --once --log-level error --conf "$parts_device_conf"
}

# The log must verify and the server must have the transaction exactly once.
flow_check_once() {
	check "$2: the server has it exactly once" \
		test "$(flow_received "$1")" = 1
	check "$2: the log verifies" flow_verify
}

flow_verify() {
	sluice_sub log verify >/dev/null
}

# A time in UTC as documents have it: flow_time "1 hour ago"
flow_time() {
	date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ
}

# flow_history FILE NUMBER=TIME...: what a collector prints now, of a machine
# on which the same happened at each time: a fault, an event, an error, a
# procedure, a measurement and a line of a log. Each has the number in it, and
# the event a person's name.
flow_history() {
	local file=$1
	shift
	printf '%s\n' "$@" | awk -F= -v now="$(flow_time now)" '
	function field(name, text, attributes) {
		return "<" name attributes ">" text "</" name ">"
	}
	{
		faults = faults field("Fault",
			field("SeverityLevel", "critical") field("Group", "fuser") \
			field("Code", "jam") field("Time", $2) \
			field("OccurrenceCount", $1, " unit=\"times\""))
		events = events field("Event", field("Index", $1) \
			field("Time", $2) field("Type", "other") \
			field("UserName", "Person " $1))
		errors = errors field("Error", field("TimeStamp", $2) \
			field("Class", "Error") field("ReturnCode", $1))
		procedures = procedures field("Procedure",
			field("Id", "procedure-" $1) field("StartTime", $2))
		files = files field("File", field("Kind", "sensor-trace") \
			field("Size", $1, " unit=\"bytes\"") field("Modified", $2) \
			field("Series", field("Quantity", "count") \
				field("Values", "1 2")))
		lines = lines field("Line", $2 " supply: unit " $1 " replaced")
	}
	END {
		print field("Collected",
			field("Billing", field("TotalImpressions", "4711",
				" unit=\"impressions\"")) \
			field("DfeErrors", errors) \
			field("DiagnosticList", procedures) \
			field("Faults", faults) field("Events", events) \
			field("DiagnosticData", files) \
			field("Engineering", field("Log",
				field("Name", "engine") lines)),
			" xmlns=\"urn:sluice:collected:1\" source=\"history\"" \
			" collectedAt=\"" now "\"")
	}' >"$file"
}

# The body that the server got last.
flow_server_body() {
	server_sql "SELECT CAST(body AS TEXT)
		FROM transmission_bodies ORDER BY transmission DESC LIMIT 1"
}

# One control of "sluice services --json" on standard input: its state.
flow_control() {
	awk -v name="$1" 'index($0, "\"name\": \"" name "\"") { inside = 1 }
		inside && /"state":/ { gsub(/.*: "|",?$/, ""); print; exit }'
}

# A whole set with a vendor, and at the server the staff accounts "desk", who
# may take job data, and "staff-1", who may not.
flow_job_data_make() {
	flow_vendor=1
	flow_make
	flow_password | server_sub staff add desk --role job-data >/dev/null &&
		flow_password | server_sub staff add staff-1 >/dev/null ||
		fail "the staff cannot be made"
}

# Longer than what could be taken for one of the common passwords by chance.
flow_password() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
	echo
}

# Accounts of the device: frontdesk (customer, admin), sender and other (both
# job-data), operator. Passwords in NAME_password.
flow_people() {
	local person roles
	for person in frontdesk sender other operator; do
		case $person in
		frontdesk) roles=customer,admin ;;
		operator) roles=operator,auditor ;;
		*) roles=job-data ;;
		esac
		declare -g "${person}_password=$(flow_password)"
		printf '%s\n' "$(flow_password_of $person)" | sluice_sub user add \
			"$person" --roles "$roles" >/dev/null ||
			fail "the account $person cannot be made"
	done
}
flow_password_of() {
	local name=${1}_password
	printf '%s' "${!name}"
}

# flow_sign_in NAME
flow_sign_in() {
	web_get "$1" /login
	web_post "$1" /login "name=$1" "password=$(flow_password_of "$1")"
	[ "$web_status" = 200 ] || fail "$1 cannot sign in"
}

# flow_page_says PERSON PATH TEXT
flow_page_says() {
	web_get "$1" "$2" && web_text | grep -q -- "$3"
}

# States of all jobs that were ever chosen, the first first.
flow_job_states() {
	device_sql "SELECT
		group_concat(state, ' ') FROM (SELECT job_items.state FROM
		job_items JOIN job_orders ON job_orders.id = order_id
		ORDER BY job_orders.number, job_items.number)"
}

server_sub() {
	local command=$1 sub=$2
	shift 2
	"$parts_server" "$command" "$sub" --conf "$parts_server_conf" "$@"
}
