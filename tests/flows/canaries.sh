#!/bin/bash
# Only what is allowed leaves: a collector that finds every field there is,
# under each of the 2^8 combinations of six services, personal data and job
# data, one decision a step. What may be sent is sent by the real client to
# the real server, and the server's store is searched for the values.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3 curl
canaries=$parts_build/tests/support/canaries
flow_make "canaries=$canaries"
check "the server starts" parts_server_start

# Somebody who may see every page, signed in once.
check "the pages start" parts_pages_start
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
web_get customer / && web_post customer /setup "code=$parts_device_code" \
	name=frontdesk "password=$password" "again=$password"
check "somebody is signed in" test "$web_status" = 200
cookie=$(awk '$6 == "__Host-sluice" { print $6 "=" $7 }' \
	"$web_dir/customer.cookies")
parts_stop device-web
pages=(/ /services /services/supplies /privacy /privacy/personal /preview
	/send /log /catalogue)
# page_is_200 PATH: one page, as the web server would run it.
page_is_200() {
	local status
	read -r status < <(env -i SLUICE_CONF="$parts_device_conf" HTTPS=on \
		REQUEST_METHOD=GET SERVER_PROTOCOL=HTTP/1.1 \
		HTTP_HOST="$parts_host:$parts_page_port" \
		REMOTE_ADDR=127.0.0.1 PATH_INFO="$1" HTTP_COOKIE="$cookie" \
		"$flow_dir/device/cgi-bin/sluice-page" | tr -d '\r')
	[ "$status" = "Status: 200" ] || [ "$status" = "Status: 200 OK" ]
}
check "pages are shown" page_is_200 /services

# Bit 0 is the first name. A step changes one of them: a Gray code.
controls=(metering supplies parts maintenance engineering updates
	personal job-data)
documents=(metering supplies parts maintenance engineering)
sluice allow remote >/dev/null || fail "allowing remote services"
combination=0
decide() {
	local bit=0 step=$1
	while [ $((step >> bit & 1)) = 0 ]; do
		bit=$((bit + 1))
	done
	combination=$((combination ^ 1 << bit))
	if [ $((combination >> bit & 1)) = 1 ]; then
		sluice allow "${controls[bit]}" >/dev/null
	else
		sluice withdraw "${controls[bit]}" >/dev/null
	fi || fail "step $step: deciding on ${controls[bit]}"
}
send_all() {
	local names=() bit last code=0
	for bit in "${!documents[@]}"; do
		if [ $((combination >> bit & 1)) = 1 ]; then
			names+=("${documents[bit]}")
		fi
	done
	if [ ${#names[@]} = 0 ]; then
		sluice send metering >/dev/null 2>&1 || code=$?
		[ "$code" = 3 ] || fail "step $1: sending nothing gives $code"
		return
	fi
	sluice send "${names[@]}" >"$flow_dir/out" 2>&1 || {
		cat "$flow_dir/out"
		fail "step $1: sending ${names[*]}"
	}
	last=$(tail -n 1 "$flow_dir/out")
	set -- $last
	echo "$2 $combination" >>"$flow_dir/sent"
}
never() {
	! grep -rqaE "$1" "$flow_dir/server"
}
for ((step = 0; step < 256; step++)); do
	[ "$step" = 0 ] || decide "$step"
	send_all "$step"
	page_is_200 "${pages[step % ${#pages[@]}]}" ||
		fail "step $step: page ${pages[step % ${#pages[@]}]}"
	if [ "$step" = 63 ]; then
		check "no file of the server holds a personal or network value" \
			never 'canary-(personal|network)'
	fi
done
check "all but the 8 combinations that send nothing were sent" \
	test "$(sort -u "$flow_dir/sent" | wc -l)" = 248
check "the server has them all" test "$(flow_received_all)" = 248
check "no file of the server holds a value that never leaves" \
	never 'canary-(job|secret|stray)|canary-personal-in-a-line'

# What each combination lets out, said once more and not read from the program.
"$canaries" | grep -o 'canary-[^<" ]*' | sort -u >"$flow_dir/all"
check "the collector finds values of each class" test "$(sed \
	's/^canary-\([a-z]*\)-.*/\1/' "$flow_dir/all" | sort -u | tr '\n' ' ')" \
	= "job machine network personal secret stray "
sqlite3 "$(echo "$flow_dir"/server/state/*.db)" "SELECT '@' || t.id ||
	' ' || services || char(10) || CAST(body AS TEXT) FROM transmissions t
	JOIN transmission_bodies b ON b.transmission = t.number" \
	>"$flow_dir/bodies" || fail "the server's store cannot be read"
awk '
BEGIN {
	split("metering supplies parts maintenance engineering", name)
	of["metering"] = "Billing"
	of["supplies"] = "SuppliesUsage"
	of["parts"] = "Configuration SuppliesUsage"
	of["maintenance"] = "Status Faults Events DiagnosticList DfeErrors " \
		"DiagnosticData Nvm Configuration"
	of["engineering"] = "Engineering"
}
function bit(n, i) { return int(n / 2 ^ i) % 2 }
function may(value, n,    part, documents, i) {
	if (value == "canary-personal-in-a-line-of-no-form") return 0
	# The head of each transmission names the machine.
	if (value == "canary-machine-Configuration-MakeAndModel" ||
	    value == "canary-machine-Configuration-SerialNumber") return 1
	split(value, part, "-")
	documents = " CustomerInfo"
	for (i = 1; i <= 5; i++)
		if (bit(n, i - 1)) documents = documents " " of[name[i]]
	if (index(documents " ", " " part[3] " ") == 0) return 0
	if (part[2] == "machine") return 1
	return (part[2] == "personal" || part[2] == "network") && bit(n, 6)
}
function finish(    value, wanted) {
	if (id == "") return
	for (value in found) {
		if (!may(value, of_id[id])) {
			print "combination " of_id[id] ": " value " left"; bad++
		}
	}
	for (value in every) {
		wanted = may(value, of_id[id])
		if (wanted && !(value in found)) {
			print "combination " of_id[id] ": " value " is missing"
			bad++
		}
	}
	split("", found)
	checked++
}
FILENAME == ARGV[1] { every[$1]; next }
FILENAME == ARGV[2] { of_id[$1] = $2; next }
/^@/ {
	finish()
	id = substr($1, 2)
	if (!(id in of_id)) { print id " was never sent"; bad++ }
	wanted = ""
	for (i = 1; i <= 5; i++)
		if (bit(of_id[id], i - 1)) wanted = wanted " " name[i]
	if (bit(of_id[id], 6)) wanted = wanted " personal"
	services = $0
	sub(/^[^ ]*/, "", services)
	if (services != wanted) {
		print "combination " of_id[id] ": grants for" services
		bad++
	}
	next
}
{
	rest = $0
	while (match(rest, /canary-[^<" ]*/)) {
		found[substr(rest, RSTART, RLENGTH)]
		rest = substr(rest, RSTART + RLENGTH)
	}
}
END {
	finish()
	print checked " transmissions searched"
	exit bad > 0 || checked != 248
}' "$flow_dir/all" "$flow_dir/sent" "$flow_dir/bodies" >"$flow_dir/said" || {
	head -n 40 "$flow_dir/said"
	fail "what left is not what was allowed"
}
say "ok: $(tail -n 1 "$flow_dir/said"): only what each combination allows"
check "the log verifies" flow_verify
