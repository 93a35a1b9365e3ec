# For the flows of the server, sourced by them: a Communication Server with its
# lighttpd in a folder of its own, devices that are curl, and checks.
# Leaves: $T the folder, $PORT and $CONSOLE the two ports.
set -u
. "${abs_top_srcdir:?}/tests/flows/circumstances.sh"
. "$abs_top_srcdir/tools/parts.sh"

server=${abs_top_builddir:?}/sluice-server
print_upload=$abs_top_builddir/tests/unit/server/print_upload
for tool in lighttpd curl openssl sqlite3 base64; do
	PATH=$PATH:/usr/sbin command -v $tool >/dev/null || {
		echo "skipped: there is no $tool"
		exit 77
	}
done
PATH=$PATH:/usr/sbin

T=$(mktemp -d "$TMPDIR/sluice-flow-XXXXXX") || exit 1
export HOME=$T # what curl, sqlite3 and others read there is nobody's
conf=$T/server/server.conf
db=$T/server/state/server.db
serve_pid=
lighttpd_pid=
failures=0

stop_all() {
	[ -n "$lighttpd_pid" ] && kill "$lighttpd_pid" 2>/dev/null
	[ -n "$serve_pid" ] && kill "$serve_pid" 2>/dev/null
	[ -n "$lighttpd_pid" ] && wait "$lighttpd_pid" 2>/dev/null
	[ -n "$serve_pid" ] && wait "$serve_pid" 2>/dev/null
	serve_pid=
	lighttpd_pid=
}

cleanup() {
	stop_all
	if [ "$failures" -ne 0 ]; then
		echo "--- serve.log"
		tail -n 40 "$T/serve.log"
		echo "--- lighttpd.log"
		tail -n 10 "$T/server/web/lighttpd.log"
	fi
	rm -rf "$T"
	parts_release_ports
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# ok WHAT COMMAND...: the command must succeed.
ok() {
	what=$1
	shift
	if "$@"; then
		echo "ok: $what"
	else
		echo "FAILED: $what ($*)"
		failures=$((failures + 1))
	fi
}

# is WHAT EXPECTED GOT
is() {
	if [ "$2" = "$3" ]; then
		echo "ok: $1"
	else
		echo "FAILED: $1: expected '$2', got '$3'"
		failures=$((failures + 1))
	fi
}

# wait_for COMMAND...: until it succeeds, at most a minute and what it takes.
wait_for() {
	for _ in $(seq 600); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

# Whoever writes just now is waited for.
sqlite3() {
	command sqlite3 -cmd ".timeout 20000" "$@"
}

sql() {
	sqlite3 -readonly "$db" "$1"
}

# Ready when all its sockets listen, which it says.
start_serve() {
	serves=$(($(serve_said) + 1))
	"$server" serve --conf "$conf" >>"$T/serve.log" 2>&1 &
	serve_pid=$!
	wait_for serve_is_ready
}
serve_said() {
	sed -n '/^Serving /p' "$T/serve.log" 2>/dev/null | wc -l
}
serve_is_ready() {
	[ "$(serve_said)" = "$serves" ]
}

# Its workers that live: one that was killed may not have been looked after yet.
workers() {
	ps -o pid=,stat= --ppid "$serve_pid" | awk '$2 !~ /^Z/ { print $1 }'
}

# kill_workers PAUSE: one after the other, until $T/stop is there or sixty were
# killed: as fast as they begin none would ever get far.
kill_workers() {
	kills=0
	while [ ! -e "$T/stop" ] && [ "$kills" -lt 60 ]; do
		for pid in $(workers); do
			kill -9 "$pid" 2>/dev/null
			kills=$((kills + 1))
			sleep "$1"
		done
	done
}

start_lighttpd() {
	lighttpd -D -f "$T/server/lighttpd.conf" >>"$T/lighttpd.out" 2>&1 &
	lighttpd_pid=$!
	for _ in $(seq 600); do
		parts_port_open "$CONSOLE" && parts_port_open "$PORT" && return 0
		kill -0 "$lighttpd_pid" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# make_server: on two ports that are free; both programs run afterwards.
make_server() {
	PORT=$(parts_free_port)
	CONSOLE=$(parts_free_port)
	"$server" init --conf "$conf" --name comms.example \
		--listen 127.0.0.1 --port "$PORT" \
		--console-port "$CONSOLE" \
		--static "$abs_top_srcdir/www/static" >"$T/init.out" &&
		start_serve && start_lighttpd
}

# add_device ID: key $T/ID.key, what the server gives in $T/ID/
add_device() {
	openssl ecparam -genkey -name prime256v1 -noout -out "$T/$1.key" \
		2>/dev/null &&
	openssl req -new -sha256 -key "$T/$1.key" \
		-subj "/CN=$1/serialNumber=EX7-004211" -out "$T/$1.csr" &&
	"$server" device add --conf "$conf" --request "$T/$1.csr" --id "$1" \
		--out "$T/$1" >"$T/$1.out"
}

new_id() {
	"$print_upload" id
}

sha256_base64() {
	openssl dgst -sha256 -binary "$1" | base64 -w0
}

# call DEVICE ARGS...: curl as that device; head in $T/head, body in $T/answer,
# prints the status (000 = no answer).
call() {
	device=$1
	shift
	: >"$T/head"
	: >"$T/answer"
	curl -s --max-time 180 --cacert "$T/ex7-004211/server-anchor.pem" \
		--resolve "comms.example:$PORT:127.0.0.1" \
		--cert "$T/$device/identity.pem" --key "$T/$device.key" \
		-D "$T/head" -o "$T/answer" -w '%{http_code}' "$@"
}

url() {
	echo "https://comms.example:$PORT$1"
}

# upload DEVICE TRANSACTION FILE [CURL-ARGS...]: later fields win
upload() {
	u_device=$1
	u_id=$2
	u_file=$3
	shift 3
	call "$u_device" "$(url /v1/uploads)" \
		-H 'Tus-Resumable: 1.0.0' \
		-H "Upload-Length: $(wc -c <"$u_file")" \
		-H "Upload-Metadata: transaction $(printf %s "$u_id" | base64 -w0),type $(printf %s application/vnd.sluice.transmission+xml | base64 -w0)" \
		-H "Repr-Digest: sha-256=:$(sha256_base64 "${digest_of:-$u_file}"):" \
		-H "Idempotency-Key: \"$u_id\"" \
		-H "Content-Type: ${content_type:-application/offset+octet-stream}" \
		-H 'Expect:' --data-binary "@$u_file" "$@"
}

# check_note FILE VERIFIER: an Ed25519 signed note, checked by openssl alone
check_note() {
	# SubjectPublicKeyInfo of Ed25519 up to the key, RFC 8410
	printf '\060\052\060\005\006\003\053\145\160\003\041\000' >"$T/pub.der"
	sed 's/^[^+]*+[^+]*+//' "$2" | base64 -d | tail -c 32 >>"$T/pub.der"
	sed '/^$/,$d' "$1" >"$T/note.text"
	sed -n 's/^— [^ ]* //p' "$1" | base64 -d | tail -c 64 >"$T/note.sig"
	openssl pkeyutl -verify -pubin -inkey "$T/pub.der" -keyform DER \
		-rawin -in "$T/note.text" -sigfile "$T/note.sig" \
		>/dev/null 2>&1
}

# whole: the database and the ledger are in order
whole() {
	[ "$(sqlite3 "$db" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ] &&
	"$server" log verify --conf "$conf" >"$T/verify.out"
}

finish() {
	[ "$failures" -eq 0 ] || exit 1
	exit 0
}
