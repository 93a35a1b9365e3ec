#!/bin/bash
# What the collectors that come with Sluice find of people and networks, fed
# with it: the simulated engine, a virtual printer over IPP, an agent over
# SNMP. Nothing of it is at the server while personal data is not allowed,
# and all of it when it is. What a value is of, the catalogue says.
. "$(dirname "$0")/lib.sh"
need lighttpd sqlite3
flow_make
check "the server starts" parts_server_start
flow_allow metering supplies parts maintenance engineering

# "CLASS DOCUMENT VALUE" of each value in a collector's output.
"$parts_sluice" catalogue >"$flow_dir/catalogue"
classes() {
	awk '
	FILENAME == ARGV[1] {
		sub(/\*$/, "", $1)
		for (i = 2; i <= 6; i++)
			if ($i ~ /^(machine|network|personal|job|secret)$/) {
				of[$1] = $i; break
			}
		next
	}
	/^<\?/ || /<\/?Collected/ { next }
	/^ *<\/[A-Za-z]*>$/ { sub(/\/?[A-Za-z]*$/, "", path); next }
	/^ *<[A-Za-z]*[^>]*>$/ {
		name = $1; gsub(/[<>]/, "", name)
		path = path (path == "" ? "" : "/") name
		next
	}
	/^ *<[A-Za-z]*.*<\/[A-Za-z]*>$/ {
		name = $0; sub(/^ *</, "", name); sub(/[ >].*/, "", name)
		value = $0; sub(/^[^>]*>/, "", value)
		sub(/<\/[A-Za-z]*>$/, "", value)
		document = path; sub(/\/.*/, "", document)
		print of[path "/" name], document, value
	}' "$flow_dir/catalogue" -
}

server_body() {
	sqlite3 "$(echo "$flow_dir"/server/state/*.db)" "SELECT CAST(body AS
		TEXT) FROM transmission_bodies ORDER BY transmission DESC
		LIMIT 1"
}

# sent_now: the newest body at the server, after sending what is allowed
sent_now() {
	sluice send metering supplies parts maintenance engineering \
		>"$flow_dir/out" 2>&1 || { cat "$flow_dir/out"; fail "$1: send"; }
	server_body >"$flow_dir/body"
}

# telling CLASSES [DOCUMENTS]: values of these classes, into the file telling.
# Short ones and those that a machine's own field has too tell nothing.
telling() {
	grep -E "^($1) (${2:-[A-Za-z]*}) ......" "$flow_dir/found" |
		cut -d ' ' -f 3- | sort -u >"$flow_dir/values"
	grep '^machine ' "$flow_dir/found" | cut -d ' ' -f 3- | sort -u |
		comm -23 "$flow_dir/values" - >"$flow_dir/telling"
}
telling_in_body() {
	grep -oFf "$flow_dir/telling" "$flow_dir/body" | sort -u | wc -l
}

codes() {
	grep -o 'pseudonym-[0-9a-f]*' "$flow_dir/body" | sort -u
}
# All that were there before; something may have happened since, elsewhere.
same_codes() {
	codes | comm -13 - "$flow_dir/codes" >"$flow_dir/missing"
	[ ! -s "$flow_dir/missing" ]
}
known_codes() {
	local code known
	known=$(sluice pseudonyms)
	while read -r code; do
		grep -q "^$code  *[^ ]" <<<"$known" || return 1
	done <"$flow_dir/codes"
}

# one NAME COLLECTOR LEAST: LEAST = values that it must have been fed with
one() {
	local name=$1 least=$3 program=${2%% *} arguments=${2#* }
	sed -i -e "s|^program = .*|program = $program|" \
		-e "s|^arguments = .*|arguments = $arguments|" "$parts_device_conf"
	# shellcheck disable=SC2086
	(cd "$flow_dir/own" && "$program" $arguments 2>"$flow_dir/said") |
		classes >"$flow_dir/found"
	check "$name finds values of people and networks" test "$(grep -cE \
		'^(personal|network) ' "$flow_dir/found")" -ge "$least"
	telling 'personal|network|job|secret'
	sent_now "$name"
	check "$name: none of them is at the server" \
		test "$(telling_in_body)" = 0
	codes >"$flow_dir/codes"
	check "$name: codes stand for names of the network" \
		test -s "$flow_dir/codes"
	check "$name: the device knows which for which" known_codes
	sent_now "$name"
	check "$name: the same ones each time" same_codes
	flow_allow personal
	sent_now "$name"
	# Faults and events from before the decision stay, as no_retroactive.sh
	# shows.
	telling 'personal|network' 'CustomerInfo|Status|Configuration|SuppliesUsage'
	check "$name: all are, once personal data is allowed" \
		test "$(telling_in_body)" = "$(wc -l <"$flow_dir/telling")"
	telling 'job|secret'
	check "$name: what is about jobs never is" \
		test "$(telling_in_body)" = 0
	sluice withdraw personal >/dev/null || fail "withdrawing personal"
}

# Collectors keep what they keep in the folder that they are started in.
mkdir "$flow_dir/own"
sim=$(parts_sim)
one "sim" "${sim#*=}" 8

snmp=$parts_collectors/sluice-collect-snmp
if [ -x "$snmp" ] && command -v snmpsimd >/dev/null; then
	mkdir -p "$flow_dir/agent/data"
	cp "$parts_top"/tests/unit/collectors/snmp.d/color-a3.snmprec \
		"$flow_dir/agent/data"
	(umask 077 && echo color-a3 >"$flow_dir/community")
	chmod 711 "$flow_dir"
	user=$(id -un) group=$(id -gn)
	if [ "$(id -u)" = 0 ]; then
		user=nobody group=$(id -gn nobody)
		chown -R "$user" "$flow_dir/agent"
	fi
	port=$(parts_free_port)
	parts_start agent sh -c 'exec "$@" >/dev/null 2>&1' agent env HOME="$flow_dir/agent" TMPDIR="$flow_dir/agent" \
		PYTHONDONTWRITEBYTECODE=1 snmpsimd --process-user="$user" \
		--process-group="$group" --data-dir="$flow_dir/agent/data" \
		--cache-dir="$flow_dir/agent" \
		--agent-udpv4-endpoint="127.0.0.1:$port"
	answers() {
		"$snmp" --host "127.0.0.1:$port" --community-file \
			"$flow_dir/community" --timeout 1 --retries 0 \
			>/dev/null 2>&1
	}
	check "the agent answers" parts_wait 60 "the agent" answers
	one "snmp" "$snmp --host 127.0.0.1:$port --community-file $flow_dir/community" 4
	parts_stop agent
else
	say "no SNMP collector or no snmpsimd: left out"
fi

port=$(parts_free_port)
if [ -x "$parts_collectors/sluice-collect-ipp" ] &&
	sh "$parts_top/tools/printer" start "$flow_dir/printer" "$port" \
		>"$flow_dir/said" 2>&1; then
	flow_cleanup() { sh "$parts_top/tools/printer" stop "$flow_dir/printer"; }
	flow_cleanup=flow_cleanup
	ipp=$(parts_ipp "$port")
	one "ipp" "${ipp#*=}" 6
else
	say "no virtual printer here: left out"
fi
check "the log verifies" flow_verify
