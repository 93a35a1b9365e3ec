#!/bin/bash
# sluice-collect-ipp against a real printer: ippeveprinter.
set -eu
. "$abs_top_srcdir/tools/parts.sh"
ipp=$abs_top_builddir/sluice-collect-ipp
sluice=$abs_top_builddir/sluice
printer=$abs_top_srcdir/tools/printer
[ -x "$ipp" ] || { echo "built without libcups"; exit 77; }
dir=$(mktemp -d)
trap 'sh "$printer" stop "$dir/printer"; parts_release_ports; rm -rf "$dir"' EXIT

fail() {
	echo "$*"
	exit 1
}
refused() { # status, arguments
	want=$1
	shift
	status=0
	"$ipp" "$@" >"$dir/out" 2>"$dir/said" || status=$?
	[ "$status" -eq "$want" ] || fail "$*: status $status, not $want"
	[ ! -s "$dir/out" ] || fail "$*: printed something"
	grep -q '^sluice-collect-ipp: ' "$dir/said" || fail "$*: no reason"
}
"$ipp" --help | grep -q -- '--uri URI'
"$ipp" --version | grep -q '^sluice-collect-ipp [0-9]'
refused 2
refused 2 --uri http://localhost/
refused 2 --uri ipp://user@localhost/
refused 2 --uri ipp:
refused 2 --uri ipp://localhost/ --timeout 0
# Nobody listens on the discard port.
refused 1 --uri ipp://127.0.0.1:9/ipp/print --timeout 5

# Each job opens a cover: ippeveprinter takes alerts from its command only.
cat >"$dir/command" <<'END'
#!/bin/sh
cat >/dev/null
echo "ATTR: printer-alert='code=coverOpen;index=3;severity=critical;training=untrained;group=cover;groupindex=2;location=1;time=1;' printer-alert-description='Opened by Kim Specimen'" >&2
END
chmod +x "$dir/command"

port=$(parts_free_port)
status=0
sh "$printer" start "$dir/printer" $port -c "$dir/command" || status=$?
[ "$status" -eq 0 ] || exit "$status"
has() {
	grep -q "$1" "$dir/xml" || { cat "$dir/xml"; fail "$2 is missing"; }
}
for scheme in ipp ipps; do
	"$ipp" --uri "$scheme://localhost:$port/ipp/print" >"$dir/xml"
	has '<TotalImpressions unit="impressions" source="printer-impressions-completed">48213<' meter
	has '<FullColorImpressions .*>13130<' "colour meter"
	has '<PrinterState source="printer-state">idle<' state
	has '<SerialNumber .*>EX7-004211<' "serial number"
	has '<Type source="printer-supply">wasteToner<' "waste container"
	has '<Level unit="items" source="printer-supply">some<' "level -3"
	has '<ContactName .*>Front desk<' contact
	has '<HostName>localhost<' "host name"
	has '<Value source="print-quality-default">normal<' "a setting"
	! grep -q '<Faults>' "$dir/xml" || fail "a fault that is none"
	"$sluice" collect --check "$ipp" \
		--uri "$scheme://localhost:$port/ipp/print" >"$dir/said" ||
		{ cat "$dir/said"; fail "it is not in the catalogue"; }
done
ipptool -q -f "$printer" -d filetype=application/pdf \
	"ipp://localhost:$port/ipp/print" print-job-and-wait.test ||
	fail "the printer takes no job"
"$ipp" --uri "ipp://localhost:$port/ipp/print" >"$dir/xml"
has '<Code source="printer-alert">coverOpen<' "code of a fault"
has '<SeverityLevel source="printer-alert">critical<' "severity"
has '<GroupIndex source="printer-alert">2<' "part that has it"
has '<Time source="printer-alert">20..-..-..T..:..:..Z<' "time of a fault"
has '<Description .*>Opened by Kim Specimen<' "words of a fault"
"$sluice" collect --check "$ipp" --uri "ipp://localhost:$port/ipp/print" \
	>"$dir/said" || { cat "$dir/said"; fail "the fault is not in the catalogue"; }
refused 1 --uri "ipp://localhost:$port/ipp/other"
echo "sluice-collect-ipp reads a real printer"
