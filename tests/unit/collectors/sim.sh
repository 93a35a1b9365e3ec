#!/bin/sh
# sluice-collect-sim as a program: its command line, its file, its output.
set -eu
sim=$abs_top_builddir/sluice-collect-sim
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "$*"
	exit 1
}
refused() { # status, arguments
	want=$1
	shift
	status=0
	"$sim" "$@" >"$dir/out" 2>"$dir/said" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status, not $want"
	[ ! -s "$dir/out" ] || fail "$*: printed something"
	grep -q '^sluice-collect-sim: ' "$dir/said" || fail "$*: no reason"
}

"$sim" --help | grep -q -- '--state FILE'
"$sim" --version | grep -q '^sluice-collect-sim [0-9]'
refused 2 --nonsense
refused 2 --seed x
refused 2 --now yesterday
refused 2 --now
refused 2 word
refused 2 --fault fire
refused 2 --fault
refused 2 --low 0
refused 2 --low 10
refused 2 --low toner
# The staples' sensor knows only that some are left.
refused 2 --low 9

# The same time and seed, the same words; another seed, others.
noon=2026-11-23T12:00:00Z
"$sim" --now $noon --seed 5 >"$dir/a"
"$sim" --now $noon --seed 5 >"$dir/b"
"$sim" --now $noon --seed 6 >"$dir/c"
cmp -s "$dir/a" "$dir/b" || fail "it is not deterministic"
! cmp -s "$dir/a" "$dir/c" || fail "all seeds are one"
xmllint --noout "$dir/a" 2>"$dir/said" || fail "no XML: $(cat "$dir/said")"

# It lives on in its file.
total() {
	sed -n 's|.*<TotalImpressions[^>]*>\([0-9]*\)<.*|\1|p' "$1"
}
"$sim" --state "$dir/state" --now $noon >"$dir/a"
"$sim" --state "$dir/state" --now 2026-11-24T12:00:00Z >"$dir/b"
[ "$(total "$dir/b")" -gt "$(total "$dir/a")" ] || fail "meters stand still"
[ "$(stat -c %a "$dir/state")" = 600 ] || fail "others can read the state"

# Somebody jams it, empties a cartridge, and mends both.
at() { # minute, more arguments
	minute=$1
	shift
	"$sim" --state "$dir/state" --now 2026-11-24T12:$minute:00Z "$@" \
		>"$dir/a" || fail "$*: status $?"
}
critical() {
	grep -c '<SeverityLevel source="sim">critical<' "$dir/a" || true
}
jams() {
	sed -n 's|.*<OccurrenceCount[^>]*>\([0-9]*\)<.*|\1|p' "$dir/a"
}
level() { # of the second supply
	tr -d '\n' <"$dir/a" | sed -n \
		's|.*<Index source="sim">2</Index>[^/]*/Class>.*Cyan toner.*|&|p' |
		sed 's|.*<SupplyUnit[^>]*>percent</SupplyUnit> *<MaxCapacity[^>]*>100</MaxCapacity> *<Level[^>]*>\([0-9]*\)</Level> *<LowLevel[^>]*>10</LowLevel> *<ColorantName source="sim">cyan<.*|\1|'
}
at 01 --fault none --low none
[ "$(critical)" = 0 ] || fail "a fault stands after --fault none"
[ "$(level)" -gt 10 ] || fail "cyan is at $(level) after --low none"
at 02 --fault jam --low 2
[ "$(critical)" = 1 ] || fail "no fault stands after --fault jam"
grep -q '<PrinterState source="sim">stopped<' "$dir/a" || fail "it prints on"
[ "$(level)" = 5 ] || fail "cyan is at $(level) after --low 2"
first=$(jams)
at 30
[ "$(critical)" = 1 ] || fail "the fault went by itself"
[ "$(level)" = 5 ] || fail "cyan came back by itself"
at 31 --fault jam
[ "$(jams)" = "$first" ] || fail "one jam counts twice"
at 32 --fault cover
[ "$(critical)" = 1 ] || fail "there are $(critical) faults"
at 33 --fault none --low none
[ "$(critical)" = 0 ] || fail "a fault stands after --fault none"
[ "$(level)" = 100 ] || fail "cyan is at $(level) after --low none"

# A broken file is told and left alone; so is a folder that is not there.
echo broken >"$dir/state"
refused 1 --state "$dir/state" --now $noon
grep -q broken "$dir/state" || fail "the broken file is gone"
refused 1 --state "$dir/nowhere/state" --now $noon
echo "sluice-collect-sim does what it says"
