#!/bin/bash
# Collectors that misbehave: a clear message, bounded, and nothing is lost.
. "$(dirname "$0")/lib.sh"
mkdir -p "$flow_dir/bad"
bad() {
	cat >"$flow_dir/bad/$1"
	chmod +x "$flow_dir/bad/$1"
}
bad nothing <<'END'
#!/bin/sh
exit 0
END
bad broken <<'END'
#!/bin/sh
echo '<Collected xmlns="urn:sluice:collected:1"><Billing>'
END
bad doctype <<'END'
#!/bin/sh
cat <<'X'
<?xml version="1.0"?>
<!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Collected xmlns="urn:sluice:collected:1" source="x" collectedAt="2026-11-23T14:02:07Z"><Billing>&b;</Billing></Collected>
X
END
bad huge <<'END'
#!/bin/sh
exec yes 2147483648
END
bad hangs <<'END'
#!/bin/sh
sleep 1000 &
sleep 1000
END
bad fails <<'END'
#!/bin/sh
printf 'the printer \033[31mdoes not answer\n' >&2
exit 3
END
bad dies <<'END'
#!/bin/sh
kill -SEGV $$
END

flow_make "only=$flow_dir/bad/nothing"
conf=$parts_device_conf
# limit SECONDS: what one collector may take; the others have time enough, also
# where much runs beside them.
limit() {
	sed -i "s/^#*timeout_s.*/timeout_s = $1/" "$conf"
	grep -qx "timeout_s = $1" "$conf" || fail "the time limit is not set"
}
limit 60
one() {
	sed -i "s|^program = .*|program = $flow_dir/bad/$1|" "$conf"
	check_code 1 "$2: no preview" sluice preview metering
	check "$2: it is said in words" test -n "$(tr -d '\n' <"$flow_dir/out")"
	check "$2: the message is clean" \
		test "$(tr -cd '\033' <"$flow_dir/out" | wc -c)" = 0
	say "   it says: $(tail -n 1 "$flow_dir/out" | cut -c1-160)"
}
one nothing "prints nothing"
one broken "bad XML"
one doctype "DOCTYPE"
one huge "prints 1 GB"
limit 1
one hangs "hangs"
limit 60
check "what hung is gone with its children" \
	test -z "$(pgrep -f "$flow_dir/bad/hangs" || true)"
one fails "fails"
check_says "does not answer" "its own words are told"
one dies "dies of a signal"
one absent "is not there"
check_code 0 "nothing was staged by all this" sluice status
check_says "Nothing waits." "nothing waits"
check "the log verifies" flow_verify

# One good collector is enough, whatever the others do.
sed -i "s|^program = .*|program = $flow_dir/bad/hangs|" "$conf"
limit 3
cat >>"$conf" <<END

[collector:sim]
program = $parts_collectors/sluice-collect-sim
arguments = --state engine
END
check_code 0 "a good collector beside one that hangs" sluice preview metering
check "the daemon starts" parts_daemon_start
check_code 0 "the daemon does it as well" sluice preview metering
check "the daemon lives" parts_alive daemon
