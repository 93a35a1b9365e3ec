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

# A broken file is told and left alone; so is a folder that is not there.
echo broken >"$dir/state"
refused 1 --state "$dir/state" --now $noon
grep -q broken "$dir/state" || fail "the broken file is gone"
refused 1 --state "$dir/nowhere/state" --now $noon
echo "sluice-collect-sim does what it says"
