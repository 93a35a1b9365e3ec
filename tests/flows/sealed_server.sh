#!/bin/bash
# Sealed job data at the server behind its lighttpd: pieces, cuts, killed
# workers, a full disk; once and whole in the end. Then staff take it, and the
# device is told.
if [ "$(id -u)" = 0 ] && [ -z "${SLUICE_FLOW_NAMESPACE:-}" ] &&
	unshare -m true 2>/dev/null; then
	# Mounts of this test are its own and go with it.
	SLUICE_FLOW_NAMESPACE=1 exec unshare -m --propagation private "$0" "$@"
fi
. "${abs_top_srcdir:?}/tests/flows/server_common.sh" || exit 1

make_server || { echo "the server does not start"; failures=1; finish; }
ok "a device is added" add_device ex7-004211
verifier=$T/ex7-004211/receipt.verifier
keys=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p

# make_file KB: begins as age files do
make_file() {
	{
		echo age-encryption.org/v1
		head -c "$(($1 * 1024))" /dev/urandom
	} >"$T/file"
	size=$(wc -c <"$T/file")
	id=$(new_id)
	part=$T/server/state/sealed/ex7-004211/$id.part
	whole=$T/server/state/sealed/ex7-004211/$id.age
}

base64_of() {
	printf %s "$1" | base64 -w0
}

# create CURL-ARGS...: the POST of $id, without a body unless they say one.
# lighttpd wants its length to be said.
create() {
	case "$*" in
	*--data-binary*) ;;
	*) set -- "$@" -H 'Content-Length: 0' ;;
	esac
	call ex7-004211 "$(url /v1/uploads)" -X POST \
		-H 'Tus-Resumable: 1.0.0' -H "Upload-Length: $size" \
		-H "Upload-Metadata: transaction $(base64_of "$id"),type $(base64_of application/vnd.sluice.sealed),purpose $(base64_of 'stripes in cyan'),recipients $(base64_of "$keys")" \
		-H "Repr-Digest: sha-256=:$(sha256_base64 "${digest_of:-$T/file}"):" \
		-H "Idempotency-Key: \"$id\"" -H 'Expect:' "$@"
}

# patch FROM [CURL-ARGS...]: the rest from there, or as much as $most says
patch() {
	from=$1
	shift
	tail -c "+$((from + 1))" "$T/file" | head -c "${most:-$size}" >"$T/piece"
	call ex7-004211 "$(url "/v1/uploads/$id")" -X PATCH \
		-H 'Tus-Resumable: 1.0.0' -H "Upload-Offset: $from" \
		-H 'Content-Type: application/offset+octet-stream' \
		-H 'Expect:' --data-binary "@$T/piece" "$@"
}

# The offset that HEAD says, or "none".
offset() {
	call ex7-004211 -I -H 'Tus-Resumable: 1.0.0' \
		"$(url "/v1/uploads/$id")" >"$T/status"
	sed -n 's/^[Uu]pload-[Oo]ffset: \([0-9]*\)\r*$/\1/p' "$T/head" |
		grep . || echo none
}

receipt() {
	call ex7-004211 "$(url "/v1/uploads/$id/receipt")"
}

# once WHAT: it is here whole, once, with a good receipt
once() {
	is "$1: there is a receipt" 200 "$(receipt)"
	ok "$1: a good one" check_note "$T/answer" "$verifier"
	ok "$1: it names these bytes" grep -q \
		"^sha256 $(sha256sum "$T/file" | cut -d' ' -f1)\$" "$T/answer"
	ok "$1: the file is the one that was sent" cmp -s "$T/file" "$whole"
	ok "$1: no piece is left" test ! -e "$part"
	is "$1: one row, one entry" "1 1" "$(sql "SELECT
		(SELECT count(*) FROM sealed WHERE id = '$id') || ' ' ||
		(SELECT count(*) FROM ledger WHERE transaction_id = '$id'
			AND kind = 'received')")"
}

# resume: as a device does, until it is whole
resume() {
	for _ in $(seq 600); do
		at=$(offset)
		[ "$at" = "${size:?}" ] && return 0
		if [ "$at" != none ]; then
			patch "$at" "$@" >/dev/null
		else
			sleep 0.1
		fi
	done
	return 1
}

# Pieces
make_file 3000
is "it is created" 201 "$(create)"
is "and has nothing yet" 0 "$(offset)"
most=1000
is "a first piece" 204 "$(patch 0)"
is "a second one" 204 "$(patch 1000)"
is "is where it should be" 2000 "$(offset)"
is "one at the wrong place" 409 "$(patch 1000)"
is "too early for a receipt" 404 "$(receipt)"
digest_of=/dev/null
is "another file under this id" 422 "$(create)"
unset digest_of
unset most
is "the rest" 204 "$(patch 2000)"
once "in pieces"
cp "$T/answer" "$T/receipt"
is "created again" 201 "$(create)"
ok "it answers the same receipt" cmp -s "$T/receipt" "$T/answer"
is "the file is the workers' alone" 600 "$(stat -c %a "$whole")"

make_file 500
is "a small one comes with its creation" 201 \
	"$(create -H 'Content-Type: application/offset+octet-stream' \
		--data-binary "@$T/file")"
once "with its creation"

# Cuts
grown() {
	[ "$(stat -c %s "$part" 2>/dev/null || echo 0)" -gt "$1" ]
}
make_file 6000
create >/dev/null
for _ in 1 2 3; do
	at=$(offset)
	patch "$at" --limit-rate 300K >/dev/null &
	cut=$!
	ok "bytes are kept as they come" wait_for grown "$at"
	kill $(ps -o pid= --ppid "$cut") "$cut" 2>/dev/null
	wait "$cut" 2>/dev/null
	ok "a cut upload goes on later" test "$(offset)" -gt "$at"
done
ok "in the end it is whole" resume
once "after cuts"
is "cuts are no entries" 0 "$(sql "SELECT count(*) FROM ledger WHERE kind = 'failed'")"

# The server killed in the middle
make_file 6000
create >/dev/null
patch 0 --limit-rate 500K >/dev/null &
cut=$!
ok "an upload is on its way" wait_for grown 100000
all=$(workers)
kill -9 "$serve_pid" $all
wait "$serve_pid" "$cut" 2>/dev/null
rm -f "$T/server/state/console.sock"
ok "the server starts again" start_serve
# The web server may not have noticed yet.
known() {
	at=$(offset)
	[ "$at" != none ]
}
ok "it knows the upload" wait_for known
ok "what came is still there" test "$at" -gt 100000
ok "the rest follows" resume
once "after a killed server"

# Workers killed at any time
make_file 20000
create >/dev/null
kill_workers 0.07 &
killer=$!
resume --limit-rate 20M
: >"$T/stop"
wait "$killer"
ok "it is whole in the end" resume
once "while workers are killed"

# Memory does not grow with the file
make_file 65536
create >/dev/null
ok "64 MB" resume
once "64 MB"
peak=$(for pid in $(workers); do
	sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
done | sort -n | tail -n 1)
ok "no worker needed more than 32 MB ($peak kB)" test "${peak:-0}" -lt 32768

# Cancelled
make_file 100
most=5000
create >/dev/null
is "a piece of what is cancelled" 204 "$(patch 0)"
is "it is cancelled" 204 "$(call ex7-004211 -X DELETE "$(url "/v1/uploads/$id")")"
is "and unknown then" none "$(offset)"
ok "its file is gone" test ! -e "$part"
unset most

# The disk is full
if [ -n "${SLUICE_FLOW_NAMESPACE:-}" ]; then
	sealed=$T/server/state/sealed
	mv "$sealed" "$sealed.real"
	mkdir "$sealed"
	mount -t tmpfs -o size=2m,mode=0700 tmpfs "$sealed"
	make_file 4000
	is "it is created on a small disk" 201 "$(create)"
	# Who still writes may find the connection closed before he reads why.
	got=$(patch 0)
	[ "$got" = 000 ] || is "which is full soon" 507 "$got"
	at=$(offset)
	ok "what came is kept" test "$at" -gt 1000000
	most=16384
	is "it is full" 507 "$(patch "$at")"
	unset most
	ok "the device is told so in words" grep -q 'disk is full' "$T/answer"
	at=$(offset)
	ok "bit by bit" cmp -s -n "$at" "$T/file" "$part"
	mount -o remount,size=64m "$sealed"
	is "with room again the rest follows" 204 "$(patch "$at")"
	once "after a full disk"
	umount "$sealed"
	rmdir "$sealed"
	mv "$sealed.real" "$sealed"
else
	echo "not checked (needs root): a full disk"
fi

# Staff
make_file 3000
create >/dev/null
patch 0 >/dev/null
once "for staff"
echo 'a long enough pass' | "$server" staff add desk --conf "$conf" >/dev/null
echo 'a long enough pass' | "$server" staff add colour-desk --role job-data \
	--conf "$conf" >/dev/null
take() {
	"$server" job-data take "$id" --as "$1" --output "$T/taken-$1" \
		--conf "$conf" >"$T/take.out" 2>&1
}
notices() {
	call ex7-004211 "$(url "/v1/notices?after=${1:-0}")" >/dev/null
	check_note "$T/answer" "$verifier"
}
ok "who has not the role gets nothing" sh -c "! '$server' job-data take '$id' \
	--as desk --output '$T/taken-desk' --conf '$conf' 2>/dev/null"
ok "not even an empty file" test ! -e "$T/taken-desk"
ok "who has it takes the file" take colour-desk
ok "as it is" cmp -s "$T/file" "$T/taken-colour-desk"
ok "the device asks" notices
ok "and is told who opened it" grep -q '^who colour-desk$' "$T/answer"

# The same on the console
page() {
	path=$1
	shift
	curl -s --max-time 180 --cacert "$T/ex7-004211/server-anchor.pem" \
		--resolve "comms.example:$CONSOLE:127.0.0.1" \
		-b "$T/cookies" -c "$T/cookies" -D "$T/page.head" \
		-o "$T/page" -w '%{http_code}' "$@" \
		"https://comms.example:$CONSOLE$path"
}
csrf() {
	sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$T/page" | head -n 1
}
page /login >/dev/null
is "the desk signs in" 303 "$(page /login --data-urlencode "csrf=$(csrf)" \
	-d name=colour-desk --data-urlencode 'password=a long enough pass')"
is "it sees the file" 200 "$(page "/jobdata/$id")"
is "and takes it" 200 "$(page "/jobdata/$id?device=ex7-004211" \
	--data-urlencode "csrf=$(csrf)" -d act=take)"
ok "as it is" cmp -s "$T/file" "$T/page"
ok "to be saved and never shown" grep -qi \
	"^content-disposition: attachment; filename=\"$id.age\"" "$T/page.head"
ok "the device asks again" notices 1
ok "and is told of this time too" grep -q '^notice 2$' "$T/answer"
ok "the file can be deleted" sh -c "'$server' job-data delete '$id' \
	--as colour-desk --conf '$conf' >/dev/null"
ok "it is gone" test ! -e "$whole"
ok "the device asks again" notices 2
ok "and is told" grep -q '^kind deleted$' "$T/answer"
ok "expiry runs" "$server" job-data expire --conf "$conf"
is "there is no list of recipients" 404 "$(call ex7-004211 "$(url /v1/recipients)")"
ok "nothing sealed is in the database" sh -c "! grep -q 'age-encryption.org/v1' \
	'$T/server/state/'server.db*"
ok "database and ledger are whole" whole
finish
