#!/bin/bash
# Enrolment at the real server behind the real lighttpd, with curl and openssl
# as the device: codes, certificates, renewal, and what strangers can do now
# that they reach the port.
. "${abs_top_srcdir:?}/tests/flows/server_common.sh" || exit 1
. "$abs_top_srcdir/tests/flows/certificates.sh"

make_server || { echo "the server does not start"; failures=1; finish; }
est=/.well-known/est
ok "the anchors are written" "$server" anchors --conf "$conf" --out "$T/ex7-004211"
for file in server-anchor.pem receipt.verifier server.name; do
	ok "among them $file" test -s "$T/ex7-004211/$file"
done
is "and no certificate" "" "$(ls "$T/ex7-004211" | grep identity)"
anchor=$T/ex7-004211/server-anchor.pem

# key NAME: a fresh key $T/NAME.key
key() {
	openssl ecparam -genkey -name prime256v1 -noout -out "$T/$1.key" 2>/dev/null
}
# request NAME SUBJECT [OPENSSL-ARGS...]: $T/NAME.b64, in lines of 64
request() {
	r_name=$1
	r_subject=$2
	shift 2
	openssl req -new -sha256 -key "$T/$r_name.key" -subj "$r_subject" \
		-outform DER "$@" 2>/dev/null | base64 -w64 >"$T/$r_name.b64"
}
code_for() {
	c_device=$1
	shift
	"$server" code make "$c_device" --conf "$conf" "$@" | sed -n 1p
}
# ask ARGS...: head in $T/head, body in $T/answer, prints the status
ask() {
	: >"$T/head"
	: >"$T/answer"
	curl -s --max-time 180 --cacert "$anchor" \
		--resolve "comms.example:$PORT:127.0.0.1" \
		-D "$T/head" -o "$T/answer" -w '%{http_code}' "$@"
}
# enrol NAME DEVICE CODE [CURL-ARGS...]
enrol() {
	e_name=$1
	e_who=$2:$3
	shift 3
	ask -u "$e_who" -H "Content-Type: ${content_type:-application/pkcs10}" \
		--data-binary "@$T/$e_name.b64" "$@" "$(url $est/simpleenroll)"
}
# reenrol WITH NAME: the request of NAME with the certificate WITH
reenrol() {
	ask --cert "$T/$1.pem" --key "$T/$1.key" \
		-H 'Content-Type: application/pkcs10' \
		--data-binary "@$T/$2.b64" "$(url $est/simplereenroll)"
}
# take NAME: the last answer into $T/NAME.p7, its certificate into $T/NAME.pem
take() {
	cp "$T/answer" "$T/$1.p7"
	base64 -d "$T/answer" | openssl pkcs7 -inform DER -print_certs 2>/dev/null |
		sed -n '/BEGIN/,/END/p' >"$T/$1.pem"
	grep -q 'BEGIN CERT' "$T/$1.pem"
}
# api NAME: does the API know the certificate? prints the status
api() {
	ask --cert "$T/$1.pem" --key "$T/$1.key" -X OPTIONS "$(url /v1/uploads)"
}
field() {
	grep -i "^$1:" "$T/head" | tr -d '\r' | sed 's/^[^:]*: *//'
}
certificates() {
	sql 'SELECT count(*) FROM certificates'
}
entries() {
	sql "SELECT count(*) FROM ledger WHERE kind = '$1'"
}
sha256_of() {
	openssl x509 -in "$T/$1.pem" -outform DER | sha256sum | cut -d' ' -f1
}

# The authority's certificate, for anybody
is "cacerts is for anybody" 200 "$(ask "$(url $est/cacerts)")"
is "its type" "application/pkcs7-mime; smime-type=certs-only" "$(field content-type)"
is "its encoding" base64 "$(field content-transfer-encoding)"
ok "in lines of 64" test "$(wc -L <"$T/answer")" -le 64
ok "one certificate, the devices' authority" take ca
ok "it is that one" cmp "$T/ca.pem" "$T/server/keys/device-ca.pem"

# A device that nobody knows yet
key one
request one "/CN=ex7-000100"
code=$(code_for ex7-000100 --title "Third floor" --serial EX7-000100)
ok "a code is on the first line alone" grep -qE \
	'^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$' <<<"$code"
ok "the database does not hold it" sh -c "! strings -a '$db' '$db-wal' |
	grep -q '$(tr -d - <<<"$code")'"
is "with the code it is enrolled" 200 "$(enrol one ex7-000100 "$code")"
is "the answer's type" "application/pkcs7-mime; smime-type=certs-only" \
	"$(field content-type)"
is "the answer's encoding" base64 "$(field content-transfer-encoding)"
ok "in lines of 64" test "$(wc -L <"$T/answer")" -le 64
ok "there is a certificate" take one
is "one and no more" 1 "$(grep -c BEGIN "$T/one.pem")"
ok "by the devices' authority" openssl verify -purpose sslclient \
	-CAfile "$T/server/keys/device-ca.pem" "$T/one.pem" >/dev/null
is "the subject is the server's" "subject=CN = ex7-000100, serialNumber = EX7-000100" \
	"$(openssl x509 -in "$T/one.pem" -noout -subject)"
ok "it holds the device's key" test \
	"$(openssl x509 -in "$T/one.pem" -noout -pubkey)" = \
	"$(openssl pkey -in "$T/one.key" -pubout)"
is "the API knows the device" 204 "$(api one)"
is "the fleet knows it by its title" "Third floor" \
	"$(sql "SELECT title FROM devices WHERE id = 'ex7-000100'")"
is "the ledger names the certificate" 1 "$(sql "SELECT count(*) FROM ledger
	WHERE kind = 'enrolment' AND actor = 'ex7-000100'
	AND instr(entry, '$(sha256_of one)') > 0")"
is "its bytes are kept" "$(cat "$T/one.pem")" \
	"$(sql "SELECT rtrim(pem, char(10)) FROM certificates
	WHERE sha256 = '$(sha256_of one)' AND origin = 'enrolled'")"

# The answer was lost
is "the same code and key again" 200 "$(enrol one ex7-000100 "$code")"
ok "get the same certificate" cmp "$T/answer" "$T/one.p7"
request one "/O=anybody/OU=anything"
is "also with a request of other words" 200 "$(enrol one ex7-000100 "$code")"
ok "the same certificate" cmp "$T/answer" "$T/one.p7"
is "and it was issued once" 1 "$(certificates)"
key two
request two "/CN=ex7-000100"
is "the used code with another key" 403 "$(enrol two ex7-000100 "$code")"
is "issues nothing" 1 "$(certificates)"

# Codes as people type them
code=$(code_for ex7-000100 | tr -d - | tr 'A-Z' 'a-z')
tr -d '\n' <"$T/two.b64" >"$T/line.b64" && mv "$T/line.b64" "$T/two.b64"
is "a code in small letters, a request on one line" 200 \
	"$(enrol two ex7-000100 "$code")"
ok "a known device gets another certificate" take two
is "both hold" "204 204" "$(api one) $(api two)"

# refused WHAT STATUS GOT
refused() {
	is "$1: status" "$2" "$3"
	is "$1: nothing is issued" "$kept" "$(certificates)"
}
kept=$(certificates)

# Renewal
key three
request three "/CN=ex7-000100"
is "a renewal with another key" 200 "$(reenrol one three)"
ok "is a certificate" take three
is "the API knows it" 204 "$(api three)"
is "the same renewal again" 200 "$(reenrol one three)"
ok "is the same certificate" cmp "$T/answer" "$T/three.p7"
is "issued once" $((kept + 1)) "$(certificates)"
kept=$(certificates)
request three "/CN=ex7-000200"
refused "a renewal for another device's name" 403 "$(reenrol three three)"
refused "a renewal without a certificate" 403 "$(ask \
	-H 'Content-Type: application/pkcs10' --data-binary "@$T/one.b64" \
	-H 'SSL_CLIENT_VERIFY: SUCCESS' "$(url $est/simplereenroll)")"
refused "a renewal with the code of a device" 403 "$(ask -u "ex7-000100:$code" \
	-H 'Content-Type: application/pkcs10' --data-binary "@$T/one.b64" \
	"$(url $est/simplereenroll)")"
key stranger
openssl req -x509 -key "$T/stranger.key" -subj /CN=ex7-000100 -days 9 \
	-out "$T/stranger.pem" 2>/dev/null
refused "a renewal with a certificate of his own" 403 "$(reenrol stranger one)"
is "which opens nothing of the API" 403 "$(api stranger)"
cp "$T/one.key" "$T/nobody.key"
printf 'extendedKeyUsage=clientAuth\n' >"$T/ext"
openssl req -new -key "$T/one.key" -subj /CN=ex7-000100 -out "$T/one.csr" 2>/dev/null
openssl x509 -req -in "$T/one.csr" -CA "$T/server/keys/device-ca.pem" \
	-CAkey "$T/server/keys/device-ca.key" -days 10 -extfile "$T/ext" \
	-out "$T/nobody.pem" 2>/dev/null
refused "a renewal with one that was never issued here" 403 "$(reenrol nobody one)"

# Requests that are none
code=$(code_for ex7-000300)
key new
request new "/CN=ex7-000300"
cp "$T/new.b64" "$T/good.b64"
# bad WHAT STATUS [CURL-ARGS...]: with the right code
bad() {
	b_what=$1
	b_status=$2
	shift 2
	refused "$b_what" "$b_status" "$(enrol new ex7-000300 "$code" "$@")"
}
echo 'garbage &&' >"$T/new.b64"
bad "no base64" 400
head -c 300 /dev/urandom | base64 >"$T/new.b64"
bad "no request in it" 400
: >"$T/new.b64"
bad "nothing" 400
{ base64 -d "$T/good.b64"; echo more; } | base64 >"$T/new.b64"
bad "a request with something after it" 400
head -c 16400 /dev/zero | base64 >"$T/new.b64"
bad "16 KiB and more" 413
head -c 3000000 /dev/zero | base64 >"$T/new.b64"
bad "4 MB" 413 --expect100-timeout 180
openssl ecparam -genkey -name secp384r1 -noout -out "$T/p384.key" 2>/dev/null
openssl req -new -key "$T/p384.key" -subj /CN=ex7-000300 -outform DER 2>/dev/null |
	base64 >"$T/new.b64"
bad "a P-384 key" 400
openssl req -new -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=ex7-000300 \
	-outform DER 2>/dev/null | base64 >"$T/new.b64"
bad "an RSA key" 400
request new "/CN=ex7-000301"
bad "another device's name" 403
cp "$T/good.b64" "$T/new.b64"
content_type=text/plain
bad "another type" 415
unset content_type
refused "GET" 405 "$(ask -u "ex7-000300:$code" "$(url $est/simpleenroll)")"
is "the answer names the method" POST "$(field allow)"
refused "another path" 404 "$(ask "$(url $est/serverkeygen)")"

# Codes that are not good
refused "no code" 401 "$(ask -H 'Content-Type: application/pkcs10' \
	--data-binary "@$T/new.b64" "$(url $est/simpleenroll)")"
ok "the answer asks for one" grep -qi '^www-authenticate: Basic ' "$T/head"
before=$(entries refused)
refused "a wrong code" 401 "$(enrol new ex7-000300 00000-00000-00000-00000)"
is "is an entry of the ledger" $((before + 1)) "$(entries refused)"
refused "another device's code" 401 "$(enrol new ex7-000100 "$code")"
refused "no id of a device" 401 "$(enrol new 'EX7 000300' "$code")"
over=$(code_for ex7-000300)
sqlite3 "$db" "UPDATE enrolment_codes SET expires_at = 1000000000
	WHERE id = (SELECT max(id) FROM enrolment_codes)"
refused "a code that has run out" 401 "$(enrol new ex7-000300 "$over")"
gone=$(code_for ex7-000300)
ok "a code is withdrawn" "$server" code withdraw --conf "$conf" \
	"$(sql 'SELECT max(id) FROM enrolment_codes')"
refused "a code that was withdrawn" 401 "$(enrol new ex7-000300 "$gone")"
is "code list tells it" withdrawn "$("$server" code list --conf "$conf" |
	sed -n 2p | awk '{ print $NF }')"

# Guessing: entries come to an end, other devices and the right code go on
statuses=
for _ in 1 2 3 4 5 6 7 8; do
	statuses="$statuses $(enrol new ex7-000300 11111-11111-11111-11111)"
done
ok "guessing is slowed down ($statuses)" grep -q ' 429$' <<<"$statuses"
ok "the answer says when" test "$(field retry-after)" -gt 0
before=$(entries refused)
for _ in 1 2 3 4; do
	enrol new ex7-000300 11111-11111-11111-11111 >/dev/null
done
is "and the ledger does not grow with it" "$before" "$(entries refused)"
is "the right code is taken all the same" 200 "$(enrol new ex7-000300 "$code")"
ok "with a certificate" take new

# Strangers at the API: turned away at once, and the ledger is as it was
before=$(entries refused)
head -c 900000 /dev/zero >"$T/big"
for _ in 1 2 3 4 5; do
	ask --data-binary "@$T/big" "$(url /v1/uploads)" >/dev/null
	ask "$(url /v1/recipients)" >/dev/null
done
is "a stranger at the API" 403 "$(ask "$(url /v1/recipients)")"
ok "is told what is missing" grep -q 'urn:sluice:problem:certificate' "$T/answer"
is "and leaves no entry" "$before" "$(entries refused)"

# Strangers who are slow. The web server gives them up after half a minute,
# which is more than what follows takes, unless this machine is slow.
sed -i 's/^server.max-read-idle = .*/server.max-read-idle = 600/' \
	"$T/server/lighttpd.conf"
kill "$lighttpd_pid"
wait "$lighttpd_pid"
ok "the web server has patience" start_lighttpd

# slow FILE PATH [ARGS-OF-OPENSSL...]: a stranger who never ends his request,
# until the pipe $T/hold is closed; what he is told is in FILE
mkfifo "$T/hold"
exec 9<>"$T/hold"
slow_pids=
slow() {
	s_file=$1
	s_path=$2
	shift 2
	{
		printf 'POST %s HTTP/1.1\r\nHost: comms.example\r\n' "$s_path"
		printf 'Content-Type: application/pkcs10\r\n'
		printf 'Content-Length: 9000\r\n\r\nMIIB'
		exec cat "$T/hold" 9>&-
	} | openssl s_client -quiet -connect "127.0.0.1:$PORT" \
		-servername comms.example "$@" >"$s_file" 2>/dev/null 9>&- &
	slow_pids="$slow_pids $!"
}
# connected N: at least so many connections to the devices' port
connected() {
	[ "$(awk -v port="$(printf ':%04X' "$PORT")" '$4 == "01" &&
		substr($2, 9) == port { n++ } END { print n + 0 }' \
		/proc/net/tcp)" -ge "$1" ]
}
for n in 1 2 3 4 5 6 7 8; do
	slow "$T/slow.$n" $est/simpleenroll
done
ok "eight slow strangers want to enrol" wait_for connected 8
for n in 1 2 3 4 5 6 7 8; do
	slow "$T/api.$n" /v1/uploads
done
turned_away() {
	[ "$(cat "$T"/api.* | grep -c '^HTTP/1.1 403')" = 8 ]
}
ok "eight at the API are turned away before they are done" wait_for turned_away
code=$(code_for ex7-000100)
request one "/CN=ex7-000100"
is "enrolment goes on beside them" 200 "$(enrol one ex7-000100 "$code")"
ok "and the certificate" take one
is "so does the API" 204 "$(api one)"
ok "while they are still there" connected 8
# Devices that are as slow with a check-in: more of them than workers
for n in 1 2 3 4 5 6 7 8; do
	slow "$T/checkin.$n" /v1/checkin -cert "$T/one.pem" -key "$T/one.key"
done
ok "eight slow devices check in" wait_for connected 16
is "the API goes on beside them" "204 204" "$(api one) $(api one)"
ok "while they are still there, too" connected 16
kill $slow_pids 2>/dev/null
exec 9>&-
wait $slow_pids 2>/dev/null

# A certificate that has run out: no API, no renewal, but a new code
ok "a certificate from before" certificate_dated \
	"$T/server/keys/device-ca.pem" "$T/server/keys/device-ca.key" \
	"$T/one.csr" 2025-01-01 2025-02-01 "$T/over.pem" \
	"extendedKeyUsage = clientAuth"
cp "$T/one.key" "$T/over.key"
sqlite3 "$db" "INSERT INTO certificates (sha256, device, serial, not_before,
	not_after, issued_at) VALUES ('$(sha256_of over)', 'ex7-000100', 'over',
	1735689600, 1738368000, 1735689600)"
kept=$(certificates)
is "one that has run out is refused by the API" 403 "$(api over)"
ok "which says what to do" grep -q 'run out' "$T/answer"
refused "and renews nothing" 403 "$(reenrol over one)"
is "certificate list tells it" over "$("$server" certificate list --conf "$conf" \
	--device ex7-000100 | sed -n 2p | awk '{ print $4 }')"
code=$(code_for ex7-000100)
is "but a new code rescues the device, beside the old certificate" 200 \
	"$(enrol one ex7-000100 "$code" --cert "$T/over.pem" --key "$T/over.key")"
ok "with a certificate" take rescued
cp "$T/one.key" "$T/rescued.key"
is "that holds" 204 "$(api rescued)"

# session NAME METHOD PATH ARGS-OF-OPENSSL...: one request with the certificate
# of NAME, as a device that resumes by session id; what came is in $T/said
session() {
	s_name=$1
	s_method=$2
	s_path=$3
	shift 3
	{
		printf '%s %s HTTP/1.0\r\n' "$s_method" "$s_path"
		printf 'Content-Type: application/pkcs10\r\nContent-Length: 0\r\n\r\n'
	} | openssl s_client -ign_eof -tls1_2 -no_ticket -cert "$T/$s_name.pem" \
		-key "$T/$s_name.key" -connect "127.0.0.1:$PORT" \
		-servername comms.example "$@" >"$T/said" 2>/dev/null
}
session three OPTIONS /v1/uploads -sess_out "$T/three.session"
ok "a session begins while the certificate holds" \
	grep -q '^HTTP/1.. 204' "$T/said"

# A certificate that was revoked
kept=$(certificates)
ok "one certificate is revoked" "$server" certificate revoke --conf "$conf" \
	"$(sha256_of three)" --reason "key lost"
is "it is refused by the API" 403 "$(api three)"
request three "/CN=ex7-000100"
refused "and renews nothing" 403 "$(reenrol three three)"
for path in /v1/uploads /v1/checkin $est/simplereenroll; do
	session three POST "$path" -sess_in "$T/three.session"
	ok "its session goes on" grep -q '^Reused, TLSv1.2' "$T/said"
	ok "but opens nothing at $path" grep -q '^HTTP/1.. 403' "$T/said"
done
is "nothing is issued in it" "$kept" "$(certificates)"
is "the device's others hold" 204 "$(api rescued)"

# Ten certificates a day, then later
last=
for n in 1 2 3 4 5 6 7 8 9 10 11; do
	key "day$n"
	request "day$n" "/CN=ex7-000300"
	last=$(reenrol new "day$n")
	[ "$last" = 200 ] || break
done
is "renewals have a limit a day" 429 "$last"
ok "which says when" test "$(field retry-after)" -gt 0
is "of ten" 10 "$(sql "SELECT count(*) FROM certificates WHERE device = 'ex7-000300'")"

# kill -9 between commit and answer
if strace -o /dev/null true 2>/dev/null; then
	code=$(code_for ex7-000400)
	key cut
	request cut "/CN=ex7-000400"
	kept=$(certificates)
	pids=$(workers)
	# Whichever of them it is: it dies when it writes its answer.
	tracers=
	for pid in $pids; do
		strace -qq -o "$T/strace.$pid" -e trace=write \
			-e inject=write:signal=KILL:when=1 -p "$pid" &
		tracers="$tracers $!"
	done
	traced() {
		for pid in $pids; do
			grep -qE '^TracerPid:[[:space:]]*[1-9]' "/proc/$pid/status" ||
				return 1
		done
	}
	ok "the workers are watched ($(wc -w <<<"$pids"))" wait_for traced
	got=$(enrol cut ex7-000400 "$code")
	kill $tracers 2>/dev/null
	wait $tracers 2>/dev/null
	ok "the answer is lost (status $got)" test "$got" != 200
	is "but was committed" $((kept + 1)) "$(certificates)"
	issued=$(sql "SELECT certificate FROM enrolment_codes WHERE device = 'ex7-000400'")
	enrol_again() {
		[ "$(enrol cut ex7-000400 "$code")" = 200 ]
	}
	ok "the same request again" wait_for enrol_again
	ok "has a certificate" take cut
	is "the same" "$issued" "$(sha256_of cut)"
	is "issued once" $((kept + 1)) "$(certificates)"
	is "that holds" 204 "$(api cut)"
else
	echo "note: not cut before the answer: there is no strace"
fi

# A device that was revoked
kept=$(certificates)
code=$(code_for ex7-000100)
ok "a device is revoked" "$server" device revoke --conf "$conf" ex7-000100
refused "its code is none any more" 403 "$(enrol one ex7-000100 "$code")"
refused "it renews nothing" 403 "$(reenrol rescued one)"
is "and has no API" 403 "$(api rescued)"
ok "there is no new code for it" sh -c \
	"! '$server' code make ex7-000100 --conf '$conf' >/dev/null 2>&1"

# Without workers for it
stop_all
printf '\n[enrol]\nworkers = 0\n' >>"$conf"
start_serve && start_lighttpd || failures=$((failures + 1))
is "enrolment can be switched off" 503 "$(ask "$(url $est/cacerts)")"

ok "database and ledger are whole" whole
finish
