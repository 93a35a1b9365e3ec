#!/bin/bash
# A device whose clock stands in 1970, 2020 or 2039, with a real server: it is
# provisioned, allowed, delivers and keeps its grant; a certificate of the
# server that is over stays over when the clock is set back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/certificates.sh"
need lighttpd faketime openssl sqlite3
export TZ=UTC0 DONT_FAKE_MONOTONIC=1
real=$parts_build/sluice
flow_fakes
clock=

# The device's program, with the clock of the moment; "" = the right one.
cat >"$flow_dir/sluice" <<END
#!/bin/sh
clock=\$(cat "$flow_dir/clock")
[ -n "\$clock" ] || exec "$real" "\$@"
FAKETIME="@\$clock" LD_PRELOAD='$flow_preload' exec "$real" "\$@"
END
chmod 755 "$flow_dir/sluice"
set_clock() {
	clock=$1
	echo "$clock" >"$flow_dir/clock"
	machine_now
}
# What the one collector prints: the machine has the device's clock, which
# stands there anew for each program, and may be some seconds on in one.
machine_now() {
	local at="${clock:-now}${clock:+ 1 minute}"
	cat >"$flow_dir/machine.xml" <<END
<Collected xmlns="urn:sluice:collected:1" source="test"
 collectedAt="$(date -u -d "$at" +%Y-%m-%dT%H:%M:%SZ)">
<Billing><TotalImpressions unit="impressions">1204</TotalImpressions></Billing>
</Collected>
END
}
# What the machine told before the permission would not leave.
stage() {
	machine_now
	flow_stage "$@"
}

parts_sluice=$flow_dir/sluice
set_clock ""
flow_make "test=/bin/cat $flow_dir/machine.xml"
check "the server starts" parts_server_start

# another CLOCK: a new device whose clock stands there from the first.
devices=0
another() {
	set_clock "$1"
	devices=$((devices + 1))
	mv "$flow_dir/device" "$flow_dir/device-$devices"
	rm -rf "$flow_dir/provision"
	parts_serial=CLOCK-$devices
	parts_device_init "$(parts_free_port)" \
		"test=/bin/cat $flow_dir/machine.xml" || fail "$1: no device"
	check "$1: it is provisioned" parts_provision >"$flow_dir/logs/provision.txt"
}

# A year may end meanwhile.
first_year=$(date +%Y)
is_this_year() {
	[ "$1" -ge "$first_year" ] && [ "$1" -le "$(date +%Y)" ]
}
floor_is_this_year() {
	is_this_year "$(device_sql "SELECT strftime('%Y', value, 'unixepoch')
		FROM settings WHERE name = 'time_floor'")"
}
for at in "1970-01-02 03:04:05" "2020-05-06 07:08:09" "2039-10-11 12:13:14"; do
	another "$at"
	year=${at%%-*}
	check_code 0 "$year: it is allowed" sluice allow remote metering
	until=$(device_sql "SELECT strftime('%Y', max(until), 'unixepoch') FROM grants")
	check "$year: the grant ends about a year from the truth, not from the clock" \
		test "$until" -ge "$first_year" -a "$until" -le $(($(date +%Y) + 1))
	stage metering
	check_code 0 "$year: it delivers" sluice send "$flow_transaction"
	check_says "receipt ok" "$year: with a receipt"
	flow_check_once "$flow_transaction" "$year"
	check "$year: the log has the clock's time" \
		test "$(device_sql "SELECT strftime('%Y', max(at), 'unixepoch') FROM ledger")" = "$year"
	check "$year: the server's time is the floor" floor_is_this_year

	check "$year: the daemon starts" parts_daemon_start
	stage metering
	check_code 0 "$year: the daemon delivers" sluice send "$flow_transaction"
	flow_check_once "$flow_transaction" "$year: by the daemon"
	check_code 0 "$year: it has checked in" sluice checkin
	check_code 0 "$year: the doctor finds nothing that failed" sluice doctor
	check_says "Time known to within" "$year: the time is known"
	check_says "from the server's signed answer of" "$year: from where"
	check "$year: and of when" grep -qE " ($first_year|$(date +%Y)), " \
		<<<"$flow_out"
	check_says "set it." "$year: the clock is to be set"
	check "$year: that it is off is an entry" grep -q "the clock, whose time" \
		<(sluice log --kind configuration)

	# The clock is put right, then back: the grant is what it was.
	parts_stop daemon
	set_clock ""
	check_code 0 "$year: with a clock put right it sends" sluice send metering
	set_clock "$at"
	check_code 0 "$year: and when it has forgotten again" sluice send metering
	check "$year: the log verifies" flow_verify
done

# What waits for a time by a clock that ran ahead goes when it is put right.
another "2039-10-11 12:13:14"
check_code 0 "it is allowed" sluice allow remote metering
parts_stop server-web
stage metering
check_code 4 "no server: it waits for a time in 2039" sluice send "$flow_transaction"
check "the server starts again" parts_server_web_start
set_clock ""
check "a round with the clock put right" flow_round
check "it went out at once" flow_is "$flow_transaction" sent
flow_check_once "$flow_transaction" "ahead, then right"

# An old certificate of the server, with the server's own key.
keys=$flow_dir/server/keys
server_certificate_dated "$keys" "$parts_server_name" 2025-01-01 2025-02-01 \
	"$flow_dir/old.pem" || fail "no certificate from before"
server_certificate_dated "$keys" "$parts_server_name" 2035-01-01 2036-01-01 \
	"$flow_dir/future.pem" || fail "no certificate for later"
# offered NAME: somebody who has it and its key answers in the server's place.
offered() {
	parts_stop server-web
	parts_start server-web openssl s_server -quiet \
		-accept "$parts_host:$parts_server_port" \
		-cert "$flow_dir/$1.pem" -key "$keys/server.key"
	parts_wait_port server-web "$parts_server_port"
}
refused() {
	# What waits from the last time would go first.
	sluice withdraw metering >/dev/null
	flow_allow metering
	stage metering
	check_code 4 "$1: nothing is sent" sluice send "$flow_transaction"
	check_says "$2" "$1: the problem is named"
	check_says "Nothing was sent" "$1: before anything left"
}
# Which of the two came last depends on the second in which they came.
signed="the server's signed answer|a receipt of the server"
known_by() {
	check "from where the time is known" grep -qE "\\(by ($1)\\)" \
		<<<"$flow_out"
}
check "an old certificate is offered" offered old
set_clock "2025-01-15 12:00:00"
refused "expired, and the clock set back into its time" "has expired"
known_by "$signed"
set_clock "1970-01-01 00:01:00"
refused "expired, and a clock of 1970" "has expired"
check "a certificate from the future is offered" offered future
set_clock ""
refused "not yet valid" "not yet valid"
# The server's last word may be of this very second, and counts as much.
known_by "this device's clock|$signed"
parts_stop server-web
check "the right server starts" parts_server_web_start
check_code 0 "and is believed" sluice send metering

# A device that was led ahead: the server once signed a time in 2049, when the
# clock stood there as well. Nothing of the real server is believed any more.
another ""
check_code 0 "it is allowed" sluice allow remote metering
stage metering
check_code 0 "it sends" sluice send "$flow_transaction"
device_sql "INSERT INTO settings (name, value) VALUES ('time_agreed',
	unixepoch('2049-10-11')) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
device_sql "UPDATE settings SET value = CASE name WHEN 'time_clock' THEN 0
	ELSE unixepoch('2049-10-11') END
	WHERE name IN ('time_floor', 'time_source_at', 'time_clock', 'time_base')"
led_ahead() {
	[ "$(device_sql "SELECT strftime('%Y', value, 'unixepoch') FROM settings
		WHERE name = 'time_floor'")" = 2049 ]
}
check "it was led ahead" led_ahead
check_code 0 "led ahead: all that was allowed has ended" sluice status
check_code 1 "led ahead: the doctor finds it" sluice doctor
check_says "sluice time lower" "and has the remedy though nothing may leave"
check_code 0 "led ahead: it is allowed again" sluice allow remote metering
stage metering
check_code 4 "led ahead: nothing is sent" sluice send "$flow_transaction"
check_says "has expired" "led ahead: every certificate is over"
check_says "sluice time" "led ahead: the command is named"
check_code 1 "led ahead: the doctor finds it" sluice doctor
check_says "was led ahead" "led ahead: the doctor says what may be"
check_says "sluice time lower" "led ahead: the doctor has the remedy"
check_code 0 "led ahead: the sources are shown" sluice time
check_says "Warning: This device's clock says" "led ahead: with the doubt"
check_code 1 "it is not lowered without the word" sluice_sub time lower build </dev/null
check_says "Nothing was changed" "as it says"
set_clock "1970-01-01 00:01:00"
check_code 0 "an entry of 1970" sluice_sub settings set low_supply 11
set_clock ""
check_code 1 "nor to before the build" sluice_sub time lower \
	"$(device_sql "SELECT max(sequence) FROM ledger")" --yes
check_says "cannot be before this program was built" "as it says"
check "it is as it was" led_ahead
check_code 0 "the owner lowers it" sluice_sub time lower build --yes
check_code 0 "it is an entry, with who did it" sluice log --kind configuration
check_says "command line: $(id -un)" "who"
check_says "lowered from 11 October 2049, 00:00:00 UTC" "from and to"
check_code 0 "what was allowed meanwhile is withdrawn" sluice withdraw --all
check_code 0 "and allowed again" sluice allow remote metering
stage metering
check_code 0 "it sends" sluice send "$flow_transaction"
flow_check_once "$flow_transaction" "led ahead, then lowered"
check_code 0 "the doctor finds nothing that failed" sluice doctor
check "a signed answer of today is the floor" floor_is_this_year
check "certificates are checked as before" offered old
set_clock ""
refused "after the way back, an old certificate" "has expired"
check "the log verifies" flow_verify
