#!/bin/sh
# Our sealing and opening beside the tool age: what one seals the other opens,
# around every chunk boundary, to several recipients, and 1 GB through pipes.
# Then every public vector, the compressed ones too.
set -eu

command -v age >/dev/null && command -v age-keygen >/dev/null ||
	{ echo "age_tool: the package age is not installed"; exit 77; }
pipe=$abs_top_builddir/tests/support/age_pipe
vectors=$abs_top_srcdir/tests/vectors/age
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-age.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"

fail() {
	echo "age_tool: $*" >&2
	exit 1
}

for name in one two three; do
	age-keygen -o "$name.key" 2>/dev/null
	age-keygen -y "$name.key" >"$name.pub"
	grep '^AGE-SECRET-KEY-1' "$name.key" >"$name.secret"
done
one=$(cat one.pub) two=$(cat two.pub) three=$(cat three.pub)

# --- both ways, around every boundary

for size in 0 1 15 16 17 65519 65520 65535 65536 65537 131071 131072 131073 \
	196607 196608 196609 1048576 1048577; do
	head -c "$size" /dev/urandom >plain
	"$pipe" seal "$one" <plain >ours
	age -d -i one.key ours | cmp - plain || fail "age, $size bytes"
	age -r "$one" -o theirs plain
	"$pipe" open "$(cat one.secret)" <theirs | cmp - plain ||
		fail "ours, $size bytes"
	[ "$(wc -c <ours)" -ge "$(wc -c <plain)" ] || fail "$size: too short"
	rm -f theirs
done

# --- several recipients, each alone

head -c 70000 /dev/urandom >plain
"$pipe" seal "$one" "$two" "$three" <plain >ours
age -r "$one" -r "$two" -r "$three" -o theirs plain
for name in one two three; do
	age -d -i "$name.key" ours | cmp - plain || fail "age for $name"
	"$pipe" open "$(cat "$name.secret")" <theirs | cmp - plain ||
		fail "ours for $name"
done
age-keygen -o stranger.key 2>/dev/null
age -d -i stranger.key ours >/dev/null 2>&1 && fail "a stranger opened ours"
"$pipe" open "$(grep '^AGE-' stranger.key)" <theirs >/dev/null 2>&1 &&
	fail "a stranger opened theirs"

# --- 1 GB through pipes

size=1073741824
mkfifo zeros
head -c "$size" /dev/zero >zeros &
head -c "$size" /dev/zero | "$pipe" seal "$one" | age -d -i one.key |
	cmp - zeros || fail "1 GB, opened by age"
wait

# --- the public vectors: what is expected, and what is released

# vector FILE: splits it into the files "head" and "body".
vector() {
	length=$(sed '/^$/q' "$1" | wc -c)
	head -c "$length" "$1" >head
	tail -c "+$((length + 1))" "$1" >body
	grep -q '^compressed: zlib' head || return 0
	# The two bytes before zlib's stream end the head that gzip wants; what
	# it says about the sum at the end is another one's.
	{ printf '\037\213\010\000\000\000\000\000'; cat body; } |
		gzip -dc >whole 2>/dev/null || :
	mv whole body
}

count=0
for file in "$vectors"/*; do
	name=${file##*/}
	vector "$file"
	expect=$(sed -n 's/^expect: //p' head)
	payload=$(sed -n 's/^payload: //p' head)
	keys=$(sed -n 's/^identity: \(AGE-SECRET-KEY-1\)/\1/p' head)
	# Nobody's, where the vector names none of ours
	[ -n "$keys" ] || keys=$(grep '^AGE-' stranger.key)
	code=0
	# shellcheck disable=SC2086 # one key a word
	"$pipe" open $keys <body >opened 2>said || code=$?
	case $name:$expect:$code in
	scrypt:*:2) continue ;; # a passphrase: refused, as another's
	*:success:0 | *:'no match':2 | *:'header failure':3 | \
		*:'HMAC failure':3 | *:'payload failure':3) ;;
	*) fail "$name: $expect, but $code: $(cat said)" ;;
	esac
	[ -z "$payload" ] ||
		[ "$(sha256sum <opened | cut -d' ' -f1)" = "$payload" ] ||
		fail "$name: something else was released"
	count=$((count + 1))
done
[ "$count" -eq 70 ] || fail "$count vectors ran"
