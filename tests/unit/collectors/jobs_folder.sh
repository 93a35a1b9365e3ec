#!/bin/sh
# sluice-jobs-folder as a process: its command line, its sandbox, and a job of
# 10 GB.
set -eu
jobs=$abs_top_builddir/sluice-jobs-folder
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/spool"

fail() {
	echo "$*"
	exit 1
}
refused() { # status, words on standard error, arguments
	want=$1 words=$2
	shift 2
	status=0
	"$jobs" "$@" >"$dir/out" 2>"$dir/said" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status, not $want"
	[ ! -s "$dir/out" ] || fail "$*: printed something"
	grep -q "$words" "$dir/said" || { cat "$dir/said"; fail "$*: no reason"; }
	[ "$(wc -l <"$dir/said")" -eq 1 ] || fail "$*: more than one line"
}
# id_of NAME: of the job that is listed with this name
id_of() {
	"$jobs" "$dir/spool" list |
		sed -n '/<Job /{s/.*id="\([0-9a-f]*\)".*/\1/;h}
			/<Name>'"$1"'</{g;p}'
}

"$jobs" --help | grep -q 'FOLDER get ID'
"$jobs" --version | grep -q '^sluice-jobs-folder [0-9]'
refused 2 'FOLDER list'
refused 2 'FOLDER list' "$dir/spool"
refused 2 'no id of a job' "$dir/spool" get ../secret
refused 2 'unknown argument' --fast "$dir/spool" list
refused 1 'The folder cannot be opened' "$dir/nothing" list
refused 1 '^There is no such job any more.$' "$dir/spool" get 12

printf '%%PDF-1.7 the content' >"$dir/spool/report.pdf"
ln -s /etc/shadow "$dir/spool/shadow"
ln -s "$dir/spool/report.pdf" "$dir/spool/link"
"$jobs" "$dir/spool" list >"$dir/list"
[ "$(grep -c '<Job ' "$dir/list")" -eq 1 ] || fail "a link is a job"
"$jobs" "$dir/spool" get "$(id_of report.pdf)" | cmp - "$dir/spool/report.pdf"

# What is sparse is read as long as it is, in little memory.
truncate -s 10G "$dir/spool/sparse"
id=$(id_of sparse)
# Sanitizers want address space that they never use.
limit=262144
"$jobs" --version >/dev/null 2>&1
(ulimit -v $limit && "$jobs" --version) >/dev/null 2>&1 || limit=unlimited
(ulimit -v $limit && "$jobs" "$dir/spool" get "$id") >/dev/null ||
	fail "10 GB of nothing cannot be read"
printf end >>"$dir/spool/sparse"
refused 1 '^There is no such job any more.$' "$dir/spool" get "$id"
truncate -s 20M "$dir/spool/sparse"
printf middle | dd of="$dir/spool/sparse" bs=1 seek=5000000 conv=notrunc 2>/dev/null
"$jobs" "$dir/spool" get "$(id_of sparse)" | cmp - "$dir/spool/sparse"
id=$(id_of sparse)
# Who goes away in the middle is no reason to read on.
"$jobs" "$dir/spool" get "$id" | head -c 5 | wc -c | grep -q '^5$'
echo "sluice-jobs-folder gives files of a folder and nothing else"
