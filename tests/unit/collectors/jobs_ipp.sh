#!/bin/bash
# sluice-jobs-ipp against real queues: cupsd, which gives documents out, and
# ippeveprinter, which does not.
set -eu
. "$abs_top_srcdir/tools/parts.sh"
PATH=$PATH:/usr/sbin:/sbin
jobs=$abs_top_builddir/sluice-jobs-ipp
printer=$abs_top_srcdir/tools/printer
[ -x "$jobs" ] || { echo "built without libcups"; exit 77; }
command -v cupsd >/dev/null || { echo "cupsd is missing"; exit 77; }
dir=$(mktemp -d)
cupsd_pid=
end() {
	if [ -n "$cupsd_pid" ]; then
		kill "$cupsd_pid" 2>/dev/null || true
		wait "$cupsd_pid" || true
	fi
	sh "$printer" stop "$dir/printer"
	parts_release_ports
	rm -rf "$dir"
}
trap end EXIT

fail() {
	echo "$*"
	cat "$dir/said" "$dir/out" 2>/dev/null || true
	exit 1
}
refused() { # status, words on standard error, arguments
	want=$1 words=$2
	shift 2
	status=0
	"$jobs" "$@" >"$dir/out" 2>"$dir/said" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status, not $want"
	grep -q "$words" "$dir/said" || fail "$*: no reason"
	[ "$(wc -l <"$dir/said")" -eq 1 ] || fail "$*: more than one line"
}
refused 2 'URI list'
refused 2 'without a user name' http://localhost/ list
refused 2 'no id of a job' ipp://localhost/ get ../12
refused 1 'cannot be reached' --timeout 5 ipp://127.0.0.1:9/ipp/print list

# ---- cupsd ----
port=$(parts_free_port)
mkdir "$dir/root" "$dir/spool" "$dir/cache" "$dir/state" "$dir/tmp"
# cupsd gives up root; its helpers must reach these folders.
chmod 755 "$dir"
cat >"$dir/cupsd.conf" <<END
Listen 127.0.0.1:$port
Listen $dir/sock
LogLevel warn
PreserveJobFiles Yes
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
END
cat >"$dir/files.conf" <<END
ServerRoot $dir/root
RequestRoot $dir/spool
CacheDir $dir/cache
StateDir $dir/state
TempDir $dir/tmp
AccessLog $dir/access.log
ErrorLog $dir/error.log
PageLog $dir/page.log
FileDevice Yes
SystemGroup $(id -gn)
END
if [ "$(id -u)" -eq 0 ]; then
	printf 'User nobody\nGroup nogroup\n' >>"$dir/files.conf"
fi
cat >"$dir/root/printers.conf" <<'END'
<Printer default>
DeviceURI file:///dev/null
State Idle
Accepting Yes
Shared No
</Printer>
END
uri=ipp://127.0.0.1:$port/printers/default
begun=$(date -u +%Y)
start_cupsd() {
	cupsd -f -c "$dir/cupsd.conf" -s "$dir/files.conf" \
		>>"$dir/cupsd.log" 2>&1 &
	cupsd_pid=$!
	left=1000
	until "$jobs" "$uri" list >"$dir/out" 2>/dev/null; do
		left=$((left - 1))
		[ "$left" -gt 0 ] && kill -0 "$cupsd_pid" 2>/dev/null || {
			cat "$dir/cupsd.log" "$dir/error.log" || true
			fail "cupsd does not answer"
		}
		sleep 0.05
	done
}
start_cupsd
! grep -q '<Job ' "$dir/out" || fail "a queue without jobs has some"

# send HOLD NAME FILE...: a job with these documents
cat >"$dir/create.test" <<'END'
{
	OPERATION Create-Job
	GROUP operation-attributes-tag
	ATTR charset attributes-charset utf-8
	ATTR language attributes-natural-language en
	ATTR uri printer-uri $uri
	ATTR name requesting-user-name operator
	ATTR name job-name $name
	GROUP job-attributes-tag
	ATTR keyword job-hold-until $hold
	STATUS successful-ok
	EXPECT job-id DEFINE-VALUE job
}
END
cat >"$dir/last.test" <<'END'
{
	OPERATION Send-Document
	GROUP operation-attributes-tag
	ATTR charset attributes-charset utf-8
	ATTR language attributes-natural-language en
	ATTR uri printer-uri $uri
	ATTR integer job-id $job
	ATTR name requesting-user-name operator
	ATTR mimeMediaType document-format application/octet-stream
	ATTR boolean last-document true
	FILE $filename
	STATUS successful-ok
}
END
sed 's/last-document true/last-document false/' "$dir/last.test" >"$dir/more.test"
send() {
	hold=$1 name=$2
	shift 2
	set -- "$@" --
	cp "$dir/create.test" "$dir/send.test"
	while [ "$1" != -- ]; do
		part=more
		[ "$2" != -- ] || part=last
		sed 's#\$filename#'"$1"'#' "$dir/$part.test" >>"$dir/send.test"
		shift
	done
	ipptool -q -d name="$name" -d hold="$hold" \
		"$uri" "$dir/send.test" \
		>"$dir/out" 2>&1 || fail "cupsd takes no job"
}
# id_of NAME: of the job that is listed with this name
id_of() {
	"$jobs" "$uri" list |
		sed -n '/<Job /{s/.*id="\([^"]*\)".*/\1/;h}
			/<Name>'"$1"'</{g;p}'
}
printf '%%!PS-Adobe-3.0\n%% the content\n' >"$dir/small"
# Not of chance: cupsd looks at the first bytes.
seq 600000 | head -c 3000001 >"$dir/big"
send indefinite 'Held & kept' "$dir/small"
send indefinite big "$dir/big"
send indefinite two "$dir/small" "$dir/big"
send no-hold done "$dir/small"
left=1000
until [ -n "$(id_of done)" ] && "$jobs" "$uri" get "$(id_of done)" |
	cmp -s - "$dir/small"; do
	left=$((left - 1))
	[ "$left" -gt 0 ] || fail "a job that was printed and kept is not there"
	sleep 0.05
done
"$jobs" "$uri" list >"$dir/out"
grep -q '<Name>Held &amp; kept</Name>' "$dir/out" || fail "no name"
grep -q '<Owner>operator</Owner>' "$dir/out" || fail "no owner"
grep -q '<Bytes>1024</Bytes>' "$dir/out" || fail "no size"
grep -q -e "<Time>$begun" -e "<Time>$(date -u +%Y)" "$dir/out" || fail "no time"
! grep -q '<Problem>' "$dir/out" || fail "a problem that is none"
"$jobs" "$uri" get "$(id_of 'Held &amp; kept')" | cmp - "$dir/small"
"$jobs" "$uri" get "$(id_of big)" | cmp - "$dir/big"
"$jobs" "$uri" get "$(id_of 'two (1 of 2)')" | cmp - "$dir/small"
"$jobs" "$uri" get "$(id_of 'two (2 of 2)')" | cmp - "$dir/big"
"$jobs" --socket "$dir/sock" "$uri" get "$(id_of big)" | cmp - "$dir/big"

# An id means one content: another job's hash, another document's, no job's.
id=$(id_of big)
refused 1 'no such job any more' "$uri" get "${id%-*}-${id##*-}0"
refused 1 'no such job any more' "$uri" get "999-${id##*-}"
refused 1 'no such job any more' "$uri" get "${id%-*}.2-${id##*-}"
refused 1 'no such job any more' "$uri" get something
refused 1 'refused: client-error-not-found' "ipp://127.0.0.1:$port/printers/other" list

# One that goes while it waits.
job=${id%%-*}
cat >"$dir/purge.test" <<'END'
{
	OPERATION Cancel-Job
	GROUP operation-attributes-tag
	ATTR charset attributes-charset utf-8
	ATTR language attributes-natural-language en
	ATTR uri printer-uri $uri
	ATTR integer job-id $job
	ATTR name requesting-user-name operator
	ATTR boolean purge-job true
	STATUS successful-ok
}
END
ipptool -q -d job="$job" "$uri" "$dir/purge.test" >"$dir/out" 2>&1 ||
	fail "the job stays"
refused 1 'no such job any more' "$uri" get "$id"

# A queue that refuses documents says so.
id=$(id_of 'Held &amp; kept')
kill "$cupsd_pid"
wait "$cupsd_pid" || true
sed -i 's#^ *<Limit All>#<Limit CUPS-Get-Document>\
AuthType Basic\
Require user @SYSTEM\
</Limit>\
&#' "$dir/cupsd.conf"
start_cupsd
[ "$(id_of 'Held &amp; kept')" = "$id" ] || fail "a restart changes the id"
refused 1 'The job cannot be read: .*refused' "$uri" get "$id"
[ ! -s "$dir/out" ] || fail "a document that was refused"

# ---- ippeveprinter ----
port=$(parts_free_port)
status=0
sh "$printer" start "$dir/printer" $port || status=$?
[ "$status" -eq 0 ] || exit "$status"
uri=ipp://localhost:$port/ipp/print
"$jobs" "$uri" list >"$dir/out"
grep -q '<Problem>.*does not give' "$dir/out" || fail "no problem is told"
refused 1 'does not give documents out' "$uri" get 1-00
echo "sluice-jobs-ipp reads real queues"
