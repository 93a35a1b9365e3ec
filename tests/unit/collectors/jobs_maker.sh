#!/bin/sh
# The job source of docs/examples, as a maker would test his own.
set -eu
sluice=$abs_top_builddir/sluice
source=$abs_top_srcdir/docs/examples/jobs-example
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
	echo "$*"
	cat "$dir/said"
	exit 1
}
# run CODE: the check of what the machine has now
run() {
	status=0
	"$sluice" job-source --check "$source" "$dir/machine" \
		>"$dir/said" 2>&1 || status=$?
	[ "$status" -eq "$1" ] || fail "status $status, not $1"
}
says() {
	grep -q -- "$1" "$dir/said" || fail "it does not say: $1"
}
run 1
says "is it on"
mkdir "$dir/machine"
run 0
says "0 jobs"
says "A job that is not there is refused: There is no such job any more."
printf 'the content' >"$dir/machine/a & <b> $(printf '\377\033').job"
ln -s /etc/passwd "$dir/machine/link.job"
run 0
says "1 job$"
says "The first job: 11 bytes as listed"
! grep -q content "$dir/said" || fail "it shows the content"
echo "the example job source passes"
