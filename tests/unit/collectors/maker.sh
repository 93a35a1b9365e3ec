#!/bin/sh
# The collector of docs/examples, as a maker would test his own.
set -eu
sluice=$abs_top_builddir/sluice
collector=$abs_top_srcdir/docs/examples/collect-example
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "$*"
	cat "$dir/said"
	exit 1
}
# run CODE: the check of what the machine says now
run() {
	status=0
	"$sluice" collect --check "$collector" "$dir/machine" \
		>"$dir/said" 2>&1 || status=$?
	[ "$status" -eq "$1" ] || fail "status $status, not $1"
}
says() {
	grep -q -- "$1" "$dir/said" || fail "it does not say: $1"
}
run 1
says "is the machine on"

cat >"$dir/machine" <<'END'
pages 48213
serial EX7 & <9>
host printer-7.example
toner 62
jam 2026-11-23T11:58:00Z
words Paper of Kim Specimen
log 2026-11-23T11:58:00Z engine: jam at sensor 4, sheet 2
log somebody wrote <this> & that
END
run 0
says "^Billing  *1$"
says "^Configuration  *2$"
says "^Faults  *4$"
says "^Engineering  *3$"
says "1 log lines in no form"
says "All of it is in the catalogue"

# A meter that cannot be read is unknown; one with words in it is a stray.
sed -i '/^pages/d' "$dir/machine"
run 0
echo "pages about a thousand" >>"$dir/machine"
run 1
says "Billing/TotalImpressions: TotalImpressions is not a whole number"
says "  Billing: "
echo "the example collector passes"
