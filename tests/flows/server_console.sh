#!/bin/bash
# The console's pages as staff's browser gets them: set-up, sign-in, roles,
# forged forms, hostile addresses; each look at a customer's data is an entry
# of the ledger.
. "${abs_top_srcdir:?}/tests/flows/server_common.sh" || exit 1

make_server || { echo "the server does not start"; failures=1; finish; }
ok "a device is added" add_device ex7-004211
code=$(sed -n 's/^Set-up code: //p' "$T/init.out")
id=$(new_id)
"$print_upload" ex7-004211 "$id" >"$T/body.xml"
is "it sends something" 201 "$(upload ex7-004211 "$id" "$T/body.xml")"

# get PATH ARGS...: as browser $browser; prints the status
browser=first
page() {
	path=$1
	shift
	: >"$T/page"
	curl -s --max-time 180 --cacert "$T/ex7-004211/server-anchor.pem" \
		--resolve "comms.example:$CONSOLE:127.0.0.1" \
		-b "$T/$browser.cookies" -c "$T/$browser.cookies" \
		-D "$T/page.head" -o "$T/page" -w '%{http_code}' "$@" \
		"https://comms.example:$CONSOLE$path"
}

csrf() {
	sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$T/page" | head -n 1
}

location() {
	sed -n 's/^[Ll]ocation: \([^\r]*\)\r*$/\1/p' "$T/page.head"
}

# shows TEXT: the page holds it
shows() {
	grep -qF -- "$1" "$T/page"
}

entries() {
	sql "SELECT count(*) FROM ledger WHERE kind = '$1'"
}

# Set-up
is "before set-up every page leads there" 303 "$(page /devices)"
is "to the page for it" /setup "$(location)"
is "About is open to all" 200 "$(page /about)"
ok "but tells no version" sh -c "! grep -q 'version</dt>' '$T/page'"
is "the set-up page" 200 "$(page /setup)"
for field in 'content-security-policy: default-src .none.' 'x-content-type-options: nosniff' \
	'cache-control: no-store' 'strict-transport-security:' 'referrer-policy: no-referrer'; do
	ok "it carries $field" grep -qi "^$field" "$T/page.head"
done
ok "its cookie is bound to this host" grep -qi \
	'^set-cookie: __Host-[^;]*; Path=/; Secure; HttpOnly; SameSite=Strict' "$T/page.head"
setup() {
	page /setup --data-urlencode "csrf=$1" --data-urlencode "code=$2" \
		--data-urlencode "name=$3" --data-urlencode "password=$4" \
		--data-urlencode "again=$5"
}
token=$(csrf)
is "a wrong code" 403 "$(setup "$token" AAAA-BBBB-CCCC desk 'a long enough pass' 'a long enough pass')"
is "no token" 403 "$(setup "" "$code" desk 'a long enough pass' 'a long enough pass')"
is "two different passwords" 400 "$(setup "$token" "$code" desk 'a long enough pass' 'another long pass')"
is "a common password" 400 "$(setup "$token" "$code" desk password1 password1)"
is "a name that is none" 400 "$(setup "$token" "$code" '<b>' 'a long enough pass' 'a long enough pass')"
ok "what was typed is shown as text" shows '&lt;b&gt;'
is "there is no account yet" 0 "$(sql 'SELECT count(*) FROM accounts')"
is "the right code" 303 "$(setup "$token" "$code" desk 'a long enough pass' 'a long enough pass')"
is "signs in at once" 200 "$(page /devices)"
ok "as staff" shows 'desk</a> (admin, staff)'
is "set-up is over" 303 "$(page /setup)"
browser=other
is "the code works once" 303 "$(page /setup)"

# Signing in
is "a stranger is sent to sign in" 303 "$(page '/device/ex7-004211?before=5')"
is "and comes back afterwards" '/login?next=%2Fdevice%2Fex7-004211%3Fbefore%3D5' "$(location)"
page /login >/dev/null
token=$(csrf)
login() {
	page /login --data-urlencode "csrf=$token" --data-urlencode "name=$1" \
		--data-urlencode "password=$2" --data-urlencode "next=$3"
}
is "a wrong password" 403 "$(login desk 'not this one' /devices)"
is "a wrong name looks the same" 403 "$(login nobody 'not this one' /devices)"
is "another site as the way back" 400 "$(login desk 'a long enough pass' //evil.example/)"
is "sign-in" 303 "$(login desk 'a long enough pass' /device/ex7-004211)"
is "tells of the failed try first" '/account?failures=1' "$(location)"
is "and shows it" 200 "$(page '/account?failures=1')"
ok "with a number" shows '1 failed sign-in with your name'
token=$(csrf)
is "sign-in once more" 303 "$(login desk 'a long enough pass' /device/ex7-004211)"
is "leads back" /device/ex7-004211 "$(location)"
ok "refused sign-ins stand in the ledger" test "$(entries refused)" -ge 2

# Pages and what they show
is "devices" 200 "$(page /devices)"
ok "the device is there" shows 'href="/device/ex7-004211"'
is "one device" 200 "$(page /device/ex7-004211)"
ok "with the transaction" shows "$id"
ok "with the hash of the bytes" shows "$(sha256sum "$T/body.xml" | cut -d' ' -f1)"
ok "and what may not be seen" shows 'What we may not see'
is "no look at documents so far" 0 "$(entries read)"
is "one transaction" 200 "$(page "/transaction/$id?device=ex7-004211")"
ok "a value with its unit" shows '148,211 <span class="muted">impressions</span>'
ok "unknown as unknown" shows '<span class="muted">unknown</span>'
ok "the exact bytes" shows '&lt;TotalImpressions unit=&quot;impressions&quot;'
ok "the receipt" shows 'sluice.receipt/v1'
ok "the check of the hash" shows 'same as in receipt and ledger'
is "the look is an entry of the ledger" "desk $id" \
	"$(sql "SELECT actor, transaction_id FROM ledger WHERE kind = 'read'" | tr '|' ' ')"
is "the bytes can be saved" 200 "$(page "/bytes/$id")"
ok "as they came" cmp "$T/page" "$T/body.xml"
ok "never to be shown by the browser" grep -qi '^content-disposition: attachment' "$T/page.head"
is "that is a look as well" 2 "$(entries read)"
is "the customer's place is nowhere" 0 "$(grep -c canary-place "$T/page")"

# Addresses and forms that are not ours
is "an unknown page" 404 "$(page /nothing)"
is "an unknown device" 404 "$(page /device/ex7-999999)"
is "an unknown transaction" 404 "$(page "/transaction/$(new_id)")"
is "a transaction that is none" 404 "$(page "/transaction/%3Cscript%3E")"
is "another device's transaction" 404 "$(page "/transaction/$id?device=ex7-000007")"
is "an unknown field" 400 "$(page '/devices?mystery=1')"
is "a number that is none" 400 "$(page '/device/ex7-004211?before=x')"
is "a repeated field" 400 "$(page '/device/ex7-004211?before=1&before=2')"
is "SQL in the address" 404 "$(page "/device/ex7'%20OR%20'1'='1")"
is "a method that the page does not take" 405 "$(page /devices -X DELETE)"
is "the machines' interface is not here" 404 "$(page /v1/uploads)"
head -c 10000000 /dev/zero | tr '\0' 'a' >"$T/big"
# The answer comes before the form is asked for.
status=$(page /login --expect100-timeout 180 --data-binary "@$T/big")
is "a form of 10 MB" 413 "$status"
ok "which the web server says itself, as a page" shows '<h1>The form is too large</h1>'
is "static files" 200 "$(page /static/sluice.css)"
is "one that is not there" 404 "$(page /static/nothing)"
for field in 'x-content-type-options: nosniff' 'x-frame-options: DENY' \
	'referrer-policy: no-referrer' 'strict-transport-security:' \
	'content-security-policy: default-src .none.'; do
	ok "carries $field all the same" grep -qi "^$field" "$T/page.head"
done
is "and nothing beside them" 404 "$(page /static/../lighttpd/server.conf.in --path-as-is)"

# Roles
printf 'another long pass\n' | "$server" staff add --conf "$conf" clerk >/dev/null
sqlite3 "$db" "UPDATE accounts SET roles = 4 WHERE name = 'clerk'"
browser=clerk
page /login >/dev/null
token=$(csrf)
is "an account without the staff role signs in" 303 "$(login clerk 'another long pass' /about)"
for path in /devices /device/ex7-004211 "/transaction/$id" "/bytes/$id"; do
	is "but sees no $path" 403 "$(page "$path")"
done
is "no document was looked at" 2 "$(entries read)"
ok "the refusals stand in the ledger" test \
	"$(sql "SELECT count(*) FROM ledger WHERE kind = 'refused' AND actor = 'clerk'")" -ge 4
sqlite3 "$db" "UPDATE accounts SET disabled = 1 WHERE name = 'clerk'"
is "a disabled account is out at once" 303 "$(page /about/../devices)"

# Signing out
browser=other
is "sign-out without a token" 403 "$(page /logout -X POST -d '')"
is "with a token of somebody else" 403 "$(page /logout --data-urlencode "csrf=$token")"
is "from another site" 403 "$(page /devices >/dev/null; page /logout \
	-H 'Sec-Fetch-Site: cross-site' --data-urlencode "csrf=$(csrf)")"
is "still signed in" 200 "$(page /devices)"
token=$(csrf)
cp "$T/other.cookies" "$T/stolen.cookies"
is "sign-out" 303 "$(page /logout --data-urlencode "csrf=$token")"
browser=stolen
is "ends the session on the server" 303 "$(page /devices)"
browser=first
is "other sessions go on" 200 "$(page /devices)"

# Too many tries
browser=guesser
page /login >/dev/null
token=$(csrf)
for n in 1 2 3 4 5; do
	login desk "guess number $n" / >/dev/null
done
is "guessing is slowed down" 429 "$(login desk 'a long enough pass' /)"

# Ciphers with whole tags alone. suite NAME: the one that is agreed on
suite() {
	openssl s_client -connect "127.0.0.1:$CONSOLE" -tls1_2 -cipher "$1" \
		</dev/null 2>/dev/null | sed -n 's/^New, .*Cipher is //p'
}
is "browsers of before TLS 1.3 come in" ECDHE-ECDSA-AES128-GCM-SHA256 \
	"$(suite ECDHE-ECDSA-AES128-GCM-SHA256)"
for name in ECDHE-ECDSA-AES256-CCM8 ECDHE-ECDSA-AES256-CCM; do
	is "not with $name" "(NONE)" "$(suite "$name")"
done

# Strangers who never end their form, more of them than workers: until the pipe
# $T/hold is closed
mkfifo "$T/hold"
exec 9<>"$T/hold"
slow_pids=
for n in 1 2 3 4 5 6; do
	{
		printf 'POST /login HTTP/1.1\r\nHost: comms.example\r\n'
		printf 'Content-Type: application/x-www-form-urlencoded\r\n'
		printf 'Content-Length: 9000\r\n\r\ncsrf='
		exec cat "$T/hold" 9>&-
	} | openssl s_client -quiet -connect "127.0.0.1:$CONSOLE" \
		-servername comms.example >"$T/slow.$n" 2>"$T/slow.err.$n" 9>&- &
	slow_pids="$slow_pids $!"
done
# connected N: at least so many connections to the console's port
connected() {
	[ "$(awk -v port="$(printf ':%04X' "$CONSOLE")" '$4 == "01" &&
		substr($2, 9) == port { n++ } END { print n + 0 }' \
		/proc/net/tcp)" -ge "$1" ]
}
shaken() {
	[ "$(grep -l '^verify return' "$T"/slow.err.* | wc -l)" = 6 ]
}
ok "six strangers with slow forms are there" wait_for connected 6
ok "their forms began" wait_for shaken
browser=first
is "the pages go on beside them" "200 200 200" \
	"$(page /about) $(page /devices) $(page /about)"
ok "while they are still there" connected 6
is "and nobody has answered them" "" "$(cat "$T"/slow.?)"
kill $slow_pids 2>/dev/null
exec 9>&-
wait $slow_pids 2>/dev/null

ok "database and ledger are whole" whole
finish
