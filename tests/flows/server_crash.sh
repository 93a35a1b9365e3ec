#!/bin/bash
# Exactly once, whatever happens: a hundred uploads, the same one many times at
# once, workers killed while they write, the whole server killed.
. "${abs_top_srcdir:?}/tests/flows/server_common.sh" || exit 1

make_server || { echo "the server does not start"; failures=1; finish; }
ok "a device is added" add_device ex7-004211
verifier=$T/ex7-004211/receipt.verifier

stored() {
	sql 'SELECT count(*) FROM transmissions'
}

all_there() {
	[ "$(workers | wc -l)" = "$crew" ]
}

# A hundred in a row
for n in $(seq 100); do
	id=$(new_id)
	"$print_upload" ex7-004211 "$id" >"$T/body"
	upload ex7-004211 "$id" "$T/body" >>"$T/statuses"
	echo >>"$T/statuses"
	grep '^transaction' "$T/answer" >>"$T/answered"
done
is "a hundred uploads are taken" "100 201" \
	"$(sort "$T/statuses" | uniq -c | awk '{ print $1, $2 }')"
is "each is stored once" "100 100" \
	"$(sql 'SELECT count(*), count(DISTINCT id) FROM transmissions' | tr '|' ' ')"
is "each has one ledger entry" 100 \
	"$(sql "SELECT count(DISTINCT transaction_id) FROM ledger WHERE kind = 'received'")"
is "each receipt was for another transaction" 100 "$(sort -u "$T/answered" | wc -l)"

# The same one eight times at once
id=$(new_id)
"$print_upload" ex7-004211 "$id" >"$T/body"
for n in 1 2 3 4 5 6 7 8; do
	(
		T8=$T/at-once-$n
		mkdir "$T8"
		curl -s --max-time 180 --cacert "$T/ex7-004211/server-anchor.pem" \
			--resolve "comms.example:$PORT:127.0.0.1" \
			--cert "$T/ex7-004211/identity.pem" --key "$T/ex7-004211.key" \
			-o "$T8/answer" -H 'Tus-Resumable: 1.0.0' \
			-H "Upload-Length: $(wc -c <"$T/body")" \
			-H "Upload-Metadata: transaction $(printf %s "$id" | base64 -w0),type $(printf %s application/vnd.sluice.transmission+xml | base64 -w0)" \
			-H "Repr-Digest: sha-256=:$(sha256_base64 "$T/body"):" \
			-H "Idempotency-Key: \"$id\"" \
			-H 'Content-Type: application/offset+octet-stream' \
			--data-binary "@$T/body" "$(url /v1/uploads)"
	) &
	jobs_at_once="${jobs_at_once:-} $!"
done
for job in $jobs_at_once; do
	wait "$job"
done
is "eight at once are stored once" 101 "$(stored)"
is "and all get the same receipt" 1 \
	"$(sha256sum "$T"/at-once-*/answer | cut -d' ' -f1 | sort -u | wc -l)"

# until_taken TRANSACTION FILE: as a device does, until it is answered
until_taken() {
	for _ in $(seq 300); do
		[ "$(upload ex7-004211 "$1" "$2")" = 201 ] && return 0
		sleep 0.2
	done
	return 1
}

# Or killed by it already.
all_traced() {
	for pid in $listed; do
		! grep -q '^TracerPid:[[:space:]]*0$' "/proc/$pid/status" \
			2>/dev/null || return 1
	done
}

# Each worker dies at a chosen system call: before its commit is on disk, in
# it, after it but before the answer.
crash_at() {
	case=$1
	shift
	ok "$case: every worker is there" wait_for all_there
	traced=
	listed=$(workers)
	for pid in $listed; do
		strace -qq -p "$pid" -o /dev/null -e trace=fdatasync,write \
			-e "inject=$*" 2>>"$T/strace.err" &
		traced="$traced $!"
	done
	ok "$case: every worker is traced" wait_for all_traced
	id=$(new_id)
	"$print_upload" ex7-004211 "$id" >"$T/body"
	ok "$case: the upload gets through in the end" until_taken "$id" "$T/body"
	ok "$case: with a good receipt" check_note "$T/answer" "$verifier"
	is "$case: it is stored once" 1 \
		"$(sql "SELECT count(*) FROM transmissions WHERE id = '$id'")"
	is "$case: with one ledger entry" 1 \
		"$(sql "SELECT count(*) FROM ledger WHERE transaction_id = '$id' AND kind = 'received'")"
	is "$case: and its body" 1 "$(sql "SELECT count(*) FROM transmission_bodies b
		JOIN transmissions t ON t.number = b.transmission WHERE t.id = '$id'")"
	ok "$case: database and ledger are whole" whole
	for pid in $traced; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
}

# All have been at work by now.
crew=$(workers | wc -l)
# Workers cannot be traced by an ordinary user: they are not dumpable.
if [ "$(id -u)" -eq 0 ] && command -v strace >/dev/null &&
	strace -qq -o /dev/null true 2>/dev/null; then
	crash_at "killed before the commit is on disk" fdatasync:signal=KILL:when=1
	crash_at "killed after the commit, before the log line" write:signal=KILL:when=1
	crash_at "killed before the answer" write:signal=KILL:when=2
	crash_at "disk full at the commit" fdatasync:error=ENOSPC:when=1
	ok "workers that died were started again" \
		test "$(grep -c 'ended (signal 9)' "$T/serve.log")" -ge 3
else
	echo "not checked (needs root and strace): crashes at a chosen system call"
fi

# Workers killed at any time while uploads go on
kill_workers 0.15 &
killer=$!
sure=0
for n in $(seq 10); do
	id=$(new_id)
	"$print_upload" ex7-004211 "$id" >"$T/body"
	until_taken "$id" "$T/body" && sure=$((sure + 1))
done
: >"$T/stop"
wait "$killer"
is "ten uploads get through while workers are killed" 10 "$sure"
is "none is stored twice" "$(stored)" \
	"$(sql 'SELECT count(DISTINCT id) FROM transmissions')"
ok "database and ledger are whole" whole

# The whole server killed and started again
kept=$(stored)
id=$(new_id)
"$print_upload" ex7-004211 "$id" >"$T/body"
is "one more before the end" 201 "$(upload ex7-004211 "$id" "$T/body")"
cp "$T/answer" "$T/receipt"
kill -9 "$serve_pid"
wait "$serve_pid" 2>/dev/null
no_workers() {
	! ps -eo args | grep -q "^$server serve --conf $conf"
}
ok "no worker outlives its supervisor" wait_for no_workers
rm -f "$T/server/state/console.sock"
ok "it starts again" start_serve
# The web server may not have noticed yet.
ok "what was answered is still there" until_taken "$id" "$T/body"
ok "with the same receipt" cmp "$T/receipt" "$T/answer"
is "and is stored once" $((kept + 1)) "$(stored)"
ok "a second server on the same folder is refused" \
	sh -c "! '$server' serve --conf '$conf' 2>/dev/null"
kill "$serve_pid"
wait "$serve_pid"
is "SIGTERM ends it in order" 0 $?
serve_pid=
ok "database and ledger are whole" whole
finish
