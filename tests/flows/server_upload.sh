#!/bin/bash
# Uploads as devices make them, against the real server behind the real
# lighttpd: what is taken, what is refused and that nothing of a refused one
# stays.
. "${abs_top_srcdir:?}/tests/flows/server_common.sh" || exit 1

make_server || { echo "the server does not start"; failures=1; finish; }
ok "a device is added" add_device ex7-004211
ok "a second device is added" add_device ex7-000007
verifier=$T/ex7-004211/receipt.verifier
body=$T/body.xml

stored() {
	sql 'SELECT count(*) FROM transmissions'
}

# refused WHAT STATUS GOT-STATUS: and nothing was kept
refused() {
	is "$1: status" "$2" "$3"
	is "$1: nothing is stored" "$kept" "$(stored)"
}

# One that is good
id=$(new_id)
"$print_upload" ex7-004211 "$id" >"$body"
is "a good upload is taken" 201 "$(upload ex7-004211 "$id" "$body")"
cp "$T/answer" "$T/receipt"
ok "its receipt is signed by the server" check_note "$T/receipt" "$verifier"
is "the receipt names the device" "device ex7-004211" "$(sed -n 2p "$T/receipt")"
is "the receipt names the transaction" "transaction $id" "$(sed -n 3p "$T/receipt")"
is "the receipt names the hash" "sha256 $(sha256sum "$body" | cut -d' ' -f1)" \
	"$(sed -n 4p "$T/receipt")"
ok "the answer says where it is" grep -qi "^location: /v1/uploads/$id" "$T/head"
ok "the answer says how much is there" \
	grep -qi "^upload-offset: $(wc -c <"$body")" "$T/head"
ok "no server version is told" sh -c "! grep -qi '^server:' '$T/head'"
sqlite3 -readonly "$db" "SELECT writefile('$T/kept', body) FROM transmission_bodies" >/dev/null
ok "the bytes are kept exactly" cmp "$body" "$T/kept"
ok "an unknown value is kept as unknown" \
	grep -q '<TotalSheets[^>]*>unknown<' "$T/kept"
index=$(sed -n 's/^index //p' "$T/receipt")
is "the receipt names the ledger entry" "$id" \
	"$(sql "SELECT transaction_id FROM ledger WHERE sequence = $index AND kind = 'received'")"

# The same again
is "the same upload again is answered again" 201 "$(upload ex7-004211 "$id" "$body")"
ok "with the same receipt, byte for byte" cmp "$T/answer" "$T/receipt"
is "and is stored once" 1 "$(stored)"
is "the receipt can be fetched later" 200 \
	"$(call ex7-004211 "$(url "/v1/uploads/$id/receipt")")"
ok "it is the same receipt" cmp "$T/answer" "$T/receipt"
is "another device cannot fetch it" 404 \
	"$(call ex7-000007 "$(url "/v1/uploads/$id/receipt")")"
is "HEAD tells how much is there" 200 \
	"$(call ex7-004211 -I "$(url "/v1/uploads/$id")")"
kept=1

# The same transaction with other bytes
sed 's/>148211</>148212</' "$body" >"$T/other.xml"
refused "the same transaction with other bytes" 422 \
	"$(upload ex7-004211 "$id" "$T/other.xml")"
ok "the problem is XML" grep -qi '^content-type: application/problem+xml' "$T/head"
ok "the problem is named" grep -q 'urn:sluice:problem:reused' "$T/answer"

# Who it is
id=$(new_id)
"$print_upload" ex7-004211 "$id" >"$body"
refused "the certificate of another device" 403 "$(upload ex7-000007 "$id" "$body")"
before=$(sql "SELECT count(*) FROM ledger")
refused "no certificate at all" 403 "$(curl -s -o /dev/null -w '%{http_code}' \
	--cacert "$T/ex7-004211/server-anchor.pem" \
	--resolve "comms.example:$PORT:127.0.0.1" \
	-H 'SSL_CLIENT_VERIFY: SUCCESS' -H 'SSL-Client-Verify: SUCCESS' \
	--data-binary "@$body" "$(url /v1/uploads)")"
is "leaves no entry: anybody can come as often as he likes" "$before" \
	"$(sql "SELECT count(*) FROM ledger")"
# Signed by the server's own root, and by nobody: neither is a device.
mkdir "$T/impostor" "$T/nobody"
cp "$T/ex7-004211.key" "$T/impostor.key"
cp "$T/ex7-004211.key" "$T/nobody.key"
printf 'extendedKeyUsage=clientAuth\n' >"$T/ext"
openssl x509 -req -in "$T/ex7-004211.csr" -CA "$T/server/keys/server-ca.pem" \
	-CAkey "$T/server/keys/server-ca.key" -days 10 -extfile "$T/ext" \
	-out "$T/impostor/identity.pem" 2>/dev/null
refused "a certificate of the server's own root" 403 "$(upload impostor "$id" "$body")"
# By the right authority, but never issued here.
openssl x509 -req -in "$T/ex7-004211.csr" -CA "$T/server/keys/device-ca.pem" \
	-CAkey "$T/server/keys/device-ca.key" -days 10 -extfile "$T/ext" \
	-out "$T/nobody/identity.pem" 2>/dev/null
refused "a certificate that belongs to no device" 403 "$(upload nobody "$id" "$body")"

# A session of the console, where no certificate is asked for, opens nothing.
printf 'GET /login HTTP/1.0\r\n\r\n' | openssl s_client -quiet -tls1_2 \
	-connect "127.0.0.1:$CONSOLE" -servername comms.example \
	-sess_out "$T/session" >/dev/null 2>&1
if [ -s "$T/session" ]; then
	printf 'OPTIONS /v1/uploads HTTP/1.0\r\n\r\n' |
		openssl s_client -quiet -tls1_2 -connect "127.0.0.1:$PORT" \
			-servername comms.example -sess_in "$T/session" \
			>"$T/reused" 2>/dev/null
	ok "a console session does not pass for a device's" \
		sh -c "! grep -q '^HTTP/1.. 20' '$T/reused'"
fi

# The bytes
digest_of=$T/other.xml
refused "a wrong hash" 422 "$(upload ex7-004211 "$id" "$body")"
ok "the problem is named" grep -q 'urn:sluice:problem:digest' "$T/answer"
unset digest_of

# bad WHAT STATUS FILE
bad() {
	refused "$1" "$2" "$(upload ex7-004211 "$id" "$3")"
}
sed 's/<Billing>/<Billing><Mystery>1<\/Mystery>/' "$body" >"$T/bad.xml"
bad "an element that is not in the catalogue" 422 "$T/bad.xml"
sed 's/>148211</>many</' "$body" >"$T/bad.xml"
bad "a value that is no value" 422 "$T/bad.xml"
sed 's/<Grant service="supplies"[^>]*>//' "$body" >"$T/bad.xml"
bad "a document that no grant covers" 422 "$T/bad.xml"
sed 's/reason="button"/reason="sample"/' "$body" >"$T/bad.xml"
bad "a sample" 422 "$T/bad.xml"
sed 's/machine="ex7-004211"/machine="ex7-000007"/; s/<Id>ex7-004211/<Id>ex7-000007/' "$body" >"$T/bad.xml"
bad "another device's data" 403 "$T/bad.xml"
"$print_upload" ex7-004211 "$(new_id)" >"$T/bad.xml"
bad "another transaction inside" 422 "$T/bad.xml"
sed '1a <!DOCTYPE Transmission>' "$body" >"$T/bad.xml"
bad "a DOCTYPE" 422 "$T/bad.xml"
{
	echo '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">'
	b=a
	for c in b c d e f g h i j k; do
		echo "<!ENTITY $c \"&$b;&$b;&$b;&$b;&$b;&$b;&$b;&$b;&$b;&$b;\">"
		b=$c
	done
	echo ']><Transmission>&k;</Transmission>'
} >"$T/bad.xml"
bad "billion laughs" 422 "$T/bad.xml"
head -c 600 "$body" >"$T/bad.xml"
bad "half a transmission with its right hash" 422 "$T/bad.xml"
printf '\377\376<\0' >"$T/bad.xml"
bad "no text at all" 422 "$T/bad.xml"
# too_long WHAT BYTES: it is answered before it is whole; a client that only
# writes may find the connection closed before he has read why.
too_long() {
	head -c "$2" /dev/zero >"$T/big"
	before=$(refusals)
	got=$(upload ex7-004211 "$id" "$T/big")
	[ "$got" = 000 ] || is "$1: status" 413 "$got"
	is "$1: the refusal is in the ledger" $((before + 1)) "$(refusals)"
	is "$1: nothing is stored" "$kept" "$(stored)"
}
refusals() {
	sql "SELECT count(*) FROM ledger WHERE kind = 'refused'"
}
too_long "one byte too many" 1048577
too_long "8 MB" 8000000

# Fields
content_type=text/xml
bad "a wrong content type" 415 "$body"
unset content_type
refused "another version of tus" 412 \
	"$(upload ex7-004211 "$id" "$body" -H 'Tus-Resumable: 0.2.2' -H 'Tus-Resumable;')"
refused "a length that is not the body's" 400 \
	"$(call ex7-004211 "$(url /v1/uploads)" -H 'Tus-Resumable: 1.0.0' \
	-H 'Upload-Length: 5' -H "Idempotency-Key: \"$id\"" \
	-H 'Content-Type: application/offset+octet-stream' --data-binary "@$body")"
refused "a field that is missing" 400 \
	"$(call ex7-004211 "$(url /v1/uploads)" -H 'Tus-Resumable: 1.0.0' \
	-H 'Content-Type: application/offset+octet-stream' --data-binary "@$body")"
refused "an unknown path" 404 "$(call ex7-004211 "$(url /v1/nothing)")"
refused "a path that tries to climb" 404 \
	"$(call ex7-004211 --path-as-is "$(url /v1/uploads/../../server.conf)")"
refused "an unknown method" 405 "$(call ex7-004211 -X DELETE "$(url /v1/uploads)")"
ok "the answer names the methods" grep -qi '^allow: OPTIONS, POST' "$T/head"
is "OPTIONS tells what the server speaks" 204 \
	"$(call ex7-004211 -X OPTIONS "$(url /v1/uploads)")"
ok "with the greatest size" grep -qi '^tus-max-size: 17179869184' "$T/head"

# A connection that ends in the middle of the body
half=$(($(wc -c <"$body") / 2))
before=$(sql "SELECT count(*) FROM ledger WHERE kind = 'failed'")
# Without -nocommands a piece that begins with R, as Repr-Digest does, would be
# a command to s_client. The web server has begun to pass it on: a worker has
# taken a connection.
passed_on() {
	[ "$(grep -c "$T/server/state/api.sock" /proc/net/unix)" -gt 1 ]
}
all_are_over() {
	! passed_on
}
ok "what was passed on before is over" wait_for all_are_over
{
	printf 'POST /v1/uploads HTTP/1.1\r\nHost: comms.example\r\n'
	printf 'Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n'
	printf 'Content-Length: %d\r\nUpload-Length: %d\r\n' "$(wc -c <"$body")" "$(wc -c <"$body")"
	printf 'Idempotency-Key: "%s"\r\nRepr-Digest: sha-256=:%s:\r\n' "$id" "$(sha256_base64 "$body")"
	printf 'Upload-Metadata: transaction %s,type %s\r\n\r\n' \
		"$(printf %s "$id" | base64 -w0)" \
		"$(printf %s application/vnd.sluice.transmission+xml | base64 -w0)"
	head -c "$half" "$body"
	wait_for passed_on
} | openssl s_client -nocommands -connect "127.0.0.1:$PORT" \
	-servername comms.example \
	-cert "$T/ex7-004211/identity.pem" -key "$T/ex7-004211.key" \
	>"$T/cut" 2>&1
more_failed() {
	[ "$(sql "SELECT count(*) FROM ledger WHERE kind = 'failed'")" -gt "$before" ]
}
ok "a cut upload stands in the ledger" wait_for more_failed
is "nothing of a cut upload is stored" "$kept" "$(stored)"
is "and it can be sent whole afterwards" 201 "$(upload ex7-004211 "$id" "$body")"
kept=2

# TLS
# agreed CIPHERS: "CIPHER KEY" when a device names P-256 before X25519.
agreed() {
	openssl s_client -tls1_2 -connect "127.0.0.1:$PORT" \
		-servername comms.example -curves P-256:X25519 -cipher "$1" \
		</dev/null 2>/dev/null | sed -n \
		's/^Server Temp Key: \([^,]*\),.*/\1/p; s/.*Cipher is //p' |
		tac | paste -sd ' '
}
is "the cheaper key agreement is taken, and AES where it comes first" \
	"ECDHE-ECDSA-AES128-GCM-SHA256 X25519" \
	"$(agreed ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305)"
is "ChaCha20 is taken where it comes first" \
	"ECDHE-ECDSA-CHACHA20-POLY1305 X25519" \
	"$(agreed ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256)"
ok "TLS 1.1 is refused" sh -c "! openssl s_client -tls1_1 -cipher ALL:@SECLEVEL=0 \
	-connect 127.0.0.1:$PORT </dev/null 2>&1 | grep -q '^New, TLSv1.1'"
ok "CBC suites are refused" sh -c "! openssl s_client -tls1_2 \
	-cipher ECDHE-ECDSA-AES128-SHA256 -connect 127.0.0.1:$PORT \
	</dev/null 2>&1 | grep -q 'Cipher is ECDHE'"

# Revoked
ok "a device is revoked" "$server" device revoke --conf "$conf" ex7-004211
id=$(new_id)
"$print_upload" ex7-004211 "$id" >"$body"
refused "a revoked device" 403 "$(upload ex7-004211 "$id" "$body")"
ok "the problem is named" grep -q 'urn:sluice:problem:revoked' "$T/answer"
id=$(new_id)
"$print_upload" ex7-000007 "$id" >"$body"
is "the other device goes on" 201 "$(upload ex7-000007 "$id" "$body")"

ok "refusals stand in the ledger" \
	test "$(sql "SELECT count(*) FROM ledger WHERE kind = 'refused'")" -ge 15
ok "database and ledger are whole" whole
finish
