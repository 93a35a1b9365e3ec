#!/bin/sh
# "sluice-server identity" and "open" beside age and age-keygen: each reads
# the other's keys and files, and nothing is given out of a file that is not
# whole.
set -eu

command -v age >/dev/null && command -v age-keygen >/dev/null ||
	{ echo "server_open: the package age is not installed"; exit 77; }
server=$abs_top_builddir/sluice-server
pipe=$abs_top_builddir/tests/support/age_pipe
top=$(mktemp -d "${TMPDIR:-/tmp}/sluice-open-test.XXXXXX")
trap 'rm -rf "$top"' EXIT INT TERM
work=$top/work notes=$top/notes
mkdir "$work" "$notes" "$work/spool"
cd "$work"
TMPDIR=$work/spool
export TMPDIR

fail() {
	echo "server_open: $*" >&2
	exit 1
}

# refused TEXT ARGUMENT...: fails, says TEXT, and leaves no file behind.
refused() {
	text=$1
	shift
	ls -a . spool >"$notes/before"
	"$server" "$@" >"$notes/out" 2>"$notes/said" && fail "done: $*"
	ls -a . spool >"$notes/after"
	grep -q "$text" "$notes/said" || fail "$*: $(cat "$notes/said")"
	[ ! -s "$notes/out" ] || fail "$*: something was given out"
	cmp -s "$notes/before" "$notes/after" || fail "$*: a file is left behind"
}

# --- keys, both ways

"$server" identity ours.key >ours.pub
[ "$(stat -c %a ours.key)" = 600 ] || fail "others may read the key"
[ "$(age-keygen -y ours.key)" = "$(cat ours.pub)" ] ||
	fail "age-keygen reads another key"
cp ours.key copy
refused 'there already' identity ours.key
cmp ours.key copy || fail "the key was overwritten"
age-keygen -o theirs.key 2>/dev/null
cat theirs.key ours.key >both.key
chmod 600 both.key

# --- files, both ways, to a file and to a pipe

for size in 0 1 65536 65537 200000; do
	head -c "$size" /dev/urandom >plain
	age -r "$(cat ours.pub)" -o sealed plain
	rm -f opened
	"$server" open --identity ours.key --output opened sealed >said
	cmp opened plain || fail "$size bytes to a file"
	[ "$(stat -c %a opened)" = 600 ] || fail "others may read it"
	grep -q 'complete and unaltered' said || fail "$(cat said)"
	"$server" open --identity both.key <sealed | cmp - plain ||
		fail "$size bytes to a pipe"
	"$pipe" seal "$(age-keygen -y theirs.key)" <plain |
		"$server" open --identity both.key - | cmp - plain ||
		fail "$size bytes from a pipe"
	age -d -i ours.key sealed | cmp - plain || fail "age with our key"
done

# --- what is wrong gives nothing out

cp opened kept
head -c 150000 sealed >cut
{ cat sealed; printf x; } >longer
for file in cut longer plain; do
	refused 'sealed file\|no file in the age format' \
		open --identity ours.key --output opened "$file"
	cmp opened kept || fail "$file: the output was touched"
	refused 'sealed file\|no file in the age format' \
		open --identity ours.key "$file"
done
refused 'not sealed to this key' open --identity theirs.key --output new sealed
refused 'cannot be opened' open --identity ours.key --output new absent
refused 'cannot be opened' open --identity absent sealed
refused 'identity is missing' open sealed
refused 'cannot be made' \
	open --identity ours.key --output absent/new sealed
refused 'secret key' open --identity ours.pub sealed
if command -v script >/dev/null; then
	script -qec "'$server' open --identity ours.key sealed" typed \
		>/dev/null 2>&1 && fail "a job on a terminal"
	grep -q 'not shown on a terminal' typed || fail "$(cat typed)"
fi
[ -z "$(ls spool)" ] || fail "left in TMPDIR: $(ls spool)"
