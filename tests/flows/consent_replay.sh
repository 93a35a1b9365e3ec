#!/bin/bash
# The log alone gives what is allowed: after a walk of decisions the exported
# log is replayed by a script of its own and compared with what the device
# says, and so is the consent record.
. "$(dirname "$0")/lib.sh"
need sqlite3 faketime
flow_make
RANDOM=${FLOW_SEED:-4711}
say "seed ${FLOW_SEED:-4711}"
controls=(remote metering supplies parts maintenance engineering updates
	personal job-data)

# "NAME STATE GRANT BY UNTIL" of each control, by the log.
replayed() {
	sluice log --json | awk -v names="${controls[*]}" '
	function value(key,    at) {
		if (!match($0, "\"" key "\":\"[^\"]*\"")) return ""
		at = length(key) + 4
		return substr($0, RSTART + at, RLENGTH - at - 1)
	}
	BEGIN {
		count = split(names, name, " ")
		for (i = 1; i <= count; i++) state[name[i]] = "not allowed"
	}
	value("kind") == "grant" {
		s = value("service")
		state[s] = "allowed"; grant[s] = value("grant")
		actor[s] = value("actor"); until[s] = ""
		text = value("text")
		if (match(text, / until [^;]*/))
			until[s] = substr(text, RSTART + 7, RLENGTH - 7)
	}
	value("kind") == "withdrawal" || value("kind") == "expired" {
		s = value("service")
		if (grant[s] != value("grant")) print s ": another grant ended"
		state[s] = value("kind") == "expired" ? "ended by its date" \
			: "not allowed"
		grant[s] = until[s] = ""; actor[s] = value("actor")
	}
	END {
		for (i = 1; i <= count; i++) {
			s = name[i]
			print s "|" state[s] "|" grant[s] "|" actor[s] "|" until[s]
		}
	}'
}
# The same as the device says.
told() {
	sluice services --json | awk '
	function value(    text) {
		text = $0
		sub(/^[^:]*: /, "", text); gsub(/^"|",?$|,$/, "", text)
		return text == "null" ? "" : text
	}
	/"name":/ { name = value() }
	/"state":/ { state = value() }
	/"grant":/ { grant = value() }
	/"decided_by":/ { actor = value() }
	/"until":/ { until = value() }
	/"last_sent_at":/ {
		print name "|" state "|" grant "|" actor "|" until
	}'
}
# What stands by the consent record, "NAME GRANT UNTIL".
recorded() {
	sluice consent --json | grep '^{' | sed '1d' | awk '
	function value(key,    at) {
		if (!match($0, "\"" key "\":\"[^\"]*\"")) return ""
		at = length(key) + 4
		return substr($0, RSTART + at, RLENGTH - at - 1)
	}
	value("state") == "allowed" {
		print value("control") "|" value("record_id") "|" value("until")
	}' | sort
}
stands() {
	awk -F '|' '$2 == "allowed" { print $1 "|" $3 "|" $5 }' | sort
}
same() {
	replayed >"$flow_dir/replayed"
	told >"$flow_dir/told"
	cmp -s "$flow_dir/replayed" "$flow_dir/told" || {
		diff "$flow_dir/replayed" "$flow_dir/told"
		return 1
	}
	recorded >"$flow_dir/recorded"
	stands <"$flow_dir/told" | cmp -s - "$flow_dir/recorded" || {
		stands <"$flow_dir/told" | diff - "$flow_dir/recorded"
		return 1
	}
}

check "a new device: nothing" same
for ((step = 1; step <= 120; step++)); do
	name=${controls[RANDOM % 9]}
	case $((RANDOM % 6)) in
	0 | 1) sluice withdraw "$name" ;;
	2) sluice allow "$name" --until "$(flow_time '9 days')" ;;
	3) sluice allow "$name" --until never ;;
	*) sluice allow "$name" ;;
	esac >/dev/null || fail "step $step: $name"
	[ $((step % 12)) != 0 ] || same || fail "step $step"
done
say "ok: 120 decisions, replayed after each dozen"

# One ends by its date: the entry of the daemon says so.
sluice allow parts --until "$(flow_time '1 hour')" >/dev/null ||
	fail "an end that is near"
check "a round of work after its date" flow_faked +2h flow_round
check "the log knows the end" test \
	"$(sluice log --json --kind expired | grep -c .)" = 1
check "replayed" same
sluice withdraw --all >/dev/null || fail "withdrawing everything"
check "everything withdrawn: replayed" same
check "nothing stands" test "$(recorded | wc -l)" = 0

# The record is JSON and CSV that strangers read, with every grant in it.
grants=$(sqlite3 "$flow_dir/device/state/sluice.db" \
	'SELECT count(*) FROM grants')
sluice consent --json >"$flow_dir/record.json"
sluice consent --csv >"$flow_dir/record.csv"
check "each grant is a record" test \
	"$(grep -c '"record_id"' "$flow_dir/record.json")" = "$grants"
check "and begins a row" test \
	"$(grep -cE '^[0-9a-f]{8}-[0-9a-f-]{27},' "$flow_dir/record.csv")" = "$grants"
if command -v python3 >/dev/null; then
	check "another program reads the JSON" \
		python3 -m json.tool "$flow_dir/record.json" "$flow_dir/again.json"
	check "another program reads the CSV" python3 -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="")))
assert len(rows) == int(sys.argv[2]) + 1
assert len({len(row) for row in rows}) == 1
' "$flow_dir/record.csv" "$grants"
fi
check "the log verifies" flow_verify
